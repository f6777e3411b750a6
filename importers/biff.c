/* The workbook: its sheets, strings, formats and code page; then the cells of a sheet, record by record. */
#include "importers/biff.h"
#include <stdio.h>
#include <stdlib.h>
#include "engine/base/mem.h"

enum { R_EOF = 0x0A, R_FILEPASS = 0x2F, R_DATEMODE = 0x22, R_CODEPAGE = 0x42, R_BOUNDSHEET = 0x85, R_XF = 0xE0, R_SST = 0xFC, R_FORMAT = 0x41E, R_BOF = 0x809,
       R_FORMULA = 0x06, R_MULRK = 0xBD, R_RSTRING = 0xD6, R_LABELSST = 0xFD, R_NUMBER = 0x203, R_LABEL = 0x204, R_BOOLERR = 0x205, R_STRING = 0x207, R_RK = 0x27E,
       SHEETS_MAX = 4096, FORMATS_MAX = 4096, XFS_MAX = 65536, PIECE = 1 << 16 };

typedef struct biff_format { uint32_t id; serial_form form; } biff_format;
typedef struct biff_box {
    container base;
    container_source src;
    ole *o;
    ole_stream stream;
    bool biff8, from_1904;
    decoder *page;                      /* BIFF5: of its code page */
    part *parts; uint64_t *places; const char **shown;
    biff_format *formats; size_t nformats, formats_cap;
    uint8_t *forms; size_t nforms, forms_cap;   /* serial_form by XF */
    shared_strings strings;
} biff_box;

static uint32_t u32(const unsigned char *p) { return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }
static uint32_t u16(const unsigned char *p) { return p[0] | (uint32_t)p[1] << 8; }

static sla_status damaged(const char *shown, err *e)
{
    err_set(e, SLA_SYNTAX, (srcpos){shown, 0, 0}, "the old Excel workbook is damaged or cut off; nothing of it was taken");
    err_hint(e, "save it as .xlsx or .csv and import that");
    return SLA_SYNTAX;
}

static sla_status no_memory(const biff_box *b, err *e) { return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to read the workbook"); }

static sla_status refuse(const biff_box *b, err *e, const char *what, const char *hint)
{
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){b->src.shown, 0, 0}, "%s", what);
    err_hint(e, "%s", hint);
    return SLA_UNKNOWN_FORMAT;
}

/* ---- the workbook's own records ---- */
static sla_status open_page(biff_box *b, uint32_t number, err *e)
{
    char name[16];
    err ignored = {0};
    if (b->biff8 || b->page || number == 1200) return SLA_OK;
    if (number == 10000 || number == 32768) snprintf(name, sizeof name, "MACINTOSH");
    else snprintf(name, sizeof name, "CP%u", number == 32769 || number == 0 ? 1252u : (unsigned)number);
    sla_status st = decoder_open(name, &b->page, &ignored);
    return st == SLA_NOMEM ? no_memory(b, e) : st == SLA_OK ? st : decoder_open("CP1252", &b->page, e);
}

static sla_status add_sheet(biff_box *b, biff_reader *r, err *e)
{
    buf name = {0};
    if (r->len < 8 || r->data[5] != 0 || b->base.nparts == SHEETS_MAX) return SLA_OK; /* a chart or macros */
    uint64_t place = u32(r->data);
    biff_text t = {.r = r, .p = r->data + 6, .end = r->data + r->len};
    uint32_t n = biff_byte(&t);
    if (b->biff8) biff_string(&t, n, &name);
    else biff_bytes(&t, n, b->page, &name);
    size_t i = b->base.nparts++, len = strlen(b->src.shown) + name.len + 2;
    char *shown = arena_alloc(&b->base.mem, len, 1);
    const char *own = name.failed ? NULL : arena_strndup(&b->base.mem, buf_cstr(&name), name.len);
    if (shown && own) snprintf(shown, len, "%s/%s", b->src.shown, own);
    buf_free(&name);
    if (!shown || !own) return no_memory(b, e);
    b->parts[i] = (part){own, true, (r->data[4] & 3) != 0};
    b->places[i] = place;
    b->shown[i] = shown;
    return SLA_OK;
}

static sla_status add_format(biff_box *b, biff_reader *r, err *e)
{
    buf code = {0};
    if (r->len < 4 || b->nformats == FORMATS_MAX) return SLA_OK;
    uint32_t id = u16(r->data);
    biff_text t = {.r = r, .p = r->data + 2, .end = r->data + r->len};
    uint32_t n = b->biff8 ? biff_u16(&t) : biff_byte(&t);
    if (b->biff8) biff_string(&t, n, &code);
    else biff_bytes(&t, n, b->page, &code);
    serial_form form = sheet_code_form((slice){code.ptr, code.len});
    bool nomem = code.failed;
    buf_free(&code);
    if (nomem || mem_grow(&b->formats, &b->formats_cap, b->nformats + 1, sizeof *b->formats) != 0) return no_memory(b, e);
    b->formats[b->nformats++] = (biff_format){id, form};
    return SLA_OK;
}

static sla_status add_xf(biff_box *b, const biff_reader *r, err *e)
{
    if (r->len < 4 || b->nforms == XFS_MAX) return SLA_OK;
    uint32_t id = u16(r->data + 2);
    serial_form form = sheet_builtin_form(id);
    for (size_t i = b->nformats; i-- > 0;)
        if (b->formats[i].id == id) {
            form = b->formats[i].form;
            break;
        }
    if (mem_grow(&b->forms, &b->forms_cap, b->nforms + 1, 1) != 0) return no_memory(b, e);
    b->forms[b->nforms++] = (uint8_t)form;
    return SLA_OK;
}

/* What the table says of its length is not believed: strings are read while there are any. */
static sla_status read_strings(biff_box *b, biff_reader *r, err *e)
{
    if (r->len < 8) return SLA_OK;
    uint32_t n = u32(r->data + 4);
    biff_text t = {.r = r, .p = r->data + 8, .end = r->data + r->len};
    b->strings.text.max = STRINGS_BYTES_MAX;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t chars = biff_u16(&t);
        if (t.bad) break; /* fewer than said */
        biff_string(&t, chars, &b->strings.text);
        if (t.bad) return damaged(b->src.shown, e);
        sla_status st = shared_strings_end(&b->strings);
        if (st == SLA_NOMEM) return no_memory(b, e);
        if (st != SLA_OK) return err_set(e, SLA_LIMIT, (srcpos){b->src.shown, 0, 0}, "more or longer strings than fit into 192 MiB");
    }
    return SLA_OK;
}

/* It is known what this is: among the files of a folder it is no stranger that may be passed over. */
static sla_status locked(const biff_box *b, err *e)
{
    err_set(e, SLA_LIMIT, (srcpos){b->src.shown, 0, 0}, "the workbook is protected with a password");
    err_hint(e, "save it without one, or as .csv");
    return SLA_LIMIT;
}

static sla_status take_record(biff_box *b, biff_reader *r, err *e)
{
    switch (r->type) {
    case R_FILEPASS: return locked(b, e);
    case R_CODEPAGE: return r->len < 2 ? SLA_OK : open_page(b, u16(r->data), e);
    case R_DATEMODE: b->from_1904 = r->len >= 2 && u16(r->data) == 1; return SLA_OK;
    case R_BOUNDSHEET: return add_sheet(b, r, e);
    case R_FORMAT: return add_format(b, r, e);
    case R_XF: return add_xf(b, r, e);
    case R_SST: return read_strings(b, r, e);
    default: return SLA_OK;
    }
}

static sla_status read_globals(biff_box *b, err *e)
{
    biff_reader r = {.o = b->o, .s = &b->stream, .shown = b->src.shown};
    bool end = false;
    sla_status st = biff_seek(&r, 0) == SLA_OK ? biff_next(&r, &end, e) : no_memory(b, e);
    if (st == SLA_OK && (end || r.type != R_BOF || r.len < 4)) st = damaged(b->src.shown, e);
    else if (st == SLA_OK) {
        uint32_t version = u16(r.data);
        b->biff8 = version == 0x600;
        if (version != 0x600 && version != 0x500) st = refuse(b, e, "an Excel workbook of before 1993 is not read", "save it as .xlsx or .csv and import that");
    }
    while (st == SLA_OK) {
        st = biff_next(&r, &end, e);
        if (st == SLA_OK && end) st = damaged(b->src.shown, e);
        if (st != SLA_OK || r.type == R_EOF) break;
        st = take_record(b, &r, e);
    }
    biff_close(&r);
    if (st != SLA_OK || b->base.nparts) return st;
    return refuse(b, e, "a workbook without a sheet of cells", "save the table as .xlsx or .csv");
}

/* ---- the cells of a sheet ---- */
typedef struct row_cell { uint32_t col, from, order; } row_cell;      /* from: where its text begins in row_text */
typedef struct cells_stream {
    stream base;
    biff_box *b;
    const char *shown;
    biff_reader r;
    pieces p;
    sheet_writer w;
    buf row_text; row_cell *cells; size_t ncells, cells_cap;   /* the row under way: some programs write its cells in any order */
    uint32_t at_row;
    buf text;
    int depth;                          /* charts within a sheet are streams of their own */
    uint32_t row, col;                  /* of the last formula: its string follows */
    bool any;
} cells_stream;

static int by_column(const void *x, const void *y)
{
    const row_cell *a = x, *b = y;
    return a->col != b->col ? (a->col > b->col) - (a->col < b->col) : (a->order > b->order) - (a->order < b->order);
}

/* Writes the row under way. Of cells at one place the last holds. */
static sla_status flush_row(cells_stream *s, err *e)
{
    size_t n = s->ncells;
    if (n == 0) return SLA_OK;
    if (mem_grow(&s->cells, &s->cells_cap, n + 1, sizeof *s->cells) != 0 || s->row_text.failed) return no_memory(s->b, e);
    s->cells[n].from = (uint32_t)s->row_text.len;
    for (size_t i = n; i-- > 0;) s->cells[i].order = s->cells[i + 1].from; /* now where it ends */
    qsort(s->cells, n, sizeof *s->cells, by_column);
    for (size_t i = 0; i < n; i++) {
        const row_cell *c = &s->cells[i];
        if (i + 1 < n && c[1].col == c->col) continue;
        if (sheet_place(&s->w, s->at_row, c->col)) sheet_text(&s->w, (slice){s->row_text.ptr + c->from, c->order - c->from});
    }
    s->ncells = 0;
    buf_reset(&s->row_text);
    return SLA_OK;
}

/* Begins a cell: its text is what is added to row_text before the next one. */
static sla_status place(cells_stream *s, uint32_t row, uint32_t col, err *e)
{
    if (s->any && row < s->at_row) {
        err_set(e, SLA_SYNTAX, (srcpos){s->shown, row + 1, col + 1}, "rows that are out of order; nothing of it was taken");
        err_hint(e, "save it as .xlsx or .csv and import that");
        return SLA_SYNTAX;
    }
    if (row != s->at_row) TRY(flush_row(s, e));
    s->at_row = row;
    s->any = true;
    if (s->ncells > 4 * SHEET_COLS_MAX) return damaged(s->shown, e);
    if (s->row_text.failed || mem_grow(&s->cells, &s->cells_cap, s->ncells + 1, sizeof *s->cells) != 0) return no_memory(s->b, e);
    s->cells[s->ncells++] = (row_cell){col, (uint32_t)s->row_text.len, 0};
    return SLA_OK;
}

static sla_status put_number(cells_stream *s, uint32_t row, uint32_t col, uint32_t xf, double v, err *e)
{
    sheet_writer to = {.out = &s->row_text};
    TRY(place(s, row, col, e));
    sheet_number(&to, v, xf < s->b->nforms ? (serial_form)s->b->forms[xf] : SERIAL_NONE, s->b->from_1904);
    return SLA_OK;
}

static sla_status put_text(cells_stream *s, uint32_t row, uint32_t col, slice text, err *e)
{
    if (text.len == 0) return SLA_OK;
    TRY(place(s, row, col, e));
    buf_slice(&s->row_text, text);
    return SLA_OK;
}

static double f64(const unsigned char *p)
{
    uint64_t bits = u32(p) | (uint64_t)u32(p + 4) << 32;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* MS-XLS 2.5.217: 30 bits of a whole number or of a double, perhaps times 100. */
static double rk_value(uint32_t rk)
{
    double v;
    uint64_t bits = (uint64_t)(rk & ~3u) << 32;
    if (rk & 2) v = (double)((int32_t)(rk & ~3u) / 4);
    else memcpy(&v, &bits, sizeof v);
    return rk & 1 ? v / 100 : v;
}

static slice error_text(uint32_t code)
{
    switch (code) {
    case 0x00: return SLICE_LIT("#NULL!");
    case 0x07: return SLICE_LIT("#DIV/0!");
    case 0x0F: return SLICE_LIT("#VALUE!");
    case 0x17: return SLICE_LIT("#REF!");
    case 0x1D: return SLICE_LIT("#NAME?");
    case 0x24: return SLICE_LIT("#NUM!");
    default: return SLICE_LIT("#N/A");
    }
}

static slice truth(uint32_t v) { return v ? SLICE_LIT("TRUE") : SLICE_LIT("FALSE"); }

/* A string from offset on: of a label, or the result of the formula before. */
static sla_status put_string(cells_stream *s, uint32_t row, uint32_t col, size_t offset, err *e)
{
    biff_text t = {.r = &s->r, .p = s->r.data + offset, .end = s->r.data + s->r.len};
    buf_reset(&s->text);
    uint32_t n = biff_u16(&t);
    if (s->b->biff8) biff_string(&t, n, &s->text);
    else biff_bytes(&t, n, s->b->page, &s->text);
    return s->text.failed ? no_memory(s->b, e) : put_text(s, row, col, (slice){s->text.ptr, s->text.len}, e);
}

static sla_status put_formula(cells_stream *s, const unsigned char *d, uint32_t row, uint32_t col, err *e)
{
    s->row = row;
    s->col = col;
    if (u16(d + 12) != 0xFFFF) return put_number(s, row, col, u16(d + 4), f64(d + 6), e);
    if (d[6] == 1) return put_text(s, row, col, truth(d[8]), e);
    if (d[6] == 2) return put_text(s, row, col, error_text(d[8]), e);
    return SLA_OK; /* 0: the string follows; 3: empty */
}

static sla_status put_multiple(cells_stream *s, const unsigned char *d, uint32_t row, uint32_t col, err *e)
{
    for (size_t at = 4; at + 8 <= s->r.len; at += 6, col++) TRY(put_number(s, row, col, u16(d + at), rk_value(u32(d + at + 2)), e));
    return SLA_OK;
}

static sla_status put_record(cells_stream *s, err *e)
{
    const unsigned char *d = s->r.data;
    uint16_t n = s->r.len;
    uint32_t row = n >= 2 ? u16(d) : 0, col = n >= 4 ? u16(d + 2) : 0;
    switch (s->r.type) {
    case R_NUMBER: return n < 14 ? damaged(s->shown, e) : put_number(s, row, col, u16(d + 4), f64(d + 6), e);
    case R_RK: return n < 10 ? damaged(s->shown, e) : put_number(s, row, col, u16(d + 4), rk_value(u32(d + 6)), e);
    case R_MULRK: return put_multiple(s, d, row, col, e);
    case R_LABELSST: {
        slice text = n < 10 ? (slice){0} : shared_strings_get(&s->b->strings, u32(d + 6));
        return text.ptr ? put_text(s, row, col, text, e) : damaged(s->shown, e);
    }
    case R_LABEL:
    case R_RSTRING: return n < 8 ? damaged(s->shown, e) : put_string(s, row, col, 6, e);
    case R_BOOLERR: return n < 8 ? damaged(s->shown, e) : put_text(s, row, col, d[7] ? error_text(d[6]) : truth(d[6]), e);
    case R_FORMULA: return n < 14 ? damaged(s->shown, e) : put_formula(s, d, row, col, e);
    case R_STRING: return n < 3 ? SLA_OK : put_string(s, s->row, s->col, 0, e);
    default: return SLA_OK;
    }
}

static sla_status more_cells(void *ctx, err *e)
{
    cells_stream *s = ctx;
    bool end;
    while (s->p.out.len < PIECE && !s->p.end) {
        TRY(biff_next(&s->r, &end, e));
        if (end || (s->depth == 0 && s->r.type != R_BOF)) return damaged(s->shown, e);
        if (s->r.type == R_BOF) s->depth++;
        else if (s->r.type == R_EOF) s->p.end = --s->depth == 0;
        else if (s->depth == 1) TRY(put_record(s, e));
    }
    if (s->p.end) TRY(flush_row(s, e));
    if (s->p.end && s->any) buf_char(&s->p.out, SHEET_ROW);
    return SLA_OK;
}

static sla_status cells_read(stream *base, char *to, size_t n, size_t *got, err *e)
{
    cells_stream *s = (cells_stream *)base;
    return stream_pieces(&s->p, more_cells, s, to, n, got, e);
}

static void cells_close(stream *base)
{
    cells_stream *s = (cells_stream *)base;
    biff_close(&s->r);
    buf_free(&s->p.out);
    buf_free(&s->text);
    buf_free(&s->row_text);
    mem_free(s->cells);
    mem_free(s);
}

static sla_status open_part(container *c, size_t i, stream **out, err *e)
{
    biff_box *b = (biff_box *)c;
    cells_stream *s = mem_zero(1, sizeof *s);
    if (!s) return no_memory(b, e);
    s->base = (stream){cells_read, cells_close};
    s->b = b;
    s->shown = b->shown[i];
    s->r = (biff_reader){.o = b->o, .s = &b->stream, .shown = s->shown};
    s->w.out = &s->p.out;
    s->row_text.max = 64 << 20;
    if (biff_seek(&s->r, b->places[i]) != SLA_OK) {
        cells_close(&s->base);
        return no_memory(b, e);
    }
    *out = &s->base;
    return SLA_OK;
}

/* ---- the whole ---- */
static void close_box(container *c)
{
    biff_box *b = (biff_box *)c;
    mem_free(b->stream.sectors);
    ole_close(b->o);
    decoder_close(b->page);
    mem_free(b->formats);
    mem_free(b->forms);
    shared_strings_free(&b->strings);
    mem_free(b);
}

static sla_status find_workbook(biff_box *b, err *e)
{
    ole_stream other;
    bool found;
    TRY(ole_find(b->o, "Workbook", &b->stream, &found, e));
    if (!found) TRY(ole_find(b->o, "Book", &b->stream, &found, e));
    if (found) return SLA_OK;
    TRY(ole_find(b->o, "EncryptedPackage", &other, &found, e));
    mem_free(other.sectors);
    if (found) return locked(b, e);
    TRY(ole_find(b->o, "WordDocument", &other, &found, e));
    mem_free(other.sectors);
    return refuse(b, e, found ? "a Word document is not read" : "an old Office file that holds no workbook", "save the table as .xlsx or .csv");
}

static sla_status set_up(biff_box *b, err *e)
{
    b->parts = ARENA_NEW(&b->base.mem, part, SHEETS_MAX);
    b->places = ARENA_NEW(&b->base.mem, uint64_t, SHEETS_MAX);
    b->shown = ARENA_NEW(&b->base.mem, const char *, SHEETS_MAX);
    if (!b->parts || !b->places || !b->shown) return no_memory(b, e);
    b->base.parts = b->parts;
    TRY(ole_open(&b->src, &b->o, e));
    TRY(find_workbook(b, e));
    return read_globals(b, e);
}

sla_status biff_open(const container_source *src, container **out, err *e)
{
    biff_box *b = mem_zero(1, sizeof *b);
    if (!b) return err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to read the workbook");
    b->base = (container){.kind = "old Excel workbook", .open_part = open_part, .close = close_box};
    b->src = *src;
    sla_status st = set_up(b, e);
    if (st == SLA_OK) *out = &b->base;
    else container_close(&b->base);
    return st;
}
