/* Loading: what was imported comes back in order, of the rows of one key the last holds, whatever the number of threads. */
#include "tests/support/check.h"
#include <pthread.h>
#include <unistd.h>
#include "engine/base/digest.h"
#include "tests/store/fill.h"

static store *fresh(const char *name)
{
    store *s = NULL;
    if (name) unlink(test_path(name));
    assert_int_equal(store_open(name ? test_path(name) : NULL, STORE_CREATE, &s, NULL), SLA_OK);
    return s;
}

/* All of a table as text, a line a row; the texts' codes beside them where asked for. */
static char *dump(const table *t, const dict *world, bool codes)
{
    buf b = {0};
    for (size_t i = 0; i < t->nrows; i++) {
        buf_printf(&b, "%u:%u", table_source(t, i), t->lines[i]);
        for (size_t f = 0; f < t->ds->nfields; f++) {
            char cell[96];
            bool code = codes && vtype_storage(t->ds->fields[f].type) == STORE_CODE && table_has(t, f, i);
            cell_text(cell, t->ds->fields[f].type, t->cols[f].data, t->cols[f].valid, world, i);
            buf_printf(&b, " %s", cell);
            if (code) buf_printf(&b, "#%u", table_codes(t, f)[i]);
        }
        buf_char(&b, '\n');
    }
    buf_printf(&b, "%llu superseded\n", (unsigned long long)t->superseded);
    char *out = strdup(buf_cstr(&b));
    buf_free(&b);
    return out;
}

static bool same_cell(const batch *a, size_t i, const batch *b, size_t j, size_t f)
{
    char x[96], y[96];
    cell_text(x, a->ds->fields[f].type, a->cols[f].data, a->cols[f].valid, a->cols[f].codes, i);
    cell_text(y, a->ds->fields[f].type, b->cols[f].data, b->cols[f].valid, b->cols[f].codes, j);
    return strcmp(x, y) == 0;
}

/* The same by comparing each row with all rows behind it. */
static char *expected(batch *const *b, size_t n)
{
    buf out = {0};
    uint64_t superseded = 0;
    for (size_t p = 0; p < n; p++)
        for (size_t i = 0; i < b[p]->nrows; i++) {
            bool dead = false;
            for (size_t q = p; q < n && !dead && b[p]->ds->nkey; q++)
                for (size_t j = q == p ? i + 1 : 0; j < b[q]->nrows && !dead; j++) {
                    dead = true;
                    for (size_t k = 0; k < b[p]->ds->nkey && dead; k++) dead = same_cell(b[p], i, b[q], j, b[p]->ds->key[k]);
                }
            superseded += dead;
            if (dead) continue;
            buf_printf(&out, "%zu:%u", p + 1, b[p]->lines[i]);
            for (size_t f = 0; f < b[p]->ds->nfields; f++) {
                char cell[96];
                cell_text(cell, b[p]->ds->fields[f].type, b[p]->cols[f].data, b[p]->cols[f].valid, b[p]->cols[f].codes, i);
                buf_printf(&out, " %s", cell);
            }
            buf_char(&out, '\n');
        }
    buf_printf(&out, "%llu superseded\n", (unsigned long long)superseded);
    char *text = strdup(buf_cstr(&out));
    buf_free(&out);
    return text;
}

static const struct key_case { const char *name, *dataset; size_t sources, rows; unsigned kinds, style; } key_cases[] = {
    {"no row", "thing", 1, 0, 3, 0}, {"one key only", "thing", 3, 40, 1, 1}, {"few keys", "thing", 4, 150, 20, 2}, {"many keys", "thing", 3, 200, 5000, 3},
    {"odd lengths", "thing", 5, 77, 30, 4}, {"no key: every row is its own", "loose", 2, 60, 3, 1},
};

static void last_row_holds(void **state)
{
    const struct key_case *c = *state;
    model m = model_make();
    const dataset *ds = schema_dataset(m.s, slice_of(c->dataset));
    for (uint64_t seed = 1; seed <= 5; seed++) {
        uint64_t x = seed * 7919;
        batch *b[8];
        store *s = fresh(NULL);
        dict *world = dict_new();
        table *t = NULL;
        err e = {0};
        for (size_t i = 0; i < c->sources; i++) {
            char name[8] = {(char)('a' + (int)i), 0};
            b[i] = batch_random(ds, c->rows, c->kinds, c->style, &x);
            assert_int_equal(import_batch(s, b[i], name, &e), SLA_OK);
        }
        assert_int_equal(store_table_load(s, ds, all_wanted, world, &t, &e), SLA_OK);
        assert_true(t->imported);
        char *got = dump(t, world, false), *want = expected(b, c->sources);
        assert_string_equal(got, want);
        free(got);
        free(want);
        table_free(t);
        dict_free(world);
        store_close(s);
        for (size_t i = 0; i < c->sources; i++) batch_free(b[i]);
    }
    arena_free(&m.a);
}

/* Enough rows for several threads, several chunks and connections. */
static void threads_change_nothing(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 4711;
    store *s = fresh("threads.db");
    for (unsigned i = 0; i < 4; i++) {
        char name[8] = {(char)('a' + (int)i), 0};
        batch *b = batch_random(m.thing, 30000 + i * 777, 40000, i, &x);
        assert_int_equal(import_batch(s, b, name, NULL), SLA_OK);
        batch_free(b);
    }
    char *first = NULL;
    static const char *const threads[] = {"1", "2", "5", "16"};
    for (size_t i = 0; i < LEN(threads); i++) {
        setenv("SLAUDIT_THREADS", threads[i], 1);
        dict *world = dict_new();
        table *t = NULL;
        assert_int_equal(store_table_load(s, m.thing, all_wanted, world, &t, NULL), SLA_OK);
        char *text = dump(t, world, true);
        assert_true(t->superseded > 100);
        if (!first) first = text;
        else {
            assert_true(strcmp(first, text) == 0);
            free(text);
        }
        table_free(t);
        dict_free(world);
    }
    unsetenv("SLAUDIT_THREADS");
    free(first);
    store_close(s);
    arena_free(&m.a);
}

/* Fields that superseded rows' exports had, beside what holding each row against all behind it says. */
static bool has_field(const batch *b, size_t f) { return !bits_none(b->cols[f].valid, BITS_WORDS(b->nrows)); }

static void count_given_up(batch *const *b, const char *const *profile, size_t n, uint64_t *out)
{
    for (size_t p = 0; p < n; p++)
        for (size_t i = 0; i < b[p]->nrows; i++) {
            size_t heir = p;
            for (size_t q = p; q < n; q++)
                for (size_t j = q == p ? i + 1 : 0; j < b[q]->nrows; j++)
                    if (same_cell(b[p], i, b[q], j, 0) && same_cell(b[p], i, b[q], j, 1)) heir = q;
            for (size_t f = 0; f < b[p]->ds->nfields; f++) out[f] += strcmp(profile[p], profile[heir]) != 0 && has_field(b[p], f) && !has_field(b[heir], f);
        }
}

static void fields_given_up(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t sum = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        enum { N = 5 };
        uint64_t x = seed * 104729, want[FIELDS_MAX] = {0};
        const char *profile[N];
        batch *b[N];
        store *s = fresh(NULL);
        dict *world = dict_new();
        table_load one = {.ds = m.thing, .wanted = all_wanted, .given_up = seed % 4 != 0};
        err e = {0};
        for (size_t i = 0; i < N; i++) {
            char name[8] = {(char)('a' + (int)i), 0};
            profile[i] = rnd(&x) % 2 ? "list" : "log";
            b[i] = batch_random(m.thing, 40, 12, (unsigned)seed % 5, &x);
            for (size_t f = 2; f < m.thing->nfields; f++) /* a field that the export has not */
                if (rnd(&x) % 3 == 0) memset(b[i]->cols[f].valid, 0, BITS_WORDS(b[i]->nrows) * 8);
            assert_int_equal(import_batch_of(s, b[i], name, profile[i], &e), SLA_OK);
        }
        assert_int_equal(store_tables_load(s, &one, 1, world, &e), SLA_OK);
        if (one.given_up) count_given_up(b, profile, N, want);
        for (size_t f = 0; f < m.thing->nfields; f++) {
            assert_int_equal(one.t->cols[f].given_up, want[f]);
            sum += want[f];
        }
        assert_int_equal(one.t->nsources, N);
        for (size_t i = 0; i < N; i++) {
            const tsource *of = table_source_info(one.t, (uint32_t)i + 1);
            assert_non_null(of);
            assert_int_equal(of->nrows, b[i]->nrows);
            for (size_t f = 0; f < m.thing->nfields; f++) assert_int_equal(of->fields >> f & 1, has_field(b[i], f));
            batch_free(b[i]);
        }
        assert_null(table_source_info(one.t, 99));
        table_free(one.t);
        dict_free(world);
        store_close(s);
    }
    assert_true(sum > 100);
    arena_free(&m.a);
}

/* several datasets at once are what each alone is; texts that need no code of their own are the same texts, on any number of threads */
static void several_at_once(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 81;
    store *s = fresh("several.db");
    const dataset *const ds[] = {m.thing, m.loose};
    for (unsigned i = 0; i < 4; i++) {
        char name[8] = {(char)('a' + (int)i), 0};
        batch *b = batch_random(ds[i % 2], 25000, 40000, i, &x);
        assert_int_equal(import_batch(s, b, name, NULL), SLA_OK);
        batch_free(b);
    }
    static const bool none_coded[FIELDS_MAX];
    char *alone[2], *apart[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        dict *world = dict_new();
        table *t = NULL;
        assert_int_equal(store_table_load(s, ds[i], all_wanted, world, &t, NULL), SLA_OK);
        alone[i] = dump(t, world, false);
        table_free(t);
        dict_free(world);
    }
    for (int round = 0; round < 4; round++) {
        setenv("SLAUDIT_THREADS", round % 2 ? "3" : "1", 1);
        table_load list[] = {{.ds = m.thing, .wanted = all_wanted}, {.ds = m.loose, .wanted = all_wanted, .coded = round < 2 ? NULL : none_coded}};
        dict *world = dict_new();
        assert_int_equal(store_tables_load(s, list, 2, world, NULL), SLA_OK);
        for (int i = 0; i < 2; i++) {
            char *texts = dump(list[i].t, world, false), *codes = dump(list[i].t, world, true);
            assert_true(strcmp(texts, alone[i]) == 0);
            if (round == 2) apart[i] = strdup(codes);
            if (round == 3) assert_true(strcmp(codes, apart[i]) == 0);
            free(texts);
            free(codes);
            table_free(list[i].t);
        }
        dict_free(world);
    }
    unsetenv("SLAUDIT_THREADS");
    for (int i = 0; i < 2; i++) free(alone[i]), free(apart[i]);
    store_close(s);
    arena_free(&m.a);
}

/* Keys that ascend need no look-up; one that does not, comes twice or is missing, wherever it stands, is found all the same. */
static void keys_in_order(void **state)
{
    (void)state;
    enum { SOURCES = 3, ROWS = 30 };
    static const bool note_coded[FIELDS_MAX] = {0, 1};
    model m = model_make();
    for (int spoilt = -1; spoilt < SOURCES * ROWS; spoilt += spoilt % ROWS < 1 || spoilt % ROWS > ROWS - 3 ? 1 : 9)
        for (int how = 0; how < (spoilt < 0 ? 1 : 3); how++) {
            batch *b[SOURCES];
            store *s = fresh(NULL);
            dict *world = dict_new();
            uint32_t codes = 0;
            for (int i = 0; i < SOURCES; i++) {
                char name[8] = {(char)('a' + i), 0}, text[24];
                b[i] = batch_new(m.numbered, ROWS);
                for (int k = 0; k < ROWS; k++) {
                    int no = i * ROWS + k, id = no == spoilt ? how == 0 ? no - 1 : how == 1 ? no + 1 : 0 : no; /* 7, 8 … 10, 11: longer is later */
                    size_t row = batch_add_row(b[i], (uint32_t)k + 1);
                    if (no != spoilt || how < 2) batch_set_text(b[i], row, 0, (slice){text, (size_t)snprintf(text, sizeof text, "GD%d", id)});
                    batch_set_text(b[i], row, 1, SLICE_LIT("same"));
                }
                assert_int_equal(import_batch(s, b[i], name, NULL), SLA_OK);
            }
            table_load one = {.ds = m.numbered, .wanted = all_wanted, .coded = note_coded};
            assert_int_equal(store_tables_load(s, &one, 1, world, NULL), SLA_OK);
            char *got = dump(one.t, world, false), *want = expected(b, SOURCES);
            assert_string_equal(got, want);
            for (size_t i = 0; i < one.t->nrows; i++) codes += table_codes(one.t, 1)[i] != table_codes(one.t, 1)[0];
            assert_int_equal(codes, 0);
            free(got);
            free(want);
            table_free(one.t);
            dict_free(world);
            store_close(s);
            for (int i = 0; i < SOURCES; i++) batch_free(b[i]);
        }
    arena_free(&m.a);
}

static void only_what_is_wanted(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 9;
    store *s = fresh(NULL);
    batch *b = batch_random(m.thing, 100, 50, 1, &x);
    dict *world = dict_new();
    table *t = NULL;
    bool wanted[FIELDS_MAX] = {false};
    wanted[dataset_field(m.thing, SLICE_LIT("took"))] = true;
    assert_int_equal(store_table_load(s, m.thing, wanted, world, &t, NULL), SLA_OK);
    assert_false(t->imported);
    assert_int_equal(t->nrows, 0);
    table_free(t);
    assert_int_equal(import_batch(s, b, "a", NULL), SLA_OK);
    assert_int_equal(store_table_load(s, m.thing, wanted, world, &t, NULL), SLA_OK);
    for (size_t f = 0; f < m.thing->nfields; f++) {
        slice name = m.thing->fields[f].name;
        bool there = slice_is(name, "id") || slice_is(name, "at") || slice_is(name, "took");
        assert_int_equal(t->cols[f].data != NULL, there);
        assert_int_equal(t->cols[f].valid != NULL, there);
    }
    for (uint32_t c = 0; c < dict_count(world); c++) assert_memory_equal(dict_text(world, c).ptr, "id ", 3); /* no other text was read */
    table_free(t);
    dict_free(world);
    store_close(s);
    batch_free(b);
    arena_free(&m.a);
}

typedef struct parts_sum { pthread_mutex_t lock; size_t calls, rows, texts; uint64_t sum; } parts_sum;
static sla_status add_part(void *ctx, const table *t, const dict *texts, err *e)
{
    parts_sum *p = ctx;
    size_t f = (size_t)dataset_field(t->ds, SLICE_LIT("note"));
    (void)e;
    pthread_mutex_lock(&p->lock);
    p->calls++;
    p->rows += t->nrows;
    for (size_t r = 0; r < t->nrows && t->cols[f].data; r++)
        if (table_has(t, f, r)) {
            slice text = dict_text(texts, table_codes(t, f)[r]);
            p->texts++;
            p->sum += hash64(text.ptr, text.len, 1);
        }
    for (size_t k = 0; k < t->ds->nfields; k++) assert_true(!t->cols[k].data || k == f);
    pthread_mutex_unlock(&p->lock);
    return SLA_OK;
}

/* All rows, those that later ones stand for too, each once, be there none, or more chunks than one part has; on any number of threads. */
static void parts_are_the_whole(void **state)
{
    (void)state;
    enum { SOURCES = 21 };
    model m = model_make();
    uint64_t x = 33;
    size_t f = (size_t)dataset_field(m.thing, SLICE_LIT("note"));
    bool wanted[FIELDS_MAX] = {false};
    wanted[f] = true;
    store *s = fresh("parts.db");
    parts_sum want = {0};
    for (unsigned i = 0; i <= SOURCES; i++) {
        for (int threads = 1; threads < 4; threads += 2) {
            parts_sum got = {.lock = PTHREAD_MUTEX_INITIALIZER};
            setenv("SLAUDIT_THREADS", threads == 1 ? "1" : "3", 1);
            assert_int_equal(store_table_parts(s, m.thing, wanted, add_part, &got, NULL), SLA_OK);
            assert_int_equal(got.rows, want.rows);
            assert_int_equal(got.texts, want.texts);
            assert_true(got.sum == want.sum);
            assert_true(got.calls >= 1);
            assert_true(i < SOURCES || got.calls > 1);
        }
        if (i == SOURCES) break;
        char name[8] = {(char)('a' + (int)i), 0};
        batch *b = batch_random(m.thing, 50 + i, 40, i % 5, &x);
        assert_int_equal(import_batch(s, b, name, NULL), SLA_OK);
        want.rows += b->nrows;
        for (size_t r = 0; r < b->nrows; r++)
            if (bits_get(b->cols[f].valid, r)) {
                slice text = dict_text(b->cols[f].codes, ((uint32_t *)b->cols[f].data)[r]);
                want.texts++;
                want.sum += hash64(text.ptr, text.len, 1);
            }
        batch_free(b);
    }
    unsetenv("SLAUDIT_THREADS");
    store_close(s);
    arena_free(&m.a);
}

static sla_status refuse_part(void *ctx, const table *t, const dict *texts, err *e)
{
    (void)ctx, (void)t, (void)texts;
    return err_set(e, SLA_CONFLICT, SRCPOS_NONE, "refused");
}

static void part_refused(void **state)
{
    (void)state;
    model m = model_make();
    bool wanted[FIELDS_MAX] = {false};
    store *s = fresh(NULL);
    err e = {0};
    assert_int_equal(store_table_parts(s, m.thing, wanted, refuse_part, NULL, &e), SLA_CONFLICT);
    assert_string_equal(e.msg, "refused");
    store_close(s);
    arena_free(&m.a);
}

/* rows of a transaction that is not ended are seen by the connection that writes them */
static void inside_a_transaction(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 9;
    store *s = fresh("inside.db");
    batch *b = batch_random(m.loose, 30000, 50, 3, &x);
    source_info info = info_of(m.loose, "a");
    int64_t id;
    bool known;
    chunk *c = NULL;
    dict *world = dict_new();
    table *t = NULL;
    assert_int_equal(store_source_begin(s, &info, &known, &id, NULL), SLA_OK);
    assert_int_equal(chunk_pack(b, &c, NULL), SLA_OK);
    assert_int_equal(store_chunk_put(s, id, c, NULL), SLA_OK);
    assert_int_equal(store_table_load(s, m.loose, all_wanted, world, &t, NULL), SLA_OK);
    assert_int_equal(t->nrows, 30000);
    table_free(t);
    store_source_abort(s);
    assert_int_equal(store_table_load(s, m.loose, all_wanted, world, &t, NULL), SLA_OK);
    assert_int_equal(t->nrows, 0);
    table_free(t);
    chunk_free(c);
    dict_free(world);
    store_close(s);
    batch_free(b);
    arena_free(&m.a);
}

static const struct damage_case { const char *name, *sql, *says; } damage_cases[] = {
    {"a column cut short", "UPDATE chunk_column SET data=substr(data, 1, length(data) - 1) WHERE field='note'", "column note of chunk 1 (thing)"},
    {"a column of nothing", "UPDATE chunk_column SET data=x'' WHERE field='at'", "column at of chunk 1 (thing)"},
    {"a column that is a number", "UPDATE chunk_column SET data=7 WHERE field='id'", "column id of chunk 1 (thing)"},
    {"columns exchanged", "UPDATE chunk_column SET field='x' WHERE field='at'; UPDATE chunk_column SET field='at' WHERE field='id'", "column at of chunk 1 (thing)"},
    {"no lines", "UPDATE chunk SET lines=x''", "column lines of chunk 1 (thing)"},
    {"fewer rows", "UPDATE chunk SET nrows=99", "of chunk 1 (thing) is damaged"},
    {"more rows than a chunk can have", "UPDATE chunk SET nrows=1000000", "chunk 1 of thing is damaged"},
    {"a negative number of rows", "UPDATE chunk SET nrows=-1", "chunk 1 of thing is damaged"},
    {"a source that cannot be", "UPDATE chunk SET source=-4", "chunk 1 of thing is damaged"},
};

static void damage_is_named(void **state)
{
    const struct damage_case *c = *state;
    model m = model_make();
    uint64_t x = 9;
    store *s = fresh(NULL);
    batch *b = batch_random(m.thing, 100, 50, 1, &x);
    dict *world = dict_new();
    table *t = NULL;
    err e = {0};
    assert_int_equal(import_batch(s, b, "a", NULL), SLA_OK);
    assert_int_equal(db_exec(store_db(s), c->sql, NULL), SLA_OK);
    assert_int_equal(store_table_load(s, m.thing, all_wanted, world, &t, &e), SLA_CONFLICT);
    assert_null(t);
    if (!strstr(e.msg, c->says)) fail_msg("%s", e.msg);
    dict_free(world);
    store_close(s);
    batch_free(b);
    arena_free(&m.a);
}

static void without_memory(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 9;
    store *s = fresh("memory.db");
    for (unsigned i = 0; i < 2; i++) { /* few rows are read one column after the other, many on threads */
        batch *b = batch_random(m.thing, i ? 25000 : 200, 90, 1, &x);
        assert_int_equal(import_batch(s, b, i ? "b" : "a", NULL), SLA_OK);
        batch_free(b);
        bool worked = false;
        EACH_ALLOCATION_FAILS(n, worked)
        {
            err e = {0};
            table *t = NULL;
            dict *world = dict_new();
            mem_fail_after(n);
            sla_status st = store_table_load(s, m.thing, all_wanted, world, &t, &e);
            mem_fail_after(-1);
            worked = st == SLA_OK;
            if (!worked) assert_int_equal(st, SLA_NOMEM);
            if (!worked) assert_int_equal(e.code, SLA_NOMEM);
            if (!worked) assert_null(t);
            table_free(t);
            dict_free(world);
        }
        assert_true(worked);
    }
    store_close(s);
    arena_free(&m.a);
}

int main(void)
{
    struct CMUnitTest tests[LEN(key_cases) + LEN(damage_cases) + 9];
    size_t n = 0;
    ROWS(tests, n, key_cases, last_row_holds);
    ROWS(tests, n, damage_cases, damage_is_named);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(threads_change_nothing);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(several_at_once);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(fields_given_up);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(keys_in_order);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(only_what_is_wanted);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(parts_are_the_whole);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(part_refused);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(inside_a_transaction);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(without_memory);
    return cmocka_run_group_tests_name("store/load", tests, NULL, NULL);
}
