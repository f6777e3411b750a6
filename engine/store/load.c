/* A dataset as one table: chunks unpacked behind one another, texts brought to the codes of the world's dictionary, superseded rows left out (supersede.c).
 * Columns are read and unpacked on several threads, each with a connection of its own where the workspace is a file; their texts are interned one column after
 * the other in the order of the fields, so that the codes do not depend on the number of threads. */
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/store/internal.h"

typedef struct part { int64_t chunk, source; size_t nrows, row0; } part;
typedef struct piece { char *blob; packed_texts texts; uint32_t *map; } piece; /* of a column of texts, by part; map: the chunk's code -> the world's */
typedef struct loader {
    store *s;
    const dataset *ds;
    dict *world;
    table *t;
    part *parts; size_t nparts, cap;
    int64_t from, count;        /* of the chunks, in order, those to read; count -1: to the last */
    int64_t *cells;             /* [nfields × nparts] rowid of the blob; 0: none */
    piece *pieces;              /* likewise */
    pthread_mutex_t lock;
    pthread_cond_t idle;
    size_t busy, max_busy;      /* connections in use */
    bool own_transaction;       /* the connection was in a transaction already: what it wrote is seen by no other */
    bool alone;                 /* only the workspace's own connection can be used */
} loader;
/* One column to read; f == nfields: where the rows come from. */
typedef struct task { loader *l; size_t f; } task;

static sla_status no_memory(const loader *l, err *e) { return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the records of %s", l->ds->name.ptr); }

/* ---- what there is to read ---- */
static sla_status list_parts(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    TRY(db_prepare(&l->s->d, "SELECT id, source, nrows FROM chunk WHERE dataset=? ORDER BY source, seq, id LIMIT ? OFFSET ?", &st, e));
    db_bind_text(st, 1, l->ds->name);
    db_bind_i64(st, 2, l->count);
    db_bind_i64(st, 3, l->from);
    sla_status rc = db_step(&l->s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        int64_t id = db_col_i64(st, 0), source = db_col_i64(st, 1), n = db_col_i64(st, 2);
        if (n <= 0 || n > BATCH_ROWS_MAX || source <= 0 || source >= UINT32_MAX)
            rc = err_set(e, SLA_CONFLICT, (srcpos){l->s->d.name, 0, 0}, "chunk %lld of %s is damaged", (long long)id, l->ds->name.ptr);
        else if (mem_grow(&l->parts, &l->cap, l->nparts + 1, sizeof *l->parts)) rc = no_memory(l, e);
        else {
            l->parts[l->nparts++] = (part){id, source, (size_t)n, l->t->nrows};
            l->t->nrows += (size_t)n;
            rc = db_step(&l->s->d, st, &row, e);
        }
    }
    db_finalize(st);
    if (rc == SLA_OK && l->t->nrows >= UINT32_MAX - 1) rc = err_set(e, SLA_LIMIT, SRCPOS_NONE, "more than 4 billion records of %s", l->ds->name.ptr);
    return rc;
}

static sla_status list_cells(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    if (l->nparts == 0) return SLA_OK;
    l->cells = mem_zero(l->nparts * l->ds->nfields, sizeof *l->cells);
    l->pieces = mem_zero(l->nparts * l->ds->nfields, sizeof *l->pieces);
    if (!l->cells || !l->pieces) return no_memory(l, e);
    TRY(db_prepare(&l->s->d, "SELECT field, rowid FROM chunk_column WHERE chunk=?", &st, e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; i < l->nparts && rc == SLA_OK; i++) {
        db_bind_i64(st, 1, l->parts[i].chunk);
        rc = db_step(&l->s->d, st, &row, e);
        while (rc == SLA_OK && row) {
            int f = dataset_field(l->ds, db_col_text(st, 0));
            if (f >= 0) l->cells[(size_t)f * l->nparts + i] = db_col_i64(st, 1);
            rc = db_step(&l->s->d, st, &row, e);
        }
    }
    db_finalize(st);
    for (size_t at = 0; at < l->nparts * l->ds->nfields; at++) l->t->cols[at / l->nparts].stored |= l->cells[at] != 0;
    return rc;
}

static sla_status was_imported(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    l->t->imported = l->nparts > 0;
    if (l->t->imported) return SLA_OK;
    TRY(db_prepare(&l->s->d, "SELECT 1 FROM source WHERE dataset=? LIMIT 1", &st, e));
    db_bind_text(st, 1, l->ds->name);
    sla_status rc = db_step(&l->s->d, st, &l->t->imported, e);
    db_finalize(st);
    return rc;
}

/* ---- connections ---- */
static sla_status reader_take(loader *l, sqlite3 **out, err *e)
{
    *out = NULL;
    pthread_mutex_lock(&l->lock);
    while (l->busy == l->max_busy) pthread_cond_wait(&l->idle, &l->lock);
    l->busy++;
    if (l->alone) *out = l->s->d.h;
    else if (l->s->nidle) *out = l->s->idle[--l->s->nidle];
    pthread_mutex_unlock(&l->lock);
    if (*out) return SLA_OK;
    if (sqlite3_open_v2(l->s->path, out, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        sqlite3_exec(*out, "PRAGMA cache_size=-512", NULL, NULL, NULL); /* every page is read once */
        sqlite3_busy_timeout(*out, 5000);
        return SLA_OK;
    }
    sla_status st = *out ? db_fail(&(db){.h = *out}, "cannot open the workspace once more", e) : no_memory(l, e);
    sqlite3_close(*out);
    *out = NULL;
    return st;
}

static void reader_give(loader *l, sqlite3 *h)
{
    pthread_mutex_lock(&l->lock);
    l->busy--;
    bool kept = !h || l->alone || l->s->nidle < READERS_MAX;
    if (h && !l->alone && kept) l->s->idle[l->s->nidle++] = h;
    pthread_cond_signal(&l->idle);
    pthread_mutex_unlock(&l->lock);
    if (!kept) sqlite3_close(h);
}

/* ---- one column ---- */
static sla_status damaged(const loader *l, sla_status st, const part *p, slice name, err *e)
{
    if (st == SLA_NOMEM) return no_memory(l, e);
    err_set(e, st, (srcpos){l->s->d.name, 0, 0}, "column %.*s of chunk %lld (%s) is damaged", SLICE_ARG(name), (long long)p->chunk, l->ds->name.ptr);
    err_hint(e, "the workspace is not what was written: take a sound copy, or import again");
    return st;
}

static sla_status read_blob(const loader *l, sqlite3 *h, const char *in_table, const char *col, int64_t rowid, sqlite3_blob **b, buf *out, err *e)
{
    int rc = *b ? sqlite3_blob_reopen(*b, rowid) : sqlite3_blob_open(h, "main", in_table, col, rowid, 0, b);
    size_t n = rc == SQLITE_OK ? (size_t)sqlite3_blob_bytes(*b) : 0;
    buf_reset(out);
    char *p = buf_reserve(out, n ? n : 1);
    if (!p) return no_memory(l, e);
    if (rc == SQLITE_OK && n) rc = sqlite3_blob_read(*b, p, (int)n, 0);
    out->len = n;
    return rc == SQLITE_OK ? SLA_OK : rc == SQLITE_ERROR ? SLA_CONFLICT : db_fail(&(db){.h = h}, "cannot read the workspace", e);
}

static sla_status unpack(loader *l, size_t f, size_t i, buf *blob)
{
    tcolumn *col = &l->t->cols[f];
    const part *p = &l->parts[i];
    slice in = {blob->ptr, blob->len};
    switch (vtype_storage(l->ds->fields[f].type)) {
    case STORE_F64: return unpack_f64(in, p->nrows, (double *)col->data + p->row0, col->valid, p->row0);
    case STORE_I64: return unpack_i64(in, p->nrows, (int64_t *)col->data + p->row0, col->valid, p->row0);
    default: break;
    }
    piece *pc = &l->pieces[f * l->nparts + i];
    TRY(unpack_codes(in, p->nrows, (uint32_t *)col->data + p->row0, col->valid, p->row0, &pc->texts));
    pc->blob = blob->ptr; /* the texts point into it */
    *blob = (buf){0};
    return SLA_OK;
}

static sla_status read_column(loader *l, size_t f, sqlite3 *h, err *e)
{
    tcolumn *col = &l->t->cols[f];
    const int64_t *cells = l->cells + f * l->nparts;
    sqlite3_blob *b = NULL;
    buf blob = {0};
    sla_status st = SLA_OK;
    bool any = false;
    for (size_t i = 0; i < l->nparts; i++) any = any || cells[i];
    if (!any) return SLA_OK;
    col->data = mem_zero(l->t->nrows, vtype_storage(l->ds->fields[f].type) == STORE_CODE ? 4 : 8);
    col->valid = mem_zero(BITS_WORDS(l->t->nrows), 8);
    if (!col->data || !col->valid) return no_memory(l, e);
    for (size_t i = 0; i < l->nparts && st == SLA_OK; i++) {
        if (!cells[i]) continue;
        st = read_blob(l, h, "chunk_column", "data", cells[i], &b, &blob, e);
        if (st == SLA_OK) st = unpack(l, f, i, &blob);
        if (st != SLA_OK) damaged(l, st, &l->parts[i], l->ds->fields[f].name, e);
    }
    buf_free(&blob);
    sqlite3_blob_close(b);
    return st;
}

static sla_status read_lines(loader *l, sqlite3 *h, err *e)
{
    sqlite3_blob *b = NULL;
    buf blob = {0};
    sla_status st = SLA_OK;
    l->t->source = mem_resize(NULL, l->t->nrows, sizeof *l->t->source);
    l->t->lines = mem_resize(NULL, l->t->nrows, sizeof *l->t->lines);
    if (!l->t->source || !l->t->lines) return no_memory(l, e);
    for (size_t i = 0; i < l->nparts && st == SLA_OK; i++) {
        const part *p = &l->parts[i];
        st = read_blob(l, h, "chunk", "lines", p->chunk, &b, &blob, e);
        if (st == SLA_OK) st = unpack_lines((slice){blob.ptr, blob.len}, p->nrows, l->t->lines + p->row0);
        if (st != SLA_OK) damaged(l, st, p, SLICE_LIT("lines"), e);
        for (size_t k = 0; k < p->nrows; k++) l->t->source[p->row0 + k] = (uint32_t)p->source;
    }
    buf_free(&blob);
    sqlite3_blob_close(b);
    return st;
}

static sla_status work(void *ctx, void *item, err *e)
{
    loader *l = ctx;
    const task *k = item;
    sqlite3 *h;
    sla_status st = reader_take(l, &h, e);
    if (st == SLA_OK) st = k->f == l->ds->nfields ? read_lines(l, h, e) : read_column(l, k->f, h, e);
    reader_give(l, h);
    return st;
}

static sla_status intern_piece(loader *l, piece *pc)
{
    enum { AT_ONCE = 256 };
    slice texts[AT_ONCE];
    size_t offset = 0;
    pc->map = mem_resize(NULL, pc->texts.count, sizeof *pc->map);
    if (!pc->map) return SLA_NOMEM;
    for (size_t at = 0; at < pc->texts.count; at += AT_ONCE) {
        size_t n = pc->texts.count - at < AT_ONCE ? pc->texts.count - at : AT_ONCE;
        for (size_t i = 0; i < n; i++) texts[i] = packed_text(&pc->texts, at + i, &offset);
        if (!dict_intern_many(l->world, texts, n, pc->map + at)) return SLA_NOMEM;
    }
    mem_free(pc->blob);
    pc->blob = NULL;
    return SLA_OK;
}

static sla_status emit(void *ctx, void *item, err *e)
{
    loader *l = ctx;
    const task *k = item;
    if (k->f == l->ds->nfields) return SLA_OK;
    for (size_t i = 0; i < l->nparts; i++) {
        piece *pc = &l->pieces[k->f * l->nparts + i];
        if (pc->blob && intern_piece(l, pc) != SLA_OK) return no_memory(l, e);
    }
    return SLA_OK;
}

static void drop(void *ctx, void *item) { (void)ctx, (void)item; }

/* The chunks' codes become the world's. */
static sla_status translate(void *ctx, size_t at, err *e)
{
    loader *l = ctx;
    const piece *pc = &l->pieces[at];
    const part *p = &l->parts[at % l->nparts];
    (void)e;
    if (!pc->map) return SLA_OK;
    uint32_t *codes = (uint32_t *)l->t->cols[at / l->nparts].data + p->row0;
    for (size_t i = 0; i < p->nrows; i++) codes[i] = pc->map[codes[i]];
    return SLA_OK;
}

/* ---- the whole ---- */
static sla_status read_all(loader *l, const bool *wanted, err *e)
{
    enum { SMALL = 20000 };
    task tasks[FIELDS_MAX + 1];
    size_t n = 0, nf = l->ds->nfields;
    for (size_t f = 0; f < nf; f++) {
        bool want = wanted[f];
        for (size_t k = 0; k < l->ds->nkey; k++) want = want || l->ds->key[k] == f;
        if (want) tasks[n++] = (task){l, f};
    }
    tasks[n++] = (task){l, nf};
    l->alone = !l->s->path || l->t->nrows < SMALL || l->own_transaction;
    l->max_busy = l->alone ? 1 : pool_threads();
    bool small = l->t->nrows < SMALL;
    pool_stream *ps = NULL;
    pool_job job = {work, emit, drop, l, 16};
    sla_status st = small ? SLA_OK : pool_stream_open(&job, &ps, e);
    for (size_t i = 0; i < n && st == SLA_OK; i++) {
        if (!small) st = pool_put(ps, &tasks[i], e);
        else if ((st = work(l, &tasks[i], e)) == SLA_OK) st = emit(l, &tasks[i], e);
    }
    sla_status closed = pool_stream_close(ps, e);
    if (st == SLA_OK) st = closed;
    if (st == SLA_OK && !small) st = pool_each(nf * l->nparts, translate, l, e);
    for (size_t at = 0; st == SLA_OK && small && at < nf * l->nparts; at++) st = translate(l, at, e);
    return st;
}

/* All reads see the same state: a reader on the workspace's own connection keeps writers out until the end. */
static sla_status load(loader *l, const bool *wanted, bool superseded_too, err *e)
{
    l->own_transaction = !sqlite3_get_autocommit(l->s->d.h);
    bool begun = !l->own_transaction && sqlite3_exec(l->s->d.h, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    sla_status st = list_parts(l, e);
    if (st == SLA_OK) st = list_cells(l, e);
    if (st == SLA_OK) st = was_imported(l, e);
    if (st == SLA_OK && l->t->nrows) st = read_all(l, wanted, e);
    if (begun) sqlite3_exec(l->s->d.h, "COMMIT", NULL, NULL, NULL);
    return st == SLA_OK && !superseded_too ? table_supersede(l->t, e) : st;
}

static void loader_clear(loader *l)
{
    for (size_t i = 0; l->pieces && i < l->nparts * l->ds->nfields; i++) {
        mem_free(l->pieces[i].blob);
        mem_free(l->pieces[i].map);
    }
    mem_free(l->pieces);
    mem_free(l->cells);
    mem_free(l->parts);
    pthread_cond_destroy(&l->idle);
    pthread_mutex_destroy(&l->lock);
}

static sla_status load_chunks(store *s, const dataset *ds, const bool *wanted, dict *world, bool superseded_too, int64_t from, int64_t count, table **out, err *e)
{
    loader l = {.s = s, .ds = ds, .world = world, .from = from, .count = count, .t = mem_zero(1, sizeof *l.t)};
    if (!l.t) return no_memory(&l, e);
    l.t->ds = ds;
    l.t->cols = mem_zero(ds->nfields, sizeof *l.t->cols);
    pthread_mutex_init(&l.lock, NULL);
    pthread_cond_init(&l.idle, NULL);
    s->trusted++;
    sla_status st = l.t->cols ? load(&l, wanted, superseded_too, e) : no_memory(&l, e);
    s->trusted--;
    loader_clear(&l);
    if (st != SLA_OK) table_free(l.t);
    else *out = l.t;
    return st;
}

sla_status load_table(store *s, const dataset *ds, const bool *wanted, dict *world, bool superseded_too, table **out, err *e)
{
    return load_chunks(s, ds, wanted, world, superseded_too, 0, -1, out, e);
}

sla_status store_table_each(store *s, const dataset *ds, const bool *wanted, dict *world, sla_status (*fn)(void *ctx, const table *t, err *e), void *ctx, err *e)
{
    enum { AT_ONCE = 16 };
    sla_status st = SLA_OK;
    bool more = true;
    for (int64_t from = 0; st == SLA_OK && more; from += AT_ONCE) {
        table *t = NULL;
        st = load_chunks(s, ds, wanted, world, true, from, AT_ONCE, &t, e);
        more = t && t->nrows > 0;
        if (st == SLA_OK && (more || from == 0)) st = fn(ctx, t, e);
        table_free(t);
    }
    return st;
}

sla_status store_table_load(store *s, const dataset *ds, const bool *wanted, dict *world, table **out, err *e)
{
    return load_table(s, ds, wanted, world, false, out, e);
}
