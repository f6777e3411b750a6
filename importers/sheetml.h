/* Workbooks in one XML document (SpreadsheetML of Excel 2003), which web applications like to give under the name .xls: each worksheet is a table. */
#ifndef SLA_IMPORTERS_SHEETML_H
#define SLA_IMPORTERS_SHEETML_H
#include "importers/container.h"

bool sheetml_begins(slice text);             /* UTF-8 */
sla_status sheetml_open(const container_source *src, container **out, err *e);
#endif
