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

static void templates_free(templates *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->cap; i++) mem_free(t->list[i].text);
    mem_free(t->numbers);
    mem_free(t->list);
    mem_free(t->of);
    mem_free(t);
}

void batch_free(batch *b)
{
    if (!b) return;
    for (size_t i = 0; b->cols && i < b->ds->nfields; i++) {
        mem_free(b->cols[i].data);
        mem_free(b->cols[i].valid);
        dict_free(b->cols[i].codes);
        templates_free(b->cols[i].made);
    }
    mem_free(b->cols);
    mem_free(b->lines);
    mem_free(b);
}

static void templates_reset(templates *t, size_t nrows)
{
    memset(t->of, 0, nrows);
    t->n = t->nrows = t->nnumbers = 0;
}

void batch_reset(batch *b)
{
    for (size_t i = 0; i < b->ds->nfields; i++) {
        column *c = &b->cols[i];
        if (c->used) {
            memset(c->valid, 0, BITS_WORDS(b->nrows) * sizeof *c->valid);
            if (c->codes) dict_reset(c->codes);
        }
        if (c->made && c->made->n) templates_reset(c->made, b->nrows);
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

static bool templates_begin(column *c, size_t rows)
{
    templates *t = mem_zero(1, sizeof *t);
    if (!t) return false;
    t->of = mem_zero(rows, sizeof *t->of);
    if (t->of) c->made = t;
    else mem_free(t);
    return c->made != NULL;
}

static bool template_copy(text_template *to, const template_part *parts, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++) bytes += parts[i].literal.len;
    if (mem_grow(&to->text, &to->text_cap, bytes + 1, 1)) return false;
    char *at = to->text;
    to->nparts = n;
    to->nnumbers = 0;
    for (size_t i = 0; i < n; i++) {
        slice literal = parts[i].literal;
        if (literal.len) memcpy(at, literal.ptr, literal.len);
        to->parts[i] = (template_part){{at, literal.len}, parts[i].hole, parts[i].field};
        to->nnumbers += parts[i].hole == HOLE_NUMBER;
        at += literal.len;
    }
    return true;
}

int batch_template_add(batch *b, size_t col, const template_part *parts, size_t n)
{
    column *c = &b->cols[col];
    if (!c->made && !templates_begin(c, b->cap)) return -1;
    templates *t = c->made;
    size_t before = t->cap;
    if (t->n == TEMPLATES_MAX) return 0;
    if (mem_grow(&t->list, &t->cap, t->n + 1, sizeof *t->list)) return -1;
    if (t->cap > before) memset(t->list + before, 0, (t->cap - before) * sizeof *t->list);
    return template_copy(&t->list[t->n], parts, n) ? (int)++t->n : -1;
}

sla_status batch_made_reserve(batch *b, size_t col, size_t rows)
{
    templates *t = b->cols[col].made;
    return mem_grow(&t->numbers, &t->numbers_cap, t->nnumbers + rows * TEMPLATE_PARTS, sizeof *t->numbers) ? SLA_NOMEM : SLA_OK;
}

void batch_set_made(batch *b, size_t row, size_t col, int number, const uint32_t *numbers)
{
    column *c = &b->cols[col];
    templates *t = c->made;
    size_t n = t->list[number - 1].nnumbers;
    for (size_t i = 0; i < n; i++) t->numbers[t->nnumbers + i] = numbers[i];
    t->nnumbers += n;
    t->nrows++;
    t->of[row] = (uint8_t)number;
    bits_set(c->valid, row);
    c->used = true;
}
