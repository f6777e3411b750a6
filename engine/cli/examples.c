#define _XOPEN_SOURCE 700 /* mkdtemp */
#include "engine/cli/examples.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine/audit/audit.h"
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"
#include "engine/time/instant.h"
#include "importers/import.h"

enum { EXAMPLE_FILE_MAX = 4 << 20 };
/* What the examples have shown of a rule. */
typedef struct shown { slice id; bool any, good, bad, unknown, never_unknown; } shown;
typedef struct runner { const char *pack_dir; const zone *zn; arena mem; char folder[64]; const ynode *base; shown *rules; size_t nrules, failed, count; } runner;

static const char *const own_keys[] = {"rule", "what", "period", "as_of", "expect", NULL};
static bool is_own(slice key)
{
    for (size_t i = 0; own_keys[i]; i++)
        if (slice_is(key, own_keys[i])) return true;
    return false;
}

/* ---- rows become canonical files ---- */
static void put_cell(buf *b, slice s)
{
    buf_char(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') buf_char(b, '"');
        buf_char(b, s.ptr[i]);
    }
    buf_char(b, '"');
}

static const ynode *cell_of(const ynode *row, const ynode *base, const char *name)
{
    const ynode *own = yaml_get(row, name);
    return own ? own : yaml_get(base, name);
}

static sla_status write_rows(runner *r, const schema *m, const ynode *rows, const char **path, err *e)
{
    const dataset *ds = schema_dataset(m, rows->key);
    const ynode *base = ds ? yaml_get(r->base, ds->name.ptr) : NULL;
    buf b = {0}, name = {0};
    if (!ds || rows->kind != YNODE_LIST) return err_set(e, SLA_NAME, rows->key_at, "'%.*s' is no dataset with a list of rows", SLICE_ARG(rows->key));
    for (size_t i = 0; i < rows->n; i++)
        for (size_t k = 0; rows->items[i]->kind == YNODE_MAP && k < rows->items[i]->n; k++)
            if (dataset_field(ds, rows->items[i]->items[k]->key) < 0) return err_set(e, SLA_NAME, rows->items[i]->items[k]->key_at, "%s has no field '%.*s'", ds->name.ptr, SLICE_ARG(rows->items[i]->items[k]->key));
    for (size_t f = 0; f < ds->nfields; f++) buf_printf(&b, "%s%s", f ? "," : "", ds->fields[f].name.ptr);
    for (size_t i = 0; i < rows->n; i++)
        for (size_t f = 0; f < ds->nfields; f++) {
            const ynode *c = cell_of(rows->items[i], base, ds->fields[f].name.ptr);
            buf_char(&b, f ? ',' : '\n');
            if (c && c->text.len) put_cell(&b, c->text);
        }
    buf_char(&b, '\n');
    buf_printf(&name, "%s/%s.csv", r->folder, ds->name.ptr);
    *path = arena_strndup(&r->mem, buf_cstr(&name), name.len);
    sla_status st = b.failed || !*path ? SLA_NOMEM : file_write(*path, b.ptr, b.len, e);
    buf_free(&b);
    buf_free(&name);
    return st;
}

/* ---- one example ---- */
static sla_status import_rows(runner *r, store *s, const schema *m, const ynode *example, err *e)
{
    const char *paths[DATASETS_MAX];
    size_t n = 0;
    import_report report = {0};
    import_options o = {.zone = r->zn};
    TRY(store_set_model(s, m, e));
    for (size_t i = 0; i < example->n; i++)
        if (!is_own(example->items[i]->key) && n < DATASETS_MAX) TRY(write_rows(r, m, example->items[i], &paths[n++], e));
    if (!n) return SLA_OK;
    sla_status st = import_paths(s, m, &o, paths, n, &report, e);
    if (st == SLA_OK && (report.problems.n || report.rejected || report.rejected_values))
        st = err_set(e, SLA_SYNTAX, example->at, "rows of the example were refused: %s", report.problems.n ? report.problems.items[0].msg : "a value that cannot be read");
    import_report_clear(&report);
    return st;
}

/* The files stay until the audit is done: it looks whether they are what was imported. */
static void remove_files(const runner *r, const ynode *example)
{
    char path[1024];
    for (size_t i = 0; i < example->n; i++) {
        if (is_own(example->items[i]->key)) continue;
        snprintf(path, sizeof path, "%s/%.*s.csv", r->folder, SLICE_ARG(example->items[i]->key));
        unlink(path);
    }
}

static sla_status judge(runner *r, const ynode *example, audit_result **out, err *e)
{
    errlist errors = {0}, warnings = {0};
    pack *p = NULL;
    store *s = NULL;
    int64_t id = 0;
    time_text at;
    audit_options ao = {.zone = r->zn};
    sla_status st = pack_load(r->pack_dir, NULL, r->zn, &p, &errors, &warnings);
    if (st == SLA_OK) st = period_parse(yaml_text(example, "period", SLICE_LIT("2025Q3")), r->zn, &ao.period, e);
    if (st == SLA_OK) st = store_open(NULL, STORE_CREATE, &s, e);
    if (st == SLA_OK) st = import_rows(r, s, pack_schema(p), example, e);
    ao.as_of = ao.period.to;
    slice as_of = yaml_text(example, "as_of", (slice){0});
    if (st == SLA_OK && as_of.len) {
        if (!time_parse(as_of, &at)) st = err_set(e, SLA_SYNTAX, example->at, "as_of is no time");
        else ao.as_of = zone_to_utc(r->zn, at.local_ms, NULL);
    }
    if (st == SLA_OK) st = audit_run(s, p, &ao, &id, e);
    if (st == SLA_OK) st = result_load(s, id, out, e);
    remove_files(r, example);
    store_close(s);
    pack_free(p);
    errlist_clear(&errors);
    errlist_clear(&warnings);
    return st;
}

static void complain(runner *r, const ynode *example, const res_rule *x, const char *what, const char *want, const char *got)
{
    printf("%s:%u: %.*s %s: expected %s, found %s\n", example->at.file, (unsigned)example->at.line, SLICE_ARG(x->id), what, want, got);
    r->failed++;
}

static slice keys_of(runner *r, const audit_result *res, const res_rule *x)
{
    buf b = {0};
    for (size_t i = 0; i < x->nfindings; i++) {
        if (i) buf_text(&b, ", ");
        buf_slice(&b, res->findings[x->first_finding + i].key);
    }
    slice s = arena_slice(&r->mem, (slice){b.ptr ? b.ptr : "", b.len});
    buf_free(&b);
    return s;
}

/* nonconforming: a count, or the keys of the findings in their order. */
static void compare_bad(runner *r, const ynode *example, const audit_result *res, const res_rule *x, const ynode *want)
{
    buf b = {0};
    if (want->kind == YNODE_LIST) {
        for (size_t i = 0; i < want->n; i++) {
            if (i) buf_text(&b, ", ");
            buf_slice(&b, want->items[i]->text);
        }
        slice got = keys_of(r, res, x);
        if (!slice_eq((slice){b.ptr ? b.ptr : "", b.len}, got)) complain(r, example, x, "nonconforming", buf_cstr(&b), got.ptr);
    } else {
        char got[32];
        snprintf(got, sizeof got, "%lld", (long long)x->nonconforming);
        buf_slice(&b, want->text);
        if (!slice_is(want->text, got)) complain(r, example, x, "nonconforming", buf_cstr(&b), got);
    }
    buf_free(&b);
}

static void compare(runner *r, const ynode *example, const audit_result *res, const res_rule *x)
{
    const ynode *expect = yaml_get(example, "expect");
    const struct { const char *name; int64_t got; } counts[] = {{"conforming", x->conforming}, {"unknown", x->unknown}, {"running", x->running}};
    for (size_t i = 0; i < 3; i++) {
        const ynode *want = yaml_get(expect, counts[i].name);
        char got[32], text[64];
        snprintf(got, sizeof got, "%lld", (long long)counts[i].got);
        slice expected = want ? want->text : SLICE_LIT("0");
        snprintf(text, sizeof text, "%.*s", SLICE_ARG(expected));
        if ((want || i > 0) && strcmp(got, text)) complain(r, example, x, counts[i].name, text, got);
    }
    if (yaml_get(expect, "nonconforming")) compare_bad(r, example, res, x, yaml_get(expect, "nonconforming"));
    slice word = yaml_text(expect, "verdict", (slice){0});
    const char *got = verdict_word(x->v, "json");
    if (word.len && !slice_is(word, got)) complain(r, example, x, "verdict", word.ptr, got);
}

static void remember(runner *r, const res_rule *x)
{
    for (size_t i = 0; i < r->nrules; i++) {
        shown *s = &r->rules[i];
        if (!slice_eq(s->id, x->id)) continue;
        s->any = true;
        s->good = s->good || x->conforming > 0 || x->v == VERDICT_CONFORMS;
        s->bad = s->bad || x->nonconforming > 0 || x->v == VERDICT_FAILS;
        s->unknown = s->unknown || x->unknown > 0;
    }
}

static sla_status run_example(runner *r, const ynode *example, err *e)
{
    audit_result *res = NULL;
    slice id = yaml_text(example, "rule", (slice){0});
    bool found = false;
    TRY(judge(r, example, &res, e));
    for (size_t i = 0; i < res->nrules; i++) {
        if (!slice_eq(res->rules[i].id, id)) continue;
        compare(r, example, res, &res->rules[i]);
        remember(r, &res->rules[i]);
        found = true;
    }
    result_free(res);
    r->count++;
    return found ? SLA_OK : err_set(e, SLA_NAME, example->at, "the example is of no rule of the pack: '%.*s'", SLICE_ARG(id));
}

/* ---- all of them ---- */
static sla_status run_file(runner *r, const char *path, const char *name, err *e)
{
    buf b = {0};
    ynode *root = NULL;
    sla_status st = file_read(path, EXAMPLE_FILE_MAX, &b, e);
    if (st == SLA_OK) st = yaml_parse((slice){b.ptr, b.len}, name, &r->mem, &root, e);
    buf_free(&b);
    const ynode *list = yaml_get(root, "examples");
    r->base = yaml_get(root, "base");
    const ynode *never = yaml_get(root, "never_unknown");
    for (size_t i = 0; never && i < never->n; i++)
        for (size_t k = 0; k < r->nrules; k++)
            if (slice_eq(r->rules[k].id, never->items[i]->text)) r->rules[k].never_unknown = true;
    for (size_t i = 0; st == SLA_OK && list && i < list->n; i++) {
        st = run_example(r, list->items[i], e);
        if (st == SLA_OK) continue;
        char text[1024];
        err_format(e, text, sizeof text);
        fputs(text, stdout);
        *e = (err){0};
        r->failed++;
        st = SLA_OK;
    }
    return st;
}

static sla_status list_rules(runner *r, err *e)
{
    errlist errors = {0}, warnings = {0};
    pack *p = NULL;
    pack_line *lines;
    size_t n;
    sla_status st = pack_load(r->pack_dir, NULL, r->zn, &p, &errors, &warnings);
    if (st != SLA_OK) err_set(e, st, SRCPOS_NONE, "the rule pack has errors: %s", errors.n ? errors.items[0].msg : "");
    if (st == SLA_OK) st = pack_list(p, &r->mem, &lines, &n);
    if (st == SLA_OK && !(r->rules = ARENA_NEW(&r->mem, shown, n + 1))) st = SLA_NOMEM;
    for (size_t i = 0; st == SLA_OK && i < n; i++)
        if (!lines[i].is_clause) r->rules[r->nrules++] = (shown){.id = arena_slice(&r->mem, lines[i].id)};
    pack_free(p);
    errlist_clear(&errors);
    errlist_clear(&warnings);
    return st;
}

static void tell_gaps(const runner *r)
{
    size_t without = 0;
    for (size_t i = 0; i < r->nrules; i++) {
        const shown *s = &r->rules[i];
        if (s->never_unknown && s->unknown) printf("%.*s: an example is unknown, which is said never to be\n", SLICE_ARG(s->id)), without++;
        if (s->any && s->good && s->bad && s->unknown != s->never_unknown) continue;
        if (!s->any) printf("%.*s has no example\n", SLICE_ARG(s->id)), without++;
        else if (!s->bad) printf("%.*s: no example makes it fail\n", SLICE_ARG(s->id)), without++;
        else if (!s->good) printf("%.*s: no example conforms\n", SLICE_ARG(s->id)), without++;
        else if (!s->unknown && !s->never_unknown) printf("%.*s: no example is unknown\n", SLICE_ARG(s->id)), without++;
    }
    printf("%zu examples of %zu rules, %zu not as expected; %zu rules lack an example that conforms, one that does not or one that is unknown\n", r->count, r->nrules, r->failed, without);
}

sla_status examples_run(const char *pack_dir, const zone *zn, size_t *failed, err *e)
{
    runner r = {.pack_dir = pack_dir, .zn = zn};
    const char *tmp = getenv("TMPDIR");
    file_list files;
    char folder[1024];
    int n = snprintf(r.folder, sizeof r.folder, "%s/slaudit-examples-XXXXXX", tmp && strlen(tmp) < 30 ? tmp : "/tmp");
    if (n < 0 || (size_t)n >= sizeof r.folder || !mkdtemp(r.folder)) return err_set(e, SLA_IO, SRCPOS_NONE, "cannot make a folder for the examples' files");
    snprintf(folder, sizeof folder, "%s/tests", pack_dir);
    sla_status st = list_rules(&r, e);
    if (st == SLA_OK) st = file_walk(folder, &r.mem, &files, NULL, NULL, e);
    for (size_t i = 0; st == SLA_OK && i < files.n; i++) {
        char path[2048];
        snprintf(path, sizeof path, "%s/%s", folder, files.paths[i]);
        st = run_file(&r, path, files.paths[i], e);
    }
    if (st == SLA_OK) tell_gaps(&r);
    *failed = r.failed;
    rmdir(r.folder);
    arena_free(&r.mem);
    return st;
}
