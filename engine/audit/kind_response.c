/* response: each trigger is followed, within a limit, by a match with the same keys. */
#include "engine/audit/events.h"
#include "engine/base/mem.h"

typedef struct response { event_set trigger, match; int after; vtype after_type; int64_t within; const calendar *cal; bool absent; } response;

static void load(pack_loader *l, const ynode *n, rule *r)
{
    response *x = load_take(l, 1, sizeof *x);
    const ynode *after = yaml_get(n, "after"), *absent = yaml_get(n, "absent");
    expr_type type = {VT_TIME, NULL};
    if (!x) return;
    bool ok = events_load(l, r, yaml_get(n, "trigger"), NULL, &x->trigger) & events_load(l, r, yaml_get(n, "match"), NULL, &x->match);
    events_load_limit(l, n, "within", &x->within, &x->cal);
    if (absent && !yaml_bool(absent, &x->absent)) errlist_add(l->errors, SLA_SYNTAX, absent->at, "absent is true or false");
    if (!ok) return;
    x->after = after ? events_load_expr(l, r, x->trigger.sel.ds, after, VT_TIME, &type) : SLOT_NONE;
    x->after_type = type.type;
    if (x->trigger.keys.n != x->match.keys.n) errlist_add(l->errors, SLA_TYPE, n->at, "trigger and match need as many keys as each other");
    r->sel = x->trigger.sel;
    r->condition = yaml_text(yaml_get(n, "match"), "where", SLICE_LIT(""));
    r->own = x;
    if (!yaml_get(n, "target") && !yaml_get(n, "targets")) r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps)
{
    const response *x = r->own;
    events_prepare(&x->trigger, ps);
    events_prepare(&x->match, ps);
    if (x->after >= 0) pass_keep(ps, x->trigger.sel.ds, x->after, x->after_type);
}

static uint8_t judge_row(const response *x, const pass *ps, const event *matches, size_t n, uint32_t row, uint8_t in)
{
    int64_t at, end, from, to;
    const dataset *ds = x->trigger.sel.ds;
    if (!events_at(ps, ds, x->trigger.at, x->trigger.at_type, row, &at, &end)) return MEMBER_OUT;
    if (at < ps->period.from || at >= ps->period.to || at > ps->as_of) return MEMBER_OUT;
    uint64_t key = events_key(ps, ds, &x->trigger.keys, row);
    if (in == 2 || key == EVENT_NO_KEY) return MEMBER_UNKNOWN;
    from = at;
    if (x->after >= 0 && !events_at(ps, ds, x->after, x->after_type, row, &from, &end)) return MEMBER_UNKNOWN;
    to = cal_add(x->cal, from, x->within);
    int found = events_match(matches, n, key, from, to);
    if (found == 2) return MEMBER_UNKNOWN;
    if (found == 1) return x->absent ? MEMBER_BAD : MEMBER_GOOD;
    if (to > ps->as_of) return MEMBER_RUNNING; /* it may still come */
    return x->absent ? MEMBER_GOOD : MEMBER_BAD;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const response *x = r->own;
    const chosen *c = pass_chosen(ps, &r->sel);
    event *matches;
    size_t n;
    TRY(events_make(ps, &x->match, &x->match.keys, &matches, &n, e));
    for (size_t i = 0; i < c->n; i++) out->members[c->rows[i]] = judge_row(x, ps, matches, n, c->rows[i], c->state[c->rows[i]]);
    mem_free(matches);
    return SLA_OK;
}

static const char *const keys[] = {"trigger", "match", "within", "calendar", "after", "absent", NULL};
const rule_kind kind_response = {"response", keys, load, prepare, judge, kind_of_rows};
