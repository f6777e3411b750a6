#include "engine/base/progress.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/utf8.h"

/* The one exception to "no globals that change": there is one terminal, and whoever works tells it how far it is. */
enum { EVERY_MS = 100, WHAT_MAX = 40 };

static struct {
    atomic_bool on;
    atomic_uint_least64_t bytes, rows, next_ms;
    uint64_t total, begun_ms;
    bool plain;        /* no escape sequences: blanks wipe what was there */
    size_t shown;      /* columns on the screen */
    char what[4 * WHAT_MAX];
    const char *unit;  /* of what is counted; NULL: bytes and rows */
    pthread_mutex_t drawing;
} line = {.drawing = PTHREAD_MUTEX_INITIALIZER};

static uint64_t now_ms(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) return 0;
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void with_commas(uint64_t v, char out[32])
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);
    char *p = out;
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0) *p++ = ',';
        *p++ = digits[i];
    }
    *p = '\0';
}

static void size_text(uint64_t bytes, char out[32])
{
    double mb = (double)bytes / 1e6;
    if (mb < 1) snprintf(out, 32, "%llu kB", (unsigned long long)(bytes / 1000));
    else if (mb < 1000) snprintf(out, 32, "%.1f MB", mb);
    else snprintf(out, 32, "%.2f GB", mb / 1000);
}

/* Time left, if the pace stays: only when enough is done to know the pace. */
static void left_text(uint64_t done, uint64_t elapsed_ms, char out[48])
{
    out[0] = '\0';
    if (line.total == 0 || done == 0 || done > line.total || elapsed_ms < 1000) return;
    double left_ms = (double)elapsed_ms / (double)done * (double)(line.total - done);
    unsigned long long s = (unsigned long long)(left_ms / 1000 + 0.999);
    if (s >= 3600) snprintf(out, 48, "  %llu:%02llu:%02llu left", s / 3600, s / 60 % 60, s % 60);
    else snprintf(out, 48, "  %llu:%02llu left", s / 60, s % 60);
}

static void wipe(void)
{
    if (line.plain) fprintf(stderr, "\r%*s\r", (int)line.shown, "");
    else fputs("\r\x1b[K", stderr);
    line.shown = 0;
}

static void show(const char *text)
{
    wipe();
    fputs(text, stderr);
    fflush(stderr);
    line.shown = utf8_width(text, strlen(text));
}

static unsigned percent_of(uint64_t done) { return done >= line.total ? 100 : (unsigned)((double)done / (double)line.total * 100); }

static void draw_count(uint64_t t)
{
    uint64_t done = atomic_load(&line.rows);
    char count[32], all[32], left[48], text[400];
    with_commas(done, count);
    with_commas(line.total, all);
    left_text(done, t - line.begun_ms, left);
    if (snprintf(text, sizeof text, "%s  %3u%%  %s of %s %s%s", line.what, percent_of(done), count, all, line.unit, left) > 0) show(text);
}

static void draw(uint64_t t)
{
    if (line.unit) {
        draw_count(t);
        return;
    }
    uint64_t bytes = atomic_load(&line.bytes), rows = atomic_load(&line.rows);
    char size[32], total[48] = "", count[32], percent[16] = "", left[48], text[400];
    size_text(bytes, size);
    with_commas(rows, count);
    left_text(bytes, t - line.begun_ms, left);
    if (line.total) {
        char all[32];
        size_text(line.total, all);
        snprintf(total, sizeof total, " of %s", all);
        snprintf(percent, sizeof percent, "  %3u%%", percent_of(bytes));
    }
    int n = snprintf(text, sizeof text, "%s%s  %s%s  %s rows%s", line.what, percent, size, total, count, left);
    if (n > 0) show(text);
}

static void begin(const char *what, uint64_t total, const char *unit)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    if (!isatty(STDERR_FILENO)) return;
    pthread_mutex_lock(&line.drawing);
    line.plain = (no_color && no_color[0]) || !term || strcmp(term, "dumb") == 0;
    line.total = total;
    line.unit = unit;
    size_t n = 0;
    for (size_t chars = 0; what[n] && chars < WHAT_MAX; chars++) {
        uint32_t cp;
        size_t len = utf8_decode(what + n, strlen(what + n), &cp);
        for (size_t i = 0; i < len; i++, n++) /* a file's name may hold bytes that steer a terminal */
            line.what[n] = cp < 0x20 || cp == 0x7F || cp == 0xFFFD ? '?' : what[n];
        if (n + 4 >= sizeof line.what) break;
    }
    line.what[n] = '\0';
    line.begun_ms = now_ms();
    atomic_store(&line.bytes, 0);
    atomic_store(&line.rows, 0);
    atomic_store(&line.next_ms, line.begun_ms + EVERY_MS);
    atomic_store(&line.on, true);
    pthread_mutex_unlock(&line.drawing);
}

void progress_begin(const char *what, uint64_t total_bytes) { begin(what, total_bytes, NULL); }

void progress_count(const char *what, uint64_t total, const char *unit) { begin(what, total, unit); }

void progress_add(uint64_t bytes, uint64_t rows)
{
    if (!atomic_load_explicit(&line.on, memory_order_relaxed)) return;
    atomic_fetch_add_explicit(&line.bytes, bytes, memory_order_relaxed);
    atomic_fetch_add_explicit(&line.rows, rows, memory_order_relaxed);
    uint64_t t = now_ms();
    if (t < atomic_load_explicit(&line.next_ms, memory_order_relaxed)) return;
    if (pthread_mutex_trylock(&line.drawing) != 0) return; /* another thread draws: nobody waits for a terminal */
    if (atomic_load(&line.on) && t >= atomic_load(&line.next_ms)) {
        draw(t);
        atomic_store(&line.next_ms, t + EVERY_MS);
    }
    pthread_mutex_unlock(&line.drawing);
}

void progress_end(void)
{
    pthread_mutex_lock(&line.drawing);
    if (atomic_exchange(&line.on, false) && line.shown) {
        wipe();
        fflush(stderr);
    }
    pthread_mutex_unlock(&line.drawing);
}
