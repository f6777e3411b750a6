/* Datasets as tables: chunks unpacked behind one another, texts brought to the codes of the world's dictionary, superseded rows left out (supersede.c).
 * Columns are read and unpacked on several threads, each with a connection of its own where the workspace is a file; their texts are interned one column after
 * the other in the order of datasets and fields, so that the codes do not depend on the number of threads. */
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/store/internal.h"

typedef struct part { int64_t chunk, source; size_t nrows, row0; } part;
typedef struct piece { char *blob; packed_texts texts; uint32_t *map; } piece; /* of a column of texts, by part; map: the chunk's code -> the world's */
/* The connections of one load. */
typedef struct readers {
    store *s;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    size_t busy, max_busy;      /* connections in use */
    bool own_transaction;       /* the connection was in a transaction already: what it wrote is seen by no other */
    bool alone;                 /* only the workspace's own connection can be used */
} readers;
/* One column to read; f == nfields: where the rows come from. */
typedef struct task { struct loader *l; size_t f; } task;
typedef struct loader {
    readers *r;
    const dataset *ds;
    const bool *wanted, *coded; /* store.h */
    dict *world;
    table *t;
    part *parts; size_t nparts, cap;
    bool superseded_too;
    bool given_up;              /* to be counted (store.h) */
    bool distinct;              /* the keys are known to differ, so that nothing is superseded */
    int64_t *cells;             /* [nfields × nparts] rowid of the blob; 0: none */
    piece *pieces;              /* likewise */
    task tasks[FIELDS_MAX + 1];
} loader;

static sla_status no_memory(const loader *l, err *e) { return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the records of %s", l->ds->name.ptr); }

/* ---- what there is to read ---- */
static sla_status list_parts(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    TRY(db_prepare(&l->r->s->d, "SELECT id, source, nrows FROM chunk WHERE dataset=? ORDER BY source, seq, id", &st, e));
    db_bind_text(st, 1, l->ds->name);
    sla_status rc = db_step(&l->r->s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        int64_t id = db_col_i64(st, 0), source = db_col_i64(st, 1), n = db_col_i64(st, 2);
        if (n <= 0 || n > BATCH_ROWS_MAX || source <= 0 || source >= UINT32_MAX)
            rc = err_set(e, SLA_CONFLICT, (srcpos){l->r->s->d.name, 0, 0}, "chunk %lld of %s is damaged", (long long)id, l->ds->name.ptr);
        else if (mem_grow(&l->parts, &l->cap, l->nparts + 1, sizeof *l->parts)) rc = no_memory(l, e);
        else {
            l->parts[l->nparts++] = (part){id, source, (size_t)n, l->t->nrows};
            l->t->nrows += (size_t)n;
            rc = db_step(&l->r->s->d, st, &row, e);
        }
    }
    db_finalize(st);
    if (rc == SLA_OK && l->t->nrows >= UINT32_MAX - 1) rc = err_set(e, SLA_LIMIT, SRCPOS_NONE, "more than 4 billion records of %s", l->ds->name.ptr);
    return rc;
}

static sla_status cells_new(loader *l, err *e)
{
    l->cells = mem_zero(l->nparts * l->ds->nfields, sizeof *l->cells);
    l->pieces = mem_zero(l->nparts * l->ds->nfields, sizeof *l->pieces);
    return l->nparts && (!l->cells || !l->pieces) ? no_memory(l, e) : SLA_OK;
}

static void note_stored(loader *l)
{
    for (size_t at = 0; at < l->nparts * l->ds->nfields; at++) l->t->cols[at / l->nparts].stored |= l->cells[at] != 0;
}

static uint64_t part_fields(const loader *l, size_t i)
{
    uint64_t fields = 0;
    for (size_t f = 0; f < l->ds->nfields; f++) fields |= (uint64_t)(l->cells[f * l->nparts + i] != 0) << f;
    return fields;
}

/* What a source is: its profile, by code. */
static sla_status name_kinds(const loader *l, dict *profiles, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    sla_status rc = db_prepare(&l->r->s->d, "SELECT profile FROM source WHERE id=?", &st, e);
    for (size_t i = 0; rc == SLA_OK && i < l->t->nsources; i++) {
        db_bind_i64(st, 1, l->t->sources[i].id);
        rc = db_step(&l->r->s->d, st, &row, e);
        if (rc == SLA_OK && row && (l->t->sources[i].kind = dict_intern(profiles, db_col_text(st, 0))) == DICT_NONE) rc = no_memory(l, e);
        sqlite3_reset(st);
    }
    db_finalize(st);
    return rc;
}

static sla_status list_sources(loader *l, err *e)
{
    table *t = l->t;
    dict *profiles = dict_new();
    sla_status st = profiles && (t->sources = mem_zero(l->nparts + 1, sizeof *t->sources)) ? SLA_OK : no_memory(l, e);
    for (size_t i = 0; st == SLA_OK && i < l->nparts; i++) { /* parts stand in order of source */
        if (!i || l->parts[i].source != l->parts[i - 1].source) t->sources[t->nsources++] = (tsource){.id = (uint32_t)l->parts[i].source};
        t->sources[t->nsources - 1].nrows += l->parts[i].nrows;
        t->sources[t->nsources - 1].fields |= part_fields(l, i);
    }
    if (st == SLA_OK && t->nsources > 1) st = name_kinds(l, profiles, e);
    dict_free(profiles);
    return st;
}

static sla_status list_cells(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    TRY(cells_new(l, e));
    if (l->nparts == 0) return SLA_OK;
    TRY(db_prepare(&l->r->s->d, "SELECT field, rowid FROM chunk_column WHERE chunk=?", &st, e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; i < l->nparts && rc == SLA_OK; i++) {
        db_bind_i64(st, 1, l->parts[i].chunk);
        rc = db_step(&l->r->s->d, st, &row, e);
        while (rc == SLA_OK && row) {
            int f = dataset_field(l->ds, db_col_text(st, 0));
            if (f >= 0) l->cells[(size_t)f * l->nparts + i] = db_col_i64(st, 1);
            rc = db_step(&l->r->s->d, st, &row, e);
        }
    }
    db_finalize(st);
    note_stored(l);
    return rc;
}

static sla_status was_imported(loader *l, err *e)
{
    sqlite3_stmt *st = NULL;
    l->t->imported = l->nparts > 0;
    if (l->t->imported) return SLA_OK;
    TRY(db_prepare(&l->r->s->d, "SELECT 1 FROM source WHERE dataset=? LIMIT 1", &st, e));
    db_bind_text(st, 1, l->ds->name);
    sla_status rc = db_step(&l->r->s->d, st, &l->t->imported, e);
    db_finalize(st);
    return rc;
}

/* ---- connections ---- */
static void readers_begin(readers *r, store *s)
{
    *r = (readers){.s = s, .own_transaction = !sqlite3_get_autocommit(s->d.h)};
    r->alone = !s->path || r->own_transaction;
    r->max_busy = r->alone ? 1 : pool_threads();
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->idle, NULL);
}

static void readers_end(readers *r)
{
    pthread_cond_destroy(&r->idle);
    pthread_mutex_destroy(&r->lock);
}

static sla_status reader_take(readers *r, sqlite3 **out, err *e)
{
    *out = NULL;
    pthread_mutex_lock(&r->lock);
    while (r->busy == r->max_busy) pthread_cond_wait(&r->idle, &r->lock);
    r->busy++;
    if (r->alone) *out = r->s->d.h;
    else if (r->s->nidle) *out = r->s->idle[--r->s->nidle];
    pthread_mutex_unlock(&r->lock);
    if (*out) return SLA_OK;
    if (sqlite3_open_v2(r->s->path, out, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) {
        sqlite3_exec(*out, "PRAGMA cache_size=-512", NULL, NULL, NULL); /* every page is read once */
        sqlite3_busy_timeout(*out, 5000);
        return SLA_OK;
    }
    sla_status st = *out ? db_fail(&(db){.h = *out}, "cannot open the workspace once more", e) : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the records");
    sqlite3_close(*out);
    *out = NULL;
    return st;
}

static void reader_give(readers *r, sqlite3 *h)
{
    pthread_mutex_lock(&r->lock);
    r->busy--;
    bool kept = !h || r->alone || r->s->nidle < READERS_MAX;
    if (h && !r->alone && kept) r->s->idle[r->s->nidle++] = h;
    pthread_cond_signal(&r->idle);
    pthread_mutex_unlock(&r->lock);
    if (!kept) sqlite3_close(h);
}

/* ---- one column ---- */
static sla_status damaged(const loader *l, sla_status st, const part *p, slice name, err *e)
{
    if (st == SLA_NOMEM) return no_memory(l, e);
    err_set(e, st, (srcpos){l->r->s->d.name, 0, 0}, "column %.*s of chunk %lld (%s) is damaged", SLICE_ARG(name), (long long)p->chunk, l->ds->name.ptr);
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

/* The other columns of a chunk, for texts that are made of them. */
typedef struct beside { const loader *l; size_t part; sqlite3 *h; err *e; } beside;
static sla_status read_beside(void *ctx, slice name, buf *out)
{
    const beside *b = ctx;
    int f = dataset_field(b->l->ds, name);
    int64_t cell = f >= 0 ? b->l->cells[(size_t)f * b->l->nparts + b->part] : 0;
    sqlite3_blob *blob = NULL;
    if (!cell) return SLA_OK;
    sla_status st = read_blob(b->l, b->h, "chunk_column", "data", cell, &blob, out, b->e);
    sqlite3_blob_close(blob);
    return st;
}

static sla_status unpack(loader *l, size_t f, size_t i, sqlite3 *h, buf *blob, err *e)
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
    beside others = {l, i, h, e};
    if (templates_are(in)) return templates_unpack(in, p->nrows, (uint32_t *)col->data + p->row0, col->valid, p->row0, &(column_source){read_beside, &others}, &pc->texts, &pc->blob);
    TRY(unpack_codes(in, p->nrows, (uint32_t *)col->data + p->row0, col->valid, p->row0, &pc->texts));
    if (pc->texts.back) return texts_expand(&pc->texts, &pc->blob);
    pc->blob = blob->ptr; /* the texts point into it */
    *blob = (buf){0};
    return SLA_OK;
}

static bool is_key(const dataset *ds, size_t f)
{
    for (size_t k = 0; k < ds->nkey; k++)
        if (ds->key[k] == f) return true;
    return false;
}

/* Most exports bear their keys in order: each longer than the one before, or as long and greater. Then no two are equal, and nobody has to look. */
static bool keys_ascend(const loader *l, size_t f)
{
    slice before = {0};
    for (size_t i = 0; i < l->nparts; i++) {
        const part *p = &l->parts[i];
        const piece *pc = &l->pieces[f * l->nparts + i];
        const uint32_t *codes = (const uint32_t *)l->t->cols[f].data + p->row0;
        size_t offset = 0;
        if (!pc->blob || pc->texts.count != p->nrows) return false;
        for (size_t k = 0; k < p->nrows; k++) {
            slice s = packed_text(&pc->texts, k, &offset);
            bool more = s.len > before.len || (s.len == before.len && slice_cmp(before, s) < 0);
            if (!more || codes[k] != k || !bits_get(l->t->cols[f].valid, p->row0 + k)) return false;
            before = s;
        }
    }
    return true;
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
    size_t width = vtype_storage(l->ds->fields[f].type) == STORE_CODE ? 4 : 8;
    col->data = mem_resize(NULL, l->t->nrows, width);
    col->valid = mem_zero(BITS_WORDS(l->t->nrows), 8);
    if (!col->data || !col->valid) return no_memory(l, e);
    for (size_t i = 0; i < l->nparts && st == SLA_OK; i++) {
        if (!cells[i]) {
            memset((char *)col->data + l->parts[i].row0 * width, 0, l->parts[i].nrows * width);
            continue;
        }
        st = read_blob(l, h, "chunk_column", "data", cells[i], &b, &blob, e);
        if (st == SLA_OK) st = unpack(l, f, i, h, &blob, e);
        if (st != SLA_OK) damaged(l, st, &l->parts[i], l->ds->fields[f].name, e);
    }
    if (st == SLA_OK && l->ds->nkey == 1 && l->ds->key[0] == f && l->coded && !l->coded[f]) l->distinct = vtype_storage(l->ds->fields[f].type) == STORE_CODE && keys_ascend(l, f);
    buf_free(&blob);
    sqlite3_blob_close(b);
    return st;
}

static sla_status read_lines(loader *l, sqlite3 *h, err *e)
{
    sqlite3_blob *b = NULL;
    buf blob = {0};
    sla_status st = SLA_OK;
    bool several = false;
    for (size_t i = 1; i < l->nparts; i++) several = several || l->parts[i].source != l->parts[0].source;
    l->t->only_source = l->nparts ? (uint32_t)l->parts[0].source : 0;
    if (several) l->t->source = mem_resize(NULL, l->t->nrows, sizeof *l->t->source);
    l->t->lines = mem_resize(NULL, l->t->nrows, sizeof *l->t->lines);
    if ((several && !l->t->source) || !l->t->lines) return no_memory(l, e);
    for (size_t i = 0; i < l->nparts && st == SLA_OK; i++) {
        const part *p = &l->parts[i];
        st = read_blob(l, h, "chunk", "lines", p->chunk, &b, &blob, e);
        if (st == SLA_OK) st = unpack_lines((slice){blob.ptr, blob.len}, p->nrows, l->t->lines + p->row0);
        if (st != SLA_OK) damaged(l, st, p, SLICE_LIT("lines"), e);
        for (size_t k = 0; several && k < p->nrows; k++) l->t->source[p->row0 + k] = (uint32_t)p->source;
    }
    buf_free(&blob);
    sqlite3_blob_close(b);
    return st;
}

static sla_status work(void *ctx, void *item, err *e)
{
    const task *k = item;
    loader *l = k->l;
    sqlite3 *h;
    (void)ctx;
    sla_status st = reader_take(l->r, &h, e);
    if (st == SLA_OK) st = k->f == l->ds->nfields ? read_lines(l, h, e) : read_column(l, k->f, h, e);
    reader_give(l->r, h);
    return st;
}

/* Where the texts last seen were mostly new, as those of messages are, the next ones are not copied: the world keeps the blob. */
static sla_status intern_piece(loader *l, piece *pc)
{
    enum { AT_ONCE = 256 };
    slice texts[AT_ONCE], around = {pc->texts.bytes, pc->texts.total};
    size_t offset = 0;
    bool new_ones = false;
    pc->map = mem_resize(NULL, pc->texts.count, sizeof *pc->map);
    if (!pc->map) return SLA_NOMEM;
    for (size_t at = 0; at < pc->texts.count; at += AT_ONCE) {
        size_t n = pc->texts.count - at < AT_ONCE ? pc->texts.count - at : AT_ONCE, before = dict_count(l->world);
        for (size_t i = 0; i < n; i++) texts[i] = packed_text(&pc->texts, at + i, &offset);
        if (new_ones && pc->blob) {
            if (!dict_take_block(l->world, pc->blob)) return SLA_NOMEM;
            pc->blob = NULL;
        }
        if (!(new_ones ? dict_intern_in_place : dict_intern_many)(l->world, texts, n, pc->map + at, around)) return SLA_NOMEM;
        new_ones = dict_count(l->world) - before > n / 2;
    }
    mem_free(pc->blob);
    pc->blob = NULL;
    return SLA_OK;
}

static sla_status append_piece(loader *l, piece *pc)
{
    size_t offset = 0;
    pc->map = mem_resize(NULL, pc->texts.count, sizeof *pc->map);
    if (!pc->map || !dict_take_block(l->world, pc->blob)) return SLA_NOMEM;
    pc->blob = NULL;
    for (size_t i = 0; i < pc->texts.count; i++)
        if ((pc->map[i] = dict_append_in_place(l->world, packed_text(&pc->texts, i, &offset))) == DICT_NONE) return SLA_NOMEM;
    return SLA_OK;
}

static sla_status emit(void *ctx, void *item, err *e)
{
    const task *k = item;
    loader *l = k->l;
    (void)ctx;
    if (k->f == l->ds->nfields) return SLA_OK;
    bool apart = l->coded && !l->coded[k->f] && (!is_key(l->ds, k->f) || l->distinct);
    for (size_t i = 0; i < l->nparts; i++) {
        piece *pc = &l->pieces[k->f * l->nparts + i];
        if (pc->blob && (apart && pc->texts.count > l->parts[i].nrows / 2 ? append_piece : intern_piece)(l, pc) != SLA_OK) return no_memory(l, e);
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
static sla_status list(loader *l, err *e)
{
    TRY(list_parts(l, e));
    TRY(list_cells(l, e));
    TRY(list_sources(l, e));
    return was_imported(l, e);
}

static sla_status put_tasks(loader *l, pool_stream *ps, err *e)
{
    size_t n = 0, nf = l->t->nrows ? l->ds->nfields : 0;
    for (size_t f = 0; f < nf; f++)
        if (l->wanted[f] || is_key(l->ds, f)) l->tasks[n++] = (task){l, f};
    if (nf) l->tasks[n++] = (task){l, nf};
    for (size_t i = 0; i < n; i++) TRY(pool_put(ps, &l->tasks[i], e));
    return SLA_OK;
}

static sla_status read_all(loader *l, size_t n, err *e)
{
    pool_stream *ps;
    TRY(pool_stream_open(&(pool_job){work, emit, drop, NULL, 16}, &ps, e));
    sla_status st = SLA_OK;
    for (size_t i = 0; st == SLA_OK && i < n; i++) st = put_tasks(&l[i], ps, e);
    sla_status closed = pool_stream_close(ps, e);
    return st == SLA_OK ? closed : st;
}

/* ---- fields that superseded rows had and their successors' export has not ---- */
static size_t part_of(const loader *l, size_t row)
{
    size_t lo = 0, hi = l->nparts;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->parts[mid].row0 <= row) lo = mid;
        else hi = mid;
    }
    return lo;
}

/* The row that holds in the end, not the next one: each lies behind the one before, so the last are known first. */
static void last_heirs(uint32_t *heir, size_t nrows)
{
    for (size_t row = nrows; row-- > 0;)
        if (heir[row] != UINT32_MAX && heir[heir[row]] != UINT32_MAX) heir[row] = heir[heir[row]];
}

static void count_given_up(const loader *l, const uint32_t *heir, size_t nrows)
{
    const table *t = l->t;
    for (size_t row = 0; row < nrows; row++) {
        if (heir[row] == UINT32_MAX) continue;
        size_t old = part_of(l, row), new_ = part_of(l, heir[row]);
        const tsource *from = table_source_info(t, (uint32_t)l->parts[old].source), *to = table_source_info(t, (uint32_t)l->parts[new_].source);
        uint64_t lost = from && to && from->kind != to->kind ? part_fields(l, old) & ~to->fields : 0;
        for (; lost; lost &= lost - 1) t->cols[__builtin_ctzll(lost)].given_up++;
    }
}

static sla_status supersede_and_count(loader *l, err *e)
{
    size_t n = l->t->nrows;
    uint32_t *heir = mem_resize(NULL, n + 1, sizeof *heir);
    if (!heir) return no_memory(l, e);
    memset(heir, 0xFF, n * sizeof *heir);
    sla_status st = table_supersede(l->t, heir, e);
    if (st == SLA_OK && l->t->superseded) {
        last_heirs(heir, n);
        count_given_up(l, heir, n);
    }
    mem_free(heir);
    return st;
}

static sla_status finish(loader *l, err *e)
{
    enum { SMALL = 20000 };
    size_t n = l->ds->nfields * l->nparts;
    sla_status st = l->t->nrows < SMALL ? SLA_OK : pool_each(n, translate, l, e);
    for (size_t at = 0; at < n && l->t->nrows < SMALL; at++) translate(l, at, e);
    if (st != SLA_OK || l->superseded_too || l->distinct) return st;
    return l->given_up ? supersede_and_count(l, e) : table_supersede(l->t, NULL, e);
}

/* All reads see the same state: a reader on the workspace's own connection keeps writers out until the end. */
static sla_status load(readers *r, loader *l, size_t n, err *e)
{
    sla_status st = SLA_OK;
    bool begun = !r->own_transaction && sqlite3_exec(r->s->d.h, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    for (size_t i = 0; st == SLA_OK && i < n; i++) st = list(&l[i], e);
    if (st == SLA_OK) st = read_all(l, n, e);
    if (begun) sqlite3_exec(r->s->d.h, "COMMIT", NULL, NULL, NULL);
    for (size_t i = 0; st == SLA_OK && i < n; i++) st = finish(&l[i], e);
    return st;
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
}

static sla_status begin(loader *l, err *e)
{
    if (!(l->t = mem_zero(1, sizeof *l->t))) return no_memory(l, e);
    l->t->ds = l->ds;
    return (l->t->cols = mem_zero(l->ds->nfields, sizeof *l->t->cols)) ? SLA_OK : no_memory(l, e);
}

/* The tables are in the loaders; none is after an error. */
static sla_status load_all(store *s, loader *l, size_t n, err *e)
{
    readers r;
    sla_status st = SLA_OK;
    readers_begin(&r, s);
    for (size_t i = 0; i < n; i++) l[i].r = &r;
    s->trusted++;
    for (size_t i = 0; st == SLA_OK && i < n; i++) st = begin(&l[i], e);
    if (st == SLA_OK) st = load(&r, l, n, e);
    s->trusted--;
    for (size_t i = 0; i < n; i++) {
        loader_clear(&l[i]);
        if (st == SLA_OK) continue;
        table_free(l[i].t);
        l[i].t = NULL;
    }
    readers_end(&r);
    return st;
}

sla_status load_table(store *s, const dataset *ds, const bool *wanted, dict *world, bool superseded_too, table **out, err *e)
{
    loader l = {.ds = ds, .wanted = wanted, .world = world, .superseded_too = superseded_too};
    TRY(load_all(s, &l, 1, e));
    *out = l.t;
    return SLA_OK;
}

/* ---- in parts ---- */
enum { PART_CHUNKS = 2 };
typedef struct in_parts { loader all; table_part_fn *fn; void *ctx; } in_parts;

/* The chunks of part number no. */
static sla_status take_chunks(loader *l, const loader *all, size_t no, err *e)
{
    size_t first = no * PART_CHUNKS, left = all->nparts - first;
    l->nparts = left < PART_CHUNKS ? left : PART_CHUNKS;
    l->t->imported = all->t->imported;
    l->parts = mem_resize(NULL, l->nparts, sizeof *l->parts);
    if (l->nparts && !l->parts) return no_memory(l, e);
    if (l->nparts) memcpy(l->parts, all->parts + first, l->nparts * sizeof *l->parts);
    TRY(cells_new(l, e));
    for (size_t i = 0; i < l->nparts; i++) {
        l->parts[i].row0 = l->t->nrows;
        l->t->nrows += l->parts[i].nrows;
        for (size_t f = 0; f < l->ds->nfields; f++) l->cells[f * l->nparts + i] = all->cells[f * all->nparts + first + i];
    }
    note_stored(l);
    return SLA_OK;
}

static sla_status read_part(loader *l, err *e)
{
    for (size_t f = 0; f < l->ds->nfields && l->t->nrows; f++) {
        if (!l->wanted[f]) continue;
        task k = {l, f};
        TRY(work(NULL, &k, e));
        TRY(emit(NULL, &k, e));
        for (size_t i = 0; i < l->nparts; i++) TRY(translate(l, f * l->nparts + i, e));
    }
    return SLA_OK;
}

static sla_status do_part(void *ctx, size_t no, err *e)
{
    const in_parts *a = ctx;
    loader l = {.r = a->all.r, .ds = a->all.ds, .wanted = a->all.wanted, .world = dict_new()};
    sla_status st = l.world ? begin(&l, e) : no_memory(&l, e);
    if (st == SLA_OK) st = take_chunks(&l, &a->all, no, e);
    if (st == SLA_OK) st = read_part(&l, e);
    if (st == SLA_OK) st = a->fn(a->ctx, l.t, l.world, e);
    loader_clear(&l);
    table_free(l.t);
    dict_free(l.world);
    return st;
}

sla_status store_table_parts(store *s, const dataset *ds, const bool *wanted, table_part_fn *fn, void *ctx, err *e)
{
    readers r;
    in_parts a = {.all = {.r = &r, .ds = ds, .wanted = wanted}, .fn = fn, .ctx = ctx};
    readers_begin(&r, s);
    s->trusted++;
    bool begun = !r.own_transaction && sqlite3_exec(s->d.h, "BEGIN", NULL, NULL, NULL) == SQLITE_OK;
    sla_status st = begin(&a.all, e);
    if (st == SLA_OK) st = list(&a.all, e);
    if (st == SLA_OK) st = pool_each(a.all.nparts ? (a.all.nparts + PART_CHUNKS - 1) / PART_CHUNKS : 1, do_part, &a, e);
    if (begun) sqlite3_exec(s->d.h, "COMMIT", NULL, NULL, NULL);
    s->trusted--;
    loader_clear(&a.all);
    table_free(a.all.t);
    readers_end(&r);
    return st;
}

sla_status store_tables_load(store *s, table_load *list, size_t n, dict *world, err *e)
{
    loader *l = mem_zero(n + 1, sizeof *l);
    if (!l) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the records");
    for (size_t i = 0; i < n; i++) l[i] = (loader){.ds = list[i].ds, .wanted = list[i].wanted, .coded = list[i].coded, .given_up = list[i].given_up, .world = world};
    sla_status st = load_all(s, l, n, e);
    for (size_t i = 0; i < n; i++) list[i].t = l[i].t;
    sqlite3_db_release_memory(s->d.h); /* of the pages kept since the import none is wanted soon */
    mem_free(l);
    return st;
}

sla_status store_table_load(store *s, const dataset *ds, const bool *wanted, dict *world, table **out, err *e)
{
    return load_table(s, ds, wanted, world, false, out, e);
}
