/* The staff report: each person's indicators, with what they rest on. */
#include "reports/audit.h"

sla_status document_staff(document *d, err *e)
{
    doc_front(d, doc_text(d, "staff.title"), doc_bi(d, d->r->pack_title), (slice){"", 0});
    if (d->failed.code != SLA_OK && e != NULL && e->code == SLA_OK) *e = d->failed;
    return d->failed.code;
}
