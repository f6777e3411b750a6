#include "engine/base/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/mem.h"

enum { THREADS_MAX = 64 };

size_t pool_threads(void)
{
    const char *said = getenv("SLAUDIT_THREADS");
    long n = 0;
    for (const char *p = said; p && *p; p++) {
        if (*p < '0' || *p > '9') {
            n = 0;
            break;
        }
        n = n * 10 + (*p - '0');
        if (n > THREADS_MAX) n = THREADS_MAX;
    }
    if (n < 1) n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (size_t)n;
}

/* --- a range cut into parts --- */

typedef struct range {
    pthread_mutex_t lock;
    size_t nparts, next, failed_part;
    sla_status (*fn)(void *ctx, size_t part, err *e);
    void *ctx;
    sla_status st;
    err first;
} range;

/* Parts are handed out in order, so when one fails, all before it are under way or done: the lowest failure is always found. */
static void *range_run(void *arg)
{
    range *r = arg;
    pthread_mutex_lock(&r->lock);
    while (r->next < r->nparts && r->st == SLA_OK) {
        size_t part = r->next++;
        pthread_mutex_unlock(&r->lock);
        err e = {0};
        sla_status st = r->fn(r->ctx, part, &e);
        pthread_mutex_lock(&r->lock);
        if (st != SLA_OK && (r->st == SLA_OK || part < r->failed_part)) {
            r->st = st;
            r->failed_part = part;
            r->first = e;
        }
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static sla_status hand_over(err *e, sla_status st, const err *from)
{
    if (st != SLA_OK && e && e->code == SLA_OK) {
        if (from->code != SLA_OK) *e = *from;
        else err_set(e, st, SRCPOS_NONE, "%s", status_name(st));
    }
    return st;
}

sla_status pool_each(size_t nparts, sla_status (*fn)(void *ctx, size_t part, err *e), void *ctx, err *e)
{
    range r = {.nparts = nparts, .fn = fn, .ctx = ctx};
    if (nparts == 0) return SLA_OK;
    if (pthread_mutex_init(&r.lock, NULL) != 0) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    size_t want = pool_threads() < nparts ? pool_threads() : nparts, n = 0;
    pthread_t threads[THREADS_MAX];
    /* where the system gives no more threads, those there are do the work */
    while (n + 1 < want && pthread_create(&threads[n], NULL, range_run, &r) == 0) n++;
    range_run(&r);
    for (size_t i = 0; i < n; i++) pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&r.lock);
    return hand_over(e, r.st, &r.first);
}

/* --- an ordered stream --- */

typedef struct slot { void *item; sla_status st; bool done, skipped; err e; } slot;

/* Items are numbered by hand-in; emitted <= taken <= put <= emitted + max_ahead; item i lies in slots[i % max_ahead]. */
struct pool_stream {
    pool_job job;
    pthread_mutex_t lock;
    pthread_cond_t work_there, moved;
    slot *slots;
    uint64_t put, taken, emitted;
    bool emitting, closing;
    sla_status st; /* of the first failure in order */
    err first;
    size_t nthreads;
    pthread_t threads[THREADS_MAX];
};

static slot *slot_of(pool_stream *s, uint64_t i)
{
    return &s->slots[i % s->job.max_ahead];
}

/* Emits what is ready at the head, unless another thread is at it. Lock held on entry and return, not during emit. */
static void emit_ready(pool_stream *s)
{
    if (s->emitting) return;
    s->emitting = true;
    while (s->emitted < s->taken && slot_of(s, s->emitted)->done) {
        slot *head = slot_of(s, s->emitted);
        bool failed = s->st != SLA_OK;
        pthread_mutex_unlock(&s->lock);
        if (head->st == SLA_OK && (failed || head->skipped)) s->job.drop(s->job.ctx, head->item);
        else if (head->st == SLA_OK) head->st = s->job.emit(s->job.ctx, head->item, &head->e);
        pthread_mutex_lock(&s->lock);
        if (!failed && head->st != SLA_OK) {
            s->st = head->st;
            s->first = head->e;
        }
        s->emitted++;
        pthread_cond_broadcast(&s->moved);
    }
    s->emitting = false;
}

/* Works on the next item. Lock held on entry and return. */
static void work_one(pool_stream *s)
{
    slot *mine = slot_of(s, s->taken++);
    mine->skipped = s->st != SLA_OK;
    pthread_mutex_unlock(&s->lock);
    if (!mine->skipped) mine->st = s->job.work(s->job.ctx, mine->item, &mine->e);
    pthread_mutex_lock(&s->lock);
    mine->done = true;
    emit_ready(s);
}

static void *stream_run(void *arg)
{
    pool_stream *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        if (s->taken < s->put) work_one(s);
        else if (s->closing) break;
        else pthread_cond_wait(&s->work_there, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static int locks_init(pool_stream *s)
{
    if (pthread_mutex_init(&s->lock, NULL) != 0) return -1;
    if (pthread_cond_init(&s->work_there, NULL) == 0) {
        if (pthread_cond_init(&s->moved, NULL) == 0) return 0;
        pthread_cond_destroy(&s->work_there);
    }
    pthread_mutex_destroy(&s->lock);
    return -1;
}

sla_status pool_stream_open(const pool_job *job, pool_stream **out, err *e)
{
    pool_stream *s = mem_zero(1, sizeof *s);
    if (!s) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    s->job = *job;
    if (s->job.max_ahead == 0) s->job.max_ahead = 1;
    s->slots = mem_zero(s->job.max_ahead, sizeof *s->slots);
    if (!s->slots || locks_init(s) != 0) {
        mem_free(s->slots);
        mem_free(s);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    }
    /* the thread that hands in is one of the threads: it works when it would have to wait */
    size_t want = pool_threads() - 1;
    while (s->nthreads < want && pthread_create(&s->threads[s->nthreads], NULL, stream_run, s) == 0) s->nthreads++;
    *out = s;
    return SLA_OK;
}

sla_status pool_put(pool_stream *s, void *item, err *e)
{
    pthread_mutex_lock(&s->lock);
    while (s->st == SLA_OK && s->put - s->emitted == s->job.max_ahead) {
        if (s->taken < s->put) work_one(s);
        else pthread_cond_wait(&s->moved, &s->lock);
    }
    sla_status st = s->st;
    if (st == SLA_OK) {
        *slot_of(s, s->put++) = (slot){.item = item};
        if (s->nthreads) pthread_cond_signal(&s->work_there);
        else work_one(s);
        st = s->st;
        item = NULL;
    }
    bool dropped = item != NULL;
    pthread_mutex_unlock(&s->lock);
    if (dropped) s->job.drop(s->job.ctx, item);
    return hand_over(e, st, &s->first); /* written once, before st was read under the lock */
}

sla_status pool_stream_close(pool_stream *s, err *e)
{
    if (!s) return SLA_OK;
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_broadcast(&s->work_there);
    while (s->emitted < s->put) {
        if (s->taken < s->put) work_one(s);
        else pthread_cond_wait(&s->moved, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < s->nthreads; i++) pthread_join(s->threads[i], NULL);
    sla_status st = hand_over(e, s->st, &s->first);
    pthread_cond_destroy(&s->moved);
    pthread_cond_destroy(&s->work_there);
    pthread_mutex_destroy(&s->lock);
    mem_free(s->slots);
    mem_free(s);
    return st;
}
