/* Availability: 1 − unplanned downtime / (period − planned downtime). Overlapping outages are merged, outages are cut at the period's ends, an open one ends at
 * as_of; where an outage is both planned and unplanned, the planned window is taken out of the period and of the unplanned time. */
#include <math.h>
#include <stdlib.h>
#include "engine/audit/pass.h"
#include "engine/base/mem.h"

void uptime_prepare(pass *ps, const uptime *u)
{
    pass_keep(ps, u->subjects, u->subject_where, VT_BOOL);
    pass_keep(ps, u->subjects, u->subject_key, VT_TEXT);
    pass_keep(ps, u->subjects, u->subject_target, VT_NUMBER);
    pass_keep(ps, u->outages, u->outage_key, VT_TEXT);
}

typedef struct window { uint32_t key; int64_t from, to; uint32_t row; } window;

static int by_window(const void *a, const void *b)
{
    const window *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Windows of one key in order, merged in place; returns how many are left. */
static size_t merge(window *w, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (k && w[i].from <= w[k - 1].to) {
            if (w[i].to > w[k - 1].to) w[k - 1].to = w[i].to;
        } else w[k++] = w[i];
    }
    return k;
}

static int64_t length(const window *w, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += w[i].to - w[i].from;
    return sum;
}

static int64_t overlap(const window *a, size_t na, const window *b, size_t nb)
{
    int64_t sum = 0;
    for (size_t i = 0, k = 0; i < na && k < nb;) {
        int64_t from = a[i].from > b[k].from ? a[i].from : b[k].from, to = a[i].to < b[k].to ? a[i].to : b[k].to;
        if (to > from) sum += to - from;
        if (a[i].to < b[k].to) i++;
        else k++;
    }
    return sum;
}

/* The outages of one sort (planned or not) as windows within the period, by key. */
static size_t collect(const pass *ps, const uptime *u, bool planned, window *out)
{
    const table *t = ps->w.tables[u->outages->idx];
    const kept *key = pass_kept(ps, u->outages, u->outage_key);
    size_t n = 0;
    int64_t end = ps->period.to < ps->as_of ? ps->period.to : ps->as_of;
    for (size_t i = 0; i < t->nrows; i++) {
        bool is_planned = u->planned >= 0 && table_has(t, (size_t)u->planned, i) && table_i64(t, (size_t)u->planned)[i];
        if (is_planned != planned || kept_code(key, i) == DICT_NONE || !table_has(t, (size_t)u->from, i)) continue;
        int64_t from = table_i64(t, (size_t)u->from)[i], to = table_has(t, (size_t)u->to, i) ? table_i64(t, (size_t)u->to)[i] : end;
        if (from < ps->period.from) from = ps->period.from;
        if (to > end) to = end;
        if (to > from) out[n++] = (window){kept_code(key, i), from, to, (uint32_t)i};
    }
    qsort(out, n, sizeof *out, by_window);
    return n;
}

static window *of_key(window *w, size_t n, uint32_t key, size_t *count)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (w[mid].key < key) lo = mid + 1;
        else hi = mid;
    }
    *count = 0;
    while (lo + *count < n && w[lo + *count].key == key) ++*count;
    return w + lo;
}

/* 99.9 % is the double nearest 0.999, which 99.9 / 100 is not: availability of just that much would miss it. */
static double of_percent(double percent) { return round(percent * 1e10) / 1e12; }

static int by_key(const void *a, const void *b) { return slice_cmp(((const uptime_figure *)a)->key, ((const uptime_figure *)b)->key); }

sla_status uptime_all(pass *ps, const uptime *u, uptime_figure **out, size_t *n, err *e)
{
    const table *subjects = ps->w.tables[u->subjects->idx], *outages = ps->w.tables[u->outages->idx];
    const kept *where = pass_kept(ps, u->subjects, u->subject_where), *key = pass_kept(ps, u->subjects, u->subject_key), *target = pass_kept(ps, u->subjects, u->subject_target);
    window *down = mem_zero(outages->nrows + 1, sizeof *down), *planned = mem_zero(outages->nrows + 1, sizeof *planned);
    *n = 0;
    *out = ARENA_NEW(&ps->mem, uptime_figure, subjects->nrows + 1);
    if (!down || !planned || !*out) {
        mem_free(down);
        mem_free(planned);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for availability");
    }
    size_t ndown = collect(ps, u, false, down), nplanned = collect(ps, u, true, planned);
    int64_t end = ps->period.to < ps->as_of ? ps->period.to : ps->as_of;
    for (size_t i = 0; i < subjects->nrows; i++) {
        if ((where && kept_truth(where, i) != 1) || kept_code(key, i) == DICT_NONE) continue;
        size_t nd, np;
        window *d = of_key(down, ndown, kept_code(key, i), &nd), *p = of_key(planned, nplanned, kept_code(key, i), &np);
        uptime_figure *f = &(*out)[(*n)++];
        *f = (uptime_figure){.key = pass_text(ps, kept_code(key, i)), .outages = (int64_t)nd};
        for (size_t k = 0; k < nd && f->nrows < UPTIME_ROWS; k++) f->rows[f->nrows++] = d[k].row;
        nd = merge(d, nd), np = merge(p, np);
        int64_t planned_ms = length(p, np), down_ms = length(d, nd) - overlap(d, nd, p, np), base = end - ps->period.from - planned_ms;
        f->value = base > 0 ? (double)(base - down_ms) / (double)base : 1, f->down_ms = down_ms, f->planned_ms = planned_ms;
        double aim = target ? kept_number(target, i) : (double)NAN;
        if (isfinite(aim)) f->has_target = true, f->target = aim > 1 ? of_percent(aim) : aim;
    }
    qsort(*out, *n, sizeof **out, by_key);
    mem_free(down);
    mem_free(planned);
    return SLA_OK;
}
