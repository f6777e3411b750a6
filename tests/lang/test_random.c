/* Random expressions over random rows: the vector machine against a naive evaluator that knows one row at a time and shares no code with it. */
#include "tests/support/check.h"
#include "tests/support/world.h"

#include <math.h>

#include "engine/base/mem.h"
#include "engine/time/instant.h"

static const char model[] =
    "enums:\n"
    "  grade: {ordered: true, values: [low, mid, high, top]}\n"
    "datasets:\n"
    "  rec:\n    key: [id]\n    time: t1\n    fields:\n"
    "      id: {type: text}\n      e1: {type: text, enum: grade}\n      e2: {type: text, enum: grade}\n      s1: {type: text}\n      s2: {type: text}\n"
    "      n1: {type: number}\n      n2: {type: number}\n      t1: {type: time}\n      t2: {type: time}\n      d1: {type: date}\n      u1: {type: duration}\n      b1: {type: boolean}\n"
    "  child:\n    time: at\n    fields:\n"
    "      parent: {type: text}\n      ce: {type: text, enum: grade}\n      cs: {type: text}\n      cn: {type: number}\n      at: {type: time}\n      cu: {type: duration}\n      cb: {type: boolean}\n"
    "  ref:\n    key: [code]\n    fields:\n"
    "      code: {type: text}\n      re: {type: text, enum: grade}\n      rn: {type: number}\n      rt: {type: time}\n      rb: {type: boolean}\n"
    "  pair:\n    key: [a, b]\n    fields:\n      a: {type: text}\n      b: {type: number}\n      pn: {type: number}\n";

enum { RECS = 1187, CHILDREN = 401, REFS = 7, SAMPLES = 24, EXPRESSIONS = 500 };
static test_world tw;
static uint64_t rng = 88172645463325252u;
static unsigned rnd(unsigned n)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return (unsigned)((rng >> 11) % n);
}

/* ---- the tree of an expression ---- */
typedef enum kind { K_FIELD, K_CONST, K_AND, K_OR, K_NOT, K_CMP, K_IN, K_MISSING, K_DEFINED, K_ADD, K_SUB, K_MUL, K_DIV, K_NEG, K_IF, K_COALESCE, K_MIN, K_MAX,
                    K_DAY, K_LOOKUP, K_EXISTS, K_PAIR, K_AGG, K_ORDERED, K_DISTINCT, K_MATCH } kind;
typedef struct tree tree;
struct tree {
    kind k;
    vtype t;
    bool is_enum, outer, negated;
    const dataset *ds;      /* K_FIELD: of; K_LOOKUP, K_AGG: into */
    int field, op;          /* op: 0 = 1 != 2 < 3 <= 4 > 5 >=; aggregates: 0 count 1 any 2 sum 3 min 4 max 5 first 6 last */
    double num;
    int64_t i64;
    const char *text;
    tree *kid[5];
    int n;
};
typedef struct scope { const dataset *ds, *outer; } scope;

static tree *make(kind k, vtype t)
{
    tree *x = ARENA_NEW(&tw.a, tree, 1);
    x->k = k;
    x->t = t;
    return x;
}
static tree *join(kind k, vtype t, tree *a, tree *b)
{
    tree *x = make(k, t);
    x->kid[0] = a;
    x->kid[1] = b;
    x->n = b ? 2 : 1;
    return x;
}

static const char *const grades[] = {"low", "mid", "high", "top"};
static const char *const words[] = {"alpha", "beta", "gamma", "amy", "bob"};
static tree *gen(scope s, vtype t, bool en, int depth);

static tree *gen_const(vtype t, bool en)
{
    tree *x = make(K_CONST, t);
    x->is_enum = en;
    x->num = (int)rnd(7) - 2;
    if (t == VT_TEXT) x->text = en ? grades[rnd(4)] : words[rnd(5)];
    if (t == VT_TIME) x->i64 = (civil_days(2025, 7, 1) + rnd(20)) * MS_DAY + rnd(24) * MS_HOUR;
    if (t == VT_DATE) x->i64 = civil_days(2025, 7, 1) + rnd(20);
    if (t == VT_DURATION) x->i64 = rnd(200) * MS_HOUR;
    if (t == VT_BOOL) x->i64 = rnd(2);
    return x;
}

static tree *gen_field(scope s, vtype t, bool en)
{
    const dataset *ds = s.outer && rnd(3) == 0 ? s.outer : s.ds;
    int fields[FIELDS_MAX], n = 0;
    for (size_t i = 0; i < ds->nfields; i++)
        if (ds->fields[i].type == t && (t != VT_TEXT || (ds->fields[i].en != NULL) == en)) fields[n++] = (int)i;
    if (!n) return gen_const(t, en);
    tree *x = make(K_FIELD, t);
    x->ds = ds;
    x->outer = ds == s.outer && ds != s.ds;
    x->field = fields[rnd((unsigned)n)];
    x->is_enum = en;
    return x;
}

static tree *gen_lookup(scope s, vtype t, bool en, int depth)
{
    const dataset *ref = schema_dataset(tw.schema, SLICE_LIT("ref"));
    int fields[8], n = 0;
    for (size_t i = 1; i < ref->nfields; i++)
        if (ref->fields[i].type == t && (t != VT_TEXT || en)) fields[n++] = (int)i;
    if (!n) return gen_field(s, t, en);
    tree *x = join(K_LOOKUP, t, gen(s, VT_TEXT, false, depth - 1), NULL);
    x->ds = ref;
    x->field = fields[rnd((unsigned)n)];
    x->is_enum = en;
    return x;
}

static tree *gen_agg(scope s, vtype t, bool en, int depth)
{
    const dataset *child = schema_dataset(tw.schema, SLICE_LIT("child"));
    tree *x = make(K_AGG, t);
    int fields[8], n = 0;
    x->ds = child;
    x->op = t == VT_BOOL ? 1 : 5 + (int)rnd(2);
    if (t == VT_NUMBER || t == VT_DURATION || t == VT_TIME) x->op = 2 + (int)rnd(5);
    if (t == VT_NUMBER && rnd(3)) x->op = 0;
    if (t == VT_TIME && x->op == 2) x->op = 3;
    for (size_t i = 1; i < child->nfields; i++)
        if (child->fields[i].type == t && (t != VT_TEXT || (child->fields[i].en != NULL) == en)) fields[n++] = (int)i;
    if (x->op > 1 && !n) return gen_field(s, t, en);
    x->field = x->op > 1 ? fields[rnd((unsigned)n)] : -1;
    x->is_enum = en;
    x->kid[0] = gen(s, VT_TEXT, false, 0);
    x->n = 1;
    if (rnd(4)) {
        x->kid[1] = gen((scope){child, rnd(2) ? s.ds : NULL}, VT_BOOL, false, depth - 2);
        x->n = 2;
    }
    return x;
}

static tree *gen_many(scope s, kind k, vtype t, vtype of, bool en, int depth)
{
    tree *x = make(k, t);
    x->n = 2 + (int)rnd(2);
    x->is_enum = k == K_COALESCE && en;
    for (int i = 0; i < x->n; i++) x->kid[i] = gen(s, of, en, depth - 1);
    if (en) x->kid[0] = gen_field(s, of, en); /* an enumeration's name is known by a field of it */
    return x;
}

static tree *gen_bool(scope s, int depth)
{
    static const vtype comparable[] = {VT_NUMBER, VT_NUMBER, VT_TIME, VT_DATE, VT_DURATION, VT_TEXT, VT_TEXT};
    vtype t = comparable[rnd(7)];
    bool en = t == VT_TEXT && rnd(3);
    tree *x;
    switch (rnd(13)) {
    case 0: case 1: return join(K_AND, VT_BOOL, gen(s, VT_BOOL, false, depth - 1), gen(s, VT_BOOL, false, depth - 1));
    case 2: case 3: return join(K_OR, VT_BOOL, gen(s, VT_BOOL, false, depth - 1), gen(s, VT_BOOL, false, depth - 1));
    case 4: return join(K_NOT, VT_BOOL, gen(s, VT_BOOL, false, depth - 1), NULL);
    case 5:
        x = join(K_MISSING, VT_BOOL, rnd(2) ? gen_field(s, t, en) : gen_lookup(s, VT_NUMBER, false, depth), NULL);
        x->negated = rnd(2);
        return x;
    case 6:
        if (rnd(2)) return join(K_EXISTS, VT_BOOL, gen(s, VT_TEXT, false, depth - 1), NULL);
        x = join(K_DEFINED, VT_BOOL, gen_field(s, VT_TEXT, true), NULL);
        if (x->kid[0]->k == K_CONST) return gen_const(VT_BOOL, false);
        return x;
    case 7: return gen_agg(s, VT_BOOL, false, depth);
    case 8:
        x = make(K_IN, VT_BOOL);
        x->negated = rnd(2);
        x->n = 2 + (int)rnd(4);
        x->kid[0] = gen_field(s, t, en);
        for (int i = 1; i < x->n; i++) x->kid[i] = rnd(6) ? gen_const(t, en) : gen_field(s, t, en);
        return x;
    case 9: return gen_many(s, K_ORDERED, VT_BOOL, VT_TIME, false, depth);
    case 10: return gen_many(s, K_DISTINCT, VT_BOOL, VT_TEXT, false, depth);
    case 11:
        x = join(K_MATCH, VT_BOOL, gen(s, VT_TEXT, false, depth - 1), NULL);
        x->negated = rnd(2);
        return x;
    default:
        x = join(K_CMP, VT_BOOL, en ? gen_field(s, t, en) : gen(s, t, en, depth - 1), gen(s, t, en, depth - 1));
        x->op = (int)rnd(t == VT_TEXT && !en ? 2 : 6);
        return x;
    }
}

static tree *gen(scope s, vtype t, bool en, int depth)
{
    if (depth <= 0 || rnd(5) == 0) return rnd(4) ? gen_field(s, t, en) : gen_const(t, en);
    if (t == VT_BOOL) return gen_bool(s, depth);
    switch (rnd(t == VT_TEXT ? 4 : 9)) {
    case 0: {
        tree *x = make(K_IF, t);
        x->n = 3;
        x->is_enum = en;
        x->kid[0] = gen(s, VT_BOOL, false, depth - 1);
        x->kid[1] = en ? gen_field(s, t, en) : gen(s, t, en, depth - 1);
        x->kid[2] = gen(s, t, en, depth - 1);
        return x;
    }
    case 1: return gen_many(s, K_COALESCE, t, t, en, depth);
    case 2: return gen_lookup(s, t, en, depth);
    case 3: return gen_agg(s, t, en, depth);
    case 4: return gen_many(s, rnd(2) ? K_MIN : K_MAX, t, t, false, depth);
    case 5: if (t == VT_DATE) return join(K_DAY, t, gen(s, VT_TIME, false, depth - 1), NULL);
            /* fall through */
    case 6:
        if (t == VT_NUMBER) {
            tree *x = join(K_PAIR, t, gen(s, VT_TEXT, false, depth - 1), gen(s, VT_NUMBER, false, depth - 1));
            return rnd(3) ? join((kind)(K_ADD + rnd(4)), t, gen(s, t, false, depth - 1), gen(s, t, false, depth - 1)) : x;
        }
        if (t == VT_DURATION) return rnd(2) ? join(K_SUB, t, gen(s, VT_TIME, false, depth - 1), gen(s, VT_TIME, false, depth - 1)) : join(K_MUL, t, gen(s, t, false, depth - 1), gen(s, VT_NUMBER, false, 0));
        return join(rnd(2) ? K_ADD : K_SUB, t, gen(s, t, false, depth - 1), gen(s, VT_DURATION, false, depth - 1));
    case 7: if (t == VT_NUMBER || t == VT_DURATION) return join(K_NEG, t, gen(s, t, false, depth - 1), NULL);
            /* fall through */
    default: return gen_field(s, t, en);
    }
}

/* ---- the tree as text, with as few brackets as the grammar allows, or more ---- */
static int level(const tree *x)
{
    switch (x->k) {
    case K_OR: return 1;
    case K_AND: return 2;
    case K_NOT: return 3;
    case K_CMP: case K_IN: case K_MISSING: case K_DEFINED: case K_MATCH: case K_EXISTS: return 4;
    case K_ADD: case K_SUB: return 5;
    case K_MUL: case K_DIV: return 6;
    case K_NEG: return 7;
    case K_CONST: return x->t == VT_NUMBER && x->num < 0 ? 7 : 8;
    default: return 8;
    }
}
static void show(const tree *x, buf *b);
static void show_at(const tree *x, int min, buf *b)
{
    bool brackets = level(x) < min || rnd(9) == 0;
    if (brackets) buf_char(b, '(');
    show(x, b);
    if (brackets) buf_char(b, ')');
}
static void show_call(const tree *x, const char *name, buf *b)
{
    buf_printf(b, "%s(", name);
    for (int i = 0; i < x->n; i++) {
        if (i) buf_text(b, ", ");
        show_at(x->kid[i], 0, b);
    }
    buf_char(b, ')');
}
static void show_const(const tree *x, buf *b)
{
    switch (x->t) {
    case VT_TEXT: buf_printf(b, x->is_enum && rnd(2) ? "%s" : "\"%s\"", x->text); break;
    case VT_NUMBER: buf_printf(b, "%g", x->num); break;
    case VT_BOOL: buf_text(b, x->i64 ? "true" : "false"); break;
    case VT_DURATION: buf_printf(b, "%dh", (int)(x->i64 / MS_HOUR)); break;
    case VT_DATE: buf_char(b, '@'); date_print(b, x->i64); break;
    default: {
        buf t = {0};
        time_print_local(&t, x->i64);
        buf_printf(b, "@%.10sT%.8sZ", buf_cstr(&t), buf_cstr(&t) + 11);
        buf_free(&t);
    }
    }
}
static void show_agg(const tree *x, buf *b)
{
    static const char *const names[] = {"count", "any", "sum", "min", "max", "first", "last"};
    buf_printf(b, "%s(child", names[x->op]);
    if (x->field >= 0) buf_printf(b, ".%.*s", SLICE_ARG(x->ds->fields[x->field].name));
    buf_text(b, "[parent = ");
    show_at(x->kid[0], 5, b);
    buf_char(b, ']');
    if (x->n > 1) buf_text(b, " where ");
    if (x->n > 1) show_at(x->kid[1], 0, b);
    buf_char(b, ')');
}
static void show_binary(const tree *x, const char *op, buf *b)
{
    int l = level(x);
    show_at(x->kid[0], x->k == K_CMP ? l + 1 : l, b);
    buf_printf(b, " %s ", op);
    show_at(x->kid[1], l + 1, b);
}
static void show(const tree *x, buf *b)
{
    static const char *const cmp[] = {"=", "!=", "<", "<=", ">", ">="};
    switch (x->k) {
    case K_FIELD: buf_printf(b, "%s%.*s", x->outer ? "outer." : "", SLICE_ARG(x->ds->fields[x->field].name)); break;
    case K_CONST: show_const(x, b); break;
    case K_AND: show_binary(x, "and", b); break;
    case K_OR: show_binary(x, "or", b); break;
    case K_NOT: buf_text(b, "not "); show_at(x->kid[0], 3, b); break;
    case K_CMP: show_binary(x, cmp[x->op], b); break;
    case K_ADD: show_binary(x, "+", b); break;
    case K_SUB: show_binary(x, "-", b); break;
    case K_MUL: show_binary(x, "*", b); break;
    case K_DIV: show_binary(x, "/", b); break;
    case K_NEG: buf_text(b, "-"); show_at(x->kid[0], 7, b); break;
    case K_MISSING: show_at(x->kid[0], 5, b); buf_text(b, x->negated ? " is not missing" : " is missing"); break;
    case K_DEFINED: show_at(x->kid[0], 5, b); buf_text(b, " is defined"); break;
    case K_MATCH: show_at(x->kid[0], 5, b); buf_text(b, x->negated ? " not matches /^a|e.a/" : " matches /^a|e.a/"); break;
    case K_IN:
        show_at(x->kid[0], 5, b);
        buf_text(b, x->negated ? " not in (" : " in (");
        for (int i = 1; i < x->n; i++) {
            if (i > 1) buf_text(b, ", ");
            show_at(x->kid[i], 0, b);
        }
        buf_char(b, ')');
        break;
    case K_IF: show_call(x, "if", b); break;
    case K_COALESCE: show_call(x, "coalesce", b); break;
    case K_MIN: show_call(x, "min", b); break;
    case K_MAX: show_call(x, "max", b); break;
    case K_DAY: show_call(x, "day", b); break;
    case K_ORDERED: show_call(x, "ordered", b); break;
    case K_DISTINCT: show_call(x, "distinct", b); break;
    case K_LOOKUP: buf_text(b, "ref["); show_at(x->kid[0], 0, b); buf_printf(b, "].%.*s", SLICE_ARG(x->ds->fields[x->field].name)); break;
    case K_EXISTS: buf_text(b, "ref["); show_at(x->kid[0], 0, b); buf_text(b, "] exists"); break;
    case K_PAIR: buf_text(b, "pair["); show_at(x->kid[0], 0, b); buf_text(b, ", "); show_at(x->kid[1], 0, b); buf_text(b, "].pn"); break;
    case K_AGG: show_agg(x, b); break;
    }
}

/* ---- the naive evaluator ---- */
typedef struct ctx { const dataset *ds; size_t row; const struct ctx *outer; } ctx;
typedef struct rv { bool known, key_known; double f; int64_t i; slice s; double hi; bool count; } rv; /* count: the number lies in [f, hi] */
static rv value(const tree *x, const ctx *c);

static rv cell(const dataset *ds, int col, size_t row)
{
    const table *t = tw.w.tables[ds->idx];
    rv v = {.key_known = true};
    if (!table_has(t, (size_t)col, row)) return v;
    v.known = true;
    if (vtype_storage(ds->fields[col].type) == STORE_F64) v.f = table_f64(t, (size_t)col)[row];
    else if (vtype_storage(ds->fields[col].type) == STORE_CODE) v.s = dict_text(tw.dict, table_codes(t, (size_t)col)[row]);
    else v.i = table_i64(t, (size_t)col)[row];
    return v;
}
static rv truth(int t) { return (rv){.known = t >= 0, .i = t > 0, .key_known = true}; } /* -1 unknown */
static int as_truth(rv v) { return v.known ? v.i != 0 : -1; }
static int grade_of(slice s)
{
    for (int i = 0; i < 4; i++)
        if (slice_is(s, grades[i])) return i;
    return -1;
}
static int by_op(int op, int cmp)
{
    switch (op) {
    case 0: return cmp == 0;
    case 1: return cmp != 0;
    case 2: return cmp < 0;
    case 3: return cmp <= 0;
    case 4: return cmp > 0;
    default: return cmp >= 0;
    }
}
static int order_of(vtype t, rv a, rv b)
{
    if (t == VT_NUMBER) return (a.f > b.f) - (a.f < b.f);
    return (a.i > b.i) - (a.i < b.i);
}
static int kand(int a, int b) { return a == 0 || b == 0 ? 0 : a < 0 || b < 0 ? -1 : 1; }
static int kor(int a, int b) { return a == 1 || b == 1 ? 1 : a < 0 || b < 0 ? -1 : 0; }
static int knot(int a) { return a < 0 ? -1 : !a; }

static int compare_counts(int op, rv a, rv b)
{
    if (!a.count) a.hi = a.f;
    if (!b.count) b.hi = b.f;
    if (op == 0) return kand(compare_counts(3, a, b), compare_counts(5, a, b));
    if (op == 1) return knot(compare_counts(0, a, b));
    if (op == 4) return compare_counts(2, b, a);
    if (op == 5) return compare_counts(3, b, a);
    if (op == 2) return a.hi < b.f ? 1 : a.f < b.hi ? -1 : 0;
    return a.hi <= b.f ? 1 : a.f <= b.hi ? -1 : 0;
}

static int compare(int op, const tree *x, const tree *y, const ctx *c)
{
    rv a = value(x, c), b = value(y, c);
    if (x->t == VT_NUMBER && ((a.count && a.key_known) || (b.count && b.key_known))) {
        if (!(a.known || a.count) || !(b.known || b.count)) return -1;
        return compare_counts(op, a, b);
    }
    if (!a.known || !b.known) return -1;
    if (x->t != VT_TEXT) return by_op(op, order_of(x->t, a, b));
    bool en = x->is_enum || y->is_enum, term = (x->k == K_CONST) != (y->k == K_CONST);
    if (en && (term || op > 1)) {
        int ga = grade_of(a.s), gb = grade_of(b.s);
        if (x->k == K_CONST && y->k == K_CONST) return by_op(op, (ga > gb) - (ga < gb));
        return ga < 0 || gb < 0 ? -1 : by_op(op, (ga > gb) - (ga < gb));
    }
    return by_op(op, slice_eq(a.s, b.s) ? 0 : 1);
}

static rv aggregate(const tree *x, const ctx *c)
{
    rv key = value(x->kid[0], c), out = {.key_known = key.known};
    const table *t = tw.w.tables[x->ds->idx];
    int unknown = 0, n = 0, time_field = x->ds->time_field;
    int64_t best_at = 0;
    bool any = false, bad = false;
    if (!key.known) return out;
    for (size_t row = 0; row < t->nrows; row++) {
        rv parent = cell(x->ds, 0, row);
        if (!parent.known || !slice_eq(parent.s, key.s)) continue;
        ctx inner = {x->ds, row, c};
        int yes = x->n > 1 ? as_truth(value(x->kid[1], &inner)) : 1;
        unknown += yes < 0;
        if (yes != 1) continue;
        n++;
        if (x->op < 2) continue;
        rv v = cell(x->ds, x->field, row), at = cell(x->ds, time_field, row);
        if (x->op == 2 && !v.known) bad = true;
        if (x->op == 2) out.f += v.f, out.i += v.i;
        if ((x->op == 3 || x->op == 4) && v.known) {
            int o = any ? order_of(x->t, v, out) : 0;
            if (!any || (x->op == 3 ? o < 0 : o > 0)) out.f = v.f, out.i = v.i;
            any = true;
        }
        if (x->op >= 5 && at.known && (!any || (x->op == 5 ? at.i < best_at : at.i >= best_at))) {
            best_at = at.i;
            out = v;
            any = true;
        }
    }
    out.key_known = true;
    if (x->op == 0) return (rv){.known = !unknown, .key_known = true, .f = n, .hi = n + unknown, .count = true};
    if (x->op == 1) return truth(n ? 1 : unknown ? -1 : 0);
    if (x->op == 2) out.known = !unknown && !bad;
    else if (x->op < 5) out.known = any && !unknown;
    else out.known = any && !unknown && out.known;
    return out;
}

static rv find_ref(const tree *x, const ctx *c, bool *found, size_t *row)
{
    const table *t = tw.w.tables[schema_dataset(tw.schema, SLICE_LIT("ref"))->idx];
    rv key = value(x->kid[0], c);
    *found = false;
    for (*row = 0; key.known && *row < t->nrows; ++*row)
        if (slice_eq(cell(t->ds, 0, *row).s, key.s)) {
            *found = true;
            break;
        }
    return key;
}

static rv arith(const tree *x, const ctx *c)
{
    rv a = value(x->kid[0], c), b = x->n > 1 ? value(x->kid[1], c) : (rv){.known = true};
    rv r = {.known = a.known && b.known, .key_known = true};
    bool number = x->t == VT_NUMBER;
    if (!r.known) return r;
    switch (x->k) {
    case K_ADD: r.f = a.f + b.f; r.i = a.i + (x->t == VT_DATE ? b.i / MS_DAY : b.i); break;
    case K_SUB: r.f = a.f - b.f; r.i = a.i - (x->t == VT_DATE ? b.i / MS_DAY : b.i); break;
    case K_MUL: r.f = a.f * b.f; r.i = number ? 0 : (int64_t)llround((double)a.i * b.f); break;
    case K_DIV: r.known = b.f != 0; r.f = r.known ? a.f / b.f : 0; break;
    default: r.f = -a.f; r.i = -a.i; break;
    }
    return r;
}

static rv many(const tree *x, const ctx *c)
{
    rv best = {.key_known = true}, last = {0};
    int all = 1;
    for (int i = 0; i < x->n; i++) {
        rv v = value(x->kid[i], c);
        v.count = false;
        v.key_known = true;
        if (x->k == K_COALESCE) {
            if (v.known) return v;
        } else if (x->k == K_ORDERED) {
            if (v.known && last.known && v.i < last.i) all = 0;
            if (v.known) last = v;
        } else if (x->k == K_DISTINCT) {
            for (int k = i + 1; k < x->n; k++) all = kand(all, compare(1, x->kid[i], x->kid[k], c));
        } else {
            if (!v.known) return (rv){.key_known = true};
            int o = order_of(x->t, v, best);
            if (i == 0 || (x->k == K_MIN ? o < 0 : o > 0)) best = v;
        }
    }
    return x->k == K_COALESCE ? (rv){.key_known = true} : x->k == K_MIN || x->k == K_MAX ? best : truth(all);
}

static int member(const tree *x, const ctx *c)
{
    int any = 0;
    for (int i = 1; i < x->n; i++) any = kor(any, compare(0, x->kid[0], x->kid[i], c));
    return x->negated ? knot(any) : any;
}

static bool matched(slice s) /* /^a|e.a/ */
{
    if (s.len && s.ptr[0] == 'a') return true;
    for (size_t i = 0; i + 2 < s.len; i++)
        if (s.ptr[i] == 'e' && s.ptr[i + 2] == 'a') return true;
    return false;
}

static rv constant(const tree *x)
{
    rv v = {.known = true, .key_known = true, .f = x->num, .i = x->i64};
    if (x->t == VT_TEXT) v.s = slice_of(x->text);
    return v;
}

static rv pair_of(const tree *x, const ctx *c)
{
    const table *t = tw.w.tables[schema_dataset(tw.schema, SLICE_LIT("pair"))->idx];
    rv a = value(x->kid[0], c), b = value(x->kid[1], c);
    for (size_t row = 0; a.known && b.known && row < t->nrows; row++)
        if (slice_eq(cell(t->ds, 0, row).s, a.s) && cell(t->ds, 1, row).f == b.f) return cell(t->ds, 2, row);
    return (rv){0};
}

static rv value(const tree *x, const ctx *c)
{
    bool found;
    size_t row;
    rv v;
    switch (x->k) {
    case K_FIELD: return cell(x->ds, x->field, x->outer ? c->outer->row : c->row);
    case K_CONST: return constant(x);
    case K_AND: return truth(kand(as_truth(value(x->kid[0], c)), as_truth(value(x->kid[1], c))));
    case K_OR: return truth(kor(as_truth(value(x->kid[0], c)), as_truth(value(x->kid[1], c))));
    case K_NOT: return truth(knot(as_truth(value(x->kid[0], c))));
    case K_CMP: return truth(compare(x->op, x->kid[0], x->kid[1], c));
    case K_IN: return truth(member(x, c));
    case K_MISSING:
        if (x->kid[0]->k == K_LOOKUP && !find_ref(x->kid[0], c, &found, &row).known) return truth(-1);
        return truth(value(x->kid[0], c).known == x->negated);
    case K_DEFINED:
        v = value(x->kid[0], c);
        return truth(v.known ? grade_of(v.s) >= 0 : -1);
    case K_MATCH:
        v = value(x->kid[0], c);
        return truth(v.known ? matched(v.s) != x->negated : -1);
    case K_IF: {
        int t = as_truth(value(x->kid[0], c));
        if (t < 0) return (rv){0};
        v = value(x->kid[t ? 1 : 2], c);
        v.count = false;
        return v;
    }
    case K_DAY:
        v = value(x->kid[0], c);
        v.i = zone_day_of(tw.zone, v.i);
        return v;
    case K_LOOKUP:
        find_ref(x, c, &found, &row);
        return found ? cell(x->ds, x->field, row) : (rv){0};
    case K_EXISTS: {
        rv key = find_ref(x, c, &found, &row);
        return truth(key.known ? found : -1);
    }
    case K_PAIR: return pair_of(x, c);
    case K_AGG: return aggregate(x, c);
    case K_ADD: case K_SUB: case K_MUL: case K_DIV: case K_NEG: return arith(x, c);
    case K_COALESCE: case K_MIN: case K_MAX: case K_ORDERED: case K_DISTINCT: return many(x, c);
    }
    return (rv){0};
}

/* ---- the comparison ---- */
static void fill(const char *ds, size_t nrows, const char *key)
{
    table *t = world_empty_table(&tw, ds, nrows);
    char text[64];
    for (size_t row = 0; row < nrows; row++)
        for (size_t f = 0; f < t->ds->nfields; f++) {
            const field *fd = &t->ds->fields[f];
            slice s = {text, 0};
            bool is_key = slice_is(fd->name, key);
            if (!is_key && rnd(6) == 0) continue;
            if (is_key) snprintf(text, sizeof text, "%s", strcmp(ds, "ref") == 0 ? words[row % 5] : strcmp(ds, "rec") == 0 && row >= 5 ? "other" : words[row % 5]);
            else if (fd->type == VT_TEXT) snprintf(text, sizeof text, "%s", fd->en ? (rnd(8) ? grades[rnd(4)] : "odd") : words[rnd(5)]);
            else if (fd->type == VT_NUMBER) snprintf(text, sizeof text, "%d", (int)rnd(7) - 2);
            else if (fd->type == VT_BOOL) snprintf(text, sizeof text, rnd(2) ? "true" : "false");
            else if (fd->type == VT_DURATION) snprintf(text, sizeof text, "%uh", rnd(200));
            else if (fd->type == VT_DATE) snprintf(text, sizeof text, "2025-07-%02u", 1 + rnd(20));
            else snprintf(text, sizeof text, "2025-07-%02u %02u:00", 1 + rnd(20), rnd(strcmp(ds, "child") == 0 ? 2 : 24));
            s.len = strlen(text);
            world_cell(&tw, t, f, row, s);
        }
}

static bool same(const tree *x, rv want, const vec *v, size_t i)
{
    bool known = (v->known[i / 64] >> (i % 64)) & 1;
    if (known != want.known) return false;
    if (!known) return true;
    switch (x->t) {
    case VT_BOOL: return ((v->v.bits[i / 64] >> (i % 64)) & 1) == (uint64_t)(want.i != 0);
    case VT_NUMBER: return v->v.f64[i] == want.f;
    case VT_TEXT: return slice_eq(dict_text(tw.dict, v->v.code[i]), want.s);
    default: return v->v.i64[i] == want.i;
    }
}

static void check_rows(machine *m, int slot, const tree *x, const char *text, size_t row0, size_t n)
{
    err e = {0};
    const dataset *rec = schema_dataset(tw.schema, SLICE_LIT("rec"));
    if (machine_eval(m, row0, n, &e) != SLA_OK) fail_msg("%s: %s", text, e.msg);
    vec v = machine_result(m, slot);
    if (n % 64) assert_int_equal(v.known[n / 64] >> (n % 64), 0); /* nothing beyond the rows asked for */
    for (int k = 0; k < SAMPLES; k++) {
        size_t i = k ? rnd((unsigned)n) : n - 1;
        ctx c = {rec, row0 + i, NULL};
        rv want = value(x, &c);
        if (!same(x, want, &v, i)) fail_msg("row %zu of: %s\nwanted known %d, i %lld, f %g; got known %d", row0 + i, text, want.known, (long long)want.i, want.f, (int)((v.known[i / 64] >> (i % 64)) & 1));
    }
}

static void check_one(const tree *x, program *p, const char *text, int slot)
{
    err e = {0};
    lang_shared *s = NULL;
    machine *m = NULL;
    assert_int_equal(lang_shared_new(&tw.w, &s, &e), SLA_OK);
    assert_int_equal(machine_new(p, &tw.w, s, &m, &e), SLA_OK);
    check_rows(m, slot, x, text, 0, VEC_ROWS);
    check_rows(m, slot, x, text, 64, 37);
    check_rows(m, slot, x, text, VEC_ROWS, RECS - VEC_ROWS);
    machine_free(m);
    lang_shared_free(s);
}

static void random_expressions(void **state)
{
    static const vtype types[] = {VT_BOOL, VT_BOOL, VT_BOOL, VT_NUMBER, VT_TIME, VT_DATE, VT_DURATION, VT_TEXT};
    const dataset *rec = schema_dataset(tw.schema, SLICE_LIT("rec"));
    (void)state;
    for (int i = 0; i < EXPRESSIONS; i++) {
        buf text = {0};
        arena a = {0};
        err e = {0};
        errlist errors = {0};
        program *p = NULL;
        int slot = -1;
        vtype t = types[rnd(8)];
        tree *x = gen((scope){rec, NULL}, t, false, 5);
        show(x, &text);
        assert_int_equal(program_new(&tw.env, rec, tw.dict, &a, &p, &e), SLA_OK);
        if (program_add(p, (slice){text.ptr, text.len}, SRCPOS_NONE, t, &slot, NULL, &errors) != SLA_OK) fail_msg("%s\n%s", buf_cstr(&text), errors.items[0].msg);
        check_one(x, p, buf_cstr(&text), slot);
        arena_free(&a);
        errlist_clear(&errors);
        buf_free(&text);
    }
}

/* All at once: shared subexpressions must not disturb one another. */
static void many_in_one_program(void **state)
{
    enum { N = 60 };
    const dataset *rec = schema_dataset(tw.schema, SLICE_LIT("rec"));
    tree *x[N];
    buf text[N] = {{0}};
    int slot[N];
    arena a = {0};
    err e = {0};
    errlist errors = {0};
    program *p = NULL;
    lang_shared *s = NULL;
    machine *m = NULL;
    (void)state;
    assert_int_equal(program_new(&tw.env, rec, tw.dict, &a, &p, &e), SLA_OK);
    for (int i = 0; i < N; i++) {
        x[i] = gen((scope){rec, NULL}, VT_BOOL, false, 4);
        show(x[i], &text[i]);
        assert_int_equal(program_add(p, (slice){text[i].ptr, text[i].len}, SRCPOS_NONE, VT_BOOL, &slot[i], NULL, &errors), SLA_OK);
    }
    assert_int_equal(lang_shared_new(&tw.w, &s, &e), SLA_OK);
    assert_int_equal(machine_new(p, &tw.w, s, &m, &e), SLA_OK);
    for (int i = 0; i < N; i++) check_rows(m, slot[i], x[i], buf_cstr(&text[i]), 0, VEC_ROWS);
    machine_free(m);
    lang_shared_free(s);
    for (int i = 0; i < N; i++) buf_free(&text[i]);
    errlist_clear(&errors);
    arena_free(&a);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_expressions), cmocka_unit_test(many_in_one_program)};
    if (argc > 1) rng ^= strtoull(argv[1], NULL, 10) * 0x9E3779B97F4A7C15u;
    world_begin(&tw, model, NULL);
    fill("rec", RECS, "id");
    fill("child", CHILDREN, "");
    fill("ref", 4, "code");
    table *pairs = world_table(&tw, "pair", "a | b | pn\nalpha | 1 | 10\nalpha | 0 | 11\nbeta | -1 | 12\namy | 2 |\n");
    assert_non_null(pairs);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    world_end(&tw);
    return rc;
}
