#include "engine/audit/kind.h"

extern const rule_kind kind_record, kind_clock, kind_metric;
static const rule_kind *const kinds[] = {&kind_record, &kind_clock, &kind_metric};
enum { NKINDS = sizeof kinds / sizeof kinds[0] };

const rule_kind *kind_by_name(slice name)
{
    for (size_t i = 0; i < NKINDS; i++)
        if (slice_is(name, kinds[i]->name)) return kinds[i];
    return NULL;
}

const char *const *kind_names(size_t *n)
{
    static const char *const names[] = {"record", "clock", "metric"};
    *n = sizeof names / sizeof names[0];
    return names;
}
