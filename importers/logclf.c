#include "importers/logclf.h"

int log_clf_by_name(slice name)
{
    static const char *const names[CLF_PARTS] = {"src_ip", "user", "at", "message", "method", "object", "status_code", "bytes"};
    for (int i = 0; i < CLF_PARTS; i++)
        if (slice_is(name, names[i])) return i;
    return -1;
}

static bool upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool digit(char c) { return c >= '0' && c <= '9'; }
static slice behind(slice s, size_t n) { return (slice){s.ptr + n, s.len - n}; }
static bool begins(slice s, const char *with, size_t n) { return s.len >= n && memcmp(s.ptr, with, n) == 0; }

/* One address: where several stand with commas between, it ends at a comma. */
static size_t address_length(slice s, const char *readable)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i blank = _mm_set1_epi8(' '), comma = _mm_set1_epi8(','), tab = _mm_set1_epi8('\t');
    for (; readable - s.ptr >= (ptrdiff_t)i + 16; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + i));
        unsigned hits = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, blank), _mm_or_si128(_mm_cmpeq_epi8(v, comma), _mm_cmpeq_epi8(v, tab))));
        size_t at = i + (hits ? (size_t)__builtin_ctz(hits) : 16);
        if (at >= s.len) return s.len;
        if (hits) return at;
    }
#endif
    (void)readable;
    while (i < s.len && s.ptr[i] != ' ' && s.ptr[i] != ',' && s.ptr[i] != '\t') i++;
    return i;
}

/* "- " or "bob ": a name of letters, digits and what else may stand in one behind its first character, but no blanks. */
static bool cut_user(slice *rest, slice *user)
{
    size_t n = 0;
    if (begins(*rest, "- ", 2)) return *rest = behind(*rest, 2), true;
    if (!rest->len || !(upper((char)(rest->ptr[0] & ~32)) || digit(rest->ptr[0]))) return false;
    while (n < rest->len && (unsigned char)rest->ptr[n] > ' ') n++;
    if (n == rest->len || rest->ptr[n] != ' ') return false;
    *user = (slice){rest->ptr, n};
    *rest = behind(*rest, n + 1);
    return true;
}

/* GET /a?b=c HTTP/1.1", up to and with the quotation mark. */
static bool cut_request(slice *rest, const char *readable, slice *parts)
{
    size_t quote = slice_find(*rest, '"', readable), method = 0;
    while (method < quote && upper(rest->ptr[method])) method++;
    if (method == 0 || quote == rest->len || rest->ptr[method] != ' ') return false;
    slice target = behind(*rest, method + 1), protocol;
    size_t n = slice_find(target, ' ', readable);
    if (n >= quote - method - 1) return false;
    protocol = behind(target, n + 1);
    if ((size_t)(rest->ptr + quote - protocol.ptr) < 4 || memcmp(protocol.ptr, "HTTP", 4) != 0) return false;
    parts[CLF_METHOD] = (slice){rest->ptr, method};
    parts[CLF_OBJECT] = (slice){target.ptr, n};
    parts[CLF_MESSAGE] = (slice){rest->ptr, quote};
    *rest = behind(*rest, quote + 1);
    return true;
}

/* " 200 512", " 304 -", and whatever comes behind. */
static bool cut_answer(slice rest, const char *readable, slice *parts)
{
    if (rest.len < 6 || rest.ptr[0] != ' ' || rest.ptr[4] != ' ' || !digit(rest.ptr[1]) || !digit(rest.ptr[2]) || !digit(rest.ptr[3])) return false;
    parts[CLF_STATUS_CODE] = (slice){rest.ptr + 1, 3};
    rest = behind(rest, 5);
    parts[CLF_BYTES] = (slice){rest.ptr, slice_digits(rest, readable)};
    return parts[CLF_BYTES].len || rest.ptr[0] == '-';
}

bool log_clf_cut(slice line, const char *readable, slice parts[CLF_PARTS], log_time *at)
{
    enum { TIME = 26 };
    size_t n = address_length(line, readable);
    slice rest = behind(line, n);
    if (n == 0 || !begins(rest, " - ", 3)) return false;
    parts[CLF_SRC_IP] = (slice){line.ptr, n};
    parts[CLF_USER] = (slice){0};
    rest = behind(rest, 3);
    if (!cut_user(&rest, &parts[CLF_USER]) || rest.len < TIME + 4 || rest.ptr[0] != '[' || memcmp(rest.ptr + 1 + TIME, "] \"", 3) != 0) return false;
    parts[CLF_AT] = (slice){rest.ptr + 1, TIME};
    rest = behind(rest, TIME + 4);
    return cut_request(&rest, readable, parts) && cut_answer(rest, readable, parts) && log_time_clf(parts[CLF_AT], at);
}
