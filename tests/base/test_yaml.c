#include "tests/support/check.h"

#include "engine/base/buf.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"

/* The tree in one line: scalars as they are ('…' when quoted), lists in [], maps in {}, @line:col before each. */
static void show(buf *b, const ynode *n, bool places)
{
    if (places) buf_printf(b, "@%u:%u ", n->at.line, n->at.col);
    if (n->kind == YNODE_SCALAR) {
        buf_printf(b, n->quoted ? "'%.*s'" : "%.*s", SLICE_ARG(n->text));
        assert_int_equal(n->text.ptr[n->text.len], '\0');
        return;
    }
    buf_char(b, n->kind == YNODE_LIST ? '[' : '{');
    for (size_t i = 0; i < n->n; i++) {
        if (i) buf_text(b, ", ");
        if (n->kind == YNODE_MAP) {
            if (places) buf_printf(b, "@%u:%u ", n->items[i]->key_at.line, n->items[i]->key_at.col);
            buf_printf(b, "%.*s: ", SLICE_ARG(n->items[i]->key));
        }
        show(b, n->items[i], places);
    }
    buf_char(b, n->kind == YNODE_LIST ? ']' : '}');
}

static const struct tree_case { const char *name, *text; bool places; const char *want; } tree_cases[] = {
    {"map and list", "a: 1\nb: [x, 'y z']\nc:\n  - d: e\n", false, "{a: 1, b: [x, 'y z'], c: [{d: e}]}"},
    {"places", "a: 1\nbb:\n  - x\n", true, "@1:1 {@1:1 a: @1:4 1, @2:1 bb: @3:3 [@3:5 x]}"},
    {"a value left out is empty text", "a:\nb: ''\n", false, "{a: , b: ''}"},
    {"block text", "a: |\n  one\n  two\n", false, "{a: 'one\ntwo\n'}"},
    {"Chinese", "\xE6\xA0\x87\xE9\xA2\x98: \xE5\xB7\xA5\xE5\x8D\x95\n", true,
     "@1:1 {@1:1 \xE6\xA0\x87\xE9\xA2\x98: @1:5 \xE5\xB7\xA5\xE5\x8D\x95}"},
    {"empty containers", "a: {}\nb: []\n", false, "{a: {}, b: []}"},
    {"a scalar alone", "hello\n", false, "hello"},
    {"comments and a start mark", "# c\n---\na: 1 # d\n", false, "{a: 1}"},
    {"byte order mark", "\xEF\xBB\xBF" "a: 1\n", false, "{a: 1}"},
    {"Windows line ends", "a: 1\r\nb: 2\r\n", true, "@1:1 {@1:1 a: @1:4 1, @2:1 b: @2:4 2}"},
};
static void builds_tree(void **state)
{
    const struct tree_case *c = *state;
    arena a = {0};
    ynode *root = NULL;
    err e = {0};
    buf b = {0};
    sla_status st = yaml_parse(slice_of(c->text), "t.yaml", &a, &root, &e);
    if (st != SLA_OK) print_error("%u:%u %s\n", e.line, e.col, e.msg);
    assert_int_equal(st, SLA_OK);
    show(&b, root, c->places);
    assert_string_equal(buf_cstr(&b), c->want);
    buf_free(&b);
    arena_free(&a);
}

static const struct wrong_case { const char *name; slice text; sla_status st; unsigned line, col; const char *msg; } wrong_cases[] = {
#define T(s) {(s), sizeof(s) - 1}
    {"duplicate key", T("a: 1\nb: 2\na: 3\n"), SLA_CONFLICT, 3, 1, "the key \"a\" stands here twice; the first is in line 1"},
    {"anchor", T("a: &x 1\n"), SLA_SYNTAX, 1, 4, "anchors (&x)"},
    {"anchor on a map", T("a: &x {b: 1}\n"), SLA_SYNTAX, 1, 4, "anchors (&x)"},
    {"alias", T("a: *x\n"), SLA_SYNTAX, 1, 4, "aliases (*x)"},
    {"alias as a key", T("*x : 1\n"), SLA_SYNTAX, 1, 1, "a key must be"},
    {"tag", T("a: !!binary eA==\n"), SLA_SYNTAX, 1, 4, "tags (tag:yaml.org,2002:binary)"},
    {"key is a list", T("? [a]\n: 1\n"), SLA_SYNTAX, 1, 3, "a key must be"},
    {"two documents", T("a: 1\n---\nb: 2\n"), SLA_SYNTAX, 2, 1, "a second document"},
    {"empty", T(""), SLA_SYNTAX, 1, 1, "the file is empty"},
    {"only a comment", T("# nothing\n"), SLA_SYNTAX, 1, 1, "the file is empty"},
    {"no bracket", T("a: [1, 2\nb: 3\n"), SLA_SYNTAX, 2, 2, "did not find expected"},
    {"tab as indent", T("a:\n\tb: 1\n"), SLA_SYNTAX, 2, 1, "found character that cannot start any token"},
    {"wrong UTF-8", T("a: \xFF\n"), SLA_SYNTAX, 0, 0, "at byte 4"},
    {"NUL by escape", T("a: \"x\\0y\"\n"), SLA_SYNTAX, 1, 4, "a NUL character"},
    {"NUL byte", T("a: x\0y\n"), SLA_SYNTAX, 0, 0, "control characters"},
    {"UTF-16 is not asked for", T("\xFF\xFE" "a\0"), SLA_SYNTAX, 0, 0, "at byte 1"},
#undef T
};
static void refuses(void **state)
{
    const struct wrong_case *c = *state;
    arena a = {0};
    ynode *root = NULL;
    err e = {0};
    sla_status st = yaml_parse(c->text, "t.yaml", &a, &root, &e);
    if (st != c->st || e.line != c->line || e.col != c->col || !strstr(e.msg, c->msg)) print_error("%u:%u %s\n", e.line, e.col, e.msg);
    assert_int_equal(st, c->st);
    assert_null(root);
    assert_int_equal(e.line, c->line);
    assert_int_equal(e.col, c->col);
    assert_non_null(strstr(e.msg, c->msg));
    assert_string_equal(e.file, "t.yaml");
    arena_free(&a);
}

static sla_status parse_nested(size_t depth, char open, char close)
{
    char *text = mem_zero(2 * depth + 1, 1);
    memset(text, open, depth);
    if (close) memset(text + depth, close, depth);
    arena a = {0};
    ynode *root = NULL;
    sla_status st = yaml_parse(slice_of(text), "deep", &a, &root, NULL);
    arena_free(&a);
    mem_free(text);
    return st;
}

static void bounds_nesting(void **state)
{
    (void)state;
    assert_int_equal(parse_nested(99, '[', ']'), SLA_OK);
    assert_int_equal(parse_nested(101, '[', ']'), SLA_LIMIT);
    assert_int_equal(parse_nested(100000, '[', ']'), SLA_LIMIT);
    assert_int_equal(parse_nested(100000, '[', 0), SLA_LIMIT);
    assert_true(parse_nested(100000, '{', 0) != SLA_OK);
}

/* Enough keys that comparing each with each would take minutes. */
static void many_keys(void **state)
{
    (void)state;
    buf b = {0};
    for (int i = 0; i < 100000; i++) buf_printf(&b, "key%d: %d\n", i, i);
    arena a = {0};
    ynode *root = NULL;
    err e = {0};
    assert_int_equal(yaml_parse((slice){b.ptr, b.len}, "many", &a, &root, &e), SLA_OK);
    assert_int_equal(root->n, 100000);
    buf_text(&b, "key54321: again\n");
    assert_int_equal(yaml_parse((slice){b.ptr, b.len}, "many", &a, &root, &e), SLA_CONFLICT);
    assert_int_equal(e.line, 100001);
    assert_non_null(strstr(e.msg, "in line 54322"));
    arena_free(&a);
    buf_free(&b);
}

static void looks_up(void **state)
{
    (void)state;
    static const char *const allowed[] = {"limit", "target", "title", NULL};
    arena a = {0};
    ynode *root = NULL;
    assert_int_equal(yaml_parse(SLICE_LIT("limit: 15m\ntitel: x\nsomething: y\nlist: [1]\n"), "t.yaml", &a, &root, NULL), SLA_OK);
    assert_slice_is(yaml_get(root, "limit")->text, "15m");
    assert_null(yaml_get(root, "none"));
    assert_null(yaml_get(NULL, "limit"));
    assert_null(yaml_get(yaml_get(root, "limit"), "limit"));
    assert_slice_is(yaml_text(root, "limit", SLICE_LIT("d")), "15m");
    assert_slice_is(yaml_text(root, "list", SLICE_LIT("d")), "d");
    assert_slice_is(yaml_text(NULL, "limit", SLICE_LIT("d")), "d");
    errlist l = {0};
    yaml_check_keys(root, allowed, &l);
    yaml_check_keys(NULL, allowed, &l);
    assert_int_equal(l.n, 3);
    assert_string_equal(l.items[0].msg, "unknown key \"titel\"");
    assert_string_equal(l.items[0].hint, "did you mean \"title\"?");
    assert_int_equal(l.items[0].line, 2);
    assert_string_equal(l.items[1].hint, "");
    errlist_clear(&l);
    arena_free(&a);
}

static const struct value_case { const char *name, *text; int is_bool, is_number; double number; } value_cases[] = {
    /* is_bool: -1 no, 0 false, 1 true */
    {"integer", "42", -1, 1, 42},        {"negative", "-0.5", -1, 1, -0.5},   {"leading point", ".5", -1, 1, 0.5},
    {"exponent", "1e3", -1, 1, 1000},    {"plus", "+7", -1, 1, 7},            {"percent", "95%", -1, 0, 0},
    {"hexadecimal", "0x10", -1, 0, 0},   {"not a number", "nan", -1, 0, 0},   {"infinity", "-inf", -1, 0, 0},
    {"too large", "1e999", -1, 0, 0},    {"half an exponent", "1e", -1, 0, 0}, {"point alone", ".", -1, 0, 0},
    {"two points", "1.2.3", -1, 0, 0},   {"quoted number", "'42'", -1, 0, 0}, {"empty", "", -1, 0, 0},
    {"true", "true", 1, 0, 0},           {"no", "No", 0, 0, 0},               {"quoted true", "'true'", -1, 0, 0},
    {"list", "[1]", -1, 0, 0},
};
static void reads_values(void **state)
{
    const struct value_case *c = *state;
    arena a = {0};
    ynode *root = NULL;
    char text[64];
    snprintf(text, sizeof text, "v: %s", c->text);
    assert_int_equal(yaml_parse(slice_of(text), "t", &a, &root, NULL), SLA_OK);
    const ynode *v = yaml_get(root, "v");
    bool flag = false;
    double number = 0;
    assert_int_equal(yaml_bool(v, &flag), c->is_bool >= 0);
    if (c->is_bool >= 0) assert_int_equal(flag, c->is_bool);
    assert_int_equal(yaml_number(v, &number), c->is_number);
    assert_true(number == c->number);
    assert_false(yaml_bool(NULL, &flag));
    assert_false(yaml_number(NULL, &number));
    arena_free(&a);
}

static void without_memory(void **state)
{
    (void)state;
    buf b = {0};
    for (int i = 0; i < 40; i++) buf_printf(&b, "key%d: [1, {a: b}, \"%0200d\"]\n", i, i);
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked)
    {
        arena a = {0};
        ynode *root = NULL;
        err e = {0};
        mem_fail_after(n);
        sla_status st = yaml_parse((slice){b.ptr, b.len}, "t", &a, &root, &e);
        mem_fail_after(-1);
        worked = st == SLA_OK;
        assert_int_equal(st, worked ? SLA_OK : SLA_NOMEM);
        assert_int_equal(root != NULL, worked);
        arena_free(&a);
    }
    assert_true(worked);
    buf_free(&b);
}

static void loads_files(void **state)
{
    (void)state;
    arena a = {0};
    ynode *root = NULL;
    err e = {0};
    assert_int_equal(yaml_load(test_path("none.yaml"), "none.yaml", &a, &root, &e), SLA_IO);
    assert_null(root);
    arena_free(&a);
}

int main(void)
{
    struct CMUnitTest tests[LEN(tree_cases) + LEN(wrong_cases) + LEN(value_cases) + 5];
    size_t n = 0;
    ROWS(tests, n, tree_cases, builds_tree);
    ROWS(tests, n, wrong_cases, refuses);
    ROWS(tests, n, value_cases, reads_values);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(bounds_nesting);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(many_keys);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(looks_up);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(without_memory);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(loads_files);
    return cmocka_run_group_tests_name("base/yaml", tests, NULL, NULL);
}
