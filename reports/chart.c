/* Charts as geometry: the frame with title, legend and n, scales, columns, bars and lines. The rarer kinds are in chart_more.c. Every chart states its n; bars begin
 * at 0, and where a scale does not (shares near 100 %) values are dots that hang on the target. */
#include <math.h>
#include <string.h>
#include "reports/chart.h"

const type chart_text = {7.4, 10, false, RGB_INK}, chart_grey = {7, 9.5, false, RGB_GREY}, chart_bold = {7.4, 10, true, RGB_INK};
static const type title_type = {9.2, 13, true, RGB_NAVY};
enum { TITLE_ROOM = 30, FOOT_ROOM = 12 };
static const double ROW = 15.5;

static double heat_row(const chart *c)
{
    for (size_t s = 0; s < c->nseries; s++)
        if (c->series[s].n != NULL) return 22;
    return 17;
}

double chart_height(const chart *c, double w, double tight)
{
    double rows = (double)c->ncats, foot = c->foot.len > 0 ? FOOT_ROOM : 0;
    switch (c->kind) {
    case CHART_BAR: return TITLE_ROOM + 6 + ROW * tight * rows + foot;
    case CHART_HEAT: return TITLE_ROOM + 2 + heat_heads(c, w) + heat_row(c) * (double)c->nseries + foot;
    case CHART_SPLIT: return 66 + foot;
    case CHART_FUNNEL: return 300 + foot;
    case CHART_PARETO: if (pareto_lies(c, w)) return TITLE_ROOM + 6 + ROW * tight * rows + foot; break;
    case CHART_COLUMN: case CHART_STACKED: case CHART_LINE: break;
    }
    return (w < 300 ? 148 : 176) * tight + foot;
}

static void extremes(const chart *c, double *low, double *high)
{
    bool any = false;
    *low = *high = 0;
    for (size_t i = 0; i < c->ncats; i++) {
        double sum = 0;
        for (size_t s = 0; s < c->nseries; s++) {
            if (!c->series[s].has[i]) continue;
            double v = c->series[s].v[i];
            sum += v;
            if (!any || v < *low) *low = v;
            if (!any || v > *high) *high = v;
            any = true;
        }
        if (c->kind == CHART_STACKED && sum > *high) *high = sum;
    }
    if (c->has_target) *low = fmin(*low, c->target), *high = fmax(*high, c->target);
}

double nice_step(double span, int n)
{
    double raw = span / n, power = pow(10, floor(log10(raw))), f = raw / power;
    return (f <= 1 ? 1 : f <= 2 ? 2 : f <= 5 ? 5 : 10) * power;
}

/* Durations step by what clocks know. */
static double clock_step(double span)
{
    static const double steps[] = {1e3, 5e3, 15e3, 30e3, 6e4, 3e5, 9e5, 18e5, 36e5, 72e5, 144e5, 288e5, 432e5, 864e5};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (span / steps[i] <= 5) return steps[i];
    return nice_step(span / 36e5, 4) * 36e5;
}

scale scale_of(const chart *c)
{
    double low, high;
    bool share = slice_is(c->unit, "share") || slice_is(c->unit, "%");
    extremes(c, &low, &high);
    if (share && low > 0.5) {
        double span = fmax(1 - low, 0.002) * 1.15, step = nice_step(span, 4), from = fmax(0, floor((1 - span) / step) * step);
        if (low - from < 0.14 * (1 - from)) from = fmax(0, from - step);      /* room for a figure below the lowest dot */
        return (scale){from, 1, step, true};
    }
    if (share && high > 0.5) return (scale){0, 1, 0.25, false};
    if (slice_is(c->unit, "number") && low > 1 && high <= 5) return (scale){1, 5, 1, true};      /* a score of 1 to 5 */
    if (!(high > 0)) return (scale){0, 1, 1, false};
    double step = slice_is(c->unit, "ms") ? clock_step(high * 1.08) : nice_step(high * 1.08, 4);
    if (slice_is(c->unit, "count") && step < 1) step = 1;
    return (scale){0, ceil(high * 1.04 / step) * step, step, false};
}

static double within(double v, double low, double high) { return v < low ? low : v > high ? high : v; }
double plot_y(const plot *p, double v) { return p->y + p->h - (within(v, p->s.low, p->s.high) - p->s.low) / (p->s.high - p->s.low) * p->h; }
double plot_x(const plot *p, double v) { return p->x + (within(v, p->s.low, p->s.high) - p->s.low) / (p->s.high - p->s.low) * p->w; }

bool misses_target(const chart *c, double v) { return c->has_target && (c->lower_better ? v > c->target : v < c->target); }

uint32_t bar_colour(const plot *p, size_t series_no, size_t cat)
{
    const chart *c = p->c;
    if (c->nseries == 1 && c->has_target && misses_target(c, c->series[0].v[cat])) return tone_fill(TONE_MAJOR);
    return tone_fill(c->series[series_no].tone);
}

void plot_value(const plot *p, double x, double y, double v, align al)
{
    cell one = cell_value(p->c->unit, v);
    if (p->c->has_target) one.has_apart = true, one.apart = p->c->target;
    page_text_at(p->ps, p->no, x, y, misses_target(p->c, v) ? &chart_bold : &chart_text, doc_cell_text(p->d, &one, &p->ps->mem), al, 0);
}

/* A tick has no more places than it needs, and 0 is no "0 s" below hours. */
static slice tick_text(const plot *p, double v)
{
    if (!slice_is(p->c->unit, "ms")) return doc_value(p->d, p->c->unit, v);
    buf b = {0};
    format_tick(&b, v, p->d->t);
    slice said = doc_kept(p->d, &b);
    return v == 0 ? SLICE_LIT("0") : said;
}

void plot_grid(const plot *p)
{
    for (double v = p->s.low; v <= p->s.high + p->s.step * 0.01; v += p->s.step) {
        double y = plot_y(p, v);
        page_line(p->ps, p->no, p->x, y, p->x + p->w, y, v == p->s.low ? 0.7 : 0.35, v == p->s.low ? RGB_GREY : RGB_HAIR);
        page_text_at(p->ps, p->no, p->x - 4, y + 2.4, &chart_grey, tick_text(p, v), ALIGN_RIGHT, 0);
    }
}

enum { RGB_BAND = 0xEAF3F1 };

void plot_band(const plot *p)
{
    if (!p->c->has_target) return;
    double y = plot_y(p, p->c->target), from = p->c->lower_better ? y : p->y, to = p->c->lower_better ? p->y + p->h : y;
    page_rect(p->ps, p->no, p->x, from, p->w, to - from, RGB_BAND);
}

void plot_target(const plot *p)
{
    if (!p->c->has_target) return;
    double y = plot_y(p, p->c->target);
    page_dashes(p->ps, p->no, p->x, y, p->x + p->w, y, 0.9, RGB_NAVY);
}

/* What the dashes and the band mean, right of the line under the title, where nothing of the plot can run into it. */
static void put_target_key(const plot *p, double y)
{
    const type ty = {7, 9.5, false, RGB_NAVY};
    slice s = doc_fill(p->d, "chart.target", (text_fill[]){{"op", p->c->lower_better ? SLICE_LIT("≤") : SLICE_LIT("≥")}, {"value", doc_value(p->d, p->c->unit, p->c->target)}, {NULL, {0}}});
    double right = p->full_x + p->full_w, x = right - fontset_width(p->ps->fonts, false, ty.size, s) - 20;
    page_rect(p->ps, p->no, x, y - 6, 16, 7, RGB_BAND);
    page_dashes(p->ps, p->no, x, y + 1, x + 16, y + 1, 0.9, RGB_NAVY);
    page_text_at(p->ps, p->no, right, y, &ty, s, ALIGN_RIGHT, 0);
}

/* What the line of dots, and the figures at the right of bars that lie, add up. */
static void put_running_key(const plot *p, double y)
{
    slice s = texts_get(p->d->t, "chart.running");
    double right = p->full_x + p->full_w, x = right - fontset_width(p->ps->fonts, false, chart_grey.size, s) - 20;
    page_line(p->ps, p->no, x, y - 2.5, x + 16, y - 2.5, 1.2, tone_fill(TONE_MINOR));
    page_disc(p->ps, p->no, x + 8, y - 2.5, 2, tone_fill(TONE_MINOR));
    page_text_at(p->ps, p->no, right, y, &chart_grey, s, ALIGN_RIGHT, 0);
}

static slice n_text(const plot *p, size_t i) { return doc_join(p->d, "n=%.*s", SLICE_ARG(doc_int(p->d, p->c->n[i]))); }

void plot_name(const plot *p, size_t i, double x, double y, align al, double max)
{
    const chart *c = p->c;
    slice name = page_clean(p->ps, c->cats[i]);
    size_t head = page_head(p->ps, &chart_text, name, max);
    bool alike = false;
    for (size_t k = 0; k < c->ncats && head < name.len && !alike; k++) alike = k != i && c->cats[k].len >= head && memcmp(c->cats[k].ptr, name.ptr, head) == 0;
    page_text_at(p->ps, p->no, x, y, &chart_text, alike ? page_tail(p->ps, &chart_text, name, max) : name, al, max);
}

void plot_cats(const plot *p, double band)
{
    double widest = 1;
    for (size_t i = 0; i < p->c->ncats; i++) widest = fmax(widest, fontset_width(p->ps->fonts, false, chart_text.size, p->c->cats[i]));
    size_t step = p->c->ncats > 12 ? (size_t)ceil((widest + 4) / band) : 1;         /* of many, every so many-th is named */
    for (size_t i = 0; i < p->c->ncats; i += step) {
        double x = p->x + band * ((double)i + 0.5);
        plot_name(p, i, x, p->y + p->h + 10, ALIGN_CENTRE, band * (double)step - 3);
        if (p->c->n != NULL && p->c->n[i] > 0) page_text_at(p->ps, p->no, x, p->y + p->h + 19, &chart_grey, n_text(p, i), ALIGN_CENTRE, band * (double)step - 2);
    }
}

static double widest_value(const plot *p)
{
    double most = 0;
    for (size_t s = 0; s < p->c->nseries; s++)
        for (size_t i = 0; i < p->c->ncats; i++)
            if (p->c->series[s].has[i]) most = fmax(most, fontset_width(p->ps->fonts, false, chart_text.size, doc_value(p->d, p->c->unit, p->c->series[s].v[i])));
    return most;
}

static void draw_columns(plot *p)
{
    const chart *c = p->c;
    double band = p->w / (double)c->ncats, bar = fmin(band * 0.62 / (double)c->nseries, 40);
    bool crowded = widest_value(p) > (c->nseries > 1 ? bar + 1 : band - 2);    /* figures would run into each other */
    plot_band(p);
    plot_grid(p);
    for (size_t i = 0; i < c->ncats; i++)
        for (size_t s = 0; s < c->nseries; s++) {
            if (!c->series[s].has[i]) continue;
            double v = c->series[s].v[i], x = p->x + band * ((double)i + 0.5) - bar * (double)c->nseries / 2 + bar * (double)s, y = plot_y(p, v);
            if (p->s.dots) {
                double from = c->has_target ? plot_y(p, c->target) : y;
                page_line(p->ps, p->no, x + bar / 2, from, x + bar / 2, y, 2, bar_colour(p, s, i));
                page_disc(p->ps, p->no, x + bar / 2, y, 3.4, bar_colour(p, s, i));
            } else page_rect(p->ps, p->no, x, y, bar - 1, p->y + p->h - y, bar_colour(p, s, i));
            if (crowded) continue;
            bool below = p->s.dots && c->has_target && v < c->target;
            double at = below ? fmin(y + 11, p->y + p->h - 2) : fmax(y - 5, p->y - 5), target = c->has_target ? plot_y(p, c->target) : INFINITY;
            plot_value(p, x + bar / 2 - 0.5, target > at - 8 && target < at + 3 && !p->s.dots ? target - 3.5 : at, v, ALIGN_CENTRE);   /* above the target's line, not across it */
        }
    plot_target(p);
    plot_cats(p, band);
}

static void draw_stacked(plot *p)
{
    const chart *c = p->c;
    double band = p->w / (double)c->ncats, bar = fmin(band * 0.6, 46);
    plot_grid(p);
    for (size_t i = 0; i < c->ncats; i++) {
        double sum = 0, x = p->x + band * ((double)i + 0.5) - bar / 2;
        for (size_t s = 0; s < c->nseries; s++) {
            if (!c->series[s].has[i]) continue;
            double y0 = plot_y(p, sum), y1 = plot_y(p, sum + c->series[s].v[i]);
            page_rect(p->ps, p->no, x, y1, bar, y0 - y1, tone_fill(c->series[s].tone));
            sum += c->series[s].v[i];
        }
        plot_value(p, x + bar / 2, plot_y(p, sum) - 4, sum, ALIGN_CENTRE);
    }
    plot_cats(p, band);
}

/* Of several lines the first is unbroken and the others dashed: where they cross, colour alone would not tell them apart. */
static void (*stroke_of(size_t s))(pageset *, size_t, double, double, double, double, double, uint32_t) { return s == 0 ? page_line : page_dashes; }

static void draw_line(plot *p)
{
    const chart *c = p->c;
    double band = p->w / (double)c->ncats;
    plot_band(p);
    plot_grid(p);
    plot_target(p);
    for (size_t s = 0; s < c->nseries; s++)
        for (size_t i = 0; i < c->ncats; i++) {
            if (!c->series[s].has[i]) continue;
            double x = p->x + band * ((double)i + 0.5), y = plot_y(p, c->series[s].v[i]);
            if (i + 1 < c->ncats && c->series[s].has[i + 1]) stroke_of(s)(p->ps, p->no, x, y, x + band, plot_y(p, c->series[s].v[i + 1]), 1.6, tone_fill(c->series[s].tone));
            if (s == 0 || band >= 14) page_disc(p->ps, p->no, x, y, band < 14 ? 1.2 : 2.4, bar_colour(p, s, i));
            if (c->nseries == 1 && band > 34) plot_value(p, x, fmax(y - 6, p->y - 1), c->series[s].v[i], ALIGN_CENTRE);
        }
    plot_cats(p, band);
}

/* Names at the left, figure and n at the right. */
static void draw_bars(plot *p)
{
    const chart *c = p->c;
    double names = p->full_w * 0.27, figures = 92, y = p->y - 10 - (ROW - p->row) / 2;
    p->x = p->full_x + names, p->w = p->full_w - names - figures;
    if (c->has_target) {
        double at = plot_x(p, c->target), from = c->lower_better ? p->x : at, to = c->lower_better ? at : p->x + p->w;
        page_rect(p->ps, p->no, from, y, to - from, p->row * (double)c->ncats, RGB_BAND);
    }
    for (size_t i = 0; i < c->ncats; i++, y += p->row) {
        plot_name(p, i, p->full_x, y + 9.6, ALIGN_LEFT, names - 6);
        page_line(p->ps, p->no, p->x, y + 7, p->x + p->w, y + 7, 0.3, RGB_HAIR);
        if (!c->series[0].has[i]) {
            page_text_at(p->ps, p->no, p->x + p->w + 44, y + 9.6, &chart_grey, SLICE_LIT("–"), ALIGN_RIGHT, 0);
        } else {
            double v = c->series[0].v[i], x = plot_x(p, v);
            if (p->s.dots) {
                double from = c->has_target ? plot_x(p, c->target) : x;
                page_line(p->ps, p->no, from, y + 7, x, y + 7, 2, bar_colour(p, 0, i));
                page_disc(p->ps, p->no, x, y + 7, 3.3, bar_colour(p, 0, i));
            } else page_rect(p->ps, p->no, p->x, y + 2.5, fmax(x - p->x, 0.6), 9, bar_colour(p, 0, i));
            plot_value(p, p->x + p->w + 46, y + 9.6, v, ALIGN_RIGHT);
        }
        if (c->n != NULL) page_text_at(p->ps, p->no, p->full_x + p->full_w, y + 9.6, &chart_grey, n_text(p, i), ALIGN_RIGHT, 0);
    }
    if (c->has_target) {
        double x = plot_x(p, c->target);
        page_dashes(p->ps, p->no, x, p->y - 11, x, y + 1, 0.9, RGB_NAVY);
    }
}

static void put_legend(const plot *p, double y)
{
    double x = p->full_x + p->full_w;
    if (p->c->nseries < 2 || p->c->kind == CHART_HEAT) return;
    for (size_t s = p->c->nseries; s-- > 0;) {
        slice name = p->c->series[s].name;
        x -= fontset_width(p->ps->fonts, false, chart_text.size, name);
        page_text_at(p->ps, p->no, x, y, &chart_text, name, ALIGN_LEFT, 0);
        x -= 10;
        if (p->c->kind == CHART_LINE) stroke_of(s)(p->ps, p->no, x - 8, y - 2.5, x + 7, y - 2.5, 1.6, tone_fill(p->c->series[s].tone)), x -= 8;
        else page_rect(p->ps, p->no, x, y - 6, 7, 7, tone_fill(p->c->series[s].tone));
        x -= 10;
    }
}

void chart_draw(pageset *ps, size_t no, document *d, const chart *c, double x, double y, double w, double h)
{
    double foot = c->foot.len > 0 ? FOOT_ROOM : 0, left = slice_is(c->unit, "ms") ? 46 : slice_is(c->unit, "count") ? 30 : 34;
    plot p = {.ps = ps, .no = no, .d = d, .c = c, .x = x + left, .y = y + TITLE_ROOM + 10, .w = w - left - 4, .h = h - TITLE_ROOM - 10 - 24 - foot, .full_x = x, .full_w = w,
              .row = (h - TITLE_ROOM - 6 - foot) / (double)(c->ncats ? c->ncats : 1), .s = scale_of(c)};
    page_text_at(ps, no, x, y + 10, &title_type, c->title, ALIGN_LEFT, w);
    page_text_at(ps, no, x, y + 21, &chart_grey, c->sub, ALIGN_LEFT, w * 0.75);
    put_legend(&p, c->sub.len > 0 && c->nseries > 2 ? y + 31 : y + 21);
    if (c->has_target && c->kind != CHART_HEAT && c->kind != CHART_FUNNEL) put_target_key(&p, y + 21);
    if (c->kind == CHART_PARETO) put_running_key(&p, y + 21);
    if (foot > 0) page_text_at(ps, no, x, y + h - 3, &chart_grey, c->foot, ALIGN_LEFT, w);
    if (c->ncats == 0) return;
    switch (c->kind) {
    case CHART_COLUMN: draw_columns(&p); break;
    case CHART_STACKED: draw_stacked(&p); break;
    case CHART_BAR: draw_bars(&p); break;
    case CHART_LINE: draw_line(&p); break;
    case CHART_HEAT: draw_heat(&p); break;
    case CHART_PARETO: draw_pareto(&p); break;
    case CHART_SPLIT: draw_split(&p); break;
    case CHART_FUNNEL: draw_funnel(&p); break;
    }
}
