/* Old binary Excel workbooks (.xls; MS-XLS, and BIFF5 before it): each worksheet is a part, its cells' values as text. Formulas give the value they were saved with. */
#ifndef SLA_IMPORTERS_BIFF_H
#define SLA_IMPORTERS_BIFF_H
#include "importers/encoding.h"
#include "importers/ole.h"
#include "importers/sheet.h"

/* The records of a workbook stream, one at a time. data is good until the next call. */
typedef struct biff_reader {
    ole *o; const ole_stream *s;
    const char *shown;
    uint64_t at;                        /* of the next record in the stream */
    unsigned char *window; uint64_t from; size_t have;
    uint16_t type, len;
    const unsigned char *data;
} biff_reader;
sla_status biff_seek(biff_reader *r, uint64_t at);            /* NOMEM only */
sla_status biff_next(biff_reader *r, bool *end, err *e);      /* *end: no whole record follows */
void biff_close(biff_reader *r);

/* Text that may run on in CONTINUE records, from offset p of the record on. bad: it ran beyond its records. */
typedef struct biff_text { biff_reader *r; const unsigned char *p, *end; bool bad; } biff_text;
uint32_t biff_byte(biff_text *t);
uint32_t biff_u16(biff_text *t);
uint32_t biff_u32(biff_text *t);
/* A string of n characters whose flags follow (BIFF8), as UTF-8 behind out's text; with what formatting follows it passed over. */
void biff_string(biff_text *t, uint32_t n, buf *out);
/* n bytes in the workbook's code page (BIFF5). */
void biff_bytes(biff_text *t, uint32_t n, decoder *page, buf *out);

/* A compound file that holds a workbook; others (encrypted, Word …) are refused with what they are. */
sla_status biff_open(const container_source *src, container **out, err *e);
#endif
