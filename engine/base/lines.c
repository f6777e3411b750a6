#include "engine/base/lines.h"
#ifdef __SSE2__
#include <immintrin.h>
#endif

/* 16 at a time where the machine can. */
size_t lines_count_byte(const char *p, size_t n, char c)
{
    size_t i = 0, count = 0;
#ifdef __SSE2__
    enum { ROUNDS = 255 }; /* each byte of a vector counts its own hits, as far as a byte can count */
    const __m128i want = _mm_set1_epi8(c);
    while (i + 16 <= n) {
        __m128i hits = _mm_setzero_si128();
        const __m128i *v = (const __m128i *)(const void *)(p + i);
        size_t rounds = (n - i) / 16 < ROUNDS ? (n - i) / 16 : ROUNDS, k = 0;
        for (; k + 3 < rounds; k += 3) {
            __m128i a = _mm_cmpeq_epi8(_mm_loadu_si128(v + k), want), b = _mm_cmpeq_epi8(_mm_loadu_si128(v + k + 1), want), d = _mm_cmpeq_epi8(_mm_loadu_si128(v + k + 2), want);
            hits = _mm_sub_epi8(_mm_sub_epi8(_mm_sub_epi8(hits, a), b), d);
        }
        for (; k < rounds; k++) hits = _mm_sub_epi8(hits, _mm_cmpeq_epi8(_mm_loadu_si128(v + k), want));
        i += rounds * 16;
        __m128i sums = _mm_sad_epu8(hits, _mm_setzero_si128());
        count += (size_t)_mm_cvtsi128_si64(sums) + (size_t)_mm_cvtsi128_si64(_mm_srli_si128(sums, 8));
    }
#endif
    for (; i < n; i++) count += p[i] == c;
    return count;
}

#ifdef __SSE2__
__attribute__((target("avx2"))) static uint64_t mask_avx2(const char *p)
{
    const __m256i lf = _mm256_set1_epi8('\n'), *v = (const __m256i *)(const void *)p;
    uint64_t a = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(v), lf)), b = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(v + 1), lf));
    return a | b << 32;
}
#endif

uint64_t lines_mask(const char *p, const char *end)
{
    uint64_t mask = 0;
#ifdef __SSE2__
    if (end - p >= 64) {
        if (__builtin_cpu_supports("avx2")) return mask_avx2(p);
        const __m128i lf = _mm_set1_epi8('\n'), *v = (const __m128i *)(const void *)p;
        uint64_t a = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(v), lf)), b = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(v + 1), lf));
        uint64_t c = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(v + 2), lf)), d = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(v + 3), lf));
        return a | b << 16 | c << 32 | d << 48;
    }
#endif
    for (int i = 0; i < 64 && p + i < end; i++) mask |= (uint64_t)(p[i] == '\n') << i;
    return mask;
}
