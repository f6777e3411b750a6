/* Line breaking and fonts: what may end and begin a line, what cannot be printed. Skips where no Chinese font is installed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "reports/font.h"

static fontset fonts;
static bool have_fonts;

/* width in em; the lines that must come out, joined by | */
static const struct line_case { const char *name, *text; double em; const char *want; } cases[] = {
    {"Chinese breaks anywhere", "一二三四五六", 3.05, "一二三|四五六"},
    {"no comma at a line's start", "一二三，四五", 3.05, "一二|三，四|五"},
    {"no full stop at a line's start", "一二三。四", 3.05, "一二|三。四"},
    {"no closing bracket at a line's start", "一（三四）五", 4.05, "一（三|四）五"},
    {"no opening bracket at a line's end", "一二《四五》", 3.05, "一二|《四|五》"},
    {"no opening quote at a line's end", "一二「四」", 3.05, "一二|「四」"},
    {"an ASCII comma behind Chinese stays with it", "一二三,四", 3.05, "一二|三,四"},
    {"two marks in a row stay together", "一二三）。四", 3.05, "一二|三）。|四"},
    {"words stay whole", "audit report", 5.0, "audit|report"},
    {"a word in Chinese goes to the next line whole", "一二report三", 3.4, "一二|report|三"},
    {"numbers stay whole", "共12345条", 3.05, "共|12345|条"},
    {"a percentage stays whole", "率95.5%好", 3.0, "率|95.5%|好"},
    {"blanks at a line's end are not printed", "ab cd", 1.5, "ab|cd"},
    {"a word too long is broken", "0123456789", 2.45, "0123|4567|89"},
    {"a path breaks behind a slash", "1111/2222/33", 3.1, "1111/|2222/|33"},
    {"one character is taken even where none fits", "一二", 0.2, "一|二"},
    {"a dash is not torn", "一二——三", 3.05, "一|二——|三"},
    {"empty", "", 3, ""},
};
enum { N = sizeof cases / sizeof cases[0] };

static void need_fonts(void)
{
    if (!have_fonts) skip();
}

static void check_line(void **state)
{
    const struct line_case *c = *state;
    slice left = slice_of(c->text);
    buf got = {0};
    need_fonts();
    while (left.len > 0) {
        size_t used, shown;
        double w;
        fontset_line(&fonts, false, 10, left, c->em * 10, &used, &shown, &w);
        assert_true(used > 0);
        if (got.len > 0) buf_char(&got, '|');
        buf_bytes(&got, left.ptr, shown);
        assert_true(w <= c->em * 10 + 0.01 || c->em < 1);
        left = (slice){left.ptr + used, left.len - used};
    }
    assert_string_equal(buf_cstr(&got), c->want);
    buf_free(&got);
}

static void tell(void *ctx, uint32_t cp) { buf_printf(ctx, "%04X ", (unsigned)cp); }

static void missing_characters_are_told(void **state)
{
    (void)state;
    arena a = {0};
    buf told = {0};
    need_fonts();
    slice s = fontset_clean(&fonts, SLICE_LIT("龘\xF0\xA0\xAE\xB7" "a\tb"), &a, tell, &told);
    assert_string_equal(s.ptr, "龘[U+20BB7]a b");
    assert_string_equal(buf_cstr(&told), "20BB7 ");
    slice same = SLICE_LIT("普通 text");
    assert_ptr_equal(fontset_clean(&fonts, same, &a, tell, &told).ptr, same.ptr);
    buf_free(&told);
    arena_free(&a);
}

/* LXGW WenKai composes U+2212; a font that the user chose is refused for a text that needs it. */
static void composite_glyphs_are_refused(void **state)
{
    (void)state;
    fontset chosen = {0};
    err e = {0};
    need_fonts();
    if (face_glyph(fonts.faces[FACE_REGULAR], 0x2212) != GLYPH_COMPOSITE) skip();
    assert_int_equal(fontset_open(face_path(fonts.faces[FACE_REGULAR]), NULL, &chosen, &e), SLA_OK);
    assert_int_equal(fontset_check(&chosen, SLICE_LIT("普通"), &e), SLA_OK);
    assert_int_equal(fontset_check(&chosen, SLICE_LIT("1 − 2"), &e), SLA_UNKNOWN_FORMAT);
    assert_non_null(strstr(e.msg, "U+2212"));
    fontset_close(&chosen);
}

static void bad_files_are_refused(void **state)
{
    (void)state;
    static const char *const files[] = {"", "ttcf\0\0\0\0\0\0\0\1\377\377\377\377", "OTTO\0\1\0\0\0\0\0\0\0\0\0\0\0\0", "\0\1\0\0\0\377\0\0\0\0\0\0head\0\0\0\0\377\377\377\377\377\377\377\377"};
    static const size_t sizes[] = {0, 16, 18, 28};
    for (size_t i = 0; i < 4; i++) {
        char path[] = "/tmp/slaudit-font-XXXXXX";
        int fd = mkstemp(path);
        face *f = NULL;
        err e = {0};
        FILE *out = fdopen(fd, "wb");
        fwrite(files[i], 1, sizes[i], out);
        fclose(out);
        assert_int_equal(face_open(path, &f, &e), SLA_UNKNOWN_FORMAT);
        assert_null(f);
        remove(path);
    }
    face *f = NULL;
    err e = {0};
    assert_int_equal(face_open("/nowhere/x.ttf", &f, &e), SLA_IO);
}

static void memory_runs_out(void **state)
{
    (void)state;
    need_fonts();
    sla_status st = SLA_NOMEM;
    for (long n = 0; st == SLA_NOMEM && n < 100; n++) {
        face *f = NULL;
        err e = {0};
        mem_fail_after(n);
        st = face_open(face_path(fonts.faces[FACE_REGULAR]), &f, &e);
        mem_fail_after(-1);
        if (st != SLA_OK) assert_null(f);
        face_close(f);
    }
    assert_int_equal(st, SLA_OK);
}

int main(void)
{
    struct CMUnitTest tests[N + 4];
    err e = {0};
    have_fonts = fontset_open(NULL, NULL, &fonts, &e) == SLA_OK;
    for (size_t i = 0; i < N; i++) tests[i] = (struct CMUnitTest){cases[i].name, check_line, NULL, NULL, (void *)(uintptr_t)&cases[i]};
    tests[N] = (struct CMUnitTest)cmocka_unit_test(missing_characters_are_told);
    tests[N + 1] = (struct CMUnitTest)cmocka_unit_test(composite_glyphs_are_refused);
    tests[N + 2] = (struct CMUnitTest)cmocka_unit_test(bad_files_are_refused);
    tests[N + 3] = (struct CMUnitTest)cmocka_unit_test(memory_runs_out);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fontset_close(&fonts);
    return failed;
}
