/* Events that repeat what others tell: random ones, beside what the definition says of each by looking at all others; and the pack's own, of logins. */
#include <stdlib.h>
#include <string.h>
#include "engine/base/buf.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

#define PACK "pack: {id: repeats, version: \"1\", title: {zh: 重, en: Repeats}}\nrepeats:\n  again: [{where: kind = \"b\", of: kind = \"a\", key: [user, number], within: 10s}]\n" \
             "chapters:\n  - id: \"1\"\n    title: {zh: 章, en: C}\n    clauses: [{id: \"1.1\", title: {zh: 条, en: C}, basis: text}]\n"
#define MODEL "datasets:\n  log: {title: {zh: 日志, en: Log}, time: at, fields: {at: {type: time}, kind: {type: text}, user: {type: text}, number: {type: number}, ip: {type: text}}}\n"
#define RULE(id, repeats) "  - id: 1.1-" id "\n    severity: major\n    kind: burst\n    event: {dataset: log}\n    n: 2\n    within: 1h\n    by: {ip: [ip]}\n    repeats: " repeats "\n"
#define RULES "rules:\n" RULE("a", "again") RULE("b", "[{where: kind = \"b\", of: kind = \"a\", key: [user, number], within: 10s, each: true}]") \
    RULE("c", "[{where: kind = \"b\", of: kind = \"a\", key: [user, number], within: 10s, once: true}]")

enum { EVENTS = 14, ROUNDS = 40 };
typedef struct one { int at; char kind; int user, number; } one;    /* 0: missing */

static bool may_tell(const one *b, const one *a) { return a->kind == 'a' && b->kind == 'b' && a->user && a->user == b->user && a->number && a->number == b->number && abs(a->at - b->at) <= 10; }

static bool told(const one *e, size_t i)
{
    for (size_t j = 0; j < EVENTS; j++)
        if (may_tell(&e[i], &e[j])) return true;
    return false;
}

/* How many pairs there can be at most: augmenting paths. */
static bool augment(const one *e, size_t i, int *taken, bool *seen)
{
    for (size_t j = 0; j < EVENTS; j++) {
        if (!may_tell(&e[i], &e[j]) || seen[j]) continue;
        seen[j] = true;
        if (taken[j] >= 0 && !augment(e, (size_t)taken[j], taken, seen)) continue;
        taken[j] = (int)i;
        return true;
    }
    return false;
}

static int pairs(const one *e)
{
    int n = 0, taken[EVENTS];
    for (size_t j = 0; j < EVENTS; j++) taken[j] = -1;
    for (size_t i = 0; i < EVENTS; i++) n += augment(e, i, taken, (bool[EVENTS]){false});
    return n;
}

/* Events stand in order of time: of those that nobody tells, one no more than 10 s after the last that counted. */
static int once(const one *e)
{
    int n = 0;
    bool counts[EVENTS] = {false};
    for (size_t i = 0; i < EVENTS; i++) {
        bool near = false;
        for (size_t j = 0; j < i; j++) near = near || (counts[j] && e[j].kind == 'b' && e[j].user == e[i].user && e[j].number == e[i].number && e[i].at - e[j].at <= 10);
        counts[i] = e[i].kind != 'b' || !e[i].user || !e[i].number || (!told(e, i) && !near);
        n += !counts[i];
    }
    return n;
}

static int left_out(const audited *t, const char *id)
{
    return audited_rule(t, id)->reason.en.len ? atoi(audited_rule(t, id)->reason.en.ptr) : 0;
}

static void against_brute_force(void **state)
{
    static char folder[256];
    (void)state;
    snprintf(folder, sizeof folder, "%s", test_path("repeats"));
    audited_file(folder, "pack.yaml", PACK);
    audited_file(folder, "model.yaml", MODEL);
    audited_file(folder, "rules/1.yaml", RULES);
    audited_file(folder, "calendars/c.yaml", "calendars:\n  always: {title: {zh: 全, en: A}, hours: always}\n");
    srand(7);
    for (int round = 0; round < ROUNDS; round++) {
        audited t;
        one e[EVENTS];
        buf b = {0};
        int again = 0, at = 0;
        buf_text(&b, "at,kind,user,number,ip\n");
        for (size_t i = 0; i < EVENTS; i++) {
            e[i] = (one){at += rand() % 6, "ab"[rand() % 2], rand() % 3, rand() % 3};
            buf_printf(&b, "2025-07-01 09:%02d:%02d,%c,%.*s,%.*s,x\n", e[i].at / 60, e[i].at % 60, e[i].kind, e[i].user ? 2 : 0, e[i].user == 1 ? "u1" : "u2", e[i].number ? 1 : 0, e[i].number == 1 ? "1" : "2");
        }
        for (size_t i = 0; i < EVENTS; i++) again += told(e, i);
        audited_begin(&t, folder, NULL);
        audited_csv(&t, "log", buf_cstr(&b));
        buf_free(&b);
        audited_run(&t, "2025Q3", NULL);
        assert_int_equal(left_out(&t, "1.1-a"), again);
        assert_int_equal(left_out(&t, "1.1-b"), pairs(e));
        assert_int_equal(left_out(&t, "1.1-c"), once(e));
        audited_end(&t);
    }
}

#define LOG "at,source,program,action,outcome,host,user,src_ip,object,process\n"
#define SSHD(at, outcome, user, object, process) "2025-07-01 09:" at ",auth,sshd,login," outcome ",web01," user ",10.0.0.9," object "," process "\n"
#define AUDIT(at, outcome, user, process) "2025-07-01 09:" at ",audit,auditd,login," outcome ",," user ",10.0.0.9,ssh," process "\n"
#define KEY(at, process) SSHD(at, "failure", "bob", "publickey", process)
#define BAD(at, process) SSHD(at, "failure", "bob", "", process)
#define PAN(at, source, user) "2025-07-01 09:" at "," source ",paloalto,login,failure,fw1," user ",10.0.0.9,,\n"
/* bursts: of the address; left out: events, by the address too */
static const struct login_case { const char *name, *lines; int bursts, left_out; } logins[] = {
    {"four keys, then in; twice", KEY("00:00", "7") KEY("00:00", "7") KEY("00:01", "7") KEY("00:01", "7") SSHD("00:02", "success", "bob", "", "7") KEY("03:00", "8") KEY("03:00", "8") KEY("03:01", "8") KEY("03:01", "8")
     SSHD("03:02", "success", "bob", "", "8"), 0, 8},
    {"six keys and no way in are one attempt", KEY("00:00", "7") KEY("00:00", "7") KEY("00:01", "7") KEY("00:01", "7") KEY("00:01", "7") KEY("00:01", "7"), 0, 5},
    {"a key in each of five connections", KEY("00:00", "1") KEY("00:01", "2") KEY("00:02", "3") KEY("00:03", "4") KEY("00:04", "5"), 1, 0},
    {"keys before passwords that were refused", KEY("00:00", "7") KEY("00:00", "7") BAD("00:02", "7") BAD("00:05", "7") BAD("00:08", "7"), 0, 2},
    {"five passwords of one connection are five", BAD("00:00", "7") BAD("00:02", "7") BAD("00:04", "7") BAD("00:06", "7") BAD("00:08", "7"), 1, 0},
    {"a number that comes again later is another connection", KEY("00:00", "7") KEY("02:01", "7") KEY("04:02", "7") KEY("06:03", "7") KEY("08:04", "7"), 1, 0},
    {"keys without a number stay", KEY("00:00", "") KEY("00:01", "") KEY("00:02", "") KEY("00:03", "") KEY("00:04", ""), 1, 0},
    {"the audit log beside: three are three", BAD("00:00", "1") AUDIT("00:00.120", "failure", "bob", "1") BAD("00:10", "2") AUDIT("00:10.120", "failure", "", "2") BAD("00:20", "3") AUDIT("00:19.900", "failure", "bob", "3"), 0, 3},
    {"it knows of keys that sshd keeps to itself", AUDIT("00:00", "failure", "bob", "1") AUDIT("00:00.1", "failure", "bob", "1") KEY("00:01", "1") AUDIT("00:01.1", "failure", "bob", "1") AUDIT("00:01.2", "failure", "bob", "1")
     AUDIT("00:01.3", "failure", "bob", "1") SSHD("00:02", "success", "bob", "", "1"), 0, 6},
    {"the audit log alone", AUDIT("00:00", "failure", "bob", "1") AUDIT("00:01", "failure", "bob", "1") AUDIT("00:02", "failure", "bob", "1") AUDIT("00:03", "failure", "bob", "1") AUDIT("00:04", "failure", "bob", "2"), 1, 0},
    {"that of another machine: other numbers, all count", BAD("00:00", "1") AUDIT("00:00.120", "failure", "bob", "91") BAD("00:10", "2") AUDIT("00:10.120", "failure", "bob", "92") BAD("00:20", "3"), 1, 0},
    {"PAN-OS's two logs: three are three", PAN("00:00", "firewall", "eve") PAN("00:01", "auth", "corp\\eve") PAN("00:04", "firewall", "eve") PAN("00:05", "auth", "eve") PAN("00:30", "auth", "eve") PAN("00:30", "firewall", "eve"), 0, 3},
    {"what only one of them knows counts", PAN("00:00", "firewall", "eve") PAN("00:01", "auth", "eve") PAN("00:02", "auth", "eve") PAN("00:03", "auth", "eve") PAN("00:04", "auth", "eve") PAN("00:05", "auth", "eve"), 1, 1},
    {"others of another name", PAN("00:00", "firewall", "eve") PAN("00:01", "auth", "bob") PAN("00:02", "auth", "bob") PAN("00:03", "firewall", "eve") PAN("00:04", "auth", "bob"), 1, 0},
};

static void check_logins(void **state)
{
    const struct login_case *c = *state;
    audited t;
    buf b = {0};
    buf_printf(&b, LOG "%s", c->lines);
    audited_begin(&t, "rules/itss-2025", NULL);
    audited_csv(&t, "ticket", "id,type,created_at\nT1,incident,2025-07-02 09:00:00\n");
    audited_csv(&t, "log", buf_cstr(&b));
    buf_free(&b);
    audited_run(&t, "2025Q3", NULL);
    assert_string_equal(audited_rule(&t, "3.2-a")->groups[0].key.ptr, "src_ip");
    assert_int_equal(audited_rule(&t, "3.2-a")->groups[0].nonconforming, c->bursts);
    assert_int_equal(audited_rule(&t, "3.2-c")->population, c->bursts);
    assert_int_equal(left_out(&t, "3.2-a"), c->left_out);
    audited_end(&t);
}

/* A firewall's log that was collected twice: its lines count once, and each stands for one of the other log's. */
static void copies_before_repeats(void **state)
{
    audited t;
    (void)state;
    audited_begin(&t, "rules/itss-2025", NULL);
    audited_csv(&t, "log", LOG PAN("00:00", "firewall", "eve"));
    audited_csv(&t, "log", LOG PAN("00:00", "firewall", "eve") PAN("00:01", "auth", "eve") PAN("00:02", "auth", "eve") PAN("00:03", "auth", "eve") PAN("00:04", "auth", "eve") PAN("00:05", "auth", "eve"));
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "3.2-a")->nonconforming, 2);
    assert_non_null(strstr(audited_rule(&t, "3.2-a")->reason.en.ptr, "1 event stands also in another file; each counts once; 1 event only repeats"));
    audited_end(&t);
}

int main(void)
{
    enum { N = sizeof logins / sizeof *logins };
    struct CMUnitTest tests[N + 2] = {cmocka_unit_test(against_brute_force), cmocka_unit_test(copies_before_repeats)};
    for (size_t i = 0; i < N; i++) tests[i + 2] = (struct CMUnitTest){logins[i].name, check_logins, NULL, NULL, (void *)&logins[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
