/* Look-ups by another dataset's key, and aggregates over the rows of another dataset that point here. */
#include "engine/lang/check.h"

static const dataset *find_dataset(checker *c, uint32_t at, slice name)
{
    const schema *s = c->p->env->schema;
    const dataset *ds = schema_dataset(s, name);
    if (ds) return ds;
    const char **names = ARENA_NEW(c->a, const char *, s->n + 1);
    size_t n = 0;
    for (; names && n < s->n; n++)
        if (!(names[n] = arena_strndup(c->a, s->datasets[n].name.ptr, s->datasets[n].name.len))) break;
    check_unknown(c, at, "dataset", name, names, n);
    return NULL;
}

/* One value of a key. */
static val key_value(checker *c, const ast *x, const dataset *ds, size_t col)
{
    const field *f = &ds->fields[col];
    val v = check_expr(c, x, (want){f->en, NULL, false});
    if (!v.ok) return v;
    if (v.type == f->type && f->type != VT_BOOL) return v;
    if (f->type == VT_BOOL) {
        check_fail(c, x->at, SLA_TYPE, "%.*s is true or false and no part of a key", SLICE_ARG(f->name));
        errlist_hint(c->errors, "put it into the condition after where");
        return (val){0};
    }
    return check_fail(c, x->at, SLA_TYPE, "%.*s.%.*s is %s, but the value for it is %s", SLICE_ARG(ds->name), SLICE_ARG(f->name), type_text(f->type), type_text(v.type));
}

/* The row of a look-up: a node of type ROW. */
static val lookup_row(checker *c, const ast *x, const dataset **out)
{
    const dataset *ds = find_dataset(c, x->at, x->name);
    look_def d = {.ds = ds, .unique = true};
    uint32_t args[KEY_MAX];
    bool ok = true;
    if (!ds) return (val){0};
    *out = ds;
    if (!ds->nkey) {
        check_fail(c, x->at, SLA_TYPE, "%.*s has no key to look a row up by", SLICE_ARG(ds->name));
        errlist_hint(c->errors, "its rows are looked at inside count, any, sum, min, max, first or last: any(%.*s[field = value] where …)", SLICE_ARG(ds->name));
        return (val){0};
    }
    if (x->n != ds->nkey)
        return check_fail(c, x->at, SLA_TYPE, "the key of %.*s has %zu part%s, here %s %u", SLICE_ARG(ds->name), ds->nkey, ds->nkey == 1 ? "" : "s", x->n == 1 ? "is" : "are", x->n);
    for (uint32_t i = 0; i < x->n; i++) {
        val v = key_value(c, x->items[i], ds, ds->key[i]);
        ok = ok && v.ok;
        d.cols[d.ncols++] = (uint32_t)ds->key[i];
        args[i] = v.node;
    }
    size_t look = ok ? program_look(c->p, &d) : SIZE_MAX;
    if (look == SIZE_MAX) return (val){0};
    return check_result(c, program_node(c->p, OP_LOOKUP, REG_ROW, (imm){.u = look}, args, x->n), VT_COUNT, NULL);
}

val check_exists(checker *c, const ast *x)
{
    const dataset *ds = NULL;
    val row = lookup_row(c, x->items[0], &ds);
    return row.ok ? check_result(c, node1(c->p, OP_EXISTS, REG_BOOL, (imm){0}, row.node), VT_BOOL, NULL) : row;
}

val check_lookup(checker *c, const ast *x)
{
    const dataset *ds = NULL;
    val row = lookup_row(c, x, &ds);
    if (!ds) return row;
    if (!x->field.len) {
        check_fail(c, x->at, SLA_TYPE, "a row of %.*s is no value", SLICE_ARG(ds->name));
        errlist_hint(c->errors, "name a field of it, %.*s[…].field, or ask whether it is there: %.*s[…] exists", SLICE_ARG(ds->name), SLICE_ARG(ds->name));
        return (val){0};
    }
    colref col;
    if (!check_column(c, ds, x->field, &col)) return check_unknown_column(c, x->op_at, ds, x->field, NULL);
    if (!row.ok) return row;
    return check_result(c, node1(c->p, OP_GATHER, regtype_of(col.type), gather_imm(ds, col.index, col.derived), row.node), col.type, col.en);
}

/* ---- aggregates ---- */
static bool mentions_outer(const ast *x)
{
    if (x->kind == AST_NAME && x->name.len > 6 && memcmp(x->name.ptr, "outer.", 6) == 0) return true;
    for (uint32_t i = 0; i < x->n; i++)
        if (mentions_outer(x->items[i])) return true;
    return false; /* not into an inner where: its outer is this row */
}

static aggkind kind_of(slice name)
{
    static const char *const names[] = {
#define A(name, text) text,
        AGG_LIST(A)
#undef A
    };
    size_t i = 0;
    while (i < AGG_MEDIAN && !slice_is(name, names[i])) i++;
    return (aggkind)i;
}

/* [field = value, …]: which rows belong to this one. ROW node of a group. */
static val group_of(checker *c, const ast *rows, const dataset *ds, size_t *look)
{
    look_def d = {.ds = ds};
    uint32_t args[KEY_MAX];
    bool ok = true;
    if (rows->n > KEY_MAX) return check_fail(c, rows->at, SLA_LIMIT, "at most %d fields can say which rows belong here", (int)KEY_MAX);
    for (uint32_t i = 0; i < rows->n; i++) {
        const ast *k = rows->items[i];
        if (k->kind != AST_COMPARE || k->op != TOK_EQ || k->items[0]->kind != AST_NAME) {
            check_fail(c, k->at, SLA_SYNTAX, "expected field = value inside the brackets");
            errlist_hint(c->errors, "for example count(history[ticket_id = id] where field = \"team\")");
            ok = false;
            continue;
        }
        int col = dataset_field(ds, k->items[0]->name);
        if (col < 0) {
            check_unknown_column(c, k->items[0]->at, ds, k->items[0]->name, NULL);
            ok = false;
            continue;
        }
        val v = key_value(c, k->items[1], ds, (size_t)col);
        ok = ok && v.ok;
        args[d.ncols] = v.node;
        d.cols[d.ncols++] = (uint32_t)col;
    }
    *look = ok ? program_look(c->p, &d) : SIZE_MAX;
    if (*look == SIZE_MAX) return (val){0};
    return check_result(c, program_node(c->p, OP_GROUP, REG_ROW, (imm){.u = *look}, args, d.ncols), VT_COUNT, NULL);
}

/* Of the conditions that must all hold, those about the child row alone: rows for which they are false need not be paired. NODE_NONE: none. */
static uint32_t child_only(checker *inner, const ast *x)
{
    if (x->kind == AST_AND) {
        uint32_t a = child_only(inner, x->items[0]), b = child_only(inner, x->items[1]);
        return a == NODE_NONE ? b : b == NODE_NONE ? a : node2(inner->p, OP_AND, REG_BOOL, a, b);
    }
    if (mentions_outer(x)) return NODE_NONE;
    val v = check_typed(inner, x, (want){0}, VT_BOOL, "the condition after 'where'");
    return v.ok ? v.node : NODE_NONE;
}

static bool check_where(checker *c, const ast *x, const dataset *ds, agg_def *d)
{
    d->each = x->where && mentions_outer(x->where);
    d->cond = d->pre = -1;
    if (!(d->sub = program_sub(c->p, ds, d->each))) return false;
    if (!x->where) return true;
    checker inner = {d->sub, c->src, c->errors, c->a, false, 0};
    val v = check_typed(&inner, x->where, (want){0}, VT_BOOL, "the condition after 'where'");
    if (!v.ok) return false;
    d->cond = program_slot(d->sub, v.node, (expr_type){VT_BOOL, NULL});
    if (d->each && (inner.p = program_sub(c->p, ds, false))) {
        uint32_t pre = child_only(&inner, x->where);
        if (pre != NODE_NONE) d->pre = program_slot(inner.p, pre, (expr_type){VT_BOOL, NULL});
    }
    d->text = arena_slice(c->a, (slice){c->src->text.ptr + x->at, x->end - x->at});
    return d->cond >= 0 && d->text.ptr;
}

/* Whether x says something about the row outside the where only, and needs no other dataset for it. */
static bool only_outer(const checker *c, const ast *x, const dataset *child)
{
    static const char *const same[] = {"as_of", "period_from", "period_to"};
    colref r;
    if (x->kind == AST_LOOKUP || x->kind == AST_AGG || x->kind == AST_EXISTS) return false;
    if (x->kind == AST_NAME) {
        if (check_column(c, child, x->name, &r)) return false;
        for (size_t i = 0; i < 3; i++)
            if (slice_is(x->name, same[i])) return true;
        return x->name.len > 6 && memcmp(x->name.ptr, "outer.", 6) == 0;
    }
    for (uint32_t i = 0; i < x->n; i++)
        if (!only_outer(c, x->items[i], child)) return false;
    return true;
}

/* Of the conditions that must all hold, those that hold the child's time against the row outside: rows before lo or after hi need not be looked at. Rows
 * of a group are sorted by that time. What is found here only leaves rows out whose condition is false; the condition itself is still worked out in full. */
static void time_window(checker *c, const ast *x, const dataset *child, uint32_t *lo, uint32_t *hi)
{
    if (x->kind == AST_AND) {
        time_window(c, x->items[0], child, lo, hi);
        time_window(c, x->items[1], child, lo, hi);
    }
    if (x->kind != AST_COMPARE || x->op == TOK_NE || child->time_field < 0) return;
    const field *time = &child->fields[child->time_field];
    for (int side = 0; side < 2; side++) {
        const ast *name = x->items[side], *other = x->items[!side];
        if (name->kind != AST_NAME || !slice_eq(name->name, time->name) || !only_outer(c, other, child)) continue;
        checker outside = {c->p, c->src, c->errors, c->a, true, 0};
        val v = check_expr(&outside, other, (want){0});
        if (!v.ok || v.type != time->type) return; /* a date against a time compares days */
        bool upper = (side == 0) == (x->op == TOK_LT || x->op == TOK_LE);
        if (x->op == TOK_EQ) *lo = *hi = v.node;
        else if (upper) *hi = v.node;
        else *lo = v.node;
        return;
    }
}

static uint32_t each_node(checker *c, const ast *where, const dataset *child, regtype reg, size_t agg, uint32_t group)
{
    uint32_t args[4] = {group, node_i64(c->p, INT64_MIN), node_i64(c->p, INT64_MAX), c->guard ? c->guard - 1 : NODE_NONE};
    time_window(c, where, child, &args[1], &args[2]);
    return program_node(c->p, OP_EACH, reg, (imm){.u = agg}, args, c->guard ? 4 : 3);
}

static bool type_fits(aggkind k, vtype t)
{
    switch (k) {
    case AGG_SUM: case AGG_MEDIAN: return t == VT_NUMBER || t == VT_DURATION;
    case AGG_MIN: case AGG_MAX: return t != VT_TEXT && t != VT_BOOL;
    default: return t != VT_BOOL;
    }
}

static bool check_agg_field(checker *c, const ast *x, const dataset *ds, slice name, uint32_t at, agg_def *d, colref *col)
{
    bool counts = d->kind == AGG_COUNT || d->kind == AGG_ANY;
    d->field = -1;
    if (counts) {
        if (name.len) check_fail(c, at, SLA_TYPE, "%.*s looks at rows, not at one field", SLICE_ARG(x->name));
        if (name.len) errlist_hint(c->errors, "write %.*s(%.*s[…] where …)", SLICE_ARG(x->name), SLICE_ARG(ds->name));
        return !name.len;
    }
    if (!name.len) {
        check_fail(c, x->items[0]->at, SLA_TYPE, "%.*s needs a field", SLICE_ARG(x->name));
        errlist_hint(c->errors, "write %.*s(%.*s.field[…] where …)", SLICE_ARG(x->name), SLICE_ARG(ds->name));
        return false;
    }
    if (!check_column(c, ds, name, col)) return check_unknown_column(c, at, ds, name, NULL).ok;
    d->field = (int)col->index;
    d->derived = col->derived;
    if (type_fits(d->kind, col->type)) return true;
    return check_fail(c, at, SLA_TYPE, "%.*s cannot be taken of %s", SLICE_ARG(x->name), type_text(col->type)).ok;
}

val check_agg(checker *c, const ast *x)
{
    const ast *rows = x->items[0];
    agg_def d = {.kind = kind_of(x->name)};
    colref col = {.type = VT_NUMBER};
    size_t look = SIZE_MAX;
    if (rows->kind != AST_LOOKUP || rows->field.len) {
        check_fail(c, rows->at, SLA_SYNTAX, "%.*s needs the rows of a dataset", SLICE_ARG(x->name));
        errlist_hint(c->errors, "for example count(history[ticket_id = id] where field = \"team\")");
        return (val){0};
    }
    const char *dot = memchr(rows->name.ptr, '.', rows->name.len);
    slice name = dot ? (slice){rows->name.ptr, (size_t)(dot - rows->name.ptr)} : rows->name;
    slice of = dot ? (slice){dot + 1, rows->name.len - name.len - 1} : (slice){0};
    const dataset *ds = find_dataset(c, rows->at, name);
    if (!ds) return (val){0};
    bool field_ok = check_agg_field(c, x, ds, of, rows->at + (uint32_t)name.len + 1, &d, &col);
    val group = group_of(c, rows, ds, &look);
    bool where_ok = check_where(c, x, ds, &d);
    if (!field_ok || !group.ok || !where_ok) return (val){0};
    if (d.kind == AGG_MEDIAN && d.each) return check_fail(c, x->where->at, SLA_TYPE, "the condition of a median cannot look at the row outside");
    d.look = (uint32_t)look;
    size_t agg = program_agg(c->p, &d);
    if (agg == SIZE_MAX) return (val){0};
    vtype t = d.kind == AGG_ANY ? VT_BOOL : d.kind == AGG_COUNT ? VT_NUMBER : col.type;
    regtype reg = regtype_of(t);
    uint32_t n = d.each ? each_node(c, x->where, ds, reg, agg, group.node) : node1(c->p, OP_AGG, reg, (imm){.u = agg}, group.node);
    return check_result(c, n, t, d.kind == AGG_FIRST || d.kind == AGG_LAST ? col.en : NULL);
}

/* gap(history[ticket_id = id], from, to, calendar): the dataset's time says when its rows are. */
val check_gap(checker *c, const ast *x)
{
    const ast *rows = x->items[0];
    size_t look = SIZE_MAX;
    if (rows->kind != AST_LOOKUP || rows->field.len) return check_fail(c, rows->at, SLA_SYNTAX, "gap needs the rows of a dataset, for example history[ticket_id = id]");
    const dataset *ds = find_dataset(c, rows->at, rows->name);
    if (!ds) return (val){0};
    if (ds->time_field < 0 || ds->fields[ds->time_field].type != VT_TIME) return check_fail(c, rows->at, SLA_TYPE, "%.*s has no time that gaps could lie between", SLICE_ARG(ds->name));
    val group = group_of(c, rows, ds, &look);
    val from = check_typed(c, x->items[1], (want){0}, VT_TIME, "the beginning of gap"), to = check_typed(c, x->items[2], (want){0}, VT_TIME, "the end of gap");
    const calendar *cal = check_calendar(c, x->items[3]);
    if (!group.ok || !from.ok || !to.ok || !cal) return (val){0};
    uint32_t args[3] = {group.node, from.node, to.node};
    return check_result(c, program_node(c->p, OP_GAP, REG_I64, (imm){.p = cal}, args, 3), VT_DURATION, NULL);
}
