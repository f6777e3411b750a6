/* Texts to instants, and calendars in a line, for the tests of this folder. */
#ifndef SLA_TESTS_TIMES_H
#define SLA_TESTS_TIMES_H
#include "tests/support/check.h"

#include "engine/time/calendar.h"
#include "engine/time/instant.h"

static inline int64_t day_at(const char *text)
{
    time_text t;
    if (!time_parse(slice_of(text), &t)) fail_msg("no time: %s", text);
    return t.local_ms / MS_DAY;
}

/* A wall clock of the zone, or with its own offset. */
static inline int64_t at(const zone *z, const char *text)
{
    time_text t;
    if (!time_parse(slice_of(text), &t)) fail_msg("no time: %s", text);
    return t.has_offset ? t.local_ms - t.offset_min * MS_MINUTE : zone_to_utc(z, t.local_ms, NULL);
}

/* "9-18", "9-12,13-18", "24h" (midnight to midnight) or "14:30-23:30", on Monday to Friday; with '*' in front on all days. */
static inline cal_desc hours(const char *text)
{
    cal_desc d = {.id = text, .make_up_weekday = 1};
    int ndays = *text == '*' ? 7 : 5;
    text += *text == '*';
    if (strcmp(text, "24h") == 0) text = "0-24";
    for (int n = 0; *text; n++) {
        int32_t part[4] = {0}, k = 0;
        for (; *text && *text != ','; text++) {
            if (*text == '-') k = 2;
            else if (*text == ':') k++;
            else part[k] = part[k] * 10 + (*text - '0');
        }
        text += *text == ',';
        for (int w = 0; w < ndays; w++) {
            d.week[w].spans[n] = (span){part[0] * 60 + part[1], part[2] * 60 + part[3]};
            d.week[w].n = n + 1;
        }
    }
    return d;
}

/* xorshift*: the same numbers on every machine */
static uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);
static inline int64_t below(int64_t n)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (int64_t)(((seed * UINT64_C(2685821657736338717)) >> 11) % (uint64_t)n);
}
#endif
