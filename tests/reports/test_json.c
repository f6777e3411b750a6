/* results-PERIOD.json and findings-PERIOD.ndjson: the keys of the design page, values equal to the result's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "engine/base/mem.h"
#include "reports/report.h"
#include "tests/support/fake_result.h"

static audit_result *result;
static buf json, ndjson;

/* keys that scripts rely on, in their order */
static const char *const pieces[] = {
    "\"tool\": {\n  \"name\": \"slaudit\",\n  \"version\": ", "\"pack\": {\n  \"id\": \"itss-2025\",\n  \"version\": \"2025.1\",\n  \"sha256\": ",
    "\"period\": {\n  \"id\": \"2025Q3\",\n  \"from\": \"2025-07-01T00:00:00+08:00\",\n  \"to\": \"2025-10-01T00:00:00+08:00\",\n  \"as_of\": \"2025-10-01T00:00:00+08:00\"",
    "\"sources\": [", "\"clauses\": [", "\"rules\": [", "\"metrics\": [", "\"staff\": [",
    "\"id\": \"4.1\",\n   \"title\": \"服务等级协议\",\n   \"basis\": \"heading\",\n   \"verdict\": \"major\",\n   \"rules\": 4,\n   \"assessed\": 4",
    "\"id\": \"4.1-b\",\n   \"clause\": \"4.1\",\n   \"kind\": \"clock\",\n   \"severity\": \"critical\",\n   \"basis\": \"heading\",\n   \"verdict\": \"fails\",\n   \"population\": ",
    "\"share\": null,\n   \"value\": null,\n   \"target\": 0.9,\n   \"reason\": \"期间内没有此类记录\"",
    "\"grade\": \"not_rated\",\n   \"n\": 4", "\"score\": null",
};

/* Spaces at line starts differ with the writer's indent: compare without them. */
static void squeeze(const char *p, size_t n, buf *out)
{
    bool in_text = false;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"' && (i == 0 || p[i - 1] != '\\')) in_text = !in_text;
        if (in_text || (p[i] != ' ' && p[i] != '\n')) buf_char(out, p[i]);
    }
}

static void keys_stand_in_order(void **state)
{
    (void)state;
    buf all = {0};
    squeeze(json.ptr, json.len, &all);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        buf one = {0};
        squeeze(pieces[i], strlen(pieces[i]), &one);
        if (strstr(buf_cstr(&all), buf_cstr(&one)) == NULL) fail_msg("missing: %s", pieces[i]);
        buf_free(&one);
    }
    buf_free(&all);
}

static size_t count_of(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what)) n++;
    return n;
}

static void every_thing_is_there_once(void **state)
{
    (void)state;
    const char *text = buf_cstr(&json);
    assert_int_equal(count_of(text, "\"target_op\": "), result->nrules + result->nmetrics);
    assert_int_equal(count_of(text, "\"assessed\": "), result->nclauses);
    assert_int_equal(count_of(text, "\"sha256\": "), result->nsources + 1);
    assert_int_equal(count_of(text, "\"indicators\": "), result->nstaff);
    assert_int_equal(count_of(text, "\"clause\": "), result->nrules);
}

static void a_finding_is_a_line(void **state)
{
    (void)state;
    const char *text = buf_cstr(&ndjson), *end = strchr(text, '\n');
    char want[512];
    const res_finding *f = &result->findings[0];
    assert_int_equal(count_of(text, "\n"), result->nfindings);
    snprintf(want, sizeof want, "{\"rule\":\"1.3-a\",\"clause\":\"1.3\",\"severity\":\"minor\",\"dataset\":\"ticket\",\"key\":\"%.*s\",\"message\":\"%.*s\",\"observed\":{\"priority\":\"%.*s\",",
             SLICE_ARG(f->key), SLICE_ARG(f->message.zh), SLICE_ARG(f->observed[0].value));
    assert_memory_equal(text, want, strlen(want));
    snprintf(want, sizeof want, "\"evidence\":[{\"source\":1,\"line\":2}],\"fingerprint\":\"%s\",\"state\":\"persisting\"}", f->fingerprint);
    assert_memory_equal(end - strlen(want), want, strlen(want));
}

static void english_on_request(void **state)
{
    (void)state;
    buf en = {0};
    err e = {0};
    assert_int_equal(report_json(result, true, &en, &e), SLA_OK);
    assert_non_null(strstr(buf_cstr(&en), "\"title\": \"Service level agreement\""));
    assert_null(strstr(buf_cstr(&en), "服务等级协议"));
    buf_free(&en);
}

static void memory_runs_out(void **state)
{
    (void)state;
    sla_status st = SLA_NOMEM;
    for (long n = 0; st != SLA_OK && n < 1000; n++) {
        buf b = {0};
        err e = {0};
        mem_fail_after(n);
        st = report_json(result, false, &b, &e);
        mem_fail_after(-1);
        buf_free(&b);
    }
    assert_int_equal(st, SLA_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys_stand_in_order), cmocka_unit_test(every_thing_is_there_once), cmocka_unit_test(a_finding_is_a_line), cmocka_unit_test(english_on_request),
                                       cmocka_unit_test(memory_runs_out)};
    err e = {0};
    result = fake_result(400);
    if (result == NULL || report_json(result, false, &json, &e) != SLA_OK || report_ndjson(result, false, &ndjson, &e) != SLA_OK) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_free(&json);
    buf_free(&ndjson);
    fake_result_free(result);
    return failed;
}
