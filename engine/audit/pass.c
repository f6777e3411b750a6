#include "engine/audit/pass.h"
#include <math.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/audit/run.h"

static uint8_t asked; /* a mark: this period membership is wanted; world.c puts the real array in its place */

void pass_keep(pass *ps, const dataset *ds, int slot, vtype type)
{
    if (slot < 0 || !ds || pass_kept(ps, ds, slot)) return;
    size_t d = ds->idx;
    if (mem_grow(&ps->kept[d], &ps->cap[d], ps->nkept[d] + 1, sizeof(kept))) return; /* run.c finds the slot missing and says so */
    ps->kept[d][ps->nkept[d]++] = (kept){.slot = slot, .type = type};
}

const kept *pass_kept(const pass *ps, const dataset *ds, int slot)
{
    for (size_t i = 0; slot >= 0 && ds && i < ps->nkept[ds->idx]; i++)
        if (ps->kept[ds->idx][i].slot == slot) return &ps->kept[ds->idx][i];
    return NULL;
}

void pass_select(pass *ps, const selection *sel)
{
    if (sel->period_field >= 0 && !ps->in_period[sel->ds->idx][sel->period_field]) ps->in_period[sel->ds->idx][sel->period_field] = &asked;
    pass_keep(ps, sel->ds, sel->where, VT_BOOL);
}

uint8_t selection_state(const pass *ps, const selection *sel, size_t row)
{
    size_t d = sel->ds->idx;
    if (sel->period_field >= 0 && !ps->in_period[d][sel->period_field][row]) return 0;
    if (sel->period_field == PERIOD_VALID && !ps->valid_then[d][row]) return 0;
    if (sel->where < 0) return 1;
    return pass_kept(ps, sel->ds, sel->where)->truth[row];
}

/* ---- running the programs ---- */
static sla_status make_room(pass *ps, size_t d, err *e)
{
    size_t n = ps->w.tables[d]->nrows + 1;
    for (size_t i = 0; i < ps->nkept[d]; i++) {
        kept *k = &ps->kept[d][i];
        if (k->type == VT_BOOL) k->truth = arena_alloc(&ps->mem, n, 1);
        else if (k->type == VT_TEXT) k->code = arena_alloc(&ps->mem, n, sizeof *k->code);
        else k->number = arena_alloc(&ps->mem, n, sizeof *k->number);
        if (!k->truth && !k->code && !k->number) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to audit");
    }
    return SLA_OK;
}

static void keep_vector(const kept *k, vec v, size_t row0, size_t n)
{
    if (k->truth) {
        for (size_t i = 0; i < n; i++) k->truth[row0 + i] = !bits_get(v.known, i) ? 2 : bits_get(v.v.bits, i);
    } else if (k->code) {
        for (size_t i = 0; i < n; i++) k->code[row0 + i] = bits_get(v.known, i) ? v.v.code[i] : DICT_NONE;
    } else if (k->type == VT_NUMBER) {
        for (size_t i = 0; i < n; i++) k->number[row0 + i] = bits_get(v.known, i) ? v.v.f64[i] : NAN;
    } else {
        for (size_t i = 0; i < n; i++) k->number[row0 + i] = bits_get(v.known, i) ? (double)v.v.i64[i] : NAN;
    }
}

enum { PART_ROWS = 32 * VEC_ROWS };
typedef struct eval_job { pass *ps; size_t d; machine **machines; size_t nparts; } eval_job;

static sla_status eval_part(void *ctx, size_t part, err *e)
{
    eval_job *j = ctx;
    size_t d = j->d, n = j->ps->w.tables[d]->nrows;
    size_t step = (n / j->nparts / VEC_ROWS + 1) * VEC_ROWS, from = part * step, to = from + step < n ? from + step : n;
    for (size_t row = from; row < to; row += VEC_ROWS) {
        size_t k = to - row < VEC_ROWS ? to - row : VEC_ROWS;
        TRY(machine_eval(j->machines[part], row, k, e));
        for (size_t i = 0; i < j->ps->nkept[d]; i++) keep_vector(&j->ps->kept[d][i], machine_result(j->machines[part], j->ps->kept[d][i].slot), row, k);
    }
    return SLA_OK;
}

static sla_status eval_dataset(pass *ps, size_t d, err *e)
{
    size_t n = ps->w.tables[d]->nrows, nparts = n > PART_ROWS ? pool_threads() : 1;
    machine *machines[64] = {NULL};
    eval_job job = {ps, d, machines, nparts};
    if (ps->nkept[d] == 0) return SLA_OK;
    TRY(make_room(ps, d, e));
    sla_status st = SLA_OK;
    for (size_t i = 0; st == SLA_OK && i < nparts; i++) st = machine_new(ps->p->programs[d], &ps->w, ps->shared, &machines[i], e);
    if (st == SLA_OK && n) st = pool_each(nparts, eval_part, &job, e);
    for (size_t i = 0; i < nparts; i++) machine_free(machines[i]);
    return st;
}

sla_status pass_run(pass *ps, err *e)
{
    for (size_t d = 0; d < ps->p->model->n; d++)
        if (ps->w.tables[d]) TRY(eval_dataset(ps, d, e));
    return SLA_OK;
}

slice pass_text(const pass *ps, uint32_t code) { return code == DICT_NONE ? (slice){0} : dict_text(ps->w.dict, code); }
slice pass_copy(pass *ps, slice s) { return arena_slice(&ps->mem, s); }
