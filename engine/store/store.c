#include "engine/store/internal.h"
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include "engine/base/digest.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"
#include "engine/store/ddl.h"

/* ---- opening ---- */
static sla_status no_database(const char *path, err *e)
{
    err_set(e, SLA_DB, (srcpos){path, 0, 0}, "this is no workspace: the file is no SQLite database");
    err_hint(e, "name another file with -w, or leave -w out");
    return SLA_DB;
}

/* SQLite takes a file that is shorter than its header for an empty database and would write over it. A file whose making was cut off has a journal beside it. */
static sla_status check_head(const char *path, err *e)
{
    char head[16], journal[4096];
    size_t n = 0;
    FILE *f = fopen(path, "rb");
    if (!f) return SLA_OK; /* SQLite says why */
    n = fread(head, 1, sizeof head, f);
    fclose(f);
    if (n == 0 || (n == sizeof head && memcmp(head, "SQLite format 3", sizeof head) == 0)) return SLA_OK;
    if ((size_t)snprintf(journal, sizeof journal, "%s-journal", path) < sizeof journal && file_kind_of(journal) == FILE_REGULAR) return SLA_OK;
    return no_database(path, e);
}

static sla_status refuse(const char *path, store_mode mode, err *e)
{
    srcpos at = {path, 0, 0};
    if (!*path || *path == ':') return err_set(e, SLA_DB, at, "a workspace needs the name of a file"); /* SQLite would keep ":memory:" nowhere */
    switch (file_kind_of(path)) {
    case FILE_FOLDER:
        err_set(e, SLA_DB, at, "this is a folder, not a workspace");
        err_hint(e, "name a file with -w");
        return SLA_DB;
    case FILE_OTHER: return err_set(e, SLA_DB, at, "this is no regular file");
    case FILE_MISSING:
        if (mode == STORE_CREATE) return SLA_OK;
        err_set(e, SLA_DB, at, "there is no such workspace");
        err_hint(e, "make one with: slaudit import -w %s PATH...", path);
        return SLA_DB;
    default: return check_head(path, e);
    }
}

/* A file of no bytes, or one whose making was cut off, is as good as none. */
static sla_status is_empty(store *s, bool *empty, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    err quiet = {0};
    sla_status rc = db_prepare(&s->d, "SELECT count(*) FROM sqlite_master", &st, &quiet);
    if (rc == SLA_OK) rc = db_step(&s->d, st, &row, &quiet);
    *empty = rc == SLA_OK && row && db_col_i64(st, 0) == 0;
    int code = sqlite3_errcode(s->d.h) & 0xff;
    db_finalize(st);
    if (rc == SLA_OK) return SLA_OK;
    if (code == SQLITE_NOTADB) return no_database(s->d.name, e);
    if (e && e->code == SLA_OK) *e = quiet;
    return rc;
}

/* What a process that was killed had begun has to be taken back, which somebody who only reads may not do: it is done by one who may, if the file can be written. */
static void take_back(const store *s)
{
    char journal[4096];
    sqlite3 *h = NULL;
    if ((size_t)snprintf(journal, sizeof journal, "%s-journal", s->path) >= sizeof journal || file_kind_of(journal) != FILE_REGULAR) return;
    if (sqlite3_open_v2(s->path, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK) sqlite3_exec(h, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL);
    sqlite3_close(h);
}

static sla_status set_up(store *s, store_mode mode, err *e)
{
    bool empty;
    if (mode == STORE_READ_ONLY && s->path) take_back(s);
    int flags = mode == STORE_READ_ONLY && s->path ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (mode == STORE_CREATE || !s->path ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(s->path ? s->path : ":memory:", &s->d.h, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return s->d.h ? db_fail(&s->d, "cannot open the workspace", e) : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the workspace");
    sqlite3_extended_result_codes(s->d.h, 1);
    sqlite3_busy_timeout(s->d.h, 5000);
    sqlite3_limit(s->d.h, SQLITE_LIMIT_WORKER_THREADS, 0);
    TRY(is_empty(s, &empty, e));
    if (empty && s->path && mode != STORE_CREATE) {
        err_set(e, SLA_DB, (srcpos){s->d.name, 0, 0}, "this is no workspace: the file is empty");
        err_hint(e, "make one with: slaudit import -w %s PATH...", s->path);
        return SLA_DB;
    }
    if (empty) TRY(db_exec(&s->d, "PRAGMA page_size=16384", e)); /* most of the file is large blobs */
    else TRY(ddl_check(&s->d, e));
    /* A rollback journal of a source that only appends holds a few pages: the state before comes back whatever moment the process dies at. */
    TRY(db_exec(&s->d, "PRAGMA journal_mode=DELETE; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-2048; PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY", e));
    return empty ? ddl_create(&s->d, e) : SLA_OK;
}

static sla_status store_new(const char *path, store **out, err *e)
{
    store *s = mem_zero(1, sizeof *s);
    if (s && path) {
        s->path = mem_resize(NULL, strlen(path) + 1, 1);
        if (s->path) memcpy(s->path, path, strlen(path) + 1);
    }
    if (!s || (path && !s->path)) {
        mem_free(s);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the workspace");
    }
    snprintf(s->d.name, sizeof s->d.name, "%s", path ? path : "workspace");
    *out = s;
    return SLA_OK;
}

sla_status store_open(const char *path, store_mode mode, store **out, err *e)
{
    store *s;
    if (path) TRY(refuse(path, mode, e));
    TRY(store_new(path, &s, e));
    sla_status st = set_up(s, mode, e);
    if (st != SLA_OK) store_close(s);
    else *out = s;
    return st;
}

sla_status store_attach(sqlite3 *h, store **out, err *e)
{
    store *s;
    const char *path = sqlite3_db_filename(h, "main");
    TRY(store_new(path && *path ? path : NULL, &s, e));
    s->d.h = h;
    s->attached = true;
    sla_status st = ddl_check(&s->d, e);
    if (st != SLA_OK) store_close(s);
    else *out = s;
    return st;
}

void store_close(store *s)
{
    if (!s) return;
    store_source_abort(s);
    for (int i = 0; i < NPUT; i++) db_finalize(s->put[i]);
    while (s->nidle) sqlite3_close(s->idle[--s->nidle]);
    if (!s->attached) sqlite3_close(s->d.h);
    writeback_close(s);
    vtabs_free(s->tables);
    digest_free(s->seals);
    mem_free(s->noted);
    mem_free(s->path);
    mem_free(s);
}

db *store_db(store *s) { return &s->d; }

/* ---- what is fixed at the first import ---- */
sla_status meta_get(store *s, const char *key, arena *a, slice *out, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    *out = (slice){0};
    TRY(db_prepare(&s->d, "SELECT value FROM meta WHERE key=?", &st, e));
    db_bind_text(st, 1, slice_of(key));
    sla_status rc = db_step(&s->d, st, &row, e);
    if (rc == SLA_OK && row) {
        *out = arena_slice(a, db_col_text(st, 0));
        if (!out->ptr) rc = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory");
    }
    db_finalize(st);
    return rc;
}

sla_status meta_set(store *s, const char *key, slice value, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(join_together(s, e));
    TRY(db_prepare(&s->d, "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", &st, e));
    db_bind_text(st, 1, slice_of(key));
    db_bind_text(st, 2, value);
    sla_status rc = db_run(&s->d, st, e);
    db_finalize(st);
    return rc;
}

sla_status store_zone(store *s, char out[64], err *e)
{
    arena a = {0};
    slice z;
    sla_status st = meta_get(s, "zone", &a, &z, e);
    snprintf(out, 64, "%.*s", z.len ? (int)z.len : 13, z.len ? z.ptr : "Asia/Shanghai");
    arena_free(&a);
    return st;
}

sla_status store_set_zone(store *s, const char *zone, err *e)
{
    arena a = {0};
    slice z;
    sla_status st = meta_get(s, "zone", &a, &z, e);
    if (st == SLA_OK && !z.ptr) st = meta_set(s, "zone", slice_of(zone), e);
    else if (st == SLA_OK && !slice_is(z, zone)) {
        st = err_set(e, SLA_CONFLICT, (srcpos){s->d.name, 0, 0}, "the workspace's zone is %s, not %s: its times were read with it", z.ptr, zone);
        err_hint(e, "leave --zone out, or make another workspace");
    }
    arena_free(&a);
    return st;
}

/* A field may come, none may change its type: the chunks hold its values. */
static sla_status check_model(store *s, const schema *old, const schema *new_, err *e)
{
    for (size_t i = 0; i < old->n; i++) {
        const dataset *a = &old->datasets[i], *b = schema_dataset(new_, a->name);
        for (size_t f = 0; b && f < a->nfields; f++) {
            int g = dataset_field(b, a->fields[f].name);
            if (g >= 0 && b->fields[g].type != a->fields[f].type)
                return err_set(e, SLA_CONFLICT, (srcpos){s->d.name, 0, 0}, "field %s of %s is %s in the workspace, but %s in the pack", a->fields[f].name.ptr, a->name.ptr,
                               vtype_name(a->fields[f].type), vtype_name(b->fields[g].type));
        }
    }
    return SLA_OK;
}

sla_status store_set_model(store *s, const schema *m, err *e)
{
    arena a = {0};
    schema *old = NULL;
    slice text = {m->text, m->text_len};
    sla_status st = store_model(s, &a, &old, e);
    bool same = st == SLA_OK && old && slice_eq((slice){old->text, old->text_len}, text);
    if (st == SLA_OK && old && !same) st = check_model(s, old, m, e);
    if (st == SLA_OK && !same) st = meta_set(s, "model", text, e);
    arena_free(&a);
    return st;
}

sla_status store_model(store *s, arena *a, schema **out, err *e)
{
    slice text;
    ynode *root;
    errlist errors = {0};
    *out = NULL;
    TRY(meta_get(s, "model", a, &text, e));
    if (!text.ptr) return SLA_OK;
    TRY(yaml_parse(text, "model of the workspace", a, &root, e));
    sla_status st = schema_load(root, text, a, out, &errors);
    if (st != SLA_OK && errors.n && e && e->code == SLA_OK) *e = errors.items[0];
    if (st != SLA_OK) err_set(e, st, SRCPOS_NONE, "the model of the workspace cannot be read: %s", status_name(st));
    errlist_clear(&errors);
    return st;
}
