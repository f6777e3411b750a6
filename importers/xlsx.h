/* Excel workbooks (ECMA-376, also its strict form): what xlsx.c finds and xlsx_sheet.c reads. */
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
    int64_t strings_member;                 /* -1: none */
} xlsx;

sla_status xlsx_read_strings(xlsx *b, err *e);
/* Adds a string's text: _x000D_ and its like become their characters. */
void xlsx_unescape(buf *out, slice s);
sla_status xlsx_sheet_open(xlsx *b, size_t i, stream **out, err *e);
#endif
