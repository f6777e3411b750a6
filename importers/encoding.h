/* From any encoding to UTF-8. Detection: byte order mark; else UTF-16 by its zero bytes; else valid UTF-8; else EUC-JP by its kana and EUC-KR by its hangul; else GB18030 or Big5 by how frequent
 * its characters are in them; else Shift_JIS by its kana; else Windows-1251 or KOI8-R by their frequent letters; else Windows-1250 or ISO 8859-2 by letters of Polish and Czech within words;
 * else Windows-1252, in which everything decodes. What is short or leaves it open is left to the user, who is told what was taken. */
#ifndef SLA_IMPORTERS_ENCODING_H
#define SLA_IMPORTERS_ENCODING_H
#include <stdbool.h>
#include "engine/base/buf.h"
#include "engine/base/err.h"

typedef struct encoding { const char *name; size_t bom; const char *why; } encoding;   /* name for iconv; bom: bytes to leave out at the beginning */
/* head: the first bytes of a file; whole: it is all of it (a character cut at the end counts as wrong). not_utf8: it is known that later bytes are no UTF-8. */
encoding encoding_detect(slice head, bool whole, bool not_utf8);

/* The one a user names: under its own name, without a byte order mark that is there. */
encoding encoding_asked(const char *name, slice head);

typedef struct decoder decoder;
sla_status decoder_open(const char *name, decoder **out, err *e);         /* SLA_NAME: an encoding iconv does not know */
/* Appends text in UTF-8; what cannot be decoded becomes U+FFFD and is counted. Bytes of a cut character are kept for the next call; at_end: no more come. */
sla_status decoder_add(decoder *d, slice raw, bool at_end, buf *out, uint64_t *replaced);
void decoder_close(decoder *d);                                            /* NULL allowed */
#endif
