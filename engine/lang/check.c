#include "engine/lang/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "engine/lang/regex.h"
#include "engine/time/instant.h"

static const want ANY;

/* ---- results and errors ---- */
const char *type_text(vtype t) { return t < VT_COUNT ? vtype_name(t) : "any type"; }

val check_result(checker *c, uint32_t nd, vtype t, const enumeration *en)
{
    (void)c;
    return (val){.ok = nd != NODE_NONE, .node = nd, .type = t, .en = en};
}

val check_fail(checker *c, uint32_t at, sla_status code, const char *fmt, ...)
{
    char msg[320];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    errlist_add(c->errors, code, source_pos(c->src, at), "%s", msg);
    return (val){0};
}

static val hinted(checker *c, const char *hint)
{
    errlist_hint(c->errors, "%s", hint);
    return (val){0};
}

val check_unknown(checker *c, uint32_t at, const char *what, slice word, const char *const *candidates, size_t n)
{
    const char *near = n ? slice_nearest(word, candidates, n) : NULL;
    if (near) return check_fail(c, at, SLA_NAME, "unknown %s '%.*s'; did you mean '%s'?", what, SLICE_ARG(word), near);
    return check_fail(c, at, SLA_NAME, "unknown %s '%.*s'", what, SLICE_ARG(word));
}

/* ---- names ---- */
bool check_column(const checker *c, const dataset *ds, slice name, colref *out)
{
    int f = dataset_field(ds, name);
    if (f >= 0) {
        *out = (colref){ds->fields[f].type, ds->fields[f].en, (size_t)f, false};
        return true;
    }
    const lang_env *env = c->p->env;
    for (size_t i = 0; i < env->derived[ds->idx].n; i++)
        if (slice_eq(env->derived[ds->idx].fields[i].name, name)) {
            *out = (colref){env->derived[ds->idx].fields[i].type, env->derived[ds->idx].fields[i].en, i, true};
            return true;
        }
    return false;
}

val check_unknown_column(checker *c, uint32_t at, const dataset *ds, slice name, const enumeration *also)
{
    static const char *const own[] = {"as_of", "period_from", "period_to"};
    const lang_env *env = c->p->env;
    size_t n = 0, cap = ds->nfields + env->derived[ds->idx].n + (also ? also->n : 0) + 3;
    const char **names = ARENA_NEW(c->a, const char *, cap);
    if (!names) return check_unknown(c, at, "name", name, NULL, 0);
    for (size_t i = 0; also && i < also->n; i++) names[n++] = arena_strndup(c->a, also->values[i].ptr, also->values[i].len);
    for (size_t i = 0; i < ds->nfields; i++) names[n++] = arena_strndup(c->a, ds->fields[i].name.ptr, ds->fields[i].name.len);
    for (size_t i = 0; i < env->derived[ds->idx].n; i++) names[n++] = arena_strndup(c->a, env->derived[ds->idx].fields[i].name.ptr, env->derived[ds->idx].fields[i].name.len);
    for (size_t i = 0; i < 3; i++) names[n++] = own[i];
    for (size_t i = 0; i < n; i++)
        if (!names[i]) n = i;
    return check_unknown(c, at, "name", name, names, n);
}

static val column_value(checker *c, const colref *r, bool outer)
{
    opcode op = outer ? (r->derived ? OP_OUTER_DERIVED : OP_OUTER) : r->derived ? OP_DERIVED : OP_FIELD;
    return check_result(c, node0(c->p, op, regtype_of(r->type), (imm){.u = r->index}), r->type, r->en);
}

static val enum_value(checker *c, const enumeration *en, slice s) { return check_result(c, node_text(c->p, s), VT_TEXT, en); }

static val check_outer(checker *c, const ast *x)
{
    slice name = {x->name.ptr + 6, x->name.len - 6};
    colref r;
    if (c->from_outer && check_column(c, c->p->ds, name, &r)) return column_value(c, &r, false);
    if (!c->p->outer) {
        check_fail(c, x->at, SLA_NAME, "'outer' has no meaning here");
        return hinted(c, "outer.x is the field x of the row whose child rows are looked at: count(history[ticket_id = id] where at > outer.created_at)");
    }
    if (!check_column(c, c->p->outer, name, &r)) return check_unknown_column(c, x->at + 6, c->p->outer, name, NULL);
    return column_value(c, &r, true);
}

static const enumeration *term_of(const checker *c, slice word)
{
    const schema *s = c->p->env->schema;
    for (size_t i = 0; i < s->nenums; i++)
        if (enumeration_rank(&s->enums[i], word) >= 0) return &s->enums[i];
    return NULL;
}

static val check_name(checker *c, const ast *x, want w)
{
    colref r;
    if (w.en && enumeration_rank(w.en, x->name) >= 0) return enum_value(c, w.en, x->name);
    if (check_column(c, c->p->ds, x->name, &r)) return column_value(c, &r, false);
    if (slice_is(x->name, "as_of")) return check_result(c, node0(c->p, OP_AS_OF, REG_I64, (imm){0}), VT_TIME, NULL);
    if (slice_is(x->name, "period_from")) return check_result(c, node0(c->p, OP_PERIOD_FROM, REG_I64, (imm){0}), VT_TIME, NULL);
    if (slice_is(x->name, "period_to")) return check_result(c, node0(c->p, OP_PERIOD_TO, REG_I64, (imm){0}), VT_TIME, NULL);
    if (x->name.len > 6 && memcmp(x->name.ptr, "outer.", 6) == 0) return check_outer(c, x);
    const dataset *ds = schema_dataset(c->p->env->schema, x->name);
    const enumeration *of = term_of(c, x->name);
    if (of && w.after_error) return (val){0}; /* what it was compared with would have said what it means */
    check_unknown_column(c, x->at, c->p->ds, x->name, w.en);
    if (of) errlist_hint(c->errors, "%.*s is a value of %.*s: it has a meaning beside a field of that enumeration", SLICE_ARG(x->name), SLICE_ARG(of->name));
    else if (ds) errlist_hint(c->errors, "%.*s is a dataset: look a row up by its key, as in %.*s[…].field", SLICE_ARG(x->name), SLICE_ARG(x->name));
    else errlist_hint(c->errors, "a text stands in quotes: \"%.*s\"", SLICE_ARG(x->name));
    return (val){0};
}

/* ---- literals ---- */
static val check_text(checker *c, const ast *x, want w)
{
    if (!w.en || enumeration_rank(w.en, x->name) >= 0) return check_result(c, node_text(c->p, x->name), VT_TEXT, w.en);
    const char **names = ARENA_NEW(c->a, const char *, w.en->n + 1);
    size_t n = 0;
    for (; names && n < w.en->n; n++)
        if (!(names[n] = arena_strndup(c->a, w.en->values[n].ptr, w.en->values[n].len))) break;
    const char *near = n ? slice_nearest(x->name, names, n) : NULL;
    if (near) return check_fail(c, x->at, SLA_NAME, "'%.*s' is not a value of %.*s; did you mean '%s'?", SLICE_ARG(x->name), SLICE_ARG(w.en->name), near);
    return check_fail(c, x->at, SLA_NAME, "'%.*s' is not a value of %.*s", SLICE_ARG(x->name), SLICE_ARG(w.en->name));
}

static val check_time(checker *c, const ast *x)
{
    time_text t;
    if (!time_parse(x->name, &t)) {
        check_fail(c, x->at, SLA_SYNTAX, "'@%.*s' is no date or time", SLICE_ARG(x->name));
        return hinted(c, "write @2025-07-01, @2025-07-01T09:00:00 or @2025-07-01T09:00:00+08:00");
    }
    if (!t.has_time) return check_result(c, node_i64(c->p, t.local_ms / MS_DAY - (t.local_ms % MS_DAY < 0)), VT_DATE, NULL);
    int64_t utc = t.has_offset || !c->p->env->zone ? t.local_ms - (int64_t)t.offset_min * MS_MINUTE : zone_to_utc(c->p->env->zone, t.local_ms, NULL);
    return check_result(c, node_i64(c->p, utc), VT_TIME, NULL);
}

static val check_workdays(checker *c, const ast *x, want w)
{
    if (!w.cal) {
        check_fail(c, x->at, SLA_TYPE, "working days (wd) need a calendar");
        return hinted(c, "compare them with worktime(a, b, calendar), or write hours (h)");
    }
    double ms = x->num * (double)cal_day_ms(w.cal);
    if (!(ms < 9e15)) return check_fail(c, x->at, SLA_RANGE, "the duration is too long");
    return check_result(c, node_i64(c->p, (int64_t)(ms + 0.5)), VT_DURATION, NULL);
}

/* ---- what the other operand is asked for ---- */
static want sniff_both(const checker *c, const ast *x, uint32_t from)
{
    want w = ANY;
    for (uint32_t i = from; i < x->n; i++) {
        want o = check_sniff(c, x->items[i]);
        if (!w.en) w.en = o.en;
        if (!w.cal) w.cal = o.cal;
    }
    return w;
}

static want sniff_rows(const checker *c, const ast *x)
{
    want w = ANY;
    colref r;
    const char *dot = memchr(x->name.ptr, '.', x->name.len);
    slice name = dot ? (slice){x->name.ptr, (size_t)(dot - x->name.ptr)} : x->name;
    slice of = dot ? (slice){dot + 1, x->name.len - name.len - 1} : x->field;
    const dataset *ds = schema_dataset(c->p->env->schema, name);
    if (ds && of.len && check_column(c, ds, of, &r)) w.en = r.en;
    return w;
}

want check_sniff(const checker *c, const ast *x)
{
    want w = ANY;
    colref r;
    switch (x->kind) {
    case AST_NAME:
        if (check_column(c, c->p->ds, x->name, &r)) w.en = r.en;
        else if (c->p->outer && x->name.len > 6 && memcmp(x->name.ptr, "outer.", 6) == 0 && check_column(c, c->p->outer, (slice){x->name.ptr + 6, x->name.len - 6}, &r)) w.en = r.en;
        return w;
    case AST_LOOKUP: return sniff_rows(c, x);
    case AST_AGG: return x->items[0]->kind != AST_LOOKUP ? w : slice_is(x->name, "first") || slice_is(x->name, "last") ? sniff_rows(c, x->items[0]) : w;
    case AST_NEG: case AST_ARITH: return sniff_both(c, x, 0);
    case AST_CALL: return builtin_sniff(c, x);
    default: return w;
    }
}

/* ---- comparisons ---- */
val check_to_day(checker *c, val v)
{
    if (!v.ok || v.type != VT_TIME) return v;
    return check_result(c, node1(c->p, OP_DAY, REG_I64, (imm){0}, v.node), VT_DATE, NULL);
}

static uint32_t rank_node(checker *c, val v, const enumeration *en) { return node1(c->p, OP_RANK, REG_RANK, (imm){.p = en}, v.node); }

static uint32_t rank_in(checker *c, val v, const enumeration *en, uint32_t *ranks, size_t n)
{
    size_t set = program_set(c->p, ranks, n);
    if (set == SIZE_MAX) return NODE_NONE;
    return node1(c->p, OP_RANK_IN, REG_BOOL, (imm){.u = set}, rank_node(c, v, en));
}

static uint32_t const_rank(const checker *c, val v, const enumeration *en)
{
    return (uint32_t)(enumeration_rank(en, dict_text(c->p->dict, (uint32_t)c->p->nodes[v.node].val.u)) + 1);
}

static uint32_t negate(checker *c, uint32_t n) { return node1(c->p, OP_NOT, REG_BOOL, (imm){0}, n); }

static token_kind mirrored(token_kind op)
{
    switch (op) {
    case TOK_LT: return TOK_GT;
    case TOK_LE: return TOK_GE;
    case TOK_GT: return TOK_LT;
    case TOK_GE: return TOK_LE;
    default: return op;
    }
}

static bool holds(token_kind op, uint32_t a, uint32_t b)
{
    switch (op) {
    case TOK_EQ: return a == b;
    case TOK_NE: return a != b;
    case TOK_LT: return a < b;
    case TOK_LE: return a <= b;
    case TOK_GT: return a > b;
    default: return a >= b;
    }
}

/* A column of an enumeration against one of its terms: the set of terms for which it holds. */
static uint32_t compare_with_term(checker *c, token_kind op, val column, val term, const enumeration *en)
{
    uint32_t *ranks = ARENA_NEW(c->a, uint32_t, en->n + 1);
    uint32_t k = const_rank(c, term, en);
    size_t n = 0;
    if (!ranks) return NODE_NONE;
    for (uint32_t r = 1; r <= en->n; r++)
        if (holds(op, r, k)) ranks[n++] = r;
    return rank_in(c, column, en, ranks, n);
}

/* =, <, <= of two operations' worth; the other three are made of them. */
static uint32_t ordered_node(checker *c, token_kind op, opcode eq, opcode lt, opcode le, uint32_t l, uint32_t r)
{
    switch (op) {
    case TOK_EQ: return node2(c->p, eq, REG_BOOL, l < r ? l : r, l < r ? r : l);
    case TOK_NE: return negate(c, node2(c->p, eq, REG_BOOL, l < r ? l : r, l < r ? r : l));
    case TOK_LT: return node2(c->p, lt, REG_BOOL, l, r);
    case TOK_LE: return node2(c->p, le, REG_BOOL, l, r);
    case TOK_GT: return node2(c->p, lt, REG_BOOL, r, l);
    default: return node2(c->p, le, REG_BOOL, r, l);
    }
}

static val compare_text(checker *c, token_kind op, val l, val r, uint32_t at)
{
    const enumeration *en = l.en ? l.en : r.en;
    bool lconst = node_is_const(c->p, l.node), rconst = node_is_const(c->p, r.node), equality = op == TOK_EQ || op == TOK_NE;
    if (l.en && r.en && l.en != r.en)
        return check_fail(c, at, SLA_TYPE, "a value of %.*s cannot be compared with one of %.*s", SLICE_ARG(l.en->name), SLICE_ARG(r.en->name));
    if (!equality && (!l.en || !r.en)) {
        check_fail(c, at, SLA_TYPE, "text has no order");
        return hinted(c, "texts are compared with = and !=; only the values of an ordered enumeration have an order");
    }
    if (!equality && !en->ordered) return check_fail(c, at, SLA_TYPE, "the values of %.*s have no order", SLICE_ARG(en->name));
    if (en && lconst != rconst) {
        uint32_t n = rconst ? compare_with_term(c, op, l, r, en) : compare_with_term(c, mirrored(op), r, l, en);
        return check_result(c, n, VT_BOOL, NULL);
    }
    if (equality) return check_result(c, ordered_node(c, op, OP_EQ_CODE, OP_EQ_CODE, OP_EQ_CODE, l.node, r.node), VT_BOOL, NULL);
    return check_result(c, ordered_node(c, op, OP_EQ_CODE, OP_LT_RANK, OP_LE_RANK, rank_node(c, l, en), rank_node(c, r, en)), VT_BOOL, NULL);
}

static const char *mismatch_hint(vtype a, vtype b)
{
    bool text = a == VT_TEXT || b == VT_TEXT, time = a == VT_TIME || a == VT_DATE || b == VT_TIME || b == VT_DATE;
    bool duration = a == VT_DURATION || b == VT_DURATION, number = a == VT_NUMBER || b == VT_NUMBER;
    if (text && time) return "a date is written @2025-07-01, a time @2025-07-01T09:00:00";
    if (text && number) return "a number stands without quotes";
    if (duration && number) return "a duration has a unit: 15m, 4h, 2d";
    if (duration && time) return "the time between two times is elapsed(a, b)";
    return NULL;
}

/* A count some of whose rows are unknown lies between two bounds: where both give the same answer, that is the answer. */
static uint32_t count_bound(checker *c, uint32_t n, aggkind bound)
{
    const node *x = &c->p->nodes[n];
    if (x->op != OP_AGG && x->op != OP_EACH) return n;
    agg_def d = c->p->aggs[x->val.u];
    if (d.kind != AGG_COUNT || d.cond < 0) return n;
    d.kind = bound;
    node copy = *x;
    size_t i = program_agg(c->p, &d);
    return i == SIZE_MAX ? NODE_NONE : program_node(c->p, copy.op, REG_F64, (imm){.u = i}, copy.args, copy.nargs);
}

static uint32_t compare_counts(checker *c, token_kind op, uint32_t l, uint32_t r)
{
    if (op == TOK_EQ || op == TOK_NE) {
        uint32_t both = node2(c->p, OP_AND, REG_BOOL, compare_counts(c, TOK_LE, l, r), compare_counts(c, TOK_GE, l, r));
        return op == TOK_EQ ? both : negate(c, both);
    }
    uint32_t low = ordered_node(c, op, OP_EQ_F64, OP_LT_F64, OP_LE_F64, count_bound(c, l, AGG_COUNT_MIN), count_bound(c, r, AGG_COUNT_MAX));
    uint32_t high = ordered_node(c, op, OP_EQ_F64, OP_LT_F64, OP_LE_F64, count_bound(c, l, AGG_COUNT_MAX), count_bound(c, r, AGG_COUNT_MIN));
    return node2(c->p, OP_AGREE, REG_BOOL, low, high);
}

static bool is_count(const checker *c, uint32_t n)
{
    const node *x = &c->p->nodes[n];
    if (x->op != OP_AGG && x->op != OP_EACH) return false;
    return c->p->aggs[x->val.u].kind == AGG_COUNT && c->p->aggs[x->val.u].cond >= 0;
}

val check_compare(checker *c, token_kind op, val l, val r, uint32_t at)
{
    if (!l.ok || !r.ok) return (val){0};
    if (l.type != r.type && (l.type == VT_TIME || l.type == VT_DATE) && (r.type == VT_TIME || r.type == VT_DATE)) {
        l = check_to_day(c, l);
        r = check_to_day(c, r);
        if (!l.ok || !r.ok) return (val){0};
    }
    if (l.type != r.type) {
        check_fail(c, at, SLA_TYPE, "%s cannot be compared with %s", type_text(l.type), type_text(r.type));
        const char *hint = mismatch_hint(l.type, r.type);
        return hint ? hinted(c, hint) : (val){0};
    }
    if (l.type == VT_TEXT) return compare_text(c, op, l, r, at);
    if (l.type == VT_BOOL) {
        if (op != TOK_EQ && op != TOK_NE) return check_fail(c, at, SLA_TYPE, "true and false have no order");
        return check_result(c, ordered_node(c, op, OP_EQ_BOOL, OP_EQ_BOOL, OP_EQ_BOOL, l.node, r.node), VT_BOOL, NULL);
    }
    if (l.type == VT_NUMBER && (is_count(c, l.node) || is_count(c, r.node))) return check_result(c, compare_counts(c, op, l.node, r.node), VT_BOOL, NULL);
    if (l.type == VT_NUMBER) return check_result(c, ordered_node(c, op, OP_EQ_F64, OP_LT_F64, OP_LE_F64, l.node, r.node), VT_BOOL, NULL);
    return check_result(c, ordered_node(c, op, OP_EQ_I64, OP_LT_I64, OP_LE_I64, l.node, r.node), VT_BOOL, NULL);
}

static val check_comparison(checker *c, const ast *x)
{
    want l = check_sniff(c, x->items[0]), r = check_sniff(c, x->items[1]);
    want for_left = {r.en, r.cal ? r.cal : l.cal, false}, for_right = {l.en, l.cal ? l.cal : r.cal, false};
    val a = check_expr(c, x->items[0], for_left);
    for_right.after_error = !a.ok;
    val b = check_expr(c, x->items[1], for_right);
    return check_compare(c, x->op, a, b, x->op_at);
}

static val check_in(checker *c, const ast *x)
{
    want l = check_sniff(c, x->items[0]);
    val left = check_expr(c, x->items[0], sniff_both(c, x, 1)), all = {.ok = true, .node = NODE_NONE};
    uint32_t *codes = ARENA_NEW(c->a, uint32_t, x->n);
    bool consts = codes && left.ok && left.type == VT_TEXT && !node_is_const(c->p, left.node), ok = left.ok && codes;
    size_t n = 0;
    l.after_error = !left.ok;
    for (uint32_t i = 1; i < x->n; i++) {
        val v = check_expr(c, x->items[i], l);
        val eq = left.ok ? check_compare(c, TOK_EQ, left, v, x->items[i]->at) : (val){0};
        if (!eq.ok) {
            ok = false;
            continue;
        }
        consts = consts && node_is_const(c->p, v.node);
        if (consts) codes[n++] = left.en ? const_rank(c, v, left.en) : (uint32_t)c->p->nodes[v.node].val.u;
        all.node = all.node == NODE_NONE ? eq.node : node2(c->p, OP_OR, REG_BOOL, all.node, eq.node);
    }
    if (!ok) return (val){0};
    if (consts && n > 1) {
        size_t set = left.en ? 0 : program_set(c->p, codes, n);
        all.node = left.en ? rank_in(c, left, left.en, codes, n) : set == SIZE_MAX ? NODE_NONE : node1(c->p, OP_CODE_IN, REG_BOOL, (imm){.u = set}, left.node);
    }
    return check_result(c, x->negated ? negate(c, all.node) : all.node, VT_BOOL, NULL);
}

static val check_matches(checker *c, const ast *x)
{
    bool extract = x->kind == AST_EXTRACT;
    val v = check_typed(c, x->items[0], ANY, VT_TEXT, extract ? "the first argument of extract" : "the left side of 'matches'");
    char msg[160];
    size_t bad = 0;
    sla_status st = regex_check(x->name, x->nocase, &bad, msg, sizeof msg);
    c->a->failed = c->a->failed || st == SLA_NOMEM;
    if (st == SLA_NOMEM) return (val){0};
    if (st != SLA_OK) return check_fail(c, x->op_at + 1 + (uint32_t)bad, st, "wrong regular expression: %s", msg);
    if (!v.ok) return v;
    size_t re = program_regex(c->p, x->name, x->nocase);
    if (re == SIZE_MAX) return (val){0};
    if (extract) return check_result(c, node1(c->p, OP_EXTRACT, REG_CODE, (imm){.u = re}, v.node), VT_TEXT, NULL);
    uint32_t n = node1(c->p, OP_MATCH, REG_BOOL, (imm){.u = re}, v.node);
    return check_result(c, x->negated ? negate(c, n) : n, VT_BOOL, NULL);
}

static val check_missing(checker *c, const ast *x)
{
    val v = check_expr(c, x->items[0], ANY);
    if (!v.ok) return v;
    const node *n = &c->p->nodes[v.node];
    bool under = n->op == OP_GATHER || n->op == OP_AGG || n->op == OP_EACH;
    uint32_t m = under ? node2(c->p, OP_MISSING_UNDER, REG_BOOL, v.node, n->args[0]) : node1(c->p, OP_IS_MISSING, REG_BOOL, (imm){0}, v.node);
    return check_result(c, x->negated ? negate(c, m) : m, VT_BOOL, NULL);
}

static val check_defined(checker *c, const ast *x)
{
    val v = check_expr(c, x->items[0], ANY);
    if (!v.ok) return v;
    if (v.type != VT_TEXT || !v.en) return check_fail(c, x->items[0]->at, SLA_TYPE, "'is defined' asks whether a value is a term of its enumeration; this has none");
    uint32_t n = node1(c->p, OP_RANK_DEFINED, REG_BOOL, (imm){0}, rank_node(c, v, v.en));
    return check_result(c, x->negated ? negate(c, n) : n, VT_BOOL, NULL);
}

/* ---- arithmetic ---- */
static val sum(checker *c, bool minus, val l, val r, uint32_t at)
{
    opcode op = minus ? OP_SUB_I64 : OP_ADD_I64;
    vtype a = l.type, b = r.type;
    bool moments = (a == VT_TIME || a == VT_DATE) && (b == VT_TIME || b == VT_DATE);
    if (a == VT_NUMBER && b == VT_NUMBER) return check_result(c, node2(c->p, minus ? OP_SUB_F64 : OP_ADD_F64, REG_F64, l.node, r.node), VT_NUMBER, NULL);
    if (a == VT_DURATION && b == VT_DURATION) return check_result(c, node2(c->p, op, REG_I64, l.node, r.node), VT_DURATION, NULL);
    if (a == VT_TIME && b == VT_DURATION) return check_result(c, node2(c->p, op, REG_I64, l.node, r.node), VT_TIME, NULL);
    if (a == VT_DURATION && b == VT_TIME && !minus) return check_result(c, node2(c->p, op, REG_I64, l.node, r.node), VT_TIME, NULL);
    if (a == VT_DURATION && b == VT_DATE && !minus) return sum(c, minus, r, l, at);
    if (a == VT_DATE && b == VT_DURATION) return check_result(c, node2(c->p, op, REG_I64, l.node, node1(c->p, OP_DAYS_OF_MS, REG_I64, (imm){0}, r.node)), VT_DATE, NULL);
    if (moments && minus && a == VT_TIME && b == VT_TIME) return check_result(c, node2(c->p, op, REG_I64, l.node, r.node), VT_DURATION, NULL);
    if (moments && minus) {
        l = check_to_day(c, l);
        r = check_to_day(c, r);
        return check_result(c, node1(c->p, OP_MS_OF_DAYS, REG_I64, (imm){0}, node2(c->p, OP_SUB_I64, REG_I64, l.node, r.node)), VT_DURATION, NULL);
    }
    if (minus) check_fail(c, at, SLA_TYPE, "%s cannot be taken from %s", type_text(b), type_text(a));
    else check_fail(c, at, SLA_TYPE, "%s and %s cannot be added", type_text(a), type_text(b));
    const char *hint = mismatch_hint(a, b);
    return hint && !moments ? hinted(c, hint) : (val){0};
}

static val product(checker *c, bool divide, val l, val r, uint32_t at)
{
    vtype a = l.type, b = r.type;
    if (a == VT_NUMBER && b == VT_NUMBER) return check_result(c, node2(c->p, divide ? OP_DIV_F64 : OP_MUL_F64, REG_F64, l.node, r.node), VT_NUMBER, NULL);
    if (a == VT_DURATION && b == VT_NUMBER) return check_result(c, node2(c->p, divide ? OP_SHRINK : OP_SCALE, REG_I64, l.node, r.node), VT_DURATION, NULL);
    if (a == VT_NUMBER && b == VT_DURATION && !divide) return check_result(c, node2(c->p, OP_SCALE, REG_I64, r.node, l.node), VT_DURATION, NULL);
    if (a == VT_DURATION && b == VT_DURATION && divide) return check_result(c, node2(c->p, OP_RATIO, REG_F64, l.node, r.node), VT_NUMBER, NULL);
    return check_fail(c, at, SLA_TYPE, divide ? "%s cannot be divided by %s" : "%s and %s cannot be multiplied", type_text(a), type_text(b));
}

static val check_arith(checker *c, const ast *x, want w)
{
    if (!w.cal) w.cal = sniff_both(c, x, 0).cal;
    w.en = NULL;
    val l = check_expr(c, x->items[0], w), r = check_expr(c, x->items[1], w);
    if (!l.ok || !r.ok) return (val){0};
    if (x->op == TOK_PLUS || x->op == TOK_MINUS) return sum(c, x->op == TOK_MINUS, l, r, x->op_at);
    return product(c, x->op == TOK_SLASH, l, r, x->op_at);
}

static val check_neg(checker *c, const ast *x, want w)
{
    val v = check_expr(c, x->items[0], (want){NULL, w.cal, false});
    if (!v.ok) return v;
    if (v.type != VT_NUMBER && v.type != VT_DURATION) return check_fail(c, x->at, SLA_TYPE, "%s has no negative", type_text(v.type));
    if (node_is_const(c->p, v.node)) {
        imm k = c->p->nodes[v.node].val;
        return check_result(c, v.type == VT_NUMBER ? node_f64(c->p, -k.f) : node_i64(c->p, -k.i), v.type, NULL);
    }
    return check_result(c, node1(c->p, v.type == VT_NUMBER ? OP_NEG_F64 : OP_NEG_I64, regtype_of(v.type), (imm){0}, v.node), v.type, NULL);
}

/* ---- the rest ---- */
static val check_logic(checker *c, const ast *x)
{
    const char *what = x->kind == AST_AND ? "an operand of 'and'" : "an operand of 'or'";
    val l = check_typed(c, x->items[0], ANY, VT_BOOL, what);
    uint32_t around = c->guard;
    if (x->kind == AST_AND && l.ok) c->guard = (around ? node2(c->p, OP_AND, REG_BOOL, around - 1, l.node) : l.node) + 1;
    val r = check_typed(c, x->items[1], ANY, VT_BOOL, what);
    c->guard = around;
    if (!l.ok || !r.ok) return (val){0};
    return check_result(c, node2(c->p, x->kind == AST_AND ? OP_AND : OP_OR, REG_BOOL, l.node, r.node), VT_BOOL, NULL);
}

val check_typed(checker *c, const ast *x, want w, vtype t, const char *what)
{
    val v = check_expr(c, x, w);
    if (!v.ok || v.type == t) return v;
    return check_fail(c, x->at, SLA_TYPE, "%s must be %s, this is %s", what, type_text(t), type_text(v.type));
}

val check_expr(checker *c, const ast *x, want w)
{
    switch (x->kind) {
    case AST_NUMBER: return check_result(c, node_f64(c->p, x->num), VT_NUMBER, NULL);
    case AST_TEXT: return check_text(c, x, w);
    case AST_DURATION: return check_result(c, node_i64(c->p, x->ms), VT_DURATION, NULL);
    case AST_WORKDAYS: return check_workdays(c, x, w);
    case AST_TIME: return check_time(c, x);
    case AST_BOOL: return check_result(c, node_bool(c->p, x->ms), VT_BOOL, NULL);
    case AST_NAME: return check_name(c, x, w);
    case AST_NOT: {
        val v = check_typed(c, x->items[0], ANY, VT_BOOL, "the operand of 'not'");
        return v.ok ? check_result(c, negate(c, v.node), VT_BOOL, NULL) : v;
    }
    case AST_NEG: return check_neg(c, x, w);
    case AST_AND: case AST_OR: return check_logic(c, x);
    case AST_COMPARE: return check_comparison(c, x);
    case AST_ARITH: return check_arith(c, x, w);
    case AST_IN: return check_in(c, x);
    case AST_MATCHES: case AST_EXTRACT: return check_matches(c, x);
    case AST_MISSING: return check_missing(c, x);
    case AST_DEFINED: return check_defined(c, x);
    case AST_LOOKUP: return check_lookup(c, x);
    case AST_EXISTS: return check_exists(c, x);
    case AST_AGG: return check_agg(c, x);
    case AST_CALL: return check_call(c, x, w);
    }
    return (val){0};
}

sla_status program_add(program *p, slice text, srcpos at, vtype want_type, int *slot, expr_type *type, errlist *errors)
{
    source src = {text, at};
    size_t before = errors->n + errors->dropped;
    ast *x = expr_parse(&src, p->a, errors);
    checker c = {p, &src, errors, p->a, false, 0};
    val v = {0};
    if (x) v = want_type == VT_COUNT ? check_expr(&c, x, ANY) : check_typed(&c, x, ANY, want_type, "the expression");
    if (!p->a->failed && errors->n + errors->dropped > before) return errors->dropped && errors->n < ERRLIST_MAX ? SLA_NOMEM : errors->items[errors->n - 1].code;
    expr_type t = {v.type, v.en};
    int s = v.ok ? program_slot(p, v.node, t) : -1;
    if (s < 0 || p->a->failed) return errlist_add(errors, SLA_NOMEM, at, "out of memory");
    *slot = s;
    if (type) *type = t;
    return SLA_OK;
}
