/* slaudit verify: are sources, trail, results and reports what they were? Everything is looked at, and everything that is not is named. */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "engine/cli/steps.h"
#include "reports/report.h"
#include "reports/texts.h"

enum { FINDINGS_SHOWN = 10 };

/* ---- sources ---- */
static const char *compare(const source_info *i)
{
    char hex[DIGEST_HEX], path[4096];
    err quiet = {0};
    snprintf(path, sizeof path, "%.*s", SLICE_ARG(i->location));
    if (file_kind_of(path) == FILE_MISSING) return "not there any more";
    if (file_digest(path, hex, &quiet) != SLA_OK) return "cannot be read";
    return strcmp(hex, i->sha256) == 0 ? "as imported" : "CHANGED";
}

static bool rests_on(const res_finding *f, int64_t source)
{
    for (size_t i = 0; i < f->nevidence; i++)
        if (f->evidence[i].source == source) return true;
    return false;
}

static void name_findings(const audit_result *r, int64_t source)
{
    size_t n = 0;
    for (size_t i = 0; i < r->nfindings; i++) {
        const res_finding *f = &r->findings[i];
        if (!rests_on(f, source)) continue;
        if (n++ < FINDINGS_SHOWN) printf("    finding %.*s %.*s\n", SLICE_ARG(r->rules[f->rule].id), SLICE_ARG(f->key));
    }
    if (n > FINDINGS_SHOWN) printf("    … and %zu more findings\n", n - FINDINGS_SHOWN);
    else if (!n) printf("    no finding of run %lld rests on it\n", (long long)r->run);
}

static sla_status check_sources(session *s, const audit_result *r, size_t *wrong, err *e)
{
    source_info *list;
    size_t n;
    TRY(store_sources(s->ws, &s->mem, &list, &n, e));
    for (size_t i = 0; i < n; i++) {
        const char *said = compare(&list[i]);
        printf("source %lld %.*s: %s\n", (long long)list[i].id, SLICE_ARG(list[i].path), said);
        if (strcmp(said, "CHANGED") != 0) continue;
        ++*wrong;
        if (r) name_findings(r, list[i].id);
    }
    return SLA_OK;
}

/* ---- trail and results ---- */
static sla_status check_trail(session *s, const char *head, size_t *wrong, err *e)
{
    trail_head now;
    bool there;
    int64_t after;
    buf said = {0};
    err broken = {0};
    sla_status st = store_trail_check(s->ws, &now, &broken);
    if (st == SLA_CONFLICT) printf("trail: %s\n", broken.msg), ++*wrong;
    else if (st != SLA_OK) return *e = broken, st;
    else printf("trail: %lld entries, head %s\n", (long long)now.count, now.hash);
    if (head) {
        TRY(store_trail_find(s->ws, slice_of(head), &there, &after, e));
        if (!there) printf("trail: NO entry has the head %s: its end was cut off, or the chain was written anew\n", head), ++*wrong;
        else printf("trail: the given head is entry %lld, %lld were added since\n", (long long)(now.count - after), (long long)after);
    }
    st = store_seals_check(s->ws, &said, wrong, e);
    if (st == SLA_OK) st = results_check(s->ws, &said, wrong, e);
    if (st == SLA_OK && said.failed) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory");
    if (said.len) fwrite(said.ptr, 1, said.len, stdout);
    buf_free(&said);
    return st;
}

/* ---- reports ---- */
static bool same_bytes(const char *a, const char *b)
{
    char x[DIGEST_HEX], y[DIGEST_HEX];
    err quiet = {0};
    return file_kind_of(a) != FILE_MISSING && file_digest(a, x, &quiet) == SLA_OK && file_digest(b, y, &quiet) == SLA_OK && strcmp(x, y) == 0;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void empty_folder(const char *dir)
{
    arena a = {0};
    file_list files;
    err quiet = {0};
    char path[4200];
    if (file_walk(dir, &a, &files, NULL, NULL, &quiet) == SLA_OK)
        for (size_t i = 0; i < files.n; i++) {
            snprintf(path, sizeof path, "%s/%s", dir, files.paths[i]);
            unlink(path);
        }
    arena_free(&a);
    rmdir(dir);
}

/* Builds the reports anew, in each language and size of paper until all files given have found their like. */
static sla_status rebuild(const audit_result *r, const options *o, const char *dir, bool *same, arena *a, err *e)
{
    file_list langs = {0};
    bool all = false;
    TRY(texts_languages(a, &langs, e));
    for (size_t w = 0; w < 2 * langs.n && !all; w++) {
        report_options ro = {.out = dir, .formats = REPORT_ALL_FORMATS | REPORT_HTML | REPORT_OSCAL, .lang = langs.paths[w % langs.n], .paper = w < langs.n ? REPORT_A4 : REPORT_LETTER, .font = o->value[OPT_ID_FONT]};
        TRY(report_write(r, &ro, NULL, e));
        all = true;
        for (int i = 0; i < o->nargs; i++) {
            char path[4200];
            snprintf(path, sizeof path, "%s/%s", dir, last_part(o->args[i]));
            same[i] = same[i] || same_bytes(path, o->args[i]);
            all = all && same[i];
        }
    }
    return SLA_OK;
}

static sla_status check_reports(const audit_result *r, const options *o, arena *a, size_t *wrong, err *e)
{
    char dir[256];
    const char *tmp = getenv("TMPDIR");
    bool *same = ARENA_NEW(a, bool, (size_t)o->nargs + 1);
    if (!o->nargs || !same) return o->nargs ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory") : SLA_OK;
    snprintf(dir, sizeof dir, "%.200s/slaudit-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir)) return err_set(e, SLA_IO, (srcpos){dir, 0, 0}, "cannot make a folder for the reports");
    sla_status st = rebuild(r, o, dir, same, a, e);
    empty_folder(dir);
    for (int i = 0; st == SLA_OK && i < o->nargs; i++) {
        printf("report %s: %s\n", o->args[i], same[i] ? "as the run gives it" : "NOT what the run gives");
        *wrong += !same[i];
    }
    return st;
}

static int run(const options *o, err *e)
{
    session s = {0};
    audit_result *r = NULL;
    err none = {0};
    int64_t id = 0;
    size_t wrong = 0;
    if (o->value[OPT_ID_RUN] && read_run_number(o->value[OPT_ID_RUN], &id, e) != SLA_OK) return EXIT_USAGE;
    sla_status st = session_open(&s, o, STORE_READ_ONLY, e);
    sla_status loaded = st == SLA_OK ? result_load(s.ws, id, &r, &none) : st;
    if (st == SLA_OK && loaded != SLA_OK && (o->nargs || id || loaded != SLA_NAME)) *e = none, st = loaded;
    if (st == SLA_OK) st = check_sources(&s, r, &wrong, e);
    if (st == SLA_OK) st = check_trail(&s, o->value[OPT_ID_HEAD], &wrong, e);
    if (st == SLA_OK && r) printf("run %lld (%.*s): results %.*s\n", (long long)r->run, SLICE_ARG(r->period_id), SLICE_ARG(r->digest));
    if (st == SLA_OK && r) st = check_reports(r, o, &s.mem, &wrong, e);
    result_free(r);
    session_close(&s);
    if (st == SLA_OK && wrong) {
        err_set(e, SLA_CONFLICT, SRCPOS_NONE, "%zu thing%s not what was imported, audited or reported", wrong, wrong == 1 ? " is" : "s are");
        err_hint(e, "a report shows the answers to findings as they were when it was written; one of another run needs --run");
    }
    return st == SLA_OK && !wrong ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_verify = {
    "verify", "check that sources, trail, results and reports are what they were", "[-w FILE] [--head HASH] [--run ID] [REPORT...]",
    "Compares every source file with the hash it was imported with, and names the findings that\n"
    "rest on one that changed; walks the chain of the trail, and with --head looks for the head\n"
    "that a report printed; compares each run's results with the hash in the trail; builds the\n"
    "reports anew and compares the files named with them, byte by byte.\n\n"
    "example: slaudit verify -w q3.db --head 5d41…c592 out/audit-2025Q3.pdf",
    OPT(WORKSPACE) | OPT(HEAD) | OPT(RUN) | OPT(FONT),
    0, -1, run,
};
