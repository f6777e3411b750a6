#include "engine/lang/textcheck.h"

#include "engine/base/utf8.h"
#include "engine/time/instant.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static int digits(const char *p, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++) v = v * 10 + (p[i] - '0');
    return v;
}
static bool id_number_at(const char *p)
{
    static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0, year = digits(p + 6, 4);
    for (int i = 0; i < 17; i++) sum += (p[i] - '0') * weight[i];
    char right = "10X98765432"[sum % 11];
    if (p[17] != right && !(right == 'X' && p[17] == 'x')) return false;
    return p[0] != '0' && year >= 1900 && year <= 2199 && civil_valid(year, digits(p + 10, 2), digits(p + 12, 2));
}

bool text_has_id_number(slice s)
{
    for (size_t i = 0, run = 0; i < s.len; i++) {
        run = is_digit(s.ptr[i]) ? run + 1 : 0;
        if (run < 17 || i + 1 >= s.len) continue;
        char last = s.ptr[i + 1];
        if (run != 17 || !(is_digit(last) || last == 'X' || last == 'x')) continue; /* in a longer run of digits only its beginning is looked at */
        bool longer = i + 2 < s.len && is_digit(s.ptr[i + 2]);
        if (!longer && id_number_at(s.ptr + i - 16)) return true;
    }
    return false;
}

static bool luhn(const char *d, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int v = d[n - 1 - i] - '0';
        if (i & 1) v = v * 2 > 9 ? v * 2 - 9 : v * 2;
        sum += v;
    }
    return sum % 10 == 0;
}

bool text_has_bank_card(slice s)
{
    for (size_t i = 0, run = 0; i <= s.len; i++) {
        if (i < s.len && is_digit(s.ptr[i])) {
            run++;
            continue;
        }
        if (run >= 16 && run <= 19 && luhn(s.ptr + i - run, run)) return true;
        run = 0;
    }
    return false;
}

bool text_has_mobile(slice s)
{
    for (size_t i = 0, run = 0; i <= s.len; i++) {
        if (i < s.len && is_digit(s.ptr[i])) {
            run++;
            continue;
        }
        const char *p = s.ptr + i - run;
        if (run == 11 && p[0] == '1' && p[1] >= '3') return true;
        run = 0;
    }
    return false;
}

static bool starts_nocase(slice s, const char *word)
{
    size_t n = strlen(word);
    if (s.len < n) return false;
    return slice_eq_nocase((slice){s.ptr, n}, (slice){word, n});
}

/* After a word such as password: blanks, a sign or 是/为, blanks, then four characters that are not blank. */
static bool secret_follows(slice s)
{
    static const char *const signs[] = {":", "=", "：", "是", "为", "＝"};
    size_t i = 0, k = 0, n = 0;
    while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t' || s.ptr[i] == '"' || s.ptr[i] == '\'')) i++;
    for (; k < sizeof signs / sizeof *signs; k++)
        if (starts_nocase((slice){s.ptr + i, s.len - i}, signs[k])) break;
    if (k == sizeof signs / sizeof *signs) return false;
    i += strlen(signs[k]);
    while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t')) i++;
    for (uint32_t cp; i < s.len && n < 4; n++) {
        i += utf8_decode(s.ptr + i, s.len - i, &cp);
        if (cp <= ' ' || cp == 0x3000) return false;
    }
    return n == 4;
}

bool text_has_secret(slice s)
{
    static const char *const words[] = {"密码", "口令", "密钥", "password", "passwd", "pwd", "secret", "token", "api_key", "apikey", "access_key"};
    for (size_t i = 0; i < s.len; i++) {
        slice rest = {s.ptr + i, s.len - i};
        if (rest.ptr[0] == '-' && starts_nocase(rest, "-----BEGIN ")) {
            size_t line = 0;
            while (line < rest.len && rest.ptr[line] != '\n') line++;
            for (size_t k = 0; k + 11 <= line; k++)
                if (memcmp(rest.ptr + k, "PRIVATE KEY", 11) == 0) return true;
        }
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if ((rest.ptr[0] | 32) == (words[k][0] | 32) && starts_nocase(rest, words[k]) && secret_follows((slice){rest.ptr + strlen(words[k]), rest.len - strlen(words[k])})) return true;
    }
    return false;
}

bool text_has(textcheck kind, slice s)
{
    switch (kind) {
#define C(name, text, fn) case TEXTCHECK_##name: return text_has_##fn(s);
        TEXTCHECK_LIST(C)
#undef C
    case TEXTCHECK_COUNT: break;
    }
    return false;
}

const char *textcheck_name(textcheck kind)
{
    static const char *const names[] = {
#define C(name, text, fn) text,
        TEXTCHECK_LIST(C)
#undef C
    };
    return kind < TEXTCHECK_COUNT ? names[kind] : "?";
}
