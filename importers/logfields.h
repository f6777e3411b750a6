/* Logs whose own lines say what the columns are: "#Fields: date time c-ip …" of W3C extended logs (IIS, HTTP.sys, Windows Firewall, CloudFront, Exchange), "#fields ts uid …" of Zeek. Such a line holds
 * until the next one; other lines that begin with # are no records. What "#Date:" and "#path" say is a value (#date, #path) of every record under them; all records have a name #fields, without a value. */
#ifndef SLA_IMPORTERS_LOGFIELDS_H
#define SLA_IMPORTERS_LOGFIELDS_H
#include "importers/importer.h"
#include "importers/logrecords.h"

typedef struct log_fields log_fields;
sla_status log_fields_kind(const input *in, const log_kind **out, err *e);   /* of the records of such a file; NULL: it is none, or nothing that is known. Errors SLA_NOMEM */
log_fields *log_fields_new(void);                           /* NULL: no memory */
void log_fields_free(log_fields *lf);
/* Whole lines, in order; remembers what they say of the columns. */
size_t log_fields_cut(log_fields *lf, slice text, bool at_end, uint32_t *nlines);
sla_status log_fields_read(log_fields *lf, const log_records *r, log_writer *w, log_framed *f, const block *b);   /* on any thread */
#endif
