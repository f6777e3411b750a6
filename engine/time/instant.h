/* Instants in ms since 1970-01-01T00:00:00Z, civil days, and their texts. Proleptic Gregorian calendar (ISO 8601). */
#ifndef SLA_TIME_INSTANT_H
#define SLA_TIME_INSTANT_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/buf.h"
#include "engine/base/slice.h"

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE INT64_C(60000)
#define MS_HOUR   INT64_C(3600000)
#define MS_DAY    INT64_C(86400000)
/* Years accepted anywhere: 1900..2199. */

typedef struct civil { int32_t year; int32_t month, day, hour, minute, second, ms; } civil; /* month 1..12, day 1..31 */
int64_t civil_days(int32_t year, int32_t month, int32_t day);            /* days since 1970-01-01; the date must be valid */
bool civil_valid(int32_t year, int32_t month, int32_t day);
void civil_from_days(int64_t days, int32_t *year, int32_t *month, int32_t *day);
int weekday_of_days(int64_t days);                                       /* 1 Monday … 7 Sunday (ISO 8601) */

/* A time as it stands in a canonical file: YYYY-MM-DD[( |T)HH:MM[:SS[.fff]]][Z|±HH:MM|±HHMM]. local_ms: the wall clock as if it were UTC. */
typedef struct time_text { int64_t local_ms; int32_t offset_min; bool has_offset, has_time; } time_text;
bool time_parse(slice s, time_text *out);                                /* false: not of this form, or no such date; nothing left over */
/* "13:06:56", whose 8 bytes stand at p, all at once: byte by byte they less "00:00:00" are 0 to 9, and 0 where the colons stand. false: no such time of day, or a leap second. */
static inline bool clock_parse(const char *p, int64_t *ms)
{
    const uint64_t colons = UINT64_C(0x0000FF0000FF0000), seven_bits = UINT64_C(0x7676767676767676), top = UINT64_C(0x8080808080808080);
    uint64_t x, zero;
    memcpy(&x, p, 8);
    memcpy(&zero, "00:00:00", 8);
    x ^= zero;
    if (x & colons || (x | (x + seven_bits)) & top) return false; /* + 0x76: more than 9 reaches the top bit */
    uint64_t pairs = x * 10 + (x >> 8);
    uint32_t h = pairs & 0xFF, m = pairs >> 24 & 0xFF, s = pairs >> 48 & 0xFF;
    *ms = ((int64_t)h * 3600 + m * 60 + s) * 1000;
    return h < 24 && m < 60 && s < 60;
}
/* "2025-07-01 09:05:00" of a wall clock (ms since 1970 as if UTC); with .fff only when there are ms. */
void time_print_local(buf *b, int64_t local_ms);
void date_print(buf *b, int64_t days);                                   /* "2025-07-01" */
/* A duration for people and for scripts: "1d 02:03:04"-free, plain: "26:03:04" (hours:minutes:seconds), negative with '-'. */
void duration_print(buf *b, int64_t ms);
#endif
