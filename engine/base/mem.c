#define _DEFAULT_SOURCE /* madvise */
#include "engine/base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Allocations left before one fails; -1: none is made to fail. The only state of this file, written by tests alone. */
static atomic_long budget = -1;

static int refused(void)
{
    long left = atomic_load_explicit(&budget, memory_order_relaxed);
    while (left > 0) {
        if (atomic_compare_exchange_weak(&budget, &left, left - 1)) return 0;
    }
    return left == 0;
}

static int overflows(size_t count, size_t size)
{
    return size != 0 && count > (size_t)PTRDIFF_MAX / size;
}

/* Whole columns are touched once from end to end: large pages spare most of the faults. Only advice; elsewhere nothing happens. */
static void *advised(void *p, size_t n)
{
#ifdef MADV_HUGEPAGE
    enum { PAGE = 4096, LARGE = 4 << 20 };
    if (p && n >= LARGE) {
        uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(uintptr_t)(PAGE - 1), to = ((uintptr_t)p + n) & ~(uintptr_t)(PAGE - 1);
        madvise((void *)from, to - from, MADV_HUGEPAGE);
    }
#endif
    return p;
}

void *mem_resize(void *p, size_t count, size_t size)
{
    if (overflows(count, size)) return NULL;
    if (count == 0 || size == 0) {
        free(p);
        return NULL;
    }
    return refused() ? NULL : advised(realloc(p, count * size), count * size);
}

void *mem_zero(size_t count, size_t size)
{
    if (overflows(count, size) || count == 0 || size == 0) return NULL;
    return refused() ? NULL : advised(calloc(count, size), count * size);
}

void mem_free(void *p)
{
    free(p);
}

void mem_fail_after(long n)
{
    atomic_store(&budget, n < 0 ? -1 : n);
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
