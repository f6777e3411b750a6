/* A fuzzer's bytes as a file on disk, and all parts of it read. */
#ifndef SLA_TESTS_FUZZ_FILE_H
#define SLA_TESTS_FUZZ_FILE_H
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "importers/container.h"
#include "importers/sheet.h"

static inline void fuzz_read_part(container *box, size_t i)
{
    enum { ENOUGH = 64 << 20 };
    static char piece[1 << 16];
    stream *s = NULL;
    err e = {0};
    size_t got = 1, all = 0, rows = 0, cols = 0;
    sla_status st = container_part(box, i, &s, &e);
    while (st == SLA_OK && got && all < ENOUGH) {
        st = stream_read(s, piece, sizeof piece, &got, &e);
        all += got;
        for (size_t k = 0; st == SLA_OK && box->parts[i].table && k < got; k++) {
            cols = piece[k] == SHEET_CELL ? cols + 1 : piece[k] == SHEET_ROW ? 0 : cols;
            rows += piece[k] == SHEET_ROW;
        }
        if (rows > SHEET_ROWS_MAX || cols >= SHEET_COLS_MAX) abort();
    }
    if (st != SLA_OK && !e.msg[0]) abort();
    stream_close(s);
}

static inline void fuzz_file_read(const uint8_t *data, size_t size)
{
    static FILE *f;
    err e = {0};
    container *box = NULL;
    if (!f) f = tmpfile();
    if (!f || ftruncate(fileno(f), 0) != 0 || pwrite(fileno(f), data, size, 0) != (ssize_t)size) return;
    container_source src = {fileno(f), size, "file", NULL};
    slice head = {(const char *)data, size < 1 << 20 ? size : 1 << 20};
    if (container_open(&src, head, &box, &e) != SLA_OK) {
        if (!e.msg[0] || box) abort();
        return;
    }
    if (box && !container_sniff(head)) abort();
    for (size_t i = 0; box && i < box->nparts; i++) fuzz_read_part(box, i);
    container_close(box);
}
#endif
