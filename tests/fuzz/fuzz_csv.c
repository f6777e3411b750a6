/* Any bytes as CSV: a dialect, records, cells. However the text is cut into blocks, its records are the same. The first byte chooses the block's length. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "importers/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Cells of whole records, added up to a number that depends on all of them and on their order. */
static uint64_t sum_of(csv_dialect d, slice text, cells *c, uint32_t *line, uint64_t h)
{
    while (text.len) {
        sla_status st;
        uint64_t ragged = 0;
        cells_reset(c);
        size_t used = csv_cells(d, text, line, c, &ragged, &st);
        if (used == 0 || used > text.len || st != SLA_OK) abort();
        text = (slice){text.ptr + used, text.len - used};
        for (size_t r = 0; r < c->nrows; r++)
            for (size_t k = 0; k < c->ncols; k++) {
                slice cell = c->at[k * CELLS_ROWS + r];
                h = (h ^ (cell.ptr ? cell.len + 1 : 0) ^ c->lines[r]) * 1099511628211u;
                for (size_t i = 0; i < cell.len; i++) h = (h ^ (unsigned char)cell.ptr[i]) * 1099511628211u;
            }
    }
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static cells c;
    bool certain;
    uint32_t nlines, line = 1, line_of_blocks = 1;
    size_t open, block = size ? data[0] % 64 + 1 : 1;
    if (!c.at && cells_init(&c, 8) != SLA_OK) return 0;
    slice text = {(const char *)data, size};
    csv_dialect d = csv_guess(text, &certain);
    if (csv_first(d, text) > size) abort();
    uint64_t whole = sum_of(d, (slice){text.ptr, csv_cut(d, text, true, &nlines, &open)}, &c, &line, 0), parts = 0;
    for (size_t from = 0, have = 0; have < size;) {
        have = have + block < size ? have + block : size;
        slice seen = {text.ptr + from, have - from};
        size_t n = csv_cut(d, seen, have == size, &nlines, &open);
        if (n > seen.len) abort();
        parts = sum_of(d, (slice){seen.ptr, n}, &c, &line_of_blocks, parts);
        from += n;
    }
    if (whole != parts) abort();
    return 0;
}
