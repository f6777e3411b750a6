/* Making the world of an audit: tables loaded, what was not known at as_of taken out, clocks run. */
#ifndef SLA_AUDIT_WORLD_H
#define SLA_AUDIT_WORLD_H
#include "engine/audit/pass.h"
/* Loads every dataset whose fields some program reads; marks period membership; masks what lies after as_of; runs the clocks. */
sla_status world_make(pass *ps, const bool also[DATASETS_MAX], err *e);
sla_status computed_run(pass *ps, err *e);   /* computed.c: the columns of pack.yaml, after the clocks */
/* Frees the records and what was made of each: the results point into none of it. */
void world_drop(pass *ps);
void world_clear(pass *ps);
sla_status world_trim(pass *ps, err *e);   /* after pass_run: frees the columns that only conditions read */
#endif
