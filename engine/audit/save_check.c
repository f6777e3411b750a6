/* Are the results what the audit wrote? The trail has the hash of each run's results; the ordinary tables, which people query, are written anew beside those of the
 * workspace, from those results, and compared row by row. */
#include <sqlite3.h>
#include <stdio.h>
#include "engine/audit/run.h"
#include "engine/base/digest.h"

static const struct { const char *name, *run; } tables[] = {{"run", "id"}, {"clause_result", "run"}, {"rule_result", "run"}, {"rule_group", "run"}, {"metric_result", "run"},
    {"metric_group", "run"}, {"staff_result", "run"}, {"finding", "run"}, {"finding_evidence", "run"}};
enum { NTABLES = sizeof tables / sizeof tables[0] };

/* before, the name of each table, after; with its name once more where twice. */
static sla_status exec_each(db *d, const char *before, const char *after, bool twice, err *e)
{
    char text[256];
    for (size_t i = 0; i < NTABLES; i++) {
        snprintf(text, sizeof text, "%s%s%s%s%s", before, tables[i].name, after, twice ? tables[i].name : "", twice ? " WHERE 0" : "");
        TRY(db_exec(d, text, e));
    }
    return SLA_OK;
}

/* How many rows of a run one of the two has and the other has not. */
static sla_status count_other(db *d, size_t which, int64_t run, int64_t *n, err *e)
{
    sqlite3_stmt *st = NULL;
    char sql[512];
    bool row;
    const char *t = tables[which].name;
    snprintf(sql, sizeof sql, "SELECT max((SELECT count(*) FROM (SELECT * FROM main.%s WHERE %s=?1 EXCEPT SELECT * FROM temp.%s)), "
                              "(SELECT count(*) FROM (SELECT * FROM temp.%s EXCEPT SELECT * FROM main.%s WHERE %s=?1)))", t, tables[which].run, t, t, t, tables[which].run);
    TRY(db_prepare(d, sql, &st, e));
    db_bind_i64(st, 1, run);
    sla_status rc = db_step(d, st, &row, e);
    *n = rc == SLA_OK ? db_col_i64(st, 0) : 0;
    db_finalize(st);
    return rc;
}

static sla_status compare_tables(db *d, const audit_result *r, buf *said, size_t *wrong, err *e)
{
    char keep[96];
    TRY(exec_each(d, "CREATE TEMP TABLE ", " AS SELECT * FROM main.", true, e));          /* from here on these names mean the copies */
    sla_status st = result_put(d, r, e);
    snprintf(keep, sizeof keep, "UPDATE temp.run SET meta=(SELECT meta FROM main.run WHERE id=%lld)", (long long)r->run);   /* the hash vouches for it */
    if (st == SLA_OK) st = db_exec(d, keep, e);
    for (size_t i = 0; st == SLA_OK && i < NTABLES; i++) {
        int64_t n;
        st = count_other(d, i, r->run, &n, e);
        if (st != SLA_OK || !n) continue;
        buf_printf(said, "run %lld: %lld row%s of the table %s NOT what the audit wrote\n", (long long)r->run, (long long)n, n == 1 ? "" : "s", tables[i].name);
        ++*wrong;
    }
    sla_status dropped = exec_each(d, "DROP TABLE temp.", "", false, e);
    return st == SLA_OK ? dropped : st;
}

/* The next run that the tables or the trail know, and whether its results have the hash of the trail. */
static sla_status next_run(db *d, int64_t *run, bool *same, bool *more, err *e)
{
    static const char sql[] = "WITH said AS (SELECT json_extract(detail, '$.run') AS id, json_extract(detail, '$.results') AS hash FROM trail WHERE kind='audit') "
                              "SELECT id, meta, (SELECT hash FROM said WHERE said.id=k.id) FROM (SELECT id, meta FROM run UNION ALL SELECT id, NULL FROM said WHERE id NOT IN (SELECT id FROM run)) k "
                              "WHERE id > ? ORDER BY id LIMIT 1";
    char hex[DIGEST_HEX];
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(d, sql, &st, e));
    db_bind_i64(st, 1, *run);
    sla_status rc = db_step(d, st, more, e);
    if (rc == SLA_OK && *more) {
        const void *p = sqlite3_column_blob(st, 1);
        rc = digest_once(p, p ? (size_t)sqlite3_column_bytes(st, 1) : 0, hex);
        *run = db_col_i64(st, 0);
        *same = slice_is(db_col_text(st, 2), hex);
    }
    db_finalize(st);
    return rc;
}

sla_status results_check(store *s, buf *said, size_t *wrong, err *e)
{
    int64_t run = 0;
    bool same, more;
    TRY(next_run(store_db(s), &run, &same, &more, e));
    while (more) {
        audit_result *r = NULL;
        sla_status st = same ? result_load(s, run, &r, e) : SLA_OK;
        if (!same) buf_printf(said, "run %lld: its results are NOT those that the audit wrote\n", (long long)run), ++*wrong;
        else if (st == SLA_OK) st = compare_tables(store_db(s), r, said, wrong, e);
        result_free(r);
        if (st == SLA_OK) st = next_run(store_db(s), &run, &same, &more, e);
        if (st != SLA_OK) return st;
    }
    return SLA_OK;
}
