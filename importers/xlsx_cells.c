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
    sla_status st = j->one.failed ? (j->one.over ? SLA_LIMIT : SLA_NOMEM) : shared_strings_end(s);
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
/* "BC12": its column; false: not a reference. */
static bool column_of(const char *ref, uint32_t *out)
{
    uint32_t v = 0;
    const char *p = ref;
    for (; (*p | 32) >= 'a' && (*p | 32) <= 'z' && p - ref < 4; p++) v = v * 26 + (uint32_t)((*p | 32) - 'a' + 1);
    *out = v - 1;
    return v > 0 && *p >= '0' && *p <= '9';
}

static void open_row(cell_reader *s, const char **attrs)
{
    const char *r = xml_attr(attrs, "r", false);
    unsigned long given = r ? strtoul(r, NULL, 10) : 0;
    s->row = s->any_row ? s->row + 1 : 0;
    if (given > s->row + 1ul) s->row = given < SHEET_ROWS_MAX ? (uint32_t)given - 1 : SHEET_ROWS_MAX;
    if (!s->any_row) s->first_row = s->row;
    s->unnumbered = s->unnumbered || given == 0;
    s->any_row = s->in_row = true;
    s->col = UINT32_MAX; /* the next is the first */
}

static void open_cell(cell_reader *s, const char **attrs)
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

/* "B7:B9" over rows 7 to 9. Among the first rows that is how headers are laid out. */
static void note_merge(cell_reader *s, const char *ref)
{
    enum { HEADERS = 6 };
    const char *colon = ref ? strchr(ref, ':') : NULL;
    uint32_t col;
    if (!colon || !column_of(ref, &col) || !column_of(colon + 1, &col)) return;
    unsigned long first = strtoul(ref + strcspn(ref, "0123456789"), NULL, 10), last = strtoul(colon + 1 + strcspn(colon + 1, "0123456789"), NULL, 10);
    if (last > first && last > HEADERS && s->merged < UINT32_MAX) s->merged++;
}

static void cell_open(void *ctx, const char *name, const char **attrs)
{
    cell_reader *s = ctx;
    if (s->cell) {
        if (strcmp(name, "v") == 0) s->take = true, buf_reset(&s->value);
        else if (strcmp(name, "t") == 0) s->take = s->phonetic == 0;
        else if (strcmp(name, "rPh") == 0) s->phonetic++;
    } else if (s->in_row && strcmp(name, "c") == 0) open_cell(s, attrs);
    else if (s->rows && strcmp(name, "row") == 0) open_row(s, attrs);
    else if (strcmp(name, "sheetData") == 0) s->rows = true, s->data_at = xml_behind(s->x);
    else if (!s->rows && strcmp(name, "mergeCell") == 0) note_merge(s, xml_attr(attrs, "ref", false));
}

static void put_shared(cell_reader *s, slice v)
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

static void put_number(cell_reader *s, slice v)
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

static void put_cell(cell_reader *s)
{
    slice v = {s->value.ptr, s->value.len};
    if (s->value.failed) {
        if (s->value.over) xml_fail(s->x, SLA_LIMIT, "a cell of more than 1 MiB of text");
        else xml_fail(s->x, SLA_NOMEM, "no memory to read the sheet");
        return;
    }
    if (s->type != 'i' && s->type != 'S') v = slice_trim(v);
    if (v.len == 0) return;
    if (s->part && !s->any_cell) s->w.row = s->first_cell = s->row;
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
        if (plain.failed) xml_fail(s->x, SLA_NOMEM, "no memory to read the sheet");
        buf_free(&plain);
    } else sheet_text(&s->w, v);
}

static void cell_close(void *ctx, const char *name)
{
    cell_reader *s = ctx;
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
    cell_reader *s = ctx;
    if (s->take) buf_slice(&s->value, text);
}

sla_status cells_open(const xlsx *b, const char *shown, buf *out, bool in_part, cell_reader *c, err *e)
{
    static const xml_events ev = {cell_open, cell_close, cell_text};
    *c = (cell_reader){.b = b, .w = {.out = out}, .value = {.max = CELL_BYTES_MAX}, .part = in_part};
    return xml_open(&ev, c, shown, &c->x, e);
}

void cells_close(cell_reader *c)
{
    xml_close(c->x);
    buf_free(&c->value);
    *c = (cell_reader){0};
}
