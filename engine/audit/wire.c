/* A run's results as one blob: written and read by the same functions, so the two cannot differ. Ordinary tables beside it (save.c) are for people. */
#include "engine/audit/wire.h"
#include <string.h>

enum { WIRE_VERSION = 4, COUNT_MAX = 1 << 26 };

static void raw(wire *w, void *p, size_t n)
{
    if (w->writing) {
        buf_bytes(&w->out, p, n);
        return;
    }
    if (w->failed || n > w->in.len) {
        w->failed = true;
        memset(p, 0, n);
        return;
    }
    memcpy(p, w->in.ptr, n);
    w->in = (slice){w->in.ptr + n, w->in.len - n};
}

static void text(wire *w, slice *s)
{
    uint32_t n = (uint32_t)s->len;
    raw(w, &n, sizeof n);
    if (w->writing) buf_slice(&w->out, *s);
    else if (w->failed || n > w->in.len) w->failed = true, *s = SLICE_LIT("");
    else {
        *s = arena_slice(w->a, (slice){w->in.ptr, n});
        if (!s->ptr) *s = SLICE_LIT(""), w->failed = w->failed || n > 0;
        w->in = (slice){w->in.ptr + n, w->in.len - n};
    }
}

static void both(wire *w, bitext *t) { text(w, &t->zh), text(w, &t->en); }
#define VALUE(w, field) raw((w), &(field), sizeof(field))

/* A list's length, and room for it when reading. */
static bool list(wire *w, void *items, size_t *n, size_t size)
{
    uint64_t count = *n;
    raw(w, &count, sizeof count);
    if (w->writing) return true;
    void *p = count > COUNT_MAX || w->failed ? NULL : arena_alloc(w->a, (size_t)count + 1, size);
    if (!p) w->failed = true, count = 0;
    memcpy(items, &p, sizeof p);
    *n = (size_t)count;
    return p != NULL;
}
#define LIST(w, items, n) for (size_t i_ = list((w), &(items), &(n), sizeof *(items)) ? 0 : (n); i_ < (n) && !(w)->failed; i_++)
#define EACH i_

static void group(wire *w, res_group *g)
{
    text(w, &g->by), text(w, &g->key);
    VALUE(w, g->population), VALUE(w, g->conforming), VALUE(w, g->nonconforming), VALUE(w, g->unknown), VALUE(w, g->running);
    VALUE(w, g->has_value), VALUE(w, g->value), VALUE(w, g->has_target), VALUE(w, g->target), VALUE(w, g->met);
}

static void rule_result(wire *w, res_rule *r)
{
    text(w, &r->id), text(w, &r->clause), text(w, &r->kind), VALUE(w, r->sev), VALUE(w, r->by_heading), VALUE(w, r->v);
    both(w, &r->title), both(w, &r->criterion), both(w, &r->effect), both(w, &r->recommend), both(w, &r->reason), text(w, &r->condition), text(w, &r->overridden);
    VALUE(w, r->population), VALUE(w, r->conforming), VALUE(w, r->nonconforming), VALUE(w, r->unknown), VALUE(w, r->running);
    VALUE(w, r->has_share), VALUE(w, r->share), VALUE(w, r->has_bounds), VALUE(w, r->share_low), VALUE(w, r->share_high), VALUE(w, r->has_value), VALUE(w, r->value);
    text(w, &r->unit), VALUE(w, r->has_target), VALUE(w, r->target), text(w, &r->target_op), VALUE(w, r->first_finding), VALUE(w, r->nfindings);
    LIST(w, r->groups, r->ngroups) group(w, &r->groups[EACH]);
}

static void clause_result(wire *w, res_clause *c)
{
    text(w, &c->id), text(w, &c->chapter), both(w, &c->title), both(w, &c->chapter_title), VALUE(w, c->by_heading), VALUE(w, c->v), VALUE(w, c->rules), VALUE(w, c->assessed);
    VALUE(w, c->first_rule), VALUE(w, c->nrules);
}

static void metric(wire *w, res_metric *m)
{
    text(w, &m->id), text(w, &m->theme), both(w, &m->title), both(w, &m->theme_title), both(w, &m->formula), both(w, &m->exclusions), text(w, &m->unit), text(w, &m->better), VALUE(w, m->has_value), VALUE(w, m->value);
    VALUE(w, m->n), VALUE(w, m->has_previous), VALUE(w, m->previous), VALUE(w, m->previous_n), VALUE(w, m->has_target), VALUE(w, m->target), text(w, &m->target_op), both(w, &m->reason);
    LIST(w, m->groups, m->ngroups) {
        res_metric_group *g = &m->groups[EACH];
        text(w, &g->by), text(w, &g->key), VALUE(w, g->has_value), VALUE(w, g->value), VALUE(w, g->n);
    }
}

static void indicator_result(wire *w, res_indicator *x)
{
    text(w, &x->id), both(w, &x->title), both(w, &x->formula), text(w, &x->unit), text(w, &x->better), VALUE(w, x->has_scale), VALUE(w, x->zero), VALUE(w, x->full), VALUE(w, x->has_value), VALUE(w, x->value), VALUE(w, x->n), VALUE(w, x->has_interval), VALUE(w, x->low);
    VALUE(w, x->high), VALUE(w, x->has_expected), VALUE(w, x->expected), VALUE(w, x->has_team), VALUE(w, x->team_median), VALUE(w, x->has_overall), VALUE(w, x->overall), VALUE(w, x->apart), VALUE(w, x->has_points), VALUE(w, x->points), VALUE(w, x->weight);
    VALUE(w, x->monthly), VALUE(w, x->has_monthly), VALUE(w, x->items_all);
    LIST(w, x->items, x->nitems) text(w, &x->items[EACH].key), VALUE(w, x->items[EACH].source), VALUE(w, x->items[EACH].line);
}

static void person(wire *w, res_staff *s)
{
    text(w, &s->id), text(w, &s->name), text(w, &s->team), text(w, &s->role), text(w, &s->level), VALUE(w, s->rated), VALUE(w, s->score), text(w, &s->grade), both(w, &s->reason), VALUE(w, s->n);
    LIST(w, s->indicators, s->nindicators) indicator_result(w, &s->indicators[EACH]);
}

static void finding(wire *w, res_finding *f)
{
    VALUE(w, f->rule), text(w, &f->dataset), text(w, &f->key), both(w, &f->message), VALUE(w, f->fingerprint), VALUE(w, f->persisting);
    LIST(w, f->observed, f->nobserved) text(w, &f->observed[EACH].name), text(w, &f->observed[EACH].value);
    LIST(w, f->evidence, f->nevidence) VALUE(w, f->evidence[EACH].source), VALUE(w, f->evidence[EACH].line);
}

static void source(wire *w, source_info *s)
{
    VALUE(w, s->id), text(w, &s->path), text(w, &s->part), VALUE(w, s->sha256), VALUE(w, s->bytes), text(w, &s->importer), text(w, &s->profile), text(w, &s->dataset);
    VALUE(w, s->rows), VALUE(w, s->accepted), VALUE(w, s->rejected), VALUE(w, s->rejected_values), text(w, &s->notes);
}

static void note(wire *w, res_note *n) { text(w, &n->id), both(w, &n->text); }

void wire_result(wire *w, audit_result *r)
{
    uint32_t version = WIRE_VERSION;
    VALUE(w, version);
    if (version != WIRE_VERSION) w->failed = w->other_version = true;
    text(w, &r->tool_name), text(w, &r->tool_version), text(w, &r->pack_id), text(w, &r->pack_version), text(w, &r->pack_sha256), both(w, &r->pack_title), text(w, &r->period_id), text(w, &r->zone);
    VALUE(w, r->from), VALUE(w, r->to), VALUE(w, r->as_of), VALUE(w, r->rejects_total), VALUE(w, r->baseline);
    LIST(w, r->sources, r->nsources) source(w, &r->sources[EACH]);
    LIST(w, r->rejects, r->nrejects) {
        stored_reject *x = &r->rejects[EACH];
        VALUE(w, x->source), VALUE(w, x->line), VALUE(w, x->col), text(w, &x->field), text(w, &x->value), text(w, &x->reason), VALUE(w, x->row);
    }
    LIST(w, r->clauses, r->nclauses) clause_result(w, &r->clauses[EACH]);
    LIST(w, r->rules, r->nrules) rule_result(w, &r->rules[EACH]);
    LIST(w, r->metrics, r->nmetrics) metric(w, &r->metrics[EACH]);
    LIST(w, r->staff, r->nstaff) person(w, &r->staff[EACH]);
    LIST(w, r->findings, r->nfindings) finding(w, &r->findings[EACH]);
    LIST(w, r->calendars, r->ncalendars) {
        res_calendar *c = &r->calendars[EACH];
        text(w, &c->id), both(w, &c->title), text(w, &c->hours), text(w, &c->holidays);
    }
    LIST(w, r->notes, r->nnotes) note(w, &r->notes[EACH]);
    LIST(w, r->bands, r->nbands) note(w, &r->bands[EACH]);
    LIST(w, r->grades, r->ngrades) text(w, &r->grades[EACH].grade), VALUE(w, r->grades[EACH].from);
    LIST(w, r->words, r->nwords) text(w, &r->words[EACH].field), text(w, &r->words[EACH].value), both(w, &r->words[EACH].title);
    if (w->writing && w->out.failed) w->failed = true;
}
