/* A stream that is read by a thread of its own, some pieces ahead. */
#include <pthread.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "importers/stream.h"

enum { PIECES = 32, PIECE_BYTES = 1 << 17 };
typedef struct ahead {
    stream base, *in;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    char *bytes;                /* PIECES of PIECE_BYTES, in turn */
    size_t len[PIECES];
    size_t made, used;          /* pieces, under lock */
    bool end, stop;             /* under lock: nothing is made any more, nothing is wanted any more */
    sla_status st; err e;       /* why the end came, if not by itself */
    size_t given;               /* of the piece in use */
} ahead;

static char *piece(ahead *a, size_t i) { return a->bytes + i % PIECES * PIECE_BYTES; }

/* Once all is full, half of it must be used before more is made: to wake a thread costs as much as a piece. */
static bool room(ahead *a)
{
    pthread_mutex_lock(&a->lock);
    bool full = a->made - a->used == PIECES;
    while (full && a->made - a->used > PIECES / 2 && !a->stop) pthread_cond_wait(&a->moved, &a->lock);
    bool go_on = !a->stop;
    pthread_mutex_unlock(&a->lock);
    return go_on;
}

static void *run(void *ctx)
{
    ahead *a = ctx;
    bool end = false;
    for (size_t i = 0; !end && room(a); i++) {
        size_t got = 0;
        err e = {0};
        sla_status st = stream_read(a->in, piece(a, i), PIECE_BYTES, &got, &e);
        end = st != SLA_OK || got < PIECE_BYTES;
        pthread_mutex_lock(&a->lock);
        a->len[i % PIECES] = st == SLA_OK ? got : 0;
        a->made++;
        a->end = end;
        a->st = st;
        a->e = e;
        pthread_cond_signal(&a->moved);
        pthread_mutex_unlock(&a->lock);
    }
    return NULL;
}

/* Waits for the next piece. false: there is none, and a->st says why. */
static bool next_piece(ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (a->made == a->used && !a->end) pthread_cond_wait(&a->moved, &a->lock);
    bool is = a->made > a->used;
    pthread_mutex_unlock(&a->lock);
    return is;
}

static void piece_used(ahead *a)
{
    pthread_mutex_lock(&a->lock);
    a->used++;
    if (a->made - a->used == PIECES / 2) pthread_cond_signal(&a->moved);
    pthread_mutex_unlock(&a->lock);
    a->given = 0;
}

static sla_status ahead_read(stream *s, char *to, size_t n, size_t *got, err *e)
{
    ahead *a = (ahead *)s;
    *got = 0;
    while (*got < n && next_piece(a)) {
        size_t have = a->len[a->used % PIECES] - a->given, k = have < n - *got ? have : n - *got;
        if (k) memcpy(to + *got, piece(a, a->used) + a->given, k);
        *got += k;
        a->given += k;
        if (k == have) piece_used(a);
    }
    if (*got == n || a->st == SLA_OK) return SLA_OK;
    *e = a->e;
    return a->st;
}

static void ahead_close(stream *s)
{
    ahead *a = (ahead *)s;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->moved);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    pthread_cond_destroy(&a->moved);
    pthread_mutex_destroy(&a->lock);
    stream_close(a->in);
    mem_free(a->bytes);
    mem_free(a);
}

stream *stream_ahead(stream *in)
{
    ahead *a = pool_threads() > 1 ? mem_zero(1, sizeof *a) : NULL;
    if (!a) return in;
    a->base = (stream){ahead_read, ahead_close};
    a->in = in;
    a->bytes = mem_resize(NULL, PIECES, PIECE_BYTES);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->moved, NULL);
    if (a->bytes && pthread_create(&a->thread, NULL, run, a) == 0) return &a->base;
    pthread_cond_destroy(&a->moved);
    pthread_mutex_destroy(&a->lock);
    mem_free(a->bytes);
    mem_free(a);
    return in;
}
