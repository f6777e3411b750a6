#include "tests/support/check.h"

#include "engine/base/arena.h"
#include "engine/base/bits.h"
#include "engine/base/mem.h"

static void resize_checks_sizes(void **state)
{
    (void)state;
    int *p = mem_resize(NULL, 4, sizeof *p);
    assert_non_null(p);
    p[3] = 7;
    assert_null(mem_resize(p, SIZE_MAX / 2, sizeof *p)); /* p is still there */
    assert_null(mem_resize(p, SIZE_MAX, 1));
    assert_int_equal(p[3], 7);
    assert_null(mem_resize(p, 0, sizeof *p)); /* frees: the leak checker would say otherwise */
    assert_null(mem_zero(SIZE_MAX, 16));
    assert_null(mem_zero(0, 8));
    mem_free(NULL);
}

static void fails_on_demand(void **state)
{
    (void)state;
    void *p[4];
    mem_fail_after(2);
    for (size_t i = 0; i < 4; i++) p[i] = mem_zero(1, 8);
    assert_null(mem_resize(NULL, 1, 8)); /* fails until it is turned off */
    mem_fail_after(-1);
    assert_non_null(p[0]);
    assert_non_null(p[1]);
    assert_null(p[2]);
    assert_null(p[3]);
    for (size_t i = 0; i < 4; i++) mem_free(p[i]);
    p[0] = mem_resize(NULL, 1, 1);
    assert_non_null(p[0]);
    mem_free(p[0]);
}

static void fails_once(void **state)
{
    (void)state;
    void *p[4];
    mem_fail_once(2);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(mem_fail_pending(), i < 3);
        p[i] = mem_zero(1, 8);
        assert_int_equal(p[i] != NULL, i != 2);
    }
    for (size_t i = 0; i < 4; i++) mem_free(p[i]);
    mem_fail_once(0);
    p[0] = mem_resize(NULL, 1, 1);
    assert_null(p[0]);
    mem_fail_after(0); /* lasts, whatever was asked for before */
    for (size_t i = 0; i < 2; i++) assert_null(mem_zero(1, 1));
    mem_fail_after(-1);
    assert_false(mem_fail_pending());
}

static void grows(void **state)
{
    (void)state;
    int64_t *v = NULL;
    size_t cap = 0, times = 0;
    for (size_t i = 0; i < 10000; i++) {
        size_t before = cap;
        assert_int_equal(mem_grow(&v, &cap, i + 1, sizeof *v), 0);
        times += cap != before;
        v[i] = (int64_t)i;
    }
    assert_true(times < 30); /* geometric */
    int64_t *same = v;
    size_t cap_before = cap;
    assert_int_equal(mem_grow(&v, &cap, SIZE_MAX / 8, sizeof *v), -1);
    mem_fail_after(0);
    assert_int_equal(mem_grow(&v, &cap, cap + 1, sizeof *v), -1);
    mem_fail_after(-1);
    assert_ptr_equal(v, same);
    assert_int_equal(cap, cap_before);
    for (size_t i = 0; i < 10000; i++) assert_int_equal(v[i], i);
    mem_free(v);
}

static void arena_gives_zeroed_and_aligned(void **state)
{
    (void)state;
    arena a = {0};
    size_t sizes[] = {1, 3, 16, 0, 100, 4000, 5000, 1 << 20, 3 << 20, 7};
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < LEN(sizes); i++) {
            unsigned char *p = arena_alloc(&a, sizes[i], 1);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t k = 0; k < sizes[i]; k += sizes[i] > 5000 ? 997 : 1) assert_int_equal(p[k], 0);
            memset(p, 0xA5, sizes[i]);
            assert_string_equal(arena_strndup(&a, "text!", 4), "text");
        }
        if (round % 10 == 9) arena_free(&a);
    }
    assert_null(arena_alloc(&a, SIZE_MAX, 2));
    assert_null(arena_alloc(&a, SIZE_MAX, 1));
    assert_null(arena_strndup(&a, "", SIZE_MAX));
    arena_free(&a);
    arena_free(&a);
}

/* What came to nothing once is known however much is got and freed since. */
static void arena_remembers_failure(void **state)
{
    (void)state;
    arena a = {0}, b = {0}, c = {0}, d = {0};
    assert_non_null(arena_alloc(&a, 1, 1));
    assert_false(a.failed);
    mem_fail_once(0);
    assert_null(arena_alloc(&a, 1, 1 << 16));
    assert_non_null(arena_alloc(&a, 1, 1 << 16));
    assert_true(a.failed);
    arena_free(&a);
    assert_non_null(arena_slice(&a, SLICE_LIT("x")).ptr);
    assert_true(a.failed);
    arena_free(&a);
    assert_null(arena_alloc(&b, SIZE_MAX, 2));
    assert_null(arena_room(&c, SIZE_MAX, 2));
    assert_null(arena_strndup(&d, "", SIZE_MAX));
    assert_true(b.failed && c.failed && d.failed);
}

static void arena_copies_slices(void **state)
{
    (void)state;
    arena a = {0};
    slice s = arena_slice(&a, (slice){NULL, 0});
    assert_non_null(s.ptr);
    assert_int_equal(s.len, 0);
    s = arena_slice(&a, (slice){"a\0b", 3});
    assert_int_equal(s.len, 3);
    assert_memory_equal(s.ptr, "a\0b", 4);
    arena_free(&a);
    mem_fail_after(0);
    s = arena_slice(&a, SLICE_LIT("x"));
    assert_null(s.ptr);
    assert_int_equal(s.len, 0);
    mem_fail_after(-1);
    arena_free(&a);
}

static void bits_at_the_edges(void **state)
{
    (void)state;
    static const struct { size_t n; uint64_t tail; size_t words; } cases[] = {
        {1, 1, 1}, {63, UINT64_MAX >> 1, 1}, {64, UINT64_MAX, 1}, {65, 1, 2}, {128, UINT64_MAX, 2}};
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_true(bits_tail(cases[i].n) == cases[i].tail);
        assert_int_equal(BITS_WORDS(cases[i].n), cases[i].words);
    }
    uint64_t w[2] = {0};
    bits_set(w, 0), bits_set(w, 63), bits_set(w, 64), bits_set(w, 127);
    assert_int_equal(bits_count(w, 2), 4);
    bits_clear(w, 64);
    assert_false(bits_get(w, 64));
    assert_true(bits_get(w, 127));
    assert_int_equal(BITS_WORDS(0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resize_checks_sizes), cmocka_unit_test(fails_on_demand), cmocka_unit_test(fails_once), cmocka_unit_test(grows),
        cmocka_unit_test(arena_gives_zeroed_and_aligned), cmocka_unit_test(arena_remembers_failure), cmocka_unit_test(arena_copies_slices), cmocka_unit_test(bits_at_the_edges),
    };
    return cmocka_run_group_tests_name("base/mem", tests, NULL, NULL);
}
