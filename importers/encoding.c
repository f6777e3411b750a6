#include "importers/encoding.h"
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"

struct decoder { iconv_t cd; char left[16]; size_t nleft; };

static bool starts(slice s, const char *bytes, size_t n) { return s.len >= n && memcmp(s.ptr, bytes, n) == 0; }

/* Text in ASCII and above has no zero bytes; in UTF-16 every ASCII character has one, always on the same side. */
static const char *utf16_by_zeros(slice s)
{
    size_t even = 0, odd = 0, n = s.len < 4096 ? s.len & ~(size_t)1 : 4096;
    for (size_t i = 0; i < n; i += 2) even += s.ptr[i] == 0, odd += s.ptr[i + 1] == 0;
    if (n < 8) return NULL;
    if (odd * 10 > n && even * 20 < odd) return "UTF-16LE";
    if (even * 10 > n && odd * 20 < even) return "UTF-16BE";
    return NULL;
}

/* ---- Chinese, Japanese and Korean in pairs of bytes ---- */
/* Characters of two bytes, as the lead byte takes the next with it, whatever the encoding. gb, big5: those among the frequent characters and the punctuation
 * of GB 2312 (rows 16..55 and 1..3) and of Big5 (A440..C67E and A140..A3BF). wrong: bytes that are no character in it. low: a second byte below A1, which no EUC has.
 * kana, hangul: where EUC-JP (rows 4 and 5) and EUC-KR (rows 16..40) have them; other: no character of EUC-JP. */
typedef struct pairs { size_t n, gb, big5, gb_wrong, big5_wrong, low, kana, hangul, other; } pairs;

static pairs count_pairs(slice s)
{
    pairs p = {0};
    for (size_t i = 0; i + 1 < s.len; i++) {
        unsigned char lead = (unsigned char)s.ptr[i], trail = (unsigned char)s.ptr[i + 1];
        if (lead < 0x80) continue;
        i++;
        p.n++;
        p.gb += trail >= 0xA1 && ((lead >= 0xB0 && lead <= 0xD7) || (lead >= 0xA1 && lead <= 0xA3));
        p.big5 += lead >= 0xA1 && lead <= 0xC6 && ((trail >= 0x40 && trail <= 0x7E) || trail >= 0xA1);
        p.gb_wrong += lead < 0x81 || lead == 0xFF || trail < 0x30 || trail == 0x7F || trail == 0xFF || (trail >= 0x3A && trail < 0x40);
        p.low += trail < 0xA1;
        p.kana += (lead == 0xA4 && trail >= 0xA1 && trail <= 0xF3) || (lead == 0xA5 && trail >= 0xA1 && trail <= 0xF6);
        p.hangul += lead >= 0xB0 && lead <= 0xC8;
        p.other += !(lead == 0x8E || (lead >= 0xA1 && lead <= 0xA8) || (lead >= 0xB0 && lead <= 0xF4) || lead == 0xAD || (lead >= 0xF9 && lead <= 0xFC));
        p.big5_wrong += lead < 0xA1 || lead > 0xF9 || trail < 0x40 || (trail > 0x7E && trail < 0xA1) || trail == 0xFF;
    }
    return p;
}

static bool letter_at(slice s, size_t i) { return i < s.len && (((unsigned char)s.ptr[i] | 32) >= 'a' && ((unsigned char)s.ptr[i] | 32) <= 'z'); }

/* Latin text in Windows-1252 has high bytes among letters, single or few (SITUA\xC7\xC3O); Chinese comes in runs of two, and mostly by itself. */
static bool high_bytes_in_pairs(slice s)
{
    size_t runs = 0, single = 0, within = 0;
    for (size_t i = 0; i < s.len;) {
        size_t n = 0;
        while (i + n < s.len && (unsigned char)s.ptr[i + n] >= 0x80) n++;
        if (n) runs++, single += n == 1, within += i > 0 && letter_at(s, i - 1) && letter_at(s, i + n);
        i += n ? n : 1;
    }
    return runs && single * 2 < runs && within * 2 < runs;
}

/* At least 3 of 4 characters are among the frequent ones, and no more than one of 200 is none. */
static bool chinese(slice head, encoding *out)
{
    pairs p = count_pairs(head);
    bool gb = p.n && p.gb * 4 >= p.n * 3 && p.gb_wrong * 200 <= p.n, big5 = p.n && p.big5 * 4 >= p.n * 3 && p.big5_wrong * 200 <= p.n;
    if (gb && (!big5 || p.gb >= p.big5) && high_bytes_in_pairs(head)) return *out = (encoding){"GB18030", 0, "no UTF-8; its pairs of bytes are frequent Chinese characters"}, true;
    if (big5) return *out = (encoding){"BIG5", 0, "no UTF-8; its pairs of bytes are frequent Chinese characters, as in Taiwan and Hong Kong"}, true;
    return false;
}

/* EUC-JP and EUC-KR lie where GB 2312 does. Hardly a Japanese text is without kana, of which Chinese ones have none; Korean ones have hardly anything but hangul, which are the frequent half
 * of Chinese. Big5 has every other second byte below A1. Short texts leave it open: they are held to be Chinese, as before. */
static bool euc(slice head, encoding *out)
{
    enum { PAIRS_LEAST = 16 };
    pairs p = count_pairs(head);
    if (p.n < PAIRS_LEAST || p.low * 200 > p.n) return false;
    if (p.kana * 10 >= p.n && p.other * 100 <= p.n) return *out = (encoding){"EUC-JP", 0, "no UTF-8; its pairs of bytes are kana and kanji in EUC"}, true;
    if (p.hangul * 20 >= p.n * 19) return *out = (encoding){"CP949", 0, "no UTF-8; its pairs of bytes are hangul"}, true;
    return false;
}

/* ---- Japanese in Shift_JIS; alphabets of one byte ---- */
/* Shift_JIS: hardly a text is without kana (829F..82F1, 8340..8396), and half-width ones, single bytes, are rare. The quotes and dashes of Windows-1252 can look like
 * its lead bytes, but never like so many kana. */
static bool japanese(slice s)
{
    size_t n = 0, kana = 0, single = 0, wrong = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char lead = (unsigned char)s.ptr[i], trail = i + 1 < s.len ? (unsigned char)s.ptr[i + 1] : 0x40;
        if (lead < 0x80) continue;
        if (lead >= 0xA1 && lead <= 0xDF) {
            single++;
            continue;
        }
        i++;
        n++;
        kana += (lead == 0x82 && trail >= 0x9F && trail <= 0xF1) || (lead == 0x83 && trail >= 0x40 && trail <= 0x96);
        wrong += lead == 0x80 || lead == 0xA0 || lead > 0xFC || trail < 0x40 || trail == 0x7F || trail > 0xFC;
    }
    return kana * 10 >= n && kana > 1 && single * 4 <= n && wrong * 200 <= n;
}

/* Windows-1251 and KOI8-R: whole words above ASCII, in letters (C0..FF, Ё, ё); in Windows-1252 letters with accents stand alone. Which of the two is told by five frequent letters each that lie on rare
 * ones of the other, be they small or capital (а и н с р; о а и т с), and by the small letters, which are E0..FF in the one and C0..DF in the other. Greek, Hebrew and Arabic are neither. */
static const char *cyrillic(slice s)
{
    size_t n = 0, runs = 0, letters = 0, upper = 0, windows = 0, koi = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x80) continue;
        n++;
        runs += i == 0 || (unsigned char)s.ptr[i - 1] < 0x80;
        letters += c >= 0xC0 || c == 0xA8 || c == 0xB8 || c == 0xA3 || c == 0xB3;
        upper += c >= 0xE0;
        windows += c >= 0xC0 && memchr("\xC0\xC8\xCD\xD1\xD0", c & 0xDF, 5) != NULL;
        koi += c >= 0xC0 && memchr("\xCF\xC1\xC9\xD4\xD3", c & 0xDF, 5) != NULL;
    }
    if (n < runs * 3 || n <= 3 || letters * 10 < n * 9) return NULL;
    if (windows >= koi && upper * 2 > n) return "WINDOWS-1251";
    return koi > windows * 2 && upper * 4 < n && n >= 16 ? "KOI8-R" : NULL;
}

/* Windows-1250 and ISO 8859-2, by letters of Polish (ł ż ą; ś ź), Czech and others (č ř ě with š ž) that stand where Western Europe has no letters, or none of these languages': within words there
 * is no ³, ¹ or ¿. Hungarian and Romanian lie on letters of Portuguese and French and are not told apart. */
static const char *central_european(slice s)
{
    enum { LETTERS_LEAST = 3 };
    size_t in[256] = {0}, n = 0;
    for (size_t i = 1; i + 1 < s.len; i++) {
        if ((unsigned char)s.ptr[i] < 0x80 || !letter_at(s, i - 1) || !letter_at(s, i + 1)) continue;
        in[(unsigned char)s.ptr[i]]++;
        n++;
    }
    size_t polish = in[0xB3] + in[0xBF], carons = in[0xE8] + in[0xEC] + in[0xF8], windows = in[0x9A] + in[0x9E] + in[0x9D], iso = in[0xB9] + in[0xBE];
    if (polish >= LETTERS_LEAST && polish * 5 >= n) return in[0xB6] + in[0xB1] + in[0xBC] > in[0x9C] + in[0xB9] + in[0x9F] ? "ISO-8859-2" : "WINDOWS-1250";
    if (carons < 2 || polish) return NULL;
    if (windows >= LETTERS_LEAST && windows >= iso && windows * 20 >= n) return "WINDOWS-1250";
    return iso >= LETTERS_LEAST && windows == 0 && iso * 20 >= n ? "ISO-8859-2" : NULL;
}

static bool same_name(const char *a, const char *b) { return slice_eq_nocase(slice_of(a), slice_of(b)); }

encoding encoding_asked(const char *name, slice head)
{
    encoding e = {name, 0, "as asked for"};
    if (same_name(name, "UTF-8") || same_name(name, "UTF8")) e.name = "UTF-8", e.bom = starts(head, "\xEF\xBB\xBF", 3) ? 3 : 0;
    else if (same_name(name, "UTF-16LE") || same_name(name, "UTF-16")) e.name = starts(head, "\xFE\xFF", 2) ? "UTF-16BE" : "UTF-16LE", e.bom = starts(head, "\xFF\xFE", 2) || starts(head, "\xFE\xFF", 2) ? 2 : 0;
    else if (same_name(name, "UTF-16BE")) e.bom = starts(head, "\xFE\xFF", 2) ? 2 : 0;
    else if (same_name(name, "GBK") || same_name(name, "GB2312")) e.name = "GB18030"; /* which holds them */
    return e;
}

encoding encoding_detect(slice head, bool whole, bool not_utf8)
{
    size_t bad = 0;
    encoding found;
    if (starts(head, "\xEF\xBB\xBF", 3)) return (encoding){"UTF-8", 3, "byte order mark"};
    if (starts(head, "\xFF\xFE", 2)) return (encoding){"UTF-16LE", 2, "byte order mark"};
    if (starts(head, "\xFE\xFF", 2)) return (encoding){"UTF-16BE", 2, "byte order mark"};
    const char *wide = utf16_by_zeros(head);
    if (wide) return (encoding){wide, 0, "every other byte is zero"};
    if (!not_utf8 && (utf8_valid(head.ptr, head.len, &bad) || (!whole && head.len - bad < 4))) return (encoding){"UTF-8", 0, "valid UTF-8"};
    if (euc(head, &found) || chinese(head, &found)) return found;
    if (japanese(head)) return (encoding){"CP932", 0, "no UTF-8; its pairs of bytes are kana and kanji in Shift_JIS"};
    const char *name = cyrillic(head);
    if (name) return (encoding){name, 0, "no UTF-8; its words are Cyrillic letters, the frequent ones where this has them"};
    if ((name = central_european(head))) return (encoding){name, 0, "no UTF-8; within its words stand letters of Central Europe"};
    return (encoding){"WINDOWS-1252", 0, "neither UTF-8 nor Chinese, Japanese, Korean, Russian or Polish"};
}

sla_status decoder_open(const char *name, decoder **out, err *e)
{
    decoder *d = mem_zero(1, sizeof *d);
    if (!d) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory");
    d->cd = iconv_open("UTF-8", name);
    if (d->cd == (iconv_t)-1) {
        bool nomem = errno == ENOMEM;
        mem_free(d);
        if (nomem) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory");
        err_set(e, SLA_NAME, SRCPOS_NONE, "there is no encoding '%s'", name);
        err_hint(e, "for example UTF-8, GB18030, BIG5, UTF-16LE, EUC-JP, KOI8-R, WINDOWS-1250, WINDOWS-1252");
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
