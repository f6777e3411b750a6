#include "engine/lang/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/mem.h"

struct regex { pcre2_code *code; slice pattern; };
struct regex_scratch { pcre2_match_data *data; pcre2_match_context *context; pcre2_jit_stack *stack; };
enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 10000, HEAP_LIMIT_KIB = 20000, JIT_STACK_MIN = 32768, JIT_STACK_MAX = 1048576 };

static void *door_alloc(size_t n, void *ctx)
{
    (void)ctx;
    return mem_resize(NULL, n, 1);
}
static void door_free(void *p, void *ctx)
{
    (void)ctx;
    mem_free(p);
}

static pcre2_code *compile(slice pattern, bool nocase, int *rc, size_t *bad)
{
    pcre2_general_context *g = pcre2_general_context_create(door_alloc, door_free, NULL);
    pcre2_compile_context *cc = g ? pcre2_compile_context_create(g) : NULL;
    pcre2_code *code = NULL;
    *rc = PCRE2_ERROR_NOMEMORY;
    *bad = 0;
    if (cc) {
        PCRE2_SIZE at = 0;
        pcre2_set_max_pattern_length(cc, REGEX_BYTES_MAX);
        pcre2_set_parens_nest_limit(cc, 100);
        code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | (nocase ? PCRE2_CASELESS : 0), rc, &at, cc);
        *bad = at;
    }
    pcre2_compile_context_free(cc);
    pcre2_general_context_free(g);
    return code;
}

static sla_status compile_status(int rc) { return rc == PCRE2_ERROR_NOMEMORY || rc == PCRE2_ERROR_HEAP_FAILED ? SLA_NOMEM : SLA_SYNTAX; }

sla_status regex_new(slice pattern, bool nocase, regex **out, err *e)
{
    int rc;
    size_t bad;
    regex *r = mem_zero(1, sizeof *r);
    if (!r) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    r->pattern = pattern;
    r->code = compile(pattern, nocase, &rc, &bad);
    if (!r->code) {
        mem_free(r);
        return err_set(e, compile_status(rc), SRCPOS_NONE, "cannot compile /%.*s/", SLICE_ARG(pattern));
    }
    (void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE); /* without it pcre2_match interprets: slower, the same answers */
    *out = r;
    return SLA_OK;
}

void regex_free(regex *r)
{
    if (!r) return;
    pcre2_code_free(r->code);
    mem_free(r);
}

sla_status regex_scratch_new(regex_scratch **out, err *e)
{
    pcre2_general_context *g = pcre2_general_context_create(door_alloc, door_free, NULL);
    regex_scratch *s = mem_zero(1, sizeof *s);
    if (g && s) {
        s->data = pcre2_match_data_create(1, g);
        s->context = pcre2_match_context_create(g);
        s->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, g);
    }
    pcre2_general_context_free(g);
    if (!s || !s->data || !s->context || !s->stack) {
        regex_scratch_free(s);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    }
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(s->context, HEAP_LIMIT_KIB);
    pcre2_jit_stack_assign(s->context, NULL, s->stack);
    *out = s;
    return SLA_OK;
}

void regex_scratch_free(regex_scratch *s)
{
    if (!s) return;
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->context);
    pcre2_jit_stack_free(s->stack);
    mem_free(s);
}

/* ---- patterns that explode ---- */
enum { PUMPED = 48, PREFIX_MAX = 64 };

/* The literal text that the pattern begins with. */
static size_t beginning(slice p, char *out)
{
    size_t n = 0, i = p.len && p.ptr[0] == '^';
    for (; i < p.len && n < PREFIX_MAX && !memchr("\\.[](){}*+?|^$", p.ptr[i], 14); i++) out[n++] = p.ptr[i];
    if (n && i < p.len && memchr("*?{", p.ptr[i], 3)) n--; /* it may be absent */
    return n;
}

/* Each character that the pattern names, many times over behind its beginning, and then one that cannot follow: a pattern with repeats inside repeats tries every way to
 * part them. What is found here would be found on someone's ticket later. */
static sla_status try_out(const pcre2_code *code, slice p)
{
    char text[PREFIX_MAX + PUMPED + 2];
    uint32_t last = 0; /* a text without the character that every match needs at its end is passed over at once */
    bool tried[128] = {false};
    sla_status st = SLA_OK;
    regex_scratch *s = NULL;
    TRY(regex_scratch_new(&s, NULL));
    size_t from = beginning(p, text), n;
    if (pcre2_pattern_info(code, PCRE2_INFO_LASTCODEUNIT, &last)) last = 0;
    for (size_t i = 0; i < p.len + 3 && st == SLA_OK; i++) {
        unsigned char c = (unsigned char)(i < p.len ? p.ptr[i] : "a0 "[i - p.len]);
        if (c >= 128 || tried[c]) continue;
        tried[c] = true;
        memset(text + from, c, PUMPED);
        n = from + PUMPED;
        if (last && last < 128) text[n++] = (char)last;
        text[n++] = '\x01';
        int rc = pcre2_match(code, (PCRE2_SPTR)text, n, 0, 0, s->data, s->context);
        if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT || rc == PCRE2_ERROR_HEAPLIMIT) st = SLA_LIMIT;
        if (rc == PCRE2_ERROR_NOMEMORY) st = SLA_NOMEM;
    }
    regex_scratch_free(s);
    return st;
}

sla_status regex_check(slice pattern, bool nocase, size_t *bad, char *msg, size_t msg_cap)
{
    int rc;
    pcre2_code *code = compile(pattern, nocase, &rc, bad);
    if (code) {
        sla_status st = try_out(code, pattern);
        pcre2_code_free(code);
        if (st == SLA_LIMIT) snprintf(msg, msg_cap, "it takes millions of steps on a short text; avoid repeats inside repeats such as (a+)+");
        return st;
    }
    if (pcre2_get_error_message(rc, (PCRE2_UCHAR *)msg, msg_cap) < 0) snprintf(msg, msg_cap, "error %d", rc);
    return compile_status(rc);
}

/* A search that ended by an error, nearly always a limit. */
static sla_status too_long(const regex *r, slice text, int rc, err *e)
{
    if (rc == PCRE2_ERROR_NOMEMORY) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    int shown = text.len < 40 ? (int)text.len : 40;
    while (shown > 0 && (size_t)shown < text.len && ((unsigned char)text.ptr[shown] & 0xC0) == 0x80) shown--;
    err_set(e, SLA_LIMIT, SRCPOS_NONE, "matches /%.*s/ takes too many steps on the text '%.*s'", SLICE_ARG(r->pattern), shown, text.ptr ? text.ptr : "");
    err_hint(e, "avoid repeats inside repeats such as (a+)+; anchor the pattern with ^");
    return SLA_LIMIT;
}

sla_status regex_find(const regex *r, regex_scratch *s, slice text, slice *match, err *e)
{
    int rc = pcre2_match(r->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, 0, s->data, s->context);
    *match = (slice){0};
    if (rc >= 0) {
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(s->data);
        *match = (slice){(text.ptr ? text.ptr : "") + at[0], at[1] > at[0] ? at[1] - at[0] : 0};
    }
    return rc >= 0 || rc == PCRE2_ERROR_NOMATCH ? SLA_OK : too_long(r, text, rc, e);
}

sla_status regex_search(const regex *r, regex_scratch *s, slice text, bool *found, err *e)
{
    slice match;
    sla_status st = regex_find(r, s, text, &match, e);
    *found = match.ptr != NULL;
    return st;
}

sla_status regex_begins(const regex *r, regex_scratch *s, slice text, bool *begins, err *e)
{
    int rc = pcre2_match(r->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, 0, PCRE2_PARTIAL_SOFT, s->data, s->context);
    *begins = rc >= 0 || rc == PCRE2_ERROR_PARTIAL;
    return *begins || rc == PCRE2_ERROR_NOMATCH ? SLA_OK : too_long(r, text, rc, e);
}
