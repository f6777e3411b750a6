/* Figures as people read them, the same in every report: thousands in groups of three, shares with as many places as their closeness to 100 % needs. */
#ifndef SLA_REPORTS_FORMAT_H
#define SLA_REPORTS_FORMAT_H
#include "engine/audit/result.h"
#include "engine/base/buf.h"
#include "engine/time/zone.h"
#include "reports/texts.h"

sla_status format_zone(const audit_result *r, zone **out, err *e);   /* the result's zone; the caller closes it */
void format_int(buf *b, int64_t v);                                  /* 12,345 */
void format_number(buf *b, double v, int places);                    /* 12,345.6 */
/* A fraction as percentage: 94.3 %, 99.914 %. One place; more where one would print 100 for less than 1 or 0 for more than 0 (at most 4). */
void format_percent(buf *b, double v, bool english);
void format_percent_apart(buf *b, double v, double from, bool english); /* … or where it would print the same as from without being it */
void format_duration(buf *b, double ms, const texts *t);             /* 45 s, 12.3 min, 21.4 h */
void format_tick(buf *b, double ms, const texts *t);                 /* … of an axis: 30 min, 2 h, 2.5 h */
void format_iso(buf *b, const zone *z, int64_t utc_ms);              /* 2025-07-01T00:00:00+08:00 */
void format_minute(buf *b, const zone *z, int64_t utc_ms);           /* 2025-07-01 00:00 */
void format_day(buf *b, const zone *z, int64_t utc_ms);              /* 2025-07-01 */
#endif
