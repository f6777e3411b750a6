/* Whole numbers, times among them, as they are packed. All numbers little-endian.
 *   kind:u8 width:u8 unit:u32 base:i64          kind 0: n × width     value[i] = base + unit × x[i]
 *   kind:u8 width:u8 unit:u32 base:i64 low:i64  kind 1: (n-1) × width value[0] = base, value[i] = value[i-1] + low + unit × x[i-1]
 * width is 0, 1, 2, 4 or 8 bytes; unit 1, or 1000 where that makes them narrower: times are kept in milliseconds, most are of whole seconds. Kind 1 is for what runs on, such as the times of a log
 * and the numbers of lines. Sums wrap around. */
#include <string.h>
#include "engine/base/mem.h"
#include "engine/store/internal.h"

enum { AS_THEY_ARE, AS_STEPS, SECOND = 1000, SAMPLE = 256, HEAD = 14 };
typedef struct coding { int64_t base; uint32_t unit; int width; } coding;

static int width_of(uint64_t span) { return span == 0 ? 0 : span <= UINT8_MAX ? 1 : span <= UINT16_MAX ? 2 : span <= UINT32_MAX ? 4 : 8; }

static bool whole_seconds(const int64_t *in, size_t n, int64_t base)
{
    for (size_t at = 0; at < n; at += SAMPLE) {
        uint64_t rest = 0;
        for (size_t i = at; i < n && i < at + SAMPLE; i++) rest |= ((uint64_t)in[i] - (uint64_t)base) % SECOND;
        if (rest) return false;
    }
    return true;
}

typedef struct range { int64_t min, max; } range;
static inline __attribute__((always_inline)) range range_by_any(const int64_t *in, size_t n)
{
    range r = {n ? in[0] : 0, n ? in[0] : 0};
    for (size_t i = 1; i < n; i++) {
        r.min = in[i] < r.min ? in[i] : r.min;
        r.max = in[i] > r.max ? in[i] : r.max;
    }
    return r;
}

#ifdef __SSE2__
/* The same, four at a time: SSE2 cannot compare numbers of 64 bits. */
__attribute__((target("avx2"))) static range range_by_avx2(const int64_t *in, size_t n) { return range_by_any(in, n); }
static range range_of(const int64_t *in, size_t n) { return __builtin_cpu_supports("avx2") ? range_by_avx2(in, n) : range_by_any(in, n); }
#else
static range range_of(const int64_t *in, size_t n) { return range_by_any(in, n); }
#endif

static coding coding_of(const int64_t *in, size_t n)
{
    range r = range_of(in, n);
    uint64_t span = (uint64_t)r.max - (uint64_t)r.min;
    bool seconds = width_of(span / SECOND) < width_of(span) && span > UINT8_MAX && whole_seconds(in, n, r.min);
    return seconds ? (coding){r.min, SECOND, width_of(span / SECOND)} : (coding){r.min, 1, width_of(span)};
}

static void steps_of(const int64_t *in, size_t n, int64_t *out)
{
    for (size_t i = 1; i < n; i++) out[i - 1] = (int64_t)((uint64_t)in[i] - (uint64_t)in[i - 1]);
}

#define PUT_EACH(T, unit) for (size_t i = 0; i < n; i++) { T x = (T)(((uint64_t)in[i] - (uint64_t)c->base) / (unit)); memcpy(p + i * sizeof x, &x, sizeof x); }
#define PUT_AS(T) do { if (c->unit == SECOND) PUT_EACH(T, SECOND) else PUT_EACH(T, 1) } while (0)

static void put(buf *out, const coding *c, const int64_t *in, size_t n)
{
    char *p = c->width && n ? buf_reserve(out, n * (size_t)c->width) : NULL;
    if (!p) return;
    if (c->width == 1) PUT_AS(uint8_t);
    else if (c->width == 2) PUT_AS(uint16_t);
    else if (c->width == 4) PUT_AS(uint32_t);
    else PUT_AS(uint64_t);
    out->len += n * (size_t)c->width;
}

static void put_head(buf *out, int kind, const coding *c, int64_t base)
{
    const char both[2] = {(char)kind, (char)c->width};
    buf_bytes(out, both, 2);
    buf_bytes(out, &c->unit, 4);
    buf_bytes(out, &base, 8);
}

/* Whether steps are narrower than the numbers, by the first of them. */
static bool runs_on(const int64_t *in, size_t n, const coding *plain)
{
    int64_t steps[SAMPLE];
    size_t k = n < SAMPLE ? n : SAMPLE;
    if (n < 16 || plain->width < 2) return false;
    steps_of(in, k, steps);
    return coding_of(steps, k - 1).width < plain->width;
}

sla_status ints_pack(buf *out, const int64_t *in, size_t n)
{
    coding plain = coding_of(in, n), by = plain;
    int64_t *steps = NULL;
    if (runs_on(in, n, &plain)) {
        if (!(steps = mem_resize(NULL, n, sizeof *steps))) return SLA_NOMEM;
        steps_of(in, n, steps);
        by = coding_of(steps, n - 1);
    }
    if (by.width < plain.width) {
        put_head(out, AS_STEPS, &by, in[0]);
        buf_bytes(out, &by.base, 8);
        put(out, &by, steps, n - 1);
    } else {
        put_head(out, AS_THEY_ARE, &plain, plain.base);
        put(out, &plain, in, n);
    }
    mem_free(steps);
    return out->failed ? SLA_NOMEM : SLA_OK;
}

/* ---- reading: nothing that a blob says is believed ---- */
#define TAKE_AS(T) for (size_t i = 0; i < n; i++) { T x; memcpy(&x, p + i * sizeof x, sizeof x); out[i] = (int64_t)(base + unit * (uint64_t)x); }

static void take(const unsigned char *p, int width, uint64_t unit, uint64_t base, size_t n, int64_t *out)
{
    if (width == 0) for (size_t i = 0; i < n; i++) out[i] = (int64_t)base;
    else if (width == 1) TAKE_AS(uint8_t)
    else if (width == 2) TAKE_AS(uint16_t)
    else if (width == 4) TAKE_AS(uint32_t)
    else TAKE_AS(uint64_t)
}

size_t ints_unpack(const unsigned char *p, size_t left, size_t n, int64_t *out)
{
    uint32_t unit;
    uint64_t base, low;
    if (left < HEAD || p[0] > AS_STEPS || (p[0] == AS_STEPS && n == 0)) return 0;
    bool steps = p[0] == AS_STEPS;
    int width = p[1];
    size_t head = steps ? HEAD + 8 : HEAD, count = steps ? n - 1 : n;
    if ((width > 2 && width != 4 && width != 8) || left < head || (left - head) / (width ? (size_t)width : 1) < (width ? count : 0)) return 0;
    memcpy(&unit, p + 2, 4);
    memcpy(&base, p + 6, 8);
    memcpy(&low, p + head - 8, 8);
    take(p + head, width, unit, steps ? low : base, count, steps ? out + 1 : out);
    if (steps) out[0] = (int64_t)base;
    for (size_t i = 1; steps && i < n; i++) out[i] = (int64_t)((uint64_t)out[i] + (uint64_t)out[i - 1]);
    return head + count * (size_t)width;
}
