/* Compound files (MS-CFB), in which old Office files and encrypted new ones are packed: streams by name, read at any place. Everything in the file is
 * distrusted: chains are as long as the file at most, so loops end. */
#ifndef SLA_IMPORTERS_OLE_H
#define SLA_IMPORTERS_OLE_H
#include "importers/container.h"

typedef struct ole ole;
typedef struct ole_stream { uint32_t *sectors; size_t nsectors; uint64_t size; bool mini; } ole_stream;
bool ole_begins(slice head);
sla_status ole_open(const container_source *src, ole **out, err *e);       /* src is borrowed */
/* The stream of that name, ASCII letters in any case; *found false: there is none. The caller frees out->sectors. */
sla_status ole_find(ole *o, const char *name, ole_stream *out, bool *found, err *e);
/* Up to n bytes of a stream from at on. */
sla_status ole_read(ole *o, const ole_stream *s, uint64_t at, void *to, size_t n, size_t *got, err *e);
void ole_close(ole *o);                                                     /* NULL allowed */
#endif
