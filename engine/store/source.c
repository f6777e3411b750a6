/* Sources: each is one transaction, or one savepoint where several share one, from store_source_begin to commit or abort. */
#include <sqlite3.h>
#include "engine/base/jsonw.h"
#include "engine/base/mem.h"
#include "engine/store/internal.h"

static sla_status is_known(store *s, const source_info *i, bool *known, err *e)
{
    sqlite3_stmt *st = NULL;
    *known = false;
    if (!i->sha256[0]) return SLA_OK;
    TRY(db_prepare(&s->d, "SELECT 1 FROM source WHERE sha256=? AND part=? AND profile=? AND dataset=?", &st, e));
    db_bind_text(st, 1, slice_of(i->sha256));
    db_bind_text(st, 2, i->part.ptr ? i->part : SLICE_LIT(""));
    db_bind_text(st, 3, i->profile);
    db_bind_text(st, 4, i->dataset);
    sla_status rc = db_step(&s->d, st, known, e);
    db_finalize(st);
    return rc;
}

sla_status store_source_as_long(store *s, uint64_t bytes, bool *there, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(&s->d, "SELECT 1 FROM source WHERE bytes=? LIMIT 1", &st, e));
    db_bind_i64(st, 1, (int64_t)bytes);
    sla_status rc = db_step(&s->d, st, there, e);
    db_finalize(st);
    return rc;
}

static slice text_or_empty(slice s) { return s.ptr ? s : SLICE_LIT(""); }

static sla_status write_source(store *s, const char *sql, int64_t id, const source_info *i, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(&s->d, sql, &st, e));
    const slice texts[] = {i->path, i->location, i->part, slice_of(i->sha256), i->importer, i->profile, i->dataset, i->notes};
    const uint64_t numbers[] = {i->bytes, i->rows, i->accepted, i->rejected, i->rejected_values, (uint64_t)i->announced};
    int at = 1;
    db_bind_i64(st, at++, id);
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) db_bind_text(st, at++, text_or_empty(texts[k]));
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) db_bind_i64(st, at++, (int64_t)numbers[k]);
    sla_status rc = db_run(&s->d, st, e);
    db_finalize(st);
    return rc;
}

#define SOURCE_COLUMNS "id, path, location, part, sha256, importer, profile, dataset, notes, bytes, rows, accepted, rejected, rejected_values, announced"

/* ---- transactions ---- */
/* After a full disk, say, SQLite gives up the whole transaction, and so do we where COMMIT fails. Told by whatever comes next, and at the end. */
static sla_status lost(store *s, sla_status st, const char *why, err *e)
{
    s->nnoted = 0; /* others may get the numbers of the sources that are lost; those that are kept are hashed again */
    err_set(e, st, (srcpos){s->d.name, 0, 0}, "the %zu sources taken before this could not be kept: %s", s->ntogether, why);
    return err_hint(e, "see that the disk has room and no other program uses the workspace, and import them again"), st;
}

static sla_status still_there(store *s, err *e) { return s->ntogether && sqlite3_get_autocommit(s->d.h) ? lost(s, SLA_DB, "writing failed", e) : SLA_OK; }

sla_status join_together(store *s, err *e)
{
    TRY(still_there(s, e));
    return s->together && sqlite3_get_autocommit(s->d.h) ? db_exec(&s->d, "BEGIN IMMEDIATE", e) : SLA_OK;
}

static sla_status transaction_begin(store *s, err *e)
{
    if (!s->together) return db_exec(&s->d, "BEGIN IMMEDIATE", e);
    TRY(join_together(s, e));
    return db_exec(&s->d, "SAVEPOINT source", e);
}

static sla_status commit_together(store *s, err *e)
{
    err why = {0};
    TRY(still_there(s, e));
    sla_status st = sqlite3_get_autocommit(s->d.h) ? SLA_OK : db_commit(&s->d, SLA_OK, &why);
    s->together_bytes = 0;
    if (st != SLA_OK && s->ntogether) return lost(s, st, why.msg, e);
    if (st != SLA_OK && e && e->code == SLA_OK) *e = why;
    s->ntogether = 0;
    return st;
}

static sla_status transaction_end(store *s, uint64_t bytes, err *e)
{
    enum { AT_MOST = 256 << 20 };
    if (!s->together) return db_exec(&s->d, "COMMIT", e);
    TRY(db_exec(&s->d, "RELEASE source", e));
    s->together_bytes += bytes;
    if (s->together_bytes >= AT_MOST) return commit_together(s, e); /* of the source's savepoint there is nothing to go back to: where this fails it goes with the others */
    s->ntogether++;
    return SLA_OK;
}

void store_sources_begin(store *s)
{
    s->together = true;
    writeback_open(s);
}

sla_status store_sources_end(store *s, err *e)
{
    s->together = false;
    store_source_abort(s);
    sla_status st = commit_together(s, e);
    s->ntogether = 0;
    return st;
}

sla_status store_source_begin(store *s, const source_info *info, bool *known, int64_t *id, err *e)
{
    if (s->open_source) return err_set(e, SLA_DB, (srcpos){s->d.name, 0, 0}, "a source is being imported already");
    TRY(is_known(s, info, known, e));
    if (*known) return SLA_OK;
    TRY(transaction_begin(s, e));
    sqlite3_stmt *st = NULL;
    bool row;
    sla_status rc = db_prepare(&s->d, "SELECT coalesce(max(id), 0) + 1 FROM source", &st, e);
    if (rc == SLA_OK) rc = db_step(&s->d, st, &row, e);
    if (rc == SLA_OK) *id = db_col_i64(st, 0);
    db_finalize(st);
    s->open_source = rc == SLA_OK ? *id : -1;
    s->seq = 0;
    digest_free(s->seals);
    if (!(s->seals = digest_new()) && rc == SLA_OK) rc = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for a source");
    if (rc == SLA_OK) rc = write_source(s, "INSERT INTO source(" SOURCE_COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", *id, info, e);
    if (rc != SLA_OK) store_source_abort(s);
    return rc;
}

static sla_status prepared(store *s, int which, const char *sql, sqlite3_stmt **out, err *e)
{
    if (!s->put[which]) TRY(db_prepare(&s->d, sql, &s->put[which], e));
    *out = s->put[which];
    return SLA_OK;
}

sla_status store_chunk_put(store *s, int64_t source, const chunk *c, err *e)
{
    sqlite3_stmt *st;
    if (c->nrows == 0) return SLA_OK;
    TRY(prepared(s, PUT_CHUNK, "INSERT INTO chunk(source, dataset, seq, nrows, lines) VALUES(?,?,?,?,?)", &st, e));
    db_bind_i64(st, 1, source);
    db_bind_text(st, 2, c->ds->name);
    db_bind_i64(st, 3, s->seq++);
    db_bind_i64(st, 4, (int64_t)c->nrows);
    db_bind_blob(st, 5, c->lines.ptr, c->lines.len);
    TRY(db_run(&s->d, st, e));
    int64_t id = sqlite3_last_insert_rowid(s->d.h);
    TRY(prepared(s, PUT_COLUMN, "INSERT INTO chunk_column(chunk, field, data) VALUES(?,?,?)", &st, e));
    for (size_t i = 0; i < c->ncols; i++) {
        db_bind_i64(st, 1, id);
        db_bind_text(st, 2, c->cols[i].field);
        db_bind_blob(st, 3, c->cols[i].data.ptr, c->cols[i].data.len);
        TRY(db_run(&s->d, st, e));
        writeback_add(s, c->cols[i].data.len);
    }
    return digest_add(s->seals, c->seal, sizeof c->seal);
}

sla_status store_reject_put(store *s, int64_t source, const reject *r, err *e)
{
    sqlite3_stmt *st;
    TRY(prepared(s, PUT_REJECT, "INSERT INTO reject(source, line, col, field, value, reason, whole_row) VALUES(?,?,?,?,?,?,?)", &st, e));
    db_bind_i64(st, 1, source);
    db_bind_i64(st, 2, r->line);
    db_bind_i64(st, 3, r->col);
    db_bind_text(st, 4, text_or_empty(r->field));
    db_bind_text(st, 5, text_or_empty(r->value));
    db_bind_text(st, 6, text_or_empty(r->reason));
    db_bind_i64(st, 7, r->row);
    return db_run(&s->d, st, e);
}

static sla_status trail_of_source(store *s, int64_t id, const source_info *i, err *e)
{
    char seal[DIGEST_HEX];
    TRY(seal_source(s, s->seals, id, seal, e));
    buf b = {0};
    jsonw w;
    jsonw_begin(&w, &b, 0);
    jsonw_open(&w, '{');
    jsonw_kv_i64(&w, "source", id);
    jsonw_kv_text(&w, "path", i->path);
    jsonw_kv_text(&w, "sha256", slice_of(i->sha256));
    jsonw_kv_i64(&w, "rows", (int64_t)i->rows);
    jsonw_kv_i64(&w, "rejected", (int64_t)i->rejected);
    jsonw_kv_text(&w, "stored", slice_of(seal));
    jsonw_close(&w, '}');
    sla_status st = b.failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the trail") : store_trail_add(s, "import", (slice){b.ptr, b.len}, e);
    buf_free(&b);
    return st;
}

sla_status store_source_commit(store *s, int64_t source, const source_info *info, err *e)
{
    TRY(write_source(s, "REPLACE INTO source(" SOURCE_COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", source, info, e));
    TRY(trail_of_source(s, source, info, e));
    TRY(transaction_end(s, info->bytes, e));
    s->open_source = 0;
    return SLA_OK;
}

void store_source_abort(store *s)
{
    if (!s->open_source) return;
    sqlite3_exec(s->d.h, s->together ? "ROLLBACK TO source; RELEASE source" : "ROLLBACK", NULL, NULL, NULL);
    while (s->nnoted && s->noted[s->nnoted - 1].source == s->open_source) s->nnoted--; /* the next source has its number */
    s->open_source = 0;
}

/* ---- reading back ---- */
static bool copy_text(arena *a, sqlite3_stmt *st, int col, slice *out)
{
    slice s = db_col_text(st, col);
    *out = arena_slice(a, s);
    return out->ptr || s.len == 0;
}

static bool read_source(arena *a, sqlite3_stmt *st, source_info *i)
{
    slice sha;
    i->id = db_col_i64(st, 0);
    bool ok = copy_text(a, st, 1, &i->path) && copy_text(a, st, 2, &i->location) && copy_text(a, st, 3, &i->part) && copy_text(a, st, 4, &sha) &&
              copy_text(a, st, 5, &i->importer) && copy_text(a, st, 6, &i->profile) && copy_text(a, st, 7, &i->dataset) && copy_text(a, st, 8, &i->notes);
    if (ok && sha.len < sizeof i->sha256) memcpy(i->sha256, sha.ptr, sha.len);
    i->bytes = (uint64_t)db_col_i64(st, 9);
    i->rows = (uint64_t)db_col_i64(st, 10);
    i->accepted = (uint64_t)db_col_i64(st, 11);
    i->rejected = (uint64_t)db_col_i64(st, 12);
    i->rejected_values = (uint64_t)db_col_i64(st, 13);
    i->announced = db_col_i64(st, 14);
    return ok;
}

static sla_status count_rows(store *s, const char *sql, size_t *n, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row;
    TRY(db_prepare(&s->d, sql, &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    *n = rc == SLA_OK && row ? (size_t)db_col_i64(st, 0) : 0;
    db_finalize(st);
    return rc;
}

sla_status store_sources(store *s, arena *a, source_info **out, size_t *n, err *e)
{
    size_t count = 0;
    sqlite3_stmt *st = NULL;
    bool row = true;
    *n = 0;
    TRY(count_rows(s, "SELECT count(*) FROM source", &count, e));
    *out = ARENA_NEW(a, source_info, count ? count : 1);
    if (!*out) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the list of sources");
    TRY(db_prepare(&s->d, "SELECT " SOURCE_COLUMNS " FROM source ORDER BY id", &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    while (rc == SLA_OK && row && *n < count) {
        if (!read_source(a, st, &(*out)[*n])) rc = SLA_NOMEM;
        else ++*n, rc = db_step(&s->d, st, &row, e);
    }
    db_finalize(st);
    return rc == SLA_NOMEM ? err_set(e, rc, SRCPOS_NONE, "no memory for the list of sources") : rc;
}

sla_status store_rejects(store *s, arena *a, size_t max, stored_reject **out, size_t *n, err *e)
{
    size_t count = 0;
    sqlite3_stmt *st = NULL;
    bool row = true;
    *n = 0;
    TRY(count_rows(s, "SELECT count(*) FROM reject", &count, e));
    if (count > max) count = max;
    *out = ARENA_NEW(a, stored_reject, count ? count : 1);
    if (!*out) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the rejected rows");
    TRY(db_prepare(&s->d, "SELECT source, line, col, field, value, reason, whole_row FROM reject ORDER BY source, line, col", &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    while (rc == SLA_OK && row && *n < count) {
        stored_reject *r = &(*out)[*n];
        r->source = db_col_i64(st, 0);
        r->line = (uint32_t)db_col_i64(st, 1);
        r->col = (uint32_t)db_col_i64(st, 2);
        r->row = db_col_i64(st, 6) != 0;
        if (!copy_text(a, st, 3, &r->field) || !copy_text(a, st, 4, &r->value) || !copy_text(a, st, 5, &r->reason)) rc = SLA_NOMEM;
        else ++*n, rc = db_step(&s->d, st, &row, e);
    }
    db_finalize(st);
    return rc == SLA_NOMEM ? err_set(e, rc, SRCPOS_NONE, "no memory for the rejected rows") : rc;
}

sla_status store_note_file(store *s, int64_t source, const file_stamp *f, err *e)
{
    if (mem_grow(&s->noted, &s->cap_noted, s->nnoted + 1, sizeof *s->noted)) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the workspace");
    s->noted[s->nnoted++] = (struct noted){source, *f};
    return SLA_OK;
}

bool store_noted_file(const store *s, int64_t source, file_stamp *out)
{
    for (size_t i = 0; i < s->nnoted; i++)
        if (s->noted[i].source == source) return *out = s->noted[i].stamp, true;
    return false;
}
