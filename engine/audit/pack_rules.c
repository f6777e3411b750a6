/* The rule files, kpis.yaml and scorecard.yaml. */
#include <stdio.h>
#include <string.h>
#include "engine/audit/kind.h"
#include "engine/audit/reasons.h"

static const char *const common_keys[] = {"id", "title", "severity", "basis", "kind", "over", "in_period", "where", "target", "targets", "group_by", "needs", "list", "criterion",
                                          "finding", "effect", "recommend", "off", "reason", NULL};

/* A rule's key as the tailoring has it, else as the pack has it. */
static const ynode *tailored(pack_loader *l, slice id, const ynode *n, const char *key)
{
    const ynode *t = yaml_get(yaml_get(l->tailoring, "rules"), id.ptr ? id.ptr : "");
    const ynode *over = yaml_get(t, key);
    return over ? over : yaml_get(n, key);
}

static void check_rule_keys(pack_loader *l, const ynode *n, const rule_kind *kind)
{
    const char *all[64];
    size_t k = 0;
    for (size_t i = 0; common_keys[i]; i++) all[k++] = common_keys[i];
    for (size_t i = 0; kind && kind->keys[i] && k < 63; i++) all[k++] = kind->keys[i];
    all[k] = NULL;
    yaml_check_keys(n, all, l->errors);
}

static bool load_severity(slice s, severity *out)
{
    for (int i = 0; i < SEVERITY_COUNT; i++)
        if (slice_is(s, severity_word((severity)i, "json"))) return *out = (severity)i, true;
    return false;
}

static const clause *clause_of(const pack *p, slice id)
{
    for (size_t i = 0; i < p->nclauses; i++)
        if (slice_eq(p->clauses[i].id, id)) return &p->clauses[i];
    return NULL;
}

/* 4.1-b belongs to clause 4.1. */
static void load_identity(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *id = yaml_get(n, "id"), *sev = yaml_get(n, "severity"), *basis = yaml_get(n, "basis");
    r->at = id ? id->at : n->at;
    r->id = id ? id->text : (slice){0};
    const char *dash = r->id.len ? memchr(r->id.ptr, '-', r->id.len) : NULL;
    if (!id) errlist_add(l->errors, SLA_SYNTAX, n->at, "a rule needs an id");
    const clause *c = dash ? clause_of(l->p, (slice){r->id.ptr, (size_t)(dash - r->id.ptr)}) : NULL;
    if (id && !c) {
        errlist_add(l->errors, SLA_NAME, r->at, "rule '%.*s' belongs to no clause of the pack", SLICE_ARG(r->id));
    }
    if (!id || !c) errlist_hint(l->errors, "an id is a clause's id, a dash and a letter: 4.1-b");
    else r->clause = c->id;
    for (size_t i = 0; i + 1 < l->p->nrules; i++)
        if (slice_eq(l->p->rules[i].id, r->id)) errlist_add(l->errors, SLA_CONFLICT, r->at, "rule '%.*s' is there already, in %s:%u", SLICE_ARG(r->id), l->p->rules[i].at.file, (unsigned)l->p->rules[i].at.line);
    if (!sev || !load_severity(sev->text, &r->sev)) errlist_add(l->errors, SLA_SYNTAX, sev ? sev->at : n->at, "severity is critical, major, minor or observation");
    load_basis(l, basis);
    r->by_heading = basis ? slice_is(basis->text, "heading") : c && c->by_heading;
}

/* The target of a share: 95 is no 95 %. */
static void check_share(pack_loader *l, const rule *r, const ynode *at, const bound *b)
{
    if (slice_is(r->kind_name, "metric")) return;
    if (b->at_most) {
        errlist_add(l->errors, SLA_RANGE, at->at, "'%.*s' is a target from above: the share of what conforms has one from below", SLICE_ARG(at->text));
        errlist_hint(l->errors, "write 95%%, or turn the condition round");
        return;
    }
    if (b->num <= b->den) return;
    errlist_add(l->errors, SLA_RANGE, at->at, "'%.*s' is above 100 %%: a target here is a share", SLICE_ARG(at->text));
    errlist_hint(l->errors, "write 95%%");
}

static void load_targets(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *target = tailored(l, r->id, n, "target"), *targets = tailored(l, r->id, n, "targets"), *by = yaml_get(targets, "by");
    r->targets_by = SLOT_NONE;
    if (target && target->kind == YNODE_SCALAR && !r->than_before && load_bound(l, target, true, &r->target)) check_share(l, r, target, &r->target);
    if (!targets || !r->sel.ds) return;
    if (!by) {
        errlist_add(l->errors, SLA_SYNTAX, targets->at, "targets need 'by': {by: priority, P1: 99%%, default: 95%%}");
        return;
    }
    r->targets_key.name = by->text;
    r->targets_key.slot = load_expr(l, load_program(l, l->p->programs, r->sel.ds), by, VT_TEXT, &r->targets_key.type);
    r->targets_by = r->targets_key.slot;
    r->targets = load_take(l, targets->n, sizeof *r->targets);
    for (size_t i = 0; r->targets && i < targets->n; i++) {
        const ynode *k = targets->items[i];
        if (slice_is(k->key, "by")) continue;
        bound *b = slice_is(k->key, "default") ? &r->target : &r->targets[r->ntargets].b;
        if (!load_bound(l, k, true, b)) continue;
        check_share(l, r, k, b);
        if (b != &r->target) r->targets[r->ntargets++].key = k->key;
    }
}

/* The datasets that an expression over ds looks into. */
static void find_needs(pack_loader *l, const dataset *ds, int slot, needs *out)
{
    if (slot >= 0 && ds) load_used(l, l->p->programs[ds->idx], slot, out->dataset);
}

/* {over, in_period, where, title}: records of a kind, of which there must be some: without any, the export may leave them out. */
static void load_needed_records(pack_loader *l, const ynode *n, needs *out)
{
    yaml_check_keys(n, (const char *const[]){"over", "in_period", "where", "title", NULL}, l->errors);
    bitext title = load_bitext(n, "title");
    selection sel;
    load_selection(l, n, &sel);
    if (!sel.ds) return;
    if (!yaml_get(n, "where") || !title.zh.len) errlist_add(l->errors, SLA_SYNTAX, n->at, "records that are needed have 'where', the condition, and 'title', what they are called: {zh: …, en: …}");
    else if (out->nrecords == NEEDS_RECORDS) errlist_add(l->errors, SLA_LIMIT, n->at, "at most %d kinds of records can be needed", NEEDS_RECORDS);
    else if (sel.where >= 0) {
        out->dataset[sel.ds->idx] = true;
        find_needs(l, sel.ds, sel.where, out);
        out->records[out->nrecords].sel = sel;
        out->records[out->nrecords++].title = title;
    }
}

void need_field(pack_loader *l, srcpos at, needs *out, const dataset *ds, int f)
{
    if (out->nfields == NEEDS_FIELDS) errlist_add(l->errors, SLA_LIMIT, at, "at most %d fields can be needed", NEEDS_FIELDS);
    else out->fields[out->nfields].ds = ds, out->fields[out->nfields++].field = f;
}

static void load_needs(pack_loader *l, const ynode *n, needs *out)
{
    const ynode *list = yaml_get(n, "needs");
    for (size_t i = 0; list && i < list->n; i++) {
        const ynode *k = list->items[i];
        if (k->kind == YNODE_MAP) {
            load_needed_records(l, k, out);
            continue;
        }
        const char *dot = memchr(k->text.ptr, '.', k->text.len);
        const dataset *ds = schema_dataset(l->p->model, dot ? (slice){k->text.ptr, (size_t)(dot - k->text.ptr)} : k->text);
        int f = ds && dot ? dataset_field(ds, slice_of(dot + 1)) : 0;
        if (!ds || f < 0) errlist_add(l->errors, SLA_NAME, k->at, "there is no dataset or field '%.*s'", SLICE_ARG(k->text));
        else if (!dot) out->dataset[ds->idx] = true;
        else need_field(l, k->at, out, ds, f);
    }
}

static void load_findings(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *f = yaml_get(n, "finding");
    bitext t = load_bitext(n, "finding");
    r->text_zh = t.zh;
    r->text_en = t.en;
    bool of_rows = r->kind && r->sel.ds && r->list && r->kind->of_rows(r);
    if (!f || !of_rows) return;
    program *p = load_program(l, l->p->finding_programs, r->sel.ds);
    const ynode *zh = yaml_get(f, "zh"), *en = yaml_get(f, "en");
    if (p && zh) template_compile(p, zh->text, zh->at, &l->p->mem, &r->finding_zh, l->errors);
    if (p && en) template_compile(p, en->text, en->at, &l->p->mem, &r->finding_en, l->errors);
}

static slice where_text(const ynode *n)
{
    static const char *const of[] = {"case", "event", "trigger", "subject"};
    slice s = yaml_text(n, "where", (slice){0});
    for (size_t i = 0; !s.len && i < sizeof of / sizeof *of; i++) s = yaml_text(yaml_get(n, of[i]), "where", (slice){0});
    return s;
}

void load_rule(pack_loader *l, const ynode *n)
{
    rule *r = &l->p->rules[l->p->nrules++];
    *r = (rule){.require = SLOT_NONE, .sel = {.where = SLOT_NONE, .period_field = PERIOD_NONE}, .m = {.slot = SLOT_NONE}, .list = true, .target = {.has = false}};
    load_identity(l, n, r);
    const ynode *kind = yaml_get(n, "kind"), *off = tailored(l, r->id, n, "off");
    size_t count;
    r->kind = kind ? kind_by_name(kind->text) : NULL;
    r->kind_name = kind ? kind->text : (slice){0};
    if (r->kind) check_rule_keys(l, n, r->kind);
    else {
        const char *const *names = kind_names(&count);
        errlist_add(l->errors, SLA_NAME, kind ? kind->at : n->at, "there is no kind of rule '%.*s'", SLICE_ARG(r->kind_name));
        const char *near = slice_nearest(r->kind_name, names, count);
        if (near) errlist_hint(l->errors, "did you mean %s?", near);
        return;
    }
    r->title = load_bitext(n, "title");
    if (!r->title.zh.len) {
        errlist_add(l->warnings, SLA_SYNTAX, r->at, "rule '%.*s' has no title; reports will show its id", SLICE_ARG(r->id));
        errlist_hint(l->warnings, "add title: {zh: …, en: …}");
        r->title = (bitext){r->id, r->id};
    }
    r->criterion = load_bitext(n, "criterion");
    r->effect = load_bitext(n, "effect");
    r->recommend = load_bitext(n, "recommend");
    load_flag(l, n, "list", &r->list);
    bool is_off = false;
    if (off && yaml_bool(off, &is_off) && is_off) r->off = yaml_text(yaml_get(yaml_get(l->tailoring, "rules"), r->id.ptr), "reason", SLICE_LIT("off"));
    r->kind->load(l, n, r);
    r->where = where_text(n);
    load_targets(l, n, r);
    load_needs(l, n, &r->needs);
    load_breakdowns(l, yaml_get(n, "group_by"), r->sel.ds, &r->groups, &r->ngroups);
    find_needs(l, r->sel.ds, r->sel.where, &r->needs);
    find_needs(l, r->sel.ds, r->require, &r->needs);
    find_needs(l, r->sel.ds, r->m.slot, &r->needs);
    if (r->sel.ds) r->needs.dataset[r->sel.ds->idx] = true;
    load_findings(l, n, r);
}

void load_rules(pack_loader *l, const ynode *root)
{
    const ynode *rules = yaml_get(root, "rules");
    yaml_check_keys(root, (const char *const[]){"rules", NULL}, l->errors);
    if (rules && rules->kind != YNODE_LIST) {
        errlist_add(l->errors, SLA_SYNTAX, rules->at, "a list of rules is wanted");
        errlist_hint(l->errors, "write - id: 4.1-b, and what belongs to it below, for each");
        return;
    }
    for (size_t i = 0; rules && i < rules->n; i++) load_rule(l, rules->items[i]);
}

/* ---- KPIs ---- */
static void load_kpi(pack_loader *l, const ynode *n, kpi *k)
{
    static const char *const keys[] = {"id", "theme", "title", "formula", "exclusions", "over", "in_period", "where", "value", "unit", "better", "target", "least_n", "by", "needs", "subjects", "outages", NULL};
    yaml_check_keys(n, keys, l->errors);
    const ynode *value = yaml_get(n, "value");
    bool up = value && slice_is(value->text, "uptime");
    *k = (kpi){.id = yaml_text(n, "id", (slice){0}), .theme = yaml_text(n, "theme", (slice){0}), .unit = yaml_text(n, "unit", SLICE_LIT("count")),
               .better = yaml_text(n, "better", SLICE_LIT("")), .title = load_bitext(n, "title"), .formula = load_bitext(n, "formula"), .exclusions = load_bitext(n, "exclusions"),
               .sel = {.where = SLOT_NONE, .period_field = PERIOD_NONE}};
    if (!up) load_selection(l, n, &k->sel);
    load_measure(l, n, value, k->sel.ds, &k->m, &k->up);
    if (yaml_get(n, "target")) load_bound(l, yaml_get(n, "target"), true, &k->target);
    k->least_n = load_count(l, n, "least_n", 0);
    load_needs(l, n, &k->needs);
    if (k->sel.ds && k->sel.period_field >= 0) need_field(l, n->at, &k->needs, k->sel.ds, k->sel.period_field); /* else nobody knows which records are of the period, and 0 would be a figure */
    load_breakdowns(l, yaml_get(n, "by"), k->sel.ds, &k->groups, &k->ngroups);
    if (k->sel.ds) k->needs.dataset[k->sel.ds->idx] = true;
    for (size_t d = 0; up && d < DATASETS_MAX; d++) k->needs.dataset[d] = k->needs.dataset[d] || k->up.needs[d];
}

void load_kpis(pack_loader *l, const ynode *root)
{
    const ynode *kpis = yaml_get(root, "kpis");
    yaml_check_keys(root, (const char *const[]){"themes", "kpis", NULL}, l->errors);
    if (!kpis || !(l->p->kpis = load_take(l, kpis->n, sizeof *l->p->kpis))) return;
    const ynode *themes = yaml_get(root, "themes");
    for (size_t i = 0; i < kpis->n; i++) {
        char key[64];
        kpi *k = &l->p->kpis[l->p->nkpis++];
        load_kpi(l, kpis->items[i], k);
        int n = snprintf(key, sizeof key, "%.*s", SLICE_ARG(k->theme));
        if (n > 0 && (size_t)n < sizeof key && yaml_get(themes, key)) k->theme_title = load_bitext(themes, key);
    }
}

/* ---- the scorecard ---- */
static bool load_number(pack_loader *l, const ynode *n, double *out)
{
    bound b;
    if (!n || !load_bound(l, n, true, &b)) return false;
    *out = b.value;
    return true;
}

/* findings: [1.1-a, …], rules about records of one dataset: the indicator counts a person's records among their findings. */
static void load_findings_of(pack_loader *l, const ynode *list, indicator *i)
{
    const size_t cap = sizeof i->rules / sizeof *i->rules;
    for (size_t k = 0; k < list->n; k++) {
        size_t at = 0;
        while (at < l->p->nrules && !slice_eq(l->p->rules[at].id, list->items[k]->text)) at++;
        const rule *r = at < l->p->nrules ? &l->p->rules[at] : NULL;
        if (!r) errlist_add(l->errors, SLA_NAME, list->items[k]->at, "there is no rule '%.*s'", SLICE_ARG(list->items[k]->text));
        else if (!r->sel.ds || !r->kind->of_rows(r) || (k && r->sel.ds != i->sel.ds)) errlist_add(l->errors, SLA_TYPE, list->items[k]->at, "findings are of rules about the records of one dataset");
        else if (i->nrules == cap) errlist_add(l->errors, SLA_LIMIT, list->items[k]->at, "at most %zu rules", cap);
        else i->sel = (selection){r->sel.ds, PERIOD_NONE, SLOT_NONE}, i->rules[i->nrules++] = at;
    }
    i->m.kind = MEASURE_COUNT;
}

static void load_indicator(pack_loader *l, const ynode *n, indicator *i)
{
    static const char *const keys[] = {"id", "title", "formula", "over", "person", "in_period", "value", "where", "unit", "better", "weight", "zero", "full", "least_n", "expected_by", "findings", NULL};
    const scorecard *c = &l->p->card;
    yaml_check_keys(n, keys, l->errors);
    *i = (indicator){.id = yaml_text(n, "id", (slice){0}), .unit = yaml_text(n, "unit", SLICE_LIT("count")), .better = yaml_text(n, "better", SLICE_LIT("")), .title = load_bitext(n, "title"), .formula = load_bitext(n, "formula"),
                     .sel = {.ds = c->over, .period_field = c->period_field, .where = SLOT_NONE}, .least_n = load_count(l, n, "least_n", 1)};
    i->person = c->person;
    const ynode *findings = yaml_get(n, "findings");
    if (findings || yaml_get(n, "over")) {
        if (findings) load_findings_of(l, findings, i);
        else load_selection(l, n, &i->sel);
        if (!i->sel.ds) return;
        i->person = load_expr(l, load_program(l, l->p->programs, i->sel.ds), yaml_get(n, "person"), VT_TEXT, NULL);
        if (i->person < 0) errlist_add(l->errors, SLA_SYNTAX, n->at, "an indicator over another dataset needs 'person': whose row it is");
    } else i->sel.where = load_expr(l, load_program(l, l->p->programs, c->over), yaml_get(n, "where"), VT_BOOL, NULL);
    if (!findings) load_measure(l, n, yaml_get(n, "value"), i->sel.ds, &i->m, NULL);
    load_number(l, yaml_get(n, "weight"), &i->weight);
    i->has_points = load_number(l, yaml_get(n, "zero"), &i->zero) & load_number(l, yaml_get(n, "full"), &i->full);
    load_breakdowns(l, yaml_get(n, "expected_by"), i->sel.ds, &i->cells, &i->ncells);
    if (i->ncells > 4) errlist_add(l->errors, SLA_LIMIT, yaml_get(n, "expected_by")->at, "expected_by takes at most 4 groupings");
    if (i->weight > 0 && !i->has_points) errlist_add(l->errors, SLA_SYNTAX, n->at, "an indicator with a weight needs zero and full");
    else if (i->has_points && !(i->zero < i->full || i->zero > i->full)) errlist_add(l->errors, SLA_RANGE, yaml_get(n, "full")->at, "zero and full are two different values");
}

static void load_bands(pack_loader *l, const ynode *bands)
{
    scorecard *c = &l->p->card;
    if (!bands || !(c->bands = load_take(l, bands->n, sizeof *c->bands))) return;
    for (size_t i = 0; i < bands->n; i++) {
        band *b = &c->bands[c->nbands++];
        *b = (band){.grade = yaml_text(bands->items[i], "grade", (slice){0}), .title = load_bitext(bands->items[i], "title")};
        load_number(l, yaml_get(bands->items[i], "from"), &b->from);
        if (i && b->from >= b[-1].from) errlist_add(l->errors, SLA_CONFLICT, bands->items[i]->at, "bands go from the highest to the lowest");
    }
}

void load_scorecard(pack_loader *l, const ynode *root)
{
    static const char *const keys[] = {"title", "over", "person", "people", "in_period", "least_n", "indicators", "bands", NULL};
    const ynode *n = yaml_get(root, "staff"), *items = yaml_get(n, "indicators");
    scorecard *c = &l->p->card;
    if (!n || !items) return;
    yaml_check_keys(n, keys, l->errors);
    c->over = load_dataset_name(l, n, "over");
    c->people = load_dataset_name(l, n, "people");
    if (!c->over || !c->people) return;
    c->period_field = load_time_name(l, c->over, yaml_get(n, "in_period"), true);
    c->person = load_expr(l, load_program(l, l->p->programs, c->over), yaml_get(n, "person"), VT_TEXT, NULL);
    c->least_n = load_count(l, n, "least_n", 20);
    c->name = dataset_field(c->people, SLICE_LIT("name"));
    c->team = dataset_field(c->people, SLICE_LIT("team"));
    c->role = dataset_field(c->people, SLICE_LIT("role"));
    c->level = dataset_field(c->people, SLICE_LIT("level"));
    if (c->period_field >= 0) {
        buf b = {0};
        buf_printf(&b, "month(%s)", c->over->fields[c->period_field].name.ptr);
        c->month.name = SLICE_LIT("month");
        c->month.slot = load_expr_text(l, load_program(l, l->p->programs, c->over), text_kept(&b, &l->p->mem), n->at, VT_TEXT, &c->month.type);
    }
    if (!(c->items = load_take(l, items->n, sizeof *c->items))) return;
    for (size_t i = 0; i < items->n; i++) load_indicator(l, items->items[i], &c->items[c->n++]);
    load_bands(l, yaml_get(n, "bands"));
    c->there = true;
}
