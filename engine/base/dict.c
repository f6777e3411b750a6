#include "engine/base/dict.h"

#include <stdbool.h>
#include <string.h>

#include "engine/base/digest.h"
#include "engine/base/mem.h"

/* Open addressing with linear probing, never more than half full. A slot holds 32 bits of the hash, and each text in a slot has a key of 16 bytes, which is the text itself where
 * it is short: so that a text is looked at only when it is long and almost certainly the right one. Texts lie in chunks that never move. */
enum { FIRST_SLOTS = 64, FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20, NEAR = 4096, SHORT = 15 }; /* NEAR: so many slots the caches hold */

typedef struct slot { uint32_t tag, code1; } slot; /* code1: code + 1; 0: free */
/* Of up to SHORT bytes: the text, zeroes behind it, and its length in the last byte, as they lie in little-endian words; of more: a hash, and IS_LONG | length. */
typedef struct text_key { uint64_t lo, hi; } text_key;
#define IS_LONG (UINT64_C(0xFF) << 56)
#define IN_NO_SLOT ((text_key){0, UINT64_C(0xFE) << 56})
typedef struct chunk { struct chunk *next; size_t cap; char bytes[]; } chunk;
typedef struct lent { struct lent *below; void *block; } lent;
/* Texts that begin less than room bytes behind from have 16 bytes that may be read. */
typedef struct window { uintptr_t from; size_t room; } window;

struct dict {
    slot *slots;
    size_t mask;            /* slots - 1, slots a power of two */
    slice *entries;
    text_key *keys;         /* of the first nkeys entries; those behind are in no slot */
    size_t entries_cap, keys_cap, nkeys;
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
    mem_free(d->keys);
    mem_free(d);
}

__extension__ typedef unsigned __int128 wide;

/* One multiplication for all of a key. The seed hides which keys make a factor zero. */
static inline uint64_t hash_of(uint64_t seed, text_key k)
{
    wide product = (wide)(k.lo ^ seed) * (k.hi ^ (seed * UINT64_C(0x9E3779B97F4A7C15)));
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline bool placed(text_key k) { return k.hi != IN_NO_SLOT.hi; }

void dict_reset(dict *d)
{
    if (d->count > d->mask / 16) {
        memset(d->slots, 0, (d->mask + 1) * sizeof *d->slots);
    } else {
        /* few entries in a large table: undo the insertions, the last one first, so that each is still found */
        for (size_t code = d->nkeys; code-- > 0;) {
            if (!placed(d->keys[code])) continue;
            size_t i = hash_of(d->seed, d->keys[code]) & d->mask;
            while (d->slots[i].code1 != code + 1) i = (i + 1) & d->mask;
            d->slots[i] = (slot){0};
        }
    }
    free_lent(d);
    d->count = d->placed = 0;
    d->nkeys = 0;
    d->current = d->first;
    d->used = 0;
    d->bytes = 0;
}

static bool slots_double(dict *d)
{
    size_t n = (d->mask + 1) * 2;
    slot *slots = mem_zero(n, sizeof *slots);
    if (!slots) return false;
    for (size_t code = 0; code < d->nkeys; code++) {
        uint64_t h = hash_of(d->seed, d->keys[code]);
        size_t i = h & (n - 1);
        if (!placed(d->keys[code])) continue;
        if (d->nkeys - code > 16) __builtin_prefetch(&slots[hash_of(d->seed, d->keys[code + 16]) & (n - 1)], 1);
        while (slots[i].code1) i = (i + 1) & (n - 1);
        slots[i] = (slot){(uint32_t)(h >> 32), (uint32_t)code + 1};
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

static window window_on(slice around) { return (window){(uintptr_t)around.ptr, around.len >= SHORT + 1 ? around.len - SHORT : 0}; }

/* By what can be read of the text itself. */
static inline text_key short_key(slice s)
{
    text_key k = {0, (uint64_t)s.len << 56};
    if (s.len >= 8) {
        uint64_t end;
        memcpy(&k.lo, s.ptr, 8), memcpy(&end, s.ptr + s.len - 8, 8);
        k.hi |= end >> 8 >> 8 * (SHORT - s.len);
    } else if (s.len >= 4) {
        uint32_t a, b;
        memcpy(&a, s.ptr, 4), memcpy(&b, s.ptr + s.len - 4, 4);
        k.lo = a | (uint64_t)b << 8 * (s.len - 4);
    } else
        for (size_t i = 0; i < s.len; i++) k.lo |= (uint64_t)(unsigned char)s.ptr[i] << 8 * i;
    return k;
}

static text_key long_key(uint64_t seed, slice s) { return (text_key){hash64(s.ptr, s.len, seed), IS_LONG | s.len}; }

static inline text_key key_of(uint64_t seed, slice s, window w)
{
    static const unsigned char ones_then_zeroes[2 * (SHORT + 1)] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    text_key k, mask;
    if (s.len > SHORT) return long_key(seed, s);
    if ((uintptr_t)s.ptr - w.from >= w.room) return short_key(s);
    memcpy(&k, s.ptr, sizeof k);
    memcpy(&mask, ones_then_zeroes + sizeof k - s.len, sizeof k);
    return (text_key){k.lo & mask.lo, (k.hi & mask.hi) | (uint64_t)s.len << 56};
}

static const char *copied(dict *d, slice s)
{
    char *text = text_room(d, s.len ? s.len : 1);
    if (text && s.len) memcpy(text, s.ptr, s.len);
    if (text) d->used += s.len;
    return text;
}

/* A new entry, in no slot yet. */
static uint32_t append(dict *d, slice s, bool in_place)
{
    if (s.len > UINT32_MAX || d->count >= DICT_NONE - 1) return DICT_NONE;
    if (mem_grow(&d->entries, &d->entries_cap, (size_t)d->count + 1, sizeof *d->entries) != 0) return DICT_NONE;
    const char *text = in_place ? s.ptr : copied(d, s);
    if (!text) return DICT_NONE;
    d->bytes += s.len;
    d->entries[d->count] = (slice){text, s.len};
    return d->count++;
}

static uint32_t add(dict *d, slice s, text_key k, uint64_t h, bool in_place)
{
    if ((size_t)d->placed + 1 > (d->mask + 1) / 2 && !slots_double(d)) return DICT_NONE;
    if (mem_grow(&d->keys, &d->keys_cap, (size_t)d->count + 1, sizeof *d->keys) != 0) return DICT_NONE;
    uint32_t code = append(d, s, in_place);
    if (code == DICT_NONE) return code;
    while (d->nkeys < code) d->keys[d->nkeys++] = IN_NO_SLOT;
    d->keys[d->nkeys++] = k;
    size_t i = h & d->mask;
    while (d->slots[i].code1) i = (i + 1) & d->mask;
    d->slots[i] = (slot){(uint32_t)(h >> 32), code + 1};
    d->placed++;
    return code;
}

uint32_t dict_append(dict *d, slice s) { return append(d, s, false); }

uint32_t dict_append_in_place(dict *d, slice s) { return append(d, s, true); }

uint32_t dict_append_many_in_place(dict *d, const slice *texts, size_t n)
{
    uint32_t first = d->count;
    size_t bytes = 0, longest = 0;
    if (n >= DICT_NONE - 1u - first || mem_grow(&d->entries, &d->entries_cap, first + n, sizeof *d->entries) != 0) return DICT_NONE;
    for (size_t i = 0; i < n; i++) bytes += texts[i].len, longest |= texts[i].len;
    if (longest > UINT32_MAX) return DICT_NONE;
    memcpy(d->entries + first, texts, n * sizeof *texts);
    d->bytes += bytes;
    d->count += (uint32_t)n;
    return first;
}

bool dict_all_new(const dict *d, size_t seen)
{
    enum { SAMPLE = 2048 };
    return d->count >= SAMPLE && d->count >= seen - seen / 8;
}

static inline bool same_key(text_key a, text_key b) { return ((a.lo ^ b.lo) | (a.hi ^ b.hi)) == 0; }

__attribute__((noinline)) static uint32_t find(const dict *d, slice s, text_key k, uint64_t h)
{
    uint32_t tag = (uint32_t)(h >> 32);
    for (size_t i = h & d->mask; d->slots[i].code1; i = (i + 1) & d->mask) {
        uint32_t code = d->slots[i].code1 - 1;
        if (d->slots[i].tag == tag && same_key(d->keys[code], k) && (k.hi < IS_LONG || memcmp(d->entries[code].ptr, s.ptr, s.len) == 0)) return code;
    }
    return DICT_NONE;
}

static uint32_t find_or_add(dict *d, slice s, text_key k, uint64_t h, bool in_place)
{
    uint32_t code = find(d, s, k, h);
    return code != DICT_NONE ? code : add(d, s, k, h, in_place);
}

uint32_t dict_find(const dict *d, slice s)
{
    text_key k = key_of(d->seed, s, (window){0});
    return find(d, s, k, hash_of(d->seed, k));
}

uint32_t dict_intern(dict *d, slice s)
{
    text_key k = key_of(d->seed, s, (window){0});
    return find_or_add(d, s, k, hash_of(d->seed, k), false);
}

static void keys_of(uint64_t seed, const slice *texts, size_t n, window w, text_key *k, uint64_t *h)
{
    for (size_t i = 0; i < n; i++) {
        k[i] = key_of(seed, texts[i], w);
        h[i] = hash_of(seed, k[i]);
    }
}

/* Asks for the slots, then for the keys they point to: the waits for memory overlap instead of adding up. */
static void ask_for(const dict *d, const uint64_t *h, size_t n)
{
    for (size_t i = 0; i < n; i++) __builtin_prefetch(&d->slots[h[i] & d->mask]);
    for (size_t i = 0; i < n; i++) {
        const slot *s = &d->slots[h[i] & d->mask];
        if (s->code1 && s->tag == (uint32_t)(h[i] >> 32)) __builtin_prefetch(&d->keys[s->code1 - 1]);
    }
}

/* The codes of texts that are there, up to the first that is not; returns how many. Most are short and in the slot where they belong. */
static size_t find_many(const dict *d, const slice *texts, const text_key *k, const uint64_t *h, size_t n, uint32_t *codes)
{
    const slot *slots = d->slots;
    const text_key *keys = d->keys;
    const size_t mask = d->mask;
    for (size_t i = 0; i < n; i++) {
        slot s = slots[h[i] & mask];
        if (s.code1 && s.tag == (uint32_t)(h[i] >> 32) && k[i].hi < IS_LONG && same_key(keys[s.code1 - 1], k[i])) codes[i] = s.code1 - 1;
        else if ((codes[i] = find(d, texts[i], k[i], h[i])) == DICT_NONE) return i;
    }
    return n;
}

static bool intern_many(dict *d, const slice *texts, size_t n, uint32_t *codes, window w, bool in_place)
{
    enum { AT_ONCE = 64 };
    text_key k[AT_ONCE];
    uint64_t h[AT_ONCE];
    for (size_t m; n; texts += m, codes += m, n -= m) {
        m = n < AT_ONCE ? n : AT_ONCE;
        keys_of(d->seed, texts, m, w, k, h);
        if (d->mask >= NEAR) ask_for(d, h, m);
        for (size_t i = 0; (i += find_many(d, texts + i, k + i, h + i, m - i, codes + i)) < m; i++)
            if ((codes[i] = add(d, texts[i], k[i], h[i], in_place)) == DICT_NONE) return false;
    }
    return true;
}

bool dict_intern_many(dict *d, const slice *texts, size_t n, uint32_t *codes, slice around) { return intern_many(d, texts, n, codes, window_on(around), false); }

bool dict_intern_in_place(dict *d, const slice *texts, size_t n, uint32_t *codes, slice around) { return intern_many(d, texts, n, codes, window_on(around), true); }

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
    return d->entries[code];
}

uint32_t dict_count(const dict *d)
{
    return d->count;
}

size_t dict_bytes(const dict *d)
{
    return d->bytes;
}
