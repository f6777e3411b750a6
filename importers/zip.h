/* Reading zip archives through libzip: members as streams, within limits. */
#ifndef SLA_IMPORTERS_ZIP_H
#define SLA_IMPORTERS_ZIP_H
#include <zip.h>
#include "importers/container.h"

/* The member as a stream; errors say what is wrong with it (a password, damage, more bytes than the archive says). z outlives it. */
sla_status zip_member_open(zip_t *z, uint64_t index, const char *shown, stream **out, err *e);
/* Index of a member by its path, case and direction of slashes ignored, a leading slash too; -1: none. */
int64_t zip_member_find(zip_t *z, const char *path);
sla_status xlsx_open(zip_t *z, const container_source *src, container **out, err *e);   /* takes z over when it succeeds */
#endif
