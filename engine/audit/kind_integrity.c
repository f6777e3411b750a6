/* integrity: each imported source still has the hash it was imported with, and the trail's chain holds. A source that is not there any more is unknown. */
#include <stdio.h>
#include <string.h>
#include "engine/audit/kind.h"
#include "engine/audit/reasons.h"
#include "engine/base/file.h"
#include "engine/base/pool.h"

static void load(pack_loader *l, const ynode *n, rule *r)
{
    (void)l, (void)n;
    r->condition = SLICE_LIT("sha256");
    r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps) { (void)r, (void)ps; }

typedef struct checking { const store *s; const source_info *sources; size_t n; member *found; } checking;

static sla_status check_one(void *ctx, size_t i, err *e)
{
    checking *c = ctx;
    char path[4096], hex[DIGEST_HEX];
    err quiet = {0};
    int len = snprintf(path, sizeof path, "%.*s", SLICE_ARG(c->sources[i].location));
    file_stamp then, now;
    bool just_read = store_noted_file(c->s, c->sources[i].id, &then) && file_stamp_of(path, &now) && memcmp(&then, &now, sizeof then) == 0;
    if (just_read) { /* hashed as it was imported, by this very process */
        c->found[i] = MEMBER_GOOD;
        return SLA_OK;
    }
    bool readable = len > 0 && (size_t)len < sizeof path && file_kind_of(path) == FILE_REGULAR && file_digest(path, hex, &quiet) == SLA_OK;
    if (quiet.code == SLA_NOMEM) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "%s", quiet.msg);
    c->found[i] = !readable ? MEMBER_UNKNOWN : strcmp(hex, c->sources[i].sha256) == 0 ? MEMBER_GOOD : MEMBER_BAD;
    return SLA_OK;
}

static sla_status count(rule_outcome *out, pass *ps, member m, slice key, const char *zh, const char *en)
{
    res_observed seen[] = {{SLICE_LIT("key"), key}, {SLICE_LIT("departure"), slice_of(zh)}, {SLICE_LIT("departure_en"), slice_of(en)}};
    outcome_count(out, m);
    return outcome_tells(ps, m, key) ? outcome_find(out, ps, &(extra_finding){.key = key, .m = m, .observed = seen, .n = m == MEMBER_BAD ? 3 : 1}) : SLA_OK;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    checking c = {.s = ps->s};
    trail_head head;
    err broken = {0};
    TRY(store_sources(ps->s, &ps->mem, (source_info **)(uintptr_t)&c.sources, &c.n, e));
    if (c.n == 0) {
        out->v = VERDICT_NOT_ASSESSED;
        out->reason = reason_no_data((bitext){SLICE_LIT("任何"), SLICE_LIT("of any kind")}, &ps->mem);
        return SLA_OK;
    }
    if (!(c.found = ARENA_NEW(&ps->mem, member, c.n + 1))) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to check the sources");
    TRY(pool_each(c.n, check_one, &c, e));
    sla_status st = SLA_OK;
    for (size_t i = 0; st == SLA_OK && i < c.n; i++)
        st = count(out, ps, c.found[i], c.sources[i].path, "文件内容与导入时不同", "the file is not what was imported");
    sla_status intact = store_trail_check(ps->s, &head, &broken);
    if (st == SLA_OK && intact != SLA_OK && intact != SLA_CONFLICT) st = err_set(e, intact, SRCPOS_NONE, "%s", broken.msg); /* it could not be looked at, which accuses nobody */
    if (st == SLA_OK) st = count(out, ps, intact == SLA_OK ? MEMBER_GOOD : MEMBER_BAD, SLICE_LIT("trail"), "审计轨迹的哈希链断裂", "the chain of the trail is broken");
    return outcome_close(out, ps, r, st, e);
}

static const char *const keys[] = {NULL};
const rule_kind kind_integrity = {"integrity", keys, load, prepare, judge, kind_of_no_rows};
