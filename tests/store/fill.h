/* A small model, and batches of it filled at random, for the tests of the store. */
#ifndef SLA_TESTS_STORE_FILL_H
#define SLA_TESTS_STORE_FILL_H
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/store/store.h"

static const char model_text[] =
    "datasets:\n"
    "  thing:\n"
    "    key: [id, at]\n"
    "    fields:\n"
    "      id: {type: text, required: true}\n"
    "      at: {type: time}\n"
    "      size: {type: number}\n"
    "      note: {type: text}\n"
    "      day: {type: date}\n"
    "      took: {type: duration}\n"
    "      done: {type: boolean}\n"
    "      never: {type: text}\n"
    "  loose:\n"
    "    fields:\n"
    "      word: {type: text}\n"
    "  numbered:\n"
    "    key: [id]\n"
    "    fields:\n"
    "      id: {type: text}\n"
    "      note: {type: text}\n";

typedef struct model { arena a; schema *s; const dataset *thing, *loose, *numbered; } model;

static inline model model_make(void)
{
    model m = {0};
    ynode *root;
    err e = {0};
    errlist errors = {0};
    assert_int_equal(yaml_parse(SLICE_LIT(model_text), "model", &m.a, &root, &e), SLA_OK);
    assert_int_equal(schema_load(root, SLICE_LIT(model_text), &m.a, &m.s, &errors), SLA_OK);
    m.thing = schema_dataset(m.s, SLICE_LIT("thing"));
    m.loose = schema_dataset(m.s, SLICE_LIT("loose"));
    m.numbered = schema_dataset(m.s, SLICE_LIT("numbered"));
    return m;
}

static inline uint64_t rnd(uint64_t *x)
{
    *x ^= *x << 13, *x ^= *x >> 7, *x ^= *x << 17;
    return *x * UINT64_C(0x2545F4914F6CDD1D) >> 8;
}

/* kinds: how many different ids there are; style varies the ranges of the numbers, and so the widths they are packed in */
static inline batch *batch_random(const dataset *ds, size_t nrows, unsigned kinds, unsigned style, uint64_t *x)
{
    static const int64_t spans[] = {1, 200, 60000, 4000000000, INT64_C(1) << 62};
    batch *b = batch_new(ds, nrows ? nrows : 1);
    uint32_t line = 1;
    for (size_t i = 0; i < nrows; i++) {
        size_t row = batch_add_row(b, line += 1 + (uint32_t)(style == 2 ? rnd(x) % 9 : 0));
        for (size_t f = 0; f < ds->nfields; f++) {
            const field *fd = &ds->fields[f];
            int64_t span = spans[(style + f) % 5];
            char text[64];
            if (slice_is(fd->name, "never") || (!fd->required && style % 3 && rnd(x) % 4 == 0)) continue;
            if (vtype_storage(fd->type) == STORE_F64) batch_set_f64(b, row, f, style % 2 ? (double)(rnd(x) % 1000) / 7 - 50 : (double)(rnd(x) % 100000) - 50000);
            else if (fd->type == VT_BOOL) batch_set_i64(b, row, f, (int64_t)(rnd(x) % 2));
            else if (vtype_storage(fd->type) == STORE_I64) batch_set_i64(b, row, f, f == 1 ? (int64_t)(rnd(x) % 3) : (int64_t)(rnd(x) % (uint64_t)span) - span / 2);
            else {
                int n = snprintf(text, sizeof text, "%.*s %llu", SLICE_ARG(fd->name), (unsigned long long)(rnd(x) % (fd->required ? kinds : style == 3 ? 100000 : 5)));
                if (!fd->required && rnd(x) % 8 == 0) n = 0; /* an empty text is no missing one */
                assert_int_equal(batch_set_text(b, row, f, (slice){text, (size_t)n}), SLA_OK);
            }
        }
    }
    return b;
}

static inline source_info info_of(const dataset *ds, const char *name)
{
    source_info i = {.path = slice_of(name), .location = slice_of(name), .part = SLICE_LIT(""), .bytes = 10, .importer = SLICE_LIT("csv"), .profile = SLICE_LIT("canonical"), .dataset = ds->name,
                     .rows = 7, .accepted = 5, .rejected = 2, .rejected_values = 1, .notes = SLICE_LIT("UTF-8\n")};
    snprintf(i.sha256, sizeof i.sha256, "%064x", (unsigned)strlen(name) * 7919u + (unsigned char)name[0]);
    return i;
}

static inline sla_status import_batch_of(store *s, const batch *b, const char *name, const char *profile, err *e)
{
    int64_t id;
    bool known;
    chunk *c = NULL;
    source_info info = info_of(b->ds, name);
    info.profile = slice_of(profile);
    sla_status st = store_source_begin(s, &info, &known, &id, e);
    if (st != SLA_OK || known) return st;
    st = chunk_pack(b, &c, e);
    if (st == SLA_OK) st = store_chunk_put(s, id, c, e);
    chunk_free(c);
    if (st == SLA_OK) st = store_source_commit(s, id, &info, e);
    if (st != SLA_OK) store_source_abort(s);
    return st;
}

static inline sla_status import_batch(store *s, const batch *b, const char *name, err *e) { return import_batch_of(s, b, name, "canonical", e); }

static const bool all_wanted[FIELDS_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

/* The value of row i as text, so that batches and tables can be compared; "-": missing. */
static inline void cell_text(char out[96], vtype type, const void *data, const uint64_t *valid, const dict *d, size_t row)
{
    if (!valid || !bits_get(valid, row)) strcpy(out, "-");
    else if (vtype_storage(type) == STORE_CODE) snprintf(out, 96, "'%.*s'", SLICE_ARG(dict_text(d, ((const uint32_t *)data)[row])));
    else if (vtype_storage(type) == STORE_F64) snprintf(out, 96, "%.17g", ((const double *)data)[row]);
    else snprintf(out, 96, "%lld", (long long)((const int64_t *)data)[row]);
}
#endif
