/* Cells of a sheet as they stream through expat, and the table of strings they refer to. */
#include <stdlib.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "importers/xlsx.h"

/* ---- strings ---- */
static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

/* ECMA-376 part 1, 22.9.2.19: a character that XML cannot hold, or an underscore that would look like one. */
void xlsx_unescape(buf *out, slice s)
{
    const char *p = s.ptr, *end = s.len ? s.ptr + s.len : p;
    while (p < end) {
        const char *mark = memchr(p, '_', (size_t)(end - p));
        if (!mark) mark = end;
        buf_bytes(out, p, (size_t)(mark - p));
        p = mark;
        if (p == end) break;
        int v = 0;
        bool good = end - p >= 7 && p[1] == 'x' && p[6] == '_';
        for (int i = 2; good && i < 6; i++) {
            good = hex(p[i]) >= 0;
            v = v * 16 + hex(p[i]);
        }
        char utf8[4];
        size_t n = good ? utf8_encode((uint32_t)v, utf8) : 0;
        if (n && v) buf_bytes(out, utf8, n);
        else buf_char(out, *p);
        p += n && v ? 7 : 1;
    }
}

typedef struct strings_job { xlsx *b; xml_reader *x; buf one; int phonetic; bool item, text; } strings_job;

static void si_open(void *ctx, const char *name, const char **attrs)
{
    strings_job *j = ctx;
    (void)attrs;
    if (strcmp(name, "si") == 0) j->item = true, buf_reset(&j->one);
    else if (strcmp(name, "rPh") == 0) j->phonetic++;
    else if (strcmp(name, "t") == 0) j->text = j->item && j->phonetic == 0;
}

static void si_close(void *ctx, const char *name)
{
    strings_job *j = ctx;
    shared_strings *s = &j->b->strings;
    if (strcmp(name, "t") == 0) j->text = false;
    else if (strcmp(name, "rPh") == 0) j->phonetic--;
    if (strcmp(name, "si") != 0 || !j->item) return;
    j->item = false;
    xlsx_unescape(&s->text, (slice){j->one.ptr, j->one.len});
    sla_status st = j->one.failed ? SLA_LIMIT : shared_strings_end(s);
    if (st != SLA_OK) xml_fail(j->x, st, st == SLA_LIMIT ? "more or longer strings than fit into 192 MiB" : "no memory for the workbook's strings");
}

static void si_text(void *ctx, slice s)
{
    strings_job *j = ctx;
    if (j->text) buf_slice(&j->one, s);
}

sla_status xlsx_read_strings(xlsx *b, err *e)
{
    static const xml_events ev = {si_open, si_close, si_text};
    strings_job j = {.b = b};
    stream *s = NULL;
    bool end = false;
    if (b->strings_member < 0) return SLA_OK;
    b->strings.text.max = STRINGS_BYTES_MAX;
    j.one.max = CELL_BYTES_MAX;
    TRY(zip_member_open(b->z, (uint64_t)b->strings_member, b->src.shown, &s, e));
    sla_status st = xml_open(&ev, &j, b->src.shown, &j.x, e);
    while (st == SLA_OK && !end) st = xml_step(j.x, s, &end, e);
    xml_close(j.x);
    stream_close(s);
    buf_free(&j.one);
    return st;
}

/* ---- a sheet ---- */
typedef struct sheet_stream {
    stream base;
    xlsx *b;
    const char *shown;
    stream *in;
    xml_reader *x;
    pieces p;                       /* text of rows */
    sheet_writer w;
    uint32_t row, col;              /* of the cell under way, 0-based */
    uint32_t style;
    char type;                      /* first letter of t, 'i' for inlineStr, 'S' for str; 'n': none */
    buf value;
    int phonetic;
    bool rows, in_row, cell, take, any_row, any_cell;
} sheet_stream;

/* "BC12": its column; false: not a reference. */
static bool column_of(const char *ref, uint32_t *out)
{
    uint32_t v = 0;
    const char *p = ref;
    for (; (*p | 32) >= 'a' && (*p | 32) <= 'z' && p - ref < 4; p++) v = v * 26 + (uint32_t)((*p | 32) - 'a' + 1);
    *out = v - 1;
    return v > 0 && *p >= '0' && *p <= '9';
}

static void open_row(sheet_stream *s, const char **attrs)
{
    const char *r = xml_attr(attrs, "r", false);
    unsigned long given = r ? strtoul(r, NULL, 10) : 0;
    s->row = s->any_row ? s->row + 1 : 0;
    if (given > s->row + 1ul) s->row = given < SHEET_ROWS_MAX ? (uint32_t)given - 1 : SHEET_ROWS_MAX;
    s->any_row = s->in_row = true;
    s->col = UINT32_MAX; /* the next is the first */
}

static void open_cell(sheet_stream *s, const char **attrs)
{
    uint32_t col;
    s->col++;
    s->style = 0;
    s->type = 'n';
    s->cell = true;
    s->take = false;
    buf_reset(&s->value);
    for (; *attrs; attrs += 2) {
        const char *v = attrs[1];
        if (attrs[0][0] == '\0' || attrs[0][1] != '\0') continue;
        if (attrs[0][0] == 'r' && column_of(v, &col)) s->col = col;
        else if (attrs[0][0] == 's') s->style = (uint32_t)strtoul(v, NULL, 10);
        else if (attrs[0][0] == 't') s->type = strcmp(v, "str") == 0 ? 'S' : v[0];
    }
}

static void cell_open(void *ctx, const char *name, const char **attrs)
{
    sheet_stream *s = ctx;
    if (s->cell) {
        if (strcmp(name, "v") == 0) s->take = true, buf_reset(&s->value);
        else if (strcmp(name, "t") == 0) s->take = s->phonetic == 0;
        else if (strcmp(name, "rPh") == 0) s->phonetic++;
    } else if (s->in_row && strcmp(name, "c") == 0) open_cell(s, attrs);
    else if (s->rows && strcmp(name, "row") == 0) open_row(s, attrs);
    else if (strcmp(name, "sheetData") == 0) s->rows = true;
}

static void put_shared(sheet_stream *s, slice v)
{
    size_t i = 0;
    for (size_t k = 0; k < v.len; k++) {
        if (v.ptr[k] < '0' || v.ptr[k] > '9' || i > STRINGS_MAX) i = SIZE_MAX / 16;
        else i = i * 10 + (size_t)(v.ptr[k] - '0');
    }
    slice text = shared_strings_get(&s->b->strings, i);
    if (text.ptr) sheet_text(&s->w, text);
    else xml_fail(s->x, SLA_SYNTAX, "a cell refers to a string that the workbook does not have");
}

static void put_number(sheet_stream *s, slice v)
{
    serial_form form = s->style < s->b->nforms ? (serial_form)s->b->forms[s->style] : SERIAL_NONE;
    bool digits = v.len <= 15;
    for (size_t i = 0; digits && i < v.len; i++) digits = v.ptr[i] >= '0' && v.ptr[i] <= '9';
    if (digits && form == SERIAL_NONE) {
        sheet_text(&s->w, v);
        return;
    }
    double d;
    if (!sheet_read_number(v, &d)) sheet_text(&s->w, v); /* not a number: as it stands, to be refused where it goes */
    else sheet_number(&s->w, d, form, s->b->from_1904);
}

static void put_cell(sheet_stream *s)
{
    slice v = {s->value.ptr, s->value.len};
    if (s->value.failed) {
        xml_fail(s->x, SLA_LIMIT, "a cell of more than 1 MiB of text");
        return;
    }
    if (s->type != 'i' && s->type != 'S') v = slice_trim(v);
    if (v.len == 0) return;
    if (!sheet_place(&s->w, s->row, s->col)) {
        xml_fail(s->x, SLA_SYNTAX, "cells that are out of order or beyond the limits of a sheet");
        return;
    }
    s->any_cell = true;
    if (s->type == 's') put_shared(s, v);
    else if (s->type == 'b') sheet_text(&s->w, v.ptr[0] == '1' || (v.ptr[0] | 32) == 't' ? SLICE_LIT("TRUE") : SLICE_LIT("FALSE"));
    else if (s->type == 'n') put_number(s, v);
    else if (s->type == 'e' || s->type == 'd') sheet_text(&s->w, v);
    else if (memchr(v.ptr, '_', v.len)) {
        buf plain = {0};
        xlsx_unescape(&plain, v);
        sheet_text(&s->w, (slice){plain.ptr, plain.len});
        buf_free(&plain);
    } else sheet_text(&s->w, v);
}

static void cell_close(void *ctx, const char *name)
{
    sheet_stream *s = ctx;
    if (s->cell) {
        s->take = false;
        if (strcmp(name, "rPh") == 0) s->phonetic--;
        else if (strcmp(name, "c") == 0) {
            s->cell = false;
            put_cell(s);
        }
    } else if (s->in_row && strcmp(name, "row") == 0) s->in_row = false;
    else if (strcmp(name, "sheetData") == 0) s->rows = false;
}

static void cell_text(void *ctx, slice text)
{
    sheet_stream *s = ctx;
    if (s->take) buf_slice(&s->value, text);
}

static sla_status more_rows(void *ctx, err *e)
{
    sheet_stream *s = ctx;
    TRY(xml_step(s->x, s->in, &s->p.end, e));
    if (s->p.end && s->any_cell) buf_char(&s->p.out, SHEET_ROW);
    return SLA_OK;
}

static sla_status sheet_read(stream *base, char *to, size_t n, size_t *got, err *e)
{
    sheet_stream *s = (sheet_stream *)base;
    return stream_pieces(&s->p, more_rows, s, to, n, got, e);
}

static void sheet_close(stream *base)
{
    sheet_stream *s = (sheet_stream *)base;
    xml_close(s->x);
    stream_close(s->in);
    buf_free(&s->p.out);
    buf_free(&s->value);
    mem_free(s);
}

sla_status xlsx_sheet_open(xlsx *b, size_t i, stream **out, err *e)
{
    static const xml_events ev = {cell_open, cell_close, cell_text};
    sheet_stream *s = mem_zero(1, sizeof *s);
    if (!s) return err_set(e, SLA_NOMEM, (srcpos){b->shown[i], 0, 0}, "no memory to read the sheet");
    s->base = (stream){sheet_read, sheet_close};
    s->b = b;
    s->shown = b->shown[i];
    s->w.out = &s->p.out;
    s->value.max = CELL_BYTES_MAX;
    sla_status st = zip_member_open(b->z, b->sheets[i], b->shown[i], &s->in, e);
    if (st == SLA_OK) s->in = stream_ahead(s->in);
    if (st == SLA_OK) st = xml_open(&ev, s, b->shown[i], &s->x, e);
    if (st == SLA_OK) *out = &s->base;
    else sheet_close(&s->base);
    return st;
}
