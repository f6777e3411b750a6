/* Text to typed values, a column of a slab at a time. What cannot be read is left missing and told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"
#include "engine/time/slaclock.h"
#include "importers/cells.h"
#include "importers/dates.h"
#include "importers/footers.h"
#include "importers/words.h"

typedef struct job {
    coercer *co;
    const cells *c;
    batch *b;
    size_t row0;                /* where the slab's first row stands in b */
    reject_list *rejects;
    size_t first;               /* of rejects: the slab's first; */
    uint16_t *rows; size_t rows_cap;   /* of it and those behind it: the slab's row */
    uint64_t bad[BITS_WORDS(CELLS_ROWS)];   /* rows that lack a required value, or are no records */
    size_t nbad, nblank;
    arena texts;                /* days and times of day put together */
    bool nomem;
} job;

static uint32_t column_of(const cells *c, size_t row, slice cell, int input)
{
    if (c->by_column) return input < 0 ? 0 : (uint32_t)input + 1;
    return c->starts[row] && cell.ptr >= c->starts[row] ? (uint32_t)(cell.ptr - c->starts[row]) + 1 : 0;
}

static sla_status add_reject(job *j, size_t row, uint32_t col, slice name, slice value, const char *reason, bool whole)
{
    size_t at = j->rejects->n - j->first;
    if (mem_grow(&j->rows, &j->rows_cap, at + 1, sizeof *j->rows)) return SLA_NOMEM;
    j->rows[at] = (uint16_t)row;
    return reject_list_add(j->rejects, j->c->lines[row], col, name, value, reason, whole);
}

static sla_status refuse(job *j, size_t row, size_t fno, slice cell, const char *reason)
{
    const target *t = &j->co->p->fields[fno];
    slice at = t->clock >= 0 ? j->c->at[(size_t)t->input * CELLS_ROWS + row] : cell; /* what was put together stands nowhere */
    return add_reject(j, row, column_of(j->c, row, at, t->input), j->b->ds->fields[fno].name, cell, reason, false);
}

static inline slice trimmed(slice s)
{
    if (s.len && ((unsigned char)s.ptr[0] <= ' ' || (unsigned char)s.ptr[s.len - 1] <= ' ')) return slice_trim(s);
    return s;
}

static bool is_missing(const profile *pf, slice s)
{
    if (s.len == 0) return true;
    for (size_t i = 0; pf && i < pf->nmissing; i++)
        if (slice_eq_nocase(pf->missing[i], s)) return true;
    return false;
}

/* No value of this field, though it may be one of others: 未分配 is a state, and nobody's name. */
static bool is_none(const field_map *map, slice s)
{
    for (size_t i = 0; map && i < map->none.n; i++)
        if (slice_eq_nocase(map->none.items[i], s)) return true;
    return false;
}

/* "2025-07-01T00:00:00", as sheets and databases give days: the day. */
static slice without_midnight(slice s)
{
    static const char *const midnights[] = {"T00:00:00", " 00:00:00", " 00:00:00.000", " 0:00:00", " 00:00", " 0:00"};
    for (size_t k = 0; k < sizeof midnights / sizeof midnights[0]; k++) {
        size_t n = strlen(midnights[k]);
        if (s.len > n && memcmp(s.ptr + s.len - n, midnights[k], n) == 0) return (slice){s.ptr, s.len - n};
    }
    return s;
}

/* "2006-01-11" and "15:49:42" of another column; a sheet gives times of day as those of its first day. A day that has its own time, which is not midnight, stays as it is. */
static slice with_clock(job *j, slice day, slice clock)
{
    static const char *const first_days[] = {"1899-12-30 ", "1899-12-31 ", "1900-01-00 ", "1904-01-01 "};
    char half[NARROW_MAX];
    clock = words_narrow(clock, half);
    if (memchr(clock.ptr, ':', clock.len)) day = without_midnight(day);
    for (size_t k = 0; k < sizeof first_days / sizeof first_days[0]; k++)
        if (clock.len > 11 && memcmp(clock.ptr, first_days[k], 11) == 0) clock = (slice){clock.ptr + 11, clock.len - 11};
    if (!memchr(clock.ptr, ':', clock.len) || memchr(day.ptr, ':', day.len)) return day;
    char *text = arena_alloc(&j->texts, day.len + clock.len + 1, 1);
    if (!text) return j->nomem = true, day;
    memcpy(text, day.ptr, day.len);
    text[day.len] = ' ';
    memcpy(text + day.len + 1, clock.ptr, clock.len);
    return (slice){text, day.len + clock.len + 1};
}

/* The cells of a target: its column, and where that has no value the next of its columns. merged: room for CELLS_ROWS. */
static const slice *cells_of(job *j, const target *t, slice *merged)
{
    const slice *first = j->c->at + (size_t)t->input * CELLS_ROWS;
    if (t->nmore == 0 && t->clock < 0) return first;
    memcpy(merged, first, j->c->nrows * sizeof *merged);
    for (size_t i = 0; i < j->c->nrows; i++)
        for (size_t k = 0; k < t->nmore && is_missing(j->co->p->pf, trimmed(merged[i])); k++) merged[i] = j->c->at[(size_t)t->more[k] * CELLS_ROWS + i];
    for (size_t i = 0; t->clock >= 0 && i < j->c->nrows; i++) {
        slice day = trimmed(merged[i]), clock = trimmed(j->c->at[(size_t)t->clock * CELLS_ROWS + i]);
        if (day.len && clock.len) merged[i] = with_clock(j, day, clock);
    }
    return merged;
}

/* ---- texts ---- */
/* Before three digits and no more, and behind three at most. */
static bool comma_of_thousands(slice s, size_t i)
{
    size_t k = i + 1;
    while (k < s.len && s.ptr[k] >= '0' && s.ptr[k] <= '9') k++;
    return s.ptr[i] == ',' && k == i + 4 && (i > 3 ? s.ptr[i - 4] == ',' : i > 0);
}

/* "52 267", "52,267" → "52267": what groups digits goes. What is no number stays as it is. */
static slice digits_of(slice s, char out[32])
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == ' ' || comma_of_thousands(s, i)) continue;
        if (s.len - i >= 2 && memcmp(s.ptr + i, "\xC2\xA0", 2) == 0) i += 1;
        else if (s.len - i >= 3 && memcmp(s.ptr + i, "\xE2\x80\xAF", 3) == 0) i += 2;
        else if (s.ptr[i] < '0' || s.ptr[i] > '9' || n == 31) return s;
        else out[n++] = s.ptr[i];
    }
    return n ? (slice){out, n} : s;
}

static bool note_word(coercer *co, const target *t, size_t fno, slice word, slice term)
{
    uint64_t h = hash64(word.ptr, word.len, fno + 1), *noted = &co->noted[h % WORDS_NOTED];
    if (*noted == h) return true;
    *noted = h;
    return spoken_add(t->spoken, fno, word, term);
}

/* What "P1" is called that is not the model's. */
static slice level_from_zero(slice word, slice term)
{
    static const char *const names[] = {"P0 (from P0)", "P1 (from P0)", "P2 (from P0)", "P3 (from P0)", "P4 (from P0)", "P5 (from P0)", "P6 (from P0)", "P7 (from P0)", "P8 (from P0)", "P9 (from P0)"};
    int level = profile_level(word);
    return level < 0 ? term : slice_of(names[level]);
}

/* Texts as they stand: all of a slab at once. Words are noted when the batch meets them first. */
static sla_status read_plain_texts(job *j, size_t fno, const slice *in, const target *t)
{
    column *col = &j->b->cols[fno];
    uint32_t *out = (uint32_t *)col->data + j->row0, codes[CELLS_ROWS], known = dict_count(col->codes);
    slice texts[CELLS_ROWS];
    uint16_t rows[CELLS_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice v = trimmed(in[i]);
        if (v.len == 0 || is_missing(j->co->p->pf, v)) continue;
        texts[n] = v;
        rows[n++] = (uint16_t)i;
    }
    if (dict_all_new(col->codes, j->row0)) {
        for (size_t k = 0; k < n; k++)
            if ((codes[k] = dict_append(col->codes, texts[k])) == DICT_NONE) return SLA_NOMEM;
    } else if (!dict_intern_many(col->codes, texts, n, codes, j->c->around)) return SLA_NOMEM;
    for (size_t k = 0; k < n; k++) {
        if (t->spoken && codes[k] >= known && !note_word(j->co, t, fno, texts[k], texts[k])) return SLA_NOMEM;
        out[rows[k]] = codes[k];
        bits_set(col->valid, j->row0 + rows[k]);
    }
    col->used = col->used || n;
    return SLA_OK;
}

static sla_status read_mapped_texts(job *j, size_t fno, const slice *in, const target *t)
{
    column *col = &j->b->cols[fno];
    uint32_t *out = (uint32_t *)col->data + j->row0, code = 0;
    slice last = {0};
    const profile *pf = j->co->p->pf;
    char number[32];
    bool all_new = dict_all_new(col->codes, j->row0);
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = in[i];
        if (s.len == 0) continue;
        if (!slice_eq(s, last)) {
            slice v = trimmed(s);
            if (is_missing(pf, v) || is_none(t->map, v)) continue;
            slice word = v;
            if (t->map) v = t->map->digits ? digits_of(v, number) : profile_term(t->map, v);
            if (t->from_zero) v = level_from_zero(word, v);
            if (t->spoken && !note_word(j->co, t, fno, word, v)) return SLA_NOMEM;
            if ((code = all_new ? dict_append(col->codes, v) : dict_intern(col->codes, v)) == DICT_NONE) return SLA_NOMEM;
            last = s;
        }
        out[i] = code;
        bits_set(col->valid, j->row0 + i);
        col->used = true;
    }
    return SLA_OK;
}

static sla_status read_texts(job *j, size_t fno, const slice *in, const target *t)
{
    return t->map || t->from_zero ? read_mapped_texts(j, fno, in, t) : read_plain_texts(j, fno, in, t);
}

/* How long the mark between values at s[i] is; 0: there is none. */
static size_t mark_between(const header_list *marks, slice s, size_t i)
{
    size_t longest = 0;
    for (size_t k = 0; k < marks->n; k++) {
        slice m = marks->items[k];
        bool here = m.len > longest && s.len - i >= m.len && slice_eq_nocase((slice){s.ptr + i, m.len}, m);
        if (here && (*m.ptr != ',' || (i && (unsigned char)s.ptr[i - 1] >= 0x80))) longest = m.len;
    }
    return longest;
}

/* "Luc<br>Anne": Luc; *rest what is named behind. begins: bytes that marks begin with. */
static slice first_of(const header_list *marks, const bool begins[256], slice s, slice *rest)
{
    size_t from = 0;
    *rest = (slice){0};
    for (size_t i = 0, n; i < s.len; i++) {
        if (!begins[(unsigned char)s.ptr[i]] || (n = mark_between(marks, s, i)) == 0) continue;
        slice part = slice_trim((slice){s.ptr + from, i - from});
        from = i + n;
        i = from - 1;
        if (part.len == 0) continue;
        *rest = slice_trim((slice){s.ptr + from, s.len - from});
        for (n = 1; n;) {
            n = rest->len ? mark_between(marks, *rest, 0) : 0;
            *rest = slice_trim((slice){rest->ptr + n, rest->len - n});
        }
        return part;
    }
    return slice_trim((slice){s.ptr + from, s.len - from});
}

static sla_status read_firsts(job *j, size_t fno, const slice *in, const target *t)
{
    uint64_t several = 0;
    bool begins[256] = {false};
    column *col = &j->b->cols[fno];
    const header_list *marks = &t->map->first_of;
    for (size_t k = 0; k < marks->n; k++) begins[(unsigned char)*marks->items[k].ptr] = true;
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice rest, s = trimmed(in[i]);
        if (is_missing(j->co->p->pf, s) || is_none(t->map, s)) continue;
        slice v = first_of(marks, begins, s, &rest);
        if (rest.len) several++;
        if (rest.len) TRY(refuse(j, i, fno, rest, "named beside another one, who is taken"));
        if (v.len == 0 || (rest.len && is_missing(j->co->p->pf, v))) continue;
        uint32_t code = dict_intern(col->codes, v);
        if (code == DICT_NONE) return SLA_NOMEM;
        ((uint32_t *)col->data)[j->row0 + i] = code;
        bits_set(col->valid, j->row0 + i);
        col->used = true;
    }
    if (t->counts) t->counts->several += several;
    return SLA_OK;
}

/* "On Hold" and, in another column, "Awaiting Vendor": what both mean. A reason that nobody knows leaves it open what is meant: "On Hold (Awaiting CAB)". */
static sla_status with_reason(job *j, const field_map *map, slice *word, slice *term, slice reason)
{
    bool asks = false;
    for (size_t k = 0; k < map->reason_of.n; k++) asks = asks || slice_eq(*term, map->reason_of.items[k]) || words_same(*word, map->reason_of.items[k]);
    if (!asks) return SLA_OK;
    buf both = {0};
    buf_printf(&both, "%.*s (%.*s)", SLICE_ARG(*word), SLICE_ARG(reason));
    *word = both.failed ? (slice){0} : arena_slice(&j->texts, (slice){both.ptr, both.len});
    buf_free(&both);
    *term = profile_knows_term(map->reason, reason) ? profile_term(map->reason, reason) : *word;
    return word->ptr ? SLA_OK : SLA_NOMEM;
}

static sla_status read_texts_with_reasons(job *j, size_t fno, const slice *in, const target *t)
{
    column *col = &j->b->cols[fno];
    uint32_t code = 0;
    slice last = {0}, last_reason = {0};
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice word = trimmed(in[i]), reason = trimmed(j->c->at[(size_t)t->reason * CELLS_ROWS + i]);
        if (is_missing(j->co->p->pf, word)) continue;
        if (!last.ptr || !slice_eq(word, last) || !slice_eq(reason, last_reason)) {
            last = word, last_reason = reason;
            slice term = profile_term(t->map, word);
            if (!is_missing(j->co->p->pf, reason)) TRY(with_reason(j, t->map, &word, &term, reason));
            if (t->spoken && !note_word(j->co, t, fno, word, term)) return SLA_NOMEM;
            if ((code = dict_intern(col->codes, term)) == DICT_NONE) return SLA_NOMEM;
        }
        ((uint32_t *)col->data)[j->row0 + i] = code;
        bits_set(col->valid, j->row0 + i);
        col->used = true;
    }
    return SLA_OK;
}

/* ---- numbers ---- */
static bool read_number(slice s, double *out)
{
    int64_t v = 0;
    size_t i = s.len && s.ptr[0] == '-';
    if (s.len > i && s.len - i <= 15) {
        size_t k = i;
        while (k < s.len && s.ptr[k] >= '0' && s.ptr[k] <= '9') v = v * 10 + (s.ptr[k++] - '0');
        if (k == s.len) return *out = (double)(i ? -v : v), true;
    }
    char text[64], *end;
    if (s.len == 0 || s.len >= sizeof text) return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    if (strspn(text, "+-0123456789.eE") != s.len) return false; /* strtod also takes hex, inf and nan */
    *out = strtod(text, &end);
    return *end == '\0' && *out - *out == 0;
}

/* A decimal comma, where it cannot be one of thousands: "4,5". */
static bool read_local_number(slice s, double *out)
{
    char text[64], half[NARROW_MAX];
    if (read_number(s, out)) return true;
    s = words_narrow(s, half);
    if (read_number(s, out)) return true;
    const char *comma = s.len && s.len < sizeof text ? memchr(s.ptr, ',', s.len) : NULL;
    size_t after = comma ? (size_t)(s.ptr + s.len - comma) - 1 : 0;
    if (!comma || after == 0 || after == 3 || memchr(comma + 1, ',', after)) return false;
    memcpy(text, s.ptr, s.len);
    text[comma - s.ptr] = '.';
    return read_number((slice){text, s.len}, out);
}

/* "99.9%" and "99.9" of what can be no more than all of it. */
static bool read_share(slice s, double *out)
{
    bool sign = s.len > 1 && s.ptr[s.len - 1] == '%';
    char text[40];
    if (!read_local_number(sign ? slice_trim((slice){s.ptr, s.len - 1}) : s, out)) return false;
    if (sign || *out > 1) { /* 99.9 / 100 is more than 0.999 */
        snprintf(text, sizeof text, "%.15ge-2", *out);
        *out = strtod(text, NULL);
    }
    return *out >= 0 && *out <= 1;
}

static sla_status read_numbers(job *j, size_t fno, const slice *in, const target *t)
{
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]);
        double v;
        int64_t ms;
        if (is_missing(j->co->p->pf, s)) continue;
        if (t->map && t->map->percent ? read_share(s, &v) : read_local_number(profile_term(t->map, s), &v)) {
            if (t->map && t->map->needs_unit && v != 0) TRY(refuse(j, i, fno, s, "a duration without a unit, which the header does not name either"));
            else if (t->map && t->map->most > 0 && v > t->map->most) TRY(refuse(j, i, fno, s, "beyond the field's scale"));
            else if (t->map && t->map->most > 0 && v == 0) TRY(refuse(j, i, fno, s, "0 is none of the field's scale: desks write it where nobody rated"));
            else batch_set_f64(j->b, j->row0 + i, fno, v);
        }
        else if (t->map && t->map->unit && words_duration(s, 0, &ms)) batch_set_f64(j->b, j->row0 + i, fno, (double)ms / (double)t->map->unit);
        else TRY(refuse(j, i, fno, s, "not a number"));
    }
    return SLA_OK;
}

static sla_status read_bools(job *j, size_t fno, const slice *in, const target *t)
{
    static const char *const yes[] = {"true", "yes", "1", "t", "y", "是", "有", "sim", "si", "ja", "oui", "x"}, *const no[] = {"false", "no", "0", "f", "n", "否", "无", "nao", "nein", "non"};
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]), v = profile_term(t->map, s);
        char text[WORDS_MAX];
        int truth = -1;
        if (s.len == 0) continue;
        v = (slice){text, words_fold(v, text)};
        for (size_t k = 0; k < sizeof yes / sizeof yes[0]; k++)
            if (slice_is(v, yes[k])) truth = 1;
        for (size_t k = 0; k < sizeof no / sizeof no[0]; k++)
            if (slice_is(v, no[k])) truth = 0;
        if (truth >= 0) batch_set_i64(j->b, j->row0 + i, fno, truth);
        else if (!is_missing(j->co->p->pf, s)) TRY(refuse(j, i, fno, s, "not true or false"));
    }
    return SLA_OK;
}

/* Bare numbers are seconds unless the profile says otherwise. */
static sla_status read_durations(job *j, size_t fno, const slice *in, const target *t)
{
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]);
        int64_t ms;
        if (is_missing(j->co->p->pf, s)) continue;
        if (words_duration(s, t->map && t->map->unit ? t->map->unit : MS_SECOND, &ms)) batch_set_i64(j->b, j->row0 + i, fno, ms);
        else TRY(refuse(j, i, fno, s, "not a duration"));
    }
    return SLA_OK;
}

/* ---- texts that another field decides ---- */
/* Where nothing is said: what the text of another field begins with, and no letter after: INC0010 is an incident, INCOME1 is none. */
static sla_status fill_prefixed(job *j, size_t fno, const field_map *map)
{
    const column *of = &j->b->cols[map->prefix_of];
    for (size_t i = j->row0; i < j->row0 + j->c->nrows; i++) {
        if (bits_get(j->b->cols[fno].valid, i) || !bits_get(of->valid, i)) continue;
        slice s = dict_text(of->codes, ((const uint32_t *)of->data)[i]);
        for (size_t k = 0; k < map->prefixes.n; k++) {
            slice begin = map->prefixes.items[k];
            if (s.len <= begin.len || !slice_eq_nocase((slice){s.ptr, begin.len}, begin) || ((unsigned char)s.ptr[begin.len] | 32) >= 'a') continue;
            TRY(batch_set_text(j->b, i, fno, map->prefix_terms[k]));
            break;
        }
    }
    return SLA_OK;
}

/* The values of a change mean what they mean for the field that was changed. */
static sla_status read_changed(job *j, const profile *pf, int fno)
{
    const column *names = &j->b->cols[pf->of->changes.field];
    column *col = fno >= 0 ? &j->b->cols[fno] : NULL;
    for (size_t i = j->row0; col && i < j->row0 + j->c->nrows; i++) {
        if (!bits_get(col->valid, i) || !bits_get(names->valid, i)) continue;
        int f = dataset_field(pf->of, dict_text(names->codes, ((const uint32_t *)names->data)[i]));
        slice was = dict_text(col->codes, ((const uint32_t *)col->data)[i]);
        if (f >= 0) TRY(batch_set_text(j->b, i, (size_t)fno, profile_term(&pf->changed[f], was)));
    }
    return SLA_OK;
}

static sla_status read_decided(job *j)
{
    const plan *p = j->co->p;
    for (size_t f = 0; f < j->b->ds->nfields; f++) {
        const field_map *map = p->fields[f].map;
        if (map && map->prefix_of >= 0) TRY(fill_prefixed(j, f, map));
    }
    if (!p->pf || !p->pf->changed) return SLA_OK;
    TRY(read_changed(j, p->pf, p->pf->of->changes.old_));
    return read_changed(j, p->pf, p->pf->of->changes.new_);
}

/* ---- times and days ---- */
/* "2025-07-01": days come again and again, each has its place by the last digits of year, month and day. */
static inline bool day_of(coercer *co, const char *text, int64_t *ms)
{
    uint64_t head, tail;
    known_day *day = &co->days[((unsigned)text[9] & 15) | ((unsigned)text[8] & 3) << 4 | ((unsigned)text[6] & 3) << 6];
    memcpy(&head, text, 8), memcpy(&tail, text + 2, 8);
    uint64_t known[2];
    memcpy(&known[0], day->text, 8), memcpy(&known[1], day->text + 2, 8);
    if (!day->set || ((head ^ known[0]) | (tail ^ known[1]))) {
        time_text t;
        if (!time_parse((slice){text, 10}, &t)) return false;
        memcpy(day->text, text, 10);
        day->ms = t.local_ms;
        day->set = true;
    }
    *ms = day->ms;
    return true;
}

/* "2025-07-01 09:05:00", the form that canonical files are full of. */
static inline bool fast_time(coercer *co, slice s, int64_t *local)
{
    int64_t clock, day;
    if (s.len != 19 || (s.ptr[10] != ' ' && s.ptr[10] != 'T') || !clock_parse(s.ptr + 11, &clock) || !day_of(co, s.ptr, &day)) return false;
    *local = day + clock;
    return true;
}

typedef struct tally { uint64_t values, days, unzoned, repeated, skipped, this_order, other_order, relative, halves; } tally;

static void keep_tally(const target *t, const tally *n)
{
    if (!t->counts) return;
    t->counts->values += n->values;
    t->counts->days += n->days;
    t->counts->unzoned += n->unzoned;
    t->counts->repeated += n->repeated;
    t->counts->skipped += n->skipped;
    t->counts->this_order += n->this_order;
    t->counts->other_order += n->other_order;
    t->counts->relative += n->relative;
    t->counts->halves += n->halves;
}

static bool other_way(slice s, const target *t, time_text *out) { return dates_parse(s, dates_other_order(t->order), out); }

/* Only a day after the 12th can tell that an assumed order of day and month is right. */
static bool tells_order(slice s, const target *t, const time_text *tt)
{
    int32_t y, m, d;
    time_text other;
    if (!t->assumed) return false;
    civil_from_days(tt->local_ms / MS_DAY - (tt->local_ms % MS_DAY < 0), &y, &m, &d);
    return d > 12 && !other_way(s, t, &other);
}

static bool any_time(slice s, const target *t, time_text *out, tally *n)
{
    if (t->numbers && dates_parse_number(s, t->numbers, out)) return true;
    if (!dates_parse(s, t->order, out)) return false;
    n->this_order += tells_order(s, t, out);
    return true;
}

/* Readable if day and month changed places? Then the column's order may have been taken wrongly: counted, so that it is said. */
static sla_status refuse_time(job *j, size_t row, size_t fno, slice s, const target *t, tally *n, const char *reason)
{
    time_text tt;
    bool other = other_way(s, t, &tt), relative = !other && dates_relative(s);
    n->other_order += other;
    n->relative += relative;
    return refuse(j, row, fno, s, other ? "no such date with the column's order of day and month" : relative ? "a relative date, and nothing says from which day it counts" : reason);
}

static int64_t to_utc(zone_cursor *cur, int64_t local, tally *n)
{
    int kind = 0;
    int64_t utc = zone_cursor_to_utc(cur, local, &kind);
    n->unzoned++;
    n->repeated += kind == 1;
    n->skipped += kind == 2;
    return utc;
}

static const int64_t LEAST = 366 * MS_DAY; /* what databases put where there is no time lies before, or is no time */

/* Times that a clock of twelve hours does not show. */
static uint64_t count_halves(job *j, size_t fno)
{
    const column *col = &j->b->cols[fno];
    uint64_t n = 0;
    for (size_t i = j->row0; i < j->row0 + j->c->nrows; i++) {
        if (!bits_get(col->valid, i)) continue;
        int64_t local = zone_cursor_to_local(&j->co->cursor, ((const int64_t *)col->data)[i]), clock = (local % MS_DAY + MS_DAY) % MS_DAY;
        n += clock < MS_HOUR || clock >= 13 * MS_HOUR;
    }
    return n;
}

static sla_status read_times(job *j, size_t fno, const slice *in, const target *t)
{
    int64_t *out = (int64_t *)j->b->cols[fno].data + j->row0;
    zone_cursor *cur = &j->co->cursor;
    tally n = {0};
    for (size_t i = 0; i < j->c->nrows; i++) {
        int64_t local;
        time_text tt = {0};
        slice s = in[i];
        if (s.len == 0) continue;
        if (fast_time(j->co, s, &local) && local >= LEAST) out[i] = to_utc(cur, local, &n);
        else {
            s = trimmed(s);
            if (is_missing(j->co->p->pf, s)) continue;
            bool read = any_time(s, t, &tt, &n);
            if ((!read || tt.local_ms < LEAST) && dates_none(s, t->order)) continue;
            if (!read) {
                TRY(refuse_time(j, i, fno, s, t, &n, "not a time, or no such date"));
                continue;
            }
            out[i] = tt.has_offset ? tt.local_ms - tt.offset_min * MS_MINUTE : to_utc(cur, tt.local_ms, &n);
            n.days += !tt.has_time;
        }
        n.values++;
        bits_set(j->b->cols[fno].valid, j->row0 + i);
        j->b->cols[fno].used = true;
    }
    if (t->half_day) n.halves = count_halves(j, fno);
    keep_tally(t, &n);
    return SLA_OK;
}

/* The field that tells a record's phase; -1: none. */
static int state_field(const dataset *ds)
{
    for (size_t f = 0; f < ds->nfields; f++)
        if (ds->fields[f].en && ds->fields[f].en->phase) return (int)f;
    return -1;
}

/* How long a record took that is not done, by its own state, is how old it is, or how long it took until it was opened again; and 0 is what desks write where there is nothing yet: not to be
 * believed of a state that is not known either. */
static bool took_nothing(const job *j, int state, size_t row, int64_t ms)
{
    const column *col = state >= 0 ? &j->b->cols[state] : NULL;
    if (!col || !bits_get(col->valid, row)) return false;
    const enumeration *en = j->b->ds->fields[state].en;
    int rank = enumeration_rank(en, dict_text(col->codes, ((const uint32_t *)col->data)[row]));
    return rank < 0 ? ms == 0 : en->phase[rank] != PHASE_FINAL && en->phase[rank] != PHASE_CANCELLED;
}

/* A time that is another one and a duration. */
static sla_status read_after(job *j, size_t fno, const slice *in, const target *t)
{
    uint64_t derived = 0;
    const column *from = &j->b->cols[t->after];
    int state = t->map->ends ? state_field(j->b->ds) : -1;
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]);
        int64_t ms;
        if (is_missing(j->co->p->pf, s)) continue;
        if (!words_duration(s, t->unit, &ms)) TRY(refuse(j, i, fno, s, words_comma_of(s) == COMMA_EITHER ? "its comma may be of decimals or of thousands, and no other number of the column tells" : "not a duration"));
        else if (ms < 0) TRY(refuse(j, i, fno, s, "a duration below zero"));
        else if (took_nothing(j, state, j->row0 + i, ms)) TRY(refuse(j, i, fno, s, "the duration of a record that is not done"));
        else if (bits_get(from->valid, j->row0 + i)) {
            batch_set_i64(j->b, j->row0 + i, fno, ((const int64_t *)from->data)[j->row0 + i] + ms);
            derived++;
        }
    }
    if (t->counts && t->map->or_after >= 0) t->counts->derived += derived;
    return SLA_OK;
}

static sla_status read_dates(job *j, size_t fno, const slice *in, const target *t)
{
    tally n = {0};
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]);
        time_text tt;
        if (is_missing(j->co->p->pf, s)) continue;
        bool read = any_time(s, t, &tt, &n);
        if ((!read || tt.local_ms < LEAST) && dates_none(s, t->order)) continue;
        if (!read) TRY(refuse_time(j, i, fno, s, t, &n, "not a date, or no such date"));
        else {
            int64_t local = tt.has_offset && t->numbers == NUMBERS_EPOCH ? zone_cursor_to_local(&j->co->cursor, tt.local_ms) : tt.local_ms;
            batch_set_i64(j->b, j->row0 + i, fno, local / MS_DAY - (local % MS_DAY < 0));
        }
    }
    keep_tally(t, &n);
    return SLA_OK;
}

/* ---- a slab ---- */
static sla_status read_column(job *j, size_t fno)
{
    const target *t = &j->co->p->fields[fno];
    if (t->input < 0) {
        if (!t->map || !t->map->constant.ptr) return SLA_OK;
        for (size_t i = 0; i < j->c->nrows; i++) TRY(batch_set_text(j->b, j->row0 + i, fno, t->map->constant));
        return SLA_OK;
    }
    slice merged[CELLS_ROWS];
    const slice *in = cells_of(j, t, merged);
    if (j->nomem) return SLA_NOMEM;
    if (t->after >= 0) return read_after(j, fno, in, t);
    switch (j->b->ds->fields[fno].type) {
    case VT_TEXT: return t->reason >= 0 ? read_texts_with_reasons(j, fno, in, t) : t->map && t->map->first_of.n ? read_firsts(j, fno, in, t) : read_texts(j, fno, in, t);
    case VT_NUMBER: return read_numbers(j, fno, in, t);
    case VT_TIME: return read_times(j, fno, in, t);
    case VT_DATE: return read_dates(j, fno, in, t);
    case VT_DURATION: return read_durations(j, fno, in, t);
    default: return read_bools(j, fno, in, t);
    }
}

/* ---- rows that are no records ---- */
static const char TOTALS[] = "a row of totals, no record";

/* The 64 bits from row i on, of which n count. */
static uint64_t window(const uint64_t *w, size_t i, size_t n)
{
    size_t shift = i & 63;
    uint64_t bits = w[i >> 6] >> shift;
    if (shift + n > 64) bits |= w[(i >> 6) + 1] << (64 - shift);
    return n < 64 ? bits & ((UINT64_C(1) << n) - 1) : bits;
}

/* Of n rows from row i on those with at most so many values of columns: counted in parallel, bit k of the counts of all rows being a word. */
static uint64_t rows_with_few(const job *j, size_t i, size_t n, size_t most)
{
    enum { PLACES = 7 }; /* FIELDS_MAX < 1 << PLACES */
    uint64_t count[PLACES] = {0}, less = 0, same = ~UINT64_C(0);
    for (size_t f = 0; f < j->b->ds->nfields; f++) {
        if (!j->b->cols[f].used || j->co->p->fields[f].input < 0) continue;
        uint64_t carry = window(j->b->cols[f].valid, i, n);
        for (size_t k = 0; carry && k < PLACES; k++) {
            uint64_t both = count[k] & carry;
            count[k] ^= carry;
            carry = both;
        }
    }
    for (size_t k = PLACES; k-- > 0;) {
        uint64_t bit = most >> k & 1 ? ~UINT64_C(0) : 0;
        less |= same & ~count[k] & bit;
        same &= ~(count[k] ^ bit);
    }
    return window(&(uint64_t){less | same}, 0, n);
}

/* What stands in the row, with bars between; empty if nothing does. false: no memory. */
static bool row_text(job *j, size_t row, slice *out)
{
    buf b = {0};
    for (size_t c = 0; c < j->c->ncols; c++) {
        slice s = slice_trim(j->c->at[c * CELLS_ROWS + row]);
        if (s.len) buf_printf(&b, "%s%.*s", b.len ? " | " : "", SLICE_ARG(s));
    }
    *out = arena_slice(&j->texts, (slice){b.ptr, b.len});
    bool ok = !b.failed && (b.len == 0 || out->ptr);
    buf_free(&b);
    return ok;
}

/* A last row of sums, as people put below their tables: its first cell says so. */
static bool is_totals(const job *j, size_t row)
{
    static const char *const words[] = {"合计", "总计", "小计", "汇总", "Total", "Totals", "Grand total", "Subtotal", "Sum", "Summe", "Gesamt", "Somme", "Total general", "Total geral"};
    size_t c = 0;
    while (c < j->c->ncols && is_missing(j->co->p->pf, trimmed(j->c->at[c * CELLS_ROWS + row]))) c++;
    for (size_t k = 0; c < j->c->ncols && k < sizeof words / sizeof words[0]; k++)
        if (words_same(j->c->at[c * CELLS_ROWS + row], slice_of(words[k]))) return true;
    return false;
}

static sla_status leave_out(job *j, size_t row)
{
    const footer_rule *rule = &j->co->p->footers;
    const dataset *ds = j->b->ds;
    int input = ds->nkey ? j->co->p->fields[ds->key[0]].input : -1;
    slice text, key = input >= 0 ? slice_trim(j->c->at[(size_t)input * CELLS_ROWS + row]) : (slice){0};
    if (key.len && (rule->most == 0 || !(footers_marks(key) & ~rule->marks))) return SLA_OK;
    if (!row_text(j, row, &text)) return SLA_NOMEM;
    if (text.len && (input < 0 || !key.len) && rows_with_few(j, j->row0 + row, 1, 1) == 0) return SLA_OK; /* a record without its key */
    bits_set(j->bad, row);
    j->nbad++;
    if (text.len) return add_reject(j, row, column_of(j->c, row, key, input), input >= 0 ? ds->fields[ds->key[0]].name : (slice){0}, text, is_totals(j, row) ? TOTALS : "a line above, between or below the records, and none of them", true);
    j->nblank++;
    return SLA_OK;
}

static sla_status leave_out_footers(job *j)
{
    for (size_t i = 0; j->co->p->footers.on && i < j->c->nrows; i += 64) {
        size_t n = j->c->nrows - i < 64 ? j->c->nrows - i : 64;
        for (uint64_t few = rows_with_few(j, j->row0 + i, n, j->co->p->footers.most); few; few &= few - 1) TRY(leave_out(j, i + (size_t)__builtin_ctzll(few)));
    }
    return SLA_OK;
}

/* Why a required value is not there: what was said against the cell, if there is one. */
static const char *reason_of(const job *j, size_t row, slice name)
{
    for (size_t i = j->first; i < j->rejects->n; i++)
        if (j->rows[i - j->first] == row && slice_eq(j->rejects->items[i].field, name)) return j->rejects->items[i].reason.ptr;
    return "a row needs this value, and it is missing or cannot be read";
}

static sla_status check_required(job *j, size_t fno)
{
    const target *t = &j->co->p->fields[fno];
    const uint64_t *valid = j->b->cols[fno].valid;
    slice name = j->b->ds->fields[fno].name;
    for (size_t i = 0; i < j->c->nrows; i++) {
        if (bits_get(valid, j->row0 + i) || bits_get(j->bad, i)) continue;
        bits_set(j->bad, i);
        j->nbad++;
        slice cell = t->input >= 0 ? j->c->at[(size_t)t->input * CELLS_ROWS + i] : (slice){0};
        TRY(add_reject(j, i, column_of(j->c, i, cell, t->input), name, cell, is_totals(j, i) ? TOTALS : reason_of(j, i, name), true));
    }
    return SLA_OK;
}

/* A row that is rejected is told once, as a whole: what else is wrong in it says nothing more. */
static void drop_values_of_bad_rows(job *j)
{
    reject_list *l = j->rejects;
    size_t to = j->first;
    for (size_t i = j->first; i < l->n; i++) {
        bool said = !l->items[i].row && bits_get(j->bad, j->rows[i - j->first]);
        l->values -= said;
        if (!said) l->items[to++] = l->items[i];
    }
    l->n = to;
}

/* Moves the good rows together, column by column. */
static void drop_bad(job *j)
{
    batch *b = j->b;
    for (size_t f = 0; f < b->ds->nfields; f++) {
        column *col = &b->cols[f];
        if (!col->used) continue;
        bool wide = vtype_storage(b->ds->fields[f].type) != STORE_CODE;
        size_t to = j->row0;
        for (size_t i = 0; i < j->c->nrows; i++) {
            if (bits_get(j->bad, i)) continue;
            size_t from = j->row0 + i;
            if (wide) ((int64_t *)col->data)[to] = ((int64_t *)col->data)[from];
            else ((uint32_t *)col->data)[to] = ((uint32_t *)col->data)[from];
            if (bits_get(col->valid, from)) bits_set(col->valid, to);
            else bits_clear(col->valid, to);
            to++;
        }
        for (; to < j->row0 + j->c->nrows; to++) bits_clear(col->valid, to);
    }
    size_t to = j->row0;
    for (size_t i = 0; i < j->c->nrows; i++)
        if (!bits_get(j->bad, i)) b->lines[to++] = j->c->lines[i];
}

static bool follows(const plan *p, size_t f) { return p->fields[f].after >= 0; }

sla_status coerce_cells(coercer *co, const cells *c, batch *b, reject_list *rejects, size_t *taken, size_t *blank, err *e)
{
    job j = {.co = co, .c = c, .b = b, .row0 = b->nrows, .rejects = rejects, .first = rejects->n};
    co->cursor.z = co->p->zone;
    sla_status st = SLA_OK;
    for (int pass = 0; pass < 2; pass++) /* what follows another time comes after it */
        for (size_t f = 0; st == SLA_OK && f < b->ds->nfields; f++)
            if (follows(co->p, f) == (pass == 1)) st = read_column(&j, f);
    if (st == SLA_OK) st = read_decided(&j);
    if (st == SLA_OK) st = leave_out_footers(&j);
    for (size_t f = 0; st == SLA_OK && f < b->ds->nfields; f++)
        if (b->ds->fields[f].required) st = check_required(&j, f);
    if (st == SLA_OK && j.nbad) drop_values_of_bad_rows(&j);
    arena_free(&j.texts);
    mem_free(j.rows);
    if (st != SLA_OK) return err_set(e, st, SRCPOS_NONE, "no memory for a batch of %s", b->ds->name.ptr);
    memcpy(b->lines + b->nrows, c->lines, c->nrows * sizeof *b->lines);
    if (j.nbad) drop_bad(&j);
    *taken = c->nrows - j.nbad;
    *blank = j.nblank;
    b->nrows += *taken;
    return SLA_OK;
}
