/* What the parts of the workbook renderer share. Only xlsx*.c include this. */
#ifndef SLA_REPORTS_XLSX_BOOK_H
#define SLA_REPORTS_XLSX_BOOK_H
#include <xlsxwriter.h>
#include "reports/xlsx.h"
#include "reports/xlsx_splice.h"

enum { SHEETS_MAX = 64, SPLICES_MAX = 32, BREAKS_MAX = 64, LOOK_HEAD = CELL_INTERVAL + 1, LOOK_CAPTION, LOOK_TITLE, LOOK_NAME, LOOK_NOTE, LOOK_LINK, LOOK_DAY, LOOK_PLAIN, LOOK_HEAD_RIGHT, LOOK_CUT, LOOK_RIGHT, LOOK_COUNT };
typedef struct sheet {
    slice name; lxw_worksheet *ws;
    lxw_row_t row;                       /* where the next block goes */
    size_t tables, charts;               /* so far … */
    size_t tables_all;                   /* … and in all, counted before drawing */
    double widths[64];
    lxw_row_t breaks[BREAKS_MAX]; size_t nbreaks;         /* of printed pages; a 0 ends them */
} sheet;
typedef struct book {
    const document *d;
    lxw_workbook *wb;
    lxw_format *formats[LOOK_COUNT][TONE_COUNT][2][2];   /* look, tone, strong, to be filled in */
    lxw_format *conditions[TONE_COUNT];
    sheet sheets[SHEETS_MAX]; size_t nsheets;
    splice splices[SPLICES_MAX]; size_t nsplices;        /* long tables, put in at the end */
    bool letter;
    buf text, text2;                     /* one NUL-terminated string each */
    arena scratch, names;
    lxw_error error;
    bool failed;
} book;

const char *book_cstr(buf *b, slice s);                          /* cut to what a cell holds */
void book_note(book *k, lxw_error e);                            /* keeps the first */
lxw_format *book_format(book *k, int look, tone t, bool strong, bool input);
lxw_format *book_condition(book *k, tone t);                      /* of a conditional format */
sheet *book_sheet(book *k, slice name);
void book_day(book *k, sheet *s, lxw_row_t row, lxw_col_t col, const cell *c);
void book_cell(book *k, sheet *s, lxw_row_t row, lxw_col_t col, const cell *c, bool input);
void book_text(book *k, sheet *s, lxw_row_t row, lxw_col_t col, int look, slice text);
void book_table(book *k, const block *b);
void book_chart(book *k, const block *b);
void book_cover(book *k);
#endif
