/* Logs in which every record is a list of names and values, as "wevtutil qe LOG /f:text" prints Windows events: "Event[0]" on a line of its own, "  Event ID: 4625" and so on, last
 * "  Description:" with the text to the end of the record. */
#ifndef SLA_IMPORTERS_LOGLIST_H
#define SLA_IMPORTERS_LOGLIST_H
#include "importers/importer.h"
#include "importers/logrecords.h"

const log_kind *log_list_kind(const input *in);             /* of the records of such a file; NULL: it is none, or nothing that is known */
size_t log_list_cut(slice text, bool at_end, uint32_t *nlines);          /* whole records */
sla_status log_list_read(const log_records *r, log_writer *w, log_framed *f, const block *b);
#endif
