/* metric: an aggregate meets its target, overall or in each group. */
#include <string.h>
#include "engine/audit/kind.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"

typedef struct metric { breakdown by; bool has_by, than_before; } metric;

/* "<= previous": the bound is the measure's own value in the period before (pass.h, before_rule). */
static void load_previous(const ynode *n, rule *r, metric *x)
{
    const ynode *target = yaml_get(n, "target");
    const char *word = target && target->kind == YNODE_SCALAR && target->text.len > 8 ? target->text.ptr + target->text.len - 8 : "";
    if (memcmp(word, "previous", strlen(word))) return;
    x->than_before = strlen(word) > 0;
    if (x->than_before) r->target = (bound){.has = false, .at_most = target->text.ptr[0] == '<', .text = target->text};
}

static void load(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *value = yaml_get(n, "value"), *by = yaml_get(n, "by");
    breakdown *b = NULL;
    size_t nb = 0;
    metric *x = load_take(l, 1, sizeof *x);
    if (!x) return;
    r->own = x;
    if (!value || !slice_is(value->text, "uptime")) load_selection(l, n, &r->sel);
    load_measure(l, n, value, r->sel.ds, &r->m, &r->up);
    r->condition = value ? value->text : (slice){0};
    r->least_n = load_count(l, n, "least_n", 1);
    load_previous(n, r, x);
    r->than_before = x->than_before;
    if (by && r->sel.ds) load_breakdowns(l, by, r->sel.ds, &b, &nb);
    if (nb > 1) errlist_add(l->errors, SLA_LIMIT, by->at, "a metric is judged by one grouping; show others with group_by");
    if (nb) x->has_by = true, x->by = b[0];
    for (size_t d = 0; r->m.kind == MEASURE_UPTIME && d < DATASETS_MAX; d++) r->needs.dataset[d] = r->needs.dataset[d] || r->up.needs[d];
    if (r->m.kind != MEASURE_UPTIME && !yaml_get(n, "target")) errlist_add(l->errors, SLA_SYNTAX, n->at, "a metric rule needs a target");
}

static void prepare(const rule *r, pass *ps)
{
    const metric *x = r->own;
    if (r->m.kind == MEASURE_UPTIME) uptime_prepare(ps, &r->up);
    else measure_prepare(ps, &r->sel, &r->m, &x->by, x->has_by);
}

/* A share's members are records; the good side depends on which way the target points. */
static sla_status judge_members(const rule *r, pass *ps, rule_outcome *out)
{
    const kept *k = pass_kept(ps, r->sel.ds, r->m.slot);
    const uint8_t yes = r->target.at_most ? MEMBER_BAD : MEMBER_GOOD, no = r->target.at_most ? MEMBER_GOOD : MEMBER_BAD;
    const chosen *c = pass_chosen(ps, &r->sel);
    CHOSEN_EACH(c, row) {
        uint8_t truth = chosen_surely(c, row) ? kept_truth(k, row) : 2;
        out->members[row] = truth == 2 ? MEMBER_UNKNOWN : truth ? yes : no;
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

/* The first records of each group that its share is held against; NULL: of no share. */
enum { ROWS_SHOWN = UPTIME_ROWS };
typedef struct told_rows { uint32_t n, rows[ROWS_SHOWN]; } told_rows;

static sla_status rows_of_groups(const rule *r, const pass *ps, const kept *by, told_rows **out)
{
    const kept *k = pass_kept(ps, r->sel.ds, r->m.slot);
    const chosen *c = pass_chosen(ps, &r->sel);
    if (r->m.kind != MEASURE_SHARE || !by->ngroups) return SLA_OK;
    if (!(*out = mem_zero(by->ngroups + 1, sizeof **out))) return SLA_NOMEM;
    CHOSEN_EACH(c, row) {
        told_rows *t = &(*out)[by->group[row]];
        if (t->n < ROWS_SHOWN && chosen_surely(c, row) && kept_truth(k, row) == r->target.at_most) t->rows[t->n++] = (uint32_t)row;
    }
    return SLA_OK;
}

/* One group, one member. value, most: what its figure can be, the same where it is known; perhaps: it is not known whether it is a group that is meant. */
typedef struct judged_group { slice by, key; double value, most; bool perhaps; bound target; slice downtime; const told_rows *rows; /* that it rests on, outages or those of r->sel.ds; NULL: not told */ } judged_group;

static member member_of_group(const judged_group *g)
{
    bool least = !g->target.has || bound_met(&g->target, g->value), most = !g->target.has || bound_met(&g->target, g->most);
    return g->perhaps || least != most ? MEMBER_UNKNOWN : least ? MEMBER_GOOD : MEMBER_BAD;
}

/* A figure, or from what to what it can be. */
static slice span_text(slice least, slice most, arena *a) { return slice_eq(least, most) ? least : text_format(a, "%.*s–%.*s", SLICE_ARG(least), SLICE_ARG(most)); }

static sla_status judge_group(const rule *r, pass *ps, rule_outcome *out, const judged_group *g)
{
    member m = member_of_group(g);
    res_observed seen[] = {{SLICE_LIT("key"), g->key}, {SLICE_LIT("value"), span_text(text_percent(g->value, 3, &ps->mem), text_percent(g->most, 3, &ps->mem), &ps->mem)}, {SLICE_LIT("target"), text_percent(g->target.value, 3, &ps->mem)}, {SLICE_LIT("downtime"), g->downtime}};
    if (r->m.kind != MEASURE_SHARE && r->m.kind != MEASURE_UPTIME) seen[1].value = text_format(&ps->mem, "%.10g", g->value), seen[2].value = text_format(&ps->mem, "%.10g", g->target.value);
    out->groups[out->ngroups++] = (res_group){.by = g->by, .key = g->key, .population = 1, .conforming = m == MEMBER_GOOD, .nonconforming = m == MEMBER_BAD, .unknown = m == MEMBER_UNKNOWN,
                                              .has_value = g->value >= g->most, .value = g->value, .has_target = g->target.has, .target = g->target.value, .met = m != MEMBER_BAD};
    outcome_count(out, m);
    extra_finding f = {.key = g->key, .m = m, .observed = seen, .n = 3 + (g->downtime.len > 0), .ds = r->up.subjects ? r->up.subjects : r->sel.ds};
    if (g->rows) f.rows_of = r->m.kind == MEASURE_UPTIME ? r->up.outages : r->sel.ds, f.rows = g->rows->rows, f.nrows = g->rows->n;
    return outcome_tells(ps, m, g->key) ? outcome_find(out, ps, &f) : SLA_OK;
}

/* Every group must meet the target: a share of groups says nothing. */
static sla_status close_groups(const rule *r, pass *ps, rule_outcome *out, sla_status st, err *e)
{
    rule every = *r;
    every.target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = r->target.text};
    return outcome_close(out, ps, &every, st, e);
}

/* Groups with fewer than least_n records say nothing and are left out. */
static sla_status judge_groups(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const metric *x = r->own;
    measuring mg;
    figure_group *g = NULL;
    told_rows *rows = NULL;
    size_t n = 0;
    TRY(measure_begin(ps, &r->sel, &r->m, &mg, e));
    sla_status st = measure_groups(&mg, &x->by, &g, &n, e);
    measure_end(&mg);
    if (st == SLA_OK && !(out->groups = ARENA_NEW(&ps->mem, res_group, n + 1))) st = SLA_NOMEM;
    if (st == SLA_OK) st = rows_of_groups(r, ps, pass_kept(ps, r->sel.ds, x->by.slot), &rows);
    for (size_t i = 0; st == SLA_OK && i < n; i++)
        if (g[i].f.has && g[i].f.n >= r->least_n) st = judge_group(r, ps, out, &(judged_group){.by = g[i].by, .key = g[i].key, .value = g[i].f.value, .most = g[i].f.value, .target = r->target, .rows = rows ? &rows[g[i].number] : NULL});
    mem_free(rows);
    return close_groups(r, ps, out, st, e);
}

static sla_status judge_uptime(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    uptime_figure *f;
    size_t n;
    TRY(uptime_all(ps, &r->up, &f, &n, e));
    sla_status st = (out->groups = ARENA_NEW(&ps->mem, res_group, n + 1)) ? SLA_OK : SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < n; i++) {
        told_rows rows = {.n = f[i].nrows};
        memcpy(rows.rows, f[i].rows, sizeof rows.rows);
        st = judge_group(r, ps, out, &(judged_group){.by = r->up.subjects->name, .key = f[i].key, .value = f[i].value, .most = f[i].most, .perhaps = f[i].perhaps, .rows = &rows,
                                                     .target = {.has = f[i].has_target, .value = f[i].target}, .downtime = span_text(text_duration(f[i].least_down_ms, &ps->mem), text_duration(f[i].down_ms, &ps->mem), &ps->mem)});
    }
    return close_groups(r, ps, out, st, e);
}

/* Against the measure's own value of the period before, where the workspace holds its records. */
static sla_status judge_before(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const earlier *b = pass_earlier(ps, r);
    rule with = *r;
    if (b && b->has) with.target.has = true, with.target.value = b->value;
    TRY(judge_value(&with, ps, out, e));
    if (b && b->has) out->target_before = b->value, out->has_target_before = true;
    else if (out->v != VERDICT_NOT_APPLICABLE) out->v = VERDICT_NOT_ASSESSED, out->reason = reason_no_previous();
    return SLA_OK;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const metric *x = r->own;
    if (r->m.kind == MEASURE_UPTIME) return judge_uptime(r, ps, out, e);
    if (x->than_before) return judge_before(r, ps, out, e);
    if (x->has_by) return judge_groups(r, ps, out, e);
    if (r->m.kind == MEASURE_SHARE) return judge_members(r, ps, out);
    return judge_value(r, ps, out, e);
}

static bool of_rows(const rule *r)
{
    const metric *x = r->own;
    return r->m.kind == MEASURE_SHARE && x && !x->has_by && !x->than_before;
}

static const char *const keys[] = {"value", "least_n", "subjects", "outages", "by", NULL};
const rule_kind kind_metric = {"metric", keys, load, prepare, judge, of_rows};
