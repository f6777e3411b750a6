/* Times of log records that are dates of three numbers: the order of day and month is decided by all of a file's, never by one value. */
#ifndef SLA_IMPORTERS_LOGDATES_H
#define SLA_IMPORTERS_LOGDATES_H
#include <stdatomic.h>
#include "importers/logkind.h"

typedef struct log_dates {
    const char *order;                  /* of day and month; NULL: nothing tells it */
    _Atomic uint64_t day_first, month_first, either;    /* dates that can be but the one, and those that can be both */
    bool again;
} log_dates;
/* Times of the kind's names whose order of day and month the file decides, or that no form of the kind reads, become ISO 8601; in f->scratch. For the importer's threads. */
void log_dates_read(log_dates *d, const log_kind *k, log_framed *f);
/* At the end of a file: SLA_CONFLICT if what it tells came too late for some of its dates. Then log_dates_again is true, once, and the file is to be read again. */
sla_status log_dates_finish(log_dates *d, err *e);
bool log_dates_again(log_dates *d);
void log_dates_notes(const log_dates *d, buf *out);
#endif
