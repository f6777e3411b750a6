#include "engine/audit/bursts.h"
#include <stdlib.h>
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"

static void load_same(pack_loader *l, rule *r, const ynode *list, const dataset *ds, bursts *out)
{
    if (list && (list->kind != YNODE_LIST || list->n > BURST_SAME)) errlist_add(l->errors, SLA_SYNTAX, list->at, "'same' is a list of at most %d fields", BURST_SAME);
    for (size_t i = 0; list && list->kind == YNODE_LIST && i < list->n && i < BURST_SAME; i++) {
        breakdown *b = &out->same[out->nsame];
        b->name = list->items[i]->text;
        b->slot = events_load_expr(l, r, ds, list->items[i], VT_COUNT, &b->type);
        if (b->slot >= 0) out->nsame++;
    }
}

bool bursts_load(pack_loader *l, rule *r, const ynode *by, const event_keys *keys, const ynode *size, const event_set *s, bursts *out)
{
    const dataset *ds = s->sel.ds;
    size_t before = l->errors->n + l->errors->dropped;
    const ynode *mode = yaml_get(size, "mode");
    const calendar *cal;
    *out = (bursts){.n = (size_t)load_count(l, size, "n", 0)};
    if (!by && keys) out->by[out->nby++].keys = *keys;
    else if (!by || by->kind != YNODE_MAP || by->n > BURST_ENTRIES)
        errlist_add(l->errors, SLA_SYNTAX, by ? by->at : size->at, "'by' names the keys: {src_ip: [src_ip], user: [user]}, at most %d of them", BURST_ENTRIES);
    for (size_t i = 0; by && by->kind == YNODE_MAP && i < by->n && i < BURST_ENTRIES; i++) {
        out->by[out->nby].name = by->items[i]->key;
        if (events_load_keys(l, r, by->items[i], ds, &out->by[out->nby].keys)) out->nby++;
    }
    if (out->n < 2) errlist_add(l->errors, SLA_SYNTAX, size->at, "a burst needs n, at least 2");
    events_load_limit(l, size, "within", &out->within, &cal);
    load_same(l, r, yaml_get(size, "same"), ds, out);
    repeats_load(l, r, yaml_get(size, "repeats"), s, &out->repeats);
    if (mode && slice_is(mode->text, "reset")) out->mode = BURST_RESET;
    else if (mode && slice_is(mode->text, "sliding")) out->mode = BURST_SLIDING;
    else if (mode && !slice_is(mode->text, "coalesce")) errlist_add(l->errors, SLA_SYNTAX, mode->at, "mode is coalesce, reset or sliding");
    return l->errors->n + l->errors->dropped == before;
}

void bursts_prepare(const bursts *b, const dataset *ds, pass *ps)
{
    for (size_t i = 0; i < b->nby; i++) events_prepare_keys(&b->by[i].keys, ds, ps);
    for (size_t i = 0; i < b->nsame; i++) pass_group(ps, ds, &b->same[i]);
    repeats_prepare(&b->repeats, ds, ps);
}

/* ---- lines that stand in several files ---- */
typedef struct line { uint32_t same[BURST_SAME], source; size_t at; } line;

static int by_line(const void *a, const void *b)
{
    const line *x = a, *y = b;
    for (size_t i = 0; i < BURST_SAME; i++)
        if (x->same[i] != y->same[i]) return (x->same[i] > y->same[i]) - (x->same[i] < y->same[i]);
    if (x->source != y->source) return (x->source > y->source) - (x->source < y->source);
    return (x->at > y->at) - (x->at < y->at);
}

static bool same_line(const line *x, const line *y) { return memcmp(x->same, y->same, sizeof x->same) == 0; }

/* Of lines that are the same, sorted by file: marks those of all files but the one that has most, the first of these. */
static void mark_copies(const line *l, size_t n, event *e)
{
    size_t best = 0, most = 0;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && l[to].source == l[from].source; to++) {}
        if (to - from > most) best = from, most = to - from;
    }
    for (size_t i = 0; i < n; i++)
        if (l[i].source != l[best].source) e[l[i].at].key = EVENT_NO_KEY;
}

/* The events e[from … to) of one key and instant. */
static void look_for_copies(const table *t, const kept *const *same, size_t nsame, event *e, size_t from, size_t to, line *l)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        bool whole = true;
        l[n] = (line){.source = table_source(t, e[i].row), .at = i};
        for (size_t k = 0; k < nsame; k++) whole = (l[n].same[k] = kept_code(same[k], e[i].row)) != DICT_NONE && whole;
        n += whole;
    }
    qsort(l, n, sizeof *l, by_line);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_line(&l[end], &l[i]); end++) {}
        mark_copies(l + i, end - i, e);
    }
}

static size_t without_key(const event *e, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) k += e[i].key == EVENT_NO_KEY;
    return k;
}

/* Gives copies no key. The n events are sorted by key and instant. */
static sla_status mark_all_copies(const pass *ps, const bursts *b, const dataset *ds, event *e, size_t n)
{
    const table *t = ps->w.tables[ds->idx];
    const kept *same[BURST_SAME];
    if (b->nsame == 0 || !t->source || n == 0) return SLA_OK; /* one file */
    line *l = mem_resize(NULL, n, sizeof *l);
    if (!l) return SLA_NOMEM;
    for (size_t k = 0; k < b->nsame; k++) same[k] = pass_kept(ps, ds, b->same[k].slot);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && e[to].key == e[from].key && e[to].from == e[from].from; to++) {}
        if (to - from > 1) look_for_copies(t, same, b->nsame, e, from, to, l);
    }
    mem_free(l);
    return SLA_OK;
}

/* Of the n events those that count; *n: how many remain. */
static sla_status leave_out(const pass *ps, const bursts *b, const dataset *ds, event *e, size_t *n, left_out *left)
{
    size_t remain = 0;
    TRY(mark_all_copies(ps, b, ds, e, *n));
    left->copies = without_key(e, *n);
    TRY(repeats_leave_out(ps, &b->repeats, ds, e, *n, &left->repeats));
    for (size_t i = 0; i < *n; i++)
        if (e[i].key != EVENT_NO_KEY) e[remain++] = e[i];
    *n = remain;
    return SLA_OK;
}

/* The events of one key. */
static sla_status scan(const bursts *b, const event *e, size_t n, burst_fn *fn, void *ctx)
{
    for (size_t i = 0, begin = 0; i < n; i++) {
        if (i + 1 < begin + b->n || e[i].from - e[i + 1 - b->n].from > b->within) continue;
        size_t last = i;
        while (b->mode == BURST_COALESCE && last + 1 < n && e[last + 1].from - e[last].from <= b->within) last++;
        TRY(fn(ctx, e, i + 1 - b->n, i, last));
        if (b->mode != BURST_SLIDING) begin = last + 1;
        i = last;
    }
    return SLA_OK;
}

sla_status bursts_each(pass *ps, const event_set *s, const bursts *b, size_t entry, burst_fn *fn, void *ctx, left_out *left, err *e)
{
    event *ev;
    size_t n, known = 0;
    left_out not_counted = {0};
    TRY(events_make(ps, s, &b->by[entry].keys, &ev, &n, e));
    for (size_t i = 0; i < n; i++)
        if (!ev[i].unknown && ev[i].key != EVENT_NO_KEY) ev[known++] = ev[i];
    sla_status st = leave_out(ps, b, s->sel.ds, ev, &known, &not_counted);
    if (left) *left = not_counted;
    for (size_t from = 0, to; st == SLA_OK && from < known; from = to) {
        for (to = from + 1; to < known && ev[to].key == ev[from].key; to++) {}
        st = scan(b, ev + from, to - from, fn, ctx);
    }
    mem_free(ev);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for bursts");
}

slice bursts_key_text(pass *ps, const bursts *b, size_t entry, uint64_t key)
{
    slice text = events_key_text(ps, key, b->by[entry].keys.n), name = b->by[entry].name;
    return name.len && text.ptr ? text_format(&ps->mem, "%.*s=%.*s", SLICE_ARG(name), SLICE_ARG(text)) : text;
}
