/* The numbers of records: gaps in a row of them, which records that were left out would leave; and tables that number their rows only, and may be the same table twice. */
#include <stdlib.h>
#include "engine/base/mem.h"
#include "importers/doctor_parts.h"

/* ---- numbers ---- */
/* A key that ends in digits: what stands before them, and their number. */
typedef struct numbered { slice prefix; int64_t number; int width; } numbered;
static bool split_number(slice s, numbered *out)
{
    size_t i = s.len;
    while (i && s.len - i < 15 && s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9') i--;
    if (i == s.len || (i && s.ptr[i - 1] >= '0' && s.ptr[i - 1] <= '9')) return false;
    *out = (numbered){{s.ptr, i}, 0, (int)(s.len - i)};
    for (; i < s.len; i++) out->number = out->number * 10 + (s.ptr[i] - '0');
    return true;
}

static int by_number(const void *a, const void *b)
{
    const numbered *x = a, *y = b;
    int c = slice_eq(x->prefix, y->prefix) ? 0 : slice_cmp(x->prefix, y->prefix);
    return c ? c : x->number < y->number ? -1 : x->number > y->number;
}

enum { NUMBERS_LEAST = 20, GAPS_SHOWN = 3 };
/* One prefix's numbers, in order: how many, from where to where, and the first that are missing between them. */
typedef struct numbering { numbered first, last; size_t n, gaps; numbered after[GAPS_SHOWN], before[GAPS_SHOWN]; } numbering;
typedef struct numberings { numbering *items; size_t n, cap; bool nomem; } numberings;

/* false: x comes before what was added last (or there is no memory). */
static bool add_number(numberings *l, const numbered *x)
{
    numbering *r = l->n ? &l->items[l->n - 1] : NULL;
    int order = r ? by_number(&r->last, x) : -1;
    if (order > 0) return false;
    if (!r || !slice_eq(r->first.prefix, x->prefix)) {
        if ((l->nomem = mem_grow(&l->items, &l->cap, l->n + 1, sizeof *l->items) != 0)) return false;
        l->items[l->n++] = (numbering){.first = *x, .last = *x, .n = 1};
        return true;
    }
    if (x->number > r->last.number + 1 && r->gaps++ < GAPS_SHOWN) r->after[r->gaps - 1] = r->last, r->before[r->gaps - 1] = *x;
    r->last = *x;
    r->n++;
    return true;
}

/* More than half of a range missing is no gap but another way of numbering. */
static void look_at_range(caveat_list *to, const dataset *ds, const numbering *r)
{
    buf zh = {0}, en = {0}, some = {0};
    int64_t range = r->last.number - r->first.number + 1, missing = range - (int64_t)r->n;
    slice prefix = r->first.prefix;
    buf of[2] = {{0}, {0}};
    if (r->n < NUMBERS_LEAST || missing <= 0) return;
    if (prefix.len) buf_printf(&of[0], "（%.*s…）", SLICE_ARG(prefix)), buf_printf(&of[1], " (%.*s…)", SLICE_ARG(prefix));
    for (size_t i = 0; i < r->gaps && i < GAPS_SHOWN; i++) {
        int64_t a = r->after[i].number + 1, b = r->before[i].number - 1;
        buf_printf(&some, "%s%.*s%0*lld", some.len ? ", " : "", SLICE_ARG(prefix), r->before[i].width, (long long)a);
        if (b > a) buf_printf(&some, "–%0*lld", r->before[i].width, (long long)b);
    }
    if (missing * 2 > range) {
        buf_printf(&zh, "%s编号%s不连续，%zu 个编号分布在 %lld 个号码中：缺少的%s无法从编号看出", ds->title_zh.ptr, buf_cstr(&of[0]), r->n, (long long)range, ds->title_zh.ptr);
        buf_printf(&en, "numbers of %s%s are not consecutive, %zu in a range of %lld: that none is missing cannot be seen from them", ds->title_en.ptr, buf_cstr(&of[1]), r->n, (long long)range);
    } else {
        buf_printf(&zh, "%s编号%s在 %lld 个号码中缺 %lld 个，例如 %s%s：导出可能不完整", ds->title_zh.ptr, buf_cstr(&of[0]), (long long)range, (long long)missing, buf_cstr(&some),
                   r->gaps > GAPS_SHOWN ? " 等" : "");
        buf_printf(&en, "numbers of %s%s: %lld of %lld are missing, for example %s%s; the export may not be complete", ds->title_en.ptr, buf_cstr(&of[1]), (long long)missing, (long long)range,
                   buf_cstr(&some), r->gaps > GAPS_SHOWN ? " and more" : "");
    }
    caveat_list_add(to, "numbers", ds, ds->fields[ds->key[0]].name, missing, range, &zh, &en);
    to->nomem = to->nomem || of[0].failed || of[1].failed || some.failed;
    buf_free(&some);
    buf_free(&of[0]);
    buf_free(&of[1]);
}

static bool number_of(const table *t, const dict *texts, size_t row, numbered *x)
{
    size_t key = t->ds->key[0];
    return table_has(t, key, row) && split_number(dict_text(texts, table_codes(t, key)[row]), x);
}

/* As the rows stand, for most exports are in order. false: these are not. */
static bool number_rows(const table *t, const dict *texts, numberings *l)
{
    numbered x;
    for (size_t r = 0; r < t->nrows; r++)
        if (number_of(t, texts, r, &x) && !add_number(l, &x)) return false;
    return true;
}

static void number_sorted(const table *t, const dict *texts, numberings *l)
{
    numbered *x = mem_resize(NULL, t->nrows + 1, sizeof *x);
    size_t n = 0;
    l->n = 0;
    l->nomem = l->nomem || !x;
    for (size_t r = 0; x && r < t->nrows; r++)
        if (number_of(t, texts, r, &x[n])) n++;
    if (x) qsort(x, n, sizeof *x, by_number);
    for (size_t i = 0; x && i < n && !l->nomem; i++) add_number(l, &x[i]);
    mem_free(x);
}

/* ---- tables whose records have no number but that of their row ---- */
enum { TABLES_MOST = 50, TWINS_LEAST = 5 };
typedef struct row_key { int64_t number, at; size_t table; } row_key;

static int by_row_key(const void *a, const void *b)
{
    const row_key *x = a, *y = b;
    return x->number != y->number ? (x->number < y->number ? -1 : 1) : x->at != y->at ? (x->at < y->at ? -1 : 1) : (x->table > y->table) - (x->table < y->table);
}

/* Keys such as "tickets-15": a table's name, a hyphen and a row's number (plan_notes.c). Products' own numbers may look alike, but do not agree in their times. */
static bool is_table(slice prefix) { return prefix.len && prefix.ptr[prefix.len - 1] == '-'; }
typedef struct tables { const numbering *of[TABLES_MOST]; size_t n; } tables;   /* n may be more than there is room for */

static tables list_tables(const numberings *l)
{
    tables ts = {.n = 0};
    for (size_t i = 0; i < l->n; i++)
        if (is_table(l->items[i].first.prefix) && ts.n++ < TABLES_MOST) ts.of[ts.n - 1] = &l->items[i];
    return ts;
}

/* The rows of these tables, in order of number and time. */
static size_t list_row_keys(const table *t, const dict *texts, const tables *ts, row_key *out)
{
    size_t n = 0, f = (size_t)t->ds->time_field;
    numbered x;
    for (size_t r = 0; r < t->nrows; r++) {
        size_t k = 0;
        if (!table_has(t, f, r) || !number_of(t, texts, r, &x) || !is_table(x.prefix)) continue;
        while (k < ts->n && !slice_eq(ts->of[k]->first.prefix, x.prefix)) k++;
        if (k < ts->n) out[n++] = (row_key){x.number, table_i64(t, f)[r], k};
    }
    qsort(out, n, sizeof *out, by_row_key);
    return n;
}

static void say_twins(caveat_list *to, const dataset *ds, const numbering *a, const numbering *b, size_t same)
{
    buf zh = {0}, en = {0};
    size_t less = a->n < b->n ? a->n : b->n;
    buf_printf(&zh, "表“%.*s”与表“%.*s”只按行编号，其中 %zu 条%s的序号和时间都相同：可能是同一批记录，被计算了两次", (int)a->first.prefix.len - 1, a->first.prefix.ptr, (int)b->first.prefix.len - 1, b->first.prefix.ptr, same, ds->title_zh.ptr);
    buf_printf(&en, "the tables '%.*s' and '%.*s' number their rows only, and %zu records of %s agree in number and time: they may be the same, counted twice", (int)a->first.prefix.len - 1, a->first.prefix.ptr, (int)b->first.prefix.len - 1,
               b->first.prefix.ptr, same, ds->title_en.ptr);
    caveat_list_add(to, "twins", ds, ds->fields[ds->key[0]].name, (int64_t)same, (int64_t)less, &zh, &en);
}

/* Of so many tables the pairs are too many to tell. */
static void say_not_compared(caveat_list *to, const dataset *ds, size_t n)
{
    buf zh = {0}, en = {0};
    buf_printf(&zh, "%s编号有 %zu 种“名称-序号”的开头，超过 %d 种，没有核对其中是否有内容相同的表", ds->title_zh.ptr, n, TABLES_MOST);
    buf_printf(&en, "numbers of %s begin with %zu names of tables or projects, more than %d: whether two of them are the same table was not looked at", ds->title_en.ptr, n, TABLES_MOST);
    caveat_list_add(to, "many tables", ds, ds->fields[ds->key[0]].name, (int64_t)n, TABLES_MOST, &zh, &en);
}

/* The same table under two names: most of the shorter one's rows stand in the other, too. */
static void look_at_twins(caveat_list *to, const table *t, const dict *texts, const numberings *l)
{
    size_t same[TABLES_MOST][TABLES_MOST] = {{0}};
    const tables ts = list_tables(l);
    if (ts.n < 2 || t->ds->time_field < 0 || t->ds->fields[t->ds->time_field].type != VT_TIME || !t->cols[t->ds->time_field].data) return;
    if (ts.n > TABLES_MOST) {
        say_not_compared(to, t->ds, ts.n);
        return;
    }
    row_key *x = mem_resize(NULL, t->nrows + 1, sizeof *x);
    size_t n = x ? list_row_keys(t, texts, &ts, x) : 0;
    to->nomem = to->nomem || !x;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n && x[k].number == x[i].number && x[k].at == x[i].at; k++) same[x[i].table][x[k].table]++;
    for (size_t a = 0; a < ts.n; a++)
        for (size_t b = a + 1; b < ts.n; b++) {
            size_t less = ts.of[a]->n < ts.of[b]->n ? ts.of[a]->n : ts.of[b]->n;
            if (same[a][b] >= TWINS_LEAST && same[a][b] * 2 > less) say_twins(to, t->ds, ts.of[a], ts.of[b], same[a][b]);
        }
    mem_free(x);
}

void doctor_numbers(caveat_list *to, const table *t, const dict *texts)
{
    const dataset *ds = t->ds;
    numberings l = {0};
    if (ds->nkey != 1 || ds->changes.dataset < 0 || !t->cols[ds->key[0]].data) return;
    if (!number_rows(t, texts, &l)) number_sorted(t, texts, &l);
    for (size_t i = 0; i < l.n && !l.nomem; i++) look_at_range(to, ds, &l.items[i]);
    if (!l.nomem) look_at_twins(to, t, texts, &l);
    to->nomem = to->nomem || l.nomem;
    mem_free(l.items);
}
