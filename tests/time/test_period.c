/* periods */
#include "tests/support/check.h"

#include "engine/time/instant.h"
#include "engine/time/period.h"

static const struct period_case { const char *name, *text, *first, *last, *previous; } period_cases[] = {
    {"quarter", "2025Q3", "2025-07-01", "2025-09-30", "2025Q2"}, {"first quarter", "2025q1", "2025-01-01", "2025-03-31", "2024Q4"},
    {"month", "2025-07", "2025-07-01", "2025-07-31", "2025-06"}, {"February of a leap year", "2024-02", "2024-02-01", "2024-02-29", "2024-01"},
    {"January", "2025-01", "2025-01-01", "2025-01-31", "2024-12"}, {"half-year", "2025H2", "2025-07-01", "2025-12-31", "2025H1"},
    {"first half-year", "2025h1", "2025-01-01", "2025-06-30", "2024H2"}, {"year", "2025", "2025-01-01", "2025-12-31", "2024"},
    {"range", "2025-07-01..2025-09-30", "2025-07-01", "2025-09-30", "2025-03-31..2025-06-30"},
    {"one day", "2025-03-01..2025-03-01", "2025-03-01", "2025-03-01", "2025-02-28..2025-02-28"},
    {"Q5", "2025Q5", NULL, NULL, NULL}, {"Q0", "2025Q0", NULL, NULL, NULL}, {"month 13", "2025-13", NULL, NULL, NULL}, {"H3", "2025H3", NULL, NULL, NULL},
    {"empty", "", NULL, NULL, NULL}, {"range backwards", "2025-09-30..2025-07-01", NULL, NULL, NULL}, {"no such day", "2025-02-01..2025-02-29", NULL, NULL, NULL},
    {"left over", "2025Q3x", NULL, NULL, NULL}, {"too early", "1969", NULL, NULL, NULL}, {"words", "last quarter", NULL, NULL, NULL},
    {"long", "2025Q3 2025Q3 2025Q3 2025Q3 2025Q3 2025Q3 2025Q3 2025Q3", NULL, NULL, NULL},
};
static int64_t day_of(const char *text)
{
    time_text t;
    assert_true(time_parse(slice_of(text), &t));
    return t.local_ms / MS_DAY;
}

static void period_row(void **state)
{
    const struct period_case *c = *state;
    zone *z;
    assert_int_equal(zone_open("Asia/Shanghai", &z, NULL), SLA_OK);
    period p = {0}, q = {0};
    err e = {0};
    sla_status st = period_parse(slice_of(c->text), z, &p, &e);
    if (!c->first) {
        assert_int_equal(st, SLA_USAGE);
        assert_true(e.msg[0] && strstr(e.hint, "2025Q3"));
    } else {
        assert_int_equal(st, SLA_OK);
        assert_int_equal(p.first_day, day_of(c->first));
        assert_int_equal(p.last_day, day_of(c->last));
        assert_int_equal(p.from, day_of(c->first) * MS_DAY - 8 * MS_HOUR);
        assert_int_equal(p.to, (day_of(c->last) + 1) * MS_DAY - 8 * MS_HOUR);
        assert_int_equal(period_previous(&p, z, &q), SLA_OK);
        assert_string_equal(q.id, c->previous);
        assert_int_equal(q.to, p.from);
        period again;
        assert_int_equal(period_parse(slice_of(q.id), z, &again, NULL), SLA_OK);
        assert_true(again.from == q.from && again.to == q.to);
    }
    zone_close(z);
}

int main(void)
{
    struct CMUnitTest tests[LEN(period_cases)];
    size_t n = 0;
    ROWS(tests, n, period_cases, period_row);
    return _cmocka_run_group_tests("period", tests, n, NULL, NULL);
}
