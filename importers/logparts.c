#include "importers/logparts.h"
#include <string.h>
#include "engine/base/lines.h"
#include "engine/base/mem.h"

enum { LOOK_BACK = 1 << 20 };

/* ---- what belongs together ---- */
static const slice *value_named(const log_framed *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (slice_is(f->pairs[i].name, name)) return &f->pairs[i].value;
    return NULL;
}

static bool listed(const log_names *l, slice name)
{
    for (size_t i = 0; i < l->n; i++)
        if (slice_eq(l->items[i], name)) return true;
    return false;
}

/* The place of the message among the pairs; n: there is none. */
static size_t message_of(const log_kind *k, const log_pair *pairs, size_t n)
{
    size_t i = 0;
    while (i < n && !listed(&k->message, pairs[i].name)) i++;
    return i;
}

/* What each part says of itself. */
static bool is_own(const log_kind *k, slice name) { return listed(&k->at, name) || listed(&k->message, name) || slice_is(name, "partial"); }

/* Parts of one message, or of messages of the same stream. */
static bool goes_with(const log_kind *k, const log_pair *pairs, size_t n, const log_framed *f)
{
    bool same = n && n == f->n;
    for (size_t i = 0; same && i < n; i++) same = slice_eq(pairs[i].name, f->pairs[i].name) && (is_own(k, pairs[i].name) || slice_eq(pairs[i].value, f->pairs[i].value));
    return same;
}

/* What the record says is not all of its message: another of its stream goes on with it. */
static bool goes_on(const log_kind *k, const log_framed *f)
{
    size_t i = message_of(k, f->pairs, f->n);
    const slice *partial = value_named(f, "partial"), message = i < f->n ? f->pairs[i].value : (slice){0};
    if (i == f->n) return false;
    return partial ? slice_is(*partial, "P") : k->part && message.len >= k->part && message.ptr[message.len - 1] != '\n';
}

/* ---- messages ---- */
static sla_status begin(const log_kind *k, log_message *m, const log_framed *f, uint32_t line, slice whole)
{
    if (!(m->pairs = ARENA_NEW(&m->mem, log_pair, f->n))) return SLA_NOMEM;
    for (size_t i = 0; i < f->n; i++) {
        slice value = listed(&k->message, f->pairs[i].name) ? SLICE_LIT("") : f->pairs[i].value;
        m->pairs[i] = (log_pair){arena_slice(&m->mem, f->pairs[i].name), arena_slice(&m->mem, value)};
        if (!m->pairs[i].name.ptr || !m->pairs[i].value.ptr) return SLA_NOMEM;
    }
    m->n = f->n, m->line = line, m->whole = whole;
    return SLA_OK;
}

static void forget(log_message *m)
{
    buf_free(&m->text);
    arena_free(&m->mem);
    *m = (log_message){.n = 0};
}

static sla_status put_message(log_message *m, log_writer *w, const log_records *r, log_framed *f)
{
    if (m->text.failed) return SLA_NOMEM;
    m->pairs[message_of(r->kind, m->pairs, m->n)].value = (slice){m->text.ptr, m->text.len};
    memcpy(f->pairs, m->pairs, m->n * sizeof *m->pairs);
    f->n = m->n;
    TRY(log_record_put(w, r, f, m->line, m->whole));
    TRY(log_writer_settle(w)); /* the message's texts go */
    forget(m);
    return SLA_OK;
}

sla_status log_parts_put(log_parts *p, log_writer *w, const log_records *r, log_framed *f, uint32_t line, slice whole)
{
    size_t text = message_of(r->kind, f->pairs, f->n);
    bool more = goes_on(r->kind, f);
    log_message *m = NULL, *unused = NULL;
    for (size_t i = 0; text < f->n && i < LOG_PARTS_OPEN; i++) {
        if (goes_with(r->kind, p->open[i].pairs, p->open[i].n, f)) m = &p->open[i];
        else if (!p->open[i].n) unused = &p->open[i];
    }
    if (!m && (!more || !unused)) return log_record_put(w, r, f, line, whole);
    if (!m) TRY(begin(r->kind, m = unused, f, line, whole));
    buf_slice(&m->text, f->pairs[text].value);
    return more ? SLA_OK : put_message(m, w, r, f);
}

sla_status log_parts_end(log_parts *p, log_writer *w, const log_records *r, log_framed *f)
{
    for (;;) {
        log_message *first = NULL; /* in the order of the file */
        for (size_t i = 0; i < LOG_PARTS_OPEN; i++)
            if (p->open[i].n && (!first || p->open[i].line < first->line)) first = &p->open[i];
        if (!first) return SLA_OK;
        TRY(put_message(first, w, r, f));
    }
}

void log_parts_clear(log_parts *p)
{
    for (size_t i = 0; i < LOG_PARTS_OPEN; i++) forget(&p->open[i]);
}

/* ---- blocks ---- */
struct log_parts_cutter { const log_kind *k; log_regex_state *s; bool has_parts; log_framed part, other; arena scratch; };

static bool has_partial(const log_kind *k)
{
    for (size_t i = 0; i < k->re.ngroups; i++)
        if (slice_is(k->re.names[i], "partial")) return true;
    return false;
}

log_parts_cutter *log_parts_cutter_new(const log_kind *k, log_regex_state *s)
{
    log_parts_cutter *c = mem_zero(1, sizeof *c);
    if (!c) return NULL;
    c->k = k, c->s = s;
    c->has_parts = k->part || (s && has_partial(k));
    c->part.scratch = c->other.scratch = &c->scratch;
    return c;
}

void log_parts_cutter_free(log_parts_cutter *c)
{
    if (c) arena_free(&c->scratch);
    mem_free(c);
}

/* The line's pairs; none where it is no record. */
static void frame(log_parts_cutter *c, slice line, log_framed *f)
{
    line = slice_without_cr(line);
    json_reader j = {.p = line.ptr, .end = line.ptr + line.len, .scratch = &c->scratch};
    f->n = 0;
    if (!(c->s ? log_frame_wrapped(c->k, c->s, line, f) : log_flatten_json(&j, f))) f->n = 0;
}

/* The message that the line is a part of goes on, and not in what follows. */
static bool is_open(log_parts_cutter *c, slice line, slice follows)
{
    slice next;
    if (line.len < c->k->part) return false;
    frame(c, line, &c->part);
    bool open = goes_on(c->k, &c->part);
    for (line_scan lines = lines_of(follows); open && line_next(&lines, &next);) {
        frame(c, next, &c->other);
        open = !goes_with(c->k, c->part.pairs, c->part.n, &c->other);
    }
    arena_free(&c->scratch);
    return open;
}

/* Where the line begins that ends at end (behind its line end). */
static size_t line_start(slice text, size_t end)
{
    size_t from = end - 1;
    while (from && text.ptr[from - 1] != '\n') from--;
    return from;
}

/* From the end on backwards: behind a part whose message goes on before the cut all others of that stream have been looked at. */
size_t log_parts_cut(log_parts_cutter *c, slice text, size_t end)
{
    size_t cut = end;
    for (size_t at = end, from; c->has_parts && at && end - at < LOOK_BACK; at = from) {
        from = line_start(text, at);
        if (is_open(c, (slice){text.ptr + from, at - 1 - from}, (slice){text.ptr + at, cut - at})) cut = from;
    }
    return cut;
}

sla_status log_parts_cut_whole(const log_parts_cutter *c, err *e) { return c && c->scratch.failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to read the log") : SLA_OK; }
