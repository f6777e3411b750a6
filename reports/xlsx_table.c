/* A table on a sheet: caption, head, rows, totals as formulas with the engine's value stored, filter, frozen head, conditional formats, validation. */
#include <stdio.h>
#include "reports/page.h"
#include "reports/xlsx_book.h"

enum { SPLICE_LEAST = 1000, WIDE_SHEET = 190 };

static void put_head(book *k, sheet *s, const tablet *t)
{
    for (size_t c = 0; c < t->ncols; c++) {
        book_text(k, s, s->row, (lxw_col_t)c, t->cols[c].align == ALIGN_RIGHT ? LOOK_HEAD_RIGHT : LOOK_HEAD, t->cols[c].title);
        double chars = t->cols[c].chars > 0 ? t->cols[c].chars : 12;
        if (c < 64 && chars > s->widths[c]) {
            s->widths[c] = chars;
            lxw_row_col_options seen = {.hidden = t->cols[c].hidden};
            book_note(k, worksheet_set_column_opt(s->ws, (lxw_col_t)c, (lxw_col_t)c, chars, NULL, &seen));
        }
    }
    double all = 0;
    for (size_t c = 0; c < t->ncols; c++)
        if (t->cols[c].is_input) worksheet_set_tab_color(s->ws, tone_fill(TONE_MINOR));      /* a sheet to be filled in */
    for (size_t c = 0; c < t->ncols && c < 64; c++) all += s->widths[c];
    if (all > WIDE_SHEET) worksheet_set_paper(s->ws, k->letter ? 3 : 8);      /* tabloid, A3 */
    worksheet_set_row(s->ws, s->row, 30, NULL);
    s->row++;
}

static void put_validation(book *k, sheet *s, const tablet *t, lxw_row_t first, lxw_row_t last)
{
    for (size_t c = 0; c < t->ncols; c++) {
        const tcol *col = &t->cols[c];
        char *list[17] = {NULL};
        lxw_data_validation v = {.ignore_blank = LXW_VALIDATION_ON};
        if (col->nchoices > 0 && col->nchoices <= 16) {
            for (size_t i = 0; i < col->nchoices; i++)
                if ((list[i] = arena_strndup(&k->scratch, col->choices[i].ptr, col->choices[i].len)) == NULL) k->failed = true;
            v.validate = LXW_VALIDATION_TYPE_LIST;
            v.value_list = list;
        } else if (col->is_date) {
            v.validate = LXW_VALIDATION_TYPE_DATE_NUMBER;
            v.criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO;
            v.value_number = 25569;
        } else continue;
        if (!k->failed) book_note(k, worksheet_data_validation_range(s->ws, first, (lxw_col_t)c, last, (lxw_col_t)c, &v));
    }
}

/* Bars behind shares, so that a column of them can be read at a glance. */
static void put_bars(book *k, sheet *s, const tablet *t, lxw_row_t first, lxw_row_t last)
{
    for (size_t c = 0; c < t->ncols; c++) {
        lxw_conditional_format f = {.type = LXW_CONDITIONAL_DATA_BAR, .bar_color = 0xC5D9EA, .bar_solid = LXW_TRUE, .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER, .min_value = 0,
                                    .max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER, .max_value = 1};
        if (t->cols[c].bars) book_note(k, worksheet_conditional_format_range(s->ws, first, (lxw_col_t)c, last, (lxw_col_t)c, &f));
    }
}

static void put_conditions(book *k, sheet *s, const tablet *t, lxw_row_t first, lxw_row_t last)
{
    char no[16];
    snprintf(no, sizeof no, "%u", (unsigned)first + 1);
    for (size_t i = 0; i < t->nconditions; i++) {
        const condition *c = &t->conditions[i];
        slice formula = texts_filled(c->formula, (text_fill[]){{"r", slice_of(no)}, {NULL, {0}}}, &k->scratch);
        if (formula.ptr == NULL) {
            k->failed = true;
            return;
        }
        lxw_conditional_format f = {.type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = (char *)(uintptr_t)formula.ptr, .format = book_condition(k, c->tone)};
        book_note(k, worksheet_conditional_format_range(s->ws, first, (lxw_col_t)c->from, last, (lxw_col_t)c->upto, &f));
    }
}

/* Where the rows of a table stand: one stretch a sheet. */
typedef struct stretch { slice sheet; lxw_row_t first, last; } stretch;

/* =SUM(A3:A9), of a table on several sheets =SUM('NAME'!A3:A9)+SUM('NAME (2)'!A3:A9)+… */
static void put_totals(book *k, sheet *s, const tablet *t, const stretch *on, size_t n)
{
    for (size_t c = 0; c < t->ncols; c++) {
        buf formula = {0};
        cell sum = {.kind = CELL_EMPTY, .strong = true};
        if (t->cols[c].total == TOTAL_LABEL) sum = (cell){.kind = CELL_TEXT, .text = texts_get(k->d->t, "table.total"), .strong = true};
        for (size_t i = 0; t->cols[c].total == TOTAL_SUM && i < n; i++) {
            char from[LXW_MAX_CELL_NAME_LENGTH], to[LXW_MAX_CELL_NAME_LENGTH];
            lxw_rowcol_to_cell(from, on[i].first, (lxw_col_t)c);
            lxw_rowcol_to_cell(to, on[i].last, (lxw_col_t)c);
            buf_text(&formula, i == 0 ? "=SUM(" : "+SUM(");
            if (n > 1) buf_printf(&formula, "'%.*s'!", SLICE_ARG(on[i].sheet));
            buf_printf(&formula, "%s:%s)", from, to);
        }
        if (formula.failed) k->failed = true;
        else if (formula.len > 0) sum = (cell){.kind = CELL_INT, .num = t->sums[c], .strong = true, .formula = {formula.ptr, formula.len}};
        book_cell(k, s, s->row, (lxw_col_t)c, &sum, true);
        buf_free(&formula);
    }
    s->row++;
}

static void put_rows(book *k, sheet *s, const tablet *t, size_t from, size_t upto)
{
    cell *made = t->row == NULL ? NULL : ARENA_NEW(&k->scratch, cell, t->ncols);
    arena row_mem = {0};
    if (t->row != NULL && made == NULL) k->failed = true;
    for (size_t r = from; r < upto && !k->failed && k->error == LXW_NO_ERROR; r++, s->row++) {
        const cell *cells = t->row == NULL ? &t->cells[r * t->ncols] : made;
        if (t->row != NULL) {
            if (r % 64 == 0) arena_free(&row_mem);
            memset(made, 0, t->ncols * sizeof *made);
            t->row(t->ctx, r, &row_mem, made);
        }
        size_t lines = xlsx_row_lines(t, cells);
        if (lines > 1) book_note(k, worksheet_set_row(s->ws, s->row, (double)(lines * XLSX_LINE_HEIGHT), NULL));
        for (size_t c = 0; c < t->ncols; c++) {
            cell one = cells[c];
            one.right = t->cols[c].align == ALIGN_RIGHT;
            if (t->cols[c].is_date) book_day(k, s, s->row, (lxw_col_t)c, &one);
            else book_cell(k, s, s->row, (lxw_col_t)c, &one, t->cols[c].is_input);
        }
    }
    k->failed = k->failed || row_mem.failed;
    arena_free(&row_mem);
}

/* on[0 … n): the parts so far; this one is on[n]. */
static void put_part(book *k, sheet *s, const block *b, size_t from, size_t upto, stretch *on, size_t n)
{
    const tablet *t = b->table;
    bool alone = s->tables_all <= 1;
    if (t->caption.len > 0) book_text(k, s, s->row++, 0, LOOK_CAPTION, t->caption);
    lxw_row_t head = s->row;
    put_head(k, s, t);
    lxw_row_t first = s->row;
    bool later = t->row != NULL && upto - from > SPLICE_LEAST && k->nsplices < SPLICES_MAX;
    put_rows(k, s, t, from, later ? from + 1 : upto);
    if (later) {
        k->splices[k->nsplices++] = (splice){(size_t)(s - k->sheets) + 1, s->row, t, from + 1, upto};
        s->row += (lxw_row_t)(upto - from - 1);
    }
    lxw_row_t last = s->row > first ? s->row - 1 : first;
    if (alone) {
        worksheet_freeze_panes(s->ws, first, (lxw_col_t)(t->freeze > 0 ? t->freeze : 1));
        worksheet_repeat_rows(s->ws, head, head);
        if (upto > from) book_note(k, worksheet_autofilter(s->ws, head, 0, last, (lxw_col_t)(t->ncols - 1)));
    }
    if (upto > from) put_validation(k, s, t, first, last), put_bars(k, s, t, first, last), put_conditions(k, s, t, first, last);
    on[n] = (stretch){s->name, first, last};
    if (t->sums != NULL && upto == t->nrows) put_totals(k, s, t, on, n + 1);
    if (t->note.len > 0) book_text(k, s, s->row++, 0, LOOK_NOTE, t->note);
    s->row += 2;
    s->tables++;
}

void book_table(book *k, const block *b)
{
    stretch on[SHEETS_MAX];
    size_t from = 0, room = k->d->sheet_rows;
    sheet *s = book_sheet(k, b->sheet);
    for (size_t part = 0; s != NULL && part < SHEETS_MAX; part++) {
        size_t upto = b->table->nrows - from < room ? b->table->nrows : from + room;
        put_part(k, s, b, from, upto, on, part);
        from = upto;
        if (from >= b->table->nrows) return;
        slice name = sheet_part(b->sheet, part + 1, &k->scratch);
        if (name.ptr == NULL) k->failed = true;
        s = name.ptr == NULL ? NULL : book_sheet(k, name);
    }
}
