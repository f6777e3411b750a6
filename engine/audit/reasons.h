/* Why a verdict is what it is, and small texts, in both languages. */
#ifndef SLA_AUDIT_REASONS_H
#define SLA_AUDIT_REASONS_H
#include "engine/audit/result.h"
#include "engine/base/buf.h"

bitext reason_empty(void);                                               /* no record in the population */
bitext reason_no_data(bitext dataset_title, arena *a);                    /* dataset never imported */
bitext reason_no_values(bitext field_title, arena *a);                    /* no record has a value in a needed field */
bitext reason_no_records(bitext title, bool in_period, arena *a);         /* none of the records of a kind that is needed */
bitext reason_left_out(size_t copies, size_t repeats, arena *a);          /* no reason for a verdict: events that stand in several files, so that each counts once, and those that others tell */
bitext reason_unseen(bitext steps, arena *a);                             /* no reason for a verdict: steps of a process that no record shows */
bitext reason_none_conforms(int64_t n, arena *a);                         /* no reason for a verdict: not one of n conforms */
bitext reason_unknown(int64_t unknown, int64_t population, double low, double high, arena *a);
bitext reason_undecided(int64_t unknown, int64_t of, arena *a);           /* a figure: too many records lack its values */
bitext reason_no_previous(void);                                         /* the workspace does not hold the records of the period before */
bitext reason_too_few(int64_t n, int64_t least, arena *a);
bitext reason_rated(int64_t rated, int64_t people, arena *a);              /* a scorecard: the others have too few records */
bitext reason_failure(slice pattern, slice text, srcpos rule, arena *a);  /* a pattern takes too many steps on a text; rule.file NULL: not a rule's */
bitext reason_off(slice why, arena *a);
slice text_percent(double share, int decimals, arena *a);
slice text_duration(int64_t ms, arena *a);
slice text_format(arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));   /* ptr NULL: no memory */
slice text_kept(buf *b, arena *a);                                       /* what b holds, and frees b; ptr NULL: no memory, for b either, which the arena says too (failed) */
#endif
