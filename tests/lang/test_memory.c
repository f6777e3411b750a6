/* Of all allocations that an expression makes until its values are there, one fails, each in its turn, and those after it succeed: it ends for want of memory, or everything is as if none had
 * failed. Of what stands in an arena only every so many-th thing is an allocation, so the arena is also filled beforehand to end within each thing in turn. */
#include "tests/support/check.h"
#include "tests/support/world.h"

#include "engine/base/mem.h"

static const char model[] =
    "enums:\n"
    "  priority: {ordered: true, values: [P4, P3, P2, P1]}\n"
    "  level: {ordered: true, values: [junior, senior]}\n"
    "datasets:\n"
    "  ticket:\n    key: [id]\n    time: created_at\n    fields:\n"
    "      id: {type: text}\n      title: {type: text}\n      priority: {type: text, enum: priority}\n      wanted: {type: text, enum: priority}\n      assignee: {type: text}\n"
    "      impact: {type: number}\n      created_at: {type: time}\n      resolved_at: {type: time}\n"
    "  history:\n    time: at\n    fields: {ticket_id: {type: text}, at: {type: time}, field: {type: text}, actor: {type: text}, spent: {type: number}}\n"
    "  staff:\n    key: [id]\n    fields: {id: {type: text}, name: {type: text}, level: {type: text, enum: level}, hired_on: {type: date}}\n"
    "  document:\n    key: [id, version]\n    fields: {id: {type: text}, version: {type: number}, status: {type: text}}\n";
static const char calendars[] = "calendars:\n  office: {hours: {mon-fri: [09:00-12:00, 13:00-18:00]}, day: 8h}\n";

/* error: what refuses it; NULL: nothing does. */
typedef struct sweep_case { const char *name, *text, *error; } sweep_case;
static const sweep_case cases[] = {
    {"texts, terms and numbers", "priority in (P1, P2) and impact * 2 - 1 > -3.5 or title = \"a\" and priority != wanted", NULL},
    {"a list of texts", "title in (\"a\", \"b\", \"{Mail}\", \"d\")", NULL},
    {"a list of columns", "assignee in (title, id, priority, \"amy\", wanted, \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\")", NULL},
    {"a pattern", "title matches /[a-z]+!/i and not (title not matches /^a/)", NULL},
    {"a pattern that is wrong", "title matches /(/", "wrong regular expression: missing closing parenthesis"},
    {"a pattern that explodes", "title matches /^(a+)+$/", "wrong regular expression: it takes millions of steps on a short text; avoid repeats inside repeats such as (a+)+"},
    {"a pattern that a text explodes", "extract(title, /(x|xx)+y/) = \"z\" or title matches /(x|xx)+y/", NULL},
    {"texts that are made", "lower(title) = \"{mail}\" or text(impact) = \"2.5\" or extract(title, /[a-z]+/) = \"ail\" or text(created_at) = title", NULL},
    {"checks of texts", "contains_secret(title) or length(title) > 3 or contains_mobile(lower(title))", NULL},
    {"times", "worktime(created_at, resolved_at, office) < 1wd and month(created_at) = \"2025-07\" and week(created_at) != quarter(resolved_at)", NULL},
    {"choices", "coalesce(impact, 0) > 1 or if(impact = 1, P1, P2) = priority or min(impact, 3, 2) = 2 or ordered(created_at, resolved_at) and distinct(title, id, assignee)", NULL},
    {"look-ups", "staff[assignee].level >= senior and staff[assignee] exists or document[id, impact].status is missing", NULL},
    {"a look-up in a look-up", "staff[staff[assignee].name].level = senior", NULL},
    {"child rows", "count(history[ticket_id = id] where field = \"team\") > 1 and last(history.actor[ticket_id = id]) = \"amy\" and sum(history.spent[ticket_id = id]) > 1", NULL},
    {"child rows in the middle", "median(history.spent[ticket_id = id] where field matches /t/) > 1", NULL},
    {"child rows by the row outside", "any(history[ticket_id = id] where actor = outer.assignee and lower(field) = \"team\" and at > outer.created_at) and min(history.at[ticket_id = id] where actor != outer.title) > created_at", NULL},
    {"child rows behind conditions", "impact > 0 and title != \"x\" and impact < 9 and count(history[ticket_id = id] where field = outer.title or at >= outer.created_at) >= 0", NULL},
    {"gaps", "gap(history[ticket_id = id], created_at, as_of, office) > 1h", NULL},
    {"a name that is none", "asignee = \"a\"", "unknown name 'asignee'; did you mean 'assignee'?"},
    {"a term that is none", "priority = \"P11\"", "'P11' is not a value of priority; did you mean 'P1'?"},
    {"a dataset that is none", "stafff[assignee].level = senior", "unknown dataset 'stafff'; did you mean 'staff'?"},
    {"no expression", "title in (\"a\", ", "expected a value, found the end"},
};

static void begin(test_world *tw)
{
    world_begin(tw, model, calendars);
    world_table(tw, "ticket",
                "id | title | priority | wanted | assignee | impact | created_at       | resolved_at\n"
                "T1 | {Mail}| P1       | P1     | amy      | 1      | 2025-07-01 09:00 | 2025-07-01 12:30\n"
                "T2 | xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx! | P9 | P2 | bob | 2.5 | 2025-07-04 17:50 |\n"
                "T3 |       |          |        |          |        | 2025-07-04 17:50 |\n");
    world_table(tw, "history",
                "ticket_id | at               | field  | actor | spent\n"
                "T1        | 2025-07-01 11:00 | team   | amy   | 1\n"
                "T1        | 2025-07-01 10:00 | team   | bob   | 2\n"
                "T1        | 2025-07-01 12:00 | status | amy   | 3\n"
                "T2        | 2025-07-05 12:00 | team   | amy   |\n");
    world_table(tw, "staff", "id | name | level | hired_on\namy | bob | senior | 2020-01-01\nbob | amy | junior | 2024-01-01\n");
    world_table(tw, "document", "id | version | status\nT1 | 1 | approved\n");
    tw->w.as_of = 1759248000000;
}

enum { FIRST_BLOCK = 4096 }; /* of an arena */
typedef struct run { arena a; errlist errors; err e; program *p; lang_shared *shared; machine *m; int slot; template *t; } run;

static void run_clear(run *r)
{
    machine_free(r->m);
    lang_shared_free(r->shared);
    errlist_clear(&r->errors);
    arena_free(&r->a);
}

static sla_status compile(run *r, test_world *tw, const char *text)
{
    const srcpos at = {"r", 1, 1};
    buf b = {0};
    TRY(program_new(&tw->env, schema_dataset(tw->schema, SLICE_LIT("ticket")), tw->dict, &r->a, &r->p, &r->e));
    TRY(program_add(r->p, slice_of(text), at, VT_BOOL, &r->slot, NULL, &r->errors));
    buf_printf(&b, "{id}: {if(%s, 1, 2)}", text);
    sla_status st = b.failed ? err_set(&r->e, SLA_NOMEM, at, "the test's own text") : template_compile(r->p, (slice){b.ptr, b.len}, at, &r->a, &r->t, &r->errors);
    buf_free(&b);
    return st;
}

/* The values, the rows that they rest on, what could not be worked out, and what is read. */
static sla_status put_all(run *r, test_world *tw, buf *out)
{
    bool used[DATASETS_MAX], fields[FIELDS_MAX] = {false};
    lang_failure f;
    TRY(lang_shared_new(&tw->w, &r->shared, &r->e));
    TRY(machine_new(r->p, &tw->w, r->shared, &r->m, &r->e));
    TRY(machine_eval(r->m, 0, 3, &r->e));
    for (size_t k = 0; k < program_slots(r->p); k++) {
        vec v = machine_result(r->m, (int)k);
        for (size_t i = 0; i < 3; i++) buf_char(out, !(v.known[0] >> i & 1) ? '?' : (int)k == r->slot ? (v.v.bits[0] >> i & 1 ? '1' : '0') : '.');
    }
    for (size_t row = 0; row < 3; row++) {
        row_ref refs[8];
        size_t n = 0;
        TRY(machine_evidence(r->m, r->slot, row, refs, 8, &n, &r->e));
        for (size_t i = 0; i < n; i++) buf_printf(out, " %d:%zu", refs[i].dataset, refs[i].row);
    }
    TRY(program_uses_dataset(r->p, r->slot, used, &r->e));
    for (size_t i = 0; i < DATASETS_MAX; i++) buf_char(out, used[i] ? 'x' : ' ');
    TRY(program_slot_fields(r->p, r->slot, fields, &r->e));
    for (size_t i = 0; i < FIELDS_MAX; i++) buf_char(out, fields[i] ? 'x' : ' ');
    TRY(lang_failed(r->shared, r->p, r->slot, &f, &r->e));
    if (f.text.ptr) buf_printf(out, " /%.*s/ %.*s", SLICE_ARG(f.pattern), SLICE_ARG(f.text));
    return out->failed ? err_set(&r->e, SLA_NOMEM, SRCPOS_NONE, "the test's own text") : SLA_OK;
}

/* left: bytes that the arena has before it needs its next block; 0: it is empty. out stays empty where the expression is refused or memory ran out; *pending: fewer allocations were made. */
static sla_status attempt(const sweep_case *c, test_world *tw, long n, size_t left, buf *out, bool *pending)
{
    run r = {.slot = -1};
    buf_reset(out);
    if (left) assert_non_null(arena_room(&r.a, 1, FIRST_BLOCK - left));
    mem_fail_once(n);
    sla_status st = compile(&r, tw, c->text);
    if (st == SLA_OK) st = put_all(&r, tw, out);
    *pending = mem_fail_pending();
    mem_fail_after(-1);
    if (st == SLA_NOMEM) assert_true(r.e.code == SLA_NOMEM || r.errors.n || r.errors.dropped);
    else if (c->error) {
        assert_int_not_equal(st, SLA_OK);
        assert_true(r.errors.n == 1 && !r.errors.dropped);
        assert_string_equal(r.errors.items[0].msg, c->error);
    } else if (st != SLA_OK) fail_msg("without the allocation %ld, %zu left: %s %s", n, left, status_name(st), r.errors.n ? r.errors.items[0].msg : r.e.msg);
    run_clear(&r);
    return st;
}

static void assert_same(const buf *got, const buf *want, size_t i)
{
    if (got->len != want->len || memcmp(got->ptr, want->ptr, got->len) != 0) fail_msg("%zu: '%.*s' instead of '%.*s'", i, (int)got->len, got->ptr, (int)want->len, want->ptr);
}

static void each_allocation_fails(void **state)
{
    test_world tw;
    buf want = {0}, got = {0};
    bool done = false;
    begin(&tw);
    attempt(*state, &tw, 1000000, 0, &want, &done);
    world_end(&tw);
    done = false;
    for (long n = 0; !done; n++) {
        begin(&tw); /* anew, as texts enter its dictionary */
        if (attempt(*state, &tw, n, 0, &got, &done) == SLA_OK) assert_same(&got, &want, (size_t)n);
        world_end(&tw);
    }
    buf_free(&want);
    buf_free(&got);
}

static void the_arena_ends_anywhere(void **state)
{
    test_world tw;
    buf want = {0}, got = {0};
    bool done = false;
    begin(&tw);
    attempt(*state, &tw, 1000000, 0, &want, &done);
    for (long n = 0; n < 2; n++) /* its second block, and its third */
        for (size_t left = 16; left < FIRST_BLOCK; left += 16)
            if (attempt(*state, &tw, n, left, &got, &done) == SLA_OK) assert_same(&got, &want, left);
    world_end(&tw);
    buf_free(&want);
    buf_free(&got);
}

int main(void)
{
    struct CMUnitTest tests[2 * LEN(cases)];
    size_t n = 0;
    ROWS(tests, n, cases, each_allocation_fails);
    ROWS(tests, n, cases, the_arena_ends_anywhere);
    setenv("SLAUDIT_THREADS", "1", 1); /* then the n-th allocation is the same one each time */
    return _cmocka_run_group_tests("lang/memory", tests, n, NULL, NULL);
}
