/* NIST OSCAL 1.1 assessment results (https://pages.nist.gov/OSCAL/reference/latest/assessment-results/json-outline/): clauses are controls, a rule that was decided is
 * a finding on its objective, each thing found is an observation with the lines it rests on, a rule that fails is a risk with its recommendation as a remediation.
 * What was not decided is an observation that says why, never a satisfied finding. UUIDs are of version 5, made of fingerprints and ids; times are the period's. */
#ifndef SLA_REPORTS_OSCAL_H
#define SLA_REPORTS_OSCAL_H
#include "reports/report.h"

/* Appends the document to out. */
sla_status report_oscal(const audit_result *r, bool english, buf *out, err *e);
#endif
