/* One pass over the records: the world of an audit, the results of expressions kept as whole columns, and what rules make of them. */
#ifndef SLA_AUDIT_PASS_H
#define SLA_AUDIT_PASS_H
#include <math.h>
#include "engine/audit/pack.h"
#include "engine/base/bits.h"
#include "engine/base/dict.h"

/* A slot's results for all rows of its dataset; read with the three functions below. A slot that just is a field, not a BOOL, has none of its own: the table's column stands for them. */
typedef struct kept {
    int slot; vtype type;
    const tcolumn *column;      /* that column; NULL: the results lie here */
    bool valued, grouped, numbered;     /* asked for as values, as a grouping, with its groups numbered */
    uint64_t *truth, *known;    /* BOOL: bits; what is not known is not true */
    double *number;             /* NUMBER, DURATION, TIME, DATE: NaN unknown */
    uint32_t *code;             /* TEXT, and what is grouped: for numbers the code of their text; DICT_NONE unknown */
    uint32_t *group, *keys, ngroups;    /* numbered, then in the place of code: group[row] - 1 is an index of keys, 0 unknown; keys: codes, in order of first appearance */
    lang_failure failure;       /* what could not be worked out */
} kept;
static inline bool kept_borrowed(const kept *k, size_t row) { return k->column->valid && bits_get(k->column->valid, row); }
/* 0 false, 1 true, 2 unknown */
static inline uint8_t kept_truth(const kept *k, size_t row) { return (uint8_t)(2 * !bits_get(k->known, row) + bits_get(k->truth, row)); }
static inline double kept_number(const kept *k, size_t row)
{
    if (k->number) return k->number[row];
    if (!kept_borrowed(k, row)) return (double)NAN;
    return k->type == VT_NUMBER ? ((const double *)k->column->data)[row] : (double)((const int64_t *)k->column->data)[row];
}
static inline uint32_t kept_code(const kept *k, size_t row)
{
    if (k->group) return k->group[row] ? k->keys[k->group[row] - 1] : DICT_NONE;
    if (k->code) return k->code[row];
    return kept_borrowed(k, row) ? ((const uint32_t *)k->column->data)[row] : DICT_NONE;
}
typedef struct pass {
    const pack *p;
    store *s;
    world w;
    lang_shared *shared;
    period period; int64_t as_of;
    kept *kept[DATASETS_MAX]; size_t nkept[DATASETS_MAX], cap[DATASETS_MAX];
    uint64_t *in_period[DATASETS_MAX][FIELDS_MAX];  /* bit: the raw time lies in the period; NULL: not asked for */
    uint64_t *valid_then[DATASETS_MAX];             /* bit: the row was valid at some moment of the period; NULL: all were */
    uint64_t *later[DATASETS_MAX][FIELDS_MAX];      /* bit: a time there that lies after as_of, so it was masked */
    columns_read *read;                             /* what some program reads */
    tcolumn *derived[DATASETS_MAX];
    struct change_cache *changes;                   /* fieldchanges.h */
    bool never_imported[DATASETS_MAX];
    struct chosen *chosen; size_t nchosen, cap_chosen;
    const void *asker; struct asked_slot { const void *who; const dataset *ds; int slot; } *asks; size_t nasks, cap_asks;   /* who asked for what */
    lang_failure *derived_failed[DATASETS_MAX];     /* by derived column */
    struct earlier *earlier_kpis, *earlier;                          /* by KPI and by rule: the period before; NULL: not worked out yet */
    size_t people, people_rated; bitext card_reason; /* of the scorecard; the reason where it could not be worked out */
    slice asked;                                    /* explain: kinds tell of every member with this key, not only of those that do not conform; NULL in an audit */
    int64_t without_history;                        /* clocks of records without any status change, though a history was imported */
    bool no_history;                                /* some clock wanted a history that was not imported */
    arena mem;
    struct own_memory { arena *arenas; size_t n; struct own_memory *below; } *own;   /* of pass_each */
} pass;
void pass_keep(pass *ps, const dataset *ds, int slot, vtype type);       /* asks for it in the name of ps->asker (a rule, a figure), before the pass runs */
/* What of all that the asker asked for, or of its clock's population, could not be worked out; text.ptr NULL: nothing. Then nothing may be said of it. */
lang_failure pass_failure(const pass *ps, const void *asker, const sla_clock *clock);
void kept_put_truth(const kept *k, vec v, size_t row0, size_t n);        /* of a vector, which begins with a word */
const kept *pass_kept(const pass *ps, const dataset *ds, int slot);      /* NULL: SLOT_NONE, or not asked for */
/* Runs fn for 0..n-1 on several threads, each with a pass of its own memory: what it allocates lives as long as ps. Nothing may be asked for and no text be added. */
sla_status pass_each(pass *ps, size_t n, sla_status (*fn)(void *ctx, pass *own, size_t i, err *e), void *ctx, err *e);
void pass_select(pass *ps, const selection *sel);                        /* asks for what pass_chosen gives */
void pass_group(pass *ps, const dataset *ds, const breakdown *b);        /* asks for a grouping: its keys as codes */
void pass_number(pass *ps, const dataset *ds, const breakdown *b);       /* … and for its groups' numbers */
/* The rows of a selection, as bits; made once by pass_run for all that ask. */
typedef struct chosen { selection sel; uint64_t *in /* or it is not known whether they are */, *unknown; size_t nrows, n; } chosen;
/* The first of them from row on; nrows: there is none. */
static inline size_t chosen_next(const chosen *c, size_t row)
{
    if (row >= c->nrows) return c->nrows;
    size_t w = row / 64, end = BITS_WORDS(c->nrows);
    uint64_t bits = c->in[w] & ~UINT64_C(0) << (row & 63);
    while (!bits && ++w < end) bits = c->in[w];
    return bits ? w * 64 + (size_t)__builtin_ctzll(bits) : c->nrows;
}
#define CHOSEN_EACH(c, row) for (size_t row = chosen_next(c, 0); row < (c)->nrows; row = chosen_next(c, row + 1))
static inline bool chosen_surely(const chosen *c, size_t row) { return !bits_get(c->unknown, row); }    /* of a row that is chosen */
void pass_forget(pass *ps);                                             /* frees what was kept and chosen */
const chosen *pass_chosen(const pass *ps, const selection *sel);         /* never NULL for a selection that was asked for */

/* A measure's value in the period before, where the workspace holds that period's records. */
typedef struct earlier { bool has; double value; int64_t n; } earlier;
const earlier *pass_earlier(const pass *ps, const rule *r);   /* NULL: there is none */

typedef enum member { MEMBER_OUT, MEMBER_GOOD, MEMBER_BAD, MEMBER_UNKNOWN, MEMBER_RUNNING } member;

typedef struct tally { int64_t population, good, bad, unknown, running; } tally;
/* ds: the dataset it speaks of; NULL: none. rows of rows_of: the records it rests on. */
typedef struct extra_finding { slice key; member m; res_observed *observed; size_t n; const dataset *ds, *rows_of; const uint32_t *rows; size_t nrows; } extra_finding;
typedef struct rule_outcome {
    verdict v; bitext reason;
    tally all;
    res_group *groups; size_t ngroups;
    bool has_value; double value; int64_t n;
    bool has_bounds; double low, high;
    bool has_target_before; double target_before;
    uint8_t *members;           /* of the dataset's rows; NULL: the kind has no rows as members. The caller's of rule_judge, who frees it with mem_free */
    uint32_t *bad; size_t nbad; /* the rows that do not conform, where the rule lists them; made by rules_judge, which frees members */
    bool counted;               /* all holds members that are no rows */
    struct extra_finding *extra; size_t nextra, cap_extra;  /* findings that are no rows: groups, bursts, cells (outcome_find) */
} rule_outcome;

/* Groups of members by a breakdown, in byte order of their keys (numbers in order of value). */
sla_status tally_groups(pass *ps, const dataset *ds, const breakdown *b, const uint8_t *members, res_group **out, size_t *n, err *e);
void tally_members(const uint8_t *members, size_t n, tally *out);
int bound_compare(const bound *b, int64_t good, int64_t of);             /* 1: met, 0: missed; exact */
bool bound_met(const bound *b, double value);
/* The verdict of shares: overall and, with targets by group, in every group (out->groups from first on). */
void judge_share(const pass *ps, const rule *r, rule_outcome *out, const res_group *by_target, size_t nby);

/* What becomes of a selection and a measure, by groups: for metric rules, KPIs and indicators alike. */
typedef struct figure { bool has; double value; int64_t n, good; int64_t unknown; } figure;
typedef struct figure_group { slice by, key; uint32_t code; double order; figure f; uint32_t number; /* of the group, as kept.group has it */ } figure_group;
void measure_prepare(pass *ps, const selection *sel, const measure *m, const breakdown *groups, size_t ngroups);
typedef struct measuring { pass *ps; const chosen *in; const kept *k; const measure *m; uint32_t *ranked; size_t nranked; } measuring;
sla_status measure_begin(pass *ps, const selection *sel, const measure *m, measuring *out, err *e);
void measure_end(measuring *mg);
void measure_all(const measuring *mg, figure *out);
sla_status measure_groups(const measuring *mg, const breakdown *b, figure_group **out, size_t *n, err *e);
void uptime_prepare(pass *ps, const uptime *up);
enum { UPTIME_ROWS = 12 };
/* value to most: what the availability can be (uptime.c), the same where every outage says whether it was planned; perhaps: whether it is a subject at all is not known. */
typedef struct uptime_figure { slice key; double value, most, target; bool perhaps, has_target; int64_t least_down_ms, down_ms, outages; uint32_t nrows, rows[UPTIME_ROWS]; /* the first outages that count, rows of up->outages */ } uptime_figure;
static inline bool uptime_known(const uptime_figure *f) { return f->value >= f->most; }
sla_status uptime_all(pass *ps, const uptime *up, uptime_figure **out, size_t *n, err *e);
bool pass_tolerates(const pass *ps, int64_t unknown, int64_t of);          /* so few of which it is not known change nothing (the pack's unknown_tolerance) */
slice pass_text(const pass *ps, uint32_t code);
double pass_key_order(const kept *by, slice key);         /* groups of numbers stand in order of value; those of texts are all 0 */
#endif
