/* Which font a report is set in, and which of its faces a character. */
#include <stdio.h>
#include <stdlib.h>
#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "reports/font.h"

static const char *const folders[] = {"/usr/share/fonts/truetype/lxgw-wenkai", "/usr/share/fonts/truetype/noto", "/usr/share/fonts/truetype/wqy", "/usr/local/share/fonts",
                                      "/usr/share/fonts/TTF", "/usr/share/fonts/truetype", "/usr/share/fonts/lxgw-wenkai-fonts", "/usr/share/fonts/wenquanyi/wqy-zenhei",
                                      "/usr/share/fonts/truetype/liberation2", "/usr/share/fonts/truetype/liberation", "/usr/share/fonts/liberation"};
static const struct family { const char *regular, *bold; } families[] = {
    {"NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"}, {"LXGWWenKai-Regular.ttf", "LXGWWenKai-Bold.ttf"}, {"wqy-zenhei.ttc", "wqy-zenhei.ttc"}};
enum { NFOLDERS = sizeof folders / sizeof folders[0], NFAMILIES = sizeof families / sizeof families[0], SPARE_FAMILY = NFAMILIES - 1, OWN_LATIN = 0 };   /* the first family has good Latin letters of its own */

static bool find_in_folders(const char *name, char *path, size_t cap)
{
    for (size_t i = 0; i < NFOLDERS; i++) {
        int n = snprintf(path, cap, "%s/%s", folders[i], name);
        if (n > 0 && (size_t)n < cap && file_kind_of(path) == FILE_REGULAR) return true;
    }
    return false;
}

/* The bold one beside the regular one, by name: …-Regular.ttf -> …-Bold.ttf. */
static bool bold_beside(const char *regular, char *path, size_t cap)
{
    const char *tail = strstr(regular, "Regular");
    if (tail == NULL) return false;
    int n = snprintf(path, cap, "%.*sBold%s", (int)(tail - regular), regular, tail + 7);
    return n > 0 && (size_t)n < cap && file_kind_of(path) == FILE_REGULAR;
}

static sla_status open_chosen(const char *font, const char *bold, fontset *fs, err *e)
{
    char path[1024];
    fs->chosen = true;
    TRY(face_open(font, &fs->faces[FACE_REGULAR], e));
    if (bold == NULL && bold_beside(font, path, sizeof path)) bold = path;
    return face_open(bold != NULL ? bold : font, &fs->faces[FACE_BOLD], e);
}

static sla_status open_known(fontset *fs, size_t *family, err *e)
{
    char path[1024];
    for (size_t i = 0; i < NFAMILIES; i++) {
        if (!find_in_folders(families[i].regular, path, sizeof path)) continue;
        *family = i;
        TRY(face_open(path, &fs->faces[FACE_REGULAR], e));
        if (strcmp(families[i].regular, families[i].bold) == 0) return SLA_OK;      /* one weight: the regular one serves as both */
        if (!find_in_folders(families[i].bold, path, sizeof path)) return SLA_OK;
        return face_open(path, &fs->faces[FACE_BOLD], e);
    }
    sla_status st = err_set(e, SLA_NAME, SRCPOS_NONE, "no Chinese TrueType font was found");
    err_hint(e, "apt-get install fonts-lxgw-wenkai, or name a font with --font FILE");
    return st;
}

static sla_status open_if_there(const char *name, face **out, err *e)
{
    char path[1024];
    return find_in_folders(name, path, sizeof path) ? face_open(path, out, e) : SLA_OK;
}

sla_status fontset_open(const char *font, const char *bold, fontset *out, err *e)
{
    fontset fs = {0};
    size_t family = NFAMILIES;
    sla_status st = font != NULL ? open_chosen(font, bold, &fs, e) : open_known(&fs, &family, e);
    if (st == SLA_OK && family != SPARE_FAMILY) st = open_if_there(families[SPARE_FAMILY].regular, &fs.faces[FACE_SPARE], e);
    if (st == SLA_OK && font == NULL && family != OWN_LATIN) {
        st = open_if_there("LiberationSans-Regular.ttf", &fs.faces[FACE_LATIN], e);
        if (st == SLA_OK) st = open_if_there("LiberationSans-Bold.ttf", &fs.faces[FACE_LATIN_BOLD], e);
    }
    if (st != SLA_OK) fontset_close(&fs);
    else *out = fs;
    return st;
}

void fontset_close(fontset *fs)
{
    for (int i = 0; i < FACE_COUNT; i++) face_close(fs->faces[i]);
    *fs = (fontset){0};
}

/* Letters, figures and the signs that go with them. */
static bool goes_with_latin(const fontset *fs, uint32_t cp)
{
    if (cp == 0xB7) return false;
    if (cp < 0x250 || cp == 0x2013 || cp == 0x2264 || cp == 0x2265) return true;
    return fs->english && cp >= 0x2018 && cp <= 0x201D;
}

int fontset_pick(const fontset *fs, bool bold, uint32_t cp)
{
    if (fs->faces[FACE_LATIN] != NULL && goes_with_latin(fs, cp)) {
        int f = bold && fs->faces[FACE_LATIN_BOLD] != NULL ? FACE_LATIN_BOLD : FACE_LATIN;
        if (face_glyph(fs->faces[f], cp) == GLYPH_GOOD) return f;
    }
    if (bold && fs->faces[FACE_BOLD] != NULL && face_glyph(fs->faces[FACE_BOLD], cp) == GLYPH_GOOD) return FACE_BOLD;
    if (face_glyph(fs->faces[FACE_REGULAR], cp) == GLYPH_GOOD) return FACE_REGULAR;
    if (fs->faces[FACE_SPARE] != NULL && face_glyph(fs->faces[FACE_SPARE], cp) == GLYPH_GOOD) return FACE_SPARE;
    return FACE_NONE;
}

static bool printable(const fontset *fs, uint32_t cp) { return cp >= 0x20 && cp != 0x7F && fontset_pick(fs, false, cp) != FACE_NONE; }

slice fontset_clean(const fontset *fs, slice text, arena *a, void (*missing)(void *ctx, uint32_t cp), void *ctx)
{
    size_t i = 0;
    uint32_t cp;
    while (i < text.len) {
        size_t n = utf8_decode(text.ptr + i, text.len - i, &cp);
        if (!printable(fs, cp)) break;
        i += n;
    }
    if (i == text.len) return text;
    buf b = {0};
    buf_bytes(&b, text.ptr, i);
    while (i < text.len) {
        size_t n = utf8_decode(text.ptr + i, text.len - i, &cp);
        if (printable(fs, cp)) buf_bytes(&b, text.ptr + i, n);
        else if (cp < 0x20 || (cp >= 0x7F && cp <= 0xA0)) buf_char(&b, ' ');
        else if (cp >= 0x200B && cp <= 0x200F) buf_bytes(&b, "", 0);          /* zero width: nothing to print */
        else buf_printf(&b, "[U+%04X]", (unsigned)cp), missing(ctx, cp);
        i += n;
    }
    slice s = {b.failed ? NULL : arena_strndup(a, b.len > 0 ? b.ptr : "", b.len), b.len};
    buf_free(&b);
    return s;
}

sla_status fontset_check(const fontset *fs, slice text, err *e)
{
    for (size_t i = 0; fs->chosen && i < text.len;) {
        uint32_t cp;
        size_t n = utf8_decode(text.ptr + i, text.len - i, &cp);
        for (int f = FACE_REGULAR; f <= FACE_BOLD; f++)
            if (fs->faces[f] != NULL && face_glyph(fs->faces[f], cp) == GLYPH_COMPOSITE) {
                sla_status st = err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){face_path(fs->faces[f]), 0, 0}, "composes '%.*s' (U+%04X) of other glyphs, which would print as nothing",
                                        (int)n, text.ptr + i, (unsigned)cp);
                err_hint(e, "use LXGW WenKai or static Noto Sans SC (.ttf) instead");
                return st;
            }
        i += n;
    }
    return SLA_OK;
}

static double advance(const fontset *fs, bool bold, uint32_t cp)
{
    int f = fontset_pick(fs, bold, cp);
    return f == FACE_NONE ? 0 : face_advance(fs->faces[f], cp);
}

double fontset_width(const fontset *fs, bool bold, double size, slice text)
{
    double w = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        i += utf8_decode(text.ptr + i, text.len - i, &cp);
        w += advance(fs, bold, cp);
    }
    return w * size;
}

static bool among(uint32_t cp, const uint32_t *set, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (set[i] == cp) return true;
    return false;
}

/* ，。、；：！？）》」』】〕〉…—·～％‰”’々ー and the ASCII ones that Chinese text often has in their place */
static bool never_first(uint32_t cp)
{
    static const uint32_t set[] = {0xFF0C, 0x3002, 0x3001, 0xFF1B, 0xFF1A, 0xFF01, 0xFF1F, 0xFF09, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x3009, 0x2026, 0x2014, 0x00B7,
                                   0xFF5E, 0xFF05, 0x2030, 0x201D, 0x2019, 0x3005, 0x30FC, 0xFF3D, 0xFF5D, ',', '.', ';', ':', '!', '?', ')', ']', '}', '%'};
    return among(cp, set, sizeof set / sizeof set[0]);
}

/* （《「『【〔〈“‘ */
static bool never_last(uint32_t cp)
{
    static const uint32_t set[] = {0xFF08, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014, 0x3008, 0x201C, 0x2018, 0xFF3B, 0xFF5B, '(', '[', '{'};
    return among(cp, set, sizeof set / sizeof set[0]);
}

static bool wide(uint32_t cp) { return cp >= 0x2E80; }

static bool may_break(uint32_t before, uint32_t after)
{
    if (after == ' ' || never_first(after) || never_last(before)) return false;
    if (before == ' ') return true;
    return wide(before) || wide(after);
}

static bool soft_break(uint32_t before) { return before == '/' || before == '_' || before == '-' || before == '.' || before == ':' || before == '=' || before == '&'; }

typedef struct place { size_t used, shown; double w; } place;   /* a break: bytes to here, bytes without blanks, width of those */

void fontset_line(const fontset *fs, bool bold, double size, slice text, double width, size_t *used, size_t *shown, double *w)
{
    place here = {0}, hard = {0}, soft = {0}, best;
    uint32_t earlier = 0, before = 0, cp;
    double all = 0, limit = width / size + 1e-6;
    for (size_t i = 0; i < text.len;) {
        size_t n = utf8_decode(text.ptr + i, text.len - i, &cp);
        double adv = advance(fs, bold, cp);
        here.used = i;
        bool sign = before == ' ' && (earlier == 0x2264 || earlier == 0x2265);      /* ≤ ≥ stay with their figure */
        if (i > 0 && !sign && may_break(before, cp)) hard = here;
        else if (i > 0 && soft_break(before)) soft = here;
        if (cp != ' ' && all + adv > limit && i > 0) {
            best = hard.used > 0 ? hard : soft.used > 0 ? soft : here;
            *used = best.used, *shown = best.shown, *w = best.w * size;
            return;
        }
        all += adv;
        i += n;
        if (cp != ' ') here.shown = i, here.w = all;
        earlier = before, before = cp;
    }
    *used = text.len, *shown = here.shown, *w = here.w * size;
}
