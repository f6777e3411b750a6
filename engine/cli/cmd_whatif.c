/* slaudit whatif: a run beside what it would be with other hours, limits, targets or rules; nothing is kept. */
#include <string.h>
#include "engine/cli/diff.h"
#include "engine/cli/steps.h"

typedef struct telling { const audit_result *before; bool json; } telling;
static sla_status tell(void *ctx, const audit_result *r, err *e)
{
    const telling *t = ctx;
    return diff_show(t->before, r, t->json, e);
}

static int run(const options *o, err *e)
{
    session s = {0};
    audit_result *before = NULL;
    int64_t id = 0;
    if (o->value[OPT_ID_RUN] && read_run_number(o->value[OPT_ID_RUN], &id, e) != SLA_OK) return EXIT_USAGE;
    sla_status st = session_open(&s, o, STORE_READ_ONLY, e);
    if (st == SLA_OK) st = result_load(s.ws, id, &before, e);
    telling t = {before, strcmp(option(o, OPT_ID_FORMAT, "text"), "json") == 0};
    audit_options ao = {.zone = s.zn, .what_if = true, .told = tell, .ctx = &t};
    if (st == SLA_OK) ao.as_of = before->as_of, st = period_parse(before->period_id, s.zn, &ao.period, e);
    if (st == SLA_OK) st = session_load_pack(&s, o, o->value[OPT_ID_PROFILE], e);
    if (st == SLA_OK) st = audit_run(s.ws, s.pk, &ao, &id, e);
    result_free(before);
    session_close(&s);
    return st == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_whatif = {
    "whatif", "what a run would be with other hours, limits or targets", "[-w FILE] [--run ID] [--profile FILE] [--pack DIR] [--format json]",
    "Judges the period of a run (the latest) again, by another profile or pack, and shows\n"
    "both: the verdicts before and after, the findings that would go (-) and come (+), and\n"
    "why, as 'diff' does. Nothing is kept.\n\n"
    "example: slaudit whatif -w q3.db --profile new-hours.yaml",
    OPT(WORKSPACE) | OPT(RUN) | OPT(PROFILE) | OPT(PACK) | OPT(FORMAT),
    0, 0, run,
};
