/* Messages that a log writes in parts, each a line or record of its own: what container runtimes do with more than 16 KiB. CRI says it (a group partial that is P), Docker's json-file leaves the line
 * feed to the last part (part: of the kind). What belongs together says the same beside its time and message, so parts of two streams may stand between each other. */
#ifndef SLA_IMPORTERS_LOGPARTS_H
#define SLA_IMPORTERS_LOGPARTS_H
#include "engine/base/buf.h"
#include "importers/logrecords.h"

enum { LOG_PARTS_OPEN = 2 };                               /* stdout and stderr */
/* What has come of a message so far: the pairs of its first part (copies), and the text of all. */
typedef struct log_message { log_pair *pairs; size_t n; slice whole; uint32_t line; buf text; arena mem; } log_message;
typedef struct log_parts { log_message open[LOG_PARTS_OPEN]; } log_parts;   /* of a block; {0} before */

/* As log_record_put, for a file of kinds with parts: one event for all parts of a message, at the time and line of its first. */
sla_status log_parts_put(log_parts *p, log_writer *w, const log_records *r, log_framed *f, uint32_t line, slice whole);
/* Behind the last record: messages whose last part is not in the block, as at the end of a file that is still written, are events as they stand. */
sla_status log_parts_end(log_parts *p, log_writer *w, const log_records *r, log_framed *f);
void log_parts_clear(log_parts *p);                        /* also after an error */
/* Whether a message of the kind goes on in another record, by its length and end (part:). */
bool log_part_goes_on(const log_kind *k, slice message);
/* Where to cut whole lines, so that parts which stand one behind the other stay together: at end, behind a line end, or before the parts that end there (but not before more than 1 MiB of them).
 * is_part: of one line, without its end. */
size_t log_parts_cut(slice text, size_t end, bool (*is_part)(const void *ctx, slice line), const void *ctx);
#endif
