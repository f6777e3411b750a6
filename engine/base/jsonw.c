#include "engine/base/jsonw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/utf8.h"

enum { DEPTH_MAX = 63 }; /* one bit of has_item a level */

void jsonw_begin(jsonw *w, buf *out, int indent)
{
    *w = (jsonw){.out = out, .indent = indent};
}

static void new_line(jsonw *w)
{
    if (w->indent == 0) return;
    buf_char(w->out, '\n');
    for (int i = 0; i < w->depth * w->indent; i++) buf_char(w->out, ' ');
}

/* What stands before a key, or before a value that has none. */
static void before_item(jsonw *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    uint64_t bit = UINT64_C(1) << w->depth;
    if (w->has_item & bit) buf_char(w->out, ',');
    w->has_item |= bit;
    if (w->depth > 0) new_line(w);
}

void jsonw_open(jsonw *w, char bracket)
{
    before_item(w);
    buf_char(w->out, bracket);
    if (w->depth == DEPTH_MAX) {
        w->out->failed = true;
        return;
    }
    w->depth++;
    w->has_item &= ~(UINT64_C(1) << w->depth);
}

void jsonw_close(jsonw *w, char bracket)
{
    if (w->depth == 0) {
        w->out->failed = true;
        return;
    }
    bool any = w->has_item >> w->depth & 1;
    w->depth--;
    if (any) new_line(w);
    buf_char(w->out, bracket);
}

static void escape(buf *out, unsigned char c)
{
    switch (c) {
    case '"': buf_text(out, "\\\""); break;
    case '\\': buf_text(out, "\\\\"); break;
    case '\n': buf_text(out, "\\n"); break;
    case '\r': buf_text(out, "\\r"); break;
    case '\t': buf_text(out, "\\t"); break;
    case '\b': buf_text(out, "\\b"); break;
    case '\f': buf_text(out, "\\f"); break;
    default: buf_printf(out, "\\u%04x", c);
    }
}

static void string(buf *out, slice s)
{
    buf_char(out, '"');
    size_t from = 0, i = 0;
    while (i < s.len) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            i++;
            continue;
        }
        uint32_t cp = c;
        size_t len = c < 0x80 ? 1 : utf8_decode(s.ptr + i, s.len - i, &cp);
        if (c < 0x80 || (cp == 0xFFFD && len == 1)) { /* a well-formed U+FFFD has three bytes */
            buf_bytes(out, s.ptr + from, i - from);
            if (c < 0x80) escape(out, c);
            else buf_text(out, "\xEF\xBF\xBD");
            from = i + 1;
        }
        i += len;
    }
    if (s.len > from) buf_bytes(out, s.ptr + from, s.len - from);
    buf_char(out, '"');
}

void jsonw_key(jsonw *w, const char *key) { jsonw_name(w, slice_of(key)); }

void jsonw_name(jsonw *w, slice key)
{
    before_item(w);
    string(w->out, key);
    buf_text(w->out, w->indent ? ": " : ":");
    w->after_key = true;
}

void jsonw_text(jsonw *w, slice s)
{
    before_item(w);
    string(w->out, s);
}

void jsonw_i64(jsonw *w, int64_t v)
{
    before_item(w);
    buf_i64(w->out, v);
}

void jsonw_f64(jsonw *w, double v)
{
    before_item(w);
    if (!isfinite(v)) {
        buf_text(w->out, "null");
        return;
    }
    char digits[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, v);
        if (strtod(digits, NULL) == v) break;
    }
    buf_text(w->out, digits);
}

void jsonw_bool(jsonw *w, bool v)
{
    before_item(w);
    buf_text(w->out, v ? "true" : "false");
}

void jsonw_null(jsonw *w)
{
    before_item(w);
    buf_text(w->out, "null");
}

void jsonw_raw(jsonw *w, slice json)
{
    before_item(w);
    buf_slice(w->out, json);
}

void jsonw_kv_text(jsonw *w, const char *key, slice s)
{
    jsonw_key(w, key);
    jsonw_text(w, s);
}

void jsonw_kv_i64(jsonw *w, const char *key, int64_t v)
{
    jsonw_key(w, key);
    jsonw_i64(w, v);
}

void jsonw_kv_f64(jsonw *w, const char *key, double v)
{
    jsonw_key(w, key);
    jsonw_f64(w, v);
}

void jsonw_kv_bool(jsonw *w, const char *key, bool v)
{
    jsonw_key(w, key);
    jsonw_bool(w, v);
}
