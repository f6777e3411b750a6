#include "importers/sheet.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/base/mem.h"
#include "engine/time/instant.h"

bool sheet_place(sheet_writer *w, uint32_t row, uint32_t col)
{
    if (row < w->row || (row == w->row && col < w->col) || row >= SHEET_ROWS_MAX || col >= SHEET_COLS_MAX) return false;
    for (; w->row < row; w->row++, w->col = 0) buf_char(w->out, SHEET_ROW);
    for (; w->col < col; w->col++) buf_char(w->out, SHEET_CELL);
    return true;
}

void sheet_text(sheet_writer *w, slice s)
{
    char *to = buf_reserve(w->out, s.len);
    if (!to) return;
    for (size_t i = 0; i < s.len; i++) to[i] = s.ptr[i] == SHEET_CELL || s.ptr[i] == SHEET_ROW ? ' ' : s.ptr[i];
    w->out->len += s.len;
}

/* ---- shared strings ---- */
sla_status shared_strings_end(shared_strings *s)
{
    if (s->text.over || s->n == STRINGS_MAX || s->text.len > STRINGS_BYTES_MAX) return SLA_LIMIT;
    if (s->text.failed || mem_grow(&s->ends, &s->cap, s->n + 1, sizeof *s->ends) != 0) return SLA_NOMEM;
    s->ends[s->n++] = (uint32_t)s->text.len;
    return SLA_OK;
}

slice shared_strings_get(const shared_strings *s, size_t i)
{
    if (i >= s->n) return (slice){0};
    size_t from = i ? s->ends[i - 1] : 0;
    return (slice){s->text.ptr ? s->text.ptr + from : "", s->ends[i] - from};
}

void shared_strings_free(shared_strings *s)
{
    buf_free(&s->text);
    mem_free(s->ends);
    *s = (shared_strings){0};
}

/* ---- number formats ---- */
/* ECMA-376 part 1, 18.8.30, with the East Asian ids 27..36 and 50..58, which are dates in zh, ja and ko. */
serial_form sheet_builtin_form(uint32_t id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58) return SERIAL_DATE;
    if (id == 9 || id == 10) return FORM_PERCENT;
    if (id == 22) return SERIAL_DATETIME;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 || id == 55 || id == 56) return SERIAL_TIME;
    return id == 46 ? SERIAL_ELAPSED : SERIAL_NONE;
}

/* "0.0%" from its first digit on: to the end of the section, a sign of percent that is no text. */
static serial_form number_form(slice code, size_t i)
{
    for (bool quoted = false; i < code.len && (quoted || code.ptr[i] != ';'); i++) {
        if (code.ptr[i] == '"') quoted = !quoted;
        else if (code.ptr[i] == '\\') i++;
        else if (code.ptr[i] == '%' && !quoted) return FORM_PERCENT;
    }
    return SERIAL_NONE;
}

/* The first section of the code decides; quoted text, escaped characters, colours and locales in brackets say nothing. */
serial_form sheet_code_form(slice code)
{
    bool day = false, clock = false, month = false, elapsed = false;
    for (size_t i = 0; i < code.len && code.ptr[i] != ';'; i++) {
        char c = code.ptr[i];
        if (c == '"') while (++i < code.len && code.ptr[i] != '"') {}
        else if (c == '\\' || c == '_' || c == '*') i++;
        else if (c == '[') {
            char k = i + 1 < code.len ? (char)(code.ptr[i + 1] | 32) : 0;
            size_t from = i + 1;
            while (i < code.len && code.ptr[i] != ']') i++;
            bool one = true;
            for (size_t j = from; j < i && j < code.len; j++) one = one && (code.ptr[j] | 32) == k;
            elapsed = elapsed || (one && (k == 'h' || k == 'm' || k == 's'));
        } else if (c == 'y' || c == 'Y' || c == 'd' || c == 'D') day = true;
        else if (c == 'h' || c == 'H' || c == 's' || c == 'S') clock = true;
        else if (c == 'm' || c == 'M') month = true;
        else if ((c == 'E' || c == 'G' || c == 'e' || c == 'g') && code.len - i >= 7 && slice_eq_nocase((slice){code.ptr + i, 7}, SLICE_LIT("general"))) i += 6;
        else if (c == '0' || c == '#' || c == '?') {
            if (!day && !clock && !month && !elapsed) return number_form(code, i);
        }
    }
    if (elapsed) return SERIAL_ELAPSED;
    if (day || (month && !clock)) return clock ? SERIAL_DATETIME : SERIAL_DATE;
    return clock ? SERIAL_TIME : SERIAL_NONE;
}

/* ---- numbers ---- */
static void plain_number(buf *out, double v)
{
    char text[64];
    if (v == floor(v) && fabs(v) < 1e21) snprintf(text, sizeof text, "%.0f", v);
    else snprintf(text, sizeof text, "%.15g", v);
    buf_text(out, text);
}

/* Day 0. Days 1..60 of the 1900 system count from 1899-12-31: it has a 29 February 1900 that never was. */
static int64_t day_zero(int64_t days, bool from_1904)
{
    return from_1904 ? civil_days(1904, 1, 1) : days < 61 ? civil_days(1899, 12, 31) : civil_days(1899, 12, 30);
}

static char *put_digits(char *p, int64_t v, int width)
{
    for (int i = width; i-- > 0; v /= 10) p[i] = (char)('0' + v % 10);
    return p + width;
}

static char *put_clock(char *p, int64_t sec)
{
    int64_t hours = sec / 3600;
    int width = 2;
    for (int64_t k = hours / 100; k; k /= 10) width++;
    p = put_digits(p, hours, width);
    *p++ = ':';
    p = put_digits(p, sec / 60 % 60, 2);
    *p++ = ':';
    return put_digits(p, sec % 60, 2);
}

void sheet_number(sheet_writer *w, double v, serial_form form, bool from_1904)
{
    if (isfinite(v) && form == FORM_PERCENT) {
        plain_number(w->out, v * 100);
        buf_char(w->out, '%');
        return;
    }
    if (!isfinite(v) || form == SERIAL_NONE || v < 0 || v >= 2958466) { /* 9999-12-31 is the last day */
        plain_number(w->out, isfinite(v) ? v : 0);
        return;
    }
    char text[48], *p = text;
    int64_t all = (int64_t)(v * 86400.0 + 0.5), day = all / 86400, sec = all % 86400; /* whole seconds: serials carry little more truly */
    int32_t y, m, d;
    if (form == SERIAL_ELAPSED || (form == SERIAL_TIME && day == 0)) p = put_clock(p, all);
    else {
        civil_from_days(day_zero(day, from_1904) + day, &y, &m, &d);
        p = put_digits(p, y, 4);
        *p++ = '-';
        p = put_digits(p, m, 2);
        *p++ = '-';
        p = put_digits(p, d, 2);
        if (form != SERIAL_DATE || sec) {
            *p++ = 'T';
            p = put_clock(p, sec);
        }
    }
    buf_bytes(w->out, text, (size_t)(p - text));
}

/* What strtod gives for plain decimals of up to 15 digits: those and their power of ten are exact, so their quotient is rounded once. */
bool sheet_read_number(slice s, double *out)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    int64_t v = 0;
    size_t i = s.len && s.ptr[0] == '-', digits = 0, point = 0;
    bool seen = false;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9' && ++digits <= 15) v = v * 10 + (c - '0'), point += seen;
        else if (c == '.' && !seen) seen = true;
        else break;
    }
    if (i == s.len && digits) return *out = (s.ptr[0] == '-' ? -(double)v : (double)v) / powers[point], true;
    char text[400], *end;
    if (s.len == 0 || s.len >= sizeof text) return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    *out = strtod(text, &end);
    return *end == '\0';
}
