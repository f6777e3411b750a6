/* The texts of a packed column, in the order of their codes. All numbers little-endian.
 *   count:u32 bytes:u32 stored:u32 width:u8 count × len [count × back:u8 count × shared:u8 [count × tail:u8]] stored bytes        len: of 1, 2 or 4 bytes, as the low bits of width say
 * stored == bytes: the texts one behind the other. stored < bytes: text i begins with the first shared[i] bytes of text i - back[i] (back 0: with none), ends with its last tail[i]
 * bytes (where width has the bit TAILS), and only what is between is stored: front coding (Witten, Moffat and Bell, "Managing Gigabytes", 2nd edition, section 4.1), but at both ends, and
 * against any of the 255 texts before. Messages of logs come down to less than half their size by it, and all that is written, hashed and read with them. */
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include "engine/base/mem.h"
#include "engine/store/internal.h"

enum { SHARED_MAX = 255, SLOTS = 256, SAMPLE = 512, SHORTEST = 24, HEAD = 13, STARTS = 3, TAILS = 16 };
/* The texts last seen, by how they begin: number + 1. */
typedef struct starts { uint32_t last[STARTS][SLOTS]; } starts;

#ifdef __SSE2__
/* Bit i: of 16 bytes, those numbered i differ. */
static inline unsigned differing(const char *a, const char *b)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)a), y = _mm_loadu_si128((const __m128i *)(const void *)b);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y)) ^ 0xFFFF;
}
#endif

/* How many bytes the two begin with in common. The last 16 are looked at together with some that were, so that none is looked at alone. */
static size_t common(slice a, slice b)
{
    size_t n = a.len < b.len ? a.len : b.len, i = 0;
    if (n > SHARED_MAX) n = SHARED_MAX;
#ifdef __SSE2__
    while (n >= 16 && i < n) {
        size_t at = i + 16 <= n ? i : n - 16;
        unsigned differ = differing(a.ptr + at, b.ptr + at);
        if (differ) return at + (size_t)__builtin_ctz(differ);
        i = at + 16;
    }
#endif
    while (i < n && a.ptr[i] == b.ptr[i]) i++;
    return i;
}

/* How many bytes the two end with in common, n at most. */
static size_t common_end(slice a, slice b, size_t n)
{
    size_t i = 0;
    const char *a_end = a.ptr + a.len, *b_end = b.ptr + b.len;
    if (n > SHARED_MAX) n = SHARED_MAX;
#ifdef __SSE2__
    for (size_t both = a.len < b.len ? a.len : b.len; i < n && i + 16 <= both; i += 16) {
        unsigned differ = differing(a_end - i - 16, b_end - i - 16);
        size_t same = i + (differ ? (size_t)__builtin_clz(differ) - 16 : 16);
        if (differ || same >= n) return same < n ? same : n;
    }
#endif
    while (i < n && a_end[-1 - (ptrdiff_t)i] == b_end[-1 - (ptrdiff_t)i]) i++;
    return i;
}

/* How many bytes text i ends with as the one does that is back before it, behind the first shared ones. */
static size_t tail_of(const dict *d, uint32_t i, slice text, size_t shared, uint8_t back)
{
    if (!back) return 0;
    slice other = dict_text(d, i - back);
    return common_end(text, other, text.len - shared < other.len ? text.len - shared : other.len);
}

/* The hash of the text's bytes up to to, whose first from bytes have the hash given. */
static inline uint64_t hash_on(uint64_t hash, const char *text, size_t from, size_t to)
{
    for (uint64_t word; from < to; from += 8) {
        memcpy(&word, text + from, 8);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    }
    return hash;
}

/* How many bytes text i shares with the beginning of one that is *back before it: the last that begins with the same 40 bytes, else 24, else 8. */
static size_t find(starts *s, const dict *d, uint32_t i, slice text, uint8_t *back)
{
    static const size_t lengths[STARTS] = {8, 24, 40};
    uint32_t *last[STARTS];
    uint64_t hash = 0;
    size_t n = text.len >= lengths[2] ? 3 : text.len >= lengths[1] ? 2 : text.len >= lengths[0], best = 0;
    *back = 0;
    if (n > 0) last[0] = &s->last[0][(hash = hash_on(0, text.ptr, 0, lengths[0])) >> 56];
    if (n > 1) last[1] = &s->last[1][(hash = hash_on(hash, text.ptr, lengths[0], lengths[1])) >> 56];
    if (n > 2) last[2] = &s->last[2][hash_on(hash, text.ptr, lengths[1], lengths[2]) >> 56];
    for (; n-- > 0; *last[n] = i + 1) {
        uint32_t before = *last[n];
        if (!before || i + 1 - before > 255 || best >= lengths[n]) continue;
        size_t shared = common(text, dict_text(d, before - 1));
        if (shared > best) best = shared, *back = (uint8_t)(i + 1 - before);
    }
    return best;
}

typedef enum sharing { SHARE_NOTHING, SHARE_STARTS, SHARE_BOTH } sharing;
/* What pays, by the first texts. */
static sharing what_pays(const dict *d)
{
    starts s = {0};
    uint8_t back;
    size_t bytes = 0, saved = 0, ends = 0, n = dict_count(d) < SAMPLE ? dict_count(d) : SAMPLE;
    for (uint32_t i = 0; i < n; i++) {
        slice text = dict_text(d, i);
        size_t shared = find(&s, d, i, text, &back);
        bytes += text.len;
        saved += shared;
        ends += tail_of(d, i, text, shared, back);
    }
    if (n < SAMPLE / 8 || bytes / n < SHORTEST || saved <= bytes / 4) return SHARE_NOTHING;
    return ends > 2 * n ? SHARE_BOTH : SHARE_STARTS;
}

static char *put(char *to, const char *from, size_t n)
{
    memcpy(to, from, n);
    return to + n;
}

static size_t width_of_lengths(const dict *d)
{
    size_t longest = 0;
    for (uint32_t i = 0, n = dict_count(d); i < n; i++) longest = dict_text(d, i).len > longest ? dict_text(d, i).len : longest;
    return longest <= UINT8_MAX ? 1 : longest <= UINT16_MAX ? 2 : 4;
}

sla_status texts_pack(buf *out, const dict *d)
{
    uint32_t count = dict_count(d), bytes = (uint32_t)dict_bytes(d);
    sharing how = what_pays(d);
    starts s = {0};
    size_t width = width_of_lengths(d), fixed = (size_t)count * (width + (how == SHARE_BOTH ? 3 : how == SHARE_STARTS ? 2 : 0));
    char *head = buf_reserve(out, HEAD + fixed + bytes), *lens = head + HEAD;
    if (!head) return SLA_NOMEM;
    uint8_t *back = (uint8_t *)lens + (size_t)count * width, *shared = back + count, *tail = shared + count;
    char *text = lens + fixed;
    for (uint32_t i = 0; i < count; i++) {
        slice t = dict_text(d, i);
        uint32_t len = (uint32_t)t.len;
        memcpy(lens + (size_t)i * width, &len, width);
        if (how != SHARE_NOTHING) {
            size_t n = find(&s, d, i, t, &back[i]), end = how == SHARE_BOTH ? tail_of(d, i, t, n, back[i]) : 0;
            shared[i] = (uint8_t)n;
            if (how == SHARE_BOTH) tail[i] = (uint8_t)end;
            t = (slice){t.ptr + n, t.len - n - end};
        }
        text = put_text(text, t);
    }
    uint32_t stored = (uint32_t)(text - (lens + fixed));
    *put(put(put(head, (const char *)&count, 4), (const char *)&bytes, 4), (const char *)&stored, 4) = (char)(width | (how == SHARE_BOTH ? TAILS : 0));
    out->len += HEAD + fixed + stored;
    return SLA_OK;
}

/* ---- reading: nothing that a blob says is believed ---- */
static inline uint32_t length(const packed_texts *t, size_t i)
{
    uint32_t len = 0;
    if (t->width == 1) return t->lens[i];
    memcpy(&len, t->lens + t->width * i, t->width);
    return len;
}

static bool lengths_agree(const packed_texts *t)
{
    uint64_t total = 0, shared = 0;
    for (size_t i = 0; i < t->count; i++) {
        uint32_t len = length(t, i);
        total += len;
        if (!t->back) continue;
        uint32_t both = t->shared[i] + (t->tail ? t->tail[i] : 0u);
        if (t->back[i] > i || (!t->back[i] && both)) return false;
        uint32_t other = length(t, i - t->back[i]);
        if (both > len || t->shared[i] > other || both - t->shared[i] > other) return false;
        shared += both;
    }
    return total == t->total && total - shared == t->stored;
}

size_t texts_unpack(const unsigned char *p, size_t left, packed_texts *t)
{
    uint32_t head[3];
    if (left < HEAD) return 0;
    memcpy(head, p, sizeof head);
    *t = (packed_texts){.count = head[0], .total = head[1], .stored = head[2], .width = p[HEAD - 1] & ~(unsigned)TAILS, .lens = p + HEAD};
    bool shares = t->stored != t->total, tails = p[HEAD - 1] & TAILS;
    if ((t->width != 1 && t->width != 2 && t->width != 4) || (tails && !shares)) return 0;
    size_t fixed = t->count * (t->width + (tails ? 3 : shares ? 2 : 0));
    if (left - HEAD < fixed || left - HEAD - fixed < t->stored) return 0;
    if (shares) t->back = t->lens + t->count * t->width, t->shared = t->back + t->count;
    if (tails) t->tail = t->shared + t->count;
    t->bytes = (const char *)t->lens + fixed;
    return lengths_agree(t) ? HEAD + fixed + t->stored : 0;
}

sla_status texts_expand(packed_texts *t, char **block)
{
    const char *from = t->bytes;
    size_t lengths = t->count * t->width;
    char *lens = mem_resize(NULL, lengths + t->total, 1), *to = lens ? lens + lengths : NULL, *first = to;
    size_t begin[256]; /* of the last texts, by the low byte of their numbers */
    if (!lens) return SLA_NOMEM;
    memcpy(lens, t->lens, lengths);
    for (size_t i = 0; i < t->count; i++) {
        size_t len = length(t, i), shared = t->shared[i], tail = t->tail ? t->tail[i] : 0, own = len - shared - tail, other = i - t->back[i];
        begin[i % 256] = (size_t)(to - first);
        if (shared) memcpy(to, first + begin[other % 256], shared);
        memcpy(to + shared, from, own);
        if (tail) memcpy(to + shared + own, first + begin[other % 256] + length(t, other) - tail, tail);
        from += own;
        to += len;
    }
    *t = (packed_texts){.count = t->count, .total = t->total, .stored = t->total, .width = t->width, .lens = (unsigned char *)lens, .bytes = first};
    *block = lens;
    return SLA_OK;
}

slice packed_text(const packed_texts *t, size_t i, size_t *offset)
{
    slice s = {t->bytes + *offset, length(t, i)};
    *offset += s.len;
    return s;
}
