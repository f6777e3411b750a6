/* Records of logs that say their values by name: what the importers of JSON, XML and tables share. */
#ifndef SLA_IMPORTERS_LOGRECORDS_H
#define SLA_IMPORTERS_LOGRECORDS_H
#include "importers/json_read.h"
#include "importers/logdates.h"
#include "importers/logsink.h"

typedef struct log_records {            /* an importer's part that its threads share */
    log_sink sink;
    const log_kinds *kinds;
    const log_kind *kind;               /* of the file's first record */
    log_dates dates;
} log_records;
sla_status log_records_open(log_records *r, const log_kind *kind, const input *in, importer *im, importer **out, err *e);
void log_records_notes(const log_records *r, buf *out);
bool log_records_again(log_records *r); /* the file is to be read again, as its dates tell their order further down; made ready for it */

/* The kind of a record with these pairs; likely (may be NULL) is tried first, and is it unless it is generic and one that is not fits too. NULL: none. */
const log_kind *log_record_kind(const log_kinds *ks, const log_kind *likely, const log_pair *pairs, size_t n);
/* Adds the record of f's pairs; one of no known kind, or without a time, is rejected. Empties the writer's scratch. */
sla_status log_record_put(log_writer *w, const log_records *r, log_framed *f, uint32_t line, slice whole);

/* A record in JSON of a kind that importers/logs describes, as programs in containers write them, and some logs of lines among their own: behind f->n pairs, which go. One that names no program, and is of no
 * kind that tells it, is of the program outer. false: it is none, or its time is missing or cannot be read. */
bool log_frame_json(const log_patterns *p, slice text, slice outer, log_framed *f);
/* The object at j->p as pairs, paths by points: what evtx_dump calls #attributes, …_attributes and #text is left out of the path, and so is the @ of xmltodict's attributes. Paths and texts live in
 * f->scratch and in the text. false: no JSON (j says why). */
bool log_flatten_json(json_reader *j, log_framed *f);
/* An element such as <Event>…</Event> as pairs: Event.System.EventID, Event.System.TimeCreated.SystemTime, Event.EventData.NAME. Errors SLA_SYNTAX: no well-formed XML; SLA_NOMEM. */
sla_status log_flatten_xml(slice element, log_framed *f);
#endif
