#include "importers/logmade.h"
#include <string.h>

enum { LONGEST = 4096, DIGITS_MAX = 8 };   /* a longer message is kept as it is; slice_whole reads so many bytes */
_Static_assert((int)TEMPLATE_PARTS >= (int)LOG_FORM_PLACES && (int)TEMPLATE_LITERAL >= (int)LOG_FORM_LITERAL, "each place of a form is a part of a template");

bool log_made_fits(const log_form *f)
{
    size_t numbers = 0;
    for (const log_place *l = f->places; l->run != RUN_NONE; l++) {
        if (l->field < 0 && l->run != RUN_DIGITS && !l->empty) return false; /* it differs, and nobody knows it */
        numbers += l->run == RUN_DIGITS;
    }
    return numbers <= LOG_MADE_NUMBERS;
}

/* Texts are borrowed from the message: the same place is the same text. */
static inline bool same_place(slice a, slice b) { return a.len == b.len && (a.ptr == b.ptr || !a.len); }

/* A number within text that is written as anybody would; near the text's beginning it is left as it is. */
static inline bool read_number(slice text, slice s, uint32_t *out)
{
    return s.ptr + s.len - text.ptr >= DIGITS_MAX && !(s.ptr[0] == '0' && s.len > 1) && slice_whole(s, out);
}

static bool take_apart(const log_event *ev, slice message, const size_t *found, log_made *out)
{
    const log_place *l = ev->form->places;
    size_t numbers = 0, at = 0;
    for (; l->run != RUN_NONE; l++) {
        size_t from = found[2 * l->group];
        at = found[2 * l->group + 1];
        slice part = {message.ptr + from, at - from};
        if (l->field >= 0 ? !same_place(ev->v[l->field], part) : l->run == RUN_DIGITS ? !read_number(message, part, &out->numbers[numbers++]) : part.len > 0) return false;
    }
    at += l->n;
    out->form = ev->form;
    out->own = (slice){message.ptr + at, message.len - at};
    return true;
}

static inline bool stands_around(const log_form *f, slice before, slice behind)
{
    const log_place *a = &f->places[0], *b = &f->places[1];
    return a->n == before.len && b->n == behind.len && memcmp(a->before, before.ptr, before.len) == 0 && memcmp(b->before, behind.ptr, behind.len) == 0;
}

static void add_around(log_around *a, slice before, slice behind)
{
    log_form *f = &a->forms[a->n++];
    *f = (log_form){.n = 2, .number = (uint16_t)(LOG_FORMS_MAX + a->n)};
    f->places[0] = (log_place){.n = before.len, .run = RUN_WORD, .field = LOG_OBJECT};
    f->places[1] = (log_place){.n = behind.len, .field = -1};
    memcpy(f->places[0].before, before.ptr, before.len);
    memcpy(f->places[1].before, behind.ptr, behind.len);
}

/* Of the object's message little else differs, as a rule. */
static bool take_object_out(const log_event *ev, slice message, log_around *a, log_made *out)
{
    slice object = ev->v[LOG_OBJECT];
    uintptr_t from = (uintptr_t)object.ptr - (uintptr_t)message.ptr;
    if (!object.len || ev->fixed >> LOG_OBJECT & 1 || from > message.len || object.len > message.len - from) return false;
    slice before = {message.ptr, from}, behind = {object.ptr + object.len, message.len - from - object.len};
    if (before.len > LOG_FORM_LITERAL || behind.len > LOG_FORM_LITERAL) return false;
    if (a->last < a->n && stands_around(&a->forms[a->last], before, behind)) return out->form = &a->forms[a->last], true;
    for (a->last = 0; a->last < a->n && !stands_around(&a->forms[a->last], before, behind); a->last++) {}
    if (a->last == LOG_AROUND_MAX) return false;
    if (a->last == a->n) add_around(a, before, behind);
    out->form = &a->forms[a->last];
    return true;
}

bool log_made_of(const log_event *ev, slice message, const size_t *found, unsigned texts, log_around *around, log_made *out)
{
    slice whole = ev->v[LOG_MESSAGE];
    const log_form *f = ev->form;
    out->own = (slice){0};
    if (whole.len == 0 || whole.len > LONGEST || ev->fixed >> LOG_MESSAGE & 1) return false;
    if (f && f->number && !(f->fields & (ev->fixed | ~texts)) && same_place(message, whole) && take_apart(ev, message, found, out)) return true;
    return texts >> LOG_OBJECT & 1 && take_object_out(ev, whole, around, out);
}

size_t log_made_parts(const log_form *f, const int *columns, template_part out[TEMPLATE_PARTS])
{
    for (size_t i = 0; i < f->n; i++) {
        const log_place *l = &f->places[i];
        hole h = l->run == RUN_NONE ? (f->open ? HOLE_OWN : HOLE_NONE) : l->field >= 0 ? HOLE_FIELD : l->run == RUN_DIGITS ? HOLE_NUMBER : HOLE_NONE;
        out[i] = (template_part){{l->before, l->n}, h, h == HOLE_FIELD ? (size_t)columns[l->field] : 0};
    }
    return f->n;
}
