#include "importers/container.h"
#include <errno.h>
#include <unistd.h>
#include "engine/base/utf8.h"
#include "importers/biff.h"
#include "importers/html.h"
#include "importers/sheetml.h"
#include "importers/xmlbox.h"

/* Formats that are known by their first bytes and not read; the hint says what to do. */
static const struct refusal { const char *bytes; size_t n; const char *what, *hint; } not_read[] = {
    {"\xFD" "7zXZ", 5, "a file packed with xz", "unpack it and import what comes out"},
    {"BZh", 3, "a file packed with bzip2", "unpack it and import what comes out"},
    {"\x28\xB5\x2F\xFD", 4, "a file packed with zstd", "unpack it and import what comes out"},
    {"7z\xBC\xAF\x27\x1C", 6, "a 7z archive", "unpack it and import what comes out"},
    {"Rar!\x1A\x07", 6, "a RAR archive", "unpack it and import what comes out"},
    {"%PDF-", 5, "a PDF", "export the table as .xlsx or .csv"},
    {"SQLite format 3", 16, "an SQLite database", "export its tables as .csv"},
};

static bool begins(slice s, const char *bytes, size_t n) { return s.len >= n && memcmp(s.ptr, bytes, n) == 0; }

static bool is_gzip(slice head) { return begins(head, "\x1F\x8B\x08", 3); }
static bool is_zip(slice head) { return begins(head, "PK\x03\x04", 4) || begins(head, "PK\x05\x06", 4); }
/* Markup begins with a '<' that only its encoding may hide. What tells it is ASCII: other characters need not be decoded, which takes memory that there may not be. */
enum { MARKUP_BYTES = 1024 };
static slice narrowed(slice wide, bool big_endian, char out[MARKUP_BYTES / 2])
{
    size_t n = 0;
    for (; 2 * n + 1 < wide.len; n++) {
        char low = wide.ptr[2 * n + big_endian], high = wide.ptr[2 * n + !big_endian];
        out[n] = high || (unsigned char)low >= 0x80 ? '\x80' : low;
    }
    return (slice){out, n};
}

static bool is_markup(slice head, bool (*begins_so)(slice text))
{
    char text[MARKUP_BYTES / 2];
    slice s = {head.ptr, head.len < MARKUP_BYTES ? head.len : MARKUP_BYTES};
    encoding enc = encoding_detect(s, false, false);
    s = (slice){s.ptr + enc.bom, s.len - enc.bom};
    if (strncmp(enc.name, "UTF-16", 6) == 0) s = narrowed(s, strcmp(enc.name, "UTF-16BE") == 0, text);
    return begins_so(s);
}

static bool is_html(slice head) { return is_markup(head, html_begins); }
static bool is_xml(slice head) { return is_markup(head, xml_begins); }
static bool is_tar(slice head) { return head.len >= 512 && memcmp(head.ptr + 257, "ustar", 5) == 0; }

static const struct refusal *refused(slice head)
{
    static const struct refusal tar = {"", 0, "a tar archive", "unpack it and import the folder"};
    for (size_t i = 0; i < sizeof not_read / sizeof not_read[0]; i++)
        if (begins(head, not_read[i].bytes, not_read[i].n)) return &not_read[i];
    return is_tar(head) ? &tar : NULL;
}

bool container_sniff(slice head) { return is_gzip(head) || is_zip(head) || ole_begins(head) || refused(head) || is_html(head) || is_xml(head); }

sla_status container_open(const container_source *src, slice head, container **out, err *e)
{
    const struct refusal *r = refused(head);
    *out = NULL;
    if (is_gzip(head)) return gzip_open(src, out, e);
    if (is_zip(head)) return zip_file_open(src, out, e);
    if (ole_begins(head)) return biff_open(src, out, e);
    if (!r && is_html(head)) return html_open(src, head, out, e);
    if (!r && is_markup(head, sheetml_begins)) return sheetml_open(src, out, e);
    if (!r) return is_xml(head) ? xml_box_open(src, out, e) : SLA_OK;
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){src->shown, 0, 0}, "%s is not read", r->what);
    err_hint(e, "%s", r->hint);
    return SLA_UNKNOWN_FORMAT;
}

sla_status container_read(const container_source *src, uint64_t at, void *to, size_t n, size_t *got, err *e)
{
    *got = 0;
    while (*got < n) {
        ssize_t k = pread(src->fd, (char *)to + *got, n - *got, (off_t)(at + *got));
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return err_errno(e, (srcpos){src->shown, 0, 0}, errno, "cannot read");
        if (k == 0) break;
        *got += (size_t)k;
    }
    return SLA_OK;
}

static sla_status bytes_read(stream *s, char *to, size_t n, size_t *got, err *e)
{
    container_bytes *b = (container_bytes *)s;
    TRY(container_read(b->src, b->at, to, n, got, e));
    b->at += *got;
    return SLA_OK;
}

container_bytes container_bytes_of(const container_source *src) { return (container_bytes){{bytes_read, NULL}, src, 0}; }

sla_status container_part(container *c, size_t i, stream **out, err *e) { return c->open_part(c, i, out, e); }

void container_close(container *c)
{
    if (!c) return;
    arena mem = c->mem;
    c->close(c);
    arena_free(&mem);
}
