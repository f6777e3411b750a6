/* Rules about several rows: bursts (spec/cases L01, L02, L04), responses, precedence, beside a brute force over random events. */
#include <stdlib.h>
#include "engine/base/buf.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

#define PACK "pack: {id: events, version: \"1\", title: {zh: 事, en: Events}}\nchapters:\n  - id: \"1\"\n    title: {zh: 章, en: C}\n    clauses: [{id: \"1.1\", title: {zh: 条, en: C}, basis: text}]\n"
#define MODEL "datasets:\n  log:\n    title: {zh: 日志, en: Log}\n    time: at\n    fields:\n      at: {type: time}\n      user: {type: text}\n      ip: {type: text}\n      what: {type: text}\n" \
              "  ticket:\n    title: {zh: 工单, en: Ticket}\n    key: [id]\n    time: at\n    fields:\n      id: {type: text}\n      at: {type: time}\n      ends: {type: time, planned: true}\n      ip: {type: text}\n      day: {type: date}\n" \
              "  system: {title: {zh: 系统, en: S}, key: [id], valid: [since, until], fields: {id: {type: text}, since: {type: date, planned: true}, until: {type: date, planned: true}}}\n" \
              "  document: {title: {zh: 文件, en: D}, key: [id], valid: [since], fields: {id: {type: text}, kind: {type: text}, system: {type: text}, since: {type: date, planned: true}}}\n"
#define CALENDARS "calendars:\n  always: {title: {zh: 全, en: A}, hours: always}\n  office: {title: {zh: 办, en: O}, hours: {mon-fri: [09:00-12:00, 13:00-18:00]}}\n"
#define HEAD(id, kind) "  - id: 1.1-" id "\n    severity: major\n    kind: " kind "\n"
#define BURST(id, mode) HEAD(id, "burst") "    event: {dataset: log, where: what = \"bad\"}\n    n: 5\n    within: 10m\n    by: {ip: [ip], user: [user]}\n    mode: " mode "\n    finding: {zh: \"{by} {key} {count}\", en: \"{by}={key}: {count} from {from} to {to}\"}\n"
#define RESPONSE(id, more) HEAD(id, "response") "    trigger: {dataset: log, where: what = \"alarm\", key: [ip]}\n    match: {dataset: ticket, key: [ip]}\n    within: 30m\n" more "    finding: {zh: \"{ip}\", en: \"{ip}\"}\n"
#define RULES "rules:\n" BURST("a", "coalesce") BURST("b", "reset") BURST("c", "sliding") RESPONSE("d", "") RESPONSE("e", "    absent: true\n") \
    HEAD("f", "precedence") "    event: {dataset: log, where: what = \"change\", key: [ip]}\n    cover: {dataset: ticket, from: at, to: ends, key: [ip]}\n    finding: {zh: \"{ip}\", en: \"{ip}\"}\n" \
    HEAD("g", "precedence") "    event: {dataset: log, where: what = \"move\", key: [ip]}\n    before: {dataset: log, where: what = \"backup\", key: [ip]}\n    within: 24h\n" \
    HEAD("i", "periodic") "    subject: {dataset: system, key: [id]}\n    event: {dataset: log, where: what = \"care\", key: [ip]}\n    cell: month\n    finding: {zh: \"{key} {cell}\", en: \"{key} {cell}\"}\n" \
    HEAD("j", "periodic") "    subject: {dataset: system, key: [id]}\n    event: {dataset: log, where: what = \"beat\", key: [ip]}\n    gap: 40d\n" \
    HEAD("k", "periodic") "    event: {dataset: log, where: what = \"audit\"}\n    cell: quarter\n" \
    HEAD("l", "evidence") "    requires:\n      - {dataset: document, where: kind = \"plan\", label: {zh: 预案, en: plan}}\n      - {dataset: document, where: kind = \"none\", label: {zh: 清单, en: list}}\n" \
    HEAD("m", "evidence") "    requires: [{dataset: document, where: kind = \"dr\", key: [system], each: {dataset: system, key: [id]}}]\n" \
    HEAD("n", "periodic") "    subject: {dataset: system, key: [id]}\n    event: {dataset: log, where: what = \"beat\", key: [ip]}\n    reach: 60d\n" \
    HEAD("h", "response") "    trigger: {dataset: log, where: what = \"done\", key: [ip]}\n    match: {dataset: ticket, at: day, key: [ip]}\n    within: 8h\n    calendar: office\n"

static char folder[256];

static void begin(audited *t)
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "%s", test_path("events"));
        audited_file(folder, "pack.yaml", PACK);
        audited_file(folder, "model.yaml", MODEL);
        audited_file(folder, "calendars/c.yaml", CALENDARS);
        audited_file(folder, "rules/1.yaml", RULES);
    }
    audited_begin(t, folder, NULL);
}

static const struct burst_case { const char *name, *minutes; const char *ip; int coalesce, reset, sliding; } bursts[] = {
    {"L01: nine within ten minutes", "0 1 2 3 4 5 6 7 8", "a", 1, 1, 5},
    {"four are none", "0 1 2 3", "a", 0, 0, 0},
    {"five in exactly ten minutes", "0 1 2 3 10", "a", 1, 1, 1},
    {"one minute too slow", "0 1 2 3 11", "a", 0, 0, 0},
    {"L04: across the hour", "56 57 58 59 61", "a", 1, 1, 1},
    {"goes on while the next is near", "0 1 2 3 4 14 24 34", "a", 1, 1, 1},
    {"two bursts", "0 1 2 3 4 20 21 22 23 24", "a", 2, 2, 2},
    {"ten at once", "0 0 0 0 0 0 0 0 0 0", "a", 1, 2, 6},
    {"without a key", "0 1 2 3 4", "", 0, 0, 0},
};

static void check_burst(void **state)
{
    const struct burst_case *c = *state;
    audited t;
    buf b = {0};
    int i = 0;
    char *rest, *copy = strdup(c->minutes);
    buf_text(&b, "at,user,ip,what\n");
    for (char *m = strtok_r(copy, " ", &rest); m; m = strtok_r(NULL, " ", &rest), i++)
        buf_printf(&b, "2025-07-01 %02d:%02d:00,u%d,%s,bad\n2025-07-01 %02d:%02d:30,u,z,good\n", 9 + atoi(m) / 60, atoi(m) % 60, i, c->ip, 9 + atoi(m) / 60, atoi(m) % 60);
    free(copy);
    begin(&t);
    audited_csv(&t, "log", buf_cstr(&b));
    audited_csv(&t, "ticket", "id,at\nT1,2025-07-01 09:00:00\n");
    buf_free(&b);
    audited_run(&t, "2025Q3", NULL);
    const int want[] = {c->coalesce, c->reset, c->sliding};
    for (int k = 0; k < 3; k++) {
        const char id[] = {'1', '.', '1', '-', (char)('a' + k), 0};
        const res_rule *x = audited_rule(&t, id);
        assert_int_equal(x->nonconforming, want[k]);
        assert_int_equal(x->population, want[k]);
        assert_int_equal(x->nfindings, want[k]);
        assert_int_equal(x->v, want[k] ? VERDICT_FAILS : VERDICT_CONFORMS);
        assert_int_equal(x->ngroups, 2);
        assert_slice_is(x->groups[0].key, "ip");
        assert_int_equal(x->groups[0].nonconforming, want[k]);
    }
    if (c->coalesce == 1) {
        const res_finding *f = &t.r->findings[audited_rule(&t, "1.1-a")->first_finding];
        assert_slice_is(f->dataset, "log");
        assert_true(f->nevidence >= 5 && f->evidence[0].line == 2);
        assert_true(strncmp(f->key.ptr, "ip=a at 2025-07-01 ", 19) == 0);
    }
    audited_end(&t);
}

/* L02: both keys of a rule see the same events. */
static void two_keys(void **state)
{
    (void)state;
    audited t;
    begin(&t);
    audited_csv(&t, "log", "at,user,ip,what\n2025-07-01 09:00:00,u,a,bad\n2025-07-01 09:01:00,u,a,bad\n2025-07-01 09:02:00,u,a,bad\n2025-07-01 09:03:00,u,a,bad\n2025-07-01 09:04:00,u,a,bad\n");
    audited_csv(&t, "ticket", "id,at\nT1,2025-07-01 09:00:00\n");
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "1.1-a")->nonconforming, 2);
    assert_string_equal(audited_keys(&t, "1.1-a"), "ip=a at 2025-07-01 09:04:00 user=u at 2025-07-01 09:04:00");
    audited_end(&t);
}

static void responses(void **state)
{
    (void)state;
    audited t;
    begin(&t);
    audited_csv(&t, "log", "at,user,ip,what\n2025-07-01 09:00:00,u,a,alarm\n2025-07-01 09:00:00,u,b,alarm\n2025-07-01 09:00:00,u,c,alarm\n2025-07-01 09:00:00,u,,alarm\n2025-09-30 23:50:00,u,d,alarm\n"
                           "2025-07-04 16:00:00,u,k,done\n2025-07-04 16:00:00,u,m,done\n");
    audited_csv(&t, "ticket", "id,at,ip,day\nT1,2025-07-01 09:30:00,a,\nT2,2025-07-01 09:30:01,b,\nT3,2025-07-01 08:59:59,c,\nT4,2025-06-01 09:30:00,k,2025-07-07\nT5,2025-06-01 09:30:00,m,2025-07-08\n");
    audited_run(&t, "2025Q3", NULL);
    const res_rule *x = audited_rule(&t, "1.1-d");
    assert_int_equal(x->conforming, 1);
    assert_int_equal(x->nonconforming, 2);
    assert_int_equal(x->unknown, 1);
    assert_int_equal(x->running, 1);
    x = audited_rule(&t, "1.1-e"); /* the same turned round */
    assert_int_equal(x->conforming, 2);
    assert_int_equal(x->nonconforming, 1);
    assert_int_equal(x->running, 1);
    x = audited_rule(&t, "1.1-h"); /* Friday 16:00 + 8 working hours is Monday 16:00: Monday's date is in time, Tuesday's is not */
    assert_int_equal(x->conforming, 1);
    assert_int_equal(x->nonconforming, 1);
    audited_end(&t);
}

static void precedences(void **state)
{
    (void)state;
    audited t;
    begin(&t);
    audited_csv(&t, "log", "at,user,ip,what\n2025-07-01 09:00:00,u,a,change\n2025-07-01 10:00:00,u,a,change\n2025-07-01 10:00:01,u,a,change\n2025-07-01 09:30:00,u,b,change\n2025-07-01 09:30:00,u,,change\n"
                           "2025-06-30 23:30:00,u,a,backup\n2025-07-01 23:30:00,u,a,move\n2025-07-01 23:30:01,u,a,move\n2025-06-30 23:00:00,u,a,move\n");
    audited_csv(&t, "ticket", "id,at,ends,ip\nT1,2025-07-01 09:00:00,2025-07-01 10:00:00,a\nT2,2025-07-01 08:00:00,,b\n");
    audited_run(&t, "2025Q3", NULL);
    const res_rule *x = audited_rule(&t, "1.1-f");
    assert_int_equal(x->conforming, 2);
    assert_int_equal(x->nonconforming, 2);
    assert_int_equal(x->unknown, 1);
    assert_int_equal(x->nfindings, 2);
    x = audited_rule(&t, "1.1-g");
    assert_int_equal(x->conforming, 1);
    assert_int_equal(x->nonconforming, 1);
    audited_end(&t);
}

static void cells(void **state)
{
    (void)state;
    audited t;
    begin(&t);
    audited_csv(&t, "system", "id,since,until\na,2025-01-01,\nb,2025-08-10,2025-08-31\nc,2025-10-01,\n");
    audited_csv(&t, "document", "id,kind,system,since\nD1,plan,,2025-01-01\nD2,none,,2025-12-01\nD3,dr,a,2025-01-01\n");
    audited_csv(&t, "log", "at,user,ip,what\n2025-07-31 23:59:59,u,a,care\n2025-08-01 00:00:00,u,a,care\n2025-08-05 00:00:00,u,b,care\n2025-07-20 00:00:00,u,a,beat\n2025-08-29 00:00:00,u,a,beat\n");
    audited_run(&t, "2025Q3", NULL);
    const res_rule *x = audited_rule(&t, "1.1-i"); /* a: July, August, not September; b: August, by an event of that month before it was in service; c: not yet */
    assert_int_equal(x->conforming, 3);
    assert_int_equal(x->nonconforming, 1);
    assert_string_equal(audited_keys(&t, "1.1-i"), "a 2025-09-01..2025-09-30");
    x = audited_rule(&t, "1.1-j"); /* a: 19, 40 and 33 days; b: 22 days of service without any */
    assert_int_equal(x->conforming, 2);
    x = audited_rule(&t, "1.1-n"); /* a: 73 days back; b: nothing */
    assert_int_equal(x->conforming, 1);
    assert_int_equal(x->nonconforming, 1);
    assert_int_equal(audited_rule(&t, "1.1-k")->nonconforming, 1);
    x = audited_rule(&t, "1.1-l");
    assert_int_equal(x->conforming, 1);
    assert_string_equal(audited_keys(&t, "1.1-l"), "清单");
    assert_string_equal(audited_keys(&t, "1.1-m"), "b");
    assert_int_equal(audited_rule(&t, "1.1-m")->conforming, 1);
    audited_run(&t, "2025Q3", "2025-09-15 00:00:00"); /* September and the quarter are not over */
    assert_int_equal(audited_rule(&t, "1.1-i")->running, 1);
    assert_int_equal(audited_rule(&t, "1.1-k")->running, 1);
    audited_end(&t);
}

/* ---- brute force over random events ---- */
typedef struct hit { int minute, ip, user, what; } hit;
enum { HITS = 400 };

static int bursts_of(const hit *h, int n, bool by_user, int key)
{
    int t[HITS], k = 0, count = 0;
    for (int i = 0; i < n; i++)
        if (h[i].what == 0 && (by_user ? h[i].user : h[i].ip) == key) t[k++] = h[i].minute;
    for (int i = 4; i < k; i++) {
        if (t[i] - t[i - 4] > 10) continue;
        count++;
        while (i + 1 < k && t[i + 1] - t[i] <= 10) i++;
    }
    return count;
}

static void random_events(void **state)
{
    (void)state;
    static hit h[HITS];
    static const char *const words[] = {"bad", "alarm", "other"};
    uint32_t seed = 3;
    for (int world = 0; world < 5; world++) {
        buf logs = {0}, tickets = {0};
        audited t;
        int minute = 0, want = 0, good = 0, bad = 0;
        buf_text(&logs, "at,user,ip,what\n"), buf_text(&tickets, "id,at,ip\n");
        for (int i = 0; i < HITS; i++) {
            seed = seed * 1664525U + 1013904223U;
            minute += (int)((seed >> 8) % 5);
            h[i] = (hit){minute, (int)(seed >> 12) % 3, (int)(seed >> 16) % 4, (int)(seed >> 20) % 3};
            buf_printf(&logs, "2025-07-%02d %02d:%02d:00,u%d,i%d,%s\n", 1 + minute / 1440, minute / 60 % 24, minute % 60, h[i].user, h[i].ip, words[h[i].what]);
            if (h[i].what == 2) buf_printf(&tickets, "T%d,2025-07-%02d %02d:%02d:00,i%d\n", i, 1 + minute / 1440, minute / 60 % 24, minute % 60, h[i].ip);
        }
        for (int k = 0; k < 4; k++) want += bursts_of(h, HITS, true, k) + (k < 3 ? bursts_of(h, HITS, false, k) : 0);
        for (int i = 0; i < HITS; i++) {
            if (h[i].what != 1) continue;
            bool found = false;
            for (int k = 0; k < HITS; k++) found = found || (h[k].what == 2 && h[k].ip == h[i].ip && h[k].minute >= h[i].minute && h[k].minute <= h[i].minute + 30);
            *(found ? &good : &bad) += 1;
        }
        begin(&t);
        audited_csv(&t, "log", buf_cstr(&logs));
        audited_csv(&t, "ticket", buf_cstr(&tickets));
        audited_run(&t, "2025Q3", NULL);
        assert_int_equal(audited_rule(&t, "1.1-a")->nonconforming, want);
        assert_int_equal(audited_rule(&t, "1.1-d")->conforming, good);
        assert_int_equal(audited_rule(&t, "1.1-d")->nonconforming, bad);
        audited_end(&t);
        buf_free(&logs), buf_free(&tickets);
    }
}

int main(void)
{
    static const struct CMUnitTest plain[] = {cmocka_unit_test(two_keys), cmocka_unit_test(responses), cmocka_unit_test(precedences), cmocka_unit_test(cells), cmocka_unit_test(random_events)};
    struct CMUnitTest tests[32];
    size_t n = 0;
    ROWS(tests, n, bursts, check_burst);
    for (size_t i = 0; i < LEN(plain); i++) tests[n++] = plain[i];
    return _cmocka_run_group_tests("events", tests, n, NULL, NULL);
}
