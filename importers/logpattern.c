#define PCRE2_CODE_UNIT_WIDTH 8
#include "importers/logpattern.h"
#include <pcre2.h>
#include <stdio.h>
#include <string.h>
#include "engine/base/dict.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"

enum { MATCH_LIMIT = 100000, GROUPS_MAX = 10 };
typedef struct pattern {
    pcre2_code *code;
    slice group_name[GROUPS_MAX]; uint32_t group_no[GROUPS_MAX]; size_t ngroups;
    log_match set[LOG_FIELDS_MAX]; size_t nset;
    const ynode *examples;
    srcpos at;
} pattern;
typedef struct program { slice source; pattern *patterns; size_t n; } program;
struct log_patterns { arena mem; dict *names; program *programs; size_t n, cap; };
struct log_matcher { const log_patterns *p; pcre2_match_data *data; pcre2_match_context *cx; };

/* ---- loading ---- */
static void read_groups(pattern *p)
{
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;
    pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count && i < GROUPS_MAX; i++) {
        PCRE2_SPTR entry = table + i * size;
        p->group_no[p->ngroups] = (uint32_t)entry[0] << 8 | entry[1];
        p->group_name[p->ngroups++] = slice_of((const char *)entry + 2);
    }
}

static void load_pattern(pattern *p, const ynode *n, errlist *errors)
{
    static const char *const keys[] = {"match", "set", "examples", NULL};
    yaml_check_keys(n, keys, errors);
    const ynode *match = yaml_get(n, "match"), *set = yaml_get(n, "set");
    int code = 0;
    PCRE2_SIZE at = 0;
    p->at = n->at;
    p->examples = yaml_get(n, "examples");
    if (!match) {
        errlist_add(errors, SLA_SYNTAX, n->at, "a pattern needs 'match'");
        return;
    }
    p->code = pcre2_compile((PCRE2_SPTR)match->text.ptr, match->text.len, PCRE2_UTF | PCRE2_NO_UTF_CHECK, &code, &at, NULL);
    if (!p->code) {
        PCRE2_UCHAR why[128];
        pcre2_get_error_message(code, why, sizeof why);
        errlist_add(errors, SLA_SYNTAX, (srcpos){match->at.file, match->at.line, match->at.col + (uint32_t)at}, "in the pattern: %s", (const char *)why);
        return;
    }
    pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
    read_groups(p);
    for (size_t i = 0; set && i < set->n && p->nset < LOG_FIELDS_MAX - GROUPS_MAX + 8; i++) p->set[p->nset++] = (log_match){set->items[i]->key, set->items[i]->text};
    if (!p->examples || p->examples->n == 0) errlist_add(errors, SLA_SYNTAX, n->at, "a pattern needs at least one example");
}

static sla_status load_program(log_patterns *lp, slice source, const ynode *n, errlist *errors)
{
    uint32_t id = dict_intern(lp->names, n->key);
    if (id == DICT_NONE || (id == lp->n && mem_grow(&lp->programs, &lp->cap, lp->n + 1, sizeof *lp->programs))) return SLA_NOMEM;
    if (id < lp->n) return errlist_add(errors, SLA_CONFLICT, n->key_at, "program '%.*s' is described twice", SLICE_ARG(n->key)), SLA_OK;
    program *p = &lp->programs[lp->n++];
    *p = (program){source, ARENA_NEW(&lp->mem, pattern, n->n ? n->n : 1), 0};
    if (!p->patterns) return SLA_NOMEM;
    for (size_t i = 0; i < n->n; i++) load_pattern(&p->patterns[p->n++], n->items[i], errors);
    return SLA_OK;
}

static sla_status load_file(log_patterns *lp, const char *folder, const char *file, errlist *errors)
{
    char path[1024], name[256];
    ynode *root;
    err e = {0};
    snprintf(path, sizeof path, "%s/%s", folder, file);
    snprintf(name, sizeof name, "importers/logs/%s", file);
    if (yaml_load(path, name, &lp->mem, &root, &e) != SLA_OK) return errlist_push(errors, &e), SLA_OK;
    yaml_check_keys(root, (const char *const[]){"log", "programs", NULL}, errors);
    const ynode *programs = yaml_get(root, "programs");
    slice source = yaml_text(yaml_get(root, "log"), "source", (slice){0});
    if (!source.len) errlist_add(errors, SLA_SYNTAX, root->at, "a file of log patterns begins with log: {source: …}");
    for (size_t i = 0; programs && i < programs->n; i++) TRY(load_program(lp, source, programs->items[i], errors));
    return SLA_OK;
}

sla_status log_patterns_load(log_patterns **out, errlist *errors)
{
    log_patterns *lp = mem_zero(1, sizeof *lp);
    err e = {0};
    const char *folder;
    file_list files = {0};
    size_t before = errors->n + errors->dropped;
    sla_status st = lp && (lp->names = dict_new()) ? SLA_OK : SLA_NOMEM;
    if (st == SLA_OK && file_own_data("importers/logs", &lp->mem, &folder, &e) == SLA_OK) st = file_walk(folder, &lp->mem, &files, NULL, NULL, &e);
    for (size_t i = 0; st == SLA_OK && i < files.n; i++) {
        size_t len = strlen(files.paths[i]);
        if (len > 5 && strcmp(files.paths[i] + len - 5, ".yaml") == 0) st = load_file(lp, folder, files.paths[i], errors);
    }
    if (st != SLA_OK) errlist_add(errors, st, SRCPOS_NONE, "cannot load the log patterns");
    if (errors->n + errors->dropped > before) {
        log_patterns_free(lp);
        return st != SLA_OK ? st : SLA_SYNTAX;
    }
    *out = lp;
    return SLA_OK;
}

void log_patterns_free(log_patterns *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->programs[i].n; k++) pcre2_code_free(p->programs[i].patterns[k].code);
    mem_free(p->programs);
    dict_free(p->names);
    arena_free(&p->mem);
    mem_free(p);
}

/* ---- matching ---- */
log_matcher *log_matcher_new(const log_patterns *p)
{
    log_matcher *m = mem_zero(1, sizeof *m);
    if (!m) return NULL;
    m->p = p;
    m->data = pcre2_match_data_create(GROUPS_MAX * 2 + 2, NULL);
    m->cx = pcre2_match_context_create(NULL);
    if (!m->data || !m->cx) {
        log_matcher_free(m);
        return NULL;
    }
    pcre2_set_match_limit(m->cx, MATCH_LIMIT);
    return m;
}

void log_matcher_free(log_matcher *m)
{
    if (!m) return;
    pcre2_match_data_free(m->data);
    pcre2_match_context_free(m->cx);
    mem_free(m);
}

slice log_source_of(const log_patterns *p, slice name, int *id)
{
    uint32_t code = dict_find(p->names, name);
    *id = code == DICT_NONE ? -1 : (int)code;
    return code == DICT_NONE ? (slice){0} : p->programs[code].source;
}

size_t log_match_message(log_matcher *m, int id, slice message, log_match out[LOG_FIELDS_MAX])
{
    if (id < 0) return 0;
    const program *pr = &m->p->programs[id];
    for (size_t i = 0; i < pr->n; i++) {
        const pattern *p = &pr->patterns[i];
        if (pcre2_match(p->code, (PCRE2_SPTR)message.ptr, message.len, 0, PCRE2_NO_UTF_CHECK, m->data, m->cx) < 0) continue;
        const PCRE2_SIZE *ov = pcre2_get_ovector_pointer(m->data);
        size_t n = 0;
        for (size_t g = 0; g < p->ngroups && n < LOG_FIELDS_MAX; g++) {
            PCRE2_SIZE from = ov[2 * p->group_no[g]], to = ov[2 * p->group_no[g] + 1];
            if (from != PCRE2_UNSET && to > from) out[n++] = (log_match){p->group_name[g], {message.ptr + from, to - from}};
        }
        for (size_t s = 0; s < p->nset && n < LOG_FIELDS_MAX; s++) out[n++] = p->set[s];
        return n;
    }
    return 0;
}

/* ---- the patterns' own examples ---- */
static slice value_of(const log_match *found, size_t n, slice name)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(found[i].name, name)) return found[i].value;
    return (slice){0};
}

static void test_example(log_matcher *m, int id, const ynode *ex, errlist *errors)
{
    log_match found[LOG_FIELDS_MAX];
    slice text = yaml_text(ex, "text", (slice){0});
    size_t n = log_match_message(m, id, text, found);
    if (n == 0) errlist_add(errors, SLA_CONFLICT, ex->at, "no pattern matches this example: %.*s", SLICE_ARG(text));
    for (size_t i = 0; n && i < ex->n; i++) {
        const ynode *want = ex->items[i];
        slice got = value_of(found, n, want->key);
        if (!slice_is(want->key, "text") && !slice_eq(got, want->text))
            errlist_add(errors, SLA_CONFLICT, want->at, "%.*s is '%.*s', not '%.*s'", SLICE_ARG(want->key), SLICE_ARG(got), SLICE_ARG(want->text));
    }
}

sla_status log_patterns_test(const log_patterns *p, size_t *n, errlist *errors)
{
    log_matcher *m = log_matcher_new(p);
    if (!m) return SLA_NOMEM;
    size_t before = errors->n + errors->dropped;
    *n = 0;
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < p->programs[i].n; k++) {
            const ynode *list = p->programs[i].patterns[k].examples;
            for (size_t x = 0; list && x < list->n; x++, ++*n) test_example(m, (int)i, list->items[x], errors);
        }
    log_matcher_free(m);
    return errors->n + errors->dropped > before ? SLA_CONFLICT : SLA_OK;
}
