/* Random numbers, wall-clock and office-time arithmetic, CSV files for the generator. */
#include "tests/generator/generate.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void give_up(const char *what)
{
    fprintf(stderr, "generate: %s\n", what);
    exit(1);
}
uint64_t rng_next(rng *r) /* splitmix64 */
{
    uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
uint32_t rng_below(rng *r, uint32_t n) { return (uint32_t)(((rng_next(r) >> 32) * n) >> 32); }
int64_t rng_between(rng *r, int64_t lo, int64_t hi) { return lo + (int64_t)(rng_next(r) % (uint64_t)(hi - lo + 1)); }
bool rng_permille(rng *r, uint32_t p) { return rng_below(r, 1000) < p; }
int64_t rng_skewed(rng *r, int64_t median)
{
    static const int percent[17] = {8, 18, 27, 35, 44, 54, 66, 81, 100, 122, 150, 185, 230, 290, 370, 540, 900};
    uint32_t i = rng_below(r, 16);
    return median * rng_between(r, percent[i], percent[i + 1]) / 100;
}

int64_t gen_day(int year, int month, int day)
{
    int y = year - (month <= 2), era = y / 400, yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return ((int64_t)era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468) * DAY;
}
void gen_date(int64_t t, int *year, int *month, int *day)
{
    int64_t z = t / DAY + 719468, era = z / 146097;
    int doe = (int)(z - era * 146097), yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + (int)era * 400 + (*month <= 2);
}
/* The notice of the State Council for the second half of 2025, and the end of the Dragon Boat holiday. */
bool gen_workday(int64_t t)
{
    int64_t d = t / DAY * DAY;
    if (d == gen_day(2025, 9, 28) || d == gen_day(2025, 10, 11)) return true;
    if (d >= gen_day(2025, 10, 1) && d <= gen_day(2025, 10, 8)) return false;
    if (d == gen_day(2025, 6, 2)) return false;
    return (d / DAY + 3) % 7 < 5; /* 1970-01-01 was a Thursday: Monday is 0 */
}
static const int64_t shifts[2][2] = {{9 * HOUR, 12 * HOUR}, {13 * HOUR, 18 * HOUR}};
bool gen_office(int64_t t)
{
    int64_t s = t % DAY;
    return gen_workday(t) && ((s >= shifts[0][0] && s < shifts[0][1]) || (s >= shifts[1][0] && s < shifts[1][1]));
}
int64_t gen_worktime(int64_t a, int64_t b)
{
    int64_t sum = 0;
    for (int64_t d = a / DAY * DAY; d < b; d += DAY) {
        if (!gen_workday(d)) continue;
        for (int i = 0; i < 2; i++) {
            int64_t from = d + shifts[i][0] > a ? d + shifts[i][0] : a, to = d + shifts[i][1] < b ? d + shifts[i][1] : b;
            if (to > from) sum += to - from;
        }
    }
    return sum;
}
int64_t gen_advance(int64_t t, int64_t work, bool office)
{
    if (!office || work <= 0) return t + (office ? 0 : work);
    for (int64_t d = t / DAY * DAY;; d += DAY) {
        if (!gen_workday(d)) continue;
        for (int i = 0; i < 2; i++) {
            int64_t from = d + shifts[i][0] > t ? d + shifts[i][0] : t, to = d + shifts[i][1];
            if (to <= from) continue;
            if (to - from >= work) return from + work;
            work -= to - from;
        }
    }
}

/* Texts are few and small; they go into blocks that are given back with the process. */
static struct { char *at; size_t left; } pool;
const char *gen_text(const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    int len = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (len < 0 || (size_t)len >= sizeof line) give_up("text too long");
    size_t n = (size_t)len + 1;
    if (pool.left < n) {
        pool.left = 1u << 20;
        if (!(pool.at = malloc(pool.left))) give_up("out of memory");
    }
    char *p = memcpy(pool.at, line, n);
    pool.at += n;
    pool.left -= n;
    return p;
}
void *gen_grow(void *p, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap) return p;
    size_t c = *cap ? *cap * 2 : 256;
    while (c < need) c *= 2;
    if (c > SIZE_MAX / size || !(p = realloc(p, c * size))) give_up("out of memory");
    *cap = c;
    return p;
}

void sink_open(sink *s, const char *dir, const char *name, const char *head)
{
    const char *path = gen_text("%s/%s", dir, name);
    *s = (sink){fopen(path, "wb"), 0};
    if (!s->f) { perror(path); exit(1); }
    setvbuf(s->f, NULL, _IOFBF, 1u << 20);
    if (head) { fputs(head, s->f); sink_end(s); }
}
void sink_close(sink *s)
{
    if (ferror(s->f) || fclose(s->f)) give_up("a file could not be written");
}
void sink_end(sink *s) { fputc('\n', s->f); s->line++; }
void sink_text(sink *s, const char *text, bool first)
{
    if (!first) fputc(',', s->f);
    if (!text) return;
    if (!strpbrk(text, ",\"\n")) { fputs(text, s->f); return; }
    fputc('"', s->f);
    for (; *text; text++) {
        if (*text == '"') fputc('"', s->f);
        fputc(*text, s->f);
    }
    fputc('"', s->f);
}
static void two(char *p, int n) { p[0] = (char)('0' + n / 10 % 10); p[1] = (char)('0' + n % 10); }
static void put_stamp(sink *s, int64_t t, bool first, bool clock)
{
    if (!first) fputc(',', s->f);
    if (!t) return;
    char b[20] = "0000-00-00 00:00:00";
    int y, m, d, sec = (int)(t % DAY);
    gen_date(t, &y, &m, &d);
    two(b, y / 100); two(b + 2, y); two(b + 5, m); two(b + 8, d);
    two(b + 11, sec / HOUR); two(b + 14, sec / MINUTE % 60); two(b + 17, sec % 60);
    fwrite(b, 1, clock ? 19 : 10, s->f);
}
void sink_time(sink *s, int64_t t, bool first) { put_stamp(s, t, first, true); }
void sink_date(sink *s, int64_t t, bool first) { put_stamp(s, t, first, false); }
void sink_num(sink *s, int64_t n, bool first)
{
    char b[24], *p = b + sizeof b;
    uint64_t u = n < 0 ? (uint64_t)-n : (uint64_t)n;
    do *--p = (char)('0' + u % 10); while (u /= 10);
    if (n < 0) *--p = '-';
    if (!first) fputc(',', s->f);
    fwrite(p, 1, (size_t)(b + sizeof b - p), s->f);
}
