/* Heat maps of the KPI report: several indicators at once, by month and priority, by team, by service. Durations (median, 90th percentile and worst differ too much for one
 * axis) are shaded by value; shares with a target show what misses it. */
#include "reports/kpi.h"

enum { ROWS_MOST = 12, LEAST_TOGETHER = 2 };
typedef bool (*chooser)(const res_metric *x);
static bool is_duration(const res_metric *x) { return slice_is(x->unit, "ms") && metric_groups(x, "priority") > 0; }
static bool is_attainment(const res_metric *x) { return slice_is(x->unit, "share") && x->has_target && !slice_is(x->target_op, "<="); }

static size_t chosen(const document *d, slice theme, chooser of, const res_metric **out)
{
    size_t n = 0;
    for (size_t i = 0; i < d->r->nmetrics && n < ROWS_MOST; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (slice_eq(x->theme, theme) && of(x) && x->has_value && x->ngroups > 0) out[n++] = x;
    }
    return n;
}

bool kpi_in_heat(const document *d, const res_metric *x)
{
    const res_metric *all[ROWS_MOST];
    size_t n = is_duration(x) ? chosen(d, x->theme, is_duration, all) : is_attainment(x) ? chosen(d, x->theme, is_attainment, all) : 0;
    for (size_t i = 0; n >= LEAST_TOGETHER && i < n; i++)
        if (all[i] == x) return true;
    return false;
}

const res_metric *kpi_lead_attainment(const document *d, slice theme)
{
    const res_metric *all[ROWS_MOST];
    return chosen(d, theme, is_attainment, all) >= LEAST_TOGETHER ? all[0] : NULL;
}

static void put_group(const res_metric *x, const char *by, slice key, series *s, size_t at)
{
    const res_metric_group *g = metric_group(x, by, key);
    if (g == NULL || !g->has_value) return;
    s->v[at] = g->value, s->has[at] = true;
    if (s->n != NULL) s->n[at] = g->n;
    if (s->missed != NULL) s->missed[at] = metric_misses(x, g->value);
}

/* The groups of the indicator that has most of them. */
static void keys_of_all(const res_metric *const *x, size_t n, const char *by, keys *out)
{
    size_t most = 0;
    for (size_t i = 1; i < n; i++)
        if (metric_groups(x[i], by) > metric_groups(x[most], by)) most = i;
    metric_keys(x[most], by, out);
}

static block *heat(document *d, size_t cols, size_t rows, const res_metric *of, slice by, slice sheet)
{
    bool targets = is_attainment(of);
    block *b = cols == 0 || rows == 0 ? NULL : doc_chart(d, CHART_HEAT, cols, rows);
    if (b == NULL) return NULL;
    b->sheet = sheet;
    b->chart->title = doc_text(d, targets ? "chart.attainment" : "chart.durations"), b->chart->unit = of->unit;
    b->chart->sub = doc_fill(d, targets ? "chart.attainment_sub" : "chart.durations_sub", (text_fill[]){{"by", by}, {NULL, {0}}});
    for (size_t s = 0; s < rows; s++) {
        b->chart->series[s].n = DOC_NEW(d, int64_t, cols);
        if (targets) b->chart->series[s].missed = DOC_NEW(d, bool, cols);
    }
    return b;
}

/* Indicators down, groups across: one way of grouping, or two beside each other. */
static void heat_by(document *d, const res_metric *const *all, size_t nall, const char *by, const char *and_by, slice sheet)
{
    const res_metric *x[ROWS_MOST];
    keys k, more = {0};
    size_t n = 0;
    for (size_t i = 0; i < nall; i++)
        if (metric_groups(all[i], by) > 0 || (and_by != NULL && metric_groups(all[i], and_by) > 0)) x[n++] = all[i];
    if (n == 0) return;
    keys_of_all(x, n, by, &k);
    if (and_by != NULL) keys_of_all(x, n, and_by, &more);
    slice names = doc_field(d, slice_of(by));
    if (k.n > 0 && more.n > 0) names = doc_fill(d, "chart.and", (text_fill[]){{"a", names}, {"b", doc_field(d, slice_of(and_by))}, {NULL, {0}}});
    else if (more.n > 0) names = doc_field(d, slice_of(and_by));
    block *b = heat(d, k.n + more.n, n, x[0], names, sheet);
    if (b == NULL) return;
    b->chart->foot = keys_foot(d, &k);
    for (size_t i = 0; i < k.n + more.n; i++) b->chart->cats[i] = i < k.n ? group_name(d, by, k.key[i]) : group_name(d, and_by, more.key[i - k.n]);
    for (size_t s = 0; s < n; s++) {
        b->chart->series[s].name = doc_bi(d, x[s]->title);
        for (size_t i = 0; i < k.n + more.n; i++) put_group(x[s], i < k.n ? by : and_by, i < k.n ? k.key[i] : more.key[i - k.n], &b->chart->series[s], i);
    }
}

/* Groups down, indicators across: there may be many groups. */
static void heat_down(document *d, const res_metric *const *x, size_t n, const char *by, slice sheet)
{
    const res_metric *with[ROWS_MOST];
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (metric_groups(x[i], by) > 0) with[m++] = x[i];
    if (m == 0) return;
    keys k;
    keys_of_all(with, m, by, &k);
    block *b = heat(d, m, k.n, with[0], doc_field(d, slice_of(by)), sheet);
    if (b == NULL) return;
    b->chart->foot = keys_foot(d, &k);
    b->chart->shade_down = true;
    for (size_t i = 0; i < m; i++) b->chart->cats[i] = doc_bi(d, with[i]->title);
    for (size_t s = 0; s < k.n; s++) {
        b->chart->series[s].name = group_name(d, by, k.key[s]);
        for (size_t i = 0; i < m; i++) put_group(with[i], by, k.key[s], &b->chart->series[s], i);
    }
}

void kpi_heats(document *d, slice theme, slice sheet, bool overview)
{
    static const chooser choosers[] = {is_duration, is_attainment};
    for (size_t i = 0; i < 2; i++) {
        const res_metric *x[ROWS_MOST];
        size_t n = chosen(d, theme, choosers[i], x);
        if (n < LEAST_TOGETHER) continue;
        if (overview) {
            heat_by(d, x, n, "month", "priority", sheet);
            continue;
        }
        heat_by(d, x, n, "team", NULL, sheet);
        heat_down(d, x, n, "service", sheet);
    }
}
