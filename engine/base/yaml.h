/* YAML 1.1 (libyaml) as a tree in which every node knows its place. Aliases and anchors are refused, as are duplicate keys
 * and nesting deeper than 100. */
#ifndef SLA_BASE_YAML_H
#define SLA_BASE_YAML_H
#include <stdbool.h>
#include "engine/base/arena.h"
#include "engine/base/err.h"

typedef enum ynode_kind { YNODE_SCALAR, YNODE_LIST, YNODE_MAP } ynode_kind;
typedef struct ynode {
    ynode_kind kind;
    srcpos at;                 /* file name is arena-owned */
    slice text;                /* scalar: its text, UTF-8, NUL-terminated too */
    bool quoted;               /* scalar: was written in quotes, so it is text even if it looks like a number */
    slice key;                 /* as a member of a map: its key … */
    srcpos key_at;             /* … and the key's place */
    struct ynode **items;      /* list, map: children in the order written */
    size_t n;
} ynode;

sla_status yaml_parse(slice text, const char *name, arena *a, ynode **out, err *e);
sla_status yaml_load(const char *path, const char *name, arena *a, ynode **out, err *e); /* name: what errors call the file */
const ynode *yaml_get(const ynode *map, const char *key);           /* NULL: not there, or map is NULL or no map */
slice yaml_text(const ynode *map, const char *key, slice dflt);     /* scalar member, or dflt */
/* Adds an error for each key of map that is not in allowed (NULL-terminated), with the nearest allowed name as hint. */
void yaml_check_keys(const ynode *map, const char *const *allowed, errlist *errors);
bool yaml_bool(const ynode *n, bool *out);                          /* true/false/yes/no; false: is no boolean */
bool yaml_number(const ynode *n, double *out);
#endif
