/* A theme of the KPI report: its figures, then charts by month, priority, service and team. What kind of chart depends on what is shown: months as a line only where
 * there are enough of them, counts over many groups as a Pareto chart, few groups as columns, many as bars. */
#include "reports/kpi.h"

enum { LINE_LEAST = 6, COLUMNS_MOST = 5, PARETO_LEAST = 4 };

static size_t group_count(const res_metric *x, const char *by)
{
    size_t n = 0;
    for (size_t i = 0; i < x->ngroups; i++) n += slice_is(x->groups[i].by, by);
    return n;
}

static chart_kind kind_for(const res_metric *x, const char *by, size_t n)
{
    if (strcmp(by, "month") == 0) return n >= LINE_LEAST ? CHART_LINE : CHART_COLUMN;
    if (slice_is(x->unit, "count") && n >= PARETO_LEAST && strcmp(by, "priority") != 0) return CHART_PARETO;
    return n > COLUMNS_MOST ? CHART_BAR : CHART_COLUMN;
}

static slice chart_sub(document *d, const res_metric *x, const char *by)
{
    return doc_fill(d, "chart.by", (text_fill[]){{"by", doc_word(d, "by", slice_of(by))}, {"n", doc_int(d, x->n)}, {NULL, {0}}});
}

/* Falling, for Pareto charts; equal ones stay in the pack's order. */
static void sort_falling(chart *c)
{
    for (size_t i = 1; i < c->ncats; i++)
        for (size_t k = i; k > 0 && c->series[0].v[k] > c->series[0].v[k - 1]; k--) {
            double v = c->series[0].v[k];
            slice s = c->cats[k];
            int64_t n = c->n[k];
            c->series[0].v[k] = c->series[0].v[k - 1], c->cats[k] = c->cats[k - 1], c->n[k] = c->n[k - 1];
            c->series[0].v[k - 1] = v, c->cats[k - 1] = s, c->n[k - 1] = n;
        }
}

static bool is_wide(const res_metric *x, const char *by)
{
    size_t n = group_count(x, by);
    return kind_for(x, by, n) == CHART_PARETO && n > COLUMNS_MOST;
}

static void metric_chart(document *d, const res_metric *x, const char *by, slice sheet)
{
    size_t n = group_count(x, by), at = 0;
    if (n == 0) return;
    chart_kind kind = kind_for(x, by, n);
    block *b = doc_chart(d, kind, n, 1);
    if (b == NULL) return;
    chart *c = b->chart;
    b->sheet = sheet;
    c->title = doc_bi(d, x->title), c->sub = chart_sub(d, x, by), c->unit = x->unit;
    c->has_target = x->has_target, c->target = x->target, c->lower_better = slice_is(x->target_op, "<=");
    c->half = !is_wide(x, by);
    c->series[0].name = c->title;
    for (size_t i = 0; i < x->ngroups; i++) {
        const res_metric_group *g = &x->groups[i];
        if (!slice_is(g->by, by)) continue;
        c->cats[at] = doc_word(d, "value", g->key), c->n[at] = slice_is(x->unit, "count") ? 0 : g->n;
        c->series[0].v[at] = g->value, c->series[0].has[at++] = g->has_value;
    }
    if (slice_is(x->unit, "count")) c->has_target = false;      /* a target of the whole is none of its parts */
    if (kind == CHART_PARETO) sort_falling(c);
}

/* Counts of one theme side by side, month by month: demand beside what was resolved and what was left. */
static bool counts_by_month(document *d, slice theme, slice sheet)
{
    static const tone tones[] = {TONE_PLAIN, TONE_OBSERVE, TONE_MINOR, TONE_MUTED};
    const res_metric *of[4];
    size_t n = 0;
    for (size_t i = 0; i < d->r->nmetrics && n < 4; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (slice_eq(x->theme, theme) && slice_is(x->unit, "count") && group_count(x, "month") > 0) of[n++] = x;
    }
    if (n < 2) return false;
    size_t ncats = group_count(of[0], "month");
    block *b = doc_chart(d, ncats >= LINE_LEAST ? CHART_LINE : CHART_COLUMN, ncats, n);
    if (b == NULL) return true;
    b->sheet = sheet;
    b->chart->title = doc_text(d, "chart.counts"), b->chart->unit = SLICE_LIT("count");
    b->chart->sub = chart_sub(d, of[0], "month");
    for (size_t s = 0; s < n; s++) {
        size_t at = 0;
        b->chart->series[s].name = doc_bi(d, of[s]->title), b->chart->series[s].tone = tones[s];
        for (size_t i = 0; i < of[s]->ngroups && at < ncats; i++) {
            const res_metric_group *g = &of[s]->groups[i];
            if (!slice_is(g->by, "month")) continue;
            b->chart->cats[at] = g->key;
            b->chart->series[s].v[at] = g->value, b->chart->series[s].has[at++] = g->has_value;
        }
    }
    return true;
}

static bool is_duration(const res_metric *x, slice theme) { return slice_eq(x->theme, theme) && slice_is(x->unit, "ms"); }

/* Durations of a theme by priority as a heat map: median, 90th percentile and worst differ too much for one axis. */
static void durations_heat(document *d, slice theme, slice sheet)
{
    size_t rows = 0, cols = 0, at = 0;
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (!is_duration(x, theme) || group_count(x, "priority") == 0) continue;
        rows++;
        if (cols == 0) cols = group_count(x, "priority");
    }
    if (rows < 2) return;
    block *b = doc_chart(d, CHART_HEAT, cols, rows);
    if (b == NULL) return;
    b->sheet = sheet;
    b->chart->title = doc_text(d, "chart.durations"), b->chart->unit = SLICE_LIT("ms"), b->chart->sub = doc_text(d, "chart.durations_sub");
    for (size_t i = 0; i < d->r->nmetrics && at < rows; i++) {
        const res_metric *x = &d->r->metrics[i];
        size_t col = 0;
        if (!is_duration(x, theme) || group_count(x, "priority") == 0) continue;
        b->chart->series[at].name = doc_bi(d, x->title);
        for (size_t k = 0; k < x->ngroups && col < cols; k++) {
            if (!slice_is(x->groups[k].by, "priority")) continue;
            b->chart->cats[col] = doc_word(d, "value", x->groups[k].key);
            b->chart->series[at].v[col] = x->groups[k].value, b->chart->series[at].has[col++] = x->groups[k].has_value;
        }
        at++;
    }
}

static void missing_values(document *d, slice theme)
{
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (!slice_eq(x->theme, theme) || x->has_value) continue;
        doc_small(d, doc_fill(d, "kpi.no_value", (text_fill[]){{"name", doc_bi(d, x->title)}, {"reason", doc_bi(d, x->reason)}, {NULL, {0}}}));
    }
}

/* The charts of a theme's indicators: the first and those with a target in every way they are grouped, the others by month and priority. */
static void theme_charts(document *d, slice theme, slice sheet, bool months_done, bool wide)
{
    static const char *const bys[] = {"month", "priority", "service", "team", "category", "cause", "type"};
    bool first = true;
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (!slice_eq(x->theme, theme) || !x->has_value) continue;
        bool all = first || x->has_target;
        first = false;
        for (size_t k = 0; k < sizeof bys / sizeof bys[0]; k++) {
            bool done = k == 0 && months_done && slice_is(x->unit, "count");
            if (!done && (k < 2 || all) && is_wide(x, bys[k]) == wide) metric_chart(d, x, bys[k], sheet);
        }
    }
}

void kpi_theme(document *d, slice theme)
{
    slice name = doc_word(d, "theme", theme);
    doc_heading(d, 1, name);
    kpi_metric_table(d, theme);
    missing_values(d, theme);
    bool together = counts_by_month(d, theme, name);
    durations_heat(d, theme, name);
    theme_charts(d, theme, name, together, false);
    theme_charts(d, theme, name, together, true);
}
