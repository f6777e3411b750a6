/* Files in which every line is another program's, with something of its own in front: what "docker compose logs" and "docker service logs" print (the container and a bar), Kubernetes' files of
 * containers (time, stream, whether the line ends), "docker logs -t". A kind of records says with wrapped: (logkind.h) how such a line is taken apart; what stands behind is read as the line it was. */
#ifndef SLA_IMPORTERS_LOGWRAPPED_H
#define SLA_IMPORTERS_LOGWRAPPED_H
#include "importers/importer.h"
#include "importers/logparts.h"

sla_status log_wrapped_kind(const input *in, const log_kind **out, err *e);   /* the first line is of it, and half of the next; NULL: none. Errors SLA_NOMEM */
size_t log_wrapped_cut(log_parts_cutter *c, slice text, bool at_end, uint32_t *nlines);   /* whole lines and messages (logparts.h) */
/* Parts of a message are one event (logparts.h). */
sla_status log_wrapped_read(const log_records *r, log_writer *w, log_framed *f, const block *b);
#endif
