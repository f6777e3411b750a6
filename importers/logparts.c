#include "importers/logparts.h"
#include <string.h>
#include "engine/base/lines.h"

enum { LOOK_BACK = 1 << 20 };

/* ---- what belongs together ---- */
static slice *value_named(log_framed *f, const char *name)
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

static log_pair *message_of(const log_kind *k, log_pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (listed(&k->message, pairs[i].name)) return &pairs[i];
    return NULL;
}

/* What each part says of itself. */
static bool is_own(const log_kind *k, slice name) { return listed(&k->at, name) || listed(&k->message, name) || slice_is(name, "partial"); }

static bool goes_with(const log_kind *k, const log_message *m, const log_framed *f)
{
    bool same = m->n && m->n == f->n;
    for (size_t i = 0; same && i < f->n; i++) same = slice_eq(m->pairs[i].name, f->pairs[i].name) && (is_own(k, f->pairs[i].name) || slice_eq(m->pairs[i].value, f->pairs[i].value));
    return same;
}

bool log_part_goes_on(const log_kind *k, slice message) { return k->part && message.len >= k->part && message.ptr[message.len - 1] != '\n'; }

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
    message_of(r->kind, m->pairs, m->n)->value = (slice){m->text.ptr, m->text.len};
    memcpy(f->pairs, m->pairs, m->n * sizeof *m->pairs);
    f->n = m->n;
    TRY(log_record_put(w, r, f, m->line, m->whole));
    TRY(log_writer_settle(w)); /* the message's texts go */
    forget(m);
    return SLA_OK;
}

sla_status log_parts_put(log_parts *p, log_writer *w, const log_records *r, log_framed *f, uint32_t line, slice whole)
{
    const log_pair *text = message_of(r->kind, f->pairs, f->n);
    const slice *partial = value_named(f, "partial");
    bool goes_on = text && (partial ? slice_is(*partial, "P") : log_part_goes_on(r->kind, text->value));
    log_message *m = NULL, *unused = NULL;
    for (size_t i = 0; text && i < LOG_PARTS_OPEN; i++) {
        if (goes_with(r->kind, &p->open[i], f)) m = &p->open[i];
        else if (!p->open[i].n) unused = &p->open[i];
    }
    if (!m && (!goes_on || !unused)) return log_record_put(w, r, f, line, whole);
    if (!m) TRY(begin(r->kind, m = unused, f, line, whole));
    buf_slice(&m->text, text->value);
    return goes_on ? SLA_OK : put_message(m, w, r, f);
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
/* Where the line begins that ends at end (behind its line end). */
static size_t line_start(slice text, size_t end)
{
    size_t from = end - 1;
    while (from && text.ptr[from - 1] != '\n') from--;
    return from;
}

size_t log_parts_cut(slice text, size_t end, bool (*is_part)(const void *ctx, slice line), const void *ctx)
{
    size_t whole = end;
    for (size_t from; end && whole - end < LOOK_BACK; end = from) {
        from = line_start(text, end);
        if (!is_part(ctx, slice_without_cr((slice){text.ptr + from, end - 1 - from}))) return end;
    }
    return whole - end < LOOK_BACK ? end : whole;
}
