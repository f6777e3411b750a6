/* What a table's headers say besides a name: the same in a second language, a note in brackets, the zone of the column's times, the unit of its durations.
 * "工单号(Ticket No.)", "Priority/优先级", "Created (UTC)", "响应时长(分钟)". Docs/profiles.md, "Headers", says it to people. */
#ifndef SLA_IMPORTERS_HEADERS_H
#define SLA_IMPORTERS_HEADERS_H
#include "engine/base/err.h"
#include "importers/words.h"

enum { READINGS_MAX = 8 };
typedef struct header_text {
    slice readings[READINGS_MAX]; size_t n; /* folded: as a whole, then what it may be called without its note, in one of its languages, or by its note */
    int64_t unit;                       /* of bare numbers, if it goes by another name than the whole; ms; 0: none */
    slice zone;                         /* as zone_open takes it: "UTC", "+08:00", "Europe/Berlin"; "": it names none */
    slice unclear;                      /* a zone that it names, of which it cannot be known which offset is meant: "CST"; "": none */
} header_text;
/* The n headers, in a. */
sla_status headers_read(arena *a, const slice *names, size_t n, header_text **out);
/* Whether a note, or a heading above several columns, makes what it is about another thing: "planned", "SLA标准", "要求". */
bool headers_another_thing(slice note);
#endif
