/* Reading by the central directory, writing local entries and a new directory. */
#include <zlib.h>
#include "reports/zip.h"

static unsigned u16(slice f, size_t at) { return at + 2 <= f.len ? (unsigned)(unsigned char)f.ptr[at] | (unsigned)(unsigned char)f.ptr[at + 1] << 8 : 0; }
static uint32_t u32(slice f, size_t at) { return u16(f, at) | (uint32_t)u16(f, at + 2) << 16; }
static void put16(buf *b, unsigned v) { buf_char(b, (char)(v & 255)), buf_char(b, (char)(v >> 8 & 255)); }
static void put32(buf *b, uint32_t v) { put16(b, v & 0xFFFF), put16(b, v >> 16); }

sla_status zip_start(slice file, zip_reader *out, err *e)
{
    for (size_t back = 22; back <= file.len && back < 22 + 65536; back++) {
        size_t at = file.len - back;
        if (u32(file, at) != 0x06054B50) continue;
        *out = (zip_reader){file, u32(file, at + 16), u16(file, at + 10)};
        return SLA_OK;
    }
    return err_set(e, SLA_UNKNOWN_FORMAT, SRCPOS_NONE, "the workbook has no directory");
}

bool zip_next(zip_reader *z, zip_entry *out)
{
    slice f = z->file;
    if (z->left == 0 || z->at + 46 > f.len || u32(f, z->at) != 0x02014B50) return false;
    size_t name = u16(f, z->at + 28), more = (size_t)u16(f, z->at + 30) + u16(f, z->at + 32), local = u32(f, z->at + 42), packed = u32(f, z->at + 20);
    if (z->at + 46 + name > f.len || local + 30 > f.len) return false;
    size_t data = local + 30 + u16(f, local + 26) + u16(f, local + 28);
    if (data > f.len || packed > f.len - data) return false;
    *out = (zip_entry){.name = {f.ptr + z->at + 46, name}, .packed = {f.ptr + data, packed}, .method = u16(f, z->at + 10), .flags = u16(f, z->at + 8), .dos_time = u32(f, z->at + 12),
                       .crc = u32(f, z->at + 16), .size = u32(f, z->at + 24)};
    z->at += 46 + name + more;
    z->left--;
    return true;
}

sla_status zip_unpack(const zip_entry *z, buf *out, err *e)
{
    z_stream s = {.next_in = (z_const Bytef *)(uintptr_t)z->packed.ptr, .avail_in = (uInt)z->packed.len};
    char *room = buf_reserve(out, (size_t)z->size + 1);
    if (room == NULL || inflateInit2(&s, -MAX_WBITS) != Z_OK) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the workbook");
    s.next_out = (Bytef *)room, s.avail_out = z->size;
    int done = z->method == 8 ? inflate(&s, Z_FINISH) : Z_DATA_ERROR;
    inflateEnd(&s);
    if (done != Z_STREAM_END || s.total_out != z->size) return err_set(e, SLA_UNKNOWN_FORMAT, SRCPOS_NONE, "the workbook cannot be unpacked");
    room[z->size] = '\0';
    out->len += z->size;
    return SLA_OK;
}

sla_status zip_pack(slice raw, int level, bool last, zip_part *out)
{
    z_stream s = {.next_in = (z_const Bytef *)(uintptr_t)raw.ptr, .avail_in = (uInt)raw.len};
    if (raw.len > UINT32_MAX / 2 || deflateInit2(&s, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return SLA_NOMEM;
    size_t bound = deflateBound(&s, (uLong)raw.len) + 64;
    char *room = buf_reserve(&out->packed, bound);
    if (room == NULL) {
        deflateEnd(&s);
        return SLA_NOMEM;
    }
    s.next_out = (Bytef *)room, s.avail_out = (uInt)bound;
    deflate(&s, last ? Z_FINISH : Z_FULL_FLUSH);
    out->packed.len += s.total_out;
    out->size = raw.len;
    out->crc = (uint32_t)crc32(crc32(0, NULL, 0), (const Bytef *)raw.ptr, (uInt)raw.len);
    deflateEnd(&s);
    return SLA_OK;
}

/* The 26 bytes that local header and directory have in common, from "version needed" on. */
static void put_common(buf *b, const zip_entry *z, uint32_t packed)
{
    put16(b, 20), put16(b, z->flags & ~8U), put16(b, z->method), put32(b, z->dos_time), put32(b, z->crc), put32(b, packed), put32(b, z->size);
    put16(b, (unsigned)z->name.len), put16(b, 0);
}

static sla_status put_heads(zip_writer *w, const zip_entry *z, size_t packed, err *e)
{
    if (w->bytes.len > 0xF0000000U || packed > 0xF0000000U) return err_set(e, SLA_LIMIT, SRCPOS_NONE, "the workbook would be larger than 4 GiB");
    put32(&w->directory, 0x02014B50), put16(&w->directory, 20);
    put_common(&w->directory, z, (uint32_t)packed);
    put16(&w->directory, 0), put16(&w->directory, 0), put16(&w->directory, 0), put32(&w->directory, 0), put32(&w->directory, (uint32_t)w->bytes.len);
    buf_slice(&w->directory, z->name);
    put32(&w->bytes, 0x04034B50);
    put_common(&w->bytes, z, (uint32_t)packed);
    buf_slice(&w->bytes, z->name);
    w->n++;
    return SLA_OK;
}

sla_status zip_put_raw(zip_writer *w, const zip_entry *z, err *e)
{
    TRY(put_heads(w, z, z->packed.len, e));
    buf_slice(&w->bytes, z->packed);
    return SLA_OK;
}

sla_status zip_put_parts(zip_writer *w, const zip_entry *like, const zip_part *parts, size_t n, err *e)
{
    zip_entry z = *like;
    size_t packed = 0, size = 0;
    uLong crc = crc32(0, NULL, 0);
    for (size_t i = 0; i < n; i++) {
        crc = crc32_combine(crc, parts[i].crc, (z_off_t)parts[i].size);
        packed += parts[i].packed.len;
        size += parts[i].size;
    }
    if (size > 0xF0000000U) return err_set(e, SLA_LIMIT, SRCPOS_NONE, "a sheet would be larger than 4 GiB");
    z.method = 8, z.crc = (uint32_t)crc, z.size = (uint32_t)size;
    TRY(put_heads(w, &z, packed, e));
    for (size_t i = 0; i < n; i++) buf_bytes(&w->bytes, parts[i].packed.ptr, parts[i].packed.len);
    return SLA_OK;
}

sla_status zip_finish(zip_writer *w, err *e)
{
    uint32_t at = (uint32_t)w->bytes.len, len = (uint32_t)w->directory.len;
    buf_bytes(&w->bytes, w->directory.ptr, w->directory.len);
    put32(&w->bytes, 0x06054B50), put16(&w->bytes, 0), put16(&w->bytes, 0), put16(&w->bytes, w->n), put16(&w->bytes, w->n), put32(&w->bytes, len), put32(&w->bytes, at), put16(&w->bytes, 0);
    return w->bytes.failed || w->directory.failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the workbook") : SLA_OK;
}
