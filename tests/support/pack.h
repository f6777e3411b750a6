/* Small archives for tests. Each writes a file and fails the test where it cannot. */
#ifndef SLA_TESTS_SUPPORT_PACK_H
#define SLA_TESTS_SUPPORT_PACK_H
#include "engine/base/buf.h"

typedef struct packed { const char *name; const char *text; } packed;
void pack_zip(const char *path, const packed *files, size_t n);
void pack_gzip(const char *path, const char *text, size_t n);
/* A workbook of one sheet: rows is the inside of sheetData, strings that of sst (NULL: none), styles that of styleSheet (NULL: none). */
void pack_workbook(const char *path, const char *rows, const char *strings, const char *styles, bool from_1904);
/* The parts of a container as text, for comparison: "[name]" before each, cells by '|', rows by a line end; errors as "!message". Appends. */
void pack_dump(const char *path, buf *out);
#endif
