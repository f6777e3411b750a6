/* The workspace: one SQLite file with the imported records as packed column chunks, and everything people query as ordinary tables (ddl.h).
 * An import of one source is one transaction: kill -9 leaves the state before or after it. */
#ifndef SLA_STORE_STORE_H
#define SLA_STORE_STORE_H
#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/model/batch.h"
#include "engine/model/table.h"
#include "engine/store/db.h"

typedef struct store store;
typedef enum store_mode { STORE_CREATE /* made if missing */, STORE_EXISTING, STORE_READ_ONLY } store_mode;
/* path NULL: in memory only. A file that is no workspace (another database, no database, a newer version's) is refused with what it is. */
sla_status store_open(const char *path, store_mode mode, store **out, err *e);
/* The workspace behind a connection of somebody else's, which stays theirs: for the loadable extension. */
sla_status store_attach(sqlite3 *h, store **out, err *e);
void store_close(store *s);                                    /* NULL allowed */
db *store_db(store *s);

/* The zone and the model are fixed at the first import and kept. store_model: the schema as stored, arena a; NULL in *out if none is stored yet. */
sla_status store_set_zone(store *s, const char *zone, err *e); /* SLA_CONFLICT if another one is in force */
sla_status store_zone(store *s, char out[64], err *e);         /* "Asia/Shanghai" where nothing was set */
sla_status store_set_model(store *s, const schema *m, err *e); /* replaces the stored text; fields may be added, none may change its type: SLA_CONFLICT */
sla_status store_model(store *s, arena *a, schema **out, err *e);

/* ---- sources ---- */
typedef struct source_info {
    int64_t id;                 /* 1, 2, … in order of import */
    slice path;                 /* as reports show it: relative to the PATH that was named, '/' between parts; never absolute */
    slice location;             /* where verify finds it again: as the user named it */
    slice part;                 /* sheet or archive member; "" for the whole file */
    char sha256[65];
    uint64_t bytes;
    slice importer, profile;    /* "csv"; "servicenow" or "canonical" */
    slice dataset;              /* the main dataset it delivered */
    uint64_t rows, accepted, rejected, rejected_values;
    int64_t announced;          /* how many records there are by what the export itself says, of which it may hold a part; or a source_saying */
    slice notes;                /* what detection took it for and why: encoding, date order, year, lines no pattern knows; lines of text */
} source_info;
typedef enum source_saying { SOURCE_SAYS_NOTHING = 0, SOURCE_MORE_FOLLOW = -1, SOURCE_NONE_FOLLOW = -2 } source_saying;   /* … of records beside its own; numbers of the file format */
/* The stamp of a source's file when this process began to read it; kept with the open workspace only, so that an audit that follows at once need not hash it again. Noted between
 * store_source_begin and commit; a source that is given up takes it along. */
sla_status store_note_file(store *s, int64_t source, const file_stamp *f, err *e);
bool store_noted_file(const store *s, int64_t source, file_stamp *out);
/* Begins the transaction of one source. If the same bytes (sha256, part, profile, dataset) are there already: *known = true and nothing is begun. */
sla_status store_source_begin(store *s, const source_info *info, bool *known, int64_t *id, err *e);
/* A batch packed for the store. Packing is pure and may run on any thread; writing happens in order on one. */
typedef struct chunk chunk;
sla_status chunk_pack(const batch *b, chunk **out, err *e);
void chunk_free(chunk *c);                                     /* NULL allowed */
size_t chunk_rows(const chunk *c);
sla_status store_chunk_put(store *s, int64_t source, const chunk *c, err *e);
/* What could not be taken. row: the whole row was rejected, otherwise the one value (field) was left missing. value is cut to 200 characters. */
typedef struct reject { uint32_t line, col; slice field, value, reason; bool row; } reject;
sla_status store_reject_put(store *s, int64_t source, const reject *r, err *e);
/* Ends the transaction: counts and notes of info are stored, an entry goes into the trail. */
sla_status store_source_commit(store *s, int64_t source, const source_info *info, err *e);
void store_source_abort(store *s);                             /* as if it had never begun */
/* Between these two, sources share transactions: each is still kept whole or not at all, but safe from a crash of the machine or the process only at the end, or after
 * some 256 MB of input, whichever comes first. Writing to disk once for all is what it spares; zone and model may be set within. store_sources_end also where an
 * import failed; to begin twice is to begin once. */
void store_sources_begin(store *s);
sla_status store_sources_end(store *s, err *e);
sla_status store_sources(store *s, arena *a, source_info **out, size_t *n, err *e);   /* by id */
sla_status store_source_as_long(store *s, uint64_t bytes, bool *there, err *e);        /* whether some source has as many bytes */
typedef struct stored_reject { int64_t source; uint32_t line, col; slice field, value, reason; bool row; } stored_reject;
sla_status store_rejects(store *s, arena *a, size_t max, stored_reject **out, size_t *n, err *e);  /* by source, line, col */

/* ---- caveats: what these data cannot prove ---- */
/* kind: a word for scripts ("days", "zone", "order", "history", "numbers", …); field: the fields that it touches, one or more with ", " between; n of `of` values or
 * records; zh, en: a sentence each without a full stop. source 0: of the workspace as a whole. */
typedef struct caveat { int64_t source; slice kind, dataset, field; int64_t n, of; slice zh, en; } caveat;
sla_status store_caveat_put(store *s, const caveat *c, err *e);                        /* of a source: within its transaction */
sla_status store_caveats_replace(store *s, const caveat *items, size_t n, err *e);     /* those of the workspace as a whole */
sla_status store_caveats(store *s, arena *a, caveat **out, size_t *n, err *e);         /* the workspace's first, then by source, in the order put */

/* ---- answers to findings ---- */
/* due: "2025-10-31" or ""; status: open, progress, done or accepted. */
typedef struct stored_action { slice fingerprint, owner, due, status, response; } stored_action;
/* All of them or none, in one transaction with an entry in the trail; an answer takes the place of the one before. */
sla_status store_actions_put(store *s, const stored_action *items, size_t n, slice detail_json, err *e);
sla_status store_actions(store *s, arena *a, stored_action **out, size_t *n, err *e);  /* by fingerprint */

/* ---- loading for the evaluator ---- */
/* All live rows of a dataset; wanted[f] says which fields are needed (keys are always read). Rows come in order of source, then line. Texts are interned into
 * world. Within a key the last row in that order wins. Uses up to pool_threads() threads; the result does not depend on them. */
sla_status store_table_load(store *s, const dataset *ds, const bool *wanted, dict *world, table **out, err *e);
/* The same for several datasets at once, as one state of the workspace shows them: while one's texts are interned, others are read. The caller frees each t; all are
 * NULL after an error. coded[f]: equal texts must have one code; in the other columns, if their texts are nearly all different (keys: if they ascend), each comes with a
 * code of its own, which no look-up finds. NULL: all. given_up: tcolumn.given_up is counted. */
typedef struct table_load { const dataset *ds; const bool *wanted, *coded; bool given_up; table *t; } table_load;
sla_status store_tables_load(store *s, table_load *list, size_t n, dict *world, err *e);
/* All rows, superseded ones too, some hundred thousand at a time, so that memory does not grow with them. fn is called at least once, on up to pool_threads() threads side by
 * side and in no certain order, with rows as they follow each other in the workspace and the dictionary of their codes, which is the part's own: fn locks what its calls share,
 * and leaves the store alone. Only the wanted fields are read, keys and lines are not. */
typedef sla_status table_part_fn(void *ctx, const table *t, const dict *texts, err *e);
sla_status store_table_parts(store *s, const dataset *ds, const bool *wanted, table_part_fn *fn, void *ctx, err *e);

/* ---- trail: a hash chain over what was done; entry = sha256(previous, seq, kind, detail) ---- */
sla_status store_trail_add(store *s, const char *kind, slice detail_json, err *e);
typedef struct trail_head { int64_t count; char hash[65]; } trail_head;
sla_status store_trail_head(store *s, trail_head *out, err *e);
/* Whether an entry of the chain has this hash, and how many were added after it. */
sla_status store_trail_find(store *s, slice hash, bool *there, int64_t *after, err *e);
sla_status store_trail_check(store *s, trail_head *out, err *e);   /* walks the chain; SLA_CONFLICT names the first entry that does not fit */
/* Whether what the workspace holds of each source, and the answers, are what was stored: the trail has hashes over them. A line of said for each that is not, counted in wrong. */
sla_status store_seals_check(store *s, buf *said, size_t *wrong, err *e);

/* ---- records as SQL tables ---- */
/* Registers a virtual table for each dataset of the stored model: SELECT … FROM ticket has the live rows, ticket_all the superseded ones too. Hidden columns
 * _source, _line. Times and dates are the text that print gives for them (TIME: ms UTC, DATE: days since 1970), durations ms, booleans 0 and 1. Look-ups
 * of a text column by = go through an index that is made on first use. A dataset hides a table of the workspace with its name: main.action is the other one.
 * Records are read on first use and kept until the store is closed: call it when no more is going to be imported. print and ctx must live as long. */
typedef void (*store_printer)(void *ctx, vtype type, int64_t v, buf *out);
sla_status store_vtab_register(store *s, store_printer print, void *ctx, err *e);
/* Runs one query that only reads; row is called for each row (ptr NULL: SQL NULL) and stops the query with what it returns. Refused with SQLite's or our
 * reason (SLA_USAGE): more than one statement, everything that writes, attaches or sets; of the pragmas table_info, table_xinfo and table_list are allowed.
 * columns (may be NULL) is called once before the first row, also when there is none. */
typedef struct store_query {
    sla_status (*columns)(void *ctx, int ncols, const char *const *names, err *e);
    sla_status (*row)(void *ctx, int ncols, const char *const *names, const slice *values, err *e);
    void *ctx;
} store_query;
sla_status store_sql(store *s, slice query, const store_query *to, err *e);
#endif
