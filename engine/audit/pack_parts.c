/* The parts that rules, KPIs and scorecards share: expressions, bounds, selections, measures, groupings. */
#include <string.h>
#include "engine/audit/flows.h"
#include "engine/audit/pack.h"

bitext load_bitext(const ynode *map, const char *key)
{
    const ynode *n = yaml_get(map, key);
    slice zh = yaml_text(n, "zh", (slice){0}), en = yaml_text(n, "en", (slice){0});
    if (n && n->kind == YNODE_SCALAR) zh = en = n->text;
    return (bitext){zh.len ? zh : en, en.len ? en : zh};
}

void *load_take(pack_loader *l, size_t n, size_t size)
{
    void *p = arena_alloc(&l->p->mem, n ? n : 1, size);
    if (!p) l->nomem = true;
    return p;
}

static bool lacked_memory(const errlist *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].code == SLA_NOMEM) return true;
    return l->dropped && l->n < ERRLIST_MAX;
}

bool load_lacked_memory(const pack_loader *l) { return l->nomem || l->p->mem.failed || lacked_memory(l->errors) || lacked_memory(l->warnings); }

program *load_program(pack_loader *l, program **programs, const dataset *ds)
{
    err e = {0};
    if (programs[ds->idx]) return programs[ds->idx];
    if (program_new(&l->p->env, ds, l->p->texts, &l->p->mem, &programs[ds->idx], &e) != SLA_OK) l->nomem = true;
    return programs[ds->idx];
}

int load_expr_text(pack_loader *l, program *p, slice text, srcpos at, vtype want, expr_type *type)
{
    int slot = SLOT_NONE;
    expr_type t = {0};
    if (!p || program_add(p, text, at, want, &slot, &t, l->errors) != SLA_OK) return SLOT_NONE;
    if (type) *type = t;
    return slot;
}

void load_used(pack_loader *l, const program *p, int slot, bool used[DATASETS_MAX])
{
    bool looks[DATASETS_MAX];
    if (program_uses_dataset(p, slot, looks, NULL) != SLA_OK) l->nomem = true;
    for (size_t d = 0; d < DATASETS_MAX; d++) used[d] = used[d] || looks[d];
}

int load_expr(pack_loader *l, program *p, const ynode *n, vtype want, expr_type *type)
{
    if (!n) return SLOT_NONE;
    if (n->kind != YNODE_SCALAR) {
        errlist_add(l->errors, SLA_SYNTAX, n->at, "an expression is wanted");
        return SLOT_NONE;
    }
    return load_expr_text(l, p, n->text, n->at, want, type);
}

const dataset *load_dataset_name(pack_loader *l, const ynode *map, const char *key)
{
    const ynode *n = yaml_get(map, key);
    if (!n) {
        errlist_add(l->errors, SLA_SYNTAX, map ? map->at : SRCPOS_NONE, "'%s' is missing: the dataset", key);
        return NULL;
    }
    const dataset *ds = schema_dataset(l->p->model, n->text);
    if (ds) return ds;
    const char *names[DATASETS_MAX];
    for (size_t i = 0; i < l->p->model->n; i++) names[i] = l->p->model->datasets[i].name.ptr;
    errlist_add(l->errors, SLA_NAME, n->at, "there is no dataset '%.*s'", SLICE_ARG(n->text));
    const char *near = slice_nearest(n->text, names, l->p->model->n);
    if (near) errlist_hint(l->errors, "did you mean %s?", near);
    return NULL;
}

int load_field_name(pack_loader *l, const dataset *ds, const ynode *n)
{
    if (!n || !ds) return -1;
    int f = dataset_field(ds, n->text);
    if (f >= 0) return f;
    const char *names[FIELDS_MAX];
    for (size_t i = 0; i < ds->nfields; i++) names[i] = ds->fields[i].name.ptr;
    errlist_add(l->errors, SLA_NAME, n->at, "%.*s has no field '%.*s'", SLICE_ARG(ds->name), SLICE_ARG(n->text));
    const char *near = slice_nearest(n->text, names, ds->nfields);
    if (near) errlist_hint(l->errors, "did you mean %s?", near);
    return -1;
}

void load_basis(pack_loader *l, const ynode *n)
{
    if (n && !slice_is(n->text, "heading") && !slice_is(n->text, "text")) errlist_add(l->errors, SLA_SYNTAX, n->at, "basis is text or heading, not '%.*s'", SLICE_ARG(n->text));
}

int load_time_name(pack_loader *l, const dataset *ds, const ynode *n, bool or_date)
{
    int f = load_field_name(l, ds, n);
    if (f < 0 || ds->fields[f].type == VT_TIME || (or_date && ds->fields[f].type == VT_DATE)) return f;
    errlist_add(l->errors, SLA_TYPE, n->at, "'%.*s' is a %s; a time%s is wanted", SLICE_ARG(n->text), vtype_name(ds->fields[f].type), or_date ? " or a date" : "");
    return -1;
}

int64_t load_count(pack_loader *l, const ynode *map, const char *key, int64_t dflt)
{
    const ynode *n = yaml_get(map, key);
    double v;
    if (!n) return dflt;
    if (yaml_number(n, &v) && v >= 0 && v < 1e9 && v == (double)(int64_t)v) return (int64_t)v;
    errlist_add(l->errors, SLA_SYNTAX, n->at, "a whole number is wanted, not '%.*s'", SLICE_ARG(n->text));
    return dflt;
}

void load_flag(pack_loader *l, const ynode *map, const char *key, bool *out)
{
    const ynode *n = yaml_get(map, key);
    if (n && !yaml_bool(n, out)) errlist_add(l->errors, SLA_SYNTAX, n->at, "%s is true or false", key);
}

/* ---- bounds: "95%", ">= 4.0", "<= 1%", "8h" ---- */
static bool decimal(slice s, int64_t *num, int64_t *den)
{
    size_t i = 0;
    bool dot = false, any = false;
    *num = 0, *den = 1;
    for (; i < s.len; i++) {
        if (s.ptr[i] == '.' && !dot) dot = true;
        else if (s.ptr[i] >= '0' && s.ptr[i] <= '9' && *num < INT64_C(1000000000000)) {
            *num = *num * 10 + (s.ptr[i] - '0');
            if (dot) *den *= 10;
            any = true;
        } else return false;
        if (*den > 1000000) return false;
    }
    return any;
}

bool load_bound(pack_loader *l, const ynode *n, bool at_least, bound *out)
{
    slice s = slice_trim(n->text);
    err e = {0};
    *out = (bound){.has = true, .at_most = !at_least, .text = s};
    if (s.len > 2 && (s.ptr[0] == '>' || s.ptr[0] == '<') && s.ptr[1] == '=') {
        out->at_most = s.ptr[0] == '<';
        s = slice_trim((slice){s.ptr + 2, s.len - 2});
    }
    bool percent = s.len && s.ptr[s.len - 1] == '%';
    if (percent) s = slice_trim((slice){s.ptr, s.len - 1});
    if (decimal(s, &out->num, &out->den)) {
        if (percent) out->den *= 100;
    } else if (!percent && duration_parse(s, NULL, n->at, &out->num, &e) == SLA_OK) out->den = 1;
    else {
        errlist_add(l->errors, SLA_SYNTAX, n->at, "'%.*s' is no target", SLICE_ARG(n->text));
        errlist_hint(l->errors, "write 95%%, \">= 4.0\", \"<= 1%%\" or \"<= 8h\"");
        out->has = false;
        return false;
    }
    out->value = (double)out->num / (double)out->den;
    return true;
}

/* ---- selections ---- */
void load_selection(pack_loader *l, const ynode *n, selection *out)
{
    *out = (selection){.ds = load_dataset_name(l, n, "over"), .period_field = PERIOD_NONE, .where = SLOT_NONE};
    if (!out->ds) return;
    const ynode *when = yaml_get(n, "in_period");
    if (!when) out->period_field = out->ds->time_field >= 0 ? out->ds->time_field : out->ds->valid_from >= 0 ? PERIOD_VALID : PERIOD_NONE;
    else if (slice_is(when->text, "valid")) out->period_field = PERIOD_VALID;
    else if (slice_is(when->text, "any")) out->period_field = PERIOD_NONE;
    else out->period_field = load_time_name(l, out->ds, when, true);
    out->where = load_expr(l, load_program(l, l->p->programs, out->ds), yaml_get(n, "where"), VT_BOOL, NULL);
}

/* ---- measures: share(COND), mean(X), percentile(X, 90) … ---- */
static void load_uptime(pack_loader *l, const ynode *n, uptime *up)
{
    const ynode *s = yaml_get(n, "subjects"), *o = yaml_get(n, "outages");
    *up = (uptime){.subjects = load_dataset_name(l, s, "dataset"), .outages = load_dataset_name(l, o, "dataset")};
    if (!up->subjects || !up->outages) return;
    program *ps = load_program(l, l->p->programs, up->subjects), *po = load_program(l, l->p->programs, up->outages);
    up->subject_where = load_expr(l, ps, yaml_get(s, "where"), VT_BOOL, NULL);
    up->subject_key = load_expr(l, ps, yaml_get(s, "key"), VT_TEXT, NULL);
    up->subject_target = load_expr(l, ps, yaml_get(s, "target"), VT_NUMBER, NULL);
    up->outage_key = load_expr(l, po, yaml_get(o, "key"), VT_TEXT, NULL);
    up->from = load_time_name(l, up->outages, yaml_get(o, "from"), false);
    up->to = load_time_name(l, up->outages, yaml_get(o, "to"), false);
    up->planned = load_field_name(l, up->outages, yaml_get(o, "planned"));
    if (up->outage_key >= 0) load_used(l, po, up->outage_key, up->needs); /* a look-up by which an outage finds its subject */
    up->needs[up->subjects->idx] = up->needs[up->outages->idx] = true;
    if (up->subject_key < 0 || up->outage_key < 0 || up->from < 0 || up->to < 0)
        errlist_add(l->errors, SLA_SYNTAX, n->at, "uptime needs subjects: {dataset, key} and outages: {dataset, key, from, to}");
}

void load_measure(pack_loader *l, const ynode *n, const ynode *value, const dataset *ds, measure *m, uptime *up)
{
    static const struct { const char *name; measure_kind kind; double percent; vtype want; } names[] = {
        {"count", MEASURE_COUNT, 0, VT_COUNT}, {"share", MEASURE_SHARE, 0, VT_BOOL}, {"sum", MEASURE_SUM, 0, VT_COUNT}, {"mean", MEASURE_MEAN, 0, VT_COUNT},
        {"median", MEASURE_PERCENTILE, 50, VT_COUNT}, {"percentile", MEASURE_PERCENTILE, -1, VT_COUNT}, {"min", MEASURE_MIN, 0, VT_COUNT}, {"max", MEASURE_MAX, 0, VT_COUNT},
    };
    *m = (measure){.slot = SLOT_NONE, .until = SLOT_NONE, .field = -1};
    if (!value) {
        errlist_add(l->errors, SLA_SYNTAX, n->at, "'value' is missing: count(), share(…), mean(…), uptime …");
        return;
    }
    if (slice_is(value->text, "uptime")) {
        m->kind = MEASURE_UPTIME;
        load_uptime(l, n, up);
        return;
    }
    if (flow_load(l, value, ds, m)) return;
    slice s = value->text;
    const char *open = memchr(s.ptr, '(', s.len);
    size_t name_len = open ? (size_t)(open - s.ptr) : s.len;
    for (size_t i = 0; open && s.ptr[s.len - 1] == ')' && i < sizeof names / sizeof names[0]; i++) {
        if (!slice_is((slice){s.ptr, name_len}, names[i].name)) continue;
        slice inner = {open + 1, s.len - name_len - 2};
        srcpos at = {value->at.file, value->at.line, value->at.col + (uint32_t)name_len + 1};
        m->kind = names[i].kind;
        m->percent = names[i].percent;
        if (m->percent < 0) { /* percentile(X, 90): the part behind the last comma */
            size_t comma = inner.len;
            while (comma && inner.ptr[comma - 1] != ',') comma--;
            int64_t num, den;
            if (!comma || !decimal(slice_trim((slice){inner.ptr + comma, inner.len - comma}), &num, &den) || num > 100 * den)
                errlist_add(l->errors, SLA_SYNTAX, value->at, "percentile wants (expression, 0 to 100)");
            else m->percent = (double)num / (double)den;
            inner.len = comma ? comma - 1 : inner.len;
        }
        if (m->kind == MEASURE_COUNT || !ds) return;
        m->slot = load_expr_text(l, load_program(l, l->p->programs, ds), inner, at, names[i].want, &m->type);
        if (m->slot >= 0 && m->kind != MEASURE_SHARE && m->type.type != VT_NUMBER && m->type.type != VT_DURATION)
            errlist_add(l->errors, SLA_TYPE, value->at, "%s wants a number or a duration, not a %s", names[i].name, vtype_name(m->type.type));
        return;
    }
    errlist_add(l->errors, SLA_SYNTAX, value->at, "'%.*s' is no measure", SLICE_ARG(s));
    errlist_hint(l->errors, "write count(), share(COND), sum, mean, median, min or max(X), percentile(X, 90), or uptime");
}

/* ---- groupings: priority | [service, team] | {month: month(created_at)} ---- */
static void load_breakdown(pack_loader *l, const ynode *n, slice name, const dataset *ds, breakdown *out)
{
    expr_type type = {0};
    int slot = load_expr(l, load_program(l, l->p->programs, ds), n, VT_COUNT, &type);
    *out = (breakdown){name, slot, type};
}

void load_breakdowns(pack_loader *l, const ynode *n, const dataset *ds, breakdown **out, size_t *count)
{
    *count = 0;
    if (!n || !ds) return;
    size_t k = n->kind == YNODE_SCALAR ? 1 : n->n;
    if (!(*out = load_take(l, k, sizeof **out))) return;
    if (n->kind == YNODE_SCALAR) load_breakdown(l, n, n->text, ds, &(*out)[(*count)++]);
    for (size_t i = 0; n->kind != YNODE_SCALAR && i < n->n; i++)
        load_breakdown(l, n->items[i], n->kind == YNODE_MAP ? n->items[i]->key : n->items[i]->text, ds, &(*out)[(*count)++]);
}
