/* A format behind a table of functions. The feed reads a file in blocks, cuts them where records end, has them parsed on several threads and the results
 * stored in order; a format only says where to cut and what a block means. */
#ifndef SLA_IMPORTERS_IMPORTER_H
#define SLA_IMPORTERS_IMPORTER_H
#include "engine/base/buf.h"
#include "importers/cells.h"
#include "importers/import.h"

/* What an importer may know of its file and its surroundings. */
typedef struct input {
    const char *name;               /* as messages call it; also tells the dataset: "logs/ticket.csv" */
    slice head;                     /* its first bytes in UTF-8, cut at a block's end */
    bool whole;                     /* head is all of it */
    bool table;                     /* a sheet or the like, as text: sheet.h says how */
    int64_t mtime_ms;               /* last change, UTC ms */
    const schema *model;
    const profile_set *profiles;
    const struct log_patterns *patterns;
    const import_options *options;
} input;

/* A block on its way: whole records of the file, and what came of them. */
enum { BLOCK_BATCHES = 64 };
typedef struct block {
    buf text;                       /* owns the bytes */
    slice records;                  /* the part of them that is whole records */
    uint32_t line;                  /* of the first record */
    bool first, at_end;             /* of the file */
    batch *batches[BLOCK_BATCHES]; chunk *chunks[BLOCK_BATCHES]; size_t n;   /* batches are packed into chunks unless the importer keeps them */
    reject_list rejects;
    uint64_t rows, ragged;
    void *extra;                    /* the importer's own; freed by it in take or by drop */
} block;

/* Batches that are used again and again by the threads of one feed. */
typedef struct batch_pool batch_pool;
batch_pool *batch_pool_new(const dataset *ds);
batch *batch_pool_get(batch_pool *p);                      /* NULL: no memory */
void batch_pool_put(batch_pool *p, batch *b);
void batch_pool_free(batch_pool *p);

typedef struct importer importer;
typedef struct importer_kind {
    const char *name, *summary;
    /* 0: not mine … 100: certain. why (may stay untouched): what is missing to take it; SLA_NOMEM: there was no memory to look, and no other kind is to take the file for its own. */
    int (*probe)(const input *in, err *why);
    /* Reads what stands before the records. *start: bytes of head before the first record; *line: the first record's line. ds: the main dataset. */
    sla_status (*open)(const input *in, importer **out, size_t *start, uint32_t *line, err *e);
    size_t (*cut)(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open_quote);
    /* On any thread: fills b->batches (and rejects, rows, extra) from b->records. */
    sla_status (*parse)(importer *im, block *b, err *e);
    /* In order, before the block is stored; may be NULL. May empty b->n to keep the batches. */
    sla_status (*take)(importer *im, block *b, err *e);
    /* After the last block: batches that the importer kept back. put stores one. May be NULL. */
    sla_status (*finish)(importer *im, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e);
    void (*drop)(importer *im, block *b);                  /* frees b->extra; may be NULL */
    void (*notes)(const importer *im, buf *out);           /* what it was taken for and why, a line each */
    const dataset *(*dataset_of)(const importer *im);
    slice (*profile_of)(const importer *im);               /* "canonical" or the profile's name */
    batch_pool *(*batches)(const importer *im);            /* where its blocks' batches come from */
    bool (*keeps_batches)(const importer *im);             /* batches are not packed, finish delivers them; NULL: packed */
    void (*close)(importer *im);
    sla_status (*caveats)(const importer *im, store *s, int64_t source, err *e);   /* after finish: what the file cannot prove; NULL: nothing to say */
    /* After finish failed with SLA_CONFLICT: true, once, if only the end told how the file is to be read (the first line's year, the order of day and month). Then the importer is
     * ready to read it once more. NULL: never. */
    bool (*again)(importer *im);
    int64_t (*announced)(const importer *im);              /* source_info.announced; NULL: the format cannot say */
} importer_kind;

extern const importer_kind importer_csv, importer_json, importer_loglines, importer_logaudit, importer_logjson, importer_logxml, importer_logtable;

#endif
