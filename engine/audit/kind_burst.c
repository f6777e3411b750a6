/* burst: no key has n events within a window; each burst that opened in the period is a finding (bursts.h). */
#include "engine/audit/bursts.h"
#include "engine/audit/reasons.h"

enum { ROWS_SHOWN = 20 };
typedef struct burst_rule { event_set event; bursts b; } burst_rule;

static void load(pack_loader *l, const ynode *n, rule *r)
{
    burst_rule *x = load_take(l, 1, sizeof *x);
    if (!x || !events_load(l, r, yaml_get(n, "event"), NULL, &x->event)) return;
    bursts_load(l, r, yaml_get(n, "by"), NULL, n, &x->event, &x->b);
    r->sel = x->event.sel;
    r->condition = yaml_text(yaml_get(n, "event"), "where", SLICE_LIT(""));
    r->own = x;
}

static void prepare(const rule *r, pass *ps)
{
    const burst_rule *x = r->own;
    events_prepare(&x->event, ps);
    bursts_prepare(&x->b, x->event.sel.ds, ps);
}

/* ---- judging ---- */
typedef struct found { rule_outcome *out; pass *ps; const burst_rule *x; size_t entry; res_group *group; } found;

static sla_status add_burst(void *ctx, const event *e, size_t first, size_t open, size_t last)
{
    found *f = ctx;
    pass *ps = f->ps;
    if (e[open].from < ps->period.from || e[open].from >= ps->period.to || e[open].from > ps->as_of) return SLA_OK;
    slice name = f->x->b.by[f->entry].name, key = events_key_text(ps, e[open].key, f->x->b.by[f->entry].keys.n), opened = events_time_text(ps, e[open].from);
    uint32_t rows[ROWS_SHOWN];
    size_t shown = 0;
    for (size_t i = first; i <= last && shown < ROWS_SHOWN; i++) rows[shown++] = e[i].row;
    res_observed seen[] = {{SLICE_LIT("by"), name}, {SLICE_LIT("key"), key}, {SLICE_LIT("count"), text_format(&ps->mem, "%zu", last - first + 1)},
                                 {SLICE_LIT("from"), events_time_text(ps, e[first].from)}, {SLICE_LIT("to"), events_time_text(ps, e[last].from)}, {SLICE_LIT("opened"), opened}};
    f->group->population++;
    f->group->nonconforming++;
    outcome_count(f->out, MEMBER_BAD);
    slice whole = text_format(&ps->mem, "%.*s=%.*s at %.*s", SLICE_ARG(name), SLICE_ARG(key), SLICE_ARG(opened));
    const dataset *ds = f->x->event.sel.ds;
    return outcome_find(f->out, ps, &(extra_finding){.key = whole, .m = MEMBER_BAD, .observed = seen, .n = sizeof seen / sizeof *seen, .ds = ds, .rows_of = ds, .rows = rows, .nrows = shown});
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const burst_rule *x = r->own;
    found f = {.out = out, .ps = ps, .x = x};
    left_out all = {0};
    sla_status st = (out->groups = ARENA_NEW(&ps->mem, res_group, x->b.nby + 1)) ? SLA_OK : SLA_NOMEM;
    for (f.entry = 0; st == SLA_OK && f.entry < x->b.nby; f.entry++) {
        f.group = &out->groups[out->ngroups++];
        *f.group = (res_group){.by = SLICE_LIT("key"), .key = x->b.by[f.entry].name};
        left_out left = {0};
        st = bursts_each(ps, &x->event, &x->b, f.entry, add_burst, &f, &left, e);
        all.copies = left.copies > all.copies ? left.copies : all.copies; /* the same lines, by another key */
        all.repeats = left.repeats > all.repeats ? left.repeats : all.repeats;
        f.group->met = f.group->nonconforming == 0;
    }
    TRY(outcome_close(out, ps, r, st, e));
    out->v = out->all.bad ? VERDICT_FAILS : VERDICT_CONFORMS; /* none is what is wanted, not an empty population */
    out->reason = all.copies || all.repeats ? reason_left_out(all.copies, all.repeats, &ps->mem) : (bitext){{0}, {0}};
    return SLA_OK;
}

static const char *const keys[] = {"event", "by", "n", "within", "calendar", "mode", "same", "repeats", NULL};
const rule_kind kind_burst = {"burst", keys, load, prepare, judge, kind_of_no_rows};
