/* What log records mean, out of YAML (logs/NAME.yaml, one file a family; docs/logs.md is the manual):
 *   log: {source: auth, title: …}
 *   lines:   …      how lines of a kind of file are cut into time, host, program, message (logkind.h)
 *   records: …      the same for JSON, XML and tables (logkind.h)
 *   programs:
 *     sshd, sshd-session:
 *       - match: '^Failed password for (?:invalid user )?(?<user>\S+) from (?<src_ip>\S+) port'
 *         usual: 'Failed password for {user} from {src_ip} port *'    or several: what nearly all of match's texts look like, found without match (logform.h)
 *         set: {action: login, outcome: failure, protocol: ssh}
 *         examples: [{text: "Failed password for root from 10.0.0.1 port 22 ssh2", user: root, src_ip: 10.0.0.1}]
 *     Security:
 *       - when: {EventID: [4625], IpAddress: '*'}
 *         take: {user: [TargetUserName, SubjectUserName], src_ip: IpAddress}
 *         set: {action: login, outcome: failure, object: '{LogonType} {WorkstationName}'}
 *         examples: [{fields: {EventID: 4625, TargetUserName: bob, IpAddress: 10.0.0.9}, user: bob}]
 * Several files may describe one program. Its patterns are tried in order, then those of the program "*"; the first that fits decides. match looks at the message, its named groups that are
 * fields of the log dataset fill them. when looks at what the record says by name: equal to one of the texts given, in which a star at the beginning or the
 * end stands for anything; "" means: not there. take fills a field from the first name given that has a value. set fills it with a text, in which {name}
 * stands for a group or a name of the record. Values "-", "?", "(null)" and the like count as nothing, of groups
 * where they are a user or an address; "unknown" does there as well. */
#ifndef SLA_IMPORTERS_LOGPATTERN_H
#define SLA_IMPORTERS_LOGPATTERN_H
#include "engine/base/err.h"
#include "engine/base/yaml.h"

/* F(code, name of the field in the dataset log) */
#define LOG_FIELD_LIST(F) \
    F(SOURCE, "source") F(HOST, "host") F(PROGRAM, "program") F(SYSTEM, "system") F(ACTION, "action") F(OUTCOME, "outcome") F(USER, "user") F(SRC_IP, "src_ip") \
    F(OBJECT, "object") F(PROTOCOL, "protocol") F(STATUS_CODE, "status_code") F(BYTES, "bytes") F(PROCESS, "process") F(MESSAGE, "message")
typedef enum log_field {
#define F(code, name) LOG_##code,
    LOG_FIELD_LIST(F)
#undef F
    LOG_FIELDS } log_field;
enum { LOG_SLOTS = (LOG_FIELDS + 3) & ~3 };                              /* they are copied four at a time */
_Static_assert(LOG_FIELDS <= 16, "log_event.fixed has a bit for each field");
extern const char *const log_field_names[LOG_FIELDS];
int log_field_by_name(slice name);                                       /* -1: none */

typedef struct log_pair { slice name, value; } log_pair;                 /* what a record says by name; name may be a path: Event.System.EventID */
typedef struct log_record { slice message; const log_pair *pairs; size_t n; } log_record;
/* len 0: missing. Texts are borrowed from the record, the patterns, the matcher. Bit f of fixed: the field's text is that of pattern number rule, the same from event to event, whatever
 * v[f] is: log_event_text tells it. form: the usual text that the message is, whose groups the matcher's state knows until its next match; NULL: it is none. */
typedef struct log_event { slice v[LOG_SLOTS]; uint16_t fixed, rule; const struct log_form *form; } log_event;

typedef struct log_patterns log_patterns;
struct log_kinds;
sla_status log_patterns_load(log_patterns **out, errlist *errors);      /* the program's own importers/logs; compiled with PCRE2's JIT */
/* The same from one file's tree, for tests. root and text must live as long. */
sla_status log_patterns_from(const ynode *root, log_patterns **out, errlist *errors);
void log_patterns_free(log_patterns *p);                                 /* NULL allowed */
const struct log_kinds *log_patterns_kinds(const log_patterns *p);
/* Whether patterns of that program (of length 0: of any) or those of "*" ask records for the name, which then is the one they know it by: the same place tells the same name. */
bool log_patterns_ask(const log_patterns *p, slice of, slice *name);
size_t log_patterns_count(const log_patterns *p);                        /* log_event.rule is less */
slice log_fixed_text(const log_patterns *p, size_t rule, log_field f);   /* what the pattern with that number sets whatever the record says */
static inline slice log_event_text(const log_patterns *p, const log_event *ev, log_field f) { return ev->fixed >> f & 1 ? log_fixed_text(p, ev->rule, f) : ev->v[f]; }

typedef struct log_matcher log_matcher;                                  /* a thread's own state */
log_matcher *log_matcher_new(const log_patterns *p);                     /* NULL: no memory */
void log_matcher_free(log_matcher *m);
struct log_regex_state *log_matcher_state(log_matcher *m);               /* for the expressions of kinds */
/* The number of a program and the source it belongs to (its file's); -1, source untouched: a program no file knows. */
int log_program_find(const log_patterns *p, slice program, slice *source);
/* Fills the fields that the program's patterns find into ev, over what is there. false: no pattern fits; ev untouched.
 * Composed texts live in the matcher until log_matcher_forget. id -1: only the patterns of "*" are tried. */
bool log_match(log_matcher *m, int id, const log_record *r, log_event *ev);
void log_matcher_forget(log_matcher *m);
bool log_matcher_failed(const log_matcher *m);                           /* for want of memory a composed text was left out */
/* Runs every example of every pattern and kind; adds an error for each that does not give what it says. *n: how many were run. */
sla_status log_patterns_test(const log_patterns *p, size_t *n, errlist *errors);
/* For logkind.c: holds what an example says against what was found; every key that names a field of the dataset is compared. */
void log_example_check(const log_patterns *p, const ynode *example, const log_event *ev, errlist *errors);
bool log_says_nothing(slice s);                                          /* one of the texts of log_value_missing */
bool log_nobody(slice v);                                                /* log_value_missing, "unknown" */
/* Nearly all values are told from these by their first byte. */
extern const bool log_begins_nothing[256];
static inline bool log_may_say_nothing(slice s) { return !s.len || log_begins_nothing[(unsigned char)s.ptr[0]]; }
/* "", "-", "?", "(null)", "(none)", "N/A", "unset", "null", "(unknown user)" */
static inline bool log_value_missing(slice s) { return log_may_say_nothing(s) && log_says_nothing(s); }
/* The same of what is found for a user or an address, of which "unknown" says as little; other fields keep such texts. */
static inline bool log_field_missing(log_field f, slice v) { return (f == LOG_USER || f == LOG_SRC_IP) && log_may_say_nothing(v) && log_nobody(v); }
#endif
