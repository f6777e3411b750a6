/* Figures of the period before, by the same formulas as they stood at its end, where the workspace holds its records: all KPIs, and rules held against it. */
#include "engine/audit/kind.h"
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
static bool comparable(const pass *ps, const dataset *ds, const period *then)
{
    if (!ds) return false;
    const table *t = ps->w.tables[ds->idx];
    size_t old = rows_between(t, then->from, then->to);
    return old > 0 && old * 10 >= rows_between(t, ps->period.from, ps->period.to);
}

static sla_status measure_rule(pass *old, const rule *r, earlier *out, err *e)
{
    figure f;
    measuring mg;
    if (pass_failure(old, r, r->m.clock).text.ptr) return SLA_OK;
    TRY(measure_begin(old, &r->sel, &r->m, &mg, e));
    measure_all(&mg, &f);
    measure_end(&mg);
    *out = (earlier){f.has && f.n >= r->least_n, f.value, f.n};
    return SLA_OK;
}

/* The pass over the period before: prepared, run and figured as the period itself is. */
static sla_status figure_before(pass *ps, pass *old, const bool *with, err *e)
{
    const pack *p = ps->p;
    bool also[DATASETS_MAX] = {false};
    audit_result then = {0};
    bitext reason;
    for (size_t i = 0; i < p->nkpis; i++)
        for (size_t d = 0; d < DATASETS_MAX; d++) also[d] = also[d] || p->kpis[i].needs.dataset[d];
    kpis_prepare(old);
    for (size_t i = 0; i < p->nrules; i++)
        if (p->rules[i].than_before) old->asker = &p->rules[i], p->rules[i].kind->prepare(&p->rules[i], old);
    TRY(world_make(old, also, e));
    TRY(pass_run(old, e));
    sla_status st = kpis_figure(old, &then, e);
    for (size_t i = 0; st == SLA_OK && i < then.nmetrics; i++)
        if (with[i]) ps->earlier_kpis[i] = (earlier){then.metrics[i].has_value, then.metrics[i].value, then.metrics[i].n};
    for (size_t i = 0; st == SLA_OK && i < p->nrules; i++)
        if (with[p->nkpis + i] && needs_met(old, &p->rules[i].needs, &reason)) st = measure_rule(old, &p->rules[i], &ps->earlier[i], e);
    arena_free(&then.mem);
    return st;
}

sla_status earlier_figure(pass *ps, err *e)
{
    const pack *p = ps->p;
    period then;
    bool any = false, *with = ARENA_NEW(&ps->mem, bool, p->nkpis + p->nrules + 1);
    pass *old = mem_zero(1, sizeof *old);
    ps->earlier = ARENA_NEW(&ps->mem, earlier, p->nrules + 1);
    ps->earlier_kpis = ARENA_NEW(&ps->mem, earlier, p->nkpis + 1);
    sla_status st = with && old && ps->earlier && ps->earlier_kpis ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the period before");
    if (st == SLA_OK && period_previous(&ps->period, ps->w.zone, &then) == SLA_OK) { /* else it is the first period there can be */
        for (size_t i = 0; i < p->nkpis; i++) any |= with[i] = comparable(ps, p->kpis[i].m.kind == MEASURE_UPTIME ? p->kpis[i].up.outages : p->kpis[i].sel.ds, &then);
        for (size_t i = 0; i < p->nrules; i++) any |= with[p->nkpis + i] = p->rules[i].than_before && comparable(ps, p->rules[i].sel.ds, &then);
    }
    if (any) {
        old->p = p;
        old->s = ps->s;
        old->period = then;
        old->as_of = then.to;
        old->w = (world){.schema = ps->w.schema, .dict = ps->w.dict, .zone = ps->w.zone, .as_of = then.to, .from = then.from, .to = then.to};
        st = figure_before(ps, old, with, e);
        world_clear(old);
    }
    mem_free(old);
    return st;
}

const earlier *pass_earlier(const pass *ps, const rule *r) { return ps->earlier ? &ps->earlier[r - ps->p->rules] : NULL; }

void earlier_show(const pass *ps, audit_result *r)
{
    for (size_t i = 0; i < r->nmetrics; i++) {
        const earlier *b = &ps->earlier_kpis[i];
        r->metrics[i].has_previous = b->has;
        r->metrics[i].previous = b->value;
        r->metrics[i].previous_n = b->n;
    }
}
