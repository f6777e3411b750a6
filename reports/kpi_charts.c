/* A theme of the KPI report: its figures, then its charts. What kind of chart depends on what is shown: months as a line only where there are enough of them, days as a
 * line, counts over many groups as a Pareto chart, few groups as columns, many as bars. The workbook has every breakdown; paper has those that a reader needs first.
 * Heat maps are in kpi_heat.c. */
#include "engine/time/instant.h"
#include "reports/kpi.h"

enum { LINE_LEAST = 6, COLUMNS_MOST = 5, PARETO_LEAST = 4, PARETO_MOST = 12, DAYS_LEAST = 14, DAYS_MOST = 400, SERIES_MOST = 4 };

const res_metric_group *metric_group(const res_metric *x, const char *by, slice key)
{
    for (size_t i = 0; i < x->ngroups; i++)
        if (slice_is(x->groups[i].by, by) && slice_eq(x->groups[i].key, key)) return &x->groups[i];
    return NULL;
}

size_t metric_groups(const res_metric *x, const char *by)
{
    size_t n = 0;
    for (size_t i = 0; i < x->ngroups; i++) n += slice_is(x->groups[i].by, by);
    return n;
}

slice group_name(document *d, const char *by, slice key) { return doc_term(d, slice_of(by), key); }

/* Times stand in their order: the last months, every hour. Of other groups those with the largest n, equal ones in the pack's order. */
static bool is_time(const char *by) { return strcmp(by, "month") == 0 || strcmp(by, "hour") == 0 || strcmp(by, "weekday") == 0; }

/* The n of the last group that still finds room. */
static int64_t least_n(const res_metric *x, const char *by)
{
    int64_t top[KEYS_SHOWN] = {0};
    size_t have = 0;
    for (size_t i = 0; i < x->ngroups; i++) {
        if (!slice_is(x->groups[i].by, by)) continue;
        size_t k = have < KEYS_SHOWN ? have++ : KEYS_SHOWN;
        for (; k > 0 && x->groups[i].n > top[k - 1]; k--)
            if (k < KEYS_SHOWN) top[k] = top[k - 1];
        if (k < KEYS_SHOWN) top[k] = x->groups[i].n;
    }
    return top[KEYS_SHOWN - 1];
}

void metric_keys(const res_metric *x, const char *by, keys *out)
{
    size_t all = metric_groups(x, by), most = is_time(by) ? KEYS_MOST : KEYS_SHOWN, seen = 0, above = 0;
    int64_t least = all > most && !is_time(by) ? least_n(x, by) : INT64_MIN;
    for (size_t i = 0; i < x->ngroups; i++) above += slice_is(x->groups[i].by, by) && x->groups[i].n > least;
    size_t equal = above < most ? most - above : 0;
    *out = (keys){.by = by};
    for (size_t i = 0; i < x->ngroups; i++) {
        const res_metric_group *g = &x->groups[i];
        if (!slice_is(g->by, by)) continue;
        bool take = all <= most || (is_time(by) ? seen + most >= all : g->n > least || (g->n == least && equal > 0 && equal--));
        seen++;
        if (take) out->key[out->n++] = g->key;
        else out->left++;
    }
}

slice keys_foot(document *d, const keys *k)
{
    if (k->left == 0) return (slice){"", 0};
    return doc_fill(d, "chart.rest", (text_fill[]){{"shown", doc_int(d, (int64_t)k->n)}, {"rest", doc_int(d, (int64_t)k->left)}, {NULL, {0}}});
}

static chart_kind kind_for(const res_metric *x, const char *by, size_t n)
{
    if (strcmp(by, "month") == 0) return n >= LINE_LEAST ? CHART_LINE : CHART_COLUMN;
    if (strcmp(by, "weekday") == 0 || strcmp(by, "hour") == 0) return CHART_COLUMN;
    if (slice_is(x->unit, "count") && n >= PARETO_LEAST && strcmp(by, "priority") != 0) return CHART_PARETO;
    return n > COLUMNS_MOST ? CHART_BAR : CHART_COLUMN;
}

static slice chart_sub(document *d, const char *by, int64_t n)
{
    return doc_fill(d, "chart.by", (text_fill[]){{"by", doc_field(d, slice_of(by))}, {"n", doc_int(d, n)}, {NULL, {0}}});
}

/* Falling; equal ones stay in the pack's order. What is beyond the largest ones is one column more. */
static void put_pareto(document *d, const res_metric *x, const char *by, chart *c)
{
    size_t used = 0, seen = 0;
    double rest = 0;
    for (size_t i = 0; i < x->ngroups; i++) {
        const res_metric_group *g = &x->groups[i];
        if (!slice_is(g->by, by) || !g->has_value) continue;
        size_t k = used < PARETO_MOST ? used++ : PARETO_MOST;
        seen++;
        if (k == PARETO_MOST) rest += g->value < c->series[0].v[k - 1] ? g->value : c->series[0].v[k - 1];
        for (; k > 0 && g->value > c->series[0].v[k - 1]; k--)
            if (k < PARETO_MOST) c->series[0].v[k] = c->series[0].v[k - 1], c->cats[k] = c->cats[k - 1];
        if (k < PARETO_MOST) c->series[0].v[k] = g->value, c->cats[k] = group_name(d, by, g->key);
    }
    if (rest > 0) c->series[0].v[used] = rest, c->cats[used++] = doc_fill(d, "chart.other", (text_fill[]){{"n", doc_int(d, (int64_t)(seen - PARETO_MOST))}, {NULL, {0}}});
    for (size_t i = 0; i < used; i++) c->series[0].has[i] = true;
    c->ncats = used;
}

static bool any_value(const res_metric *x, const char *by)
{
    for (size_t i = 0; i < x->ngroups; i++)
        if (slice_is(x->groups[i].by, by) && x->groups[i].has_value) return true;
    return false;
}

static void metric_chart(document *d, const res_metric *x, const char *by, slice sheet, bool pdf)
{
    keys k;
    metric_keys(x, by, &k);
    if (!any_value(x, by)) return;
    bool count = slice_is(x->unit, "count");
    chart_kind kind = kind_for(x, by, k.n + k.left);
    block *b = doc_chart(d, kind, kind == CHART_PARETO ? PARETO_MOST + 1 : k.n, 1);
    if (b == NULL) return;
    chart *c = b->chart;
    b->sheet = sheet, b->pdf = pdf && d->pdf && k.n > 1;         /* one column says nothing that the table does not */
    c->title = doc_bi(d, x->title), c->sub = chart_sub(d, by, x->n), c->unit = x->unit, c->half = true;
    c->has_target = x->has_target && !count;                     /* a target of the whole is none of its parts */
    c->target = x->target, c->lower_better = slice_is(x->target_op, "<=");
    c->series[0].name = c->title;
    if (kind == CHART_PARETO) {
        put_pareto(d, x, by, c);
        return;
    }
    c->foot = keys_foot(d, &k);
    for (size_t i = 0; i < k.n; i++) {
        const res_metric_group *g = metric_group(x, by, k.key[i]);
        c->cats[i] = group_name(d, by, g->key), c->n[i] = count ? 0 : g->n;
        c->series[0].v[i] = g->value, c->series[0].has[i] = g->has_value;
    }
}

/* Of how many the target was met and missed: what a share alone does not say. */
static void met_and_missed(document *d, const res_metric *x, const char *by, slice sheet)
{
    keys k;
    metric_keys(x, by, &k);
    if (k.n == 0) return;
    block *b = doc_chart(d, CHART_STACKED, k.n, 2);
    if (b == NULL) return;
    chart *c = b->chart;
    b->sheet = sheet;
    c->title = doc_fill(d, "chart.split", (text_fill[]){{"name", doc_bi(d, x->title)}, {NULL, {0}}}), c->sub = chart_sub(d, by, x->n), c->unit = SLICE_LIT("count"), c->half = true;
    c->foot = keys_foot(d, &k);
    c->series[0].name = doc_text(d, "chart.in_time"), c->series[0].tone = TONE_OBSERVE;
    c->series[1].name = doc_text(d, "chart.late"), c->series[1].tone = TONE_MAJOR;
    for (size_t i = 0; i < k.n; i++) {
        const res_metric_group *g = metric_group(x, by, k.key[i]);
        int64_t met = (int64_t)(g->value * (double)g->n + 0.5);
        c->cats[i] = group_name(d, by, g->key);
        c->series[0].v[i] = (double)met, c->series[1].v[i] = (double)(g->n - met);
        c->series[0].has[i] = c->series[1].has[i] = g->has_value;
    }
}

/* ---- counts of a theme beside each other ---- */
static size_t counts_with(const document *d, slice theme, const char *by, const res_metric **of)
{
    size_t n = 0;
    for (size_t i = 0; i < d->r->nmetrics && n < SERIES_MOST; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (slice_eq(x->theme, theme) && slice_is(x->unit, "count") && metric_groups(x, by) > 0) of[n++] = x;
    }
    return n;
}

/* "n=714 / 12,488": of each in the order of the legend. */
static slice counts_sub(document *d, const char *by, const res_metric *const *of, size_t n)
{
    slice all = {"", 0};
    for (size_t i = 0; i < n; i++) all = doc_join(d, "%.*s%s%.*s", SLICE_ARG(all), i > 0 ? " / " : "", SLICE_ARG(doc_int(d, of[i]->n)));
    return doc_fill(d, "chart.by", (text_fill[]){{"by", doc_field(d, slice_of(by))}, {"n", all}, {NULL, {0}}});
}

static void put_counts(document *d, chart *c, const res_metric *const *of, const char *by, const slice *at)
{
    static const tone tones[SERIES_MOST] = {TONE_PLAIN, TONE_MINOR, TONE_ACCENT, TONE_OBSERVE};
    for (size_t s = 0; s < c->nseries; s++) {
        c->series[s].name = doc_bi(d, of[s]->title), c->series[s].tone = tones[s];
        for (size_t i = 0; i < c->ncats; i++) {
            const res_metric_group *g = metric_group(of[s], by, at[i]);
            c->series[s].v[i] = g != NULL ? g->value : 0, c->series[s].has[i] = g == NULL || g->has_value;     /* no such record in that month: 0 of them */
        }
    }
}

/* False: there are no two counts, or months, to stand beside each other. */
static bool counts_by_month(document *d, slice theme, slice sheet, bool pdf)
{
    const res_metric *of[SERIES_MOST];
    size_t n = counts_with(d, theme, "month", of), most = 0;
    if (n < 2) return false;
    for (size_t i = 1; i < n; i++)
        if (metric_groups(of[i], "month") > metric_groups(of[most], "month")) most = i;
    keys k;
    metric_keys(of[most], "month", &k);
    if (k.n < 2) return false;
    block *b = doc_chart(d, k.n >= LINE_LEAST ? CHART_LINE : CHART_COLUMN, k.n, n);
    if (b == NULL) return true;
    b->sheet = sheet, b->pdf = pdf && d->pdf;
    b->chart->title = doc_text(d, "chart.counts"), b->chart->unit = SLICE_LIT("count");
    b->chart->sub = counts_sub(d, "month", of, n);
    for (size_t i = 0; i < k.n; i++) b->chart->cats[i] = k.key[i];
    put_counts(d, b->chart, of, "month", k.key);
    return true;
}

/* Every day of the period, also those on which nothing happened. */
static void counts_by_day(document *d, slice theme, slice sheet, bool pdf)
{
    const res_metric *of[SERIES_MOST];
    size_t n = counts_with(d, theme, "day", of), ndays = 0;
    int64_t end = d->r->as_of < d->r->to ? d->r->as_of : d->r->to;
    int64_t first = zone_day_of(d->z, d->r->from), last = end > d->r->from ? zone_day_of(d->z, end - 1) : first - 1;
    if (n == 0 || last - first + 1 < DAYS_LEAST || last - first + 1 > DAYS_MOST) return;
    ndays = (size_t)(last - first + 1);
    slice *at = DOC_NEW(d, slice, ndays);
    block *b = at == NULL ? NULL : doc_chart(d, CHART_LINE, ndays, n);
    if (b == NULL) return;
    b->sheet = sheet, b->pdf = pdf && d->pdf;
    b->chart->title = doc_text(d, "chart.daily"), b->chart->unit = SLICE_LIT("count"), b->chart->sub = counts_sub(d, "day", of, n);
    for (size_t i = 0; i < ndays; i++) {
        buf text = {0};
        date_print(&text, first + (int64_t)i);
        at[i] = doc_kept(d, &text);
        b->chart->cats[i] = at[i].len > 5 ? (slice){at[i].ptr + 5, at[i].len - 5} : at[i];
    }
    put_counts(d, b->chart, of, "day", at);
}

void kpi_demand(document *d, slice theme)
{
    if (!counts_by_month(d, theme, (slice){"", 0}, true)) counts_by_day(d, theme, (slice){"", 0}, true);
}

static void missing_values(document *d, slice theme)
{
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (!slice_eq(x->theme, theme) || x->has_value) continue;
        doc_small(d, doc_fill(d, "kpi.no_value", (text_fill[]){{"name", doc_bi(d, x->title)}, {"reason", doc_bi(d, x->reason)}, {NULL, {0}}}));
    }
}

/* The indicator of a theme that is broken down in every way: the first with a target, else the first count. */
static const res_metric *lead_of(const document *d, slice theme)
{
    const res_metric *count = NULL;
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (!slice_eq(x->theme, theme) || !x->has_value || x->ngroups == 0) continue;
        if (x->has_target && !slice_is(x->unit, "count")) return x;
        if (count == NULL && slice_is(x->unit, "count")) count = x;
    }
    return count;
}

/* Availability with and without planned windows, say: one of them by service is enough. */
static bool first_without_months(const document *d, const res_metric *x)
{
    for (const res_metric *y = d->r->metrics; y < x; y++)
        if (slice_eq(y->theme, x->theme) && slice_eq(y->unit, x->unit) && y->ngroups > 0 && metric_groups(y, "month") == 0) return false;
    return true;
}

/* Which breakdowns stand on paper: what is in a heat map is there already, and counts by month stand beside each other. */
static bool on_paper(const document *d, const res_metric *x, const char *by, const res_metric *lead, bool months_done)
{
    bool month = strcmp(by, "month") == 0, count = slice_is(x->unit, "count");
    if (kpi_in_heat(d, x) || strcmp(by, "channel") == 0 || strcmp(by, "host") == 0) return false;
    if (month) return !(count && months_done) && metric_groups(x, "month") > 1;
    if (x == lead) return true;
    if (metric_groups(x, "month") == 0) return first_without_months(d, x);
    return strcmp(by, "priority") == 0 && (x->has_target || (count && !months_done));
}

static void theme_charts(document *d, slice theme, slice sheet, bool months_done)
{
    static const char *const bys[] = {"month", "priority", "type", "weekday", "hour", "team", "service", "category", "channel", "system", "cause", "host"};
    const res_metric *lead = lead_of(d, theme);
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (!slice_eq(x->theme, theme) || !x->has_value || (slice_is(x->unit, "count") && x->n == 0)) continue;
        for (size_t k = 0; k < sizeof bys / sizeof bys[0]; k++) metric_chart(d, x, bys[k], sheet, on_paper(d, x, bys[k], lead, months_done));
    }
}

void kpi_theme(document *d, slice theme)
{
    slice name = kpi_theme_name(d, theme);
    doc_heading(d, 1, name);
    kpi_metric_table(d, theme, METRICS_ALL);
    missing_values(d, theme);
    bool first = slice_eq(theme, d->r->metrics[0].theme);         /* its counts stand on the first page */
    bool together = counts_by_month(d, theme, name, !first);
    counts_by_day(d, theme, name, !first || together);
    const res_metric *lead = kpi_lead_attainment(d, theme);
    if (lead != NULL) {
        metric_chart(d, lead, metric_groups(lead, "month") > 1 ? "month" : "priority", (slice){"", 0}, true);
        met_and_missed(d, lead, "priority", name);
    }
    kpi_heats(d, theme, name, true);
    theme_charts(d, theme, name, together);
    kpi_heats(d, theme, name, false);
}
