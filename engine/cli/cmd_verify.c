/* slaudit verify: are the sources, the trail and the results what they were? */
#include <stdio.h>
#include <string.h>
#include "engine/base/file.h"
#include "engine/cli/steps.h"

static const char *compare(const source_info *i, err *e)
{
    char hex[DIGEST_HEX], path[4096];
    snprintf(path, sizeof path, "%.*s", SLICE_ARG(i->location));
    if (file_kind_of(path) == FILE_MISSING) return "not there any more";
    if (file_digest(path, hex, e) != SLA_OK) return "cannot be read";
    return strcmp(hex, i->sha256) == 0 ? "as imported" : "CHANGED";
}

static sla_status check_sources(session *s, bool *changed, err *e)
{
    source_info *list;
    size_t n;
    TRY(store_sources(s->ws, &s->mem, &list, &n, e));
    for (size_t i = 0; i < n; i++) {
        err quiet = {0};
        const char *said = compare(&list[i], &quiet);
        printf("source %lld %.*s: %s\n", (long long)list[i].id, SLICE_ARG(list[i].path), said);
        *changed = *changed || strcmp(said, "CHANGED") == 0;
    }
    return SLA_OK;
}

static int run(const options *o, err *e)
{
    session s = {0};
    trail_head head;
    audit_result *r = NULL;
    bool changed = false;
    sla_status st = session_open(&s, o, STORE_READ_ONLY, e);
    if (st == SLA_OK) st = check_sources(&s, &changed, e);
    if (st == SLA_OK) st = store_trail_check(s.ws, &head, e);
    if (st == SLA_OK) printf("trail: %lld entries, head %s\n", (long long)head.count, head.hash);
    if (st == SLA_OK && result_load(s.ws, 0, &r, e) == SLA_OK) printf("run %lld (%.*s): results %.*s\n", (long long)r->run, SLICE_ARG(r->period_id), SLICE_ARG(r->digest));
    else if (st == SLA_OK && e->code == SLA_NAME) *e = (err){0};
    else if (st == SLA_OK) st = e->code;
    result_free(r);
    session_close(&s);
    if (st == SLA_OK && changed) err_set(e, SLA_CONFLICT, SRCPOS_NONE, "a source is not what was imported: findings that rest on it cannot be relied on");
    return st == SLA_OK && !changed ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_verify = {
    "verify", "check that sources, trail and results are what they were", "[-w FILE]",
    "Compares every source file with the hash it was imported with, walks the chain of the\n"
    "trail and reads the latest results.\n\n"
    "example: slaudit verify -w q3.db",
    OPT(WORKSPACE),
    0, 0, run,
};
