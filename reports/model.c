/* Building a document: texts by key, figures as text, blocks in order. A failure sticks, so builders read as a list of what the report says. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "reports/model.h"

sla_status document_open(document *d, const audit_result *r, const texts *t, bool english, const char *name, err *e)
{
    *d = (document){.r = r, .t = t, .english = english, .name = name, .pdf = true, .sheet_rows = SHEET_ROWS};
    TRY(format_zone(r, &d->z, e));
    return SLA_OK;
}

sla_status document_done(document *d, err *e)
{
    if (d->mem.failed) err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the report");
    if (d->failed.code != SLA_OK && e != NULL && e->code == SLA_OK) *e = d->failed;
    return d->failed.code;
}

void document_clear(document *d)
{
    zone_close(d->z);
    mem_free(d->blocks);
    arena_free(&d->mem);
    *d = (document){0};
}

void *doc_alloc(document *d, size_t n, size_t size)
{
    void *p = d->failed.code == SLA_OK ? arena_alloc(&d->mem, n ? n : 1, size) : NULL;
    if (p == NULL) err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the report");
    return p;
}

slice doc_text(document *d, const char *key)
{
    slice s = texts_get(d->t, key);
    if (s.ptr == NULL) {
        err_set(&d->failed, SLA_NAME, SRCPOS_NONE, "the text '%s' is missing in reports/texts/%s.yaml", key, d->t->lang);
        return SLICE_LIT("");
    }
    return s;
}

slice doc_fill(document *d, const char *key, const text_fill *fill)
{
    slice s = texts_filled(doc_text(d, key), fill, &d->mem);
    if (s.ptr == NULL) err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the report");
    return s;
}

slice doc_kept(document *d, buf *b)
{
    slice s = {b->failed ? NULL : arena_strndup(&d->mem, b->len > 0 ? b->ptr : "", b->len), b->len};
    if (s.ptr == NULL) err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the report"), s = (slice){"", 0};
    buf_free(b);
    return s;
}

slice doc_join(document *d, const char *fmt, ...)
{
    char small[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof small) {
        char *p = arena_strndup(&d->mem, small, (size_t)n);
        if (p != NULL) return (slice){p, (size_t)n};
    } else if (n >= 0) {
        char *p = doc_alloc(d, (size_t)n + 1, 1);
        if (p == NULL) return (slice){"", 0};
        va_start(ap, fmt);
        vsnprintf(p, (size_t)n + 1, fmt, ap);
        va_end(ap);
        return (slice){p, (size_t)n};
    }
    err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the report");
    return (slice){"", 0};
}

slice doc_int(document *d, int64_t v)
{
    buf b = {0};
    format_int(&b, v);
    return doc_kept(d, &b);
}

slice doc_percent(document *d, double v)
{
    buf b = {0};
    format_percent(&b, v, d->english);
    return doc_kept(d, &b);
}

slice doc_minute(document *d, int64_t utc_ms)
{
    buf b = {0};
    format_minute(&b, d->z, utc_ms);
    return doc_kept(d, &b);
}

slice doc_day(document *d, int64_t utc_ms)
{
    buf b = {0};
    format_day(&b, d->z, utc_ms);
    return doc_kept(d, &b);
}

slice doc_bi(const document *d, bitext t)
{
    slice s = bitext_in(t, d->english);
    return s.ptr == NULL ? (slice){"", 0} : s;
}

slice doc_word(document *d, const char *prefix, slice key)
{
    char full[128];
    if (key.len + strlen(prefix) + 2 > sizeof full) return key;
    snprintf(full, sizeof full, "%s.%.*s", prefix, SLICE_ARG(key));
    slice s = texts_get(d->t, full);
    return s.ptr != NULL ? s : key;
}

static slice text_or_title(document *d, const char *prefix, slice key, const bitext *title)
{
    slice said = doc_word(d, prefix, key);
    return said.ptr == key.ptr && title ? doc_bi(d, *title) : said;
}

slice doc_dataset(document *d, slice name) { return text_or_title(d, "dataset", name, result_word(d->r, SLICE_LIT(""), name)); }

slice doc_term(document *d, slice of, slice value)
{
    return value.len ? text_or_title(d, slice_is(of, "weekday") ? "weekday" : "value", value, result_word(d->r, of, value)) : value;
}

/* "Source address" begins small within a sentence; what is written in capitals does not. */
slice doc_field(document *d, slice name)
{
    slice s = text_or_title(d, "by", name, result_word(d->r, name, SLICE_LIT("")));
    bool word = s.len > 1 && s.ptr[0] >= 'A' && s.ptr[0] <= 'Z' && s.ptr[1] >= 'a' && s.ptr[1] <= 'z';
    return word ? doc_join(d, "%c%.*s", s.ptr[0] | 32, (int)s.len - 1, s.ptr + 1) : s;
}

slice sheet_part(slice name, size_t part, arena *a)
{
    char full[64];
    int n = part == 0 ? snprintf(full, sizeof full, "%.*s", SLICE_ARG(name)) : snprintf(full, sizeof full, "%.*s (%zu)", SLICE_ARG(name), part + 1);
    const char *kept = n < 0 || (size_t)n >= sizeof full ? NULL : arena_strndup(a, full, (size_t)n);
    return kept ? (slice){kept, (size_t)n} : (slice){0};
}

slice doc_sheet_link(document *d, const char *sheet_key, size_t first, size_t row, slice text)
{
    buf quoted = {0};
    slice link = {"", 0}, name = sheet_part(doc_text(d, sheet_key), row / d->sheet_rows, &d->mem);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') buf_char(&quoted, '"');
        if ((unsigned char)text.ptr[i] >= ' ') buf_char(&quoted, text.ptr[i]);
    }
    if (utf8_count(text.ptr, text.len) <= 255) link = doc_join(d, "=HYPERLINK(\"#'%.*s'!A%zu\",\"%s\")", SLICE_ARG(name), first + row % d->sheet_rows, buf_cstr(&quoted));
    if (quoted.failed || !name.ptr) err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the report");
    buf_free(&quoted);
    return link;
}

/* Numbers of few places: 4.31, but 31 for a count kept as a number. */
static int number_places(double v) { return v == floor(v) && fabs(v) < 1e9 ? 0 : 2; }

cell cell_text(slice s) { return (cell){.kind = CELL_TEXT, .text = s}; }
cell cell_int(int64_t v) { return (cell){.kind = CELL_INT, .num = (double)v}; }

cell cell_value(slice unit, double v)
{
    if (slice_is(unit, "count")) return (cell){.kind = CELL_INT, .num = v};
    if (slice_is(unit, "share") || slice_is(unit, "%")) return (cell){.kind = CELL_PERCENT, .num = v};
    if (slice_is(unit, "ms")) return (cell){.kind = CELL_DURATION, .num = v};
    return (cell){.kind = CELL_NUMBER, .num = v, .places = number_places(v)};
}

cell cell_share(bool has, double v) { return has ? (cell){.kind = CELL_PERCENT, .num = v} : (cell){.kind = CELL_TEXT, .text = SLICE_LIT("–"), .tone = TONE_MUTED}; }

static void print_cell(const document *d, const cell *c, buf *b)
{
    switch (c->kind) {
    case CELL_EMPTY: case CELL_INTERVAL: break;
    case CELL_TEXT: buf_slice(b, c->text); break;
    case CELL_INT: format_int(b, (int64_t)llround(c->num)); break;
    case CELL_NUMBER: format_number(b, c->num, c->places); break;
    case CELL_PERCENT:
        if (c->has_apart) format_percent_apart(b, c->num, c->apart, d->english);
        else format_percent(b, c->num, d->english);
        break;
    case CELL_DURATION: format_duration(b, c->num, d->t); break;
    case CELL_TIME: format_minute(b, d->z, (int64_t)c->num); break;
    }
}

slice doc_cell_text(document *d, const cell *c, arena *a)
{
    buf b = {0};
    if (c->kind == CELL_TEXT) return c->text;
    print_cell(d, c, &b);
    slice s = {b.failed ? NULL : arena_strndup(a, b.len > 0 ? b.ptr : "", b.len), b.len};
    if (s.ptr == NULL) err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the report"), s = (slice){"", 0};
    buf_free(&b);
    return s;
}

slice doc_value(document *d, slice unit, double v)
{
    cell c = cell_value(unit, v);
    return doc_cell_text(d, &c, &d->mem);
}

block *doc_add(document *d, block_kind k)
{
    if (d->failed.code == SLA_OK && d->n == d->cap && mem_grow(&d->blocks, &d->cap, d->n < 64 ? 64 : d->n + 1, sizeof *d->blocks) != 0)
        err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the report");
    block *b = d->failed.code == SLA_OK ? &d->blocks[d->n++] : &d->spare;
    *b = (block){.kind = k, .pdf = d->pdf, .sheet = d->sheet};
    return b;
}

block *doc_heading(document *d, int level, slice text)
{
    block *b = doc_add(d, BLOCK_HEADING);
    b->level = level;
    b->text = text;
    return b;
}

block *doc_para(document *d, slice text)
{
    block *b = doc_add(d, BLOCK_PARA);
    b->text = text;
    return b;
}

block *doc_small(document *d, slice text)
{
    block *b = doc_para(d, text);
    b->style = PARA_SMALL;
    return b;
}

block *doc_item(document *d, slice text)
{
    block *b = doc_add(d, BLOCK_ITEM);
    b->text = text;
    return b;
}

block *doc_callout(document *d, tone how, slice title, slice text)
{
    block *b = doc_add(d, BLOCK_CALLOUT);
    b->tone = how;
    b->text = title;
    b->more = text;
    return b;
}

block *doc_break(document *d) { return doc_add(d, BLOCK_BREAK); }

block *doc_chapter(document *d)
{
    block *b = doc_break(d);
    b->soft = true;
    return b;
}

block *doc_table(document *d, size_t ncols, size_t nrows)
{
    tablet *t = DOC_NEW(d, tablet, 1);
    tcol *cols = DOC_NEW(d, tcol, ncols);
    cell *cells = nrows > SIZE_MAX / ncols ? NULL : DOC_NEW(d, cell, nrows * ncols);
    block *b = doc_add(d, BLOCK_TABLE);
    if (t == NULL || cols == NULL || cells == NULL || b == &d->spare) return NULL;
    *t = (tablet){.cols = cols, .ncols = ncols, .nrows = nrows, .cells = cells};
    b->table = t;
    return b;
}

void doc_col(block *b, size_t col, slice title, align al, double weight, double chars)
{
    b->table->cols[col] = (tcol){.title = title, .align = al, .weight = weight, .chars = chars};
}

block *doc_chart(document *d, chart_kind kind, size_t ncats, size_t nseries)
{
    chart *c = DOC_NEW(d, chart, 1);
    slice *cats = DOC_NEW(d, slice, ncats);
    int64_t *n = DOC_NEW(d, int64_t, ncats);
    series *s = DOC_NEW(d, series, nseries);
    block *b = doc_add(d, BLOCK_CHART);
    if (c == NULL || cats == NULL || n == NULL || s == NULL || b == &d->spare) return NULL;
    *c = (chart){.kind = kind, .cats = cats, .n = n, .ncats = ncats, .series = s, .nseries = nseries};
    for (size_t i = 0; i < nseries; i++) {
        s[i].v = DOC_NEW(d, double, ncats);
        s[i].has = DOC_NEW(d, bool, ncats);
        if (s[i].v == NULL || s[i].has == NULL) return NULL;
    }
    b->chart = c;
    return b;
}
