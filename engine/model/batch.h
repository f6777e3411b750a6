/* A batch: rows of one dataset as typed columns, with the line each row came from. Made by importers, kept by the store. */
#ifndef SLA_MODEL_BATCH_H
#define SLA_MODEL_BATCH_H
#include <stdint.h>
#include "engine/base/dict.h"
#include "engine/base/err.h"
#include "engine/model/schema.h"

typedef struct column {
    void *data;             /* int64_t[], double[] or uint32_t[] by the field's storage; capacity rows; the place of a missing value holds anything */
    uint64_t *valid;        /* bitmap; bit set: present */
    dict *codes;            /* CODE: this batch's own dictionary of the column */
    bool used;              /* some row has a value; an unused column is not stored */
} column;
typedef struct batch {
    const dataset *ds;
    size_t nrows, cap;
    column *cols;           /* ds->nfields of them */
    uint32_t *lines;        /* [nrows] line (or row of a sheet) of each row, 1-based */
} batch;
enum { BATCH_ROWS_MAX = 65536 };

batch *batch_new(const dataset *ds, size_t cap);                 /* cap <= BATCH_ROWS_MAX; NULL: no memory */
void batch_free(batch *b);
void batch_reset(batch *b);                                      /* no rows; memory kept, dictionaries emptied */
/* Row-wise filling, for importers that are not on the hot path; the hot path writes data/valid directly and sets used.
 * batch_add_row returns the row's number, SIZE_MAX when full. */
size_t batch_add_row(batch *b, uint32_t line);
void batch_set_i64(batch *b, size_t row, size_t col, int64_t v);
void batch_set_f64(batch *b, size_t row, size_t col, double v);
sla_status batch_set_text(batch *b, size_t row, size_t col, slice s);
#endif
