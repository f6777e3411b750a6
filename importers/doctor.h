/* The export doctor: what the data at hand cannot prove, whatever the rules say. What concerns one file is noted when it is imported (plan.c); this looks at
 * the workspace as a whole: history that is missing, exports that are pages of more, fields no export delivers, gaps in numbers, values that are no defined terms, logs that begin late. */
#ifndef SLA_IMPORTERS_DOCTOR_H
#define SLA_IMPORTERS_DOCTOR_H
#include "engine/store/store.h"
#include "engine/time/zone.h"

/* Looks, and replaces the workspace's own caveats. from, to: the period, UTC ms; both 0: not known. */
sla_status doctor_look(store *s, const schema *m, const zone *z, int64_t from, int64_t to, err *e);
#endif
