#include <pthread.h>
#include <string.h>
#include "engine/audit/fieldchanges.h"
#include "engine/base/mem.h"

static sla_status make_index(const pass *ps, const dataset *ds, slice which, change_index *out, err *e)
{
    const table *t = ps->w.tables[ds->idx], *h = ps->w.tables[ds->changes.dataset];
    size_t texts = dict_count(ps->w.dict) + 1u, n = 0;
    uint32_t *record_of = mem_zero(texts, sizeof *record_of), *at = NULL; /* record + 1 by the code of its key */
    *out = (change_index){.first = mem_zero(t->nrows + 2, sizeof(uint32_t)), .nrecords = t->nrows};
    const uint32_t *keys = table_codes(t, ds->key[0]), *rec = table_codes(h, (size_t)ds->changes.record), *fields = table_codes(h, (size_t)ds->changes.field);
    const int64_t *times = table_i64(h, (size_t)ds->changes.at);
    uint32_t want = dict_find(ps->w.dict, which);
    if (!record_of || !out->first) goto nomem;
    for (size_t i = 0; keys && i < t->nrows; i++)
        if (table_has(t, ds->key[0], i)) record_of[keys[i]] = (uint32_t)i + 1;
    if (rec && fields && times && want != DICT_NONE) {
        for (size_t i = 0; i < h->nrows; i++)
            if (fields[i] == want && record_of[rec[i]] && table_has(h, (size_t)ds->changes.field, i)) out->first[record_of[rec[i]] + 1]++, n++;
    }
    if (!(out->rows = mem_zero(n ? n : 1, sizeof *out->rows)) || !(at = mem_zero(t->nrows + 2, sizeof *at))) goto nomem;
    for (size_t r = 1; r < t->nrows + 2; r++) out->first[r] += out->first[r - 1];
    memcpy(at, out->first, (t->nrows + 2) * sizeof *at);
    for (size_t i = 0; n && i < h->nrows; i++) {
        if (fields[i] != want || !record_of[rec[i]] || !table_has(h, (size_t)ds->changes.field, i)) continue;
        uint32_t r = record_of[rec[i]], k = at[r]++;
        while (k > out->first[r] && times[out->rows[k - 1]] > times[i]) out->rows[k] = out->rows[k - 1], k--; /* nearly always in order already */
        out->rows[k] = (uint32_t)i;
    }
    /* first[r + 1] is where record r's changes begin: shift so that first[r] does */
    memmove(out->first, out->first + 1, (t->nrows + 1) * sizeof *out->first);
    mem_free(at);
    mem_free(record_of);
    return SLA_OK;
nomem:
    mem_free(at);
    mem_free(record_of);
    return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the history of %s", ds->name.ptr);
}

struct change_cache { pthread_mutex_t lock; change_index of[DATASETS_MAX][FIELDS_MAX]; };

sla_status fieldchanges_begin(pass *ps, err *e)
{
    if (!(ps->changes = mem_zero(1, sizeof *ps->changes))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the history");
    pthread_mutex_init(&ps->changes->lock, NULL);
    return SLA_OK;
}

void fieldchanges_end(pass *ps)
{
    for (size_t d = 0; ps->changes && d < DATASETS_MAX; d++)
        for (size_t f = 0; f < FIELDS_MAX; f++) mem_free(ps->changes->of[d][f].first), mem_free(ps->changes->of[d][f].rows);
    if (ps->changes) pthread_mutex_destroy(&ps->changes->lock);
    mem_free(ps->changes);
    ps->changes = NULL;
}

sla_status fieldchanges_of(const pass *ps, const dataset *ds, int which, const change_index **out, err *e)
{
    change_index *x = &ps->changes->of[ds->idx][which];
    sla_status st = SLA_OK;
    pthread_mutex_lock(&ps->changes->lock);
    if (!x->rows) {
        mem_free(x->first); /* of an attempt that failed */
        st = make_index(ps, ds, ds->fields[which].name, x, e);
    }
    pthread_mutex_unlock(&ps->changes->lock);
    *out = x;
    return st;
}
