/* From a table's header to a plan: which dataset it is, by which profile, where each column goes and how its text is read. Shared by every importer whose
 * files are tables (CSV, JSON, sheets): open with the header, look at the rows of the head, settle, then coerce_cells with &planner.p. */
#ifndef SLA_IMPORTERS_PLAN_H
#define SLA_IMPORTERS_PLAN_H
#include "importers/changes.h"
#include "importers/cycles.h"
#include "importers/draft.h"
#include "importers/fold.h"
#include "importers/importer.h"
#include "importers/reasons.h"

/* Values of a column of times that are none; clocks: times of day; of values. Of the column beside it that should hold times of day: of beside whole are times with a day, over durations beyond one.
 * beyond: numbers beyond the
 * field's scale; below_one, above_one: numbers below 1, and more than 1. from_zero: levels "P0". later, sooner: of the clocks, those that are no earlier and those that are earlier on the clock than what they would count from. dated: values of the field's first column that are times or numbers of days. Of bare numbers in durations:
 * either, decimals: those whose comma may be of thousands, and is not; thousands: those that tell that commas would be. */
/* Do times show both halves of the day? bare: those that say nothing of it themselves, as AM, a zone or ISO's T do; other: those that do, or lie in hour 0 or beyond 12; noons: in hour 12; other_days: of another day than the first. */
typedef struct clock_evidence { char day[10]; size_t bare, other, noons, other_days; } clock_evidence;
typedef struct span_evidence { size_t durations, numbers, negative, clocks, values, beside, whole, over, later, sooner, beyond, below_one, above_one, from_zero, either, decimals, thousands, dated; clock_evidence face; } span_evidence;
/* What a column's values do not say: the zone of times (of a field that is read so) and the unit of numbers, as the header names them; the year, as the import knows it; which comma is meant
 * ('.': of decimals, ',': of thousands), as the column's other numbers tell; the table whose rows it counts; what stands before the value. */
typedef struct column_note { int col; size_t field; zone *zone; int64_t unit; bool yearless; char comma; slice table, behind; } column_note;
typedef struct year_hint { int32_t asked; int64_t from, to, latest; } year_hint;   /* --year, the period, the file's last change; UTC ms */
typedef struct planner {
    arena mem;
    plan p;
    const profile *pf;                  /* NULL: canonical */
    slice *names; size_t ncols;         /* the header, copies; and a column for each of cycles: slabs need ncols columns */
    header_text *headers;                    /* of the table's own columns: what they say beside their names */
    column_note *notes; size_t nnotes;  /* columns of which more is known than their values say */
    year_hint years;
    date_evidence *seen;                /* by field */
    span_evidence *spans;               /* by field */
    time_counts *counts;                /* by field */
    spoken *spoken;
    uint64_t rows;                      /* taken so far */
    fold *fold;                         /* NULL: each row is a record */
    cycle_column *cycles; size_t ncycles;   /* columns behind the table's own */
    changes *changes;                   /* NULL: records bring no history of their own */
    reasons *reasons;                   /* NULL: a change means what it says */
    batch_pool *batches;
    zone *zone;                         /* that the profile names; NULL: the workspace's */
    bool again;                         /* finish saw that the order of dates was taken wrongly */
    bool serials_1904;                  /* a sheet's day numbers count from 1904: set before settle */
    draft *draft; buf *draft_to; const char *source;   /* a draft is written at settle, nothing is imported; NULL: no */
    buf said;                           /* notes: what it was taken for, and why */
} planner;

/* Decides and maps. A table that is nothing known, or lacks a column that its dataset needs, is refused with what is missing. {0} before; planner_close
 * also after an error. */
sla_status planner_open(planner *pl, const input *in, const slice *names, size_t n, err *e);
/* How well the header fits: product: a product's profile knows it; refused: so as something of which nothing is taken; fields: those of the dataset that have a column. After planner_open, also
 * where that gave SLA_UNKNOWN_FORMAT. */
typedef struct plan_fit { bool product, refused; size_t fields; } plan_fit;
plan_fit planner_fit(const planner *pl);
void planner_look(planner *pl, const cells *c);        /* rows of the head, once before settle: dates and numbers */
sla_status planner_settle(planner *pl);                /* decides the orders of dates, column by column, and says so */
/* A slab into the block: rows into batches, what could not be taken into its rejects, the records' own history into b->extra. On any thread, a coercer each. */
sla_status planner_read(planner *pl, coercer *co, const cells *c, block *b, err *e);
/* Whether the column is read as a list (changes, cycles), not as text. */
bool planner_lists(const planner *pl, int no);
void planner_drop(block *b);                           /* frees b->extra */
/* In order, after a block was parsed: keeps its rows where they are updates, and its history. */
sla_status planner_take(planner *pl, block *b, err *e);
sla_status planner_finish(planner *pl, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e);
/* After finish gave SLA_CONFLICT: values further down showed that dates whose order nothing in the head decided are month first. Everything read is forgotten,
 * the order is changed, and the file can be read once more. false: it was something else. */
bool planner_again(planner *pl);
bool planner_at_limit(const planner *pl);              /* after the last block: the table has as many rows as its product exports at once */
void planner_notes(const planner *pl, buf *out);       /* after the last block: also what times could not say */
sla_status planner_caveats(const planner *pl, store *s, int64_t source, err *e);   /* what this file's times cannot prove, into the store */
/* Finds what headers say of the columns in use, and refuses what cannot be honoured (plan_notes.c). */
sla_status plan_notes_find(planner *pl, const input *in, err *e);
unsigned planner_key_marks(const planner *pl);         /* what is put before keys, as footers_marks has it */
/* A column whose dates have no year. */
void plan_notes_yearless(planner *pl, size_t f);
/* A column of durations whose commas are all of one kind ('.' or ',' as above). */
void plan_notes_comma(planner *pl, size_t f, char comma);
/* Writes it to the cells: dates get their year, times become UTC, numbers get their unit. scratch must live as long as the cells. */
sla_status plan_notes_apply(const planner *pl, const cells *c, arena *scratch);
void plan_notes_close(planner *pl);
const dataset *planner_dataset(const planner *pl);
slice planner_profile(const planner *pl);
bool planner_keeps(const planner *pl);                 /* batches are kept, finish delivers */
void planner_close(planner *pl);
#endif
