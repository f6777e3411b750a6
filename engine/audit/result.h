/* The results of one run: all that reports may see of the audit. Built by the evaluator, kept in the workspace, read back by result_load; a report never
 * computes a verdict or a count of its own. Everything lives in one arena and is in its final order: clauses and rules in the order of the
 * specification, groups and findings sorted, so that walking it gives the same output every time. */
#ifndef SLA_AUDIT_RESULT_H
#define SLA_AUDIT_RESULT_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/store/store.h"

/* V(code, JSON word, zh, en) */
#define VERDICT_LIST(V) \
    V(CONFORMS, "conforms", "符合", "conforms") \
    V(FAILS, "fails", "不符合", "does not conform") \
    V(NOT_APPLICABLE, "not_applicable", "不适用", "not applicable") \
    V(NOT_ASSESSED, "not_assessed", "未评估", "not assessed") \
    V(ERROR, "error", "出错", "error") \
    V(WAIVED, "waived", "已豁免", "waived")
typedef enum verdict {
#define V(code, word, zh, en) VERDICT_##code,
    VERDICT_LIST(V)
#undef V
    VERDICT_COUNT } verdict;
#define CLAUSE_VERDICT_LIST(V) \
    V(CONFORMING, "conforming", "符合", "conforming") \
    V(MINOR, "minor", "一般不符合", "minor nonconformity") \
    V(MAJOR, "major", "严重不符合", "major nonconformity") \
    V(OBSERVATION, "observation", "观察项", "observation") \
    V(NOT_ASSESSED, "not_assessed", "未评估", "not assessed")
typedef enum clause_verdict {
#define V(code, word, zh, en) CLAUSE_##code,
    CLAUSE_VERDICT_LIST(V)
#undef V
    CLAUSE_VERDICT_COUNT } clause_verdict;
#define SEVERITY_LIST(V) V(CRITICAL, "critical", "关键", "critical") V(MAJOR, "major", "主要", "major") V(MINOR, "minor", "次要", "minor") V(OBSERVATION, "observation", "观察", "observation")
typedef enum severity {
#define V(code, word, zh, en) SEVERITY_##code,
    SEVERITY_LIST(V)
#undef V
    SEVERITY_COUNT } severity;
/* The words of the three lists above; lang "json", "zh" or "en". */
const char *verdict_word(verdict v, const char *lang);
const char *clause_verdict_word(clause_verdict v, const char *lang);
const char *severity_word(severity s, const char *lang);

typedef struct bitext { slice zh, en; } bitext;              /* one text in both languages; en falls back to zh and the other way round at load */
static inline slice bitext_in(bitext t, bool english) { return english ? t.en : t.zh; }

typedef struct res_group {                                   /* one group of a rule or a metric */
    slice by, key;                                           /* "priority", "P1"; by "" where the rule has one overall figure per key kind */
    int64_t population, conforming, nonconforming, unknown, running;
    bool has_value; double value;                            /* metrics */
    bool has_target; double target;
    bool met;                                                /* against target; true where there is none */
} res_group;

typedef struct res_rule {
    slice id, clause, kind;                                  /* "4.1-b", "4.1", "clock" */
    severity sev;
    bool by_heading;                                         /* basis: our reading of a heading, not the specification's text */
    verdict v;
    bitext title, criterion, effect, recommend;              /* criterion: what is required, in words with the numbers in force */
    bitext reason;                                           /* why this verdict: "0 rows of training were imported" */
    slice condition;                                         /* the expression(s) as written in the pack */
    slice overridden;                                        /* by a profile: its reason; "" if not */
    int64_t population, conforming, nonconforming, unknown, running;
    bool has_share; double share;                            /* conforming / (conforming + nonconforming) */
    bool has_bounds; double share_low, share_high;           /* all unknown bad, all unknown good */
    bool has_value; double value; slice unit;                /* metric: "%", "", "h" … */
    bool has_target; double target; slice target_op;         /* ">=" or "<="; shares as fractions */
    res_group *groups; size_t ngroups;
    size_t first_finding, nfindings;                         /* its range in audit_result.findings */
} res_rule;

typedef struct res_clause {
    slice id, chapter;                                       /* "4.1", "4" */
    bitext title, chapter_title;
    bool by_heading;
    clause_verdict v;
    int64_t rules, assessed;
    size_t first_rule, nrules;                               /* its range in audit_result.rules */
} res_clause;

typedef struct res_metric_group { slice by, key; bool has_value; double value; int64_t n; } res_metric_group;
typedef struct res_metric {                                  /* a KPI */
    slice id, theme;                                         /* theme: "demand", "resolution", … the page it belongs to */
    bitext title, theme_title, formula, exclusions;          /* theme_title: as the pack names the page; empty: it does not */
    slice unit;                                              /* "count", "share" (a fraction), "ms" (a duration), "number" */
    slice better;                                            /* "higher", "lower" or "" */
    bool has_value; double value; int64_t n;
    bool has_previous; double previous; int64_t previous_n;  /* the same figure for the period before, if its data are there */
    bool has_target; double target; slice target_op;
    bitext reason;                                           /* why there is no value */
    res_metric_group *groups; size_t ngroups;                /* by month, priority, service, team …, in order of by as in the pack, then key */
} res_metric;

typedef struct res_item { slice key; int64_t source; uint32_t line; } res_item;    /* a record and where it stands */
enum { ITEMS_SHOWN = 50 };
typedef struct res_indicator {
    slice id; bitext title, formula; slice unit, better;         /* formula: which records it is of and how it is worked out, as the pack says it; may be empty */
    bool has_scale; double zero, full;                       /* the values that give 0 and 100 points; between them a straight line */
    bool has_value; double value; int64_t n;
    bool has_interval; double low, high;                     /* Wilson 95 % for shares */
    bool has_expected; double expected;                      /* for the same mix of priority and category (indirect standardisation) */
    bool has_team; double team_median;
    bool has_overall; double overall;                        /* of a share: that of all records together, whoever handled them */
    int apart;                                               /* of a share: 1 better than the team, -1 worse, 0 cannot be told apart */
    bool has_points; double points;                          /* 0..100 before weighting */
    double weight;
    double monthly[3]; bool has_monthly[3];                  /* the calendar months that end with the period, oldest first */
    res_item *items; size_t nitems; int64_t items_all;       /* of a share, the records that count against the person; of findings, these: the first ones, and how many there are */
} res_indicator;
typedef struct res_staff {
    slice id, name, team, role, level;
    bool rated; double score; slice grade;                   /* grade "A"… ; "not_rated" where the sample is too small */
    bitext reason;                                           /* why not rated */
    int64_t n;                                               /* tickets resolved in the period */
    res_indicator *indicators; size_t nindicators;
} res_staff;

typedef struct res_evidence { int64_t source; uint32_t line; } res_evidence;
typedef struct res_observed { slice name; slice value; } res_observed;  /* the fields that were looked at: "priority" "P1" */
typedef struct res_finding {
    size_t rule;                                             /* index into rules */
    slice dataset, key;
    bitext message;
    res_observed *observed; size_t nobserved;
    res_evidence *evidence; size_t nevidence;                /* the record's own line first */
    char fingerprint[33];                                    /* of rule, dataset and key; without a key, of its time and what was observed: the same in every period and export */
    const stored_action *action;                             /* what somebody answered to it, now; NULL: nothing. No part of the run and its digest */
    int64_t overdue_days;                                    /* of an answer that is not done, at as_of; 0: it is not */
    bool persisting;                                         /* was there in the previous period's run of this workspace */
} res_finding;

typedef struct res_calendar { slice id; bitext title; slice hours; slice holidays; } res_calendar;  /* in words, as printed in the scope section */
typedef struct res_note { slice id; bitext text; } res_note;  /* caveats, warnings, policies */

/* What the model calls a dataset (field "", value its name), a field (value "") or a defined term of a field; of names that several datasets share the first one's title. A dataset
 * that titles such a field otherwise has it as "DATASET.FIELD" too. */
typedef struct res_word { slice field, value; bitext title; } res_word;

typedef struct res_grade { slice grade; double from; } res_grade;  /* a score >= from is that grade (0..100) */

typedef struct audit_result {
    arena mem;
    int64_t run;                                             /* number of the run in its workspace */
    int64_t baseline;                                        /* the run that tells new findings from persisting ones; 0: there is none */
    slice tool_name, tool_version;
    slice pack_id, pack_version, pack_sha256; bitext pack_title;
    slice period_id, zone; int64_t from, to, as_of;          /* UTC ms */
    slice trail_head;                                        /* hex of the trail's head after this run */
    slice digest;                                            /* sha256 over the results: printed on every page */
    source_info *sources; size_t nsources;
    stored_reject *rejects; size_t nrejects; uint64_t rejects_total;  /* the first some hundred, and how many there are */
    res_clause *clauses; size_t nclauses;
    res_rule *rules; size_t nrules;
    res_metric *metrics; size_t nmetrics;
    res_staff *staff; size_t nstaff;
    res_finding *findings; size_t nfindings;                 /* by rule, then key in byte order */
    res_calendar *calendars; size_t ncalendars;
    res_note *notes; size_t nnotes;                          /* policies of the clocks, caveats, warnings about years … */
    res_note *bands; size_t nbands;                          /* the scorecard's bands and method, one line each */
    res_grade *grades; size_t ngrades;                       /* the same bands in numbers, highest first, so that workbooks can calculate; may be empty */
    res_word *words; size_t nwords;
} audit_result;

const bitext *result_word(const audit_result *r, slice of, slice value);  /* NULL: the model has no title for it */

/* Reads a run back. run 0: the latest. SLA_NAME if there is none. The caller frees with result_free. */
sla_status result_load(store *s, int64_t run, audit_result **out, err *e);
/* Whether the results of every run are those whose hash the audit put into the trail, and the tables say what the results say. A line of said for each that is not, counted in wrong. */
sla_status results_check(store *s, buf *said, size_t *wrong, err *e);
void result_free(audit_result *r);                           /* NULL allowed */
#endif
