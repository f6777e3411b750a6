/* clock: each record's clock met its limit. The clock's own population and limits stand in clocks.yaml. */
#include "engine/audit/kind.h"

static const sla_clock *clock_named(pack_loader *l, const ynode *n)
{
    const char *names[64];
    size_t k = 0;
    for (size_t i = 0; n && i < l->p->nclocks; i++) {
        if (slice_eq(l->p->clocks[i].name, n->text)) return &l->p->clocks[i];
        if (k < 64) names[k++] = l->p->clocks[i].name.ptr;
    }
    if (!n) return NULL;
    errlist_add(l->errors, SLA_NAME, n->at, "there is no clock '%.*s'", SLICE_ARG(n->text));
    const char *near = slice_nearest(n->text, names, k);
    if (near) errlist_hint(l->errors, "did you mean %s?", near);
    return NULL;
}

static void load(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *when = yaml_get(n, "in_period");
    r->clock = clock_named(l, yaml_get(n, "clock"));
    if (!r->clock) {
        if (!yaml_get(n, "clock")) errlist_add(l->errors, SLA_SYNTAX, n->at, "a clock rule needs 'clock', the name of one in clocks.yaml");
        return;
    }
    const dataset *ds = r->clock->ds;
    r->sel.ds = ds;
    if (!ds) return;
    r->sel.period_field = when ? load_time_name(l, ds, when, true) : ds->time_field;
    r->sel.where = load_expr(l, load_program(l, l->p->programs, ds), yaml_get(n, "where"), VT_BOOL, NULL);
    r->condition = r->clock->name;
}

static void prepare(const rule *r, pass *ps) { pass_select(ps, &r->sel); }

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    (void)e;
    const tcolumn *d = ps->derived[r->sel.ds->idx] + r->clock->first_derived;
    const uint32_t *state = d[CLOCK_STATE].data;
    uint32_t met = dict_find(ps->w.dict, SLICE_LIT("met")), breached = dict_find(ps->w.dict, SLICE_LIT("breached")), running = dict_find(ps->w.dict, SLICE_LIT("running")),
             outside = dict_find(ps->w.dict, SLICE_LIT("out"));
    const chosen *c = pass_chosen(ps, &r->sel);
    CHOSEN_EACH(c, row) {
        uint32_t s = state[row];
        out->members[row] = s == outside ? MEMBER_OUT : !chosen_surely(c, row) ? MEMBER_UNKNOWN : s == met ? MEMBER_GOOD : s == breached ? MEMBER_BAD : s == running ? MEMBER_RUNNING : MEMBER_UNKNOWN;
    }
    return SLA_OK;
}

static const char *const keys[] = {"clock", NULL};
const rule_kind kind_clock = {"clock", keys, load, prepare, judge, kind_of_rows};
