/* A profile: what an organisation changes of a pack without editing it. Targets, rules switched off with a reason, rules of its own, limits of clocks, and waivers. */
#include <string.h>
#include "engine/audit/kind.h"
#include "engine/audit/reasons.h"
#include "engine/audit/run.h"
#include "engine/time/instant.h"

static const rule *rule_of(const pack *p, slice id)
{
    for (size_t i = 0; i < p->nrules; i++)
        if (slice_eq(p->rules[i].id, id)) return &p->rules[i];
    return NULL;
}

static void unknown_rule(pack_loader *l, slice id, srcpos at)
{
    const char *names[512];
    size_t n = 0;
    for (; n < l->p->nrules && n < 512; n++) names[n] = l->p->rules[n].id.ptr;
    errlist_add(l->errors, SLA_NAME, at, "the pack has no rule '%.*s'", SLICE_ARG(id));
    const char *near = slice_nearest(id, names, n);
    if (near) errlist_hint(l->errors, "did you mean %s?", near);
}

static void check_overrides(pack_loader *l, const ynode *rules)
{
    static const char *const keys[] = {"off", "reason", "target", "targets", NULL};
    for (size_t i = 0; rules && i < rules->n; i++) {
        const ynode *n = rules->items[i], *off = yaml_get(n, "off");
        bool is_off = false;
        if (!rule_of(l->p, n->key)) unknown_rule(l, n->key, n->key_at);
        yaml_check_keys(n, keys, l->errors);
        if (off && !yaml_bool(off, &is_off)) errlist_add(l->errors, SLA_SYNTAX, off->at, "off is true or false");
        if (is_off && !yaml_get(n, "reason")) {
            errlist_add(l->errors, SLA_SYNTAX, n->key_at, "rule %.*s is switched off without a reason", SLICE_ARG(n->key));
            errlist_hint(l->errors, "write %.*s: {off: true, reason: …}; the reports print it", SLICE_ARG(n->key));
        }
    }
}

static void load_waiver(pack_loader *l, const ynode *n, waiver *w)
{
    yaml_check_keys(n, (const char *const[]){"rule", "owner", "reason", "until", NULL}, l->errors);
    const ynode *until = yaml_get(n, "until"), *id = yaml_get(n, "rule");
    time_text t;
    *w = (waiver){.rule = id ? id->text : (slice){0}, .owner = yaml_text(n, "owner", (slice){0}), .reason = yaml_text(n, "reason", (slice){0}), .until = until ? until->text : (slice){0}};
    if (!w->rule.len || !w->owner.len || !w->reason.len || !w->until.len) errlist_add(l->errors, SLA_SYNTAX, n->at, "a waiver needs rule, owner, reason and until (its last day)");
    else if (!rule_of(l->p, w->rule)) unknown_rule(l, w->rule, id->at);
    if (until && (!time_parse(until->text, &t) || t.has_time)) errlist_add(l->errors, SLA_SYNTAX, until->at, "'%.*s' is no date such as 2025-12-31", SLICE_ARG(until->text));
    else if (until) w->until_day = t.local_ms / MS_DAY;
}

void load_tailoring(pack_loader *l)
{
    const ynode *root = l->tailoring, *waivers = yaml_get(root, "waivers"), *clocks = yaml_get(root, "clocks");
    if (!root) return;
    yaml_check_keys(root, (const char *const[]){"profile", "title", "rules", "add", "clocks", "calendars", "holidays", "waivers", NULL}, l->errors);
    check_overrides(l, yaml_get(root, "rules"));
    for (size_t i = 0; clocks && i < clocks->n; i++) {
        bool found = false;
        for (size_t c = 0; c < l->p->nclocks; c++) found = found || slice_eq(l->p->clocks[c].name, clocks->items[i]->key);
        if (!found) errlist_add(l->errors, SLA_NAME, clocks->items[i]->key_at, "the pack has no clock '%.*s'", SLICE_ARG(clocks->items[i]->key));
        yaml_check_keys(clocks->items[i], (const char *const[]){"limits", "calendars", NULL}, l->errors);
    }
    if (!waivers || !(l->p->waivers = load_take(l, waivers->n + 1, sizeof *l->p->waivers))) return;
    for (size_t i = 0; i < waivers->n; i++) load_waiver(l, waivers->items[i], &l->p->waivers[l->p->nwaivers++]);
}

void apply_waiver(const pass *ps, const rule *r, res_rule *res, arena *a)
{
    for (size_t i = 0; res->v == VERDICT_FAILS && i < ps->p->nwaivers; i++) {
        const waiver *w = &ps->p->waivers[i];
        if (!slice_eq(w->rule, r->id)) continue;
        bool expired = w->until_day < ps->period.last_day;
        if (!expired) res->v = VERDICT_WAIVED;
        res->reason = expired ? (bitext){text_format(a, "豁免已于 %.*s 到期（责任人 %.*s：%.*s），不再有效", SLICE_ARG(w->until), SLICE_ARG(w->owner), SLICE_ARG(w->reason)),
                                         text_format(a, "its waiver expired on %.*s (%.*s: %.*s) and no longer holds", SLICE_ARG(w->until), SLICE_ARG(w->owner), SLICE_ARG(w->reason))}
                              : (bitext){text_format(a, "已豁免至 %.*s，责任人 %.*s：%.*s", SLICE_ARG(w->until), SLICE_ARG(w->owner), SLICE_ARG(w->reason)),
                                         text_format(a, "waived until %.*s by %.*s: %.*s", SLICE_ARG(w->until), SLICE_ARG(w->owner), SLICE_ARG(w->reason))};
    }
}
