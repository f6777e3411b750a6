#include "engine/base/yaml.h"

#include <stdlib.h>

#include <yaml.h>

#include "engine/base/dict.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"

enum { DEPTH_MAX = 100, FILE_MAX = 16 << 20, FEW_KEYS = 16 };

typedef struct reader {
    yaml_parser_t parser;
    const char *name; /* arena-owned */
    arena *a;
    err *e;
} reader;

static sla_status read_node(reader *r, yaml_event_t *ev, int depth, ynode **out);

static srcpos at_mark(const reader *r, const yaml_mark_t *m)
{
    return (srcpos){r->name, (uint32_t)m->line + 1, (uint32_t)m->column + 1};
}

static sla_status no_memory(const reader *r)
{
    return err_set(r->e, SLA_NOMEM, (srcpos){r->name, 0, 0}, "out of memory");
}

static sla_status parser_error(const reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR) return no_memory(r);
    const char *problem = p->problem ? p->problem : "not YAML";
    if (p->error == YAML_READER_ERROR)
        return err_set(r->e, SLA_SYNTAX, (srcpos){r->name, 0, 0}, "%s at byte %zu", problem, p->problem_offset + 1);
    if (p->context) return err_set(r->e, SLA_SYNTAX, at_mark(r, &p->problem_mark), "%s %s", problem, p->context);
    return err_set(r->e, SLA_SYNTAX, at_mark(r, &p->problem_mark), "%s", problem);
}

/* libyaml knows what it met, not what was meant. */
static sla_status explained(const reader *r, sla_status st)
{
    if (st == SLA_SYNTAX && r->parser.error != YAML_READER_ERROR) err_hint(r->e, "indent with blanks, not tabs; put a text that begins with %% @ or `, or holds a colon, # or quotes, in quotes");
    return st;
}

static sla_status next(reader *r, yaml_event_t *ev)
{
    return yaml_parser_parse(&r->parser, ev) ? SLA_OK : explained(r, parser_error(r));
}

/* The copy is ours: libyaml's event goes when the next is read. */
static sla_status take_text(reader *r, const yaml_event_t *ev, slice *out)
{
    slice s = {(const char *)ev->data.scalar.value, ev->data.scalar.length};
    if (memchr(s.ptr, '\0', s.len)) return err_set(r->e, SLA_SYNTAX, at_mark(r, &ev->start_mark), "a NUL character in a text");
    *out = arena_slice(r->a, s);
    return out->ptr ? SLA_OK : no_memory(r);
}

static sla_status refuse_marks(const reader *r, const yaml_event_t *ev, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor) return err_set(r->e, SLA_SYNTAX, at_mark(r, &ev->start_mark), "anchors (&%s) are not allowed here", (const char *)anchor);
    if (tag) return err_set(r->e, SLA_SYNTAX, at_mark(r, &ev->start_mark), "tags (%s) are not allowed here", (const char *)tag);
    return SLA_OK;
}

static sla_status read_scalar(reader *r, const yaml_event_t *ev, ynode *node)
{
    TRY(refuse_marks(r, ev, ev->data.scalar.anchor, ev->data.scalar.tag));
    node->kind = YNODE_SCALAR;
    node->quoted = ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return take_text(r, ev, &node->text);
}

/* The children of a list or map while it is read; their number is not known before its end. */
typedef struct children { ynode **items; size_t n, cap; dict *keys; } children;

static sla_status add_child(reader *r, children *c, ynode *child)
{
    if (mem_grow(&c->items, &c->cap, c->n + 1, sizeof *c->items) != 0) return no_memory(r);
    c->items[c->n++] = child;
    return SLA_OK;
}

/* A map of few keys is compared with each; beyond, a table keeps a hostile file from costing the square of its size. */
static sla_status check_new_key(reader *r, children *c, slice key, srcpos at)
{
    const ynode *twin = NULL;
    if (c->n < FEW_KEYS) {
        for (size_t i = 0; i < c->n && !twin; i++)
            if (slice_eq(c->items[i]->key, key)) twin = c->items[i];
    } else {
        if (!c->keys && !(c->keys = dict_new())) return no_memory(r);
        for (size_t i = dict_count(c->keys); i < c->n; i++)
            if (dict_intern(c->keys, c->items[i]->key) == DICT_NONE) return no_memory(r);
        uint32_t code = dict_find(c->keys, key);
        if (code != DICT_NONE) twin = c->items[code];
    }
    if (!twin) return SLA_OK;
    return err_set(r->e, SLA_CONFLICT, at, "the key \"%.*s\" stands here twice; the first is in line %u", SLICE_ARG(key), twin->key_at.line);
}

/* Key event in ev; reads on to the value. */
static sla_status read_member(reader *r, yaml_event_t *ev, int depth, children *c)
{
    srcpos at = at_mark(r, &ev->start_mark);
    if (ev->type != YAML_SCALAR_EVENT) return err_set(r->e, SLA_SYNTAX, at, "a key must be a plain word");
    slice key;
    TRY(refuse_marks(r, ev, ev->data.scalar.anchor, ev->data.scalar.tag));
    TRY(take_text(r, ev, &key));
    TRY(check_new_key(r, c, key, at));
    yaml_event_t value;
    ynode *child = NULL;
    TRY(next(r, &value));
    sla_status st = read_node(r, &value, depth, &child);
    yaml_event_delete(&value);
    if (st != SLA_OK) return st;
    child->key = key;
    child->key_at = at;
    return add_child(r, c, child);
}

static sla_status read_item(reader *r, yaml_event_t *ev, int depth, children *c)
{
    ynode *child = NULL;
    TRY(read_node(r, ev, depth, &child));
    return add_child(r, c, child);
}

static sla_status read_children(reader *r, yaml_event_type_t end, int depth, ynode *node)
{
    children c = {0};
    sla_status st = SLA_OK;
    for (bool more = true; more && st == SLA_OK;) {
        yaml_event_t ev;
        if ((st = next(r, &ev)) != SLA_OK) break;
        if (ev.type == end) more = false;
        else st = node->kind == YNODE_MAP ? read_member(r, &ev, depth, &c) : read_item(r, &ev, depth, &c);
        yaml_event_delete(&ev);
    }
    if (st == SLA_OK) {
        node->items = ARENA_NEW(r->a, ynode *, c.n);
        if (!node->items) st = no_memory(r);
        else if (c.n) memcpy(node->items, c.items, c.n * sizeof *c.items);
        node->n = c.n;
    }
    mem_free(c.items);
    dict_free(c.keys);
    return st;
}

static sla_status read_node(reader *r, yaml_event_t *ev, int depth, ynode **out)
{
    srcpos at = at_mark(r, &ev->start_mark);
    if (depth > DEPTH_MAX) return err_set(r->e, SLA_LIMIT, at, "nested deeper than %d levels", DEPTH_MAX);
    ynode *node = ARENA_NEW(r->a, ynode, 1);
    if (!node) return no_memory(r);
    node->at = at;
    *out = node;
    switch (ev->type) {
    case YAML_SCALAR_EVENT: return read_scalar(r, ev, node);
    case YAML_SEQUENCE_START_EVENT:
        TRY(refuse_marks(r, ev, ev->data.sequence_start.anchor, ev->data.sequence_start.tag));
        node->kind = YNODE_LIST;
        return read_children(r, YAML_SEQUENCE_END_EVENT, depth + 1, node);
    case YAML_MAPPING_START_EVENT:
        TRY(refuse_marks(r, ev, ev->data.mapping_start.anchor, ev->data.mapping_start.tag));
        node->kind = YNODE_MAP;
        return read_children(r, YAML_MAPPING_END_EVENT, depth + 1, node);
    case YAML_ALIAS_EVENT:
        return err_set(r->e, SLA_SYNTAX, at, "aliases (*%s) are not allowed here", (const char *)ev->data.alias.anchor);
    default: return err_set(r->e, SLA_SYNTAX, at, "a value is missing here");
    }
}

/* Skips to an event of the wanted type; what else libyaml sends at this level carries no data. */
static sla_status read_document(reader *r, ynode **out)
{
    for (bool seen = false;;) {
        yaml_event_t ev;
        TRY(next(r, &ev));
        yaml_event_type_t type = ev.type;
        srcpos at = at_mark(r, &ev.start_mark);
        sla_status st = SLA_OK;
        switch (type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
        case YAML_STREAM_END_EVENT: break;
        case YAML_DOCUMENT_START_EVENT:
            if (seen) st = err_set(r->e, SLA_SYNTAX, at, "a second document (---) in one file");
            break;
        default: st = read_node(r, &ev, 1, out); seen = true;
        }
        yaml_event_delete(&ev);
        if (st != SLA_OK) return st;
        if (type == YAML_STREAM_END_EVENT)
            return seen ? SLA_OK : err_set(r->e, SLA_SYNTAX, (srcpos){r->name, 1, 1}, "the file is empty");
    }
}

sla_status yaml_parse(slice text, const char *name, arena *a, ynode **out, err *e)
{
    reader r = {.a = a, .e = e};
    r.name = arena_strndup(a, name, strlen(name));
    if (!r.name || !yaml_parser_initialize(&r.parser)) return err_set(e, SLA_NOMEM, (srcpos){name, 0, 0}, "out of memory");
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.ptr ? text.ptr : ""), text.len);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    ynode *root = NULL;
    sla_status st = read_document(&r, &root);
    yaml_parser_delete(&r.parser);
    if (st == SLA_OK) *out = root;
    return st;
}

sla_status yaml_load(const char *path, const char *name, arena *a, ynode **out, err *e)
{
    buf text = {0};
    sla_status st = file_read(path, FILE_MAX, &text, e);
    if (st == SLA_OK) st = yaml_parse((slice){text.ptr, text.len}, name, a, out, e);
    buf_free(&text);
    return st;
}

const ynode *yaml_get(const ynode *map, const char *key)
{
    if (!map || map->kind != YNODE_MAP) return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (slice_is(map->items[i]->key, key)) return map->items[i];
    return NULL;
}

slice yaml_text(const ynode *map, const char *key, slice dflt)
{
    const ynode *n = yaml_get(map, key);
    return n && n->kind == YNODE_SCALAR ? n->text : dflt;
}

void yaml_check_keys(const ynode *map, const char *const *allowed, errlist *errors)
{
    if (!map || map->kind != YNODE_MAP) return;
    size_t n = 0;
    while (allowed[n]) n++;
    for (size_t i = 0; i < map->n; i++) {
        slice key = map->items[i]->key;
        bool known = false;
        for (size_t k = 0; k < n && !known; k++) known = slice_is(key, allowed[k]);
        if (known) continue;
        errlist_add(errors, SLA_NAME, map->items[i]->key_at, "unknown key \"%.*s\"", SLICE_ARG(key));
        const char *near = slice_nearest(key, allowed, n);
        if (near) errlist_hint(errors, "did you mean \"%s\"?", near);
    }
}

bool yaml_bool(const ynode *n, bool *out)
{
    if (!n || n->kind != YNODE_SCALAR || n->quoted) return false;
    bool yes = slice_eq_nocase(n->text, SLICE_LIT("true")) || slice_eq_nocase(n->text, SLICE_LIT("yes"));
    if (!yes && !slice_eq_nocase(n->text, SLICE_LIT("false")) && !slice_eq_nocase(n->text, SLICE_LIT("no"))) return false;
    *out = yes;
    return true;
}

static const char *digits(const char *p)
{
    while (*p >= '0' && *p <= '9') p++;
    return p;
}

bool yaml_number(const ynode *n, double *out)
{
    if (!n || n->kind != YNODE_SCALAR || n->quoted) return false;
    /* the form is checked here: strtod also takes hexadecimal, "inf" and "nan" */
    const char *p = n->text.ptr, *from = p += *p == '-' || *p == '+';
    p = digits(p);
    size_t count = (size_t)(p - from);
    if (*p == '.') {
        from = p + 1;
        p = digits(from);
        count += (size_t)(p - from);
    }
    if (count == 0) return false;
    if (*p == 'e' || *p == 'E') {
        from = p + 1 + (p[1] == '-' || p[1] == '+');
        p = digits(from);
        if (p == from) return false;
    }
    if (*p) return false;
    double v = strtod(n->text.ptr, NULL);
    if (v - v != 0) return false; /* too large */
    *out = v;
    return true;
}
