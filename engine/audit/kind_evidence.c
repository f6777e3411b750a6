/* evidence: the register holds what is required; one member for each entry of `requires`, or for each row of its `each`. Documents count where they were valid in the period. */
#include "engine/audit/events.h"
#include "engine/audit/reasons.h"
#include "engine/base/bits.h"

/* What is required: n rows of `set`, in all or (joined by key) for each row of `each`; or that `holds` is true of each row of `each`. */
typedef struct requirement { event_set set, each; bool has_set, has_each; int holds; int64_t n; bitext label; } requirement;
typedef struct evidence { requirement *items; size_t n; } evidence;

static bool load_set(pack_loader *l, rule *r, const ynode *n, const char *const *more, event_set *out)
{
    if (!events_load(l, r, n, more, out)) return false;
    if (out->sel.ds->valid_from >= 0) out->sel.period_field = PERIOD_VALID;
    return true;
}

static bool load_requirement(pack_loader *l, rule *r, const ynode *n, requirement *q)
{
    const ynode *each = yaml_get(n, "each"), *holds = yaml_get(n, "holds");
    *q = (requirement){.has_each = each != NULL, .has_set = !holds, .holds = SLOT_NONE, .n = load_count(l, n, "n", 1), .label = load_bitext(n, "label")};
    if (each && !load_set(l, r, each, NULL, &q->each)) return false;
    if (holds) {
        yaml_check_keys(n, (const char *const[]){"each", "holds", "label", NULL}, l->errors);
        if (!each) return errlist_add(l->errors, SLA_SYNTAX, holds->at, "'holds' is about the rows of 'each'; there is no 'each'"), false;
        q->holds = events_load_expr(l, r, q->each.sel.ds, holds, VT_BOOL, NULL);
        return q->holds >= 0;
    }
    if (!load_set(l, r, n, (const char *const[]){"n", "each", "label", NULL}, &q->set)) return false;
    if (!each || (q->each.keys.n && q->each.keys.n == q->set.keys.n)) return true;
    return errlist_add(l->errors, SLA_TYPE, n->at, "'each' and the requirement are joined by as many keys as each other"), false;
}

static void load(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *list = yaml_get(n, "requires");
    evidence *x = load_take(l, 1, sizeof *x);
    if (!x || !list || list->kind != YNODE_LIST || !(x->items = load_take(l, list->n, sizeof *x->items))) {
        errlist_add(l->errors, SLA_SYNTAX, list ? list->at : n->at, "an evidence rule needs requires: [{dataset: document, where: …}]");
        return;
    }
    for (size_t i = 0; i < list->n; i++)
        if (load_requirement(l, r, list->items[i], &x->items[x->n])) x->n++;
    r->own = x;
    r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
    r->condition = x->n ? yaml_text(list->items[0], "where", yaml_text(list->items[0], "holds", SLICE_LIT(""))) : (slice){0};
}

static void prepare(const rule *r, pass *ps)
{
    const evidence *x = r->own;
    for (size_t i = 0; i < x->n; i++) {
        const requirement *q = &x->items[i];
        if (q->has_set) {
            pass_select(ps, &q->set.sel);
            events_prepare_keys(&q->set.keys, q->set.sel.ds, ps);
        }
        if (!q->has_each) continue;
        pass_select(ps, &q->each.sel);
        events_prepare_keys(&q->each.keys, q->each.sel.ds, ps);
        pass_keep(ps, q->each.sel.ds, q->holds, VT_BOOL);
    }
}

enum { ROWS_TOLD = 12 };
typedef struct counter { rule_outcome *out; pass *ps; uint32_t rows[ROWS_TOLD]; size_t nrows; /* what meets the requirement, for explain */ } counter;

static sla_status count(counter *c, const requirement *q, member m, slice key, const uint32_t *row)
{
    res_observed seen[] = {{SLICE_LIT("key"), key}, {SLICE_LIT("label"), q->label.zh}, {SLICE_LIT("label_en"), q->label.en}};
    outcome_count(c->out, m);
    if (!outcome_tells(c->ps, m, key)) return SLA_OK;
    const dataset *ds = row ? q->each.sel.ds : q->set.sel.ds;
    extra_finding f = {.key = key, .m = m, .observed = seen, .n = 3, .ds = ds, .rows_of = ds, .rows = row, .nrows = row != NULL};
    if (c->ps->asked.ptr && c->nrows) f.rows_of = q->set.sel.ds, f.rows = c->rows, f.nrows = c->nrows;
    return outcome_find(c->out, c->ps, &f);
}

/* How many rows of the requirement there are with that key: for certain, and perhaps. */
static member judge_key(counter *c, const requirement *q, uint64_t key)
{
    const chosen *in = pass_chosen(c->ps, &q->set.sel);
    int64_t sure = 0, perhaps = 0;
    c->nrows = 0;
    CHOSEN_EACH(in, row) {
        if (q->has_each && events_key(c->ps, q->set.sel.ds, &q->set.keys, row) != key) continue;
        *(chosen_surely(in, row) ? &sure : &perhaps) += 1;
        if (c->nrows < ROWS_TOLD) c->rows[c->nrows++] = (uint32_t)row;
    }
    return sure >= q->n ? MEMBER_GOOD : sure + perhaps >= q->n ? MEMBER_UNKNOWN : MEMBER_BAD;
}

static member judge_row(counter *c, const requirement *q, uint32_t row, uint64_t key)
{
    static const member by_truth[] = {MEMBER_BAD, MEMBER_GOOD, MEMBER_UNKNOWN};
    if (!chosen_surely(pass_chosen(c->ps, &q->each.sel), row) || key == EVENT_NO_KEY) return MEMBER_UNKNOWN;
    return q->has_set ? judge_key(c, q, key) : by_truth[kept_truth(pass_kept(c->ps, q->each.sel.ds, q->holds), row)];
}

static sla_status judge_requirement(counter *c, const requirement *q, size_t number)
{
    if (!q->has_each) return count(c, q, judge_key(c, q, 0), q->label.zh.len ? q->label.zh : text_format(&c->ps->mem, "%zu", number + 1), NULL);
    const chosen *subjects = pass_chosen(c->ps, &q->each.sel);
    CHOSEN_EACH(subjects, at) {
        uint32_t row = (uint32_t)at;
        uint64_t key = events_key(c->ps, q->each.sel.ds, &q->each.keys, row);
        TRY(count(c, q, judge_row(c, q, row, key), key == EVENT_NO_KEY ? SLICE_LIT("") : events_key_text(c->ps, key, q->each.keys.n), &row));
    }
    return SLA_OK;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const evidence *x = r->own;
    counter c = {.out = out, .ps = ps};
    sla_status st = SLA_OK;
    for (size_t i = 0; st == SLA_OK && i < x->n; i++) st = judge_requirement(&c, &x->items[i], i);
    return outcome_close(out, ps, r, st, e);
}

static const char *const keys[] = {"requires", NULL};
const rule_kind kind_evidence = {"evidence", keys, load, prepare, judge, kind_of_no_rows};
