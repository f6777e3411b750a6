/* One query of a user's: it may read what is there, and nothing else. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/store/internal.h"

static int pragma_allowed(const char *name)
{
    static const char *const names[] = {"table_info", "table_xinfo", "table_list"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (sqlite3_stricmp(name, names[i]) == 0) return SQLITE_OK;
    return SQLITE_DENY;
}

/* Asked while a statement is prepared; also for what SQLite or a virtual table prepares on its behalf. */
static int authorize(void *ctx, int action, const char *a, const char *b, const char *in, const char *by)
{
    const store *s = ctx;
    (void)in, (void)by;
    if (!s->sandboxed || s->trusted) return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION: return b && sqlite3_stricmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    /* asked when a table-valued function (json_each, pragma_table_info) declares its columns; an UPDATE by a user is refused all the same: it does not only read */
    case SQLITE_UPDATE: return a && sqlite3_stricmp(a, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA: return a ? pragma_allowed(a) : SQLITE_DENY;
    default: return SQLITE_DENY;
    }
}

/* SQLite's message, at the place in the query that it means. */
static sla_status query_failed(store *s, slice query, err *e)
{
    int code = sqlite3_errcode(s->d.h) & 0xff, offset = sqlite3_error_offset(s->d.h);
    if (code != SQLITE_ERROR && code != SQLITE_AUTH) return db_fail(&s->d, "cannot run the query", e);
    srcpos at = {"query", 0, 0};
    if (offset >= 0 && (size_t)offset <= query.len) {
        at.line = at.col = 1;
        for (int i = 0; i < offset; i++) {
            if (query.ptr[i] == '\n') at.line++, at.col = 1;
            else at.col++;
        }
    }
    err_set(e, SLA_USAGE, at, "%s", sqlite3_errmsg(s->d.h));
    if (code == SQLITE_AUTH) err_hint(e, "only queries that read can be run here");
    return SLA_USAGE;
}

static sla_status prepare(store *s, slice query, sqlite3_stmt **out, err *e)
{
    const char *tail = NULL;
    sqlite3_stmt *second = NULL;
    srcpos at = {"query", 0, 0};
    *out = NULL;
    if (query.len > 1 << 20) return err_set(e, SLA_USAGE, at, "the query is longer than 1 MiB");
    if (query.len && memchr(query.ptr, '\0', query.len)) return err_set(e, SLA_USAGE, at, "the query has a NUL byte");
    if (query.len && sqlite3_prepare_v2(s->d.h, query.ptr, (int)query.len, out, &tail) != SQLITE_OK) return query_failed(s, query, e);
    if (!*out) return err_set(e, SLA_USAGE, at, "there is no query");
    slice rest = {tail, query.len - (size_t)(tail - query.ptr)};
    int rc = rest.len ? sqlite3_prepare_v2(s->d.h, rest.ptr, (int)rest.len, &second, NULL) : SQLITE_OK;
    bool more = rc != SQLITE_OK || second;
    sqlite3_finalize(second);
    if (more) return err_set(e, SLA_USAGE, at, "more than one statement: give one query at a time");
    if (!sqlite3_stmt_readonly(*out)) return err_set(e, SLA_USAGE, at, "only queries that read can be run here");
    return SLA_OK;
}

static slice value(sqlite3_stmt *st, int i, char note[32])
{
    if (sqlite3_column_type(st, i) != SQLITE_BLOB) return db_col_text(st, i);
    return (slice){note, (size_t)snprintf(note, 32, "(%d bytes)", sqlite3_column_bytes(st, i))};
}

static sla_status run(store *s, slice query, sqlite3_stmt *st, const store_query *to, err *e)
{
    int n = sqlite3_column_count(st), rc;
    const char **names = mem_zero((size_t)n + 1, sizeof *names);
    slice *values = mem_zero((size_t)n + 1, sizeof *values);
    char (*notes)[32] = mem_zero((size_t)n + 1, sizeof *notes);
    sla_status status = names && values && notes ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the query");
    for (int i = 0; status == SLA_OK && i < n; i++)
        if (!(names[i] = sqlite3_column_name(st, i))) status = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the query");
    if (status == SLA_OK && to->columns) status = to->columns(to->ctx, n, names, e);
    while (status == SLA_OK && (rc = sqlite3_step(st)) != SQLITE_DONE) {
        if (rc != SQLITE_ROW) status = query_failed(s, query, e);
        for (int i = 0; status == SLA_OK && i < n; i++) values[i] = value(st, i, notes[i]);
        if (status == SLA_OK && to->row) status = to->row(to->ctx, n, names, values, e);
    }
    mem_free(names);
    mem_free(values);
    mem_free(notes);
    return status;
}

sla_status store_sql(store *s, slice query, const store_query *to, err *e)
{
    sqlite3_stmt *st = NULL;
    s->sandboxed = true;
    sqlite3_set_authorizer(s->d.h, authorize, s);
    sla_status status = prepare(s, query, &st, e);
    if (status == SLA_OK) status = run(s, query, st, to, e);
    sqlite3_finalize(st);
    s->sandboxed = false;
    sqlite3_set_authorizer(s->d.h, NULL, NULL);
    return status;
}
