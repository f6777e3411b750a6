/* Reading a pack's folder: which files there are, what they are called in messages, and the order in which they build on each other. */
#include "engine/audit/pack.h"
#include <stdio.h>
#include <string.h>
#include "engine/base/digest.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"

enum { PACK_FILE_MAX = 16 << 20 };
typedef struct pack_files { file_list list; ynode **trees; } pack_files;

static bool ends_with(const char *s, const char *tail)
{
    size_t n = strlen(s), k = strlen(tail);
    return n >= k && strcmp(s + n - k, tail) == 0;
}

static bool begins_with(const char *s, const char *head) { return strncmp(s, head, strlen(head)) == 0; }

/* The pack's hash: names and bytes of its files in byte order of their names, and the tailoring. */
static void hash_file(digest *d, const char *name, const buf *b)
{
    digest_add(d, name, strlen(name) + 1);
    digest_add(d, b->ptr ? b->ptr : "", b->len);
}

static sla_status read_yaml(pack_loader *l, const char *path, const char *name, digest *d, ynode **out)
{
    buf b = {0};
    err e = {0};
    char *kept = arena_strndup(&l->p->mem, name, strlen(name));
    sla_status st = kept ? file_read(path, PACK_FILE_MAX, &b, &e) : SLA_NOMEM;
    if (st == SLA_OK) {
        hash_file(d, kept, &b);
        st = yaml_parse((slice){b.ptr, b.len}, kept, &l->p->mem, out, &e);
    }
    if (st != SLA_OK) errlist_push(l->errors, &e);
    buf_free(&b);
    return st;
}

static ynode *tree_of(const pack_files *f, const char *name)
{
    for (size_t i = 0; i < f->list.n; i++)
        if (strcmp(f->list.paths[i], name) == 0) return f->trees[i];
    return NULL;
}

/* ---- pack.yaml ---- */
static void load_head(pack_loader *l, const ynode *root)
{
    const ynode *head = yaml_get(root, "pack"), *defaults = yaml_get(root, "defaults"), *chapters = yaml_get(root, "chapters");
    pack *p = l->p;
    yaml_check_keys(root, (const char *const[]){"pack", "defaults", "chapters", "computed", "repeats", NULL}, l->errors);
    p->id = yaml_text(head, "id", (slice){0});
    p->version = yaml_text(head, "version", SLICE_LIT("0"));
    p->title = load_bitext(head, "title");
    if (!p->id.len || !chapters) errlist_add(l->errors, SLA_SYNTAX, root->at, "pack.yaml needs pack: {id: …} and chapters");
    bound tolerance = {.num = 5, .den = 100};
    if (yaml_get(defaults, "unknown_tolerance")) load_bound(l, yaml_get(defaults, "unknown_tolerance"), true, &tolerance);
    p->tolerance_num = tolerance.num;
    p->tolerance_den = tolerance.den;
    size_t n = 0;
    for (size_t c = 0; chapters && c < chapters->n; c++) n += yaml_get(chapters->items[c], "clauses") ? yaml_get(chapters->items[c], "clauses")->n : 0;
    if (!(p->clauses = load_take(l, n, sizeof *p->clauses))) return;
    for (size_t c = 0; chapters && c < chapters->n; c++) {
        const ynode *ch = chapters->items[c], *list = yaml_get(ch, "clauses");
        for (size_t i = 0; list && i < list->n; i++) {
            const ynode *k = list->items[i];
            yaml_check_keys(k, (const char *const[]){"id", "title", "basis", NULL}, l->errors);
            load_basis(l, yaml_get(k, "basis"));
            p->clauses[p->nclauses++] = (clause){.id = yaml_text(k, "id", (slice){0}), .chapter = yaml_text(ch, "id", (slice){0}), .title = load_bitext(k, "title"),
                                                 .chapter_title = load_bitext(ch, "title"), .by_heading = slice_is(yaml_text(k, "basis", (slice){0}), "heading")};
        }
    }
}

static bool has_key(const ynode *map, slice key)
{
    for (size_t i = 0; i < map->n; i++)
        if (slice_eq(map->items[i]->key, key)) return true;
    return false;
}

/* The entries of base, and those of over, which take the place of entries of their name. */
static const ynode *merged(pack_loader *l, const ynode *base, const ynode *over)
{
    if (!over || over->kind != YNODE_MAP || !base) return over ? over : base;
    ynode *all = load_take(l, 1, sizeof *all), **items = load_take(l, base->n + over->n, sizeof *items);
    if (!all || !items) return base;
    *all = *base;
    all->items = items;
    all->n = 0;
    for (size_t i = 0; i < base->n; i++)
        if (!has_key(over, base->items[i]->key)) items[all->n++] = base->items[i];
    for (size_t i = 0; i < over->n; i++) items[all->n++] = over->items[i];
    return all;
}

/* The pack's calendars and holiday lists, and the profile's. */
static void load_calendars(pack_loader *l, const pack_files *f)
{
    for (size_t i = 0; i < f->list.n; i++) {
        if (!begins_with(f->list.paths[i], "calendars/") || !f->trees[i]) continue;
        if (l->p->calendars_node) {
            errlist_add(l->errors, SLA_CONFLICT, f->trees[i]->at, "a pack's calendars stand in one file");
            continue;
        }
        l->p->calendars_node = merged(l, yaml_get(f->trees[i], "calendars"), yaml_get(l->tailoring, "calendars"));
        l->p->holidays_node = merged(l, yaml_get(f->trees[i], "holidays"), yaml_get(l->tailoring, "holidays"));
        cal_set_load(l->p->calendars_node, l->p->holidays_node, l->p->zone, &l->p->mem, &l->p->cals, l->errors, l->warnings);
    }
}

static sla_status load_model(pack_loader *l, const char *dir, const ynode *root)
{
    char path[4096];
    buf b = {0};
    err e = {0};
    snprintf(path, sizeof path, "%s/model.yaml", dir);
    if (!root) return errlist_add(l->errors, SLA_SYNTAX, SRCPOS_NONE, "the pack has no model.yaml");
    sla_status st = file_read(path, PACK_FILE_MAX, &b, &e);
    if (st == SLA_OK) st = schema_load(root, (slice){b.ptr, b.len}, &l->p->mem, &l->p->model, l->errors);
    buf_free(&b);
    return st;
}

/* ---- the whole ---- */
static sla_status read_files(pack_loader *l, const char *dir, const char *profile, pack_files *f)
{
    err e = {0};
    digest *d = digest_new();
    sla_status st = d ? file_walk(dir, &l->p->mem, &f->list, NULL, NULL, &e) : SLA_NOMEM;
    if (st == SLA_OK && !(f->trees = load_take(l, f->list.n, sizeof *f->trees))) st = SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < f->list.n; i++) {
        char path[4096];
        if (!ends_with(f->list.paths[i], ".yaml") || begins_with(f->list.paths[i], "tests/")) continue;
        snprintf(path, sizeof path, "%s/%s", dir, f->list.paths[i]);
        read_yaml(l, path, f->list.paths[i], d, &f->trees[i]);
    }
    if (st == SLA_OK && profile) {
        ynode *tree = NULL;
        read_yaml(l, profile, profile, d, &tree);
        l->tailoring = tree;
    }
    if (st == SLA_OK) st = digest_hex(d, l->p->sha256);
    digest_free(d);
    if (st != SLA_OK) {
        err_set(&e, st, (srcpos){dir, 0, 0}, "cannot read the pack");
        errlist_push(l->errors, &e);
    }
    return st;
}

static void load_parts(pack_loader *l, const char *dir, const pack_files *f)
{
    pack *p = l->p;
    if (!tree_of(f, "pack.yaml")) {
        errlist_add(l->errors, SLA_SYNTAX, (srcpos){dir, 0, 0}, "this folder is no pack: it has no pack.yaml");
        return;
    }
    load_head(l, tree_of(f, "pack.yaml"));
    load_calendars(l, f);
    if (load_model(l, dir, tree_of(f, "model.yaml")) != SLA_OK) return;
    p->env = (lang_env){.schema = p->model, .cals = &p->cals, .zone = p->zone, .days = &p->days};
    if (tree_of(f, "clocks.yaml")) load_clocks(l, tree_of(f, "clocks.yaml"));
    load_computed(l, yaml_get(tree_of(f, "pack.yaml"), "computed"));
    l->repeats = yaml_get(tree_of(f, "pack.yaml"), "repeats");
    size_t n = 0;
    for (size_t i = 0; i < f->list.n; i++)
        if (begins_with(f->list.paths[i], "rules/") && yaml_get(f->trees[i], "rules")) n += yaml_get(f->trees[i], "rules")->n;
    n += yaml_get(l->tailoring, "add") ? yaml_get(l->tailoring, "add")->n : 0;
    if (!(p->rules = load_take(l, n + 1, sizeof *p->rules))) return;
    for (size_t i = 0; i < f->list.n; i++)
        if (begins_with(f->list.paths[i], "rules/") && f->trees[i]) load_rules(l, f->trees[i]);
    const ynode *added = yaml_get(l->tailoring, "add");
    for (size_t i = 0; added && i < added->n; i++) load_rule(l, added->items[i]);
    load_tailoring(l);
    if (tree_of(f, "kpis.yaml")) load_kpis(l, tree_of(f, "kpis.yaml"));
    if (tree_of(f, "scorecard.yaml")) load_scorecard(l, tree_of(f, "scorecard.yaml"));
}

sla_status pack_load(const char *dir, const char *profile, const zone *z, pack **out, errlist *errors, errlist *warnings)
{
    size_t before = errors->n + errors->dropped;
    pack_files files = {0};
    pack_loader l = {.p = mem_zero(1, sizeof *l.p), .errors = errors, .warnings = warnings};
    if (!l.p) return errlist_add(errors, SLA_NOMEM, SRCPOS_NONE, "no memory for the pack");
    l.p->zone = z;
    l.p->texts = dict_new();
    sla_status st = l.p->texts ? read_files(&l, dir, profile, &files) : SLA_NOMEM;
    if (st == SLA_OK) load_parts(&l, dir, &files);
    if (st == SLA_NOMEM || load_lacked_memory(&l)) {
        errlist_clear(errors);
        st = errlist_add(errors, SLA_NOMEM, SRCPOS_NONE, "no memory for the pack");
    }
    if (st != SLA_OK || errors->n + errors->dropped > before) {
        pack_free(l.p);
        return st != SLA_OK ? st : SLA_SYNTAX;
    }
    *out = l.p;
    return SLA_OK;
}

void pack_free(pack *p)
{
    if (!p) return;
    cal_set_clear(&p->cals);
    dict_free(p->texts);
    arena_free(&p->mem);
    mem_free(p);
}

const schema *pack_schema(const pack *p) { return p->model; }

sla_status pack_list(const pack *p, arena *a, pack_line **out, size_t *n)
{
    *n = 0;
    if (!(*out = ARENA_NEW(a, pack_line, p->nclauses + p->nrules + 1))) return SLA_NOMEM;
    for (size_t c = 0; c < p->nclauses; c++) {
        const clause *k = &p->clauses[c];
        (*out)[(*n)++] = (pack_line){.id = k->id, .title = k->title, .by_heading = k->by_heading, .is_clause = true};
        for (size_t i = 0; i < p->nrules; i++)
            if (slice_eq(p->rules[i].clause, k->id))
                (*out)[(*n)++] = (pack_line){.id = p->rules[i].id, .clause = k->id, .kind = p->rules[i].kind_name, .title = p->rules[i].title, .sev = p->rules[i].sev,
                                             .by_heading = p->rules[i].by_heading, .off = p->rules[i].off.len > 0, .needs = p->rules[i].needs.dataset};
    }
    return SLA_OK;
}
