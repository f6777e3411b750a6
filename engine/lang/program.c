#include "engine/lang/program.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

const char *opcode_name(opcode op)
{
    static const char *const names[] = {
#define OP(name, text, kernel) text,
        OP_LIST(OP)
#undef OP
    };
    return op < OP_COUNT ? names[op] : "?";
}

regtype regtype_of(vtype t)
{
    if (t == VT_BOOL) return REG_BOOL;
    switch (vtype_storage(t)) {
    case STORE_F64: return REG_F64;
    case STORE_CODE: return REG_CODE;
    default: return REG_I64;
    }
}

/* ---- growing inside the arena: the old copy stays behind, at most as much again ---- */
static bool grow(program *p, void *items_ptr, void *cap_ptr, bool cap32, size_t n, size_t size)
{
    void *old;
    size_t cap = cap32 ? *(uint32_t *)cap_ptr : *(size_t *)cap_ptr;
    if (n < cap) return true;
    memcpy(&old, items_ptr, sizeof old);
    size_t more = cap ? cap * 2 : 16;
    void *fresh = arena_alloc(p->a, more < UINT32_MAX / 2 ? more : SIZE_MAX, size);
    if (!fresh) return false;
    if (n) memcpy(fresh, old, n * size);
    memcpy(items_ptr, &fresh, sizeof fresh);
    if (cap32) *(uint32_t *)cap_ptr = (uint32_t)more;
    else *(size_t *)cap_ptr = more;
    return true;
}

/* ---- making one ---- */
static sla_status start(program *p)
{
    const schema *s = p->env->schema;
    /* terms first, so that their codes are small and tables over them stay in the cache */
    for (size_t i = 0; i < s->nenums; i++)
        for (size_t k = 0; k < s->enums[i].n; k++)
            if (dict_intern(p->dict, s->enums[i].values[k]) == DICT_NONE) return SLA_NOMEM;
    return SLA_OK;
}

sla_status program_new(const lang_env *env, const dataset *ds, dict *texts, arena *a, program **out, err *e)
{
    program *p = ARENA_NEW(a, program, 1);
    if (!p) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    *p = (program){.env = env, .ds = ds, .dict = texts, .a = a};
    if (start(p) != SLA_OK) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    *out = p;
    return SLA_OK;
}

program *program_sub(program *p, const dataset *ds, bool each)
{
    if (!each && p->subs[ds->idx]) return p->subs[ds->idx];
    program *s = ARENA_NEW(p->a, program, 1);
    if (!s) return NULL;
    *s = (program){.env = p->env, .ds = ds, .outer = each ? p->ds : NULL, .dict = p->dict, .a = p->a};
    if (!each) p->subs[ds->idx] = s;
    return s;
}

/* ---- nodes ---- */
static uint64_t node_hash(const node *n)
{
    uint64_t head[2] = {(uint64_t)n->op | (uint64_t)n->reg << 8 | (uint64_t)n->nargs << 16, n->val.u};
    return hash64(n->args, n->nargs * sizeof n->args[0], hash64(head, sizeof head, 1));
}

static bool node_eq(const node *a, const node *b)
{
    return a->op == b->op && a->reg == b->reg && a->nargs == b->nargs && a->val.u == b->val.u && memcmp(a->args, b->args, a->nargs * sizeof a->args[0]) == 0;
}

static bool rehash(program *p)
{
    uint32_t cap = p->cap_hash ? p->cap_hash * 2 : 64;
    uint32_t *fresh = ARENA_NEW(p->a, uint32_t, cap);
    if (!fresh) return false;
    for (uint32_t i = 0; i < p->nnodes; i++) {
        uint32_t h = (uint32_t)node_hash(&p->nodes[i]) & (cap - 1);
        while (fresh[h]) h = (h + 1) & (cap - 1);
        fresh[h] = i + 1;
    }
    p->hash = fresh;
    p->cap_hash = cap;
    return true;
}

uint32_t program_node(program *p, opcode op, regtype reg, imm val, const uint32_t *args, size_t nargs)
{
    node n = {.op = (uint8_t)op, .reg = (uint8_t)reg, .nargs = (uint8_t)nargs, .val = val};
    for (size_t i = 0; i < nargs; i++) {
        if (args[i] == NODE_NONE) return NODE_NONE;
        n.args[i] = args[i];
    }
    if (p->nnodes * 2 >= p->cap_hash && !rehash(p)) return NODE_NONE;
    uint32_t h = (uint32_t)node_hash(&n) & (p->cap_hash - 1);
    for (; p->hash[h]; h = (h + 1) & (p->cap_hash - 1))
        if (node_eq(&p->nodes[p->hash[h] - 1], &n)) return p->hash[h] - 1;
    if (!grow(p, &p->nodes, &p->cap_nodes, true, p->nnodes, sizeof *p->nodes)) return NODE_NONE;
    p->nodes[p->nnodes] = n;
    p->hash[h] = p->nnodes + 1;
    if (op == OP_LOWER || op == OP_TEXT_OF || op == OP_EXTRACT) p->makes_text = true;
    return p->nnodes++;
}

static uint32_t intern(program *p, slice s)
{
    uint32_t code = dict_intern(p->dict, s);
    p->a->failed = p->a->failed || code == DICT_NONE;
    return code;
}

uint32_t node0(program *p, opcode op, regtype reg, imm val) { return program_node(p, op, reg, val, NULL, 0); }
uint32_t node1(program *p, opcode op, regtype reg, imm val, uint32_t a) { return program_node(p, op, reg, val, &a, 1); }
uint32_t node2(program *p, opcode op, regtype reg, uint32_t a, uint32_t b)
{
    uint32_t args[2] = {a, b};
    return program_node(p, op, reg, (imm){0}, args, 2);
}
uint32_t node3(program *p, opcode op, regtype reg, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t args[3] = {a, b, c};
    return program_node(p, op, reg, (imm){0}, args, 3);
}
uint32_t node_i64(program *p, int64_t v) { return node0(p, OP_CONST, REG_I64, (imm){.i = v}); }
uint32_t node_f64(program *p, double v) { return node0(p, OP_CONST, REG_F64, (imm){.f = v == 0 ? 0.0 : v}); } /* -0 and 0 are one */
uint32_t node_bool(program *p, bool v) { return node0(p, OP_CONST, REG_BOOL, (imm){.i = v}); }
uint32_t node_text(program *p, slice s)
{
    uint32_t code = intern(p, s);
    return code == DICT_NONE ? NODE_NONE : node0(p, OP_CONST, REG_CODE, (imm){.u = code});
}
bool node_is_const(const program *p, uint32_t n) { return n != NODE_NONE && p->nodes[n].op == OP_CONST; }

/* ---- what nodes refer to ---- */
size_t program_look(program *p, const look_def *d)
{
    for (size_t i = 0; i < p->nlooks; i++) {
        const look_def *l = &p->looks[i];
        if (l->ds == d->ds && l->ncols == d->ncols && l->unique == d->unique && memcmp(l->cols, d->cols, d->ncols * sizeof d->cols[0]) == 0) return i;
    }
    if (!grow(p, &p->looks, &p->cap_looks, false, p->nlooks, sizeof *p->looks)) return SIZE_MAX;
    p->looks[p->nlooks] = *d;
    return p->nlooks++;
}

size_t program_regex(program *p, slice pattern, bool nocase)
{
    for (size_t i = 0; i < p->nregexes; i++)
        if (p->regexes[i].nocase == nocase && slice_eq(p->regexes[i].pattern, pattern)) return i;
    if (!grow(p, &p->regexes, &p->cap_regexes, false, p->nregexes, sizeof *p->regexes)) return SIZE_MAX;
    p->regexes[p->nregexes] = (regex_def){pattern, nocase};
    return p->nregexes++;
}

static int by_code(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

size_t program_set(program *p, uint32_t *codes, size_t n)
{
    size_t kept = 0;
    if (n) qsort(codes, n, sizeof *codes, by_code);
    for (size_t i = 0; i < n; i++)
        if (!kept || codes[kept - 1] != codes[i]) codes[kept++] = codes[i];
    for (size_t i = 0; i < p->nsets; i++)
        if (p->sets[i].n == kept && memcmp(p->sets[i].codes, codes, kept * sizeof *codes) == 0) return i;
    uint32_t *copy = ARENA_NEW(p->a, uint32_t, kept + 1);
    if (!copy || !grow(p, &p->sets, &p->cap_sets, false, p->nsets, sizeof *p->sets)) return SIZE_MAX;
    memcpy(copy, codes, kept * sizeof *codes);
    p->sets[p->nsets] = (code_set){copy, (uint32_t)kept};
    return p->nsets++;
}

size_t program_agg(program *p, const agg_def *d)
{
    for (size_t i = 0; i < p->naggs; i++) {
        const agg_def *g = &p->aggs[i];
        if (g->kind != d->kind || g->look != d->look || g->field != d->field || g->derived != d->derived || g->each != d->each) continue;
        if (d->each ? slice_eq(g->text, d->text) : g->cond == d->cond) return i;
    }
    if (!grow(p, &p->aggs, &p->cap_aggs, false, p->naggs, sizeof *p->aggs)) return SIZE_MAX;
    p->aggs[p->naggs] = *d;
    return p->naggs++;
}

/* The first day after `day` that has another name. */
static int64_t name_day(day_name kind, int64_t day, char out[32])
{
    int32_t y, m, d;
    if (kind == DAY_NAME_WEEK) {
        int64_t monday = day - (weekday_of_days(day) - 1), thursday = monday + 3; /* ISO 8601: a week belongs to the year of its Thursday */
        civil_from_days(thursday, &y, &m, &d);
        snprintf(out, 32, "%04d-W%02d", (int)y, (int)((thursday - civil_days(y, 1, 1)) / 7 + 1));
        return monday + 7;
    }
    civil_from_days(day, &y, &m, &d);
    if (kind == DAY_NAME_MONTH) snprintf(out, 32, "%04d-%02d", (int)y, (int)m);
    else snprintf(out, 32, "%04dQ%d", (int)y, (int)((m + 2) / 3));
    m = kind == DAY_NAME_MONTH ? m + 1 : (m + 2) / 3 * 3 + 1;
    return civil_days(m > 12 ? y + 1 : y, m > 12 ? 1 : m, 1);
}

static uint32_t *name_days(program *p, day_name kind)
{
    char name[32];
    uint32_t *t = arena_room(p->a, DAYS_KNOWN, sizeof *t);
    for (int64_t day = DAY_FIRST, next; t && day <= DAY_LAST; day = next) {
        next = name_day(kind, day, name);
        uint32_t code = intern(p, slice_of(name));
        if (code == DICT_NONE) return NULL;
        for (int64_t d = day; d < next && d <= DAY_LAST; d++) t[d - DAY_FIRST] = code;
    }
    return t;
}

const uint32_t *program_day_names(program *p, day_name kind)
{
    day_names *shared = p->env->days ? p->env->days : &p->days;
    if (!shared->codes[kind]) shared->codes[kind] = name_days(p, kind);
    return p->days.codes[kind] = shared->codes[kind];
}

int program_slot(program *p, uint32_t nd, expr_type t)
{
    for (size_t i = 0; i < p->nslots; i++)
        if (p->slots[i] == nd && p->types[i].type == t.type && p->types[i].en == t.en) return (int)i;
    size_t cap = p->cap_slots;
    if (!grow(p, &p->slots, &cap, false, p->nslots, sizeof *p->slots)) return -1;
    if (!grow(p, &p->types, &p->cap_slots, false, p->nslots, sizeof *p->types)) return -1;
    p->slots[p->nslots] = nd;
    p->types[p->nslots] = t;
    return (int)p->nslots++;
}

size_t program_slots(const program *p) { return p->nslots; }

/* ---- what is read ---- */
static void mark(columns_read *w, const dataset *ds, size_t f) { w->field[ds->idx][f] = w->coded[ds->idx][f] = true; }

static bool looks_at_texts(uint8_t op)
{
    switch (op) {
    case OP_MATCH: case OP_TEXTCHECK: case OP_LENGTH: case OP_LOWER: case OP_EXTRACT: case OP_HAS_TEXT: case OP_LT_TEXT: case OP_IS_MISSING: case OP_MISSING_UNDER: return true;
    default: return false;
    }
}

/* Which nodes' codes are compared, from those that use a node to the node: NULL, if there is no memory, stands for all. */
static bool *compared(const program *p, bool shown)
{
    bool *is = mem_zero(p->nnodes + 1u, sizeof *is);
    for (size_t i = 0; is && !shown && i < p->nslots; i++) is[p->slots[i]] = true;
    for (uint32_t i = p->nnodes; is && i-- > 0;) {
        const node *n = &p->nodes[i];
        bool passes = n->op == OP_COALESCE || n->op == OP_IF;
        for (size_t k = 0; k < n->nargs; k++) is[n->args[k]] |= passes ? is[i] : !looks_at_texts(n->op);
    }
    return is;
}

static void mark_all(const program *p, bool shown, columns_read *wanted)
{
    bool *coded = compared(p, shown);
    for (uint32_t i = 0; i < p->nnodes; i++) {
        const node *n = &p->nodes[i];
        if (n->op == OP_FIELD && coded && !coded[i]) wanted->field[p->ds->idx][n->val.u] = true;
        else if (n->op == OP_FIELD) mark(wanted, p->ds, n->val.u);
        if (n->op == OP_OUTER && p->outer) mark(wanted, p->outer, n->val.u);
        if (n->op == OP_DERIVED) wanted->derived[p->ds->idx][n->val.u] = true;
        if (n->op == OP_OUTER_DERIVED && p->outer) wanted->derived[p->outer->idx][n->val.u] = true;
        if (n->op == OP_GATHER && gather_derived(n->val)) wanted->derived[gather_dataset(n->val)][gather_column(n->val)] = true;
        else if (n->op == OP_GATHER) mark(wanted, &p->env->schema->datasets[gather_dataset(n->val)], gather_column(n->val));
    }
    mem_free(coded);
    for (size_t i = 0; i < p->nlooks; i++)
        for (uint32_t k = 0; k < p->looks[i].ncols; k++) mark(wanted, p->looks[i].ds, p->looks[i].cols[k]);
    for (size_t i = 0; i < p->naggs; i++) {
        const agg_def *g = &p->aggs[i];
        const dataset *child = p->looks[g->look].ds;
        if (g->field >= 0 && g->derived) wanted->derived[child->idx][g->field] = true;
        else if (g->field >= 0) mark(wanted, child, (size_t)g->field);
        if (child->time_field >= 0) mark(wanted, child, (size_t)child->time_field);
        if (g->each) mark_all(g->sub, false, wanted);
    }
    for (size_t d = 0; d < DATASETS_MAX; d++)
        if (p->subs[d]) mark_all(p->subs[d], false, wanted);
}

void program_fields(const program *p, bool shown, columns_read *wanted) { mark_all(p, shown, wanted); }

typedef struct visit { const program *p; bool *datasets, *fields; node_seen *fn; void *ctx; } visit;

static void visit_derived(const visit *v, size_t ds, size_t column)
{
    const lang_env *env = v->p->env;
    for (size_t d = 0; v->datasets && d < DATASETS_MAX; d++) v->datasets[d] = v->datasets[d] || (env->derived[ds].fields[column].datasets >> d & 1);
}

/* Nodes are in the order of their operands, so one pass from the slot's node down marks all below it. */
static sla_status visit_node(const visit *v, uint32_t root)
{
    const program *p = v->p;
    sla_status st = SLA_OK;
    bool *below = mem_zero((size_t)root + 1, sizeof *below);
    if (!below) return SLA_NOMEM;
    below[root] = true;
    for (uint32_t i = root + 1; st == SLA_OK && i-- > 0;) {
        const node *n = &p->nodes[i];
        if (!below[i]) continue;
        for (size_t k = 0; k < n->nargs; k++) below[n->args[k]] = true;
        if (v->fn) v->fn(v->ctx, p, i);
        if (n->op == OP_FIELD && v->fields) v->fields[n->val.u] = true;
        if (n->op == OP_DERIVED) visit_derived(v, p->ds->idx, n->val.u);
        if (n->op == OP_OUTER_DERIVED) visit_derived(v, p->outer->idx, n->val.u);
        if (n->op == OP_GATHER && gather_derived(n->val)) visit_derived(v, gather_dataset(n->val), gather_column(n->val));
        if ((n->op == OP_LOOKUP || n->op == OP_GROUP) && v->datasets) v->datasets[p->looks[n->val.u].ds->idx] = true;
        if (n->op != OP_AGG && n->op != OP_EACH) continue;
        const agg_def *g = &p->aggs[n->val.u];
        if (v->datasets) v->datasets[p->looks[g->look].ds->idx] = true;
        if (g->derived && g->field >= 0) visit_derived(v, p->looks[g->look].ds->idx, (size_t)g->field);
        if (g->each && v->fields)
            for (uint32_t s = 0; s < g->sub->nnodes; s++)
                if (g->sub->nodes[s].op == OP_OUTER) v->fields[g->sub->nodes[s].val.u] = true;
        if (!v->datasets && !v->fn) continue;
        if (g->cond >= 0) st = visit_node(&(visit){g->sub, v->datasets, NULL, v->fn, v->ctx}, g->sub->slots[g->cond]);
        const program *child = p->subs[p->looks[g->look].ds->idx];
        if (st == SLA_OK && g->pre >= 0 && child) st = visit_node(&(visit){child, v->datasets, NULL, v->fn, v->ctx}, child->slots[g->pre]);
    }
    mem_free(below);
    return st;
}

static sla_status visit_slot(const visit *v, int slot, err *e)
{
    sla_status st = slot >= 0 && (size_t)slot < v->p->nslots ? visit_node(v, v->p->slots[slot]) : SLA_OK;
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "out of memory");
}

sla_status program_uses_dataset(const program *p, int slot, bool used[DATASETS_MAX], err *e)
{
    memset(used, 0, DATASETS_MAX * sizeof *used);
    return visit_slot(&(visit){p, used, NULL, NULL, NULL}, slot, e);
}

sla_status program_visit(const program *p, int slot, node_seen *fn, void *ctx, err *e) { return visit_slot(&(visit){p, NULL, NULL, fn, ctx}, slot, e); }

int program_slot_field(const program *p, int slot)
{
    const node *n = &p->nodes[p->slots[slot]];
    return n->op == OP_FIELD ? (int)n->val.u : -1;
}

sla_status program_slot_fields(const program *p, int slot, bool fields[FIELDS_MAX], err *e) { return visit_slot(&(visit){p, NULL, fields, NULL, NULL}, slot, e); }
