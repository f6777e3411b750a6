/* Any bytes in any encoding: detected, decoded to valid UTF-8, the same wherever the pieces are cut. The first byte chooses the piece and the encoding. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/utf8.h"
#include "importers/encoding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(const char *name, slice raw, size_t piece, buf *out)
{
    decoder *d = NULL;
    err e = {0};
    uint64_t replaced = 0;
    if (decoder_open(name, &d, &e) != SLA_OK) return;
    for (size_t i = 0; i < raw.len; i += piece) {
        size_t n = raw.len - i < piece ? raw.len - i : piece;
        if (decoder_add(d, (slice){raw.ptr + i, n}, i + n == raw.len, out, &replaced) != SLA_OK) abort();
    }
    decoder_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"GB18030", "BIG5", "UTF-16LE", "UTF-16BE", "WINDOWS-1252"};
    if (size == 0) return 0;
    slice raw = {(const char *)data + 1, size - 1};
    encoding found = encoding_detect(raw, true, data[0] & 1);
    if (found.bom > raw.len) abort();
    const char *name = data[0] & 2 ? names[data[0] / 4 % 5] : found.name;
    buf whole = {0}, parts = {0};
    decode(name, raw, raw.len ? raw.len : 1, &whole);
    decode(name, raw, data[0] % 7 + 1, &parts);
    if (strcmp(name, "UTF-8") != 0 && !utf8_valid(whole.ptr ? whole.ptr : "", whole.len, NULL)) abort();
    if (whole.len != parts.len || (whole.len && memcmp(whole.ptr, parts.ptr, whole.len) != 0)) abort();
    buf_free(&whole);
    buf_free(&parts);
    return 0;
}
