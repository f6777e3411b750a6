#include "importers/workbook.h"
#include <string.h>
#include "engine/base/mem.h"
#include "importers/feed.h"
#include "importers/sheet.h"

enum { BLOCK = 1 << 16 };
typedef struct reader { workbook_row_fn *fn; void *ctx; const char *sheet; buf text; slice *cells; size_t cap; uint32_t row; } reader;

/* One row of text, its cells ended by SHEET_CELL, the last one by the row's end. */
static sla_status give_row(reader *r, slice text, err *e)
{
    size_t n = 0;
    for (size_t from = 0; text.len && from <= text.len; n++) {
        const char *end = from < text.len ? memchr(text.ptr + from, SHEET_CELL, text.len - from) : NULL;
        size_t to = end ? (size_t)(end - text.ptr) : text.len;
        if (mem_grow(&r->cells, &r->cap, n + 1, sizeof *r->cells)) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for a row");
        r->cells[n] = (slice){text.ptr + from, to - from};
        if (!end) {
            n++;
            break;
        }
        from = to + 1;
    }
    return r->fn(r->ctx, r->sheet, ++r->row, r->cells, n, e);
}

/* The rows that are whole; what is left stays for the next block. */
static sla_status give_rows(reader *r, bool at_end, err *e)
{
    size_t from = 0;
    for (const char *end; from < r->text.len && (end = memchr(r->text.ptr + from, SHEET_ROW, r->text.len - from)); from = (size_t)(end - r->text.ptr) + 1)
        TRY(give_row(r, (slice){r->text.ptr + from, (size_t)(end - r->text.ptr) - from}, e));
    if (at_end && from < r->text.len) TRY(give_row(r, (slice){r->text.ptr + from, r->text.len - from}, e));
    memmove(r->text.ptr, r->text.ptr + from, r->text.len - from);
    r->text.len -= from;
    return SLA_OK;
}

static sla_status read_sheet(reader *r, stream *s, err *e)
{
    char *piece = mem_resize(NULL, BLOCK, 1);
    sla_status st = piece ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for a sheet");
    for (size_t got = BLOCK; st == SLA_OK && got == BLOCK;) {
        st = stream_read(s, piece, BLOCK, &got, e);
        if (st == SLA_OK) buf_bytes(&r->text, piece, got);
        if (st == SLA_OK && r->text.failed) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for a sheet");
        if (st == SLA_OK && r->text.len) st = give_rows(r, got < BLOCK, e);
    }
    mem_free(piece);
    return st;
}

static sla_status read_sheets(reader *r, container *box, err *e)
{
    for (size_t i = 0; i < box->nparts; i++) {
        stream *s = NULL;
        if (!box->parts[i].table) continue;
        r->sheet = box->parts[i].name, r->row = 0, r->text.len = 0;
        TRY(container_part(box, i, &s, e));
        sla_status st = read_sheet(r, s, e);
        stream_close(s);
        TRY(st);
    }
    return SLA_OK;
}

static sla_status no_workbook(const char *path, err *e)
{
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){path, 0, 0}, "is no workbook");
    err_hint(e, "give the .xlsx that 'slaudit report' wrote, filled in and saved as .xlsx");
    return SLA_UNKNOWN_FORMAT;
}

sla_status workbook_rows(const char *path, workbook_row_fn *fn, void *ctx, char *sha256, err *e)
{
    feed_file f = {.fd = -1};
    container *box = NULL;
    buf head = {0};
    reader r = {.fn = fn, .ctx = ctx};
    TRY(feed_open(path, path, &f, e));
    sla_status st = feed_hash(&f, e);
    if (st == SLA_OK) st = feed_head(&f, 4096, &head, e);
    container_source src = {f.fd, f.size, path, NULL};
    if (st == SLA_OK) st = container_open(&src, (slice){head.ptr, head.len}, &box, e);
    if (st == SLA_OK) memcpy(sha256, f.sha256, sizeof f.sha256);
    bool tables = false;
    for (size_t i = 0; box && i < box->nparts; i++) tables = tables || box->parts[i].table;
    if (st == SLA_OK) st = tables ? read_sheets(&r, box, e) : no_workbook(path, e);
    container_close(box);
    feed_close(&f);
    buf_free(&head);
    buf_free(&r.text);
    mem_free(r.cells);
    return st;
}
