#include "importers/draft.h"
#include <string.h>
#include "engine/base/mem.h"
#include "importers/words.h"

enum { VALUES_KEPT = 40, VALUES_SHOWN = 12, SHOWN_CHARS = 60 };
typedef struct sample {
    dict *values; uint32_t counts[VALUES_KEPT];     /* the first different values */
    size_t filled, numbers;
    bool more;                                      /* there are more different ones */
    date_evidence dates;
    int field;                                      /* of the dataset; -1: not known */
    bool guessed;                                   /* known by its values alone: field says as what */
} sample;
struct draft {
    const profile_set *profiles;
    const dataset *ds;
    const slice *names; size_t n;
    sample *columns;
};

/* ---- which field a header is ---- */
static bool names_it(const header_list *l, slice folded)
{
    for (size_t i = 0; i < l->n; i++)
        if (slice_eq(l->folded[i], folded)) return true;
    return false;
}

/* The field that most profiles of the dataset read a header as. */
static int field_of(const draft *d, slice header)
{
    char text[WORDS_MAX];
    slice folded = {text, words_fold(header, text)};
    size_t votes[FIELDS_MAX] = {0};
    int best = -1;
    for (size_t i = 0; folded.len && i < d->profiles->n; i++) {
        const profile *p = &d->profiles->items[i];
        for (size_t m = 0; p->ds == d->ds && m < p->nmaps; m++) votes[p->maps[m].field] += names_it(&p->maps[m].from, folded) || names_it(&p->maps[m].fallback, folded);
    }
    for (size_t f = 0; folded.len && f < d->ds->nfields; f++) votes[f] += words_same(d->ds->fields[f].name, header) || words_same(d->ds->fields[f].title_zh, header);
    for (size_t f = 0; f < d->ds->nfields; f++)
        if (votes[f] && (best < 0 || votes[f] > votes[best])) best = (int)f;
    return best;
}

sla_status draft_new(const profile_set *profiles, const dataset *ds, const slice *names, size_t n, draft **out)
{
    draft *d = mem_zero(1, sizeof *d);
    if (!d || !(d->columns = mem_zero(n + 1, sizeof *d->columns))) {
        draft_free(d);
        return SLA_NOMEM;
    }
    d->profiles = profiles;
    d->ds = ds;
    d->names = names;
    d->n = n;
    bool taken[FIELDS_MAX] = {false};
    for (size_t i = 0; i < n; i++) {
        sample *s = &d->columns[i];
        if (!(s->values = dict_new())) {
            draft_free(d);
            return SLA_NOMEM;
        }
        s->field = field_of(d, names[i]);
        if (s->field >= 0 && taken[s->field]) s->field = -1; /* the first column of a field; the others are shown as not mapped */
        if (s->field >= 0) taken[s->field] = true;
    }
    *out = d;
    return SLA_OK;
}

/* ---- values ---- */
static bool is_number(slice s)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.len; i++) {
        digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
        if (!strchr("+-.,0123456789", s.ptr[i])) return false;
    }
    return digits > 0;
}

sla_status draft_look(draft *d, const cells *c)
{
    for (size_t i = 0; i < d->n; i++)
        for (size_t r = 0; r < c->nrows; r++) {
            sample *s = &d->columns[i];
            slice v = slice_trim(c->at[i * CELLS_ROWS + r]);
            if (v.len == 0) continue;
            s->filled++;
            s->numbers += is_number(v);
            dates_look(v, &s->dates);
            uint32_t code = dict_find(s->values, v);
            if (code == DICT_NONE && dict_count(s->values) == VALUES_KEPT) s->more = true;
            else if (code == DICT_NONE && (code = dict_intern(s->values, v)) == DICT_NONE) return SLA_NOMEM;
            if (code != DICT_NONE) s->counts[code]++;
        }
    return SLA_OK;
}

/* ---- writing ---- */
static void quoted(buf *b, slice s)
{
    buf_char(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\') buf_char(b, '\\');
        if (s.ptr[i] == '\n') buf_text(b, "\\n");
        else if ((unsigned char)s.ptr[i] < 32) buf_char(b, ' ');
        else buf_char(b, s.ptr[i]);
    }
    buf_char(b, '"');
}

/* A value in a comment: on one line, cut short. */
static void shown(buf *b, slice s)
{
    size_t n = s.len > SHOWN_CHARS ? SHOWN_CHARS : s.len;
    while (n < s.len && n && ((unsigned char)s.ptr[n] & 0xC0) == 0x80) n--;
    quoted(b, (slice){s.ptr, n});
    if (n < s.len) buf_text(b, "…");
}

static bool looks_dated(const sample *s)
{
    size_t dated = s->dates.values + s->dates.iso + s->dates.named + s->dates.epoch + s->dates.serial;
    return s->filled && dated * 10 > s->filled * 9;
}

static void say_values(const sample *s, buf *b)
{
    uint32_t n = dict_count(s->values);
    if (n == 0) {
        buf_text(b, "no value");
        return;
    }
    buf_text(b, looks_dated(s) ? "times: " : s->numbers == s->filled ? "numbers: " : "");
    uint32_t most = s->more ? 3 : n < VALUES_SHOWN ? n : VALUES_SHOWN;
    for (uint32_t i = 0; i < most; i++) {
        buf_text(b, i ? ", " : "");
        shown(b, dict_text(s->values, i));
        if (!s->more && s->counts[i] > 1) buf_printf(b, " ×%u", s->counts[i]);
    }
    if (s->more || most < n) buf_text(b, ", …");
}

/* What an enumeration's values mean, by the words of everyone; those that nobody knows are marked. */
static void write_terms(const draft *d, const sample *s, const field *f, buf *b)
{
    const field_map probe = {.vocabulary = profile_vocabulary(d->profiles, f->en)};
    size_t unknown = 0;
    for (uint32_t i = 0; i < dict_count(s->values); i++) unknown += !profile_knows_term(&probe, dict_text(s->values, i));
    if (unknown == 0) {
        buf_text(b, "}\n");
        return;
    }
    buf_text(b, "}\n    # ??? values that are no term known here; write values: {\"…\": …} with one of:");
    for (size_t k = 0; k < f->en->n; k++) buf_printf(b, " %.*s", SLICE_ARG(f->en->values[k]));
    buf_char(b, '\n');
    for (uint32_t i = 0; i < dict_count(s->values); i++) {
        if (profile_knows_term(&probe, dict_text(s->values, i))) continue;
        buf_text(b, "    # ??? ");
        shown(b, dict_text(s->values, i));
        buf_printf(b, ": ×%u\n", s->counts[i]);
    }
    if (s->more) buf_text(b, "    # ??? and others\n");
}

static const sample *column_of(const draft *d, size_t f, size_t *at)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->columns[i].field == (int)f) return *at = i, &d->columns[i];
    return NULL;
}

static bool fits(const draft *d, const sample *s, const field *fd);

/* The only column without a field whose values fit; NULL: none, or several. */
static sample *only_candidate(draft *d, const field *fd)
{
    sample *found = NULL;
    for (size_t i = 0; i < d->n; i++) {
        if (d->columns[i].field >= 0 || d->names[i].len == 0 || !fits(d, &d->columns[i], fd)) continue;
        if (found) return NULL;
        found = &d->columns[i];
    }
    return found;
}

/* What a record needs and no header says: so that the draft can be tried at once. */
static void guess_required(draft *d)
{
    for (size_t f = 0; f < d->ds->nfields; f++) {
        size_t at;
        sample *s = d->ds->fields[f].required && !column_of(d, f, &at) ? only_candidate(d, &d->ds->fields[f]) : NULL;
        if (s) s->field = (int)f, s->guessed = true;
    }
}

static void write_fields(const draft *d, buf *b)
{
    for (size_t f = 0; f < d->ds->nfields; f++) {
        const field *fd = &d->ds->fields[f];
        size_t at;
        const sample *s = column_of(d, f, &at);
        if (!s && fd->required) buf_printf(b, "  # ??? %.*s: {from: [\"…\"]}      a %.*s needs it; no header is known as it\n", SLICE_ARG(fd->name), SLICE_ARG(d->ds->name));
        if (!s) continue;
        buf_printf(b, "  %.*s: {from: [", SLICE_ARG(fd->name));
        quoted(b, d->names[at]);
        buf_char(b, ']');
        if (fd->en) write_terms(d, s, fd, b);
        else {
            buf_text(b, s->guessed ? "}   # ??? by its values alone: " : "}   # ");
            if ((fd->type == VT_TIME || fd->type == VT_DATE) && s->filled && !looks_dated(s)) buf_text(b, "??? not read as times: ");
            if (fd->type == VT_NUMBER && s->numbers < s->filled) buf_text(b, "??? not all are numbers: ");
            say_values(s, b);
            buf_char(b, '\n');
        }
    }
}

static void write_needs(const draft *d, buf *b)
{
    size_t n = 0;
    buf_text(b, "needs: [");
    for (int pass = 0; pass < 2; pass++) /* what the dataset needs, then the headers most its own: those that nobody knows */
        for (size_t i = 0; i < d->n && n < 5; i++) {
            const int f = d->columns[i].field;
            bool wanted = pass == 0 ? f >= 0 && d->ds->fields[f].required : f < 0;
            if (!wanted || d->names[i].len == 0) continue;
            buf_text(b, n++ ? ", " : "");
            quoted(b, d->names[i]);
        }
    buf_text(b, "]\n");
}

/* Every value differs, is short and has a digit: what numbers of records are like. */
static bool looks_like_key(const sample *s)
{
    if (s->filled == 0 || looks_dated(s) || (!s->more && dict_count(s->values) < s->filled)) return false;
    for (uint32_t i = 0; i < dict_count(s->values); i++) {
        slice v = dict_text(s->values, i);
        size_t digits = 0;
        for (size_t k = 0; k < v.len; k++) digits += v.ptr[k] >= '0' && v.ptr[k] <= '9';
        if (v.len > 32 || digits == 0) return false;
    }
    return true;
}

/* Do the column's values speak for the field? */
static bool fits(const draft *d, const sample *s, const field *fd)
{
    const field_map probe = {.vocabulary = fd->en ? profile_vocabulary(d->profiles, fd->en) : NULL};
    size_t known = 0, of = dict_count(s->values);
    if (!fd->en) return fd->required && (fd->type == VT_TIME ? looks_dated(s) : looks_like_key(s));
    for (uint32_t i = 0; i < of && !s->more; i++) known += profile_knows_term(&probe, dict_text(s->values, i));
    return known * 2 >= of && known > 0;
}

/* Fields that nobody's header is, and for which a column's values speak. */
static void suggest(const draft *d, const sample *s, buf *b)
{
    const char *begin = "   (could be";
    size_t at, n = 0;
    for (size_t f = 0; f < d->ds->nfields; f++) {
        const field *fd = &d->ds->fields[f];
        if (column_of(d, f, &at)) continue;
        if (fits(d, s, fd)) buf_printf(b, "%s%s %.*s", begin, n++ ? "," : "", SLICE_ARG(fd->name)), begin = "";
    }
    if (n) buf_char(b, ')');
}

void draft_write(draft *d, const char *source, buf *b)
{
    const char *slash = strrchr(source, '/');
    guess_required(d);
    buf_printf(b, "# A draft for %s. Lines with ??? are to be looked at by a person: what stands there could not be told from headers and values.\n", slash ? slash + 1 : source);
    buf_printf(b, "# Use it with: slaudit import --profile FILE.yaml EXPORT    (what the words mean: docs/profiles.md)\n");
    buf_printf(b, "profile: {name: my-product, title: My product, dataset: %.*s}\n", SLICE_ARG(d->ds->name));
    write_needs(d, b);
    buf_text(b, "fields:\n");
    write_fields(d, b);
    for (size_t i = 0; i < d->n; i++) {
        if (d->columns[i].field >= 0) continue;
        buf_text(b, "  # ??? not mapped: ");
        quoted(b, d->names[i]);
        buf_text(b, "   ");
        say_values(&d->columns[i], b);
        suggest(d, &d->columns[i], b);
        buf_char(b, '\n');
    }
}

void draft_free(draft *d)
{
    if (!d) return;
    for (size_t i = 0; d->columns && i < d->n; i++) dict_free(d->columns[i].values);
    mem_free(d->columns);
    mem_free(d);
}
