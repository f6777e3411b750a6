/* JSON writer (RFC 8259) onto a buf: commas, escapes and nesting are its business. Keys come out in the order of the calls. */
#ifndef SLA_BASE_JSONW_H
#define SLA_BASE_JSONW_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/buf.h"

typedef struct jsonw { buf *out; int depth; uint64_t has_item; int indent; bool after_key; } jsonw; /* indent 0: one line */
void jsonw_begin(jsonw *w, buf *out, int indent);
void jsonw_open(jsonw *w, char bracket);            /* '{' or '[' */
void jsonw_close(jsonw *w, char bracket);           /* '}' or ']' */
void jsonw_key(jsonw *w, const char *key);
void jsonw_name(jsonw *w, slice key);               /* a key that is no C string */
void jsonw_text(jsonw *w, slice s);                 /* wrong UTF-8 becomes U+FFFD */
void jsonw_i64(jsonw *w, int64_t v);
void jsonw_f64(jsonw *w, double v);                 /* shortest form that reads back the same; not finite: null */
void jsonw_bool(jsonw *w, bool v);
void jsonw_null(jsonw *w);
void jsonw_raw(jsonw *w, slice json);               /* already JSON */
/* key and value at once */
void jsonw_kv_text(jsonw *w, const char *key, slice s);
void jsonw_kv_i64(jsonw *w, const char *key, int64_t v);
void jsonw_kv_f64(jsonw *w, const char *key, double v);
void jsonw_kv_bool(jsonw *w, const char *key, bool v);
#endif
