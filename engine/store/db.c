#include "engine/store/db.h"
#include <math.h>
#include <sqlite3.h>

sla_status db_fail(db *d, const char *doing, err *e)
{
    int code = sqlite3_errcode(d->h) & 0xff;
    if (code == SQLITE_NOMEM) return err_set(e, SLA_NOMEM, (srcpos){d->name, 0, 0}, "%s: out of memory", doing);
    err_set(e, SLA_DB, (srcpos){d->name, 0, 0}, "%s: %s", doing, sqlite3_errmsg(d->h));
    if (code == SQLITE_FULL) err_hint(e, "the disk is full: make room and do it again; nothing of it was kept");
    else if (code == SQLITE_BUSY || code == SQLITE_LOCKED) err_hint(e, "another program is using the workspace; wait for it");
    else if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN) err_hint(e, "check that the file and its folder can be written");
    else if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) err_hint(e, "the file is damaged or no workspace; take a copy that is sound");
    return SLA_DB;
}

sla_status db_exec(db *d, const char *sql, err *e)
{
    return sqlite3_exec(d->h, sql, NULL, NULL, NULL) == SQLITE_OK ? SLA_OK : db_fail(d, "cannot change the workspace", e);
}

sla_status db_commit(db *d, sla_status st, err *e)
{
    if (st == SLA_OK) st = db_exec(d, "COMMIT", e);
    if (st != SLA_OK) sqlite3_exec(d->h, "ROLLBACK", NULL, NULL, NULL);
    return st;
}

sla_status db_prepare(db *d, const char *sql, sqlite3_stmt **out, err *e)
{
    return sqlite3_prepare_v2(d->h, sql, -1, out, NULL) == SQLITE_OK ? SLA_OK : db_fail(d, "cannot read the workspace", e);
}

void db_finalize(sqlite3_stmt *st) { sqlite3_finalize(st); }

void db_bind_text(sqlite3_stmt *st, int i, slice s)
{
    if (s.ptr) sqlite3_bind_text64(st, i, s.ptr, s.len, SQLITE_STATIC, SQLITE_UTF8);
    else sqlite3_bind_null(st, i);
}

void db_bind_i64(sqlite3_stmt *st, int i, int64_t v) { sqlite3_bind_int64(st, i, v); }

void db_bind_f64(sqlite3_stmt *st, int i, double v)
{
    if (isnan(v)) sqlite3_bind_null(st, i);
    else sqlite3_bind_double(st, i, v);
}

void db_bind_blob(sqlite3_stmt *st, int i, const void *p, size_t n) { sqlite3_bind_blob64(st, i, p ? p : "", n, SQLITE_STATIC); }

sla_status db_step(db *d, sqlite3_stmt *st, bool *row, err *e)
{
    int rc = sqlite3_step(st);
    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW) return SLA_OK;
    if (rc != SQLITE_DONE) {
        sla_status failed = db_fail(d, "cannot read or write the workspace", e);
        sqlite3_reset(st);
        return failed;
    }
    sqlite3_reset(st);
    return SLA_OK;
}

sla_status db_run(db *d, sqlite3_stmt *st, err *e)
{
    bool row = true;
    sla_status rc = SLA_OK;
    while (rc == SLA_OK && row) rc = db_step(d, st, &row, e);
    sqlite3_clear_bindings(st);
    return rc;
}

slice db_col_text(sqlite3_stmt *st, int i)
{
    const unsigned char *p = sqlite3_column_text(st, i);
    return (slice){(const char *)p, p ? (size_t)sqlite3_column_bytes(st, i) : 0};
}

int64_t db_col_i64(sqlite3_stmt *st, int i) { return sqlite3_column_int64(st, i); }
