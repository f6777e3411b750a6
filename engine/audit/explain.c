#include "engine/audit/explain.h"
#include <stdio.h>
#include <string.h>
#include "engine/audit/clocks.h"
#include "engine/audit/kind.h"
#include "engine/audit/reasons.h"
#include "engine/audit/run.h"
#include "engine/audit/world.h"
#include "engine/base/mem.h"

enum { VALUES_MAX = 64, PARTS_MAX = 32, ROWS_MAX = 32, CLOCKS_MAX = 8, FINDINGS_MAX = 64 };
typedef struct teller { pass *ps; const rule *r; explanation *x; rule_outcome out; source_info *sources; size_t nsources; int parts[PARTS_MAX]; slice texts[PARTS_MAX]; size_t nparts; } teller;

static const rule *find_rule(const pack *p, slice id, err *e)
{
    const char *names[512];
    size_t n = 0;
    for (size_t i = 0; i < p->nrules; i++) {
        if (slice_eq(p->rules[i].id, id)) return &p->rules[i];
        if (n < 512) names[n++] = p->rules[i].id.ptr;
    }
    const char *near = slice_nearest(id, names, n);
    err_set(e, SLA_NAME, SRCPOS_NONE, "the pack has no rule '%.*s'", SLICE_ARG(id));
    if (near) err_hint(e, "did you mean %s?", near);
    return NULL;
}

/* ---- the parts of a condition: split at `and` outside of brackets, texts and patterns ---- */
static size_t skip_quoted(slice s, size_t i)
{
    char end = s.ptr[i];
    for (i++; i < s.len && s.ptr[i] != end; i++)
        if (s.ptr[i] == '\\') i++;
    return i;
}

static size_t split_and(slice s, slice *out)
{
    size_t n = 0, from = 0;
    int depth = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool pattern = c == '/' && i >= 8 && memcmp(s.ptr + i - 8, "matches ", 8) == 0;
        if (c == '"' || c == '\'' || pattern) i = skip_quoted(s, i);
        else if (c == '(' || c == '[') depth++;
        else if (c == ')' || c == ']') depth--;
        else if (depth == 0 && c == ' ' && s.len - i > 5 && memcmp(s.ptr + i, " and ", 5) == 0 && n + 1 < PARTS_MAX) {
            out[n++] = slice_trim((slice){s.ptr + from, i - from});
            from = i + 5;
        } else if (depth == 0 && c == ' ' && s.len - i > 4 && memcmp(s.ptr + i, " or ", 4) == 0) return out[0] = s, 1; /* binds weaker: the whole is one */
    }
    out[n++] = slice_trim((slice){s.ptr + from, s.len - from});
    return n;
}

/* Compiles the parts into the rule's program, before any machine is made of it. */
static sla_status add_parts(teller *t)
{
    errlist ignored = {0};
    pack_loader l = {.p = (pack *)(uintptr_t)t->ps->p, .errors = &ignored, .warnings = &ignored};
    slice parts[PARTS_MAX];
    size_t n = t->r->require >= 0 ? split_and(t->r->condition, parts) : 0;
    program *prog = n ? load_program(&l, l.p->programs, t->r->sel.ds) : NULL;
    for (size_t i = 0; prog && i < n; i++) {
        int slot = load_expr_text(&l, prog, parts[i], t->r->at, VT_BOOL, NULL);
        if (slot < 0) continue;
        pass_keep(t->ps, t->r->sel.ds, slot, VT_BOOL);
        t->parts[t->nparts] = slot;
        t->texts[t->nparts++] = parts[i];
    }
    bool nomem = load_lacked_memory(&l);
    errlist_clear(&ignored);
    return nomem ? SLA_NOMEM : SLA_OK;
}

/* ---- where things stand ---- */
static why_place place(const teller *t, const table *tb, size_t row)
{
    why_place p = {SLICE_LIT(""), tb->lines[row]};
    for (size_t i = 0; i < t->nsources; i++)
        if ((uint32_t)t->sources[i].id == table_source(tb, row)) p.source = t->sources[i].path;
    return p;
}

static slice cell_text(const teller *t, const table *tb, size_t f, size_t row)
{
    buf b = {0};
    expr_type type = {tb->ds->fields[f].type, NULL};
    vec v = {.known = tb->cols[f].valid};
    v.v.i64 = tb->cols[f].data;
    if (tb->cols[f].data && type.type == VT_BOOL) buf_text(&b, !table_has(tb, f, row) ? "" : table_i64(tb, f)[row] ? "true" : "false");
    else if (tb->cols[f].data && table_has(tb, f, row)) value_print(&t->ps->w, type, &v, row, &b);
    return text_kept(&b, &t->x->mem);
}

static slice key_text(const teller *t, const table *tb, size_t row)
{
    buf b = {0};
    for (size_t k = 0; k < tb->ds->nkey; k++) {
        slice part = cell_text(t, tb, tb->ds->key[k], row);
        if (k) buf_char(&b, ' ');
        buf_slice(&b, part);
    }
    if (!tb->ds->nkey) buf_printf(&b, "%u:%u", (unsigned)table_source(tb, row), (unsigned)tb->lines[row]);
    return text_kept(&b, &t->x->mem);
}

/* ---- one record ---- */
static sla_status add_values(teller *t, size_t row)
{
    const table *tb = t->ps->w.tables[t->r->sel.ds->idx];
    const dataset *ds = tb->ds;
    bool read[FIELDS_MAX] = {false};
    const int slots[] = {t->r->sel.where, t->r->require, t->r->m.slot};
    for (size_t i = 0; i < 3; i++)
        if (slots[i] >= 0) TRY(program_slot_fields(t->ps->p->programs[ds->idx], slots[i], read, NULL));
    if (t->r->sel.period_field >= 0) read[t->r->sel.period_field] = true;
    if (t->r->clock) read[t->r->clock->start] = read[t->r->clock->stop] = read[t->r->clock->status] = true;
    if (t->r->clock && t->r->clock->by >= 0) read[t->r->clock->by] = true;
    if (!(t->x->values = ARENA_NEW(&t->x->mem, why_value, FIELDS_MAX))) return SLA_NOMEM;
    for (size_t f = 0; f < ds->nfields; f++)
        if (read[f] && tb->cols[f].data) t->x->values[t->x->nvalues++] = (why_value){ds->fields[f].name, {ds->fields[f].title_zh, ds->fields[f].title_en}, cell_text(t, tb, f, row), place(t, tb, row)};
    return SLA_OK;
}

static sla_status add_conditions(teller *t, size_t row)
{
    const kept *where = pass_kept(t->ps, t->r->sel.ds, t->r->sel.where);
    if (!(t->x->conditions = ARENA_NEW(&t->x->mem, why_condition, PARTS_MAX + 3))) return SLA_NOMEM;
    if (where) t->x->conditions[t->x->nconditions++] = (why_condition){t->r->where.len ? t->r->where : SLICE_LIT("where"), kept_truth(where, row), true};
    const kept *share = t->r->m.kind == MEASURE_SHARE ? pass_kept(t->ps, t->r->sel.ds, t->r->m.slot) : NULL;
    if (share) t->x->conditions[t->x->nconditions++] = (why_condition){t->r->condition, kept_truth(share, row), false};
    for (size_t i = 0; i < t->nparts; i++) t->x->conditions[t->x->nconditions++] = (why_condition){t->texts[i], kept_truth(pass_kept(t->ps, t->r->sel.ds, t->parts[i]), row), false};
    return SLA_OK;
}

/* The rows of other datasets that the conditions rest on. */
static sla_status add_rows(teller *t, size_t row, err *e)
{
    machine *m = NULL;
    const int slots[] = {t->r->sel.where, t->r->require, t->r->m.slot};
    const dataset *ds = t->r->sel.ds;
    if (!(t->x->rows = ARENA_NEW(&t->x->mem, why_row, ROWS_MAX))) return SLA_NOMEM;
    TRY(machine_new(t->ps->p->programs[ds->idx], &t->ps->w, t->ps->shared, &m, e));
    size_t row0 = row / VEC_ROWS * VEC_ROWS, n = t->ps->w.tables[ds->idx]->nrows - row0;
    sla_status st = machine_eval(m, row0, n < VEC_ROWS ? n : VEC_ROWS, e);
    for (size_t i = 0; st == SLA_OK && i < 3; i++) {
        row_ref refs[ROWS_MAX];
        size_t k = 0;
        if (slots[i] >= 0) st = machine_evidence(m, slots[i], row, refs, ROWS_MAX, &k, e);
        for (size_t j = 0; j < k && t->x->nrows < ROWS_MAX; j++) {
            const table *tb = t->ps->w.tables[refs[j].dataset];
            why_row w = {tb->ds->name, key_text(t, tb, refs[j].row), place(t, tb, refs[j].row)};
            bool there = false;
            for (size_t q = 0; q < t->x->nrows; q++) there = there || (slice_eq(t->x->rows[q].dataset, w.dataset) && slice_eq(t->x->rows[q].key, w.key) && t->x->rows[q].at.line == w.at.line);
            if (!there) t->x->rows[t->x->nrows++] = w;
        }
    }
    machine_free(m);
    return st;
}

static bool mentions_clock(const rule *r, const sla_clock *c)
{
    if (r->clock) return r->clock == c;
    for (size_t i = 0; i + 6 + c->name.len < r->condition.len; i++)
        if (memcmp(r->condition.ptr + i, "clock.", 6) == 0 && memcmp(r->condition.ptr + i + 6, c->name.ptr, c->name.len) == 0) return true;
    return false;
}

static bitext calendar_title(const pack *p, const calendar *cal)
{
    for (size_t i = 0; i < p->cals.n; i++)
        if (p->cals.items[i].cal == cal) return (bitext){p->cals.items[i].title_zh, p->cals.items[i].title_en};
    return (bitext){slice_of(cal_id(cal)), slice_of(cal_id(cal))};
}

static sla_status add_clock(teller *t, const sla_clock *c, size_t row, err *e)
{
    static const char *const states[] = {"out", "met", "breached", "running", "unknown"};
    clock_view *v = NULL;
    clock_input in;
    clock_result res;
    why_clock *w = &t->x->clocks[t->x->nclocks];
    TRY(clock_open(t->ps, c, &v, e));
    sla_status st = SLA_OK;
    if (clock_input_of(v, row, &in)) {
        *w = (why_clock){.name = c->name, .title = c->title, .calendar = slice_of(cal_id(in.cal)), .calendar_title = calendar_title(t->ps->p, in.cal), .limit = in.limit >= 0 ? text_duration(in.limit, &t->x->mem) : SLICE_LIT("")};
        st = slaclock_ledger(&in, &t->x->mem, &w->slices, &w->nslices, &res, e);
        w->elapsed_ms = res.elapsed;
        w->elapsed = text_duration(res.elapsed, &t->x->mem);
        w->paused = clock_pauses_known(&in) ? text_duration(res.paused, &t->x->mem) : (slice){0};
        w->state = slice_of(states[res.state]);
        t->x->nclocks++;
    }
    clock_close(v);
    return st;
}

static const char *const words[] = {"out", "conforms", "nonconforming", "unknown", "running"};

static sla_status tell_row(teller *t, size_t row, err *e)
{
    const table *tb = t->ps->w.tables[t->r->sel.ds->idx];
    t->x->dataset = tb->ds->name;
    t->x->dataset_title = (bitext){tb->ds->title_zh, tb->ds->title_en};
    t->x->at = place(t, tb, row);
    t->x->member = t->out.v == VERDICT_ERROR ? "error" : t->out.members ? words[t->out.members[row]] : slice_is(t->r->kind_name, "metric") ? "figure"
                 : t->out.v == VERDICT_NOT_ASSESSED ? "not_assessed" : "out"; /* members of other kinds were told of */
    const field *f = t->out.members && t->out.members[row] == MEMBER_UNKNOWN ? rule_withheld(t->ps, t->r, row) : NULL;
    if (f) t->x->withheld = (bitext){f->title_zh, f->title_en};
    TRY(add_values(t, row));
    TRY(add_conditions(t, row));
    TRY(add_rows(t, row, e));
    if (!(t->x->clocks = ARENA_NEW(&t->x->mem, why_clock, CLOCKS_MAX))) return SLA_NOMEM;
    for (size_t i = 0; i < t->ps->p->nclocks && t->x->nclocks < CLOCKS_MAX; i++)
        if (t->ps->p->clocks[i].ds == t->r->sel.ds && mentions_clock(t->r, &t->ps->p->clocks[i])) TRY(add_clock(t, &t->ps->p->clocks[i], row, e));
    return SLA_OK;
}

/* A record without a key goes by its place as well, as reports write it: log.csv:1115. */
static bool stands_at(const teller *t, const table *tb, size_t row, slice key)
{
    char line[16];
    if (tb->ds->nkey) return false;
    size_t n = (size_t)snprintf(line, sizeof line, ":%u", (unsigned)tb->lines[row]);
    if (key.len < n || memcmp(key.ptr + key.len - n, line, n)) return false;
    for (size_t i = 0; i < t->nsources; i++) {
        const source_info *s = &t->sources[i];
        if ((uint32_t)s->id == table_source(tb, row)) return slice_eq((slice){key.ptr, key.len - n}, s->path);
    }
    return false;
}

/* The record with that key: a member before one that is none. */
static bool find_row(const teller *t, slice key, size_t *out)
{
    const table *tb = t->r->sel.ds ? t->ps->w.tables[t->r->sel.ds->idx] : NULL;
    bool found = false;
    for (size_t row = 0; tb && row < tb->nrows; row++) {
        bool counts = t->out.members && t->out.members[row] != MEMBER_OUT;
        if (found && !counts) continue;
        if (tb->ds->nkey == 1 && tb->ds->fields[tb->ds->key[0]].type == VT_TEXT) {
            if (!tb->cols[tb->ds->key[0]].data || !slice_eq(pass_text(t->ps, table_codes(tb, tb->ds->key[0])[row]), key)) continue;
        } else if (!slice_eq(key_text(t, tb, row), key) && !stands_at(t, tb, row, key)) continue;
        *out = row;
        found = true;
        if (counts) return true;
    }
    return found;
}

/* ---- members that are no records, and what a record was joined with ---- */
static sla_status tell_findings(teller *t)
{
    if (!(t->x->findings = ARENA_NEW(&t->x->mem, why_finding, FINDINGS_MAX))) return SLA_NOMEM;
    for (size_t i = 0; i < t->out.nextra && t->x->nfindings < FINDINGS_MAX; i++) {
        const extra_finding *f = &t->out.extra[i];
        if (!outcome_tells(t->ps, MEMBER_OUT, f->key)) continue;
        why_finding *w = &t->x->findings[t->x->nfindings++];
        *w = (why_finding){.key = arena_slice(&t->x->mem, f->key), .member = words[f->m], .observed = ARENA_NEW(&t->x->mem, res_observed, f->n + 1), .evidence = ARENA_NEW(&t->x->mem, why_place, f->nrows + 1)};
        for (size_t k = 0; w->observed && k < f->n; k++) /* what was observed lives in the pass, which ends */
            w->observed[w->nobserved++] = (res_observed){arena_slice(&t->x->mem, f->observed[k].name), arena_slice(&t->x->mem, f->observed[k].value)};
        for (size_t k = 0; w->evidence && k < f->nrows; k++) w->evidence[w->nevidence++] = place(t, t->ps->w.tables[f->rows_of->idx], f->rows[k]);
    }
    t->x->member = t->x->nfindings ? t->x->findings[0].member : "";
    for (size_t i = 0; i < t->x->nfindings; i++)
        if (strcmp(t->x->findings[i].member, words[MEMBER_BAD]) == 0) t->x->member = words[MEMBER_BAD];
    return SLA_OK;
}

static sla_status unknown_key(const teller *t, slice key, err *e)
{
    const char *names[256];
    size_t n = 0;
    for (size_t i = 0; i < t->out.nextra && n < 256; i++) names[n++] = arena_strndup(&t->x->mem, t->out.extra[i].key.ptr, t->out.extra[i].key.len);
    const table *tb = t->r->sel.ds && t->out.members ? t->ps->w.tables[t->r->sel.ds->idx] : NULL;
    for (size_t row = 0; tb && row < tb->nrows && n < 256; row++)
        if (t->out.members[row] == MEMBER_BAD) {
            slice k = key_text(t, tb, row);
            names[n++] = arena_strndup(&t->x->mem, k.ptr, k.len);
        }
    const char *near = slice_nearest(key, names, n);
    err_set(e, SLA_NAME, SRCPOS_NONE, "rule %.*s has no record or finding '%.*s'", SLICE_ARG(t->r->id), SLICE_ARG(key));
    if (near || n) err_hint(e, "%s %s", near ? "did you mean" : "for example", near ? near : names[0]);
    return SLA_NAME;
}

/* ---- the whole ---- */
static sla_status tell(teller *t, slice key, err *e)
{
    bool also[DATASETS_MAX] = {false};
    pass *ps = t->ps;
    size_t row;
    TRY(earlier_figure(ps, e));
    TRY(rules_prepare(ps));
    TRY(add_parts(t));
    for (size_t d = 0; d < DATASETS_MAX; d++) also[d] = t->r->needs.dataset[d];
    TRY(world_make(ps, also, e));
    TRY(pass_run(ps, e));
    TRY(store_sources(ps->s, &t->x->mem, &t->sources, &t->nsources, e));
    TRY(rule_judge(ps, t->r, &t->out, &t->x->result, e));
    TRY(tell_findings(t));
    if (!t->out.members && t->x->nfindings) return SLA_OK;
    return find_row(t, key, &row) ? tell_row(t, row, e) : unknown_key(t, key, e);
}

sla_status audit_explain(store *s, pack *p, const audit_options *o, slice rule_id, slice key, explanation **out, err *e)
{
    const rule *r = find_rule(p, rule_id, e);
    explanation *x = r ? mem_zero(1, sizeof *x) : NULL;
    pass *ps = x ? mem_zero(1, sizeof *ps) : NULL;
    if (!r) return SLA_NAME;
    if (!ps) {
        mem_free(x);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to explain");
    }
    ps->p = p, ps->s = s, ps->period = o->period, ps->as_of = o->as_of, ps->asked = key;
    ps->w = (world){.schema = p->model, .dict = p->texts, .zone = o->zone, .as_of = o->as_of, .from = o->period.from, .to = o->period.to};
    *x = (explanation){.rule = r->id, .kind = r->kind_name, .clause = r->clause, .key = key, .condition = r->condition, .title = r->title, .criterion = r->criterion, .member = ""};
    teller t = {.ps = ps, .r = r, .x = x};
    sla_status st = tell(&t, key, e);
    x->result.groups = NULL, x->result.ngroups = 0;
    x->result.reason = (bitext){arena_slice(&x->mem, x->result.reason.zh), arena_slice(&x->mem, x->result.reason.en)};
    if (st != SLA_NOMEM && (x->mem.failed || ps->mem.failed || p->mem.failed)) {
        st = SLA_NOMEM;
        if (e) *e = (err){0}; /* what was said may come of what was missing */
    }
    world_clear(ps);
    mem_free(t.out.members);
    mem_free(ps);
    if (st != SLA_OK) explanation_free(x);
    else *out = x;
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "the record could not be explained");
}

void explanation_free(explanation *x)
{
    if (!x) return;
    arena_free(&x->mem);
    mem_free(x);
}
