/* Texts with {expressions} in them. */
#include <string.h>
#include "engine/lang/ast.h"
#include "engine/lang/lang.h"

typedef struct part { slice text; int slot; expr_type type; } part;  /* slot -1: plain text */
struct template { part *parts; size_t n, nslots; };

/* The end of an expression that began at i: its '}', over quoted texts. len: there is none. */
static size_t expr_end(slice s, size_t i)
{
    char quote = 0;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (quote && c == '\\') i++;
        else if (quote) quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'') quote = c;
        else if (c == '}') return i;
    }
    return s.len;
}

/* Plain text up to the next single brace, doubled ones made single. */
static bool plain(slice s, size_t *i, arena *a, slice *out)
{
    char *p = arena_alloc(a, s.len - *i + 1, 1);
    size_t n = 0;
    if (!p) return false;
    for (; *i < s.len; (*i)++) {
        char c = s.ptr[*i];
        if (c == '{' || c == '}') {
            if (*i + 1 >= s.len || s.ptr[*i + 1] != c) break;
            (*i)++;
        }
        p[n++] = c;
    }
    *out = (slice){p, n};
    return true;
}

static size_t count_parts(slice s)
{
    size_t n = 1;
    for (size_t i = 0; i < s.len; i++) n += s.ptr[i] == '{' ? 2 : 0;
    return n;
}

static sla_status add_expr(program *p, const source *src, size_t from, size_t to, part *out, errlist *errors)
{
    slice text = slice_trim((slice){src->text.ptr + from, to - from});
    srcpos at = source_pos(src, (uint32_t)(text.len ? (size_t)(text.ptr - src->text.ptr) : from));
    *out = (part){.text = text, .slot = -1};
    if (!text.len) {
        errlist_add(errors, SLA_SYNTAX, at, "there is nothing between { and }");
        errlist_hint(errors, "write {{ and }} for braces as such");
        return SLA_SYNTAX;
    }
    return program_add(p, text, at, VT_COUNT, &out->slot, &out->type, errors);
}

sla_status template_compile(program *p, slice text, srcpos at, arena *a, template **out, errlist *errors)
{
    source src = {arena_slice(a, text), at};
    template *t = ARENA_NEW(a, template, 1);
    if (t) t->parts = ARENA_NEW(a, part, count_parts(text));
    if (!t || !t->parts || (text.len && !src.text.ptr)) return errlist_add(errors, SLA_NOMEM, at, "out of memory");
    sla_status st = SLA_OK;
    for (size_t i = 0; i < src.text.len;) {
        part *x = &t->parts[t->n];
        *x = (part){.slot = -1};
        if (!plain(src.text, &i, a, &x->text)) return errlist_add(errors, SLA_NOMEM, at, "out of memory");
        t->n += x->text.len != 0;
        if (i >= src.text.len) break;
        size_t end = src.text.ptr[i] == '{' ? expr_end(src.text, i + 1) : src.text.len;
        if (end == src.text.len) {
            errlist_add(errors, SLA_SYNTAX, source_pos(&src, (uint32_t)i), "'%c' has no partner", src.text.ptr[i]);
            errlist_hint(errors, "write {{ and }} for braces as such");
            return SLA_SYNTAX;
        }
        sla_status one = add_expr(p, &src, i + 1, end, &t->parts[t->n], errors);
        if (one != SLA_OK) st = one;
        t->n++;
        t->nslots++;
        i = end + 1;
    }
    if (st == SLA_OK) *out = t;
    return st;
}

size_t template_nslots(const template *t) { return t->nslots; }

int template_slot(const template *t, size_t i, expr_type *type, slice *source_text)
{
    for (size_t k = 0; k < t->n; k++) {
        if (t->parts[k].slot < 0 || i-- > 0) continue;
        if (type) *type = t->parts[k].type;
        if (source_text) *source_text = t->parts[k].text;
        return t->parts[k].slot;
    }
    return -1;
}

static const char opening[] = "“", closing[] = "”";
enum { QUOTE = sizeof opening - 1 };

static bool stands_quoted(const buf *before, const template *t, size_t k)
{
    slice after = k + 1 < t->n && t->parts[k + 1].slot < 0 ? t->parts[k + 1].text : (slice){0};
    return before->len >= QUOTE && memcmp(before->ptr + before->len - QUOTE, opening, QUOTE) == 0 && after.len >= QUOTE && memcmp(after.ptr, closing, QUOTE) == 0;
}

void template_fill(const template *t, const slice *values, slice missing, buf *out)
{
    size_t next = 0, skip = 0; /* skip: of the text behind a missing value, the mark that would close its quotation */
    for (size_t k = 0; k < t->n; k++) {
        bool slot = t->parts[k].slot >= 0;
        slice text = slot ? values[next++] : (slice){t->parts[k].text.ptr + skip, t->parts[k].text.len - skip};
        skip = 0;
        if (slot && !text.ptr) {
            if (stands_quoted(out, t, k)) out->len -= QUOTE, skip = QUOTE;
            text = missing;
        }
        buf_slice(out, text);
    }
}
