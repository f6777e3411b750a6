/* Working calendars: weekly hours with breaks, holidays and make-up working days by date; worktime(a, b) = W(b) - W(a) with W cumulative
 * and looked up in constant time. Intervals are half-open. Source: spec/semantics.md "Calendars". */
#ifndef SLA_TIME_CALENDAR_H
#define SLA_TIME_CALENDAR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "engine/base/arena.h"
#include "engine/base/yaml.h"
#include "engine/time/zone.h"

typedef struct span { int32_t from_min, to_min; } span;           /* minutes of the wall clock, [from, to), 0 <= from < to <= 1440 */
enum { CAL_SPANS_MAX = 8 };
/* How a calendar is described; the test of a case builds its own, a pack reads one from YAML. */
typedef struct cal_desc {
    const char *id;
    bool always;                                                   /* every instant; the rest is ignored */
    struct { span spans[CAL_SPANS_MAX]; int n; } week[7];          /* Monday first; spans in order, not overlapping */
    const int32_t *off_days; size_t n_off;                         /* civil days (since 1970) without work */
    const int32_t *work_days; size_t n_work;                       /* make-up days: work the hours of make_up_weekday */
    int make_up_weekday;                                           /* 1..7; 1 (Monday) is usual */
    const int32_t *known_years; size_t n_known;                    /* years for which holidays are known; none: holidays do not matter */
    int64_t day_ms;                                                /* the standard working day; 0: the longest weekday's hours */
    const struct cal_desc *then; int32_t then_from;                /* from this civil day on the hours (always, week, make_up_weekday) of `then` hold, and so on; NULL: no change */
} cal_desc;
typedef struct calendar calendar;                                  /* immutable; may be shared between threads */

sla_status cal_new(const cal_desc *d, const zone *z, calendar **out, err *e);   /* copies what it needs */
/* Calendars of a pack, by YAML:
 *   office:
 *     title: {zh: 办公时间, en: Office hours}
 *     hours: {mon-fri: [09:00-12:00, 13:00-18:00]}        keys: mon, tue … or a range; or  hours: always
 *     holidays: cn                                        the name of a list in the same file or folder:
 *     make_up: mon                                        which weekday's hours a make-up day works (default mon)
 *     day: 8h                                             the standard day (default: the longest weekday)
 *     changes:                                            other hours since a day, in order; the days before keep theirs, `day` and holidays stay:
 *       - {from: 2025-06-01, hours: {mon-fri: [10:00-16:00]}, make_up: tue}
 *   holiday lists:  cn: {years: [2024, 2025, 2026], off: [2024-01-01, 2024-02-10..2024-02-17, …], work: [2024-02-04, …]}
 * node: the map under `calendars:`; lists: the map under `holidays:` (may be NULL). Adds every error found (overlapping hours, a date twice, changes
 * out of order, a list nobody defined, 00:00-23:59 as a warning) to errors; warnings go to warnings. A calendar with
 * errors is there as one that always runs, so that those who name it are not told of as well. cals: arena-owned array of {id, title_zh, title_en, cal}. */
typedef struct cal_entry { const char *id; slice title_zh, title_en; calendar *cal; } cal_entry;
typedef struct cal_set { cal_entry *items; size_t n; } cal_set;
sla_status cal_set_load(const ynode *node, const ynode *lists, const zone *z, arena *a, cal_set *out, errlist *errors, errlist *warnings);
void cal_set_clear(cal_set *s);                                    /* frees the calendars; the arena keeps the rest */
const calendar *cal_set_find(const cal_set *s, slice id);          /* NULL: not there */
const char *cal_set_nearest(const cal_set *s, slice id);           /* what may have been meant; NULL: none is near */
void cal_free(calendar *c);
const char *cal_id(const calendar *c);

bool cal_is_always(const calendar *c);
int64_t cal_day_ms(const calendar *c);                             /* what 1 wd is worth */
int64_t cal_cumulative(const calendar *c, int64_t utc_ms);         /* W; before 1970 and after 2199 nobody works (`always` without changes has no bounds) */
static inline int64_t cal_between(const calendar *c, int64_t a, int64_t b) { return cal_cumulative(c, b) - cal_cumulative(c, a); }
/* out[i] = W(t[i]); valid NULL: all present; where the bit is clear out[i] = 0. Cost O(n), no allocation. out may be t. */
void cal_cumulative_many(const calendar *c, const int64_t *t, const uint64_t *valid, size_t n, int64_t *out);
/* The earliest instant at which ms of working time have passed since from (the due time of a limit); ms >= 0. When the limit is used up exactly at
 * the end of a working interval, that end is the answer (Friday 18:00, not Monday 09:00). */
int64_t cal_add(const calendar *c, int64_t from, int64_t ms);
/* The next working interval that ends after t: for explaining a clock. false: none up to 2199. */
bool cal_next_span(const calendar *c, int64_t t, int64_t *begin, int64_t *end);
/* True if holidays matter for this calendar and year is not among the known ones. */
bool cal_year_unknown(const calendar *c, int32_t year);
/* The same for the civil days first..last; *year (may be NULL) is the first unknown year that matters. The last week of a year also needs the notice
 * of the next one, which has moved days in it (2018-12-29, 2022-12-31). */
bool cal_days_unknown(const calendar *c, int64_t first, int64_t last, int32_t *year);
/* "15m", "4h", "3wd", "90s", "2d", "1wd 4h" -> ms; a bare d is 24 h; wd is cal_day_ms of cal. "1 day" is refused as ambiguous (say wd or h).
 * cal NULL: wd is refused. */
sla_status duration_parse(slice s, const calendar *cal, srcpos at, int64_t *ms, err *e);
#endif
