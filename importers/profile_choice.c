/* Which profile a table belongs to, by its headers alone. */
#include "engine/base/mem.h"
#include "importers/profile.h"
#include "importers/words.h"

static bool in_list(slice folded, const header_list *l, bool list_folded)
{
    for (size_t i = 0; folded.len && i < l->n; i++) {
        char text[WORDS_MAX];
        slice item = l->items[i];
        if (!list_folded) item = (slice){text, words_fold(item, text)};
        if (slice_eq(item, folded)) return true;
    }
    return false;
}

/* The first of names (folded) that is in the list; -1: none. */
static int first_of(const header_list *l, const slice *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (in_list(names[i], l, true)) return (int)i;
    return -1;
}

static slice *fold_names(arena *a, const slice *names, size_t n)
{
    slice *folded = ARENA_NEW(a, slice, n);
    for (size_t i = 0; folded && i < n; i++) folded[i] = words_folded(a, names[i]);
    return folded;
}

static bool has_all(const profile *p, const slice *names, size_t n)
{
    for (size_t k = 0; k < p->nneeds; k++)
        if (first_of(&p->needs[k], names, n) < 0) return false;
    return p->nneeds > 0;
}

static bool knows(const profile *p, slice name)
{
    if (in_list(name, &p->knows, true)) return true;
    for (size_t k = 0; k < p->nneeds; k++)
        if (in_list(name, &p->needs[k], true)) return true;
    for (size_t m = 0; m < p->nmaps; m++)
        if (in_list(name, &p->maps[m].from, false) || in_list(name, &p->maps[m].fallback, false)) return true;
    return in_list(name, &p->fold_at, false) || in_list(name, &p->fold_actor, false) || in_list(name, &p->fold_sequence, false);
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
        int i = first_of(&p->needs[k], folded, n);
        if (i >= 0) buf_printf(why, "%s %.*s", k ? "," : "", SLICE_ARG(names[i]));
    }
    buf_printf(why, "; it knows %zu of %zu columns", s.known, n);
    if (next) buf_printf(why, ", the next best (%.*s) %zu", SLICE_ARG(next->name), second.known);
    buf_char(why, '\n');
}

const profile *profile_by_header(const profile_set *s, const slice *names, size_t n, bool generic, buf *why)
{
    arena a = {0};
    slice *folded = fold_names(&a, names, n);
    const profile *best = NULL, *next = NULL;
    score top = {0}, second = {0};
    for (size_t i = 0; folded && i < s->n; i++) {
        const profile *p = &s->items[i];
        if (p->errors.n || (p->generic && !generic) || !has_all(p, folded, n)) continue;
        score now = {.needed = p->nneeds, .generic = p->generic};
        for (size_t k = 0; k < n; k++) now.known += knows(p, folded[k]);
        if (!best || better(now, top)) next = best, second = top, best = p, top = now;
        else if (!next || better(now, second)) next = p, second = now;
    }
    if (best && why) tell(best, top, next, second, names, folded, n, why);
    arena_free(&a);
    return best;
}

bool profile_has_need(const profile *p, size_t need, const slice *names, size_t n)
{
    char text[WORDS_MAX];
    for (size_t i = 0; i < n; i++)
        if (in_list((slice){text, words_fold(names[i], text)}, &p->needs[need], true)) return true;
    return false;
}

const profile *profile_nearest(const profile_set *s, const slice *names, size_t n)
{
    arena a = {0};
    slice *folded = fold_names(&a, names, n);
    const profile *best = NULL;
    size_t most = 2;
    for (size_t i = 0; folded && i < s->n; i++) {
        const profile *p = &s->items[i];
        size_t known = 0;
        for (size_t k = 0; k < n; k++) known += knows(p, folded[k]);
        if (p->errors.n == 0 && known > most && !has_all(p, folded, n)) best = p, most = known;
    }
    arena_free(&a);
    return best;
}
