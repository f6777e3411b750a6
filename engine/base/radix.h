/* Sorting many small items by a number. */
#ifndef SLA_BASE_RADIX_H
#define SLA_BASE_RADIX_H
#include <stdint.h>
#include <string.h>
#include "engine/base/mem.h"

enum { RADIX_BITS = 11, RADIX_DIGITS = 6, RADIX_BUCKETS = 1 << RADIX_BITS };

static inline size_t radix_digit(const void *item, int digit)
{
    uint64_t key;
    memcpy(&key, item, sizeof key);
    return (size_t)(key >> (digit * RADIX_BITS) & (RADIX_BUCKETS - 1));
}

/* Sorts by the key, a uint64_t with which each item begins; stable. It goes by digits from the lowest on, and a digit that is the same everywhere costs nothing.
 * a, b   [n] the items, and room for as many; n below 2^32
 * width  of an item in bytes; a constant, so that each caller's copying is made for it
 * Returns a or b, whichever holds the items in order; NULL: no memory, a is untouched. */
static inline __attribute__((always_inline)) void *radix_sort(void *a, void *b, size_t n, size_t width)
{
    uint32_t (*count)[RADIX_BUCKETS] = mem_zero(RADIX_DIGITS, sizeof *count);
    char *from = a, *to = b;
    if (!count) return NULL;
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < RADIX_DIGITS; d++) count[d][radix_digit(from + i * width, d)]++;
    for (int d = 0; d < RADIX_DIGITS; d++) {
        if (n == 0 || count[d][radix_digit(from, d)] == n) continue;
        uint32_t at = 0;
        for (size_t k = 0; k < RADIX_BUCKETS; k++) {
            uint32_t c = count[d][k];
            count[d][k] = at;
            at += c;
        }
        for (size_t i = 0; i < n; i++) memcpy(to + count[d][radix_digit(from + i * width, d)]++ * width, from + i * width, width);
        char *swap = from;
        from = to;
        to = swap;
    }
    mem_free(count);
    return from;
}
#endif
