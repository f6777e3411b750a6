/* Datasets and their fields, as a pack's model.yaml defines them. The engine knows no dataset by name.
 *   enums:
 *     priority: {ordered: true, values: [P1, P2, P3, P4]}         ordered: the first is the least, for < and >=
 *     level:    {ordered: true, values: [junior, middle, senior, expert]}
 *     status:   {values: [new, …], titles: {new: {zh: 新建, en: New}}, phases: {run: [in_progress], pause: [pending_customer, …], final: […], cancelled: [cancelled]}}
 *   datasets:
 *     ticket:
 *       title: {zh: 工单, en: Ticket}
 *       key: [id]                    none: every row is its own
 *       time: created_at             by which a row enters the period, unless a rule says otherwise; or valid: [from_field, to_field]
 *       fields:
 *         id: {type: text, required: true, title: {zh: 工单号, en: Ticket}}
 *         status: {type: text, enum: status, as_of: history}
 *         due_at: {type: time, planned: true}      a planned time: may lie after the instant of judgement
 *         target: {type: number, share: true}      of a whole: "99.9%" and 99.9 mean 0.999
 *       changes: {dataset: history, record: ticket_id, at: at, field: field, old: old, new: new, actor: actor}    where this dataset's history lies */
#ifndef SLA_MODEL_SCHEMA_H
#define SLA_MODEL_SCHEMA_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "engine/base/arena.h"
#include "engine/base/buf.h"
#include "engine/base/yaml.h"
#include "engine/model/types.h"

enum { FIELDS_MAX = 64, DATASETS_MAX = 32, KEY_MAX = 8 };
typedef struct enumeration {
    slice name;
    bool ordered;
    slice *values, *titles_zh, *titles_en; size_t n;          /* titles default to the value */
    uint8_t *phase;                                           /* clock_phase of each value (0 = run) where phases are given, else NULL */
    size_t open;                                              /* where phases are given: what a record counts as that was open, nobody knows how: the first of `run`, else the first with no other phase */
} enumeration;
typedef struct field {
    slice name, title_zh, title_en;
    vtype type;
    const enumeration *en;                                    /* TEXT only; NULL: free text */
    bool required;                                            /* a row without it is rejected */
    bool planned;                                             /* TIME, DATE: may lie in the future; not masked by as_of */
    bool share;                                               /* NUMBER: 0 to 1, be it written in percent */
    bool rolled_back;                                         /* as_of: history — changes after as_of are undone from the dataset's changes */
} field;
typedef struct dataset {
    slice name, title_zh, title_en;
    size_t idx;                                               /* its place in the schema */
    field *fields; size_t nfields;
    size_t key[KEY_MAX]; size_t nkey;
    int time_field, valid_from, valid_to;                     /* field numbers; -1: none */
    struct { int dataset, record, at, field, old_, new_, actor; } changes;  /* dataset -1: no history kept */
} dataset;
typedef struct schema { dataset *datasets; size_t n; enumeration *enums; size_t nenums; const char *text; size_t text_len; } schema;

/* root: the tree of model.yaml. Everything lives in a. Adds all errors to errors; SLA_OK only if there is none. text is kept (for the workspace). */
sla_status schema_load(const ynode *root, slice text, arena *a, schema **out, errlist *errors);
const dataset *schema_dataset(const schema *s, slice name);   /* NULL: none */
int dataset_field(const dataset *d, slice name);              /* -1: none */
/* Of fields listed by name ("created_at, closed_at") the titles, in Chinese ("创建时间、关闭时间") and English ("Created, Closed"), behind what is in the buffers; what is no field is listed as it is. */
void dataset_put_titles(const dataset *d, slice names, buf *zh, buf *en);
int enumeration_rank(const enumeration *en, slice value);     /* -1: not a defined term */
/* Whether every one of the n header names (those of unnamed columns are empty) is a field of the dataset, and no required field is missing among them. */
bool dataset_knows_header(const dataset *d, const slice *names, size_t n);
/* The dataset that knows such a header (of a canonical file); of several the one with the fewest fields unused. One name among unnamed columns, such as id, says nothing. NULL: none. */
const dataset *schema_match_header(const schema *s, const slice *names, size_t n);
#endif
