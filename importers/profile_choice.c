/* Which profile a table belongs to, by its headers alone. */
#include <string.h>
#include "engine/base/mem.h"
#include "importers/logregex.h"
#include "importers/profile.h"
#include "importers/words.h"

static bool in_list(slice folded, const header_list *l)
{
    for (size_t i = 0; folded.len && i < l->n; i++)
        if (slice_eq(l->folded[i], folded)) return true;
    return false;
}

size_t profile_suffix(const profile *p, slice folded, slice *bare)
{
    *bare = folded;
    for (size_t k = 0; k < p->suffixes.n; k++) {
        slice s = p->suffixes.folded[k];
        if (folded.len <= s.len + 1 || folded.ptr[folded.len - s.len - 1] != '.' || memcmp(folded.ptr + folded.len - s.len, s.ptr, s.len) != 0) continue;
        bare->len = folded.len - s.len - 1;
        return k + 1;
    }
    return 0;
}

/* The first of names (folded) that is in the list; -1: none. */
static int first_of(const profile *p, const header_list *l, const slice *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        slice bare;
        if (in_list(names[i], l) || (profile_suffix(p, names[i], &bare) && in_list(bare, l))) return (int)i;
    }
    return -1;
}

static bool has_all(const profile *p, const slice *names, size_t n)
{
    for (size_t k = 0; k < p->nneeds; k++)
        if (first_of(p, &p->needs[k], names, n) < 0) return false;
    return p->nneeds > 0 && first_of(p, &p->unless, names, n) < 0;
}

static bool knows(const profile *p, slice name)
{
    slice bare;
    return name.len && (dict_find(p->known, name) != DICT_NONE || (profile_suffix(p, name, &bare) && dict_find(p->known, bare) != DICT_NONE));
}

static bool goes_by(const slice *out, size_t n, slice name)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(out[i], name)) return true;
    return false;
}

void profile_names(const profile *p, const header_text *headers, size_t n, slice *out)
{
    for (size_t i = 0; i < n; i++) out[i] = headers[i].readings[0];
    for (size_t i = 0; i < n && !p->refuse.len; i++)
        for (size_t k = 1; k < headers[i].n && !knows(p, out[i]); k++)
            if (knows(p, headers[i].readings[k]) && !goes_by(out, n, headers[i].readings[k])) out[i] = headers[i].readings[k];
}

static size_t count_known(const profile *p, const slice *folded, size_t n)
{
    size_t known = 0;
    for (size_t k = 0; k < n; k++) known += knows(p, folded[k]);
    return known;
}

/* Words like "id" and "date" stand over many a table that is no list of tickets. A generic profile must know five columns, or half of those that have a name and three; two are
 * enough where there is hardly another, and what the required fields are called is more than "ID" or "No". What one has to be taken from for want of a better one speaks against it. */
static bool enough(const profile *p, size_t known, const slice *folded, size_t n)
{
    enum { BARE = 3 };
    size_t named = 0, poor = 0;
    bool telling = true;
    for (size_t i = 0; i < n; i++) named += folded[i].len > 0;
    for (size_t m = 0; m < p->nmaps; m++) {
        if (!p->ds->fields[p->maps[m].field].required) continue;
        int from = first_of(p, &p->maps[m].from, folded, n);
        if (from < 0) poor += 2;
        else telling = telling && folded[from].len > BARE;
    }
    known = known > poor ? known - poor : 0;
    return !p->generic || known >= 5 || (known >= 3 && known * 2 >= named) || (known == 2 && named <= 3 && telling);
}

typedef struct score { size_t known, needed; bool generic; } score;
static bool better(score a, score b)
{
    if (a.generic != b.generic) return !a.generic;
    if (a.known != b.known) return a.known > b.known;
    return a.needed > b.needed;
}

static void tell(const profile *p, score s, const profile *next, score second, const slice *names, const slice *folded, size_t n, buf *why)
{
    buf_printf(why, "profile %.*s (%.*s), recognised by", SLICE_ARG(p->name), SLICE_ARG(p->title));
    for (size_t k = 0; k < p->nneeds; k++) {
        int i = first_of(p, &p->needs[k], folded, n);
        if (i >= 0) buf_printf(why, "%s %.*s", k ? "," : "", SLICE_ARG(names[i]));
    }
    buf_printf(why, "; it knows %zu of %zu columns", s.known, n);
    if (next) buf_printf(why, ", the next best (%.*s) %zu", SLICE_ARG(next->name), second.known);
    buf_char(why, '\n');
}

sla_status profile_by_header(const profile_set *s, const slice *names, size_t n, bool generic, const profile **out, buf *why)
{
    arena a = {0};
    header_text *headers;
    slice *folded = headers_read(&a, names, n, &headers) == SLA_OK ? ARENA_NEW(&a, slice, n) : NULL;
    const profile *best = NULL, *next = NULL;
    score top = {0}, second = {0};
    for (size_t i = 0; folded && i < s->n; i++) {
        const profile *p = &s->items[i];
        if (p->errors.n || (p->generic && !generic)) continue;
        profile_names(p, headers, n, folded);
        if (!has_all(p, folded, n)) continue;
        score now = {.needed = p->nneeds, .generic = p->generic};
        now.known = count_known(p, folded, n);
        if (!enough(p, now.known, folded, n)) continue;
        if (!best || better(now, top)) next = best, second = top, best = p, top = now;
        else if (!next || better(now, second)) next = p, second = now;
    }
    if (best) profile_names(best, headers, n, folded);
    if (best) tell(best, top, next, second, names, folded, n, why);
    arena_free(&a);
    *out = best;
    return a.failed ? SLA_NOMEM : SLA_OK;
}

bool profile_has_need(const profile *p, size_t need, const slice *folded, size_t n) { return first_of(p, &p->needs[need], folded, n) >= 0; }

sla_status profile_nearest(const profile_set *s, const slice *names, size_t n, const profile **out)
{
    arena a = {0};
    header_text *headers;
    slice *folded = headers_read(&a, names, n, &headers) == SLA_OK ? ARENA_NEW(&a, slice, n) : NULL;
    const profile *best = NULL;
    size_t most = 2;
    for (size_t i = 0; folded && i < s->n; i++) {
        const profile *p = &s->items[i];
        profile_names(p, headers, n, folded);
        size_t known = count_known(p, folded, n);
        if (p->errors.n == 0 && p->refuse.len == 0 && known > most && !has_all(p, folded, n)) best = p, most = known;
    }
    arena_free(&a);
    *out = best;
    return a.failed ? SLA_NOMEM : SLA_OK;
}

/* ---- files that nothing takes ---- */
sla_status profiles_refuse_file(const profile_set *s, slice head, srcpos at, err *e)
{
    enum { LOOKED_AT = 4096 };
    log_regex_state *st = log_regex_state_new();
    arena a = {0};
    errlist errors = {0};
    const ynode *is = NULL;
    head = slice_trim((slice){head.ptr, head.len < LOOKED_AT ? head.len : LOOKED_AT});
    for (size_t i = 0; st && s->files && i < s->files->n && !is; i++) {
        log_regex re = {0};
        log_regex_compile(&re, yaml_get(s->files->items[i], "begins"), &a, &errors); /* only now: few files are refused */
        if (re.code && log_regex_match(&re, st, head)) is = s->files->items[i];
        log_regex_clear(&re);
    }
    bool looked = st && errors.n + errors.dropped == 0 && !a.failed; /* our own expressions are sound: what is wrong with one is a want of memory */
    log_regex_state_free(st);
    errlist_clear(&errors);
    arena_free(&a);
    if (!looked) return err_set(e, SLA_NOMEM, at, "no memory to look at the file");
    if (!is) return SLA_OK;
    err_set(e, SLA_UNKNOWN_FORMAT, at, "%.*s: %.*s", SLICE_ARG(yaml_text(is, "name", (slice){0})), SLICE_ARG(yaml_text(is, "because", (slice){0})));
    err_hint(e, "%.*s", SLICE_ARG(yaml_text(is, "instead", (slice){0})));
    return SLA_UNKNOWN_FORMAT;
}
