#include "engine/base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "engine/base/mem.h"

/* Makes cap > len + n, so that a NUL always fits behind the bytes. */
static bool make_room(buf *b, size_t n)
{
    if (b->failed) return false;
    bool over = b->max && n > b->max - (b->len < b->max ? b->len : b->max);
    if (!over && n < SIZE_MAX - b->len && mem_grow(&b->ptr, &b->cap, b->len + n + 1, 1) == 0) return true;
    b->failed = true;
    b->over = over;
    return false;
}

void buf_bytes(buf *b, const void *p, size_t n)
{
    if (n == 0 || !make_room(b, n)) return;
    memcpy(b->ptr + b->len, p, n);
    b->len += n;
}

void buf_slice(buf *b, slice s)
{
    buf_bytes(b, s.ptr, s.len);
}

void buf_text(buf *b, const char *s)
{
    buf_bytes(b, s, strlen(s));
}

void buf_char(buf *b, char c)
{
    if (!make_room(b, 1)) return;
    b->ptr[b->len++] = c;
}

void buf_printf(buf *b, const char *fmt, ...)
{
    char small[256];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n < 0) {
        b->failed = true;
    } else if ((size_t)n < sizeof small) {
        buf_bytes(b, small, (size_t)n);
    } else if (make_room(b, (size_t)n)) {
        vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(ap);
}

void buf_i64(buf *b, int64_t v)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (v < 0) digits[--at] = '-';
    buf_bytes(b, digits + at, sizeof digits - at);
}

char *buf_reserve(buf *b, size_t n)
{
    return make_room(b, n) ? b->ptr + b->len : NULL;
}

const char *buf_cstr(buf *b)
{
    if (!make_room(b, 0)) return "";
    b->ptr[b->len] = '\0';
    return b->ptr;
}

void buf_reset(buf *b)
{
    b->len = 0;
    b->failed = b->over = false;
}

void buf_free(buf *b)
{
    mem_free(b->ptr);
    *b = (buf){0};
}
