/* A few threads for two shapes of work: a range cut into parts, and a stream whose results are wanted in order. */
#ifndef SLA_BASE_POOL_H
#define SLA_BASE_POOL_H
#include <stddef.h>
#include "engine/base/err.h"

size_t pool_threads(void);            /* $SLAUDIT_THREADS, else the machine's online cores, 1..64; results never depend on it */
/* Calls fn(ctx, part) for part 0..nparts-1 on up to pool_threads() threads, the caller's among them. Returns the error of the
 * lowest part that failed (into e), so the outcome does not depend on timing. */
sla_status pool_each(size_t nparts, sla_status (*fn)(void *ctx, size_t part, err *e), void *ctx, err *e);

/* Ordered stream: items handed in are worked on in parallel by work(), and given to emit() one at a time in the order of hand-in.
 * At most max_ahead items are under way (pool_put blocks, so memory stays bounded). work and emit own the item:
 * one that fails frees it. emit is never called from two threads at once, but like work and drop may run on any thread, the caller's
 * among them. After the first error in order, later items go to drop() only. With one thread all runs in pool_put. */
typedef struct pool_stream pool_stream;
typedef struct pool_job { sla_status (*work)(void *ctx, void *item, err *e); sla_status (*emit)(void *ctx, void *item, err *e);
                          void (*drop)(void *ctx, void *item); void *ctx; size_t max_ahead; } pool_job;
sla_status pool_stream_open(const pool_job *job, pool_stream **out, err *e);
sla_status pool_put(pool_stream *s, void *item, err *e);   /* takes the item even when it fails */
sla_status pool_stream_close(pool_stream *s, err *e);      /* waits for all; frees; the first error in order, if any. NULL allowed */
#endif
