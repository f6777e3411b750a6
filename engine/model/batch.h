/* A batch: rows of one dataset as typed columns, with the line each row came from. Made by importers, kept by the store. */
#ifndef SLA_MODEL_BATCH_H
#define SLA_MODEL_BATCH_H
#include <stdint.h>
#include "engine/base/dict.h"
#include "engine/base/err.h"
#include "engine/model/schema.h"

/* Rows of a column of texts may be given as what they are made of: a template, "Failed password for {user} from {src_ip} port {number} ssh2", and what fills its holes: the row's text in
 * another column (nothing, where it has none there), a number of the row's (as it is written without leading zeroes), or the row's own text, that of its code. Logs are little else
 * (Rodrigues, Luo and Yuan, "CLP: Efficient and Scalable Search on Compressed Text Logs", OSDI 2021). Only the store puts such rows together, when they are read. */
typedef enum hole { HOLE_NONE, HOLE_NUMBER, HOLE_FIELD, HOLE_OWN } hole;
enum { TEMPLATE_PARTS = 12, TEMPLATES_MAX = 255, TEMPLATE_LITERAL = 255 };
typedef struct template_part { slice literal; hole hole; size_t field; } template_part; /* the literal, of up to TEMPLATE_LITERAL bytes, stands before the hole; a part need not have one; field: the column's number */
typedef struct text_template {
    template_part parts[TEMPLATE_PARTS]; size_t nparts, nnumbers;
    char *text; size_t text_cap;            /* the literals */
} text_template;
typedef struct templates {
    text_template *list; size_t n, cap, nrows;
    uint8_t *of;                            /* [rows] number of the row's template, from 1; 0: none */
    uint32_t *numbers; size_t nnumbers, numbers_cap;    /* of one row behind those of the other, as they were set */
} templates;

typedef struct column {
    void *data;             /* int64_t[], double[] or uint32_t[] by the field's storage; capacity rows; the place of a missing value holds anything */
    uint64_t *valid;        /* bitmap; bit set: present */
    dict *codes;            /* CODE: this batch's own dictionary of the column */
    bool used;              /* some row has a value; an unused column is not stored */
    templates *made;        /* CODE: NULL until the first template is added */
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
/* A template of the column, whose literals are copied: its number; 0: there are TEMPLATES_MAX; -1: no memory. */
int batch_template_add(batch *b, size_t col, const template_part *parts, size_t n);
/* Room for the numbers of so many more rows, which batch_set_made takes for granted. SLA_NOMEM */
sla_status batch_made_reserve(batch *b, size_t col, size_t rows);
/* The next row made of a template, all rows before it being set, with as many numbers as it has holes for them. Where it has a hole for the row's own text, the row must have a code. */
void batch_set_made(batch *b, size_t row, size_t col, int number, const uint32_t *numbers);
#endif
