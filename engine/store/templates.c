/* Columns of texts some of which are made of templates (model/batch.h). All numbers little-endian.
 *   'M' flag [bitmap] count:u8 count × template  n × number:u8  numbers  [texts]
 *   template   parts:u8 parts × (len:u8 literal hole:u8 [len:u8 field])      hole: as in model/batch.h; the field by its name
 *   number     0: the row's text is among texts, or it has none; else its template, counted from 1
 *   numbers    by template and hole, of its rows: ints (ints.c)
 *   texts      a column as of tag 'T' (chunk.c): the rows without a template, and the own texts of those that have such a hole; it is missing where there are none */
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/store/internal.h"

/* ---- packing ---- */
static bool has_own(const text_template *t)
{
    for (size_t i = 0; i < t->nparts; i++)
        if (t->parts[i].hole == HOLE_OWN) return true;
    return false;
}

static void put_short(buf *out, slice s)
{
    buf_char(out, (char)s.len);
    buf_slice(out, s);
}

static void put_template(buf *out, const dataset *ds, const text_template *t)
{
    buf_char(out, (char)t->nparts);
    for (const template_part *p = t->parts, *end = p + t->nparts; p < end; p++) {
        put_short(out, p->literal);
        buf_char(out, (char)p->hole);
        if (p->hole == HOLE_FIELD) put_short(out, ds->fields[p->field].name);
    }
}

/* Where the numbers of each template begin once they stand by template and hole. */
static void find_places(const templates *m, size_t n, size_t rows[TEMPLATES_MAX + 1], size_t first[TEMPLATES_MAX + 1])
{
    memset(rows, 0, (TEMPLATES_MAX + 1) * sizeof *rows);
    for (size_t i = 0; i < n; i++) rows[m->of[i]]++;
    first[0] = first[1] = 0;
    for (size_t k = 1; k < m->n; k++) first[k + 1] = first[k] + rows[k] * m->list[k - 1].nnumbers;
}

static sla_status put_numbers(buf *out, const templates *m, size_t n, int64_t *wide)
{
    size_t rows[TEMPLATES_MAX + 1], first[TEMPLATES_MAX + 1], at[TEMPLATES_MAX + 1];
    find_places(m, n, rows, first);
    memcpy(at, first, sizeof at);
    const uint32_t *from = m->numbers;
    for (size_t i = 0; i < n; i++) {
        size_t k = m->of[i], holes = k ? m->list[k - 1].nnumbers : 0;
        for (size_t h = 0; h < holes; h++) wide[at[k] + h * rows[k]] = *from++;
        at[k]++;
    }
    for (size_t k = 1; k <= m->n; k++)
        for (size_t h = 0; h < m->list[k - 1].nnumbers; h++) TRY(ints_pack(out, wide + first[k] + h * rows[k], rows[k]));
    return SLA_OK;
}

/* Which rows have a text by code. */
static void with_codes(const column *c, size_t n, uint64_t *out)
{
    bool own[TEMPLATES_MAX + 1] = {true};
    for (size_t k = 0; k < c->made->n; k++) own[k + 1] = has_own(&c->made->list[k]);
    for (size_t at = 0; at < n; at += 64) {
        uint64_t some = 0;
        for (size_t i = 0; i < 64 && at + i < n; i++) some |= (uint64_t)own[c->made->of[at + i]] << i;
        out[at / 64] = c->valid[at / 64] & some;
    }
}

sla_status templates_pack(buf *out, const batch *b, const column *c)
{
    const templates *m = c->made;
    size_t words = BITS_WORDS(b->nrows);
    int64_t *wide = mem_resize(NULL, m->nnumbers + 1, sizeof *wide);
    uint64_t *coded = mem_zero(words, sizeof *coded);
    sla_status st = wide && coded ? SLA_OK : SLA_NOMEM;
    if (st == SLA_OK) {
        pack_head(out, 'M', c->valid, b->nrows);
        buf_char(out, (char)m->n);
        for (size_t k = 0; k < m->n; k++) put_template(out, b->ds, &m->list[k]);
        buf_bytes(out, m->of, b->nrows);
        with_codes(c, b->nrows, coded);
    }
    if (st == SLA_OK) st = put_numbers(out, m, b->nrows, wide);
    if (st == SLA_OK && !bits_none(coded, words)) st = pack_codes(out, c->data, coded, b->nrows, c->codes);
    mem_free(wide);
    mem_free(coded);
    return st == SLA_OK && out->failed ? SLA_NOMEM : st;
}

/* ---- reading: nothing that a blob says is believed ---- */
enum { TEXTS_MAX = 900 << 20, FIELDS_HELD = 16, DIGITS_MAX = 20 };
/* The texts of another column, or the own ones: of a row the one at its number; at 0 nothing. */
typedef struct row_texts { slice field, *texts; uint32_t *numbers; buf blob; char *block; } row_texts;
typedef struct made_part { slice literal; hole hole; const row_texts *from; int64_t *numbers; } made_part;
typedef struct made { made_part parts[TEMPLATE_PARTS]; size_t nparts, nrows, next; } made; /* next: of its rows, the one whose turn it is */
typedef struct unpacking {
    size_t n;
    const column_source *src;
    made *list; size_t count;
    const unsigned char *of;
    row_texts own, fields[FIELDS_HELD]; size_t nfields;
} unpacking;

static bool take_short(blob_reader *c, slice *s)
{
    const unsigned char *len = blob_take(c, 1), *p = len ? blob_take(c, *len) : NULL;
    if (p) *s = (slice){(const char *)p, *len};
    return p != NULL;
}

/* No row has one. */
static sla_status no_texts(unpacking *u, row_texts *to)
{
    to->texts = mem_zero(1, sizeof *to->texts);
    to->numbers = mem_zero(u->n, sizeof *to->numbers);
    return to->texts && to->numbers ? SLA_OK : SLA_NOMEM;
}

/* A column of texts, by row. */
static sla_status by_row(unpacking *u, slice blob, row_texts *to)
{
    packed_texts t = {0};
    size_t offset = 0;
    uint64_t *valid = mem_zero(BITS_WORDS(u->n), sizeof *valid);
    to->numbers = mem_zero(u->n, sizeof *to->numbers);
    sla_status st = to->numbers && valid ? unpack_codes(blob, u->n, to->numbers, valid, 0, &t) : SLA_NOMEM;
    if (st == SLA_OK && t.back) st = texts_expand(&t, &to->block);
    if (st == SLA_OK && !(to->texts = mem_zero(t.count + 1, sizeof *to->texts))) st = SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < t.count; i++) to->texts[i + 1] = packed_text(&t, i, &offset);
    for (size_t i = 0; st == SLA_OK && i < u->n; i++) to->numbers[i] = bits_get(valid, i) ? to->numbers[i] + 1 : 0;
    mem_free(valid);
    return st;
}

static sla_status texts_of(unpacking *u, slice name, const row_texts **out)
{
    for (size_t i = 0; i < u->nfields; i++)
        if (slice_eq(u->fields[i].field, name)) return *out = &u->fields[i], SLA_OK;
    if (u->nfields == FIELDS_HELD) return SLA_CONFLICT;
    row_texts *f = &u->fields[u->nfields++];
    f->field = name;
    *out = f;
    TRY(u->src->read(u->src->ctx, name, &f->blob));
    return f->blob.len ? by_row(u, (slice){f->blob.ptr, f->blob.len}, f) : no_texts(u, f);
}

static sla_status take_template(unpacking *u, blob_reader *c, made *m)
{
    const unsigned char *n = blob_take(c, 1);
    slice name;
    if (!n || *n > TEMPLATE_PARTS) return SLA_CONFLICT;
    for (m->nparts = 0; m->nparts < *n; m->nparts++) {
        made_part *p = &m->parts[m->nparts];
        const unsigned char *kind = take_short(c, &p->literal) ? blob_take(c, 1) : NULL;
        if (!kind || *kind > HOLE_OWN || (*kind == HOLE_FIELD && !take_short(c, &name))) return SLA_CONFLICT;
        p->hole = (hole)*kind;
        p->from = &u->own;
        if (p->hole == HOLE_FIELD) TRY(texts_of(u, name, &p->from));
    }
    return SLA_OK;
}

static sla_status take_numbers(blob_reader *c, made *m)
{
    for (made_part *p = m->parts, *end = p + m->nparts; p < end; p++) {
        if (p->hole != HOLE_NUMBER) continue;
        if (!(p->numbers = mem_zero(m->nrows + 1, sizeof *p->numbers))) return SLA_NOMEM;
        size_t used = ints_unpack(c->p, c->left, m->nrows, p->numbers);
        if (!used || !blob_take(c, used)) return SLA_CONFLICT;
    }
    return SLA_OK;
}

static sla_status take_all(unpacking *u, blob_reader *c)
{
    const unsigned char *count = blob_take(c, 1);
    if (!count) return SLA_CONFLICT;
    u->count = *count;
    if (!(u->list = mem_zero(u->count + 1, sizeof *u->list))) return SLA_NOMEM;
    for (size_t k = 0; k < u->count; k++) TRY(take_template(u, c, &u->list[k]));
    if (!(u->of = blob_take(c, u->n))) return SLA_CONFLICT;
    for (size_t i = 0; i < u->n; i++) {
        if (u->of[i] > u->count) return SLA_CONFLICT;
        if (u->of[i]) u->list[u->of[i] - 1].nrows++;
    }
    for (size_t k = 0; k < u->count; k++) TRY(take_numbers(c, &u->list[k]));
    if (c->left) return by_row(u, (slice){(const char *)c->p, c->left}, &u->own);
    return no_texts(u, &u->own);
}

static slice digits_of(int64_t v, char out[DIGITS_MAX])
{
    uint64_t left = (uint64_t)v;
    size_t at = DIGITS_MAX;
    do out[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    return (slice){out + at, DIGITS_MAX - at};
}

static size_t digits_in(int64_t v)
{
    size_t n = 1;
    for (uint64_t left = (uint64_t)v; left >= 10; left /= 10) n++;
    return n;
}

static inline slice text_at(const row_texts *t, size_t row) { return t->texts[t->numbers[row]]; }

/* at: the row's place among those of its template. */
static size_t length_of(const made *m, size_t row, size_t at)
{
    size_t n = 0;
    for (const made_part *p = m->parts, *end = p + m->nparts; p < end; p++) {
        n += p->literal.len;
        if (p->hole == HOLE_NUMBER) n += digits_in(p->numbers[at]);
        else if (p->hole != HOLE_NONE) n += text_at(p->from, row).len;
    }
    return n;
}

static char *put_row(char *to, const made *m, size_t row, size_t at)
{
    char digits[DIGITS_MAX];
    for (const made_part *p = m->parts, *end = p + m->nparts; p < end; p++) {
        to = put_text(to, p->literal);
        if (p->hole == HOLE_NUMBER) to = put_text(to, digits_of(p->numbers[at], digits));
        else if (p->hole != HOLE_NONE) to = put_text(to, text_at(p->from, row));
    }
    return to;
}

static made *made_of(unpacking *u, size_t row) { return u->of[row] ? &u->list[u->of[row] - 1] : NULL; }

/* How long the texts are, and in all; lens: of those rows that have a value. */
static uint64_t measure(unpacking *u, const uint64_t *valid, size_t bit0, uint32_t *lens)
{
    uint64_t total = 0;
    for (size_t i = 0; i < u->n && total <= TEXTS_MAX; i++) {
        made *m = made_of(u, i);
        size_t at = m ? m->next++ : 0;
        if (!bits_get(valid, bit0 + i)) continue;
        size_t len = m ? length_of(m, i, at) : text_at(&u->own, i).len;
        total += *lens++ = len <= TEXTS_MAX ? (uint32_t)len : UINT32_MAX;
    }
    return total;
}

static void put_texts(unpacking *u, const uint64_t *valid, size_t bit0, char *to)
{
    for (size_t k = 0; k < u->count; k++) u->list[k].next = 0;
    for (size_t i = 0; i < u->n; i++) {
        made *m = made_of(u, i);
        size_t at = m ? m->next++ : 0;
        if (bits_get(valid, bit0 + i)) to = m ? put_row(to, m, i, at) : put_text(to, text_at(&u->own, i));
    }
}

/* Where no value is the number is any. Returns how many there are. */
static uint32_t number_rows(size_t n, uint32_t *out, const uint64_t *valid, size_t bit0)
{
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = count;
        count += bits_get(valid, bit0 + i);
    }
    for (size_t i = n; i-- > 0 && out[i] == count;) out[i] = count - 1;
    return count;
}

/* Each row that has a value gets a text of its own. */
static sla_status put_together(unpacking *u, uint32_t *out, const uint64_t *valid, size_t bit0, packed_texts *texts, char **block)
{
    size_t count = number_rows(u->n, out, valid, bit0), lengths = count * sizeof(uint32_t);
    uint32_t *lens = mem_resize(NULL, lengths + 1, 1);
    if (!lens) return SLA_NOMEM;
    uint64_t total = measure(u, valid, bit0, lens);
    bool fits = count && total <= TEXTS_MAX;
    char *all = fits ? mem_resize(lens, lengths + (size_t)total, 1) : NULL;
    if (!all) return mem_free(lens), fits ? SLA_NOMEM : SLA_CONFLICT;
    put_texts(u, valid, bit0, all + lengths);
    *texts = (packed_texts){.count = count, .total = (size_t)total, .stored = (size_t)total, .width = sizeof(uint32_t), .lens = (unsigned char *)all, .bytes = all + lengths};
    *block = all;
    return SLA_OK;
}

static void row_texts_free(row_texts *t)
{
    mem_free(t->texts);
    mem_free(t->numbers);
    mem_free(t->block);
    buf_free(&t->blob);
}

static void unpacking_free(unpacking *u)
{
    for (size_t k = 0; u->list && k < u->count; k++)
        for (size_t i = 0; i < TEMPLATE_PARTS; i++) mem_free(u->list[k].parts[i].numbers);
    mem_free(u->list);
    row_texts_free(&u->own);
    for (size_t i = 0; i < u->nfields; i++) row_texts_free(&u->fields[i]);
}

bool templates_are(slice blob) { return blob.len && blob.ptr[0] == 'M'; }

sla_status templates_unpack(slice blob, size_t n, uint32_t *out, uint64_t *valid, size_t bit0, const column_source *src, packed_texts *texts, char **block)
{
    blob_reader c = {(const unsigned char *)blob.ptr, blob.len};
    unpacking u = {.n = n, .src = src};
    sla_status st = take_head(&c, 'M', n, valid, bit0) ? take_all(&u, &c) : SLA_CONFLICT;
    if (st == SLA_OK) st = put_together(&u, out, valid, bit0, texts, block);
    unpacking_free(&u);
    return st;
}
