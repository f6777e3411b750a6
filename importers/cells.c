#include "importers/cells.h"
#include <string.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"

sla_status cells_init(cells *c, size_t ncols)
{
    *c = (cells){.ncols = ncols};
    c->at = mem_zero(ncols * CELLS_ROWS, sizeof *c->at);
    return c->at ? SLA_OK : SLA_NOMEM;
}

void cells_reset(cells *c)
{
    c->nrows = 0;
    arena_free(&c->scratch);
}

void cells_clear(cells *c)
{
    mem_free(c->at);
    arena_free(&c->scratch);
    *c = (cells){0};
}

void reject_list_clear(reject_list *l)
{
    mem_free(l->items);
    arena_free(&l->mem);
    *l = (reject_list){0};
}

/* At most 200 characters of a value are kept. */
static slice shortened(slice s)
{
    size_t i = 0, n = 0;
    while (i < s.len && n < 200) {
        uint32_t cp;
        i += utf8_decode(s.ptr + i, s.len - i, &cp);
        n++;
    }
    return (slice){s.ptr, i};
}

sla_status reject_list_add(reject_list *l, uint32_t line, uint32_t col, slice name, slice value, const char *reason, bool row)
{
    if (mem_grow(&l->items, &l->cap, l->n + 1, sizeof *l->items)) return SLA_NOMEM;
    reject r = {line, col, name, arena_slice(&l->mem, shortened(value)), slice_of(reason), row};
    if (value.len && !r.value.ptr) return SLA_NOMEM;
    l->items[l->n++] = r;
    *(row ? &l->rows : &l->values) += 1;
    return SLA_OK;
}
