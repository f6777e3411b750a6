#include "engine/base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/base/mem.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct arena_block {
    struct arena_block *below;
    size_t used, cap;
    alignas(max_align_t) unsigned char bytes[];
};

/* One above the usual sizes holds a single thing; where that is to be zeros, the kernel's fresh pages are. */
static struct arena_block *block_new(size_t cap, bool zeros)
{
    struct arena_block *b = zeros && cap > LARGEST_BLOCK ? mem_zero(1, sizeof *b + cap) : mem_resize(NULL, 1, sizeof *b + cap);
    if (b) *b = (struct arena_block){.cap = cap};
    return b;
}

/* A block for n bytes. One larger than usual goes below the top, so that the room left in the top stays in use. */
static struct arena_block *block_add(arena *a, size_t n, bool zeros)
{
    if (n > SIZE_MAX / 4) return NULL;
    size_t usual = a->top ? a->top->cap * 2 : FIRST_BLOCK;
    if (usual > LARGEST_BLOCK) usual = LARGEST_BLOCK;
    bool large = n > usual / 4 && a->top;
    struct arena_block *b = block_new(large || n > usual ? n : usual, zeros);
    if (!b) return NULL;
    if (large) {
        b->below = a->top->below;
        a->top->below = b;
    } else {
        b->below = a->top;
        a->top = b;
    }
    return b;
}

static void *too_much(arena *a)
{
    a->failed = true;
    return NULL;
}

static void *take(arena *a, size_t n, size_t align, bool zeros)
{
    struct arena_block *b = a->top;
    size_t at = b ? (b->used + align - 1) & ~(align - 1) : 0;
    if (!b || at > b->cap || n > b->cap - at) {
        b = block_add(a, n, zeros);
        if (!b) return too_much(a);
        at = 0;
    }
    b->used = at + n;
    return b->bytes + at;
}

void *arena_alloc(arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) return too_much(a);
    size_t n = count * size;
    void *p = take(a, n ? n : 1, alignof(max_align_t), true);
    if (p && n <= LARGEST_BLOCK) memset(p, 0, n);
    return p;
}

void *arena_room(arena *a, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) return too_much(a);
    return take(a, count && size ? count * size : 1, alignof(max_align_t), false);
}

char *arena_strndup(arena *a, const char *s, size_t n)
{
    if (n == SIZE_MAX) return too_much(a);
    char *p = take(a, n + 1, 1, false);
    if (!p) return NULL;
    if (n) memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

slice arena_slice(arena *a, slice s)
{
    if (s.len == 0) return (slice){"", 0};
    char *p = arena_strndup(a, s.ptr, s.len);
    return (slice){p, p ? s.len : 0};
}

void arena_free(arena *a)
{
    for (struct arena_block *b = a->top; b;) {
        struct arena_block *below = b->below;
        mem_free(b);
        b = below;
    }
    a->top = NULL;
}
