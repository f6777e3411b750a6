/* Logs in XML: one element a record, one after another, with or without a root around them: Windows events as Event Viewer, wevtutil and evtx_dump write them, audit files of Oracle and MySQL, Oracle's alert log. What
 * the element is called its kind says (logkind.h). */
#include <stdio.h>
#include <string.h>
#include "engine/base/lines.h"
#include "engine/base/mem.h"
#include "importers/importer.h"
#include "importers/logrecords.h"

enum { TAG_MAX = 64 };
typedef struct tags { char open[TAG_MAX], stop[TAG_MAX]; size_t open_len, stop_len; } tags;   /* "<Event", "</Event>"; of elements that have only attributes "/>" */
struct importer { log_records r; tags tags; };

static bool tags_of(const log_kind *k, tags *t)
{
    slice name = k->element.len ? k->element : SLICE_LIT("Event");
    if (name.len + 4 > TAG_MAX) return false;
    t->open_len = (size_t)snprintf(t->open, sizeof t->open, "<%.*s", SLICE_ARG(name));
    t->stop_len = (size_t)snprintf(t->stop, sizeof t->stop, "</%.*s>", SLICE_ARG(name));
    return true;
}

static const char *find(const char *p, const char *end, const char *what, size_t n)
{
    for (; p && (size_t)(end - p) >= n; p++) {
        if (!(p = memchr(p, what[0], (size_t)(end - p) - n + 1))) return NULL;
        if (memcmp(p, what, n) == 0) return p;
    }
    return NULL;
}

/* Where the next element begins; NULL: there is none. */
static const char *next_open(const tags *t, const char *from, const char *end)
{
    while ((from = find(from, end, t->open, t->open_len)) && from + t->open_len < end && !strchr(" >\t\r\n", from[t->open_len])) from++;
    return from;
}

/* Whether the first element is all in its own tag, <AUDIT_RECORD NAME="Connect" …/>: then the others are so too. */
static bool only_attributes(const tags *t, const char *p, const char *end)
{
    char quote = 0;
    for (p = next_open(t, p, end); p && p < end && (quote || *p != '>'); p++)
        if (quote ? *p == quote : *p == '"' || *p == '\'') quote = quote ? 0 : *p;
    return p && p < end && p[-1] == '/';
}

/* The next element <Event …>…</Event>; ptr NULL: none that is whole. */
static slice next_record(const tags *t, const char *p, const char *end)
{
    const char *from = next_open(t, p, end);
    const char *to = from ? find(from, end, t->stop, t->stop_len) : NULL;
    return to ? (slice){from, (size_t)(to - from) + t->stop_len} : (slice){0};
}

/* The kind of the first record of such an element; NULL: there is none that is known. */
static sla_status kind_of_first(const input *in, tags *t, log_framed *f, const log_kind **out)
{
    if (only_attributes(t, in->head.ptr, in->head.ptr + in->head.len)) t->stop_len = strlen(strcpy(t->stop, "/>"));
    slice one = next_record(t, in->head.ptr, in->head.ptr + in->head.len);
    f->n = 0;
    *out = NULL;
    sla_status st = one.ptr ? log_flatten_xml(one, f) : SLA_SYNTAX;
    if (st == SLA_OK) *out = log_record_kind(log_patterns_kinds(in->patterns), NULL, f->pairs, f->n);
    return st == SLA_NOMEM ? st : SLA_OK;
}

/* NULL: the file holds no records that are known. Errors SLA_NOMEM. */
static sla_status first_kind(const input *in, tags *t, const log_kind **out, err *e)
{
    arena scratch = {0};
    const log_kinds *ks = log_patterns_kinds(in->patterns);
    log_framed *f = mem_zero(1, sizeof *f);
    sla_status st = f ? SLA_OK : SLA_NOMEM;
    *out = NULL;
    if (f) f->scratch = &scratch;
    for (size_t i = 0; st == SLA_OK && i <= ks->nrecords && !*out; i++) {
        slice element = i ? ks->records[i - 1].element : (slice){0};
        if ((i && !element.len) || !tags_of(i ? &ks->records[i - 1] : &(log_kind){0}, t)) continue;
        st = kind_of_first(in, t, f, out);
        if (*out && !slice_eq((*out)->element, element)) *out = NULL;
    }
    mem_free(f);
    arena_free(&scratch);
    return st == SLA_OK ? st : err_set(e, st, (srcpos){in->name, 0, 0}, "no memory to read the log");
}

static int logxml_probe(const input *in, err *why)
{
    slice head = slice_trim(in->head);
    tags t;
    const log_kind *k;
    if (!in->patterns || in->table || !head.len || head.ptr[0] != '<') return 0;
    return first_kind(in, &t, &k, why) == SLA_OK && k ? 95 : 0;
}

static size_t logxml_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    const tags *t = &im->tags;
    size_t end = text.len;
    *open = SIZE_MAX;
    while (!at_end && end >= t->stop_len && memcmp(text.ptr + end - t->stop_len, t->stop, t->stop_len) != 0) end--;
    if (end < t->stop_len && !at_end) end = 0;
    *nlines = (uint32_t)lines_count_byte(text.ptr, end, '\n');
    return end;
}

static sla_status read_events(const importer *im, log_writer *w, log_framed *f, const block *b)
{
    const char *p = b->records.ptr, *end = p + b->records.len, *at = p;
    uint32_t line = b->line;
    for (slice one = next_record(&im->tags, p, end); one.ptr; one = next_record(&im->tags, one.ptr + one.len, end)) {
        line += (uint32_t)lines_count_byte(at, (size_t)(one.ptr - at), '\n');
        at = one.ptr;
        f->n = 0;
        f->scratch = &w->scratch;
        sla_status st = log_flatten_xml(one, f);
        if (st == SLA_OK) TRY(log_record_put(w, &im->r, f, line, one));
        else {
            if (st == SLA_NOMEM) return st;
            w->b->rows++;
            arena_free(&w->scratch);
            TRY(log_writer_reject(w, line, one, "no well-formed XML"));
        }
    }
    return SLA_OK;
}

static sla_status logxml_parse(importer *im, block *b, err *e)
{
    log_writer w;
    log_framed *f = mem_zero(1, sizeof *f);
    sla_status st = log_writer_begin(&w, &im->r.sink, b);
    if (!f) st = SLA_NOMEM;
    if (st == SLA_OK) st = read_events(im, &w, f, b);
    mem_free(f);
    return log_writer_end(&w, st, e);
}

static void logxml_close(importer *im)
{
    if (im) log_sink_close(&im->r.sink);
    mem_free(im);
}

static sla_status logxml_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    const log_kind *k;
    sla_status st = im ? first_kind(in, &im->tags, &k, e) : err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log");
    if (st == SLA_OK) st = log_records_open(&im->r, k, in, im, out, e);
    if (st != SLA_OK) logxml_close(im);
    *start = 0;
    *line = 1;
    return st;
}

static sla_status logxml_take(importer *im, block *b, err *e) { return log_sink_take(&im->r.sink, b, e); }
static void logxml_drop(importer *im, block *b) { (void)im, log_sink_drop(b); }
static void logxml_notes(const importer *im, buf *out) { log_records_notes(&im->r, out); }
static const dataset *logxml_dataset(const importer *im) { return im->r.sink.ds; }
static slice logxml_profile(const importer *im) { return im->r.kind->name; }
static batch_pool *logxml_batches(const importer *im) { return im->r.sink.batches; }

const importer_kind importer_logxml = {"log xml", "logs in XML: Windows events, Oracle's audit files and alert log", logxml_probe, logxml_open, logxml_cut, logxml_parse, logxml_take, NULL, logxml_drop,
                                       logxml_notes, logxml_dataset, logxml_profile, logxml_batches, NULL, logxml_close, NULL, NULL, NULL};
