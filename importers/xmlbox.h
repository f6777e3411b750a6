/* XML documents of records, as products answer and export: <issues><issue>…</issue><issue>…. Each record becomes an object of JSON, on the line on which it
 * begins in the document, so that the profiles of a product's JSON fit its XML: an attribute is a member like a child element; an element that comes more than
 * once, and the children of one marked type="array", are a list; of <status id="1">Open</status> the text is "status", the attribute "status.id".
 * What a record is, the document says: the outermost element with at least half as many values directly in it as the one that has most.
 * What stands around the records and says of which whole they are a part (<issues total_count="812">; paging.h) is a member of an object around their list. */
#ifndef SLA_IMPORTERS_XMLBOX_H
#define SLA_IMPORTERS_XMLBOX_H
#include "importers/container.h"

/* Whether a text (UTF-8) begins as such a document may; Windows events and Oracle's audit files and log.xml, which are logs, do not. */
bool xml_begins(slice text);
/* SLA_UNKNOWN_FORMAT: no element holds values enough to be a record. */
sla_status xml_box_open(const container_source *src, container **out, err *e);
#endif
