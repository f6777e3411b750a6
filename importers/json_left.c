#include "importers/json_left.h"
#include <stdio.h>
#include <string.h>

static bool is_named(const left_lists *l, slice key)
{
    for (const char *at = l->names, *end; *at; at = *end ? end + 2 : end) {
        end = strstr(at, ", ");
        if (!end) end = at + strlen(at);
        if (slice_eq((slice){at, (size_t)(end - at)}, key)) return true;
    }
    return false;
}

/* A list whose first object is at p. */
static void leave_list(left_lists *l, const char *p, const char *end, slice key, arena *scratch)
{
    json_reader r = {.p = p, .end = end, .scratch = scratch};
    json_level level = {']', true};
    slice none, ignored;
    size_t n = strlen(l->names);
    if (!is_named(l, key) && n + key.len + 3 < sizeof l->names) snprintf(l->names + n, sizeof l->names - n, "%s%.*s", n ? ", " : "", SLICE_ARG(key));
    while (json_next(&r, &level, &none) && json_value(&r, &ignored, 1)) l->objects++;
}

void left_lists_add(left_lists *l, const json_search *list, const char *end, arena *scratch)
{
    leave_list(l, list->head + list->best.start, end, (slice){list->key, list->keylen}, scratch);
}

void left_lists_add_value(left_lists *l, slice source, slice key, arena *scratch)
{
    json_reader r = {.p = source.ptr, .end = source.ptr + source.len, .scratch = scratch};
    json_lists in = {.head = source.ptr};
    if (*r.p == '{') json_find_lists(&r, &in);
    for (size_t i = 0; i < in.n; i++) left_lists_add(l, &in.items[i], r.end, scratch);
    if (*r.p++ != '[') return;
    json_blanks(&r);
    if (*r.p == '{') leave_list(l, r.p, r.end, key, scratch);
}

void left_lists_note(const left_lists *l, buf *out)
{
    if (l->objects) buf_printf(out, "beside the records stand lists that are not read, with %llu object%s: %s\n", (unsigned long long)l->objects, l->objects == 1 ? "" : "s", l->names);
}
