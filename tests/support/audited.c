#include "tests/support/audited.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "engine/time/instant.h"
#include "importers/import.h"
#include "tests/support/check.h"

static void or_die(sla_status st, const err *e, const char *doing)
{
    char text[1024];
    if (st == SLA_OK) return;
    err_format(e, text, sizeof text);
    fprintf(stderr, "%s: %s\n%s", doing, status_name(st), text);
    abort();
}

const char *audited_file(const char *folder, const char *name, const char *text)
{
    static char path[512];
    err e = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    or_die(file_make_dirs(path, &e), &e, path);
    *slash = '/';
    or_die(file_write(path, text, strlen(text), &e), &e, path);
    return path;
}

void audited_begin(audited *t, const char *pack_dir, const char *profile)
{
    static unsigned count;
    err e = {0};
    char name[64];
    *t = (audited){0};
    snprintf(name, sizeof name, "audited-%ld-%u", (long)getpid(), ++count);
    snprintf(t->folder, sizeof t->folder, "%s", test_path(name));
    snprintf(t->pack_dir, sizeof t->pack_dir, "%s", pack_dir);
    snprintf(t->profile, sizeof t->profile, "%s", profile ? profile : "");
    or_die(zone_open("Asia/Shanghai", &t->zone, &e), &e, "zone");
    or_die(store_open(NULL, STORE_CREATE, &t->store, &e), &e, "workspace");
}

static void load_pack(audited *t)
{
    errlist errors = {0}, warnings = {0};
    pack_free(t->pack);
    t->pack = NULL;
    sla_status st = pack_load(t->pack_dir, t->profile[0] ? t->profile : NULL, t->zone, &t->pack, &errors, &warnings);
    for (size_t i = 0; st != SLA_OK && i + 1 < errors.n; i++) {
        char text[1024];
        err_format(&errors.items[i], text, sizeof text);
        fputs(text, stderr);
    }
    if (st != SLA_OK) or_die(st, errors.n ? &errors.items[errors.n - 1] : &(err){0}, "pack");
    errlist_clear(&errors);
    errlist_clear(&warnings);
}

void audited_csv(audited *t, const char *name, const char *text)
{
    char file[64];
    err e = {0};
    import_report report = {0};
    import_options o = {.zone = t->zone};
    if (!t->pack) load_pack(t);
    snprintf(file, sizeof file, "%s.csv", name);
    const char *path = audited_file(t->folder, file, text);
    or_die(store_set_model(t->store, pack_schema(t->pack), &e), &e, "model");
    or_die(import_paths(t->store, pack_schema(t->pack), &o, &path, 1, &report, &e), &e, path);
    if (report.taken != 1) or_die(SLA_UNKNOWN_FORMAT, &e, path);
    import_report_clear(&report);
}

void audited_run(audited *t, const char *period_id, const char *as_of)
{
    err e = {0};
    audit_options o = {.zone = t->zone};
    int64_t run = 0;
    time_text at;
    or_die(period_parse(slice_of(period_id), t->zone, &o.period, &e), &e, period_id);
    o.as_of = o.period.to;
    if (as_of) {
        if (!time_parse(slice_of(as_of), &at)) or_die(SLA_SYNTAX, &e, as_of);
        o.as_of = zone_to_utc(t->zone, at.local_ms, NULL);
    }
    load_pack(t);
    result_free(t->r);
    t->r = NULL;
    or_die(audit_run(t->store, t->pack, &o, &run, &e), &e, "audit");
    or_die(result_load(t->store, run, &t->r, &e), &e, "result");
}

const res_rule *audited_rule(const audited *t, const char *id)
{
    for (size_t i = 0; i < t->r->nrules; i++)
        if (slice_is(t->r->rules[i].id, id)) return &t->r->rules[i];
    fail_msg("no rule %s", id);
    return NULL;
}

const res_clause *audited_clause(const audited *t, const char *id)
{
    for (size_t i = 0; i < t->r->nclauses; i++)
        if (slice_is(t->r->clauses[i].id, id)) return &t->r->clauses[i];
    fail_msg("no clause %s", id);
    return NULL;
}

const res_metric *audited_metric(const audited *t, const char *id)
{
    for (size_t i = 0; i < t->r->nmetrics; i++)
        if (slice_is(t->r->metrics[i].id, id)) return &t->r->metrics[i];
    fail_msg("no metric %s", id);
    return NULL;
}

const res_staff *audited_person(const audited *t, const char *id)
{
    for (size_t i = 0; i < t->r->nstaff; i++)
        if (slice_is(t->r->staff[i].id, id)) return &t->r->staff[i];
    fail_msg("no person %s", id);
    return NULL;
}

const char *audited_keys(const audited *t, const char *id)
{
    static char text[8192];
    const res_rule *x = audited_rule(t, id);
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < x->nfindings && n < sizeof text - 256; i++) {
        const res_finding *f = &t->r->findings[x->first_finding + i];
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s", i ? " " : "", SLICE_ARG(f->key));
    }
    return text;
}

void audited_end(audited *t)
{
    result_free(t->r);
    pack_free(t->pack);
    store_close(t->store);
    zone_close(t->zone);
    *t = (audited){0};
}
