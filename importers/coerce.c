/* Text to typed values, a column of a slab at a time. What cannot be read is left missing and told. */
#include <stdlib.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/time/instant.h"
#include "importers/cells.h"
#include "importers/dates.h"

typedef struct job {
    coercer *co;
    const cells *c;
    batch *b;
    size_t row0;                /* where the slab's first row stands in b */
    reject_list *rejects;
    uint64_t bad[CELLS_ROWS / 64];   /* rows that lack a required value */
    size_t nbad;
} job;

static uint32_t column_of(const cells *c, size_t row, slice cell, int input)
{
    if (c->by_column) return input < 0 ? 0 : (uint32_t)input + 1;
    return c->starts[row] && cell.ptr >= c->starts[row] ? (uint32_t)(cell.ptr - c->starts[row]) + 1 : 0;
}

static sla_status refuse(job *j, size_t row, size_t fno, slice cell, const char *reason)
{
    return reject_list_add(j->rejects, j->c->lines[row], column_of(j->c, row, cell, j->co->p->fields[fno].input), j->b->ds->fields[fno].name, cell, reason, false);
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
        if (slice_eq(pf->missing[i], s)) return true;
    return false;
}

static slice mapped(const field_map *map, slice s)
{
    for (size_t i = 0; map && i < map->nvalues; i++)
        if (slice_eq_nocase(map->values[i].from, s)) return map->values[i].to;
    return s;
}

/* ---- texts ---- */
static sla_status read_texts(job *j, size_t fno, const slice *in, const target *t)
{
    column *col = &j->b->cols[fno];
    uint32_t *out = (uint32_t *)col->data + j->row0, code = 0;
    slice last = {0};
    const profile *pf = j->co->p->pf;
    bool plain = !pf || (pf->nmissing == 0 && (!t->map || t->map->nvalues == 0));
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = in[i];
        if (s.len == 0) continue;
        if (s.len != last.len || memcmp(s.ptr, last.ptr, s.len) != 0) {
            slice v = trimmed(s);
            if (plain ? v.len == 0 : is_missing(pf, v)) continue;
            if (!plain) v = mapped(t->map, v);
            if ((code = dict_intern(col->codes, v)) == DICT_NONE) return SLA_NOMEM;
            last = s;
        }
        out[i] = code;
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

static sla_status read_numbers(job *j, size_t fno, const slice *in, const target *t)
{
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]);
        double v;
        if (is_missing(j->co->p->pf, s)) continue;
        if (read_number(mapped(t->map, s), &v)) batch_set_f64(j->b, j->row0 + i, fno, v);
        else TRY(refuse(j, i, fno, s, "not a number"));
    }
    return SLA_OK;
}

static sla_status read_bools(job *j, size_t fno, const slice *in, const target *t)
{
    static const char *const yes[] = {"true", "yes", "1", "t", "y", "是"}, *const no[] = {"false", "no", "0", "f", "n", "否"};
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]), v = mapped(t->map, s);
        int truth = -1;
        if (is_missing(j->co->p->pf, s)) continue;
        for (size_t k = 0; k < sizeof yes / sizeof yes[0]; k++) {
            if (slice_eq_nocase(v, slice_of(yes[k]))) truth = 1;
            if (slice_eq_nocase(v, slice_of(no[k]))) truth = 0;
        }
        if (truth >= 0) batch_set_i64(j->b, j->row0 + i, fno, truth);
        else TRY(refuse(j, i, fno, s, "not true or false"));
    }
    return SLA_OK;
}

static sla_status read_durations(job *j, size_t fno, const slice *in)
{
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]);
        double ms;
        if (is_missing(j->co->p->pf, s)) continue;
        if (read_number(s, &ms)) batch_set_i64(j->b, j->row0 + i, fno, (int64_t)(ms * (double)MS_SECOND));
        else TRY(refuse(j, i, fno, s, "not a number of seconds"));
    }
    return SLA_OK;
}

/* ---- times and days ---- */
/* "2025-07-01 09:05:00", the form that canonical files are full of. The day is remembered from value to value. */
typedef struct day_memo { char text[10]; int64_t ms; bool set; } day_memo;

static inline bool two_digits(const char *p, int64_t *out)
{
    unsigned a = (unsigned char)p[0] - '0', b = (unsigned char)p[1] - '0';
    *out = a * 10 + b;
    return a <= 9 && b <= 9;
}

static bool fast_time(slice s, day_memo *memo, int64_t *local)
{
    int64_t h, m, sec;
    if (s.len != 19 || (s.ptr[10] != ' ' && s.ptr[10] != 'T') || s.ptr[13] != ':' || s.ptr[16] != ':') return false;
    if (!two_digits(s.ptr + 11, &h) || !two_digits(s.ptr + 14, &m) || !two_digits(s.ptr + 17, &sec) || h > 23 || m > 59 || sec > 59) return false;
    if (!memo->set || memcmp(memo->text, s.ptr, 10) != 0) {
        time_text t;
        if (!time_parse((slice){s.ptr, 10}, &t)) return false;
        memcpy(memo->text, s.ptr, 10);
        memo->ms = t.local_ms;
        memo->set = true;
    }
    *local = memo->ms + (h * 3600 + m * 60 + sec) * 1000;
    return true;
}

static sla_status read_times(job *j, size_t fno, const slice *in, const target *t)
{
    day_memo memo = {0};
    int64_t *out = (int64_t *)j->b->cols[fno].data + j->row0;
    zone_cursor *cur = &j->co->cursor;
    for (size_t i = 0; i < j->c->nrows; i++) {
        int64_t local;
        time_text tt = {0};
        slice s = in[i];
        if (s.len == 0) continue;
        if (fast_time(s, &memo, &local)) out[i] = zone_cursor_to_utc(cur, local, NULL);
        else {
            s = trimmed(s);
            if (is_missing(j->co->p->pf, s)) continue;
            if (!dates_parse(s, t->order, &tt)) {
                TRY(refuse(j, i, fno, s, "not a time, or no such date"));
                continue;
            }
            out[i] = tt.has_offset ? tt.local_ms - tt.offset_min * MS_MINUTE : zone_cursor_to_utc(cur, tt.local_ms, NULL);
        }
        bits_set(j->b->cols[fno].valid, j->row0 + i);
        j->b->cols[fno].used = true;
    }
    return SLA_OK;
}

static sla_status read_dates(job *j, size_t fno, const slice *in, const target *t)
{
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = trimmed(in[i]);
        time_text tt;
        if (is_missing(j->co->p->pf, s)) continue;
        if (dates_parse(s, t->order, &tt)) batch_set_i64(j->b, j->row0 + i, fno, tt.local_ms / MS_DAY - (tt.local_ms % MS_DAY < 0));
        else TRY(refuse(j, i, fno, s, "not a date, or no such date"));
    }
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
    const slice *in = j->c->at + (size_t)t->input * CELLS_ROWS;
    switch (j->b->ds->fields[fno].type) {
    case VT_TEXT: return read_texts(j, fno, in, t);
    case VT_NUMBER: return read_numbers(j, fno, in, t);
    case VT_TIME: return read_times(j, fno, in, t);
    case VT_DATE: return read_dates(j, fno, in, t);
    case VT_DURATION: return read_durations(j, fno, in);
    default: return read_bools(j, fno, in, t);
    }
}

static sla_status check_required(job *j, size_t fno)
{
    const target *t = &j->co->p->fields[fno];
    const uint64_t *valid = j->b->cols[fno].valid;
    for (size_t i = 0; i < j->c->nrows; i++) {
        if (bits_get(valid, j->row0 + i) || bits_get(j->bad, i)) continue;
        bits_set(j->bad, i);
        j->nbad++;
        slice cell = t->input >= 0 ? j->c->at[(size_t)t->input * CELLS_ROWS + i] : (slice){0};
        TRY(reject_list_add(j->rejects, j->c->lines[i], column_of(j->c, i, cell, t->input), j->b->ds->fields[fno].name, cell, "a row needs this value, and it is missing or cannot be read", true));
    }
    return SLA_OK;
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
        for (; to < j->row0 + j->c->nrows; to++) {
            if (wide) ((int64_t *)col->data)[to] = 0;
            else ((uint32_t *)col->data)[to] = 0;
            bits_clear(col->valid, to);
        }
    }
    size_t to = j->row0;
    for (size_t i = 0; i < j->c->nrows; i++)
        if (!bits_get(j->bad, i)) b->lines[to++] = j->c->lines[i];
}

sla_status coerce_cells(coercer *co, const cells *c, batch *b, reject_list *rejects, size_t *taken, err *e)
{
    job j = {.co = co, .c = c, .b = b, .row0 = b->nrows, .rejects = rejects};
    co->cursor.z = co->p->zone;
    sla_status st = SLA_OK;
    for (size_t f = 0; st == SLA_OK && f < b->ds->nfields; f++) st = read_column(&j, f);
    for (size_t f = 0; st == SLA_OK && f < b->ds->nfields; f++)
        if (b->ds->fields[f].required) st = check_required(&j, f);
    if (st != SLA_OK) return err_set(e, st, SRCPOS_NONE, "no memory for a batch of %s", b->ds->name.ptr);
    memcpy(b->lines + b->nrows, c->lines, c->nrows * sizeof *b->lines);
    if (j.nbad) drop_bad(&j);
    *taken = c->nrows - j.nbad;
    b->nrows += *taken;
    return SLA_OK;
}
