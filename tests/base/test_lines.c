/* Lines found 64 bytes at a time are those that are found byte by byte. */
#include "engine/base/bits.h"
#include "engine/base/lines.h"
#include "engine/base/mem.h"
#include "tests/support/check.h"

static uint64_t next(uint64_t *x) { return *x = *x * 6364136223846793005u + 1442695040888963407u, *x >> 33; }

static void as_byte_by_byte(slice text)
{
    slice rest = text, want, got;
    line_scan s = lines_of(text);
    size_t feeds = 0;
    for (size_t i = 0; i < text.len; i++) feeds += text.ptr[i] == '\n';
    assert_int_equal(lines_count_byte(text.ptr, text.len, '\n'), feeds);
    while (rest.len) {
        want = slice_line(&rest);
        line_scan copy = s;
        assert_true(line_next(&copy, &got));
        assert_true(line_next(&s, &got));
        assert_ptr_equal(got.ptr, want.ptr);
        assert_int_equal(got.len, want.len);
        assert_ptr_equal(copy.at, s.at);
    }
    assert_false(line_next(&s, &got));
}

/* An exact copy on the heap: the sanitizers see a byte read too far. */
static void random_texts(void **state)
{
    (void)state;
    uint64_t x = 3;
    for (size_t round = 0; round < 4000; round++) {
        size_t n = next(&x) % 400, often = 1 + next(&x) % 90;
        char *p = mem_zero(n ? n : 1, 1);
        for (size_t i = 0; i < n; i++) p[i] = next(&x) % often ? (char)('a' + next(&x) % 26) : '\n';
        as_byte_by_byte((slice){p, n});
        mem_free(p);
    }
}

static void edges(void **state)
{
    (void)state;
    char text[260];
    as_byte_by_byte(SLICE_LIT(""));
    as_byte_by_byte(SLICE_LIT("\n"));
    as_byte_by_byte(SLICE_LIT("a\n\n\nb"));
    for (size_t n = 1; n < sizeof text; n++) {
        memset(text, 'x', sizeof text);
        as_byte_by_byte((slice){text, n});
        text[n - 1] = '\n';
        as_byte_by_byte((slice){text, n});
        memset(text, '\n', sizeof text);
        as_byte_by_byte((slice){text, n});
    }
}

/* a vector's bytes count to 255 and no further */
static void many(void **state)
{
    (void)state;
    enum { N = 300000 };
    char *p = mem_zero(N, 1);
    memset(p, ';', N);
    assert_int_equal(lines_count_byte(p, N, ';'), N);
    assert_int_equal(lines_count_byte(p, N - 7, ';'), N - 7);
    assert_int_equal(lines_count_byte(p, N, ','), 0);
    mem_free(p);
}

static void bits_ored(void **state)
{
    (void)state;
    uint64_t x = 9;
    for (size_t round = 0; round < 2000; round++) {
        uint64_t w[4] = {0}, want[4] = {0}, mask = next(&x) << 32 ^ next(&x);
        size_t at = next(&x) % 192;
        if (at & 63) mask &= bits_tail(1 + next(&x) % 64);
        for (size_t i = 0; i < 64; i++)
            if (mask >> i & 1) bits_set(want, at + i);
        bits_or(w, at, mask);
        assert_memory_equal(w, want, sizeof w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_texts), cmocka_unit_test(edges), cmocka_unit_test(many), cmocka_unit_test(bits_ored)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
