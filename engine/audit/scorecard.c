/* The staff report's figures: each person's indicators, what was to be expected of the same mix of work, points, score and grade. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

/* ---- what the same mix of cells would have given: the whole team's share in each cell, weighted by the person's records (indirect standardisation) ---- */
typedef struct cell { uint64_t key; int64_t n, good; } cell;
typedef struct cells { cell *items; size_t size, n; } cells;

enum { CELL_PARTS = 4 };
static uint64_t cell_key(const kept *const *parts, size_t n, size_t row)
{
    uint64_t key = 1;
    for (size_t i = 0; i < n; i++) key = key * UINT64_C(1000003) + kept_code(parts[i], row);
    return key;
}

static cell *cell_at(cells *c, uint64_t key)
{
    size_t at = (key * UINT64_C(0x9E3779B97F4A7C15)) >> 48;
    for (at &= c->size - 1; c->items[at].n && c->items[at].key != key; at = (at + 1) & (c->size - 1)) {}
    if (!c->items[at].n && c->n + 1 >= c->size) return NULL;
    if (!c->items[at].n) c->n++;
    c->items[at].key = key;
    return &c->items[at];
}

/* expected[person]: share; NaN where there is nothing. */
static sla_status expectations(pass *ps, const indicator *in, const uint32_t *person, size_t npersons, double *expected, err *e)
{
    const chosen *in_rows = pass_chosen(ps, &in->sel);
    const kept *k = pass_kept(ps, in->sel.ds, in->m.slot);
    const kept *parts[CELL_PARTS];
    size_t nparts = in->ncells < CELL_PARTS ? in->ncells : CELL_PARTS;
    for (size_t i = 0; i < nparts; i++) parts[i] = pass_kept(ps, in->sel.ds, in->cells[i].slot);
    cells c = {mem_zero(65536, sizeof(cell)), 65536, 0};
    int64_t *count = mem_zero(npersons + 1, sizeof *count);
    double *rest = mem_zero(npersons + 1, sizeof *rest);
    for (size_t i = 0; i < npersons; i++) expected[i] = 0;
    sla_status st = c.items && count && rest ? SLA_OK : SLA_NOMEM;
    for (size_t row = chosen_next(in_rows, 0); st == SLA_OK && row < in_rows->nrows; row = chosen_next(in_rows, row + 1)) {
        if (!chosen_surely(in_rows, row) || kept_truth(k, row) == 2) continue;
        cell *x = cell_at(&c, cell_key(parts, nparts, row));
        if (!x) st = SLA_LIMIT;
        else x->n++, x->good += kept_truth(k, row);
    }
    for (size_t row = chosen_next(in_rows, 0); st == SLA_OK && row < in_rows->nrows; row = chosen_next(in_rows, row + 1)) {
        if (person[row] == UINT32_MAX || !chosen_surely(in_rows, row) || kept_truth(k, row) == 2) continue;
        const cell *x = cell_at(&c, cell_key(parts, nparts, row));
        sum_add(&expected[person[row]], &rest[person[row]], (double)x->good / (double)x->n);
        count[person[row]]++;
    }
    for (size_t i = 0; st == SLA_OK && i < npersons; i++) expected[i] = count[i] ? expected[i] / (double)count[i] : NAN;
    mem_free(c.items);
    mem_free(count);
    mem_free(rest);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for the scorecard");
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

/* person[row]: index into r->staff, or UINT32_MAX. */
static sla_status assign(pass *ps, audit_result *r, uint32_t *person, err *e)
{
    const scorecard *c = &ps->p->card;
    const kept *k = pass_kept(ps, c->over, c->person);
    size_t texts = dict_count(ps->w.dict);
    uint32_t *index = mem_zero(texts + 1, sizeof *index);
    if (!index) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
    for (size_t i = 0; i < r->nstaff; i++) index[dict_find(ps->w.dict, r->staff[i].id)] = (uint32_t)i + 1;
    for (size_t row = 0; row < ps->w.tables[c->over->idx]->nrows; row++) {
        uint32_t code = kept_code(k, row);
        person[row] = code == DICT_NONE || !index[code] ? UINT32_MAX : index[code] - 1;
    }
    mem_free(index);
    return SLA_OK;
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median over the people of one team who have a value. */
static bool team_median(const audit_result *r, size_t who, size_t ind, double *out)
{
    double v[1024];
    size_t n = 0;
    for (size_t i = 0; i < r->nstaff && n < 1024; i++)
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

/* The indicator's data were not imported. */
static void blank_indicator(audit_result *r, size_t i, const indicator *in)
{
    for (size_t p = 0; p < r->nstaff; p++) r->staff[p].indicators[i] = (res_indicator){.id = in->id, .title = in->title, .unit = in->unit, .better = in->better, .weight = in->weight};
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

static void compare_with_team(audit_result *r, size_t i)
{
    for (size_t p = 0; p < r->nstaff; p++) {
        res_indicator *x = &r->staff[p].indicators[i];
        x->has_team = team_median(r, p, i, &x->team_median);
        x->apart = apart(x);
    }
}

static sla_status figure_indicator(pass *ps, audit_result *r, size_t i, const uint32_t *person, err *e)
{
    double *expected = ARENA_NEW(&ps->mem, double, r->nstaff + 1);
    if (!expected) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the scorecard");
    const scorecard *c = &ps->p->card;
    const indicator *in = &c->items[i];
    breakdown by = person_of(in->person);
    figure_group *g = NULL;
    figure all = {0};
    size_t n = 0;
    measuring mg;
    bool there = ps->w.tables[in->sel.ds->idx] && !ps->never_imported[in->sel.ds->idx];
    if (!there) return blank_indicator(r, i, in), SLA_OK;
    TRY(measure_begin(ps, &in->sel, &in->m, &mg, e));
    measure_all(&mg, &all);
    sla_status st = measure_groups(&mg, &by, &g, &n, e);
    measure_end(&mg);
    TRY(st);
    if (in->ncells && in->m.kind == MEASURE_SHARE) TRY(expectations(ps, in, person, r->nstaff, expected, e));
    for (size_t p = 0; p < r->nstaff; p++) {
        res_indicator *x = &r->staff[p].indicators[i];
        *x = (res_indicator){.id = in->id, .title = in->title, .unit = in->unit, .better = in->better, .weight = in->weight};
        x->has_value = in->sel.ds != c->over && (in->m.kind == MEASURE_COUNT || in->m.kind == MEASURE_SUM); /* no rows of that person: none, and that is known */
        for (size_t k = 0; k < n; k++) {
            if (!slice_eq(g[k].key, r->staff[p].id)) continue;
            x->n = g[k].f.n;
            x->has_value = g[k].f.has && g[k].f.n >= in->least_n;
            x->value = g[k].f.value;
            if (in->m.kind == MEASURE_SHARE && g[k].f.n) x->has_interval = true, share_interval(g[k].f.good, g[k].f.n, &x->low, &x->high);
        }
        if (in->ncells && in->m.kind == MEASURE_SHARE && x->has_value && !isnan(expected[p])) x->has_expected = true, x->expected = expected[p];
        if (in->m.kind == MEASURE_SHARE) x->has_overall = all.has, x->overall = all.value;
        set_points(in, x, all.value);
    }
    return in->m.kind == MEASURE_SHARE && in->better.len ? add_items(ps, r, i) : SLA_OK;
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
static sla_status figure_months(pass *ps, audit_result *r, size_t i, const uint32_t *person, err *e)
{
    const scorecard *c = &ps->p->card;
    const indicator *in = &c->items[i];
    const kept *month = pass_kept(ps, c->over, c->month.slot), *k = pass_kept(ps, in->sel.ds, in->m.slot);
    if (!month || in->m.kind == MEASURE_PERCENTILE || in->sel.ds != c->over) return SLA_OK;
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
        uint32_t its_month = kept_code(month, row);
        if (person[row] == UINT32_MAX || its_month == DICT_NONE || !chosen_surely(in_rows, row)) continue;
        double v = in->m.kind == MEASURE_COUNT ? 1 : !k->truth ? kept_number(k, row) : kept_truth(k, row) == 2 ? NAN : kept_truth(k, row);
        for (size_t m = 0; m < 3 && !isnan(v); m++)
            if (codes[m] == its_month) sum_add(&sum[person[row] * 3 + m], &rest[person[row] * 3 + m], v), count[person[row] * 3 + m]++;
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

typedef struct card_job { audit_result *r; const uint32_t *person; } card_job;
static sla_status figure_nth(void *ctx, pass *own, size_t i, err *e)
{
    const card_job *j = ctx;
    const indicator *in = &own->p->card.items[i];
    bool counts = in->nrules > 0;
    if (pass_failure(own, in, in->m.clock).text.ptr) return blank_indicator(j->r, i, in), SLA_OK;
    TRY(counts ? figure_findings(own, j->r, i, e) : figure_indicator(own, j->r, i, j->person, e));
    compare_with_team(j->r, i);
    return counts ? SLA_OK : figure_months(own, j->r, i, j->person, e);
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
            if (s->score >= c->bands[b].from) s->grade = c->bands[b].grade;
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

sla_status scorecard_figure(pass *ps, audit_result *r, err *e)
{
    const scorecard *c = &ps->p->card;
    if (!c->there) return SLA_OK;
    const dataset *wanted[] = {c->over, c->people};
    for (int i = 0; i < 2; i++)
        if (!ps->w.tables[wanted[i]->idx] || ps->never_imported[wanted[i]->idx]) return ps->card_reason = reason_no_data((bitext){wanted[i]->title_zh, wanted[i]->title_en}, &ps->mem), SLA_OK;
    const lang_failure failure = pass_failure(ps, c, NULL);
    if (failure.text.ptr) return ps->card_reason = reason_failure(failure.pattern, failure.text, SRCPOS_NONE, &ps->mem), SLA_OK;
    TRY(list_people(ps, r, e));
    uint32_t *person = mem_zero(ps->w.tables[c->over->idx]->nrows + 1, sizeof *person);
    sla_status st = person ? assign(ps, r, person, e) : SLA_NOMEM;
    for (size_t p = 0; st == SLA_OK && p < r->nstaff; p++) {
        r->staff[p].nindicators = c->n;
        if (!(r->staff[p].indicators = ARENA_NEW(&r->mem, res_indicator, c->n + 1))) st = SLA_NOMEM;
    }
    if (st == SLA_OK) st = pass_each(ps, c->n, figure_nth, &(card_job){r, person}, e);
    selection all = {c->over, c->period_field, SLOT_NONE};
    const chosen *in_rows = pass_chosen(ps, &all);
    for (size_t row = chosen_next(in_rows, 0); st == SLA_OK && row < in_rows->nrows; row = chosen_next(in_rows, row + 1))
        if (person[row] != UINT32_MAX) r->staff[person[row]].n++;
    for (size_t p = 0; st == SLA_OK && p < r->nstaff; p++) rate(c, &r->staff[p], &r->mem);
    ps->people = r->nstaff;
    for (size_t p = 0; p < r->nstaff; p++) ps->people_rated += r->staff[p].rated;
    mem_free(person);
    if (st == SLA_OK) st = describe_bands(c, r);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for the scorecard");
}
