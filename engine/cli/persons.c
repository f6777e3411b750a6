#include "engine/cli/persons.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/digest.h"
#include "engine/base/file.h"

sla_status persons_keep(audit_result *r, const char *id, err *e)
{
    const char *ids[512];
    size_t n = 0;
    for (size_t i = 0; i < r->nstaff; i++) {
        if (slice_is(r->staff[i].id, id)) {
            r->staff[0] = r->staff[i];
            r->nstaff = 1;
            return SLA_OK;
        }
        if (n < 512) ids[n++] = arena_strndup(&r->mem, r->staff[i].id.ptr, r->staff[i].id.len);
    }
    for (size_t i = 0; i < n; i++)
        if (!ids[i]) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory");
    err_set(e, SLA_USAGE, SRCPOS_NONE, "run %lld has nobody with the id '%s'", (long long)r->run, id);
    const char *near = slice_nearest(slice_of(id), ids, n);
    if (near) err_hint(e, "did you mean %s?", near);
    return SLA_USAGE;
}

enum { KEY_LEAST = 16, KEY_MOST = 1 << 16, DIGITS = 10 };

static sla_status hide(audit_result *r, res_staff *s, slice key)
{
    char hex[DIGEST_HEX], name[DIGITS + 3];
    if (digest_keyed(key, s->id, hex) != SLA_OK) return SLA_NOMEM;
    snprintf(name, sizeof name, "P-%.*s", DIGITS, hex);
    s->id = s->name = arena_slice(&r->mem, slice_of(name));
    return s->id.ptr ? SLA_OK : SLA_NOMEM;
}

static int by_id(const void *a, const void *b) { return slice_cmp(((const res_staff *)a)->id, ((const res_staff *)b)->id); }

sla_status persons_hide(audit_result *r, const char *key_file, err *e)
{
    buf key = {0};
    sla_status st = file_read(key_file, KEY_MOST, &key, e);
    if (st == SLA_OK && key.len < KEY_LEAST) {
        st = err_set(e, SLA_USAGE, (srcpos){key_file, 0, 0}, "a key of %zu bytes is too short to hide anybody", key.len);
        err_hint(e, "make one and keep it: head -c 32 /dev/urandom > key");
    }
    for (size_t i = 0; st == SLA_OK && i < r->nstaff; i++)
        if (hide(r, &r->staff[i], (slice){key.ptr, key.len}) != SLA_OK) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for pseudonyms");
    if (st == SLA_OK && r->nstaff) qsort(r->staff, r->nstaff, sizeof *r->staff, by_id);
    buf_free(&key);
    return st;
}
