/* What a text means for a field: by the profile's own terms, then by the words of everyone. */
#include <string.h>
#include "importers/profile.h"
#include "importers/words.h"

static bool find_term(const term_map *t, slice folded, slice *out)
{
    uint32_t code = t && t->from ? dict_find(t->from, folded) : DICT_NONE;
    if (code == DICT_NONE) return false;
    *out = t->to[code];
    return true;
}

static bool look_up_word(const field_map *map, slice text, slice *out)
{
    char folded[WORDS_MAX];
    slice key = {folded, words_fold(text, folded)};
    return key.len && (find_term(&map->terms, key, out) || find_term(map->vocabulary, key, out));
}

static bool digit_at(slice s, size_t i) { return i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; }

/* "P2 - urgent", "1. Critical", "3-Moderate": the length of the code before the word; 0: none. "3.5" and "4/5" begin with none. */
static size_t code_before(slice s)
{
    size_t i = 0, digits = 0;
    while (i < s.len && i < 3 && ((unsigned char)s.ptr[i] | 32) >= 'a' && ((unsigned char)s.ptr[i] | 32) <= 'z') i++;
    while (digits < 2 && digit_at(s, i)) i++, digits++;
    if (i < s.len && strchr(".,/", s.ptr[i]) && digit_at(s, i + 1)) return 0;
    return digits && i < s.len && ((unsigned char)s.ptr[i] >= 0x80 || strchr(" -.:)(_/", s.ptr[i])) ? i : 0;
}

/* "🔴 紧急", ">Closed": signs, pictures and blanks before a word. */
static size_t signs_before(slice s)
{
    size_t i = 0;
    for (size_t n = 1; n && i < s.len; i += n) {
        const unsigned char *p = (const unsigned char *)s.ptr + i;
        size_t left = s.len - i;
        n = *p == ' ' || *p == '>' ? 1 : left >= 4 && p[0] == 0xF0 && p[1] == 0x9F ? 4 /* U+1F000.. */
            : left >= 3 && ((p[0] == 0xE2 && ((p[1] >= 0x98 && p[1] <= 0x9E) /* U+2600..27BF */ || p[1] == 0xAD /* ⭐ */)) || (p[0] == 0xEF && p[1] == 0xB8 && p[2] == 0x8F)) ? 3 : 0;
    }
    return i;
}

/* The word behind a code: " - urgent", "（紧急）". Empty where there is none: "-5分" and "★" say more of the number, not what it means. */
static slice word_behind(slice s)
{
    size_t from = 0, to = s.len;
    while (from < to && strchr(" -.:)_/", s.ptr[from])) from++;
    bool wide = to - from > 6 && memcmp(s.ptr + from, "（", 3) == 0 && memcmp(s.ptr + to - 3, "）", 3) == 0, narrow = to - from > 2 && s.ptr[from] == '(' && s.ptr[to - 1] == ')';
    from += wide ? 3 : narrow;
    to -= wide ? 3 : narrow;
    slice word = {s.ptr + from, to - from};
    return digit_at(word, 0) || signs_before(word) ? (slice){0} : word;
}

/* "已关闭 Closed", "严重-P1", "高/High": both parts are known and mean the same. */
static bool look_up_both(const field_map *map, slice text, slice *out)
{
    enum { LONGEST = 64 };
    slice other;
    for (size_t i = 1; text.len <= LONGEST && i + 1 < text.len; i++) {
        if (!strchr(" -/|\n", text.ptr[i]) || text.ptr[i] == '\0') continue;
        if (look_up_word(map, (slice){text.ptr, i}, out) && look_up_word(map, (slice){text.ptr + i + 1, text.len - i - 1}, &other) && slice_eq(*out, other)) return true;
    }
    return false;
}

/* The whole text; else the code that it begins with, or the word behind the code; else what stands before a bracket: "紧急(1小时)"; else two words for one thing. */
static bool look_up(const field_map *map, slice text, slice *out)
{
    if (!map || (!map->terms.from && !map->vocabulary)) return false;
    if (look_up_word(map, text, out)) return true;
    size_t signs = signs_before(text);
    if (signs) text = (slice){text.ptr + signs, text.len - signs};
    if (signs && look_up_word(map, text, out)) return true;
    size_t code = code_before(text), bracket = 0;
    if (code && (look_up_word(map, (slice){text.ptr, code}, out) || look_up_word(map, word_behind((slice){text.ptr + code, text.len - code}), out))) return true;
    while (bracket < text.len && text.ptr[bracket] != '(' && !(text.len - bracket >= 3 && memcmp(text.ptr + bracket, "（", 3) == 0)) bracket++;
    if (bracket && bracket < text.len && look_up_word(map, (slice){text.ptr, bracket}, out)) return true;
    slice both;
    return look_up_both(map, text, &both) && (*out = both, true);
}

slice profile_term(const field_map *map, slice text)
{
    slice out = text;
    look_up(map, text, &out);
    return out;
}

int profile_level(slice s)
{
    bool level = s.len >= 2 && (s.ptr[0] == 'P' || s.ptr[0] == 'p') && s.ptr[1] >= '0' && s.ptr[1] <= '9';
    unsigned char next = level && s.len > 2 ? (unsigned char)s.ptr[2] : ' ';
    return level && !(next >= '0' && next <= '9') && !((next | 32) >= 'a' && (next | 32) <= 'z') ? s.ptr[1] - '0' : -1;
}

bool profile_knows_term(const field_map *map, slice text)
{
    slice out;
    return look_up(map, text, &out);
}
