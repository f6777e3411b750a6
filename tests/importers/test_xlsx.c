/* Workbooks made of a few bytes, and those that others made: cells as text, damage told. */
#include <dirent.h>
#include <unistd.h>
#include "tests/support/check.h"
#include "tests/support/pack.h"

#define DATES "<numFmts count=\"3\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd hh:mm\"/><numFmt numFmtId=\"165\" formatCode=\"[h]:mm\"/><numFmt numFmtId=\"166\" formatCode=\"0.00&quot;d&quot;\"/></numFmts>" \
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"20\"/><xf numFmtId=\"166\"/></cellXfs>"

static const struct cell_case { const char *name, *rows, *strings, *styles; bool from_1904; const char *want; } cases[] = {
    {"inline strings", "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c><c r=\"C1\" t=\"inlineStr\"><is><r><t>b</t></r><r><t xml:space=\"preserve\"> c</t></r></is></c></row>", NULL, NULL, false, "a||b c\n"},
    {"shared strings, phonetic runs left out", "<row><c t=\"s\"><v>1</v></c><c t=\"s\"><v>0</v></c></row>", "<si><t>x</t></si><si><r><t>\xE6\xBC\xA2</t></r><rPh sb=\"0\" eb=\"1\"><t>kan</t></rPh><r><t>!</t></r></si>", NULL, false, "\xE6\xBC\xA2!|x\n"},
    {"rows and cells that are not there", "<row r=\"2\"><c r=\"B2\"><v>1</v></c></row><row r=\"4\"><c r=\"A4\"><v>2</v></c></row>", NULL, NULL, false, "\n|1\n\n2\n"},
    {"empty cells at the end", "<row><c><v>1</v></c><c s=\"1\"/><c s=\"1\"/></row><row><c/></row>", NULL, NULL, false, "1\n"},
    {"numbers", "<row><c><v>12345678901234567</v></c><c><v>0.10000000000000001</v></c><c><v>1.5E3</v></c><c><v>-3</v></c><c><v>1E-7</v></c><c s=\"5\"><v>2.5</v></c></row>", NULL, DATES, false, "12345678901234568|0.1|1500|-3|1e-07|2.5\n"},
    {"dates by format", "<row><c s=\"1\"><v>45839</v></c><c s=\"2\"><v>45839.375</v></c><c s=\"1\"><v>45839.5</v></c><c s=\"4\"><v>0.375</v></c><c s=\"3\"><v>1.5</v></c></row>", NULL, DATES, false,
     "2025-07-01|2025-07-01T09:00:00|2025-07-01T12:00:00|09:00:00|36:00:00\n"},
    {"dates of 1904", "<row><c s=\"1\"><v>44377</v></c><c s=\"1\"><v>0</v></c></row>", NULL, DATES, true, "2025-07-01|1904-01-01\n"},
    {"the leap day that never was", "<row><c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>61</v></c></row>", NULL, DATES, false, "1900-01-01|1900-02-28|1900-03-01\n"},
    {"a second before midnight is no other day", "<row><c s=\"2\"><v>45838.999988425923</v></c><c s=\"2\"><v>45838.99999999</v></c></row>", NULL, DATES, false, "2025-06-30T23:59:59|2025-07-01T00:00:00\n"},
    {"values of formulas, truth, errors", "<row><c t=\"str\"><f>A1</f><v>x</v></c><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"d\"><v>2025-07-01T09:00:00</v></c><c><f>1+1</f></c></row>", NULL, NULL, false,
     "x|TRUE|FALSE|#N/A|2025-07-01T09:00:00\n"},
    {"escaped characters", "<row><c t=\"str\"><v>a_x000D_b_x005F_x000D_ c_x</v></c></row>", NULL, NULL, false, "a\rb_x000D_ c_x\n"},
    {"a line end in a cell stays in its row", "<row><c t=\"str\"><v>a\nb</v></c><c><v>1</v></c></row>", NULL, NULL, false, "a\nb|1\n"},
    {"entities", "<row><c t=\"str\"><v>a &amp; b &lt;c&gt; &#20013;</v></c></row>", NULL, NULL, false, "a & b <c> \xE4\xB8\xAD\n"},
    {"prefixed names", "<x:row xmlns:x=\"y\"><x:c r=\"A1\"><x:v>1</x:v></x:c></x:row>", NULL, NULL, false, "1\n"},
    {"a string that is not there", "<row><c t=\"s\"><v>7</v></c></row>", "<si><t>x</t></si>", NULL, false, "!a cell refers to a string that the workbook does not have; nothing of it was taken\n"},
    {"cells out of order", "<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>", NULL, NULL, false, "!cells that are out of order or beyond the limits of a sheet; nothing of it was taken\n"},
    {"a row beyond the limit", "<row r=\"4294967297\"><c><v>1</v></c></row>", NULL, NULL, false, "!cells that are out of order or beyond the limits of a sheet; nothing of it was taken\n"},
    {"a column beyond the limit", "<row r=\"1\"><c r=\"ZZZ1\"><v>1</v></c></row>", NULL, NULL, false, "!cells that are out of order or beyond the limits of a sheet; nothing of it was taken\n"},
};

static void cell_text(void **state)
{
    const struct cell_case *c = *state;
    buf out = {0};
    const char *path = test_path("book.xlsx");
    pack_workbook(path, c->rows, c->strings, c->styles, c->from_1904);
    pack_dump(path, &out);
    assert_memory_equal(buf_cstr(&out), "[ticket]\n", 9);
    assert_string_equal(buf_cstr(&out) + 9, c->want);
    buf_free(&out);
}

static void damaged_xml_is_told(void **state)
{
    (void)state;
    buf out = {0};
    const char *path = test_path("book.xlsx");
    pack_workbook(path, "<row><c><v>1</v></row>", NULL, NULL, false);
    pack_dump(path, &out);
    assert_non_null(strstr(buf_cstr(&out), "!the XML within is damaged (line 1: mismatched tag)"));
    buf_free(&out);
}

static void entities_of_its_own_are_refused(void **state)
{
    (void)state;
    buf out = {0};
    const char *path = test_path("book.xlsx");
    const packed files[] = {{"[Content_Types].xml", "<Types/>"}, {"xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;\">]><workbook>&c;</workbook>"}};
    pack_zip(path, files, 2);
    pack_dump(path, &out);
    assert_non_null(strstr(buf_cstr(&out), "!a document type with entities of its own"));
    buf_free(&out);
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    buf out = {0}, rows = {0};
    const char *path = test_path("book.xlsx");
    for (int i = 0; i < 100000; i++) buf_text(&rows, "<a>");
    pack_workbook(path, buf_cstr(&rows), NULL, NULL, false);
    pack_dump(path, &out);
    assert_non_null(strstr(buf_cstr(&out), "!elements nested too deeply"));
    buf_free(&out);
    buf_free(&rows);
}

/* ---- large sheets, which are read by parts ---- */
/* holds: what the text must hold; "!…": what is told. */
static const struct large_case { const char *name, *holds; } large_cases[] = {
    {"numbered rows with gaps", "\n39998|x39998\n"}, {"some rows without a number", "\n39999|x39999\n"}, {"none has one", "\n39999|x39999\n"}, {"rows in comments and in text", "\n39999|x<row r=\"7\">\n"},
    {"prefixed names", "\n39999|x39999\n"}, {"a row before the last", "\n39999|x39999\n"}, {"cells only at the end", "\n\n\n39990|x39990\n39991|x39991\n"}, {"long texts", "zzzz\n"},
    {"cells out of order far behind", "!cells that are out of order"}, {"damage far behind", "!the XML within is damaged"}, {"cut off", "!the XML within is damaged"}, {"rows one in another", "!"},
};

static void large_row(buf *out, size_t kind, int i)
{
    if (kind == 0 && i % 17 == 0) return;
    if (kind == 3 && i % 501 == 0) buf_text(out, "<!-- <row r=\"1\"><c><v>no</v></c></row> -->");
    if (kind == 4) buf_printf(out, "<x:row xmlns:x=\"y\" r=\"%d\">", i + 1);
    else if (kind == 2 || (kind == 1 && i > 20000 && i % 1000 < 3)) buf_text(out, "<row>");
    else buf_printf(out, i % 3 ? "<row r=\"%d\">" : "<row\n r=\"%d\" spans=\"1:2\">", kind == 5 && i == 30000 ? 12 : i + 1);
    if (kind == 6 && i < 39990) buf_text(out, "<c s=\"1\"/>");
    else if (kind == 3 && i % 7 == 0) buf_printf(out, "<c><v>%d</v></c><c t=\"str\"><v><![CDATA[x<row r=\"7\">]]></v></c>", i);
    else if (kind == 8 && i == 35000) buf_text(out, "<c r=\"B35001\"><v>1</v></c><c r=\"A35001\"><v>1</v></c>");
    else if (kind == 7 && i % 9000 == 8999) {
        buf_text(out, "<c t=\"str\"><v>");
        for (int k = 0; k < 900000; k++) buf_char(out, 'z');
        buf_text(out, "</v></c>");
    } else buf_printf(out, "<c><v>%d</v></c><c t=\"str\"><v>x%d</v></c>", i, i);
    if (kind == 9 && i == 35000) buf_text(out, "</c>");
    if (kind == 11 && i == 35000) buf_text(out, "<row r=\"35002\"><c><v>1</v></c>");
    buf_text(out, kind == 4 ? "</x:row>" : i % 5 ? "</row>" : "</row>\r\n");
}

static void large_sheets(void **state)
{
    const struct large_case *c = *state;
    size_t kind = (size_t)(c - large_cases);
    buf rows = {0}, by[2] = {{0}, {0}};
    const char *path = test_path("large.xlsx");
    for (int i = 0; i < (kind == 7 ? 36000 : 40000); i++) large_row(&rows, kind, i);
    if (kind == 3) buf_text(&rows, "<row><c><v>39999</v></c><c t=\"str\"><v>x&lt;row r=\"7\"&gt;</v></c></row>");
    if (kind == 10) buf_text(&rows, "<row r=\"40001\"><c><v>1");
    pack_workbook(path, buf_cstr(&rows), NULL, NULL, false);
    for (int k = 0; k < 2; k++) {
        setenv("SLAUDIT_THREADS", k ? "3" : "1", 1);
        pack_dump(path, &by[k]);
    }
    assert_non_null(strstr(buf_cstr(&by[0]), c->holds));
    assert_int_equal(by[0].len, by[1].len);
    assert_memory_equal(by[0].ptr, by[1].ptr, by[0].len);
    buf_free(&by[0]);
    buf_free(&by[1]);
    buf_free(&rows);
}

/* ---- workbooks of others ---- */
#define ODD "../shared/real/odd/spreadsheets/"
static const struct real_case { const char *file, *holds; } real_cases[] = {
    {"date.xlsx", "[Sheet1]\n2021-01-01|15\n2021-01-02|16\n255:10:10|17\n"}, {"date_1904.xlsx", "[Sheet1]\n2021-01-01|15\n2021-01-02|16\n255:10:10|17\n"},
    {"date_iso.xlsx", "2021-01-01T10:10:10\n10:10:10\n"}, {"date_quoted_format.xlsx", "2021-01-01\n2021-01-01\n"}, {"nonstandard-xml-ns-prefix.xlsx", "a|b\n1|3\n2|4\n"},
    {"strict_iso_paths.xlsx", "["}, {"rph.xlsx", "\xE8\xAA\xB2\xE3\x81\x8D\xE3\x81\x8F\xE3\x80\x80\xE6\xAF\x9B\xE3\x81\x93\n"}, {"inlineStr_cdata.xlsx", "Hello CDATA|World\n12345|NormalText\n"},
    {"empty_shared_string_value.xlsx", "Alice||Active\n|Berlin\n"}, {"issue_530.xlsx", "\xE9\xA2\x86\xE5\x9F\x9F|"}, {"any_sheets.xlsx", "[VeryHidden]"}, {"issue252.xlsx", "!the zip archive is damaged"},
    {"issue_419.xlsb", "!a binary Excel workbook (.xlsb) is not read"}, {"date.ods", "!an OpenDocument file"}, {"errors.xlsx", "#DIV/0!\n#NAME?\n"},
};

static void workbooks_of_others(void **state)
{
    (void)state;
    if (access(ODD, R_OK) != 0) skip();
    for (size_t i = 0; i < sizeof real_cases / sizeof real_cases[0]; i++) {
        buf out = {0}, path = {0};
        buf_printf(&path, ODD "%s", real_cases[i].file);
        pack_dump(buf_cstr(&path), &out);
        if (!strstr(buf_cstr(&out), real_cases[i].holds)) fail_msg("%s: %s", real_cases[i].file, buf_cstr(&out));
        buf_free(&out);
        buf_free(&path);
    }
}

/* Every file of the folder is read or refused with a reason; none crashes. */
static void no_odd_file_crashes(void **state)
{
    (void)state;
    DIR *d = opendir(ODD);
    if (!d) skip();
    for (const struct dirent *f; (f = readdir(d));) {
        buf out = {0}, path = {0};
        buf_printf(&path, ODD "%s", f->d_name);
        if (f->d_name[0] != '.') pack_dump(buf_cstr(&path), &out);
        assert_false(out.failed);
        buf_free(&out);
        buf_free(&path);
    }
    closedir(d);
}

int main(void)
{
    struct CMUnitTest tests[LEN(cases) + LEN(large_cases) + 5];
    size_t n = 0;
    ROWS(tests, n, cases, cell_text);
    ROWS(tests, n, large_cases, large_sheets);
    static const struct CMUnitTest more[] = {cmocka_unit_test(damaged_xml_is_told), cmocka_unit_test(entities_of_its_own_are_refused), cmocka_unit_test(deep_nesting_is_refused),
                                             cmocka_unit_test(workbooks_of_others), cmocka_unit_test(no_odd_file_crashes)};
    for (size_t i = 0; i < LEN(more); i++) tests[n++] = more[i];
    return _cmocka_run_group_tests("xlsx", tests, n, NULL, NULL);
}
