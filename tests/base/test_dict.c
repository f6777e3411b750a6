#include "tests/support/check.h"

#include "engine/base/dict.h"
#include "engine/base/digest.h"
#include "engine/base/mem.h"

static slice numbered(char out[32], unsigned i)
{
    return (slice){out, (size_t)snprintf(out, 32, "ticket-%u", i)};
}

static void counts_up(void **state)
{
    (void)state;
    dict *d = dict_new();
    char text[32];
    assert_int_equal(dict_find(d, SLICE_LIT("a")), DICT_NONE);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 50000; i++) assert_int_equal(dict_intern(d, numbered(text, i)), i);
    assert_int_equal(dict_count(d), 50000);
    for (unsigned i = 0; i < 50000; i++) {
        assert_int_equal(dict_find(d, numbered(text, i)), i);
        assert_slice_is(dict_text(d, i), text);
    }
    assert_int_equal(dict_find(d, SLICE_LIT("ticket-50000")), DICT_NONE);
    dict_free(d);
    dict_free(NULL);
}

/* many at once get the codes that one after the other would */
static void many_at_once(void **state)
{
    (void)state;
    enum { N = 5000 };
    dict *one = dict_new(), *many = dict_new();
    static char texts[N][32];
    static slice list[N];
    static uint32_t codes[N];
    for (unsigned i = 0; i < N; i++) list[i] = numbered(texts[i], i * 7919 % 3001);
    assert_true(dict_intern_many(many, list, 0, codes, (slice){0}));
    assert_true(dict_intern_many(many, list, N, codes, (slice){0}));
    for (unsigned i = 0; i < N; i++) assert_int_equal(dict_intern(one, list[i]), codes[i]);
    assert_int_equal(dict_count(one), dict_count(many));
    dict_free(one);
    dict_free(many);
}

/* texts of any bytes, all lengths to either side of what a key holds, that differ in little or in zeroes only: equal codes where the bytes are equal, whether what is behind a text
 * may be read or not, and by each way of asking. They lie back to back, so that a byte too many would be another text's or nobody's. */
static void close_texts(void **state)
{
    (void)state;
    enum { N = 3000, LONGEST = 20 };
    static slice list[N];
    static uint32_t codes[N];
    char *block = mem_resize(NULL, N * LONGEST, 1);
    size_t used = 0;
    uint32_t seed = 1;
    for (size_t i = 0; i < N; i++) {
        list[i] = (slice){block + used, (seed = seed * 1664525 + 1013904223) >> 16 & 31};
        if (list[i].len > LONGEST) list[i].len %= 4;
        memset(block + used, seed >> 28 & 1 ? 'a' : 0, list[i].len);
        if (list[i].len) block[used + (seed >> 21) % list[i].len] = (char)(seed >> 8 & 1);
        used += list[i].len;
    }
    for (int round = 0; round < 3; round++) {
        dict *d = dict_new();
        slice around[] = {{0}, {block, used}, {block + used / 2, used / 4}};
        assert_true(dict_intern_many(d, list, N, codes, around[round]));
        for (size_t i = 0; i < N; i++) {
            assert_true(slice_eq(dict_text(d, codes[i]), list[i]));
            assert_int_equal(dict_find(d, list[i]), codes[i]);
            assert_int_equal(dict_intern(d, list[i]), codes[i]);
            if (i > 200) continue;
            for (size_t k = 0; k < i; k++) assert_int_equal(codes[k] == codes[i], slice_eq(list[k], list[i]));
        }
        dict_free(d);
    }
    mem_free(block);
}

/* texts left where they are have the codes that copies would, and the dict gives the block back when it is emptied */
static void left_in_place(void **state)
{
    (void)state;
    enum { N = 1000, LEN = 12 };
    dict *d = dict_new();
    for (unsigned round = 0; round < 2; round++) {
        char *block = mem_resize(NULL, N, LEN);
        slice list[N];
        uint32_t codes[N];
        for (unsigned i = 0; i < N; i++) list[i] = (slice){block + i * LEN, (size_t)snprintf(block + i * LEN, LEN, "%u", i % 700)};
        assert_int_equal(dict_intern(d, SLICE_LIT("5")), 0);
        assert_true(dict_take_block(d, block));
        assert_true(dict_intern_in_place(d, list, N, codes, (slice){0}));
        assert_int_equal(codes[5], 0);
        assert_int_equal(codes[705], 0);
        assert_int_equal(dict_count(d), 700);
        assert_ptr_equal(dict_text(d, codes[699]).ptr, list[699].ptr);
        assert_int_equal(dict_find(d, SLICE_LIT("699")), codes[699]);
        dict_reset(d);
        assert_int_equal(dict_find(d, SLICE_LIT("699")), DICT_NONE);
    }
    dict_free(d);
}

/* appended texts have codes of their own and no look-up finds them; what was interned before and comes after is found, through growth and a reset */
static void appended_apart(void **state)
{
    (void)state;
    dict *d = dict_new();
    char text[32];
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 3000; i++) assert_int_equal(dict_intern(d, numbered(text, i)), i);
        assert_true(dict_all_new(d, 3000));
        assert_false(dict_all_new(d, 4000));
        for (unsigned i = 0; i < 3000; i++) assert_int_equal(dict_append(d, numbered(text, i % 2 ? i : 10000 + i)), 3000 + i);
        assert_slice_is(dict_text(d, 3001), "ticket-1");
        assert_int_equal(dict_find(d, SLICE_LIT("ticket-1")), 1);
        assert_int_equal(dict_find(d, SLICE_LIT("ticket-10002")), DICT_NONE);
        for (unsigned i = 0; i < 9000; i++) assert_int_equal(dict_intern(d, numbered(text, 20000 + i)), 6000 + i);
        for (unsigned i = 0; i < 9000; i++) assert_int_equal(dict_find(d, numbered(text, 20000 + i)), 6000 + i);
        dict_reset(d);
        assert_int_equal(dict_intern(d, SLICE_LIT("first")), 0); /* and a reset of few entries in a large table */
        assert_int_equal(dict_append(d, SLICE_LIT("first")), 1);
        dict_reset(d);
        assert_int_equal(dict_find(d, SLICE_LIT("first")), DICT_NONE);
    }
    dict_free(d);
}

/* many appended at once are those appended one by one */
static void appended_together(void **state)
{
    (void)state;
    dict *d = dict_new();
    static char texts[500][32];
    slice many[500];
    for (unsigned i = 0; i < 500; i++) {
        slice t = numbered(texts[i], i % 100);
        many[i] = t;
    }
    assert_int_equal(dict_intern(d, SLICE_LIT("first")), 0);
    assert_int_equal(dict_append_many_in_place(d, many, 500), 1);
    assert_int_equal(dict_append_many_in_place(d, many, 1), 501);
    assert_int_equal(dict_count(d), 502);
    size_t bytes = 5 + many[0].len;
    for (unsigned i = 0; i < 500; i++) {
        assert_ptr_equal(dict_text(d, 1 + i).ptr, many[i].ptr);
        assert_int_equal(dict_text(d, 1 + i).len, many[i].len);
        bytes += many[i].len;
    }
    assert_int_equal(dict_bytes(d), bytes);
    assert_int_equal(dict_find(d, many[7]), DICT_NONE);
    assert_int_equal(dict_intern(d, many[7]), 502);
    dict_free(d);
}

static void any_bytes(void **state)
{
    (void)state;
    dict *d = dict_new();
    assert_int_equal(dict_intern(d, (slice){NULL, 0}), 0);
    assert_int_equal(dict_intern(d, SLICE_LIT("")), 0);
    assert_int_equal(dict_intern(d, (slice){"\0", 1}), 1);
    assert_int_equal(dict_intern(d, (slice){"\0\0", 2}), 2);
    char *large = mem_zero(3 << 20, 1);
    memset(large, 'x', 3 << 20);
    assert_int_equal(dict_intern(d, (slice){large, 3 << 20}), 3);
    assert_int_equal(dict_intern(d, (slice){large, (3 << 20) - 1}), 4);
    assert_int_equal(dict_intern(d, SLICE_LIT("small")), 5);
    assert_int_equal(dict_text(d, 3).len, 3 << 20);
    assert_memory_equal(dict_text(d, 4).ptr, large, (3 << 20) - 1);
    assert_int_equal(dict_bytes(d), 1 + 2 + (3 << 20) + (3 << 20) - 1 + 5);
    mem_free(large);
    dict_free(d);
}

/* texts[] stays where it is while the dict grows */
static void texts_do_not_move(void **state)
{
    (void)state;
    dict *d = dict_new();
    char text[32];
    dict_intern(d, SLICE_LIT("first"));
    const char *where = dict_text(d, 0).ptr;
    for (unsigned i = 0; i < 100000; i++) dict_intern(d, numbered(text, i));
    assert_ptr_equal(where, dict_text(d, 0).ptr);
    assert_memory_equal(where, "first", 5);
    dict_free(d);
}

static void resets(void **state)
{
    (void)state;
    dict *d = dict_new();
    char text[32];
    static const unsigned sizes[] = {40000, 3, 0, 700, 40000, 1, 5000};
    for (size_t round = 0; round < LEN(sizes); round++) {
        for (unsigned i = 0; i < sizes[round]; i++) assert_int_equal(dict_intern(d, numbered(text, i * 7 + (unsigned)round)), i);
        for (unsigned i = 0; i < sizes[round]; i++) assert_slice_is(dict_text(d, i), numbered(text, i * 7 + (unsigned)round).ptr);
        dict_reset(d);
        assert_int_equal(dict_count(d), 0);
        assert_int_equal(dict_bytes(d), 0);
        assert_int_equal(dict_find(d, numbered(text, (unsigned)round)), DICT_NONE);
    }
    dict_free(d);
}

static void without_memory(void **state)
{
    (void)state;
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked)
    {
        char text[32];
        mem_fail_after(n);
        dict *d = dict_new();
        unsigned i = 0;
        for (; d && i < 3000; i++)
            if (dict_intern(d, numbered(text, i)) != i) break;
        mem_fail_after(-1);
        worked = i == 3000;
        if (d) { /* what went in before is still whole, and the next try succeeds */
            assert_int_equal(dict_count(d), i);
            for (unsigned k = 0; k < i; k++) assert_int_equal(dict_find(d, numbered(text, k)), k);
            assert_int_equal(dict_intern(d, numbered(text, i)), i);
        }
        dict_free(d);
    }
    assert_true(worked);
}

/* --- hash64 --- */
static const struct hash_case { const char *name, *text; uint64_t seed, want; } hash_cases[] = {
    {"empty", "", 0, UINT64_C(0x6D495BE6AC626626)},
    {"one byte", "a", 0, UINT64_C(0x628C9641DC556C97)},
    {"seeded", "a", 1, UINT64_C(0xE993FFA1AF092568)},
    {"seven bytes", "abcdefg", 0, UINT64_C(0xA2561AC47DDE600F)},
    {"eight bytes", "abcdefgh", 0, UINT64_C(0xB1DC0E6779AD7B57)},
    {"sixteen bytes", "0123456789abcdef", 0, UINT64_C(0xDAA20592CCA65F57)},
    {"seventeen bytes", "0123456789abcdefg", 0, UINT64_C(0x5B6EE27DFCD95B56)},
    {"a sentence", "The quick brown fox jumps over the lazy dog", 7, UINT64_C(0x06EC0104882DAD4E)},
};
/* Stored files rely on these values: they may never change. */
static void hash_is_stable(void **state)
{
    const struct hash_case *c = *state;
    uint64_t got = hash64(c->text, strlen(c->text), c->seed);
    if (got != c->want) print_error("%s: 0x%016llX\n", c->name, (unsigned long long)got);
    assert_true(got == c->want);
}

/* One bit changed in the text changes about half of the bits of the hash, at every length and place. */
static void hash_spreads(void **state)
{
    (void)state;
    unsigned char text[40] = {0};
    for (size_t n = 1; n <= sizeof text; n++) {
        for (size_t bit = 0; bit < n * 8; bit++) {
            unsigned flips = 0;
            for (unsigned round = 0; round < 16; round++) {
                for (size_t i = 0; i < n; i++) text[i] = (unsigned char)(i * 131 + round * 29 + n);
                uint64_t before = hash64(text, n, round);
                text[bit / 8] ^= (unsigned char)(1u << bit % 8);
                flips += (unsigned)__builtin_popcountll(before ^ hash64(text, n, round));
            }
            assert_in_range(flips, 16 * 24, 16 * 40);
        }
    }
}

static void hash_has_few_collisions(void **state)
{
    (void)state;
    enum { N = 200000, BUCKETS = 1 << 18 };
    uint8_t *low = mem_zero(BUCKETS, 1), *high = mem_zero(BUCKETS, 1);
    unsigned worst = 0;
    char text[32];
    for (unsigned i = 0; i < N; i++) {
        slice s = numbered(text, i);
        uint64_t h = hash64(s.ptr, s.len, 0);
        unsigned a = ++low[h % BUCKETS], b = ++high[h >> 46];
        worst = a > worst ? a : worst;
        worst = b > worst ? b : worst;
    }
    assert_true(worst <= 10); /* random placing gives 8 or 9 */
    mem_free(low);
    mem_free(high);
}

int main(void)
{
    struct CMUnitTest tests[LEN(hash_cases) + 12];
    size_t n = 0;
    ROWS(tests, n, hash_cases, hash_is_stable);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(counts_up);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(many_at_once);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(close_texts);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(left_in_place);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(appended_apart);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(appended_together);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(any_bytes);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(texts_do_not_move);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(resets);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(without_memory);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(hash_spreads);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(hash_has_few_collisions);
    return cmocka_run_group_tests_name("base/dict", tests, NULL, NULL);
}
