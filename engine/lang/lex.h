/* Text of an expression -> tokens. Tokens point into the text; texts with escapes are decoded into the arena. */
#ifndef SLA_LANG_LEX_H
#define SLA_LANG_LEX_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/slice.h"

/* T(name, text for messages) */
#define TOKEN_LIST(T) \
    T(END, "the end") T(NAME, "a name") T(NUMBER, "a number") T(DURATION, "a duration") T(WORKDAYS, "working days") T(TEXT, "a text") T(TIME, "a time") \
    T(LPAREN, "'('") T(RPAREN, "')'") T(LBRACKET, "'['") T(RBRACKET, "']'") T(COMMA, "','") T(DOT, "'.'") \
    T(EQ, "'='") T(NE, "'!='") T(LT, "'<'") T(LE, "'<='") T(GT, "'>'") T(GE, "'>='") T(PLUS, "'+'") T(MINUS, "'-'") T(STAR, "'*'") T(SLASH, "'/'")
typedef enum token_kind {
#define T(name, text) TOK_##name,
    TOKEN_LIST(T)
#undef T
    TOK_COUNT } token_kind;

typedef struct token {
    token_kind kind;
    uint32_t at, end;   /* bytes of the expression, [at, end) */
    slice text;         /* NAME: with dots, as written; TEXT: decoded; TIME: without the @ */
    double num;         /* NUMBER, WORKDAYS */
    int64_t ms;         /* DURATION */
} token;

/* Where an expression stands: turns byte offsets into places of the pack. In a scalar that YAML folded over lines columns are approximate. */
typedef struct source { slice text; srcpos at; } source;
srcpos source_pos(const source *s, uint32_t offset);

typedef struct lexer { const source *src; uint32_t pos; arena *a; errlist *errors; } lexer;
/* false: an error was added. At the end TOK_END again and again. */
bool lex_next(lexer *l, token *out);
/* A regular expression /…/ or /…/i from here on (after `matches`); \/ stands for a slash. pattern: without the slashes. */
bool lex_regex(lexer *l, slice *pattern, bool *nocase, uint32_t *at);
const char *token_name(token_kind k);
#endif
