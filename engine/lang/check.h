/* Tree -> typed nodes of a program: resolves names, checks types, chooses operations. Inside the room only. */
#ifndef SLA_LANG_CHECK_H
#define SLA_LANG_CHECK_H
#include "engine/lang/ast.h"
#include "engine/lang/program.h"

/* from_outer: the text stands inside a where, but is about the row outside: there outer.x is x.
 * guard: node + 1 of what stands left of an 'and' around here; where it is false nothing depends on what is checked now, so pairs of rows need not be made. */
typedef struct checker { program *p; const source *src; errlist *errors; arena *a; bool from_outer; uint32_t guard; } checker;
/* What the place asks for: the enumeration of the other operand (names mean its values first), the calendar that wd counts by. after_error: the other operand
 * is wrong, so a name that is a term of some enumeration is not reported as well. */
typedef struct want { const enumeration *en; const calendar *cal; bool after_error; } want;
typedef struct val { bool ok; uint32_t node; vtype type; const enumeration *en; } val;

val check_expr(checker *c, const ast *x, want w);
/* The same, and it must be of this type; what: "a condition" for the message. */
val check_typed(checker *c, const ast *x, want w, vtype t, const char *what);
want check_sniff(const checker *c, const ast *x);              /* what x would ask of its other operand; adds no errors */
val check_compare(checker *c, token_kind op, val l, val r, uint32_t at);
val check_lookup(checker *c, const ast *x);
val check_exists(checker *c, const ast *x);
val check_agg(checker *c, const ast *x);
const calendar *check_calendar(checker *c, const ast *x);       /* builtin.c: a calendar by name; NULL: an error was added */
val check_gap(checker *c, const ast *x);
val check_call(checker *c, const ast *x, want w);              /* builtin.c */
want builtin_sniff(const checker *c, const ast *x);
/* time -> its civil day; every other type stays. */
val check_to_day(checker *c, val v);
val check_result(checker *c, uint32_t nd, vtype t, const enumeration *en);
val check_fail(checker *c, uint32_t at, sla_status code, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* "unknown WHAT 'word'; did you mean 'nearest'?" */
val check_unknown(checker *c, uint32_t at, const char *what, slice word, const char *const *candidates, size_t n);
/* A column of a dataset by name: a field or a derived one. false: there is none. */
typedef struct colref { vtype type; const enumeration *en; size_t index; bool derived; } colref;
bool check_column(const checker *c, const dataset *ds, slice name, colref *out);
val check_unknown_column(checker *c, uint32_t at, const dataset *ds, slice name, const enumeration *also);
const char *type_text(vtype t);
#endif
