/* OSCAL assessment results against a table of what the schema of version 1.1 asks for: keys required and allowed at each place, no empty list, forms of UUIDs, times and
 * tokens, references that lead to something. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "reports/oscal.h"
#include "tests/support/fake_result.h"

/* ---- a walk over JSON: each object's keys, each text with its key ---- */
typedef struct walk { const char *p, *end; char path[512]; slice *uuids, *refs; size_t nuuids, nrefs, objects; } walk;

static const struct shape { const char *path, *required, *allowed; } shapes[] = {
    {"", "assessment-results", ""},
    {"/assessment-results", "uuid metadata import-ap results", "local-definitions back-matter"},
    {"/assessment-results/metadata", "title last-modified version oscal-version", "published revisions document-ids props links roles locations parties responsible-parties actions remarks"},
    {"/assessment-results/metadata/roles", "id title", "short-name description props links remarks"},
    {"/assessment-results/metadata/parties", "uuid type", "name short-name external-ids props links email-addresses telephone-numbers addresses location-uuids member-of-organizations remarks"},
    {"/assessment-results/metadata/responsible-parties", "role-id party-uuids", "props links remarks"},
    {"/assessment-results/import-ap", "href", "remarks"},
    {"/assessment-results/results", "uuid title description start reviewed-controls", "end props links local-definitions attestations assessment-log observations risks findings remarks"},
    {"/assessment-results/results/reviewed-controls", "control-selections", "description props links control-objective-selections remarks"},
    {"/assessment-results/results/reviewed-controls/control-selections", "", "description props links include-all include-controls exclude-controls remarks"},
    {"/assessment-results/results/reviewed-controls/control-selections/include-controls", "control-id", "statement-ids"},
    {"/assessment-results/results/observations", "uuid description methods collected", "title props links types origins subjects relevant-evidence expires remarks"},
    {"/assessment-results/results/observations/relevant-evidence", "description", "href props links remarks"},
    {"/assessment-results/results/risks", "uuid title description statement status", "props links origins threat-ids characterizations mitigating-factors deadline remediations risk-log related-observations"},
    {"/assessment-results/results/risks/remediations", "uuid lifecycle title description", "props links origins required-assets tasks remarks"},
    {"/assessment-results/results/risks/related-observations", "observation-uuid", ""},
    {"/assessment-results/results/findings", "uuid title description target", "props links origins implementation-statement-uuid related-observations related-risks remarks"},
    {"/assessment-results/results/findings/target", "type target-id status", "title description props links implementation-status remarks"},
    {"/assessment-results/results/findings/target/status", "state", "reason remarks"},
    {"/assessment-results/results/findings/related-observations", "observation-uuid", ""},
    {"/assessment-results/results/findings/related-risks", "risk-uuid", ""},
    {"/assessment-results/back-matter", "", "resources"},
    {"/assessment-results/back-matter/resources", "uuid", "title description props document-ids citation rlinks base64 remarks"},
    {"/assessment-results/back-matter/resources/rlinks", "href", "media-type hashes"},
    {"/assessment-results/back-matter/resources/rlinks/hashes", "algorithm value", ""},
};
static const struct shape props = {"…/props", "name value", "uuid ns class group remarks"};

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0')) return true;
    return false;
}

static bool ends_with(const char *s, const char *tail)
{
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && strcmp(s + n - m, tail) == 0;
}

static const struct shape *shape_at(const char *path)
{
    if (ends_with(path, "/props")) return &props;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (strcmp(shapes[i].path, path) == 0) return &shapes[i];
    fail_msg("an object where the schema has none: %s", path);
    return NULL;
}

static void blanks(walk *w) { while (w->p < w->end && isspace((unsigned char)*w->p)) w->p++; }

static void expect(walk *w, char c)
{
    blanks(w);
    if (w->p >= w->end || *w->p != c) fail_msg("'%c' expected at %.30s", c, w->p);
    w->p++;
}

static slice text(walk *w)
{
    expect(w, '"');
    const char *from = w->p;
    while (w->p < w->end && *w->p != '"') w->p += *w->p == '\\' ? 2 : 1;
    slice s = {from, (size_t)(w->p - from)};
    expect(w, '"');
    return s;
}

static bool is_uuid5(slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.ptr[i] != '-' : !isxdigit((unsigned char)s.ptr[i])) return false;
    }
    return s.len == 36 && s.ptr[14] == '5' && strchr("89ab", s.ptr[19]) != NULL;
}

/* Stricter than the schema, which takes letters of any script. */
static bool is_token(slice s)
{
    if (s.len == 0 || !(isalpha((unsigned char)s.ptr[0]) || s.ptr[0] == '_')) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.ptr[i]) && strchr(".-_", s.ptr[i]) == NULL) return false;
    return true;
}

/* The offsets that the schema knows, of those that our zones have: whole hours and UTC itself. */
static bool is_time(slice s)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    size_t n = sizeof form - 1;
    for (size_t i = 0; i < n && i < s.len; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)s.ptr[i]) : s.ptr[i] != form[i]) return false;
    if (s.len < n || (memcmp(s.ptr, "19", 2) != 0 && s.ptr[0] != '2')) return false;
    slice zone = {s.ptr + n, s.len - n};
    if (slice_is(zone, "Z")) return true;
    int hours = zone.len == 6 ? (zone.ptr[1] - '0') * 10 + zone.ptr[2] - '0' : -1;
    return hours >= 0 && memcmp(zone.ptr + 3, ":00", 3) == 0 && ((zone.ptr[0] == '+' && hours <= 14) || (zone.ptr[0] == '-' && hours <= 12));
}

/* ^\S(.*\S)?$ as the schema's patterns mean it: one line without blanks of any script at its ends. JSON's escapes are still in the text. */
static bool is_line(slice s)
{
    static const char *const ends[] = {" ", "\\t", "\\n", "\\r", "\\f", "\\u000b", "\u00a0", "\u2003", "\u2028", "\u2029", "\u3000", "\ufeff"}, *const breaks[] = {"\\n", "\\r", "\u2028", "\u2029"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(ends[i]);
        if (s.len < n || memcmp(s.ptr, ends[i], n) == 0 || memcmp(s.ptr + s.len - n, ends[i], n) == 0) return s.len > 0 && s.len < n;
    }
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++)
        for (size_t k = 0, n = strlen(breaks[i]); k + n <= s.len; k++)
            if (memcmp(s.ptr + k, breaks[i], n) == 0) return false;
    return true;
}

/* The characters of a URI reference (RFC 3986), each % with two hex digits; a scheme only where one is asked for. */
static bool is_uri(slice s, bool absolute)
{
    const char *colon = memchr(s.ptr, ':', s.len), *cut = memchr(s.ptr, '/', s.len);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '%' ? !(i + 2 < s.len && isxdigit((unsigned char)s.ptr[i + 1]) && isxdigit((unsigned char)s.ptr[i + 2])) : (unsigned char)s.ptr[i] >= 0x80 || strchr("\"<>\\^`{|} ", s.ptr[i]) != NULL) return false;
    }
    bool scheme = colon && (!cut || colon < cut);
    return absolute ? scheme && colon > s.ptr && isalpha((unsigned char)s.ptr[0]) : !scheme;
}

static void remember(slice **list, size_t *n, slice s)
{
    if (*n % 1024 == 0) *list = realloc(*list, (*n + 1024) * sizeof **list);
    assert_non_null(*list);
    (*list)[(*n)++] = s;
}

static bool is_one_of(slice s, const char *list)
{
    char word[64];
    snprintf(word, sizeof word, "%.*s", SLICE_ARG(s));
    return s.len < sizeof word && has_word(list, word);
}

/* What the schema says of the text at a place, the last that fits: a kind of string, or the words allowed. */
static const struct text_rule { const char *place, *keys; bool (*test)(slice s); const char *words; } text_rules[] = {
    {"", "uuid observation-uuid risk-uuid party-uuids", is_uuid5, NULL},
    {"", "start end collected last-modified", is_time, NULL},
    {"", "control-id target-id role-id id name lifecycle status state reason types", is_token, NULL},
    {"", "title value version oscal-version algorithm methods", is_line, NULL},
    {"/parties", "name", is_line, NULL},
    {"/parties", "type", NULL, "person organization"},
    {"/target", "type", NULL, "statement-id objective-id"},
    {"/status", "state", NULL, "satisfied not-satisfied"},
    {"/status", "reason", NULL, "pass fail other"},
    {"/risks", "status", NULL, "open investigating remediating deviation-requested deviation-approved closed"},
    {"/remediations", "lifecycle", NULL, "recommendation planned completed"},
    {"/methods", "methods", NULL, "EXAMINE INTERVIEW TEST UNKNOWN"},
    {"/hashes", "algorithm", NULL, "SHA-256"},
};

static void check_text(walk *w, const char *key, slice s)
{
    const struct text_rule *rule = NULL;
    bool good = true;
    if (s.len == 0) fail_msg("%s/%s is empty", w->path, key);
    for (size_t i = 0; i < sizeof text_rules / sizeof text_rules[0]; i++)
        if (ends_with(w->path, text_rules[i].place) && has_word(text_rules[i].keys, key)) rule = &text_rules[i];
    if (rule) good = rule->test ? rule->test(s) : is_one_of(s, rule->words);
    if (strcmp(key, "ns") == 0) good = is_uri(s, true);
    if (strcmp(key, "href") == 0) good = is_uri(s, false);
    if (strcmp(key, "uuid") == 0) remember(&w->uuids, &w->nuuids, s);
    else if (ends_with(key, "-uuid") || ends_with(key, "-uuids")) remember(&w->refs, &w->nrefs, s);
    else if (strcmp(key, "href") == 0 && s.ptr[0] == '#') remember(&w->refs, &w->nrefs, (slice){s.ptr + 1, s.len - 1});
    if (!good) fail_msg("%s/%s: '%.*s'", w->path, key, SLICE_ARG(s));
}

static void value(walk *w, const char *key);

static void object(walk *w)
{
    const struct shape *s = shape_at(w->path);
    char seen[1024] = "";
    size_t len = strlen(w->path);
    w->objects++;
    expect(w, '{');
    for (blanks(w); *w->p != '}'; blanks(w)) {
        char key[64];
        slice k = text(w);
        snprintf(key, sizeof key, "%.*s", SLICE_ARG(k));
        if (!has_word(s->required, key) && !has_word(s->allowed, key)) fail_msg("%s may not have %s", w->path, key);
        if (has_word(seen, key)) fail_msg("%s has %s twice", w->path, key);
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s%s", seen[0] ? " " : "", key);
        expect(w, ':');
        value(w, key);
        w->path[len] = '\0';
        blanks(w);
        if (*w->p == ',') w->p++;
    }
    w->p++;
    char need[256];
    snprintf(need, sizeof need, "%s", s->required);
    for (char *rest = need, *one; (one = strtok_r(rest, " ", &rest)) != NULL;)
        if (!has_word(seen, one)) fail_msg("%s lacks %s", w->path, one);
}

static void value(walk *w, const char *key)
{
    size_t len = strlen(w->path);
    blanks(w);
    if (*w->p == '"') {
        check_text(w, key, text(w));
        return;
    }
    snprintf(w->path + len, sizeof w->path - len, "/%s", key);
    if (*w->p == '{') object(w);
    else {
        expect(w, '[');
        blanks(w);
        if (*w->p == ']') fail_msg("%s is an empty list", w->path);
        size_t inner = strlen(w->path);
        while (*w->p != ']') {
            if (*w->p == '"') check_text(w, key, text(w));
            else object(w);
            w->path[inner] = '\0';
            blanks(w);
            if (*w->p == ',') w->p++, blanks(w);
        }
        w->p++;
    }
    w->path[len] = '\0';
}

static int by_text(const void *a, const void *b) { return slice_cmp(*(const slice *)a, *(const slice *)b); }

/* Holds the document to the shapes; UUIDs are each used once, references lead to one of them. Returns the number of objects. */
static size_t check(const buf *b)
{
    walk w = {.p = b->ptr, .end = b->ptr + b->len};
    object(&w);
    blanks(&w);
    assert_ptr_equal(w.p, w.end);
    qsort(w.uuids, w.nuuids, sizeof *w.uuids, by_text);
    for (size_t i = 1; i < w.nuuids; i++)
        if (slice_eq(w.uuids[i - 1], w.uuids[i])) fail_msg("%.*s names two things", SLICE_ARG(w.uuids[i]));
    for (size_t i = 0; i < w.nrefs; i++)
        if (bsearch(&w.refs[i], w.uuids, w.nuuids, sizeof *w.uuids, by_text) == NULL) fail_msg("%.*s leads to nothing", SLICE_ARG(w.refs[i]));
    free(w.uuids);
    free(w.refs);
    return w.objects;
}

static void made(audit_result *r, bool english, buf *out)
{
    err e = {0};
    if (report_oscal(r, english, out, &e) != SLA_OK) fail_msg("%s", e.msg);
    buf_cstr(out);
}

static size_t count_of(const buf *b, const char *what)
{
    size_t n = 0, len = strlen(what);
    for (const char *p = b->ptr, *end = b->ptr + b->len; (p = memchr(p, what[0], (size_t)(end - p))) != NULL; p++) n += (size_t)(end - p) >= len && memcmp(p, what, len) == 0;
    return n;
}

static void a_full_result_fits_the_schema(void **state)
{
    (void)state;
    audit_result *r = fake_result(400);
    size_t undecided = 0, failing = 0;
    for (int en = 0; en < 2; en++) {
        buf b = {0};
        made(r, en, &b);
        assert_true(check(&b) > 400);
        buf_free(&b);
    }
    buf b = {0};
    made(r, true, &b);
    for (size_t i = 0; i < r->nrules; i++) {
        verdict v = r->rules[i].v;
        undecided += v == VERDICT_NOT_ASSESSED || v == VERDICT_NOT_APPLICABLE || v == VERDICT_ERROR;
        failing += v == VERDICT_FAILS || v == VERDICT_WAIVED;
    }
    assert_int_equal(count_of(&b, "\"collected\""), r->nfindings + undecided);
    assert_int_equal(count_of(&b, "\"target-id\""), r->nrules - undecided);
    assert_int_equal(count_of(&b, "\"statement\""), failing);
    assert_int_equal(count_of(&b, "\"2025-10-01T00:00:00+08:00\""), r->nfindings + undecided + 2);   /* collected, last-modified and end: no clock */
    buf_free(&b);
    fake_result_free(r);
}

static void an_empty_result_fits_too(void **state)
{
    (void)state;
    audit_result bare = {.tool_name = SLICE_LIT("slaudit"), .period_id = SLICE_LIT("2025Q3"), .zone = SLICE_LIT("Asia/Shanghai"), .digest = SLICE_LIT("00"), .pack_id = SLICE_LIT("p"), .to = 1000};
    buf b = {0};
    made(&bare, false, &b);
    check(&b);
    buf_free(&b);
}

static void odd_text_fits(void **state)
{
    (void)state;
    audit_result *r = fake_result(10);
    buf b = {0};
    r->findings[0].key = SLICE_LIT("  \"quoted\" \n");
    r->findings[1].message = (bitext){SLICE_LIT(""), SLICE_LIT("")};
    r->findings[2].key = SLICE_LIT(" ");
    r->sources[0].path = SLICE_LIT("导出 1/工单:表.csv");
    made(r, false, &b);
    check(&b);
    assert_int_equal(count_of(&b, "%E5%AF%BC%E5%87%BA%201/"), 1);
    buf_free(&b);
    fake_result_free(r);
}

/* One field of a full result set to what people's data and other packs hold: it must come out as the schema has it. */
static void set_key(audit_result *r, slice s) { r->findings[0].key = s; }
static void set_path(audit_result *r, slice s) { r->sources[0].path = s; }
static void set_rule(audit_result *r, slice s) { r->rules[0].id = s; }
static void set_clause(audit_result *r, slice s) { r->clauses[0].id = s; }
static void set_title(audit_result *r, slice s) { r->rules[0].title = r->pack_title = (bitext){s, s}; }
static void set_zone(audit_result *r, slice s) { r->zone = s; }
static const struct odd_case { const char *name; void (*set)(audit_result *r, slice s); const char *text, *want; } odd_cases[] = {
    {"a key of two lines", set_key, "GD1\r\n\tGD2", "\"GD1 GD2\""},
    {"a key between wide blanks", set_key, "\u3000\u00a0GD1\ufeff", "\"GD1\""},
    {"a key with a break of Unicode", set_key, "GD1\u2028\u2029GD2", "\"GD1 GD2\""},
    {"a key of blanks only", set_key, "\u3000", NULL},
    {"a path with a colon, a query and a percent", set_path, "a:b?c#d%.csv", "\"a%3Ab%3Fc%23d%25.csv\""},
    {"a path with a break", set_path, "a\nb.csv", "\"a b.csv\""},
    {"a rule's id with blanks", set_rule, "4.1 b", "\"rule-4.1_20b\""},
    {"a clause's id in Chinese", set_clause, "\u4e00", "\"clause-_E4_B8_80\""},
    {"a title of two lines", set_title, "Up\nDown", " Up Down\""},
    {"an offset of half an hour", set_zone, "America/St_Johns", "\"2025-09-30T16:00:00Z\""},
    {"an offset of three quarters", set_zone, "Pacific/Chatham", "\"2025-09-30T16:00:00Z\""},
    {"an offset of whole hours", set_zone, "America/New_York", "\"2025-09-30T12:00:00-04:00\""},
};

static void odd_case_fits(void **state)
{
    const struct odd_case *c = *state;
    audit_result *r = fake_result(10);
    r->clauses[0].assessed = 1, r->rules[0].v = VERDICT_FAILS;
    c->set(r, slice_of(c->text));
    buf b = {0};
    made(r, false, &b);
    check(&b);
    if (c->want) assert_true(count_of(&b, c->want) > 0);
    buf_free(&b);
    fake_result_free(r);
}

/* A title longer than there is room for ends with a whole character. */
static void a_long_key_is_cut(void **state)
{
    (void)state;
    char key[3000];
    for (size_t i = 0; i + 3 <= sizeof key; i += 3) memcpy(key + i, "\u957f", 3);
    for (size_t shift = 0; shift < 3; shift++) {
        audit_result *r = fake_result(10);
        buf b = {0};
        memcpy(key, "xyz", shift);
        r->findings[0].key = (slice){key, sizeof key - 3 + shift};
        made(r, false, &b);
        check(&b);
        buf_free(&b);
        fake_result_free(r);
    }
}

/* Known answers: RFC 9562 A.4 (version 5 of www.example.com in the namespace of DNS names), RFC 4231 case 2. */
static void names_are_the_standards(void **state)
{
    (void)state;
    static const unsigned char dns[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    char out[UUID_TEXT], mac[DIGEST_HEX];
    assert_int_equal(digest_uuid5(dns, SLICE_LIT("www.example.com"), out), SLA_OK);
    assert_string_equal(out, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    assert_int_equal(digest_keyed(SLICE_LIT("Jefe"), SLICE_LIT("what do ya want for nothing?"), mac), SLA_OK);
    assert_string_equal(mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void memory_runs_out(void **state)
{
    (void)state;
    sla_status st = SLA_NOMEM;
    audit_result *r = fake_result(20);
    for (long n = 0; st != SLA_OK && n < 2000; n++) {
        buf b = {0};
        err e = {0};
        mem_fail_after(n);
        st = report_oscal(r, false, &b, &e);
        mem_fail_after(-1);
        buf_free(&b);
    }
    assert_int_equal(st, SLA_OK);
    fake_result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_full_result_fits_the_schema), cmocka_unit_test(an_empty_result_fits_too), cmocka_unit_test(odd_text_fits), cmocka_unit_test(a_long_key_is_cut),
                                       cmocka_unit_test(names_are_the_standards), cmocka_unit_test(memory_runs_out)};
    enum { N = sizeof odd_cases / sizeof odd_cases[0] };
    struct CMUnitTest odd[N];
    for (size_t i = 0; i < N; i++) odd[i] = (struct CMUnitTest){odd_cases[i].name, odd_case_fits, NULL, NULL, (void *)&odd_cases[i]};
    int failed = cmocka_run_group_tests_name("schema", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("odd", odd, NULL, NULL);
}
