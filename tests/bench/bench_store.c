/* What the store costs: packing, writing and loading 200,000 tickets and 1.8 million changes. usage: bench_store [FILE] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "engine/base/bits.h"
#include "engine/base/pool.h"
#include "engine/store/store.h"

enum { TICKETS = 200000, CHANGES = 9 };

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(sla_status st, const err *e)
{
    char text[1024];
    if (st == SLA_OK) return;
    err_format(e, text, sizeof text);
    fputs(text, stderr);
    exit(1);
}

static uint64_t next(uint64_t *x)
{
    *x ^= *x << 13, *x ^= *x >> 7, *x ^= *x << 17;
    return *x;
}

/* Free text is near unique, names repeat, times go up. */
static void fill(batch *b, size_t row, size_t f, uint64_t n, uint64_t *x)
{
    const field *fd = &b->ds->fields[f];
    char text[256];
    uint64_t r = next(x);
    bool free_text = slice_is(fd->name, "title") || slice_is(fd->name, "description") || slice_is(fd->name, "resolution"), id = b->ds->nkey && b->ds->key[0] == f;
    if (!fd->required && r % 10 < 3) return;
    if (vtype_storage(fd->type) == STORE_F64) batch_set_f64(b, row, f, (double)(r >> 8 & 7));
    else if (vtype_storage(fd->type) == STORE_I64) batch_set_i64(b, row, f, INT64_C(1750000000000) + (int64_t)(n * 4000 + r % 1000000) * 10);
    else {
        int len = id ? snprintf(text, sizeof text, "INC%07llu", (unsigned long long)n)
                : free_text ? snprintf(text, sizeof text, "%.*s of %llx: the printer on floor %llu does not answer, %llx", SLICE_ARG(fd->name), (unsigned long long)r, (unsigned long long)n, (unsigned long long)next(x))
                            : snprintf(text, sizeof text, "%.*s-%llu", SLICE_ARG(fd->name), (unsigned long long)((r >> 8) % (f % 3 ? 12 : 400)));
        batch_set_text(b, row, f, (slice){text, (size_t)len});
    }
}

static batch **make(const dataset *ds, size_t nrows, size_t per_key, size_t *n)
{
    uint64_t x = 88172645463325252ull;
    batch **out = calloc(nrows / BATCH_ROWS_MAX + 1, sizeof *out);
    *n = 0;
    for (size_t i = 0; i < nrows; i++) {
        if (i % BATCH_ROWS_MAX == 0) out[(*n)++] = batch_new(ds, BATCH_ROWS_MAX);
        batch *b = out[*n - 1];
        size_t row = batch_add_row(b, (uint32_t)i + 2);
        for (size_t f = 0; f < ds->nfields; f++) fill(b, row, f, i / per_key, &x);
    }
    return out;
}

static void import(store *s, batch **b, size_t n, const char *name)
{
    err e = {0};
    int64_t id;
    bool known;
    double pack = 0, t0 = seconds(CLOCK_PROCESS_CPUTIME_ID), w0 = seconds(CLOCK_MONOTONIC);
    source_info info = {.path = slice_of(name), .location = slice_of(name), .part = SLICE_LIT(""), .importer = SLICE_LIT("csv"), .profile = SLICE_LIT("canonical"), .dataset = b[0]->ds->name};
    must(store_source_begin(s, &info, &known, &id, &e), &e);
    for (size_t i = 0; i < n; i++) {
        chunk *c = NULL;
        double p0 = seconds(CLOCK_PROCESS_CPUTIME_ID);
        must(chunk_pack(b[i], &c, &e), &e);
        pack += seconds(CLOCK_PROCESS_CPUTIME_ID) - p0;
        must(store_chunk_put(s, id, c, &e), &e);
        chunk_free(c);
    }
    must(store_source_commit(s, id, &info, &e), &e);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - t0;
    printf("%-8s pack %.3f s cpu, write %.3f s cpu, both %.3f s wall\n", name, pack, cpu - pack, seconds(CLOCK_MONOTONIC) - w0);
}

static void load(store *s, const dataset *ds, dict *world)
{
    err e = {0};
    bool wanted[FIELDS_MAX];
    table *t = NULL;
    for (size_t f = 0; f < FIELDS_MAX; f++) wanted[f] = true;
    double c0 = seconds(CLOCK_PROCESS_CPUTIME_ID), w0 = seconds(CLOCK_MONOTONIC);
    must(store_table_load(s, ds, wanted, world, &t, &e), &e);
    printf("%-8s load %.3f s cpu, %.3f s wall, %zu rows, %llu superseded, %u texts so far\n", ds->name.ptr, seconds(CLOCK_PROCESS_CPUTIME_ID) - c0, seconds(CLOCK_MONOTONIC) - w0, t->nrows,
           (unsigned long long)t->superseded, dict_count(world));
    table_free(t);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "build/bench_store.db";
    arena a = {0};
    ynode *root;
    schema *m;
    store *s;
    err e = {0};
    errlist errors = {0};
    must(yaml_load("rules/itss-2025/model.yaml", "model.yaml", &a, &root, &e), &e);
    must(schema_load(root, SLICE_LIT("-"), &a, &m, &errors), &e);
    const dataset *ticket = schema_dataset(m, SLICE_LIT("ticket")), *history = schema_dataset(m, SLICE_LIT("history"));
    size_t nt, nh;
    batch **bt = make(ticket, TICKETS, 1, &nt), **bh = make(history, TICKETS * CHANGES, CHANGES, &nh);
    unlink(path);
    must(store_open(path, STORE_CREATE, &s, &e), &e);
    import(s, bt, nt, "ticket");
    import(s, bh, nh, "history");
    for (int round = 0; round < 5; round++) {
        dict *world = dict_new();
        double w0 = seconds(CLOCK_MONOTONIC);
        load(s, ticket, world);
        load(s, history, world);
        printf("both %.3f s wall on %zu threads\n", seconds(CLOCK_MONOTONIC) - w0, pool_threads());
        dict_free(world);
    }
    store_close(s);
    return 0;
}
