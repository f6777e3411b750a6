/* A whole dataset in memory as the evaluator sees it: live rows only (superseded ones are gone), texts as codes of one dictionary that all
 * tables of a world share, so that equal codes mean equal texts across columns and datasets. */
#ifndef SLA_MODEL_TABLE_H
#define SLA_MODEL_TABLE_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/dict.h"
#include "engine/model/schema.h"

typedef struct tcolumn {
    void *data;             /* NULL: the column was not asked for, or no row has a value */
    uint64_t *valid;        /* NULL together with data; bit set: present */
    bool stored;            /* some row has a value, be it asked for or not */
    uint64_t given_up;      /* superseded rows of an export that has the field, whose successor is of one of another kind that does not; 0 if not asked for (store_tables_load) */
} tcolumn;
/* One source of rows. kind: sources of one profile have one number; fields: bit f is set where some row of it has a value in field f. */
typedef struct tsource { uint32_t id, kind; size_t nrows; uint64_t fields; } tsource;
typedef struct table {
    const dataset *ds;
    size_t nrows;
    bool imported;          /* some source has delivered this dataset, be it without a row */
    tcolumn *cols;          /* ds->nfields */
    uint32_t *source, only_source;  /* [nrows] id of the source; NULL: all rows are of the only one */
    uint32_t *lines;        /* [nrows] */
    tsource *sources; size_t nsources;  /* by id, superseded rows counted too; none where a table was not loaded from a workspace */
    uint64_t superseded;    /* rows that a newer row of the same key replaced */
} table;
static inline const int64_t *table_i64(const table *t, size_t col) { return t->cols[col].data; }
static inline const double *table_f64(const table *t, size_t col) { return t->cols[col].data; }
static inline const uint32_t *table_codes(const table *t, size_t col) { return t->cols[col].data; }
static inline bool table_has(const table *t, size_t col, size_t row) { return t->cols[col].valid && ((t->cols[col].valid[row >> 6] >> (row & 63)) & 1); }
static inline uint32_t table_source(const table *t, size_t row) { return t->source ? t->source[row] : t->only_source; }
const tsource *table_source_info(const table *t, uint32_t id);   /* NULL: not known */
void table_free(table *t);  /* frees columns and the table itself; NULL allowed */
#endif
