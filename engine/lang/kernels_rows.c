/* Loads of columns, look-ups and aggregates over child rows. */
#include "engine/lang/machine.h"

/* ---- columns ---- */
static void no_values(machine *m, reg *out, regtype t)
{
    out->data = t == REG_BOOL ? (const void *)m->none : m->zeros;
    out->known = m->none;
}

static void bool_bits(machine *m, reg *out, const tcolumn *c, const uint32_t *rows)
{
    const int64_t *x = c->data;
    uint64_t *t = out->own;
    memset(t, 0, VEC_WORDS * sizeof *t);
    for (size_t i = 0; i < m->n; i++)
        if (bits_get(out->known, i) && x[rows ? rows[i] : m->row0 + i]) bits_set(t, i);
    out->data = t;
}

/* Rows in order: the register points into the table (row0 is a multiple of 64, so validity words fall together). */
static void load_run(machine *m, reg *out, const tcolumn *c, size_t nrows, regtype t)
{
    static const size_t size[] = {[REG_I64] = 8, [REG_F64] = 8, [REG_CODE] = 4};
    out->known = c->valid + m->row0 / 64;
    if (m->n & 63 && m->row0 + m->n < nrows) { /* a part of a word: the rest of it is not ours */
        memcpy(out->own_known, out->known, m->nw * sizeof *out->own_known);
        out->own_known[m->nw - 1] &= bits_tail(m->n);
        out->known = out->own_known;
    }
    if (t == REG_BOOL) bool_bits(m, out, c, NULL);
    else out->data = (const char *)c->data + m->row0 * size[t];
}

#define PICK_ROWS(T) \
    do { \
        const T *x = c->data; \
        T *o = out->own; \
        for (size_t i = 0; i < m->n; i++) o[i] = x[rows[i]]; \
    } while (0)

static void load_rows(machine *m, reg *out, const tcolumn *c, const uint32_t *rows, regtype t)
{
    for (size_t w = 0; w < m->nw; w++) {
        uint64_t k = 0;
        for (size_t i = w * 64; i < m->n && i < w * 64 + 64; i++) k |= (uint64_t)bits_get(c->valid, rows[i]) << (i & 63);
        out->own_known[w] = k;
    }
    out->known = out->own_known;
    out->data = out->own;
    switch (t) {
    case REG_BOOL: bool_bits(m, out, c, rows); break;
    case REG_I64: PICK_ROWS(int64_t); break;
    case REG_F64: PICK_ROWS(double); break;
    default: PICK_ROWS(uint32_t); break;
    }
}

static sla_status load(machine *m, uint32_t self, const dataset *ds, bool derived, bool outer)
{
    const node *nd = m_node(m, self);
    const tcolumn *c = world_column(m->w, ds, nd->val.u, derived);
    const uint32_t *rows = outer ? m->outer_rows : m->rows;
    reg *out = &m->regs[self];
    if (!c) no_values(m, out, nd->reg);
    else if (rows) load_rows(m, out, c, rows, nd->reg);
    else load_run(m, out, c, m->w->tables[ds->idx]->nrows, nd->reg);
    return SLA_OK;
}
sla_status kernel_field(machine *m, uint32_t self, err *e) { return (void)e, load(m, self, m->p->ds, false, false); }
sla_status kernel_derived(machine *m, uint32_t self, err *e) { return (void)e, load(m, self, m->p->ds, true, false); }
sla_status kernel_outer(machine *m, uint32_t self, err *e) { return (void)e, load(m, self, m->p->outer, false, true); }
sla_status kernel_outer_derived(machine *m, uint32_t self, err *e) { return (void)e, load(m, self, m->p->outer, true, true); }

/* ---- look-ups ---- */
sla_status kernel_lookup(machine *m, uint32_t self, err *e)
{
    static const storage store[] = {[REG_I64] = STORE_I64, [REG_F64] = STORE_F64, [REG_CODE] = STORE_CODE};
    const node *nd = m_node(m, self);
    const row_index *ix = m->b->looks[nd->val.u];
    reg *out = &m->regs[self];
    key_part parts[KEY_MAX];
    (void)e;
    memcpy(out->own_known, ix->t ? m->full : m->none, m->nw * sizeof *out->own_known);
    for (int i = 0; i < nd->nargs; i++) {
        const reg *a = m_arg(m, self, i);
        parts[i] = (key_part){a->data, store[m->p->nodes[nd->args[i]].reg]};
        for (size_t w = 0; w < m->nw; w++) out->own_known[w] &= a->known[w];
    }
    index_find(ix, parts, m->n, out->own);
    return SLA_OK;
}
sla_status kernel_group(machine *m, uint32_t self, err *e) { return kernel_lookup(m, self, e); }

sla_status kernel_exists(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const uint32_t *row = a->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    (void)e;
    for (size_t w = 0; w < m->nw; w++) {
        uint64_t found = 0;
        for (size_t i = w * 64; i < m->n && i < w * 64 + 64; i++) found |= (uint64_t)(row[i] != ROW_NONE) << (i & 63);
        k[w] = a->known[w];
        t[w] = found & k[w];
    }
    return SLA_OK;
}

/* Values of a column of other rows; known[i] says whether row[i] holds. */
#define GATHER(T) \
    do { \
        const T *x = data; \
        T *o = out->own; \
        for (size_t i = 0; i < m->n; i++) o[i] = row[i] == ROW_NONE ? 0 : x[row[i]]; \
    } while (0)

static void gather(machine *m, reg *out, const reg *from, const void *data, const uint64_t *valid, regtype t)
{
    const uint32_t *row = from->data;
    uint64_t *k = out->own_known, *bits = out->own;
    for (size_t w = 0; w < m->nw; w++) {
        uint64_t has = 0;
        for (size_t i = w * 64; i < m->n && i < w * 64 + 64; i++) has |= (uint64_t)(row[i] != ROW_NONE && bits_get(valid, row[i])) << (i & 63);
        k[w] = has & from->known[w];
    }
    out->known = k;
    out->data = out->own;
    switch (t) {
    case REG_BOOL:
        memset(bits, 0, VEC_WORDS * sizeof *bits);
        for (size_t i = 0; i < m->n; i++)
            if (bits_get(k, i) && ((const int64_t *)data)[row[i]]) bits_set(bits, i);
        break;
    case REG_I64: GATHER(int64_t); break;
    case REG_F64: GATHER(double); break;
    default: GATHER(uint32_t); break;
    }
}

sla_status kernel_gather(machine *m, uint32_t self, err *e)
{
    const node *nd = m_node(m, self);
    const dataset *ds = &m->w->schema->datasets[gather_dataset(nd->val)];
    const tcolumn *c = world_column(m->w, ds, gather_column(nd->val), gather_derived(nd->val));
    (void)e;
    if (!c || !m->w->tables[ds->idx]->nrows) no_values(m, &m->regs[self], nd->reg);
    else gather(m, &m->regs[self], m_arg(m, self, 0), c->data, c->valid, nd->reg);
    return SLA_OK;
}

/* ---- aggregates ---- */
/* What acc says about group g; ROW_NONE: a key under which no row stands. */
static bool agg_result(const acc *a, uint32_t g, bool *truth)
{
    bool none = g == ROW_NONE, has = !none && bits_get(a->has, g), unknown = !none && bits_get(a->unknown, g);
    *truth = has;
    switch (a->kind) {
    case AGG_ANY: return has || !unknown;
    case AGG_COUNT_MIN: case AGG_COUNT_MAX: return true;
    case AGG_COUNT: case AGG_SUM: return !unknown;
    default: return has && !unknown;
    }
}

static void agg_out(machine *m, uint32_t self, const acc *a, const uint32_t *group, const uint64_t *known)
{
    reg *out = &m->regs[self];
    uint64_t *bits = out->own;
    memset(out->own_known, 0, VEC_WORDS * sizeof *out->own_known);
    if (a->reg == REG_BOOL) memset(bits, 0, VEC_WORDS * sizeof *bits);
    for (size_t i = 0; i < m->n; i++) {
        bool truth, none = group[i] == ROW_NONE;
        if (!bits_get(known, i) || !agg_result(a, group[i], &truth)) continue;
        bits_set(out->own_known, i);
        switch (a->reg) {
        case REG_BOOL: if (truth) bits_set(bits, i); break;
        case REG_I64: ((int64_t *)out->own)[i] = none ? 0 : ((const int64_t *)a->val)[group[i]]; break;
        case REG_F64: ((double *)out->own)[i] = none ? 0 : ((const double *)a->val)[group[i]]; break;
        default: ((uint32_t *)out->own)[i] = none ? 0 : ((const uint32_t *)a->val)[group[i]]; break;
        }
    }
}

sla_status kernel_agg(machine *m, uint32_t self, err *e)
{
    const reg *g = m_arg(m, self, 0);
    (void)e;
    agg_out(m, self, &m->b->aggs[m_node(m, self)->val.u], g->data, g->known);
    return SLA_OK;
}

/* The condition for one batch of pairs, fed into acc by lane. */
static sla_status run_pairs(machine *m, uint32_t agg, size_t n, acc *a, pair_seen *seen, err *e)
{
    machine *sub = m->each[agg];
    sub->rows = m->pair_child;
    sub->outer_rows = m->pair_outer;
    machine_set_n(sub, n);
    TRY(machine_run(sub, e));
    const reg *cond = &sub->regs[sub->p->slots[m->p->aggs[agg].cond]];
    const uint64_t *t = cond->data;
    for (size_t i = 0; i < n; i++) {
        if (a) acc_feed(a, m->pair_lane[i], m->pair_child[i], bits_get(t, i), bits_get(cond->known, i));
        if (seen && bits_get(t, i) && seen->n < seen->max) seen->out[seen->n++] = (row_ref){seen->dataset, m->pair_child[i]};
    }
    return SLA_OK;
}

/* The pairs that wait for a run of the condition. */
typedef struct pair_run { machine *m; uint32_t agg; size_t n; acc *a; pair_seen *seen; } pair_run;

static sla_status add_pairs(pair_run *r, const row_index *ix, size_t lane, uint32_t from, uint32_t to, err *e)
{
    machine *m = r->m;
    for (uint32_t k = from; k < to; k++) {
        m->pair_child[r->n] = ix->rows[k];
        m->pair_outer[r->n] = (uint32_t)m_row(m, lane);
        m->pair_lane[r->n] = (uint32_t)lane;
        if (++r->n < VEC_ROWS) continue;
        TRY(run_pairs(m, r->agg, r->n, r->a, r->seen, e));
        r->n = 0;
    }
    return SLA_OK;
}

sla_status machine_pairs(machine *m, const node *each, size_t from, size_t to, acc *a, pair_seen *seen, err *e)
{
    const reg *group = &m->regs[each->args[0]], *lo = &m->regs[each->args[1]], *hi = &m->regs[each->args[2]];
    const uint32_t *g = group->data;
    const row_index *ix = &m->b->each_looks[each->val.u];
    const reg *guard = each->nargs > 3 ? &m->regs[each->args[3]] : NULL;
    pair_run r = {m, (uint32_t)each->val.u, 0, a, seen};
    for (size_t lane = from; lane < to; lane++) {
        if (!bits_get(group->known, lane) || g[lane] == ROW_NONE) continue;
        if (guard && bits_get(guard->known, lane) && !bits_get(guard->data, lane)) continue;
        /* a bound that is not known leaves the condition unknown, not false: then every row counts */
        int64_t first = bits_get(lo->known, lane) ? ((const int64_t *)lo->data)[lane] : INT64_MIN;
        int64_t last = bits_get(hi->known, lane) ? ((const int64_t *)hi->data)[lane] : INT64_MAX;
        row_spans s = index_between(ix, g[lane], first, last);
        TRY(add_pairs(&r, ix, lane, s.missing, s.missing_end, e));
        TRY(add_pairs(&r, ix, lane, s.begin, s.end, e));
    }
    return r.n ? run_pairs(m, r.agg, r.n, a, seen, e) : SLA_OK;
}

sla_status kernel_each(machine *m, uint32_t self, err *e)
{
    const reg *g = m_arg(m, self, 0);
    const uint32_t *group = g->data;
    uint32_t agg = (uint32_t)m_node(m, self)->val.u, lane[VEC_ROWS];
    acc *a = &m->each_acc[agg];
    acc_reset(a);
    TRY(machine_pairs(m, m_node(m, self), 0, m->n, a, NULL, e));
    for (size_t i = 0; i < m->n; i++) lane[i] = group[i] == ROW_NONE ? ROW_NONE : (uint32_t)i;
    agg_out(m, self, a, lane, g->known);
    return SLA_OK;
}

/* ---- gaps ---- */
static int64_t longest_gap(const row_index *ix, uint32_t group, int64_t from, int64_t to, const calendar *cal)
{
    int64_t last = from, worst = 0, gap;
    row_spans s = group == ROW_NONE ? (row_spans){0} : index_between(ix, group, from, to);
    const int64_t *at = group == ROW_NONE ? NULL : ix->t->cols[ix->def.ds->time_field].data;
    for (uint32_t k = s.begin; k < s.end; k++, last = at[ix->rows[k - 1]])
        if ((gap = cal_between(cal, last, at[ix->rows[k]])) > worst) worst = gap;
    gap = cal_between(cal, last, to);
    return gap > worst ? gap : worst;
}

sla_status kernel_gap(machine *m, uint32_t self, err *e)
{
    const node *nd = m_node(m, self);
    const reg *g = m_arg(m, self, 0), *from = m_arg(m, self, 1), *to = m_arg(m, self, 2);
    const row_index *ix = m->b->looks[m->p->nodes[nd->args[0]].val.u];
    const int64_t *a = from->data, *b = to->data;
    int64_t *out = m->regs[self].own;
    uint64_t *k = m->regs[self].own_known;
    (void)e;
    for (size_t w = 0; w < m->nw; w++) k[w] = ix->t ? g->known[w] & from->known[w] & to->known[w] : 0;
    for (size_t i = 0; i < m->n; i++) {
        if (!bits_get(k, i)) continue;
        if (b[i] < a[i]) bits_clear(k, i);
        else out[i] = longest_gap(ix, ((const uint32_t *)g->data)[i], a[i], b[i], nd->val.p);
    }
    return SLA_OK;
}
