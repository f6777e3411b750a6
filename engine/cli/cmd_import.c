/* slaudit import: exports and logs into the workspace. */
#include "engine/cli/steps.h"

static int run(const options *o, err *e)
{
    session s = {0};
    bool incomplete = false;
    if (o->value[OPT_ID_PROFILE_DRAFT]) return step_draft(o, e) == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
    sla_status st = session_open_for_import(&s, o, NULL, e);
    if (st == SLA_OK) st = step_import(&s, o, o->value[OPT_ID_PROFILE], &incomplete, e);
    session_close(&s);
    return st != SLA_OK || incomplete ? EXIT_CANNOT : EXIT_DONE;
}

const command cmd_import = {
    "import", "take exports and logs into the workspace", "[-w FILE] [--profile NAME|FILE.yaml] [--dataset NAME] PATH...",
    "Takes in files and folders; what each was taken for is said. Rows and values that\n"
    "cannot be taken are kept with file, line, column and reason; at the end stands what the\n"
    "data cannot prove. For a table that no profile knows, --profile-draft prints a profile\n"
    "to complete: save it, see to the lines with ???, and import with --profile FILE.yaml.\n\n"
    "example: slaudit import -w q3.db exports/tickets.csv logs/\n"
    "         slaudit import --profile-draft unknown.csv > mine.yaml",
    OPT(WORKSPACE) | OPT(PROFILE) | OPT(PROFILE_DRAFT) | OPT(DATASET) | OPT(ENCODING) | OPT(YEAR) | OPT(ZONE) | OPT(PERIOD) | OPT(PACK),
    1, -1, run,
};
