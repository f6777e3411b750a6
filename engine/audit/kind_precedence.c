/* precedence: each event is covered by a record's window, or preceded by a match within a limit. */
#include <stdlib.h>
#include "engine/audit/events.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

typedef struct precedence { event_set event, cover, before; bool covers; int from, to; int64_t within; const calendar *cal; } precedence;
enum { ROWS_TOLD = 12 };
typedef struct window { uint64_t key; int64_t from, to; uint32_t row; uint8_t state; } window;

static void load_cover(pack_loader *l, const ynode *n, rule *r, precedence *x)
{
    const ynode *map = yaml_get(n, "cover"), *from = yaml_get(map, "from"), *to = yaml_get(map, "to");
    if (!events_load(l, r, map, (const char *const[]){"from", "to", NULL}, &x->cover)) return;
    if (!from || !to) {
        errlist_add(l->errors, SLA_SYNTAX, map->at, "a cover needs from and to");
        return;
    }
    x->from = events_load_expr(l, r, x->cover.sel.ds, from, VT_TIME, NULL);
    x->to = events_load_expr(l, r, x->cover.sel.ds, to, VT_TIME, NULL);
    if (x->cover.keys.n != x->event.keys.n) errlist_add(l->errors, SLA_TYPE, map->at, "event and cover need as many keys as each other");
}

static void load(pack_loader *l, const ynode *n, rule *r)
{
    precedence *x = load_take(l, 1, sizeof *x);
    if (!x || !events_load(l, r, yaml_get(n, "event"), NULL, &x->event)) return;
    x->covers = yaml_get(n, "cover") != NULL;
    if (x->covers == (yaml_get(n, "before") != NULL)) errlist_add(l->errors, SLA_SYNTAX, n->at, "a precedence rule needs either 'cover' or 'before'");
    else if (x->covers) load_cover(l, n, r, x);
    else if (events_load(l, r, yaml_get(n, "before"), NULL, &x->before) && events_load_limit(l, n, "within", &x->within, &x->cal) && x->before.keys.n != x->event.keys.n)
        errlist_add(l->errors, SLA_TYPE, n->at, "event and before need as many keys as each other");
    r->sel = x->event.sel;
    r->condition = yaml_text(yaml_get(n, x->covers ? "cover" : "before"), "where", SLICE_LIT(""));
    r->own = x;
    if (!yaml_get(n, "target") && !yaml_get(n, "targets")) r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps)
{
    const precedence *x = r->own;
    events_prepare(&x->event, ps);
    if (!x->covers) events_prepare(&x->before, ps);
    else {
        pass_select(ps, &x->cover.sel);
        events_prepare_keys(&x->cover.keys, x->cover.sel.ds, ps);
        pass_keep(ps, x->cover.sel.ds, x->from, VT_TIME);
        pass_keep(ps, x->cover.sel.ds, x->to, VT_TIME);
    }
}

static int by_window(const void *a, const void *b)
{
    const window *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

static sla_status make_windows(const precedence *x, pass *ps, window **out, size_t *n, err *e)
{
    const dataset *ds = x->cover.sel.ds;
    const chosen *c = pass_chosen(ps, &x->cover.sel);
    *n = 0;
    if (!(*out = mem_resize(NULL, c->n + 1, sizeof **out))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for windows");
    CHOSEN_EACH(c, row) {
        int64_t end;
        window w = {.key = events_key(ps, ds, &x->cover.keys, row), .row = (uint32_t)row, .state = chosen_surely(c, row) ? 1 : 2};
        if (w.key == EVENT_NO_KEY || !events_at(ps, ds, x->from, VT_TIME, row, &w.from, &end) || !events_at(ps, ds, x->to, VT_TIME, row, &w.to, &end)) continue;
        (*out)[(*n)++] = w;
    }
    qsort(*out, *n, sizeof **out, by_window);
    return SLA_OK;
}

static int covered(const window *w, size_t n, uint64_t key, int64_t at)
{
    size_t lo = 0, hi = n;
    int answer = 0;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (w[mid].key < key) lo = mid + 1;
        else hi = mid;
    }
    for (; lo < n && w[lo].key == key && w[lo].from <= at; lo++) {
        if (w[lo].to < at) continue;
        if (w[lo].state == 1) return 1;
        answer = 2;
    }
    return answer;
}

/* The start of the window of `before`: for a working calendar the earliest instant from which the limit is not used up at `at`. */
static int64_t reach_back(const precedence *x, int64_t at)
{
    if (cal_is_always(x->cal)) return at - x->within;
    int64_t lo = at - 400 * MS_DAY, hi = at;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (cal_between(x->cal, mid, at) > x->within) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

/* For explain: the windows that cover the event, and what was looked into. */
static size_t covering(const window *w, size_t n, uint64_t key, int64_t at, uint32_t *rows)
{
    size_t k = 0;
    for (size_t i = 0; i < n && k < ROWS_TOLD; i++)
        if (w[i].key == key && w[i].from <= at && at <= w[i].to) rows[k++] = w[i].row;
    return k;
}

static sla_status tell(const precedence *x, pass *ps, rule_outcome *out, slice key, member m, int64_t at, const uint32_t *rows, size_t nrows)
{
    const dataset *ds = x->covers ? x->cover.sel.ds : x->before.sel.ds;
    res_observed seen[] = {{SLICE_LIT("at"), events_time_text(ps, at)}, {SLICE_LIT("looked_into"), ds->name}, {SLICE_LIT("found"), text_format(&ps->mem, "%zu", nrows)},
                           {SLICE_LIT("from"), x->covers ? SLICE_LIT("") : events_time_text(ps, reach_back(x, at))}};
    return outcome_find(out, ps, &(extra_finding){.key = key, .m = m, .observed = seen, .n = x->covers ? 3 : 4, .ds = ds, .rows_of = ds, .rows = rows, .nrows = nrows});
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const precedence *x = r->own;
    const chosen *c = pass_chosen(ps, &r->sel);
    window *w = NULL;
    event *before = NULL;
    size_t n = 0;
    sla_status st = SLA_OK;
    TRY(x->covers ? make_windows(x, ps, &w, &n, e) : events_make(ps, &x->before, &x->before.keys, &before, &n, e));
    for (size_t row = chosen_next(c, 0); st == SLA_OK && row < c->nrows; row = chosen_next(c, row + 1)) {
        int64_t at, end;
        if (!events_at(ps, r->sel.ds, x->event.at, x->event.at_type, row, &at, &end) || at < ps->period.from || at >= ps->period.to || at > ps->as_of) continue;
        uint64_t key = events_key(ps, r->sel.ds, &x->event.keys, row);
        int found = !chosen_surely(c, row) || key == EVENT_NO_KEY ? 2 : x->covers ? covered(w, n, key, at) : events_match(before, n, key, reach_back(x, at), at);
        member m = found == 2 ? MEMBER_UNKNOWN : found ? MEMBER_GOOD : MEMBER_BAD;
        out->members[row] = (uint8_t)m;
        slice name = ps->asked.ptr ? record_key_text(ps, ps->w.tables[r->sel.ds->idx], row) : (slice){0};
        if (!name.ptr || !slice_eq(name, ps->asked)) continue;
        uint32_t rows[ROWS_TOLD];
        size_t nrows = x->covers ? covering(w, n, key, at, rows) : events_rows(before, n, key, reach_back(x, at), at, rows, ROWS_TOLD);
        st = tell(x, ps, out, name, m, at, rows, nrows);
    }
    mem_free(w);
    mem_free(before);
    return st;
}

static const char *const keys[] = {"event", "cover", "before", "within", "calendar", NULL};
const rule_kind kind_precedence = {"precedence", keys, load, prepare, judge, kind_of_rows};
