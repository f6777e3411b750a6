#include "importers/doctor.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/buf.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"

enum { FEW = 64 };
typedef struct span { bool any; int64_t first, last; } span;
typedef struct terms { int64_t *by; size_t from, n; } terms;   /* how often each text of the dictionary is a field's value: by[code - from], of n codes; a field's texts lie near each other */
/* What is kept of a dataset, whose rows are looked at once: records all together, events and changes some at a time. */
typedef struct seen {
    const dataset *history_of;  /* whose changes these are; NULL: nobody's */
    bool imported, stored[FIELDS_MAX];
    size_t nrows;
    span span;
    terms terms[FIELDS_MAX];    /* of fields with terms, and of the records that a history speaks of */
} seen;
typedef struct doctor {
    store *s;
    pthread_mutex_t lock;       /* of seen and texts while parts of a dataset are looked at side by side */
    const schema *m;
    const zone *z;
    int64_t from, to;
    arena mem;
    dict *texts;
    caveat *items; size_t n, cap;
    seen *seen;                 /* of each dataset */
    bool nomem;
} doctor;

static void add(doctor *d, const char *kind, const dataset *ds, slice fields, int64_t n, int64_t of, buf *zh, buf *en)
{
    if (mem_grow(&d->items, &d->cap, d->n + 1, sizeof *d->items)) d->nomem = true;
    else d->items[d->n++] = (caveat){0, slice_of(kind), ds->name, arena_slice(&d->mem, fields), n, of, arena_slice(&d->mem, (slice){zh->ptr, zh->len}), arena_slice(&d->mem, (slice){en->ptr, en->len})};
    d->nomem = d->nomem || zh->failed || en->failed;
    buf_free(zh);
    buf_free(en);
}

static void put_day(const doctor *d, buf *b, int64_t ms) { date_print(b, zone_day_of(d->z, ms)); }

/* ---- history ---- */
static void look_at_history(doctor *d, const dataset *ds)
{
    const seen *t = &d->seen[ds->idx];
    if (!t->nrows || ds->changes.dataset < 0 || d->seen[ds->changes.dataset].imported) return;
    buf zh = {0}, en = {0}, fields = {0};
    for (size_t f = 0; f < ds->nfields; f++)
        if (ds->fields[f].rolled_back) buf_printf(&fields, "%s%.*s", fields.len ? ", " : "", SLICE_ARG(ds->fields[f].name));
    buf_printf(&zh, "没有%s的变更历史：等待时间、重新打开、评判时点的状态与优先级都无从证实", ds->title_zh.ptr);
    buf_printf(&en, "no history of %s was delivered: waiting, reopening, and the state at the instant of judgement cannot be shown", ds->title_en.ptr);
    add(d, "history", ds, (slice){fields.ptr, fields.len}, (int64_t)t->nrows, (int64_t)t->nrows, &zh, &en);
    buf_free(&fields);
}

/* Changes of records that were not imported: another period, another desk, or numbers of another kind (ServiceNow's sys_id). t: the records. */
static void look_at_orphans(doctor *d, const table *t)
{
    const dataset *ds = t->ds, *history = ds->changes.dataset >= 0 && ds->nkey == 1 ? &d->m->datasets[ds->changes.dataset] : NULL;
    const terms *k = history ? &d->seen[history->idx].terms[ds->changes.record] : NULL;
    int64_t orphans = 0, all = 0;
    for (size_t c = 0; k && c < k->n; c++) all += k->by[c];
    orphans = all;
    for (size_t r = 0; k && r < t->nrows; r++)
        if (table_has(t, ds->key[0], r) && table_codes(t, ds->key[0])[r] - k->from < k->n) orphans -= k->by[table_codes(t, ds->key[0])[r] - k->from];
    if (orphans == 0) return;
    buf zh = {0}, en = {0};
    buf_printf(&zh, "%lld 行变更历史中有 %lld 行属于未导入的%s", (long long)all, (long long)orphans, ds->title_zh.ptr);
    buf_printf(&en, "%lld of %lld rows of changes belong to records of %s that were not imported", (long long)orphans, (long long)all, ds->title_en.ptr);
    add(d, "orphans", history, history->fields[ds->changes.record].name, orphans, all, &zh, &en);
}

/* ---- fields without any value ---- */
static void look_at_absent(doctor *d, const dataset *ds)
{
    const seen *t = &d->seen[ds->idx];
    buf zh = {0}, en = {0}, fields = {0};
    int64_t n = 0;
    if (!t->nrows || ds->nkey == 0) return;
    for (size_t f = 0; f < ds->nfields; f++)
        if (!t->stored[f]) buf_printf(&fields, "%s%.*s", n++ ? ", " : "", SLICE_ARG(ds->fields[f].name));
    if (n) {
        buf_printf(&zh, "%s的导出不含任何值的字段：", ds->title_zh.ptr);
        buf_printf(&en, "no record of %s has a value in: ", ds->title_en.ptr);
        dataset_put_titles(ds, (slice){fields.ptr, fields.len}, &zh, &en);
        add(d, "absent", ds, (slice){fields.ptr, fields.len}, n, (int64_t)ds->nfields, &zh, &en);
    }
    d->nomem = d->nomem || fields.failed;
    buf_free(&fields);
}

/* ---- terms ---- */
typedef struct odd { slice text; int64_t n; } odd;
static int by_count(const void *a, const void *b)
{
    const odd *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : slice_cmp(x->text, y->text);
}

static void say_odd(doctor *d, const dataset *ds, const field *f, odd *list, size_t n, int64_t rows, int64_t of)
{
    buf zh = {0}, en = {0}, names = {0};
    qsort(list, n, sizeof *list, by_count);
    for (size_t i = 0; i < n && i < 5; i++) buf_printf(&names, "%s“%.*s” ×%lld", i ? ", " : "", SLICE_ARG(list[i].text), (long long)list[i].n);
    if (n > 5) buf_text(&names, ", …");
    buf_printf(&zh, "%s的%s有 %zu 种值不在规定的取值中（%lld 条记录）：%s", ds->title_zh.ptr, f->title_zh.ptr, n, (long long)rows, buf_cstr(&names));
    buf_printf(&en, "%s, %s: %zu value%s no defined term%s (%lld of the records): %s", ds->title_en.ptr, f->title_en.ptr, n, n == 1 ? " is" : "s are", n == 1 ? "" : "s", (long long)rows, buf_cstr(&names));
    add(d, "terms", ds, f->name, rows, of, &zh, &en);
    buf_free(&names);
}

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

static bool counted(const doctor *d, const table *t, size_t f)
{
    const dataset *history_of = d->seen[t->ds->idx].history_of;
    return t->cols[f].data && (t->ds->fields[f].en || (history_of && (int)f == history_of->changes.record));
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

/* How often each text stands in a column, whose codes are of texts. false: no memory. */
static bool count_texts(const table *t, size_t f, const dict *texts, terms *k)
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

/* Adds what was counted by the codes of texts. false: no memory. */
static bool terms_add(doctor *d, terms *to, const terms *k, const dict *texts)
{
    for (size_t c = 0; c < k->n; c++) {
        if (!k->by[c]) continue;
        uint32_t code = (uint32_t)(c + k->from);
        if (texts != d->texts) code = dict_intern(d->texts, dict_text(texts, code));
        if (code == DICT_NONE || !terms_reach(to, code, code)) return false;
        to->by[code - to->from] += k->by[c];
    }
    return true;
}

/* Values outside a field's enumeration: an import profile does not map them, and nobody guesses. */
static void look_at_terms(doctor *d, const dataset *ds, size_t f)
{
    terms *k = &d->seen[ds->idx].terms[f];
    size_t n = 0;
    int64_t rows = 0, of = 0;
    for (size_t c = 0; c < k->n; c++) {
        of += k->by[c];
        if (k->by[c] && enumeration_rank(ds->fields[f].en, dict_text(d->texts, (uint32_t)(c + k->from))) >= 0) k->by[c] = 0;
        n += k->by[c] > 0;
        rows += k->by[c];
    }
    odd *list = n ? mem_zero(n, sizeof *list) : NULL;
    d->nomem = d->nomem || (n && !list);
    for (size_t c = 0, i = 0; list && c < k->n; c++)
        if (k->by[c]) list[i++] = (odd){dict_text(d->texts, (uint32_t)(c + k->from)), k->by[c]};
    if (list) say_odd(d, ds, &ds->fields[f], list, n, rows, of);
    mem_free(list);
    mem_free(k->by);
    *k = (terms){0};
}

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
static void look_at_range(doctor *d, const dataset *ds, const numbering *r)
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
    add(d, "numbers", ds, ds->fields[ds->key[0]].name, missing, range, &zh, &en);
    d->nomem = d->nomem || of[0].failed || of[1].failed || some.failed;
    buf_free(&some);
    buf_free(&of[0]);
    buf_free(&of[1]);
}

static bool number_of(const doctor *d, const table *t, size_t row, numbered *x)
{
    size_t key = t->ds->key[0];
    return table_has(t, key, row) && split_number(dict_text(d->texts, table_codes(t, key)[row]), x);
}

/* As the rows stand, for most exports are in order. false: these are not. */
static bool number_rows(const doctor *d, const table *t, numberings *l)
{
    numbered x;
    for (size_t r = 0; r < t->nrows; r++)
        if (number_of(d, t, r, &x) && !add_number(l, &x)) return false;
    return true;
}

static void number_sorted(const doctor *d, const table *t, numberings *l)
{
    numbered *x = mem_resize(NULL, t->nrows + 1, sizeof *x);
    size_t n = 0;
    l->n = 0;
    l->nomem = l->nomem || !x;
    for (size_t r = 0; x && r < t->nrows; r++)
        if (number_of(d, t, r, &x[n])) n++;
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
static size_t list_row_keys(const doctor *d, const table *t, const tables *ts, row_key *out)
{
    size_t n = 0, f = (size_t)t->ds->time_field;
    numbered x;
    for (size_t r = 0; r < t->nrows; r++) {
        size_t k = 0;
        if (!table_has(t, f, r) || !number_of(d, t, r, &x) || !is_table(x.prefix)) continue;
        while (k < ts->n && !slice_eq(ts->of[k]->first.prefix, x.prefix)) k++;
        if (k < ts->n) out[n++] = (row_key){x.number, table_i64(t, f)[r], k};
    }
    qsort(out, n, sizeof *out, by_row_key);
    return n;
}

static void say_twins(doctor *d, const dataset *ds, const numbering *a, const numbering *b, size_t same)
{
    buf zh = {0}, en = {0};
    size_t less = a->n < b->n ? a->n : b->n;
    buf_printf(&zh, "表“%.*s”与表“%.*s”只按行编号，其中 %zu 条%s的序号和时间都相同：可能是同一批记录，被计算了两次", (int)a->first.prefix.len - 1, a->first.prefix.ptr, (int)b->first.prefix.len - 1, b->first.prefix.ptr, same, ds->title_zh.ptr);
    buf_printf(&en, "the tables '%.*s' and '%.*s' number their rows only, and %zu records of %s agree in number and time: they may be the same, counted twice", (int)a->first.prefix.len - 1, a->first.prefix.ptr, (int)b->first.prefix.len - 1,
               b->first.prefix.ptr, same, ds->title_en.ptr);
    add(d, "twins", ds, ds->fields[ds->key[0]].name, (int64_t)same, (int64_t)less, &zh, &en);
}

/* Of so many tables the pairs are too many to tell. */
static void say_not_compared(doctor *d, const dataset *ds, size_t n)
{
    buf zh = {0}, en = {0};
    buf_printf(&zh, "%s编号有 %zu 种“名称-序号”的开头，超过 %d 种，没有核对其中是否有内容相同的表", ds->title_zh.ptr, n, TABLES_MOST);
    buf_printf(&en, "numbers of %s begin with %zu names of tables or projects, more than %d: whether two of them are the same table was not looked at", ds->title_en.ptr, n, TABLES_MOST);
    add(d, "many tables", ds, ds->fields[ds->key[0]].name, (int64_t)n, TABLES_MOST, &zh, &en);
}

/* The same table under two names: most of the shorter one's rows stand in the other, too. */
static void look_at_twins(doctor *d, const table *t, const numberings *l)
{
    size_t same[TABLES_MOST][TABLES_MOST] = {{0}};
    const tables ts = list_tables(l);
    if (ts.n < 2 || t->ds->time_field < 0 || t->ds->fields[t->ds->time_field].type != VT_TIME || !t->cols[t->ds->time_field].data) return;
    if (ts.n > TABLES_MOST) {
        say_not_compared(d, t->ds, ts.n);
        return;
    }
    row_key *x = mem_resize(NULL, t->nrows + 1, sizeof *x);
    size_t n = x ? list_row_keys(d, t, &ts, x) : 0;
    d->nomem = d->nomem || !x;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n && x[k].number == x[i].number && x[k].at == x[i].at; k++) same[x[i].table][x[k].table]++;
    for (size_t a = 0; a < ts.n; a++)
        for (size_t b = a + 1; b < ts.n; b++) {
            size_t less = ts.of[a]->n < ts.of[b]->n ? ts.of[a]->n : ts.of[b]->n;
            if (same[a][b] >= TWINS_LEAST && same[a][b] * 2 > less) say_twins(d, t->ds, ts.of[a], ts.of[b], same[a][b]);
        }
    mem_free(x);
}

static void look_at_numbers(doctor *d, const table *t)
{
    const dataset *ds = t->ds;
    numberings l = {0};
    if (ds->nkey != 1 || ds->changes.dataset < 0 || !t->cols[ds->key[0]].data) return;
    if (!number_rows(d, t, &l)) number_sorted(d, t, &l);
    for (size_t i = 0; i < l.n && !l.nomem; i++) look_at_range(d, ds, &l.items[i]);
    if (!l.nomem) look_at_twins(d, t, &l);
    d->nomem = d->nomem || l.nomem;
    mem_free(l.items);
}

/* ---- records that came more than once ---- */
static void look_at_doubles(doctor *d, const table *t)
{
    const dataset *ds = t->ds;
    buf zh = {0}, en = {0};
    if (!t->superseded || ds->nkey != 1) return;
    buf_printf(&zh, "%s有 %llu 行的编号出现不止一次，以最后导入的一行为准", ds->title_zh.ptr, (unsigned long long)t->superseded);
    buf_printf(&en, "%llu rows of %s bear a key that came again; the row imported last holds", (unsigned long long)t->superseded, ds->title_en.ptr);
    add(d, "doubles", ds, ds->fields[ds->key[0]].name, (int64_t)t->superseded, (int64_t)(t->superseded + t->nrows), &zh, &en);
}

/* A list of tickets and an update log of the same, say: the row imported last holds, and what only the other export has is not used. */
static void look_at_given_up(doctor *d, const table *t)
{
    const dataset *ds = t->ds;
    buf zh = {0}, en = {0}, fields = {0}, zh_titles = {0}, en_titles = {0};
    uint64_t most = 0;
    for (size_t f = 0; f < ds->nfields; f++) {
        if (!t->cols[f].given_up) continue;
        buf_printf(&fields, "%s%.*s", fields.len ? ", " : "", SLICE_ARG(ds->fields[f].name));
        if (t->cols[f].given_up > most) most = t->cols[f].given_up;
    }
    dataset_put_titles(ds, (slice){fields.ptr, fields.len}, &zh_titles, &en_titles);
    if (most) {
        buf_printf(&zh, "%s有 %llu 行被后导入的另一种导出中的同号行取代，而那种导出没有以下字段，原有的值不再采用：%s。请最后导入字段较全的一种；变更历史不受影响", ds->title_zh.ptr, (unsigned long long)most, buf_cstr(&zh_titles));
        buf_printf(&en, "%llu rows of %s were replaced by rows of another kind of export, imported later, that lacks these fields; what they say is not used: %s. Import last the one that has more; the history is kept of both",
                   (unsigned long long)most, ds->title_en.ptr, buf_cstr(&en_titles));
        add(d, "given up", ds, (slice){fields.ptr, fields.len}, (int64_t)most, (int64_t)(t->superseded + t->nrows), &zh, &en);
    }
    d->nomem = d->nomem || fields.failed || zh_titles.failed || en_titles.failed;
    buf_free(&fields);
    buf_free(&zh_titles);
    buf_free(&en_titles);
}

/* ---- times ---- */
static span span_of(const table *t)
{
    span s = {.first = INT64_MAX, .last = INT64_MIN};
    int f = t->ds->time_field;
    if (f < 0 || t->ds->fields[f].type != VT_TIME || !t->cols[f].data) return (span){0};
    const int64_t *at = table_i64(t, (size_t)f);
    bool all = bits_all(t->cols[f].valid, t->nrows);
    for (size_t r = 0; r < t->nrows; r++) {
        if (!all && !table_has(t, (size_t)f, r)) continue;
        s.first = at[r] < s.first ? at[r] : s.first;
        s.last = at[r] > s.last ? at[r] : s.last;
    }
    s.any = s.first <= s.last;
    return s.any ? s : (span){0};
}

/* Events without a key (logs) are held against the period, or where none is given against the records that have a history (tickets). */
static void look_at_reach(doctor *d, const dataset *ds, const span *want, bool period)
{
    span s = ds->nkey == 0 ? d->seen[ds->idx].span : (span){0};
    if (!s.any || !want->any) return;
    const char *zh_of = period ? "期间开始" : "首条记录", *en_of = period ? "the period begins" : "the first record";
    slice at = ds->fields[ds->time_field].name;
    for (int end = 0; end < 2; end++) {
        int64_t days = ((end ? want->last - s.last : s.first - want->first)) / MS_DAY;
        buf zh = {0}, en = {0};
        if (days < 1) continue;
        if (end) {
            buf_printf(&zh, "%s止于 ", ds->title_zh.ptr), put_day(d, &zh, s.last), buf_printf(&zh, "，早于%s %lld 天：其后的事件无从证实", period ? "期末" : "末条记录", (long long)days);
            buf_printf(&en, "%s ends on ", ds->title_en.ptr), put_day(d, &en, s.last), buf_printf(&en, ", %lld days before %s: what happened later cannot be shown", (long long)days, period ? "the period ends" : "the last record");
        } else {
            buf_printf(&zh, "%s始于 ", ds->title_zh.ptr), put_day(d, &zh, s.first), buf_printf(&zh, "，晚于%s %lld 天：之前的事件无从证实", zh_of, (long long)days);
            buf_printf(&en, "%s begins on ", ds->title_en.ptr), put_day(d, &en, s.first), buf_printf(&en, ", %lld days after %s: what happened before cannot be shown", (long long)days, en_of);
        }
        add(d, end ? "ends early" : "begins late", ds, at, days, 0, &zh, &en);
    }
}

static void look_at_logs(doctor *d)
{
    span want = {d->to > d->from, d->from, d->to};
    for (size_t i = 0; !(d->to > d->from) && i < d->m->n; i++) {
        span s = d->m->datasets[i].changes.dataset >= 0 ? d->seen[i].span : (span){0};
        if (!s.any) continue;
        if (!want.any || s.first < want.first) want.first = s.first;
        if (!want.any || s.last > want.last) want.last = s.last;
        want.any = true;
    }
    for (size_t i = 0; i < d->m->n; i++) look_at_reach(d, &d->m->datasets[i], &want, d->to > d->from);
}

/* ---- exports that are pages of more ---- */
/* The sources of one dataset and profile that announce as many records: pages of one export. */
typedef struct export { const source_info *first; int64_t announced; uint64_t rows; size_t files; bool told; } export;

static bool same_kind(const source_info *a, const source_info *b) { return slice_eq(a->dataset, b->dataset) && slice_eq(a->profile, b->profile); }

static bool is_short(const export *x) { return x->announced > 0 && x->rows < (uint64_t)x->announced; }

static size_t list_exports(const source_info *list, size_t n, export *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        if (list[i].announced == SOURCE_SAYS_NOTHING) continue;
        while (at < k && !(same_kind(out[at].first, &list[i]) && out[at].announced == list[i].announced)) at++;
        if (at == k) out[k++] = (export){.first = &list[i], .announced = list[i].announced};
        out[at].rows += list[i].rows;
        out[at].files++;
    }
    return k;
}

static void say_short(doctor *d, const dataset *ds, const export *x)
{
    buf zh = {0}, en = {0};
    slice of = x->first->profile;
    if (x->announced > 0) {
        buf_printf(&zh, "%.*s 的导出自称共有 %lld 条%s，只导入了其中 %llu 条（%zu 个文件）：其余无从核查", SLICE_ARG(of), (long long)x->announced, ds->title_zh.ptr, (unsigned long long)x->rows, x->files);
        buf_printf(&en, "exports of %.*s say that there are %lld records of %s; %llu %s imported (of %zu file%s): the others cannot be looked at", SLICE_ARG(of), (long long)x->announced, ds->title_en.ptr,
                   (unsigned long long)x->rows, x->rows == 1 ? "was" : "were", x->files, x->files == 1 ? "" : "s");
    } else {
        buf_printf(&zh, "%.*s 的导出表明其后还有%s记录，但没有导入：其余无从核查", SLICE_ARG(of), ds->title_zh.ptr);
        buf_printf(&en, "exports of %.*s say that more records of %s follow, and these were not imported: they cannot be looked at", SLICE_ARG(of), ds->title_en.ptr);
    }
    add(d, "pages", ds, (slice){0}, (int64_t)x->rows, x->announced > 0 ? x->announced : 0, &zh, &en);
}

/* Pages fetched while records came in announce different numbers: those that are short are held against the greatest of them together. */
static void look_at_short(doctor *d, export *x, size_t n, size_t i)
{
    export all = x[i];
    const dataset *ds = schema_dataset(d->m, x[i].first->dataset);
    if (!ds || x[i].told || !is_short(&x[i])) return;
    for (size_t k = i + 1; k < n; k++)
        if (same_kind(x[k].first, x[i].first) && is_short(&x[k])) {
            all.rows += x[k].rows;
            if (x[k].announced > all.announced) all.announced = x[k].announced;
        }
    for (size_t k = i; k < n; k++)
        if (same_kind(x[k].first, x[i].first) && is_short(&x[k])) {
            x[k].told = true;
            if (is_short(&all)) say_short(d, ds, &x[k]);
        }
}

/* Pages that only say whether others follow are all there when one is the last. */
static void look_at_follow(doctor *d, const export *x, size_t n, size_t i)
{
    const dataset *ds = schema_dataset(d->m, x[i].first->dataset);
    bool last = false;
    for (size_t k = 0; k < n; k++) last = last || (same_kind(x[k].first, x[i].first) && x[k].announced == SOURCE_NONE_FOLLOW);
    if (ds && x[i].announced == SOURCE_MORE_FOLLOW && !last) say_short(d, ds, &x[i]);
}

static sla_status look_at_pages(doctor *d, err *e)
{
    source_info *list;
    size_t n;
    TRY(store_sources(d->s, &d->mem, &list, &n, e));
    export *x = ARENA_NEW(&d->mem, export, n + 1);
    if (!x) return d->nomem = true, SLA_OK;
    size_t k = list_exports(list, n, x);
    for (size_t i = 0; i < k; i++) look_at_short(d, x, k, i), look_at_follow(d, x, k, i);
    return SLA_OK;
}

/* ---- all of it ---- */
static void span_add(span *to, const span *s)
{
    if (s->any && (!to->any || s->first < to->first)) to->first = s->first;
    if (s->any && (!to->any || s->last > to->last)) to->last = s->last;
    to->any = to->any || s->any;
}

static sla_status look_at_rows(void *ctx, const table *t, const dict *texts, err *e)
{
    doctor *d = ctx;
    seen *n = &d->seen[t->ds->idx];
    terms own[FIELDS_MAX] = {{0}};
    bool ok = true;
    span s = span_of(t);
    for (size_t f = 0; ok && f < t->ds->nfields; f++) ok = !counted(d, t, f) || count_texts(t, f, texts, &own[f]);
    pthread_mutex_lock(&d->lock);
    n->imported = t->imported;
    n->nrows += t->nrows;
    span_add(&n->span, &s);
    for (size_t f = 0; f < t->ds->nfields; f++) {
        n->stored[f] |= t->cols[f].stored;
        ok = ok && terms_add(d, &n->terms[f], &own[f], texts);
        mem_free(own[f].by);
    }
    pthread_mutex_unlock(&d->lock);
    return ok ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to look at what the data cannot prove");
}

/* Rows with a key all at once, as a later one may stand for an earlier one; of a history only whose its rows are, as they were delivered. */
static sla_status look_at_dataset(doctor *d, const dataset *ds, err *e)
{
    const dataset *history_of = d->seen[ds->idx].history_of;
    bool wanted[FIELDS_MAX] = {false}, coded[FIELDS_MAX];
    table *t = NULL;
    if (history_of) wanted[history_of->changes.record] = true;
    for (size_t f = 0; f < ds->nfields && !history_of; f++) wanted[f] = (int)f == ds->time_field || ds->fields[f].en;
    memcpy(coded, wanted, sizeof coded);
    for (size_t k = 0; k < ds->nkey; k++) coded[ds->key[k]] = ds->changes.dataset >= 0 && d->seen[ds->changes.dataset].nrows; /* held against the history's */
    if (ds->nkey == 0 || history_of) TRY(store_table_parts(d->s, ds, wanted, look_at_rows, d, e));
    else {
        table_load one = {.ds = ds, .wanted = wanted, .coded = coded, .given_up = true};
        TRY(store_tables_load(d->s, &one, 1, d->texts, e));
        t = one.t;
        sla_status st = look_at_rows(d, t, d->texts, e);
        if (st != SLA_OK) return table_free(t), st;
    }
    look_at_history(d, ds);
    if (!history_of) look_at_absent(d, ds);
    for (size_t f = 0; f < ds->nfields; f++)
        if (ds->fields[f].en) look_at_terms(d, ds, f);
    if (t) look_at_orphans(d, t);
    if (t) look_at_numbers(d, t);
    if (t) look_at_doubles(d, t), look_at_given_up(d, t);
    table_free(t);
    return SLA_OK;
}

static sla_status look(doctor *d, err *e)
{
    for (size_t i = 0; i < d->m->n; i++)
        if (d->m->datasets[i].changes.dataset >= 0) d->seen[d->m->datasets[i].changes.dataset].history_of = &d->m->datasets[i];
    for (int pass = 0; pass < 2; pass++) /* histories first: others are held against them */
        for (size_t i = 0; i < d->m->n; i++)
            if (!d->seen[i].history_of == (pass == 1)) TRY(look_at_dataset(d, &d->m->datasets[i], e));
    look_at_logs(d);
    TRY(look_at_pages(d, e));
    if (d->nomem) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to look at what the data cannot prove");
    return store_caveats_replace(d->s, d->items, d->n, e);
}

sla_status doctor_look(store *s, const schema *m, const zone *z, int64_t from, int64_t to, err *e)
{
    doctor d = {.s = s, .m = m, .z = z, .from = from, .to = to, .texts = dict_new(), .seen = mem_zero(m->n, sizeof *d.seen)};
    pthread_mutex_init(&d.lock, NULL);
    sla_status st = d.texts && d.seen ? look(&d, e) : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to look at what the data cannot prove");
    for (size_t i = 0; d.seen && i < m->n; i++)
        for (size_t f = 0; f < FIELDS_MAX; f++) mem_free(d.seen[i].terms[f].by);
    mem_free(d.seen);
    pthread_mutex_destroy(&d.lock);
    dict_free(d.texts);
    mem_free(d.items);
    arena_free(&d.mem);
    return st;
}
