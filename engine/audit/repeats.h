/* Events that say again what others tell: what a second log writes of the same act, or what only goes before it (docs/pack.md, `repeats`). Of one dataset:
 *   {where: COND, of: COND, key: [EXPR, …], within: 2m, once: true, each: true}
 * An event for which `where` holds is left out if an event for which `of` holds has the same key, no more than `within` before or after it. each: an event of `of` that counts
 * itself stands for one only, so that n and m leave the larger number of them. once: of those that are not left out, one of a key counts within the time. An event with a part of the key missing is no repeat. */
#ifndef SLA_AUDIT_REPEATS_H
#define SLA_AUDIT_REPEATS_H
#include "engine/audit/events.h"

enum { REPEATS = 4, REPEAT_KEYS = 3 };
typedef struct repeat { int where; selection of; breakdown key[REPEAT_KEYS]; size_t nkeys; int at; vtype at_type; int64_t within; bool once, each; } repeat;
typedef struct repeats { repeat items[REPEATS]; size_t n; } repeats;

/* list: the list itself, or the name of one that pack.yaml defines; NULL: none. s: the events that may repeat. */
void repeats_load(pack_loader *l, rule *r, const ynode *list, const event_set *s, repeats *out);
void repeats_prepare(const repeats *rs, const dataset *ds, pass *ps);
/* Gives those of the n events that are repeats no key (EVENT_NO_KEY), in whatever order they are; *left_out: how many. */
sla_status repeats_leave_out(const pass *ps, const repeats *rs, const dataset *ds, event *e, size_t n, size_t *left_out);
#endif
