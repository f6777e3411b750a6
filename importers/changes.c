#include "importers/changes.h"
#include <string.h>
#include "engine/base/mem.h"
#include "importers/json_read.h"

typedef struct change { uint32_t line; size_t tracked; slice record, actor, field, old, new_; int64_t at; } change;   /* tracked: of the profile's fields; SIZE_MAX: none of them */
typedef struct name_pair { size_t tracked; slice id, name; } name_pair;
struct change_list {
    arena mem;
    change *items; size_t n, cap;
    name_pair *names; size_t nnames, capnames;
    uint64_t untimed;
    struct change_list *next;
};
struct changes {
    const profile *pf;
    const zone *z;
    const dataset *history;
    const field_map **maps;             /* of each tracked field; NULL: its values stay as they are */
    int record, list, at, actor, items; /* columns; -1: none */
    int *ids, *titles;                  /* of each tracked field: columns that pair a number with its name */
    change_list *first, **last;
    uint64_t n, untimed;
};

static int find(const slice *names, size_t n, slice path)
{
    for (size_t i = 0; path.len && i < n; i++)
        if (slice_eq(names[i], path)) return (int)i;
    return -1;
}

sla_status changes_new(const profile *pf, const zone *z, const slice *names, size_t n, changes **out)
{
    const history_map *h = &pf->history;
    changes *c = mem_zero(1, sizeof *c);
    if (!c) return SLA_NOMEM;
    c->pf = pf;
    c->z = z;
    c->last = &c->first;
    c->history = pf->ds - pf->ds->idx + pf->ds->changes.dataset; /* datasets of a schema stand in one array */
    c->record = find(names, n, h->record);
    c->list = find(names, n, h->list);
    c->at = find(names, n, h->at);
    c->actor = find(names, n, h->actor);
    c->items = find(names, n, h->items);
    c->ids = mem_zero(h->nfields + 1, sizeof *c->ids);
    c->titles = mem_zero(h->nfields + 1, sizeof *c->titles);
    c->maps = mem_zero(h->nfields + 1, sizeof(field_map *));
    if (!c->ids || !c->titles || !c->maps) {
        changes_free(c);
        return SLA_NOMEM;
    }
    for (size_t k = 0; k < h->nfields; k++) {
        c->ids[k] = find(names, n, h->fields[k].id);
        c->titles[k] = find(names, n, h->fields[k].title);
        for (size_t m = 0; m < pf->nmaps; m++)
            if (pf->maps[m].field == h->fields[k].field) c->maps[k] = &pf->maps[m];
    }
    *out = c;
    return SLA_OK;
}

bool changes_use(const changes *c, int col)
{
    bool used = col == c->record || col == c->list || col == c->at || col == c->actor || col == c->items;
    for (size_t k = 0; k < c->pf->history.nfields; k++) used = used || col == c->ids[k] || col == c->titles[k];
    return used;
}

/* ---- reading ---- */
typedef struct reading { const changes *c; change_list *list; arena scratch; zone_cursor cursor; uint32_t line; slice record, actor; int64_t at; bool nomem; } reading;

static slice kept(reading *rd, slice s)
{
    slice copy = s.ptr ? arena_slice(&rd->list->mem, slice_trim(s)) : (slice){0};
    if (s.ptr && s.len && !copy.ptr) rd->nomem = true;
    return copy;
}

static void add_change(reading *rd, slice item)
{
    const history_map *h = &rd->c->pf->history;
    change_list *l = rd->list;
    slice name = json_at(item, h->field, &rd->scratch);
    size_t k = 0;
    if (name.len == 0) return;
    while (k < h->nfields && !slice_eq_nocase(h->fields[k].name, name)) k++;
    if (k == h->nfields && !h->all) return;
    if (mem_grow(&l->items, &l->cap, l->n + 1, sizeof *l->items)) {
        rd->nomem = true;
        return;
    }
    bool known = k < h->nfields;
    l->items[l->n++] = (change){rd->line, known ? k : SIZE_MAX, rd->record, rd->actor, known ? rd->c->pf->ds->fields[h->fields[k].field].name : kept(rd, name),
                                kept(rd, json_at(item, h->old, &rd->scratch)), kept(rd, json_at(item, h->new_, &rd->scratch)), rd->at};
}

static void each_item(slice array, void (*fn)(reading *rd, slice item), reading *rd)
{
    if (array.len == 0 || *array.ptr != '[') return;
    json_reader r = {.p = array.ptr, .end = array.ptr + array.len, .scratch = &rd->scratch};
    json_level l;
    slice key, item;
    json_enter(&r, &l);
    while (!rd->nomem && json_next(&r, &l, &key) && json_value(&r, &item, 1)) fn(rd, item);
}

static bool read_time(reading *rd, slice s, int64_t *out)
{
    time_text t;
    s = slice_trim(s);
    if (!dates_parse_number(s, NUMBERS_EPOCH, &t) && !dates_parse(s, "dmy", &t)) return false;
    *out = t.has_offset ? t.local_ms - t.offset_min * MS_MINUTE : zone_cursor_to_utc(&rd->cursor, t.local_ms, NULL);
    return true;
}

/* One entry of the list: by whom and when, and what was changed (in a list of its own, or the entry itself). */
static void add_entry(reading *rd, slice entry)
{
    const history_map *h = &rd->c->pf->history;
    if (!read_time(rd, json_at(entry, h->at, &rd->scratch), &rd->at)) {
        rd->list->untimed++;
        return;
    }
    rd->actor = kept(rd, json_at(entry, h->actor, &rd->scratch));
    if (h->items.len) each_item(json_at(entry, h->items, &rd->scratch), add_change, rd);
    else add_change(rd, entry);
}

static slice cell(const cells *c, int no, size_t row) { return no >= 0 ? c->at[(size_t)no * CELLS_ROWS + row] : (slice){0}; }

static void pair_names(reading *rd, const cells *from, size_t row)
{
    change_list *l = rd->list;
    for (size_t k = 0; k < rd->c->pf->history.nfields; k++) {
        slice id = cell(from, rd->c->ids[k], row), name = cell(from, rd->c->titles[k], row);
        bool there = false;
        for (size_t i = 0; i < l->nnames && id.len; i++) there = there || (l->names[i].tracked == k && slice_eq(l->names[i].id, id));
        if (id.len == 0 || name.len == 0 || there) continue;
        if (mem_grow(&l->names, &l->capnames, l->nnames + 1, sizeof *l->names)) rd->nomem = true;
        else l->names[l->nnames++] = (name_pair){k, kept(rd, id), kept(rd, name)};
    }
}

sla_status changes_read(const changes *c, const cells *from, change_list **list)
{
    if (!*list && !(*list = mem_zero(1, sizeof **list))) return SLA_NOMEM;
    reading rd = {.c = c, .list = *list, .cursor = {.z = c->z}};
    for (size_t row = 0; row < from->nrows && !rd.nomem; row++) {
        slice id = cell(from, c->record, row);
        if (id.len == 0) continue;
        rd.line = from->lines[row];
        rd.record = kept(&rd, id);
        pair_names(&rd, from, row);
        if (c->pf->history.list.len) each_item(cell(from, c->list, row), add_entry, &rd);
        else if (read_time(&rd, cell(from, c->at, row), &rd.at)) { /* the record is the entry */
            rd.actor = kept(&rd, cell(from, c->actor, row));
            each_item(cell(from, c->items, row), add_change, &rd);
        } else rd.list->untimed++;
        arena_free(&rd.scratch);
    }
    arena_free(&rd.scratch);
    return rd.nomem || rd.scratch.failed ? SLA_NOMEM : SLA_OK;
}

void changes_keep(changes *c, change_list *list)
{
    if (!list) return;
    *c->last = list;
    c->last = &list->next;
    c->n += list->n;
    c->untimed += list->untimed;
}

/* ---- delivery ---- */
/* A number's name, as the records pair them, and what that means. */
static slice meaning(const changes *c, size_t k, slice value)
{
    if (k == SIZE_MAX || value.len == 0) return value;
    for (const change_list *l = c->ids[k] >= 0 ? c->first : NULL; l; l = l->next)
        for (size_t i = 0; i < l->nnames; i++)
            if (l->names[i].tracked == k && slice_eq(l->names[i].id, value)) return profile_term(c->maps[k], l->names[i].name);
    return profile_term(c->maps[k], value);
}

static sla_status put_change(const changes *c, const change *ch, batch *b)
{
    const dataset *base = c->pf->ds;
    const struct { int field; slice value; } texts[] = {
        {base->changes.record, ch->record}, {base->changes.actor, ch->actor}, {base->changes.field, ch->field},
        {base->changes.old_, meaning(c, ch->tracked, ch->old)}, {base->changes.new_, meaning(c, ch->tracked, ch->new_)},
    };
    size_t row = batch_add_row(b, ch->line);
    batch_set_i64(b, row, (size_t)base->changes.at, ch->at);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].field >= 0 && texts[i].value.len) TRY(batch_set_text(b, row, (size_t)texts[i].field, texts[i].value));
    return SLA_OK;
}

sla_status changes_finish(changes *c, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e)
{
    batch *b = batch_new(c->history, BATCH_ROWS_MAX);
    sla_status st = b ? SLA_OK : SLA_NOMEM;
    for (const change_list *l = c->first; l && st == SLA_OK; l = l->next)
        for (size_t i = 0; i < l->n && st == SLA_OK; i++) {
            if (b->nrows == b->cap) {
                st = put(ctx, b, e);
                batch_reset(b);
            }
            if (st == SLA_OK) st = put_change(c, &l->items[i], b);
        }
    if (st == SLA_OK && b->nrows) st = put(ctx, b, e);
    batch_free(b);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for the history");
}

void changes_notes(const changes *c, buf *out)
{
    const history_map *h = &c->pf->history;
    if (h->list.len && c->list < 0) {
        buf_printf(out, "the records bring no history: they have no \"%.*s\"\n", SLICE_ARG(h->list));
        return;
    }
    buf_printf(out, "%llu changes read from the records' own history\n", (unsigned long long)c->n);
    if (c->untimed) buf_printf(out, "%llu entries of the history have no readable time and were left out\n", (unsigned long long)c->untimed);
}

void change_list_free(change_list *l)
{
    if (!l) return;
    mem_free(l->items);
    mem_free(l->names);
    arena_free(&l->mem);
    mem_free(l);
}

void changes_free(changes *c)
{
    if (!c) return;
    for (change_list *l = c->first, *next; l; l = next) {
        next = l->next;
        change_list_free(l);
    }
    mem_free(c->ids);
    mem_free(c->titles);
    mem_free(c->maps);
    mem_free(c);
}
