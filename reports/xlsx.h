/* A document as a workbook: a cover with links, one sheet for each sheet name that its blocks carry. */
#ifndef SLA_REPORTS_XLSX_H
#define SLA_REPORTS_XLSX_H
#include "reports/model.h"

/* Writes the .xlsx into out. folder (NULL: the current one): where its temporary file may be. */
sla_status xlsx_print(const document *d, const char *folder, bool letter, buf *out, err *e);
#endif
