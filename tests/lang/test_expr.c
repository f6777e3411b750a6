/* Runs tests/lang/expr.test: every expression with a row is a test of its own. */
#include "tests/support/check.h"
#include "tests/support/world.h"

#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

typedef struct expr_case { const char *name; slice expr, key, want, message, hint; const dataset *over; } expr_case;
static test_world tw;
static expr_case *cases;
static size_t ncases, cap_cases;

static slice next_line(slice *rest)
{
    const char *nl = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    slice line = {rest->ptr, nl ? (size_t)(nl - rest->ptr) : rest->len};
    size_t used = nl ? line.len + 1 : line.len;
    rest->ptr += used;
    rest->len -= used;
    return line;
}

static bool begins(slice s, const char *with) { return s.len >= strlen(with) && memcmp(s.ptr, with, strlen(with)) == 0; }
static slice after(slice s, const char *with) { return slice_trim((slice){s.ptr + strlen(with), s.len - strlen(with)}); }

/* The lines up to the next that begins with % or is blank. */
static const char *section(slice *rest)
{
    slice all = {rest->ptr, 0};
    while (rest->len && !begins(*rest, "%") && !begins(*rest, "\n")) {
        slice line = next_line(rest);
        all.len = (size_t)(line.ptr + line.len - all.ptr);
    }
    return arena_strndup(&tw.a, all.ptr, all.len);
}

static void add_case(expr_case c)
{
    char name[400];
    if (c.want.ptr) snprintf(name, sizeof name, "%.*s  [%.*s]", SLICE_ARG(c.expr), SLICE_ARG(c.key));
    else snprintf(name, sizeof name, "refused: %.*s", SLICE_ARG(c.expr));
    c.name = arena_strndup(&tw.a, name, strlen(name));
    if (mem_grow(&cases, &cap_cases, ncases + 1, sizeof *cases) != 0) exit(1);
    cases[ncases++] = c;
}

static void read_world(slice *rest)
{
    const char *model = "", *calendars = "";
    bool begun = false;
    while (rest->len) {
        slice line = *rest;
        if (begins(line, "#")) {
            if (begun) return;
            next_line(rest);
        } else if (begins(line, "%model")) {
            next_line(rest);
            model = section(rest);
        } else if (begins(line, "%calendars")) {
            next_line(rest);
            calendars = section(rest);
            arena keep = tw.a;
            tw.a = (arena){0};
            world_begin(&tw, model, calendars);
            arena_free(&keep);
            begun = true;
        } else if (begins(line, "%rows")) {
            slice name = after(next_line(rest), "%rows");
            const char *ds = arena_strndup(&tw.a, name.ptr, name.len);
            world_table(&tw, ds, section(rest));
        } else next_line(rest);
    }
}

static void read_cases(slice rest)
{
    expr_case c = {.over = schema_dataset(tw.schema, SLICE_LIT("ticket"))};
    while (rest.len) {
        slice line = next_line(&rest), s = slice_trim(line);
        if (begins(s, "#")) continue;
        if (begins(s, "%error")) c.message = after(s, "%error");
        else if (begins(s, "%hint")) c.hint = after(s, "%hint");
        else if (begins(s, "%over")) c.over = schema_dataset(tw.schema, after(s, "%over"));
        else if (c.message.ptr) {
            c.expr = line;
            add_case(c);
            c = (expr_case){.over = c.over};
        } else if (!s.len) c.expr = (slice){0};
        else if (!c.expr.ptr) c.expr = line;
        else {
            const char *space = memchr(s.ptr, ' ', s.len);
            if (!space) exit((fprintf(stderr, "expr.test: no answer: %.*s\n", SLICE_ARG(s)), 1));
            c.key = (slice){s.ptr, (size_t)(space - s.ptr)};
            c.want = slice_trim((slice){space, (size_t)(s.ptr + s.len - space)});
            add_case(c);
            c.want = c.key = (slice){0};
        }
    }
}

static size_t row_of(const expr_case *c)
{
    const table *t = tw.w.tables[c->over->idx];
    uint32_t code = dict_find(tw.dict, c->key);
    for (size_t i = 0; i < t->nrows; i++)
        if (table_has(t, c->over->key[0], i) && table_codes(t, c->over->key[0])[i] == code) return i;
    fail_msg("no row %.*s", SLICE_ARG(c->key));
    return 0;
}

static void answers(const expr_case *c, program *p, int slot, expr_type type)
{
    err e = {0};
    lang_shared *shared = NULL;
    machine *m = NULL;
    buf out = {0};
    size_t row = row_of(c);
    assert_int_equal(lang_shared_new(&tw.w, &shared, &e), SLA_OK);
    assert_int_equal(machine_new(p, &tw.w, shared, &m, &e), SLA_OK);
    assert_int_equal(machine_eval(m, 0, tw.w.tables[c->over->idx]->nrows, &e), SLA_OK);
    vec v = machine_result(m, slot);
    if ((v.known[row / 64] >> (row % 64)) & 1) value_print(&tw.w, type, &v, row, &out);
    else buf_text(&out, "unknown");
    char *want = strndup(c->want.ptr, c->want.len), *got = strdup(buf_cstr(&out));
    buf_free(&out);
    machine_free(m);
    lang_shared_free(shared);
    assert_string_equal(got, want);
    free(want);
    free(got);
}

static void refused(const expr_case *c, const errlist *errors)
{
    char got[512], want[512];
    assert_true(errors->n > 0);
    snprintf(got, sizeof got, "%u:%u %s", errors->items[0].line, errors->items[0].col, errors->items[0].msg);
    snprintf(want, sizeof want, "%.*s", SLICE_ARG(c->message));
    assert_string_equal(got, want);
    snprintf(want, sizeof want, "%.*s", SLICE_ARG(c->hint));
    if (c->hint.len) assert_string_equal(errors->items[0].hint, want);
}

static void run_case(void **state)
{
    const expr_case *c = *state;
    arena a = {0};
    err e = {0};
    errlist errors = {0};
    program *p = NULL;
    expr_type type;
    int slot = -1;
    assert_int_equal(program_new(&tw.env, c->over, tw.dict, &a, &p, &e), SLA_OK);
    sla_status st = program_add(p, c->expr, (srcpos){"pack.yaml", 7, 1}, VT_COUNT, &slot, &type, &errors);
    if (c->message.ptr) {
        assert_int_not_equal(st, SLA_OK);
        refused(c, &errors);
    } else {
        if (errors.n) print_message("%s: %s\n", errors.items[0].msg, errors.items[0].hint);
        assert_int_equal(st, SLA_OK);
        answers(c, p, slot, type);
    }
    errlist_clear(&errors);
    arena_free(&a);
}

int main(void)
{
    buf text = {0};
    err e = {0};
    if (file_read("tests/lang/expr.test", 1 << 20, &text, &e) != SLA_OK) return fprintf(stderr, "%s\n", e.msg), 1;
    slice rest = {text.ptr, text.len};
    read_world(&rest);
    tw.w.from = zone_to_utc(tw.zone, civil_days(2025, 7, 1) * MS_DAY, NULL);
    tw.w.to = tw.w.as_of = zone_to_utc(tw.zone, civil_days(2025, 10, 1) * MS_DAY, NULL);
    read_cases(rest);
    struct CMUnitTest *tests = calloc(ncases, sizeof *tests);
    for (size_t i = 0; tests && i < ncases; i++) tests[i] = (struct CMUnitTest){cases[i].name, run_case, NULL, NULL, &cases[i]};
    int rc = tests ? _cmocka_run_group_tests("expr", tests, ncases, NULL, NULL) : 1;
    free(tests);
    mem_free(cases);
    world_end(&tw);
    buf_free(&text);
    return rc;
}
