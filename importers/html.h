/* Tables in HTML, which many products export under the name .xls: each table of the page is a part, read as a stream. A small tokenizer of its own: what browsers
 * forgive (tags that are not closed, stray ends, attributes without quotes) is forgiven, nothing is looked up elsewhere, and nothing grows with the page. */
#ifndef SLA_IMPORTERS_HTML_H
#define SLA_IMPORTERS_HTML_H
#include "importers/container.h"
#include "importers/sheet.h"

/* Whether a text (UTF-8) begins as a page or a table does. */
bool html_begins(slice text);
sla_status html_open(const container_source *src, slice head, container **out, err *e);

/* The tokenizer by itself: feed it text in pieces of any length. With out the cells of table number wanted go there; without, tables are counted. */
enum { HTML_TABLES_MAX = 256 };
typedef struct html_page html_page;
html_page *html_page_new(buf *out, size_t wanted);                             /* NULL: no memory */
sla_status html_page_add(html_page *p, slice text, const char *shown, err *e); /* SLA_LIMIT: a cell of more than 1 MiB */
size_t html_page_tables(const html_page *p);
void html_page_size(const html_page *p, size_t table, size_t *rows, size_t *cells);
void html_page_free(html_page *p);                                             /* NULL allowed */
#endif
