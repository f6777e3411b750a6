#include "engine/base/share.h"
#include <math.h>

void share_interval(int64_t good, int64_t n, double *low, double *high)
{
    const double z = 1.959963984540054, nn = (double)n, p = (double)good / nn, zz = z * z;
    double mid = (p + zz / (2 * nn)) / (1 + zz / nn), half = z / (1 + zz / nn) * sqrt(p * (1 - p) / nn + zz / (4 * nn * nn));
    *low = mid - half < 0 || good == 0 ? 0 : mid - half;
    *high = mid + half > 1 || good == n ? 1 : mid + half;
}

/* Each probability as a multiple of the greatest one, from there outwards until they vanish: no factorials, and nothing overflows. */
double share_at_most(int64_t good, int64_t n, double p)
{
    const double vanishing = 1e-18;
    if (good < 0) return 0;
    if (good >= n || p <= 0) return 1;
    if (p >= 1) return 0;
    int64_t most = (int64_t)floor((double)(n + 1) * p);
    if (most > n) most = n;
    double odds = p / (1 - p), all = 1, below = most <= good, r = 1;
    for (int64_t k = most; k > 0 && r > vanishing; k--) {
        r *= (double)k / ((double)(n - k + 1) * odds);
        all += r;
        if (k - 1 <= good) below += r;
    }
    r = 1;
    for (int64_t k = most; k < n && r > vanishing; k++) {
        r *= (double)(n - k) * odds / (double)(k + 1);
        all += r;
        if (k + 1 <= good) below += r;
    }
    return below / all;
}

double share_limit_low(int64_t n, double p, double probability)
{
    int64_t low = 0, high = n; /* the least number of good ones that is more probable lies between */
    while (low < high) {
        int64_t k = low + (high - low) / 2;
        if (share_at_most(k, n, p) > probability) high = k;
        else low = k + 1;
    }
    double at = share_at_most(low, n, p), before = share_at_most(low - 1, n, p);
    return ((double)low - (at - probability) / (at - before)) / (double)n;
}

double share_limit_high(int64_t n, double p, double probability) { return 1 - share_limit_low(n, 1 - p, probability); }
