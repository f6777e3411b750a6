#include "importers/logtime.h"
#include <string.h>

static bool digit(char c) { return c >= '0' && c <= '9'; }

int log_month_of(const char *p)
{
#define M(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))
    switch (M((unsigned char)p[0], (unsigned char)p[1], (unsigned char)p[2])) {
    case M('J', 'a', 'n'): return 1;
    case M('F', 'e', 'b'): return 2;
    case M('M', 'a', 'r'): return 3;
    case M('A', 'p', 'r'): return 4;
    case M('M', 'a', 'y'): return 5;
    case M('J', 'u', 'n'): return 6;
    case M('J', 'u', 'l'): return 7;
    case M('A', 'u', 'g'): return 8;
    case M('S', 'e', 'p'): return 9;
    case M('O', 'c', 't'): return 10;
    case M('N', 'o', 'v'): return 11;
    case M('D', 'e', 'c'): return 12;
    default: return 0;
    }
#undef M
}

static bool two(const char *p, int32_t *out) /* two digits */
{
    unsigned a = (unsigned)(p[0] - '0'), b = (unsigned)(p[1] - '0');
    *out = (int32_t)(a * 10 + b);
    return a < 10 && b < 10;
}

/* ---- formats ---- */
typedef struct scan { const char *p, *end; } scan;

static bool number(scan *s, int min, int max, int32_t *out)
{
    int n = 0;
    int32_t v = 0;
    while (n < max && s->p < s->end && digit(*s->p)) v = v * 10 + (*s->p++ - '0'), n++;
    *out = v;
    return n >= min;
}

static bool fraction(scan *s, int64_t *ms)
{
    int64_t scale = 100, v = 0;
    const char *from = s->p;
    for (; s->p < s->end && digit(*s->p); s->p++, scale /= 10) v += (*s->p - '0') * scale;
    *ms += v;
    return s->p > from;
}

static bool offset(scan *s, log_time *t)
{
    if (s->p < s->end && (*s->p == 'Z' || *s->p == 'z')) {
        s->p++;
        t->has_offset = true;
        return true;
    }
    if (s->p == s->end || (*s->p != '+' && *s->p != '-')) return false;
    int sign = *s->p++ == '-' ? -1 : 1;
    int32_t h, m = 0;
    if (!number(s, 2, 2, &h)) return false;
    if (s->p < s->end && *s->p == ':') s->p++;
    if (s->p < s->end && digit(*s->p) && !number(s, 2, 2, &m)) return false;
    t->has_offset = true;
    t->offset_min = sign * (h * 60 + m);
    return h <= 18 && m < 60;
}

/* Names that mean one offset everywhere; CST, IST and their like do not. */
static void zone_name_offset(slice name, log_time *t)
{
    static const struct { const char *name; int32_t minutes; } known[] = {{"UTC", 0}, {"GMT", 0}, {"Z", 0}, {"CET", 60}, {"CEST", 120}, {"EET", 120}, {"EEST", 180}, {"WET", 0}, {"MSK", 180},
        {"EST", -300}, {"EDT", -240}, {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"JST", 540}, {"KST", 540}, {"HKT", 480}, {"SGT", 480},
        {"WEST", 60}, {"SAST", 120}, {"EAT", 180}, {"PKT", 300}, {"NPT", 345}, {"WIB", 420}, {"WITA", 480}, {"AWST", 480}, {"ACST", 570}, {"AEST", 600}, {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780},
        {"BRT", -180}, {"AKDT", -480}, {"AKST", -540}, {"HST", -600}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (slice_is(name, known[i].name)) t->has_offset = true, t->offset_min = known[i].minutes;
}

static bool letters(scan *s, slice *out)
{
    const char *from = s->p;
    while (s->p < s->end && ((*s->p | 32) >= 'a' && (*s->p | 32) <= 'z')) s->p++;
    *out = (slice){from, (size_t)(s->p - from)};
    return out->len > 0;
}

static bool month_name(scan *s, log_time *t)
{
    slice w;
    if (!letters(s, &w) || w.len < 3) return false;
    const char three[3] = {(char)(w.ptr[0] & ~32), (char)(w.ptr[1] | 32), (char)(w.ptr[2] | 32)}; /* Oracle writes JUL */
    t->month = log_month_of(three);
    return t->month != 0;
}

static void from_utc_ms(int64_t ms, log_time *t)
{
    int64_t days = ms / MS_DAY - (ms % MS_DAY < 0);
    civil_from_days(days, &t->year, &t->month, &t->day);
    t->ms = ms - days * MS_DAY;
    t->has_offset = true;
    t->offset_min = 0;
}

static bool epoch(scan *s, log_time *t)
{
    int64_t v = 0, ms = 0;
    int n = 0;
    for (; s->p < s->end && digit(*s->p) && n < 12; n++) v = v * 10 + (*s->p++ - '0');
    if (n == 0) return false;
    if (s->p + 1 < s->end && *s->p == '.' && digit(s->p[1])) {
        s->p++;
        fraction(s, &ms);
    }
    from_utc_ms(v * 1000 + ms, t);
    return true;
}

static bool part(char c, scan *s, log_time *t)
{
    int32_t v;
    slice w;
    switch (c) {
    case 'Y': return number(s, 4, 4, &t->year);
    case 'y': return number(s, 2, 2, &t->year) && (t->year += 2000, true);
    case 'm': return number(s, 1, 2, &t->month);
    case 'd':
        while (s->p < s->end && *s->p == ' ') s->p++;
        return number(s, 1, 2, &t->day);
    case 'b': return month_name(s, t);
    case 'H':
    case 'I':
        while (s->p < s->end && *s->p == ' ') s->p++;
        return number(s, 1, 2, &v) && (t->ms += (int64_t)v * 3600000, v <= 24);
    case 'M': return number(s, 2, 2, &v) && (t->ms += (int64_t)v * 60000, v < 60);
    case 'S': return number(s, 2, 2, &v) && (t->ms += (int64_t)(v == 60 ? 59 : v) * 1000, v <= 60);
    case 'f': return fraction(s, &t->ms);
    case 'z': return offset(s, t);
    case 'Z': return letters(s, &w) && (zone_name_offset(w, t), true);
    case 'a': return letters(s, &w);
    case 's': return epoch(s, t);
    case 'p':
        if (!letters(s, &w) || w.len != 2) return false;
        if ((w.ptr[0] | 32) == 'p' && t->ms < 12 * MS_HOUR) t->ms += 12 * MS_HOUR;
        if ((w.ptr[0] | 32) == 'a' && t->ms >= 12 * MS_HOUR) t->ms -= 12 * MS_HOUR;
        return true;
    default: return s->p < s->end && *s->p == c && (s->p++, true);
    }
}

static bool plausible(const log_time *t)
{
    return civil_valid(t->year ? t->year : 2000, t->month, t->day) && t->ms >= 0 && t->ms <= MS_DAY;
}

bool log_time_parse(slice format, slice text, log_time *out)
{
    log_time t = {0};
    scan s = {text.ptr, text.ptr + text.len};
    for (size_t i = 0; i < format.len; i++) {
        char c = format.ptr[i];
        if (c == ' ') {
            if (s.p < s.end && *s.p != ' ') return false;
            while (s.p < s.end && *s.p == ' ') s.p++;
        } else if (c == '%' && i + 2 < format.len && format.ptr[i + 1] == '?') {
            scan before = s;
            i += 2;
            if (!part(format.ptr[i], &s, &t)) s = before;
        } else if (c == '%' && i + 1 < format.len) {
            if (!part(format.ptr[++i], &s, &t)) return false;
        } else if (s.p == s.end || *s.p++ != c) return false;
    }
    if (s.p != s.end || !plausible(&t)) return false;
    *out = t;
    return true;
}

/* ---- forms that need no format ---- */
static bool all_digits(slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!digit(s.ptr[i])) return false;
    return s.len > 0;
}

static bool epoch_by_size(slice s, log_time *t)
{
    uint64_t v = 0, per_ms[] = {0, 1, 1000, 1000000};
    if (s.len > 19 || s.len < 9) return false;
    for (size_t i = 0; i < s.len; i++) v = v * 10 + (uint64_t)(s.ptr[i] - '0');
    size_t unit = s.len <= 11 ? 0 : s.len <= 14 ? 1 : s.len <= 17 ? 2 : 3;
    from_utc_ms((int64_t)(unit ? v / per_ms[unit] : v * 1000), t);
    return plausible(t);
}

/* 2025-07-01T09:05:07.123+08:00 with - / or . in the date, T or blanks behind it, and the seconds, their fraction and the zone left out at will. */
static bool iso_like(slice text, log_time *out)
{
    scan s = {text.ptr, text.ptr + text.len};
    log_time t = {0};
    int32_t h, m, sec = 0;
    slice name;
    if (!number(&s, 4, 4, &t.year) || s.p == s.end || !strchr("-/.", *s.p)) return false;
    char sep = *s.p++;
    if (!number(&s, 1, 2, &t.month) || s.p == s.end || *s.p++ != sep || !number(&s, 1, 2, &t.day)) return false;
    if (s.p == s.end || (*s.p != 'T' && *s.p != 't' && *s.p != ' ')) return false;
    for (s.p++; s.p < s.end && *s.p == ' ';) s.p++;
    if (!number(&s, 1, 2, &h) || s.p == s.end || *s.p++ != ':' || !number(&s, 2, 2, &m)) return false;
    if (s.p < s.end && *s.p == ':' && (s.p++, !number(&s, 2, 2, &sec))) return false;
    t.ms = ((int64_t)h * 3600 + m * 60 + (sec == 60 ? 59 : sec)) * 1000;
    if (s.p < s.end && (*s.p == '.' || *s.p == ',') && (s.p++, !fraction(&s, &t.ms))) return false;
    while (s.p < s.end && *s.p == ' ') s.p++;
    if (s.p < s.end && !offset(&s, &t) && letters(&s, &name)) zone_name_offset(name, &t);
    if (s.p != s.end || h > 24 || m > 59 || sec > 60 || !plausible(&t)) return false;
    *out = t;
    return true;
}

bool log_time_any(slice text, log_time *out)
{
    slice s = slice_trim(text);
    if (s.len > 8 && memcmp(s.ptr, "/Date(", 6) == 0) {
        s = (slice){s.ptr + 6, s.len - 6};
        while (s.len && !digit(s.ptr[s.len - 1])) s.len--;
    }
    return all_digits(s) ? epoch_by_size(s, out) : iso_like(s, out) || log_time_parse(SLICE_LIT("%s"), s, out);
}

static bool read_day(const char *p, log_day *d)
{
    const char day[2] = {p[4] == ' ' ? '0' : p[4], p[5]};
    memcpy(d->text, p, sizeof d->text);
    d->month = p[3] == ' ' && p[6] == ' ' ? log_month_of(p) : 0;
    return d->month && two(day, &d->day) && civil_valid(2000, d->month, d->day);
}

bool log_time_plain(slice line, log_day *last, log_time *out)
{
    const char *p = line.ptr;
    if (line.len < 16 || p[15] != ' ') return false;
    if ((!last->month || memcmp(p, last->text, sizeof last->text) != 0) && !read_day(p, last)) return *last = (log_day){0}, false;
    *out = (log_time){.month = last->month, .day = last->day};
    return clock_parse(p + 7, &out->ms);
}

bool log_time_clf(slice text, log_time *out)
{
    const char *p = text.ptr;
    int32_t c, y, h, m, oh, om;
    if (text.len != 26 || p[2] != '/' || p[6] != '/' || p[11] != ':' || p[20] != ' ' || (p[21] != '+' && p[21] != '-')) return false;
    *out = (log_time){.month = log_month_of(p + 3), .has_offset = true};
    if (!two(p, &out->day) || !two(p + 7, &c) || !two(p + 9, &y) || !two(p + 22, &oh) || !two(p + 24, &om)) return false;
    if (!clock_parse(p + 12, &out->ms)) { /* a leap second */
        if (!two(p + 12, &h) || p[14] != ':' || !two(p + 15, &m) || memcmp(p + 17, ":60", 3) != 0 || h > 23 || m > 59) return false;
        out->ms = ((int64_t)h * 3600 + m * 60 + 59) * 1000;
    }
    out->year = c * 100 + y;
    out->offset_min = (p[21] == '-' ? -1 : 1) * (oh * 60 + om);
    return oh <= 18 && om < 60 && out->month && out->day >= 1 && (out->day <= 28 || civil_valid(out->year, out->month, out->day));
}

size_t log_time_bsd(slice text, log_time *out)
{
    if (log_time_plain(text, &(log_day){0}, out)) return 15;
    const char *p = text.ptr;
    log_time t = {0};
    if (text.len < 15 || p[3] != ' ' || (p[4] != ' ' && !digit(p[4])) || !digit(p[5])) {
        if (text.len < 14 || p[3] != ' ' || !digit(p[4]) || p[5] != ' ') return 0; /* "Mar 7 13:06:56": one blank only */
    }
    if (!(t.month = log_month_of(p))) return 0;
    scan s = {p + 4, p + text.len};
    if (*s.p == ' ') s.p++;
    if (!number(&s, 1, 2, &t.day) || s.p == s.end || *s.p++ != ' ') return 0;
    int32_t h, m, sec;
    if (s.end - s.p > 13 && digit(s.p[0]) && digit(s.p[3]) && s.p[4] == ' ') {
        if (!number(&s, 4, 4, &t.year)) return 0;
        s.p++;
    }
    if (s.end - s.p < 8 || s.p[2] != ':' || s.p[5] != ':') return 0;
    if (!number(&s, 2, 2, &h) || (s.p++, !number(&s, 2, 2, &m)) || (s.p++, !number(&s, 2, 2, &sec)) || h > 23 || m > 59 || sec > 60) return 0;
    t.ms = ((int64_t)h * 3600 + m * 60 + (sec == 60 ? 59 : sec)) * 1000;
    if (s.end - s.p > 1 && *s.p == '.' && digit(s.p[1])) {
        s.p++;
        fraction(&s, &t.ms);
    }
    if (!civil_valid(t.year ? t.year : 2000, t.month, t.day)) return 0;
    *out = t;
    return (size_t)(s.p - p);
}

/* By itself: or the compiler would read the three as one where they are compared, and wait for it, as they have just been written one by one. */
__attribute__((noinline)) static bool begin_day(log_clock *c, const log_time *t)
{
    if (!civil_valid(t->year, t->month, t->day)) return false;
    c->year = t->year, c->month = t->month, c->day = t->day;
    c->start = civil_days(t->year, t->month, t->day) * MS_DAY;
    return true;
}

bool log_time_utc(const log_time *t, log_clock *c, int64_t *utc_ms)
{
    if (((t->day ^ c->day) | (t->month ^ c->month) | (t->year ^ c->year)) && !begin_day(c, t)) return false;
    int64_t local = c->start + t->ms;
    int kind = 0;
    *utc_ms = t->has_offset ? local - t->offset_min * MS_MINUTE : zone_cursor_to_utc(&c->zone, local, &kind);
    if (kind) c->repeated += kind == 1, c->skipped += kind == 2;
    return true;
}

/* ---- years ---- */
enum { STEP_BACK = 120, DISORDER = 345 }; /* days */

static int32_t day_of_year(int32_t month, int32_t day) { return (int32_t)(civil_days(2000, month, day) - civil_days(2000, 1, 1)); }

int32_t log_years_step(log_years *s, int32_t month, int32_t day)
{
    int32_t d = day_of_year(month, day), index = s->index;
    if (!s->begun) {
        s->begun = true;
        s->first_day = s->day = d;
    } else if (d < s->day - STEP_BACK) index = ++s->index, s->day = d;
    else if (d > s->day + DISORDER) index--, s->strays++;
    else s->day = d;
    if (month == 2 && day == 29 && !s->leap) s->leap = true, s->leap_index = index;
    return index;
}

static int64_t instant_of(int32_t year, int32_t day) { return (civil_days(year, 1, 1) + day) * MS_DAY; }

/* How badly a file that lies in [first, last) fits: less is better. */
static int64_t misfit(int64_t first, int64_t last, int64_t from, int64_t to, int64_t latest)
{
    if (from == to) return last - MS_DAY <= latest ? latest - last : INT64_MAX / 2 + last - latest;
    if (last <= from) return from - last + 1;
    if (first >= to) return first - to + 1;
    return (first > from ? first : from) - (last < to ? last : to);
}

int32_t log_years_base(const log_years *s, int64_t from, int64_t to, int64_t latest)
{
    int32_t y0, m, d, best = 0;
    int64_t least = INT64_MAX;
    civil_from_days((from != to ? to : latest) / MS_DAY, &y0, &m, &d);
    for (int32_t y = y0 + 1; y >= y0 - s->index - 8; y--) {
        if (y < 1900 || y + s->index > 2199 || (s->leap && !civil_valid(y + s->leap_index, 2, 29))) continue;
        int64_t far = misfit(instant_of(y, s->first_day), instant_of(y + s->index, s->day) + MS_DAY, from, to, latest);
        if (far < least) least = far, best = y;
    }
    return best;
}
