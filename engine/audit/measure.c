/* Figures: what a selection's records add up to, overall and by groups. Percentiles are nearest-rank. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "engine/audit/pass.h"
#include "engine/base/mem.h"
#include "engine/base/radix.h"
#include "engine/base/sum.h"

void measure_prepare(pass *ps, const selection *sel, const measure *m, const breakdown *groups, size_t ngroups)
{
    if (!sel->ds) return;
    pass_select(ps, sel);
    if (m->slot >= 0) pass_keep(ps, sel->ds, m->slot, m->kind == MEASURE_SHARE ? VT_BOOL : m->type.type);
    for (size_t i = 0; i < ngroups; i++) pass_number(ps, sel->ds, &groups[i]);
}

/* ---- rows in order of their value ---- */
typedef struct ranked { uint64_t key; uint32_t row; } ranked;

/* Doubles as integers of the same order. */
static uint64_t order_bits(double v)
{
    uint64_t u;
    memcpy(&u, &v, sizeof u);
    return u >> 63 ? ~u : u | UINT64_C(1) << 63;
}

static sla_status rank_rows(measuring *mg)
{
    const chosen *c = mg->in;
    ranked *a = mem_resize(NULL, c->n + 1, sizeof *a), *b = mem_resize(NULL, c->n + 1, sizeof *b);
    mg->ranked = mem_resize(NULL, c->n + 1, sizeof *mg->ranked);
    sla_status st = a && b && mg->ranked ? SLA_OK : SLA_NOMEM;
    for (size_t row = chosen_next(c, 0); st == SLA_OK && row < c->nrows; row = chosen_next(c, row + 1)) {
        double v = chosen_surely(c, row) ? kept_number(mg->k, row) : (double)NAN;
        if (!isnan(v)) a[mg->nranked++] = (ranked){order_bits(v), (uint32_t)row};
    }
    const ranked *sorted = st == SLA_OK ? radix_sort(a, b, mg->nranked, sizeof *a) : NULL;
    for (size_t i = 0; sorted && i < mg->nranked; i++) mg->ranked[i] = sorted[i].row;
    mem_free(a);
    mem_free(b);
    return sorted ? SLA_OK : SLA_NOMEM;
}

sla_status measure_begin(pass *ps, const selection *sel, const measure *m, measuring *out, err *e)
{
    *out = (measuring){.ps = ps, .in = pass_chosen(ps, sel), .k = pass_kept(ps, sel->ds, m->slot), .m = m};
    if (!out->in || (m->slot >= 0 && !out->k)) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for figures");
    if (m->kind != MEASURE_PERCENTILE || rank_rows(out) == SLA_OK) return SLA_OK;
    measure_end(out);
    return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for a percentile");
}

void measure_end(measuring *mg)
{
    mem_free(mg->ranked);
    *mg = (measuring){0};
}

/* ---- sums ---- */
typedef struct sum { figure f; double total, rest, low, high; int64_t seen, rank; } sum;

/* With kind a constant, only what that kind needs remains of it. */
static inline __attribute__((always_inline)) void add(measure_kind kind, sum *s, const kept *k, bool known, size_t row)
{
    double v = 1;
    if (kind == MEASURE_SHARE) {
        known = known && kept_truth(k, row) != 2;
        s->f.good += known && kept_truth(k, row) == 1;
    } else if (kind != MEASURE_COUNT) {
        v = kept_number(k, row);
        known = known && !isnan(v);
    }
    s->f.unknown += !known;
    if ((kind == MEASURE_MIN || kind == MEASURE_MAX) && known) {
        if (s->f.n == 0 || v < s->low) s->low = v;
        if (s->f.n == 0 || v > s->high) s->high = v;
    }
    if ((kind == MEASURE_SUM || kind == MEASURE_MEAN) && known) sum_add(&s->total, &s->rest, v);
    s->f.n += known;
}

/* group[row]: the row's place in sums; NULL: all in the first. */
#define ADD_AS(KIND) \
    CHOSEN_EACH(c, row) add(KIND, &sums[group ? group[row] : 0], mg->k, chosen_surely(c, row), row); \
    break

static void add_all(const measuring *mg, const uint32_t *group, sum *sums)
{
    const chosen *c = mg->in;
    switch (mg->m->kind) {
    case MEASURE_COUNT: ADD_AS(MEASURE_COUNT);
    case MEASURE_SHARE: ADD_AS(MEASURE_SHARE);
    case MEASURE_PERCENTILE: ADD_AS(MEASURE_PERCENTILE);
    case MEASURE_MIN: case MEASURE_MAX: ADD_AS(MEASURE_MAX);
    default: ADD_AS(MEASURE_MEAN);
    }
}

static void finish(sum *s, const measure *m)
{
    figure *f = &s->f;
    f->has = f->n > 0;
    switch (m->kind) {
    case MEASURE_COUNT: f->has = true; f->value = (double)f->n; break;
    case MEASURE_SHARE: f->value = f->n ? (double)f->good / (double)f->n : 0; break;
    case MEASURE_SUM: f->value = s->total; break;
    case MEASURE_MEAN: f->value = f->n ? s->total / (double)f->n : 0; break;
    case MEASURE_MIN: f->value = s->low; break;
    case MEASURE_MAX: f->value = s->high; break;
    default: break;
    }
}

/* The smallest value that has at least percent of the n values at or below it is the rank-th. */
static int64_t nearest_rank(int64_t n, double percent)
{
    int64_t rank = (int64_t)ceil(percent / 100 * (double)n - 1e-9);
    return rank < 1 ? 1 : rank;
}

void measure_all(const measuring *mg, figure *out)
{
    sum s = {.f = {.has = false}};
    add_all(mg, NULL, &s);
    finish(&s, mg->m);
    if (mg->ranked && s.f.n) s.f.value = kept_number(mg->k, mg->ranked[nearest_rank(s.f.n, mg->m->percent) - 1]);
    *out = s.f;
}

/* ---- groups ---- */
/* Walks the values from the least on; each group's value is the one at its rank. */
static void rank_groups(const measuring *mg, const uint32_t *group, sum *sums, size_t nsums)
{
    for (size_t i = 0; i < nsums; i++) sums[i].rank = nearest_rank(sums[i].f.n, mg->m->percent);
    for (size_t i = 0; i < mg->nranked; i++) {
        uint32_t row = mg->ranked[i];
        sum *s = &sums[group[row]];
        if (++s->seen == s->rank) s->f.value = kept_number(mg->k, row);
    }
}

static int by_group(const void *a, const void *b)
{
    const figure_group *x = a, *y = b;
    if (x->order < y->order || x->order > y->order) return x->order < y->order ? -1 : 1;
    return slice_cmp(x->key, y->key);
}

/* Records without a key count in the total and in no group. */
sla_status measure_groups(const measuring *mg, const breakdown *b, figure_group **out, size_t *n, err *e)
{
    pass *ps = mg->ps;
    const kept *by = pass_kept(ps, mg->in->sel.ds, b->slot);
    size_t ngroups = by ? by->ngroups : 0;
    sum *sums = mem_zero(ngroups + 1, sizeof *sums); /* the first is that of records without a key */
    sla_status st = sums && by && by->group && (*out = ARENA_NEW(&ps->mem, figure_group, ngroups + 1)) ? SLA_OK : SLA_NOMEM;
    *n = 0;
    if (st == SLA_OK) add_all(mg, by->group, sums);
    for (size_t i = 1; st == SLA_OK && i <= ngroups; i++) finish(&sums[i], mg->m);
    if (st == SLA_OK && mg->ranked) rank_groups(mg, by->group, sums, ngroups + 1);
    for (size_t i = 1; st == SLA_OK && i <= ngroups; i++) {
        if (sums[i].f.n + sums[i].f.unknown == 0) continue;
        slice key = pass_text(ps, by->keys[i - 1]);
        (*out)[(*n)++] = (figure_group){b->name, key, by->keys[i - 1], pass_key_order(by, key), sums[i].f, (uint32_t)i};
    }
    if (*n) qsort(*out, *n, sizeof **out, by_group);
    mem_free(sums);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for figures by %.*s", SLICE_ARG(b->name));
}
