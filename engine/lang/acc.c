/* Gathering child rows into one value a group. */
#include <stdlib.h>
#include "engine/base/mem.h"
#include "engine/base/sum.h"
#include "engine/lang/machine.h"

sla_status acc_init(acc *a, const agg_def *d, const program *p, const world *w, size_t n, err *e)
{
    const dataset *ds = p->looks[d->look].ds;
    vtype t = d->kind == AGG_ANY ? VT_BOOL : d->field < 0 ? VT_NUMBER : d->derived ? p->env->derived[ds->idx].fields[d->field].type : ds->fields[d->field].type;
    *a = (acc){.kind = d->kind, .reg = regtype_of(t), .n = n, .timed = ds->time_field >= 0};
    if (d->field >= 0) a->field = world_column(w, ds, (size_t)d->field, d->derived);
    if (ds->time_field >= 0) a->times = world_column(w, ds, (size_t)ds->time_field, false);
    a->has = mem_zero(BITS_WORDS(n) + 1, sizeof *a->has);
    a->unknown = mem_zero(BITS_WORDS(n) + 1, sizeof *a->unknown);
    if (a->reg != REG_BOOL) a->val = mem_zero(n + 1, a->reg == REG_CODE ? sizeof(uint32_t) : sizeof(uint64_t));
    bool ordered = d->kind == AGG_FIRST || d->kind == AGG_LAST;
    bool rounds = d->kind == AGG_SUM && a->reg == REG_F64;
    if (rounds) a->rest = mem_zero(n + 1, sizeof *a->rest);
    if (ordered) a->at = mem_zero(n + 1, sizeof *a->at);
    if (ordered) a->seen = mem_zero(BITS_WORDS(n) + 1, sizeof *a->seen);
    bool ok = a->has && a->unknown && (a->reg == REG_BOOL || a->val) && (!ordered || (a->at && a->seen)) && (!rounds || a->rest);
    if (ok) return SLA_OK;
    acc_free(a);
    return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
}

void acc_reset(acc *a)
{
    memset(a->has, 0, BITS_WORDS(a->n) * sizeof *a->has);
    memset(a->unknown, 0, BITS_WORDS(a->n) * sizeof *a->unknown);
    if (a->rest) memset(a->rest, 0, a->n * sizeof *a->rest);
    if (a->seen) memset(a->seen, 0, BITS_WORDS(a->n) * sizeof *a->seen);
    if (a->val) memset(a->val, 0, a->n * (a->reg == REG_CODE ? sizeof(uint32_t) : sizeof(uint64_t)));
}

void acc_free(acc *a)
{
    mem_free(a->val);
    mem_free(a->rest);
    mem_free(a->has);
    mem_free(a->unknown);
    mem_free(a->at);
    mem_free(a->seen);
    *a = (acc){0};
}

static void add(acc *a, size_t g, size_t row)
{
    int64_t *i64 = a->val;
    double *f64 = a->val;
    bool bad = !column_has(a->field, row); /* a part of a sum is missing: the sum is not known */
    if (!bad && a->reg == REG_I64) bad = __builtin_add_overflow(i64[g], ((const int64_t *)a->field->data)[row], &i64[g]);
    else if (!bad) sum_add(&f64[g], &a->rest[g], ((const double *)a->field->data)[row]);
    if (bad) bits_set(a->unknown, g);
}

static void take(acc *a, size_t g, size_t row)
{
    if (a->reg == REG_I64) ((int64_t *)a->val)[g] = ((const int64_t *)a->field->data)[row];
    else if (a->reg == REG_F64) ((double *)a->val)[g] = ((const double *)a->field->data)[row];
    else ((uint32_t *)a->val)[g] = ((const uint32_t *)a->field->data)[row];
    bits_set(a->has, g);
}

static void extreme(acc *a, size_t g, size_t row)
{
    bool less;
    if (!column_has(a->field, row)) return;
    if (!bits_get(a->has, g)) {
        take(a, g, row);
        return;
    }
    if (a->reg == REG_I64) less = ((const int64_t *)a->field->data)[row] < ((const int64_t *)a->val)[g];
    else less = ((const double *)a->field->data)[row] < ((const double *)a->val)[g];
    if (less == (a->kind == AGG_MIN)) take(a, g, row);
}

/* Rows come in any order of time, but of equal times in row order. */
static void nearest(acc *a, size_t g, size_t row)
{
    if (a->timed && !column_has(a->times, row)) return;
    int64_t at = a->timed ? ((const int64_t *)a->times->data)[row] : 0;
    if (bits_get(a->seen, g) && (a->kind == AGG_FIRST ? at >= a->at[g] : at < a->at[g])) return;
    bits_set(a->seen, g);
    a->at[g] = at;
    bits_clear(a->has, g);
    if (column_has(a->field, row)) take(a, g, row);
}

void acc_feed(acc *a, size_t g, size_t row, bool truth, bool known)
{
    if (!known) bits_set(a->unknown, g);
    switch (a->kind) {
    case AGG_COUNT: case AGG_COUNT_MIN: ((double *)a->val)[g] += truth; break;
    case AGG_COUNT_MAX: ((double *)a->val)[g] += truth || !known; break;
    case AGG_ANY: if (truth) bits_set(a->has, g); break;
    case AGG_SUM: if (truth) add(a, g, row); break;
    case AGG_MIN: case AGG_MAX: if (truth) extreme(a, g, row); break;
    case AGG_FIRST: case AGG_LAST: if (truth) nearest(a, g, row); break;
    case AGG_MEDIAN: case AGG_COUNT_OF: break;
    }
}

typedef struct grouped { uint32_t group, row; double value; } grouped;

static int by_group_and_value(const void *a, const void *b)
{
    const grouped *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->value < y->value || x->value > y->value) return x->value < y->value ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

sla_status acc_median(acc *a, const uint32_t *group_of, size_t nrows, const uint64_t *truth, const uint64_t *known, err *e)
{
    grouped *v = mem_resize(NULL, nrows + 1, sizeof *v);
    size_t n = 0;
    if (!v) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    for (size_t row = 0; row < nrows; row++) {
        if (group_of[row] == ROW_NONE || (truth && !bits_get(truth, row)) || (known && !bits_get(known, row)) || !column_has(a->field, row)) continue;
        v[n++] = (grouped){group_of[row], (uint32_t)row, a->reg == REG_I64 ? (double)((const int64_t *)a->field->data)[row] : ((const double *)a->field->data)[row]};
    }
    qsort(v, n, sizeof *v, by_group_and_value);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && v[end].group == v[i].group; end++) {}
        take(a, v[i].group, v[i + (end - i + 1) / 2 - 1].row);
    }
    mem_free(v);
    return SLA_OK;
}
