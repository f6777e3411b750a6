#include "engine/time/zone.h"
#include <stdlib.h>
#include <string.h>
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

enum { LAST_YEAR = 2199, TZIF_MAX = 1 << 20 };
struct zone {
    char name[64];
    size_t n, cap_at, cap_offset; /* spans: [at[i], at[i+1]) has offset[i]; at[0] is the beginning of time */
    int64_t *at, *offset; /* UTC ms; local - UTC in ms */
};

static bool add_span(zone *z, int64_t at, int64_t offset)
{
    if (z->n && z->offset[z->n - 1] == offset) return true;
    if (mem_grow(&z->at, &z->cap_at, z->n + 1, sizeof *z->at) || mem_grow(&z->offset, &z->cap_offset, z->n + 1, sizeof *z->offset)) return false; /* either may have got no more than it needs */
    z->at[z->n] = at;
    z->offset[z->n++] = offset;
    return true;
}

/* ---- the POSIX TZ footer: CET-1CEST,M3.5.0,M10.5.0/3 (POSIX.1-2017, 8.3; RFC 8536 3.3) ---- */
typedef struct tz_rule { char kind; int32_t month, week, day; int64_t time_ms; } tz_rule;
typedef struct tz_footer { int64_t std, dst; bool has_dst; tz_rule from, to; } tz_footer;

static const char *tz_name(const char *p)
{
    if (*p == '<') {
        while (*p && *p != '>') p++;
        return *p ? p + 1 : NULL;
    }
    const char *q = p;
    while ((*q >= 'A' && *q <= 'Z') || (*q >= 'a' && *q <= 'z')) q++;
    return q - p >= 3 ? q : NULL;
}

static const char *tz_number(const char *p, int32_t *out)
{
    int32_t v = 0;
    const char *q = p;
    while (*q >= '0' && *q <= '9' && q - p < 4) v = v * 10 + (*q++ - '0');
    *out = v;
    return q == p ? NULL : q;
}

/* [+-]h[:mm[:ss]] */
static const char *tz_time(const char *p, int64_t *ms)
{
    int sign = *p == '-' ? -1 : 1;
    int32_t part[3] = {0};
    if (*p == '-' || *p == '+') p++;
    for (int i = 0; i < 3; i++) {
        if (!(p = tz_number(p, &part[i]))) return NULL;
        if (*p != ':' || i == 2) break;
        p++;
    }
    *ms = sign * ((int64_t)part[0] * MS_HOUR + part[1] * MS_MINUTE + part[2] * MS_SECOND);
    return p;
}

static const char *tz_rule_parse(const char *p, tz_rule *r)
{
    r->time_ms = 2 * MS_HOUR;
    r->kind = *p == 'M' ? 'M' : *p == 'J' ? 'J' : 'n';
    if (r->kind != 'n') p++;
    if (r->kind == 'M') {
        if (!(p = tz_number(p, &r->month)) || *p++ != '.' || !(p = tz_number(p, &r->week)) || *p++ != '.') return NULL;
        if (r->month < 1 || r->month > 12 || r->week < 1 || r->week > 5) return NULL;
    }
    if (!(p = tz_number(p, &r->day))) return NULL;
    return *p == '/' ? tz_time(p + 1, &r->time_ms) : p;
}

static bool tz_footer_parse(const char *p, tz_footer *f)
{
    *f = (tz_footer){0};
    if (!(p = tz_name(p)) || !(p = tz_time(p, &f->std))) return false;
    f->std = -f->std;
    if (!*p) return true;
    f->has_dst = true;
    f->dst = f->std + MS_HOUR;
    if (!(p = tz_name(p))) return false;
    if (*p && *p != ',') {
        if (!(p = tz_time(p, &f->dst))) return false;
        f->dst = -f->dst;
    }
    return *p == ',' && (p = tz_rule_parse(p + 1, &f->from)) && *p == ',' && (p = tz_rule_parse(p + 1, &f->to)) && !*p;
}

/* The wall clock ms at which a rule takes effect in a year. */
static int64_t tz_rule_local(const tz_rule *r, int32_t year)
{
    int64_t day;
    if (r->kind == 'M') {
        int64_t first = civil_days(year, r->month, 1);
        int32_t want = r->day == 0 ? 7 : r->day;
        day = first + (want - weekday_of_days(first) + 7) % 7 + (r->week - 1) * 7;
        int64_t next = r->month == 12 ? civil_days(year + 1, 1, 1) : civil_days(year, r->month + 1, 1);
        while (day >= next) day -= 7;
    } else {
        day = civil_days(year, 1, 1) + r->day - (r->kind == 'J');
        if (r->kind == 'J' && r->day >= 60 && civil_valid(year, 2, 29)) day++;
    }
    return day * MS_DAY + r->time_ms;
}

static bool add_footer(zone *z, const tz_footer *f, int64_t after)
{
    if (!f->has_dst) return add_span(z, after, f->std);
    int32_t y, m, d;
    civil_from_days(after / MS_DAY - (after % MS_DAY < 0), &y, &m, &d);
    for (; y <= LAST_YEAR; y++) {
        int64_t on = tz_rule_local(&f->from, y) - f->std, off = tz_rule_local(&f->to, y) - f->dst;
        bool north = on < off;
        int64_t first = north ? on : off, second = north ? off : on;
        if (first > after && !add_span(z, first, north ? f->dst : f->std)) return false;
        if (second > after && !add_span(z, second, north ? f->std : f->dst)) return false;
    }
    return true;
}

/* ---- TZif (RFC 8536) ---- */
static uint32_t be32(const unsigned char *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }
static int64_t be64(const unsigned char *p) { return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4)); }

typedef struct tzif { uint32_t isutc, isstd, leap, time, type, chars; } tzif;
enum { TZIF_HEAD = 44 };

static bool tzif_head(const unsigned char *p, size_t n, tzif *h)
{
    if (n < TZIF_HEAD || memcmp(p, "TZif", 4) != 0) return false;
    *h = (tzif){be32(p + 20), be32(p + 24), be32(p + 28), be32(p + 32), be32(p + 36), be32(p + 40)};
    return h->time < 10000 && h->type >= 1 && h->type <= 256 && h->chars < 10000 && h->leap < 1000 && h->isstd <= 256 && h->isutc <= 256;
}

static size_t tzif_body(const tzif *h, size_t width)
{
    return h->time * width + h->time + h->type * 6u + h->chars + h->leap * (width + 4) + h->isstd + h->isutc;
}

static bool tzif_spans(zone *z, const unsigned char *p, const tzif *h)
{
    const unsigned char *types = p + h->time * 8u, *infos = types + h->time;
    if (!add_span(z, INT64_MIN, (int64_t)(int32_t)be32(infos) * 1000)) return false;
    for (uint32_t i = 0; i < h->time; i++) {
        int64_t at = be64(p + i * 8u);
        if (types[i] >= h->type || at < -(INT64_C(1) << 40) || at > INT64_C(1) << 40 || (z->n > 1 && at * 1000 <= z->at[z->n - 1])) continue;
        if (!add_span(z, at * 1000, (int64_t)(int32_t)be32(infos + types[i] * 6u) * 1000)) return false;
    }
    return true;
}

static bool tzif_parse(zone *z, const unsigned char *p, size_t n)
{
    tzif h;
    if (!tzif_head(p, n, &h) || p[4] < '2') return false;
    size_t skip = TZIF_HEAD + tzif_body(&h, 4);
    if (skip > n || !tzif_head(p + skip, n - skip, &h)) return false;
    const unsigned char *body = p + skip + TZIF_HEAD;
    size_t left = n - skip - TZIF_HEAD, size = tzif_body(&h, 8);
    if (size > left || !tzif_spans(z, body, &h)) return false;
    char footer[128];
    size_t len = left - size;
    if (len < 3 || len >= sizeof footer || body[size] != '\n') return true; /* no footer: the last offset holds on */
    memcpy(footer, body + size + 1, len - 2);
    footer[len - 2] = '\0';
    tz_footer f;
    if (!tz_footer_parse(footer, &f)) return true;
    int64_t last = z->n > 1 ? z->at[z->n - 1] : 0;
    return add_footer(z, &f, last);
}

/* ---- opening ---- */
static bool good_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n >= 64 || name[0] == '/' || strstr(name, "..")) return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/:") == n;
}

/* "+08:00", "-0330", "UTC" */
static bool fixed_offset(const char *name, int64_t *offset)
{
    *offset = 0;
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0) return true;
    time_text t;
    char text[48] = "2000-01-01 00:00";
    if ((name[0] != '+' && name[0] != '-') || strlen(name) > 6) return false;
    strcat(text, name);
    if (!time_parse(slice_of(text), &t)) return false;
    *offset = t.offset_min * MS_MINUTE;
    return true;
}

static sla_status zone_fill(zone *z, const char *name, err *e)
{
    int64_t offset;
    if (fixed_offset(name, &offset)) return add_span(z, INT64_MIN, offset) ? SLA_OK : SLA_NOMEM;
    char path[128] = "/usr/share/zoneinfo/";
    strcat(path, name);
    buf b = {0};
    err quiet = {0};
    sla_status st = file_read(path, TZIF_MAX, &b, &quiet);
    if (st == SLA_OK && !tzif_parse(z, (const unsigned char *)b.ptr, b.len)) st = SLA_SYNTAX;
    buf_free(&b);
    if (st == SLA_OK || st == SLA_NOMEM) return st;
    err_set(e, SLA_NAME, SRCPOS_NONE, "there is no time zone '%s' on this machine", name);
    err_hint(e, "use a name such as Asia/Shanghai or an offset such as +08:00 (Debian package tzdata)");
    return SLA_NAME;
}

sla_status zone_open(const char *name, zone **out, err *e)
{
    if (!good_name(name)) return err_set(e, SLA_NAME, SRCPOS_NONE, "'%.64s' is no name of a time zone", name);
    zone *z = mem_zero(1, sizeof *z);
    sla_status st = z ? zone_fill(z, name, e) : SLA_NOMEM;
    if (st != SLA_OK) {
        zone_close(z);
        return err_set(e, st, SRCPOS_NONE, "no memory for a time zone");
    }
    strcpy(z->name, name);
    *out = z;
    return SLA_OK;
}

void zone_close(zone *z)
{
    if (!z) return;
    mem_free(z->at);
    mem_free(z->offset);
    mem_free(z);
}

const char *zone_name(const zone *z) { return z->name; }

/* ---- use ---- */
static size_t span_of(const zone *z, int64_t utc)
{
    size_t lo = 0, hi = z->n;
    while (hi - lo > 1) {
        size_t mid = (lo + hi) / 2;
        if (z->at[mid] <= utc) lo = mid;
        else hi = mid;
    }
    return lo;
}

int64_t zone_offset_ms(const zone *z, int64_t utc_ms) { return z->offset[span_of(z, utc_ms)]; }

int64_t zone_to_utc(const zone *z, int64_t local_ms, int *kind)
{
    /* The span in which the wall clock lies is that of the UTC time with the offset before or after a change; both are tried, the earlier first. */
    size_t i = span_of(z, local_ms - 15 * MS_HOUR), last = span_of(z, local_ms + 15 * MS_HOUR);
    int64_t found = 0;
    int hits = 0;
    for (size_t k = i; k <= last; k++) {
        int64_t utc = local_ms - z->offset[k];
        bool inside = utc >= z->at[k] && (k + 1 == z->n || utc < z->at[k + 1]);
        if (inside && hits++ == 0) found = utc;
    }
    if (kind) *kind = hits == 1 ? 0 : hits > 1 ? 1 : 2;
    if (hits) return found;
    for (size_t k = i; k < last; k++) /* a gap: the offset before it moves the wall clock on by its length */
        if (local_ms - z->offset[k] >= z->at[k + 1] && local_ms - z->offset[k + 1] < z->at[k + 1]) return local_ms - z->offset[k];
    return local_ms - z->offset[i];
}

int64_t zone_day_of(const zone *z, int64_t utc_ms)
{
    int64_t local = zone_to_local(z, utc_ms);
    return local / MS_DAY - (local % MS_DAY < 0);
}

int64_t zone_day_start(const zone *z, int64_t day) { return zone_to_utc(z, day * MS_DAY, NULL); }

static void cursor_move(zone_cursor *c, int64_t utc)
{
    size_t i = span_of(c->z, utc);
    c->utc_from = c->z->at[i];
    c->utc_to = i + 1 < c->z->n ? c->z->at[i + 1] : INT64_MAX;
    c->offset = c->z->offset[i];
    int64_t from = c->utc_from == INT64_MIN ? INT64_MIN : c->utc_from + MS_DAY + c->offset, to = c->utc_to == INT64_MAX ? INT64_MAX : c->utc_to - MS_DAY + c->offset;
    c->plain_from = from;
    c->plain_for = from < to ? (uint64_t)to - (uint64_t)from : 0;
}

int64_t zone_cursor_to_local(zone_cursor *c, int64_t utc_ms)
{
    if (utc_ms < c->utc_from || utc_ms >= c->utc_to) cursor_move(c, utc_ms);
    return utc_ms + c->offset;
}

int64_t zone_cursor_look_up(zone_cursor *c, int64_t local_ms, int *kind)
{
    int64_t utc = zone_to_utc(c->z, local_ms, kind);
    cursor_move(c, utc);
    return utc;
}
