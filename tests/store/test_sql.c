/* The records as SQL tables, and what a user's query may do. */
#include "tests/support/check.h"
#include <unistd.h>
#include "tests/store/fill.h"

typedef struct fixture { model m; store *s; } fixture;
typedef struct answer { buf text; size_t rows; } answer;

static void print(void *ctx, vtype type, int64_t v, buf *out)
{
    (void)ctx;
    buf_printf(out, "%s(%lld)", type == VT_TIME ? "T" : "D", (long long)v);
}

static void add(batch *b, const char *id, int64_t at, double size, const char *note)
{
    size_t row = batch_add_row(b, (uint32_t)b->nrows + 2);
    batch_set_text(b, row, 0, slice_of(id));
    batch_set_i64(b, row, 1, at);
    if (size >= 0) batch_set_f64(b, row, 2, size);
    if (note) batch_set_text(b, row, 3, slice_of(note));
    batch_set_i64(b, row, 4, at / 10);
    batch_set_i64(b, row, 6, at % 2);
}

static fixture set_up(const char *file)
{
    fixture f = {.m = model_make()};
    err e = {0};
    assert_int_equal(store_open(file, STORE_CREATE, &f.s, &e), SLA_OK);
    assert_int_equal(store_set_model(f.s, f.m.s, &e), SLA_OK);
    batch *b = batch_new(f.m.thing, 10);
    add(b, "A", 10, 1.5, "first");
    add(b, "B", 20, -1, "");
    add(b, "B", 30, 3, NULL);
    assert_int_equal(import_batch(f.s, b, "a", &e), SLA_OK);
    batch_reset(b);
    add(b, "A", 10, 2.5, "second");
    add(b, "5", 7, 0, "first");
    assert_int_equal(import_batch(f.s, b, "bb", &e), SLA_OK);
    batch_free(b);
    if (store_vtab_register(f.s, print, NULL, &e) != SLA_OK) fail_msg("%s", e.msg);
    return f;
}

static void tear_down(fixture *f)
{
    store_close(f->s);
    arena_free(&f->m.a);
}

static sla_status columns(void *ctx, int n, const char *const *names, err *e)
{
    answer *a = ctx;
    (void)e;
    for (int i = 0; i < n; i++) buf_printf(&a->text, "%s%s", i ? "," : "", names[i]);
    return SLA_OK;
}

static sla_status row(void *ctx, int n, const char *const *names, const slice *values, err *e)
{
    answer *a = ctx;
    (void)e;
    for (int i = 0; i < n; i++) {
        assert_non_null(names[i]);
        buf_text(&a->text, i ? "," : "|");
        if (values[i].ptr) buf_slice(&a->text, values[i]);
        else buf_text(&a->text, "NULL");
    }
    a->rows++;
    return SLA_OK;
}

static const struct query_case { const char *name, *sql, *want; } query_cases[] = {
    {"columns in the model's order", "SELECT * FROM thing WHERE id='A'", "id,at,size,note,day,took,done,never|A,T(10),2.5,second,D(1),NULL,0,NULL"},
    {"live rows in order", "SELECT id, size FROM thing", "id,size|B,NULL|B,3.0|A,2.5|5,0.0"},
    {"superseded rows too", "SELECT id, note, _source, _line FROM thing_all", "id,note,_source,_line|A,first,1,2|B,,1,3|B,NULL,1,4|A,second,2,2|5,first,2,3"},
    {"where a row comes from", "SELECT _source, _line FROM thing WHERE id='B' AND size=3", "_source,_line|1,4"},
    {"an equal text through the index", "SELECT count(*) FROM thing_all WHERE id='A'", "count(*)|2"},
    {"a text that is not there", "SELECT count(*) FROM thing WHERE id='nobody'", "count(*)|0"},
    {"a text that only another column has", "SELECT count(*) FROM thing WHERE id='second'", "count(*)|0"},
    {"a text without letter case", "SELECT count(*) FROM thing WHERE id='a' COLLATE NOCASE", "count(*)|1"},
    {"a number where a text is", "SELECT size FROM thing WHERE id=5", "size|0.0"},
    {"NULL equals nothing", "SELECT count(*) FROM thing WHERE id=NULL", "count(*)|0"},
    {"IS NULL", "SELECT id FROM thing WHERE note IS NULL", "id|B"},
    {"an empty text is no missing one", "SELECT id FROM thing WHERE note=''", "id|B"},
    {"IN", "SELECT id FROM thing WHERE id IN ('A', '5', 'X') ORDER BY id", "id|5|A"},
    {"a join with itself", "SELECT a.id, b.size FROM thing a JOIN thing b ON a.id=b.id AND a.at<b.at", "id,size|B,3.0"},
    {"a join by text", "SELECT a.note, b.id FROM thing_all a JOIN thing b ON b.note=a.note ORDER BY 1, 2", "note,id|,B|first,5|first,5|second,A"},
    {"two texts, one index", "SELECT _line FROM thing WHERE note='first' AND id='5'", "_line|3"},
    {"times compare as their text", "SELECT id FROM thing WHERE at='T(20)'", "id|B"},
    {"grouped", "SELECT id, count(*), sum(size) FROM thing_all GROUP BY id ORDER BY id", "id,count(*),sum(size)|5,1,0.0|A,2,4.0|B,2,3.0"},
    {"a column never filled", "SELECT count(never), count(*) FROM thing", "count(never),count(*)|0,4"},
    {"a dataset without rows", "SELECT count(*), max(word) FROM loose", "count(*),max(word)|0,NULL"},
    {"columns also when there is no row", "SELECT word FROM loose", "word"},
    {"ordinary tables", "SELECT path, accepted FROM source ORDER BY id", "path,accepted|a,5|bb,5"},
    {"recursion", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3) SELECT sum(i) FROM n", "sum(i)|6"},
    {"bytes are said, not shown", "SELECT x'000102'", "x'000102'|(3 bytes)"},
    {"a comment and a semicolon behind it", "SELECT 1 AS one; -- that is all\n ; /* really */", "one|1"},
    {"a pragma that describes", "SELECT name FROM pragma_table_info('trail') LIMIT 2", "name|seq|kind"},
    {"no row", "SELECT 1 WHERE 0", "1"},
    {"functions that give tables", "SELECT value FROM json_each('[7, 8]')", "value|7|8"},
};

static void is_answered(void **state)
{
    const struct query_case *c = *state;
    fixture f = set_up(NULL);
    answer a = {0};
    err e = {0};
    if (store_sql(f.s, slice_of(c->sql), &(store_query){columns, row, &a}, &e) != SLA_OK) fail_msg("%s", e.msg);
    assert_string_equal(buf_cstr(&a.text), c->want);
    buf_free(&a.text);
    tear_down(&f);
}

static const struct wrong_case { const char *name, *sql, *says; uint32_t line, col; } wrong_cases[] = {
    {"insert", "INSERT INTO meta VALUES('a', 'b')", "not authorized", 0, 0},
    {"update", "UPDATE source SET path='x'", "not authorized", 0, 0},
    {"delete", "DELETE FROM trail", "not authorized", 0, 0},
    {"create a table", "CREATE TABLE t(a)", "not authorized", 0, 0},
    {"create a temporary table", "CREATE TEMP TABLE t AS SELECT 1", "not authorized", 0, 0},
    {"create a view", "CREATE VIEW v AS SELECT 1", "not authorized", 0, 0},
    {"create a virtual table", "CREATE VIRTUAL TABLE temp.x USING slaudit(0)", "not authorized", 0, 0},
    {"drop a table", "DROP TABLE trail", "not authorized", 0, 0},
    {"drop a dataset", "DROP TABLE temp.thing", "not authorized", 0, 0},
    {"alter", "ALTER TABLE meta ADD COLUMN x", "not authorized", 0, 0},
    {"attach", "ATTACH '/tmp/slaudit-never-attached.db' AS x", "not authorized", 0, 0},
    {"attach, computed", "ATTACH '/tmp/' || 'x.db' AS x", "not authorized", 0, 0},
    {"detach", "DETACH main", "not authorized", 0, 0},
    {"vacuum into a file", "VACUUM INTO '/tmp/slaudit-never-attached.db'", "", 0, 0},
    {"pragma", "PRAGMA journal_mode=WAL", "not authorized", 0, 0},
    {"pragma as a table", "SELECT * FROM pragma_writable_schema", "", 0, 0},
    {"writable schema", "PRAGMA writable_schema=1", "not authorized", 0, 0},
    {"the schema", "UPDATE sqlite_master SET sql='' WHERE name='trail'", "", 0, 0},
    {"begin", "BEGIN", "not authorized", 0, 0},
    {"savepoint", "SAVEPOINT x", "not authorized", 0, 0},
    {"reindex", "REINDEX", "not authorized", 0, 0},
    {"analyze", "ANALYZE", "not authorized", 0, 0},
    {"an extension", "SELECT load_extension('x')", "not authorized", 0, 0},
    {"insert into a dataset", "INSERT INTO thing(id) VALUES('x')", "", 0, 0},
    {"replace by a common table", "WITH x AS (SELECT 1) DELETE FROM source", "not authorized", 0, 0},
    {"two statements", "SELECT 1; SELECT 2", "more than one statement", 0, 0},
    {"one that reads, one that writes", "SELECT 1; DELETE FROM source", "more than one statement", 0, 0},
    {"nothing", "", "there is no query", 0, 0},
    {"only a comment", "-- nothing", "there is no query", 0, 0},
    {"a wrong name", "SELECT id,\n  prioritty FROM thing", "no such column: prioritty", 2, 3},
    {"a wrong table", "SELECT * FROM tickets", "no such table: tickets", 0, 0},
    {"a wrong word", "SELEKT 1", "syntax error", 1, 1},
    {"an error while it runs", "SELECT abs(-9223372036854775808)", "overflow", 0, 0},
};

static void is_refused(void **state)
{
    const struct wrong_case *c = *state;
    fixture f = set_up(NULL);
    answer a = {0};
    err e = {0};
    trail_head head;
    assert_int_equal(store_sql(f.s, slice_of(c->sql), &(store_query){columns, row, &a}, &e), SLA_USAGE);
    if (!strstr(e.msg, c->says)) fail_msg("%s", e.msg);
    if (c->line) {
        assert_int_equal(e.line, c->line);
        assert_int_equal(e.col, c->col);
    }
    assert_int_equal(a.rows, 0);
    /* nothing was changed, and the store can be worked with afterwards */
    buf_reset(&a.text);
    assert_int_equal(store_sql(f.s, SLICE_LIT("SELECT (SELECT count(*) FROM source), (SELECT count(*) FROM trail), (SELECT count(*) FROM thing)"), &(store_query){NULL, row, &a}, NULL), SLA_OK);
    assert_string_equal(buf_cstr(&a.text), "|2,2,4");
    assert_int_equal(store_trail_check(f.s, &head, NULL), SLA_OK);
    assert_int_equal(store_trail_add(f.s, "note", SLICE_LIT("{}"), NULL), SLA_OK);
    assert_int_equal(access("/tmp/slaudit-never-attached.db", F_OK), -1);
    buf_free(&a.text);
    tear_down(&f);
}

static void a_nul_byte(void **state)
{
    (void)state;
    fixture f = set_up(NULL);
    answer a = {0};
    assert_int_equal(store_sql(f.s, SLICE_LIT("SELECT 1\0; DELETE FROM source"), &(store_query){columns, row, &a}, NULL), SLA_USAGE);
    tear_down(&f);
}

static sla_status stop(void *ctx, int n, const char *const *names, const slice *values, err *e)
{
    (void)n, (void)names, (void)values;
    return ++*(int *)ctx == 2 ? err_set(e, SLA_IO, SRCPOS_NONE, "enough") : SLA_OK;
}

static void the_caller_stops(void **state)
{
    (void)state;
    fixture f = set_up(NULL);
    int n = 0;
    err e = {0};
    assert_int_equal(store_sql(f.s, SLICE_LIT("SELECT * FROM thing"), &(store_query){NULL, stop, &n}, &e), SLA_IO);
    assert_int_equal(n, 2);
    assert_string_equal(e.msg, "enough");
    tear_down(&f);
}

/* a file that is opened for reading only has its tables too; and a second registering changes nothing */
static void read_only(void **state)
{
    (void)state;
    const char *p = test_path("sql.db");
    unlink(p);
    fixture f = set_up(p);
    answer a = {0};
    err e = {0};
    store_close(f.s);
    assert_int_equal(store_open(p, STORE_READ_ONLY, &f.s, NULL), SLA_OK);
    if (store_vtab_register(f.s, print, NULL, &e) != SLA_OK) fail_msg("%s", e.msg);
    assert_int_equal(store_vtab_register(f.s, print, NULL, NULL), SLA_OK);
    assert_int_equal(store_sql(f.s, SLICE_LIT("SELECT note FROM thing WHERE id='A'"), &(store_query){NULL, row, &a}, NULL), SLA_OK);
    assert_string_equal(buf_cstr(&a.text), "|second");
    buf_free(&a.text);
    tear_down(&f);
}

static void damaged_records(void **state)
{
    (void)state;
    fixture f = set_up(NULL);
    answer a = {0};
    err e = {0};
    assert_int_equal(db_exec(store_db(f.s), "UPDATE chunk_column SET data=x'00' WHERE field='note'", NULL), SLA_OK);
    assert_int_equal(store_sql(f.s, SLICE_LIT("SELECT id FROM thing"), &(store_query){NULL, row, &a}, NULL), SLA_OK); /* not looked at */
    assert_int_equal(store_sql(f.s, SLICE_LIT("SELECT note FROM thing"), &(store_query){NULL, row, &a}, &e), SLA_USAGE);
    assert_non_null(strstr(e.msg, "column note of chunk 1 (thing) is damaged"));
    buf_free(&a.text);
    tear_down(&f);
}

static void without_memory(void **state)
{
    (void)state;
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked)
    {
        fixture f = set_up(NULL);
        answer a = {0};
        err e = {0};
        store_close(f.s);
        assert_int_equal(store_open(NULL, STORE_CREATE, &f.s, NULL), SLA_OK);
        assert_int_equal(store_set_model(f.s, f.m.s, NULL), SLA_OK);
        batch *b = batch_new(f.m.thing, 10);
        add(b, "A", 10, 1.5, "first");
        assert_int_equal(import_batch(f.s, b, "a", NULL), SLA_OK);
        batch_free(b);
        mem_fail_after(n);
        sla_status st = store_vtab_register(f.s, print, NULL, &e);
        if (st == SLA_OK) st = store_sql(f.s, SLICE_LIT("SELECT at FROM thing WHERE id='A'"), &(store_query){NULL, row, &a}, &e);
        mem_fail_after(-1);
        worked = st == SLA_OK && !a.text.failed;
        if (st != SLA_OK) assert_int_equal(e.code, SLA_NOMEM);
        buf_free(&a.text);
        tear_down(&f);
    }
    assert_true(worked);
}

int main(void)
{
    struct CMUnitTest tests[LEN(query_cases) + LEN(wrong_cases) + 5];
    size_t n = 0;
    ROWS(tests, n, query_cases, is_answered);
    ROWS(tests, n, wrong_cases, is_refused);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(a_nul_byte);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(the_caller_stops);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(read_only);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(damaged_records);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(without_memory);
    return cmocka_run_group_tests_name("store/sql", tests, NULL, NULL);
}
