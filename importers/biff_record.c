#include "importers/biff.h"
#include "engine/base/mem.h"
#include "engine/base/utf8.h"

enum { WINDOW = 1 << 17, CONTINUE = 0x3C };

sla_status biff_seek(biff_reader *r, uint64_t at)
{
    r->at = at;
    if (!r->window) r->window = mem_resize(NULL, WINDOW, 1);
    return r->window ? SLA_OK : SLA_NOMEM;
}

void biff_close(biff_reader *r) { mem_free(r->window); }

/* Makes n bytes at r->at visible; false: the stream ends before. */
static bool look(biff_reader *r, size_t n, sla_status *st, err *e)
{
    if (r->at >= r->from && r->at + n <= r->from + r->have) return true;
    r->from = r->at;
    *st = ole_read(r->o, r->s, r->at, r->window, WINDOW, &r->have, e);
    return *st == SLA_OK && n <= r->have;
}

sla_status biff_next(biff_reader *r, bool *end, err *e)
{
    sla_status st = SLA_OK;
    *end = true;
    if (!look(r, 4, &st, e)) return st;
    const unsigned char *p = r->window + (r->at - r->from);
    uint16_t type = (uint16_t)(p[0] | p[1] << 8), len = (uint16_t)(p[2] | p[3] << 8);
    if (!look(r, 4 + (size_t)len, &st, e)) return st;
    r->type = type;
    r->len = len;
    r->data = r->window + (r->at - r->from) + 4;
    r->at += 4 + (uint64_t)len;
    *end = false;
    return SLA_OK;
}

/* ---- text over records ---- */
static bool go_on(biff_text *t)
{
    bool end;
    err ignored = {0};
    uint64_t back = t->r->at;
    while (t->p == t->end && !t->bad) {
        if (biff_next(t->r, &end, &ignored) != SLA_OK || end || t->r->type != CONTINUE) {
            t->r->at = back;
            t->bad = true;
            return false;
        }
        back = t->r->at;
        t->p = t->r->data;
        t->end = t->p + t->r->len;
    }
    return !t->bad;
}

uint32_t biff_byte(biff_text *t) { return go_on(t) ? *t->p++ : 0; }

uint32_t biff_u16(biff_text *t)
{
    uint32_t low = biff_byte(t);
    return low | biff_byte(t) << 8;
}

uint32_t biff_u32(biff_text *t)
{
    uint32_t low = biff_u16(t);
    return low | biff_u16(t) << 16;
}

static void put_char(buf *out, uint32_t unit, uint32_t *high)
{
    char utf8[4];
    if (unit >= 0xD800 && unit < 0xDC00) {
        *high = unit;
        return;
    }
    uint32_t cp = unit >= 0xDC00 && unit < 0xE000 ? (*high ? 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00) : 0xFFFD) : unit;
    *high = 0;
    if (cp) buf_bytes(out, utf8, utf8_encode(cp, utf8));
}

/* MS-XLS 2.5.293: where the characters run on in another record, that begins with the flags anew. */
void biff_string(biff_text *t, uint32_t n, buf *out)
{
    uint32_t flags = biff_byte(t), runs = flags & 8 ? biff_u16(t) : 0, more = flags & 4 ? biff_u32(t) : 0, high = 0;
    for (uint32_t i = 0; i < n && !t->bad; i++) {
        if (t->p == t->end) {
            if (!go_on(t)) return;
            flags = biff_byte(t);
        }
        put_char(out, flags & 1 ? biff_u16(t) : biff_byte(t), &high);
    }
    for (uint64_t left = 4ull * runs + more; left && !t->bad;) {
        if (!go_on(t)) return;
        size_t k = (size_t)(t->end - t->p) < left ? (size_t)(t->end - t->p) : (size_t)left;
        t->p += k;
        left -= k;
    }
}

void biff_bytes(biff_text *t, uint32_t n, decoder *page, buf *out)
{
    buf raw = {0};
    uint64_t replaced = 0;
    for (uint32_t i = 0; i < n && !t->bad; i++) buf_char(&raw, (char)biff_byte(t));
    if (raw.failed) out->failed = true;
    else if (!page) buf_bytes(out, raw.ptr, raw.len);
    else if (decoder_add(page, (slice){raw.ptr, raw.len}, true, out, &replaced) != SLA_OK) out->failed = true;
    buf_free(&raw);
}
