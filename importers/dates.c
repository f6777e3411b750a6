#include "importers/dates.h"
#include <stdlib.h>
#include <string.h>
#include "importers/words.h"

typedef struct scan { slice s; size_t i; } scan;
typedef struct parts { int32_t n[3]; int width[3]; int name_at; } parts;   /* name_at: which of them was a month's name; -1: none */

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

static bool skip_nocase(scan *c, const char *text)
{
    size_t n = strlen(text);
    if (c->s.len - c->i < n || !slice_eq_nocase((slice){c->s.ptr + c->i, n}, slice_of(text))) return false;
    c->i += n;
    return true;
}

static void blanks(scan *c)
{
    while (skip(c, " ") || skip(c, "\xC2\xA0") || skip(c, "\xE2\x80\xAF") || skip(c, "\xE3\x80\x80")) {}
}

static bool separator(scan *c)
{
    if (skip(c, "年") || skip(c, "月") || skip(c, "년") || skip(c, "월")) return (void)(skip(c, "/") || skip(c, "-")), blanks(c), true; /* also "10/1月/26" */
    size_t before = c->i;
    skip(c, "."); /* also "10/janv./26" */
    if (skip(c, "/") || skip(c, "-")) return blanks(c), true;
    skip(c, ",");
    blanks(c);
    if (skip_nocase(c, "de ") || skip_nocase(c, "del ")) blanks(c);
    return c->i > before;
}

/* ---- month names ---- */
static int32_t month_of(slice word)
{
    /* By their folded beginnings: English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian; longer ones before shorter ones that they begin with. */
    static const struct { const char *name; int32_t month; } names[] = {
        {"juin", 6}, {"juil", 7}, {"jan", 1}, {"ene", 1}, {"feb", 2}, {"fev", 2}, {"mar", 3}, {"mrz", 3}, {"apr", 4}, {"abr", 4}, {"avr", 4}, {"may", 5}, {"mai", 5},
        {"jun", 6}, {"jul", 7}, {"aug", 8}, {"ago", 8}, {"aou", 8}, {"sep", 9}, {"set", 9}, {"oct", 10}, {"out", 10}, {"okt", 10}, {"nov", 11}, {"dec", 12}, {"dic", 12}, {"dez", 12},
        {"gen", 1}, {"mag", 5}, {"giu", 6}, {"lug", 7}, {"ott", 10}, {"maart", 3}, {"mrt", 3}, {"mei", 5},
        {"sty", 1}, {"lut", 2}, {"kwi", 4}, {"maj", 5}, {"cze", 6}, {"lip", 7}, {"sie", 8}, {"wrz", 9}, {"paz", 10}, {"lis", 11}, {"gru", 12},
        {"янв", 1}, {"фев", 2}, {"мар", 3}, {"апр", 4}, {"май", 5}, {"мая", 5}, {"июн", 6}, {"июл", 7}, {"авг", 8}, {"сен", 9}, {"окт", 10}, {"ноя", 11}, {"дек", 12},
    };
    static const char *const chinese[] = {"十二月", "十一月", "十月", "一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月"};
    static const int32_t chinese_month[] = {12, 11, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    char text[WORDS_MAX];
    size_t n = words_fold(word, text);
    for (size_t k = 0; k < sizeof chinese / sizeof chinese[0]; k++)
        if (n == strlen(chinese[k]) && memcmp(text, chinese[k], n) == 0) return chinese_month[k];
    if (n > (n && (unsigned char)text[0] < 0x80 ? 12 : 16)) return 0;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (n >= strlen(names[k].name) && memcmp(text, names[k].name, strlen(names[k].name)) == 0) return names[k].month;
    return 0;
}

static slice word_at(const scan *c)
{
    size_t end = c->i;
    while (end < c->s.len) {
        unsigned char ch = (unsigned char)c->s.ptr[end];
        if (!((ch | 32) >= 'a' && (ch | 32) <= 'z') && ch < 0x80) break;
        if (ch == 0xC2 || (ch == 0xE2 && end + 1 < c->s.len && (unsigned char)c->s.ptr[end + 1] == 0x80)) break; /* blanks beyond ASCII */
        end++;
    }
    return (slice){c->s.ptr + c->i, end - c->i};
}

static int32_t month_name(scan *c)
{
    slice w = word_at(c);
    int32_t m = w.len >= 3 ? month_of(w) : 0;
    if (m) c->i += w.len;
    return m;
}

static bool three_parts(scan *c, parts *p)
{
    *p = (parts){.name_at = -1};
    for (int k = 0; k < 3; k++) {
        if (k && !separator(c)) return false;
        int32_t m = digit_at(c) || p->name_at >= 0 ? 0 : month_name(c);
        if (m) p->n[k] = m, p->width[k] = 2, p->name_at = k;
        else if (!number(c, &p->n[k], &p->width[k])) return false;
        if (k == 0 || (k == 1 && p->name_at == 0)) (void)(skip(c, "st") || skip(c, "nd") || skip(c, "rd") || skip(c, "th") || skip(c, "º") || skip(c, "er "));
    }
    (void)(skip(c, "日") || skip(c, "号") || skip(c, "일") || skip(c, "."));
    return true;
}

/* "г." behind a Russian year, "(화)" behind a day. */
static void ornaments(scan *c)
{
    scan d = *c;
    blanks(&d);
    if (skip(&d, "г")) skip(&d, "."), *c = d;
    else if (skip(&d, "(") || skip(&d, "（")) {
        while (d.i < d.s.len && d.s.ptr[d.i] != ')' && (unsigned char)d.s.ptr[d.i] >= 'A' && d.i < c->i + 16 && memcmp(d.s.ptr + d.i, "）", d.s.len - d.i < 3 ? d.s.len - d.i : 3) != 0) d.i++;
        if (skip(&d, ")") || skip(&d, "）")) *c = d;
    }
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
    return p->width[mi] <= 2 && p->width[di] <= 2 && p->width[yi] != 1 && p->width[yi] != 3 && civil_valid(*y, *m, *d);
}

/* ---- the time of day ---- */
/* AFTERNOON: as PM, but people also say it of 14:30, and 0:30 in it is past noon. NOON: 11:30 is before and 1:30 after it. EVENING: it ends before midnight, and 12:30 in it is not said to be either. */
typedef enum half { HALF_NONE, HALF_AM, HALF_PM, HALF_AFTERNOON, HALF_NOON, HALF_EVENING } half;
static half meridiem(scan *c)
{
    static const struct { const char *name; half is; } names[] = {
        {"pm", HALF_PM}, {"p.m.", HALF_PM}, {"p. m.", HALF_PM}, {"p.\xC2\xA0m.", HALF_PM}, {"下午", HALF_AFTERNOON}, {"午後", HALF_AFTERNOON}, {"오후", HALF_AFTERNOON}, {"中午", HALF_NOON}, {"晚上", HALF_EVENING}, {"傍晚", HALF_EVENING}, {"晚间", HALF_EVENING}, {"晚", HALF_EVENING},
        {"am", HALF_AM}, {"a.m.", HALF_AM}, {"a. m.", HALF_AM}, {"a.\xC2\xA0m.", HALF_AM}, {"上午", HALF_AM}, {"午前", HALF_AM}, {"오전", HALF_AM}, {"早上", HALF_AM}, {"早晨", HALF_AM}, {"清晨", HALF_AM}, {"早", HALF_AM}, {"凌晨", HALF_AM},
    };
    size_t before = c->i;
    blanks(c);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (skip_nocase(c, names[i].name)) return names[i].is;
    c->i = before;
    return HALF_NONE;
}

/* "Tue, " or "Dienstag, " before a date. "mar. 10 janv. 2026" is a Tuesday, "Mar 10, 2026" is none: what reads as a date is left alone. */
static void weekday(scan *c)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "lun", "mie", "jue", "vie", "sab", "dom", "seg", "ter", "qua", "qui", "sex",
                                        "mo", "di", "mi", "do", "fr", "sa", "so", "lu", "ma", "me", "je", "ve", "gio",
                                        "wo", "vr", "za", "zo", "pon", "wt", "sr", "czw", "pt", "pia", "nie", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "пон", "чет", "пят", "суб", "вос", "星期", "周"};
    slice w = word_at(c);
    char text[WORDS_MAX];
    size_t n = w.len && w.len < 32 ? words_fold(w, text) : 0, k = 0;
    scan whole = *c, after = *c;
    parts p;
    if (n == 0 || (month_of(w) && three_parts(&whole, &p))) return;
    while (k < sizeof names / sizeof names[0] && (n < strlen(names[k]) || memcmp(text, names[k], strlen(names[k])) != 0)) k++;
    if (k == sizeof names / sizeof names[0]) return;
    after.i += w.len;
    skip_nocase(&after, "-feira"); /* Portuguese */
    skip(&after, ".");
    skip(&after, ",");
    blanks(&after);
    scan clock = after;
    if (after.i > c->i + w.len && (digit_at(&after) || month_of(word_at(&after)) || meridiem(&clock) != HALF_NONE)) *c = after;
}

/* The hour of 24. false: there is no such hour. */
static bool hour_of(half side, int32_t *h)
{
    if (side == HALF_NONE || ((side == HALF_AFTERNOON || side == HALF_EVENING) && *h > 12)) return *h <= 23;
    if (*h > 12 || (*h == 0 && side != HALF_AM && side != HALF_AFTERNOON) || (side == HALF_EVENING && (*h == 12 || *h < 4)) || (side == HALF_NOON && *h > 3 && *h < 10)) return false;
    bool before = side == HALF_AM || (side == HALF_NOON && (*h == 10 || *h == 11));
    *h = *h % 12 + (before ? 0 : 12);
    return true;
}

/* Minutes and seconds behind "9点": "05分30秒", "半", "05". */
static bool spoken_minutes(scan *c, int32_t *m, int32_t *s)
{
    int w;
    blanks(c);
    if (skip(c, "半")) return *m = 30, true;
    if (!digit_at(c)) return (void)(skip(c, "钟") || skip(c, "整")), true;
    if (!number(c, m, &w) || w > 2) return false;
    if (!skip(c, "分") && !skip(c, "분")) return w == 2;
    blanks(c);
    return !digit_at(c) || (number(c, s, &w) && w <= 2 && (skip(c, "秒") || skip(c, "초")));
}

/* "09.05", "09.05.00.000000" as in Finland and by Oracle: points between two digits each. */
static bool pointed_minutes(scan *c, int32_t *m, int32_t *s)
{
    int w;
    if (!skip(c, ".") || !number(c, m, &w) || w != 2) return false;
    scan behind = *c;
    if (skip(&behind, ".") && number(&behind, s, &w) && w == 2) *c = behind;
    else *s = 0;
    return true;
}

static bool clock_part(scan *c, int64_t *ms)
{
    int32_t h, m = 0, s = 0, frac = 0;
    int w, fw = 0;
    half side = meridiem(c);
    blanks(c);
    if (!number(c, &h, &w) || w > 2) return false;
    if (skip(c, "时") || skip(c, "点") || skip(c, "時") || skip(c, "點") || skip(c, "시")) {
        if (!spoken_minutes(c, &m, &s)) return false;
    } else if ((skip(c, ":") || skip(c, "h")) && (!digit_at(c) || (number(c, &m, &w) && w <= 2))) {
        if (skip(c, ":") && (!number(c, &s, &w) || w != 2)) return false;
        if ((skip(c, ".") || skip(c, ",")) && !number(c, &frac, &fw)) return false;
    } else if (c->i < c->s.len && c->s.ptr[c->i] == '.') {
        if (!pointed_minutes(c, &m, &s) || (skip(c, ".") && !number(c, &frac, &fw))) return false;
    } else if (side == HALF_NONE && (side = meridiem(c)) == HALF_NONE) return false; /* "3 PM" */
    while (fw > 3) frac /= 10, fw--;
    while (fw && fw < 3) frac *= 10, fw++;
    if (side == HALF_NONE) side = meridiem(c);
    if (!hour_of(side, &h) || m > 59 || s > 59) return false;
    *ms = ((int64_t)h * 3600 + m * 60 + s) * 1000 + frac;
    return true;
}

/* Abbreviations that stand for one offset wherever they are used. */
static bool zone_word(scan *c, time_text *t)
{
    static const struct { const char *name; int32_t minutes; } zones[] = {
        {"UTC", 0}, {"GMT", 0}, {"CEST", 120}, {"CET", 60}, {"EEST", 180}, {"EET", 120}, {"WEST", 60}, {"WET", 0}, {"EST", -300}, {"EDT", -240}, {"CDT", -300}, {"MDT", -360}, {"MST", -420},
        {"PST", -480}, {"PDT", -420}, {"JST", 540}, {"KST", 540}, {"MSK", 180}, {"HKT", 480}, {"SGT", 480}, {"BRT", -180},
    };
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (!skip(c, zones[i].name)) continue;
        t->has_offset = true;
        t->offset_min = zones[i].minutes;
        return true;
    }
    return false;
}

static bool offset_part(scan *c, time_text *t)
{
    blanks(c);
    (void)(skip(c, "Uhr") || skip(c, "hrs") || skip(c, "hs") || skip(c, "h"));
    blanks(c);
    if (skip(c, "星期") || skip(c, "周")) c->i += word_at(c).len, blanks(c); /* "09:05 星期二" */
    bool bracket = skip(c, "(");
    if (c->i == c->s.len) return !bracket;
    if (zone_word(c, t)) blanks(c);
    slice rest = {c->s.ptr + c->i, c->s.len - c->i};
    if (rest.len && (rest.ptr[0] == '+' || rest.ptr[0] == '-' || rest.ptr[0] == 'Z')) {
        char text[64] = "2000-01-01 00:00";
        size_t n = 0;
        time_text o;
        while (n < rest.len && n < 8 && rest.ptr[n] != ' ' && rest.ptr[n] != '(' && rest.ptr[n] != ')') n++;
        memcpy(text + 16, rest.ptr, n);
        size_t whole = n == 2 || n == 3 ? 6 : n;
        if (n == 2) text[18] = text[17], text[17] = '0'; /* "UTC+8" */
        if (whole > n) memcpy(text + 19, ":00", 3); /* +08 */
        if (!time_parse((slice){text, 16 + whole}, &o) || !o.has_offset) return false;
        t->has_offset = true;
        t->offset_min = o.offset_min;
        c->i += n;
        blanks(c);
        for (size_t k = 0; n > 1 && k < 5 && c->i < c->s.len && c->s.ptr[c->i] >= 'A' && c->s.ptr[c->i] <= 'Z'; k++) c->i++; /* "+0800 CST": its name */
        if (skip(c, "(")) { /* "+0000 (Coordinated Universal Time)" */
            while (c->i < c->s.len && c->s.ptr[c->i] != ')') c->i++;
            bracket = true;
        }
    }
    if (bracket) skip(c, ")");
    return c->i == c->s.len;
}

/* ---- whole values ---- */
/* "20250715T090500", "20250715T010500Z" (ISO 8601, basic). */
static bool basic(slice s, time_text *out)
{
    char text[20] = "0000-00-00 00:00:00";
    static const size_t at[] = {0, 1, 2, 3, 5, 6, 8, 9, 0, 11, 12, 14, 15, 17, 18};
    bool utc = s.len == 16 && s.ptr[15] == 'Z';
    if (s.len != 15 && !utc) return false;
    for (size_t i = 0; i < 15; i++) {
        if (i != 8 && (s.ptr[i] < '0' || s.ptr[i] > '9')) return false;
        if (i != 8) text[at[i]] = s.ptr[i];
    }
    if (!time_parse((slice){text, 19}, out)) return false;
    out->has_offset = utc;
    return true;
}

/* "/Date(1752368700000)/", "/Date(1752368700000+0800)/": ms since 1970 in UTC, and where it is shown, as .NET writes it to JSON. */
static bool dotnet(slice s, time_text *out)
{
    scan c = {s, 0};
    int64_t ms = 0;
    int w;
    int32_t shown;
    if (!skip(&c, "/Date(") || !digit_at(&c)) return false;
    for (int n = 0; digit_at(&c) && n < 15; n++) ms = ms * 10 + (s.ptr[c.i++] - '0');
    if ((skip(&c, "+") || skip(&c, "-")) && (!number(&c, &shown, &w) || w != 4)) return false;
    *out = (time_text){.local_ms = ms, .has_offset = true, .has_time = true};
    return skip(&c, ")/") && c.i == s.len && ms < civil_days(2199, 1, 1) * MS_DAY;
}

static bool compact(slice s, time_text *out)
{
    char text[20];
    bool clock = s.len > 9 && s.len <= 17 && s.ptr[8] == ' '; /* "20250715 09:05" */
    if (s.len > 14 && s.ptr[8] == 'T') return basic(s, out);
    if (!clock && s.len != 8 && s.len != 14) return false;
    for (size_t i = 0; i < s.len; i++)
        if ((s.ptr[i] < '0' || s.ptr[i] > '9') && !(clock && (i == 8 || (i > 8 && s.ptr[i] == ':')))) return false;
    memcpy(text, (char[]){s.ptr[0], s.ptr[1], s.ptr[2], s.ptr[3], '-', s.ptr[4], s.ptr[5], '-', s.ptr[6], s.ptr[7]}, 10);
    if (s.len == 8) return time_parse((slice){text, 10}, out);
    if (clock) {
        size_t short_hour = s.len > 10 && s.ptr[10] == ':'; /* "20250715 9:05" */
        if (s.len + short_hour > 17) return false;
        memcpy(text + 10, " 0", 2);
        memcpy(text + 11 + short_hour, s.ptr + 9, s.len - 9);
        return time_parse((slice){text, s.len + 2 + short_hour}, out);
    }
    memcpy(text + 10, (char[]){' ', s.ptr[8], s.ptr[9], ':', s.ptr[10], s.ptr[11], ':', s.ptr[12], s.ptr[13]}, 9);
    return time_parse((slice){text, 19}, out);
}

/* "Tue Jan 10 11:19:00 UTC 2026", as ctime and date print it. */
static bool ctime_form(scan c, time_text *out)
{
    int32_t m, d, y;
    int w;
    int64_t ms;
    time_text t = {.has_time = true};
    weekday(&c);
    if (!(m = month_name(&c)) || !(blanks(&c), number(&c, &d, &w)) || w > 2) return false;
    blanks(&c);
    if (!clock_part(&c, &ms)) return false;
    blanks(&c);
    if (zone_word(&c, &t)) blanks(&c);
    if (!number(&c, &y, &w) || w != 4 || c.i != c.s.len || !civil_valid(y, m, d)) return false;
    t.local_ms = civil_days(y, m, d) * MS_DAY + ms;
    *out = t;
    return true;
}

/* "22/08/2025 15:49\n\n 8%": how much of the time until then has passed, as GLPI writes it below a deadline, is not part of it. */
static slice without_share(slice s)
{
    size_t n = s.len;
    if (n == 0 || s.ptr[n - 1] != '%') return s;
    n--;
    while (n > 0 && s.ptr[n - 1] >= '0' && s.ptr[n - 1] <= '9') n--;
    return n > 0 && s.len - n > 1 && (unsigned char)s.ptr[n - 1] <= ' ' ? slice_trim((slice){s.ptr, n}) : s;
}

bool dates_parse(slice s, const char *order, time_text *out)
{
    char narrow[NARROW_MAX];
    s = without_share(words_narrow(s, narrow));
    if (s.len == 0) return false;
    if (time_parse(s, out) || compact(s, out) || dotnet(s, out)) return true;
    scan c = {s, 0};
    parts p;
    int32_t y, m, d;
    int64_t ms;
    time_text t = {0};
    if (ctime_form(c, out)) return true;
    weekday(&c);
    if (!three_parts(&c, &p) || !arrange(&p, order, &y, &m, &d)) return false;
    t.local_ms = civil_days(y, m, d) * MS_DAY;
    ornaments(&c);
    skip(&c, ",");
    blanks(&c);
    weekday(&c);
    skip(&c, "T");
    if (skip(&c, "at ") || skip(&c, "à ") || skip(&c, "um ") || skip(&c, "às ") || skip(&c, "a las ") || skip(&c, "alle ") || skip(&c, "om ") || skip(&c, "o ") || skip(&c, "в ") || skip(&c, "@") || skip(&c, "- ") || skip(&c, "– ") || skip(&c, "| ")) blanks(&c);
    if (c.i < s.len) {
        if (!clock_part(&c, &ms) || !offset_part(&c, &t)) return false;
        t.local_ms += ms;
        t.has_time = true;
    }
    *out = t;
    return true;
}

bool dates_none(slice s, const char *order)
{
    enum { SHIFTED = 5 }; /* so many that a zone or a last second moves; the others are days before a sheet's or a database's times of day, and none only at midnight */
    static const int32_t days[][3] = {{0, 0, 0}, {1, 1, 1}, {1969, 12, 31}, {1970, 1, 1}, {9999, 12, 31}, {1601, 1, 1}, {1753, 1, 1}, {1899, 12, 30}, {1899, 12, 31}, {1900, 1, 0}, {1900, 1, 1}};
    char narrow[NARROW_MAX];
    scan c = {words_narrow(s, narrow), 0};
    parts p;
    int32_t y, m, d;
    int64_t ms = 0;
    if (slice_is(s, "0")) return true;
    if (!three_parts(&c, &p)) return false;
    arrange(&p, order, &y, &m, &d);
    skip(&c, "T");
    bool midnight = c.i == c.s.len || (clock_part(&c, &ms) && ms == 0);
    for (size_t k = 0; k < (midnight ? sizeof days / sizeof days[0] : SHIFTED); k++)
        if (y == days[k][0] && m == days[k][1] && d == days[k][2] && (p.width[0] >= 4 || p.width[2] >= 4)) return true;
    return false;
}

bool dates_without_year(slice s, int32_t *month, int32_t *day, slice *clock)
{
    scan c = {s, 0};
    int w;
    int64_t ms;
    time_text t;
    *month = month_name(&c);
    if (*month) {
        if (!separator(&c) || !number(&c, day, &w)) return false;
    } else {
        if (!number(&c, day, &w) || w > 2) return false;
        if (skip(&c, "月") || skip(&c, "월")) {
            *month = *day;
            blanks(&c);
            if (!number(&c, day, &w) || !(skip(&c, "日") || skip(&c, "号") || skip(&c, "일"))) return false;
        } else if (!separator(&c) || !(*month = month_name(&c))) return false;
    }
    if (w > 2 || !civil_valid(2000, *month, *day)) return false;
    ornaments(&c);
    skip(&c, ",");
    blanks(&c);
    weekday(&c);
    *clock = slice_trim((slice){s.ptr + c.i, s.len - c.i});
    return c.i == s.len || (clock_part(&c, &ms) && offset_part(&c, &t));
}

bool dates_clock(slice s)
{
    char text[NARROW_MAX];
    s = words_narrow(s, text);
    scan c = {s, 0};
    int64_t ms;
    return s.len > 0 && clock_part(&c, &ms) && c.i == s.len;
}

/* ---- as seen from a moment that is not told ---- */
static bool begins_with(slice s, const char *text) { return s.len >= strlen(text) && memcmp(s.ptr, text, strlen(text)) == 0; }
static bool ends_with(slice s, const char *text) { return s.len > strlen(text) && memcmp(s.ptr + s.len - strlen(text), text, strlen(text)) == 0; }

/* "Monday 3:12 PM", "上周五 10:15", "周一": a day of a week and no other day. */
static bool only_weekday(slice s)
{
    int64_t ms;
    time_text t;
    scan c = {s, 0};
    (void)(skip_nocase(&c, "last ") || skip(&c, "上") || skip(&c, "本"));
    size_t from = c.i;
    weekday(&c);
    return c.i > from && clock_part(&c, &ms) && offset_part(&c, &t);
}

bool dates_relative(slice s)
{
    /* folded: small letters without blanks and accents */
    static const char *const days[] = {"yesterday", "today", "tomorrow", "justnow", "rightnow", "amoment", "moments", "gestern", "vorgestern", "heute", "morgen", "geradeeben", "hier", "avanthier", "aujourd", "alinstant",
                                       "ayer", "anteayer", "hoy", "manana", "ontem", "anteontem", "hoje", "amanha", "agoramesmo", "ieri", "oggi", "domani", "вчера", "позавчера", "сегодня", "завтра", "толькочто",
                                       "gisteren", "eergisteren", "vandaag", "wczoraj", "dzisiaj", "dzis", "przedwczoraj", "昨天", "前天", "今天", "明天", "后天", "昨日", "今日", "本日", "明日", "一昨日", "刚刚", "刚才", "たった今",
                                       "어제", "그저께", "오늘", "내일", "방금"};
    static const char *const leads[] = {"vor", "ilya", "hace", "ha", "in", "dans", "dentrode", "em", "через", "tra", "fra", "over", "za"};
    static const char *const ends[] = {"ago", "fromnow", "fa", "atras", "назад", "geleden", "temu", "前", "前に", "后", "後", "전", "후"};
    char text[WORDS_MAX];
    int64_t ms;
    enum { LONGEST = 48 };
    if (s.len == 0 || s.len > LONGEST) return false;
    slice f = {text, words_fold(s, text)};
    bool number = false;
    for (size_t i = 0; i < f.len; i++) number = number || (f.ptr[i] >= '0' && f.ptr[i] <= '9');
    bool some = number || begins_with(f, "a") || begins_with(f, "one") || begins_with(f, "un") || begins_with(f, "ein") || begins_with(f, "半") || begins_with(f, "几") || begins_with(f, "数");
    for (size_t k = 0; k < sizeof days / sizeof days[0]; k++)
        if (begins_with(f, days[k])) return true;
    for (size_t k = 0; number && k < sizeof leads / sizeof leads[0]; k++)
        if (begins_with(f, leads[k])) return true;
    for (size_t k = 0; some && k < sizeof ends / sizeof ends[0]; k++)
        if (ends_with(f, ends[k])) return true;
    return (!memchr(s.ptr, ':', s.len) && words_duration(s, 0, &ms)) || only_weekday(s);
}

/* ---- numbers ---- */
/* Digits before the point; 0: no plain number. */
static size_t whole_digits(slice s)
{
    size_t n = 0, i;
    while (n < s.len && s.ptr[n] >= '0' && s.ptr[n] <= '9') n++;
    if (n == s.len) return n;
    if (s.ptr[n] != '.') return 0;
    for (i = n + 1; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return 0;
    return n;
}

bool dates_parse_number(slice s, date_numbers as, time_text *out)
{
    char text[40];
    size_t n = whole_digits(s);
    if (as == NUMBERS_NONE || n == 0 || s.len >= sizeof text) return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    if (as == NUMBERS_EPOCH) {
        long long whole = strtoll(text, NULL, 10);
        if (n == 10) whole = (long long)(strtod(text, NULL) * 1000 + 0.5);
        else if (n == 16) whole /= 1000;
        else if (n == 19) whole /= 1000000;
        else if (n != 13) return false;
        *out = (time_text){.local_ms = whole, .has_offset = true, .has_time = true};
        return whole < civil_days(2199, 1, 1) * MS_DAY;
    }
    double days = strtod(text, NULL);
    if (days < 1 || days > 100000) return false;
    /* 1900 counts a 29 February that never was, so from March 1900 on day 1 is 1899-12-31; 1904 begins with day 0 */
    int64_t base = as == NUMBERS_SERIAL_1904 ? civil_days(1904, 1, 1) : civil_days(1900, 1, 1) - (days < 60 ? 1 : 2);
    int64_t whole = (int64_t)days, ms = (int64_t)((days - (double)whole) * (double)MS_DAY + 0.5);
    *out = (time_text){.local_ms = (base + whole) * MS_DAY + (ms + 500) / 1000 * 1000, .has_time = n != s.len};
    return true;
}

/* ---- evidence ---- */
static void widen(date_span *s, date_span by, bool fresh)
{
    if (fresh || by.least < s->least) s->least = by.least;
    if (fresh || by.most > s->most) s->most = by.most;
}

/* Of two digits each: a year never has one, and no day is over 31. */
static void look_at_short(const parts *p, date_evidence *ev)
{
    if (p->width[0] != 2 || p->width[2] > 2) return;
    widen(&ev->first, (date_span){p->n[0], p->n[0]}, ev->short_ones == 0);
    widen(&ev->last, (date_span){p->n[2], p->n[2]}, ev->short_ones == 0);
    ev->short_ones++;
    ev->year_first += p->n[1] <= 12 && p->n[2] <= 31 && (p->width[2] == 1 || p->n[0] > 31);
}

void dates_look(slice s, date_evidence *ev)
{
    time_text t;
    char text[NARROW_MAX];
    s = words_narrow(s, text);
    scan c = {s, 0};
    parts p;
    size_t n = whole_digits(s);
    if (n == 5 && s.ptr[0] != '0') ev->serial++;
    else if (n == 10 || n == 13 || n == 16 || n == 19) ev->epoch++;
    else if (time_parse(s, &t) || compact(s, &t) || dotnet(s, &t)) ev->iso++;
    else if (ctime_form(c, &t)) ev->named++;
    else if (dates_without_year(s, &p.n[1], &p.n[2], &(slice){0})) ev->yearless++;
    else if (weekday(&c), !three_parts(&c, &p)) ev->unreadable++;
    else if (p.name_at >= 0 || p.width[0] >= 4) ev->named++;
    else {
        ev->values++;
        ev->first_over_12 += p.n[0] > 12 && p.n[0] <= 31;
        ev->second_over_12 += p.n[1] > 12 && p.n[1] <= 31;
        ev->dotted += p.width[0] < (int)s.len && s.ptr[p.width[0]] == '.';
        look_at_short(&p, ev);
    }
}

void dates_add(date_evidence *sum, const date_evidence *ev)
{
    sum->values += ev->values;
    sum->first_over_12 += ev->first_over_12;
    sum->second_over_12 += ev->second_over_12;
    sum->dotted += ev->dotted;
    if (ev->short_ones) widen(&sum->first, ev->first, sum->short_ones == 0), widen(&sum->last, ev->last, sum->short_ones == 0);
    sum->short_ones += ev->short_ones;
    sum->year_first += ev->year_first;
    sum->iso += ev->iso;
    sum->named += ev->named;
    sum->yearless += ev->yearless;
    sum->serial += ev->serial;
    sum->epoch += ev->epoch;
    sum->unreadable += ev->unreadable;
}

const char *dates_order_name(const char *order) { return strcmp(order, "mdy") == 0 ? "month/day/year" : strcmp(order, "ymd") == 0 ? "year/month/day" : "day/month/year"; }

const char *dates_other_order(const char *order) { return strcmp(order, "mdy") == 0 ? "dmy" : "mdy"; }

const char *dates_order(const date_evidence *ev, bool *sure)
{
    int32_t firsts = ev->first.most - ev->first.least, lasts = ev->last.most - ev->last.least;
    bool all_short = ev->short_ones == ev->values && ev->values && !ev->second_over_12 && ev->last.most <= 31;
    *sure = (ev->first_over_12 == 0) != (ev->second_over_12 == 0) || (ev->dotted && !ev->second_over_12);
    if (all_short && (ev->year_first || lasts > 2 * firsts + 2)) return *sure = true, "ymd";
    return ev->second_over_12 > ev->first_over_12 ? "mdy" : "dmy";
}

date_numbers dates_numbers(const date_evidence *ev)
{
    size_t texts = ev->values + ev->iso + ev->named;
    if (ev->epoch > texts + ev->serial) return NUMBERS_EPOCH;
    return ev->serial ? NUMBERS_SERIAL_1900 : NUMBERS_NONE;
}
