#include "importers/loglist.h"
#include <string.h>
#include "engine/base/mem.h"

static const char start[] = "Event[";
enum { START_LEN = sizeof start - 1 };

/* "Event[12]:" at the beginning of a line and nothing behind it. */
static bool event_begins(const char *p, const char *end)
{
    if ((size_t)(end - p) <= START_LEN || memcmp(p, start, START_LEN) != 0) return false;
    slice rest = {p, (size_t)(end - p)}, line = slice_trim(slice_line(&rest));
    size_t i = START_LEN;
    while (i < line.len && line.ptr[i] >= '0' && line.ptr[i] <= '9') i++;
    return i > START_LEN && i < line.len && line.ptr[i] == ']' && (i + 1 == line.len || (line.ptr[i + 1] == ':' && i + 2 == line.len));
}

/* The name of a line "TimeCreated  : 7/1/2025 9:00:00 AM" with its padding and colon, as Format-List writes it; len 0: none. */
static slice padded_name(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && ((*q >= 'A' && *q <= 'Z') || (*q >= 'a' && *q <= 'z'))) q++;
    const char *name_end = q;
    while (q < end && *q == ' ') q++;
    return q > name_end && name_end > p && q < end && *q == ':' ? (slice){p, (size_t)(q - p) + 1} : (slice){0};
}

/* A record: "Event[n]", or the name that the first one begins with. */
static bool begins(slice first, const char *p, const char *end)
{
    if (!first.len) return event_begins(p, end);
    return (size_t)(end - p) > first.len && memcmp(p, first.ptr, first.len) == 0;
}

/* The next beginning of a record at or behind p, which stands at a line's; end: none. */
static const char *next_record(slice first, const char *p, const char *end)
{
    while (p < end && !begins(first, p, end)) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        p = nl ? nl + 1 : end;
    }
    return p;
}

/* The pairs of wevtutil's. A name ends at the first colon; from Description on all is text. */
static void event_pairs(slice record, log_framed *f)
{
    slice_line(&record);
    while (record.len) {
        slice line = slice_trim(slice_line(&record));
        const char *colon = line.len ? memchr(line.ptr, ':', line.len) : NULL;
        if (!colon) continue;
        slice name = {line.ptr, (size_t)(colon - line.ptr)}, value = slice_trim((slice){colon + 1, (size_t)(line.ptr + line.len - colon) - 1});
        bool last = slice_is(name, "Description");
        if (last) value = slice_trim((slice){colon + 1, (size_t)(record.ptr + record.len - colon) - 1});
        log_pair_add(f, name, value);
        if (last) return;
    }
}

/* Those of Format-List: what is indented goes on with the value before it. */
static void padded_pairs(slice record, log_framed *f)
{
    const char *end = record.ptr + record.len;
    while (record.len) {
        slice line = slice_line(&record), name = padded_name(line.ptr, line.ptr + line.len);
        const char *from = line.ptr + name.len, *to = record.len ? record.ptr : end;
        if (!name.len) continue;
        while (record.len && !padded_name(record.ptr, end).len) slice_line(&record), to = record.len ? record.ptr : end;
        log_pair_add(f, slice_trim((slice){name.ptr, name.len - 1}), slice_trim((slice){from, (size_t)(to - from)}));
    }
}

static void pairs_of(slice first, slice record, log_framed *f)
{
    f->n = 0;
    if (first.len) padded_pairs(record, f);
    else event_pairs(record, f);
}

sla_status log_list_kind(const input *in, const log_kind **out, slice *first, err *e)
{
    const char *p = in->head.ptr, *end = p + in->head.len;
    while (p < end && (*p == '\n' || *p == '\r')) p++;
    *out = NULL;
    if (!in->patterns || in->table || in->head.len == 0) return SLA_OK;
    bool event = event_begins(p, end);
    *first = event ? (slice){0} : padded_name(p, end);
    if (!event && !first->len) return SLA_OK;
    log_framed *f = mem_zero(1, sizeof *f);
    if (!f) return err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log");
    pairs_of(*first, (slice){p, (size_t)(next_record(*first, p + 1, end) - p)}, f);
    *out = log_record_kind(log_patterns_kinds(in->patterns), NULL, f->pairs, f->n);
    mem_free(f);
    return SLA_OK;
}

size_t log_list_cut(slice first, slice text, bool at_end, uint32_t *nlines)
{
    size_t end = text.len;
    for (bool found = at_end; end && !found; found = begins(first, text.ptr + end, text.ptr + text.len) && memchr(text.ptr + end, '\n', text.len - end))
        while (--end && text.ptr[end - 1] != '\n') {}
    *nlines = 0;
    for (const char *p = text.ptr, *stop = p + end; p < stop && (p = memchr(p, '\n', (size_t)(stop - p))) != NULL; p++) ++*nlines;
    return end;
}

sla_status log_list_read(log_records *r, slice first, log_writer *w, log_framed *f, const block *b)
{
    const char *p = b->records.ptr, *end = p + b->records.len, *next;
    uint32_t line = b->line;
    for (; p < end; p = next) {
        const char *from = p;
        p = next_record(first, p, end);
        for (; from < p; from++) line += *from == '\n';
        if (p == end) break;
        next = next_record(first, p + 1, end);
        slice record = {p, (size_t)(next - p)};
        f->scratch = &w->scratch;
        pairs_of(first, record, f);
        log_dates_read(&r->dates, r->kind, f);
        TRY(log_record_put(w, r, f, line, slice_trim(record)));
        for (; from < next; from++) line += *from == '\n';
    }
    return SLA_OK;
}
