/* What the data cannot prove. The table is made when it is first written, so that workspaces of earlier programs stay readable. */
#include "engine/store/internal.h"

static const char *const table_sql = "CREATE TABLE IF NOT EXISTS caveat(seq INTEGER PRIMARY KEY, source INTEGER NOT NULL, kind TEXT NOT NULL, dataset TEXT NOT NULL, field TEXT NOT NULL,"
                                     " n INTEGER NOT NULL, of INTEGER NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL)";

static sla_status put(store *s, const caveat *c, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(&s->d, "INSERT INTO caveat(source, kind, dataset, field, n, of, zh, en) VALUES(?,?,?,?,?,?,?,?)", &st, e));
    db_bind_i64(st, 1, c->source);
    db_bind_text(st, 2, c->kind);
    db_bind_text(st, 3, c->dataset);
    db_bind_text(st, 4, c->field.ptr ? c->field : SLICE_LIT(""));
    db_bind_i64(st, 5, c->n);
    db_bind_i64(st, 6, c->of);
    db_bind_text(st, 7, c->zh);
    db_bind_text(st, 8, c->en);
    sla_status rc = db_run(&s->d, st, e);
    db_finalize(st);
    return rc;
}

sla_status store_caveat_put(store *s, const caveat *c, err *e)
{
    TRY(db_exec(&s->d, table_sql, e));
    return put(s, c, e);
}

sla_status store_caveats_replace(store *s, const caveat *items, size_t n, err *e)
{
    TRY(db_exec(&s->d, "BEGIN IMMEDIATE", e));
    sla_status rc = db_exec(&s->d, table_sql, e);
    if (rc == SLA_OK) rc = db_exec(&s->d, "DELETE FROM caveat WHERE source=0", e);
    for (size_t i = 0; i < n && rc == SLA_OK; i++) rc = put(s, &items[i], e);
    return db_commit(&s->d, rc, e);
}

static sla_status count(store *s, const char *sql, int64_t *out, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    TRY(db_prepare(&s->d, sql, &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    *out = row ? db_col_i64(st, 0) : 0;
    db_finalize(st);
    return rc;
}

sla_status store_caveats(store *s, arena *a, caveat **out, size_t *n, err *e)
{
    sqlite3_stmt *st = NULL;
    int64_t there, rows;
    bool row = true;
    *n = 0;
    *out = NULL;
    TRY(count(s, "SELECT count(*) FROM main.sqlite_master WHERE type='table' AND name='caveat'", &there, e));
    if (!there) return SLA_OK;
    TRY(count(s, "SELECT count(*) FROM main.caveat", &rows, e));
    caveat *items = ARENA_NEW(a, caveat, (size_t)rows);
    if (!items) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for what the data cannot prove");
    TRY(db_prepare(&s->d, "SELECT source, kind, dataset, field, n, of, zh, en FROM main.caveat ORDER BY source, seq", &st, e));
    sla_status rc = SLA_OK;
    while (rc == SLA_OK && (rc = db_step(&s->d, st, &row, e)) == SLA_OK && row && *n < (size_t)rows) {
        caveat *c = &items[(*n)++];
        slice *const texts[] = {&c->kind, &c->dataset, &c->field, &c->zh, &c->en};
        const int columns[] = {1, 2, 3, 6, 7};
        c->source = db_col_i64(st, 0);
        c->n = db_col_i64(st, 4);
        c->of = db_col_i64(st, 5);
        for (size_t k = 0; k < 5; k++)
            if (!(*texts[k] = arena_slice(a, db_col_text(st, columns[k]))).ptr) rc = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for what the data cannot prove");
    }
    db_finalize(st);
    *out = items;
    return rc;
}
