#include "engine/time/instant.h"

/* Days from the civil calendar by counting 400-year eras from 0000-03-01, so that the leap day is the last of its year. */
int64_t civil_days(int32_t year, int32_t month, int32_t day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void civil_from_days(int64_t days, int32_t *year, int32_t *month, int32_t *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day = (int32_t)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int32_t)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int32_t)(yoe + era * 400 + (*month <= 2));
}

static int month_days(int32_t year, int32_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool civil_valid(int32_t year, int32_t month, int32_t day)
{
    return year >= 1900 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= month_days(year, month);
}

int weekday_of_days(int64_t days)
{
    int64_t w = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(w < 0 ? w + 7 : w) + 1;
}

/* Reads exactly n digits at s.ptr[*i]. */
static bool digits(slice s, size_t *i, size_t n, int32_t *out)
{
    if (*i + n > s.len) return false;
    int32_t v = 0;
    for (size_t k = 0; k < n; k++) {
        char c = s.ptr[*i + k];
        if (c < '0' || c > '9') return false;
        v = v * 10 + (c - '0');
    }
    *i += n;
    *out = v;
    return true;
}

static bool letter(slice s, size_t *i, char c)
{
    if (*i >= s.len || s.ptr[*i] != c) return false;
    (*i)++;
    return true;
}

/* [.fff…]: up to nine digits, of which three count. */
static bool fraction(slice s, size_t *i, int32_t *ms)
{
    *ms = 0;
    if (!letter(s, i, '.') && !letter(s, i, ',')) return true;
    size_t n = 0;
    int32_t scale = 100;
    while (*i < s.len && s.ptr[*i] >= '0' && s.ptr[*i] <= '9' && n < 9) {
        *ms += (s.ptr[*i] - '0') * scale;
        scale /= 10;
        (*i)++;
        n++;
    }
    return n > 0;
}

static bool clock_part(slice s, size_t *i, int64_t *ms)
{
    int32_t h, m, sec = 0, frac = 0;
    if (!digits(s, i, 2, &h) || !letter(s, i, ':') || !digits(s, i, 2, &m)) return false;
    if (letter(s, i, ':') && (!digits(s, i, 2, &sec) || !fraction(s, i, &frac))) return false;
    if (h > 24 || m > 59 || sec > 60 || (h == 24 && (m || sec || frac))) return false; /* 24:00 is the end of the day, :60 a leap second (ISO 8601) */
    *ms = ((int64_t)h * 3600 + m * 60 + (sec == 60 ? 59 : sec)) * 1000 + frac;
    return true;
}

/* [Z | ±HH[:]MM | ±HH] to the end of the text. */
static bool offset_part(slice s, size_t *i, time_text *out)
{
    if (*i == s.len) return true;
    if (s.ptr[*i] == ' ') (*i)++;
    out->has_offset = true;
    if (letter(s, i, 'Z') || letter(s, i, 'z')) return *i == s.len;
    int sign = *i < s.len && s.ptr[*i] == '-' ? -1 : 1;
    if (!letter(s, i, '+') && !letter(s, i, '-')) return false;
    int32_t h, m = 0;
    if (!digits(s, i, 2, &h)) return false;
    if (*i < s.len && (letter(s, i, ':'), !digits(s, i, 2, &m))) return false;
    if (h > 18 || m > 59) return false;
    out->offset_min = sign * (h * 60 + m);
    return *i == s.len;
}

bool time_parse(slice s, time_text *out)
{
    time_text t = {0};
    size_t i = 0;
    int32_t year, month, day;
    if (!digits(s, &i, 4, &year) || !letter(s, &i, '-') || !digits(s, &i, 2, &month) || !letter(s, &i, '-') || !digits(s, &i, 2, &day)) return false;
    if (!civil_valid(year, month, day)) return false;
    t.local_ms = civil_days(year, month, day) * MS_DAY;
    if (i < s.len) {
        int64_t ms;
        if (!letter(s, &i, ' ') && !letter(s, &i, 'T') && !letter(s, &i, 't')) return false;
        if (!clock_part(s, &i, &ms) || !offset_part(s, &i, &t)) return false;
        t.local_ms += ms;
        t.has_time = true;
    }
    *out = t;
    return true;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

void date_print(buf *b, int64_t days)
{
    int32_t y, m, d;
    civil_from_days(days, &y, &m, &d);
    buf_printf(b, "%04d-%02d-%02d", (int)y, (int)m, (int)d);
}

void time_print_local(buf *b, int64_t local_ms)
{
    int64_t days = floor_div(local_ms, MS_DAY), ms = local_ms - days * MS_DAY;
    date_print(b, days);
    buf_printf(b, " %02d:%02d:%02d", (int)(ms / MS_HOUR), (int)(ms / MS_MINUTE % 60), (int)(ms / MS_SECOND % 60));
    if (ms % 1000) buf_printf(b, ".%03d", (int)(ms % 1000));
}

void duration_print(buf *b, int64_t ms)
{
    uint64_t v = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
    if (ms < 0) buf_char(b, '-');
    buf_printf(b, "%llu:%02d:%02d", (unsigned long long)(v / (uint64_t)MS_HOUR), (int)(v / (uint64_t)MS_MINUTE % 60), (int)(v / (uint64_t)MS_SECOND % 60));
    if (v % 1000) buf_printf(b, ".%03d", (int)(v % 1000));
}
