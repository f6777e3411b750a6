/* A case's activities, one letter each in order of time, held against a pattern; and what a departure is to be called. */
#ifndef SLA_AUDIT_TRACE_H
#define SLA_AUDIT_TRACE_H
#include <stdbool.h>
#include "engine/base/err.h"
#include "engine/base/slice.h"

enum { TRACE_MAX = 4096 };      /* letters of one case; longer ones are judged by their first letters and end as unknown */
typedef enum departure { DEPART_NONE, DEPART_SKIPPED, DEPART_ORDER, DEPART_REPEATED, DEPART_UNENDED } departure;
typedef enum trace_verdict { TRACE_FITS, TRACE_DEPARTS, TRACE_UNKNOWN } trace_verdict;
/* position: of the first letter that no longer fits, from 1; n + 1 where the trace breaks off. at: that letter; other: the step that was skipped, or that should have come first.
 * open: more letters could still make a fit of what departs. */
typedef struct trace_result { trace_verdict v; departure kind; size_t position; char at, other; bool open; } trace_result;

/* A pattern is used by one thread at a time. steps: the letters of an undisturbed case, in order. pattern must be anchored: ^…$. */
typedef struct trace_pattern trace_pattern;
sla_status trace_pattern_new(slice pattern, slice steps, trace_pattern **out, err *e);
void trace_pattern_free(trace_pattern *p);
/* letters[i] happened at the same instant as letters[i - 1] where tied[i]. Among those of one instant every order is thought of: all fit, none fits, or it is unknown which
 * order it was (TRACE_UNKNOWN); so also where there are more orders than can be tried. The named departure is that of the order nearest to the steps. */
sla_status trace_judge(trace_pattern *p, const char *letters, const bool *tied, size_t n, trace_result *out, err *e);
#endif
