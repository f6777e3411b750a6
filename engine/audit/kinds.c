#include <string.h>
#include "engine/audit/kind.h"
#include "engine/base/mem.h"

#define KIND_LIST(K) K(record) K(clock) K(metric) K(response) K(precedence) K(burst) K(periodic) K(evidence) K(sequence) K(integrity) K(scorecard) K(pause)
#define K(name) extern const rule_kind kind_##name;
KIND_LIST(K)
#undef K
static const rule_kind *const kinds[] = {
#define K(name) &kind_##name,
    KIND_LIST(K)
#undef K
};
static const char *const names[] = {
#define K(name) #name,
    KIND_LIST(K)
#undef K
};
enum { NKINDS = sizeof kinds / sizeof kinds[0] };

const rule_kind *kind_by_name(slice name)
{
    for (size_t i = 0; i < NKINDS; i++)
        if (slice_is(name, kinds[i]->name)) return kinds[i];
    return NULL;
}

const char *const *kind_names(size_t *n)
{
    *n = NKINDS;
    return names;
}

bool kind_of_rows(const rule *r)
{
    (void)r;
    return true;
}

bool kind_of_no_rows(const rule *r)
{
    (void)r;
    return false;
}

bool outcome_tells(const pass *ps, member m, slice key)
{
    slice a = ps->asked;
    if (m == MEMBER_BAD || !a.ptr) return m == MEMBER_BAD;
    return key.ptr && key.len >= a.len && memcmp(key.ptr, a.ptr, a.len) == 0 && (key.len == a.len || key.ptr[a.len] == ' ');
}

sla_status outcome_find(rule_outcome *out, pass *ps, const extra_finding *f)
{
    res_observed *o = ARENA_NEW(&ps->mem, res_observed, f->n + 1);
    uint32_t *rows = ARENA_NEW(&ps->mem, uint32_t, f->nrows + 1);
    if (!o || !rows || !f->key.ptr || mem_grow(&out->extra, &out->cap_extra, out->nextra + 1, sizeof *out->extra)) return SLA_NOMEM;
    if (f->n) memcpy(o, f->observed, f->n * sizeof *o);
    if (f->nrows) memcpy(rows, f->rows, f->nrows * sizeof *rows);
    extra_finding *x = &out->extra[out->nextra++];
    *x = *f;
    x->observed = o;
    x->rows = rows;
    return SLA_OK;
}

void outcome_count(rule_outcome *out, member m)
{
    tally *t = &out->all;
    t->population += m != MEMBER_RUNNING && m != MEMBER_OUT;
    t->good += m == MEMBER_GOOD;
    t->bad += m == MEMBER_BAD;
    t->unknown += m == MEMBER_UNKNOWN;
    t->running += m == MEMBER_RUNNING;
}

sla_status outcome_keep(rule_outcome *out, pass *ps, const rule *r, sla_status st, err *e)
{
    extra_finding *lasting = st == SLA_OK ? ARENA_NEW(&ps->mem, extra_finding, out->nextra + 1) : NULL;
    if (lasting && out->nextra) memcpy(lasting, out->extra, out->nextra * sizeof *lasting);
    mem_free(out->extra);
    out->extra = lasting;
    if (lasting) return SLA_OK;
    out->nextra = 0;
    return err_set(e, st == SLA_OK ? SLA_NOMEM : st, SRCPOS_NONE, "no memory to judge %.*s", SLICE_ARG(r->id));
}

sla_status outcome_close(rule_outcome *out, pass *ps, const rule *r, sla_status st, err *e)
{
    out->counted = true;
    TRY(outcome_keep(out, ps, r, st, e));
    judge_share(ps, r, out, NULL, 0);
    return SLA_OK;
}
