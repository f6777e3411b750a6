/* Pages as lists of things to draw, before any PDF exists: points (1/72 inch), y downwards from the top edge. Layout and charts write them, pdf.c prints
 * them; contents and page totals are filled in between, so no page is ever begun twice. */
#ifndef SLA_REPORTS_PAGE_H
#define SLA_REPORTS_PAGE_H
#include "engine/base/arena.h"
#include "reports/font.h"
#include "reports/model.h"
#include "reports/report.h"

typedef enum op_kind { OP_TEXT, OP_RECT, OP_FRAME, OP_LINE, OP_TRIANGLE, OP_DISC, OP_RING, OP_LINK } op_kind;
typedef struct op {
    op_kind kind;
    uint8_t face;                     /* TEXT */
    uint32_t rgb;
    float x, y, w, h;                 /* TEXT: left end of the base line; LINE: to x+w, y+h; DISC, RING: centre, radius w; TRIANGLE: two corners … */
    float x3, y3;                     /* … and the third; LINK: y on the target page */
    float size;                       /* TEXT size; width of a LINE, FRAME or RING */
    float spacing;                    /* TEXT: added after each character; LINE: length of its dashes, 0 unbroken */
    size_t target;                    /* LINK: page */
    slice text;
} op;
typedef struct page { op *ops; size_t n, cap; bool bare, banner; /* bare: no header, no footer; banner: no header */ } page;
typedef struct outline { int level; slice text; size_t page; double y; } outline;   /* bookmarks, in order */
typedef struct paper { double w, h, left, right, top, bottom; } paper;              /* margins */
typedef struct pageset {
    arena mem;
    paper paper;
    const fontset *fonts;
    page *pages; size_t n, cap;
    outline *outlines; size_t noutlines, outlines_cap;
    void (*missing)(void *ctx, uint32_t cp); void *ctx;   /* told of each character that no face has */
    bool failed;
} pageset;

/* One restrained palette; the tones differ in lightness as well as hue, so they survive grey printing and colour blindness. */
enum { RGB_INK = 0x23282E, RGB_NAVY = 0x17375E, RGB_GREY = 0x5F6B76, RGB_RULE = 0xC3CBD3, RGB_HAIR = 0xDFE4E9, RGB_ZEBRA = 0xF5F7F9, RGB_WHITE = 0xFFFFFF, RGB_PALE = 0xEEF2F6 };
uint32_t tone_fill(tone t);           /* of areas */
uint32_t tone_ink(tone t);            /* of text and marks on white */

typedef struct type { double size, leading; bool bold; uint32_t rgb; } type;
slice page_clean(pageset *ps, slice text);  /* what can be printed of it; all that is drawn goes through here */
void page_add(pageset *ps, size_t page_no, op o);
void page_text(pageset *ps, size_t page_no, double x, double y, const type *ty, slice text, double spacing);      /* x, y: left end of the base line */
void page_text_at(pageset *ps, size_t page_no, double x, double y, const type *ty, slice text, align al, double max); /* aligned at x; max > 0: cut with … */
size_t page_head(pageset *ps, const type *ty, slice text, double max);  /* how many bytes of it stand there before the …; text.len: all fits */
slice page_tail(pageset *ps, const type *ty, slice text, double max);   /* the other way round: … and as much of the end as fits */
void page_rect(pageset *ps, size_t page_no, double x, double y, double w, double h, uint32_t rgb);
void page_frame(pageset *ps, size_t page_no, double x, double y, double w, double h, double line, uint32_t rgb);
void page_line(pageset *ps, size_t page_no, double x1, double y1, double x2, double y2, double line, uint32_t rgb);
void page_dashes(pageset *ps, size_t page_no, double x1, double y1, double x2, double y2, double line, uint32_t rgb);
void page_disc(pageset *ps, size_t page_no, double x, double y, double r, uint32_t rgb);
void page_mark(pageset *ps, size_t page_no, double x, double y, double size, mark m, uint32_t rgb);               /* in a box of size, x, y its left base corner */
size_t page_new(pageset *ps);
void pageset_clear(pageset *ps);

/* A chart's geometry within a box. tight: 1, or less, by which plots and bars are drawn lower where that saves a page. */
void chart_draw(pageset *ps, size_t page_no, document *d, const chart *c, double x, double y, double w, double h);
double chart_height(const chart *c, double w, double tight);

/* The whole document on pages, with contents, header and footer. fonts must have been checked against its texts. */
sla_status layout_document(document *d, const fontset *fonts, report_paper p, pageset *out, err *e);
/* The pages as a PDF file in out. */
sla_status pdf_print(const pageset *ps, const document *d, buf *out, err *e);
#endif
