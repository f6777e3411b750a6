/* scorecard: the pack's scorecard is worked out for each person; who has too few records is not rated, which is told and is no failure. */
#include "engine/audit/kind.h"
#include "engine/audit/reasons.h"

static void load(pack_loader *l, const ynode *n, rule *r)
{
    (void)l, (void)n;
    r->condition = SLICE_LIT("scorecard");
    r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps) { (void)r, (void)ps; }

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    for (size_t i = 0; i < ps->people; i++) outcome_count(out, MEMBER_GOOD);
    TRY(outcome_close(out, ps, r, SLA_OK, e));
    if (!ps->people && ps->card_reason.zh.len) out->v = VERDICT_NOT_ASSESSED, out->reason = ps->card_reason;
    else if (ps->people) out->reason = reason_rated((int64_t)ps->people_rated, (int64_t)ps->people, &ps->mem);
    return SLA_OK;
}

static const char *const keys[] = {NULL};
const rule_kind kind_scorecard = {"scorecard", keys, load, prepare, judge, kind_of_no_rows};
