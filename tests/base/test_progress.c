#define _XOPEN_SOURCE 700 /* posix_openpt */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/check.h"

#include "engine/base/progress.h"

enum { SEEN_MAX = 1 << 16 };
typedef struct terminal { int master, saved; char seen[SEEN_MAX]; size_t len; } terminal;

/* A pseudo-terminal takes the place of stderr. False: this machine gives none. */
static bool terminal_begin(terminal *t)
{
    t->len = 0;
    t->master = posix_openpt(O_RDWR | O_NOCTTY);
    if (t->master < 0) return false;
    if (grantpt(t->master) != 0 || unlockpt(t->master) != 0) {
        close(t->master);
        return false;
    }
    int slave = open(ptsname(t->master), O_RDWR | O_NOCTTY);
    if (slave < 0) {
        close(t->master);
        return false;
    }
    fflush(stderr);
    t->saved = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    close(slave);
    return true;
}

static void terminal_read(terminal *t)
{
    struct pollfd p = {t->master, POLLIN, 0};
    while (t->len + 1 < SEEN_MAX && poll(&p, 1, 20) == 1 && p.revents & POLLIN) {
        ssize_t n = read(t->master, t->seen + t->len, SEEN_MAX - 1 - t->len);
        if (n <= 0) break;
        t->len += (size_t)n;
    }
    t->seen[t->len] = '\0';
}

static void terminal_end(terminal *t)
{
    fflush(stderr);
    terminal_read(t);
    dup2(t->saved, STDERR_FILENO);
    close(t->saved);
    close(t->master);
}

static void rest(long ms)
{
    nanosleep(&(struct timespec){0, ms * 1000000}, NULL);
}

static void *add_much(void *arg)
{
    for (int i = 0; i < 100000; i++) progress_add(10, 1);
    return arg;
}

static terminal t;

/* Things: how many of all, in their own unit; the next kind of things takes the line. */
static void counts_on_a_terminal(void **state)
{
    (void)state;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    if (!terminal_begin(&t)) skip();
    progress_count("audit", 4000, "records");
    rest(120);
    progress_add(0, 1000);
    progress_count("audit", 106, "rules");
    rest(120);
    progress_add(0, 53);
    rest(950);
    progress_add(0, 1);
    progress_end();
    terminal_end(&t);
    assert_non_null(strstr(t.seen, "audit   25%  1,000 of 4,000 records"));
    assert_non_null(strstr(t.seen, "\x1b[Kaudit   50%  53 of 106 rules"));
    assert_non_null(strstr(t.seen, "54 of 106 rules  0:0"));
}

static void draws_on_a_terminal(void **state)
{
    (void)state;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    if (!terminal_begin(&t)) skip();
    progress_begin("tickets\x1b[2J.csv", 10000000);
    pthread_t other;
    int started = pthread_create(&other, NULL, add_much, NULL) == 0;
    add_much(NULL);
    if (started) pthread_join(other, NULL);
    rest(120);
    progress_add(2500000, 1000000);
    progress_end();
    progress_add(1, 1); /* nobody listens any more */
    terminal_end(&t);
    assert_non_null(strstr(t.seen, started ? "tickets?[2J.csv   45%  4.5 MB of 10.0 MB  1,200,000 rows"
                                           : "tickets?[2J.csv   35%  3.5 MB of 10.0 MB  1,100,000 rows"));
    assert_string_equal(t.seen + t.len - 4, "\r\x1b[K"); /* the line is gone */
}

static void plain_without_colour(void **state)
{
    (void)state;
    setenv("NO_COLOR", "1", 1);
    if (!terminal_begin(&t)) skip();
    progress_begin("log", 0);
    rest(120);
    progress_add(1500, 3);
    progress_end();
    terminal_end(&t);
    unsetenv("NO_COLOR");
    assert_non_null(strstr(t.seen, "log  1 kB  3 rows"));
    assert_null(strchr(t.seen, '\x1b'));
    assert_int_equal(t.seen[t.len - 1], '\r');
}

static void draws_seldom(void **state)
{
    (void)state;
    if (!terminal_begin(&t)) skip();
    progress_begin("busy", 100);
    for (int i = 0; i < 50; i++) {
        progress_add(1, 1);
        rest(5);
    }
    progress_end();
    terminal_end(&t);
    unsigned lines = 0;
    for (const char *p = t.seen; (p = strstr(p, "busy")) != NULL; p++) lines++;
    assert_in_range(lines, 1, 12); /* a quarter of a second, more on a busy machine; 50 were told */
}

static void silent_elsewhere(void **state)
{
    (void)state;
    int ends[2];
    char c;
    assert_int_equal(pipe(ends), 0);
    fflush(stderr);
    int saved = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    progress_begin("tickets.csv", 100);
    rest(120);
    progress_add(50, 1);
    progress_end();
    dup2(saved, STDERR_FILENO);
    close(saved);
    assert_int_equal(read(ends[0], &c, 1), 0);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_on_a_terminal), cmocka_unit_test(draws_on_a_terminal), cmocka_unit_test(plain_without_colour), cmocka_unit_test(draws_seldom), cmocka_unit_test(silent_elsewhere),
    };
    return cmocka_run_group_tests_name("base/progress", tests, NULL, NULL);
}
