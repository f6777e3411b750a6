#include "engine/audit/pass.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/base/progress.h"
#include "engine/audit/run.h"
#include "engine/time/instant.h"

static uint64_t asked; /* a mark: this period membership is wanted; world.c puts the real array in its place */

static kept *find(const pass *ps, const dataset *ds, int slot)
{
    for (size_t i = 0; slot >= 0 && ds && i < ps->nkept[ds->idx]; i++)
        if (ps->kept[ds->idx][i].slot == slot) return &ps->kept[ds->idx][i];
    return NULL;
}

const kept *pass_kept(const pass *ps, const dataset *ds, int slot) { return find(ps, ds, slot); }

/* NULL: nothing to keep, or no memory, which ps->mem.failed says. */
static kept *ask(pass *ps, const dataset *ds, int slot, vtype type)
{
    if (slot < 0 || !ds) return NULL;
    kept *k = find(ps, ds, slot);
    size_t d = ds->idx;
    if (mem_grow(&ps->asks, &ps->cap_asks, ps->nasks + 1, sizeof *ps->asks) || (!k && mem_grow(&ps->kept[d], &ps->cap[d], ps->nkept[d] + 1, sizeof(kept)))) {
        ps->mem.failed = true;
        return NULL;
    }
    ps->asks[ps->nasks++] = (struct asked_slot){ps->asker, ds, slot};
    if (k) return k;
    k = &ps->kept[d][ps->nkept[d]++];
    *k = (kept){.slot = slot, .type = type};
    return k;
}

void pass_keep(pass *ps, const dataset *ds, int slot, vtype type)
{
    kept *k = ask(ps, ds, slot, type);
    if (k) k->valued = true;
}

lang_failure pass_failure(const pass *ps, const void *asker, const sla_clock *clock)
{
    const lang_failure *of_clock = clock ? ps->derived_failed[clock->ds->idx] : NULL;
    if (of_clock && of_clock[clock->first_derived].text.ptr) return of_clock[clock->first_derived];
    for (size_t i = 0; i < ps->nasks; i++) {
        const kept *k = ps->asks[i].who == asker ? pass_kept(ps, ps->asks[i].ds, ps->asks[i].slot) : NULL;
        if (k && k->failure.text.ptr) return k->failure;
    }
    return (lang_failure){{0}, {0}};
}

void pass_group(pass *ps, const dataset *ds, const breakdown *b)
{
    kept *k = ask(ps, ds, b->slot, b->type.type);
    if (k) k->grouped = true;
}

void pass_number(pass *ps, const dataset *ds, const breakdown *b)
{
    kept *k = ask(ps, ds, b->slot, b->type.type);
    if (k) k->grouped = k->numbered = true;
}

static bool same(const selection *a, const selection *b) { return a->ds == b->ds && a->period_field == b->period_field && a->where == b->where; }

const chosen *pass_chosen(const pass *ps, const selection *sel)
{
    for (size_t i = 0; i < ps->nchosen; i++)
        if (same(&ps->chosen[i].sel, sel)) return &ps->chosen[i];
    return NULL;
}

void pass_select(pass *ps, const selection *sel)
{
    if (!pass_chosen(ps, sel)) {
        if (mem_grow(&ps->chosen, &ps->cap_chosen, ps->nchosen + 1, sizeof *ps->chosen) == 0) ps->chosen[ps->nchosen++] = (chosen){.sel = *sel};
        else ps->mem.failed = true;
    }
    if (sel->period_field >= 0 && !ps->in_period[sel->ds->idx][sel->period_field]) ps->in_period[sel->ds->idx][sel->period_field] = &asked;
    pass_keep(ps, sel->ds, sel->where, VT_BOOL);
}

/* ---- running the programs ---- */
/* Each result in memory of its own, which can be given up alone. */
static sla_status make_room(pass *ps, size_t d, err *e)
{
    const table *t = ps->w.tables[d];
    for (size_t i = 0; i < ps->nkept[d]; i++) {
        kept *k = &ps->kept[d][i];
        int f = k->type == VT_BOOL ? -1 : program_slot_field(ps->p->programs[d], k->slot);
        bool ok = true;
        if (f >= 0) k->column = &t->cols[f];
        else if (k->type == VT_BOOL) ok = (k->truth = mem_resize(NULL, BITS_WORDS(t->nrows) + 1, sizeof *k->truth)) && (k->known = mem_resize(NULL, BITS_WORDS(t->nrows) + 1, sizeof *k->known));
        else if (k->type == VT_TEXT) ok = (k->code = mem_resize(NULL, t->nrows + 1, sizeof *k->code)) != NULL;
        else ok = (k->number = mem_resize(NULL, t->nrows + 1, sizeof *k->number)) != NULL;
        if (!ok) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    }
    return SLA_OK;
}

void kept_put_truth(const kept *k, vec v, size_t row0, size_t n)
{
    size_t nw = BITS_WORDS(n);
    for (size_t w = 0; w < nw; w++) {
        uint64_t known = w + 1 == nw ? v.known[w] & bits_tail(n) : v.known[w];
        k->known[row0 / 64 + w] = known;
        k->truth[row0 / 64 + w] = v.v.bits[w] & known;
    }
}

static void keep_vector(const kept *k, vec v, size_t row0, size_t n)
{
    if (k->column) return;
    if (k->truth) {
        kept_put_truth(k, v, row0, n);
    } else if (k->code) {
        for (size_t i = 0; i < n; i++) k->code[row0 + i] = bits_get(v.known, i) ? v.v.code[i] : DICT_NONE;
    } else if (k->type == VT_NUMBER) {
        for (size_t i = 0; i < n; i++) k->number[row0 + i] = bits_get(v.known, i) ? v.v.f64[i] : NAN;
    } else {
        for (size_t i = 0; i < n; i++) k->number[row0 + i] = bits_get(v.known, i) ? (double)v.v.i64[i] : NAN;
    }
}

enum { PART_ROWS = 8 * VEC_ROWS, MACHINES_MAX = 64 };
/* The machines that are not at work, one a thread. */
typedef struct eval_job { pass *ps; size_t d; pthread_mutex_t lock; machine *idle[MACHINES_MAX]; size_t nidle; } eval_job;

static machine *take_machine(eval_job *j)
{
    pthread_mutex_lock(&j->lock);
    machine *m = j->idle[--j->nidle];
    pthread_mutex_unlock(&j->lock);
    return m;
}

static void give_machine(eval_job *j, machine *m)
{
    pthread_mutex_lock(&j->lock);
    j->idle[j->nidle++] = m;
    pthread_mutex_unlock(&j->lock);
}

static sla_status eval_part(void *ctx, size_t part, err *e)
{
    eval_job *j = ctx;
    size_t d = j->d, n = j->ps->w.tables[d]->nrows, from = part * PART_ROWS, to = from + PART_ROWS < n ? from + PART_ROWS : n;
    machine *m = take_machine(j);
    sla_status st = SLA_OK;
    for (size_t row = from; st == SLA_OK && row < to; row += VEC_ROWS) {
        size_t k = to - row < VEC_ROWS ? to - row : VEC_ROWS;
        st = machine_eval(m, row, k, e);
        for (size_t i = 0; st == SLA_OK && i < j->ps->nkept[d]; i++) keep_vector(&j->ps->kept[d][i], machine_result(m, j->ps->kept[d][i].slot), row, k);
        progress_add(0, k);
    }
    give_machine(j, m);
    return st;
}

static sla_status eval_dataset(pass *ps, size_t d, err *e)
{
    size_t n = ps->w.tables[d]->nrows, nparts = (n + PART_ROWS - 1) / PART_ROWS, nmachines = nparts < pool_threads() ? nparts : pool_threads();
    eval_job job = {.ps = ps, .d = d};
    if (ps->nkept[d] == 0) return SLA_OK;
    TRY(make_room(ps, d, e));
    sla_status st = SLA_OK;
    for (size_t i = 0; st == SLA_OK && i < nmachines; i++)
        if ((st = machine_new(ps->p->programs[d], &ps->w, ps->shared, &job.idle[i], e)) == SLA_OK) job.nidle++;
    pthread_mutex_init(&job.lock, NULL);
    if (st == SLA_OK) st = pool_each(nparts, eval_part, &job, e);
    pthread_mutex_destroy(&job.lock);
    for (size_t i = 0; i < job.nidle; i++) machine_free(job.idle[i]);
    for (size_t i = 0; st == SLA_OK && i < ps->nkept[d]; i++) st = lang_failed(ps->shared, ps->p->programs[d], ps->kept[d][i].slot, &ps->kept[d][i].failure, e);
    return st;
}

static slice key_text(const pass *ps, vtype t, double v, buf *b)
{
    buf_reset(b);
    if (t == VT_TIME) time_print_local(b, zone_to_local(ps->w.zone, (int64_t)v));
    else if (t == VT_DATE) date_print(b, (int64_t)v);
    else buf_printf(b, "%.10g", v);
    return (slice){b->ptr, b->len};
}

enum { LATELY_BITS = 10, LATELY = 1 << LATELY_BITS };
static size_t place_of(double v)
{
    uint64_t bits;
    v += 0.0; /* -0 is 0 */
    memcpy(&bits, &v, sizeof bits);
    return (size_t)(bits * UINT64_C(0x9E3779B97F4A7C15) >> (64 - LATELY_BITS)); /* Fibonacci hashing */
}

/* Numbers, times and dates as keys of groups become codes of their texts. There are few different ones, such as days: each is printed about once. */
static sla_status code_numbers(pass *ps, kept *k, size_t n, err *e)
{
    struct { double v; uint32_t code; } lately[LATELY];
    buf b = {0};
    for (size_t i = 0; i < LATELY; i++) lately[i].v = (double)NAN;
    if (!(k->code = mem_resize(NULL, n + 1, sizeof *k->code))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    for (size_t i = 0; i < n; i++) {
        double v = !k->truth ? kept_number(k, i) : kept_truth(k, i) == 2 ? (double)NAN : kept_truth(k, i);
        k->code[i] = DICT_NONE;
        if (isnan(v)) continue;
        size_t at = place_of(v);
        if (!(lately[at].v >= v && lately[at].v <= v)) {
            lately[at].v = v;
            slice key = key_text(ps, k->type, v, &b);
            if (b.failed || (lately[at].code = dict_intern(ps->w.dict, key)) == DICT_NONE) {
                buf_free(&b);
                return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
            }
        }
        k->code[i] = lately[at].code;
    }
    buf_free(&b);
    if (!k->valued) {
        mem_free(k->number);
        k->number = NULL;
    }
    return SLA_OK;
}

/* ---- groups and selections, each once for all that ask ---- */
/* The numbers take the place of the codes. */
static sla_status number_groups(const pass *ps, kept *k, size_t n, err *e)
{
    uint32_t *number = mem_zero(dict_count(ps->w.dict) + 1u, sizeof *number); /* group + 1 by code */
    uint32_t *group = k->code ? k->code : mem_resize(NULL, n + 1, sizeof *group);
    size_t cap = 0;
    bool enough = number && group;
    for (size_t row = 0; enough && row < n; row++) {
        uint32_t code = kept_code(k, row);
        group[row] = code == DICT_NONE ? 0 : number[code];
        if (code == DICT_NONE || number[code]) continue;
        enough = mem_grow(&k->keys, &cap, k->ngroups + 1u, sizeof *k->keys) == 0;
        if (!enough) break;
        k->keys[k->ngroups] = code;
        group[row] = number[code] = ++k->ngroups;
    }
    mem_free(number);
    k->group = group;
    k->code = NULL;
    return enough ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
}

static sla_status choose(const pass *ps, size_t i, err *e)
{
    chosen *c = &ps->chosen[i];
    size_t d = c->sel.ds->idx;
    const table *t = ps->w.tables[d];
    if (!t) return SLA_OK;
    const uint64_t *in = c->sel.period_field >= 0 ? ps->in_period[d][c->sel.period_field] : c->sel.period_field == PERIOD_VALID ? ps->valid_then[d] : NULL;
    const kept *where = pass_kept(ps, c->sel.ds, c->sel.where);
    const uint64_t *later = ps->w.later[d]; /* what had not happened at as_of belongs to nothing, whatever another of its times says */
    size_t nw = BITS_WORDS(t->nrows);
    c->in = mem_resize(NULL, nw + 1, sizeof *c->in);
    c->unknown = mem_resize(NULL, nw + 1, sizeof *c->unknown);
    if (!c->in || !c->unknown) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    c->nrows = t->nrows;
    for (size_t w = 0; w < nw; w++) {
        uint64_t rows = (in ? in[w] : ~UINT64_C(0)) & ~(later ? later[w] : 0) & (w + 1 == nw ? bits_tail(t->nrows) : ~UINT64_C(0));
        c->unknown[w] = where ? rows & ~where->known[w] : 0;
        c->in[w] = where ? rows & (where->truth[w] | ~where->known[w]) : rows;
    }
    c->n = bits_count(c->in, nw);
    return SLA_OK;
}

static sla_status choose_or_number(void *ctx, size_t i, err *e)
{
    pass *ps = ctx;
    if (i < ps->nchosen) return choose(ps, i, e);
    size_t d = i - ps->nchosen;
    for (size_t k = 0; k < ps->nkept[d] && ps->w.tables[d]; k++)
        if (ps->kept[d][k].numbered) TRY(number_groups(ps, &ps->kept[d][k], ps->w.tables[d]->nrows, e));
    return SLA_OK;
}

sla_status pass_run(pass *ps, err *e)
{
    uint64_t all = 0;
    for (size_t d = 0; d < ps->p->model->n; d++) all += ps->w.tables[d] && ps->nkept[d] ? ps->w.tables[d]->nrows : 0;
    progress_count("audit", all, "records");
    for (size_t d = 0; d < ps->p->model->n; d++) {
        if (!ps->w.tables[d]) continue;
        TRY(eval_dataset(ps, d, e));
        for (size_t i = 0; i < ps->nkept[d]; i++)
            if (ps->kept[d][i].grouped && ps->kept[d][i].type != VT_TEXT) TRY(code_numbers(ps, &ps->kept[d][i], ps->w.tables[d]->nrows, e));
    }
    lang_shared_trim(ps->shared); /* what findings look up again is little beside what the conditions needed */
    mem_trim();
    return pool_each(ps->nchosen + ps->p->model->n, choose_or_number, ps, e);
}

static void kept_clear(kept *k)
{
    mem_free(k->truth);
    mem_free(k->known);
    mem_free(k->number);
    mem_free(k->code);
    mem_free(k->group);
    mem_free(k->keys);
}

void pass_forget(pass *ps)
{
    for (size_t d = 0; d < DATASETS_MAX; d++) {
        for (size_t i = 0; i < ps->nkept[d]; i++) kept_clear(&ps->kept[d][i]);
        mem_free(ps->kept[d]);
        ps->kept[d] = NULL;
        ps->nkept[d] = ps->cap[d] = 0;
    }
    for (size_t i = 0; i < ps->nchosen; i++) {
        mem_free(ps->chosen[i].in);
        mem_free(ps->chosen[i].unknown);
    }
    mem_free(ps->chosen);
    ps->chosen = NULL;
    ps->nchosen = ps->cap_chosen = 0;
}

typedef struct each_job { pass *ps; arena *arenas; sla_status (*fn)(void *ctx, pass *own, size_t i, err *e); void *ctx; } each_job;

static sla_status each_one(void *ctx, size_t i, err *e)
{
    each_job *j = ctx;
    pass *own = mem_resize(NULL, 1, sizeof *own);
    if (!own) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    *own = *j->ps;
    own->mem = (arena){0};
    sla_status st = j->fn(j->ctx, own, i, e);
    j->arenas[i] = own->mem;
    mem_free(own);
    return st;
}

sla_status pass_each(pass *ps, size_t n, sla_status (*fn)(void *ctx, pass *own, size_t i, err *e), void *ctx, err *e)
{
    struct own_memory *own = ARENA_NEW(&ps->mem, struct own_memory, 1);
    if (!own || !(own->arenas = ARENA_NEW(&ps->mem, arena, n + 1))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    own->n = n;
    own->below = ps->own;
    ps->own = own;
    sla_status st = pool_each(n, each_one, &(each_job){ps, own->arenas, fn, ctx}, e);
    for (size_t i = 0; i < n; i++) ps->mem.failed = ps->mem.failed || own->arenas[i].failed;
    return st;
}

bool pass_tolerates(const pass *ps, int64_t unknown, int64_t of) { return unknown * ps->p->tolerance_den <= of * ps->p->tolerance_num; }

slice pass_text(const pass *ps, uint32_t code) { return code == DICT_NONE ? (slice){0} : dict_text(ps->w.dict, code); }

double pass_key_order(const kept *by, slice key)
{
    char text[32]; /* a text of the dictionary does not end in a NUL */
    if (by->type == VT_TEXT || !key.ptr || key.len >= sizeof text) return 0;
    memcpy(text, key.ptr, key.len);
    text[key.len] = '\0';
    return strtod(text, NULL);
}
