/* pause: no clock is paused shortly before its limit and run on by the handler without a word from the customer in between. Members are the pauses that begin in the period. */
#include <string.h>
#include "engine/audit/clocks.h"
#include "engine/audit/events.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"

typedef struct pause_rule { const sla_clock *clock; slice status; int customer, actor; int64_t before; } pause_rule;

static void load(pack_loader *l, const ynode *n, rule *r)
{
    pause_rule *x = load_take(l, 1, sizeof *x);
    const ynode *clock = yaml_get(n, "clock"), *customer = yaml_get(n, "customer");
    const calendar *cal;
    if (!x) return;
    for (size_t i = 0; clock && i < l->p->nclocks; i++)
        if (slice_eq(l->p->clocks[i].name, clock->text)) x->clock = &l->p->clocks[i];
    if (!x->clock || !x->clock->history || x->clock->ds->changes.actor < 0 || !customer) {
        errlist_add(l->errors, SLA_SYNTAX, clock ? clock->at : n->at, "a pause rule needs 'clock', one whose pauses come from the history (which says who made a change), and 'customer', the field that names the customer");
        return;
    }
    const dataset *ds = x->clock->ds, *changes = &l->p->model->datasets[ds->changes.dataset];
    r->sel = (selection){.ds = ds, .where = load_expr(l, load_program(l, l->p->programs, ds), yaml_get(n, "where"), VT_BOOL, NULL), .period_field = PERIOD_NONE};
    x->customer = events_load_expr(l, r, ds, customer, VT_TEXT, NULL);
    x->actor = load_expr_text(l, load_program(l, l->p->programs, changes), changes->fields[ds->changes.actor].name, n->at, VT_TEXT, NULL);
    x->status = yaml_text(n, "status", (slice){0});
    events_load_limit(l, n, "before", &x->before, &cal);
    r->needs.dataset[changes->idx] = true;
    r->condition = x->clock->name;
    r->own = x;
    if (!yaml_get(n, "target")) r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps)
{
    const pause_rule *x = r->own;
    pass_select(ps, &r->sel);
    pass_keep(ps, r->sel.ds, x->customer, VT_TEXT);
    pass_keep(ps, &ps->p->model->datasets[r->sel.ds->changes.dataset], x->actor, VT_TEXT);
}

/* ---- judging ---- */
/* A pause near the limit that somebody else than the customer ended: suspicious unless the customer wrote in between. */
typedef struct suspect { uint32_t row, begun, ended; int64_t from, to, left; bool heard; } suspect;
typedef struct judging {
    const pause_rule *x; const rule *r; pass *ps; rule_outcome *out;
    clock_view *view;
    const kept *actor, *customer;               /* by row of the changes and of the records */
    uint32_t *pauses; size_t npauses;           /* codes of the statuses that pause the clock */
    suspect *items; size_t n, cap;
    uint32_t *first;
} judging;

static sla_status find_pauses(judging *j)
{
    const enumeration *en = j->r->sel.ds->fields[j->x->clock->status].en;
    size_t n = en && en->phase ? en->n : 0;
    if (!(j->pauses = ARENA_NEW(&j->ps->mem, uint32_t, n + 1))) return SLA_NOMEM;
    for (size_t i = 0; i < n; i++) {
        if (en->phase[i] != PHASE_PAUSE || (j->x->status.len && !slice_eq(en->values[i], j->x->status))) continue;
        uint32_t code = dict_find(j->ps->w.dict, en->values[i]);
        if (code != DICT_NONE) j->pauses[j->npauses++] = code;
    }
    return SLA_OK;
}

static bool is_pause(const judging *j, uint32_t code)
{
    for (size_t i = 0; i < j->npauses; i++)
        if (j->pauses[i] == code) return true;
    return false;
}

/* Of the pause from change i to change i + 1 of a record. */
static member judge_pause(judging *j, uint32_t row, const clock_input *in, uint32_t begun, uint32_t ended, int64_t from, int64_t to)
{
    int64_t left = in->limit - clock_shown_at(in, from);
    uint32_t who = kept_code(j->actor, ended), customer = kept_code(j->customer, row);
    if (in->limit < 0) return MEMBER_UNKNOWN;
    if (left < 0 || left > j->x->before) return MEMBER_GOOD;
    if (who == DICT_NONE || customer == DICT_NONE) return MEMBER_UNKNOWN;
    if (who == customer) return MEMBER_GOOD;
    if (mem_grow(&j->items, &j->cap, j->n + 1, sizeof *j->items)) {
        j->ps->mem.failed = true;
        return MEMBER_UNKNOWN;
    }
    j->items[j->n++] = (suspect){row, begun, ended, from, to, left, false};
    return MEMBER_OUT; /* counted when it is known whether the customer wrote */
}

static sla_status tell(judging *j, const suspect *s, member m)
{
    const dataset *ds = j->r->sel.ds, *changes = &j->ps->p->model->datasets[ds->changes.dataset];
    const table *t = j->ps->w.tables[ds->idx];
    if (m != MEMBER_BAD && !j->ps->asked.ptr) return SLA_OK;
    slice record = pass_text(j->ps, table_codes(t, ds->key[0])[s->row]), from = events_time_text(j->ps, s->from), key = text_format(&j->ps->mem, "%.*s at %.*s", SLICE_ARG(record), SLICE_ARG(from));
    if (key.ptr && !outcome_tells(j->ps, m, key)) return SLA_OK;
    uint32_t who = kept_code(j->actor, s->ended);
    res_observed seen[] = {{SLICE_LIT("key"), record}, {SLICE_LIT("from"), from}, {SLICE_LIT("to"), events_time_text(j->ps, s->to)}, {SLICE_LIT("left"), text_duration(s->left, &j->ps->mem)},
                           {SLICE_LIT("by"), who == DICT_NONE ? SLICE_LIT("") : pass_text(j->ps, who)}};
    const uint32_t rows[] = {s->begun, s->ended};
    return outcome_find(j->out, j->ps, &(extra_finding){.key = key, .m = m, .observed = seen, .n = 5, .ds = ds, .rows_of = changes, .rows = rows, .nrows = 1 + (s->ended != s->begun)});
}

static sla_status judge_record(judging *j, uint32_t row, bool certain)
{
    const dataset *ds = j->r->sel.ds;
    const table *h = j->ps->w.tables[ds->changes.dataset];
    const change_index *c = clock_changes(j->view);
    const size_t at = (size_t)ds->changes.at, is = (size_t)ds->changes.new_;
    clock_input in;
    if (!c || !clock_input_of(j->view, row, &in)) return SLA_OK;
    for (uint32_t i = c->first[row]; i < c->first[row + 1]; i++) {
        uint32_t k = c->rows[i], next = i + 1 < c->first[row + 1] ? c->rows[i + 1] : UINT32_MAX;
        if (!table_has(h, at, k) || !table_has(h, is, k)) continue;
        int64_t from = table_i64(h, at)[k];
        if (!is_pause(j, table_codes(h, is)[k]) || from < j->ps->period.from || from >= j->ps->period.to) continue;
        bool ended = next != UINT32_MAX && table_has(h, at, next);
        if (ended && table_i64(h, at)[next] == from) continue; /* of several steps at one instant the last holds */
        member m = !certain ? MEMBER_UNKNOWN : !ended ? MEMBER_RUNNING : judge_pause(j, row, &in, k, next, from, table_i64(h, at)[next]);
        outcome_count(j->out, m);
        if (m != MEMBER_OUT) TRY(tell(j, &(suspect){row, k, ended ? next : k, from, ended ? table_i64(h, at)[next] : j->ps->as_of, in.limit - clock_shown_at(&in, from), false}, m));
    }
    return SLA_OK;
}

/* One walk over all changes: did the customer write while a suspicious pause lasted? first: by record's key code, the suspect + 1. */
static sla_status hear_customers(judging *j)
{
    const dataset *ds = j->r->sel.ds;
    const table *t = j->ps->w.tables[ds->idx], *h = j->ps->w.tables[ds->changes.dataset];
    const size_t texts = dict_count(j->ps->w.dict) + 1u, rec = (size_t)ds->changes.record, at = (size_t)ds->changes.at;
    if (!(j->first = mem_zero(texts, sizeof *j->first))) return SLA_NOMEM;
    for (size_t i = j->n; i-- > 0;) j->first[table_codes(t, ds->key[0])[j->items[i].row]] = (uint32_t)i + 1; /* suspects of a record stand together */
    for (size_t k = 0; j->n && k < h->nrows; k++) {
        uint32_t code = table_has(h, rec, k) ? table_codes(h, rec)[k] : 0, s = code < texts ? j->first[code] : 0;
        if (!s || !table_has(h, at, k)) continue;
        int64_t when = table_i64(h, at)[k];
        for (size_t i = s - 1; i < j->n && j->items[i].row == j->items[s - 1].row; i++)
            if (when > j->items[i].from && when <= j->items[i].to && kept_code(j->actor, k) == kept_code(j->customer, j->items[i].row)) j->items[i].heard = true;
    }
    return SLA_OK;
}

static sla_status report(judging *j)
{
    for (size_t i = 0; i < j->n; i++) {
        member m = j->items[i].heard ? MEMBER_GOOD : MEMBER_BAD;
        outcome_count(j->out, m);
        TRY(tell(j, &j->items[i], m));
    }
    return SLA_OK;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    judging j = {.x = r->own, .r = r, .ps = ps, .out = out};
    const chosen *c = pass_chosen(ps, &r->sel);
    const dataset *changes = &ps->p->model->datasets[r->sel.ds->changes.dataset];
    j.actor = pass_kept(ps, changes, j.x->actor);
    j.customer = pass_kept(ps, r->sel.ds, j.x->customer);
    sla_status st = find_pauses(&j);
    if (st == SLA_OK) st = clock_open(ps, j.x->clock, &j.view, e);
    for (size_t row = chosen_next(c, 0); st == SLA_OK && row < c->nrows; row = chosen_next(c, row + 1)) st = judge_record(&j, (uint32_t)row, chosen_surely(c, row));
    if (st == SLA_OK) st = hear_customers(&j);
    if (st == SLA_OK) st = report(&j);
    clock_close(j.view);
    mem_free(j.items);
    mem_free(j.first);
    return outcome_close(out, ps, r, st, e);
}

static const char *const keys[] = {"clock", "status", "customer", "before", "calendar", NULL};
const rule_kind kind_pause = {"pause", keys, load, prepare, judge, kind_of_no_rows};
