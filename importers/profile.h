/* Profiles: how a product's export maps to a dataset. YAML (profiles/NAME.yaml; docs/profiles.md is the manual). Headers and terms are compared as
 * words_fold leaves them. */
#ifndef SLA_IMPORTERS_PROFILE_H
#define SLA_IMPORTERS_PROFILE_H
#include "engine/base/arena.h"
#include "engine/base/buf.h"
#include "engine/base/dict.h"
#include "engine/base/err.h"
#include "engine/base/yaml.h"
#include "engine/model/schema.h"
#include "importers/headers.h"

typedef struct header_list { slice *items, *folded; size_t n; } header_list;   /* as written, and as words_fold leaves them */
/* Terms: what a text means. A dictionary of folded texts; to[code] is the meaning. */
typedef struct term_map { dict *from; slice *to; size_t cap; } term_map;
typedef struct field_map {
    size_t field;                       /* of the dataset */
    header_list clock;                  /* of days: columns that hold the time of day */
    header_list from, fallback;         /* names it goes by, the preferred one first; fallback: only if the table has none of these, and said */
    header_list row_number;             /* then columns that count the rows of their table: the table's name is put before their numbers */
    term_map terms;                     /* of this profile; */
    const term_map *vocabulary;         /* then of everyone; NULL: free text. Other texts stay as they are */
    slice constant;                     /* ptr not NULL: no column, always this */
    int64_t unit;                       /* of bare numbers in durations, and of numbers given as durations, ms; 0: none */
    bool ends;                          /* a time at which the record is done: a duration of one that is open tells none */
    int after, or_after;                /* field that this one follows by the duration in its column; or_after: if that holds durations instead of times; -1: none */
    header_list cycle; slice cycle_list, cycle_at, cycle_running, cycle_in;   /* out of a field of one of these names: of the first of its cycles the value at a path; n 0: none (cycles.h) */
    header_list first_of;               /* what stands between several values in one cell, of which the first counts; a comma only behind a letter that is not Latin ("Doe, John" is one) */
    header_list none;                   /* texts that in this field mean nobody and nothing, though in others they mean something: 未分配 */
    int apart;                          /* a field whose column is not this one's, though both have its name; -1: none */
    bool digits;                        /* "52 267" is 52267 */
    slice behind;                       /* of a text with this in it, what stands behind: of "Incident: INC1" INC1; "": all of it */
    bool needs_unit;                    /* of durations: a number whose unit neither the value nor the header names is none ("RTO: 4") */
    bool percent;                       /* a share of at most 1, which is also written as "99.9%" and 99.9 */
    double most;                        /* a scale ends there: a column with numbers beyond it is on another one; 0: no scale */
    struct field_map *reason; header_list reason_of;   /* where the value is or means one of reason_of, a column of reason->from says more, by reason's terms (On Hold: Awaiting Vendor); NULL: none */
    int prefix_of; header_list prefixes; const slice *prefix_terms;   /* where nothing is said: what the text of that field begins with tells (INC: incident); -1: none */
} field_map;
/* Changes within a record of JSON. Paths as in `from`; list and items are paths of lists. */
typedef struct tracked_field { slice name; size_t field; slice id, title; } tracked_field;   /* as the changes call it; id, title: record's paths that pair a value's number with its name, "" none */
typedef struct history_map {
    bool given, alone;                  /* alone: records bring nothing but history */
    slice record, list, at, actor, items, field, old, new_;
    tracked_field *fields; size_t nfields;
    bool all;                           /* fields that are not named are kept by their own names */
} history_map;
typedef struct reached { size_t field; header_list states; size_t by; bool first; } reached;   /* time at which field `by` became one of states (last; or first) */
typedef struct profile {
    slice name, title;
    const dataset *ds;
    bool generic;                       /* tried where no product's profile fits */
    header_list *needs; size_t nneeds;  /* of each list one header must be there for the profile to be recognised */
    header_list knows;                  /* headers that speak for it although nothing is read from them */
    dict *known;                        /* every header it knows, folded */
    slice *missing; size_t nmissing;    /* texts that mean "no value" */
    field_map *maps; size_t nmaps;
    slice date_order;                   /* "" : found out from the whole column */
    slice zone;                         /* "": of times without one, the workspace's */
    uint64_t *limits; size_t nlimits;   /* how many rows the product exports at once: a table of just as many may be cut off */
    header_list suffixes;               /* "assigned_to.display_value" is assigned_to; the preferred one first */
    header_list unless;                 /* a header of these, and it is something else */
    slice refuse;                       /* not "": what such a table is, and why nothing is taken from it */
    const dataset *of; field_map *changed;   /* ds holds the changes of that dataset: what the values of its fields mean, by field; NULL: none */
    history_map history;
    /* fold: rows are updates of a record; the last one is the record, what changed between them is its history */
    bool fold, events;                  /* events: a row tells what happened at its time, be it the only one of its record */
    header_list fold_at, fold_actor, fold_sequence;   /* headers: when, by whom, and what orders updates of one instant */
    size_t *tracked; size_t ntracked;   /* dataset fields whose changes are kept */
    size_t *firsts; size_t nfirsts;     /* fields whose value is that of the record's first update */
    reached *reached; size_t nreached;
    errlist errors;                     /* what does not fit the model: such a profile is never chosen by itself */
} profile;
typedef struct profile_set { profile *items; size_t n, cap; const profile *named; header_list missing; const schema *model; term_map *vocabularies; size_t nvocabularies; const ynode *files; arena mem; } profile_set;   /* files: of refusals.yaml */

/* named: the one that the user asked for; NULL: by the header. Loads every *.yaml of the program's importers/profiles. A file that is no YAML is an error; one that does not fit the model (another pack's) is kept with
 * its errors, told only to who asks for it by name. */
sla_status profiles_load(const schema *m, profile_set *out, errlist *errors);
/* One more profile, out of a file of the user's. Its errors stand in the profile; what is no YAML goes to errors. */
sla_status profiles_add(profile_set *s, const char *path, const profile **out, errlist *errors);
const term_map *profile_vocabulary(const profile_set *s, const enumeration *en);   /* NULL: none */
void profiles_clear(profile_set *s);
const profile *profile_by_name(const profile_set *s, slice name);
/* The profile whose needed headers are all among names; a product's before a generic one, then the one that knows most of them. A generic
 * one must know five of them, or half. *out NULL: none.
 * why: the evidence, a line. Errors SLA_NOMEM */
sla_status profile_by_header(const profile_set *s, const slice *names, size_t n, bool generic, const profile **out, buf *why);
/* What the profile calls each of n headers, folded: the first of its readings that the profile knows and by which no other goes; the whole where it knows none.
 * A table that is refused is known by its headers as they stand. */
void profile_names(const profile *p, const header_text *headers, size_t n, slice *out);
/* The header without the profile's suffix. Returns 0: it has none; k: the k-th. folded: as words_fold leaves it. */
size_t profile_suffix(const profile *p, slice folded, slice *bare);
/* Where no profile is recognised: the one that knows most of the names (three at least) and still lacks a needed header. *out NULL: none. Errors SLA_NOMEM */
sla_status profile_nearest(const profile_set *s, const slice *names, size_t n, const profile **out);
/* Files that nothing takes and that are known all the same, by how they begin (refusals.yaml, files: name, begins, because, instead). SLA_UNKNOWN_FORMAT: known, and e says what it is, why nothing is taken and
 * what to export instead; SLA_OK: not known; SLA_NOMEM. */
sla_status profiles_refuse_file(const profile_set *s, slice head, srcpos at, err *e);
bool profile_has_need(const profile *p, size_t need, const slice *folded, size_t n);   /* folded: as profile_names gives them */
/* What text means for the field; text itself where nobody says. */
slice profile_term(const field_map *map, slice text);
/* 0..9: text begins with such a level, "P0", "p1-高"; -1: it does not. */
int profile_level(slice text);
bool profile_knows_term(const field_map *map, slice text);
#endif
