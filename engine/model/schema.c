#include "engine/model/schema.h"

/* Phases of a status, in the order of clock_phase (engine/time/slaclock.h): run, pause, final, cancelled. */
static const char *const phase_names[] = {"run", "pause", "final", "cancelled"};
enum { NPHASES = sizeof phase_names / sizeof phase_names[0] };

typedef struct loader { arena *a; schema *s; errlist *errors; bool nomem; } loader;

static void fault(loader *l, srcpos at, const char *what, slice name)
{
    errlist_add(l->errors, SLA_SYNTAX, at, "%s '%.*s'", what, SLICE_ARG(name));
}

static void *take(loader *l, size_t n, size_t size)
{
    void *p = arena_alloc(l->a, n ? n : 1, size);
    if (!p) l->nomem = true;
    return p;
}

static slice title(const ynode *map, const char *lang, slice dflt) { return yaml_text(yaml_get(map, "title"), lang, dflt); }

/* ---- enumerations ---- */
static void load_phases(loader *l, enumeration *en, const ynode *phases)
{
    if (!phases) return;
    if (!(en->phase = take(l, en->n, 1))) return;
    yaml_check_keys(phases, (const char *const[]){"run", "pause", "final", "cancelled", NULL}, l->errors);
    for (uint8_t p = 0; p < NPHASES; p++) {
        const ynode *list = yaml_get(phases, phase_names[p]);
        for (size_t i = 0; list && i < list->n; i++) {
            int rank = enumeration_rank(en, list->items[i]->text);
            if (rank < 0) fault(l, list->items[i]->at, "a phase names a value that the enumeration has not:", list->items[i]->text);
            else en->phase[rank] = p;
        }
    }
    const ynode *run = yaml_get(phases, phase_names[0]);
    int named = run && run->n ? enumeration_rank(en, run->items[0]->text) : -1;
    while (named < 0 && en->open < en->n && en->phase[en->open]) en->open++;
    if (named >= 0) en->open = (size_t)named;
}

static void load_enum(loader *l, enumeration *en, const ynode *n)
{
    static const char *const keys[] = {"ordered", "values", "titles", "phases", NULL};
    yaml_check_keys(n, keys, l->errors);
    en->name = n->key;
    const ynode *ordered = yaml_get(n, "ordered"), *values = yaml_get(n, "values"), *titles = yaml_get(n, "titles");
    if (ordered && !yaml_bool(ordered, &en->ordered)) fault(l, ordered->at, "true or false is wanted, not", ordered->text);
    if (!values || values->kind != YNODE_LIST || values->n == 0 || values->n > UINT8_MAX) {
        fault(l, n->key_at, "an enumeration needs 'values', a list of 1 to 255 terms:", n->key);
        return;
    }
    en->values = take(l, values->n, sizeof *en->values);
    en->titles_zh = take(l, values->n, sizeof *en->titles_zh);
    en->titles_en = take(l, values->n, sizeof *en->titles_en);
    if (l->nomem) return;
    for (size_t i = 0; i < values->n; i++) {
        slice v = values->items[i]->text;
        if (enumeration_rank(en, v) >= 0) fault(l, values->items[i]->at, "this value is there twice:", v);
        const ynode *t = titles ? yaml_get(titles, v.ptr) : NULL;
        en->values[en->n] = v;
        en->titles_zh[en->n] = yaml_text(t, "zh", v);
        en->titles_en[en->n++] = yaml_text(t, "en", v);
    }
    load_phases(l, en, yaml_get(n, "phases"));
}

static const enumeration *find_enum(const schema *s, slice name)
{
    for (size_t i = 0; i < s->nenums; i++)
        if (slice_eq(s->enums[i].name, name)) return &s->enums[i];
    return NULL;
}

static void no_enum(loader *l, const ynode *n)
{
    enum { LOOKED_AT = 64 };
    const char *names[LOOKED_AT];
    size_t k = 0;
    for (; k < l->s->nenums && k < LOOKED_AT; k++) names[k] = l->s->enums[k].name.ptr;
    fault(l, n->at, "there is no enumeration", n->text);
    const char *near = slice_nearest(n->text, names, k);
    if (near) errlist_hint(l->errors, "did you mean %s?", near);
}

/* ---- fields ---- */
static void load_type(loader *l, field *f, const ynode *n)
{
    static const char *const names[] = {
#define V(code, name, storage) name,
        VTYPE_LIST(V)
#undef V
    };
    const ynode *t = yaml_get(n, "type");
    if (!t) {
        fault(l, n->key_at, "a field needs a type:", n->key);
        return;
    }
    for (size_t i = 0; i < VT_COUNT; i++)
        if (slice_is(t->text, names[i])) {
            f->type = (vtype)i;
            return;
        }
    fault(l, t->at, "there is no type", t->text);
    const char *near = slice_nearest(t->text, names, VT_COUNT);
    if (near) errlist_hint(l->errors, "did you mean %s?", near);
    else errlist_hint(l->errors, "write text, number, boolean, time, date or duration");
}

static void load_flag(loader *l, const ynode *map, const char *key, bool *out)
{
    const ynode *n = yaml_get(map, key);
    if (n && !yaml_bool(n, out)) fault(l, n->at, "true or false is wanted, not", n->text);
}

static void load_field(loader *l, field *f, const ynode *n)
{
    static const char *const keys[] = {"type", "enum", "required", "planned", "share", "as_of", "title", NULL};
    f->name = n->key;
    f->title_zh = title(n, "zh", n->key);
    f->title_en = title(n, "en", n->key);
    if (n->kind != YNODE_MAP) {
        fault(l, n->at, "a field is a map {type: …}:", n->key);
        return;
    }
    yaml_check_keys(n, keys, l->errors);
    load_type(l, f, n);
    load_flag(l, n, "required", &f->required);
    load_flag(l, n, "planned", &f->planned);
    load_flag(l, n, "share", &f->share);
    if (f->share && f->type != VT_NUMBER) fault(l, n->at, "only a number can be a share:", n->key);
    const ynode *e = yaml_get(n, "enum"), *as_of = yaml_get(n, "as_of");
    if (e && !(f->en = find_enum(l->s, e->text))) no_enum(l, e);
    if (e && f->type != VT_TEXT) fault(l, e->at, "only a text has an enumeration:", n->key);
    if (as_of && !slice_is(as_of->text, "history")) fault(l, as_of->at, "as_of can only be 'history', not", as_of->text);
    f->rolled_back = as_of != NULL;
}

/* A member of map that names a field of d; -1 where it is absent or wrong (then an error is added). */
static int named_field(loader *l, const dataset *d, const ynode *n)
{
    if (!n) return -1;
    int f = dataset_field(d, n->text);
    if (f < 0) {
        fault(l, n->at, "the dataset has no field", n->text);
        const char *names[FIELDS_MAX];
        for (size_t i = 0; i < d->nfields; i++) names[i] = d->fields[i].name.ptr;
        const char *near = slice_nearest(n->text, names, d->nfields);
        if (near) errlist_hint(l->errors, "did you mean %s?", near);
    }
    return f;
}

/* ---- datasets ---- */
static void load_dataset(loader *l, dataset *d, const ynode *n)
{
    static const char *const keys[] = {"title", "key", "time", "valid", "fields", "changes", NULL};
    yaml_check_keys(n, keys, l->errors);
    *d = (dataset){.name = n->key, .title_zh = title(n, "zh", n->key), .title_en = title(n, "en", n->key), .idx = (size_t)(d - l->s->datasets),
                   .time_field = -1, .valid_from = -1, .valid_to = -1, .changes = {.dataset = -1}};
    const ynode *fields = yaml_get(n, "fields"), *key = yaml_get(n, "key"), *valid = yaml_get(n, "valid");
    if (!fields || fields->kind != YNODE_MAP || fields->n == 0 || fields->n > FIELDS_MAX) {
        fault(l, n->key_at, "a dataset needs 'fields', 1 to 64 of them:", n->key);
        return;
    }
    if (!(d->fields = take(l, fields->n, sizeof *d->fields))) return;
    d->nfields = fields->n;
    for (size_t i = 0; i < fields->n; i++) load_field(l, &d->fields[i], fields->items[i]);
    if (key && key->n > KEY_MAX) fault(l, key->at, "a key has at most 8 fields:", n->key);
    for (size_t i = 0; key && i < key->n && i < KEY_MAX; i++) {
        int f = named_field(l, d, key->items[i]);
        if (f >= 0) d->key[d->nkey++] = (size_t)f;
    }
    d->time_field = named_field(l, d, yaml_get(n, "time"));
    if (valid && valid->n > 0) d->valid_from = named_field(l, d, valid->items[0]);
    if (valid && valid->n > 1) d->valid_to = named_field(l, d, valid->items[1]);
}

static void load_changes(loader *l, dataset *d, const ynode *n)
{
    static const char *const keys[] = {"dataset", "record", "at", "field", "old", "new", "actor", NULL};
    const ynode *c = yaml_get(n, "changes");
    if (!c) return;
    yaml_check_keys(c, keys, l->errors);
    const dataset *h = schema_dataset(l->s, yaml_text(c, "dataset", (slice){0}));
    if (!h) {
        fault(l, c->at, "'changes' names no dataset that there is, in", d->name);
        return;
    }
    d->changes.dataset = (int)h->idx;
    d->changes.record = named_field(l, h, yaml_get(c, "record"));
    d->changes.at = named_field(l, h, yaml_get(c, "at"));
    d->changes.field = named_field(l, h, yaml_get(c, "field"));
    d->changes.old_ = named_field(l, h, yaml_get(c, "old"));
    d->changes.new_ = named_field(l, h, yaml_get(c, "new"));
    d->changes.actor = named_field(l, h, yaml_get(c, "actor"));
    if (d->changes.record < 0 || d->changes.at < 0 || d->changes.field < 0 || d->changes.new_ < 0)
        fault(l, c->at, "'changes' needs at least record, at, field and new, in", d->name);
}

static void load_all(loader *l, const ynode *root)
{
    const ynode *enums = yaml_get(root, "enums"), *sets = yaml_get(root, "datasets");
    schema *s = l->s;
    yaml_check_keys(root, (const char *const[]){"enums", "datasets", NULL}, l->errors);
    if (enums && !(s->enums = take(l, enums->n, sizeof *s->enums))) return;
    for (size_t i = 0; enums && i < enums->n; i++, s->nenums++) load_enum(l, &s->enums[i], enums->items[i]);
    if (!sets || sets->kind != YNODE_MAP || sets->n == 0 || sets->n > DATASETS_MAX) {
        errlist_add(l->errors, SLA_SYNTAX, root->at, "a model needs 'datasets', 1 to %d of them", DATASETS_MAX);
        return;
    }
    if (!(s->datasets = take(l, sets->n, sizeof *s->datasets))) return;
    for (size_t i = 0; i < sets->n; i++, s->n++) load_dataset(l, &s->datasets[i], sets->items[i]);
    for (size_t i = 0; i < sets->n; i++) load_changes(l, &s->datasets[i], sets->items[i]);
}

sla_status schema_load(const ynode *root, slice text, arena *a, schema **out, errlist *errors)
{
    size_t before = errors->n + errors->dropped;
    loader l = {.a = a, .errors = errors, .s = ARENA_NEW(a, schema, 1)};
    slice kept = arena_slice(a, text);
    if (!l.s || (text.len && !kept.ptr)) return errlist_add(errors, SLA_NOMEM, root->at, "no memory for the model");
    l.s->text = kept.ptr;
    l.s->text_len = kept.len;
    load_all(&l, root);
    if (l.nomem || a->failed) return errlist_add(errors, SLA_NOMEM, root->at, "no memory for the model");
    if (errors->n + errors->dropped > before) return SLA_SYNTAX;
    *out = l.s;
    return SLA_OK;
}

const dataset *schema_dataset(const schema *s, slice name)
{
    for (size_t i = 0; i < s->n; i++)
        if (slice_eq(s->datasets[i].name, name)) return &s->datasets[i];
    return NULL;
}

int dataset_field(const dataset *d, slice name)
{
    for (size_t i = 0; i < d->nfields; i++)
        if (slice_eq(d->fields[i].name, name)) return (int)i;
    return -1;
}

void dataset_put_titles(const dataset *d, slice names, buf *zh, buf *en)
{
    for (bool first = true; names.len; first = false) {
        const char *comma = memchr(names.ptr, ',', names.len);
        slice name = slice_trim(comma ? (slice){names.ptr, (size_t)(comma - names.ptr)} : names);
        int f = dataset_field(d, name);
        buf_printf(zh, "%s%.*s", first ? "" : "、", SLICE_ARG(f >= 0 ? d->fields[f].title_zh : name));
        buf_printf(en, "%s%.*s", first ? "" : ", ", SLICE_ARG(f >= 0 ? d->fields[f].title_en : name));
        names = comma ? (slice){comma + 1, (size_t)(names.ptr + names.len - comma - 1)} : (slice){0};
    }
}

int enumeration_rank(const enumeration *en, slice value)
{
    for (size_t i = 0; i < en->n; i++)
        if (slice_eq(en->values[i], value)) return (int)i;
    return -1;
}

bool dataset_knows_header(const dataset *d, const slice *names, size_t n)
{
    size_t known = 0;
    bool has[FIELDS_MAX] = {false};
    for (size_t i = 0; i < n; i++) {
        if (names[i].len == 0) continue;
        int f = dataset_field(d, names[i]);
        if (f < 0) return false;
        has[f] = true;
        known++;
    }
    for (size_t f = 0; f < d->nfields; f++)
        if (d->fields[f].required && !has[f]) return false;
    return known > 0;
}

const dataset *schema_match_header(const schema *s, const slice *names, size_t n)
{
    const dataset *best = NULL;
    size_t named = 0;
    for (size_t i = 0; i < n; i++) named += names[i].len > 0;
    for (size_t i = 0; (named > 1 || n == 1) && i < s->n; i++) {
        const dataset *d = &s->datasets[i];
        if (dataset_knows_header(d, names, n) && (!best || d->nfields < best->nfields)) best = d;
    }
    return best;
}
