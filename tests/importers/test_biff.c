/* Old binary workbooks: records put together by hand in a compound file of a few sectors, and files of others. */
#include <unistd.h>
#include "engine/base/file.h"
#include "tests/support/check.h"
#include "tests/support/pack.h"

static void put(buf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) buf_char(b, (char)(v >> (8 * i) & 0xFF));
}

static void record(buf *b, unsigned type, const void *p, size_t n)
{
    put(b, type, 2), put(b, n, 2);
    buf_bytes(b, p, n);
}
#define RECORD(b, type, bytes) record(b, type, bytes, sizeof(bytes) - 1)

static void f64_cell(buf *b, unsigned row, unsigned col, unsigned xf, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put(b, 0x203, 2), put(b, 14, 2), put(b, row, 2), put(b, col, 2), put(b, xf, 2), put(b, bits, 8);
}

/* A compound file: header, one sector of the table, one of the directory, then the stream. */
static void compound(const char *path, const char *name, const buf *stream)
{
    buf f = {0};
    err e = {0};
    size_t sectors = (stream->len + 511) / 512, least = sectors < 8 ? 8 : sectors; /* below 4096 bytes it would be a small stream */
    buf_bytes(&f, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    for (int i = 0; i < 16; i++) buf_char(&f, 0);
    put(&f, 0x3E, 2), put(&f, 3, 2), put(&f, 0xFFFE, 2), put(&f, 9, 2), put(&f, 6, 2), put(&f, 0, 6), put(&f, 0, 4), put(&f, 1, 4), put(&f, 1, 4), put(&f, 0, 4), put(&f, 4096, 4);
    put(&f, 0xFFFFFFFE, 4), put(&f, 0, 4), put(&f, 0xFFFFFFFE, 4), put(&f, 0, 4), put(&f, 0, 4);
    while (f.len < 512) put(&f, 0xFFFFFFFF, 4);
    put(&f, 0xFFFFFFFD, 4), put(&f, 0xFFFFFFFE, 4);
    for (size_t i = 0; i < least; i++) put(&f, i + 1 < least ? i + 3 : 0xFFFFFFFE, 4);
    while (f.len < 1024) put(&f, 0xFFFFFFFF, 4);
    for (int entry = 0; entry < 2; entry++) {
        const char *text = entry ? name : "Root Entry";
        size_t at = f.len;
        for (const char *p = text; *p; p++) put(&f, (unsigned char)*p, 2);
        while (f.len < at + 64) buf_char(&f, 0);
        put(&f, 2 * (strlen(text) + 1), 2), put(&f, entry ? 2 : 5, 1), put(&f, 1, 1), put(&f, 0xFFFFFFFF, 4), put(&f, 0xFFFFFFFF, 4), put(&f, entry ? 0xFFFFFFFF : 1, 4);
        while (f.len < at + 116) buf_char(&f, 0);
        put(&f, entry ? 2 : 0xFFFFFFFE, 4), put(&f, entry ? least * 512 : 0, 8);
    }
    while (f.len < 1536) buf_char(&f, 0);
    buf_bytes(&f, stream->ptr, stream->len);
    while (f.len < 1536 + least * 512) buf_char(&f, 0);
    assert_int_equal(file_write(path, f.ptr, f.len, &e), SLA_OK);
    buf_free(&f);
}

#define BOF8_GLOBALS "\x00\x06\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
#define BOF8_SHEET "\x00\x06\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
#define XF(id) "\0\0" id "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

/* The globals with one sheet "s", whose records follow. */
static void workbook(buf *out, const buf *globals, const buf *cells)
{
    RECORD(out, 0x809, BOF8_GLOBALS);
    put(out, 0x85, 2), put(out, 9, 2), put(out, out->len + 9 + globals->len + 4, 4);
    buf_bytes(out, "\0\0\x01\0s", 5);
    buf_bytes(out, globals->ptr, globals->len);
    RECORD(out, 0x0A, "");
    RECORD(out, 0x809, BOF8_SHEET);
    buf_bytes(out, cells->ptr, cells->len);
    RECORD(out, 0x0A, "");
}

static void dumped(const buf *globals, const buf *cells, const char *want)
{
    buf book = {0}, out = {0};
    const char *path = test_path("book.xls");
    workbook(&book, globals, cells);
    compound(path, "Workbook", &book);
    pack_dump(path, &out);
    assert_string_equal(buf_cstr(&out), want);
    buf_free(&book), buf_free(&out);
}

static void numbers_and_dates(void **state)
{
    (void)state;
    buf globals = {0}, cells = {0};
    RECORD(&globals, 0x41E, "\xA4\x00\x10\x00\x00yyyy-mm-dd hh:mm");
    RECORD(&globals, 0xE0, XF("\0\0"));
    RECORD(&globals, 0xE0, XF("\x0E\0"));
    RECORD(&globals, 0xE0, XF("\xA4\0"));
    f64_cell(&cells, 0, 0, 0, 1.5);
    f64_cell(&cells, 0, 1, 1, 45839);
    f64_cell(&cells, 0, 2, 2, 45839.375);
    RECORD(&cells, 0x27E, "\x01\0\0\0\0\0\x06\0\0\0");                                    /* RK: 1, of 30 bits */
    RECORD(&cells, 0xBD, "\x01\0\x01\0\0\0\x0B\0\0\0\0\0\x00\x00\xF0\x3F\x02\0");          /* MULRK: 2 / 100, 1.0 */
    RECORD(&cells, 0x205, "\x02\0\0\0\0\0\x01\0");
    RECORD(&cells, 0x205, "\x02\0\x01\0\0\0\x2A\x01");
    dumped(&globals, &cells, "[s]\n1.5|2025-07-01|2025-07-01T09:00:00\n1|0.02|1\nTRUE|#N/A\n");
    buf_free(&globals), buf_free(&cells);
}

static void strings_run_over_records(void **state)
{
    (void)state;
    buf globals = {0}, cells = {0};
    /* "abcd" in single bytes, cut after "ab", going on in double bytes; "x" rich with one run, which is cut too */
    RECORD(&globals, 0xFC, "\x02\0\0\0\x02\0\0\0\x04\0\x00" "ab");
    RECORD(&globals, 0x3C, "\x01" "c\0\x2D\x4E\x01\0\x08\x01\0x\0\0");
    RECORD(&globals, 0x3C, "\0\0");
    RECORD(&cells, 0xFD, "\0\0\0\0\0\0\x01\0\0\0");
    RECORD(&cells, 0xFD, "\0\0\x01\0\0\0\0\0\0\0");
    RECORD(&cells, 0x204, "\0\0\x02\0\0\0\x02\0\x01\x3D\xD8\x00\xDE");
    dumped(&globals, &cells, "[s]\nx|abc\xE4\xB8\xAD|\xF0\x9F\x98\x80\n");
    buf_free(&globals), buf_free(&cells);
}

static void formulas_give_what_was_saved(void **state)
{
    (void)state;
    buf globals = {0}, cells = {0};
    RECORD(&cells, 0x06, "\0\0\0\0\0\0\0\0\0\0\0\0\xF0\x3F\0\0\0\0\0\0\0\0");
    RECORD(&cells, 0x06, "\0\0\x01\0\0\0\0\0\0\0\0\0\xFF\xFF\0\0\0\0\0\0\0\0");
    RECORD(&cells, 0x207, "\x02\0\0ab");
    RECORD(&cells, 0x06, "\0\0\x02\0\0\0\x01\0\x01\0\0\0\xFF\xFF\0\0\0\0\0\0\0\0");
    RECORD(&cells, 0x06, "\0\0\x03\0\0\0\x03\0\0\0\0\0\xFF\xFF\0\0\0\0\0\0\0\0");
    dumped(&globals, &cells, "[s]\n1|ab|TRUE\n");
    buf_free(&globals), buf_free(&cells);
}

static void cells_of_a_row_in_any_order(void **state)
{
    (void)state;
    buf globals = {0}, cells = {0};
    f64_cell(&cells, 1, 2, 0, 3);
    f64_cell(&cells, 1, 0, 0, 1);
    f64_cell(&cells, 1, 0, 0, 2);
    f64_cell(&cells, 3, 1, 0, 4);
    dumped(&globals, &cells, "[s]\n\n2||3\n\n|4\n");
    f64_cell(&cells, 2, 0, 0, 5);
    dumped(&globals, &cells, "[s]\n!rows that are out of order; nothing of it was taken\n");
    buf_free(&globals), buf_free(&cells);
}

static void what_is_not_read_is_said(void **state)
{
    (void)state;
    buf globals = {0}, cells = {0}, book = {0}, out = {0};
    const char *path = test_path("book.xls");
    RECORD(&globals, 0x2F, "\0\0");
    dumped(&globals, &cells, "!the workbook is protected with a password\n");
    compound(path, "EncryptedPackage", &book);
    pack_dump(path, &out);
    compound(path, "WordDocument", &book);
    pack_dump(path, &out);
    assert_string_equal(buf_cstr(&out), "!the workbook is protected with a password\n!a Word document is not read\n");
    buf_free(&globals), buf_free(&cells), buf_free(&book), buf_free(&out);
}

/* Cut anywhere, and with any byte changed: an end or a clear error, never a crash. */
static void damage_is_told(void **state)
{
    (void)state;
    buf globals = {0}, cells = {0}, book = {0}, file = {0};
    err e = {0};
    const char *whole = test_path("whole.xls"), *path = test_path("broken.xls");
    RECORD(&globals, 0xFC, "\x01\0\0\0\x01\0\0\0\x02\0\x00" "ab");
    RECORD(&cells, 0xFD, "\0\0\0\0\0\0\0\0\0\0");
    for (unsigned r = 1; r < 40; r++) f64_cell(&cells, r, 0, 0, r);
    workbook(&book, &globals, &cells);
    compound(whole, "Workbook", &book);
    assert_int_equal(file_read(whole, 1 << 20, &file, &e), SLA_OK);
    for (size_t i = 0; i < file.len; i += i < 600 ? 7 : 61) {
        buf out = {0};
        char was = file.ptr[i];
        file.ptr[i] = (char)(was ^ 0xFF);
        assert_int_equal(file_write(path, file.ptr, file.len, &e), SLA_OK);
        pack_dump(path, &out);
        file.ptr[i] = was;
        assert_int_equal(file_write(path, file.ptr, i + 9, &e), SLA_OK);
        pack_dump(path, &out);
        assert_false(out.failed);
        buf_free(&out);
    }
    buf_free(&globals), buf_free(&cells), buf_free(&book), buf_free(&file);
}

#define ODD "../shared/real/odd/spreadsheets/"
static const struct real_case { const char *file, *holds; } real_cases[] = {
    {"date.xls", "2021-01-01|15\n2021-01-02|16\n255:10:10|17\n"}, {"date_1904.xls", "2021-01-01|15\n"}, {"biff5_write.xls", "TRUE|FALSE||sheetjs\nfoo|bar|2014-02-19T14:30:00|0.3\nbaz||qux\n"},
    {"issue_643_biff5_formula.xls", "baz|1|qux\n"}, {"issue_385.xls", "!the workbook is protected with a password"}, {"pass_protected.xlsx", "!the workbook is protected with a password"},
    {"sst_continue.xls", "This is a long string with a serial number at the end 0008\n"}, {"any_sheets.xls", "[VeryHidden]"}, {"OOM_alloc3.xls", "!the old Office file is damaged"},
    {"biff5-rich-text-string.xls", "FIELD-C\xC3\x93RN\xC3\x8BTCY"}, {"issue219.xls", "[\xE5\xB7\xA5\xE4\xBD\x9C\xE8\xA1\xA8" "1]\na\n"},
};

static void workbooks_of_others(void **state)
{
    (void)state;
    if (access(ODD, R_OK) != 0) skip();
    for (size_t i = 0; i < LEN(real_cases); i++) {
        buf out = {0}, path = {0};
        buf_printf(&path, ODD "%s", real_cases[i].file);
        pack_dump(buf_cstr(&path), &out);
        if (!strstr(buf_cstr(&out), real_cases[i].holds)) fail_msg("%s: %s", real_cases[i].file, buf_cstr(&out));
        buf_free(&out), buf_free(&path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_and_dates), cmocka_unit_test(strings_run_over_records), cmocka_unit_test(formulas_give_what_was_saved), cmocka_unit_test(cells_of_a_row_in_any_order),
                                       cmocka_unit_test(what_is_not_read_is_said), cmocka_unit_test(damage_is_told), cmocka_unit_test(workbooks_of_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
