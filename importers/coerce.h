/* What coerce.c does is done in four files, and this is what they give each other (others call coerce_cells of cells.h): coerce.c takes a slab field by field and reads numbers, durations and
 * what is true or false; coerce_texts.c reads texts, coerce_times.c times and days; coerce_rows.c then says which of the rows are records. */
#ifndef SLA_IMPORTERS_COERCE_H
#define SLA_IMPORTERS_COERCE_H
#include "engine/base/bits.h"
#include "importers/cells.h"

/* A slab on its way into a batch. What pointers lead to is borrowed, but for rows and texts, which coerce_cells frees. */
typedef struct coerce_job {
    coercer *co;
    const cells *c;
    batch *b;
    size_t row0;                /* where the slab's first row stands in b */
    reject_list *rejects;
    size_t first;               /* of rejects: the slab's first; */
    uint16_t *rows; size_t rows_cap;   /* of it and those behind it: the slab's row */
    uint64_t bad[BITS_WORDS(CELLS_ROWS)];   /* rows that lack a required value, or are no records */
    size_t nbad, nblank;
    arena texts;                /* what is put together: days and times of day, states and their reasons, rows that are rejected */
    bool nomem;
} coerce_job;

/* Here, as every cell goes through both. missing: nothing, or one of the profile's words for it. */
static inline slice coerce_trimmed(slice s)
{
    if (s.len && ((unsigned char)s.ptr[0] <= ' ' || (unsigned char)s.ptr[s.len - 1] <= ' ')) return slice_trim(s);
    return s;
}

static inline bool coerce_missing(const profile *pf, slice s)
{
    if (s.len == 0) return true;
    for (size_t i = 0; pf && i < pf->nmissing; i++)
        if (slice_eq_nocase(pf->missing[i], s)) return true;
    return false;
}

/* Tells what could not be taken; the value stays missing. row: of the slab; reason: a constant.
 * refuse: cell of field no. fno. reject: at: the cell by which its column is told, of that input column (-1: none); whole: it is the row that is rejected.     Errors SLA_NOMEM */
sla_status coerce_refuse(coerce_job *j, size_t row, size_t fno, slice cell, const char *reason);
sla_status coerce_reject(coerce_job *j, size_t row, int input, slice at, slice name, slice value, const char *reason, bool whole);

/* Reads field no. fno by its target t. in: its cell in each of the slab's rows. What cannot be read is refused. coerce_after: a time that is another one and a duration, when the other one was read.
 * Errors SLA_NOMEM: not said yet, and some of the rows may be written; so of all below. */
sla_status coerce_texts(coerce_job *j, size_t fno, const slice *in, const target *t);
sla_status coerce_times(coerce_job *j, size_t fno, const slice *in, const target *t);
sla_status coerce_dates(coerce_job *j, size_t fno, const slice *in, const target *t);
sla_status coerce_after(coerce_job *j, size_t fno, const slice *in, const target *t);
/* When all fields were read: texts that another field of the row decides. */
sla_status coerce_decided(coerce_job *j);

/* When all values are there: finds the rows that are no records or lack a required value (bad, nbad; nblank: of them those without a character), and rejects them as a whole. */
sla_status coerce_find_bad(coerce_job *j);
/* Moves the good rows together, column by column, with their lines. */
void coerce_drop_bad(coerce_job *j);
#endif
