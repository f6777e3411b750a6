/* radix.h beside a sort that compares: keys of any width, many alike, none; the order of equal ones stays. */
#include "engine/base/radix.h"
#include <stdlib.h>
#include "tests/support/check.h"

typedef struct item { uint64_t key; uint32_t place; } item;
enum { MOST = 700 };

static int by_key_and_place(const void *a, const void *b)
{
    const item *x = a, *y = b;
    return x->key != y->key ? x->key < y->key ? -1 : 1 : (x->place > y->place) - (x->place < y->place);
}

static void as_by_comparing(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 3, 64, MOST};
    static const int widths[] = {1, 8, 11, 12, 33, 64};     /* bits of a key */
    static item a[MOST], b[MOST], want[MOST];
    uint64_t dice = 7;
    (void)state;
    for (size_t s = 0; s < LEN(sizes); s++)
        for (size_t w = 0; w < LEN(widths); w++) {
            for (size_t i = 0; i < sizes[s]; i++) dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407, want[i] = a[i] = (item){(dice ^ dice >> 32) >> (64 - widths[w]), (uint32_t)i};
            if (sizes[s]) qsort(want, sizes[s], sizeof *want, by_key_and_place);
            const item *got = radix_sort(a, b, sizes[s], sizeof *a);
            for (size_t i = 0; i < sizes[s]; i++) assert_true(got[i].key == want[i].key && got[i].place == want[i].place);
        }
}

static void no_memory(void **state)
{
    item a[2] = {{2, 0}, {1, 1}}, b[2];
    (void)state;
    mem_fail_after(0);
    const item *got = radix_sort(a, b, 2, sizeof *a);
    mem_fail_after(-1);
    assert_null(got);
    assert_true(a[0].key == 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(as_by_comparing), cmocka_unit_test(no_memory)};
    return cmocka_run_group_tests_name("radix", tests, NULL, NULL);
}
