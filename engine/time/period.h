/* Periods: 2025Q3, 2025-07, 2025H2, 2025, 2025-07-01..2025-09-30 (last day included) -> [from, to) in a zone. */
#ifndef SLA_TIME_PERIOD_H
#define SLA_TIME_PERIOD_H
#include "engine/time/zone.h"
#include "engine/base/slice.h"

typedef struct period { char id[32]; int64_t from, to; int64_t first_day, last_day; } period; /* instants UTC ms; days since 1970, last_day inclusive */
sla_status period_parse(slice s, const zone *z, period *out, err *e);   /* names what forms there are when s is none of them */
sla_status period_previous(const period *p, const zone *z, period *out); /* the same length before it: 2025Q2; for a range: as many days */
#endif
