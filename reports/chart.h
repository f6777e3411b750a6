/* What the parts of the chart renderer share: the plot's frame and its scale. Only chart*.c include this. */
#ifndef SLA_REPORTS_CHART_H
#define SLA_REPORTS_CHART_H
#include "reports/page.h"

typedef struct scale { double low, high, step; bool dots; } scale;   /* dots: does not begin at 0, so nothing may be drawn as a bar */
typedef struct plot {
    pageset *ps; size_t no; document *d; const chart *c;
    double x, y, w, h;               /* the plot area */
    double full_x, full_w;           /* of the whole chart */
    double row;                      /* bars that lie: from one to the next */
    scale s;
} plot;
extern const type chart_text, chart_grey, chart_bold;

scale scale_of(const chart *c);
double nice_step(double span, int n);                   /* 1, 2, 5 times a power of ten, so that about n steps make up span */
double plot_y(const plot *p, double v);                 /* clipped to the area */
double plot_x(const plot *p, double v);
uint32_t bar_colour(const plot *p, size_t series_no, size_t cat);
bool misses_target(const chart *c, double v);
void plot_value(const plot *p, double x, double y, double v, align al);
void plot_grid(const plot *p);                          /* lines and figures of the value axis at the left */
/* The name of a category, cut where there is no room (max > 0). Names that begin alike ("IT > Mail > Quota") and would be cut to the same are cut at their beginning. */
void plot_name(const plot *p, size_t i, double x, double y, align al, double max);
void plot_cats(const plot *p, double band);             /* names and n below */
void plot_band(const plot *p);                          /* the side of the target where figures should lie, in a pale tone; before all else */
void plot_target(const plot *p);

void draw_pareto(plot *p);
void draw_heat(plot *p);
void draw_split(plot *p);
void draw_funnel(plot *p);
double heat_heads(const chart *c, double w);            /* room for the heads of columns */
bool pareto_lies(const chart *c, double w);             /* its names are too long to stand below columns: bars from the left */
#endif
