#include "engine/audit/repeats.h"
#include <stdlib.h>
#include <string.h>
#include "engine/base/mem.h"

/* ---- loading ---- */
static void load_keys(pack_loader *l, rule *r, const ynode *list, srcpos at, const dataset *ds, repeat *out)
{
    if (!list || list->kind != YNODE_LIST || !list->n || list->n > REPEAT_KEYS) {
        errlist_add(l->errors, SLA_SYNTAX, list ? list->at : at, "a repeat needs a key, a list of 1 to %d expressions", REPEAT_KEYS);
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        breakdown *b = &out->key[out->nkeys];
        b->name = list->items[i]->text;
        b->slot = events_load_expr(l, r, ds, list->items[i], VT_COUNT, &b->type);
        if (b->slot >= 0) out->nkeys++;
    }
}

static void load_one(pack_loader *l, rule *r, const ynode *n, const event_set *s, repeat *out)
{
    const dataset *ds = s->sel.ds;
    const ynode *where = yaml_get(n, "where"), *of = yaml_get(n, "of");
    const calendar *always;
    yaml_check_keys(n, (const char *const[]){"where", "of", "key", "within", "once", "each", NULL}, l->errors);
    if (!where || !of) errlist_add(l->errors, SLA_SYNTAX, n->at, "a repeat needs 'where', the events that say it again, and 'of', the events that tell it");
    *out = (repeat){.at = s->at, .at_type = s->at_type};
    out->where = events_load_expr(l, r, ds, where, VT_BOOL, NULL);
    out->of = (selection){.ds = ds, .period_field = PERIOD_NONE, .where = events_load_expr(l, r, ds, of, VT_BOOL, NULL)};
    load_keys(l, r, yaml_get(n, "key"), n->at, ds, out);
    events_load_limit(l, n, "within", &out->within, &always);
    load_flag(l, n, "once", &out->once);
    load_flag(l, n, "each", &out->each);
}

static const ynode *named(const ynode *map, slice name)
{
    for (size_t i = 0; map && map->kind == YNODE_MAP && i < map->n; i++)
        if (slice_eq(map->items[i]->key, name)) return map->items[i];
    return NULL;
}

void repeats_load(pack_loader *l, rule *r, const ynode *list, const event_set *s, repeats *out)
{
    *out = (repeats){.n = 0};
    if (list && list->kind == YNODE_SCALAR) {
        const ynode *found = named(l->repeats, list->text);
        if (!found) errlist_add(l->errors, SLA_NAME, list->at, "pack.yaml defines no repeats '%.*s'", SLICE_ARG(list->text));
        list = found;
    }
    if (list && (list->kind != YNODE_LIST || list->n > REPEATS)) errlist_add(l->errors, SLA_SYNTAX, list->at, "'repeats' is a list of at most %d entries", REPEATS);
    for (size_t i = 0; list && list->kind == YNODE_LIST && i < list->n && i < REPEATS; i++) load_one(l, r, list->items[i], s, &out->items[out->n++]);
}

void repeats_prepare(const repeats *rs, const dataset *ds, pass *ps)
{
    for (size_t i = 0; i < rs->n; i++) {
        const repeat *x = &rs->items[i];
        pass_keep(ps, ds, x->where, VT_BOOL);
        pass_select(ps, &x->of);
        for (size_t k = 0; k < x->nkeys; k++) pass_keep(ps, ds, x->key[k].slot, x->key[k].type.type);
    }
}

/* ---- judging ---- */
/* An event by the repeat's key. i: its place among the events; of what it may repeat, its row. */
typedef struct told { uint64_t key[REPEAT_KEYS]; int64_t at; size_t i; } told;
typedef struct told_list { told *items; size_t n, cap; } told_list;

static int by_key(const told *a, const told *b)
{
    for (size_t k = 0; k < REPEAT_KEYS; k++)
        if (a->key[k] != b->key[k]) return (a->key[k] > b->key[k]) - (a->key[k] < b->key[k]);
    return 0;
}

static int by_key_and_time(const void *a, const void *b)
{
    const told *x = a, *y = b;
    int c = by_key(x, y);
    if (c) return c;
    if (x->at != y->at) return (x->at > y->at) - (x->at < y->at);
    return (x->i > y->i) - (x->i < y->i);
}

/* Numbers by their bits, texts by their codes: alike only where the values are. false: a part is missing. */
static bool key_of(const kept *const *by, const repeat *x, size_t row, told *out)
{
    memset(out->key, 0, sizeof out->key);
    for (size_t k = 0; k < x->nkeys; k++) {
        if (by[k]->type == VT_TEXT) {
            if ((out->key[k] = kept_code(by[k], row)) == DICT_NONE) return false;
        } else {
            double v = kept_number(by[k], row);
            if (isnan(v)) return false;
            memcpy(&out->key[k], &v, sizeof v);
        }
    }
    return true;
}

static sla_status add(told_list *l, const told *t)
{
    if (mem_grow(&l->items, &l->cap, l->n + 1, sizeof *l->items)) return SLA_NOMEM;
    l->items[l->n++] = *t;
    return SLA_OK;
}

static void sort(told_list *l)
{
    if (l->n) qsort(l->items, l->n, sizeof *l->items, by_key_and_time);
}

static bool has_key(const told_list *l, const told *t)
{
    size_t lo = 0, hi = l->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (by_key(&l->items[mid], t) < 0) lo = mid + 1;
        else hi = mid;
    }
    return lo < l->n && by_key(&l->items[lo], t) == 0;
}

typedef struct collecting { const pass *ps; const repeat *x; const dataset *ds; const kept *where, *by[REPEAT_KEYS]; const chosen *of; told_list again, told; } collecting;

/* The events that may be repeats. */
static sla_status collect_again(collecting *k, const event *e, size_t n)
{
    told t;
    for (size_t i = 0; i < n; i++) {
        if (e[i].key == EVENT_NO_KEY || kept_truth(k->where, e[i].row) != 1 || !key_of(k->by, k->x, e[i].row, &t)) continue;
        t.at = e[i].from, t.i = i;
        TRY(add(&k->again, &t));
    }
    sort(&k->again);
    return SLA_OK;
}

static sla_status add_told(collecting *k, size_t row)
{
    told t = {.i = row};
    int64_t to;
    bool is = chosen_surely(k->of, row) && kept_truth(k->where, row) != 1 && key_of(k->by, k->x, row, &t) && has_key(&k->again, &t) && events_at(k->ps, k->ds, k->x->at, k->x->at_type, row, &t.at, &to);
    return is ? add(&k->told, &t) : SLA_OK;
}

/* What they may repeat: any record, or where each stands for one only those events that count themselves, so that a line that was collected twice does not stand for two. */
static sla_status collect_told(collecting *k, const event *e, size_t n)
{
    for (size_t i = 0; k->x->each && i < n; i++)
        if (e[i].key != EVENT_NO_KEY && bits_get(k->of->in, e[i].row)) TRY(add_told(k, e[i].row));
    for (size_t row = k->x->each ? k->of->nrows : chosen_next(k->of, 0); row < k->of->nrows; row = chosen_next(k->of, row + 1)) TRY(add_told(k, row));
    sort(&k->told);
    return SLA_OK;
}

/* Both lists are sorted: one step for each entry. each: the earliest that still stands for none is taken, which leaves no more events than any other choice. */
static size_t leave_out(const repeat *x, const told_list *again, const told_list *of, event *e)
{
    const told *last = NULL; /* the last one that counts */
    size_t left = 0;
    for (size_t i = 0, j = 0; i < again->n; i++) {
        const told *t = &again->items[i];
        for (int c; j < of->n && ((c = by_key(&of->items[j], t)) < 0 || (c == 0 && of->items[j].at < t->at - x->within)); j++) {}
        bool out = j < of->n && by_key(&of->items[j], t) == 0 && of->items[j].at <= t->at + x->within;
        if (out && x->each) j++;
        if (!out && x->once) out = last && by_key(last, t) == 0 && t->at <= last->at + x->within;
        if (!out) last = t;
        else e[t->i].key = EVENT_NO_KEY, left++;
    }
    return left;
}

sla_status repeats_leave_out(const pass *ps, const repeats *rs, const dataset *ds, event *e, size_t n, size_t *left_out)
{
    sla_status st = SLA_OK;
    *left_out = 0;
    for (size_t i = 0; st == SLA_OK && i < rs->n; i++) {
        const repeat *x = &rs->items[i];
        collecting k = {.ps = ps, .x = x, .ds = ds, .where = pass_kept(ps, ds, x->where), .of = pass_chosen(ps, &x->of)};
        for (size_t b = 0; b < x->nkeys; b++) k.by[b] = pass_kept(ps, ds, x->key[b].slot);
        st = collect_again(&k, e, n);
        if (st == SLA_OK && k.again.n) st = collect_told(&k, e, n);
        if (st == SLA_OK) *left_out += leave_out(x, &k.again, &k.told, e);
        mem_free(k.again.items);
        mem_free(k.told.items);
    }
    return st;
}
