/* Time zones by IANA name, read from the system's TZif files (RFC 8536), with the POSIX TZ footer for times after the last transition. */
#ifndef SLA_TIME_ZONE_H
#define SLA_TIME_ZONE_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/err.h"

typedef struct zone zone;                         /* immutable once opened; may be shared between threads */
/* name: "Asia/Shanghai", "UTC", "+08:00". Refuses names with "..", a leading '/' or anything but letters, digits, _+-/: . */
sla_status zone_open(const char *name, zone **out, err *e);
void zone_close(zone *z);
const char *zone_name(const zone *z);
int64_t zone_offset_ms(const zone *z, int64_t utc_ms);           /* local - UTC at that instant */
/* Wall clock -> instant. A wall clock that occurs twice means the first; one that does not occur is moved on by the gap (RFC 5545 3.3.5).
 * kind (may be NULL): 0 plain, 1 ambiguous, 2 in a gap. */
int64_t zone_to_utc(const zone *z, int64_t local_ms, int *kind);
static inline int64_t zone_to_local(const zone *z, int64_t utc_ms) { return utc_ms + zone_offset_ms(z, utc_ms); }
int64_t zone_day_of(const zone *z, int64_t utc_ms);              /* civil day of the instant, days since 1970-01-01 */
int64_t zone_day_start(const zone *z, int64_t day);              /* first instant of that civil day, UTC ms */
/* A cursor for columns of times: remembers the span in which the last offset holds, so a run of near times costs a comparison each. plain_from, plain_for: the wall clocks
 * so far from the span's ends that they have the one instant. {z} is ready. */
typedef struct zone_cursor { const zone *z; int64_t utc_from, utc_to, offset, plain_from; uint64_t plain_for; } zone_cursor;
int64_t zone_cursor_to_local(zone_cursor *c, int64_t utc_ms);
int64_t zone_cursor_look_up(zone_cursor *c, int64_t local_ms, int *kind);   /* zone_to_utc, and moves the cursor there */
static inline int64_t zone_cursor_to_utc(zone_cursor *c, int64_t local_ms, int *kind)
{
    if ((uint64_t)local_ms - (uint64_t)c->plain_from >= c->plain_for) return zone_cursor_look_up(c, local_ms, kind);
    if (kind) *kind = 0;
    return local_ms - c->offset;
}
#endif
