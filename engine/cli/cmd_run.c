/* slaudit run: import, audit and report in one go. */
#include "engine/cli/steps.h"

static int run(const options *o, err *e)
{
    session s = {0};
    bool incomplete = false, failed = false;
    int64_t id = 0;
    sla_status st = session_check_period(o, e);
    if (st == SLA_OK) st = session_open_for_import(&s, o, o->value[OPT_ID_PROFILE], e);
    if (st == SLA_OK) st = step_import(&s, o, o->value[OPT_ID_IMPORT_PROFILE], &incomplete, e);
    if (st == SLA_OK) st = step_audit(&s, o, &id, &failed, &incomplete, e);
    if (st == SLA_OK) st = step_report(&s, o, id, e);
    session_close(&s);
    if (st != SLA_OK || incomplete) return EXIT_CANNOT;
    return failed ? EXIT_FAIL_ON : EXIT_DONE;
}

const command cmd_run = {
    "run", "import, audit and report: the main job", "[-w FILE] --period P [-o DIR] PATH...",
    "Takes in the files and folders named, holds them against the rule pack for the period,\n"
    "and writes all reports. What was imported before stays in the workspace; the same bytes\n"
    "again change nothing.\n\n"
    "example: slaudit run --period 2025Q3 -o out exports/",
    OPT(WORKSPACE) | OPT(OUTPUT) | OPT(PERIOD) | OPT(AS_OF) | OPT(PACK) | OPT(PROFILE) | OPT(IMPORT_PROFILE) | OPT(DATASET) | OPT(ENCODING) | OPT(YEAR) |
        OPT(ZONE) | OPT(KIND) | OPT(FORMAT) | OPT(LANG) | OPT(FONT) | OPT(PAPER) | OPT(FAIL_ON) | OPT(BASELINE),
    1, -1, run,
};
