/* What a pass keeps: rows of a selection in order, truth in three values, and results that the table's own column stands for. */
#include "engine/audit/pass.h"
#include "tests/support/check.h"

/* Every row that is chosen, once and in order, whatever lies at the ends of words. */
static void rows_that_are_chosen(void **state)
{
    static const size_t sizes[] = {0, 1, 63, 64, 65, 128, 200};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t step = 1; step < 140; step += 23) {
            uint64_t in[4] = {0}, unknown[4] = {0};
            const chosen c = {.in = in, .unknown = unknown, .nrows = sizes[s]};
            for (size_t row = step - 1; row < sizes[s]; row += step) bits_set(in, row);
            if (sizes[s] >= step) bits_set(unknown, step - 1);
            size_t want = step - 1;
            CHOSEN_EACH(&c, row) {
                assert_int_equal(row, want);
                assert_int_equal(chosen_surely(&c, row), row != step - 1);
                want += step;
            }
            assert_true(want >= sizes[s]);
        }
}

static void truth_in_three_values(void **state)
{
    uint64_t truth[2] = {0}, known[2] = {0}, bits[1] = {~UINT64_C(0)}, told[1] = {UINT64_C(5)};
    const kept k = {.type = VT_BOOL, .truth = truth, .known = known};
    vec v = {.known = told};
    (void)state;
    v.v.bits = bits; /* more than is known, and more than there is */
    kept_put_truth(&k, v, 64, 2);
    assert_int_equal(kept_truth(&k, 64), 1);
    assert_int_equal(kept_truth(&k, 65), 2);
    assert_int_equal(kept_truth(&k, 66), 2);
    bits_set(known, 3);
    assert_int_equal(kept_truth(&k, 3), 0);
}

static void the_column_of_a_field(void **state)
{
    int64_t times[2] = {7, 8};
    double numbers[2] = {0.5, 1.5};
    uint32_t codes[2] = {4, 5};
    uint64_t valid[1] = {2};
    const tcolumn time = {times, valid, true, 0}, number = {numbers, valid, true, 0}, code = {codes, valid, true, 0}, none = {NULL, NULL, false, 0};
    (void)state;
    assert_true(isnan(kept_number(&(kept){.type = VT_TIME, .column = &time}, 0)));
    assert_true(kept_number(&(kept){.type = VT_TIME, .column = &time}, 1) == 8.0);
    assert_true(kept_number(&(kept){.type = VT_NUMBER, .column = &number}, 1) == 1.5);
    assert_true(isnan(kept_number(&(kept){.type = VT_NUMBER, .column = &none}, 1))); /* no row has a value */
    assert_int_equal(kept_code(&(kept){.type = VT_TEXT, .column = &code}, 0), DICT_NONE);
    assert_int_equal(kept_code(&(kept){.type = VT_TEXT, .column = &code}, 1), 5);
    assert_int_equal(kept_code(&(kept){.type = VT_TEXT, .column = &none}, 1), DICT_NONE);
}

/* Groups that are numbered have their codes still. */
static void codes_of_groups(void **state)
{
    uint32_t group[3] = {2, 0, 1}, keys[2] = {9, 6};
    const kept k = {.type = VT_TEXT, .group = group, .keys = keys, .ngroups = 2};
    (void)state;
    assert_int_equal(kept_code(&k, 0), 6);
    assert_int_equal(kept_code(&k, 1), DICT_NONE);
    assert_int_equal(kept_code(&k, 2), 9);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(rows_that_are_chosen), cmocka_unit_test(truth_in_three_values), cmocka_unit_test(the_column_of_a_field), cmocka_unit_test(codes_of_groups)};
    return cmocka_run_group_tests_name("pass", tests, NULL, NULL);
}
