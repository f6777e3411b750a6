/* Measures of stretches of time, for KPIs (docs/pack.md, "Figures"): stock(FROM, UNTIL), stock_age(FROM, UNTIL), held(FIELD, CLOCK). */
#ifndef SLA_AUDIT_FLOWS_H
#define SLA_AUDIT_FLOWS_H
#include "engine/audit/pass.h"

bool measure_is_flow(const measure *m);
bool flow_load(pack_loader *l, const ynode *value, const dataset *ds, measure *m);     /* false: value is none of these */
void flow_prepare(pass *ps, const selection *sel, const measure *m);
/* stock: records that had begun and not ended at each month's end (group month), the last one as the value; n: how many. stock_age: their mean age in ms.
 * held: working time in ms, less pauses, by whom it was held (groups), in all (value); n: records. */
sla_status flow_figure(pass *ps, const kpi *k, res_metric *out, err *e);
#endif
