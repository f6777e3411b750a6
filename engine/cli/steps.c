#include "engine/cli/persons.h"
#include "engine/cli/steps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/file.h"
#include "engine/base/pool.h"
#include "engine/time/instant.h"
#include "importers/doctor.h"
#include "importers/import.h"
#include "reports/report.h"

/* ---- sessions ---- */
sla_status session_check_period(const options *o, err *e)
{
    zone *utc = NULL;
    period p;
    if (!o->value[OPT_ID_PERIOD]) {
        err_set(e, SLA_USAGE, SRCPOS_NONE, "which period? --period is missing");
        err_hint(e, "write --period 2025Q3, 2025-07, 2025H2, 2025 or 2025-07-01..2025-09-30");
        return SLA_USAGE;
    }
    TRY(zone_open("UTC", &utc, e));
    sla_status st = period_parse(slice_of(o->value[OPT_ID_PERIOD]), utc, &p, e);
    zone_close(utc);
    return st;
}

sla_status session_open(session *s, const options *o, store_mode mode, err *e)
{
    char name[64];
    TRY(store_open(option(o, OPT_ID_WORKSPACE, "slaudit.db"), mode, &s->ws, e));
    if (mode == STORE_CREATE && o->value[OPT_ID_ZONE]) {
        TRY(zone_open(o->value[OPT_ID_ZONE], &s->zn, e));
        TRY(store_set_zone(s->ws, o->value[OPT_ID_ZONE], e));
        return SLA_OK;
    }
    TRY(store_zone(s->ws, name, e));
    return zone_open(name, &s->zn, e);
}

static sla_status pack_folder(session *s, const options *o, const char **out, err *e)
{
    const char *named = option(o, OPT_ID_PACK, "itss-2025");
    char relative[256];
    if (file_kind_of(named) == FILE_FOLDER) return *out = named, SLA_OK;
    snprintf(relative, sizeof relative, "rules/%s", named);
    sla_status st = file_own_data(relative, &s->mem, out, e);
    if (st == SLA_OK || st == SLA_NOMEM) return st;
    *e = (err){0};
    err_set(e, SLA_NAME, (srcpos){named, 0, 0}, "there is no such rule pack");
    err_hint(e, "name a folder that holds a pack.yaml");
    return SLA_NAME;
}

sla_status session_load_pack(session *s, const options *o, const char *profile, err *e)
{
    errlist errors = {0}, warnings = {0};
    const char *dir;
    TRY(pack_folder(s, o, &dir, e));
    s->pack_dir = dir;
    sla_status st = pack_load(dir, profile, s->zn, &s->pk, &errors, &warnings);
    say_errors(&warnings, "warnings");
    if (st != SLA_OK) {
        say_errors(&errors, "errors");
        err_set(e, st, SRCPOS_NONE, "the rule pack has %zu error%s", errors.n + errors.dropped, errors.n + errors.dropped == 1 ? "" : "s");
    }
    errlist_clear(&errors);
    errlist_clear(&warnings);
    return st;
}

typedef struct loading { session *s; const options *o; const char *profile; } loading;
static sla_status load_half(void *ctx, size_t which, err *e)
{
    const loading *l = ctx;
    errlist errors = {0};
    if (which == 0 && !l->s->ws) TRY(session_open(l->s, l->o, STORE_CREATE, e));
    if (which == 0) TRY(session_load_pack(l->s, l->o, l->profile, e)); /* which has the model that profiles are read with */
    sla_status st = which == 0 ? import_own_profiles(l->s->own, pack_schema(l->s->pk), &errors) : import_own_patterns(l->s->own, &errors);
    if (st != SLA_OK) {
        say_errors(&errors, "errors");
        err_set(e, st, SRCPOS_NONE, "the program's own import profiles or log patterns have errors");
    }
    errlist_clear(&errors);
    return st;
}

sla_status session_open_for_import(session *s, const options *o, const char *profile, err *e)
{
    if (!(s->own = import_own_new())) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to import");
    return pool_each(2, load_half, &(loading){s, o, profile}, e);
}

void session_close(session *s)
{
    import_own_free(s->own);
    pack_free(s->pk);
    store_close(s->ws);
    zone_close(s->zn);
    arena_free(&s->mem);
    *s = (session){0};
}

/* ---- import ---- */
static void say_line(void *ctx, const char *line)
{
    (void)ctx;
    say("%s", line);
}

/* --year 2025; 0: not given. */
static sla_status read_year(const options *o, int32_t *out, err *e)
{
    const char *text = o->value[OPT_ID_YEAR];
    int v = 0, n = 0;
    *out = 0;
    if (!text) return SLA_OK;
    if (sscanf(text, "%4d%n", &v, &n) != 1 || text[n] != '\0' || !civil_valid(v, 1, 1)) return err_set(e, SLA_USAGE, SRCPOS_NONE, "--year wants a year such as 2025, not '%s'", text);
    *out = v;
    return SLA_OK;
}

/* What these data cannot prove, whatever the rules will say. */
static sla_status step_doctor(session *s, const period *p, err *e)
{
    enum { SHOWN = 25 };
    told_caveat *list;
    size_t n;
    TRY(doctor_look(s->ws, pack_schema(s->pk), s->zn, p->from, p->to, e));
    TRY(audit_caveats(s->ws, s->pk, &s->mem, &list, &n, e));
    if (n) say("what these data cannot prove:");
    for (size_t i = 0; i < n && i < SHOWN; i++) say("  %.*s", SLICE_ARG(list[i].text.en));
    if (n > SHOWN) say("  … and %zu more: slaudit sql \"select * from caveat\"", n - SHOWN);
    return SLA_OK;
}

static const char *plural(uint64_t n) { return n == 1 ? "" : "s"; }

sla_status step_import(session *s, const options *o, const char *import_profile, bool *incomplete, err *e)
{
    period p = {.from = 0};
    import_report report;
    int32_t year;
    TRY(read_year(o, &year, e));
    if (o->value[OPT_ID_PERIOD]) TRY(period_parse(slice_of(o->value[OPT_ID_PERIOD]), s->zn, &p, e));
    store_sources_begin(s->ws);
    TRY(store_set_zone(s->ws, zone_name(s->zn), e));
    TRY(store_set_model(s->ws, pack_schema(s->pk), e));
    import_options io = {.profile = import_profile, .dataset = o->value[OPT_ID_DATASET], .encoding = o->value[OPT_ID_ENCODING], .zone = s->zn, .year = year, .from = p.from, .to = p.to, .own = s->own, .say = say_line};
    sla_status st = import_paths(s->ws, pack_schema(s->pk), &io, o->args, (size_t)o->nargs, &report, e);
    say_errors(&report.problems, "files, named above");
    if (st == SLA_OK) {
        say("%zu file%s taken, %zu known already, %zu not recognised, %zu refused; %llu row%s, %llu row%s and %llu value%s rejected", report.taken, plural(report.taken), report.known,
            report.skipped, report.problems.n + report.problems.dropped, (unsigned long long)report.rows, plural(report.rows), (unsigned long long)report.rejected, plural(report.rejected),
            (unsigned long long)report.rejected_values, plural(report.rejected_values));
        *incomplete = report.problems.n > 0;
        if (report.taken + report.known == 0) st = err_set(e, SLA_IO, SRCPOS_NONE, "nothing was imported");
        else st = step_doctor(s, &p, e);
    }
    import_report_clear(&report);
    return st;
}

static sla_status draft(session *s, const options *o, buf *out, err *e)
{
    import_report report;
    TRY(store_open(NULL, STORE_CREATE, &s->ws, e));
    TRY(zone_open(option(o, OPT_ID_ZONE, "Asia/Shanghai"), &s->zn, e));
    TRY(session_open_for_import(s, o, NULL, e));
    const import_options io = {.own = s->own, .dataset = o->value[OPT_ID_DATASET], .encoding = o->value[OPT_ID_ENCODING], .zone = s->zn, .draft = out};
    sla_status st = import_paths(s->ws, pack_schema(s->pk), &io, o->args, (size_t)o->nargs, &report, e);
    say_errors(&report.problems, "files, named above");
    import_report_clear(&report);
    return st == SLA_OK && out->len == 0 ? err_set(e, SLA_UNKNOWN_FORMAT, SRCPOS_NONE, "there is no table to draft a profile for") : st;
}

sla_status step_draft(const options *o, err *e)
{
    session s = {0};
    buf out = {0};
    sla_status st = draft(&s, o, &out, e);
    if (st == SLA_OK && fwrite(out.ptr, 1, out.len, stdout) != out.len) st = err_set(e, SLA_IO, SRCPOS_NONE, "cannot write the draft");
    buf_free(&out);
    session_close(&s);
    return st;
}

/* ---- audit ---- */
static sla_status read_as_of(const session *s, const options *o, const period *p, int64_t *out, err *e)
{
    time_text t;
    *out = p->to;
    const char *text = o->value[OPT_ID_AS_OF];
    if (!text) return SLA_OK;
    if (!time_parse(slice_of(text), &t)) {
        err_set(e, SLA_USAGE, SRCPOS_NONE, "'%s' is no time", text);
        err_hint(e, "write --as-of 2025-10-01T00:00:00");
        return SLA_USAGE;
    }
    *out = t.has_offset ? t.local_ms - t.offset_min * MS_MINUTE : zone_to_utc(s->zn, t.local_ms, NULL);
    return SLA_OK;
}

sla_status read_run_number(const char *text, int64_t *out, err *e)
{
    char *end;
    *out = strtoll(text, &end, 10);
    return *end || *out <= 0 ? err_set(e, SLA_USAGE, SRCPOS_NONE, "'%s' is no number of a run", text) : SLA_OK;
}

static void print_summary(const audit_result *r)
{
    size_t errors = 0;
    static const char *const marks[] = {"conforms", "MINOR", "MAJOR", "observation", "not assessed"};
    size_t by[CLAUSE_VERDICT_COUNT] = {0};
    for (size_t i = 0; i < r->nclauses; i++) {
        const res_clause *c = &r->clauses[i];
        by[c->v]++;
        printf("%-4.*s %-13s %.*s", SLICE_ARG(c->id), marks[c->v], SLICE_ARG(c->title.zh));
        if (c->assessed < c->rules) printf(" (%lld of %lld rules assessed)", (long long)c->assessed, (long long)c->rules);
        putchar('\n');
    }
    printf("%zu clauses: %zu conforming, %zu major, %zu minor, %zu observations, %zu not assessed; %zu findings\n", r->nclauses, by[CLAUSE_CONFORMING], by[CLAUSE_MAJOR], by[CLAUSE_MINOR],
           by[CLAUSE_OBSERVATION], by[CLAUSE_NOT_ASSESSED], r->nfindings);
    for (size_t i = 0; i < r->nrules; i++) errors += r->rules[i].v == VERDICT_ERROR;
    if (errors) printf("%zu rule%s could not be judged\n", errors, errors == 1 ? "" : "s");
    size_t old = 0;
    for (size_t i = 0; i < r->nfindings; i++) old += r->findings[i].persisting;
    if (r->baseline) printf("compared with run %lld: %zu new, %zu persisting\n", (long long)r->baseline, r->nfindings - old, old);
}

/* --fail-on as the least severity that counts; SEVERITY_COUNT: none was given. */
static sla_status read_fail_on(const char *text, severity *out, err *e)
{
    *out = SEVERITY_COUNT;
    for (int i = 0; text && i < SEVERITY_COUNT; i++)
        if (strcmp(text, severity_word((severity)i, "json")) == 0) *out = (severity)i;
    return text && *out == SEVERITY_COUNT ? err_set(e, SLA_USAGE, SRCPOS_NONE, "--fail-on wants critical, major, minor or observation, not '%s'", text) : SLA_OK;
}

typedef struct telling { severity fail_on; bool failed, incomplete; } telling;
static sla_status tell(void *ctx, const audit_result *r, err *e)
{
    telling *t = ctx;
    (void)e;
    print_summary(r);
    for (size_t i = 0; i < r->nnotes; i++)
        if (slice_is(r->notes[i].id, "warning") || slice_is(r->notes[i].id, "caveat")) say("%.*s: %.*s", SLICE_ARG(r->notes[i].id), SLICE_ARG(r->notes[i].text.en));
    for (size_t i = 0; i < r->nrules; i++) {
        if (r->rules[i].v != VERDICT_ERROR) continue;
        t->incomplete = true;
        say("error: rule %.*s %.*s", SLICE_ARG(r->rules[i].id), SLICE_ARG(r->rules[i].reason.en));
    }
    for (size_t i = 0; t->fail_on != SEVERITY_COUNT && i < r->nrules; i++) t->failed = t->failed || (r->rules[i].v == VERDICT_FAILS && r->rules[i].sev <= t->fail_on);
    return SLA_OK;
}

sla_status step_audit(session *s, const options *o, int64_t *run, bool *failed, bool *incomplete, err *e)
{
    telling t = {.fail_on = SEVERITY_COUNT};
    audit_options ao = {.zone = s->zn, .told = tell, .ctx = &t};
    TRY(period_parse(slice_of(o->value[OPT_ID_PERIOD]), s->zn, &ao.period, e));
    TRY(read_as_of(s, o, &ao.period, &ao.as_of, e));
    TRY(read_fail_on(o->value[OPT_ID_FAIL_ON], &t.fail_on, e));
    if (o->value[OPT_ID_BASELINE]) TRY(read_run_number(o->value[OPT_ID_BASELINE], &ao.baseline, e));
    TRY(audit_run(s->ws, s->pk, &ao, run, e));
    *failed = *failed || t.failed;
    *incomplete = *incomplete || t.incomplete;
    return SLA_OK;
}

/* ---- reports ---- */
static sla_status none_of(const char *p, size_t len, const char *const *names, size_t n, err *e)
{
    char all[160] = "";
    for (size_t i = 0; i < n; i++) snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", names[i]);
    return err_set(e, SLA_USAGE, SRCPOS_NONE, "'%.*s' is none of %s", (int)len, p, all);
}

/* A list such as "audit,kpi" as a set of bits; "none" is the empty set. */
static sla_status read_set(const char *text, const char *const *names, const unsigned *bits, size_t n, unsigned *out, err *e)
{
    *out = 0;
    for (const char *p = text; p && *p;) {
        size_t len = strcspn(p, ",");
        size_t i = 0;
        while (i < n && !slice_is((slice){p, len}, names[i])) i++;
        if (i == n) return none_of(p, len, names, n, e);
        *out |= bits[i];
        p += len + (p[len] == ',');
    }
    return SLA_OK;
}

/* Reports about people under pseudonyms, or of one of them, go out alone: the other files would give the names away. */
static sla_status check_persons(const options *o, report_options *ro, err *e)
{
    const char *person = o->value[OPT_ID_PERSON], *key = o->value[OPT_ID_ANONYMISE];
    if (!person && !key) return SLA_OK;
    if ((ro->kinds & ~(unsigned)REPORT_STAFF) || (ro->formats & ~(unsigned)(REPORT_PDF | REPORT_XLSX))) {
        err_set(e, SLA_USAGE, SRCPOS_NONE, "%s is for the staff report as PDF and Excel; the other files name everybody", person ? "--person" : "--anonymise");
        err_hint(e, "leave --kind and --format out, or write the other reports by a command of their own");
        return SLA_USAGE;
    }
    ro->kinds = REPORT_STAFF;
    if (!ro->formats) ro->formats = REPORT_PDF | REPORT_XLSX;
    ro->one_person = person != NULL;
    return SLA_OK;
}

sla_status step_report(session *s, const options *o, int64_t run, err *e)
{
    static const char *const kinds[] = {"audit", "kpi", "staff"}, *const formats[] = {"pdf", "xlsx", "json", "html", "oscal"};
    static const unsigned kind_bits[] = {REPORT_AUDIT, REPORT_KPI, REPORT_STAFF}, format_bits[] = {REPORT_PDF, REPORT_XLSX, REPORT_JSON, REPORT_HTML, REPORT_OSCAL};
    report_options ro = {.out = option(o, OPT_ID_OUTPUT, "."), .font = o->value[OPT_ID_FONT]};
    audit_result *r = NULL;
    buf notes = {0};
    const char *paper = option(o, OPT_ID_PAPER, "a4");
    if (o->value[OPT_ID_FORMAT] && strcmp(o->value[OPT_ID_FORMAT], "none") == 0) return SLA_OK;
    TRY(read_set(o->value[OPT_ID_KIND], kinds, kind_bits, 3, &ro.kinds, e));
    TRY(read_set(o->value[OPT_ID_FORMAT], formats, format_bits, sizeof format_bits / sizeof format_bits[0], &ro.formats, e));
    if (strcmp(paper, "a4") != 0 && strcmp(paper, "letter") != 0) return err_set(e, SLA_USAGE, SRCPOS_NONE, "--paper is a4 or letter, not '%s'", paper);
    ro.lang = o->value[OPT_ID_LANG];
    ro.paper = strcmp(paper, "letter") == 0 ? REPORT_LETTER : REPORT_A4;
    TRY(check_persons(o, &ro, e));
    TRY(result_load(s->ws, run, &r, e));
    sla_status st = o->value[OPT_ID_PERSON] ? persons_keep(r, o->value[OPT_ID_PERSON], e) : SLA_OK;
    if (st == SLA_OK && o->value[OPT_ID_ANONYMISE]) st = persons_hide(r, o->value[OPT_ID_ANONYMISE], e);
    if (st == SLA_OK) st = report_write(r, &ro, &notes, e);
    for (const char *p = buf_cstr(&notes); *p;) {
        size_t len = strcspn(p, "\n");
        say("%.*s", (int)len, p);
        p += len + (p[len] == '\n');
    }
    buf_free(&notes);
    result_free(r);
    return st;
}
