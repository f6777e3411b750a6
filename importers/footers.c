#include "importers/footers.h"
#include <string.h>

enum { MOST = 4 }; /* what is more than that is a record, whatever its key */
enum { MARK_COLON = 1, MARK_BLANK = 2, MARK_WIDE = 4, MARK_NO_DIGIT = 8 };

unsigned footers_marks(slice key)
{
    static const char colon[] = "：";
    unsigned marks = MARK_NO_DIGIT;
    for (size_t i = 0; i < key.len; i++) {
        unsigned char c = (unsigned char)key.ptr[i];
        if (c >= '0' && c <= '9') marks &= ~(unsigned)MARK_NO_DIGIT;
        marks |= c == ':' ? MARK_COLON : c == ' ' ? MARK_BLANK : c >= 0x80 ? MARK_WIDE : 0;
        if (key.len - i >= sizeof colon - 1 && memcmp(key.ptr + i, colon, sizeof colon - 1) == 0) marks |= MARK_COLON;
    }
    return marks;
}

void footers_look(footer_evidence *ev, const plan *p, const cells *c)
{
    const dataset *ds = p->ds;
    int key = ds->nkey && p->fields ? p->fields[ds->key[0]].input : -1;
    for (size_t r = 0; key >= 0 && r < c->nrows; r++) {
        size_t n = 0;
        for (size_t f = 0; f < ds->nfields; f++) n += p->fields[f].input >= 0 && slice_trim(c->at[(size_t)p->fields[f].input * CELLS_ROWS + r]).len > 0;
        slice text = slice_trim(c->at[(size_t)key * CELLS_ROWS + r]);
        if (text.len == 0) continue;
        ev->filled[n].rows++;
        ev->filled[n].marks |= footers_marks(text);
    }
}

/* Few are at most half of the values that one in eight rows has: short tables may stand above more footers than they have records, and of long ones some rows are fuller than all others. */
footer_rule footers_settle(const footer_evidence *ev, unsigned also)
{
    footer_rule rule = {.on = true, .marks = also};
    size_t rows = 0, fullest = FIELDS_MAX, above = 0;
    for (size_t n = 0; n <= FIELDS_MAX; n++) rows += ev->filled[n].rows;
    for (above = ev->filled[fullest].rows; fullest && above * 8 < rows; fullest--) above += ev->filled[fullest - 1].rows;
    if (above) rule.most = fullest / 2 < MOST ? fullest / 2 : MOST;
    for (size_t n = rule.most + 1; n <= FIELDS_MAX; n++) rule.marks |= ev->filled[n].marks;
    return rule;
}
