/* slaudit diff: what changed between two runs of a workspace, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/dict.h"
#include "engine/base/jsonw.h"
#include "engine/cli/diff.h"
#include "engine/cli/steps.h"

/* What differs between the runs as wholes; each may be the cause of a rule's change. */
typedef struct causes { bool period, instant, pack, data, calendar; } causes;

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
    const struct { bool is; const char *word; } all[] = {{c->period, "period"}, {c->instant, "instant of judgement"}, {c->data, "data"}, {rule, "rule"}, {c->calendar, "calendar"}, {waiver, "waiver"}};
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

/* How many findings of x, in `in`, have a fingerprint that `other` does not have. */
static size_t only_in(const audit_result *in, const res_rule *x, dict *other)
{
    size_t n = 0;
    for (size_t i = 0; x && i < x->nfindings; i++) n += dict_find(other, slice_of(in->findings[x->first_finding + i].fingerprint)) == DICT_NONE;
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

/* A record without a key by its place, log.csv:1115, as reports write it. */
static void print_key(const audit_result *in, const res_finding *f)
{
    char own[48];
    if (f->nevidence) snprintf(own, sizeof own, "%lld:%u", (long long)f->evidence[0].source, (unsigned)f->evidence[0].line);
    for (size_t i = 0; f->nevidence && slice_is(f->key, own) && i < in->nsources; i++) {
        const source_info *s = &in->sources[i];
        if (s->id != f->evidence[0].source) continue;
        printf("%.*s:%u\n", SLICE_ARG(s->path), (unsigned)f->evidence[0].line);
        return;
    }
    printf("%.*s\n", SLICE_ARG(f->key));
}

/* Text shows the first few; JSON has them all. */
static void show_findings(const differ *d, const char *sign, const char *word, const audit_result *in, const res_rule *x, dict *other)
{
    size_t n = 0;
    if (d->json) jsonw_key(d->json, word), jsonw_open(d->json, '[');
    for (size_t i = 0; x && i < x->nfindings; i++) {
        const res_finding *f = &in->findings[x->first_finding + i];
        if (dict_find(other, slice_of(f->fingerprint)) != DICT_NONE) continue;
        if (d->json) jsonw_text(d->json, f->key);
        else if (n < SHOWN) printf("    %s ", sign), print_key(in, f);
        n++;
    }
    if (d->json) jsonw_close(d->json, ']');
    else if (n > SHOWN) printf("    %s … %zu more\n", sign, n - SHOWN);
}

/* Files that one run rests on and the other does not, or not with the same bytes. */
static const char *change_of(const audit_result *other, const source_info *x)
{
    const char *change = "new";
    for (size_t i = 0; i < other->nsources; i++) {
        if (!slice_eq(other->sources[i].path, x->path)) continue;
        change = "changed"; /* a file that was taken in twice has two sources */
        if (memcmp(other->sources[i].sha256, x->sha256, sizeof x->sha256) == 0) return NULL;
    }
    return change;
}

static void show_source(const differ *d, slice path, const char *change)
{
    if (!d->json) {
        printf("  %.*s  %s\n", SLICE_ARG(path), change);
        return;
    }
    jsonw_open(d->json, '{');
    jsonw_kv_text(d->json, "path", path), jsonw_kv_text(d->json, "change", slice_of(change));
    jsonw_close(d->json, '}');
}

static void show_sources(const differ *d)
{
    const char *change;
    for (size_t i = 0; i < d->b->nsources; i++)
        if ((change = change_of(d->a, &d->b->sources[i]))) show_source(d, d->b->sources[i].path, change);
    for (size_t i = 0; i < d->a->nsources; i++)
        if ((change = change_of(d->b, &d->a->sources[i])) && strcmp(change, "new") == 0) show_source(d, d->a->sources[i].path, "gone");
}

static void compare_rule(differ *d, slice id)
{
    const res_rule *x = rule_in(d->a, id), *y = rule_in(d->b, id);
    size_t ngone = only_in(d->a, x, d->in_b), ncome = only_in(d->b, y, d->in_a);
    char cause[96];
    const char *from = x ? verdict_word(x->v, "json") : "absent", *to = y ? verdict_word(y->v, "json") : "absent";
    if (!ngone && !ncome && strcmp(from, to) == 0) return;
    d->changed++;
    cause_of(&d->c, x, y, cause, sizeof cause);
    if (d->json) {
        jsonw_open(d->json, '{');
        jsonw_kv_text(d->json, "rule", id), jsonw_kv_text(d->json, "from", slice_of(from)), jsonw_kv_text(d->json, "to", slice_of(to)), jsonw_kv_text(d->json, "cause", slice_of(cause));
    } else {
        printf("%.*s  %s -> %s, %zu gone, %zu new  (%s)\n", SLICE_ARG(id), from, to, ngone, ncome, cause);
    }
    show_findings(d, "-", "gone", d->a, x, d->in_b);
    show_findings(d, "+", "new", d->b, y, d->in_a);
    if (d->json) jsonw_close(d->json, '}');
}

static void compare_rules(differ *d)
{
    for (size_t i = 0; i < d->b->nrules; i++) compare_rule(d, d->b->rules[i].id);
    for (size_t i = 0; i < d->a->nrules; i++)
        if (!rule_in(d->b, d->a->rules[i].id)) compare_rule(d, d->a->rules[i].id);
}

static void show_json(differ *d)
{
    jsonw *w = d->json;
    jsonw_open(w, '{');
    jsonw_kv_i64(w, "from", d->a->run), jsonw_kv_i64(w, "to", d->b->run);
    jsonw_key(w, "sources"), jsonw_open(w, '['), show_sources(d), jsonw_close(w, ']');
    jsonw_key(w, "rules"), jsonw_open(w, '['), compare_rules(d), jsonw_close(w, ']');
    jsonw_close(w, '}');
}

static void show_text(differ *d)
{
    const causes *c = &d->c;
    printf("run %lld (%.*s) -> ", (long long)d->a->run, SLICE_ARG(d->a->period_id));
    if (d->b->run) printf("run %lld (%.*s)", (long long)d->b->run, SLICE_ARG(d->b->period_id));
    else printf("what if");
    printf(": data %s, pack %s, calendars %s\n", c->data ? "differ" : "the same", c->pack ? "differs" : "the same", c->calendar ? "differ" : "the same");
    show_sources(d);
    compare_rules(d);
    printf("%zu rule%s changed\n", d->changed, d->changed == 1 ? "" : "s");
}

static sla_status compare(const audit_result *a, const audit_result *b, jsonw *json, err *e)
{
    differ d = {.a = a, .b = b, .in_a = fingerprints(a), .in_b = fingerprints(b), .json = json};
    bool ok = d.in_a && d.in_b;
    d.c = (causes){.period = !slice_eq(a->period_id, b->period_id), .instant = slice_eq(a->period_id, b->period_id) && a->as_of != b->as_of, .pack = !slice_eq(a->pack_sha256, b->pack_sha256), .data = !same_sources(a, b), .calendar = !same_calendars(a, b)};
    if (ok && json) show_json(&d);
    else if (ok) show_text(&d);
    dict_free(d.in_a);
    dict_free(d.in_b);
    return ok ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to compare");
}

sla_status diff_show(const audit_result *a, const audit_result *b, bool json, err *e)
{
    buf out = {0};
    jsonw w;
    if (json) jsonw_begin(&w, &out, 1);
    sla_status st = compare(a, b, json ? &w : NULL, e);
    if (json) buf_char(&out, '\n');
    if (st == SLA_OK && out.failed) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to compare");
    if (st == SLA_OK && json && fwrite(out.ptr, 1, out.len, stdout) != out.len) st = err_set(e, SLA_IO, SRCPOS_NONE, "cannot write");
    buf_free(&out);
    return st;
}

static int run(const options *o, err *e)
{
    session s = {0};
    audit_result *a = NULL, *b = NULL;
    int64_t first, second;
    if (read_run_number(o->args[0], &first, e) != SLA_OK || read_run_number(o->args[1], &second, e) != SLA_OK) return EXIT_USAGE;
    sla_status st = session_open(&s, o, STORE_READ_ONLY, e);
    if (st == SLA_OK) st = result_load(s.ws, first, &a, e);
    if (st == SLA_OK) st = result_load(s.ws, second, &b, e);
    if (st == SLA_OK) st = diff_show(a, b, strcmp(option(o, OPT_ID_FORMAT, "text"), "json") == 0, e);
    result_free(a);
    result_free(b);
    session_close(&s);
    return st == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_diff = {
    "diff", "what changed between two runs, and why", "[-w FILE] [--format json] RUN RUN",
    "The files that differ; then rule by rule: the verdicts, the findings that are gone (-) and\n"
    "new (+), and what can have caused it: another period or instant of judgement, other\n"
    "data, the rule, a calendar, a waiver. Runs are numbered from 1, as 'audit' says.\n\n"
    "example: slaudit diff -w q3.db 1 2",
    OPT(WORKSPACE) | OPT(FORMAT),
    2, 2, run,
};
