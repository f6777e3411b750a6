/* The KPIs of the period before, by the same formulas as they stood at its end, where the workspace holds its records. */
#include "engine/audit/run.h"
#include "engine/audit/world.h"
#include "engine/base/mem.h"

static size_t rows_between(const table *t, int64_t from, int64_t to)
{
    size_t n = 0;
    int f = t ? t->ds->time_field : -1;
    if (f < 0 || t->ds->fields[f].type != VT_TIME || !t->cols[f].data) return 0;
    const int64_t *at = table_i64(t, (size_t)f);
    for (size_t i = 0; i < t->nrows; i++) n += at[i] >= from && at[i] < to;
    return n;
}

/* Only where the dataset has at least a tenth as many rows in the period before: a few stragglers are no quarter. */
static bool comparable(const pass *ps, const kpi *k, const period *before)
{
    const dataset *ds = k->m.kind == MEASURE_UPTIME ? k->up.outages : k->sel.ds;
    if (!ds) return false;
    const table *t = ps->w.tables[ds->idx];
    size_t then = rows_between(t, before->from, before->to);
    return then > 0 && then * 10 >= rows_between(t, ps->period.from, ps->period.to);
}

static sla_status figure_before(pass *old, audit_result *then, err *e)
{
    bool also[DATASETS_MAX] = {false};
    for (size_t i = 0; i < old->p->nkpis; i++)
        for (size_t d = 0; d < DATASETS_MAX; d++) also[d] = also[d] || old->p->kpis[i].needs.dataset[d];
    kpis_prepare(old);
    TRY(world_make(old, also, e));
    TRY(pass_run(old, e));
    return kpis_figure(old, then, e);
}

sla_status compare_previous(pass *ps, audit_result *r, err *e)
{
    period before;
    bool any = false;
    if (period_previous(&ps->period, ps->w.zone, &before) != SLA_OK) return SLA_OK; /* the first period there can be */
    bool *with = ARENA_NEW(&ps->mem, bool, ps->p->nkpis + 1);
    pass *old = mem_zero(1, sizeof *old);
    audit_result then = {0};
    sla_status st = with && old ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the period before");
    for (size_t i = 0; st == SLA_OK && i < ps->p->nkpis; i++) any |= with[i] = comparable(ps, &ps->p->kpis[i], &before);
    if (st == SLA_OK && any) {
        old->p = ps->p;
        old->s = ps->s;
        old->period = before;
        old->as_of = before.to;
        old->w = (world){.schema = ps->w.schema, .dict = ps->w.dict, .zone = ps->w.zone, .as_of = before.to, .from = before.from, .to = before.to};
        st = figure_before(old, &then, e);
        for (size_t i = 0; st == SLA_OK && i < r->nmetrics; i++) {
            if (!with[i] || !then.metrics[i].has_value) continue;
            r->metrics[i].has_previous = true;
            r->metrics[i].previous = then.metrics[i].value;
            r->metrics[i].previous_n = then.metrics[i].n;
        }
        world_clear(old);
        arena_free(&then.mem);
    }
    mem_free(old);
    return st;
}
