/* The people of a result, before it is printed: one of them alone, or all under pseudonyms. */
#ifndef SLA_CLI_PERSONS_H
#define SLA_CLI_PERSONS_H
#include "engine/audit/result.h"

/* Leaves but the person with this id; what was said of the team stays in the figures. SLA_USAGE, with the nearest id, if there is none. */
sla_status persons_keep(audit_result *r, const char *id, err *e);
/* Names and ids become P- and 10 hex digits of HMAC-SHA-256 under the key, the bytes of the file: the same key gives the same pseudonyms in every period, and without it nobody
 * can tell who they are by trying names. People then stand in the order of their pseudonyms. SLA_USAGE: the key is shorter than 16 bytes. */
sla_status persons_hide(audit_result *r, const char *key_file, err *e);
#endif
