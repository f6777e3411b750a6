#include "engine/cli/options.h"
#include <stdio.h>
#include <string.h>
#include "engine/base/slice.h"
#include "engine/cli/command.h"

static const struct { const char *name; char letter; const char *arg, *help; } table[] = {
#define O(code, name, letter, arg, help) {name, letter, arg, help},
    OPTION_LIST(O)
#undef O
};

static bool takes(const command *c, int id) { return (c->options | OPT(HELP)) >> id & 1; }

static int find_long(const command *c, slice name)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (takes(c, i) && slice_is(name, table[i].name)) return i;
    return -1;
}

static int find_letter(const command *c, char letter)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if (takes(c, i) && table[i].letter == letter) return i;
    return -1;
}

static sla_status unknown(const command *c, slice name, err *e)
{
    const char *known[OPT_COUNT];
    size_t n = 0;
    for (int i = 0; i < OPT_COUNT; i++)
        if (takes(c, i)) known[n++] = table[i].name;
    err_set(e, SLA_USAGE, SRCPOS_NONE, "slaudit %s has no option --%.*s", c->name, SLICE_ARG(name));
    const char *near = slice_nearest(name, known, n);
    if (near) err_hint(e, "did you mean --%s?", near);
    else err_hint(e, "see: slaudit %s --help", c->name);
    return SLA_USAGE;
}

/* One option at argv[*i]; takes its argument from the same word or from the next. */
static sla_status parse_one(const command *c, int argc, char **argv, int *i, options *out, err *e)
{
    const char *word = argv[*i], *value = NULL;
    int id;
    if (word[1] == '-') {
        const char *eq = strchr(word, '=');
        slice name = {word + 2, eq ? (size_t)(eq - word - 2) : strlen(word + 2)};
        if ((id = find_long(c, name)) < 0) return unknown(c, name, e);
        if (eq) value = eq + 1;
    } else {
        if ((id = find_letter(c, word[1])) < 0) return unknown(c, (slice){word + 1, 1}, e);
        if (word[2]) value = word + 2;
    }
    if (!table[id].arg) {
        if (value) return err_set(e, SLA_USAGE, SRCPOS_NONE, "--%s takes no argument", table[id].name);
        value = "";
    } else if (!value) {
        if (*i + 1 >= argc) return err_set(e, SLA_USAGE, SRCPOS_NONE, "--%s wants an argument: %s", table[id].name, table[id].arg);
        value = argv[++*i];
    }
    out->value[id] = value;
    return SLA_OK;
}

sla_status options_parse(const command *c, int argc, char **argv, options *out, err *e)
{
    *out = (options){.args = (const char *const *)argv};
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0) only_operands = true;
        else if (!only_operands && argv[i][0] == '-' && argv[i][1]) TRY(parse_one(c, argc, argv, &i, out, e));
        else argv[out->nargs++] = argv[i];
    }
    if (out->value[OPT_ID_HELP]) return SLA_OK;
    if (out->nargs < c->min_args || (c->max_args >= 0 && out->nargs > c->max_args)) {
        err_set(e, SLA_USAGE, SRCPOS_NONE, out->nargs < c->min_args ? "slaudit %s: something is missing" : "slaudit %s: too many arguments", c->name);
        err_hint(e, "usage: slaudit %s %s", c->name, c->usage);
        return SLA_USAGE;
    }
    return SLA_OK;
}

void options_print(const command *c, void (*line)(const char *left, const char *right))
{
    for (int i = 0; i < OPT_COUNT; i++) {
        char left[64];
        if (!takes(c, i)) continue;
        char letter[8] = "    ";
        if (table[i].letter) snprintf(letter, sizeof letter, "-%c, ", table[i].letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, table[i].name, table[i].arg ? " " : "", table[i].arg ? table[i].arg : "");
        line(left, table[i].help);
    }
}
