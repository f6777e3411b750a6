#include "importers/dates.h"
#include <string.h>

typedef struct scan { slice s; size_t i; } scan;
typedef struct parts { int32_t n[3]; int width[3]; bool month_name; int name_at; } parts;

static bool digit_at(const scan *c) { return c->i < c->s.len && c->s.ptr[c->i] >= '0' && c->s.ptr[c->i] <= '9'; }

static bool number(scan *c, int32_t *out, int *width)
{
    int32_t v = 0;
    int w = 0;
    while (digit_at(c) && w < 9) v = v * 10 + (c->s.ptr[c->i++] - '0'), w++;
    *out = v;
    *width = w;
    return w > 0;
}

static bool skip(scan *c, const char *text)
{
    size_t n = strlen(text);
    if (c->s.len - c->i < n || memcmp(c->s.ptr + c->i, text, n) != 0) return false;
    c->i += n;
    return true;
}

static bool separator(scan *c) { return skip(c, "/") || skip(c, "-") || skip(c, ".") || skip(c, "年") || skip(c, "月") || skip(c, " "); }

/* Month names by their first three letters: English, and what differs in Spanish, Portuguese, French and German. */
static int32_t month_name(scan *c)
{
    static const struct { const char *name; int32_t month; } names[] = {
        {"jan", 1}, {"ene", 1}, {"feb", 2}, {"fev", 2}, {"mar", 3}, {"apr", 4}, {"abr", 4}, {"avr", 4}, {"may", 5}, {"mai", 5}, {"jun", 6}, {"jul", 7},
        {"aug", 8}, {"ago", 8}, {"sep", 9}, {"set", 9}, {"oct", 10}, {"out", 10}, {"okt", 10}, {"nov", 11}, {"dec", 12}, {"dic", 12}, {"dez", 12},
    };
    if (c->s.len - c->i < 3) return 0;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (slice_eq_nocase((slice){c->s.ptr + c->i, 3}, slice_of(names[k].name))) {
            c->i += 3;
            while (c->i < c->s.len && ((c->s.ptr[c->i] | 32) >= 'a' && (c->s.ptr[c->i] | 32) <= 'z')) c->i++;
            skip(c, ".");
            return names[k].month;
        }
    return 0;
}

static bool three_parts(scan *c, parts *p)
{
    *p = (parts){.name_at = -1};
    for (int k = 0; k < 3; k++) {
        if (k && !separator(c)) return false;
        int32_t m = digit_at(c) ? 0 : month_name(c);
        if (m) p->n[k] = m, p->width[k] = 2, p->month_name = true, p->name_at = k;
        else if (!number(c, &p->n[k], &p->width[k])) return false;
    }
    skip(c, "日");
    return true;
}

/* Two digits of a year: 70..99 are 19xx, the rest 20xx (POSIX strptime %y, moved by a year). */
static int32_t full_year(int32_t y, int width) { return width > 2 ? y : y >= 70 ? 1900 + y : 2000 + y; }

static bool arrange(const parts *p, const char *order, int32_t *y, int32_t *m, int32_t *d)
{
    int yi, mi, di;
    if (p->width[0] >= 4) yi = 0, mi = 1, di = 2;
    else if (p->name_at == 0) mi = 0, di = 1, yi = 2;
    else if (p->name_at == 1) di = 0, mi = 1, yi = 2;
    else if (p->width[2] >= 4 || strcmp(order, "ymd") != 0) {
        yi = 2;
        mi = strcmp(order, "mdy") == 0 ? 0 : 1;
        di = 1 - mi;
    } else yi = 0, mi = 1, di = 2;
    *y = full_year(p->n[yi], p->width[yi]);
    *m = p->n[mi];
    *d = p->n[di];
    return p->width[mi] <= 2 && p->width[di] <= 2 && civil_valid(*y, *m, *d);
}

static bool meridiem(scan *c, int32_t *h)
{
    skip(c, " ");
    bool pm = skip(c, "PM") || skip(c, "pm") || skip(c, "p.m.") || skip(c, "下午");
    bool am = !pm && (skip(c, "AM") || skip(c, "am") || skip(c, "a.m.") || skip(c, "上午"));
    if (!pm && !am) return true;
    if (*h < 1 || *h > 12) return false;
    *h = *h % 12 + (pm ? 12 : 0);
    return true;
}

static bool clock_part(scan *c, int64_t *ms)
{
    int32_t h, m = 0, s = 0, frac = 0;
    int w, fw = 0;
    if (!number(c, &h, &w) || w > 2 || !skip(c, ":") || !number(c, &m, &w) || w != 2) return false;
    if (skip(c, ":") && (!number(c, &s, &w) || w != 2)) return false;
    if ((skip(c, ".") || skip(c, ",")) && !number(c, &frac, &fw)) return false;
    while (fw > 3) frac /= 10, fw--;
    while (fw && fw < 3) frac *= 10, fw++;
    if (!meridiem(c, &h) || h > 23 || m > 59 || s > 59) return false;
    *ms = ((int64_t)h * 3600 + m * 60 + s) * 1000 + frac;
    return true;
}

static bool offset_part(scan *c, time_text *t)
{
    skip(c, " ");
    if (c->i == c->s.len) return true;
    slice rest = {c->s.ptr + c->i, c->s.len - c->i};
    char text[64] = "2000-01-01 00:00";
    if (rest.len > 8) return false;
    memcpy(text + 16, rest.ptr, rest.len);
    time_text o;
    if (!time_parse((slice){text, 16 + rest.len}, &o) || !o.has_offset) return false;
    t->has_offset = true;
    t->offset_min = o.offset_min;
    return true;
}

static bool compact(slice s, time_text *out)
{
    char text[20];
    if (s.len != 8 && s.len != 14) return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    memcpy(text, (char[]){s.ptr[0], s.ptr[1], s.ptr[2], s.ptr[3], '-', s.ptr[4], s.ptr[5], '-', s.ptr[6], s.ptr[7]}, 10);
    if (s.len == 8) return time_parse((slice){text, 10}, out);
    memcpy(text + 10, (char[]){' ', s.ptr[8], s.ptr[9], ':', s.ptr[10], s.ptr[11], ':', s.ptr[12], s.ptr[13]}, 9);
    return time_parse((slice){text, 19}, out);
}

bool dates_parse(slice s, const char *order, time_text *out)
{
    if (time_parse(s, out) || compact(s, out)) return true;
    scan c = {s, 0};
    parts p;
    int32_t y, m, d;
    time_text t = {0};
    if (!three_parts(&c, &p) || !arrange(&p, order, &y, &m, &d)) return false;
    t.local_ms = civil_days(y, m, d) * MS_DAY;
    if (skip(&c, ",")) skip(&c, " ");
    else if (!skip(&c, " ")) skip(&c, "T");
    while (skip(&c, " ")) {}
    if (c.i < s.len) {
        int64_t ms;
        if (!clock_part(&c, &ms) || !offset_part(&c, &t)) return false;
        t.local_ms += ms;
        t.has_time = true;
    }
    *out = t;
    return true;
}

void dates_look(slice s, date_evidence *ev)
{
    time_text t;
    scan c = {s, 0};
    parts p;
    if (time_parse(s, &t) || compact(s, &t)) {
        ev->iso++;
        return;
    }
    if (!three_parts(&c, &p)) {
        ev->unreadable++;
        return;
    }
    ev->values++;
    if (p.month_name || p.width[0] >= 4) return;
    if (p.n[0] > 12 && p.n[0] <= 31) ev->first_over_12++;
    if (p.n[1] > 12 && p.n[1] <= 31) ev->second_over_12++;
}

const char *dates_order(const date_evidence *ev, bool *sure)
{
    *sure = ev->first_over_12 != ev->second_over_12;
    if (ev->second_over_12 > ev->first_over_12) return "mdy";
    return "dmy";
}
