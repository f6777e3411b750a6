/* The machine: registers of VEC_ROWS values, and the run through the instructions. */
#include "engine/base/mem.h"
#include "engine/lang/machine.h"

static kernel *const kernels[OP_COUNT] = {
#define OP(name, text, fn) kernel_##fn,
    OP_LIST(OP)
#undef OP
};

static sla_status no_memory(err *e) { return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory"); }

static size_t reg_bytes(regtype t)
{
    switch (t) {
    case REG_BOOL: return VEC_WORDS * sizeof(uint64_t);
    case REG_I64: case REG_F64: return VEC_ROWS * sizeof(uint64_t);
    case REG_RANK: return VEC_ROWS * sizeof(uint16_t);
    case REG_CODE: case REG_ROW: break;
    }
    return VEC_ROWS * sizeof(uint32_t);
}

/* Columns loaded in row order point into the table and need room only for a part of a word, or to turn booleans into bits. */
static bool needs_room(const program *p, const node *n)
{
    bool column = n->op == OP_FIELD || n->op == OP_DERIVED;
    return !column || p->outer || n->reg == REG_BOOL;
}

static bool is_const(opcode op) { return op == OP_CONST || op == OP_AS_OF || op == OP_PERIOD_FROM || op == OP_PERIOD_TO; }

static void fill_const(machine *m, const node *n, reg *r)
{
    imm v = n->val;
    r->is_const = true;
    r->known = m->full;
    if (n->op == OP_AS_OF) v.i = m->w->as_of;
    if (n->op == OP_PERIOD_FROM) v.i = m->w->from;
    if (n->op == OP_PERIOD_TO) v.i = m->w->to;
    switch (n->reg) {
    case REG_BOOL: r->data = v.i ? m->full : m->none; break;
    case REG_CODE: for (size_t i = 0; i < VEC_ROWS; i++) ((uint32_t *)r->own)[i] = (uint32_t)v.u; break;
    case REG_F64: for (size_t i = 0; i < VEC_ROWS; i++) ((double *)r->own)[i] = v.f; break;
    default: for (size_t i = 0; i < VEC_ROWS; i++) ((int64_t *)r->own)[i] = v.i; break;
    }
}

static bool make_registers(machine *m)
{
    const program *p = m->p;
    size_t known = VEC_WORDS * sizeof(uint64_t), total = VEC_ROWS * sizeof(uint64_t);
    for (uint32_t i = 0; i < p->nnodes; i++)
        if (m->b->live[i]) total += known + (needs_room(p, &p->nodes[i]) ? reg_bytes(p->nodes[i].reg) : 0);
    m->regs = mem_zero((size_t)p->nnodes + 1, sizeof *m->regs);
    m->run = mem_zero((size_t)p->nnodes + 1, sizeof *m->run);
    m->block = mem_zero(total, 1);
    if (!m->regs || !m->run || !m->block) return false;
    char *at = m->block;
    m->zeros = at;
    at += VEC_ROWS * sizeof(uint64_t);
    for (uint32_t i = 0; i < p->nnodes; i++) {
        const node *n = &p->nodes[i];
        reg *r = &m->regs[i];
        if (!m->b->live[i]) continue;
        r->known = r->own_known = (uint64_t *)(void *)at;
        at += known;
        if (needs_room(p, n)) {
            r->data = r->own = at;
            at += reg_bytes(n->reg);
        }
        if (is_const(n->op)) fill_const(m, n, r);
        else if (!m->may_intern || !m->b->makers || m->b->makers[i]) m->run[m->nrun++] = i;
    }
    return true;
}

static sla_status make_each(machine *m, err *e)
{
    const program *p = m->p;
    bool any = false;
    m->each = mem_zero(p->naggs + 1, sizeof *m->each);
    m->each_acc = mem_zero(p->naggs + 1, sizeof *m->each_acc);
    if (!m->each || !m->each_acc) return no_memory(e);
    for (size_t i = 0; i < p->naggs; i++) {
        if (!m->b->each_subs[i]) continue;
        any = true;
        TRY(machine_make(m->b->each_subs[i], m->may_intern, &m->each[i], e));
        TRY(acc_init(&m->each_acc[i], &p->aggs[i], p, m->w, VEC_ROWS, e));
    }
    if (!any) return SLA_OK;
    m->pair_child = mem_zero((size_t)VEC_ROWS * 3, sizeof *m->pair_child);
    if (!m->pair_child) return no_memory(e);
    m->pair_outer = m->pair_child + VEC_ROWS;
    m->pair_lane = m->pair_outer + VEC_ROWS;
    return SLA_OK;
}

sla_status machine_make(const bound *b, bool may_intern, machine **out, err *e)
{
    machine *m = mem_zero(1, sizeof *m);
    if (!m) return no_memory(e);
    m->b = b;
    m->p = b->p;
    m->w = b->w;
    m->zone.z = b->w->zone;
    m->may_intern = may_intern;
    sla_status st = make_registers(m) ? SLA_OK : no_memory(e);
    if (st == SLA_OK) st = make_each(m, e);
    if (st == SLA_OK && b->p->nregexes) st = regex_scratch_new(&m->scratch, e);
    if (st != SLA_OK) {
        machine_free(m);
        return st;
    }
    *out = m;
    return SLA_OK;
}

sla_status machine_new(const program *p, const world *w, lang_shared *s, machine **out, err *e)
{
    bound *b = NULL;
    (void)w; /* the shared part knows it */
    TRY(bound_get(s, p, &b, e));
    return machine_make(b, false, out, e);
}

void machine_free(machine *m)
{
    if (!m) return;
    for (size_t i = 0; m->each && i < m->p->naggs; i++) machine_free(m->each[i]);
    for (size_t i = 0; m->each_acc && i < m->p->naggs; i++) acc_free(&m->each_acc[i]);
    mem_free(m->each);
    mem_free(m->each_acc);
    mem_free(m->pair_child);
    regex_scratch_free(m->scratch);
    mem_free(m->regs);
    mem_free(m->run);
    mem_free(m->block);
    mem_free(m);
}

void machine_set_n(machine *m, size_t n)
{
    if (m->n == n) return;
    m->n = n;
    m->nw = BITS_WORDS(n);
    memset(m->full, 0, sizeof m->full);
    for (size_t i = 0; i < m->nw; i++) m->full[i] = ~UINT64_C(0);
    if (n) m->full[m->nw - 1] = bits_tail(n);
}

sla_status machine_run(machine *m, err *e)
{
    for (size_t i = 0; i < m->nrun; i++) {
        uint32_t self = m->run[i];
        TRY(kernels[m->p->nodes[self].op](m, self, e));
    }
    return SLA_OK;
}

sla_status machine_eval(machine *m, size_t row0, size_t n, err *e)
{
    const table *t = m->w->tables[m->p->ds->idx];
    if (n > VEC_ROWS || row0 % 64 != 0 || !t || row0 > t->nrows || n > t->nrows - row0)
        return err_set(e, SLA_RANGE, SRCPOS_NONE, "rows %zu to %zu of %.*s cannot be evaluated at once", row0, row0 + n, SLICE_ARG(m->p->ds->name));
    m->row0 = row0;
    machine_set_n(m, n);
    return machine_run(m, e);
}

vec machine_result(const machine *m, int slot)
{
    const reg *r = &m->regs[m->p->slots[slot]];
    vec v = {.known = r->known};
    v.v.bits = r->data;
    return v;
}

/* ---- evidence ---- */
static void add_ref(row_ref *out, size_t *n, size_t max, int ds, size_t row)
{
    for (size_t i = 0; i < *n; i++)
        if (out[i].dataset == ds && out[i].row == row) return;
    if (*n < max) out[(*n)++] = (row_ref){ds, row};
}

static sla_status agg_evidence(machine *m, const node *n, size_t lane, row_ref *out, size_t *found, size_t max, err *e)
{
    const agg_def *d = &m->p->aggs[n->val.u];
    const reg *group = &m->regs[n->args[0]];
    row_index *ix = m->b->looks[d->look];
    uint32_t g = ((const uint32_t *)group->data)[lane];
    if (!bits_get(group->known, lane) || g == ROW_NONE) return SLA_OK;
    pthread_mutex_lock(&m->b->shared->lock);
    sla_status st = index_sort_rows(ix, e);
    pthread_mutex_unlock(&m->b->shared->lock);
    if (st != SLA_OK) return st;
    int ds = (int)ix->def.ds->idx;
    if (d->each) {
        pair_seen seen = {out, *found, max, ds};
        TRY(machine_pairs(m, n, lane, lane + 1, NULL, &seen, e));
        *found = seen.n;
        return SLA_OK;
    }
    const uint64_t *t = d->cond >= 0 ? m->b->subs[ds]->slot_true[d->cond] : NULL;
    for (uint32_t k = ix->offsets[g]; k < ix->offsets[g + 1] && *found < max; k++)
        if (!t || bits_get(t, ix->rows[k])) add_ref(out, found, max, ds, ix->rows[k]);
    return SLA_OK;
}

sla_status machine_evidence(machine *m, int slot, size_t row, row_ref *out, size_t max, size_t *found, err *e)
{
    const program *p = m->p;
    const table *t = m->w->tables[p->ds->idx];
    uint32_t root = p->slots[slot];
    *found = 0;
    if (!t || row >= t->nrows) return SLA_OK;
    if (!m->n || row < m->row0 || row >= m->row0 + m->n) {
        size_t from = row & ~(size_t)63;
        TRY(machine_eval(m, from, t->nrows - from < 64 ? t->nrows - from : 64, e));
    }
    bool *below = mem_zero((size_t)root + 1, sizeof *below);
    if (!below) return no_memory(e);
    sla_status st = SLA_OK;
    below[root] = true;
    for (uint32_t i = root + 1; st == SLA_OK && i-- > 0;) {
        const node *n = &p->nodes[i];
        if (!below[i]) continue;
        for (size_t k = 0; k < n->nargs; k++) below[n->args[k]] = true;
        if (n->op == OP_AGG || n->op == OP_EACH) st = agg_evidence(m, n, row - m->row0, out, found, max, e);
        if (n->op != OP_LOOKUP) continue;
        uint32_t r = ((const uint32_t *)m->regs[i].data)[row - m->row0];
        if (bits_get(m->regs[i].known, row - m->row0) && r != ROW_NONE) add_ref(out, found, max, (int)p->looks[n->val.u].ds->idx, r);
    }
    mem_free(below);
    return st;
}
