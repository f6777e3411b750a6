/* What people answered to findings: one answer a fingerprint, the last one given; each hand-over of answers is an entry of the trail. */
#include <sqlite3.h>
#include "engine/store/internal.h"

static sla_status put(store *s, const stored_action *a, err *e)
{
    sqlite3_stmt *st = NULL;
    TRY(db_prepare(&s->d, "DELETE FROM main.action WHERE fingerprint=?", &st, e));
    db_bind_text(st, 1, a->fingerprint);
    sla_status rc = db_run(&s->d, st, e);
    db_finalize(st);
    TRY(rc);
    TRY(db_prepare(&s->d, "INSERT INTO main.action(fingerprint, owner, due_day, status, response) VALUES(?,?,?,?,?)", &st, e));
    db_bind_text(st, 1, a->fingerprint), db_bind_text(st, 2, a->owner), db_bind_text(st, 3, a->due), db_bind_text(st, 4, a->status), db_bind_text(st, 5, a->response);
    rc = db_run(&s->d, st, e);
    db_finalize(st);
    return rc;
}

/* The entry says, after what the caller says, what all answers were then. */
static sla_status put_trail(store *s, slice detail_json, err *e)
{
    char seal[DIGEST_HEX];
    buf b = {0};
    sla_status st = seal_actions(s, seal, e);
    if (st == SLA_OK) buf_printf(&b, "%.*s,\"stored\":\"%s\"}", (int)detail_json.len - 1, detail_json.ptr, seal);
    if (st == SLA_OK) st = b.failed ? SLA_NOMEM : store_trail_add(s, "action", (slice){b.ptr, b.len}, e);
    buf_free(&b);
    return st;
}

sla_status store_actions_put(store *s, const stored_action *items, size_t n, slice detail_json, err *e)
{
    TRY(db_exec(&s->d, "BEGIN IMMEDIATE", e));
    sla_status rc = SLA_OK;
    for (size_t i = 0; i < n && rc == SLA_OK; i++) rc = put(s, &items[i], e);
    if (rc == SLA_OK) rc = put_trail(s, detail_json, e);
    return db_commit(&s->d, rc, e);
}

static slice copy(arena *a, slice s, sla_status *rc)
{
    slice out = arena_slice(a, s);
    if (!out.ptr) *rc = SLA_NOMEM;
    return out;
}

sla_status store_actions(store *s, arena *a, stored_action **out, size_t *n, err *e)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    size_t cap = 0;
    *n = 0;
    *out = NULL;
    TRY(db_prepare(&s->d, "SELECT fingerprint, owner, due_day, status, response, (SELECT count(*) FROM main.action) FROM main.action ORDER BY fingerprint", &st, e));
    sla_status rc = db_step(&s->d, st, &row, e);
    while (rc == SLA_OK && row) {
        if (!*out) {
            cap = (size_t)db_col_i64(st, 5);
            if (!(*out = ARENA_NEW(a, stored_action, cap + 1))) rc = SLA_NOMEM;
        }
        if (rc == SLA_OK && *n < cap)
            (*out)[(*n)++] = (stored_action){copy(a, db_col_text(st, 0), &rc), copy(a, db_col_text(st, 1), &rc), copy(a, db_col_text(st, 2), &rc), copy(a, db_col_text(st, 3), &rc), copy(a, db_col_text(st, 4), &rc)};
        if (rc == SLA_OK) rc = db_step(&s->d, st, &row, e);
    }
    db_finalize(st);
    return rc == SLA_NOMEM ? err_set(e, rc, SRCPOS_NONE, "no memory for the answers") : rc;
}
