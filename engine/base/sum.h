/* Sums of doubles that do not depend on the order of what is added: the rounding errors are carried along (Knuth's two-sum, renormalised at each step), so that *total
 * is the exact sum rounded once, save where many terms of opposite signs cancel to some 30 digits. */
#ifndef SLA_BASE_SUM_H
#define SLA_BASE_SUM_H

static inline void sum_add(double *total, double *rest, double v)
{
    double s = *total + v, part = s - *total, low = (*total - (s - part)) + (v - part) + *rest;
    *total = s + low;
    *rest = low - (*total - s);
}
#endif
