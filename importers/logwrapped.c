#include "importers/logwrapped.h"
#include <string.h>
#include "engine/base/lines.h"

enum { PROBE_LINES = 50 };

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

sla_status log_wrapped_kind(const input *in, const log_kind **out, err *e)
{
    *out = NULL;
    if (!in->patterns || in->table || !in->head.len) return SLA_OK;
    const log_kinds *ks = log_patterns_kinds(in->patterns);
    log_regex_state *s = log_regex_state_new();
    if (!s) return err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log");
    for (size_t i = 0; i < ks->nrecords && !*out; i++)
        if (ks->records[i].re.code && all_of_kind(&ks->records[i], s, in)) *out = &ks->records[i];
    log_regex_state_free(s);
    return SLA_OK;
}

size_t log_wrapped_cut(log_parts_cutter *c, slice text, bool at_end, uint32_t *nlines)
{
    size_t end = text.len;
    while (!at_end && end && text.ptr[end - 1] != '\n') end--;
    if (!at_end) end = log_parts_cut(c, text, end);
    *nlines = (uint32_t)lines_count_byte(text.ptr, end, '\n');
    return end;
}

static sla_status read_lines(const log_records *r, log_writer *w, log_framed *f, const block *b, log_parts *parts)
{
    uint32_t no = b->line;
    slice line;
    for (line_scan lines = lines_of(b->records); line_next(&lines, &line); no++) {
        line = slice_without_cr(line);
        if (slice_trim(line).len == 0 || log_line_skipped(r->kind, log_matcher_state(w->m), line)) continue;
        f->n = 0;
        f->scratch = &w->scratch;
        if (log_frame_wrapped(r->kind, log_matcher_state(w->m), line, f)) TRY(log_parts_put(parts, w, r, f, no, line));
        else {
            w->b->rows++;
            TRY(log_writer_reject(w, no, line, "it has not what stands in front of this file's other lines"));
        }
    }
    return log_parts_end(parts, w, r, f);
}

sla_status log_wrapped_read(const log_records *r, log_writer *w, log_framed *f, const block *b)
{
    log_parts parts = {{{.n = 0}}};
    sla_status st = read_lines(r, w, f, b, &parts);
    log_parts_clear(&parts);
    return st;
}
