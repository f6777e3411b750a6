/* Text to typed values, a column of a slab at a time. What cannot be read is left missing and told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/time/instant.h"
#include "importers/coerce.h"
#include "importers/words.h"

/* ---- what could not be taken ---- */
/* For a reject: the byte within the row, or the number of the input column; 0: not known. */
static uint32_t column_of(const cells *c, size_t row, slice cell, int input)
{
    if (c->by_column) return input < 0 ? 0 : (uint32_t)input + 1;
    return c->starts[row] && cell.ptr >= c->starts[row] ? (uint32_t)(cell.ptr - c->starts[row]) + 1 : 0;
}

sla_status coerce_reject(coerce_job *j, size_t row, int input, slice at, slice name, slice value, const char *reason, bool whole)
{
    size_t n = j->rejects->n - j->first;
    if (mem_grow(&j->rows, &j->rows_cap, n + 1, sizeof *j->rows)) return SLA_NOMEM;
    j->rows[n] = (uint16_t)row;
    return reject_list_add(j->rejects, j->c->lines[row], column_of(j->c, row, at, input), name, value, reason, whole);
}

sla_status coerce_refuse(coerce_job *j, size_t row, size_t fno, slice cell, const char *reason)
{
    const target *t = &j->co->p->fields[fno];
    slice at = t->clock >= 0 ? j->c->at[(size_t)t->input * CELLS_ROWS + row] : cell; /* what was put together stands nowhere */
    return coerce_reject(j, row, t->input, at, j->b->ds->fields[fno].name, cell, reason, false);
}

/* ---- the cells of a field ---- */
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
static slice with_clock(coerce_job *j, slice day, slice clock)
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
static const slice *cells_of(coerce_job *j, const target *t, slice *merged)
{
    const slice *first = j->c->at + (size_t)t->input * CELLS_ROWS;
    if (t->nmore == 0 && t->clock < 0) return first;
    memcpy(merged, first, j->c->nrows * sizeof *merged);
    for (size_t i = 0; i < j->c->nrows; i++)
        for (size_t k = 0; k < t->nmore && coerce_missing(j->co->p->pf, coerce_trimmed(merged[i])); k++) merged[i] = j->c->at[(size_t)t->more[k] * CELLS_ROWS + i];
    for (size_t i = 0; t->clock >= 0 && i < j->c->nrows; i++) {
        slice day = coerce_trimmed(merged[i]), clock = coerce_trimmed(j->c->at[(size_t)t->clock * CELLS_ROWS + i]);
        if (day.len && clock.len) merged[i] = with_clock(j, day, clock);
    }
    return merged;
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

static sla_status read_numbers(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    bool share = j->b->ds->fields[fno].share || (t->map && t->map->percent);
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = coerce_trimmed(in[i]);
        double v;
        int64_t ms;
        if (coerce_missing(j->co->p->pf, s)) continue;
        if (share ? read_share(s, &v) : read_local_number(profile_term(t->map, s), &v)) {
            if (t->map && t->map->needs_unit && v != 0) TRY(coerce_refuse(j, i, fno, s, "a duration without a unit, which the header does not name either"));
            else if (t->map && t->map->most > 0 && v > t->map->most) TRY(coerce_refuse(j, i, fno, s, "beyond the field's scale"));
            else if (t->map && t->map->most > 0 && v == 0) TRY(coerce_refuse(j, i, fno, s, "0 is none of the field's scale: desks write it where nobody rated"));
            else batch_set_f64(j->b, j->row0 + i, fno, v);
        }
        else if (t->map && t->map->unit && words_duration(s, 0, &ms)) batch_set_f64(j->b, j->row0 + i, fno, (double)ms / (double)t->map->unit);
        else TRY(coerce_refuse(j, i, fno, s, "not a number"));
    }
    return SLA_OK;
}

static sla_status read_bools(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    static const char *const yes[] = {"true", "yes", "1", "t", "y", "是", "有", "sim", "si", "ja", "oui", "x"}, *const no[] = {"false", "no", "0", "f", "n", "否", "无", "nao", "nein", "non"};
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = coerce_trimmed(in[i]), v = profile_term(t->map, s);
        char text[WORDS_MAX];
        int truth = -1;
        if (s.len == 0) continue;
        v = (slice){text, words_fold(v, text)};
        for (size_t k = 0; k < sizeof yes / sizeof yes[0]; k++)
            if (slice_is(v, yes[k])) truth = 1;
        for (size_t k = 0; k < sizeof no / sizeof no[0]; k++)
            if (slice_is(v, no[k])) truth = 0;
        if (truth >= 0) batch_set_i64(j->b, j->row0 + i, fno, truth);
        else if (!coerce_missing(j->co->p->pf, s)) TRY(coerce_refuse(j, i, fno, s, "not true or false"));
    }
    return SLA_OK;
}

/* Bare numbers are seconds unless the profile says otherwise. */
static sla_status read_durations(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = coerce_trimmed(in[i]);
        int64_t ms;
        if (coerce_missing(j->co->p->pf, s)) continue;
        if (words_duration(s, t->map && t->map->unit ? t->map->unit : MS_SECOND, &ms)) batch_set_i64(j->b, j->row0 + i, fno, ms);
        else TRY(coerce_refuse(j, i, fno, s, "not a duration"));
    }
    return SLA_OK;
}

/* ---- a slab ---- */
static sla_status read_column(coerce_job *j, size_t fno)
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
    if (t->after >= 0) return coerce_after(j, fno, in, t);
    switch (j->b->ds->fields[fno].type) {
    case VT_TEXT: return coerce_texts(j, fno, in, t);
    case VT_NUMBER: return read_numbers(j, fno, in, t);
    case VT_TIME: return coerce_times(j, fno, in, t);
    case VT_DATE: return coerce_dates(j, fno, in, t);
    case VT_DURATION: return read_durations(j, fno, in, t);
    default: return read_bools(j, fno, in, t);
    }
}

static bool follows(const plan *p, size_t f) { return p->fields[f].after >= 0; }

sla_status coerce_cells(coercer *co, const cells *c, batch *b, reject_list *rejects, size_t *taken, size_t *blank, err *e)
{
    coerce_job j = {.co = co, .c = c, .b = b, .row0 = b->nrows, .rejects = rejects, .first = rejects->n};
    co->cursor.z = co->p->zone;
    sla_status st = SLA_OK;
    for (int pass = 0; pass < 2; pass++) /* what follows another time comes after it */
        for (size_t f = 0; st == SLA_OK && f < b->ds->nfields; f++)
            if (follows(co->p, f) == (pass == 1)) st = read_column(&j, f);
    if (st == SLA_OK) st = coerce_decided(&j);
    if (st == SLA_OK) st = coerce_find_bad(&j);
    arena_free(&j.texts);
    mem_free(j.rows);
    if (st != SLA_OK) return err_set(e, st, SRCPOS_NONE, "no memory for a batch of %s", b->ds->name.ptr);
    memcpy(b->lines + b->nrows, c->lines, c->nrows * sizeof *b->lines);
    if (j.nbad) coerce_drop_bad(&j);
    *taken = c->nrows - j.nbad;
    *blank = j.nblank;
    b->nrows += *taken;
    return SLA_OK;
}
