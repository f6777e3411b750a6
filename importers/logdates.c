#include "importers/logdates.h"
#include <string.h>
#include "importers/dates.h"

/* How a date of three numbers is to be read; where nothing tells, month first beside AM and PM, as in the United States. NULL: the value is none. */
static const char *order_of(log_dates *d, slice v)
{
    date_evidence ev = {0};
    dates_look(v, &ev);
    if (!ev.values) return NULL;
    atomic_fetch_add(ev.first_over_12 ? &d->day_first : ev.second_over_12 ? &d->month_first : &d->either, 1);
    return d->order ? d->order : memchr(v.ptr, 'M', v.len) || memchr(v.ptr, 'm', v.len) ? "mdy" : "dmy";
}

static slice iso_text(const time_text *t, arena *a)
{
    buf b = {0};
    if (t->has_time) time_print_local(&b, t->local_ms - (t->has_offset ? t->offset_min * (MS_DAY / 1440) : 0));
    else date_print(&b, t->local_ms / MS_DAY);
    if (t->has_offset) buf_char(&b, 'Z');
    slice copy = b.failed ? (slice){0} : arena_slice(a, (slice){b.ptr, b.len});
    a->failed = a->failed || b.failed;
    buf_free(&b);
    return copy;
}

static bool is_time(const log_kind *k, const log_pair *pair)
{
    for (size_t i = 0; i < k->at.n; i++)
        if (slice_eq(pair->name, k->at.items[i])) return !log_value_missing(pair->value);
    return false;
}

void log_dates_read(log_dates *d, const log_kind *k, log_framed *f)
{
    for (size_t i = 0; i < f->n; i++) {
        bool readable;
        log_time t;
        time_text date;
        slice *v = &f->pairs[i].value;
        if (!is_time(k, &f->pairs[i])) continue;
        const char *order = order_of(d, *v);
        readable = !order && k->times.n == 0 && log_time_any(*v, &t);
        for (size_t a = 0; a < k->times.n && !order && !readable; a++) readable = log_time_parse(k->times.items[a], *v, &t);
        if (readable || !dates_parse(*v, order ? order : "dmy", &date) || (!order && !date.has_time)) continue;
        slice iso = iso_text(&date, f->scratch);
        if (iso.ptr) *v = iso;
    }
}

sla_status log_dates_finish(log_dates *d, err *e)
{
    if (d->order || !d->either || (d->day_first == 0) == (d->month_first == 0)) return SLA_OK;
    d->order = d->day_first ? "dmy" : "mdy";
    d->again = true;
    return err_set(e, SLA_CONFLICT, SRCPOS_NONE, "the order of day and month is told further down");
}

bool log_dates_again(log_dates *d)
{
    bool again = d->again;
    d->again = false;
    if (again) d->day_first = d->month_first = d->either = 0;
    return again;
}

void log_dates_notes(const log_dates *d, buf *out)
{
    unsigned long long day = d->day_first, month = d->month_first, either = d->either;
    if (d->order && day + month) buf_printf(out, "dates read as %s: %llu can only be day first and %llu only month first\n", dates_order_name(d->order), day, month);
    else if (either) buf_printf(out, "dates read as month/day/year beside AM and PM, else as day/month/year: of %llu none, or not all alike, tell which it is\n", day + month + either);
}
