/* What changed between two results, rule by rule, and what can have caused it: on stdout, as text or JSON. A result that was not kept (run 0) is "what if". */
#ifndef SLA_CLI_DIFF_H
#define SLA_CLI_DIFF_H
#include "engine/audit/result.h"
sla_status diff_show(const audit_result *a, const audit_result *b, bool json, err *e);
#endif
