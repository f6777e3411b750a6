#include <string.h>
#include "engine/audit/kind.h"
#include "engine/base/mem.h"

#define KIND_LIST(K) K(record) K(clock) K(metric) K(response) K(precedence) K(burst) K(periodic) K(evidence)
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

sla_status outcome_keep_extra(rule_outcome *out, pass *ps)
{
    extra_finding *lasting = ARENA_NEW(&ps->mem, extra_finding, out->nextra + 1);
    if (lasting && out->nextra) memcpy(lasting, out->extra, out->nextra * sizeof *lasting);
    mem_free(out->extra);
    out->extra = lasting;
    if (!lasting) out->nextra = 0;
    return lasting ? SLA_OK : SLA_NOMEM;
}
