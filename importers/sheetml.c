#include "importers/sheetml.h"
#include <stdlib.h>
#include <string.h>
#include "engine/base/mem.h"
#include "importers/sheet.h"
#include "importers/xml.h"
#include "importers/xmlbox.h"

enum { SHEETS_MAX = 256, SHEET_CELL_MAX = 1 << 20 };
typedef struct book { container base; container_source src; part *parts; } book;
/* One reading of the document. wanted: the sheet whose cells go to out; -1: sheets are only listed. */
typedef struct reading { book *b; xml_reader *x; container_bytes file; int sheet, wanted; sheet_writer w; uint32_t row, col; size_t cell; bool data, comment; pieces p; } reading;
typedef struct sheet_stream { stream base; reading r; } sheet_stream;

bool sheetml_begins(slice s)
{
    static const char mark[] = "urn:schemas-microsoft-com:office:spreadsheet", program[] = "Excel.Sheet";
    bool found = false;
    for (size_t i = 0; i + sizeof program < s.len && !found; i++)
        found = memcmp(s.ptr + i, program, sizeof program - 1) == 0 || (i + sizeof mark < s.len && memcmp(s.ptr + i, mark, sizeof mark - 1) == 0);
    return found && xml_begins(s);
}

static bool is_wanted(const reading *r) { return r->wanted >= 0 && r->sheet == r->wanted; } /* a row may stand before any sheet */

/* The place that an element names by ss:Index, else the one after the last. */
static uint32_t place(const char **attrs, uint32_t next)
{
    const char *index = xml_attr(attrs, "Index", false);
    unsigned long n = index ? strtoul(index, NULL, 10) : 0;
    return n ? (n > UINT32_MAX ? UINT32_MAX : (uint32_t)n - 1) : next;
}

static void add_sheet(reading *r, const char *name)
{
    if (r->wanted >= 0) return;
    char *copy = arena_strndup(&r->b->base.mem, name ? name : "sheet", strlen(name ? name : "sheet"));
    if (r->sheet >= SHEETS_MAX) xml_fail(r->x, SLA_LIMIT, "more than 256 sheets");
    else if (!copy) xml_fail(r->x, SLA_NOMEM, "no memory to read XML");
    else r->b->parts[r->sheet] = (part){.name = copy, .table = true}, r->b->base.nparts = (size_t)r->sheet + 1;
}

static void on_open(void *ctx, const char *name, const char **attrs)
{
    reading *r = ctx;
    if (strcmp(name, "Worksheet") == 0) {
        r->sheet++;
        r->row = UINT32_MAX;
        add_sheet(r, xml_attr(attrs, "Name", false));
    } else if (strcmp(name, "Row") == 0) r->row = place(attrs, r->row + 1), r->col = UINT32_MAX;
    else if (strcmp(name, "Cell") == 0) {
        r->col = place(attrs, r->col + 1);
        r->cell = 0;
        if (is_wanted(r) && !sheet_place(&r->w, r->row, r->col)) xml_fail(r->x, SLA_LIMIT, "a cell beyond the limits of a sheet, or out of order");
    } else if (strcmp(name, "Comment") == 0) r->comment = true;
    else if (strcmp(name, "Data") == 0) r->data = !r->comment;
}

static void on_close(void *ctx, const char *name)
{
    reading *r = ctx;
    if (strcmp(name, "Data") == 0) r->data = false;
    if (strcmp(name, "Comment") == 0) r->comment = false;
}

static void on_text(void *ctx, slice s)
{
    reading *r = ctx;
    if (!r->data || !is_wanted(r)) return;
    if ((r->cell += s.len) > SHEET_CELL_MAX) xml_fail(r->x, SLA_LIMIT, "a cell of more than 1 MiB");
    else sheet_text(&r->w, s);
}

static sla_status begin(reading *r, book *b, int wanted, err *e)
{
    static const xml_events events = {on_open, on_close, on_text};
    *r = (reading){.b = b, .file = container_bytes_of(&b->src), .sheet = -1, .wanted = wanted};
    r->w.out = &r->p.out;
    return xml_open(&events, r, b->src.shown, &r->x, e);
}

static sla_status more_cells(void *ctx, err *e)
{
    reading *r = ctx;
    return xml_step(r->x, &r->file.base, &r->p.end, e);
}

static sla_status sheet_read(stream *s, char *to, size_t n, size_t *got, err *e)
{
    reading *r = &((sheet_stream *)s)->r;
    return stream_pieces(&r->p, more_cells, r, to, n, got, e);
}

static void sheet_close(stream *s)
{
    reading *r = &((sheet_stream *)s)->r;
    xml_close(r->x);
    buf_free(&r->p.out);
    mem_free(s);
}

static sla_status open_part(container *c, size_t i, stream **out, err *e)
{
    book *b = (book *)c;
    sheet_stream *s = mem_zero(1, sizeof *s);
    if (!s) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to read XML");
    sla_status st = begin(&s->r, b, (int)i, e);
    s->base = (stream){sheet_read, sheet_close};
    if (st == SLA_OK) *out = &s->base;
    else sheet_close(&s->base);
    return st;
}

static void close_book(container *c) { mem_free(c); }

sla_status sheetml_open(const container_source *src, container **out, err *e)
{
    book *b = mem_zero(1, sizeof *b);
    reading *r = mem_zero(1, sizeof *r);
    bool end = false;
    if (b) b->base = (container){.kind = "XML workbook", .open_part = open_part, .close = close_book};
    if (b) b->src = *src, b->base.parts = b->parts = ARENA_NEW(&b->base.mem, part, SHEETS_MAX);
    sla_status st = b && r && b->parts ? begin(r, b, -1, e) : err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to read XML");
    while (st == SLA_OK && !end) st = xml_step(r->x, &r->file.base, &end, e);
    if (st == SLA_OK && b->base.nparts == 0) st = err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){src->shown, 0, 0}, "an XML workbook without a sheet");
    if (r) xml_close(r->x);
    mem_free(r);
    if (st == SLA_OK) *out = &b->base;
    else container_close(b ? &b->base : NULL);
    return st;
}
