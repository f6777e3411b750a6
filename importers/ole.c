#include "importers/ole.h"
#include "engine/base/mem.h"

enum { HEADER = 512, ENTRY = 128, MINI = 64, MINI_CUTOFF = 4096, IN_HEADER = 109 };
#define END_OF_CHAIN 0xFFFFFFFAu        /* this and above are no sectors */

struct ole {
    const container_source *src;
    uint32_t sector;                    /* bytes of a sector */
    size_t count;                       /* sectors that the file has room for */
    uint32_t *fat; size_t nfat;
    uint32_t *minifat; size_t nminifat;
    ole_stream directory, mini;         /* mini: the stream that holds the small ones */
};

static uint32_t u32(const unsigned char *p) { return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24; }
static uint32_t u16(const unsigned char *p) { return p[0] | (uint32_t)p[1] << 8; }

static sla_status damaged(const ole *o, err *e)
{
    err_set(e, SLA_SYNTAX, (srcpos){o->src->shown, 0, 0}, "the old Office file is damaged or cut off; nothing of it was taken");
    err_hint(e, "copy or export it again");
    return SLA_SYNTAX;
}

static sla_status no_memory(const ole *o, err *e) { return err_set(e, SLA_NOMEM, (srcpos){o->src->shown, 0, 0}, "no memory to read the file"); }

bool ole_begins(slice head) { return head.len >= 8 && memcmp(head.ptr, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0; }

/* The sectors of a chain; no longer than limit, which also ends a loop. */
static sla_status follow(const ole *o, const uint32_t *table, size_t n, uint32_t first, size_t limit, ole_stream *out, err *e)
{
    size_t cap = 0;
    for (uint32_t s = first; s < END_OF_CHAIN; s = table[s]) {
        if (s >= n || out->nsectors == limit) return damaged(o, e);
        if (mem_grow(&out->sectors, &cap, out->nsectors + 1, sizeof *out->sectors) != 0) return no_memory(o, e);
        out->sectors[out->nsectors++] = s;
    }
    return SLA_OK;
}

static sla_status read_sector(const ole *o, uint32_t s, unsigned char *to, err *e)
{
    size_t got;
    TRY(container_read(o->src, ((uint64_t)s + 1) * o->sector, to, o->sector, &got, e));
    memset(to + got, 0xFF, o->sector - got); /* the last one may be cut */
    return got ? SLA_OK : damaged(o, e);
}

/* Adds the entries of one sector of the table of sectors. */
static sla_status add_fat(ole *o, uint32_t s, size_t *cap, unsigned char *piece, err *e)
{
    if (s >= END_OF_CHAIN || o->nfat >= o->count) return SLA_OK;
    TRY(read_sector(o, s, piece, e));
    if (mem_grow(&o->fat, cap, o->nfat + o->sector / 4, sizeof *o->fat) != 0) return no_memory(o, e);
    for (size_t i = 0; i < o->sector / 4; i++) o->fat[o->nfat++] = u32(piece + 4 * i);
    return SLA_OK;
}

static sla_status read_fat(ole *o, const unsigned char *head, unsigned char *piece, err *e)
{
    size_t cap = 0;
    unsigned char list[4096];
    for (size_t i = 0; i < IN_HEADER; i++) TRY(add_fat(o, u32(head + 76 + 4 * i), &cap, piece, e));
    uint32_t next = u32(head + 68);
    for (size_t n = 0; next < END_OF_CHAIN && n < o->count; n++) {
        TRY(read_sector(o, next, list, e));
        for (size_t i = 0; i + 1 < o->sector / 4; i++) TRY(add_fat(o, u32(list + 4 * i), &cap, piece, e));
        next = u32(list + o->sector - 4);
    }
    return SLA_OK;
}

static sla_status read_minifat(ole *o, uint32_t first, unsigned char *piece, err *e)
{
    ole_stream chain = {0};
    sla_status st = follow(o, o->fat, o->nfat, first, o->count, &chain, e);
    size_t per = o->sector / 4;
    if (st == SLA_OK && chain.nsectors) o->minifat = mem_resize(NULL, chain.nsectors * per, sizeof *o->minifat);
    if (st == SLA_OK && chain.nsectors && !o->minifat) st = no_memory(o, e);
    for (size_t k = 0; st == SLA_OK && k < chain.nsectors; k++) {
        st = read_sector(o, chain.sectors[k], piece, e);
        for (size_t i = 0; st == SLA_OK && i < per; i++) o->minifat[o->nminifat++] = u32(piece + 4 * i);
    }
    mem_free(chain.sectors);
    return st;
}

static sla_status read_header(ole *o, err *e)
{
    unsigned char head[HEADER], piece[4096];
    size_t got;
    TRY(container_read(o->src, 0, head, sizeof head, &got, e));
    uint32_t shift = got == sizeof head ? u16(head + 30) : 0;
    if (shift != 9 && shift != 12) return damaged(o, e);
    o->sector = 1u << shift;
    o->count = (size_t)(o->src->size / o->sector) + 1;
    TRY(read_fat(o, head, piece, e));
    TRY(follow(o, o->fat, o->nfat, u32(head + 48), o->count, &o->directory, e));
    o->directory.size = (uint64_t)o->directory.nsectors * o->sector;
    if (o->directory.size < ENTRY) return damaged(o, e);
    unsigned char root[ENTRY];
    err small = {0};
    TRY(ole_read(o, &o->directory, 0, root, sizeof root, &got, e));
    /* damage among the small streams matters only to who reads one: what is there of them is kept */
    sla_status st = read_minifat(o, u32(head + 60), piece, &small);
    if (st != SLA_NOMEM) st = follow(o, o->fat, o->nfat, u32(root + 116), o->count, &o->mini, &small);
    o->mini.size = (uint64_t)o->mini.nsectors * o->sector;
    if (o->mini.size > u32(root + 120)) o->mini.size = u32(root + 120);
    return st == SLA_NOMEM ? no_memory(o, e) : SLA_OK;
}

sla_status ole_open(const container_source *src, ole **out, err *e)
{
    ole *o = mem_zero(1, sizeof *o);
    if (!o) return err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to read the file");
    o->src = src;
    sla_status st = read_header(o, e);
    if (st == SLA_OK) *out = o;
    else ole_close(o);
    return st;
}

static bool named(const unsigned char *entry, const char *name)
{
    size_t n = strlen(name);
    if (u16(entry + 64) != 2 * (n + 1) || n > 31) return false;
    for (size_t i = 0; i < n; i++)
        if ((entry[2 * i] | 32) != (name[i] | 32) || entry[2 * i + 1]) return false;
    return true;
}

sla_status ole_find(ole *o, const char *name, ole_stream *out, bool *found, err *e)
{
    *out = (ole_stream){0};
    *found = false;
    for (uint64_t at = 0; at + ENTRY <= o->directory.size && !*found; at += ENTRY) {
        unsigned char entry[ENTRY];
        size_t got;
        TRY(ole_read(o, &o->directory, at, entry, sizeof entry, &got, e));
        if (entry[66] != 2 || !named(entry, name)) continue; /* 2: a stream */
        *found = true;
        out->size = u32(entry + 120);
        out->mini = out->size < MINI_CUTOFF;
        sla_status st = out->mini ? follow(o, o->minifat, o->nminifat, u32(entry + 116), MINI_CUTOFF / MINI, out, e) : follow(o, o->fat, o->nfat, u32(entry + 116), o->count, out, e);
        uint64_t room = (uint64_t)out->nsectors * (out->mini ? MINI : o->sector);
        if (out->size > room) out->size = room; /* cut off: what reads it will say so */
        if (st == SLA_OK) continue;
        mem_free(out->sectors);
        *out = (ole_stream){0};
        return st;
    }
    return SLA_OK;
}

sla_status ole_read(ole *o, const ole_stream *s, uint64_t at, void *to, size_t n, size_t *got, err *e)
{
    uint32_t unit = s->mini ? MINI : o->sector;
    *got = 0;
    if (at >= s->size) return SLA_OK;
    if (n > s->size - at) n = (size_t)(s->size - at);
    while (*got < n) {
        uint64_t here = at + *got;
        size_t k = (size_t)(here / unit), within = (size_t)(here % unit), want = unit - within < n - *got ? unit - within : n - *got, have;
        if (k >= s->nsectors) return SLA_OK;
        if (s->mini) TRY(ole_read(o, &o->mini, (uint64_t)s->sectors[k] * MINI + within, (char *)to + *got, want, &have, e));
        else TRY(container_read(o->src, ((uint64_t)s->sectors[k] + 1) * o->sector + within, (char *)to + *got, want, &have, e));
        *got += have;
        if (have < want) return SLA_OK;
    }
    return SLA_OK;
}

void ole_close(ole *o)
{
    if (!o) return;
    mem_free(o->fat);
    mem_free(o->minifat);
    mem_free(o->directory.sectors);
    mem_free(o->mini.sectors);
    mem_free(o);
}
