/* The staff report: how it is computed, the team, a page a person. Nobody is ranked: rows stand in the result's order, and figures whose intervals overlap are said
 * to be so. The workbook's part is in staff_book.c. */
#include <math.h>
#include "engine/time/instant.h"
#include "reports/staff.h"

slice staff_grade(document *d, const res_staff *s) { return s->rated ? s->grade : doc_text(d, "staff.not_rated"); }

slice staff_interval(document *d, const res_indicator *x)
{
    if (!x->has_interval) return SLICE_LIT("–");
    return doc_join(d, "%.*s – %.*s", SLICE_ARG(doc_percent(d, x->low)), SLICE_ARG(doc_percent(d, x->high)));
}

/* The three months that end with the period. */
slice staff_month(document *d, int which)
{
    int32_t year, month, day;
    civil_from_days(zone_day_of(d->z, d->r->to - 1), &year, &month, &day);
    month -= 2 - which;
    if (month < 1) month += 12, year--;
    return doc_join(d, "%04d-%02d", year, month);
}

cell staff_value(const res_indicator *x, bool has, double v)
{
    return has ? cell_value(x->unit, v) : (cell){.kind = CELL_TEXT, .text = SLICE_LIT("–"), .tone = TONE_MUTED};
}

/* ---- how it is computed ---- */
static void weights(document *d)
{
    const res_staff *s = d->r->nstaff > 0 ? &d->r->staff[0] : NULL;
    block *b = s == NULL ? NULL : doc_table(d, 7, s->nindicators);
    if (b == NULL) return;
    static const char *const heads[] = {"kpi.indicator", "kpi.formula", "staff.better", "staff.zero", "staff.full", "staff.overall", "staff.weight"};
    for (size_t c = 0; c < 7; c++) doc_col(b, c, doc_text(d, heads[c]), c > 2 ? ALIGN_RIGHT : ALIGN_LEFT, c == 1, 20);
    b->table->compact = true;
    b->table->caption = doc_text(d, "staff.weights");
    b->table->sums = DOC_NEW(d, double, 7);
    b->table->cols[0].total = TOTAL_LABEL, b->table->cols[6].total = TOTAL_SUM;
    for (size_t i = 0; i < s->nindicators; i++) {
        const res_indicator *x = &s->indicators[i];
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(doc_bi(d, x->title)), row[1] = cell_text(x->formula.zh.len > 0 ? doc_bi(d, x->formula) : SLICE_LIT("–"));
        row[2] = cell_text(x->better.len > 0 ? doc_word(d, "better", x->better) : SLICE_LIT("–"));
        row[3] = staff_value(x, x->has_scale, x->zero), row[4] = staff_value(x, x->has_scale, x->full), row[5] = staff_value(x, x->has_overall, x->overall);
        row[6] = cell_value(SLICE_LIT("number"), x->weight);
        if (b->table->sums != NULL) b->table->sums[6] += x->weight;
    }
}

size_t staff_method(document *d, slice *out)
{
    static const char *const said[] = {"staff.how_points", "staff.how_expected", "staff.how_who", "staff.how_rank"};
    size_t n = 0;
    for (size_t i = 0; i < d->r->nbands; i++) out[n++] = doc_bi(d, d->r->bands[i].text);
    for (size_t i = 0; i < STAFF_METHOD_LINES; i++) out[n++] = doc_text(d, said[i]);
    return n;
}

static void how(document *d)
{
    slice *lines = DOC_NEW(d, slice, d->r->nbands + STAFF_METHOD_LINES);
    doc_heading(d, 1, doc_text(d, "staff.how"));
    for (size_t i = 0, n = lines != NULL ? staff_method(d, lines) : 0; i < n; i++) doc_item(d, lines[i]);
    weights(d);
    doc_callout(d, TONE_OBSERVE, doc_text(d, "staff.use"), doc_text(d, "staff.use_text"));
}

/* ---- the team ---- */
static const res_indicator *indicator_named(const res_staff *s, slice id)
{
    for (size_t i = 0; i < s->nindicators; i++)
        if (slice_eq(s->indicators[i].id, id)) return &s->indicators[i];
    return NULL;
}

/* … of which anybody has a value; the first person may have none. */
static const res_indicator *heaviest_share(const audit_result *r)
{
    const res_indicator *best = NULL;
    for (size_t p = 0; p < r->nstaff; p++)
        for (size_t i = 0; i < r->staff[p].nindicators; i++) {
            const res_indicator *x = &r->staff[p].indicators[i];
            if (slice_is(x->unit, "share") && x->has_value && (best == NULL || x->weight > best->weight)) best = x;
        }
    return best;
}

static void funnel(document *d, const res_indicator *of)
{
    const audit_result *r = d->r;
    double good = 0, all = 0;
    block *b = doc_chart(d, CHART_FUNNEL, r->nstaff, 1);
    if (b == NULL) return;
    chart *c = b->chart;
    c->title = doc_fill(d, "staff.funnel", (text_fill[]){{"name", doc_bi(d, of->title)}, {NULL, {0}}}), c->sub = doc_text(d, "staff.funnel_sub"), c->unit = of->unit;
    c->foot = doc_text(d, "staff.funnel_foot");
    c->lower_better = slice_is(of->better, "lower");
    for (size_t i = 0; i < r->nstaff; i++) {
        const res_indicator *x = indicator_named(&r->staff[i], of->id);
        c->cats[i] = r->staff[i].name;
        if (x == NULL || !x->has_value) continue;
        c->n[i] = x->n, c->series[0].v[i] = x->value, c->series[0].has[i] = true;
        good += x->value * (double)x->n, all += (double)x->n;
    }
    c->centre = all > 0 ? good / all : 0;
    if (c->centre <= 0 || c->centre >= 1) c->ncats = 0;
}

/* The scale of an indicator: the same on every page, from all who are rated. */
static void set_scale(const audit_result *r, slice id, cell *c)
{
    double low = c->low, high = c->high;
    for (size_t i = 0; i < r->nstaff; i++) {
        const res_indicator *x = indicator_named(&r->staff[i], id);
        if (x == NULL || !x->has_interval || !r->staff[i].rated) continue;
        low = fmin(low, x->low), high = fmax(high, x->high);
    }
    double pad = (high - low) * 0.05;
    c->scale_low = fmax(0, low - pad), c->scale_high = fmin(1, high + pad);
}

static cell interval_cell(const audit_result *r, const res_indicator *x)
{
    int side = x->apart;
    cell c = {.kind = CELL_INTERVAL, .num = x->value, .low = x->low, .high = x->high, .has_ref = x->has_team, .ref = x->team_median, .tone = side < 0 ? TONE_MAJOR : side > 0 ? TONE_GOOD : TONE_PLAIN};
    set_scale(r, x->id, &c);
    return c;
}

static void team_table(document *d, const res_indicator *of)
{
    const audit_result *r = d->r;
    static const char *const heads[] = {"staff.name", "staff.id", "staff.team", "staff.level", "staff.n", "staff.score", "staff.grade", "staff.value_of", "staff.interval", "staff.bar"};
    const size_t ncols = of != NULL ? 10 : 7;                     /* without a share nobody has an interval */
    block *b = doc_table(d, ncols, r->nstaff);
    if (b == NULL) return;
    for (size_t c = 0; c < ncols; c++) doc_col(b, c, doc_text(d, heads[c]), (c > 3 && c < 6) || c == 7 || c == 8 ? ALIGN_RIGHT : ALIGN_LEFT, c == 9 ? 3 : c == 0 ? 1 : 0, 14);
    b->table->compact = true;
    bool named = false;
    b->table->caption = of != NULL ? doc_fill(d, "staff.team_caption", (text_fill[]){{"name", doc_bi(d, of->title)}, {NULL, {0}}}) : doc_text(d, "staff.team_plain");
    if (of != NULL) b->table->note = doc_text(d, "staff.bar_note");
    for (size_t i = 0; i < r->nstaff; i++) {
        const res_staff *s = &r->staff[i];
        const res_indicator *x = of == NULL ? NULL : indicator_named(s, of->id);
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(s->name), row[1] = cell_text(s->id), row[2] = cell_text(s->team), row[3] = cell_text(doc_term(d, SLICE_LIT("level"), s->level)), row[4] = cell_int(s->n);
        row[5] = s->rated ? (cell){.kind = CELL_NUMBER, .num = s->score, .places = 1} : cell_text(SLICE_LIT("–"));
        row[6] = cell_text(staff_grade(d, s));
        if (!s->rated) row[6].tone = TONE_MUTED;
        row[0].link = row[1].link = doc_join(d, "person-%.*s", SLICE_ARG(s->id));
        named |= !slice_eq(s->name, s->id);
        b->table->cols[0].off_paper = !named;
        if (x == NULL || !x->has_value) continue;
        row[7] = staff_value(x, true, x->value), row[8] = cell_text(staff_interval(d, x));
        if (x->has_interval) row[9] = interval_cell(r, x);
    }
}

static void team(document *d)
{
    const res_indicator *of = heaviest_share(d->r);
    int64_t rated = 0;
    for (size_t i = 0; i < d->r->nstaff; i++) rated += d->r->staff[i].rated;
    doc_chapter(d);
    doc_heading(d, 1, doc_text(d, "staff.overview"));
    doc_para(d, doc_fill(d, "staff.overview_lead", (text_fill[]){{"all", doc_int(d, (int64_t)d->r->nstaff)}, {"rated", doc_int(d, rated)}, {"not", doc_int(d, (int64_t)d->r->nstaff - rated)}, {NULL, {0}}}));
    if (of != NULL) funnel(d, of);
    team_table(d, of);
}

/* ---- one person ---- */
static void person_table(document *d, const res_staff *s)
{
    static const char *const heads[] = {"kpi.indicator", "staff.value", "kpi.n", "staff.interval", "staff.bar", "staff.expected", "staff.median", NULL, NULL, NULL, "staff.points", "staff.weight"};
    block *b = doc_table(d, 12, s->nindicators);
    if (b == NULL) return;
    for (size_t c = 0; c < 12; c++) doc_col(b, c, heads[c] != NULL ? doc_text(d, heads[c]) : staff_month(d, (int)c - 7), c == 0 || c == 4 ? ALIGN_LEFT : ALIGN_RIGHT, c == 4 ? 1 : 0, 12);
    b->table->compact = true;
    b->table->note = doc_text(d, "staff.bar_note");
    for (size_t i = 0; i < s->nindicators; i++) {
        const res_indicator *x = &s->indicators[i];
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(doc_bi(d, x->title)), row[1] = staff_value(x, x->has_value, x->value), row[2] = cell_int(x->n), row[3] = cell_text(staff_interval(d, x));
        row[1].strong = true;
        if (x->has_interval && x->has_value) row[4] = interval_cell(d->r, x);
        row[5] = staff_value(x, x->has_expected, x->expected), row[6] = staff_value(x, x->has_team, x->team_median);
        for (size_t m = 0; m < 3; m++) row[7 + m] = staff_value(x, x->has_monthly[m], x->monthly[m]);
        row[10] = x->has_points ? (cell){.kind = CELL_NUMBER, .num = x->points, .places = 1} : cell_text(SLICE_LIT("–"));
        row[11] = cell_value(SLICE_LIT("number"), x->weight);
    }
}

static void person_comparison(document *d, const res_staff *s)
{
    slice better = {"", 0}, worse = {"", 0}, same = {"", 0}, comma = doc_text(d, "list.comma");
    for (size_t i = 0; i < s->nindicators; i++) {
        const res_indicator *x = &s->indicators[i];
        if (!x->has_interval || !x->has_value || !x->has_team) continue;
        int side = x->apart;
        slice *to = side > 0 ? &better : side < 0 ? &worse : &same;
        *to = doc_join(d, "%.*s%.*s%.*s", SLICE_ARG(*to), to->len > 0 ? (int)comma.len : 0, comma.ptr, SLICE_ARG(doc_bi(d, x->title)));
    }
    if (better.len > 0) doc_item(d, doc_fill(d, "staff.better_than", (text_fill[]){{"list", better}, {NULL, {0}}}));
    if (worse.len > 0) doc_item(d, doc_fill(d, "staff.worse_than", (text_fill[]){{"list", worse}, {NULL, {0}}}));
    if (same.len > 0) doc_item(d, doc_fill(d, "staff.same_as", (text_fill[]){{"list", same}, {NULL, {0}}}));
}

/* The records behind what counts against the person, so that they can look each of them up. */
enum { PERSON_ITEMS = 6 };
static slice items_said(document *d, const res_indicator *x)
{
    slice said = {"", 0}, comma = doc_text(d, "list.comma");
    for (size_t k = 0; k < x->nitems && k < PERSON_ITEMS; k++) {
        const res_item *it = &x->items[k];
        slice place = doc_place(d, it->source, it->line, &d->mem), record = doc_record(d, it->key, it->source, it->line, &d->mem);
        said = doc_join(d, "%.*s%.*s%.*s", SLICE_ARG(said), k ? (int)comma.len : 0, comma.ptr, SLICE_ARG(record));
        if (!slice_eq(record, place)) said = doc_join(d, "%.*s (%.*s)", SLICE_ARG(said), SLICE_ARG(place));
    }
    return x->items_all > PERSON_ITEMS ? doc_join(d, "%.*s …", SLICE_ARG(said)) : said;
}

static void person_items(document *d, const res_staff *s)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < s->nindicators; i++) n += s->indicators[i].nitems > 0;
    if (n == 0) return;
    block *b = doc_table(d, 3, n);
    if (b == NULL) return;
    static const char *const heads[] = {"kpi.indicator", "staff.items_n", "staff.items"};
    for (size_t c = 0; c < 3; c++) doc_col(b, c, doc_text(d, heads[c]), c == 1 ? ALIGN_RIGHT : ALIGN_LEFT, c == 2 ? 1 : 0, 20);
    b->table->compact = true;
    b->table->caption = doc_text(d, "staff.items_caption");
    for (size_t i = 0; i < s->nindicators; i++) {
        const res_indicator *x = &s->indicators[i];
        if (x->nitems == 0) continue;
        cell *row = tablet_cell(b->table, at++, 0);
        row[0] = cell_text(doc_bi(d, x->title)), row[1] = cell_int(x->items_all), row[2] = cell_text(items_said(d, x));
    }
}

/* (84 × 20 + 91 × 30) ÷ 50 = 88.2, so that everyone can follow their score. */
static void person_sum(document *d, const res_staff *s)
{
    slice sum = {"", 0};
    double all = 0;
    for (size_t i = 0; i < s->nindicators; i++) {
        const res_indicator *x = &s->indicators[i];
        if (!x->has_points) continue;
        sum = doc_join(d, "%.*s%s%.4g × %.4g", SLICE_ARG(sum), sum.len > 0 ? " + " : "", x->points, x->weight);
        all += x->weight;
    }
    if (sum.len > 0) doc_small(d, doc_fill(d, "staff.sum", (text_fill[]){{"sum", sum}, {"all", doc_join(d, "%.4g", all)}, {"score", doc_join(d, "%.1f", s->score)}, {"grade", s->grade}, {NULL, {0}}}));
}

static void person(document *d, const res_staff *s)
{
    block *h = doc_heading(d, 2, slice_eq(s->name, s->id) ? s->id : doc_join(d, "%.*s  %.*s", SLICE_ARG(s->name), SLICE_ARG(s->id)));     /* a pseudonym is both */
    h->anchor = doc_join(d, "person-%.*s", SLICE_ARG(s->id));
    h->tag = staff_grade(d, s), h->tone = s->rated ? TONE_ACCENT : TONE_NONE;
    doc_para(d, doc_fill(d, "staff.person", (text_fill[]){{"team", s->team}, {"role", s->role}, {"level", doc_term(d, SLICE_LIT("level"), s->level)}, {NULL, {0}}}));
    block *b = doc_add(d, BLOCK_FIGURES);
    b->figures = DOC_NEW(d, figure, 3);
    if (b->figures != NULL) {
        b->figures[b->nfigures++] = (figure){.label = doc_text(d, "staff.score"), .value = s->rated ? doc_join(d, "%.1f", s->score) : SLICE_LIT("–"), .sub = doc_text(d, "staff.score_sub")};
        b->figures[b->nfigures++] = (figure){.label = doc_text(d, "staff.grade"), .value = staff_grade(d, s), .sub = doc_text(d, "staff.grade_sub")};
        b->figures[b->nfigures++] = (figure){.label = doc_text(d, "staff.n"), .value = doc_int(d, s->n), .sub = d->r->period_id};
    }
    if (!s->rated) doc_callout(d, TONE_NONE, doc_text(d, "staff.not_rated"), doc_bi(d, s->reason));
    person_table(d, s);
    person_items(d, s);
    person_comparison(d, s);
    if (s->rated) person_sum(d, s);
    static const char *const names[] = {"staff.comment", "staff.person_sign", "staff.lead_sign", "sign.date"};
    block *f = doc_add(d, BLOCK_FORM);
    f->pairs = DOC_NEW(d, pair, 4);
    for (size_t i = 0; i < 4 && f->pairs != NULL; i++) f->pairs[f->npairs++] = (pair){doc_text(d, names[i]), i == 0 ? SLICE_LIT("4") : (slice){"", 0}};
}

sla_status document_staff(document *d, err *e)
{
    doc_front(d, doc_text(d, "staff.title"), doc_bi(d, d->r->pack_title), (slice){"", 0});
    how(d);
    doc_caveats(d, 1);
    if (d->r->nstaff == 0) {
        doc_callout(d, TONE_NONE, doc_text(d, "staff.nobody"), doc_text(d, "staff.nobody_text"));
        d->pdf = false;                                           /* the workbook keeps its sheets */
    }
    if (!d->one_person) team(d);
    doc_break(d);
    doc_heading(d, 1, doc_text(d, "staff.persons"));
    doc_para(d, doc_text(d, "staff.persons_lead"));
    for (size_t i = 0; i < d->r->nstaff; i++) {
        if (i > 0) doc_break(d);
        person(d, &d->r->staff[i]);
    }
    staff_sheets(d);
    doc_caveat_sheet(d);
    return document_done(d, e);
}
