#define _XOPEN_SOURCE 700 /* setenv */
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "tests/support/check.h"

#include "engine/base/mem.h"
#include "engine/base/pool.h"

static void threads(const char *n)
{
    if (n) assert_int_equal(setenv("SLAUDIT_THREADS", n, 1), 0);
    else unsetenv("SLAUDIT_THREADS");
}

static void reads_the_environment(void **state)
{
    (void)state;
    threads("3");
    assert_int_equal(pool_threads(), 3);
    threads("99999999999999999999");
    assert_int_equal(pool_threads(), 64);
    static const char *const wrong[] = {"0", "-2", "many", "", "2x"};
    threads(NULL);
    size_t machine = pool_threads();
    assert_in_range(machine, 1, 64);
    for (size_t i = 0; i < LEN(wrong); i++) {
        threads(wrong[i]);
        assert_int_equal(pool_threads(), machine);
    }
}

/* --- pool_each --- */
typedef struct parts { atomic_int runs[500]; size_t fail_from; } parts;
static sla_status one_part(void *ctx, size_t part, err *e)
{
    parts *p = ctx;
    atomic_fetch_add(&p->runs[part], 1);
    if (part >= p->fail_from) return err_set(e, SLA_RANGE, SRCPOS_NONE, "part %zu", part);
    return SLA_OK;
}

static void every_part_once(void **state)
{
    (void)state;
    static const char *const counts[] = {"1", "2", "7", "64"};
    for (size_t k = 0; k < LEN(counts); k++) {
        threads(counts[k]);
        parts *p = mem_zero(1, sizeof *p);
        p->fail_from = SIZE_MAX;
        assert_int_equal(pool_each(500, one_part, p, NULL), SLA_OK);
        for (size_t i = 0; i < 500; i++) assert_int_equal(p->runs[i], 1);
        assert_int_equal(pool_each(0, one_part, p, NULL), SLA_OK);
        for (int again = 0; again < 50; again++) {
            err e = {0};
            p->fail_from = 41;
            assert_int_equal(pool_each(500, one_part, p, &e), SLA_RANGE);
            assert_string_equal(e.msg, "part 41"); /* however the threads ran */
        }
        mem_free(p);
    }
    threads(NULL);
}

/* --- pool_stream --- */
typedef struct item { int number; } item;
typedef struct stream {
    atomic_int alive, most_alive;
    int emitted[3000], n_emitted;
    atomic_int emitting, dropped;
    bool overlapped;
    int work_fails, emit_fails;
} stream;

static item *item_new(stream *s, int number)
{
    item *it = mem_zero(1, sizeof *it);
    it->number = number;
    int now = atomic_fetch_add(&s->alive, 1) + 1;
    if (now > s->most_alive) s->most_alive = now; /* only the thread that hands in makes items */
    return it;
}

static void item_end(stream *s, item *it)
{
    mem_free(it);
    atomic_fetch_sub(&s->alive, 1);
}

static sla_status work(void *ctx, void *p, err *e)
{
    stream *s = ctx;
    item *it = p;
    if (it->number % 7 == 0) nanosleep(&(struct timespec){0, 200000}, NULL); /* out of step */
    if (it->number != s->work_fails) return SLA_OK;
    sla_status st = err_set(e, SLA_SYNTAX, SRCPOS_NONE, "work %d", it->number);
    item_end(s, it);
    return st;
}

static sla_status emit(void *ctx, void *p, err *e)
{
    stream *s = ctx;
    item *it = p;
    if (atomic_fetch_add(&s->emitting, 1) != 0) s->overlapped = true;
    sla_status st = it->number == s->emit_fails ? err_set(e, SLA_DB, SRCPOS_NONE, "emit %d", it->number) : SLA_OK;
    if (st == SLA_OK) s->emitted[s->n_emitted++] = it->number;
    item_end(s, it);
    atomic_fetch_sub(&s->emitting, 1);
    return st;
}

static void drop(void *ctx, void *p)
{
    stream *s = ctx;
    atomic_fetch_add(&s->dropped, 1);
    item_end(s, p);
}

static const struct stream_case {
    const char *name, *threads; size_t ahead; int n, work_fails, emit_fails; sla_status st; const char *msg; int emitted;
} stream_cases[] = {
    {"one thread", "1", 4, 300, -1, -1, SLA_OK, "", 300},
    {"two threads", "2", 4, 3000, -1, -1, SLA_OK, "", 3000},
    {"many threads", "8", 16, 3000, -1, -1, SLA_OK, "", 3000},
    {"no room ahead", "4", 1, 500, -1, -1, SLA_OK, "", 500},
    {"room 0 counts as 1", "4", 0, 100, -1, -1, SLA_OK, "", 100},
    {"nothing handed in", "4", 4, 0, -1, -1, SLA_OK, "", 0},
    {"work fails, one thread", "1", 4, 300, 100, -1, SLA_SYNTAX, "work 100", 100},
    {"work fails", "4", 8, 1000, 100, -1, SLA_SYNTAX, "work 100", 100},
    {"work fails at the last", "4", 8, 300, 299, -1, SLA_SYNTAX, "work 299", 299},
    {"emit fails, one thread", "1", 8, 300, -1, 50, SLA_DB, "emit 50", 50},
    {"emit fails", "4", 8, 1000, -1, 50, SLA_DB, "emit 50", 50},
    {"the first in order counts", "4", 8, 1000, 53, 50, SLA_DB, "emit 50", 50},
    {"the first item fails", "3", 4, 100, 0, -1, SLA_SYNTAX, "work 0", 0},
};
static void streams_in_order(void **state)
{
    const struct stream_case *c = *state;
    stream *s = mem_zero(1, sizeof *s);
    s->work_fails = c->work_fails;
    s->emit_fails = c->emit_fails;
    threads(c->threads);
    pool_stream *ps = NULL;
    err e = {0};
    assert_int_equal(pool_stream_open(&(pool_job){work, emit, drop, s, c->ahead}, &ps, &e), SLA_OK);
    sla_status st = SLA_OK;
    for (int i = 0; i < c->n; i++) {
        sla_status put = pool_put(ps, item_new(s, i), &e);
        if (st != SLA_OK) assert_int_equal(put, st); /* once failed, it stays failed */
        st = put;
    }
    err last = {0};
    assert_int_equal(pool_stream_close(ps, &last), c->st);
    assert_string_equal(last.msg, c->msg);
    if (st != SLA_OK) assert_string_equal(e.msg, c->msg);
    assert_int_equal(s->alive, 0);
    assert_int_equal(s->n_emitted, c->emitted);
    for (int i = 0; i < s->n_emitted; i++) assert_int_equal(s->emitted[i], i);
    assert_false(s->overlapped);
    assert_true((size_t)s->most_alive <= (c->ahead ? c->ahead : 1) + 1);
    int ended = c->n - c->emitted - s->dropped; /* by work or emit that failed; both may, before the first is known */
    assert_in_range(ended, c->st != SLA_OK, c->st == SLA_OK ? 0 : 2);
    mem_free(s);
    threads(NULL);
}

static void stream_without_memory(void **state)
{
    (void)state;
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked)
    {
        pool_stream *ps = NULL;
        err e = {0};
        mem_fail_after(n);
        sla_status st = pool_stream_open(&(pool_job){work, emit, drop, NULL, 4}, &ps, &e);
        mem_fail_after(-1);
        worked = st == SLA_OK;
        assert_int_equal(ps != NULL, worked);
        pool_stream_close(ps, NULL);
    }
    assert_true(worked);
}

int main(void)
{
    struct CMUnitTest tests[LEN(stream_cases) + 3];
    size_t n = 0;
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(reads_the_environment);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(every_part_once);
    ROWS(tests, n, stream_cases, streams_in_order);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(stream_without_memory);
    return cmocka_run_group_tests_name("base/pool", tests, NULL, NULL);
}
