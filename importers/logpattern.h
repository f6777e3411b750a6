/* Patterns of log messages, out of YAML (logs/NAME.yaml; docs/importers.md is the manual):
 *   log: {source: auth, title: …}
 *   programs:
 *     sshd:
 *       - match: '^Failed password for (?:invalid user )?(?<user>\S+) from (?<src_ip>\S+) port'
 *         set: {action: login, outcome: failure, protocol: ssh}
 *         examples: [{text: "Failed password for root from 10.0.0.1 port 22 ssh2", user: root, src_ip: 10.0.0.1}]
 * Named groups are fields of the log dataset. A program's patterns are tried in order; the first that matches decides. */
#ifndef SLA_IMPORTERS_LOGPATTERN_H
#define SLA_IMPORTERS_LOGPATTERN_H
#include "engine/base/err.h"
#include "engine/base/slice.h"

typedef struct log_patterns log_patterns;
sla_status log_patterns_load(log_patterns **out, errlist *errors);      /* the program's own importers/logs; compiled with PCRE2's JIT */
void log_patterns_free(log_patterns *p);                                 /* NULL allowed */

enum { LOG_FIELDS_MAX = 12 };
typedef struct log_match { slice name, value; } log_match;               /* a field of the event: from a group or fixed */
typedef struct log_matcher log_matcher;                                  /* a thread's own match data */
log_matcher *log_matcher_new(const log_patterns *p);                     /* NULL: no memory */
void log_matcher_free(log_matcher *m);
/* Which source the program's messages belong to (its file's `source`); ptr NULL: a program no file knows. *id: for log_match_message. */
slice log_source_of(const log_patterns *p, slice program, int *id);
/* The fields that message says, at most LOG_FIELDS_MAX; 0: no pattern of the program matches. Text is borrowed from message and the patterns. */
size_t log_match_message(log_matcher *m, int id, slice message, log_match out[LOG_FIELDS_MAX]);
/* Runs every example of every pattern; adds an error for each that does not give what it says. *n: how many were run. */
sla_status log_patterns_test(const log_patterns *p, size_t *n, errlist *errors);
#endif
