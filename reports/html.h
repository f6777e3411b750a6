/* Documents as one HTML page that needs nothing beside itself: for those who only read, on a desk or a phone. Tables sort and the register filters where scripts
 * may run; the page's own style and script lie in reports/html/. */
#ifndef SLA_REPORTS_HTML_H
#define SLA_REPORTS_HTML_H
#include "reports/page.h"

enum { HTML_ROWS = 5000 };            /* of the register; more would stop a phone. The page says where the others are */
/* Appends the page with the documents in their order; the first one's title is the page's. fonts: for the charts' geometry. */
sla_status html_print(document *const *docs, size_t ndocs, const fontset *fonts, buf *out, err *e);
void html_escape(buf *out, slice s);  /* & < > " escaped, control characters left out, wrong UTF-8 as U+FFFD */
/* A chart as SVG, drawn by the same strokes as in the PDF. */
void html_chart(document *d, const chart *c, const fontset *fonts, buf *out);
#endif
