/* slaudit audit: the workspace's records against the pack. */
#include "engine/cli/steps.h"

static int run(const options *o, err *e)
{
    session s = {0};
    bool failed = false, incomplete = false;
    int64_t id = 0;
    sla_status st = session_check_period(o, e);
    if (st == SLA_OK) st = session_open(&s, o, STORE_EXISTING, e);
    if (st == SLA_OK) st = session_load_pack(&s, o, o->value[OPT_ID_PROFILE], e);
    if (st == SLA_OK) st = step_audit(&s, o, &id, &failed, &incomplete, e);
    session_close(&s);
    if (st != SLA_OK || incomplete) return EXIT_CANNOT;
    return failed ? EXIT_FAIL_ON : EXIT_DONE;
}

const command cmd_audit = {
    "audit", "hold the records against the rule pack", "[-w FILE] --period P [--pack DIR] [--profile FILE] [--as-of T] [--baseline RUN] [--fail-on SEVERITY]",
    "Judges every rule of the pack for the period and keeps the results as a run in the\n"
    "workspace. Prints the verdict of each clause.\n\n"
    "example: slaudit audit -w q3.db --period 2025Q3 --fail-on major",
    OPT(WORKSPACE) | OPT(PERIOD) | OPT(PACK) | OPT(PROFILE) | OPT(AS_OF) | OPT(FAIL_ON) | OPT(BASELINE),
    0, 0, run,
};
