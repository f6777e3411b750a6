/* Heat map, Pareto chart, one split bar, funnel plot. */
#include <math.h>
#include "reports/chart.h"

/* White to navy; text turns white where the ground is dark. */
static uint32_t shade(double f)
{
    const double from[3] = {0xF2, 0xF5, 0xF8}, to[3] = {0x2B, 0x57, 0x87};
    uint32_t rgb = 0;
    for (int i = 0; i < 3; i++) rgb = rgb << 8 | (uint32_t)(from[i] + (to[i] - from[i]) * f);
    return rgb;
}

void draw_heat(plot *p)
{
    const chart *c = p->c;
    double names = fmin(p->full_w * 0.24, 120), cw = (p->full_w - names) / (double)c->ncats, low = INFINITY, high = -INFINITY, y = p->y - 2;
    for (size_t s = 0; s < c->nseries; s++)
        for (size_t i = 0; i < c->ncats; i++)
            if (c->series[s].has[i]) low = fmin(low, c->series[s].v[i]), high = fmax(high, c->series[s].v[i]);
    for (size_t i = 0; i < c->ncats; i++) page_text_at(p->ps, p->no, p->full_x + names + cw * ((double)i + 0.5), y - 3, &chart_grey, c->cats[i], ALIGN_CENTRE, cw - 2);
    for (size_t s = 0; s < c->nseries; s++, y += 17) {
        page_text_at(p->ps, p->no, p->full_x, y + 11, &chart_text, c->series[s].name, ALIGN_LEFT, names - 6);
        for (size_t i = 0; i < c->ncats; i++) {
            double x = p->full_x + names + cw * (double)i, v = c->series[s].v[i], f = high > low ? (v - low) / (high - low) : 0.5;
            bool has = c->series[s].has[i];
            const type ty = {7.4, 10, false, has && f > 0.55 ? RGB_WHITE : RGB_INK};
            page_rect(p->ps, p->no, x + 0.6, y, cw - 1.2, 16, has ? shade(f) : 0xFAFAFA);
            page_text_at(p->ps, p->no, x + cw / 2, y + 11, &ty, has ? doc_value(p->d, c->unit, v) : SLICE_LIT("–"), ALIGN_CENTRE, cw - 2);
        }
    }
}

/* Columns in falling order, and the running share of the whole. */
void draw_pareto(plot *p)
{
    const chart *c = p->c;
    double sum = 0, run = 0, band = (p->w - 24) / (double)c->ncats, lx = 0, ly = 0;
    p->w -= 24;
    for (size_t i = 0; i < c->ncats; i++) sum += c->series[0].v[i];
    plot_grid(p);
    for (size_t i = 0; i < c->ncats; i++) {
        double v = c->series[0].v[i], x = p->x + band * (double)i, y = plot_y(p, v);
        page_rect(p->ps, p->no, x + band * 0.14, y, band * 0.72, p->y + p->h - y, tone_fill(c->series[0].tone));
        plot_value(p, x + band / 2, y - 4, v, ALIGN_CENTRE);
    }
    for (size_t i = 0; i < c->ncats && sum > 0; i++) {
        run += c->series[0].v[i];
        double x = p->x + band * ((double)i + 0.5), y = p->y + p->h * (1 - run / sum);
        if (i > 0) page_line(p->ps, p->no, lx, ly, x, y, 1.2, tone_fill(TONE_MINOR));
        page_disc(p->ps, p->no, x, y, 2, tone_fill(TONE_MINOR));
        lx = x, ly = y;
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

/* Shares against n, with the limits that chance alone would keep 95 % and 99.8 % within (normal approximation around the team's share). Who lies inside does not
 * differ from the team as far as these figures can tell. */
void draw_funnel(plot *p)
{
    const chart *c = p->c;
    double most = 1;
    for (size_t i = 0; i < c->ncats; i++) most = fmax(most, (double)c->n[i]);
    most *= 1.06;
    plot_grid(p);
    double at = plot_y(p, c->centre);
    page_line(p->ps, p->no, p->x, at, p->x + p->w, at, 0.9, RGB_NAVY);
    static const double zs[2] = {1.96, 3.09};
    for (int k = 0; k < 2; k++)
        for (int side = -1; side <= 1; side += 2)
            for (int i = 1; i < 80; i++) {
                double n0 = most * i / 80, n1 = most * (i + 1) / 80, s = sqrt(c->centre * (1 - c->centre));
                double v0 = c->centre + side * zs[k] * s / sqrt(n0), v1 = c->centre + side * zs[k] * s / sqrt(n1);
                if (fmax(v0, v1) > p->s.high || fmin(v0, v1) < p->s.low) continue;
                page_line(p->ps, p->no, p->x + p->w * n0 / most, plot_y(p, v0), p->x + p->w * n1 / most, plot_y(p, v1), k ? 0.9 : 0.5, k ? 0x5F6B76 : 0x9AA7B3);
            }
    for (size_t i = 0; i < c->ncats; i++) {
        if (!c->series[0].has[i] || c->n[i] <= 0) continue;
        double v = c->series[0].v[i], x = p->x + p->w * (double)c->n[i] / most, y = plot_y(p, v), z = (v - c->centre) * sqrt((double)c->n[i]) / fmax(1e-9, sqrt(c->centre * (1 - c->centre)));
        bool out = fabs(z) > 1.96;
        page_disc(p->ps, p->no, x, y, out ? 3.2 : 2.6, out ? tone_fill(z < 0 ? TONE_MAJOR : TONE_GOOD) : tone_fill(TONE_PLAIN));
        if (out) page_text_at(p->ps, p->no, x + 5, y + 2.4, &chart_text, c->cats[i], ALIGN_LEFT, 0);
    }
    double step = most > 400 ? 100 : most > 150 ? 50 : most > 60 ? 20 : 10;
    for (double n = 0; n < most; n += step) page_text_at(p->ps, p->no, p->x + p->w * n / most, p->y + p->h + 10, &chart_grey, doc_int(p->d, (int64_t)n), ALIGN_CENTRE, 0);
    page_text_at(p->ps, p->no, p->x + p->w, p->y + p->h + 19, &chart_grey, SLICE_LIT("n"), ALIGN_RIGHT, 0);
}
