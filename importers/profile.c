/* Profiles out of YAML. The format:
 *   profile: {name: servicenow, title: ServiceNow, dataset: ticket}
 *   needs: [number, incident_state, opened_at]          headers by which it is recognised
 *   missing: ["?", "NULL"]
 *   dates: dmy | mdy | ymd                              only to force an order; else the whole column decides
 *   fields:
 *     id: {from: [number]}
 *     type: {value: incident}                           always this
 *     priority: {from: [priority], values: {"1 - Critical": P1}}
 *   fold: {at: sys_updated_at, actor: sys_updated_by, sequence: sys_mod_count, track: [status, priority, assignee, team]} */
#include "importers/profile.h"
#include <stdio.h>
#include <string.h>
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"

typedef struct loader { const schema *m; arena *a; errlist *errors; bool nomem; } loader;

static void *take(loader *l, size_t n, size_t size)
{
    void *p = arena_alloc(l->a, n ? n : 1, size);
    if (!p) l->nomem = true;
    return p;
}

static slice *texts(loader *l, const ynode *list, size_t *n)
{
    *n = 0;
    if (!list) return NULL;
    size_t count = list->kind == YNODE_LIST ? list->n : 1;
    slice *out = take(l, count, sizeof *out);
    for (size_t i = 0; out && i < count; i++) out[(*n)++] = list->kind == YNODE_LIST ? list->items[i]->text : list->text;
    return out;
}

static int field_named(loader *l, const dataset *ds, slice name, srcpos at)
{
    int f = dataset_field(ds, name);
    if (f >= 0) return f;
    const char *names[FIELDS_MAX];
    for (size_t i = 0; i < ds->nfields; i++) names[i] = ds->fields[i].name.ptr;
    errlist_add(l->errors, SLA_NAME, at, "%.*s has no field '%.*s'", SLICE_ARG(ds->name), SLICE_ARG(name));
    const char *near = slice_nearest(name, names, ds->nfields);
    if (near) errlist_hint(l->errors, "did you mean %s?", near);
    return -1;
}

static void load_field(loader *l, profile *p, const ynode *n)
{
    static const char *const keys[] = {"from", "value", "values", NULL};
    yaml_check_keys(n, keys, l->errors);
    int f = field_named(l, p->ds, n->key, n->key_at);
    if (f < 0) return;
    field_map *m = &p->maps[p->nmaps++];
    *m = (field_map){.field = (size_t)f};
    m->headers = texts(l, yaml_get(n, "from"), &m->nheaders);
    const ynode *value = yaml_get(n, "value"), *values = yaml_get(n, "values");
    if (value) m->constant = value->text;
    if (value && p->ds->fields[f].type != VT_TEXT) errlist_add(l->errors, SLA_TYPE, value->at, "only a text field can have a fixed value");
    if (!value && m->nheaders == 0) errlist_add(l->errors, SLA_SYNTAX, n->key_at, "say where '%.*s' comes from: from: [header] or value: text", SLICE_ARG(n->key));
    if (!values) return;
    m->values = take(l, values->n, sizeof *m->values);
    for (size_t i = 0; m->values && i < values->n; i++) {
        const enumeration *en = p->ds->fields[f].en;
        if (en && enumeration_rank(en, values->items[i]->text) < 0)
            errlist_add(l->errors, SLA_NAME, values->items[i]->at, "'%.*s' is no defined term of %.*s", SLICE_ARG(values->items[i]->text), SLICE_ARG(n->key));
        m->values[m->nvalues++] = (value_pair){values->items[i]->key, values->items[i]->text};
    }
}

static void load_fold(loader *l, profile *p, const ynode *n)
{
    static const char *const keys[] = {"at", "actor", "sequence", "track", NULL};
    if (!n) return;
    yaml_check_keys(n, keys, l->errors);
    p->fold = true;
    p->fold_at = yaml_text(n, "at", (slice){0});
    p->fold_actor = yaml_text(n, "actor", (slice){0});
    p->fold_sequence = yaml_text(n, "sequence", (slice){0});
    if (p->fold_at.len == 0) errlist_add(l->errors, SLA_SYNTAX, n->at, "fold needs 'at', the header of an update's time");
    const ynode *track = yaml_get(n, "track");
    p->tracked = take(l, track ? track->n : 0, sizeof *p->tracked);
    for (size_t i = 0; p->tracked && track && i < track->n; i++) {
        int f = field_named(l, p->ds, track->items[i]->text, track->items[i]->at);
        if (f >= 0 && p->ds->fields[f].type != VT_TEXT) errlist_add(l->errors, SLA_TYPE, track->items[i]->at, "only text fields can be tracked");
        else if (f >= 0) p->tracked[p->ntracked++] = (size_t)f;
    }
}

static void load_profile(loader *l, profile *p, const ynode *root)
{
    static const char *const keys[] = {"profile", "needs", "missing", "dates", "fields", "fold", NULL};
    yaml_check_keys(root, keys, l->errors);
    const ynode *head = yaml_get(root, "profile"), *fields = yaml_get(root, "fields");
    p->name = yaml_text(head, "name", (slice){0});
    p->title = yaml_text(head, "title", p->name);
    p->ds = schema_dataset(l->m, yaml_text(head, "dataset", (slice){0}));
    p->date_order = yaml_text(root, "dates", (slice){0});
    p->needs = texts(l, yaml_get(root, "needs"), &p->nneeds);
    p->missing = texts(l, yaml_get(root, "missing"), &p->nmissing);
    if (!head || p->name.len == 0) errlist_add(l->errors, SLA_SYNTAX, root->at, "a profile begins with profile: {name: …, dataset: …}");
    if (!p->ds || !fields) {
        errlist_add(l->errors, SLA_SYNTAX, head ? head->at : root->at, p->ds ? "a profile needs 'fields'" : "the profile names no dataset of the model");
        return;
    }
    p->maps = take(l, fields->n, sizeof *p->maps);
    for (size_t i = 0; p->maps && i < fields->n; i++) load_field(l, p, fields->items[i]);
    load_fold(l, p, yaml_get(root, "fold"));
}

sla_status profiles_load(const schema *m, profile_set *out, errlist *errors)
{
    *out = (profile_set){0};
    loader l = {.m = m, .a = &out->mem, .errors = errors};
    err e = {0};
    const char *folder;
    file_list files;
    size_t before = errors->n + errors->dropped;
    if (file_own_data("importers/profiles", &out->mem, &folder, &e) != SLA_OK) return SLA_OK; /* none installed: canonical files only */
    if (file_walk(folder, &out->mem, &files, NULL, NULL, &e) != SLA_OK || !(out->items = take(&l, files.n, sizeof *out->items))) {
        errlist_push(errors, &e);
        return SLA_IO;
    }
    for (size_t i = 0; i < files.n; i++) {
        size_t len = strlen(files.paths[i]);
        char path[1024], name[256];
        ynode *root;
        if (len < 5 || strcmp(files.paths[i] + len - 5, ".yaml") != 0) continue;
        snprintf(path, sizeof path, "%s/%s", folder, files.paths[i]);
        snprintf(name, sizeof name, "importers/profiles/%s", files.paths[i]);
        e = (err){0};
        if (yaml_load(path, name, &out->mem, &root, &e) != SLA_OK) errlist_push(errors, &e);
        else {
            profile *pf = &out->items[out->n++];
            l.errors = &pf->errors;
            load_profile(&l, pf, root);
            l.errors = errors;
        }
    }
    if (l.nomem) return errlist_add(errors, SLA_NOMEM, SRCPOS_NONE, "no memory for profiles");
    return errors->n + errors->dropped > before ? SLA_SYNTAX : SLA_OK;
}

void profiles_clear(profile_set *s)
{
    for (size_t i = 0; i < s->n; i++) errlist_clear(&s->items[i].errors);
    arena_free(&s->mem);
    *s = (profile_set){0};
}

const profile *profile_by_name(const profile_set *s, slice name)
{
    for (size_t i = 0; i < s->n; i++)
        if (slice_eq(s->items[i].name, name)) return &s->items[i];
    return NULL;
}

static bool has_all(const profile *p, const slice *names, size_t n)
{
    for (size_t k = 0; k < p->nneeds; k++) {
        bool there = false;
        for (size_t i = 0; i < n; i++) there = there || slice_eq_nocase(names[i], p->needs[k]);
        if (!there) return false;
    }
    return p->nneeds > 0;
}

const profile *profile_by_header(const profile_set *s, const slice *names, size_t n)
{
    const profile *best = NULL;
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].errors.n == 0 && has_all(&s->items[i], names, n) && (!best || s->items[i].nneeds > best->nneeds)) best = &s->items[i];
    return best;
}
