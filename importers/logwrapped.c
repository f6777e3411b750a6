#include "importers/logwrapped.h"
#include <string.h>
#include "engine/base/lines.h"
#include "engine/base/mem.h"

enum { PROBE_LINES = 50, LOOK_BACK = 1 << 20, STREAMS = 2 };

/* A table whose cells are parted by bars looks alike but for its header, so the first line counts. */
static bool all_of_kind(const log_kind *k, log_regex_state *s, const input *in)
{
    size_t n = 0, known = 0;
    slice line;
    for (line_scan lines = lines_of(in->head); n < PROBE_LINES && line_next(&lines, &line);) {
        bool cut = !in->whole && lines.at == lines.end && n;
        if (cut || slice_trim(line).len == 0 || log_line_skipped(k, s, slice_without_cr(line))) continue;
        known += log_regex_match(&k->re, s, slice_without_cr(line));
        if (++n == 1 && known == 0) return false;
    }
    return n && known * 2 >= n;
}

const log_kind *log_wrapped_kind(const input *in)
{
    if (!in->patterns || in->table || !in->head.len) return NULL;
    const log_kinds *ks = log_patterns_kinds(in->patterns);
    log_regex_state *s = log_regex_state_new();
    const log_kind *k = NULL;
    for (size_t i = 0; s && i < ks->nrecords && !k; i++)
        if (ks->records[i].re.code && all_of_kind(&ks->records[i], s, in)) k = &ks->records[i];
    log_regex_state_free(s);
    return k;
}

static uint32_t group_named(const log_kind *k, const char *name)
{
    for (size_t i = 0; i < k->re.ngroups; i++)
        if (slice_is(k->re.names[i], name)) return k->re.numbers[i];
    return 0;
}

/* Where the line begins that ends at end (behind its line end). */
static size_t line_start(slice text, size_t end)
{
    size_t from = end - 1;
    while (from && text.ptr[from - 1] != '\n') from--;
    return from;
}

size_t log_wrapped_cut(const log_kind *k, log_regex_state *s, slice text, bool at_end, uint32_t *nlines)
{
    size_t end = text.len, whole;
    uint32_t partial = at_end ? 0 : group_named(k, "partial");
    while (!at_end && end && text.ptr[end - 1] != '\n') end--;
    whole = end;
    for (size_t from; partial && end && whole - end < LOOK_BACK; end = from) {
        from = line_start(text, end);
        slice line = slice_without_cr((slice){text.ptr + from, end - 1 - from});
        if (!log_regex_match(&k->re, s, line) || !slice_is(log_regex_group(s, line, partial), "P")) break;
    }
    if (whole - end >= LOOK_BACK) end = whole;
    *nlines = (uint32_t)lines_count_byte(text.ptr, end, '\n');
    return end;
}

/* What has come of a stream's message so far: the pairs of its first part, and the text of all. */
typedef struct message { log_pair pairs[LOG_GROUPS_MAX]; size_t n; slice stream, whole; uint32_t line; buf text; } message;

static slice *value_named(log_pair *pairs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(pairs[i].name, name)) return &pairs[i].value;
    return NULL;
}

static sla_status put_message(const log_records *r, log_writer *w, log_framed *f, message *m)
{
    slice *text = value_named(m->pairs, m->n, "log");
    if (text) *text = arena_slice(&w->scratch, (slice){m->text.ptr, m->text.len});
    bool ok = text && (text->ptr || !m->text.len) && !m->text.failed;
    memcpy(f->pairs, m->pairs, m->n * sizeof *m->pairs);
    f->n = m->n;
    m->n = 0;
    buf_free(&m->text);
    return ok ? log_record_put(w, r, f, m->line, m->whole) : SLA_NOMEM;
}

/* f: a line of a kind that parts messages. *taken: it is a part, and was kept or ended the message. */
static sla_status take_part(const log_records *r, log_writer *w, log_framed *f, message *messages, uint32_t no, slice line, bool *taken)
{
    const slice *partial = value_named(f->pairs, f->n, "partial"), *stream = value_named(f->pairs, f->n, "stream"), *text = value_named(f->pairs, f->n, "log");
    message *m = messages, *unused = NULL;
    *taken = false;
    if (!partial || !stream || !text) return SLA_OK;
    while (m < messages + STREAMS && !(m->n && slice_eq(m->stream, *stream))) unused = m->n ? unused : m, m++;
    bool known = m < messages + STREAMS, goes_on = slice_is(*partial, "P");
    if (!known && (!goes_on || !unused)) return SLA_OK;
    if (!known) {
        m = unused;
        memcpy(m->pairs, f->pairs, f->n * sizeof *f->pairs);
        m->n = f->n, m->stream = *stream, m->whole = line, m->line = no;
    }
    buf_slice(&m->text, *text);
    *taken = true;
    return goes_on ? SLA_OK : put_message(r, w, f, m);
}

static sla_status read_lines(const log_records *r, log_writer *w, log_framed *f, const block *b, message *messages)
{
    uint32_t no = b->line;
    bool taken;
    slice line;
    for (line_scan lines = lines_of(b->records); line_next(&lines, &line); no++) {
        line = slice_without_cr(line);
        if (slice_trim(line).len == 0 || log_line_skipped(r->kind, log_matcher_state(w->m), line)) continue;
        f->n = 0;
        f->scratch = &w->scratch;
        if (log_frame_wrapped(r->kind, log_matcher_state(w->m), line, f)) {
            TRY(take_part(r, w, f, messages, no, line, &taken));
            if (!taken) TRY(log_record_put(w, r, f, no, line));
        } else {
            w->b->rows++;
            TRY(log_writer_reject(w, no, line, "it has not what stands in front of this file's other lines"));
        }
    }
    for (size_t i = 0; i < STREAMS; i++)
        if (messages[i].n) TRY(put_message(r, w, f, &messages[i]));
    return SLA_OK;
}

sla_status log_wrapped_read(const log_records *r, log_writer *w, log_framed *f, const block *b)
{
    message messages[STREAMS] = {{.n = 0}};
    sla_status st = read_lines(r, w, f, b, messages);
    for (size_t i = 0; i < STREAMS; i++) buf_free(&messages[i].text);
    return st;
}
