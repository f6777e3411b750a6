#include "engine/model/table.h"
#include "engine/base/mem.h"

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
    mem_free(t);
}
