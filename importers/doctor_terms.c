/* Values of fields with terms: how often each is there, and those that are no defined term. */
#include <stdlib.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "importers/doctor_parts.h"

/* ---- counting ---- */
enum { FEW = 64 };

/* Makes room for the codes from lo to hi. false: no memory. */
static bool terms_reach(terms *k, size_t lo, size_t hi)
{
    if (k->n && lo >= k->from && hi < k->from + k->n) return true;
    size_t from = k->n && k->from < lo ? k->from : lo, to = hi + 1;
    if (k->n && to < k->from + k->n) to = k->from + k->n;
    if (k->n && to > k->from + k->n) to += k->n / 2; /* codes mostly come in ascending order */
    int64_t *by = mem_zero(to - from, sizeof *by);
    if (!by) return false;
    if (k->n) memcpy(by + (k->from - from), k->by, k->n * sizeof *by);
    mem_free(k->by);
    *k = (terms){by, from, to - from};
    return true;
}

/* Of few texts, of which each is counted at several places in turn: one would have to wait for the last time it was met, which mostly was just before. */
static void count_few(const uint32_t *codes, size_t n, int64_t *by, size_t nby)
{
    enum { PLACES = 4 };
    uint32_t at[PLACES][FEW] = {{0}};
    for (size_t r = 0; r < n; r++) at[r % PLACES][codes[r]]++;
    for (size_t i = 0; i < nby; i++) by[i] += (int64_t)at[0][i] + at[1][i] + at[2][i] + at[3][i];
}

static void span_of_codes(const table *t, size_t f, uint32_t *lo, uint32_t *hi)
{
    const uint32_t *codes = table_codes(t, f);
    bool all = bits_all(t->cols[f].valid, t->nrows);
    for (size_t r = 0; r < t->nrows; r++) {
        if (!all && !table_has(t, f, r)) continue;
        *lo = codes[r] < *lo ? codes[r] : *lo;
        *hi = codes[r] > *hi ? codes[r] : *hi;
    }
}

bool terms_count(const table *t, size_t f, const dict *texts, terms *k)
{
    uint32_t lo = UINT32_MAX, hi = 0;
    const uint32_t *codes = table_codes(t, f);
    bool all = bits_all(t->cols[f].valid, t->nrows);
    if (all && dict_count(texts) && dict_count(texts) <= FEW) {
        if (!terms_reach(k, 0, dict_count(texts) - 1)) return false;
        count_few(codes, t->nrows, k->by, k->n);
        return true;
    }
    span_of_codes(t, f, &lo, &hi);
    if (lo > hi) return true;
    if (!terms_reach(k, lo, hi)) return false;
    for (size_t r = 0; r < t->nrows; r++)
        if (all || table_has(t, f, r)) k->by[codes[r] - k->from]++;
    return true;
}

bool terms_add(terms *to, dict *to_texts, const terms *k, const dict *texts)
{
    for (size_t c = 0; c < k->n; c++) {
        if (!k->by[c]) continue;
        uint32_t code = (uint32_t)(c + k->from);
        if (texts != to_texts) code = dict_intern(to_texts, dict_text(texts, code));
        if (code == DICT_NONE || !terms_reach(to, code, code)) return false;
        to->by[code - to->from] += k->by[c];
    }
    return true;
}

/* ---- what is no term ---- */
typedef struct odd { slice text; int64_t n; } odd;
static int by_count(const void *a, const void *b)
{
    const odd *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : slice_cmp(x->text, y->text);
}

static void say_odd(caveat_list *to, const dataset *ds, const field *f, odd *list, size_t n, int64_t rows, int64_t of)
{
    buf zh = {0}, en = {0}, names = {0};
    qsort(list, n, sizeof *list, by_count);
    for (size_t i = 0; i < n && i < 5; i++) buf_printf(&names, "%s“%.*s” ×%lld", i ? ", " : "", SLICE_ARG(list[i].text), (long long)list[i].n);
    if (n > 5) buf_text(&names, ", …");
    buf_printf(&zh, "%s的%s有 %zu 种值不在规定的取值中（%lld 条记录）：%s", ds->title_zh.ptr, f->title_zh.ptr, n, (long long)rows, buf_cstr(&names));
    buf_printf(&en, "%s, %s: %zu value%s no defined term%s (%lld of the records): %s", ds->title_en.ptr, f->title_en.ptr, n, n == 1 ? " is" : "s are", n == 1 ? "" : "s", (long long)rows, buf_cstr(&names));
    caveat_list_add(to, "terms", ds, f->name, rows, of, &zh, &en);
    buf_free(&names);
}

/* Values outside a field's enumeration: an import profile does not map them, and nobody guesses. */
void doctor_terms(caveat_list *to, const dataset *ds, size_t f, const dict *texts, terms *k)
{
    size_t n = 0;
    int64_t rows = 0, of = 0;
    for (size_t c = 0; c < k->n; c++) {
        of += k->by[c];
        if (k->by[c] && enumeration_rank(ds->fields[f].en, dict_text(texts, (uint32_t)(c + k->from))) >= 0) k->by[c] = 0;
        n += k->by[c] > 0;
        rows += k->by[c];
    }
    odd *list = n ? mem_zero(n, sizeof *list) : NULL;
    to->nomem = to->nomem || (n && !list);
    for (size_t c = 0, i = 0; list && c < k->n; c++)
        if (k->by[c]) list[i++] = (odd){dict_text(texts, (uint32_t)(c + k->from)), k->by[c]};
    if (list) say_odd(to, ds, &ds->fields[f], list, n, rows, of);
    mem_free(list);
    mem_free(k->by);
    *k = (terms){0};
}
