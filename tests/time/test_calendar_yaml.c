/* Calendars of a pack: what loads, what is refused and where, the calendars of the pack itself against the published holidays. */
#include "tests/time/times.h"

#include <limits.h>

#include "engine/base/file.h"
#include "engine/base/mem.h"

static zone *shanghai;

typedef struct loaded { arena a; cal_set set; errlist errors, warnings; sla_status st; } loaded;

static void load_root(loaded *l, const ynode *root)
{
    l->st = cal_set_load(yaml_get(root, "calendars"), yaml_get(root, "holidays"), shanghai, &l->a, &l->set, &l->errors, &l->warnings);
}

static void load(loaded *l, const char *text)
{
    ynode *root = NULL;
    err e = {0};
    if (yaml_parse(slice_of(text), "cal.yaml", &l->a, &root, &e) != SLA_OK) fail_msg("%s", e.msg);
    load_root(l, root);
}

static void unload(loaded *l)
{
    cal_set_clear(&l->set);
    errlist_clear(&l->errors);
    errlist_clear(&l->warnings);
    arena_free(&l->a);
}

#define OFFICE "calendars:\n  c: {hours: {mon-fri: [09:00-18:00]}, holidays: h}\n"
#define CHANGES "calendars:\n  c:\n    hours: {mon-fri: [09:00-18:00]}\n    changes:\n"
/* text: of the calendars; error, warning: what one of the messages says, NULL: none at all; line: of the message */
static const struct yaml_case { const char *name, *text, *error, *warning; uint32_t line; } yaml_cases[] = {
    {"always", "calendars:\n  c: {hours: always}\n", NULL, NULL, 0},
    {"one span without a list", "calendars:\n  c: {hours: {sat: 09:00-12:00}}\n", NULL, NULL, 0},
    {"weekdays in any case", "calendars:\n  c: {hours: {Mon-WED: [09:00-12:00], sun: [00:00-24:00]}}\n", NULL, NULL, 0},
    {"titles and a standard day", "calendars:\n  c: {title: {zh: 甲, en: A}, hours: {mon: [09:00-12:00]}, day: 8h, make_up: tue}\n", NULL, NULL, 0},
    {"holidays", OFFICE "holidays:\n  h: {years: [2025], off: [2025-01-01, 2025-10-01..2025-10-08], work: [2025-10-11]}\n", NULL, NULL, 0},
    {"C15 23:59 is not midnight", "calendars:\n  c: {hours: {mon-sun: [00:00-23:59]}}\n", NULL, "last minute", 2},
    {"C05 a day of a year that is not known", OFFICE "holidays:\n  h: {years: [2019], off: [2018-12-30..2019-01-01], work: [2018-12-29]}\n", NULL, "2018-12-30 lies outside", 4},
    {"no hours", "calendars:\n  c: {title: {zh: 甲, en: A}}\n", "needs 'hours'", NULL, 2},
    {"no working hours", "calendars:\n  c: {hours: {}}\n", "no working hours", NULL, 2},
    {"words for hours", "calendars:\n  c: {hours: nine to five}\n", "no working hours", NULL, 2},
    {"unknown key", "calendars:\n  c: {hours: always, holiday: h}\n", "holiday", NULL, 2},
    {"unknown weekday", "calendars:\n  c: {hours: {monday: [09:00-12:00]}}\n", "no weekday", NULL, 2},
    {"range backwards", "calendars:\n  c: {hours: {fri-mon: [09:00-12:00]}}\n", "no weekday", NULL, 2},
    {"hours backwards", "calendars:\n  c: {hours: {mon: [18:00-09:00]}}\n", "no hours", NULL, 2},
    {"hours past midnight", "calendars:\n  c: {hours: {mon: [20:00-25:00]}}\n", "no hours", NULL, 2},
    {"hours without minutes", "calendars:\n  c: {hours: {mon: [9-18]}}\n", "no hours", NULL, 2},
    {"a map for hours", "calendars:\n  c: {hours: {mon: [{a: b}]}}\n", "no hours", NULL, 2},
    {"hours overlap", "calendars:\n  c:\n    hours:\n      mon: [09:00-12:00, 11:00-18:00]\n", "overlap", NULL, 4},
    {"a weekday twice", "calendars:\n  c: {hours: {mon-fri: [09:00-12:00], wed: [09:00-10:00]}}\n", "wed has hours already", NULL, 2},
    {"nine spans a day", "calendars:\n  c: {hours: {mon: [00:00-01:00, 01:00-02:00, 02:00-03:00, 03:00-04:00, 04:00-05:00, 05:00-06:00, 06:00-07:00, 07:00-08:00, 08:00-09:00]}}\n", "at most 8", NULL, 2},
    {"make-up on no weekday", "calendars:\n  c: {hours: {mon: [09:00-12:00]}, make_up: noday}\n", "no weekday", NULL, 2},
    {"a standard day in working days", "calendars:\n  c: {hours: {mon: [09:00-12:00]}, day: 1wd}\n", "calendar", NULL, 2},
    {"a list for the standard day", "calendars:\n  c: {hours: {mon: [09:00-12:00]}, day: [8h]}\n", "duration", NULL, 2},
    {"a list nobody defined", OFFICE, "no list of holidays 'h'", NULL, 2},
    {"a day twice", OFFICE "holidays:\n  h: {years: [2025], off: [2025-10-01..2025-10-08], work: [2025-10-08]}\n", "2025-10-08 is there twice", NULL, 4},
    {"no such day", OFFICE "holidays:\n  h: {years: [2025], off: [2025-02-29]}\n", "no day", NULL, 4},
    {"a range backwards", OFFICE "holidays:\n  h: {years: [2025], off: [2025-02-02..2025-02-01]}\n", "no day", NULL, 4},
    {"a range of three years", OFFICE "holidays:\n  h: {years: [2025], off: [2025-01-01..2027-12-31]}\n", "no day", NULL, 4},
    {"a time in a list", OFFICE "holidays:\n  h: {years: [2025], off: ['2025-01-01 09:00']}\n", "no day", NULL, 4},
    {"a list in a list", OFFICE "holidays:\n  h: {years: [2025], off: [[2025-01-01]]}\n", "a day is wanted", NULL, 4},
    {"a day for a list", OFFICE "holidays:\n  h: {years: [2025], off: 2025-01-01}\n", "a list of days", NULL, 4},
    {"a year in letters", OFFICE "holidays:\n  h: {years: [MMXXV], off: []}\n", "a year is wanted", NULL, 4},
    {"half a year", OFFICE "holidays:\n  h: {years: [2025.5], off: []}\n", "a year is wanted", NULL, 4},
    {"no years", OFFICE "holidays:\n  h: {off: [2025-01-01]}\n", "complete", NULL, 4},
    {"C39 hours since a day", CHANGES "      - {from: 2026-06-01, hours: {mon-fri: [10:00-16:00]}, make_up: tue}\n      - {from: 2026-07-01, hours: always}\n", NULL, NULL, 0},
    {"changes without a day", CHANGES "      - {hours: always}\n", "needs 'from'", NULL, 5},
    {"a change on no day", CHANGES "      - {from: 2026-06-31, hours: always}\n", "no day", NULL, 5},
    {"a change at a time of day", CHANGES "      - {from: '2026-06-01 09:00', hours: always}\n", "no day", NULL, 5},
    {"a change without hours", CHANGES "      - {from: 2026-06-01, make_up: tue}\n", "needs 'hours' for each change", NULL, 5},
    {"a change to no hours", CHANGES "      - {from: 2026-06-01, hours: {}}\n", "no working hours", NULL, 5},
    {"a change of the standard day", CHANGES "      - {from: 2026-06-01, hours: always, day: 6h}\n", "unknown key \"day\"", NULL, 5},
    {"hours of a change overlap", CHANGES "      - {from: 2026-05-01, hours: always}\n      - {from: 2026-06-01, hours: {mon: [09:00-12:00, 11:00-13:00]}}\n", "overlap", NULL, 6},
    {"changes out of order", CHANGES "      - {from: 2026-06-01, hours: always}\n      - {from: 2026-05-01, hours: always}\n", "2026-05-01 is not after", NULL, 6},
    {"two changes of one day", CHANGES "      - {from: 2026-06-01, hours: always}\n      - {from: 2026-06-01, hours: always}\n", "2026-06-01 is not after", NULL, 6},
    {"changes that are a map", "calendars:\n  c:\n    hours: always\n    changes: {from: 2026-06-01, hours: always}\n", "a list of changes", NULL, 4},
    {"a change that is a text", CHANGES "      - 2026-06-01\n", "needs 'from'", NULL, 5},
    {"a calendar that is a text", "calendars:\n  c: office\n", "hours", NULL, 2},
    {"calendars that are a list", "calendars: [a, b]\n", "a map", NULL, 1},
};

static const err *find(const errlist *l, const char *part)
{
    for (size_t i = 0; i < l->n; i++)
        if (strstr(l->items[i].msg, part)) return &l->items[i];
    return NULL;
}

static void yaml_row(void **state)
{
    const struct yaml_case *c = *state;
    loaded l = {0};
    load(&l, c->text);
    const char *first = l.errors.n ? l.errors.items[0].msg : l.warnings.n ? l.warnings.items[0].msg : "";
    if ((l.st != SLA_OK) != (c->error != NULL) || !c->error != !l.errors.n || !c->warning != !l.warnings.n) fail_msg("status %d: %s", (int)l.st, first);
    const err *e = c->error ? find(&l.errors, c->error) : c->warning ? find(&l.warnings, c->warning) : NULL;
    if ((c->error || c->warning) && !e) fail_msg("other words: %s", first);
    if (e) assert_int_equal(e->line, c->line);
    if (!c->error) assert_int_equal(l.set.n, 1);
    if (!c->error) assert_non_null(cal_set_find(&l.set, SLICE_LIT("c")));
    for (size_t i = 0; c->error && i < l.set.n; i++) assert_non_null(l.set.items[i].cal); /* a calendar with errors has a stand-in, nothing less */
    assert_null(cal_set_find(&l.set, SLICE_LIT("nowhere")));
    unload(&l);
}

static void what_was_written(void **state)
{
    (void)state;
    loaded l = {0};
    load(&l, "calendars:\n  c: {title: {zh: 甲}, hours: {mon-fri: [09:00-12:00, 13:00-18:00], sat: [10:00-12:00]}, holidays: h, make_up: sat}\n"
             "holidays:\n  h: {years: [2025], off: [2025-10-01..2025-10-08], work: [2025-09-28]}\n");
    assert_int_equal(l.st, SLA_OK);
    const calendar *c = cal_set_find(&l.set, SLICE_LIT("c"));
    assert_slice_is(l.set.items[0].title_zh, "甲");
    assert_slice_is(l.set.items[0].title_en, "c");
    assert_int_equal(cal_day_ms(c), 8 * MS_HOUR);
    assert_int_equal(cal_between(c, at(shanghai, "2025-09-27"), at(shanghai, "2025-09-29")), 4 * MS_HOUR); /* Saturday, and a Sunday with a Saturday's hours */
    assert_int_equal(cal_between(c, at(shanghai, "2025-10-01"), at(shanghai, "2025-10-09")), 0);
    assert_true(cal_year_unknown(c, 2026) && !cal_year_unknown(c, 2025));
    unload(&l);
}

static void no_memory(void **state)
{
    (void)state;
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked) {
        loaded l = {0};
        ynode *root = NULL;
        assert_int_equal(yaml_parse(SLICE_LIT(OFFICE "holidays:\n  h: {years: [2025], off: [2025-10-01..2025-10-08], work: [2025-09-28]}\n"), "cal.yaml", &l.a, &root, NULL), SLA_OK);
        mem_fail_after(n);
        load_root(&l, root);
        mem_fail_after(-1);
        worked = l.st == SLA_OK;
        if (!worked) assert_true(l.st == SLA_NOMEM && l.set.n == 0);
        unload(&l);
    }
    assert_true(worked);
}

/* What was loaded and what was said of it, as text. */
static void put_loaded(buf *out, const loaded *l)
{
    const errlist *lists[] = {&l->errors, &l->warnings};
    buf_reset(out);
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->n; i++) buf_printf(out, "%s %u:%u %s [%s]\n", status_name(lists[k]->items[i].code), (unsigned)lists[k]->items[i].line, (unsigned)lists[k]->items[i].col, lists[k]->items[i].msg, lists[k]->items[i].hint);
    for (size_t i = 0; i < l->set.n; i++) {
        const cal_entry *c = &l->set.items[i];
        buf_printf(out, "%s %.*s %.*s %lld", c->id, SLICE_ARG(c->title_zh), SLICE_ARG(c->title_en), (long long)cal_day_ms(c->cal));
        for (int64_t day = civil_days(2017, 1, 1); day < civil_days(2028, 1, 1); day++) buf_printf(out, " %lld", (long long)cal_between(c->cal, day * MS_DAY, (day + 1) * MS_DAY));
        for (int32_t year = 2015; year < 2030; year++) buf_char(out, cal_year_unknown(c->cal, year) ? '?' : '!');
    }
    assert_false(out->failed);
}

/* One allocation fails and those after it succeed: no calendar, a list that says that it does not hold all, or the same as without a failure. */
static void no_memory_once(void **state)
{
    const struct yaml_case *c = *state;
    buf want = {0}, got = {0};
    bool done = false;
    for (long n = -1; !done; n++) {
        loaded l = {0};
        ynode *root = NULL;
        assert_int_equal(yaml_parse(slice_of(c->text), "cal.yaml", &l.a, &root, NULL), SLA_OK);
        mem_fail_once(n < 0 ? LONG_MAX : n);
        load_root(&l, root);
        done = n >= 0 && mem_fail_pending();
        mem_fail_after(-1);
        if (n < 0) put_loaded(&want, &l);
        else if (l.st == SLA_NOMEM) assert_true(l.set.n == 0 && l.errors.n + l.errors.dropped > 0);
        else if (!l.errors.dropped && !l.warnings.dropped) {
            put_loaded(&got, &l);
            if (got.len != want.len || memcmp(got.ptr, want.ptr, got.len) != 0) fail_msg("without the allocation %ld:\n%.300s\ninstead of\n%.300s", n, buf_cstr(&got), buf_cstr(&want));
        } else assert_true(l.errors.n < ERRLIST_MAX && l.warnings.n < ERRLIST_MAX);
        unload(&l);
    }
    buf_free(&want);
    buf_free(&got);
}

/* ---- the pack's own calendars ---- */
static void load_pack(loaded *l)
{
    ynode *root = NULL;
    err e = {0};
    if (yaml_load("rules/itss-2025/calendars/cn.yaml", "cn.yaml", &l->a, &root, &e) != SLA_OK) fail_msg("%s", e.msg);
    load_root(l, root);
    if (l->st != SLA_OK || l->warnings.n) fail_msg("%s", l->errors.n ? l->errors.items[0].msg : l->warnings.items[0].msg);
}

static void the_packs_calendars(void **state)
{
    static const struct { int32_t year; int days; } published[] = {{2024, 251}, {2025, 248}, {2026, 248}};
    (void)state;
    loaded l = {0};
    load_pack(&l);
    const calendar *office = cal_set_find(&l.set, SLICE_LIT("office")), *always = cal_set_find(&l.set, SLICE_LIT("always"));
    assert_true(office && always && cal_is_always(always));
    assert_int_equal(cal_day_ms(office), 8 * MS_HOUR);
    for (size_t i = 0; i < LEN(published); i++) {
        int64_t from = zone_day_start(shanghai, civil_days(published[i].year, 1, 1)), to = zone_day_start(shanghai, civil_days(published[i].year + 1, 1, 1));
        assert_int_equal(cal_between(office, from, to), published[i].days * 8 * MS_HOUR);
        assert_false(cal_year_unknown(office, published[i].year));
    }
    assert_true(cal_year_unknown(office, 2023) && cal_year_unknown(office, 2027) && !cal_year_unknown(always, 2027));
    unload(&l);
}

/* Each day named in the published list is what the pack says of it; each day not named is as its weekday has it. */
static void the_packs_holidays_are_the_published_ones(void **state)
{
    (void)state;
    static const char path[] = "../shared/real/calendar/cn-holidays.json";
    if (file_kind_of(path) != FILE_REGULAR) {
        print_message("[  SKIPPED ] %s is not here\n", path);
        skip();
    }
    loaded l = {0};
    load_pack(&l);
    const calendar *office = cal_set_find(&l.set, SLICE_LIT("office"));
    ynode *root = NULL;
    err e = {0};
    if (yaml_load(path, "cn-holidays.json", &l.a, &root, &e) != SLA_OK) fail_msg("%s", e.msg); /* JSON of this kind is YAML */
    for (int32_t year = 2024; year <= 2026; year++) {
        char name[16];
        snprintf(name, sizeof name, "%d", (int)year);
        const ynode *y = yaml_get(root, name);
        assert_non_null(y);
        for (int64_t day = civil_days(year, 1, 1); day < civil_days(year + 1, 1, 1); day++) {
            bool works = weekday_of_days(day) <= 5;
            for (int k = 0; k < 2; k++) {
                const ynode *days = yaml_get(y, k ? "work" : "off");
                for (size_t i = 0; days && i < days->n; i++)
                    if (day_at(days->items[i]->text.ptr) == day) works = k;
            }
            int64_t got = cal_between(office, zone_day_start(shanghai, day), zone_day_start(shanghai, day + 1));
            if (got != (works ? 8 * MS_HOUR : 0)) fail_msg("%d, day %lld", (int)year, (long long)(day - civil_days(year, 1, 1)));
        }
    }
    unload(&l);
}

int main(void)
{
    struct CMUnitTest tests[128] = {cmocka_unit_test(what_was_written), cmocka_unit_test(no_memory), cmocka_unit_test(the_packs_calendars), cmocka_unit_test(the_packs_holidays_are_the_published_ones)};
    size_t n = 4;
    if (zone_open("Asia/Shanghai", &shanghai, NULL) != SLA_OK) return 1;
    ROWS(tests, n, yaml_cases, yaml_row);
    ROWS(tests, n, yaml_cases, no_memory_once);
    int rc = _cmocka_run_group_tests("calendar_yaml", tests, n, NULL, NULL);
    zone_close(shanghai);
    return rc;
}
