/* One block after another onto the pages. */
#include <math.h>
#include <stdlib.h>
#include "engine/base/mem.h"
#include "reports/layout.h"

static const type head1 = {19, 26, true, RGB_NAVY}, head2 = {12.6, 18, true, RGB_NAVY}, head3 = {10.2, 15, true, RGB_INK};

static const type *head_type(int level) { return level == 1 ? &head1 : level == 2 ? &head2 : &head3; }
static double head_before(const pen *p, int level) { return p->y <= p->top + 0.01 ? 0 : level == 1 ? 22 : level == 2 ? 14 : 8; }
static double head_after(int level) { return level == 1 ? 16 : level == 2 ? 7 : 4; }

static const type *para_type(para_style s) { return s == PARA_LEAD ? &type_lead : s == PARA_SMALL ? &type_small : &type_body; }

static void note_place(pen *p, slice name)
{
    if (name.len == 0) return;
    if (p->nanchors == p->anchors_cap && mem_grow(&p->anchors, &p->anchors_cap, p->nanchors < 64 ? 64 : p->nanchors + 1, sizeof *p->anchors) != 0) p->failed = true;
    else p->anchors[p->nanchors++] = (struct anchor){name, p->page, p->y};
}

static void note_outline(pen *p, int level, slice text)
{
    pageset *ps = p->ps;
    if (ps->noutlines == ps->outlines_cap && mem_grow(&ps->outlines, &ps->outlines_cap, ps->noutlines < 64 ? 64 : ps->noutlines + 1, sizeof *ps->outlines) != 0) p->failed = true;
    else ps->outlines[ps->noutlines++] = (outline){level, text, p->page, p->y};
}

/* ---- cover ---- */
static void put_cover_pairs(pen *p, const block *b, double y)
{
    const type name = {8.4, 14, false, RGB_GREY}, value = {9.6, 14, false, RGB_INK};
    double x = p->ps->paper.left + 18, w = p->ps->paper.w - x - p->ps->paper.right;
    for (size_t i = 0; i < b->npairs; i++) {
        line *l = NULL;
        size_t n = pen_lines(p, &value, b->pairs[i].value, w - 118, &l);
        page_text_at(p->ps, p->page, x, y + 10, &name, pen_clean(p, b->pairs[i].name), ALIGN_LEFT, 112);
        pen_put_lines(p, &value, l, n, x + 118, y - 1, w - 118, ALIGN_LEFT);
        y += (double)n * 14 + 7;
        page_line(p->ps, p->page, x, y - 2, x + w, y - 2, 0.4, RGB_HAIR);
    }
}

static void put_cover(pen *p, const block *b)
{
    const type title = {31, 42, true, RGB_NAVY}, sub = {13.5, 21, false, RGB_GREY}, tag = {9, 14, true, RGB_WHITE};
    paper pp = p->ps->paper;
    double x = pp.left + 18, w = pp.w - x - pp.right, y = pp.h * 0.235;
    p->ps->pages[p->page].bare = true;
    page_rect(p->ps, p->page, 0, 0, 26, pp.h, RGB_NAVY);
    page_rect(p->ps, p->page, 26, 0, 4, pp.h, 0xA9C6DF);
    if (b->tag.len > 0) {
        slice t = pen_clean(p, b->tag);
        double tw = fontset_width(p->ps->fonts, true, tag.size, t);
        page_rect(p->ps, p->page, x, y - 40, tw + 18, 19, RGB_NAVY);
        page_text(p->ps, p->page, x + 9, y - 27, &tag, t, 0);
    }
    line *l = NULL;
    size_t n = pen_lines(p, &title, b->text, w, &l);
    pen_put_lines(p, &title, l, n, x, y, w, ALIGN_LEFT);
    y += (double)n * title.leading + 12;
    n = pen_lines(p, &sub, b->more, w, &l);
    pen_put_lines(p, &sub, l, n, x, y, w, ALIGN_LEFT);
    y += (double)n * sub.leading + 18;
    page_rect(p->ps, p->page, x, y, 64, 2.4, RGB_NAVY);
    put_cover_pairs(p, b, pp.h * 0.60);
    pen_new_page(p);
}

/* A report that is read at once begins with a band instead of a cover. */
static void put_banner(pen *p, const block *b)
{
    const type title = {20, 26, true, RGB_WHITE}, sub = {9.4, 14, false, 0xC9D8E6};
    paper pp = p->ps->paper;
    p->ps->pages[p->page].banner = true;
    page_rect(p->ps, p->page, 0, 0, pp.w, 92, RGB_NAVY);
    page_rect(p->ps, p->page, 0, 92, pp.w, 3, 0xA9C6DF);
    page_text_at(p->ps, p->page, pp.left, 47, &title, b->text, ALIGN_LEFT, pp.w - pp.left - pp.right - 130);
    page_text_at(p->ps, p->page, pp.left, 69, &sub, b->more, ALIGN_LEFT, pp.w - pp.left - pp.right);
    page_text_at(p->ps, p->page, pp.w - pp.right, 47, &title, b->tag, ALIGN_RIGHT, 0);
    p->y = 112;
}

/* ---- contents: room for the entries now, the entries when the pages are known ---- */
static bool is_entry(const block *b) { return b->pdf && (b->kind == BLOCK_HEADING || b->kind == BLOCK_CARD) && b->level >= 1 && b->level <= 2; }

static double entry_height(const block *b) { return b->level == 1 ? 21 : 15.5; }

static void reserve_contents(pen *p, const block *own)
{
    pen_flow(p, &head1, own->text, p->x, p->width, false);
    page_rect(p->ps, p->page, p->x, p->y + 5, p->width, 1.1, RGB_NAVY);
    p->y += head_after(1);
    double y = p->y, need = 0, room = p->bottom - p->y - 10, scale = 1;
    for (size_t i = 0; i < p->d->n; i++)
        if (is_entry(&p->d->blocks[i])) need += entry_height(&p->d->blocks[i]);
    if (need > room && need * 0.85 <= room) scale = room / need;      /* a few lines too many are drawn together, not left alone on a page */
    p->contents_scale = scale;
    p->contents_page = p->page, p->contents_y = p->y;
    for (size_t i = 0; i < p->d->n; i++) {
        if (!is_entry(&p->d->blocks[i])) continue;
        if (y + 24 > p->bottom) pen_new_page(p), y = p->top;
        y += entry_height(&p->d->blocks[i]) * scale;
    }
    pen_new_page(p);
}

/* ---- headings and text ---- */
static double tag_width(pen *p, slice tag)
{
    return tag.len == 0 ? 0 : fontset_width(p->ps->fonts, true, 8, tag) + 14;
}

/* A word in a coloured label, its right edge at x. Dark on the light tones, white on the others. */
static void put_tag(pen *p, slice tag, tone how, double x, double y)
{
    bool pale = how == TONE_NONE || how == TONE_OBSERVE || how == TONE_MINOR || how == TONE_MUTED;
    const type ty = {8, 11, true, pale ? RGB_INK : RGB_WHITE};
    double w = tag_width(p, tag);
    page_rect(p->ps, p->page, x - w, y, w, 14, tone_fill(how));
    page_text(p->ps, p->page, x - w + 7, y + 10, &ty, tag, 0);
}

static void put_heading(pen *p, const block *b)
{
    const type *ty = head_type(b->level);
    slice text = pen_clean(p, b->text), full = text;
    double x = p->x;
    p->y += head_before(p, b->level);
    note_place(p, b->anchor);
    if (b->level == 1) {
        type number = *ty;
        slice no = doc_join(p->d, "%d", ++p->chapter);
        full = doc_join(p->d, "%d  %.*s", p->chapter, SLICE_ARG(text));
        number.rgb = 0x7FA3C4;
        page_text(p->ps, p->page, x, p->y + 20, &number, no, 0);
        x += fontset_width(p->ps->fonts, true, ty->size, no) + 12;
    }
    note_outline(p, b->level, full);
    if (b->tag.len > 0) put_tag(p, pen_clean(p, b->tag), b->tone, p->x + p->width, p->y + (ty->leading - 14) / 2);
    pen_flow(p, ty, text, x, p->width - (x - p->x) - tag_width(p, b->tag), false);
    if (b->level == 1) page_rect(p->ps, p->page, p->x, p->y + 5, p->width, 1.1, RGB_NAVY);
    p->y += head_after(b->level);
}

static void put_item(pen *p, const block *b)
{
    pen_need(p, type_body.leading);
    page_rect(p->ps, p->page, p->x + 2, p->y + 6.6, 3.2, 3.2, 0x7FA3C4);
    pen_flow(p, &type_body, b->text, p->x + 14, p->width - 14, true);
    p->y += 3;
}

/* ---- names and values in two columns ---- */
static double pair_height(pen *p, const pair *q, double name_w, double value_w)
{
    return fmax(pen_height(p, &type_label, q->name, name_w - 8), pen_height(p, &type_table, q->value, value_w)) + 7;
}

static void put_pairs(pen *p, const block *b)
{
    double name_w = 0, value_w;
    for (size_t i = 0; i < b->npairs; i++) name_w = fmax(name_w, fontset_width(p->ps->fonts, true, type_label.size, pen_clean(p, b->pairs[i].name)) + 14);
    name_w = fmin(fmax(name_w, 84), p->width * 0.34);
    value_w = p->width - name_w - 4;
    for (size_t i = 0; i < b->npairs; i++) {
        double h = pair_height(p, &b->pairs[i], name_w, value_w), room = p->bottom - p->top;
        if (h < room) pen_need(p, h);
        size_t first = p->page;
        double y = p->y;
        line *l = NULL;
        size_t n = pen_lines(p, &type_label, b->pairs[i].name, name_w - 8, &l);
        pen_put_lines(p, &type_label, l, n, p->x + 4, y + 3, name_w - 8, ALIGN_LEFT);
        p->y += 3;
        pen_flow(p, &type_table, b->pairs[i].value, p->x + name_w, value_w, false);
        p->y += 3.5;
        if (first == p->page) p->y = fmax(p->y, y + h);
        page_line(p->ps, p->page, p->x, p->y - 0.5, p->x + p->width, p->y - 0.5, 0.35, RGB_RULE);
    }
    p->y += 10;
}

/* ---- figures in tiles ---- */
enum { TILE_HEIGHT = 66 };
static size_t tiles_in_row(const block *b) { return b->nfigures <= 5 ? b->nfigures : b->nfigures == 6 ? 3 : 4; }

static void put_tile(pen *p, const figure *f, double x, double y, double w)
{
    const type value = {19, 24, true, tone_ink(f->tone == TONE_PLAIN ? TONE_ACCENT : f->tone)}, sub = {7.4, 10, false, RGB_GREY};
    type label = {8, 11, true, RGB_GREY};
    while (label.size > 6.4 && fontset_width(p->ps->fonts, true, label.size, f->label) > w - 14) label.size -= 0.2;
    page_rect(p->ps, p->page, x, y, w, TILE_HEIGHT - 8, RGB_ZEBRA);
    page_rect(p->ps, p->page, x, y, 2.4, TILE_HEIGHT - 8, tone_fill(f->tone == TONE_PLAIN ? TONE_ACCENT : f->tone));
    page_text_at(p->ps, p->page, x + 10, y + 14, &label, pen_clean(p, f->label), ALIGN_LEFT, w - 14);
    slice v = pen_clean(p, f->value);
    page_text_at(p->ps, p->page, x + 10, y + 37, &value, v, ALIGN_LEFT, w - 14);
    if (f->mark != MARK_NONE) page_mark(p->ps, p->page, x + 14 + fontset_width(p->ps->fonts, true, value.size, v), y + 36, 9, f->mark, tone_ink(f->mark_tone));
    page_text_at(p->ps, p->page, x + 10, y + 51, &sub, pen_clean(p, f->sub), ALIGN_LEFT, w - 14);
}

static void put_figures(pen *p, const block *b)
{
    size_t in_row = tiles_in_row(b);
    double gap = 8, w = (p->width - gap * (double)(in_row - 1)) / (double)in_row;
    for (size_t i = 0; i < b->nfigures; i += in_row) {
        pen_need(p, TILE_HEIGHT);
        for (size_t k = i; k < b->nfigures && k < i + in_row; k++) put_tile(p, &b->figures[k], p->x + (w + gap) * (double)(k - i), p->y, w);
        p->y += TILE_HEIGHT;
    }
    p->y += 6;
}

/* ---- boxes ---- */
static double callout_height(pen *p, const block *b)
{
    return 14 + (b->text.len > 0 ? pen_height(p, &head3, b->text, p->width - 28) : 0) + (b->more.len > 0 ? pen_height(p, &type_table, b->more, p->width - 28) : 0);
}

static void put_callout(pen *p, const block *b)
{
    double h = callout_height(p, b);
    if (h < p->bottom - p->top) pen_need(p, h);
    page_rect(p->ps, p->page, p->x, p->y, p->width, h, RGB_PALE);
    page_rect(p->ps, p->page, p->x, p->y, 3, h, tone_fill(b->tone));
    p->y += 7;
    if (b->text.len > 0) pen_flow(p, &head3, b->text, p->x + 14, p->width - 28, false);
    if (b->more.len > 0) pen_flow(p, &type_table, b->more, p->x + 14, p->width - 28, false);
    p->y += 7 + 10;
}

static double card_height(pen *p, const block *b)
{
    return 13 + pen_height(p, &head3, b->text, p->width - 26 - tag_width(p, b->tag)) + (b->more.len > 0 ? pen_height(p, &type_small, b->more, p->width - 24) : 0);
}

static void put_card(pen *p, const block *b)
{
    double h = card_height(p, b);
    p->y += head_before(p, 2);
    note_place(p, b->anchor);
    if (b->level > 0) note_outline(p, b->level, pen_clean(p, b->text));
    page_rect(p->ps, p->page, p->x, p->y, p->width, h, RGB_PALE);
    page_rect(p->ps, p->page, p->x, p->y, 4, h, tone_fill(b->tone));
    put_tag(p, pen_clean(p, b->tag), b->tone, p->x + p->width - 8, p->y + 7);
    p->y += 6;
    pen_flow(p, &head3, b->text, p->x + 14, p->width - 26 - tag_width(p, b->tag), false);
    if (b->more.len > 0) pen_flow(p, &type_small, b->more, p->x + 14, p->width - 24, false);
    p->y += 7 + 4;
}

/* Boxes to write in: a value is the number of lines of room, of which cut are left out but not more than half; without one the boxes stand three in a row. */
static double form_rows(const block *b, int cut, bool draw, pen *p, double y)
{
    const type label = {7.6, 11, false, RGB_GREY};
    double w3 = p->width / 3;
    size_t at = 0;
    for (size_t i = 0; i < b->npairs; i++) {
        int lines = b->pairs[i].value.len > 0 ? atoi(b->pairs[i].value.ptr) : 0;
        lines -= cut < lines / 2 ? cut : lines / 2;
        if (lines > 0 && at > 0) y += 30, at = 0;
        double h = lines > 0 ? 14.0 * lines + 12 : 30, x = p->x + (lines > 0 ? 0 : w3 * (double)at), w = lines > 0 ? p->width : w3;
        if (draw) {
            page_frame(p->ps, p->page, x, y, w, h, 0.5, RGB_RULE);
            page_text_at(p->ps, p->page, x + 5, y + 10, &label, pen_clean(p, b->pairs[i].name), ALIGN_LEFT, w - 8);
        }
        if (lines > 0) y += h;
        else if (++at == 3) y += 30, at = 0;
    }
    return y + (at > 0 ? 30 : 0);
}

static double form_height(pen *p, const block *b, int cut) { return form_rows(b, cut, false, p, 0) + 12; }

enum { CUT_MOST = 4 };
static void put_form(pen *p, const block *b)
{
    int cut = 0;
    while (cut < CUT_MOST && !pen_fits(p, form_height(p, b, cut))) cut++;    /* a line or two less, rather than alone on the next page */
    if (cut == CUT_MOST) cut = 0;
    pen_need(p, form_height(p, b, cut));
    p->y = form_rows(b, cut, true, p, p->y) + 12;
}

/* ---- charts: half ones side by side, each run of them laid out as a whole ---- */
#define TIGHT_MOST 0.8
enum { CHART_GAP = 14, CHARTS_APART = 18 };
typedef struct arrangement { bool columns; /* half charts go where a column is shorter; false: in rows */ double tight; } arrangement;

/* The height of the chart and, in rows, of the one beside it. */
static double charts_height(const pen *p, size_t i, arrangement a)
{
    const block *b = &p->d->blocks[i];
    double w = b->chart->half ? (p->width - CHARTS_APART) / 2 : p->width, h = chart_height(b->chart, w, a.tight);
    if (!b->chart->half || a.columns) return h;
    do i++;
    while (i < p->d->n && !p->d->blocks[i].pdf);                 /* what only the workbook shows does not part them */
    const block *other = i < p->d->n ? &p->d->blocks[i] : NULL;
    return other != NULL && other->kind == BLOCK_CHART && other->chart->half ? fmax(h, chart_height(other->chart, w, a.tight)) : h;
}

/* From block *i on; the number of page ends within the run. draw false: only that number. */
static size_t run_charts(pen *p, size_t *i, arrangement a, bool draw)
{
    double y[2] = {p->y, p->y}, half = (p->width - CHARTS_APART) / 2;
    size_t ends = 0, k = *i;
    bool left_taken = false;
    for (; k < p->d->n && (!p->d->blocks[k].pdf || p->d->blocks[k].kind == BLOCK_CHART); k++) {
        const chart *c = p->d->blocks[k].chart;
        if (!p->d->blocks[k].pdf) continue;
        bool right = c->half && (a.columns ? y[1] < y[0] : left_taken);
        double w = c->half ? half : p->width, h = chart_height(c, w, a.tight);
        if (!right && !(c->half && a.columns)) y[0] = y[1] = fmax(y[0], y[1]);
        if (y[right] + (right ? h : charts_height(p, k, a)) > p->bottom + 0.01 && y[right] > p->top + 0.01) {
            if (draw) pen_new_page(p);
            y[0] = y[1] = p->top, right = false, ends++;
        }
        if (draw) chart_draw(p->ps, p->page, p->d, c, p->x + (right ? half + CHARTS_APART : 0), y[right], w, h);
        y[right] += h + CHART_GAP * a.tight;
        if (!c->half) y[1] = y[0];
        left_taken = c->half && !right;
    }
    if (draw) p->y = fmax(y[0], y[1]), *i = k - 1;
    return ends;
}

/* Rows as high as usual, unless the charts take a page less when they are drawn lower, or stand in two columns. */
static void put_charts(pen *p, size_t *i)
{
    static const arrangement ways[] = {{false, 1}, {false, 0.93}, {false, 0.86}, {true, 1}, {true, 0.93}, {true, 0.86}, {false, TIGHT_MOST}, {true, TIGHT_MOST}};
    size_t best = 0, least = run_charts(p, i, ways[0], false);
    for (size_t k = 1; k < sizeof ways / sizeof ways[0]; k++) {
        size_t ends = run_charts(p, i, ways[k], false);
        if (ends < least) least = ends, best = k;
    }
    run_charts(p, i, ways[best], true);
}

/* ---- what must stand together ---- */
double block_lead(pen *p, size_t i)
{
    while (i < p->d->n && !p->d->blocks[i].pdf) i++;
    if (i >= p->d->n) return 0;
    const block *b = &p->d->blocks[i];
    switch (b->kind) {
    case BLOCK_HEADING: return 22 + pen_height(p, head_type(b->level), b->text, p->width) + head_after(b->level) + block_lead(p, i + 1);
    case BLOCK_CARD: return 18 + card_height(p, b) + block_lead(p, i + 1);
    case BLOCK_PARA: {
        const type *ty = para_type(b->style);
        double h = pen_height(p, ty, b->text, p->width), keep = fmin(h, 2 * ty->leading) + 6;
        bool short_one = h <= 3 * ty->leading;                 /* a line or two that introduce what follows stand with it */
        return short_one ? h + 6 + (i + 1 < p->d->n && (p->d->blocks[i + 1].kind == BLOCK_TABLE || p->d->blocks[i + 1].kind == BLOCK_CHART) ? block_lead(p, i + 1) : 0) : keep;
    }
    case BLOCK_ITEM: return type_body.leading * 2;
    case BLOCK_PAIRS: {                                        /* a card and what it says stay together, if they can */
        double h = 0;
        for (size_t k = 0; k < b->npairs; k++) h += pair_height(p, &b->pairs[k], 90, p->width - 94);
        return fmin(h, 240);
    }
    case BLOCK_FIGURES: return TILE_HEIGHT;
    case BLOCK_TABLE: return table_lead(p, b);
    case BLOCK_CHART: return charts_height(p, i, (arrangement){false, TIGHT_MOST});
    case BLOCK_CALLOUT: return fmin(callout_height(p, b), p->bottom - p->top);
    case BLOCK_FORM: return form_height(p, b, 0);
    case BLOCK_COVER: case BLOCK_CONTENTS: case BLOCK_BREAK: case BLOCK_SPACE: break;
    }
    return 0;
}

void block_layout(pen *p, size_t *i)
{
    const block *b = &p->d->blocks[*i];
    if (!b->pdf) {
        ++*i;
        return;
    }
    if (b->kind == BLOCK_HEADING || b->kind == BLOCK_CARD || b->kind == BLOCK_PARA) pen_need(p, fmin(block_lead(p, *i), (p->bottom - p->top) * 0.9));
    switch (b->kind) {
    case BLOCK_COVER: if (b->style == PARA_SMALL) put_banner(p, b); else put_cover(p, b); break;
    case BLOCK_CONTENTS: reserve_contents(p, b); break;
    case BLOCK_HEADING: put_heading(p, b); break;
    case BLOCK_PARA: pen_flow(p, para_type(b->style), b->text, p->x, p->width, true), p->y += b->style == PARA_SMALL ? 4 : 7; break;
    case BLOCK_ITEM: put_item(p, b); break;
    case BLOCK_PAIRS: put_pairs(p, b); break;
    case BLOCK_FIGURES: put_figures(p, b); break;
    case BLOCK_TABLE: note_place(p, b->anchor), table_layout(p, b); break;
    case BLOCK_CHART: put_charts(p, i); break;
    case BLOCK_CALLOUT: put_callout(p, b); break;
    case BLOCK_CARD: put_card(p, b); break;
    case BLOCK_FORM: put_form(p, b); break;
    case BLOCK_BREAK: if (p->y > (b->soft ? (p->top + p->bottom) / 2 : p->top + 0.01)) pen_new_page(p); break;
    case BLOCK_SPACE: p->y += 10; break;
    }
    ++*i;
}
