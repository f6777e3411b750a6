/* A whole audit for tests: texts become files, are imported into a workspace in memory, judged by a pack and read back.
 *   audited_begin(&t, "rules/itss-2025", NULL); audited_csv(&t, "ticket", "id,type,created_at\nT1,incident,2025-07-01 09:00:00\n"); audited_run(&t, "2025Q3", NULL);
 * Every failure that is not looked for ends the program with its message. */
#ifndef SLA_TESTS_AUDITED_H
#define SLA_TESTS_AUDITED_H
#include "engine/audit/audit.h"

typedef struct audited {
    zone *zone;
    store *store;
    pack *pack;
    char folder[256];
    audit_result *r;
    char pack_dir[256], profile[256];
} audited;

void audited_begin(audited *t, const char *pack_dir, const char *profile);
/* A canonical CSV of that dataset. */
void audited_csv(audited *t, const char *name, const char *text);
/* as_of: a local time "2025-08-15 09:00:00", or NULL: the period's end. The pack is loaded anew each time. */
void audited_run(audited *t, const char *period, const char *as_of);
const res_rule *audited_rule(const audited *t, const char *id);          /* fails the test if it is not there */
const res_clause *audited_clause(const audited *t, const char *id);
const res_metric *audited_metric(const audited *t, const char *id);
const res_staff *audited_person(const audited *t, const char *id);
/* Keys of a rule's findings joined by a space. Static memory. */
const char *audited_keys(const audited *t, const char *rule);
void audited_end(audited *t);

/* Writes text to a file below the test's folder, making its folders; returns the path (static). */
const char *audited_file(const char *folder, const char *name, const char *text);
#endif
