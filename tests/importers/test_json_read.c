/* JSON as the standard has it, and nothing else; files of others where they are there. */
#include <dirent.h>
#include "engine/base/file.h"
#include "importers/json_read.h"
#include "tests/support/check.h"

static const struct text_case { const char *name, *text; bool lines, good; size_t at; const char *why; } cases[] = {
    {"an object", "{\"a\": [1, -0.5e+3, true, null, \"x\"]}", false, true, 0, NULL},
    {"blanks around", " \t\r\n[] \n", false, true, 0, NULL},
    {"a word alone", "false", false, true, 0, NULL},
    {"lines", "{}\n{\"a\":1}\r\n\n{}", true, true, 0, NULL},
    {"lines where one value is wanted", "{}\n{}", false, false, 3, "something stands behind the end"},
    {"two objects on a line", "{}{}", true, false, 2, "something stands behind the end"},
    {"two arrays", "[]\n[]", true, false, 3, "something stands behind the end"},
    {"nothing", " ", false, false, 1, "a value is missing"},
    {"a comma too many", "[1,]", false, false, 3, "not a value"},
    {"a comma too many in an object", "{\"a\":1,}", false, false, 7, "a key is missing"},
    {"a comma missing", "[1 2]", false, false, 3, "a comma is missing"},
    {"a colon missing", "{\"a\" 1}", false, false, 5, "a colon is missing"},
    {"single quotes", "{'a':1}", false, false, 1, "a key is missing"},
    {"never closed", "[{\"a\":1}", false, false, 8, "an array or object that is never closed"},
    {"a string never closed", "[\"a", false, false, 3, "a string that is never closed"},
    {"a backslash at the end", "[\"a\\", false, false, 4, "a string that is never closed"},
    {"a line end in a string", "[\"a\nb\"]", false, false, 3, "a control character in a string"},
    {"no such escape", "[\"\\a\"]", false, false, 3, "no such escape"},
    {"half an escape", "[\"\\u12\"]", false, false, 6, "a \\u escape needs four hexadecimal digits"},
    {"a leading zero", "[01]", false, false, 2, "a comma is missing"},
    {"a leading plus", "[+1]", false, false, 1, "not a value"},
    {"a point without digits", "[1.]", false, false, 3, "a digit is missing behind the point"},
    {"NaN", "[NaN]", false, false, 1, "not a value"},
    {"a comment", "[1] // one", false, false, 4, "something stands behind the end"},
    {"a NUL", "[1]\0", false, true, 0, NULL},
};

static void text_is_json(void **state)
{
    const struct text_case *c = *state;
    arena scratch = {0};
    json_reader r = {.scratch = &scratch};
    assert_int_equal(json_valid(&r, slice_of(c->text), c->lines), c->good);
    if (!c->good) {
        assert_string_equal(r.why, c->why);
        assert_int_equal(r.wrong - c->text, c->at);
    }
    arena_free(&scratch);
}

static void strings_are_unescaped(void **state)
{
    static const struct { const char *source, *text; } strings[] = {
        {"\"plain\"", "plain"}, {"\"a\\n\\t\\\\\\\"\\/\\b\\f\\r\"", "a\n\t\\\"/\b\f\r"}, {"\"\\u4e2d\\u00E9\"", "\xE4\xB8\xAD\xC3\xA9"}, {"\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80"},
        {"\"\\ud83dx\"", "\xEF\xBF\xBDx"}, {"\"\\ude00\"", "\xEF\xBF\xBD"}, {"\"\\ud83d\\u0041\"", "\xEF\xBF\xBD" "A"},
    };
    (void)state;
    for (size_t i = 0; i < LEN(strings); i++) {
        arena scratch = {0};
        json_reader r = {.p = strings[i].source, .end = strings[i].source + strlen(strings[i].source), .scratch = &scratch};
        slice out;
        assert_true(json_string(&r, &out));
        assert_slice_is(out, strings[i].text);
        assert_ptr_equal(r.p, r.end);
        arena_free(&scratch);
    }
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    static char text[200001];
    arena scratch = {0};
    memset(text, '[', sizeof text - 1);
    json_reader r = {.scratch = &scratch};
    assert_false(json_valid(&r, (slice){text, sizeof text - 1}, false));
    assert_string_equal(r.why, "nested too deeply");
    assert_int_equal(r.wrong - text, JSON_DEPTH_MAX);
    arena_free(&scratch);
}

/* JSONTestSuite: y_ is taken, n_ is refused; i_ may be either, and must not crash. */
static void suite_of_others(void **state)
{
    static const char folder[] = "../shared/real/odd/json";
    (void)state;
    DIR *d = opendir(folder);
    if (!d) skip();
    size_t n = 0;
    for (const struct dirent *f; (f = readdir(d));) {
        buf path = {0}, text = {0};
        err e = {0};
        arena scratch = {0};
        json_reader r = {.scratch = &scratch};
        if (strlen(f->d_name) < 6 || strcmp(f->d_name + strlen(f->d_name) - 5, ".json") != 0) continue;
        buf_printf(&path, "%s/%s", folder, f->d_name);
        assert_int_equal(file_read(buf_cstr(&path), 1 << 24, &text, &e), SLA_OK);
        bool good = json_valid(&r, (slice){text.ptr ? text.ptr : "", text.len}, false), lines = json_valid(&(json_reader){.scratch = &scratch}, (slice){text.ptr ? text.ptr : "", text.len}, true);
        if (f->d_name[0] == 'y' && !(good && lines)) fail_msg("%s is refused: %s", f->d_name, r.why);
        if (f->d_name[0] == 'n' && (good || lines)) fail_msg("%s is taken", f->d_name);
        n++;
        arena_free(&scratch);
        buf_free(&path), buf_free(&text);
    }
    closedir(d);
    assert_true(n > 300);
}

int main(void)
{
    struct CMUnitTest tests[LEN(cases) + 3] = {cmocka_unit_test(strings_are_unescaped), cmocka_unit_test(nesting_is_bounded), cmocka_unit_test(suite_of_others)};
    size_t n = 3;
    ROWS(tests, n, cases, text_is_json);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
