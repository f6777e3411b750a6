/* The one door to the allocator. Counts and can be made to fail, for tests. Thread-safe. */
#ifndef SLA_BASE_MEM_H
#define SLA_BASE_MEM_H
#include <stdbool.h>
#include <stddef.h>

/* realloc for count items of size bytes. NULL: no memory or count*size overflows (then p is still valid). count 0 frees and returns NULL. */
void *mem_resize(void *p, size_t count, size_t size);
/* Zeroed memory for count items; NULL as above. */
void *mem_zero(size_t count, size_t size);
void mem_free(void *p); /* NULL allowed */
/* The next n allocations succeed, the one after fails, and all that follow until -1 turns it off. Tests only. */
void mem_fail_after(long n);
/* The same, but only that one fails: what takes a failure for something else, and goes on, is not stopped by the next. */
void mem_fail_once(long n);
bool mem_fail_pending(void); /* the failure that was asked for is still to come */
/* Gives what was freed back to the system where it can: after a phase that frees much, before one that keeps much. */
void mem_trim(void);
/* Makes room for at least need items: grows *p geometrically, updates *cap. 0: done; -1: no memory, *p and *cap untouched. */
int mem_grow(void *p_to_ptr, size_t *cap, size_t need, size_t size);
#endif
