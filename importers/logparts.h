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

/* Where blocks end: of the thread that cuts. s: of lines that are wrapped, borrowed; NULL: each line is a record of JSON. Messages of a kind without parts are cut behind any line. */
typedef struct log_parts_cutter log_parts_cutter;
log_parts_cutter *log_parts_cutter_new(const log_kind *k, log_regex_state *s);   /* NULL: no memory */
void log_parts_cutter_free(log_parts_cutter *c);           /* NULL allowed */
/* Where to cut whole lines: at end, behind a line end, or before the first part of a message that goes on behind it, be it the next line or behind those of other streams. Parts of which a message's last
 * one before end is more than 1 MiB away are not looked for. */
size_t log_parts_cut(log_parts_cutter *c, slice text, size_t end);
/* Once the file is cut. Errors SLA_NOMEM: there was no memory to look for parts, and messages may have been taken apart. */
sla_status log_parts_cut_whole(const log_parts_cutter *c, err *e);
#endif
