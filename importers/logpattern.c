#include "importers/logpattern.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include "engine/base/dict.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "importers/logkind.h"
#include "importers/logmade.h"
#include "importers/logregex.h"

enum { COMPOSED_MAX = 2048, PATTERNS_MAX = UINT16_MAX };
typedef struct piece { slice literal; uint32_t group; int key; } piece;   /* of a composed text; group 0, key -1: the literal alone */
/* A field's text: composed, or of the first key that has a value. */
typedef struct output {
    log_field field;
    int *keys; size_t nkeys;
    piece *pieces; size_t npieces;
} output;
typedef struct group_output { log_field field; uint32_t group; } group_output;   /* … or a group's */
/* first: the bytes that a value which fits may begin with; by_first: they tell all, as of "4*" and "*" */
typedef struct condition { int key; slice *globs; size_t n; uint64_t first[4]; bool by_first; } condition;
typedef struct pattern {
    log_regex re;
    condition *when; size_t nwhen;
    slice texts[LOG_FIELDS]; uint16_t fixed, number;   /* what it sets whatever the record says, by field, and which fields; its file's source among them */
    output *out; size_t nout;
    group_output *groups; size_t ngroups;
    const ynode *examples;
} pattern;
enum { FIRSTS = 64 };
/* all: the first 64 patterns; first: by the low bits of a message's first byte, which of these may match it */
typedef struct program { slice source; pattern **patterns; size_t n, cap; uint64_t all, first[FIRSTS]; atomic_bool ready; } program;   /* several files may describe one; the first one's source holds where no pattern fits; ready: to match fast */
struct log_patterns {
    arena mem;
    dict *names, *keys;                 /* programs; what conditions and takes ask records for */
    program *programs; size_t cap;
    pattern **all; size_t nall, all_cap;
    int any;                            /* the program "*"; -1: none */
    uint16_t nforms;                    /* usual texts with a number */
    log_kinds *kinds;
};
struct log_matcher {
    const log_patterns *p;
    log_regex_state *state;
    slice *values; uint32_t *seen, now; /* of keys, for the record at hand */
    arena composed;
};

#define F(code, name) name,
const char *const log_field_names[LOG_FIELDS] = {LOG_FIELD_LIST(F)};
#undef F

int log_field_by_name(slice name)
{
    for (int i = 0; i < LOG_FIELDS; i++)
        if (slice_is(name, log_field_names[i])) return i;
    return -1;
}

const bool log_begins_nothing[256] = {['('] = true, ['-'] = true, ['?'] = true, ['N'] = true, ['n'] = true, ['u'] = true};

bool log_says_nothing(slice s)
{
    static const slice nothing[] = {{"-", 1}, {"?", 1}, {"(null)", 6}, {"(none)", 6}, {"N/A", 3}, {"unset", 5}, {"null", 4}, {"(unknown)", 9}, {"(invalid user)", 14}, {"(unknown user)", 14}};
    if (s.len == 0) return true;
    if (s.len > 14) return false;
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        if (slice_eq(s, nothing[i])) return true;
    return false;
}

bool log_nobody(slice v) { return log_value_missing(v) || slice_is(v, "unknown"); }

/* ---- loading ---- */
typedef struct loader { log_patterns *lp; errlist *errors; slice source; } loader;

static int key_of(loader *ld, slice name)
{
    uint32_t code = dict_intern(ld->lp->keys, name);
    return code == DICT_NONE ? -1 : (int)code;
}

/* "{a}:{b}" -> pieces; a literal belongs to the piece behind it. */
static sla_status compose(loader *ld, const pattern *p, slice text, output *o)
{
    size_t max = 1;
    for (size_t i = 0; i < text.len; i++) max += text.ptr[i] == '{';
    o->pieces = ARENA_NEW(&ld->lp->mem, piece, max);
    if (!o->pieces) return SLA_NOMEM;
    for (size_t i = 0; i < text.len;) {
        const char *open = memchr(text.ptr + i, '{', text.len - i), *close = open ? memchr(open, '}', (size_t)(text.ptr + text.len - open)) : NULL;
        piece *pc = &o->pieces[o->npieces++];
        *pc = (piece){{text.ptr + i, close ? (size_t)(open - text.ptr) - i : text.len - i}, 0, -1};
        if (!close) break;
        slice name = {open + 1, (size_t)(close - open) - 1};
        pc->group = log_regex_group_no(&p->re, name);
        if (!pc->group && (pc->key = key_of(ld, name)) < 0) return SLA_NOMEM;
        i = (size_t)(close - text.ptr) + 1;
    }
    return SLA_OK;
}

static bool field_named(loader *ld, const ynode *n, log_field *out)
{
    int f = log_field_by_name(n->key);
    if (f < 0) {
        errlist_add(ld->errors, SLA_NAME, n->key_at, "the log dataset has no field '%.*s'", SLICE_ARG(n->key));
        const char *near = slice_nearest(n->key, log_field_names, LOG_FIELDS);
        if (near) errlist_hint(ld->errors, "did you mean '%s'?", near);
    } else *out = (log_field)f;
    return f >= 0;
}

static sla_status load_take(loader *ld, const ynode *n, output *o)
{
    size_t count = n->kind == YNODE_LIST ? n->n : 1;
    o->keys = ARENA_NEW(&ld->lp->mem, int, count);
    if (!o->keys) return SLA_NOMEM;
    for (size_t i = 0; i < count; i++)
        if ((o->keys[o->nkeys++] = key_of(ld, n->kind == YNODE_LIST ? n->items[i]->text : n->text)) < 0) return SLA_NOMEM;
    return SLA_OK;
}

static void fix(pattern *p, log_field f, slice text)
{
    p->texts[f] = text;
    if (text.len) p->fixed |= (uint16_t)(1u << f);
}

/* What the places of a usual text fill. */
static void name_places(log_patterns *lp, log_form *f, const pattern *p)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < p->ngroups; k++)
            if (f->places[i].group == p->groups[k].group) f->fields |= 1u << (f->places[i].field = (int)p->groups[k].field);
    f->number = log_made_fits(f) && lp->nforms < LOG_FORMS_MAX ? ++lp->nforms : 0;
}

/* What is fixed comes first, then takes, then groups: what a record says itself has the last word. */
static sla_status load_outputs(loader *ld, const ynode *n, pattern *p)
{
    const ynode *set = yaml_get(n, "set"), *take = yaml_get(n, "take");
    p->out = ARENA_NEW(&ld->lp->mem, output, (set ? set->n : 0) + (take ? take->n : 0) + 1);
    p->groups = ARENA_NEW(&ld->lp->mem, group_output, p->re.ngroups + 1);
    if (!p->out || !p->groups) return SLA_NOMEM;
    fix(p, LOG_SOURCE, ld->source);
    for (size_t i = 0; set && i < set->n; i++) {
        slice text = set->items[i]->text;
        output *o = &p->out[p->nout];
        if (!field_named(ld, set->items[i], &o->field)) continue;
        if (!memchr(text.ptr, '{', text.len)) {
            fix(p, o->field, text);
            continue;
        }
        p->nout++;
        TRY(compose(ld, p, text, o));
    }
    for (size_t i = 0; take && i < take->n; i++) {
        output *o = &p->out[p->nout];
        if (!field_named(ld, take->items[i], &o->field)) continue;
        p->nout++;
        TRY(load_take(ld, take->items[i], o));
    }
    for (size_t i = 0; i < p->re.ngroups; i++) {
        int f = log_field_by_name(p->re.names[i]);
        if (f >= 0) p->groups[p->ngroups++] = (group_output){(log_field)f, p->re.numbers[i]};
    }
    for (size_t i = 0; i < p->re.nusual; i++) name_places(ld->lp, &p->re.usual[i], p);
    return SLA_OK;
}

static void first_bytes(condition *c)
{
    c->by_first = true;
    for (size_t i = 0; i < c->n; i++) {
        slice g = c->globs[i];
        unsigned char byte = g.len ? (unsigned char)g.ptr[0] : 0;
        if (byte == '*') memset(c->first, 0xFF, sizeof c->first);
        else if (g.len) c->first[byte / 64] |= UINT64_C(1) << byte % 64;
        c->by_first = c->by_first && (g.len == 0 || slice_is(g, "*") || (g.len == 2 && byte != '*' && g.ptr[1] == '*'));
    }
}

static sla_status load_when(loader *ld, const ynode *when, pattern *p)
{
    p->when = ARENA_NEW(&ld->lp->mem, condition, when->n ? when->n : 1);
    if (!p->when) return SLA_NOMEM;
    for (size_t i = 0; i < when->n; i++) {
        const ynode *c = when->items[i];
        condition *out = &p->when[p->nwhen++];
        size_t n = c->kind == YNODE_LIST ? c->n : 1;
        *out = (condition){.key = key_of(ld, c->key), .globs = ARENA_NEW(&ld->lp->mem, slice, n ? n : 1), .n = n};
        if (out->key < 0 || !out->globs) return SLA_NOMEM;
        for (size_t k = 0; k < n; k++) out->globs[k] = c->kind == YNODE_LIST ? c->items[k]->text : c->text;
        first_bytes(out);
    }
    return SLA_OK;
}

static sla_status load_pattern(loader *ld, const ynode *n)
{
    static const char *const keys[] = {"match", "usual", "when", "take", "set", "examples", NULL};
    log_patterns *lp = ld->lp;
    pattern *p = ARENA_NEW(&lp->mem, pattern, 1);
    if (!p || mem_grow(&lp->all, &lp->all_cap, lp->nall + 1, sizeof *lp->all)) return SLA_NOMEM;
    if (lp->nall == PATTERNS_MAX) return errlist_add(ld->errors, SLA_LIMIT, n->at, "there may be %d patterns", PATTERNS_MAX), SLA_LIMIT;
    p->number = (uint16_t)lp->nall;
    lp->all[lp->nall++] = p;
    yaml_check_keys(n, keys, ld->errors);
    const ynode *match = yaml_get(n, "match"), *usual = yaml_get(n, "usual"), *when = yaml_get(n, "when");
    p->examples = yaml_get(n, "examples");
    if (match) log_regex_compile(&p->re, match, &lp->mem, ld->errors);
    if (match && usual) TRY(log_regex_usual(&p->re, usual, &lp->mem, ld->errors));
    if (usual && !match) errlist_add(ld->errors, SLA_SYNTAX, usual->at, "'usual' says what texts of 'match' look like, which is missing");
    if (!match && !when && !yaml_get(n, "set") && !yaml_get(n, "take")) errlist_add(ld->errors, SLA_SYNTAX, n->at, "a pattern needs 'match' or 'when', and 'set' or 'take'");
    if (!p->examples || p->examples->n == 0) errlist_add(ld->errors, SLA_SYNTAX, n->at, "a pattern needs at least one example");
    if (when) TRY(load_when(ld, when, p));
    return load_outputs(ld, n, p);
}

static sla_status find_or_add(loader *ld, slice name, program **out)
{
    log_patterns *lp = ld->lp;
    uint32_t before = dict_count(lp->names), id = dict_intern(lp->names, name);
    if (id == DICT_NONE || mem_grow(&lp->programs, &lp->cap, id + 1u, sizeof *lp->programs)) return SLA_NOMEM;
    if (id == before) lp->programs[id] = (program){.source = ld->source};
    if (slice_is(name, "*")) lp->any = (int)id;
    *out = &lp->programs[id];
    return SLA_OK;
}

/* "a, b": both names mean the same patterns. */
static sla_status load_program(loader *ld, const ynode *n)
{
    size_t from = ld->lp->nall;
    for (size_t i = 0; i < n->n; i++) TRY(load_pattern(ld, n->items[i]));
    slice rest = n->key;
    for (bool more = true; more;) {
        const char *comma = memchr(rest.ptr, ',', rest.len);
        program *p;
        TRY(find_or_add(ld, slice_trim((slice){rest.ptr, comma ? (size_t)(comma - rest.ptr) : rest.len}), &p));
        if (mem_grow(&p->patterns, &p->cap, p->n + n->n, sizeof *p->patterns)) return SLA_NOMEM;
        for (size_t i = 0; i < n->n; i++) p->patterns[p->n++] = ld->lp->all[from + i];
        more = comma != NULL;
        if (more) rest = (slice){comma + 1, (size_t)(rest.ptr + rest.len - comma) - 1};
    }
    return SLA_OK;
}

static sla_status load_root(log_patterns *lp, const ynode *root, errlist *errors)
{
    yaml_check_keys(root, (const char *const[]){"log", "lines", "records", "programs", NULL}, errors);
    const ynode *programs = yaml_get(root, "programs");
    loader ld = {lp, errors, yaml_text(yaml_get(root, "log"), "source", (slice){0})};
    if (!ld.source.len) errlist_add(errors, SLA_SYNTAX, root->at, "a file of log patterns begins with log: {source: …}");
    for (size_t i = 0; programs && i < programs->n; i++) TRY(load_program(&ld, programs->items[i]));
    return log_kinds_load(lp->kinds, root, ld.source, errors);
}

static sla_status load_file(log_patterns *lp, const char *folder, const char *file, errlist *errors)
{
    char path[1024], name[256];
    ynode *root;
    err e = {0};
    snprintf(path, sizeof path, "%s/%s", folder, file);
    snprintf(name, sizeof name, "importers/logs/%s", file);
    if (yaml_load(path, name, &lp->mem, &root, &e) != SLA_OK) return errlist_push(errors, &e), SLA_OK;
    return load_root(lp, root, errors);
}

static log_patterns *patterns_new(void)
{
    log_patterns *lp = mem_zero(1, sizeof *lp);
    if (!lp) return NULL;
    lp->any = -1;
    lp->names = dict_new();
    lp->keys = dict_new();
    lp->kinds = log_kinds_new(&lp->mem);
    if (lp->names && lp->keys && lp->kinds) return lp;
    log_patterns_free(lp);
    return NULL;
}

static void index_program(program *pr)
{
    pr->all = pr->n < 64 ? (UINT64_C(1) << pr->n) - 1 : ~UINT64_C(0);
    for (size_t i = 0; i < pr->n && i < 64; i++)
        for (size_t c = 0; c < 256; c++)
            if (!pr->patterns[i]->re.code || pr->patterns[i]->re.first[c / 64] >> c % 64 & 1) pr->first[c % FIRSTS] |= UINT64_C(1) << i;
}

/* Of the many programs few stand in a log: the table of first bytes and machine code are made for those, when the first of a program's lines is met. Patterns may be of several programs. */
static void make_ready(program *pr)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    if (atomic_load_explicit(&pr->ready, memory_order_acquire)) return;
    pthread_mutex_lock(&one_at_a_time);
    if (!atomic_load_explicit(&pr->ready, memory_order_relaxed)) { /* while this one waited, another may have done it */
        for (size_t i = 0; i < pr->n; i++) log_regex_ready(&pr->patterns[i]->re);
        index_program(pr);
        atomic_store_explicit(&pr->ready, true, memory_order_release);
    }
    pthread_mutex_unlock(&one_at_a_time);
}

static sla_status finish(log_patterns *lp, sla_status st, errlist *errors, size_t before, log_patterns **out)
{
    if (st != SLA_OK) errlist_add(errors, st, SRCPOS_NONE, "cannot load the log patterns");
    if (errors->n + errors->dropped > before) {
        log_patterns_free(lp);
        return st != SLA_OK ? st : SLA_SYNTAX;
    }
    if (lp->any >= 0) make_ready(&lp->programs[lp->any]);
    log_kinds_asked(lp->kinds, lp);
    *out = lp;
    return SLA_OK;
}

sla_status log_patterns_from(const ynode *root, log_patterns **out, errlist *errors)
{
    size_t before = errors->n + errors->dropped;
    log_patterns *lp = patterns_new();
    return finish(lp, lp ? load_root(lp, root, errors) : SLA_NOMEM, errors, before, out);
}

sla_status log_patterns_load(log_patterns **out, errlist *errors)
{
    log_patterns *lp = patterns_new();
    err e = {0};
    const char *folder;
    file_list files = {0};
    size_t before = errors->n + errors->dropped;
    sla_status st = lp ? SLA_OK : SLA_NOMEM;
    if (st == SLA_OK) st = file_own_data("importers/logs", &lp->mem, &folder, &e);
    if (st == SLA_OK) st = file_walk(folder, &lp->mem, &files, NULL, NULL, &e);
    errlist_push(errors, &e);
    for (size_t i = 0; st == SLA_OK && i < files.n; i++) {
        size_t len = strlen(files.paths[i]);
        if (len > 5 && strcmp(files.paths[i] + len - 5, ".yaml") == 0) st = load_file(lp, folder, files.paths[i], errors);
    }
    return finish(lp, st, errors, before, out);
}

void log_patterns_free(log_patterns *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->nall; i++) log_regex_clear(&p->all[i]->re);
    for (size_t i = 0; p->names && i < p->cap && i < dict_count(p->names); i++) mem_free(p->programs[i].patterns);
    mem_free(p->all);
    mem_free(p->programs);
    dict_free(p->names);
    dict_free(p->keys);
    log_kinds_free(p->kinds);
    arena_free(&p->mem);
    mem_free(p);
}

static bool asks(const pattern *p, int key)
{
    bool yes = false;
    for (size_t i = 0; i < p->nwhen; i++) yes = yes || p->when[i].key == key;
    for (size_t i = 0; i < p->nout; i++) {
        for (size_t k = 0; k < p->out[i].nkeys; k++) yes = yes || p->out[i].keys[k] == key;
        for (size_t k = 0; k < p->out[i].npieces; k++) yes = yes || p->out[i].pieces[k].key == key;
    }
    return yes;
}

static bool program_asks(const log_patterns *lp, uint32_t id, int key)
{
    const program *pr = &lp->programs[id];
    for (size_t i = 0; i < pr->n; i++)
        if (asks(pr->patterns[i], key)) return true;
    return false;
}

bool log_patterns_ask(const log_patterns *p, slice of, slice *name)
{
    uint32_t key = dict_find(p->keys, *name), id = dict_find(p->names, of);
    if (key == DICT_NONE) return false;
    if (of.len && !(id != DICT_NONE && program_asks(p, id, (int)key)) && !(p->any >= 0 && program_asks(p, (uint32_t)p->any, (int)key))) return false;
    *name = dict_text(p->keys, key);
    return true;
}

const log_kinds *log_patterns_kinds(const log_patterns *p) { return p->kinds; }
size_t log_patterns_count(const log_patterns *p) { return p->nall; }
slice log_fixed_text(const log_patterns *p, size_t rule, log_field f) { return p->all[rule]->texts[f]; }

/* ---- matching ---- */
log_matcher *log_matcher_new(const log_patterns *p)
{
    log_matcher *m = mem_zero(1, sizeof *m);
    size_t n = dict_count(p->keys) + 1u;
    if (!m) return NULL;
    m->p = p;
    m->state = log_regex_state_new();
    m->values = mem_zero(n, sizeof *m->values);
    m->seen = mem_zero(n, sizeof *m->seen);
    if (m->state && m->values && m->seen) return m;
    log_matcher_free(m);
    return NULL;
}

void log_matcher_free(log_matcher *m)
{
    if (!m) return;
    log_regex_state_free(m->state);
    arena_free(&m->composed);
    mem_free(m->values);
    mem_free(m->seen);
    mem_free(m);
}

void log_matcher_forget(log_matcher *m)
{
    if (m->composed.top) arena_free(&m->composed);
}

bool log_matcher_failed(const log_matcher *m) { return m->composed.failed; }

log_regex_state *log_matcher_state(log_matcher *m) { return m->state; }

int log_program_find(const log_patterns *p, slice name, slice *source)
{
    uint32_t code = dict_find(p->names, name);
    if (code == DICT_NONE) return -1;
    *source = p->programs[code].source;
    make_ready(&p->programs[code]);
    return (int)code;
}

/* The name itself, or a path that ends with it. */
static bool names_key(slice path, slice key)
{
    if (path.len == key.len) return path.ptr == key.ptr || slice_eq(path, key);
    return path.len > key.len && path.ptr[path.len - key.len - 1] == '.' && memcmp(path.ptr + path.len - key.len, key.ptr, key.len) == 0;
}

static slice value_of(log_matcher *m, const log_record *r, int key)
{
    if (m->seen[key] == m->now) return m->values[key];
    slice name = dict_text(m->p->keys, (uint32_t)key), found = {0};
    for (size_t i = 0; i < r->n && !found.len; i++)
        if (names_key(r->pairs[i].name, name) && !log_value_missing(r->pairs[i].value)) found = slice_trim(r->pairs[i].value);
    m->seen[key] = m->now;
    return m->values[key] = found;
}

static bool glob(slice g, slice s)
{
    if (!s.len) return !g.len;
    if (g.len && g.ptr[g.len - 1] == '*') {
        slice head = {g.ptr, g.len - 1};
        if (head.len && head.ptr[0] == '*') { /* *x*: anywhere */
            slice in = {head.ptr + 1, head.len - 1};
            for (size_t i = 0; i + in.len <= s.len; i++)
                if (memcmp(s.ptr + i, in.ptr, in.len) == 0) return true;
            return false;
        }
        return s.len >= head.len && (!head.len || s.ptr[0] == head.ptr[0]) && (head.len < 2 || memcmp(s.ptr, head.ptr, head.len) == 0);
    }
    if (g.len && g.ptr[0] == '*') return s.len + 1 >= g.len && memcmp(s.ptr + s.len - (g.len - 1), g.ptr + 1, g.len - 1) == 0;
    return slice_eq(g, s);
}

static bool fits(const condition *c, slice v)
{
    unsigned char byte = v.len ? (unsigned char)v.ptr[0] : 0;
    bool may = !v.len || (c->first[byte / 64] >> byte % 64 & 1);
    if (!may || (v.len && c->by_first)) return may;
    for (size_t i = 0; i < c->n; i++)
        if (glob(c->globs[i], v)) return true;
    return false;
}

static bool conditions_hold(log_matcher *m, const pattern *p, const log_record *r)
{
    for (size_t i = 0; i < p->nwhen; i++)
        if (!fits(&p->when[i], value_of(m, r, p->when[i].key))) return false;
    return true;
}

/* A literal before a name that has no value is left out, as is all of it where no name has one. */
static slice composed(log_matcher *m, const output *o, const log_record *r)
{
    char text[COMPOSED_MAX];
    size_t n = 0;
    bool any = false;
    for (size_t i = 0; i < o->npieces; i++) {
        const piece *pc = &o->pieces[i];
        bool fixed = !pc->group && pc->key < 0;
        slice v = pc->group ? log_regex_group(m->state, r->message, pc->group) : pc->key >= 0 ? value_of(m, r, pc->key) : (slice){0};
        slice parts[2] = {any || i == 0 || fixed ? pc->literal : (slice){0}, v};
        for (size_t k = 0; k < 2 && (fixed ? any : v.len > 0); k++) {
            size_t fit = parts[k].len < sizeof text - n ? parts[k].len : sizeof text - n;
            if (fit) memcpy(text + n, parts[k].ptr, fit);
            n += fit;
        }
        any = any || v.len > 0;
    }
    return any ? arena_slice(&m->composed, (slice){text, n}) : (slice){0};
}

/* ["10.0.0.9","10.0.0.1"]: the first one, which is the client's where proxies put themselves behind it. */
static slice first_text(slice v)
{
    if (v.len < 4) return v;
    const char *from = memchr(v.ptr, '"', v.len), *end = v.ptr + v.len, *to = from ? memchr(from + 1, '"', (size_t)(end - from) - 1) : NULL;
    return to ? (slice){from + 1, (size_t)(to - from) - 1} : v;
}

static slice text_of(log_matcher *m, const output *o, const log_record *r)
{
    slice v = {0};
    if (o->npieces) return composed(m, o, r);
    for (size_t k = 0; k < o->nkeys && !v.len; k++) v = value_of(m, r, o->keys[k]);
    return v;
}

/* Puts it in, unless it says nothing; returns the field's bit. */
static inline unsigned put_text(log_event *ev, log_field f, slice v)
{
    if (!v.len || log_field_missing(f, v)) return 0;
    ev->v[f] = f == LOG_SRC_IP && v.ptr[0] == '[' ? first_text(v) : v;
    return 1u << f;
}

static void put_outputs(log_matcher *m, const pattern *p, const log_record *r, log_event *ev)
{
    unsigned found = 0;
    const size_t *groups = log_regex_found(m->state);
    for (const output *o = p->out, *end = o + p->nout; o < end; o++) found |= put_text(ev, o->field, text_of(m, o, r));
    for (const group_output *g = p->groups, *end = g + p->ngroups; g < end; g++) found |= put_text(ev, g->field, log_regex_part(groups, r->message, g->group));
    ev->rule = p->number;
    ev->form = p->re.nusual ? log_regex_form(m->state) : NULL;
    ev->fixed = (uint16_t)(p->fixed & ~found);
}

static bool try_pattern(log_matcher *m, const pattern *p, const log_record *r, log_event *ev)
{
    if (p->nwhen && !conditions_hold(m, p, r)) return false;
    if (p->re.code && !log_regex_match(&p->re, m->state, r->message)) return false;
    put_outputs(m, p, r, ev);
    return true;
}

/* The next of the patterns that may match, of the first 64 those in may; n of the program: no more. */
static size_t next_pattern(const program *pr, uint64_t *may, size_t *behind)
{
    if (!*may) return *behind < pr->n ? (*behind)++ : pr->n;
    size_t i = (size_t)__builtin_ctzll(*may);
    *may &= *may - 1;
    return i;
}

static bool try_program(log_matcher *m, int id, const log_record *r, log_event *ev)
{
    const program *pr = &m->p->programs[id];
    uint64_t may = r->message.len ? pr->first[(unsigned char)r->message.ptr[0] % FIRSTS] : pr->all;
    size_t behind = 64;
    for (size_t i; (i = next_pattern(pr, &may, &behind)) < pr->n;)
        if (try_pattern(m, pr->patterns[i], r, ev)) return true;
    return false;
}

bool log_match(log_matcher *m, int id, const log_record *r, log_event *ev)
{
    const int ids[2] = {id, id == m->p->any ? -1 : m->p->any};
    if (++m->now == 0) { /* the counter went round: forget all */
        memset(m->seen, 0, (dict_count(m->p->keys) + 1u) * sizeof *m->seen);
        m->now = 1;
    }
    for (int i = 0; i < 2; i++)
        if (ids[i] >= 0 && try_program(m, ids[i], r, ev)) return true;
    return false;
}

/* ---- the patterns' own examples ---- */
void log_example_check(const log_patterns *p, const ynode *ex, const log_event *ev, errlist *errors)
{
    for (size_t i = 0; i < ex->n; i++) {
        const ynode *want = ex->items[i];
        int f = log_field_by_name(want->key);
        slice got = f >= 0 ? log_event_text(p, ev, (log_field)f) : want->text;
        if (!slice_eq(got, want->text)) errlist_add(errors, SLA_CONFLICT, want->at, "%.*s is '%.*s', not '%.*s'", SLICE_ARG(want->key), SLICE_ARG(got), SLICE_ARG(want->text));
    }
}

static void test_example(log_matcher *m, int id, const pattern *p, const ynode *ex, errlist *errors)
{
    enum { PAIRS = 64 };
    log_pair pairs[PAIRS];
    const ynode *fields = yaml_get(ex, "fields");
    log_record r = {yaml_text(ex, "text", (slice){0}), pairs, 0};
    log_event ev = {0};
    for (size_t i = 0; fields && i < fields->n && i < PAIRS; i++) pairs[r.n++] = (log_pair){fields->items[i]->key, fields->items[i]->text};
    if (!log_match(m, id, &r, &ev)) errlist_add(errors, SLA_CONFLICT, ex->at, "no pattern matches this example: %.*s", SLICE_ARG(r.message));
    else if (p->nwhen && !conditions_hold(m, p, &r)) errlist_add(errors, SLA_CONFLICT, ex->at, "an earlier pattern takes this example");
    else if (p->re.code && !log_regex_match(&p->re, m->state, r.message)) errlist_add(errors, SLA_CONFLICT, ex->at, "an earlier pattern takes this example: %.*s", SLICE_ARG(r.message));
    else log_example_check(m->p, ex, &ev, errors);
}

sla_status log_patterns_test(const log_patterns *p, size_t *n, errlist *errors)
{
    log_matcher *m = log_matcher_new(p);
    if (!m) return SLA_NOMEM;
    size_t before = errors->n + errors->dropped;
    *n = 0;
    for (uint32_t i = 0; i < dict_count(p->names); i++) {
        make_ready(&p->programs[i]);
        for (size_t k = 0; k < p->programs[i].n; k++) {
            const ynode *list = p->programs[i].patterns[k]->examples;
            for (size_t x = 0; list && x < list->n; x++, ++*n) test_example(m, (int)i, p->programs[i].patterns[k], list->items[x], errors);
        }
    }
    log_kinds_test(p, m, n, errors);
    log_matcher_free(m);
    return errors->n + errors->dropped > before ? SLA_CONFLICT : SLA_OK;
}
