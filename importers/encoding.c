#include "importers/encoding.h"
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"

struct decoder { iconv_t cd; char left[16]; size_t nleft; };

static bool starts(slice s, const char *bytes, size_t n) { return s.len >= n && memcmp(s.ptr, bytes, n) == 0; }

/* A zero byte in most of the odd or even places. */
static const char *utf16_by_zeros(slice s)
{
    size_t even = 0, odd = 0, n = s.len < 4096 ? s.len & ~(size_t)1 : 4096;
    for (size_t i = 0; i < n; i += 2) even += s.ptr[i] == 0, odd += s.ptr[i + 1] == 0;
    if (n < 8) return NULL;
    if (odd * 5 > n && even * 20 < n) return "UTF-16LE";
    if (even * 5 > n && odd * 20 < n) return "UTF-16BE";
    return NULL;
}

/* Decodes head and says how much of it is common Chinese: characters of the first 3,755 of GB 2312 weigh, others do not. -1: does not decode. */
static int chinese_share(const char *name, slice head, bool whole)
{
    err e = {0};
    decoder *d = NULL;
    buf b = {0};
    uint64_t replaced = 0;
    size_t han = 0, other = 0;
    if (decoder_open(name, &d, &e) != SLA_OK) return -1;
    sla_status st = decoder_add(d, head, whole, &b, &replaced);
    decoder_close(d);
    for (size_t i = 0; st == SLA_OK && i < b.len;) {
        uint32_t cp;
        i += utf8_decode(b.ptr + i, b.len - i, &cp);
        if (cp >= 0x4E00 && cp <= 0x9FFF) han++;
        else if ((cp >= 0x3000 && cp <= 0x303F) || (cp >= 0xFF00 && cp <= 0xFFEF)) continue;
        else if (cp >= 0x80) other++;
    }
    buf_free(&b);
    if (st != SLA_OK || replaced) return -1;
    return han + other == 0 ? -1 : (int)(han * 100 / (han + other));
}

/* Latin text in Windows-1252 has single high bytes among letters; Chinese comes in runs of two. */
static bool high_bytes_in_pairs(slice s)
{
    size_t runs = 0, single = 0;
    for (size_t i = 0; i < s.len;) {
        size_t n = 0;
        while (i + n < s.len && (unsigned char)s.ptr[i + n] >= 0x80) n++;
        if (n) runs++, single += n == 1;
        i += n ? n : 1;
    }
    return runs && single * 2 < runs;
}

encoding encoding_detect(slice head, bool whole, bool not_utf8)
{
    size_t bad = 0;
    if (starts(head, "\xEF\xBB\xBF", 3)) return (encoding){"UTF-8", 3, "byte order mark"};
    if (starts(head, "\xFF\xFE", 2)) return (encoding){"UTF-16LE", 2, "byte order mark"};
    if (starts(head, "\xFE\xFF", 2)) return (encoding){"UTF-16BE", 2, "byte order mark"};
    const char *wide = utf16_by_zeros(head);
    if (wide) return (encoding){wide, 0, "every other byte is zero"};
    if (!not_utf8 && (utf8_valid(head.ptr, head.len, &bad) || (!whole && head.len - bad < 4))) return (encoding){"UTF-8", 0, "valid UTF-8"};
    if (high_bytes_in_pairs(head)) {
        int gb = chinese_share("GB18030", head, whole), big5 = chinese_share("BIG5", head, whole);
        if (gb >= 90 && gb >= big5) return (encoding){"GB18030", 0, "decodes without error and is Chinese"};
        if (big5 >= 90) return (encoding){"BIG5", 0, "decodes without error and is Chinese"};
        if (gb >= 60) return (encoding){"GB18030", 0, "decodes without error and is mostly Chinese"};
    }
    return (encoding){"WINDOWS-1252", 0, "neither UTF-8 nor Chinese"};
}

sla_status decoder_open(const char *name, decoder **out, err *e)
{
    decoder *d = mem_zero(1, sizeof *d);
    if (!d) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory");
    d->cd = iconv_open("UTF-8", name);
    if (d->cd == (iconv_t)-1) {
        mem_free(d);
        err_set(e, SLA_NAME, SRCPOS_NONE, "there is no encoding '%s'", name);
        err_hint(e, "for example UTF-8, GB18030, BIG5, UTF-16LE, WINDOWS-1252");
        return SLA_NAME;
    }
    *out = d;
    return SLA_OK;
}

static void replace_one(buf *out, char **in, size_t *n, uint64_t *replaced)
{
    buf_text(out, "\xEF\xBF\xBD");
    ++*in;
    --*n;
    ++*replaced;
}

static sla_status convert(decoder *d, char *in, size_t n, bool at_end, buf *out, uint64_t *replaced)
{
    while (n) {
        size_t room = n * 3 + 16;
        char *to = buf_reserve(out, room);
        if (!to) return SLA_NOMEM;
        size_t left = room;
        size_t rc = iconv(d->cd, &in, &n, &to, &left);
        out->len += room - left;
        if (rc != (size_t)-1 || errno == E2BIG) continue;
        if (errno == EINVAL && !at_end && n < sizeof d->left) {
            memcpy(d->left, in, n);
            d->nleft = n;
            return SLA_OK;
        }
        replace_one(out, &in, &n, replaced);
    }
    return out->failed ? SLA_NOMEM : SLA_OK;
}

sla_status decoder_add(decoder *d, slice raw, bool at_end, buf *out, uint64_t *replaced)
{
    if (d->nleft == 0) return convert(d, (char *)(uintptr_t)raw.ptr, raw.len, at_end, out, replaced);
    buf joined = {0};
    buf_bytes(&joined, d->left, d->nleft);
    buf_slice(&joined, raw);
    d->nleft = 0;
    sla_status st = joined.failed ? SLA_NOMEM : convert(d, joined.ptr, joined.len, at_end, out, replaced);
    buf_free(&joined);
    return st;
}

void decoder_close(decoder *d)
{
    if (!d) return;
    iconv_close(d->cd);
    mem_free(d);
}
