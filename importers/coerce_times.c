/* Times and days of a slab: in the forms that dates.h reads, in UTC, with a count of what limits what they prove. */
#include <string.h>
#include "engine/time/instant.h"
#include "engine/time/slaclock.h"
#include "importers/coerce.h"
#include "importers/words.h"

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
static sla_status refuse_time(coerce_job *j, size_t row, size_t fno, slice s, const target *t, tally *n, const char *reason)
{
    time_text tt;
    bool other = other_way(s, t, &tt), relative = !other && dates_relative(s);
    n->other_order += other;
    n->relative += relative;
    return coerce_refuse(j, row, fno, s, other ? "no such date with the column's order of day and month" : relative ? "a relative date, and nothing says from which day it counts" : reason);
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
static uint64_t count_halves(coerce_job *j, size_t fno)
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

sla_status coerce_times(coerce_job *j, size_t fno, const slice *in, const target *t)
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
            s = coerce_trimmed(s);
            if (coerce_missing(j->co->p->pf, s)) continue;
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
static bool took_nothing(const coerce_job *j, int state, size_t row, int64_t ms)
{
    const column *col = state >= 0 ? &j->b->cols[state] : NULL;
    if (!col || !bits_get(col->valid, row)) return false;
    const enumeration *en = j->b->ds->fields[state].en;
    int rank = enumeration_rank(en, dict_text(col->codes, ((const uint32_t *)col->data)[row]));
    return rank < 0 ? ms == 0 : en->phase[rank] != PHASE_FINAL && en->phase[rank] != PHASE_CANCELLED;
}

sla_status coerce_after(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    uint64_t derived = 0;
    const column *from = &j->b->cols[t->after];
    int state = t->map->ends ? state_field(j->b->ds) : -1;
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = coerce_trimmed(in[i]);
        int64_t ms;
        if (coerce_missing(j->co->p->pf, s)) continue;
        if (!words_duration(s, t->unit, &ms)) TRY(coerce_refuse(j, i, fno, s, words_comma_of(s) == COMMA_EITHER ? "its comma may be of decimals or of thousands, and no other number of the column tells" : "not a duration"));
        else if (ms < 0) TRY(coerce_refuse(j, i, fno, s, "a duration below zero"));
        else if (took_nothing(j, state, j->row0 + i, ms)) TRY(coerce_refuse(j, i, fno, s, "the duration of a record that is not done"));
        else if (bits_get(from->valid, j->row0 + i)) {
            batch_set_i64(j->b, j->row0 + i, fno, ((const int64_t *)from->data)[j->row0 + i] + ms);
            derived++;
        }
    }
    if (t->counts && t->map->or_after >= 0) t->counts->derived += derived;
    return SLA_OK;
}

sla_status coerce_dates(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    tally n = {0};
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = coerce_trimmed(in[i]);
        time_text tt;
        if (coerce_missing(j->co->p->pf, s)) continue;
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
