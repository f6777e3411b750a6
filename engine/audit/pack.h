/* A compiled pack: what the files of this folder share. */
#ifndef SLA_AUDIT_PACK_H
#define SLA_AUDIT_PACK_H
#include "engine/audit/audit.h"
#include "engine/lang/lang.h"
#include "engine/time/slaclock.h"

enum { PERIOD_NONE = -1, PERIOD_VALID = -2, SLOT_NONE = -1 };

/* A bound with its exact value num/den, so that shares are compared without rounding. */
typedef struct bound { bool has, at_most; int64_t num, den; double value; slice text; } bound;
typedef struct key_bound { slice key; bound b; } key_bound;
typedef struct breakdown { slice name; int slot; expr_type type; } breakdown;   /* a grouping: by priority, by month(created_at) */

/* Rows of a dataset: those whose time lies in the period and for which where is true. */
typedef struct selection { const dataset *ds; int period_field; int where; } selection;

typedef enum measure_kind { MEASURE_COUNT, MEASURE_SHARE, MEASURE_SUM, MEASURE_MEAN, MEASURE_PERCENTILE, MEASURE_MIN, MEASURE_MAX, MEASURE_UPTIME, MEASURE_STOCK, MEASURE_STOCK_AGE, MEASURE_HELD } measure_kind;
/* until: slot, of a stock; field and clock: of held. */
typedef struct measure { measure_kind kind; int slot; expr_type type; double percent; int until, field; const struct sla_clock *clock; } measure;

/* Downtime of subjects: rows of `subjects` by key, outages joined to them by key. Slots belong to the programs of the two datasets. */
typedef struct uptime { const dataset *subjects, *outages; int subject_where, subject_key, subject_target, outage_key, from, to, planned; bool needs[DATASETS_MAX]; } uptime;

/* When the field that chooses the limit changes: the latest value holds for all the time (and the time used is kept), the highest one does, each part of the time uses its part of
 * the limit in force then, the clock begins anew, or the time used is that since the start without any pause. */
typedef enum change_policy { CHANGE_LATEST, CHANGE_HIGHEST, CHANGE_SPLIT, CHANGE_REANCHOR, CHANGE_GROSS } change_policy;
typedef struct clock_limit { slice key; int64_t limit; const calendar *cal; slice text; srcpos at; } clock_limit;
/* For records with this value of a field (a service): the same limits in other calendars. */
typedef struct calendar_choice { slice key; clock_limit *limits; } calendar_choice;
typedef struct sla_clock {
    slice name; bitext title;
    const dataset *ds;
    int where;                              /* slot of the clocks' program */
    int start, stop, status;                /* fields */
    bool history; reopen_policy reopen; change_policy change;
    int by;                                 /* field that chooses the limit; -1: one limit */
    clock_limit *limits; size_t nlimits;    /* the last may be the default: key ptr NULL */
    int calendar_by; calendar_choice *choices; size_t nchoices;    /* field; -1: the limits' own calendars for all */
    size_t first_derived;                   /* number of its first derived field (elapsed, paused, met, state, due, breach, limit, cycles) */
} sla_clock;
typedef enum clock_field { CLOCK_ELAPSED, CLOCK_PAUSED, CLOCK_IS_MET, CLOCK_STATE, CLOCK_DUE, CLOCK_BREACH, CLOCK_LIMIT, CLOCK_CYCLES, CLOCK_FIELDS } clock_field;

/* A column that the pack computes for a dataset (pack.yaml, computed), in the order in which they build on each other. */
typedef struct computed { const dataset *ds; program *p; int slot; size_t field; } computed;

/* Without which a rule or a figure says nothing: datasets, fields in which some record must have a value, and kinds of records of which there must be some; title: what these are called. */
enum { NEEDS_FIELDS = 16, NEEDS_RECORDS = 4 };
typedef struct needs {
    bool dataset[DATASETS_MAX];
    struct { const dataset *ds; int field; } fields[NEEDS_FIELDS]; size_t nfields;
    struct { selection sel; bitext title; } records[NEEDS_RECORDS]; size_t nrecords;
} needs;

typedef struct rule {
    slice id, clause; bitext title, criterion, effect, recommend; slice condition, where, off, kind_name;     /* where: as written, of the rule or of its event */
    severity sev; bool by_heading, list;
    const struct rule_kind *kind;
    srcpos at;
    selection sel;
    int require;                            /* record */
    const sla_clock *clock;
    measure m; uptime up;
    bound target; int targets_by; key_bound *targets; size_t ntargets; breakdown targets_key;
    int64_t least_n; bool than_before;      /* metric: held against its own value in the period before */
    breakdown *groups; size_t ngroups;
    needs needs;
    uint64_t reads[DATASETS_MAX];           /* bit f: a field that the expressions of its event sets read of that dataset */
    template *finding_zh, *finding_en;      /* slots of the dataset's findings program; NULL: none */
    void *own;                              /* what its kind keeps of it */
    slice text_zh, text_en;                 /* their text, for kinds that fill it in themselves */
} rule;

typedef struct kpi {
    slice id, theme, unit, better; bitext title, theme_title, formula, exclusions;
    selection sel; measure m; uptime up; bound target; int64_t least_n;
    breakdown *groups; size_t ngroups;
    needs needs;
} kpi;

typedef struct indicator {
    slice id, unit, better; bitext title, formula;
    selection sel; measure m; int64_t least_n;
    int person;                             /* slot over sel.ds: whose row it is; of the scorecard's own dataset unless the indicator names another */
    double weight, zero, full; bool has_points;
    breakdown *cells; size_t ncells;        /* expected_by */
    size_t rules[8], nrules;                /* counts the records that do not conform to these rules, by number in the pack, instead of a measure; 0: measures */
} indicator;
typedef struct band { slice grade; double from; bitext title; } band;
typedef struct scorecard {
    bool there; const dataset *over, *people; int person; int period_field; int64_t least_n;
    int name, team, role, level;            /* fields of people; -1: none */
    indicator *items; size_t n;
    band *bands; size_t nbands;
    breakdown month;
} scorecard;

/* A rule whose failure somebody answers for until a day, the last one included. */
typedef struct waiver { slice rule, owner, reason, until; int64_t until_day; } waiver;

typedef struct clause { slice id, chapter; bitext title, chapter_title; bool by_heading; } clause;

struct pack {
    arena mem;
    dict *texts;
    const zone *zone;
    slice id, version; bitext title; char sha256[65];
    double unknown_tolerance; int64_t tolerance_num, tolerance_den;
    schema *model; cal_set cals; lang_env env; day_names days;
    program *clock_programs[DATASETS_MAX];      /* before clocks are known; NULL: none */
    program *programs[DATASETS_MAX];            /* conditions, keys, values */
    program *finding_programs[DATASETS_MAX];    /* what findings say */
    clause *clauses; size_t nclauses;
    sla_clock *clocks; size_t nclocks;
    computed *computed; size_t ncomputed;
    rule *rules; size_t nrules;
    waiver *waivers; size_t nwaivers;
    kpi *kpis; size_t nkpis;
    scorecard card;
    const ynode *calendars_node, *holidays_node;
};

/* ---- loading (pack_*.c) ---- */
typedef struct pack_loader { pack *p; errlist *errors, *warnings; const ynode *tailoring, *repeats /* of pack.yaml, by name */; bool nomem; } pack_loader;
bitext load_bitext(const ynode *map, const char *key);
void *load_take(pack_loader *l, size_t n, size_t size);
bool load_lacked_memory(const pack_loader *l);             /* so that errors and warnings are not the files' own, or not all of them */
program *load_program(pack_loader *l, program **programs, const dataset *ds);
/* Compiles a member of map; SLOT_NONE if it is absent. */
int load_expr(pack_loader *l, program *p, const ynode *n, vtype want, expr_type *type);
void load_used(pack_loader *l, const program *p, int slot, bool used[DATASETS_MAX]);   /* the datasets that an expression looks into, added to used */
int load_expr_text(pack_loader *l, program *p, slice text, srcpos at, vtype want, expr_type *type);
const dataset *load_dataset_name(pack_loader *l, const ynode *map, const char *key);
int load_field_name(pack_loader *l, const dataset *ds, const ynode *n);
void load_basis(pack_loader *l, const ynode *n);           /* checks it: text or heading; NULL: absent */
int load_time_name(pack_loader *l, const dataset *ds, const ynode *n, bool or_date);    /* one that is a time, or a date */
bool load_bound(pack_loader *l, const ynode *n, bool at_least_by_default, bound *out);
void load_selection(pack_loader *l, const ynode *n, selection *out);
void need_field(pack_loader *l, srcpos at, needs *out, const dataset *ds, int f);
void load_measure(pack_loader *l, const ynode *n, const ynode *value, const dataset *ds, measure *m, uptime *up);
void load_breakdowns(pack_loader *l, const ynode *n, const dataset *ds, breakdown **out, size_t *count);
int64_t load_count(pack_loader *l, const ynode *map, const char *key, int64_t dflt);
void load_flag(pack_loader *l, const ynode *map, const char *key, bool *out);    /* true or false; absent: *out stays */
void load_clocks(pack_loader *l, const ynode *root);
void load_computed(pack_loader *l, const ynode *list);     /* after the clocks */
void load_rule(pack_loader *l, const ynode *n);
void load_rules(pack_loader *l, const ynode *root);
void load_tailoring(pack_loader *l);                        /* after the rules: checks the profile, takes its waivers */
void load_kpis(pack_loader *l, const ynode *root);
void load_scorecard(pack_loader *l, const ynode *root);
#endif
