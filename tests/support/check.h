/* What every test program needs of cmocka, in the order it needs it, and small helpers around it. */
#ifndef SLA_TESTS_CHECK_H
#define SLA_TESTS_CHECK_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/slice.h"

#define LEN(array) (sizeof(array) / sizeof *(array))

/* A table of cases, each a struct with a field name, as tests of one function: at most max go to out. */
#define ROWS(out, n, table, fn) \
    do { \
        for (size_t row_ = 0; row_ < LEN(table); row_++) \
            (out)[(n)++] = (struct CMUnitTest){(table)[row_].name, (fn), NULL, NULL, (void *)(uintptr_t)&(table)[row_]}; \
    } while (0)

/* Runs the loop body with 0, 1, 2 … allocations succeeding before one fails, until the body sets worked. */
#define EACH_ALLOCATION_FAILS(n, worked) for (long n = 0; !(worked) && n < 100000; n++)

/* A path in the test's own folder ($TMPDIR, else /tmp). Static memory, good for four calls. */
const char *test_path(const char *name);

void assert_slice_is(slice s, const char *want);
#endif
