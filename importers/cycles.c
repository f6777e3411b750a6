#include "importers/cycles.h"
#include <string.h>
#include "importers/json_read.h"
#include "importers/words.h"

static int list_of(const slice *names, size_t n, slice prefix, slice list)
{
    for (size_t i = 0; i < n; i++)
        if (names[i].len == prefix.len + list.len && memcmp(names[i].ptr, prefix.ptr, prefix.len) == 0 && memcmp(names[i].ptr + prefix.len, list.ptr, list.len) == 0) return (int)i;
    return -1;
}

static bool pair_up(const slice *names, size_t n, arena *a, cycle_column *c)
{
    if (!(c->pairs = ARENA_NEW(a, cycle_pair, n + 1))) return false;
    for (size_t i = 0; i < n; i++) {
        slice s = names[i];
        if (s.len < 6 || memcmp(s.ptr + s.len - 5, ".name", 5) != 0) continue;
        int list = list_of(names, n, (slice){s.ptr, s.len - 4}, c->map->cycle_list);
        if (list >= 0) c->pairs[c->npairs++] = (cycle_pair){(int)i, list};
    }
    return true;
}

sla_status cycles_find(const profile *pf, const slice *names, size_t n, arena *a, cycle_column **out, size_t *count)
{
    *count = 0;
    if (!(*out = ARENA_NEW(a, cycle_column, pf->nmaps + 1))) return SLA_NOMEM;
    for (size_t m = 0; m < pf->nmaps; m++) {
        cycle_column c = {.map = &pf->maps[m], .column = (int)(n + *count)};
        if (c.map->cycle.n == 0) continue;
        if (!pair_up(names, n, a, &c)) return SLA_NOMEM;
        if (c.npairs) (*out)[(*count)++] = c;
    }
    return SLA_OK;
}

static slice first_cycle(slice list, slice path, arena *scratch)
{
    if (list.len == 0 || *list.ptr != '[') return (slice){0};
    json_reader r = {.p = list.ptr, .end = list.ptr + list.len, .scratch = scratch};
    json_level l;
    slice key, item;
    json_enter(&r, &l);
    return json_next(&r, &l, &key) && json_value(&r, &item, 1) ? json_at(item, path, scratch) : (slice){0};
}

static bool is_one_of(slice s, const header_list *names)
{
    char text[WORDS_MAX];
    slice folded = {text, words_fold(s, text)};
    for (size_t i = 0; i < names->n; i++)
        if (slice_eq(folded, names->folded[i])) return true;
    return false;
}

void cycles_fill(const cycle_column *columns, size_t count, const cells *c, arena *scratch)
{
    for (size_t k = 0; k < count; k++)
        for (size_t r = 0; r < c->nrows; r++) {
            slice found = {0};
            for (size_t p = 0; p < columns[k].npairs && found.len == 0; p++) {
                const cycle_pair *at = &columns[k].pairs[p];
                if (is_one_of(c->at[(size_t)at->name * CELLS_ROWS + r], &columns[k].map->cycle)) found = first_cycle(c->at[(size_t)at->list * CELLS_ROWS + r], columns[k].map->cycle_at, scratch);
            }
            c->at[(size_t)columns[k].column * CELLS_ROWS + r] = found;
        }
}
