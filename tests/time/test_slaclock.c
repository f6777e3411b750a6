/* Clocks: the cases of spec/cases.md by letter, edges by name, and random histories against a count minute by minute. */
#include "tests/time/times.h"

#include "engine/base/mem.h"
#include "engine/time/slaclock.h"

static zone *shanghai;
static calendar *office, *always;

enum { STEPS_MAX = 24 };
/* "2025-07-01 10:00 pause; 11:00 run": a time alone is of the day before it */
static size_t steps_of(const char *text, clock_step out[STEPS_MAX])
{
    static const char *const names[] = {"run", "pause", "final", "cancelled", "unknown"};
    char day[16] = "", when[48];
    size_t n = 0;
    while (text && *text) {
        while (*text == ' ' || *text == ';') text++;
        size_t len = strcspn(text, ";");
        if (text[4] == '-') snprintf(day, sizeof day, "%.10s", text);
        const char *clock = text[4] == '-' ? text + 11 : text, *word = strchr(clock, ' ') + 1;
        snprintf(when, sizeof when, "%s %.*s", day, (int)(word - clock - 1), clock);
        out[n].at = at(shanghai, when);
        for (int p = 0; p < 5; p++)
            if (strncmp(word, names[p], strlen(names[p])) == 0) out[n].phase = (clock_phase)p;
        n++;
        text += len;
    }
    return n;
}

#define NO_HISTORY .plain = true
static const struct clock_case {
    const char *name;
    bool always;              /* else Mon-Fri 09-18 */
    const char *start, *stop, *as_of, *steps;
    clock_phase now;
    bool plain, later;        /* history is not used; stop_later */
    reopen_policy reopen;
    double limit;             /* minutes; 0: none is defined */
    clock_state state;
    double elapsed, paused;   /* minutes */
    const char *counted_stop;
    int cycles;
} cases[] = {
#define C01_TIMES .start = "2026-11-20 17:50", .stop = "2026-11-23 15:30", .as_of = "2026-12-01 00:00", .now = PHASE_FINAL, .limit = 480, .state = CLOCK_MET, \
    .steps = "2026-11-20 17:50 run; 17:55 pause; 2026-11-23 10:00 run; 11:00 final; 15:00 run; 15:30 final"
    {.name = "C01 both cycles", C01_TIMES, .elapsed = 95, .paused = 65, .counted_stop = "2026-11-23 15:30", .cycles = 2},
    {.name = "C01 the last cycle alone", C01_TIMES, .reopen = REOPEN_RESTART, .elapsed = 30, .counted_stop = "2026-11-23 15:30", .cycles = 2},
    {.name = "C01 the first cycle alone", C01_TIMES, .reopen = REOPEN_IGNORE, .elapsed = 65, .paused = 65, .counted_stop = "2026-11-23 11:00", .cycles = 2},
#define C22_HELD .always = true, .as_of = "2025-07-01 12:00", .steps = "2025-07-01 09:00 run; 10:00 pause; 11:00 run", .limit = 240, .state = CLOCK_RUNNING, .cycles = 1
    {.name = "C22 keep: two hours used", C22_HELD, .start = "2025-07-01 09:00", .elapsed = 120, .paused = 60},
    {.name = "C22 re-anchor: nothing used", C22_HELD, .start = "2025-07-01 12:00"},
    {.name = "C22 from creation without pauses: three hours used", C22_HELD, .start = "2025-07-01 09:00", NO_HISTORY, .elapsed = 180},
    {.name = "C23 on hold it never breaches", true, "2025-07-01 09:00", NULL, "2025-07-09 09:00", "2025-07-01 09:00 run; 09:14 pause", .now = PHASE_PAUSE, .limit = 15, .state = CLOCK_RUNNING,
     .elapsed = 14, .paused = 7 * 1440 + 1426, .cycles = 1},
    {.name = "C26 resolved from hold: the hold is left out", true, "2025-02-01 09:00", "2025-08-01 09:00", "2025-10-01", "2025-02-01 09:00 run; 10:00 pause; 2025-08-01 09:00 final",
     .now = PHASE_FINAL, .limit = 240, .state = CLOCK_MET, .elapsed = 60, .paused = 181 * 1440 - 60, .counted_stop = "2025-08-01 09:00", .cycles = 1},
    {.name = "C27 answered and set pending in one event: met", true, "2025-07-01 09:00", "2025-07-01 09:10", "2025-10-01", "2025-07-01 09:00 run; 09:10 pause", .now = PHASE_PAUSE, .limit = 15,
     .state = CLOCK_MET, .elapsed = 10, .counted_stop = "2025-07-01 09:10", .cycles = 1},
    {.name = "C28 created closed", true, "2025-07-01 09:00", "2025-07-01 09:00", "2025-10-01", "2025-07-01 09:00 final", .now = PHASE_FINAL, .limit = 15, .state = CLOCK_MET,
     .counted_stop = "2025-07-01 09:00", .cycles = 1},
    {.name = "C28 created on hold: starts paused", true, "2025-07-01 09:00", NULL, "2025-07-01 12:00", "2025-07-01 09:00 pause; 11:00 run", .limit = 120, .state = CLOCK_RUNNING, .elapsed = 60,
     .paused = 120, .cycles = 1},
#define C29_DUE_16 .always = true, .start = "2025-07-01 09:00", .stop = "2025-07-01 13:00", .steps = "2025-07-01 09:00 run; 13:00 final; 15:00 run", .limit = 420, .cycles = 2
    {.name = "C29 extend: not due at 18:00", C29_DUE_16, .as_of = "2025-07-01 18:00", .state = CLOCK_RUNNING, .elapsed = 420},
    {.name = "C29 extend: over at 18:01", C29_DUE_16, .as_of = "2025-07-01 18:01", .state = CLOCK_BREACHED, .elapsed = 421},
    {.name = "C29 new cycle: not due at 22:00", C29_DUE_16, .as_of = "2025-07-01 22:00", .reopen = REOPEN_RESTART, .state = CLOCK_RUNNING, .elapsed = 420},
    {.name = "C29 new cycle: over at 22:01", C29_DUE_16, .as_of = "2025-07-01 22:01", .reopen = REOPEN_RESTART, .state = CLOCK_BREACHED, .elapsed = 421},
    {.name = "C30 reopened by thanks: time kept, reopening counted", true, "2025-07-01 09:00", "2025-07-01 10:08", "2025-10-01",
     "2025-07-01 09:00 run; 10:00 final; 10:08 run; 10:09 final", .now = PHASE_FINAL, .reopen = REOPEN_IGNORE, .limit = 60, .state = CLOCK_MET, .elapsed = 60, .counted_stop = "2025-07-01 10:00", .cycles = 2},
    {.name = "C31 the overrun freezes at the resolution", true, "2025-07-01 09:00", "2025-07-01 10:30", "2026-10-01", NULL, .now = PHASE_FINAL, .limit = 60, .state = CLOCK_BREACHED, .elapsed = 90,
     .counted_stop = "2025-07-01 10:30", .cycles = 1},
    {.name = "C32 the human answer at 40 minutes", true, "2025-07-01 09:00", "2025-07-01 09:40", "2025-10-01", NULL, .limit = 30, .state = CLOCK_BREACHED, .elapsed = 40, .counted_stop = "2025-07-01 09:40", .cycles = 1},
    {.name = "C45 pauses told twice are left out once", true, "2025-07-01 00:00", "2025-07-01 16:00", "2025-10-01", "2025-07-01 00:00 pause; 00:10 pause; 14:00 pause; 15:00 run", .now = PHASE_FINAL, .limit = 60,
     .state = CLOCK_MET, .elapsed = 60, .paused = 900, .counted_stop = "2025-07-01 16:00", .cycles = 1},
    /* edges */
    {.name = "exactly the limit is met", true, "2025-07-01 09:00", "2025-07-01 09:15", "2025-10-01", NULL, .limit = 15, .state = CLOCK_MET, .elapsed = 15, .counted_stop = "2025-07-01 09:15", .cycles = 1},
    {.name = "a millisecond more is not", true, "2025-07-01 09:00", "2025-07-01 09:15:00.001", "2025-10-01", NULL, .limit = 15, .state = CLOCK_BREACHED, .elapsed = 15 + 1.0 / 60000,
     .counted_stop = "2025-07-01 09:15:00.001", .cycles = 1},
    {.name = "start missing", true, NULL, "2025-07-01 09:15", "2025-10-01", NULL, .limit = 15, .state = CLOCK_UNKNOWN, .cycles = 1},
    {.name = "start after as_of", true, "2025-10-02", NULL, "2025-10-01", NULL, .limit = 15, .state = CLOCK_OUT, .cycles = 1},
    {.name = "stop before start", true, "2025-07-01 09:00", "2025-07-01 08:59", "2025-10-01", NULL, .now = PHASE_FINAL, .limit = 15, .state = CLOCK_UNKNOWN, .cycles = 1},
    {.name = "no limit is defined", true, "2025-07-01 09:00", "2025-07-01 09:15", "2025-10-01", NULL, .limit = 0, .state = CLOCK_UNKNOWN, .counted_stop = "2025-07-01 09:15", .cycles = 1},
    {.name = "stop missing, closed", true, "2025-07-01 09:00", NULL, "2025-10-01", NULL, .now = PHASE_FINAL, .limit = 15, .state = CLOCK_UNKNOWN, .cycles = 1},
    {.name = "stop missing, cancelled", true, "2025-07-01 09:00", NULL, "2025-10-01", NULL, .now = PHASE_CANCELLED, .limit = 15, .state = CLOCK_OUT, .cycles = 1},
    {.name = "stop missing, status missing", true, "2025-07-01 09:00", NULL, "2025-10-01", NULL, .now = PHASE_UNKNOWN, .limit = 15, .state = CLOCK_UNKNOWN, .cycles = 1},
    {.name = "stop missing, open, over", true, "2025-07-01 09:00", NULL, "2025-07-01 09:16", NULL, .limit = 15, .state = CLOCK_BREACHED, .elapsed = 16, .cycles = 1},
    {.name = "stop missing, open, in time", true, "2025-07-01 09:00", NULL, "2025-07-01 09:15", NULL, .limit = 15, .state = CLOCK_RUNNING, .elapsed = 15, .cycles = 1},
    {.name = "stopped, then cancelled: judged", true, "2025-07-01 09:00", "2025-07-01 09:10", "2025-10-01", NULL, .now = PHASE_CANCELLED, .limit = 15, .state = CLOCK_MET, .elapsed = 10,
     .counted_stop = "2025-07-01 09:10", .cycles = 1},
    {.name = "closed today, but after as_of", true, "2025-07-01 09:00", NULL, "2025-07-01 09:15", NULL, .now = PHASE_FINAL, .later = true, .limit = 15, .state = CLOCK_RUNNING, .elapsed = 15, .cycles = 1},
    {.name = "a stop after as_of is the same", true, "2025-07-01 09:00", "2025-07-02", "2025-07-01 09:16", NULL, .now = PHASE_FINAL, .limit = 15, .state = CLOCK_BREACHED, .elapsed = 16, .cycles = 1},
    {.name = "steps after as_of have not happened", true, "2025-07-01 09:00", NULL, "2025-07-01 10:00", "2025-07-01 09:00 run; 09:30 pause; 10:01 run; 11:00 final", .later = true, .now = PHASE_FINAL, .limit = 30,
     .state = CLOCK_RUNNING, .elapsed = 30, .paused = 30, .cycles = 1},
    {.name = "pause runs at the stop", true, "2025-07-01 09:00", "2025-07-01 11:00", "2025-10-01", "2025-07-01 10:00 pause; 12:00 run", .limit = 60, .state = CLOCK_MET, .elapsed = 60, .paused = 60,
     .counted_stop = "2025-07-01 11:00", .cycles = 1},
    {.name = "pause began before the start", true, "2025-07-01 09:00", "2025-07-01 11:00", "2025-10-01", "2025-07-01 08:00 pause; 10:00 run", .limit = 60, .state = CLOCK_MET, .elapsed = 60, .paused = 60,
     .counted_stop = "2025-07-01 11:00", .cycles = 1},
    {.name = "of two steps at once the later in order holds", true, "2025-07-01 09:00", "2025-07-01 11:00", "2025-10-01", "2025-07-01 10:00 pause; 10:00 run", .limit = 120, .state = CLOCK_MET, .elapsed = 120,
     .counted_stop = "2025-07-01 11:00", .cycles = 1},
    {.name = "resolved and reopened at once is no reopening", true, "2025-07-01 09:00", "2025-07-01 11:00", "2025-10-01", "2025-07-01 10:00 final; 10:00 run; 11:00 final", .now = PHASE_FINAL, .limit = 120, .state = CLOCK_MET,
     .elapsed = 120, .counted_stop = "2025-07-01 11:00", .cycles = 1},
    {.name = "a pause outside the hours costs nothing", false, "2025-07-01 17:00", "2025-07-02 10:00", "2025-10-01", "2025-07-01 18:00 pause; 2025-07-02 09:00 run", .limit = 120, .state = CLOCK_MET, .elapsed = 120,
     .counted_stop = "2025-07-02 10:00", .cycles = 1},
    {.name = "resolved, closed later, never reopened: all counts", true, "2025-07-01 09:00", "2025-07-01 12:00", "2025-10-01", "2025-07-01 10:00 final; 11:00 final", .now = PHASE_FINAL, .limit = 180, .state = CLOCK_MET,
     .elapsed = 180, .counted_stop = "2025-07-01 12:00", .cycles = 1},
    {.name = "the record keeps its first resolution, the history knows better", true, "2025-07-01 09:00", "2025-07-01 10:00", "2025-10-01", "2025-07-01 10:00 final; 12:00 run; 13:00 final", .now = PHASE_FINAL, .limit = 120,
     .state = CLOCK_MET, .elapsed = 120, .counted_stop = "2025-07-01 13:00", .cycles = 2},
    {.name = "the history lacks the last resolution, the record has it", true, "2025-07-01 09:00", "2025-07-01 13:00", "2025-10-01", "2025-07-01 10:00 final; 12:00 run", .now = PHASE_FINAL, .limit = 120, .state = CLOCK_MET,
     .elapsed = 120, .counted_stop = "2025-07-01 13:00", .cycles = 2},
    {.name = "reopened onto hold", true, "2025-07-01 09:00", "2025-07-01 13:00", "2025-10-01", "2025-07-01 10:00 final; 11:00 pause; 12:00 run; 13:00 final", .now = PHASE_FINAL, .limit = 120, .state = CLOCK_MET,
     .elapsed = 120, .paused = 60, .counted_stop = "2025-07-01 13:00", .cycles = 2},
    {.name = "open again, then cancelled", true, "2025-07-01 09:00", "2025-07-01 10:00", "2025-10-01", "2025-07-01 10:00 final; 12:00 run; 13:00 cancelled", .now = PHASE_CANCELLED, .limit = 120, .state = CLOCK_OUT, .cycles = 2},
    {.name = "open again, cancelled without a step", true, "2025-07-01 09:00", "2025-07-01 10:00", "2025-10-01", "2025-07-01 10:00 final; 12:00 run", .now = PHASE_CANCELLED, .limit = 120, .state = CLOCK_OUT, .cycles = 2},
    {.name = "open again at as_of, closed today", true, "2025-07-01 09:00", "2025-07-01 10:00", "2025-07-01 13:00", "2025-07-01 10:00 final; 12:00 run", .now = PHASE_FINAL, .limit = 120, .state = CLOCK_RUNNING, .elapsed = 120, .cycles = 2},
    {.name = "resolved at as_of, reopened later: the time stands", true, "2025-07-01 09:00", NULL, "2025-07-05", "2025-07-01 10:00 final; 2025-07-06 09:00 run; 10:00 final", .now = PHASE_FINAL, .later = true, .limit = 120, .state = CLOCK_RUNNING, .elapsed = 60, .cycles = 1},
    {.name = "resolved at as_of, closed and reopened later: the time stands", true, "2025-07-01 09:00", NULL, "2025-07-05", "2025-07-01 10:00 final; 2025-07-05 09:00 final; 2025-07-06 09:00 run; 10:00 final", .now = PHASE_FINAL, .later = true, .limit = 120, .state = CLOCK_RUNNING, .elapsed = 60, .cycles = 1},
    {.name = "resolved in the history, open in the record, never reopened: all counts", true, "2025-07-01 09:00", NULL, "2025-07-01 12:00", "2025-07-01 10:00 final; 11:00 final", .now = PHASE_RUN, .limit = 120, .state = CLOCK_BREACHED,
     .elapsed = 180, .cycles = 1},
    {.name = "three cycles", true, "2025-07-01 09:00", "2025-07-01 15:00", "2025-10-01", "2025-07-01 10:00 final; 11:00 run; 12:00 final; 13:00 run; 13:30 pause; 14:00 run; 15:00 final", .now = PHASE_FINAL, .limit = 150,
     .state = CLOCK_BREACHED, .elapsed = 210, .paused = 30, .counted_stop = "2025-07-01 15:00", .cycles = 3},
    {.name = "history that the clock does not use", true, "2025-07-01 09:00", "2025-07-01 11:00", "2025-10-01", "2025-07-01 09:30 pause; 10:00 final; 10:30 run", NO_HISTORY, .limit = 120, .state = CLOCK_MET, .elapsed = 120,
     .counted_stop = "2025-07-01 11:00", .cycles = 1},
    {.name = "a status nobody knows ends a pause", true, "2025-07-01 09:00", "2025-07-01 11:00", "2025-10-01", "2025-07-01 09:30 pause; 10:00 unknown", .limit = 120, .state = CLOCK_MET, .elapsed = 90, .paused = 30,
     .counted_stop = "2025-07-01 11:00", .cycles = 1},
};

/* The ledger says the same as the judgement, without hole or overlap. */
static void check_ledger(const clock_input *in, const clock_result *r)
{
    arena a = {0};
    clock_slice *s = NULL;
    size_t n = 0;
    clock_result again;
    assert_int_equal(slaclock_ledger(in, &a, &s, &n, &again, NULL), SLA_OK);
    assert_true(again.state == r->state && again.elapsed == r->elapsed && again.paused == r->paused && again.stop == r->stop && again.cycles == r->cycles);
    int64_t sum = 0, paused = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(s[i].from < s[i].to && (i == 0 || s[i].from == s[i - 1].to));
        assert_int_equal(s[i].counted, s[i].kind == SLICE_WORK ? s[i].to - s[i].from : 0);
        if (s[i].kind == SLICE_OFF_HOURS) assert_int_equal(cal_between(in->cal, s[i].from, s[i].to), 0);
        if (s[i].kind == SLICE_WORK) assert_int_equal(cal_between(in->cal, s[i].from, s[i].to), s[i].counted);
        if (s[i].kind == SLICE_PAUSED) paused += cal_between(in->cal, s[i].from, s[i].to);
        sum += s[i].counted;
    }
    assert_int_equal(sum, r->elapsed);
    assert_int_equal(paused, r->paused);
    arena_free(&a);
}

static int64_t minutes(double m) { return (int64_t)(m * 60000 + 0.5); }
static int64_t maybe(const char *text) { return text ? at(shanghai, text) : TIME_NONE; }

static void clock_row(void **state)
{
    const struct clock_case *c = *state;
    clock_step steps[STEPS_MAX];
    size_t n = steps_of(c->steps, steps);
    clock_input in = {maybe(c->start), maybe(c->stop), c->now, c->later, n ? steps : NULL, n, !c->plain, c->reopen, c->always ? always : office, c->limit > 0 ? minutes(c->limit) : -1, maybe(c->as_of)};
    clock_result r = slaclock_judge(&in);
    assert_int_equal(r.state, c->state);
    assert_int_equal(r.elapsed, minutes(c->elapsed));
    assert_int_equal(r.paused, minutes(c->paused));
    assert_int_equal(r.stop, maybe(c->counted_stop));
    assert_int_equal(r.cycles, c->cycles);
    check_ledger(&in, &r);
}

/* ---- minute by minute ---- */
/* A record's life in minutes since `origin`; the judge knows none of these arrays. */
enum { LIFE = 12 * 1440 };
static int64_t origin;
static clock_phase phase_at[LIFE + 1];
static bool step_at[LIFE + 1];

static size_t random_steps(clock_step out[STEPS_MAX], int64_t start)
{
    size_t n = (size_t)below(STEPS_MAX);
    int64_t m = start + below(200) - 100;
    for (size_t i = 0; i < n; i++) {
        if (m < 0) m = 0;
        static const clock_phase often[] = {PHASE_RUN, PHASE_PAUSE, PHASE_FINAL, PHASE_RUN, PHASE_PAUSE, PHASE_FINAL, PHASE_FINAL, PHASE_CANCELLED, PHASE_UNKNOWN};
        out[i] = (clock_step){m, often[below(9)]};
        m += below(5) ? below(1500) : 0;
    }
    return n;
}

typedef struct life { int64_t start, stop, as_of; bool later; clock_phase now; reopen_policy reopen; const calendar *cal; int64_t limit; } life;

static int64_t due_minute, breach_minute; /* by count_minutes: the first minute before which the limit is used up, and the first that counts beyond it; TIME_NONE: not up to the end */

/* The meaning of slaclock.h in the slowest way: each minute asks whether it counts. Times are minutes; TIME_NONE as there. */
static clock_result count_minutes(const life *l)
{
    clock_result r = {CLOCK_UNKNOWN, 0, 0, TIME_NONE, 1};
    int64_t stop = l->stop, first = TIME_NONE, reopened = TIME_NONE, resolved = TIME_NONE, from = l->start;
    static bool gap[LIFE + 1];
    if (stop != TIME_NONE && stop < l->start) return r;
    memset(gap, 0, sizeof gap);
    for (int64_t m = l->start; m <= l->as_of; m++) {
        bool entered = step_at[m] && phase_at[m] == PHASE_FINAL;
        if (entered && resolved == TIME_NONE) {
            resolved = m;
            if (first == TIME_NONE) first = m;
            r.stop = m; /* the last one so far */
        }
        if (resolved != TIME_NONE && (phase_at[m] == PHASE_RUN || phase_at[m] == PHASE_PAUSE)) {
            for (int64_t k = resolved; k < m; k++) gap[k] = true;
            resolved = TIME_NONE;
            reopened = m;
            r.cycles++;
        }
    }
    int64_t last = r.stop;
    if (r.cycles > 1) {
        if (l->reopen == REOPEN_IGNORE) stop = stop == TIME_NONE || first < stop ? first : stop;
        else if (resolved == TIME_NONE && (stop == TIME_NONE || stop <= reopened)) stop = TIME_NONE;
        else if (resolved != TIME_NONE && stop != TIME_NONE && last > stop) stop = last;
        if (l->reopen == REOPEN_RESTART) from = reopened;
    }
    r.stop = stop;
    int64_t end = stop;
    if (stop == TIME_NONE) {
        bool void_stop = l->stop != TIME_NONE;
        bool cancelled = r.cycles > 1 && l->reopen != REOPEN_IGNORE && resolved == TIME_NONE && phase_at[l->as_of] == PHASE_CANCELLED;
        if (cancelled || (!(l->later && !void_stop) && l->now == PHASE_CANCELLED)) return r.state = CLOCK_OUT, r;
        if (!void_stop && !l->later && (l->now == PHASE_FINAL || l->now == PHASE_UNKNOWN)) return r;
        end = l->as_of;
        int64_t next = end + 1;
        while (next <= LIFE && !(step_at[next] && (phase_at[next] == PHASE_RUN || phase_at[next] == PHASE_PAUSE))) next++;
        if (resolved != TIME_NONE && next <= LIFE)
            for (int64_t k = resolved; k < end; k++) gap[k] = true;
    }
    due_minute = l->limit == 0 ? from : TIME_NONE, breach_minute = TIME_NONE;
    for (int64_t m = from; m < end; m++) {
        if (cal_between(l->cal, origin + m * MS_MINUTE, origin + (m + 1) * MS_MINUTE) == 0) continue;
        if (phase_at[m] == PHASE_PAUSE) r.paused += MS_MINUTE;
        else if (!(gap[m])) {
            r.elapsed += MS_MINUTE;
            if (r.elapsed == l->limit) due_minute = m + 1;
            if (r.elapsed == l->limit + MS_MINUTE) breach_minute = m;
        }
    }
    r.state = r.elapsed > l->limit ? CLOCK_BREACHED : stop != TIME_NONE ? CLOCK_MET : CLOCK_RUNNING;
    return r;
}

/* Of a clock that is judged. Where the limit outlasts it, the due time lies as far behind the end as there is time left. */
static void check_due(const clock_input *in, const clock_result *r, int64_t end, int round)
{
    int64_t due = TIME_NONE, breach = TIME_NONE;
    bool said = slaclock_due(in, &due, &breach);
    assert_int_equal(said, r->state != CLOCK_OUT && r->state != CLOCK_UNKNOWN);
    if (!said) return;
    if (due > breach || (r->state == CLOCK_BREACHED) != (breach < end)) fail_msg("round %d: due %lld, breach %lld, end %lld", round, (long long)due, (long long)breach, (long long)end);
    if (due_minute != TIME_NONE && due != origin + due_minute * MS_MINUTE) fail_msg("round %d: due %lld", round, (long long)((due - origin) / MS_MINUTE - due_minute));
    if (breach_minute != TIME_NONE && breach != origin + breach_minute * MS_MINUTE) fail_msg("round %d: breach %lld", round, (long long)((breach - origin) / MS_MINUTE - breach_minute));
    if (due_minute == TIME_NONE) assert_int_equal(cal_between(in->cal, end, due), in->limit - r->elapsed);
}

static void random_lives(void **state)
{
    (void)state;
    origin = at(shanghai, "2025-07-03 00:00");
    int states[5] = {0}, reopened = 0;
    for (int round = 0; round < 6000; round++) {
        clock_step steps[STEPS_MAX];
        int64_t start = below(2000) + 100;
        size_t n = random_steps(steps, start);
        life l = {start, start + below(LIFE / 2) - 30, below(3) ? LIFE : start + below(LIFE - start), below(4) == 0, (clock_phase)below(5), (reopen_policy)below(3), below(2) ? office : always, below(4000) * MS_MINUTE};
        if (below(3) == 0) l.stop = TIME_NONE;
        if (n && below(3) == 0) l.stop = steps[below((int64_t)n)].at;
        if (l.stop != TIME_NONE) l.later = false;
        if (l.stop != TIME_NONE && l.stop > l.as_of) l.stop = l.as_of;
        while (n && steps[n - 1].at > LIFE) n--; /* what no minute tells */
        size_t k = 0;
        clock_phase now = PHASE_RUN;
        for (int64_t m = 0; m <= LIFE; m++) {
            step_at[m] = k < n && steps[k].at == m;
            while (k < n && steps[k].at == m) now = steps[k++].phase;
            phase_at[m] = now;
        }
        clock_result want = count_minutes(&l);
        for (size_t i = 0; i < n; i++) steps[i].at = origin + steps[i].at * MS_MINUTE;
        clock_input in = {origin + l.start * MS_MINUTE, l.stop == TIME_NONE ? TIME_NONE : origin + l.stop * MS_MINUTE, l.now, l.later, steps, n, true, l.reopen, l.cal, l.limit, origin + l.as_of * MS_MINUTE};
        clock_result r = slaclock_judge(&in);
        int64_t want_stop = want.stop == TIME_NONE ? TIME_NONE : origin + want.stop * MS_MINUTE;
        bool void_record = l.stop != TIME_NONE && l.stop < l.start;
        if (r.state != want.state || r.elapsed != want.elapsed || r.paused != want.paused || (!void_record && (r.stop != want_stop || r.cycles != want.cycles)))
            fail_msg("round %d: state %d %d, elapsed %lld %lld, paused %lld %lld, cycles %d %d", round, (int)r.state, (int)want.state, (long long)r.elapsed, (long long)want.elapsed,
                     (long long)r.paused, (long long)want.paused, (int)r.cycles, (int)want.cycles);
        if (r.elapsed < 0 || r.paused < 0) fail_msg("negative time");
        check_ledger(&in, &r);
        check_due(&in, &r, r.stop != TIME_NONE ? r.stop : in.as_of, round);
        states[r.state]++;
        reopened += r.cycles > 1;
    }
    for (int i = 0; i < 5; i++) assert_true(i == CLOCK_OUT ? states[i] > 50 : states[i] > 300); /* the dice met every kind of record */
    assert_true(reopened > 1000);
}

static void ledger_of_a_weekend(void **state)
{
    (void)state;
    clock_input in = {at(shanghai, "2025-07-04 17:00"), at(shanghai, "2025-07-07 10:00"), PHASE_FINAL, false, NULL, 0, true, REOPEN_RESUME, office, MS_HOUR, at(shanghai, "2025-10-01")};
    arena a = {0};
    clock_slice *s;
    size_t n;
    clock_result r;
    assert_int_equal(slaclock_ledger(&in, &a, &s, &n, &r, NULL), SLA_OK);
    assert_int_equal(n, 3);
    assert_true(s[0].kind == SLICE_WORK && s[1].kind == SLICE_OFF_HOURS && s[2].kind == SLICE_WORK);
    assert_true(s[1].from == at(shanghai, "2025-07-04 18:00") && s[1].to == at(shanghai, "2025-07-07 09:00"));
    assert_int_equal(s[0].counted + s[2].counted, 2 * MS_HOUR);
    arena_free(&a);
    mem_fail_after(0);
    err e = {0};
    assert_int_equal(slaclock_ledger(&in, &a, &s, &n, &r, &e), SLA_NOMEM);
    mem_fail_after(-1);
    assert_true(e.msg[0]);
    arena_free(&a);
}

int main(void)
{
    struct CMUnitTest tests[96] = {cmocka_unit_test(ledger_of_a_weekend), cmocka_unit_test(random_lives)};
    size_t n = 2;
    cal_desc nine = hours("9-18"), all = {.id = "always", .always = true};
    if (zone_open("Asia/Shanghai", &shanghai, NULL) != SLA_OK || cal_new(&nine, shanghai, &office, NULL) != SLA_OK || cal_new(&all, shanghai, &always, NULL) != SLA_OK) return 1;
    ROWS(tests, n, cases, clock_row);
    int rc = _cmocka_run_group_tests("slaclock", tests, n, NULL, NULL);
    cal_free(office);
    cal_free(always);
    zone_close(shanghai);
    return rc;
}
