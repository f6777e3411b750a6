/* The lines of a text one after the other, found 64 bytes at a time: for texts of many short lines, where a call for each costs more than the bytes. */
#ifndef SLA_BASE_LINES_H
#define SLA_BASE_LINES_H
#include "engine/base/slice.h"

/* May be copied: the copy goes on by itself. */
typedef struct line_scan { const char *at, *end, *from; uint64_t mask; } line_scan;   /* the next line; bit i of mask: an LF not yet met at from + i */

size_t lines_count_byte(const char *p, size_t n, char c);
uint64_t lines_mask(const char *p, const char *end);                     /* bit i: p[i] is an LF, for the 64 bytes from p on, less at the end */

static inline line_scan lines_of(slice text) { return (line_scan){text.ptr, text.ptr + text.len, text.ptr, text.len ? lines_mask(text.ptr, text.ptr + text.len) : 0}; }
/* Takes the next line, without its LF. false: there is none. */
static inline bool line_next(line_scan *s, slice *line)
{
    if (s->at == s->end) return false;
    while (!s->mask && s->end - s->from > 64) s->mask = lines_mask(s->from += 64, s->end);
    const char *stop = s->mask ? s->from + __builtin_ctzll(s->mask) : s->end;
    *line = (slice){s->at, (size_t)(stop - s->at)};
    s->at = stop + (s->mask != 0);
    s->mask &= s->mask - 1;
    return true;
}
#endif
