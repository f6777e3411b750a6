/* What the files of this folder share. */
#ifndef SLA_STORE_INTERNAL_H
#define SLA_STORE_INTERNAL_H
#include "engine/base/buf.h"
#include "engine/base/digest.h"
#include "engine/store/store.h"

enum { PUT_CHUNK, PUT_COLUMN, PUT_REJECT, NPUT, READERS_MAX = 64 };
typedef struct vtabs vtabs;     /* vtab.c */
struct store {
    db d;
    char *path;                 /* NULL: in memory */
    bool attached;              /* the connection is somebody else's */
    sqlite3 *idle[READERS_MAX]; /* connections that read the same file on other threads, kept for the next table */
    size_t nidle;
    vtabs *tables;              /* the datasets as SQL tables; NULL: not registered */
    int trusted;                /* > 0: statements of our own are being prepared while a user's query runs (sql.c) */
    bool sandboxed;             /* a user's query is under way */
    sqlite3_stmt *put[NPUT];    /* prepared once */
    bool together;              /* several sources make one transaction */
    size_t ntogether;           /* sources in it so far, and their bytes */
    uint64_t together_bytes;
    int writeback;              /* descriptor of the file (writeback.c); 0: none */
    size_t unwritten;           /* bytes since the disk was last told to write */
    int64_t open_source;        /* of the transaction under way; 0: none */
    int64_t seq;                /* of its next chunk */
    digest *seals;              /* over its chunks so far (seal.c) */
    struct noted { int64_t source; file_stamp stamp; } *noted; size_t nnoted, cap_noted;    /* files read by this process */
};

sla_status meta_get(store *s, const char *key, arena *a, slice *out, err *e);   /* ptr NULL: not set */
sla_status meta_set(store *s, const char *key, slice value, err *e);

/* ---- source.c ---- */
sla_status join_together(store *s, err *e);     /* before a change: begins the transaction that sources share, if they do and it has not begun */

/* ---- writeback.c ---- */
void writeback_open(store *s);
void writeback_close(store *s);                 /* after the connection is closed */
void writeback_add(store *s, size_t bytes);     /* so many more were written */

/* ---- load.c, supersede.c ---- */
sla_status load_table(store *s, const dataset *ds, const bool *wanted, dict *world, bool superseded_too, table **out, err *e);
/* Keeps the last row of each key; counts the others in t->superseded. heir, if not NULL: [rows as they were] the next row of its key, where there is one; else untouched. */
sla_status table_supersede(table *t, uint32_t *heir, err *e);

/* ---- vtab.c ---- */
void vtabs_free(vtabs *v);                      /* after the connection is closed */

/* ---- seal.c ---- */
sla_status seal_chunk(chunk *c);
sla_status seal_source(store *s, digest *chunks, int64_t source, char out[DIGEST_HEX], err *e);   /* ends the digest of its chunks' seals, together with its rows in source and reject */
sla_status seal_actions(store *s, char out[DIGEST_HEX], err *e);

/* ---- chunk.c ---- */
typedef struct packed_column { slice field; buf data; } packed_column;
struct chunk { const dataset *ds; size_t nrows; buf lines; packed_column *cols; size_t ncols; char seal[DIGEST_HEX]; };
/* Unpacks into out[0..n) (of the storage's width) and sets bits from bit0 on in valid. For codes: codes are those of the chunk's own dictionary, whose n texts go to
 * texts (arena a). SLA_CONFLICT: damaged. */
sla_status unpack_lines(slice blob, size_t n, uint32_t *out);
sla_status unpack_i64(slice blob, size_t n, int64_t *out, uint64_t *valid, size_t bit0);
sla_status unpack_f64(slice blob, size_t n, double *out, uint64_t *valid, size_t bit0);
/* ints.c: n whole numbers, as narrow as they can be. Unpacking gives the bytes taken; 0: damaged. */
sla_status ints_pack(buf *out, const int64_t *in, size_t n);
size_t ints_unpack(const unsigned char *p, size_t left, size_t n, int64_t *out);
/* Borrowed from the blob. back is NULL where the texts stand there as they are; else texts_expand must come before packed_text. */
typedef struct packed_texts { size_t count, total, stored, width; const unsigned char *lens /* of width bytes */, *back, *shared, *tail; const char *bytes; } packed_texts;
sla_status texts_pack(buf *out, const dict *d);
size_t texts_unpack(const unsigned char *p, size_t left, packed_texts *t);     /* bytes taken; 0: damaged */
sla_status texts_expand(packed_texts *t, char **block);                        /* *block: from mem_resize, the texts point into it */
sla_status unpack_codes(slice blob, size_t n, uint32_t *out, uint64_t *valid, size_t bit0, packed_texts *texts);
slice packed_text(const packed_texts *t, size_t i, size_t *offset);             /* in order, offset starts at 0 */
/* Of the short texts that most are, two words that may overlap, without a call. */
static inline char *put_text(char *to, slice t)
{
    if (t.len >= 8 && t.len <= 32) {
        uint64_t w[4];
        memcpy(&w[0], t.ptr, 8), memcpy(&w[1], t.ptr + t.len - 8, 8);
        if (t.len > 16) {
            memcpy(&w[2], t.ptr + 8, 8), memcpy(&w[3], t.ptr + t.len - 16, 8);
            memcpy(to + 8, &w[2], 8), memcpy(to + t.len - 16, &w[3], 8);
        }
        memcpy(to, &w[0], 8), memcpy(to + t.len - 8, &w[1], 8);
    } else if (t.len >= 4 && t.len < 8) {
        uint32_t a, b;
        memcpy(&a, t.ptr, 4), memcpy(&b, t.ptr + t.len - 4, 4);
        memcpy(to, &a, 4), memcpy(to + t.len - 4, &b, 4);
    } else if (t.len) memcpy(to, t.ptr, t.len);
    return to + t.len;
}

void pack_head(buf *out, char tag, const uint64_t *valid, size_t n);
sla_status pack_codes(buf *out, const uint32_t *in, const uint64_t *valid, size_t n, const dict *d);
typedef struct blob_reader { const unsigned char *p; size_t left; } blob_reader;
const unsigned char *blob_take(blob_reader *c, size_t n);                                 /* NULL: there are not so many */
bool take_head(blob_reader *c, char tag, size_t n, uint64_t *valid, size_t bit0);

/* ---- templates.c ---- */
/* The blob of another column of the same chunk; len 0: it is not stored. */
typedef struct column_source { sla_status (*read)(void *ctx, slice field, buf *blob); void *ctx; } column_source;
sla_status templates_pack(buf *out, const batch *b, const column *c);
bool templates_are(slice blob);                                                 /* else it is for unpack_codes */
/* As unpack_codes; each row that has a value gets a text, in *block (from mem_resize). Errors also those of src. */
sla_status templates_unpack(slice blob, size_t n, uint32_t *out, uint64_t *valid, size_t bit0, const column_source *src, packed_texts *texts, char **block);
#endif
