#include <string.h>
#include "importers/csv.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- counting bytes, 16 at a time where the machine can ---- */
static size_t count_byte(const char *p, size_t n, char c)
{
    size_t i = 0, count = 0;
#ifdef __SSE2__
    const __m128i want = _mm_set1_epi8(c);
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        count += (size_t)__builtin_popcount((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, want)));
    }
#endif
    for (; i < n; i++) count += p[i] == c;
    return count;
}

static size_t last_byte(const char *p, size_t n, char c)
{
    while (n && p[n - 1] != c) n--;
    return n; /* offset behind it; 0: none */
}

/* ---- where records end ---- */
/* A quote opens a cell only at the cell's beginning; elsewhere it is text, as in 5" disk. */
size_t csv_cut(csv_dialect d, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    *open = SIZE_MAX;
    size_t end = 0;
    if (!d.quote || !memchr(text.ptr, d.quote, text.len)) {
        end = at_end ? text.len : last_byte(text.ptr, text.len, d.eol);
        *nlines = (uint32_t)count_byte(text.ptr, end, d.eol);
        return end;
    }
    bool cell_start = true;
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        if (cell_start && c == d.quote) {
            size_t from = i++;
            for (;;) {
                const char *q = i < text.len ? memchr(text.ptr + i, d.quote, text.len - i) : NULL;
                if (!q) {
                    *open = from;
                    goto done;
                }
                i = (size_t)(q - text.ptr) + 1;
                if (i == text.len && !at_end) goto done; /* the next block may double it */
                if (i < text.len && text.ptr[i] == d.quote) i++;
                else break;
            }
            cell_start = false;
            continue;
        }
        cell_start = c == d.delimiter || c == d.eol;
        if (c == d.eol) end = i + 1;
        i++;
    }
    if (at_end) end = text.len;
done:
    *nlines = (uint32_t)count_byte(text.ptr, end, d.eol);
    return end;
}

/* ---- cells ---- */
/* The first delimiter or line end at or after p. */
static inline const char *cell_end(const char *p, const char *end, csv_dialect d)
{
#ifdef __SSE2__
    const __m128i delimiter = _mm_set1_epi8(d.delimiter), eol = _mm_set1_epi8(d.eol);
    for (; p + 16 <= end; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, delimiter), _mm_cmpeq_epi8(v, eol)));
        if (mask) return p + __builtin_ctz(mask);
    }
#endif
    while (p < end && *p != d.delimiter && *p != d.eol) p++;
    return p;
}

/* A quoted cell at p (behind its quote): text without the doubling; moves *pp behind the closing quote. */
static slice quoted_cell(const char **pp, const char *end, csv_dialect d, cells *c, sla_status *st)
{
    const char *p = *pp, *q = p;
    bool doubled = false;
    for (;;) {
        q = memchr(q, d.quote, (size_t)(end - q));
        if (!q) {
            q = end;
            break;
        }
        if (q + 1 == end || q[1] != d.quote) break;
        doubled = true;
        q += 2;
    }
    slice raw = {p, (size_t)(q - p)};
    *pp = q < end ? q + 1 : q;
    if (!doubled) return raw;
    char *out = arena_alloc(&c->scratch, raw.len + 1, 1);
    if (!out) {
        *st = SLA_NOMEM;
        return (slice){0};
    }
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        out[n++] = raw.ptr[i];
        if (raw.ptr[i] == d.quote) i++;
    }
    return (slice){out, n};
}

/* One record at p into row; returns where the next begins. */
static const char *one_record(const char *p, const char *end, csv_dialect d, cells *c, size_t row, uint32_t *line, uint64_t *ragged, sla_status *st)
{
    size_t col = 0;
    for (;; col++) {
        slice cell;
        const char *stop;
        if (p < end && *p == d.quote && d.quote) {
            const char *from = p++;
            cell = quoted_cell(&p, end, d, c, st);
            if (memchr(from, d.eol, (size_t)(p - from))) *line += (uint32_t)count_byte(from, (size_t)(p - from), d.eol);
            stop = cell_end(p, end, d); /* text behind the closing quote is not a cell's: passed over */
        } else {
            stop = cell_end(p, end, d);
            cell = (slice){p, (size_t)(stop - p)};
            if (cell.len && (stop == end || *stop == d.eol) && cell.ptr[cell.len - 1] == '\r') cell.len--;
        }
        if (col < c->ncols) c->at[col * CELLS_ROWS + row] = cell;
        else if (col == c->ncols && cell.len) ++*ragged;
        if (stop == end) {
            p = end;
            break;
        }
        p = stop + 1;
        if (*stop == d.eol) {
            ++*line;
            break;
        }
    }
    for (col++; col < c->ncols; col++) c->at[col * CELLS_ROWS + row] = (slice){0};
    return p;
}

size_t csv_cells(csv_dialect d, slice text, uint32_t *line, cells *c, uint64_t *ragged, sla_status *st)
{
    const char *p = text.ptr, *end = p + text.len;
    *st = SLA_OK;
    while (p < end && c->nrows < CELLS_ROWS && *st == SLA_OK) {
        if (*p == d.eol) {
            p++;
            ++*line;
            continue;
        }
        if (*p == '\r' && p + 1 < end && p[1] == d.eol) {
            p += 2;
            ++*line;
            continue;
        }
        c->lines[c->nrows] = *line;
        c->starts[c->nrows] = p;
        p = one_record(p, end, d, c, c->nrows, line, ragged, st);
        c->nrows++;
    }
    return (size_t)(p - text.ptr);
}

/* ---- the dialect ---- */
/* Cells of each of the first records under a dialect; how many records have as many as the first. */
static size_t agreement(csv_dialect d, slice head, size_t *ncells)
{
    size_t counts[64], n = 0, cells_now = 1;
    bool cell_start = true, quoted = false;
    for (size_t i = 0; i < head.len && n < 64; i++) {
        char c = head.ptr[i];
        if (quoted) {
            if (c == d.quote && i + 1 < head.len && head.ptr[i + 1] == d.quote) i++;
            else if (c == d.quote) quoted = false;
        } else if (cell_start && d.quote && c == d.quote) quoted = true, cell_start = false;
        else if (c == d.delimiter) cells_now++, cell_start = true;
        else if (c == d.eol) counts[n++] = cells_now, cells_now = 1, cell_start = true;
        else cell_start = false;
    }
    if (n == 0) counts[n++] = cells_now;
    size_t same = 0;
    for (size_t i = 0; i < n; i++) same += counts[i] == counts[0];
    *ncells = counts[0];
    return same * 100 / n;
}

csv_dialect csv_guess(slice head, bool *certain)
{
    static const char delimiters[] = {',', ';', '\t', '|'}, quotes[] = {'"', '\''};
    csv_dialect best = {',', '"', 0, memchr(head.ptr, '\n', head.len) ? '\n' : memchr(head.ptr, '\r', head.len) ? '\r' : '\n'};
    size_t best_score = 0, best_cells = 1;
    for (size_t q = 0; q < sizeof quotes; q++)
        for (size_t k = 0; k < sizeof delimiters; k++) {
            csv_dialect d = {delimiters[k], quotes[q], 0, best.eol};
            size_t ncells, same = agreement(d, head, &ncells);
            if (ncells < 2) continue;
            if (quotes[q] == '\'' && head.len && head.ptr[0] != '\'') continue; /* single quotes only where the file begins with one */
            size_t score = same * 64 + (ncells < 63 ? ncells : 63);
            if (score > best_score) best_score = score, best = d, best_cells = ncells;
        }
    *certain = best_cells >= 2;
    return best;
}
