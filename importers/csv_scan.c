#define _GNU_SOURCE /* memrchr */
#include <string.h>
#include "engine/base/lines.h"
#include "importers/csv.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static size_t last_byte(const char *p, size_t n, char c)
{
    const char *at = n ? memrchr(p, c, n) : NULL;
    return at ? (size_t)(at - p) + 1 : 0; /* offset behind it; 0: none */
}

/* ---- where records end ---- */
/* Behind the closing quote of the cell that is opened at from; 0: it is not closed (or only the next block would tell). */
static size_t close_quote(csv_dialect d, slice text, bool at_end, size_t from, bool *waits)
{
    const char stops[] = {d.quote, d.escape};
    for (size_t i = from + 1;;) {
        const char *q = i < text.len ? memchr(text.ptr + i, d.quote, text.len - i) : NULL;
        const char *esc = d.escape && i < text.len ? memchr(text.ptr + i, stops[1], q ? (size_t)(q - text.ptr) - i : text.len - i) : NULL;
        if (esc) {
            i = (size_t)(esc - text.ptr) + 2;
            continue;
        }
        if (!q) return 0;
        i = (size_t)(q - text.ptr) + 1;
        if (i == text.len && !at_end) return *waits = true, 0; /* the next block may double it */
        if (i == text.len || text.ptr[i] != d.quote) return i;
        i++;
    }
}

/* Where records end among quotes without an escape character: from quote to quote, as few bytes are one. */
static size_t cut_quoted(csv_dialect d, slice text, bool at_end, size_t *open)
{
    size_t end = 0;
    bool waits = false;
    for (size_t i = 0; i < text.len;) {
        const char *q = memchr(text.ptr + i, d.quote, text.len - i);
        size_t at = q ? (size_t)(q - text.ptr) : text.len, eol = last_byte(text.ptr + i, at - i, d.eol);
        if (eol) end = i + eol;
        if (!q) break;
        bool opens = at == 0 || text.ptr[at - 1] == d.delimiter || text.ptr[at - 1] == d.eol;
        size_t next = opens ? close_quote(d, text, at_end, at, &waits) : at + 1;
        if (!next) {
            if (!waits) *open = at;
            return end;
        }
        i = next;
    }
    return at_end ? text.len : end;
}

/* The same where characters may be escaped, byte by byte. */
static size_t cut_escaped(csv_dialect d, slice text, bool at_end, size_t *open)
{
    size_t end = 0;
    bool waits = false, cell_start = true;
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        if (cell_start && d.quote && c == d.quote) {
            size_t next = close_quote(d, text, at_end, i, &waits);
            if (!next) {
                if (!waits) *open = i;
                return end;
            }
            i = next;
            cell_start = false;
        } else if (c == d.escape) {
            i += 2;
            cell_start = false;
        } else {
            cell_start = c == d.delimiter || c == d.eol;
            if (c == d.eol) end = i + 1;
            i++;
        }
    }
    return at_end ? text.len : end;
}

/* A quote opens a cell only at the cell's beginning; elsewhere it is text, as in 5" disk. */
size_t csv_cut(csv_dialect d, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    *open = SIZE_MAX;
    size_t end;
    bool escapes = d.escape && memchr(text.ptr, d.escape, text.len);
    if (escapes) end = cut_escaped(d, text, at_end, open);
    else if (d.quote) end = cut_quoted(d, text, at_end, open);
    else end = at_end ? text.len : last_byte(text.ptr, text.len, d.eol);
    *nlines = (uint32_t)lines_count_byte(text.ptr, end, d.eol);
    return end;
}

size_t csv_first(csv_dialect d, slice text)
{
    bool cell_start = true, any = false, waits;
    for (size_t i = 0; i < text.len;) {
        char c = text.ptr[i];
        size_t next = cell_start && d.quote && c == d.quote ? close_quote(d, text, true, i, &waits) : i + (d.escape && c == d.escape ? 2 : 1);
        if (!next) break; /* never closed */
        if (c == d.eol && any) return next;
        cell_start = c == d.delimiter || c == d.eol;
        any = any || (c != d.eol && c != '\r');
        i = next;
    }
    return text.len;
}

/* ---- cells ---- */
/* Where cells end: the delimiters and line ends among 64 bytes at a time, a bit each, found once for all cells that lie in them. */
typedef struct stops { const char *from; uint64_t mask; } stops;

#ifdef __SSE2__
static inline uint64_t stops_among(const __m128i *at, __m128i delimiter, __m128i eol)
{
    __m128i v = _mm_loadu_si128(at);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, delimiter), _mm_cmpeq_epi8(v, eol)));
}
#endif

static uint64_t stops_mask(const char *p, const char *end, csv_dialect d)
{
    uint64_t mask = 0;
#ifdef __SSE2__
    if (end - p >= 64) {
        const __m128i delimiter = _mm_set1_epi8(d.delimiter), eol = _mm_set1_epi8(d.eol), *v = (const __m128i *)(const void *)p;
        return stops_among(v, delimiter, eol) | stops_among(v + 1, delimiter, eol) << 16 | stops_among(v + 2, delimiter, eol) << 32 | stops_among(v + 3, delimiter, eol) << 48;
    }
#endif
    for (int i = 0; i < 64 && p + i < end; i++) mask |= (uint64_t)(p[i] == d.delimiter || p[i] == d.eol) << i;
    return mask;
}

/* The first delimiter or line end at or after p, else end. */
static inline __attribute__((always_inline)) const char *cell_end(stops *s, const char *p, const char *end, csv_dialect d)
{
    if (s->from && p - s->from < 64) { /* nothing before p is asked for again; no stop lies between a p before them and them */
        uint64_t mask = p > s->from ? s->mask >> (p - s->from) << (p - s->from) : s->mask;
        if (mask) return s->from + __builtin_ctzll(mask);
        p = s->from + 64;
    }
    for (; p < end; p += 64) {
        *s = (stops){p, stops_mask(p, end, d)};
        if (s->mask) return p + __builtin_ctzll(s->mask);
    }
    return end;
}

/* An unquoted cell's end where delimiters may be escaped. */
static const char *escaped_end(const char *p, const char *end, csv_dialect d)
{
    while (p < end && *p != d.delimiter && *p != d.eol) p += *p == d.escape && end - p > 1 ? 2 : 1;
    return p;
}

/* raw without its escapes: doubled quotes (in quoted cells), and the escape before what it can escape; before other characters it is text, as in C:\dir. */
static slice unescaped(slice raw, csv_dialect d, bool quoted, cells *c, sla_status *st)
{
    char *out = arena_alloc(&c->scratch, raw.len + 1, 1);
    size_t n = 0;
    if (!out) {
        *st = SLA_NOMEM;
        return (slice){0};
    }
    for (size_t i = 0; i < raw.len; i++) {
        char k = raw.ptr[i], next = i + 1 < raw.len ? raw.ptr[i + 1] : '\0';
        bool more = i + 1 < raw.len;
        if (more && d.escape && k == d.escape && (next == d.escape || next == d.delimiter || next == d.eol || (d.quote && next == d.quote))) out[n++] = raw.ptr[++i];
        else if (more && quoted && k == d.quote && next == d.quote) out[n++] = raw.ptr[i++];
        else out[n++] = k;
    }
    return (slice){out, n};
}

/* A quoted cell at p (behind its quote): its text; moves *pp behind the closing quote. */
static slice quoted_cell(const char **pp, const char *end, csv_dialect d, cells *c, sla_status *st)
{
    const char *p = *pp, *q = p;
    bool escapes = false;
    for (;;) {
        const char *from = q;
        q = memchr(from, d.quote, (size_t)(end - from));
        const char *esc = d.escape ? memchr(from, d.escape, (size_t)((q ? q : end) - from)) : NULL;
        if (esc && end - esc > 1) {
            escapes = true;
            q = esc + 2;
            continue;
        }
        if (!q) {
            q = end;
            break;
        }
        if (q + 1 == end || q[1] != d.quote) break;
        escapes = true;
        q += 2;
    }
    slice raw = {p, (size_t)(q - p)};
    *pp = q < end ? q + 1 : q;
    return escapes ? unescaped(raw, d, true, c, st) : raw;
}

/* What stands between a closing quote and the cell's end belongs to it, as in "a" b. Blanks do not. */
static slice with_tail(slice cell, slice tail, cells *c, sla_status *st)
{
    tail = slice_trim(tail);
    if (tail.len == 0) return cell;
    char *out = arena_alloc(&c->scratch, cell.len + tail.len, 1);
    if (!out) {
        *st = SLA_NOMEM;
        return cell;
    }
    memcpy(out, cell.ptr, cell.len);
    memcpy(out + cell.len, tail.ptr, tail.len);
    return (slice){out, cell.len + tail.len};
}

/* What stands at *pp up to the next delimiter or line end, which *pp moves to. */
static slice unquoted(stops *s, const char **pp, const char *end, csv_dialect d, cells *c, uint32_t *line, sla_status *st)
{
    const char *stop = d.escape ? escaped_end(*pp, end, d) : cell_end(s, *pp, end, d);
    slice text = {*pp, (size_t)(stop - *pp)};
    *pp = stop;
    if (!d.escape || !memchr(text.ptr, d.escape, text.len)) return text;
    *line += (uint32_t)lines_count_byte(text.ptr, text.len, d.eol);
    return unescaped(text, d, false, c, st);
}

/* Cells without quotes and escapes, as nearly all are, one behind the other from p and column *col on; stops before a quote, a record's last cell and what has no column. */
static inline const char *plain_cells(stops *s, const char *p, const char *end, csv_dialect d, cells *c, size_t row, size_t *col)
{
    const char quote = d.quote, eol = d.eol, *from = s->from;
    uint64_t mask = s->mask;
    if (p == end) return p;
    if (!from || p - from >= 64) from = p, mask = stops_mask(p, end, d);
    else if (p > from) mask &= ~UINT64_C(0) << (p - from);
    slice *to = c->at + *col * CELLS_ROWS + row, *beyond = c->at + c->ncols * CELLS_ROWS + row;
    while (to < beyond && p < end && *p != quote) {
        while (!mask && end - from > 64) from += 64, mask = stops_mask(from, end, d);
        if (!mask) break;
        const char *stop = from + __builtin_ctzll(mask);
        if (*stop == eol) break;
        *to = (slice){p, (size_t)(stop - p)};
        mask &= mask - 1;
        to += CELLS_ROWS;
        p = stop + 1;
    }
    *s = (stops){from, mask};
    *col = (size_t)(to - c->at) / CELLS_ROWS;
    return p;
}

/* One record at p into row; returns where the next begins. */
static const char *one_record(stops *s, const char *p, const char *end, csv_dialect d, cells *c, size_t row, uint32_t *line, uint64_t *ragged, sla_status *st)
{
    size_t col = 0;
    for (;; col++) {
        slice cell;
        if (!d.escape) p = plain_cells(s, p, end, d, c, row, &col);
        if (p < end && *p == d.quote && d.quote) {
            const char *from = p++;
            cell = quoted_cell(&p, end, d, c, st);
            if (memchr(from, d.eol, (size_t)(p - from))) *line += (uint32_t)lines_count_byte(from, (size_t)(p - from), d.eol);
            cell = with_tail(cell, unquoted(s, &p, end, d, c, line, st), c, st);
        } else {
            const char *from = p;
            if (d.escape) cell = unquoted(s, &p, end, d, c, line, st);
            else p = cell_end(s, from, end, d), cell = (slice){from, (size_t)(p - from)};
            if (cell.len && (p == end || *p == d.eol) && cell.ptr[cell.len - 1] == '\r') cell.len--;
        }
        const char *stop = p;
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
    stops s = {0};
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
        p = one_record(&s, p, end, d, c, c->nrows, line, ragged, st);
        c->nrows++;
    }
    return (size_t)(p - text.ptr);
}

/* ---- the dialect ---- */
enum { LOOK_RECORDS = 100 };
/* What the first records are under a dialect. cells: the number of cells that most of them have; well, ill: quoted cells that end as they should, or amid text;
 * inside: characters in quoted cells that are why one quotes; escapes: places where the escape stands before a delimiter or quote; torn: records in which a delimiter stands within quotes that open amid a
 * cell, as those of another dialect's cells do. */
typedef struct look { size_t records, cells, agree, well, ill, inside, escapes, torn; } look;

static size_t most_frequent(const uint32_t *counts, size_t n, size_t *times)
{
    size_t best = 0;
    *times = 0;
    for (size_t i = 0; i < n; i++) {
        size_t same = 0;
        for (size_t k = 0; k < n; k++) same += counts[k] == counts[i];
        if (same > *times || (same == *times && counts[i] > best)) *times = same, best = counts[i];
    }
    return best;
}

/* A quote behind a letter or a digit closes, or is none: 5" disk. */
static bool word_before(slice head, size_t i)
{
    unsigned char c = i ? (unsigned char)head.ptr[i - 1] : ' ';
    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static look look_at(csv_dialect d, slice head)
{
    look l = {0};
    uint32_t counts[LOOK_RECORDS], now = 1;
    bool start = true, quoted = false, any = false, amid = false, torn = false;
    for (size_t i = 0; i < head.len && l.records < LOOK_RECORDS; i++) {
        char c = head.ptr[i], next = i + 1 < head.len ? head.ptr[i + 1] : d.eol;
        if (d.escape && c == d.escape) {
            l.escapes += next == d.delimiter || next == d.quote;
            i++;
            start = false;
            any = true;
        } else if (quoted) {
            if (c != d.quote) {
                l.inside += c == ',' || c == ';' || c == '\t' || c == '|' || c == d.eol;
                continue;
            }
            if (next == d.quote) i++;
            else {
                quoted = false;
                l.well += next == d.delimiter || next == d.eol || next == '\r';
                l.ill += next != d.delimiter && next != d.eol && next != '\r' && next != ' ';
            }
        } else if (start && c == d.quote) quoted = any = true, start = false;
        else if (c == d.eol) {
            if (any) counts[l.records++] = now;
            l.torn += any && torn;
            now = 1;
            start = true;
            any = amid = torn = false;
        } else {
            if (c == d.quote) amid = !amid && !word_before(head, i);
            torn = torn || (amid && c == d.delimiter);
            now += c == d.delimiter;
            start = c == d.delimiter;
            any = any || c != '\r';
        }
    }
    if (l.records == 0) counts[l.records++] = now;
    l.ill += quoted && l.records < LOOK_RECORDS && head.len < 4096; /* never closed */
    l.cells = most_frequent(counts, l.records, &l.agree);
    return l;
}

/* '\n' unless there is none outside quoted cells. */
static char line_end(slice head)
{
    bool quoted = false, cr = false;
    for (size_t i = 0; i < head.len; i++) {
        char c = head.ptr[i];
        if (c == '"') quoted = !quoted;
        else if (c == '\n' && !quoted) return '\n';
        else cr = cr || (c == '\r' && !quoted);
    }
    return cr ? '\r' : '\n';
}

/* How well a dialect explains the text; 0: not at all. Records that agree count most, then more cells; quotes that close amid text speak against it. */
static size_t weigh(csv_dialect d, look l)
{
    if (l.cells < 2 || (d.quote == '\'' && (l.well == 0 || l.ill)) || (d.escape && l.escapes == 0)) return 0;
    size_t agree = l.agree * 100 / l.records, ill = (l.ill + l.torn) * 100 / l.records;
    if (l.torn == l.records) return 0;
    agree = agree > ill ? agree - ill : 0;
    return 1 + agree * 1000 + (l.cells < 63 ? l.cells : 63) * 4 + (l.well * 2 > l.records || l.inside ? 2u : 0u) + (d.escape ? 0u : 1u);
}

/* A dialect of characters that the text does not have explains nothing (weigh): it need not be tried. */
static bool may_explain(csv_dialect d, slice head)
{
    return head.len && memchr(head.ptr, d.delimiter, head.len) && (d.quote == '"' || memchr(head.ptr, d.quote, head.len)) && (!d.escape || memchr(head.ptr, d.escape, head.len));
}

csv_dialect csv_guess(slice head, bool *certain)
{
    static const char delimiters[] = {',', ';', '\t', '|', '^', '~'}, quotes[] = {'"', '\''}, escapes[] = {0, '\\'};
    csv_dialect best = {',', '"', 0, line_end(head)};
    size_t best_score = 0;
    char said = '\0';
    if (head.len > 5 && slice_eq_nocase((slice){head.ptr, 4}, SLICE_LIT("sep=")) && (head.ptr[5] == '\r' || head.ptr[5] == '\n')) said = head.ptr[4]; /* Excel's own */
    for (size_t q = 0; q < sizeof quotes; q++)
        for (size_t x = 0; x < sizeof escapes; x++)
            for (size_t k = 0; k < sizeof delimiters; k++) {
                csv_dialect d = {said ? said : delimiters[k], quotes[q], escapes[x], best.eol};
                size_t score = may_explain(d, head) ? weigh(d, look_at(d, head)) : 0;
                if (score > best_score) best_score = score, best = d;
                if (said) best.delimiter = said;
            }
    *certain = best_score > 0;
    return best;
}
