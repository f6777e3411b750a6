/* The KPI report: a first page to read in a minute, then a page a theme. Charts are in kpi_charts.c. */
#include <math.h>
#include "reports/kpi.h"

bool metric_misses(const res_metric *x, double v) { return x->has_target && (slice_is(x->target_op, "<=") ? v > x->target : v < x->target); }
bool metric_met(const res_metric *x) { return !x->has_value || !metric_misses(x, x->value); }

change metric_change(const res_metric *x)
{
    if (!x->has_value || !x->has_previous) return CHANGE_UNKNOWN;
    if (x->value == x->previous || x->better.len == 0) return CHANGE_NEUTRAL;
    return (x->value > x->previous) == slice_is(x->better, "higher") ? CHANGE_BETTER : CHANGE_WORSE;
}

double metric_relative(const res_metric *x) { return x->has_previous && x->has_value && x->previous != 0 ? (x->value - x->previous) / fabs(x->previous) : 0; }

slice metric_target(document *d, const res_metric *x)
{
    if (!x->has_target) return SLICE_LIT("–");
    return doc_join(d, "%s %.*s", slice_is(x->target_op, "<=") ? "≤" : "≥", SLICE_ARG(doc_value(d, x->unit, x->target)));
}

static cell value_cell(const res_metric *x)
{
    if (!x->has_value) return (cell){.kind = CELL_TEXT, .text = SLICE_LIT("–"), .tone = TONE_MUTED};
    cell c = cell_value(x->unit, x->value);
    c.has_apart = x->has_target, c.apart = x->target, c.strong = true;
    return c;
}

static cell met_cell(document *d, const res_metric *x)
{
    if (!x->has_target || !x->has_value) return (cell){.kind = CELL_TEXT, .text = SLICE_LIT("–"), .tone = TONE_MUTED};
    bool met = metric_met(x);
    return (cell){.kind = CELL_TEXT, .text = doc_text(d, met ? "kpi.met" : "kpi.missed"), .tone = met ? TONE_GOOD : TONE_MAJOR, .mark = met ? MARK_YES : MARK_NO};
}

static cell change_cell(document *d, const res_metric *x)
{
    change how = metric_change(x);
    if (how == CHANGE_UNKNOWN) return (cell){.kind = CELL_TEXT, .text = SLICE_LIT("–"), .tone = TONE_MUTED};
    mark m = x->value > x->previous ? MARK_UP : x->value < x->previous ? MARK_DOWN : MARK_SAME;
    cell c = {.kind = CELL_TEXT, .tone = how == CHANGE_BETTER ? TONE_GOOD : how == CHANGE_WORSE ? TONE_MAJOR : TONE_MUTED, .mark = m};
    double by = fabs(metric_relative(x));
    if (slice_is(x->unit, "share")) c.text = doc_fill(d, "kpi.points", (text_fill[]){{"n", doc_join(d, "%.2f", fabs(x->value - x->previous) * 100)}, {NULL, {0}}});
    else c.text = doc_percent(d, by);
    return c;
}

slice kpi_theme_name(document *d, slice theme)
{
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        slice s = slice_eq(d->r->metrics[i].theme, theme) ? doc_bi(d, d->r->metrics[i].theme_title) : (slice){"", 0};
        if (s.len > 0) return s;
    }
    return doc_word(d, "theme", theme);
}

static bool wanted(const res_metric *x, slice theme, metrics which)
{
    return (theme.len == 0 || slice_eq(x->theme, theme)) && (which == METRICS_ALL || (x->has_value && (x->has_target || which == METRICS_WITH_VALUE)));
}

void kpi_metric_table(document *d, slice theme, metrics which)
{
    const audit_result *r = d->r;
    static const char *const heads[] = {"kpi.indicator", "kpi.value", "rule.target", "kpi.verdict", "kpi.previous", "kpi.change", "kpi.n", "kpi.theme", "kpi.formula"};
    size_t n = 0, at = 0, ncols = d->pdf ? 7 : 9;
    for (size_t i = 0; i < r->nmetrics; i++) n += wanted(&r->metrics[i], theme, which);
    if (n == 0) return;
    block *b = doc_table(d, ncols, n);
    if (b == NULL) return;
    for (size_t c = 0; c < ncols; c++) doc_col(b, c, doc_text(d, heads[c]), c == 3 || c == 7 || c == 8 || c == 0 ? ALIGN_LEFT : ALIGN_RIGHT, c == 0 ? 2.4 : c == 6 ? 0 : c == 5 ? 1.5 : 1, c == 0 ? 28 : c == 8 ? 70 : 14);
    bool compared = false;
    for (size_t i = 0; i < r->nmetrics; i++) compared |= r->metrics[i].has_previous;
    b->table->cols[4].off_paper = b->table->cols[5].off_paper = !compared;
    for (size_t i = 0; i < r->nmetrics; i++) {
        const res_metric *x = &r->metrics[i];
        if (!wanted(x, theme, which)) continue;
        cell *row = tablet_cell(b->table, at++, 0);
        row[0] = cell_text(doc_bi(d, x->title)), row[1] = value_cell(x), row[2] = cell_text(metric_target(d, x)), row[3] = met_cell(d, x);
        row[4] = x->has_previous ? cell_value(x->unit, x->previous) : cell_text(SLICE_LIT("–"));
        row[5] = change_cell(d, x), row[6] = cell_int(x->n);
        if (!metric_met(x)) row[1].tone = TONE_MAJOR;
        if (ncols == 9) row[7] = cell_text(kpi_theme_name(d, x->theme)), row[8] = cell_text(doc_bi(d, x->formula));
    }
}

/* ---- three sentences from the data ---- */
static slice missed_list(document *d)
{
    slice s = {"", 0}, comma = doc_text(d, "list.comma");
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (metric_met(x)) continue;
        cell v = value_cell(x);
        slice one = doc_fill(d, "kpi.missed_item", (text_fill[]){{"name", doc_bi(d, x->title)}, {"value", doc_cell_text(d, &v, &d->mem)}, {"target", metric_target(d, x)}, {NULL, {0}}});
        s = doc_join(d, "%.*s%.*s%.*s", SLICE_ARG(s), s.len > 0 ? (int)comma.len : 0, comma.ptr, SLICE_ARG(one));
    }
    return s;
}

static void say_targets(document *d)
{
    int64_t with = 0, met = 0, without = 0;
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        without += x->has_target && !x->has_value;
        if (!x->has_target || !x->has_value) continue;
        with++;
        met += metric_met(x);
    }
    if (with == 0) doc_item(d, doc_text(d, "kpi.say_no_targets"));
    else doc_item(d, doc_fill(d, met == with ? "kpi.say_all_met" : "kpi.say_targets", (text_fill[]){{"with", doc_int(d, with)}, {"met", doc_int(d, met)}, {"list", missed_list(d)}, {NULL, {0}}}));
    if (without > 0) doc_item(d, doc_fill(d, "kpi.say_without", (text_fill[]){{"n", doc_int(d, without)}, {NULL, {0}}}));
}

static void say_change(document *d)
{
    int64_t better = 0, worse = 0;
    const res_metric *most = NULL;
    bool before = false;
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        change how = metric_change(x);
        before |= x->has_previous;
        better += how == CHANGE_BETTER, worse += how == CHANGE_WORSE;
        if ((how == CHANGE_BETTER || how == CHANGE_WORSE) && (most == NULL || fabs(metric_relative(x)) > fabs(metric_relative(most)))) most = x;
    }
    if (most == NULL) {
        doc_item(d, doc_text(d, before ? "kpi.say_no_change" : "kpi.say_no_previous"));
        return;
    }
    doc_item(d, doc_fill(d, "kpi.say_change", (text_fill[]){{"better", doc_int(d, better)}, {"worse", doc_int(d, worse)}, {"name", doc_bi(d, most->title)}, {"from", doc_value(d, most->unit, most->previous)},
                                                             {"to", doc_value(d, most->unit, most->value)}, {NULL, {0}}}));
}

/* The group that lies farthest on the wrong side of a target, of those large enough to say anything. */
static void say_worst_group(document *d)
{
    enum { LEAST_N = 20 };
    const res_metric *worst = NULL;
    const res_metric_group *group = NULL;
    double far = 0;
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        const res_metric *x = &d->r->metrics[i];
        for (size_t k = 0; x->has_value && k < x->ngroups; k++) { /* where too much is unknown for the whole, a part that is known would mislead */
            const res_metric_group *g = &x->groups[k];
            if (!g->has_value || g->n < LEAST_N || slice_is(g->by, "month") || !slice_is(x->unit, "share") || !metric_misses(x, g->value)) continue;
            double by = fabs(g->value - x->target);
            if (by > far) far = by, worst = x, group = g;
        }
    }
    if (worst == NULL) {
        doc_item(d, doc_text(d, "kpi.say_no_group"));
        return;
    }
    cell v = {.kind = CELL_PERCENT, .num = group->value, .has_apart = true, .apart = worst->target};
    doc_item(d, doc_fill(d, "kpi.say_group", (text_fill[]){{"by", doc_field(d, group->by)}, {"key", doc_term(d, group->by, group->key)}, {"name", doc_bi(d, worst->title)},
        {"value", doc_cell_text(d, &v, &d->mem)}, {"target", metric_target(d, worst)}, {"n", doc_int(d, group->n)}, {NULL, {0}}}));
}

void kpi_sentences(document *d)
{
    say_targets(d);
    say_change(d);
    say_worst_group(d);
}

/* The arrow says which way a figure went, its colour whether that is good. */
static void put_arrow(const res_metric *x, figure *f)
{
    change how = metric_change(x);
    if (how == CHANGE_UNKNOWN || x->value == x->previous) return;
    f->mark = x->value > x->previous ? MARK_UP : MARK_DOWN;
    f->mark_tone = how == CHANGE_BETTER ? TONE_GOOD : how == CHANGE_WORSE ? TONE_MAJOR : TONE_MUTED;
}

static void tiles(document *d)
{
    block *b = doc_add(d, BLOCK_FIGURES);
    b->figures = DOC_NEW(d, figure, 4);
    for (size_t i = 0; i < d->r->nmetrics && b->figures != NULL && b->nfigures < 4; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (!x->has_target || !x->has_value) continue;
        cell v = value_cell(x);
        figure *f = &b->figures[b->nfigures++];
        *f = (figure){.label = doc_bi(d, x->title), .value = doc_cell_text(d, &v, &d->mem), .tone = metric_met(x) ? TONE_GOOD : TONE_MAJOR};
        f->sub = x->has_previous ? doc_fill(d, "kpi.tile", (text_fill[]){{"target", metric_target(d, x)}, {"previous", doc_value(d, x->unit, x->previous)}, {NULL, {0}}}) : metric_target(d, x);
        put_arrow(x, f);
    }
}

/* How much there was to do, under the figures that are held against targets. */
static void volumes(document *d)
{
    block *b = doc_add(d, BLOCK_FIGURES);
    b->figures = DOC_NEW(d, figure, 4);
    for (size_t i = 0; i < d->r->nmetrics && b->figures != NULL && b->nfigures < 4; i++) {
        const res_metric *x = &d->r->metrics[i];
        if (x->has_target || !x->has_value || !slice_is(x->unit, "count")) continue;
        figure *f = &b->figures[b->nfigures++];
        *f = (figure){.label = doc_bi(d, x->title), .value = doc_value(d, x->unit, x->value), .tone = TONE_PLAIN};
        f->sub = x->has_previous ? doc_fill(d, "kpi.tile_previous", (text_fill[]){{"previous", doc_value(d, x->unit, x->previous)}, {NULL, {0}}}) : kpi_theme_name(d, x->theme);
        put_arrow(x, f);
    }
}

static void all_metrics_sheet(document *d)
{
    d->pdf = false;
    d->sheet = doc_text(d, "sheet.metrics");
    kpi_metric_table(d, (slice){"", 0}, METRICS_ALL);
    d->sheet = (slice){"", 0};
    d->pdf = true;
}

static void groups_sheet(document *d)
{
    const audit_result *r = d->r;
    static const char *const heads[] = {"kpi.indicator", "group.by", "group.key", "kpi.value", "kpi.n"};
    size_t n = 0, at = 0;
    for (size_t i = 0; i < r->nmetrics; i++) n += r->metrics[i].ngroups;
    block *b = doc_table(d, 5, n);
    if (b == NULL) return;
    for (size_t c = 0; c < 5; c++) doc_col(b, c, doc_text(d, heads[c]), c > 2 ? ALIGN_RIGHT : ALIGN_LEFT, 1, c == 0 ? 30 : 16);
    b->pdf = false;
    b->sheet = doc_text(d, "sheet.groups");
    for (size_t i = 0; i < r->nmetrics; i++)
        for (size_t k = 0; k < r->metrics[i].ngroups; k++) {
            const res_metric_group *g = &r->metrics[i].groups[k];
            cell *row = tablet_cell(b->table, at++, 0);
            row[0] = cell_text(doc_bi(d, r->metrics[i].title)), row[1] = cell_text(doc_field(d, g->by)), row[2] = cell_text(doc_term(d, g->by, g->key));
            row[3] = g->has_value ? cell_value(r->metrics[i].unit, g->value) : cell_text(SLICE_LIT("–"));
            row[4] = cell_int(g->n);
        }
}

/* How each figure is computed; what it leaves out. */
static void formulas(document *d)
{
    const audit_result *r = d->r;
    doc_heading(d, 1, doc_text(d, "kpi.how"));
    doc_para(d, doc_text(d, "kpi.how_lead"));
    block *b = doc_table(d, 3, r->nmetrics);
    if (b == NULL) return;
    doc_col(b, 0, doc_text(d, "kpi.indicator"), ALIGN_LEFT, 1.6, 28);
    doc_col(b, 1, doc_text(d, "kpi.formula"), ALIGN_LEFT, 2.6, 60);
    doc_col(b, 2, doc_text(d, "kpi.exclusions"), ALIGN_LEFT, 2.2, 40);
    b->table->compact = true;
    b->sheet = doc_text(d, "sheet.formulas");
    for (size_t i = 0; i < r->nmetrics; i++) {
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(doc_bi(d, r->metrics[i].title)), row[1] = cell_text(doc_bi(d, r->metrics[i].formula)), row[2] = cell_text(doc_bi(d, r->metrics[i].exclusions));
    }
}

static bool first_of_theme(const audit_result *r, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (slice_eq(r->metrics[k].theme, r->metrics[i].theme)) return false;
    return true;
}

static bool theme_has_value(const audit_result *r, slice theme)
{
    for (size_t i = 0; i < r->nmetrics; i++)
        if (slice_eq(r->metrics[i].theme, theme) && r->metrics[i].has_value) return true;
    return false;
}

/* Themes of which the data say nothing share one table, and why. */
static void without_value(document *d)
{
    const audit_result *r = d->r;
    size_t n = 0, at = 0;
    for (size_t i = 0; i < r->nmetrics; i++) n += !theme_has_value(r, r->metrics[i].theme);
    if (n == 0) return;
    doc_heading(d, 1, doc_text(d, "kpi.nothing"));
    block *b = doc_table(d, 3, n);
    if (b == NULL) return;
    static const char *const heads[] = {"kpi.theme", "kpi.indicator", "not_assessed.reason"};
    for (size_t c = 0; c < 3; c++) doc_col(b, c, doc_text(d, heads[c]), ALIGN_LEFT, c == 2 ? 1 : 0, 30);
    for (size_t i = 0; i < r->nmetrics; i++)
        for (size_t k = i; first_of_theme(r, i) && !theme_has_value(r, r->metrics[i].theme) && k < r->nmetrics; k++) {
            const res_metric *x = &r->metrics[k];
            if (!slice_eq(x->theme, r->metrics[i].theme)) continue;
            cell *row = tablet_cell(b->table, at++, 0);
            row[0] = cell_text(kpi_theme_name(d, x->theme)), row[1] = cell_text(doc_bi(d, x->title)), row[2] = cell_text(doc_bi(d, x->reason));
        }
}

sla_status document_kpi(document *d, err *e)
{
    doc_front(d, doc_text(d, "kpi.title"), doc_bi(d, d->r->pack_title), (slice){"", 0});
    tiles(d);
    volumes(d);
    kpi_sentences(d);
    bool any = false;
    for (size_t i = 0; i < d->r->nmetrics; i++) any |= wanted(&d->r->metrics[i], (slice){"", 0}, METRICS_WITH_TARGET);
    kpi_metric_table(d, (slice){"", 0}, any ? METRICS_WITH_TARGET : METRICS_WITH_VALUE);
    if (d->r->nmetrics > 0) kpi_demand(d, d->r->metrics[0].theme);
    all_metrics_sheet(d);
    for (size_t i = 0; i < d->r->nmetrics; i++) {
        if (!first_of_theme(d->r, i) || !theme_has_value(d->r, d->r->metrics[i].theme)) continue;
        doc_chapter(d);
        kpi_theme(d, d->r->metrics[i].theme);
    }
    doc_caveat_sheet(d);
    groups_sheet(d);
    doc_chapter(d);
    without_value(d);
    formulas(d);
    doc_caveats(d, 1);
    return document_done(d, e);
}
