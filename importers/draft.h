/* A draft of a profile for a table that no profile knows: what the headers and values say by the words of all profiles, and what could not be told, marked. */
#ifndef SLA_IMPORTERS_DRAFT_H
#define SLA_IMPORTERS_DRAFT_H
#include "engine/base/buf.h"
#include "importers/cells.h"

typedef struct draft draft;
/* names: the table's header, which lives as long. ds: the dataset that the profile is for. */
sla_status draft_new(const profile_set *profiles, const dataset *ds, const slice *names, size_t n, draft **out);
sla_status draft_look(draft *d, const cells *c);
/* YAML as importers/profiles wants it; source: the file's name. */
void draft_write(draft *d, const char *source, buf *out);
void draft_free(draft *d);                                     /* NULL allowed */
#endif
