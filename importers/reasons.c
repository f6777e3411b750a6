#include "importers/reasons.h"
#include <stdlib.h>
#include "engine/base/bits.h"
#include "engine/base/mem.h"
#include "importers/words.h"

struct reasons {
    const profile *pf;
    const field_map *map;               /* of the field whose values have reasons */
    const dataset *of;                  /* whose changes they are */
    slice field;                        /* its name, as the changes have it */
    batch **batches; size_t n, cap;
    size_t ntold, nadded;               /* values whose reason was found; changes that only a reason told */
};

sla_status reasons_new(const profile *pf, reasons **out)
{
    *out = NULL;
    for (size_t f = 0; pf && pf->changed && f < pf->of->nfields && !*out; f++) {
        if (!pf->changed[f].reason) continue;
        if (!(*out = mem_zero(1, sizeof **out))) return SLA_NOMEM;
        **out = (reasons){.pf = pf, .map = &pf->changed[f], .of = pf->of, .field = pf->of->fields[f].name};
    }
    return SLA_OK;
}

sla_status reasons_take(reasons *r, block *b, err *e)
{
    for (size_t i = 0; i < b->n; i++) {
        if (mem_grow(&r->batches, &r->cap, r->n + 1, sizeof(batch *))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for changes and their reasons");
        r->batches[r->n++] = b->batches[i];
        b->batches[i] = NULL;
    }
    b->n = 0;
    return SLA_OK;
}

void reasons_restart(reasons *r)
{
    for (size_t i = 0; i < r->n; i++) batch_free(r->batches[i]);
    r->n = r->ntold = r->nadded = 0;
}

void reasons_free(reasons *r)
{
    if (!r) return;
    reasons_restart(r);
    mem_free(r->batches);
    mem_free(r);
}

void reasons_notes(const reasons *r, buf *out)
{
    if (r->ntold) buf_printf(out, "%.*s: what it means is told by changes of another field (%.*s) %zu times", SLICE_ARG(r->field), SLICE_ARG(r->map->reason->from.items[0]), r->ntold);
    if (r->nadded) buf_printf(out, ", %zu of them while it stayed as it was, which is a change of its own", r->nadded);
    if (r->ntold) buf_char(out, '\n');
}

/* ---- the changes of one record ---- */
typedef struct change { uint32_t record, row; batch *in; size_t no; int64_t at; bool why; } change;   /* no: of the batch; why: it changes the reason */
typedef struct list { change *items; size_t n, cap; } list;
/* What holds for a record at an instant. */
typedef struct state { slice value, why; } state;

static slice text_at(const batch *b, int col, size_t row)
{
    const column *c = &b->cols[col < 0 ? 0 : col];
    return col >= 0 && bits_get(c->valid, row) ? dict_text(c->codes, ((const uint32_t *)c->data)[row]) : (slice){0};
}

static slice old_of(const reasons *r, const change *c) { return text_at(c->in, r->of->changes.old_, c->row); }
static slice new_of(const reasons *r, const change *c) { return text_at(c->in, r->of->changes.new_, c->row); }

static bool is_reason(const reasons *r, slice name)
{
    for (size_t i = 0; i < r->map->reason->from.n; i++)
        if (words_same(name, r->map->reason->from.items[i])) return true;
    return false;
}

static int by_record_and_time(const void *a, const void *b)
{
    const change *x = a, *y = b;
    if (x->record != y->record) return x->record < y->record ? -1 : 1;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (x->no != y->no) return x->no < y->no ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The changes of the field and of its reason, by record and time. */
static sla_status collect(const reasons *r, dict *records, list *out)
{
    for (size_t i = 0; i < r->n; i++)
        for (size_t row = 0; row < r->batches[i]->nrows; row++) {
            batch *b = r->batches[i];
            slice name = text_at(b, r->of->changes.field, row), record = text_at(b, r->of->changes.record, row);
            bool why = !slice_eq(name, r->field) && is_reason(r, name);
            if (!record.len || !bits_get(b->cols[r->of->changes.at].valid, row) || (!why && !slice_eq(name, r->field))) continue;
            change c = {dict_intern(records, record), (uint32_t)row, b, i, ((const int64_t *)b->cols[r->of->changes.at].data)[row], why};
            if (c.record == DICT_NONE) return SLA_NOMEM;
            if (mem_grow(&out->items, &out->cap, out->n + 1, sizeof *out->items)) return SLA_NOMEM;
            out->items[out->n++] = c;
        }
    if (out->n) qsort(out->items, out->n, sizeof *out->items, by_record_and_time);
    return SLA_OK;
}

static bool asks(const reasons *r, slice value)
{
    for (size_t k = 0; k < r->map->reason_of.n; k++)
        if (slice_eq(value, r->map->reason_of.items[k])) return true;
    return false;
}

/* What value and reason mean together; a reason that nobody knows leaves it open: "pending_customer (Awaiting CAB)". In mem; ptr NULL: no memory. */
static slice meaning(const reasons *r, state s, arena *mem)
{
    if (!asks(r, s.value) || !s.why.len) return s.value;
    if (profile_knows_term(r->map->reason, s.why)) return profile_term(r->map->reason, s.why);
    buf both = {0};
    buf_printf(&both, "%.*s (%.*s)", SLICE_ARG(s.value), SLICE_ARG(s.why));
    slice out = both.failed ? (slice){0} : arena_slice(mem, (slice){both.ptr, both.len});
    buf_free(&both);
    return out;
}

typedef struct joining { reasons *r; batch *added; arena mem; sla_status (*put)(void *ctx, const batch *b, err *e); void *ctx; } joining;

static sla_status set(joining *j, batch *b, size_t row, int col, state s)
{
    slice text = s.value.len ? meaning(j->r, s, &j->mem) : (slice){0};
    if (s.value.len && !text.ptr) return SLA_NOMEM;
    if (col < 0 || !text.len) return SLA_OK;
    j->r->ntold += !slice_eq(text, s.value);
    return batch_set_text(b, row, (size_t)col, text);
}

/* The value stays while its reason changes: what it means does too. */
static sla_status add_change(joining *j, const change *why, state was, state is, err *e)
{
    slice actor = text_at(why->in, j->r->of->changes.actor, why->row), before = meaning(j->r, was, &j->mem), after = meaning(j->r, is, &j->mem);
    if (!before.ptr || !after.ptr) return SLA_NOMEM;
    if (!asks(j->r, is.value) || slice_eq(before, after)) return SLA_OK;
    if (j->added->nrows == j->added->cap) {
        TRY(j->put(j->ctx, j->added, e));
        batch_reset(j->added);
    }
    size_t row = batch_add_row(j->added, why->in->lines[why->row]);
    batch_set_i64(j->added, row, (size_t)j->r->of->changes.at, why->at);
    TRY(batch_set_text(j->added, row, (size_t)j->r->of->changes.record, text_at(why->in, j->r->of->changes.record, why->row)));
    TRY(batch_set_text(j->added, row, (size_t)j->r->of->changes.field, j->r->field));
    if (j->r->of->changes.actor >= 0 && actor.len) TRY(batch_set_text(j->added, row, (size_t)j->r->of->changes.actor, actor));
    TRY(set(j, j->added, row, j->r->of->changes.old_, was));
    j->r->nadded++;
    return set(j, j->added, row, j->r->of->changes.new_, is);
}

/* The changes c[0 … n) of one record at one instant. */
static sla_status join_instant(joining *j, const change *c, size_t n, state *now, err *e)
{
    const change *why = NULL;
    state was = *now;
    bool any = false;
    for (size_t i = 0; i < n; i++)
        if (c[i].why) why = &c[i], now->why = new_of(j->r, &c[i]);
    for (size_t i = 0; i < n; i++) {
        if (c[i].why) continue;
        slice before = old_of(j->r, &c[i]), after = new_of(j->r, &c[i]); /* as they stand, before they are written */
        TRY(set(j, c[i].in, c[i].row, j->r->of->changes.old_, (state){before, slice_eq(before, was.value) ? was.why : now->why}));
        TRY(set(j, c[i].in, c[i].row, j->r->of->changes.new_, (state){after, now->why}));
        now->value = after;
        any = true;
    }
    return why && !any && now->value.len ? add_change(j, why, was, *now, e) : SLA_OK;
}

/* All changes of one record, by time. Before the first of a kind holds what it says that was. */
static sla_status join_record(joining *j, const change *c, size_t n, err *e)
{
    state now = {{0}, {0}};
    for (size_t i = n; i-- > 0;) {
        if (c[i].why) now.why = old_of(j->r, &c[i]);
        else now.value = old_of(j->r, &c[i]);
    }
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && c[to].at == c[from].at; to++) {}
        TRY(join_instant(j, c + from, to - from, &now, e));
    }
    return SLA_OK;
}

sla_status reasons_finish(reasons *r, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e)
{
    dict *records = dict_new();
    list all = {0};
    joining j = {.r = r, .added = batch_new(r->pf->ds, BATCH_ROWS_MAX), .put = put, .ctx = ctx};
    sla_status st = records && j.added ? collect(r, records, &all) : SLA_NOMEM;
    for (size_t from = 0, to; st == SLA_OK && from < all.n; from = to) {
        for (to = from + 1; to < all.n && all.items[to].record == all.items[from].record; to++) {}
        st = join_record(&j, all.items + from, to - from, e);
    }
    for (size_t i = 0; st == SLA_OK && i < r->n; i++)
        if (r->batches[i]->nrows) st = put(ctx, r->batches[i], e);
    if (st == SLA_OK && j.added->nrows) st = put(ctx, j.added, e);
    batch_free(j.added);
    arena_free(&j.mem);
    mem_free(all.items);
    dict_free(records);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for changes and their reasons");
}
