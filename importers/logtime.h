/* Times as logs write them, also those without a year. */
#ifndef SLA_IMPORTERS_LOGTIME_H
#define SLA_IMPORTERS_LOGTIME_H
#include "engine/time/instant.h"
#include "engine/time/zone.h"

typedef struct log_time {
    int32_t year, month, day;           /* year 0: the text does not say it */
    int64_t ms;                         /* of the day */
    bool has_offset; int32_t offset_min;
} log_time;

/* format: a text in which %Y %m %d (one or two digits, also behind a blank) %b (Jan) %H %I %M %S %p (AM) %f (digits of a second's fraction) %z (+0800, +08:00, Z)
 * %Z (a name: UTC, GMT and others that mean one offset; the rest say nothing) %a (a weekday's name, not read) %y (two digits: 20yy) %s (seconds since 1970, with
 * or without fraction, UTC) stand for parts; a blank for any number of blanks; %? in front of a part makes it optional; the rest for itself.
 * false: the text is not of this form as a whole, or no such date and time. */
bool log_time_parse(slice format, slice text, log_time *out);
/* ISO 8601 (with T, blank, / or . between), seconds, ms, µs or ns since 1970 by their size, /Date(ms)/. */
bool log_time_any(slice text, log_time *out);
/* Remembers the last day and offset: times come in order. Counts the local times that occur twice (the first is meant) or never (moved on). {{z}} is ready. */
typedef struct log_clock { zone_cursor zone; int32_t year, month, day; int64_t start; uint64_t repeated, skipped; } log_clock;
bool log_time_utc(const log_time *t, log_clock *c, int64_t *utc_ms);      /* the instant; false: there is no such day in its year */
bool log_time_clf(slice text, log_time *out);                            /* "17/May/2015:10:05:03 +0000", the web servers' own */
int log_month_of(const char *three);                                     /* "Jan" -> 1; 0: none */
/* 15 characters or more: "Mar  7 13:06:56[.123]" and "Mar  7 2025 13:06:56". Returns the length read, 0: not of this form. */
size_t log_time_bsd(slice text, log_time *out);

/* The same of a line that begins exactly with "Mar  7 13:06:56 ". last: of the line before, by which nearly all days are known; {0} at first. */
typedef struct log_day { char text[8]; int32_t month, day; } log_day;    /* the first 8 bytes of a time, which end within the hour */
bool log_time_plain(slice line, log_day *last, log_time *out);

/* Years of times without one, out of their order: each step back by months begins a new year. One state a file or block, stepped by its lines in order. */
typedef struct log_years { bool begun; int32_t index, first_day, day; bool leap; int32_t leap_index, strays; } log_years;   /* days of the year; index: years begun since the first line */
/* The line's year, counted from that of the first line. Lines a little out of order around New Year stay in the old one. */
int32_t log_years_step(log_years *s, int32_t month, int32_t day);
/* The year of the first line: the file overlaps the period [from, to) most or lies nearest to it; without one (both 0) it ends last before latest. Where
 * there is a 29 February its year has one. UTC ms. s: what is known of the file so far. 0: no year fits. */
int32_t log_years_base(const log_years *s, int64_t from, int64_t to, int64_t latest);
#endif
