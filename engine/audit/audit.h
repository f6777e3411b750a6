/* Packs and audits: what the command line needs of the evaluator. */
#ifndef SLA_AUDIT_AUDIT_H
#define SLA_AUDIT_AUDIT_H
#include "engine/audit/result.h"
#include "engine/base/err.h"
#include "engine/store/store.h"
#include "engine/time/period.h"
#include "engine/time/zone.h"

typedef struct pack pack;
/* Loads and compiles a pack (docs/pack.md) from its folder, tailored by a profile (a YAML file; NULL: none). All errors of all its files go to errors, what is
 * doubtful to warnings; where memory ran out, that alone. z is borrowed and must outlive the pack. SLA_OK only if there is no error. */
sla_status pack_load(const char *dir, const char *profile, const zone *z, pack **out, errlist *errors, errlist *warnings);
void pack_free(pack *p);                                   /* NULL allowed */
const schema *pack_schema(const pack *p);

/* The clauses and rules of a pack, for `rules list`. */
typedef struct pack_line { slice id, clause, kind; bitext title; severity sev; bool by_heading, is_clause, off; const bool *needs; /* a rule's datasets, by number in the schema */ } pack_line;
sla_status pack_list(const pack *p, arena *a, pack_line **out, size_t *n);

/* What the import found that the data cannot prove (store_caveats), each as a text with its file and the pack's rules that it touches. */
typedef struct told_caveat { caveat c; bitext text; } told_caveat;
sla_status audit_caveats(store *s, const pack *p, arena *a, told_caveat **out, size_t *n, err *e);

/* as_of: UTC ms. baseline: the run whose findings are not new; 0: the latest of the period before. told (may be NULL) is called with the results once they are
 * kept; they are gone when it returns (result_load has them for as long as one likes). what_if: told alone gets the results, nothing is kept. */
typedef struct audit_options {
    period period; int64_t as_of; const zone *zone; int64_t baseline; bool what_if;
    sla_status (*told)(void *ctx, const audit_result *r, err *e); void *ctx;
} audit_options;
/* Judges every rule and, unless what_if, keeps the results as a new run, in one transaction. The pack's dictionary takes in the records' texts, so a pack serves one audit.
 * The result does not depend on the number of threads. */
sla_status audit_run(store *s, pack *p, const audit_options *o, int64_t *run, err *e);
#endif
