/* The staff report's figures: each person's indicators, what was to be expected of the same mix of work, points, score and grade. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/audit/reasons.h"
#include "engine/audit/kind.h"
#include "engine/audit/run.h"
#include "engine/base/mem.h"
#include "engine/base/share.h"
#include "engine/base/sum.h"
#include "engine/time/instant.h"

static breakdown person_of(int slot) { return (breakdown){SLICE_LIT("person"), slot, {VT_TEXT, NULL}}; }

void scorecard_prepare(pass *ps)
{
    const scorecard *c = &ps->p->card;
    if (!c->there) return;
    selection all = {c->over, c->period_field, SLOT_NONE};
    ps->asker = c;
    pass_select(ps, &all);
    breakdown person = person_of(c->person);
    pass_group(ps, c->over, &person);
    if (c->month.slot >= 0) pass_group(ps, c->over, &c->month);
    for (size_t i = 0; i < c->n; i++) {
        breakdown whose = person_of(c->items[i].person);
        ps->asker = &c->items[i];
        if (!c->items[i].nrules) measure_prepare(ps, &c->items[i].sel, &c->items[i].m, c->items[i].cells, c->items[i].ncells);
        pass_number(ps, c->items[i].sel.ds, &whose);
    }
}

/* ---- people ---- */
static int by_name(const void *a, const void *b) { return slice_cmp(((const res_staff *)a)->id, ((const res_staff *)b)->id); }

static slice text_of(const pass *ps, const table *t, int f, size_t row)
{
    return f >= 0 && t->cols[f].data && table_has(t, (size_t)f, row) ? pass_text(ps, table_codes(t, (size_t)f)[row]) : SLICE_LIT("");
}

static sla_status list_people(pass *ps, audit_result *r, err *e)
{
    const scorecard *c = &ps->p->card;
    const table *t = ps->w.tables[c->people->idx];
    size_t key = c->people->key[0];
    if (!(r->staff = ARENA_NEW(&r->mem, res_staff, t->nrows + 1))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
    for (size_t i = 0; i < t->nrows; i++) {
        if (ps->valid_then[c->people->idx] && !bits_get(ps->valid_then[c->people->idx], i)) continue;
        r->staff[r->nstaff++] = (res_staff){.id = pass_text(ps, table_codes(t, key)[i]), .name = text_of(ps, t, c->name, i), .team = text_of(ps, t, c->team, i),
                                            .role = text_of(ps, t, c->role, i), .level = text_of(ps, t, c->level, i), .grade = SLICE_LIT("not_rated")};
    }
    qsort(r->staff, r->nstaff, sizeof *r->staff, by_name);
    return SLA_OK;
}

/* Who a text is, by its code: the place in r->staff + 1; 0: nobody's id. */
typedef struct people { uint32_t *place; size_t ncodes; } people;
#define NOBODY UINT32_MAX

static uint32_t who_is(const people *p, uint32_t code) { return code < p->ncodes && p->place[code] ? p->place[code] - 1 : NOBODY; }

static sla_status index_people(const pass *ps, const audit_result *r, people *out, err *e)
{
    *out = (people){.ncodes = dict_count(ps->w.dict)};
    if (!(out->place = mem_zero(out->ncodes + 1, sizeof *out->place))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
    for (size_t i = 0; i < r->nstaff; i++) out->place[dict_find(ps->w.dict, r->staff[i].id)] = (uint32_t)i + 1;
    return SLA_OK;
}

/* ---- what the same mix of cells would have given: the whole team's share in each cell, weighted by the person's records (indirect standardisation) ---- */
enum { CELL_PARTS = 4, CELLS_FIRST = 1024 };
typedef struct cell { uint32_t of[CELL_PARTS]; int64_t n, good; } cell;     /* n 0: free */
typedef struct cells { cell *items; size_t size, n; } cells;                /* size: a power of two, at most half of it in use */

static void cell_parts(const kept *const *parts, size_t n, size_t row, uint32_t of[CELL_PARTS])
{
    for (size_t i = 0; i < CELL_PARTS; i++) of[i] = i < n ? kept_code(parts[i], row) : DICT_NONE;
}

/* Where the cell stands, or would. */
static cell *cell_at(const cells *c, const uint32_t of[CELL_PARTS])
{
    uint64_t hash = 0;
    for (size_t i = 0; i < CELL_PARTS; i++) hash = (hash ^ of[i]) * UINT64_C(0x9E3779B97F4A7C15), hash ^= hash >> 32;
    size_t at = (size_t)hash & (c->size - 1);
    while (c->items[at].n && memcmp(c->items[at].of, of, sizeof c->items[at].of) != 0) at = (at + 1) & (c->size - 1);
    return &c->items[at];
}

static bool cells_grow(cells *c)
{
    cells more = {.size = c->size ? c->size * 2 : CELLS_FIRST, .n = c->n};
    if (!(more.items = mem_zero(more.size, sizeof *more.items))) return false;
    for (size_t i = 0; i < c->size; i++)
        if (c->items[i].n) *cell_at(&more, c->items[i].of) = c->items[i];
    mem_free(c->items);
    *c = more;
    return true;
}

static bool cells_count(cells *c, const uint32_t of[CELL_PARTS], bool good)
{
    if (2 * (c->n + 1) > c->size && !cells_grow(c)) return false;
    cell *x = cell_at(c, of);
    if (!x->n) c->n++, memcpy(x->of, of, sizeof x->of);
    x->n++;
    x->good += good;
    return true;
}

/* expected[person]: share; NaN where there is nothing. */
static sla_status expectations(pass *ps, const indicator *in, const people *who, size_t npersons, double *expected, err *e)
{
    const chosen *rows = pass_chosen(ps, &in->sel);
    const kept *k = pass_kept(ps, in->sel.ds, in->m.slot), *whose = pass_kept(ps, in->sel.ds, in->person), *parts[CELL_PARTS];
    for (size_t i = 0; i < in->ncells; i++) parts[i] = pass_kept(ps, in->sel.ds, in->cells[i].slot);
    cells c = {0};
    uint32_t of[CELL_PARTS];
    int64_t *count = mem_zero(npersons + 1, sizeof *count);
    double *rest = mem_zero(npersons + 1, sizeof *rest);
    bool ok = count && rest;
    for (size_t i = 0; i < npersons; i++) expected[i] = 0;
    for (size_t row = chosen_next(rows, 0); ok && row < rows->nrows; row = chosen_next(rows, row + 1)) {
        if (!chosen_surely(rows, row) || kept_truth(k, row) == 2) continue;
        cell_parts(parts, in->ncells, row, of);
        ok = cells_count(&c, of, kept_truth(k, row));
    }
    for (size_t row = chosen_next(rows, 0); ok && row < rows->nrows; row = chosen_next(rows, row + 1)) {
        uint32_t p = who_is(who, kept_code(whose, row));
        if (p == NOBODY || !chosen_surely(rows, row) || kept_truth(k, row) == 2) continue;
        cell_parts(parts, in->ncells, row, of);
        const cell *x = cell_at(&c, of);
        sum_add(&expected[p], &rest[p], (double)x->good / (double)x->n);
        count[p]++;
    }
    for (size_t i = 0; ok && i < npersons; i++) expected[i] = count[i] ? expected[i] / (double)count[i] : NAN;
    mem_free(c.items);
    mem_free(count);
    mem_free(rest);
    return ok ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median over the people of one team who have a value. v: room for as many as there are people. */
static bool team_median(const audit_result *r, size_t who, size_t ind, double *v, double *out)
{
    size_t n = 0;
    for (size_t i = 0; i < r->nstaff; i++)
        if (slice_eq(r->staff[i].team, r->staff[who].team) && r->staff[i].indicators[ind].has_value) v[n++] = r->staff[i].indicators[ind].value;
    if (n == 0) return false;
    qsort(v, n, sizeof *v, by_double);
    *out = n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
    return true;
}

static void set_points(const indicator *in, res_indicator *x, double overall)
{
    double v = x->value;
    if (!in->has_points || !x->has_value) return;
    if (x->has_expected && x->expected > 0 && overall > 0) v = overall * x->value / x->expected;
    double p = (v - in->zero) / (in->full - in->zero) * 100;
    x->points = p < 0 ? 0 : p > 100 ? 100 : p;
    x->has_points = true;
}

static res_indicator described(const indicator *in)
{
    return (res_indicator){.id = in->id, .title = in->title, .formula = in->formula, .unit = in->unit, .better = in->better, .weight = in->weight, .has_scale = in->has_points, .zero = in->zero, .full = in->full};
}

/* The indicator's data were not imported. */
static void blank_indicator(audit_result *r, size_t i, const indicator *in)
{
    for (size_t p = 0; p < r->nstaff; p++) r->staff[p].indicators[i] = described(in);
}

/* ---- the records behind a figure ---- */
typedef struct item { uint32_t who, row; slice key; int64_t at; } item;
typedef struct item_list { item *items; size_t n, cap; } item_list;

static int by_person(const void *a, const void *b) { return slice_cmp(*(const slice *)a, ((const res_staff *)b)->id); }

/* By person; then by key, or by time where records have none: whatever order they were imported in. */
static int by_item(const void *a, const void *b)
{
    const item *x = a, *y = b;
    if (x->who != y->who) return x->who < y->who ? -1 : 1;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    int c = slice_cmp(x->key, y->key);
    return c ? c : (x->row > y->row) - (x->row < y->row);
}

static sla_status add_item(pass *ps, const audit_result *r, item_list *l, const table *t, uint32_t row, uint32_t who)
{
    slice id = pass_text(ps, who);
    const res_staff *s = id.ptr && r->nstaff ? bsearch(&id, r->staff, r->nstaff, sizeof *r->staff, by_person) : NULL;
    bool keyless = t->ds->nkey == 0 && t->ds->time_field >= 0 && table_has(t, (size_t)t->ds->time_field, row);
    if (!s) return SLA_OK;
    if (mem_grow(&l->items, &l->cap, l->n + 1, sizeof *l->items)) return SLA_NOMEM;
    item *x = &l->items[l->n++];
    *x = (item){(uint32_t)(s - r->staff), row, record_key_text(ps, t, row), keyless ? table_i64(t, (size_t)t->ds->time_field)[row] : 0};
    return x->key.ptr ? SLA_OK : SLA_NOMEM;
}

static sla_status show_items(pass *ps, audit_result *r, size_t i, const table *t, item_list *l, sla_status st)
{
    if (l->n) qsort(l->items, l->n, sizeof *l->items, by_item);
    for (size_t k = 0; st == SLA_OK && k < l->n; k++) {
        const item *it = &l->items[k];
        res_indicator *x = &r->staff[it->who].indicators[i];
        if (!x->items && !(x->items = ARENA_NEW(&ps->mem, res_item, ITEMS_SHOWN))) st = SLA_NOMEM;
        else if (x->items_all++ < ITEMS_SHOWN) x->items[x->nitems++] = (res_item){it->key, table_source(t, it->row), t->lines[it->row]};
    }
    mem_free(l->items);
    return st;
}

/* Of a share: where less is better those that make it true, else those that do not. */
static sla_status add_items(pass *ps, audit_result *r, size_t i)
{
    const indicator *in = &ps->p->card.items[i];
    const table *t = ps->w.tables[in->sel.ds->idx];
    const chosen *rows = pass_chosen(ps, &in->sel);
    const kept *k = pass_kept(ps, in->sel.ds, in->m.slot), *whose = pass_kept(ps, in->sel.ds, in->person);
    const uint8_t against = slice_is(in->better, "lower");
    item_list l = {0};
    sla_status st = SLA_OK;
    for (size_t row = chosen_next(rows, 0); st == SLA_OK && row < rows->nrows; row = chosen_next(rows, row + 1)) {
        uint32_t who = kept_code(whose, row);
        if (chosen_surely(rows, row) && kept_truth(k, row) == against && who != DICT_NONE) st = add_item(ps, r, &l, t, (uint32_t)row, who);
    }
    return show_items(ps, r, i, t, &l, st);
}

/* The rows that are findings of one of some rules, which are judged here for themselves: they are not told of yet. *known false: one is not assessed; then nothing is known of anyone. */
static sla_status mark_bad(pass *ps, const indicator *in, size_t nrows, uint8_t *bad, bool *known, err *e)
{
    for (size_t k = 0; k < in->nrules && *known; k++) {
        rule_outcome out;
        res_rule told;
        TRY(rule_judge(ps, &ps->p->rules[in->rules[k]], &out, &told, e));
        *known = out.members != NULL;
        for (size_t row = 0; out.members && row < nrows; row++) bad[row] |= out.members[row] == MEMBER_BAD;
        mem_free(out.members);
    }
    return SLA_OK;
}

/* count: by the code of a person. */
static sla_status count_bad(pass *ps, audit_result *r, size_t i, const table *t, const uint8_t *bad, int64_t *count)
{
    const indicator *in = &ps->p->card.items[i];
    const kept *whose = pass_kept(ps, in->sel.ds, in->person);
    item_list l = {0};
    sla_status st = SLA_OK;
    for (size_t row = 0; st == SLA_OK && t && row < t->nrows; row++) {
        uint32_t who = bad[row] ? kept_code(whose, row) : DICT_NONE;
        if (who == DICT_NONE) continue;
        count[who]++;
        st = add_item(ps, r, &l, t, (uint32_t)row, who);
    }
    TRY(show_items(ps, r, i, t, &l, st));
    for (size_t p = 0; p < r->nstaff; p++) {
        uint32_t code = dict_find(ps->w.dict, r->staff[p].id);
        res_indicator *x = &r->staff[p].indicators[i];
        x->has_value = true;
        x->n = code == DICT_NONE ? 0 : count[code];
        x->value = (double)x->n;
        set_points(in, x, 0);
    }
    return SLA_OK;
}

/* A person's records among the findings of some rules. */
static sla_status figure_findings(pass *ps, audit_result *r, size_t i, err *e)
{
    const indicator *in = &ps->p->card.items[i];
    const table *t = ps->w.tables[in->sel.ds->idx];
    size_t nrows = t ? t->nrows : 0;
    bool known = true;
    uint8_t *bad = mem_zero(nrows + 1, 1);
    int64_t *count = mem_zero(dict_count(ps->w.dict) + 1u, sizeof *count);
    blank_indicator(r, i, in);
    sla_status st = bad && count ? mark_bad(ps, in, nrows, bad, &known, e) : SLA_NOMEM;
    if (st == SLA_OK && known) st = count_bad(ps, r, i, t, bad, count);
    mem_free(bad);
    mem_free(count);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for the scorecard");
}

/* A share differs from the team's where its interval leaves out the team's median, its share as a whole and what was to be expected of the same mix, and where chance alone would
 * hardly bring it about. The median alone would not do: where most people have no reopened ticket it is 0, and a single one would count as a difference. Nor would the interval,
 * which is too narrow where a handful of records decides: with 1 reopened in 500, one person in ten has one among 55. */
static int apart(const res_indicator *x)
{
    const double chance = 0.025; /* on either side: 5 % */
    if (!x->has_interval || !x->has_value || !x->has_team || !x->better.len) return 0;
    double share = x->has_overall ? x->overall : x->team_median, expected = x->has_expected ? x->expected : share, least = fmin(share, expected), most = fmax(share, expected);
    int64_t good = llround(x->value * (double)x->n);
    bool above = x->low > fmax(x->team_median, most) && share_at_most(x->n - good, x->n, 1 - most) <= chance;
    bool below = x->high < fmin(x->team_median, least) && share_at_most(good, x->n, least) <= chance;
    int side = above - below;
    return slice_is(x->better, "lower") ? -side : side;
}

static sla_status compare_with_team(audit_result *r, size_t i, err *e)
{
    double *values = mem_resize(NULL, r->nstaff + 1, sizeof *values);
    if (!values) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
    for (size_t p = 0; p < r->nstaff; p++) {
        res_indicator *x = &r->staff[p].indicators[i];
        x->has_team = team_median(r, p, i, values, &x->team_median);
        x->apart = apart(x);
    }
    mem_free(values);
    return SLA_OK;
}

static void blank_person(const pass *ps, const indicator *in, res_indicator *x)
{
    *x = described(in);
    x->has_value = in->sel.ds != ps->p->card.over && (in->m.kind == MEASURE_COUNT || in->m.kind == MEASURE_SUM); /* no rows of that person: none, and that is known */
}

/* all: the figure over everybody's records. */
static sla_status figure_persons(pass *ps, audit_result *r, size_t i, const people *who, figure *all, err *e)
{
    const indicator *in = &ps->p->card.items[i];
    breakdown by = person_of(in->person);
    figure_group *g = NULL;
    size_t n = 0;
    measuring mg;
    TRY(measure_begin(ps, &in->sel, &in->m, &mg, e));
    measure_all(&mg, all);
    sla_status st = measure_groups(&mg, &by, &g, &n, e);
    measure_end(&mg);
    TRY(st);
    for (size_t p = 0; p < r->nstaff; p++) blank_person(ps, in, &r->staff[p].indicators[i]);
    for (size_t k = 0; k < n; k++) {
        uint32_t p = who_is(who, g[k].code);
        if (p == NOBODY) continue;
        res_indicator *x = &r->staff[p].indicators[i];
        x->n = g[k].f.n;
        x->has_value = g[k].f.has && g[k].f.n >= in->least_n;
        x->value = g[k].f.value;
        if (in->m.kind == MEASURE_SHARE && g[k].f.n) x->has_interval = true, share_interval(g[k].f.good, g[k].f.n, &x->low, &x->high);
    }
    return SLA_OK;
}

static sla_status figure_indicator(pass *ps, audit_result *r, size_t i, const people *who, err *e)
{
    const indicator *in = &ps->p->card.items[i];
    const bool share = in->m.kind == MEASURE_SHARE, standardised = share && in->ncells;
    figure all = {0};
    if (!ps->w.tables[in->sel.ds->idx] || ps->never_imported[in->sel.ds->idx]) return blank_indicator(r, i, in), SLA_OK;
    double *expected = ARENA_NEW(&ps->mem, double, r->nstaff + 1);
    if (!expected) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
    TRY(figure_persons(ps, r, i, who, &all, e));
    if (standardised) TRY(expectations(ps, in, who, r->nstaff, expected, e));
    for (size_t p = 0; p < r->nstaff; p++) {
        res_indicator *x = &r->staff[p].indicators[i];
        if (standardised && x->has_value && !isnan(expected[p])) x->has_expected = true, x->expected = expected[p];
        if (share) x->has_overall = all.has, x->overall = all.value;
        set_points(in, x, all.value);
    }
    return share && in->better.len ? add_items(ps, r, i) : SLA_OK;
}

/* The calendar months that the three figures are of: the last three of the period, whether or not there are records in each. */
static void last_months(const pass *ps, const audit_result *r, uint32_t codes[3])
{
    int32_t year, month, day;
    civil_from_days(zone_day_of(ps->p->zone, r->to - 1), &year, &month, &day);
    for (int m = 2; m >= 0; m--) {
        char text[32];
        int n = snprintf(text, sizeof text, "%04d-%02d", (int)year, (int)month);
        codes[m] = dict_find(ps->w.dict, (slice){text, (size_t)n});
        if (--month < 1) month = 12, year--;
    }
}

/* Three months, each with the same measure. */
static sla_status figure_months(pass *ps, audit_result *r, size_t i, const people *who, err *e)
{
    const scorecard *c = &ps->p->card;
    const indicator *in = &c->items[i];
    const kept *month = pass_kept(ps, c->over, c->month.slot), *k = pass_kept(ps, in->sel.ds, in->m.slot), *whose = pass_kept(ps, in->sel.ds, in->person);
    if (!month || in->m.kind == MEASURE_PERCENTILE || in->sel.ds != c->over || in->sel.period_field != c->period_field) return SLA_OK;
    size_t cell_count = (r->nstaff + 1) * 3;
    double *sum = mem_zero(2 * cell_count, sizeof *sum);
    int64_t *count = mem_zero(cell_count, sizeof *count);
    if (!sum || !count) {
        mem_free(sum);
        mem_free(count);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
    }
    double *rest = sum + cell_count;
    uint32_t codes[3];
    last_months(ps, r, codes);
    const chosen *in_rows = pass_chosen(ps, &in->sel);
    CHOSEN_EACH(in_rows, row) {
        uint32_t its_month = kept_code(month, row), p = who_is(who, kept_code(whose, row));
        if (p == NOBODY || its_month == DICT_NONE || !chosen_surely(in_rows, row)) continue;
        double v = in->m.kind == MEASURE_COUNT ? 1 : !k->truth ? kept_number(k, row) : kept_truth(k, row) == 2 ? NAN : kept_truth(k, row);
        for (size_t m = 0; m < 3 && !isnan(v); m++)
            if (codes[m] == its_month) sum_add(&sum[p * 3 + m], &rest[p * 3 + m], v), count[p * 3 + m]++;
    }
    for (size_t p = 0; p < r->nstaff; p++)
        for (size_t m = 0; m < 3; m++) {
            res_indicator *x = &r->staff[p].indicators[i];
            x->has_monthly[m] = count[p * 3 + m] > 0;
            if (x->has_monthly[m]) x->monthly[m] = in->m.kind == MEASURE_COUNT || in->m.kind == MEASURE_SUM ? sum[p * 3 + m] : sum[p * 3 + m] / (double)count[p * 3 + m];
        }
    mem_free(sum);
    mem_free(count);
    return SLA_OK;
}

typedef struct card_job { audit_result *r; const people *who; } card_job;
static sla_status figure_nth(void *ctx, pass *own, size_t i, err *e)
{
    const card_job *j = ctx;
    const indicator *in = &own->p->card.items[i];
    bool counts = in->nrules > 0;
    if (pass_failure(own, in, in->m.clock).text.ptr) return blank_indicator(j->r, i, in), SLA_OK;
    TRY(counts ? figure_findings(own, j->r, i, e) : figure_indicator(own, j->r, i, j->who, e));
    TRY(compare_with_team(j->r, i, e));
    return counts ? SLA_OK : figure_months(own, j->r, i, j->who, e);
}

static void rate(const scorecard *c, res_staff *s, arena *a)
{
    double points = 0, weight = 0, all = 0;
    for (size_t i = 0; i < s->nindicators; i++) {
        all += s->indicators[i].weight;
        if (!s->indicators[i].has_points) continue;
        points += s->indicators[i].points * s->indicators[i].weight;
        weight += s->indicators[i].weight;
    }
    if (s->n < c->least_n) s->reason = reason_too_few(s->n, c->least_n, a);
    else if (weight * 2 < all || weight <= 0) s->reason = (bitext){SLICE_LIT("可计算的指标不足权重的一半"), SLICE_LIT("indicators that can be computed carry less than half of the weights")};
    else {
        s->rated = true;
        s->score = points / weight;
        for (size_t b = c->nbands; b-- > 0;)
            if (s->score >= c->bands[b].from - 1e-9) s->grade = c->bands[b].grade; /* 94 % between 85 % and 100 % are 60 points, but 59.99999999999998 as doubles have it */
    }
}

static sla_status describe_bands(const scorecard *c, audit_result *r)
{
    r->grades = ARENA_NEW(&r->mem, res_grade, c->nbands + 1);
    r->bands = ARENA_NEW(&r->mem, res_note, c->nbands + 1);
    if (!r->grades || !r->bands) return SLA_NOMEM;
    for (size_t b = 0; b < c->nbands; b++) {
        const band *k = &c->bands[b];
        r->grades[r->ngrades++] = (res_grade){k->grade, k->from};
        r->bands[r->nbands++] = (res_note){k->grade, {text_format(&r->mem, "%.*s（%.*s）：得分不低于 %g", SLICE_ARG(k->grade), SLICE_ARG(k->title.zh), k->from),
                                                     text_format(&r->mem, "%.*s (%.*s): score of at least %g", SLICE_ARG(k->grade), SLICE_ARG(k->title.en), k->from)}};
    }
    return SLA_OK;
}

/* Everybody's number of records, score and grade. */
static void rate_all(pass *ps, audit_result *r, const people *who)
{
    const scorecard *c = &ps->p->card;
    const selection all = {c->over, c->period_field, SLOT_NONE};
    const chosen *rows = pass_chosen(ps, &all);
    const kept *whose = pass_kept(ps, c->over, c->person);
    CHOSEN_EACH(rows, row) {
        uint32_t p = who_is(who, kept_code(whose, row));
        if (p != NOBODY) r->staff[p].n++;
    }
    for (size_t p = 0; p < r->nstaff; p++) rate(c, &r->staff[p], &r->mem), ps->people_rated += r->staff[p].rated;
    ps->people = r->nstaff;
}

static sla_status figure_all(pass *ps, audit_result *r, const people *who, err *e)
{
    const scorecard *c = &ps->p->card;
    for (size_t p = 0; p < r->nstaff; p++) {
        r->staff[p].nindicators = c->n;
        if (!(r->staff[p].indicators = ARENA_NEW(&r->mem, res_indicator, c->n + 1))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
    }
    TRY(pass_each(ps, c->n, figure_nth, &(card_job){r, who}, e));
    rate_all(ps, r, who);
    return describe_bands(c, r) == SLA_OK ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
}

sla_status scorecard_figure(pass *ps, audit_result *r, err *e)
{
    const scorecard *c = &ps->p->card;
    people who;
    if (!c->there) return SLA_OK;
    const dataset *wanted[] = {c->over, c->people};
    for (int i = 0; i < 2; i++)
        if (!ps->w.tables[wanted[i]->idx] || ps->never_imported[wanted[i]->idx]) return ps->card_reason = reason_no_data((bitext){wanted[i]->title_zh, wanted[i]->title_en}, &ps->mem), SLA_OK;
    const lang_failure failure = pass_failure(ps, c, NULL);
    if (failure.text.ptr) return ps->card_reason = reason_failure(failure.pattern, failure.text, SRCPOS_NONE, &ps->mem), SLA_OK;
    TRY(list_people(ps, r, e));
    TRY(index_people(ps, r, &who, e));
    sla_status st = figure_all(ps, r, &who, e);
    mem_free(who.place);
    return st;
}
