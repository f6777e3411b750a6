#include "engine/audit/trace.h"
#include <stdlib.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/lang/regex.h"

enum { ORDERS_MAX = 720 };
struct trace_pattern { regex *re; regex_scratch *scratch; char steps[64]; size_t nsteps; };

sla_status trace_pattern_new(slice pattern, slice steps, trace_pattern **out, err *e)
{
    trace_pattern *p = mem_zero(1, sizeof *p);
    if (!p) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for a pattern");
    p->nsteps = steps.len < sizeof p->steps ? steps.len : sizeof p->steps;
    memcpy(p->steps, steps.ptr ? steps.ptr : "", p->nsteps);
    sla_status st = regex_new(pattern, false, &p->re, e);
    if (st == SLA_OK) st = regex_scratch_new(&p->scratch, e);
    if (st != SLA_OK) trace_pattern_free(p);
    else *out = p;
    return st;
}

void trace_pattern_free(trace_pattern *p)
{
    if (!p) return;
    regex_free(p->re);
    regex_scratch_free(p->scratch);
    mem_free(p);
}

static int rank(const trace_pattern *p, char c)
{
    const char *at = memchr(p->steps, c, p->nsteps);
    return at ? (int)(at - p->steps) : (int)p->nsteps + (unsigned char)c;
}

/* ---- orders of what happened at one instant ---- */
static size_t tie_end(const bool *tied, size_t n, size_t i)
{
    for (i++; i < n && tied[i]; i++) {}
    return i;
}

static void sort_ties(const trace_pattern *p, char *s, const bool *tied, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; tied[k] && rank(p, s[k - 1]) > rank(p, s[k]); k--) {
            char c = s[k];
            s[k] = s[k - 1];
            s[k - 1] = c;
        }
}

/* The next order of s[from … to); false: back at the first one. */
static bool next_order(const trace_pattern *p, char *s, size_t from, size_t to)
{
    size_t i = to - 1;
    while (i > from && rank(p, s[i - 1]) >= rank(p, s[i])) i--;
    bool more = i > from;
    if (more) {
        size_t k = to - 1;
        while (rank(p, s[k]) <= rank(p, s[i - 1])) k--;
        char c = s[k];
        s[k] = s[i - 1];
        s[i - 1] = c;
    }
    for (size_t k = to - 1; i < k; i++, k--) {
        char c = s[k];
        s[k] = s[i];
        s[i] = c;
    }
    return more;
}

static bool next_orders(const trace_pattern *p, char *s, const bool *tied, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        end = tie_end(tied, n, i);
        if (next_order(p, s, i, end)) return true;
    }
    return false;
}

/* ---- what a departure is called ---- */
static sla_status first_misfit(trace_pattern *p, const char *s, size_t n, size_t *position, err *e)
{
    size_t lo = 0, hi = n; /* the longest beginning that could still become a fit: viable up to lo */
    while (lo < hi) {
        size_t mid = lo + (hi - lo + 1) / 2;
        bool viable;
        TRY(regex_begins(p->re, p->scratch, (slice){s, mid}, &viable, e));
        if (viable) lo = mid;
        else hi = mid - 1;
    }
    *position = lo + 1;
    return SLA_OK;
}

static void name_departure(const trace_pattern *p, const char *s, size_t n, trace_result *r)
{
    size_t i = r->position - 1;
    if (i >= n) {
        r->kind = DEPART_UNENDED;
        for (size_t k = 0; k < p->nsteps && !r->other; k++)
            if (!memchr(s, p->steps[k], n)) r->other = p->steps[k];
        return;
    }
    r->at = s[i];
    for (size_t k = 0; k < p->nsteps && p->steps[k] != s[i]; k++) {
        if (memchr(s, p->steps[k], i)) continue;
        r->other = p->steps[k];
        r->kind = memchr(s + i, p->steps[k], n - i) ? DEPART_ORDER : DEPART_SKIPPED;
        return;
    }
    r->kind = memchr(s, s[i], i) ? DEPART_REPEATED : DEPART_ORDER;
}

sla_status trace_judge(trace_pattern *p, const char *letters, const bool *tied, size_t n, trace_result *out, err *e)
{
    char s[TRACE_MAX];
    bool fits = false, departs = false;
    int orders = 0;
    *out = (trace_result){.v = TRACE_UNKNOWN};
    if (n > TRACE_MAX) return SLA_OK;
    memcpy(s, letters, n);
    sort_ties(p, s, tied, n);
    do {
        bool found;
        TRY(regex_search(p->re, p->scratch, (slice){s, n}, &found, e));
        fits = fits || found;
        departs = departs || !found;
        if (!found && !out->open) TRY(regex_begins(p->re, p->scratch, (slice){s, n}, &out->open, e));
    } while (!(fits && departs) && ++orders < ORDERS_MAX && next_orders(p, s, tied, n));
    if ((fits && departs) || orders == ORDERS_MAX) return SLA_OK;
    out->v = fits ? TRACE_FITS : TRACE_DEPARTS;
    if (fits) return SLA_OK;
    memcpy(s, letters, n);
    sort_ties(p, s, tied, n);
    TRY(first_misfit(p, s, n, &out->position, e));
    name_departure(p, s, n, out);
    return SLA_OK;
}
