/* What a report says, before anyone draws it: a document of blocks, in figures and texts. audit.c, kpi.c and staff.c build one each, pdf.c and xlsx.c draw
 * them, so the renderings cannot disagree. All of a document lives in its arena; texts are borrowed from the result and the texts file.
 * A block or table with a sheet name is (also) shown in the workbook; pdf false keeps it out of the PDF (the register of all findings, say). */
#ifndef SLA_REPORTS_MODEL_H
#define SLA_REPORTS_MODEL_H
#include "engine/base/arena.h"
#include "reports/format.h"
#include "reports/texts.h"

/* What a figure means, not how it looks: each renderer has one colour or pattern for each. */
typedef enum tone { TONE_PLAIN, TONE_GOOD, TONE_OBSERVE, TONE_MINOR, TONE_MAJOR, TONE_NONE, TONE_MUTED, TONE_ACCENT, TONE_COUNT } tone;
typedef enum mark { MARK_NONE, MARK_YES, MARK_NO, MARK_DASH, MARK_WARN, MARK_RING, MARK_UP, MARK_DOWN, MARK_SAME } mark;   /* drawn as shapes */

typedef enum cell_kind { CELL_EMPTY, CELL_TEXT, CELL_INT, CELL_NUMBER, CELL_PERCENT /* a fraction */, CELL_DURATION /* ms */, CELL_TIME /* UTC ms */,
                         CELL_INTERVAL /* low, num, high and ref on a scale */ } cell_kind;
typedef struct cell {
    cell_kind kind; tone tone; mark mark; bool strong;
    bool cut;                        /* workbook: cut where the column ends, not broken into lines */
    bool right;                      /* workbook: text at the right, as the figures of its column; set by the renderer */
    slice text;                      /* TEXT */
    double num; int places;          /* the figure; places of a NUMBER */
    bool has_apart; double apart;    /* a PERCENT that must not print as this other one */
    bool has_ref; double low, high, ref, scale_low, scale_high;  /* INTERVAL, and the scale it is drawn on */
    slice formula;                   /* workbook: "=…", with {r} for the row; the figure (or text) is its stored value */
    slice link;                      /* anchor of a heading, or of a sheet */
} cell;

typedef enum align { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTRE } align;
typedef enum total { TOTAL_NONE, TOTAL_LABEL, TOTAL_SUM } total;
typedef struct tcol {
    slice title; align align;
    double weight;                   /* PDF: share of the room that is left; 0: as wide as its content */
    double chars;                    /* workbook: width in characters; 0: 12 */
    total total;
    const slice *choices; size_t nchoices;  /* workbook: the cell may hold one of these */
    bool is_date, is_input;          /* workbook: a date to be filled in; a cell to be filled in */
    bool hidden;                     /* workbook: there, but not seen: what a row is known by when it comes back; nowhere else */
    bool off_paper;                  /* not in the PDF, where room is short */
    bool bars;                       /* workbook: shares with a bar behind them */
} tcol;
typedef struct condition { slice formula; tone tone; size_t from, upto; } condition;   /* workbook: columns from..upto take the tone where =… holds; {r}: the first row */
typedef struct tablet {
    tcol *cols; size_t ncols, nrows;
    cell *cells;                     /* nrows × ncols; or … */
    void (*row)(const void *ctx, size_t i, arena *scratch, cell *out);  /* … made row by row: scratch is emptied now and then */
    const void *ctx;
    double *sums;                    /* [ncols] the engine's totals of the columns with TOTAL_SUM; NULL: no total row */
    slice caption, note;
    bool compact;                    /* PDF: smaller type */
    size_t freeze;                   /* workbook: columns frozen at the left */
    condition *conditions; size_t nconditions;
} tablet;

typedef enum chart_kind { CHART_COLUMN, CHART_STACKED, CHART_BAR, CHART_LINE, CHART_HEAT, CHART_PARETO, CHART_SPLIT /* one bar of parts */, CHART_FUNNEL } chart_kind;
typedef struct series {
    slice name; tone tone; double *v; bool *has;
    int64_t *n; bool *missed;        /* HEAT, each may be NULL: of how many; whether it misses its target (then no shades of value) */
} series;
typedef struct chart {
    chart_kind kind;
    slice title, sub;                /* sub: unit, n */
    slice unit;                      /* count, share, ms, number */
    slice *cats; int64_t *n; size_t ncats;   /* n NULL: not stated per category */
    series *series; size_t nseries;
    bool has_target; double target; bool lower_better;
    bool half;                       /* PDF: two of these stand side by side */
    tone *tones;                     /* SPLIT: of each part; others: NULL, the series' tone, or by target */
    bool shade_down;                 /* HEAT: shades compare within a column, else within a row */
    double centre;                   /* FUNNEL: the team's share; x is n */
    slice foot;                      /* a line below: what is left out, why there is nothing to see */
} chart;

typedef struct figure { slice label, value, sub; tone tone; mark mark; tone mark_tone; } figure;
typedef struct pair { slice name, value; } pair;

typedef enum block_kind { BLOCK_COVER, BLOCK_CONTENTS, BLOCK_HEADING, BLOCK_PARA, BLOCK_ITEM, BLOCK_PAIRS, BLOCK_FIGURES, BLOCK_TABLE, BLOCK_CHART, BLOCK_CALLOUT,
                          BLOCK_CARD /* head of a nonconformity */, BLOCK_FORM /* boxes to write in */, BLOCK_BREAK, BLOCK_SPACE } block_kind;
typedef enum para_style { PARA_BODY, PARA_LEAD, PARA_SMALL } para_style;
typedef struct block {
    block_kind kind;
    bool pdf;
    slice sheet;                     /* workbook: on which sheet; "": none */
    slice anchor;                    /* HEADING, TABLE: where links lead */
    int level;                       /* HEADING 1..3 */
    para_style style; tone tone;
    slice text, more;                /* COVER title, subtitle; CALLOUT title, text; CARD title, line under it */
    slice tag;                       /* CARD, HEADING: a word in a coloured label at the right */
    pair *pairs; size_t npairs;      /* COVER, PAIRS, FORM (value: lines of room) */
    figure *figures; size_t nfigures;
    tablet *table; chart *chart;
    bool soft;                       /* BREAK: not where more than half of the page is left */
} block;

typedef struct document {
    arena mem;
    const audit_result *r;
    const texts *t;
    zone *z;
    bool english, one_person;
    const char *name;                /* "audit", "kpi", "staff" */
    slice title, head_left, foot_left;
    slice sheet;                     /* blocks get this sheet until it is changed */
    bool pdf;                        /* … and this */
    size_t sheet_rows;               /* workbook: rows of a table on one sheet; the others follow on sheets "NAME (2)", "NAME (3)" … */
    block *blocks; size_t n, cap;
    block spare;                     /* what doc_add returns after a failure */
    slice *missing; size_t nmissing; /* characters no font has, as "U+20BB7"; filled in before drawing */
    err failed;                      /* first failure; all calls after it do nothing */
} document;

enum { SHEET_ROWS = 1048576 - 16 };                                     /* a sheet ends there; room for caption, head, totals and note */
sla_status document_open(document *d, const audit_result *r, const texts *t, bool english, const char *name, err *e);
void document_clear(document *d);
/* What a builder ends with: whether there was memory and a text for all that it put in. */
sla_status document_done(document *d, err *e);

/* Texts and figures, kept in the document. doc_fill fills in {name}s: doc_fill(d, "key", (text_fill[]){{"n", doc_int(d, 5)}, {0}}). */
slice doc_text(document *d, const char *key);
slice doc_fill(document *d, const char *key, const text_fill *fill);
slice doc_join(document *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
slice doc_kept(document *d, buf *b);                                   /* what b holds, and frees b */
slice doc_int(document *d, int64_t v);
slice doc_percent(document *d, double v);
slice doc_minute(document *d, int64_t utc_ms);
slice doc_day(document *d, int64_t utc_ms);
slice doc_value(document *d, slice unit, double v);                    /* by unit: count, share, ms, "%", number */
slice doc_bi(const document *d, bitext t);
slice doc_word(document *d, const char *prefix, slice key);            /* text "prefix.key", or key itself if there is none */
slice doc_dataset(document *d, slice name);                            /* a dataset, a field (in a sentence), a defined term of a field: text "dataset.…", "by.…", "value.…", */
slice doc_field(document *d, slice name);                              /* else the model's title, else as it is */
slice doc_term(document *d, slice of, slice value);
void *doc_alloc(document *d, size_t n, size_t size);                   /* NULL: failed is set */
#define DOC_NEW(d, T, n) ((T *)doc_alloc((d), (n), sizeof(T)))
slice doc_cell_text(document *d, const cell *c, arena *a);             /* a cell as printed */

/* Blocks, appended. The block returned may be filled in further, until the next one is added; after a failure it is a spare one. doc_table and
 * doc_chart return NULL after a failure. */
block *doc_add(document *d, block_kind k);
block *doc_heading(document *d, int level, slice text);
block *doc_para(document *d, slice text);
block *doc_small(document *d, slice text);
block *doc_item(document *d, slice text);
block *doc_callout(document *d, tone how, slice title, slice text);
block *doc_table(document *d, size_t ncols, size_t nrows);             /* cells zeroed: CELL_EMPTY */
block *doc_break(document *d);
block *doc_chapter(document *d);                                       /* a break, unless more than half of the page is left */
block *doc_chart(document *d, chart_kind kind, size_t ncats, size_t nseries);  /* all has false */
void doc_col(block *b, size_t col, slice title, align al, double weight, double chars);

slice sheet_part(slice name, size_t part, arena *a);                   /* name of a table's sheet: part 0 name itself, 1 "name (2)"; {NULL, 0}: no memory */
/* Formula of a link to a row of another sheet's table, whose first one stands in row first (1-based), on whichever of its sheets that row is. A formula, since a sheet may
 * have any number of those but only 65,530 links of the other kind. "" for a text longer than the 255 characters that a formula may quote. */
slice doc_sheet_link(document *d, const char *sheet_key, size_t first, size_t row, slice text);
cell cell_text(slice s);
cell cell_int(int64_t v);
cell cell_value(slice unit, double v);                                 /* by unit as doc_value */
cell cell_share(bool has, double v);                                   /* "–" where it has none */
static inline cell *tablet_cell(const tablet *t, size_t row, size_t col) { return &t->cells[row * t->ncols + col]; }

sla_status document_audit(document *d, err *e);
sla_status document_kpi(document *d, err *e);
sla_status document_staff(document *d, err *e);
#endif
