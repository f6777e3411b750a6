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
slice kpi_theme_name(document *d, slice theme);          /* in the pack's words; where it has none, in the report's */
typedef enum metrics { METRICS_ALL, METRICS_WITH_VALUE, METRICS_WITH_TARGET /* and value */ } metrics;
void kpi_metric_table(document *d, slice theme, metrics which);         /* theme "": all */
void kpi_demand(document *d, slice theme);               /* counts of the first theme, on the first page: by month, or by day where there is one month */

/* The groups of an indicator that a chart has room for: the last months, else those with the largest n; left: how many are not among them. */
enum { KEYS_MOST = 24, KEYS_SHOWN = 12 /* of what is no time of day */ };
typedef struct keys { const char *by; slice key[KEYS_MOST]; size_t n, left; } keys;
void metric_keys(const res_metric *x, const char *by, keys *out);
slice keys_foot(document *d, const keys *k);             /* says what was left out; "" if nothing was */
slice group_name(document *d, const char *by, slice key);
size_t metric_groups(const res_metric *x, const char *by);
const res_metric_group *metric_group(const res_metric *x, const char *by, slice key);    /* NULL: no such group */

void kpi_heats(document *d, slice theme, slice sheet, bool overview);    /* by month and priority; then by team and service */
bool kpi_in_heat(const document *d, const res_metric *x);
const res_metric *kpi_lead_attainment(const document *d, slice theme);   /* the first of those in the theme's map of targets; NULL: there is none */
#endif
