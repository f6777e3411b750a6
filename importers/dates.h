/* Dates as exports write them. The order of day and month is decided by the whole column, never by one value. */
#ifndef SLA_IMPORTERS_DATES_H
#define SLA_IMPORTERS_DATES_H
#include <stdbool.h>
#include <stddef.h>
#include "engine/time/instant.h"

/* order: "ymd", "dmy" or "mdy": how a date of three numbers is read. ISO forms are read whatever the order. Forms: 29/2/2016 01:16, 29-02-2016 1:16:05,
 * 2/29/2016 1:16 PM, 2016/2/29, 2016年2月29日 01:16, 20160229, 10/Jan/26 11:19 AM, and those of time_parse. */
bool dates_parse(slice s, const char *order, time_text *out);
/* What a column's values say about the order. Counts values whose first or second number is over 12, which decide. */
typedef struct date_evidence { size_t values, first_over_12, second_over_12, iso, unreadable; } date_evidence;
void dates_look(slice s, date_evidence *ev);
/* "dmy", "mdy" or "ymd"; *sure: some value decides. Without a deciding value month-first is taken only if nothing else is possible: "dmy". */
const char *dates_order(const date_evidence *ev, bool *sure);
#endif
