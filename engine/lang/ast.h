/* The tree of one expression; lives in an arena. */
#ifndef SLA_LANG_AST_H
#define SLA_LANG_AST_H
#include "engine/lang/lex.h"

typedef enum ast_kind {
    AST_NUMBER, AST_TEXT, AST_DURATION, AST_WORKDAYS, AST_TIME, AST_BOOL, AST_NAME,
    AST_NOT, AST_NEG, AST_AND, AST_OR, AST_COMPARE, AST_ARITH,
    AST_IN,         /* items[0] in (items[1] …) */
    AST_MATCHES,    /* items[0] matches /name/ */
    AST_EXTRACT,    /* extract(items[0], /name/) */
    AST_MISSING, AST_DEFINED,
    AST_LOOKUP,     /* name[items].field; field empty: the row itself */
    AST_EXISTS,     /* items[0] is the look-up */
    AST_CALL,       /* name(items) */
    AST_AGG         /* name(items[0] where `where`); items[0] is a look-up whose items are comparisons field = value */
} ast_kind;

typedef struct ast {
    ast_kind kind;
    token_kind op;              /* COMPARE, ARITH */
    bool negated;               /* IN, MATCHES, MISSING, DEFINED: with `not` */
    bool nocase;                /* MATCHES */
    uint32_t at, end;           /* its place in the expression: [at, end); an operator's at is its left operand's */
    uint32_t op_at;             /* COMPARE, ARITH: the operator; LOOKUP: the field; MATCHES: the pattern */
    uint32_t height;            /* levels below it */
    slice name, field;
    double num;
    int64_t ms;
    struct ast **items;
    uint32_t n;
    struct ast *where;          /* AGG; NULL: all rows */
} ast;

enum { EXPR_BYTES_MAX = 65536, EXPR_DEPTH_MAX = 200, EXPR_HEIGHT_MAX = 1000 };
/* NULL: errors were added (out of memory among them). */
ast *expr_parse(const source *src, arena *a, errlist *errors);
#endif
