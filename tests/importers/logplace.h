/* A workspace in memory into which logs are imported, for the tests of whole files. What the program loads for every import is loaded once a program: load_common and free_common around the group. */
#ifndef SLA_TESTS_IMPORTERS_LOGPLACE_H
#define SLA_TESTS_IMPORTERS_LOGPLACE_H
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"
#include "importers/import.h"
#include "importers/logsink.h"
#include "tests/support/check.h"

typedef struct place { arena a; schema *m; store *s; zone *z; import_report report; dict *d; table *t; buf said; } place;

static inline void hear(void *ctx, const char *line)
{
    buf_text(ctx, line);
    buf_char(ctx, '\n');
}

static struct { arena a; schema *m; import_own *own; } common;

static inline int load_common(void **state)
{
    err e = {0};
    errlist errors = {0};
    ynode *root;
    buf b = {0};
    const char *path;
    (void)state;
    assert_int_equal(file_own_data("rules/itss-2025/model.yaml", &common.a, &path, &e), SLA_OK);
    assert_int_equal(file_read(path, 1 << 20, &b, &e), SLA_OK);
    assert_int_equal(yaml_parse((slice){b.ptr, b.len}, "model.yaml", &common.a, &root, &e), SLA_OK);
    assert_int_equal(schema_load(root, (slice){b.ptr, b.len}, &common.a, &common.m, &errors), SLA_OK);
    assert_non_null(common.own = import_own_new());
    assert_int_equal(import_own_profiles(common.own, common.m, &errors), SLA_OK);
    assert_int_equal(import_own_patterns(common.own, &errors), SLA_OK);
    buf_free(&b);
    return 0;
}

static inline int free_common(void **state)
{
    (void)state;
    import_own_free(common.own);
    arena_free(&common.a);
    return 0;
}

static inline void open_place(place *p)
{
    err e = {0};
    *p = (place){.m = common.m, .d = dict_new()};
    assert_int_equal(zone_open("Asia/Shanghai", &p->z, &e), SLA_OK);
    assert_int_equal(store_open(NULL, STORE_CREATE, &p->s, &e), SLA_OK);
    assert_int_equal(store_set_model(p->s, p->m, &e), SLA_OK);
}

static inline void close_place(place *p)
{
    table_free(p->t);
    dict_free(p->d);
    import_report_clear(&p->report);
    store_close(p->s);
    zone_close(p->z);
    arena_free(&p->a);
    buf_free(&p->said);
}

/* The period is 2025Q3; bytes: read at a time. */
static inline void take(place *p, const char *path, size_t bytes)
{
    err e = {0};
    bool all[FIELDS_MAX];
    import_options o = {.zone = p->z, .block = bytes, .from = 1751299200000, .to = 1759248000000, .say = hear, .ctx = &p->said, .own = common.own};
    memset(all, 1, sizeof all);
    import_paths(p->s, p->m, &o, &path, 1, &p->report, &e);
    assert_int_equal(store_table_load(p->s, schema_dataset(p->m, SLICE_LIT("log")), all, p->d, &p->t, &e), SLA_OK);
}

static inline const char *write_file(const char *name, const char *text, size_t n)
{
    err e = {0};
    const char *path = test_path(name);
    assert_int_equal(file_write(path, text, n, &e), SLA_OK);
    return path;
}

static inline slice cell(const place *p, const char *name, size_t row)
{
    int f = dataset_field(p->t->ds, slice_of(name));
    return p->t->cols[f].data && table_has(p->t, (size_t)f, row) ? dict_text(p->d, table_codes(p->t, (size_t)f)[row]) : SLICE_LIT("");
}

static inline int64_t at(const place *p, size_t row) { return table_i64(p->t, (size_t)dataset_field(p->t->ds, SLICE_LIT("at")))[row]; }

static inline size_t count_rows(const place *p, const char *a, const char *is_a, const char *b, const char *is_b)
{
    size_t n = 0;
    for (size_t i = 0; i < p->t->nrows; i++) n += slice_is(cell(p, a, i), is_a) && (!b || slice_is(cell(p, b, i), is_b));
    return n;
}

static inline bool said(place *p, const char *what) { return strstr(buf_cstr(&p->said), what) != NULL; }

#endif
