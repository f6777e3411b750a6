/* A finished result into the workspace, as one run, and back. */
#ifndef SLA_AUDIT_SAVE_H
#define SLA_AUDIT_SAVE_H
#include "engine/audit/result.h"

/* Stores r in one transaction, with an entry in the trail. Findings must be sorted by rule and key; they are stored without their messages, which result_load
 * makes anew from the rule's text and what was observed. Fills in run, digest, trail_head, and of each finding fingerprint and persisting: whether the latest run of
 * the period before in this workspace has it too. All sources stored at that moment count as those the run rests on. */
sla_status result_save(store *s, audit_result *r, err *e);

/* The text with each {name} replaced by the observed value of that name ("" if there is none); {{ and }} are braces. Arena-owned; ptr NULL: no memory. */
slice finding_message(slice text, const res_observed *observed, size_t n, arena *a);
#endif
