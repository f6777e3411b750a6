/* Any bytes as YAML: a tree or an error with a place, in bounded time, never a crash. What comes out holds what the header says. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/base/utf8.h"
#include "engine/base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const ynode *n, int depth)
{
    if (depth > 100 || !utf8_valid(n->text.ptr, n->text.len, NULL)) abort();
    if (n->kind == YNODE_SCALAR && n->text.ptr[n->text.len] != '\0') abort();
    for (size_t i = 0; i < n->n; i++) {
        /* the first member of a name is found by it: names are unique, so that is the member itself */
        if (n->kind == YNODE_MAP && n->n < 50 && !memchr(n->items[i]->key.ptr, '\0', n->items[i]->key.len)
            && yaml_get(n, n->items[i]->key.ptr) != n->items[i])
            abort();
        check(n->items[i], depth + 1);
    }
    double number;
    bool flag;
    if (yaml_number(n, &number) && yaml_bool(n, &flag)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    arena a = {0};
    ynode *root = NULL;
    err e = {0};
    if (yaml_parse((slice){(const char *)data, size}, "fuzz", &a, &root, &e) == SLA_OK) check(root, 1);
    else if (root || !e.msg[0]) abort();
    arena_free(&a);
    return 0;
}
