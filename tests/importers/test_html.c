/* Tables of pages, as products write them and as browsers forgive them. */
#include "engine/base/file.h"
#include "importers/html.h"
#include "tests/support/check.h"
#include "tests/support/pack.h"

static const struct table_case { const char *name, *text, *want; } cases[] = {
    {"a table", "<html><table><tr><th>id</th><th>title</th></tr><tr><td>T1</td><td>hello</td></tr></table></html>", "[]\nid|title\nT1|hello"},
    {"nothing closed", "<table><tr><td>id<td>title<tr><td>T1<td>hello", "[]\nid|title\nT1|hello"},
    {"capitals, attributes, blanks", "<HTML><TABLE BORDER=1 ><TR\n class='a'><TD ALIGN=\"x>y\">  id </TD ><TD>ti\n  tle</TD></TR><TR><TD>1</TD><TD>2</TD></TR></TABLE>", "[]\nid|ti tle\n1|2"},
    {"entities", "<table><tr><td>a&amp;b&lt;c&gt;<td>&#20013;&#x4e2d;&eacute;&nbsp;x<tr><td>&bogus; &<td>1 < 2 &nbsp", "[]\na&b<c>|\xE4\xB8\xAD\xE4\xB8\xAD\xC3\xA9 x\n&bogus; &|1 < 2"},
    {"line ends in cells", "<table><tr><td>a<br>b<br/><br>c<td>1<tr><td><p>x</p><p>y</p><td>2", "[]\na\nb\nc|1\nx\ny\n|2"},
    {"empty cells", "<table><tr><td>a<td>b<td>c<tr><td></td><td></td><td>1</td></tr><tr><td></td></tr></table>", "[]\na|b|c\n||1"},
    {"columns and rows spanned", "<table><tr><td>a<td>b<td>c<tr><td rowspan=2>1<td colspan=\"2\">2<tr><td>3<td>4<tr><td>5<td>6<td>7", "[]\na|b|c\n1|2\n|3|4\n5|6|7"},
    {"comments, scripts and styles", "<html><style>td{x:'<td>'}</style><table><!-- <tr><td>no --><tr><td>a<script>if (a</b) '<td>'</script><td>b<tr><td>1<td><!-- - -- ->x-->2", "[]\na|b\n1|2"},
    {"a table within a table", "<table><tr><td>a<td>b<tr><td><table><tr><td>i<td>j<tr><td>k<td>l</table><td>1", "[table 1]\na|b\n|1[table 2]\ni|j\nk|l"},
    {"a page without a table", "<html><body><p>nothing</p></body></html>", "!an HTML page without a table of records\n"},
    {"a table that lays out the page", "<html><table><tr><td>menu</td></tr></table></html>", "!an HTML page without a table of records\n"},
    {"stray ends", "<html></td></tr></table></table><table><tr><td>a<td>b</tr></tr><tr><td>1<td>2</table></table>", "[]\na|b\n1|2"},
    {"behind a comment and a declaration", "\n<!-- saved --><?xml version=\"1.0\"?><!DOCTYPE html>\n<table><tr><td>a<td>b<tr><td>1<td>2", "[]\na|b\n1|2"},
};

static void table_text(void **state)
{
    const struct table_case *c = *state;
    const char *path = test_path("page.xls");
    buf out = {0};
    err e = {0};
    assert_int_equal(file_write(path, c->text, strlen(c->text), &e), SLA_OK);
    pack_dump(path, &out);
    assert_string_equal(buf_cstr(&out), c->want);
    buf_free(&out);
}

/* The tokenizer gives the same, wherever its pieces are cut. */
static void pieces_make_the_whole(void **state)
{
    const struct table_case *c = *state;
    buf whole = {0}, parts = {0};
    err e = {0};
    size_t n = strlen(c->text);
    for (size_t piece = n; piece > 0; piece--) {
        buf *out = piece == n ? &whole : &parts;
        buf_reset(out);
        html_page *p = html_page_new(out, 0);
        assert_non_null(p);
        for (size_t i = 0; i < n; i += piece) assert_int_equal(html_page_add(p, (slice){c->text + i, n - i < piece ? n - i : piece}, "page", &e), SLA_OK);
        html_page_free(p);
        if (piece < n) assert_string_equal(buf_cstr(&parts), buf_cstr(&whole));
    }
    buf_free(&whole);
    buf_free(&parts);
}

static void page_encodings(void **state)
{
    static const struct { const char *text; size_t n; const char *want; } pages[] = {
#define B(s) s, sizeof s - 1
        {B("<html><meta charset=gb2312><table><tr><td>\xB9\xA4\xB5\xA5\xBA\xC5<td>\xD3\xC5\xCF\xC8\xBC\xB6<tr><td>1<td>2"), "[]\n\xE5\xB7\xA5\xE5\x8D\x95\xE5\x8F\xB7|\xE4\xBC\x98\xE5\x85\x88\xE7\xBA\xA7\n1|2"},
        {B("<table><tr><td>N\xE3o<td>b<tr><td>1<td>2"), "[]\nN\xC3\xA3o|b\n1|2"},
        {B("<html><meta http-equiv=x content='text/html; charset=iso-8859-2'><table><tr><td>\xB1<td>b<tr><td>1<td>2"), "[]\n\xC4\x85|b\n1|2"},
        {B("\xFF\xFE<\0t\0a\0b\0l\0e\0>\0<\0t\0r\0>\0<\0t\0d\0>\0a\0<\0t\0d\0>\0\x2D\x4E<\0t\0r\0>\0<\0t\0d\0>\0001\0<\0t\0d\0>\0002\0"), "[]\na|\xE4\xB8\xAD\n1|2"},
        {B("\xFE\xFF\0<\0t\0a\0b\0l\0e\0>\0<\0t\0r\0>\0<\0t\0d\0>\0a\0<\0t\0d\0>\x4E\x2D\0<\0t\0r\0>\0<\0t\0d\0>\0001\0<\0t\0d\0>\0002"), "[]\na|\xE4\xB8\xAD\n1|2"},
    };
    (void)state;
    for (size_t i = 0; i < LEN(pages); i++) {
        buf out = {0};
        err e = {0};
        const char *path = test_path("page.xls");
        assert_int_equal(file_write(path, pages[i].text, pages[i].n, &e), SLA_OK);
        pack_dump(path, &out);
        assert_string_equal(buf_cstr(&out), pages[i].want);
        buf_free(&out);
    }
}

static void an_endless_cell_is_refused(void **state)
{
    (void)state;
    buf out = {0}, text = {0};
    err e = {0};
    html_page *p = html_page_new(&out, 0);
    buf_text(&text, "<table><tr><td>");
    for (int i = 0; i < 2000000; i++) buf_char(&text, 'x');
    assert_int_equal(html_page_add(p, (slice){text.ptr, text.len}, "page", &e), SLA_LIMIT);
    html_page_free(p);
    buf_free(&out);
    buf_free(&text);
}

int main(void)
{
    struct CMUnitTest tests[2 * LEN(cases) + 2] = {cmocka_unit_test(page_encodings), cmocka_unit_test(an_endless_cell_is_refused)};
    size_t n = 2;
    ROWS(tests, n, cases, table_text);
    ROWS(tests, n, cases, pieces_make_the_whole);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
