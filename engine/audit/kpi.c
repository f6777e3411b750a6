/* The figures of the KPI report, for the period and by its groups. */
#include "engine/audit/flows.h"
#include "engine/audit/reasons.h"
#include "engine/audit/run.h"

void kpis_prepare(pass *ps)
{
    for (size_t i = 0; i < ps->p->nkpis; i++) {
        const kpi *k = ps->asker = &ps->p->kpis[i];
        needs_prepare(ps, &k->needs);
        if (k->m.kind == MEASURE_UPTIME) uptime_prepare(ps, &k->up);
        else if (measure_is_flow(&k->m)) flow_prepare(ps, &k->sel, &k->m);
        else measure_prepare(ps, &k->sel, &k->m, k->groups, k->ngroups);
    }
}

/* The lowest is known where what is doubtful of some cannot be lower. */
static sla_status figure_uptime(pass *ps, const kpi *k, res_metric *out, err *e)
{
    uptime_figure *f;
    size_t n;
    int64_t doubtful = 0;
    TRY(uptime_all(ps, &k->up, &f, &n, e));
    if (!(out->groups = ARENA_NEW(&ps->mem, res_metric_group, n + 1))) return SLA_NOMEM;
    double worst = 1, at_best = 1;
    for (size_t i = 0; i < n; i++) {
        if (f[i].value < worst) worst = f[i].value;
        doubtful += f[i].perhaps || !uptime_known(&f[i]);
        if (f[i].perhaps) continue;
        out->groups[out->ngroups++] = (res_metric_group){k->up.subjects->name, f[i].key, uptime_known(&f[i]), f[i].value, f[i].outages};
        if (f[i].most < at_best) at_best = f[i].most;
    }
    out->n = (int64_t)out->ngroups;
    out->has_value = out->n > 0 && worst >= at_best;
    out->value = worst;
    if (out->n > 0 && !out->has_value) out->reason = reason_undecided(doubtful, (int64_t)n, &ps->mem);
    return SLA_OK;
}

static sla_status figure_groups(pass *ps, const measuring *mg, const kpi *k, res_metric *out, err *e)
{
    figure_group *groups[16];
    size_t counts[16], total = 0, n = k->ngroups < 16 ? k->ngroups : 16;
    for (size_t b = 0; b < n; b++) {
        TRY(measure_groups(mg, &k->groups[b], &groups[b], &counts[b], e));
        total += counts[b];
    }
    if (!(out->groups = ARENA_NEW(&ps->mem, res_metric_group, total + 1))) return SLA_NOMEM;
    for (size_t b = 0; b < n; b++)
        for (size_t i = 0; i < counts[b]; i++) {
            const figure_group *g = &groups[b][i];
            bool sure = k->m.kind != MEASURE_COUNT || pass_tolerates(ps, g->f.unknown, g->f.n + g->f.unknown); /* others say n, and of clocks those that still run are unknown */
            out->groups[out->ngroups++] = (res_metric_group){g->by, g->key, g->f.has && sure && g->f.n >= k->least_n, g->f.value, g->f.n};
        }
    return SLA_OK;
}

static sla_status figure_one(pass *ps, const kpi *k, res_metric *out, err *e)
{
    *out = (res_metric){.id = k->id, .theme = k->theme, .title = k->title, .theme_title = k->theme_title, .formula = k->formula, .exclusions = k->exclusions, .unit = k->unit, .better = k->better,
                        .has_target = k->target.has, .target = k->target.value, .target_op = k->target.at_most ? SLICE_LIT("<=") : SLICE_LIT(">=")};
    const lang_failure failure = pass_failure(ps, k, k->m.clock);
    if (!needs_met(ps, &k->needs, &out->reason)) return SLA_OK;
    if (failure.text.ptr) return out->reason = reason_failure(failure.pattern, failure.text, SRCPOS_NONE, &ps->mem), SLA_OK;
    if (k->m.kind == MEASURE_UPTIME) return figure_uptime(ps, k, out, e);
    if (measure_is_flow(&k->m)) return flow_figure(ps, k, out, e);
    figure f;
    measuring mg;
    TRY(measure_begin(ps, &k->sel, &k->m, &mg, e));
    measure_all(&mg, &f);
    out->n = f.n;
    bool doubtful = !pass_tolerates(ps, f.unknown, f.n + f.unknown);
    out->has_value = f.has && f.n >= k->least_n && !doubtful;
    out->value = f.value;
    if (doubtful) out->reason = reason_undecided(f.unknown, f.n + f.unknown, &ps->mem);
    else if (!out->has_value) out->reason = f.n ? reason_too_few(f.n, k->least_n, &ps->mem) : reason_empty();
    sla_status st = figure_groups(ps, &mg, k, out, e);
    measure_end(&mg);
    return st;
}

static sla_status figure_nth(void *ctx, pass *own, size_t i, err *e)
{
    res_metric *metrics = ctx;
    return figure_one(own, &own->p->kpis[i], &metrics[i], e);
}

sla_status kpis_figure(pass *ps, audit_result *r, err *e)
{
    r->metrics = ARENA_NEW(&r->mem, res_metric, ps->p->nkpis + 1);
    if (!r->metrics) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the figures");
    r->nmetrics = ps->p->nkpis;
    return pass_each(ps, r->nmetrics, figure_nth, r->metrics, e);
}
