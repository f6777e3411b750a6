/* Lines of the common log format are cut without their expression; both must find the same in every line that this way takes. */
#include "engine/base/mem.h"
#include "importers/logclf.h"
#include "importers/logkind.h"
#include "tests/support/check.h"

static uint32_t seed = 1;
static uint32_t draw(uint32_t n) { return (seed = seed * 1664525u + 1013904223u) / 65536u % n; }

static const struct cut_case { const char *name; bool taken; } cut_cases[] = {
    {"10.0.0.9 - - [17/May/2025:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 512", true}, {"10.0.0.9 - bob [17/May/2025:10:05:03 +0000] \"GET /a HTTP/1.1\" 304 - \"-\" \"curl\"", true},
    {"2001:db8::9 - - [17/May/2025:10:05:60 -0330] \"M /a\\ HTTP\" 200 5x", true}, {"web01.example.org - 007 [17/May/2025:10:05:03 +0000] \"GET  HTTP/1.1\" 200 0", true},
    {"", false}, {"10.0.0.9", false}, {"10.0.0.9 - - [17/May/2025:10:05:03 +0000] \"GET /a HTTP/1.1\" 200", false}, {"10.0.0.9 - - [17/May/2025:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 x", false},
    {"10.0.0.9, 10.0.0.1 - - [17/May/2025:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 512", false}, {"10.0.0.9 - - [17/May/2025:10:05:03] \"GET /a HTTP/1.1\" 200 512", false},
    {"10.0.0.9 - \"\" [17/May/2025:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 512", false}, {"10.0.0.9 - - [17/May/2025:10:05:03 +0000] \"GET /a b HTTP/1.1\" 200 512", false},
    {"10.0.0.9 - - [17/May/2025:10:05:03 +0000] \"GET /a\\\" HTTP/1.1\" 200 512", false}, {"10.0.0.9 - - [31/Feb/2025:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 512", false},
    {"10.0.0.9 - - [17/May/2025:10:05:03 +0000] \"-\" 408 -", false}, {"10.0.0.9 - - [17/May/2025:10:05:03 +0000] \"GET /a\" 200 5", false}, {" - - [17/May/2025:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 5", false},
};
static void which_are_cut(void **state)
{
    const struct cut_case *c = *state;
    slice parts[CLF_PARTS];
    log_time at;
    assert_true(log_clf_cut(slice_of(c->name), c->name + strlen(c->name), parts, &at) == c->taken);
}

/* A line of the format, with some bytes changed, left out or put in at random. The text lies in memory of just its size, so that a read behind it is found. */
static char *line_of(size_t *len)
{
    static const char *const hosts[] = {"10.0.0.9", "2001:db8::9", "web01.example.org", "-", "unknown", "10.0.0.9, 10.0.0.1"}, *const users[] = {"-", "bob", "a@b.c", "\"\"", "-x", "b[b", "王伟"},
        *const requests[] = {"GET /a?b=c HTTP/1.1", "POST / HTTP/2.0", "GET /two words HTTP/1.0", "GET /a\\\"b HTTP/1.1", "-", "GET /a", "\\x16\\x03"}, *const sizes[] = {"-", "0", "512", "1234567890123456789"};
    static const char odd[] = " \"-[],\\\t:/+0Z\xC3\n";
    char text[512];
    int n = snprintf(text, sizeof text - 64, "%s - %s [%02u/%s/2025:10:05:%02u %s0800] \"%s\" %u %s%s", hosts[draw(8) % 6], users[draw(10) % 7], 1 + draw(31), draw(2) ? "Jul" : "Feb", draw(61),
                     draw(4) ? "+" : "-", requests[draw(9) % 7], 100 + draw(500), sizes[draw(4)], draw(2) ? " \"-\" \"curl/8 (x)\"" : "");
    for (uint32_t changes = draw(3) ? 0 : 1 + draw(3); changes > 0 && n > 1; changes--) {
        size_t i = draw((uint32_t)n);
        uint32_t what = draw(3);
        if (what == 0) text[i] = odd[draw(sizeof odd - 1)];
        else if (what == 1) memmove(text + i, text + i + 1, (size_t)n-- - i - 1);
        else memmove(text + i + 1, text + i, (size_t)n++ - i), text[i] = odd[draw(sizeof odd - 1)];
    }
    char *exact = malloc((size_t)n);
    assert_non_null(exact);
    memcpy(exact, text, (size_t)n);
    *len = (size_t)n;
    return exact;
}

static void same(const log_framed *a, const log_framed *b, slice line)
{
    bool equal = a->n == b->n && a->time.year == b->time.year && a->time.month == b->time.month && a->time.day == b->time.day && a->time.ms == b->time.ms && a->time.offset_min == b->time.offset_min;
    for (int f = 0; equal && f < LOG_FIELDS; f++) equal = slice_eq(a->ev.v[f], b->ev.v[f]);
    for (size_t i = 0; equal && i < a->n; i++) equal = slice_eq(a->pairs[i].name, b->pairs[i].name) && slice_eq(a->pairs[i].value, b->pairs[i].value);
    if (!equal) fail_msg("cut in two ways: %.*s", SLICE_ARG(line));
}

static void as_the_expression(void **state)
{
    (void)state;
    enum { LINES = 100000 };
    log_patterns *lp;
    errlist errors = {0};
    assert_int_equal(log_patterns_load(&lp, &errors), SLA_OK);
    const log_kinds *ks = log_patterns_kinds(lp);
    const log_kind *common = NULL;
    for (size_t i = 0; i < ks->nlines; i++)
        if (ks->lines[i].common) common = &ks->lines[i];
    assert_non_null(common);
    log_kind by_match = *common;
    log_regex_state *s = log_regex_state_new();
    log_framed *a = mem_zero(1, sizeof *a), *b = mem_zero(1, sizeof *b);
    size_t cut = 0;
    static char within[4096];
    by_match.common = false;
    assert_true(s && a && b);
    for (int i = 0; i < LINES; i++) {
        slice line = {0}, parts[CLF_PARTS];
        log_time at;
        char *text = line_of(&line.len);
        line.ptr = text;
        assert_in_range(line.len, 1, sizeof within);
        if (i % 2) line.ptr = memcpy(within, text, line.len); /* what other lines left stands behind it */
        memset(a, 0, offsetof(log_framed, pairs)), memset(b, 0, offsetof(log_framed, pairs));
        a->n = b->n = 0;
        a->around = b->around = i % 2 ? (slice){within, sizeof within} : (slice){0};
        bool one = log_frame_line(common, s, line, a), other = log_frame_line(&by_match, s, line, b);
        if (one != other) fail_msg("taken in one way only: %.*s", SLICE_ARG(line));
        if (one) same(a, b, line);
        cut += log_clf_cut(line, slice_readable(line, a->around), parts, &at);
        free(text);
    }
    assert_in_range(cut, LINES / 20, LINES / 2); /* both ways were gone */
    mem_free(a);
    mem_free(b);
    log_regex_state_free(s);
    log_patterns_free(lp);
}

int main(void)
{
    struct CMUnitTest tests[LEN(cut_cases) + 1];
    size_t n = 0;
    ROWS(tests, n, cut_cases, which_are_cut);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(as_the_expression);
    return _cmocka_run_group_tests("logclf", tests, n, NULL, NULL);
}
