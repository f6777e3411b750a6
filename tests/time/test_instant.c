/* instants and their texts */
#include "tests/support/check.h"

#include "engine/time/instant.h"

static void every_day_there_and_back(void **state)
{
    (void)state;
    int64_t day = civil_days(1900, 1, 1);
    assert_int_equal(day, -25567);
    assert_int_equal(civil_days(1970, 1, 1), 0);
    int weekday = 1; /* 1900-01-01 was a Monday */
    for (int32_t year = 1900; year <= 2199; year++)
        for (int32_t month = 1; month <= 12; month++)
            for (int32_t d = 1; civil_valid(year, month, d); d++, day++) {
                int32_t y, m, dd;
                civil_from_days(day, &y, &m, &dd);
                if (civil_days(year, month, d) != day || y != year || m != month || dd != d || weekday_of_days(day) != weekday)
                    fail_msg("%d-%d-%d", (int)year, (int)month, (int)d);
                weekday = weekday % 7 + 1;
            }
    assert_int_equal(day, civil_days(2200, 1, 1));
    assert_int_equal(day + 25567, 109573);
}

static const struct valid_case { const char *name; int32_t y, m, d; bool ok; } valid_cases[] = {
    {"29 February 2024", 2024, 2, 29, true}, {"no 29 February 2025", 2025, 2, 29, false}, {"29 February 2000", 2000, 2, 29, true},
    {"no 29 February 1900", 1900, 2, 29, false}, {"no 29 February 2100", 2100, 2, 29, false}, {"no 31 April", 2025, 4, 31, false},
    {"no month 0", 2025, 0, 1, false}, {"no month 13", 2025, 13, 1, false}, {"no day 0", 2025, 1, 0, false}, {"1899 is too early", 1899, 12, 31, false},
    {"2199 is the last year", 2199, 12, 31, true}, {"2200 is too late", 2200, 1, 1, false},
};
static void valid_row(void **state)
{
    const struct valid_case *c = *state;
    assert_int_equal(civil_valid(c->y, c->m, c->d), c->ok);
}

/* want: the wall clock as printed, and the offset; NULL: refused */
static const struct parse_case { const char *name, *text, *want; bool time, offset; int32_t offset_min; } parse_cases[] = {
    {"date", "2025-07-01", "2025-07-01 00:00:00", false, false, 0},
    {"minutes", "2025-07-01 09:05", "2025-07-01 09:05:00", true, false, 0},
    {"seconds", "2025-07-01 09:05:59", "2025-07-01 09:05:59", true, false, 0},
    {"T", "2025-07-01T09:05:59", "2025-07-01 09:05:59", true, false, 0},
    {"milliseconds", "2025-07-01 09:05:59.123", "2025-07-01 09:05:59.123", true, false, 0},
    {"tenths", "2025-07-01 09:05:59.5", "2025-07-01 09:05:59.500", true, false, 0},
    {"nanoseconds are cut", "2025-07-01 09:05:59.123999999", "2025-07-01 09:05:59.123", true, false, 0},
    {"Z", "2025-07-01T09:05:00Z", "2025-07-01 09:05:00", true, true, 0},
    {"+08:00", "2025-07-01T09:05:00+08:00", "2025-07-01 09:05:00", true, true, 480},
    {"-0330", "2025-07-01 09:05-0330", "2025-07-01 09:05:00", true, true, -210},
    {"blank before the offset", "2025-07-01 09:05:00 +0800", "2025-07-01 09:05:00", true, true, 480},
    {"24:00 ends the day", "2025-07-01 24:00", "2025-07-02 00:00:00", true, false, 0},
    {"leap second", "2016-12-31 23:59:60Z", "2016-12-31 23:59:59", true, true, 0},
    {"before 1970", "1969-12-31 23:59:59.999", "1969-12-31 23:59:59.999", true, false, 0},
    {"first year", "1900-01-01 00:00", "1900-01-01 00:00:00", true, false, 0},
    {"empty", "", NULL, false, false, 0}, {"no such day", "2025-02-29", NULL, false, false, 0}, {"year 1899", "1899-12-31", NULL, false, false, 0},
    {"hour 25", "2025-07-01 25:00", NULL, false, false, 0}, {"24:01", "2025-07-01 24:01", NULL, false, false, 0},
    {"minute 60", "2025-07-01 09:60", NULL, false, false, 0}, {"second 61", "2025-07-01 09:05:61", NULL, false, false, 0},
    {"one digit", "2025-7-1", NULL, false, false, 0}, {"slashes", "2025/07/01", NULL, false, false, 0},
    {"left over", "2025-07-01 09:05:00x", NULL, false, false, 0}, {"blank at the end", "2025-07-01 09:05:00 ", NULL, false, false, 0},
    {"hour alone", "2025-07-01 09", NULL, false, false, 0}, {"fraction without digits", "2025-07-01 09:05:00.", NULL, false, false, 0},
    {"sign alone", "2025-07-01 09:05+", NULL, false, false, 0}, {"offset of 19 h", "2025-07-01 09:05+19:00", NULL, false, false, 0},
    {"date with offset", "2025-07-01Z", NULL, false, false, 0}, {"words after Z", "2025-07-01 09:05Zulu", NULL, false, false, 0},
    {"full-width digits", "２０２５-07-01", NULL, false, false, 0},
};
static void parse_row(void **state)
{
    const struct parse_case *c = *state;
    time_text t = {0};
    bool ok = time_parse(slice_of(c->text), &t);
    assert_int_equal(ok, c->want != NULL);
    if (!ok) return;
    buf b = {0};
    time_print_local(&b, t.local_ms);
    assert_string_equal(buf_cstr(&b), c->want);
    assert_int_equal(t.has_time, c->time);
    assert_int_equal(t.has_offset, c->offset);
    assert_int_equal(t.offset_min, c->offset_min);
    buf_free(&b);
    for (size_t n = 0; n < strlen(c->text); n++) { /* nothing past the slice is read (ASan), and cut texts never crash */
        char *cut = malloc(n + 1);
        memcpy(cut, c->text, n);
        char *exact = realloc(cut, n ? n : 1);
        time_parse((slice){exact, n}, &t);
        free(exact);
    }
}

static const struct duration_case { const char *name; int64_t ms; const char *want; } duration_cases[] = {
    {"nothing", 0, "0:00:00"}, {"26 h", 26 * MS_HOUR + 3 * MS_MINUTE + 4 * MS_SECOND, "26:03:04"}, {"negative", -90 * MS_SECOND, "-0:01:30"},
    {"milliseconds", 1005, "0:00:01.005"}, {"the smallest number", INT64_MIN, "-2562047788015:12:55.808"},
};
static void duration_row(void **state)
{
    const struct duration_case *c = *state;
    buf b = {0};
    duration_print(&b, c->ms);
    assert_string_equal(buf_cstr(&b), c->want);
    buf_free(&b);
}

int main(void)
{
    struct CMUnitTest tests[128] = {cmocka_unit_test(every_day_there_and_back)};
    size_t n = 1;
    ROWS(tests, n, valid_cases, valid_row);
    ROWS(tests, n, parse_cases, parse_row);
    ROWS(tests, n, duration_cases, duration_row);
    return _cmocka_run_group_tests("instant", tests, n, NULL, NULL);
}
