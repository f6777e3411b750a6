/* The one list of operations: enum, names for the dump and the table of kernels are made from it.
 * OP(name, text, kernel): kernel is a function of kernels.h that fills one register for a vector of rows; none: the register never changes.
 * BOOL registers are two bitmaps (true, known), so logic is done 64 rows a word. */
#ifndef SLA_LANG_OPS_H
#define SLA_LANG_OPS_H
#include <stdint.h>

#define OP_LIST(OP) \
    /* columns of the row itself, of the row outside a where, and values that are the same for every row */ \
    OP(FIELD, "field", field) \
    OP(DERIVED, "derived", derived) \
    OP(OUTER, "outer field", outer) \
    OP(OUTER_DERIVED, "outer derived", outer_derived) \
    OP(CONST, "const", none) \
    OP(AS_OF, "as_of", none) \
    OP(PERIOD_FROM, "period_from", none) \
    OP(PERIOD_TO, "period_to", none) \
    /* three-valued logic */ \
    OP(AND, "and", and) \
    OP(OR, "or", or) \
    OP(NOT, "not", not) \
    OP(NOT_FALSE, "not false", not_false) \
    OP(AGREE, "agree", agree)                  /* both operands say the same; else unknown */ \
    OP(IS_MISSING, "is missing", is_missing) \
    OP(MISSING_UNDER, "is missing under", missing_under) /* a is missing where b is known; unknown where b is not */ \
    /* comparisons; !=, > and >= are made of these */ \
    OP(EQ_I64, "=", eq_i64) \
    OP(LT_I64, "<", lt_i64) \
    OP(LE_I64, "<=", le_i64) \
    OP(EQ_F64, "= f", eq_f64) \
    OP(LT_F64, "< f", lt_f64) \
    OP(LE_F64, "<= f", le_f64) \
    OP(EQ_CODE, "= text", eq_code) \
    OP(LT_RANK, "< rank", lt_rank) \
    OP(LE_RANK, "<= rank", le_rank) \
    OP(EQ_BOOL, "= bool", eq_bool) \
    OP(RANK, "rank", rank)                     /* text code -> place in its enumeration + 1; 0: no term of it */ \
    OP(RANK_IN, "rank in", rank_in) \
    OP(RANK_DEFINED, "is defined", rank_defined) \
    OP(CODE_IN, "text in", code_in) \
    /* arithmetic; what does not fit is unknown */ \
    OP(ADD_I64, "+", add_i64) \
    OP(SUB_I64, "-", sub_i64) \
    OP(NEG_I64, "neg", neg_i64) \
    OP(ADD_F64, "+ f", add_f64) \
    OP(SUB_F64, "- f", sub_f64) \
    OP(MUL_F64, "* f", mul_f64) \
    OP(DIV_F64, "/ f", div_f64) \
    OP(NEG_F64, "neg f", neg_f64) \
    OP(SCALE, "duration *", scale) \
    OP(SHRINK, "duration /", shrink) \
    OP(RATIO, "duration / duration", ratio) \
    OP(DAYS_OF_MS, "whole days", days_of_ms) \
    OP(MS_OF_DAYS, "ms of days", ms_of_days) \
    OP(MIN_I64, "min", min_i64) \
    OP(MAX_I64, "max", max_i64) \
    OP(MIN_F64, "min f", min_f64) \
    OP(MAX_F64, "max f", max_f64) \
    OP(IF, "if", if) \
    OP(COALESCE, "coalesce", coalesce) \
    /* time */ \
    OP(DAY, "day", day) \
    OP(HOUR, "hour", hour) \
    OP(HOUR_START, "start of hour", hour_start) \
    OP(WEEKDAY, "weekday", weekday) \
    OP(DAY_NAME, "name of day", day_name)      /* month, quarter or week of a day as text */ \
    OP(WORK, "working time", work) \
    OP(IN_HOURS, "in hours", in_hours) \
    /* text: one result for each distinct text */ \
    OP(MATCH, "matches", match) \
    OP(TEXTCHECK, "contains", textcheck) \
    OP(LENGTH, "length", length) \
    OP(LOWER, "lower", lower) \
    OP(EXTRACT, "extract", extract) \
    OP(HAS_TEXT, "has text", has_text) \
    OP(LT_TEXT, "before in bytes", lt_text) \
    OP(TEXT_OF, "text of", text_of) \
    /* other rows */ \
    OP(LOOKUP, "look up", lookup) \
    OP(EXISTS, "exists", exists) \
    OP(GATHER, "field of", gather) \
    OP(GROUP, "rows of", group) \
    OP(GAP, "longest gap", gap)                /* working time between neighbours among from, the times of a group's rows, and to */ \
    OP(AGG, "aggregate", agg) \
    OP(EACH, "aggregate each", each)           /* the condition looks at outer.x: worked out pair by pair, for child rows between two times */

typedef enum opcode {
#define OP(name, text, kernel) OP_##name,
    OP_LIST(OP)
#undef OP
    OP_COUNT } opcode;

/* How a register's values lie in memory. RANK: uint16_t. ROW: uint32_t row or group, ROW_NONE: none. */
typedef enum regtype { REG_BOOL, REG_I64, REG_F64, REG_CODE, REG_RANK, REG_ROW } regtype;
#define ROW_NONE UINT32_MAX

/* Aggregates over child rows. COUNT_MIN and COUNT_MAX are the bounds of a count: without and with the rows whose condition is unknown. */
#define AGG_LIST(A) A(COUNT, "count") A(ANY, "any") A(SUM, "sum") A(MIN, "min") A(MAX, "max") A(FIRST, "first") A(LAST, "last") A(MEDIAN, "median") A(COUNT_MIN, "count at least") A(COUNT_MAX, "count at most")
typedef enum aggkind {
#define A(name, text) AGG_##name,
    AGG_LIST(A)
#undef A
    AGG_COUNT_OF } aggkind;
#endif
