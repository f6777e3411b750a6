#include "engine/lang/lex.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "engine/base/utf8.h"
#include "engine/time/instant.h"

const char *token_name(token_kind k)
{
    static const char *const names[] = {
#define T(name, text) text,
        TOKEN_LIST(T)
#undef T
    };
    return k < TOK_COUNT ? names[k] : "?";
}

srcpos source_pos(const source *s, uint32_t offset)
{
    srcpos p = s->at;
    size_t line_start = 0;
    if (offset > s->text.len) offset = (uint32_t)s->text.len;
    if (!p.line) return p;
    for (size_t i = 0; i < offset; i++)
        if (s->text.ptr[i] == '\n') {
            p.line++;
            p.col = 1;
            line_start = i + 1;
        }
    p.col += (uint32_t)utf8_count(s->text.ptr + line_start, offset - line_start);
    return p;
}

static int byte_at(const lexer *l, uint32_t i) { return i < l->src->text.len ? (unsigned char)l->src->text.ptr[i] : -1; }
static bool name_start(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80; }
static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool name_part(int c) { return name_start(c) || is_digit(c); }

static bool fail(lexer *l, uint32_t at, const char *msg, const char *hint)
{
    errlist_add(l->errors, SLA_SYNTAX, source_pos(l->src, at), "%s", msg);
    if (hint) errlist_hint(l->errors, "%s", hint);
    return false;
}

static bool lex_name(lexer *l, token *t)
{
    uint32_t i = l->pos;
    for (;;) {
        while (name_part(byte_at(l, i))) i++;
        if (byte_at(l, i) != '.' || !name_start(byte_at(l, i + 1))) break;
        i++;
    }
    t->kind = TOK_NAME;
    t->text = (slice){l->src->text.ptr + l->pos, i - l->pos};
    l->pos = i;
    return true;
}

static bool unit_ms(slice u, int64_t *ms)
{
    static const struct { const char *unit; int64_t ms; } units[] = {{"ms", 1}, {"s", MS_SECOND}, {"m", MS_MINUTE}, {"min", MS_MINUTE}, {"h", MS_HOUR}, {"d", MS_DAY}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (slice_is(u, units[i].unit)) {
            *ms = units[i].ms;
            return true;
        }
    return false;
}

static bool lex_number(lexer *l, token *t)
{
    char digits[64];
    uint32_t i = l->pos, n = 0;
    int64_t ms = 0;
    while (is_digit(byte_at(l, i)) || (byte_at(l, i) == '.' && is_digit(byte_at(l, i + 1)))) {
        if (n + 1 >= sizeof digits) return fail(l, l->pos, "the number is too long", NULL);
        digits[n++] = l->src->text.ptr[i++];
    }
    digits[n] = 0;
    if (memchr(digits, '.', n) != strrchr(digits, '.')) return fail(l, l->pos, "a number has one decimal point", NULL);
    t->num = strtod(digits, NULL);
    t->kind = TOK_NUMBER;
    if (byte_at(l, i) == '%') {
        t->num /= 100;
        i++;
    }
    uint32_t unit_at = i;
    while (name_part(byte_at(l, i))) i++;
    slice unit = {l->src->text.ptr + unit_at, i - unit_at};
    if (unit.len && slice_is(unit, "wd")) {
        t->kind = TOK_WORKDAYS;
    } else if (unit.len && unit_ms(unit, &ms)) {
        double v = t->num * (double)ms;
        if (!(v < 9e15)) return fail(l, l->pos, "the duration is too long", NULL);
        t->kind = TOK_DURATION;
        t->ms = (int64_t)llround(v);
    } else if (unit.len) {
        errlist_add(l->errors, SLA_SYNTAX, source_pos(l->src, unit_at), "unknown unit '%.*s'", SLICE_ARG(unit));
        errlist_hint(l->errors, "durations are written 90s, 15m, 4h, 2d or 3wd");
        return false;
    }
    l->pos = i;
    return true;
}

static bool lex_text(lexer *l, token *t)
{
    int quote = byte_at(l, l->pos);
    uint32_t i = l->pos + 1;
    char *out = arena_alloc(l->a, l->src->text.len - l->pos + 1, 1);
    size_t n = 0;
    if (!out) return false;
    for (int c; (c = byte_at(l, i)) != quote; i++) {
        if (c < 0) return fail(l, l->pos, "the text has no closing quote", NULL);
        if (c == '\\') {
            c = byte_at(l, ++i);
            if (c == 'n') c = '\n';
            else if (c == 't') c = '\t';
            else if (c != '\\' && c != '"' && c != '\'') return fail(l, i - 1, "unknown escape in a text", "there are \\\\, \\\", \\', \\n and \\t");
        }
        out[n++] = (char)c;
    }
    t->kind = TOK_TEXT;
    t->text = (slice){out, n};
    l->pos = i + 1;
    return true;
}

/* @2025-07-01 or @2025-07-01T09:00[:00[.000]][Z|+08:00]: the shape is fixed, so that @2025-07-01-1d is a subtraction. */
static bool lex_time(lexer *l, token *t)
{
    uint32_t from = l->pos + 1, i = from, last = from + 10;
    while (i < last && (is_digit(byte_at(l, i)) || byte_at(l, i) == '-')) i++;
    if (i == last && byte_at(l, i) == 'T' && is_digit(byte_at(l, i + 1))) {
        i++;
        while (is_digit(byte_at(l, i)) || byte_at(l, i) == ':' || (byte_at(l, i) == '.' && is_digit(byte_at(l, i + 1)))) i++;
        if (byte_at(l, i) == 'Z') i++;
        else if ((byte_at(l, i) == '+' || byte_at(l, i) == '-') && is_digit(byte_at(l, i + 1)) && is_digit(byte_at(l, i + 2))) {
            i += 3;
            if (byte_at(l, i) == ':') i++;
            while (is_digit(byte_at(l, i))) i++;
        }
    }
    t->kind = TOK_TIME;
    t->text = (slice){l->src->text.ptr + from, i - from};
    l->pos = i;
    return true;
}

static bool lex_sign(lexer *l, token *t)
{
    static const struct { const char *text; token_kind kind; } signs[] = {
        {"!=", TOK_NE}, {"<=", TOK_LE}, {">=", TOK_GE}, {"(", TOK_LPAREN}, {")", TOK_RPAREN}, {"[", TOK_LBRACKET}, {"]", TOK_RBRACKET}, {",", TOK_COMMA},
        {".", TOK_DOT}, {"=", TOK_EQ}, {"<", TOK_LT}, {">", TOK_GT}, {"+", TOK_PLUS}, {"-", TOK_MINUS}, {"*", TOK_STAR}, {"/", TOK_SLASH}};
    static const struct { const char *text, *hint; } foreign[] = {
        {"==", "equality is written ="}, {"<>", "inequality is written !="}, {"&&", "write and"}, {"||", "write or"}, {"!", "write not"},
        {"&", "write and"}, {"|", "write or"}, {"{", "write round brackets"}, {"}", "write round brackets"}};
    slice rest = {l->src->text.ptr + l->pos, l->src->text.len - l->pos};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        size_t n = strlen(foreign[i].text);
        if (rest.len < n || memcmp(rest.ptr, foreign[i].text, n) != 0 || (n == 1 && rest.len > 1 && rest.ptr[0] == '!' && rest.ptr[1] == '=')) continue;
        errlist_add(l->errors, SLA_SYNTAX, source_pos(l->src, l->pos), "unexpected '%s'", foreign[i].text);
        errlist_hint(l->errors, "%s", foreign[i].hint);
        return false;
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i].text);
        if (rest.len < n || memcmp(rest.ptr, signs[i].text, n) != 0) continue;
        t->kind = signs[i].kind;
        l->pos += (uint32_t)n;
        return true;
    }
    unsigned char c = (unsigned char)rest.ptr[0];
    if (isprint(c)) errlist_add(l->errors, SLA_SYNTAX, source_pos(l->src, l->pos), "unexpected '%c'", c);
    else errlist_add(l->errors, SLA_SYNTAX, source_pos(l->src, l->pos), "unexpected byte 0x%02x", c);
    return false;
}

bool lex_next(lexer *l, token *out)
{
    while (byte_at(l, l->pos) == ' ' || byte_at(l, l->pos) == '\t' || byte_at(l, l->pos) == '\n' || byte_at(l, l->pos) == '\r') l->pos++;
    *out = (token){.kind = TOK_END, .at = l->pos, .end = l->pos};
    int c = byte_at(l, l->pos);
    bool ok;
    if (c < 0) return true;
    if (name_start(c)) ok = lex_name(l, out);
    else if (is_digit(c)) ok = lex_number(l, out);
    else if (c == '"' || c == '\'') ok = lex_text(l, out);
    else if (c == '@') ok = lex_time(l, out);
    else ok = lex_sign(l, out);
    out->end = l->pos;
    return ok;
}

bool lex_regex(lexer *l, slice *pattern, bool *nocase, uint32_t *at)
{
    while (byte_at(l, l->pos) == ' ' || byte_at(l, l->pos) == '\t' || byte_at(l, l->pos) == '\n') l->pos++;
    *at = l->pos;
    if (byte_at(l, l->pos) != '/') return fail(l, l->pos, "expected a regular expression", "write it between slashes: /^INC[0-9]+$/");
    char *out = arena_alloc(l->a, l->src->text.len - l->pos + 1, 1);
    size_t n = 0;
    uint32_t i = l->pos + 1;
    if (!out) return false;
    for (int c; (c = byte_at(l, i)) != '/'; i++) {
        if (c < 0) return fail(l, *at, "the regular expression has no closing '/'", NULL);
        if (c == '\\' && byte_at(l, i + 1) >= 0) {
            if (byte_at(l, i + 1) != '/') out[n++] = '\\';
            c = byte_at(l, ++i);
        }
        out[n++] = (char)c;
    }
    *nocase = byte_at(l, i + 1) == 'i' && !name_part(byte_at(l, i + 2));
    l->pos = i + 1 + *nocase;
    *pattern = (slice){out, n};
    return true;
}
