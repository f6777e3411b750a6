#include "importers/json_record.h"
#include <string.h>

enum { FLATTEN_MAX = 8 };

/* ---- between records ---- */
bool json_record_next(json_reader *r, const json_shape *at, bool first)
{
    const char *from = r->p;
    json_blanks(r);
    if (r->p == r->end) return false;
    if (at->map) {
        slice key;
        if (*r->p == '}' || !json_next(r, &(json_level){'}', first}, &key)) return false;
        json_blanks(r);
    } else if (at->list) {
        if (*r->p == ']') return false;
        if (!first) {
            if (*r->p != ',') return json_fail(r, "a comma is missing");
            r->p++;
            json_blanks(r);
        }
    } else if (!first) {
        if (at->wrappers) return false;
        if (!memchr(from, '\n', (size_t)(r->p - from))) return json_fail(r, "something stands behind the end");
    }
    return true;
}

/* ---- values that are lists ---- */
/* "[{"__text__": "15"}]", as XML is written in JSON: the only element's text, and none of an empty one. Other values stay as they are. */
static slice element_text(slice value, arena *scratch)
{
    json_reader r = {.p = value.ptr, .end = value.ptr + value.len, .scratch = scratch};
    json_level l;
    slice key, only, more;
    json_enter(&r, &l);
    if (!json_next(&r, &l, &key) || *r.p != '{' || !json_value(&r, &only, 1) || json_next(&r, &l, &more)) return value;
    slice text = json_at(only, SLICE_LIT("__text__"), scratch);
    if (!text.ptr) text = json_at(only, SLICE_LIT("#text"), scratch);
    return text.ptr || !memchr(only.ptr, '"', only.len) ? text : value;
}

slice json_list_text(slice list, arena *scratch)
{
    static const slice names[] = {{"name", 4}, {"displayName", 11}, {"value", 5}};
    json_reader r = {.p = list.ptr, .end = list.ptr + list.len, .scratch = scratch};
    json_level l;
    slice key, item, out = {0};
    json_enter(&r, &l);
    while (json_next(&r, &l, &key) && json_value(&r, &item, 1)) {
        slice text = item;
        if (item.len && *item.ptr == '{') text = (slice){0};
        for (size_t k = 0; item.len && *item.ptr == '{' && !text.len && k < sizeof names / sizeof *names; k++) text = json_at(item, names[k], scratch);
        if (text.len == 0 || *text.ptr == '{') return list;
        char *joined = out.len ? arena_alloc(scratch, out.len + 2 + text.len, 1) : NULL;
        if (out.len && !joined) return list;
        if (joined) memcpy(joined, out.ptr, out.len), memcpy(joined + out.len, ", ", 2), memcpy(joined + out.len + 2, text.ptr, text.len);
        out = joined ? (slice){joined, out.len + 2 + text.len} : text;
    }
    return r.wrong || out.len == 0 ? list : out;
}

/* ---- a record, taken apart ---- */
static bool flatten(json_flat *f, size_t n, int depth);

/* The member of the object at r->p: where its value begins; NULL: there is none. */
static const char *member_at(json_reader r, slice name)
{
    json_level l;
    slice key, value;
    json_enter(&r, &l);
    while (json_next(&r, &l, &key)) {
        json_blanks(&r);
        const char *at = r.p;
        if (slice_eq(key, name)) return at < r.end ? at : NULL;
        if (!json_value(&r, &value, 1)) return NULL;
    }
    return NULL;
}

/* "customFields": [{"name": "State", "value": {"name": "Fixed"}}]: fields that bear their own name are columns as others are, "customFields.State.name". n: length of the list's path with its dot. */
static bool put_named(json_flat *f, size_t n, slice list, int depth)
{
    json_reader r = {.p = list.ptr, .end = list.ptr + list.len, .scratch = f->r->scratch}, *outer = f->r;
    json_level l;
    slice key, item, value;
    bool ok = true;
    json_enter(&r, &l);
    while (ok && json_next(&r, &l, &key)) {
        json_blanks(&r);
        const char *at = r.p < r.end && *r.p == '{' ? member_at(r, SLICE_LIT("value")) : NULL;
        if (!at || !json_value(&r, &item, depth)) break;
        slice name = json_at(item, SLICE_LIT("name"), f->r->scratch);
        if (name.len == 0 || *name.ptr == '{' || *name.ptr == '[' || n + name.len + 2 >= sizeof f->path) break;
        json_reader in = {.p = at, .end = item.ptr + item.len, .scratch = f->r->scratch};
        memcpy(f->path + n, name.ptr, name.len);
        f->path[n + name.len] = '.';
        if (*at == '{' && depth < FLATTEN_MAX) {
            f->r = &in;
            ok = flatten(f, n + name.len + 1, depth + 1);
            f->r = outer;
        } else if (json_value(&in, &value, depth)) ok = f->put(f->ctx, (slice){f->path, n + name.len}, value, *at == '[');
    }
    return ok && !outer->scratch->failed;
}

/* The object at r->p; n: length of the path so far. */
static bool flatten(json_flat *f, size_t n, int depth)
{
    json_reader *r = f->r;
    json_level l;
    slice key, value;
    json_enter(r, &l);
    while (json_next(r, &l, &key)) {
        slice path = key;
        json_blanks(r);
        bool inner = r->p < r->end && *r->p == '{' && depth < FLATTEN_MAX && n + key.len + 2 < sizeof f->path;
        if (n && n + key.len + 1 < sizeof f->path) {
            memcpy(f->path + n, key.ptr, key.len);
            path = (slice){f->path, n + key.len};
        }
        if (inner) {
            memmove(f->path + n, key.ptr, key.len);
            f->path[n + key.len] = '.';
            if (!flatten(f, n + key.len + 1, depth + 1)) return false;
        } else {
            bool list = r->p < r->end && *r->p == '[';
            if (!json_value(r, &value, depth + 1)) return false;
            slice text = list ? element_text(value, r->scratch) : value;
            if (!f->put(f->ctx, path, text, list && text.ptr == value.ptr)) return json_no_memory(r);
            if (list && depth < FLATTEN_MAX && n + key.len + 1 < sizeof f->path) {
                memmove(f->path + n, key.ptr, key.len);
                f->path[n + key.len] = '.';
                if (!put_named(f, n + key.len + 1, value, depth + 1)) return json_no_memory(r);
            }
        }
    }
    return r->wrong == NULL;
}

bool json_record_flatten(json_flat *f)
{
    if (f->r->p == f->r->end || *f->r->p != '{') return json_fail(f->r, "an object {…} is wanted");
    return flatten(f, 0, 0);
}

bool json_record_within(slice member, slice *path)
{
    if (member.len == 0) return true;
    if (path->len <= member.len + 1 || path->ptr[member.len] != '.' || memcmp(path->ptr, member.ptr, member.len) != 0) return false;
    *path = (slice){path->ptr + member.len + 1, path->len - member.len - 1};
    return true;
}
