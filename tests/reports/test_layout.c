/* Pages before they are a PDF (spec/cases R13): rows kept whole and none lost, heads repeated, headings never last, contents right. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/mem.h"
#include "reports/page.h"
#include "tests/support/fake_result.h"

static audit_result *result;
static texts zh;
static fontset fonts;
static bool ready;

static void begin(document *d)
{
    err e = {0};
    if (!ready) skip();
    assert_int_equal(document_open(d, result, &zh, false, "audit", &e), SLA_OK);
    d->title = SLICE_LIT("试"), d->head_left = SLICE_LIT("头"), d->foot_left = SLICE_LIT("脚");
}

static void lay(document *d, report_paper p, pageset *ps)
{
    err e = {0};
    assert_int_equal(layout_document(d, &fonts, p, ps, &e), SLA_OK);
}

static const op *find_text(const page *p, const char *text)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->ops[i].kind == OP_TEXT && slice_is(p->ops[i].text, text)) return &p->ops[i];
    return NULL;
}

/* Lightness L* (CIE 1976) of a colour. */
static double lightness(uint32_t rgb)
{
    static const double share[] = {0.0722, 0.7152, 0.2126};
    double y = 0;
    for (int i = 0; i < 3; i++) {
        double c = (double)(rgb >> 8 * i & 255) / 255;
        y += share[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return 116 * cbrt(y) - 16;
}

/* Verdicts stand side by side in one bar: printed in grey, or seen without red and green, each pair still differs. */
static void verdicts_differ_in_grey(void **state)
{
    (void)state;
    static const tone verdicts[] = {TONE_GOOD, TONE_OBSERVE, TONE_MINOR, TONE_MAJOR, TONE_NONE};
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < i; k++) {
            double apart = fabs(lightness(tone_fill(verdicts[i])) - lightness(tone_fill(verdicts[k])));
            if (apart < 10) fail_msg("tones %d and %d are %.1f apart in lightness", (int)verdicts[i], (int)verdicts[k], apart);
        }
}

/* Two lines that cross are told apart by their strokes. */
static void the_second_line_is_dashed(void **state)
{
    (void)state;
    document d;
    begin(&d);
    pageset ps = {.fonts = &fonts};
    block *b = doc_chart(&d, CHART_LINE, 3, 2);
    size_t plain = 0, dashed = 0, no = page_new(&ps);
    assert_non_null(b);
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < 3; i++) b->chart->series[s].v[i] = (double)(i * s + 1), b->chart->series[s].has[i] = true;
    b->chart->series[0].tone = TONE_PLAIN, b->chart->series[1].tone = TONE_MINOR;
    chart_draw(&ps, no, &d, b->chart, 0, 0, 300, 120);
    for (size_t i = 0; i < ps.pages[no].n; i++) {
        const op *o = &ps.pages[no].ops[i];
        plain += o->kind == OP_LINE && o->rgb == tone_fill(TONE_PLAIN) && o->spacing <= 0;
        dashed += o->kind == OP_LINE && o->rgb == tone_fill(TONE_MINOR) && o->spacing > 0;
    }
    assert_int_equal(plain, 3);                                     /* two stretches and the legend's */
    assert_int_equal(dashed, 3);
    pageset_clear(&ps);
    document_clear(&d);
}

/* An axis of hours begins at 0, not at "0 s", and has no more places than it needs. */
static void an_axis_of_times_begins_at_0(void **state)
{
    (void)state;
    document d;
    begin(&d);
    pageset ps = {.fonts = &fonts};
    block *b = doc_chart(&d, CHART_COLUMN, 1, 1);
    size_t no = page_new(&ps);
    assert_non_null(b);
    b->chart->unit = SLICE_LIT("ms"), b->chart->series[0].v[0] = 7.2e8, b->chart->series[0].has[0] = true;
    chart_draw(&ps, no, &d, b->chart, 0, 0, 300, 120);
    assert_non_null(find_text(&ps.pages[no], "0"));
    assert_null(find_text(&ps.pages[no], "0 秒"));
    size_t ticks = 0, figures = 0;                                  /* a unit in Chinese is another font's, and another op */
    for (size_t i = 0; i < ps.pages[no].n; i++) {
        const op *o = &ps.pages[no].ops[i];
        if (o->kind != OP_TEXT || o->text.len < 3 || memcmp(o->text.ptr, "200", 3)) continue;
        if (o->text.len > 3 && o->text.ptr[3] == '.') figures++;
        else ticks++;
    }
    assert_int_equal(ticks, 1);
    assert_int_equal(figures, 1);
    pageset_clear(&ps);
    document_clear(&d);
}

/* Do the line or disc at y, from x to x2, and the text touch? */
static bool runs_into(const op *text, double x, double x2, double y)
{
    double w = fontset_width(&fonts, text->face == FACE_BOLD, (double)text->size, text->text);
    return x2 > (double)text->x && x < (double)text->x + w && y > (double)text->y - 5 && y < (double)text->y + 0.5;
}

/* Figures of columns that end below the target, at it or above it: none stands on the target's line. */
static void figures_keep_off_the_target(void **state)
{
    (void)state;
    document d;
    pageset ps = {.fonts = &fonts};
    begin(&d);
    for (int tenths = 1; tenths < 20; tenths++) {
        block *b = doc_chart(&d, CHART_COLUMN, 1, 1);
        size_t no = page_new(&ps), seen = 0;
        assert_non_null(b);
        chart *c = b->chart;
        c->unit = SLICE_LIT("share"), c->has_target = c->lower_better = true, c->target = 0.01;
        c->cats[0] = SLICE_LIT("C"), c->series[0].v[0] = tenths / 1000.0, c->series[0].has[0] = true;
        chart_draw(&ps, no, &d, c, 0, 0, 240, 120);
        const page *p = &ps.pages[no];
        for (size_t i = 0; i < p->n; i++)
            for (size_t k = 0; p->ops[i].kind == OP_LINE && p->ops[i].spacing > 0 && p->ops[i].w > 50 && k < p->n; k++) {
                if (p->ops[k].kind != OP_TEXT || memchr(p->ops[k].text.ptr, '%', p->ops[k].text.len) == NULL || p->ops[k].x < 60 || p->ops[k].y < 30) continue;
                seen++;
                if (runs_into(&p->ops[k], (double)p->ops[i].x, (double)(p->ops[i].x + p->ops[i].w), (double)p->ops[i].y)) fail_msg("the target's line runs through %.*s", SLICE_ARG(p->ops[k].text));
            }
        assert_true(seen > 0);
    }
    pageset_clear(&ps);
    document_clear(&d);
}

/* Who lies outside the limits is named: no name stands on a dot or on another name. */
static void names_keep_off_the_dots(void **state)
{
    (void)state;
    static const double share[] = {0.70, 0.701, 0.702, 0.70, 0.699, 0.99};
    document d;
    pageset ps = {.fonts = &fonts};
    begin(&d);
    block *b = doc_chart(&d, CHART_FUNNEL, 6, 1);
    size_t no = page_new(&ps), seen = 0;
    assert_non_null(b);
    chart *c = b->chart;
    c->unit = SLICE_LIT("share"), c->centre = 0.99;
    for (size_t i = 0; i < 6; i++) c->cats[i] = doc_join(&d, "name-%zu", i), c->n[i] = (int64_t)(50 + 3 * (i % 5)), c->series[0].v[i] = share[i], c->series[0].has[i] = true;
    chart_draw(&ps, no, &d, c, 0, 0, 480, 300);
    const page *p = &ps.pages[no];
    for (size_t i = 0; i < p->n; i++) {
        const op *t = &p->ops[i];
        if (t->kind != OP_TEXT || t->text.len != 6 || memcmp(t->text.ptr, "name-", 5) != 0) continue;
        double w = fontset_width(&fonts, false, (double)t->size, t->text);
        seen++;
        for (size_t k = 0; k < p->n; k++) {
            const op *o = &p->ops[k];
            if (o->kind == OP_DISC) assert_false(runs_into(t, (double)(o->x - o->w), (double)(o->x + o->w), (double)o->y));
            if (k != i && o->kind == OP_TEXT && o->text.len == 6) assert_false(runs_into(o, (double)t->x, (double)t->x + w, (double)t->y - 2));
        }
    }
    assert_int_equal(seen, 5);
    pageset_clear(&ps);
    document_clear(&d);
}

/* Whatever the size of the samples, their axis has a few figures that do not touch. */
static void the_funnel_has_few_ticks(void **state)
{
    (void)state;
    for (int64_t most = 3; most < 1000000; most = most * 7 / 2) {
        document d;
        pageset ps = {.fonts = &fonts};
        begin(&d);
        block *b = doc_chart(&d, CHART_FUNNEL, 1, 1);
        size_t no = page_new(&ps), ticks = 0;
        assert_non_null(b);
        b->chart->unit = SLICE_LIT("share"), b->chart->centre = 0.9, b->chart->n[0] = most, b->chart->series[0].v[0] = 0.9, b->chart->series[0].has[0] = true, b->chart->cats[0] = SLICE_LIT("C");
        chart_draw(&ps, no, &d, b->chart, 0, 0, 480, 300);
        for (size_t i = 0; i < ps.pages[no].n; i++) ticks += ps.pages[no].ops[i].kind == OP_TEXT && ps.pages[no].ops[i].y > 280 && ps.pages[no].ops[i].x > 30;
        if (ticks < 3 || ticks > 11) fail_msg("%zu figures at the axis for n = %lld", ticks, (long long)most);
        pageset_clear(&ps);
        document_clear(&d);
    }
}

/* Names of a hierarchy begin alike: what tells them apart is their end, and is not cut. */
static void names_that_begin_alike_differ(void **state)
{
    static const char *const names[] = {"SERVICE CATALOGUE > USE OF THE SYSTEM > WORKFLOW", "SERVICE CATALOGUE > USE OF THE SYSTEM > DOCUMENTS", "A name of its own, as long as the others are"};
    static const chart_kind kinds[] = {CHART_BAR, CHART_PARETO};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        document d;
        begin(&d);
        pageset ps = {.fonts = &fonts};
        block *b = doc_chart(&d, kinds[k], 3, 1);
        size_t no = page_new(&ps), ends = 0, heads = 0;
        assert_non_null(b);
        b->chart->unit = SLICE_LIT("count");
        for (size_t i = 0; i < 3; i++) b->chart->cats[i] = slice_of(names[i]), b->chart->series[0].v[i] = (double)(9 - i), b->chart->series[0].has[i] = true;
        chart_draw(&ps, no, &d, b->chart, 0, 0, 260, 120);
        for (size_t i = 0; i < ps.pages[no].n; i++) {
            const op *o = &ps.pages[no].ops[i];
            if (o->kind != OP_TEXT) continue;
            ends += o->text.len > 8 && (memcmp(o->text.ptr + o->text.len - 8, "WORKFLOW", 8) == 0 || memcmp(o->text.ptr + o->text.len - 9, "DOCUMENTS", 9) == 0);
            heads += o->text.len > 6 && memcmp(o->text.ptr, "A name", 6) == 0;
        }
        assert_int_equal(ends, 2);
        assert_int_equal(heads, 1);
        pageset_clear(&ps);
        document_clear(&d);
    }
}

/* A note below a table is not left alone on the next page: the last row goes with it. */
static void notes_stand_with_the_last_row(void **state)
{
    (void)state;
    for (size_t rows = 1; rows < 130; rows++) {
        document d;
        begin(&d);
        pageset ps = {.fonts = &fonts};
        block *b = doc_table(&d, 1, rows);
        assert_non_null(b);
        doc_col(b, 0, SLICE_LIT("a"), ALIGN_LEFT, 1, 0);
        b->table->note = SLICE_LIT("note");
        for (size_t r = 0; r < rows; r++) *tablet_cell(b->table, r, 0) = cell_text(r + 1 == rows ? SLICE_LIT("last") : SLICE_LIT("row"));
        lay(&d, REPORT_A4, &ps);
        const page *end = &ps.pages[ps.n - 1];
        if (find_text(end, "note") == NULL || find_text(end, "last") == NULL) fail_msg("of %zu rows the note and the last one are apart", rows);
        pageset_clear(&ps);
        document_clear(&d);
    }
}

/* 33 to 129 rows and a total: none of the tables has less than three rows on its last page. */
static void few_rows_do_not_stand_alone(void **state)
{
    (void)state;
    for (size_t rows = 33; rows < 130; rows++) {
        document d;
        pageset ps = {0};
        begin(&d);
        block *b = doc_table(&d, 2, rows);
        doc_col(b, 0, SLICE_LIT("编号"), ALIGN_LEFT, 1, 10), doc_col(b, 1, SLICE_LIT("数"), ALIGN_RIGHT, 0, 10);
        b->table->sums = DOC_NEW(&d, double, 2);
        b->table->cols[0].total = TOTAL_LABEL, b->table->cols[1].total = TOTAL_SUM;
        for (size_t i = 0; i < rows; i++) *tablet_cell(b->table, i, 0) = cell_text(SLICE_LIT("行")), *tablet_cell(b->table, i, 1) = cell_int(1);
        lay(&d, REPORT_A4, &ps);
        size_t last = 0;
        for (size_t i = 0; i < ps.pages[ps.n - 1].n; i++) last += ps.pages[ps.n - 1].ops[i].kind == OP_TEXT && slice_is(ps.pages[ps.n - 1].ops[i].text, "行");
        if (last < 3) fail_msg("%zu of %zu rows stand on page %zu", last, rows, ps.n);
        pageset_clear(&ps);
        document_clear(&d);
    }
}

/* The total of a column is longer than each of its figures; it is not broken. */
static void totals_are_not_broken(void **state)
{
    (void)state;
    document d;
    pageset ps = {0};
    begin(&d);
    block *b = doc_table(&d, 3, 2);
    for (size_t c = 0; c < 3; c++) doc_col(b, c, SLICE_LIT("数"), ALIGN_RIGHT, c == 0, 10);
    b->table->sums = DOC_NEW(&d, double, 3);
    for (size_t c = 1; c < 3; c++) b->table->cols[c].total = TOTAL_SUM, b->table->sums[c] = 108277654321;
    for (size_t i = 0; i < 6; i++) *tablet_cell(b->table, i / 3, i % 3) = cell_int(1);
    lay(&d, REPORT_A4, &ps);
    assert_non_null(find_text(&ps.pages[0], "108,277,654,321"));
    pageset_clear(&ps);
    document_clear(&d);
}

/* Boxes for an answer are a line or two lower where they would stand alone on the next page. */
static void boxes_fit_on_the_page(void **state)
{
    (void)state;
    for (size_t before = 15; before < 31; before++) {
        document d;
        pageset ps = {0};
        pair boxes[] = {{SLICE_LIT("答复"), SLICE_LIT("4")}, {SLICE_LIT("日期"), SLICE_LIT("")}};
        begin(&d);
        for (size_t i = 0; i < before; i++) doc_para(&d, SLICE_LIT("文"));
        block *f = doc_add(&d, BLOCK_FORM);
        f->pairs = boxes, f->npairs = 2;
        lay(&d, REPORT_A4, &ps);
        double room = ps.paper.h - ps.paper.bottom - ps.paper.top - 22.6 * (double)before;
        assert_int_equal(ps.n, room >= 82 ? 1 : 2);                         /* with four lines 110 */
        pageset_clear(&ps);
        document_clear(&d);
    }
}

/* Contents of a line or two more than a page holds are drawn together. */
static void contents_do_not_spill(void **state)
{
    (void)state;
    size_t pages = 0;
    for (size_t entries = 28; entries < 36; entries++) {
        document d;
        pageset ps = {0};
        begin(&d);
        doc_add(&d, BLOCK_CONTENTS)->text = SLICE_LIT("目录");
        for (size_t i = 0; i < entries; i++) doc_heading(&d, 1, SLICE_LIT("章")), doc_para(&d, SLICE_LIT("文"));
        lay(&d, REPORT_A4, &ps);
        size_t on_second = 0;
        for (size_t i = 0; i < ps.pages[1].n; i++) on_second += ps.pages[1].ops[i].kind == OP_LINK;
        if (on_second > 0 && on_second < 3) fail_msg("%zu of %zu entries stand alone", on_second, entries);
        pages += on_second > 0;
        pageset_clear(&ps);
        document_clear(&d);
    }
    assert_true(pages < 8);
}

static void add_chart(document *d, chart_kind kind, size_t cats, bool half)
{
    block *b = doc_chart(d, kind, cats, 1);
    assert_non_null(b);
    b->chart->half = half, b->chart->title = doc_join(d, "T%zu", d->n), b->chart->unit = SLICE_LIT("count");
    for (size_t i = 0; i < cats; i++) b->chart->series[0].v[i] = (double)i + 1, b->chart->series[0].has[i] = true, b->chart->cats[i] = SLICE_LIT("C");
}

/* Charts that fit only when they are drawn a little lower, or in columns instead of rows, do not stand on a page of their own. */
static void charts_do_not_stand_alone(void **state)
{
    (void)state;
    for (size_t before = 1; before < 30; before++)
        for (size_t k = 0; k < 2; k++) {
            document d;
            pageset ps = {0};
            begin(&d);
            for (size_t i = 0; i < before; i++) doc_para(&d, doc_join(&d, "P%zu", i));
            if (k == 0) add_chart(&d, CHART_COLUMN, 3, false);
            else add_chart(&d, CHART_BAR, 12, true), add_chart(&d, CHART_COLUMN, 3, true), add_chart(&d, CHART_COLUMN, 3, true), add_chart(&d, CHART_BAR, 13, true), add_chart(&d, CHART_COLUMN, 3, true);
            lay(&d, REPORT_A4, &ps);
            double room = ps.paper.h - ps.paper.bottom - ps.paper.top - 22.6 * (double)before;
            assert_int_equal(ps.n, room >= (k == 0 ? 141 : 394) ? 1 : 2);       /* as high as usual they need 176, and 622 in rows */
            for (size_t i = before; i < d.n; i++) {
                size_t seen = 0;
                for (size_t p = 0; p < ps.n; p++) seen += find_text(&ps.pages[p], (doc_join(&d, "T%zu", i + 1)).ptr) != NULL;
                assert_int_equal(seen, 1);
            }
            pageset_clear(&ps);
            document_clear(&d);
        }
}

/* A chapter begins where it can: on the same page after a few lines, on a new one when half the page is full. */
static void chapters_fill_pages(void **state)
{
    (void)state;
    for (size_t before = 1; before < 30; before += 4) {
        document d;
        pageset ps = {0};
        begin(&d);
        for (size_t i = 0; i < before; i++) doc_para(&d, SLICE_LIT("文"));
        doc_chapter(&d);
        doc_heading(&d, 1, SLICE_LIT("章"));
        doc_para(&d, SLICE_LIT("文"));
        lay(&d, REPORT_A4, &ps);
        assert_int_equal(ps.n, (double)before * 22.6 < (ps.paper.h - ps.paper.top - ps.paper.bottom) / 2 ? 1 : 2);
        pageset_clear(&ps);
        document_clear(&d);
    }
}

static void no_row_is_lost(void **state)
{
    (void)state;
    enum { ROWS = 2000 };
    document d;
    pageset ps = {0};
    char text[32];
    begin(&d);
    block *b = doc_table(&d, 2, ROWS);
    doc_col(b, 0, SLICE_LIT("编号"), ALIGN_LEFT, 0, 10);
    doc_col(b, 1, SLICE_LIT("内容"), ALIGN_LEFT, 1, 10);
    for (size_t i = 0; i < ROWS; i++) {
        *tablet_cell(b->table, i, 0) = cell_text(doc_join(&d, "R%04zuX", i));
        *tablet_cell(b->table, i, 1) = cell_text(i % 7 ? SLICE_LIT("短") : SLICE_LIT("一段较长的文字，需要折行才能放进这一列，折行之后这一行的高度是其他行的两倍以上，一行也不能被切断或丢失，页与页之间必须接得上。"));
    }
    lay(&d, REPORT_A4, &ps);
    size_t at = 0;
    for (size_t p = 0; p < ps.n; p++) {
        assert_non_null(find_text(&ps.pages[p], "编号"));                 /* the head stands on every page */
        for (; at < ROWS; at++) {
            snprintf(text, sizeof text, "R%04zuX", at);
            const op *o = find_text(&ps.pages[p], text);
            if (o == NULL) break;
            assert_true(o->y < ps.paper.h - ps.paper.bottom);
        }
    }
    assert_int_equal(at, ROWS);                                           /* each of them, in order */
    pageset_clear(&ps);
    document_clear(&d);
}

static void a_row_higher_than_a_page_goes_on(void **state)
{
    (void)state;
    document d;
    pageset ps = {0};
    begin(&d);
    char *text = doc_alloc(&d, 30001, 1);
    for (size_t i = 0; i < 10000; i++) memcpy(text + 3 * i, i % 100 == 99 ? "末" : "字", 3);
    block *b = doc_table(&d, 1, 1);
    doc_col(b, 0, SLICE_LIT("长"), ALIGN_LEFT, 1, 10);
    *tablet_cell(b->table, 0, 0) = cell_text((slice){text, 30000});
    lay(&d, REPORT_LETTER, &ps);
    size_t seen = 0;
    for (size_t p = 0; p < ps.n; p++)
        for (size_t i = 0; i < ps.pages[p].n; i++) {
            const op *o = &ps.pages[p].ops[i];
            if (o->kind != OP_TEXT || o->y < ps.paper.top) continue;
            if (o->y < ps.paper.h - ps.paper.bottom) for (size_t k = 0; k + 2 < o->text.len; k += 3) seen += memcmp(o->text.ptr + k, "字", 3) == 0 || memcmp(o->text.ptr + k, "末", 3) == 0;
        }
    assert_true(ps.n > 2);
    assert_int_equal(seen, 10000);
    pageset_clear(&ps);
    document_clear(&d);
}

/* Whatever stands before it, a heading has its text on the same page. */
static void headings_are_never_last(void **state)
{
    (void)state;
    for (int before = 25; before < 60; before++) {
        document d;
        pageset ps = {0};
        begin(&d);
        for (int i = 0; i < before; i++) doc_para(&d, SLICE_LIT("一行"));
        doc_heading(&d, 2, SLICE_LIT("标题"));
        doc_para(&d, SLICE_LIT("正文"));
        lay(&d, REPORT_A4, &ps);
        for (size_t p = 0; p < ps.n; p++)
            if (find_text(&ps.pages[p], "标题")) assert_non_null(find_text(&ps.pages[p], "正文"));
        pageset_clear(&ps);
        document_clear(&d);
    }
}

/* 99.97%, 98% and 1,204 below each other: what stands before the point ends at the same place. */
static void decimal_points_stand_below_each_other(void **state)
{
    (void)state;
    static const struct { const char *text, *whole; cell c; } rows[] = {
        {"99.97%", "99", {.kind = CELL_PERCENT, .num = 0.9997}}, {"98%", "98", {.kind = CELL_PERCENT, .num = 0.98}}, {"1,204", "1,204", {.kind = CELL_INT, .num = 1204}}, {"4.31", "4", {.kind = CELL_NUMBER, .num = 4.31, .places = 2}}};
    enum { ROWS = sizeof rows / sizeof rows[0] };
    document d;
    pageset ps = {0};
    double at = 0;
    begin(&d);
    block *b = doc_table(&d, 2, ROWS);
    doc_col(b, 0, SLICE_LIT("名"), ALIGN_LEFT, 1, 10);
    doc_col(b, 1, SLICE_LIT("值"), ALIGN_RIGHT, 1, 10);
    for (size_t i = 0; i < ROWS; i++) *tablet_cell(b->table, i, 1) = rows[i].c;
    lay(&d, REPORT_A4, &ps);
    for (size_t i = 0; i < ROWS; i++) {
        const op *o = find_text(&ps.pages[0], rows[i].text);
        assert_non_null(o);
        double end = (double)o->x + fontset_width(&fonts, false, (double)o->size, slice_of(rows[i].whole));
        if (i == 0) at = end;
        assert_true(fabs(end - at) < 0.1);
    }
    pageset_clear(&ps);
    document_clear(&d);
}

/* A cell of two lines needs no more room than the longer one: what would be kept for both beside each other is taken from the other columns. */
static void lines_of_a_cell_need_no_more_than_the_longest(void **state)
{
    static const char *const cells[] = {"各个服务 ≥ 99.5–99.9 %", "各组\n各个服务 ≥ 99.5–99.9 %\n各月"};
    float x[2] = {0};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        document d;
        begin(&d);
        pageset ps = {.fonts = &fonts};
        block *b = doc_table(&d, 2, 1);
        assert_non_null(b);
        doc_col(b, 0, SLICE_LIT("目标"), ALIGN_RIGHT, 0, 0);
        doc_col(b, 1, SLICE_LIT("要求"), ALIGN_LEFT, 1, 0);
        *tablet_cell(b->table, 0, 0) = cell_text(slice_of(cells[i])), *tablet_cell(b->table, 0, 1) = cell_text(SLICE_LIT("按时"));
        lay(&d, REPORT_A4, &ps);
        const op *o = find_text(&ps.pages[0], "按时");
        assert_non_null(o);
        x[i] = o->x;
        pageset_clear(&ps);
        document_clear(&d);
    }
    assert_true(x[0] == x[1]);
}

/* The boxes for an answer are not left alone on the next page: the last row goes with them. */
static void boxes_stand_with_the_last_row(void **state)
{
    (void)state;
    for (size_t before = 20; before < 50; before++) {
        document d;
        pageset ps = {0};
        pair boxes[] = {{SLICE_LIT("答复"), SLICE_LIT("3")}, {SLICE_LIT("日期"), SLICE_LIT("")}};
        begin(&d);
        block *b = doc_table(&d, 1, before);
        doc_col(b, 0, SLICE_LIT("名"), ALIGN_LEFT, 1, 10);
        for (size_t i = 0; i < before; i++) *tablet_cell(b->table, i, 0) = cell_text(i + 1 < before ? SLICE_LIT("行") : SLICE_LIT("末行"));
        block *f = doc_add(&d, BLOCK_FORM);
        f->pairs = boxes, f->npairs = 2;
        lay(&d, REPORT_A4, &ps);
        for (size_t p = 0; p < ps.n; p++)
            if (find_text(&ps.pages[p], "答复")) assert_non_null(find_text(&ps.pages[p], "末行"));
        pageset_clear(&ps);
        document_clear(&d);
    }
}

static void contents_name_the_pages(void **state)
{
    (void)state;
    document d;
    pageset ps = {0};
    begin(&d);
    doc_add(&d, BLOCK_CONTENTS)->text = SLICE_LIT("目录");
    for (int i = 0; i < 3; i++) {
        doc_heading(&d, 1, doc_join(&d, "第%d节", i));
        doc_para(&d, SLICE_LIT("正文"));
        doc_break(&d);
    }
    lay(&d, REPORT_A4, &ps);
    assert_int_equal(ps.noutlines, 3);
    for (size_t i = 0; i < 3; i++) {
        char no[8];
        assert_int_equal(ps.outlines[i].page, i + 1);
        snprintf(no, sizeof no, "%zu", i + 2);
        assert_non_null(find_text(&ps.pages[0], no));
    }
    pageset_clear(&ps);
    document_clear(&d);
}

static void nothing_runs_off_the_page(void **state)
{
    (void)state;
    static sla_status (*const builders[])(document *, err *) = {document_audit, document_kpi, document_staff};
    for (size_t k = 0; k < 6; k++) {
        document d;
        pageset ps = {0};
        err e = {0};
        begin(&d);
        assert_int_equal(builders[k % 3](&d, &e), SLA_OK);
        lay(&d, k < 3 ? REPORT_A4 : REPORT_LETTER, &ps);
        for (size_t p = 0; p < ps.n; p++)
            for (size_t i = 0; i < ps.pages[p].n; i++) {
                const op *o = &ps.pages[p].ops[i];
                if (o->kind != OP_TEXT) continue;
                double w = fontset_width(&fonts, o->face == FACE_BOLD, (double)o->size, o->text);
                if (o->x < 20 || (double)o->x + w > ps.paper.w - 20 || (double)o->y > ps.paper.h - 20) fail_msg("page %zu: '%.*s' at %.0f, %.0f, %.0f wide", p + 1, SLICE_ARG(o->text), (double)o->x, (double)o->y, w);
            }
        pageset_clear(&ps);
        document_clear(&d);
    }
}

static void memory_runs_out(void **state)
{
    (void)state;
    static const long at[] = {0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597};
    if (!ready) skip();
    static sla_status (*const builders[])(document *, err *) = {document_audit, document_kpi, document_staff};
    for (size_t i = 0; i < 3 * sizeof at / sizeof at[0]; i++) {
        document d = {0};
        pageset ps = {0};
        err e = {0};
        mem_fail_after(at[i / 3]);
        sla_status st = document_open(&d, result, &zh, false, "staff", &e);
        if (st == SLA_OK) st = builders[i % 3](&d, &e);
        if (st == SLA_OK) st = layout_document(&d, &fonts, REPORT_A4, &ps, &e);
        mem_fail_after(-1);
        if (st != SLA_OK) assert_int_equal(e.code, st);
        pageset_clear(&ps);
        document_clear(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts_differ_in_grey), cmocka_unit_test(the_second_line_is_dashed), cmocka_unit_test(an_axis_of_times_begins_at_0), cmocka_unit_test(figures_keep_off_the_target), cmocka_unit_test(names_keep_off_the_dots), cmocka_unit_test(names_that_begin_alike_differ), cmocka_unit_test(notes_stand_with_the_last_row), cmocka_unit_test(few_rows_do_not_stand_alone), cmocka_unit_test(contents_do_not_spill), cmocka_unit_test(totals_are_not_broken), cmocka_unit_test(boxes_fit_on_the_page), cmocka_unit_test(the_funnel_has_few_ticks), cmocka_unit_test(charts_do_not_stand_alone), cmocka_unit_test(chapters_fill_pages), cmocka_unit_test(no_row_is_lost), cmocka_unit_test(a_row_higher_than_a_page_goes_on), cmocka_unit_test(headings_are_never_last), cmocka_unit_test(contents_name_the_pages), cmocka_unit_test(decimal_points_stand_below_each_other),
                                       cmocka_unit_test(lines_of_a_cell_need_no_more_than_the_longest), cmocka_unit_test(boxes_stand_with_the_last_row),
                                       cmocka_unit_test(nothing_runs_off_the_page), cmocka_unit_test(memory_runs_out)};
    err e = {0};
    setenv("SLAUDIT_HOME", ".", 0);
    result = fake_result(400);
    if (result == NULL || texts_load("zh", &zh, &e) != SLA_OK) return 1;
    ready = fontset_open(NULL, NULL, &fonts, &e) == SLA_OK;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fontset_close(&fonts);
    texts_free(&zh);
    fake_result_free(result);
    return failed;
}
