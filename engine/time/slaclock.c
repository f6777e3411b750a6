#include "engine/time/slaclock.h"
#include <string.h>

/* The time between `start` and the stop is cut into stretches; those that do not count are summed up as they pass, or handed to a visitor for the ledger.
 * Judging and explaining share this walk, so they cannot disagree. */
typedef struct walk {
    const clock_input *in;
    int64_t start;           /* where counting begins: later than in->start after a restart */
    int64_t stop;            /* TIME_NONE: open */
    int32_t cycles;
    bool cancelled;          /* reopened, then cancelled */
    bool reopens;            /* the history opens it again after as_of: where it is resolved then, the time since does not count */
} walk;

static int64_t earlier(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

/* Of steps at the same time the last one holds; the others never did. */
static bool step_holds(const clock_input *in, size_t i) { return i + 1 == in->nsteps || in->steps[i + 1].at > in->steps[i].at; }
static bool is_open(clock_phase p) { return p == PHASE_RUN || p == PHASE_PAUSE; }

/* What the history says of resolutions: the first and the last one, when the record was last reopened, and the phase it ends in. */
typedef struct outcome { int64_t first, last, reopened; int32_t cycles; bool final; clock_phase phase; } outcome;

static outcome read_history(const clock_input *in)
{
    outcome o = {TIME_NONE, TIME_NONE, TIME_NONE, 1, false, PHASE_UNKNOWN};
    for (size_t i = 0; i < in->nsteps; i++) {
        const clock_step *s = &in->steps[i];
        if (!step_holds(in, i)) continue;
        o.phase = s->phase;
        if (s->phase == PHASE_FINAL && !o.final && s->at >= in->start) {
            if (o.first == TIME_NONE) o.first = s->at;
            o.last = s->at;
            o.final = true;
        } else if (o.final && is_open(s->phase)) {
            o.reopened = s->at;
            o.cycles++;
            o.final = false;
        }
    }
    return o;
}

/* Where the clock stops and where it begins, by the record's own stop, its history and the policy. */
static walk plan(const clock_input *in)
{
    walk w = {.in = in, .start = in->start, .stop = in->stop, .cycles = 1};
    if (!in->uses_history || in->nsteps == 0) return w;
    outcome o = read_history(in);
    w.cycles = o.cycles;
    if (o.cycles == 1) return w; /* never reopened: the record's own stop is the only one */
    if (in->reopen == REOPEN_IGNORE) {
        w.stop = w.stop == TIME_NONE ? o.first : earlier(w.stop, o.first);
        return w;
    }
    if (o.final && w.stop != TIME_NONE) w.stop = later(w.stop, o.last);
    if (!o.final && w.stop <= o.reopened) { /* TIME_NONE is earlier than all */
        w.cancelled = o.phase == PHASE_CANCELLED;
        w.stop = TIME_NONE;
    }
    if (in->reopen == REOPEN_RESTART) w.start = o.reopened;
    return w;
}

typedef void (*stretch_fn)(void *ctx, slice_kind kind, int64_t from, int64_t to);

/* Calls fn for each stretch of [start, end) that does not count: pauses, and the time between a resolution and its reopening (which lies before the start
 * after a restart, and behind the stop when reopenings are ignored). Stretches are in order and do not overlap: one status holds at a time. */
static void each_pause(const walk *w, int64_t end, stretch_fn fn, void *ctx)
{
    const clock_input *in = w->in;
    int64_t resolved = TIME_NONE; /* since when, while it is */
    if (!in->uses_history) return;
    for (size_t i = 0; i < in->nsteps; i++) {
        const clock_step *s = &in->steps[i];
        if (!step_holds(in, i)) continue;
        if (s->phase == PHASE_FINAL && resolved == TIME_NONE && s->at >= in->start) resolved = s->at;
        if (resolved != TIME_NONE && is_open(s->phase)) {
            int64_t from = later(resolved, w->start), to = earlier(s->at, end);
            if (from < to) fn(ctx, SLICE_REOPEN_GAP, from, to);
            resolved = TIME_NONE;
        }
        if (s->phase == PHASE_PAUSE) {
            int64_t from = later(s->at, w->start), to = earlier(i + 1 < in->nsteps ? in->steps[i + 1].at : end, end);
            if (from < to) fn(ctx, SLICE_PAUSED, from, to);
        }
    }
    /* The reopening that ends this gap lies after as_of. */
    int64_t from = later(resolved, w->start);
    if (resolved != TIME_NONE && w->reopens && w->stop == TIME_NONE && from < end) fn(ctx, SLICE_REOPEN_GAP, from, end);
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
    bool reopened = in->stop != TIME_NONE; /* after its stop: then it is open, unless it was cancelled since */
    clock_phase now = w->cancelled || (reopened && in->now == PHASE_CANCELLED) ? PHASE_CANCELLED : in->stop_later || reopened ? PHASE_RUN : in->now;
    if (now == PHASE_CANCELLED) r->state = CLOCK_OUT;
    return is_open(now) ? in->as_of : TIME_NONE;
}

/* Times after as_of have not happened yet; reopens: whether some step after it is a reopening: what is resolved may first be verified or closed. */
static clock_input as_known(const clock_input *in, bool *reopens)
{
    clock_input k = *in;
    if (k.stop != TIME_NONE && k.stop > k.as_of) {
        k.stop = TIME_NONE;
        k.stop_later = true;
    }
    while (k.nsteps && k.steps[k.nsteps - 1].at > k.as_of) k.nsteps--;
    size_t next = k.nsteps;
    while (next < in->nsteps && !(step_holds(in, next) && is_open(in->steps[next].phase))) next++;
    *reopens = next < in->nsteps;
    return k;
}

/* Where the clock of `in`, which must be as_known, begins and up to where it counts; TIME_NONE where it does not say, and r tells why. */
static int64_t open_clock(const clock_input *in, bool reopens, walk *w, clock_result *r)
{
    *r = (clock_result){.state = CLOCK_UNKNOWN, .stop = TIME_NONE, .cycles = 1};
    if (in->start != TIME_NONE && in->start > in->as_of) r->state = CLOCK_OUT;
    if (in->start == TIME_NONE || r->state == CLOCK_OUT || (in->stop != TIME_NONE && in->stop < in->start)) return TIME_NONE;
    *w = plan(in);
    w->reopens = reopens;
    r->cycles = w->cycles;
    r->stop = w->stop;
    int64_t until = end_of(in, w, r);
    return in->limit < 0 ? TIME_NONE : until;
}

/* in must be as_known. */
static clock_result judge(const clock_input *in, bool reopens, walk *w, int64_t *end)
{
    clock_result r;
    *end = open_clock(in, reopens, w, &r);
    if (*end == TIME_NONE) return r;
    sums s = {.cal = in->cal};
    each_pause(w, *end, add_stretch, &s);
    r.paused = s.paused;
    r.elapsed = cal_between(in->cal, w->start, *end) - s.paused - s.gap;
    if (r.elapsed > in->limit) r.state = CLOCK_BREACHED;
    else r.state = w->stop != TIME_NONE ? CLOCK_MET : CLOCK_RUNNING;
    return r;
}

clock_result slaclock_judge(const clock_input *in)
{
    bool reopens;
    clock_input known = as_known(in, &reopens);
    walk w;
    int64_t end;
    return judge(&known, reopens, &w, &end);
}

/* ---- when the limit is used up ---- */
/* At `at` so much of it is left. */
typedef struct countdown { const calendar *cal; int64_t at, left, due, breach; } countdown;

static int64_t working_from(const calendar *cal, int64_t t)
{
    int64_t begin, end;
    return cal_next_span(cal, t, &begin, &end) && begin > t ? begin : t;
}

/* Up to `from` time counts, from there to `to` it does not. */
static void count_down(void *ctx, slice_kind kind, int64_t from, int64_t to)
{
    countdown *c = ctx;
    int64_t work = from > c->at ? cal_between(c->cal, c->at, from) : 0;
    (void)kind;
    if (c->due == TIME_NONE && c->left <= work) c->due = cal_add(c->cal, c->at, c->left);
    if (c->breach == TIME_NONE && c->left < work) c->breach = working_from(c->cal, cal_add(c->cal, c->at, c->left));
    c->left = later(c->left - work, 0);
    c->at = later(c->at, to);
}

bool slaclock_due(const clock_input *in, int64_t *due, int64_t *breach)
{
    bool reopens;
    clock_input known = as_known(in, &reopens);
    clock_result r;
    walk w;
    int64_t end = open_clock(&known, reopens, &w, &r);
    if (end == TIME_NONE) return false;
    countdown c = {in->cal, w.start, in->limit, TIME_NONE, TIME_NONE};
    each_pause(&w, end, count_down, &c);
    int64_t rest = cal_add(c.cal, c.at, c.left); /* as if it ran on */
    *due = c.due != TIME_NONE ? c.due : rest;
    *breach = c.breach != TIME_NONE ? c.breach : working_from(c.cal, rest);
    return true;
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
    bool reopens;
    clock_input known = as_known(in, &reopens);
    walk w;
    int64_t end;
    *res = judge(&known, reopens, &w, &end);
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
