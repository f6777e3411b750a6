/* Whole files in and out, and the walk of a folder. Never mmap: a file cut short while it is read must not kill the process. */
#ifndef SLA_BASE_FILE_H
#define SLA_BASE_FILE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "engine/base/arena.h"
#include "engine/base/buf.h"
#include "engine/base/digest.h"
#include "engine/base/err.h"

sla_status file_read(const char *path, size_t max_bytes, buf *out, err *e);      /* appends; SLA_LIMIT past max_bytes */
/* SHA-256 of a file in pieces, however long it is. */
sla_status file_digest(const char *path, char out[DIGEST_HEX], err *e);
/* What the file system says of a file: while all of it is the same, so are the bytes. false: there is no such file. */
typedef struct file_stamp { uint64_t device, inode; int64_t size, modified_ns, changed_ns; } file_stamp;
bool file_stamp_of(const char *path, file_stamp *out);
/* Writes to a temporary name beside path, syncs, renames: path is the old file or the whole new one. */
sla_status file_write(const char *path, const void *p, size_t n, err *e);
sla_status file_make_dirs(const char *path, err *e);                             /* mkdir -p */
typedef enum file_kind { FILE_REGULAR, FILE_FOLDER, FILE_OTHER, FILE_MISSING } file_kind;
file_kind file_kind_of(const char *path);                                       /* follows links */
/* Regular files under root, in byte order of their paths relative to it; hidden names (.x) and editors' leftovers (~) are left out;
 * links to folders are not followed into a loop; what cannot be entered is told to on_problem (may be NULL) and the walk goes on.
 * paths: arena-owned array of paths relative to root, '/' between parts. */
typedef struct file_list { const char **paths; size_t n; } file_list;
sla_status file_walk(const char *root, arena *a, file_list *out, void (*on_problem)(void *ctx, const err *e), void *ctx, err *e);
/* Where the program's own data lies: "rules/itss-2025" -> a path that exists. Looked for in order: $SLAUDIT_HOME, the folder of the
 * executable, its ../share/slaudit. SLA_NAME if it is nowhere. out is arena-owned. */
sla_status file_own_data(const char *relative, arena *a, const char **out, err *e);
#endif
