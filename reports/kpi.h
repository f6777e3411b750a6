/* What the parts of the KPI report share. Only kpi*.c include this. */
#ifndef SLA_REPORTS_KPI_H
#define SLA_REPORTS_KPI_H
#include "reports/audit.h"

typedef enum change { CHANGE_UNKNOWN, CHANGE_BETTER, CHANGE_WORSE, CHANGE_NEUTRAL } change;
bool metric_met(const res_metric *x);                    /* against its target; true where it has none or no value */
change metric_change(const res_metric *x);               /* against the previous period, by what is better */
double metric_relative(const res_metric *x);             /* change as a part of the previous figure */
bool metric_misses(const res_metric *x, double v);
slice metric_target(document *d, const res_metric *x);
void kpi_sentences(document *d);
void kpi_theme(document *d, slice theme);
void kpi_metric_table(document *d, slice theme);         /* theme "": all */
#endif
