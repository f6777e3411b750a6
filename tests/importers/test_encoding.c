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
    {"EUC-JP", B("\xC8\xD6\xB9\xE6,\xB7\xEF\xCC\xBE,\xC3\xB4\xC5\xF6\xBC\xD4\n1,\xA5\xE1\xA1\xBC\xA5\xEB\xA4\xAC\xC6\xCF\xA4\xAB\xA4\xCA\xA4\xA4,\xC5\xC4\xC3\xE6\n2,\xB0\xF5\xBA\xFE\xA4\xC7\xA4\xAD\xA4\xCA\xA4\xA4,\xBA\xB4\xC6\xA3\n"), 0, "EUC-JP"},
    {"EUC-KR", B("\xB9\xF8\xC8\xA3,\xC1\xA6\xB8\xF1,\xBB\xF3\xC5\xC2,\xB4\xE3\xB4\xE7\xC0\xDA\n1,\xB8\xDE\xC0\xCF\xC0\xCC \xBF\xC0\xC1\xF6 \xBE\xCA\xC0\xBD,\xC1\xA2\xBC\xF6,\xB1\xE8\xC3\xB6\xBC\xF6\n"), 0, "CP949"},
    {"KOI8-R", B("\xEE\xCF\xCD\xC5\xD2;\xF4\xC5\xCD\xC1;\xF3\xD4\xC1\xD4\xD5\xD3\n1;\xCE\xC5\xD4 \xD3\xC5\xD4\xC9;\xF7 \xD2\xC1\xC2\xCF\xD4\xC5\n2;\xCE\xC5 \xD0\xC5\xDE\xC1\xD4\xC1\xC5\xD4 \xD0\xD2\xC9\xCE\xD4\xC5\xD2;\xFA\xC1\xCB\xD2\xD9\xD4\xC1\n"), 0, "KOI8-R"},
    {"Windows-1251, with a letter of KOI8-R's kind", B("\xC7\xE0\xFF\xE2\xEA\xE0;\xD1\xF2\xE0\xF2\xF3\xF1\n1;\xED\xE5\xF2 \xF1\xE5\xF2\xE8 \xE8 \xEF\xEE\xF7\xF2\xFB;\xE7\xE0\xEA\xF0\xFB\xF2\xE0\n"), 0, "WINDOWS-1251"},
    {"Greek is no Russian", B("\xC1\xF1\xE9\xE8\xEC\xFC\xF2;\xC8\xDD\xEC\xE1\n1;\xE4\xE5\xED \xEB\xE5\xE9\xF4\xEF\xF5\xF1\xE3\xE5\xDF \xEF \xE5\xEA\xF4\xF5\xF0\xF9\xF4\xDE\xF2\n"), 0, "WINDOWS-1252"},
    {"Windows-1250, Polish", B("Numer;Tytu\xB3;Zg\xB3" "aszaj\xB9" "cy\n1;Drukarka nie dzia\xB3" "a;\xA3ukasz \xAF" "ak\n2;Has\xB3o wygas\xB3o w ksi\xEAgowo\x9C" "ci;Anna W\xF3jcik\n"), 0, "WINDOWS-1250"},
    {"ISO 8859-2, Polish", B("Nasze has\xB3o;Tytu\xB3;Zg\xB3" "aszaj\xB1" "cy\n1;Drukarka nie dzia\xB3" "a;Ja\xB6mina \xAF" "ak\n2;Brak sieci w ksi\xEAgowo\xB6" "ci, wy\xB3\xB1" "czona;Anna W\xF3jcik\n"), 0, "ISO-8859-2"},
    {"Windows-1250, Czech", B("P\xF8" "edm\xECt;\xD8" "e\x9Aitel\n1;Nejde tisk, p\xF8i\x9Ala oprava, m\xF9\x9E" "eme zav\xF8\xEDt;Bo\x9E" "ena\n2;Heslo vypr\x9A" "elo, \xF8" "e\x9A\xEDme;Ale\x9A Hu\x9A" "ek\n"), 0, "WINDOWS-1250"},
    {"Windows-1252, signs beside words", B("T\xEDtulo;Descripci\xF3n\n1;\xBFQu\xE9 pasa con 5 m\xB3?\n2;\xBF" "C\xF3mo entro? nota\xB9\n3;\xC9l est\xE1 aqu\xED, \xBFno?\n"), 0, "WINDOWS-1252"},
    {"Windows-1252, French", B("Priorit\xE9;Cat\xE9gorie\n1;Tr\xE8s haute, pr\xE8s de la r\xE8gle;R\xE9seau\n2;Probl\xE8me \xE0 l'acc\xE8s, m\xEAme apr\xE8s;Syst\xE8me\n"), 0, "WINDOWS-1252"},
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
