/* slaudit rules: what a pack holds, and whether it is sound. */
#include <stdio.h>
#include <string.h>
#include "engine/cli/examples.h"
#include "engine/cli/steps.h"

static int list(const session *s, err *e)
{
    arena a = {0};
    pack_line *lines;
    size_t n;
    if (pack_list(s->pk, &a, &lines, &n) != SLA_OK) {
        err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory");
        arena_free(&a);
        return EXIT_CANNOT;
    }
    for (size_t i = 0; i < n; i++) {
        const pack_line *l = &lines[i];
        if (l->is_clause) printf("%.*s %.*s  %.*s  [%s]\n", SLICE_ARG(l->id), SLICE_ARG(l->title.zh), SLICE_ARG(l->title.en), l->by_heading ? "heading" : "text");
        else printf("  %-7.*s %-9.*s %-12s %.*s%s\n", SLICE_ARG(l->id), SLICE_ARG(l->kind), severity_word(l->sev, "json"), SLICE_ARG(l->title.zh), l->off ? " (off)" : "");
    }
    arena_free(&a);
    return EXIT_DONE;
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
    if (zone_open("Asia/Shanghai", &s.zn, e) == SLA_OK && session_load_pack(&s, &with, o->value[OPT_ID_PROFILE], e) == SLA_OK) {
        status = EXIT_DONE;
        if (strcmp(o->args[0], "list") == 0) status = list(&s, e);
        else if (strcmp(o->args[0], "test") == 0) status = test(&s, e);
        else puts("the pack has no errors");
    }
    session_close(&s);
    return status;
}

const command cmd_rules = {
    "rules", "list the pack's clauses and rules, check it, or run its examples", "list|check|test [PACK]",
    "list  the clauses, and under each its rules with kind and severity\n"
    "check all errors of the pack with file, line and column\n"
    "test  the pack's own examples, and the rules that lack some\n\n"
    "example: slaudit rules check rules/itss-2025",
    OPT(PACK) | OPT(PROFILE),
    1, 2, run,
};
