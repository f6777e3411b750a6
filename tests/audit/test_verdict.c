/* Whole audits of a few records: the words of spec/semantics.md, and the cases R01, R02, R04, R08, R10 and C43 of spec/cases.md. */
#include "engine/base/buf.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

#define PACK "rules/itss-2025"

/* n tickets of which the first `bad` have a category out of scope. */
static void tickets_of_scope(audited *t, int good, int bad, int unknown)
{
    buf b = {0};
    buf_text(&b, "id,type,created_at,category\n");
    for (int i = 0; i < good + bad + unknown; i++)
        buf_printf(&b, "T%04d,incident,2025-07-%02d 09:00:00,%s\n", i, 1 + i % 28, i < bad ? "茶水" : i < bad + good ? "用户支持" : "");
    audited_csv(t, "ticket", buf_cstr(&b));
    buf_free(&b);
}

static const struct share_case { const char *name; int good, bad, unknown; verdict v; double share; } shares[] = {
    {"R01: 46 of 185 is 24.9 %", 46, 139, 0, VERDICT_FAILS, 46.0 / 185},
    {"99 of 100 meets 99 %", 99, 1, 0, VERDICT_CONFORMS, 0.99},
    {"98 of 99 does not", 98, 1, 0, VERDICT_FAILS, 98.0 / 99},
    {"five unknown in a hundred are tolerated", 95, 0, 5, VERDICT_CONFORMS, 1},
    {"six are not, and could turn it", 94, 0, 6, VERDICT_NOT_ASSESSED, 1},
    {"many unknown that cannot turn it", 10, 50, 40, VERDICT_FAILS, 10.0 / 60},
    {"nothing known", 0, 0, 3, VERDICT_NOT_ASSESSED, 0},
};

static void check_share(void **state)
{
    const struct share_case *c = *state;
    audited t;
    audited_begin(&t, PACK, NULL);
    tickets_of_scope(&t, c->good, c->bad, c->unknown);
    audited_run(&t, "2025Q3", NULL);
    const res_rule *x = audited_rule(&t, "1.1-a");
    assert_int_equal(x->v, c->v);
    assert_int_equal(x->population, c->good + c->bad + c->unknown);
    assert_int_equal(x->conforming, c->good);
    assert_int_equal(x->nonconforming, c->bad);
    assert_int_equal(x->unknown, c->unknown);
    assert_int_equal(x->nfindings, c->bad);
    assert_int_equal(x->has_share, c->good + c->bad > 0);
    if (x->has_share) assert_true(x->share > c->share - 1e-12 && x->share < c->share + 1e-12);
    if (c->v == VERDICT_NOT_ASSESSED) assert_true(x->reason.zh.len > 0 && x->reason.en.len > 0);
    audited_end(&t);
}

/* R02: what does not apply is no part of the share. R04: without data nothing conforms. */
static void not_applicable(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", "id,type,created_at,category,requester,approver,assignee\nT1,incident,2025-07-01 09:00:00,用户支持,a,,b\n");
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "5.1-c")->v, VERDICT_NOT_APPLICABLE);
    assert_int_equal(audited_rule(&t, "1.1-b")->v, VERDICT_NOT_ASSESSED);
    assert_true(strstr(audited_rule(&t, "1.1-b")->reason.zh.ptr, "服务目录") != NULL);
    assert_int_equal(audited_rule(&t, "3.2-d")->v, VERDICT_NOT_ASSESSED);
    assert_int_equal(audited_rule(&t, "3.2-h")->v, VERDICT_NOT_APPLICABLE); /* no text to look at */
    assert_int_equal(audited_clause(&t, "3.2")->v, CLAUSE_NOT_ASSESSED);
    assert_int_equal(audited_clause(&t, "8.3")->v, CLAUSE_NOT_ASSESSED);
    audited_end(&t);
}

/* A log without logins, backups or monitoring shows nothing of them: neither that there were no bursts nor that there were no backups. Events of another period are no evidence of this one. */
static void nothing_of_the_kind(void **state)
{
    static const char *const backups = "at,source,action,outcome,system\n2025-07-01 02:00:00,backup,backup,success,S1\n", *const logins = "at,source,action,outcome,user\n2025-07-01 02:00:00,auth,login,success,a\n",
                      *const before = "at,source,action,outcome,user\n2025-06-30 23:59:59,auth,login,success,a\n", *const nameless = "at,source,action,outcome\n2025-07-01 02:00:00,backup,backup,success\n";
    static const struct { const char *log; verdict bursts, backups; bool counted; } cases[] = {
        {backups, VERDICT_NOT_ASSESSED, VERDICT_FAILS, false}, {logins, VERDICT_CONFORMS, VERDICT_NOT_ASSESSED, true}, {before, VERDICT_NOT_ASSESSED, VERDICT_NOT_ASSESSED, false},
        {nameless, VERDICT_NOT_ASSESSED, VERDICT_NOT_ASSESSED, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        audited t;
        audited_begin(&t, PACK, NULL);
        audited_csv(&t, "system", "id,tier,backup_required\nS1,1,true\n");
        audited_csv(&t, "ticket", "id,type,created_at\nT1,incident,2025-07-01 09:00:00\n");
        audited_csv(&t, "log", cases[i].log);
        audited_run(&t, "2025Q3", NULL);
        assert_int_equal(audited_rule(&t, "3.2-a")->v, cases[i].bursts);
        assert_int_equal(audited_rule(&t, "3.2-b")->v, cases[i].bursts == VERDICT_CONFORMS ? VERDICT_NOT_APPLICABLE : VERDICT_NOT_ASSESSED);
        assert_int_equal(audited_rule(&t, "6.3-a")->v, cases[i].backups);
        assert_int_equal(audited_rule(&t, "4.2-d")->v, VERDICT_NOT_ASSESSED);
        assert_int_equal(audited_metric(&t, "failed_logins")->has_value, cases[i].counted);
        if (cases[i].bursts == VERDICT_NOT_ASSESSED) {
            assert_non_null(strstr(audited_rule(&t, "3.2-a")->reason.en.ptr, "no login in the period"));
            assert_non_null(strstr(audited_rule(&t, "3.2-a")->reason.zh.ptr, "期内没有任何登录事件"));
        }
        audited_end(&t);
    }
}

/* A line that was collected into two files is one event, however often it stands in each; of another host, or of none, it is another. */
static void copied_lines(void **state)
{
#define LINES(host) "at,action,outcome,host,user,src_ip\n2025-07-01 09:00:00,login,failure," host ",bob,10.0.0.9\n2025-07-01 09:00:10,login,failure," host ",bob,10.0.0.9\n2025-07-01 09:00:10,login,failure," host ",bob,10.0.0.9\n"
    static const struct { const char *first, *second; int bursts; const char *said; } cases[] = {
        {LINES("h"), LINES("h") "2025-07-01 09:00:20,login,failure,h,bob,10.0.0.9\n", 0, "3 events stand also in another file"},
        {LINES("h") "2025-07-01 09:00:10,login,failure,h,bob,10.0.0.9\n2025-07-01 09:00:10,login,failure,h,bob,10.0.0.9\n", LINES("h"), 2, "3 events"},
        {LINES("h"), LINES("g"), 2, ""}, {LINES(""), LINES("") "2025-07-01 09:00:20,login,success,,bob,10.0.0.9\n", 2, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        audited t;
        audited_begin(&t, PACK, NULL);
        audited_csv(&t, "ticket", "id,type,created_at\nT1,incident,2025-07-02 09:00:00\n");
        audited_csv(&t, "log", cases[i].first);
        audited_csv(&t, "log", cases[i].second);
        audited_run(&t, "2025Q3", NULL);
        assert_int_equal(audited_rule(&t, "3.2-a")->nonconforming, cases[i].bursts);
        assert_int_equal(audited_rule(&t, "3.2-b")->population, cases[i].bursts);
        assert_int_equal(audited_rule(&t, "3.2-c")->population, cases[i].bursts / 2);
        if (*cases[i].said) assert_non_null(strstr(audited_rule(&t, "3.2-a")->reason.en.ptr, cases[i].said));
        else assert_int_equal(audited_rule(&t, "3.2-a")->reason.en.len, 0);
        audited_end(&t);
    }
#undef LINES
}

/* Of two desks one delivers no responses: its open tickets are unknown, not late. A few records of one kind of export go by the others of that kind, of another kind by themselves. */
static void desks(void **state)
{
#define SN "Number,State,Opened,Short description,Caller,Priority\nINC1,New,2025-07-01 09:00:00,no mail,ann,1 - Critical\nINC2,New,2025-07-01 09:00:00,no mail,ann,1 - Critical\n"
    static const struct { const char *name; int rows; bool responds; int bad, unknown; } cases[] = {
        {"ticket", 20, false, 0, 20}, {"ticket", 19, false, 19, 0}, {"ticket", 20, true, 19, 0}, {"sn", 0, false, 0, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        audited t;
        buf b = {0};
        audited_begin(&t, PACK, NULL);
        audited_csv(&t, "ticket", "id,type,priority,status,created_at,responded_at\nA1,incident,P1,in_progress,2025-07-01 09:00:00,2025-07-01 09:05:00\nA2,incident,P1,new,2025-07-01 09:00:00,\n");
        buf_text(&b, "id,type,priority,status,created_at,responded_at\n");
        for (int k = 0; k < cases[i].rows; k++) buf_printf(&b, "B%02d,incident,P1,in_progress,2025-07-01 09:00:00,%s\n", k, k == 0 && cases[i].responds ? "2025-07-01 09:01:00" : "");
        audited_csv(&t, cases[i].name, cases[i].rows ? buf_cstr(&b) : SN);
        buf_free(&b);
        audited_run(&t, "2025Q3", NULL);
        const res_rule *x = audited_rule(&t, "4.1-a");
        assert_int_equal(x->conforming, 1 + cases[i].responds);
        assert_int_equal(x->nonconforming, 1 + cases[i].bad);
        assert_int_equal(x->unknown, cases[i].unknown);
        assert_int_equal(x->nfindings, x->nonconforming);
        audited_end(&t);
    }
#undef SN
}

/* The finding of an hour leads to the requests that failed in it, and to no others. */
static void lines_of_a_group(void **state)
{
    audited t;
    buf b = {0};
    (void)state;
    buf_text(&b, "at,action,status_code\n");
    for (int i = 0; i < 200; i++) buf_printf(&b, "2025-07-01 %02d:00:%02d,http,%d\n", i < 100 ? 9 : 10, i % 60, i == 7 || i == 9 || i == 150 ? 502 : i == 8 ? 404 : 200);
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "log", buf_cstr(&b));
    audited_run(&t, "2025Q3", NULL);
    assert_string_equal(audited_keys(&t, "3.3-c"), "2025-07-01 09:00:00");
    const res_finding *f = &t.r->findings[audited_rule(&t, "3.3-c")->first_finding];
    assert_int_equal(f->nevidence, 2);
    assert_int_equal(f->evidence[0].line, 9);
    assert_int_equal(f->evidence[1].line, 11);
    audited_end(&t);
    buf_free(&b);
}

/* Where not one of many conforms, or no record shows a step, the source's words are more likely at fault than each record: the verdict stands, and that is said beside it. */
static void more_likely_the_source(void **state)
{
    (void)state;
    audited t;
    for (int good = 0; good < 2; good++) {
        buf b = {0}, h = {0};
        buf_text(&b, "id,type,category,status,created_at,closed_at\n");
        buf_text(&h, "ticket_id,at,field,old,new\n");
        for (int i = 0; i < 30; i++) {
            buf_printf(&b, "T%d,incident,%s,closed,2025-07-01 09:00:00,2025-07-02 09:00:00\n", i, good && i == 7 ? "系统维护" : "Hardware");
            buf_printf(&h, "T%d,2025-07-01 09:00:00,status,,new\nT%d,2025-07-01 10:00:00,status,new,%s\nT%d,2025-07-02 09:00:00,status,,closed\n", i, i, good && i == 7 ? "classified" : "in_progress", i);
        }
        audited_begin(&t, PACK, NULL);
        audited_csv(&t, "ticket", buf_cstr(&b));
        audited_csv(&t, "history", buf_cstr(&h));
        audited_run(&t, "2025Q3", NULL);
        const res_rule *scope = audited_rule(&t, "1.1-a"), *life = audited_rule(&t, "1.4-a");
        assert_int_equal(scope->v, VERDICT_FAILS);
        assert_int_equal(scope->nonconforming, 30 - good);
        assert_int_equal(scope->reason.en.len > 0, !good);
        if (!good) assert_non_null(strstr(scope->reason.en.ptr, "not one of 30 conforms"));
        assert_int_equal(life->v, VERDICT_FAILS);
        assert_non_null(strstr(life->reason.en.ptr, good ? "shows: assigned, resolved, verified, accepted;" : "shows: classified, assigned, resolved, verified, accepted;"));
        assert_non_null(strstr(life->reason.zh.ptr, "指派、解决、验证、验收"));
        audited_end(&t);
        buf_free(&b);
        buf_free(&h);
    }
}

/* Exports with little in them: no rule passes and no figure is given for want of what it would look at. shown: the figures that there are all the same. */
static void little_delivered(void **state)
{
    (void)state;
    static const struct { const char *dataset, *text, *conform, *shown; } cases[] = {
        {"ticket", "id,created_at\nT1,2025-07-01 09:00:00\nT2,2025-07-02 09:00:00\n", "", "tickets "},
        {"ticket", "id,created_at,status\nT1,2025-07-01 09:00:00,open\nT2,2025-07-02 09:00:00,open\n", "", "tickets "},                          /* no term that is defined: whether they are open nobody knows */
        {"ticket", "id,created_at,status\nT1,2025-07-01 09:00:00,closed\nT2,2025-07-02 09:00:00,new\n", "1.3-a ", "tickets backlog "},               /* closed, nobody knows since when */
        {"ticket", "id,created_at,type\nT1,2025-07-01 09:00:00,incident\nT2,2025-07-02 09:00:00,request\n", "1.3-a ", "tickets incidents "},                 /* an export without any complaint cannot show that there were few */
        {"ticket", "id,created_at,type\nT1,2025-07-01 09:00:00,incident\nT2,2025-07-02 09:00:00,complaint\n", "1.3-a ", "tickets incidents complaints "},
        {"ticket", "id,created_at,type\nT1,2025-07-01 09:00:00,incident\nT2,2025-07-02 09:00:00,\n", "1.3-a ", "tickets "},                        /* whether the other is one nobody knows */
        {"log", "at,action\n2025-07-01 09:00:00,login\n2025-07-02 09:00:00,login\n", "", ""},
        {"log", "at,action,outcome\n2025-07-01 09:00:00,login,unknown\n2025-07-02 09:00:00,login,unknown\n", "", ""},
        {"log", "at,action,outcome\n2025-07-01 09:00:00,login,unknown\n2025-07-02 09:00:00,login,success\n", "3.2-a ", "failed_logins logins "},
        {"history", "ticket_id,at,field,new\nT1,2025-07-01 09:00:00,status,new\n", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        audited t;
        buf conform = {0}, shown = {0};
        audited_begin(&t, PACK, NULL);
        audited_csv(&t, cases[i].dataset, cases[i].text);
        audited_run(&t, "2025Q3", NULL);
        for (size_t k = 0; k < t.r->nrules; k++)
            if (t.r->rules[k].v == VERDICT_CONFORMS && !slice_is(t.r->rules[k].id, "4.4-c")) buf_printf(&conform, "%.*s ", SLICE_ARG(t.r->rules[k].id));
        for (size_t k = 0; k < t.r->nmetrics; k++)
            if (t.r->metrics[k].has_value) buf_printf(&shown, "%.*s ", SLICE_ARG(t.r->metrics[k].id));
            else {
                assert_true(t.r->metrics[k].reason.zh.len > 0 && t.r->metrics[k].reason.en.len > 0);
                for (size_t g = 0; slice_is(t.r->metrics[k].unit, "count") && g < t.r->metrics[k].ngroups; g++) assert_false(t.r->metrics[k].groups[g].has_value); /* nor is there one by month or team */
            }
        if (strcmp(buf_cstr(&conform), cases[i].conform) != 0 || strcmp(buf_cstr(&shown), cases[i].shown) != 0) fail_msg("%s: conforms %s; shown %s", cases[i].text, buf_cstr(&conform), buf_cstr(&shown));
        audited_end(&t);
        buf_free(&conform);
        buf_free(&shown);
    }
}

static void nothing_imported(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(t.r->nclauses, 31);
    for (size_t i = 0; i < t.r->nclauses; i++) assert_int_equal(t.r->clauses[i].v, CLAUSE_NOT_ASSESSED);
    for (size_t i = 0; i < t.r->nrules; i++) {
        assert_int_equal(t.r->rules[i].v, VERDICT_NOT_ASSESSED);
        if (strncmp(t.r->rules[i].reason.zh.ptr, "没有导入", strlen("没有导入")) != 0) fail_msg("%s: %s", t.r->rules[i].id.ptr, t.r->rules[i].reason.zh.ptr);
    }
    for (size_t i = 0; i < t.r->nmetrics; i++) assert_true(!t.r->metrics[i].has_value && t.r->metrics[i].reason.zh.len > 0);
    assert_int_equal(t.r->nfindings, 0);
    assert_int_equal(t.r->nstaff, 0);
    audited_end(&t);
}

/* What no record has is not delivered: neither late nor never, but not known. */
static void not_delivered(void **state)
{
    static const char *const rules[] = {"2.1-b", "2.1-e", "2.2-c", "2.2-d", "4.1-a", "4.1-e", "7.1-c", "7.3-a"};
    static const char *const figures[] = {"resolved", "response_attainment", "assessment_attainment", "emergency_attainment", "reassigned"};
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "staff", "id,name,hired_on\nu1,甲,2020-01-01\n");
    audited_csv(&t, "ticket", "id,type,priority,status,created_at,assignee,reopen_count\nT1,incident,P1,in_progress,2025-07-01 09:00:00,u1,0\nT2,incident,P1,closed,2025-07-01 09:00:00,u1,1\n");
    audited_csv(&t, "history", "ticket_id,at,field,old,new\nT1,2025-07-01 09:10:00,status,new,in_progress\nT2,2025-07-01 09:30:00,status,new,closed\n");
    audited_run(&t, "2025Q3", NULL);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const res_rule *r = audited_rule(&t, rules[i]);
        if (r->v != VERDICT_NOT_ASSESSED || !r->reason.zh.len || !r->reason.en.len) fail_msg("%s is judged", rules[i]);
        assert_int_equal(r->nfindings, 0);
    }
    assert_true(strstr(audited_rule(&t, "7.3-a")->reason.zh.ptr, "没有任何上报（升级）记录") != NULL);
    assert_true(strstr(audited_rule(&t, "2.2-d")->reason.en.ptr, "no change of team") != NULL);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        const res_metric *m = audited_metric(&t, figures[i]);
        if (m->has_value || !m->reason.zh.len) fail_msg("%s is figured", figures[i]);
    }
    assert_string_equal(audited_keys(&t, "4.1-b"), "T1"); /* that it is not resolved is what its status says */
    audited_end(&t);
}

/* Clocks that still run, and those of records cancelled before they stopped, are outside the share: it is not for lack of values that they say nothing. */
static void running_clocks_are_outside(void **state)
{
    static const char *const figures[] = {"response_attainment", "resolution_attainment"};
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", "id,type,priority,status,created_at,responded_at,resolved_at\n"
                              "T1,incident,P1,closed,2025-09-01 09:00:00,2025-09-01 09:10:00,2025-09-01 10:00:00\n"
                              "T2,incident,P1,in_progress,2025-09-30 23:50:00,,\n"
                              "T3,incident,P1,cancelled,2025-09-01 09:00:00,,\n");
    audited_run(&t, "2025Q3", NULL);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        const res_metric *m = audited_metric(&t, figures[i]);
        assert_true(m->has_value && m->value >= 1);
        assert_int_equal(m->n, 1);
    }
    audited_csv(&t, "ticket", "id,type,priority,status,created_at,responded_at,resolved_at\nT4,incident,P1,closed,2025-09-01 09:00:00,,\n"); /* over, and nobody knows since when */
    audited_run(&t, "2025Q3", NULL);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) assert_false(audited_metric(&t, figures[i])->has_value);
    audited_end(&t);
}

/* C05: a period that reaches into the last week of the last known year needs the next year's notice as well. */
static void years_without_holidays(void **state)
{
    static const struct { const char *period; int warnings; const char *year; } cases[] = {{"2025Q4", 0, ""}, {"2026-12-01..2026-12-24", 0, ""}, {"2026Q4", 1, "of 2027; their notice"}, {"2027Q1", 1, "of 2027; plain weeks"}, {"2027Q4", 2, "of 2028; their notice"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        audited t;
        int warnings = 0;
        const char *last = "";
        audited_begin(&t, PACK, NULL);
        audited_run(&t, cases[i].period, NULL);
        for (size_t k = 0; k < t.r->nnotes; k++)
            if (slice_is(t.r->notes[k].id, "warning")) warnings++, last = t.r->notes[k].text.en.ptr;
        assert_int_equal(warnings, cases[i].warnings);
        if (!strstr(last, cases[i].year)) fail_msg("%s: %s", cases[i].period, last);
        audited_end(&t);
    }
}

/* R08: keys of what fails, in byte order; the record's own line first; what was observed; the message in both languages. */
static void findings(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "staff", "id,name,team,level,hired_on,left_on\nu1,甲,系统组,junior,2020-01-01,\nu2,乙,系统组,senior,2020-01-01,\n");
    audited_csv(&t, "ticket", "id,type,priority,created_at,resolved_at,assignee\n"
                              "T9,incident,P1,2025-07-01 09:00:00,2025-07-01 10:00:00,u1\n"
                              "T10,incident,P2,2025-07-02 09:00:00,2025-07-02 10:00:00,u1\n"
                              "T2,incident,P1,2025-07-03 09:00:00,2025-07-03 10:00:00,u2\n"
                              "T3,incident,P1,2025-07-03 09:00:00,2025-07-03 10:00:00,ghost\n");
    audited_run(&t, "2025Q3", NULL);
    const res_rule *x = audited_rule(&t, "2.2-a");
    assert_int_equal(x->population, 4);
    assert_int_equal(x->conforming, 1);
    assert_int_equal(x->unknown, 1); /* ghost is on no list: 2.2-f finds it */
    assert_string_equal(audited_keys(&t, "2.2-a"), "T10 T9");
    assert_string_equal(audited_keys(&t, "2.2-f"), "T3");
    const res_finding *f = &t.r->findings[x->first_finding];
    assert_slice_is(f->dataset, "ticket");
    assert_int_equal(f->evidence[0].line, 3);
    assert_int_equal(f->nevidence, 2); /* the ticket's line, then that of the handler on the staff list */
    assert_int_not_equal(f->evidence[1].source, f->evidence[0].source);
    assert_int_equal(f->evidence[1].line, 2);
    assert_true(f->nobserved >= 3);
    assert_true(strstr(f->message.zh.ptr, "T10（P2）由u1处理，其级别为初级") != NULL);
    assert_true(strstr(f->message.en.ptr, "T10 (P2) was handled by u1, whose level is Junior") != NULL);
    for (size_t i = 0; i < f->nobserved; i++)
        if (slice_is(f->observed[i].name, "staff[assignee].level")) assert_slice_is(f->observed[i].value, "junior"); /* scripts see the value itself */
    const res_finding *ghost = &t.r->findings[audited_rule(&t, "2.2-f")->first_finding];
    assert_non_null(strstr(ghost->message.zh.ptr, "“ghost”解决；名册记载入职（无记录）、离职（无记录）"));
    assert_non_null(strstr(ghost->message.en.ptr, "(not recorded)"));
    assert_int_equal(strlen(f->fingerprint), 32);
    assert_false(f->persisting);
    audited_end(&t);
}

/* The same fault in two periods is one finding that persists. */
static void persisting(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "staff", "id,name,hired_on,left_on\nu1,甲,2020-01-01,2024-12-31\n");
    audited_csv(&t, "log", "at,action,outcome,user,src_ip\n2025-07-01 09:00:00,login,success,u1,10.0.0.1\n2025-04-01 09:00:00,login,success,u1,10.0.0.1\n");
    audited_run(&t, "2025Q2", NULL);
    assert_int_equal(audited_rule(&t, "3.2-f")->nonconforming, 1);
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "3.2-f")->nonconforming, 1);
    assert_false(t.r->findings[audited_rule(&t, "3.2-f")->first_finding].persisting); /* another event */
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(t.r->run, 3);
    audited_end(&t);
}

/* What happened after as_of is not known. */
static void as_of(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", "id,type,priority,status,created_at,responded_at,resolved_at,closed_at,satisfaction\n"
                              "T1,incident,P1,closed,2025-07-01 09:00:00,2025-07-01 09:05:00,2025-07-01 10:00:00,2025-07-02 10:00:00,5\n"
                              "T2,incident,P1,closed,2025-08-14 09:00:00,2025-08-14 09:05:00,2025-08-15 10:00:00,2025-08-16 10:00:00,5\n"
                              "T3,incident,P3,closed,2025-08-15 08:59:00,2025-08-15 09:05:00,2025-08-15 10:00:00,2025-08-16 10:00:00,5\n"
                              "T4,incident,P1,closed,2025-08-15 09:01:00,2025-08-15 09:05:00,2025-08-15 10:00:00,2025-08-16 10:00:00,5\n");
    audited_run(&t, "2025Q3", "2025-08-15 09:00:00");
    const res_rule *x = audited_rule(&t, "4.1-b");
    assert_int_equal(x->population, 2); /* T1 met; T2 open then and over its 4 h; T3 running; T4 not made yet */
    assert_int_equal(x->conforming, 1);
    assert_int_equal(x->nonconforming, 1);
    assert_int_equal(x->running, 1);
    assert_string_equal(audited_keys(&t, "4.1-b"), "T2");
    assert_int_equal(audited_metric(&t, "tickets")->value, 3);
    assert_int_equal(audited_metric(&t, "resolved")->value, 1);
    audited_end(&t);
}

/* Status and priority after as_of are undone from the history. */
static void rolled_back(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", "id,type,priority,status,created_at,resolved_at\nT1,incident,P1,closed,2025-08-11 09:00:00,2025-08-20 10:00:00\nT2,incident,P4,cancelled,2025-08-11 09:00:00,\n");
    audited_csv(&t, "history", "ticket_id,at,actor,field,old,new\n"
                               "T1,2025-08-20 09:00:00,x,priority,P4,P1\nT1,2025-08-20 10:00:00,x,status,in_progress,resolved\n"
                               "T2,2025-08-21 09:00:00,x,status,in_progress,cancelled\n");
    audited_run(&t, "2025Q3", "2025-08-15 09:00:00");
    const res_rule *x = audited_rule(&t, "4.1-b"); /* both P4 and open then: 5 working days are not over */
    assert_int_equal(x->running, 2);
    assert_int_equal(x->population, 0);
    audited_run(&t, "2025Q3", NULL);
    x = audited_rule(&t, "4.1-b");
    assert_int_equal(x->population, 1);
    assert_string_equal(audited_keys(&t, "4.1-b"), "T1");
    audited_end(&t);
}

/* C43: a ticket of 30 September 23:30 +08:00 written as 15:30Z belongs to the quarter; one of 1 October does not. */
static void zones(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", "id,type,created_at,category\nT1,incident,2025-09-30T15:30:00Z,用户支持\nT2,incident,2025-09-30T16:00:00Z,用户支持\nT3,incident,2025-06-30T16:00:00Z,用户支持\n");
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "1.1-a")->population, 2);
    audited_end(&t);
}

/* R10: 4, 5, 5, 6, 7, 43 and 1774 minutes. */
static void durations(void **state)
{
    (void)state;
    static const int minutes[] = {4, 5, 5, 6, 7, 43, 1774};
    audited t;
    buf b = {0};
    audited_begin(&t, PACK, NULL);
    buf_text(&b, "id,type,priority,status,created_at,resolved_at\n");
    for (size_t i = 0; i < LEN(minutes); i++)
        buf_printf(&b, "T%zu,incident,P1,closed,2025-07-01 00:00:00,2025-07-%02d %02d:%02d:00\n", i, 1 + minutes[i] / 1440, minutes[i] / 60 % 24, minutes[i] % 60);
    audited_csv(&t, "ticket", buf_cstr(&b));
    buf_free(&b);
    audited_run(&t, "2025Q3", NULL);
    assert_true(audited_metric(&t, "mttr")->value / 60000 > 263.42 && audited_metric(&t, "mttr")->value / 60000 < 263.43);
    assert_int_equal(audited_metric(&t, "resolve_median")->value, 6 * 60000);
    assert_int_equal(audited_metric(&t, "resolve_worst")->value, 1774 * 60000);
    assert_int_equal(audited_metric(&t, "mttr")->n, 7);
    audited_end(&t);
}

/* The period before as it stood at its end: Q2 had two tickets, one of them resolved later. */
static void previous_period(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", "id,type,priority,status,created_at,resolved_at\nT1,incident,P1,closed,2025-05-01 09:00:00,2025-05-01 10:00:00\nT2,incident,P1,closed,2025-06-30 23:00:00,2025-07-01 10:00:00\n"
                              "T3,incident,P1,closed,2025-07-01 09:00:00,2025-07-01 10:00:00\n");
    audited_run(&t, "2025Q3", NULL);
    const res_metric *m = audited_metric(&t, "tickets");
    assert_true(m->has_previous && m->value == 1 && m->previous == 2 && m->previous_n == 2);
    m = audited_metric(&t, "resolved");
    assert_true(m->has_previous && m->value == 2 && m->previous == 1);
    m = audited_metric(&t, "backlog");
    assert_true(m->has_previous && m->value == 0 && m->previous == 1);
    audited_run(&t, "2025Q2", NULL);
    assert_false(audited_metric(&t, "tickets")->has_previous);
    audited_end(&t);
}

/* R11: 3 of 3 is 43.8 to 100 %, 190 of 200 is 91.0 to 97.3 % (Wilson, 95 %); three records give no grade. */
static void intervals(void **state)
{
    (void)state;
    audited t;
    buf b = {0};
    buf_text(&b, "id,type,priority,status,assignee,created_at,responded_at,resolved_at\n");
    for (int i = 0; i < 203; i++)
        buf_printf(&b, "T%d,incident,P1,resolved,%s,2025-07-01 09:00:00,2025-07-01 %s,2025-07-01 12:00:00\n", i, i < 3 ? "u1" : "u2", i < 193 ? "09:05:00" : "10:00:00");
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", buf_cstr(&b));
    audited_csv(&t, "staff", "id,name,level,hired_on\nu1,甲,senior,2020-01-01\nu2,乙,senior,2020-01-01\n");
    audited_run(&t, "2025Q3", NULL);
    static const struct { const char *who; double low, high; bool rated; } want[] = {{"u1", 0.438, 1, false}, {"u2", 0.910, 0.973, true}};
    for (int i = 0; i < 2; i++) {
        const res_staff *s = audited_person(&t, want[i].who);
        const res_indicator *x = NULL;
        for (size_t k = 0; k < s->nindicators; k++)
            if (slice_is(s->indicators[k].id, "response")) x = &s->indicators[k];
        assert_non_null(x);
        assert_true(x->has_interval && x->low > want[i].low - 0.0006 && x->low < want[i].low + 0.0006 && x->high > want[i].high - 0.0006 && x->high < want[i].high + 0.0006);
        assert_int_equal(s->rated, want[i].rated);
    }
    audited_end(&t);
    buf_free(&b);
}

/* Whoever is appraised can follow each of their points from what the results say of the indicator, and each that counts says how it is worked out. */
static void points_can_be_followed(void **state)
{
    (void)state;
    audited t;
    buf b = {0};
    size_t seen = 0;
    buf_text(&b, "id,type,priority,category,status,assignee,created_at,responded_at,resolved_at,reopen_count\n");
    for (int i = 0; i < 120; i++)
        buf_printf(&b, "T%d,incident,%s,%s,resolved,%s,2025-07-01 09:00:00,2025-07-01 %s,2025-07-01 12:00:00,%d\n", i, i % 3 ? "P3" : "P1", i % 2 ? "故障排除" : "用户支持", i < 60 ? "u1" : "u2", i % 7 ? "09:05:00" : "11:00:00", i % 20 == 0);
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", buf_cstr(&b));
    audited_csv(&t, "staff", "id,name,team,level,hired_on\nu1,甲,组,senior,2020-01-01\nu2,乙,组,senior,2020-01-01\n");
    audited_run(&t, "2025Q3", NULL);
    for (size_t p = 0; p < t.r->nstaff; p++)
        for (size_t k = 0; k < t.r->staff[p].nindicators; k++) {
            const res_indicator *x = &t.r->staff[p].indicators[k];
            if (x->weight > 0) assert_true(x->has_scale && x->formula.zh.len > 0 && x->formula.en.len > 0);
            if (!x->has_points) continue;
            double v = x->has_expected ? x->overall * x->value / x->expected : x->value, points = (v - x->zero) / (x->full - x->zero) * 100;
            points = points < 0 ? 0 : points > 100 ? 100 : points;
            assert_true(x->points > points - 1e-9 && x->points < points + 1e-9);
            seen += x->points > 0 && x->points < 100;
        }
    assert_true(seen >= 2);
    audited_end(&t);
    buf_free(&b);
}

/* One reopened ticket of 55 is said of nobody where the team has one in 500: its interval leaves the team's share out, and chance does that to one person in ten. Six are said. */
static void by_chance(void **state)
{
    (void)state;
    static const struct { const char *who; int n, reopened, apart; } people[] = {{"u1", 55, 1, 0}, {"u2", 60, 0, 0}, {"u3", 2600, 0, 0}, {"u4", 70, 6, -1}, {"u5", 50, 0, 0}};
    audited t;
    buf b = {0}, staff = {0};
    buf_text(&b, "id,type,priority,status,assignee,created_at,responded_at,resolved_at,reopen_count\n");
    buf_text(&staff, "id,name,team,level,hired_on\n");
    for (size_t p = 0; p < 5; p++) {
        buf_printf(&staff, "%s,%s,组,senior,2020-01-01\n", people[p].who, people[p].who);
        for (int i = 0; i < people[p].n; i++)
            buf_printf(&b, "%s-%d,incident,P1,resolved,%s,2025-07-01 09:00:00,2025-07-01 09:05:00,2025-07-01 12:00:00,%d\n", people[p].who, i, people[p].who, i < people[p].reopened);
    }
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", buf_cstr(&b));
    audited_csv(&t, "staff", buf_cstr(&staff));
    audited_run(&t, "2025Q3", NULL);
    for (size_t p = 0; p < 5; p++) {
        const res_staff *s = audited_person(&t, people[p].who);
        for (size_t k = 0; k < s->nindicators; k++) {
            const res_indicator *x = &s->indicators[k];
            if (!slice_is(x->id, "reopened")) continue;
            assert_true(x->value * people[p].n > people[p].reopened - 0.01 && x->value * people[p].n < people[p].reopened + 0.01);
            assert_int_equal(x->apart, people[p].apart);
            if (p == 0) assert_true(x->low > x->overall && x->low > x->team_median); /* the interval alone would accuse */
        }
    }
    audited_end(&t);
    buf_free(&b);
    buf_free(&staff);
}

/* What had not happened at as_of: a record made later is no earlier duplicate's rival, and one resolved later was open, not without a status. */
static void not_yet(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", "id,type,title,category,service,priority,channel,requester,status,created_at,resolved_at\n"
                              "T1,incident,x,用户支持,S,P4,phone,r,closed,2025-07-01 09:00:00,2025-08-01 09:00:00\nT2,incident,x,用户支持,S,P4,phone,r,closed,2025-07-20 09:00:00,2025-07-20 10:00:00\n"
                              "T3,incident,x,用户支持,S,P4,phone,r,closed,2025-07-20 09:00:00,2025-07-10 10:00:00\n"); /* by a wrong time resolved before it was made */
    audited_run(&t, "2025Q3", "2025-07-15 00:00:00");
    assert_int_equal(audited_rule(&t, "6.1-c")->conforming, 1);
    assert_int_equal(audited_rule(&t, "6.1-a")->conforming, 1);
    assert_int_equal(audited_rule(&t, "1.3-a")->conforming, 1);
    assert_true(audited_metric(&t, "backlog")->value == 1);
    assert_int_equal(audited_metric(&t, "resolved")->n, 0);
    audited_end(&t);
}

static const res_group *group_of(const res_rule *x, const char *key)
{
    for (size_t i = 0; i < x->ngroups; i++)
        if (slice_is(x->groups[i].key, key)) return &x->groups[i];
    fail_msg("no group %s", key);
    return NULL;
}

/* Whether a service without a name is a network service is not known; nor is how long one was available whose outage may have been planned, unless its target says the same either way. */
static void availability_that_is_not_known(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "service", "id,name,availability_target\nA,网络,0.99\nB,网络,0.99\nC,网络,0.5\nD,网络,0.99\nE,,0.99\n");
    audited_csv(&t, "system", "id,service\na,A\nb,B\nc,C\nd,D\n");
    audited_csv(&t, "outage", "system,began_at,ended_at,planned\na,2025-07-01 00:00:00,2025-07-03 00:00:00,\nb,2025-07-01 00:00:00,2025-07-03 00:00:00,true\n"
                              "c,2025-07-01 00:00:00,2025-07-03 00:00:00,\nd,2025-07-01 00:00:00,2025-07-03 00:00:00,false\nd,2025-07-02 00:00:00,2025-07-04 00:00:00,\n");
    audited_run(&t, "2025Q3", NULL);
    const res_rule *x = audited_rule(&t, "3.3-a");
    assert_int_equal(x->v, VERDICT_FAILS); /* D: its 48 hours alone are more than the hundredth part of 91 or 92 days */
    assert_int_equal(x->conforming, 2);
    assert_int_equal(x->nonconforming, 1);
    assert_int_equal(x->unknown, 2);
    assert_true(group_of(x, "A")->unknown == 1 && !group_of(x, "A")->has_value);
    assert_true(group_of(x, "B")->conforming == 1 && group_of(x, "B")->value >= 1);
    assert_true(group_of(x, "C")->conforming == 1 && !group_of(x, "C")->has_value);
    assert_true(group_of(x, "D")->nonconforming == 1);
    assert_true(group_of(x, "E")->unknown == 1);
    assert_string_equal(audited_keys(&t, "3.3-a"), "D");
    assert_non_null(strstr(t.r->findings[x->first_finding].message.en.ptr, "96.739%–98.889%")); /* 89 of 92 days, or of 90 */
    assert_false(audited_metric(&t, "availability")->has_value); /* the lowest is D's, which may have been down for two days or three */
    assert_true(audited_metric(&t, "availability")->reason.en.len > 0);
    assert_true(audited_metric(&t, "availability_gross")->has_value);
    audited_end(&t);

    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "service", "id,name,availability_target\nA,网络,0.99\nE,,0.99\n");
    audited_csv(&t, "system", "id,service\na,A\n");
    audited_csv(&t, "outage", "system,began_at,ended_at,planned\na,2025-07-01 00:00:00,2025-07-01 00:05:00,false\n");
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "3.3-a")->v, VERDICT_NOT_ASSESSED); /* one of two is not known */
    audited_end(&t);
}

/* Nobody held what was cancelled; how long somebody held what is closed without a time of resolution is not known, and the sum neither where there are many such. */
static void held_by_whom(void **state)
{
    (void)state;
    for (int more = 0; more < 2; more++) {
        audited t;
        buf b = {0};
        buf_text(&b, "id,type,priority,status,assignee,created_at,resolved_at\nC,incident,P1,cancelled,u2,2025-07-01 09:00:00,\nU,incident,P1,closed,u3,2025-07-01 09:00:00,\nR,incident,P1,resolved,u1,2025-07-01 09:00:00,2025-07-01 12:00:00\n"
                     "L,incident,P1,closed,u9,2025-07-01 09:00:00,2025-07-01 10:00:00\n"); /* passed on after as_of: u5 held it */
        for (int i = 0; more && i < 20; i++) buf_printf(&b, "T%d,incident,P1,closed,u1,2025-07-01 09:00:00,2025-07-01 10:00:00\n", i);
        audited_begin(&t, PACK, NULL);
        audited_csv(&t, "ticket", buf_cstr(&b));
        audited_csv(&t, "history", "ticket_id,at,actor,field,old,new\nR,2025-07-01 10:00:00,a,assignee,u4,u1\nL,2025-09-01 10:00:00,a,assignee,u5,u9\n");
        audited_run(&t, "2025Q3", "2025-08-01 00:00:00");
        const res_metric *x = audited_metric(&t, "held_by_person");
        assert_int_equal(x->n, more ? 22 : 2);
        assert_int_equal(x->has_value, more);
        assert_int_equal(x->reason.en.len > 0, !more);
        assert_int_equal(x->ngroups, 3);
        assert_slice_is(x->groups[0].key, "u1");
        assert_true(x->groups[0].has_value == more && x->groups[0].value >= (2 + 20 * more) * 3600000 && x->groups[0].value <= (2 + 20 * more) * 3600000);
        assert_slice_is(x->groups[1].key, "u4");
        assert_slice_is(x->groups[2].key, "u5");
        audited_end(&t);
        buf_free(&b);
    }
}

/* A group of fewer records than the figure needs has no value, but its n. */
static void groups_too_small(void **state)
{
    (void)state;
    audited t;
    buf b = {0};
    buf_text(&b, "id,type,priority,created_at,responded_at\nT0,incident,P2,2025-07-01 09:00:00,2025-07-01 09:10:00\n");
    for (int i = 1; i < 6; i++) buf_printf(&b, "T%d,incident,P1,2025-07-01 09:00:00,2025-07-01 09:05:00\n", i);
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", buf_cstr(&b));
    audited_run(&t, "2025Q3", NULL);
    const res_metric *x = audited_metric(&t, "mtta");
    int64_t n = 0;
    assert_true(x->has_value && x->n == 6);
    for (size_t i = 0; i < x->ngroups; i++)
        if (slice_is(x->groups[i].by, "priority")) assert_int_equal(x->groups[i].has_value, x->groups[i].n == 5), n += x->groups[i].n;
    assert_int_equal(n, 6);
    audited_end(&t);
    buf_free(&b);
}

/* A change after as_of whose old value is missing: the change before it says what held; with none, nothing did. */
static void value_before_a_change(void **state)
{
    (void)state;
    audited t;
    audited_begin(&t, PACK, NULL);
    audited_csv(&t, "ticket", "id,type,priority,status,created_at,responded_at\nT1,incident,P1,new,2025-07-01 09:00:00,\nT2,incident,P1,new,2025-07-01 09:00:00,\nT3,problem,P1,new,2025-07-01 09:00:00,2025-07-01 09:05:00\n");
    audited_csv(&t, "history", "ticket_id,at,actor,field,old,new\nT1,2025-07-02 09:00:00,a,priority,P4,P3\nT1,2025-09-01 09:00:00,a,priority,,P2\nT1,2025-09-02 09:00:00,a,priority,P2,P1\n"
                               "T2,2025-09-01 09:00:00,a,priority,,P2\nT2,2025-09-02 09:00:00,a,priority,P2,P1\n");
    audited_run(&t, "2025Q3", "2025-08-01 00:00:00");
    const res_rule *x = audited_rule(&t, "4.1-a");
    assert_int_equal(x->unknown, 1);
    assert_int_equal(x->nonconforming, 1);
    bool low = false;
    for (size_t i = 0; i < x->ngroups; i++) low = low || (slice_is(x->groups[i].key, "P3") && x->groups[i].nonconforming == 1);
    assert_true(low);
    audited_end(&t);
}

int main(void)
{
    static const struct CMUnitTest plain[] = {
        cmocka_unit_test(not_applicable), cmocka_unit_test(nothing_of_the_kind), cmocka_unit_test(copied_lines), cmocka_unit_test(desks), cmocka_unit_test(lines_of_a_group), cmocka_unit_test(more_likely_the_source), cmocka_unit_test(little_delivered), cmocka_unit_test(nothing_imported), cmocka_unit_test(not_delivered), cmocka_unit_test(running_clocks_are_outside), cmocka_unit_test(years_without_holidays), cmocka_unit_test(findings), cmocka_unit_test(persisting), cmocka_unit_test(as_of), cmocka_unit_test(rolled_back),
        cmocka_unit_test(zones), cmocka_unit_test(durations), cmocka_unit_test(previous_period), cmocka_unit_test(intervals), cmocka_unit_test(points_can_be_followed), cmocka_unit_test(by_chance),
        cmocka_unit_test(not_yet), cmocka_unit_test(availability_that_is_not_known), cmocka_unit_test(groups_too_small), cmocka_unit_test(held_by_whom), cmocka_unit_test(value_before_a_change),
    };
    struct CMUnitTest tests[64];
    size_t n = 0;
    ROWS(tests, n, shares, check_share);
    for (size_t i = 0; i < LEN(plain); i++) tests[n++] = plain[i];
    return _cmocka_run_group_tests("verdicts", tests, n, NULL, NULL);
}
