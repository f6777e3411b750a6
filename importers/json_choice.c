#include "importers/json_choice.h"
#include <stdio.h>
#include <string.h>
#include "importers/json_record.h"

/* ---- a place as a table ---- */
typedef struct key_list { slice *names; size_t n; dict *seen; arena *mem; slice member; } key_list;
static bool take_key(void *ctx, slice path, slice value, bool list)
{
    key_list *l = ctx;
    (void)value, (void)list;
    if (!json_record_within(l->member, &path)) return true;
    if (dict_find(l->seen, path) != DICT_NONE || l->n == JSON_COLUMNS_MAX) return true;
    slice copy = arena_slice(l->mem, path);
    if ((path.len && !copy.ptr) || dict_intern(l->seen, path) == DICT_NONE) return false;
    l->names[l->n++] = copy; /* its number is its code */
    return true;
}

/* The keys of all whole records of the head. */
static sla_status read_keys(json_table *t, const input *in, const json_shape *at, key_list *keys)
{
    arena scratch = {0};
    json_reader r = {.p = in->head.ptr + at->start, .end = in->head.ptr + in->head.len, .scratch = &scratch};
    json_flat f = {.r = &r, .put = take_key, .ctx = keys};
    t->columns = dict_new();
    *keys = (key_list){.names = ARENA_NEW(&t->mem, slice, JSON_COLUMNS_MAX), .seen = t->columns, .mem = &t->mem, .member = at->member};
    if (!keys->names || !keys->seen) return SLA_NOMEM;
    for (bool first = true; json_record_next(&r, at, first) && json_record_flatten(&f); first = false) {
        arena_free(&scratch);
        r.scratch = &scratch;
    }
    arena_free(&scratch);
    return scratch.failed ? SLA_NOMEM : SLA_OK;
}

/* Tries one shape. SLA_UNKNOWN_FORMAT: its keys are those of nothing known. */
static sla_status try_shape(json_table *t, const input *in, const json_search *s, size_t *nkeys, err *e)
{
    key_list keys;
    dict_free(t->columns);
    t->columns = NULL;
    planner_close(&t->plan);
    t->plan = (planner){0};
    t->at = s->best;
    snprintf(t->key, sizeof t->key, "%.*s", (int)s->keylen, s->key ? s->key : "");
    TRY(read_keys(t, in, &s->best, &keys));
    *nkeys = keys.n;
    if (keys.n == 0) return err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "JSON without records: no object is found in it");
    return planner_open(&t->plan, in, keys.names, keys.n, e);
}

/* ---- which fits ---- */
/* Few columns, as id and name, fit a dataset by chance. What is known by no more than that, and is no product's, is not what the document is about if a list of objects stands beside it that nothing
 * knows: beside a single object any, beside a list a longer one. */
static bool outweighed(const json_places *s, plan_fit fit, size_t start, size_t length, bool single)
{
    enum { TELLING = 5 };
    bool is = false;
    for (size_t i = 0; i < s->n && !fit.product && fit.fields < TELLING; i++) {
        const json_search *other = &s->at[i];
        is = is || (other->best.list && s->st[i] == SLA_UNKNOWN_FORMAT && !s->fit[i].refused && json_beside(start, length, other) && (single || other->length > length));
    }
    return is;
}

/* A product's records before others; a list before a single object beside it; more fields; of lists the longer one, else what is outermost (a before b). */
static bool better(const json_places *s, size_t a, size_t b)
{
    const json_search *x = &s->at[a], *y = &s->at[b];
    plan_fit fa = s->fit[a], fb = s->fit[b];
    if (fa.product != fb.product) return fb.product;
    if (y->best.list && !x->best.list && json_beside(x->best.start, x->length, y)) return true;
    if (fa.fields != fb.fields) return fb.fields > fa.fields;
    return x->best.list && y->length > x->length;
}

/* Of the shapes that fit the one that fits best; s->n: none. */
static size_t best_shape(const json_places *s)
{
    size_t best = s->n;
    for (size_t i = 0; i < s->n; i++) {
        const json_search *at = &s->at[i];
        if (s->st[i] != SLA_OK || outweighed(s, s->fit[i], at->best.start, at->length, !at->best.list)) continue;
        if (best == s->n || better(s, best, i)) best = i;
    }
    return best;
}

/* What lies in a member of each record of a shape; first: the first of them. */
static sla_status try_member(json_table *t, const input *in, json_places *all, const json_search *at, const char *first, arena *scratch, err *e)
{
    size_t nkeys;
    slice value;
    json_search s = *at;
    s.best.member = arena_slice(&t->mem, json_find_member(first, in->head.ptr + in->head.len, scratch, &value));
    if (scratch->failed || t->mem.failed) return SLA_NOMEM;
    if (!s.best.member.len) return SLA_UNKNOWN_FORMAT;
    TRY(try_shape(t, in, &s, &nkeys, e));
    plan_fit fit = planner_fit(&t->plan);
    if (s.alone ? outweighed(all, fit, (size_t)(value.ptr - in->head.ptr), value.len, true) : s.best.list && outweighed(all, fit, s.best.start, s.length, false)) return SLA_UNKNOWN_FORMAT;
    if (s.alone) all->envelope = value;
    return SLA_OK;
}

/* Records that are the members of an object, or lie in a member of these. */
static sla_status try_members(json_table *t, const input *in, json_places *all, arena *scratch, err *e)
{
    json_search s;
    size_t nkeys = 0;
    err why = {0};
    bool is = json_find_map(in->head, scratch, &s);
    if (scratch->failed) return SLA_NOMEM;
    if (!is) return SLA_UNKNOWN_FORMAT;
    sla_status st = try_shape(t, in, &s, &nkeys, &why);
    if (st == SLA_OK && outweighed(all, planner_fit(&t->plan), s.best.start, s.length, true)) return SLA_UNKNOWN_FORMAT;
    json_reader r = {.p = in->head.ptr + s.best.start, .end = in->head.ptr + in->head.len, .scratch = scratch};
    if (st == SLA_UNKNOWN_FORMAT && json_record_next(&r, &s.best, true)) return try_member(t, in, all, &s, r.p, scratch, e);
    *e = why;
    return scratch->failed ? SLA_NOMEM : st;
}

/* Tries the shapes from no. first on. about: what is said when none fits, about the one with the most keys. *tried: the last one. A product's records as they stand, or several that fit, need no others.
 * Errors what is no SLA_UNKNOWN_FORMAT */
static sla_status try_shapes(json_table *t, const input *in, json_places *s, size_t first, size_t *tried, err *about)
{
    size_t most = 0;
    for (size_t i = 0; i < first; i++) s->st[i] = SLA_UNKNOWN_FORMAT;
    for (size_t i = first; i < s->n; i++) {
        size_t nkeys = 0;
        err why = {0};
        s->st[i] = try_shape(t, in, &s->at[i], &nkeys, &why);
        s->fit[i] = planner_fit(&t->plan);
        *tried = i;
        if (s->st[i] != SLA_OK && s->st[i] != SLA_UNKNOWN_FORMAT) return *about = why, s->st[i];
        if (s->st[i] != SLA_OK && nkeys > most) most = nkeys, *about = why;
        if (i == 0 && s->st[0] == SLA_OK && (s->fit[0].product || !s->at[0].alone)) s->n = 1;
    }
    return SLA_OK;
}

sla_status json_table_open(json_table *t, const input *in, json_places *s, arena *scratch, err *e)
{
    err about = {0}, why;
    bool drafted = in->options->draft != NULL;
    size_t tried = 0, nkeys;
    s->n = json_shapes(in->head, scratch, s->at);
    if (scratch->failed) return SLA_NOMEM;
    err_set(&about, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "JSON without records: no object is found in it");
    sla_status st = try_shapes(t, in, s, drafted && s->n > 1, &tried, &about); /* a draft is wanted of what is within, not of its wrapper */
    if (st != SLA_OK) return *e = about, st;
    size_t best = best_shape(s);
    if (best < s->n) return best == tried ? SLA_OK : try_shape(t, in, &s->at[best], &nkeys, e);
    st = SLA_UNKNOWN_FORMAT;
    for (size_t i = 0; i < s->n && st == SLA_UNKNOWN_FORMAT && !drafted; i++) {
        why = (err){0};
        st = try_member(t, in, s, &s->at[i], in->head.ptr + s->at[i].best.start, scratch, &why);
    }
    if (st == SLA_UNKNOWN_FORMAT && !drafted) {
        why = (err){0};
        st = try_members(t, in, s, scratch, &why);
    }
    if (st != SLA_OK) *e = st == SLA_UNKNOWN_FORMAT ? about : why;
    return st;
}

void json_table_close(json_table *t)
{
    planner_close(&t->plan);
    dict_free(t->columns);
    arena_free(&t->mem);
}
