/* slaudit import: exports and logs into the workspace. */
#include "engine/cli/steps.h"

static int run(const options *o, err *e)
{
    session s = {0};
    bool incomplete = false;
    sla_status st = session_open(&s, o, STORE_CREATE, e);
    if (st == SLA_OK) st = session_load_pack(&s, o, NULL, e);
    if (st == SLA_OK) st = step_import(&s, o, o->value[OPT_ID_PROFILE], &incomplete, e);
    session_close(&s);
    return st != SLA_OK || incomplete ? EXIT_CANNOT : EXIT_DONE;
}

const command cmd_import = {
    "import", "take exports and logs into the workspace", "[-w FILE] [--profile NAME] [--dataset NAME] PATH...",
    "Takes in files and folders; what each was taken for is said. Rows and values that\n"
    "cannot be taken are kept with file, line, column and reason.\n\n"
    "example: slaudit import -w q3.db exports/tickets.csv logs/",
    OPT(WORKSPACE) | OPT(PROFILE) | OPT(DATASET) | OPT(ENCODING) | OPT(YEAR) | OPT(ZONE) | OPT(PERIOD) | OPT(PACK),
    1, -1, run,
};
