/* What the parts of the audit report share. Only audit*.c and common.c include this. */
#ifndef SLA_REPORTS_AUDIT_H
#define SLA_REPORTS_AUDIT_H
#include "reports/model.h"

enum { FINDINGS_SHOWN = 20 };                          /* of a rule in the PDF; the register has them all */
enum { REGISTER_FIRST_ROW = 3, PLAIN_FIRST_ROW = 2 };   /* 1-based first row of data on the register's sheet, and on sheets without a caption */
tone verdict_tone(verdict v);
mark verdict_mark(verdict v);
tone clause_tone(clause_verdict v);
mark clause_mark(clause_verdict v);
cell cell_verdict(document *d, verdict v);
cell cell_clause_verdict(document *d, clause_verdict v);
slice word_severity(document *d, severity s);
slice word_clause_verdict(document *d, clause_verdict v);
slice word_basis(document *d, bool by_heading);        /* T or H */
slice doc_evidence(document *d, const res_finding *f, size_t most); /* "ticket.csv:14; history.csv:9 (+3)" */
slice doc_place(const document *d, int64_t source, uint32_t line, arena *a);   /* "ticket.csv:14", "book.xlsx/Sheet1:14"; len 0: no memory */
slice doc_record(const document *d, slice key, int64_t source, uint32_t line, arena *a);   /* a record by its key; one without, by its place */
slice doc_key(const document *d, const res_finding *f, arena *a);              /* what a finding is about, as people read it: as doc_record, and "KEY at TIME" in the report's language */
slice doc_target(document *d, const res_rule *x);      /* "≥ 95%"; "≥ 95–99%" where groups have targets of their own; "each ≥ 99%" where the members are groups; "–": none */
slice doc_group_target(document *d, const res_rule *x, const res_group *g);
bool rule_of_groups(const res_rule *x);                /* its members are its groups (services, hours), each with a value that is held against the target */
void doc_front(document *d, slice title, slice subtitle, slice contents_title);  /* page edges; cover and contents, or a band where contents_title is empty */
void doc_sources(document *d, const char *sheet_key);
void doc_notes(document *d, const char *prefix);       /* notes whose id begins with prefix, as items */
void doc_caveats(document *d, int level);              /* what the data cannot show, below a heading of that level; nothing where nothing is to be said */
void doc_caveat_sheet(document *d);                    /* the same as a sheet of the workbook */
int64_t findings_persisting(const audit_result *r);
const source_info *source_by_id(const audit_result *r, int64_t id);

void audit_nonconformities(document *d);
void audit_observations(document *d);
void audit_not_assessed(document *d);
void audit_register(document *d);                      /* register.c */
void audit_actions(document *d);
slice action_word(document *d, const res_finding *f);  /* where it stands, with the days it is late; empty: nobody answered */
void audit_rejects(document *d);
#endif
