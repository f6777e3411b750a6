/* Growing bytes with a limit. {0} is empty; failure is sticky, so a chain of appends is checked once at its end. */
#ifndef SLA_BASE_BUF_H
#define SLA_BASE_BUF_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "engine/base/slice.h"

typedef struct buf { char *ptr; size_t len, cap, max; bool failed, over; } buf; /* max 0: no limit of its own; over: failed for going beyond max, and not for want of memory */
void buf_bytes(buf *b, const void *p, size_t n);
void buf_slice(buf *b, slice s);
void buf_text(buf *b, const char *s);
void buf_char(buf *b, char c);
void buf_printf(buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_i64(buf *b, int64_t v);
char *buf_reserve(buf *b, size_t n);    /* room for n bytes at the end (len unchanged); NULL: failed */
const char *buf_cstr(buf *b);           /* NUL-terminated view (NUL not counted in len); "" after a failure */
void buf_reset(buf *b);                 /* len 0, failure forgotten, memory kept */
void buf_free(buf *b);                  /* {0} again */
#endif
