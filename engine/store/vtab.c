/* The datasets as SQL tables: read on first use, a column when a query names it, and kept. A cursor walks all rows, or those of one text through an index. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/store/internal.h"

/* Rows by code: those of code c are rows[from[c]] … rows[from[c + 1] - 1]. */
typedef struct text_index { uint32_t *from, *rows; uint32_t ncodes; } text_index;
typedef struct shelf {
    vtabs *in;
    const dataset *ds;
    bool all;                   /* the superseded rows too */
    bool loaded[FIELDS_MAX];
    table *t;                   /* NULL: not read yet */
    text_index index[FIELDS_MAX];
} shelf;
struct vtabs {
    store *s;
    store_printer print;
    void *ctx;
    arena mem;
    schema *m;
    dict *world;
    shelf *shelves;             /* [2 × m->n]: live rows, then all */
    size_t n;
};
typedef struct tab { sqlite3_vtab base; shelf *of; } tab;
typedef struct cursor {
    sqlite3_vtab_cursor base;
    const uint32_t *rows;       /* NULL: every row */
    size_t at, end;
    buf text;
} cursor;

/* ---- reading ---- */
static sla_status shelf_load(shelf *sh, uint64_t used, err *e)
{
    bool wanted[FIELDS_MAX] = {false}, more = !sh->t;
    table *t = NULL;
    for (size_t f = 0; f < sh->ds->nfields; f++) {
        wanted[f] = (used >> (f < 63 ? f : 63) & 1) && !sh->loaded[f];
        more = more || wanted[f];
    }
    if (!more) return SLA_OK;
    TRY(load_table(sh->in->s, sh->ds, wanted, sh->in->world, sh->all, &t, e));
    for (size_t k = 0; k < sh->ds->nkey; k++) wanted[sh->ds->key[k]] = true;
    for (size_t f = 0; f < sh->ds->nfields; f++) {
        if (sh->t && wanted[f] && !sh->loaded[f] && t->nrows == sh->t->nrows) {
            sh->t->cols[f] = t->cols[f];
            t->cols[f] = (tcolumn){0};
        }
        sh->loaded[f] = sh->loaded[f] || wanted[f];
    }
    if (!sh->t) {
        sh->t = t;
        return SLA_OK;
    }
    bool same = t->nrows == sh->t->nrows;
    table_free(t);
    return same ? SLA_OK : err_set(e, SLA_DB, (srcpos){sh->in->s->d.name, 0, 0}, "records of %s were imported while the query ran: run it again", sh->ds->name.ptr);
}

static sla_status index_make(shelf *sh, size_t f)
{
    text_index *x = &sh->index[f];
    const table *t = sh->t;
    uint32_t n = dict_count(sh->in->world);
    if (x->from || t->nrows == 0 || !t->cols[f].data) return SLA_OK;
    uint32_t *from = mem_zero((size_t)n + 2, sizeof *from), *rows = mem_resize(NULL, t->nrows, sizeof *rows);
    if (!from || !rows) {
        mem_free(from);
        mem_free(rows);
        return SLA_NOMEM;
    }
    const uint32_t *codes = table_codes(t, f);
    for (size_t i = 0; i < t->nrows; i++)
        if (table_has(t, f, i)) from[codes[i] + 2]++;
    for (size_t c = 2; c < (size_t)n + 2; c++) from[c] += from[c - 1];
    for (size_t i = 0; i < t->nrows; i++)
        if (table_has(t, f, i)) rows[from[codes[i] + 1]++] = (uint32_t)i;
    *x = (text_index){from, rows, n};
    return SLA_OK;
}

/* ---- the module ---- */
static int connect(sqlite3 *h, void *aux, int argc, const char *const *argv, sqlite3_vtab **out, char **msg)
{
    vtabs *v = aux;
    size_t which = argc > 3 ? (size_t)strtoul(argv[3], NULL, 10) : v->n;
    if (which >= v->n) {
        *msg = sqlite3_mprintf("no such dataset");
        return SQLITE_ERROR;
    }
    shelf *sh = &v->shelves[which];
    sqlite3_str *sql = sqlite3_str_new(h);
    sqlite3_str_appendall(sql, "CREATE TABLE x(");
    for (size_t f = 0; f < sh->ds->nfields; f++) {
        storage st = vtype_storage(sh->ds->fields[f].type);
        vtype ty = sh->ds->fields[f].type;
        const char *affinity = st == STORE_CODE || ty == VT_TIME || ty == VT_DATE ? "TEXT" : st == STORE_F64 ? "REAL" : "INTEGER";
        sqlite3_str_appendf(sql, "\"%w\" %s, ", sh->ds->fields[f].name.ptr, affinity);
    }
    sqlite3_str_appendall(sql, "_source INTEGER HIDDEN, _line INTEGER HIDDEN)");
    char *text = sqlite3_str_finish(sql);
    int rc = text ? sqlite3_declare_vtab(h, text) : SQLITE_NOMEM;
    sqlite3_free(text);
    tab *t = rc == SQLITE_OK ? sqlite3_malloc(sizeof *t) : NULL;
    if (!t) return rc == SQLITE_OK ? SQLITE_NOMEM : rc;
    *t = (tab){.of = sh};
    *out = &t->base;
    return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *v)
{
    sqlite3_free(v);
    return SQLITE_OK;
}

/* idxNum: 1 + the field whose text is given; 0: all rows. idxStr: the columns used, in hex. */
static int best_index(sqlite3_vtab *v, sqlite3_index_info *info)
{
    const shelf *sh = ((tab *)v)->of;
    double rows = sh->t ? (double)sh->t->nrows + 1 : 1e6;
    uint64_t used = info->colUsed;
    info->idxNum = 0;
    for (int i = 0; i < info->nConstraint; i++) {
        int col = info->aConstraint[i].iColumn;
        if (!info->aConstraint[i].usable || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ || col < 0 || (size_t)col >= sh->ds->nfields) continue;
        if (vtype_storage(sh->ds->fields[col].type) != STORE_CODE || strcmp(sqlite3_vtab_collation(info, i), "BINARY") != 0) continue;
        bool key = sh->ds->nkey && sh->ds->key[0] == (size_t)col;
        if (info->idxNum && !key) continue; /* a key's texts are the rarest */
        for (int k = 0; k < info->nConstraint; k++) info->aConstraintUsage[k].argvIndex = 0;
        info->aConstraintUsage[i].argvIndex = 1;
        info->idxNum = col + 1;
        used |= UINT64_C(1) << (col < 63 ? col : 63);
    }
    info->estimatedCost = info->idxNum ? 30 : rows;
    info->estimatedRows = info->idxNum ? 10 : (sqlite3_int64)rows;
    info->idxStr = sqlite3_mprintf("%llx", (unsigned long long)used);
    info->needToFreeIdxStr = 1;
    return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static int cursor_open(sqlite3_vtab *v, sqlite3_vtab_cursor **out)
{
    (void)v;
    cursor *c = mem_zero(1, sizeof *c);
    if (!c) return SQLITE_NOMEM;
    *out = &c->base;
    return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *cur)
{
    buf_free(&((cursor *)cur)->text);
    mem_free(cur);
    return SQLITE_OK;
}

static int failed(sqlite3_vtab *v, sla_status st, const err *e)
{
    if (st == SLA_NOMEM) return SQLITE_NOMEM;
    sqlite3_free(v->zErrMsg);
    v->zErrMsg = sqlite3_mprintf("%s", e->msg);
    return SQLITE_ERROR;
}

static void select_text(cursor *c, const shelf *sh, size_t f, sqlite3_value *v)
{
    const text_index *x = &sh->index[f];
    int type = sqlite3_value_type(v);
    c->at = c->end = 0;
    if (type == SQLITE_NULL || type == SQLITE_BLOB || !x->from) return; /* equal to no text */
    const char *p = (const char *)sqlite3_value_text(v);
    uint32_t code = p ? dict_find(sh->in->world, (slice){p, (size_t)sqlite3_value_bytes(v)}) : DICT_NONE;
    if (code >= x->ncodes) return;
    c->rows = x->rows;
    c->at = x->from[code];
    c->end = x->from[code + 1];
}

static int cursor_filter(sqlite3_vtab_cursor *cur, int field_no, const char *used, int argc, sqlite3_value **argv)
{
    cursor *c = (cursor *)cur;
    shelf *sh = ((tab *)cur->pVtab)->of;
    err e = {0};
    sla_status st = shelf_load(sh, strtoull(used, NULL, 16), &e);
    if (st == SLA_OK && field_no) st = index_make(sh, (size_t)field_no - 1);
    if (st != SLA_OK) return failed(cur->pVtab, st, &e);
    c->rows = NULL;
    c->at = 0;
    c->end = sh->t->nrows;
    if (field_no && argc > 0) select_text(c, sh, (size_t)field_no - 1, argv[0]);
    return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *cur)
{
    ((cursor *)cur)->at++;
    return SQLITE_OK;
}

static int cursor_eof(sqlite3_vtab_cursor *cur) { return ((cursor *)cur)->at >= ((cursor *)cur)->end; }
static size_t row_of(const cursor *c) { return c->rows ? c->rows[c->at] : c->at; }

static void give_moment(cursor *c, const vtabs *v, vtype type, int64_t value, sqlite3_context *to)
{
    buf_reset(&c->text);
    v->print(v->ctx, type, value, &c->text);
    if (c->text.failed) sqlite3_result_error_nomem(to);
    else sqlite3_result_text64(to, c->text.ptr ? c->text.ptr : "", c->text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static int cursor_column(sqlite3_vtab_cursor *cur, sqlite3_context *to, int col)
{
    cursor *c = (cursor *)cur;
    const shelf *sh = ((tab *)cur->pVtab)->of;
    const table *t = sh->t;
    size_t row = row_of(c), f = (size_t)col;
    if (f >= sh->ds->nfields) {
        sqlite3_result_int64(to, f == sh->ds->nfields ? table_source(t, row) : t->lines[row]);
        return SQLITE_OK;
    }
    if (!table_has(t, f, row)) return SQLITE_OK; /* NULL */
    vtype type = sh->ds->fields[f].type;
    if (type == VT_TIME || type == VT_DATE) give_moment(c, sh->in, type, table_i64(t, f)[row], to);
    else if (vtype_storage(type) == STORE_I64) sqlite3_result_int64(to, table_i64(t, f)[row]);
    else if (vtype_storage(type) == STORE_F64) sqlite3_result_double(to, table_f64(t, f)[row]);
    else {
        slice s = dict_text(sh->in->world, table_codes(t, f)[row]); /* stays where it is as long as the connection */
        sqlite3_result_text64(to, s.len ? s.ptr : "", s.len, SQLITE_STATIC, SQLITE_UTF8);
    }
    return SQLITE_OK;
}

static int cursor_rowid(sqlite3_vtab_cursor *cur, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)row_of((cursor *)cur) + 1;
    return SQLITE_OK;
}

static const sqlite3_module module = {.xCreate = connect, .xConnect = connect, .xBestIndex = best_index, .xDisconnect = disconnect, .xDestroy = disconnect, .xOpen = cursor_open,
                                      .xClose = cursor_close, .xFilter = cursor_filter, .xNext = cursor_next, .xEof = cursor_eof, .xColumn = cursor_column, .xRowid = cursor_rowid};

/* ---- registering ---- */
static sla_status create(vtabs *v, size_t i, err *e)
{
    char sql[512];
    shelf *sh = &v->shelves[i];
    *sh = (shelf){.in = v, .ds = &v->m->datasets[i / 2], .all = i % 2 == 1};
    sqlite3_snprintf(sizeof sql, sql, "CREATE VIRTUAL TABLE temp.\"%w%s\" USING slaudit(%d)", sh->ds->name.ptr, sh->all ? "_all" : "", (int)i);
    return db_exec(&v->s->d, sql, e);
}

sla_status store_vtab_register(store *s, store_printer print, void *ctx, err *e)
{
    if (s->tables) return SLA_OK;
    vtabs *v = mem_zero(1, sizeof *v);
    if (!v) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the tables");
    *v = (vtabs){.s = s, .print = print, .ctx = ctx, .world = dict_new()};
    s->tables = v;
    sla_status st = v->world ? store_model(s, &v->mem, &v->m, e) : SLA_NOMEM;
    if (st == SLA_OK && v->m) {
        v->shelves = ARENA_NEW(&v->mem, shelf, v->m->n * 2);
        st = v->shelves ? SLA_OK : SLA_NOMEM;
        if (st == SLA_OK && sqlite3_create_module(s->d.h, "slaudit", &module, v) != SQLITE_OK) st = db_fail(&s->d, "cannot show the records as tables", e);
        for (; st == SLA_OK && v->n < v->m->n * 2; ) {
            v->n++;
            st = create(v, v->n - 1, e);
        }
    }
    return st == SLA_NOMEM ? err_set(e, st, SRCPOS_NONE, "no memory for the tables") : st;
}

void vtabs_free(vtabs *v)
{
    if (!v) return;
    for (size_t i = 0; i < v->n; i++) {
        table_free(v->shelves[i].t);
        for (size_t f = 0; f < FIELDS_MAX; f++) {
            mem_free(v->shelves[i].index[f].from);
            mem_free(v->shelves[i].index[f].rows);
        }
    }
    dict_free(v->world);
    arena_free(&v->mem);
    mem_free(v);
}
