#include "engine/base/status.h"

static const char *const names[] = {
#define S(code, text) [SLA_##code] = text,
    STATUS_LIST(S)
#undef S
};

const char *status_name(sla_status st)
{
    /* through unsigned: a negative value is outside the list too */
    return (unsigned)st < SLA_STATUS_COUNT ? names[st] : "unknown status";
}
