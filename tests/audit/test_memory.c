/* Memory that runs out anywhere in an audit: an error, no run, nothing lost; the next attempt works. */
#include "engine/base/mem.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

static bool pending;    /* the last audit made fewer allocations than were to succeed */

static sla_status audit_once(audited *t, void (*make_fail)(long n), long n)
{
    err e = {0};
    int64_t run;
    errlist errors = {0}, warnings = {0};
    audit_options o = {.zone = t->zone};
    pack *p = NULL;
    assert_int_equal(period_parse(SLICE_LIT("2025Q3"), t->zone, &o.period, &e), SLA_OK);
    o.as_of = o.period.to;
    assert_int_equal(pack_load(t->pack_dir, NULL, t->zone, &p, &errors, &warnings), SLA_OK);
    make_fail(n);
    sla_status st = audit_run(t->store, p, &o, &run, &e);
    pending = mem_fail_pending();
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
    for (; st != SLA_OK && n < 100000; n = n < 60 ? n + 1 : n + 1 + n / 29) st = audit_once(&t, mem_fail_after, n); /* every one at first, then ever wider apart */
    assert_int_equal(st, SLA_OK);
    assert_int_equal(result_load(t.store, 0, &t.r, &(err){0}), SLA_OK);
    assert_int_equal(t.r->run, 1); /* the failed ones left nothing */
    audited_end(&t);
}

/* What was judged, and why. */
static void put_result(buf *out, audited *t)
{
    audit_result *r;
    assert_int_equal(result_load(t->store, 0, &r, &(err){0}), SLA_OK);
    buf_reset(out);
    for (size_t i = 0; i < r->nclauses; i++) buf_printf(out, "%.*s %d\n", SLICE_ARG(r->clauses[i].id), (int)r->clauses[i].v);
    for (size_t i = 0; i < r->nrules; i++) {
        const res_rule *k = &r->rules[i];
        buf_printf(out, "%.*s %d %lld %lld %lld %lld %.*s %.*s\n", SLICE_ARG(k->id), (int)k->v, (long long)k->population, (long long)k->conforming, (long long)k->nonconforming, (long long)k->unknown, SLICE_ARG(k->reason.zh), SLICE_ARG(k->reason.en));
    }
    for (size_t i = 0; i < r->nmetrics; i++) buf_printf(out, "%.*s %d %.17g %lld\n", SLICE_ARG(r->metrics[i].id), r->metrics[i].has_value, r->metrics[i].value, (long long)r->metrics[i].n);
    result_free(r);
}

/* One allocation fails and those after it succeed: no audit, or the same one. */
static void an_audit_without_one(void **state)
{
    (void)state;
    audited t;
    buf want = {0}, got = {0};
    begin(&t);
    assert_int_equal(audit_once(&t, mem_fail_after, -1), SLA_OK);
    put_result(&want, &t);
    pending = false;
    for (long n = 0; !pending; n += 1 + n / 9) {
        if (audit_once(&t, mem_fail_once, n) != SLA_OK) continue;
        put_result(&got, &t);
        if (got.len != want.len || memcmp(got.ptr, want.ptr, got.len) != 0) fail_msg("another result without the allocation %ld", n);
    }
    buf_free(&want);
    buf_free(&got);
    audited_end(&t);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(an_audit), cmocka_unit_test(an_audit_without_one)};
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
