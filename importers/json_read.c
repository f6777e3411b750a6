#include "importers/json_read.h"
#include <string.h>
#include "engine/base/utf8.h"

bool json_fail(json_reader *r, const char *why)
{
    if (!r->wrong) r->wrong = r->p, r->why = why;
    return false;
}

bool json_no_memory(json_reader *r)
{
    r->scratch->failed = true;
    return json_fail(r, "out of memory");
}

void json_blanks(json_reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')) r->p++;
}

/* ---- strings ---- */
static bool hex4(json_reader *r, uint32_t *out)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = r->p < r->end ? *r->p : '\0';
        int d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
        if (d < 0) return json_fail(r, "a \\u escape needs four hexadecimal digits");
        v = v * 16 + (uint32_t)d;
        r->p++;
    }
    *out = v;
    return true;
}

/* The character of an escape, behind its backslash, as UTF-8. A lone surrogate becomes U+FFFD. */
static bool escape(json_reader *r, char out[4], size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *k = r->p < r->end ? memchr(from, *r->p, sizeof from - 1) : NULL;
    if (k) {
        out[0] = to[k - from];
        *n = 1;
        r->p++;
        return true;
    }
    uint32_t cp, low;
    if (r->p == r->end || *r->p != 'u') return json_fail(r, "no such escape");
    r->p++;
    if (!hex4(r, &cp)) return false;
    if (cp >= 0xD800 && cp < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
        const char *back = r->p;
        r->p += 2;
        if (!hex4(r, &low)) return false;
        if (low >= 0xDC00 && low < 0xE000) cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        else r->p = back;
    }
    *n = utf8_encode(cp >= 0xD800 && cp < 0xE000 ? 0xFFFD : cp, out);
    return true;
}

bool json_string(json_reader *r, slice *out)
{
    const char *from = ++r->p;
    bool plain = true;
    for (; r->p < r->end && *r->p != '"'; r->p++) {
        if ((unsigned char)*r->p < 0x20) return json_fail(r, "a control character in a string");
        if (*r->p != '\\') continue;
        plain = false;
        if (++r->p == r->end) break;
    }
    if (r->p == r->end) return json_fail(r, "a string that is never closed");
    const char *stop = r->p++, *after = r->p;
    *out = (slice){from, (size_t)(stop - from)};
    if (plain) return true;
    char *text = arena_alloc(r->scratch, out->len + 1, 1);
    if (!text) return json_no_memory(r);
    size_t n = 0, k;
    for (r->p = from; r->p < stop;) {
        const char *back = memchr(r->p, '\\', (size_t)(stop - r->p));
        size_t run = (size_t)((back ? back : stop) - r->p);
        memcpy(text + n, r->p, run);
        n += run;
        r->p += run;
        if (!back) break;
        r->p++;
        if (!escape(r, text + n, &k)) return false;
        n += k;
    }
    r->p = after;
    *out = (slice){text, n};
    return true;
}

/* ---- numbers and words ---- */
static bool digits(json_reader *r)
{
    const char *from = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9') r->p++;
    return r->p > from;
}

static bool number(json_reader *r, slice *out)
{
    const char *from = r->p;
    if (*r->p == '-') r->p++;
    if (r->p < r->end && *r->p == '0') r->p++;
    else if (!digits(r)) return json_fail(r, "not a value");
    if (r->p < r->end && *r->p == '.') {
        r->p++;
        if (!digits(r)) return json_fail(r, "a digit is missing behind the point");
    }
    if (r->p < r->end && (*r->p | 32) == 'e') {
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-')) r->p++;
        if (!digits(r)) return json_fail(r, "a digit is missing in the exponent");
    }
    *out = (slice){from, (size_t)(r->p - from)};
    return true;
}

static bool word(json_reader *r, const char *text)
{
    for (; *text; text++, r->p++)
        if (r->p == r->end || *r->p != *text) return json_fail(r, "not a value");
    return true;
}

/* ---- arrays and objects ---- */
bool json_enter(json_reader *r, json_level *l)
{
    *l = (json_level){*r->p == '{' ? '}' : ']', true};
    r->p++;
    return true;
}

bool json_next(json_reader *r, json_level *l, slice *key)
{
    json_blanks(r);
    if (r->p == r->end) return json_fail(r, "an array or object that is never closed");
    if (*r->p == l->close) return r->p++, false;
    if (!l->first) {
        if (*r->p != ',') return json_fail(r, "a comma is missing");
        r->p++;
        json_blanks(r);
    }
    l->first = false;
    *key = (slice){0};
    if (l->close == ']') return true;
    if (r->p == r->end || *r->p != '"') return json_fail(r, "a key is missing");
    if (!json_string(r, key)) return false;
    json_blanks(r);
    if (r->p == r->end || *r->p != ':') return json_fail(r, "a colon is missing");
    r->p++;
    return true;
}

bool json_value(json_reader *r, slice *out, int depth)
{
    json_level l;
    slice ignored, key;
    json_blanks(r);
    *out = (slice){0};
    if (r->p == r->end) return json_fail(r, "a value is missing");
    const char *from = r->p;
    switch (*from) {
    case '"': return json_string(r, out);
    case 'n': return word(r, "null");
    case 't':
    case 'f':
        if (!word(r, *from == 't' ? "true" : "false")) return false;
        break;
    case '{':
    case '[':
        if (depth >= JSON_DEPTH_MAX) return json_fail(r, "nested too deeply");
        json_enter(r, &l);
        while (json_next(r, &l, &key))
            if (!json_value(r, &ignored, depth + 1)) return false;
        if (r->wrong) return false;
        break;
    default: return number(r, out);
    }
    *out = (slice){from, (size_t)(r->p - from)};
    return true;
}

slice json_at(slice object, slice path, arena *scratch)
{
    const char *dot = path.len ? memchr(path.ptr, '.', path.len) : NULL;
    slice head = dot ? (slice){path.ptr, (size_t)(dot - path.ptr)} : path, key, value, found = {0};
    if (object.len == 0 || *object.ptr != '{' || path.len == 0) return found;
    json_reader r = {.p = object.ptr, .end = object.ptr + object.len, .scratch = scratch};
    json_level l;
    json_enter(&r, &l);
    while (json_next(&r, &l, &key)) {
        if (!json_value(&r, &value, 1)) return (slice){0};
        if (slice_eq(key, head)) found = value;
    }
    return dot ? json_at(found, (slice){dot + 1, path.len - head.len - 1}, scratch) : found;
}

bool json_valid(json_reader *r, slice text, bool lines)
{
    slice v;
    r->p = text.ptr;
    r->end = text.ptr + text.len;
    json_blanks(r);
    bool object = r->p < r->end && *r->p == '{';
    if (!json_value(r, &v, 0)) return false;
    for (;;) {
        const char *behind = r->p;
        json_blanks(r);
        if (r->p == r->end) return true;
        if (!lines || !object || *r->p != '{' || !memchr(behind, '\n', (size_t)(r->p - behind))) return json_fail(r, "something stands behind the end");
        if (!json_value(r, &v, 0)) return false;
    }
}
