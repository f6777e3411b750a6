/* metric: an aggregate meets its target, overall or in each group. */
#include <string.h>
#include "engine/audit/kind.h"
#include "engine/audit/reasons.h"

static void load(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *value = yaml_get(n, "value");
    if (!value || !slice_is(value->text, "uptime")) load_selection(l, n, &r->sel);
    load_measure(l, n, value, r->sel.ds, &r->m, &r->up);
    r->condition = value ? value->text : (slice){0};
    r->least_n = load_count(l, n, "least_n", 1);
    if (r->m.kind == MEASURE_UPTIME && r->up.subjects && r->up.outages) r->needs.dataset[r->up.subjects->idx] = r->needs.dataset[r->up.outages->idx] = true;
    if (r->m.kind != MEASURE_UPTIME && !yaml_get(n, "target")) errlist_add(l->errors, SLA_SYNTAX, n->at, "a metric rule needs a target");
}

static void prepare(const rule *r, pass *ps)
{
    if (r->m.kind == MEASURE_UPTIME) uptime_prepare(ps, &r->up);
    else measure_prepare(ps, &r->sel, &r->m, NULL, 0);
}

/* A share's members are records; the good side depends on which way the target points. */
static sla_status judge_members(const rule *r, pass *ps, rule_outcome *out)
{
    const kept *k = pass_kept(ps, r->sel.ds, r->m.slot);
    const uint8_t yes = r->target.at_most ? MEMBER_BAD : MEMBER_GOOD, no = r->target.at_most ? MEMBER_GOOD : MEMBER_BAD;
    const chosen *c = pass_chosen(ps, &r->sel);
    for (size_t i = 0; i < c->n; i++) {
        uint32_t row = c->rows[i];
        out->members[row] = c->state[row] == 2 || k->truth[row] == 2 ? MEMBER_UNKNOWN : k->truth[row] ? yes : no;
    }
    return SLA_OK;
}

static sla_status judge_value(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    figure f;
    measuring mg;
    TRY(measure_begin(ps, &r->sel, &r->m, &mg, e));
    measure_all(&mg, &f);
    measure_end(&mg);
    out->all = (tally){.population = f.n, .unknown = f.unknown};
    out->has_value = f.has;
    out->value = f.value;
    out->n = f.n;
    if (f.n == 0 && f.unknown == 0) out->v = VERDICT_NOT_APPLICABLE, out->reason = reason_empty();
    else if (f.n < r->least_n || !f.has) out->v = VERDICT_NOT_ASSESSED, out->reason = reason_too_few(f.n, r->least_n, &ps->mem);
    else out->v = bound_met(&r->target, f.value) ? VERDICT_CONFORMS : VERDICT_FAILS;
    return SLA_OK;
}

static sla_status judge_uptime(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    uptime_figure *f;
    size_t n;
    TRY(uptime_all(ps, &r->up, &f, &n, e));
    out->groups = ARENA_NEW(&ps->mem, res_group, n ? n : 1);
    out->extra = arena_alloc(&ps->mem, n ? n : 1, sizeof *out->extra);
    if (!out->groups || !out->extra) return SLA_NOMEM;
    for (size_t i = 0; i < n; i++) {
        bool met = !f[i].has_target || f[i].value >= f[i].target;
        out->groups[out->ngroups++] = (res_group){.by = r->up.subjects->name, .key = f[i].key, .population = 1, .conforming = met, .nonconforming = !met, .has_value = true,
                                                  .value = f[i].value, .has_target = f[i].has_target, .target = f[i].target, .met = met};
        *(met ? &out->all.good : &out->all.bad) += 1;
        if (!met) {
            res_observed *o = ARENA_NEW(&ps->mem, res_observed, 4);
            if (!o) return SLA_NOMEM;
            o[0] = (res_observed){SLICE_LIT("key"), f[i].key};
            o[1] = (res_observed){SLICE_LIT("value"), text_percent(f[i].value, 3, &ps->mem)};
            o[2] = (res_observed){SLICE_LIT("target"), text_percent(f[i].target, 3, &ps->mem)};
            o[3] = (res_observed){SLICE_LIT("downtime"), text_duration(f[i].down_ms, &ps->mem)};
            out->extra[out->nextra].key = f[i].key;
            out->extra[out->nextra].observed = o;
            out->extra[out->nextra++].n = 4;
        }
    }
    out->all.population = (int64_t)n;
    if (n == 0) out->v = VERDICT_NOT_APPLICABLE, out->reason = reason_empty();
    else out->v = out->all.bad ? VERDICT_FAILS : VERDICT_CONFORMS;
    return SLA_OK;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    if (r->m.kind == MEASURE_UPTIME) return judge_uptime(r, ps, out, e);
    if (r->m.kind == MEASURE_SHARE) return judge_members(r, ps, out);
    return judge_value(r, ps, out, e);
}

static bool of_rows(const rule *r) { return r->m.kind == MEASURE_SHARE; }

static const char *const keys[] = {"value", "least_n", "subjects", "outages", "by", NULL};
const rule_kind kind_metric = {"metric", keys, load, prepare, judge, of_rows};
