#include "importers/spoken.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "engine/base/dict.h"
#include "engine/base/mem.h"

enum { WORDS_KEPT = 200, WORDS_SHOWN = 12 };
typedef struct field_words { dict *words; uint16_t rank[WORDS_KEPT]; } field_words;   /* rank: the term's, by the word's code */
struct spoken { const dataset *ds; pthread_mutex_t lock; field_words fields[FIELDS_MAX]; };

spoken *spoken_new(const dataset *ds)
{
    spoken *s = mem_zero(1, sizeof *s);
    if (!s) return NULL;
    s->ds = ds;
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void spoken_free(spoken *s)
{
    if (!s) return;
    for (size_t f = 0; f < FIELDS_MAX; f++) dict_free(s->fields[f].words);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

static bool keep(field_words *w, slice word, int rank)
{
    if (!w->words && !(w->words = dict_new())) return false;
    if (dict_find(w->words, word) != DICT_NONE || dict_count(w->words) == WORDS_KEPT) return true;
    uint32_t code = dict_intern(w->words, word);
    if (code == DICT_NONE) return false;
    w->rank[code] = (uint16_t)rank;
    return true;
}

bool spoken_add(spoken *s, size_t f, slice word, slice term)
{
    int rank = enumeration_rank(s->ds->fields[f].en, term);
    if (rank < 0) return true;
    pthread_mutex_lock(&s->lock);
    bool ok = keep(&s->fields[f], word, rank);
    pthread_mutex_unlock(&s->lock);
    return ok;
}

/* The words of a term in byte order: the order of threads must not show. */
static size_t words_of(const field_words *w, size_t rank, slice out[WORDS_KEPT])
{
    size_t n = 0;
    for (uint32_t c = 0; c < dict_count(w->words); c++) {
        slice word = dict_text(w->words, c);
        size_t at = n;
        if (w->rank[c] != rank) continue;
        for (; at && slice_cmp(word, out[at - 1]) < 0; at--) out[at] = out[at - 1];
        out[at] = word;
        n++;
    }
    return n;
}

static void put_words(buf *out, const slice *words, size_t n)
{
    for (size_t i = 0; i < n && i < WORDS_SHOWN; i++) buf_printf(out, "%s“%.*s”", i ? ", " : "", SLICE_ARG(words[i]));
    if (n > WORDS_SHOWN) buf_printf(out, " and %zu more", n - WORDS_SHOWN);
}

static void note_field(const spoken *s, size_t f, buf *out)
{
    const enumeration *en = s->ds->fields[f].en;
    slice name = s->ds->fields[f].name, words[WORDS_KEPT];
    bool any = false;
    for (size_t r = 0; r < en->n; r++) {
        size_t n = words_of(&s->fields[f], r, words);
        if (n == 0 || (n == 1 && slice_eq(words[0], en->values[r]))) continue;
        if (any) buf_text(out, "; ");
        else buf_printf(out, "%.*s: ", SLICE_ARG(name));
        any = true;
        put_words(out, words, n);
        buf_printf(out, " %s %.*s", n > 1 ? "mean" : "means", SLICE_ARG(en->values[r]));
    }
    if (any) buf_char(out, '\n');
    for (size_t r = 0; en->ordered && r < en->n; r++) {
        size_t n = words_of(&s->fields[f], r, words);
        if (n < 2) continue;
        buf_printf(out, "%.*s: ", SLICE_ARG(name));
        put_words(out, words, n);
        buf_printf(out, " are read as one, %.*s\n", SLICE_ARG(en->values[r]));
    }
}

void spoken_notes(const spoken *s, buf *out)
{
    for (size_t f = 0; f < s->ds->nfields; f++)
        if (s->fields[f].words) note_field(s, f, out);
}
