#include "importers/loglist.h"
#include <string.h>
#include "engine/base/mem.h"

static const char start[] = "Event[";
enum { START_LEN = sizeof start - 1 };

/* "Event[12]:" at the beginning of a line and nothing behind it. */
static bool begins(const char *p, const char *end)
{
    if ((size_t)(end - p) <= START_LEN || memcmp(p, start, START_LEN) != 0) return false;
    slice rest = {p, (size_t)(end - p)}, line = slice_trim(slice_line(&rest));
    size_t i = START_LEN;
    while (i < line.len && line.ptr[i] >= '0' && line.ptr[i] <= '9') i++;
    return i > START_LEN && i < line.len && line.ptr[i] == ']' && (i + 1 == line.len || (line.ptr[i + 1] == ':' && i + 2 == line.len));
}

/* The next beginning of a record at or behind p, which stands at a line's; end: none. */
static const char *next_record(const char *p, const char *end)
{
    while (p < end && !begins(p, end)) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        p = nl ? nl + 1 : end;
    }
    return p;
}

/* The record's pairs. A name ends at the first colon; from Description on all is text. */
static void pairs_of(slice record, log_framed *f)
{
    slice_line(&record);
    f->n = 0;
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

const log_kind *log_list_kind(const input *in)
{
    const char *p = in->head.ptr, *end = p + in->head.len;
    while (p < end && (*p == '\n' || *p == '\r')) p++;
    if (!in->patterns || in->table || in->head.len == 0 || !begins(p, end)) return NULL;
    log_framed *f = mem_zero(1, sizeof *f);
    if (!f) return NULL;
    pairs_of((slice){p, (size_t)(next_record(p + START_LEN, end) - p)}, f);
    const log_kind *k = log_record_kind(log_patterns_kinds(in->patterns), NULL, f->pairs, f->n);
    mem_free(f);
    return k;
}

size_t log_list_cut(slice text, bool at_end, uint32_t *nlines)
{
    size_t end = text.len;
    for (bool found = at_end; end && !found; found = begins(text.ptr + end, text.ptr + text.len) && memchr(text.ptr + end, '\n', text.len - end))
        while (--end && text.ptr[end - 1] != '\n') {}
    *nlines = 0;
    for (const char *p = text.ptr, *stop = p + end; p < stop && (p = memchr(p, '\n', (size_t)(stop - p))) != NULL; p++) ++*nlines;
    return end;
}

sla_status log_list_read(const log_records *r, log_writer *w, log_framed *f, const block *b)
{
    const char *p = b->records.ptr, *end = p + b->records.len, *next;
    uint32_t line = b->line;
    for (; p < end; p = next) {
        const char *from = p;
        p = next_record(p, end);
        for (; from < p; from++) line += *from == '\n';
        if (p == end) break;
        next = next_record(p + START_LEN, end);
        slice record = {p, (size_t)(next - p)};
        f->scratch = &w->scratch;
        pairs_of(record, f);
        TRY(log_record_put(w, r, f, line, slice_trim(record)));
        for (; from < next; from++) line += *from == '\n';
    }
    return SLA_OK;
}
