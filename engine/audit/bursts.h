/* Bursts: n events of one key within a window (spec/semantics, "Bursts"). A burst opens at an event whose (n-1)-th predecessor lies no more than the window before it; it
 * contains those n and each next event that is no more than the window after the last one (coalesce). reset: it ends where it opened; sliding: each such event is one of its own. */
#ifndef SLA_AUDIT_BURSTS_H
#define SLA_AUDIT_BURSTS_H
#include "engine/audit/repeats.h"

enum { BURST_ENTRIES = 4, BURST_SAME = 4 };
typedef enum burst_mode { BURST_COALESCE, BURST_RESET, BURST_SLIDING } burst_mode;
typedef struct bursts { struct { slice name; event_keys keys; } by[BURST_ENTRIES]; size_t nby, n; int64_t within; burst_mode mode; breakdown same[BURST_SAME]; size_t nsame; repeats repeats; } bursts;
/* Events that do not count: copies of lines in other files, and repeats. */
typedef struct left_out { size_t copies, repeats; } left_out;

/* by: {src_ip: [src_ip], user: [user]}; NULL: one entry without a name, by keys. size: the map that holds n, within, mode, same and repeats. */
bool bursts_load(pack_loader *l, rule *r, const ynode *by, const event_keys *keys, const ynode *size, const event_set *s, bursts *out);
void bursts_prepare(const bursts *b, const dataset *ds, pass *ps);
/* Calls fn for each burst of an entry, by key and time: the events e[first … last], which opened at e[open]. Events that may be none, or have no key, open none.
 * Logs are collected over and over, and a line may stand in several files: events of one instant that agree in all fields of `same`, with a value in each, count as often as in the file that
 * has most of them; then repeats are left out. *left, if not NULL: how many were. */
typedef sla_status burst_fn(void *ctx, const event *e, size_t first, size_t open, size_t last);
sla_status bursts_each(pass *ps, const event_set *s, const bursts *b, size_t entry, burst_fn *fn, void *ctx, left_out *left, err *e);
/* "src_ip=10.0.0.1", or the key alone where the entry has no name. */
slice bursts_key_text(pass *ps, const bursts *b, size_t entry, uint64_t key);
#endif
