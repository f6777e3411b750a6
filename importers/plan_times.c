/* Times of a table: how each column is read, by all of its head, and what they cannot prove. */
#include <stdlib.h>
#include <string.h>
#include "importers/plan.h"
#include "importers/words.h"

/* ---- how columns of times are read ---- */
static bool is_dated(const planner *pl, size_t f)
{
    vtype t = pl->p.ds->fields[f].type;
    return (t == VT_TIME || t == VT_DATE) && pl->p.fields[f].input >= 0 && pl->p.fields[f].after < 0;
}

static size_t dated(const date_evidence *ev) { return ev->values + ev->iso + ev->named + ev->epoch + ev->serial; }

/* "15 min", "0:15" and "15" in a column that should hold times. */
static void look_at_duration(slice s, const field *fd, const target *t, span_evidence *seen)
{
    int64_t ms;
    seen->values += s.len > 0;
    seen->clocks += s.len && memchr(s.ptr, ':', s.len) && (s.len <= 8 ? (words_duration(s, 0, &ms) && ms <= MS_DAY) || dates_clock(s) : s.len <= 16 && dates_clock(s));
    if (!fd->planned && (!t->map || t->map->or_after < 0)) return;
    if (words_duration(s, 0, &ms)) seen->durations++;
    else if (words_duration(s, 1, &ms)) seen->numbers++;
    else if (words_comma_of(s) == COMMA_EITHER) ms = 0, seen->numbers++;
    else return;
    seen->negative += ms < 0;
}

/* "1,800": by what stands beside it. Where thousands are marked, 900 has no mark and decimals have a point. */
static void look_at_comma(slice s, span_evidence *seen)
{
    int64_t ms;
    words_comma comma = words_comma_of(s);
    bool bare = comma == COMMA_NONE && words_duration(s, 1, &ms) && !words_duration(s, 0, &ms);
    seen->either += comma == COMMA_EITHER;
    seen->decimals += comma == COMMA_DECIMAL;
    seen->thousands += comma == COMMA_THOUSANDS || (bare && (memchr(s.ptr, '.', s.len) || (s.len == 3 && *s.ptr != '0')));
}

/* The time of day in "2025-07-08 09:05:00"; not of twelve hours. */
static bool clock_in(slice s, int64_t *ms)
{
    const char *colon = memchr(s.ptr, ':', s.len), *end = s.ptr + s.len, *from = colon, *to = colon;
    if (!colon || memchr(s.ptr, 'M', s.len) || memchr(s.ptr, 'm', s.len) || (unsigned char)s.ptr[s.len - 1] >= 0x80) return false;
    while (from > s.ptr && colon - from < 2 && from[-1] >= '0' && from[-1] <= '9') from--;
    while (to < end && (*to == ':' || (*to >= '0' && *to <= '9'))) to++;
    return words_duration((slice){from, (size_t)(to - from)}, 0, ms) && *ms <= MS_DAY;
}

/* "2025-07-08 03:05" may have lost its PM on the way. A clock beside an offset, ISO's T or words is one of 24 hours, or says its half. */
static void look_at_half(slice s, clock_evidence *seen)
{
    int64_t ms;
    bool plain = s.len > 10;
    for (size_t i = 0; plain && i < s.len; i++) plain = (unsigned char)s.ptr[i] < 0x80 && !((s.ptr[i] | 32) >= 'a' && (s.ptr[i] | 32) <= 'z') && s.ptr[i] != '+';
    if (s.len == 0 || !memchr(s.ptr, ':', s.len)) return;
    if (!plain || !clock_in(s, &ms) || ms < MS_HOUR || ms >= 13 * MS_HOUR) {
        seen->other++;
        return;
    }
    if (seen->bare++ == 0) memcpy(seen->day, s.ptr, sizeof seen->day);
    seen->noons += ms >= 12 * MS_HOUR;
    seen->other_days += memcmp(seen->day, s.ptr, sizeof seen->day) != 0;
}

/* "09:10" may be ten past nine or more than nine hours. */
static void look_at_either(slice s, slice from, span_evidence *seen)
{
    int64_t ms, start;
    if (s.len == 0 || s.len > 8 || !clock_in(s, &ms) || !from.len || !clock_in(from, &start)) return;
    seen->later += ms >= start;
    seen->sooner += ms < start;
}

/* A column that should hold the time of day beside a day may hold times of their own ("受理时间" beside "创建日期") or durations ("Resolution Time": 40:15). */
static void look_at_clock(slice s, span_evidence *seen)
{
    static const char *const first_days[] = {"1899-12-3", "1900-01-00", "1904-01-01"};   /* before a sheet's times of day */
    date_evidence ev = {0};
    int64_t ms;
    if (s.len == 0) return;
    seen->beside++;
    if (words_duration(s, 0, &ms)) seen->over += ms > MS_DAY;
    for (size_t k = 0; k < sizeof first_days / sizeof first_days[0]; k++)
        if (s.len > strlen(first_days[k]) && memcmp(s.ptr, first_days[k], strlen(first_days[k])) == 0) return;
    if (s.len >= 8) dates_look(s, &ev);
    seen->whole += ev.values + ev.iso + ev.named > 0;
}

/* A satisfaction of 9 is on another scale than one to 5, and then so are the 4s of its column; be it written "9分", "90%" or "9/10". */
static void look_at_scale(slice s, const target *t, span_evidence *seen)
{
    static const char *const marks[] = {"", "分", "星", "%", "％"};
    char text[24], *end;
    slice v = profile_term(t->map, s);
    bool number = false;
    if (v.len == 0 || v.len >= sizeof text) return;
    memcpy(text, v.ptr, v.len);
    text[v.len] = '\0';
    for (char *p = text; *p; p++) *p = *p == ',' ? '.' : *p;
    double n = strtod(text, &end);
    if (end == text) return;
    if (*end == '/') n = strtod(end + 1, &end);
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) number = number || strcmp(end, marks[k]) == 0;
    if (!number) return;
    seen->beyond += n > t->map->most;
    seen->below_one += n < 1;
    seen->above_one += n > 1;
}

/* "P0" in a column whose terms are P1, P2 …: its levels count from another one. Unless the profile says what P0 is. */
static bool may_count_from_zero(const planner *pl, size_t f)
{
    const enumeration *en = pl->p.ds->fields[f].en;
    bool from_one = false, from_zero = false;
    for (size_t i = 0; en && i < en->n; i++) from_one = from_one || profile_level(en->values[i]) == 1, from_zero = from_zero || profile_level(en->values[i]) == 0;
    return from_one && !from_zero && pl->p.fields[f].map && pl->p.fields[f].input >= 0 && !profile_knows_term(pl->p.fields[f].map, SLICE_LIT("P0"));
}

static bool may_have_commas(const planner *pl, size_t f)
{
    const target *t = &pl->p.fields[f];
    return t->input >= 0 && (t->after >= 0 || (t->map && t->map->or_after >= 0));
}

static bool on_a_scale(const planner *pl, size_t f) { return pl->p.fields[f].map && pl->p.fields[f].map->most > 0 && pl->p.fields[f].input >= 0; }

static slice cell_at(const cells *c, int col, size_t row) { return slice_trim(c->at[(size_t)col * CELLS_ROWS + row]); }

/* Numbers and levels: on which scale, from which level, with which commas. */
static void look_at_numbers(planner *pl, size_t f, const cells *c)
{
    const target *t = &pl->p.fields[f];
    span_evidence *seen = &pl->spans[f];
    bool scale = on_a_scale(pl, f), levels = may_count_from_zero(pl, f), commas = may_have_commas(pl, f);
    for (size_t r = 0; (scale || levels || commas) && r < c->nrows; r++) {
        slice s = cell_at(c, t->input, r);
        if (scale) look_at_scale(s, t, seen);
        if (levels) seen->from_zero += profile_level(s) == 0;
        if (commas) look_at_comma(s, seen);
    }
}

/* A cell of the column from which a time is first taken: may it be no time, half a one, or want another column beside it? narrow: its text, as words_narrow leaves it. */
static void look_beside(planner *pl, size_t f, const cells *c, size_t row, slice narrow)
{
    char text[NARROW_MAX];
    const target *t = &pl->p.fields[f];
    span_evidence *seen = &pl->spans[f];
    int from = t->map && t->map->or_after >= 0 ? pl->p.fields[t->map->or_after].input : -1;
    look_at_duration(narrow, &pl->p.ds->fields[f], t, seen);
    look_at_half(narrow, &seen->face);
    if (from >= 0) look_at_either(narrow, words_narrow(cell_at(c, from, row), text), seen);
    if (t->clock >= 0) look_at_clock(words_narrow(cell_at(c, t->clock, row), text), seen);
}

/* All columns that may tell a time; seen->dated counts the first one's alone. */
static void look_at_times(planner *pl, size_t f, const cells *c)
{
    const target *t = &pl->p.fields[f];
    for (size_t k = 0; k <= t->nmore; k++)
        for (size_t r = 0; r < c->nrows; r++) {
            char text[NARROW_MAX];
            slice s = words_narrow(cell_at(c, k ? t->more[k - 1] : t->input, r), text);
            size_t before = dated(&pl->seen[f]);
            if (s.len >= 5) dates_look(s, &pl->seen[f]);
            if (k) continue;
            pl->spans[f].dated += dated(&pl->seen[f]) - before;
            look_beside(pl, f, c, r, s);
        }
}

void planner_look(planner *pl, const cells *c)
{
    if (pl->draft) {
        pl->said.failed = pl->said.failed || draft_look(pl->draft, c) != SLA_OK;
        return;
    }
    for (size_t f = 0; f < pl->p.ds->nfields; f++) {
        look_at_numbers(pl, f, c);
        if (is_dated(pl, f)) look_at_times(pl, f, c);
    }
}

static void say_order(planner *pl, const field *f, const date_evidence *ev, const char *order, const char *why)
{
    buf_printf(&pl->said, "%.*s: dates read as %s: of %zu looked at %zu have a first number over 12 and %zu a second%s\n", SLICE_ARG(f->name), dates_order_name(order), ev->values, ev->first_over_12,
               ev->second_over_12, why);
}

/* Values like "09:10" that are mostly no earlier on the clock than what they would count from, or that would count from days, under a header that does not speak of durations. */
static bool may_be_clocks(const planner *pl, size_t f)
{
    const target *t = &pl->p.fields[f];
    const span_evidence *seen = &pl->spans[f];
    for (size_t h = 0; h < t->map->fallback.n; h++)
        if (words_same(pl->names[t->input], t->map->fallback.items[h])) return false;
    return t->unit == 0 && seen->clocks == seen->durations && (seen->later > seen->sooner || seen->later + seen->sooner == 0);
}

/* "First Response Time" holds seconds and "First Responded On" the time: what tells the time comes first, and durations do not fill in for it. */
static void settle_mixed(planner *pl, size_t f)
{
    target *t = &pl->p.fields[f];
    span_evidence *seen = &pl->spans[f];
    if (t->nmore == 0 || seen->durations + seen->numbers <= seen->dated || dated(&pl->seen[f]) == seen->dated) return;
    buf_printf(&pl->said, "%.*s: the column %.*s holds durations; %.*s tells the time\n", SLICE_ARG(pl->p.ds->fields[f].name), SLICE_ARG(pl->names[t->input]), SLICE_ARG(pl->names[t->more[0]]));
    seen->durations = seen->numbers = seen->negative = 0;
    t->input = t->more[0];
    t->more++;
    t->nmore--;
}

/* A column that holds durations instead of times: they count from another time, if their unit is known. */
static bool settle_duration(planner *pl, size_t f)
{
    target *t = &pl->p.fields[f];
    const date_evidence *ev = &pl->seen[f];
    const span_evidence *seen = &pl->spans[f];
    if (seen->durations + seen->numbers <= dated(ev)) return false;
    slice name = pl->p.ds->fields[f].name, header = pl->names[t->input], from = pl->p.ds->fields[t->map->or_after].name;
    if (seen->negative) { /* as Jira's SLA columns are */
        buf_printf(&pl->said, "%.*s: the column %.*s holds durations below zero: time that was left, not time that passed; it is not used\n", SLICE_ARG(name), SLICE_ARG(header));
        t->input = -1;
        return true;
    }
    if (seen->numbers > seen->durations && t->unit == 0) {
        buf_printf(&pl->said, "%.*s: the column %.*s holds numbers without a unit and is not used; a profile can say it (unit: min)\n", SLICE_ARG(name), SLICE_ARG(header));
        t->input = -1;
        return true;
    }
    if (may_be_clocks(pl, f)) {
        buf_printf(&pl->said, "%.*s: the column %.*s may hold times of day as well as durations, for little or nothing is earlier on the clock than %.*s; it is not used: write the day with them, or a unit (9h10m)\n", SLICE_ARG(name), SLICE_ARG(header), SLICE_ARG(from));
        t->input = -1;
        return true;
    }
    t->after = t->map->or_after;
    t->nmore = 0;
    buf_printf(&pl->said, "%.*s: the column %.*s holds durations; they are counted from %.*s, as time that passed by the calendar\n", SLICE_ARG(name), SLICE_ARG(header), SLICE_ARG(from));
    return true;
}

/* "解决时限" is when it is due in one table, in another how long it may take: from when, and by which calendar, that does not say. */
static void settle_planned(planner *pl, size_t f)
{
    target *t = &pl->p.fields[f];
    const span_evidence *seen = &pl->spans[f];
    if (!is_dated(pl, f) || !pl->p.ds->fields[f].planned || (t->map && t->map->or_after >= 0) || seen->durations <= dated(&pl->seen[f])) return;
    buf_printf(&pl->said, "%.*s: the column %.*s holds durations, which tell no time; it is not used\n", SLICE_ARG(pl->p.ds->fields[f].name), SLICE_ARG(pl->names[t->input]));
    t->input = -1;
}

/* "报修时间" holds whole times in one table, in another the time of day beside "报修日期": a column that may be either, holds times of day, and is not the only one. */
static void settle_clock(planner *pl, size_t f)
{
    target *t = &pl->p.fields[f];
    const span_evidence *seen = &pl->spans[f];
    const date_evidence *ev = &pl->seen[f];
    bool either = false, zoned = false, days = ev->values + ev->iso + ev->named > 0;
    if (t->clock >= 0 && (seen->over || seen->whole * 2 > seen->beside)) {
        buf_printf(&pl->said, "%.*s: the column %.*s is no time of day for the column %.*s\n", SLICE_ARG(pl->p.ds->fields[f].name), SLICE_ARG(pl->names[t->clock]), SLICE_ARG(pl->names[t->input]));
        t->clock = -1;
    }
    for (size_t h = 0; t->map && t->input >= 0 && h < t->map->clock.n; h++) either = either || words_same(pl->names[t->input], t->map->clock.items[h]);
    for (size_t k = 0; k < pl->nnotes; k++) zoned = zoned || (pl->notes[k].zone && pl->notes[k].field == f);
    if (t->spare) t->spare = false, t->nmore -= !either || zoned || seen->clocks * 2 <= seen->values;
    if (!either || zoned || (t->map->or_after >= 0 && !days) || t->clock >= 0 || t->nmore == 0 || seen->clocks * 2 <= seen->values) return;
    t->clock = t->input;
    t->input = t->more[0];
    t->more++;
    t->nmore--;
    buf_printf(&pl->said, "%.*s: the column %.*s holds times of day; the days stand in the column %.*s\n", SLICE_ARG(pl->p.ds->fields[f].name), SLICE_ARG(pl->names[t->clock]), SLICE_ARG(pl->names[t->input]));
}

/* Many times on several days and none in hour 0 or beyond 12. Hour 12 must be among them: an export in UTC of people who work by day has none such either, but begins and ends its hours earlier. */
static bool half_a_day(const clock_evidence *seen)
{
    enum { LEAST_TIMES = 50 };
    return seen->bare >= LEAST_TIMES && seen->other == 0 && seen->noons && seen->other_days;
}

static void settle_column(planner *pl, size_t f, const date_evidence *all)
{
    static const char *const numbers[] = {"", "a sheet's days since 1900", "a sheet's days since 1904", "seconds, ms or µs since 1970 (UTC)"};
    target *t = &pl->p.fields[f];
    const date_evidence *ev = &pl->seen[f];
    const field *fd = &pl->p.ds->fields[f];
    bool sure, all_sure;
    const char *own = dates_order(ev, &sure), *others = dates_order(all, &all_sure), *why = "";
    t->numbers = dates_numbers(ev);
    t->half_day = t->clock < 0 && half_a_day(&pl->spans[f].face);
    if (t->numbers == NUMBERS_SERIAL_1900 && pl->serials_1904) t->numbers = NUMBERS_SERIAL_1904;
    if (t->numbers) buf_printf(&pl->said, "%.*s: %zu of the numbers looked at are read as %s\n", SLICE_ARG(fd->name), t->numbers == NUMBERS_EPOCH ? ev->epoch : ev->serial, numbers[t->numbers]);
    if (all_sure && strcmp(others, "ymd") == 0 && ev->short_ones == ev->values) own = others;
    t->order = own;
    if (strcmp(own, "ymd") == 0) why = " (years of two digits stand first)";
    else if (ev->dotted && ev->first_over_12 + ev->second_over_12 == 0) why = " (with points between, days stand first)";
    else if (ev->first_over_12 && ev->second_over_12) why = " (both occur: the more frequent order is taken, the others are rejected)";
    else if (!sure && all_sure) t->order = others, why = " (decided by the table's other columns)";
    else if (!sure && all->first_over_12 + all->second_over_12) t->order = others, why = " (the other columns do not agree; assumed)";
    else if (!sure) why = " (nothing decides; assumed)";
    t->assumed = ev->values && !sure && !all_sure;
    if (pl->pf && pl->pf->date_order.len) t->order = pl->pf->date_order.ptr, t->assumed = false, why = " (the profile says so)";
    if (ev->values) say_order(pl, fd, ev, t->order, why);
}

/* Commas that may be of decimals or of thousands, where the column's other numbers tell which. Otherwise such values are rejected. */
static void settle_commas(planner *pl, size_t f)
{
    const span_evidence *seen = &pl->spans[f];
    if (seen->either && !seen->decimals != !seen->thousands) plan_notes_comma(pl, f, seen->decimals ? '.' : ',');
}

static bool begins(slice s, const char *with) { return s.len >= strlen(with) && memcmp(s.ptr, with, strlen(with)) == 0; }

/* Behind a number of a header: "=非常满意", "-一般". Does the profile say that this is another number? */
static bool means_another(slice s, const field_map *map, double n)
{
    size_t to = 0;
    while (s.len && (strchr(" =:-", *s.ptr) || begins(s, "分"))) {
        size_t k = *s.ptr & 0x80 ? strlen("分") : 1;
        s = (slice){s.ptr + k, s.len - k};
    }
    while (to < s.len && !strchr(" ,;/()[]0123456789", s.ptr[to]) && !begins((slice){s.ptr + to, s.len - to}, "、")) to++;
    s.len = to;
    return to && to < 64 && profile_knows_term(map, s) && strtod(profile_term(map, s).ptr, NULL) != n;
}

/* "满意度（10分制）", "Rating (1-10)", "满意度(1=非常满意)": a header may tell that its numbers end elsewhere than the field's, or mean something else. A lone 1 counts columns. */
static bool header_on_another_scale(slice s, const field_map *map)
{
    char half[NARROW_MAX];
    int most = 0;
    s = words_narrow(s, half);
    for (size_t i = 0, to; i < s.len; i = to) {
        int n = 0;
        for (to = i; to < s.len && s.ptr[to] >= '0' && s.ptr[to] <= '9'; to++) n = n < 1000 ? n * 10 + (s.ptr[to] - '0') : n;
        slice rest = {s.ptr + to, s.len - to};
        if (begins(rest, "百分") || begins(rest, "十分制") || (to > i && means_another(rest, map, n))) return true;
        most = n > most ? n : most;
        to += to == i;
    }
    return most > 1 && most != map->most;
}

/* A column of numbers on another scale than the field's is not used. */
static void settle_scale(planner *pl, size_t f)
{
    target *t = &pl->p.fields[f];
    const span_evidence *seen = &pl->spans[f];
    slice name = pl->p.ds->fields[f].name;
    if (!on_a_scale(pl, f)) return;
    bool said = header_on_another_scale(pl->names[t->input], t->map);
    if (!said && !seen->beyond && (!seen->below_one || seen->above_one)) return;
    buf_printf(&pl->said, "%.*s: the column %.*s has ", SLICE_ARG(name), SLICE_ARG(pl->names[t->input]));
    if (said) buf_printf(&pl->said, "another scale than one to %g by its header and is not used\n", t->map->most);
    else if (seen->beyond) buf_printf(&pl->said, "numbers beyond %g: it is on another scale and is not used\n", t->map->most);
    else buf_text(&pl->said, "nothing beyond 1 and some below: it holds numbers of another kind and is not used\n");
    t->input = -1;
}

static void settle_levels(planner *pl, size_t f)
{
    target *t = &pl->p.fields[f];
    t->from_zero = pl->spans[f].from_zero > 0;
    if (t->from_zero)
        buf_printf(&pl->said, "%.*s: the levels of the column %.*s count from P0, and which of them is P1 here is not known: none is taken for one; a profile can say it (values: {P0: P1, P1: P2 …})\n", SLICE_ARG(pl->p.ds->fields[f].name), SLICE_ARG(pl->names[t->input]));
}

/* Which columns tell the field's value, and as what: a time, a day and its time of day, or a duration. all: the evidence of all columns that hold dates. */
static void settle_source(planner *pl, size_t f, date_evidence *all)
{
    const target *t = &pl->p.fields[f];
    settle_scale(pl, f);
    settle_levels(pl, f);
    settle_planned(pl, f);
    if (is_dated(pl, f)) settle_clock(pl, f);
    if (t->map && t->map->or_after >= 0 && t->input >= 0 && t->clock < 0) settle_mixed(pl, f);
    settle_commas(pl, f);
    bool may_be_duration = t->map && t->map->or_after >= 0 && t->input >= 0 && t->clock < 0;
    if (!may_be_duration || !settle_duration(pl, f)) dates_add(all, &pl->seen[f]);
}

sla_status planner_settle(planner *pl)
{
    date_evidence all = {0};
    if (pl->draft) {
        draft_write(pl->draft, pl->source, pl->draft_to);
        return pl->said.failed || pl->draft_to->failed ? SLA_NOMEM : SLA_OK;
    }
    for (size_t f = 0; f < pl->p.ds->nfields; f++) settle_source(pl, f, &all);
    for (size_t f = 0; f < pl->p.ds->nfields; f++) {
        if (!is_dated(pl, f)) continue;
        settle_column(pl, f, &all);
        if (pl->seen[f].yearless) plan_notes_yearless(pl, f);
    }
    return pl->said.failed ? SLA_NOMEM : SLA_OK;
}

/* ---- what the file cannot prove ---- */
typedef struct caveat_list { const planner *pl; store *s; int64_t source; err *e; } caveat_list;

static sla_status put_caveat(const caveat_list *l, const char *kind, slice fields, uint64_t n, uint64_t of, const char *zh, const char *en)
{
    buf a = {0}, b = {0};
    dataset_put_titles(l->pl->p.ds, fields, &a, &b);
    buf_printf(&a, "：%llu 个时间中有 %llu 个%s", (unsigned long long)of, (unsigned long long)n, zh);
    buf_printf(&b, ": %llu of %llu times %s", (unsigned long long)n, (unsigned long long)of, en);
    const caveat c = {l->source, slice_of(kind), planner_dataset(l->pl)->name, fields, (int64_t)n, (int64_t)of, {a.ptr, a.len}, {b.ptr, b.len}};
    sla_status st = a.failed || b.failed ? SLA_NOMEM : store_caveat_put(l->s, &c, l->e);
    buf_free(&a);
    buf_free(&b);
    return st;
}

/* An assumed zone concerns every time of the file alike: one caveat for all of them. In canonical files times are the workspace's zone's by definition. */
static sla_status zone_caveat(const caveat_list *l)
{
    const planner *pl = l->pl;
    buf fields = {0}, zh = {0}, en = {0};
    uint64_t n = 0, of = 0;
    for (size_t f = 0; f < pl->p.ds->nfields; f++) {
        const time_counts *k = &pl->counts[f];
        n += k->unzoned;
        of += k->values;
        if (k->unzoned) buf_printf(&fields, "%s%.*s", fields.len ? ", " : "", SLICE_ARG(pl->p.ds->fields[f].name));
    }
    buf_printf(&zh, "没有时区，按 %s 读取", zone_name(pl->p.zone));
    buf_printf(&en, "name no zone and were read in %s", zone_name(pl->p.zone));
    sla_status st = n == 0 || !pl->pf || pl->zone ? SLA_OK : fields.failed || zh.failed || en.failed ? SLA_NOMEM : put_caveat(l, "zone", (slice){fields.ptr, fields.len}, n, of, buf_cstr(&zh), buf_cstr(&en));
    buf_free(&fields);
    buf_free(&zh);
    buf_free(&en);
    return st;
}

/* A product stops at its limit without a word in the table. */
static sla_status limit_caveat(const caveat_list *l)
{
    buf zh = {0}, en = {0};
    const dataset *ds = planner_dataset(l->pl);
    unsigned long long n = l->pl->rows;
    if (!planner_at_limit(l->pl)) return SLA_OK;
    buf_printf(&zh, "恰好 %llu 行，正是该产品一次导出的上限：可能还有%s没有导出", n, ds->title_zh.ptr);
    buf_printf(&en, "%llu rows are as many as the product exports at once: more records of %s may not have been exported", n, ds->title_en.ptr);
    const caveat c = {l->source, SLICE_LIT("pages"), ds->name, {0}, (int64_t)n, 0, {zh.ptr, zh.len}, {en.ptr, en.len}};
    sla_status st = zh.failed || en.failed ? SLA_NOMEM : store_caveat_put(l->s, &c, l->e);
    buf_free(&zh);
    buf_free(&en);
    return st;
}

/* Of several people in one cell the first stands for all. */
static sla_status several_caveat(const caveat_list *l, size_t f)
{
    const dataset *ds = l->pl->p.ds;
    unsigned long long n = l->pl->counts[f].several;
    buf zh = {0}, en = {0};
    if (n == 0) return SLA_OK;
    buf_printf(&zh, "%s：%llu 条记录写了不止一个，取第一个", ds->fields[f].title_zh.ptr, n);
    buf_printf(&en, "%s: %llu record%s more than one; the first is taken", ds->fields[f].title_en.ptr, n, n == 1 ? " names" : "s name");
    const caveat c = {l->source, SLICE_LIT("several"), planner_dataset(l->pl)->name, ds->fields[f].name, (int64_t)n, (int64_t)l->pl->rows, {zh.ptr, zh.len}, {en.ptr, en.len}};
    sla_status st = zh.failed || en.failed ? SLA_NOMEM : store_caveat_put(l->s, &c, l->e);
    buf_free(&zh);
    buf_free(&en);
    return st;
}

static sla_status assumed_caveat(const caveat_list *l, size_t f)
{
    const target *t = &l->pl->p.fields[f];
    uint64_t n = l->pl->counts[f].values;
    bool months = strcmp(t->order, "mdy") == 0;
    return put_caveat(l, "order", l->pl->p.ds->fields[f].name, n, n, months ? "的日月顺序无从判定，按月/日读取" : "的日月顺序无从判定，按日/月读取",
                      months ? "leave open whether day or month comes first; month/day was assumed" : "leave open whether day or month comes first; day/month was assumed");
}

sla_status planner_caveats(const planner *pl, store *s, int64_t source, err *e)
{
    const caveat_list l = {pl, s, source, e};
    TRY(limit_caveat(&l));
    TRY(zone_caveat(&l));
    for (size_t f = 0; f < pl->p.ds->nfields; f++) {
        const time_counts *k = &pl->counts[f];
        const slice name = pl->p.ds->fields[f].name;
        TRY(several_caveat(&l, f));
        if (k->relative) TRY(put_caveat(&l, "relative", name, k->relative, k->values + k->relative, "是相对日期（如“3天前”），无从得知从哪天算起，按未知处理；请导出绝对日期", "are relative dates (\"3 days ago\"), and nothing says from which day they count: they are not known; export absolute dates"));
        if (k->derived) TRY(put_caveat(&l, "derived", name, k->derived, k->derived, "由持续时间推算，按日历时间计", "are worked out from a duration, taken for time that passed by the calendar"));
        if (k->days) TRY(put_caveat(&l, "days", name, k->days, k->values, "只有日期没有时刻，时限只能精确到天", "are days without a time: clocks are only as exact as a day"));
        if (k->repeated) TRY(put_caveat(&l, "repeated", name, k->repeated, k->values, "在夏令时结束时出现两次，取前一次", "occur twice as the clock is put back; the first is taken"));
        if (k->skipped) TRY(put_caveat(&l, "skipped", name, k->skipped, k->values, "在夏令时开始时并不存在，顺延", "do not exist as the clock is put forward; they are moved on"));
        if (k->other_order) TRY(put_caveat(&l, "order", name, k->other_order, k->values + k->other_order, "只有日月互换才能读出，已拒绝", "can only be read with day and month the other way round; rejected"));
        if (pl->p.fields[f].half_day && !k->halves) TRY(put_caveat(&l, "half day", name, k->values, k->values, "都在 1 至 12 点之间，没有 0 点，也没有 13 点以后：导出可能丢了上午/下午，时刻可能差 12 小时；请按 24 小时制导出", "lie between 1 and 12 o'clock, none in hour 0 or beyond 12: the export may have lost AM and PM, and clocks may be wrong by 12 hours; export times of 24 hours"));
        if (pl->p.fields[f].assumed && k->values && !k->this_order) TRY(assumed_caveat(&l, f));
    }
    return SLA_OK;
}
