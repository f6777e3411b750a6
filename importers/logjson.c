/* Logs in JSON: an object a line, an array, objects one after another, or an object that holds the list (each:, wrappers). journald, Windows events, alerts, audits. */
#include <string.h>
#include "engine/base/lines.h"
#include "engine/base/mem.h"
#include "importers/importer.h"
#include "importers/logparts.h"

struct importer {
    log_records r;
    slice each;                         /* the list of the records, "" none */
    bool by_line;                       /* each line is an object: one that is broken does not take others with it */
    log_parts_cutter *cutter;           /* not NULL: messages in parts are joined, which they are where the file is as its program wrote it; answers of searches have their own order */
};

/* ---- where the records are ---- */
/* Moves p on to the next object; what stands between is blanks, commas and the brackets of the list. */
static const char *next_object(const char *p, const char *end)
{
    while (p < end && *p != '{') p++;
    return p;
}

typedef struct element_job { bool (*take)(void *ctx, json_reader *j, const char *from); void *ctx; slice key; const char *list; } element_job;   /* list: where one was found */

/* Each object of the list named key within the object at j->p (no deeper than three objects). false: wrong, or take said so. */
static bool each_element(json_reader *j, element_job *job, int depth)
{
    json_level l, in;
    slice key, none, value;
    json_enter(j, &l);
    while (json_next(j, &l, &key)) {
        json_blanks(j);
        char c = j->p < j->end ? *j->p : 0;
        if (c == '[' && slice_eq(key, job->key)) {
            job->list = j->p;
            json_enter(j, &in);
            while (json_next(j, &in, &none)) {
                json_blanks(j);
                if (!job->take(job->ctx, j, j->p)) return false;
            }
        } else if (c == '{' && depth < 3) {
            if (!each_element(j, job, depth + 1)) return false;
        } else if (!json_value(j, &value, depth + 1)) return false;
    }
    return j->wrong == NULL;
}

/* ---- probing ---- */
/* each: of a list, "" where the records stand as they are; only kinds that name that list count if named. left: how many records are still looked at. */
typedef struct first { const log_kinds *ks; log_framed *f; const log_kind *kind; slice each; bool named; size_t left; } first;
enum { LOOKED_AT = 1000 };

/* true: another is to be looked at. */
static bool look_at(void *ctx, json_reader *j, const char *from)
{
    first *x = ctx;
    (void)from;
    x->f->n = 0;
    if (!log_flatten_json(j, x->f)) return false;
    const log_kind *k = log_record_kind(x->ks, NULL, x->f->pairs, x->f->n);
    if (k && (!x->named || slice_eq(k->each, x->each))) x->kind = k;
    return !x->kind && --x->left > 0;
}

/* Answers that hold records of any kind: Elasticsearch's in hits.hits[]._source, those of other searches and interfaces in a list of one of these names. */
static const char *const wrappers[] = {"hits", "events", "Events", "records", "value", "results", "result", "data", "items", "logs", "entries", "affected_items"};
enum { WRAPPERS = sizeof wrappers / sizeof wrappers[0] };

static bool is_by_line(slice head, const char *from, const json_reader *behind)
{
    if (memchr(from, '\n', (size_t)(behind->p - from)) || memchr(head.ptr, '[', (size_t)(from - head.ptr))) return false;
    return behind->p == behind->end || *behind->p == '\n' || *behind->p == '\r';
}

/* The first record of a known kind in the list x->each, within the object at from: the list's first record, or with further any of those behind it. */
static const log_kind *kind_in_list(const char *from, const char *end, first *x, bool further, bool *is_there)
{
    element_job job = {look_at, x, x->each, NULL};
    json_reader j = {.p = from, .end = end, .scratch = x->f->scratch};
    x->kind = NULL;
    x->left = further ? LOOKED_AT : 1;
    if (x->each.len) each_element(&j, &job, 0);
    *is_there = job.list != NULL;
    return x->kind;
}

/* By the lists that kinds name, and those of answers. A list whose first record is known comes before one that has one further down. */
static const log_kind *kind_in_lists(const char *from, const char *end, first *x, slice *list, bool *further)
{
    const log_kind *later = NULL;
    for (size_t i = 0; i < x->ks->nrecords + WRAPPERS; i++) {
        bool is_there;
        x->named = i < x->ks->nrecords;
        x->each = x->named ? x->ks->records[i].each : slice_of(wrappers[i - x->ks->nrecords]);
        const log_kind *k = kind_in_list(from, end, x, false, &is_there);
        if (k) return *list = x->each, *further = false, k;
        if (is_there && !later && (later = kind_in_list(from, end, x, true, &is_there))) *list = x->each;
    }
    *further = later != NULL;
    return later;
}

/* The kind of the first record, looked for in the object itself and in lists; where that has none, of one further down (*further). */
static void find_first(slice head, first *x, bool *by_line, slice *list, bool *further)
{
    const char *end = head.ptr + head.len, *from = next_object(head.ptr, end);
    json_reader j = {.p = from, .end = end, .scratch = x->f->scratch};
    if (from == end) return;
    x->left = LOOKED_AT;
    bool more = look_at(x, &j, from);
    *by_line = is_by_line(head, from, &j);
    if (x->kind) *list = x->kind->each;
    if (x->kind) return;
    const char *second = j.p;
    const log_kind *k = kind_in_lists(from, end, x, list, further);
    x->each = (slice){0}, x->named = false, x->left = LOOKED_AT, x->kind = NULL;
    for (j.p = next_object(second, end); !k && more && j.p < end; j.p = next_object(j.p, end)) more = look_at(x, &j, j.p);
    if (!k && x->kind) *further = true, *list = x->kind->each;
    if (k) x->kind = k;
}

/* *out NULL: the file holds no records that are known. *further: only such as stand further down. Errors SLA_NOMEM. */
static sla_status first_kind(const input *in, const log_kind **out, bool *by_line, slice *list, bool *further, err *e)
{
    arena scratch = {0};
    first x = {.ks = log_patterns_kinds(in->patterns), .f = mem_zero(1, sizeof *x.f)};
    bool looked = x.f != NULL;
    if (looked) {
        x.f->scratch = &scratch;
        find_first(in->head, &x, by_line, list, further);
    }
    *out = x.kind;
    mem_free(x.f);
    arena_free(&scratch);
    return looked && !scratch.failed ? SLA_OK : err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log");
}

/* Records only some of which are a log's may be those of a table that happen to have such names: then what is known of tables decides. */
static bool is_no_table(const input *in, err *why)
{
    importer *im = NULL;
    size_t start;
    uint32_t line;
    err e = {0};
    if (in->options->dataset || in->options->profile || in->options->draft) return false;
    sla_status st = importer_json.open(in, &im, &start, &line, &e);
    if (st == SLA_OK) importer_json.close(im);
    if (st == SLA_NOMEM) *why = e;
    return st == SLA_UNKNOWN_FORMAT;
}

static int logjson_probe(const input *in, err *why)
{
    bool by_line, further = false;
    const log_kind *k;
    slice list, head = slice_trim(in->head);
    if (!in->patterns || in->table || !head.len || (head.ptr[0] != '{' && head.ptr[0] != '[')) return 0;
    return first_kind(in, &k, &by_line, &list, &further, why) == SLA_OK && k && (!further || is_no_table(in, why)) ? 95 : 0;
}

/* ---- blocks ---- */
static size_t logjson_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    size_t end = at_end ? text.len : 0, depth = 0;
    *open = SIZE_MAX;
    if (im->by_line)
        for (end = text.len; !at_end && end && text.ptr[end - 1] != '\n';) end--;
    if (im->cutter && !at_end) end = log_parts_cut(im->cutter, text, end);
    for (size_t i = 0; i < text.len && !at_end && !im->by_line; i++) {
        char c = text.ptr[i];
        if (c == '"') {
            for (i++; i < text.len && text.ptr[i] != '"'; i++) i += text.ptr[i] == '\\';
        } else if (c == '{') depth++;
        else if (c == '}' && depth && --depth == 0) end = i + 1;
    }
    *nlines = (uint32_t)lines_count_byte(text.ptr, end, '\n');
    return end;
}

typedef struct job { importer *im; log_writer w; log_framed *f; const char *at; uint32_t line; sla_status st; log_parts parts; } job;

static void count_to(job *x, const char *p)
{
    for (; x->at < p; x->at++) x->line += *x->at == '\n';
}

static bool take_object(void *ctx, json_reader *j, const char *from)
{
    job *x = ctx;
    count_to(x, from);
    x->f->n = 0;
    if (j->p == j->end || *j->p != '{') return json_fail(j, "an object {…} is wanted");
    if (!log_flatten_json(j, x->f)) return false;
    log_dates_read(&x->im->r.dates, x->im->r.kind, x->f);
    slice whole = {from, (size_t)(j->p - from)};
    x->st = x->im->cutter ? log_parts_put(&x->parts, &x->w, &x->im->r, x->f, x->line, whole) : log_record_put(&x->w, &x->im->r, x->f, x->line, whole);
    return x->st == SLA_OK;
}

/* Behind what is broken: the next line. */
static const char *behind_line(const char *p, const char *end)
{
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    return nl ? nl + 1 : end;
}

static sla_status read_objects(job *x, slice text)
{
    const char *end = text.ptr + text.len;
    slice list = x->im->each;
    for (const char *p = next_object(text.ptr, end); p < end && x->st == SLA_OK; p = next_object(p, end)) {
        const char *stop = x->im->by_line ? behind_line(p, end) : end;
        json_reader j = {.p = p, .end = stop, .scratch = &x->w.scratch};
        element_job each = {take_object, x, list, NULL};
        bool ok = list.len && each_element(&j, &each, 0);
        if (each.list) paging_around(&x->w.counts->page, (slice){p, (size_t)(stop - p)}, each.list + 1, &x->w.scratch);
        else if (!j.wrong) {
            j = (json_reader){.p = p, .end = stop, .scratch = &x->w.scratch};
            ok = take_object(x, &j, p);
        }
        arena_free(&x->w.scratch);
        if (x->w.scratch.failed) x->st = SLA_NOMEM;
        if (ok || x->st != SLA_OK) p = j.p;
        else {
            count_to(x, p);
            const char *next = behind_line(p, end);
            x->w.b->rows++;
            x->st = log_writer_reject(&x->w, x->line, slice_trim((slice){p, (size_t)(next - p)}), "no JSON: it is broken or cut off");
            p = next;
        }
    }
    return x->st;
}

static sla_status logjson_parse(importer *im, block *b, err *e)
{
    job x = {.im = im, .f = mem_zero(1, sizeof *x.f), .at = b->records.ptr, .line = b->line};
    sla_status st = log_writer_begin(&x.w, &im->r.sink, b);
    if (!x.f) st = SLA_NOMEM;
    if (st == SLA_OK) {
        x.f->scratch = &x.w.scratch;
        st = read_objects(&x, b->records);
        if (st == SLA_OK) st = log_parts_end(&x.parts, &x.w, &im->r, x.f);
    }
    log_parts_clear(&x.parts);
    mem_free(x.f);
    return log_writer_end(&x.w, st, e);
}

/* ---- the vtable ---- */
static void logjson_close(importer *im)
{
    if (!im) return;
    log_sink_close(&im->r.sink);
    log_parts_cutter_free(im->cutter);
    mem_free(im);
}

static sla_status logjson_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    const log_kind *k;
    bool further;
    sla_status st = im ? first_kind(in, &k, &im->by_line, &im->each, &further, e) : SLA_NOMEM;
    if (st == SLA_OK && im->by_line && k->part && !(im->cutter = log_parts_cutter_new(k, NULL))) st = SLA_NOMEM;
    if (st != SLA_OK) err_set(e, st, (srcpos){in->name, 0, 0}, "no memory to read the log");
    if (st == SLA_OK) st = log_records_open(&im->r, k, in, im, out, e);
    if (st != SLA_OK) logjson_close(im);
    *start = 0;
    *line = 1;
    return st;
}

static sla_status logjson_finish(importer *im, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e)
{
    (void)put, (void)ctx;
    TRY(log_parts_cut_whole(im->cutter, e));
    return log_dates_finish(&im->r.dates, e);
}

static bool logjson_again(importer *im) { return log_records_again(&im->r); }
static sla_status logjson_take(importer *im, block *b, err *e) { return log_sink_take(&im->r.sink, b, e); }
static void logjson_drop(importer *im, block *b) { (void)im, log_sink_drop(b); }
static void logjson_notes(const importer *im, buf *out) { log_records_notes(&im->r, out); }
static int64_t logjson_announced(const importer *im) { return paging_announced(&im->r.sink.counts.page, im->r.sink.counts.events + im->r.sink.counts.untimed); }
static const dataset *logjson_dataset(const importer *im) { return im->r.sink.ds; }
static slice logjson_profile(const importer *im) { return im->r.kind->name; }
static batch_pool *logjson_batches(const importer *im) { return im->r.sink.batches; }

static sla_status logjson_caveats(const importer *im, store *s, int64_t source, err *e) { return log_sink_caveats(&im->r.sink, s, source, e); }

const importer_kind importer_logjson = {"log json", "logs in JSON: journald, Windows events, alerts, audits", logjson_probe, logjson_open, logjson_cut, logjson_parse, logjson_take, logjson_finish, logjson_drop,
                                        logjson_notes, logjson_dataset, logjson_profile, logjson_batches, NULL, logjson_close, logjson_caveats, logjson_again, logjson_announced};
