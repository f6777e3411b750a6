/* Clock policies through a whole audit: a change of priority (spec/cases C22, C23), reopening (C01), pauses (C26), what has no history; sequences of times; gaps. */
#include "engine/base/buf.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

#define PACK "pack: {id: clocks, version: \"1\", title: {zh: 钟, en: Clocks}}\nchapters:\n  - id: \"1\"\n    title: {zh: 章, en: C}\n    clauses: [{id: \"1.1\", title: {zh: 条, en: C}, basis: text}]\n"
#define MODEL "enums:\n  status: {values: [new, work, wait, done, closed], phases: {pause: [wait], final: [done, closed]}}\n  priority: {ordered: true, values: [P3, P1]}\ndatasets:\n" \
    "  ticket:\n    title: {zh: 单, en: T}\n    key: [id]\n    time: at\n    changes: {dataset: history, record: ticket, at: at, field: field, old: old, new: new, actor: actor}\n    fields:\n      id: {type: text}\n      at: {type: time}\n" \
    "      done: {type: time}\n      status: {type: text, enum: status, as_of: history}\n      priority: {type: text, enum: priority, as_of: history}\n      who: {type: text}\n" \
    "  history:\n    title: {zh: 史, en: H}\n    time: at\n    fields: {ticket: {type: text}, at: {type: time}, actor: {type: text}, field: {type: text}, old: {type: text}, new: {type: text}}\n"
#define CALENDARS "calendars:\n  always: {title: {zh: 全, en: A}, hours: always}\n  office: {title: {zh: 办, en: O}, hours: {mon-fri: [09:00-18:00]}}\n"
#define CLOCK(name, change) "  " name ":\n    over: ticket\n    start: at\n    stop: done\n    status: status\n    pauses: history\n    priority_change: " change "\n    limits: {by: priority, P1: {limit: 4h, calendar: always}, P3: {limit: 8h, calendar: office}}\n"
#define CLOCKS "clocks:\n" CLOCK("latest", "latest") CLOCK("highest", "highest") CLOCK("split", "split") CLOCK("reanchor", "reanchor") CLOCK("gross", "gross")
#define RULE(letter, clock) "  - {id: 1.1-" letter ", severity: minor, kind: clock, clock: " clock "}\n"
#define SHOWN(letter, clock) "  - {id: 1.1-" letter ", severity: minor, kind: metric, over: ticket, value: max(clock." clock ".elapsed), target: \"<= 999999999\"}\n"
#define RULES "rules:\n" RULE("a", "latest") RULE("b", "highest") RULE("c", "split") RULE("d", "reanchor") RULE("e", "gross") SHOWN("f", "latest") SHOWN("g", "highest") SHOWN("h", "split") SHOWN("i", "reanchor") SHOWN("j", "gross")

enum { HOUR = 3600000, MINUTE = 60000 };
enum { OUT, MET, BREACHED, RUNNING, UNKNOWN };
static const struct clock_case {
    const char *name, *ticket, *history, *as_of;
    int states[5]; int64_t shown[5];    /* latest, highest, split, reanchor, gross; -1: not looked at */
} cases[] = {
    {"C22: P3 at 9, hold 10 to 11, P1 at 12", ",work,P1", "09:00 status,,new;10:00 status,new,wait;11:00 status,wait,work;12:00 priority,P3,P1", "2025-07-01 12:00:00", {RUNNING, RUNNING, RUNNING, RUNNING, RUNNING}, {2 * HOUR, 2 * HOUR, 2 * HOUR, 0, 3 * HOUR}},
    {"C22: two hours on", ",work,P1", "09:00 status,,new;10:00 status,new,wait;11:00 status,wait,work;12:00 priority,P3,P1", "2025-07-01 14:00:00", {RUNNING, RUNNING, RUNNING, RUNNING, BREACHED}, {4 * HOUR, 4 * HOUR, 4 * HOUR, 2 * HOUR, 5 * HOUR}},
    {"split: two of eight hours and three of four come to one", "2025-07-01 14:00:00,done,P1", "09:00 status,,new;11:00 priority,P3,P1;14:00 status,new,done", NULL, {BREACHED, BREACHED, MET, MET, BREACHED}, {5 * HOUR, 5 * HOUR, 5 * HOUR, 3 * HOUR, 5 * HOUR}},
    {"split: a minute more is too much", "2025-07-01 14:01:00,done,P1", "09:00 status,,new;11:00 priority,P3,P1;14:01 status,new,done", NULL, {BREACHED, BREACHED, BREACHED, MET, BREACHED}, {-1, -1, 5 * HOUR + MINUTE, 3 * HOUR + MINUTE, -1}},
    {"lowered again: the highest still holds", "2025-07-01 14:00:00,done,P3", "09:00 status,,new;10:00 priority,P3,P1;11:00 priority,P1,P3;14:00 status,new,done", NULL, {MET, BREACHED, MET, MET, MET}, {5 * HOUR, 5 * HOUR, 5 * HOUR, 3 * HOUR, 5 * HOUR}},
    {"C23: raised on hold: nothing runs before it resumes", ",wait,P1", "09:00 status,,new;10:00 status,new,wait;12:00 priority,P3,P1", "2025-07-01 18:00:00", {RUNNING, RUNNING, RUNNING, RUNNING, RUNNING}, {HOUR, HOUR, HOUR, 0, 3 * HOUR}},
    {"no change: all policies are one", "2025-07-01 13:00:00,done,P1", "09:00 status,,new;13:00 status,new,done", NULL, {MET, MET, MET, MET, MET}, {4 * HOUR, 4 * HOUR, 4 * HOUR, 4 * HOUR, 4 * HOUR}},
    {"C26: from hold straight to done", "2025-07-01 17:00:00,done,P1", "09:00 status,,new;10:00 status,new,wait;17:00 status,wait,done", NULL, {MET, MET, MET, MET, MET}, {HOUR, HOUR, HOUR, HOUR, HOUR}},
    {"C01: reopened: 1:05 and 0:30 make 1:35", "2025-07-01 15:30:00,done,P1", "09:50 status,,new;09:55 status,new,wait;10:00 status,wait,work;11:00 status,work,done;15:00 status,done,work;15:30 status,work,done", NULL, {MET, MET, MET, MET, MET}, {HOUR + 35 * MINUTE, -1, -1, -1, -1}},
};
static char folder[256];

static void begin(audited *t)
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "%s", test_path("clocks"));
        audited_file(folder, "pack.yaml", PACK);
        audited_file(folder, "model.yaml", MODEL);
        audited_file(folder, "calendars/c.yaml", CALENDARS);
        audited_file(folder, "clocks.yaml", CLOCKS);
        audited_file(folder, "rules/1.yaml", RULES);
    }
    audited_begin(t, folder, NULL);
}

static int state_of(const res_rule *r)
{
    if (r->running) return RUNNING;
    if (r->unknown) return UNKNOWN;
    return r->conforming ? MET : r->nonconforming ? BREACHED : OUT;
}

static void one(const struct clock_case *c)
{
    audited t;
    char history[1024] = "ticket,at,field,old,new\n", copy[512], ticket[256], *rest;
    size_t n = strlen(history);
    const char *start = NULL;
    snprintf(copy, sizeof copy, "%s", c->history);
    for (char *s = strtok_r(copy, ";", &rest); s; s = strtok_r(NULL, ";", &rest)) {
        char *what = strchr(s, ' ');
        *what++ = '\0';
        if (!start) start = s;
        n += (size_t)snprintf(history + n, sizeof history - n, "T1,2025-07-01 %s:00,%s\n", s, what);
    }
    snprintf(ticket, sizeof ticket, "id,at,done,status,priority\nT1,2025-07-01 %s:00,%s\n", start, c->ticket);
    begin(&t);
    audited_csv(&t, "ticket", ticket);
    audited_csv(&t, "history", history);
    audited_run(&t, "2025Q3", c->as_of);
    for (int k = 0; k < 5; k++) {
        const char a[] = {'1', '.', '1', '-', (char)('a' + k), 0}, f[] = {'1', '.', '1', '-', (char)('f' + k), 0};
        int state = state_of(audited_rule(&t, a));
        int64_t shown = (int64_t)audited_rule(&t, f)->value;
        if (state != c->states[k] || (c->shown[k] >= 0 && shown != c->shown[k])) print_message("%s: policy %d: state %d, %lld ms\n", c->name, k, state, (long long)shown);
        assert_int_equal(state, c->states[k]);
        if (c->shown[k] >= 0) assert_int_equal(shown, c->shown[k]);
    }
    audited_end(&t);
}

static void policies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) one(&cases[i]);
}

/* A ticket without any status change among others that have some carries a caveat into the notes. */
static void without_history(void **state)
{
    audited t;
    bool told = false;
    (void)state;
    begin(&t);
    audited_csv(&t, "ticket", "id,at,done,status,priority\nT1,2025-07-01 09:00:00,2025-07-01 10:00:00,done,P1\nT2,2025-07-01 09:00:00,2025-07-01 10:00:00,done,P1\n");
    audited_csv(&t, "history", "ticket,at,field,old,new\nT1,2025-07-01 09:00:00,status,,new\n");
    audited_run(&t, "2025Q3", NULL);
    for (size_t i = 0; i < t.r->nnotes; i++) told = told || (slice_is(t.r->notes[i].id, "caveat") && strstr(t.r->notes[i].text.en.ptr, "5 clocks belong to tickets without any status change"));
    assert_true(told);
    audited_end(&t);
}

/* However often it changes, the last change is the one that counts. */
static void many_changes(void **state)
{
    enum { CHANGES = 100 };
    audited t;
    buf history = {0};
    (void)state;
    begin(&t);
    buf_text(&history, "ticket,at,field,old,new\nT1,2025-07-01 09:00:00,status,,new\n");
    for (int i = 1; i <= CHANGES; i++) buf_printf(&history, "T1,2025-07-01 %02d:%02d:00,priority,%s\n", 9 + i / 60, i % 60, i % 2 ? "P3,P1" : "P1,P3");
    audited_csv(&t, "ticket", "id,at,done,status,priority\nT1,2025-07-01 09:00:00,2025-07-01 12:00:00,done,P3\n");
    audited_csv(&t, "history", buf_cstr(&history));
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal((int64_t)audited_rule(&t, "1.1-i")->value, 80 * MINUTE); /* re-anchored at 10:40 */
    audited_end(&t);
    buf_free(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(policies), cmocka_unit_test(many_changes), cmocka_unit_test(without_history)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
