/* Figures as text; no locale has a say in it. */
#include <math.h>
#include <stdio.h>
#include "engine/time/instant.h"
#include "reports/format.h"

sla_status format_zone(const audit_result *r, zone **out, err *e)
{
    char name[64];
    if (r->zone.len >= sizeof name) return err_set(e, SLA_RANGE, SRCPOS_NONE, "the result names no usable zone");
    snprintf(name, sizeof name, "%.*s", SLICE_ARG(r->zone));
    return zone_open(name, out, e);
}

static void put_grouped(buf *b, const char *digits)
{
    size_t n = strspn(digits, "0123456789");
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) buf_char(b, ',');
        buf_char(b, digits[i]);
    }
    buf_text(b, digits + n);
}

void format_int(buf *b, int64_t v)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%llu", v < 0 ? 0ULL - (unsigned long long)v : (unsigned long long)v);
    if (v < 0) buf_char(b, '-');
    put_grouped(b, digits);
}

void format_number(buf *b, double v, int places)
{
    char digits[400];
    if (!isfinite(v)) {
        buf_text(b, "–");
        return;
    }
    snprintf(digits, sizeof digits, "%.*f", places, fabs(v));
    if (v < 0 && strspn(digits, "0.") != strlen(digits)) buf_char(b, '-');
    put_grouped(b, digits);
}

static int percent_places(double v)
{
    int places = 1;
    double p = v * 100;
    for (; places < 4; places++) {
        double unit = pow(10, -places), shown = round(p / unit) * unit;
        if ((p < 100 && shown >= 100 - unit / 2) || (p > 0 && shown < unit / 2)) continue;
        break;
    }
    return places;
}

static void put_percent(buf *b, double v, int places, bool english)
{
    char digits[400];
    snprintf(digits, sizeof digits, "%.*f", places, v * 100);
    size_t n = strlen(digits);
    if (places > 0 && strspn(digits + n - (size_t)places, "0") == (size_t)places) digits[n - (size_t)places - 1] = '\0'; /* 95.0 is 95 */
    buf_text(b, digits);
    buf_text(b, english ? " %" : "%");
}

void format_percent(buf *b, double v, bool english) { put_percent(b, v, percent_places(v), english); }

void format_percent_apart(buf *b, double v, double from, bool english)
{
    int places = percent_places(v);
    for (; places < 4 && v < from && round(v * 100 * pow(10, places)) >= round(from * 100 * pow(10, places)); places++) {}
    for (; places < 4 && v > from && round(v * 100 * pow(10, places)) <= round(from * 100 * pow(10, places)); places++) {}
    put_percent(b, v, places, english);
}

static void put_duration(buf *b, double ms, const texts *t, bool tick)
{
    double s = fabs(ms) / 1000, v = s < 60 ? s : s < 3600 ? s / 60 : s / 3600;
    if (ms < 0) buf_char(b, '-');
    format_number(b, v, s < 60 || (tick && fmod(v, 1) == 0) ? 0 : 1);
    buf_slice(b, texts_get(t, s < 60 ? "unit.s" : s < 3600 ? "unit.min" : "unit.h"));
}

void format_duration(buf *b, double ms, const texts *t) { put_duration(b, ms, t, false); }
void format_tick(buf *b, double ms, const texts *t) { put_duration(b, ms, t, true); }

void format_iso(buf *b, const zone *z, int64_t utc_ms)
{
    size_t at = b->len;
    int64_t off = zone_offset_ms(z, utc_ms) / MS_MINUTE;
    time_print_local(b, zone_to_local(z, utc_ms));
    if (!b->failed && b->len > at + 10) b->ptr[at + 10] = 'T';
    buf_printf(b, "%c%02d:%02d", off < 0 ? '-' : '+', (int)((off < 0 ? -off : off) / 60), (int)((off < 0 ? -off : off) % 60));
}

void format_minute(buf *b, const zone *z, int64_t utc_ms)
{
    size_t at = b->len;
    time_print_local(b, zone_to_local(z, utc_ms));
    if (!b->failed && b->len > at + 16) b->len = at + 16;
}

void format_day(buf *b, const zone *z, int64_t utc_ms) { date_print(b, zone_day_of(z, utc_ms)); }
