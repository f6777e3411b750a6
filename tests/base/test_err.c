#include <errno.h>

#include "tests/support/check.h"

#include "engine/base/err.h"
#include "engine/base/mem.h"
#include "engine/base/utf8.h"

static const struct format_case { const char *name; err e; const char *want; } format_cases[] = {
    {"all parts", {SLA_NAME, "a.yaml", 3, 7, "unknown key", "did you mean key?"}, "a.yaml:3:7: error: unknown key\n  hint: did you mean key?\n"},
    {"no column", {SLA_SYNTAX, "a.csv", 3, 0, "no quote", ""}, "a.csv:3: error: no quote\n"},
    {"no line", {SLA_IO, "a.csv", 0, 4, "cannot open", ""}, "a.csv: error: cannot open\n"},
    {"no file", {SLA_IO, "", 0, 0, "full", ""}, "error: full\n"},
    {"a line without a file", {SLA_SYNTAX, "", 2, 0, "odd", ""}, "line 2: error: odd\n"},
    {"no message", {SLA_NOMEM, "", 0, 0, "", ""}, "error: out of memory\n"},
};
static void formats(void **state)
{
    const struct format_case *c = *state;
    char out[1024];
    err_format(&c->e, out, sizeof out);
    assert_string_equal(out, c->want);
}

static const struct errno_case { const char *name; int errnum; sla_status st; const char *want; } errno_cases[] = {
    {"full disk", ENOSPC, SLA_IO, "cannot write: no space left on the disk"},
    {"missing file", ENOENT, SLA_IO, "cannot write: no such file or folder"},
    {"no memory", ENOMEM, SLA_NOMEM, "cannot write: out of memory"},
    {"a number without words", 9999, SLA_IO, "cannot write: system error 9999"},
};
static void says_errno(void **state)
{
    const struct errno_case *c = *state;
    err e = {0};
    assert_int_equal(err_errno(&e, (srcpos){"x", 0, 0}, c->errnum, "cannot write"), c->st);
    assert_int_equal(e.code, c->st);
    assert_string_equal(e.msg, c->want);
    assert_string_equal(e.file, "x");
}

static void first_stays(void **state)
{
    (void)state;
    err e = {0};
    assert_int_equal(err_set(&e, SLA_TYPE, (srcpos){"f", 1, 2}, "first %d", 1), SLA_TYPE);
    assert_int_equal(err_set(&e, SLA_IO, SRCPOS_NONE, "second"), SLA_IO);
    assert_int_equal(e.code, SLA_TYPE);
    assert_string_equal(e.msg, "first 1");
    err_hint(&e, "one");
    err_hint(&e, "two");
    assert_string_equal(e.hint, "one");
    assert_int_equal(err_set(NULL, SLA_IO, SRCPOS_NONE, "nobody listens"), SLA_IO);
    err_hint(NULL, "nobody listens");
}

/* A message that is too long ends with a whole character, wherever the cut falls. */
static void long_texts_stay_utf8(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char text[1024] = "abc";
        text[shift] = '\0';
        while (strlen(text) < 600) strcat(text, shift & 1 ? "\xE4\xBC\x98" : "\xF0\x9F\x98\x80");
        err e = {0};
        err_set(&e, SLA_IO, (srcpos){text, 1, 1}, "%s", text);
        err_hint(&e, "%s", text);
        assert_true(utf8_valid(e.msg, strlen(e.msg), NULL));
        assert_true(utf8_valid(e.hint, strlen(e.hint), NULL));
        assert_true(utf8_valid(e.file, strlen(e.file), NULL));
        assert_true(strlen(e.msg) > sizeof e.msg - 6);
        assert_memory_equal(e.file, "...", 3);
        char small[100];
        err_format(&e, small, sizeof small);
        assert_true(utf8_valid(small, strlen(small), NULL));
    }
}

static void list_keeps_first(void **state)
{
    (void)state;
    errlist l = {0};
    errlist_hint(&l, "to nobody");
    for (int i = 0; i < ERRLIST_MAX + 5; i++) errlist_add(&l, SLA_RANGE, (srcpos){"f", (unsigned)i + 1, 1}, "number %d", i);
    assert_int_equal(l.n, ERRLIST_MAX);
    assert_int_equal(l.dropped, 5);
    errlist_hint(&l, "of one that was dropped");
    assert_string_equal(l.items[ERRLIST_MAX - 1].hint, "");
    assert_string_equal(l.items[99].msg, "number 99");
    errlist_clear(&l);
    errlist_push(&l, &(err){0});
    assert_int_equal(l.n, 0);
    errlist_push(&l, &(err){.code = SLA_IO, .msg = "copied"});
    errlist_hint(&l, "for %s", "it");
    assert_string_equal(l.items[0].msg, "copied");
    assert_string_equal(l.items[0].hint, "for it");
    errlist_clear(&l);
    assert_null(l.items);
}

static void list_without_memory(void **state)
{
    (void)state;
    errlist l = {0};
    mem_fail_after(1);
    for (int i = 0; i < 3; i++) assert_int_equal(errlist_add(&l, SLA_TYPE, SRCPOS_NONE, "x"), SLA_TYPE);
    mem_fail_after(-1);
    assert_int_equal(l.n, 1);
    assert_int_equal(l.dropped, 2);
    errlist_clear(&l);
}

static void status_names(void **state)
{
    (void)state;
    assert_string_equal(status_name(SLA_OK), "ok");
    assert_string_equal(status_name(SLA_USAGE), "wrong usage");
    assert_string_equal(status_name((sla_status)99), "unknown status");
    assert_string_equal(status_name((sla_status)-1), "unknown status");
}

int main(void)
{
    struct CMUnitTest tests[LEN(format_cases) + LEN(errno_cases) + 5];
    size_t n = 0;
    ROWS(tests, n, format_cases, formats);
    ROWS(tests, n, errno_cases, says_errno);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(first_stays);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(long_texts_stay_utf8);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(list_keeps_first);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(list_without_memory);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(status_names);
    return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
