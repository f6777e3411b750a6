/* The clock of one record: start, stop, pauses, reopenings, and what it says at an instant of judgement.
 * Source: spec/semantics.md "Clocks". Pure arithmetic: knows no dataset, no rule. */
#ifndef SLA_TIME_SLACLOCK_H
#define SLA_TIME_SLACLOCK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "engine/time/calendar.h"

#define TIME_NONE INT64_MIN
/* What a status means to a clock. FINAL: resolved and what follows it. */
typedef enum clock_phase { PHASE_RUN, PHASE_PAUSE, PHASE_FINAL, PHASE_CANCELLED, PHASE_UNKNOWN } clock_phase;
typedef struct clock_step { int64_t at; clock_phase phase; } clock_step;     /* from `at` the phase holds until the next step */
typedef enum reopen_policy { REOPEN_RESUME, REOPEN_RESTART, REOPEN_IGNORE } reopen_policy;

typedef struct clock_input {
    int64_t start, stop;            /* TIME_NONE: missing. A stop later than as_of counts as stop_later, a start later than as_of as CLOCK_OUT */
    clock_phase now;                /* what the record's own status says (PHASE_UNKNOWN: status missing) */
    bool stop_later;                /* a stop is recorded but lies after as_of: the record was open then, whatever `now` says */
    const clock_step *steps;        /* sorted by time; at the same time the last one holds; those after as_of have not happened; NULL: no history */
    size_t nsteps;
    bool uses_history;              /* false: pauses and reopenings are not looked at (a clock without pauses) */
    reopen_policy reopen;
    const calendar *cal;
    int64_t limit;                  /* ms; < 0: no limit is defined for this record: unknown */
    int64_t as_of;
} clock_input;
typedef enum clock_state { CLOCK_OUT /* not in the population */, CLOCK_MET, CLOCK_BREACHED, CLOCK_RUNNING, CLOCK_UNKNOWN } clock_state;
typedef struct clock_result {
    clock_state state;
    int64_t elapsed;                /* ms of working time less pauses, up to stop or as_of; 0 where unknown */
    int64_t paused;                 /* ms of working time inside pauses */
    int64_t stop;                   /* the stop that counted; TIME_NONE while open */
    int32_t cycles;                 /* 1 + reopenings seen in the history */
} clock_result;
/* Judges one clock. Stop missing: FINAL or status missing -> unknown, CANCELLED -> out, else breached if elapsed so far > limit, else running.
 * With history: a later resolution than `stop` counts as the stop; a ticket open again after its stop is running, one cancelled then is out.
 * REOPEN_RESUME leaves out the time between a resolution and its reopening; RESTART counts from the last reopening; IGNORE stops at the first
 * resolution. A resolution that no reopening follows leaves nothing out (the stop may be a later event); of a step after as_of only
 * this is looked at: whether it reopens the record, so that the time since its resolution is left out. Resolutions before the start are not the clock's. No allocation. */
clock_result slaclock_judge(const clock_input *in);

/* When the limit was used up or will be, UTC ms: due is the earliest such instant (Friday 18:00, not Monday 09:00), breach that from which counted time runs on beyond it (Monday
 * 09:00; the end of a pause that began just at the due time). Pauses and gaps are those up to the stop or as_of; from there on it is as if the clock ran without any.
 * false, both untouched: slaclock_judge says CLOCK_UNKNOWN or CLOCK_OUT. No allocation. */
bool slaclock_due(const clock_input *in, int64_t *due, int64_t *breach);

/* The same judgement as a ledger, for `explain`: slices in order, their counted times sum to elapsed exactly. */
typedef enum slice_kind { SLICE_WORK, SLICE_OFF_HOURS, SLICE_PAUSED, SLICE_REOPEN_GAP } slice_kind;
typedef struct clock_slice { slice_kind kind; int64_t from, to, counted; } clock_slice;
sla_status slaclock_ledger(const clock_input *in, arena *a, clock_slice **out, size_t *n, clock_result *res, err *e);
#endif
