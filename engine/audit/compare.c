/* Figures of the period before, by the same formulas as they stood at its end, where the workspace holds its records: all KPIs, and rules held against it. */
#include <pthread.h>
#include "engine/audit/kind.h"
#include "engine/audit/run.h"
#include "engine/audit/world.h"
#include "engine/base/mem.h"

/* How many rows of a dataset lie in a period and in the one before. */
typedef struct both { pthread_mutex_t lock; const pass *ps; const period *then; size_t now, before; } both;

static size_t rows_between(const table *t, size_t f, int64_t from, int64_t to)
{
    size_t n = 0;
    const int64_t *at = table_i64(t, f);
    for (size_t i = 0; at && i < t->nrows; i++) n += at[i] >= from && at[i] < to && table_has(t, f, i);
    return n;
}

static sla_status count_part(void *ctx, const table *t, const dict *texts, err *e)
{
    both *b = ctx;
    const pass *ps = b->ps;
    size_t f = (size_t)t->ds->time_field;
    size_t now = rows_between(t, f, ps->period.from, ps->as_of < ps->period.to ? ps->as_of : ps->period.to), before = rows_between(t, f, b->then->from, b->then->to);
    (void)texts, (void)e;
    pthread_mutex_lock(&b->lock);
    b->now += now;
    b->before += before;
    pthread_mutex_unlock(&b->lock);
    return SLA_OK;
}

/* Only where the dataset has at least a tenth as many rows in the period before: a few stragglers are no quarter. */
static sla_status compare_rows(const pass *ps, const dataset *ds, const period *then, bool *out, err *e)
{
    bool wanted[FIELDS_MAX] = {false};
    both b = {.lock = PTHREAD_MUTEX_INITIALIZER, .ps = ps, .then = then};
    *out = false;
    if (ds->time_field < 0 || ds->fields[ds->time_field].type != VT_TIME) return SLA_OK;
    wanted[ds->time_field] = true;
    TRY(store_table_parts(ps->s, ds, wanted, count_part, &b, e));
    *out = b.before > 0 && b.before * 10 >= b.now;
    return SLA_OK;
}

static const dataset *looked_at(const kpi *k) { return k->m.kind == MEASURE_UPTIME ? k->up.outages : k->sel.ds; }

/* with: of each KPI, then of each rule that is held against the period before, whether there is such a period for it. */
static sla_status what_to_compare(const pass *ps, const period *then, bool *with, bool *any, err *e)
{
    const pack *p = ps->p;
    bool by_dataset[DATASETS_MAX] = {false}, asked[DATASETS_MAX] = {false};
    for (size_t i = 0; i < p->nkpis + p->nrules; i++) {
        const rule *r = i < p->nkpis ? NULL : &p->rules[i - p->nkpis];
        const dataset *ds = r ? r->than_before ? r->sel.ds : NULL : looked_at(&p->kpis[i]);
        if (!ds) continue;
        if (!asked[ds->idx]) TRY(compare_rows(ps, ds, then, &by_dataset[ds->idx], e));
        asked[ds->idx] = true;
        *any |= with[i] = by_dataset[ds->idx];
    }
    return SLA_OK;
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
        if (p->rules[i].than_before) old->asker = &p->rules[i], p->rules[i].kind->prepare(&p->rules[i], old), needs_prepare(old, &p->rules[i].needs);
    if (old->mem.failed) return SLA_NOMEM;
    TRY(world_make(old, also, e));
    TRY(pass_run(old, e));
    sla_status st = kpis_figure(old, &then, e);
    for (size_t i = 0; st == SLA_OK && i < then.nmetrics; i++)
        if (with[i]) ps->earlier_kpis[i] = (earlier){then.metrics[i].has_value, then.metrics[i].value, then.metrics[i].n};
    for (size_t i = 0; st == SLA_OK && i < p->nrules; i++)
        if (with[p->nkpis + i] && needs_met(old, &p->rules[i].needs, &reason)) st = measure_rule(old, &p->rules[i], &ps->earlier[i], e);
    if (then.mem.failed || old->mem.failed) st = SLA_NOMEM;
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
    sla_status there = st == SLA_OK ? period_previous(&ps->period, ps->w.zone, &then) : st;
    if (there == SLA_OK) st = what_to_compare(ps, &then, with, &any, e); /* else it is the first period there can be */
    else if (there == SLA_NOMEM) st = there;
    if (st == SLA_OK && any) {
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
