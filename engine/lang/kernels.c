/* One loop an operation. Lanes that are not known hold some value, so every operation is defined for every value; 64 lanes make a word of a bitmap. */
#include <math.h>

#include "engine/lang/machine.h"
#include "engine/time/instant.h"

#define UNUSED_ERR (void)e

sla_status kernel_none(machine *m, uint32_t self, err *e)
{
    (void)m, (void)self, UNUSED_ERR;
    return SLA_OK;
}

/* ---- logic: a whole word at once ---- */
sla_status kernel_and(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0), *b = m_arg(m, self, 1);
    const uint64_t *at = a->data, *bt = b->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) {
        t[i] = at[i] & bt[i];
        k[i] = t[i] | (a->known[i] & ~at[i]) | (b->known[i] & ~bt[i]);
    }
    return SLA_OK;
}

sla_status kernel_or(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0), *b = m_arg(m, self, 1);
    const uint64_t *at = a->data, *bt = b->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) {
        t[i] = at[i] | bt[i];
        k[i] = t[i] | (a->known[i] & b->known[i]);
    }
    return SLA_OK;
}

sla_status kernel_not(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const uint64_t *at = a->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) {
        t[i] = a->known[i] & ~at[i];
        k[i] = a->known[i];
    }
    return SLA_OK;
}

sla_status kernel_not_false(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const uint64_t *at = a->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) {
        t[i] = m->full[i] & (at[i] | ~a->known[i]);
        k[i] = m->full[i];
    }
    return SLA_OK;
}

sla_status kernel_agree(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0), *b = m_arg(m, self, 1);
    const uint64_t *at = a->data, *bt = b->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) {
        k[i] = a->known[i] & b->known[i] & ~(at[i] ^ bt[i]);
        t[i] = at[i] & k[i];
    }
    return SLA_OK;
}

sla_status kernel_is_missing(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) {
        t[i] = m->full[i] & ~a->known[i];
        k[i] = m->full[i];
    }
    return SLA_OK;
}

sla_status kernel_missing_under(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0), *b = m_arg(m, self, 1);
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) {
        t[i] = b->known[i] & ~a->known[i];
        k[i] = b->known[i];
    }
    return SLA_OK;
}

/* ---- comparisons ---- */
static size_t lanes_of(const machine *m, size_t w) { return m->n - w * 64 < 64 ? m->n - w * 64 : 64; }

/* expr over i, 64 lanes into bytes; a full word has a constant count, which the compiler unrolls. */
#define LANES(n, expr) \
    uint8_t bits_[64]; \
    if ((n) == 64) { \
        for (size_t i = 0; i < 64; i++) bits_[i] = (expr); \
    } else { \
        memset(bits_, 0, sizeof bits_); \
        for (size_t i = 0; i < (n); i++) bits_[i] = (expr); \
    } \
    return pack64(bits_)

#define COMPARE(name, T, op) \
    static uint64_t name##_vv(const T *x, const T *y, size_t n) { LANES(n, x[i] op y[i]); } \
    static uint64_t name##_vs(const T *x, T y, size_t n) { LANES(n, x[i] op y); } \
    static uint64_t name##_sv(T x, const T *y, size_t n) { LANES(n, x op y[i]); } \
    sla_status kernel_##name(machine *m, uint32_t self, err *e) \
    { \
        const reg *a = m_arg(m, self, 0), *b = m_arg(m, self, 1); \
        const T *x = a->data, *y = b->data; \
        uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known; \
        UNUSED_ERR; \
        for (size_t w = 0; w < m->nw; w++) { \
            size_t n = lanes_of(m, w); \
            uint64_t r = b->is_const ? name##_vs(x + w * 64, y[0], n) : a->is_const ? name##_sv(x[0], y + w * 64, n) : name##_vv(x + w * 64, y + w * 64, n); \
            k[w] = a->known[w] & b->known[w]; \
            t[w] = r & k[w]; \
        } \
        return SLA_OK; \
    }
COMPARE(eq_i64, int64_t, ==)
COMPARE(lt_i64, int64_t, <)
COMPARE(le_i64, int64_t, <=)
COMPARE(eq_f64, double, ==)
COMPARE(lt_f64, double, <)
COMPARE(le_f64, double, <=)
COMPARE(eq_code, uint32_t, ==)
static kernel kernel_lt_rank_all, kernel_le_rank_all;
COMPARE(lt_rank_all, uint16_t, <)
COMPARE(le_rank_all, uint16_t, <=)

static uint64_t defined_word(const uint16_t *x, size_t n) { LANES(n, x[i] != 0); }

/* Ranks compare only where both are terms. */
static sla_status rank_compare(machine *m, uint32_t self, kernel *all, err *e)
{
    sla_status st = all(m, self, e);
    const uint16_t *x = m_arg(m, self, 0)->data, *y = m_arg(m, self, 1)->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    for (size_t w = 0; w < m->nw; w++) {
        size_t n = lanes_of(m, w);
        k[w] &= defined_word(x + w * 64, n) & defined_word(y + w * 64, n);
        t[w] &= k[w];
    }
    return st;
}
sla_status kernel_lt_rank(machine *m, uint32_t self, err *e) { return rank_compare(m, self, kernel_lt_rank_all, e); }
sla_status kernel_le_rank(machine *m, uint32_t self, err *e) { return rank_compare(m, self, kernel_le_rank_all, e); }

sla_status kernel_eq_bool(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0), *b = m_arg(m, self, 1);
    const uint64_t *at = a->data, *bt = b->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) {
        k[i] = a->known[i] & b->known[i];
        t[i] = k[i] & ~(at[i] ^ bt[i]);
    }
    return SLA_OK;
}

/* ---- enumerations and sets ---- */
sla_status kernel_rank(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const rank_table *tab = m->b->aux[self];
    const uint32_t *code = a->data;
    uint16_t *out = m->regs[self].own;
    UNUSED_ERR;
    for (size_t i = 0; i < m->n; i++) out[i] = code[i] < tab->n ? tab->rank[code[i]] : 0;
    m->regs[self].known = a->known;
    return SLA_OK;
}

static uint64_t range_word(const uint16_t *x, uint16_t lo, uint16_t width, size_t n) { LANES(n, (uint16_t)(x[i] - lo) <= width); }
static uint64_t table_word(const uint16_t *x, const uint8_t *has, size_t n) { LANES(n, has[x[i]]); }

sla_status kernel_rank_in(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const rank_set *s = m->b->aux[self];
    const uint16_t *x = a->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t w = 0; w < m->nw; w++) {
        size_t n = lanes_of(m, w);
        uint64_t r = s->range ? range_word(x + w * 64, (uint16_t)s->lo, (uint16_t)(s->hi - s->lo), n) : table_word(x + w * 64, s->has, n);
        k[w] = a->known[w] & defined_word(x + w * 64, n);
        t[w] = r & k[w];
    }
    return SLA_OK;
}

sla_status kernel_rank_defined(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const uint16_t *x = a->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t w = 0; w < m->nw; w++) {
        k[w] = a->known[w];
        t[w] = defined_word(x + w * 64, lanes_of(m, w)) & k[w];
    }
    return SLA_OK;
}

static uint64_t bitmap_word(const uint32_t *x, const uint64_t *has, uint32_t max, size_t n) { LANES(n, x[i] <= max && bits_get(has, x[i])); }
static uint64_t two_word(const uint32_t *x, uint32_t a, uint32_t b, size_t n) { LANES(n, (uint8_t)((x[i] == a) | (x[i] == b))); }

sla_status kernel_code_in(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const code_set *s = &m->p->sets[m_node(m, self)->val.u];
    const uint32_t *x = a->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t w = 0; w < m->nw; w++) {
        size_t n = lanes_of(m, w);
        uint64_t r = s->n <= 2 ? two_word(x + w * 64, s->codes[0], s->codes[s->n - 1], n) : bitmap_word(x + w * 64, m->b->aux[self], s->codes[s->n - 1], n);
        k[w] = a->known[w];
        t[w] = r & k[w];
    }
    return SLA_OK;
}

/* ---- arithmetic ---- */
static void both_known(machine *m, uint32_t self)
{
    const uint64_t *a = m_arg(m, self, 0)->known, *b = m_arg(m, self, 1)->known;
    uint64_t *k = m->regs[self].own_known;
    for (size_t i = 0; i < m->nw; i++) k[i] = a[i] & b[i];
    m->regs[self].known = k;
}

/* out = expr; lanes for which bad is true become unknown. x and y are the operands' arrays. */
#define BINARY(name, TX, TY, TO, expr, bad) \
    sla_status kernel_##name(machine *m, uint32_t self, err *e) \
    { \
        const TX *x = m_arg(m, self, 0)->data; \
        const TY *y = m_arg(m, self, 1)->data; \
        TO *out = m->regs[self].own; \
        uint64_t *k = m->regs[self].own_known; \
        UNUSED_ERR; \
        both_known(m, self); \
        for (size_t i = 0; i < m->n; i++) { \
            TO r; \
            if (expr, bad) { \
                r = 0; \
                bits_clear(k, i); \
            } \
            out[i] = r; \
        } \
        return SLA_OK; \
    }
#define FITS_I64(v) ((v) > -9.2e18 && (v) < 9.2e18)
static int64_t rounded(double v) { return FITS_I64(v) ? (int64_t)llround(v) : 0; }
BINARY(add_i64, int64_t, int64_t, int64_t, (void)0, __builtin_add_overflow(x[i], y[i], &r))
BINARY(sub_i64, int64_t, int64_t, int64_t, (void)0, __builtin_sub_overflow(x[i], y[i], &r))
BINARY(add_f64, double, double, double, r = x[i] + y[i], !isfinite(r))
BINARY(sub_f64, double, double, double, r = x[i] - y[i], !isfinite(r))
BINARY(mul_f64, double, double, double, r = x[i] * y[i], !isfinite(r))
BINARY(div_f64, double, double, double, r = y[i] == 0 ? NAN : x[i] / y[i], !isfinite(r))
BINARY(scale, int64_t, double, int64_t, r = rounded((double)x[i] * y[i]), !FITS_I64((double)x[i] * y[i]))
BINARY(shrink, int64_t, double, int64_t, r = y[i] == 0 ? 0 : rounded((double)x[i] / y[i]), y[i] == 0 || !FITS_I64((double)x[i] / y[i]))
BINARY(ratio, int64_t, int64_t, double, r = y[i] == 0 ? 0 : (double)x[i] / (double)y[i], y[i] == 0)
BINARY(min_i64, int64_t, int64_t, int64_t, r = x[i] < y[i] ? x[i] : y[i], 0)
BINARY(max_i64, int64_t, int64_t, int64_t, r = x[i] > y[i] ? x[i] : y[i], 0)
BINARY(min_f64, double, double, double, r = x[i] < y[i] ? x[i] : y[i], 0)
BINARY(max_f64, double, double, double, r = x[i] > y[i] ? x[i] : y[i], 0)

#define UNARY(name, TX, TO, expr) \
    sla_status kernel_##name(machine *m, uint32_t self, err *e) \
    { \
        const TX *x = m_arg(m, self, 0)->data; \
        TO *out = m->regs[self].own; \
        UNUSED_ERR; \
        for (size_t i = 0; i < m->n; i++) out[i] = (expr); \
        m->regs[self].known = m_arg(m, self, 0)->known; \
        return SLA_OK; \
    }
UNARY(neg_i64, int64_t, int64_t, x[i] == INT64_MIN ? INT64_MAX : -x[i])
UNARY(neg_f64, double, double, -x[i])
UNARY(days_of_ms, int64_t, int64_t, x[i] / MS_DAY)
UNARY(ms_of_days, int64_t, int64_t, x[i] > -(INT64_C(1) << 36) && x[i] < (INT64_C(1) << 36) ? x[i] * MS_DAY : 0)
UNARY(weekday, int64_t, double, weekday_of_days(x[i] >= DAY_FIRST && x[i] <= DAY_LAST ? x[i] : 0))

/* ---- choices ---- */
#define PICK(T) \
    do { \
        const T *x = a->data, *y = b->data; \
        T *out = o->own; \
        for (size_t i = 0; i < m->n; i++) out[i] = bits_get(take, i) ? x[i] : y[i]; \
    } while (0)

static void pick(machine *m, reg *o, const reg *a, const reg *b, const uint64_t *take, regtype t)
{
    const uint64_t *at = a->data, *bt = b->data;
    uint64_t *out_bits = o->own;
    switch (t) {
    case REG_BOOL:
        for (size_t i = 0; i < m->nw; i++) out_bits[i] = ((at[i] & take[i]) | (bt[i] & ~take[i])) & o->own_known[i];
        break;
    case REG_I64: PICK(int64_t); break;
    case REG_F64: PICK(double); break;
    case REG_RANK: PICK(uint16_t); break;
    case REG_CODE: case REG_ROW: PICK(uint32_t); break;
    }
}

sla_status kernel_if(machine *m, uint32_t self, err *e)
{
    const reg *c = m_arg(m, self, 0), *a = m_arg(m, self, 1), *b = m_arg(m, self, 2);
    const uint64_t *ct = c->data;
    uint64_t *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) k[i] = c->known[i] & ((ct[i] & a->known[i]) | (~ct[i] & b->known[i]));
    pick(m, &m->regs[self], a, b, ct, m_node(m, self)->reg);
    return SLA_OK;
}

sla_status kernel_coalesce(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0), *b = m_arg(m, self, 1);
    uint64_t *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t i = 0; i < m->nw; i++) k[i] = a->known[i] | b->known[i];
    pick(m, &m->regs[self], a, b, a->known, m_node(m, self)->reg);
    return SLA_OK;
}

/* ---- time ---- */
static int64_t local_of(machine *m, int64_t utc) { return m->zone.z ? zone_cursor_to_local(&m->zone, utc) : utc; }
static int64_t day_of(int64_t local_ms) { return local_ms / MS_DAY - (local_ms % MS_DAY < 0); }
static bool in_range(int64_t utc) { return utc > (int64_t)DAY_FIRST * MS_DAY && utc < ((int64_t)DAY_LAST - 1) * MS_DAY; }

/* Near times mostly fall on the same day: its bounds are kept, so that a run of them costs a comparison each. */
sla_status kernel_day(machine *m, uint32_t self, err *e)
{
    const int64_t *x = m_arg(m, self, 0)->data;
    int64_t *out = m->regs[self].own;
    UNUSED_ERR;
    for (size_t i = 0; i < m->n; i++) out[i] = in_range(x[i]) ? day_of(local_of(m, x[i])) : 0;
    m->regs[self].known = m_arg(m, self, 0)->known;
    return SLA_OK;
}

sla_status kernel_hour(machine *m, uint32_t self, err *e)
{
    const int64_t *x = m_arg(m, self, 0)->data;
    double *out = m->regs[self].own;
    UNUSED_ERR;
    for (size_t i = 0; i < m->n; i++) {
        int64_t local = in_range(x[i]) ? local_of(m, x[i]) : 0;
        out[i] = (double)((local - day_of(local) * MS_DAY) / MS_HOUR);
    }
    m->regs[self].known = m_arg(m, self, 0)->known;
    return SLA_OK;
}

sla_status kernel_hour_start(machine *m, uint32_t self, err *e)
{
    const int64_t *x = m_arg(m, self, 0)->data;
    int64_t *out = m->regs[self].own;
    UNUSED_ERR;
    for (size_t i = 0; i < m->n; i++) {
        int64_t local = in_range(x[i]) ? local_of(m, x[i]) : 0, into = local % MS_HOUR;
        out[i] = x[i] - (into < 0 ? into + MS_HOUR : into);
    }
    m->regs[self].known = m_arg(m, self, 0)->known;
    return SLA_OK;
}

sla_status kernel_day_name(machine *m, uint32_t self, err *e)
{
    const int64_t *x = m_arg(m, self, 0)->data;
    const uint32_t *names = m->p->days.codes[m_node(m, self)->val.u];
    uint32_t *out = m->regs[self].own;
    UNUSED_ERR;
    for (size_t i = 0; i < m->n; i++) out[i] = names[x[i] >= DAY_FIRST && x[i] <= DAY_LAST ? x[i] - DAY_FIRST : 0];
    m->regs[self].known = m_arg(m, self, 0)->known;
    return SLA_OK;
}

sla_status kernel_work(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    UNUSED_ERR;
    cal_cumulative_many(m_node(m, self)->val.p, a->data, a->known, m->n, m->regs[self].own);
    m->regs[self].known = a->known;
    return SLA_OK;
}

/* An instant lies in working time if the clock advances in the millisecond that begins with it (intervals are half-open). */
sla_status kernel_in_hours(machine *m, uint32_t self, err *e)
{
    const reg *a = m_arg(m, self, 0);
    const calendar *cal = m_node(m, self)->val.p;
    const int64_t *x = a->data;
    uint64_t *t = m->regs[self].own, *k = m->regs[self].own_known;
    UNUSED_ERR;
    for (size_t w = 0; w < m->nw; w++) {
        t[w] = 0;
        k[w] = a->known[w];
        for (uint64_t left = k[w]; left; left &= left - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(left);
            int64_t at = x[w * 64 + bit];
            if (in_range(at) && cal_cumulative(cal, at + 1) > cal_cumulative(cal, at)) t[w] |= UINT64_C(1) << bit;
        }
    }
    return SLA_OK;
}
