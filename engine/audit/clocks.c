#include "engine/audit/clocks.h"
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"

/* What is the same for all records of a clock. */
typedef struct clock_job {
    pass *ps; const sla_clock *c; const table *t;
    const kept *where;
    const change_index *changes;                /* of the status; NULL: no history, or none wanted */
    const change_index *moves;                  /* of the field that chooses the limit; NULL: not looked at */
    clock_phase *phase_of;                      /* by code of the status field's texts; nphases of them; none behind has a phase */
    const clock_limit **limit_of;               /* by code, nlimits of them; the codes behind have the default */
    size_t nphases, nlimits;
    const clock_limit *limit;                   /* the default; NULL: none */
    uint32_t *choice_codes;                     /* of the values for which other calendars are chosen */
    tcolumn *out;                               /* CLOCK_FIELDS columns */
    uint32_t states[5];                         /* codes of out, met, breached, running, unknown in the order of clock_state */
} clock_job;
/* While [from, to) the limit was this one; NULL: none is defined. */
typedef struct limit_span { int64_t from, to; const clock_limit *limit; } limit_span;
/* Memory for one record at a time, kept from one to the next; freed with room_clear. */
typedef struct room { clock_step *steps; size_t cap_steps; limit_span *spans; size_t cap_spans; } room;

static void room_clear(room *r)
{
    mem_free(r->steps);
    mem_free(r->spans);
}

static clock_phase phase_of_code(const clock_job *j, uint32_t code) { return code < j->nphases ? j->phase_of[code] : PHASE_UNKNOWN; }
static const clock_limit *limit_of_code(const clock_job *j, uint32_t code) { return code < j->nlimits ? j->limit_of[code] : j->limit; }
static int64_t time_at(const table *t, int f, size_t row) { return table_has(t, (size_t)f, row) ? table_i64(t, (size_t)f)[row] : TIME_NONE; }

/* The limit in the calendar chosen for this record. */
static const clock_limit *in_calendar(const clock_job *j, size_t row, const clock_limit *lim)
{
    const sla_clock *c = j->c;
    if (!lim || !c->nchoices || !table_has(j->t, (size_t)c->calendar_by, row)) return lim;
    uint32_t code = table_codes(j->t, (size_t)c->calendar_by)[row];
    for (size_t i = 0; i < c->nchoices; i++)
        if (j->choice_codes[i] == code) return &c->choices[i].limits[lim - c->limits];
    return lim;
}

static const clock_limit *limit_for(const clock_job *j, size_t row)
{
    const sla_clock *c = j->c;
    if (c->by < 0) return in_calendar(j, row, &c->limits[0]);
    return table_has(j->t, (size_t)c->by, row) ? in_calendar(j, row, limit_of_code(j, table_codes(j->t, (size_t)c->by)[row])) : NULL;
}

/* ---- the input of one record ---- */
static size_t changes_of(const change_index *x, size_t row) { return x && x->first ? x->first[row + 1] - x->first[row] : 0; }

/* The steps of one record, from its status changes, into room for as many. */
static size_t steps_of(const clock_job *j, size_t row, clock_step *out)
{
    const dataset *ds = j->c->ds;
    const table *h = j->ps->w.tables[ds->changes.dataset];
    const int64_t *at = table_i64(h, (size_t)ds->changes.at);
    const uint32_t *to = table_codes(h, (size_t)ds->changes.new_);
    size_t n = 0;
    for (uint32_t i = j->changes->first[row]; i < j->changes->first[row + 1]; i++) {
        uint32_t k = j->changes->rows[i];
        out[n++] = (clock_step){at[k], table_has(h, (size_t)ds->changes.new_, k) ? phase_of_code(j, to[k]) : PHASE_UNKNOWN};
    }
    return n;
}

static sla_status make_input(const clock_job *j, size_t row, room *own, clock_input *ci)
{
    const sla_clock *c = j->c;
    const uint64_t *later = j->ps->later[c->ds->idx][c->stop];
    const clock_limit *lim = limit_for(j, row);
    *ci = (clock_input){.start = time_at(j->t, c->start, row), .stop = time_at(j->t, c->stop, row), .now = PHASE_UNKNOWN, .uses_history = c->history, .reopen = c->reopen,
                        .cal = lim ? lim->cal : c->limits[0].cal, .limit = lim ? lim->limit : -1, .as_of = j->ps->as_of, .stop_later = later && bits_get(later, row)};
    if (table_has(j->t, (size_t)c->status, row)) ci->now = phase_of_code(j, table_codes(j->t, (size_t)c->status)[row]);
    if (!j->changes) return SLA_OK;
    size_t n = changes_of(j->changes, row);
    if (n && mem_grow(&own->steps, &own->cap_steps, n + 1, sizeof *own->steps)) return SLA_NOMEM; /* one more: `gross` may add a step */
    ci->steps = own->steps;
    ci->nsteps = n ? steps_of(j, row, own->steps) : 0;
    return SLA_OK;
}

int64_t clock_shown_at(const clock_input *in, int64_t at)
{
    clock_input then = *in;
    if (in->start == TIME_NONE || at <= in->start) return 0;
    if (at < then.as_of) then.as_of = at;
    if (then.stop == TIME_NONE || then.stop > then.as_of) then.stop = TIME_NONE, then.stop_later = true;
    if (then.limit < 0) then.limit = 0;
    return slaclock_judge(&then).elapsed;
}

/* ---- a change of what chooses the limit ---- */
/* The limits in force from `from` to `to`, in order of time, into room for one more than there are changes. Before its first noted change a field had that change's old value. */
static size_t spans_of(const clock_job *j, size_t row, int64_t from, int64_t to, limit_span *out)
{
    const dataset *ds = j->c->ds;
    const table *h = j->ps->w.tables[ds->changes.dataset];
    const int64_t *at = table_i64(h, (size_t)ds->changes.at);
    const size_t was = (size_t)ds->changes.old_, is = (size_t)ds->changes.new_;
    size_t n = 0;
    out[n++] = (limit_span){from, to, limit_for(j, row)};
    for (uint32_t i = j->moves->first[row], k = 0; i < j->moves->first[row + 1]; i++) {
        uint32_t r = j->moves->rows[i];
        if (!table_has(h, (size_t)ds->changes.at, r)) continue;
        if (k++ == 0) out[0].limit = table_has(h, was, r) ? in_calendar(j, row, limit_of_code(j, table_codes(h, was)[r])) : out[0].limit;
        const clock_limit *lim = table_has(h, is, r) ? in_calendar(j, row, limit_of_code(j, table_codes(h, is)[r])) : NULL;
        if (at[r] <= from) {
            out[0].limit = lim;
        } else if (at[r] < to && lim != out[n - 1].limit) {
            out[n - 1].to = at[r];
            out[n++] = (limit_span){at[r], to, lim};
        }
    }
    return n;
}

static int rank_of(const sla_clock *c, const clock_limit *l)
{
    return l && l->key.ptr ? enumeration_rank(c->ds->fields[c->by].en, l->key) : -1;
}

/* highest: the limit of the highest value that was in force; reanchor: the clock begins anew with the last change; gross: pauses before it are not left out. */
static void apply_policy(const clock_job *j, const limit_span *s, size_t n, clock_input *ci)
{
    const clock_limit *best = s[0].limit;
    int64_t changed = s[n - 1].from;
    if (n == 1) return;
    switch (j->c->change) {
    case CHANGE_HIGHEST:
        for (size_t i = 1; i < n; i++)
            if (rank_of(j->c, s[i].limit) > rank_of(j->c, best)) best = s[i].limit;
        ci->cal = best ? best->cal : ci->cal;
        ci->limit = best ? best->limit : -1;
        break;
    case CHANGE_REANCHOR: ci->start = changed; break;
    case CHANGE_GROSS: {
        clock_step *steps = (clock_step *)(uintptr_t)ci->steps;
        size_t before = 0;
        while (before < ci->nsteps && steps[before].at <= changed) before++;
        bool pausing = before && steps[before - 1].phase == PHASE_PAUSE;
        for (size_t i = 0; i < before; i++)
            if (steps[i].phase == PHASE_PAUSE) steps[i].phase = PHASE_RUN;
        if (!pausing) break;
        memmove(steps + before + 1, steps + before, (ci->nsteps - before) * sizeof *steps);
        steps[before] = (clock_step){changed, PHASE_PAUSE};
        ci->nsteps++;
        break;
    }
    default: break;
    }
}

/* split: each part of the time uses up its part of the limit that was in force then; the limit is broken when the parts come to more than one. */
static void judge_split(const limit_span *s, size_t n, const clock_input *ci, clock_result *r)
{
    double used = 0;
    int64_t elapsed = 0;
    for (size_t i = 0; i < n; i++) {
        clock_input part = *ci;
        if (!s[i].limit || s[i].limit->limit <= 0) {
            r->state = CLOCK_UNKNOWN;
            return;
        }
        part.cal = s[i].limit->cal;
        int64_t t = clock_shown_at(&part, s[i].to) - clock_shown_at(&part, s[i].from);
        elapsed += t;
        used += (double)t / (double)s[i].limit->limit;
    }
    r->elapsed = elapsed;
    r->state = used > 1 + 1e-12 ? CLOCK_BREACHED : r->stop != TIME_NONE ? CLOCK_MET : CLOCK_RUNNING;
}

/* ci, from make_input, becomes what the policy makes of it. */
static sla_status judge(const clock_job *j, size_t row, room *own, clock_input *ci, clock_result *r)
{
    size_t changes = changes_of(j->moves, row);
    *r = slaclock_judge(ci);
    if (j->c->change == CHANGE_LATEST || changes == 0 || r->state == CLOCK_OUT || r->state == CLOCK_UNKNOWN) return SLA_OK;
    if (mem_grow(&own->spans, &own->cap_spans, changes + 1, sizeof *own->spans)) return SLA_NOMEM;
    int64_t end = r->stop != TIME_NONE ? r->stop : ci->as_of + 1; /* what happens at as_of has happened */
    size_t n = spans_of(j, row, ci->start, end, own->spans);
    if (j->c->change == CHANGE_SPLIT) {
        if (n > 1) judge_split(own->spans, n, ci, r);
        return SLA_OK;
    }
    apply_policy(j, own->spans, n, ci);
    *r = slaclock_judge(ci);
    return SLA_OK;
}

/* ---- all records ---- */
static void put_value(const tcolumn *c, size_t row, int64_t v)
{
    if (!c->data) return; /* nothing reads it */
    ((int64_t *)c->data)[row] = v;
    bits_set(c->valid, row);
}

bool clock_pauses_known(const clock_input *ci) { return !ci->uses_history || ci->nsteps > 0; }

/* Where the limit changed midway and its parts are added up, no one instant is the due time of the whole. */
static void put_due(const clock_job *j, size_t row, const clock_input *ci)
{
    int64_t due, breach;
    if ((!j->out[CLOCK_DUE].data && !j->out[CLOCK_BREACH].data) || (j->c->change == CHANGE_SPLIT && changes_of(j->moves, row))) return;
    if (!slaclock_due(ci, &due, &breach)) return;
    put_value(&j->out[CLOCK_DUE], row, due);
    put_value(&j->out[CLOCK_BREACH], row, breach);
}

/* ci: NULL for a record outside the population. */
static void put(clock_job *j, size_t row, const clock_result *r, const clock_input *ci)
{
    ((uint32_t *)j->out[CLOCK_STATE].data)[row] = j->states[r->state];
    if (r->state == CLOCK_OUT || r->state == CLOCK_UNKNOWN) return;
    put_value(&j->out[CLOCK_ELAPSED], row, r->elapsed);
    if (clock_pauses_known(ci)) put_value(&j->out[CLOCK_PAUSED], row, r->paused);
    put_value(&j->out[CLOCK_LIMIT], row, ci->limit);
    if (j->out[CLOCK_CYCLES].data) {
        ((double *)j->out[CLOCK_CYCLES].data)[row] = r->cycles;
        bits_set(j->out[CLOCK_CYCLES].valid, row);
    }
    if (r->state != CLOCK_RUNNING) put_value(&j->out[CLOCK_IS_MET], row, r->state == CLOCK_MET);
    put_due(j, row, ci);
}

static sla_status judge_row(clock_job *j, size_t row, room *own)
{
    const sla_clock *c = j->c;
    const uint64_t *start_later = j->ps->later[c->ds->idx][c->start];
    clock_result r = {.state = CLOCK_OUT};
    clock_input ci;
    uint8_t in = j->where ? kept_truth(j->where, row) : 1;
    bits_set(j->out[CLOCK_STATE].valid, row);
    if (in == 0 || (start_later && bits_get(start_later, row))) {
        put(j, row, &r, NULL);
        return SLA_OK;
    }
    TRY(make_input(j, row, own, &ci));
    TRY(judge(j, row, own, &ci, &r));
    if (in == 2 && r.state != CLOCK_OUT) r.state = CLOCK_UNKNOWN;
    put(j, row, &r, &ci);
    return SLA_OK;
}

enum { CLOCK_PART = 8192 };
static size_t column_width(size_t i) { return i == CLOCK_STATE ? sizeof(uint32_t) : sizeof(int64_t); }

static sla_status clock_part(void *ctx, size_t part, err *e)
{
    clock_job *j = ctx;
    room own = {0};
    sla_status st = SLA_OK;
    size_t from = part * CLOCK_PART, to = from + CLOCK_PART < j->t->nrows ? from + CLOCK_PART : j->t->nrows;
    for (size_t i = 0; i < CLOCK_FIELDS; i++)
        if (j->out[i].data) memset((char *)j->out[i].data + from * column_width(i), 0, (to - from) * column_width(i));
    for (size_t row = from; st == SLA_OK && row < to; row++) st = judge_row(j, row, &own);
    room_clear(&own);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for the clocks");
}

static sla_status make_columns(pass *ps, clock_job *j, err *e)
{
    j->out = ps->derived[j->c->ds->idx] + j->c->first_derived;
    for (size_t i = 0; i < CLOCK_FIELDS; i++) {
        if (i != CLOCK_STATE && !ps->read->derived[j->c->ds->idx][j->c->first_derived + i]) continue;
        j->out[i].data = mem_resize(NULL, j->t->nrows + 1, column_width(i)); /* clock_part clears its own part: pages are first touched by the thread that fills them */
        j->out[i].valid = mem_zero(BITS_WORDS(j->t->nrows) + 1, 8);
        if (!j->out[i].data || !j->out[i].valid) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
    }
    static const char *const words[] = {"out", "met", "breached", "running", "unknown"};
    for (int i = 0; i < 5; i++)
        if ((j->states[i] = dict_intern(ps->w.dict, slice_of(words[i]))) == DICT_NONE) return SLA_NOMEM;
    return SLA_OK;
}

/* How long a table by code must be to hold the codes of these texts: a pack's terms come first in the dictionary. */
static size_t after_code(const dict *d, slice text, size_t n)
{
    uint32_t code = text.ptr ? dict_find(d, text) : DICT_NONE;
    return code != DICT_NONE && code >= n ? (size_t)code + 1 : n;
}

/* Tables by dictionary code, so that a row costs a look-up and no comparison of texts. */
static sla_status make_lookups(pass *ps, clock_job *j, err *e)
{
    const sla_clock *c = j->c;
    const enumeration *en = c->ds->fields[c->status].en;
    for (size_t i = 0; en && i < en->n; i++) j->nphases = after_code(ps->w.dict, en->values[i], j->nphases);
    for (size_t i = 0; i < c->nlimits; i++) {
        j->nlimits = after_code(ps->w.dict, c->limits[i].key, j->nlimits);
        if (!c->limits[i].key.ptr) j->limit = &c->limits[i];
    }
    j->phase_of = arena_alloc(&ps->mem, j->nphases + 1, sizeof *j->phase_of);
    j->limit_of = arena_alloc(&ps->mem, j->nlimits + 1, sizeof *j->limit_of);
    j->choice_codes = arena_alloc(&ps->mem, c->nchoices + 1, sizeof *j->choice_codes);
    if (!j->phase_of || !j->limit_of || !j->choice_codes) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
    for (size_t i = 0; i < c->nchoices; i++) j->choice_codes[i] = dict_find(ps->w.dict, c->choices[i].key);
    for (size_t i = 0; i < j->nphases; i++) j->phase_of[i] = PHASE_UNKNOWN;
    for (size_t i = 0; i < j->nlimits; i++) j->limit_of[i] = j->limit;
    for (size_t i = 0; en && i < en->n; i++) {
        uint32_t code = dict_find(ps->w.dict, en->values[i]);
        if (code != DICT_NONE) j->phase_of[code] = en->phase ? (clock_phase)en->phase[i] : PHASE_RUN;
    }
    for (size_t i = 0; i < c->nlimits; i++) {
        uint32_t code = c->limits[i].key.ptr ? dict_find(ps->w.dict, c->limits[i].key) : DICT_NONE;
        if (code != DICT_NONE) j->limit_of[code] = &c->limits[i];
    }
    return SLA_OK;
}

static sla_status find_changes(clock_job *j, err *e)
{
    const sla_clock *c = j->c;
    const dataset *ds = c->ds;
    if (!c->history && c->change == CHANGE_LATEST) return SLA_OK;
    const table *h = ds->changes.dataset >= 0 ? j->ps->w.tables[ds->changes.dataset] : NULL;
    if (!h || !h->imported) {
        j->ps->no_history = true;
        return SLA_OK;
    }
    if (c->history) TRY(fieldchanges_of(j->ps, ds, c->status, &j->changes, e));
    if (c->change == CHANGE_LATEST || c->by < 0) return SLA_OK;
    return fieldchanges_of(j->ps, ds, c->by, &j->moves, e);
}

sla_status clocks_index(pass *ps, err *e)
{
    for (size_t i = 0; i < ps->p->nclocks; i++) {
        const dataset *ds = ps->p->clocks[i].ds;
        const change_index *x;
        if (!ps->p->clocks[i].history || ds->changes.dataset < 0 || !ps->w.tables[ds->idx] || !ps->w.tables[ds->changes.dataset]) continue;
        TRY(fieldchanges_of(ps, ds, ps->p->clocks[i].status, &x, e));
    }
    return SLA_OK;
}

/* Records that have the clock but no status change at all: their pauses cannot be known. */
static void count_without(pass *ps, const clock_job *j)
{
    for (size_t row = 0; j->changes && row < j->t->nrows; row++)
        ps->without_history += changes_of(j->changes, row) == 0 && ((uint32_t *)j->out[CLOCK_STATE].data)[row] != j->states[CLOCK_OUT];
}

static sla_status run_clock(pass *ps, const sla_clock *c, const kept *where, err *e)
{
    clock_job j = {.ps = ps, .c = c, .t = ps->w.tables[c->ds->idx], .where = where};
    TRY(make_columns(ps, &j, e));
    TRY(make_lookups(ps, &j, e));
    TRY(find_changes(&j, e));
    TRY(pool_each((j.t->nrows + CLOCK_PART - 1) / CLOCK_PART, clock_part, &j, e));
    count_without(ps, &j);
    return SLA_OK;
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
            kept_put_truth(&where[c], machine_result(m, ps->p->clocks[c].where), row, k);
        }
    }
    machine_free(m);
    for (size_t c = 0; c < ps->p->nclocks; c++)
        for (size_t f = 0; st == SLA_OK && where[c].truth && ps->p->clocks[c].ds->idx == d && f < CLOCK_FIELDS; f++)
            st = lang_failed(ps->shared, p, ps->p->clocks[c].where, &ps->derived_failed[d][ps->p->clocks[c].first_derived + f], e);
    return st;
}

static sla_status run_dataset(pass *ps, size_t d, kept *where, err *e)
{
    size_t nd = ps->p->env.derived[d].n;
    if (!nd || !ps->w.tables[d]) return SLA_OK;
    if (!(ps->derived[d] = mem_zero(nd, sizeof(tcolumn))) || !(ps->derived_failed[d] = ARENA_NEW(&ps->mem, lang_failure, nd))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
    size_t nw = BITS_WORDS(ps->w.tables[d]->nrows) + 1;
    for (size_t c = 0; c < ps->p->nclocks; c++)
        if (ps->p->clocks[c].ds->idx == d && ps->p->clocks[c].where >= 0 && !((where[c].truth = ARENA_NEW(&ps->mem, uint64_t, nw)) && (where[c].known = ARENA_NEW(&ps->mem, uint64_t, nw))))
            return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the clocks");
    TRY(eval_wheres(ps, d, where, e));
    for (size_t c = 0; c < ps->p->nclocks; c++)
        if (ps->p->clocks[c].ds->idx == d) TRY(run_clock(ps, &ps->p->clocks[c], where[c].truth ? &where[c] : NULL, e));
    ps->w.derived[d].cols = ps->derived[d];
    ps->w.derived[d].n = nd;
    ps->w.derived[d].failed = ps->derived_failed[d];
    return SLA_OK;
}

sla_status clocks_run(pass *ps, err *e)
{
    kept *where = arena_alloc(&ps->mem, ps->p->nclocks + 1, sizeof *where);
    sla_status st = where ? SLA_OK : SLA_NOMEM;
    for (size_t d = 0; st == SLA_OK && d < ps->p->model->n; d++) st = run_dataset(ps, d, where, e);
    return st;
}

/* ---- one clock, record by record ---- */
struct clock_view { clock_job j; room own; };

sla_status clock_open(pass *ps, const sla_clock *c, clock_view **out, err *e)
{
    clock_view *v = mem_zero(1, sizeof *v);
    if (!v) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for a clock");
    v->j = (clock_job){.ps = ps, .c = c, .t = ps->w.tables[c->ds->idx]};
    sla_status st = make_lookups(ps, &v->j, e);
    if (st == SLA_OK) st = find_changes(&v->j, e);
    if (st != SLA_OK) clock_close(v);
    else *out = v;
    return st;
}

void clock_close(clock_view *v)
{
    if (!v) return;
    room_clear(&v->own);
    mem_free(v);
}

bool clock_input_of(clock_view *v, size_t row, clock_input *out)
{
    const uint64_t *start_later = v->j.ps->later[v->j.c->ds->idx][v->j.c->start];
    if ((start_later && bits_get(start_later, row)) || make_input(&v->j, row, &v->own, out) != SLA_OK || out->start == TIME_NONE) return false;
    clock_result r;
    return judge(&v->j, row, &v->own, out, &r) == SLA_OK;
}

const change_index *clock_changes(const clock_view *v) { return v->j.changes; }
