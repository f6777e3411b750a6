/* jsonw, digest */
#include <math.h>

#include "tests/support/check.h"

#include "engine/base/digest.h"
#include "engine/base/jsonw.h"
#include "engine/base/mem.h"

static const struct text_case { const char *name; slice text; const char *want; } text_cases[] = {
#define T(s) {(s), sizeof(s) - 1}
    {"plain", T("abc"), "\"abc\""},
    {"empty", T(""), "\"\""},
    {"quotes and backslashes", T("a\"b\\c"), "\"a\\\"b\\\\c\""},
    {"control characters", T("\n\r\t\b\f\x01\x1F"), "\"\\n\\r\\t\\b\\f\\u0001\\u001f\""},
    {"NUL", T("a\0b"), "\"a\\u0000b\""},
    {"Chinese stays", T("\xE5\xB7\xA5\xE5\x8D\x95"), "\"\xE5\xB7\xA5\xE5\x8D\x95\""},
    {"wrong bytes", T("a\xFFz"), "\"a\xEF\xBF\xBDz\""},
    {"cut short", T("a\xE5\xB7"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {"surrogate", T("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {"the replacement character itself", T("\xEF\xBF\xBD!"), "\"\xEF\xBF\xBD!\""},
#undef T
};
static void writes_text(void **state)
{
    const struct text_case *c = *state;
    buf b = {0};
    jsonw w;
    jsonw_begin(&w, &b, 0);
    jsonw_text(&w, c->text);
    assert_string_equal(buf_cstr(&b), c->want);
    buf_free(&b);
}

static const struct f64_case { const char *name; double v; const char *want; } f64_cases[] = {
    {"tenth", 0.1, "0.1"},          {"sum of tenths", 0.1 + 0.2, "0.30000000000000004"},
    {"whole", 100, "100"},          {"share", 97.5, "97.5"},
    {"third", 1.0 / 3, "0.3333333333333333"}, {"large", 1e300, "1e+300"},
    {"not a number", NAN, "null"},  {"infinite", -INFINITY, "null"},
    {"smallest", 5e-324, "4.94065645841247e-324"}, {"minus zero", -0.0, "-0"},
};
static void writes_numbers(void **state)
{
    const struct f64_case *c = *state;
    buf b = {0};
    jsonw w;
    jsonw_begin(&w, &b, 0);
    jsonw_f64(&w, c->v);
    assert_string_equal(buf_cstr(&b), c->want);
    buf_free(&b);
}

static void document(jsonw *w)
{
    jsonw_open(w, '{');
    jsonw_kv_text(w, "a", SLICE_LIT("x"));
    jsonw_key(w, "list");
    jsonw_open(w, '[');
    jsonw_i64(w, 1);
    jsonw_null(w);
    jsonw_open(w, '{'), jsonw_close(w, '}');
    jsonw_open(w, '['), jsonw_close(w, ']');
    jsonw_raw(w, SLICE_LIT("{\"r\":1}"));
    jsonw_close(w, ']');
    jsonw_kv_i64(w, "i", INT64_MIN);
    jsonw_kv_f64(w, "f", 0.5);
    jsonw_kv_bool(w, "b", true);
    jsonw_close(w, '}');
}

static void writes_documents(void **state)
{
    (void)state;
    buf b = {0};
    jsonw w;
    jsonw_begin(&w, &b, 0);
    document(&w);
    assert_string_equal(buf_cstr(&b), "{\"a\":\"x\",\"list\":[1,null,{},[],{\"r\":1}],\"i\":-9223372036854775808,\"f\":0.5,\"b\":true}");
    buf_reset(&b);
    jsonw_begin(&w, &b, 2);
    document(&w);
    assert_string_equal(buf_cstr(&b),
                        "{\n  \"a\": \"x\",\n  \"list\": [\n    1,\n    null,\n    {},\n    [],\n    {\"r\":1}\n  ],\n"
                        "  \"i\": -9223372036854775808,\n  \"f\": 0.5,\n  \"b\": true\n}");
    buf_free(&b);
}

static void bounds_nesting(void **state)
{
    (void)state;
    buf b = {0};
    jsonw w;
    jsonw_begin(&w, &b, 0);
    for (int i = 0; i < 63; i++) jsonw_open(&w, '[');
    assert_false(b.failed);
    jsonw_open(&w, '[');
    assert_true(b.failed);
    buf_reset(&b);
    jsonw_begin(&w, &b, 0);
    jsonw_close(&w, ']');
    assert_true(b.failed);
    buf_free(&b);
}

/* FIPS 180-4 examples, and RFC 6234's million of a. */
static const struct digest_case { const char *name, *text; size_t times; const char *want; } digest_cases[] = {
    {"SHA-256 of nothing", "", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"SHA-256 of abc", "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"SHA-256 of two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"SHA-256 of a million a", "aaaaaaaaaa", 100000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};
static void digests(void **state)
{
    const struct digest_case *c = *state;
    char hex[DIGEST_HEX];
    digest *d = digest_new();
    for (int again = 0; again < 2; again++) { /* a digest starts anew after digest_hex */
        for (size_t i = 0; i < c->times; i++) assert_int_equal(digest_add(d, c->text, strlen(c->text)), SLA_OK);
        assert_int_equal(digest_hex(d, hex), SLA_OK);
        assert_string_equal(hex, c->want);
    }
    digest_free(d);
    digest_free(NULL);
    if (c->times > 1) return;
    assert_int_equal(digest_once(c->text, strlen(c->text), hex), SLA_OK);
    assert_string_equal(hex, c->want);
    mem_fail_after(0);
    assert_int_equal(digest_once(c->text, strlen(c->text), hex), SLA_NOMEM);
    mem_fail_after(-1);
}

int main(void)
{
    struct CMUnitTest tests[LEN(text_cases) + LEN(f64_cases) + LEN(digest_cases) + 2];
    size_t n = 0;
    ROWS(tests, n, text_cases, writes_text);
    ROWS(tests, n, f64_cases, writes_numbers);
    ROWS(tests, n, digest_cases, digests);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(writes_documents);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(bounds_nesting);
    return cmocka_run_group_tests_name("base/jsonw", tests, NULL, NULL);
}
