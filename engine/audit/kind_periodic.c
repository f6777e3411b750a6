/* periodic: each subject has n events in each cell of time (cell), is never longer than a limit without one (gap), or has one that old (reach). */
#include <math.h>
#include "engine/audit/events.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

enum { ROWS_TOLD = 12 };
typedef enum cell_kind { CELL_NONE, CELL_DAY, CELL_WEEK, CELL_MONTH, CELL_QUARTER, CELL_HALF } cell_kind;
typedef struct periodic {
    bool has_subject, distinct;                     /* distinct: the subjects are the values of a key that occur up to as_of */
    event_set subject, event;
    int from, to; expr_type from_type, to_type;     /* the subject's validity; SLOT_NONE: the dataset's */
    int amount;
    cell_kind cell; double n; bool prorate;
    bool gap, reach; int64_t limit; const calendar *cal;
} periodic;

static void load_cell(pack_loader *l, const ynode *n, periodic *x)
{
    static const char *const names[] = {"", "day", "week", "month", "quarter", "half"};
    const ynode *cell = yaml_get(n, "cell"), *count = yaml_get(n, "n");
    x->gap = yaml_get(n, "gap") != NULL;
    x->reach = yaml_get(n, "reach") != NULL;
    for (int i = 1; cell && i <= CELL_HALF; i++)
        if (slice_is(cell->text, names[i])) x->cell = (cell_kind)i;
    if (cell && !x->cell) errlist_add(l->errors, SLA_SYNTAX, cell->at, "a cell is a day, week, month, quarter or half");
    if (!cell + !x->gap + !x->reach != 2) errlist_add(l->errors, SLA_SYNTAX, n->at, "a periodic rule needs one of 'cell', 'gap' and 'reach'");
    x->n = 1;
    if (count && (!yaml_number(count, &x->n) || x->n <= 0)) errlist_add(l->errors, SLA_SYNTAX, count->at, "n is a number above 0");
    load_flag(l, n, "prorate", &x->prorate);
    x->cal = cal_set_find(&l->p->cals, SLICE_LIT("always"));
    if (x->gap || x->reach) events_load_limit(l, n, x->gap ? "gap" : "reach", &x->limit, &x->cal);
}

static void load(pack_loader *l, const ynode *n, rule *r)
{
    periodic *x = load_take(l, 1, sizeof *x);
    const ynode *subject = yaml_get(n, "subject"), *what = yaml_get(n, "event");
    if (!x) return;
    *x = (periodic){.from = SLOT_NONE, .to = SLOT_NONE, .amount = SLOT_NONE, .has_subject = subject != NULL};
    load_cell(l, n, x);
    if (!events_load(l, r, what, (const char *const[]){"amount", NULL}, &x->event)) return;
    x->amount = events_load_expr(l, r, x->event.sel.ds, yaml_get(what, "amount"), VT_NUMBER, NULL);
    const ynode *distinct = yaml_get(subject, "distinct");
    if (subject) {
        if (!events_load(l, r, subject, (const char *const[]){"from", "to", "distinct", NULL}, &x->subject)) return;
        if (distinct && events_load_keys(l, r, distinct, x->subject.sel.ds, &x->subject.keys)) x->distinct = true;
        const dataset *ds = x->subject.sel.ds;
        x->from = events_load_expr(l, r, ds, yaml_get(subject, "from"), VT_COUNT, &x->from_type);
        x->to = events_load_expr(l, r, ds, yaml_get(subject, "to"), VT_COUNT, &x->to_type);
        if (ds->valid_from >= 0) x->subject.sel.period_field = PERIOD_VALID;
        if (x->subject.keys.n != 1 || x->event.keys.n != 1) errlist_add(l->errors, SLA_TYPE, subject->at, "subject and event are joined by one key each");
    } else x->event.keys.n = 0;
    r->condition = yaml_text(what, "where", SLICE_LIT(""));
    r->own = x;
    r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps)
{
    const periodic *x = r->own;
    events_prepare(&x->event, ps);
    pass_keep(ps, x->event.sel.ds, x->amount, VT_NUMBER);
    if (!x->has_subject) return;
    if (x->distinct) pass_keep(ps, x->subject.sel.ds, x->subject.at, x->subject.at_type);
    pass_select(ps, &x->subject.sel);
    events_prepare_keys(&x->subject.keys, x->subject.sel.ds, ps);
    pass_keep(ps, x->subject.sel.ds, x->from, x->from_type.type);
    pass_keep(ps, x->subject.sel.ds, x->to, x->to_type.type);
}

/* ---- judging ---- */
/* first_day, last_day: of the period, or of the one cell that ends with it where the period is shorter than a cell. */
typedef struct judging { const periodic *x; pass *ps; rule_outcome *out; event *e; size_t n; int64_t first_day, last_day; bool trailing; uint32_t rows[ROWS_TOLD]; size_t nrows; /* the events seen, for explain */ } judging;
typedef struct subject { uint64_t key; slice name; const uint32_t *row; int64_t from, to; /* instants, [from, to) within the period */ } subject;

static slice date_text(judging *j, int64_t first, int64_t last)
{
    buf b = {0};
    date_print(&b, first);
    if (last != first) buf_text(&b, ".."), date_print(&b, last);
    return text_kept(&b, &j->ps->mem);
}

static int cell_months(cell_kind c) { return c == CELL_MONTH ? 1 : c == CELL_QUARTER ? 3 : c == CELL_HALF ? 6 : 0; }

static void cell_of(const judging *j, int64_t day, int64_t *first, int64_t *last)
{
    int32_t y, m, d;
    civil_from_days(day, &y, &m, &d);
    *first = *last = day;
    if (j->trailing) *last = j->last_day;
    else if (j->x->cell == CELL_WEEK) {
        *first = day - (weekday_of_days(day) - 1);
        *last = *first + 6;
    } else if (j->x->cell != CELL_DAY) {
        int months = cell_months(j->x->cell);
        int32_t begin = (m - 1) / months * months + 1, next = begin + months;
        *first = civil_days(y, begin, 1);
        *last = (next > 12 ? civil_days(y + 1, 1, 1) : civil_days(y, next, 1)) - 1;
    }
}

/* A half-yearly duty audited by the quarter is judged over the half-year that ends with the quarter. */
static void find_span(judging *j)
{
    const period *p = &j->ps->period;
    int32_t y, m, d;
    int months = cell_months(j->x->cell);
    j->first_day = p->first_day, j->last_day = p->last_day;
    civil_from_days(p->last_day + 1, &y, &m, &d);
    m -= months;
    if (m < 1) m += 12, y--;
    int64_t begin = civil_days(y, m, d);
    if (months && begin < p->first_day) j->trailing = true, j->first_day = begin;
}

/* A member; what: the cell or the stretch it is about, "" where there is one member a subject. seen[0] is filled in here: the subject's name. */
static sla_status count(judging *j, const subject *s, member m, slice what, res_observed *seen, size_t n)
{
    outcome_count(j->out, m);
    if (m != MEMBER_BAD && !j->ps->asked.ptr) return SLA_OK;
    seen[0] = (res_observed){SLICE_LIT("key"), s->name};
    slice key = s->name.len && what.len ? text_format(&j->ps->mem, "%.*s %.*s", SLICE_ARG(s->name), SLICE_ARG(what)) : s->name.len ? s->name : what;
    if (key.ptr && !outcome_tells(j->ps, m, key)) return SLA_OK;
    const dataset *ds = s->row ? j->x->subject.sel.ds : j->x->event.sel.ds;
    extra_finding f = {.key = key, .m = m, .observed = seen, .n = n, .ds = ds, .rows_of = ds, .rows = s->row, .nrows = s->row != NULL};
    if (j->ps->asked.ptr && j->nrows) f.rows_of = j->x->event.sel.ds, f.rows = j->rows, f.nrows = j->nrows;
    return outcome_find(j->out, j->ps, &f);
}

/* The subject's events are e[*from .. *to). */
static void events_of(const judging *j, uint64_t key, size_t *from, size_t *to)
{
    size_t lo = 0, hi = j->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (j->e[mid].key < key) lo = mid + 1;
        else hi = mid;
    }
    for (*from = *to = lo; *to < j->n && j->e[*to].key == key; ++*to) {}
}

static sla_status judge_cells(judging *j, const subject *s)
{
    const kept *amount = pass_kept(j->ps, j->x->event.sel.ds, j->x->amount);
    size_t begin, end;
    events_of(j, s->key, &begin, &end);
    for (int64_t day = j->first_day, first, last; day <= j->last_day; day = last + 1) {
        cell_of(j, day, &first, &last);
        if (first < j->first_day || last > j->last_day) continue; /* whole cells only */
        int64_t from = zone_day_start(j->ps->w.zone, first), to = zone_day_start(j->ps->w.zone, last + 1);
        if (s->to <= from || s->from >= to) continue;
        double sure = 0, perhaps = 0, need = j->x->n;
        if (j->x->prorate) need *= (double)((s->to < to ? s->to : to) - (s->from > from ? s->from : from)) / (double)(to - from);
        for (size_t i = begin; i < end && j->e[i].from < to; i++) {
            if (event_to(&j->e[i]) < from) continue;
            double v = amount ? kept_number(amount, j->e[i].row) : 1;
            if (!j->e[i].unknown && !isnan(v)) sure += v;
            else perhaps += isnan(v) ? INFINITY : v;
        }
        j->nrows = j->ps->asked.ptr ? events_rows(j->e, j->n, s->key, from, to - 1, j->rows, ROWS_TOLD) : 0;
        member m = sure >= need - 1e-9 ? MEMBER_GOOD : sure + perhaps >= need - 1e-9 ? MEMBER_UNKNOWN : to > j->ps->as_of ? MEMBER_RUNNING : MEMBER_BAD;
        slice cell = date_text(j, first, last);
        res_observed seen[] = {{{0}, {0}}, {SLICE_LIT("cell"), cell}, {SLICE_LIT("amount"), text_format(&j->ps->mem, "%.10g", sure)}, {SLICE_LIT("required"), text_format(&j->ps->mem, "%.3g", need)}};
        TRY(cell.ptr ? count(j, s, m, cell, seen, sizeof seen / sizeof *seen) : SLA_NOMEM);
    }
    return SLA_OK;
}

/* The longest stretch of the subject's validity within the period, its ends included, without an event. perhaps: with those that may not be ones. */
typedef struct stretch { int64_t length, from, to; } stretch;
static stretch longest(const judging *j, const subject *s, bool perhaps)
{
    size_t begin, end;
    int64_t last = s->from, stop = s->to < j->ps->as_of ? s->to : j->ps->as_of;
    stretch worst = {0, last, last};
    events_of(j, s->key, &begin, &end);
    for (size_t i = begin; i <= end; i++) {
        int64_t at = i < end ? j->e[i].from : stop;
        if (i < end && ((j->e[i].unknown && !perhaps) || event_to(&j->e[i]) < s->from || at >= stop)) continue;
        int64_t gap = at > last ? cal_between(j->x->cal, last, at) : 0;
        if (gap > worst.length) worst = (stretch){gap, last, at};
        if (i < end && event_to(&j->e[i]) > last) last = event_to(&j->e[i]); /* an event that is a date lasts its day */
    }
    return worst;
}

static sla_status judge_gap(judging *j, const subject *s)
{
    stretch worst = longest(j, s, false);
    bool good = worst.length <= j->x->limit, may = good || longest(j, s, true).length <= j->x->limit;
    res_observed seen[] = {{{0}, {0}}, {SLICE_LIT("gap"), text_duration(worst.length, &j->ps->mem)}, {SLICE_LIT("gap_from"), events_time_text(j->ps, worst.from)}, {SLICE_LIT("gap_to"), events_time_text(j->ps, worst.to)}};
    return count(j, s, good ? MEMBER_GOOD : may ? MEMBER_UNKNOWN : MEMBER_BAD, SLICE_LIT(""), seen, sizeof seen / sizeof *seen);
}

/* The oldest event lies at least so far before the period's end. */
static sla_status judge_reach(judging *j, const subject *s)
{
    size_t begin, end;
    int64_t stop = j->ps->period.to < j->ps->as_of ? j->ps->period.to : j->ps->as_of, oldest[2] = {stop, stop}; /* the sure ones; all */
    events_of(j, s->key, &begin, &end);
    for (size_t i = begin; i < end; i++)
        for (int k = j->e[i].unknown; k < 2; k++)
            if (j->e[i].from < oldest[k]) oldest[k] = j->e[i].from;
    member m = stop - oldest[0] >= j->x->limit ? MEMBER_GOOD : stop - oldest[1] >= j->x->limit ? MEMBER_UNKNOWN : MEMBER_BAD;
    res_observed seen[] = {{{0}, {0}}, {SLICE_LIT("oldest"), events_time_text(j->ps, oldest[0])}, {SLICE_LIT("days"), text_format(&j->ps->mem, "%lld", (long long)((stop - oldest[0]) / MS_DAY))}};
    return count(j, s, m, SLICE_LIT(""), seen, sizeof seen / sizeof *seen);
}

static sla_status judge_subject(judging *j, const subject *s)
{
    return j->x->cell ? judge_cells(j, s) : j->x->gap ? judge_gap(j, s) : judge_reach(j, s);
}

static void validity(const judging *j, uint32_t row, subject *s)
{
    const dataset *ds = j->x->subject.sel.ds;
    const table *t = j->ps->w.tables[ds->idx];
    const int slots[2] = {j->x->from, j->x->to}, fields[2] = {ds->valid_from, ds->valid_to};
    for (int k = 0; k < 2; k++) {
        int64_t a, b;
        if (slots[k] >= 0) {
            if (!events_at(j->ps, ds, slots[k], k ? j->x->to_type.type : j->x->from_type.type, row, &a, &b)) continue;
        } else {
            if (fields[k] < 0 || !table_has(t, (size_t)fields[k], row)) continue;
            int64_t v = table_i64(t, (size_t)fields[k])[row];
            bool date = ds->fields[fields[k]].type == VT_DATE;
            a = date ? zone_day_start(j->ps->w.zone, v) : v, b = date ? zone_day_start(j->ps->w.zone, v + 1) - 1 : v;
        }
        if (k == 0 && a > s->from) s->from = a;
        if (k == 1 && b + 1 < s->to) s->to = b + 1;
    }
}

/* Whether a key was seen before among the sorted ones is known by its code: distinct subjects come once, by the first row that names them. */
static bool seen_before(const judging *j, uint8_t *seen, uint32_t row, uint64_t key)
{
    int64_t at, end;
    const periodic *x = j->x;
    if (!x->distinct) return false;
    if (!events_at(j->ps, x->subject.sel.ds, x->subject.at, x->subject.at_type, row, &at, &end) || at >= j->ps->as_of) return true;
    bool before = seen[key];
    seen[key] = 1;
    return before;
}

static sla_status judge_subjects(judging *j, uint8_t *seen)
{
    const chosen *c = pass_chosen(j->ps, &j->x->subject.sel);
    CHOSEN_EACH(c, at) {
        uint32_t row = (uint32_t)at;
        subject s = {.from = zone_day_start(j->ps->w.zone, j->first_day), .to = j->ps->period.to, .name = SLICE_LIT(""), .row = &row};
        s.key = events_key(j->ps, j->x->subject.sel.ds, &j->x->subject.keys, row);
        if (!chosen_surely(c, row) || s.key == EVENT_NO_KEY) {
            if (!j->x->distinct) TRY(count(j, &s, MEMBER_UNKNOWN, SLICE_LIT(""), (res_observed[1]){{{0}, {0}}}, 1));
            continue;
        }
        if (seen_before(j, seen, row, s.key)) continue;
        s.name = events_key_text(j->ps, s.key, 1);
        validity(j, row, &s);
        if (s.from < s.to && (j->x->cell || s.from < j->ps->as_of)) TRY(judge_subject(j, &s)); /* cells to come are running; of a subject to come there is nothing to measure */
    }
    return SLA_OK;
}

static sla_status judge_all(judging *j)
{
    const subject whole = {.from = zone_day_start(j->ps->w.zone, j->first_day), .to = j->ps->period.to, .name = SLICE_LIT("")};
    if (!j->x->has_subject) return judge_subject(j, &whole);
    uint8_t *seen = mem_zero(dict_count(j->ps->w.dict) + 1u, 1); /* a key is the code of a text */
    sla_status st = seen ? judge_subjects(j, seen) : SLA_NOMEM;
    mem_free(seen);
    return st;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    judging j = {.x = r->own, .ps = ps, .out = out};
    find_span(&j);
    TRY(events_make(ps, &j.x->event, &j.x->event.keys, &j.e, &j.n, e));
    sla_status st = judge_all(&j);
    mem_free(j.e);
    return outcome_close(out, ps, r, st, e);
}

static const char *const keys[] = {"subject", "event", "cell", "n", "prorate", "gap", "reach", "calendar", NULL};
const rule_kind kind_periodic = {"periodic", keys, load, prepare, judge, kind_of_no_rows};
