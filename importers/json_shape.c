#include "importers/json_shape.h"
#include <string.h>

enum { WRAPPERS_MAX = 5 };

/* They stay in the order of the file. */
static void keep_list(json_lists *l, const json_search *s)
{
    size_t shortest = 0;
    bool full = l->n == JSON_LISTS_MAX;
    for (size_t i = 1; i < l->n; i++)
        if (l->items[i].length < l->items[shortest].length) shortest = i;
    if (full && s->length <= l->items[shortest].length) return;
    if (full) memmove(&l->items[shortest], &l->items[shortest + 1], (--l->n - shortest) * sizeof *l->items);
    l->items[l->n++] = *s;
}

/* The object at r->p and those within it. A list that the head cuts off is the last. */
static bool find_lists(json_reader *r, json_lists *l, int wrappers)
{
    json_level level;
    slice key, ignored;
    json_enter(r, &level);
    while (json_next(r, &level, &key)) {
        json_blanks(r);
        const char *from = r->p;
        if (r->p < r->end && *r->p == '{' && wrappers < WRAPPERS_MAX) {
            if (!find_lists(r, l, wrappers + 1)) return false;
            continue;
        }
        bool ok = json_value(r, &ignored, wrappers + 1), cut = !ok && r->p == r->end;
        if (!ok && !cut) return false;
        json_reader in = {.p = from + (from < r->end && *from == '['), .end = r->end};
        json_blanks(&in);
        if (in.p > from && in.p < in.end && *in.p == '{')
            keep_list(l, &(json_search){.head = l->head, .best = {(size_t)(in.p - l->head), wrappers, true, false, {0}}, .length = cut ? SIZE_MAX : (size_t)(r->p - from), .key = key.ptr, .keylen = key.len, .found = true});
        if (cut) return false;
    }
    return r->wrong == NULL;
}

bool json_find_lists(json_reader *r, json_lists *out) { return find_lists(r, out, 1); }

bool json_beside(size_t start, size_t length, const json_search *list) { return list->best.start < start || list->best.start - start >= length; }

/* The only object that is wrapped in one key, as {"issue": {…}}: it, unless the wrapper has other members that are objects, or another one follows. */
static bool find_single(json_reader *r, json_search *s)
{
    json_level l;
    slice key, ignored;
    json_enter(r, &l);
    while (json_next(r, &l, &key)) {
        json_blanks(r);
        const char *from = r->p;
        if (!json_value(r, &ignored, 1)) return false;
        if (*from == '{' && s->found) return false;
        if (*from == '{') s->best = (json_shape){(size_t)(from - s->head), 1, false, false, {0}}, s->length = (size_t)(r->p - from), s->key = key.ptr, s->keylen = key.len, s->found = s->alone = true;
    }
    json_blanks(r);
    return r->wrong == NULL && s->found && r->p == r->end;
}

slice json_find_member(const char *p, const char *end, arena *scratch, slice *value)
{
    json_reader r = {.p = p, .end = end, .scratch = scratch};
    json_level l;
    slice key, ignored, member = {0};
    size_t most = 0;
    json_blanks(&r);
    if (r.p == end || *r.p != '{') return member;
    json_enter(&r, &l);
    while (json_next(&r, &l, &key)) {
        json_blanks(&r);
        const char *from = r.p;
        bool object = from < end && *from == '{', whole = json_value(&r, &ignored, 1);
        if (object && (size_t)(r.p - from) > most) most = (size_t)(r.p - from), member = key, *value = (slice){from, most};
        if (!whole) break;
    }
    return most * 2 > (size_t)(r.p - p) ? member : (slice){0};
}

/* Whether the object at r.p has objects as members, one that is whole at least, and nothing else. */
static bool only_objects(json_reader r)
{
    json_level l;
    slice key, ignored;
    size_t n = 0;
    json_enter(&r, &l);
    while (json_next(&r, &l, &key)) {
        json_blanks(&r);
        if (r.p < r.end && *r.p != '{') return false;
        if (!json_value(&r, &ignored, 1)) break;
        n++;
    }
    return n && (!r.wrong || r.p == r.end);
}

/* At the object at r->p and within its members. r->p goes behind it. */
static void find_map(json_reader *r, json_search *s, int wrappers)
{
    json_level l;
    slice key, ignored;
    json_reader whole = *r;
    if (only_objects(*r)) {
        s->best = (json_shape){(size_t)(r->p + 1 - s->head), wrappers, false, true, {0}}, s->found = true;
        s->length = json_value(&whole, &ignored, wrappers) ? (size_t)(whole.p - r->p) : SIZE_MAX;
    }
    json_enter(r, &l);
    while (!s->found && json_next(r, &l, &key)) {
        json_blanks(r);
        if (r->p < r->end && *r->p == '{' && wrappers < WRAPPERS_MAX) {
            find_map(r, s, wrappers + 1);
            if (s->found && !s->key) s->key = key.ptr, s->keylen = key.len;
        } else if (!json_value(r, &ignored, wrappers)) return;
    }
}

bool json_find_map(slice head, arena *scratch, json_search *out)
{
    json_reader r = {.p = head.ptr, .end = head.ptr + head.len, .scratch = scratch}, whole;
    slice ignored;
    *out = (json_search){.head = head.ptr};
    json_blanks(&r);
    if (r.p == r.end || *r.p != '{') return false;
    whole = r;
    if (json_value(&whole, &ignored, 0)) json_blanks(&whole);
    if (whole.p < whole.end) return false; /* lines of objects */
    find_map(&r, out, 1);
    return out->found;
}

size_t json_shapes(slice head, arena *scratch, json_search out[SHAPES_MAX])
{
    size_t n = 0;
    json_reader r = {.p = head.ptr, .end = head.ptr + head.len, .scratch = scratch};
    json_blanks(&r);
    const char *from = r.p;
    if (from == r.end) return 0;
    if (*from == '[') {
        out[0] = (json_search){.best = {(size_t)(from + 1 - head.ptr), 0, true, false, {0}}};
        return 1;
    }
    json_lists lists = {.head = head.ptr};
    json_search single = {.head = head.ptr};
    find_lists(&r, &lists, 1);
    json_blanks(&r);
    out[n++] = (json_search){.head = head.ptr, .best = {(size_t)(from - head.ptr), 0, false, false, {0}}, .length = SIZE_MAX, .alone = r.p == r.end};
    r = (json_reader){.p = from, .end = r.end, .scratch = scratch};
    if (find_single(&r, &single)) out[n++] = single;
    for (size_t i = 0; i < lists.n; i++) out[n++] = lists.items[i];
    return n;
}
