/* The command line: one list of options; which command takes which stands in its command table entry. */
#ifndef SLA_CLI_OPTIONS_H
#define SLA_CLI_OPTIONS_H
#include <stdbool.h>
#include "engine/base/err.h"

/* O(code, long name, short name or 0, name of the argument or NULL, help) */
#define OPTION_LIST(O) \
    O(WORKSPACE, "workspace", 'w', "FILE", "the workspace (default slaudit.db)") \
    O(OUTPUT, "output", 'o', "DIR", "where the reports go (default: this folder)") \
    O(PERIOD, "period", 'p', "P", "2025Q3, 2025-07, 2025H2, 2025 or 2025-07-01..2025-09-30") \
    O(YEAR, "year", 0, "YYYY", "the year in which logs begin whose lines have none (default: by the period, else by the file)") \
    O(AS_OF, "as-of", 0, "T", "the instant of judgement, e.g. 2025-10-01T00:00:00 (default: the period's end)") \
    O(PACK, "pack", 0, "DIR", "the rule pack (default: itss-2025)") \
    O(PROFILE, "profile", 0, "FILE", "audit: a tailoring of the pack; import: the name of an import profile, or a file of your own") \
    O(PROFILE_DRAFT, "profile-draft", 0, NULL, "print a draft of an import profile for these tables; nothing is imported") \
    O(IMPORT_PROFILE, "import-profile", 0, "NAME", "take every file for an export of this product") \
    O(DATASET, "dataset", 0, "NAME", "take every file for this dataset") \
    O(ENCODING, "encoding", 0, "NAME", "the files' encoding instead of the detected one") \
    O(ZONE, "zone", 0, "NAME", "the workspace's time zone (default Asia/Shanghai)") \
    O(BASELINE, "baseline", 0, "RUN", "the run whose findings are not new (default: the latest of the period before)") \
    O(RUN, "run", 0, "ID", "the run to report (default: the latest)") \
    O(HEAD, "head", 0, "HASH", "the trail's head as a report prints it: must be in the chain") \
    O(KIND, "kind", 0, "LIST", "audit, kpi, staff (default: all)") \
    O(ANONYMISE, "anonymise", 0, "KEYFILE", "the staff report alone, under pseudonyms made with the key in this file") \
    O(PERSON, "person", 0, "ID", "the staff report of one person alone") \
    O(FORMAT, "format", 0, "LIST", "reports: pdf, xlsx, json, html, oscal (default: the first three); other commands: json instead of text") \
    O(LANG, "lang", 0, "LANG", "language of the reports: zh, en or another file of reports/texts (default zh)") \
    O(FONT, "font", 0, "FILE", "a TrueType font for the PDF") \
    O(PAPER, "paper", 0, "a4|letter", "size of the pages (default a4)") \
    O(FAIL_ON, "fail-on", 0, "SEVERITY", "exit with 3 if a rule of this severity or a graver one fails") \
    O(HELP, "help", 'h', NULL, "this text")

typedef enum option_id {
#define O(code, ...) OPT_ID_##code,
    OPTION_LIST(O)
#undef O
    OPT_COUNT } option_id;
#define OPT(code) (1u << OPT_ID_##code)

typedef struct options {
    const char *value[OPT_COUNT];       /* NULL: not given; "" for one without argument */
    const char *const *args; int nargs; /* operands */
} options;

struct command;
/* argv[0] is the first word behind the command. Reorders argv so that operands come first. SLA_USAGE with a suggestion for unknown options. */
sla_status options_parse(const struct command *c, int argc, char **argv, options *out, err *e);
void options_print(const struct command *c, void (*line)(const char *left, const char *right));
static inline const char *option(const options *o, option_id id, const char *dflt) { return o->value[id] ? o->value[id] : dflt; }
#endif
