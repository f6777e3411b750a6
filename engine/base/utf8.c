#include "engine/base/utf8.h"

#include <string.h>
#if defined __x86_64__ && defined __GNUC__
#include <immintrin.h>
#endif

/* Length of the well-formed character at p, 0 if it is malformed (RFC 3629 section 4: no overlong forms, no surrogates). */
static size_t char_len(const unsigned char *p, size_t n)
{
    unsigned c = p[0];
    if (c < 0x80) return 1;
    if (c < 0xC2 || c > 0xF4) return 0;
    size_t len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (n < len) return 0;
    unsigned low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return len;
}

/* How many bytes at the beginning are whole, well-formed characters: never too many, perhaps too few. */
#if defined __x86_64__ && defined __GNUC__
/* 32 bytes at a time: each pair of neighbours is looked up by its three half bytes that matter, each giving the ways in which it may be wrong; what all three say is wrong.
 * Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte", 2021. */
#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
enum { SHORT = 1, LONG = 2, OVER3 = 4, LARGE = 8, SURROGATE = 16, OVER2 = 32, LARGE1000 = 64, OVER4 = 64, TWO = -128, CARRY = SHORT | LONG | TWO };

/* So many bytes from p on are ASCII, by 128 at a time. */
__attribute__((target("avx2"))) static inline size_t ascii_start(const char *p, size_t n)
{
    size_t i = 0;
    for (; n - i >= 128; i += 128) {
        const __m256i *v = (const __m256i *)(const void *)(p + i);
        __m256i a = _mm256_or_si256(_mm256_loadu_si256(v), _mm256_loadu_si256(v + 1)), b = _mm256_or_si256(_mm256_loadu_si256(v + 2), _mm256_loadu_si256(v + 3));
        if (_mm256_movemask_epi8(_mm256_or_si256(a, b)) != 0) break;
    }
    return i;
}

__attribute__((target("avx2"))) static size_t valid_start_avx2(const char *p, size_t n)
{
    const __m256i first_high = TWICE(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, TWO, TWO, TWO, TWO, SHORT | OVER2, SHORT, SHORT | OVER3 | SURROGATE, SHORT | LARGE | LARGE1000 | OVER4);
    const __m256i first_low = TWICE(CARRY | OVER3 | OVER2 | OVER4, CARRY | OVER2, CARRY, CARRY, CARRY | LARGE, CARRY | LARGE | LARGE1000, CARRY | LARGE | LARGE1000, CARRY | LARGE | LARGE1000,
        CARRY | LARGE | LARGE1000, CARRY | LARGE | LARGE1000, CARRY | LARGE | LARGE1000, CARRY | LARGE | LARGE1000, CARRY | LARGE | LARGE1000, CARRY | LARGE | LARGE1000 | SURROGATE,
        CARRY | LARGE | LARGE1000, CARRY | LARGE | LARGE1000);
    const __m256i second_high = TWICE(SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, LONG | OVER2 | TWO | OVER3 | LARGE1000 | OVER4, LONG | OVER2 | TWO | OVER3 | LARGE,
        LONG | OVER2 | TWO | SURROGATE | LARGE, LONG | OVER2 | TWO | SURROGATE | LARGE, SHORT, SHORT, SHORT, SHORT);
    const __m256i low = _mm256_set1_epi8(15);
    __m256i before = _mm256_setzero_si256();
    size_t i = 0;
    for (; n - i >= 32; i += 32) {
        __m256i now = _mm256_loadu_si256((const __m256i *)(const void *)(p + i)), across = _mm256_permute2x128_si256(before, now, 0x21);
        if (_mm256_movemask_epi8(_mm256_or_si256(now, before)) != 0) {
            __m256i one = _mm256_alignr_epi8(now, across, 15), two = _mm256_alignr_epi8(now, across, 14), three = _mm256_alignr_epi8(now, across, 13);
            __m256i wrong = _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(one, 4), low)), _mm256_shuffle_epi8(first_low, _mm256_and_si256(one, low))),
                _mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(now, 4), low)));
            __m256i third = _mm256_or_si256(_mm256_subs_epu8(two, _mm256_set1_epi8(0xE0 - 0x80)), _mm256_subs_epu8(three, _mm256_set1_epi8(0xF0 - 0x80)));
            wrong = _mm256_xor_si256(wrong, _mm256_and_si256(third, _mm256_set1_epi8(TWO))); /* a third and fourth byte must follow two others, and nothing else may */
            if (!_mm256_testz_si256(wrong, wrong)) break;
        } else i += ascii_start(p + i + 32, n - i - 32); /* before: any ASCII is as good as another */
        before = now;
    }
    for (int k = 0; k < 3 && i && ((unsigned char)p[i - 1] & 0xC0) == 0x80; k++) i--; /* the last character may go on beyond */
    return i && (unsigned char)p[i - 1] >= 0xC0 ? i - 1 : i;
}

static size_t valid_start(const char *p, size_t n) { return __builtin_cpu_supports("avx2") ? valid_start_avx2(p, n) : 0; }
#else
static size_t valid_start(const char *p, size_t n) { return (void)p, (void)n, 0; }
#endif

bool utf8_valid(const char *p, size_t n, size_t *bad)
{
    size_t i = valid_start(p, n);
    while (i < n) {
        uint64_t eight;
        if (n - i >= sizeof eight) {
            memcpy(&eight, p + i, sizeof eight);
            if (!(eight & UINT64_C(0x8080808080808080))) {
                i += sizeof eight;
                continue;
            }
        }
        size_t len = char_len((const unsigned char *)p + i, n - i);
        if (len == 0) {
            if (bad) *bad = i;
            return false;
        }
        i += len;
    }
    return true;
}

size_t utf8_decode(const char *p, size_t n, uint32_t *cp)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t len = char_len(u, n);
    switch (len) {
    case 1: *cp = u[0]; return 1;
    case 2: *cp = (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu); return 2;
    case 3: *cp = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu); return 3;
    case 4: *cp = (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 | (u[3] & 0x3Fu); return 4;
    default: *cp = 0xFFFD; return 1;
    }
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        if (cp >= 0xD800 && cp <= 0xDFFF) return 0;
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    if (cp > 0x10FFFF) return 0;
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

size_t utf8_count(const char *p, size_t n)
{
    size_t count = 0;
    uint32_t cp;
    for (size_t i = 0; i < n; count++) i += utf8_decode(p + i, n - i, &cp);
    return count;
}

/* Ranges by Unicode's EastAsianWidth.txt (W and F) and general category Mn/Me/Cf; scripts that the tool never prints are left out. */
typedef struct range { uint32_t first, last; } range;
static const range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF},
    {0x1B000, 0x1B2FF}, {0x1F200, 0x1F251}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
    {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD},
};
static const range none[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},
    {0x20D0, 0x20F0}, {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
    {0xE0100, 0xE01EF},
};

static bool within(uint32_t cp, const range *r, size_t n)
{
    size_t low = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (cp > r[low + half].last) {
            low += half + 1;
            n -= half + 1;
        } else if (cp < r[low + half].first) {
            n = half;
        } else {
            return true;
        }
    }
    return false;
}

size_t utf8_width(const char *p, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_decode(p + i, n - i, &cp);
        if (cp < 0x300) width++;
        else if (within(cp, none, sizeof none / sizeof *none)) continue;
        else width += within(cp, wide, sizeof wide / sizeof *wide) ? 2 : 1;
    }
    return width;
}
