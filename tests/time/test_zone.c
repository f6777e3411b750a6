/* zones: known offsets, gaps and repeats, the cursor, hostile names; and libc as the second opinion */
#define _DEFAULT_SOURCE /* tm_gmtoff */
#include "tests/support/check.h"

#include <time.h>

#include "engine/base/mem.h"
#include "engine/time/instant.h"
#include "engine/time/zone.h"

static zone *opened(const char *name)
{
    zone *z = NULL;
    err e = {0};
    if (zone_open(name, &z, &e) != SLA_OK) fail_msg("%s: %s", name, e.msg);
    return z;
}

static int64_t ms_of(const char *text)
{
    time_text t;
    assert_true(time_parse(slice_of(text), &t));
    return t.local_ms;
}

static const struct offset_case { const char *name, *zone, *utc; int min; } offset_cases[] = {
    {"Shanghai today", "Asia/Shanghai", "2025-07-01 00:00", 480},
    {"C21 Shanghai in the summer of 1991 had summer time", "Asia/Shanghai", "1991-07-01 00:00", 540},
    {"C21 Shanghai in the winter of 1991", "Asia/Shanghai", "1991-12-01 00:00", 480},
    {"C21 Shanghai in the summer of 1992", "Asia/Shanghai", "1992-07-01 00:00", 480},
    {"C20 Berlin in winter", "Europe/Berlin", "2024-12-15 12:00", 60},
    {"C20 Berlin in summer", "Europe/Berlin", "2025-07-15 12:00", 120},
    {"Berlin, last instant of winter time", "Europe/Berlin", "2025-03-30 00:59:59.999", 60},
    {"Berlin, first instant of summer time", "Europe/Berlin", "2025-03-30 01:00", 120},
    {"Berlin, by the footer, summer of 2150", "Europe/Berlin", "2150-07-01 00:00", 120},
    {"New York in winter", "America/New_York", "2025-01-01 00:00", -300},
    {"New York in summer", "America/New_York", "2025-07-01 00:00", -240},
    {"New York, by the footer, winter of 2199", "America/New_York", "2199-12-01 00:00", -300},
    {"Sydney has summer in January", "Australia/Sydney", "2060-01-15 00:00", 660},
    {"Sydney has winter in July", "Australia/Sydney", "2060-07-15 00:00", 600},
    {"Kolkata", "Asia/Kolkata", "2025-07-01 00:00", 330},
    {"UTC", "UTC", "2025-07-01 00:00", 0}, {"+08:00", "+08:00", "1991-07-01 00:00", 480}, {"-0330", "-0330", "2025-07-01 00:00", -210},
};
static void offset_row(void **state)
{
    const struct offset_case *c = *state;
    zone *z = opened(c->zone);
    assert_string_equal(zone_name(z), c->zone);
    assert_int_equal(zone_offset_ms(z, ms_of(c->utc)), c->min * MS_MINUTE);
    zone_close(z);
}

static const struct wall_case { const char *name, *zone, *wall, *utc; int kind; } wall_cases[] = {
    {"plain", "Asia/Shanghai", "2025-07-01 09:00", "2025-07-01 01:00", 0},
    {"repeated hour: the first", "Europe/Berlin", "2025-10-26 02:30", "2025-10-26 00:30", 1},
    {"repeated hour begins", "Europe/Berlin", "2025-10-26 02:00", "2025-10-26 00:00", 1},
    {"repeated hour is over", "Europe/Berlin", "2025-10-26 03:00", "2025-10-26 02:00", 0},
    {"gap: moved on", "Europe/Berlin", "2025-03-30 02:30", "2025-03-30 01:30", 2},
    {"gap begins", "Europe/Berlin", "2025-03-30 02:00", "2025-03-30 01:00", 2},
    {"gap is over", "Europe/Berlin", "2025-03-30 03:00", "2025-03-30 01:00", 0},
    {"New York gap", "America/New_York", "2025-03-09 02:30", "2025-03-09 07:30", 2},
    {"New York repeat", "America/New_York", "2025-11-02 01:30", "2025-11-02 05:30", 1},
    {"Shanghai gap of 1991", "Asia/Shanghai", "1991-04-14 02:30", "1991-04-13 18:30", 2},
    {"Apia left out 2011-12-30", "Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00", 2},
};
static void wall_row(void **state)
{
    const struct wall_case *c = *state;
    zone *z = opened(c->zone);
    int kind = -1;
    assert_int_equal(zone_to_utc(z, ms_of(c->wall), &kind), ms_of(c->utc));
    assert_int_equal(kind, c->kind);
    zone_cursor cur = {.z = z};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(zone_cursor_to_utc(&cur, ms_of(c->wall), &kind), ms_of(c->utc));
        assert_int_equal(kind, c->kind);
    }
    zone_close(z);
}

static void days(void **state)
{
    (void)state;
    zone *z = opened("Asia/Shanghai");
    /* C43: closed on 31 October 23:30 +08:00, exported as 15:30Z, belongs to 31 October there */
    assert_int_equal(zone_day_of(z, ms_of("2025-10-31 15:30")), civil_days(2025, 10, 31));
    assert_int_equal(zone_day_of(z, ms_of("2025-10-31 16:00")), civil_days(2025, 11, 1));
    assert_int_equal(zone_day_start(z, civil_days(2025, 11, 1)), ms_of("2025-10-31 16:00"));
    zone_close(z);
    z = opened("America/Sao_Paulo"); /* summer time began at midnight: the day began at 01:00 */
    assert_int_equal(zone_day_start(z, civil_days(2018, 11, 4)), ms_of("2018-11-04 03:00"));
    zone_close(z);
    z = opened("UTC");
    assert_int_equal(zone_day_of(z, -1), -1);
    zone_close(z);
}

static const char *const bad_names[] = {"", "/etc/passwd", "../../etc/passwd", "Asia/../UTC", "Asia/Shanghai\n", "Asia Shanghai", "Nowhere/Atlantis", "+8", "+25:00", "Asia",
                                        "tzdata.zi", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
static void names_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(bad_names); i++) {
        zone *z = NULL;
        err e = {0};
        if (zone_open(bad_names[i], &z, &e) != SLA_NAME || z || !e.msg[0]) fail_msg("'%s' was not refused", bad_names[i]);
    }
}

static void no_memory(void **state)
{
    (void)state;
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked) {
        zone *z = NULL;
        mem_fail_after(n);
        sla_status st = zone_open("Europe/Berlin", &z, NULL);
        mem_fail_after(-1);
        worked = st == SLA_OK;
        if (!worked) assert_null(z);
        zone_close(z);
    }
    assert_true(worked);
}

static void no_memory_once(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Berlin", "Asia/Shanghai", "UTC", "+08:00", "Nowhere/Near"};
    for (size_t i = 0; i < LEN(names); i++) {
        zone *right = NULL;
        bool done = false;
        sla_status want = zone_open(names[i], &right, NULL);
        for (long n = 0; !done; n++) {
            zone *z = NULL;
            err e = {0};
            mem_fail_once(n);
            sla_status st = zone_open(names[i], &z, &e);
            done = mem_fail_pending();
            mem_fail_after(-1);
            if (st != SLA_OK) assert_true(e.msg[0] && !z);
            if (st != SLA_NOMEM) assert_int_equal(st, want);
            for (int64_t at = -MS_DAY * 25000; st == SLA_OK && at < MS_DAY * 25000; at += MS_DAY * 7) assert_int_equal(zone_offset_ms(z, at), zone_offset_ms(right, at));
            zone_close(z);
        }
        zone_close(right);
    }
}

static uint64_t seed = 20250701;
static int64_t below(int64_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((seed >> 11) % (uint64_t)n);
}

/* Both ways at random instants, a third of them close to the quarter-ends of a change; libc reads the same files by its own code. */
static void as_libc_has_it(void **state)
{
    (void)state;
    static const char *const names[] = {"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC", "America/Sao_Paulo", "Asia/Tehran", "Africa/Casablanca"};
    char before[64] = "";
    if (getenv("TZ")) snprintf(before, sizeof before, "%s", getenv("TZ"));
    for (size_t k = 0; k < LEN(names); k++) {
        zone *z = opened(names[k]);
        setenv("TZ", names[k], 1);
        tzset();
        zone_cursor cur = {.z = z}, back = {.z = z};
        int64_t from = civil_days(1901, 12, 20) * MS_DAY, near = from;
        for (int i = 0; i < 8000; i++) {
            int64_t utc = (i % 3 == 0 ? from + below(civil_days(2100, 1, 1) * MS_DAY - from) : near + below(400 * MS_HOUR)) / 1000 * 1000;
            if (i % 3 == 0) near = utc;
            time_t t = (time_t)(utc / 1000);
            struct tm tm;
            localtime_r(&t, &tm);
            int64_t local = zone_to_local(z, utc);
            if (local - utc != (int64_t)tm.tm_gmtoff * 1000 || zone_cursor_to_local(&cur, utc) != local) fail_msg("%s at %lld", names[k], (long long)t);
            int kind, kind2;
            int64_t u = zone_to_utc(z, local, &kind);
            if (kind == 2 || u > utc || (kind == 0 && u != utc) || zone_to_local(z, u) != local) fail_msg("%s back at %lld", names[k], (long long)t);
            if (zone_cursor_to_utc(&back, local, &kind2) != u || kind != kind2) fail_msg("%s cursor at %lld", names[k], (long long)t);
        }
        zone_close(z);
    }
    setenv("TZ", before[0] ? before : "UTC", 1);
    tzset();
}

int main(void)
{
    struct CMUnitTest tests[64] = {cmocka_unit_test(days), cmocka_unit_test(names_refused), cmocka_unit_test(no_memory), cmocka_unit_test(no_memory_once), cmocka_unit_test(as_libc_has_it)};
    size_t n = 4;
    ROWS(tests, n, offset_cases, offset_row);
    ROWS(tests, n, wall_cases, wall_row);
    return _cmocka_run_group_tests("zone", tests, n, NULL, NULL);
}
