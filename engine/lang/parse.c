/* A Pratt parser: each infix operator has a left and a right binding power. */
#include "engine/lang/ast.h"

typedef struct parser { lexer lex; token tok; arena *a; errlist *errors; int depth; } parser;

enum { BP_OR = 10, BP_AND = 20, BP_NOT = 30, BP_COMPARE = 40, BP_SUM = 50, BP_PRODUCT = 60, BP_NEG = 70 };

static ast *parse_bp(parser *p, int min_bp);

static bool advance(parser *p) { return lex_next(&p->lex, &p->tok); }
static bool at_word(const parser *p, const char *w) { return p->tok.kind == TOK_NAME && slice_is(p->tok.text, w); }

static ast *refuse(parser *p, sla_status code, uint32_t at, const char *msg, const char *hint)
{
    errlist_add(p->errors, code, source_pos(p->lex.src, at), "%s", msg);
    if (hint) errlist_hint(p->errors, "%s", hint);
    return NULL;
}

static ast *unexpected(parser *p, const char *wanted)
{
    if (p->tok.kind == TOK_NAME)
        errlist_add(p->errors, SLA_SYNTAX, source_pos(p->lex.src, p->tok.at), "expected %s, found '%.*s'", wanted, SLICE_ARG(p->tok.text));
    else
        errlist_add(p->errors, SLA_SYNTAX, source_pos(p->lex.src, p->tok.at), "expected %s, found %s", wanted, token_name(p->tok.kind));
    return NULL;
}

static bool expect(parser *p, token_kind k)
{
    if (p->tok.kind == k) return advance(p);
    unexpected(p, token_name(k));
    return false;
}

static ast *make(parser *p, ast_kind kind, uint32_t at, size_t n)
{
    ast *x = ARENA_NEW(p->a, ast, 1);
    if (x && n) x->items = ARENA_NEW(p->a, ast *, n);
    if (!x || (n && !x->items)) return NULL;
    x->kind = kind;
    x->at = at;
    x->end = p->lex.pos;
    x->n = (uint32_t)n;
    return x;
}

/* Sets height and end; a chain of a thousand operators would make every later walk as deep. */
static ast *finish(parser *p, ast *x, uint32_t end)
{
    for (uint32_t i = 0; i < x->n; i++)
        if (x->items[i]->height >= x->height) x->height = x->items[i]->height + 1;
    if (x->where && x->where->height >= x->height) x->height = x->where->height + 1;
    x->end = end;
    if (x->height > EXPR_HEIGHT_MAX) return refuse(p, SLA_LIMIT, x->at, "the expression is too long", "use in (…), or split the condition into several rules");
    return x;
}

/* expr, expr, … up to close (taken). */
static bool parse_list(parser *p, token_kind close, ast ***items, uint32_t *n)
{
    uint32_t cap = 0;
    *items = NULL;
    *n = 0;
    while (p->tok.kind != close) {
        if (*n && !expect(p, TOK_COMMA)) return false;
        ast *x = parse_bp(p, 0);
        if (!x) return false;
        if (*n == cap) {
            ast **more = ARENA_NEW(p->a, ast *, cap ? (size_t)cap * 2 : 4);
            if (!more) return false;
            if (*n) memcpy(more, *items, *n * sizeof *more);
            *items = more;
            cap = cap ? cap * 2 : 4;
        }
        (*items)[(*n)++] = x;
        if (p->tok.kind != TOK_COMMA && p->tok.kind != close) {
            unexpected(p, close == TOK_RPAREN ? "',' or ')'" : "',' or ']'");
            return false;
        }
    }
    return advance(p);
}

static ast *parse_lookup(parser *p, const token *name)
{
    ast *x = make(p, AST_LOOKUP, name->at, 0);
    if (!x) return NULL;
    x->name = name->text;
    if (!advance(p) || !parse_list(p, TOK_RBRACKET, &x->items, &x->n)) return NULL;
    if (!x->n) return refuse(p, SLA_SYNTAX, x->at, "a look-up needs a key between its brackets", NULL);
    if (p->tok.kind == TOK_DOT) {
        if (!advance(p)) return NULL;
        if (p->tok.kind != TOK_NAME) return unexpected(p, "a field after '.'");
        x->field = p->tok.text;
        x->op_at = p->tok.at;
        if (!advance(p)) return NULL;
    }
    return finish(p, x, p->tok.at);
}

static bool names_aggregate(slice s)
{
    static const char *const names[] = {"count", "any", "sum", "min", "max", "first", "last", "median"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_is(s, names[i])) return true;
    return false;
}

/* extract(x, /pattern/): the comma is the token that was read last, so the lexer stands right behind it. */
static ast *parse_extract(parser *p, const token *name)
{
    ast *x = make(p, AST_EXTRACT, name->at, 1);
    if (!x || !advance(p) || !(x->items[0] = parse_bp(p, 0))) return NULL;
    if (p->tok.kind != TOK_COMMA) return unexpected(p, "',' and a regular expression");
    if (!lex_regex(&p->lex, &x->name, &x->nocase, &x->op_at) || !advance(p) || !expect(p, TOK_RPAREN)) return NULL;
    return finish(p, x, p->tok.at);
}

static ast *parse_call(parser *p, const token *name)
{
    if (slice_is(name->text, "extract")) return parse_extract(p, name);
    ast *x = make(p, AST_CALL, name->at, 0);
    if (!x) return NULL;
    x->name = name->text;
    if (!advance(p)) return NULL;
    if (p->tok.kind != TOK_RPAREN && names_aggregate(name->text)) {
        ast *first = parse_bp(p, 0);
        if (!first) return NULL;
        if (at_word(p, "where") || (p->tok.kind == TOK_RPAREN && first->kind == AST_LOOKUP)) {
            ast *agg = make(p, AST_AGG, name->at, 1);
            if (!agg) return NULL;
            agg->name = name->text;
            agg->items[0] = first;
            if (at_word(p, "where") && (!advance(p) || !(agg->where = parse_bp(p, 0)))) return NULL;
            if (!expect(p, TOK_RPAREN)) return NULL;
            return finish(p, agg, p->tok.at);
        }
        if (p->tok.kind == TOK_COMMA && !advance(p)) return NULL;
        ast **rest;
        uint32_t n;
        if (!parse_list(p, TOK_RPAREN, &rest, &n)) return NULL;
        if (!(x->items = ARENA_NEW(p->a, ast *, n + 1))) return NULL;
        x->items[0] = first;
        if (n) memcpy(x->items + 1, rest, n * sizeof *rest);
        x->n = n + 1;
        return finish(p, x, p->tok.at);
    }
    if (!parse_list(p, TOK_RPAREN, &x->items, &x->n)) return NULL;
    return finish(p, x, p->tok.at);
}

static bool is_keyword(slice s)
{
    static const char *const words[] = {"and", "or", "not", "in", "matches", "is", "where", "exists"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_is(s, words[i])) return true;
    return false;
}

static ast *parse_name(parser *p)
{
    token name = p->tok;
    if (is_keyword(name.text)) return unexpected(p, "a value");
    if (!advance(p)) return NULL;
    if (p->tok.kind == TOK_LPAREN) return parse_call(p, &name);
    if (p->tok.kind == TOK_LBRACKET) return parse_lookup(p, &name);
    bool truth = slice_is(name.text, "true");
    ast *x = make(p, truth || slice_is(name.text, "false") ? AST_BOOL : AST_NAME, name.at, 0);
    if (!x) return NULL;
    x->name = name.text;
    x->ms = truth;
    x->end = name.end;
    return x;
}

static ast *parse_literal(parser *p, ast_kind kind)
{
    ast *x = make(p, kind, p->tok.at, 0);
    if (!x) return NULL;
    x->name = p->tok.text;
    x->num = p->tok.num;
    x->ms = p->tok.ms;
    x->end = p->tok.end;
    return advance(p) ? x : NULL;
}

static ast *parse_prefix(parser *p, ast_kind kind, int bp)
{
    ast *x = make(p, kind, p->tok.at, 1);
    if (!x || !advance(p)) return NULL;
    if (!(x->items[0] = parse_bp(p, bp))) return NULL;
    return finish(p, x, x->items[0]->end);
}

static ast *parse_operand(parser *p)
{
    switch (p->tok.kind) {
    case TOK_NUMBER: return parse_literal(p, AST_NUMBER);
    case TOK_TEXT: return parse_literal(p, AST_TEXT);
    case TOK_DURATION: return parse_literal(p, AST_DURATION);
    case TOK_WORKDAYS: return parse_literal(p, AST_WORKDAYS);
    case TOK_TIME: return parse_literal(p, AST_TIME);
    case TOK_MINUS: return parse_prefix(p, AST_NEG, BP_NEG);
    case TOK_NAME: return at_word(p, "not") ? parse_prefix(p, AST_NOT, BP_NOT) : parse_name(p);
    case TOK_LPAREN: {
        if (!advance(p)) return NULL;
        ast *x = parse_bp(p, 0);
        if (!x || !expect(p, TOK_RPAREN)) return NULL;
        return x;
    }
    default: return unexpected(p, "a value");
    }
}

/* What stands after a left operand: its binding power, 0 if it is no operator. */
static int infix_bp(const parser *p, ast_kind *kind)
{
    switch (p->tok.kind) {
    case TOK_EQ: case TOK_NE: case TOK_LT: case TOK_LE: case TOK_GT: case TOK_GE: *kind = AST_COMPARE; return BP_COMPARE;
    case TOK_PLUS: case TOK_MINUS: *kind = AST_ARITH; return BP_SUM;
    case TOK_STAR: case TOK_SLASH: *kind = AST_ARITH; return BP_PRODUCT;
    default: break;
    }
    *kind = AST_AND;
    if (at_word(p, "and")) return BP_AND;
    *kind = AST_OR;
    if (at_word(p, "or")) return BP_OR;
    *kind = AST_NAME; /* one of the postfix words; which one is seen later */
    if (at_word(p, "in") || at_word(p, "matches") || at_word(p, "is") || at_word(p, "not") || at_word(p, "exists")) return BP_COMPARE;
    return 0;
}

static ast *parse_in(parser *p, ast *left, bool negated)
{
    ast **list;
    uint32_t n;
    if (!advance(p) || !expect(p, TOK_LPAREN) || !parse_list(p, TOK_RPAREN, &list, &n)) return NULL;
    if (!n) return refuse(p, SLA_SYNTAX, left->at, "the list after 'in' is empty", NULL);
    ast *x = make(p, AST_IN, left->at, n + 1);
    if (!x) return NULL;
    x->negated = negated;
    x->items[0] = left;
    memcpy(x->items + 1, list, n * sizeof *list);
    return finish(p, x, p->tok.at);
}

static ast *parse_word(parser *p, ast *left)
{
    bool negated = at_word(p, "not");
    if (negated && !advance(p)) return NULL;
    if (at_word(p, "in")) return parse_in(p, left, negated);
    if (at_word(p, "matches")) {
        ast *x = make(p, AST_MATCHES, left->at, 1);
        /* the token after `matches` is not read yet: the lexer stands right behind the word */
        if (!x || !lex_regex(&p->lex, &x->name, &x->nocase, &x->op_at) || !advance(p)) return NULL;
        x->negated = negated;
        x->items[0] = left;
        return finish(p, x, p->tok.at);
    }
    if (negated) return unexpected(p, "'in' or 'matches' after 'not'");
    if (at_word(p, "exists")) {
        if (left->kind != AST_LOOKUP || left->field.len) return refuse(p, SLA_SYNTAX, p->tok.at, "'exists' stands after a look-up", "for example staff[assignee] exists; for a field write: is not missing");
        ast *x = make(p, AST_EXISTS, left->at, 1);
        if (!x || !advance(p)) return NULL;
        x->items[0] = left;
        return finish(p, x, p->tok.at);
    }
    if (!advance(p)) return NULL; /* is */
    negated = at_word(p, "not");
    if (negated && !advance(p)) return NULL;
    if (!at_word(p, "missing") && !at_word(p, "defined")) return unexpected(p, negated ? "'missing' or 'defined'" : "'missing', 'defined' or 'not'");
    ast *x = make(p, at_word(p, "missing") ? AST_MISSING : AST_DEFINED, left->at, 1);
    if (!x || !advance(p)) return NULL;
    x->negated = negated;
    x->items[0] = left;
    return finish(p, x, p->tok.at);
}

static ast *parse_infix(parser *p, ast *left, ast_kind kind, int bp)
{
    if (kind == AST_NAME) return parse_word(p, left);
    ast *x = make(p, kind, left->at, 2);
    if (!x) return NULL;
    x->op = p->tok.kind;
    x->op_at = p->tok.at;
    x->items[0] = left;
    if (!advance(p) || !(x->items[1] = parse_bp(p, bp))) return NULL;
    return finish(p, x, x->items[1]->end);
}

static ast *parse_bp(parser *p, int min_bp)
{
    ast_kind kind;
    int bp;
    bool compared = false;
    if (p->depth >= EXPR_DEPTH_MAX) return refuse(p, SLA_LIMIT, p->tok.at, "the expression is nested too deeply (limit 200)", NULL);
    p->depth++;
    ast *x = parse_operand(p);
    while (x && (bp = infix_bp(p, &kind)) > min_bp) {
        if (bp == BP_COMPARE && compared) {
            x = refuse(p, SLA_SYNTAX, p->tok.at, "comparisons do not chain", "write a < b and b < c");
            break;
        }
        compared = bp == BP_COMPARE;
        x = parse_infix(p, x, kind, bp);
    }
    p->depth--;
    return x;
}

ast *expr_parse(const source *src, arena *a, errlist *errors)
{
    parser p = {.lex = {src, 0, a, errors}, .a = a, .errors = errors};
    if (src->text.len > EXPR_BYTES_MAX) return refuse(&p, SLA_LIMIT, 0, "the expression is too long", NULL);
    if (!advance(&p)) return NULL;
    if (p.tok.kind == TOK_END) return refuse(&p, SLA_SYNTAX, 0, "the expression is empty", NULL);
    ast *x = parse_bp(&p, 0);
    if (x && p.tok.kind != TOK_END) return unexpected(&p, "an operator or the end");
    return x;
}
