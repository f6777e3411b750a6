/* Text by pointer and length; borrowed, not NUL-terminated. */
#ifndef SLA_BASE_SLICE_H
#define SLA_BASE_SLICE_H
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct slice { const char *ptr; size_t len; } slice;
#define SLICE_LIT(s) ((slice){(s), sizeof(s) - 1})
#define SLICE_ARG(s) (int)(s).len, (s).ptr   /* for "%.*s" */
static inline slice slice_of(const char *s) { return (slice){s, s ? strlen(s) : 0}; }
static inline bool slice_eq(slice a, slice b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }
static inline bool slice_is(slice a, const char *s) { return slice_eq(a, slice_of(s)); }
bool slice_eq_nocase(slice a, slice b);  /* ASCII letters only */
slice slice_trim(slice s);               /* without ASCII blanks (space, tab, CR, LF) at both ends */
int slice_cmp(slice a, slice b);         /* byte order, as memcmp, shorter first */
/* Of the n candidates the one nearest in spelling (Damerau-Levenshtein ≤ max(1, len/3)); NULL: none near. For suggestions. */
const char *slice_nearest(slice word, const char *const *candidates, size_t n);
#endif
