/* Long tables into a finished workbook. The library writes about 100,000 rows a second; so it writes only the first row of a long table, which fixes the styles, and
 * the others are put into the sheet's XML here, packed on several threads. */
#ifndef SLA_REPORTS_XLSX_SPLICE_H
#define SLA_REPORTS_XLSX_SPLICE_H
#include "engine/base/buf.h"
#include "reports/model.h"

typedef struct splice {
    size_t sheet;               /* 1-based, as in xl/worksheets/sheetN.xml */
    size_t row;                 /* 1-based row of the sheet that is there already and gives the styles */
    const tablet *t; size_t from, upto;   /* rows of the table that follow it */
} splice;
/* xlsx: a workbook's bytes; replaced by those with the rows. d: for times in its zone. Errors SLA_NOMEM, SLA_LIMIT (beyond 4 GiB). */
sla_status xlsx_splice(buf *xlsx, const splice *jobs, size_t n, const document *d, err *e);
/* Lines that a table's row needs, with columns as wide as their chars say; a glance at most cells. The workbook's viewers do not all find out themselves. */
size_t xlsx_text_lines(slice s, double chars);            /* in a column of so many characters */
size_t xlsx_row_lines(const tablet *t, const cell *cells);
enum { XLSX_LINE_HEIGHT = 14 };                   /* points */
/* XML text of s: & < > escaped, what XML 1.0 forbids left out, wrong UTF-8 as U+FFFD, _x0041_ kept literal. */
void xlsx_escape(buf *out, slice s);
#endif
