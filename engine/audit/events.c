#include "engine/audit/events.h"
#include <math.h>
#include <stdlib.h>
#include "engine/audit/reasons.h"
#include "engine/base/mem.h"
#include "engine/base/radix.h"
#include "engine/time/instant.h"

/* ---- loading ---- */
static void note_fields(pack_loader *l, const program *p, const dataset *ds, int slot, rule *r)
{
    bool used[FIELDS_MAX] = {false};
    if (program_slot_fields(p, slot, used, NULL) != SLA_OK) l->nomem = true;
    for (size_t f = 0; f < ds->nfields; f++) r->reads[ds->idx] |= (uint64_t)used[f] << f;
}

int events_load_expr(pack_loader *l, rule *r, const dataset *ds, const ynode *n, vtype want, expr_type *type)
{
    program *p = load_program(l, l->p->programs, ds);
    int slot = load_expr(l, p, n, want, type);
    if (slot >= 0) note_fields(l, p, ds, slot, r);
    if (slot >= 0) load_used(l, p, slot, r->needs.dataset);
    return slot;
}

bool events_load_keys(pack_loader *l, rule *r, const ynode *n, const dataset *ds, event_keys *out)
{
    *out = (event_keys){.n = 0};
    size_t k = !n ? 0 : n->kind == YNODE_LIST ? n->n : 1;
    if (k > EVENT_KEYS) {
        errlist_add(l->errors, SLA_LIMIT, n->at, "at most %d keys can be joined on", EVENT_KEYS);
        return false;
    }
    for (size_t i = 0; i < k; i++) {
        const ynode *x = n->kind == YNODE_LIST ? n->items[i] : n;
        breakdown *b = &out->by[out->n];
        b->name = x->text;
        b->slot = events_load_expr(l, r, ds, x, VT_COUNT, &b->type);
        if (b->slot < 0) return false;
        out->n++;
    }
    return true;
}

/* Without its times, or what it is joined by, no row of the set is found: that shows nothing of what it should be found for. text: of an expression; a field's name is that field. */
static void need_named(pack_loader *l, rule *r, srcpos at, const dataset *ds, slice text)
{
    int f = dataset_field(ds, text);
    bool known = f < 0 || ds->fields[f].required;
    for (size_t i = 0; i < r->needs.nfields && !known; i++) known = r->needs.fields[i].ds == ds && r->needs.fields[i].field == f;
    if (!known) need_field(l, at, &r->needs, ds, f);
}

bool events_load(pack_loader *l, rule *r, const ynode *map, const char *const *more, event_set *out)
{
    const char *allowed[24] = {"dataset", "where", "at", "key"};
    size_t k = 4;
    for (; more && *more && k < 23; more++) allowed[k++] = *more;
    *out = (event_set){.sel = {.where = SLOT_NONE, .period_field = PERIOD_NONE}, .at = SLOT_NONE, .at_type = VT_TIME};
    if (!map || map->kind != YNODE_MAP) {
        errlist_add(l->errors, SLA_SYNTAX, map ? map->at : r->at, "a set of rows is wanted: {dataset: …, where: …, at: …, key: […]}");
        return false;
    }
    yaml_check_keys(map, allowed, l->errors);
    const dataset *ds = out->sel.ds = load_dataset_name(l, map, "dataset");
    if (!ds) return false;
    size_t before = l->errors->n + l->errors->dropped;
    expr_type type = {VT_TIME, NULL};
    const ynode *at = yaml_get(map, "at");
    r->needs.dataset[ds->idx] = true;
    out->sel.where = events_load_expr(l, r, ds, yaml_get(map, "where"), VT_BOOL, NULL);
    if (at) out->at = events_load_expr(l, r, ds, at, VT_COUNT, &type);
    else if (ds->time_field >= 0) r->reads[ds->idx] |= UINT64_C(1) << ds->time_field, out->at = load_expr_text(l, load_program(l, l->p->programs, ds), ds->fields[ds->time_field].name, map->at, VT_COUNT, &type);
    out->at_type = type.type;
    if (at && out->at >= 0 && type.type != VT_TIME && type.type != VT_DATE) errlist_add(l->errors, SLA_TYPE, at->at, "'at' is a time or a date, not a %s", vtype_name(type.type));
    events_load_keys(l, r, yaml_get(map, "key"), ds, &out->keys);
    if (at) need_named(l, r, at->at, ds, at->text);
    else if (ds->time_field >= 0) need_named(l, r, map->at, ds, ds->fields[ds->time_field].name);
    for (size_t i = 0; i < out->keys.n; i++) need_named(l, r, map->at, ds, out->keys.by[i].name);
    return l->errors->n + l->errors->dropped == before;
}

bool events_load_limit(pack_loader *l, const ynode *n, const char *key, int64_t *ms, const calendar **cal)
{
    const ynode *limit = yaml_get(n, key), *name = yaml_get(n, "calendar");
    err e = {0};
    *cal = cal_set_find(&l->p->cals, name ? name->text : SLICE_LIT("always"));
    const char *near = *cal || !name ? NULL : cal_set_nearest(&l->p->cals, name->text);
    if (!*cal) errlist_add(l->errors, SLA_NAME, name ? name->at : n->at, "there is no calendar '%.*s'", name ? (int)name->text.len : 6, name ? name->text.ptr : "always");
    if (near) errlist_hint(l->errors, "did you mean %s?", near);
    else if (!limit) errlist_add(l->errors, SLA_SYNTAX, n->at, "'%s' is missing: a duration such as 30m or 5wd", key);
    else if (duration_parse(limit->text, *cal, limit->at, ms, &e) != SLA_OK) errlist_push(l->errors, &e);
    else return true;
    return false;
}

int64_t events_until(const calendar *cal, int64_t at, int64_t within)
{
    int64_t begin, end, due = cal_add(cal, at, within);
    return cal_next_span(cal, due, &begin, &end) && begin > due ? begin : due;
}

/* ---- preparing ---- */
void events_prepare_keys(const event_keys *k, const dataset *ds, pass *ps)
{
    for (size_t i = 0; i < k->n; i++) pass_group(ps, ds, &k->by[i]);
}

void events_prepare(const event_set *s, pass *ps)
{
    pass_select(ps, &s->sel);
    pass_keep(ps, s->sel.ds, s->at, s->at_type);
    events_prepare_keys(&s->keys, s->sel.ds, ps);
}

/* ---- events ---- */
static uint64_t key_of(const kept *const *by, size_t n, size_t row)
{
    uint64_t key = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = kept_code(by[i], row);
        if (code == DICT_NONE) return EVENT_NO_KEY;
        key = key << 32 | code;
    }
    return key;
}

uint64_t events_key(const pass *ps, const dataset *ds, const event_keys *keys, size_t row)
{
    const kept *by[EVENT_KEYS];
    for (size_t i = 0; i < keys->n; i++) by[i] = pass_kept(ps, ds, keys->by[i].slot);
    return key_of(by, keys->n, row);
}

slice events_key_text(pass *ps, uint64_t key, size_t nkeys)
{
    buf b = {0};
    if (nkeys == 2) buf_slice(&b, pass_text(ps, (uint32_t)(key >> 32))), buf_char(&b, ' ');
    if (nkeys) buf_slice(&b, pass_text(ps, (uint32_t)key));
    return text_kept(&b, &ps->mem);
}

slice events_time_text(pass *ps, int64_t at)
{
    buf b = {0};
    time_print_local(&b, zone_to_local(ps->w.zone, at));
    return text_kept(&b, &ps->mem);
}

static bool time_at(const pass *ps, const kept *k, vtype type, size_t row, int64_t *from, int64_t *to)
{
    double number = k ? kept_number(k, row) : (double)NAN;
    if (isnan(number)) return false;
    int64_t v = (int64_t)number;
    *from = type == VT_DATE ? zone_day_start(ps->w.zone, v) : v;
    *to = type == VT_DATE ? zone_day_start(ps->w.zone, v + 1) - 1 : v;
    return true;
}

bool events_at(const pass *ps, const dataset *ds, int slot, vtype type, size_t row, int64_t *from, int64_t *to)
{
    return time_at(ps, pass_kept(ps, ds, slot), type, row, from, to);
}

static int by_key_and_time(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static void sort_times(event *e, size_t n)
{
    for (size_t from = 0, to; from < n; from = to) {
        bool ordered = true;
        for (to = from + 1; to < n && e[to].key == e[from].key; to++) ordered = ordered && by_key_and_time(&e[to - 1], &e[to]) < 0;
        if (!ordered) qsort(e + from, to - from, sizeof *e, by_key_and_time);
    }
}

/* By key first: rows come in the order of the table, which is nearly always that of time, so little is left to do within a key. */
static sla_status sort_events(event **e, size_t n)
{
    event *other = mem_resize(NULL, n + 1, sizeof *other), *sorted = other ? radix_sort(*e, other, n, sizeof *other) : NULL;
    if (sorted) sort_times(sorted, n);
    if (sorted && sorted == other) other = *e, *e = sorted;
    mem_free(other);
    return sorted ? SLA_OK : SLA_NOMEM;
}

sla_status events_make(pass *ps, const event_set *s, const event_keys *keys, event **out, size_t *n, err *e)
{
    const chosen *c = pass_chosen(ps, &s->sel);
    const kept *at = pass_kept(ps, s->sel.ds, s->at), *by[EVENT_KEYS];
    for (size_t i = 0; i < keys->n; i++) by[i] = pass_kept(ps, s->sel.ds, keys->by[i].slot);
    *n = 0;
    if (!(*out = mem_resize(NULL, c->n + 1, sizeof **out))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for events");
    CHOSEN_EACH(c, row) {
        int64_t to;
        event x = {.row = (uint32_t)row, .unknown = !chosen_surely(c, row)};
        if (!time_at(ps, at, s->at_type, x.row, &x.from, &to)) continue;
        x.lasts = (uint32_t)(to - x.from) & 0x7FFFFFFF;
        x.key = key_of(by, keys->n, x.row);
        (*out)[(*n)++] = x;
    }
    if (sort_events(out, *n) == SLA_OK) return SLA_OK;
    mem_free(*out);
    *out = NULL;
    return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for events");
}

/* The first event of that key that ends at from or later. */
static size_t first_event(const event *e, size_t n, uint64_t key, int64_t from)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (e[mid].key < key || (e[mid].key == key && event_to(&e[mid]) < from)) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

int events_match(const event *e, size_t n, uint64_t key, int64_t from, int64_t to)
{
    int answer = 0;
    for (size_t i = key == EVENT_NO_KEY ? n : first_event(e, n, key, from); i < n && e[i].key == key && e[i].from <= to; i++) {
        if (!e[i].unknown) return 1;
        answer = 2;
    }
    return answer;
}

size_t events_rows(const event *e, size_t n, uint64_t key, int64_t from, int64_t to, uint32_t *rows, size_t max)
{
    size_t k = 0;
    for (size_t i = key == EVENT_NO_KEY ? n : first_event(e, n, key, from); i < n && k < max && e[i].key == key && e[i].from <= to; i++) rows[k++] = e[i].row;
    return k;
}
