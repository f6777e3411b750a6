/* results-PERIOD.json and findings-PERIOD.ndjson: the keys of the design page, in its order; keys of ours stand after them. */
#include "engine/base/jsonw.h"
#include "engine/time/zone.h"
#include "reports/format.h"
#include "reports/report.h"

static void kv_maybe(jsonw *w, const char *key, bool has, double v)
{
    jsonw_key(w, key);
    if (has) jsonw_f64(w, v);
    else jsonw_null(w);
}

static void kv_word(jsonw *w, const char *key, const char *word) { jsonw_kv_text(w, key, slice_of(word)); }

static void kv_instant(jsonw *w, const char *key, const zone *z, int64_t at)
{
    buf b = {0};
    format_iso(&b, z, at);
    jsonw_kv_text(w, key, (slice){b.ptr, b.len});
    w->out->failed = w->out->failed || b.failed;
    buf_free(&b);
}

static void put_head(jsonw *w, const audit_result *r, const zone *z)
{
    jsonw_key(w, "tool"), jsonw_open(w, '{');
    jsonw_kv_text(w, "name", r->tool_name), jsonw_kv_text(w, "version", r->tool_version);
    jsonw_close(w, '}');
    jsonw_key(w, "pack"), jsonw_open(w, '{');
    jsonw_kv_text(w, "id", r->pack_id), jsonw_kv_text(w, "version", r->pack_version), jsonw_kv_text(w, "sha256", r->pack_sha256);
    jsonw_close(w, '}');
    jsonw_key(w, "period"), jsonw_open(w, '{');
    jsonw_kv_text(w, "id", r->period_id);
    kv_instant(w, "from", z, r->from), kv_instant(w, "to", z, r->to), kv_instant(w, "as_of", z, r->as_of);
    jsonw_kv_text(w, "zone", r->zone);
    jsonw_close(w, '}');
    jsonw_key(w, "run"), jsonw_open(w, '{');
    jsonw_kv_i64(w, "number", r->run), jsonw_kv_i64(w, "baseline", r->baseline), jsonw_kv_text(w, "digest", r->digest), jsonw_kv_text(w, "trail", r->trail_head);
    jsonw_close(w, '}');
}

static void put_sources(jsonw *w, const audit_result *r)
{
    jsonw_key(w, "sources"), jsonw_open(w, '[');
    for (size_t i = 0; i < r->nsources; i++) {
        const source_info *s = &r->sources[i];
        jsonw_open(w, '{');
        jsonw_kv_i64(w, "id", s->id), jsonw_kv_text(w, "path", s->path), kv_word(w, "sha256", s->sha256);
        jsonw_kv_i64(w, "bytes", (int64_t)s->bytes), jsonw_kv_text(w, "dataset", s->dataset), jsonw_kv_text(w, "profile", s->profile);
        jsonw_kv_i64(w, "rows", (int64_t)s->rows), jsonw_kv_i64(w, "accepted", (int64_t)s->accepted), jsonw_kv_i64(w, "rejected", (int64_t)s->rejected);
        jsonw_kv_i64(w, "rejected_values", (int64_t)s->rejected_values), jsonw_kv_text(w, "part", s->part), jsonw_kv_text(w, "importer", s->importer);
        jsonw_close(w, '}');
    }
    jsonw_close(w, ']');
}

static int64_t errors_of(const audit_result *r, const res_clause *c)
{
    int64_t n = 0;
    for (size_t i = 0; i < c->nrules; i++) n += r->rules[c->first_rule + i].v == VERDICT_ERROR;
    return n;
}

static void put_clauses(jsonw *w, const audit_result *r, bool en)
{
    jsonw_key(w, "clauses"), jsonw_open(w, '[');
    for (size_t i = 0; i < r->nclauses; i++) {
        const res_clause *c = &r->clauses[i];
        jsonw_open(w, '{');
        jsonw_kv_text(w, "id", c->id), jsonw_kv_text(w, "title", bitext_in(c->title, en)), kv_word(w, "basis", c->by_heading ? "heading" : "text");
        kv_word(w, "verdict", clause_verdict_word(c->v, "json")), jsonw_kv_i64(w, "rules", c->rules), jsonw_kv_i64(w, "assessed", c->assessed), jsonw_kv_i64(w, "errors", errors_of(r, c));
        jsonw_close(w, '}');
    }
    jsonw_close(w, ']');
}

static void put_group(jsonw *w, const res_group *g)
{
    bool has_share = !g->has_value && g->conforming + g->nonconforming > 0;
    jsonw_open(w, '{');
    jsonw_kv_text(w, "key", g->key), jsonw_kv_i64(w, "population", g->population), jsonw_kv_i64(w, "conforming", g->conforming);
    jsonw_kv_i64(w, "nonconforming", g->nonconforming);
    kv_maybe(w, "share", has_share, has_share ? (double)g->conforming / (double)(g->conforming + g->nonconforming) : 0);
    kv_maybe(w, "target", g->has_target, g->target);
    jsonw_kv_text(w, "by", g->by), jsonw_kv_i64(w, "unknown", g->unknown), jsonw_kv_i64(w, "running", g->running);
    kv_maybe(w, "value", g->has_value, g->value), jsonw_kv_bool(w, "met", g->met);
    jsonw_close(w, '}');
}

static void put_rule(jsonw *w, const res_rule *x, bool en)
{
    jsonw_open(w, '{');
    jsonw_kv_text(w, "id", x->id), jsonw_kv_text(w, "clause", x->clause), jsonw_kv_text(w, "kind", x->kind);
    kv_word(w, "severity", severity_word(x->sev, "json")), kv_word(w, "basis", x->by_heading ? "heading" : "text"), kv_word(w, "verdict", verdict_word(x->v, "json"));
    jsonw_kv_i64(w, "population", x->population), jsonw_kv_i64(w, "conforming", x->conforming), jsonw_kv_i64(w, "nonconforming", x->nonconforming);
    jsonw_kv_i64(w, "unknown", x->unknown), jsonw_kv_i64(w, "running", x->running);
    kv_maybe(w, "share", x->has_share, x->share), kv_maybe(w, "value", x->has_value, x->value), kv_maybe(w, "target", x->has_target, x->target);
    jsonw_kv_text(w, "reason", bitext_in(x->reason, en));
    jsonw_key(w, "groups"), jsonw_open(w, '[');
    for (size_t g = 0; g < x->ngroups; g++) put_group(w, &x->groups[g]);
    jsonw_close(w, ']');
    jsonw_kv_text(w, "title", bitext_in(x->title, en)), jsonw_kv_text(w, "target_op", x->target_op), jsonw_kv_text(w, "unit", x->unit);
    kv_maybe(w, "share_low", x->has_bounds, x->share_low), kv_maybe(w, "share_high", x->has_bounds, x->share_high);
    jsonw_kv_i64(w, "findings", (int64_t)x->nfindings), jsonw_kv_text(w, "overridden", x->overridden);
    jsonw_close(w, '}');
}

static void put_metrics(jsonw *w, const audit_result *r, bool en)
{
    jsonw_key(w, "metrics"), jsonw_open(w, '[');
    for (size_t i = 0; i < r->nmetrics; i++) {
        const res_metric *x = &r->metrics[i];
        jsonw_open(w, '{');
        jsonw_kv_text(w, "id", x->id), jsonw_kv_text(w, "title", bitext_in(x->title, en)), jsonw_kv_text(w, "unit", x->unit);
        kv_maybe(w, "value", x->has_value, x->value), kv_maybe(w, "target", x->has_target, x->target), jsonw_kv_i64(w, "n", x->n);
        jsonw_key(w, "groups"), jsonw_open(w, '[');
        for (size_t g = 0; g < x->ngroups; g++) {
            const res_metric_group *q = &x->groups[g];
            jsonw_open(w, '{');
            jsonw_kv_text(w, "key", q->key), kv_maybe(w, "value", q->has_value, q->value), jsonw_kv_i64(w, "n", q->n), jsonw_kv_text(w, "by", q->by);
            jsonw_close(w, '}');
        }
        jsonw_close(w, ']');
        jsonw_kv_text(w, "theme", x->theme), jsonw_kv_text(w, "better", x->better), jsonw_kv_text(w, "target_op", x->target_op);
        kv_maybe(w, "previous", x->has_previous, x->previous), jsonw_kv_text(w, "reason", bitext_in(x->reason, en));
        jsonw_close(w, '}');
    }
    jsonw_close(w, ']');
}

/* The records that count against the person: at most ITEMS_SHOWN of items_n. */
static void put_items(jsonw *w, const res_indicator *x)
{
    jsonw_kv_i64(w, "items_n", x->items_all);
    jsonw_key(w, "items"), jsonw_open(w, '[');
    for (size_t i = 0; i < x->nitems; i++) {
        jsonw_open(w, '{');
        jsonw_kv_text(w, "key", x->items[i].key), jsonw_kv_i64(w, "source", x->items[i].source), jsonw_kv_i64(w, "line", x->items[i].line);
        jsonw_close(w, '}');
    }
    jsonw_close(w, ']');
}

static void put_person(jsonw *w, const res_staff *s)
{
    jsonw_open(w, '{');
    jsonw_kv_text(w, "id", s->id), jsonw_kv_text(w, "name", s->name), kv_maybe(w, "score", s->rated, s->score), jsonw_kv_text(w, "grade", s->grade), jsonw_kv_i64(w, "n", s->n);
    jsonw_key(w, "indicators"), jsonw_open(w, '[');
    for (size_t k = 0; k < s->nindicators; k++) {
        const res_indicator *x = &s->indicators[k];
        jsonw_open(w, '{');
        jsonw_kv_text(w, "id", x->id), kv_maybe(w, "value", x->has_value, x->value), jsonw_kv_i64(w, "n", x->n);
        kv_maybe(w, "low", x->has_interval, x->low), kv_maybe(w, "high", x->has_interval, x->high), kv_maybe(w, "points", x->has_points, x->points);
        jsonw_kv_f64(w, "weight", x->weight), kv_maybe(w, "zero", x->has_scale, x->zero), kv_maybe(w, "full", x->has_scale, x->full), kv_maybe(w, "expected", x->has_expected, x->expected), kv_maybe(w, "team_median", x->has_team, x->team_median), kv_maybe(w, "overall", x->has_overall, x->overall);
        if (x->nitems) put_items(w, x);
        jsonw_close(w, '}');
    }
    jsonw_close(w, ']');
    jsonw_kv_text(w, "team", s->team), jsonw_kv_text(w, "role", s->role), jsonw_kv_text(w, "level", s->level);
    jsonw_close(w, '}');
}

sla_status report_json(const audit_result *r, bool english, buf *out, err *e)
{
    zone *z = NULL;
    TRY(format_zone(r, &z, e));
    jsonw w;
    jsonw_begin(&w, out, 1);
    jsonw_open(&w, '{');
    put_head(&w, r, z);
    zone_close(z);
    put_sources(&w, r);
    put_clauses(&w, r, english);
    jsonw_key(&w, "rules"), jsonw_open(&w, '[');
    for (size_t i = 0; i < r->nrules; i++) put_rule(&w, &r->rules[i], english);
    jsonw_close(&w, ']');
    put_metrics(&w, r, english);
    jsonw_key(&w, "staff"), jsonw_open(&w, '[');
    for (size_t i = 0; i < r->nstaff; i++) put_person(&w, &r->staff[i]);
    jsonw_close(&w, ']');
    jsonw_close(&w, '}');
    buf_char(out, '\n');
    return out->failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results") : SLA_OK;
}

static void put_action(jsonw *w, const res_finding *f)
{
    jsonw_key(w, "action"), jsonw_open(w, '{');
    jsonw_kv_text(w, "status", f->action->status), jsonw_kv_text(w, "owner", f->action->owner), jsonw_kv_text(w, "due", f->action->due), jsonw_kv_text(w, "response", f->action->response);
    jsonw_kv_i64(w, "overdue_days", f->overdue_days);
    jsonw_close(w, '}');
}

static void put_finding(jsonw *w, const audit_result *r, const res_finding *f, bool en)
{
    const res_rule *x = &r->rules[f->rule];
    jsonw_open(w, '{');
    jsonw_kv_text(w, "rule", x->id), jsonw_kv_text(w, "clause", x->clause), kv_word(w, "severity", severity_word(x->sev, "json"));
    jsonw_kv_text(w, "dataset", f->dataset), jsonw_kv_text(w, "key", f->key), jsonw_kv_text(w, "message", bitext_in(f->message, en));
    jsonw_key(w, "observed"), jsonw_open(w, '{');
    for (size_t i = 0; i < f->nobserved; i++) {
        char key[128];
        size_t n = f->observed[i].name.len < sizeof key - 1 ? f->observed[i].name.len : sizeof key - 1;
        memcpy(key, f->observed[i].name.ptr, n), key[n] = '\0';
        jsonw_kv_text(w, key, f->observed[i].value);
    }
    jsonw_close(w, '}');
    jsonw_key(w, "evidence"), jsonw_open(w, '[');
    for (size_t i = 0; i < f->nevidence; i++) {
        jsonw_open(w, '{');
        jsonw_kv_i64(w, "source", f->evidence[i].source), jsonw_kv_i64(w, "line", f->evidence[i].line);
        jsonw_close(w, '}');
    }
    jsonw_close(w, ']');
    kv_word(w, "fingerprint", f->fingerprint), kv_word(w, "state", f->persisting ? "persisting" : "new");
    if (f->action) put_action(w, f);
    jsonw_close(w, '}');
}

sla_status report_ndjson(const audit_result *r, bool english, buf *out, err *e)
{
    for (size_t i = 0; i < r->nfindings; i++) {
        jsonw w;
        jsonw_begin(&w, out, 0);
        put_finding(&w, r, &r->findings[i], english);
        buf_char(out, '\n');
        if (out->failed) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the findings");
    }
    return SLA_OK;
}
