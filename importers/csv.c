/* CSV: the header decides what the file is, the plan says where each column goes, blocks become batches. */
#include "importers/csv.h"
#include <stdio.h>
#include <string.h>
#include "engine/base/mem.h"
#include "importers/footers.h"
#include "importers/plan.h"
#include "importers/sheet.h"

struct importer {
    arena mem;
    csv_dialect dialect;
    planner plan;
    slice *names; size_t ncols;         /* the header */
    uint64_t ragged, unnamed;
    const char *name;                   /* of the file; lives as long as the importer */
    bool table;
    bool guards;                        /* some cells of the head bear marks against spreadsheets */
};

/* ---- the header ---- */
/* The record at *start as the header: its names; *start and *lines move behind it. */
static sla_status read_header(importer *im, slice head, size_t *start, uint32_t *lines)
{
    cells c;
    uint64_t ragged = 0;
    uint32_t line = 1;
    sla_status st = cells_init(&c, CELLS_COLS_MAX);
    if (st != SLA_OK) return st;
    slice record = {head.ptr + *start, head.len - *start};
    record.len = csv_first(im->dialect, record);
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

/* A header of two rows: where the lower one says nothing the upper one counts (cells that are joined), and where the upper one is the heading of several columns that makes them something else
 * ("SLA标准" above "响应时间") its note stands behind the name. *differs: from the lower one. */
static sla_status join_rows(importer *im, const slice *upper, size_t nupper, const slice *lower, size_t nlower, bool *differs)
{
    size_t n = nupper > nlower ? nupper : nlower;
    slice *names = ARENA_NEW(&im->mem, slice, n), heading = {0};
    if (!names) return SLA_NOMEM;
    *differs = false;
    for (size_t c = 0; c < n; c++) {
        slice above = c < nupper ? upper[c] : (slice){0};
        names[c] = c < nlower ? lower[c] : (slice){0};
        if (above.len) heading = above;
        bool noted = names[c].len && heading.len && headers_another_thing(heading);
        if (names[c].len == 0) names[c] = above;
        buf both = {0};
        if (noted) buf_printf(&both, "%.*s(%.*s)", SLICE_ARG(names[c]), SLICE_ARG(heading));
        if (noted) names[c] = both.failed ? (slice){0} : arena_slice(&im->mem, (slice){both.ptr, both.len});
        buf_free(&both);
        if (noted && !names[c].ptr) return SLA_NOMEM;
        *differs = *differs || noted || (names[c].len && (c >= nlower || lower[c].len == 0));
    }
    im->names = names;
    im->ncols = n;
    return SLA_OK;
}

static size_t fields_found(const planner *pl)
{
    size_t n = 0;
    for (size_t f = 0; f < pl->p.ds->nfields; f++) n += pl->p.fields[f].input >= 0;
    return n;
}

/* Opens the plan with the names now in im, and keeps them if they fit and at least so many fields are found by them; else all is as before. */
static sla_status try_names(importer *im, const input *in, size_t least, slice *before, size_t nbefore, bool *kept, err *e)
{
    err why = {0};
    planner_close(&im->plan);
    sla_status st = planner_open(&im->plan, in, im->names, im->ncols, &why);
    *kept = st == SLA_OK && fields_found(&im->plan) >= least;
    if (st == SLA_NOMEM || *kept) return st;
    im->names = before, im->ncols = nbefore;
    planner_close(&im->plan);
    return planner_open(&im->plan, in, before, nbefore, e);
}

/* Whether the lower row may go on with the header that the upper one begins: it leaves names blank, as joined cells do, and has no numbers, as data would. */
static bool goes_on(const slice *upper, size_t nupper, const slice *lower, size_t nlower)
{
    bool blank = false;
    for (size_t c = 0; c < nupper || c < nlower; c++) {
        slice s = c < nlower ? lower[c] : (slice){0};
        blank = blank || (c < nupper && upper[c].len && s.len == 0);
        for (size_t i = 0; i < s.len; i++)
            if (s.ptr[i] >= '0' && s.ptr[i] <= '9') return false;
    }
    return blank;
}

/* The header was found in im->names; upper: the row above it, NULL if there is none. What stands above belongs to it if it still fits; the row below if more fields are found by both and it goes on. */
static sla_status two_rows(importer *im, const input *in, const slice *upper, size_t nupper, size_t *start, uint32_t *lines, err *e)
{
    slice *own = im->names;
    size_t nown = im->ncols, behind = *start;
    uint32_t lines_behind = *lines;
    bool differs = false, kept = false;
    if (upper) TRY(join_rows(im, upper, nupper, own, nown, &differs));
    if (differs) return try_names(im, in, 0, own, nown, &kept, e);
    im->names = own, im->ncols = nown;
    if (behind >= in->head.len) return SLA_OK;
    uint64_t unnamed = im->unnamed;
    TRY(read_header(im, in->head, &behind, &lines_behind));
    slice *lower = im->names;
    size_t nlower = im->ncols;
    im->unnamed = unnamed;
    im->names = own, im->ncols = nown;
    if (!goes_on(own, nown, lower, nlower)) return SLA_OK;
    TRY(join_rows(im, own, nown, lower, nlower, &differs));
    TRY(try_names(im, in, fields_found(&im->plan) + 1, own, nown, &kept, e));
    if (kept) *start = behind, *lines = lines_behind;
    return SLA_OK;
}

/* The row in im->names is no header by itself, nor is the one above: both may be one (工单号 | 报修信息, and below the latter 报修时间 | 报修人). */
static sla_status try_both(importer *im, const input *in, const slice *upper, size_t nupper, err *e)
{
    err why = {0};
    slice *own = im->names;
    size_t nown = im->ncols;
    bool differs;
    if (!upper || !goes_on(upper, nupper, own, nown)) return SLA_UNKNOWN_FORMAT;
    TRY(join_rows(im, upper, nupper, own, nown, &differs));
    planner_close(&im->plan);
    sla_status st = planner_open(&im->plan, in, im->names, im->ncols, &why);
    if (st != SLA_OK) im->names = own, im->ncols = nown;
    if (st != SLA_UNKNOWN_FORMAT) *e = why; /* else what was said of the row alone stays */
    return st;
}

/* ="0012" and '2025-07-01: marks that keep a spreadsheet from taking a text for a number or a date, and no part of it. */
static slice without_guard(slice s)
{
    if (s.len > 3 && s.ptr[0] == '=' && s.ptr[1] == '"' && s.ptr[s.len - 1] == '"') return (slice){s.ptr + 2, s.len - 3};
    if (s.len < 2 || s.ptr[0] != '\'') return s;
    for (size_t i = 1; i < s.len; i++)
        if (!strchr("0123456789-/:. T", s.ptr[i]) || s.ptr[i] == '\0') return s;
    return (slice){s.ptr + 1, s.len - 1};
}

/* true: there were some. */
static bool take_guards_off(const cells *c)
{
    bool some = false;
    for (size_t k = 0; k < c->ncols; k++)
        for (size_t r = 0; r < c->nrows; r++) {
            slice *cell = &c->at[k * CELLS_ROWS + r], bare = cell->len ? without_guard(*cell) : *cell;
            some = some || bare.len < cell->len;
            *cell = bare;
        }
    return some;
}

/* The rows of the head, for what the whole column says, and for what rows say that are records. */
static sla_status look_at_rows(importer *im, slice body, footer_evidence *rows)
{
    cells c;
    uint64_t ragged = 0;
    uint32_t line = 1;
    TRY(cells_init(&c, im->plan.ncols));
    sla_status st = SLA_OK;
    while (body.len && st == SLA_OK) {
        cells_reset(&c);
        size_t used = csv_cells(im->dialect, body, &line, &c, &ragged, &st);
        if (used == 0) break;
        body = (slice){body.ptr + used, body.len - used};
        im->guards = take_guards_off(&c) || im->guards;
        planner_look(&im->plan, &c);
        footers_look(rows, &im->plan.p, &c);
    }
    cells_clear(&c);
    return st;
}

/* ---- the vtable ---- */
static void csv_close(importer *im)
{
    if (!im) return;
    planner_close(&im->plan);
    arena_free(&im->mem);
    mem_free(im);
}

/* Reports often stand under a title or the like: the header is the first of the leading records that fits. What is said when none does is about the one that
 * looks most like a header: the first that is not much shorter than others. */
static sla_status find_header(importer *im, const input *in, size_t *start, uint32_t *lines, err *e)
{
    enum { LOOK_AT = 15 };
    size_t longest = 0, nupper = 0;
    slice *upper = NULL;
    err about = {0};
    for (int i = 0; i < LOOK_AT && *start < in->head.len; i++) {
        err why = {0};
        if (i) upper = im->names, nupper = im->ncols;
        TRY(read_header(im, in->head, start, lines));
        if (im->ncols == 0) break;
        if (*start == in->head.len && !in->whole && in->head.ptr[*start - 1] != im->dialect.eol) { /* cut where the head ends */
            err_set(&about, SLA_LIMIT, (srcpos){in->name, *lines + 1, 0}, "a first line of more than %zu KiB is no header", in->head.len >> 10);
            break;
        }
        planner_close(&im->plan);
        sla_status st = planner_open(&im->plan, in, im->names, im->ncols, &why);
        if (st == SLA_OK && !in->options->draft) st = two_rows(im, in, upper, nupper, start, lines, &why);
        else if (st == SLA_UNKNOWN_FORMAT) st = try_both(im, in, upper, nupper, &why);
        if (st == SLA_OK && *lines > 1) buf_printf(&im->plan.said, "the header ends on line %u\n", (unsigned)*lines);
        if (st != SLA_UNKNOWN_FORMAT) {
            if (st == why.code) *e = why;
            return st;
        }
        if (im->ncols <= 2 * longest) continue;
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
    uint32_t lines = 0, nlines;
    size_t open;
    footer_evidence rows = {0};
    im->table = in->table;
    im->name = in->name;
    im->dialect = in->table ? (csv_dialect){.delimiter = SHEET_CELL, .eol = SHEET_ROW} : csv_guess(in->head, &certain);
    *start = 0;
    TRY(find_header(im, in, start, &lines, e));
    *line = 1 + lines;
    const csv_dialect d = im->dialect;
    buf *said = &im->plan.said;
    if (im->table) buf_printf(said, "a table of %zu columns\n", im->ncols);
    else buf_printf(said, "CSV, delimiter %s, quote %c%s, %zu columns\n", d.delimiter == '\t' ? "tab" : (char[]){d.delimiter, '\0'}, d.quote, d.escape ? ", escaped by \\" : "", im->ncols);
    if (im->unnamed) buf_printf(said, "columns not used: all beyond the first %d\n", CELLS_COLS_MAX);
    size_t cut = csv_cut(im->dialect, in->head, in->whole, &nlines, &open);
    TRY(look_at_rows(im, cut > *start ? (slice){in->head.ptr + *start, cut - *start} : (slice){0}, &rows));
    im->plan.p.footers = footers_settle(&rows, planner_key_marks(&im->plan));
    return planner_settle(&im->plan);
}

static sla_status csv_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    sla_status st = im ? set_up(im, in, start, line, e) : SLA_NOMEM;
    if (st == SLA_OK) {
        *out = im;
        im = NULL;
    } else err_set(e, st, (srcpos){in->name, 0, 0}, "no memory to read the table"); /* unless it is said already */
    csv_close(im);
    return st;
}

/* A byte that no text has; the store's texts could not hold it either. */
static sla_status refuse_nul(const char *name, slice text, uint32_t line, err *e)
{
    const char *nul = text.len ? memchr(text.ptr, '\0', text.len) : NULL;
    uint32_t col = 1;
    if (!nul) return SLA_OK;
    for (const char *p = text.ptr; p < nul; p++) {
        if (*p == '\n') line++, col = 1;
        else col++;
    }
    err_set(e, SLA_SYNTAX, (srcpos){name, line, col}, "a zero byte, which no table has: the file is damaged; nothing of it was taken");
    err_hint(e, "copy or export it again");
    return SLA_SYNTAX;
}

static int csv_probe(const input *in, err *why)
{
    bool certain;
    if (in->table) return 50; /* unless it is one of a log's */
    if (in->head.len == 0) return 0;
    if (in->head.ptr[0] == '{' || in->head.ptr[0] == '[' || in->head.ptr[0] == '<') return 0;
    csv_guess(in->head, &certain);
    if (certain && refuse_nul(in->name, in->head, 1, why) != SLA_OK) return 0;
    return certain ? 50 : in->options->dataset || in->options->profile ? 10 : 0;
}

static size_t csv_cut_block(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open) { return csv_cut(im->dialect, text, at_end, nlines, open); }

static sla_status csv_parse(importer *im, block *b, err *e)
{
    cells c;
    coercer co = {.p = &im->plan.p};
    slice rest = b->records;
    uint32_t line = b->line;
    TRY(refuse_nul(im->name, rest, line, e));
    sla_status st = cells_init(&c, im->plan.ncols);
    c.by_column = im->table;
    c.around = b->records;
    while (st == SLA_OK && rest.len) {
        cells_reset(&c);
        size_t used = csv_cells(im->dialect, rest, &line, &c, &b->ragged, &st);
        rest = (slice){rest.ptr + used, rest.len - used};
        if (im->guards) take_guards_off(&c);
        if (st == SLA_OK) st = planner_read(&im->plan, &co, &c, b, e);
    }
    cells_clear(&c);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory to read the table");
}

static sla_status csv_take(importer *im, block *b, err *e)
{
    im->ragged += b->ragged;
    return planner_take(&im->plan, b, e);
}

static sla_status csv_finish(importer *im, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e) { return planner_finish(&im->plan, put, ctx, e); }

static bool csv_again(importer *im)
{
    im->ragged = 0;
    return planner_again(&im->plan);
}

static void csv_notes(const importer *im, buf *out)
{
    planner_notes(&im->plan, out);
    if (im->ragged) buf_printf(out, "%llu rows have more cells than the header\n", (unsigned long long)im->ragged);
}

static void csv_drop(importer *im, block *b)
{
    (void)im;
    planner_drop(b);
}

static sla_status csv_caveats(const importer *im, store *s, int64_t source, err *e) { return planner_caveats(&im->plan, s, source, e); }
static const dataset *csv_dataset(const importer *im) { return planner_dataset(&im->plan); }
static slice csv_profile(const importer *im) { return planner_profile(&im->plan); }
static batch_pool *csv_batches(const importer *im) { return im->plan.batches; }
static bool csv_keeps(const importer *im) { return planner_keeps(&im->plan); }

const importer_kind importer_csv = {"csv", "comma-separated values and their dialects", csv_probe, csv_open, csv_cut_block, csv_parse, csv_take, csv_finish, csv_drop,
                                    csv_notes, csv_dataset, csv_profile, csv_batches, csv_keeps, csv_close, csv_caveats, csv_again, NULL};
