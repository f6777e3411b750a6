/* Figures: what a selection's records add up to, overall and by groups. Percentiles are nearest-rank. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/audit/pass.h"
#include "engine/base/mem.h"

void measure_prepare(pass *ps, const selection *sel, const measure *m, const breakdown *groups, size_t ngroups)
{
    if (!sel->ds) return;
    pass_select(ps, sel);
    if (m->slot >= 0) pass_keep(ps, sel->ds, m->slot, m->kind == MEASURE_SHARE ? VT_BOOL : m->type.type);
    for (size_t i = 0; i < ngroups; i++) pass_keep(ps, sel->ds, groups[i].slot, groups[i].type.type);
}

/* The running sum of one group. Values for percentiles are collected by a second round over the rows. */
typedef struct sum { figure f; double total, low, high; size_t at; } sum;

static void add(sum *s, const measure *m, const kept *k, size_t row, uint8_t in)
{
    double v = 1;
    if (in == 2) {
        s->f.unknown++;
        return;
    }
    if (m->kind == MEASURE_SHARE) {
        if (k->truth[row] == 2) {
            s->f.unknown++;
            return;
        }
        v = k->truth[row];
    } else if (m->kind != MEASURE_COUNT) {
        v = k->number[row];
        if (isnan(v)) {
            s->f.unknown++;
            return;
        }
    }
    if (s->f.n == 0 || v < s->low) s->low = v;
    if (s->f.n == 0 || v > s->high) s->high = v;
    s->f.n++;
    s->total += v;
    s->f.good += m->kind == MEASURE_SHARE && v > 0;
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

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The smallest value that has at least percent of the values at or below it. */
static double nearest_rank(double *v, size_t n, double percent)
{
    qsort(v, n, sizeof *v, by_value);
    size_t rank = (size_t)ceil(percent / 100 * (double)n - 1e-9);
    return v[rank ? rank - 1 : 0];
}

/* group[row]: number of the row's group, or UINT32_MAX. All values of a group side by side, then its rank. */
static sla_status percentiles(const pass *ps, const selection *sel, const measure *m, const kept *k, const uint32_t *group, sum *sums, size_t nsums)
{
    size_t total = 0, rows = ps->w.tables[sel->ds->idx]->nrows;
    for (size_t i = 0; i < nsums; i++) sums[i].at = total, total += (size_t)sums[i].f.n;
    double *v = mem_zero(total ? total : 1, sizeof *v);
    if (!v) return SLA_NOMEM;
    for (size_t row = 0; row < rows; row++) {
        if (selection_state(ps, sel, row) != 1 || isnan(k->number[row])) continue;
        uint32_t g = group ? group[row] : 0;
        if (g != UINT32_MAX) v[sums[g].at++] = k->number[row];
    }
    for (size_t i = 0; i < nsums; i++)
        if (sums[i].f.n) sums[i].f.value = nearest_rank(v + sums[i].at - sums[i].f.n, (size_t)sums[i].f.n, m->percent);
    mem_free(v);
    return SLA_OK;
}

sla_status measure_all(pass *ps, const selection *sel, const measure *m, figure *out, err *e)
{
    sum s = {.f = {.has = false}};
    const kept *k = pass_kept(ps, sel->ds, m->slot);
    for (size_t row = 0; row < ps->w.tables[sel->ds->idx]->nrows; row++) {
        uint8_t in = selection_state(ps, sel, row);
        if (in) add(&s, m, k, row, in);
    }
    finish(&s, m);
    if (m->kind == MEASURE_PERCENTILE && percentiles(ps, sel, m, k, NULL, &s, 1) != SLA_OK) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for a percentile");
    *out = s.f;
    return SLA_OK;
}

static int by_group(const void *a, const void *b)
{
    const figure_group *x = a, *y = b;
    if (x->order < y->order || x->order > y->order) return x->order < y->order ? -1 : 1;
    return slice_cmp(x->key, y->key);
}

/* Numbers the rows' groups in order of first appearance. codes: the groups' dictionary codes. */
static sla_status number_groups(pass *ps, const selection *sel, const kept *by, uint32_t *group, uint32_t **codes, size_t *n)
{
    size_t cap = 0, texts = dict_count(ps->w.dict) + 4096u, rows = ps->w.tables[sel->ds->idx]->nrows;
    uint32_t *number = mem_zero(texts, sizeof *number);
    sla_status st = number ? SLA_OK : SLA_NOMEM;
    for (size_t row = 0; st == SLA_OK && row < rows; row++) {
        uint32_t code = DICT_NONE;
        group[row] = UINT32_MAX;
        if (!selection_state(ps, sel, row)) continue;
        if (by->code) code = by->code[row];
        else {
            char text[32];
            double v = by->truth ? (by->truth[row] == 2 ? NAN : by->truth[row]) : by->number[row];
            if (!isnan(v)) code = dict_intern(ps->w.dict, (slice){text, (size_t)snprintf(text, sizeof text, "%.10g", v)});
        }
        if (code == DICT_NONE) continue; /* without a key: in the total, in no group */
        if (code >= texts) st = SLA_LIMIT;
        else if (!number[code]) {
            if (mem_grow(codes, &cap, *n + 1, sizeof **codes)) st = SLA_NOMEM;
            else (*codes)[*n] = code, number[code] = (uint32_t)++*n;
        }
        if (st == SLA_OK) group[row] = number[code] - 1;
    }
    mem_free(number);
    return st;
}

sla_status measure_groups(pass *ps, const selection *sel, const measure *m, const breakdown *b, figure_group **out, size_t *n, err *e)
{
    const kept *by = pass_kept(ps, sel->ds, b->slot), *k = pass_kept(ps, sel->ds, m->slot);
    size_t rows = ps->w.tables[sel->ds->idx]->nrows;
    uint32_t *group = mem_zero(rows + 1, sizeof *group), *codes = NULL;
    sum *sums = NULL;
    *n = 0;
    sla_status st = group && by ? number_groups(ps, sel, by, group, &codes, n) : SLA_NOMEM;
    if (st == SLA_OK && !(sums = mem_zero(*n ? *n : 1, sizeof *sums))) st = SLA_NOMEM;
    for (size_t row = 0; st == SLA_OK && row < rows; row++)
        if (group[row] != UINT32_MAX) add(&sums[group[row]], m, k, row, selection_state(ps, sel, row));
    for (size_t i = 0; st == SLA_OK && i < *n; i++) finish(&sums[i], m);
    if (st == SLA_OK && m->kind == MEASURE_PERCENTILE) st = percentiles(ps, sel, m, k, group, sums, *n);
    if (st == SLA_OK && !(*out = ARENA_NEW(&ps->mem, figure_group, *n ? *n : 1))) st = SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < *n; i++) {
        slice key = pass_text(ps, codes[i]);
        (*out)[i] = (figure_group){b->name, key, by->code ? 0 : strtod(key.ptr, NULL), sums[i].f};
    }
    if (st == SLA_OK && *n) qsort(*out, *n, sizeof **out, by_group);
    mem_free(group);
    mem_free(codes);
    mem_free(sums);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for figures by %.*s", SLICE_ARG(b->name));
}
