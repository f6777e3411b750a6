/* A sheet as a stream of text. Its XML is cut where rows begin and the parts are read side by side, each behind the beginning of the document, so that it is well-formed by itself. Where that
 * cannot be done (rows without numbers, another encoding, a cut within a comment, damage) the sheet is read once more in one go: that says what is wrong, or gives the same text. */
#define _GNU_SOURCE /* memmem */
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "importers/xlsx.h"

enum { BLOCK = 2 << 20, LARGEST = 16 << 20, WORTH_IT = 1 << 18, PARTS_MAX = 64 };
typedef struct sheet_stream {
    stream base;
    xlsx *b;
    size_t i;
    stream *in;
    pieces p;                       /* text of rows */
    cell_reader c;                  /* of the sheet in one go */
    bool by_parts, in_end;
    buf raw;                        /* XML read and not parsed yet */
    slice head;                     /* of the document, to the end of the tag sheetData; a copy */
    uint32_t last_row, last_cell;   /* of what was read by parts */
    bool any;                       /* a cell was */
    uint64_t made, skip;            /* bytes of text made by parts; to be left out as they were given already */
} sheet_stream;

static sla_status no_memory(const sheet_stream *s, err *e) { return err_set(e, SLA_NOMEM, (srcpos){s->b->shown[s->i], 0, 0}, "no memory to read the sheet"); }

/* ---- in one go ---- */
static sla_status open_member(sheet_stream *s, err *e)
{
    TRY(zip_member_open(s->b->z, s->b->sheets[s->i], s->b->shown[s->i], &s->in, e));
    s->in = stream_ahead(s->in);
    return SLA_OK;
}

static sla_status once_more(sheet_stream *s, err *e)
{
    stream_close(s->in);
    s->in = NULL;
    s->by_parts = false;
    s->skip = s->made;
    buf_reset(&s->raw);
    buf_reset(&s->p.out);
    TRY(open_member(s, e));
    return cells_open(s->b, s->b->shown[s->i], &s->p.out, false, &s->c, e);
}

static sla_status more_in_one_go(sheet_stream *s, err *e)
{
    if (s->raw.len) {
        TRY(xml_feed(s->c.x, (slice){s->raw.ptr, s->raw.len}, s->in_end, e));
        s->p.end = s->in_end;
        buf_reset(&s->raw);
    } else TRY(xml_step(s->c.x, s->in, &s->p.end, e));
    if (s->p.end && s->c.any_cell) buf_char(&s->p.out, SHEET_ROW);
    if (s->p.end) s->b->merged[s->i] = s->c.merged;
    size_t left_out = s->skip < s->p.out.len ? (size_t)s->skip : s->p.out.len;
    if (left_out) memmove(s->p.out.ptr, s->p.out.ptr + left_out, s->p.out.len - left_out);
    s->p.out.len -= left_out;
    s->skip -= left_out;
    return SLA_OK;
}

/* ---- by parts ---- */
typedef struct xml_part { slice text; bool end, good; cell_reader c; buf out; } xml_part;
typedef struct part_job { sheet_stream *s; xml_part *parts; } part_job;

static sla_status read_part(void *ctx, size_t i, err *e)
{
    const part_job *j = ctx;
    xml_part *x = &j->parts[i];
    err why = {0};
    sla_status st = cells_open(j->s->b, j->s->b->shown[j->s->i], &x->out, true, &x->c, &why);
    if (st == SLA_OK) st = xml_feed(x->c.x, j->s->head, false, &why);
    if (st == SLA_OK) st = xml_feed(x->c.x, x->text, x->end, &why);
    x->good = st == SLA_OK && (x->end || (xml_unread(x->c.x) == 0 && x->c.rows && !x->c.in_row)) && !x->c.unnumbered && !x->out.failed;
    (void)e; /* reading in one go says it */
    return SLA_OK;
}

/* "<row " at or behind from; len: there is none. */
static size_t next_row(slice s, size_t from)
{
    while (from + 5 <= s.len) {
        const char *p = memmem(s.ptr + from, s.len - from, "<row", 4);
        if (!p || p + 5 > s.ptr + s.len) break;
        if (p[4] == ' ' || p[4] == '>' || p[4] == '\n' || p[4] == '\r' || p[4] == '\t' || p[4] == '/') return (size_t)(p - s.ptr);
        from = (size_t)(p - s.ptr) + 4;
    }
    return s.len;
}

/* What of raw is whole rows: to the beginning of the last one, which may go on. */
static size_t whole_rows(slice s)
{
    for (size_t at = s.len; at > 4; at--)
        if (s.ptr[at - 5] == '<' && next_row((slice){s.ptr, at}, at - 5) == at - 5) return at - 5;
    return 0;
}

static size_t cut_parts(slice whole, bool end, xml_part *parts)
{
    size_t n = 0, most = 2 * pool_threads() < PARTS_MAX ? 2 * pool_threads() : PARTS_MAX, step = whole.len / most + 1;
    for (size_t from = 0; from < whole.len; n++) {
        size_t to = n + 1 == most ? whole.len : next_row(whole, from + step);
        parts[n] = (xml_part){.text = {whole.ptr + from, to - from}, .end = end && to == whole.len};
        from = to;
    }
    return n;
}

/* Whether the part continues what was read; then its text is added. */
static bool add_part(sheet_stream *s, const xml_part *x, bool first)
{
    const cell_reader *c = &x->c;
    if (!x->good || (c->any_row && !first && c->first_row <= s->last_row)) return false;
    if (c->any_cell && s->any && c->first_cell <= s->last_cell) return false;
    if (c->any_cell) {
        for (uint32_t r = s->any ? s->last_cell : 0; r < c->first_cell; r++) buf_char(&s->p.out, SHEET_ROW);
        buf_bytes(&s->p.out, x->out.ptr, x->out.len);
        s->last_cell = c->w.row;
        s->any = true;
    }
    if (c->any_row) s->last_row = c->row;
    s->b->merged[s->i] = c->merged; /* the last part has them */
    return true;
}

static bool read_parts(sheet_stream *s, slice whole)
{
    err ignored = {0}; /* what was not read is not good, and reading in one go says why */
    xml_part parts[PARTS_MAX];
    bool first = s->made == 0 && !s->any, good = true;
    size_t n = cut_parts(whole, s->in_end, parts);
    pool_each(n, read_part, &(part_job){s, parts}, &ignored);
    for (size_t i = 0; i < n; i++) {
        good = good && add_part(s, &parts[i], first);
        first = first && !parts[i].c.any_row;
        cells_close(&parts[i].c);
        buf_free(&parts[i].out);
    }
    return good;
}

static sla_status fill(sheet_stream *s, size_t n, err *e)
{
    size_t got = 0;
    char *to = buf_reserve(&s->raw, n);
    if (!to) return no_memory(s, e);
    TRY(stream_read(s->in, to, n, &got, e));
    s->raw.len += got;
    s->in_end = got < n;
    return SLA_OK;
}

static sla_status more_by_parts(sheet_stream *s, err *e)
{
    if (!s->in_end) TRY(fill(s, BLOCK, e));
    slice all = {s->raw.ptr, s->raw.len}, whole = {all.ptr, s->in_end ? all.len : whole_rows(all)};
    if (whole.len == 0 && !s->in_end && all.len < LARGEST) return SLA_OK;
    size_t before = s->p.out.len;
    if (whole.len == 0 || !read_parts(s, whole)) return once_more(s, e);
    s->p.end = s->in_end;
    if (s->p.end && s->any) buf_char(&s->p.out, SHEET_ROW);
    s->made += s->p.out.len - before;
    memmove(s->raw.ptr, s->raw.ptr + whole.len, all.len - whole.len);
    s->raw.len = all.len - whole.len;
    return SLA_OK;
}

/* Looks for where the rows begin. A small sheet, and one where that is not found, is read in one go. */
static sla_status begin(sheet_stream *s, err *e)
{
    err ignored = {0};
    cell_reader look = {0};
    buf none = {0};
    TRY(open_member(s, e));
    TRY(cells_open(s->b, s->b->shown[s->i], &s->p.out, false, &s->c, e));
    if (pool_threads() == 1) return SLA_OK;
    TRY(fill(s, WORTH_IT, e));
    if (s->in_end) return SLA_OK;
    if (cells_open(s->b, s->b->shown[s->i], &none, false, &look, &ignored) == SLA_OK) xml_feed(look.x, (slice){s->raw.ptr, s->raw.len}, false, &ignored);
    uint64_t at = look.data_at;
    cells_close(&look);
    buf_free(&none);
    if (at == 0 || at >= s->raw.len) return SLA_OK;
    s->head = arena_slice(&s->b->base.mem, (slice){s->raw.ptr, (size_t)at});
    if (!s->head.ptr) return no_memory(s, e);
    memmove(s->raw.ptr, s->raw.ptr + at, s->raw.len - (size_t)at);
    s->raw.len -= (size_t)at;
    cells_close(&s->c);
    s->by_parts = true;
    return SLA_OK;
}

/* ---- the stream ---- */
static sla_status more_rows(void *ctx, err *e)
{
    sheet_stream *s = ctx;
    return s->by_parts ? more_by_parts(s, e) : more_in_one_go(s, e);
}

static sla_status sheet_read(stream *base, char *to, size_t n, size_t *got, err *e)
{
    sheet_stream *s = (sheet_stream *)base;
    return stream_pieces(&s->p, more_rows, s, to, n, got, e);
}

static void sheet_close(stream *base)
{
    sheet_stream *s = (sheet_stream *)base;
    cells_close(&s->c);
    stream_close(s->in);
    buf_free(&s->p.out);
    buf_free(&s->raw);
    mem_free(s);
}

sla_status xlsx_sheet_open(xlsx *b, size_t i, stream **out, err *e)
{
    sheet_stream *s = mem_zero(1, sizeof *s);
    if (!s) return err_set(e, SLA_NOMEM, (srcpos){b->shown[i], 0, 0}, "no memory to read the sheet");
    s->base = (stream){sheet_read, sheet_close};
    s->b = b;
    s->i = i;
    sla_status st = begin(s, e);
    if (st == SLA_OK) *out = &s->base;
    else sheet_close(&s->base);
    return st;
}
