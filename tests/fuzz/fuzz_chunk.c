/* Blobs of a workspace as a stranger may have made them: kind, number of rows and offset, then the blob. Whatever they say, they are refused or give values. */
#include <stdlib.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/store/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void texts_are_whole(packed_texts *t, const uint32_t *codes, size_t n)
{
    size_t offset = 0;
    char *block = NULL;
    if (t->back && texts_expand(t, &block) != SLA_OK) return;
    for (size_t i = 0; i < t->count; i++) {
        slice s = packed_text(t, i, &offset);
        if (s.len && s.ptr[s.len - 1] == s.ptr[0] + 1000) abort(); /* both ends can be read */
    }
    for (size_t i = 0; i < n; i++)
        if (codes[i] >= t->count) abort();
    mem_free(block);
}

/* The column that texts are made of lies in the same input, behind "T": what it says is as little believed. */
static sla_status read_beside(void *ctx, slice name, buf *out)
{
    const slice *blob = ctx;
    const char *begin = name.len ? memchr(blob->ptr, 'T', blob->len) : NULL;
    if (begin) buf_bytes(out, begin, (size_t)(blob->ptr + blob->len - begin));
    return out->failed ? SLA_NOMEM : SLA_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4 || size > 100000) return 0;
    size_t n = 1 + data[1] + (size_t)(data[2] & 3) * 256, at = data[3] & 127;
    char *copy = mem_resize(NULL, size > 4 ? size - 4 : 1, 1);
    void *out = mem_zero(n + at, 8);
    uint64_t *valid = mem_zero(BITS_WORDS(n + at), 8);
    if (copy && out && valid) {
        packed_texts texts;
        char *block = NULL;
        slice blob = {copy, size - 4};
        memcpy(copy, data + 4, size - 4);
        switch (data[0] % 5) {
        case 0: (void)unpack_lines(blob, n, out); break;
        case 1: (void)unpack_i64(blob, n, (int64_t *)out + at, valid, at); break;
        case 2: (void)unpack_f64(blob, n, (double *)out + at, valid, at); break;
        case 3:
            if (templates_unpack(blob, n, (uint32_t *)out + at, valid, at, &(column_source){read_beside, &blob}, &texts, &block) == SLA_OK) texts_are_whole(&texts, (uint32_t *)out + at, n);
            mem_free(block);
            break;
        default:
            if (unpack_codes(blob, n, (uint32_t *)out + at, valid, at, &texts) == SLA_OK) texts_are_whole(&texts, (uint32_t *)out + at, n);
        }
    }
    mem_free(copy);
    mem_free(out);
    mem_free(valid);
    return 0;
}
