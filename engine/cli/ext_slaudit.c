/* The loadable extension: the records of a workspace as SQL tables in anybody's SQLite.
 *     sqlite3 q3.db ".load ./slaudit" "select priority, count(*) from ticket group by 1"
 * The tables are those of `slaudit sql` (cmd_sql.c). */
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1
#include "engine/base/mem.h"
#include "engine/base/version.h"
#include "engine/store/store.h"
#include "engine/time/instant.h"
#include "engine/time/zone.h"

typedef struct loaded { store *s; zone *z; } loaded;

static void print_value(void *ctx, vtype type, int64_t v, buf *out)
{
    if (type == VT_DATE) date_print(out, v);
    else time_print_local(out, zone_to_local(ctx, v));
}

static void unload(void *p)
{
    loaded *x = p;
    store_close(x->s);
    zone_close(x->z);
    mem_free(x);
}

static void tell_version(sqlite3_context *to, int n, sqlite3_value **args)
{
    (void)n, (void)args;
    sqlite3_result_text(to, SLAUDIT_VERSION, -1, SQLITE_STATIC);
}

static sla_status load(sqlite3 *h, loaded *x, err *e)
{
    char name[64];
    TRY(store_attach(h, &x->s, e));
    TRY(store_zone(x->s, name, e));
    TRY(zone_open(name, &x->z, e));
    return store_vtab_register(x->s, print_value, x->z, e);
}

__attribute__((visibility("default"))) int sqlite3_slaudit_init(sqlite3 *h, char **msg, const sqlite3_api_routines *api);

/* What was loaded lives as long as the function slaudit_version(), which is as long as the connection. */
int sqlite3_slaudit_init(sqlite3 *h, char **msg, const sqlite3_api_routines *api)
{
    SQLITE_EXTENSION_INIT2(api)
    err e = {0};
    loaded *x = mem_zero(1, sizeof *x);
    if (!x) return SQLITE_NOMEM;
    int rc = sqlite3_create_function_v2(h, "slaudit_version", 0, SQLITE_UTF8 | SQLITE_DETERMINISTIC, x, tell_version, NULL, NULL, unload);
    if (rc != SQLITE_OK) return rc; /* x is gone: SQLite unloads it where it fails */
    if (load(h, x, &e) == SLA_OK) return SQLITE_OK;
    *msg = sqlite3_mprintf("%s", e.msg);
    return SQLITE_ERROR;
}
