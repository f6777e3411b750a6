/* The commands of the program: one file each (cmd_NAME.c), one table (main.c). */
#ifndef SLA_CLI_COMMAND_H
#define SLA_CLI_COMMAND_H
#include "engine/base/err.h"
#include "engine/cli/options.h"

/* Exit statuses that scripts rely on. */
enum { EXIT_DONE = 0, EXIT_CANNOT = 1, EXIT_USAGE = 2, EXIT_FAIL_ON = 3 };

typedef struct command {
    const char *name, *summary;         /* one line of help */
    const char *usage;                  /* the part behind "slaudit NAME" */
    const char *help;                   /* what it does, in a few lines, with an example at the end */
    unsigned options;                   /* the OPT_… it takes, as bits */
    int min_args, max_args;             /* operands; max -1: any number */
    int (*run)(const options *o, err *e); /* returns an exit status; e holds the reason where it is EXIT_CANNOT or EXIT_USAGE */
} command;

extern const command cmd_run, cmd_import, cmd_audit, cmd_report, cmd_explain, cmd_diff, cmd_whatif, cmd_action, cmd_rules, cmd_sql, cmd_verify;

/* A line on stderr, "slaudit: " in front. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Every error of a list, one block each, on stderr; returns EXIT_CANNOT. */
int say_errors(const errlist *errors, const char *kind);
#endif
