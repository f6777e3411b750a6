/* Which encoding a text is in: short ones of each kind, cut texts, and files of others under folders that say it. */
#include <dirent.h>
#include "engine/base/file.h"
#include "importers/encoding.h"
#include "tests/support/check.h"

#define TICKET_GB "\xB9\xA4\xB5\xA5\xBA\xC5,\xD3\xC5\xCF\xC8\xBC\xB6\n1,\xBD\xF4\xBC\xB1\n"        /* 工单号,优先级 1,紧急 */
#define TICKET_BIG5 "\xA4u\xB3\xE6\xB8\xB9,\xC0u\xA5\xFD\xAF\xC5\n1,\xBA\xF2\xAB\xE6\n"              /* 工單號,優先級 1,緊急 */
#define B(s) s, sizeof s - 1
static const struct text_case { const char *name, *bytes; size_t n, bom; const char *want; } cases[] = {
    {"ASCII", B("id,title\n1,x\n"), 0, "UTF-8"},
    {"UTF-8", B("\xE5\xB7\xA5\xE5\x8D\x95,b\n"), 0, "UTF-8"},
    {"UTF-8 with a mark", B("\xEF\xBB\xBF" "a,b\n"), 3, "UTF-8"},
    {"UTF-16LE with a mark", B("\xFF\xFE" "a\0,\0b\0"), 2, "UTF-16LE"},
    {"UTF-16BE with a mark", B("\xFE\xFF\0a\0,\0b"), 2, "UTF-16BE"},
    {"UTF-16LE without", B("i\0d\0,\0a\0\n\0001\0,\0002\0"), 0, "UTF-16LE"},
    {"UTF-16BE without", B("\0i\0d\0,\0a\0\n\0001\0,\0002"), 0, "UTF-16BE"},
    {"UTF-16LE, mostly Chinese", B("\xE5\x5D\x55\x53\xF7\x53,\0\x18\x4F\x48\x51\xA7\x7E\n\0001\0,\0\x27\x7D\x25\x60"), 0, "UTF-16LE"},
    {"GB18030", B(TICKET_GB), 0, "GB18030"},
    {"Big5", B(TICKET_BIG5), 0, "BIG5"},
    {"Shift_JIS", B("\x94\xD4\x8D\x86,\x8C\x8F\x96\xBC,\x92S\x93\x96\x8E\xD2\n1,\x88\xF3\x8D\xFC\x82\xC5\x82\xAB\x82\xC8\x82\xA2,\x93" "c\x92\x86\n"), 0, "CP932"},       /* 番号,件名,担当者 1,印刷できない,田中 */
    {"Windows-1251", B("\xCD\xEE\xEC\xE5\xF0;\xD2\xE5\xEC\xE0;\xD1\xF2\xE0\xF2\xF3\xF1\n1;\xED\xE5\xF2 \xF1\xE5\xF2\xE8;\xC2 \xF0\xE0\xE1\xEE\xF2\xE5\n"), 0, "WINDOWS-1251"},      /* Номер;Тема;Статус 1;нет сети;В работе */
    {"Windows-1252, capitals with accents", B("SITUA\xC7\xC3O;SOLU\xC7\xC3O;DESCRI\xC7\xC3O\n"), 0, "WINDOWS-1252"},
    {"Windows-1252, quotes and dashes", B("id,title\n1,\x93it\x92s down\x94 \x97 a \x83 b\n"), 0, "WINDOWS-1252"},
    {"Windows-1252", B("Descri\xE7\xE3o;Solu\xE7\xE3o;T\xEDtulo\n"), 0, "WINDOWS-1252"},
    {"Windows-1252, few words", B("Pr\xE9nom;\xC2ge\nZo\xEB;3\n"), 0, "WINDOWS-1252"},
    {"a dash of Windows", B("id,title\n1,a \x96 b\n"), 0, "WINDOWS-1252"},
    {"a zero byte in ASCII", B("id,title\n1,a\0b\n2,c\n"), 0, "UTF-8"},
};

static void text_is_known(void **state)
{
    const struct text_case *c = *state;
    encoding e = encoding_detect((slice){c->bytes, c->n}, true, false);
    assert_string_equal(e.name, c->want);
    assert_int_equal(e.bom, c->bom);
}

static void a_character_cut_at_the_end_is_no_error(void **state)
{
    (void)state;
    assert_string_equal(encoding_detect((slice){"ab\xE5\xB7", 4}, false, false).name, "UTF-8");
    assert_string_equal(encoding_detect((slice){"ab\xE5\xB7", 4}, true, false).name, "WINDOWS-1252");
}

static void names_that_are_asked_for(void **state)
{
    static const struct { const char *asked, *head, *want; size_t bom; } asked[] = {{"utf8", "\xEF\xBB\xBFx", "UTF-8", 3}, {"utf-16", "\xFE\xFF", "UTF-16BE", 2}, {"UTF-16LE", "a", "UTF-16LE", 0},
        {"gbk", "a", "GB18030", 0}, {"gb2312", "a", "GB18030", 0}, {"CP437", "a", "CP437", 0}};
    (void)state;
    for (size_t i = 0; i < LEN(asked); i++) {
        encoding e = encoding_asked(asked[i].asked, slice_of(asked[i].head));
        assert_string_equal(e.name, asked[i].want);
        assert_int_equal(e.bom, asked[i].bom);
    }
}

/* Bytes come in pieces of any length: the text is the same. */
static void pieces_make_the_whole(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < sizeof TICKET_GB; piece++) {
        decoder *d = NULL;
        err e = {0};
        buf out = {0};
        uint64_t replaced = 0;
        assert_int_equal(decoder_open("GB18030", &d, &e), SLA_OK);
        for (size_t i = 0; i < sizeof TICKET_GB - 1; i += piece) {
            size_t n = sizeof TICKET_GB - 1 - i < piece ? sizeof TICKET_GB - 1 - i : piece;
            assert_int_equal(decoder_add(d, (slice){TICKET_GB + i, n}, i + n == sizeof TICKET_GB - 1, &out, &replaced), SLA_OK);
        }
        assert_string_equal(buf_cstr(&out), "\xE5\xB7\xA5\xE5\x8D\x95\xE5\x8F\xB7,\xE4\xBC\x98\xE5\x85\x88\xE7\xBA\xA7\n1,\xE7\xB4\xA7\xE6\x80\xA5\n");
        assert_int_equal(replaced, 0);
        decoder_close(d);
        buf_free(&out);
    }
}

static void files_of_others(void **state)
{
    static const struct { const char *folder, *want; } folders[] = {{"GB2312", "GB18030"}, {"Big5", "BIG5"}, {"UTF-16LE", "UTF-16LE"}, {"UTF-16BE", "UTF-16BE"}, {"UTF-16", "UTF-16BE"}};
    (void)state;
    for (size_t i = 0; i < LEN(folders); i++) {
        char folder[128];
        snprintf(folder, sizeof folder, "../shared/real/odd/encodings/%s", folders[i].folder);
        DIR *d = opendir(folder);
        if (!d) skip();
        for (const struct dirent *f; (f = readdir(d));) {
            buf path = {0}, text = {0};
            err e = {0};
            if (f->d_name[0] == '.') continue;
            buf_printf(&path, "%s/%s", folder, f->d_name);
            assert_int_equal(file_read(buf_cstr(&path), 1 << 24, &text, &e), SLA_OK);
            encoding got = encoding_detect((slice){text.ptr, text.len}, true, false);
            if (strcmp(got.name, folders[i].want) != 0) fail_msg("%s: %s", buf_cstr(&path), got.name);
            buf_free(&path), buf_free(&text);
        }
        closedir(d);
    }
}

int main(void)
{
    struct CMUnitTest tests[LEN(cases) + 4] = {cmocka_unit_test(a_character_cut_at_the_end_is_no_error), cmocka_unit_test(names_that_are_asked_for), cmocka_unit_test(pieces_make_the_whole), cmocka_unit_test(files_of_others)};
    size_t n = 4;
    ROWS(tests, n, cases, text_is_known);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
