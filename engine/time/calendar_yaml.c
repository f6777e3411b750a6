#define _GNU_SOURCE /* memmem */
/* Calendars of a pack, out of YAML (the format stands in calendar.h). */
#include <stdlib.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/time/calendar.h"
#include "engine/time/instant.h"

static const char *const weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

typedef struct day_list { int32_t *days; size_t n, cap; } day_list;
typedef struct loader { const ynode *lists; const zone *z; arena *a; errlist *errors, *warnings; } loader;

static int weekday_of_name(slice s)
{
    for (int i = 0; i < 7; i++)
        if (slice_eq_nocase(s, slice_of(weekdays[i]))) return i;
    return -1;
}

/* ---- lists of days ---- */
static bool parse_day(slice s, int32_t *day)
{
    time_text t;
    if (!time_parse(s, &t) || t.has_time) return false;
    *day = (int32_t)(t.local_ms / MS_DAY);
    return true;
}

static sla_status add_days(day_list *l, int32_t from, int32_t to)
{
    for (int32_t d = from; d <= to; d++) {
        if (mem_grow(&l->days, &l->cap, l->n + 1, sizeof *l->days)) return SLA_NOMEM;
        l->days[l->n++] = d;
    }
    return SLA_OK;
}

/* A notice reaches into the year before (2018-12-29 stands in that of 2019): such a day is worked or not as it says, but does not make its year known. */
static void check_years(loader *l, srcpos at, const day_list *days, const day_list *years)
{
    int32_t told = 0;
    for (size_t i = 0; i < days->n; i++) {
        int32_t y, m, d;
        bool known = false;
        civil_from_days(days->days[i], &y, &m, &d);
        for (size_t k = 0; k < years->n; k++) known |= years->days[k] == y;
        if (known || y == told) continue;
        errlist_add(l->warnings, SLA_RANGE, at, "%04d-%02d-%02d lies outside the years of this list", (int)y, (int)m, (int)d);
        errlist_hint(l->warnings, "add %d to years once all its holidays are in the list", (int)y);
        told = y;
    }
}

/* Items are 2025-10-01 or 2025-10-01..2025-10-08. */
static sla_status load_days(loader *l, const ynode *list, day_list *out)
{
    if (list && list->kind != YNODE_LIST) errlist_add(l->errors, SLA_SYNTAX, list->at, "a list of days is wanted: [2025-01-01, 2025-10-01..2025-10-08]");
    for (size_t i = 0; list && list->kind == YNODE_LIST && i < list->n; i++) {
        const ynode *n = list->items[i];
        if (n->kind != YNODE_SCALAR) {
            errlist_add(l->errors, SLA_SYNTAX, n->at, "a day is wanted; write 2025-10-01 or 2025-10-01..2025-10-08");
            continue;
        }
        const char *dots = memmem(n->text.ptr, n->text.len, "..", 2);
        slice first = {n->text.ptr, dots ? (size_t)(dots - n->text.ptr) : n->text.len};
        slice second = dots ? (slice){dots + 2, n->text.len - first.len - 2} : first;
        int32_t from, to;
        if (!parse_day(first, &from) || !parse_day(second, &to) || to < from || to - from > 366)
            errlist_add(l->errors, SLA_SYNTAX, n->at, "'%.*s' is no day; write 2025-10-01 or 2025-10-01..2025-10-08", SLICE_ARG(n->text));
        else TRY(add_days(out, from, to));
    }
    return SLA_OK;
}

static int by_day(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static sla_status check_twice(loader *l, const ynode *list, const day_list *off, const day_list *work, arena *a)
{
    size_t n = off->n + work->n;
    int32_t *all = ARENA_NEW(a, int32_t, n ? n : 1);
    if (!all) return SLA_NOMEM;
    if (off->n) memcpy(all, off->days, off->n * sizeof *all);
    if (work->n) memcpy(all + off->n, work->days, work->n * sizeof *all);
    qsort(all, n, sizeof *all, by_day);
    for (size_t i = 1; i < n; i++)
        if (all[i] == all[i - 1]) {
            int32_t y, m, d;
            civil_from_days(all[i], &y, &m, &d);
            errlist_add(l->errors, SLA_CONFLICT, list->at, "%04d-%02d-%02d is there twice among off and work", (int)y, (int)m, (int)d);
        }
    return SLA_OK;
}

static sla_status load_years(loader *l, const ynode *list, day_list *out)
{
    if (list && list->kind != YNODE_LIST) errlist_add(l->errors, SLA_SYNTAX, list->at, "a list of years is wanted: [2025, 2026]");
    for (size_t i = 0; list && list->kind == YNODE_LIST && i < list->n; i++) {
        double y;
        if (list->items[i]->kind != YNODE_SCALAR || !yaml_number(list->items[i], &y) || y < 1970 || y > 2199 || y != (int32_t)y) errlist_add(l->errors, SLA_SYNTAX, list->items[i]->at, "a year is wanted");
        else TRY(add_days(out, (int32_t)y, (int32_t)y));
    }
    return SLA_OK;
}

/* ---- hours ---- */
/* "09:00" -> 540; "24:00" -> 1440 */
static bool parse_minute(slice s, int32_t *out)
{
    if (s.len != 5 || s.ptr[2] != ':') return false;
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && (s.ptr[i] < '0' || s.ptr[i] > '9')) return false;
    int32_t h = (s.ptr[0] - '0') * 10 + (s.ptr[1] - '0'), m = (s.ptr[3] - '0') * 10 + (s.ptr[4] - '0');
    *out = h * 60 + m;
    return m < 60 && *out <= 1440;
}

static bool load_span(loader *l, const ynode *n, span *s)
{
    slice t = n->text;
    if (n->kind != YNODE_SCALAR || t.len != 11 || t.ptr[5] != '-' || !parse_minute((slice){t.ptr, 5}, &s->from_min) || !parse_minute((slice){t.ptr + 6, 5}, &s->to_min) ||
        s->from_min >= s->to_min) {
        errlist_add(l->errors, SLA_SYNTAX, n->at, "'%.*s' are no hours; write 09:00-12:00", SLICE_ARG(t));
        return false;
    }
    if (s->from_min == 0 && s->to_min == 1439) {
        errlist_add(l->warnings, SLA_RANGE, n->at, "00:00-23:59 leaves out the last minute of the day");
        errlist_hint(l->warnings, "write 00:00-24:00");
    }
    return true;
}

static void load_day_hours(loader *l, const ynode *n, cal_desc *d, int first, int last)
{
    span spans[CAL_SPANS_MAX];
    int k = 0;
    const ynode *const *items = n->kind == YNODE_LIST ? (const ynode *const *)n->items : &n;
    size_t count = n->kind == YNODE_LIST ? n->n : 1;
    for (size_t i = 0; i < count; i++) {
        if (k == CAL_SPANS_MAX) errlist_add(l->errors, SLA_LIMIT, items[i]->at, "a day has at most %d spans of hours", CAL_SPANS_MAX);
        if (k == CAL_SPANS_MAX || !load_span(l, items[i], &spans[k])) continue;
        if (k && spans[k].from_min < spans[k - 1].to_min) {
            errlist_add(l->errors, SLA_CONFLICT, items[i]->at, "these hours overlap the ones before, or are not in order");
            errlist_hint(l->errors, "list the hours of a day in order, without overlap");
            continue;
        }
        k++;
    }
    for (int w = first; w <= last; w++) {
        if (d->week[w].n) errlist_add(l->errors, SLA_CONFLICT, n->key_at, "%s has hours already", weekdays[w]);
        memcpy(d->week[w].spans, spans, sizeof spans);
        d->week[w].n = k;
    }
}

static void load_hours(loader *l, const ynode *of, srcpos at, cal_desc *d)
{
    const ynode *hours = yaml_get(of, "hours");
    size_t before = l->errors->n + l->errors->dropped;
    bool any = false;
    if (!hours) {
        errlist_add(l->errors, SLA_SYNTAX, at, "calendar '%s' needs 'hours'%s", d->id, of->key.len ? "" : " for each change");
        return;
    }
    if (hours->kind == YNODE_SCALAR && slice_is(hours->text, "always")) {
        d->always = true;
        return;
    }
    for (size_t i = 0; i < hours->n; i++) {
        const ynode *n = hours->items[i];
        const char *dash = memchr(n->key.ptr, '-', n->key.len);
        slice a = {n->key.ptr, dash ? (size_t)(dash - n->key.ptr) : n->key.len};
        int first = weekday_of_name(a), last = dash ? weekday_of_name((slice){dash + 1, n->key.len - a.len - 1}) : first;
        if (first < 0 || last < first) {
            errlist_add(l->errors, SLA_SYNTAX, n->key_at, "'%.*s' is no weekday or range of weekdays", SLICE_ARG(n->key));
            errlist_hint(l->errors, "write mon, tue … sun, or a range such as mon-fri");
        } else load_day_hours(l, n, d, first, last);
    }
    for (int w = 0; w < 7; w++) any = any || d->week[w].n;
    if (!any && l->errors->n + l->errors->dropped == before) errlist_add(l->errors, SLA_RANGE, hours->at, "calendar '%s' has no working hours at all", d->id);
}

/* ---- a calendar ---- */
static sla_status load_holidays(loader *l, const ynode *cal, day_list lists[3])
{
    const ynode *name = yaml_get(cal, "holidays");
    if (!name) return SLA_OK;
    const ynode *list = yaml_get(l->lists, name->text.ptr ? name->text.ptr : "");
    if (!list) {
        errlist_add(l->errors, SLA_NAME, name->at, "there is no list of holidays '%.*s'", SLICE_ARG(name->text));
        return SLA_OK;
    }
    yaml_check_keys(list, (const char *const[]){"years", "off", "work", "title", NULL}, l->errors);
    TRY(load_days(l, yaml_get(list, "off"), &lists[0]));
    TRY(load_days(l, yaml_get(list, "work"), &lists[1]));
    TRY(load_years(l, yaml_get(list, "years"), &lists[2]));
    if (yaml_get(list, "years") == NULL) {
        errlist_add(l->errors, SLA_SYNTAX, list->at, "a list of holidays says for which years it is complete");
        errlist_hint(l->errors, "add years: [2025, 2026]");
        return SLA_OK;
    }
    TRY(check_twice(l, list, &lists[0], &lists[1], l->a));
    check_years(l, list->at, &lists[0], &lists[2]);
    check_years(l, list->at, &lists[1], &lists[2]);
    return SLA_OK;
}

static void load_make_up(loader *l, const ynode *of, cal_desc *d)
{
    const ynode *make_up = yaml_get(of, "make_up");
    int w = make_up ? weekday_of_name(make_up->text) : -1;
    if (make_up && w < 0) errlist_add(l->errors, SLA_SYNTAX, make_up->at, "'%.*s' is no weekday", SLICE_ARG(make_up->text));
    if (w >= 0) d->make_up_weekday = w + 1;
}

static void load_standard_day(loader *l, const ynode *cal, cal_desc *d)
{
    const ynode *day = yaml_get(cal, "day");
    err e = {0};
    if (day && day->kind != YNODE_SCALAR) errlist_add(l->errors, SLA_SYNTAX, day->at, "a duration is wanted, such as 8h");
    else if (day && duration_parse(day->text, NULL, day->at, &d->day_ms, &e) != SLA_OK) errlist_push(l->errors, &e);
}

/* Other hours since a day; the answer. after: that of the change before. */
static int32_t load_change(loader *l, const ynode *n, const cal_desc *before, int32_t after, cal_desc *out)
{
    const ynode *from = yaml_get(n, "from");
    int32_t day = after;
    *out = (cal_desc){.id = before->id, .make_up_weekday = before->make_up_weekday};
    yaml_check_keys(n, (const char *const[]){"from", "hours", "make_up", NULL}, l->errors);
    load_hours(l, n, n->at, out);
    load_make_up(l, n, out);
    if (!from) errlist_add(l->errors, SLA_SYNTAX, n->at, "a change of hours needs 'from', the first day on which they hold");
    else if (from->kind != YNODE_SCALAR || !parse_day(from->text, &day)) errlist_add(l->errors, SLA_SYNTAX, from->at, "'%.*s' is no day; write from: 2025-06-01", SLICE_ARG(from->text));
    else if (day <= after) {
        errlist_add(l->errors, SLA_CONFLICT, from->at, "%.*s is not after the day of the change before it", SLICE_ARG(from->text));
        errlist_hint(l->errors, "list the changes in the order of their days, each day once");
    }
    return day;
}

static sla_status load_changes(loader *l, const ynode *cal, cal_desc *d)
{
    const ynode *list = yaml_get(cal, "changes");
    int32_t day = INT32_MIN;
    cal_desc *before = d, *all = ARENA_NEW(l->a, cal_desc, list && list->n ? list->n : 1);
    if (!all) return SLA_NOMEM;
    if (list && list->kind != YNODE_LIST) errlist_add(l->errors, SLA_SYNTAX, list->at, "a list of changes is wanted: [{from: 2025-06-01, hours: {mon-fri: [10:00-16:00]}}]");
    for (size_t i = 0; list && list->kind == YNODE_LIST && i < list->n; i++) {
        day = load_change(l, list->items[i], before, day, &all[i]);
        before->then = &all[i], before->then_from = day;
        before = &all[i];
    }
    return SLA_OK;
}

static sla_status load_calendar(loader *l, const ynode *n, cal_entry *out)
{
    static const char *const keys[] = {"title", "hours", "holidays", "make_up", "day", "changes", NULL};
    day_list lists[3] = {{0}};
    cal_desc d = {.id = n->key.ptr, .make_up_weekday = 1};
    err e = {0};
    size_t before = l->errors->n + l->errors->dropped;
    yaml_check_keys(n, keys, l->errors);
    load_hours(l, n, n->key_at, &d);
    load_make_up(l, n, &d);
    load_standard_day(l, n, &d);
    sla_status st = load_changes(l, n, &d);
    if (st == SLA_OK) st = load_holidays(l, n, lists);
    if (st == SLA_OK && l->errors->n + l->errors->dropped == before) {
        d.off_days = lists[0].days, d.n_off = lists[0].n;
        d.work_days = lists[1].days, d.n_work = lists[1].n;
        d.known_years = lists[2].days, d.n_known = lists[2].n;
        st = cal_new(&d, l->z, &out->cal, &e);
        if (st != SLA_OK && st != SLA_NOMEM) errlist_add(l->errors, st, n->key_at, "%s", e.msg);
    }
    if (st != SLA_NOMEM && !out->cal) st = cal_new(&(cal_desc){.id = d.id, .always = true}, l->z, &out->cal, &(err){0}); /* it was told of: not once more by everything that names it */
    for (int i = 0; i < 3; i++) mem_free(lists[i].days);
    out->id = n->key.ptr;
    out->title_zh = yaml_text(yaml_get(n, "title"), "zh", n->key);
    out->title_en = yaml_text(yaml_get(n, "title"), "en", n->key);
    return st == SLA_NOMEM ? st : SLA_OK;
}

sla_status cal_set_load(const ynode *node, const ynode *lists, const zone *z, arena *a, cal_set *out, errlist *errors, errlist *warnings)
{
    loader l = {lists, z, a, errors, warnings};
    size_t before = errors->n + errors->dropped;
    if (node && node->kind != YNODE_MAP) return errlist_add(errors, SLA_SYNTAX, node->at, "a map of calendars is wanted: NAME: {hours: …}");
    cal_set set = {ARENA_NEW(a, cal_entry, node && node->n ? node->n : 1), 0};
    if (!set.items) return errlist_add(errors, SLA_NOMEM, SRCPOS_NONE, "no memory for calendars");
    for (size_t i = 0; node && i < node->n; i++)
        if (load_calendar(&l, node->items[i], &set.items[set.n++]) != SLA_OK) {
            cal_set_clear(&set);
            return errlist_add(errors, SLA_NOMEM, node->at, "no memory for calendars");
        }
    *out = set;
    return errors->n + errors->dropped > before ? SLA_SYNTAX : SLA_OK;
}

void cal_set_clear(cal_set *s)
{
    for (size_t i = 0; i < s->n; i++) cal_free(s->items[i].cal);
    *s = (cal_set){0};
}

const calendar *cal_set_find(const cal_set *s, slice id)
{
    for (size_t i = 0; i < s->n; i++)
        if (slice_is(id, s->items[i].id)) return s->items[i].cal;
    return NULL;
}

const char *cal_set_nearest(const cal_set *s, slice id)
{
    enum { LOOKED_AT = 64 };
    const char *names[LOOKED_AT];
    size_t n = 0;
    for (; n < s->n && n < LOOKED_AT; n++) names[n] = s->items[n].id;
    return slice_nearest(id, names, n);
}
