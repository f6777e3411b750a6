/* What does not conform, one by one: the record, what was seen, and where it stands. */
#include <stdlib.h>
#include <string.h>
#include "engine/audit/kind.h"
#include "engine/audit/run.h"
#include "engine/base/digest.h"
#include "engine/base/mem.h"

typedef struct found { uint32_t rule, row, dataset; res_finding *f; } found;
typedef struct maker { pass *ps; audit_result *r; const rule **rules; rule_outcome *outs; found *items; size_t n, cap; buf key, text; } maker;

static const rule *rule_by_id(const pack *p, slice id)
{
    for (size_t i = 0; i < p->nrules; i++)
        if (slice_eq(p->rules[i].id, id)) return &p->rules[i];
    return NULL;
}

static sla_status collect(maker *m)
{
    for (size_t i = 0; i < m->r->nrules; i++) {
        const rule *r = m->rules[i];
        if (!m->outs[i].members || !r->list) continue;
        size_t rows = m->ps->w.tables[r->sel.ds->idx]->nrows;
        for (size_t row = 0; row < rows; row++) {
            if (m->outs[i].members[row] != MEMBER_BAD) continue;
            if (mem_grow(&m->items, &m->cap, m->n + 1, sizeof *m->items)) return SLA_NOMEM;
            m->items[m->n++] = (found){(uint32_t)i, (uint32_t)row, (uint32_t)r->sel.ds->idx, NULL};
        }
    }
    return SLA_OK;
}

/* By dataset and block of rows, so that each vector is evaluated once for all rules. */
static int by_vector(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->dataset != y->dataset) return x->dataset < y->dataset ? -1 : 1;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* The key of a record as people name it: its key fields, or its line where it has none. */
static slice record_key(maker *m, const table *t, size_t row)
{
    buf_reset(&m->key);
    for (size_t k = 0; k < t->ds->nkey; k++) {
        size_t f = t->ds->key[k];
        expr_type type = {t->ds->fields[f].type, NULL};
        vec v = {.known = t->cols[f].valid};
        v.v.i64 = t->cols[f].data;
        if (k) buf_char(&m->key, ' ');
        if (t->cols[f].data && table_has(t, f, row)) value_print(&m->ps->w, type, &v, row, &m->key);
    }
    if (t->ds->nkey == 0) buf_printf(&m->key, "%u:%u", (unsigned)t->source[row], (unsigned)t->lines[row]);
    return arena_slice(&m->r->mem, (slice){m->key.ptr, m->key.len});
}

static sla_status fingerprint(slice rule_id, slice ds, slice key, char out[33])
{
    char hex[DIGEST_HEX];
    buf b = {0};
    buf_slice(&b, rule_id), buf_char(&b, '\0'), buf_slice(&b, ds), buf_char(&b, '\0'), buf_slice(&b, key);
    sla_status st = b.failed ? SLA_NOMEM : digest_once(b.ptr, b.len, hex);
    if (st == SLA_OK) memcpy(out, hex, 32), out[32] = '\0';
    buf_free(&b);
    return st;
}

/* The printed values of a template's slots, the message, and the rows its look-ups found. */
static sla_status fill(maker *m, machine *mc, const template *t, size_t row, size_t at, res_finding *f, slice *message, bool observe)
{
    size_t n = template_nslots(t);
    slice *values = ARENA_NEW(&m->r->mem, slice, n + 1);
    res_observed *seen = observe ? ARENA_NEW(&m->r->mem, res_observed, n + 1) : NULL;
    if (!values || (observe && !seen)) return SLA_NOMEM;
    (void)row;
    for (size_t i = 0; i < n; i++) {
        expr_type type;
        slice source;
        int slot = template_slot(t, i, &type, &source);
        vec v = machine_result(mc, slot);
        buf_reset(&m->text);
        value_print(&m->ps->w, type, &v, at, &m->text);
        values[i] = arena_slice(&m->r->mem, (slice){m->text.ptr, m->text.len});
        if (observe) seen[f->nobserved++] = (res_observed){source, values[i]};
    }
    if (observe) f->observed = seen;
    buf_reset(&m->text);
    template_fill(t, values, &m->text);
    *message = arena_slice(&m->r->mem, (slice){m->text.ptr, m->text.len});
    return m->text.failed ? SLA_NOMEM : SLA_OK;
}

static sla_status one_finding(maker *m, machine *mc, found *it, size_t row0)
{
    const rule *r = m->rules[it->rule];
    const table *t = m->ps->w.tables[r->sel.ds->idx];
    res_finding *f = ARENA_NEW(&m->r->mem, res_finding, 1);
    if (!f || !(f->evidence = ARENA_NEW(&m->r->mem, res_evidence, 1))) return SLA_NOMEM;
    it->f = f;
    f->rule = it->rule;
    f->dataset = t->ds->name;
    f->key = record_key(m, t, it->row);
    f->evidence[f->nevidence++] = (res_evidence){t->source[it->row], t->lines[it->row]};
    if (mc && r->finding_zh) TRY(fill(m, mc, r->finding_zh, it->row, it->row - row0, f, &f->message.zh, true));
    if (mc && r->finding_en) TRY(fill(m, mc, r->finding_en, it->row, it->row - row0, f, &f->message.en, false));
    return fingerprint(r->id, f->dataset, f->key, f->fingerprint);
}

static sla_status describe(maker *m, err *e)
{
    machine *mc = NULL;
    size_t d = SIZE_MAX, row0 = SIZE_MAX;
    sla_status st = SLA_OK;
    for (size_t i = 0; i < m->n && st == SLA_OK; i++) {
        found *it = &m->items[i];
        size_t want = it->dataset, vector = it->row / VEC_ROWS * VEC_ROWS, rows = m->ps->w.tables[want]->nrows;
        if (want != d) {
            machine_free(mc);
            mc = NULL;
            d = want, row0 = SIZE_MAX;
            if (m->ps->p->finding_programs[d]) st = machine_new(m->ps->p->finding_programs[d], &m->ps->w, m->ps->shared, &mc, e);
        }
        if (st == SLA_OK && mc && vector != row0) {
            row0 = vector;
            st = machine_eval(mc, row0, rows - row0 < VEC_ROWS ? rows - row0 : VEC_ROWS, e);
        }
        if (st == SLA_OK) st = one_finding(m, mc, it, vector);
    }
    machine_free(mc);
    return st;
}

/* Findings that are no records: a group that misses its target. {key} {value} {target} in the text are filled from what was observed. */
static slice fill_group(maker *m, slice text, const res_observed *o, size_t n)
{
    buf_reset(&m->text);
    for (size_t i = 0; i < text.len;) {
        const char *close = text.ptr[i] == '{' ? memchr(text.ptr + i, '}', text.len - i) : NULL;
        bool done = false;
        for (size_t k = 0; close && k < n && !done; k++)
            if (slice_eq((slice){text.ptr + i + 1, (size_t)(close - text.ptr) - i - 1}, o[k].name)) buf_slice(&m->text, o[k].value), done = true;
        if (done) i = (size_t)(close - text.ptr) + 1;
        else buf_char(&m->text, text.ptr[i++]);
    }
    return arena_slice(&m->r->mem, (slice){m->text.ptr, m->text.len});
}

static sla_status group_findings(maker *m)
{
    for (size_t i = 0; i < m->r->nrules; i++) {
        const rule *r = m->rules[i];
        for (size_t k = 0; k < m->outs[i].nextra; k++) {
            res_finding *f = ARENA_NEW(&m->r->mem, res_finding, 1);
            if (!f || mem_grow(&m->items, &m->cap, m->n + 1, sizeof *m->items)) return SLA_NOMEM;
            const res_observed *o = m->outs[i].extra[k].observed;
            size_t n = m->outs[i].extra[k].n;
            *f = (res_finding){.rule = i, .dataset = r->up.subjects ? r->up.subjects->name : SLICE_LIT(""), .key = m->outs[i].extra[k].key, .observed = m->outs[i].extra[k].observed, .nobserved = n};
            f->message = (bitext){fill_group(m, r->text_zh, o, n), fill_group(m, r->text_en, o, n)};
            TRY(fingerprint(r->id, f->dataset, f->key, f->fingerprint));
            m->items[m->n++] = (found){(uint32_t)i, (uint32_t)k, 0, f};
        }
    }
    return SLA_OK;
}

static int by_rule_and_key(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->rule != y->rule) return x->rule < y->rule ? -1 : 1;
    int c = slice_cmp(x->f->key, y->f->key);
    if (c) return c;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* A rule whose target is met lists what fell short all the same; `persisting` is set by save.c from the previous period's run. */
sla_status findings_make(pass *ps, audit_result *r, rule_outcome *outs, err *e)
{
    maker m = {.ps = ps, .r = r, .outs = outs, .rules = ARENA_NEW(&ps->mem, const rule *, r->nrules + 1)};
    sla_status st = m.rules ? SLA_OK : SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < r->nrules; i++) m.rules[i] = rule_by_id(ps->p, r->rules[i].id);
    if (st == SLA_OK) st = collect(&m);
    if (st == SLA_OK && m.n) qsort(m.items, m.n, sizeof *m.items, by_vector);
    if (st == SLA_OK) st = describe(&m, e);
    if (st == SLA_OK) st = group_findings(&m);
    if (st == SLA_OK && m.n) qsort(m.items, m.n, sizeof *m.items, by_rule_and_key);
    if (st == SLA_OK && !(r->findings = ARENA_NEW(&r->mem, res_finding, m.n + 1))) st = SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < m.n; i++) {
        r->findings[r->nfindings] = *m.items[i].f;
        res_rule *rr = &r->rules[m.items[i].rule];
        if (rr->nfindings++ == 0) rr->first_finding = r->nfindings;
        r->nfindings++;
    }
    mem_free(m.items);
    buf_free(&m.key);
    buf_free(&m.text);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for the findings");
}
