/* Regular expressions of log patterns: compiled once, matched by any number of threads, each with a state of its own. */
#ifndef SLA_IMPORTERS_LOGREGEX_H
#define SLA_IMPORTERS_LOGREGEX_H
#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/yaml.h"
#include "importers/logform.h"

enum { LOG_GROUPS_MAX = 24 };
struct pcre2_real_code_8;
typedef struct log_regex {
    struct pcre2_real_code_8 *code;     /* NULL: none */
    slice prefix;                       /* what every match begins with, "" where that is not known: looked at first */
    slice text;
    uint64_t first[4];                  /* bit c: a match may begin with the byte c (or be empty); known once log_regex_ready was there */
    slice names[LOG_GROUPS_MAX]; uint32_t numbers[LOG_GROUPS_MAX], groups; size_t ngroups;   /* of groups: bit g, a name's */
    log_form *usual; size_t nusual;   /* what matches mostly look like */
    bool jit;
} log_regex;
/* n: a scalar of YAML. Adds what is wrong to errors, with its column. a: keeps the prefix. */
void log_regex_compile(log_regex *re, const ynode *n, arena *a, errlist *errors);
uint32_t log_regex_group_no(const log_regex *re, slice name);                /* of the first group of that name; 0: there is none */
/* Texts, or one, that are tried before the expression, and match what it does (logform.h). */
sla_status log_regex_usual(log_regex *re, const ynode *texts, arena *a, errlist *errors);
/* In case it is to match much: the bytes that a match may begin with, and machine code (PCRE2's JIT). Not while others match. */
void log_regex_ready(log_regex *re);
void log_regex_clear(log_regex *re);

typedef struct log_regex_state log_regex_state;
log_regex_state *log_regex_state_new(void);                                  /* NULL: no memory */
void log_regex_state_free(log_regex_state *s);                               /* NULL allowed */
/* From now on most texts lie in this memory, all of which may be read: they are matched faster (slice_readable). {0}: none. */
void log_regex_around(log_regex_state *s, slice around);
/* Limits on steps and stack make a runaway match a "no". text: valid UTF-8 where the expression has letters beyond ASCII. */
bool log_regex_match(const log_regex *re, log_regex_state *s, slice text);
const log_form *log_regex_form(const log_regex_state *s);                    /* the usual text that was the last match; NULL: the expression found it */
/* Of the last match: group no lies in its text in [[2no], [2no+1]); from SIZE_MAX on: it took no part. */
const size_t *log_regex_found(const log_regex_state *s);
static inline slice log_regex_part(const size_t *found, slice text, uint32_t no)
{
    size_t from = found[2 * no], to = found[2 * no + 1];
    return from == SIZE_MAX || to < from ? (slice){0} : (slice){text.ptr + from, to - from};
}
/* Group no of the last match, borrowed from its text; ptr NULL: took no part. */
slice log_regex_group(const log_regex_state *s, slice text, uint32_t no);
#endif
