/* What was observed of findings, as people read it: fields and defined terms by the model's titles, what the kinds of rules add by texts "observed.…". */
#ifndef SLA_REPORTS_OBSERVED_H
#define SLA_REPORTS_OBSERVED_H
#include "reports/model.h"

typedef struct observed_names observed_names;
observed_names *observed_open(document *d);                                 /* in the document's arena; NULL: its failure is set */
/* Finding f of the result, "priority=P1; staff: level=senior", in scratch; "" where there is no memory. Changes nothing, so that threads may share the names. */
slice observed_said(const observed_names *names, const res_finding *f, arena *scratch);
#endif
