/* The generator of samples/: a quarter (2025Q3, Asia/Shanghai) of a made-up IT service organisation as canonical CSV files and an auth.log.
 * Same seed, same bytes, on any machine: integers only, an own random sequence, no clock. Faults are planted into clean records one by one and listed
 * in a manifest (rule,verdict,dataset,key,file,line,what). Clock arithmetic here walks days and shifts and shares nothing with engine/time.
 *
 * Vocabularies that the rule pack may rely on:
 *   ticket.type incident request change problem complaint; priority P1..P4; channel phone email portal onsite chat monitor; origin user monitor
 *   ticket.category   系统维护 软件升级 数据管理 网络安全 故障排除 用户支持 (the six classes in scope); certificate.name is the category it qualifies for
 *   ticket.service    service.id (SVC-…); ticket.system system.id (SYS-…); assignee, verifier, approver, complaint_about: staff.id; requester, accepter: names
 *   change.resolution begins with 成功, 回退 or 失败; migrations: category 数据管理 and title with 迁移; upgrades: category 软件升级
 *   export requests   type request, category 数据管理, title 数据导出申请…, approver, approved_at, planned_start/end; assignee = log.user of the export
 *   security tickets  type incident, category 网络安全
 *   history.field     status assignee team priority comment escalation (new = who was told) ; P1: escalation = upward report
 *   document.kind     law_register standard_register agreement plan_emergency plan_recovery incentive specification interpretation service_report
 *                     incident_report review_report; document.status 生效 or 废止; incident_report: clause 7.3, title holds the ticket's id; plan_recovery: title holds the system's id
 *   activity.kind     review drill dr_drill audit restore_test maintenance postmortem service_report; result 合格, 不合格 or text
 *   action.finding    ticket id or finding; action.status open, closed
 *   log.source        backup monitor web dbaudit transfer syslog (auth.log: auth); log.action alert: status_code 2 critical, 1 warning
 *   training.kind     skill security onboarding specification */
#ifndef TESTS_GENERATOR_GENERATE_H
#define TESTS_GENERATOR_GENERATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Times are seconds since 1970-01-01 00:00 on the wall clock of Asia/Shanghai (no summer time in these years); 0: missing. */
enum { MINUTE = 60, HOUR = 3600, DAY = 86400, WORKDAY = 8 * HOUR };
#define PERIOD_FROM gen_day(2025, 7, 1)
#define PERIOD_TO gen_day(2025, 10, 1)
#define EXPORTED_AT (gen_day(2025, 10, 10) + 18 * HOUR) /* what comes later is not in the files */

/* generate_base.c: random numbers, time, text, files */
typedef struct rng { uint64_t state; } rng;
uint64_t rng_next(rng *r);
uint32_t rng_below(rng *r, uint32_t n);               /* 0 … n-1; n > 0 */
int64_t rng_between(rng *r, int64_t lo, int64_t hi);  /* both ends included */
bool rng_permille(rng *r, uint32_t p);
int64_t rng_skewed(rng *r, int64_t median);           /* about lognormal: a sixteenth of it in each of 16 intervals of the quantile function */

int64_t gen_day(int year, int month, int day);        /* its midnight */
void gen_date(int64_t t, int *year, int *month, int *day);
bool gen_workday(int64_t t);
bool gen_office(int64_t t);                           /* inside office hours */
int64_t gen_worktime(int64_t a, int64_t b);           /* office time in [a, b); a <= b */
int64_t gen_advance(int64_t t, int64_t work, bool office); /* the earliest instant with that much time after t */

const char *gen_text(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* lives as long as the program; no memory: ends the program */
void *gen_grow(void *p, size_t *cap, size_t need, size_t size);

typedef struct sink { FILE *f; long line; } sink;     /* line: number of the line that was written last */
void sink_open(sink *s, const char *dir, const char *name, const char *head);
void sink_close(sink *s);
void sink_text(sink *s, const char *text, bool first);     /* a CSV cell, quoted where needed; NULL: empty */
void sink_time(sink *s, int64_t t, bool first);            /* 2025-07-01 09:05:00; 0: empty */
void sink_date(sink *s, int64_t t, bool first);
void sink_num(sink *s, int64_t n, bool first);
void sink_end(sink *s);                                    /* the row's end */

/* generate_world.c: the organisation */
typedef struct person { const char *id, *name, *team, *role, *level, *ip; int rank; int64_t hired, left; long load; } person;
typedef struct service { const char *id, *name, *team, *category; int tier; const char *target; } service;
typedef struct config_item { const char *id, *name, *host; int service, tier; bool backup; int rto, rpo; } config_item;
enum { SERVICES = 14, SYSTEMS = 20, TEAMS = 6, PEOPLE = 47 };
extern const service gen_services[SERVICES];
extern const config_item gen_systems[SYSTEMS];
extern const char *const gen_teams[TEAMS];
typedef struct world { rng r; person people[PEOPLE]; int npeople; const char *manager; bool bench, lapsed; uint32_t faults; } world; /* faults: 1 … 20 times as many in --bench; lapsed: the registers lack something for every rule about them */
void world_init(world *w, uint64_t seed);
person *world_handler(world *w, const char *team, int prio, int64_t at); /* the least loaded person of the team that may handle it */
const char *world_customer(world *w, const char **org);
const char *world_leaver(const world *w, int n);          /* n-th person who left in August */

/* generate_ticket.c: tickets and their history */
typedef enum stage { CREATED, RESPONDED, CLASSIFIED, ASSIGNED, STARTED, RESOLVED, VERIFIED, ACCEPTED, CLOSED, STAGES } stage;
typedef enum kind { INCIDENT, REQUEST, CHANGE, PROBLEM, COMPLAINT } kind;
typedef struct ticket {
    int64_t at[STAGES], hist[STAGES];   /* what the columns say, what the history says */
    int64_t d[STAGES];                  /* durations from which the times are planned: response, assessment and resolution from creation, others from the stage before */
    int64_t pause_after, pause_len, pause_from, pause_to, first_resolved, reopened, cancelled, escalated;
    int64_t approved, planned_from, planned_to, due;
    const char *id, *title, *description, *category, *service, *system, *channel, *origin, *requester, *org, *assignee, *team, *handling, *verifier, *accepter,
        *resolution, *root_cause, *approver, *rollback, *about, *related, *pause_status;
    kind type;
    int prio, impact, urgency, satisfaction, reopen_count; /* 0 (reopen_count: -1) missing */
    bool used, open, late_times;        /* used: carries a planted fault; open: never resolved; late_times: history ends with the columns */
    bool silent, unreported, unreviewed, late_report, late_action, unsaved; /* no updates; P1: not escalated, no review, report or action late; migration: no backup before it */
    int moves;                          /* from team to team */
    int sys;
} ticket;
bool ticket_information(const ticket *t);                  /* a request for information: 咨询, 查询 */
bool ticket_office(const ticket *t);                       /* on office hours (P3, P4, change, problem, complaint) */
int64_t ticket_limit(const ticket *t, stage s);            /* limit of the clock that ends with s, in seconds; 0: it has none */
void ticket_make(world *w, ticket *t, kind type, int64_t created, uint32_t no);
void ticket_plan(ticket *t);                               /* times from durations */
const char *ticket_status(const ticket *t);
void ticket_write(sink *s, const ticket *t);
long ticket_write_history(sink *s, const ticket *t);
typedef struct tickets { ticket *v; size_t n, cap; } tickets;
void tickets_make(world *w, tickets *ts, size_t n);        /* the sample: n and some, by time of creation */
void tickets_write(tickets *ts, const char *dir, long *line_of);
void tickets_bench(world *w, const char *dir, size_t n, tickets *keep); /* straight to the files; keeps a few for the other files */

/* generate_fault.c: planted faults */
typedef struct fault { const char *rule, *verdict, *dataset, *key, *file, *what; long line; const ticket *t; } fault;
typedef struct manifest { fault *v; size_t n, cap; } manifest;
void manifest_add(manifest *m, const char *rule, const char *verdict, const char *dataset, const char *key, const char *file, long line, const char *what);
void manifest_write(const manifest *m, const char *path);
void faults_plant(world *w, tickets *ts, manifest *m);
void faults_running(const tickets *ts, manifest *m);       /* the clocks that stand unfinished at the period's end */

/* generate_check.c: what follows from the tickets as they are, recounted record by record: order of answer and work, repeated incidents, load */
void consequences_list(const world *w, const tickets *ts, manifest *m);
bool tickets_quiet(const tickets *ts, const char *system, int64_t from, int64_t to);  /* no ticket of that system is created then */

/* generate_log.c, generate_register.c */
void logs_write(world *w, const tickets *ts, const char *dir, long lines, manifest *m);
void registers_write(world *w, const tickets *ts, const char *dir, manifest *m);
#endif
