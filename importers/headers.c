#include "importers/headers.h"
#include <stdio.h>

static bool one_of(slice s, const char *const *words)
{
    for (; *words; words++)
        if (slice_is(s, *words)) return true;
    return false;
}

static bool ends(slice s, const char *with) { return s.len >= strlen(with) && memcmp(s.ptr + s.len - strlen(with), with, strlen(with)) == 0; }
static slice part(slice s, size_t from, size_t to) { return slice_trim((slice){s.ptr + from, to - from}); }

static size_t mark_at(slice s, size_t i, const char *const *marks)
{
    for (; *marks; marks++) {
        size_t n = strlen(*marks);
        if (s.len - i >= n && memcmp(s.ptr + i, *marks, n) == 0) return n;
    }
    return 0;
}

/* ---- notes ---- */
/* "Created (UTC)", "创建时间[北京时间]", "Created at, UTC": what stands before and within. false: there is no note. */
static bool split_note(slice s, slice *bare, slice *note)
{
    static const char *const open[] = {"(", "[", "（", "【", "［", NULL}, *const close[] = {")", "]", "）", "】", "］", NULL}, *const bare_zones[] = {"utc", "gmt", NULL};
    size_t from = s.len, n = 0, end = 0;
    for (size_t i = 0; i < s.len; i += end ? end : 1) {
        size_t k = mark_at(s, i, open);
        if (k) from = i, n = k;
        end = mark_at(s, i, close);
    }
    if (end && n && from) {
        *bare = part(s, 0, from);
        *note = part(s, from + n, s.len - end);
        return bare->len && note->len;
    }
    for (size_t k = 0; bare_zones[k] && s.len > 5; k++) {
        slice last = {s.ptr + s.len - 3, 3};
        if (!slice_eq_nocase(last, slice_of(bare_zones[k])) || !strchr(" ,_\t", s.ptr[s.len - 4])) continue;
        size_t to = s.len - 4;
        while (to && strchr(" ,_\t", s.ptr[to - 1])) to--;
        return *bare = part(s, 0, to), *note = last, bare->len > 0;
    }
    return false;
}

/* Notes that make it another thing: "Resolved (planned)" is not when it was resolved. Some do so also within a longer one, at either end: "SLA标准", "要求时间". */
static bool another_thing(slice folded)
{
    static const char *const notes[] = {"target", "planned", "plan", "estimated", "estimate", "expected", "scheduled", "sla", "previous", "old", "original", "count", "total", "average", "avg", "mean", "%",
                                        "计划", "目标", "预计", "预期", "要求", "期望", "原", "旧", "标准", "数量", "个数", "合计", "平均", NULL};
    static const char *const within[] = {"target", "planned", "sla", "计划", "目标", "预计", "要求", "期望", "标准", "承诺", NULL};
    bool other = one_of(folded, notes);
    for (size_t k = 0; within[k]; k++) other = other || mark_at(folded, 0, (const char *const[]){within[k], NULL}) || ends(folded, within[k]);
    return other;
}

bool headers_another_thing(slice note)
{
    char text[WORDS_MAX];
    return another_thing((slice){text, words_fold(note, text)});
}

/* Without what only introduces it: "in minutes", "单位:分钟", "时区:UTC+8". */
static slice without_lead(slice note)
{
    static const char *const leads[] = {"in ", "en ", "unit", "Unit", "单位", "time zone", "timezone", "Time zone", "Timezone", "TZ", "tz", "时区", NULL}, *const marks[] = {":", " ", "：", "=", NULL};
    size_t n = mark_at(note, 0, leads), more = n;
    while (more && note.len > n && (more = mark_at(note, n, marks))) n += more;
    return note.len > n ? (slice){note.ptr + n, note.len - n} : note;
}

/* ---- zones ---- */
/* "+8", "-0330", "+08:00" folded, the sign being in the note, as zone_open takes it. false: it is none. */
static bool offset_of(slice folded, slice note, char out[16])
{
    int digits = 0, v = 0;
    for (size_t i = 0; i < folded.len; i++) {
        if (folded.ptr[i] >= '0' && folded.ptr[i] <= '9' && digits < 4) digits++, v = v * 10 + (folded.ptr[i] - '0');
        else if (i || (folded.ptr[i] != '+' && folded.ptr[i] != '-')) return false;
    }
    if (digits <= 2) v *= 100;
    bool minus = memchr(note.ptr, '-', note.len) != NULL;
    if (digits == 0 || v > 1400 || v % 100 > 59 || (!minus && folded.ptr[0] != '+')) return false;
    snprintf(out, 16, "%c%02d:%02d", minus ? '-' : '+', v / 100, v % 100);
    return true;
}

/* "UTC", "GMT+8", "+08:00", "Asia/Shanghai", "北京时间" as zone_open takes it; what means no single offset goes to *unclear. Both empty: no zone. */
static void zone_of(arena *a, slice note, slice *zone, slice *unclear)
{
    static const struct { const char *said, *zone; } fixed[] = {{"z", "UTC"}, {"zulu", "UTC"}, {"世界协调时", "UTC"}, {"协调世界时", "UTC"}, {"格林尼治时间", "UTC"}, {"北京时间", "+08:00"}, {"beijingtime", "+08:00"},
        {"beijing", "+08:00"}, {"chinastandardtime", "+08:00"}, {"中国标准时间", "+08:00"}, {"东八区", "+08:00"}, {"jst", "+09:00"}, {"kst", "+09:00"}, {"hkt", "+08:00"}, {"sgt", "+08:00"}, {"msk", "+03:00"}};
    static const char *const many[] = {"cst", "cdt", "cet", "cest", "est", "edt", "mst", "mdt", "pst", "pdt", "ist", "bst", "ast", "adt", "aest", "aedt", "acst", "awst", "nzst", "nzdt", "wet", "west", "eet", "eest", "et",
                                       "pt", "pkt", "ict", "wib", "brt", "art", "clt", NULL};
    static const char *const areas[] = {"Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/", "Etc/", NULL};
    char text[WORDS_MAX], out[16];
    *zone = mark_at(note, 0, areas) ? note : (slice){0};
    if (zone->len) return;
    slice s = {text, words_fold(note, text)};
    if (s.len == 0) return;
    if (ends(s, "utc") || ends(s, "gmt") || ends(s, "utctime") || ends(s, "utc时间")) *zone = SLICE_LIT("UTC");
    for (size_t k = 0; k < sizeof fixed / sizeof fixed[0]; k++)
        if (slice_is(s, fixed[k].said)) *zone = slice_of(fixed[k].zone);
    if (zone->len) return;
    bool utc = s.len > 3 && (memcmp(s.ptr, "utc", 3) == 0 || memcmp(s.ptr, "gmt", 3) == 0);
    if (utc) s = (slice){s.ptr + 3, s.len - 3};
    if ((utc || *note.ptr == '+' || *note.ptr == '-') && offset_of(s, note, out)) *zone = arena_slice(a, slice_of(out));
    else if (utc || one_of(s, many)) *unclear = note;
}

/* ---- units ---- */
static int64_t unit_of(arena *a, slice note)
{
    slice folded = words_folded(a, note);
    return folded.ptr ? words_unit(folded) : 0;
}

/* ---- readings ---- */
static bool add(arena *a, header_text *h, slice name)
{
    slice folded = words_folded(a, name);
    if (!folded.ptr) return false;
    bool there = folded.len < 2 && h->n;
    for (size_t i = 0; i < h->n; i++) there = there || slice_eq(h->readings[i], folded);
    if (!there && h->n < READINGS_MAX) h->readings[h->n++] = folded;
    return true;
}

static bool ascii_letter(unsigned char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

/* "Date/Time Opened" is no name in two languages: it goes by "Date Opened". *out: that name, empty if the header is no such one. false: no memory. */
static bool without_clock(arena *a, slice s, slice *out)
{
    static const struct { const char *day, *clock; } both[] = {{"date", "/time"}, {"date", "/heure"}, {"data", "/hora"}, {"fecha", "/hora"}, {"datum", "/uhrzeit"}, {"datum", "/zeit"}, {"日期", "/时间"}};
    *out = (slice){0};
    for (size_t k = 0; k < sizeof both / sizeof both[0]; k++) {
        size_t d = strlen(both[k].day), c = strlen(both[k].clock);
        for (size_t i = 0; i + d + c <= s.len; i++) {
            if (!slice_eq_nocase((slice){s.ptr + i, d}, slice_of(both[k].day)) || !slice_eq_nocase((slice){s.ptr + i + d, c}, slice_of(both[k].clock))) continue;
            char *text = arena_alloc(a, s.len, 1);
            if (!text) return false;
            memcpy(text, s.ptr, i + d);
            memcpy(text + i + d, s.ptr + i + d + c, s.len - i - d - c);
            return *out = (slice){text, s.len - c}, true;
        }
    }
    return true;
}

/* "Priority/优先级", "工单号 Ticket No.", also over two lines: its parts. */
static bool add_languages(arena *a, header_text *h, slice s)
{
    slice day;
    if (!without_clock(a, s, &day)) return false;
    if (day.len) return add(a, h, day);
    static const char *const marks[] = {"/", "|", "／", "｜", "\n", NULL};
    size_t from = 0, i = 0;
    for (; i < s.len; i++) {
        size_t n = mark_at(s, i, marks);
        bool before = i && (unsigned char)s.ptr[i - 1] >= 0x80, after = i + 1 < s.len && (unsigned char)s.ptr[i + 1] >= 0x80;
        if (n == 0 && s.ptr[i] == ' ' && from == 0 && ((before && i + 1 < s.len && ascii_letter((unsigned char)s.ptr[i + 1])) || (after && i && ascii_letter((unsigned char)s.ptr[i - 1])))) n = 1;
        if (n == 0) continue;
        if (!add(a, h, part(s, from, i))) return false;
        from = i + n;
        i = from - 1;
    }
    return from == 0 || add(a, h, part(s, from, s.len));
}

static bool read_one(arena *a, slice name, header_text *h)
{
    slice bare, note, at_end;
    if (!add(a, h, name)) return false;
    if (!split_note(name, &bare, &note)) {
        h->unit = words_unit_behind(h->readings[0], &at_end);
        if (h->unit && !(h->readings[h->n++] = at_end).ptr) return false;
        return add_languages(a, h, name);
    }
    slice folded = words_folded(a, note);
    if (!folded.ptr) return false;
    if (another_thing(folded)) return true;
    h->unit = unit_of(a, without_lead(note));
    zone_of(a, without_lead(note), &h->zone, &h->unclear);
    return add(a, h, bare) && add_languages(a, h, bare) && (h->unit || h->zone.len || h->unclear.len || add(a, h, note));
}

sla_status headers_read(arena *a, const slice *names, size_t n, header_text **out)
{
    *out = ARENA_NEW(a, header_text, n);
    for (size_t i = 0; *out && i < n; i++)
        if (!read_one(a, names[i], &(*out)[i])) *out = NULL;
    return *out && !a->failed ? SLA_OK : SLA_NOMEM;
}
