#include "engine/lang/index.h"

#include <stdlib.h>

#include "engine/base/bits.h"
#include "engine/base/digest.h"
#include "engine/base/mem.h"

const tcolumn *world_column(const world *w, const dataset *ds, size_t i, bool derived)
{
    const table *t = w->tables[ds->idx];
    const tcolumn *c = NULL;
    if (derived) c = i < w->derived[ds->idx].n ? &w->derived[ds->idx].cols[i] : NULL;
    else if (t && i < ds->nfields) c = &t->cols[i];
    return c && c->data && c->valid ? c : NULL;
}

static uint64_t part_bits(const void *data, storage st, size_t i)
{
    if (st == STORE_CODE) return ((const uint32_t *)data)[i];
    if (st == STORE_I64) return (uint64_t)((const int64_t *)data)[i];
    double v = ((const double *)data)[i];
    uint64_t bits;
    if (v == 0) v = 0; /* -0 and 0 are the same key */
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static storage col_storage(const row_index *ix, uint32_t k) { return vtype_storage(ix->def.ds->fields[ix->def.cols[k]].type); }
static const void *col_data(const row_index *ix, uint32_t k) { return ix->t->cols[ix->def.cols[k]].data; }

static bool row_is_later(const row_index *ix, size_t row)
{
    const uint64_t *later = ix->w->later[ix->def.ds->idx];
    return later && bits_get(later, row);
}

static bool row_has_key(const row_index *ix, size_t row)
{
    if (row_is_later(ix, row)) return false;
    for (uint32_t k = 0; k < ix->def.ncols; k++)
        if (!column_has(&ix->t->cols[ix->def.cols[k]], row)) return false;
    return true;
}

static bool row_is(const row_index *ix, size_t row, const uint64_t *key)
{
    for (uint32_t k = 0; k < ix->def.ncols; k++)
        if (part_bits(col_data(ix, k), col_storage(ix, k), row) != key[k]) return false;
    return true;
}

/* Where key stands in the hash, or the empty place for it. */
static uint32_t hash_place(const row_index *ix, const uint64_t *key)
{
    uint32_t h = (uint32_t)hash64(key, ix->def.ncols * sizeof *key, 7) & (ix->cap_hash - 1);
    for (; ix->hash[h]; h = (h + 1) & (ix->cap_hash - 1)) {
        uint32_t v = ix->hash[h] - 1;
        if (row_is(ix, ix->def.unique ? v : ix->first_row[v], key)) break;
    }
    return h;
}

static void add_row(row_index *ix, size_t row)
{
    uint64_t key[KEY_MAX];
    if (!row_has_key(ix, row)) {
        if (ix->group_of) ix->group_of[row] = ROW_NONE;
        return;
    }
    for (uint32_t k = 0; k < ix->def.ncols; k++) key[k] = part_bits(col_data(ix, k), col_storage(ix, k), row);
    uint32_t *place = ix->by_code ? &ix->by_code[key[0]] : &ix->hash[hash_place(ix, key)];
    if (ix->def.unique) {
        *place = (uint32_t)row + 1;
        return;
    }
    if (*place == 0) {
        ix->first_row[ix->ngroups] = (uint32_t)row;
        *place = ++ix->ngroups;
    }
    ix->group_of[row] = *place - 1;
}

/* The usual index, by one column of codes, without the generality of add_row: its places are asked for ahead, so that the waits for memory overlap. */
static void group_by_code(row_index *ix)
{
    enum { AHEAD = 16 };
    const tcolumn *c = &ix->t->cols[ix->def.cols[0]];
    const uint32_t *codes = c->data;
    for (size_t i = 0; i < ix->t->nrows; i++) {
        if (i + AHEAD < ix->t->nrows) __builtin_prefetch(&ix->by_code[codes[i + AHEAD]], 1);
        if (!column_has(c, i) || row_is_later(ix, i)) {
            ix->group_of[i] = ROW_NONE;
            continue;
        }
        uint32_t *place = &ix->by_code[codes[i]];
        if (*place == 0) {
            ix->first_row[ix->ngroups] = (uint32_t)i;
            *place = ++ix->ngroups;
        }
        ix->group_of[i] = *place - 1;
    }
}

static bool allocate(row_index *ix)
{
    size_t n = ix->t->nrows;
    if (ix->def.ncols == 1 && col_storage(ix, 0) == STORE_CODE) {
        ix->ncodes = dict_count(ix->w->dict);
        if (!(ix->by_code = mem_zero((size_t)ix->ncodes + 1, sizeof *ix->by_code))) return false;
    } else {
        ix->cap_hash = 16;
        while (ix->cap_hash < n * 2 && ix->cap_hash < UINT32_C(1) << 31) ix->cap_hash *= 2;
        if (!(ix->hash = mem_zero(ix->cap_hash, sizeof *ix->hash))) return false;
    }
    if (ix->def.unique) return true;
    return (ix->first_row = mem_resize(NULL, n + 1, sizeof *ix->first_row)) && (ix->group_of = mem_resize(NULL, n + 1, sizeof *ix->group_of));
}

sla_status index_new(const world *w, const look_def *d, row_index **out, err *e)
{
    row_index *ix = mem_zero(1, sizeof *ix);
    if (!ix) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    ix->w = w;
    ix->def = *d;
    const table *t = w->tables[d->ds->idx];
    if (t && t->imported) {
        ix->t = t;
        sla_status st = SLA_OK;
        if (t->nrows >= UINT32_C(1) << 30) st = err_set(e, SLA_LIMIT, SRCPOS_NONE, "%.*s has too many rows to be looked up", SLICE_ARG(d->ds->name));
        else if (!allocate(ix)) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
        if (st != SLA_OK) {
            index_free(ix);
            return st;
        }
        if (ix->by_code && !d->unique && t->cols[d->cols[0]].data) group_by_code(ix);
        else for (size_t i = 0; i < t->nrows; i++) add_row(ix, i);
        uint32_t *fit = ix->first_row ? mem_resize(ix->first_row, (size_t)ix->ngroups + 1, sizeof *fit) : NULL;
        if (fit) ix->first_row = fit;
    }
    *out = ix;
    return SLA_OK;
}

void index_free(row_index *ix)
{
    if (!ix) return;
    mem_free(ix->by_code);
    mem_free(ix->hash);
    mem_free(ix->first_row);
    mem_free(ix->group_of);
    mem_free(ix->offsets);
    mem_free(ix->rows);
    mem_free(ix);
}

void index_find(const row_index *ix, const key_part *parts, size_t n, uint32_t *out)
{
    if (!ix->t) {
        for (size_t i = 0; i < n; i++) out[i] = ROW_NONE;
    } else if (ix->by_code) {
        const uint32_t *codes = parts[0].data;
        for (size_t i = 0; i < n; i++) out[i] = codes[i] < ix->ncodes && ix->by_code[codes[i]] ? ix->by_code[codes[i]] - 1 : ROW_NONE;
    } else {
        uint64_t key[KEY_MAX];
        for (size_t i = 0; i < n; i++) {
            for (uint32_t k = 0; k < ix->def.ncols; k++) key[k] = part_bits(parts[k].data, parts[k].st, i);
            uint32_t h = hash_place(ix, key);
            out[i] = ix->hash[h] ? ix->hash[h] - 1 : ROW_NONE;
        }
    }
}

typedef struct dated { int64_t at; uint32_t row; } dated;
static int by_time(const void *a, const void *b)
{
    const dated *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static bool sort_groups(row_index *ix, const tcolumn *times)
{
    dated *d = mem_resize(NULL, ix->t->nrows + 1, sizeof *d);
    if (!d) return false;
    for (uint32_t g = 0; g < ix->ngroups; g++) {
        uint32_t from = ix->offsets[g], n = ix->offsets[g + 1] - from;
        bool sorted = true;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t row = ix->rows[from + i];
            d[i] = (dated){column_has(times, row) ? ((const int64_t *)times->data)[row] : INT64_MIN, row};
            sorted = sorted && (i == 0 || d[i - 1].at <= d[i].at);
        }
        if (sorted) continue;
        qsort(d, n, sizeof *d, by_time);
        for (uint32_t i = 0; i < n; i++) ix->rows[from + i] = d[i].row;
    }
    mem_free(d);
    return true;
}

/* The first place in [from, to) whose time is not before t. */
static uint32_t first_not_before(const row_index *ix, const int64_t *times, uint32_t from, uint32_t to, int64_t t)
{
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;
        if (times[ix->rows[mid]] < t) from = mid + 1;
        else to = mid;
    }
    return from;
}

row_spans index_between(const row_index *ix, uint32_t group, int64_t lo, int64_t hi)
{
    uint32_t from = ix->offsets[group], to = ix->offsets[group + 1], with = from;
    int tf = ix->def.ds->time_field;
    const tcolumn *c = tf >= 0 ? &ix->t->cols[tf] : NULL;
    if (!c || !c->data || (lo == INT64_MIN && hi == INT64_MAX)) return (row_spans){from, from, from, to};
    while (with < to && !column_has(c, ix->rows[with])) with++; /* rows without a time stand first */
    uint32_t begin = first_not_before(ix, c->data, with, to, lo);
    return (row_spans){from, with, begin, hi == INT64_MAX ? to : first_not_before(ix, c->data, begin, to, hi + 1)};
}

sla_status index_sort_rows(row_index *ix, err *e)
{
    if (ix->rows || !ix->t) return SLA_OK;
    size_t n = ix->t->nrows;
    uint32_t *offsets = mem_zero((size_t)ix->ngroups + 2, sizeof *offsets), *rows = mem_resize(NULL, n + 1, sizeof *rows);
    if (!offsets || !rows) {
        mem_free(offsets);
        mem_free(rows);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    }
    for (size_t i = 0; i < n; i++)
        if (ix->group_of[i] != ROW_NONE) offsets[ix->group_of[i] + 2]++;
    for (uint32_t g = 2; g < ix->ngroups + 2; g++) offsets[g] += offsets[g - 1];
    for (size_t i = 0; i < n; i++)
        if (ix->group_of[i] != ROW_NONE) rows[offsets[ix->group_of[i] + 1]++] = (uint32_t)i;
    ix->offsets = offsets;
    ix->rows = rows;
    int tf = ix->def.ds->time_field;
    if (tf < 0 || sort_groups(ix, &ix->t->cols[tf])) return SLA_OK;
    mem_free(offsets);
    mem_free(rows);
    ix->offsets = ix->rows = NULL;
    return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
}

sla_status index_keep_rows(row_index *ix, const uint64_t *truth, const uint64_t *known, err *e)
{
    if (!ix->t) return SLA_OK;
    const uint32_t *offsets = ix->offsets, *rows = ix->rows;
    uint32_t n = 0;
    ix->offsets = mem_resize(NULL, (size_t)ix->ngroups + 2, sizeof *ix->offsets);
    ix->rows = mem_resize(NULL, ix->t->nrows + 1, sizeof *ix->rows);
    if (!ix->offsets || !ix->rows) {
        index_free_rows(ix);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    }
    for (uint32_t g = 0; g < ix->ngroups; g++) {
        ix->offsets[g] = n;
        for (uint32_t k = offsets[g]; k < offsets[g + 1]; k++)
            if (bits_get(truth, rows[k]) || !bits_get(known, rows[k])) ix->rows[n++] = rows[k];
    }
    ix->offsets[ix->ngroups] = n;
    return SLA_OK;
}

void index_free_rows(row_index *ix)
{
    mem_free(ix->offsets);
    mem_free(ix->rows);
    ix->offsets = ix->rows = NULL;
}
