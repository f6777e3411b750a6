/* Every rule's verdict, then every clause's. */
#include <stdlib.h>
#include "engine/audit/fieldchanges.h"
#include "engine/audit/kind.h"
#include "engine/audit/reasons.h"
#include "engine/audit/run.h"
#include "engine/base/mem.h"
#include "engine/base/progress.h"

sla_status rules_prepare(pass *ps)
{
    for (size_t i = 0; i < ps->p->nrules; i++) {
        const rule *r = ps->asker = &ps->p->rules[i];
        r->kind->prepare(r, ps);
        needs_prepare(ps, &r->needs);
        if (!r->sel.ds) continue;
        if (r->targets_by >= 0) pass_number(ps, r->sel.ds, &r->targets_key);
        for (size_t g = 0; g < r->ngroups; g++) pass_number(ps, r->sel.ds, &r->groups[g]);
    }
    return SLA_OK;
}

static bitext title_of(const dataset *ds) { return (bitext){ds->title_zh, ds->title_en}; }

void needs_prepare(pass *ps, const needs *n)
{
    for (size_t i = 0; i < n->nrecords; i++) pass_select(ps, &n->records[i].sel);
}

/* Whether the data that a rule or a figure rests on are there; the reason if not. A record of which it is not known whether it is such a one is left to the rule itself. */
bool needs_met(pass *ps, const needs *n, bitext *reason)
{
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (n->dataset[d] && (!ps->w.tables[d] || ps->never_imported[d])) return *reason = reason_no_data(title_of(&ps->p->model->datasets[d]), &ps->mem), false;
    for (size_t i = 0; i < n->nfields; i++) {
        const dataset *ds = n->fields[i].ds;
        const field *f = &ds->fields[n->fields[i].field];
        const table *t = ps->w.tables[ds->idx];
        if (t && t->nrows && !t->cols[n->fields[i].field].stored) return *reason = reason_no_values((bitext){f->title_zh, f->title_en}, &ps->mem), false;
    }
    for (size_t i = 0; i < n->nrecords; i++) {
        const chosen *c = pass_chosen(ps, &n->records[i].sel);
        if (chosen_next(c, 0) == c->nrows) return *reason = reason_no_records(n->records[i].title, n->records[i].sel.period_field != PERIOD_NONE, &ps->mem), false;
    }
    return true;
}

/* ---- desks of which not all deliver what a rule needs ---- */
enum { SURE = 20 };     /* so many records of one file without a value: its export has no such field. Fewer are held against the other files of their kind */

static bool delivers(const table *t, const tsource *s, int f)
{
    bool others = false;
    if (s->fields >> f & 1 || s->nrows >= SURE) return s->fields >> f & 1;
    for (size_t i = 0; i < t->nsources; i++) others = others || (t->sources[i].kind == s->kind && t->sources[i].fields >> f & 1);
    return others;
}

/* The first of the needed fields that a source's export does not deliver; NULL: it delivers them all. */
static const field *lacks(const table *t, const tsource *s, const needs *n)
{
    for (size_t i = 0; i < n->nfields; i++)
        if (n->fields[i].ds == t->ds && !delivers(t, s, n->fields[i].field)) return &t->ds->fields[n->fields[i].field];
    return NULL;
}

const field *rule_withheld(const pass *ps, const rule *r, size_t row)
{
    const table *t = ps->w.tables[r->sel.ds->idx];
    const tsource *s = t->source ? table_source_info(t, t->source[row]) : NULL;
    return s ? lacks(t, s, &r->needs) : NULL;
}

/* Some export has the fields that the rule needs, or it would not be judged; of the records of one that has not, nothing is known. */
static void know_only_delivered(const pass *ps, const rule *r, uint8_t *members)
{
    const table *t = ps->w.tables[r->sel.ds->idx];
    for (size_t i = 0, row = 0; t->source && i < t->nsources; i++) { /* rows stand in order of source */
        bool known = !lacks(t, &t->sources[i], &r->needs);
        for (; row < t->nrows && t->source[row] <= t->sources[i].id; row++)
            if (!known && (members[row] == MEMBER_GOOD || members[row] == MEMBER_BAD)) members[row] = MEMBER_UNKNOWN;
    }
}

static sla_status add_groups(pass *ps, const rule *r, rule_outcome *o, res_rule *res, err *e)
{
    size_t n = 0, cap = o->ngroups;
    res_group *by_target = NULL, *groups[16];
    size_t counts[16], ngroups = 0, nby = 0;
    if (r->targets_by >= 0) {
        TRY(tally_groups(ps, r->sel.ds, &r->targets_key, o->members, &by_target, &nby, e));
        for (size_t i = 0; i < nby; i++) {
            const bound *b = &r->target;
            for (size_t k = 0; k < r->ntargets; k++)
                if (slice_eq(r->targets[k].key, by_target[i].key)) b = &r->targets[k].b;
            by_target[i].has_target = b->has;
            by_target[i].target = b->value;
            by_target[i].met = by_target[i].conforming + by_target[i].nonconforming == 0 || bound_compare(b, by_target[i].conforming, by_target[i].conforming + by_target[i].nonconforming);
        }
        groups[ngroups] = by_target, counts[ngroups++] = nby, cap += nby;
    }
    judge_share(ps, r, o, by_target, nby);
    for (size_t g = 0; g < r->ngroups && ngroups < 16; g++) {
        TRY(tally_groups(ps, r->sel.ds, &r->groups[g], o->members, &groups[ngroups], &counts[ngroups], e));
        cap += counts[ngroups++];
    }
    res_group *all = ARENA_NEW(&ps->mem, res_group, cap ? cap : 1);
    if (!all) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for groups");
    for (size_t g = 0; g < ngroups; g++)
        for (size_t i = 0; i < counts[g]; i++) all[n++] = groups[g][i];
    res->groups = all;
    res->ngroups = n;
    return SLA_OK;
}

static void put_shares(const rule *r, const rule_outcome *o, res_rule *res)
{
    const tally *t = &o->all;
    res->population = t->population, res->conforming = t->good, res->nonconforming = t->bad, res->unknown = t->unknown, res->running = t->running;
    res->has_share = (o->members || o->counted) && t->good + t->bad > 0;
    if (res->has_share) res->share = (double)t->good / (double)(t->good + t->bad);
    res->has_bounds = o->has_bounds;
    res->share_low = o->low, res->share_high = o->high;
    res->has_value = o->has_value;
    res->value = o->value;
    if (r->m.kind == MEASURE_SHARE && o->members && res->has_share && r->target.has) { /* the value is the share of the measure's own condition */
        res->has_value = true;
        res->value = r->target.at_most ? 1 - res->share : res->share;
    }
    res->has_target = r->m.kind != MEASURE_UPTIME && (r->target.has || o->has_target_before);
    res->target = o->has_target_before ? o->target_before : r->target.value;
    res->target_op = r->target.at_most ? SLICE_LIT("<=") : SLICE_LIT(">=");
    res->unit = r->m.kind == MEASURE_SHARE || !r->m.kind || r->m.kind == MEASURE_UPTIME ? SLICE_LIT("%") : SLICE_LIT("");
}

/* Where not one of many conforms, it is seldom each of them that is at fault. */
static bool is_systematic(const rule_outcome *o)
{
    enum { MANY = 30 };
    return o->v == VERDICT_FAILS && o->members && !o->all.good && o->all.bad >= MANY && !o->reason.zh.len;
}

static sla_status judge_alone(pass *ps, const rule *r, rule_outcome *o, res_rule *res, err *e)
{
    *o = (rule_outcome){.v = VERDICT_NOT_ASSESSED};
    *res = (res_rule){.id = r->id, .clause = r->clause, .kind = r->kind_name, .sev = r->sev, .by_heading = r->by_heading, .title = r->title, .criterion = r->criterion, .effect = r->effect,
                      .recommend = r->recommend, .condition = r->condition, .overridden = r->off};
    const lang_failure failure = pass_failure(ps, r, r->clock ? r->clock : r->m.clock);
    bool members = r->sel.ds && r->kind->of_rows(r);
    if (r->off.len) o->reason = reason_off(r->off, &ps->mem);
    else if (failure.text.ptr) *o = (rule_outcome){.v = VERDICT_ERROR, .reason = reason_failure(failure.pattern, failure.text, r->at, &ps->mem)};
    else if (needs_met(ps, &r->needs, &o->reason)) {
        size_t n = members ? ps->w.tables[r->sel.ds->idx]->nrows : 0;
        if (members && !(o->members = mem_zero(n + 1, 1))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to judge %.*s", SLICE_ARG(r->id));
        err why = {0};
        sla_status st = r->kind->judge(r, ps, o, &why);
        if (members) st = outcome_keep(o, ps, r, st, &why);
        if (st == SLA_LIMIT) {
            mem_free(o->members);
            *o = (rule_outcome){.v = VERDICT_ERROR, .reason = o->reason};
        }
        else if (st != SLA_OK) return *e = why, st;
        if (o->members) {
            know_only_delivered(ps, r, o->members);
            tally_members(o->members, n, &o->all);
            TRY(add_groups(ps, r, o, res, e));
            if (is_systematic(o)) o->reason = reason_none_conforms(o->all.bad, &ps->mem);
        } else res->groups = o->groups, res->ngroups = o->ngroups;
    }
    res->v = o->v;
    res->reason = o->reason;
    put_shares(r, o, res);
    apply_waiver(ps, r, res, &ps->mem);
    return SLA_OK;
}

sla_status rule_judge(pass *ps, const rule *r, rule_outcome *o, res_rule *res, err *e)
{
    sla_status st = judge_alone(ps, r, o, res, e);
    if (st == SLA_OK) return st;
    mem_free(o->members);
    o->members = NULL;
    return st;
}

/* ---- clauses ---- */
static clause_verdict worse(clause_verdict a, clause_verdict b)
{
    static const int rank[] = {[CLAUSE_NOT_ASSESSED] = 0, [CLAUSE_CONFORMING] = 1, [CLAUSE_OBSERVATION] = 2, [CLAUSE_MINOR] = 3, [CLAUSE_MAJOR] = 4};
    return rank[a] >= rank[b] ? a : b;
}

/* A major rule's failure is major where some share lies more than 10 points below its target. */
static bool far_below(const res_rule *r)
{
    if (r->ngroups && r->groups[0].has_target) {
        for (size_t i = 0; i < r->ngroups; i++) {
            const res_group *g = &r->groups[i];
            if (g->has_target && g->conforming + g->nonconforming && g->target - (double)g->conforming / (double)(g->conforming + g->nonconforming) > 0.1 + 1e-12) return true;
        }
        return false;
    }
    if (!r->has_target) return true;
    if (r->has_share) {
        double target = r->has_value && r->target_op.ptr[0] == '<' ? 1 - r->target : r->target;
        return target - r->share > 0.1 + 1e-12;
    }
    return r->has_value && r->target > 0 && (r->target - r->value) / r->target > 0.1;
}

static clause_verdict of_rule(const res_rule *r)
{
    if (r->v == VERDICT_CONFORMS) return CLAUSE_CONFORMING;
    if (r->v == VERDICT_WAIVED) return CLAUSE_OBSERVATION; /* shown, never passing */
    if (r->v != VERDICT_FAILS) return CLAUSE_NOT_ASSESSED; /* also where nothing was there to judge: that shows no conformity */
    switch (r->sev) {
    case SEVERITY_CRITICAL: return CLAUSE_MAJOR;
    case SEVERITY_MAJOR: return far_below(r) ? CLAUSE_MAJOR : CLAUSE_MINOR;
    case SEVERITY_MINOR: return CLAUSE_MINOR;
    default: return CLAUSE_OBSERVATION;
    }
}

static void judge_clause(const clause *c, audit_result *r, res_clause *out)
{
    bool errors = false;
    *out = (res_clause){.id = c->id, .chapter = c->chapter, .title = c->title, .chapter_title = c->chapter_title, .by_heading = c->by_heading, .v = CLAUSE_NOT_ASSESSED, .first_rule = r->nrules};
    for (size_t i = 0; i < r->nrules; i++) {
        if (!slice_eq(r->rules[i].clause, c->id)) continue;
        if (out->nrules++ == 0) out->first_rule = i;
        out->rules++;
        out->assessed += r->rules[i].v != VERDICT_NOT_ASSESSED && r->rules[i].v != VERDICT_ERROR;
        out->v = worse(out->v, of_rule(&r->rules[i]));
        errors = errors || r->rules[i].v == VERDICT_ERROR;
    }
    if (errors && out->v == CLAUSE_CONFORMING) out->v = CLAUSE_NOT_ASSESSED; /* what could not be judged might not conform */
}

static int by_clause(const pass *ps, slice id)
{
    for (size_t i = 0; i < ps->p->nclauses; i++)
        if (slice_eq(ps->p->clauses[i].id, id)) return (int)i;
    return -1;
}

/* How many rows a rule may have to look at, as far as it can be told from outside its kind. */
static size_t weight(const pass *ps, const rule *r)
{
    size_t sum = 0;
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (r->needs.dataset[d] && ps->w.tables[d]) sum += ps->w.tables[d]->nrows;
    return sum;
}

/* The heaviest first, so that no thread is left alone with one of them at the end. */
typedef struct turn { size_t rule, weight; } turn;
static int heaviest_first(const void *a, const void *b)
{
    const turn *x = a, *y = b;
    if (x->weight != y->weight) return x->weight < y->weight ? 1 : -1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static sla_status list_bad(pass *ps, const rule *r, rule_outcome *o, err *e)
{
    if (!o->members || !r->list) return SLA_OK;
    if (!(o->bad = ARENA_NEW(&ps->mem, uint32_t, (size_t)o->all.bad + 1))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to judge %.*s", SLICE_ARG(r->id));
    size_t n = ps->w.tables[r->sel.ds->idx]->nrows;
    for (size_t row = 0; row < n; row++)
        if (o->members[row] == MEMBER_BAD) o->bad[o->nbad++] = (uint32_t)row;
    return SLA_OK;
}

typedef struct judge_job { const rule **rules; turn *turns; rule_outcome *outs; res_rule *results; } judge_job;
static sla_status judge_nth(void *ctx, pass *own, size_t nth, err *e)
{
    judge_job *j = ctx;
    size_t i = j->turns[nth].rule;
    rule_outcome *o = &j->outs[i];
    TRY(rule_judge(own, j->rules[i], o, &j->results[i], e));
    sla_status st = list_bad(own, j->rules[i], o, e);
    mem_free(o->members);
    o->members = NULL;
    progress_add(0, 1);
    return st;
}

sla_status rules_judge(pass *ps, audit_result *r, err *e)
{
    const pack *p = ps->p;
    rule_outcome *outs = ARENA_NEW(&ps->mem, rule_outcome, p->nrules + 1);
    const rule **order = ARENA_NEW(&ps->mem, const rule *, p->nrules + 1);
    turn *turns = ARENA_NEW(&ps->mem, turn, p->nrules + 1);
    r->rules = ARENA_NEW(&r->mem, res_rule, p->nrules + 1);
    r->clauses = ARENA_NEW(&r->mem, res_clause, p->nclauses + 1);
    if (!outs || !order || !turns || !r->rules || !r->clauses) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    for (size_t c = 0; c < p->nclauses; c++) /* rules in the order of the clauses, then as the pack has them */
        for (size_t i = 0; i < p->nrules; i++)
            if (by_clause(ps, p->rules[i].clause) == (int)c) order[r->nrules++] = &p->rules[i];
    for (size_t i = 0; i < r->nrules; i++) turns[i] = (turn){i, weight(ps, order[i])};
    qsort(turns, r->nrules, sizeof *turns, heaviest_first);
    progress_count("audit", r->nrules, "rules");
    TRY(pass_each(ps, r->nrules, judge_nth, &(judge_job){order, turns, outs, r->rules}, e));
    for (size_t c = 0; c < p->nclauses; c++) judge_clause(&p->clauses[c], r, &r->clauses[r->nclauses++]);
    pass_forget(ps); /* findings look at the records again, and nothing else is figured from here on */
    fieldchanges_end(ps);
    return findings_make(ps, r, outs, e);
}
