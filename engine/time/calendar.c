#include "engine/time/calendar.h"
#include <stdlib.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/time/instant.h"

/* Days for which a calendar is laid out. Before and after it nobody worked: W stands still. */
enum { FIRST_YEAR = 1970, LAST_YEAR = 2199 };

/* Working intervals in order, UTC ms, with W at their beginning; and for each day of 24 h since `origin` the first interval that ends after the day begins.
 * No day touches more than `width` intervals from that one on; behind the last one lie `width` empty ones, so that W needs no branch. */
typedef struct interval { int64_t from, to, cum; } interval;
struct calendar {
    char id[64];
    bool always;
    int64_t day_ms, origin, last;
    interval *spans; size_t n, cap, width;
    uint32_t *first; size_t ndays;
    int32_t *known; size_t nknown;
};

static int day_order(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Days in order, asked for days in order. */
typedef struct day_walk { const int32_t *days; size_t n, at; } day_walk;
static bool walk_to(day_walk *w, int32_t day)
{
    while (w->at < w->n && w->days[w->at] < day) w->at++;
    return w->at < w->n && w->days[w->at] == day;
}

static bool has_day(const int32_t *days, size_t n, int32_t day)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (days[mid] == day) return true;
        if (days[mid] < day) lo = mid + 1;
        else hi = mid;
    }
    return false;
}

static int32_t *sorted_copy(const int32_t *days, size_t n)
{
    int32_t *c = mem_zero(n ? n : 1, sizeof *c);
    if (c && n) {
        memcpy(c, days, n * sizeof *c);
        qsort(c, n, sizeof *c, day_order);
    }
    return c;
}

static bool add_interval(calendar *c, int64_t from, int64_t to)
{
    if (to <= from) return true; /* a span that a change of the clock swallowed */
    int64_t cum = c->n ? c->spans[c->n - 1].cum + c->spans[c->n - 1].to - c->spans[c->n - 1].from : 0;
    if (c->n && c->spans[c->n - 1].to >= from) { /* midnight to midnight: one interval */
        if (to > c->spans[c->n - 1].to) c->spans[c->n - 1].to = to;
        return true;
    }
    if (mem_grow(&c->spans, &c->cap, c->n + 1, sizeof *c->spans)) return false;
    c->spans[c->n++] = (interval){from, to, cum};
    return true;
}

static int64_t week_day_ms(const cal_desc *d, int w)
{
    int64_t ms = 0;
    for (int i = 0; i < d->week[w].n; i++) ms += (d->week[w].spans[i].to_min - d->week[w].spans[i].from_min) * MS_MINUTE;
    return ms;
}

static int64_t standard_day(const cal_desc *d)
{
    int64_t longest = 0;
    if (d->day_ms) return d->day_ms;
    if (d->always) return MS_DAY;
    for (int w = 0; w < 7; w++)
        if (week_day_ms(d, w) > longest) longest = week_day_ms(d, w);
    return longest;
}

/* The hours of one day, in order. */
static int hours_of_day(const cal_desc *hours, int32_t day, day_walk *off, day_walk *work, const span **spans)
{
    static const span whole = {0, 1440};
    int w = weekday_of_days(day) - 1;
    if (hours->always) return *spans = &whole, 1;
    if (walk_to(work, day)) w = hours->make_up_weekday ? hours->make_up_weekday - 1 : 0;
    else if (walk_to(off, day)) return 0;
    return *spans = hours->week[w].spans, hours->week[w].n;
}

static bool lay_out(calendar *c, const cal_desc *d, const zone *z, day_walk off, day_walk work)
{
    const cal_desc *hours = d;
    int32_t first = (int32_t)civil_days(FIRST_YEAR, 1, 1), last = (int32_t)civil_days(LAST_YEAR, 12, 31);
    zone_cursor cur = {.z = z};
    if (mem_grow(&c->spans, &c->cap, (size_t)(last - first) * 2, sizeof *c->spans)) return false; /* what is not used of it costs nothing */
    for (int32_t day = first; day <= last; day++) {
        const span *s = NULL;
        while (hours->then && day >= hours->then_from) hours = hours->then;
        for (int n = hours_of_day(hours, day, &off, &work, &s); n > 0; n--, s++) {
            int64_t from = zone_cursor_to_utc(&cur, day * MS_DAY + s->from_min * MS_MINUTE, NULL), to = zone_cursor_to_utc(&cur, day * MS_DAY + s->to_min * MS_MINUTE, NULL);
            if (!add_interval(c, from, to)) return false;
        }
    }
    return true;
}

static bool pad(calendar *c)
{
    const interval *s = c->n ? &c->spans[c->n - 1] : &(interval){0};
    interval end = {s->to, s->to, s->cum + s->to - s->from};
    if (mem_grow(&c->spans, &c->cap, c->n + c->width + 1, sizeof *c->spans)) return false;
    for (size_t i = 0; i <= c->width; i++) c->spans[c->n + i] = end;
    return true;
}

/* first[i]: the first interval that ends after origin + i days. */
static bool index_days(calendar *c)
{
    c->origin = civil_days(FIRST_YEAR, 1, 1) * MS_DAY - MS_DAY;
    c->ndays = (size_t)(civil_days(LAST_YEAR + 1, 1, 1) - civil_days(FIRST_YEAR, 1, 1)) + 3;
    if (!(c->first = mem_zero(c->ndays, sizeof *c->first))) return false;
    size_t i = 0;
    for (size_t day = 0; day < c->ndays; day++) {
        int64_t t = c->origin + (int64_t)day * MS_DAY;
        while (i < c->n && c->spans[i].to <= t) i++;
        c->first[day] = (uint32_t)i;
        size_t k = i;
        while (k < c->n && c->spans[k].from < t + MS_DAY) k++;
        if (k - i > c->width) c->width = k - i;
    }
    c->last = c->origin + (int64_t)c->ndays * MS_DAY - 1;
    return pad(c);
}

static sla_status check_hours(const cal_desc *d, const char *id, err *e)
{
    bool any = d->always;
    for (int w = 0; w < 7; w++) {
        if (d->week[w].n < 0 || d->week[w].n > CAL_SPANS_MAX) return err_set(e, SLA_RANGE, SRCPOS_NONE, "calendar '%s': more than %d spans a day", id, CAL_SPANS_MAX);
        for (int i = 0; i < d->week[w].n; i++) {
            const span *s = &d->week[w].spans[i];
            if (s->from_min < 0 || s->from_min >= s->to_min || s->to_min > 1440 || (i && s->from_min < s[-1].to_min))
                return err_set(e, SLA_RANGE, SRCPOS_NONE, "calendar '%s': hours overlap or end before they begin", id);
            any = true;
        }
    }
    return any ? SLA_OK : err_set(e, SLA_RANGE, SRCPOS_NONE, "calendar '%s' has no working hours at all", id);
}

static sla_status check_desc(const cal_desc *d, err *e)
{
    for (const cal_desc *h = d; h; h = h->then) {
        TRY(check_hours(h, d->id, e));
        if (h->then && h->then->then && h->then->then_from <= h->then_from) return err_set(e, SLA_RANGE, SRCPOS_NONE, "calendar '%s': changes are not in the order of their days", d->id);
    }
    return SLA_OK;
}

static bool fill(calendar *c, const cal_desc *d, const zone *z)
{
    int32_t *off = sorted_copy(d->off_days, d->n_off), *work = sorted_copy(d->work_days, d->n_work);
    c->known = sorted_copy(d->known_years, d->n_known);
    c->nknown = d->n_known;
    bool ok = off && work && c->known && (c->always || (lay_out(c, d, z, (day_walk){off, d->n_off, 0}, (day_walk){work, d->n_work, 0}) && index_days(c)));
    mem_free(off);
    mem_free(work);
    return ok;
}

sla_status cal_new(const cal_desc *d, const zone *z, calendar **out, err *e)
{
    TRY(check_desc(d, e));
    calendar *c = mem_zero(1, sizeof *c);
    if (!c) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for calendar '%s'", d->id);
    size_t len = strlen(d->id);
    memcpy(c->id, d->id, len < sizeof c->id ? len : sizeof c->id - 1);
    c->always = d->always && !d->then;
    c->day_ms = standard_day(d);
    if (!fill(c, d, z)) {
        cal_free(c);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for calendar '%s'", d->id);
    }
    *out = c;
    return SLA_OK;
}

void cal_free(calendar *c)
{
    if (!c) return;
    mem_free(c->spans);
    mem_free(c->first);
    mem_free(c->known);
    mem_free(c);
}

const char *cal_id(const calendar *c) { return c->id; }
bool cal_is_always(const calendar *c) { return c->always; }
int64_t cal_day_ms(const calendar *c) { return c->day_ms; }

bool cal_year_unknown(const calendar *c, int32_t year) { return c->nknown > 0 && !has_day(c->known, c->nknown, year); }

bool cal_days_unknown(const calendar *c, int64_t first, int64_t last, int32_t *year)
{
    int32_t y, y2, m, d;
    civil_from_days(first, &y, &m, &d);
    civil_from_days(last + 7, &y2, &m, &d);
    for (; y <= y2; y++) {
        if (!cal_year_unknown(c, y)) continue;
        if (year) *year = y;
        return true;
    }
    return false;
}

/* ---- W ---- */
/* The interval that holds t, or the first after it; c->n past the end. */
static inline size_t interval_at(const calendar *c, int64_t t)
{
    if (t < c->origin) return 0;
    uint64_t day = (uint64_t)(t - c->origin) / (uint64_t)MS_DAY;
    if (day >= c->ndays) return c->n;
    size_t i = c->first[day];
    while (i < c->n && c->spans[i].to <= t) i++;
    return i;
}

/* What of an interval lies before t. */
static inline int64_t part_before(const interval *s, int64_t t)
{
    int64_t d = t - s->from, len = s->to - s->from;
    d = d < 0 ? 0 : d;
    return d < len ? d : len;
}

/* Branch-free, since times of records come in no order a processor could guess; unrolled where width is a constant. */
static inline int64_t cumulative(const calendar *c, int64_t t, size_t width)
{
    t = t < c->origin ? c->origin : t > c->last ? c->last : t;
    const interval *s = &c->spans[c->first[(uint64_t)(t - c->origin) / (uint64_t)MS_DAY]];
    int64_t w = s->cum;
    for (size_t k = 0; k < width; k++) w += part_before(s + k, t);
    return w;
}

int64_t cal_cumulative(const calendar *c, int64_t t) { return c->always ? t : cumulative(c, t, c->width); }

static inline void cumulative_column(const calendar *c, const int64_t *t, size_t n, int64_t *out, size_t width)
{
    for (size_t i = 0; i < n; i++) out[i] = cumulative(c, t[i], width);
}

void cal_cumulative_many(const calendar *c, const int64_t *t, const uint64_t *valid, size_t n, int64_t *out)
{
    if (c->always) {
        if (out != t && n) memmove(out, t, n * sizeof *out);
    } else if (c->width <= 1) cumulative_column(c, t, n, out, 1);
    else if (c->width == 2) cumulative_column(c, t, n, out, 2);
    else cumulative_column(c, t, n, out, c->width);
    for (size_t i = 0; valid && i < n; i++) { /* what stands where the bit is clear is any number, so it did no harm above */
        if ((i & 63) == 0 && valid[i >> 6] == ~UINT64_C(0)) i += 63;
        else if (!((valid[i >> 6] >> (i & 63)) & 1)) out[i] = 0;
    }
}

int64_t cal_add(const calendar *c, int64_t from, int64_t ms)
{
    if (c->always) return from + ms;
    int64_t want = cal_cumulative(c, from) + ms;
    if (ms == 0) return from;
    size_t lo = interval_at(c, from), hi = c->n; /* the first interval whose end reaches W = want */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (c->spans[mid].cum + c->spans[mid].to - c->spans[mid].from >= want) hi = mid;
        else lo = mid + 1;
    }
    if (lo == c->n) return c->n ? c->spans[c->n - 1].to : from;
    return c->spans[lo].from + (want - c->spans[lo].cum);
}

bool cal_next_span(const calendar *c, int64_t t, int64_t *begin, int64_t *end)
{
    if (c->always) {
        *begin = t;
        *end = INT64_MAX;
        return true;
    }
    size_t i = interval_at(c, t);
    if (i == c->n) return false;
    *begin = c->spans[i].from;
    *end = c->spans[i].to;
    return true;
}
