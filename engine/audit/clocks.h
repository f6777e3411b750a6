/* The clocks of an audit: records of a dataset turned into what engine/time/slaclock.h judges, by the policies that clocks.yaml names. */
#ifndef SLA_AUDIT_CLOCKS_H
#define SLA_AUDIT_CLOCKS_H
#include "engine/audit/fieldchanges.h"

/* Puts the changes in order that the clocks go by; times after as_of may still be unmasked. */
sla_status clocks_index(pass *ps, err *e);
/* Judges every clock for every record into the derived columns clock.NAME.*; after masking. */
sla_status clocks_run(pass *ps, err *e);

/* One clock, ready to be asked about single records: for explanations, for what was held by whom, for pauses. Free with clock_close. */
typedef struct clock_view clock_view;
sla_status clock_open(pass *ps, const sla_clock *c, clock_view **out, err *e);
void clock_close(clock_view *v);
/* The clock of one record as slaclock_judge takes it; steps live until the next call. false: the record has no such clock (its start lies later, or limits say nothing:
 * then limit < 0). The clock's `where` is not looked at. */
bool clock_input_of(clock_view *v, size_t row, clock_input *out);
/* Working time used from the start up to `at` (or to the stop, if that is earlier), less pauses: what the clock showed then. 0 before the start. */
int64_t clock_shown_at(const clock_input *in, int64_t at);
/* Whether its pauses can be known: false for a clock with pauses of a record without any change of status; then clock.NAME.paused is missing. */
bool clock_pauses_known(const clock_input *ci);
const change_index *clock_changes(const clock_view *v);     /* of the status; NULL: none were imported */
#endif
