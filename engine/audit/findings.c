/* What does not conform, one by one: the record, what was seen, and where it stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/audit/kind.h"
#include "engine/audit/run.h"
#include "engine/base/dict.h"
#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"

typedef struct found { uint32_t rule, row, dataset; bool keyless; res_finding *f; } found;
typedef struct maker { pass *ps; audit_result *r; const rule **rules; rule_outcome *outs; found *items; size_t n, cap; buf key, text; digest *sum; } maker;

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
        if (m->outs[i].nbad && mem_grow(&m->items, &m->cap, m->n + m->outs[i].nbad, sizeof *m->items)) return SLA_NOMEM;
        for (size_t k = 0; k < m->outs[i].nbad; k++)
            m->items[m->n++] = (found){.rule = (uint32_t)i, .row = m->outs[i].bad[k], .keyless = r->sel.ds->nkey == 0, .dataset = (uint32_t)r->sel.ds->idx};
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

/* b is used again. */
static slice kept_text(maker *m, const buf *b)
{
    m->ps->mem.failed = m->ps->mem.failed || b->failed;
    return arena_slice(&m->ps->mem, (slice){b->ptr, b->failed ? 0 : b->len});
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
    if (t->ds->nkey == 0) buf_printf(&m->key, "%u:%u", (unsigned)table_source(t, row), (unsigned)t->lines[row]);
    return kept_text(m, &m->key);
}

slice record_key_text(pass *ps, const table *t, size_t row)
{
    maker m = {.ps = ps};
    slice key = record_key(&m, t, row);
    buf_free(&m.key);
    return key;
}

static sla_status fingerprint(digest *d, slice rule_id, slice ds, slice key, char out[33])
{
    char hex[DIGEST_HEX];
    const slice parts[] = {rule_id, ds, key};
    sla_status st = d ? SLA_OK : SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < 3; i++) {
        if (i) st = digest_add(d, "", 1);
        if (st == SLA_OK) st = digest_add(d, parts[i].ptr ? parts[i].ptr : "", parts[i].len);
    }
    if (st == SLA_OK) st = digest_hex(d, hex);
    if (st == SLA_OK) memcpy(out, hex, 32), out[32] = '\0';
    return st;
}

/* What makes a record that has no key the same one in another export: its time and what was seen of it. Where it stands there says nothing. */
static slice identity(maker *m, const table *t, size_t row, const res_finding *f)
{
    if (t->ds->nkey) return f->key;
    buf_reset(&m->key);
    if (t->ds->time_field >= 0 && table_has(t, (size_t)t->ds->time_field, row)) buf_i64(&m->key, table_i64(t, (size_t)t->ds->time_field)[row]);
    for (size_t i = 0; i < f->nobserved; i++) buf_char(&m->key, '\0'), buf_slice(&m->key, f->observed[i].value);
    return (slice){m->key.ptr, m->key.len};
}

/* A line is evidence once, however many events it tells of ("message repeated 5 times"). */
static void add_line(const table *t, size_t row, res_evidence *lines, size_t *n)
{
    const res_evidence x = {table_source(t, row), t->lines[row]};
    for (size_t i = 0; i < *n; i++)
        if (lines[i].source == x.source && lines[i].line == x.line) return;
    lines[(*n)++] = x;
}

/* The record's own line, then those of the rows that the finding's text looked up in other datasets. */
enum { EVIDENCE_MAX = 8, REFS_MAX = 8 };
static sla_status gather_evidence(maker *m, machine *mc, const rule *r, size_t row, res_finding *f, err *e)
{
    const table *own = m->ps->w.tables[r->sel.ds->idx];
    res_evidence lines[EVIDENCE_MAX] = {{table_source(own, row), own->lines[row]}};
    size_t n = 1, slots = mc && r->finding_zh ? template_nslots(r->finding_zh) : 0;
    for (size_t i = 0; i < slots; i++) {
        row_ref refs[REFS_MAX];
        size_t nrefs;
        TRY(machine_evidence(mc, template_slot(r->finding_zh, i, NULL, NULL), row, refs, REFS_MAX, &nrefs, e));
        for (size_t k = 0; k < nrefs && n < EVIDENCE_MAX; k++) add_line(m->ps->w.tables[refs[k].dataset], refs[k].row, lines, &n);
    }
    if (!(f->evidence = ARENA_NEW(&m->ps->mem, res_evidence, n))) return SLA_NOMEM;
    memcpy(f->evidence, lines, n * sizeof *lines);
    f->nevidence = n;
    return SLA_OK;
}

static slice missing_word(bool english) { return english ? SLICE_LIT("(not recorded)") : SLICE_LIT("（无记录）"); }

/* A defined term by its title. */
static slice worded(const enumeration *en, slice value, bool english)
{
    int i = en ? enumeration_rank(en, value) : -1;
    return i < 0 ? value : english ? en->titles_en[i] : en->titles_zh[i];
}

/* The message. Its values as they are, which no language changes, go to f->observed if that is still to do. */
static sla_status fill(maker *m, machine *mc, const template *t, bool english, size_t at, res_finding *f, slice *message)
{
    size_t n = template_nslots(t);
    slice *values = ARENA_NEW(&m->ps->mem, slice, n + 1);
    res_observed *seen = f->observed ? NULL : ARENA_NEW(&m->ps->mem, res_observed, n + 1);
    if (!values || (!f->observed && !seen)) return SLA_NOMEM;
    for (size_t i = 0; i < n; i++) {
        expr_type type;
        slice source;
        vec v = machine_result(mc, template_slot(t, i, &type, &source));
        buf_reset(&m->text);
        value_print(&m->ps->w, type, &v, at, &m->text);
        slice value = kept_text(m, &m->text);
        values[i] = bits_get(v.known, at) ? worded(type.en, value, english) : (slice){0};
        if (seen) seen[f->nobserved++] = (res_observed){source, value};
    }
    if (seen) f->observed = seen;
    buf_reset(&m->text);
    template_fill(t, values, missing_word(english), &m->text);
    *message = kept_text(m, &m->text);
    return m->ps->mem.failed ? SLA_NOMEM : SLA_OK;
}

static sla_status one_finding(maker *m, machine *mc, found *it, size_t row0, err *e)
{
    const rule *r = m->rules[it->rule];
    const table *t = m->ps->w.tables[r->sel.ds->idx];
    res_finding *f = ARENA_NEW(&m->ps->mem, res_finding, 1);
    if (!f) return SLA_NOMEM;
    it->f = f;
    f->rule = it->rule;
    f->dataset = t->ds->name;
    f->key = record_key(m, t, it->row);
    if (mc && r->finding_zh) TRY(fill(m, mc, r->finding_zh, false, it->row - row0, f, &f->message.zh));
    if (mc && r->finding_en) TRY(fill(m, mc, r->finding_en, true, it->row - row0, f, &f->message.en));
    TRY(gather_evidence(m, mc, r, it->row, f, e));
    slice id = identity(m, t, it->row, f);
    return m->key.failed ? SLA_NOMEM : fingerprint(m->sum, r->id, f->dataset, id, f->fingerprint);
}

/* A run of findings of one dataset, on one thread, in memory of its own. */
typedef struct stretch { size_t from, to; machine *mc; } stretch;
typedef struct describe_job { maker *m; stretch *parts; } describe_job;

static sla_status describe_part(void *ctx, pass *own, size_t part, err *e)
{
    const describe_job *j = ctx;
    const stretch *p = &j->parts[part];
    maker m = *j->m;
    size_t row0 = SIZE_MAX, rows = own->w.tables[m.items[p->from].dataset]->nrows;
    sla_status st = SLA_OK;
    m.ps = own;
    m.key = m.text = (buf){0};
    m.sum = digest_new();
    for (size_t i = p->from; st == SLA_OK && i < p->to; i++) {
        size_t vector = m.items[i].row / VEC_ROWS * VEC_ROWS;
        if (p->mc && vector != row0) {
            row0 = vector;
            st = machine_eval(p->mc, row0, rows - row0 < VEC_ROWS ? rows - row0 : VEC_ROWS, e);
        }
        if (st == SLA_OK) st = one_finding(&m, p->mc, &m.items[i], vector, e);
    }
    buf_free(&m.key);
    buf_free(&m.text);
    digest_free(m.sum);
    return st;
}

enum { STRETCH_MAX = 1024 };
/* The end of a stretch that begins at from: some hundred findings on, at the end of a vector and within one dataset. */
static size_t stretch_end(const maker *m, size_t from)
{
    size_t step = m->n / (4 * pool_threads()) + 512, i = from;
    while (i < m->n && m->items[i].dataset == m->items[from].dataset && (i - from < step || m->items[i].row / VEC_ROWS == m->items[i - 1].row / VEC_ROWS)) i++;
    return i;
}

static sla_status describe(maker *m, err *e)
{
    stretch *parts = ARENA_NEW(&m->ps->mem, stretch, STRETCH_MAX);
    size_t n = 0;
    sla_status st = parts ? SLA_OK : SLA_NOMEM;
    for (size_t from = 0; st == SLA_OK && from < m->n; n++) {
        if (n == STRETCH_MAX) {
            st = SLA_LIMIT;
            break;
        }
        parts[n] = (stretch){.from = from, .to = stretch_end(m, from)};
        const program *p = m->ps->p->finding_programs[m->items[from].dataset];
        if (p) st = machine_new(p, &m->ps->w, m->ps->shared, &parts[n].mc, e);
        from = parts[n].to;
    }
    if (st == SLA_OK) st = pass_each(m->ps, n, describe_part, &(describe_job){m, parts}, e);
    for (size_t i = 0; i < n; i++) machine_free(parts[i].mc);
    return st;
}

/* Findings that are no records: a group that misses its target. {key} {value} {target} in the text are filled from what was observed. */
static slice fill_group(maker *m, slice text, bool english, const res_observed *o, size_t n)
{
    buf_reset(&m->text);
    for (size_t i = 0; i < text.len;) {
        const char *close = text.ptr[i] == '{' ? memchr(text.ptr + i, '}', text.len - i) : NULL;
        bool done = false;
        for (size_t k = 0; close && k < n && !done; k++)
            if (slice_eq((slice){text.ptr + i + 1, (size_t)(close - text.ptr) - i - 1}, o[k].name)) buf_slice(&m->text, o[k].value.len ? o[k].value : missing_word(english)), done = true;
        if (done) i = (size_t)(close - text.ptr) + 1;
        else buf_char(&m->text, text.ptr[i++]);
    }
    return kept_text(m, &m->text);
}

static sla_status group_findings(maker *m)
{
    for (size_t i = 0; i < m->r->nrules; i++) {
        const rule *r = m->rules[i];
        for (size_t k = 0; k < m->outs[i].nextra; k++) {
            res_finding *f = ARENA_NEW(&m->ps->mem, res_finding, 1);
            if (!f || mem_grow(&m->items, &m->cap, m->n + 1, sizeof *m->items)) return SLA_NOMEM;
            const res_observed *o = m->outs[i].extra[k].observed;
            size_t n = m->outs[i].extra[k].n;
            const extra_finding *x = &m->outs[i].extra[k];
            const dataset *ds = x->ds ? x->ds : r->up.subjects;
            *f = (res_finding){.rule = i, .dataset = ds ? ds->name : SLICE_LIT(""), .key = x->key, .observed = x->observed, .nobserved = n};
            if (x->nrows && !(f->evidence = ARENA_NEW(&m->ps->mem, res_evidence, x->nrows))) return SLA_NOMEM;
            const table *t = x->nrows ? m->ps->w.tables[x->rows_of->idx] : NULL;
            for (size_t k2 = 0; k2 < x->nrows; k2++) add_line(t, x->rows[k2], f->evidence, &f->nevidence);
            f->message = (bitext){fill_group(m, r->text_zh, false, o, n), fill_group(m, r->text_en, true, o, n)};
            TRY(fingerprint(m->sum, r->id, f->dataset, f->key, f->fingerprint));
            m->items[m->n++] = (found){.rule = (uint32_t)i, .row = (uint32_t)k, .f = f};
        }
    }
    return SLA_OK;
}

static int by_rule_and_key(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->rule != y->rule) return x->rule < y->rule ? -1 : 1;
    int c = x->keyless && y->keyless ? 0 : slice_cmp(x->f->key, y->f->key);
    if (c) return c;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Records without a key that cannot be told apart are numbered. */
static sla_status number_twins(maker *m)
{
    dict *seen = dict_new();
    uint32_t *times = NULL;
    size_t cap = 0;
    sla_status st = seen ? SLA_OK : SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < m->n; i++) {
        res_finding *f = m->items[i].f;
        if (!m->items[i].keyless) continue;
        size_t before = dict_count(seen);
        uint32_t code = dict_intern(seen, slice_of(f->fingerprint));
        if (code == DICT_NONE || mem_grow(&times, &cap, (size_t)code + 1, sizeof *times)) st = SLA_NOMEM;
        else if (dict_count(seen) > before) times[code] = 1;
        else {
            char name[48];
            snprintf(name, sizeof name, "%s#%u", f->fingerprint, (unsigned)++times[code]);
            st = fingerprint(m->sum, m->rules[m->items[i].rule]->id, f->dataset, slice_of(name), f->fingerprint);
        }
    }
    dict_free(seen);
    mem_free(times);
    return st;
}

/* A rule whose target is met lists what fell short all the same; `persisting` is set by save.c from the previous period's run. */
sla_status findings_make(pass *ps, audit_result *r, rule_outcome *outs, err *e)
{
    maker m = {.ps = ps, .r = r, .outs = outs, .sum = digest_new(), .rules = ARENA_NEW(&ps->mem, const rule *, r->nrules + 1)};
    sla_status st = m.rules ? SLA_OK : SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < r->nrules; i++) m.rules[i] = rule_by_id(ps->p, r->rules[i].id);
    if (st == SLA_OK) st = collect(&m);
    if (st == SLA_OK && m.n) qsort(m.items, m.n, sizeof *m.items, by_vector);
    if (st == SLA_OK) st = describe(&m, e);
    if (st == SLA_OK) st = group_findings(&m);
    if (st == SLA_OK && m.n) qsort(m.items, m.n, sizeof *m.items, by_rule_and_key);
    if (st == SLA_OK) st = number_twins(&m);
    if (st == SLA_OK && !(r->findings = ARENA_NEW(&r->mem, res_finding, m.n + 1))) st = SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < m.n; i++) {
        r->findings[r->nfindings] = *m.items[i].f;
        res_rule *rr = &r->rules[m.items[i].rule];
        if (rr->nfindings++ == 0) rr->first_finding = r->nfindings;
        r->nfindings++;
    }
    mem_free(m.items);
    digest_free(m.sum);
    buf_free(&m.key);
    buf_free(&m.text);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for the findings");
}
