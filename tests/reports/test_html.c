/* The page: closed elements, links that lead somewhere, nothing from outside, hostile text harmless, every clause and finding there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "reports/html.h"
#include "tests/support/fake_result.h"

static audit_result *result;
static buf html;
static bool have_fonts;
static char folder[] = "/tmp/slaudit-html-XXXXXX";

static void make_page(audit_result *r, bool english, buf *out)
{
    char path[128];
    err e = {0};
    report_options o = {.out = folder, .formats = REPORT_HTML, .lang = english ? "en" : "zh"};
    if (report_write(r, &o, NULL, &e) != SLA_OK) fail_msg("%s", e.msg);
    snprintf(path, sizeof path, "%s/report-2025Q3.html", folder);
    assert_int_equal(file_read(path, (size_t)1 << 28, out, &e), SLA_OK);
}

/* strstr over a page would look at all of it each time under the sanitizers' strict checks. */
static const char *find(const buf *in, const char *from, const char *what)
{
    const char *end = in->ptr + in->len;
    size_t n = strlen(what);
    for (const char *p = from == NULL ? in->ptr : from; (p = memchr(p, what[0], (size_t)(end - p))) != NULL; p++)
        if ((size_t)(end - p) >= n && memcmp(p, what, n) == 0) return p;
    return NULL;
}

static bool is_void(slice name) { return slice_is(name, "meta") || slice_is(name, "input") || slice_is(name, "!DOCTYPE"); }

/* Every element that opens closes, in order. */
static void elements_are_closed(void **state)
{
    (void)state;
    slice open[64];
    size_t depth = 0;
    if (!have_fonts) skip();
    for (const char *p = html.ptr; (p = find(&html, p, "<")) != NULL;) {
        bool closing = p[1] == '/';
        const char *name = p + 1 + closing, *end = find(&html, p, ">");
        assert_non_null(end);
        slice tag = {name, 0};
        while (name[tag.len] != ' ' && name[tag.len] != '>' && name[tag.len] != '/') tag.len++;
        if (closing) {
            if (depth == 0 || !slice_eq(open[depth - 1], tag)) fail_msg("</%.*s> closes <%.*s>", SLICE_ARG(tag), depth ? (int)open[depth - 1].len : 0, depth ? open[depth - 1].ptr : "");
            depth--;
        } else if (!is_void(tag) && end[-1] != '/') {
            assert_true(depth < 64);
            open[depth++] = tag;
        }
        p = end + 1;
        if (!closing && slice_is(tag, "script")) p = find(&html, p, "</script>");
        if (!closing && slice_is(tag, "style")) p = find(&html, p, "</style>");
    }
    assert_int_equal(depth, 0);
}

static void links_lead_somewhere(void **state)
{
    (void)state;
    char want[160];
    size_t n = 0;
    if (!have_fonts) skip();
    for (const char *p = html.ptr; (p = find(&html, p, "href=\"")) != NULL; n++) {
        p += 6;
        if (*p != '#') fail_msg("a link out: %.40s", p);
        snprintf(want, sizeof want, "id=\"%.*s\"", (int)(find(&html, p, "\"") - p - 1), p + 1);
        if (find(&html, NULL, want) == NULL) fail_msg("nothing has %s", want);
    }
    assert_true(n > 10);
}

static void nothing_comes_from_outside(void **state)
{
    (void)state;
    static const char *const bad[] = {"http://", "https://", "src=", "@import", "url(", "fetch(", "XMLHttp"};
    if (!have_fonts) skip();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (find(&html, NULL, bad[i]) != NULL) fail_msg("%s", bad[i]);
    assert_non_null(find(&html, NULL, "default-src 'none'"));
}

static void want(slice s)
{
    buf b = {0};
    html_escape(&b, s);
    if (find(&html, NULL, buf_cstr(&b)) == NULL) fail_msg("not in the page: %.*s", SLICE_ARG(s));
    buf_free(&b);
}

static void clauses_findings_and_figures_are_there(void **state)
{
    (void)state;
    if (!have_fonts) skip();
    for (size_t i = 0; i < result->nclauses; i++) want(result->clauses[i].title.zh);
    for (size_t i = 0; i < result->nrules; i++) want(result->rules[i].title.zh);
    for (size_t i = 0; i < result->nfindings; i++) want(result->findings[i].message.zh);
    for (size_t i = 0; i < result->nmetrics; i++) want(result->metrics[i].title.zh);
    assert_null(find(&html, NULL, "person-"));                            /* no page a person */
    assert_non_null(find(&html, NULL, "<svg "));
}

static void a_long_register_is_cut_and_says_so(void **state)
{
    (void)state;
    buf out = {0};
    audit_result *big = fake_result(HTML_ROWS + 7);
    size_t rows = 0;
    if (!have_fonts) skip();
    assert_non_null(big);
    make_page(big, true, &out);
    assert_non_null(find(&out, NULL, "lists the first 5,000 of 5,007"));
    const char *p = find(&out, NULL, "type=\"search\"");
    assert_non_null(p);
    for (const char *end = find(&out, p, "</tbody>"); (p = find(&out, p, "<")) != NULL && p < end; p++) rows += memcmp(p, "<tr>", 4) == 0;
    assert_int_equal(rows, HTML_ROWS + 1);
    fake_result_free(big);
    buf_free(&out);
}

static const struct { const char *name, *in, *want; } escapes[] = {
    {"markup", "<script>alert(\"1\")</script>&amp;", "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;"}, {"control characters", "a\001b\x7f" "c\nd", "abc\nd"},
    {"wrong UTF-8", "a\xff\xc3", "a\xEF\xBF\xBD\xEF\xBF\xBD"}, {"Chinese and beyond", "龘𠮷", "龘𠮷"}, {"nothing", "", ""},
};

static void text_is_escaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        buf b = {0};
        html_escape(&b, slice_of(escapes[i].in));
        assert_string_equal(buf_cstr(&b), escapes[i].want);
        buf_free(&b);
    }
}

static void hostile_text_is_harmless(void **state)
{
    (void)state;
    buf out = {0};
    if (!have_fonts) skip();
    audit_result *r = fake_result(40);
    r->findings[0].key = SLICE_LIT("</script><img src=x onerror=alert(1)>");
    r->findings[1].message = (bitext){SLICE_LIT("</td><b>"), SLICE_LIT("</td><b>")};
    r->clauses[0].title.zh = SLICE_LIT("\"><svg onload=x>");
    make_page(r, false, &out);
    assert_null(find(&out, NULL, "<img"));
    assert_null(find(&out, NULL, "<svg onload"));
    fake_result_free(r);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(elements_are_closed), cmocka_unit_test(links_lead_somewhere), cmocka_unit_test(nothing_comes_from_outside),
        cmocka_unit_test(clauses_findings_and_figures_are_there), cmocka_unit_test(a_long_register_is_cut_and_says_so), cmocka_unit_test(text_is_escaped), cmocka_unit_test(hostile_text_is_harmless)};
    fontset fs;
    err e = {0};
    char command[128];
    setenv("SLAUDIT_HOME", ".", 0);
    have_fonts = fontset_open(NULL, NULL, &fs, &e) == SLA_OK;
    if (have_fonts) fontset_close(&fs);
    result = fake_result(400);
    if (result == NULL || mkdtemp(folder) == NULL) return 1;
    if (have_fonts) make_page(result, false, &html), buf_cstr(&html);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) failed = 1;
    buf_free(&html);
    fake_result_free(result);
    return failed;
}
