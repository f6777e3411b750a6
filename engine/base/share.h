/* What chance does to shares: good ones among n that each are good with probability p. */
#ifndef SLA_BASE_SHARE_H
#define SLA_BASE_SHARE_H
#include <stdint.h>

/* The interval of a share at 95 % (Wilson 1927; the form without continuity correction). 0 <= good <= n, n > 0. */
void share_interval(int64_t good, int64_t n, double *low, double *high);
/* P(at most good of n) of the binomial distribution. 0 <= p <= 1; good may lie outside 0..n. */
double share_at_most(int64_t good, int64_t n, double p);
/* The share of n below which chance alone leads with no more than that probability, and above which: binomial limits, interpolated between whole numbers (Spiegelhalter 2005,
 * "Funnel plots for comparing institutional performance", appendix A.1.1). good lies outside exactly where that many or fewer (or more) have no more than that probability. */
double share_limit_low(int64_t n, double p, double probability);
double share_limit_high(int64_t n, double p, double probability);
#endif
