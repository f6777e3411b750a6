/* How one record was judged by one rule: worked out anew with the same programs, clocks and kinds as the audit, so the two cannot disagree. */
#ifndef SLA_AUDIT_EXPLAIN_H
#define SLA_AUDIT_EXPLAIN_H
#include "engine/audit/audit.h"
#include "engine/time/slaclock.h"

typedef struct why_place { slice source; uint32_t line; } why_place;
/* A value that the judgement read. where_it_stands: the record's own line, or that of the row a look-up found. */
typedef struct why_value { slice name; bitext title; slice value; why_place at; } why_value;
/* A condition, or one of the conditions that must all hold; truth 0 false, 1 true, 2 unknown. scope: it says to what the rule
 * applies, not what it asks for. */
typedef struct why_condition { slice text; uint8_t truth; bool scope; } why_condition;
typedef struct why_row { slice dataset, key; why_place at; } why_row;
typedef struct why_clock { slice name; bitext title; slice calendar; bitext calendar_title; slice limit, elapsed, paused /* empty: not known */, state; int64_t elapsed_ms; clock_slice *slices; size_t nslices; } why_clock;
typedef struct why_finding { slice key; const char *member; res_observed *observed; size_t nobserved; why_place *evidence; size_t nevidence; } why_finding;

typedef struct explanation {
    arena mem;
    slice rule, kind, clause, dataset, key, condition; bitext title, criterion, dataset_title;
    const char *member;                 /* conforms, nonconforming, unknown, running, out: not in the population, not_assessed: no record was judged, for what the rule needs is not there, error: the rule could not be judged; no_finding: the members are no records, and none of the findings is about this one */
    bitext withheld;                    /* of unknown: the field that the rule needs and the record's export does not deliver at all; empty: it is the record's own values */
    why_place at;
    why_value *values; size_t nvalues;
    why_condition *conditions; size_t nconditions;
    why_row *rows; size_t nrows;        /* of other datasets, that look-ups found */
    why_clock *clocks; size_t nclocks;
    why_finding *findings; size_t nfindings;    /* of what is judged beside or instead of records: bursts, cells, cases, matches */
    res_rule result;                    /* the rule as a whole */
} explanation;

/* SLA_NAME: there is no such rule, or no such record; the hint names the nearest. Free with explanation_free. */
sla_status audit_explain(store *s, pack *p, const audit_options *o, slice rule, slice key, explanation **out, err *e);
void explanation_free(explanation *x);      /* NULL allowed */
#endif
