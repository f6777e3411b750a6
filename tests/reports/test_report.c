/* The six files as wholes: the same bytes twice, every number of the JSON in the PDF's text, totals as formulas, all rows in the workbook, refusals. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "reports/audit.h"
#include "reports/font.h"
#include "reports/report.h"
#include "reports/xlsx_splice.h"
#include "reports/zip.h"
#include "tests/support/fake_result.h"

const char *const *kind_names(size_t *n);               /* engine/audit/kind.h, whose room has a figure of its own */

static audit_result *result;
static char folder[] = "/tmp/slaudit-reports-XXXXXX";
static bool have_fonts, have_tools;
static const char *const names[] = {"audit-2025Q3.pdf", "audit-2025Q3.xlsx", "kpi-2025Q3.pdf", "kpi-2025Q3.xlsx", "staff-2025Q3.pdf", "staff-2025Q3.xlsx", "results-2025Q3.json", "findings-2025Q3.ndjson"};
enum { NFILES = sizeof names / sizeof names[0] };

static void write_all(const char *sub, bool english, size_t nfindings)
{
    char path[256];
    err e = {0};
    audit_result *own = nfindings ? fake_result(nfindings) : result;
    snprintf(path, sizeof path, "%s/%s", folder, sub);
    report_options o = {.out = path, .lang = english ? "en" : "zh"};
    if (!have_fonts) skip();
    sla_status st = report_write(own, &o, NULL, &e);
    if (own != result) fake_result_free(own);
    if (st != SLA_OK) fail_msg("%s", e.msg);
}

static void take(const char *sub, const char *name, buf *out)
{
    char path[512];
    err e = {0};
    snprintf(path, sizeof path, "%s/%s/%s", folder, sub, name);
    assert_int_equal(file_read(path, (size_t)1 << 30, out, &e), SLA_OK);
}

static void same_bytes_twice(void **state)
{
    (void)state;
    write_all("a", false, 0);
    setenv("TZ", "America/New_York", 1);
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    write_all("b", false, 0);
    for (size_t i = 0; i < NFILES; i++) {
        buf one = {0}, two = {0};
        take("a", names[i], &one);
        take("b", names[i], &two);
        assert_true(one.len > 100);
        if (one.len != two.len || memcmp(one.ptr, two.ptr, one.len) != 0) fail_msg("%s differs", names[i]);
        buf_free(&one);
        buf_free(&two);
    }
}

static void nothing_else_is_left_behind(void **state)
{
    (void)state;
    char path[256];
    size_t n = 0;
    if (!have_fonts) skip();
    snprintf(path, sizeof path, "%s/a", folder);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *f; (f = readdir(dir)) != NULL;) n += f->d_name[0] != '.' || strlen(f->d_name) > 2;
    closedir(dir);
    assert_int_equal(n, NFILES);
}

/* What pdftotext finds, blanks taken out: columns may stand apart. */
static void pdf_text(const char *sub, const char *name, buf *out)
{
    char command[768];
    buf raw = {0};
    snprintf(command, sizeof command, "pdftotext -raw %s/%s/%s - 2>/dev/null", folder, sub, name);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    for (int c; (c = getc(p)) != EOF;) buf_char(&raw, (char)c);
    assert_int_equal(pclose(p), 0);
    for (size_t i = 0; i < raw.len; i++)
        if (raw.ptr[i] != ' ' && raw.ptr[i] != '\n' && raw.ptr[i] != '\f') buf_char(out, raw.ptr[i]);
    buf_free(&raw);
}

static void want(const buf *text, slice s)
{
    buf b = {0};
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != ' ' && s.ptr[i] != '\n') buf_char(&b, s.ptr[i]);
    if (strstr(buf_cstr((buf *)(uintptr_t)text), buf_cstr(&b)) == NULL) fail_msg("not in the PDF: %.*s", SLICE_ARG(s));
    buf_free(&b);
}

static void want_row(const buf *text, const char *id, const int64_t *figures, size_t n)
{
    buf b = {0};
    for (size_t i = 0; i < n; i++) format_int(&b, figures[i]);
    const char *p = buf_cstr((buf *)(uintptr_t)text);
    bool seen = false;
    for (; (p = strstr(p, id)) != NULL && !seen; p += strlen(id)) {
        const char *hit = strstr(p, buf_cstr(&b));
        seen = hit != NULL && hit - p < 200;
    }
    if (!seen) fail_msg("the row of %s does not show %s", id, buf_cstr(&b));
    buf_free(&b);
}

static void audit_pdf_shows_every_figure(void **state)
{
    (void)state;
    buf text = {0};
    if (!have_fonts || !have_tools) skip();
    pdf_text("a", "audit-2025Q3.pdf", &text);
    for (size_t i = 0; i < result->nrules; i++) {
        const res_rule *x = &result->rules[i];
        char id[16];
        snprintf(id, sizeof id, "%.*s", SLICE_ARG(x->id));
        want_row(&text, id, (const int64_t[]){x->population, x->conforming, x->nonconforming, x->unknown, x->running}, 5);
        if (x->v != VERDICT_FAILS) continue;
        want(&text, x->criterion.zh);
        want(&text, x->recommend.zh);
        for (size_t f = 0; f < x->nfindings && f < FINDINGS_SHOWN; f++) want(&text, result->findings[x->first_finding + f].message.zh);
    }
    for (size_t i = 0; i < result->nclauses; i++) want(&text, result->clauses[i].title.zh);
    for (size_t i = 0; i < result->nsources; i++) want(&text, slice_of(result->sources[i].sha256));
    for (size_t i = 0; i < result->nrejects; i++) want(&text, result->rejects[i].value);
    want(&text, result->digest);
    buf_free(&text);
}

static void staff_pdf_shows_everyone(void **state)
{
    (void)state;
    buf text = {0};
    if (!have_fonts || !have_tools) skip();
    pdf_text("a", "staff-2025Q3.pdf", &text);
    for (size_t i = 0; i < result->nstaff; i++) {
        const res_staff *s = &result->staff[i];
        char score[16];
        if (i == 7) want(&text, SLICE_LIT("龘[U+20BB7]"));
        else want(&text, s->name);
        snprintf(score, sizeof score, "%.1f", s->score);
        want(&text, s->rated ? slice_of(score) : s->reason.zh);
    }
    buf_free(&text);
}

static void unpack(const char *sub, const char *name, const char *entry, buf *out)
{
    buf file = {0};
    zip_reader z;
    zip_entry one;
    err e = {0};
    bool found = false;
    take(sub, name, &file);
    assert_int_equal(zip_start((slice){file.ptr, file.len}, &z, &e), SLA_OK);
    while (!found && zip_next(&z, &one))
        if (slice_is(one.name, entry)) assert_int_equal(zip_unpack(&one, out, &e), SLA_OK), found = true;
    assert_true(found);
    buf_free(&file);
}

static size_t count_of(const buf *b, const char *what)
{
    size_t n = 0;
    for (const char *p = b->ptr; (p = strstr(p, what)) != NULL; p++) n++;
    return n;
}

/* Names of figures that are longer than their column stand in a head of several lines. */
static void heads_of_charts_are_high_enough(void **state)
{
    (void)state;
    char path[300], name[48];
    err e = {0};
    size_t high = 0;
    buf xml = {0};
    snprintf(path, sizeof path, "%s/heads", folder);
    assert_int_equal(report_write(result, &(report_options){.out = path, .lang = "en", .kinds = REPORT_KPI, .formats = REPORT_XLSX}, NULL, &e), SLA_OK);
    for (int sheet = 3; sheet <= 6; sheet++) {                            /* themes, of charts alone */
        snprintf(name, sizeof name, "xl/worksheets/sheet%d.xml", sheet);
        buf_reset(&xml);
        unpack("heads", "kpi-2025Q3.xlsx", name, &xml);
        buf_cstr(&xml);
        if (count_of(&xml, "<drawing ") > 0) high += count_of(&xml, "ht=\"28\"") + count_of(&xml, "ht=\"42\"");
    }
    assert_true(high > 3);
    buf_free(&xml);
}

/* R14: the totals are formulas that hold the engine's value. */
static void totals_are_formulas(void **state)
{
    (void)state;
    buf xml = {0};
    char wanted[96];
    uint64_t rows = 0;
    if (!have_fonts) skip();
    for (size_t i = 0; i < result->nsources; i++) rows += result->sources[i].rows;
    unpack("a", "audit-2025Q3.xlsx", "xl/worksheets/sheet3.xml", &xml);
    snprintf(wanted, sizeof wanted, "<f>SUM(E3:E%zu)</f><v>%llu</v>", result->nsources + 2, (unsigned long long)rows);
    assert_non_null(strstr(xml.ptr, wanted));
    buf_free(&xml);
    unpack("a", "staff-2025Q3.xlsx", "xl/worksheets/sheet2.xml", &xml);
    snprintf(wanted, sizeof wanted, ")</f><v>%.16g</v>", result->staff[0].score);
    assert_non_null(strstr(xml.ptr, "<f>IFERROR((N(G3)*'权重'!$C$3+N(H3)*'权重'!$C$4"));
    assert_non_null(strstr(xml.ptr, wanted));
    snprintf(wanted, sizeof wanted, "</f><v>%.*s</v>", SLICE_ARG(result->staff[0].grade));
    assert_non_null(strstr(xml.ptr, wanted));
    buf_free(&xml);
}

/* The summary's verdicts are a native chart: five bars, each with its figure and a fill of its own, over the cells that hold them. */
static void the_summary_has_a_chart(void **state)
{
    (void)state;
    buf xml = {0};
    size_t points = 0;
    if (!have_fonts) skip();
    unpack("a", "audit-2025Q3.xlsx", "xl/charts/chart1.xml", &xml);
    for (const char *p = buf_cstr(&xml); (p = strstr(p, "<c:dPt>")) != NULL; p++) points++;
    assert_int_equal(points, 5);
    assert_non_null(strstr(xml.ptr, "<c:barDir val=\"bar\"/>"));
    assert_non_null(strstr(xml.ptr, "<c:showVal val=\"1\"/>"));
    assert_non_null(strstr(xml.ptr, "<c:f>'摘要'!$B$3:$B$7</c:f>"));
    buf_free(&xml);
}

/* The long table of groups does not stand between a reader and the themes. */
static void themes_come_before_groups(void **state)
{
    (void)state;
    buf xml = {0};
    size_t after = 0;
    if (!have_fonts) skip();
    unpack("a", "kpi-2025Q3.xlsx", "xl/workbook.xml", &xml);
    const char *groups = strstr(buf_cstr(&xml), "<sheet name=\"分组\"");
    assert_non_null(groups);
    for (const char *p = groups + 1; (p = strstr(p, "<sheet name=\"")) != NULL; p++) after++;
    assert_int_equal(after, 1);                                      /* how figures are computed */
    buf_free(&xml);
}

static void a_long_register_is_whole(void **state)
{
    (void)state;
    enum { FINDINGS = 9001 };
    buf xml = {0};
    size_t rows = 0;
    write_all("long", true, FINDINGS);
    unpack("long", "audit-2025Q3.xlsx", "xl/worksheets/sheet8.xml", &xml);
    for (const char *p = xml.ptr; (p = strstr(p, "<row r=\"")) != NULL; p++) {
        rows++;
        assert_int_equal(strtoul(p + 8, NULL, 10), rows);
    }
    assert_int_equal(rows, FINDINGS + 2);                             /* caption and head above */
    assert_non_null(strstr(xml.ptr, "<dimension ref=\"A1:P9003\"/>"));
    assert_non_null(strstr(xml.ptr, "<autoFilter ref=\"A2:P9003\"/>"));
    buf_free(&xml);
}

/* With room for 7 rows on a sheet: the register of 60 findings is on nine sheets, each row once; links lead to the sheet and row where what they name stands; a total is over all parts. */
static void long_tables_go_on(void **state)
{
    (void)state;
    enum { FINDINGS = 60, ROOM = 7 };
    char path[256], want_link[128];
    err e = {0};
    buf xml = {0};
    audit_result *r = fake_result(FINDINGS);
    if (!have_fonts) skip();
    snprintf(path, sizeof path, "%s/parts", folder);
    for (size_t i = 0; i < r->nsources; i++) r->sources[i].path = SLICE_LIT("a \"b\"\377.csv");
    if (report_write(r, &(report_options){.out = path, .lang = "en", .kinds = REPORT_AUDIT, .formats = REPORT_XLSX, .sheet_rows = ROOM}, NULL, &e) != SLA_OK) fail_msg("%s", e.msg);
    unpack("parts", "audit-2025Q3.xlsx", "xl/workbook.xml", &xml);
    assert_int_equal(count_of(&xml, "<sheet name=\"Register"), 9);
    const char *last = strstr(xml.ptr, "<sheet name=\"Register (9)\""), *next = strstr(xml.ptr, "<sheet name=\"Rejected");
    assert_true(last && next && last < next);                              /* beside each other */
    buf_free(&xml);
    size_t links = 0;
    buf all = {0};
    for (int sheet = 1; sheet <= 40; sheet++) {
        buf file = {0};
        zip_reader z;
        zip_entry one;
        snprintf(want_link, sizeof want_link, "xl/worksheets/sheet%d.xml", sheet);
        take("parts", "audit-2025Q3.xlsx", &file);
        assert_int_equal(zip_start((slice){file.ptr, file.len}, &z, &e), SLA_OK);
        while (zip_next(&z, &one))
            if (slice_is(one.name, want_link)) assert_int_equal(zip_unpack(&one, &all, &e), SLA_OK);
        buf_free(&file);
    }
    buf_cstr(&all);
    for (size_t i = 0; i < r->nrules; i++) {
        const res_rule *x = &r->rules[i];
        if (x->nfindings == 0) continue;
        size_t part = x->first_finding / ROOM, row = x->first_finding % ROOM + REGISTER_FIRST_ROW;
        char number[32] = "";
        if (part > 0) snprintf(number, sizeof number, " (%zu)", part + 1);
        snprintf(want_link, sizeof want_link, "<f>HYPERLINK(\"#'Register%s'!A%zu\",\"%.*s\")</f>", number, row, SLICE_ARG(x->id));
        if (count_of(&all, want_link) == 0) fail_msg("no %s", want_link);
        links++;
    }
    assert_true(links > ROOM);
    assert_true(count_of(&all, "a \"\"b\"\"\xEF\xBF\xBD.csv\")</f>") > 0);
    assert_true(count_of(&all, "<f>SUM('Clauses'!F2:F8)+SUM('Clauses (2)'!F2:F8)+SUM('Clauses (3)'!F2:F8)+SUM('Clauses (4)'!F2:F8)+SUM('Clauses (5)'!F2:F4)</f>") == 1);
    buf_free(&all);
    fake_result_free(r);
}

static const struct escape_case { const char *name, *in, *want; } escapes[] = {
    {"plain", "abc 中文", "abc 中文"}, {"markup", "a<b>&c", "a&lt;b&gt;&amp;c"}, {"what looks like an escape", "_x0041_", "_x005F_x0041_"}, {"an underscore", "a_b", "a_b"},
    {"control characters go", "a\001b\033c", "abc"}, {"tabs and line feeds stay", "a\tb\nc", "a\tb\nc"}, {"wrong UTF-8", "a\377b", "a\xEF\xBF\xBD" "b"}, {"U+FFFF goes", "a\xEF\xBF\xBF" "b", "ab"},
};
enum { NESCAPES = sizeof escapes / sizeof escapes[0] };

static void check_escape(void **state)
{
    const struct escape_case *c = *state;
    buf b = {0};
    xlsx_escape(&b, slice_of(c->in));
    assert_string_equal(buf_cstr(&b), c->want);
    buf_free(&b);
}

static void texts_are_the_same_in_each_language(void **state)
{
    (void)state;
    texts zh = {0}, en = {0};
    err e = {0};
    assert_int_equal(texts_load("zh", &zh, &e), SLA_OK);
    assert_int_equal(texts_load("en", &en, &e), SLA_OK);
    for (size_t i = 0; i < zh.n && i < en.n; i++)
        if (!slice_eq(zh.items[i].key, en.items[i].key)) fail_msg("%.*s against %.*s", SLICE_ARG(zh.items[i].key), SLICE_ARG(en.items[i].key));
    assert_int_equal(zh.n, en.n);
    size_t nkinds;
    const char *const *kind = kind_names(&nkinds);
    for (size_t i = 0; i < nkinds; i++) {
        char key[64];
        snprintf(key, sizeof key, "kind.%s", kind[i]);
        if (texts_get(&zh, key).ptr == NULL) fail_msg("the kind of rule %s has no name in the reports' texts", kind[i]);
    }
    texts_free(&en);
    assert_int_equal(texts_load("xx", &en, &(err){0}), SLA_NAME);
    texts_free(&zh);
}

static void refusals_say_what_to_do(void **state)
{
    (void)state;
    char path[300];
    err e = {0};
    report_options o = {.out = folder, .formats = REPORT_PDF, .font = "/nowhere/font.ttf"};
    assert_int_equal(report_write(result, &o, NULL, &e), SLA_IO);
    assert_non_null(strstr(e.file, "/nowhere/font.ttf"));
    snprintf(path, sizeof path, "%s/file", folder);
    FILE *f = fopen(path, "w");
    fclose(f);
    e = (err){0};
    snprintf(path, sizeof path, "%s/file/out", folder);
    o = (report_options){.out = path, .formats = REPORT_JSON};
    assert_int_equal(report_write(result, &o, NULL, &e), SLA_IO);
}

static void an_empty_result_has_reports_too(void **state)
{
    (void)state;
    char path[300];
    err e = {0};
    audit_result bare = {.tool_name = SLICE_LIT("slaudit"), .period_id = SLICE_LIT("2025Q3"), .zone = SLICE_LIT("UTC"), .digest = SLICE_LIT("00"), .to = 1000};
    snprintf(path, sizeof path, "%s/empty", folder);
    report_options o = {.out = path};
    if (!have_fonts) skip();
    if (report_write(&bare, &o, NULL, &e) != SLA_OK) fail_msg("%s", e.msg);
}

int main(void)
{
    struct CMUnitTest tests[NESCAPES + 13];
    const struct CMUnitTest others[] = {cmocka_unit_test(same_bytes_twice), cmocka_unit_test(nothing_else_is_left_behind), cmocka_unit_test(audit_pdf_shows_every_figure), cmocka_unit_test(staff_pdf_shows_everyone),
        cmocka_unit_test(heads_of_charts_are_high_enough), cmocka_unit_test(totals_are_formulas), cmocka_unit_test(a_long_register_is_whole), cmocka_unit_test(texts_are_the_same_in_each_language), cmocka_unit_test(refusals_say_what_to_do),
        cmocka_unit_test(an_empty_result_has_reports_too), cmocka_unit_test(long_tables_go_on), cmocka_unit_test(the_summary_has_a_chart), cmocka_unit_test(themes_come_before_groups)};
    size_t n = sizeof others / sizeof others[0];
    fontset fs;
    char command[128];
    err e = {0};
    setenv("SLAUDIT_HOME", ".", 0);
    memcpy(tests, others, sizeof others);
    for (size_t i = 0; i < NESCAPES; i++) tests[n++] = (struct CMUnitTest){escapes[i].name, check_escape, NULL, NULL, (void *)(uintptr_t)&escapes[i]};
    have_fonts = fontset_open(NULL, NULL, &fs, &e) == SLA_OK;
    if (have_fonts) fontset_close(&fs);
    have_tools = system("command -v pdftotext >/dev/null 2>&1") == 0;
    result = fake_result(400);
    if (result == NULL || mkdtemp(folder) == NULL) return 1;
    int failed = _cmocka_run_group_tests("report", tests, n, NULL, NULL);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) failed = 1;
    fake_result_free(result);
    return failed;
}
