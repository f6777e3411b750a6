/* Calendars: the cases of spec/cases.md by letter, and random calendars against a count minute by minute. */
#include "tests/time/times.h"

#include "engine/base/bits.h"
#include "engine/base/mem.h"

/* Days off and make-up days of China that the cases touch (2025: National Day; 2026: Spring Festival). */
static int32_t off_days[32], work_days[4], known[] = {2025, 2026};
static size_t noff;
static void holidays(cal_desc *d)
{
    noff = 0;
    for (int64_t day = day_at("2025-10-01"); day <= day_at("2025-10-08"); day++) off_days[noff++] = (int32_t)day;
    for (int64_t day = day_at("2026-02-15"); day <= day_at("2026-02-23"); day++) off_days[noff++] = (int32_t)day;
    work_days[0] = (int32_t)day_at("2026-02-28"), work_days[1] = (int32_t)day_at("2025-09-28");
    work_days[2] = (int32_t)day_at("2025-10-11"), work_days[3] = (int32_t)day_at("2026-02-14");
    d->off_days = off_days, d->n_off = noff;
    d->work_days = work_days, d->n_work = 4;
    d->known_years = known, d->n_known = 2;
}

static calendar *made(const cal_desc *d, const zone *z)
{
    calendar *c = NULL;
    err e = {0};
    if (cal_new(d, z, &c, &e) != SLA_OK) fail_msg("%s: %s", d->id, e.msg);
    return c;
}

/* want: minutes of work from one to the other */
static const struct between_case { const char *name, *zone, *hours; bool cn; const char *from, *to; double want; } between_cases[] = {
    {"C03 a make-up Saturday counts", NULL, "9-18", true, "2025-10-10 17:00", "2025-10-13 10:00", 660},
    {"C04 a make-up Sunday counts", NULL, "9-18", true, "2025-09-27 12:00", "2025-09-28 12:00", 180},
    {"C06 opened after hours on Friday", NULL, "8-17", false, "2014-12-12 20:49", "2014-12-15 09:44", 104},
    {"C15 midnight is no hole", NULL, "24h", false, "2025-07-01 23:00", "2025-07-02 01:00", 120},
    {"C17 lunch", NULL, "9-12,13:30-18", false, "2025-07-01 11:30", "2025-07-01 14:00", 60},
    {"C18 clocks go forward, always", "Europe/Berlin", NULL, false, "2020-03-29 01:49", "2020-03-29 03:15", 26},
    {"C18 clocks go forward, midnight to midnight", "Europe/Berlin", "*24h", false, "2020-03-29 01:49", "2020-03-29 03:15", 26},
    {"C18 clocks go back, midnight to midnight", "Europe/Berlin", "*24h", false, "2020-10-25 00:00", "2020-10-26 00:00", 1500},
    {"C20 winter hours of a ticket of last winter", "Europe/Berlin", "9-18", false, "2025-01-15T08:00Z", "2025-01-15T17:00Z", 540},
    {"C20 the same instants of the day in summer", "Europe/Berlin", "9-18", false, "2025-07-15T08:00Z", "2025-07-15T17:00Z", 480},
    {"C21 Shanghai's summer time of 1991", NULL, "9-18", false, "1991-07-01T00:00Z", "1991-07-01T01:00Z", 60},
    {"C21 the same hour in 1992 is before work", NULL, "9-18", false, "1992-07-01T00:00Z", "1992-07-01T01:00Z", 0},
    {"spec: Friday 17:50 to Monday 09:20", NULL, "9-12,13-18", false, "2025-07-04 17:50", "2025-07-07 09:20", 30},
    {"half-open: at the end", NULL, "9-12,13-18", false, "2025-07-01 12:00", "2025-07-01 13:00", 0},
    {"half-open: the last millisecond", NULL, "9-12,13-18", false, "2025-07-01 11:59:59.999", "2025-07-01 13:00:00.001", 2.0 / 60000},
    {"a holiday week is empty", NULL, "9-18", true, "2025-10-01 00:00", "2025-10-09 00:00", 0},
    {"C39 hours of May", NULL, "C39", false, "2026-05-29 09:00", "2026-05-29 18:00", 540},
    {"C39 hours of June", NULL, "C39", false, "2026-06-01 09:00", "2026-06-01 18:00", 360},
    {"C39 over the first of June", NULL, "C39", false, "2026-05-29 17:00", "2026-06-01 11:00", 120},
    {"C39 the Sunday before and after it", NULL, "C39", false, "2026-05-31 00:00", "2026-06-08 00:00", 5 * 360},
    {"backwards is negative", NULL, "9-18", false, "2025-07-01 10:00", "2025-07-01 09:30", -30},
};
static void between_row(void **state)
{
    const struct between_case *c = *state;
    zone *z = NULL;
    assert_int_equal(zone_open(c->zone ? c->zone : "Asia/Shanghai", &z, NULL), SLA_OK);
    const cal_desc june = hours("10-16");
    cal_desc d = c->hours ? hours(strcmp(c->hours, "C39") ? c->hours : "9-18") : (cal_desc){.id = "always", .always = true};
    if (c->hours && strcmp(c->hours, "C39") == 0) d.then = &june, d.then_from = (int32_t)day_at("2026-06-01"); /* the calendar was edited on 1 June */
    if (c->cn) holidays(&d);
    calendar *cal = made(&d, z);
    assert_int_equal(cal_between(cal, at(z, c->from), at(z, c->to)), (int64_t)(c->want * 60000 + (c->want < 0 ? -0.5 : 0.5)));
    cal_free(cal);
    zone_close(z);
}

static const struct due_case { const char *name, *hours; bool cn; const char *from; double h; const char *want; } due_cases[] = {
    {"C02 a make-up Saturday before the Spring Festival", "9-18", true, "2026-02-13 16:00", 8, "2026-02-14 15:00"},
    {"C02 without make-up days and holidays it would be Monday", "9-18", false, "2026-02-13 16:00", 8, "2026-02-16 15:00"},
    {"C07 24 h of 9-17 are three days", "9-17", false, "2025-07-07 09:00", 24, "2025-07-09 17:00"},
    {"C09 over the weekend", "8-18", false, "2025-07-04 17:00", 4, "2025-07-07 11:00"},
    {"C11 half an hour is left on Friday", "9-17", false, "2025-07-04 16:30", 1, "2025-07-07 09:30"},
    {"C12 four hours from Monday 17:00", "8-18", false, "2025-07-07 17:00", 4, "2025-07-08 11:00"},
    {"C12 the warning one working hour before", "8-18", false, "2025-07-07 17:00", 3, "2025-07-08 10:00"},
    {"C13 opened on Saturday", "9-17", false, "2025-07-05 12:00", 24, "2025-07-09 17:00"},
    {"C38 the window of the evening", "14:30-23:30", false, "2023-10-17 14:51:01", 9, "2023-10-18 14:51:01"},
    {"used up at the end of the day", "9-18", false, "2025-07-04 17:00", 1, "2025-07-04 18:00"},
    {"nothing to add in the night", "9-18", false, "2025-07-04 22:00", 0, "2025-07-04 22:00"},
    {"always", NULL, false, "2025-07-04 22:00", 4, "2025-07-05 02:00"},
    {"more than there is ends with the last day", "9-18", false, "2199-12-30 09:00", 1e6, "2199-12-31 18:00"},
    {"before the first day", "9-18", false, "1969-06-01 00:00", 1, "1970-01-01 10:00"},
};
static void due_row(void **state)
{
    const struct due_case *c = *state;
    zone *z = NULL;
    assert_int_equal(zone_open("Asia/Shanghai", &z, NULL), SLA_OK);
    cal_desc d = c->hours ? hours(c->hours) : (cal_desc){.id = "always", .always = true};
    if (c->cn) holidays(&d);
    calendar *cal = made(&d, z);
    assert_int_equal(cal_add(cal, at(z, c->from), (int64_t)(c->h * 3600000)), at(z, c->want));
    cal_free(cal);
    zone_close(z);
}

static void c05_years_that_are_not_known(void **state)
{
    (void)state;
    zone *z = NULL;
    assert_int_equal(zone_open("Asia/Shanghai", &z, NULL), SLA_OK);
    cal_desc d = hours("9-18");
    calendar *none = made(&d, z);
    int32_t year = 0, y2018[] = {2018};
    assert_false(cal_year_unknown(none, 1999)); /* no list of holidays: they do not matter */
    d.known_years = y2018, d.n_known = 1;
    calendar *c = made(&d, z);
    assert_true(cal_year_unknown(c, 2019) && cal_year_unknown(c, 2017) && !cal_year_unknown(c, 2018));
    assert_false(cal_days_unknown(c, day_at("2018-01-01"), day_at("2018-12-24"), &year));
    assert_true(cal_days_unknown(c, day_at("2018-12-28"), day_at("2018-12-29"), &year)); /* the list of 2019 moved that day */
    assert_int_equal(year, 2019);
    assert_true(cal_days_unknown(c, day_at("2017-12-31"), day_at("2018-01-01"), &year));
    assert_int_equal(year, 2017);
    assert_false(cal_days_unknown(none, 0, 80000, NULL));
    cal_free(c);
    cal_free(none);
    zone_close(z);
}

static void descriptions(void **state)
{
    (void)state;
    zone *z = NULL;
    assert_int_equal(zone_open("UTC", &z, NULL), SLA_OK);
    cal_desc none = {.id = "none"}, overlap = hours("9-12,11-18"), backwards = hours("18-9"), late = hours("9-25"), two = hours("9-12,13-18"), always = {.id = "always", .always = true};
    const cal_desc last = hours("8-9"), second = {.id = "2", .always = true, .then = &last, .then_from = 20000};
    cal_desc unordered = hours("9-17"), then_none = hours("9-16"), then_always = hours("9-15");
    unordered.then = &second, unordered.then_from = 20000;
    then_none.then = &none, then_none.then_from = 20000;
    then_always.then = &second, then_always.then_from = 19000;
    const cal_desc *const bad[] = {&none, &overlap, &backwards, &late, &unordered, &then_none};
    for (size_t i = 0; i < LEN(bad); i++) {
        calendar *c = NULL;
        err e = {0};
        assert_int_equal(cal_new(bad[i], z, &c, &e), SLA_RANGE);
        assert_null(c);
        assert_non_null(strstr(e.msg, bad[i]->id));
    }
    calendar *c = made(&two, z), *a = made(&always, z);
    assert_string_equal(cal_id(c), "9-12,13-18");
    assert_int_equal(cal_day_ms(c), 8 * MS_HOUR);
    assert_int_equal(cal_day_ms(a), 24 * MS_HOUR);
    assert_true(cal_is_always(a) && !cal_is_always(c));
    calendar *ch = made(&then_always, z);
    assert_int_equal(cal_day_ms(ch), 6 * MS_HOUR); /* that of the first hours: what was promised before the change stays */
    assert_false(cal_is_always(ch));
    assert_int_equal(cal_between(ch, 19000 * MS_DAY, 20000 * MS_DAY), 1000 * MS_DAY);
    assert_int_equal(cal_add(ch, 19000 * MS_DAY, 1000 * MS_DAY + 1), 20000 * MS_DAY + 8 * MS_HOUR + 1); /* a Friday */
    cal_free(ch);
    int64_t begin, end;
    assert_true(cal_next_span(c, at(z, "2025-07-04 18:00"), &begin, &end));
    assert_true(begin == at(z, "2025-07-07 09:00") && end == at(z, "2025-07-07 12:00"));
    assert_true(cal_next_span(c, at(z, "2025-07-04 10:00"), &begin, &end));
    assert_true(begin == at(z, "2025-07-04 09:00"));
    assert_false(cal_next_span(c, at(z, "2199-12-31 23:00"), &begin, &end));
    assert_int_equal(cal_between(c, INT64_MIN, INT64_MAX), cal_between(c, at(z, "1969-01-01"), at(z, "2199-12-31 24:00")));
    cal_free(a);
    cal_free(c);
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked) {
        c = NULL;
        mem_fail_after(n);
        worked = cal_new(&two, z, &c, NULL) == SLA_OK;
        mem_fail_after(-1);
        if (!worked) assert_null(c);
        cal_free(c);
    }
    cal_free(NULL);
    zone_close(z);
}

/* ---- random calendars, minute by minute ---- */
enum { WINDOW_DAYS = 20, MINUTES = WINDOW_DAYS * 1440 };
typedef struct window { const zone *z; const calendar *c; int64_t t0; int64_t w[MINUTES + 1]; bool works[MINUTES]; } window;
static window win;
static int32_t random_off[12], random_work[12];

/* Borders in the hours of the night in which clocks are changed are whole hours: a border inside a repeated hour means its first occurrence, which a count of
 * wall clocks cannot tell. */
static int32_t border(int32_t from)
{
    int32_t m = from + 1 + (int32_t)below(below(3) ? 300 : 1440);
    if (m < 240) m = (m + 59) / 60 * 60;
    return m > 1440 ? 1440 : m;
}

static cal_desc random_desc(int64_t day0)
{
    cal_desc d = {.id = "random", .make_up_weekday = 1 + (int)below(7), .off_days = random_off, .work_days = random_work, .n_off = (size_t)below(8), .n_work = (size_t)below(5)};
    for (int w = 0; w < 7; w++) {
        int32_t m = below(4) ? (int32_t)below(16) * 60 : 0;
        for (int n = below(5) ? (int)below(CAL_SPANS_MAX + 1) : 0; n > 0 && m < 1440; n--) {
            int32_t to = border(m);
            d.week[w].spans[d.week[w].n++] = (span){m, to};
            m = below(3) && to < 1440 ? border(to) : to;
        }
    }
    if (d.week[2].n == 0) d.week[2].spans[d.week[2].n++] = (span){0, 1440};
    for (size_t i = 0; i < d.n_off; i++) random_off[i] = (int32_t)(day0 + below(WINDOW_DAYS));
    for (size_t i = 0; i < d.n_work; i++) random_work[i] = (int32_t)(day0 + below(WINDOW_DAYS));
    return d;
}

/* Up to four changes of hours, most of them within the window, some to all instants and back. The lists of days are those of the description made last. */
static cal_desc random_changing(int64_t day0)
{
    static cal_desc all[5];
    int n = (int)below(5);
    int64_t day = day0 - 5;
    for (int i = n; i >= 0; i--) {
        all[i] = random_desc(day0);
        all[i].always = n && below(5) == 0;
    }
    for (int i = 0; i < n; i++) all[i].then = &all[i + 1], all[i].then_from = (int32_t)(day += 1 + below(9));
    return all[0];
}

static bool works_at(const cal_desc *d, int64_t local)
{
    int64_t day = local / MS_DAY, min = local % MS_DAY / MS_MINUTE;
    int w = weekday_of_days(day) - 1;
    const cal_desc *h = d;
    while (h->then && h->then_from <= day) h = h->then;
    if (h->always) return true;
    bool off = false, made_up = false;
    for (size_t i = 0; i < d->n_off; i++) off |= d->off_days[i] == day;
    for (size_t i = 0; i < d->n_work; i++) made_up |= d->work_days[i] == day;
    if (made_up) w = h->make_up_weekday - 1;
    else if (off) return false;
    for (int i = 0; i < h->week[w].n; i++)
        if (min >= h->week[w].spans[i].from_min && min < h->week[w].spans[i].to_min) return true;
    return false;
}

static void count_minutes(const cal_desc *d)
{
    for (int i = 0; i < MINUTES; i++) {
        win.works[i] = works_at(d, zone_to_local(win.z, win.t0 + i * MS_MINUTE));
        win.w[i + 1] = win.w[i] + (win.works[i] ? MS_MINUTE : 0);
    }
}

static int64_t counted(int64_t t)
{
    int64_t i = (t - win.t0) / MS_MINUTE, rest = (t - win.t0) % MS_MINUTE;
    return win.w[i] + (i < MINUTES && win.works[i] ? rest : 0);
}

/* The earliest instant at which ms have been worked since from; -1: not within the window. */
static int64_t counted_due(int64_t from, int64_t ms)
{
    int64_t want = counted(from) + ms;
    if (ms == 0) return from;
    for (int64_t i = (from - win.t0) / MS_MINUTE; i < MINUTES; i++)
        if (win.w[i + 1] >= want) return win.t0 + i * MS_MINUTE + (want - win.w[i]);
    return -1;
}

/* Mostly at whole minutes and their neighbours, where spans begin and end. */
static int64_t random_instant(void)
{
    int64_t t = win.t0 + 60000 + below(MINUTES - 2) * MS_MINUTE;
    return below(4) ? t + below(3) - 1 : t + below(60000);
}

static void check_window(void)
{
    enum { N = 200 };
    int64_t t[N], out[N];
    uint64_t valid[BITS_WORDS(N)] = {0};
    for (int i = 0; i < N; i++) {
        t[i] = random_instant();
        if (i < 64 || below(3)) bits_set(valid, (size_t)i);
        int64_t a = t[i], b = random_instant(), m = random_instant();
        assert_int_equal(cal_between(win.c, a, b), counted(b) - counted(a));
        assert_int_equal(cal_between(win.c, a, m) + cal_between(win.c, m, b), cal_between(win.c, a, b)); /* additive */
        int64_t ab = cal_between(win.c, a, b);
        if ((a <= b && (ab < 0 || ab > b - a)) || (a > b && ab > 0)) fail_msg("not monotonous");
        int64_t ms = below(5) ? below(40 * MS_HOUR) : below(40) * MS_HOUR, due = cal_add(win.c, a, ms), slow = counted_due(a, ms);
        if (slow >= 0) assert_int_equal(due, slow);
        if (slow >= 0) assert_int_equal(cal_between(win.c, a, due), ms); /* the inverse of W */
    }
    cal_cumulative_many(win.c, t, valid, N, out);
    for (int i = 0; i < N; i++) assert_int_equal(out[i], bits_get(valid, (size_t)i) ? cal_cumulative(win.c, t[i]) : 0); /* C44: alone and in bulk */
    cal_cumulative_many(win.c, t, NULL, N, t);
    for (int i = 0; i < 64; i++) assert_int_equal(t[i], out[i]);
}

static void walk_spans(void)
{
    int64_t t = win.t0, end = win.t0 + MINUTES * MS_MINUTE, begin, stop;
    while (t < end && cal_next_span(win.c, t, &begin, &stop) && stop < end) {
        if (begin > t) assert_int_equal(counted(begin), counted(t));
        begin = begin > t ? begin : t;
        assert_int_equal(counted(stop) - counted(begin), stop - begin);
        t = stop;
    }
}

static void random_calendars(void **state)
{
    static const struct { const char *zone; const char *changes[3]; } zones[] = {
        {"Asia/Shanghai", {"1986-05-04", "1991-09-15", "2025-10-01"}}, {"Europe/Berlin", {"2025-03-30", "2025-10-26", "2099-03-29"}},
        {"America/New_York", {"2025-03-09", "2025-11-02", "2150-11-01"}}, {"UTC", {"1999-12-31", "2024-02-29", "2100-02-28"}},
    };
    (void)state;
    for (int round = 0; round < 240; round++) {
        zone *z = NULL;
        calendar *c = NULL;
        assert_int_equal(zone_open(zones[round % 4].zone, &z, NULL), SLA_OK);
        int64_t day0 = below(3) ? day_at(zones[round % 4].changes[below(3)]) - below(WINDOW_DAYS) : day_at("1985-01-01") + below(60000);
        cal_desc d = random_changing(day0);
        c = made(&d, z);
        win.z = z, win.c = c, win.t0 = zone_day_start(z, day0);
        count_minutes(&d);
        check_window();
        walk_spans();
        cal_free(c);
        zone_close(z);
    }
}

int main(void)
{
    struct CMUnitTest tests[64] = {cmocka_unit_test(c05_years_that_are_not_known), cmocka_unit_test(descriptions), cmocka_unit_test(random_calendars)};
    size_t n = 3;
    ROWS(tests, n, between_cases, between_row);
    ROWS(tests, n, due_cases, due_row);
    return _cmocka_run_group_tests("calendar", tests, n, NULL, NULL);
}
