/* Names of what was observed. A pack writes them as expressions ("category", "staff[assignee].level", "gap(history[…], …)"), kinds of rules as words of their own ("key", "count").
 * There may be a million values and but a few names, so names are looked up once for each rule. */
#include "reports/observed.h"
#include <stdio.h>
#include <string.h>
#include "engine/base/mem.h"

enum { NAMES_MOST = 32 };            /* of one rule; what is beyond them keeps the pack's name */
typedef enum value_kind { VALUE_AS_IS, VALUE_TERM, VALUE_FIELD, VALUE_DATASET } value_kind;
typedef struct observed_name { slice name, said, field; value_kind kind; } observed_name;
typedef struct rule_names { observed_name *items; size_t n; } rule_names;
struct observed_names { document *d; rule_names *rules; };

static size_t identifier(slice s)
{
    size_t n = 0;
    while (n < s.len && ((s.ptr[n] >= 'a' && s.ptr[n] <= 'z') || (s.ptr[n] >= '0' && s.ptr[n] <= '9') || s.ptr[n] == '_')) n++;
    return n;
}

/* Where the last part of "clock.response.elapsed" or "staff[assignee].level" begins; 0: it is another expression. */
static size_t last_part(slice s)
{
    size_t depth = 0, last = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '[') depth++;
        else if (s.ptr[i] == ']' && depth > 0) depth--;
        else if (s.ptr[i] == '.' && depth == 0) last = i + 1;
        else if (depth == 0 && identifier((slice){s.ptr + i, 1}) == 0) return 0;
    }
    return depth == 0 && last > 0 && identifier((slice){s.ptr + last, s.len - last}) == s.len - last ? last : 0;
}

/* A field of a dataset, by the model; what is no field by texts, of the rule's kind ("observed.pause.by") or of all; else as it is. */
static slice title_of(document *d, slice kind, slice of, slice name)
{
    char own[128];
    int n = snprintf(own, sizeof own, "%.*s.%.*s", SLICE_ARG(of), SLICE_ARG(name));
    const bitext *title = n < 0 || (size_t)n >= sizeof own ? NULL : result_word(d->r, (slice){own, (size_t)n}, SLICE_LIT(""));
    if (title == NULL) title = result_word(d->r, name, SLICE_LIT(""));
    if (title != NULL) return doc_bi(d, *title);
    n = snprintf(own, sizeof own, "%.*s.%.*s", SLICE_ARG(kind), SLICE_ARG(name));
    slice of_kind = n < 0 || (size_t)n >= sizeof own ? name : doc_word(d, "observed", (slice){own, (size_t)n});
    return of_kind.ptr != own && of_kind.ptr != name.ptr ? of_kind : doc_word(d, "observed", name);
}

static bool has_terms(const audit_result *r, slice name)
{
    for (size_t i = 0; i < r->nwords; i++)
        if (slice_eq(r->words[i].field, name) && name.len > 0 && r->words[i].value.len > 0) return true;
    return false;
}

/* Values of a function are named by what it does: the expression stands in the pack, and the message says what it is about. */
static observed_name make_name(document *d, slice kind, slice own, slice name)
{
    size_t first = identifier(name), last = last_part(name);
    observed_name x = {.name = name, .said = name};
    if (first == name.len || last > 0) {
        const slice of = last > 0 ? (slice){name.ptr, first} : own;
        x.field = (slice){name.ptr + last, name.len - last};
        x.said = title_of(d, kind, of, x.field);
        if (last > 0 && result_word(d->r, SLICE_LIT(""), of) != NULL)
            x.said = doc_fill(d, "observed.of", (text_fill[]){{"dataset", doc_dataset(d, of)}, {"field", x.said}, {NULL, {0}}});
        x.kind = has_terms(d->r, x.field) ? VALUE_TERM : slice_is(kind, "burst") && slice_is(name, "by") ? VALUE_FIELD : slice_is(name, "looked_into") ? VALUE_DATASET : VALUE_AS_IS;
    } else if (name.ptr[first] == '(') {
        slice function = {name.ptr, first}, said = doc_word(d, "observed", function);
        if (said.ptr != function.ptr) x.said = said;
    }
    return x;
}

static const observed_name *find_name(const rule_names *names, slice name)
{
    for (size_t i = 0; i < names->n; i++)
        if (slice_eq(names->items[i].name, name)) return &names->items[i];
    return NULL;
}

/* What was observed in words has its English beside it, as NAME_en: only the one of the report's language is shown. */
static bool is_other_language(const res_finding *f, size_t i, bool english)
{
    slice name = f->observed[i].name;
    if (name.len > 3 && memcmp(name.ptr + name.len - 3, "_en", 3) == 0) return !english;
    for (size_t k = 0; english && k < f->nobserved; k++) {
        slice other = f->observed[k].name;
        if (other.len == name.len + 3 && memcmp(other.ptr, name.ptr, name.len) == 0 && memcmp(other.ptr + name.len, "_en", 3) == 0) return true;
    }
    return false;
}

observed_names *observed_open(document *d)
{
    const audit_result *r = d->r;
    observed_names *names = DOC_NEW(d, observed_names, 1);
    rule_names *rules = DOC_NEW(d, rule_names, r->nrules);
    if (names == NULL || rules == NULL) return NULL;
    *names = (observed_names){d, rules};
    for (size_t i = 0; i < r->nfindings; i++) {
        const res_finding *f = &r->findings[i];
        rule_names *of = &rules[f->rule];
        for (size_t k = 0; k < f->nobserved; k++) {
            if (of->n == NAMES_MOST || find_name(of, f->observed[k].name) != NULL) continue;
            if (of->items == NULL && (of->items = DOC_NEW(d, observed_name, NAMES_MOST)) == NULL) return NULL;
            of->items[of->n++] = make_name(d, r->rules[f->rule].kind, f->dataset, f->observed[k].name);
        }
    }
    return d->failed.code == SLA_OK ? names : NULL;
}

static slice value_said(document *d, const observed_name *x, slice value)
{
    switch (x == NULL ? VALUE_AS_IS : x->kind) {
    case VALUE_TERM: return doc_term(d, x->field, value);
    case VALUE_FIELD: return title_of(d, SLICE_LIT(""), SLICE_LIT(""), value);
    case VALUE_DATASET: return doc_dataset(d, value);
    case VALUE_AS_IS: break;
    }
    return value;
}

slice observed_said(const observed_names *names, const res_finding *f, arena *scratch)
{
    buf b = {0};
    for (size_t i = 0; i < f->nobserved; i++) {
        const observed_name *x = find_name(&names->rules[f->rule], f->observed[i].name);
        if (is_other_language(f, i, names->d->english)) continue;
        if (b.len > 0) buf_text(&b, "; ");
        buf_slice(&b, x != NULL ? x->said : f->observed[i].name);
        buf_char(&b, '=');
        buf_slice(&b, value_said(names->d, x, f->observed[i].value));
    }
    scratch->failed = scratch->failed || b.failed;
    const char *kept = b.failed ? NULL : arena_strndup(scratch, buf_cstr(&b), b.len);
    slice said = kept != NULL ? (slice){kept, b.len} : (slice){"", 0};
    buf_free(&b);
    return said;
}
