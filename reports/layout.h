/* What the parts of layout share: the pen on the page, and text in lines. Only layout*.c include this. */
#ifndef SLA_REPORTS_LAYOUT_H
#define SLA_REPORTS_LAYOUT_H
#include "reports/page.h"

typedef struct pen {
    document *d;
    pageset *ps;
    arena scratch;
    size_t page;
    double x, width, y, top, bottom;      /* the text area; y: where the next thing's top goes */
    int chapter;                          /* number of the last heading of level 1 */
    size_t contents_page; double contents_y, contents_scale;  /* where BLOCK_CONTENTS left room; SIZE_MAX: nowhere */
    struct anchor { slice name; size_t page; double y; } *anchors; size_t nanchors, anchors_cap;
    struct wanted { slice name; size_t page; double x, y, w, h; } *links; size_t nlinks, links_cap;
    bool failed;
} pen;

typedef struct line { slice text; double w; } line;   /* text without the blanks at its end */
extern const type type_body, type_lead, type_small, type_label, type_table, type_compact;

slice pen_clean(pen *p, slice s);                                      /* what can be printed of s */
size_t pen_lines(pen *p, const type *ty, slice text, double width, line **out);  /* in scratch; line feeds end lines */
double pen_height(pen *p, const type *ty, slice text, double width);
void pen_put_lines(pen *p, const type *ty, const line *l, size_t n, double x, double y, double width, align al);
void pen_flow(pen *p, const type *ty, slice text, double x, double width, bool justify);  /* over pages; moves y */
void pen_new_page(pen *p);
bool pen_fits(const pen *p, double h);
void pen_need(pen *p, double h);                                       /* a new page if h does not fit */
void pen_link(pen *p, slice name, double x, double y, double w, double h);

void table_layout(pen *p, const block *b);
double table_lead(pen *p, const block *b);                             /* caption, head and first row */
double block_lead(pen *p, size_t i);                                   /* what of block i, and of those it must stand with, has to fit on one page */
void block_layout(pen *p, size_t *i);                                  /* moves i past what was laid out */
#endif
