/* Pages as read and as seen: every figure of the KPI and staff reports that has a key stands in the text of its row, and pages look as they did when they were approved.
 * A picture is compared as a raster of grey cells, some 25 by 35 a page: what moves, vanishes or changes its weight shows, another version of the rasteriser does not.
 * ACCEPT=1 approves the pages as they are now (look at them first). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "reports/font.h"
#include "reports/kpi.h"
#include "reports/report.h"
#include "reports/staff.h"
#include "tests/support/fake_result.h"

enum { CELL = 12 /* dots a side */, DOTS_AN_INCH = 36, CELL_DIFFERS = 24 /* of 255 */, PAGES_MOST = 8 };
static audit_result *result;
static document doc;                                   /* formats figures as the reports do */
static texts zh;
static char folder[] = "/tmp/slaudit-pages-XXXXXX", font[256];
static bool ready;

static void run(const char *command, buf *out)
{
    FILE *p = popen(command, "r");
    assert_non_null(p);
    for (int c; (c = getc(p)) != EOF;) buf_char(out, (char)c);
    assert_int_equal(pclose(p), 0);
}

static void put_squeezed(buf *out, slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != ' ' && s.ptr[i] != '\n' && s.ptr[i] != '\f') buf_char(out, s.ptr[i]);
}

static void text_of(const char *kind, buf *out)
{
    char command[400];
    buf raw = {0};
    snprintf(command, sizeof command, "pdftotext -raw %s/%s-2025Q3.pdf - 2>/dev/null", folder, kind);
    run(command, &raw);
    put_squeezed(out, (slice){raw.ptr, raw.len});
    buf_free(&raw);
}

/* The cells of a row stand one after another in the text, whatever lines they are broken into. */
static void want_row(buf *text, const cell *cells, size_t n)
{
    buf row = {0};
    for (size_t i = 0; i < n; i++) put_squeezed(&row, doc_cell_text(&doc, &cells[i], &doc.mem));
    if (strstr(buf_cstr(text), buf_cstr(&row)) == NULL) fail_msg("no such row: %s", buf_cstr(&row));
    buf_free(&row);
}

static cell or_dash(bool has, slice unit, double v) { return has ? cell_value(unit, v) : cell_text(SLICE_LIT("–")); }

static void every_indicator_is_printed(void **state)
{
    (void)state;
    buf text = {0};
    if (!ready) skip();
    text_of("kpi", &text);
    for (size_t i = 0; i < result->nmetrics; i++) {
        const res_metric *x = &result->metrics[i];
        if (!x->has_value) continue;
        cell value = cell_value(x->unit, x->value);
        value.has_apart = x->has_target, value.apart = x->target;
        cell met = cell_text(!x->has_target ? SLICE_LIT("–") : texts_get(&zh, metric_met(x) ? "kpi.met" : "kpi.missed"));
        want_row(&text, (const cell[]){cell_text(x->title.zh), value, cell_text(metric_target(&doc, x)), met, or_dash(x->has_previous, x->unit, x->previous)}, 5);
    }
    buf_free(&text);
}

/* In a heat map n stands below each share: both must be the engine's. */
static void every_cell_of_a_map_is_printed(void **state)
{
    (void)state;
    buf text = {0};
    size_t seen = 0;
    if (!ready) skip();
    text_of("kpi", &text);
    for (size_t i = 0; i < result->nmetrics; i++) {
        const res_metric *x = &result->metrics[i];
        if (!kpi_in_heat(&doc, x)) continue;
        for (size_t k = 0; k < x->ngroups; k++) {
            const res_metric_group *g = &x->groups[k];
            want_row(&text, (const cell[]){cell_value(x->unit, g->value), cell_text(doc_join(&doc, "n=%lld", (long long)g->n))}, 2);
            seen++;
        }
    }
    assert_true(seen > 20);
    buf_free(&text);
}

static void every_figure_about_a_person_is_printed(void **state)
{
    (void)state;
    buf text = {0};
    if (!ready) skip();
    text_of("staff", &text);
    for (size_t i = 0; i < result->nstaff; i++)
        for (size_t k = 0; k < result->staff[i].nindicators; k++) {
            const res_indicator *x = &result->staff[i].indicators[k];
            cell row[11] = {cell_text(x->title.zh), or_dash(x->has_value, x->unit, x->value), cell_int(x->n), cell_text(staff_interval(&doc, x)), or_dash(x->has_expected, x->unit, x->expected),
                            or_dash(x->has_team, x->unit, x->team_median)};
            for (size_t m = 0; m < 3; m++) row[6 + m] = or_dash(x->has_monthly[m], x->unit, x->monthly[m]);
            row[9] = x->has_points ? (cell){.kind = CELL_NUMBER, .num = x->points, .places = 1} : cell_text(SLICE_LIT("–"));
            row[10] = cell_value(SLICE_LIT("number"), x->weight);
            want_row(&text, row, 11);
        }
    buf_free(&text);
}

/* ---- pictures ---- */
typedef struct raster { size_t w, h; unsigned char grey[64 * 64]; } raster;

static const char *number(const char *p, size_t *out)
{
    char *end;
    *out = strtoul(p, &end, 10);
    return end;
}

/* Of a PGM, the mean of each square of CELL dots. */
static void take_raster(const char *path, raster *r)
{
    buf file = {0};
    err e = {0};
    size_t w, h, most;
    assert_int_equal(file_read(path, (size_t)1 << 24, &file, &e), SLA_OK);
    assert_true(file.len > 20 && memcmp(file.ptr, "P5", 2) == 0);
    const char *p = number(number(number(buf_cstr(&file) + 2, &w), &h), &most) + 1;
    assert_true((size_t)(p - file.ptr) + w * h <= file.len);
    r->w = w / CELL, r->h = h / CELL;
    assert_true(r->w * r->h <= sizeof r->grey);
    for (size_t y = 0; y < r->h; y++)
        for (size_t x = 0; x < r->w; x++) {
            unsigned sum = 0;
            for (size_t k = 0; k < CELL * CELL; k++) sum += (unsigned char)p[(y * CELL + k / CELL) * w + x * CELL + k % CELL];
            r->grey[y * r->w + x] = (unsigned char)(sum / (CELL * CELL));
        }
    buf_free(&file);
}

static void put_raster(buf *out, const raster *r, size_t page)
{
    buf_printf(out, "page %zu\n", page);
    for (size_t y = 0; y < r->h; y++) {
        for (size_t x = 0; x < r->w; x++) buf_printf(out, "%02x", r->grey[y * r->w + x]);
        buf_char(out, '\n');
    }
}

static unsigned hex(const char *p)
{
    char two[3] = {p[0], p[1], '\0'};
    return (unsigned)strtoul(two, NULL, 16);
}

/* Both as text: the same lines, cells that differ little. */
static void compare(const char *name, const buf *is, const buf *was)
{
    size_t differ = 0, cells = 0, page = 0;
    if (is->len != was->len) fail_msg("%s: the pages are of another number or size (ACCEPT=1 approves them)", name);
    for (size_t i = 0; i < is->len;) {
        if (is->ptr[i] == '\n') { i++; continue; }
        bool head = strncmp(is->ptr + i, "page ", 5) == 0;
        if (head || strncmp(is->ptr + i, "font ", 5) == 0) {
            page += head;
            while (i < is->len && is->ptr[i] != '\n') i++;
            continue;
        }
        int d = (int)hex(is->ptr + i) - (int)hex(was->ptr + i);
        cells++;
        if ((d < 0 ? -d : d) > CELL_DIFFERS && differ++ < 5) print_message("%s, page %zu: a cell is %u, was %u\n", name, page, hex(is->ptr + i), hex(was->ptr + i));
        i += 2;
    }
    assert_true(cells > 5000);
    if (differ * 400 > cells) fail_msg("%s: %zu of %zu cells differ from the approved pages in tests/reports/pages (ACCEPT=1 approves them)", name, differ, cells);
}

static void pages_look_as_approved(void **state)
{
    const char *kind = *state;
    char command[400], path[400];
    buf is = {0}, was = {0};
    err e = {0};
    if (!ready || system("command -v pdftoppm >/dev/null 2>&1") != 0) skip();
    snprintf(command, sizeof command, "cd %s && pdftoppm -gray -r %d -l %d %s-2025Q3.pdf %s 2>/dev/null", folder, DOTS_AN_INCH, PAGES_MOST, kind, kind);
    assert_int_equal(system(command), 0);
    buf_printf(&is, "font %s\n", font);
    for (size_t i = 1; i <= PAGES_MOST; i++) {
        raster r;
        snprintf(path, sizeof path, "%s/%s-%zu.pgm", folder, kind, i);
        if (access(path, R_OK) != 0) snprintf(path, sizeof path, "%s/%s-%02zu.pgm", folder, kind, i);
        take_raster(path, &r);
        put_raster(&is, &r, i);
    }
    snprintf(path, sizeof path, "tests/reports/pages/%s.txt", kind);
    if (getenv("ACCEPT") != NULL) assert_int_equal(file_write(path, is.ptr, is.len, &e), SLA_OK);
    assert_int_equal(file_read(path, (size_t)1 << 24, &was, &e), SLA_OK);
    const char *end = memchr(was.ptr, '\n', was.len);
    bool same_font = end != NULL && (size_t)(end - was.ptr) <= is.len && memcmp(was.ptr, is.ptr, (size_t)(end - was.ptr) + 1) == 0;
    if (same_font) buf_cstr(&is), compare(kind, &is, &was);
    buf_free(&is);
    buf_free(&was);
    if (!same_font) skip();                             /* other glyphs: nothing to compare with */
}

static bool begin(void)
{
    fontset fs;
    err e = {0};
    report_options o = {.out = folder, .formats = REPORT_PDF, .lang = "zh"};
    if (fontset_open(NULL, NULL, &fs, &e) != SLA_OK) return false;
    const char *path = face_path(fs.faces[FACE_REGULAR]), *slash = strrchr(path, '/');
    snprintf(font, sizeof font, "%s", slash != NULL ? slash + 1 : path);
    fontset_close(&fs);
    if (system("command -v pdftotext >/dev/null 2>&1") != 0) return false;
    return report_write(result, &o, NULL, &e) == SLA_OK && texts_load("zh", &zh, &e) == SLA_OK && document_open(&doc, result, &zh, false, "kpi", &e) == SLA_OK;
}

int main(void)
{
    static char audit[] = "audit", kpi[] = "kpi", staff[] = "staff";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_indicator_is_printed), cmocka_unit_test(every_cell_of_a_map_is_printed), cmocka_unit_test(every_figure_about_a_person_is_printed),
        {"audit report's pages look as approved", pages_look_as_approved, NULL, NULL, audit}, {"KPI report's pages look as approved", pages_look_as_approved, NULL, NULL, kpi},
        {"staff report's pages look as approved", pages_look_as_approved, NULL, NULL, staff}};
    char command[128];
    setenv("SLAUDIT_HOME", ".", 0);
    result = fake_result(400);
    if (result == NULL || mkdtemp(folder) == NULL) return 1;
    ready = begin();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (ready) document_clear(&doc);
    texts_free(&zh);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) failed = 1;
    fake_result_free(result);
    return failed;
}
