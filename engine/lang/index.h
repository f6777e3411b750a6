/* Rows of a table by the values of some columns. Built once, then only read. */
#ifndef SLA_LANG_INDEX_H
#define SLA_LANG_INDEX_H
#include "engine/lang/program.h"

typedef struct row_index {
    const table *t;             /* NULL: never imported: nothing can be said about it */
    const world *w;
    look_def def;
    uint32_t *by_code; uint32_t ncodes;                 /* one text column: code -> row (unique) or group + 1; 0: none, so that what is never written takes no memory */
    uint32_t *hash; uint32_t cap_hash;                  /* else: row or group + 1 */
    uint32_t *first_row;        /* not unique: a row of each group, to compare keys with */
    uint32_t *group_of;         /* not unique: [nrows]; ROW_NONE: a part of its key is missing */
    uint32_t ngroups;
    uint32_t *offsets, *rows;   /* by group: its rows by time, then row order; made by index_sort_rows */
} row_index;

/* One part of a key for n rows. */
typedef struct key_part { const void *data; storage st; } key_part;

sla_status index_new(const world *w, const look_def *d, row_index **out, err *e);
void index_free(row_index *ix);
/* out[i]: the row (unique) or group with the key of lane i; ROW_NONE: none. Lanes whose key is not known get anything that is in range. */
void index_find(const row_index *ix, const key_part *parts, size_t n, uint32_t *out);
/* Of a group's rows those whose time is missing, [missing, missing_end), and those between lo and hi, [begin, end): places in rows, which must be sorted. */
typedef struct row_spans { uint32_t missing, missing_end, begin, end; } row_spans;
row_spans index_between(const row_index *ix, uint32_t group, int64_t lo, int64_t hi);
sla_status index_sort_rows(row_index *ix, err *e);      /* nothing to do the second time */
/* Puts lists of their own in the place of ix's sorted rows, with only the rows for which a condition is true or unknown. On failure ix has no rows. */
sla_status index_keep_rows(row_index *ix, const uint64_t *truth, const uint64_t *known, err *e);
void index_free_rows(row_index *ix);
const tcolumn *world_column(const world *w, const dataset *ds, size_t i, bool derived); /* NULL: no such column, or no data */
static inline bool column_has(const tcolumn *c, size_t row) { return c && c->data && c->valid && ((c->valid[row >> 6] >> (row & 63)) & 1); }
#endif
