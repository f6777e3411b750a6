/* Memory that runs out anywhere in an audit: an error, no run, nothing lost; the next attempt works. */
#include <limits.h>
#include "engine/audit/explain.h"
#include "engine/audit/pack.h"
#include "engine/audit/wire.h"
#include "engine/base/mem.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

static bool pending;    /* the last audit made fewer allocations than were to succeed */

static void put_result(buf *out, const audit_result *r);
static sla_status told(void *ctx, const audit_result *r, err *e)
{
    (void)e;
    pending = mem_fail_pending();
    mem_fail_after(-1);
    if (ctx) put_result(ctx, r);
    return SLA_OK;
}

/* out: the result, and nothing is kept; NULL: it is kept. */
static sla_status audit_once(audited *t, void (*make_fail)(long n), long n, buf *out)
{
    err e = {0};
    int64_t run;
    errlist errors = {0}, warnings = {0};
    audit_options o = {.zone = t->zone, .what_if = out != NULL, .told = told, .ctx = out};
    pack *p = NULL;
    assert_int_equal(period_parse(SLICE_LIT("2025Q3"), t->zone, &o.period, &e), SLA_OK);
    o.as_of = o.period.to;
    assert_int_equal(pack_load(t->pack_dir, NULL, t->zone, &p, &errors, &warnings), SLA_OK);
    pending = false;
    make_fail(n);
    sla_status st = audit_run(t->store, p, &o, &run, &e);
    mem_fail_after(-1);
    if (st != SLA_OK) assert_true(e.msg[0] != '\0');
    if (st != SLA_OK) assert_int_equal(st, SLA_NOMEM);
    pack_free(p);
    errlist_clear(&errors);
    errlist_clear(&warnings);
    return st;
}

static void begin(audited *out)
{
    audited t;
    audited_begin(&t, "rules/itss-2025", NULL);
    audited_csv(&t, "staff", "id,name,team,level,hired_on,left_on\nu1,甲,系统组,junior,2020-01-01,\n");
    audited_csv(&t, "service", "id,name,availability_target\ns1,邮件,0.999\n");
    audited_csv(&t, "outage", "system,began_at,ended_at,planned,cause\nx,2025-07-01 09:00:00,2025-07-01 10:00:00,false,system\n");
    audited_csv(&t, "system", "id,name,service\nx,甲,s1\n");
    audited_csv(&t, "history", "ticket_id,at,actor,field,old,new\nT9,2025-07-01 09:30:00,u1,status,new,pending_customer\n");
    audited_csv(&t, "log", "at,host,program,action,outcome,user,src_ip\n2025-07-01 09:00:01,h1,sshd,login,failure,root,10.0.0.9\n2025-07-01 09:00:02,h1,sshd,login,failure,root,10.0.0.9\n2025-07-01 09:00:03,h1,sshd,login,failure,root,10.0.0.9\n"
                           "2025-07-01 09:00:04,h1,sshd,login,failure,root,10.0.0.9\n2025-07-01 09:00:05,h1,sshd,login,failure,root,10.0.0.9\n2025-07-01 10:00:00,h1,sshd,login,success,amy,10.0.0.1\n");
    audited_csv(&t, "ticket", "id,type,priority,category,created_at,resolved_at,assignee,satisfaction\nT9,incident,P1,别的,2025-07-01 09:00:00,2025-07-01 10:00:00,u1,3\n"
                              "T1,incident,P1,别的,2025-04-01 09:00:00,2025-04-01 10:00:00,u1,3\n");
    *out = t;
}

static void an_audit(void **state)
{
    (void)state;
    audited t;
    sla_status st = SLA_NOMEM;
    long n = 0;
    begin(&t);
    for (; st != SLA_OK && n < 100000; n = n < 60 ? n + 1 : n + 1 + n / 29) st = audit_once(&t, mem_fail_after, n, NULL); /* every one at first, then ever wider apart */
    assert_int_equal(st, SLA_OK);
    assert_int_equal(result_load(t.store, 0, &t.r, &(err){0}), SLA_OK);
    assert_int_equal(t.r->run, 1); /* the failed ones left nothing */
    audited_end(&t);
}

/* A result as the bytes in which it is kept. */
static void put_result(buf *out, const audit_result *r)
{
    audit_result copy = *r;
    wire w = {.writing = true};
    copy.run = 0;
    wire_result(&w, &copy);
    assert_false(w.failed);
    buf_reset(out);
    buf_bytes(out, w.out.ptr, w.out.len);
    buf_free(&w.out);
}

static void put_kept(buf *out, audited *t)
{
    audit_result *r;
    assert_int_equal(result_load(t->store, 0, &r, &(err){0}), SLA_OK);
    put_result(out, r);
    result_free(r);
}

static void assert_same(const buf *got, const buf *want, long n)
{
    size_t i = 0;
    while (i < got->len && i < want->len && got->ptr[i] == want->ptr[i]) i++;
    if (i < got->len || i < want->len) fail_msg("without the allocation %ld, at %zu of %zu and %zu: '%.*s' instead of '%.*s'", n, i, got->len, want->len, got->len - i < 60 ? (int)(got->len - i) : 60, got->ptr + i, want->len - i < 60 ? (int)(want->len - i) : 60, want->ptr + i);
}

/* One allocation fails and those after it succeed: no audit, or the same one. There are some thousand: the first ones, then ever wider apart, and those with which it is kept. */
static void an_audit_without_one(void **state)
{
    (void)state;
    audited t;
    buf want = {0}, got = {0};
    long last = 0;
    begin(&t);
    assert_int_equal(audit_once(&t, mem_fail_once, LONG_MAX, &want), SLA_OK);
    for (pending = false; !pending; last += 1 + last / 15)
        if (audit_once(&t, mem_fail_once, last, &got) == SLA_OK) assert_same(&got, &want, last);
    pending = false;
    for (long n = last - last / 15; !pending; n += 9) {
        if (audit_once(&t, mem_fail_once, n, NULL) != SLA_OK) continue;
        put_kept(&got, &t);
        assert_same(&got, &want, n);
    }
    buf_free(&want);
    buf_free(&got);
    audited_end(&t);
}

/* A run that was kept is read back, or not. */
static void a_result_without_one(void **state)
{
    (void)state;
    audited t;
    buf want = {0}, got = {0};
    bool done = false;
    begin(&t);
    assert_int_equal(audit_once(&t, mem_fail_after, -1, NULL), SLA_OK);
    put_kept(&want, &t);
    for (long n = 0; !done; n++) {
        audit_result *r = NULL;
        err e = {0};
        mem_fail_once(n);
        sla_status st = result_load(t.store, 0, &r, &e);
        done = mem_fail_pending();
        mem_fail_after(-1);
        if (st == SLA_OK) put_result(&got, r), assert_same(&got, &want, n);
        else assert_true(st == SLA_NOMEM && e.code == SLA_NOMEM && e.msg[0]);
        result_free(r);
    }
    buf_free(&want);
    buf_free(&got);
    audited_end(&t);
}

/* ---- why ---- */
static void put_place(buf *out, why_place at) { buf_printf(out, " %.*s:%u\n", SLICE_ARG(at.source), (unsigned)at.line); }

static void put_explanation(buf *out, const explanation *x)
{
    buf_reset(out);
    buf_printf(out, "%.*s %.*s %s %d %.*s|%.*s|%.*s", SLICE_ARG(x->rule), SLICE_ARG(x->key), x->member, (int)x->result.v, SLICE_ARG(x->result.reason.zh), SLICE_ARG(x->result.reason.en), SLICE_ARG(x->withheld.zh)), put_place(out, x->at);
    for (size_t i = 0; i < x->nvalues; i++) buf_printf(out, "%.*s=%.*s", SLICE_ARG(x->values[i].name), SLICE_ARG(x->values[i].value)), put_place(out, x->values[i].at);
    for (size_t i = 0; i < x->nconditions; i++) buf_printf(out, "%.*s: %d\n", SLICE_ARG(x->conditions[i].text), x->conditions[i].truth);
    for (size_t i = 0; i < x->nrows; i++) buf_printf(out, "%.*s[%.*s]", SLICE_ARG(x->rows[i].dataset), SLICE_ARG(x->rows[i].key)), put_place(out, x->rows[i].at);
    for (size_t i = 0; i < x->nclocks; i++) {
        const why_clock *c = &x->clocks[i];
        buf_printf(out, "%.*s %.*s %.*s %.*s %.*s %.*s\n", SLICE_ARG(c->name), SLICE_ARG(c->calendar), SLICE_ARG(c->limit), SLICE_ARG(c->elapsed), SLICE_ARG(c->paused), SLICE_ARG(c->state));
        for (size_t k = 0; k < c->nslices; k++) buf_printf(out, "%d %lld\n", (int)c->slices[k].kind, (long long)c->slices[k].counted);
    }
    for (size_t i = 0; i < x->nfindings; i++) {
        const why_finding *f = &x->findings[i];
        buf_printf(out, "%.*s %s\n", SLICE_ARG(f->key), f->member);
        for (size_t k = 0; k < f->nobserved; k++) buf_printf(out, "%.*s=%.*s\n", SLICE_ARG(f->observed[k].name), SLICE_ARG(f->observed[k].value));
        for (size_t k = 0; k < f->nevidence; k++) put_place(out, f->evidence[k]);
    }
}

static sla_status explain_once(audited *t, const char *id, const char *key, long n, buf *out)
{
    err e = {0};
    audit_options o = {.zone = t->zone};
    errlist errors = {0}, warnings = {0};
    pack *p = NULL;
    explanation *x = NULL;
    assert_int_equal(period_parse(SLICE_LIT("2025Q3"), t->zone, &o.period, &e), SLA_OK);
    o.as_of = o.period.to;
    assert_int_equal(pack_load(t->pack_dir, NULL, t->zone, &p, &errors, &warnings), SLA_OK);
    mem_fail_once(n);
    sla_status st = audit_explain(t->store, p, &o, slice_of(id), slice_of(key), &x, &e);
    pending = mem_fail_pending();
    mem_fail_after(-1);
    if (st == SLA_OK) put_explanation(out, x);
    else if (st != SLA_NOMEM || e.code != SLA_NOMEM || !e.msg[0]) fail_msg("%s of %s without the allocation %ld: %s %s", id, key, n, status_name(st), e.msg);
    explanation_free(x);
    pack_free(p);
    errlist_clear(&errors);
    errlist_clear(&warnings);
    return st;
}

/* A clock with its ledger, a look-up, and a burst. Of the many allocations, those of the beginning and of the end, where the record is told of, are taken closer. */
static void an_explanation_without_one(void **state)
{
    (void)state;
    static const struct { const char *rule, *key; } asked[] = {{"4.1-b", "T9"}, {"2.2-f", "T9"}, {"3.2-a", "src_ip=10.0.0.9"}};
    audited t;
    buf want = {0}, got = {0};
    begin(&t);
    for (size_t i = 0; i < LEN(asked); i++) {
        long all = 0, step;
        assert_int_equal(explain_once(&t, asked[i].rule, asked[i].key, LONG_MAX, &want), SLA_OK);
        for (pending = false; !pending; all += 64) explain_once(&t, asked[i].rule, asked[i].key, all, &got);
        pending = false;
        for (long n = 0; !pending; n += step) {
            step = n < all - 250 ? 211 : 9;
            if (explain_once(&t, asked[i].rule, asked[i].key, n, &got) == SLA_OK) assert_same(&got, &want, n);
        }
    }
    buf_free(&want);
    buf_free(&got);
    audited_end(&t);
}

/* ---- packs ---- */
#define TAILORING \
    "profile: {id: acme, pack: itss-2025}\nrules:\n  1.1-a: {target: 50%, reason: 试运行}\n  1.4-b: {off: true, reason: 不提供}\n" \
    "calendars:\n  shifts: {title: {zh: 轮班, en: Shifts}, hours: {mon-sat: [08:00-20:00]}, changes: [{from: 2025-08-01, hours: {mon-fri: [09:00-17:00]}}]}\n" \
    "clocks:\n  resolution: {limits: {by: priority, P1: {limit: 2h, calendar: shifts}, default: {limit: 2wd, calendar: office}}, calendars: {by: service, SVC-B: {office: shifts}}}\n" \
    "waivers:\n  - {rule: 1.1-a, owner: 李经理, reason: 分类迁移中, until: 2025-09-30}\n" \
    "add:\n  - {id: 1.1-z, title: {zh: 自有规则, en: Own rule}, severity: minor, kind: record, over: ticket, require: 'category != \"其他\"', finding: {zh: \"{id}\", en: \"{id}\"}}\n  - {id: 1.1-y, severity: minor, kind: record, over: ticket, require: impact = 1}\n"

static void put_programs(buf *out, program *const programs[DATASETS_MAX])
{
    for (size_t d = 0; d < DATASETS_MAX; d++)
        if (programs[d]) program_dump(programs[d], out);
}

static void put_needs(buf *out, const needs *x)
{
    for (size_t d = 0; d < DATASETS_MAX; d++) buf_char(out, x->dataset[d] ? 'x' : '.');
    for (size_t i = 0; i < x->nfields; i++) buf_printf(out, " %.*s.%d", SLICE_ARG(x->fields[i].ds->name), x->fields[i].field);
    buf_printf(out, " %zu\n", x->nrecords);
}

/* The programs, and what else the parts of a pack are made of. */
static void put_pack(buf *out, const pack *p, const errlist *warnings)
{
    buf_reset(out);
    for (size_t i = 0; i < warnings->n; i++) buf_printf(out, "%s:%u %s [%s]\n", warnings->items[i].file, (unsigned)warnings->items[i].line, warnings->items[i].msg, warnings->items[i].hint);
    buf_printf(out, "%.*s %s, %zu clauses, %zu computed, %zu calendars, %zu waivers, %zu indicators, %zu bands\n", SLICE_ARG(p->id), p->sha256, p->nclauses, p->ncomputed, p->cals.n, p->nwaivers, p->card.n, p->card.nbands);
    put_programs(out, p->clock_programs);
    put_programs(out, p->programs);
    put_programs(out, p->finding_programs);
    for (size_t i = 0; i < p->ncomputed; i++) program_dump(p->computed[i].p, out);
    for (size_t i = 0; i < p->nclocks; i++) {
        const sla_clock *c = &p->clocks[i];
        buf_printf(out, "%.*s %d %d %d by %d, %zu choices\n", SLICE_ARG(c->name), c->where, (int)c->reopen, (int)c->change, c->by, c->nchoices);
        for (size_t k = 0; k < c->nlimits; k++) buf_printf(out, "%.*s %lld %s\n", SLICE_ARG(c->limits[k].key), (long long)c->limits[k].limit, cal_id(c->limits[k].cal));
    }
    for (size_t i = 0; i < p->nrules; i++) {
        const rule *r = &p->rules[i];
        buf_printf(out, "%.*s %.*s|%.*s|%.*s %d %d %d %d %g %zu %zu %d", SLICE_ARG(r->id), SLICE_ARG(r->title.zh), SLICE_ARG(r->condition), SLICE_ARG(r->off), (int)r->sev, r->sel.where, r->require, r->m.slot, r->target.value, r->ntargets, r->ngroups,
                   r->finding_zh && r->finding_en);
        for (size_t d = 0; d < DATASETS_MAX; d++) buf_printf(out, " %llx", (unsigned long long)r->reads[d]);
        put_needs(out, &r->needs);
    }
    for (size_t i = 0; i < p->nkpis; i++) buf_printf(out, "%.*s %d %d %zu ", SLICE_ARG(p->kpis[i].id), p->kpis[i].sel.where, p->kpis[i].m.slot, p->kpis[i].ngroups), put_needs(out, &p->kpis[i].needs);
    assert_false(out->failed);
}

/* One allocation fails as a pack and a tailoring of it are loaded: that is the one thing said, or it is all there. */
static void a_pack_without_one(void **state)
{
    (void)state;
    zone *z;
    char path[512];
    buf want = {0}, got = {0};
    bool done = false;
    snprintf(path, sizeof path, "%s", audited_file(test_path("tailored"), "profile.yaml", TAILORING));
    assert_int_equal(zone_open("Asia/Shanghai", &z, &(err){0}), SLA_OK);
    for (long n = -1; !done; n += n < 30 ? 1 : 1 + n / 15) { /* every one at first, then ever wider apart; -1: none */
        pack *p = NULL;
        errlist errors = {0}, warnings = {0};
        mem_fail_once(n < 0 ? LONG_MAX : n);
        sla_status st = pack_load("rules/itss-2025", path, z, &p, &errors, &warnings);
        done = n >= 0 && mem_fail_pending();
        mem_fail_after(-1);
        if (st == SLA_OK) put_pack(n < 0 ? &want : &got, p, &warnings);
        else if (st != SLA_NOMEM || errors.n != 1 || errors.items[0].code != SLA_NOMEM) fail_msg("without the allocation %ld: %s, %zu errors, first %s %s", n, status_name(st), errors.n, errors.n ? errors.items[0].file : "", errors.n ? errors.items[0].msg : "");
        if (st == SLA_OK && n >= 0) assert_same(&got, &want, n);
        assert_true(want.len);
        pack_free(p);
        errlist_clear(&errors);
        errlist_clear(&warnings);
    }
    buf_free(&want);
    buf_free(&got);
    zone_close(z);
}

/* Then the n-th allocation is the same one each time, and nothing is left out. */
static int one_thread(void **state) { return (void)state, setenv("SLAUDIT_THREADS", "1", 1); }
static int threads(void **state) { return (void)state, unsetenv("SLAUDIT_THREADS"); }

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(an_audit), cmocka_unit_test_setup_teardown(an_audit_without_one, one_thread, threads),
        cmocka_unit_test_setup_teardown(a_result_without_one, one_thread, threads), cmocka_unit_test_setup_teardown(an_explanation_without_one, one_thread, threads),
        cmocka_unit_test_setup_teardown(a_pack_without_one, one_thread, threads)};
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
