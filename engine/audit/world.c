#include "engine/audit/world.h"
#include <string.h>
#include "engine/audit/fieldchanges.h"
#include "engine/audit/clocks.h"
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/time/instant.h"

/* ---- loading ---- */
/* What is read without a program. */
static void want_outright(const pass *ps, columns_read *wanted)
{
    const pack *p = ps->p;
    for (size_t d = 0; d < p->model->n; d++) {
        const dataset *ds = &p->model->datasets[d];
        if (ds->time_field >= 0) wanted->field[d][ds->time_field] = true;
        if (ds->valid_from >= 0) wanted->field[d][ds->valid_from] = true;
        if (ds->valid_to >= 0) wanted->field[d][ds->valid_to] = true;
        for (size_t f = 0; f < ds->nfields; f++)
            if (ps->in_period[d][f]) wanted->field[d][f] = true;
    }
    for (size_t i = 0; i < p->nclocks; i++) {
        const sla_clock *c = &p->clocks[i];
        bool *w = wanted->field[c->ds->idx];
        w[c->start] = w[c->stop] = w[c->status] = true;
        if (c->by >= 0) w[c->by] = true;
        if (c->calendar_by >= 0) w[c->calendar_by] = true;
        if (!c->history) continue;
        bool *h = wanted->field[c->ds->changes.dataset];
        h[c->ds->changes.record] = h[c->ds->changes.at] = h[c->ds->changes.field] = h[c->ds->changes.new_] = true;
        if (c->ds->changes.old_ >= 0) h[c->ds->changes.old_] = true;
    }
    for (size_t i = 0; i < p->nkpis + p->nrules; i++) {
        const measure *m = i < p->nkpis ? &p->kpis[i].m : &p->rules[i - p->nkpis].m;
        const uptime *u = i < p->nkpis ? &p->kpis[i].up : &p->rules[i - p->nkpis].up;
        if (m->kind == MEASURE_HELD && m->clock && m->field >= 0) wanted->field[m->clock->ds->idx][m->field] = true;
        if (m->kind != MEASURE_UPTIME) continue;
        wanted->field[u->outages->idx][u->from] = wanted->field[u->outages->idx][u->to] = true;
        if (u->planned >= 0) wanted->field[u->outages->idx][u->planned] = true;
    }
    if (p->card.there) {
        const int f[] = {p->card.name, p->card.team, p->card.role, p->card.level};
        for (int k = 0; k < 4; k++)
            if (f[k] >= 0) wanted->field[p->card.people->idx][f[k]] = true;
    }
}

static void want_fields(const pass *ps, columns_read *wanted)
{
    const pack *p = ps->p;
    want_outright(ps, wanted);
    memcpy(wanted->coded, wanted->field, sizeof wanted->coded);
    for (size_t d = 0; d < p->model->n; d++) {
        for (size_t k = 0; k < p->model->datasets[d].nkey; k++) wanted->coded[d][p->model->datasets[d].key[k]] = true; /* others refer to them */
        if (p->clock_programs[d]) program_fields(p->clock_programs[d], false, wanted);
        if (p->programs[d]) program_fields(p->programs[d], false, wanted);
        if (p->finding_programs[d]) program_fields(p->finding_programs[d], true, wanted);
    }
    for (size_t i = 0; i < p->ncomputed; i++) program_fields(p->computed[i].p, false, wanted);
}

static sla_status load_tables(pass *ps, const bool also[DATASETS_MAX], err *e)
{
    columns_read *wanted = ps->read = ARENA_NEW(&ps->mem, columns_read, 1);
    if (!wanted) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    want_fields(ps, wanted);
    table_load list[DATASETS_MAX];
    size_t n = 0;
    for (int keys = 0; keys < 2; keys++) /* events first, which have no key: while their many texts are interned, the others are read */
        for (size_t d = 0; d < ps->p->model->n; d++) {
            bool any = also[d];
            for (size_t f = 0; f < FIELDS_MAX; f++) any = any || wanted->field[d][f];
            if (any && (ps->p->model->datasets[d].nkey > 0) == keys) list[n++] = (table_load){.ds = &ps->p->model->datasets[d], .wanted = wanted->field[d], .coded = wanted->coded[d]};
        }
    TRY(store_tables_load(ps->s, list, n, ps->p->texts, e));
    for (size_t i = 0; i < n; i++) {
        ps->w.tables[list[i].ds->idx] = list[i].t;
        ps->never_imported[list[i].ds->idx] = !list[i].t->imported;
    }
    return SLA_OK;
}

/* ---- the period, and what was not known at as_of ---- */
static sla_status mark_period(pass *ps, size_t d, err *e)
{
    const table *t = ps->w.tables[d];
    const dataset *ds = t->ds;
    for (size_t f = 0; f < ds->nfields; f++) {
        if (!ps->in_period[d][f]) continue;
        uint64_t *in = arena_alloc(&ps->mem, BITS_WORDS(t->nrows) + 1, sizeof *in);
        if (!in) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
        ps->in_period[d][f] = in;
        const int64_t *v = table_i64(t, f);
        bool date = ds->fields[f].type == VT_DATE;
        int64_t last = date ? zone_day_of(ps->w.zone, ps->as_of) : ps->as_of;
        for (size_t i = 0; v && i < t->nrows; i++)
            if (table_has(t, f, i) && v[i] <= last && (date ? v[i] >= ps->period.first_day && v[i] <= ps->period.last_day : v[i] >= ps->period.from && v[i] < ps->period.to)) bits_set(in, i);
    }
    if (ds->valid_from < 0 && ds->valid_to < 0) return SLA_OK;
    uint64_t *valid = arena_alloc(&ps->mem, BITS_WORDS(t->nrows) + 1, sizeof *valid);
    if (!valid) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    ps->valid_then[d] = valid;
    for (size_t i = 0; i < t->nrows; i++) {
        bool begun = ds->valid_from < 0 || !table_has(t, (size_t)ds->valid_from, i) || table_i64(t, (size_t)ds->valid_from)[i] <= ps->period.last_day;
        bool not_over = ds->valid_to < 0 || !table_has(t, (size_t)ds->valid_to, i) || table_i64(t, (size_t)ds->valid_to)[i] >= ps->period.first_day;
        if (begun && not_over) bits_set(valid, i);
    }
    return SLA_OK;
}

static sla_status mask_later(pass *ps, size_t d, err *e)
{
    table *t = ps->w.tables[d];
    for (size_t f = 0; f < t->ds->nfields; f++) {
        const field *fd = &t->ds->fields[f];
        if ((fd->type != VT_TIME && fd->type != VT_DATE) || fd->planned || !t->cols[f].data) continue;
        const int64_t *v = table_i64(t, f);
        int64_t last = fd->type == VT_DATE ? zone_day_of(ps->w.zone, ps->as_of) : ps->as_of;
        for (size_t i = 0; i < t->nrows; i++) {
            if (v[i] <= last || !bits_get(t->cols[f].valid, i)) continue;
            if (!ps->later[d][f] && !(ps->later[d][f] = arena_alloc(&ps->mem, BITS_WORDS(t->nrows), 8))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
            bits_set(ps->later[d][f], i);
            bits_clear(t->cols[f].valid, i);
        }
    }
    if (t->ds->time_field >= 0) ps->w.later[d] = ps->later[d][t->ds->time_field];
    return SLA_OK;
}

/* The value of a field at as_of: what the last change before it says, else what the first one after it found. */
static void put_back(const pass *ps, const change_index *x, const table *h, const dataset *ds, size_t row, tcolumn *c)
{
    const int64_t *at = table_i64(h, (size_t)ds->changes.at);
    uint32_t k = x->first[row], end = x->first[row + 1], change;
    while (k < end && at[x->rows[k]] <= ps->as_of) k++;
    if (k == end) return; /* not changed since */
    int side = ds->changes.new_;
    if (k > x->first[row] && table_has(h, (size_t)side, x->rows[k - 1])) change = x->rows[k - 1];
    else side = ds->changes.old_, change = x->rows[k];
    bool there = table_has(h, (size_t)side, change);
    if (there) ((uint32_t *)c->data)[row] = table_codes(h, (size_t)side)[change];
    if (there) bits_set(c->valid, row);
    else bits_clear(c->valid, row);
}

static sla_status roll_back(pass *ps, const dataset *ds, err *e)
{
    table *t = ps->w.tables[ds->idx];
    const table *h = ds->changes.dataset >= 0 ? ps->w.tables[ds->changes.dataset] : NULL;
    if (!h || !h->nrows || ds->changes.old_ < 0 || !table_codes(h, (size_t)ds->changes.old_)) return SLA_OK;
    const int64_t *at = table_i64(h, (size_t)ds->changes.at);
    bool any = false;
    for (size_t i = 0; i < h->nrows && !any; i++) any = at[i] > ps->as_of;
    for (size_t f = 0; any && f < ds->nfields; f++) {
        if (!ds->fields[f].rolled_back || !t->cols[f].data) continue;
        const change_index *x;
        TRY(fieldchanges_of(ps, ds, (int)f, &x, e));
        for (size_t r = 0; r < t->nrows; r++) put_back(ps, x, h, ds, r, &t->cols[f]);
    }
    return SLA_OK;
}

/* A record whose resolution lies after as_of was open then, whatever its status says today. */
static sla_status open_status(pass *ps, const sla_clock *c)
{
    size_t d = c->ds->idx;
    table *t = ps->w.tables[d];
    const enumeration *en = c->ds->fields[c->status].en;
    const uint64_t *later = ps->later[d][c->stop];
    if (!c->history || !later || !en || !en->phase || en->open >= en->n || !t->cols[c->status].data) return SLA_OK;
    uint32_t open = dict_intern(ps->w.dict, en->values[en->open]), *status = t->cols[c->status].data;
    for (size_t row = 0; open != DICT_NONE && row < t->nrows; row++) {
        if (!bits_get(later, row) || !table_has(t, (size_t)c->status, row)) continue;
        int rank = enumeration_rank(en, dict_text(ps->w.dict, status[row]));
        if (rank >= 0 && en->phase[rank] == PHASE_FINAL) status[row] = open;
    }
    return open == DICT_NONE ? SLA_NOMEM : SLA_OK;
}

/* ---- the whole ---- */
static sla_status as_known_then(pass *ps, err *e)
{
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (ps->w.tables[d]) TRY(mark_period(ps, d, e));
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (ps->w.tables[d]) TRY(roll_back(ps, &ps->p->model->datasets[d], e));
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (ps->w.tables[d]) TRY(mask_later(ps, d, e));
    return SLA_OK;
}

/* The changes that clocks go by are put in order while the rest is made ready: neither reads what the other writes. */
static sla_status prepare(void *ctx, size_t part, err *e)
{
    pass *ps = ctx;
    return part == 0 ? as_known_then(ps, e) : clocks_index(ps, e);
}

sla_status world_make(pass *ps, const bool also[DATASETS_MAX], err *e)
{
    TRY(fieldchanges_begin(ps, e));
    TRY(load_tables(ps, also, e));
    TRY(pool_each(2, prepare, ps, e));
    mem_trim(); /* what was read of the workspace is columns by now */
    for (size_t i = 0; i < ps->p->nclocks; i++)
        if (ps->w.tables[ps->p->clocks[i].ds->idx]) TRY(open_status(ps, &ps->p->clocks[i]));
    TRY(lang_shared_new(&ps->w, &ps->shared, e));
    TRY(clocks_run(ps, e));
    return computed_run(ps, e);
}

/* Keys name records, and a borrowed column stands for a result. */
static void want_after(const pass *ps, columns_read *wanted)
{
    const pack *p = ps->p;
    want_outright(ps, wanted);
    for (size_t d = 0; d < p->model->n; d++) {
        const dataset *ds = &p->model->datasets[d];
        for (size_t k = 0; k < ds->nkey; k++) wanted->field[d][ds->key[k]] = true;
        if (p->finding_programs[d]) program_fields(p->finding_programs[d], true, wanted);
        for (size_t i = 0; i < ps->nkept[d]; i++)
            if (ps->kept[d][i].column) wanted->field[d][ps->kept[d][i].column - ps->w.tables[d]->cols] = true;
    }
    for (size_t i = 0; i < p->nclocks; i++) wanted->derived[p->clocks[i].ds->idx][p->clocks[i].first_derived + CLOCK_STATE] = true;
}

static void drop_column(tcolumn *c)
{
    mem_free(c->data);
    mem_free(c->valid);
    c->data = c->valid = NULL;
}

sla_status world_trim(pass *ps, err *e)
{
    columns_read *wanted = mem_zero(1, sizeof *wanted);
    if (!wanted) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    want_after(ps, wanted);
    for (size_t d = 0; d < ps->p->model->n; d++) {
        table *t = ps->w.tables[d];
        for (size_t f = 0; t && f < t->ds->nfields; f++)
            if (!wanted->field[d][f]) drop_column(&t->cols[f]);
        for (size_t i = 0; ps->derived[d] && i < ps->p->env.derived[d].n; i++)
            if (!wanted->derived[d][i]) drop_column(&ps->derived[d][i]);
    }
    mem_free(wanted);
    return SLA_OK;
}

void world_drop(pass *ps)
{
    pass_forget(ps);
    lang_shared_free(ps->shared);
    ps->shared = NULL;
    fieldchanges_end(ps);
    for (size_t d = 0; d < DATASETS_MAX; d++) {
        for (size_t i = 0; ps->derived[d] && i < ps->p->env.derived[d].n; i++) drop_column(&ps->derived[d][i]);
        mem_free(ps->derived[d]);
        ps->derived[d] = NULL;
        table_free(ps->w.tables[d]);
        ps->w.tables[d] = NULL;
    }
}

void world_clear(pass *ps)
{
    world_drop(ps);
    mem_free(ps->asks);
    for (struct own_memory *own = ps->own; own; own = own->below)
        for (size_t i = 0; i < own->n; i++) arena_free(&own->arenas[i]);
    arena_free(&ps->mem);
}
