/* A dataset as one table: chunks unpacked behind one another, texts brought to the codes of the world's dictionary, superseded rows left out. */
#include <sqlite3.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "engine/store/internal.h"

typedef struct part { int64_t chunk, source; size_t nrows, row0; } part;
typedef struct loader { store *s; const dataset *ds; dict *world; table *t; part *parts; size_t nparts, cap; } loader;

static sla_status list_parts(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    TRY(db_prepare(&l->s->d, "SELECT id, source, nrows FROM chunk WHERE dataset=? ORDER BY source, seq", &st, e));
    db_bind_text(st, 1, l->ds->name);
    sla_status rc = db_step(&l->s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        int64_t n = db_col_i64(st, 2);
        if (n <= 0 || n > BATCH_ROWS_MAX) rc = err_set(e, SLA_CONFLICT, (srcpos){l->s->d.name, 0, 0}, "chunk %lld is damaged", (long long)db_col_i64(st, 0));
        else if (mem_grow(&l->parts, &l->cap, l->nparts + 1, sizeof *l->parts)) rc = SLA_NOMEM;
        else {
            l->parts[l->nparts++] = (part){db_col_i64(st, 0), db_col_i64(st, 1), (size_t)n, l->t->nrows};
            l->t->nrows += (size_t)n;
            rc = db_step(&l->s->d, st, &row, e);
        }
    }
    db_finalize(st);
    return rc;
}

static sla_status was_imported(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    l->t->imported = l->nparts > 0;
    if (l->t->imported) return SLA_OK;
    TRY(db_prepare(&l->s->d, "SELECT 1 FROM source WHERE dataset=? LIMIT 1", &st, e));
    db_bind_text(st, 1, l->ds->name);
    sla_status rc = db_step(&l->s->d, st, &l->t->imported, e);
    db_finalize(st);
    return rc;
}

static slice blob_at(sqlite3_stmt *st, int col)
{
    const void *p = sqlite3_column_blob(st, col);
    return (slice){p, p ? (size_t)sqlite3_column_bytes(st, col) : 0};
}

static sla_status load_codes(loader *l, slice blob, const part *p, size_t f)
{
    tcolumn *col = &l->t->cols[f];
    uint32_t *out = (uint32_t *)col->data + p->row0;
    packed_texts texts;
    TRY(unpack_codes(blob, p->nrows, out, col->valid, p->row0, &texts));
    uint32_t *map = mem_resize(NULL, texts.count, sizeof *map);
    if (!map) return SLA_NOMEM;
    size_t offset = 0;
    sla_status st = SLA_OK;
    for (size_t i = 0; i < texts.count && st == SLA_OK; i++)
        if ((map[i] = dict_intern(l->world, packed_text(&texts, i, &offset))) == DICT_NONE) st = SLA_NOMEM;
    for (size_t i = 0; i < p->nrows && st == SLA_OK; i++) out[i] = map[out[i]];
    mem_free(map);
    return st;
}

static sla_status load_blob(loader *l, slice blob, const part *p, size_t f)
{
    tcolumn *col = &l->t->cols[f];
    storage st = vtype_storage(l->ds->fields[f].type);
    if (!col->data) {
        col->data = mem_zero(l->t->nrows, st == STORE_CODE ? 4 : 8);
        col->valid = mem_zero(BITS_WORDS(l->t->nrows), 8);
        if (!col->data || !col->valid) return SLA_NOMEM;
    }
    if (st == STORE_CODE) return load_codes(l, blob, p, f);
    if (st == STORE_F64) return unpack_f64(blob, p->nrows, (double *)col->data + p->row0, col->valid, p->row0);
    return unpack_i64(blob, p->nrows, (int64_t *)col->data + p->row0, col->valid, p->row0);
}

static sla_status damaged(loader *l, sla_status st, const part *p, slice column_name, err *e)
{
    if (st != SLA_CONFLICT) return err_set(e, st, SRCPOS_NONE, "no memory for the records of %s", l->ds->name.ptr);
    err_set(e, st, (srcpos){l->s->d.name, 0, 0}, "column %.*s of chunk %lld (%s) is damaged", SLICE_ARG(column_name), (long long)p->chunk, l->ds->name.ptr);
    err_hint(e, "the workspace is not what was written: take a sound copy, or import again");
    return st;
}

static sla_status load_column(loader *l, size_t f, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row;
    slice name = l->ds->fields[f].name;
    TRY(db_prepare(&l->s->d, "SELECT data FROM chunk_column WHERE chunk=? AND field=?", &st, e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; i < l->nparts && rc == SLA_OK; i++) {
        db_bind_i64(st, 1, l->parts[i].chunk);
        db_bind_text(st, 2, name);
        rc = db_step(&l->s->d, st, &row, e);
        if (rc != SLA_OK || !row) continue;
        rc = load_blob(l, blob_at(st, 0), &l->parts[i], f);
        if (rc != SLA_OK) damaged(l, rc, &l->parts[i], name, e);
        sqlite3_reset(st);
    }
    db_finalize(st);
    return rc;
}

static sla_status load_provenance(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row;
    size_t n = l->t->nrows;
    l->t->source = mem_zero(n ? n : 1, sizeof *l->t->source);
    l->t->lines = mem_zero(n ? n : 1, sizeof *l->t->lines);
    if (!l->t->source || !l->t->lines) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the records of %s", l->ds->name.ptr);
    TRY(db_prepare(&l->s->d, "SELECT lines FROM chunk WHERE id=?", &st, e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; i < l->nparts && rc == SLA_OK; i++) {
        const part *p = &l->parts[i];
        db_bind_i64(st, 1, p->chunk);
        rc = db_step(&l->s->d, st, &row, e);
        if (rc == SLA_OK) rc = row ? unpack_lines(blob_at(st, 0), p->nrows, l->t->lines + p->row0) : SLA_CONFLICT;
        if (rc != SLA_OK) damaged(l, rc, p, SLICE_LIT("lines"), e);
        for (size_t k = 0; k < p->nrows && rc == SLA_OK; k++) l->t->source[p->row0 + k] = (uint32_t)p->source;
        sqlite3_reset(st);
    }
    db_finalize(st);
    return rc;
}

/* ---- supersession: of the rows of one key the last one holds ---- */
static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}

static uint64_t value_bits(const table *t, size_t f, size_t row)
{
    if (!table_has(t, f, row)) return UINT64_C(0xA5A5A5A5A5A5A5A5);
    if (vtype_storage(t->ds->fields[f].type) == STORE_CODE) return table_codes(t, f)[row];
    uint64_t v;
    memcpy(&v, (const char *)t->cols[f].data + row * 8, 8);
    return v;
}

static bool same_key(const table *t, size_t a, size_t b)
{
    for (size_t k = 0; k < t->ds->nkey; k++) {
        size_t f = t->ds->key[k];
        if (table_has(t, f, a) != table_has(t, f, b) || (table_has(t, f, a) && value_bits(t, f, a) != value_bits(t, f, b))) return false;
    }
    return true;
}

/* dead: bit of each row that a later one replaces. */
static sla_status find_superseded(const table *t, uint64_t *dead, uint64_t *ndead)
{
    size_t size = 64;
    while (size < t->nrows * 2) size *= 2;
    uint32_t *slots = mem_zero(size, sizeof *slots); /* row + 1 */
    if (!slots) return SLA_NOMEM;
    for (size_t row = 0; row < t->nrows; row++) {
        uint64_t h = 1;
        for (size_t k = 0; k < t->ds->nkey; k++) h = mix(h, value_bits(t, t->ds->key[k], row));
        size_t at = h & (size - 1);
        while (slots[at] && !same_key(t, slots[at] - 1, row)) at = (at + 1) & (size - 1);
        if (slots[at]) {
            bits_set(dead, slots[at] - 1);
            ++*ndead;
        }
        slots[at] = (uint32_t)row + 1;
    }
    mem_free(slots);
    return SLA_OK;
}

static void compact(void *data, size_t width, const uint64_t *dead, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        if (bits_get(dead, i)) continue;
        if (to != i) memcpy((char *)data + to * width, (char *)data + i * width, width);
        to++;
    }
}

static void compact_bits(uint64_t *bits, const uint64_t *dead, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        if (bits_get(dead, i)) continue;
        if (bits_get(bits, i)) bits_set(bits, to);
        else bits_clear(bits, to);
        to++;
    }
    for (; to < n; to++) bits_clear(bits, to);
}

static sla_status supersede(table *t)
{
    if (t->ds->nkey == 0 || t->nrows == 0) return SLA_OK;
    uint64_t *dead = mem_zero(BITS_WORDS(t->nrows), sizeof *dead);
    if (!dead) return SLA_NOMEM;
    sla_status st = find_superseded(t, dead, &t->superseded);
    if (st == SLA_OK && t->superseded) {
        for (size_t f = 0; f < t->ds->nfields; f++) {
            if (!t->cols[f].data) continue;
            compact(t->cols[f].data, vtype_storage(t->ds->fields[f].type) == STORE_CODE ? 4 : 8, dead, t->nrows);
            compact_bits(t->cols[f].valid, dead, t->nrows);
        }
        compact(t->source, sizeof *t->source, dead, t->nrows);
        compact(t->lines, sizeof *t->lines, dead, t->nrows);
        t->nrows -= t->superseded;
    }
    mem_free(dead);
    return st;
}

/* ---- the whole ---- */
static sla_status load(loader *l, const bool *wanted, err *e)
{
    TRY(list_parts(l, e));
    TRY(was_imported(l, e));
    if (l->t->nrows > UINT32_MAX - 1) return err_set(e, SLA_LIMIT, SRCPOS_NONE, "more than 4 billion records of %s", l->ds->name.ptr);
    TRY(load_provenance(l, e));
    for (size_t f = 0; l->t->nrows && f < l->ds->nfields; f++) {
        bool key = false;
        for (size_t k = 0; k < l->ds->nkey; k++) key = key || l->ds->key[k] == f;
        if (key || wanted[f]) TRY(load_column(l, f, e));
    }
    return supersede(l->t) == SLA_OK ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the records of %s", l->ds->name.ptr);
}

sla_status store_table_load(store *s, const dataset *ds, const bool *wanted, dict *world, table **out, err *e)
{
    loader l = {.s = s, .ds = ds, .world = world, .t = mem_zero(1, sizeof *l.t)};
    sla_status st = SLA_NOMEM;
    if (l.t) {
        l.t->ds = ds;
        l.t->cols = mem_zero(ds->nfields, sizeof *l.t->cols);
        st = l.t->cols ? load(&l, wanted, e) : SLA_NOMEM;
    }
    mem_free(l.parts);
    if (st != SLA_OK) {
        table_free(l.t);
        return err_set(e, st, SRCPOS_NONE, "no memory for the records of %s", ds->name.ptr);
    }
    *out = l.t;
    return SLA_OK;
}
