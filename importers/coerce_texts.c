/* Texts of a slab: as they stand, as the terms they stand for, the first of several, and those that another field decides. */
#include <string.h>
#include "engine/base/digest.h"
#include "importers/coerce.h"
#include "importers/words.h"

/* No value of this field, though it may be one of others: 未分配 is a state, and nobody's name. */
static bool is_none(const field_map *map, slice s)
{
    for (size_t i = 0; map && i < map->none.n; i++)
        if (slice_eq_nocase(map->none.items[i], s)) return true;
    return false;
}

/* Before three digits and no more, and behind three at most. */
static bool comma_of_thousands(slice s, size_t i)
{
    size_t k = i + 1;
    while (k < s.len && s.ptr[k] >= '0' && s.ptr[k] <= '9') k++;
    return s.ptr[i] == ',' && k == i + 4 && (i > 3 ? s.ptr[i - 4] == ',' : i > 0);
}

/* "52 267", "52,267" → "52267": what groups digits goes. What is no number stays as it is. */
static slice digits_of(slice s, char out[32])
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == ' ' || comma_of_thousands(s, i)) continue;
        if (s.len - i >= 2 && memcmp(s.ptr + i, "\xC2\xA0", 2) == 0) i += 1;
        else if (s.len - i >= 3 && memcmp(s.ptr + i, "\xE2\x80\xAF", 3) == 0) i += 2;
        else if (s.ptr[i] < '0' || s.ptr[i] > '9' || n == 31) return s;
        else out[n++] = s.ptr[i];
    }
    return n ? (slice){out, n} : s;
}

static bool note_word(coercer *co, const target *t, size_t fno, slice word, slice term)
{
    uint64_t h = hash64(word.ptr, word.len, fno + 1), *noted = &co->noted[h % WORDS_NOTED];
    if (*noted == h) return true;
    *noted = h;
    return spoken_add(t->spoken, fno, word, term);
}

/* What "P1" is called that is not the model's. */
static slice level_from_zero(slice word, slice term)
{
    static const char *const names[] = {"P0 (from P0)", "P1 (from P0)", "P2 (from P0)", "P3 (from P0)", "P4 (from P0)", "P5 (from P0)", "P6 (from P0)", "P7 (from P0)", "P8 (from P0)", "P9 (from P0)"};
    int level = profile_level(word);
    return level < 0 ? term : slice_of(names[level]);
}

/* Texts as they stand: all of a slab at once. Words are noted when the batch meets them first. */
static sla_status read_plain_texts(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    column *col = &j->b->cols[fno];
    uint32_t *out = (uint32_t *)col->data + j->row0, codes[CELLS_ROWS], known = dict_count(col->codes);
    slice texts[CELLS_ROWS];
    uint16_t rows[CELLS_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice v = coerce_trimmed(in[i]);
        if (v.len == 0 || coerce_missing(j->co->p->pf, v)) continue;
        texts[n] = v;
        rows[n++] = (uint16_t)i;
    }
    if (dict_all_new(col->codes, j->row0)) {
        for (size_t k = 0; k < n; k++)
            if ((codes[k] = dict_append(col->codes, texts[k])) == DICT_NONE) return SLA_NOMEM;
    } else if (!dict_intern_many(col->codes, texts, n, codes, j->c->around)) return SLA_NOMEM;
    for (size_t k = 0; k < n; k++) {
        if (t->spoken && codes[k] >= known && !note_word(j->co, t, fno, texts[k], texts[k])) return SLA_NOMEM;
        out[rows[k]] = codes[k];
        bits_set(col->valid, j->row0 + rows[k]);
    }
    col->used = col->used || n;
    return SLA_OK;
}

static sla_status read_mapped_texts(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    column *col = &j->b->cols[fno];
    uint32_t *out = (uint32_t *)col->data + j->row0, code = 0;
    slice last = {0};
    const profile *pf = j->co->p->pf;
    char number[32];
    bool all_new = dict_all_new(col->codes, j->row0);
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice s = in[i];
        if (s.len == 0) continue;
        if (!slice_eq(s, last)) {
            slice v = coerce_trimmed(s);
            if (coerce_missing(pf, v) || is_none(t->map, v)) continue;
            slice word = v;
            if (t->map) v = t->map->digits ? digits_of(v, number) : profile_term(t->map, v);
            if (t->from_zero) v = level_from_zero(word, v);
            if (t->spoken && !note_word(j->co, t, fno, word, v)) return SLA_NOMEM;
            if ((code = all_new ? dict_append(col->codes, v) : dict_intern(col->codes, v)) == DICT_NONE) return SLA_NOMEM;
            last = s;
        }
        out[i] = code;
        bits_set(col->valid, j->row0 + i);
        col->used = true;
    }
    return SLA_OK;
}

/* How long the mark between values at s[i] is; 0: there is none. */
static size_t mark_between(const header_list *marks, slice s, size_t i)
{
    size_t longest = 0;
    for (size_t k = 0; k < marks->n; k++) {
        slice m = marks->items[k];
        bool here = m.len > longest && s.len - i >= m.len && slice_eq_nocase((slice){s.ptr + i, m.len}, m);
        if (here && (*m.ptr != ',' || (i && (unsigned char)s.ptr[i - 1] >= 0x80))) longest = m.len;
    }
    return longest;
}

/* "Luc<br>Anne": Luc; *rest what is named behind. begins: bytes that marks begin with. */
static slice first_of(const header_list *marks, const bool begins[256], slice s, slice *rest)
{
    size_t from = 0;
    *rest = (slice){0};
    for (size_t i = 0, n; i < s.len; i++) {
        if (!begins[(unsigned char)s.ptr[i]] || (n = mark_between(marks, s, i)) == 0) continue;
        slice part = slice_trim((slice){s.ptr + from, i - from});
        from = i + n;
        i = from - 1;
        if (part.len == 0) continue;
        *rest = slice_trim((slice){s.ptr + from, s.len - from});
        for (n = 1; n;) {
            n = rest->len ? mark_between(marks, *rest, 0) : 0;
            *rest = slice_trim((slice){rest->ptr + n, rest->len - n});
        }
        return part;
    }
    return slice_trim((slice){s.ptr + from, s.len - from});
}

static sla_status read_firsts(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    uint64_t several = 0;
    bool begins[256] = {false};
    column *col = &j->b->cols[fno];
    const header_list *marks = &t->map->first_of;
    for (size_t k = 0; k < marks->n; k++) begins[(unsigned char)*marks->items[k].ptr] = true;
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice rest, s = coerce_trimmed(in[i]);
        if (coerce_missing(j->co->p->pf, s) || is_none(t->map, s)) continue;
        slice v = first_of(marks, begins, s, &rest);
        if (rest.len) several++;
        if (rest.len) TRY(coerce_refuse(j, i, fno, rest, "named beside another one, who is taken"));
        if (v.len == 0 || (rest.len && coerce_missing(j->co->p->pf, v))) continue;
        uint32_t code = dict_intern(col->codes, v);
        if (code == DICT_NONE) return SLA_NOMEM;
        ((uint32_t *)col->data)[j->row0 + i] = code;
        bits_set(col->valid, j->row0 + i);
        col->used = true;
    }
    if (t->counts) t->counts->several += several;
    return SLA_OK;
}

/* "On Hold" and, in another column, "Awaiting Vendor": what both mean. A reason that nobody knows leaves it open what is meant: "On Hold (Awaiting CAB)". */
static sla_status with_reason(coerce_job *j, const field_map *map, slice *word, slice *term, slice reason)
{
    bool asks = false;
    for (size_t k = 0; k < map->reason_of.n; k++) asks = asks || slice_eq(*term, map->reason_of.items[k]) || words_same(*word, map->reason_of.items[k]);
    if (!asks) return SLA_OK;
    buf both = {0};
    buf_printf(&both, "%.*s (%.*s)", SLICE_ARG(*word), SLICE_ARG(reason));
    *word = both.failed ? (slice){0} : arena_slice(&j->texts, (slice){both.ptr, both.len});
    buf_free(&both);
    *term = profile_knows_term(map->reason, reason) ? profile_term(map->reason, reason) : *word;
    return word->ptr ? SLA_OK : SLA_NOMEM;
}

static sla_status read_with_reasons(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    column *col = &j->b->cols[fno];
    uint32_t code = 0;
    slice last = {0}, last_reason = {0};
    for (size_t i = 0; i < j->c->nrows; i++) {
        slice word = coerce_trimmed(in[i]), reason = coerce_trimmed(j->c->at[(size_t)t->reason * CELLS_ROWS + i]);
        if (coerce_missing(j->co->p->pf, word)) continue;
        if (!last.ptr || !slice_eq(word, last) || !slice_eq(reason, last_reason)) {
            last = word, last_reason = reason;
            slice term = profile_term(t->map, word);
            if (!coerce_missing(j->co->p->pf, reason)) TRY(with_reason(j, t->map, &word, &term, reason));
            if (t->spoken && !note_word(j->co, t, fno, word, term)) return SLA_NOMEM;
            if ((code = dict_intern(col->codes, term)) == DICT_NONE) return SLA_NOMEM;
        }
        ((uint32_t *)col->data)[j->row0 + i] = code;
        bits_set(col->valid, j->row0 + i);
        col->used = true;
    }
    return SLA_OK;
}

sla_status coerce_texts(coerce_job *j, size_t fno, const slice *in, const target *t)
{
    if (t->reason >= 0) return read_with_reasons(j, fno, in, t);
    if (t->map && t->map->first_of.n) return read_firsts(j, fno, in, t);
    return t->map || t->from_zero ? read_mapped_texts(j, fno, in, t) : read_plain_texts(j, fno, in, t);
}

/* ---- texts that another field decides ---- */
/* Where nothing is said: what the text of another field begins with, and no letter after: INC0010 is an incident, INCOME1 is none. */
static sla_status fill_prefixed(coerce_job *j, size_t fno, const field_map *map)
{
    const column *of = &j->b->cols[map->prefix_of];
    for (size_t i = j->row0; i < j->row0 + j->c->nrows; i++) {
        if (bits_get(j->b->cols[fno].valid, i) || !bits_get(of->valid, i)) continue;
        slice s = dict_text(of->codes, ((const uint32_t *)of->data)[i]);
        for (size_t k = 0; k < map->prefixes.n; k++) {
            slice begin = map->prefixes.items[k];
            if (s.len <= begin.len || !slice_eq_nocase((slice){s.ptr, begin.len}, begin) || ((unsigned char)s.ptr[begin.len] | 32) >= 'a') continue;
            TRY(batch_set_text(j->b, i, fno, map->prefix_terms[k]));
            break;
        }
    }
    return SLA_OK;
}

/* The values of a change mean what they mean for the field that was changed. */
static sla_status read_changed(coerce_job *j, const profile *pf, int fno)
{
    const column *names = &j->b->cols[pf->of->changes.field];
    column *col = fno >= 0 ? &j->b->cols[fno] : NULL;
    for (size_t i = j->row0; col && i < j->row0 + j->c->nrows; i++) {
        if (!bits_get(col->valid, i) || !bits_get(names->valid, i)) continue;
        int f = dataset_field(pf->of, dict_text(names->codes, ((const uint32_t *)names->data)[i]));
        slice was = dict_text(col->codes, ((const uint32_t *)col->data)[i]);
        if (f >= 0) TRY(batch_set_text(j->b, i, (size_t)fno, profile_term(&pf->changed[f], was)));
    }
    return SLA_OK;
}

sla_status coerce_decided(coerce_job *j)
{
    const plan *p = j->co->p;
    for (size_t f = 0; f < j->b->ds->nfields; f++) {
        const field_map *map = p->fields[f].map;
        if (map && map->prefix_of >= 0) TRY(fill_prefixed(j, f, map));
    }
    if (!p->pf || !p->pf->changed) return SLA_OK;
    TRY(read_changed(j, p->pf, p->pf->of->changes.old_));
    return read_changed(j, p->pf, p->pf->of->changes.new_);
}
