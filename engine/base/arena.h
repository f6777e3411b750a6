/* Memory that dies together. {0} is empty and valid. Not shared between threads. Failure is sticky, as a buf's is, so that a job that goes on without what it did not get is asked once, at its end, whether
 * there was memory for all of it: failed says that some allocation came to nothing, and stays when the arena is emptied. */
#ifndef SLA_BASE_ARENA_H
#define SLA_BASE_ARENA_H
#include <stddef.h>
#include "engine/base/slice.h"

typedef struct arena { struct arena_block *top; bool failed; } arena;
void *arena_alloc(arena *a, size_t count, size_t size); /* zeroed, max-aligned; NULL: no memory, or count*size overflows */
void *arena_room(arena *a, size_t count, size_t size);  /* the same, but what is there is left as it is: for what is written in full anyway */
char *arena_strndup(arena *a, const char *s, size_t n); /* NUL-terminated copy; NULL: no memory */
slice arena_slice(arena *a, slice s);                   /* copy, also NUL-terminated; ptr NULL: no memory (and s was not empty) */
void arena_free(arena *a);                              /* all at once; empty again, but for failed */
#define ARENA_NEW(a, T, n) ((T *)arena_alloc((a), (n), sizeof(T)))
#endif
