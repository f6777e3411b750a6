/* generate --seed N --out DIR [--manifest FILE] [--bench] [--faults X] [--lapsed] [--scale X] [--tickets N] [--log-lines M]: see generate.h. */
#include "tests/generator/generate.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct options { uint64_t seed; const char *out, *manifest; bool bench, lapsed; double scale; long tickets, lines; uint32_t faults; } options;

static const char usage[] = "usage: generate --seed N --out DIR [--manifest FILE] [--bench] [--faults X] [--lapsed] [--scale X] [--tickets N] [--log-lines M]\n";
static bool options_read(int argc, char **argv, options *o)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--bench")) { o->bench = true; continue; }
        if (!strcmp(argv[i], "--lapsed")) { o->lapsed = true; continue; }
        if (i + 1 == argc) return false;
        const char *name = argv[i], *value = argv[++i];
        if (!strcmp(name, "--seed")) o->seed = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--out")) o->out = value;
        else if (!strcmp(name, "--manifest")) o->manifest = value;
        else if (!strcmp(name, "--scale")) o->scale = strtod(value, NULL);
        else if (!strcmp(name, "--faults")) o->faults = (uint32_t)strtoul(value, NULL, 10);
        else if (!strcmp(name, "--tickets")) o->tickets = strtol(value, NULL, 10);
        else if (!strcmp(name, "--log-lines")) o->lines = strtol(value, NULL, 10);
        else return false;
    }
    if (o->tickets || o->lines) o->bench = true;
    if (!o->tickets) o->tickets = (long)((o->bench ? 200000 : 3000) * o->scale);
    if (!o->lines) o->lines = (long)((o->bench ? 400000 : 30000) * o->scale);
    return o->out && o->scale > 0 && o->faults >= 1 && o->faults <= 20 && o->tickets > 0 && o->lines > 0;
}
static bool make_folders(const char *path)
{
    char part[1024];
    size_t n = strlen(path);
    if (n >= sizeof part) return false;
    for (size_t i = 1; i <= n; i++) {
        if (i < n && path[i] != '/') continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0777) && errno != EEXIST) return false;
    }
    return true;
}
static void sample(world *w, const options *o, tickets *ts, manifest *m)
{
    tickets_make(w, ts, (size_t)o->tickets);
    faults_plant(w, ts, m);
    faults_running(ts, m);
    consequences_list(w, ts, m);
    long *line_of = calloc(ts->n, sizeof *line_of);
    if (!line_of) { fputs("generate: out of memory\n", stderr); exit(1); }
    tickets_write(ts, o->out, line_of);
    for (size_t i = 0; i < m->n; i++)
        if (m->v[i].t) m->v[i].line = line_of[m->v[i].t - ts->v];
    free(line_of);
}
int main(int argc, char **argv)
{
    options o = {.seed = 1, .scale = 1, .faults = 1};
    if (!options_read(argc, argv, &o)) { fputs(usage, stderr); return 2; }
    if (!make_folders(o.out)) { perror(o.out); return 1; }
    world w;
    tickets ts = {0};
    manifest m = {0};
    world_init(&w, o.seed);
    w.bench = o.bench;
    w.lapsed = o.lapsed;
    w.faults = o.faults;
    if (o.bench) tickets_bench(&w, o.out, (size_t)o.tickets, &ts);
    else sample(&w, &o, &ts, &m);
    logs_write(&w, &ts, o.out, o.lines, &m);
    registers_write(&w, &ts, o.out, &m);
    if (o.manifest) manifest_write(&m, o.manifest);
    free(ts.v);
    free(m.v);
    return 0;
}
