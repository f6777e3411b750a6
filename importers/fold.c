#include "importers/fold.h"
#include <stdlib.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "importers/words.h"

/* Rows are kept column by column, texts as codes of one dictionary; 0 is "missing", codes are moved up by one. */
typedef struct fold_column { int64_t *i64; double *f64; uint32_t *code; uint8_t *has; } fold_column;
struct fold {
    const profile *pf;
    dataset ds;                 /* the profile's fields, then at, actor, sequence */
    size_t at, actor, sequence;
    const dataset *history;
    fold_column *cols;
    uint32_t *lines;
    size_t nrows, cap;
    dict *texts;
    size_t nrecords, nchanges, untimed;
};

static field extra_field(const char *name, const char *zh, vtype type) { return (field){.name = slice_of(name), .title_zh = slice_of(zh), .title_en = slice_of(name), .type = type}; }

sla_status fold_new(const profile *pf, arena *a, fold **out, const dataset **ds, err *e)
{
    const dataset *base = pf->ds;
    if (base->changes.dataset < 0) return err_set(e, SLA_TYPE, SRCPOS_NONE, "profile %s folds updates, but the model keeps no history of %s", pf->name.ptr, base->name.ptr);
    if (base->nfields + 3 > FIELDS_MAX || base->nkey != 1) return err_set(e, SLA_LIMIT, SRCPOS_NONE, "%s cannot be folded: too many fields, or not one key", base->name.ptr);
    fold *f = mem_zero(1, sizeof *f);
    field *fields = ARENA_NEW(a, field, base->nfields + 3);
    if (f) {
        f->texts = dict_new();
        f->cols = mem_zero(base->nfields + 3, sizeof *f->cols);
    }
    if (!f || !fields || !f->texts || !f->cols) {
        fold_free(f);
        return SLA_NOMEM;
    }
    memcpy(fields, base->fields, base->nfields * sizeof *fields);
    f->pf = pf;
    f->ds = *base;
    f->ds.fields = fields;
    f->at = base->nfields, f->actor = f->at + 1, f->sequence = f->at + 2;
    fields[f->at] = extra_field("update time", "更新时间", VT_TIME);
    fields[f->actor] = extra_field("update actor", "更新人", VT_TEXT);
    fields[f->sequence] = extra_field("update sequence", "更新次序", VT_NUMBER);
    f->ds.nfields += 3;
    f->history = base - base->idx + base->changes.dataset; /* datasets of a schema stand in one array */
    *out = f;
    *ds = &f->ds;
    return SLA_OK;
}

static int find(const slice *names, size_t n, const header_list *l)
{
    for (size_t k = 0; k < l->n; k++)
        for (size_t i = 0; i < n; i++)
            if (names[i].len && words_same(names[i], l->items[k])) return (int)i;
    return -1;
}

void fold_place(const fold *f, target *fields, const slice *names, size_t n)
{
    fields[f->at].input = find(names, n, &f->pf->fold_at);
    for (size_t c = 0; c < f->at; c++) /* the same days have the same times of day */
        if (fields[c].input >= 0 && fields[c].input == fields[f->at].input) fields[f->at].clock = fields[c].clock;
    fields[f->actor].input = find(names, n, &f->pf->fold_actor);
    fields[f->sequence].input = find(names, n, &f->pf->fold_sequence);
}

/* ---- keeping rows ---- */
static bool grow(fold *f, size_t need)
{
    if (need <= f->cap) return true;
    size_t cap = f->cap ? f->cap * 2 : 8192;
    if (cap < need) cap = need;
    uint32_t *lines = mem_resize(f->lines, cap, sizeof *lines);
    if (!lines) return false;
    f->lines = lines;
    for (size_t c = 0; c < f->ds.nfields; c++) {
        fold_column *col = &f->cols[c];
        storage st = vtype_storage(f->ds.fields[c].type);
        void *data = mem_resize(st == STORE_I64 ? (void *)col->i64 : st == STORE_F64 ? (void *)col->f64 : (void *)col->code, cap, st == STORE_CODE ? 4 : 8);
        if (!data) return false;
        if (st == STORE_I64) col->i64 = data;
        else if (st == STORE_F64) col->f64 = data;
        else col->code = data;
        uint8_t *has = mem_resize(col->has, cap, 1);
        if (!has) return false;
        col->has = has;
    }
    f->cap = cap;
    return true;
}

static sla_status keep_texts(fold *f, size_t c, const column *from, size_t n)
{
    uint32_t count = dict_count(from->codes), *map = mem_zero(count ? count : 1, sizeof *map);
    if (!map) return SLA_NOMEM;
    sla_status st = SLA_OK;
    for (uint32_t k = 0; k < count && st == SLA_OK; k++)
        if ((map[k] = dict_intern(f->texts, dict_text(from->codes, k))) == DICT_NONE) st = SLA_NOMEM;
    const uint32_t *codes = from->data;
    for (size_t i = 0; i < n && st == SLA_OK; i++) f->cols[c].code[f->nrows + i] = bits_get(from->valid, i) ? map[codes[i]] : 0;
    mem_free(map);
    return st;
}

sla_status fold_add(fold *f, const batch *b, err *e)
{
    if (b->nrows == 0) return SLA_OK;
    if (!grow(f, f->nrows + b->nrows)) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to fold updates");
    memcpy(f->lines + f->nrows, b->lines, b->nrows * sizeof *f->lines);
    for (size_t c = 0; c < f->ds.nfields; c++) {
        const column *from = &b->cols[c];
        fold_column *to = &f->cols[c];
        for (size_t i = 0; i < b->nrows; i++) to->has[f->nrows + i] = bits_get(from->valid, i);
        if (to->i64) memcpy(to->i64 + f->nrows, from->data, b->nrows * sizeof *to->i64);
        else if (to->f64) memcpy(to->f64 + f->nrows, from->data, b->nrows * sizeof *to->f64);
        else if (keep_texts(f, c, from, b->nrows) != SLA_OK) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to fold updates");
    }
    f->nrows += b->nrows;
    return SLA_OK;
}

/* ---- records and their updates ---- */
/* Rows by record in order of first appearance, and within a record by time, sequence and file order. */
typedef struct update { uint32_t record, row; int64_t at; double sequence; } update;

static int by_update(const void *a, const void *b)
{
    const update *x = a, *y = b;
    if (x->record != y->record) return x->record < y->record ? -1 : 1;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (x->sequence < y->sequence || x->sequence > y->sequence) return x->sequence < y->sequence ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static update *order(fold *f)
{
    update *u = mem_zero(f->nrows ? f->nrows : 1, sizeof *u);
    uint32_t *number = mem_zero(dict_count(f->texts) + 1, sizeof *number);
    size_t key = f->ds.key[0];
    for (size_t i = 0; u && number && i < f->nrows; i++) {
        uint32_t k = f->cols[key].code[i];
        if (!number[k]) number[k] = (uint32_t)++f->nrecords;
        u[i] = (update){number[k], (uint32_t)i, f->cols[f->at].has[i] ? f->cols[f->at].i64[i] : INT64_MIN,
                        f->cols[f->sequence].has[i] ? f->cols[f->sequence].f64[i] : 0};
    }
    if (u && number) qsort(u, f->nrows, sizeof *u, by_update);
    bool ok = number != NULL;
    mem_free(number);
    if (ok) return u;
    mem_free(u);
    return NULL;
}

typedef struct sink { sla_status (*put)(void *ctx, const batch *b, err *e); void *ctx; batch *b; } sink;

static sla_status flush(sink *s, err *e)
{
    if (s->b->nrows == 0) return SLA_OK;
    sla_status st = s->put(s->ctx, s->b, e);
    batch_reset(s->b);
    return st;
}

/* When field r->by became one of r->states: of the updates u[from .. to] the last that made it so, or the first. SIZE_MAX: none did. */
static size_t reached_by(const fold *f, const reached *r, const update *u, size_t from, size_t to)
{
    const fold_column *by = &f->cols[r->by];
    size_t found = SIZE_MAX;
    bool before = false;
    for (size_t i = from; i <= to; i++) {
        size_t row = u[i].row;
        bool now = false;
        for (size_t k = 0; by->has[row] && k < r->states.n; k++) now = now || slice_eq(dict_text(f->texts, by->code[row]), r->states.items[k]);
        if (now && !before && f->cols[f->at].has[row] && (found == SIZE_MAX || !r->first)) found = row;
        before = now;
    }
    return found;
}

/* The record of the updates u[from .. to]: the last one, but for what the first one or a change of state decides. */
static sla_status put_record(fold *f, sink *s, const update *u, size_t from, size_t to, err *e)
{
    const profile *pf = f->pf;
    if (s->b->nrows == s->b->cap) TRY(flush(s, e));
    size_t at = batch_add_row(s->b, f->lines[u[to].row]);
    for (size_t c = 0; c < s->b->ds->nfields; c++) {
        const fold_column *col = &f->cols[c];
        size_t row = u[to].row;
        for (size_t k = 0; k < pf->nfirsts; k++)
            if (pf->firsts[k] == c) row = u[from].row;
        if (!col->has[row]) continue;
        if (col->i64) batch_set_i64(s->b, at, c, col->i64[row]);
        else if (col->f64) batch_set_f64(s->b, at, c, col->f64[row]);
        else TRY(batch_set_text(s->b, at, c, dict_text(f->texts, col->code[row])));
    }
    for (size_t k = 0; k < pf->nreached; k++) {
        size_t row = reached_by(f, &pf->reached[k], u, from, to);
        if (row != SIZE_MAX) batch_set_i64(s->b, at, pf->reached[k].field, f->cols[f->at].i64[row]);
    }
    return SLA_OK;
}

static sla_status set(batch *b, size_t row, int col, const fold *f, const fold_column *from, size_t at)
{
    return col >= 0 && from->has[at] ? batch_set_text(b, row, (size_t)col, dict_text(f->texts, from->code[at])) : SLA_OK;
}

/* One change of field c between rows `before` (SIZE_MAX: the record's first update) and `row`. */
static sla_status put_change(fold *f, sink *s, size_t c, size_t before, size_t row, err *e)
{
    const dataset *base = f->pf->ds;
    if (s->b->nrows == s->b->cap) TRY(flush(s, e));
    size_t to = batch_add_row(s->b, f->lines[row]);
    batch_set_i64(s->b, to, (size_t)base->changes.at, f->cols[f->at].i64[row]);
    TRY(set(s->b, to, base->changes.record, f, &f->cols[f->ds.key[0]], row));
    TRY(set(s->b, to, base->changes.actor, f, &f->cols[f->actor], row));
    TRY(batch_set_text(s->b, to, (size_t)base->changes.field, base->fields[c].name));
    if (before != SIZE_MAX) TRY(set(s->b, to, base->changes.old_, f, &f->cols[c], before));
    TRY(set(s->b, to, base->changes.new_, f, &f->cols[c], row));
    f->nchanges++;
    return SLA_OK;
}

static bool differs(const fold_column *col, size_t a, size_t b)
{
    return col->has[a] != col->has[b] || (col->has[a] && col->code[a] != col->code[b]);
}

static sla_status put_changes(fold *f, sink *s, const update *u, size_t i, err *e)
{
    size_t row = u[i].row;
    bool first = i == 0 || u[i - 1].record != u[i].record;
    if (!f->cols[f->at].has[row]) {
        f->untimed++;
        return SLA_OK;
    }
    for (size_t k = 0; k < f->pf->ntracked; k++) {
        size_t c = f->pf->tracked[k];
        if (first ? f->cols[c].has[row] && f->ds.fields[c].en && f->ds.fields[c].en->phase : differs(&f->cols[c], u[i - 1].row, row))
            TRY(put_change(f, s, c, first ? SIZE_MAX : u[i - 1].row, row, e));
    }
    return SLA_OK;
}

/* A list of records, not a log of updates: when they became what they are is not told by when they were last touched. */
static bool once_each(const fold *f) { return f->nrecords == f->nrows && !f->pf->events; }

static sla_status deliver(fold *f, const update *u, sink *records, sink *changes, err *e)
{
    for (size_t i = 0, from = 0; i < f->nrows; i++) {
        if (i + 1 < f->nrows && u[i + 1].record == u[i].record) continue;
        TRY(put_record(f, records, u, from, i, e));
        from = i + 1;
    }
    TRY(flush(records, e));
    if (once_each(f)) return SLA_OK;
    for (size_t i = 0; i < f->nrows; i++) TRY(put_changes(f, changes, u, i, e));
    return flush(changes, e);
}

sla_status fold_finish(fold *f, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e)
{
    update *u = order(f);
    sink records = {put, ctx, batch_new(f->pf->ds, BATCH_ROWS_MAX)}, changes = {put, ctx, batch_new(f->history, BATCH_ROWS_MAX)};
    sla_status st = u && records.b && changes.b ? deliver(f, u, &records, &changes, e) : SLA_NOMEM;
    if (st != SLA_OK) err_set(e, st, SRCPOS_NONE, "no memory to fold updates");
    batch_free(records.b);
    batch_free(changes.b);
    mem_free(u);
    return st;
}

void fold_restart(fold *f) { f->nrows = f->nrecords = f->nchanges = f->untimed = 0; }

void fold_notes(const fold *f, buf *out)
{
    buf_printf(out, "%zu updates folded into %zu records and %zu changes\n", f->nrows, f->nrecords, f->nchanges);
    if (once_each(f)) buf_text(out, "each record comes once: these are no updates, and no history\n");
    if (f->untimed) buf_printf(out, "%zu updates without a time: their changes are not in the history\n", f->untimed);
}

void fold_free(fold *f)
{
    if (!f) return;
    for (size_t c = 0; f->cols && c < f->ds.nfields; c++) {
        mem_free(f->cols[c].i64);
        mem_free(f->cols[c].f64);
        mem_free(f->cols[c].code);
        mem_free(f->cols[c].has);
    }
    mem_free(f->cols);
    mem_free(f->lines);
    dict_free(f->texts);
    mem_free(f);
}
