/* The pen: pages, lines, flowing text, contents, headers and footers. The blocks are in layout_block.c, tables in layout_table.c. */
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "reports/layout.h"

const type type_body = {9.6, 15.6, false, RGB_INK}, type_lead = {11, 18, false, RGB_INK}, type_small = {8, 12, false, RGB_GREY}, type_label = {8, 11.5, true, RGB_GREY},
           type_table = {8.4, 11.8, false, RGB_INK}, type_compact = {7.6, 10.6, false, RGB_INK};

static void note_missing(void *ctx, uint32_t cp)
{
    document *d = ctx;
    slice name = doc_join(d, "U+%04X", (unsigned)cp);
    for (size_t i = 0; i < d->nmissing; i++)
        if (slice_eq(d->missing[i], name)) return;
    slice *grown = DOC_NEW(d, slice, d->nmissing + 1);
    if (grown == NULL) return;
    if (d->nmissing > 0) memcpy(grown, d->missing, d->nmissing * sizeof *grown);
    grown[d->nmissing++] = name;
    d->missing = grown;
}

slice pen_clean(pen *p, slice s) { return page_clean(p->ps, s); }

static size_t break_part(pen *p, const type *ty, slice text, double width, line *out)
{
    size_t n = 0;
    do {
        size_t used = 0, shown = 0;
        double w = 0;
        fontset_line(p->ps->fonts, ty->bold, ty->size, text, width, &used, &shown, &w);
        if (out != NULL) out[n] = (line){{text.ptr, shown}, w};
        n++;
        text = (slice){text.ptr + used, text.len - used};
    } while (text.len > 0);
    return n;
}

static size_t break_all(pen *p, const type *ty, slice text, double width, line *out)
{
    size_t n = 0;
    for (;;) {
        const char *lf = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;
        slice part = lf == NULL ? text : (slice){text.ptr, (size_t)(lf - text.ptr)};
        n += break_part(p, ty, pen_clean(p, part), width, out == NULL ? NULL : out + n);
        if (lf == NULL) return n;
        text = (slice){lf + 1, text.len - part.len - 1};
    }
}

size_t pen_lines(pen *p, const type *ty, slice text, double width, line **out)
{
    line some[8], *all = some;
    size_t n = break_all(p, ty, text, width, NULL);
    all = ARENA_NEW(&p->scratch, line, n);
    if (all == NULL) {
        p->failed = true;
        *out = NULL;
        return 0;
    }
    break_all(p, ty, text, width, all);
    *out = all;
    return n;
}

double pen_height(pen *p, const type *ty, slice text, double width) { return (double)break_all(p, ty, text, width, NULL) * ty->leading; }

static double baseline(const type *ty) { return (ty->leading + ty->size * 0.72) / 2; }

void pen_put_lines(pen *p, const type *ty, const line *l, size_t n, double x, double y, double width, align al)
{
    for (size_t i = 0; i < n; i++) {
        double lx = al == ALIGN_LEFT ? x : al == ALIGN_RIGHT ? x + width - l[i].w : x + (width - l[i].w) / 2;
        page_text(p->ps, p->page, lx, y + (double)i * ty->leading + baseline(ty), ty, l[i].text, 0);
    }
}

/* Chinese text is set flush on both sides: what is left of a line goes between its characters, if it is little. */
static double spread(const line *l, const type *ty, double width, bool last)
{
    size_t chars = utf8_count(l->text.ptr, l->text.len);
    double left = width - l->w;
    return last || chars < 8 || left > ty->size * 1.5 || left < 0 ? 0 : left / (double)(chars - 1);
}

void pen_flow(pen *p, const type *ty, slice text, double x, double width, bool justify)
{
    line *l = NULL;
    size_t n = pen_lines(p, ty, text, width, &l);
    for (size_t i = 0; i < n; i++) {
        bool orphan = i == 0 && n > 1, widow = n > 2 && i == n - 2;              /* two lines at least at either end */
        if (!pen_fits(p, ty->leading * (orphan || widow ? 2 : 1))) pen_new_page(p);
        page_text(p->ps, p->page, x, p->y + baseline(ty), ty, l[i].text, justify ? spread(&l[i], ty, width, i + 1 == n) : 0);
        p->y += ty->leading;
    }
}

void pen_new_page(pen *p)
{
    p->page = page_new(p->ps);
    p->y = p->top;
}

bool pen_fits(const pen *p, double h) { return p->y + h <= p->bottom + 0.01; }

void pen_need(pen *p, double h)
{
    if (!pen_fits(p, h) && p->y > p->top + 0.01) pen_new_page(p);
}

void pen_link(pen *p, slice name, double x, double y, double w, double h)
{
    if (name.len == 0) return;
    if (p->nlinks == p->links_cap && mem_grow(&p->links, &p->links_cap, p->nlinks < 64 ? 64 : p->nlinks + 1, sizeof *p->links) != 0) p->failed = true;
    else p->links[p->nlinks++] = (struct wanted){name, p->page, x, y, w, h};
}

/* ---- what stands on every page ---- */
static void put_edges(pen *p)
{
    const type head = {7.6, 11, false, RGB_GREY}, strong = {7.6, 11, true, RGB_NAVY};
    pageset *ps = p->ps;
    double left = ps->paper.left, right = ps->paper.w - ps->paper.right, up = ps->paper.top - 24, down = ps->paper.h - ps->paper.bottom + 26;
    slice title = pen_clean(p, p->d->title), middle = pen_clean(p, p->d->head_left), foot = pen_clean(p, p->d->foot_left);
    for (size_t i = 0; i < ps->n; i++) {
        if (ps->pages[i].bare) continue;
        if (!ps->pages[i].banner) {
            page_text_at(ps, i, left, up, &strong, title, ALIGN_LEFT, 220);
            page_text_at(ps, i, right, up, &head, middle, ALIGN_RIGHT, 300);
            page_line(ps, i, left, up + 6, right, up + 6, 0.5, RGB_RULE);
        }
        page_line(ps, i, left, down - 11, right, down - 11, 0.5, RGB_RULE);
        page_text_at(ps, i, left, down, &head, foot, ALIGN_LEFT, right - left - 60);
        page_text_at(ps, i, right, down, &head, doc_join(p->d, "%zu / %zu", i + 1, ps->n), ALIGN_RIGHT, 0);
    }
}

static void put_links(pen *p)
{
    for (size_t i = 0; i < p->nlinks; i++)
        for (size_t k = 0; k < p->nanchors; k++) {
            const struct wanted *w = &p->links[i];
            const struct anchor *a = &p->anchors[k];
            if (!slice_eq(w->name, a->name)) continue;
            page_add(p->ps, w->page, (op){.kind = OP_LINK, .x = (float)w->x, .y = (float)w->y, .w = (float)w->w, .h = (float)w->h, .target = a->page, .y3 = (float)a->y});
            break;
        }
}

static void put_entry(pen *p, const outline *o)
{
    const type one = {10.2, 21, true, RGB_NAVY}, two = {9, 15.5, false, RGB_INK};
    const type *ty = o->level == 1 ? &one : &two;
    double x = p->x + (o->level == 1 ? 0 : 18), right = p->x + p->width, y = p->contents_y + baseline(ty) + (o->level == 1 ? 4 : 0);
    slice no = doc_join(p->d, "%zu", o->page + 1);
    double from = x + fontset_width(p->ps->fonts, ty->bold, ty->size, o->text) + 6, to = right - fontset_width(p->ps->fonts, ty->bold, ty->size, no) - 6;
    page_text_at(p->ps, p->contents_page, x, y, ty, o->text, ALIGN_LEFT, right - x - 40);
    page_text_at(p->ps, p->contents_page, right, y, ty, no, ALIGN_RIGHT, 0);
    if (to > from) page_add(p->ps, p->contents_page, (op){.kind = OP_LINE, .rgb = RGB_RULE, .x = (float)from, .y = (float)(y - 1), .w = (float)(to - from), .size = 0.5f, .spacing = 3});
    page_add(p->ps, p->contents_page, (op){.kind = OP_LINK, .x = (float)x, .y = (float)(y - ty->size), .w = (float)(right - x), .h = (float)ty->leading, .target = o->page, .y3 = (float)o->y});
    p->contents_y += ty->leading * p->contents_scale;
}

static void put_contents(pen *p)
{
    if (p->contents_page == SIZE_MAX) return;
    for (size_t i = 0; i < p->ps->noutlines; i++) {
        if (p->ps->outlines[i].level > 2) continue;
        if (p->contents_y + 24 > p->bottom) p->contents_page++, p->contents_y = p->top;
        put_entry(p, &p->ps->outlines[i]);
    }
}

static paper paper_of(report_paper kind)
{
    if (kind == REPORT_LETTER) return (paper){612, 792, 56, 56, 70, 62};
    return (paper){595.28, 841.89, 51, 51, 74, 66};
}

sla_status layout_document(document *d, const fontset *fonts, report_paper kind, pageset *out, err *e)
{
    pageset ps = {.fonts = fonts, .paper = paper_of(kind), .missing = note_missing, .ctx = d};
    pen p = {.d = d, .ps = &ps, .x = ps.paper.left, .width = ps.paper.w - ps.paper.left - ps.paper.right, .top = ps.paper.top, .bottom = ps.paper.h - ps.paper.bottom,
             .contents_page = SIZE_MAX};
    pen_new_page(&p);
    for (size_t i = 0; i < d->n && !p.failed && !ps.failed && d->failed.code == SLA_OK;) {
        block_layout(&p, &i);
        arena_free(&p.scratch);
    }
    put_contents(&p);
    put_links(&p);
    put_edges(&p);
    arena_free(&p.scratch);
    mem_free(p.anchors);
    mem_free(p.links);
    bool failed = p.failed || p.scratch.failed || ps.failed || ps.mem.failed || document_done(d, NULL) != SLA_OK;
    if (failed) pageset_clear(&ps);
    else *out = ps;
    return failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the pages") : SLA_OK;
}
