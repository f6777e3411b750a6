/* Sheets and tables as text for the CSV importer: each cell is ended by SHEET_CELL or the row's SHEET_ROW, nothing is quoted, so that row n of the sheet is line n. */
#ifndef SLA_IMPORTERS_SHEET_H
#define SLA_IMPORTERS_SHEET_H
#include "engine/base/buf.h"
#include "engine/base/err.h"

enum { SHEET_CELL = 0x1F, SHEET_ROW = 0x1E, SHEET_ROWS_MAX = 1 << 20, SHEET_COLS_MAX = 1 << 14 };
/* row, col: what is written next, 0-based. begun: something of the row is there. */
typedef struct sheet_writer { buf *out; uint32_t row, col; } sheet_writer;

/* Moves to the cell; false: it lies before what is written already, or beyond the limits of a sheet. Cells without text need not be given. */
bool sheet_place(sheet_writer *w, uint32_t row, uint32_t col);
/* The text of the cell where the writer stands; may be called again to add to it. Bytes that would end a cell become blanks. */
void sheet_text(sheet_writer *w, slice s);
/* The table of strings that cells of a workbook refer to: string i is text[ends[i - 1] .. ends[i]). What add puts at the end of text becomes string n. */
enum { STRINGS_BYTES_MAX = 192 << 20, STRINGS_MAX = 24 << 20 };
typedef struct shared_strings { buf text; uint32_t *ends; size_t n, cap; } shared_strings;
sla_status shared_strings_end(shared_strings *s);            /* ends a string; SLA_LIMIT: more than fits, SLA_NOMEM */
slice shared_strings_get(const shared_strings *s, size_t i); /* ptr NULL: there is no such string */
void shared_strings_free(shared_strings *s);

/* An Excel serial (days since 1899-12-30, or 1904-01-01) as text: "2025-07-01", "2025-07-01T09:00:00", "09:00:00" or hours "36:00:00". FORM_PERCENT is none: 0.9 that is shown as "90%"
 * is written so, for a column of such numbers is no other one than a column of such texts. */
typedef enum serial_form { SERIAL_NONE, SERIAL_DATE, SERIAL_DATETIME, SERIAL_TIME, SERIAL_ELAPSED, FORM_PERCENT } serial_form;
/* What a number format makes of a number: built-in ids 0..163, or the code of a custom one ("yyyy\-mm\-dd hh:mm"). */
serial_form sheet_builtin_form(uint32_t id);
serial_form sheet_code_form(slice code);
bool sheet_read_number(slice s, double *out);      /* a cell's text as a number, the nearest double */
/* Text of a number under a form; value is the number's own text. Numbers lose their rounding noise (0.10000000000000001 is 0.1); large integers keep digits. */
void sheet_number(sheet_writer *w, double value, serial_form form, bool from_1904);
#endif
