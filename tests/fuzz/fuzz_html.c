/* Any bytes as a page: tables and cells as text, the same wherever the pieces are cut. The first byte chooses the piece. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "importers/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static sla_status read_page(slice text, size_t piece, buf *out)
{
    err e = {0};
    sla_status st = SLA_OK;
    html_page *p = html_page_new(out, 0);
    for (size_t i = 0; p && st == SLA_OK && i < text.len; i += piece) st = html_page_add(p, (slice){text.ptr + i, text.len - i < piece ? text.len - i : piece}, "page", &e);
    if (p && html_page_tables(p) > HTML_TABLES_MAX) abort();
    html_page_free(p);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    buf whole = {0}, parts = {0};
    slice text = {(const char *)data, size};
    html_begins(text);
    if (size == 0) return 0;
    sla_status a = read_page(text, size, &whole), b = read_page(text, data[0] % 32 + 1, &parts);
    if (a != b || (a == SLA_OK && (whole.len != parts.len || (whole.len && memcmp(whole.ptr, parts.ptr, whole.len) != 0)))) abort();
    buf_free(&whole);
    buf_free(&parts);
    return 0;
}
