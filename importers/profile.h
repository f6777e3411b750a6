/* Profiles: how a product's export maps to a dataset. YAML (profiles/NAME.yaml; docs/importers.md is the manual). */
#ifndef SLA_IMPORTERS_PROFILE_H
#define SLA_IMPORTERS_PROFILE_H
#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/model/schema.h"

typedef struct value_pair { slice from, to; } value_pair;
typedef struct field_map {
    size_t field;                       /* of the dataset */
    slice *headers; size_t nheaders;    /* names it goes by, the preferred one first */
    value_pair *values; size_t nvalues; /* what a value means; others stay as they are */
    slice constant;                     /* ptr not NULL: no column, always this */
} field_map;
typedef struct change_map { slice header; slice field; size_t source_field; } change_map;
typedef struct profile {
    slice name, title;
    const dataset *ds;
    slice *needs; size_t nneeds;        /* headers that must be there for the profile to be recognised */
    slice *missing; size_t nmissing;    /* texts that mean "no value" */
    field_map *maps; size_t nmaps;
    slice date_order;                   /* "" : found out from the whole column */
    /* fold: rows are updates of a record; the last one is the record, what changed between them is its history */
    bool fold;
    slice fold_at, fold_actor, fold_sequence;   /* headers: when, by whom, and what orders updates of one instant */
    size_t *tracked; size_t ntracked;   /* dataset fields whose changes are kept */
    errlist errors;                     /* what does not fit the model: such a profile is never chosen by itself */
} profile;
typedef struct profile_set { profile *items; size_t n; arena mem; } profile_set;

/* Loads every *.yaml of the program's importers/profiles. A file that is no YAML is an error; one that does not fit the model (another pack's) is kept with
 * its errors, told only to who asks for it by name. */
sla_status profiles_load(const schema *m, profile_set *out, errlist *errors);
void profiles_clear(profile_set *s);
const profile *profile_by_name(const profile_set *s, slice name);
/* The profile whose needed headers are all among names; the one that needs most wins. NULL: none. */
const profile *profile_by_header(const profile_set *s, const slice *names, size_t n);
#endif
