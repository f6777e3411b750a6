/* The scorecard, with a pack of its own: indicators over other datasets and by other persons, many cells, people and edges of bands. */
#include "engine/base/buf.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

#define PACK "pack: {id: card, version: \"1\", title: {zh: 卡, en: Card}}\nchapters:\n  - id: \"1\"\n    title: {zh: 章, en: C}\n    clauses: [{id: \"1.1\", title: {zh: 条, en: C}, basis: text}]\n"
#define MODEL "enums:\n  state: {values: [open, done]}\ndatasets:\n" \
              "  ticket:\n    title: {zh: 单, en: T}\n    key: [id]\n    time: done_at\n    fields: {id: {type: text}, kind: {type: text}, who: {type: text}, checker: {type: text}, done_at: {type: time}, checked_at: {type: time}, good: {type: boolean}}\n" \
              "  course:\n    title: {zh: 课, en: C}\n    key: [who, id]\n    time: at\n    fields: {who: {type: text}, id: {type: text}, kind: {type: text}, at: {type: time}, good: {type: boolean}}\n" \
              "  staff: {title: {zh: 人, en: S}, key: [id], fields: {id: {type: text}, name: {type: text}, team: {type: text}}}\n"
#define CALENDARS "calendars:\n  always: {title: {zh: 全, en: A}, hours: always}\n"
#define CARD "staff:\n  over: ticket\n  person: who\n  people: staff\n  in_period: done_at\n  least_n: 1\n  indicators:\n"
#define SHARE(id, more) "    - {id: " id ", title: {zh: 甲, en: A}, value: share(good), unit: share, better: higher, " more "}\n"
#define BANDS "  bands:\n    - {grade: A, from: 60, title: {zh: 好, en: good}}\n    - {grade: B, from: 0, title: {zh: 差, en: poor}}\n"

static const char *make_pack(const char *name, const char *indicators)
{
    static char folder[256];
    buf card = {0};
    snprintf(folder, sizeof folder, "%s", test_path(name));
    buf_printf(&card, "%s%s%s", CARD, indicators, BANDS);
    audited_file(folder, "pack.yaml", PACK), audited_file(folder, "model.yaml", MODEL), audited_file(folder, "calendars/c.yaml", CALENDARS);
    audited_file(folder, "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: good}\n");
    audited_file(folder, "scorecard.yaml", buf_cstr(&card));
    buf_free(&card);
    return folder;
}

static bool near(double a, double b) { return a - b < 1e-9 && b - a < 1e-9; }

/* Records that outnumber the scorecard's own, and records of the same dataset that count for somebody else than its person. */
static void whose_record_it_is(void **state)
{
    (void)state;
    audited t;
    buf courses = {0};
    audited_begin(&t, make_pack("card_whose", SHARE("courses", "weight: 0, over: course, in_period: at, person: who, expected_by: [kind]")
                                              SHARE("checked", "weight: 0, over: ticket, in_period: checked_at, person: checker, expected_by: [kind]")), NULL);
    buf_text(&courses, "who,id,kind,at,good\n");
    for (int i = 0; i < 400; i++) buf_printf(&courses, "%s,c%d,%s,2025-07-01 09:00:00,%s\n", i % 2 ? "u1" : "u2", i, i % 4 < 2 ? "x" : "y", i % 4 == 1 || i % 8 == 2 ? "true" : "false");
    audited_csv(&t, "course", buf_cstr(&courses));
    audited_csv(&t, "staff", "id,name,team\nu1,A,T\nu2,B,T\n");
    audited_csv(&t, "ticket", "id,kind,who,checker,done_at,checked_at,good\nT1,x,u1,u2,2025-07-01 09:00:00,2025-08-01 09:00:00,true\nT2,x,u1,u2,2025-07-01 09:00:00,2025-08-01 09:00:00,false\n");
    audited_run(&t, "2025Q3", NULL);
    const res_indicator *x = audited_person(&t, "u1")->indicators, *y = audited_person(&t, "u2")->indicators;
    assert_true(x[0].n == 200 && near(x[0].value, 0.5) && x[0].has_expected && near(x[0].expected, 0.375));  /* of kind x one in two is good, of kind y one in four; u1 and u2 have as many of each */
    assert_true(y[0].n == 200 && near(y[0].value, 0.25) && near(y[0].expected, 0.375));
    assert_true(!x[1].has_value && !x[1].has_expected);
    assert_true(y[1].n == 2 && near(y[1].expected, 0.5));
    for (int m = 0; m < 3; m++) assert_false(y[1].has_monthly[m]); /* the months are those of done_at */
    audited_end(&t);
    buf_free(&courses);
}

/* More cells than a fixed table would hold, and a team of more people than one. */
static void many_cells_and_people(void **state)
{
    enum { CELLS = 70000, PEOPLE = 1500 };
    (void)state;
    audited t;
    buf tickets = {0}, staff = {0};
    buf_text(&tickets, "id,kind,who,done_at,good\n");
    for (int i = 0; i < CELLS; i++) buf_printf(&tickets, "T%d,k%d,p%04d,2025-07-01 09:00:00,%s\n", i, i, i % PEOPLE, i % PEOPLE >= PEOPLE - 700 ? "true" : "false");
    buf_text(&staff, "id,name,team\n");
    for (int i = 0; i < PEOPLE; i++) buf_printf(&staff, "p%04d,N,T\n", i);
    audited_begin(&t, make_pack("card_many", SHARE("all", "weight: 1, zero: 0, full: 1, expected_by: [kind]")), NULL);
    audited_csv(&t, "ticket", buf_cstr(&tickets));
    audited_csv(&t, "staff", buf_cstr(&staff));
    audited_run(&t, "2025Q3", NULL);
    const res_indicator *x = audited_person(&t, "p1499")->indicators;
    assert_true(x->has_expected && near(x->expected, 1)); /* each is alone in its cell */
    assert_true(x->has_team && near(x->team_median, 0));  /* 700 of 1,500 have 1 */
    audited_end(&t);
    buf_free(&tickets);
    buf_free(&staff);
}

/* 94 % between 85 % and 100 % are 60 points, whatever doubles make of it. */
static void edge_of_a_band(void **state)
{
    (void)state;
    audited t;
    buf tickets = {0};
    buf_text(&tickets, "id,kind,who,done_at,good\n");
    for (int i = 0; i < 100; i++) buf_printf(&tickets, "T%d,k,%s,2025-07-01 09:00:00,%s\n", i, i < 50 ? "u1" : "u2", i < 47 || (i >= 50 && i < 96) ? "true" : "false");
    audited_begin(&t, make_pack("card_edge", SHARE("all", "weight: 1, zero: 85%, full: 100%")), NULL);
    audited_csv(&t, "ticket", buf_cstr(&tickets));
    audited_csv(&t, "staff", "id,name,team\nu1,A,T\nu2,B,T\n");
    audited_run(&t, "2025Q3", NULL);
    assert_slice_is(audited_person(&t, "u1")->grade, "A");
    assert_slice_is(audited_person(&t, "u2")->grade, "B"); /* 46 of 50 */
    audited_end(&t);
    buf_free(&tickets);
}

static void wrong_points_are_refused(void **state)
{
    static const struct { const char *indicator, *message; } cases[] = {
        {SHARE("all", "weight: 1, zero: 85%, full: 85%"), "two different values"},
        {SHARE("all", "weight: -1, zero: 0, full: 1"), "no target"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        errlist errors = {0}, warnings = {0};
        err e = {0};
        zone *z;
        pack *p = NULL;
        assert_int_equal(zone_open("Asia/Shanghai", &z, &e), SLA_OK);
        assert_int_not_equal(pack_load(make_pack("card_wrong", cases[i].indicator), NULL, z, &p, &errors, &warnings), SLA_OK);
        assert_int_equal(errors.n, 1);
        if (!strstr(errors.items[0].msg, cases[i].message)) fail_msg("%s", errors.items[0].msg);
        errlist_clear(&errors), errlist_clear(&warnings);
        zone_close(z);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whose_record_it_is), cmocka_unit_test(many_cells_and_people), cmocka_unit_test(edge_of_a_band), cmocka_unit_test(wrong_points_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
