#define PCRE2_CODE_UNIT_WIDTH 8
#include "importers/logregex.h"
#include <pcre2.h>
#include <string.h>
#include "engine/base/mem.h"

enum { MATCH_LIMIT = 200000, STACK_FIRST = 32 << 10, STACK_LAST = 1 << 20 };
/* found: the groups of the last match, those of data or those of a usual text, form */
struct log_regex_state { pcre2_match_data *data; const PCRE2_SIZE *found; const log_form *form; size_t usual[2 * (LOG_GROUPS_MAX + LOG_FORM_PLACES)]; slice around; pcre2_match_context *cx; pcre2_jit_stack *stack; };

static void read_groups(log_regex *re, const ynode *n, errlist *errors)
{
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count; i++) {
        PCRE2_SPTR entry = table + i * size;
        uint32_t no = (uint32_t)entry[0] << 8 | entry[1];
        if (no >= LOG_GROUPS_MAX || re->ngroups == LOG_GROUPS_MAX) {
            errlist_add(errors, SLA_LIMIT, n->at, "a pattern may have %d groups", LOG_GROUPS_MAX - 1);
            return;
        }
        re->groups |= UINT32_C(1) << no;
        re->numbers[re->ngroups] = no;
        re->names[re->ngroups++] = slice_of((const char *)entry + 2);
    }
}

/* A bar outside all brackets: then nothing is certain about the beginning. */
static bool has_choice(slice p)
{
    int depth = 0;
    bool set = false;
    for (size_t i = 0; i < p.len; i++) {
        char c = p.ptr[i];
        if (c == '\\') i++;
        else if (set) set = c != ']';
        else if (c == '[') set = true;
        else if (c == '(') depth++;
        else if (c == ')') depth--;
        else if (c == '|' && depth == 0) return true;
    }
    return false;
}

/* The literal text behind a leading ^; *used: what of p it and the ^ take up. */
static slice literal_prefix(slice p, arena *a, size_t *used)
{
    char *out = arena_alloc(a, p.len + 1, 1);
    size_t n = 0, i = 1, last = 1, before = 0; /* where the last character begins, in p and in out */
    *used = 0;
    if (!out || p.len < 2 || p.ptr[0] != '^' || has_choice(p)) return (slice){0};
    while (i < p.len) {
        size_t escaped = p.ptr[i] == '\\' && i + 1 < p.len && strchr(".[](){}?*+|^$\\/-", p.ptr[i + 1]) != NULL;
        if (!escaped && strchr(".[](){}?*+|^$\\", p.ptr[i])) break;
        if (((unsigned char)p.ptr[i] & 0xC0) != 0x80) last = i, before = n;
        out[n++] = p.ptr[i + escaped];
        i += 1 + escaped;
    }
    if (i < p.len && n && strchr("?*{+", p.ptr[i])) n = before, i = last; /* it may be missing */
    *used = n ? i : 0;
    return (slice){out, n};
}

/* The bytes that a match at the text's beginning may begin with. PCRE2 knows them of an expression that is not anchored: it is asked of what stands behind the ^. */
static void first_bytes(log_regex *re)
{
    slice p = re->text;
    int code;
    PCRE2_SIZE at;
    uint32_t kind = 0, byte = 0;
    const uint8_t *map = NULL;
    if (re->prefix.len) {
        unsigned char c = (unsigned char)re->prefix.ptr[0];
        re->first[c / 64] = UINT64_C(1) << c % 64;
        return;
    }
    memset(re->first, 0xFF, sizeof re->first);
    pcre2_code *rest = p.len > 1 && p.ptr[0] == '^' && !has_choice(p) ? pcre2_compile((PCRE2_SPTR)p.ptr + 1, p.len - 1, PCRE2_DOTALL, &code, &at, NULL) : NULL;
    if (!rest) return;
    pcre2_pattern_info(rest, PCRE2_INFO_FIRSTCODETYPE, &kind);
    pcre2_pattern_info(rest, PCRE2_INFO_FIRSTCODEUNIT, &byte);
    pcre2_pattern_info(rest, PCRE2_INFO_FIRSTBITMAP, &map);
    if (kind == 1 || map) memset(re->first, 0, sizeof re->first);
    if (kind == 1) /* it may stand for both cases */
        for (uint32_t c = 0; c < 256; c++) re->first[c / 64] |= (uint64_t)((c | 32) == (byte | 32)) << c % 64;
    else if (map)
        for (uint32_t c = 0; c < 256; c++) re->first[c / 64] |= (uint64_t)(map[c / 8] >> c % 8 & 1) << c % 64;
    pcre2_code_free(rest);
}

/* What stands behind the prefix is compiled and matched from there on: the prefix has been compared by then. */
void log_regex_compile(log_regex *re, const ynode *n, arena *a, errlist *errors)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    size_t used;
    slice p = n->text;
    bool ascii = true;
    *re = (log_regex){0};
    for (size_t i = 0; i < p.len; i++) ascii = ascii && (unsigned char)p.ptr[i] < 128;
    re->prefix = literal_prefix(p, a, &used);
    re->code = pcre2_compile((PCRE2_SPTR)p.ptr + used, p.len - used, PCRE2_DOTALL | (used ? PCRE2_ANCHORED : 0) | (ascii ? 0 : PCRE2_UTF | PCRE2_NO_UTF_CHECK), &code, &at, NULL);
    if (!re->code) {
        PCRE2_UCHAR why[128];
        pcre2_get_error_message(code, why, sizeof why);
        errlist_add(errors, SLA_SYNTAX, (srcpos){n->at.file, n->at.line, n->at.col + (uint32_t)(used + at)}, "in the pattern: %s", (const char *)why);
        return;
    }
    re->text = p;
    read_groups(re, n, errors);
}

uint32_t log_regex_group_no(const log_regex *re, slice name)
{
    for (size_t i = 0; i < re->ngroups; i++)
        if (slice_eq(re->names[i], name)) return re->numbers[i];
    return 0;
}

static uint32_t group_no(const void *re, slice name) { return log_regex_group_no(re, name); }

sla_status log_regex_usual(log_regex *re, const ynode *texts, arena *a, errlist *errors)
{
    size_t n = texts->kind == YNODE_LIST ? texts->n : 1;
    log_form *forms = ARENA_NEW(a, log_form, n ? n : 1);
    if (!forms) return SLA_NOMEM;
    for (size_t i = 0; i < n; i++) log_form_read(&forms[i], texts->kind == YNODE_LIST ? texts->items[i] : texts, LOG_GROUPS_MAX, group_no, re, errors);
    re->usual = forms, re->nusual = n;
    return SLA_OK;
}

void log_regex_ready(log_regex *re)
{
    PCRE2_SIZE size = 0;
    if (!re->code || re->jit) return;
    first_bytes(re);
    pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
    re->jit = pcre2_pattern_info(re->code, PCRE2_INFO_JITSIZE, &size) == 0 && size > 0;
}

void log_regex_clear(log_regex *re)
{
    pcre2_code_free(re->code);
    re->code = NULL;
}

log_regex_state *log_regex_state_new(void)
{
    log_regex_state *s = mem_zero(1, sizeof *s);
    if (!s) return NULL;
    s->data = pcre2_match_data_create(LOG_GROUPS_MAX, NULL);
    s->cx = pcre2_match_context_create(NULL);
    s->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_LAST, NULL);
    if (!s->data || !s->cx || !s->stack) {
        log_regex_state_free(s);
        return NULL;
    }
    s->found = pcre2_get_ovector_pointer(s->data);
    pcre2_set_match_limit(s->cx, MATCH_LIMIT);
    pcre2_jit_stack_assign(s->cx, NULL, s->stack);
    return s;
}

void log_regex_around(log_regex_state *s, slice around) { s->around = around; }

void log_regex_state_free(log_regex_state *s)
{
    if (!s) return;
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->cx);
    pcre2_jit_stack_free(s->stack);
    mem_free(s);
}

static bool match_usual(const log_regex *re, log_regex_state *s, slice text)
{
    const log_form *f = re->usual, *end = f + re->nusual;
    const char *readable = slice_readable(text, s->around);
    while (f < end && !log_form_match(f, text, readable, s->usual)) f++;
    if (f == end) return false;
    for (uint32_t others = re->groups & ~f->groups; others; others &= others - 1) s->usual[2 * __builtin_ctz(others)] = PCRE2_UNSET;
    s->found = s->usual;
    s->form = f;
    return true;
}

bool log_regex_match(const log_regex *re, log_regex_state *s, slice text)
{
    size_t from = re->prefix.len;
    if (re->nusual && match_usual(re, s, text)) return true;
    if (!re->code || text.len < from || !slice_eq((slice){text.ptr, from}, re->prefix)) return false;
    PCRE2_SPTR p = (PCRE2_SPTR)(text.ptr ? text.ptr : "");
    s->found = pcre2_get_ovector_pointer(s->data);
    s->form = NULL;
    return (re->jit ? pcre2_jit_match(re->code, p, text.len, from, PCRE2_NO_UTF_CHECK, s->data, s->cx) : pcre2_match(re->code, p, text.len, from, PCRE2_NO_UTF_CHECK, s->data, s->cx)) >= 0;
}

_Static_assert(PCRE2_UNSET == SIZE_MAX, "log_regex_part knows it so");
const size_t *log_regex_found(const log_regex_state *s) { return s->found; }
const log_form *log_regex_form(const log_regex_state *s) { return s->form; }

slice log_regex_group(const log_regex_state *s, slice text, uint32_t no) { return log_regex_part(s->found, text, no); }
