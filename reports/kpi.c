/* The KPI report: figures against targets and the period before. */
#include "reports/audit.h"

sla_status document_kpi(document *d, err *e)
{
    doc_front(d, doc_text(d, "kpi.title"), doc_bi(d, d->r->pack_title), (slice){"", 0});
    if (d->failed.code != SLA_OK && e != NULL && e->code == SLA_OK) *e = d->failed;
    return d->failed.code;
}
