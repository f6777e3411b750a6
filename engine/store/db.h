/* Thin SQLite: open, run, prepare, bind, step; every error carries the statement's purpose and SQLite's own words. */
#ifndef SLA_STORE_DB_H
#define SLA_STORE_DB_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/err.h"
#include "engine/base/slice.h"

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef struct db { sqlite3 *h; char name[192]; /* how messages call the file */ } db;

sla_status db_exec(db *d, const char *sql, err *e);
/* Ends the transaction: what st says came before. It is kept if that is SLA_OK and SQLite can write it, else given up, which SQLite does of itself after some failures only. Returns st, or why it was not kept. */
sla_status db_commit(db *d, sla_status st, err *e);
sla_status db_prepare(db *d, const char *sql, sqlite3_stmt **out, err *e);   /* the caller finalizes with db_finalize */
void db_finalize(sqlite3_stmt *st);                                         /* NULL allowed */
/* Binds by position (1-based). Text and blobs must live until the statement is stepped. */
void db_bind_text(sqlite3_stmt *st, int i, slice s);                        /* s.ptr NULL: SQL NULL */
void db_bind_i64(sqlite3_stmt *st, int i, int64_t v);
void db_bind_f64(sqlite3_stmt *st, int i, double v);                        /* NaN: SQL NULL */
void db_bind_blob(sqlite3_stmt *st, int i, const void *p, size_t n);
sla_status db_step(db *d, sqlite3_stmt *st, bool *row, err *e);             /* *row: a row is there; when done the statement is reset */
sla_status db_run(db *d, sqlite3_stmt *st, err *e);                         /* steps to the end, resets, clears bindings */
slice db_col_text(sqlite3_stmt *st, int i);                                 /* borrowed until the next step; ptr NULL: SQL NULL */
int64_t db_col_i64(sqlite3_stmt *st, int i);
sla_status db_fail(db *d, const char *doing, err *e);                       /* the connection's last error as an err */
#endif
