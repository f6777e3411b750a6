#include <pthread.h>
#include "engine/audit/fieldchanges.h"
#include "engine/base/mem.h"

/* Record + 1 by the code of its key; 0: no record has it. */
static uint32_t *records_by_key(const pass *ps, const dataset *ds)
{
    const table *t = ps->w.tables[ds->idx];
    const uint32_t *keys = table_codes(t, ds->key[0]);
    uint32_t *of = mem_zero(dict_count(ps->w.dict) + 1u, sizeof *of);
    for (size_t i = 0; of && keys && i < t->nrows; i++)
        if (table_has(t, ds->key[0], i)) of[keys[i]] = (uint32_t)i + 1;
    return of;
}

typedef struct found { uint32_t record, row; } found;
/* The rows of the history that change this field of a record that is there; room for all rows. */
static size_t find_rows(const pass *ps, const dataset *ds, slice which, const uint32_t *record_of, found *out)
{
    const table *h = ps->w.tables[ds->changes.dataset];
    const uint32_t *rec = table_codes(h, (size_t)ds->changes.record), *fields = table_codes(h, (size_t)ds->changes.field);
    uint32_t want = dict_find(ps->w.dict, which);
    size_t n = 0;
    if (!rec || !fields || !table_i64(h, (size_t)ds->changes.at) || want == DICT_NONE) return 0;
    for (size_t i = 0; i < h->nrows; i++) {
        out[n] = (found){record_of[rec[i]], (uint32_t)i};
        n += (fields[i] == want) & (out[n].record != 0) & table_has(h, (size_t)ds->changes.field, i);
    }
    return n;
}

/* By record, and within one by time, then row. */
static void put_in_order(change_index *x, const found *f, size_t n, const int64_t *times)
{
    for (size_t i = 0; i < n; i++) x->first[f[i].record + 1]++;
    for (size_t r = 1; r < x->nrecords + 2; r++) x->first[r] += x->first[r - 1];
    for (size_t i = 0; i < n; i++) x->rows[x->first[f[i].record]++] = f[i].row; /* first[r + 1] runs on to the end of record r */
    for (size_t r = 0; r < x->nrecords; r++)
        for (uint32_t i = x->first[r]; i < x->first[r + 1]; i++) { /* nearly always in order already */
            uint32_t row = x->rows[i], k = i;
            while (k > x->first[r] && times[x->rows[k - 1]] > times[row]) x->rows[k] = x->rows[k - 1], k--;
            x->rows[k] = row;
        }
}

static sla_status make_index(const pass *ps, const dataset *ds, slice which, change_index *out, err *e)
{
    const table *t = ps->w.tables[ds->idx], *h = ps->w.tables[ds->changes.dataset];
    uint32_t *record_of = records_by_key(ps, ds);
    found *f = mem_resize(NULL, h->nrows + 1, sizeof *f);
    *out = (change_index){.first = mem_zero(t->nrows + 3, sizeof *out->first), .nrecords = t->nrows};
    size_t n = record_of && f && out->first ? find_rows(ps, ds, which, record_of, f) : 0;
    if (record_of && f && out->first) out->rows = mem_resize(NULL, n + 1, sizeof *out->rows);
    if (out->rows) put_in_order(out, f, n, table_i64(h, (size_t)ds->changes.at));
    mem_free(record_of);
    mem_free(f);
    return out->rows ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the history of %s", ds->name.ptr);
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
