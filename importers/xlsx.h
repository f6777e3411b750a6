/* Excel workbooks (ECMA-376, also its strict form): what xlsx.c finds, xlsx_cells.c reads and xlsx_sheet.c hands on. */
#ifndef SLA_IMPORTERS_XLSX_H
#define SLA_IMPORTERS_XLSX_H
#include "importers/sheet.h"
#include "importers/xml.h"
#include "importers/zip.h"

enum { CELL_BYTES_MAX = 1 << 20 };
typedef struct xlsx {
    container base;
    container_source src;
    zip_t *z;
    shared_strings strings; bool strings_read;
    uint8_t *forms; size_t nforms;          /* serial_form by style index */
    bool from_1904;
    uint64_t *sheets;                       /* member of part i */
    const char **shown;                     /* name of part i in messages */
    uint32_t *merged;                       /* of part i, once it was read: cells of records that are merged over several rows */
    int64_t strings_member;                 /* -1: none */
    char remark[160];                       /* of the part it was asked for last */
} xlsx;

sla_status xlsx_read_strings(xlsx *b, err *e);
/* Adds a string's text: _x000D_ and its like become their characters. */
void xlsx_unescape(buf *out, slice s);

/* The cells of a sheet, as its XML streams through expat, to text (sheet.h). */
typedef struct cell_reader {
    const xlsx *b;
    xml_reader *x;
    sheet_writer w;
    uint32_t row, col;              /* of the cell under way, 0-based */
    uint32_t style;
    char type;                      /* first letter of t, 'i' for inlineStr, 'S' for str; 'n': none */
    buf value;
    int phonetic;
    bool rows, in_row, cell, take, any_row, any_cell;
    bool part;                      /* it reads rows out of the midst of a sheet: what it writes begins in the row of its first cell */
    uint32_t first_row, first_cell; /* of them, the first row there is, and the first with a cell */
    bool unnumbered;                /* a row did not say its number */
    uint32_t merged;                /* cells merged over several rows, behind the rows of headers */
    uint64_t data_at;               /* where in the XML sheetData begins, behind its tag; 0: not yet */
} cell_reader;
sla_status cells_open(const xlsx *b, const char *shown, buf *out, bool in_part, cell_reader *c, err *e);
void cells_close(cell_reader *c);       /* {0} allowed */

sla_status xlsx_sheet_open(xlsx *b, size_t i, stream **out, err *e);
#endif
