/* The changes of one field of a dataset's records, by record: rows of the dataset that model.yaml names under `changes`. */
#ifndef SLA_AUDIT_FIELDCHANGES_H
#define SLA_AUDIT_FIELDCHANGES_H
#include "engine/audit/pass.h"

typedef struct change_index { uint32_t *first, *rows; size_t nrecords; } change_index;  /* of record r: rows[first[r] … first[r + 1]), by time and row */
/* Made on first use and kept with the pass; threads may ask at once. The dataset's changes must be loaded. */
sla_status fieldchanges_of(const pass *ps, const dataset *ds, int which, const change_index **out, err *e);
sla_status fieldchanges_begin(pass *ps, err *e);    /* before the first use */
void fieldchanges_end(pass *ps);                    /* also after a failure */
#endif
