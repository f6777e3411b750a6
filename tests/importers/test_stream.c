/* A stream read ahead by another thread gives what the stream itself gives: every byte in order, its error at its place, and it may be left at any time. */
#include "engine/base/mem.h"
#include "importers/stream.h"
#include "tests/support/check.h"

/* size bytes that follow a course, then the end or an error. */
typedef struct counted { stream base; size_t size, at; bool fails; bool *closed; } counted;

static char byte_at(size_t i) { return (char)(i * 131 + i / 251); }

static sla_status counted_read(stream *s, char *to, size_t n, size_t *got, err *e)
{
    counted *c = (counted *)s;
    for (*got = 0; *got < n && c->at < c->size; c->at++) to[(*got)++] = byte_at(c->at);
    return c->at == c->size && c->fails ? err_set(e, SLA_SYNTAX, SRCPOS_NONE, "broken at %zu", c->size) : SLA_OK;
}

static void counted_close(stream *s) { *((counted *)s)->closed = true; }

enum { STEP = 1 << 17 }; /* as much as is read ahead at a time */
static const struct ahead_case { const char *name; size_t size, bytes; bool fails; } ahead_cases[] = {
    {"empty", 0, 100, false}, {"a byte", 1, 100, false}, {"one piece", STEP, 1000, false}, {"a piece and a byte", STEP + 1, STEP, false}, {"many pieces in small bites", 11 * STEP + 5, 4097, false},
    {"many pieces at once", 23 * STEP - 1, 64 * STEP, false}, {"as many as fit, twice", 16 * STEP, STEP, false}, {"fails at once", 0, 100, true}, {"fails far behind", 9 * STEP + 77, 65536, true},
};

static void ahead(void **state)
{
    const struct ahead_case *c = *state;
    bool closed = false;
    counted in = {{counted_read, counted_close}, c->size, 0, c->fails, &closed};
    stream *s = stream_ahead(&in.base);
    char *to = mem_zero(c->bytes, 1);
    size_t got = c->bytes, sum = 0;
    err e = {0};
    sla_status st = SLA_OK;
    while (st == SLA_OK && got == c->bytes) {
        st = stream_read(s, to, c->bytes, &got, &e);
        for (size_t i = 0; st == SLA_OK && i < got; i++) assert_int_equal(to[i], byte_at(sum + i));
        sum += got;
    }
    assert_int_equal(st, c->fails ? SLA_SYNTAX : SLA_OK);
    if (c->fails) assert_non_null(strstr(e.msg, "broken at"));
    else assert_int_equal(sum, c->size);
    stream_close(s);
    assert_true(closed);
    mem_free(to);
}

static void left_early(void **state)
{
    (void)state;
    for (size_t n = 0; n < 12; n++) {
        bool closed = false;
        char some[5000];
        size_t got;
        counted in = {{counted_read, counted_close}, 40 * STEP, 0, false, &closed};
        stream *s = stream_ahead(&in.base);
        for (size_t i = 0; i < n * n; i++) assert_int_equal(stream_read(s, some, sizeof some, &got, NULL), SLA_OK);
        stream_close(s);
        assert_true(closed);
    }
}

int main(void)
{
    struct CMUnitTest tests[LEN(ahead_cases) + 1];
    size_t n = 0;
    setenv("SLAUDIT_THREADS", "2", 1);
    ROWS(tests, n, ahead_cases, ahead);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(left_early);
    return cmocka_run_group_tests_name("importers/stream", tests, NULL, NULL);
}
