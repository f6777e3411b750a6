#include "engine/base/slice.h"

#include <stdint.h>

#include "engine/base/utf8.h"

enum { WORD_MAX = 64 }; /* longer words get no suggestion: names in packs and exports are shorter */

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool slice_eq_nocase(slice a, slice b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower((unsigned char)a.ptr[i]) != lower((unsigned char)b.ptr[i])) return false;
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

slice slice_trim_blanks(slice s)
{
    while (s.len && blank(s.ptr[0])) s.ptr++, s.len--;
    while (s.len && blank(s.ptr[s.len - 1])) s.len--;
    return s;
}

int slice_cmp(slice a, slice b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

/* Characters of s with ASCII in lower case; WORD_MAX + 1: too long. */
static size_t spell(slice s, uint32_t out[WORD_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; n++) {
        if (n == WORD_MAX) return WORD_MAX + 1;
        i += utf8_decode(s.ptr + i, s.len - i, &out[n]);
        if (out[n] < 0x80) out[n] = lower((unsigned char)out[n]);
    }
    return n;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment: insert, delete, replace, swap of neighbours, each at cost 1. */
static size_t distance(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= nb; j++) before[j] = last[j] = j;
    for (size_t i = 1; i <= na; i++) {
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[nb];
}

const char *slice_nearest(slice word, const char *const *candidates, size_t n)
{
    uint32_t a[WORD_MAX], b[WORD_MAX];
    size_t na = spell(word, a);
    if (na == 0 || na > WORD_MAX) return NULL;
    size_t best = na / 3 > 1 ? na / 3 + 1 : 2; /* the first distance that is too far */
    if (best > na) best = na;                  /* nothing in common is not near */
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t nb = spell(slice_of(candidates[i]), b);
        if (nb > WORD_MAX) continue;
        size_t d = distance(a, na, b, nb);
        if (d < best) {
            best = d;
            nearest = candidates[i];
        }
    }
    return nearest;
}
