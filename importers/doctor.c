#include "importers/doctor.h"
#include <pthread.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"
#include "importers/doctor_parts.h"

typedef struct span { bool any; int64_t first, last; } span;
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
    dict *texts;
    caveat_list found;
    seen *seen;                 /* of each dataset */
} doctor;

void caveat_list_clear(caveat_list *l)
{
    mem_free(l->items);
    arena_free(&l->mem);
    *l = (caveat_list){0};
}

void caveat_list_add(caveat_list *l, const char *kind, const dataset *ds, slice fields, int64_t n, int64_t of, buf *zh, buf *en)
{
    if (mem_grow(&l->items, &l->cap, l->n + 1, sizeof *l->items)) l->nomem = true;
    else l->items[l->n++] = (caveat){0, slice_of(kind), ds->name, arena_slice(&l->mem, fields), n, of, arena_slice(&l->mem, (slice){zh->ptr, zh->len}), arena_slice(&l->mem, (slice){en->ptr, en->len})};
    l->nomem = l->nomem || l->mem.failed || zh->failed || en->failed;
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
    caveat_list_add(&d->found, "history", ds, (slice){fields.ptr, fields.len}, (int64_t)t->nrows, (int64_t)t->nrows, &zh, &en);
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
    caveat_list_add(&d->found, "orphans", history, history->fields[ds->changes.record].name, orphans, all, &zh, &en);
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
        caveat_list_add(&d->found, "absent", ds, (slice){fields.ptr, fields.len}, n, (int64_t)ds->nfields, &zh, &en);
    }
    d->found.nomem = d->found.nomem || fields.failed;
    buf_free(&fields);
}

/* ---- records that came more than once ---- */
static void look_at_doubles(doctor *d, const table *t)
{
    const dataset *ds = t->ds;
    buf zh = {0}, en = {0};
    if (!t->superseded || ds->nkey != 1) return;
    buf_printf(&zh, "%s有 %llu 行的编号出现不止一次，以最后导入的一行为准", ds->title_zh.ptr, (unsigned long long)t->superseded);
    buf_printf(&en, "%llu rows of %s bear a key that came again; the row imported last holds", (unsigned long long)t->superseded, ds->title_en.ptr);
    caveat_list_add(&d->found, "doubles", ds, ds->fields[ds->key[0]].name, (int64_t)t->superseded, (int64_t)(t->superseded + t->nrows), &zh, &en);
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
        caveat_list_add(&d->found, "given up", ds, (slice){fields.ptr, fields.len}, (int64_t)most, (int64_t)(t->superseded + t->nrows), &zh, &en);
    }
    d->found.nomem = d->found.nomem || fields.failed || zh_titles.failed || en_titles.failed;
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

static void span_add(span *to, const span *s)
{
    if (s->any && (!to->any || s->first < to->first)) to->first = s->first;
    if (s->any && (!to->any || s->last > to->last)) to->last = s->last;
    to->any = to->any || s->any;
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
        caveat_list_add(&d->found, end ? "ends early" : "begins late", ds, at, days, 0, &zh, &en);
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

/* ---- all of it ---- */
static bool counted(const doctor *d, const table *t, size_t f)
{
    const dataset *history_of = d->seen[t->ds->idx].history_of;
    return t->cols[f].data && (t->ds->fields[f].en || (history_of && (int)f == history_of->changes.record));
}

static sla_status look_at_rows(void *ctx, const table *t, const dict *texts, err *e)
{
    doctor *d = ctx;
    seen *n = &d->seen[t->ds->idx];
    terms own[FIELDS_MAX] = {{0}};
    bool ok = true;
    span s = span_of(t);
    for (size_t f = 0; ok && f < t->ds->nfields; f++) ok = !counted(d, t, f) || terms_count(t, f, texts, &own[f]);
    pthread_mutex_lock(&d->lock);
    n->imported = t->imported;
    n->nrows += t->nrows;
    span_add(&n->span, &s);
    for (size_t f = 0; f < t->ds->nfields; f++) {
        n->stored[f] |= t->cols[f].stored;
        ok = ok && terms_add(&n->terms[f], d->texts, &own[f], texts);
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
        if (ds->fields[f].en) doctor_terms(&d->found, ds, f, d->texts, &d->seen[ds->idx].terms[f]);
    if (t) look_at_orphans(d, t);
    if (t) doctor_numbers(&d->found, t, d->texts);
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
    TRY(doctor_pages(&d->found, d->s, d->m, e));
    if (d->found.nomem) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to look at what the data cannot prove");
    return store_caveats_replace(d->s, d->found.items, d->found.n, e);
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
    caveat_list_clear(&d.found);
    return st;
}
