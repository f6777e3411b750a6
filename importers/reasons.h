/* Tables of changes in which another field tells what a change means: ServiceNow's sys_audit writes that the state became On Hold in one row, and in another of the same instant, before it or behind
 * it, why (hold_reason). By a profile's `changed: {status: {reason: {from: [hold_reason], of: [pending_customer], …}}}` (docs/profiles.md). The rows are kept until all are there. */
#ifndef SLA_IMPORTERS_REASONS_H
#define SLA_IMPORTERS_REASONS_H
#include "engine/base/buf.h"
#include "importers/importer.h"

typedef struct reasons reasons;
/* *out NULL: no field of the profile's changes has a reason. */
sla_status reasons_new(const profile *pf, reasons **out);
sla_status reasons_take(reasons *r, block *b, err *e);                  /* takes the block's batches over; in file order */
/* Delivers all rows in file order: where the field has a value that asks for a reason, old and new mean what value and reason mean together. A reason that changes while the value stays becomes a change
 * of the field as well, behind all others, by the line that told it. */
sla_status reasons_finish(reasons *r, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e);
void reasons_restart(reasons *r);                                       /* forgets all rows */
void reasons_notes(const reasons *r, buf *out);
void reasons_free(reasons *r);                                          /* NULL allowed */
#endif
