/* A chart on a sheet: its figures as a small table and a native chart beside them, which the reader can restyle. */
#include "engine/time/instant.h"
#include "reports/chart.h"
#include "reports/xlsx_book.h"

enum { CHART_COLUMN_AT = 7, CHART_ROWS = 17, CHARTS_A_PAGE = 3, FIGURE_CHARS = 13 };

static const char *axis_format(slice unit, double step)
{
    if (slice_is(unit, "share")) return step < 0.001 ? "0.00%" : step < 0.01 ? "0.0%" : "0%";
    if (slice_is(unit, "ms")) return "[h]:mm";
    return slice_is(unit, "count") ? "#,##0" : "0.0";
}

static bool states_n(const chart *c)
{
    for (size_t i = 0; i < c->ncats; i++)
        if (c->n[i] > 0) return true;
    return false;
}

/* Columns: name, series, then n or the running share, then the target. */
static lxw_col_t target_column(const chart *c) { return (lxw_col_t)(1 + c->nseries + (states_n(c) || c->kind == CHART_PARETO)); }

static slice series_name(const chart *c, size_t i) { return c->series[i].name.len > 0 ? c->series[i].name : c->title; }

/* As high as its longest name needs; the lines of that. */
static lxw_row_t put_heads(book *k, sheet *s, const chart *c)
{
    lxw_row_t lines = 1;
    book_text(k, s, s->row, 0, LOOK_HEAD, (slice){"", 0});
    for (size_t i = 0; i < c->nseries; i++) {
        lxw_row_t n = (lxw_row_t)xlsx_text_lines(series_name(c, i), FIGURE_CHARS - 2);           /* bold, and not up to the edges */
        book_text(k, s, s->row, (lxw_col_t)(1 + i), LOOK_HEAD_RIGHT, series_name(c, i));
        if (n > lines) lines = n;
    }
    if (lines > 1) book_note(k, worksheet_set_row(s->ws, s->row, (double)(lines * XLSX_LINE_HEIGHT), NULL));
    if (states_n(c)) book_text(k, s, s->row, (lxw_col_t)(1 + c->nseries), LOOK_HEAD_RIGHT, SLICE_LIT("n"));
    if (c->kind == CHART_PARETO) book_text(k, s, s->row, 2, LOOK_HEAD_RIGHT, texts_get(k->d->t, "chart.running"));
    if (c->has_target) book_text(k, s, s->row, target_column(c), LOOK_HEAD_RIGHT, texts_get(k->d->t, "rule.target"));
    return lines;
}

static void put_figures(book *k, sheet *s, const chart *c)
{
    bool has_n = states_n(c), pareto = c->kind == CHART_PARETO;
    cell target = cell_value(c->unit, c->target);
    double sum = 0, run = 0;
    for (size_t i = 0; i < c->ncats && pareto; i++) sum += c->series[0].v[i];
    for (size_t i = 0; i < c->ncats; i++) {
        lxw_row_t row = s->row + 1 + (lxw_row_t)i;
        cell name = cell_text(c->cats[i]), n = cell_int(c->n[i]);
        book_cell(k, s, row, 0, &name, false);
        for (size_t x = 0; x < c->nseries; x++) {
            cell v = c->series[x].has[i] ? cell_value(c->unit, c->series[x].v[i]) : (cell){.kind = CELL_EMPTY};
            book_cell(k, s, row, (lxw_col_t)(1 + x), &v, false);
        }
        if (has_n) book_cell(k, s, row, (lxw_col_t)(1 + c->nseries), &n, false);
        if (c->has_target) book_cell(k, s, row, target_column(c), &target, false);
        if (pareto) {
            run += c->series[0].v[i];
            cell share = cell_share(sum > 0, sum > 0 ? run / sum : 0);
            book_cell(k, s, row, 2, &share, false);
        }
    }
}

typedef enum style { STYLE_AREA, STYLE_LINE, STYLE_DOTS, STYLE_DASHES } style;

/* Each part with a colour and a figure of its own; its name stands at the axis, so nothing rests on colour. */
static void put_parts(book *k, lxw_chart_series *x, const chart *c)
{
    lxw_chart_fill *fills = ARENA_NEW(&k->scratch, lxw_chart_fill, c->ncats);
    lxw_chart_point *parts = ARENA_NEW(&k->scratch, lxw_chart_point, c->ncats), **list = ARENA_NEW(&k->scratch, lxw_chart_point *, c->ncats + 1);
    if (fills == NULL || parts == NULL || list == NULL) {
        k->failed = true;
        return;
    }
    for (size_t i = 0; i < c->ncats; i++) {
        fills[i].color = tone_fill(c->tones[i]);
        parts[i].fill = &fills[i];
        list[i] = &parts[i];
    }
    chart_series_set_labels(x);
    book_note(k, chart_series_set_points(x, list));
}

static void add_series(book *k, lxw_chart *native, sheet *s, const chart *c, lxw_col_t col, tone how, style as)
{
    lxw_row_t first = s->row + 1, last = s->row + (lxw_row_t)c->ncats;
    lxw_chart_series *x = chart_add_series(native, NULL, NULL);
    if (x == NULL) {
        k->failed = true;
        return;
    }
    const char *name = book_cstr(&k->text2, s->name);
    if (k->text2.failed) return;
    chart_series_set_categories(x, name, first, 0, last, 0);
    chart_series_set_values(x, name, first, col, last, col);
    chart_series_set_name_range(x, name, s->row, col);
    lxw_chart_fill fill = {.color = tone_fill(how)};
    lxw_chart_line line = {.color = tone_fill(how), .width = as == STYLE_DASHES ? 1.25f : 2, .none = as == STYLE_DOTS, .dash_type = as == STYLE_DASHES ? LXW_CHART_LINE_DASH_DASH : as == STYLE_LINE && col > 1 ? LXW_CHART_LINE_DASH_ROUND_DOT : 0};
    if (c->kind == CHART_SPLIT) put_parts(k, x, c);
    else if (as == STYLE_AREA) chart_series_set_fill(x, &fill);
    else chart_series_set_line(x, &line);
    if (as != STYLE_DOTS) return;
    chart_series_set_marker_type(x, LXW_CHART_MARKER_CIRCLE);
    chart_series_set_marker_size(x, 8);
    chart_series_set_marker_fill(x, &fill);
}

/* Where values do not begin at 0 they are dots, as in the PDF: a bar cut off below would lie. */
static bool as_dots(const chart *c) { return scale_of(c).dots && c->kind != CHART_PARETO; }

static void dress_axis(lxw_chart_axis *values, const chart *c)
{
    lxw_chart_line grid = {.color = RGB_HAIR};
    scale s = scale_of(c);
    chart_axis_major_gridlines_set_line(values, &grid);
    chart_axis_set_min(values, s.dots ? s.low : 0);
    if (s.dots) chart_axis_set_max(values, s.high);
    if (slice_is(c->unit, "ms")) chart_axis_set_major_unit(values, s.step / (double)MS_DAY);        /* hours, not tenths of a day */
    chart_axis_set_num_format(values, (char *)(uintptr_t)axis_format(c->unit, s.step));
}

static void dress(book *k, lxw_chart *native, const chart *c, lxw_chart_type shape)
{
    lxw_chart_font font = {.size = 11, .bold = LXW_TRUE, .color = RGB_NAVY};
    k->text.len = 0;
    buf_printf(&k->text, "%.*s%s%.*s", SLICE_ARG(c->title), c->sub.len > 0 ? " · " : "", SLICE_ARG(c->sub));
    chart_title_set_name(native, buf_cstr(&k->text));
    chart_title_set_name_font(native, &font);
    dress_axis(shape == LXW_CHART_BAR ? native->x_axis : native->y_axis, c);
    if (shape == LXW_CHART_BAR) chart_axis_set_reverse(native->y_axis);
    if (c->nseries == 1 && !c->has_target) chart_legend_set_position(native, LXW_CHART_LEGEND_NONE);
    else chart_legend_set_position(native, LXW_CHART_LEGEND_BOTTOM);
}

static void put_native(book *k, sheet *s, const chart *c)
{
    bool dots = as_dots(c);
    lxw_chart_type shape = dots || c->kind == CHART_LINE ? LXW_CHART_LINE : c->kind == CHART_BAR || c->kind == CHART_SPLIT ? LXW_CHART_BAR : c->kind == CHART_STACKED ? LXW_CHART_COLUMN_STACKED : LXW_CHART_COLUMN;
    lxw_chart *native = workbook_add_chart(k->wb, (uint8_t)shape);
    if (native == NULL) {
        k->failed = true;
        return;
    }
    for (size_t i = 0; i < c->nseries; i++) add_series(k, native, s, c, (lxw_col_t)(1 + i), c->series[i].tone, dots ? STYLE_DOTS : shape == LXW_CHART_LINE ? STYLE_LINE : STYLE_AREA);
    if (c->has_target && shape == LXW_CHART_LINE) add_series(k, native, s, c, target_column(c), TONE_ACCENT, STYLE_DASHES);
    dress(k, native, c, shape);
    lxw_chart_options at = {.x_offset = 16, .x_scale = 1.05, .y_scale = 1.05};
    book_note(k, worksheet_insert_chart_opt(s->ws, s->row - 1, CHART_COLUMN_AT, native, &at));
}

void book_chart(book *k, const block *b)
{
    const chart *c = b->chart;
    sheet *s = book_sheet(k, b->sheet);
    if (s == NULL || c->ncats == 0) return;
    if (s->charts++ == 0) {
        book_note(k, worksheet_set_column(s->ws, 0, 0, 24, NULL));
        book_note(k, worksheet_set_column(s->ws, 1, 6, FIGURE_CHARS, NULL));
    }
    k->text2.len = 0;
    buf_printf(&k->text2, "%.*s %.*s", SLICE_ARG(c->title), SLICE_ARG(c->sub));
    book_text(k, s, s->row++, 0, LOOK_CAPTION, (slice){k->text2.ptr, k->text2.len});
    if (c->nseries > 6) book_note(k, worksheet_set_column(s->ws, 7, (lxw_col_t)c->nseries, FIGURE_CHARS, NULL));
    lxw_row_t lines = put_heads(k, s, c);
    put_figures(k, s, c);
    lxw_row_t first = s->row + 1, last = s->row + (lxw_row_t)c->ncats;
    if (c->kind == CHART_HEAT) {
        lxw_conditional_format f = {.type = LXW_CONDITIONAL_2_COLOR_SCALE, .min_color = 0xF2F5F8, .max_color = 0x6E93B8};
        book_note(k, worksheet_conditional_format_range(s->ws, first, 1, last, (lxw_col_t)c->nseries, &f));
    } else put_native(k, s, c);
    lxw_row_t below = last + 3, room = s->row + CHART_ROWS - lines;      /* a high head takes of them */
    s->row = c->kind == CHART_HEAT || c->kind == CHART_SPLIT || below > room ? below : room;      /* tables below one of parts stand left of it */
    if (c->kind != CHART_HEAT && s->charts % CHARTS_A_PAGE == 0 && s->nbreaks < BREAKS_MAX - 1) s->breaks[s->nbreaks++] = s->row - 1;
}
