/* Columns that the pack computes: compiled in the order of the pack, worked out for all rows before the conditions of the rules. */
#include "engine/audit/world.h"
#include <math.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"

/* ---- loading ---- */
static bool add_field(pack_loader *l, const dataset *ds, slice name, expr_type t, uint64_t datasets, size_t *place)
{
    size_t n = l->p->env.derived[ds->idx].n;
    if (n == DERIVED_MAX) return errlist_add(l->errors, SLA_LIMIT, SRCPOS_NONE, "%s has too many computed columns", ds->name.ptr), false;
    derived_field *fields = load_take(l, n + 1, sizeof *fields);
    if (!fields) return false;
    if (n) memcpy(fields, l->p->env.derived[ds->idx].fields, n * sizeof *fields);
    fields[n] = (derived_field){name, t.type, t.en, datasets};
    l->p->env.derived[ds->idx].fields = fields;
    l->p->env.derived[ds->idx].n = n + 1;
    *place = n;
    return true;
}

static bool is_taken(const pack_loader *l, const dataset *ds, slice name)
{
    for (size_t i = 0; i < l->p->env.derived[ds->idx].n; i++)
        if (slice_eq(l->p->env.derived[ds->idx].fields[i].name, name)) return true;
    return dataset_field(ds, name) >= 0;
}

/* What is computed rests on the columns above it only, so there are no circles; a name from below is unknown, and this says why. */
static void explain_order(pack_loader *l, const ynode *list, const ynode *n)
{
    bool below = false;
    for (size_t i = 0; i < list->n; i++) {
        const char *at = list->items[i]->key.ptr;
        size_t len = list->items[i]->key.len;
        below = below || list->items[i] == n;
        for (size_t k = 0; below && len && k + len <= n->text.len; k++)
            if (memcmp(n->text.ptr + k, at, len) == 0) {
                errlist_add(l->errors, SLA_CONFLICT, n->at, "'%.*s' is computed before '%.*s': move that one above it; two that need each other cannot be", SLICE_ARG(n->key), (int)len, at);
                return;
            }
    }
}

static void load_one(pack_loader *l, const dataset *ds, const ynode *list, const ynode *n)
{
    computed *c = &l->p->computed[l->p->ncomputed];
    program *programs[DATASETS_MAX] = {NULL}; /* each has a program of its own: the one before it must be there */
    expr_type type = {0};
    bool used[DATASETS_MAX] = {false};
    uint64_t bits = 0;
    if (is_taken(l, ds, n->key)) {
        errlist_add(l->errors, SLA_CONFLICT, n->key_at, "%.*s has a field '%.*s' already", SLICE_ARG(ds->name), SLICE_ARG(n->key));
        return;
    }
    *c = (computed){.ds = ds, .p = load_program(l, programs, ds)};
    c->slot = load_expr(l, c->p, n, VT_COUNT, &type);
    if (c->slot < 0) {
        explain_order(l, list, n);
        return;
    }
    load_used(l, c->p, c->slot, used);
    for (size_t d = 0; d < DATASETS_MAX; d++) bits |= (uint64_t)used[d] << d;
    if (add_field(l, ds, n->key, type, bits, &c->field)) l->p->ncomputed++;
}

void load_computed(pack_loader *l, const ynode *list)
{
    size_t n = 0;
    for (size_t d = 0; list && d < list->n; d++) n += list->items[d]->n;
    if (!n || !(l->p->computed = load_take(l, n, sizeof *l->p->computed))) return;
    for (size_t d = 0; d < list->n; d++) {
        const dataset *ds = schema_dataset(l->p->model, list->items[d]->key);
        if (!ds) errlist_add(l->errors, SLA_NAME, list->items[d]->key_at, "there is no dataset '%.*s'", SLICE_ARG(list->items[d]->key));
        for (size_t i = 0; ds && i < list->items[d]->n; i++) load_one(l, ds, list->items[d], list->items[d]->items[i]);
    }
}

/* ---- working out ---- */
static void keep_vector(tcolumn *out, vtype t, vec v, size_t row0, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!bits_get(v.known, i)) continue;
        bits_set(out->valid, row0 + i);
        switch (t) {
        case VT_TEXT: ((uint32_t *)out->data)[row0 + i] = v.v.code[i]; break;
        case VT_NUMBER: ((double *)out->data)[row0 + i] = v.v.f64[i]; break;
        case VT_BOOL: ((int64_t *)out->data)[row0 + i] = bits_get(v.v.bits, i); break;
        default: ((int64_t *)out->data)[row0 + i] = v.v.i64[i]; break;
        }
    }
}

static sla_status work_out(pass *ps, const computed *c, err *e)
{
    size_t d = c->ds->idx, n = ps->w.tables[d]->nrows;
    tcolumn *out = &ps->derived[d][c->field];
    machine *m = NULL;
    out->data = mem_zero(n + 1, 8);
    out->valid = mem_zero(BITS_WORDS(n) + 1, 8);
    if (!out->data || !out->valid) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for computed columns");
    sla_status st = machine_new(c->p, &ps->w, ps->shared, &m, e);
    for (size_t row = 0; st == SLA_OK && row < n; row += VEC_ROWS) {
        size_t k = n - row < VEC_ROWS ? n - row : VEC_ROWS;
        st = machine_eval(m, row, k, e);
        if (st == SLA_OK) keep_vector(out, ps->p->env.derived[d].fields[c->field].type, machine_result(m, c->slot), row, k);
    }
    machine_free(m);
    return st == SLA_OK ? lang_failed(ps->shared, c->p, c->slot, &ps->derived_failed[d][c->field], e) : st;
}

sla_status computed_run(pass *ps, err *e)
{
    for (size_t i = 0; i < ps->p->ncomputed; i++)
        if (ps->w.tables[ps->p->computed[i].ds->idx]) TRY(work_out(ps, &ps->p->computed[i], e));
    return SLA_OK;
}
