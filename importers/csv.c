/* CSV: the header decides what the file is, the plan says where each column goes, blocks become batches. */
#include "importers/csv.h"
#include <stdio.h>
#include <string.h>
#include "engine/base/mem.h"
#include "importers/dates.h"
#include "importers/fold.h"
#include "importers/importer.h"
#include "importers/sheet.h"

struct importer {
    arena mem;
    csv_dialect dialect;
    plan p;
    const profile *pf;
    slice *names; size_t ncols;         /* the header */
    batch_pool *batches;
    fold *fold;                         /* NULL: each row is a record */
    buf said;                           /* notes of detection */
    uint64_t ragged, unnamed;
    bool table;
};

/* ---- the header ---- */
/* Where the first record of text that is not blank ends, its line end with it. */
static size_t record_end(csv_dialect d, slice text)
{
    bool quoted = false, start = true, any = false;
    for (size_t i = 0; i < text.len; i++) {
        char ch = text.ptr[i];
        if (quoted) {
            if (d.escape && ch == d.escape) i++;
            else quoted = ch != d.quote;
        } else if (start && d.quote && ch == d.quote) quoted = true;
        else if (ch == d.eol && any) return i + 1;
        start = ch == d.delimiter || ch == d.eol;
        any = any || (ch != d.eol && ch != '\r');
    }
    return text.len;
}

/* The record at *start as the header: its names; *start and *lines move behind it. */
static sla_status read_header(importer *im, slice head, size_t *start, uint32_t *lines)
{
    cells c;
    uint64_t ragged = 0;
    uint32_t line = 1;
    sla_status st = cells_init(&c, CELLS_COLS_MAX);
    if (st != SLA_OK) return st;
    slice record = {head.ptr + *start, head.len - *start};
    record.len = record_end(im->dialect, record);
    csv_cells(im->dialect, record, &line, &c, &ragged, &st);
    *start += record.len;
    *lines += line - 1;
    im->ncols = 0;
    if (st == SLA_OK && c.nrows) {
        size_t n = 0;
        for (size_t k = 0; k < c.ncols; k++)
            if (c.at[k * CELLS_ROWS].ptr) n = k + 1;
        im->names = ARENA_NEW(&im->mem, slice, n);
        if (!im->names) st = SLA_NOMEM;
        for (size_t k = 0; st == SLA_OK && k < n; k++) {
            slice name = slice_trim(c.at[k * CELLS_ROWS]);
            im->names[k] = arena_slice(&im->mem, name);
            if (name.len && !im->names[k].ptr) st = SLA_NOMEM;
        }
        im->ncols = n;
        im->unnamed += ragged;
    }
    cells_clear(&c);
    return st;
}

/* Part k of a path, from its end, up to its first dot: of "export.zip/ticket.csv" 0 is "ticket" and 1 "export". */
static slice path_name(const char *path, int k)
{
    slice s = slice_of(path);
    for (;; k--) {
        size_t from = s.len;
        while (from && s.ptr[from - 1] != '/') from--;
        slice part = {s.ptr + from, s.len - from};
        if (k == 0 || from == 0) {
            const char *dot = memchr(part.ptr, '.', part.len);
            return dot ? (slice){part.ptr, (size_t)(dot - part.ptr)} : part;
        }
        s.len = from - 1;
    }
}

static bool has_required(const dataset *ds, const slice *names, size_t n)
{
    for (size_t f = 0; f < ds->nfields; f++) {
        bool there = !ds->fields[f].required;
        for (size_t i = 0; i < n; i++) there = there || slice_eq(names[i], ds->fields[f].name);
        if (!there) return false;
    }
    return true;
}

/* Which dataset a canonical file is: what the user said, else the file's name, else the header. */
static const dataset *canonical_dataset(const input *in, const slice *names, size_t n)
{
    if (in->options->dataset) return schema_dataset(in->model, slice_of(in->options->dataset));
    for (int k = 0; k < 2; k++) {
        const dataset *ds = schema_dataset(in->model, path_name(in->name, k));
        if (ds && has_required(ds, names, n)) return ds;
    }
    return schema_match_header(in->model, names, n);
}

static const profile *choose_profile(const input *in, const slice *names, size_t n)
{
    if (in->options->profile) return profile_by_name(in->profiles, slice_of(in->options->profile));
    return profile_by_header(in->profiles, names, n);
}

/* ---- the plan ---- */
static int column_named(const importer *im, slice name)
{
    for (size_t i = 0; i < im->ncols; i++)
        if (im->names[i].len && slice_eq_nocase(im->names[i], name)) return (int)i;
    return -1;
}

static void place(importer *im, target *t, const field *f)
{
    for (size_t m = 0; im->pf && m < im->pf->nmaps; m++) {
        const field_map *map = &im->pf->maps[m];
        if (!slice_eq(im->pf->ds->fields[map->field].name, f->name)) continue;
        t->map = map;
        for (size_t h = 0; t->input < 0 && h < map->nheaders; h++) t->input = column_named(im, map->headers[h]);
        return;
    }
    if (!im->pf) t->input = column_named(im, f->name);
}

static sla_status make_plan(importer *im, const dataset *ds, const input *in)
{
    im->p = (plan){.ds = ds, .pf = im->pf, .zone = in->options->zone, .fields = ARENA_NEW(&im->mem, target, ds->nfields)};
    if (!im->p.fields) return SLA_NOMEM;
    for (size_t f = 0; f < ds->nfields; f++) {
        im->p.fields[f] = (target){.input = -1, .order = "ymd"};
        place(im, &im->p.fields[f], &ds->fields[f]);
    }
    return SLA_OK;
}

/* The order of day and month, from all times of the head (a whole column says more than a value). */
static sla_status look_at_dates(importer *im, slice body)
{
    cells c;
    date_evidence ev = {0};
    uint64_t ragged = 0;
    uint32_t line = 1;
    bool any = false, sure = false;
    TRY(cells_init(&c, im->ncols));
    sla_status st = SLA_OK;
    while (body.len && st == SLA_OK) {
        cells_reset(&c);
        size_t used = csv_cells(im->dialect, body, &line, &c, &ragged, &st);
        if (used == 0) break;
        body = (slice){body.ptr + used, body.len - used};
        for (size_t f = 0; f < im->p.ds->nfields; f++) {
            vtype t = im->p.ds->fields[f].type;
            if ((t != VT_TIME && t != VT_DATE) || im->p.fields[f].input < 0) continue;
            for (size_t r = 0; r < c.nrows; r++) {
                slice s = slice_trim(c.at[(size_t)im->p.fields[f].input * CELLS_ROWS + r]);
                if (s.len > 5) dates_look(s, &ev), any = true;
            }
        }
    }
    cells_clear(&c);
    if (st != SLA_OK || !any || ev.values == 0) return st;
    const char *order = im->pf && im->pf->date_order.len ? im->pf->date_order.ptr : dates_order(&ev, &sure);
    for (size_t f = 0; f < im->p.ds->nfields; f++) im->p.fields[f].order = order;
    buf_printf(&im->said, "dates read as %s: of %zu looked at, %zu have a first number over 12 and %zu a second%s\n",
               strcmp(order, "mdy") == 0 ? "month/day/year" : "day/month/year", ev.values, ev.first_over_12, ev.second_over_12,
               sure ? "" : " (nothing decides; assumed)");
    return im->said.failed ? SLA_NOMEM : SLA_OK;
}

static void say_columns(importer *im)
{
    size_t used = 0;
    const csv_dialect d = im->dialect;
    if (im->table) buf_printf(&im->said, "a table of %zu columns\n", im->ncols);
    else buf_printf(&im->said, "CSV, delimiter %s, quote %c%s, %zu columns\n", d.delimiter == '\t' ? "tab" : (char[]){d.delimiter, '\0'}, d.quote, d.escape ? ", escaped by \\" : "", im->ncols);
    if (im->unnamed) buf_printf(&im->said, "columns beyond the first %d are not read\n", CELLS_COLS_MAX);
    for (size_t f = 0; f < im->p.ds->nfields; f++) used += im->p.fields[f].input >= 0;
    if (used >= im->ncols) return;
    buf_text(&im->said, "columns not used:");
    for (size_t i = 0; i < im->ncols; i++) {
        bool taken = false;
        for (size_t f = 0; f < im->p.ds->nfields; f++) taken = taken || im->p.fields[f].input == (int)i;
        if (!taken) buf_printf(&im->said, " %.*s%s", im->names[i].len ? (int)im->names[i].len : 7, im->names[i].len ? im->names[i].ptr : "(blank)", i + 1 < im->ncols ? "," : "");
    }
    buf_char(&im->said, '\n');
}

/* ---- the vtable ---- */
static void csv_close(importer *im)
{
    if (!im) return;
    batch_pool_free(im->batches);
    fold_free(im->fold);
    buf_free(&im->said);
    arena_free(&im->mem);
    mem_free(im);
}

static sla_status refuse_header(const input *in, const importer *im, err *why)
{
    buf b = {0};
    for (size_t i = 0; i < im->ncols && i < 8; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", SLICE_ARG(im->names[i]));
    err_set(why, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "a table, but its header (%s%s) is that of no dataset and no profile", buf_cstr(&b), im->ncols > 8 ? ", …" : "");
    err_hint(why, "name the columns as in the documentation, give --dataset, or write a profile (docs/importers.md)");
    buf_free(&b);
    return SLA_UNKNOWN_FORMAT;
}

/* Whether the header is one: of a profile, or of a dataset with every column it needs. */
static sla_status fit_header(importer *im, const input *in, err *e)
{
    const dataset *ds = NULL;
    im->pf = in->options->dataset ? NULL : choose_profile(in, im->names, im->ncols);
    if (im->pf) ds = im->pf->ds;
    else ds = canonical_dataset(in, im->names, im->ncols);
    if (!ds) return refuse_header(in, im, e);
    fold_free(im->fold);
    im->fold = NULL;
    if (im->pf && im->pf->fold) TRY(fold_new(im->pf, &im->mem, &im->fold, &ds, e));
    TRY(make_plan(im, ds, in));
    if (im->fold) fold_place(im->fold, im->p.fields, im->names, im->ncols);
    for (size_t f = 0; f < ds->nfields; f++)
        if (ds->fields[f].required && im->p.fields[f].input < 0 && !(im->p.fields[f].map && im->p.fields[f].map->constant.ptr)) {
            err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "the table has no column '%.*s', which a %.*s needs", SLICE_ARG(ds->fields[f].name), SLICE_ARG(ds->name));
            err_hint(e, "add the column, or write a profile that says which column it is");
            return SLA_UNKNOWN_FORMAT;
        }
    return SLA_OK;
}

/* Reports often stand under a title or the like: the header is the first of the leading records that fits. What is said when none does is about the one that
 * looks most like a header: the longest, of those the first. */
static sla_status find_header(importer *im, const input *in, size_t *start, uint32_t *lines, err *e)
{
    enum { LOOK_AT = 15 };
    size_t longest = 0;
    err about = {0};
    for (int i = 0; i < LOOK_AT && *start < in->head.len; i++) {
        err why = {0};
        TRY(read_header(im, in->head, start, lines));
        if (im->ncols == 0) break;
        sla_status st = fit_header(im, in, &why);
        if (st == SLA_OK && *lines > 1) buf_printf(&im->said, "the header ends on line %u\n", (unsigned)*lines);
        if (st != SLA_UNKNOWN_FORMAT) return st == SLA_OK ? st : err_set(e, st, (srcpos){in->name, 0, 0}, "%s", why.msg);
        if (im->ncols <= longest) continue;
        longest = im->ncols;
        about = why;
        about.line = *lines;
    }
    if (about.code == SLA_OK) err_set(&about, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 0, 0}, "the table has no header");
    *e = about;
    return about.code;
}

static sla_status set_up(importer *im, const input *in, size_t *start, uint32_t *line, err *e)
{
    bool certain;
    uint32_t lines = 0;
    im->table = in->table;
    im->dialect = in->table ? (csv_dialect){.delimiter = SHEET_CELL, .eol = SHEET_ROW} : csv_guess(in->head, &certain);
    *start = 0;
    TRY(find_header(im, in, start, &lines, e));
    *line = 1 + lines;
    uint32_t nlines;
    size_t open, cut = csv_cut(im->dialect, in->head, in->whole, &nlines, &open);
    say_columns(im);
    TRY(look_at_dates(im, cut > *start ? (slice){in->head.ptr + *start, cut - *start} : (slice){0}));
    im->batches = batch_pool_new(im->p.ds);
    return im->batches ? SLA_OK : SLA_NOMEM;
}

static sla_status csv_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    sla_status st = im ? set_up(im, in, start, line, e) : SLA_NOMEM;
    if (st == SLA_OK) {
        *out = im;
        im = NULL;
    } else err_set(e, st, (srcpos){in->name, 0, 0}, "cannot read the table");
    csv_close(im);
    return st;
}

static int csv_probe(const input *in, err *why)
{
    bool certain;
    (void)why;
    if (in->table) return 100;
    if (in->head.len == 0 || memchr(in->head.ptr, '\0', in->head.len)) return 0;
    if (in->head.ptr[0] == '{' || in->head.ptr[0] == '[' || in->head.ptr[0] == '<') return 0;
    csv_guess(in->head, &certain);
    return certain ? 50 : in->options->dataset || in->options->profile ? 10 : 0;
}

static size_t csv_cut_block(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open) { return csv_cut(im->dialect, text, at_end, nlines, open); }

static sla_status csv_parse(importer *im, block *b, err *e)
{
    cells c;
    coercer co = {.p = &im->p};
    slice rest = b->records;
    uint32_t line = b->line;
    sla_status st = cells_init(&c, im->ncols);
    c.by_column = im->table;
    while (st == SLA_OK && rest.len) {
        cells_reset(&c);
        size_t used = csv_cells(im->dialect, rest, &line, &c, &b->ragged, &st), taken;
        rest = (slice){rest.ptr + used, rest.len - used};
        if (st != SLA_OK || c.nrows == 0) continue;
        if (b->n == 0 || b->batches[b->n - 1]->nrows + c.nrows > BATCH_ROWS_MAX) {
            if (b->n == BLOCK_BATCHES) st = SLA_LIMIT;
            else if (!(b->batches[b->n++] = batch_pool_get(im->batches))) b->n--, st = SLA_NOMEM;
        }
        b->rows += c.nrows;
        if (st == SLA_OK) st = coerce_cells(&co, &c, b->batches[b->n - 1], &b->rejects, &taken, e);
    }
    cells_clear(&c);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory to read the table");
}

static sla_status csv_take(importer *im, block *b, err *e)
{
    im->ragged += b->ragged;
    if (!im->fold) return SLA_OK;
    for (size_t i = 0; i < b->n; i++) TRY(fold_add(im->fold, b->batches[i], e));
    return SLA_OK;
}

static sla_status csv_finish(importer *im, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e)
{
    return im->fold ? fold_finish(im->fold, put, ctx, e) : SLA_OK;
}

static void csv_notes(const importer *im, buf *out)
{
    buf_bytes(out, im->said.ptr, im->said.len);
    if (im->ragged) buf_printf(out, "%llu rows have more cells than the header\n", (unsigned long long)im->ragged);
    if (im->fold) fold_notes(im->fold, out);
}

static const dataset *csv_dataset(const importer *im) { return im->fold ? im->pf->ds : im->p.ds; }
static slice csv_profile(const importer *im) { return im->pf ? im->pf->name : SLICE_LIT("canonical"); }

static batch_pool *csv_batches(const importer *im) { return im->batches; }
static bool csv_keeps(const importer *im) { return im->fold != NULL; }

const importer_kind importer_csv = {"csv", "comma-separated values and their dialects", csv_probe, csv_open, csv_cut_block, csv_parse, csv_take, csv_finish, NULL,
                                    csv_notes, csv_dataset, csv_profile, csv_batches, csv_keeps, csv_close};
