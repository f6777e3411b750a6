/* Logs as tables: what Event Viewer, PowerShell, Zabbix, Veeam and others save as CSV, and plain tables of jobs. The header says the names of the values; of W3C and Zeek
 * logs their own lines do (logfields.h), of lists every value does (loglist.h), of lines that stand behind others' the kind (logwrapped.h). */
#include <stdio.h>
#include <string.h>
#include "engine/base/mem.h"
#include "importers/csv.h"
#include "importers/dates.h"
#include "importers/importer.h"
#include "importers/logfields.h"
#include "importers/loglist.h"
#include "importers/logrecords.h"
#include "importers/logwrapped.h"
#include "importers/sheet.h"

enum { COLUMNS_MAX = 120, TITLE_ROWS = 5, SPARE_COLUMNS = 2 };
typedef struct header { slice names[COLUMNS_MAX], plain[COLUMNS_MAX]; size_t n; } header;   /* plain: in small letters, blanks as _ ; "" where that is the same */
struct importer {
    log_records r;
    arena mem;
    csv_dialect dialect;
    header h;
    log_fields *fields;                 /* not NULL: its own lines name the columns */
    bool list; slice first;             /* every value has its name; what a record begins with (loglist.h) */
    log_regex_state *state;             /* of lines that are wrapped, for cut's thread */
    log_parts_cutter *cutter;           /* not NULL: lines are wrapped */
    size_t start; uint32_t line;        /* of the first record */
};

/* ---- the header ---- */
static slice plain_name(arena *a, slice s, bool *nomem)
{
    char *out = arena_alloc(a, s.len + 1, 1);
    if (!out) return *nomem = true, (slice){0};
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c == ' ' || c == '-' ? '_' : c;
    }
    return slice_eq((slice){out, s.len}, s) ? (slice){0} : (slice){out, s.len};
}

/* false: the row names nothing. */
static bool read_header(arena *a, const cells *c, size_t row, header *h, bool *nomem)
{
    h->n = 0;
    for (size_t k = 0; k < c->ncols && k < COLUMNS_MAX; k++) {
        slice name = slice_trim(c->at[k * CELLS_ROWS + row]);
        if (name.len) h->n = k + 1;
        h->names[k] = arena_slice(a, name);
        h->plain[k] = plain_name(a, name, nomem);
        *nomem = *nomem || !h->names[k].ptr;
    }
    size_t named = h->n;
    h->n = h->n + SPARE_COLUMNS < COLUMNS_MAX ? h->n + SPARE_COLUMNS : COLUMNS_MAX;
    for (size_t k = 0; k < h->n; k++) {
        char text[32];
        if (k < named && h->names[k].len) continue;
        snprintf(text, sizeof text, "column%zu", k + 1);
        h->names[k] = arena_slice(a, slice_of(text));
        h->plain[k] = (slice){0};
        *nomem = *nomem || !h->names[k].ptr;
    }
    return named >= 2;
}

static void pairs_of(const header *h, const cells *c, size_t row, log_framed *f)
{
    f->n = 0;
    for (size_t k = 0; k < h->n && k < c->ncols; k++) {
        slice v = slice_trim(c->at[k * CELLS_ROWS + row]);
        log_pair_add(f, h->names[k], v);
        if (h->plain[k].len) log_pair_add(f, h->plain[k], v);
    }
}

/* ---- probing ---- */
typedef struct found { const log_kind *kind; header h; csv_dialect dialect; size_t start; uint32_t line; const char *order; } found;

/* The order of day and month by the values of the column that is the time. NULL: they do not tell. */
static const char *date_order(const found *x, const cells *c, size_t first)
{
    date_evidence ev = {0};
    bool sure;
    const char *order;
    for (size_t i = 0; i < x->kind->at.n; i++)
        for (size_t k = 0; k < x->h.n && k < c->ncols; k++)
            if (slice_eq(x->h.names[k], x->kind->at.items[i]) || slice_eq(x->h.plain[k], x->kind->at.items[i]))
                for (size_t r = first; r < c->nrows; r++) dates_look(slice_trim(c->at[k * CELLS_ROWS + r]), &ev);
    order = dates_order(&ev, &sure);
    return sure ? order : NULL;
}

/* Looks for the header among the first rows, by x->dialect. x->kind NULL: there is none. */
static sla_status find_header_by(const input *in, arena *a, found *x)
{
    cells c = {0};
    log_framed *f = mem_zero(1, sizeof *f);
    const log_kinds *ks = log_patterns_kinds(in->patterns);
    uint32_t line = 1;
    uint64_t ragged = 0;
    bool nomem = false;
    x->start = 0;
    sla_status st = f ? cells_init(&c, COLUMNS_MAX) : SLA_NOMEM;
    if (st == SLA_OK) csv_cells(x->dialect, in->head, &line, &c, &ragged, &st);
    for (size_t row = 0; st == SLA_OK && row < c.nrows && row < TITLE_ROWS && !x->kind; row++) {
        bool names = read_header(a, &c, row, &x->h, &nomem);
        if (nomem) st = SLA_NOMEM;
        if (nomem || !names) continue;
        pairs_of(&x->h, &c, row, f);
        x->kind = log_record_kind(ks, NULL, f->pairs, f->n);
        if (!x->kind) continue;
        x->order = date_order(x, &c, row + 1);
        x->line = row + 1 < c.nrows ? c.lines[row + 1] : line;
        const char *next = row + 1 < c.nrows ? c.starts[row + 1] : NULL;
        x->start = next ? (size_t)(next - in->head.ptr) : in->head.len;
    }
    cells_clear(&c);
    mem_free(f);
    return st;
}

/* In a file of few events the tabs of their messages outnumber the commas between their values: then these are tried as well. */
static sla_status find_header(const input *in, arena *a, found **out, err *e)
{
    bool certain;
    found *x = *out = mem_zero(1, sizeof *x);
    sla_status st = x ? SLA_OK : SLA_NOMEM;
    if (x) x->dialect = in->table ? (csv_dialect){.delimiter = SHEET_CELL, .eol = SHEET_ROW} : csv_guess(in->head, &certain);
    if (st == SLA_OK) st = find_header_by(in, a, x);
    if (st == SLA_OK && !x->kind && !in->table && x->dialect.delimiter != ',') {
        x->dialect.delimiter = ',';
        st = find_header_by(in, a, x);
    }
    return st == SLA_OK ? st : err_set(e, st, (srcpos){in->name, 0, 0}, "no memory to read the log");
}

/* Files whose lines say themselves what is what; at most one of the kinds is not NULL. first: of a list (loglist.h). */
typedef struct self_told { const log_kind *list, *wrapped, *fields; slice first; } self_told;

static sla_status look_at_lines(const input *in, self_told *out, err *e)
{
    *out = (self_told){0};
    TRY(log_list_kind(in, &out->list, &out->first, e));
    if (!out->list) TRY(log_wrapped_kind(in, &out->wrapped, e));
    return out->list || out->wrapped ? SLA_OK : log_fields_kind(in, &out->fields, e);
}

static int logtable_probe(const input *in, err *why)
{
    arena a = {0};
    found *x = NULL;
    self_told told;
    if (!in->patterns || !in->head.len || in->options->dataset || in->options->profile || in->head.ptr[0] == '{' || in->head.ptr[0] == '<') return 0;
    if (look_at_lines(in, &told, why) != SLA_OK) return 0;
    if (told.list || told.wrapped || told.fields) return 95;
    int score = find_header(in, &a, &x, why) == SLA_OK && x->kind ? 92 : 0;
    mem_free(x);
    arena_free(&a);
    return score;
}

/* ---- blocks ---- */
static size_t logtable_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    *open = SIZE_MAX;
    if (im->list) return log_list_cut(im->first, text, at_end, nlines);
    if (im->cutter) return log_wrapped_cut(im->cutter, text, at_end, nlines);
    return im->fields ? log_fields_cut(im->fields, text, at_end, nlines) : csv_cut(im->dialect, text, at_end, nlines, open);
}

static sla_status read_rows(importer *im, log_writer *w, log_framed *f, block *b)
{
    cells c;
    slice rest = b->records;
    uint32_t line = b->line;
    sla_status st = cells_init(&c, im->h.n);
    while (st == SLA_OK && rest.len) {
        cells_reset(&c);
        const char *at = rest.ptr;
        size_t used = csv_cells(im->dialect, rest, &line, &c, &b->ragged, &st);
        rest = (slice){rest.ptr + used, rest.len - used};
        for (size_t row = 0; st == SLA_OK && row < c.nrows; row++) {
            const char *from = c.starts[row] ? c.starts[row] : at;
            const char *to = row + 1 < c.nrows && c.starts[row + 1] ? c.starts[row + 1] : rest.ptr;
            f->scratch = &w->scratch;
            pairs_of(&im->h, &c, row, f);
            log_dates_read(&im->r.dates, im->r.kind, f);
            st = log_record_put(w, &im->r, f, c.lines[row], slice_trim((slice){from, (size_t)(to - from)}));
        }
        if (st == SLA_OK) st = log_writer_settle(w); /* values whose quotes were doubled are the cells' own */
    }
    cells_clear(&c);
    return st;
}

static sla_status logtable_parse(importer *im, block *b, err *e)
{
    log_writer w;
    log_framed *f = mem_zero(1, sizeof *f);
    sla_status st = log_writer_begin(&w, &im->r.sink, b);
    if (!f) st = SLA_NOMEM;
    if (st == SLA_OK) st = im->list ? log_list_read(&im->r, im->first, &w, f, b) : im->cutter ? log_wrapped_read(&im->r, &w, f, b) : im->fields ? log_fields_read(im->fields, &im->r, &w, f, b) : read_rows(im, &w, f, b);
    b->ragged = 0;
    mem_free(f);
    return log_writer_end(&w, st, e);
}

/* ---- the vtable ---- */
static void logtable_close(importer *im)
{
    if (!im) return;
    log_sink_close(&im->r.sink);
    log_fields_free(im->fields);
    log_parts_cutter_free(im->cutter);
    log_regex_state_free(im->state);
    arena_free(&im->mem);
    mem_free(im);
}

static sla_status open_told(const input *in, const self_told *told, importer *im, importer **out, err *e)
{
    const log_kind *k = told->list ? told->list : told->wrapped ? told->wrapped : told->fields;
    bool ok = true;
    im->list = told->list != NULL;
    if (im->list) ok = (im->first = arena_slice(&im->mem, told->first)).ptr != NULL;
    else if (told->wrapped) ok = (im->state = log_regex_state_new()) && (im->cutter = log_parts_cutter_new(k, im->state));
    else ok = (im->fields = log_fields_new()) != NULL;
    return ok ? log_records_open(&im->r, k, in, im, out, e) : err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log");
}

static sla_status open_table(const input *in, importer *im, importer **out, size_t *start, uint32_t *line, err *e)
{
    found *x;
    sla_status st = find_header(in, &im->mem, &x, e);
    if (st == SLA_OK) st = log_records_open(&im->r, x->kind, in, im, out, e);
    if (st == SLA_OK) {
        im->dialect = x->dialect;
        im->h = x->h;
        im->r.dates.order = x->order;
        *start = x->start;
        *line = x->line;
    }
    mem_free(x);
    return st;
}

static sla_status logtable_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    self_told told;
    *start = 0;
    *line = 1;
    importer *im = mem_zero(1, sizeof *im);
    if (!im) return err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log");
    sla_status st = look_at_lines(in, &told, e);
    if (st == SLA_OK) st = told.list || told.wrapped || told.fields ? open_told(in, &told, im, out, e) : open_table(in, im, out, start, line, e);
    if (st != SLA_OK) logtable_close(im);
    return st;
}

static sla_status logtable_take(importer *im, block *b, err *e) { return log_sink_take(&im->r.sink, b, e); }
static void logtable_drop(importer *im, block *b) { (void)im, log_sink_drop(b); }

/* Only at the end is it known whether a date tells the order of day and month: then those that were read without it are read once more. */
static sla_status logtable_finish(importer *im, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e)
{
    (void)put, (void)ctx;
    TRY(log_parts_cut_whole(im->cutter, e));
    return log_dates_finish(&im->r.dates, e);
}

static bool logtable_again(importer *im) { return log_records_again(&im->r); }
static void logtable_notes(const importer *im, buf *out) { log_records_notes(&im->r, out); }
static const dataset *logtable_dataset(const importer *im) { return im->r.sink.ds; }
static slice logtable_profile(const importer *im) { return im->r.kind->name; }
static batch_pool *logtable_batches(const importer *im) { return im->r.sink.batches; }

static sla_status logtable_caveats(const importer *im, store *s, int64_t source, err *e) { return log_sink_caveats(&im->r.sink, s, source, e); }

const importer_kind importer_logtable = {"log table", "logs and jobs as tables: Event Viewer, Zabbix, Veeam, plain job tables, W3C and Zeek logs", logtable_probe, logtable_open, logtable_cut, logtable_parse, logtable_take, logtable_finish,
                                         logtable_drop, logtable_notes, logtable_dataset, logtable_profile, logtable_batches, NULL, logtable_close, logtable_caveats, logtable_again, NULL};
