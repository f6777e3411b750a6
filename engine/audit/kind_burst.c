/* burst: no key has n events within a window. A burst opens at an event whose (n-1)-th predecessor lies no more than the window before it; it contains those n and each
 * next event that is no more than the window after the last one (coalesce). reset: it ends where it opened; sliding: each such event is a burst of its own. */
#include "engine/audit/events.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

enum { ENTRIES_MAX = 4, ROWS_SHOWN = 20 };
typedef enum burst_mode { COALESCE, RESET, SLIDING } burst_mode;
typedef struct burst { event_set event; struct { slice name; event_keys keys; } by[ENTRIES_MAX]; size_t nby; size_t n; int64_t within; burst_mode mode; } burst;

static void load_by(pack_loader *l, const ynode *n, rule *r, burst *x)
{
    const ynode *by = yaml_get(n, "by");
    if (!by || by->kind != YNODE_MAP || by->n > ENTRIES_MAX) {
        errlist_add(l->errors, SLA_SYNTAX, by ? by->at : n->at, "'by' names the keys: {src_ip: [src_ip], user: [user]}, at most %d of them", ENTRIES_MAX);
        return;
    }
    for (size_t i = 0; i < by->n; i++) {
        x->by[x->nby].name = by->items[i]->key;
        if (events_load_keys(l, r, by->items[i], x->event.sel.ds, &x->by[x->nby].keys)) x->nby++;
    }
}

static void load(pack_loader *l, const ynode *n, rule *r)
{
    burst *x = load_take(l, 1, sizeof *x);
    const ynode *mode = yaml_get(n, "mode");
    const calendar *cal;
    if (!x || !events_load(l, r, yaml_get(n, "event"), NULL, &x->event)) return;
    load_by(l, n, r, x);
    x->n = (size_t)load_count(l, n, "n", 0);
    if (x->n < 2) errlist_add(l->errors, SLA_SYNTAX, n->at, "a burst needs n, at least 2");
    events_load_limit(l, n, "within", &x->within, &cal);
    if (mode && slice_is(mode->text, "reset")) x->mode = RESET;
    else if (mode && slice_is(mode->text, "sliding")) x->mode = SLIDING;
    else if (mode && !slice_is(mode->text, "coalesce")) errlist_add(l->errors, SLA_SYNTAX, mode->at, "mode is coalesce, reset or sliding");
    r->sel = x->event.sel;
    r->condition = yaml_text(yaml_get(n, "event"), "where", SLICE_LIT(""));
    r->own = x;
}

static void prepare(const rule *r, pass *ps)
{
    const burst *x = r->own;
    events_prepare(&x->event, ps);
    for (size_t i = 0; i < x->nby; i++) events_prepare_keys(&x->by[i].keys, x->event.sel.ds, ps);
}

/* ---- judging ---- */
typedef struct found { rule_outcome *out; size_t cap; pass *ps; const burst *x; size_t entry; res_group *group; } found;

static slice local_time(pass *ps, int64_t at)
{
    buf b = {0};
    time_print_local(&b, zone_to_local(ps->w.zone, at));
    slice s = b.failed ? (slice){0} : arena_slice(&ps->mem, (slice){b.ptr, b.len});
    buf_free(&b);
    return s;
}

/* Events e[first..last] are a burst that opened at e[open]. */
static sla_status add_burst(found *f, const event *e, size_t first, size_t open, size_t last)
{
    pass *ps = f->ps;
    if (e[open].from < ps->period.from || e[open].from >= ps->period.to || e[open].from > ps->as_of) return SLA_OK;
    slice name = f->x->by[f->entry].name, key = events_key_text(ps, e[open].key, f->x->by[f->entry].keys.n);
    slice from = local_time(ps, e[first].from), opened = local_time(ps, e[open].from), to = local_time(ps, e[last].from);
    res_observed *o = ARENA_NEW(&ps->mem, res_observed, 6);
    size_t shown = last - first + 1 < ROWS_SHOWN ? last - first + 1 : ROWS_SHOWN;
    uint32_t *rows = ARENA_NEW(&ps->mem, uint32_t, shown);
    if (!o || !rows || !key.ptr || !from.ptr || !to.ptr || !opened.ptr || mem_grow(&f->out->extra, &f->cap, f->out->nextra + 1, sizeof *f->out->extra)) return SLA_NOMEM;
    for (size_t i = 0; i < shown; i++) rows[i] = e[first + i].row;
    o[0] = (res_observed){SLICE_LIT("by"), name}, o[1] = (res_observed){SLICE_LIT("key"), key};
    o[2] = (res_observed){SLICE_LIT("count"), text_format(&ps->mem, "%zu", last - first + 1)};
    o[3] = (res_observed){SLICE_LIT("from"), from}, o[4] = (res_observed){SLICE_LIT("to"), to}, o[5] = (res_observed){SLICE_LIT("opened"), opened};
    f->out->extra[f->out->nextra++] = (extra_finding){.key = text_format(&ps->mem, "%.*s=%.*s at %.*s", SLICE_ARG(name), SLICE_ARG(key), SLICE_ARG(opened)), .observed = o, .n = 6,
                                                      .ds = f->x->event.sel.ds, .rows = rows, .nrows = shown};
    f->group->population++;
    f->group->nonconforming++;
    return SLA_OK;
}

/* The events of one key. */
static sla_status scan(found *f, const event *e, size_t n)
{
    const burst *x = f->x;
    for (size_t i = 0, begin = 0; i < n; i++) {
        if (i + 1 < begin + x->n || e[i].from - e[i + 1 - x->n].from > x->within) continue;
        size_t last = i;
        while (x->mode == COALESCE && last + 1 < n && e[last + 1].from - e[last].from <= x->within) last++;
        TRY(add_burst(f, e, i + 1 - x->n, i, last));
        if (x->mode != SLIDING) begin = last + 1;
        i = last;
    }
    return SLA_OK;
}

static sla_status judge_entry(found *f, err *e)
{
    const burst *x = f->x;
    event *ev;
    size_t n, known = 0;
    TRY(events_make(f->ps, &x->event, &x->by[f->entry].keys, &ev, &n, e));
    for (size_t i = 0; i < n; i++) /* events that may be none, or without a key, open no burst */
        if (ev[i].state == 1 && ev[i].key != EVENT_NO_KEY) ev[known++] = ev[i];
    sla_status st = SLA_OK;
    for (size_t from = 0, to; st == SLA_OK && from < known; from = to) {
        for (to = from + 1; to < known && ev[to].key == ev[from].key; to++) {}
        st = scan(f, ev + from, to - from);
    }
    mem_free(ev);
    return st;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const burst *x = r->own;
    found f = {.out = out, .ps = ps, .x = x};
    sla_status st = (out->groups = ARENA_NEW(&ps->mem, res_group, x->nby + 1)) ? SLA_OK : SLA_NOMEM;
    for (f.entry = 0; st == SLA_OK && f.entry < x->nby; f.entry++) {
        f.group = &out->groups[out->ngroups++];
        *f.group = (res_group){.by = SLICE_LIT("key"), .key = x->by[f.entry].name};
        st = judge_entry(&f, e);
        f.group->met = f.group->nonconforming == 0;
        out->all.bad += f.group->nonconforming;
    }
    out->all.population = out->all.bad;
    out->counted = true;
    out->v = out->all.bad ? VERDICT_FAILS : VERDICT_CONFORMS;
    if (st == SLA_OK) st = outcome_keep_extra(out, ps);
    else mem_free(out->extra), out->extra = NULL, out->nextra = 0;
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for bursts");
}

static const char *const keys[] = {"event", "by", "n", "within", "calendar", "mode", NULL};
const rule_kind kind_burst = {"burst", keys, load, prepare, judge, kind_of_no_rows};
