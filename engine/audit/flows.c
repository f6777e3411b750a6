/* Figures about stretches of time: what is open at each month's end and for how long (stock, stock_age), and who held records while their clock ran (held). */
#include "engine/audit/flows.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "engine/audit/clocks.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

bool measure_is_flow(const measure *m) { return m->kind == MEASURE_STOCK || m->kind == MEASURE_STOCK_AGE || m->kind == MEASURE_HELD; }

void flow_prepare(pass *ps, const selection *sel, const measure *m)
{
    pass_select(ps, sel);
    if (m->kind == MEASURE_HELD) return;
    pass_keep(ps, sel->ds, m->slot, VT_TIME);
    pass_keep(ps, sel->ds, m->until, VT_TIME);
}

/* ---- stock ---- */
typedef struct stock { int64_t n, unknown; double age; } stock;             /* unknown: of which the selection cannot be told */

static stock stock_at(pass *ps, const kpi *k, int64_t end)
{
    const chosen *c = pass_chosen(ps, &k->sel);
    const kept *from = pass_kept(ps, k->sel.ds, k->m.slot), *until = pass_kept(ps, k->sel.ds, k->m.until);
    stock s = {0};
    CHOSEN_EACH(c, row) {
        double a = kept_number(from, row), b = kept_number(until, row);
        if (isnan(a) || a >= (double)end || b < (double)end) continue;
        if (!chosen_surely(c, row)) {
            s.unknown++;
            continue;
        }
        s.n++;
        s.age += (double)end - a;
    }
    if (s.n) s.age /= (double)s.n;
    return s;
}

static sla_status figure_stock(pass *ps, const kpi *k, res_metric *out)
{
    bool age = k->m.kind == MEASURE_STOCK_AGE;
    int64_t stop = ps->period.to < ps->as_of ? ps->period.to : ps->as_of;
    if (!(out->groups = ARENA_NEW(&ps->mem, res_metric_group, 128))) return SLA_NOMEM;
    for (int64_t day = ps->period.first_day; day <= ps->period.last_day && out->ngroups < 128;) {
        int32_t y, m, d;
        civil_from_days(day, &y, &m, &d);
        int64_t next = m == 12 ? civil_days(y + 1, 1, 1) : civil_days(y, m + 1, 1), end = zone_day_start(ps->w.zone, next);
        if (end > stop) end = stop;
        stock s = stock_at(ps, k, end);
        bool sure = pass_tolerates(ps, s.unknown, s.n + s.unknown);
        out->n = s.n;
        out->value = age ? s.age : (double)s.n;
        out->has_value = sure && (!age || s.n > 0);
        out->reason = sure ? (bitext){{0}, {0}} : reason_undecided(s.unknown, s.n + s.unknown, &ps->mem);
        out->groups[out->ngroups++] = (res_metric_group){SLICE_LIT("month"), text_format(&ps->mem, "%04d-%02d", (int)y, (int)m), out->has_value, out->value, s.n};
        if (end == stop) break;
        day = next;
    }
    if (!out->has_value && !out->reason.zh.len) out->reason = reason_empty();
    return SLA_OK;
}

/* ---- who held it ---- */
typedef struct holder { slice name; int64_t ms, n; } holder;
typedef struct holding { pass *ps; const kpi *k; clock_view *view; const change_index *moves; uint32_t *number; size_t ntexts; holder *items; size_t n, cap; uint32_t *last_row; size_t cap_rows; } holding;

static sla_status add_held(holding *h, uint32_t code, uint32_t row, int64_t ms)
{
    if (code >= h->ntexts || ms <= 0) return SLA_OK;
    if (!h->number[code]) {
        if (mem_grow(&h->items, &h->cap, h->n + 1, sizeof *h->items) || mem_grow(&h->last_row, &h->cap_rows, h->n + 1, sizeof *h->last_row)) return SLA_NOMEM;
        h->items[h->n] = (holder){.name = pass_text(h->ps, code)};
        h->last_row[h->n] = UINT32_MAX;
        h->number[code] = (uint32_t)++h->n;
    }
    size_t i = h->number[code] - 1;
    h->items[i].ms += ms;
    h->items[i].n += h->last_row[i] != row; /* a record counts once for whoever held it */
    h->last_row[i] = row;
    return SLA_OK;
}

static uint32_t code_of(const table *t, size_t f, size_t row) { return t->cols[f].data && table_has(t, f, row) ? table_codes(t, f)[row] : DICT_NONE; }

/* The working time of one record, cut where the field changed. Before its first noted change, be that after as_of, it had that change's old value. */
static sla_status hold_row(holding *h, uint32_t row)
{
    const dataset *ds = h->k->sel.ds;
    const table *t = h->ps->w.tables[ds->idx], *c = h->ps->w.tables[ds->changes.dataset];
    const size_t held = (size_t)h->k->m.field, is = (size_t)ds->changes.new_, was = (size_t)ds->changes.old_, when = (size_t)ds->changes.at;
    clock_input in;
    if (!clock_input_of(h->view, row, &in)) return SLA_OK;
    int64_t shown = 0;
    const uint32_t *moves = h->moves->rows + h->moves->first[row], n = h->moves->first[row + 1] - h->moves->first[row];
    uint32_t code = n ? code_of(c, was, moves[0]) : code_of(t, held, row);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t r = moves[i];
        if (!table_has(c, when, r)) break; /* after as_of, as all that follow */
        int64_t then = clock_shown_at(&in, table_i64(c, when)[r]);
        TRY(add_held(h, code, row, then - shown));
        shown = then;
        code = code_of(c, is, r);
    }
    return add_held(h, code, row, clock_shown_at(&in, h->ps->as_of) - shown);
}

static int by_name(const void *a, const void *b) { return slice_cmp(((const holder *)a)->name, ((const holder *)b)->name); }

/* A clock that is out, as of what was cancelled, was held by nobody; what one shows of which it is not known whether or when it stopped is not known. */
static sla_status hold_rows(holding *h, int64_t *n, int64_t *unknown)
{
    const chosen *c = pass_chosen(h->ps, &h->k->sel);
    const uint32_t *state = h->ps->derived[h->k->sel.ds->idx][h->k->m.clock->first_derived + CLOCK_STATE].data;
    const uint32_t is_out = dict_find(h->ps->w.dict, SLICE_LIT("out")), is_unknown = dict_find(h->ps->w.dict, SLICE_LIT("unknown"));
    CHOSEN_EACH(c, row) {
        if (state[row] == is_out) continue;
        if (!chosen_surely(c, row) || state[row] == is_unknown) {
            ++*unknown;
            continue;
        }
        TRY(hold_row(h, (uint32_t)row));
        ++*n;
    }
    return SLA_OK;
}

static sla_status sum_up(holding *h, res_metric *out)
{
    int64_t unknown = 0;
    TRY(hold_rows(h, &out->n, &unknown));
    bool sure = pass_tolerates(h->ps, unknown, out->n + unknown);
    if (h->n) qsort(h->items, h->n, sizeof *h->items, by_name);
    if (!(out->groups = ARENA_NEW(&h->ps->mem, res_metric_group, h->n + 1))) return SLA_NOMEM;
    slice by = h->k->sel.ds->fields[h->k->m.field].name;
    double total = 0;
    for (size_t i = 0; i < h->n; i++) {
        out->groups[out->ngroups++] = (res_metric_group){by, h->items[i].name, sure, (double)h->items[i].ms, h->items[i].n};
        total += (double)h->items[i].ms;
    }
    out->has_value = sure && h->n > 0;
    out->value = total;
    if (!sure) out->reason = reason_undecided(unknown, out->n + unknown, &h->ps->mem);
    else if (!h->n) out->reason = reason_empty();
    return SLA_OK;
}

static sla_status figure_held(pass *ps, const kpi *k, res_metric *out, err *e)
{
    const dataset *ds = k->sel.ds;
    holding h = {.ps = ps, .k = k, .ntexts = dict_count(ps->w.dict)};
    const table *c = ps->w.tables[ds->changes.dataset];
    if (!c || !c->imported) return out->reason = reason_no_data((bitext){c ? c->ds->title_zh : ds->title_zh, c ? c->ds->title_en : ds->title_en}, &ps->mem), SLA_OK;
    sla_status st = (h.number = mem_zero(h.ntexts + 1, sizeof *h.number)) ? clock_open(ps, k->m.clock, &h.view, e) : SLA_NOMEM;
    if (st == SLA_OK) st = fieldchanges_of(ps, ds, k->m.field, &h.moves, e);
    if (st == SLA_OK) st = sum_up(&h, out);
    clock_close(h.view);
    mem_free(h.number);
    mem_free(h.items);
    mem_free(h.last_row);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for who held what");
}

sla_status flow_figure(pass *ps, const kpi *k, res_metric *out, err *e)
{
    if (k->m.kind == MEASURE_HELD) return figure_held(ps, k, out, e);
    return figure_stock(ps, k, out) == SLA_OK ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for figures");
}

/* ---- loading ---- */
static slice argument(slice inner, size_t nth)
{
    for (; nth; nth--) {
        const char *comma = inner.len ? memchr(inner.ptr, ',', inner.len) : NULL;
        inner = comma ? (slice){comma + 1, inner.len - (size_t)(comma - inner.ptr) - 1} : (slice){0};
    }
    const char *comma = inner.len ? memchr(inner.ptr, ',', inner.len) : NULL;
    return slice_trim(comma ? (slice){inner.ptr, (size_t)(comma - inner.ptr)} : inner);
}

static void load_held(pack_loader *l, const ynode *value, slice inner, const dataset *ds, measure *m)
{
    slice name = argument(inner, 1);
    m->field = dataset_field(ds, argument(inner, 0));
    for (size_t i = 0; i < l->p->nclocks; i++)
        if (slice_eq(l->p->clocks[i].name, name) && l->p->clocks[i].ds == ds) m->clock = &l->p->clocks[i];
    if (m->field < 0 || ds->fields[m->field].type != VT_TEXT || !m->clock || ds->changes.dataset < 0 || ds->changes.old_ < 0)
        errlist_add(l->errors, SLA_NAME, value->at, "held wants (a text field whose changes are kept, a clock): held(assignee, resolution)");
}

bool flow_load(pack_loader *l, const ynode *value, const dataset *ds, measure *m)
{
    static const struct { const char *name; measure_kind kind; } names[] = {{"stock(", MEASURE_STOCK}, {"stock_age(", MEASURE_STOCK_AGE}, {"held(", MEASURE_HELD}};
    slice s = value->text;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i].name);
        if (s.len < n + 1 || memcmp(s.ptr, names[i].name, n) || s.ptr[s.len - 1] != ')') continue;
        slice inner = {s.ptr + n, s.len - n - 1};
        m->kind = names[i].kind;
        if (!ds) return true;
        if (m->kind == MEASURE_HELD) return load_held(l, value, inner, ds, m), true;
        m->type = (expr_type){VT_TIME, NULL};
        m->slot = load_expr_text(l, load_program(l, l->p->programs, ds), argument(inner, 0), value->at, VT_TIME, NULL);
        m->until = load_expr_text(l, load_program(l, l->p->programs, ds), argument(inner, 1), value->at, VT_TIME, NULL);
        return true;
    }
    return false;
}
