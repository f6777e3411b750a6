/* The program's entrance: finds the command, prints help, turns an error into a message and an exit status. */
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "engine/base/slice.h"
#include "engine/base/version.h"
#include "engine/cli/command.h"

static const command *const commands[] = {&cmd_run, &cmd_import, &cmd_audit, &cmd_report, &cmd_explain, &cmd_diff, &cmd_whatif, &cmd_action, &cmd_rules, &cmd_sql, &cmd_verify};
enum { NCOMMANDS = sizeof commands / sizeof commands[0] };

void say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fputs("slaudit: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

static void say_error(const err *e)
{
    char text[1024];
    err_format(e, text, sizeof text);
    fputs(text, stderr);
}

int say_errors(const errlist *errors, const char *kind)
{
    for (size_t i = 0; i < errors->n; i++) say_error(&errors->items[i]);
    if (errors->dropped) say("%zu more %s", errors->dropped, kind);
    return EXIT_CANNOT;
}

static void help_line(const char *left, const char *right) { printf("  %-24s %s\n", left, right); }

static void help_overview(FILE *to)
{
    fputs("slaudit holds ticket and log exports against a service specification and writes the\n"
          "reports: compliance audit, KPI and staff, as PDF, Excel and JSON.\n\n"
          "usage: slaudit COMMAND [OPTION]... [PATH]...\n\n", to);
    for (size_t i = 0; i < NCOMMANDS; i++) fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nexample: slaudit run --period 2025Q3 -o out exports/\n"
          "more:    slaudit COMMAND --help\n", to);
}

static void help_command(const command *c)
{
    printf("usage: slaudit %s %s\n\n%s\n\noptions:\n", c->name, c->usage, c->help);
    options_print(c, help_line);
}

static const command *find_command(const char *name)
{
    for (size_t i = 0; i < NCOMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[NCOMMANDS];
    for (size_t i = 0; i < NCOMMANDS; i++) names[i] = commands[i]->name;
    const char *near = slice_nearest(slice_of(name), names, NCOMMANDS);
    say("there is no command '%s'%s%s%s; see: slaudit --help", name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return EXIT_USAGE;
}

static int run_command(const command *c, int argc, char **argv)
{
    err e = {0};
    options o;
    if (options_parse(c, argc, argv, &o, &e) != SLA_OK) {
        say_error(&e);
        return EXIT_USAGE;
    }
    if (o.value[OPT_ID_HELP]) {
        help_command(c);
        return EXIT_DONE;
    }
    int status = c->run(&o, &e);
    if (e.code != SLA_OK) say_error(&e);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        say("the output could not be written");
        return EXIT_CANNOT;
    }
    return e.code == SLA_USAGE ? EXIT_USAGE : status;
}

/* Freed columns are used again instead of going back to the system, which would clear their pages anew each time. */
static void keep_freed_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 64 << 20);
#endif
}

int main(int argc, char **argv)
{
    keep_freed_memory();
    if (argc < 2) {
        help_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        const command *c = argc > 2 ? find_command(argv[2]) : NULL;
        if (c) help_command(c);
        else help_overview(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts(SLAUDIT_NAME " " SLAUDIT_VERSION);
        return EXIT_DONE;
    }
    const command *c = find_command(argv[1]);
    return c ? run_command(c, argc - 2, argv + 2) : unknown_command(argv[1]);
}
