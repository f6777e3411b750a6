#include "engine/base/dict.h"

#include <stdbool.h>
#include <string.h>

#include "engine/base/digest.h"
#include "engine/base/mem.h"

/* Open addressing with linear probing, never more than half full. A slot holds 32 bits of the hash, so that a text is looked at
 * only when it is almost certainly the right one. Texts lie in chunks that never move. */
enum { FIRST_SLOTS = 64, FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20, AHEAD = 32, NEAR = 4096 };

typedef struct slot { uint32_t tag, code1; } slot; /* code1: code + 1; 0: free */
typedef struct entry { const char *ptr; uint64_t hash; /* 0: appended, in no slot */ uint32_t len; } entry;
typedef struct chunk { struct chunk *next; size_t cap; char bytes[]; } chunk;
typedef struct lent { struct lent *below; void *block; } lent;

struct dict {
    slot *slots;
    size_t mask;            /* slots - 1, slots a power of two */
    entry *entries;
    size_t entries_cap;
    uint32_t count, placed; /* all entries; those in slots */
    uint64_t seed;
    chunk *first, *current; /* those behind current are empty, kept from before a reset */
    size_t used;            /* in current */
    lent *lent;             /* blocks of texts that others wrote */
    size_t bytes;
};

dict *dict_new(void)
{
    dict *d = mem_zero(1, sizeof *d);
    if (!d) return NULL;
    d->slots = mem_zero(FIRST_SLOTS, sizeof *d->slots);
    if (!d->slots) {
        mem_free(d);
        return NULL;
    }
    d->mask = FIRST_SLOTS - 1;
    /* A seed that a hostile file cannot know (address space randomisation) keeps it from choosing texts that collide.
     * Codes follow the order of first appearance, so nothing that can be seen depends on it. */
    uintptr_t where[2] = {(uintptr_t)d, (uintptr_t)&where};
    d->seed = hash64(where, sizeof where, 0);
    return d;
}

static void free_lent(dict *d)
{
    for (lent *l = d->lent; l; l = d->lent) {
        d->lent = l->below;
        mem_free(l->block);
        mem_free(l);
    }
}

void dict_free(dict *d)
{
    if (!d) return;
    free_lent(d);
    for (chunk *c = d->first; c;) {
        chunk *next = c->next;
        mem_free(c);
        c = next;
    }
    mem_free(d->slots);
    mem_free(d->entries);
    mem_free(d);
}

void dict_reset(dict *d)
{
    if (d->count > d->mask / 16) {
        memset(d->slots, 0, (d->mask + 1) * sizeof *d->slots);
    } else {
        /* few entries in a large table: undo the insertions, the last one first, so that each is still found */
        for (uint32_t code = d->count; code-- > 0;) {
            if (!d->entries[code].hash) continue;
            size_t i = d->entries[code].hash & d->mask;
            while (d->slots[i].code1 != code + 1) i = (i + 1) & d->mask;
            d->slots[i] = (slot){0};
        }
    }
    free_lent(d);
    d->count = d->placed = 0;
    d->current = d->first;
    d->used = 0;
    d->bytes = 0;
}

static bool slots_double(dict *d)
{
    size_t n = (d->mask + 1) * 2;
    slot *slots = mem_zero(n, sizeof *slots);
    if (!slots) return false;
    for (uint32_t code = 0; code < d->count; code++) {
        uint64_t h = d->entries[code].hash;
        size_t i = h & (n - 1);
        if (!h) continue;
        if (d->count - code > 16) __builtin_prefetch(&slots[d->entries[code + 16].hash & (n - 1)], 1);
        while (slots[i].code1) i = (i + 1) & (n - 1);
        slots[i] = (slot){(uint32_t)(h >> 32), code + 1};
    }
    mem_free(d->slots);
    d->slots = slots;
    d->mask = n - 1;
    return true;
}

/* Room for n bytes of text. Moves on to the next chunk that is large enough, or puts a new one behind the current. */
static char *text_room(dict *d, size_t n)
{
    if (d->current && n <= d->current->cap - d->used) return d->current->bytes + d->used;
    chunk *next = d->current ? d->current->next : NULL;
    if (!next || next->cap < n) {
        size_t cap = d->current ? d->current->cap * 2 : FIRST_CHUNK;
        if (cap > LARGEST_CHUNK) cap = LARGEST_CHUNK;
        if (cap < n) cap = n;
        chunk *c = mem_resize(NULL, 1, sizeof *c + cap);
        if (!c) return NULL;
        *c = (chunk){.next = next, .cap = cap};
        if (d->current) d->current->next = c;
        else d->first = c;
        next = c;
    }
    d->current = next;
    d->used = 0;
    return next->bytes;
}

__extension__ typedef unsigned __int128 wide;

/* Texts of up to 16 bytes, which most are, as two words that may overlap: one multiplication in the place of hash64's loop. The seed hides which words make a factor zero. */
static inline uint64_t hash_of(uint64_t seed, slice s)
{
    uint64_t a = 0, b = 0, h;
    if (s.len > 16) h = hash64(s.ptr, s.len, seed);
    else {
        if (s.len >= 8) memcpy(&a, s.ptr, 8), memcpy(&b, s.ptr + s.len - 8, 8);
        else if (s.len >= 4) {
            uint32_t x, y;
            memcpy(&x, s.ptr, 4), memcpy(&y, s.ptr + s.len - 4, 4);
            a = x, b = y;
        } else if (s.len) a = (unsigned char)s.ptr[0], b = (uint64_t)(unsigned char)s.ptr[s.len / 2] << 8 | (unsigned char)s.ptr[s.len - 1];
        wide product = (wide)(a ^ seed) * (b ^ (seed * UINT64_C(0x9E3779B97F4A7C15) + s.len));
        h = (uint64_t)product ^ (uint64_t)(product >> 64);
    }
    return h ? h : 1;
}

static const char *copied(dict *d, slice s)
{
    char *text = text_room(d, s.len ? s.len : 1);
    if (text && s.len) memcpy(text, s.ptr, s.len);
    if (text) d->used += s.len;
    return text;
}

/* A new entry, in no slot yet. */
static uint32_t append(dict *d, slice s, uint64_t h, bool in_place)
{
    if (s.len > UINT32_MAX || d->count >= DICT_NONE - 1) return DICT_NONE;
    if (mem_grow(&d->entries, &d->entries_cap, (size_t)d->count + 1, sizeof *d->entries) != 0) return DICT_NONE;
    const char *text = in_place ? s.ptr : copied(d, s);
    if (!text) return DICT_NONE;
    d->bytes += s.len;
    d->entries[d->count] = (entry){text, h, (uint32_t)s.len};
    return d->count++;
}

static uint32_t add(dict *d, slice s, uint64_t h, bool in_place)
{
    if ((size_t)d->placed + 1 > (d->mask + 1) / 2 && !slots_double(d)) return DICT_NONE;
    uint32_t code = append(d, s, h, in_place);
    if (code == DICT_NONE) return code;
    size_t i = h & d->mask;
    while (d->slots[i].code1) i = (i + 1) & d->mask;
    d->slots[i] = (slot){(uint32_t)(h >> 32), code + 1};
    d->placed++;
    return code;
}

uint32_t dict_append(dict *d, slice s) { return append(d, s, 0, false); }

uint32_t dict_append_in_place(dict *d, slice s) { return append(d, s, 0, true); }

uint32_t dict_append_many_in_place(dict *d, const slice *texts, size_t n)
{
    uint32_t first = d->count;
    size_t bytes = 0;
    if (n >= DICT_NONE - 1u - first || mem_grow(&d->entries, &d->entries_cap, first + n, sizeof *d->entries) != 0) return DICT_NONE;
    for (size_t i = 0; i < n; i++) {
        if (texts[i].len > UINT32_MAX) return DICT_NONE;
        d->entries[first + i] = (entry){texts[i].ptr, 0, (uint32_t)texts[i].len};
        bytes += texts[i].len;
    }
    d->bytes += bytes;
    d->count += (uint32_t)n;
    return first;
}

bool dict_all_new(const dict *d, size_t seen)
{
    enum { SAMPLE = 2048 };
    return d->count >= SAMPLE && d->count >= seen - seen / 8;
}

static inline uint32_t look_up(const slot *slots, size_t mask, const entry *entries, slice s, uint64_t h)
{
    uint32_t tag = (uint32_t)(h >> 32);
    for (size_t i = h & mask; slots[i].code1; i = (i + 1) & mask) {
        if (slots[i].tag != tag) continue;
        const entry *e = &entries[slots[i].code1 - 1];
        if (slice_eq((slice){e->ptr, e->len}, s)) return slots[i].code1 - 1;
    }
    return DICT_NONE;
}

uint32_t dict_find(const dict *d, slice s)
{
    return look_up(d->slots, d->mask, d->entries, s, hash_of(d->seed, s));
}

uint32_t dict_intern(dict *d, slice s)
{
    uint64_t h = hash_of(d->seed, s);
    uint32_t code = look_up(d->slots, d->mask, d->entries, s, h);
    return code != DICT_NONE ? code : add(d, s, h, false);
}

/* Of a table that the caches hold: nothing to wait for. Its places are kept at hand until it grows. Returns how many of the n were done; fewer: it has become large, or there is no memory. */
static size_t intern_near(dict *d, const slice *texts, size_t n, uint32_t *codes, bool in_place)
{
    const slot *slots = d->slots;
    const entry *entries = d->entries;
    size_t mask = d->mask, at = 0;
    const uint64_t seed = d->seed;
    slice before = {NULL, SIZE_MAX};
    for (; at < n && mask < NEAR; at++) {
        slice s = texts[at];
        if (s.ptr == before.ptr && s.len == before.len) {
            codes[at] = codes[at - 1];
            continue;
        }
        uint64_t h = hash_of(seed, s);
        uint32_t code = look_up(slots, mask, entries, s, h);
        if (code == DICT_NONE) {
            if ((code = add(d, s, h, in_place)) == DICT_NONE) return at;
            slots = d->slots, entries = d->entries, mask = d->mask;
        }
        codes[at] = code;
        before = s;
    }
    return at;
}

/* Asks for the slots of a block, then for the entries they point to, then looks: the waits for memory overlap instead of adding up. */
static bool intern_many(dict *d, const slice *texts, size_t n, uint32_t *codes, bool in_place)
{
    uint64_t h[AHEAD];
    for (size_t at = intern_near(d, texts, n, codes, in_place); at < n; at += AHEAD) {
        size_t m = n - at < AHEAD ? n - at : AHEAD;
        for (size_t i = 0; i < m; i++) {
            h[i] = hash_of(d->seed, texts[at + i]);
            __builtin_prefetch(&d->slots[h[i] & d->mask]);
        }
        for (size_t i = 0; i < m; i++) {
            const slot *s = &d->slots[h[i] & d->mask];
            if (s->code1 && s->tag == (uint32_t)(h[i] >> 32)) __builtin_prefetch(&d->entries[s->code1 - 1]);
        }
        for (size_t i = 0; i < m; i++) {
            uint32_t code = look_up(d->slots, d->mask, d->entries, texts[at + i], h[i]);
            if (code == DICT_NONE) code = add(d, texts[at + i], h[i], in_place);
            if (code == DICT_NONE) return false;
            codes[at + i] = code;
        }
    }
    return true;
}

bool dict_intern_many(dict *d, const slice *texts, size_t n, uint32_t *codes) { return intern_many(d, texts, n, codes, false); }

bool dict_intern_in_place(dict *d, const slice *texts, size_t n, uint32_t *codes) { return intern_many(d, texts, n, codes, true); }

bool dict_take_block(dict *d, void *block)
{
    lent *l = mem_resize(NULL, 1, sizeof *l);
    if (!l) return false;
    *l = (lent){d->lent, block};
    d->lent = l;
    return true;
}

slice dict_text(const dict *d, uint32_t code)
{
    return (slice){d->entries[code].ptr, d->entries[code].len};
}

uint32_t dict_count(const dict *d)
{
    return d->count;
}

size_t dict_bytes(const dict *d)
{
    return d->bytes;
}
