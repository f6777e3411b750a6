/* Text by pointer and length; borrowed, not NUL-terminated. */
#ifndef SLA_BASE_SLICE_H
#define SLA_BASE_SLICE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct slice { const char *ptr; size_t len; } slice;
#define SLICE_LIT(s) ((slice){(s), sizeof(s) - 1})
#define SLICE_ARG(s) (int)(s).len, (s).ptr   /* for "%.*s" */
static inline slice slice_of(const char *s) { return (slice){s, s ? strlen(s) : 0}; }
/* Texts up to 16 bytes, which most are, are compared as two words that may overlap. */
static inline bool slice_eq(slice a, slice b)
{
    if (a.len != b.len) return false;
    if (a.len > 16) return memcmp(a.ptr, b.ptr, a.len) == 0;
    if (a.len >= 8) {
        uint64_t x[2], y[2];
        memcpy(&x[0], a.ptr, 8), memcpy(&x[1], a.ptr + a.len - 8, 8);
        memcpy(&y[0], b.ptr, 8), memcpy(&y[1], b.ptr + a.len - 8, 8);
        return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }
    if (a.len >= 4) {
        uint32_t x[2], y[2];
        memcpy(&x[0], a.ptr, 4), memcpy(&x[1], a.ptr + a.len - 4, 4);
        memcpy(&y[0], b.ptr, 4), memcpy(&y[1], b.ptr + a.len - 4, 4);
        return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }
    for (size_t i = 0; i < a.len; i++)
        if (a.ptr[i] != b.ptr[i]) return false;
    return true;
}
/* A whole number of up to 8 digits, the last of which end where 8 bytes do that may be read: pairs of digits become numbers up to 99, pairs of those up to 9999, without a branch for each
 * digit. false: it has other bytes. */
static inline bool slice_whole(slice s, uint32_t *out)
{
    uint64_t w;
    if (s.len - 1 > 7) return false;
    memcpy(&w, s.ptr + s.len - sizeof w, sizeof w);
    w = ((w ^ UINT64_C(0x3030303030303030)) >> 8 * (8 - s.len)) << 8 * (8 - s.len);
    if (((w + UINT64_C(0x7676767676767676)) | w) & UINT64_C(0x8080808080808080)) return false;
    w = w * 10 + (w >> 8);
    w = (w & UINT64_C(0x00FF00FF00FF00FF)) * 100 + ((w >> 16) & UINT64_C(0x00FF00FF00FF00FF));
    *out = (uint32_t)((w & 0xFFFF) * 10000 + (w >> 32 & 0xFFFF));
    return true;
}
/* How far memory may be read from the text on: to the end of around, all of which may be read, where the text lies in it, else to its own end. What looks at 16 bytes at once need then not
 * go byte by byte at the end of each short text, but only at the end of all. */
static inline const char *slice_readable(slice s, slice around) { return (uintptr_t)s.ptr - (uintptr_t)around.ptr < around.len ? around.ptr + around.len : s.ptr + s.len; }
/* Where c stands first in the text; s.len: nowhere. For short texts, or where it stands near the beginning: 16 bytes at a time, without a call. readable: slice_readable. */
static inline size_t slice_find(slice s, char c, const char *readable)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i want = _mm_set1_epi8(c);
    for (; readable - s.ptr >= (ptrdiff_t)i + 16; i += 16) {
        unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.ptr + i)), want));
        size_t at = i + (hits ? (size_t)__builtin_ctz(hits) : 16);
        if (at >= s.len) return s.len;
        if (hits) return at;
    }
#endif
    (void)readable;
    while (i < s.len && s.ptr[i] != c) i++;
    return i;
}
/* How many digits it begins with. */
static inline size_t slice_digits(slice s, const char *readable)
{
    size_t n = 0;
#ifdef __SSE2__
    if (readable - s.ptr >= 16) {
        __m128i v = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)s.ptr), _mm_set1_epi8('0'));
        unsigned others = ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v)) & 0xFFFF;
        n = others ? (size_t)__builtin_ctz(others) : 16;
        if (n >= s.len) return s.len;
        if (others) return n;
    }
#endif
    (void)readable;
    while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9') n++;
    return n;
}
static inline bool slice_is(slice a, const char *s) { return slice_eq(a, slice_of(s)); }
bool slice_eq_nocase(slice a, slice b);  /* ASCII letters only */
/* Takes the first line, without its LF, off *rest. */
static inline slice slice_line(slice *rest)
{
    const char *nl = memchr(rest->ptr, '\n', rest->len);
    slice one = {rest->ptr, nl ? (size_t)(nl - rest->ptr) : rest->len};
    size_t used = one.len + (nl != NULL);
    *rest = (slice){rest->ptr + used, rest->len - used};
    return one;
}
static inline slice slice_without_cr(slice s) { return (slice){s.ptr, s.len - (s.len && s.ptr[s.len - 1] == '\r')}; }
slice slice_trim_blanks(slice s);        /* the same where there are some */
/* Without ASCII blanks (space, tab, CR, LF) at both ends. */
static inline slice slice_trim(slice s) { return s.len && (unsigned char)s.ptr[0] > ' ' && (unsigned char)s.ptr[s.len - 1] > ' ' ? s : slice_trim_blanks(s); }
int slice_cmp(slice a, slice b);         /* byte order, as memcmp, shorter first */
/* Of the n candidates the one nearest in spelling (Damerau-Levenshtein ≤ max(1, len/3)); NULL: none near. For suggestions. */
const char *slice_nearest(slice word, const char *const *candidates, size_t n);
#endif
