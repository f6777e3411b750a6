/* slice, utf8, buf */
#include "tests/support/check.h"

#include "engine/base/buf.h"
#include "engine/base/mem.h"
#include "engine/base/utf8.h"

/* --- utf8 --- */
static const struct utf8_case { const char *name, *text; size_t bad, chars, width; } utf8_cases[] = {
    /* bad: offset of the first wrong byte, SIZE_MAX: none; wrong bytes count as one character of width 1 */
    {"ASCII", "abc", SIZE_MAX, 3, 3},
    {"empty", "", SIZE_MAX, 0, 0},
    {"long ASCII", "0123456789abcdef0123456789abcdef!", SIZE_MAX, 33, 33},
    {"two bytes", "\xC3\xA9", SIZE_MAX, 1, 1},
    {"CJK is two columns", "\xE5\xB7\xA5\xE5\x8D\x95", SIZE_MAX, 2, 4},
    {"full-width punctuation", "\xEF\xBC\x8C", SIZE_MAX, 1, 2},
    {"combining mark", "e\xCC\x81", SIZE_MAX, 2, 1},
    {"BOM has no width", "\xEF\xBB\xBFx", SIZE_MAX, 2, 1},
    {"emoji", "\xF0\x9F\x98\x80", SIZE_MAX, 1, 2},
    {"CJK extension B", "\xF0\xA0\x80\x80", SIZE_MAX, 1, 2},
    {"highest character", "\xF4\x8F\xBF\xBF", SIZE_MAX, 1, 1},
    {"beyond the highest", "\xF4\x90\x80\x80", 0, 4, 4},
    {"surrogate", "\xED\xA0\x80", 0, 3, 3},
    {"overlong slash", "a\xC0\xAF", 1, 3, 3},
    {"overlong three bytes", "\xE0\x9F\xBF", 0, 3, 3},
    {"overlong four bytes", "\xF0\x8F\xBF\xBF", 0, 4, 4},
    {"continuation alone", "12345678\x80", 8, 9, 9},
    {"cut short", "ab\xE5\xB7", 2, 4, 4},
    {"lead byte FF", "\xFF", 0, 1, 1},
};
static void utf8_row(void **state)
{
    const struct utf8_case *c = *state;
    size_t bad = SIZE_MAX, n = strlen(c->text);
    assert_int_equal(utf8_valid(c->text, n, &bad), c->bad == SIZE_MAX);
    assert_true(bad == c->bad);
    assert_int_equal(utf8_count(c->text, n), c->chars);
    assert_int_equal(utf8_width(c->text, n), c->width);
}

/* Long texts are looked at many bytes at a time: a wrong byte, a cut or a good character at every place of a block, among characters of every length. */
static void utf8_at_every_place(void **state)
{
    static const char *const parts[] = {"a", "\xC3\xA9", "\xE5\xB7\xA5", "\xF0\x9F\x98\x80"}, *const wrong[] = {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE5\xB7"};
    (void)state;
    for (size_t part = 0; part < 4; part++)
        for (size_t before = 0; before < 70; before++)
            for (size_t w = 0; w < 6; w++) {
                char text[512];
                size_t n = 0, at, bad = SIZE_MAX;
                for (size_t i = 0; i < before; i++) n += (size_t)snprintf(text + n, sizeof text - n, "%s", parts[(part + i * (i % 3)) % 4]);
                at = n;
                if (w < 5) n += (size_t)snprintf(text + n, sizeof text - n, "%s", wrong[w]);
                n += (size_t)snprintf(text + n, sizeof text - n, "%s", "0123456789abcdef0123456789abcdef0123456789abcdef");
                assert_int_equal(utf8_valid(text, n, &bad), w == 5);
                assert_true(bad == (w == 5 ? SIZE_MAX : at));
            }
}

/* … and alone in a text that is ASCII otherwise, which is gone over faster. */
static void utf8_in_ascii(void **state)
{
    static const char *const parts[] = {"\xC3\xA9", "\xE5\xB7\xA5", "\xF0\x9F\x98\x80", "\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE5\xB7"};
    enum { GOOD = 3, LENGTH = 700 };
    (void)state;
    for (size_t part = 0; part < LEN(parts); part++)
        for (size_t at = 0; at + 4 < LENGTH; at++) {
            char text[LENGTH];
            size_t bad = SIZE_MAX;
            memset(text, 'a', sizeof text);
            memcpy(text + at, parts[part], strlen(parts[part]));
            assert_int_equal(utf8_valid(text, sizeof text, &bad), part < GOOD);
            assert_true(bad == (part < GOOD ? SIZE_MAX : at));
        }
}

static void utf8_round_trip(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x111000; cp += cp < 0x3000 ? 1 : 61) {
        char bytes[4];
        size_t n = utf8_encode(cp, bytes);
        if ((cp >= 0xD800 && cp <= 0xDFFF) || cp > 0x10FFFF) {
            assert_int_equal(n, 0);
            continue;
        }
        uint32_t back;
        assert_int_equal(utf8_decode(bytes, n, &back), n);
        assert_int_equal(back, cp);
        if (n > 1) assert_int_equal(utf8_decode(bytes, n - 1, &back), 1);
    }
}

/* --- slice --- */
static const char *const names[] = {"priority", "opened_at", "resolved_at", "assignee", "\xE4\xBC\x98\xE5\x85\x88\xE7\xBA\xA7", "id"};
static const struct near_case { const char *name, *word, *want; } near_cases[] = {
    {"one letter wrong", "priorety", "priority"},   {"two neighbours swapped", "proirity", "priority"},
    {"another case", "PRIORITY", "priority"},       {"one letter left out", "opend_at", "opened_at"},
    {"nothing near", "colour", NULL},               {"empty", "", NULL},
    {"one Chinese character wrong", "\xE4\xBC\x98\xE5\x85\x88\xE7\xBA\xA0", "\xE4\xBC\x98\xE5\x85\x88\xE7\xBA\xA7"},
    {"one letter alone is near nothing", "x", NULL}, {"short words", "ie", "id"},
    {"too long to look at", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
};
static void nearest(void **state)
{
    const struct near_case *c = *state;
    const char *got = slice_nearest(slice_of(c->word), names, LEN(names));
    if (!c->want) assert_null(got);
    else {
        assert_non_null(got);
        assert_string_equal(got, c->want);
    }
}

static const struct trim_case { const char *name, *in, *want; } trim_cases[] = {
    {"blanks at both ends", " \t a b \r\n", "a b"}, {"only blanks", " \n ", ""}, {"nothing", "", ""}, {"no blank", "x", "x"},
};
static void trims(void **state)
{
    const struct trim_case *c = *state;
    assert_slice_is(slice_trim(slice_of(c->in)), c->want);
}

static void compares(void **state)
{
    (void)state;
    assert_true(slice_eq_nocase(SLICE_LIT("SLA \xE5"), SLICE_LIT("sla \xE5")));
    assert_false(slice_eq_nocase(SLICE_LIT("[a"), SLICE_LIT("{a"))); /* differ by the case bit only */
    assert_false(slice_eq_nocase(SLICE_LIT("ab"), SLICE_LIT("abc")));
    assert_true(slice_cmp(SLICE_LIT("a"), SLICE_LIT("ab")) < 0);
    assert_true(slice_cmp(SLICE_LIT("\x80"), SLICE_LIT("a")) > 0);
    assert_true(slice_cmp((slice){NULL, 0}, SLICE_LIT("")) == 0);
    assert_true(slice_eq((slice){NULL, 0}, SLICE_LIT("")));
}

/* --- buf --- */
static void appends(void **state)
{
    (void)state;
    buf b = {0};
    assert_string_equal(buf_cstr(&b), "");
    buf_text(&b, "a");
    buf_char(&b, 'b');
    buf_slice(&b, (slice){NULL, 0});
    buf_slice(&b, SLICE_LIT("c"));
    buf_printf(&b, "%d", 42);
    buf_i64(&b, INT64_MIN);
    buf_i64(&b, 0);
    buf_i64(&b, INT64_MAX);
    assert_string_equal(buf_cstr(&b), "abc42-922337203685477580809223372036854775807");
    assert_int_equal(strlen(b.ptr), b.len);
    buf_reset(&b);
    buf_printf(&b, "%0300d|", 7);
    assert_int_equal(b.len, 301);
    assert_int_equal(b.ptr[300], '|');
    char *room = buf_reserve(&b, 4096);
    memset(room, 'x', 4096);
    assert_int_equal(b.len, 301);
    buf_free(&b);
    assert_null(b.ptr);
}

static void has_a_limit(void **state)
{
    (void)state;
    buf b = {.max = 10};
    buf_text(&b, "0123456789");
    assert_false(b.failed);
    buf_char(&b, '!');
    assert_true(b.failed && b.over);
    assert_int_equal(b.len, 10);
    buf_text(&b, "");
    buf_text(&b, "more");
    assert_string_equal(buf_cstr(&b), "");
    assert_null(buf_reserve(&b, 1));
    buf_reset(&b);
    buf_printf(&b, "%300d", 1);
    assert_true(b.failed);
    buf_reset(&b);
    buf_text(&b, "again");
    assert_false(b.over);
    assert_string_equal(buf_cstr(&b), "again");
    assert_null(buf_reserve(&b, SIZE_MAX));
    buf_free(&b);
}

static void without_memory(void **state)
{
    (void)state;
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked)
    {
        buf b = {0};
        mem_fail_after(n);
        for (int i = 0; i < 1000; i++) buf_printf(&b, "%d ", i);
        buf_cstr(&b);
        mem_fail_after(-1);
        worked = !b.failed;
        assert_false(b.over);
        if (worked) assert_int_equal(b.len, 3890);
        buf_free(&b);
    }
    assert_true(worked);
}

/* Numbers of up to 8 digits and texts of other bytes, behind bytes that could be taken for part of them. */
static void whole_numbers(void **state)
{
    static const char bytes[] = "0123456789012345678901234567890123456789/:;.- \x80\xB0x";
    uint32_t seed = 5, got;
    size_t numbers = 0;
    char text[32];
    (void)state;
    for (int i = 0; i < 200000; i++) {
        for (size_t k = 0; k < sizeof text; k++) text[k] = bytes[(seed = seed * 1664525u + 1013904223u) / 65536u % (sizeof bytes - 1)];
        slice s = {text + 8 + i % 8, (size_t)i % 11};
        uint32_t want = 0;
        bool is = s.len >= 1 && s.len <= 8;
        for (size_t k = 0; is && k < s.len; k++) {
            is = s.ptr[k] >= '0' && s.ptr[k] <= '9';
            want = want * 10 + (uint32_t)(s.ptr[k] - '0');
        }
        assert_int_equal(slice_whole(s, &got), is);
        if (is) assert_int_equal(got, want);
        numbers += is;
    }
    assert_true(numbers > 20000);
}

int main(void)
{
    struct CMUnitTest tests[LEN(utf8_cases) + LEN(near_cases) + LEN(trim_cases) + 8];
    size_t n = 0;
    ROWS(tests, n, utf8_cases, utf8_row);
    ROWS(tests, n, near_cases, nearest);
    ROWS(tests, n, trim_cases, trims);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(utf8_round_trip);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(utf8_at_every_place);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(utf8_in_ascii);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(compares);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(whole_numbers);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(appends);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(has_a_limit);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(without_memory);
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
