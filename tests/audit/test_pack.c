/* Loading packs: every error with its place, all of them at once, and what to do; tailoring; the hash. */
#include "engine/base/buf.h"
#include "engine/base/mem.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

/* A small pack; a case replaces the text of one file. */
static const struct file { const char *name, *text; } files[] = {
    {"pack.yaml", "pack: {id: small, version: \"1\", title: {zh: 小, en: small}}\nchapters:\n  - id: \"1\"\n    title: {zh: 章, en: Chapter}\n    clauses:\n      - {id: \"1.1\", title: {zh: 条, en: Clause}, basis: text}\n"},
    {"model.yaml", "enums:\n  priority: {ordered: true, values: [P4, P3, P2, P1]}\n  status: {values: [open, done], phases: {final: [done]}}\ndatasets:\n  ticket:\n    title: {zh: 工单, en: Ticket}\n    key: [id]\n"
                   "    time: created_at\n    fields:\n      id: {type: text, required: true}\n      priority: {type: text, enum: priority}\n      status: {type: text, enum: status}\n      created_at: {type: time}\n"
                   "      done_at: {type: time}\n      score: {type: number}\n"},
    {"clocks.yaml", "clocks:\n  done:\n    title: {zh: 完成, en: Done}\n    over: ticket\n    start: created_at\n    stop: done_at\n    status: status\n    limits: {limit: 4h, calendar: always}\n"},
    {"calendars/c.yaml", "calendars:\n  always:\n    title: {zh: 全天, en: Always}\n    hours: always\n"},
    {"rules/1.yaml", "rules:\n  - id: 1.1-a\n    title: {zh: 甲, en: A}\n    severity: minor\n    kind: record\n    over: ticket\n    require: priority = P1\n    target: 90%\n    finding: {zh: \"{id}\", en: \"{id}\"}\n"},
};

static const struct pack_case { const char *name, *file, *text, *at, *says, *hint; } cases[] = {
    {"a name that nobody knows", "rules/1.yaml", "rules:\n  - id: 1.1-a\n    severity: minor\n    kind: record\n    over: ticket\n    require: prioritty = P1\n", "rules/1.yaml:6:14", "unknown name 'prioritty'", "priority"},
    {"a wrong type", "rules/1.yaml", "rules:\n  - id: 1.1-a\n    severity: minor\n    kind: record\n    over: ticket\n    require: score + 1\n", "rules/1.yaml:6:", "", ""},
    {"an id twice", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1}\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1}\n", "rules/1.yaml:3:10",
     "rule '1.1-a' is there already", ""},
    {"a clause that is none", "rules/1.yaml", "rules:\n  - {id: 9.9-a, severity: minor, kind: record, over: ticket, require: score = 1}\n", "rules/1.yaml:2:10", "belongs to no clause", ""},
    {"a kind that is none", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: recrod, over: ticket, require: score = 1}\n", "rules/1.yaml:2:40", "no kind of rule 'recrod'", "record"},
    {"a clock that is none", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: clock, clock: dine}\n", "rules/1.yaml:2:54", "no clock 'dine'", "done"},
    {"a dataset that is none", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: tickets, require: score = 1}\n", "rules/1.yaml:2:54", "no dataset 'tickets'", "ticket"},
    {"an unknown key", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, requires: score = 1}\n", "rules/1.yaml:2:", "requires", "require"},
    {"a severity that is none", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: bad, kind: record, over: ticket, require: score = 1}\n", "rules/1.yaml:2:27", "severity is", ""},
    {"a target that is none", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1, target: lots}\n", "rules/1.yaml:2:", "'lots' is no target", "95%"},
    {"a target that none may just reach", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: metric, over: ticket, value: mean(score), target: \"> 4.0\"}\n", "rules/1.yaml:2:", "'> 4.0' is no target", ">= 4.0"},
    {"a list that is neither", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1, list: maybe}\n", "rules/1.yaml:2:", "list is true or false", ""},
    {"a regular expression with an error", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: \"id matches /(a/\"}\n", "rules/1.yaml:2:", "", ""},
    {"a regular expression that explodes", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: \"id matches /^GD(a+)+$/\"}\n", "rules/1.yaml:2:", "steps", "repeats"},
    {"one that explodes by its choices", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: \"id matches /^(x|xx|x )*y$/\"}\n", "rules/1.yaml:2:", "steps", "repeats"},
    {"computed columns in a circle", "pack.yaml",
     "pack: {id: small, version: \"1\", title: {zh: 小, en: small}}\ncomputed:\n  ticket:\n    first: second + 1\n    second: first + 1\nchapters:\n  - id: \"1\"\n    title: {zh: 章, en: C}\n    clauses: [{id: \"1.1\", title: {zh: 条, en: C}, basis: text}]\n",
     "pack.yaml:4:12", "'first' is computed before 'second'", "above"},
    {"a measure that is none", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: metric, over: ticket, value: avg(score), target: \">= 1\"}\n", "rules/1.yaml:2:69", "'avg(score)' is no measure", "mean"},
    {"a finding with an unknown name", "rules/1.yaml", "rules:\n  - id: 1.1-a\n    severity: minor\n    kind: record\n    over: ticket\n    require: score = 1\n    finding: {zh: \"{idd}\", en: x}\n", "rules/1.yaml:7:", "unknown name 'idd'", "id"},
    {"a calendar that is none", "clocks.yaml", "clocks:\n  done: {over: ticket, start: created_at, stop: done_at, status: status, limits: {limit: 4h, calendar: office}}\n", "clocks.yaml:2:", "no calendar 'office'", ""},
    {"a limit that is ambiguous", "clocks.yaml", "clocks:\n  done: {over: ticket, start: created_at, stop: done_at, status: status, limits: {limit: 1 day, calendar: always}}\n", "clocks.yaml:2:", "", ""},
    {"a clock on a text", "clocks.yaml", "clocks:\n  done: {over: ticket, start: id, stop: done_at, status: status, limits: {limit: 4h, calendar: always}}\n", "clocks.yaml:2:3", "starts and stops at times", ""},
    {"hours that overlap", "calendars/c.yaml", "calendars:\n  always:\n    hours: {mon: [09:00-12:00, 11:00-18:00]}\n", "calendars/c.yaml:3:", "", ""},
    {"a period by a text", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, in_period: id, require: score = 1}\n", "rules/1.yaml:2:73", "'id' is a text", ""},
    {"a clock's period by a text", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: clock, clock: done, in_period: id}\n", "rules/1.yaml:2:71", "'id' is a text", ""},
    {"a share with a target from above", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1, target: \"<= 95%\"}\n", "rules/1.yaml:2:", "from above", "95%"},
    {"a basis that is none", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, basis: txt, kind: record, over: ticket, require: score = 1}\n", "rules/1.yaml:2:41", "basis is text or heading", ""},
    {"a clause's basis that is none", "pack.yaml", "pack: {id: small, version: \"1\", title: {zh: 小, en: small}}\nchapters:\n  - id: \"1\"\n    title: {zh: 章, en: C}\n    clauses:\n      - {id: \"1.1\", title: {zh: 条, en: C}, basis: txt}\n",
     "pack.yaml:6:", "basis is text or heading", ""},
    {"rules that are no list", "rules/1.yaml", "rules: {1.1-a: x}\n", "rules/1.yaml:1:8", "a list of rules", "id"},
    {"a rule without an id", "rules/1.yaml", "rules:\n  - {severity: minor, kind: record, over: ticket, require: score = 1}\n", "rules/1.yaml:2:5", "needs an id", "4.1-b"},
    {"needed records without a condition", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1, needs: [{over: ticket, title: {zh: 甲, en: A}}]}\n", "rules/1.yaml:2:", "have 'where', the condition", ""},
    {"more needed fields than can be", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1, needs: [ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score, ticket.score]}\n", "rules/1.yaml:2:", "at most 16 fields", ""},
    {"needed records without a name", "rules/1.yaml", "rules:\n  - id: 1.1-a\n    severity: minor\n    kind: record\n    over: ticket\n    require: score = 1\n    needs: [{over: ticket, where: score = 2}]\n", "rules/1.yaml:7:13", "and 'title'", ""},
    {"needed records of no dataset", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1, needs: [{over: tickets, where: score = 1, title: {zh: 甲, en: A}}]}\n", "rules/1.yaml:2:", "dataset 'tickets'", ""},
    {"needed records by a misspelt field", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: score = 1, needs: [{over: ticket, where: scor = 1, title: {zh: 甲, en: A}}]}\n", "rules/1.yaml:2:", "scor", "score"},
    {"copies by too many fields", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: burst, event: {dataset: ticket}, n: 5, within: 10m, by: {id: [id]}, same: [id, id, id, id, id]}\n", "rules/1.yaml:2:", "at most 4 fields", ""},
    {"repeats that no pack defines", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: burst, event: {dataset: ticket}, n: 5, within: 10m, by: {id: [id]}, repeats: login}\n", "rules/1.yaml:2:", "no repeats 'login'", ""},
    {"repeats of nothing", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: burst, event: {dataset: ticket}, n: 5, within: 10m, by: {id: [id]}, repeats: [{where: score = 1, key: [id], within: 1m}]}\n", "rules/1.yaml:2:", "and 'of'", ""},
    {"repeats without a key", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: burst, event: {dataset: ticket}, n: 5, within: 10m, by: {id: [id]}, repeats: [{where: score = 1, of: score = 2, within: 1m}]}\n", "rules/1.yaml:2:", "a list of 1 to 3", ""},
    {"repeats without a time", "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: burst, event: {dataset: ticket}, n: 5, within: 10m, by: {id: [id]}, repeats: [{where: score = 1, of: score = 2, key: [id]}]}\n", "rules/1.yaml:2:", "'within' is missing", ""},
    {"a calendar misspelt", "clocks.yaml", "clocks:\n  done: {over: ticket, start: created_at, stop: done_at, status: status, limits: {limit: 4h, calendar: alway}}\n", "clocks.yaml:2:", "no calendar 'alway'", "always"},
    {"a calendar that changes twice a day", "calendars/c.yaml", "calendars:\n  always:\n    hours: always\n    changes: [{from: 2026-06-01, hours: always}, {from: 2026-06-01, hours: always}]\n", "calendars/c.yaml:4:", "is not after", "order"},
    {"a tab", "rules/1.yaml", "rules:\n  - id: 1.1-a\n\tseverity: minor\n", "rules/1.yaml:3:", "", "blanks"},
    {"YAML with an error", "rules/1.yaml", "rules:\n  - {id: 1.1-a\n", "rules/1.yaml:", "", ""},
};

static const char *make_pack(const char *name, const char *text, char *dir, size_t cap)
{
    static unsigned count;
    char folder[64];
    snprintf(folder, sizeof folder, "pack-%u", ++count);
    snprintf(dir, cap, "%s", test_path(folder));
    for (size_t i = 0; i < LEN(files); i++) audited_file(dir, files[i].name, name && strcmp(name, files[i].name) == 0 ? text : files[i].text);
    return dir;
}

static void errors_have_places(void **state)
{
    const struct pack_case *c = *state;
    char dir[256], place[256];
    errlist errors = {0}, warnings = {0};
    err e = {0};
    zone *z;
    pack *p = NULL;
    assert_int_equal(zone_open("Asia/Shanghai", &z, &e), SLA_OK);
    make_pack(c->file, c->text, dir, sizeof dir);
    assert_int_not_equal(pack_load(dir, NULL, z, &p, &errors, &warnings), SLA_OK);
    assert_null(p);
    assert_true(errors.n > 0);
    bool found = false;
    for (size_t i = 0; i < errors.n; i++) {
        const err *x = &errors.items[i];
        snprintf(place, sizeof place, "%s:%u:%u", x->file, (unsigned)x->line, (unsigned)x->col);
        found = found || (strncmp(place, c->at, strlen(c->at)) == 0 && strstr(x->msg, c->says) && (strstr(x->hint, c->hint) || strstr(x->msg, c->hint)));
    }
    for (size_t i = 0; !found && i < errors.n; i++) print_error("%s:%u:%u %s [%s]\n", errors.items[i].file, (unsigned)errors.items[i].line, (unsigned)errors.items[i].col, errors.items[i].msg, errors.items[i].hint);
    assert_true(found);
    errlist_clear(&errors);
    errlist_clear(&warnings);
    zone_close(z);
}

static sla_status load(const char *dir, const char *profile, const zone *z, pack **p, errlist *errors)
{
    errlist warnings = {0};
    sla_status st = pack_load(dir, profile, z, p, errors, &warnings);
    errlist_clear(&warnings);
    return st;
}

static void all_errors_at_once(void **state)
{
    (void)state;
    char dir[256];
    errlist errors = {0};
    err e = {0};
    zone *z;
    pack *p = NULL;
    assert_int_equal(zone_open("Asia/Shanghai", &z, &e), SLA_OK);
    make_pack("rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: record, over: ticket, require: a = 1}\n  - {id: 1.1-b, severity: minor, kind: record, over: ticket, require: b = 1}\n"
                              "  - {id: 1.1-c, severity: minor, kind: record, over: ticket, require: c = 1}\n", dir, sizeof dir);
    assert_int_not_equal(load(dir, NULL, z, &p, &errors), SLA_OK);
    assert_int_equal(errors.n, 3);
    errlist_clear(&errors);
    zone_close(z);
}

static void the_specification_loads(void **state)
{
    (void)state;
    errlist errors = {0};
    err e = {0};
    zone *z;
    pack *p = NULL;
    pack_line *lines;
    size_t n;
    arena a = {0};
    assert_int_equal(zone_open("Asia/Shanghai", &z, &e), SLA_OK);
    assert_int_equal(load("rules/itss-2025", NULL, z, &p, &errors), SLA_OK);
    assert_int_equal(pack_list(p, &a, &lines, &n), SLA_OK);
    size_t clauses = 0, rules = 0;
    for (size_t i = 0; i < n; i++) *(lines[i].is_clause ? &clauses : &rules) += 1;
    assert_int_equal(clauses, 31);
    assert_true(rules >= 35);
    for (size_t i = 0; i < n; i++) assert_true(lines[i].title.zh.len && lines[i].title.en.len);
    arena_free(&a);
    pack_free(p);
    errlist_clear(&errors);
    zone_close(z);
}

static void a_profile_tailors(void **state)
{
    (void)state;
    char dir[256], profile[300];
    audited t;
    make_pack(NULL, NULL, dir, sizeof dir);
    snprintf(profile, sizeof profile, "%s", audited_file(dir, "../profile.yaml", "profile: {id: acme, pack: small}\nrules:\n  1.1-a: {target: 50%, reason: 试运行}\n"));
    audited_begin(&t, dir, profile);
    audited_csv(&t, "ticket", "id,priority,created_at\nT1,P1,2025-07-01 09:00:00\nT2,P2,2025-07-01 09:00:00\n");
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "1.1-a")->v, VERDICT_CONFORMS);
    audited_file(dir, "../profile.yaml", "profile: {id: acme, pack: small}\nrules:\n  1.1-a: {off: true, reason: 不提供}\n");
    audited_run(&t, "2025Q3", NULL);
    assert_int_equal(audited_rule(&t, "1.1-a")->v, VERDICT_NOT_ASSESSED);
    assert_true(strstr(audited_rule(&t, "1.1-a")->reason.zh.ptr, "不提供") != NULL);
    audited_end(&t);
}

static void memory_runs_out(void **state)
{
    (void)state;
    char dir[256];
    err e = {0};
    zone *z;
    bool worked = false;
    make_pack(NULL, NULL, dir, sizeof dir);
    assert_int_equal(zone_open("Asia/Shanghai", &z, &e), SLA_OK);
    EACH_ALLOCATION_FAILS(n, worked) {
        pack *p = NULL;
        errlist errors = {0};
        mem_fail_after(n);
        sla_status st = load(dir, NULL, z, &p, &errors);
        mem_fail_after(-1);
        worked = st == SLA_OK;
        if (worked) pack_free(p);
        else assert_null(p);
        errlist_clear(&errors);
    }
    assert_true(worked);
    zone_close(z);
}

int main(void)
{
    static const struct CMUnitTest plain[] = {cmocka_unit_test(all_errors_at_once), cmocka_unit_test(the_specification_loads), cmocka_unit_test(a_profile_tailors), cmocka_unit_test(memory_runs_out)};
    struct CMUnitTest tests[64];
    size_t n = 0;
    ROWS(tests, n, cases, errors_have_places);
    for (size_t i = 0; i < LEN(plain); i++) tests[n++] = plain[i];
    return _cmocka_run_group_tests("packs", tests, n, NULL, NULL);
}
