#include "importers/cycles.h"
#include <string.h>
#include "importers/json_read.h"
#include "importers/words.h"

static int column_named(const slice *names, size_t n, slice prefix, slice path)
{
    for (size_t i = 0; path.len && i < n; i++)
        if (names[i].len == prefix.len + path.len && memcmp(names[i].ptr, prefix.ptr, prefix.len) == 0 && memcmp(names[i].ptr + prefix.len, path.ptr, path.len) == 0) return (int)i;
    return -1;
}

static bool pair_up(const slice *names, size_t n, arena *a, cycle_column *c)
{
    if (!(c->pairs = ARENA_NEW(a, cycle_pair, n + 1))) return false;
    for (size_t i = 0; i < n; i++) {
        slice s = names[i];
        if (s.len < 6 || memcmp(s.ptr + s.len - 5, ".name", 5) != 0) continue;
        slice prefix = {s.ptr, s.len - 4};
        cycle_pair p = {(int)i, column_named(names, n, prefix, c->map->cycle_list), column_named(names, n, prefix, c->map->cycle_running)};
        if (p.list >= 0 || p.running >= 0) c->pairs[c->npairs++] = p;
    }
    int in = column_named(names, n, SLICE_LIT(""), c->map->cycle_in);
    if (in >= 0) c->pairs[c->npairs++] = (cycle_pair){-1, in, -1};
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

/* Of a list of fields the one that is meant. */
static slice out_of_list(const field_map *m, slice list, arena *scratch)
{
    slice key, item, found = {0};
    if (list.len == 0 || *list.ptr != '[') return found;
    json_reader r = {.p = list.ptr, .end = list.ptr + list.len, .scratch = scratch};
    json_level l;
    json_enter(&r, &l);
    while (found.len == 0 && json_next(&r, &l, &key) && json_value(&r, &item, 1)) {
        if (!is_one_of(json_at(item, SLICE_LIT("name"), scratch), &m->cycle)) continue;
        found = first_cycle(json_at(item, m->cycle_list, scratch), m->cycle_at, scratch);
        if (found.len == 0 && m->cycle_running.len) found = json_at(item, m->cycle_running, scratch);
    }
    return found;
}

static slice cell(const cells *c, int column_no, size_t row) { return column_no < 0 ? (slice){0} : c->at[(size_t)column_no * CELLS_ROWS + row]; }

static slice found_in(const field_map *m, const cycle_pair *at, const cells *c, size_t row, arena *scratch)
{
    if (at->name < 0) return out_of_list(m, cell(c, at->list, row), scratch);
    if (!is_one_of(cell(c, at->name, row), &m->cycle)) return (slice){0};
    slice completed = first_cycle(cell(c, at->list, row), m->cycle_at, scratch);
    return completed.len ? completed : cell(c, at->running, row);
}

void cycles_fill(const cycle_column *columns, size_t count, const cells *c, arena *scratch)
{
    for (size_t k = 0; k < count; k++)
        for (size_t r = 0; r < c->nrows; r++) {
            slice found = {0};
            for (size_t p = 0; p < columns[k].npairs && found.len == 0; p++) found = found_in(columns[k].map, &columns[k].pairs[p], c, r, scratch);
            c->at[(size_t)columns[k].column * CELLS_ROWS + r] = found;
        }
}
