/* Profiles: overrides, rules of one's own, clock limits, waivers that hold, that expired (spec/cases R06) and broken ones, which stop the run before it begins (R07). */
#include "tests/support/audited.h"
#include "tests/support/check.h"

#define PACK "rules/itss-2025"
#define TICKETS "id,type,category,channel,priority,status,created_at,resolved_at,closed_at\nT1,incident,用户支持,fax,P1,closed,2025-07-01 09:00:00,2025-07-01 12:00:00,2025-07-01 13:00:00\nT2,incident,其他,phone,P1,closed,2025-07-01 09:00:00,2025-07-01 12:00:00,2025-07-01 13:00:00\n"
static char folder[200];

static void run(audited *t, const char *profile)
{
    snprintf(folder, sizeof folder, "%s", test_path("tailoring"));
    char path[512];
    snprintf(path, sizeof path, "%s", audited_file(folder, "profile.yaml", profile));
    audited_begin(t, PACK, path);
    audited_csv(t, "ticket", TICKETS);
    audited_run(t, "2025Q3", NULL);
}

static void overrides(void **state)
{
    audited t;
    (void)state;
    run(&t, "rules:\n  1.1-a: {target: 50%}\n  1.4-b: {off: true, reason: 渠道由外包方登记}\nclocks:\n  resolution: {limits: {limit: 2h, calendar: always}}\n"
            "add:\n  - {id: 1.1-z, title: {zh: 自有规则, en: Own rule}, severity: minor, kind: record, over: ticket, require: 'category != \"其他\"', finding: {zh: \"{id}\", en: \"{id}\"}}\n");
    assert_int_equal(audited_rule(&t, "1.1-a")->v, VERDICT_CONFORMS);
    assert_int_equal(audited_rule(&t, "1.4-b")->v, VERDICT_NOT_ASSESSED);
    assert_non_null(strstr(audited_rule(&t, "1.4-b")->reason.zh.ptr, "渠道由外包方登记"));
    assert_int_equal(audited_rule(&t, "4.1-b")->nonconforming, 2);
    assert_string_equal(audited_keys(&t, "1.1-z"), "T2");
    audited_end(&t);
}

/* A calendar of the profile's own, chosen for one service: Saturday works there, and a working day of the limit has its hours. */
static void calendars_by_service(void **state)
{
    audited t;
    (void)state;
    snprintf(folder, sizeof folder, "%s", test_path("tailoring"));
    char path[512];
    snprintf(path, sizeof path, "%s", audited_file(folder, "profile.yaml", "calendars:\n  shifts: {title: {zh: 轮班, en: Shifts}, hours: {mon-sat: [08:00-20:00]}}\n"
        "clocks:\n  first_response: {calendars: {by: service, SVC-B: {office: shifts}}}\n"));
    audited_begin(&t, PACK, path);
    /* Friday 17:00: P3 has 4 h. In office hours until Monday 12:00; in shifts until Saturday 09:00. */
    audited_csv(&t, "ticket", "id,type,priority,status,service,created_at,responded_at\nA1,incident,P3,resolved,SVC-A,2025-07-04 17:00:00,2025-07-07 12:00:00\nA2,incident,P3,resolved,SVC-A,2025-07-04 17:00:00,2025-07-07 13:00:01\n"
        "B1,incident,P3,resolved,SVC-B,2025-07-04 17:00:00,2025-07-05 09:00:00\nB2,incident,P3,resolved,SVC-B,2025-07-04 17:00:00,2025-07-05 09:00:01\nC1,incident,P3,resolved,,2025-07-04 17:00:00,2025-07-07 12:00:00\n");
    audited_run(&t, "2025Q3", NULL);
    assert_string_equal(audited_keys(&t, "4.1-a"), "A2 B2");
    assert_int_equal(audited_rule(&t, "4.1-a")->conforming, 3);
    bool told = false;
    for (size_t i = 0; i < t.r->nnotes; i++) told = told || strstr(t.r->notes[i].text.zh.ptr, "为SVC-B的另有日历");
    assert_true(told);
    audited_end(&t);
}

static void waivers(void **state)
{
    audited t;
    (void)state;
    run(&t, "waivers:\n  - {rule: 1.1-a, owner: 李经理, reason: 分类迁移中, until: 2025-09-30}\n  - {rule: 1.4-b, owner: 李经理, reason: 渠道改造, until: 2025-09-29}\n");
    const res_rule *held = audited_rule(&t, "1.1-a"), *expired = audited_rule(&t, "1.4-b");
    assert_int_equal(held->v, VERDICT_WAIVED);
    assert_int_equal(held->nonconforming, 1);
    assert_non_null(strstr(held->reason.zh.ptr, "已豁免至 2025-09-30，责任人 李经理：分类迁移中"));
    assert_int_equal(audited_clause(&t, "1.1")->v, CLAUSE_OBSERVATION);
    assert_int_equal(expired->v, VERDICT_FAILS);
    assert_non_null(strstr(expired->reason.zh.ptr, "豁免已于 2025-09-29 到期"));
    audited_end(&t);
}

static const struct broken { const char *text, *message; uint32_t line; } broken[] = {
    {"rules:\n  9.9-z: {target: 50%}\n", "the pack has no rule '9.9-z'", 2},
    {"rules:\n  1.4-b: {off: true}\n", "rule 1.4-b is switched off without a reason", 2},
    {"waivers:\n  - {rule: 1.1-a, reason: x, until: 2025-09-30}\n", "a waiver needs rule, owner, reason and until", 2},
    {"waivers:\n  - {rule: 1.1-a, owner: x, reason: x, until: soon}\n", "'soon' is no date", 2},
    {"clocks:\n  nothing: {limits: {limit: 2h}}\n", "the pack has no clock 'nothing'", 2},
    {"clocks:\n  resolution: {calendars: {by: service, SVC-A: {office: nights}}}\n", "there is no calendar 'nights'", 2},
    {"clocks:\n  resolution: {calendars: {SVC-A: {office: always}}}\n", "calendars are chosen by a field", 2},
    {"waver: []\n", "unknown key", 1},
};

static void broken_profiles(void **state)
{
    zone *z;
    err e = {0};
    (void)state;
    assert_int_equal(zone_open("Asia/Shanghai", &z, &e), SLA_OK);
    snprintf(folder, sizeof folder, "%s", test_path("tailoring"));
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        errlist errors = {0}, warnings = {0};
        pack *p = NULL;
        bool found = false;
        assert_int_not_equal(pack_load(PACK, audited_file(folder, "broken.yaml", broken[i].text), z, &p, &errors, &warnings), SLA_OK);
        for (size_t k = 0; k < errors.n; k++) found = found || (strstr(errors.items[k].msg, broken[i].message) && errors.items[k].line == broken[i].line);
        if (!found) print_message("%s: not said\n", broken[i].message);
        assert_true(found);
        errlist_clear(&errors);
        errlist_clear(&warnings);
    }
    zone_close(z);
}

/* A field that a rule needs has values though only its condition reads it, which is done by the time that the rule is judged; one without values has none. */
static void needed_fields(void **state)
{
    audited t;
    char path[512];
    (void)state;
    snprintf(folder, sizeof folder, "%s", test_path("tailoring"));
    snprintf(path, sizeof path, "%s", audited_file(folder, "profile.yaml", "add:\n"
        "  - {id: 1.1-y, title: {zh: 甲, en: A}, severity: minor, kind: record, over: ticket, require: 'description = \"full\"', needs: [ticket.description], finding: {zh: \"{id}\", en: \"{id}\"}}\n"
        "  - {id: 1.1-z, title: {zh: 乙, en: B}, severity: minor, kind: record, over: ticket, require: 'description = \"full\"', needs: [ticket.related_id], finding: {zh: \"{id}\", en: \"{id}\"}}\n"));
    audited_begin(&t, PACK, path);
    audited_csv(&t, "ticket", "id,type,created_at,description\nT1,incident,2025-07-01 09:00:00,full\nT2,incident,2025-07-01 09:00:00,half\n");
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "1.1-y")->v, VERDICT_FAILS);
    assert_int_equal(audited_rule(&t, "1.1-y")->conforming, 1);
    assert_string_equal(audited_keys(&t, "1.1-y"), "T2");
    assert_int_equal(audited_rule(&t, "1.1-z")->v, VERDICT_NOT_ASSESSED);
    audited_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(overrides), cmocka_unit_test(needed_fields), cmocka_unit_test(calendars_by_service), cmocka_unit_test(waivers), cmocka_unit_test(broken_profiles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
