#include "tests/support/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

_Noreturn static void stop(const char *what, const err *e)
{
    char text[1024] = "";
    if (e) err_format(e, text, sizeof text);
    fprintf(stderr, "test world: %s: %s\n", what, text);
    exit(1);
}
#define MUST(cond, what) do { if (!(cond)) stop((what), NULL); } while (0)

static ynode *tree(test_world *tw, const char *yaml, const char *name)
{
    err e = {0};
    ynode *root = NULL;
    if (yaml_parse(slice_of(yaml), name, &tw->a, &root, &e) != SLA_OK) stop(name, &e);
    return root;
}

void world_begin(test_world *tw, const char *model_yaml, const char *calendars_yaml)
{
    errlist errors = {0}, warnings = {0};
    err e = {0};
    *tw = (test_world){0};
    if (schema_load(tree(tw, model_yaml, "model"), slice_of(model_yaml), &tw->a, &tw->schema, &errors) != SLA_OK) stop("model", errors.items);
    if (zone_open("Asia/Shanghai", &tw->zone, &e) != SLA_OK) stop("zone", &e);
    if (calendars_yaml) {
        ynode *root = tree(tw, calendars_yaml, "calendars");
        if (cal_set_load(yaml_get(root, "calendars"), yaml_get(root, "holidays"), tw->zone, &tw->a, &tw->cals, &errors, &warnings) != SLA_OK) stop("calendars", errors.items);
    }
    MUST(tw->dict = dict_new(), "dictionary");
    tw->env = (lang_env){.schema = tw->schema, .cals = &tw->cals, .zone = tw->zone};
    tw->w = (world){.schema = tw->schema, .dict = tw->dict, .zone = tw->zone};
    errlist_clear(&errors);
    errlist_clear(&warnings);
}

void world_end(test_world *tw)
{
    for (size_t i = 0; i < DATASETS_MAX; i++) table_free(tw->w.tables[i]);
    cal_set_clear(&tw->cals);
    zone_close(tw->zone);
    dict_free(tw->dict);
    arena_free(&tw->a);
}

table *world_empty_table(test_world *tw, const char *dataset_name, size_t nrows)
{
    const dataset *ds = schema_dataset(tw->schema, slice_of(dataset_name));
    MUST(ds, dataset_name);
    table *t = mem_zero(1, sizeof *t);
    MUST(t, "table");
    *t = (table){.ds = ds, .nrows = nrows, .imported = true};
    t->cols = mem_zero(ds->nfields, sizeof *t->cols);
    t->source = mem_zero(nrows + 1, sizeof *t->source);
    t->lines = mem_zero(nrows + 1, sizeof *t->lines);
    MUST(t->cols && t->source && t->lines, "columns");
    table_free(tw->w.tables[ds->idx]);
    tw->w.tables[ds->idx] = t;
    return t;
}

static int64_t time_of(test_world *tw, slice s, bool date)
{
    time_text t;
    MUST(time_parse(s, &t), s.ptr);
    if (date) return t.local_ms / MS_DAY - (t.local_ms % MS_DAY < 0);
    return t.has_offset ? t.local_ms - t.offset_min * MS_MINUTE : zone_to_utc(tw->zone, t.local_ms, NULL);
}

static int64_t duration_of(slice s)
{
    int64_t ms = 0;
    err e = {0};
    if (duration_parse(s, NULL, SRCPOS_NONE, &ms, &e) != SLA_OK) stop("duration", &e);
    return ms;
}

void world_cell(test_world *tw, table *t, size_t col, size_t row, slice text)
{
    tcolumn *c = &t->cols[col];
    vtype type = t->ds->fields[col].type;
    storage st = vtype_storage(type);
    char number[64];
    if (!text.len) return;
    if (!c->data) {
        /* exactly as much as the rows need, so that the sanitizer sees a read past the end */
        c->data = mem_zero(t->nrows, st == STORE_CODE ? sizeof(uint32_t) : sizeof(uint64_t));
        c->valid = mem_zero(BITS_WORDS(t->nrows), sizeof(uint64_t));
        MUST(c->data && c->valid, "column");
    }
    bits_set(c->valid, row);
    switch (type) {
    case VT_TEXT: ((uint32_t *)c->data)[row] = dict_intern(tw->dict, text); break;
    case VT_NUMBER:
        snprintf(number, sizeof number, "%.*s", SLICE_ARG(text));
        ((double *)c->data)[row] = strtod(number, NULL);
        break;
    case VT_TIME: ((int64_t *)c->data)[row] = time_of(tw, text, false); break;
    case VT_DATE: ((int64_t *)c->data)[row] = time_of(tw, text, true); break;
    case VT_DURATION: ((int64_t *)c->data)[row] = duration_of(text); break;
    case VT_BOOL: ((int64_t *)c->data)[row] = slice_is(text, "true"); break;
    case VT_COUNT: break;
    }
}

static slice line_of(slice *rest)
{
    const char *nl = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    slice line = {rest->ptr, nl ? (size_t)(nl - rest->ptr) : rest->len};
    rest->ptr += nl ? line.len + 1 : line.len;
    rest->len -= nl ? line.len + 1 : line.len;
    return slice_trim(line);
}

static slice cell_of(slice *line)
{
    const char *bar = line->len ? memchr(line->ptr, '|', line->len) : NULL;
    slice cell = {line->ptr, bar ? (size_t)(bar - line->ptr) : line->len};
    line->ptr += bar ? cell.len + 1 : cell.len;
    line->len -= bar ? cell.len + 1 : cell.len;
    return slice_trim(cell);
}

table *world_table(test_world *tw, const char *dataset_name, const char *text)
{
    slice rest = slice_of(text), count = rest, head = line_of(&rest);
    size_t nrows = 0, ncols = 0, cols[FIELDS_MAX];
    line_of(&count);
    while (count.len)
        if (line_of(&count).len) nrows++;
    table *t = world_empty_table(tw, dataset_name, nrows);
    while (head.len) {
        slice name = cell_of(&head);
        int f = dataset_field(t->ds, name);
        MUST(f >= 0 && ncols < FIELDS_MAX, name.ptr);
        cols[ncols++] = (size_t)f;
    }
    for (size_t row = 0; rest.len;) {
        slice line = line_of(&rest);
        if (!line.len) continue;
        t->lines[row] = (uint32_t)row + 2;
        for (size_t k = 0; k < ncols; k++) world_cell(tw, t, cols[k], row, cell_of(&line));
        row++;
    }
    return t;
}
