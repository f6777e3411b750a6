#include "importers/logform.h"

/* ---- reading ---- */
static bool read_place(slice in, log_place *p, slice *name)
{
    char last = in.len ? in.ptr[in.len - 1] : ' ';
    p->run = last == '#' ? RUN_DIGITS : last == '.' ? RUN_ADDRESS : RUN_WORD;
    p->empty = last == '?';
    if (p->run != RUN_WORD || p->empty) in.len--;
    bool kind = p->run != RUN_WORD && in.len;
    if (kind && in.ptr[in.len - 1] != ':') return false;
    *name = (slice){in.ptr, in.len - kind};
    return true;
}

/* A place ends where its kind of bytes does: what comes next must begin with another byte, or the place would have no end. */
static bool ends(log_run run, slice next, bool more)
{
    char c = next.len ? next.ptr[0] : ' ';
    if (!next.len) return !more;
    return run == RUN_DIGITS ? c < '0' || c > '9' : run == RUN_ADDRESS ? (c < '0' || c > '9') && c != '.' : c == ' ';
}

static bool read_literal(log_place *p, slice text)
{
    if (text.len > LOG_FORM_LITERAL) return false;
    p->n = text.len;
    memcpy(p->before, text.ptr, text.len);
    memset(p->mask, 0xFF, text.len);
    return true;
}

void log_form_read(log_form *f, const ynode *text, uint32_t unnamed, uint32_t (*group_of)(const void *of, slice name), const void *of, errlist *errors)
{
    slice rest = text->text, name;
    *f = (log_form){.open = rest.len && rest.ptr[rest.len - 1] == '*'};
    rest.len -= f->open;
    for (bool more = true; more;) {
        log_place *p = &f->places[f->n++];
        const char *end = rest.ptr + rest.len;
        size_t open = slice_find(rest, '{', end), close = slice_find((slice){rest.ptr + open, rest.len - open}, '}', end);
        slice before = {rest.ptr, open};
        more = open < rest.len;
        if (!read_literal(p, before)) errlist_add(errors, SLA_LIMIT, text->at, "between places a usual text has at most %d bytes", LOG_FORM_LITERAL);
        if (f->n > 1 && !ends(p[-1].run, before, f->open || more)) errlist_add(errors, SLA_SYNTAX, text->at, "a place of a usual text must be followed by a byte that cannot be part of it");
        if (!more) return;
        if (f->n == LOG_FORM_PLACES || open + close >= rest.len || !read_place((slice){rest.ptr + open + 1, close - 1}, p, &name)) {
            errlist_add(errors, SLA_SYNTAX, text->at, "a usual text has up to %d places: {name}, {name?}, {name:.}, {name:#}", LOG_FORM_PLACES - 1);
            return;
        }
        p->field = -1;
        p->group = name.len ? group_of(of, name) : unnamed + (uint32_t)f->n - 1;
        if (!p->group) errlist_add(errors, SLA_NAME, text->at, "'match' has no group '%.*s'", SLICE_ARG(name));
        if (name.len) f->groups |= UINT32_C(1) << p->group;
        rest = (slice){rest.ptr + open + close + 1, rest.len - open - close - 1};
    }
}

/* ---- matching ---- */
#ifdef __SSE2__
#define EACH(c) {(char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c), (char)(c)}
/* Which bytes are of a kind: those from lo to hi, and one more. */
static const struct { _Alignas(16) char lo[16], hi[16], also[16]; } kinds[] = {
    [RUN_WORD] = {EACH('!'), EACH(0xFF), EACH('!')},
    [RUN_ADDRESS] = {EACH('0'), EACH('9'), EACH('.')},
    [RUN_DIGITS] = {EACH('0'), EACH('9'), EACH('0')},
};
static inline __m128i vector(const char *p) { return _mm_loadu_si128((const __m128i *)(const void *)p); }
/* Bit i: p[i] is not of the kind. */
static inline unsigned others(log_run run, const char *p)
{
    const __m128i *kind = (const __m128i *)(const void *)&kinds[run];
    __m128i v = vector(p), within = _mm_min_epu8(_mm_max_epu8(v, kind[0]), kind[1]);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(within, v), _mm_cmpeq_epi8(v, kind[2]))) ^ 0xFFFF;
}
#endif

static bool of_kind(log_run run, unsigned char c) { return run == RUN_WORD ? c > ' ' : (c >= '0' && c <= '9') || (run == RUN_ADDRESS && c == '.'); }

/* Where the bytes of the kind end, end at most. roomy: behind end there are as many bytes to be read as a literal may have. */
static inline const char *run_end(log_run run, const char *p, const char *end, const char *readable, bool roomy)
{
#ifdef __SSE2__
    for (; roomy || readable - p >= 16; p += 16) {
        unsigned stops = others(run, p);
        const char *stop = p + (stops ? __builtin_ctz(stops) : 16);
        if (stop >= end) return end;
        if (stops) return stop;
    }
#else
    (void)readable, (void)roomy;
#endif
    while (p < end && of_kind(run, (unsigned char)*p)) p++;
    return p;
}

static inline bool literal_fits(const log_place *l, const char *p, const char *end, const char *readable, bool roomy)
{
    if ((size_t)(end - p) < l->n) return false;
#ifdef __SSE2__
    if (roomy || readable - p >= LOG_FORM_LITERAL) {
        __m128i differ = _mm_and_si128(_mm_xor_si128(vector(p), vector(l->before)), vector(l->mask));
        /* as far as a literal can go, or not at all: the processor guesses that right, but not how long each is */
        for (size_t i = 16; i < (l->n > 16 ? LOG_FORM_LITERAL : 16); i += 16) differ = _mm_or_si128(differ, _mm_and_si128(_mm_xor_si128(vector(p + i), vector(l->before + i)), vector(l->mask + i)));
        return _mm_movemask_epi8(_mm_cmpeq_epi8(differ, _mm_setzero_si128())) == 0xFFFF;
    }
#else
    (void)readable, (void)roomy;
#endif
    return slice_eq((slice){p, l->n}, (slice){l->before, l->n});
}

static inline __attribute__((always_inline)) bool match(const log_form *f, slice text, const char *readable, bool roomy, size_t *groups)
{
    const char *p = text.ptr, *end = p + text.len;
    for (const log_place *l = f->places; literal_fits(l, p, end, readable, roomy); l++) {
        p += l->n;
        if (l->run == RUN_NONE) return f->open || p == end;
        const char *from = p;
        p = run_end(l->run, p, end, readable, roomy);
        if (p == from && !l->empty) return false;
        groups[2 * l->group] = (size_t)(from - text.ptr);
        groups[2 * l->group + 1] = (size_t)(p - text.ptr);
    }
    return false;
}

bool log_form_match(const log_form *f, slice text, const char *readable, size_t *groups)
{
    return readable - (text.ptr + text.len) >= LOG_FORM_LITERAL ? match(f, text, readable, true, groups) : match(f, text, readable, false, groups);
}
