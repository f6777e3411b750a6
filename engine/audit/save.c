/* A run into the workspace and back. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/audit/run.h"
#include "engine/audit/wire.h"
#include "engine/base/digest.h"
#include "engine/base/jsonw.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/time/instant.h"
#include "engine/time/zone.h"

/* ---- persisting findings: those of the baseline, by default the latest run of the period before ---- */
static sla_status find_baseline(db *d, audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    TRY(db_prepare(d, r->baseline ? "SELECT id FROM run WHERE id=?" : "SELECT coalesce(max(id), 0) FROM run WHERE to_ms=?", &st, e));
    db_bind_i64(st, 1, r->baseline ? r->baseline : r->from);
    sla_status rc = db_step(d, st, &row, e);
    if (rc == SLA_OK && row) r->baseline = db_col_i64(st, 0);
    db_finalize(st);
    return rc != SLA_OK || row ? rc : err_set(e, SLA_USAGE, SRCPOS_NONE, "there is no run %lld to compare with", (long long)r->baseline);
}

static sla_status mark_persisting(db *d, audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    dict *old = dict_new();
    sla_status rc = old ? db_prepare(d, "SELECT fingerprint FROM finding WHERE run=?", &st, e) : SLA_NOMEM;
    if (rc == SLA_OK) db_bind_i64(st, 1, r->baseline);
    while (rc == SLA_OK && row) {
        rc = db_step(d, st, &row, e);
        if (rc == SLA_OK && row && dict_intern(old, db_col_text(st, 0)) == DICT_NONE) rc = SLA_NOMEM;
    }
    for (size_t i = 0; rc == SLA_OK && dict_count(old) && i < r->nfindings; i++) r->findings[i].persisting = dict_find(old, slice_of(r->findings[i].fingerprint)) != DICT_NONE;
    db_finalize(st);
    dict_free(old);
    return rc;
}

/* ---- ordinary tables, for `slaudit sql` ---- */
static sla_status next_run(db *d, audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row;
    TRY(db_prepare(d, "SELECT coalesce(max(id), 0) + 1 FROM run", &st, e));
    sla_status rc = db_step(d, st, &row, e);
    if (rc == SLA_OK) r->run = db_col_i64(st, 0);
    db_finalize(st);
    return rc;
}

static sla_status put_run(db *d, const audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(d, "INSERT INTO run(id, period, from_ms, to_ms, as_of_ms, pack_id, pack_version, pack_sha256, tool_version, zone, meta) VALUES(?,?,?,?,?,?,?,?,?,?,?)", &st, e));
    db_bind_i64(st, 1, r->run), db_bind_text(st, 2, r->period_id), db_bind_i64(st, 3, r->from), db_bind_i64(st, 4, r->to), db_bind_i64(st, 5, r->as_of), db_bind_text(st, 6, r->pack_id);
    db_bind_text(st, 7, r->pack_version), db_bind_text(st, 8, r->pack_sha256), db_bind_text(st, 9, r->tool_version), db_bind_text(st, 10, r->zone), db_bind_blob(st, 11, "", 0);
    sla_status rc = db_run(d, st, e);
    db_finalize(st);
    return rc;
}

static sla_status put_clauses(db *d, const audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(d, "INSERT INTO clause_result(run, seq, clause, chapter, title_zh, title_en, basis, verdict, rules, assessed) VALUES(?,?,?,?,?,?,?,?,?,?)", &st, e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; rc == SLA_OK && i < r->nclauses; i++) {
        const res_clause *c = &r->clauses[i];
        db_bind_i64(st, 1, r->run), db_bind_i64(st, 2, (int64_t)i + 1), db_bind_text(st, 3, c->id), db_bind_text(st, 4, c->chapter), db_bind_text(st, 5, c->title.zh), db_bind_text(st, 6, c->title.en);
        db_bind_text(st, 7, slice_of(c->by_heading ? "heading" : "text")), db_bind_text(st, 8, slice_of(clause_verdict_word(c->v, "json"))), db_bind_i64(st, 9, c->rules), db_bind_i64(st, 10, c->assessed);
        rc = db_run(d, st, e);
    }
    db_finalize(st);
    return rc;
}

static sla_status put_rules(db *d, const audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL, *gr = NULL;
    sla_status rc = db_prepare(d, "INSERT INTO rule_result(run, seq, rule, clause, kind, severity, basis, verdict, population, conforming, nonconforming, unknown, running, value, target, reason, detail)"
                                  " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", &st, e);
    if (rc == SLA_OK) rc = db_prepare(d, "INSERT INTO rule_group(run, rule, seq, by, key, population, conforming, nonconforming, unknown, running, value, target, met) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", &gr, e);
    for (size_t i = 0; rc == SLA_OK && i < r->nrules; i++) {
        const res_rule *x = &r->rules[i];
        db_bind_i64(st, 1, r->run), db_bind_i64(st, 2, (int64_t)i + 1), db_bind_text(st, 3, x->id), db_bind_text(st, 4, x->clause), db_bind_text(st, 5, x->kind);
        db_bind_text(st, 6, slice_of(severity_word(x->sev, "json"))), db_bind_text(st, 7, slice_of(x->by_heading ? "heading" : "text")), db_bind_text(st, 8, slice_of(verdict_word(x->v, "json")));
        db_bind_i64(st, 9, x->population), db_bind_i64(st, 10, x->conforming), db_bind_i64(st, 11, x->nonconforming), db_bind_i64(st, 12, x->unknown), db_bind_i64(st, 13, x->running);
        if (x->has_value || x->has_share) db_bind_f64(st, 14, x->has_value ? x->value : x->share);
        if (x->has_target) db_bind_f64(st, 15, x->target);
        db_bind_text(st, 16, x->reason.zh.len ? x->reason.zh : (slice){0}), db_bind_text(st, 17, x->title.zh.ptr ? x->title.zh : SLICE_LIT(""));
        rc = db_run(d, st, e);
        for (size_t g = 0; rc == SLA_OK && g < x->ngroups; g++) {
            const res_group *k = &x->groups[g];
            db_bind_i64(gr, 1, r->run), db_bind_text(gr, 2, x->id), db_bind_i64(gr, 3, (int64_t)g + 1), db_bind_text(gr, 4, k->by), db_bind_text(gr, 5, k->key), db_bind_i64(gr, 6, k->population);
            db_bind_i64(gr, 7, k->conforming), db_bind_i64(gr, 8, k->nonconforming), db_bind_i64(gr, 9, k->unknown), db_bind_i64(gr, 10, k->running), db_bind_i64(gr, 13, k->met);
            if (k->has_value) db_bind_f64(gr, 11, k->value);
            if (k->has_target) db_bind_f64(gr, 12, k->target);
            rc = db_run(d, gr, e);
        }
    }
    db_finalize(st);
    db_finalize(gr);
    return rc;
}

static sla_status put_figures(db *d, const audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL, *gr = NULL;
    sla_status rc = db_prepare(d, "INSERT INTO metric_result(run, seq, metric, title_zh, title_en, unit, value, target, n, detail) VALUES(?,?,?,?,?,?,?,?,?,'')", &st, e);
    if (rc == SLA_OK) rc = db_prepare(d, "INSERT INTO metric_group(run, metric, seq, by, key, value, n) VALUES(?,?,?,?,?,?,?)", &gr, e);
    for (size_t i = 0; rc == SLA_OK && i < r->nmetrics; i++) {
        const res_metric *m = &r->metrics[i];
        db_bind_i64(st, 1, r->run), db_bind_i64(st, 2, (int64_t)i + 1), db_bind_text(st, 3, m->id), db_bind_text(st, 4, m->title.zh), db_bind_text(st, 5, m->title.en), db_bind_text(st, 6, m->unit);
        if (m->has_value) db_bind_f64(st, 7, m->value);
        if (m->has_target) db_bind_f64(st, 8, m->target);
        db_bind_i64(st, 9, m->n);
        rc = db_run(d, st, e);
        for (size_t g = 0; rc == SLA_OK && g < m->ngroups; g++) {
            const res_metric_group *k = &m->groups[g];
            db_bind_i64(gr, 1, r->run), db_bind_text(gr, 2, m->id), db_bind_i64(gr, 3, (int64_t)g + 1), db_bind_text(gr, 4, k->by), db_bind_text(gr, 5, k->key), db_bind_i64(gr, 7, k->n);
            if (k->has_value) db_bind_f64(gr, 6, k->value);
            rc = db_run(d, gr, e);
        }
    }
    db_finalize(st);
    db_finalize(gr);
    return rc;
}

static sla_status put_staff(db *d, const audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(d, "INSERT INTO staff_result(run, seq, staff, name, team, score, grade, n, detail) VALUES(?,?,?,?,?,?,?,?,'')", &st, e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; rc == SLA_OK && i < r->nstaff; i++) {
        const res_staff *s = &r->staff[i];
        db_bind_i64(st, 1, r->run), db_bind_i64(st, 2, (int64_t)i + 1), db_bind_text(st, 3, s->id), db_bind_text(st, 4, s->name), db_bind_text(st, 5, s->team), db_bind_text(st, 7, s->grade), db_bind_i64(st, 8, s->n);
        if (s->rated) db_bind_f64(st, 6, s->score);
        rc = db_run(d, st, e);
    }
    db_finalize(st);
    return rc;
}

static sla_status put_findings(db *d, const audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    buf b = {0};
    TRY(db_prepare(d, "INSERT INTO finding(run, seq, rule, dataset, key, source, line, fingerprint, state, observed) VALUES(?,?,?,?,?,?,?,?,?,?)", &st, e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; rc == SLA_OK && i < r->nfindings; i++) {
        const res_finding *f = &r->findings[i];
        jsonw w;
        buf_reset(&b);
        jsonw_begin(&w, &b, 0);
        jsonw_open(&w, '{');
        for (size_t k = 0; k < f->nobserved; k++) jsonw_name(&w, f->observed[k].name), jsonw_text(&w, f->observed[k].value);
        jsonw_close(&w, '}');
        db_bind_i64(st, 1, r->run), db_bind_i64(st, 2, (int64_t)i + 1), db_bind_text(st, 3, r->rules[f->rule].id), db_bind_text(st, 4, f->dataset), db_bind_text(st, 5, f->key);
        if (f->nevidence) db_bind_i64(st, 6, f->evidence[0].source), db_bind_i64(st, 7, f->evidence[0].line);
        db_bind_text(st, 8, slice_of(f->fingerprint)), db_bind_text(st, 9, slice_of(f->persisting ? "persisting" : "new")), db_bind_text(st, 10, (slice){b.ptr, b.len});
        rc = b.failed ? SLA_NOMEM : db_run(d, st, e);
    }
    buf_free(&b);
    db_finalize(st);
    return rc;
}

static sla_status put_trail(store *s, const audit_result *r, const char *hex, err *e)
{
    buf b = {0};
    jsonw w;
    jsonw_begin(&w, &b, 0);
    jsonw_open(&w, '{');
    jsonw_kv_i64(&w, "run", r->run);
    jsonw_kv_text(&w, "period", r->period_id);
    jsonw_kv_text(&w, "pack", r->pack_sha256);
    jsonw_kv_text(&w, "results", slice_of(hex));
    jsonw_key(&w, "waived"), jsonw_open(&w, '[');
    for (size_t i = 0; i < r->nrules; i++)
        if (r->rules[i].v == VERDICT_WAIVED) jsonw_text(&w, r->rules[i].id);
    jsonw_close(&w, ']');
    jsonw_close(&w, '}');
    sla_status st = b.failed ? SLA_NOMEM : store_trail_add(s, "audit", (slice){b.ptr, b.len}, e);
    buf_free(&b);
    return st;
}

static sla_status put_evidence(db *d, const audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(d, "INSERT INTO finding_evidence(run, finding, seq, source, line) VALUES(?,?,?,?,?)", &st, e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; rc == SLA_OK && i < r->nfindings; i++)
        for (size_t k = 1; rc == SLA_OK && k < r->findings[i].nevidence; k++) {
            const res_evidence *x = &r->findings[i].evidence[k];
            db_bind_i64(st, 1, r->run), db_bind_i64(st, 2, (int64_t)i + 1), db_bind_i64(st, 3, (int64_t)k), db_bind_i64(st, 4, x->source), db_bind_i64(st, 5, x->line);
            rc = db_run(d, st, e);
        }
    db_finalize(st);
    return rc;
}

sla_status result_put(db *d, const audit_result *r, err *e)
{
    TRY(put_run(d, r, e));
    TRY(put_clauses(d, r, e));
    TRY(put_rules(d, r, e));
    TRY(put_figures(d, r, e));
    TRY(put_staff(d, r, e));
    TRY(put_findings(d, r, e));
    return put_evidence(d, r, e);
}

static sla_status put_meta(db *d, const audit_result *r, slice blob, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(d, "UPDATE run SET meta=?1 WHERE id=?2", &st, e));
    db_bind_blob(st, 1, blob.ptr, blob.len), db_bind_i64(st, 2, r->run);
    sla_status rc = db_run(d, st, e);
    db_finalize(st);
    return rc;
}

/* The results as one blob with its hash, and as rows: two things to do at once. */
typedef struct saving { db *d; audit_result *r; wire w; char hex[DIGEST_HEX]; } saving;
static sla_status save_part(void *ctx, size_t part, err *e)
{
    saving *v = ctx;
    if (part == 0) return result_put(v->d, v->r, e);
    wire_result(&v->w, v->r);
    return v->w.failed ? SLA_NOMEM : digest_once(v->w.out.ptr, v->w.out.len, v->hex);
}

sla_status result_save(store *s, audit_result *r, err *e)
{
    db *d = store_db(s);
    saving v = {.d = d, .r = r, .w = {.writing = true}};
    TRY(db_exec(d, "BEGIN IMMEDIATE", e));
    sla_status st = find_baseline(d, r, e);
    if (st == SLA_OK) st = mark_persisting(d, r, e);
    if (st == SLA_OK) st = next_run(d, r, e);
    if (st == SLA_OK) st = pool_each(2, save_part, &v, e);
    if (st == SLA_OK) st = put_meta(d, r, (slice){v.w.out.ptr, v.w.out.len}, e);
    if (st == SLA_OK) st = put_trail(s, r, v.hex, e);
    st = db_commit(d, st, e);
    buf_free(&v.w.out);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "the results could not be kept");
}

/* ---- reading back ---- */
static sla_status read_blob(db *d, int64_t run, audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    char hex[DIGEST_HEX];
    TRY(db_prepare(d, "SELECT id, meta FROM run WHERE id=?1 OR (?1=0 AND id=(SELECT max(id) FROM run))", &st, e));
    db_bind_i64(st, 1, run);
    sla_status rc = db_step(d, st, &row, e);
    if (rc == SLA_OK && !row) {
        rc = err_set(e, SLA_NAME, (srcpos){d->name, 0, 0}, run ? "there is no run %lld in the workspace" : "the workspace holds no audit yet", (long long)run);
        err_hint(e, "audit first: slaudit audit --period 2025Q3");
    }
    if (rc == SLA_OK) {
        const void *p = sqlite3_column_blob(st, 1);
        slice blob = {p, p ? (size_t)sqlite3_column_bytes(st, 1) : 0};
        wire w = {.in = blob, .a = &r->mem};
        r->run = db_col_i64(st, 0);
        rc = digest_once(blob.ptr, blob.len, hex);
        wire_result(&w, r);
        if (rc == SLA_OK && r->mem.failed) rc = SLA_NOMEM; /* and not for what the blob is */
        if (rc == SLA_OK && (w.failed || w.in.len)) rc = err_set(e, SLA_CONFLICT, (srcpos){d->name, 0, 0}, w.other_version ? "the results of run %lld were kept by another version of the program" : "the results of run %lld are damaged", (long long)r->run);
        if (rc != SLA_OK && w.other_version) err_hint(e, "audit the period again: slaudit audit --period 2025Q3");
        r->digest = arena_slice(&r->mem, slice_of(hex));
    }
    db_finalize(st);
    return rc;
}

static sla_status read_head(db *d, audit_result *r, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    TRY(db_prepare(d, "SELECT hash FROM trail WHERE kind='audit' AND json_extract(detail, '$.run')=?", &st, e));
    db_bind_i64(st, 1, r->run);
    sla_status rc = db_step(d, st, &row, e);
    r->trail_head = rc == SLA_OK && row ? arena_slice(&r->mem, db_col_text(st, 0)) : SLICE_LIT("");
    db_finalize(st);
    return rc;
}

/* ---- answers ---- */
static int by_fingerprint(const void *a, const void *b) { return slice_cmp(*(const slice *)a, ((const stored_action *)b)->fingerprint); }

static bool is_over(const stored_action *a) { return slice_is(a->status, "done") || slice_is(a->status, "accepted"); }

/* The answers of the workspace to the findings of this run; how late they are goes by the run's as_of, not by today. */
static sla_status attach_actions(store *s, audit_result *r, err *e)
{
    stored_action *list;
    size_t n;
    zone *z;
    TRY(store_actions(s, &r->mem, &list, &n, e));
    if (!n) return SLA_OK;
    char name[64];
    snprintf(name, sizeof name, "%.*s", SLICE_ARG(r->zone));
    TRY(zone_open(name, &z, e));
    int64_t today = zone_day_of(z, r->as_of);
    for (size_t i = 0; i < r->nfindings; i++) {
        res_finding *f = &r->findings[i];
        slice print = slice_of(f->fingerprint);
        time_text due;
        if (!(f->action = bsearch(&print, list, n, sizeof *list, by_fingerprint)) || is_over(f->action) || !time_parse(f->action->due, &due)) continue;
        int64_t day = due.local_ms / MS_DAY;
        if (day < today) f->overdue_days = today - day;
    }
    zone_close(z);
    return SLA_OK;
}

sla_status result_load(store *s, int64_t run, audit_result **out, err *e)
{
    audit_result *r = mem_zero(1, sizeof *r);
    if (!r) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    sla_status st = read_blob(store_db(s), run, r, e);
    if (st == SLA_OK) st = read_head(store_db(s), r, e);
    if (st == SLA_OK) st = attach_actions(s, r, e);
    if (st == SLA_NOMEM || (st == SLA_OK && r->mem.failed)) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    if (st != SLA_OK) {
        result_free(r);
        return st;
    }
    *out = r;
    return SLA_OK;
}

void result_free(audit_result *r)
{
    if (!r) return;
    arena_free(&r->mem);
    mem_free(r);
}
