/* slaudit sql: the data as SQL tables, read-only. */
#include <stdio.h>
#include "engine/cli/steps.h"
#include "engine/time/instant.h"

static void print_value(void *ctx, vtype type, int64_t v, buf *out)
{
    if (type == VT_DATE) date_print(out, v);
    else time_print_local(out, zone_to_local(ctx, v));
}

/* A cell as CSV (RFC 4180). */
static void print_cell(slice s)
{
    bool quote = s.len && (memchr(s.ptr, ',', s.len) || memchr(s.ptr, '"', s.len) || memchr(s.ptr, '\n', s.len) || memchr(s.ptr, '\r', s.len));
    if (!quote) {
        fwrite(s.ptr ? s.ptr : "", 1, s.len, stdout);
        return;
    }
    putchar('"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') putchar('"');
        putchar(s.ptr[i]);
    }
    putchar('"');
}

static sla_status print_row(void *ctx, int n, const char *const *names, const slice *values, err *e)
{
    (void)ctx, (void)names, (void)e;
    for (int i = 0; i < n; i++) {
        if (i) putchar(',');
        print_cell(values[i]);
    }
    putchar('\n');
    return SLA_OK;
}

static sla_status read_query(const options *o, buf *b)
{
    if (o->nargs) buf_text(b, o->args[0]);
    for (int c; !o->nargs && (c = getchar()) != EOF;) buf_char(b, (char)c);
    return b->failed ? SLA_NOMEM : SLA_OK;
}

static int run(const options *o, err *e)
{
    session s = {0};
    buf query = {0};
    store_query to = {NULL, print_row, NULL};
    sla_status st = session_open(&s, o, STORE_READ_ONLY, e);
    if (st == SLA_OK) st = read_query(o, &query);
    if (st == SLA_OK) st = store_vtab_register(s.ws, print_value, s.zn, e);
    if (st == SLA_OK) st = store_sql(s.ws, (slice){query.ptr, query.len}, &to, e);
    buf_free(&query);
    session_close(&s);
    return st == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_sql = {
    "sql", "ask the data as SQL tables, read-only", "[-w FILE] [QUERY]",
    "Each dataset is a table (ticket, history, log, …; ticket_all holds superseded rows too),\n"
    "beside source, reject, rule_result, finding and the others. Without QUERY it is read from\n"
    "standard input. The answer is CSV.\n\n"
    "example: slaudit sql -w q3.db \"select priority, count(*) from ticket group by 1\"",
    OPT(WORKSPACE),
    0, 1, run,
};
