/* durations as packs write them */
#include "tests/time/times.h"

/* ms < 0: refused, want in the message or the hint. wd is 8 h here. */
static const struct duration_case { const char *name, *text; int64_t ms; const char *want; } duration_cases[] = {
    {"seconds", "90s", 90 * MS_SECOND, NULL}, {"minutes", "15m", 15 * MS_MINUTE, NULL}, {"min", "15min", 15 * MS_MINUTE, NULL}, {"hours", "4h", 4 * MS_HOUR, NULL},
    {"working days", "3wd", 24 * MS_HOUR, NULL}, {"days are 24 h", "2d", 48 * MS_HOUR, NULL}, {"two parts", "1wd 4h", 12 * MS_HOUR, NULL}, {"without a blank", "1h30m", 90 * MS_MINUTE, NULL},
    {"a blank before the unit", "4 h", 4 * MS_HOUR, NULL}, {"a fraction", "1.5h", 90 * MS_MINUTE, NULL}, {"a fine fraction", "0.125s", 125, NULL}, {"zero", "0m", 0, NULL}, {"blanks around", " 4h ", 4 * MS_HOUR, NULL},
    {"C07 1 day is ambiguous", "1 day", -1, "ambiguous"}, {"C07 days too", "3 days", -1, "wd"}, {"empty", "", -1, "missing"}, {"blank", "  ", -1, "missing"}, {"no unit", "15", -1, "unit"},
    {"no number", "h", -1, "no duration"}, {"negative", "-4h", -1, "no duration"}, {"unknown unit", "4y", -1, "unit"}, {"months are refused", "1M", -1, "unit"}, {"left over", "4h x", -1, "no duration"},
    {"too many digits", "99999999999999999999h", -1, "no duration"}, {"longer than all calendars", "900000wd", -1, "no duration"},
    {"longer by many parts", "900000h 900000h 900000h 900000h 900000h", -1, "no duration"}, {"point alone", ".5h", -1, "no duration"}, {"Chinese unit", "4小时", -1, "unit"},
};
static calendar *eight;

static void duration_row(void **state)
{
    const struct duration_case *c = *state;
    int64_t ms = -7;
    err e = {0};
    srcpos place = {"clocks.yaml", 3, 14};
    sla_status st = duration_parse(slice_of(c->text), eight, place, &ms, &e);
    if (c->ms >= 0) {
        assert_int_equal(st, SLA_OK);
        assert_int_equal(ms, c->ms);
        return;
    }
    assert_int_equal(st, SLA_SYNTAX);
    assert_int_equal(ms, -7);
    if (!strstr(e.msg, c->want) && !strstr(e.hint, c->want)) fail_msg("%s / %s", e.msg, e.hint);
    assert_int_equal(e.line, 3);
}

static void working_days_need_a_calendar(void **state)
{
    (void)state;
    int64_t ms;
    err e = {0};
    assert_true(duration_parse(SLICE_LIT("3wd"), NULL, SRCPOS_NONE, &ms, &e) != SLA_OK);
    assert_int_equal(e.code, SLA_TYPE);
    assert_int_equal(duration_parse(SLICE_LIT("3h"), NULL, SRCPOS_NONE, &ms, NULL), SLA_OK);
}

int main(void)
{
    struct CMUnitTest tests[48] = {cmocka_unit_test(working_days_need_a_calendar)};
    size_t n = 1;
    zone *z;
    cal_desc d = hours("9-12,13-18");
    if (zone_open("UTC", &z, NULL) != SLA_OK || cal_new(&d, z, &eight, NULL) != SLA_OK) return 1;
    ROWS(tests, n, duration_cases, duration_row);
    int rc = _cmocka_run_group_tests("duration", tests, n, NULL, NULL);
    cal_free(eight);
    zone_close(z);
    return rc;
}
