/* Sets of events: rows of a dataset with an instant and keys, as rules about several rows name them (docs/pack.md, "Event sets"). */
#ifndef SLA_AUDIT_EVENTS_H
#define SLA_AUDIT_EVENTS_H
#include "engine/audit/kind.h"

enum { EVENT_KEYS = 2 };
typedef struct event_keys { breakdown by[EVENT_KEYS]; size_t n; } event_keys;
typedef struct event_set {
    selection sel;              /* dataset and condition; its rows of any time */
    int at; vtype at_type;      /* slot of the instant: a time or a date */
    event_keys keys;
} event_set;
/* It lasts from `from` to event_to: a date is its whole day, a time an instant. unknown: whether it belongs to the set cannot be said. */
typedef struct event { uint64_t key; int64_t from; uint32_t row; uint32_t lasts : 31, unknown : 1; } event;
static inline int64_t event_to(const event *e) { return e->from + e->lasts; }
#define EVENT_NO_KEY UINT64_MAX

/* map: {dataset, where, at, key} and the kind's own further keys (NULL-terminated). The datasets looked into become needs of r. false: errors were added. */
bool events_load(pack_loader *l, rule *r, const ynode *map, const char *const *more, event_set *out);
bool events_load_keys(pack_loader *l, rule *r, const ynode *n, const dataset *ds, event_keys *out);
int events_load_expr(pack_loader *l, rule *r, const dataset *ds, const ynode *n, vtype want, expr_type *type);   /* with its needs */
/* A duration such as 4h or 5wd of the calendar named (`calendar`, default always). */
bool events_load_limit(pack_loader *l, const ynode *n, const char *key, int64_t *ms, const calendar **cal);
/* The last instant at which no more than `within` of the calendar's time has passed since at: the night after the last working hour still counts. */
int64_t events_until(const calendar *cal, int64_t at, int64_t within);
void events_prepare(const event_set *s, pass *ps);
void events_prepare_keys(const event_keys *k, const dataset *ds, pass *ps);
/* All events whose instant is known, sorted by key, instant and row; keys: those to use. The caller frees with mem_free. */
sla_status events_make(pass *ps, const event_set *s, const event_keys *keys, event **out, size_t *n, err *e);
/* The key of one row, EVENT_NO_KEY where a part is missing; and the text of a key. */
uint64_t events_key(const pass *ps, const dataset *ds, const event_keys *keys, size_t row);
slice events_key_text(pass *ps, uint64_t key, size_t nkeys);
slice events_time_text(pass *ps, int64_t at);               /* in the zone; ptr NULL: no memory */
/* The instant that a slot gives for a row, as [from, to]. false: not known. */
bool events_at(const pass *ps, const dataset *ds, int slot, vtype type, size_t row, int64_t *from, int64_t *to);
/* Whether some event with that key has a moment in [from, to]: 0 no, 1 yes, 2 it cannot be said. */
int events_match(const event *e, size_t n, uint64_t key, int64_t from, int64_t to);
/* The rows of those events, up to max: what a judgement rests on. */
size_t events_rows(const event *e, size_t n, uint64_t key, int64_t from, int64_t to, uint32_t *rows, size_t max);
#endif
