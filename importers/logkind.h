/* Kinds of log files, out of the same YAML as the patterns: how a line, or a record of JSON, XML or a table, is taken apart.
 *   lines:
 *     access:
 *       title: {zh: …, en: …}
 *       match: '^(?<src_ip>\S+) \S+ \S+ \[(?<at>[^\]]+)\] "(?<message>[^"]*)" (?<status_code>\d+)'
 *       time: ['%d/%b/%Y:%H:%M:%S %z']      forms of at (logtime.h), and %x alone: seconds since 1970 in hexadecimal; where none fits: ISO 8601 or seconds since 1970. A group at_clock is put behind at with a blank, and so is at_zone
 *       form: common                        nearly all lines are exactly of the common log format (logclf.h): these are cut without match, which finds the same in them; its groups are that format's parts
 *       zone: UTC                           of times that name none; without: the workspace's
 *       program: access                     what the patterns are looked up by; without: the group program; without that: the kind's name
 *       more: true                          lines that do not match belong to the record before them
 *       begin: '^# User@Host: '             the same where a record is told by more than its first line: what the first line is, and match is for all of it
 *       skip: '^# Time: '                   lines that are part of no record, such as what a server writes on top of a new file
 *       headed: true                        its lines stand behind a header of syslog too, which match takes: such a line without a program, in a file of syslog, is of this kind
 *       split: kv                           the message is key=value pairs (cef: a CEF header and its pairs), which become names of the record
 *       examples: [{text: …, at: "2015-05-17T10:05:03Z", action: http}]
 *   records:
 *     journald:
 *       has: [__REALTIME_TIMESTAMP, MESSAGE]    names that a record of the kind has; a|b: one of them
 *       each: alerts                             the records lie in this list of a JSON document
 *       element: AuditRecord                     of XML: the element that each record is; without: Event
 *       wrapped: '^(?<time>\S+) std(?:out|err) [FP] (?<log>.*)$'    a file of lines is of such records, one a line: its groups are the names; partial: P: its log goes on in the next line of the same stream; skip as above
 *       part: 16384                              a message of so many bytes or more whose end is no line feed goes on in the next record of the same stream (logparts.h)
 *       at: [__REALTIME_TIMESTAMP]               the first of these that has a value; so with host, program, message
 *       clock: [Time]                            at is a day: its time of day
 *       time: ['%d/%m/%Y %H:%M']
 *       program_by: {EventID: {Security: ['47??']}}   where none of these has a value: by what another name says; ? is any character
 *       json: [Payload]                          values that are JSON themselves, an object or a list of some: what it, or the first of them, says by name is the record's too
 *       fields: {EventID: [Id, event_code]}      further names for what is there
 *       lines: true                              the message may be a whole line of syslog, of the audit log or of one of the kinds above, or a record in JSON: then what that says
 *                                                holds, and a record without a time has that of its line; timed: it was written at the record's own time, which holds where the line names no zone
 *       generic: true                            only where no other kind fits
 *       only: true                               and only records that have no other names than those of has (columns without a name do not count)
 *       examples: [{fields: {…}, at: …, program: …}]
 * Groups (names) that are fields of the log dataset fill them; all groups are names of the record for the patterns' when and take. */
#ifndef SLA_IMPORTERS_LOGKIND_H
#define SLA_IMPORTERS_LOGKIND_H
#include "importers/logpattern.h"
#include "importers/logregex.h"
#include "importers/logtime.h"

enum { LOG_PAIRS_MAX = 300 };
typedef enum log_split { SPLIT_NONE, SPLIT_KV, SPLIT_CEF } log_split;
typedef struct log_names { slice *items; size_t n; } log_names;
/* What is done with a group's text: it fills a field (-1: none), also when it is empty (always), and is a pair of that name where patterns ask for it. */
typedef struct log_use { uint8_t place; int8_t field; bool always, asked; slice name; } log_use;
typedef struct log_kind {
    slice name, title, source, program;
    log_names times;
    bool yearless;                      /* a form of its times lacks the year */
    bool utc;                           /* times that name no zone are UTC */
    bool clf, common;                   /* its times are mostly those of log_time_clf; its lines those of log_clf_cut */
    const ynode *examples;
    /* lines */
    log_regex re, begin, skip;          /* of begin and skip, code NULL: none; of records re is wrapped */
    uint32_t g_at, g_clock, g_zone, g_program, g_message;
    uint8_t place[LOG_GROUPS_MAX];      /* of each group among the texts that a line is cut into */
    log_use uses[LOG_GROUPS_MAX]; size_t nuses;
    bool more, lines, timed, headed;    /* timed: lines, and the record's time is that of the line within */
    log_split split;
    /* records */
    log_names has, at, clock, host, programs, message, json;
    slice each, element;
    size_t part;                        /* bytes; 0: messages are whole */
    bool generic, only;                 /* only where no other kind fits; only records without other names */
    slice by; log_pair *programs_by; size_t nby;   /* name by; name: the program, value: what by says then */
    log_pair *also; size_t nalso;       /* name: the further one, value: one that is there */
} log_kind;
typedef struct log_kinds { log_kind *lines, *records; size_t nlines, nrecords, lines_cap, records_cap; arena *mem; } log_kinds;

/* The kind of records whose names, in their order, have that hash; kind NULL: not known yet. */
enum { LOG_SAME_NAMES = 16 };
typedef struct log_same_names { uint64_t names; const struct log_kind *kind; } log_same_names;

/* What was found in one line or record. Texts are borrowed from it. */
typedef struct log_framed {
    log_time time;
    log_day day;                        /* of the last line framed that wrote its day plainly */
    log_event ev;                       /* host, program, message and what else the kind says */
    slice source;
    log_pair pairs[LOG_PAIRS_MAX]; size_t n;
    log_same_names same[LOG_SAME_NAMES];    /* of the records before (log_record_put) */
    arena *scratch;                     /* for values that had to be unescaped; the caller's, who asks it in the end whether it failed: some are not what they were to be then */
    slice around;                       /* memory in which most lines lie, all of which may be read (slice_readable); the caller's */
} log_framed;

log_kinds *log_kinds_new(arena *mem);
void log_kinds_free(log_kinds *k);
void log_kinds_asked(log_kinds *k, const log_patterns *p);               /* once all patterns are loaded: which of their groups the kinds need */
sla_status log_kinds_load(log_kinds *k, const ynode *root, slice source, errlist *errors);
/* f->n pairs of a record are there already, and stay. false: not of this kind, or its time cannot be read. */
bool log_frame_line(const log_kind *k, log_regex_state *s, slice line, log_framed *f);
/* A line by itself: it begins a record of the kind (whose time it may not hold), or is part of none. */
bool log_line_begins(const log_kind *k, log_regex_state *s, slice line);
bool log_line_skipped(const log_kind *k, log_regex_state *s, slice line);
bool log_frame_record(const log_kind *k, log_framed *f);                 /* false: its time is missing or cannot be read; the rest is in f all the same */
/* A line of a kind of records that are wrapped, as pairs. false: it is none. */
bool log_frame_wrapped(const log_kind *k, log_regex_state *s, slice line, log_framed *f);
bool log_kind_has(const log_kind *k, const log_pair *pairs, size_t n);
slice log_pair_get(const log_pair *pairs, size_t n, slice name);         /* by name or by the end of its path; missing values count as nothing */
/* "name=value name=value …" of the pairs that have a value, cut at max bytes and a character's end: a message for records that have none. In f->scratch. */
slice log_pairs_text(const log_framed *f, size_t max);
void log_pair_add(log_framed *f, slice name, slice value);               /* more than LOG_PAIRS_MAX are left out */
/* key=value pairs behind those that are there, also key="a \"quoted\" value" and key='…'. */
void log_split_kv(slice text, log_framed *f);
/* "CEF:0|vendor|product|version|id|name|severity|k=v …" anywhere in text. Labels (cs1Label=Host) become names. false: no CEF. */
bool log_split_cef(slice text, log_framed *f);
/* "LEEF:1.0|vendor|product|version|id|k=v<tab>k=v …", "LEEF:2.0|…|id|^|k=v^k=v …" likewise, by the names of CEF: the id is the name too, an action is act. */
bool log_split_leef(slice text, log_framed *f);
void log_kinds_test(const log_patterns *p, log_matcher *m, size_t *n, errlist *errors);
#endif
