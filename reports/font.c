/* The parts of a TrueType file that layout needs: cmap (format 4), hmtx, and of glyf the first two bytes of each glyph. Every offset is distrusted. */
#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "reports/font.h"

struct face {
    char *path;
    bool collection;
    unsigned units, nhm, nglyphs, loca_long;
    uint16_t *glyphs;       /* [65536] of the basic plane; 0: none */
    uint16_t *advances;     /* [nglyphs] */
    uint8_t *composite;     /* [nglyphs] */
};

typedef struct bytes { const unsigned char *p; size_t n; } bytes;

static unsigned u16(bytes b, size_t at) { return at + 2 <= b.n ? (unsigned)b.p[at] << 8 | b.p[at + 1] : 0; }
static uint32_t u32(bytes b, size_t at) { return (uint32_t)u16(b, at) << 16 | u16(b, at + 2); }

static bytes part(bytes b, size_t at, size_t n)
{
    if (at > b.n || n > b.n - at) return (bytes){NULL, 0};
    return (bytes){b.p + at, n};
}

static bytes find_table(bytes all, size_t directory, const char *tag)
{
    unsigned n = u16(all, directory + 4);
    for (unsigned i = 0; i < n; i++) {
        size_t at = directory + 12 + (size_t)i * 16;
        bytes name = part(all, at, 16);
        if (name.p != NULL && memcmp(name.p, tag, 4) == 0) return part(all, u32(all, at + 8), u32(all, at + 12));
    }
    return (bytes){NULL, 0};
}

/* cmap format 4: segments of codes; the glyph is code + delta, or read from an array after the segments. */
static void read_segments(face *f, bytes t)
{
    unsigned nseg = u16(t, 6) / 2;
    size_t ends = 14, starts = ends + 2 * (size_t)nseg + 2, deltas = starts + 2 * (size_t)nseg, ranges = deltas + 2 * (size_t)nseg;
    for (unsigned s = 0; s < nseg; s++) {
        unsigned end = u16(t, ends + 2 * (size_t)s), start = u16(t, starts + 2 * (size_t)s), delta = u16(t, deltas + 2 * (size_t)s);
        unsigned range = u16(t, ranges + 2 * (size_t)s);
        for (unsigned cp = start; cp <= end && cp < 0xFFFF; cp++) {
            unsigned g = cp;
            if (range != 0 && (g = u16(t, ranges + 2 * (size_t)s + range + 2 * (size_t)(cp - start))) == 0) continue;
            g = (g + delta) & 0xFFFF;
            if (g < f->nglyphs) f->glyphs[cp] = (uint16_t)g;
        }
    }
}

static bool read_cmap(face *f, bytes cmap)
{
    unsigned n = u16(cmap, 2);
    for (unsigned i = 0; i < n; i++) {
        size_t at = 4 + (size_t)i * 8;
        if (u16(cmap, at) != 3 || u16(cmap, at + 2) != 1) continue;
        size_t off = u32(cmap, at + 4);
        bytes t = off < cmap.n ? part(cmap, off, cmap.n - off) : (bytes){NULL, 0};
        if (t.p == NULL || u16(t, 0) != 4) continue;
        read_segments(f, t);
        return true;
    }
    return false;
}

static void read_glyphs(face *f, bytes hmtx, bytes loca, bytes glyf)
{
    for (unsigned g = 0; g < f->nglyphs; g++) {
        f->advances[g] = (uint16_t)u16(hmtx, 4 * (size_t)(g < f->nhm ? g : f->nhm - 1));
        size_t from = f->loca_long ? u32(loca, 4 * (size_t)g) : 2 * (size_t)u16(loca, 2 * (size_t)g);
        size_t to = f->loca_long ? u32(loca, 4 * (size_t)g + 4) : 2 * (size_t)u16(loca, 2 * (size_t)g + 2);
        if (to > from && from + 2 <= glyf.n) f->composite[g] = u16(glyf, from) >= 0x8000;   /* contours < 0 */
    }
}

static sla_status parse(face *f, bytes all, err *e)
{
    srcpos at = {f->path, 0, 0};
    size_t dir = 0;
    if (all.n > 16 && memcmp(all.p, "ttcf", 4) == 0) f->collection = true, dir = u32(all, 12);
    bytes head = find_table(all, dir, "head"), hhea = find_table(all, dir, "hhea"), maxp = find_table(all, dir, "maxp"), cmap = find_table(all, dir, "cmap");
    bytes hmtx = find_table(all, dir, "hmtx"), loca = find_table(all, dir, "loca"), glyf = find_table(all, dir, "glyf");
    if (head.n < 54 || hhea.n < 36 || maxp.n < 6 || cmap.n < 4 || hmtx.n < 4) return err_set(e, SLA_UNKNOWN_FORMAT, at, "is not a usable TrueType font");
    if (loca.n == 0 || glyf.n == 0) return err_set(e, SLA_UNKNOWN_FORMAT, at, "has no TrueType outlines ('glyf' table); CFF outlines cannot be embedded");
    f->units = u16(head, 18), f->loca_long = u16(head, 50), f->nhm = u16(hhea, 34), f->nglyphs = u16(maxp, 4);
    if (f->units == 0 || f->nhm == 0 || f->nglyphs == 0) return err_set(e, SLA_UNKNOWN_FORMAT, at, "is not a usable TrueType font");
    f->glyphs = mem_zero(65536, sizeof *f->glyphs);
    f->advances = mem_zero(f->nglyphs, sizeof *f->advances);
    f->composite = mem_zero(f->nglyphs, 1);
    if (f->glyphs == NULL || f->advances == NULL || f->composite == NULL) return err_set(e, SLA_NOMEM, at, "no memory for the font");
    if (!read_cmap(f, cmap)) return err_set(e, SLA_UNKNOWN_FORMAT, at, "has no Unicode character table of format 4");
    read_glyphs(f, hmtx, loca, glyf);
    return SLA_OK;
}

sla_status face_open(const char *path, face **out, err *e)
{
    buf file = {0};
    face *f = mem_zero(1, sizeof *f);
    size_t len = strlen(path) + 1;
    sla_status st = SLA_NOMEM;
    if (f == NULL || (f->path = mem_resize(NULL, len, 1)) == NULL) goto done;
    memcpy(f->path, path, len);
    if ((st = file_read(path, (size_t)256 << 20, &file, e)) != SLA_OK) goto done;
    if ((st = parse(f, (bytes){(const unsigned char *)file.ptr, file.len}, e)) != SLA_OK) goto done;
    *out = f;
    f = NULL;
done:
    if (st == SLA_NOMEM) err_set(e, st, SRCPOS_NONE, "no memory for the font");
    buf_free(&file);
    face_close(f);
    return st;
}

void face_close(face *f)
{
    if (f == NULL) return;
    mem_free(f->path);
    mem_free(f->glyphs);
    mem_free(f->advances);
    mem_free(f->composite);
    mem_free(f);
}

const char *face_path(const face *f) { return f->path; }
bool face_is_collection(const face *f) { return f->collection; }

glyph_state face_glyph(face *f, uint32_t cp)
{
    unsigned g = cp < 0x10000 ? f->glyphs[cp] : 0;
    if (g == 0) return GLYPH_MISSING;
    return f->composite[g] ? GLYPH_COMPOSITE : GLYPH_GOOD;
}

double face_advance(const face *f, uint32_t cp)
{
    unsigned g = cp < 0x10000 ? f->glyphs[cp] : 0;
    return g == 0 ? 0 : (double)f->advances[g] / (double)f->units;
}
