/* The words of verdicts and severities, from the lists that make their enums. */
#include "engine/audit/result.h"

typedef struct word { const char *json, *zh, *en; } word;

static const char *pick(const word *w, const char *lang)
{
    if (strcmp(lang, "zh") == 0) return w->zh;
    if (strcmp(lang, "en") == 0) return w->en;
    return w->json;
}

const char *verdict_word(verdict v, const char *lang)
{
    static const word words[] = {
#define V(code, json, zh, en) {json, zh, en},
        VERDICT_LIST(V)
#undef V
    };
    return (unsigned)v < VERDICT_COUNT ? pick(&words[v], lang) : "";
}

const char *clause_verdict_word(clause_verdict v, const char *lang)
{
    static const word words[] = {
#define V(code, json, zh, en) {json, zh, en},
        CLAUSE_VERDICT_LIST(V)
#undef V
    };
    return (unsigned)v < CLAUSE_VERDICT_COUNT ? pick(&words[v], lang) : "";
}

const char *severity_word(severity s, const char *lang)
{
    static const word words[] = {
#define V(code, json, zh, en) {json, zh, en},
        SEVERITY_LIST(V)
#undef V
    };
    return (unsigned)s < SEVERITY_COUNT ? pick(&words[s], lang) : "";
}

const bitext *result_word(const audit_result *r, slice of, slice value)
{
    for (size_t i = 0; i < r->nwords; i++)
        if (slice_eq(r->words[i].field, of) && slice_eq(r->words[i].value, value)) return &r->words[i].title;
    return NULL;
}
