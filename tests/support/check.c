#include "tests/support/check.h"

#include <unistd.h>

const char *test_path(const char *name)
{
    static char paths[4][512];
    static unsigned turn;
    char *out = paths[turn++ % 4];
    const char *tmp = getenv("TMPDIR");
    int n = snprintf(out, sizeof paths[0], "%s/slaudit-%ld-%s", tmp && tmp[0] ? tmp : "/tmp", (long)getpid(), name);
    assert_in_range(n, 1, sizeof paths[0] - 1);
    return out;
}

void assert_slice_is(slice s, const char *want)
{
    if (slice_is(s, want)) return;
    print_error("got  \"%.*s\"\nwant \"%s\"\n", SLICE_ARG(s), want);
    fail();
}
