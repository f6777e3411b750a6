/* response: each trigger is followed, within a limit, by one of its matches with the same keys. A trigger is a record, or the event that opens a burst. */
#include "engine/audit/bursts.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"

enum { MATCHES_MAX = 4 };
typedef struct response {
    event_set trigger, match[MATCHES_MAX]; size_t nmatches;
    bool of_bursts; bursts b;
    int after; vtype after_type;        /* opens the window at another instant than the trigger's */
    int64_t within; const calendar *cal;
    bool absent;
} response;

static bool load_matches(pack_loader *l, const ynode *n, rule *r, response *x)
{
    const ynode *match = yaml_get(n, "match");
    size_t k = match && match->kind == YNODE_LIST ? match->n : 1;
    if (k > MATCHES_MAX) return errlist_add(l->errors, SLA_LIMIT, match->at, "at most %d matches", MATCHES_MAX), false;
    for (size_t i = 0; i < k; i++) {
        const ynode *m = match && match->kind == YNODE_LIST ? match->items[i] : match;
        if (!events_load(l, r, m, NULL, &x->match[x->nmatches])) return false;
        if (x->trigger.keys.n != x->match[x->nmatches++].keys.n) errlist_add(l->errors, SLA_TYPE, m->at, "trigger and match need as many keys as each other");
    }
    r->condition = yaml_text(match && match->kind == YNODE_LIST ? match->items[0] : match, "where", SLICE_LIT(""));
    return true;
}

static void load(pack_loader *l, const ynode *n, rule *r)
{
    response *x = load_take(l, 1, sizeof *x);
    const ynode *trigger = yaml_get(n, "trigger"), *after = yaml_get(n, "after"), *burst = yaml_get(trigger, "burst");
    expr_type type = {VT_TIME, NULL};
    if (!x || !events_load(l, r, trigger, (const char *const[]){"by", "burst", NULL}, &x->trigger)) return;
    x->of_bursts = burst != NULL;
    if (burst) bursts_load(l, r, yaml_get(trigger, "by"), &x->trigger.keys, burst, &x->trigger, &x->b);
    events_load_limit(l, n, "within", &x->within, &x->cal);
    load_flag(l, n, "absent", &x->absent);
    if (!load_matches(l, n, r, x)) return;
    x->after = after ? events_load_expr(l, r, x->trigger.sel.ds, after, VT_TIME, &type) : SLOT_NONE;
    x->after_type = type.type;
    r->sel = x->trigger.sel;
    r->own = x;
    if (!yaml_get(n, "target") && !yaml_get(n, "targets")) r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps)
{
    const response *x = r->own;
    events_prepare(&x->trigger, ps);
    if (x->of_bursts) bursts_prepare(&x->b, x->trigger.sel.ds, ps);
    for (size_t i = 0; i < x->nmatches; i++) events_prepare(&x->match[i], ps);
    if (x->after >= 0) pass_keep(ps, x->trigger.sel.ds, x->after, x->after_type);
}

/* ---- judging ---- */
typedef struct judging { const response *x; const rule *r; pass *ps; rule_outcome *out; event *matches[MATCHES_MAX]; size_t n[MATCHES_MAX]; size_t entry; res_group *group; } judging;

static int find_match(const judging *j, uint64_t key, int64_t from, int64_t to)
{
    int answer = 0;
    for (size_t i = 0; i < j->x->nmatches && answer != 1; i++) {
        int found = events_match(j->matches[i], j->n[i], key, from, to);
        if (found) answer = found;
    }
    return answer;
}

static member judge_row(const judging *j, uint32_t row, uint8_t in)
{
    const response *x = j->x;
    const pass *ps = j->ps;
    const dataset *ds = x->trigger.sel.ds;
    int64_t at, end, from, to;
    if (!events_at(ps, ds, x->trigger.at, x->trigger.at_type, row, &at, &end)) return MEMBER_OUT;
    if (at < ps->period.from || at >= ps->period.to || at > ps->as_of) return MEMBER_OUT;
    uint64_t key = events_key(ps, ds, &x->trigger.keys, row);
    if (in == 2 || key == EVENT_NO_KEY) return MEMBER_UNKNOWN;
    from = at;
    if (x->after >= 0 && !events_at(ps, ds, x->after, x->after_type, row, &from, &end)) return MEMBER_UNKNOWN;
    to = events_until(x->cal, at, x->within);
    int found = find_match(j, key, from, to);
    if (found == 2) return MEMBER_UNKNOWN;
    if (found == 1) return x->absent ? MEMBER_BAD : MEMBER_GOOD;
    if (to > ps->as_of) return MEMBER_RUNNING; /* it may still come */
    return x->absent ? MEMBER_GOOD : MEMBER_BAD;
}

/* For explain: the window of one trigger, and what was found in it, of each kind of match. */
static sla_status tell_matches(judging *j, uint32_t row, member m, slice key)
{
    const response *x = j->x;
    pass *ps = j->ps;
    int64_t at, end, from;
    if (!events_at(ps, x->trigger.sel.ds, x->trigger.at, x->trigger.at_type, row, &at, &end)) return SLA_OK;
    from = at;
    if (x->after >= 0 && !events_at(ps, x->trigger.sel.ds, x->after, x->after_type, row, &from, &end)) return SLA_OK;
    int64_t to = events_until(x->cal, at, x->within);
    for (size_t i = 0; i < x->nmatches; i++) {
        uint32_t rows[12];
        size_t n = events_rows(j->matches[i], j->n[i], events_key(ps, x->trigger.sel.ds, &x->trigger.keys, row), from, to, rows, sizeof rows / sizeof *rows);
        const dataset *ds = x->match[i].sel.ds;
        res_observed seen[] = {{SLICE_LIT("trigger"), events_time_text(ps, at)}, {SLICE_LIT("from"), events_time_text(ps, from)}, {SLICE_LIT("until"), events_time_text(ps, to)}, {SLICE_LIT("looked_into"), ds->name},
                               {SLICE_LIT("found"), text_format(&ps->mem, "%zu", n)}};
        TRY(outcome_find(j->out, ps, &(extra_finding){.key = key, .m = m, .observed = seen, .n = sizeof seen / sizeof *seen, .ds = ds, .rows_of = ds, .rows = rows, .nrows = n}));
    }
    return SLA_OK;
}

static sla_status judge_burst(void *ctx, const event *e, size_t first, size_t open, size_t last)
{
    judging *j = ctx;
    pass *ps = j->ps;
    member m = judge_row(j, e[open].row, 1);
    res_group *g = j->group;
    if (m == MEMBER_OUT) return SLA_OK;
    outcome_count(j->out, m);
    g->population += m != MEMBER_RUNNING, g->conforming += m == MEMBER_GOOD, g->nonconforming += m == MEMBER_BAD, g->unknown += m == MEMBER_UNKNOWN, g->running += m == MEMBER_RUNNING;
    if (m != MEMBER_BAD && !ps->asked.ptr) return SLA_OK;
    slice key = bursts_key_text(ps, &j->x->b, j->entry, e[open].key), at = events_time_text(ps, e[open].from);
    res_observed seen[] = {{SLICE_LIT("key"), key}, {SLICE_LIT("at"), at}, {SLICE_LIT("from"), events_time_text(ps, e[first].from)}, {SLICE_LIT("to"), events_time_text(ps, e[last].from)},
                                 {SLICE_LIT("count"), text_format(&ps->mem, "%zu", last - first + 1)}};
    uint32_t rows[8];
    size_t n = 0;
    for (size_t i = first; i <= open && n < sizeof rows / sizeof *rows; i++) rows[n++] = e[i].row;
    const dataset *ds = j->x->trigger.sel.ds;
    slice whole = text_format(&ps->mem, "%.*s at %.*s", SLICE_ARG(key), SLICE_ARG(at));
    if (whole.ptr && !outcome_tells(ps, m, whole)) return SLA_OK;
    if (ps->asked.ptr) TRY(tell_matches(j, e[open].row, m, whole));
    return outcome_find(j->out, ps, &(extra_finding){.key = whole, .m = m, .observed = seen, .n = sizeof seen / sizeof *seen,
                                                     .ds = ds, .rows_of = ds, .rows = rows, .nrows = n});
}

static sla_status judge_bursts(judging *j, err *e)
{
    sla_status st = (j->out->groups = ARENA_NEW(&j->ps->mem, res_group, j->x->b.nby + 1)) ? SLA_OK : SLA_NOMEM;
    for (j->entry = 0; st == SLA_OK && j->entry < j->x->b.nby; j->entry++) {
        j->group = &j->out->groups[j->out->ngroups];
        *j->group = (res_group){.by = SLICE_LIT("key"), .key = j->x->b.by[j->entry].name};
        j->out->ngroups += j->group->key.len > 0;
        st = bursts_each(j->ps, &j->x->trigger, &j->x->b, j->entry, judge_burst, j, NULL, e);
        j->group->met = j->group->nonconforming == 0;
    }
    return outcome_close(j->out, j->ps, j->r, st, e);
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const response *x = r->own;
    judging j = {.x = x, .r = r, .ps = ps, .out = out};
    const chosen *c = pass_chosen(ps, &r->sel);
    sla_status st = SLA_OK;
    for (size_t i = 0; st == SLA_OK && i < x->nmatches; i++) st = events_make(ps, &x->match[i], &x->match[i].keys, &j.matches[i], &j.n[i], e);
    if (st == SLA_OK && x->of_bursts) st = judge_bursts(&j, e);
    else if (st == SLA_OK)
        for (size_t row = chosen_next(c, 0); st == SLA_OK && row < c->nrows; row = chosen_next(c, row + 1)) {
            member m = judge_row(&j, (uint32_t)row, chosen_surely(c, row) ? 1 : 2);
            out->members[row] = (uint8_t)m;
            slice key = ps->asked.ptr ? record_key_text(ps, ps->w.tables[r->sel.ds->idx], row) : (slice){0};
            if (key.ptr && m != MEMBER_OUT && slice_eq(key, ps->asked)) st = tell_matches(&j, (uint32_t)row, m, key);
        }
    for (size_t i = 0; i < x->nmatches; i++) mem_free(j.matches[i]);
    return st;
}

static bool of_rows(const rule *r) { return r->own && !((const response *)r->own)->of_bursts; }

static const char *const keys[] = {"trigger", "match", "within", "calendar", "after", "absent", NULL};
const rule_kind kind_response = {"response", keys, load, prepare, judge, of_rows};
