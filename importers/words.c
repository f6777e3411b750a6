#include "importers/words.h"
#include <stdlib.h>
#include "engine/base/utf8.h"
#include "engine/time/instant.h"

/* ---- folding ---- */
/* The letter under an accent, for U+00C0..U+017F; '\0': none of one letter. */
static const char plain_letters[] =
    "aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0\0"   /* À..ß */
    "aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0y"    /* à..ÿ */
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii\0\0jjkk\0llllllllllnnnnnn\0\0\0oooooo\0\0rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t plain(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0; /* full width */
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c >= 0x410 && c <= 0x42F) return c + 32; /* Cyrillic */
    if (c == 0x401) return 0x451;
    if (c >= 0xC0 && c < 0x180 && plain_letters[c - 0xC0]) return (uint32_t)plain_letters[c - 0xC0];
    return c;
}

static bool left_out(uint32_t c, size_t before)
{
    if (c <= ' ' || c == 0xA0 || c == 0x3000 || c == 0xFEFF || c == 0x200B || (c >= 0x2000 && c <= 0x200A) || c == 0x202F) return true;
    if (c == '-' || c == 0x2013 || c == 0x2014) return before > 0;
    return c == '_' || c == ':' || c == '*' || c == '"' || c == '\'' || c == 0x2019;
}

size_t words_fold(slice s, char *out)
{
    size_t n = 0, i = 0;
    while (i < s.len) {
        uint32_t c;
        char text[4];
        i += utf8_decode(s.ptr + i, s.len - i, &c);
        c = plain(c);
        if (left_out(c, n)) continue;
        size_t k = utf8_encode(c, text);
        if (n + k > WORDS_MAX) break;
        memcpy(out + n, text, k);
        n += k;
    }
    while (n > 1 && out[n - 1] == '.') n--; /* "Réf." */
    return n;
}

slice words_folded(arena *a, slice s)
{
    char text[WORDS_MAX];
    size_t n = words_fold(s, text);
    return (slice){arena_strndup(a, text, n), n};
}

bool words_same(slice a, slice b)
{
    char x[WORDS_MAX], y[WORDS_MAX];
    size_t n = words_fold(a, x), m = words_fold(b, y);
    return n == m && memcmp(x, y, n) == 0;
}

/* ---- durations ---- */
/* Units by their folded names; a name may go on with letters that stand in `more` ("min", "mins", "minuto(s)"). */
static const struct unit { const char *name; int64_t ms; } units[] = {
    {"w", 7 * MS_DAY}, {"wk", 7 * MS_DAY}, {"week", 7 * MS_DAY}, {"weeks", 7 * MS_DAY}, {"semana", 7 * MS_DAY}, {"semanas", 7 * MS_DAY}, {"semaine", 7 * MS_DAY}, {"semaines", 7 * MS_DAY},
    {"woche", 7 * MS_DAY}, {"wochen", 7 * MS_DAY}, {"周", 7 * MS_DAY}, {"星期", 7 * MS_DAY},
    {"d", MS_DAY}, {"day", MS_DAY}, {"days", MS_DAY}, {"dia", MS_DAY}, {"dias", MS_DAY}, {"jour", MS_DAY}, {"jours", MS_DAY}, {"j", MS_DAY}, {"tag", MS_DAY}, {"tage", MS_DAY}, {"tagen", MS_DAY},
    {"giorno", MS_DAY}, {"giorni", MS_DAY}, {"天", MS_DAY}, {"日", MS_DAY},
    {"h", MS_HOUR}, {"hr", MS_HOUR}, {"hrs", MS_HOUR}, {"hour", MS_HOUR}, {"hours", MS_HOUR}, {"hora", MS_HOUR}, {"horas", MS_HOUR}, {"heure", MS_HOUR}, {"heures", MS_HOUR},
    {"std", MS_HOUR}, {"stunde", MS_HOUR}, {"stunden", MS_HOUR}, {"ora", MS_HOUR}, {"ore", MS_HOUR}, {"小时", MS_HOUR}, {"时", MS_HOUR}, {"个小时", MS_HOUR}, {"小時", MS_HOUR}, {"钟头", MS_HOUR},
    {"m", MS_MINUTE}, {"min", MS_MINUTE}, {"mins", MS_MINUTE}, {"minute", MS_MINUTE}, {"minutes", MS_MINUTE}, {"minuto", MS_MINUTE}, {"minutos", MS_MINUTE}, {"minuten", MS_MINUTE}, {"mn", MS_MINUTE},
    {"minuti", MS_MINUTE}, {"分", MS_MINUTE}, {"分钟", MS_MINUTE}, {"分鐘", MS_MINUTE},
    {"s", MS_SECOND}, {"sec", MS_SECOND}, {"secs", MS_SECOND}, {"second", MS_SECOND}, {"seconds", MS_SECOND}, {"segundo", MS_SECOND}, {"segundos", MS_SECOND}, {"seg", MS_SECOND},
    {"seconde", MS_SECOND}, {"secondes", MS_SECOND}, {"sek", MS_SECOND}, {"sekunde", MS_SECOND}, {"sekunden", MS_SECOND}, {"secondo", MS_SECOND}, {"secondi", MS_SECOND}, {"秒", MS_SECOND}, {"秒钟", MS_SECOND},
    {"ms", 1},
};

static int64_t unit_named(const char *p, size_t n)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].name) == n && memcmp(units[i].name, p, n) == 0) return units[i].ms;
    return 0;
}

int64_t words_unit(slice folded) { return unit_named(folded.ptr, folded.len); }

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* "26:03:04" or "26:03" (hours and minutes), behind whatever days stood before. */
static bool clock_text(const char *p, const char *end, int64_t *ms)
{
    int64_t part[3] = {0};
    int n = 0;
    while (n < 3 && p < end && digit(*p)) {
        int w = 0;
        while (p < end && digit(*p) && w++ < 9) part[n] = part[n] * 10 + (*p++ - '0');
        n++;
        if (p < end && *p == '.' && n == 3) return *ms = (part[0] * 60 + part[1]) * MS_MINUTE + part[2] * MS_SECOND, true;
        if (p == end) break;
        if (*p++ != ':') return false;
    }
    if (p != end || n < 2 || part[1] > 59 || part[2] > 59) return false;
    *ms = (part[0] * 60 + part[1]) * MS_MINUTE + part[2] * MS_SECOND;
    return true;
}

/* A number at *p, with a decimal point or comma; *end_out behind it. */
static bool amount(const char **p, const char *end, double *v)
{
    char text[32];
    size_t n = 0;
    while (*p < end && (digit(**p) || ((**p == '.' || **p == ',') && *p + 1 < end && digit((*p)[1]))) && n < sizeof text - 1) {
        text[n++] = **p == ',' ? '.' : **p;
        (*p)++;
    }
    text[n] = '\0';
    char *stop;
    *v = strtod(text, &stop);
    return n > 0 && *stop == '\0';
}

static void blanks(const char **p, const char *end)
{
    while (*p < end && (**p == ' ' || **p == '\t')) (*p)++;
    if (end - *p >= 2 && (unsigned char)(*p)[0] == 0xC2 && (unsigned char)(*p)[1] == 0xA0) {
        *p += 2;
        blanks(p, end);
    }
}

/* The unit's word: letters up to a blank, a digit or a mark between parts; one: a single letter. */
static int64_t unit_at(const char **p, const char *end, bool one)
{
    const char *from = *p;
    char folded[WORDS_MAX];
    while (*p < end && !digit(**p) && **p != ' ' && **p != '\t' && **p != ',' && **p != '.' && **p != ';' && **p != '(' && !(one && *p > from)) (*p)++;
    size_t n = words_fold((slice){from, (size_t)(*p - from)}, folded);
    if (*p < end && (**p == '.' || **p == ',' || **p == ';')) (*p)++;
    else if (end - *p >= 3 && memcmp(*p, "(s)", 3) == 0) *p += 3;
    return unit_named(folded, n);
}

/* "and" between parts, in the languages of the units. */
static void joint(const char **p, const char *end)
{
    static const char *const words[] = {"and ", "e ", "y ", "et ", "und ", "零"};
    blanks(p, end);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(end - *p) > n && memcmp(*p, words[i], n) == 0) {
            *p += n;
            break;
        }
    }
    blanks(p, end);
}

bool words_duration(slice s, int64_t unit, int64_t *ms)
{
    s = slice_trim(s);
    if (s.len == 0) return false;
    const char *p = s.ptr, *end = s.ptr + s.len;
    double total = 0, v;
    size_t parts = 0;
    bool minus = p < end && *p == '-';
    if (minus) p++;
    bool iso = end - p > 1 && *p == 'P' && (p[1] == 'T' || digit(p[1])); /* ISO 8601 */
    if (iso) p++;
    for (joint(&p, end); p < end; joint(&p, end)) {
        int64_t clock;
        if (iso && *p == 'T' && p + 1 < end && digit(p[1])) p++;
        if (clock_text(p, end, &clock)) {
            total += (double)clock;
            parts++;
            p = end;
            break;
        }
        if (!amount(&p, end, &v)) return false;
        blanks(&p, end);
        int64_t u = p == end ? (parts == 0 ? unit : 0) : unit_at(&p, end, iso);
        if (u == 0) return false;
        total += v * (double)u;
        parts++;
    }
    if (parts == 0 || total > 1e15) return false;
    *ms = (int64_t)(total + 0.5) * (minus ? -1 : 1);
    return true;
}

int64_t words_unit_behind(slice folded, slice *bare)
{
    bool bracket = folded.len && folded.ptr[folded.len - 1] == ')';
    slice s = {folded.ptr, folded.len - bracket};
    const struct unit *best = NULL;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t n = strlen(units[i].name);
        if (n >= s.len || memcmp(s.ptr + s.len - n, units[i].name, n) != 0 || (bracket ? s.ptr[s.len - n - 1] != '(' : n < 3)) continue;
        if (!best || n > strlen(best->name)) best = &units[i];
    }
    if (!best) return 0;
    *bare = (slice){s.ptr, s.len - strlen(best->name) - bracket};
    if (bare->len > 2 && memcmp(bare->ptr + bare->len - 2, "in", 2) == 0 && !bracket) bare->len -= 2; /* "time to resolve in minutes" */
    return best->ms;
}
