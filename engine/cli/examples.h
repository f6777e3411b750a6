/* A pack's own examples: rows in, expected members out (docs/pack.md, "Examples"). */
#ifndef SLA_CLI_EXAMPLES_H
#define SLA_CLI_EXAMPLES_H
#include "engine/base/err.h"
#include "engine/time/zone.h"

/* Runs every example of pack_dir/tests/ through import and audit; prints failures, and the rules that lack an example that conforms, one that does not, one that is
 * unknown or any at all. *failed: how many examples gave something else than they say. */
sla_status examples_run(const char *pack_dir, const zone *zn, size_t *failed, err *e);
#endif
