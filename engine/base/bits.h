/* Bitmaps of 64-bit words; bit i of word i/64 is row i. Bits past n are kept 0 by every writer here. */
#ifndef SLA_BASE_BITS_H
#define SLA_BASE_BITS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BITS_WORDS(n) (((size_t)(n) + 63) / 64)
static inline bool bits_get(const uint64_t *w, size_t i) { return (w[i >> 6] >> (i & 63)) & 1; }
static inline void bits_set(uint64_t *w, size_t i) { w[i >> 6] |= UINT64_C(1) << (i & 63); }
static inline void bits_clear(uint64_t *w, size_t i) { w[i >> 6] &= ~(UINT64_C(1) << (i & 63)); }
/* Sets those of the 64 bits from i on that are set in mask. */
static inline void bits_or(uint64_t *w, size_t i, uint64_t mask)
{
    size_t shift = i & 63;
    w[i >> 6] |= mask << shift;
    if (shift && mask >> (64 - shift)) w[(i >> 6) + 1] |= mask >> (64 - shift);
}
/* Bit i: bit b of v[i]. n: at most 64, a multiple of 16. */
static inline uint64_t bits_column16(const uint16_t *v, size_t n, unsigned b)
{
    uint64_t bits = 0;
#ifdef __SSE2__
    const __m128i want = _mm_set1_epi16((short)(1u << b));
    for (size_t i = 0; i < n; i += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(v + i)), y = _mm_loadu_si128((const __m128i *)(const void *)(v + i + 8));
        x = _mm_cmpeq_epi16(_mm_and_si128(x, want), want), y = _mm_cmpeq_epi16(_mm_and_si128(y, want), want);
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_packs_epi16(x, y)) << i;
    }
#else
    for (size_t i = 0; i < n; i++) bits |= (uint64_t)(v[i] >> b & 1) << i;
#endif
    return bits;
}
static inline uint64_t bits_tail(size_t n) { return n & 63 ? (UINT64_C(1) << (n & 63)) - 1 : ~UINT64_C(0); } /* mask of the last word, n > 0 */
static inline size_t bits_count(const uint64_t *w, size_t nwords)
{
    size_t c = 0;
    for (size_t i = 0; i < nwords; i++) c += (size_t)__builtin_popcountll(w[i]);
    return c;
}
static inline bool bits_all(const uint64_t *w, size_t n) /* are all n set? */
{
    uint64_t and = ~UINT64_C(0);
    for (size_t i = 0; i < n / 64; i++) and &= w[i];
    return and == ~UINT64_C(0) && (n % 64 == 0 || w[n / 64] == bits_tail(n));
}
static inline bool bits_none(const uint64_t *w, size_t nwords)
{
    uint64_t or = 0;
    for (size_t i = 0; i < nwords; i++) or |= w[i];
    return or == 0;
}
#endif
