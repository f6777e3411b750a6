/* slaudit rules: what a pack holds, and whether it is sound. */
#include <stdio.h>
#include <string.h>
#include "engine/base/dict.h"
#include "engine/cli/examples.h"
#include "engine/cli/steps.h"

/* ---- list ---- */
typedef struct lister { const schema *m; bool zh, coverage, there[DATASETS_MAX]; size_t rules, lacking; } lister;

/* Which datasets the workspace has been given. */
static sla_status look_up(lister *l, session *s, err *e)
{
    const bool none[FIELDS_MAX] = {false};
    sla_status st = SLA_OK;
    l->coverage = true;
    for (size_t d = 0; st == SLA_OK && d < l->m->n; d++) {
        dict *world = dict_new();
        table *t = NULL;
        st = world ? store_table_load(s->ws, &l->m->datasets[d], none, world, &t, e) : SLA_NOMEM;
        if (st == SLA_OK) l->there[d] = t->imported;
        table_free(t);
        dict_free(world);
    }
    return st;
}

static void print_rule(lister *l, const pack_line *x)
{
    slice title = l->zh ? x->title.zh : x->title.en;
    bool lacks = false;
    printf("  %-7.*s %-10.*s %-11s %.*s%s  [", SLICE_ARG(x->id), SLICE_ARG(x->kind), severity_word(x->sev, "json"), SLICE_ARG(title), x->off ? " (off)" : "");
    const char *between = "";
    for (size_t d = 0; d < l->m->n; d++) {
        if (!x->needs[d]) continue;
        bool missing = l->coverage && !l->there[d];
        printf("%s%s%.*s", between, missing ? "no " : "", SLICE_ARG(l->m->datasets[d].name));
        between = ", ";
        lacks = lacks || missing;
    }
    puts("]");
    l->rules++;
    l->lacking += lacks;
}

/* A clause and the data its rules rest on: + is there, - is missing. */
static void print_coverage(const lister *l, const pack_line *lines, size_t n)
{
    puts("\nclause × dataset: + imported, - missing");
    for (size_t i = 0; i < n; i++) {
        if (!lines[i].is_clause) continue;
        printf("%-5.*s", SLICE_ARG(lines[i].id));
        for (size_t d = 0; d < l->m->n; d++) {
            bool needed = false;
            for (size_t k = i + 1; k < n && !lines[k].is_clause; k++) needed = needed || lines[k].needs[d];
            if (needed) printf(" %c%.*s", l->there[d] ? '+' : '-', SLICE_ARG(l->m->datasets[d].name));
        }
        puts("");
    }
}

static void print_datasets(const lister *l)
{
    printf("%zu rules; %zu cannot be assessed for want of a dataset:", l->rules, l->lacking);
    for (size_t d = 0; d < l->m->n; d++)
        if (!l->there[d]) printf(" %.*s", SLICE_ARG(l->m->datasets[d].name));
    puts("");
}

static int list(session *s, const options *o, err *e)
{
    arena a = {0};
    pack_line *lines;
    size_t n = 0;
    lister l = {.m = pack_schema(s->pk), .zh = strcmp(option(o, OPT_ID_LANG, "zh"), "en") != 0};
    sla_status st = pack_list(s->pk, &a, &lines, &n) == SLA_OK ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory");
    if (st == SLA_OK && s->ws) st = look_up(&l, s, e);
    for (size_t i = 0; st == SLA_OK && i < n; i++) {
        if (lines[i].is_clause) printf("%.*s %.*s  [%s]\n", SLICE_ARG(lines[i].id), SLICE_ARG(l.zh ? lines[i].title.zh : lines[i].title.en), lines[i].by_heading ? "heading" : "text");
        else print_rule(&l, &lines[i]);
    }
    if (st == SLA_OK && l.coverage) print_datasets(&l), print_coverage(&l, lines, n);
    arena_free(&a);
    return st == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
}

static int test(const session *s, err *e)
{
    size_t failed = 0;
    if (examples_run(s->pack_dir, s->zn, &failed, e) != SLA_OK) return EXIT_CANNOT;
    if (!failed) return EXIT_DONE;
    err_set(e, SLA_CONFLICT, SRCPOS_NONE, "%zu example%s gave something else than expected", failed, failed == 1 ? "" : "s");
    return EXIT_CANNOT;
}

static int run(const options *o, err *e)
{
    session s = {0};
    options with = *o;
    bool known = strcmp(o->args[0], "list") == 0 || strcmp(o->args[0], "check") == 0 || strcmp(o->args[0], "test") == 0;
    if (!known) {
        err_set(e, SLA_USAGE, SRCPOS_NONE, "slaudit rules knows list, check and test, not '%s'", o->args[0]);
        return EXIT_USAGE;
    }
    if (o->nargs > 1) with.value[OPT_ID_PACK] = o->args[1];
    int status = EXIT_CANNOT;
    bool opened = o->value[OPT_ID_WORKSPACE] ? session_open(&s, o, STORE_READ_ONLY, e) == SLA_OK : zone_open("Asia/Shanghai", &s.zn, e) == SLA_OK;
    if (opened && session_load_pack(&s, &with, o->value[OPT_ID_PROFILE], e) == SLA_OK) {
        status = EXIT_DONE;
        if (strcmp(o->args[0], "list") == 0) status = list(&s, &with, e);
        else if (strcmp(o->args[0], "test") == 0) status = test(&s, e);
        else puts("the pack has no errors");
    }
    session_close(&s);
    return status;
}

const command cmd_rules = {
    "rules", "list the pack's clauses and rules, check it, or run its examples", "list|check|test [-w FILE] [PACK]",
    "list  the clauses, and under each its rules with kind, severity and the datasets they rest on;\n"
    "      with -w those that the workspace lacks, and a table of clauses by datasets\n"
    "check all errors of the pack with file, line and column\n"
    "test  the pack's own examples, and the rules that lack some\n\n"
    "example: slaudit rules check rules/itss-2025\n"
    "         slaudit rules list -w q3.db",
    OPT(PACK) | OPT(PROFILE) | OPT(WORKSPACE) | OPT(LANG),
    1, 2, run,
};
