/* Of the rows of one key the last one holds. Rows are hashed column by column, dealt out by hash to parts small enough for the caches, and looked up in each
 * part on its own: the same rows are found whatever the number of threads, because a part keeps the rows in their order. */
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/store/internal.h"

enum { PARTS = 256, BLOCK = 8192, SMALL = 65536 };
typedef struct entry { uint32_t hash, row; } entry;
typedef struct search {
    table *t;
    uint64_t seed;
    uint64_t *hash;             /* [nrows] */
    entry *dealt;               /* [nrows] by part, in order of rows */
    size_t from[PARTS + 1];
    uint8_t *dead;              /* [nrows] a later row has the same key */
    uint32_t *heir;             /* [nrows] of the dead: the next row of the key; NULL: not asked for */
} search;

static inline uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 32;
}

static inline uint64_t wide_value(const table *t, size_t f, size_t row)
{
    uint64_t v;
    memcpy(&v, (const char *)t->cols[f].data + row * 8, 8);
    return v;
}

/* Rows without the value take a fixed number in its place, chosen without a branch: which rows lack it cannot be foretold. */
#define HASH_AS(T) do { \
        const T *v = t->cols[f].data; \
        for (size_t i = from; i < to; i++) { \
            uint64_t there = 0 - (uint64_t)table_has(t, f, i); \
            h[i] = mix(h[i], ((uint64_t)v[i] & there) | (UINT64_C(0xD6E8FEB86659FD93) & ~there)); \
        } \
    } while (0)

static void hash_column(search *s, size_t f, size_t from, size_t to)
{
    const table *t = s->t;
    uint64_t *h = s->hash;
    if (!t->cols[f].data) return; /* missing in all rows: tells none apart */
    switch (vtype_storage(t->ds->fields[f].type)) {
    case STORE_CODE: HASH_AS(uint32_t); break;
    case STORE_I64: HASH_AS(int64_t); break;
    default:
        for (size_t i = from; i < to; i++) h[i] = mix(h[i], table_has(t, f, i) ? wide_value(t, f, i) : UINT64_C(0xD6E8FEB86659FD93));
    }
}

static sla_status hash_block(void *ctx, size_t block, err *e)
{
    search *s = ctx;
    (void)e;
    size_t from = block * BLOCK, to = from + BLOCK < s->t->nrows ? from + BLOCK : s->t->nrows;
    for (size_t i = from; i < to; i++) s->hash[i] = s->seed;
    for (size_t k = 0; k < s->t->ds->nkey; k++) hash_column(s, s->t->ds->key[k], from, to);
    return SLA_OK;
}

static inline size_t part_of(uint64_t h) { return h >> 56; }

static void deal_out(search *s)
{
    size_t at[PARTS] = {0}, sum = 0, n = s->t->nrows;
    for (size_t i = 0; i < n; i++) at[part_of(s->hash[i])]++;
    for (size_t p = 0; p < PARTS; p++) {
        s->from[p] = sum;
        sum += at[p];
        at[p] = s->from[p];
    }
    s->from[PARTS] = sum;
    for (size_t i = 0; i < n; i++) s->dealt[at[part_of(s->hash[i])]++] = (entry){(uint32_t)s->hash[i], (uint32_t)i};
}

static bool same_key(const table *t, size_t a, size_t b)
{
    for (size_t k = 0; k < t->ds->nkey; k++) {
        size_t f = t->ds->key[k];
        if (!t->cols[f].data) continue;
        bool has = table_has(t, f, a);
        if (has != table_has(t, f, b)) return false;
        if (!has) continue;
        if (vtype_storage(t->ds->fields[f].type) == STORE_CODE ? table_codes(t, f)[a] != table_codes(t, f)[b] : wide_value(t, f, a) != wide_value(t, f, b)) return false;
    }
    return true;
}

static sla_status search_part(void *ctx, size_t part, err *e)
{
    search *s = ctx;
    size_t n = s->from[part + 1] - s->from[part], size = 16;
    const entry *in = s->dealt + s->from[part];
    if (n < 2) return SLA_OK;
    while (size < n * 2) size *= 2;
    uint32_t *slots = mem_zero(size, sizeof *slots); /* number in the part + 1 */
    if (!slots) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the records of %s", s->t->ds->name.ptr);
    for (size_t i = 0; i < n; i++) {
        size_t at = in[i].hash & (size - 1);
        for (; slots[at]; at = (at + 1) & (size - 1)) {
            const entry *other = &in[slots[at] - 1];
            if (other->hash != in[i].hash || !same_key(s->t, other->row, in[i].row)) continue;
            s->dead[other->row] = 1;
            if (s->heir) s->heir[other->row] = in[i].row;
            break;
        }
        slots[at] = (uint32_t)i + 1;
    }
    mem_free(slots);
    return SLA_OK;
}

/* ---- taking the dead ones out ---- */
#define COMPACT(T) do { T *v = data; for (size_t i = 0; i < n; i++) { v[to] = v[i]; to += !s->dead[i]; } } while (0)

static void compact(const search *s, void *data, size_t width)
{
    size_t to = 0, n = s->t->nrows;
    if (width == 4) COMPACT(uint32_t);
    else COMPACT(uint64_t);
}

static void compact_bits(const search *s, uint64_t *bits)
{
    size_t to = 0, n = s->t->nrows;
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->dead[i]) continue;
        word |= (uint64_t)bits_get(bits, i) << (to & 63);
        if ((++to & 63) == 0) {
            bits[to / 64 - 1] = word;
            word = 0;
        }
    }
    if (to & 63) bits[to / 64] = word;
    for (size_t w = BITS_WORDS(to); w < BITS_WORDS(n); w++) bits[w] = 0;
}

static sla_status compact_column(void *ctx, size_t f, err *e)
{
    search *s = ctx;
    table *t = s->t;
    (void)e;
    if (f == t->ds->nfields) {
        if (t->source) compact(s, t->source, 4);
        compact(s, t->lines, 4);
    } else if (t->cols[f].data) {
        compact(s, t->cols[f].data, vtype_storage(t->ds->fields[f].type) == STORE_CODE ? 4 : 8);
        compact_bits(s, t->cols[f].valid);
    }
    return SLA_OK;
}

sla_status table_supersede(table *t, uint32_t *heir, err *e)
{
    uintptr_t where[2] = {(uintptr_t)t, (uintptr_t)&where}; /* a seed that a hostile file cannot know; what is found does not depend on it */
    search s = {.t = t, .seed = hash64(where, sizeof where, 0), .heir = heir};
    if (t->ds->nkey == 0 || t->nrows < 2) return SLA_OK;
    s.hash = mem_resize(NULL, t->nrows, sizeof *s.hash);
    s.dealt = mem_resize(NULL, t->nrows, sizeof *s.dealt);
    s.dead = mem_zero(t->nrows, 1);
    sla_status st = s.hash && s.dealt && s.dead ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the records of %s", t->ds->name.ptr);
    if (st == SLA_OK) st = pool_each((t->nrows + BLOCK - 1) / BLOCK, hash_block, &s, e);
    if (st == SLA_OK) deal_out(&s);
    if (st == SLA_OK) st = t->nrows > SMALL ? pool_each(PARTS, search_part, &s, e) : SLA_OK;
    for (size_t p = 0; st == SLA_OK && t->nrows <= SMALL && p < PARTS; p++) st = search_part(&s, p, e);
    for (size_t i = 0; st == SLA_OK && i < t->nrows; i++) t->superseded += s.dead[i];
    if (st == SLA_OK && t->superseded) {
        st = pool_each(t->ds->nfields + 1, compact_column, &s, e);
        t->nrows -= t->superseded;
    }
    mem_free(s.hash);
    mem_free(s.dealt);
    mem_free(s.dead);
    return st;
}
