/* One error with its place, and a list of them for files that are checked as a whole (packs, profiles). */
#ifndef SLA_BASE_ERR_H
#define SLA_BASE_ERR_H
#include <stddef.h>
#include <stdint.h>
#include "engine/base/status.h"

/* A place in a file of the user's. line and col are 1-based; 0: not known. file is borrowed and must outlive the position. */
typedef struct srcpos { const char *file; uint32_t line, col; } srcpos;
#define SRCPOS_NONE ((srcpos){0})

/* {0} is "no error". Fixed size, so reporting that memory is gone needs no memory. file is copied into the error. */
typedef struct err {
    sla_status code;
    char file[192];
    uint32_t line, col;
    char msg[320];   /* what is wrong, one sentence without a full stop */
    char hint[240];  /* what to do about it; "" if nothing is known */
} err;

/* Records code, place and message unless e already holds an error (the first cause stays). e may be NULL. Returns code. */
sla_status err_set(err *e, sla_status code, srcpos at, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Adds what the user can do. Ignored when e is NULL or already has a hint. */
void err_hint(err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Message after errno: "cannot open: No such file or directory" without the locale's words. Returns SLA_IO (SLA_NOMEM for ENOMEM). */
sla_status err_errno(err *e, srcpos at, int errnum, const char *what);
/* Writes "file:line:col: error: msg\n  hint: …\n" into out (always NUL-terminated); parts that are not known are left out. */
void err_format(const err *e, char *out, size_t cap);

/* All errors of a file at once. {0} is empty. A list keeps the first ERRLIST_MAX and counts the rest. */
enum { ERRLIST_MAX = 100 };
typedef struct errlist { err *items; size_t n, dropped; } errlist;
/* The same as err_set, appended. Out of memory: counted in dropped. Returns code. */
sla_status errlist_add(errlist *l, sla_status code, srcpos at, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void errlist_hint(errlist *l, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* to the last one added */
void errlist_push(errlist *l, const err *e);  /* a copy of e, if it holds an error */
void errlist_clear(errlist *l);

/* Only where nothing is held that needs freeing. */
#define TRY(call) do { sla_status st_ = (call); if (st_ != SLA_OK) return st_; } while (0)
#endif
