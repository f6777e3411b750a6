/* Tables of text on their way into batches: what every tabular importer (CSV, JSON, sheets) fills and coerce.c turns into typed columns. */
#ifndef SLA_IMPORTERS_CELLS_H
#define SLA_IMPORTERS_CELLS_H
#include <stdbool.h>
#include <stdint.h>
#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/model/batch.h"
#include "engine/store/store.h"
#include "engine/time/zone.h"
#include "importers/dates.h"
#include "importers/profile.h"
#include "importers/spoken.h"

enum { CELLS_ROWS = 252, CELLS_COLS_MAX = 512 };
/* A slab of at most CELLS_ROWS rows, column by column: cell of row r in input column c is at [c * CELLS_ROWS + r]. ptr NULL: the row has no such cell. */
typedef struct cells {
    slice *at;                          /* ncols * CELLS_ROWS */
    uint32_t lines[CELLS_ROWS];         /* line of each row */
    const char *starts[CELLS_ROWS];     /* where the row begins in the text, for the column of a reject; NULL: cells are not out of one text */
    slice around;                       /* the text in which most cells lie, all of which may be read (dict_intern_many); {0}: none */
    size_t nrows, ncols;
    bool by_column;                     /* a cell's place is its column's number, not that of its first byte */
    arena scratch;                      /* unescaped cells live here until the next slab */
} cells;
sla_status cells_init(cells *c, size_t ncols);
void cells_reset(cells *c);
void cells_clear(cells *c);

/* What could not be taken, in order; texts are copies in mem. */
typedef struct reject_list { reject *items; size_t n, cap; arena mem; uint64_t rows, values; } reject_list;
void reject_list_clear(reject_list *l);
sla_status reject_list_add(reject_list *l, uint32_t line, uint32_t col, slice name, slice value, const char *reason, bool row);

/* How often a field's values were of a kind that limits what they prove. Summed over all threads; sums do not depend on the order. */
typedef struct time_counts { _Atomic uint64_t values, days, unzoned, repeated, skipped, this_order, other_order, derived, relative, several, halves; } time_counts;   /* halves: in hour 0 or beyond 12, counted where the head has none such; days: without a time of day; repeated, skipped: local times that occur twice or never; other_order: readable only with day and month the other way round; this_order: only as they were taken, counted where that was assumed; derived: another time and a duration; relative: "3 days ago", not taken; several: texts of several, of which the first was taken */
/* Where input columns go, and how their text is read: fixed for a source, shared by its workers. */
typedef struct target {
    int input;                          /* column; -1: the file has none */
    const int *more; size_t nmore;      /* where the cell of that column is missing, these, in order */
    bool spare;                         /* the last of more is none of these: it holds the days if the first one holds times of day */
    const field_map *map;
    const char *order;                  /* "ymd", "dmy", "mdy" for times */
    int clock;                          /* where the cell is a day: the column of its time of day; -1: none */
    int reason;                         /* column that says more of values that map->reason_of names; -1: none */
    int after; int64_t unit;            /* durations, to be added to this field; -1: none. unit: of bare numbers, ms */
    bool assumed;                       /* nothing told the order of day and month */
    date_numbers numbers;               /* how a column of numbers is read as times */
    bool half_day;                      /* times that look like those of twelve hours without AM and PM */
    bool from_zero;                     /* levels P0, P1 …: which of them is the model's P1 is not known, so none is */
    time_counts *counts;                /* NULL: not counted */
    spoken *spoken;                     /* of fields with terms: where words are noted; NULL: not at all */
} target;
/* Rows that are no records (footers.h). on: of a table, in which also rows without any value are none; most: so many values are few; marks: those that keys bear. */
typedef struct footer_rule { bool on; size_t most; unsigned marks; } footer_rule;
typedef struct plan {
    const dataset *ds;
    target *fields;                     /* ds->nfields */
    const profile *pf;                  /* NULL: canonical */
    const zone *zone;
    footer_rule footers;
} plan;

/* Reads the slab's texts into rows behind b's (which must have room for them). Wrong values are left missing and go to rejects; rows without a required
 * value go to rejects as a whole and do not enter b. *taken: rows that entered. One coercer a thread: it remembers days, and which words it has noted (by hash). */
enum { DAYS_KEPT = 256, WORDS_NOTED = 256 };
typedef struct known_day { char text[10]; bool set; int64_t ms; } known_day;
typedef struct coercer { const plan *p; zone_cursor cursor; known_day days[DAYS_KEPT]; uint64_t noted[WORDS_NOTED]; } coercer;
/* *blank: rows without a character, which neither entered b nor the rejects. */
sla_status coerce_cells(coercer *co, const cells *c, batch *b, reject_list *rejects, size_t *taken, size_t *blank, err *e);
#endif
