/* Durations as people write them in a pack: 15m, 4h, 3wd, 1wd 4h. */
#include "engine/time/calendar.h"
#include "engine/time/instant.h"

static int64_t unit_ms(slice unit, const calendar *cal, srcpos at, err *e)
{
    static const struct { const char *name; int64_t ms; } units[] = {
        {"ms", 1}, {"s", MS_SECOND}, {"m", MS_MINUTE}, {"min", MS_MINUTE}, {"h", MS_HOUR}, {"wh", MS_HOUR}, {"d", MS_DAY}, {"w", 7 * MS_DAY},
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (slice_is(unit, units[i].name)) return units[i].ms;
    if (slice_is(unit, "wd") && cal) return cal_day_ms(cal);
    if (slice_is(unit, "wd")) {
        err_set(e, SLA_TYPE, at, "wd (working days) needs a calendar here");
        err_hint(e, "name the calendar, or write hours");
    } else if (slice_is(unit, "day") || slice_is(unit, "days")) {
        err_set(e, SLA_SYNTAX, at, "'%.*s' is ambiguous: a working day or 24 hours?", SLICE_ARG(unit));
        err_hint(e, "write wd for a working day of the calendar, or 24h");
    } else {
        err_set(e, SLA_SYNTAX, at, "there is no unit of time '%.*s'", SLICE_ARG(unit));
        err_hint(e, "units are s, m, h, d (24 hours) and wd (working days)");
    }
    return 0;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

enum { WHOLE_MAX = 1000000 }; /* of one part; so that neither a part nor the sum of a text of any length overflows, with the check of SUM_MAX */
#define SUM_MAX (INT64_C(230) * 366 * MS_DAY) /* all the years a calendar knows */

/* One number[.fraction] unit at s; returns what is left behind it, or ptr NULL. */
static slice one_part(slice s, const calendar *cal, srcpos at, int64_t *sum, err *e)
{
    size_t i = 0;
    int64_t whole = 0, fraction = 0, scale = 1;
    while (i < s.len && is_digit(s.ptr[i]) && whole < WHOLE_MAX) whole = whole * 10 + (s.ptr[i++] - '0');
    if (i == 0 || (i < s.len && is_digit(s.ptr[i]))) return (slice){0};
    if (i < s.len && s.ptr[i] == '.')
        for (i++; i < s.len && is_digit(s.ptr[i]) && scale < 1000; i++, scale *= 10) fraction = fraction * 10 + (s.ptr[i] - '0');
    while (i < s.len && s.ptr[i] == ' ') i++;
    size_t from = i;
    while (i < s.len && s.ptr[i] != ' ' && !is_digit(s.ptr[i])) i++;
    int64_t unit = unit_ms((slice){s.ptr + from, i - from}, cal, at, e);
    if (!unit) return (slice){0};
    *sum += whole * unit + fraction * unit / scale;
    if (*sum > SUM_MAX) return (slice){0};
    return slice_trim((slice){s.ptr + i, s.len - i});
}

sla_status duration_parse(slice s, const calendar *cal, srcpos at, int64_t *ms, err *e)
{
    int64_t sum = 0;
    slice rest = slice_trim(s);
    if (rest.len == 0) return err_set(e, SLA_SYNTAX, at, "a duration is missing; write it as 15m, 4h or 3wd");
    while (rest.len) {
        rest = one_part(rest, cal, at, &sum, e);
        if (!rest.ptr) {
            err_set(e, SLA_SYNTAX, at, "'%.*s' is no duration; write it as 15m, 4h or 3wd", SLICE_ARG(s));
            return SLA_SYNTAX;
        }
    }
    *ms = sum;
    return SLA_OK;
}
