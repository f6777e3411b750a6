#include "engine/base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Allocations left before one fails; -1: none is made to fail. once: none after that one either. The only state of this file, written by tests alone. */
static atomic_long budget = -1;
static atomic_bool once;

static int refused(void)
{
    long left = atomic_load_explicit(&budget, memory_order_relaxed);
    while (left > 0) {
        if (atomic_compare_exchange_weak(&budget, &left, left - 1)) return 0;
    }
    return left == 0 && (!atomic_load(&once) || atomic_compare_exchange_strong(&budget, &left, -1));
}

static int overflows(size_t count, size_t size)
{
    return size != 0 && count > (size_t)PTRDIFF_MAX / size;
}

void *mem_resize(void *p, size_t count, size_t size)
{
    if (overflows(count, size)) return NULL;
    if (count == 0 || size == 0) {
        free(p);
        return NULL;
    }
    return refused() ? NULL : realloc(p, count * size);
}

void *mem_zero(size_t count, size_t size)
{
    if (overflows(count, size) || count == 0 || size == 0) return NULL;
    return refused() ? NULL : calloc(count, size);
}

void mem_free(void *p)
{
    free(p);
}

void mem_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void mem_fail_after(long n)
{
    atomic_store(&once, false);
    atomic_store(&budget, n < 0 ? -1 : n);
}

void mem_fail_once(long n)
{
    atomic_store(&once, true);
    atomic_store(&budget, n);
}

bool mem_fail_pending(void)
{
    return atomic_load(&budget) >= 0;
}

int mem_grow(void *p_to_ptr, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap) return 0;
    size_t want = *cap + *cap / 2;
    if (want < 16) want = 16;
    if (want < need) want = need;
    void *p;
    memcpy(&p, p_to_ptr, sizeof p); /* the caller's pointer has a type of its own: read it as bytes, not as a void * */
    p = mem_resize(p, want, size);
    if (!p && want > need) { /* the extra room may be what does not fit */
        memcpy(&p, p_to_ptr, sizeof p);
        want = need;
        p = mem_resize(p, want, size);
    }
    if (!p) return -1;
    memcpy(p_to_ptr, &p, sizeof p);
    *cap = want;
    return 0;
}
