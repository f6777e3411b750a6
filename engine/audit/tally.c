/* Counting members, by groups, and what the counts say of a target. Shares are compared as integers, never as rounded numbers. */
#include <stdlib.h>
#include "engine/audit/pass.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"

void tally_members(const uint8_t *m, size_t n, tally *out)
{
    int64_t c[5] = {0};
    for (size_t i = 0; i < n; i++) c[m[i]]++;
    *out = (tally){c[MEMBER_GOOD] + c[MEMBER_BAD] + c[MEMBER_UNKNOWN], c[MEMBER_GOOD], c[MEMBER_BAD], c[MEMBER_UNKNOWN], c[MEMBER_RUNNING]};
}

typedef struct grouped { res_group g; double order; } grouped;

static int by_key(const void *a, const void *b)
{
    const grouped *x = a, *y = b;
    if (x->order < y->order || x->order > y->order) return x->order < y->order ? -1 : 1;
    return slice_cmp(x->g.key, y->g.key);
}

static void count_member(res_group *g, uint8_t m)
{
    g->population += m == MEMBER_GOOD || m == MEMBER_BAD || m == MEMBER_UNKNOWN;
    g->conforming += m == MEMBER_GOOD;
    g->nonconforming += m == MEMBER_BAD;
    g->unknown += m == MEMBER_UNKNOWN;
    g->running += m == MEMBER_RUNNING;
}

sla_status tally_groups(pass *ps, const dataset *ds, const breakdown *b, const uint8_t *members, res_group **out, size_t *n, err *e)
{
    const kept *k = pass_kept(ps, ds, b->slot);
    size_t rows = ps->w.tables[ds->idx]->nrows, ngroups = k ? k->ngroups + 1u : 0;
    grouped *g = mem_zero(ngroups, sizeof *g); /* the first is that of members without a key */
    sla_status st = g && k->group && (*out = ARENA_NEW(&ps->mem, res_group, ngroups)) ? SLA_OK : SLA_NOMEM;
    for (size_t row = 0; st == SLA_OK && row < rows; row++)
        if (members[row] != MEMBER_OUT) count_member(&g[k->group[row]].g, members[row]);
    *n = 0;
    for (size_t i = 0; st == SLA_OK && i < ngroups; i++) {
        if (g[i].g.population + g[i].g.running == 0) continue;
        slice key = i ? pass_text(ps, k->keys[i - 1]) : (slice){0};
        g[i].g.by = b->name;
        g[i].g.key = key.ptr ? key : SLICE_LIT("");
        g[i].g.met = true;
        g[i].order = pass_key_order(k, key);
        g[(*n)++] = g[i];
    }
    if (st == SLA_OK && *n) qsort(g, *n, sizeof *g, by_key);
    for (size_t i = 0; st == SLA_OK && i < *n; i++) (*out)[i] = g[i].g;
    mem_free(g);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for groups by %.*s", SLICE_ARG(b->name));
}

/* good/of against num/den, in 128 bits. */
int bound_compare(const bound *b, int64_t good, int64_t of)
{
    __extension__ typedef __int128 wide;
    wide left = (wide)good * b->den, right = (wide)b->num * of;
    return b->at_most ? left <= right : left >= right;
}

bool bound_met(const bound *b, double value) { return b->at_most ? value <= b->value : value >= b->value; }

/* With the unknown ones counted as good (sign 1), bad (-1) or left out (0): is every target met? */
static bool met_with(const bound *b, int64_t good, int64_t bad, int64_t unknown, int sign)
{
    if (sign > 0) good += unknown;
    if (sign < 0) bad += unknown;
    return good + bad == 0 || !b->has || bound_compare(b, good, good + bad);
}

static const bound *bound_of(const rule *r, slice key)
{
    for (size_t i = 0; i < r->ntargets; i++)
        if (slice_eq(r->targets[i].key, key)) return &r->targets[i].b;
    return &r->target;
}

static bool all_met(const rule *r, const rule_outcome *o, const res_group *g, size_t n, const bound *share, int sign)
{
    if (n == 0) return met_with(share, o->all.good, o->all.bad, o->all.unknown, sign);
    for (size_t i = 0; i < n; i++)
        if (!met_with(bound_of(r, g[i].key), g[i].conforming, g[i].nonconforming, g[i].unknown, sign)) return false;
    return true;
}

void judge_share(const pass *ps, const rule *r, rule_outcome *o, const res_group *g, size_t n)
{
    /* The share of the good ones: a metric's upper bound on bad ones is the same as a lower bound on good ones. */
    bound share = r->target;
    if (share.at_most && r->m.kind == MEASURE_SHARE) share.at_most = false, share.num = share.den - share.num;
    tally *t = &o->all;
    if (t->population == 0) {
        o->v = VERDICT_NOT_APPLICABLE;
        o->reason = reason_empty();
        return;
    }
    if (t->unknown) {
        o->has_bounds = true;
        o->low = (double)t->good / (double)t->population;
        o->high = (double)(t->good + t->unknown) / (double)t->population;
    }
    bool tolerable = pass_tolerates(ps, t->unknown, t->population);
    bool good = all_met(r, o, g, n, &share, 1), bad = all_met(r, o, g, n, &share, -1);
    if (tolerable && t->good + t->bad > 0) o->v = all_met(r, o, g, n, &share, 0) ? VERDICT_CONFORMS : VERDICT_FAILS;
    else if (good == bad && t->good + t->bad > 0) o->v = good ? VERDICT_CONFORMS : VERDICT_FAILS;
    else {
        o->v = VERDICT_NOT_ASSESSED;
        o->reason = reason_unknown(t->unknown, t->population, o->low, o->high, (arena *)(uintptr_t)&ps->mem);
    }
}
