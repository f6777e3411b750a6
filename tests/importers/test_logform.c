/* Usual texts: what they match, what is no such text, and that each of the program's own finds what its expression finds. */
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "importers/logregex.h"
#include "tests/support/check.h"

static uint32_t seed = 3;
static uint32_t draw(uint32_t n) { return (seed = seed * 1664525u + 1013904223u) / 65536u % n; }

enum { UNNAMED = 4 };
/* Of the tests: a, b and c are the groups 1, 2 and 3. */
static uint32_t letter(const void *of, slice name)
{
    (void)of;
    return name.len == 1 && name.ptr[0] >= 'a' && name.ptr[0] <= 'c' ? (uint32_t)(name.ptr[0] - 'a') + 1 : 0;
}

/* want: the groups that are there as "a=… b=…"; NULL: no match */
static const struct match_case { const char *name, *text, *want; } match_cases[] = {
    {"Failed password for {a} from {b} port {#} ssh2", "Failed password for root from 10.0.0.9 port 22 ssh2", "a=root b=10.0.0.9"},
    {"Failed password for {a} from {b} port {#} ssh2", "Failed password for root from 10.0.0.9 port 22 ssh2 ", NULL},
    {"Failed password for {a} from {b} port {#} ssh2", "Failed password for invalid user x from 10.0.0.9 port 22 ssh2", NULL},
    {"Failed password for {a} from {b} port {#} ssh2", "Failed password for  from 10.0.0.9 port 22 ssh2", NULL},
    {"Failed password for {a} from {b} port {#} ssh2", "Failed password for r\tt from 10.0.0.9 port 22 ssh2", NULL},
    {"{a} {b}", "王伟 x", "a=王伟 b=x"}, {"{a}", "a-word-of-more-than-sixteen-bytes", "a=a-word-of-more-than-sixteen-bytes"}, {"{a}", "", NULL}, {"{a?}", "", "a="}, {"x={a?} y={b?}", "x= y=1", "a= b=1"},
    {"{a:.} is", "10.0.0.9 is", "a=10.0.0.9"}, {"{a:.} is", "10.0/0.9 is", NULL}, {"{a:.}*", "10.0.0.9", NULL}, {"{a:.}", "10.0.0.9", "a=10.0.0.9"}, {"{a:.}", "::1", NULL},
    {"n{a:#}.", "n12345678901234567890123.", "a=12345678901234567890123"}, {"n{#}.", "n12.", ""}, {"n{#}.", "n.", NULL}, {"n{#}.", "n1a.", NULL},
    {"to {a} *", "to x ", "a=x"}, {"to {a} *", "to x y z", "a=x"}, {"to {a} *", "to x", NULL}, {"text", "text", ""}, {"text", "texts", NULL}, {"text*", "texts", ""}, {"text", "tex", NULL},
};
static void matches(void **state)
{
    const struct match_case *c = *state;
    const ynode text = {.kind = YNODE_SCALAR, .text = slice_of(c->name)};
    size_t groups[2 * (UNNAMED + LOG_FORM_PLACES)] = {0}, same[LEN(groups)], n = strlen(c->text);
    errlist errors = {0};
    log_form f;
    char *exact = malloc(n ? n : 1), *within = malloc(n + 100), got[200] = "";
    memcpy(exact, c->text, n);
    memset(within, n && c->text[n - 1] >= '0' && c->text[n - 1] <= '9' ? '7' : 'z', n + 100); /* what is behind the text is as what is in it */
    memcpy(within, c->text, n);
    log_form_read(&f, &text, UNNAMED, letter, NULL, &errors);
    bool open_ended = strcmp(c->name, "{a:.}*") == 0; /* a place without an end is refused, and matches nothing that the test asks for */
    assert_int_equal(errors.n, open_ended ? 1 : 0);
    if (!open_ended) {
        assert_true(log_form_match(&f, (slice){within, n}, within + n + 100, groups) == (c->want != NULL));
        memcpy(same, groups, sizeof same);
        assert_true(log_form_match(&f, (slice){exact, n}, exact + n, groups) == (c->want != NULL));
        if (c->want) assert_memory_equal(same, groups, sizeof same);
        for (uint32_t g = 1; c->want && g <= 3; g++)
            if (f.groups >> g & 1) snprintf(got + strlen(got), sizeof got - strlen(got), "%s%c=%.*s", got[0] ? " " : "", (char)('a' + g - 1), (int)(groups[2 * g + 1] - groups[2 * g]), exact + groups[2 * g]);
        if (c->want) assert_string_equal(got, c->want);
    }
    errlist_clear(&errors);
    free(exact);
    free(within);
}

static const struct wrong_case { const char *name, *says; } wrong_cases[] = {
    {"for {d} from", "no group 'd'"}, {"for {a}{b}", "followed by"}, {"for {a}, {b}", "followed by"}, {"n{#}1", "followed by"}, {"n{a:.}.", "followed by"}, {"for {a", "up to"}, {"n{a#}", "up to"},
    {"{#} {#} {#} {#} {#} {#} {#} {#} {#} {#} {#} {#}", "up to"}, {"0123456789012345678901234567890123456789012345678901234567890123456789", "at most"},
};
static void wrong(void **state)
{
    const struct wrong_case *c = *state;
    const ynode text = {.kind = YNODE_SCALAR, .text = slice_of(c->name)};
    errlist errors = {0};
    log_form f;
    log_form_read(&f, &text, UNNAMED, letter, NULL, &errors);
    assert_true(errors.n >= 1);
    assert_non_null(strstr(errors.items[0].msg, c->says));
    errlist_clear(&errors);
}

/* ---- the program's own ---- */
static size_t append(char *to, size_t n, slice s) { return s.len ? memcpy(to + n, s.ptr, s.len), n + s.len : n; }

/* A text as the form has it, with words that could be taken for what stands around them. */
static size_t text_of(const log_form *f, char *out)
{
    static const char *const words[] = {"root", "from", "invalid", "user", "port", "ssh2", "10.0.0.9", "2001:db8::7", "xfrom", "-", "a:b", "[preauth]", "rhost=", "b=c", "王伟", "(x)", "0", "illegal"},
        *const behind[] = {"", " ", " ssh2", " 22 ssh2: RSA SHA256:abc", " x from 10.0.0.1 port 4"};
    size_t n = 0;
    for (const log_place *l = f->places;; l++) {
        n = append(out, n, (slice){l->before, l->n});
        if (l->run == RUN_NONE) return f->open ? append(out, n, slice_of(behind[draw(LEN(behind))])) : n;
        if (l->empty && draw(2)) continue;
        if (l->run == RUN_WORD) n = append(out, n, slice_of(words[draw(LEN(words))]));
        else for (uint32_t i = 1 + draw(20); i > 0; i--) out[n++] = l->run == RUN_ADDRESS && draw(3) == 0 ? '.' : (char)('0' + draw(10));
    }
}

static void same_groups(const log_regex *re, const log_regex_state *a, const log_regex_state *b, slice text)
{
    for (size_t i = 0; i < re->ngroups; i++) {
        slice one = log_regex_group(a, text, re->numbers[i]), other = log_regex_group(b, text, re->numbers[i]);
        if (!slice_eq(one, other)) fail_msg("%.*s is '%.*s' and '%.*s' in: %.*s", SLICE_ARG(re->names[i]), SLICE_ARG(one), SLICE_ARG(other), SLICE_ARG(text));
    }
}

/* Texts of the form, and such with a byte changed: what the usual texts find, the expression alone must find. */
static size_t try_form(const log_form *f, const log_regex *with, const log_regex *alone, log_regex_state *a, log_regex_state *b)
{
    enum { TEXTS = 3000 };
    static const char odd[] = " \t0.:x\n/";
    size_t found = 0, groups[2 * (LOG_GROUPS_MAX + LOG_FORM_PLACES)];
    char text[1024] = "";
    for (int i = 0; i < TEXTS; i++) {
        slice s = {text, text_of(f, text)};
        if (i % 3 == 0) text[draw((uint32_t)s.len)] = odd[draw(sizeof odd - 1)];
        log_regex_around(a, i % 2 ? (slice){text, sizeof text} : (slice){0});
        bool one = log_regex_match(with, a, s), other = log_regex_match(alone, b, s);
        if (one != other) fail_msg("found in one way only: %.*s", SLICE_ARG(s));
        if (one) same_groups(with, a, b, s);
        found += log_form_match(f, s, s.ptr + s.len, groups);
    }
    log_regex_around(a, (slice){0});
    assert_in_range(found, TEXTS / 3, TEXTS);
    return found;
}

static size_t try_pattern(const ynode *pattern, arena *mem, log_regex_state *a, log_regex_state *b)
{
    const ynode *match = yaml_get(pattern, "match"), *usual = yaml_get(pattern, "usual");
    errlist errors = {0};
    log_regex with, alone;
    size_t n = 0;
    if (!usual) return 0;
    assert_non_null(match);
    log_regex_compile(&with, match, mem, &errors);
    log_regex_compile(&alone, match, mem, &errors);
    assert_int_equal(log_regex_usual(&with, usual, mem, &errors), SLA_OK);
    assert_int_equal(errors.n, 0);
    for (size_t i = 0; i < with.nusual; i++) n += try_form(&with.usual[i], &with, &alone, a, b);
    log_regex_clear(&with);
    log_regex_clear(&alone);
    return n;
}

static void as_the_expression(void **state)
{
    (void)state;
    arena mem = {0};
    err e = {0};
    file_list files = {0};
    const char *folder;
    size_t tried = 0;
    log_regex_state *a = log_regex_state_new(), *b = log_regex_state_new();
    assert_int_equal(file_own_data("importers/logs", &mem, &folder, &e), SLA_OK);
    assert_int_equal(file_walk(folder, &mem, &files, NULL, NULL, &e), SLA_OK);
    for (size_t i = 0; i < files.n; i++) {
        char path[1024];
        ynode *root;
        snprintf(path, sizeof path, "%s/%s", folder, files.paths[i]);
        assert_int_equal(yaml_load(path, files.paths[i], &mem, &root, &e), SLA_OK);
        const ynode *programs = yaml_get(root, "programs");
        for (size_t p = 0; programs && p < programs->n; p++)
            for (size_t k = 0; k < programs->items[p]->n; k++) tried += try_pattern(programs->items[p]->items[k], &mem, a, b);
    }
    assert_true(tried > 0);
    log_regex_state_free(a);
    log_regex_state_free(b);
    arena_free(&mem);
}

int main(void)
{
    struct CMUnitTest tests[LEN(match_cases) + LEN(wrong_cases) + 1];
    size_t n = 0;
    ROWS(tests, n, match_cases, matches);
    ROWS(tests, n, wrong_cases, wrong);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(as_the_expression);
    return _cmocka_run_group_tests("logform", tests, n, NULL, NULL);
}
