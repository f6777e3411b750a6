#include "engine/store/ddl.h"
#include <sqlite3.h>
#include <string.h>

static const char *const tables_of_records =
    /* zone, model, model_sha256 */
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    /* a file (or a part of one) that was imported; never changed afterwards */
    "CREATE TABLE source(id INTEGER PRIMARY KEY, path TEXT NOT NULL, location TEXT NOT NULL, part TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,"
    " importer TEXT NOT NULL, profile TEXT NOT NULL, dataset TEXT NOT NULL, rows INTEGER NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL,"
    " rejected_values INTEGER NOT NULL, announced INTEGER NOT NULL, notes TEXT NOT NULL);"
    "CREATE INDEX source_bytes ON source(sha256, part, profile, dataset);"
    "CREATE INDEX source_size ON source(bytes);"
    /* up to 65,536 records of one dataset out of one source; lines: their packed line numbers (chunk.c) */
    "CREATE TABLE chunk(id INTEGER PRIMARY KEY, source INTEGER NOT NULL, dataset TEXT NOT NULL, seq INTEGER NOT NULL, nrows INTEGER NOT NULL, lines BLOB NOT NULL);"
    "CREATE INDEX chunk_dataset ON chunk(dataset, source, seq);"
    /* a column of a chunk, packed (chunk.c); a field without any value has none */
    "CREATE TABLE chunk_column(chunk INTEGER NOT NULL, field TEXT NOT NULL, data BLOB NOT NULL);"
    "CREATE UNIQUE INDEX chunk_column_field ON chunk_column(chunk, field);"
    /* rows (whole_row 1) and values (0) that could not be taken, and why */
    "CREATE TABLE reject(source INTEGER NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL,"
    " whole_row INTEGER NOT NULL);"
    "CREATE INDEX reject_source ON reject(source, line, col);"
    /* what was done, chained by hash */
    "CREATE TABLE trail(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL);";
static const char *const tables_of_results =
    /* one audit of one period */
    "CREATE TABLE run(id INTEGER PRIMARY KEY, period TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, as_of_ms INTEGER NOT NULL, pack_id TEXT NOT NULL,"
    " pack_version TEXT NOT NULL, pack_sha256 TEXT NOT NULL, profile_sha256 TEXT, tool_version TEXT NOT NULL, zone TEXT NOT NULL, meta TEXT NOT NULL);"
    "CREATE TABLE clause_result(run INTEGER NOT NULL, seq INTEGER NOT NULL, clause TEXT NOT NULL, chapter TEXT NOT NULL, title_zh TEXT, title_en TEXT, basis TEXT NOT NULL,"
    " verdict TEXT NOT NULL, rules INTEGER NOT NULL, assessed INTEGER NOT NULL, PRIMARY KEY(run, seq)) WITHOUT ROWID;"
    "CREATE TABLE rule_result(run INTEGER NOT NULL, seq INTEGER NOT NULL, rule TEXT NOT NULL, clause TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, basis TEXT NOT NULL,"
    " verdict TEXT NOT NULL, population INTEGER NOT NULL, conforming INTEGER NOT NULL, nonconforming INTEGER NOT NULL, unknown INTEGER NOT NULL, running INTEGER NOT NULL,"
    " value REAL, target REAL, reason TEXT, detail TEXT NOT NULL, PRIMARY KEY(run, seq)) WITHOUT ROWID;"
    "CREATE TABLE rule_group(run INTEGER NOT NULL, rule TEXT NOT NULL, seq INTEGER NOT NULL, by TEXT NOT NULL, key TEXT NOT NULL, population INTEGER NOT NULL, conforming INTEGER NOT NULL,"
    " nonconforming INTEGER NOT NULL, unknown INTEGER NOT NULL, running INTEGER NOT NULL, value REAL, target REAL, met INTEGER NOT NULL, PRIMARY KEY(run, rule, seq)) WITHOUT ROWID;"
    "CREATE TABLE metric_result(run INTEGER NOT NULL, seq INTEGER NOT NULL, metric TEXT NOT NULL, title_zh TEXT, title_en TEXT, unit TEXT NOT NULL, value REAL, target REAL,"
    " n INTEGER NOT NULL, detail TEXT NOT NULL, PRIMARY KEY(run, seq)) WITHOUT ROWID;"
    "CREATE TABLE metric_group(run INTEGER NOT NULL, metric TEXT NOT NULL, seq INTEGER NOT NULL, by TEXT NOT NULL, key TEXT NOT NULL, value REAL, n INTEGER NOT NULL,"
    " PRIMARY KEY(run, metric, seq)) WITHOUT ROWID;"
    "CREATE TABLE staff_result(run INTEGER NOT NULL, seq INTEGER NOT NULL, staff TEXT NOT NULL, name TEXT, team TEXT, score REAL, grade TEXT NOT NULL, n INTEGER NOT NULL,"
    " detail TEXT NOT NULL, PRIMARY KEY(run, seq)) WITHOUT ROWID;"
    /* a member that does not conform; observed: JSON object of the fields looked at */
    "CREATE TABLE finding(run INTEGER NOT NULL, seq INTEGER NOT NULL, rule TEXT NOT NULL, dataset TEXT NOT NULL, key TEXT NOT NULL, source INTEGER, line INTEGER, fingerprint TEXT NOT NULL,"
    " state TEXT NOT NULL, observed TEXT NOT NULL, PRIMARY KEY(run, seq)) WITHOUT ROWID;"
    /* evidence beyond the record itself */
    "CREATE TABLE finding_evidence(run INTEGER NOT NULL, finding INTEGER NOT NULL, seq INTEGER NOT NULL, source INTEGER NOT NULL, line INTEGER NOT NULL,"
    " PRIMARY KEY(run, finding, seq)) WITHOUT ROWID;"
    "CREATE TABLE action(id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, owner TEXT, due_day TEXT, status TEXT, response TEXT);";

static sla_status pragma_value(db *d, const char *sql, int64_t *out, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    sla_status rc = db_prepare(d, sql, &st, e);
    if (rc == SLA_OK) rc = db_step(d, st, &row, e);
    *out = row ? db_col_i64(st, 0) : 0;
    db_finalize(st);
    return rc;
}

sla_status ddl_create(db *d, err *e)
{
    char pragma[96];
    int64_t id = 0;
    TRY(db_exec(d, "BEGIN IMMEDIATE", e));
    if (pragma_value(d, "PRAGMA application_id", &id, e) == SLA_OK && id == STORE_APPLICATION_ID) return db_commit(d, SLA_OK, e); /* another process was first */
    sqlite3_snprintf(sizeof pragma, pragma, "PRAGMA application_id=%d; PRAGMA user_version=%d", STORE_APPLICATION_ID, STORE_FORMAT_VERSION);
    sla_status st = db_exec(d, tables_of_records, e);
    if (st == SLA_OK) st = db_exec(d, tables_of_results, e);
    if (st == SLA_OK) st = db_exec(d, pragma, e);
    return db_commit(d, st, e);
}

sla_status ddl_check(db *d, err *e)
{
    int64_t id, version;
    err quiet = {0};
    srcpos at = {d->name, 0, 0};
    if (pragma_value(d, "PRAGMA application_id", &id, &quiet) != SLA_OK || pragma_value(d, "PRAGMA user_version", &version, &quiet) != SLA_OK) {
        err_set(e, SLA_DB, at, "this is no workspace: the file is no SQLite database");
        err_hint(e, "name another file with -w, or leave -w out");
        return SLA_DB;
    }
    if (id != STORE_APPLICATION_ID) {
        err_set(e, SLA_DB, at, "this is no workspace: it is another program's SQLite database");
        err_hint(e, "name another file with -w");
        return SLA_DB;
    }
    if (version == STORE_FORMAT_VERSION) return SLA_OK;
    err_set(e, SLA_DB, at, "the workspace has format %d, this program reads format %d", (int)version, STORE_FORMAT_VERSION);
    if (version > STORE_FORMAT_VERSION) err_hint(e, "a newer slaudit made it: install that one, or import the files into another workspace");
    else err_hint(e, "use the version of slaudit that made it, or import the files again");
    return SLA_DB;
}
