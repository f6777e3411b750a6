/* The steps of audit_run, one file each. */
#ifndef SLA_AUDIT_RUN_H
#define SLA_AUDIT_RUN_H
#include "engine/audit/pass.h"
#include "engine/store/db.h"
sla_status pass_run(pass *ps, err *e);                                                    /* pass.c: evaluates all programs, keeps what was asked for */
sla_status rules_prepare(pass *ps);
void needs_prepare(pass *ps, const needs *n);                                              /* judge.c: asks for what needs_met looks at */
bool needs_met(pass *ps, const needs *n, bitext *reason);                                  /* judge.c */
/* The field that the rule needs and the export does not deliver from which the row came, beside others that do: nothing is said of it then. NULL: there is none. */
const field *rule_withheld(const pass *ps, const rule *r, size_t row);
sla_status rule_judge(pass *ps, const rule *r, rule_outcome *o, res_rule *res, err *e);      /* one rule alone; o->members is the caller's, NULL after a failure */
void apply_waiver(const pass *ps, const rule *r, res_rule *res, arena *a);                 /* tailoring.c: of a rule that fails */
sla_status rules_judge(pass *ps, audit_result *r, err *e);                                /* judge.c; after all other figures: it ends with the findings, for which what was kept is given up */
sla_status findings_make(pass *ps, audit_result *r, rule_outcome *outs, err *e);          /* findings.c */
void kpis_prepare(pass *ps);
sla_status kpis_figure(pass *ps, audit_result *r, err *e);                                /* kpi.c */
sla_status earlier_figure(pass *ps, err *e);                                               /* compare.c: before the period's own records are loaded, so that those of one period are in memory at a time */
void earlier_show(const pass *ps, audit_result *r);                                         /* after kpis_figure */
void scorecard_prepare(pass *ps);
sla_status scorecard_figure(pass *ps, audit_result *r, err *e);                           /* scorecard.c */
sla_status result_save(store *s, audit_result *r, err *e);                                /* save.c: gives r its run number */
sla_status result_put(db *d, const audit_result *r, err *e);                               /* its rows in the tables, all but run.meta */
#endif
