/* clocks.yaml: SLA clocks and the derived columns that they give their datasets. */
#include <string.h>
#include "engine/audit/pack.h"
#include "engine/audit/reasons.h"

static void load_limit(pack_loader *l, const ynode *n, slice key, clock_limit *out)
{
    err e = {0};
    const ynode *limit = yaml_get(n, "limit"), *cal = yaml_get(n, "calendar");
    yaml_check_keys(n, (const char *const[]){"limit", "calendar", NULL}, l->errors);
    *out = (clock_limit){.key = key, .cal = cal_set_find(&l->p->cals, cal ? cal->text : SLICE_LIT("always"))};
    if (!out->cal) {
        const char *near = cal ? cal_set_nearest(&l->p->cals, cal->text) : NULL;
        errlist_add(l->errors, SLA_NAME, cal ? cal->at : n->at, "there is no calendar '%.*s'", cal ? (int)cal->text.len : 6, cal ? cal->text.ptr : "always");
        if (near) errlist_hint(l->errors, "did you mean %s?", near);
        return;
    }
    if (limit) out->text = limit->text, out->at = limit->at;
    if (!limit) errlist_add(l->errors, SLA_SYNTAX, n->at, "a limit is missing: {limit: 4h, calendar: office}");
    else if (duration_parse(limit->text, out->cal, limit->at, &out->limit, &e) != SLA_OK) errlist_push(l->errors, &e);
}

static void load_limits(pack_loader *l, sla_clock *c, const ynode *n)
{
    c->by = -1;
    if (!n) return;
    c->limits = load_take(l, n->n + 1, sizeof *c->limits);
    const ynode *by = yaml_get(n, "by");
    if (!c->limits) return;
    if (!by) {
        load_limit(l, n, (slice){0}, &c->limits[c->nlimits++]);
        return;
    }
    c->by = load_field_name(l, c->ds, by);
    for (size_t i = 0; i < n->n; i++) {
        const ynode *k = n->items[i];
        if (slice_is(k->key, "by") || slice_is(k->key, "default")) continue;
        const enumeration *en = c->by >= 0 ? c->ds->fields[c->by].en : NULL;
        if (en && enumeration_rank(en, k->key) < 0) errlist_add(l->errors, SLA_NAME, k->key_at, "'%.*s' is no defined term of %.*s", SLICE_ARG(k->key), SLICE_ARG(by->text));
        load_limit(l, k, k->key, &c->limits[c->nlimits++]);
    }
    if (yaml_get(n, "default")) load_limit(l, yaml_get(n, "default"), (slice){0}, &c->limits[c->nlimits++]);
}

/* SVC-A: {office: shifts}: what runs in office runs in shifts there. */
static void load_choice(pack_loader *l, const sla_clock *c, const ynode *n, calendar_choice *out)
{
    err e = {0};
    *out = (calendar_choice){n->key, load_take(l, c->nlimits, sizeof *out->limits)};
    if (!out->limits) return;
    memcpy(out->limits, c->limits, c->nlimits * sizeof *out->limits);
    for (size_t k = 0; k < n->n; k++) {
        const ynode *to = n->items[k];
        const calendar *from = cal_set_find(&l->p->cals, to->key), *cal = cal_set_find(&l->p->cals, to->text);
        if (!from || !cal) errlist_add(l->errors, SLA_NAME, from ? to->at : to->key_at, "there is no calendar '%.*s'", SLICE_ARG(from ? to->text : to->key));
        for (size_t i = 0; from && cal && i < c->nlimits; i++) {
            if (c->limits[i].cal != from) continue;
            out->limits[i].cal = cal;
            if (c->limits[i].text.len && duration_parse(c->limits[i].text, cal, c->limits[i].at, &out->limits[i].limit, &e) != SLA_OK) errlist_push(l->errors, &e);
        }
    }
}

static void load_choices(pack_loader *l, sla_clock *c, const ynode *n)
{
    const ynode *by = yaml_get(n, "by");
    c->calendar_by = -1;
    if (!n) return;
    if (!by) errlist_add(l->errors, SLA_SYNTAX, n->at, "calendars are chosen by a field: {by: service, SVC-A: {office: shifts}}");
    c->calendar_by = by ? load_field_name(l, c->ds, by) : -1;
    if (c->calendar_by >= 0 && c->ds->fields[c->calendar_by].type != VT_TEXT) errlist_add(l->errors, SLA_TYPE, by->at, "calendars are chosen by a text");
    if (c->calendar_by < 0 || !c->limits || !(c->choices = load_take(l, n->n, sizeof *c->choices))) return;
    for (size_t i = 0; i < n->n; i++)
        if (!slice_is(n->items[i]->key, "by")) load_choice(l, c, n->items[i], &c->choices[c->nchoices++]);
}

static void load_change(pack_loader *l, sla_clock *c, const ynode *n)
{
    static const char *const names[] = {"latest", "highest", "split", "reanchor", "gross"};
    size_t i = 0;
    while (i < 5 && !slice_is(n->text, names[i])) i++;
    if (i == 5) errlist_add(l->errors, SLA_SYNTAX, n->at, "priority_change is latest, highest, split, reanchor or gross");
    else c->change = (change_policy)i;
    if (c->change == CHANGE_LATEST) return;
    if (c->by < 0 || c->ds->changes.dataset < 0 || c->ds->changes.old_ < 0) errlist_add(l->errors, SLA_TYPE, n->at, "a change can only be followed where limits go by a field and the model keeps a history of it");
    else if (c->change == CHANGE_HIGHEST && (!c->ds->fields[c->by].en || !c->ds->fields[c->by].en->ordered)) errlist_add(l->errors, SLA_TYPE, n->at, "'highest' needs an ordered enumeration");
}

/* What the profile says of a clock; NULL: nothing. */
static const ynode *tailored_clock(const pack_loader *l, slice name)
{
    const ynode *clocks = yaml_get(l->tailoring, "clocks");
    for (size_t i = 0; clocks && i < clocks->n; i++)
        if (slice_eq(clocks->items[i]->key, name)) return clocks->items[i];
    return NULL;
}

static void load_clock(pack_loader *l, sla_clock *c, const ynode *n)
{
    static const char *const keys[] = {"title", "over", "where", "start", "stop", "status", "limits", "calendars", "pauses", "reopen", "priority_change", NULL};
    yaml_check_keys(n, keys, l->errors);
    *c = (sla_clock){.name = n->key, .title = load_bitext(n, "title"), .ds = load_dataset_name(l, n, "over"), .where = SLOT_NONE};
    if (!c->ds) return;
    c->start = load_field_name(l, c->ds, yaml_get(n, "start"));
    c->stop = load_field_name(l, c->ds, yaml_get(n, "stop"));
    c->status = load_field_name(l, c->ds, yaml_get(n, "status"));
    if (c->start < 0 || c->stop < 0 || c->status < 0 || !yaml_get(n, "limits")) errlist_add(l->errors, SLA_SYNTAX, n->key_at, "clock '%.*s' needs start, stop, status and limits", SLICE_ARG(n->key));
    const int times[] = {c->start, c->stop};
    for (int i = 0; i < 2; i++)
        if (times[i] >= 0 && c->ds->fields[times[i]].type != VT_TIME) errlist_add(l->errors, SLA_TYPE, n->key_at, "a clock starts and stops at times; %s is none", c->ds->fields[times[i]].name.ptr);
    c->where = load_expr(l, load_program(l, l->p->clock_programs, c->ds), yaml_get(n, "where"), VT_BOOL, NULL);
    const ynode *limits = yaml_get(tailored_clock(l, n->key), "limits");
    load_limits(l, c, limits ? limits : yaml_get(n, "limits"));
    const ynode *calendars = yaml_get(tailored_clock(l, n->key), "calendars");
    load_choices(l, c, calendars ? calendars : yaml_get(n, "calendars"));
    const ynode *pauses = yaml_get(n, "pauses"), *reopen = yaml_get(n, "reopen"), *change = yaml_get(n, "priority_change");
    c->history = pauses && slice_is(pauses->text, "history");
    if (c->history && c->ds->changes.dataset < 0) errlist_add(l->errors, SLA_TYPE, pauses->at, "the model keeps no history of %s", c->ds->name.ptr);
    if (pauses && !c->history && !slice_is(pauses->text, "none")) errlist_add(l->errors, SLA_SYNTAX, pauses->at, "pauses are 'history' or 'none'");
    if (reopen && slice_is(reopen->text, "restart")) c->reopen = REOPEN_RESTART;
    else if (reopen && slice_is(reopen->text, "ignore")) c->reopen = REOPEN_IGNORE;
    else if (reopen && !slice_is(reopen->text, "resume")) errlist_add(l->errors, SLA_SYNTAX, reopen->at, "reopen is resume, restart or ignore");
    if (change) load_change(l, c, change);
}

/* clock.NAME.elapsed and its siblings, behind the derived fields that are there already. */
static void derive(pack_loader *l, sla_clock *c)
{
    static const struct { const char *suffix; vtype type; } kinds[CLOCK_FIELDS] = {{"elapsed", VT_DURATION}, {"paused", VT_DURATION}, {"met", VT_BOOL}, {"state", VT_TEXT}, {"due", VT_TIME}, {"breach", VT_TIME}, {"limit", VT_DURATION}, {"cycles", VT_NUMBER}};
    size_t d = c->ds->idx, n = l->p->env.derived[d].n;
    if (n + CLOCK_FIELDS > DERIVED_MAX) {
        errlist_add(l->errors, SLA_LIMIT, SRCPOS_NONE, "%s has too many clocks", c->ds->name.ptr);
        return;
    }
    derived_field *fields = load_take(l, n + CLOCK_FIELDS, sizeof *fields);
    if (!fields) return;
    if (n) memcpy(fields, l->p->env.derived[d].fields, n * sizeof *fields);
    c->first_derived = n;
    for (size_t i = 0; i < CLOCK_FIELDS; i++) {
        buf b = {0};
        buf_printf(&b, "clock.%.*s.%s", SLICE_ARG(c->name), kinds[i].suffix);
        fields[n + i] = (derived_field){.name = text_kept(&b, &l->p->mem), .type = kinds[i].type};
    }
    l->p->env.derived[d].fields = fields;
    l->p->env.derived[d].n = n + CLOCK_FIELDS;
}

void load_clocks(pack_loader *l, const ynode *root)
{
    const ynode *clocks = yaml_get(root, "clocks");
    yaml_check_keys(root, (const char *const[]){"clocks", NULL}, l->errors);
    if (!clocks || !(l->p->clocks = load_take(l, clocks->n, sizeof *l->p->clocks))) return;
    for (size_t i = 0; i < clocks->n; i++) load_clock(l, &l->p->clocks[l->p->nclocks++], clocks->items[i]);
    for (size_t i = 0; i < l->p->nclocks; i++)
        if (l->p->clocks[i].ds) derive(l, &l->p->clocks[i]);
}
