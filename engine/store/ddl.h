/* The workspace's ordinary tables, version 1. What people may rely on in `slaudit sql`. Each CREATE TABLE in ddl.c is commented; the list:
 *   meta(key, value)                        format version, zone, model text, model sha256
 *   source(id, path, location, part, sha256, bytes, importer, profile, dataset, rows, accepted, rejected, rejected_values, announced, notes)    announced: see source_info
 *   chunk(id, source, dataset, seq, nrows, lines)            lines: packed line numbers
 *   chunk_column(chunk, field, data)                         one packed blob a column (chunk.c documents the format)
 *   reject(source, line, col, field, value, reason, whole_row)
 *   caveat(seq, source, kind, dataset, field, n, of, zh, en)  what the data cannot prove; source 0: the workspace as a whole
 *   trail(seq, kind, detail, prev, hash)
 *   run(id, period, from_ms, to_ms, as_of_ms, pack_id, pack_version, pack_sha256, profile_sha256, tool_version, zone, meta)   meta: JSON for the reports (titles, calendars, policies, caveats, warnings)
 *   clause_result(run, seq, clause, chapter, title_zh, title_en, basis, verdict, rules, assessed)
 *   rule_result(run, seq, rule, clause, kind, severity, basis, verdict, population, conforming, nonconforming, unknown, running, value, target, reason, detail)   detail: JSON (titles, criteria, texts)
 *   rule_group(run, rule, seq, by, key, population, conforming, nonconforming, unknown, running, value, target, met)
 *   metric_result(run, seq, metric, title_zh, title_en, unit, value, target, n, detail)
 *   metric_group(run, metric, seq, by, key, value, n)
 *   staff_result(run, seq, staff, name, team, score, grade, n, detail)
 *   finding(run, seq, rule, dataset, key, source, line, fingerprint, state, observed)    observed: JSON object
 *   finding_evidence(run, finding, seq, source, line)        evidence beyond the record itself
 *   action(fingerprint, owner, due_day, status, response)    answers to findings (action.c) */
#ifndef SLA_STORE_DDL_H
#define SLA_STORE_DDL_H
#include "engine/store/db.h"
enum { STORE_FORMAT_VERSION = 4, STORE_APPLICATION_ID = 0x534C4155 /* "SLAU" */ };
sla_status ddl_create(db *d, err *e);     /* all tables of a new workspace, in one transaction */
sla_status ddl_check(db *d, err *e);      /* is it a workspace, and one of this version? */
#endif
