/* Availability: 1 − unplanned downtime / (period − planned downtime). Overlapping outages are merged, outages are cut at the period's ends, an open one ends at
 * as_of; where an outage is both planned and unplanned, the planned window is taken out of the period and of the unplanned time. An outage that does not say whether it was planned may
 * be either: the figure is then known from `value`, where such ones are unplanned, to `most`, where they are planned. */
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

enum { UNPLANNED = 1, PLANNED = 2, UNSAID = 4 };
static unsigned sort_of(const table *t, int planned, size_t row)
{
    if (planned < 0) return UNPLANNED;
    return !table_has(t, (size_t)planned, row) ? UNSAID : table_i64(t, (size_t)planned)[row] ? PLANNED : UNPLANNED;
}

/* The outages of these sorts as windows within the period, by key. */
static size_t collect(const pass *ps, const uptime *u, unsigned sorts, window *out)
{
    const table *t = ps->w.tables[u->outages->idx];
    const kept *key = pass_kept(ps, u->outages, u->outage_key);
    size_t n = 0;
    int64_t end = ps->period.to < ps->as_of ? ps->period.to : ps->as_of;
    for (size_t i = 0; i < t->nrows; i++) {
        if (!(sort_of(t, u->planned, i) & sorts) || kept_code(key, i) == DICT_NONE || !table_has(t, (size_t)u->from, i)) continue;
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

/* The sets of windows that a figure is made of: those that count against it, those out of the period for certain and perhaps, and all of them. */
enum { DOWN, OUT, MAY_BE_OUT, ALL, SETS };
static const unsigned sorts_of[SETS] = {UNPLANNED | UNSAID, PLANNED, PLANNED | UNSAID, UNPLANNED | PLANNED | UNSAID};
typedef struct windows { window *w; size_t n; } windows;

static double share_up(int64_t up_ms, int64_t base_ms) { return base_ms > 0 ? (double)up_ms / (double)base_ms : 1; }

static void figure_subject(pass *ps, const windows sets[SETS], uint32_t key, uptime_figure *f)
{
    const int64_t whole = (ps->period.to < ps->as_of ? ps->period.to : ps->as_of) - ps->period.from;
    int64_t ms[SETS];
    for (int i = 0; i < SETS; i++) {
        size_t n;
        window *w = of_key(sets[i].w, sets[i].n, key, &n);
        if (i == DOWN) f->outages = (int64_t)n;
        for (size_t k = 0; i == DOWN && k < n && f->nrows < UPTIME_ROWS; k++) f->rows[f->nrows++] = w[k].row;
        ms[i] = length(w, merge(w, n));
    }
    f->value = share_up(whole - ms[ALL], whole - ms[OUT]);
    f->most = share_up(whole - ms[ALL], whole - ms[MAY_BE_OUT]);
    f->least_down_ms = ms[ALL] - ms[MAY_BE_OUT];
    f->down_ms = ms[ALL] - ms[OUT];
}

static void figure_all(pass *ps, const uptime *u, const windows sets[SETS], uptime_figure *out, size_t *n)
{
    const kept *where = pass_kept(ps, u->subjects, u->subject_where), *key = pass_kept(ps, u->subjects, u->subject_key), *target = pass_kept(ps, u->subjects, u->subject_target);
    for (size_t i = 0; i < ps->w.tables[u->subjects->idx]->nrows; i++) {
        uint8_t in = where ? kept_truth(where, i) : 1;
        uint32_t code = kept_code(key, i);
        if (in == 0 || code == DICT_NONE) continue;
        uptime_figure *f = &out[(*n)++];
        *f = (uptime_figure){.key = pass_text(ps, code), .perhaps = in == 2};
        figure_subject(ps, sets, code, f);
        double aim = target ? kept_number(target, i) : (double)NAN;
        if (isfinite(aim)) f->has_target = true, f->target = aim > 1 ? of_percent(aim) : aim;
    }
    qsort(out, *n, sizeof *out, by_key);
}

sla_status uptime_all(pass *ps, const uptime *u, uptime_figure **out, size_t *n, err *e)
{
    size_t room = ps->w.tables[u->outages->idx]->nrows + 1;
    window *all = mem_zero(SETS * room, sizeof *all);
    windows sets[SETS];
    *n = 0;
    *out = ARENA_NEW(&ps->mem, uptime_figure, ps->w.tables[u->subjects->idx]->nrows + 1);
    if (all && *out) {
        for (size_t i = 0; i < SETS; i++) sets[i].w = all + i * room, sets[i].n = collect(ps, u, sorts_of[i], sets[i].w);
        figure_all(ps, u, sets, *out, n);
    }
    mem_free(all);
    return all && *out ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for availability");
}
