/* A run's results to bytes and back, field by field in one place. */
#ifndef SLA_AUDIT_WIRE_H
#define SLA_AUDIT_WIRE_H
#include "engine/audit/result.h"
#include "engine/base/buf.h"
typedef struct wire { bool writing, failed, other_version; buf out; slice in; arena *a; } wire;
void wire_result(wire *w, audit_result *r);     /* failed: no memory, or what is read is damaged */
#endif
