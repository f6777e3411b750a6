/* evidence: the register holds what is required; one member for each entry of `requires`, or for each row of its `each`. Documents count where they were valid in the period. */
#include "engine/audit/events.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"

typedef struct requirement { event_set set, each; bool has_each; int64_t n; bitext label; } requirement;
typedef struct evidence { requirement *items; size_t n; } evidence;

static void load(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *list = yaml_get(n, "requires");
    evidence *x = load_take(l, 1, sizeof *x);
    if (!x || !list || list->kind != YNODE_LIST || !(x->items = load_take(l, list->n, sizeof *x->items))) {
        errlist_add(l->errors, SLA_SYNTAX, list ? list->at : n->at, "an evidence rule needs requires: [{dataset: document, where: …}]");
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        requirement *q = &x->items[x->n];
        const ynode *k = list->items[i], *each = yaml_get(k, "each");
        q->has_each = each != NULL;
        q->n = load_count(l, k, "n", 1);
        q->label = load_bitext(k, "label");
        if (!events_load(l, r, k, (const char *const[]){"n", "each", "label", NULL}, &q->set) || (each && !events_load(l, r, each, NULL, &q->each))) continue;
        if (q->set.sel.ds->valid_from >= 0) q->set.sel.period_field = PERIOD_VALID;
        if (each && q->each.sel.ds->valid_from >= 0) q->each.sel.period_field = PERIOD_VALID;
        if (each && (q->each.keys.n == 0 || q->each.keys.n != q->set.keys.n)) errlist_add(l->errors, SLA_TYPE, k->at, "'each' and the requirement are joined by as many keys as each other");
        x->n++;
    }
    r->own = x;
    r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
    r->condition = x->n ? yaml_text(list->items[0], "where", SLICE_LIT("")) : (slice){0};
}

static void prepare(const rule *r, pass *ps)
{
    const evidence *x = r->own;
    for (size_t i = 0; i < x->n; i++) {
        pass_select(ps, &x->items[i].set.sel);
        events_prepare_keys(&x->items[i].set.keys, x->items[i].set.sel.ds, ps);
        if (!x->items[i].has_each) continue;
        pass_select(ps, &x->items[i].each.sel);
        events_prepare_keys(&x->items[i].each.keys, x->items[i].each.sel.ds, ps);
    }
}

typedef struct counter { rule_outcome *out; size_t cap; pass *ps; } counter;

static sla_status add_missing(counter *c, const requirement *q, slice key, const uint32_t *row)
{
    res_observed *o = ARENA_NEW(&c->ps->mem, res_observed, 3);
    if (!o || mem_grow(&c->out->extra, &c->cap, c->out->nextra + 1, sizeof *c->out->extra)) return SLA_NOMEM;
    o[0] = (res_observed){SLICE_LIT("key"), key}, o[1] = (res_observed){SLICE_LIT("label"), q->label.zh}, o[2] = (res_observed){SLICE_LIT("label_en"), q->label.en};
    c->out->extra[c->out->nextra++] = (extra_finding){.key = key, .observed = o, .n = 3, .ds = row ? q->each.sel.ds : q->set.sel.ds, .rows = row, .nrows = row != NULL};
    return SLA_OK;
}

/* How many rows of the requirement there are with that key: for certain, and perhaps. */
static uint8_t judge_key(const counter *c, const requirement *q, uint64_t key)
{
    const chosen *in = pass_chosen(c->ps, &q->set.sel);
    int64_t sure = 0, perhaps = 0;
    for (size_t i = 0; i < in->n; i++) {
        if (q->has_each && events_key(c->ps, q->set.sel.ds, &q->set.keys, in->rows[i]) != key) continue;
        *(in->state[in->rows[i]] == 1 ? &sure : &perhaps) += 1;
    }
    return sure >= q->n ? MEMBER_GOOD : sure + perhaps >= q->n ? MEMBER_UNKNOWN : MEMBER_BAD;
}

static void count(tally *t, uint8_t m)
{
    t->population++;
    *(m == MEMBER_GOOD ? &t->good : m == MEMBER_BAD ? &t->bad : &t->unknown) += 1;
}

static sla_status judge_requirement(counter *c, const requirement *q, size_t number)
{
    if (!q->has_each) {
        uint8_t m = judge_key(c, q, 0);
        count(&c->out->all, m);
        return m == MEMBER_BAD ? add_missing(c, q, q->label.zh.len ? q->label.zh : text_format(&c->ps->mem, "%zu", number + 1), NULL) : SLA_OK;
    }
    const chosen *subjects = pass_chosen(c->ps, &q->each.sel);
    for (size_t i = 0; i < subjects->n; i++) {
        uint64_t key = events_key(c->ps, q->each.sel.ds, &q->each.keys, subjects->rows[i]);
        uint8_t m = subjects->state[subjects->rows[i]] == 2 || key == EVENT_NO_KEY ? MEMBER_UNKNOWN : judge_key(c, q, key);
        count(&c->out->all, m);
        if (m == MEMBER_BAD) TRY(add_missing(c, q, events_key_text(c->ps, key, q->each.keys.n), &subjects->rows[i]));
    }
    return SLA_OK;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const evidence *x = r->own;
    counter c = {.out = out, .ps = ps};
    sla_status st = SLA_OK;
    for (size_t i = 0; st == SLA_OK && i < x->n; i++) st = judge_requirement(&c, &x->items[i], i);
    if (st == SLA_OK) st = outcome_keep_extra(out, ps);
    else mem_free(out->extra), out->extra = NULL, out->nextra = 0;
    out->counted = true;
    judge_share(ps, r, out, NULL, 0);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for requirements");
}

static const char *const keys[] = {"requires", NULL};
const rule_kind kind_evidence = {"evidence", keys, load, prepare, judge, kind_of_no_rows};
