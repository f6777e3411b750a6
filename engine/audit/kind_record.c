/* record: each record of the population meets a condition. */
#include "engine/audit/kind.h"

static void load(pack_loader *l, const ynode *n, rule *r)
{
    const ynode *require = yaml_get(n, "require");
    load_selection(l, n, &r->sel);
    if (!require) errlist_add(l->errors, SLA_SYNTAX, n->at, "a record rule needs 'require', the condition");
    else if (r->sel.ds) {
        r->require = load_expr(l, load_program(l, l->p->programs, r->sel.ds), require, VT_BOOL, NULL);
        r->condition = require->text;
    }
    if (!yaml_get(n, "target") && !yaml_get(n, "targets")) r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps)
{
    pass_select(ps, &r->sel);
    pass_keep(ps, r->sel.ds, r->require, VT_BOOL);
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    (void)e;
    const kept *k = pass_kept(ps, r->sel.ds, r->require);
    static const uint8_t by_truth[] = {MEMBER_BAD, MEMBER_GOOD, MEMBER_UNKNOWN};
    const chosen *c = pass_chosen(ps, &r->sel);
    CHOSEN_EACH(c, row) out->members[row] = chosen_surely(c, row) ? by_truth[kept_truth(k, row)] : MEMBER_UNKNOWN;
    return SLA_OK;
}

static const char *const keys[] = {"require", NULL};
const rule_kind kind_record = {"record", keys, load, prepare, judge, kind_of_rows};
