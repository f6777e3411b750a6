#include "engine/time/period.h"
#include <stdio.h>
#include "engine/time/instant.h"

static bool number(slice s, size_t from, size_t n, int32_t *out)
{
    int32_t v = 0;
    if (from + n > s.len) return false;
    for (size_t i = from; i < from + n; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        v = v * 10 + (s.ptr[i] - '0');
    }
    *out = v;
    return true;
}

static int64_t month_start(int32_t year, int32_t month0) { return civil_days(year + month0 / 12, month0 % 12 + 1, 1); }

/* Whole months: nmonths from month0 (0 January) of year. */
static void set_months(period *p, int32_t year, int32_t month0, int32_t nmonths)
{
    p->first_day = month_start(year, month0);
    p->last_day = month_start(year, month0 + nmonths) - 1;
}

static bool range(slice s, period *p)
{
    time_text a, b;
    if (s.len != 22 || s.ptr[10] != '.' || s.ptr[11] != '.') return false;
    if (!time_parse((slice){s.ptr, 10}, &a) || !time_parse((slice){s.ptr + 12, 10}, &b)) return false;
    p->first_day = a.local_ms / MS_DAY;
    p->last_day = b.local_ms / MS_DAY;
    return p->first_day <= p->last_day && a.local_ms >= 0;
}

static bool parse_days(slice s, period *p)
{
    int32_t year, v;
    if (range(s, p)) return true;
    if (!number(s, 0, 4, &year) || year < 1970 || year > 2198) return false;
    if (s.len == 4) return set_months(p, year, 0, 12), true;
    if (s.len == 6 && (s.ptr[4] == 'Q' || s.ptr[4] == 'q') && number(s, 5, 1, &v) && v >= 1 && v <= 4) return set_months(p, year, (v - 1) * 3, 3), true;
    if (s.len == 6 && (s.ptr[4] == 'H' || s.ptr[4] == 'h') && number(s, 5, 1, &v) && v >= 1 && v <= 2) return set_months(p, year, (v - 1) * 6, 6), true;
    if (s.len == 7 && s.ptr[4] == '-' && number(s, 5, 2, &v) && v >= 1 && v <= 12) return set_months(p, year, v - 1, 1), true;
    return false;
}

static void set_instants(period *p, const zone *z)
{
    p->from = zone_day_start(z, p->first_day);
    p->to = zone_day_start(z, p->last_day + 1);
}

sla_status period_parse(slice s, const zone *z, period *out, err *e)
{
    period p = {0};
    if (s.len >= sizeof p.id || !parse_days(s, &p)) {
        err_set(e, SLA_USAGE, SRCPOS_NONE, "'%.*s' is no period", (int)(s.len < 40 ? s.len : 40), s.ptr);
        err_hint(e, "write 2025Q3, 2025-07, 2025H2, 2025 or 2025-07-01..2025-09-30");
        return SLA_USAGE;
    }
    for (size_t i = 0; i < s.len; i++) p.id[i] = s.ptr[i] == 'q' ? 'Q' : s.ptr[i] == 'h' ? 'H' : s.ptr[i];
    set_instants(&p, z);
    *out = p;
    return SLA_OK;
}

sla_status period_previous(const period *p, const zone *z, period *out)
{
    int32_t y, m, d, y2, m2, d2;
    civil_from_days(p->first_day, &y, &m, &d);
    civil_from_days(p->last_day + 1, &y2, &m2, &d2);
    period q = {0};
    int32_t months = (y2 - y) * 12 + m2 - m, start = y * 12 + m - 1 - months;
    if (p->id[4] == 'Q' || p->id[4] == 'H' || p->id[4] == '\0' || p->id[7] == '\0') {
        set_months(&q, start / 12, start % 12, months);
        if (months == 3) snprintf(q.id, sizeof q.id, "%04dQ%d", (int)(start / 12), (int)(start % 12 / 3 + 1));
        else if (months == 6) snprintf(q.id, sizeof q.id, "%04dH%d", (int)(start / 12), (int)(start % 12 / 6 + 1));
        else if (months == 12) snprintf(q.id, sizeof q.id, "%04d", (int)(start / 12));
        else snprintf(q.id, sizeof q.id, "%04d-%02d", (int)(start / 12), (int)(start % 12 + 1));
    } else {
        q.first_day = p->first_day - (p->last_day - p->first_day + 1);
        q.last_day = p->first_day - 1;
        buf b = {0};
        date_print(&b, q.first_day);
        buf_text(&b, "..");
        date_print(&b, q.last_day);
        snprintf(q.id, sizeof q.id, "%s", buf_cstr(&b));
        bool failed = b.failed;
        buf_free(&b);
        if (failed) return SLA_NOMEM;
    }
    set_instants(&q, z);
    *out = q;
    return SLA_OK;
}
