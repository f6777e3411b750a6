/* Profiles out of YAML. The format stands in docs/profiles.md. */
#include "importers/profile.h"
#include <stdio.h>
#include <string.h>
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"
#include "importers/words.h"

typedef struct loader { const schema *m; arena *a; errlist *errors; profile_set *set; bool nomem; } loader;

static void *take(loader *l, size_t n, size_t size)
{
    void *p = arena_alloc(l->a, n ? n : 1, size);
    if (!p) l->nomem = true;
    return p;
}

/* ---- lists ---- */
/* One text, a list of texts, or lists by language ({en: […], zh: […]}): all of them in the order written. */
static size_t count_texts(const ynode *n)
{
    size_t sum = 0;
    if (!n || n->kind == YNODE_SCALAR) return n ? 1 : 0;
    for (size_t i = 0; i < n->n; i++) sum += count_texts(n->items[i]);
    return sum;
}

static void add_texts(loader *l, const ynode *n, header_list *out)
{
    if (n->kind != YNODE_SCALAR) {
        for (size_t i = 0; i < n->n; i++) add_texts(l, n->items[i], out);
        return;
    }
    slice folded = words_folded(l->a, n->text);
    if (!folded.ptr) {
        l->nomem = true;
        return;
    }
    out->items[out->n] = n->text;
    out->folded[out->n++] = folded;
}

static header_list texts(loader *l, const ynode *n)
{
    header_list out = {0};
    size_t count = count_texts(n);
    out.items = take(l, count, sizeof *out.items);
    out.folded = take(l, count, sizeof *out.folded);
    if (n && out.items && out.folded) add_texts(l, n, &out);
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

static size_t *field_list(loader *l, const dataset *ds, const ynode *n, size_t *count)
{
    size_t *out = take(l, n ? n->n : 0, sizeof *out);
    for (size_t i = 0; out && n && i < n->n; i++) {
        int f = field_named(l, ds, n->items[i]->text, n->items[i]->at);
        if (f >= 0) out[(*count)++] = (size_t)f;
    }
    return out;
}

/* ---- terms ---- */
static void add_term(loader *l, term_map *t, slice from, slice to)
{
    char text[WORDS_MAX];
    if (!t->from && !(t->from = dict_new())) l->nomem = true;
    if (l->nomem) return;
    uint32_t before = dict_count(t->from), code = dict_intern(t->from, (slice){text, words_fold(from, text)});
    if (code == DICT_NONE || mem_grow(&t->to, &t->cap, (size_t)code + 1, sizeof *t->to)) l->nomem = true;
    else if (code == before) t->to[code] = to;
}

static void check_term(loader *l, const field *f, const ynode *n, slice to)
{
    if (f->en && enumeration_rank(f->en, to) < 0) errlist_add(l->errors, SLA_NAME, n->at, "'%.*s' is no defined term of %.*s", SLICE_ARG(to), SLICE_ARG(f->name));
}

static void load_terms(loader *l, const field *f, const ynode *n, term_map *out)
{
    const ynode *values = yaml_get(n, "values"), *terms = yaml_get(n, "terms");
    for (size_t i = 0; values && i < values->n; i++) { /* from: to */
        check_term(l, f, values->items[i], values->items[i]->text);
        add_term(l, out, values->items[i]->key, values->items[i]->text);
    }
    for (size_t i = 0; terms && i < terms->n; i++) { /* to: [from, …] */
        header_list from = texts(l, terms->items[i]);
        check_term(l, f, terms->items[i], terms->items[i]->key);
        for (size_t k = 0; k < from.n; k++) add_term(l, out, from.items[k], terms->items[i]->key);
    }
}

/* The words of everyone, by enumeration. What this model does not define is left out: another pack may. */
static void load_vocabulary(loader *l, const ynode *root)
{
    profile_set *s = l->set;
    for (size_t e = 0; e < l->m->nenums; e++) {
        const enumeration *en = &l->m->enums[e];
        const ynode *words = yaml_get(root, en->name.ptr);
        for (size_t i = 0; words && i < words->n; i++) {
            if (enumeration_rank(en, words->items[i]->key) < 0) continue;
            header_list from = texts(l, words->items[i]);
            for (size_t k = 0; k < from.n; k++) add_term(l, &s->vocabularies[e], from.items[k], words->items[i]->key);
        }
        for (size_t k = 0; words && k < en->n; k++) add_term(l, &s->vocabularies[e], en->values[k], en->values[k]);
    }
}

const term_map *profile_vocabulary(const profile_set *s, const enumeration *en)
{
    for (size_t e = 0; e < s->nvocabularies; e++)
        if (&s->model->enums[e] == en && s->vocabularies[e].from) return &s->vocabularies[e];
    return NULL;
}

/* ---- a profile ---- */
static int64_t unit_of(loader *l, const ynode *n)
{
    int64_t ms = 0;
    char text[80];
    if (!n) return 0;
    snprintf(text, sizeof text, "1 %.*s", SLICE_ARG(n->text));
    if (!words_duration(slice_of(text), 0, &ms)) errlist_add(l->errors, SLA_SYNTAX, n->at, "'%.*s' is no unit of time: write s, min, h or d", SLICE_ARG(n->text));
    return ms;
}

static void load_cycle(loader *l, field_map *m, const ynode *n)
{
    static const char *const keys[] = {"is", "list", "at", "running", "in", NULL};
    if (!n) return;
    yaml_check_keys(n, keys, l->errors);
    m->cycle = texts(l, yaml_get(n, "is"));
    m->cycle_at = yaml_text(n, "at", (slice){0});
    m->cycle_list = yaml_text(n, "list", (slice){0});
    m->cycle_running = yaml_text(n, "running", (slice){0});
    m->cycle_in = yaml_text(n, "in", (slice){0});
    if (m->cycle.n == 0 || m->cycle_at.len == 0 || m->cycle_list.len == 0) errlist_add(l->errors, SLA_SYNTAX, n->at, "cycle needs 'is' (the field's names), 'list' and 'at', the paths of its cycles and of a cycle's time");
}

/* begins: {of: id, terms: {incident: [INC], …}} */
static void load_prefixes(loader *l, const profile *p, const field *fd, field_map *m, const ynode *n)
{
    static const char *const keys[] = {"of", "terms", NULL};
    const ynode *terms = yaml_get(n, "terms");
    if (!n) return;
    yaml_check_keys(n, keys, l->errors);
    m->prefix_of = field_named(l, p->ds, yaml_text(n, "of", (slice){0}), n->at);
    m->prefixes = texts(l, terms);
    slice *means = take(l, m->prefixes.n, sizeof *means);
    m->prefix_terms = means;
    for (size_t i = 0, at = 0; means && terms && i < terms->n; i++) {
        check_term(l, fd, terms->items[i], terms->items[i]->key);
        for (size_t k = count_texts(terms->items[i]); k; k--) means[at++] = terms->items[i]->key;
    }
    if (fd->type != VT_TEXT || (m->prefix_of >= 0 && p->ds->fields[m->prefix_of].type != VT_TEXT)) errlist_add(l->errors, SLA_TYPE, n->at, "only a text begins with a text");
}

/* reason: {from: [On hold reason], of: [pending_customer], terms: {…}} */
static void load_reason(loader *l, const field *fd, field_map *m, const ynode *n)
{
    static const char *const keys[] = {"from", "of", "values", "terms", NULL};
    if (!n) return;
    yaml_check_keys(n, keys, l->errors);
    m->reason_of = texts(l, yaml_get(n, "of"));
    if (!(m->reason = take(l, 1, sizeof *m->reason))) return;
    *m->reason = (field_map){.field = m->field, .from = texts(l, yaml_get(n, "from")), .after = -1, .or_after = -1, .apart = -1, .prefix_of = -1, .vocabulary = m->vocabulary};
    load_terms(l, fd, n, &m->reason->terms);
    if (fd->type != VT_TEXT || m->reason->from.n == 0 || m->reason_of.n == 0) errlist_add(l->errors, SLA_SYNTAX, n->at, "the reason of a text needs 'from', its headers, and 'of', the values that it is the reason of");
}

static void load_field(loader *l, profile *p, const ynode *n)
{
    static const char *const keys[] = {"from", "fallback", "value", "values", "terms", "unit", "after", "digits", "cycle", "begins", "or_after", "time", "most", "reason", "first_of", "row_number", "behind", "ends", "none", "percent", "needs_unit", "apart", NULL};
    yaml_check_keys(n, keys, l->errors);
    int f = field_named(l, p->ds, n->key, n->key_at);
    if (f < 0) return;
    const field *fd = &p->ds->fields[f];
    field_map *m = &p->maps[p->nmaps++];
    const ynode *value = yaml_get(n, "value"), *after = yaml_get(n, "after"), *or_after = yaml_get(n, "or_after"), *digits = yaml_get(n, "digits");
    *m = (field_map){.field = (size_t)f, .from = texts(l, yaml_get(n, "from")), .fallback = texts(l, yaml_get(n, "fallback")), .after = -1, .or_after = -1, .apart = -1, .prefix_of = -1,
                     .vocabulary = fd->en ? profile_vocabulary(l->set, fd->en) : NULL, .unit = unit_of(l, yaml_get(n, "unit"))};
    if (value) m->constant = value->text;
    if (value && fd->type != VT_TEXT) errlist_add(l->errors, SLA_TYPE, value->at, "only a text field can have a fixed value");
    load_cycle(l, m, yaml_get(n, "cycle"));
    load_prefixes(l, p, fd, m, yaml_get(n, "begins"));
    m->none = texts(l, yaml_get(n, "none"));
    if (m->none.n && fd->type != VT_TEXT) errlist_add(l->errors, SLA_TYPE, n->key_at, "none is a list of texts that a text field does not hold");
    m->behind = yaml_text(n, "behind", (slice){0});
    m->row_number = texts(l, yaml_get(n, "row_number"));
    if (m->row_number.n && (fd->type != VT_TEXT || fd->en)) errlist_add(l->errors, SLA_TYPE, n->key_at, "only a text without terms can be numbered by rows");
    m->first_of = texts(l, yaml_get(n, "first_of"));
    if (m->first_of.n && (fd->type != VT_TEXT || fd->en)) errlist_add(l->errors, SLA_TYPE, n->key_at, "only a text without terms can be the first of several");
    m->clock = texts(l, yaml_get(n, "time"));
    if (m->clock.n && fd->type != VT_TIME) errlist_add(l->errors, SLA_TYPE, n->key_at, "only a time has a time of day");
    if (!value && m->from.n + m->fallback.n + m->cycle.n + m->prefixes.n == 0) errlist_add(l->errors, SLA_SYNTAX, n->key_at, "say where '%.*s' comes from: from: [header] or value: text", SLICE_ARG(n->key));
    const ynode *ends = yaml_get(n, "ends");
    if (ends && (!yaml_bool(ends, &m->ends) || fd->type != VT_TIME)) errlist_add(l->errors, SLA_TYPE, ends->at, "ends is true or false, of a time");
    if (digits && !yaml_bool(digits, &m->digits)) errlist_add(l->errors, SLA_TYPE, digits->at, "digits is true or false");
    const ynode *most = yaml_get(n, "most");
    if (most && (!yaml_number(most, &m->most) || !(m->most > 0) || fd->type != VT_NUMBER)) errlist_add(l->errors, SLA_TYPE, most->at, "most is where the scale of a field of numbers ends");
    const ynode *percent = yaml_get(n, "percent");
    if (percent && (!yaml_bool(percent, &m->percent) || fd->type != VT_NUMBER)) errlist_add(l->errors, SLA_TYPE, percent->at, "percent is true or false, of a number");
    const ynode *needs_unit = yaml_get(n, "needs_unit");
    if (needs_unit && (!yaml_bool(needs_unit, &m->needs_unit) || fd->type != VT_NUMBER || !m->unit)) errlist_add(l->errors, SLA_TYPE, needs_unit->at, "needs_unit is true or false, of a number that is given as a duration");
    if (after) m->after = field_named(l, p->ds, after->text, after->at);
    if (m->after >= 0 && (fd->type != VT_TIME || p->ds->fields[m->after].type != VT_TIME)) errlist_add(l->errors, SLA_TYPE, after->at, "only a time can follow a time");
    if (or_after) m->or_after = field_named(l, p->ds, or_after->text, or_after->at);
    if (m->or_after >= 0 && (fd->type != VT_TIME || p->ds->fields[m->or_after].type != VT_TIME)) errlist_add(l->errors, SLA_TYPE, or_after->at, "only a time can follow a time");
    const ynode *apart = yaml_get(n, "apart");
    if (apart) m->apart = field_named(l, p->ds, apart->text, apart->at);
    load_terms(l, fd, n, &m->terms);
    load_reason(l, fd, m, yaml_get(n, "reason"));
}

static void load_reached(loader *l, profile *p, const ynode *n)
{
    p->reached = take(l, n ? n->n : 0, sizeof *p->reached);
    for (size_t i = 0; p->reached && n && i < n->n; i++) {
        const ynode *r = n->items[i];
        static const char *const keys[] = {"field", "is", "first", NULL};
        yaml_check_keys(r, keys, l->errors);
        int f = field_named(l, p->ds, r->key, r->key_at), by = field_named(l, p->ds, yaml_text(r, "field", SLICE_LIT("status")), r->at);
        const ynode *first = yaml_get(r, "first");
        reached *to = &p->reached[p->nreached];
        if (f < 0 || by < 0) continue;
        *to = (reached){.field = (size_t)f, .states = texts(l, yaml_get(r, "is")), .by = (size_t)by};
        if (first) yaml_bool(first, &to->first);
        if (p->ds->fields[f].type != VT_TIME || p->ds->fields[by].type != VT_TEXT) errlist_add(l->errors, SLA_TYPE, r->at, "a time is reached when a text changes");
        else p->nreached++;
    }
}

static void load_fold(loader *l, profile *p, const ynode *n)
{
    static const char *const keys[] = {"at", "actor", "sequence", "events", "track", "first", "reached", NULL};
    const ynode *events = yaml_get(n, "events");
    if (!n) return;
    yaml_check_keys(n, keys, l->errors);
    p->fold = true;
    if (events && !yaml_bool(events, &p->events)) errlist_add(l->errors, SLA_TYPE, events->at, "events is true or false");
    p->fold_at = texts(l, yaml_get(n, "at"));
    p->fold_actor = texts(l, yaml_get(n, "actor"));
    p->fold_sequence = texts(l, yaml_get(n, "sequence"));
    if (p->fold_at.n == 0) errlist_add(l->errors, SLA_SYNTAX, n->at, "fold needs 'at', the header of an update's time");
    p->tracked = field_list(l, p->ds, yaml_get(n, "track"), &p->ntracked);
    for (size_t i = 0; i < p->ntracked; i++)
        if (p->ds->fields[p->tracked[i]].type != VT_TEXT) errlist_add(l->errors, SLA_TYPE, n->at, "only text fields can be tracked");
    p->firsts = field_list(l, p->ds, yaml_get(n, "first"), &p->nfirsts);
    load_reached(l, p, yaml_get(n, "reached"));
}

static void load_history_fields(loader *l, profile *p, const ynode *n)
{
    history_map *h = &p->history;
    h->fields = take(l, n ? n->n : 0, sizeof *h->fields);
    for (size_t i = 0; h->fields && n && i < n->n; i++) { /* status_id: status, or status_id: {field: status, id: status.id, name: status.name} */
        const ynode *m = n->items[i];
        slice name = m->kind == YNODE_SCALAR ? m->text : yaml_text(m, "field", (slice){0});
        int f = field_named(l, p->ds, name, m->at);
        if (f >= 0) h->fields[h->nfields++] = (tracked_field){m->key, (size_t)f, yaml_text(m, "id", (slice){0}), yaml_text(m, "name", (slice){0})};
    }
}

static void load_history(loader *l, profile *p, const ynode *n)
{
    static const char *const keys[] = {"record", "list", "at", "actor", "items", "field", "old", "new", "fields", "all", "alone", NULL};
    history_map *h = &p->history;
    if (!n) return;
    yaml_check_keys(n, keys, l->errors);
    const ynode *all = yaml_get(n, "all"), *alone = yaml_get(n, "alone");
    *h = (history_map){.given = true, .record = yaml_text(n, "record", (slice){0}), .list = yaml_text(n, "list", (slice){0}), .at = yaml_text(n, "at", (slice){0}),
                       .actor = yaml_text(n, "actor", (slice){0}), .items = yaml_text(n, "items", (slice){0}), .field = yaml_text(n, "field", (slice){0}),
                       .old = yaml_text(n, "old", (slice){0}), .new_ = yaml_text(n, "new", (slice){0})};
    if ((all && !yaml_bool(all, &h->all)) || (alone && !yaml_bool(alone, &h->alone))) errlist_add(l->errors, SLA_TYPE, n->at, "all and alone are true or false");
    if (h->at.len == 0 || h->field.len == 0 || h->record.len == 0) errlist_add(l->errors, SLA_SYNTAX, n->at, "history needs 'record', 'at' and 'field', the paths of a change's record, time and field");
    if (p->ds->changes.dataset < 0) errlist_add(l->errors, SLA_TYPE, n->at, "the model keeps no history of %.*s", SLICE_ARG(p->ds->name));
    load_history_fields(l, p, yaml_get(n, "fields"));
}

/* A table of changes: what the values of the changed fields mean, by the words of everyone and the profile's own. */
static void load_changed(loader *l, profile *p, const ynode *n)
{
    static const char *const keys[] = {"values", "terms", "reason", NULL};
    for (size_t i = 0; i < l->m->n; i++)
        if (l->m->datasets[i].changes.dataset == (int)p->ds->idx) p->of = &l->m->datasets[i];
    if (n && !p->of) errlist_add(l->errors, SLA_TYPE, n->at, "%.*s holds no changes of another dataset", SLICE_ARG(p->ds->name));
    if (!p->of || !(p->changed = take(l, p->of->nfields, sizeof *p->changed))) return;
    for (size_t f = 0; f < p->of->nfields; f++) p->changed[f] = (field_map){.field = f, .vocabulary = p->of->fields[f].en ? profile_vocabulary(l->set, p->of->fields[f].en) : NULL};
    for (size_t i = 0; n && i < n->n; i++) {
        int f = field_named(l, p->of, n->items[i]->key, n->items[i]->key_at);
        yaml_check_keys(n->items[i], keys, l->errors);
        if (f < 0) continue;
        load_terms(l, &p->of->fields[f], n->items[i], &p->changed[f].terms);
        load_reason(l, &p->of->fields[f], &p->changed[f], yaml_get(n->items[i], "reason"));
    }
}

static void load_needs(loader *l, profile *p, const ynode *n)
{
    size_t count = n ? n->n : 0;
    p->needs = take(l, count, sizeof *p->needs);
    for (size_t i = 0; p->needs && i < count; i++) p->needs[p->nneeds++] = texts(l, n->items[i]);
}

/* The texts that mean "no value" to everyone, and the profile's own. */
static void load_missing(loader *l, profile *p, const ynode *n)
{
    header_list own = texts(l, n);
    size_t common = l->set->missing.n;
    p->missing = take(l, common + own.n, sizeof *p->missing);
    if (!p->missing) return;
    for (size_t i = 0; i < common; i++) p->missing[p->nmissing++] = l->set->missing.items[i];
    for (size_t i = 0; i < own.n; i++) p->missing[p->nmissing++] = own.items[i];
}

static void load_limits(loader *l, profile *p, const ynode *n)
{
    double v;
    if (!n) return;
    p->limits = n->kind == YNODE_LIST ? take(l, n->n, sizeof *p->limits) : NULL;
    for (size_t i = 0; p->limits && i < n->n; i++) {
        if (yaml_number(n->items[i], &v) && v >= 1 && v < 1e9 && v == (double)(uint64_t)v) p->limits[p->nlimits++] = (uint64_t)v;
        else errlist_add(l->errors, SLA_TYPE, n->items[i]->at, "a limit is a number of rows");
    }
    if (n->kind != YNODE_LIST) errlist_add(l->errors, SLA_TYPE, n->at, "limits is a list of numbers of rows");
}

static void load_profile(loader *l, profile *p, const ynode *root)
{
    static const char *const keys[] = {"profile", "needs", "unless", "knows", "missing", "dates", "zone", "limits", "suffixes", "fields", "fold", "history", "changed", NULL};
    static const char *const head_keys[] = {"name", "title", "dataset", "generic", NULL};
    yaml_check_keys(root, keys, l->errors);
    const ynode *head = yaml_get(root, "profile"), *fields = yaml_get(root, "fields"), *generic = yaml_get(head, "generic");
    if (head) yaml_check_keys(head, head_keys, l->errors);
    p->name = yaml_text(head, "name", (slice){0});
    p->title = yaml_text(head, "title", p->name);
    p->ds = schema_dataset(l->m, yaml_text(head, "dataset", (slice){0}));
    p->date_order = yaml_text(root, "dates", (slice){0});
    p->zone = yaml_text(root, "zone", (slice){0});
    load_limits(l, p, yaml_get(root, "limits"));
    p->suffixes = texts(l, yaml_get(root, "suffixes"));
    if (generic) yaml_bool(generic, &p->generic);
    load_needs(l, p, yaml_get(root, "needs"));
    p->unless = texts(l, yaml_get(root, "unless"));
    p->knows = texts(l, yaml_get(root, "knows"));
    load_missing(l, p, yaml_get(root, "missing"));
    if (!head || p->name.len == 0) errlist_add(l->errors, SLA_SYNTAX, root->at, "a profile begins with profile: {name: …, dataset: …}");
    if (!p->ds || !fields) {
        errlist_add(l->errors, SLA_SYNTAX, head ? head->at : root->at, p->ds ? "a profile needs 'fields'" : "the profile names no dataset of the model");
        return;
    }
    p->maps = take(l, fields->n, sizeof *p->maps);
    for (size_t i = 0; p->maps && i < fields->n; i++) load_field(l, p, fields->items[i]);
    load_fold(l, p, yaml_get(root, "fold"));
    load_history(l, p, yaml_get(root, "history"));
    load_changed(l, p, yaml_get(root, "changed"));
}

/* Tables that are known and of which nothing is taken. */
static void load_refusal(loader *l, profile *p, const ynode *n)
{
    static const char *const keys[] = {"name", "needs", "unless", "because", NULL};
    yaml_check_keys(n, keys, l->errors);
    p->name = p->title = yaml_text(n, "name", (slice){0});
    p->refuse = yaml_text(n, "because", (slice){0});
    p->ds = &l->m->datasets[0];
    p->unless = texts(l, yaml_get(n, "unless"));
    load_needs(l, p, yaml_get(n, "needs"));
    if (p->name.len == 0 || p->refuse.len == 0) errlist_add(l->errors, SLA_SYNTAX, n->at, "a refusal has a name, needs and because");
}

static void check_files(loader *l, const ynode *files)
{
    static const char *const keys[] = {"name", "begins", "because", "instead", NULL};
    for (size_t i = 0; files && i < files->n; i++) {
        yaml_check_keys(files->items[i], keys, l->errors);
        for (size_t k = 0; keys[k]; k++)
            if (!yaml_get(files->items[i], keys[k])) errlist_add(l->errors, SLA_SYNTAX, files->items[i]->at, "a file that is refused has name, begins, because and instead");
    }
}

/* ---- all of them ---- */
static void know(loader *l, profile *p, const header_list *list)
{
    for (size_t i = 0; i < list->n && !l->nomem; i++)
        if (list->folded[i].len && dict_intern(p->known, list->folded[i]) == DICT_NONE) l->nomem = true;
}

static void collect_known(loader *l, profile *p)
{
    if (!(p->known = dict_new())) {
        l->nomem = true;
        return;
    }
    know(l, p, &p->knows);
    for (size_t i = 0; i < p->nneeds; i++) know(l, p, &p->needs[i]);
    for (size_t i = 0; i < p->nmaps; i++) {
        know(l, p, &p->maps[i].from), know(l, p, &p->maps[i].fallback), know(l, p, &p->maps[i].row_number), know(l, p, &p->maps[i].clock);
        if (p->maps[i].reason) know(l, p, &p->maps[i].reason->from);
    }
    know(l, p, &p->fold_at);
    know(l, p, &p->fold_actor);
    know(l, p, &p->fold_sequence);
}

static bool is_yaml(const char *path)
{
    size_t len = strlen(path);
    return len >= 5 && strcmp(path + len - 5, ".yaml") == 0;
}

static ynode *load_file(loader *l, const char *folder, const char *file)
{
    char path[1024], name[256];
    ynode *root = NULL;
    err e = {0};
    snprintf(path, sizeof path, "%s/%s", folder, file);
    snprintf(name, sizeof name, "importers/profiles/%s", file);
    if (yaml_load(path, name, l->a, &root, &e) != SLA_OK) errlist_push(l->errors, &e);
    return root;
}

static void add_profile(loader *l, const ynode *n, void (*load)(loader *l, profile *p, const ynode *n))
{
    errlist *errors = l->errors;
    profile *p = &l->set->items[l->set->n++];
    l->errors = &p->errors;
    load(l, p, n);
    collect_known(l, p);
    l->errors = errors;
}

static void load_all(loader *l, const char *folder, const file_list *files)
{
    profile_set *s = l->set;
    ynode **roots = take(l, files->n, sizeof(ynode *));
    s->model = l->m;
    s->vocabularies = take(l, l->m->nenums, sizeof *s->vocabularies);
    s->nvocabularies = s->vocabularies ? l->m->nenums : 0;
    for (size_t i = 0; !l->nomem && i < files->n; i++) {
        if (is_yaml(files->paths[i])) roots[i] = load_file(l, folder, files->paths[i]);
        if (!yaml_get(roots[i], "vocabulary")) continue;
        load_vocabulary(l, yaml_get(roots[i], "vocabulary"));
        s->missing = texts(l, yaml_get(roots[i], "missing"));
    }
    s->cap = 1; /* one of the user's */
    for (size_t i = 0; roots && i < files->n; i++) s->cap += yaml_get(roots[i], "refusals") ? yaml_get(roots[i], "refusals")->n : 1;
    s->items = take(l, s->cap, sizeof *s->items);
    for (size_t i = 0; !l->nomem && i < files->n; i++) {
        const ynode *refusals = yaml_get(roots[i], "refusals");
        if (refusals) check_files(l, s->files = yaml_get(roots[i], "files"));
        for (size_t k = 0; refusals && k < refusals->n; k++) add_profile(l, refusals->items[k], load_refusal);
        if (roots[i] && !refusals && !yaml_get(roots[i], "vocabulary")) add_profile(l, roots[i], load_profile);
    }
}

sla_status profiles_load(const schema *m, profile_set *out, errlist *errors)
{
    *out = (profile_set){0};
    loader l = {.m = m, .a = &out->mem, .errors = errors, .set = out};
    err e = {0};
    const char *folder;
    file_list files;
    size_t before = errors->n + errors->dropped;
    sla_status found = file_own_data("importers/profiles", &out->mem, &folder, &e);
    if (found != SLA_OK && found != SLA_NOMEM) return SLA_OK; /* none installed: canonical files only */
    if (found == SLA_NOMEM) return errlist_add(errors, SLA_NOMEM, SRCPOS_NONE, "no memory for profiles");
    if (file_walk(folder, &out->mem, &files, NULL, NULL, &e) != SLA_OK) {
        errlist_push(errors, &e);
        return SLA_IO;
    }
    load_all(&l, folder, &files);
    if (l.nomem || out->mem.failed) return errlist_add(errors, SLA_NOMEM, SRCPOS_NONE, "no memory for profiles");
    return errors->n + errors->dropped > before ? SLA_SYNTAX : SLA_OK;
}

sla_status profiles_add(profile_set *s, const char *path, const profile **out, errlist *errors)
{
    loader l = {.m = s->model, .a = &s->mem, .errors = errors, .set = s};
    ynode *root = NULL;
    err e = {0};
    if (s->n == s->cap) return errlist_add(errors, SLA_LIMIT, (srcpos){path, 0, 0}, "one profile of your own at a time");
    if (yaml_load(path, path, &s->mem, &root, &e) != SLA_OK) {
        errlist_push(errors, &e);
        return e.code;
    }
    profile *p = &s->items[s->n++];
    *p = (profile){.name = {0}};
    l.errors = &p->errors;
    load_profile(&l, p, root);
    collect_known(&l, p);
    *out = p;
    return l.nomem || s->mem.failed ? SLA_NOMEM : SLA_OK;
}

static void clear_terms(term_map *t)
{
    dict_free(t->from);
    mem_free(t->to);
}

void profiles_clear(profile_set *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const profile *p = &s->items[i];
        for (size_t k = 0; k < p->nmaps; k++) {
            clear_terms(&p->maps[k].terms);
            if (p->maps[k].reason) clear_terms(&p->maps[k].reason->terms);
        }
        for (size_t k = 0; p->changed && k < p->of->nfields; k++) {
            clear_terms(&p->changed[k].terms);
            if (p->changed[k].reason) clear_terms(&p->changed[k].reason->terms);
        }
        errlist_clear(&s->items[i].errors);
        dict_free(s->items[i].known);
    }
    for (size_t i = 0; i < s->nvocabularies; i++) clear_terms(&s->vocabularies[i]);
    arena_free(&s->mem);
    *s = (profile_set){0};
}

const profile *profile_by_name(const profile_set *s, slice name)
{
    for (size_t i = 0; i < s->n; i++)
        if (slice_eq(s->items[i].name, name)) return &s->items[i];
    return NULL;
}
