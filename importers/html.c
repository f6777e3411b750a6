#include "importers/html.h"
#include <stdio.h>
#include "engine/base/mem.h"
#include "importers/encoding.h"

enum { PIECE = 1 << 16 };
typedef struct html_box { container base; container_source src; encoding enc; char charset[32]; size_t *tables; } html_box;

/* ---- what a page begins with ---- */
static slice behind(slice s, const char *end)
{
    size_t n = strlen(end);
    for (size_t i = 0; i + n <= s.len; i++)
        if (memcmp(s.ptr + i, end, n) == 0) return (slice){s.ptr + i + n, s.len - i - n};
    return (slice){s.ptr, 0};
}

bool html_begins(slice s)
{
    static const char *const first[] = {"html", "!doctype html", "table", "head", "body", "meta", "title", "style", "div", "center"};
    for (s = slice_trim(s); s.len > 4; s = slice_trim(s)) {
        if (memcmp(s.ptr, "<!--", 4) == 0) s = behind(s, "-->");
        else if (memcmp(s.ptr, "<?xml", 5) == 0) s = behind(s, "?>");
        else break;
    }
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        size_t n = strlen(first[i]);
        if (s.len > n + 1 && s.ptr[0] == '<' && slice_eq_nocase((slice){s.ptr + 1, n}, slice_of(first[i])) && strchr(" \t\r\n>", s.ptr[n + 1])) return true;
    }
    return false;
}

/* The encoding: what is asked for, what the bytes say, else what the page says of itself. */
static sla_status find_encoding(html_box *b, slice head, err *e)
{
    sla_status st = SLA_OK;
    b->enc = b->src.encoding ? encoding_asked(b->src.encoding, head) : encoding_detect(head, head.len == b->src.size, false);
    if (b->src.encoding || strcmp(b->enc.name, "WINDOWS-1252") != 0) return st;
    for (size_t i = 0; i + 8 < head.len && i < 4096; i++) {
        if (!slice_eq_nocase((slice){head.ptr + i, 8}, SLICE_LIT("charset="))) continue;
        size_t n = 0;
        for (i += 8; i < head.len && n + 1 < sizeof b->charset && !strchr("\"'; />", head.ptr[i]); i++) b->charset[n++] = head.ptr[i];
        while (n && b->charset[0] == '"') memmove(b->charset, b->charset + 1, n--);
        b->charset[n] = '\0';
        decoder *d = NULL;
        err ignored = {0};
        if (n && !slice_eq_nocase((slice){b->charset, n}, SLICE_LIT("utf-8"))) st = decoder_open(b->charset, &d, &ignored);
        if (d) b->enc = (encoding){b->charset, 0, "the page says so"};
        decoder_close(d);
        break;
    }
    return st == SLA_NOMEM ? err_set(e, st, (srcpos){b->src.shown, 0, 0}, "no memory to read the page") : SLA_OK; /* a name that is none says nothing */
}

/* ---- the page, piece by piece ---- */
typedef struct reading { html_box *b; uint64_t at; decoder *dec; html_page *page; buf text; char *raw; bool end; } reading;

static void reading_close(reading *r)
{
    decoder_close(r->dec);
    html_page_free(r->page);
    buf_free(&r->text);
    mem_free(r->raw);
}

static sla_status reading_open(reading *r, html_box *b, buf *out, size_t wanted, err *e)
{
    *r = (reading){.b = b, .at = b->enc.bom, .raw = mem_resize(NULL, PIECE, 1), .page = html_page_new(out, wanted)};
    sla_status st = r->raw && r->page ? SLA_OK : err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to read the page");
    if (st == SLA_OK && strcmp(b->enc.name, "UTF-8") != 0) st = decoder_open(b->enc.name, &r->dec, e);
    if (st != SLA_OK) reading_close(r);
    return st;
}

static sla_status reading_step(reading *r, err *e)
{
    size_t got;
    uint64_t replaced = 0;
    TRY(container_read(&r->b->src, r->at, r->raw, PIECE, &got, e));
    r->at += got;
    r->end = got < PIECE;
    if (!r->dec) return html_page_add(r->page, (slice){r->raw, got}, r->b->src.shown, e);
    buf_reset(&r->text);
    if (decoder_add(r->dec, (slice){r->raw, got}, r->end, &r->text, &replaced) != SLA_OK) return err_set(e, SLA_NOMEM, (srcpos){r->b->src.shown, 0, 0}, "no memory to read the page");
    return html_page_add(r->page, (slice){r->text.ptr, r->text.len}, r->b->src.shown, e);
}

/* ---- a table as a stream ---- */
typedef struct table_stream { stream base; reading r; pieces p; } table_stream;

static sla_status more_cells(void *ctx, err *e)
{
    table_stream *t = ctx;
    TRY(reading_step(&t->r, e));
    t->p.end = t->r.end;
    return SLA_OK;
}

static sla_status table_read(stream *base, char *to, size_t n, size_t *got, err *e)
{
    table_stream *t = (table_stream *)base;
    return stream_pieces(&t->p, more_cells, t, to, n, got, e);
}

static void table_close(stream *base)
{
    table_stream *t = (table_stream *)base;
    reading_close(&t->r);
    buf_free(&t->p.out);
    mem_free(t);
}

static sla_status open_part(container *c, size_t i, stream **out, err *e)
{
    html_box *b = (html_box *)c;
    table_stream *t = mem_zero(1, sizeof *t);
    if (!t) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to read the page");
    t->base = (stream){table_read, table_close};
    sla_status st = reading_open(&t->r, b, &t->p.out, b->tables[i], e);
    if (st == SLA_OK) *out = &t->base;
    else mem_free(t);
    return st;
}

/* ---- the page ---- */
/* Tables of at least two rows and two cells a row; the others lay out the page. */
static sla_status list_tables(html_box *b, const html_page *page, err *e)
{
    size_t n = html_page_tables(page), found = 0;
    part *parts = ARENA_NEW(&b->base.mem, part, n + 1);
    b->tables = ARENA_NEW(&b->base.mem, size_t, n + 1);
    for (size_t i = 0; parts && b->tables && i < n; i++) {
        size_t rows, cells;
        html_page_size(page, i, &rows, &cells);
        if (rows < 2 || cells < 2 * rows) continue;
        char *name = arena_alloc(&b->base.mem, 32, 1);
        if (!name) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to read the page");
        snprintf(name, 32, "table %zu", i + 1);
        b->tables[found] = i;
        parts[found++] = (part){.name = name, .table = true};
    }
    if (!parts || !b->tables) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to read the page");
    if (found == 1) parts[0].name = "";
    b->base.parts = parts;
    b->base.nparts = found;
    if (found) return SLA_OK;
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){b->src.shown, 0, 0}, "an HTML page without a table of records");
    err_hint(e, "export the tickets as .csv or .xlsx");
    return SLA_UNKNOWN_FORMAT;
}

static sla_status look_over(html_box *b, err *e)
{
    reading r;
    sla_status st = reading_open(&r, b, NULL, 0, e);
    if (st != SLA_OK) return st;
    while (st == SLA_OK && !r.end) st = reading_step(&r, e);
    if (st == SLA_OK) st = list_tables(b, r.page, e);
    reading_close(&r);
    return st;
}

static void close_box(container *c) { mem_free(c); }

sla_status html_open(const container_source *src, slice head, container **out, err *e)
{
    html_box *b = mem_zero(1, sizeof *b);
    if (!b) return err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to read the page");
    b->base = (container){.kind = "HTML page", .open_part = open_part, .close = close_box};
    b->src = *src;
    sla_status st = find_encoding(b, head, e);
    if (st == SLA_OK) st = look_over(b, e);
    if (st == SLA_OK) *out = &b->base;
    else container_close(&b->base);
    return st;
}
