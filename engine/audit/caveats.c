/* What the data cannot prove, as the import found it, with the rules that it touches: into the notes of the result, where the reports show it. */
#include "engine/audit/pack.h"

enum { RULES_SHOWN = 12 };

/* Fields that a rule reads of its own dataset, beside those of its event sets (rule.reads). */
static sla_status fields_of(const pack *p, const rule *r, bool out[FIELDS_MAX])
{
    const dataset *ds = r->sel.ds;
    const int slots[] = {r->sel.where, r->require, r->m.slot}, fields[] = {r->sel.period_field, r->clock ? r->clock->start : -1, r->clock ? r->clock->stop : -1, r->clock ? r->clock->status : -1, r->clock ? r->clock->by : -1};
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++)
        if (slots[i] >= 0 && p->programs[ds->idx]) TRY(program_slot_fields(p->programs[ds->idx], slots[i], out, NULL));
    if (r->clock && r->clock->where >= 0 && p->clock_programs[ds->idx]) TRY(program_slot_fields(p->clock_programs[ds->idx], r->clock->where, out, NULL));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i] >= 0) out[fields[i]] = true;
    for (size_t i = 0; i < r->needs.nfields; i++)
        if (r->needs.fields[i].ds == ds) out[r->needs.fields[i].field] = true;
    return SLA_OK;
}

static sla_status reads_any(const pack *p, const rule *r, const dataset *ds, slice names, bool *any)
{
    bool used[FIELDS_MAX] = {false};
    if (r->sel.ds == ds) TRY(fields_of(p, r, used));
    for (size_t f = 0; f < ds->nfields; f++) used[f] = used[f] || (r->reads[ds->idx] >> f & 1);
    while (names.len) {
        const char *comma = memchr(names.ptr, ',', names.len);
        slice name = slice_trim(comma ? (slice){names.ptr, (size_t)(comma - names.ptr)} : names);
        int f = dataset_field(ds, name);
        *any = *any || (f >= 0 && used[f]);
        names = comma ? (slice){comma + 1, (size_t)(names.ptr + names.len - comma - 1)} : (slice){0};
    }
    return SLA_OK;
}

/* Caveats about events or records that are not there touch every rule that looks into the dataset; those about values the rules that read the fields. */
static sla_status touches(const pack *p, const rule *r, const caveat *c, bool *yes)
{
    const dataset *ds = schema_dataset(p->model, c->dataset);
    *yes = false;
    if (!ds || r->off.ptr) return SLA_OK;
    bool reach = slice_is(c->kind, "begins late") || slice_is(c->kind, "ends early") || slice_is(c->kind, "pages");
    if (slice_is(c->kind, "numbers") || slice_is(c->kind, "doubles")) return SLA_OK; /* whole records: of the rules, all */
    if (reach) *yes = r->needs.dataset[ds->idx];
    else if (slice_is(c->kind, "history")) *yes = r->sel.ds == ds && ((r->clock && r->clock->history) || (ds->changes.dataset >= 0 && r->needs.dataset[ds->changes.dataset]));
    else return reads_any(p, r, ds, c->field, yes);
    return SLA_OK;
}

static sla_status put_rules(const pack *p, const caveat *c, buf *zh, buf *en)
{
    size_t n = 0;
    buf ids = {0};
    sla_status st = SLA_OK;
    bool yes = false;
    for (size_t i = 0; st == SLA_OK && i < p->nrules; i++)
        if ((st = touches(p, &p->rules[i], c, &yes)) == SLA_OK && yes && n++ < RULES_SHOWN) buf_printf(&ids, "%s%.*s", n > 1 ? ", " : "", SLICE_ARG(p->rules[i].id));
    if (n > RULES_SHOWN) buf_text(&ids, ", …");
    if (n) {
        buf_printf(zh, "（涉及 %zu 条规则：%s）", n, buf_cstr(&ids));
        buf_printf(en, " (touches %zu rule%s: %s)", n, n == 1 ? "" : "s", buf_cstr(&ids));
    }
    if (ids.failed) st = SLA_NOMEM;
    buf_free(&ids);
    return st;
}

static slice path_of(const source_info *sources, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (sources[i].id == id) return sources[i].path;
    return (slice){0};
}

static sla_status tell(const pack *p, slice path, told_caveat *t, arena *a)
{
    buf zh = {0}, en = {0};
    if (path.len) buf_printf(&zh, "%.*s：", SLICE_ARG(path)), buf_printf(&en, "%.*s: ", SLICE_ARG(path));
    buf_slice(&zh, t->c.zh);
    buf_slice(&en, t->c.en);
    sla_status st = put_rules(p, &t->c, &zh, &en);
    t->text = (bitext){arena_slice(a, (slice){zh.ptr, zh.len}), arena_slice(a, (slice){en.ptr, en.len})};
    if (zh.failed || en.failed || !t->text.zh.ptr || !t->text.en.ptr) st = SLA_NOMEM;
    buf_free(&zh);
    buf_free(&en);
    return st;
}

sla_status audit_caveats(store *s, const pack *p, arena *a, told_caveat **out, size_t *n, err *e)
{
    source_info *sources;
    caveat *items;
    size_t nsources;
    TRY(store_sources(s, a, &sources, &nsources, e));
    TRY(store_caveats(s, a, &items, n, e));
    sla_status st = (*out = ARENA_NEW(a, told_caveat, *n + 1)) ? SLA_OK : SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < *n; i++) {
        (*out)[i].c = items[i];
        st = tell(p, path_of(sources, nsources, items[i].source), &(*out)[i], a);
    }
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for what the data cannot prove");
}
