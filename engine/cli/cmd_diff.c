/* slaudit diff: what changed between two runs of a workspace, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/dict.h"
#include "engine/base/jsonw.h"
#include "engine/cli/steps.h"

/* What differs between the runs as wholes; each may be the cause of a rule's change. */
typedef struct causes { bool period, pack, data, calendar; } causes;

static bool same_sources(const audit_result *a, const audit_result *b)
{
    if (a->nsources != b->nsources) return false;
    for (size_t i = 0; i < a->nsources; i++)
        if (memcmp(a->sources[i].sha256, b->sources[i].sha256, sizeof a->sources[i].sha256)) return false;
    return true;
}

static bool same_calendars(const audit_result *a, const audit_result *b)
{
    if (a->ncalendars != b->ncalendars) return false;
    for (size_t i = 0; i < a->ncalendars; i++)
        if (!slice_eq(a->calendars[i].hours, b->calendars[i].hours) || !slice_eq(a->calendars[i].holidays, b->calendars[i].holidays)) return false;
    return true;
}

static bool same_rule(const res_rule *a, const res_rule *b)
{
    return slice_eq(a->condition, b->condition) && slice_eq(a->criterion.zh, b->criterion.zh) && a->sev == b->sev && a->has_target == b->has_target && a->target >= b->target && a->target <= b->target;
}

/* The causes that can lie behind a change of this rule, in words. */
static const char *cause_of(const causes *c, const res_rule *a, const res_rule *b, char *out, size_t cap)
{
    out[0] = '\0';
    const bool waiver = a && b && (a->v == VERDICT_WAIVED) != (b->v == VERDICT_WAIVED), rule = !a || !b || !same_rule(a, b) || a->overridden.len != b->overridden.len;
    const struct { bool is; const char *word; } all[] = {{c->period, "period"}, {c->data, "data"}, {rule, "rule"}, {c->calendar, "calendar"}, {waiver, "waiver"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].is) snprintf(out + strlen(out), cap - strlen(out), "%s%s", out[0] ? ", " : "", all[i].word);
    if (!out[0]) snprintf(out, cap, "%s", c->pack ? "rule" : "none known");
    return out;
}

static const res_rule *rule_in(const audit_result *r, slice id)
{
    for (size_t i = 0; i < r->nrules; i++)
        if (slice_eq(r->rules[i].id, id)) return &r->rules[i];
    return NULL;
}

/* Findings of `in` whose fingerprint `other` does not have, of one rule. */
static size_t only_in(const audit_result *in, const res_rule *x, dict *other, const res_finding **out, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; x && i < x->nfindings; i++) {
        const res_finding *f = &in->findings[x->first_finding + i];
        if (dict_find(other, slice_of(f->fingerprint)) != DICT_NONE) continue;
        if (n < cap) out[n] = f;
        n++;
    }
    return n;
}

static dict *fingerprints(const audit_result *r)
{
    dict *d = dict_new();
    for (size_t i = 0; d && i < r->nfindings; i++)
        if (dict_intern(d, slice_of(r->findings[i].fingerprint)) == DICT_NONE) return dict_free(d), NULL;
    return d;
}

enum { SHOWN = 20 };
typedef struct differ { const audit_result *a, *b; dict *in_a, *in_b; causes c; jsonw *json; size_t changed; } differ;

static void show_findings(differ *d, const char *sign, const char *key, const res_finding **f, size_t n)
{
    size_t shown = n < SHOWN ? n : SHOWN;
    if (d->json) {
        jsonw_kv_i64(d->json, key, (int64_t)n);
        return;
    }
    for (size_t i = 0; i < shown; i++) printf("    %s %.*s\n", sign, SLICE_ARG(f[i]->key));
    if (n > shown) printf("    %s … %zu more\n", sign, n - shown);
}

static void compare_rule(differ *d, slice id)
{
    const res_rule *x = rule_in(d->a, id), *y = rule_in(d->b, id);
    const res_finding *gone[SHOWN], *come[SHOWN];
    size_t ngone = only_in(d->a, x, d->in_b, gone, SHOWN), ncome = only_in(d->b, y, d->in_a, come, SHOWN);
    char cause[96];
    const char *from = x ? verdict_word(x->v, "json") : "absent", *to = y ? verdict_word(y->v, "json") : "absent";
    if (!ngone && !ncome && strcmp(from, to) == 0) return;
    d->changed++;
    cause_of(&d->c, x, y, cause, sizeof cause);
    if (d->json) {
        jsonw_open(d->json, '{');
        jsonw_kv_text(d->json, "rule", id), jsonw_kv_text(d->json, "from", slice_of(from)), jsonw_kv_text(d->json, "to", slice_of(to)), jsonw_kv_text(d->json, "cause", slice_of(cause));
    } else {
        printf("%.*s  %s -> %s  (%s)\n", SLICE_ARG(id), from, to, cause);
    }
    show_findings(d, "-", "gone", gone, ngone);
    show_findings(d, "+", "new", come, ncome);
    if (d->json) jsonw_close(d->json, '}');
}

static sla_status compare(const audit_result *a, const audit_result *b, jsonw *json, err *e)
{
    differ d = {.a = a, .b = b, .in_a = fingerprints(a), .in_b = fingerprints(b), .json = json};
    bool ok = d.in_a && d.in_b;
    d.c = (causes){.period = !slice_eq(a->period_id, b->period_id) || a->as_of != b->as_of, .pack = !slice_eq(a->pack_sha256, b->pack_sha256), .data = !same_sources(a, b), .calendar = !same_calendars(a, b)};
    for (size_t i = 0; ok && i < b->nrules; i++) compare_rule(&d, b->rules[i].id);
    for (size_t i = 0; ok && i < a->nrules; i++)
        if (!rule_in(b, a->rules[i].id)) compare_rule(&d, a->rules[i].id);
    if (ok && !json)
        printf("run %lld (%.*s) -> run %lld (%.*s): %zu rule%s changed; data %s, pack %s, calendars %s\n", (long long)a->run, SLICE_ARG(a->period_id), (long long)b->run, SLICE_ARG(b->period_id), d.changed,
               d.changed == 1 ? "" : "s", d.c.data ? "differ" : "the same", d.c.pack ? "differs" : "the same", d.c.calendar ? "differ" : "the same");
    dict_free(d.in_a);
    dict_free(d.in_b);
    return ok ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to compare");
}

static sla_status run_number(const char *text, int64_t *out, err *e)
{
    char *end;
    *out = strtoll(text, &end, 10);
    return *end || *out <= 0 ? err_set(e, SLA_USAGE, SRCPOS_NONE, "'%s' is no number of a run", text) : SLA_OK;
}

static int run(const options *o, err *e)
{
    session s = {0};
    audit_result *a = NULL, *b = NULL;
    int64_t first, second;
    buf out = {0};
    jsonw w;
    bool json = strcmp(option(o, OPT_ID_FORMAT, "text"), "json") == 0;
    if (run_number(o->args[0], &first, e) != SLA_OK || run_number(o->args[1], &second, e) != SLA_OK) return EXIT_USAGE;
    sla_status st = session_open(&s, o, STORE_READ_ONLY, e);
    if (st == SLA_OK) st = result_load(s.ws, first, &a, e);
    if (st == SLA_OK) st = result_load(s.ws, second, &b, e);
    if (json) jsonw_begin(&w, &out, 1), jsonw_open(&w, '[');
    if (st == SLA_OK) st = compare(a, b, json ? &w : NULL, e);
    if (json) jsonw_close(&w, ']'), buf_char(&out, '\n');
    if (st == SLA_OK && json && (out.failed || fwrite(out.ptr, 1, out.len, stdout) != out.len)) st = err_set(e, SLA_IO, SRCPOS_NONE, "cannot write");
    buf_free(&out);
    result_free(a);
    result_free(b);
    session_close(&s);
    return st == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_diff = {
    "diff", "what changed between two runs, and why", "[-w FILE] [--format json] RUN RUN",
    "Rule by rule: the verdicts, the findings that are gone (-) and new (+), and what can have\n"
    "caused it: another period, other data, the rule, a calendar, a waiver.\n\n"
    "example: slaudit diff -w q3.db 1 2",
    OPT(WORKSPACE) | OPT(FORMAT),
    2, 2, run,
};
