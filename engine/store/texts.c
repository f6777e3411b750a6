/* The texts of a packed column, in the order of their codes. All numbers little-endian.
 *   count:u32 bytes:u32 stored:u32 count × len:u32 [count × back:u8 count × shared:u8] stored bytes
 * stored == bytes: the texts one behind the other. stored < bytes: text i begins with the first shared[i] bytes of text i - back[i] (back 0: with none), and only what
 * follows is stored: front coding (Witten, Moffat and Bell, "Managing Gigabytes", 2nd edition, section 4.1), but against any of the 255 texts before. Messages of logs come
 * down to half their size by it, and all that is written, hashed and read with them. */
#include <string.h>
#include "engine/base/mem.h"
#include "engine/store/internal.h"

enum { SHARED_MAX = 255, SLOTS = 256, SAMPLE = 512, SHORTEST = 24, ENOUGH = 24 };
/* The texts last seen, by their first 8 bytes and by those and the 17th to 24th: number + 1. */
typedef struct starts { uint32_t last[2][SLOTS]; } starts;

static size_t common(slice a, slice b)
{
    size_t n = a.len < b.len ? a.len : b.len, i = 0;
    if (n > SHARED_MAX) n = SHARED_MAX;
    for (uint64_t x, y; i + 8 <= n; i += 8) {
        memcpy(&x, a.ptr + i, 8);
        memcpy(&y, b.ptr + i, 8);
        if (x != y) return i + (size_t)__builtin_ctzll(x ^ y) / 8;
    }
    while (i < n && a.ptr[i] == b.ptr[i]) i++;
    return i;
}

/* How many bytes text i shares with the beginning of one that is *back before it. */
static size_t find(starts *s, const dict *d, uint32_t i, slice text, uint8_t *back)
{
    uint64_t key[2] = {0, 0}, more = 0;
    size_t best = 0;
    *back = 0;
    if (text.len < sizeof key[0]) return 0;
    memcpy(&key[0], text.ptr, 8);
    if (text.len >= 24) memcpy(&more, text.ptr + 16, 8);
    key[1] = key[0] ^ more * UINT64_C(0x9E3779B97F4A7C15);
    for (int k = 1; k >= 0; k--) {
        uint32_t *last = &s->last[k][key[k] * UINT64_C(0x9E3779B97F4A7C15) >> 56], before = *last;
        *last = i + 1;
        if (!before || i + 1 - before > 255 || best >= ENOUGH) continue;
        size_t n = common(text, dict_text(d, before - 1));
        if (n > best) best = n, *back = (uint8_t)(i + 1 - before);
    }
    return best;
}

/* Whether sharing pays, by the first texts. */
static bool pays(const dict *d)
{
    starts s = {0};
    uint8_t back;
    size_t bytes = 0, saved = 0, n = dict_count(d) < SAMPLE ? dict_count(d) : SAMPLE;
    for (uint32_t i = 0; i < n; i++) {
        slice text = dict_text(d, i);
        bytes += text.len;
        saved += find(&s, d, i, text, &back);
    }
    return n >= SAMPLE / 8 && bytes / n >= SHORTEST && saved > bytes / 4;
}

static char *put(char *to, const char *from, size_t n)
{
    memcpy(to, from, n);
    return to + n;
}

sla_status texts_pack(buf *out, const dict *d)
{
    uint32_t count = dict_count(d), bytes = (uint32_t)dict_bytes(d);
    bool sharing = pays(d);
    starts s = {0};
    size_t fixed = (size_t)count * (sharing ? 6 : 4);
    char *head = buf_reserve(out, 12 + fixed + bytes), *lens = head + 12;
    if (!head) return SLA_NOMEM;
    uint8_t *back = (uint8_t *)lens + (size_t)count * 4, *shared = back + count;
    char *text = lens + fixed;
    for (uint32_t i = 0; i < count; i++) {
        slice t = dict_text(d, i);
        uint32_t len = (uint32_t)t.len;
        memcpy(lens + (size_t)i * 4, &len, 4);
        if (sharing) {
            size_t n = find(&s, d, i, t, &back[i]);
            shared[i] = (uint8_t)n;
            t = (slice){t.ptr + n, t.len - n};
        }
        if (t.len) text = put(text, t.ptr, t.len);
    }
    uint32_t stored = (uint32_t)(text - (lens + fixed));
    put(put(put(head, (const char *)&count, 4), (const char *)&bytes, 4), (const char *)&stored, 4);
    out->len += 12 + fixed + stored;
    return SLA_OK;
}

/* ---- reading: nothing that a blob says is believed ---- */
static bool lengths_agree(const packed_texts *t)
{
    uint64_t total = 0, shared = 0;
    for (size_t i = 0; i < t->count; i++) {
        uint32_t len, before = 0;
        memcpy(&len, t->lens + 4 * i, 4);
        total += len;
        if (!t->back) continue;
        if (t->back[i] > i || (!t->back[i] && t->shared[i])) return false;
        memcpy(&before, t->lens + 4 * (i - t->back[i]), 4);
        if (t->shared[i] > len || t->shared[i] > before) return false;
        shared += t->shared[i];
    }
    return total == t->total && total - shared == t->stored;
}

size_t texts_unpack(const unsigned char *p, size_t left, packed_texts *t)
{
    uint32_t head[3];
    if (left < sizeof head) return 0;
    memcpy(head, p, sizeof head);
    *t = (packed_texts){.count = head[0], .total = head[1], .stored = head[2], .lens = p + sizeof head};
    size_t fixed = t->count * (t->stored == t->total ? 4 : 6);
    if (left - sizeof head < fixed || left - sizeof head - fixed < t->stored) return 0;
    if (t->stored != t->total) t->back = t->lens + t->count * 4, t->shared = t->back + t->count;
    t->bytes = (const char *)t->lens + fixed;
    return lengths_agree(t) ? sizeof head + fixed + t->stored : 0;
}

sla_status texts_expand(packed_texts *t, char **block)
{
    const char *from = t->bytes;
    char *lens = mem_resize(NULL, t->count * 4 + t->total, 1), *to = lens ? lens + t->count * 4 : NULL, *first = to;
    size_t begin[256]; /* of the last texts, by the low byte of their numbers */
    if (!lens) return SLA_NOMEM;
    memcpy(lens, t->lens, t->count * 4);
    for (size_t i = 0; i < t->count; i++) {
        uint32_t len;
        memcpy(&len, t->lens + 4 * i, 4);
        size_t shared = t->shared[i], at = (size_t)(to - first);
        if (shared) memcpy(to, first + begin[(i - t->back[i]) % 256], shared);
        memcpy(to + shared, from, len - shared);
        from += len - shared;
        to += len;
        begin[i % 256] = at;
    }
    *t = (packed_texts){.count = t->count, .total = t->total, .stored = t->total, .lens = (unsigned char *)lens, .bytes = first};
    *block = lens;
    return SLA_OK;
}

slice packed_text(const packed_texts *t, size_t i, size_t *offset)
{
    uint32_t len;
    memcpy(&len, t->lens + 4 * i, 4);
    slice s = {t->bytes + *offset, len};
    *offset += len;
    return s;
}
