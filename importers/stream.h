/* Bytes read from front to end, whatever they come out of: a member of an archive, a compressed file, a sheet of a workbook as text. */
#ifndef SLA_IMPORTERS_STREAM_H
#define SLA_IMPORTERS_STREAM_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/buf.h"
#include "engine/base/err.h"

typedef struct stream stream;
/* Each kind begins its own struct with a stream. */
struct stream {
    sla_status (*read)(stream *s, char *to, size_t n, size_t *got, err *e);   /* *got < n only at the end */
    void (*close)(stream *s);
};
sla_status stream_read(stream *s, char *to, size_t n, size_t *got, err *e);
void stream_close(stream *s);                                                 /* NULL allowed */
/* The whole stream into a file without a name in $TMPDIR (else /tmp), for what must be read from several places; *size its bytes. The caller closes *fd. */
sla_status stream_spool(stream *s, const char *shown, int *fd, uint64_t *size, err *e);

/* in, read by a thread of its own that stays a little ahead: what makes the bytes and what uses them run side by side. Takes in over; with one thread, or where none can be had, it is in itself.
 * Nothing that in rests on may be used until the stream is closed. */
stream *stream_ahead(stream *in);

/* For streams that make their bytes in pieces of their own size: what was made and not yet handed on. */
typedef struct pieces { buf out; size_t given; bool end; } pieces;
/* more adds to out (emptied before) or sets end; called until n bytes are there or the end is. */
sla_status stream_pieces(pieces *p, sla_status (*more)(void *ctx, err *e), void *ctx, char *to, size_t n, size_t *got, err *e);

/* Decompression bombs: from EXPAND_FREE bytes on nothing may become more than EXPAND_RATIO times as long as it was packed. */
enum { EXPAND_RATIO = 200 };
#define EXPAND_FREE ((uint64_t)256 << 20)
sla_status stream_check_expansion(uint64_t packed, uint64_t unpacked, const char *shown, err *e);
#endif
