#include "engine/audit/world.h"
#include <math.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/time/instant.h"

/* ---- loading ---- */
static void want_fields(const pass *ps, columns_read *wanted)
{
    const pack *p = ps->p;
    for (size_t d = 0; d < p->model->n; d++) {
        const dataset *ds = &p->model->datasets[d];
        if (p->clock_programs[d]) program_fields(p->clock_programs[d], wanted);
        if (p->programs[d]) program_fields(p->programs[d], wanted);
        for (size_t i = 0; i < p->ncomputed; i++)
            if (p->computed[i].ds == ds) program_fields(p->computed[i].p, wanted);
        if (p->finding_programs[d]) program_fields(p->finding_programs[d], wanted);
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
        if (!c->history) continue;
        bool *h = wanted->field[c->ds->changes.dataset];
        h[c->ds->changes.record] = h[c->ds->changes.at] = h[c->ds->changes.field] = h[c->ds->changes.new_] = true;
        if (c->ds->changes.old_ >= 0) h[c->ds->changes.old_] = true;
    }
    for (size_t i = 0; i < p->nkpis + p->nrules; i++) {
        const measure *m = i < p->nkpis ? &p->kpis[i].m : &p->rules[i - p->nkpis].m;
        const uptime *u = i < p->nkpis ? &p->kpis[i].up : &p->rules[i - p->nkpis].up;
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

static sla_status load_tables(pass *ps, const bool also[DATASETS_MAX], err *e)
{
    columns_read *wanted = ps->read = ARENA_NEW(&ps->mem, columns_read, 1);
    if (!wanted) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    want_fields(ps, wanted);
    sla_status st = SLA_OK;
    for (size_t d = 0; st == SLA_OK && d < ps->p->model->n; d++) {
        bool any = also[d];
        for (size_t f = 0; f < FIELDS_MAX; f++) any = any || wanted->field[d][f];
        if (!any) continue;
        st = store_table_load(ps->s, &ps->p->model->datasets[d], wanted->field[d], ps->p->texts, &ps->w.tables[d], e);
        if (st == SLA_OK) ps->never_imported[d] = !ps->w.tables[d]->imported;
    }
    return st;
}

/* ---- the period, and what was not known at as_of ---- */
static sla_status mark_period(pass *ps, size_t d, err *e)
{
    const table *t = ps->w.tables[d];
    const dataset *ds = t->ds;
    for (size_t f = 0; f < ds->nfields; f++) {
        if (!ps->in_period[d][f]) continue;
        uint8_t *in = arena_alloc(&ps->mem, t->nrows + 1, 1);
        if (!in) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
        ps->in_period[d][f] = in;
        const int64_t *v = table_i64(t, f);
        bool date = ds->fields[f].type == VT_DATE;
        int64_t last = date ? zone_day_of(ps->w.zone, ps->as_of) : ps->as_of;
        for (size_t i = 0; v && i < t->nrows; i++)
            in[i] = table_has(t, f, i) && v[i] <= last && (date ? v[i] >= ps->period.first_day && v[i] <= ps->period.last_day : v[i] >= ps->period.from && v[i] < ps->period.to);
    }
    uint8_t *valid = arena_alloc(&ps->mem, t->nrows + 1, 1);
    if (!valid) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    ps->valid_then[d] = valid;
    for (size_t i = 0; i < t->nrows; i++) {
        bool begun = ds->valid_from < 0 || !table_has(t, (size_t)ds->valid_from, i) || table_i64(t, (size_t)ds->valid_from)[i] <= ps->period.last_day;
        bool not_over = ds->valid_to < 0 || !table_has(t, (size_t)ds->valid_to, i) || table_i64(t, (size_t)ds->valid_to)[i] >= ps->period.first_day;
        valid[i] = begun && not_over;
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
    return SLA_OK;
}

/* ---- the changes of a dataset's records, by record ---- */
typedef struct change_index { uint32_t *first, *rows; size_t nrecords; } change_index;  /* rows[first[r] .. first[r+1]): in order of time */

static sla_status index_changes(pass *ps, const dataset *ds, slice which, change_index *out, err *e)
{
    const table *t = ps->w.tables[ds->idx], *h = ps->w.tables[ds->changes.dataset];
    size_t texts = dict_count(ps->w.dict) + 1u, n = 0;
    uint32_t *record_of = mem_zero(texts, sizeof *record_of), *at = NULL; /* record + 1 by the code of its key */
    *out = (change_index){.first = mem_zero(t->nrows + 2, sizeof(uint32_t)), .nrecords = t->nrows};
    const uint32_t *keys = table_codes(t, ds->key[0]), *rec = table_codes(h, (size_t)ds->changes.record), *fields = table_codes(h, (size_t)ds->changes.field);
    const int64_t *times = table_i64(h, (size_t)ds->changes.at);
    uint32_t want = dict_find(ps->w.dict, which);
    if (!record_of || !out->first) goto nomem;
    for (size_t i = 0; keys && i < t->nrows; i++)
        if (table_has(t, ds->key[0], i)) record_of[keys[i]] = (uint32_t)i + 1;
    if (rec && fields && times && want != DICT_NONE) {
        for (size_t i = 0; i < h->nrows; i++)
            if (fields[i] == want && record_of[rec[i]] && table_has(h, (size_t)ds->changes.field, i)) out->first[record_of[rec[i]] + 1]++, n++;
    }
    if (!(out->rows = mem_zero(n ? n : 1, sizeof *out->rows)) || !(at = mem_zero(t->nrows + 2, sizeof *at))) goto nomem;
    for (size_t r = 1; r < t->nrows + 2; r++) out->first[r] += out->first[r - 1];
    memcpy(at, out->first, (t->nrows + 2) * sizeof *at);
    for (size_t i = 0; n && i < h->nrows; i++) {
        if (fields[i] != want || !record_of[rec[i]] || !table_has(h, (size_t)ds->changes.field, i)) continue;
        uint32_t r = record_of[rec[i]], k = at[r]++;
        while (k > out->first[r] && times[out->rows[k - 1]] > times[i]) out->rows[k] = out->rows[k - 1], k--; /* nearly always in order already */
        out->rows[k] = (uint32_t)i;
    }
    /* first[r + 1] is where record r's changes begin: shift so that first[r] does */
    memmove(out->first, out->first + 1, (t->nrows + 1) * sizeof *out->first);
    mem_free(at);
    mem_free(record_of);
    return SLA_OK;
nomem:
    mem_free(at);
    mem_free(record_of);
    return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the history of %s", ds->name.ptr);
}

static void index_free(change_index *x)
{
    mem_free(x->first);
    mem_free(x->rows);
}

/* A field whose later changes are undone takes the old value of its first change after as_of. Runs before the history is masked. */
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
        change_index x = {0};
        sla_status st = index_changes(ps, ds, ds->fields[f].name, &x, e);
        for (size_t r = 0; st == SLA_OK && r < t->nrows; r++)
            for (uint32_t k = x.first[r]; k < x.first[r + 1]; k++) {
                uint32_t row = x.rows[k];
                if (!table_has(h, (size_t)ds->changes.at, row) || at[row] <= ps->as_of || !table_has(h, (size_t)ds->changes.old_, row)) continue;
                ((uint32_t *)t->cols[f].data)[r] = table_codes(h, (size_t)ds->changes.old_)[row];
                bits_set(t->cols[f].valid, r);
                break;
            }
        index_free(&x);
        TRY(st);
    }
    return SLA_OK;
}

/* A record whose resolution lies after as_of was open then; without a history its status of that day is not known, but it was none of the final ones. */
static sla_status forget_status(pass *ps, const sla_clock *c)
{
    size_t d = c->ds->idx;
    table *t = ps->w.tables[d];
    const enumeration *en = c->ds->fields[c->status].en;
    const uint64_t *later = ps->later[d][c->stop];
    if (!c->history || !later || !en || !en->phase || !t->cols[c->status].data) return SLA_OK;
    for (size_t row = 0; row < t->nrows; row++) {
        if (!bits_get(later, row) || !table_has(t, (size_t)c->status, row)) continue;
        int rank = enumeration_rank(en, dict_text(ps->w.dict, table_codes(t, (size_t)c->status)[row]));
        if (rank >= 0 && en->phase[rank] == PHASE_FINAL) bits_clear(t->cols[c->status].valid, row);
    }
    return SLA_OK;
}

/* ---- clocks ---- */
typedef struct clock_job {
    pass *ps; const sla_clock *c; const table *t;
    const kept *where;
    const change_index *changes;                /* NULL: no history */
    clock_phase *phase_of;                      /* by code of the status field's texts; nphases of them */
    size_t nphases;
    const clock_limit **limit_of;               /* by code; NULL entries: no limit */
    tcolumn *out;                               /* CLOCK_FIELDS columns */
    uint32_t states[5];                         /* codes of out, met, breached, running, unknown in the order of clock_state */
} clock_job;

static clock_phase phase_of_code(const clock_job *j, uint32_t code) { return code < j->nphases ? j->phase_of[code] : PHASE_UNKNOWN; }

static int64_t time_at(const table *t, int f, size_t row) { return table_has(t, (size_t)f, row) ? table_i64(t, (size_t)f)[row] : TIME_NONE; }

static const clock_limit *limit_for(const clock_job *j, size_t row)
{
    const sla_clock *c = j->c;
    if (c->by < 0) return &c->limits[0];
    if (!table_has(j->t, (size_t)c->by, row)) return NULL;
    uint32_t code = table_codes(j->t, (size_t)c->by)[row];
    return code < j->nphases ? j->limit_of[code] : NULL;
}

static void put_value(const tcolumn *c, size_t row, int64_t v)
{
    if (!c->data) return; /* nothing reads it */
    ((int64_t *)c->data)[row] = v;
    bits_set(c->valid, row);
}

/* due: when the limit is used up, at the end of a working day perhaps; breach: when time runs on beyond it, then on the next working day. */
static void put(clock_job *j, size_t row, const clock_result *r, const calendar *cal, int64_t due)
{
    int64_t begin, end;
    ((uint32_t *)j->out[CLOCK_STATE].data)[row] = j->states[r->state];
    if (r->state == CLOCK_OUT || r->state == CLOCK_UNKNOWN) return;
    put_value(&j->out[CLOCK_ELAPSED], row, r->elapsed);
    put_value(&j->out[CLOCK_PAUSED], row, r->paused);
    if (r->state != CLOCK_RUNNING) put_value(&j->out[CLOCK_IS_MET], row, r->state == CLOCK_MET);
    if (due == TIME_NONE) return;
    put_value(&j->out[CLOCK_DUE], row, due);
    put_value(&j->out[CLOCK_BREACH], row, cal_next_span(cal, due, &begin, &end) && begin > due ? begin : due);
}

/* The steps of one record, from its status changes. */
typedef struct step_room { clock_step *items; size_t cap; } step_room;

static size_t steps_of(const clock_job *j, size_t row, clock_step *out)
{
    const dataset *ds = j->c->ds;
    const table *h = j->ps->w.tables[ds->changes.dataset];
    const int64_t *at = table_i64(h, (size_t)ds->changes.at);
    const uint32_t *to = table_codes(h, (size_t)ds->changes.new_);
    size_t n = 0;
    for (uint32_t i = j->changes->first[row]; i < j->changes->first[row + 1]; i++) {
        uint32_t k = j->changes->rows[i];
        if (!table_has(h, (size_t)ds->changes.at, k)) continue; /* after as_of: masked */
        out[n++] = (clock_step){at[k], table_has(h, (size_t)ds->changes.new_, k) ? phase_of_code(j, to[k]) : PHASE_UNKNOWN};
    }
    return n;
}

static void judge_row(clock_job *j, size_t row, step_room *steps)
{
    const sla_clock *c = j->c;
    clock_result r = {.state = CLOCK_OUT};
    uint8_t in = j->where ? j->where->truth[row] : 1;
    size_t d = c->ds->idx;
    bits_set(j->out[CLOCK_STATE].valid, row);
    bool start_later = j->ps->later[d][c->start] && bits_get(j->ps->later[d][c->start], row);
    if (in == 0 || start_later) {
        put(j, row, &r, NULL, TIME_NONE);
        return;
    }
    const clock_limit *lim = limit_for(j, row);
    clock_input ci = {.start = time_at(j->t, c->start, row), .stop = time_at(j->t, c->stop, row), .now = PHASE_UNKNOWN, .uses_history = c->history, .reopen = c->reopen,
                      .cal = lim ? lim->cal : c->limits[0].cal, .limit = lim ? lim->limit : -1, .as_of = j->ps->as_of,
                      .stop_later = j->ps->later[d][c->stop] && bits_get(j->ps->later[d][c->stop], row)};
    if (table_has(j->t, (size_t)c->status, row)) ci.now = phase_of_code(j, table_codes(j->t, (size_t)c->status)[row]);
    if (j->changes) {
        ci.steps = steps->items;
        ci.nsteps = steps_of(j, row, steps->items);
    }
    r = slaclock_judge(&ci);
    if (in == 2 && r.state != CLOCK_OUT) r.state = CLOCK_UNKNOWN;
    put(j, row, &r, ci.cal, lim && ci.start != TIME_NONE ? cal_add(ci.cal, ci.start, ci.limit + r.paused) : TIME_NONE);
}

enum { CLOCK_PART = 8192 };
static sla_status clock_part(void *ctx, size_t part, err *e)
{
    clock_job *j = ctx;
    step_room steps = {0};
    size_t to = (part + 1) * CLOCK_PART < j->t->nrows ? (part + 1) * CLOCK_PART : j->t->nrows;
    for (size_t row = part * CLOCK_PART; row < to; row++) {
        size_t n = j->changes ? j->changes->first[row + 1] - j->changes->first[row] : 0;
        if (n && mem_grow(&steps.items, &steps.cap, n, sizeof *steps.items)) {
            mem_free(steps.items);
            return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
        }
        judge_row(j, row, &steps);
    }
    mem_free(steps.items);
    return SLA_OK;
}

static sla_status make_columns(pass *ps, clock_job *j, err *e)
{
    j->out = ps->derived[j->c->ds->idx] + j->c->first_derived;
    for (size_t i = 0; i < CLOCK_FIELDS; i++) {
        if (i != CLOCK_STATE && !ps->read->derived[j->c->ds->idx][j->c->first_derived + i]) continue;
        j->out[i].data = mem_zero(j->t->nrows + 1, 8);
        j->out[i].valid = mem_zero(BITS_WORDS(j->t->nrows) + 1, 8);
        if (!j->out[i].data || !j->out[i].valid) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
    }
    static const char *const words[] = {"out", "met", "breached", "running", "unknown"};
    for (int i = 0; i < 5; i++)
        if ((j->states[i] = dict_intern(ps->w.dict, slice_of(words[i]))) == DICT_NONE) return SLA_NOMEM;
    return SLA_OK;
}

/* Tables by dictionary code, so that a row costs a look-up and no comparison of texts. */
static sla_status make_lookups(pass *ps, clock_job *j, err *e)
{
    const sla_clock *c = j->c;
    const enumeration *en = c->ds->fields[c->status].en;
    j->nphases = dict_count(ps->w.dict);
    j->phase_of = arena_alloc(&ps->mem, j->nphases, sizeof *j->phase_of);
    j->limit_of = arena_alloc(&ps->mem, j->nphases, sizeof *j->limit_of);
    if (!j->phase_of || !j->limit_of) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
    for (size_t i = 0; i < j->nphases; i++) j->phase_of[i] = PHASE_UNKNOWN;
    for (size_t i = 0; en && i < en->n; i++) {
        uint32_t code = dict_find(ps->w.dict, en->values[i]);
        if (code != DICT_NONE) j->phase_of[code] = en->phase ? (clock_phase)en->phase[i] : PHASE_RUN;
    }
    for (size_t i = 0; i < c->nlimits; i++) {
        uint32_t code = c->limits[i].key.ptr ? dict_find(ps->w.dict, c->limits[i].key) : DICT_NONE;
        if (code != DICT_NONE) j->limit_of[code] = &c->limits[i];
        if (!c->limits[i].key.ptr)
            for (size_t k = 0; k < j->nphases; k++)
                if (!j->limit_of[k]) j->limit_of[k] = &c->limits[i];
    }
    return SLA_OK;
}

/* The status changes of all records, shared by the clocks of a dataset that use the history. */
static sla_status find_changes(pass *ps, clock_job *j, change_index *x, err *e)
{
    const dataset *ds = j->c->ds;
    const table *h = ps->w.tables[ds->changes.dataset];
    if (!h || !h->imported) {
        ps->no_history = true;
        return SLA_OK;
    }
    if (!x->first) TRY(index_changes(ps, ds, ds->fields[j->c->status].name, x, e));
    j->changes = x;
    return SLA_OK;
}

static sla_status run_clock(pass *ps, const sla_clock *c, const kept *where, change_index *x, err *e)
{
    clock_job j = {.ps = ps, .c = c, .t = ps->w.tables[c->ds->idx], .where = where};
    TRY(make_columns(ps, &j, e));
    TRY(make_lookups(ps, &j, e));
    if (c->history) TRY(find_changes(ps, &j, x, e));
    return pool_each((j.t->nrows + CLOCK_PART - 1) / CLOCK_PART, clock_part, &j, e);
}

/* The clocks' populations, by a small program of their own. */
static sla_status eval_wheres(pass *ps, size_t d, kept *where, err *e)
{
    const program *p = ps->p->clock_programs[d];
    machine *m = NULL;
    size_t n = ps->w.tables[d]->nrows;
    if (!p || program_slots(p) == 0) return SLA_OK;
    sla_status st = machine_new(p, &ps->w, ps->shared, &m, e);
    for (size_t row = 0; st == SLA_OK && row < n; row += VEC_ROWS) {
        size_t k = n - row < VEC_ROWS ? n - row : VEC_ROWS;
        st = machine_eval(m, row, k, e);
        for (size_t c = 0; st == SLA_OK && c < ps->p->nclocks; c++) {
            if (!where[c].truth || ps->p->clocks[c].ds->idx != d) continue;
            vec v = machine_result(m, ps->p->clocks[c].where);
            for (size_t i = 0; i < k; i++) where[c].truth[row + i] = !bits_get(v.known, i) ? 2 : bits_get(v.v.bits, i);
        }
    }
    machine_free(m);
    return st;
}

static sla_status run_dataset(pass *ps, size_t d, kept *where, change_index *x, err *e)
{
    size_t nd = ps->p->env.derived[d].n;
    if (!nd || !ps->w.tables[d]) return SLA_OK;
    if (!(ps->derived[d] = mem_zero(nd, sizeof(tcolumn)))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
    for (size_t c = 0; c < ps->p->nclocks; c++)
        if (ps->p->clocks[c].ds->idx == d && ps->p->clocks[c].where >= 0 && !(where[c].truth = arena_alloc(&ps->mem, ps->w.tables[d]->nrows + 1, 1))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
    TRY(eval_wheres(ps, d, where, e));
    for (size_t c = 0; c < ps->p->nclocks; c++)
        if (ps->p->clocks[c].ds->idx == d) TRY(run_clock(ps, &ps->p->clocks[c], where[c].truth ? &where[c] : NULL, x, e));
    ps->w.derived[d].cols = ps->derived[d];
    ps->w.derived[d].n = nd;
    return SLA_OK;
}

static sla_status run_clocks(pass *ps, err *e)
{
    kept *where = arena_alloc(&ps->mem, ps->p->nclocks + 1, sizeof *where);
    sla_status st = where ? SLA_OK : SLA_NOMEM;
    for (size_t d = 0; st == SLA_OK && d < ps->p->model->n; d++) {
        change_index x = {0}; /* shared by the clocks of a dataset */
        st = run_dataset(ps, d, where, &x, e);
        index_free(&x);
    }
    return st;
}

/* ---- the whole ---- */
sla_status world_make(pass *ps, const bool also[DATASETS_MAX], err *e)
{
    TRY(load_tables(ps, also, e));
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (ps->w.tables[d]) TRY(mark_period(ps, d, e));
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (ps->w.tables[d]) TRY(roll_back(ps, &ps->p->model->datasets[d], e));
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (ps->w.tables[d]) TRY(mask_later(ps, d, e));
    for (size_t i = 0; i < ps->p->nclocks; i++)
        if (ps->w.tables[ps->p->clocks[i].ds->idx]) TRY(forget_status(ps, &ps->p->clocks[i]));
    TRY(lang_shared_new(&ps->w, &ps->shared, e));
    TRY(run_clocks(ps, e));
    return computed_run(ps, e);
}

void world_clear(pass *ps)
{
    lang_shared_free(ps->shared);
    for (size_t d = 0; d < DATASETS_MAX; d++) {
        for (size_t i = 0; ps->derived[d] && i < ps->p->env.derived[d].n; i++) {
            mem_free(ps->derived[d][i].data);
            mem_free(ps->derived[d][i].valid);
        }
        mem_free(ps->derived[d]);
        table_free(ps->w.tables[d]);
        mem_free(ps->kept[d]);
    }
    for (size_t i = 0; i < ps->nchosen; i++) {
        mem_free(ps->chosen[i].state);
        mem_free(ps->chosen[i].rows);
    }
    mem_free(ps->chosen);
    for (struct own_memory *own = ps->own; own; own = own->below)
        for (size_t i = 0; i < own->n; i++) arena_free(&own->arenas[i]);
    arena_free(&ps->mem);
}
