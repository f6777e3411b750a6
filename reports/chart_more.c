/* Heat map, Pareto chart, one split bar, funnel plot. */
#include <math.h>
#include "engine/base/share.h"
#include "reports/chart.h"

static const double FUNNEL_95 = 0.025, FUNNEL_998 = 0.001; /* beyond the lines, on either side */

/* White to navy; text turns white where the ground is dark. */
static uint32_t shade(double f)
{
    const double from[3] = {0xF2, 0xF5, 0xF8}, to[3] = {0x2B, 0x57, 0x87};
    uint32_t rgb = 0;
    for (int i = 0; i < 3; i++) rgb = rgb << 8 | (uint32_t)(from[i] + (to[i] - from[i]) * f);
    return rgb;
}

/* A cell that misses its target is dark with a bold figure, so it stands out in grey too; n below each. */
static void heat_cell(const plot *p, const series *s, size_t i, double f, double x, double y, double w, double h)
{
    bool has = s->has[i], missed = has && s->missed != NULL && s->missed[i], dark = missed || (s->missed == NULL && has && f > 0.55);
    uint32_t ground = !has ? 0xFAFAFA : missed ? tone_fill(TONE_MAJOR) : s->missed != NULL ? 0xE3EFEC : shade(f);
    const type ty = {7.4, 10, missed, dark ? RGB_WHITE : RGB_INK}, small = {6.2, 8, false, dark ? RGB_WHITE : s->missed == NULL ? RGB_INK : RGB_GREY};
    page_rect(p->ps, p->no, x + 0.6, y, w - 1.2, h - 1, ground);
    page_text_at(p->ps, p->no, x + w / 2, y + (s->n != NULL ? 9.6 : 11), &ty, has ? doc_value(p->d, p->c->unit, s->v[i]) : SLICE_LIT("–"), ALIGN_CENTRE, w - 2);
    if (s->n != NULL && has) page_text_at(p->ps, p->no, x + w / 2, y + 17.4, &small, doc_join(p->d, "n=%.*s", SLICE_ARG(doc_int(p->d, s->n[i]))), ALIGN_CENTRE, w - 2);
}

/* Where a value lies between the least and the greatest of its row or column. */
static double depth(const chart *c, size_t row, size_t col)
{
    double low = INFINITY, high = -INFINITY;
    size_t n = c->shade_down ? c->nseries : c->ncats;
    for (size_t k = 0; k < n; k++) {
        const series *s = &c->series[c->shade_down ? k : row];
        size_t i = c->shade_down ? col : k;
        if (s->has[i]) low = fmin(low, s->v[i]), high = fmax(high, s->v[i]);
    }
    if (!(high > low)) return 0.2;
    double apart = fmin(1, (high - low) / (0.5 * high));         /* differences of a few parts in a hundred are not to look like day and night */
    return 0.1 + (c->series[row].v[col] - low) / (high - low) * 0.9 * apart;
}

enum { HEADS_MOST = 4 };
/* About as wide as the text will be; what is reserved before a font is known. */
static double about_width(slice s)
{
    double w = 0;
    for (size_t k = 0; k < s.len; k++) w += (unsigned char)s.ptr[k] >= 0xC0 ? 7.4 : (unsigned char)s.ptr[k] < 0x80 ? 4.2 : 0;
    return w;
}

/* The names of rows take what they need, up to a third. */
static double heat_names(const chart *c, double w)
{
    double most = 60;
    for (size_t s = 0; s < c->nseries; s++) most = fmax(most, about_width(c->series[s].name) + 8);
    return fmin(w * 0.34, most);
}

double heat_heads(const chart *c, double w)
{
    double cw = (w - heat_names(c, w)) / (double)(c->ncats ? c->ncats : 1) - 3, lines = 1;
    for (size_t i = 0; i < c->ncats; i++) lines = fmax(lines, ceil(about_width(c->cats[i]) * 1.15 / cw));
    return 9 * fmin(lines, HEADS_MOST);
}

static void put_heat_head(const plot *p, slice text, double x, double y, double w)
{
    slice lines[HEADS_MOST];
    size_t n = 0;
    text = page_clean(p->ps, text);
    while (text.len > 0 && n < HEADS_MOST) {
        size_t used, shown;
        double lw;
        fontset_line(p->ps->fonts, false, chart_grey.size, text, w, &used, &shown, &lw);
        lines[n] = n + 1 == HEADS_MOST ? text : (slice){text.ptr, shown};       /* the last line is cut with … */
        n++;
        text = (slice){text.ptr + used, text.len - used};
    }
    for (size_t i = 0; i < n; i++) page_text_at(p->ps, p->no, x, y - 3 - 8.5 * (double)(n - 1 - i), &chart_grey, lines[i], ALIGN_CENTRE, w + 2);
}

void draw_heat(plot *p)
{
    const chart *c = p->c;
    double names = heat_names(c, p->full_w), cw = (p->full_w - names) / (double)c->ncats, heads = heat_heads(c, p->full_w), y = p->y - 12 + heads;
    for (size_t i = 0; i < c->ncats; i++) put_heat_head(p, c->cats[i], p->full_x + names + cw * ((double)i + 0.5), y, cw - 3);
    for (size_t s = 0; s < c->nseries; s++) {
        const series *of = &c->series[s];
        double h = of->n != NULL ? 22 : 17;
        page_text_at(p->ps, p->no, p->full_x, y + h / 2 + 2.4, &chart_text, of->name, ALIGN_LEFT, names - 6);
        for (size_t i = 0; i < c->ncats; i++) heat_cell(p, of, i, depth(c, s, i), p->full_x + names + cw * (double)i, y, cw, h);
        y += h;
    }
}

enum { PARETO_AXIS = 24 };
bool pareto_lies(const chart *c, double w)
{
    double longest = 0;
    for (size_t i = 0; i < c->ncats; i++) longest = fmax(longest, about_width(c->cats[i]));
    return longest + 3 > (w - 30 - PARETO_AXIS) / (double)(c->ncats ? c->ncats : 1);
}

/* Names, bars and counts, with the running share as figures and as a line of dots. */
static void pareto_bars(plot *p, double sum)
{
    const chart *c = p->c;
    double names = p->full_w * 0.27, figures = 92, y = p->y - 10 - (15.5 - p->row) / 2, run = 0, lx = 0, ly = 0;
    p->x = p->full_x + names, p->w = p->full_w - names - figures;
    for (size_t i = 0; i < c->ncats; i++, y += p->row) {
        double v = c->series[0].v[i], share = sum > 0 ? (run += v) / sum : 0, x = p->x + p->w * share;
        plot_name(p, i, p->full_x, y + 9.6, ALIGN_LEFT, names - 6);
        page_rect(p->ps, p->no, p->x, y + 2.5, fmax(plot_x(p, v) - p->x, 0.6), 9, tone_fill(c->series[0].tone));
        if (i > 0) page_line(p->ps, p->no, lx, ly, x, y + 7, 1, tone_fill(TONE_MINOR));
        page_disc(p->ps, p->no, x, y + 7, 2, tone_fill(TONE_MINOR));
        plot_value(p, p->x + p->w + 44, y + 9.6, v, ALIGN_RIGHT);
        page_text_at(p->ps, p->no, p->full_x + p->full_w, y + 9.6, &chart_grey, doc_percent(p->d, share), ALIGN_RIGHT, 0);
        lx = x, ly = y + 7;
    }
}

/* Columns in falling order, and the running share of the whole. */
void draw_pareto(plot *p)
{
    const chart *c = p->c;
    double sum = 0, run = 0, lx = 0, ly = 0;
    for (size_t i = 0; i < c->ncats; i++) sum += c->series[0].v[i];
    if (pareto_lies(c, p->full_w)) {
        pareto_bars(p, sum);
        return;
    }
    double band = (p->w -= PARETO_AXIS) / (double)c->ncats;
    plot_grid(p);
    for (size_t i = 0; i < c->ncats; i++) {
        double x = p->x + band * (double)i, y = plot_y(p, c->series[0].v[i]);
        page_rect(p->ps, p->no, x + band * 0.14, y, band * 0.72, p->y + p->h - y, tone_fill(c->series[0].tone));
    }
    for (size_t i = 0; i < c->ncats && sum > 0; i++) {
        run += c->series[0].v[i];
        double x = p->x + band * ((double)i + 0.5), y = p->y + p->h * (1 - run / sum);
        if (i > 0) page_line(p->ps, p->no, lx, ly, x, y, 1.2, tone_fill(TONE_MINOR));
        page_disc(p->ps, p->no, x, y, 2, tone_fill(TONE_MINOR));
        lx = x, ly = y;
    }
    for (size_t i = 0; i < c->ncats; i++) {                          /* figures stand on the line, on a ground of their own */
        double x = p->x + band * ((double)i + 0.5), y = plot_y(p, c->series[0].v[i]) - 4;
        double w = fontset_width(p->ps->fonts, false, chart_text.size, doc_value(p->d, c->unit, c->series[0].v[i])) + 3;
        page_rect(p->ps, p->no, x - w / 2, y - 6.5, w, 8.5, RGB_WHITE);
        plot_value(p, x, y, c->series[0].v[i], ALIGN_CENTRE);
    }
    for (int k = 0; k <= 4; k++) page_text_at(p->ps, p->no, p->x + p->w + 4, p->y + p->h * (1 - k / 4.0) + 2.4, &chart_grey, doc_percent(p->d, k / 4.0), ALIGN_LEFT, 0);
    plot_cats(p, band);
}

/* One bar cut into parts, each with its figure, the names below. */
void draw_split(plot *p)
{
    const chart *c = p->c;
    double sum = 0, x = p->full_x, y = p->y - 18, lx = p->full_x;
    for (size_t i = 0; i < c->ncats; i++) sum += c->series[0].v[i];
    for (size_t i = 0; i < c->ncats && sum > 0; i++) {
        tone how = c->tones != NULL ? c->tones[i] : TONE_PLAIN;
        bool dark = how == TONE_GOOD || how == TONE_MAJOR || how == TONE_PLAIN || how == TONE_ACCENT;
        const type ty = {9, 12, true, dark ? RGB_WHITE : RGB_INK};
        double w = c->series[0].v[i] / sum * p->full_w;
        slice v = doc_value(p->d, c->unit, c->series[0].v[i]);
        if (w > 0) page_rect(p->ps, p->no, x, y, fmax(w - 1.2, 0.5), 22, tone_fill(how));
        if (w > 14) page_text_at(p->ps, p->no, x + w / 2, y + 14.5, &ty, v, ALIGN_CENTRE, 0);
        x += w;
        page_rect(p->ps, p->no, lx, y + 29, 7, 7, tone_fill(how));
        slice name = doc_join(p->d, "%.*s %.*s", SLICE_ARG(c->cats[i]), SLICE_ARG(v));
        page_text_at(p->ps, p->no, lx + 10, y + 35.5, &chart_text, name, ALIGN_LEFT, 0);
        lx += 24 + fontset_width(p->ps->fonts, false, chart_text.size, name);
    }
}

static double funnel_x(const plot *p, size_t i, double most) { return p->x + p->w * (double)p->c->n[i] / most; }
static bool funnel_has(const chart *c, size_t i) { return c->series[0].has[i] && c->n[i] > 0; }

/* 1: more good ones among n than chance would bring about with 2.5 %; -1: fewer; 0: within the lines. */
static int apart_from(const chart *c, size_t i)
{
    int64_t n = c->n[i], good = llround(c->series[0].v[i] * (double)n);
    return share_at_most(n - good, n, 1 - c->centre) <= FUNNEL_95 ? 1 : share_at_most(good, n, c->centre) <= FUNNEL_95 ? -1 : 0;
}

static void put_dots(const plot *p, double most)
{
    for (size_t i = 0; i < p->c->ncats; i++) {
        if (!funnel_has(p->c, i)) continue;
        int side = apart_from(p->c, i) * (p->c->lower_better ? -1 : 1);
        page_disc(p->ps, p->no, funnel_x(p, i, most), plot_y(p, p->c->series[0].v[i]), side ? 3.2 : 2.6, tone_fill(!side ? TONE_PLAIN : side < 0 ? TONE_MAJOR : TONE_GOOD));
    }
}

/* A name of width w with its base line's left end at x, y: over no dot, and over none of the names before it. */
static bool free_place(const plot *p, double most, const op *before, size_t n, double x, double y, double w)
{
    const double up = 6, down = 2, dot = 3.2;
    if (x < p->x || x + w > p->full_x + p->full_w || y - up < p->y - 10 || y > p->y + p->h) return false;
    for (size_t i = 0; i < p->c->ncats; i++) {
        double dx = funnel_x(p, i, most), dy = plot_y(p, p->c->series[0].v[i]);
        if (funnel_has(p->c, i) && dx + dot > x && dx - dot < x + w && dy + dot > y - up && dy - dot < y + down) return false;
    }
    for (size_t i = 0; i < n; i++)
        if ((double)(before[i].x + before[i].w) + 2 > x && (double)before[i].x < x + w + 2 && fabs((double)before[i].y - y) < up + down) return false;
    return true;
}

/* The names of those outside the limits, right of the dot, left, above, below or further below, where there is room. */
static void put_names(const plot *p, double most)
{
    enum { NAMES = 64 };
    op put[NAMES];
    size_t n = 0;
    for (size_t i = 0; i < p->c->ncats && n < NAMES; i++) {
        if (!funnel_has(p->c, i) || !apart_from(p->c, i)) continue;
        double x = funnel_x(p, i, most), y = plot_y(p, p->c->series[0].v[i]), w = fontset_width(p->ps->fonts, false, chart_text.size, p->c->cats[i]);
        const double places[][2] = {{x + 5, y + 2.4}, {x - w - 5, y + 2.4}, {x - w / 2, y - 5.5}, {x - w / 2, y + 10.5}, {x + 5, y + 10.5}, {x - w - 5, y + 10.5}, {x + 5, y - 7}, {x - w - 5, y - 7}};
        size_t k = 0, all = sizeof places / sizeof places[0];
        while (k < all && !free_place(p, most, put, n, places[k][0], places[k][1], w)) k++;
        const double *at = places[k < all ? k : 0];
        put[n++] = (op){.x = (float)at[0], .y = (float)at[1], .w = (float)w};
        page_text_at(p->ps, p->no, at[0], at[1], &chart_text, p->c->cats[i], ALIGN_LEFT, 0);
    }
}

/* A limit from one n to the next; where no share can lie outside, none is drawn. */
static void funnel_line(const plot *p, double (*limit)(int64_t, double, double), double probability, double most, double width, uint32_t colour)
{
    enum { STEPS = 80 };
    double x0 = 0, y0 = NAN;
    for (int i = 1; i <= STEPS; i++) {
        int64_t n = llround(fmax(1, most * i / STEPS));
        double v = limit(n, p->c->centre, probability), x = p->x + p->w * (double)n / most, y = v < p->s.low || v > p->s.high ? NAN : plot_y(p, v);
        if (!isnan(y0) && !isnan(y) && x > x0) page_line(p->ps, p->no, x0, y0, x, y, width, colour);
        x0 = x, y0 = y;
    }
}

/* Shares against n, with the limits that chance alone would keep 95 % and 99.8 % within (share.h). Who lies inside does not differ from the team as far as these figures
 * can tell. */
void draw_funnel(plot *p)
{
    const chart *c = p->c;
    double most = 1;
    for (size_t i = 0; i < c->ncats; i++) most = fmax(most, (double)c->n[i]);
    most *= 1.06;
    plot_grid(p);
    double at = plot_y(p, c->centre);
    page_line(p->ps, p->no, p->x, at, p->x + p->w, at, 0.9, RGB_NAVY);
    static const struct { double probability, width; uint32_t colour; } lines[] = {{FUNNEL_95, 0.5, 0x9AA7B3}, {FUNNEL_998, 0.9, 0x5F6B76}};
    for (size_t k = 0; k < 2; k++) {
        funnel_line(p, share_limit_low, lines[k].probability, most, lines[k].width, lines[k].colour);
        funnel_line(p, share_limit_high, lines[k].probability, most, lines[k].width, lines[k].colour);
    }
    put_dots(p, most);
    put_names(p, most);
    double step = fmax(1, nice_step(most, 6));
    for (double n = 0; n < most; n += step) page_text_at(p->ps, p->no, p->x + p->w * n / most, p->y + p->h + 10, &chart_grey, doc_int(p->d, (int64_t)n), ALIGN_CENTRE, 0);
    page_text_at(p->ps, p->no, p->x + p->w, p->y + p->h + 19, &chart_grey, SLICE_LIT("n"), ALIGN_RIGHT, 0);
}
