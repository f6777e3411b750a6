/* What the parts of the staff report share. Only staff*.c include this. */
#ifndef SLA_REPORTS_STAFF_H
#define SLA_REPORTS_STAFF_H
#include "reports/audit.h"

slice staff_grade(document *d, const res_staff *s);
slice staff_interval(document *d, const res_indicator *x);
slice staff_month(document *d, int which);               /* 0..2: "2025-07" */
cell staff_value(const res_indicator *x, bool has, double v);
enum { STAFF_METHOD_LINES = 4 };
size_t staff_method(document *d, slice *out);            /* how points, grades and comparisons come about, a sentence each: out has room for the bands and STAFF_METHOD_LINES */
void staff_sheets(document *d);                          /* weights, grades, scores with live formulas, indicators; for the workbook only */
#endif
