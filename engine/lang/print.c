/* Values as text for people, and the instructions of a program. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/lang/machine.h"
#include "engine/time/instant.h"

/* The shortest of 15, 16, 17 digits that reads back the same; no trailing zeros, no exponent up to 1e15. */
void number_print(buf *b, double v)
{
    char s[40];
    if (v == 0) v = 0;
    if (fabs(v) < 1e15 && v == floor(v)) {
        buf_i64(b, (int64_t)v);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(s, sizeof s, "%.*g", digits, v);
        if (strtod(s, NULL) == v) break;
    }
    buf_text(b, s);
}

void scalar_print(buf *b, vtype t, const zone *z, const reg *r, size_t i)
{
    switch (t) {
    case VT_NUMBER: number_print(b, ((const double *)r->data)[i]); break;
    case VT_TIME: {
        int64_t utc = ((const int64_t *)r->data)[i];
        time_print_local(b, z ? zone_to_local(z, utc) : utc);
        break;
    }
    case VT_DATE: date_print(b, ((const int64_t *)r->data)[i]); break;
    case VT_DURATION: duration_print(b, ((const int64_t *)r->data)[i]); break;
    case VT_BOOL: buf_text(b, bits_get(r->data, i) ? "true" : "false"); break;
    case VT_TEXT: case VT_COUNT: break;
    }
}

void value_print(const world *w, expr_type t, const vec *v, size_t i, buf *out)
{
    if (!bits_get(v->known, i)) return;
    if (t.type == VT_TEXT) {
        buf_slice(out, dict_text(w->dict, v->v.code[i]));
        return;
    }
    reg r = {.data = v->v.bits, .known = v->known};
    scalar_print(out, t.type, w->zone, &r, i);
}

/* ---- the dump ---- */
static void dump_imm(const program *p, const node *n, buf *out)
{
    const dataset *ds = p->ds;
    const lang_env *env = p->env;
    switch (n->op) {
    case OP_FIELD: buf_printf(out, " %.*s", SLICE_ARG(ds->fields[n->val.u].name)); break;
    case OP_OUTER: buf_printf(out, " %.*s", SLICE_ARG(p->outer->fields[n->val.u].name)); break;
    case OP_DERIVED: buf_printf(out, " %.*s", SLICE_ARG(env->derived[ds->idx].fields[n->val.u].name)); break;
    case OP_OUTER_DERIVED: buf_printf(out, " %.*s", SLICE_ARG(env->derived[p->outer->idx].fields[n->val.u].name)); break;
    case OP_CONST:
        if (n->reg == REG_F64) {
            buf_char(out, ' ');
            number_print(out, n->val.f);
        } else if (n->reg == REG_CODE) {
            buf_printf(out, " \"%.*s\"", SLICE_ARG(dict_text(p->dict, (uint32_t)n->val.u)));
        } else {
            buf_char(out, ' ');
            buf_i64(out, n->val.i);
        }
        break;
    case OP_RANK: buf_printf(out, " %.*s", SLICE_ARG(((const enumeration *)n->val.p)->name)); break;
    case OP_RANK_IN:
        for (uint32_t i = 0; i < p->sets[n->val.u].n; i++) buf_printf(out, " %u", p->sets[n->val.u].codes[i]);
        break;
    case OP_CODE_IN:
        for (uint32_t i = 0; i < p->sets[n->val.u].n; i++) buf_printf(out, " \"%.*s\"", SLICE_ARG(dict_text(p->dict, p->sets[n->val.u].codes[i])));
        break;
    case OP_MATCH: case OP_EXTRACT: buf_printf(out, " /%.*s/%s", SLICE_ARG(p->regexes[n->val.u].pattern), p->regexes[n->val.u].nocase ? "i" : ""); break;
    case OP_WORK: case OP_IN_HOURS: case OP_GAP: buf_printf(out, " %s", cal_id(n->val.p)); break;
    case OP_LOOKUP: case OP_GROUP: buf_printf(out, " %.*s", SLICE_ARG(p->looks[n->val.u].ds->name)); break;
    case OP_GATHER: {
        const dataset *of = &env->schema->datasets[gather_dataset(n->val)];
        size_t col = gather_column(n->val);
        buf_printf(out, " %.*s.%.*s", SLICE_ARG(of->name), SLICE_ARG(gather_derived(n->val) ? env->derived[of->idx].fields[col].name : of->fields[col].name));
        break;
    }
    default: break;
    }
}

static void dump(const program *p, int depth, buf *out)
{
    static const char *const aggs[] = {
#define A(name, text) text,
        AGG_LIST(A)
#undef A
    };
    for (uint32_t i = 0; i < p->nnodes; i++) {
        const node *n = &p->nodes[i];
        buf_printf(out, "%*s%u: %s", depth * 4, "", i, opcode_name(n->op));
        dump_imm(p, n, out);
        for (int k = 0; k < n->nargs; k++) buf_printf(out, " #%u", n->args[k]);
        if (n->op == OP_AGG || n->op == OP_EACH) buf_printf(out, " %s, condition %d", aggs[p->aggs[n->val.u].kind], p->aggs[n->val.u].cond);
        buf_char(out, '\n');
        if (n->op == OP_EACH) dump(p->aggs[n->val.u].sub, depth + 1, out);
    }
    for (size_t i = 0; i < p->nslots; i++) buf_printf(out, "%*sslot %zu: #%u\n", depth * 4, "", i, p->slots[i]);
    for (size_t d = 0; d < DATASETS_MAX; d++)
        if (p->subs[d] && p->subs[d]->nnodes) {
            buf_printf(out, "%*sover %.*s:\n", depth * 4, "", SLICE_ARG(p->subs[d]->ds->name));
            dump(p->subs[d], depth + 1, out);
        }
}
void program_dump(const program *p, buf *out) { dump(p, 0, out); }
