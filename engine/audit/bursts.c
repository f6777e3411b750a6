#include "engine/audit/bursts.h"
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"

bool bursts_load(pack_loader *l, rule *r, const ynode *by, const event_keys *keys, const ynode *size, const dataset *ds, bursts *out)
{
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
    if (mode && slice_is(mode->text, "reset")) out->mode = BURST_RESET;
    else if (mode && slice_is(mode->text, "sliding")) out->mode = BURST_SLIDING;
    else if (mode && !slice_is(mode->text, "coalesce")) errlist_add(l->errors, SLA_SYNTAX, mode->at, "mode is coalesce, reset or sliding");
    return l->errors->n + l->errors->dropped == before;
}

void bursts_prepare(const bursts *b, const dataset *ds, pass *ps)
{
    for (size_t i = 0; i < b->nby; i++) events_prepare_keys(&b->by[i].keys, ds, ps);
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

sla_status bursts_each(pass *ps, const event_set *s, const bursts *b, size_t entry, burst_fn *fn, void *ctx, err *e)
{
    event *ev;
    size_t n, known = 0;
    TRY(events_make(ps, s, &b->by[entry].keys, &ev, &n, e));
    for (size_t i = 0; i < n; i++)
        if (!ev[i].unknown && ev[i].key != EVENT_NO_KEY) ev[known++] = ev[i];
    sla_status st = SLA_OK;
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
