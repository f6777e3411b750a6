/* Logs in which every record is a list of names and values, as "wevtutil qe LOG /f:text" prints Windows events: "Event[0]" on a line of its own, "  Event ID: 4625" and so on, last
 * "  Description:" with the text to the end of the record; and as Get-WinEvent | Format-List shows them, a padded name and a colon a line, what is indented below being part of the value: each
 * record begins with the name that the first one begins with. */
#ifndef SLA_IMPORTERS_LOGLIST_H
#define SLA_IMPORTERS_LOGLIST_H
#include "importers/importer.h"
#include "importers/logrecords.h"

/* *out: the kind of the records of such a file; NULL: it is none, or nothing that is known. *first: the name with its padding that begins a record, borrowed from in; len 0: "Event[n]". Errors SLA_NOMEM. */
sla_status log_list_kind(const input *in, const log_kind **out, slice *first, err *e);
size_t log_list_cut(slice first, slice text, bool at_end, uint32_t *nlines);          /* whole records */
sla_status log_list_read(log_records *r, slice first, log_writer *w, log_framed *f, const block *b);
#endif
