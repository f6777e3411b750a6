/* Brings one file through an importer into the store, as one source: all of it or nothing. */
#ifndef SLA_IMPORTERS_FEED_H
#define SLA_IMPORTERS_FEED_H
#include "engine/base/digest.h"
#include "importers/container.h"
#include "importers/importer.h"

typedef struct feed_file {
    const char *path, *shown;        /* to open it; as reports call it */
    int fd;
    uint64_t size; int64_t mtime_ms;
    /* a part of a container: the file on disk that holds it (its hash is the source's), and how its bytes are read */
    const struct feed_file *top;     /* NULL: the file itself is read */
    const char *part;                /* path within top; "" : the whole of it */
    container *in; size_t index;     /* borrowed */
    bool table;                      /* it is a table as text (container.h) */
    stream *now;                     /* where reading stands */
    char sha256[DIGEST_HEX];         /* of top, known before its parts are read */
} feed_file;
/* Opens a regular file for reading; clear errors for what is missing, empty, a folder, a pipe, not permitted. */
sla_status feed_open(const char *path, const char *shown, feed_file *out, err *e);
void feed_close(feed_file *f);
sla_status feed_rewind(feed_file *f, err *e);
/* The hash of the whole file into f->sha256. */
sla_status feed_hash(feed_file *f, err *e);
/* Up to max bytes from the beginning; the position is left behind them. */
sla_status feed_head(feed_file *f, size_t max, buf *out, err *e);

typedef struct feed_outcome { bool known; bool not_utf8; uint64_t replaced; const char *remark; source_info info; } feed_outcome;  /* remark: of the file's container, NULL: none */
/* Feeds the file from its beginning. *out->known: these very bytes are in the workspace already; not_utf8: stopped because the text is no UTF-8 though
 * enc says so (nothing is stored; try another encoding). */
sla_status feed_run(store *s, feed_file *f, const char *enc_name, size_t bom, const importer_kind *kind, importer *im, size_t start, uint32_t line,
                    const import_options *o, slice notes, feed_outcome *out, err *e);
#endif
