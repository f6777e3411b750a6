/* Memory that dies together. {0} is empty and valid. Not shared between threads. */
#ifndef SLA_BASE_ARENA_H
#define SLA_BASE_ARENA_H
#include <stddef.h>
#include "engine/base/slice.h"

typedef struct arena { struct arena_block *top; } arena;
void *arena_alloc(arena *a, size_t count, size_t size); /* zeroed, max-aligned; NULL: no memory, or count*size overflows */
void *arena_room(arena *a, size_t count, size_t size);  /* the same, but what is there is left as it is: for what is written in full anyway */
char *arena_strndup(arena *a, const char *s, size_t n); /* NUL-terminated copy; NULL: no memory */
slice arena_slice(arena *a, slice s);                   /* copy, also NUL-terminated; ptr NULL: no memory (and s was not empty) */
void arena_free(arena *a);                              /* all at once; {0} again */
#define ARENA_NEW(a, T, n) ((T *)arena_alloc((a), (n), sizeof(T)))
#endif
