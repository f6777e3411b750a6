#define _GNU_SOURCE /* memmem */
/* Operations on texts: worked out once for each distinct text, kept by its code. */
#include <stdio.h>

#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "engine/lang/machine.h"
#include "engine/lang/textcheck.h"

enum { MEMO_NO = 1, MEMO_YES = 2, MEMO_FAILED = 3 };

/* Searches the text of a code. One that takes too many steps is told of by machine_fail: *failed, and what was sought is not known. */
static sla_status search(machine *m, uint32_t self, uint32_t code, slice *match, bool *failed, err *e)
{
    err why = {0};
    sla_status st = regex_find(m->b->regexes[m_node(m, self)->val.u], m->scratch, dict_text(m->w->dict, code), match, &why);
    *failed = st == SLA_LIMIT;
    return *failed ? machine_fail(m, self, code, e) : st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "%s", why.msg);
}

static sla_status decide(machine *m, uint32_t self, uint32_t code, unsigned *v, err *e)
{
    const node *nd = m_node(m, self);
    slice match = {0};
    bool failed = false;
    if (nd->op == OP_MATCH) TRY(search(m, self, code, &match, &failed, e));
    bool yes = nd->op == OP_MATCH ? match.ptr != NULL : text_has((textcheck)nd->val.u, dict_text(m->w->dict, code));
    *v = failed ? MEMO_FAILED : yes ? MEMO_YES : MEMO_NO;
    return SLA_OK;
}

static sla_status yes_or_no(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const uint32_t *code = a->data;
    text_memo *memo = m->b->aux[self];
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    for (size_t w = 0; w < m->nw; w++) {
        uint64_t word = 0, failed = 0;
        for (uint64_t left = a->known[w]; left; left &= left - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(left);
            uint32_t c = code[w * 64 + bit];
            uint32_t at = c - memo->first;
            unsigned v = at < memo->n ? atomic_load_explicit(&memo->bytes[at], memory_order_relaxed) : 0;
            if (!v) {
                TRY(decide(m, self, c, &v, e));
                if (at < memo->n) atomic_store_explicit(&memo->bytes[at], (uint8_t)v, memory_order_relaxed);
            }
            word |= (uint64_t)(v == MEMO_YES) << bit;
            failed |= (uint64_t)(v == MEMO_FAILED) << bit;
        }
        t[w] = word;
        k[w] = a->known[w] & ~failed;
    }
    return SLA_OK;
}
sla_status kernel_match(machine *m, uint32_t self, err *e) { return yes_or_no(m, self, e); }
sla_status kernel_textcheck(machine *m, uint32_t self, err *e) { return yes_or_no(m, self, e); }

/* f(code) + 1, memoised; NOTHING: there is no such text. */
#define NOTHING UINT32_MAX
static uint32_t memo_word(text_memo *memo, uint32_t c) { return c - memo->first < memo->n ? atomic_load_explicit(&memo->words[c - memo->first], memory_order_relaxed) : 0; }
static void memo_set(text_memo *memo, uint32_t c, uint32_t v)
{
    if (c - memo->first < memo->n) atomic_store_explicit(&memo->words[c - memo->first], v, memory_order_relaxed);
}

sla_status kernel_length(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const uint32_t *code = a->data;
    text_memo *memo = m->b->aux[self];
    double *out = m->regs[self].own;
    (void)e;
    for (size_t i = 0; i < m->n; i++) {
        if (!bits_get(a->known, i)) continue;
        uint32_t v = memo_word(memo, code[i]);
        if (!v) {
            slice s = dict_text(m->w->dict, code[i]);
            v = (uint32_t)utf8_count(s.ptr, s.len) + 1;
            memo_set(memo, code[i], v);
        }
        out[i] = v - 1;
    }
    m->regs[self].known = a->known;
    return SLA_OK;
}

/* A text made by an expression. On the first run it enters the dictionary; later runs, which may be many at once, find it there. */
static sla_status text_code(machine *m, slice s, uint32_t *code, err *e)
{
    *code = m->may_intern ? dict_intern(m->w->dict, s) : dict_find(m->w->dict, s);
    if (*code == DICT_NONE && m->may_intern) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    return SLA_OK;
}

static sla_status lower_code(machine *m, uint32_t c, uint32_t *out, err *e)
{
    slice s = dict_text(m->w->dict, c);
    char *low = mem_resize(NULL, s.len + 1, 1);
    if (!low) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    for (size_t i = 0; i < s.len; i++) low[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 32 : s.ptr[i]);
    sla_status st = text_code(m, (slice){low, s.len}, out, e);
    mem_free(low);
    return st;
}

/* The part of a text that a pattern finds; DICT_NONE: it finds nothing. */
static sla_status extract_code(machine *m, uint32_t self, uint32_t c, uint32_t *out, err *e)
{
    slice match;
    bool failed;
    *out = DICT_NONE;
    TRY(search(m, self, c, &match, &failed, e));
    return match.ptr ? text_code(m, match, out, e) : SLA_OK;
}

static sla_status other_text(machine *m, uint32_t self, uint32_t c, uint32_t *out, err *e)
{
    return m_node(m, self)->op == OP_EXTRACT ? extract_code(m, self, c, out, e) : lower_code(m, c, out, e);
}

sla_status kernel_extract(machine *m, uint32_t self, err *e) { return kernel_lower(m, self, e); }

sla_status kernel_lower(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const uint32_t *code = a->data;
    text_memo *memo = m->b->aux[self];
    uint32_t *out = m->regs[self].own;
    uint64_t *k = m->regs[self].own_known;
    memcpy(k, a->known, m->nw * sizeof *k);
    for (size_t i = 0; i < m->n; i++) {
        out[i] = 0;
        if (!bits_get(k, i)) continue;
        uint32_t v = memo_word(memo, code[i]);
        if (!v) {
            uint32_t low;
            TRY(other_text(m, self, code[i], &low, e));
            v = low == DICT_NONE ? NOTHING : low + 1;
            memo_set(memo, code[i], v);
        }
        if (v == NOTHING) bits_clear(k, i);
        else out[i] = v - 1;
    }
    return SLA_OK;
}

sla_status kernel_text_of(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    uint32_t *out = m->regs[self].own;
    uint64_t *k = m->regs[self].own_known;
    buf b = {0};
    memcpy(k, a->known, m->nw * sizeof *k);
    for (size_t i = 0; i < m->n; i++) {
        out[i] = 0;
        if (!bits_get(k, i)) continue;
        buf_reset(&b);
        scalar_print(&b, (vtype)m_node(m, self)->val.u, m->w->zone, a, i);
        sla_status st = b.failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory") : text_code(m, (slice){b.ptr, b.len}, &out[i], e);
        if (st != SLA_OK) {
            buf_free(&b);
            return st;
        }
        if (out[i] == DICT_NONE) {
            out[i] = 0;
            bits_clear(k, i);
        }
    }
    buf_free(&b);
    return SLA_OK;
}

/* ---- two texts ---- */
static bool has_text(slice text, slice part) { return part.len == 0 || (text.len >= part.len && memmem(text.ptr, text.len, part.ptr, part.len)); }

static sla_status of_two(machine *m, uint32_t self)
{
    const reg *a = m_arg(m, self, 0), *b = m_arg(m, self, 1);
    const uint32_t *x = a->data, *y = b->data;
    bool part = m_node(m, self)->op == OP_HAS_TEXT;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    for (size_t w = 0; w < m->nw; w++) {
        uint64_t word = 0, known = a->known[w] & b->known[w];
        for (uint64_t left = known; left; left &= left - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(left);
            slice s = dict_text(m->w->dict, x[w * 64 + bit]), u = dict_text(m->w->dict, y[w * 64 + bit]);
            word |= (uint64_t)(part ? has_text(s, u) : slice_cmp(s, u) < 0) << bit;
        }
        t[w] = word;
        k[w] = known;
    }
    return SLA_OK;
}
sla_status kernel_has_text(machine *m, uint32_t self, err *e) { return (void)e, of_two(m, self); }
sla_status kernel_lt_text(machine *m, uint32_t self, err *e) { return (void)e, of_two(m, self); }
