/* Columns as blobs. All numbers little-endian.
 *   ints    'I' flag [bitmap] ints (ints.c)
 *   reals   'F' flag [bitmap] n × f64, or 'N' flag [bitmap] ints when all are whole numbers of 53 bits
 *   texts   'T' flag [bitmap] texts (texts.c) width:u8 n × code; width 255: no codes, each value is the next text; 64: of 4 bits, the first of two in the low ones
 *   made    'M' …   texts some of which are made of templates (templates.c)
 *   lines   'L' ints
 * flag 1: a bitmap of (n+63)/64 words follows, a set bit is a value that is there; flag 0: all are there. */
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/store/internal.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the packed columns are written as they lie in memory, which must be little-endian"
#endif

enum { TEXTS_MAX = 900 << 20, EACH_THE_NEXT = 255, HALF_BYTES = 64 }; /* SQLite takes blobs of up to 1,000,000,000 bytes */

/* ---- packing ---- */
static int code_width(size_t count) { return count <= 1 ? 0 : count <= 1 << 4 ? HALF_BYTES : count <= 1 << 8 ? 1 : count <= 1 << 16 ? 2 : 4; }
static size_t codes_bytes(int width, size_t n) { return width == HALF_BYTES ? (n + 1) / 2 : width == EACH_THE_NEXT ? 0 : n * (size_t)width; }

void pack_head(buf *out, char tag, const uint64_t *valid, size_t n)
{
    bool all = bits_all(valid, n);
    buf_char(out, tag);
    buf_char(out, all ? 0 : 1);
    if (!all) buf_bytes(out, valid, BITS_WORDS(n) * 8);
}

/* All bits set where bit i is. Which values are missing follows no rule: a branch for each would cost more than the value. */
static uint64_t mask_of(const uint64_t *valid, size_t i) { return 0 - (uint64_t)bits_get(valid, i); }

/* Missing values are given one that is there, so that they cost no width: the one before, and those in front the first one. */
static void fill_gaps(const int64_t *in, const uint64_t *valid, size_t n, int64_t *out)
{
    size_t first = 0;
    while (first < n && !bits_get(valid, first)) first++;
    uint64_t last = first < n ? (uint64_t)in[first] : 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t there = mask_of(valid, i);
        last = ((uint64_t)in[i] & there) | (last & ~there);
        out[i] = (int64_t)last;
    }
}

static sla_status pack_i64(buf *out, char tag, const int64_t *in, const uint64_t *valid, size_t n)
{
    bool all = bits_all(valid, n);
    int64_t *filled = all ? NULL : mem_resize(NULL, n, sizeof *filled);
    if (!all && !filled) return SLA_NOMEM;
    if (!all) fill_gaps(in, valid, n, filled);
    pack_head(out, tag, valid, n);
    sla_status st = ints_pack(out, all ? in : filled, n);
    mem_free(filled);
    return st;
}

/* Of a missing value 0. */
static double value_or_0(const double *in, const uint64_t *valid, size_t i)
{
    uint64_t bits;
    double v;
    memcpy(&bits, &in[i], sizeof bits);
    bits &= mask_of(valid, i);
    memcpy(&v, &bits, sizeof v);
    return v;
}

static sla_status pack_f64(buf *out, const double *in, const uint64_t *valid, size_t n)
{
    int64_t *whole = mem_resize(NULL, n, sizeof *whole);
    if (!whole) return SLA_NOMEM;
    bool all = true;
    for (size_t i = 0; i < n && all; i++) {
        double v = value_or_0(in, valid, i);
        all = v >= -9007199254740992.0 && v <= 9007199254740992.0 && v == (double)(int64_t)v;
        whole[i] = all ? (int64_t)v : 0;
    }
    sla_status st = SLA_OK;
    if (all) st = pack_i64(out, 'N', whole, valid, n);
    else {
        pack_head(out, 'F', valid, n);
        char *p = buf_reserve(out, n * sizeof *in);
        for (size_t i = 0; p && i < n; i++) {
            double v = value_or_0(in, valid, i);
            memcpy(p + i * sizeof v, &v, sizeof v);
        }
        if (p) out->len += n * sizeof *in;
    }
    mem_free(whole);
    return out->failed ? SLA_NOMEM : st;
}

/* Whether the values that are there are the texts one after the other, as where all are new. */
static bool each_the_next(const uint32_t *in, const uint64_t *valid, size_t n, uint32_t count)
{
    uint32_t next = 0;
    if (bits_count(valid, BITS_WORDS(n)) != count) return false;
    for (size_t i = 0; i < n; i++)
        if (bits_get(valid, i) && in[i] != next++) return false;
    return true;
}

#define CODES_AS(T, code) do { for (size_t i = 0; i < n; i++) { T v = (T)(code); memcpy(p + i * sizeof v, &v, sizeof v); } } while (0)
static void put_half_bytes(char *p, const uint32_t *in, const uint64_t *valid, size_t n, bool all)
{
    for (size_t i = 0; all && i + 1 < n; i += 2) p[i / 2] = (char)(in[i] | in[i + 1] << 4);
    for (size_t i = 0; !all && i + 1 < n; i += 2) p[i / 2] = (char)((in[i] & mask_of(valid, i)) | (in[i + 1] & mask_of(valid, i + 1)) << 4); /* of a missing value 0 */
    if (n % 2) p[n / 2] = (char)(in[n - 1] & mask_of(valid, n - 1));
}

#define ALL_CODES_AS(T) do { if (all) CODES_AS(T, in[i]); else CODES_AS(T, bits_get(valid, i) ? in[i] : 0); } while (0)

sla_status pack_codes(buf *out, const uint32_t *in, const uint64_t *valid, size_t n, const dict *d)
{
    if (dict_bytes(d) > TEXTS_MAX) return SLA_LIMIT;
    uint32_t count = dict_count(d), bytes = (uint32_t)dict_bytes(d);
    buf_reserve(out, 32 + n / 8 + (size_t)count * 6 + bytes + codes_bytes(code_width(count), n)); /* grown once */
    pack_head(out, 'T', valid, n);
    TRY(texts_pack(out, d));
    int w = each_the_next(in, valid, n, count) ? EACH_THE_NEXT : code_width(count);
    buf_char(out, (char)w);
    bool all = bits_all(valid, n);
    size_t all_bytes = codes_bytes(w, n);
    char *p = all_bytes ? buf_reserve(out, all_bytes) : NULL;
    if (p) {
        if (w == HALF_BYTES) put_half_bytes(p, in, valid, n, all);
        else if (w == 1) ALL_CODES_AS(uint8_t);
        else if (w == 2) ALL_CODES_AS(uint16_t);
        else ALL_CODES_AS(uint32_t);
        out->len += all_bytes;
    }
    return out->failed ? SLA_NOMEM : SLA_OK;
}

static sla_status pack_lines(buf *out, const uint32_t *lines, size_t n)
{
    int64_t *wide = mem_resize(NULL, n, sizeof *wide);
    if (!wide) return SLA_NOMEM;
    for (size_t i = 0; i < n; i++) wide[i] = lines[i];
    buf_char(out, 'L');
    sla_status st = ints_pack(out, wide, n);
    mem_free(wide);
    return st;
}

static sla_status pack_all(const batch *b, chunk *c)
{
    TRY(pack_lines(&c->lines, b->lines, b->nrows));
    for (size_t f = 0; f < b->ds->nfields; f++) {
        const column *col = &b->cols[f];
        if (!col->used || bits_none(col->valid, BITS_WORDS(b->nrows))) continue;
        packed_column *to = &c->cols[c->ncols++];
        to->field = b->ds->fields[f].name;
        switch (vtype_storage(b->ds->fields[f].type)) {
        case STORE_I64: TRY(pack_i64(&to->data, 'I', col->data, col->valid, b->nrows)); break;
        case STORE_F64: TRY(pack_f64(&to->data, col->data, col->valid, b->nrows)); break;
        default: TRY(col->made && col->made->n ? templates_pack(&to->data, b, col) : pack_codes(&to->data, col->data, col->valid, b->nrows, col->codes));
        }
    }
    return SLA_OK;
}

sla_status chunk_pack(const batch *b, chunk **out, err *e)
{
    chunk *c = mem_zero(1, sizeof *c);
    sla_status st = SLA_NOMEM;
    if (c) {
        c->ds = b->ds;
        c->nrows = b->nrows;
        c->cols = mem_zero(b->ds->nfields, sizeof *c->cols);
        st = !c->cols ? SLA_NOMEM : b->nrows ? pack_all(b, c) : SLA_OK;
        if (st == SLA_OK) st = seal_chunk(c);
    }
    if (st != SLA_OK) {
        chunk_free(c);
        return err_set(e, st, SRCPOS_NONE, st == SLA_LIMIT ? "more than 900 MiB of text in one column of a batch of %s" : "no memory to pack a batch of %s", b->ds->name.ptr);
    }
    *out = c;
    return SLA_OK;
}

void chunk_free(chunk *c)
{
    if (!c) return;
    for (size_t i = 0; c->cols && i < c->ncols; i++) buf_free(&c->cols[i].data);
    mem_free(c->cols);
    buf_free(&c->lines);
    mem_free(c);
}

size_t chunk_rows(const chunk *c) { return c->nrows; }

/* ---- unpacking: nothing that a blob says is believed ---- */
const unsigned char *blob_take(blob_reader *c, size_t n)
{
    if (n > c->left) return NULL;
    const unsigned char *p = c->p;
    c->p += n;
    c->left -= n;
    return p;
}

bool take_head(blob_reader *c, char tag, size_t n, uint64_t *valid, size_t bit0)
{
    const unsigned char *h = blob_take(c, 2);
    if (!h || h[0] != (unsigned char)tag || h[1] > 1) return false;
    const unsigned char *map = h[1] ? blob_take(c, BITS_WORDS(n) * 8) : NULL;
    if (h[1] && !map) return false;
    size_t shift = bit0 & 63;
    uint64_t *to = valid + (bit0 >> 6);
    for (size_t i = 0; i < n; i += 64, to++) {
        uint64_t w = ~UINT64_C(0);
        if (map) memcpy(&w, map + i / 8, 8);
        if (n - i < 64) w &= bits_tail(n);
        to[0] |= w << shift;
        if (shift && w >> (64 - shift)) to[1] |= w >> (64 - shift);
    }
    return true;
}

static bool take_ints(blob_reader *c, size_t n, int64_t *out)
{
    size_t used = ints_unpack(c->p, c->left, n, out);
    return used && blob_take(c, used);
}

static blob_reader over(slice blob) { return (blob_reader){(const unsigned char *)blob.ptr, blob.len}; }

sla_status unpack_lines(slice blob, size_t n, uint32_t *out)
{
    blob_reader c = over(blob);
    const unsigned char *h = blob_take(&c, 1);
    int64_t *wide = mem_zero(n ? n : 1, sizeof *wide);
    if (!wide) return SLA_NOMEM;
    bool ok = h && h[0] == 'L' && take_ints(&c, n, wide) && c.left == 0;
    for (size_t i = 0; ok && i < n; i++) out[i] = (uint32_t)wide[i];
    mem_free(wide);
    return ok ? SLA_OK : SLA_CONFLICT;
}

sla_status unpack_i64(slice blob, size_t n, int64_t *out, uint64_t *valid, size_t bit0)
{
    blob_reader c = over(blob);
    return take_head(&c, 'I', n, valid, bit0) && take_ints(&c, n, out) && c.left == 0 ? SLA_OK : SLA_CONFLICT;
}

sla_status unpack_f64(slice blob, size_t n, double *out, uint64_t *valid, size_t bit0)
{
    blob_reader c = over(blob);
    if (blob.len && blob.ptr[0] == 'N') {
        if (!take_head(&c, 'N', n, valid, bit0) || !take_ints(&c, n, (int64_t *)(void *)out) || c.left) return SLA_CONFLICT;
        for (size_t i = 0; i < n; i++) { /* where the whole number lay, the real number comes to lie */
            int64_t v;
            memcpy(&v, out + i, sizeof v);
            double r = (double)v;
            memcpy(out + i, &r, sizeof r);
        }
        return SLA_OK;
    }
    const unsigned char *p = take_head(&c, 'F', n, valid, bit0) ? blob_take(&c, n * 8) : NULL;
    if (!p || c.left) return SLA_CONFLICT;
    memcpy(out, p, n * 8);
    return SLA_OK;
}

static bool take_each_the_next(size_t n, uint32_t *out, const uint64_t *valid, size_t bit0, size_t count)
{
    size_t next = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint32_t)(next < count ? next : count - 1); /* where none is there it is any */
        next += bits_get(valid, bit0 + i);
    }
    return next == count;
}

sla_status unpack_codes(slice blob, size_t n, uint32_t *out, uint64_t *valid, size_t bit0, packed_texts *texts)
{
    blob_reader c = over(blob);
    size_t used = take_head(&c, 'T', n, valid, bit0) ? texts_unpack(c.p, c.left, texts) : 0;
    if (!used) return SLA_CONFLICT;
    blob_take(&c, used);
    size_t count = texts->count;
    const unsigned char *wp = blob_take(&c, 1);
    if (wp && *wp == EACH_THE_NEXT) return count && !c.left && take_each_the_next(n, out, valid, bit0, count) ? SLA_OK : SLA_CONFLICT;
    if (!wp || *wp != code_width(count)) return SLA_CONFLICT;
    int w = *wp;
    const unsigned char *p = blob_take(&c, codes_bytes(w, n));
    if (count == 0 || (!p && w) || c.left) return SLA_CONFLICT;
    for (size_t i = 0; w == 0 && i < n; i++) out[i] = 0;
    for (size_t i = 0; w == HALF_BYTES && i < n; i++) out[i] = (uint32_t)(p[i / 2] >> i % 2 * 4) & 15;
    for (size_t i = 0; w == 1 && i < n; i++) out[i] = p[i];
    for (size_t i = 0; w == 2 && i < n; i++) { uint16_t v; memcpy(&v, p + 2 * i, 2); out[i] = v; }
    for (size_t i = 0; w == 4 && i < n; i++) memcpy(&out[i], p + 4 * i, 4);
    uint32_t top = 0;
    for (size_t i = 0; i < n; i++) top = out[i] > top ? out[i] : top;
    return top < count ? SLA_OK : SLA_CONFLICT;
}
