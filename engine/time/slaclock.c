#include "engine/time/slaclock.h"
#include <string.h>

/* Walks the history once. The time between `start` and the stop is cut into stretches; those that do not count are summed up as they pass, or handed to
 * a visitor for the ledger. Judging and explaining share this walk, so they cannot disagree. */
typedef struct walk {
    const clock_input *in;
    int64_t start;           /* where counting begins: later than in->start after a restart */
    int64_t stop;            /* TIME_NONE: open */
    int32_t cycles;
} walk;

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

/* What the history says of resolutions: the last one, whether the record is open again after it, when it was last reopened. */
typedef struct outcome { int64_t first, last, reopened; int32_t cycles; bool open, seen; } outcome;

static outcome read_history(const clock_input *in)
{
    outcome o = {TIME_NONE, TIME_NONE, TIME_NONE, 1, true, false};
    bool final = false;
    for (size_t i = 0; i < in->nsteps; i++) {
        const clock_step *s = &in->steps[i];
        if (s->at < in->start) continue;
        if (s->phase == PHASE_FINAL && !final) {
            if (!o.seen) o.first = s->at;
            o.last = s->at;
            o.seen = true;
            final = true;
        } else if (final && (s->phase == PHASE_RUN || s->phase == PHASE_PAUSE)) {
            o.reopened = s->at;
            o.cycles++;
            final = false;
        }
    }
    o.open = !final;
    return o;
}

/* Where the clock stops and where it begins, by the record's own stop, its history and the policy. */
static walk plan(const clock_input *in)
{
    walk w = {in, in->start, in->stop, 1};
    if (!in->uses_history || in->nsteps == 0 || in->reopen == REOPEN_IGNORE) {
        if (in->reopen == REOPEN_IGNORE && in->uses_history && in->nsteps) {
            outcome o = read_history(in);
            if (o.seen) w.stop = o.first;
        }
        return w;
    }
    outcome o = read_history(in);
    w.cycles = o.cycles;
    if (o.cycles == 1) return w; /* never reopened: the record's own stop is the only one */
    if (o.open && (w.stop == TIME_NONE || w.stop <= o.reopened)) w.stop = TIME_NONE;
    else if (!o.open && (w.stop == TIME_NONE || o.last > w.stop)) w.stop = o.last;
    if (in->reopen == REOPEN_RESTART) w.start = o.reopened;
    return w;
}

typedef void (*stretch_fn)(void *ctx, slice_kind kind, int64_t from, int64_t to);

/* Calls fn for each stretch of [start, end) that does not count. Stretches are in order and do not overlap: one status holds at a time. */
static void each_pause(const walk *w, int64_t end, stretch_fn fn, void *ctx)
{
    const clock_input *in = w->in;
    if (!in->uses_history) return;
    bool resolved = false;
    for (size_t i = 0; i < in->nsteps; i++) {
        const clock_step *s = &in->steps[i];
        int64_t from = later(s->at, w->start), to = earlier(i + 1 < in->nsteps ? in->steps[i + 1].at : end, end);
        if (s->phase == PHASE_FINAL && s->at >= in->start) resolved = true;
        else if (s->phase == PHASE_RUN || s->phase == PHASE_PAUSE) resolved = false;
        if (to <= from) continue;
        if (s->phase == PHASE_PAUSE) fn(ctx, SLICE_PAUSED, from, to);
        else if (resolved && in->reopen == REOPEN_RESUME) fn(ctx, SLICE_REOPEN_GAP, from, to);
    }
}

typedef struct sums { const calendar *cal; int64_t paused, gap; } sums;

static void add_stretch(void *ctx, slice_kind kind, int64_t from, int64_t to)
{
    sums *s = ctx;
    *(kind == SLICE_PAUSED ? &s->paused : &s->gap) += cal_between(s->cal, from, to);
}

/* The instant up to which time counts; TIME_NONE where the clock does not say. */
static int64_t end_of(const clock_input *in, const walk *w, clock_result *r)
{
    if (w->stop != TIME_NONE) return w->stop;
    bool was_open = in->stop_later || (in->stop != TIME_NONE); /* stopped after as_of, or reopened since */
    if (!was_open && in->now == PHASE_FINAL) r->state = CLOCK_UNKNOWN;
    else if (!was_open && in->now == PHASE_CANCELLED) r->state = CLOCK_OUT;
    else if (!was_open && in->now == PHASE_UNKNOWN) r->state = CLOCK_UNKNOWN;
    else return in->as_of;
    return TIME_NONE;
}

static clock_result judge(const clock_input *in, walk *w, int64_t *end)
{
    clock_result r = {.state = CLOCK_UNKNOWN, .stop = TIME_NONE, .cycles = 1};
    *end = TIME_NONE;
    if (in->start == TIME_NONE || (in->stop != TIME_NONE && in->stop < in->start)) return r;
    *w = plan(in);
    r.cycles = w->cycles;
    r.stop = w->stop;
    *end = end_of(in, w, &r);
    if (*end == TIME_NONE) return r;
    if (*end < in->start || in->limit < 0) { /* stopped before it began, or no limit is defined */
        *end = TIME_NONE;
        return r;
    }
    sums s = {.cal = in->cal};
    each_pause(w, *end, add_stretch, &s);
    r.paused = s.paused;
    r.elapsed = cal_between(in->cal, w->start, later(*end, w->start)) - s.paused - s.gap;
    if (r.elapsed > in->limit) r.state = CLOCK_BREACHED;
    else r.state = w->stop != TIME_NONE ? CLOCK_MET : CLOCK_RUNNING;
    return r;
}

clock_result slaclock_judge(const clock_input *in)
{
    walk w;
    int64_t end;
    return judge(in, &w, &end);
}

/* ---- the ledger ---- */
typedef struct ledger { const calendar *cal; arena *a; clock_slice *items; size_t n, cap; int64_t at; bool failed; } ledger;

static void put(ledger *l, slice_kind kind, int64_t from, int64_t to, int64_t counted)
{
    if (to <= from || l->failed) return;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        clock_slice *bigger = ARENA_NEW(l->a, clock_slice, cap);
        if (!bigger) {
            l->failed = true;
            return;
        }
        if (l->n) memcpy(bigger, l->items, l->n * sizeof *bigger);
        l->items = bigger;
        l->cap = cap;
    }
    l->items[l->n++] = (clock_slice){kind, from, to, counted};
}

/* Working and off hours from l->at to `to`. */
static void put_hours(ledger *l, int64_t to)
{
    while (l->at < to) {
        int64_t begin, end;
        if (!cal_next_span(l->cal, l->at, &begin, &end) || begin >= to) begin = end = to;
        put(l, SLICE_OFF_HOURS, l->at, later(begin, l->at), 0);
        int64_t from = later(begin, l->at), until = earlier(end, to);
        put(l, SLICE_WORK, from, until, until - from);
        l->at = later(until, from);
    }
}

static void put_stretch(void *ctx, slice_kind kind, int64_t from, int64_t to)
{
    ledger *l = ctx;
    put_hours(l, from);
    put(l, kind, from, to, 0);
    l->at = later(l->at, to);
}

sla_status slaclock_ledger(const clock_input *in, arena *a, clock_slice **out, size_t *n, clock_result *res, err *e)
{
    walk w;
    int64_t end;
    *res = judge(in, &w, &end);
    ledger l = {.cal = in->cal, .a = a};
    if (end != TIME_NONE) {
        l.at = w.start;
        each_pause(&w, end, put_stretch, &l);
        put_hours(&l, end);
    }
    if (l.failed) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the ledger of a clock");
    *out = l.items;
    *n = l.n;
    return SLA_OK;
}
