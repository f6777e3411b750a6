/* JSON files: objects line by line, an array of them, or an object that holds the list (what an API answers). Each object is a record, or it is the envelope of
 * one that lies in a member ({"uuid": …, "data": {…}}). */
#include <string.h>
#include "engine/base/mem.h"
#include "importers/json_choice.h"
#include "importers/json_left.h"
#include "importers/json_record.h"
#include "importers/paging.h"

struct importer {
    json_table table;
    const char *name;                   /* in table.mem */
    uint64_t unseen, records;           /* values under keys that the head does not have; all records */
    paging front, page;                 /* what stands in front of the first list; that and what stands behind, which the file's last block adds */
    left_lists front_lists, lists;      /* likewise */
};

/* ---- rows ---- */
typedef struct row_job { importer *im; cells *c; bool *touched; uint64_t unseen; } row_job;
static bool put_cell(void *ctx, slice path, slice value, bool list)
{
    row_job *j = ctx;
    if (!json_record_within(j->im->table.at.member, &path)) return true;
    uint32_t col = dict_find(j->im->table.columns, path);
    if (col >= j->c->ncols) return j->unseen++, true;
    list = list || (value.len > 4 && memcmp(value.ptr, "[\"", 2) == 0 && memcmp(value.ptr + value.len - 2, "\"]", 2) == 0); /* within a text, as Frappe keeps them */
    j->c->at[(size_t)col * CELLS_ROWS + j->c->nrows] = list && !planner_lists(&j->im->table.plan, (int)col) ? json_list_text(value, &j->c->scratch) : value;
    j->touched[col] = true;
    return true;
}

static void clear_cells(cells *c, bool *touched)
{
    for (size_t k = 0; k < c->ncols; k++) {
        if (touched[k]) memset(&c->at[k * CELLS_ROWS], 0, CELLS_ROWS * sizeof *c->at);
        touched[k] = false;
    }
    cells_reset(c);
}

/* The values of the head, for what whole columns say. */
static sla_status look_at_rows(importer *im, const input *in)
{
    cells c;
    bool touched[JSON_COLUMNS_MAX] = {false};
    TRY(cells_init(&c, im->table.plan.ncols));
    json_reader r = {.p = in->head.ptr + im->table.at.start, .end = in->head.ptr + in->head.len, .scratch = &c.scratch};
    row_job job = {im, &c, touched, 0};
    json_flat f = {.r = &r, .put = put_cell, .ctx = &job};
    for (bool first = true; c.nrows < CELLS_ROWS && json_record_next(&r, &im->table.at, first) && json_record_flatten(&f); first = false) c.nrows++;
    if (c.nrows) planner_look(&im->table.plan, &c);
    sla_status st = c.scratch.failed ? SLA_NOMEM : SLA_OK;
    cells_clear(&c);
    return st;
}

/* ---- opening ---- */
/* Those in front of the records; where they are a member of the only envelope, also those behind it: otherwise the file's end tells these. */
static void leave_front(importer *im, const input *in, const json_places *s, arena *scratch)
{
    size_t start = s->envelope.len ? (size_t)(s->envelope.ptr - in->head.ptr) : im->table.at.start;
    for (size_t i = 0; i < s->n; i++) {
        const json_search *list = &s->at[i];
        bool front = list->best.start < start, behind = s->envelope.len && json_beside(start, s->envelope.len, list);
        if (list->best.list && (front || behind)) left_lists_add(&im->front_lists, list, in->head.ptr + in->head.len, scratch);
    }
}

static sla_status set_up(importer *im, const input *in, err *e)
{
    arena scratch = {0};
    json_places s = {.n = 0};
    im->name = arena_strndup(&im->table.mem, in->name, strlen(in->name));
    sla_status st = im->name ? json_table_open(&im->table, in, &s, &scratch, e) : SLA_NOMEM;
    if (st == SLA_OK && im->table.at.list && im->table.at.wrappers) paging_around(&im->front, in->head, in->head.ptr + im->table.at.start, &scratch);
    if (st == SLA_OK && (im->table.at.wrappers || s.envelope.len)) leave_front(im, in, &s, &scratch);
    im->page = im->front;
    im->lists = im->front_lists;
    arena_free(&scratch);
    if (scratch.failed) st = SLA_NOMEM;
    TRY(st);
    TRY(look_at_rows(im, in));
    return planner_settle(&im->table.plan);
}

static void json_close(importer *im)
{
    if (!im) return;
    json_table_close(&im->table);
    mem_free(im);
}

static sla_status json_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    sla_status st = im ? set_up(im, in, e) : SLA_NOMEM;
    if (st != SLA_OK) {
        json_close(im);
        return err_set(e, st, (srcpos){in->name, 0, 0}, "no memory to read the JSON"); /* unless it is said already */
    }
    *start = im->table.at.start;
    *line = 1;
    for (size_t i = 0; i < *start; i++) *line += in->head.ptr[i] == '\n';
    *out = im;
    return SLA_OK;
}

static srcpos place_of(const char *name, slice text, const char *at, uint32_t line)
{
    uint32_t col = 1;
    for (const char *p = text.ptr; p < at; p++) {
        if (*p == '\n') line++, col = 1;
        else col += ((unsigned char)*p & 0xC0) != 0x80;
    }
    return (srcpos){name, line, col};
}

/* "[main] text", "{x} text", "[12]: text" are lines of logs, and "[main]" is a section of settings, not JSON that is broken: a bracket that holds no text, object or list, and more behind its end. */
static bool begins_otherwise(slice text)
{
    slice rest = text, line = slice_trim(slice_line(&rest));
    const char *end = text.ptr + text.len, *close = memchr(line.ptr, line.ptr[0] == '[' ? ']' : '}', line.len);
    slice behind = close ? slice_trim((slice){close + 1, (size_t)(end - close) - 1}) : (slice){0};
    return behind.len && line.ptr[1] && !strchr("\"{[", line.ptr[1]) && !strchr(",]}", behind.ptr[0]);
}

/* A text that begins as JSON does and is whole in the head must be JSON, else nothing of it is looked at. */
static int json_probe(const input *in, err *why)
{
    arena scratch = {0};
    json_reader r = {.scratch = &scratch};
    slice head = slice_trim(in->head);
    if (in->table || head.len == 0 || (head.ptr[0] != '{' && head.ptr[0] != '[')) return 0;
    bool ok = json_valid(&r, in->head, true), cut = !in->whole && r.p == r.end;
    if (scratch.failed) err_set(why, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the JSON");
    else if (!ok && !cut && !begins_otherwise(head)) {
        err_set(why, SLA_SYNTAX, place_of(in->name, in->head, r.wrong, 1), "this is no JSON: %s; nothing of the file was taken", r.why);
        err_hint(why, "export it again");
    }
    arena_free(&scratch);
    return ok || cut ? 60 : 0;
}

/* ---- blocks ---- */
/* Whole objects: the depth of braces outside strings says where they end. What closes the list ends the last record; the rest is kept for the end. */
static size_t json_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    size_t end = 0, depth = 0;
    *open = SIZE_MAX;
    *nlines = 0;
    for (size_t i = 0; i < text.len && !at_end; i++) {
        char c = text.ptr[i];
        if (c == '"') {
            for (i++; i < text.len && text.ptr[i] != '"'; i++) i += text.ptr[i] == '\\';
        } else if (c == '{') depth++;
        else if (c == '}') {
            if (depth == 0) break;
            if (--depth == 0) end = i + 1;
            if (end == i + 1 && im->table.at.wrappers && !im->table.at.list && !im->table.at.map) break;
        } else if (c == ']' && depth == 0) break;
    }
    if (at_end) end = text.len;
    for (const char *p = text.ptr; (p = memchr(p, '\n', end - (size_t)(p - text.ptr))) != NULL; p++) ++*nlines;
    return end;
}

/* What follows the last record: the end of the list and of the objects around it, with their other members. */
static bool read_tail(json_reader *r, importer *im)
{
    slice key, value;
    const json_shape *at = &im->table.at;
    json_level l = {']', false};
    if (at->list && json_next(r, &l, &key)) return json_fail(r, "the list does not end where its records do");
    for (int i = at->wrappers; i > 0 && !r->wrong; i--) {
        l = (json_level){'}', false};
        while (json_next(r, &l, &key)) {
            json_blanks(r);
            const char *from = r->p;
            if (!json_value(r, &value, i)) return false;
            paging_member(&im->page, key, value, r->scratch);
            left_lists_add_value(&im->lists, (slice){from, (size_t)(r->p - from)}, key, r->scratch);
        }
    }
    if (r->wrong) return false;
    json_blanks(r);
    return r->p == r->end || (at->list && at->wrappers && *r->p == '{') || json_fail(r, "something stands behind the end");
}

/* Answers of an API one after another, each with a list of its own: the next that holds the same list. false: there is none, or something is wrong. */
static bool next_page(json_reader *r, importer *im)
{
    slice ignored;
    for (json_blanks(r); !r->wrong && r->p < r->end; json_blanks(r)) {
        json_lists lists = {.head = r->p};
        json_reader look = {.p = r->p, .end = r->end, .scratch = r->scratch};
        bool whole = *r->p == '{' && json_find_lists(&look, &lists);
        for (size_t i = 0; whole && i < lists.n; i++) {
            const json_search *s = &lists.items[i];
            if (s->best.wrappers != im->table.at.wrappers || !slice_is((slice){s->key, s->keylen}, im->table.key)) continue;
            for (size_t k = 0; k < i; k++) left_lists_add(&im->lists, &lists.items[k], r->end, r->scratch);
            paging_around(&im->page, (slice){r->p, (size_t)(r->end - r->p)}, r->p + s->best.start, r->scratch);
            return r->p += s->best.start, true;
        }
        if (*r->p != '{' || !json_value(r, &ignored, 1)) return json_fail(r, "another answer {…} is wanted");
    }
    return false;
}

static sla_status flush_slab(importer *im, block *b, coercer *co, cells *c, bool *touched, err *e)
{
    sla_status st = planner_read(&im->table.plan, co, c, b, e);
    clear_cells(c, touched);
    return st;
}

typedef struct record_reader { importer *im; block *b; cells *c; bool touched[JSON_COLUMNS_MAX]; coercer co; json_flat f; uint32_t line; const char *counted; } record_reader;

static sla_status read_list(record_reader *rr, bool first, err *e)
{
    json_reader *r = rr->f.r;
    for (; json_record_next(r, &rr->im->table.at, first); first = false) {
        for (; rr->counted < r->p; rr->counted++) rr->line += *rr->counted == '\n';
        rr->c->lines[rr->c->nrows] = rr->line;
        rr->c->starts[rr->c->nrows] = NULL;
        if (!json_record_flatten(&rr->f)) break;
        if (++rr->c->nrows == CELLS_ROWS) TRY(flush_slab(rr->im, rr->b, &rr->co, rr->c, rr->touched, e));
    }
    return SLA_OK;
}

static sla_status read_records(importer *im, block *b, cells *c, err *e)
{
    json_reader r = {.p = b->records.ptr, .end = b->records.ptr + b->records.len, .scratch = &c->scratch};
    record_reader rr = {.im = im, .b = b, .c = c, .co = {.p = &im->table.plan.p}, .line = b->line, .counted = r.p};
    row_job job = {im, c, rr.touched, 0};
    rr.f = (json_flat){.r = &r, .put = put_cell, .ctx = &job};
    TRY(read_list(&rr, b->first, e));
    while (!r.wrong && b->at_end && read_tail(&r, im) && next_page(&r, im)) TRY(read_list(&rr, true, e));
    if (c->scratch.failed) return SLA_NOMEM;
    if (r.wrong) return err_set(e, SLA_SYNTAX, place_of(im->name, b->records, r.wrong, b->line), "this is no JSON: %s; nothing of the file was taken", r.why);
    b->ragged += job.unseen;
    return flush_slab(im, b, &rr.co, c, rr.touched, e);
}

static sla_status json_parse(importer *im, block *b, err *e)
{
    cells c;
    sla_status st = cells_init(&c, im->table.plan.ncols);
    if (st == SLA_OK) st = read_records(im, b, &c, e);
    cells_clear(&c);
    return st == SLA_OK ? st : err_set(e, st, (srcpos){im->name, 0, 0}, "no memory to read the JSON");
}

static sla_status json_take(importer *im, block *b, err *e)
{
    im->unseen += b->ragged;
    im->records += b->rows;
    return planner_take(&im->table.plan, b, e);
}

static sla_status json_finish(importer *im, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e) { return planner_finish(&im->table.plan, put, ctx, e); }

static bool json_again(importer *im)
{
    im->unseen = im->records = 0;
    im->page = im->front;
    im->lists = im->front_lists;
    return planner_again(&im->table.plan);
}

static void json_drop(importer *im, block *b)
{
    (void)im;
    planner_drop(b);
}

static void json_notes(const importer *im, buf *out)
{
    if (im->table.at.wrappers) buf_printf(out, "JSON, %s \"%s\" of an object\n", im->table.at.list ? "the list" : im->table.at.map ? "the members of" : "the member", im->table.key);
    else buf_text(out, im->table.at.list ? "JSON, an array of objects\n" : "NDJSON, an object a record\n");
    if (im->table.at.member.len) buf_printf(out, "a record is what lies in \"%.*s\" of each object\n", SLICE_ARG(im->table.at.member));
    planner_notes(&im->table.plan, out);
    paging_note(&im->page, im->records, out);
    left_lists_note(&im->lists, out);
    if (im->unseen) buf_printf(out, "%llu values under keys that the first records do not have were not read\n", (unsigned long long)im->unseen);
}

static sla_status json_caveats(const importer *im, store *s, int64_t source, err *e) { return planner_caveats(&im->table.plan, s, source, e); }
static int64_t json_announced(const importer *im) { return paging_announced(&im->page, im->records); }
static const dataset *json_dataset(const importer *im) { return planner_dataset(&im->table.plan); }
static slice json_profile(const importer *im) { return planner_profile(&im->table.plan); }
static batch_pool *json_batches(const importer *im) { return im->table.plan.batches; }
static bool json_keeps(const importer *im) { return planner_keeps(&im->table.plan); }

const importer_kind importer_json = {"json", "NDJSON, arrays of objects, and objects that hold the list", json_probe, json_open, json_cut, json_parse, json_take, json_finish, json_drop,
                                     json_notes, json_dataset, json_profile, json_batches, json_keeps, json_close, json_caveats, json_again, json_announced};
