#include "engine/model/table.h"
#include "engine/base/mem.h"

const tsource *table_source_info(const table *t, uint32_t id)
{
    size_t lo = 0, hi = t->nsources;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (t->sources[mid].id < id) lo = mid + 1;
        else hi = mid;
    }
    return lo < t->nsources && t->sources[lo].id == id ? &t->sources[lo] : NULL;
}

void table_free(table *t)
{
    if (!t) return;
    for (size_t i = 0; t->cols && i < t->ds->nfields; i++) {
        mem_free(t->cols[i].data);
        mem_free(t->cols[i].valid);
    }
    mem_free(t->cols);
    mem_free(t->source);
    mem_free(t->lines);
    mem_free(t->sources);
    mem_free(t);
}
