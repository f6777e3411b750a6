/* slaudit report: the files of a run. */
#include <stdlib.h>
#include "engine/cli/steps.h"

static int run(const options *o, err *e)
{
    session s = {0};
    const char *text = option(o, OPT_ID_RUN, "0");
    char *end;
    int64_t id = strtoll(text, &end, 10);
    if (*end || end == text || id < 0) {
        err_set(e, SLA_USAGE, SRCPOS_NONE, "--run wants the number of a run, not '%s'", text);
        return EXIT_USAGE;
    }
    sla_status st = session_open(&s, o, STORE_EXISTING, e);
    if (st == SLA_OK) st = step_report(&s, o, id, e);
    session_close(&s);
    return st == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_report = {
    "report", "write the reports of a run", "[-w FILE] [--run ID] [--kind LIST] [--format LIST] [--lang zh|en] [--person ID] [--anonymise KEYFILE] [-o DIR]",
    "Writes audit, kpi and staff reports as PDF and Excel, the results as JSON and the\n"
    "findings as NDJSON. The same run gives the same bytes on any day.\n\n"
    "example: slaudit report -w q3.db --kind audit --format pdf --lang en -o out\n"
    "         slaudit report -w q3.db --person zhangw -o for-zhangw",
    OPT(WORKSPACE) | OPT(RUN) | OPT(KIND) | OPT(FORMAT) | OPT(LANG) | OPT(FONT) | OPT(PAPER) | OPT(OUTPUT) | OPT(PERSON) | OPT(ANONYMISE),
    0, 0, run,
};
