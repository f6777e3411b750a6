/* CSV and its dialects (RFC 4180 and what exports make of it): finding the dialect, cutting blocks at record boundaries, cutting records into cells. */
#ifndef SLA_IMPORTERS_CSV_H
#define SLA_IMPORTERS_CSV_H
#include "importers/cells.h"

/* quote 0: none; escape '\\' where quotes are escaped by it, 0 where they are doubled; eol '\n' (also for CRLF), '\r' or a sheet's */
typedef struct csv_dialect { char delimiter, quote, escape, eol; } csv_dialect;
/* The dialect of a text by its first records. certain: the header gives the same number of cells (≥ 2) as the records after it. */
csv_dialect csv_guess(slice head, bool *certain);
/* How many bytes of text are whole records, and how many lines (line ends, also those in cells) these have. at_end: the text's last record needs no
 * line end. Unclosed quote at the end: *open = offset of the quote, else SIZE_MAX. Text begins at a record. */
size_t csv_cut(csv_dialect d, slice text, bool at_end, uint32_t *nlines, size_t *open);
/* Bytes of the first record that is not blank, with what is blank before it and its line end. */
size_t csv_first(csv_dialect d, slice text);
/* Cuts records from text into slab c, up to CELLS_ROWS of them; *line: line of the first record, moved on past those read. Returns the bytes used.
 * A record with more cells than the slab has columns: the excess is dropped and counted in *ragged; with fewer: the missing ones are ptr NULL.
 * Lines without any character are passed over. NOMEM: *st. */
size_t csv_cells(csv_dialect d, slice text, uint32_t *line, cells *c, uint64_t *ragged, sla_status *st);
#endif
