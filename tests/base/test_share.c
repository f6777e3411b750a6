#include <math.h>
#include "engine/base/share.h"
#include "tests/support/check.h"

#define assert_near(a, b, apart) do { double a_ = (a), b_ = (b); if (!(fabs(a_ - b_) <= (apart))) fail_msg("%s is %.17g, not %.17g", #a, a_, b_); } while (0)

/* The definition, with factorials: fit for small n only. */
static double choose(int n, int k)
{
    double c = 1;
    for (int i = 1; i <= k; i++) c = c * (n - k + i) / i;
    return c;
}

static double by_definition(int good, int n, double p)
{
    double sum = 0;
    for (int k = 0; k <= good && k <= n; k++) sum += choose(n, k) * pow(p, k) * pow(1 - p, n - k);
    return sum;
}

static void binomial(void **state)
{
    (void)state;
    static const double ps[] = {0.001, 0.03, 0.5, 0.9, 0.997};
    for (size_t i = 0; i < 5; i++)
        for (int n = 1; n <= 60; n++)
            for (int good = -1; good <= n + 1; good++) assert_near(share_at_most(good, n, ps[i]), by_definition(good, n, ps[i]), 1e-12);
    assert_near(share_at_most(3, 10, 0.5), 0.171875, 1e-15);
    assert_near(share_at_most(0, 10, 0), 1, 0);
    assert_near(share_at_most(9, 10, 1), 0, 0);
    assert_near(share_at_most(10, 10, 1), 1, 0);
}

/* Large samples neither overflow nor take long, and come near the normal distribution. */
static void large(void **state)
{
    (void)state;
    assert_near(share_at_most(500000, 1000000, 0.5), 0.5, 0.001);
    assert_near(share_at_most(INT64_C(979600), 1000000, 0.98), 0.00216, 0.0001);
    assert_near(share_at_most(INT64_C(900000000), INT64_C(1000000000), 0.9), 0.5, 0.0001);
}

/* A count lies outside a limit exactly where the definition says that so few, or so many, are improbable. */
static void limits(void **state)
{
    (void)state;
    static const double ps[] = {0.02, 0.3, 0.95, 0.998}, tails[] = {0.025, 0.001};
    for (size_t i = 0; i < 4; i++)
        for (size_t t = 0; t < 2; t++)
            for (int n = 1; n <= 60; n++)
                for (int good = 0; good <= n; good++) {
                    double low = share_limit_low(n, ps[i], tails[t]), high = share_limit_high(n, ps[i], tails[t]), v = (double)good / n;
                    assert_int_equal(v < low - 1e-9, by_definition(good, n, ps[i]) <= tails[t] - 1e-12);
                    assert_int_equal(v > high + 1e-9, 1 - by_definition(good - 1, n, ps[i]) <= tails[t] - 1e-12);
                }
}

static void intervals(void **state)
{
    (void)state;
    double low, high;
    share_interval(3, 3, &low, &high); /* Newcombe 1998, method 3, has such figures */
    assert_near(low, 0.4385, 0.0001);
    assert_near(high, 1, 0);
    share_interval(81, 263, &low, &high); /* Newcombe 1998, table I: 0.2553 to 0.3662 */
    assert_near(low, 0.2553, 0.00005);
    assert_near(high, 0.3662, 0.00005);
    share_interval(0, 20, &low, &high);
    assert_near(low, 0, 0);
    assert_near(high, 0.1611, 0.00005);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(binomial), cmocka_unit_test(large), cmocka_unit_test(limits), cmocka_unit_test(intervals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
