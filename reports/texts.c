/* Texts by key: read once, sorted, looked up by halves. */
#include <stdio.h>
#include <stdlib.h>
#include "engine/base/yaml.h"
#include "reports/texts.h"

static int by_key(const void *a, const void *b)
{
    const struct text_item *x = a, *y = b;
    return slice_cmp(x->key, y->key);
}

static size_t count_leaves(const ynode *n)
{
    size_t sum = n->kind == YNODE_SCALAR;
    for (size_t i = 0; n->kind == YNODE_MAP && i < n->n; i++) sum += count_leaves(n->items[i]);
    return sum;
}

/* Nested maps become dotted keys: audit: {title: …} is "audit.title". */
static bool flatten(texts *t, const ynode *map, slice prefix)
{
    for (size_t i = 0; map->kind == YNODE_MAP && i < map->n; i++) {
        const ynode *c = map->items[i];
        size_t len = prefix.len + (prefix.len > 0) + c->key.len;
        char *key = arena_alloc(&t->mem, len + 1, 1);
        if (key == NULL) return false;
        if (prefix.len > 0) memcpy(key, prefix.ptr, prefix.len), key[prefix.len] = '.';
        memcpy(key + len - c->key.len, c->key.ptr, c->key.len);
        if (c->kind == YNODE_SCALAR) t->items[t->n++] = (struct text_item){{key, len}, c->text};
        else if (!flatten(t, c, (slice){key, len})) return false;
    }
    return true;
}

sla_status texts_languages(arena *a, file_list *out, err *e)
{
    const char *folder = NULL;
    TRY(file_own_data("reports/texts", a, &folder, e));
    TRY(file_walk(folder, a, out, NULL, NULL, e));
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++) {
        slice name = slice_of(out->paths[i]), end = SLICE_LIT(".yaml");
        if (name.len <= end.len || !slice_eq((slice){name.ptr + name.len - end.len, end.len}, end) || memchr(name.ptr, '/', name.len)) continue;
        char *lang = arena_strndup(a, name.ptr, name.len - end.len);
        if (!lang) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the languages");
        out->paths[n++] = lang;
    }
    out->n = n;
    return SLA_OK;
}

static sla_status no_language(const char *lang, texts *t, err *e)
{
    file_list there = {0};
    err quiet = {0};
    buf list = {0};
    if (texts_languages(&t->mem, &there, &quiet) == SLA_OK)
        for (size_t i = 0; i < there.n; i++) buf_printf(&list, "%s%s", i ? ", " : "", there.paths[i]);
    err_set(e, SLA_NAME, SRCPOS_NONE, "the reports do not speak '%s'", lang);
    err_hint(e, "languages: %s; a further one is a file reports/texts/NAME.yaml", buf_cstr(&list));
    buf_free(&list);
    return SLA_NAME;
}

sla_status texts_load(const char *lang, texts *out, err *e)
{
    err none = {0};
    char relative[64];
    const char *path = NULL;
    ynode *root = NULL;
    texts t = {0};
    snprintf(t.lang, sizeof t.lang, "%s", lang);
    snprintf(relative, sizeof relative, "reports/texts/%s.yaml", lang);
    sla_status st = strchr(lang, '/') ? SLA_NAME : file_own_data(relative, &t.mem, &path, &none);
    if (st == SLA_NOMEM) err_set(e, st, SRCPOS_NONE, "no memory for the texts");
    else if (st != SLA_OK) st = no_language(lang, &t, e);
    if (st == SLA_OK) st = yaml_load(path, relative, &t.mem, &root, e);
    if (st == SLA_OK) {
        t.items = arena_alloc(&t.mem, count_leaves(root) + 1, sizeof *t.items);
        if (t.items == NULL || !flatten(&t, root, (slice){0})) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the texts");
    }
    if (st != SLA_OK) {
        arena_free(&t.mem);
        return st;
    }
    qsort(t.items, t.n, sizeof *t.items, by_key);
    t.english = !slice_is(texts_get(&t, "language.pack"), "zh");
    *out = t;
    return SLA_OK;
}

void texts_free(texts *t)
{
    arena_free(&t->mem);
    *t = (texts){0};
}

slice texts_get(const texts *t, const char *key)
{
    struct text_item want = {slice_of(key), {0}};
    if (t->n == 0) return (slice){0};
    const struct text_item *hit = bsearch(&want, t->items, t->n, sizeof *t->items, by_key);
    return hit == NULL ? (slice){0} : hit->text;
}

static const text_fill *fill_named(const text_fill *fill, slice name)
{
    for (; fill != NULL && fill->name != NULL; fill++)
        if (slice_is(name, fill->name)) return fill;
    return NULL;
}

slice texts_filled(slice pattern, const text_fill *fill, arena *a)
{
    buf b = {0};
    for (size_t i = 0; i < pattern.len;) {
        const char *open = memchr(pattern.ptr + i, '{', pattern.len - i);
        size_t at = open == NULL ? pattern.len : (size_t)(open - pattern.ptr);
        buf_bytes(&b, pattern.ptr + i, at - i);
        if (open == NULL) break;
        const char *close = memchr(open, '}', pattern.len - at);
        const text_fill *f = close == NULL ? NULL : fill_named(fill, (slice){open + 1, (size_t)(close - open) - 1});
        if (f != NULL) buf_slice(&b, f->value), i = (size_t)(close - pattern.ptr) + 1;
        else buf_char(&b, '{'), i = at + 1;
    }
    slice s = b.failed ? (slice){0} : (slice){arena_strndup(a, b.len > 0 ? b.ptr : "", b.len), b.len};
    buf_free(&b);
    return s;
}
