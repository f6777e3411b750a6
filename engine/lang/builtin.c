/* The table of functions: name, how many arguments, and what each becomes. */
#include "engine/lang/check.h"
#include "engine/lang/textcheck.h"

typedef struct builtin builtin;
typedef val builtin_fn(checker *c, const builtin *b, const ast *x, want w);
struct builtin { const char *name; uint32_t min, max; builtin_fn *fn; opcode op; int arg; const char *usage; };

static const want ANY;
static bool is_moment(vtype t) { return t == VT_TIME || t == VT_DATE; }

/* ---- one argument ---- */
static val fn_day(checker *c, const builtin *b, const ast *x, want w)
{
    (void)w;
    val v = check_expr(c, x->items[0], ANY);
    if (v.ok && !is_moment(v.type)) return check_fail(c, x->items[0]->at, SLA_TYPE, "%s needs a time or a date, this is %s", b->name, type_text(v.type));
    return check_to_day(c, v);
}

static val fn_day_name(checker *c, const builtin *b, const ast *x, want w)
{
    val v = fn_day(c, b, x, w);
    if (!v.ok || !program_day_names(c->p, (day_name)b->arg)) return (val){0};
    return check_result(c, node1(c->p, OP_DAY_NAME, REG_CODE, (imm){.u = (uint64_t)b->arg}, v.node), VT_TEXT, NULL);
}

static val fn_weekday(checker *c, const builtin *b, const ast *x, want w)
{
    val v = fn_day(c, b, x, w);
    return v.ok ? check_result(c, node1(c->p, OP_WEEKDAY, REG_F64, (imm){0}, v.node), VT_NUMBER, NULL) : v;
}

static val fn_hour(checker *c, const builtin *b, const ast *x, want w)
{
    (void)b, (void)w;
    val v = check_typed(c, x->items[0], ANY, VT_TIME, "the argument of hour");
    return v.ok ? check_result(c, node1(c->p, OP_HOUR, REG_F64, (imm){0}, v.node), VT_NUMBER, NULL) : v;
}

static val fn_hour_start(checker *c, const builtin *b, const ast *x, want w)
{
    (void)b, (void)w;
    val v = check_typed(c, x->items[0], ANY, VT_TIME, "the argument of hour_start");
    return v.ok ? check_result(c, node1(c->p, OP_HOUR_START, REG_I64, (imm){0}, v.node), VT_TIME, NULL) : v;
}

static val fn_two_texts(checker *c, const builtin *b, const ast *x, want w)
{
    (void)w;
    val v = check_typed(c, x->items[0], ANY, VT_TEXT, "the first text"), u = check_typed(c, x->items[1], ANY, VT_TEXT, "the second text");
    return v.ok && u.ok ? check_result(c, node2(c->p, b->op, REG_BOOL, v.node, u.node), VT_BOOL, NULL) : (val){0};
}

static val fn_of_text(checker *c, const builtin *b, const ast *x, want w)
{
    char what[48] = "the argument of ";
    (void)w;
    strncat(what, b->name, sizeof what - strlen(what) - 1);
    val v = check_typed(c, x->items[0], ANY, VT_TEXT, what);
    if (!v.ok) return v;
    vtype t = b->op == OP_TEXTCHECK ? VT_BOOL : b->op == OP_LENGTH ? VT_NUMBER : VT_TEXT;
    return check_result(c, node1(c->p, b->op, regtype_of(t), (imm){.u = (uint64_t)b->arg}, v.node), t, NULL);
}

static val fn_text(checker *c, const builtin *b, const ast *x, want w)
{
    (void)b, (void)w;
    val v = check_expr(c, x->items[0], ANY);
    if (!v.ok || v.type == VT_TEXT) return v.ok ? check_result(c, v.node, VT_TEXT, NULL) : v;
    return check_result(c, node1(c->p, OP_TEXT_OF, REG_CODE, (imm){.u = (uint64_t)v.type}, v.node), VT_TEXT, NULL);
}

/* ---- times and calendars ---- */
const calendar *check_calendar(checker *c, const ast *x)
{
    const cal_set *set = c->p->env->cals;
    const char *names[64];
    size_t n = 0;
    if (x->kind != AST_NAME && x->kind != AST_TEXT) {
        check_fail(c, x->at, SLA_TYPE, "expected the name of a calendar");
        return NULL;
    }
    const calendar *cal = set ? cal_set_find(set, x->name) : NULL;
    if (cal) return cal;
    for (size_t i = 0; set && i < set->n && n < 64; i++) names[n++] = set->items[i].id;
    check_unknown(c, x->at, "calendar", x->name, names, n);
    return NULL;
}

/* Both ends of an interval: times, or one of them or both dates (then whole days are meant). */
static bool interval(checker *c, const builtin *b, const ast *x, val *from, val *to)
{
    *from = check_expr(c, x->items[0], ANY);
    *to = check_expr(c, x->items[1], ANY);
    for (int i = 0; i < 2; i++) {
        val *v = i ? to : from;
        if (v->ok && !is_moment(v->type)) *v = check_fail(c, x->items[i]->at, SLA_TYPE, "%s needs times, this is %s", b->name, type_text(v->type));
    }
    return from->ok && to->ok;
}

static val fn_elapsed(checker *c, const builtin *b, const ast *x, want w)
{
    val from, to;
    (void)w;
    if (!interval(c, b, x, &from, &to)) return (val){0};
    if (from.type == VT_TIME && to.type == VT_TIME) return check_result(c, node2(c->p, OP_SUB_I64, REG_I64, to.node, from.node), VT_DURATION, NULL);
    from = check_to_day(c, from);
    to = check_to_day(c, to);
    uint32_t days = node2(c->p, OP_SUB_I64, REG_I64, to.node, from.node);
    return check_result(c, node1(c->p, OP_MS_OF_DAYS, REG_I64, (imm){0}, days), VT_DURATION, NULL);
}

static val fn_worktime(checker *c, const builtin *b, const ast *x, want w)
{
    val from, to;
    (void)w;
    bool ok = interval(c, b, x, &from, &to);
    const calendar *cal = check_calendar(c, x->items[2]);
    if (!ok || !cal) return (val){0};
    for (int i = 0; i < 2; i++)
        if ((i ? to : from).type == VT_DATE) return check_fail(c, x->items[i]->at, SLA_TYPE, "worktime needs times, this is a date without a time of day");
    uint32_t wa = node1(c->p, OP_WORK, REG_I64, (imm){.p = cal}, from.node), wb = node1(c->p, OP_WORK, REG_I64, (imm){.p = cal}, to.node);
    return check_result(c, node2(c->p, OP_SUB_I64, REG_I64, wb, wa), VT_DURATION, NULL);
}

static val fn_in_hours(checker *c, const builtin *b, const ast *x, want w)
{
    (void)b, (void)w;
    val v = check_typed(c, x->items[0], ANY, VT_TIME, "the first argument of in_hours");
    const calendar *cal = check_calendar(c, x->items[1]);
    if (!v.ok || !cal) return (val){0};
    return check_result(c, node1(c->p, OP_IN_HOURS, REG_BOOL, (imm){.p = cal}, v.node), VT_BOOL, NULL);
}

static val fn_gap(checker *c, const builtin *b, const ast *x, want w)
{
    (void)b, (void)w;
    return check_gap(c, x);
}

/* ---- several arguments of one type ---- */
/* Checks items[from..] and brings them to one type; days if dates and times mix. */
static bool same_types(checker *c, const ast *x, uint32_t from, want w, val *out)
{
    bool ok = true, date = false;
    for (uint32_t i = from; i < x->n; i++) {
        out[i] = check_expr(c, x->items[i], w);
        ok = ok && out[i].ok;
        date = date || (out[i].ok && out[i].type == VT_DATE);
    }
    for (uint32_t i = from; ok && i < x->n; i++) {
        if (date && out[i].type == VT_TIME) out[i] = check_to_day(c, out[i]);
        if (!out[i].ok) return false;
        if (out[i].type != out[from].type) {
            check_fail(c, x->items[i]->at, SLA_TYPE, "the arguments of %.*s differ: %s and %s", SLICE_ARG(x->name), type_text(out[from].type), type_text(out[i].type));
            ok = false;
        }
    }
    return ok;
}

static want own_want(const checker *c, const ast *x, want w)
{
    want own = builtin_sniff(c, x);
    if (!w.en) w.en = own.en;
    if (!w.cal) w.cal = own.cal;
    return w;
}

/* The enumeration all values belong to; a literal was checked against w.en, which then is the one. */
static const enumeration *common_enum(const val *v, uint32_t from, uint32_t n)
{
    const enumeration *en = v[from].en;
    for (uint32_t i = from; i < n; i++)
        if (v[i].en != en) return NULL;
    return en;
}

static val *many(checker *c, const ast *x, uint32_t from, want w)
{
    val *v = ARENA_NEW(c->a, val, x->n + 1);
    return v && same_types(c, x, from, w, v) ? v : NULL;
}

static val fn_extreme(checker *c, const builtin *b, const ast *x, want w)
{
    val *v = many(c, x, 0, own_want(c, x, (want){NULL, w.cal, false}));
    if (!v) return (val){0};
    if (v[0].type == VT_TEXT || v[0].type == VT_BOOL) return check_fail(c, x->items[0]->at, SLA_TYPE, "%s needs numbers, times, dates or durations, this is %s", b->name, type_text(v[0].type));
    bool number = v[0].type == VT_NUMBER;
    opcode op = b->arg ? (number ? OP_MAX_F64 : OP_MAX_I64) : number ? OP_MIN_F64 : OP_MIN_I64;
    uint32_t n = v[0].node;
    for (uint32_t i = 1; i < x->n; i++) n = node2(c->p, op, regtype_of(v[0].type), n, v[i].node);
    return check_result(c, n, v[0].type, NULL);
}

static val fn_if(checker *c, const builtin *b, const ast *x, want w)
{
    (void)b;
    val cond = check_typed(c, x->items[0], ANY, VT_BOOL, "the condition of if");
    val *v = many(c, x, 1, own_want(c, x, w));
    if (!v || !cond.ok) return (val){0};
    return check_result(c, node3(c->p, OP_IF, regtype_of(v[1].type), cond.node, v[1].node, v[2].node), v[1].type, common_enum(v, 1, 3));
}

static val fn_coalesce(checker *c, const builtin *b, const ast *x, want w)
{
    (void)b;
    val *v = many(c, x, 0, own_want(c, x, w));
    if (!v) return (val){0};
    uint32_t n = v[x->n - 1].node;
    for (uint32_t i = x->n - 1; i-- > 0;) n = node2(c->p, OP_COALESCE, regtype_of(v[0].type), v[i].node, n);
    return check_result(c, n, v[0].type, common_enum(v, 0, x->n));
}

/* Each present one is no earlier than the present one before it. */
static val fn_ordered(checker *c, const builtin *b, const ast *x, want w)
{
    val *v = many(c, x, 0, w);
    uint32_t all = NODE_NONE;
    if (!v) return (val){0};
    if (v[0].type == VT_TEXT || v[0].type == VT_BOOL) return check_fail(c, x->items[0]->at, SLA_TYPE, "%s needs times, dates, durations or numbers, this is %s", b->name, type_text(v[0].type));
    uint32_t last = v[0].node;
    bool number = v[0].type == VT_NUMBER;
    for (uint32_t i = 1; i < x->n; i++) {
        uint32_t in_order = node1(c->p, OP_NOT_FALSE, REG_BOOL, (imm){0}, node2(c->p, number ? OP_LE_F64 : OP_LE_I64, REG_BOOL, last, v[i].node));
        all = all == NODE_NONE ? in_order : node2(c->p, OP_AND, REG_BOOL, all, in_order);
        last = node2(c->p, OP_COALESCE, regtype_of(v[0].type), v[i].node, last);
    }
    return check_result(c, all, VT_BOOL, NULL);
}

static val fn_distinct(checker *c, const builtin *b, const ast *x, want w)
{
    val *v = many(c, x, 0, own_want(c, x, w));
    uint32_t all = NODE_NONE;
    (void)b;
    if (!v) return (val){0};
    for (uint32_t i = 0; i < x->n; i++)
        for (uint32_t k = i + 1; k < x->n; k++) {
            val ne = check_compare(c, TOK_NE, v[i], v[k], x->items[k]->at);
            if (!ne.ok) return ne;
            all = all == NODE_NONE ? ne.node : node2(c->p, OP_AND, REG_BOOL, all, ne.node);
        }
    return check_result(c, all, VT_BOOL, NULL);
}

enum { ARGS_MAX = 64 };
static const builtin functions[] = {
    {"elapsed", 2, 2, fn_elapsed, OP_COUNT, 0, "elapsed(a, b)"},
    {"worktime", 3, 3, fn_worktime, OP_COUNT, 0, "worktime(a, b, calendar)"},
    {"in_hours", 2, 2, fn_in_hours, OP_COUNT, 0, "in_hours(t, calendar)"},
    {"gap", 4, 4, fn_gap, OP_COUNT, 0, "gap(history[ticket_id = id], from, to, calendar)"},
    {"day", 1, 1, fn_day, OP_COUNT, 0, "day(t)"},
    {"month", 1, 1, fn_day_name, OP_COUNT, DAY_NAME_MONTH, "month(t)"},
    {"quarter", 1, 1, fn_day_name, OP_COUNT, DAY_NAME_QUARTER, "quarter(t)"},
    {"week", 1, 1, fn_day_name, OP_COUNT, DAY_NAME_WEEK, "week(t)"},
    {"hour", 1, 1, fn_hour, OP_COUNT, 0, "hour(t)"},
    {"hour_start", 1, 1, fn_hour_start, OP_COUNT, 0, "hour_start(t)"},
    {"weekday", 1, 1, fn_weekday, OP_COUNT, 0, "weekday(t)"},
    {"text", 1, 1, fn_text, OP_COUNT, 0, "text(x)"},
    {"contains", 2, 2, fn_two_texts, OP_HAS_TEXT, 0, "contains(text, part)"},
    {"before", 2, 2, fn_two_texts, OP_LT_TEXT, 0, "before(a, b)"},
    {"lower", 1, 1, fn_of_text, OP_LOWER, 0, "lower(x)"},
    {"length", 1, 1, fn_of_text, OP_LENGTH, 0, "length(x)"},
#define C(name, text, fn) {text, 1, 1, fn_of_text, OP_TEXTCHECK, TEXTCHECK_##name, text "(x)"},
    TEXTCHECK_LIST(C)
#undef C
    {"min", 1, ARGS_MAX, fn_extreme, OP_COUNT, 0, "min(a, b, …)"},
    {"max", 1, ARGS_MAX, fn_extreme, OP_COUNT, 1, "max(a, b, …)"},
    {"if", 3, 3, fn_if, OP_COUNT, 0, "if(condition, a, b)"},
    {"coalesce", 1, ARGS_MAX, fn_coalesce, OP_COUNT, 0, "coalesce(a, b, …)"},
    {"ordered", 2, ARGS_MAX, fn_ordered, OP_COUNT, 0, "ordered(t1, t2, …)"},
    {"distinct", 2, ARGS_MAX, fn_distinct, OP_COUNT, 0, "distinct(a, b, …)"},
};
enum { NFUNCTIONS = sizeof functions / sizeof *functions };

static const builtin *find(slice name)
{
    for (size_t i = 0; i < NFUNCTIONS; i++)
        if (slice_is(name, functions[i].name)) return &functions[i];
    return NULL;
}

static val unknown_function(checker *c, const ast *x)
{
    static const char *const aggregates[] = {"count", "any", "sum", "first", "last"};
    const char *names[NFUNCTIONS + 5];
    size_t n = 0;
    for (; n < NFUNCTIONS; n++) names[n] = functions[n].name;
    for (size_t i = 0; i < 5; i++) {
        if (slice_is(x->name, aggregates[i])) {
            check_fail(c, x->at, SLA_SYNTAX, "%s needs the rows of a dataset", aggregates[i]);
            errlist_hint(c->errors, "for example count(history[ticket_id = id] where field = \"team\")");
            return (val){0};
        }
        names[n++] = aggregates[i];
    }
    return check_unknown(c, x->at, "function", x->name, names, n);
}

val check_call(checker *c, const ast *x, want w)
{
    const builtin *b = find(x->name);
    if (!b) return unknown_function(c, x);
    if (x->n >= b->min && x->n <= b->max) return b->fn(c, b, x, w);
    if (b->max == ARGS_MAX && x->n > b->max) return check_fail(c, x->at, SLA_LIMIT, "%s takes at most %d arguments", b->name, (int)ARGS_MAX);
    check_fail(c, x->at, SLA_TYPE, "%s takes %s%u argument%s, here %s %u", b->name, b->max == ARGS_MAX ? "at least " : "", b->min, b->min == 1 ? "" : "s", x->n == 1 ? "is" : "are", x->n);
    errlist_hint(c->errors, "write %s", b->usage);
    return (val){0};
}

want builtin_sniff(const checker *c, const ast *x)
{
    want w = ANY;
    bool gap = slice_is(x->name, "gap");
    if (gap || slice_is(x->name, "worktime")) { /* wd beside it counts by its calendar, the last argument */
        const ast *a = x->n == (gap ? 4 : 3) ? x->items[x->n - 1] : NULL;
        if (a && (a->kind == AST_NAME || a->kind == AST_TEXT) && c->p->env->cals) w.cal = cal_set_find(c->p->env->cals, a->name);
        return w;
    }
    bool branch = slice_is(x->name, "if");
    if (!branch && !slice_is(x->name, "coalesce") && !slice_is(x->name, "min") && !slice_is(x->name, "max") && !slice_is(x->name, "distinct")) return w;
    for (uint32_t i = branch; i < x->n; i++) {
        want o = check_sniff(c, x->items[i]);
        if (!w.en) w.en = o.en;
        if (!w.cal) w.cal = o.cal;
    }
    return w;
}
