/* Logs line by line: every example of every pattern, what is wrong with patterns, forms of lines and times, years, records of the audit log. */
#include "engine/base/mem.h"
#include "engine/base/yaml.h"
#include "importers/logaudit.h"
#include "importers/logsink.h"
#include "importers/logsyslog.h"
#include "importers/logtime.h"
#include "tests/support/check.h"

/* ---- patterns ---- */
static void print_errors(const errlist *errors)
{
    for (size_t i = 0; i < errors->n; i++) print_error("%s:%u:%u: %s\n", errors->items[i].file, (unsigned)errors->items[i].line, (unsigned)errors->items[i].col, errors->items[i].msg);
}

static void every_example_of_every_pattern(void **state)
{
    (void)state;
    log_patterns *lp = NULL;
    errlist errors = {0};
    size_t n = 0;
    sla_status st = log_patterns_load(&lp, &errors);
    print_errors(&errors);
    assert_int_equal(st, SLA_OK);
    st = log_patterns_test(lp, &n, &errors);
    print_errors(&errors);
    assert_int_equal(st, SLA_OK);
    assert_true(n > 700);
    errlist_clear(&errors);
    log_patterns_free(lp);
}

static const struct yaml_case { const char *name, *text, *error; } yaml_cases[] = {
    {"no example", "log: {source: x}\nprograms:\n  a:\n    - {match: '^b', set: {action: other}}\n", "a pattern needs at least one example"},
    {"a usual text of no expression", "log: {source: x}\nprograms:\n  a:\n    - {usual: 'b {user}', set: {action: other}, examples: [{text: b c}]}\n", "'usual' says what texts of 'match' look like"},
    {"a usual text with a group that match lacks", "log: {source: x}\nprograms:\n  a:\n    - {match: '^b', usual: 'b {user}', set: {action: other}, examples: [{text: b c}]}\n", "no group 'user'"},
    {"a form that is none", "log: {source: x}\nlines:\n  a:\n    match: '^(?<at>.*)$'\n    form: odd\n    examples: [{text: '2025-07-01 09:00:00'}]\n", "'form' is common"},
    {"a group that the common log format lacks", "log: {source: x}\nlines:\n  a:\n    match: '^(?<at>.*) (?<host>.*)$'\n    form: common\n    examples: [{text: '2025-07-01T09:00:00Z h'}]\n", "has no part 'host'"},
    {"no source", "programs: {}\n", "a file of log patterns begins with log: {source: …}"},
    {"no such field", "log: {source: x}\nprograms:\n  a:\n    - {match: '^b', set: {acton: other}, examples: [{text: b}]}\n", "the log dataset has no field 'acton'"},
    {"a broken expression", "log: {source: x}\nprograms:\n  a:\n    - {match: '^(b', set: {action: other}, examples: [{text: b}]}\n", "in the pattern: missing closing parenthesis"},
    {"an unknown key", "log: {source: x}\nprograms:\n  a:\n    - {mach: '^b', match: b, set: {action: other}, examples: [{text: b}]}\n", "unknown key \"mach\""},
    {"a kind without a time", "log: {source: x}\nlines:\n  a: {match: '^(?<message>.*)', examples: [{text: b}]}\n", "a kind of lines needs 'match' with a group 'at'"},
    {"a kind without an example", "log: {source: x}\nlines:\n  a: {match: '^(?<at>\\d+) '}\n", "a kind of lines needs at least one example"},
    {"records without their names", "log: {source: x}\nrecords:\n  a: {at: [t], examples: [{fields: {t: 1}}]}\n", "a kind of records needs 'has' and 'at'"},
    {"a part of no size", "log: {source: x}\nrecords:\n  a: {has: [t], at: [t], part: much, examples: [{fields: {t: 1}}]}\n", "'part' is a number of bytes, of at most 1 MiB"},
    {"more groups than there is room for", "log: {source: x}\nprograms:\n  a:\n    - {match: '()()()()()()()()()()()()()()()()()()()()()()()()(?<user>b)', examples: [{text: b}]}\n", "a pattern may have 23 groups"},
};

static sla_status load_text(arena *a, const char *text, log_patterns **lp, errlist *errors)
{
    ynode *root;
    err e = {0};
    assert_int_equal(yaml_parse(slice_of(text), "x.yaml", a, &root, &e), SLA_OK);
    return log_patterns_from(root, lp, errors);
}

static void wrong_patterns(void **state)
{
    const struct yaml_case *c = *state;
    arena a = {0};
    log_patterns *lp = NULL;
    errlist errors = {0};
    assert_int_not_equal(load_text(&a, c->text, &lp, &errors), SLA_OK);
    assert_null(lp);
    bool said = false;
    for (size_t i = 0; i < errors.n; i++) said = said || strstr(errors.items[i].msg, c->error);
    if (!said) print_errors(&errors);
    assert_true(said);
    assert_true(errors.items[0].line > 0);
    errlist_clear(&errors);
    arena_free(&a);
}

/* An example that does not give what it says is found. */
static void wrong_examples(void **state)
{
    (void)state;
    static const char text[] = "log: {source: x}\nprograms:\n  a:\n    - {match: '^user (?<user>\\S+)', set: {action: login}, examples: [{text: user bob, user: alice}, {text: nobody}]}\n"
                               "    - {match: '^u', set: {action: other}, examples: [{text: user bob}]}\n";
    arena a = {0};
    log_patterns *lp = NULL;
    errlist errors = {0};
    size_t n;
    assert_int_equal(load_text(&a, text, &lp, &errors), SLA_OK);
    assert_int_equal(log_patterns_test(lp, &n, &errors), SLA_CONFLICT);
    assert_int_equal(n, 3);
    assert_int_equal(errors.n, 2);
    assert_string_equal(errors.items[0].msg, "user is 'bob', not 'alice'");
    errlist_clear(&errors);
    log_patterns_free(lp);
    arena_free(&a);
}

static void patterns_without_memory(void **state)
{
    (void)state;
    bool worked = false;
    arena a = {0};
    EACH_ALLOCATION_FAILS(n, worked) {
        log_patterns *lp = NULL;
        errlist errors = {0};
        ynode *root;
        err e = {0};
        static const char text[] = "log: {source: x}\nlines:\n  k: {match: '^(?<at>\\S+) (?<message>.*)', examples: [{text: b}]}\nrecords:\n  r: {has: [a|b], at: [t], fields: {x: [y, z]}, examples: [{fields: {t: 1}}]}\n"
                                   "programs:\n  a, b:\n    - {match: '^b', when: {c: [d, e*]}, take: {user: [f, g]}, set: {action: 'x {h} y'}, examples: [{text: b}]}\n";
        assert_int_equal(yaml_parse(slice_of(text), "x.yaml", &a, &root, &e), SLA_OK);
        mem_fail_after(n);
        sla_status st = log_patterns_from(root, &lp, &errors);
        log_matcher *m = st == SLA_OK ? log_matcher_new(lp) : NULL;
        mem_fail_after(-1);
        worked = m != NULL;
        if (st != SLA_OK) assert_null(lp);
        log_matcher_free(m);
        log_patterns_free(lp);
        errlist_clear(&errors);
    }
    assert_true(worked);
    arena_free(&a);
}

/* ---- lines of syslog ---- */
static const struct line_case { const char *name, *line, *host, *program, *message; int32_t year; } line_cases[] = {
    {"audit by the kernel", "Jul  7 13:06:56 web01 kernel: audit: type=1305 audit(1751331600.123:6): op=add_rule", "web01", "audit", "audit: type=1305 audit(1751331600.123:6): op=add_rule", 0},
    {"audit by journald", "Jul  7 13:06:56 web01 audit[9]: CONFIG_CHANGE op=add_rule", "web01", "audit", "CONFIG_CHANGE op=add_rule", 0},
    {"not: audit by the kernel", "Jul  7 13:06:56 web01 kernel: [1.2] ACPI x=y", "web01", "kernel", "[1.2] ACPI x=y", 0},
    {"NX-OS: a colon before the time", "<189>: 2025 Jul  1 09:00:03 CST: %ETHPORT-5-IF_DOWN: x", NULL, "ETHPORT", "%ETHPORT-5-IF_DOWN: x", 2025},
    {"AIX: a severity with two names", "Jul  1 09:00:02 aix01 auth|security:err|error su: BAD SU from bob to root at /dev/pts/1", "aix01", "su", "BAD SU from bob to root at /dev/pts/1", 0},
    {"AIX: forwarded behind its facility", "Jul  1 09:00:04 hub auth|security:info Message forwarded from aix02: sshd[7]: x", "aix02", "sshd", "x", 0},
    {"a device's code, no host", "<166>Jul 01 2025 09:00:00: %ASA-6-302013: Built", NULL, "ASA", "%ASA-6-302013: Built", 2025},
    {"a device's code behind host and colon", "<166>Jul 01 2025 09:00:01 fw1 : %ASA-4-106023: Deny", "fw1", "ASA", "%ASA-4-106023: Deny", 2025},
    {"a device's code behind a time of its own", "Jul  1 09:00:06 sw1 46: Jul  1 09:00:05.123 CST: %SEC_LOGIN-4-LOGIN_FAILED: x", "sw1", "SEC_LOGIN", "%SEC_LOGIN-4-LOGIN_FAILED: x", 0},
    {"a device's count before a clock that is not set", "<189>45: *Jul  1 09:00:05.123: %SYS-5-CONFIG_I: y", NULL, "SYS", "%SYS-5-CONFIG_I: y", 0},
    {"a device's code behind a colon", "<166>Jul 01 2025 09:00:00 : %ASA-6-302013: Built", NULL, "ASA", "%ASA-6-302013: Built", 2025},
    {"not: sudo's own file", "Jul  1 09:00:00 2025 : bob : TTY=pts/0 ; COMMAND=/bin/ls", NULL, NULL, NULL, 0},
    {"not: sudo's own file without a year", "Jul  1 09:00:00 : bob : TTY=pts/0 ; COMMAND=/bin/ls", NULL, NULL, NULL, 0},
    {"what only looks like a code", "Jul  1 09:00:07 sw1 app[3]: at 50 %CPU-1-x: foo", "sw1", "app", "at 50 %CPU-1-x: foo", 0},
    {"a device's code behind another program's name", "Jul  1 09:00:08 sw1 relay[7]: core1: %SYS-5-CONFIG_I: y", "sw1", "SYS", "%SYS-5-CONFIG_I: y", 0},
    {"the year behind the time", "<190>Jul  9 09:00:01 2025 core1 %%10SHELL/5/SHELL_LOGIN: bob logged in", "core1", "SHELL_LOGIN", "bob logged in", 2025},
    {"the year behind milliseconds", "<190>Jul  9 09:00:06:123 2025 core1 app: x", "core1", "app", "x", 2025},
    {"a host that is a number", "Jul  9 09:00:06 1025 app: x", "1025", "app", "x", 0},
    {"a tag without a blank behind it", "Oct 11 22:14:15 h app[3]:x y", "h", "app", "x y", 0},
    {"a tag in odd brackets", "Oct 11 22:14:15 h app[3x]: y", "h", "app", "y", 0},
    {"a tag of digits", "Oct 11 22:14:15 h 17: y", "h", "17", "y", 0},
    {"Solaris", "Oct 11 22:14:15 h sshd[3]: [ID 800047 auth.info] y", "h", "sshd", "y", 0},
    {"RFC 3164", "<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "mymachine", "su", "'su root' failed", 0},
    {"a pid", "Oct 11 22:14:15 h sshd[123]: x: y", "h", "sshd", "x: y", 0},
    {"a path and what stands in brackets", "Oct  1 22:14:15 h /usr/sbin/sshd(pam_unix)[123]: x", "h", "sshd", "x", 0},
    {"one blank before the day", "Oct 1 22:14:15 h cron: x", "h", "cron", "x", 0},
    {"a year", "Oct 11 2025 22:14:15 h cron: x", "h", "cron", "x", 2025},
    {"a fraction", "Oct 11 22:14:15.123 h cron: x", "h", "cron", "x", 0},
    {"no tag", "Oct 11 22:14:15 h something happened", "h", "", "something happened", 0},
    {"no host", "Oct 11 22:14:15 kernel: x", "", "kernel", "x", 0},
    {"a host with a colon", "Oct 11 22:14:15 h: last message repeated 3 times", "h", "", "last message repeated 3 times", 0},
    {"an empty message", "Oct 11 22:14:15 h cron:", "h", "cron", "", 0},
    {"a facility before the host", "2025-07-01T09:00:11+02:00 auth.info h sshd[1]: x", "h", "sshd", "x", 2025},
    {"a host that ends as a facility does", "Oct 11 22:14:15 shop.info sshd[1]: x", "shop.info", "sshd", "x", 0},
    {"its length in front", "78 <38>1 2025-07-01T09:00:04.003+02:00 h sshd 7 - - x", "h", "sshd", "x", 2025},
    {"BusyBox", "Oct 11 22:14:15 h authpriv.notice login[7]: x", "h", "login", "x", 0},
    {"AIX", "Oct 11 22:14:15 h auth|security:info sshd[3]: x", "h", "sshd", "x", 0},
    {"FreeBSD, -vv", "Oct 11 22:14:15 <auth.info> h sshd[3]: x", "h", "sshd", "x", 0},
    {"FreeBSD, -v", "Oct 11 22:14:15 <4.6> h sshd[3]: x", "h", "sshd", "x", 0},
    {"a facility in angles behind the host", "Oct 11 22:14:15 h <daemon.err> ftpd[3]: x", "h", "ftpd", "x", 0},
    {"angles that are no facility's", "Oct 11 22:14:15 h <a.b> x", "h", "", "<a.b> x", 0},
    {"CEF tells its header's year", "Oct 11 22:14:15 h CEF:0|V|P|1|7|n|5|rt=Oct 11 2023 22:14:14 src=10.0.0.9", "h", "CEF", "CEF:0|V|P|1|7|n|5|rt=Oct 11 2023 22:14:14 src=10.0.0.9", 2023},
    {"CEF tells its header's year, past New Year", "Dec 31 23:59:59 h CEF:0|V|P|1|7|n|5|rt=1704067201000", "h", "CEF", "CEF:0|V|P|1|7|n|5|rt=1704067201000", 2023},
    {"CEF whose own clock is of another day", "Oct 11 22:14:15 h CEF:0|V|P|1|7|n|5|rt=946684800000", "h", "CEF", "CEF:0|V|P|1|7|n|5|rt=946684800000", 0},
    {"CEF that tells no time", "Oct 11 22:14:15 h CEF:0|V|P|1|7|n|5|src=10.0.0.9", "h", "CEF", "CEF:0|V|P|1|7|n|5|src=10.0.0.9", 0},
    {"AIX, passed on", "Oct 11 22:14:15 hub Message forwarded from h: sshd[3]: x", "h", "sshd", "x", 0},
    {"a message that speaks of it", "Oct 11 22:14:15 h app: Message forwarded from a b", "h", "app", "Message forwarded from a b", 0},
    {"a tag that is a severity", "Oct 11 22:14:15 h app:info", "h", "app", "info", 0},
    {"the year in front", "2025 Oct 11 22:14:15 h sshd[3]: x", "h", "sshd", "x", 2025},
    {"grep", "/var/log/auth.log.1:Oct 11 22:14:15 h sshd[3]: x", "h", "sshd", "x", 0},
    {"grep, another time", "auth.log:2025-10-11T22:14:15+08:00 h sshd[3]: x", "h", "sshd", "x", 2025},
    {"not: grep of something else", "auth.log:Once upon a time there was a line", NULL, NULL, NULL, 0},
    {"a pid without a colon", "Oct 11 22:14:15 h proftpd[7] ftp.example.org (10.0.0.9[10.0.0.9]): USER bob: no such user", "h", "proftpd", "ftp.example.org (10.0.0.9[10.0.0.9]): USER bob: no such user", 0},
    {"no pid without a colon", "Oct 11 22:14:15 h array[x] is full", "h", "", "array[x] is full", 0},
    {"GDM", "Oct 11 22:14:15 h gdm-password]: x", "h", "gdm-password", "x", 0},
    {"a repetition without a host", "Oct 11 22:14:15  sshd[7]: last message repeated 2 times", "", "sshd", "last message repeated 2 times", 0},
    {"a pid at the end", "Oct 11 22:14:15 h app[7]", "h", "", "app[7]", 0},
    {"sandboxd", "Oct 11 22:14:15 h sandboxd[129] ([10018]): app(10018) deny", "h", "sandboxd", "app(10018) deny", 0},
    {"metalog", "Oct 11 22:14:15 [sshd] x: y", "", "sshd", "x: y", 0},
    {"metalog with a colon", "Oct 11 22:14:15 [sshd]: x", "", "sshd", "x", 0},
    {"no metalog: a severity", "Oct 11 22:14:15 [error] x", "[error]", "", "x", 0},
    {"no metalog: a time", "Oct 11 22:14:15 [1234.5] x", "[1234.5]", "", "x", 0},
    {"launchd", "Oct 11 22:14:15 h com.apple.xpc.launchd[1] (com.apple.quicklook[32883]): x", "h", "com.apple.xpc.launchd", "x", 0},
    {"ISO 8601", "2013-10-30T14:51:21.901728+01:00 srv sshd[12664]: x [preauth]", "srv", "sshd", "x [preauth]", 2013},
    {"ISO 8601, passed on by a relay that knows no name", "2025-07-01T09:00:00+08:00 192.0.2.7 sshd[7]: x", "192.0.2.7", "sshd", "x", 2025},
    {"ISO 8601, a relay's chain of names", "2025-07-01T09:00:00+08:00 s_net@web01/192.0.2.7 sshd[7]: x", "s_net@web01/192.0.2.7", "sshd", "x", 2025},
    {"ISO 8601, no tag", "2025-07-01T09:00:00+08:00 web01 something happened", "web01", "", "something happened", 2025},
    {"ISO 8601 behind a priority, an address and no tag", "<34>2025-07-01T09:00:00+08:00 192.0.2.7 something happened", "192.0.2.7", "", "something happened", 2025},
    {"not: a stream where the host should be", "2025-07-01T09:00:00.123456789+08:00 stdout F something happened", NULL, NULL, NULL, 0},
    {"not: a level", "2025-07-01T09:00:00+08:00 WARN something happened", NULL, NULL, NULL, 0},
    {"not: a number in brackets", "2025-07-01T09:00:00+08:00 [1234] app: x", NULL, NULL, NULL, 0},
    {"ISO 8601, a device's address and no tag", "2025-07-01T09:00:00+08:00 2001:db8::7 link is up", "2001:db8::7", "", "link is up", 2025},
    {"RFC 5424", "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time", "192.0.2.1", "myproc", "%% It's time", 2003},
    {"structured data", "<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [a@1 iut=\"3\" e=\"10\\] 11\"][b@2 c=\"d\"] \xEF\xBB\xBFmsg", "h", "evntslog", "msg", 2003},
    {"RFC 5424 without a message", "<165>1 2003-10-11T22:14:15.003Z h app - - [a@1 iut=\"3\"]", "h", "app", "[a@1 iut=\"3\"]", 2003},
    {"RFC 5424 with nothing", "<165>1 2003-10-11T22:14:15.003Z - - - - -", "", "", "", 2003},
    {"a priority that is none", "<3444>Oct 11 22:14:15 h su: x", "h", "su", "x", 0},
    {"CEF", "<189>1 2021-06-18T10:55:50.000003Z host app - - - CEF:0|Elastic|Vaporware|1|18|Web request|low|eventId=3457 msg=hello", "host", "CEF", "CEF:0|Elastic|Vaporware|1|18|Web request|low|eventId=3457 msg=hello", 2021},
    {"CEF by itself", "CEF:0|T|P|1|4|N|6|start=Nov 08 2020 12:30:00.111 UTC x=y", "", "CEF", "CEF:0|T|P|1|4|N|6|start=Nov 08 2020 12:30:00.111 UTC x=y", 2020},
    {"not: no time", "hello world", NULL, NULL, NULL, 0},
    {"not: no such day", "Oct 32 22:14:15 h cron: x", NULL, NULL, NULL, 0},
    {"not: a broken priority", "<190)1 2003-10-11T22:14:15.003Z h app - - -", NULL, NULL, NULL, 0},
    {"not: data that never end", "<1>1 2003-10-11T22:14:15.003Z h app - - [a b=\"c", NULL, NULL, NULL, 0},
    {"not: a month alone", "Oct", NULL, NULL, NULL, 0},
    {"not: CEF without a time", "CEF:0|T|P|1|4|N|6|x=y", NULL, NULL, NULL, 0},
    {"not: nothing", "", NULL, NULL, NULL, 0},
};

static void syslog_lines(void **state)
{
    const struct line_case *c = *state;
    log_framed *f = calloc(1, sizeof *f);
    size_t len = strlen(c->line);
    char *exact = malloc(len + 1); /* so that the sanitizer sees what is read beyond the end */
    memcpy(exact, c->line, len);
    char *line = realloc(exact, len ? len : 1);
    bool broken = false;
    arena scratch = {0};
    f->scratch = &scratch;
    bool is = log_frame_syslog((slice){line, len}, f, &broken);
    assert_int_equal(is, c->message != NULL);
    if (is) {
        assert_slice_is(f->ev.v[LOG_HOST], c->host);
        assert_slice_is(f->ev.v[LOG_PROGRAM], c->program);
        assert_slice_is(f->ev.v[LOG_MESSAGE], c->message);
        assert_int_equal(f->time.year, c->year);
        assert_int_equal(broken, strstr(c->name, "priority that") != NULL);
    }
    if (strcmp(c->name, "structured data") == 0) {
        assert_slice_is(log_pair_get(f->pairs, f->n, SLICE_LIT("iut")), "3");
        assert_slice_is(log_pair_get(f->pairs, f->n, SLICE_LIT("e")), "10] 11");
        assert_slice_is(log_pair_get(f->pairs, f->n, SLICE_LIT("msgid")), "ID47");
    }
    for (size_t n = 0; n < len; n++) { /* cut off anywhere: no read beyond the end */
        char *part = malloc(n ? n : 1);
        memcpy(part, line, n);
        log_framed_reset(f);
        log_frame_syslog((slice){part, n}, f, &broken);
        free(part);
    }
    arena_free(&scratch);
    free(line);
    free(f);
}

/* ---- times ---- */
static const struct time_case { const char *name, *format, *want; } time_cases[] = {
    {"17/May/2015:10:05:03 +0000", "%d/%b/%Y:%H:%M:%S %z", "2015-05-17 10:05:03 +0"}, {"Sun Dec 04 04:47:44 2005", "%a %b %d %H:%M:%S %Y", "2005-12-04 04:47:44"},
    {"Tue Jul  1 09:00:00 2025", "%a %b %d %H:%M:%S %Y", "2025-07-01 09:00:00"}, {"20250701:090000.123", "%Y%m%d:%H%M%S.%f", "2025-07-01 09:00:00.123"},
    {"7/1/2025 9:00:00 PM", "%m/%d/%Y %I:%M:%S %p", "2025-07-01 21:00:00"}, {"7/1/2025 12:00:00 AM", "%m/%d/%Y %I:%M:%S %p", "2025-07-01 00:00:00"},
    {"2025-07-01 09:00:00 AEST", "%Y-%m-%d %H:%M:%S %Z", "2025-07-01 09:00:00 +600"}, {"2025-07-01 09:00:00 IST", "%Y-%m-%d %H:%M:%S %Z", "2025-07-01 09:00:00"},
    {"2025-07-01 09:00:00 CEST", "%Y-%m-%d %H:%M:%S %Z", "2025-07-01 09:00:00 +120"}, {"2025-07-01 09:00:00 CST", "%Y-%m-%d %H:%M:%S %Z", "2025-07-01 09:00:00"},
    {"1452553200", "%s", "2016-01-11 23:00:00 +0"}, {"31/Feb/2015:10:05:03 +0000", "%d/%b/%Y:%H:%M:%S %z", ""}, {"17/May/2015:25:05:03 +0000", "%d/%b/%Y:%H:%M:%S %z", ""},
    {"17/May/2015:10:05:03 +0000x", "%d/%b/%Y:%H:%M:%S %z", ""}, {"2025-07-01T09:05:07.123+08:00", NULL, "2025-07-01 09:05:07.123 +480"}, {"2025/7/1 9:05", NULL, "2025-07-01 09:05:00"},
    {"2025-07-01 09:05:07,5", NULL, "2025-07-01 09:05:07.500"}, {"1762272421322883", NULL, "2025-11-04 16:07:01.322 +0"}, {"1762272421", NULL, "2025-11-04 16:07:01 +0"},
    {"1762272421322", NULL, "2025-11-04 16:07:01.322 +0"}, {"/Date(1762272421322)/", NULL, "2025-11-04 16:07:01.322 +0"}, {"2025-13-01 09:05:07", NULL, ""}, {"yesterday", NULL, ""}, {"", NULL, ""},
    {"99999999999999999999", NULL, ""},
};

static void times(void **state)
{
    const struct time_case *c = *state;
    log_time t;
    buf b = {0};
    bool ok = c->format ? log_time_parse(slice_of(c->format), slice_of(c->name), &t) : log_time_any(slice_of(c->name), &t);
    if (ok) time_print_local(&b, civil_days(t.year, t.month, t.day) * MS_DAY + t.ms);
    if (ok && t.has_offset) buf_printf(&b, " +%d", (int)t.offset_min);
    assert_slice_is((slice){b.ptr ? b.ptr : "", b.len}, c->want);
    buf_free(&b);
}

/* ---- years ---- */
#define DAY_MS(y, m, d) (civil_days(y, m, d) * MS_DAY)
typedef struct day_of { int m, d; } day_of;
static const struct year_case { const char *name; day_of days[6]; int n; int from, to, latest; int32_t want, index; } year_cases[] = {
    /* from, to: months of 2025 (0: no period); latest: month of 2025 in which the file was last changed, on its 15th */
    {"by the period", {{7, 1}, {9, 30}}, 2, 7, 10, 12, 2025, 0},
    {"before the period, in its year", {{1, 15}, {9, 30}}, 2, 7, 10, 12, 2025, 0},
    {"past New Year into the period", {{11, 1}, {12, 31}, {1, 1}, {2, 3}}, 4, 1, 4, 12, 2024, 1},
    {"past New Year out of the period", {{11, 1}, {12, 31}, {1, 1}, {2, 3}}, 4, 10, 12, 12, 2025, 1},
    {"by the file: before it", {{7, 1}, {9, 1}}, 2, 0, 0, 8, 2024, 0},
    {"by the file: in its year", {{7, 1}, {8, 1}}, 2, 0, 0, 8, 2025, 0},
    {"by the file, past New Year", {{12, 30}, {1, 2}}, 2, 0, 0, 3, 2024, 1},
    {"by the file, more than a year", {{2, 1}, {8, 1}, {1, 2}, {2, 20}}, 4, 0, 0, 3, 2024, 1},
    {"a leap day", {{2, 29}}, 1, 0, 0, 8, 2024, 0},
    {"a leap day after New Year", {{12, 1}, {2, 29}}, 2, 0, 0, 8, 2023, 1},
    {"a late line of the old year", {{12, 31}, {1, 1}, {12, 31}, {1, 1}}, 4, 0, 0, 3, 2024, 1},
    {"a step back by days is disorder", {{7, 10}, {7, 1}, {7, 11}}, 3, 0, 0, 8, 2025, 0},
    {"two New Years", {{6, 1}, {12, 1}, {6, 1}, {12, 1}, {6, 1}}, 5, 0, 0, 8, 2023, 2},
};

static void years(void **state)
{
    const struct year_case *c = *state;
    log_years y = {0};
    for (int i = 0; i < c->n; i++) log_years_step(&y, c->days[i].m, c->days[i].d);
    int64_t from = c->from ? DAY_MS(2025, c->from, 1) : 0, to = c->from ? DAY_MS(2025, c->to, 1) : 0;
    assert_int_equal(y.index, c->index);
    assert_int_equal(log_years_base(&y, from, to, DAY_MS(2025, c->latest, 15)), c->want);
}

/* ---- the audit log ---- */
static void audit_fields(void **state)
{
    (void)state;
    static const char line[] = "node=web01 type=USER_CMD msg=audit(1751332831.363:475): pid=1382 uid=1000 auid=4294967295 ses=3 msg='cwd=\"/home/a b\" cmd=2E2F7265706F7274202D63206E696768742E796D6C terminal=pts/0 res=success'";
    audit_line l;
    log_framed *f = calloc(1, sizeof *f);
    arena scratch = {0};
    f->scratch = &scratch;
    assert_true(log_audit_read(slice_of(line), "mdy", &l));
    assert_slice_is(l.host, "web01");
    assert_slice_is(l.id, "1751332831.363:475");
    assert_true(l.ms == 1751332831363);
    log_audit_fields(&l, f);
    const struct { const char *name, *want; } want[] = {{"type", "USER_CMD"}, {"cmd", "./report -c night.yml"}, {"cwd", "/home/a b"}, {"auid", ""}, {"result", "success"}, {"terminal", "pts/0"}, {"uid", "1000"}};
    for (size_t i = 0; i < LEN(want); i++) assert_slice_is(log_pair_get(f->pairs, f->n, slice_of(want[i].name)), want[i].want);
    f->n = 0;
    assert_true(log_audit_read(SLICE_LIT("type=USER_LOGIN msg=audit(1.0:1): auid=1000 msg='op=login acct=626F62 addr=10.0.0.9 res=failed'UID=\"root\" AUID=\"bob\""), "mdy", &l)); /* enriched, its \x1d lost */
    log_audit_fields(&l, f);
    assert_slice_is(log_pair_get(f->pairs, f->n, SLICE_LIT("result")), "fail");
    assert_slice_is(log_pair_get(f->pairs, f->n, SLICE_LIT("AUID")), "bob");
    assert_slice_is(log_pair_get(f->pairs, f->n, SLICE_LIT("acct")), "bob");
    f->n = 0;
    assert_true(log_audit_read(SLICE_LIT("type=X msg=audit(1.0:1): =a ==b c= d=\"e f=g='h"), "mdy", &l)); /* nothing here may keep it for ever */
    log_audit_fields(&l, f);
    assert_slice_is(log_pair_get(f->pairs, f->n, SLICE_LIT("d")), "e f=g='h");
    assert_false(log_audit_read(SLICE_LIT("type=UNKNOWN[1329] msg=?"), "mdy", &l));
    assert_false(log_audit_read(SLICE_LIT("type=X msg=audit("), "mdy", &l));
    arena_free(&scratch);
    free(f);
}

/* ---- what nearly all lines are, and the rest ---- */
static uint32_t seed = 5;
static uint32_t draw(uint32_t n) { return (seed = seed * 1664525u + 1013904223u) / 65536u % n; }
#define ONE_OF(...) ((const char *const[]){__VA_ARGS__})[draw(8) ? 0 : draw(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))]   /* mostly the first */

/* A line of pieces that are mostly right. */
static slice line_of(char *out, size_t cap)
{
    int n = snprintf(out, cap, "%s%s%s%s%s%s%s%s%s%s", ONE_OF("Jul", "Jul", "Feb", "Dec", "jul", "Xxx"), ONE_OF(" ", " ", " ", "  ", "-"), ONE_OF(" 1", " 7", "13", "28", "29", "30", "31", "32", "0", "x1"),
                     ONE_OF(" 09:00:00", " 09:00:00", " 09:00:01", " 23:59:59", " 23:59:60", " 24:00:00", " 9:00:00", " 2025 09:00:00", " 09:00:00.123"), ONE_OF(" ", " ", " ", "  ", ": ", ""),
                     ONE_OF("web01", "web01", "10.0.0.9", "[sshd]", "%ASA-6-302013:", "<auth.info>", "a:", "2025", ""), ONE_OF(" ", " ", " ", "  ", ": "), ONE_OF("sshd", "sshd", "kernel", "audit", "CEF", "su(pam_unix)", "9x", "a/b", "x.y"),
                     ONE_OF("[7]: ", "[7]: ", ": ", "[x]: ", "[7] ", ":", "[12345678901234567890]: "),
                     ONE_OF("Failed password for root from 10.0.0.9 port 22 ssh2", "x", "", "[ID 800047 auth.notice] x", "type=USER_LOGIN msg=audit(1751331600.123:5): pid=9 res=failed", "CEF:0|V|P|1|7|n|5|src=10.0.0.9", "a: %ASA-6-302013: b",
                            "a text of more than sixty-four bytes, behind the beginning of which there is a %ASA-6-302013: b", "last message repeated 2 times"));
    return (slice){out, (size_t)n};
}

static void same_frame(const log_framed *a, const log_framed *b, slice line)
{
    for (int f = 0; f < LOG_FIELDS; f++)
        if (!slice_eq(a->ev.v[f], b->ev.v[f])) fail_msg("%s is '%.*s' and '%.*s' in: %.*s", log_field_names[f], SLICE_ARG(a->ev.v[f]), SLICE_ARG(b->ev.v[f]), SLICE_ARG(line));
    if (a->time.month != b->time.month || a->time.day != b->time.day || a->time.year != b->time.year || a->time.ms != b->time.ms) fail_msg("two times in: %.*s", SLICE_ARG(line));
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) assert_true(slice_eq(a->pairs[i].name, b->pairs[i].name) && slice_eq(a->pairs[i].value, b->pairs[i].value));
}

/* A line that is framed in one go is what it is behind a priority, which is taken apart step by step; by the days of other lines, in a block and by itself. */
static void in_one_go(void **state)
{
    (void)state;
    enum { LINES = 200000 };
    arena scratch = {0};
    static char text[1024];
    log_framed *usual = mem_zero(1, sizeof *usual), *stepwise = mem_zero(1, sizeof *stepwise);
    size_t taken = 0;
    bool broken;
    usual->scratch = stepwise->scratch = &scratch;
    memset(text, '%', sizeof text); /* what stands behind a line in its text says nothing of it */
    for (int i = 0; i < LINES; i++) {
        char *exact = NULL;
        memcpy(text, "<13>", 4);
        slice with = {text, 4 + line_of(text + 4, sizeof text - 4).len}, line = {text + 4, with.len - 4};
        if (i % 2) line.ptr = exact = memcpy(malloc(line.len), line.ptr, line.len);
        usual->around = i % 2 ? (slice){0} : (slice){text, sizeof text};
        log_framed_reset(usual), log_framed_reset(stepwise);
        if (log_frame_usual(line, usual)) {
            taken++;
            if (!log_frame_syslog(with, stepwise, &broken)) fail_msg("framed in one way only: %.*s", SLICE_ARG(line));
            same_frame(usual, stepwise, line);
        }
        free(exact);
        arena_free(&scratch);
    }
    assert_in_range(taken, LINES / 4, LINES / 4 * 3); /* both ways were gone */
    mem_free(usual);
    mem_free(stepwise);
}

int main(void)
{
    struct CMUnitTest tests[LEN(yaml_cases) + LEN(line_cases) + LEN(time_cases) + LEN(year_cases) + 5];
    size_t n = 0;
    ROWS(tests, n, yaml_cases, wrong_patterns);
    ROWS(tests, n, line_cases, syslog_lines);
    ROWS(tests, n, time_cases, times);
    ROWS(tests, n, year_cases, years);
    static const struct CMUnitTest more[] = {cmocka_unit_test(every_example_of_every_pattern), cmocka_unit_test(wrong_examples), cmocka_unit_test(patterns_without_memory), cmocka_unit_test(audit_fields), cmocka_unit_test(in_one_go)};
    for (size_t i = 0; i < LEN(more); i++) tests[n++] = more[i];
    return _cmocka_run_group_tests("loglines", tests, n, NULL, NULL);
}
