/* Seals: what was stored of a source as one SHA-256 in the entry of its import in the trail, and all answers to findings in the entry of each hand-over, so that what
 * was changed, put in or taken away behind the program's back is found. Every part is hashed with its length before it. */
#include <sqlite3.h>
#include <stdio.h>
#include "engine/store/internal.h"

static sla_status add(digest *d, const void *p, size_t n)
{
    const uint64_t len = n;
    TRY(digest_add(d, &len, sizeof len));
    return n ? digest_add(d, p, n) : SLA_OK;
}

static sla_status add_value(digest *d, sqlite3_stmt *st, int col)
{
    const void *p = sqlite3_column_blob(st, col);
    return add(d, p, p ? (size_t)sqlite3_column_bytes(st, col) : 0);
}

sla_status seal_chunk(chunk *c)
{
    char rows[24];
    digest *d = digest_new();
    if (!d) return SLA_NOMEM;
    sla_status st = add(d, c->ds->name.ptr, c->ds->name.len);
    if (st == SLA_OK) st = add(d, rows, (size_t)snprintf(rows, sizeof rows, "%zu", c->nrows));
    if (st == SLA_OK) st = add(d, c->lines.ptr, c->lines.len);
    for (size_t i = 0; st == SLA_OK && i < c->ncols; i++) {
        st = add(d, c->cols[i].field.ptr, c->cols[i].field.len);
        if (st == SLA_OK) st = add(d, c->cols[i].data.ptr, c->cols[i].data.len);
    }
    if (st == SLA_OK) st = digest_hex(d, c->seal);
    digest_free(d);
    return st;
}

/* All values of all rows that sql gives for a number. */
static sla_status add_rows(store *s, digest *d, const char *sql, int64_t id, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    TRY(db_prepare(&s->d, sql, &st, e));
    db_bind_i64(st, 1, id);
    sla_status rc = db_step(&s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        for (int i = 0; rc == SLA_OK && i < sqlite3_column_count(st); i++) rc = add_value(d, st, i);
        if (rc == SLA_OK) rc = db_step(&s->d, st, &row, e);
    }
    db_finalize(st);
    return rc;
}

/* The seal of a chunk as it is stored now. */
static sla_status seal_stored(store *s, int64_t id, char out[DIGEST_HEX], err *e)
{
    digest *d = digest_new();
    sla_status st = d ? add_rows(s, d, "SELECT dataset, nrows, lines FROM chunk WHERE id=?", id, e) : SLA_NOMEM;
    if (st == SLA_OK) st = add_rows(s, d, "SELECT field, data FROM chunk_column WHERE chunk=? ORDER BY rowid", id, e);
    if (st == SLA_OK) st = digest_hex(d, out);
    digest_free(d);
    return st;
}

/* Without the source's location: the same files in another folder have the same trail. */
sla_status seal_source(store *s, digest *chunks, int64_t source, char out[DIGEST_HEX], err *e)
{
    TRY(add_rows(s, chunks, "SELECT id, path, part, sha256, importer, profile, dataset, notes, bytes, rows, accepted, rejected, rejected_values, announced FROM source WHERE id=?", source, e));
    TRY(add_rows(s, chunks, "SELECT line, col, field, value, reason, whole_row FROM reject WHERE source=? ORDER BY rowid", source, e));
    return digest_hex(chunks, out);
}

static sla_status seal_now(store *s, int64_t source, char out[DIGEST_HEX], err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    char one[DIGEST_HEX];
    digest *d = digest_new();
    sla_status rc = d ? db_prepare(&s->d, "SELECT id FROM chunk WHERE source=? ORDER BY seq", &st, e) : SLA_NOMEM;
    if (rc == SLA_OK) db_bind_i64(st, 1, source), rc = db_step(&s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        rc = seal_stored(s, db_col_i64(st, 0), one, e);
        if (rc == SLA_OK) rc = digest_add(d, one, sizeof one);
        if (rc == SLA_OK) rc = db_step(&s->d, st, &row, e);
    }
    db_finalize(st);
    if (rc == SLA_OK) rc = seal_source(s, d, source, out, e);
    digest_free(d);
    return rc;
}

sla_status seal_actions(store *s, char out[DIGEST_HEX], err *e)
{
    digest *d = digest_new();
    sla_status st = d ? add_rows(s, d, "SELECT fingerprint, owner, due_day, status, response FROM main.action WHERE ?1=0 ORDER BY fingerprint, id", 0, e) : SLA_NOMEM;
    if (st == SLA_OK) st = digest_hex(d, out);
    digest_free(d);
    return st;
}

static sla_status check_actions(store *s, buf *said, size_t *wrong, err *e)
{
    char now[DIGEST_HEX];
    sqlite3_stmt *st = NULL;
    bool row = false;
    TRY(seal_actions(s, now, e));
    TRY(db_prepare(&s->d, "SELECT (SELECT json_extract(detail, '$.stored') FROM trail WHERE kind='action' ORDER BY seq DESC LIMIT 1), (SELECT count(*) FROM trail WHERE kind='action'), (SELECT count(*) FROM main.action)", &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    slice then = db_col_text(st, 0);
    if (rc == SLA_OK && (db_col_i64(st, 1) ? then.len && !slice_is(then, now) : db_col_i64(st, 2) > 0)) {
        buf_printf(said, "answers: what the workspace holds of them is NOT what was imported\n");
        ++*wrong;
    }
    db_finalize(st);
    return rc;
}

static sla_status strays(store *s, buf *said, size_t *wrong, err *e)
{
    static const char sql[] = "WITH known AS (SELECT json_extract(detail, '$.source') AS id FROM trail WHERE kind='import') "
                              "SELECT 'source', id FROM source WHERE id NOT IN known UNION SELECT 'chunk', source FROM chunk WHERE source NOT IN known "
                              "UNION SELECT 'reject', source FROM reject WHERE source NOT IN known ORDER BY 1, 2";
    sqlite3_stmt *st = NULL;
    bool row = true;
    TRY(db_prepare(&s->d, sql, &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        slice where = db_col_text(st, 0);
        buf_printf(said, "source %lld: in the table %.*s, but NO import in the trail\n", (long long)db_col_i64(st, 1), SLICE_ARG(where));
        ++*wrong;
        rc = db_step(&s->d, st, &row, e);
    }
    db_finalize(st);
    return rc;
}

sla_status store_seals_check(store *s, buf *said, size_t *wrong, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    char now[DIGEST_HEX];
    TRY(db_prepare(&s->d, "SELECT json_extract(detail, '$.source'), json_extract(detail, '$.stored'), json_extract(detail, '$.path') FROM trail WHERE kind='import' ORDER BY seq", &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        slice want = db_col_text(st, 1), path = db_col_text(st, 2);
        if (want.len) rc = seal_now(s, db_col_i64(st, 0), now, e);
        if (rc == SLA_OK && want.len && !slice_is(want, now)) {
            buf_printf(said, "source %lld %.*s: what the workspace holds of it is NOT what was imported\n", (long long)db_col_i64(st, 0), SLICE_ARG(path));
            ++*wrong;
        }
        if (rc == SLA_OK) rc = db_step(&s->d, st, &row, e);
    }
    db_finalize(st);
    if (rc == SLA_OK) rc = strays(s, said, wrong, e);
    return rc == SLA_OK ? check_actions(s, said, wrong, e) : rc;
}
