/* Any bytes as JSON: taken or refused with a place inside, in bounded depth. What is taken reads the same value by value. */
#include <stdint.h>
#include <stdlib.h>
#include "importers/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena scratch = {0};
    slice text = {(const char *)data, size}, v, key;
    json_reader one = {.scratch = &scratch}, many = {.scratch = &scratch}, r = {.p = text.ptr, .end = text.ptr + size, .scratch = &scratch};
    bool good = json_valid(&one, text, false), lines = json_valid(&many, text, true);
    if (good && !lines) abort();
    if (!good && (!one.why || one.wrong < text.ptr || one.wrong > text.ptr + size)) abort();
    if (good) {
        json_level l;
        json_blanks(&r);
        if (*r.p == '{' || *r.p == '[') {
            for (json_enter(&r, &l); json_next(&r, &l, &key);)
                if (!json_value(&r, &v, 1)) abort();
        } else if (!json_value(&r, &v, 0)) abort();
        json_blanks(&r);
        if (r.wrong || r.p != r.end) abort();
    }
    arena_free(&scratch);
    return 0;
}
