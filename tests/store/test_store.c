/* The workspace as a file: what is opened and what refused, sources whole or not at all, the trail. */
#include "tests/support/check.h"
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "tests/store/fill.h"

static store *open_at(const char *path, store_mode mode)
{
    store *s = NULL;
    err e = {0};
    if (store_open(path, mode, &s, &e) != SLA_OK) fail_msg("%s: %s", path ? path : "memory", e.msg);
    return s;
}

static const char *fresh(const char *name)
{
    const char *p = test_path(name);
    unlink(p);
    return p;
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *h;
    assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(h);
}

static void write_text(const char *path, const char *text) { assert_int_equal(file_write(path, text, strlen(text), NULL), SLA_OK); }

/* ---- what is refused, and how it is said ---- */
static void make_text(const char *p) { write_text(p, "id,priority,created\nT1,P1,2025-07-01\nand more text, so that it is longer than a header of a database would be, by far\n"); }
static void make_short(const char *p) { write_text(p, "x"); }
static void make_empty(const char *p) { write_text(p, ""); }
static void make_other(const char *p) { run_sql(p, "CREATE TABLE t(a); INSERT INTO t VALUES(1)"); }
static void make_other_id(const char *p) { run_sql(p, "PRAGMA application_id=77; CREATE TABLE t(a)"); }
static void make_newer(const char *p) { store_close(open_at(p, STORE_CREATE)); run_sql(p, "PRAGMA user_version=99"); }
static void make_folder(const char *p) { mkdir(p, 0700); }
static void make_nothing(const char *p) { (void)p; }
static void make_damaged(const char *p)
{
    store_close(open_at(p, STORE_CREATE));
    FILE *f = fopen(p, "r+b");
    assert_non_null(f);
    fseek(f, 100, SEEK_SET);
    for (int i = 0; i < 4000; i++) fputc(0x5a, f);
    fclose(f);
}

static const struct refused_case { const char *name; void (*make)(const char *); store_mode mode; const char *says; } refused_cases[] = {
    {"a text file", make_text, STORE_CREATE, "no SQLite database"},
    {"a file of one byte", make_short, STORE_CREATE, "no SQLite database"},
    {"another program's database", make_other, STORE_CREATE, "another program's SQLite database"},
    {"a database with another id", make_other_id, STORE_EXISTING, "another program's SQLite database"},
    {"a newer format", make_newer, STORE_CREATE, "format 99"},
    {"a folder", make_folder, STORE_CREATE, "a folder"},
    {"nothing there", make_nothing, STORE_EXISTING, "no such workspace"},
    {"nothing there to read", make_nothing, STORE_READ_ONLY, "no such workspace"},
    {"an empty file to read", make_empty, STORE_READ_ONLY, "the file is empty"},
    {"a damaged workspace", make_damaged, STORE_EXISTING, "malformed"},
};

static void is_refused(void **state)
{
    const struct refused_case *c = *state;
    const char *p = test_path("refused");
    struct stat before, after;
    store *s = NULL;
    err e = {0};
    rmdir(p);
    unlink(p);
    c->make(p);
    int there = stat(p, &before);
    sla_status st = store_open(p, c->mode, &s, &e);
    assert_int_equal(st, SLA_DB);
    assert_null(s);
    if (!strstr(e.msg, c->says)) fail_msg("%s", e.msg);
    assert_string_equal(e.file, p);
    assert_true(e.hint[0] != '\0');
    assert_int_equal(stat(p, &after), there); /* left as it was */
    if (there == 0) assert_int_equal(before.st_size, after.st_size);
    rmdir(p);
    unlink(p);
}

static void no_place(void **state)
{
    (void)state;
    store *s = NULL;
    err e = {0};
    assert_int_equal(store_open("/proc/nowhere/ws.db", STORE_CREATE, &s, &e), SLA_DB);
    assert_true(e.hint[0] != '\0');
    assert_int_equal(store_open("", STORE_CREATE, &s, NULL), SLA_DB);
    assert_int_equal(store_open(":memory:", STORE_CREATE, &s, NULL), SLA_DB);
    assert_null(s);
}

static void nothing_left_over(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 1;
    batch *b = batch_random(m.thing, 100, 9, 1, &x);
    const char *p = fresh("left.db");
    make_empty(p); /* an empty file becomes a workspace */
    store *s = open_at(p, STORE_CREATE);
    assert_int_equal(import_batch(s, b, "a", NULL), SLA_OK);
    store_close(s);
    char other[512];
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    for (size_t i = 0; i < LEN(ends); i++) {
        snprintf(other, sizeof other, "%s%s", p, ends[i]);
        assert_int_equal(access(other, F_OK), -1);
    }
    chmod(p, 0400);
    s = open_at(p, STORE_READ_ONLY);
    store_close(s);
    store_close(NULL);
    batch_free(b);
    arena_free(&m.a);
}

/* ---- zone and model ---- */
static void zone_is_fixed(void **state)
{
    (void)state;
    char z[64];
    err e = {0};
    store *s = open_at(NULL, STORE_CREATE);
    assert_int_equal(store_zone(s, z, NULL), SLA_OK);
    assert_string_equal(z, "Asia/Shanghai");
    assert_int_equal(store_set_zone(s, "Europe/Berlin", NULL), SLA_OK);
    assert_int_equal(store_set_zone(s, "Europe/Berlin", NULL), SLA_OK);
    assert_int_equal(store_set_zone(s, "Asia/Tokyo", &e), SLA_CONFLICT);
    assert_non_null(strstr(e.msg, "Europe/Berlin"));
    assert_int_equal(store_zone(s, z, NULL), SLA_OK);
    assert_string_equal(z, "Europe/Berlin");
    store_close(s);
}

static sla_status set_model(store *s, const char *text, err *e)
{
    arena a = {0};
    ynode *root;
    schema *m;
    errlist errors = {0};
    assert_int_equal(yaml_parse(slice_of(text), "m", &a, &root, NULL), SLA_OK);
    assert_int_equal(schema_load(root, slice_of(text), &a, &m, &errors), SLA_OK);
    sla_status st = store_set_model(s, m, e);
    arena_free(&a);
    return st;
}

static void model_is_kept(void **state)
{
    (void)state;
    arena a = {0};
    schema *m;
    err e = {0};
    store *s = open_at(NULL, STORE_CREATE);
    assert_int_equal(store_model(s, &a, &m, NULL), SLA_OK);
    assert_null(m);
    assert_int_equal(set_model(s, "datasets: {t: {fields: {a: {type: text}}}}", NULL), SLA_OK);
    assert_int_equal(set_model(s, "datasets: {t: {fields: {b: {type: time}, a: {type: text}}}, u: {fields: {c: {type: text}}}}", NULL), SLA_OK);
    assert_int_equal(set_model(s, "datasets: {t: {fields: {a: {type: number}}}}", &e), SLA_CONFLICT);
    assert_non_null(strstr(e.msg, "field a of t is text"));
    assert_int_equal(store_model(s, &a, &m, NULL), SLA_OK);
    assert_int_equal(m->n, 2);
    store_close(s);
    arena_free(&a);
}

/* ---- sources ---- */
static size_t count_of(store *s, const char *sql)
{
    sqlite3_stmt *st;
    bool row;
    assert_int_equal(db_prepare(store_db(s), sql, &st, NULL), SLA_OK);
    assert_int_equal(db_step(store_db(s), st, &row, NULL), SLA_OK);
    size_t n = (size_t)db_col_i64(st, 0);
    db_finalize(st);
    return n;
}

static void same_bytes_are_known(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 1;
    batch *b = batch_random(m.thing, 10, 9, 1, &x);
    store *s = open_at(NULL, STORE_CREATE);
    source_info i = info_of(m.thing, "a");
    int64_t id = 0;
    bool known;
    assert_int_equal(import_batch(s, b, "a", NULL), SLA_OK);
    assert_int_equal(store_source_begin(s, &i, &known, &id, NULL), SLA_OK);
    assert_true(known);
    const struct { const char *what; source_info info; } other[] = {
        {"another sheet", {.part = SLICE_LIT("Sheet2")}}, {"another profile", {.profile = SLICE_LIT("servicenow")}}, {"another dataset", {.dataset = SLICE_LIT("loose")}}};
    for (size_t k = 0; k < LEN(other); k++) {
        source_info j = i;
        if (other[k].info.part.ptr) j.part = other[k].info.part;
        if (other[k].info.profile.ptr) j.profile = other[k].info.profile;
        if (other[k].info.dataset.ptr) j.dataset = other[k].info.dataset;
        assert_int_equal(store_source_begin(s, &j, &known, &id, NULL), SLA_OK);
        assert_false(known);
        assert_int_equal(id, 2); /* numbers of sources that were given up are used again */
        store_source_abort(s);
    }
    store_source_abort(s); /* nothing to give up */
    assert_int_equal(count_of(s, "SELECT count(*) FROM source"), 1);
    for (uint64_t more = 0; more < 2; more++) {
        assert_int_equal(store_source_as_long(s, i.bytes + more, &known, NULL), SLA_OK);
        assert_int_equal(known, more == 0);
    }
    store_close(s);
    batch_free(b);
    arena_free(&m.a);
}

static void comes_back(void **state)
{
    (void)state;
    model m = model_make();
    const char *p = fresh("back.db");
    store *s = open_at(p, STORE_CREATE);
    source_info i = info_of(m.thing, "a"), *list;
    stored_reject *rejects;
    size_t n;
    int64_t id;
    bool known;
    arena a = {0};
    assert_int_equal(store_source_begin(s, &i, &known, &id, NULL), SLA_OK);
    assert_int_equal(store_source_begin(s, &i, &known, &id, NULL), SLA_DB); /* one at a time */
    reject r = {7, 3, SLICE_LIT("at"), SLICE_LIT("soon"), SLICE_LIT("no time"), false}, whole = {2, 0, {0}, {0}, SLICE_LIT("no id"), true};
    assert_int_equal(store_reject_put(s, id, &r, NULL), SLA_OK);
    assert_int_equal(store_reject_put(s, id, &whole, NULL), SLA_OK);
    i.rows = 99;
    assert_int_equal(store_source_commit(s, id, &i, NULL), SLA_OK);
    store_close(s);
    s = open_at(p, STORE_READ_ONLY);
    assert_int_equal(store_sources(s, &a, &list, &n, NULL), SLA_OK);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].id, 1);
    assert_slice_is(list[0].path, "a");
    assert_slice_is(list[0].notes, "UTF-8\n");
    assert_slice_is(list[0].dataset, "thing");
    assert_string_equal(list[0].sha256, i.sha256);
    assert_int_equal(list[0].rows, 99);
    assert_int_equal(list[0].accepted, 5);
    assert_int_equal(list[0].rejected, 2);
    assert_int_equal(list[0].rejected_values, 1);
    assert_int_equal(store_rejects(s, &a, 10, &rejects, &n, NULL), SLA_OK);
    assert_int_equal(n, 2);
    assert_int_equal(rejects[0].line, 2);
    assert_true(rejects[0].row);
    assert_slice_is(rejects[1].value, "soon");
    assert_slice_is(rejects[1].reason, "no time");
    assert_int_equal(rejects[1].col, 3);
    assert_int_equal(store_rejects(s, &a, 1, &rejects, &n, NULL), SLA_OK);
    assert_int_equal(n, 1);
    assert_int_equal(store_source_begin(s, &i, &known, &id, NULL), SLA_OK);
    assert_true(known);
    i.part = SLICE_LIT("x");
    assert_int_equal(store_source_begin(s, &i, &known, &id, NULL), SLA_DB); /* opened for reading only */
    store_close(s);
    arena_free(&a);
    arena_free(&m.a);
}

/* ---- kill -9 at any moment ---- */
enum { KILL_BATCHES = 6, KILL_ROWS = 20000 };

static void import_many(const char *path, batch *const *b, bool together)
{
    store *s = NULL;
    if (store_open(path, STORE_CREATE, &s, NULL) != SLA_OK) _exit(9);
    if (together) store_sources_begin(s);
    for (unsigned k = 0; k < 40; k++) {
        char name[32];
        source_info info;
        int64_t id;
        bool known;
        snprintf(name, sizeof name, "%c%u", 'a' + (int)(k % 26), k);
        info = info_of(b[0]->ds, name);
        snprintf(info.sha256, sizeof info.sha256, "%064u", k);
        if (store_source_begin(s, &info, &known, &id, NULL) != SLA_OK) _exit(9);
        if (known) continue;
        for (size_t i = 0; i < KILL_BATCHES; i++) {
            chunk *c = NULL;
            if (chunk_pack(b[i], &c, NULL) != SLA_OK || store_chunk_put(s, id, c, NULL) != SLA_OK) _exit(9);
            chunk_free(c);
        }
        if (store_source_commit(s, id, &info, NULL) != SLA_OK) _exit(9);
    }
    if (store_sources_end(s, NULL) != SLA_OK) _exit(9);
    store_close(s);
}

static void killed(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 77;
    batch *b[KILL_BATCHES];
    for (size_t i = 0; i < KILL_BATCHES; i++) b[i] = batch_random(m.thing, KILL_ROWS, 1000, 3, &x);
    const char *p = fresh("killed.db");
    size_t between = 0, last = 0;
    for (unsigned round = 0; round < 25; round++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            import_many(p, b, round % 3 == 2);
            _exit(0);
        }
        struct timespec wait = {0, (long)(rnd(&x) % 60000000)};
        nanosleep(&wait, NULL);
        kill(pid, SIGKILL);
        int status;
        waitpid(pid, &status, 0);
        if (WIFEXITED(status)) assert_int_equal(WEXITSTATUS(status), 0);
        else between++;
        store *s = open_at(p, STORE_CREATE);
        size_t sources = count_of(s, "SELECT count(*) FROM source");
        trail_head head;
        assert_true(sources >= last);
        assert_int_equal(count_of(s, "SELECT count(*) FROM chunk"), sources * KILL_BATCHES);
        assert_int_equal(count_of(s, "SELECT coalesce(sum(nrows), 0) FROM chunk"), sources * KILL_BATCHES * KILL_ROWS);
        assert_int_equal(count_of(s, "SELECT count(*) FROM chunk_column WHERE chunk NOT IN (SELECT id FROM chunk)"), 0);
        assert_int_equal(store_trail_check(s, &head, NULL), SLA_OK);
        assert_int_equal(head.count, sources);
        last = sources;
        store_close(s);
        if (last == 40) {
            unlink(p);
            last = 0;
        }
    }
    assert_true(between > 5);
    for (size_t i = 0; i < KILL_BATCHES; i++) batch_free(b[i]);
    arena_free(&m.a);
}

/* What a killed import had written already is taken back by the next who opens the workspace, be it only to read. */
static void killed_then_read(void **state)
{
    (void)state;
    enum { AT_LEAST = 24 << 20 }; /* more than SQLite keeps back in memory */
    model m = model_make();
    uint64_t x = 5;
    const char *p = fresh("killed_read.db");
    batch *b = batch_random(m.thing, 20000, 20000, 3, &x);
    store *s = open_at(p, STORE_CREATE);
    assert_int_equal(import_batch(s, b, "first", NULL), SLA_OK);
    store_close(s);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        chunk *c;
        bool known;
        int64_t id;
        source_info info = info_of(m.thing, "second one");
        s = open_at(p, STORE_CREATE);
        if (store_source_begin(s, &info, &known, &id, NULL) != SLA_OK || chunk_pack(b, &c, NULL) != SLA_OK) _exit(1);
        for (size_t written = 0; written < AT_LEAST; written += chunk_rows(c) * 20) /* a row is at least so many bytes */
            if (store_chunk_put(s, id, c, NULL) != SLA_OK) _exit(1);
        _exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    s = open_at(p, STORE_READ_ONLY);
    assert_int_equal(count_of(s, "SELECT count(*) FROM source"), 1);
    assert_int_equal(count_of(s, "SELECT count(*) FROM chunk"), 1);
    store_close(s);
    batch_free(b);
    arena_free(&m.a);
}

/* ---- stamps of files ---- */
/* What was noted of a source that is given up is not told of the next one, which has its number. */
static void noted_files(void **state)
{
    (void)state;
    model m = model_make();
    store *s = open_at(NULL, STORE_CREATE);
    source_info i = info_of(m.thing, "x");
    const file_stamp first = {.size = 1}, second = {.size = 2};
    file_stamp got;
    int64_t id;
    bool known;
    for (int together = 0; together < 2; together++) {
        if (together) store_sources_begin(s);
        assert_int_equal(store_source_begin(s, &i, &known, &id, NULL), SLA_OK);
        assert_int_equal(store_note_file(s, id, &first, NULL), SLA_OK);
        store_source_abort(s);
        assert_false(store_noted_file(s, id, &got));
        assert_int_equal(store_source_begin(s, &i, &known, &id, NULL), SLA_OK);
        assert_false(store_noted_file(s, id, &got));
        assert_int_equal(store_note_file(s, id, &second, NULL), SLA_OK);
        assert_int_equal(store_source_commit(s, id, &i, NULL), SLA_OK);
        assert_true(store_noted_file(s, id, &got) && got.size == 2);
        i = info_of(m.thing, "y");
    }
    assert_int_equal(id, 2);
    assert_int_equal(db_exec(store_db(s), "ROLLBACK", NULL), SLA_OK); /* the second is lost, as on a full disk */
    assert_int_equal(store_sources_end(s, &(err){0}), SLA_DB);
    assert_false(store_noted_file(s, id, &got));
    store_close(s);
    arena_free(&m.a);
}

/* ---- several sources in one transaction ---- */
static void together(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 5;
    batch *b = batch_random(m.thing, 100, 9, 1, &x);
    source_info i = info_of(m.thing, "gone");
    const char *p = fresh("together.db");
    store *s = open_at(p, STORE_CREATE);
    int64_t id;
    bool known;
    err e = {0};
    store_sources_begin(s);
    assert_int_equal(import_batch(s, b, "a", NULL), SLA_OK);
    assert_int_equal(store_source_begin(s, &i, &known, &id, NULL), SLA_OK);
    assert_false(known);
    store_source_abort(s); /* gives up this one only */
    assert_int_equal(import_batch(s, b, "b", NULL), SLA_OK);
    assert_int_equal(store_sources_end(s, NULL), SLA_OK);
    store_sources_begin(s);
    assert_int_equal(import_batch(s, b, "c", NULL), SLA_OK);
    store_close(s); /* without an end: as if it had never begun */
    s = open_at(p, STORE_CREATE);
    assert_int_equal(count_of(s, "SELECT count(*) FROM source"), 2);
    assert_int_equal(count_of(s, "SELECT sum(nrows) FROM chunk"), 200);
    store_sources_begin(s);
    assert_int_equal(import_batch(s, b, "c", NULL), SLA_OK);
    assert_int_equal(import_batch(s, b, "d", NULL), SLA_OK);
    assert_int_equal(db_exec(store_db(s), "ROLLBACK", NULL), SLA_OK); /* as SQLite does of itself when a disk fails */
    assert_int_equal(import_batch(s, b, "e", &e), SLA_DB);
    assert_non_null(strstr(e.msg, "the 2 sources"));
    assert_int_equal(store_sources_end(s, &(err){0}), SLA_DB); /* that they are gone is said at the end too */
    assert_int_equal(import_batch(s, b, "c", NULL), SLA_OK);
    assert_int_equal(count_of(s, "SELECT count(*) FROM source"), 3);
    store_close(s);
    batch_free(b);
    arena_free(&m.a);
}

/* A COMMIT that fails without ending the transaction, as where another program reads the workspace: what shares it is given up, the source that brought it about too, and nothing of it is
 * kept by the next COMMIT. */
static void commit_fails(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 5;
    batch *b = batch_random(m.thing, 10, 9, 1, &x);
    for (int in_the_middle = 0; in_the_middle < 2; in_the_middle++)
        for (size_t before = 0; before < 3; before++) {
            const char *p = fresh("commit.db");
            store *s = open_at(p, STORE_CREATE);
            sqlite3 *reader;
            source_info last = info_of(m.thing, "last");
            int64_t id;
            bool known;
            err e = {0};
            if (in_the_middle) last.bytes = 256 << 20;
            assert_int_equal(db_exec(store_db(s), "PRAGMA busy_timeout=0", NULL), SLA_OK);
            assert_int_equal(sqlite3_open(p, &reader), SQLITE_OK);
            store_sources_begin(s);
            if (before > 0) assert_int_equal(import_batch(s, b, "a", NULL), SLA_OK);
            if (before > 1) assert_int_equal(import_batch(s, b, "b", NULL), SLA_OK);
            assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM source", NULL, NULL, NULL), SQLITE_OK);
            assert_int_equal(store_source_begin(s, &last, &known, &id, NULL), SLA_OK);
            assert_int_equal(store_note_file(s, id, &(file_stamp){.size = 1}, NULL), SLA_OK);
            assert_int_equal(store_source_commit(s, id, &last, &e), in_the_middle ? SLA_DB : SLA_OK);
            if (in_the_middle) store_source_abort(s);
            else assert_int_equal(store_sources_end(s, &e), SLA_DB);
            assert_non_null(strstr(e.msg, "locked"));
            assert_int_equal(strstr(e.msg, "sources taken before this") != NULL, before || !in_the_middle);
            assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
            assert_false(store_noted_file(s, id, &(file_stamp){0}));
            if (in_the_middle) { /* what was told as taken is told as lost at the end, whoever heard of it before */
                if (before) assert_int_equal(import_batch(s, b, "c", &(err){0}), SLA_DB);
                assert_int_equal(store_sources_end(s, &(err){0}), before ? SLA_DB : SLA_OK);
            }
            assert_int_equal(count_of(s, "SELECT count(*) FROM source"), 0);
            assert_int_equal(import_batch(s, b, "last", NULL), SLA_OK); /* and it can be done again */
            assert_int_equal(count_of(s, "SELECT count(*) FROM source"), 1);
            sqlite3_close(reader);
            store_close(s);
        }
    batch_free(b);
    arena_free(&m.a);
}

/* What is one transaction by itself is given up too. */
static void commit_of_caveats_and_actions_fails(void **state)
{
    (void)state;
    const char *p = fresh("commit.db");
    store *s = open_at(p, STORE_CREATE);
    sqlite3 *reader;
    const caveat c = {0, SLICE_LIT("days"), SLICE_LIT("thing"), SLICE_LIT("at"), 1, 2, SLICE_LIT("一"), SLICE_LIT("one")};
    const stored_action a = {SLICE_LIT("f"), SLICE_LIT("u1"), SLICE_LIT(""), SLICE_LIT("open"), SLICE_LIT("")};
    assert_int_equal(store_caveats_replace(s, NULL, 0, NULL), SLA_OK);
    assert_int_equal(db_exec(store_db(s), "PRAGMA busy_timeout=0", NULL), SLA_OK);
    assert_int_equal(sqlite3_open(p, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM source", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_caveats_replace(s, &c, 1, &(err){0}), SLA_DB);
    assert_int_equal(store_actions_put(s, &a, 1, SLICE_LIT("{\"n\":1}"), &(err){0}), SLA_DB);
    assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(count_of(s, "SELECT count(*) FROM caveat"), 0);
    assert_int_equal(count_of(s, "SELECT count(*) FROM action"), 0);
    assert_int_equal(store_actions_put(s, &a, 1, SLICE_LIT("{\"n\":1}"), NULL), SLA_OK);
    assert_int_equal(count_of(s, "SELECT count(*) FROM action"), 1);
    assert_int_equal(count_of(s, "SELECT count(*) FROM caveat"), 0);
    sqlite3_close(reader);
    store_close(s);
}

/* ---- a disk that is full ---- */
static void disk_full(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 1;
    batch *b = batch_random(m.thing, 30000, 9, 1, &x);
    store *s = open_at(fresh("full.db"), STORE_CREATE);
    err e = {0};
    assert_int_equal(import_batch(s, b, "a", NULL), SLA_OK);
    size_t pages = count_of(s, "PRAGMA page_count");
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count=%zu", pages + 3);
    assert_int_equal(db_exec(store_db(s), sql, NULL), SLA_OK);
    assert_int_equal(import_batch(s, b, "bb", &e), SLA_DB);
    assert_non_null(strstr(e.msg, "full"));
    assert_non_null(strstr(e.hint, "make room"));
    assert_int_equal(count_of(s, "SELECT count(*) FROM source"), 1);
    assert_int_equal(count_of(s, "SELECT count(*) FROM chunk"), 1);
    assert_int_equal(db_exec(store_db(s), "PRAGMA max_page_count=1000000", NULL), SLA_OK);
    assert_int_equal(import_batch(s, b, "bb", NULL), SLA_OK); /* and it can be done again */
    assert_int_equal(count_of(s, "SELECT count(*) FROM source"), 2);
    store_close(s);
    batch_free(b);
    arena_free(&m.a);
}

/* ---- the trail ---- */
#define FIRST_HASH "9eb497e6dc48810228f05e28a78a2f5a2c887cb7bafbb177b1cc2c86de49cef9"
static const struct tamper_case { const char *name, *sql, *says; } tamper_cases[] = {
    {"nothing is done to it", "SELECT 1", NULL},
    {"a detail is changed", "UPDATE trail SET detail='{\"n\":9}' WHERE seq=2", "entry 2"},
    {"a kind is changed", "UPDATE trail SET kind='export' WHERE seq=3", "entry 3"},
    {"kind and detail are cut elsewhere", "UPDATE trail SET kind=kind||substr(detail,1,1), detail=substr(detail,2) WHERE seq=3", "entry 3"},
    {"an entry is taken out", "DELETE FROM trail WHERE seq=2", "entry 2"},
    {"an entry is taken out and the rest moved up", "DELETE FROM trail WHERE seq=2; UPDATE trail SET seq=seq-1 WHERE seq>2", "entry 2"},
    {"an entry is put in", "INSERT INTO trail SELECT 5, kind, detail, prev, hash FROM trail WHERE seq=4", "entry 5"},
    {"two are swapped", "UPDATE trail SET seq=-seq; UPDATE trail SET seq=CASE seq WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -seq END", "entry 2"},
    {"a hash is changed", "UPDATE trail SET hash=upper(hash) WHERE seq=4", "entry 4"},
};

static void tampering_is_found(void **state)
{
    const struct tamper_case *c = *state;
    store *s = open_at(NULL, STORE_CREATE);
    trail_head head, checked;
    err e = {0};
    assert_int_equal(store_trail_check(s, &head, NULL), SLA_OK);
    assert_int_equal(head.count, 0);
    for (int i = 1; i <= 4; i++) {
        char detail[32];
        snprintf(detail, sizeof detail, "{\"n\":%d}", i);
        assert_int_equal(store_trail_add(s, "import", slice_of(detail), NULL), SLA_OK);
    }
    assert_int_equal(db_exec(store_db(s), c->sql, NULL), SLA_OK);
    assert_int_equal(store_trail_head(s, &head, NULL), SLA_OK);
    sla_status st = store_trail_check(s, &checked, &e);
    assert_int_equal(st, c->says ? SLA_CONFLICT : SLA_OK);
    if (c->says && !strstr(e.msg, c->says)) fail_msg("%s", e.msg);
    if (!c->says) {
        assert_int_equal(head.count, 4);
        assert_string_equal(head.hash, checked.hash);
        /* sha256 of '' NUL '1' NUL 'import' NUL '{"n":1}' */
        assert_int_equal(count_of(s, "SELECT count(*) FROM trail WHERE seq=1 AND hash='" FIRST_HASH "'"), 1);
    }
    store_close(s);
}

static void without_memory(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 1;
    batch *b = batch_random(m.thing, 50, 9, 1, &x);
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked)
    {
        store *s = NULL;
        err e = {0};
        arena a = {0};
        source_info *list;
        stored_reject *rejects;
        size_t ns;
        mem_fail_after(n);
        sla_status st = store_open(NULL, STORE_CREATE, &s, &e);
        if (st == SLA_OK) st = store_set_model(s, m.s, &e);
        if (st == SLA_OK) st = import_batch(s, b, "a", &e);
        if (st == SLA_OK) st = store_sources(s, &a, &list, &ns, &e);
        if (st == SLA_OK) st = store_rejects(s, &a, 5, &rejects, &ns, &e);
        mem_fail_after(-1);
        worked = st == SLA_OK;
        if (!worked) assert_int_equal(st, SLA_NOMEM);
        if (!worked) assert_int_equal(e.code, SLA_NOMEM);
        store_close(s);
        arena_free(&a);
    }
    assert_true(worked);
    batch_free(b);
    arena_free(&m.a);
}

int main(void)
{
    struct CMUnitTest tests[LEN(refused_cases) + LEN(tamper_cases) + 14];
    size_t n = 0;
    ROWS(tests, n, refused_cases, is_refused);
    ROWS(tests, n, tamper_cases, tampering_is_found);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(no_place);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(nothing_left_over);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(zone_is_fixed);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(model_is_kept);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(same_bytes_are_known);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(comes_back);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(killed);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(killed_then_read);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(noted_files);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(together);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(commit_fails);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(commit_of_caveats_and_actions_fails);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(disk_full);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(without_memory);
    return cmocka_run_group_tests_name("store/store", tests, NULL, NULL);
}
