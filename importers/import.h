/* Exports and logs into the workspace: from bytes to batches to the store. One file of this folder a format; products are data (profiles/, logs/). */
#ifndef SLA_IMPORTERS_IMPORT_H
#define SLA_IMPORTERS_IMPORT_H
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/model/schema.h"
#include "engine/store/store.h"
#include "engine/time/zone.h"

/* What the program itself knows of exports and logs (profiles/, logs/). It takes a while to load: so a caller may have it loaded while it does other things, each half on a thread of its own. */
typedef struct import_own import_own;
import_own *import_own_new(void);                                        /* NULL: no memory */
sla_status import_own_profiles(import_own *o, const schema *m, errlist *errors);
sla_status import_own_patterns(import_own *o, errlist *errors);
void import_own_free(import_own *o);                                     /* NULL allowed */

typedef struct import_options {
    const char *profile;        /* the name of one, or a file NAME.yaml; NULL: found by the header */
    const char *dataset;        /* NULL: found by the file's name or its header */
    const char *encoding;       /* NULL: detected */
    const zone *zone;           /* of times that do not say their own */
    int32_t year;               /* of the first line of logs without a year; 0: found out */
    int64_t from, to;           /* the period, UTC ms: gives logs without a year theirs; both 0: not known */
    import_own *own;            /* loaded already, also for several imports one after the other; NULL: loaded here */
    buf *draft;                 /* not NULL: nothing is imported; a draft of a profile for each table goes here */
    size_t block;               /* bytes read at a time; 0: the usual (tests make it tiny) */
    void (*say)(void *ctx, const char *line); void *ctx;   /* one line for each file: what it was taken for; NULL: silent */
} import_options;

typedef struct import_report {
    size_t taken, known, skipped;       /* sources stored; sources whose bytes were there already; files that are nothing known */
    uint64_t rows, rejected, rejected_values;
    errlist problems;                   /* files that were named or looked like an export but could not be taken */
} import_report;

/* Takes in the files and folders named, in the order named, a folder's files in byte order of their paths. A file that cannot be taken leaves nothing
 * behind and does not stop the others; it stands in out->problems. Returns SLA_OK unless nothing could be taken at all or the workspace itself failed. */
sla_status import_paths(store *s, const schema *m, const import_options *o, const char *const *paths, size_t n, import_report *out, err *e);
void import_report_clear(import_report *r);
#endif
