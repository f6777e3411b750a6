/* Drawing onto lists: text split by face, lines, marks as shapes. */
#include <math.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "reports/page.h"

uint32_t tone_fill(tone t)
{
    static const uint32_t rgb[TONE_COUNT] = {
        [TONE_PLAIN] = 0x4F7CA8, [TONE_GOOD] = 0x2F7D75, [TONE_OBSERVE] = 0xA9C6DF, [TONE_MINOR] = 0xCC922B, [TONE_MAJOR] = 0x9E2B25, [TONE_NONE] = 0xDDE2E7,
        [TONE_MUTED] = 0xB4BEC8, [TONE_ACCENT] = RGB_NAVY};
    return rgb[t];
}

uint32_t tone_ink(tone t)
{
    static const uint32_t rgb[TONE_COUNT] = {
        [TONE_PLAIN] = RGB_INK, [TONE_GOOD] = 0x1F6B64, [TONE_OBSERVE] = 0x3C6E9A, [TONE_MINOR] = 0x94660B, [TONE_MAJOR] = 0x9E2B25, [TONE_NONE] = RGB_GREY,
        [TONE_MUTED] = RGB_GREY, [TONE_ACCENT] = RGB_NAVY};
    return rgb[t];
}

size_t page_new(pageset *ps)
{
    if (!ps->failed && ps->n == ps->cap && mem_grow(&ps->pages, &ps->cap, ps->n < 16 ? 16 : ps->n + 1, sizeof *ps->pages) != 0) ps->failed = true;
    if (ps->failed) return 0;
    ps->pages[ps->n] = (page){0};
    return ps->n++;
}

void pageset_clear(pageset *ps)
{
    for (size_t i = 0; i < ps->n; i++) mem_free(ps->pages[i].ops);
    mem_free(ps->pages);
    mem_free(ps->outlines);
    arena_free(&ps->mem);
    *ps = (pageset){0};
}

void page_add(pageset *ps, size_t page_no, op o)
{
    if (ps->failed || page_no >= ps->n) return;
    page *p = &ps->pages[page_no];
    if (p->n == p->cap && mem_grow(&p->ops, &p->cap, p->n < 128 ? 128 : p->n + 1, sizeof *p->ops) != 0) ps->failed = true;
    else p->ops[p->n++] = o;
}

slice page_clean(pageset *ps, slice text)
{
    slice out = fontset_clean(ps->fonts, text, &ps->mem, ps->missing, ps->ctx);
    if (out.ptr == NULL && text.len > 0) ps->failed = true, out = (slice){"", 0};
    return out;
}

void page_text(pageset *ps, size_t page_no, double x, double y, const type *ty, slice text, double spacing)
{
    text = page_clean(ps, text);
    for (size_t from = 0; from < text.len;) {
        uint32_t cp;
        size_t i = from, chars = 0;
        int chosen = FACE_NONE;
        double w = 0;
        while (i < text.len) {
            size_t n = utf8_decode(text.ptr + i, text.len - i, &cp);
            int f = fontset_pick(ps->fonts, ty->bold, cp);
            if (f == FACE_NONE) f = FACE_REGULAR;
            if (chosen != FACE_NONE && f != chosen) break;
            chosen = f;
            w += face_advance(ps->fonts->faces[f], cp) * ty->size;
            chars++;
            i += n;
        }
        page_add(ps, page_no, (op){.kind = OP_TEXT, .face = (uint8_t)chosen, .rgb = ty->rgb, .x = (float)x, .y = (float)y, .size = (float)ty->size, .spacing = (float)spacing,
                                   .text = {text.ptr + from, i - from}});
        x += w + spacing * (double)chars;
        from = i;
    }
}

size_t page_head(pageset *ps, const type *ty, slice text, double max)
{
    if (max <= 0 || fontset_width(ps->fonts, ty->bold, ty->size, text) <= max) return text.len;
    double room = max - fontset_width(ps->fonts, ty->bold, ty->size, SLICE_LIT("…")), w = 0;
    size_t i = 0;
    while (i < text.len) {
        uint32_t cp;
        size_t n = utf8_decode(text.ptr + i, text.len - i, &cp);
        w += fontset_width(ps->fonts, ty->bold, ty->size, (slice){text.ptr + i, n});
        if (w > room) break;
        i += n;
    }
    return i;
}

static slice joined(pageset *ps, slice a, slice b)
{
    char *p = arena_alloc(&ps->mem, a.len + b.len + 1, 1);
    if (p == NULL) {
        ps->failed = true;
        return (slice){"", 0};
    }
    memcpy(p, a.ptr, a.len);
    memcpy(p + a.len, b.ptr, b.len);
    return (slice){p, a.len + b.len};
}

/* As much of text as fits, with an ellipsis. */
static slice cut(pageset *ps, const type *ty, slice text, double max)
{
    size_t n = page_head(ps, ty, text, max);
    return n == text.len ? text : joined(ps, (slice){text.ptr, n}, SLICE_LIT("…"));
}

slice page_tail(pageset *ps, const type *ty, slice text, double max)
{
    double w = fontset_width(ps->fonts, ty->bold, ty->size, text), room = max - fontset_width(ps->fonts, ty->bold, ty->size, SLICE_LIT("…"));
    size_t i = 0;
    if (max <= 0 || w <= max) return text;
    while (i < text.len && w > room) {
        uint32_t cp;
        size_t n = utf8_decode(text.ptr + i, text.len - i, &cp);
        w -= fontset_width(ps->fonts, ty->bold, ty->size, (slice){text.ptr + i, n});
        i += n;
    }
    return joined(ps, SLICE_LIT("…"), (slice){text.ptr + i, text.len - i});
}

void page_text_at(pageset *ps, size_t page_no, double x, double y, const type *ty, slice text, align al, double max)
{
    text = cut(ps, ty, page_clean(ps, text), max);
    if (al != ALIGN_LEFT) x -= fontset_width(ps->fonts, ty->bold, ty->size, text) * (al == ALIGN_CENTRE ? 0.5 : 1);
    page_text(ps, page_no, x, y, ty, text, 0);
}

void page_rect(pageset *ps, size_t page_no, double x, double y, double w, double h, uint32_t rgb)
{
    page_add(ps, page_no, (op){.kind = OP_RECT, .rgb = rgb, .x = (float)x, .y = (float)y, .w = (float)w, .h = (float)h});
}

void page_frame(pageset *ps, size_t page_no, double x, double y, double w, double h, double line, uint32_t rgb)
{
    page_add(ps, page_no, (op){.kind = OP_FRAME, .rgb = rgb, .x = (float)x, .y = (float)y, .w = (float)w, .h = (float)h, .size = (float)line});
}

void page_line(pageset *ps, size_t page_no, double x1, double y1, double x2, double y2, double line, uint32_t rgb)
{
    page_add(ps, page_no, (op){.kind = OP_LINE, .rgb = rgb, .x = (float)x1, .y = (float)y1, .w = (float)(x2 - x1), .h = (float)(y2 - y1), .size = (float)line});
}

void page_dashes(pageset *ps, size_t page_no, double x1, double y1, double x2, double y2, double line, uint32_t rgb)
{
    page_add(ps, page_no, (op){.kind = OP_LINE, .rgb = rgb, .x = (float)x1, .y = (float)y1, .w = (float)(x2 - x1), .h = (float)(y2 - y1), .size = (float)line, .spacing = 3});
}

void page_disc(pageset *ps, size_t page_no, double x, double y, double r, uint32_t rgb)
{
    page_add(ps, page_no, (op){.kind = OP_DISC, .rgb = rgb, .x = (float)x, .y = (float)y, .w = (float)r});
}

static void triangle(pageset *ps, size_t no, uint32_t rgb, double x1, double y1, double x2, double y2, double x3, double y3)
{
    page_add(ps, no, (op){.kind = OP_TRIANGLE, .rgb = rgb, .x = (float)x1, .y = (float)y1, .w = (float)x2, .h = (float)y2, .x3 = (float)x3, .y3 = (float)y3});
}

void page_mark(pageset *ps, size_t no, double x, double y, double s, mark m, uint32_t rgb)
{
    double t = s * 0.15;
    switch (m) {
    case MARK_NONE: break;
    case MARK_YES:
        page_line(ps, no, x + s * 0.08, y - s * 0.38, x + s * 0.36, y - s * 0.08, t, rgb);
        page_line(ps, no, x + s * 0.36, y - s * 0.08, x + s * 0.92, y - s * 0.78, t, rgb);
        break;
    case MARK_NO:
        page_line(ps, no, x + s * 0.12, y - s * 0.06, x + s * 0.88, y - s * 0.80, t, rgb);
        page_line(ps, no, x + s * 0.12, y - s * 0.80, x + s * 0.88, y - s * 0.06, t, rgb);
        break;
    case MARK_DASH: case MARK_SAME: page_line(ps, no, x + s * 0.12, y - s * 0.42, x + s * 0.88, y - s * 0.42, t, rgb); break;
    case MARK_WARN: triangle(ps, no, rgb, x + s * 0.04, y - s * 0.04, x + s * 0.96, y - s * 0.04, x + s * 0.5, y - s * 0.84); break;
    case MARK_RING: page_add(ps, no, (op){.kind = OP_RING, .rgb = rgb, .x = (float)(x + s * 0.5), .y = (float)(y - s * 0.42), .w = (float)(s * 0.34), .size = (float)t}); break;
    case MARK_UP: triangle(ps, no, rgb, x + s * 0.12, y - s * 0.08, x + s * 0.88, y - s * 0.08, x + s * 0.5, y - s * 0.80); break;
    case MARK_DOWN: triangle(ps, no, rgb, x + s * 0.12, y - s * 0.80, x + s * 0.88, y - s * 0.80, x + s * 0.5, y - s * 0.08); break;
    }
}
