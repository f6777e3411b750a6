/* The changes of one field of a dataset's records, by record: rows of the dataset that model.yaml names under `changes`. */
#ifndef SLA_AUDIT_FIELDCHANGES_H
#define SLA_AUDIT_FIELDCHANGES_H
#include "engine/audit/pass.h"

typedef struct change_index { uint32_t *first, *rows; size_t nrecords; } change_index;  /* of record r: rows[first[r] … first[r + 1]), by time and row; NULL: not made */
/* which: the field's name as the changes have it. Free with fieldchanges_free, also after a failure. */
sla_status fieldchanges_index(const pass *ps, const dataset *ds, slice which, change_index *out, err *e);
void fieldchanges_free(change_index *x);
#endif
