/* Files that hold others: gzip, zip, workbooks (each sheet is a table), pages (each table), XML (its records; a workbook's sheets). Known by their bytes, never by their name.
 * A part is read as a stream: a member as its bytes, a sheet or table as text, cells ended by SHEET_CELL and rows by SHEET_ROW (sheet.h). */
#ifndef SLA_IMPORTERS_CONTAINER_H
#define SLA_IMPORTERS_CONTAINER_H
#include <stdbool.h>
#include "engine/base/arena.h"
#include "importers/stream.h"

typedef struct container container;
typedef struct part { const char *name; bool table, hidden; } part; /* name "": the container has but this one; hidden: a sheet that the workbook does not show */
/* Each kind begins its own struct with a container. */
struct container {
    const char *kind;                       /* for people: "gzip", "Excel workbook" */
    const part *parts; size_t nparts;
    sla_status (*open_part)(container *c, size_t i, stream **out, err *e);
    /* What a reader should know of part i, once it was read to its end: a line of text of the container's, NULL: nothing. May be NULL. */
    const char *(*remark)(container *c, size_t i);
    void (*close)(container *c);
    arena mem;                              /* of the parts and their names; freed by container_close */
};
typedef struct container_source {
    int fd;                                 /* a regular file, borrowed; its position is moved at will */
    uint64_t size;
    const char *shown;                      /* as messages call it; outlives the container */
    const char *encoding;                   /* as asked for; NULL: detected */
} container_source;

/* Whether container_open knows the file, by its first bytes as they stand: a container, or something to be refused. */
bool container_sniff(slice head);
/* head: the first bytes as they stand. *out NULL: the file holds no others. What is known and not read (xz, PDF, old Word …) is SLA_UNKNOWN_FORMAT. */
sla_status container_open(const container_source *src, slice head, container **out, err *e);
sla_status container_part(container *c, size_t i, stream **out, err *e);
void container_close(container *c);         /* NULL allowed */

/* Up to n bytes of the file from at on. */
sla_status container_read(const container_source *src, uint64_t at, void *to, size_t n, size_t *got, err *e);
/* The file itself as a stream, from its beginning; not to be closed. */
typedef struct container_bytes { stream base; const container_source *src; uint64_t at; } container_bytes;
container_bytes container_bytes_of(const container_source *src);
sla_status gzip_open(const container_source *src, container **out, err *e);
sla_status zip_file_open(const container_source *src, container **out, err *e);      /* also what is made of zip: workbooks */
#endif
