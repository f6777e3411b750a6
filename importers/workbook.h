/* A workbook row by row, for what is no table of records: a register that comes back filled in. */
#ifndef SLA_IMPORTERS_WORKBOOK_H
#define SLA_IMPORTERS_WORKBOOK_H
#include "engine/base/err.h"
#include "engine/base/slice.h"

/* row: from 1, as the workbook numbers it. Cells are as people see them (dates as 2025-10-31); rows without a cell come too. They are gone after the call. */
typedef sla_status workbook_row_fn(void *ctx, const char *sheet, uint32_t row, const slice *cells, size_t n, err *e);
/* Calls fn for each row of each sheet, in order, until it returns something else than SLA_OK, which is returned. SLA_UNKNOWN_FORMAT: the file is no workbook.
 * sha256 (65 bytes): the file's hash. */
sla_status workbook_rows(const char *path, workbook_row_fn *fn, void *ctx, char *sha256, err *e);
#endif
