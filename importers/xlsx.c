#include "importers/zip.h"
sla_status xlsx_open(zip_t *z, const container_source *src, container **out, err *e)
{
    (void)z; (void)out;
    return err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){src->shown, 0, 0}, "a workbook");
}
