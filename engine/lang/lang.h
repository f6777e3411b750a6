/* The expression language: text -> typed, shared programs that run a vector of rows at a time.
 *
 * Syntax, from loosest to tightest (docs/expressions.md has the manual with examples):
 *   a or b;  a and b;  not a
 *   a = b, !=, <, <=, >, >=;  a in (x, y, …), a not in (…);  a matches /regex/, a not matches /regex/ (PCRE2);
 *   a is missing, a is not missing;  a is defined (is a term of its enumeration), a is not defined
 *   a + b, a - b;  a * b, a / b;  -a
 *   literals: 12, 3.5, 95%, "text", 'text', true, false, 15m 4h 90s 2d 3wd (durations; wd only against a worktime() or where a calendar is given),
 *             @2025-07-01 (date), @2025-07-01T09:00:00 (time in the workspace's zone, or with Z/offset)
 *   names: a field of the dataset; a value of an enumeration where one is compared with such a field (that reading comes first there); as_of, period_from, period_to
 *   look-up by the other dataset's key:   staff[assignee].level      staff[assignee] exists      (composite: document[id, version].status)
 *   rows of another dataset that point here:  count(history[ticket_id = id] where field = "team")   any(…)  sum/min/max/first/last(history.at[ticket_id = id] where …)
 *       inside the where, names are the other dataset's fields; outer.x is this row's. first/last: by the other dataset's time field, then row order
 *   functions: elapsed(a, b), worktime(a, b, calendar), day(t), month(t) "2025-07", quarter(t), week(t) "2025-W27", hour(t) 0..23, weekday(t) 1..7,
 *              text(x), lower(x), length(x), min(a, b, …), max(a, b, …), if(c, a, b), coalesce(a, b, …), in_hours(t, calendar),
 *              ordered(t1, t2, …) the present ones are in order, distinct(a, b, …) pairwise different, luhn-like checks: contains_id_number(x), contains_bank_card(x), contains_mobile(x), contains_secret(x)
 *   clock.NAME.elapsed (duration), .met (boolean), .paused, .state (text: met, breached, running, unknown, out) — derived columns the caller provides (lang_env.derived)
 * A date compared with a time: the time's civil day in the workspace's zone is taken. Text compares by equality, enumerations that are ordered also by rank.
 * Three-valued: missing operands give unknown; false and unknown = false; true or unknown = true; a value that is no term of its enumeration makes a comparison unknown
 * (only `is defined`, `is missing`, and comparison of two whole columns for (in)equality look through that). */
#ifndef SLA_LANG_LANG_H
#define SLA_LANG_LANG_H
#include "engine/base/arena.h"
#include "engine/base/buf.h"
#include "engine/base/err.h"
#include "engine/model/table.h"
#include "engine/time/calendar.h"
#include "engine/time/zone.h"

/* ---- what names mean, at compile time ---- */
enum { DERIVED_MAX = 128 };  /* of one dataset */
/* "clock.resolution.elapsed". datasets: bit of each other dataset that it is made from. */
typedef struct derived_field { slice name; vtype type; const enumeration *en; uint64_t datasets; } derived_field;
typedef enum day_name { DAY_NAME_MONTH, DAY_NAME_QUARTER, DAY_NAME_WEEK, DAY_NAME_KINDS } day_name;
typedef struct day_names { uint32_t *codes[DAY_NAME_KINDS]; } day_names;   /* of every day that there is; large, and made where an expression asks for them */
typedef struct lang_env {
    const schema *schema;
    const cal_set *cals;
    const zone *zone;
    day_names *days;            /* shared by the programs of one dictionary and one arena; {0} at first. NULL: each has its own */
    /* derived columns of a dataset (index by dataset->idx; may be NULL): arrays of n */
    struct { const derived_field *fields; size_t n; } derived[DATASETS_MAX];
} lang_env;

/* ---- a program: many expressions over one dataset; equal subexpressions are computed once ---- */
typedef struct program program;
/* texts: the world's dictionary: literals are interned into it. Everything lives in a. */
sla_status program_new(const lang_env *env, const dataset *ds, dict *texts, arena *a, program **out, err *e);
typedef struct expr_type { vtype type; const enumeration *en; } expr_type;
/* Compiles one expression. at: the place of its first character in the pack. want: a type it must have, or VT_COUNT for any. *slot: where its result
 * will stand. All errors found go to errors (position, message, suggestion); SLA_OK only if there is none, and nothing that a had to hold was lost (a->failed).
 * A condition's text is its own documentation; program_dump prints the instructions. */
sla_status program_add(program *p, slice text, srcpos at, vtype want, int *slot, expr_type *type, errlist *errors);
size_t program_slots(const program *p);
/* Which fields of which dataset the program reads: sets field[dataset][field]. coded: those whose codes it compares, so that equal texts must have one; of the others
 * only the texts are looked at, as by `matches`. shown: its results are only shown. */
typedef struct columns_read { bool field[DATASETS_MAX][FIELDS_MAX], coded[DATASETS_MAX][FIELDS_MAX], derived[DATASETS_MAX][DERIVED_MAX]; } columns_read;
void program_fields(const program *p, bool shown, columns_read *wanted);
sla_status program_uses_dataset(const program *p, int slot, bool used[DATASETS_MAX], err *e);   /* the datasets that one slot looks into besides its own */
/* Fields of the program's own dataset that a slot reads (for `observed`, `explain`). */
sla_status program_slot_fields(const program *p, int slot, bool fields[FIELDS_MAX], err *e);
int program_slot_field(const program *p, int slot);   /* the field that a slot just is; -1: it is more than one field, or a derived one */
void program_dump(const program *p, buf *out);

/* ---- the world a program runs in ---- */
typedef struct world {
    const schema *schema;
    table *tables[DATASETS_MAX];            /* NULL: not loaded; ->imported false: never imported */
    dict *dict;
    const zone *zone;
    int64_t as_of, from, to;                /* UTC ms */
    const uint64_t *later[DATASETS_MAX];    /* bits of the rows that had not happened at as_of: no look-up finds them; NULL: none */
    /* derived columns, same order as lang_env.derived; data as table columns over all rows */
    struct { const tcolumn *cols; size_t n; const struct lang_failure *failed; } derived[DATASETS_MAX];    /* failed: by column; NULL: none */
} world;

/* What could not be worked out: a pattern takes too many steps on a text (of several, the first in byte order). The value is unknown there. text.ptr NULL: nothing.
 * The texts are the dictionary's. */
typedef struct lang_failure { slice pattern, text; } lang_failure;

enum { VEC_ROWS = 1024 };                   /* rows a vector; 16 words of 64 rows */
typedef struct vec {                        /* a result: borrowed, valid until the next eval of the same machine */
    union { const int64_t *i64; const double *f64; const uint32_t *code; const uint64_t *bits; } v; /* BOOL: bits (true), by row */
    const uint64_t *known;                  /* bit set: a value is known (BOOL: true or false; else: present) */
} vec;
/* A machine runs one program on one thread: registers, bound look-ups, regex memos. Look-up indexes are built on first binding and shared through `shared`. */
typedef struct lang_shared lang_shared;     /* indexes by (dataset, key columns); thread-safe after lang_bind returned */
sla_status lang_shared_new(const world *w, lang_shared **out, err *e);
void lang_shared_free(lang_shared *s);
void lang_shared_trim(lang_shared *s);      /* frees what programs bound but the indexes; it is made anew when wanted again. No machine may be there */
typedef struct machine machine;
/* Prepares all look-ups, child-row aggregates and per-dictionary results that p needs (may use the pool; derived columns must be there). Binding a second machine
 * of the same program is cheap. The first machine of a program may add texts to the world's dictionary (lower, text): make it before other threads run machines. */
sla_status machine_new(const program *p, const world *w, lang_shared *s, machine **out, err *e);
void machine_free(machine *m);              /* NULL allowed */
/* What slot rests on that could not be worked out by the machines of p so far, in derived columns too. Once p ran over its rows; before lang_shared_trim. */
sla_status lang_failed(const lang_shared *s, const program *p, int slot, lang_failure *out, err *e);
/* Evaluates slots[0..nslots) for rows [row0, row0+n), n <= VEC_ROWS, row0 a multiple of 64. rows NULL; or, to look at single rows for findings, see machine_value. */
sla_status machine_eval(machine *m, size_t row0, size_t n, err *e);
vec machine_result(const machine *m, int slot);
/* The rows of other datasets that slot's value for `row` rests on: what its look-ups found, and the child rows whose condition is true: *n of them, up to max.
 * A row outside the vector evaluated last is evaluated anew: then results taken before are gone. */
typedef struct row_ref { int dataset; size_t row; } row_ref;
sla_status machine_evidence(machine *m, int slot, size_t row, row_ref *out, size_t max, size_t *n, err *e);
/* One value as text for people: times in the zone, numbers without trailing zeros, missing as "". */
void value_print(const world *w, expr_type t, const vec *v, size_t i, buf *out);

/* ---- templates of findings: "{id}({priority})由{assignee}处理" ---- */
typedef struct template template;
/* Splits text at {expr}; each expression is added to p. {{ and }} stand for braces. */
sla_status template_compile(program *p, slice text, srcpos at, arena *a, template **out, errlist *errors);
size_t template_nslots(const template *t);
int template_slot(const template *t, size_t i, expr_type *type, slice *source_text);   /* the i-th {…} */
/* Fills the text with the already printed values of the slots, in order. ptr NULL: there is none; missing stands in its place, without the “” that may be around it. */
void template_fill(const template *t, const slice *values, slice missing, buf *out);
#endif
