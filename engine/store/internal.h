/* What the files of this folder share. */
#ifndef SLA_STORE_INTERNAL_H
#define SLA_STORE_INTERNAL_H
#include "engine/base/buf.h"
#include "engine/store/store.h"

enum { PUT_CHUNK, PUT_COLUMN, PUT_REJECT, NPUT };
struct store {
    db d;
    sqlite3_stmt *put[NPUT];    /* prepared once */
    int64_t open_source;        /* of the transaction under way; 0: none */
    int64_t seq;                /* of its next chunk */
};

sla_status meta_get(store *s, const char *key, arena *a, slice *out, err *e);   /* ptr NULL: not set */
sla_status meta_set(store *s, const char *key, slice value, err *e);

/* ---- chunk.c ---- */
typedef struct packed_column { slice field; buf data; } packed_column;
struct chunk { const dataset *ds; size_t nrows; buf lines; packed_column *cols; size_t ncols; };
/* Unpacks into out[0..n) (of the storage's width) and sets bits from bit0 on in valid. For codes: codes are those of the chunk's own dictionary, whose n texts go to
 * texts (arena a). SLA_CONFLICT: damaged. */
sla_status unpack_lines(slice blob, size_t n, uint32_t *out);
sla_status unpack_i64(slice blob, size_t n, int64_t *out, uint64_t *valid, size_t bit0);
sla_status unpack_f64(slice blob, size_t n, double *out, uint64_t *valid, size_t bit0);
typedef struct packed_texts { size_t count; const unsigned char *lens; const char *bytes; } packed_texts;
sla_status unpack_codes(slice blob, size_t n, uint32_t *out, uint64_t *valid, size_t bit0, packed_texts *texts);
slice packed_text(const packed_texts *t, size_t i, size_t *offset);             /* in order, offset starts at 0 */
#endif
