/* As much of ZIP (APPNOTE 6.3) as an .xlsx needs that we have just written: entries copied as they are, or made of parts deflated apart. No ZIP64, no encryption. */
#ifndef SLA_REPORTS_ZIP_H
#define SLA_REPORTS_ZIP_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/buf.h"
#include "engine/base/err.h"

typedef struct zip_reader { slice file; size_t at, left; } zip_reader;
typedef struct zip_entry { slice name, packed; unsigned method, flags; uint32_t dos_time, crc, size; } zip_entry;  /* borrowed from the file */
sla_status zip_start(slice file, zip_reader *out, err *e);        /* SLA_UNKNOWN_FORMAT */
bool zip_next(zip_reader *z, zip_entry *out);                    /* false: the end, or an entry that lies about itself (then the file is cut there) */
sla_status zip_unpack(const zip_entry *z, buf *out, err *e);     /* NUL-terminated too */

typedef struct zip_part { buf packed; uint32_t crc; size_t size; } zip_part;
sla_status zip_pack(slice raw, int level, bool last, zip_part *out);   /* last: ends the stream; others end on a byte, ready to be joined */

typedef struct zip_writer { buf bytes, directory; unsigned n; } zip_writer;  /* {0} is empty */
sla_status zip_put_raw(zip_writer *w, const zip_entry *z, err *e);
sla_status zip_put_parts(zip_writer *w, const zip_entry *like, const zip_part *parts, size_t n, err *e);
sla_status zip_finish(zip_writer *w, err *e);
#endif
