#include "engine/model/batch.h"
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"

static size_t width_of(const field *f) { return vtype_storage(f->type) == STORE_CODE ? sizeof(uint32_t) : sizeof(int64_t); }

static bool column_init(column *c, const field *f, size_t cap)
{
    c->data = mem_resize(NULL, cap, width_of(f));
    c->valid = mem_zero(BITS_WORDS(cap), sizeof *c->valid);
    if (vtype_storage(f->type) == STORE_CODE) c->codes = dict_new();
    return c->data && c->valid && (vtype_storage(f->type) != STORE_CODE || c->codes);
}

batch *batch_new(const dataset *ds, size_t cap)
{
    if (cap == 0 || cap > BATCH_ROWS_MAX) return NULL;
    batch *b = mem_zero(1, sizeof *b);
    if (!b) return NULL;
    b->ds = ds;
    b->cap = cap;
    b->cols = mem_zero(ds->nfields, sizeof *b->cols);
    b->lines = mem_zero(cap, sizeof *b->lines);
    bool ok = b->cols && b->lines;
    for (size_t i = 0; ok && i < ds->nfields; i++) ok = column_init(&b->cols[i], &ds->fields[i], cap);
    if (ok) return b;
    batch_free(b);
    return NULL;
}

void batch_free(batch *b)
{
    if (!b) return;
    for (size_t i = 0; b->cols && i < b->ds->nfields; i++) {
        mem_free(b->cols[i].data);
        mem_free(b->cols[i].valid);
        dict_free(b->cols[i].codes);
    }
    mem_free(b->cols);
    mem_free(b->lines);
    mem_free(b);
}

void batch_reset(batch *b)
{
    for (size_t i = 0; i < b->ds->nfields; i++) {
        column *c = &b->cols[i];
        if (c->used) {
            memset(c->valid, 0, BITS_WORDS(b->nrows) * sizeof *c->valid);
            if (c->codes) dict_reset(c->codes);
        }
        c->used = false;
    }
    b->nrows = 0;
}

size_t batch_add_row(batch *b, uint32_t line)
{
    if (b->nrows == b->cap) return SIZE_MAX;
    b->lines[b->nrows] = line;
    return b->nrows++;
}

void batch_set_i64(batch *b, size_t row, size_t col, int64_t v)
{
    ((int64_t *)b->cols[col].data)[row] = v;
    bits_set(b->cols[col].valid, row);
    b->cols[col].used = true;
}

void batch_set_f64(batch *b, size_t row, size_t col, double v)
{
    ((double *)b->cols[col].data)[row] = v;
    bits_set(b->cols[col].valid, row);
    b->cols[col].used = true;
}

sla_status batch_set_text(batch *b, size_t row, size_t col, slice s)
{
    uint32_t code = dict_intern(b->cols[col].codes, s);
    if (code == DICT_NONE) return SLA_NOMEM;
    ((uint32_t *)b->cols[col].data)[row] = code;
    bits_set(b->cols[col].valid, row);
    b->cols[col].used = true;
    return SLA_OK;
}
