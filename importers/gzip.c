/* gzip (RFC 1952): one or more members behind each other, unpacked as one stream. */
#include <zlib.h>
#include "engine/base/mem.h"
#include "importers/container.h"

enum { PACKED_BYTES = 1 << 17 };
typedef struct gzip_box { container base; container_source src; } gzip_box;
typedef struct gzip_stream {
    stream base;
    const container_source *src;
    z_stream z;
    uint64_t at, out;           /* bytes read of the file, and made of them */
    bool member_done, end;
    unsigned char packed[PACKED_BYTES];
} gzip_stream;

static sla_status damaged(const gzip_stream *g, const char *what, err *e)
{
    err_set(e, SLA_SYNTAX, (srcpos){g->src->shown, 0, 0}, "the compressed file is %s; nothing of it was taken", what);
    err_hint(e, "copy or export it again");
    return SLA_SYNTAX;
}

static sla_status refill(gzip_stream *g, err *e)
{
    size_t got;
    TRY(container_read(g->src, g->at, g->packed, sizeof g->packed, &got, e));
    g->at += got;
    g->z.next_in = g->packed;
    g->z.avail_in = (uInt)got;
    return SLA_OK;
}

/* Behind a member: another one, padding with zero bytes, or the end. */
static sla_status next_member(gzip_stream *g, err *e)
{
    while (g->z.avail_in && *g->z.next_in == 0) g->z.next_in++, g->z.avail_in--;
    if (g->z.avail_in == 0) return SLA_OK;
    if (*g->z.next_in != 0x1f) return damaged(g, "followed by bytes that are not part of it", e);
    g->member_done = false;
    return inflateReset(&g->z) == Z_OK ? SLA_OK : SLA_NOMEM;
}

static sla_status gzip_read(stream *s, char *to, size_t n, size_t *got, err *e)
{
    gzip_stream *g = (gzip_stream *)s;
    *got = 0;
    while (*got < n && !g->end) {
        if (g->z.avail_in == 0) TRY(refill(g, e));
        if (g->z.avail_in == 0) {
            if (!g->member_done) return damaged(g, "cut off", e);
            g->end = true;
            break;
        }
        if (g->member_done) {
            TRY(next_member(g, e));
            continue;
        }
        uInt room = n - *got < (1u << 30) ? (uInt)(n - *got) : 1u << 30;
        g->z.next_out = (unsigned char *)to + *got;
        g->z.avail_out = room;
        int rc = inflate(&g->z, Z_NO_FLUSH);
        *got += room - g->z.avail_out;
        g->out += room - g->z.avail_out;
        if (rc == Z_STREAM_END) g->member_done = true;
        else if (rc == Z_MEM_ERROR) return err_set(e, SLA_NOMEM, (srcpos){g->src->shown, 0, 0}, "no memory to unpack the file");
        else if (rc != Z_OK && rc != Z_BUF_ERROR) return damaged(g, "damaged", e);
        TRY(stream_check_expansion(g->at, g->out, g->src->shown, e));
    }
    return SLA_OK;
}

static void gzip_close(stream *s)
{
    gzip_stream *g = (gzip_stream *)s;
    inflateEnd(&g->z);
    mem_free(g);
}

static sla_status open_part(container *c, size_t i, stream **out, err *e)
{
    gzip_box *b = (gzip_box *)c;
    gzip_stream *g = mem_zero(1, sizeof *g);
    (void)i;
    if (g && inflateInit2(&g->z, 15 + 16) != Z_OK) {
        mem_free(g);
        g = NULL;
    }
    if (!g) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to unpack the file");
    g->base = (stream){gzip_read, gzip_close};
    g->src = &b->src;
    *out = &g->base;
    return SLA_OK;
}

static void close_box(container *c) { mem_free(c); }

sla_status gzip_open(const container_source *src, container **out, err *e)
{
    static const part whole = {"", false, false};
    gzip_box *b = mem_zero(1, sizeof *b);
    if (!b) return err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to unpack the file");
    b->base = (container){.kind = "gzip", .parts = &whole, .nparts = 1, .open_part = open_part, .close = close_box};
    b->src = *src;
    *out = &b->base;
    return SLA_OK;
}
