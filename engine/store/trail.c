/* The trail: entry n holds sha256(hash of n-1, n, kind, detail), so that no entry can be changed, put in or taken out of the middle unseen. */
#include <stdio.h>
#include <string.h>
#include "engine/base/digest.h"
#include "engine/store/internal.h"

static sla_status entry_hash(const char *prev, int64_t seq, slice kind, slice detail, char out[DIGEST_HEX], err *e)
{
    char number[32];
    digest *d = digest_new();
    if (!d) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the trail");
    int len = snprintf(number, sizeof number, "%lld", (long long)seq);
    sla_status st = digest_add(d, prev, strlen(prev) + 1);
    if (st == SLA_OK) st = digest_add(d, number, (size_t)len + 1);
    if (st == SLA_OK) st = digest_add(d, kind.ptr, kind.len);
    if (st == SLA_OK) st = digest_add(d, "", 1);
    if (st == SLA_OK) st = digest_add(d, detail.ptr, detail.len);
    if (st == SLA_OK) st = digest_hex(d, out);
    digest_free(d);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "no memory for the trail");
}

sla_status store_trail_head(store *s, trail_head *out, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    *out = (trail_head){0};
    TRY(db_prepare(&s->d, "SELECT seq, hash FROM trail ORDER BY seq DESC LIMIT 1", &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    if (rc == SLA_OK && row) {
        slice h = db_col_text(st, 1);
        out->count = db_col_i64(st, 0);
        if (h.len < sizeof out->hash) memcpy(out->hash, h.ptr, h.len);
    }
    db_finalize(st);
    return rc;
}

sla_status store_trail_find(store *s, slice hash, bool *there, int64_t *after, err *e)
{
    sqlite3_stmt *st = NULL;
    *there = false;
    *after = 0;
    TRY(db_prepare(&s->d, "SELECT (SELECT max(seq) FROM trail) - seq FROM trail WHERE hash=?", &st, e));
    db_bind_text(st, 1, hash);
    sla_status rc = db_step(&s->d, st, there, e);
    if (rc == SLA_OK && *there) *after = db_col_i64(st, 0);
    db_finalize(st);
    return rc;
}

sla_status store_trail_add(store *s, const char *kind, slice detail, err *e)
{
    trail_head head;
    char hash[DIGEST_HEX];
    sqlite3_stmt *st = NULL;
    TRY(store_trail_head(s, &head, e));
    TRY(entry_hash(head.hash, head.count + 1, slice_of(kind), detail, hash, e));
    TRY(db_prepare(&s->d, "INSERT INTO trail(seq, kind, detail, prev, hash) VALUES(?,?,?,?,?)", &st, e));
    db_bind_i64(st, 1, head.count + 1);
    db_bind_text(st, 2, slice_of(kind));
    db_bind_text(st, 3, detail);
    db_bind_text(st, 4, slice_of(head.hash));
    db_bind_text(st, 5, slice_of(hash));
    sla_status rc = db_run(&s->d, st, e);
    db_finalize(st);
    return rc;
}

static sla_status check_entry(store *s, sqlite3_stmt *st, trail_head *at, err *e)
{
    char hash[DIGEST_HEX];
    int64_t seq = db_col_i64(st, 0);
    if (seq != at->count + 1) return err_set(e, SLA_CONFLICT, (srcpos){s->d.name, 0, 0}, "entry %lld of the trail is missing", (long long)at->count + 1);
    TRY(entry_hash(at->hash, seq, db_col_text(st, 1), db_col_text(st, 2), hash, e));
    if (!slice_is(db_col_text(st, 3), at->hash) || !slice_is(db_col_text(st, 4), hash))
        return err_set(e, SLA_CONFLICT, (srcpos){s->d.name, 0, 0}, "entry %lld of the trail is not what was written", (long long)seq);
    at->count = seq;
    memcpy(at->hash, hash, sizeof at->hash);
    return SLA_OK;
}

sla_status store_trail_check(store *s, trail_head *out, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    *out = (trail_head){0};
    TRY(db_prepare(&s->d, "SELECT seq, kind, detail, prev, hash FROM trail ORDER BY seq", &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        rc = check_entry(s, st, out, e);
        if (rc == SLA_OK) rc = db_step(&s->d, st, &row, e);
    }
    db_finalize(st);
    return rc;
}
