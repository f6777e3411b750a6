/* Any bytes as an export, from its text to batches: refused with words, or taken with every row accounted for. What stands before a zero byte is the import profile
 * (docs/profiles.md); without one the program's own are tried. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "engine/base/yaml.h"
#include "importers/importer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct { arena a; schema *m; zone *z; profile_set shipped; char own[64]; } world;

static void set_up(void)
{
    err e = {0};
    errlist errors = {0};
    ynode *root;
    buf b = {0};
    const char *path;
    if (file_own_data("rules/itss-2025/model.yaml", &world.a, &path, &e) != SLA_OK || file_read(path, 1 << 20, &b, &e) != SLA_OK) abort();
    if (yaml_parse((slice){b.ptr, b.len}, "model.yaml", &world.a, &root, &e) != SLA_OK) abort();
    if (schema_load(root, (slice){b.ptr, b.len}, &world.a, &world.m, &errors) != SLA_OK || zone_open("Asia/Shanghai", &world.z, &e) != SLA_OK) abort();
    if (profiles_load(world.m, &world.shipped, &errors) != SLA_OK) abort();
    snprintf(world.own, sizeof world.own, "/tmp/fuzz-import-%ld.yaml", (long)getpid());
    buf_free(&b);
}

static sla_status count(void *ctx, const batch *b, err *e)
{
    (void)e;
    *(uint64_t *)ctx += b->nrows;
    return SLA_OK;
}

/* All of it as one block. A fold takes every row, or gives back records out of them. */
static void read_all(const importer_kind *kind, importer *im, slice text, uint32_t line)
{
    err e = {0};
    uint64_t rows = 0, kept = 0;
    block b = {.records = text, .line = line, .first = true, .at_end = true};
    sla_status st = kind->parse(im, &b, &e);
    for (size_t i = 0; i < b.n; i++) rows += b.batches[i]->nrows;
    if (st == SLA_OK && b.n && rows + b.rejects.rows != b.rows) abort();
    if (st == SLA_OK && kind->take) st = kind->take(im, &b, &e);
    else if (kind->drop) kind->drop(im, &b);
    if (st == SLA_OK && kind->finish) st = kind->finish(im, count, &kept, &e);
    if (st != SLA_OK && !e.msg[0]) abort();
    for (size_t i = 0; i < b.n; i++) batch_pool_put(kind->batches(im), b.batches[i]);
    reject_list_clear(&b.rejects);
    buf notes = {0};
    if (kind->notes) kind->notes(im, &notes);
    buf_free(&notes);
}

static void import_text(const profile_set *set, slice text, bool as_draft)
{
    err e = {0};
    buf draft = {0};
    import_options o = {.zone = world.z, .draft = as_draft ? &draft : NULL};
    input in = {.name = "export", .head = text, .whole = true, .model = world.m, .profiles = set, .options = &o};
    importer *im = NULL;
    size_t start = 0;
    uint32_t line = 1;
    const importer_kind *kind = importer_json.probe(&in, &e) > 0 ? &importer_json : importer_csv.probe(&in, &e) > 0 ? &importer_csv : NULL;
    e = (err){0};
    if (kind && kind->open(&in, &im, &start, &line, &e) != SLA_OK && (im || !e.msg[0])) abort();
    if (start > text.len) abort();
    if (im && !as_draft) read_all(kind, im, (slice){text.ptr + start, text.len - start}, line);
    if (im) kind->close(im);
    buf_free(&draft);
}

static void import_by(const char *profile_text, size_t n, slice text)
{
    errlist errors = {0};
    err e = {0};
    profile_set set = {.cap = 1, .model = world.m};
    set.items = ARENA_NEW(&set.mem, profile, 1);
    if (set.items && file_write(world.own, profile_text, n, &e) == SLA_OK && profiles_add(&set, world.own, &set.named, &errors) == SLA_OK && set.named->errors.n == 0) import_text(&set, text, false);
    unlink(world.own);
    errlist_clear(&errors);
    profiles_clear(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    if (!ready) set_up(), ready = true;
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    if (nul) import_by((const char *)data, (size_t)(nul - data), (slice){(const char *)nul + 1, size - (size_t)(nul + 1 - data)});
    else {
        import_text(&world.shipped, (slice){(const char *)data, size}, false);
        import_text(&world.shipped, (slice){(const char *)data, size}, true);
    }
    return 0;
}
