/* The workbook as a whole: sheets in the order of the document, a cover that links to them, formats, print set-up. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "engine/base/utf8.h"
#include "engine/time/instant.h"
#include "reports/page.h"
#include "reports/xlsx_book.h"

const char *book_cstr(buf *b, slice s)
{
    enum { CELL_BYTES = 32000 };
    if (s.len > CELL_BYTES) {
        s.len = CELL_BYTES;
        while (s.len > 0 && ((unsigned char)s.ptr[s.len] & 0xC0) == 0x80) s.len--;   /* not within a character */
    }
    b->len = 0;                          /* and no buf_reset: that there was no memory stays, and is asked for at the end */
    if (utf8_valid(s.ptr, s.len, NULL)) buf_slice(b, s);
    else for (size_t i = 0; i < s.len;) {
        uint32_t cp;
        char one[4];
        i += utf8_decode(s.ptr + i, s.len - i, &cp);
        buf_bytes(b, one, utf8_encode(cp, one));
    }
    return buf_cstr(b);
}

void book_note(book *k, lxw_error e)
{
    if (k->error == LXW_NO_ERROR) k->error = e;
}

static void dress(book *k, lxw_format *f, int look)
{
    static const char *const numbers[LOOK_COUNT] = {[CELL_INT] = "#,##0", [CELL_NUMBER] = "#,##0.00", [CELL_PERCENT] = "0.0#%", [CELL_DURATION] = "[h]:mm:ss", [CELL_TIME] = "yyyy-mm-dd hh:mm",
                                                    [LOOK_DAY] = "yyyy-mm-dd", [LOOK_PLAIN] = "0"};
    format_set_font_size(f, look == LOOK_TITLE ? 18 : look == LOOK_CAPTION ? 11 : 10);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (numbers[look] != NULL) format_set_num_format(f, numbers[look]);
    if (look == CELL_TEXT) format_set_text_wrap(f);
    if (look == CELL_TEXT || look == LOOK_HEAD) format_set_indent(f, 1);    /* away from a figure at the left */
    if (look == LOOK_CUT) format_set_align(f, LXW_ALIGN_FILL);              /* as much as fits, no more */
    if (look <= CELL_INTERVAL || look == LOOK_PLAIN || look == LOOK_CUT || look == LOOK_RIGHT || look == LOOK_DAY) format_set_bottom(f, LXW_BORDER_HAIR), format_set_bottom_color(f, RGB_RULE);
    if (look == LOOK_HEAD_RIGHT || look == LOOK_RIGHT) format_set_align(f, LXW_ALIGN_RIGHT);
    if (look == LOOK_HEAD || look == LOOK_HEAD_RIGHT) {
        format_set_bg_color(f, RGB_NAVY), format_set_font_color(f, RGB_WHITE), format_set_bold(f), format_set_text_wrap(f);
        format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    }
    if (look == LOOK_TITLE || look == LOOK_CAPTION) format_set_bold(f), format_set_font_color(f, RGB_NAVY);
    if (look == LOOK_NAME || look == LOOK_NOTE) format_set_font_color(f, RGB_GREY);
    if (look == LOOK_LINK) format_set_font_color(f, 0x1F5A93), format_set_underline(f, LXW_UNDERLINE_SINGLE);
    (void)k;
}

lxw_format *book_format(book *k, int look, tone t, bool strong, bool input)
{
    lxw_format **f = &k->formats[look][t][strong][input];
    if (*f != NULL) return *f;
    *f = workbook_add_format(k->wb);
    if (*f == NULL) {
        k->failed = true;
        return NULL;
    }
    dress(k, *f, look);
    if (t != TONE_PLAIN && (look < LOOK_HEAD || look == LOOK_RIGHT)) format_set_font_color(*f, tone_ink(t));
    if (strong) format_set_bold(*f), format_set_top(*f, look < LOOK_HEAD && input ? LXW_BORDER_THIN : LXW_BORDER_NONE);
    if (input && !strong) format_set_bg_color(*f, 0xFFF9E6), format_set_unlocked(*f);
    return *f;
}

lxw_format *book_condition(book *k, tone t)
{
    if (k->conditions[t] != NULL) return k->conditions[t];
    lxw_format *f = k->conditions[t] = workbook_add_format(k->wb);
    if (f == NULL) {
        k->failed = true;
        return NULL;
    }
    format_set_font_color(f, tone_ink(t));
    if (t == TONE_MAJOR) format_set_bold(f);
    return f;
}

static void print_setup(book *k, sheet *s)
{
    const document *d = k->d;
    worksheet_set_paper(s->ws, k->letter ? 1 : 9);
    worksheet_set_landscape(s->ws);
    worksheet_fit_to_pages(s->ws, 1, 0);
    worksheet_set_margins(s->ws, 0.5, 0.5, 0.75, 0.75);
    worksheet_gridlines(s->ws, LXW_HIDE_ALL_GRIDLINES);
    k->text.len = 0;
    buf_printf(&k->text, "&L&8 %.*s · %.*s&R&8 %.*s", SLICE_ARG(d->title), SLICE_ARG(s->name), SLICE_ARG(d->head_left));
    book_note(k, worksheet_set_header(s->ws, buf_cstr(&k->text)));
    k->text.len = 0;
    buf_printf(&k->text, "&L&8 %.*s&R&8&P / &N", SLICE_ARG(d->foot_left));
    book_note(k, worksheet_set_footer(s->ws, buf_cstr(&k->text)));
}

sheet *book_sheet(book *k, slice name)
{
    for (size_t i = 0; i < k->nsheets; i++)
        if (slice_eq(k->sheets[i].name, name)) return &k->sheets[i];
    if (k->nsheets == SHEETS_MAX) {
        book_note(k, LXW_ERROR_PARAMETER_VALIDATION);
        return NULL;
    }
    const char *named = book_cstr(&k->text, name);
    lxw_worksheet *ws = k->text.failed ? NULL : workbook_add_worksheet(k->wb, named);
    if (ws == NULL) {
        k->failed = true;
        return NULL;
    }
    sheet *s = &k->sheets[k->nsheets++];
    *s = (sheet){.name = name, .ws = ws};
    print_setup(k, s);
    return s;
}

void book_text(book *k, sheet *s, lxw_row_t row, lxw_col_t col, int look, slice text)
{
    book_note(k, worksheet_write_string(s->ws, row, col, book_cstr(&k->text, text), book_format(k, look, TONE_PLAIN, false, false)));
}

/* A day and a time of day as Excel counts them, in the zone of the audit. */
static double serial(const document *d, double utc_ms) { return (double)zone_to_local(d->z, (int64_t)utc_ms) / (double)MS_DAY + 25569; }

static double stored(const document *d, const cell *c)
{
    if (c->kind == CELL_DURATION) return c->num / (double)MS_DAY;
    return c->kind == CELL_TIME ? serial(d, c->num) : c->num;
}

static void put_formula(book *k, sheet *s, lxw_row_t row, lxw_col_t col, const cell *c, lxw_format *f)
{
    char no[16];
    snprintf(no, sizeof no, "%u", (unsigned)row + 1);
    slice full = texts_filled(c->formula, (text_fill[]){{"r", slice_of(no)}, {NULL, {0}}}, &k->scratch);
    if (full.ptr == NULL) k->failed = true;
    else if (c->kind == CELL_TEXT) book_note(k, worksheet_write_formula_str(s->ws, row, col, book_cstr(&k->text, full), f, book_cstr(&k->text2, c->text)));
    else book_note(k, worksheet_write_formula_num(s->ws, row, col, full.ptr, f, stored(k->d, c)));
}

/* A day to be filled in, or filled in already. */
void book_day(book *k, sheet *s, lxw_row_t row, lxw_col_t col, const cell *c)
{
    lxw_format *f = book_format(k, LOOK_DAY, TONE_PLAIN, false, true);
    book_note(k, c->kind == CELL_TIME ? worksheet_write_number(s->ws, row, col, serial(k->d, c->num), f) : worksheet_write_blank(s->ws, row, col, f));
}

void book_cell(book *k, sheet *s, lxw_row_t row, lxw_col_t col, const cell *c, bool input)
{
    lxw_format *f = book_format(k, c->cut ? LOOK_CUT : c->right && c->kind == CELL_TEXT ? LOOK_RIGHT : c->kind == CELL_NUMBER && c->places == 0 ? LOOK_PLAIN : (int)c->kind, c->tone, c->strong, input);
    if (c->formula.len > 0) put_formula(k, s, row, col, c, f);
    else if (c->kind == CELL_EMPTY || c->kind == CELL_INTERVAL) book_note(k, worksheet_write_blank(s->ws, row, col, f));
    else if (c->kind == CELL_TEXT) book_note(k, worksheet_write_string(s->ws, row, col, book_cstr(&k->text, c->text), f));
    else if (isfinite(c->num)) book_note(k, worksheet_write_number(s->ws, row, col, stored(k->d, c), f));
}

/* The first figures of the report, as its first page shows them; not those of its first person. */
static void cover_figures(book *k, sheet *s)
{
    const document *d = k->d;
    size_t i = 0;
    while (i < d->n && d->blocks[i].kind != BLOCK_FIGURES && (d->one_person || d->blocks[i].kind != BLOCK_HEADING || d->blocks[i].level == 1)) i++;
    if (i == d->n || d->blocks[i].kind != BLOCK_FIGURES) return;
    book_text(k, s, ++s->row, 1, LOOK_CAPTION, texts_get(d->t, "book.figures"));
    for (size_t f = 0; f < d->blocks[i].nfigures; f++) {
        const figure *x = &d->blocks[i].figures[f];
        s->row++;
        book_text(k, s, s->row, 1, LOOK_NAME, x->label);
        k->text2.len = 0;
        buf_printf(&k->text2, "%.*s  %.*s", SLICE_ARG(x->value), SLICE_ARG(x->sub));
        book_note(k, worksheet_write_string(s->ws, s->row, 2, buf_cstr(&k->text2), book_format(k, CELL_TEXT, x->tone, true, false)));
    }
    s->row++;
}

/* ---- the cover: what this is, and where its sheets are ---- */
void book_cover(book *k)
{
    const document *d = k->d;
    sheet *s = book_sheet(k, texts_get(d->t, "sheet.cover"));
    if (s == NULL) return;
    worksheet_set_column(s->ws, 0, 0, 4, NULL);
    worksheet_set_column(s->ws, 1, 1, 22, NULL);
    worksheet_set_column(s->ws, 2, 2, 90, NULL);
    worksheet_set_row(s->ws, 1, 30, NULL);
    book_text(k, s, 1, 1, LOOK_TITLE, d->title);
    s->row = 3;
    for (size_t i = 0; i < d->n; i++)
        for (size_t p = 0; d->blocks[i].kind == BLOCK_COVER && p < d->blocks[i].npairs; p++, s->row++) {
            book_text(k, s, s->row, 1, LOOK_NAME, d->blocks[i].pairs[p].name);
            book_text(k, s, s->row, 2, LOOK_NOTE, d->blocks[i].pairs[p].value);
        }
    cover_figures(k, s);
    worksheet_set_tab_color(s->ws, RGB_NAVY);
    s->row += 2;
    book_text(k, s, s->row - 1, 1, LOOK_CAPTION, texts_get(d->t, "book.sheets"));
}

static void cover_links(book *k)
{
    sheet *s = &k->sheets[0];
    for (size_t i = 1; i < k->nsheets; i++) {
        k->text2.len = 0;
        buf_printf(&k->text2, "internal:'%.*s'!A1", SLICE_ARG(k->sheets[i].name));
        book_note(k, worksheet_write_url_opt(s->ws, s->row + (lxw_row_t)i - 1, 1, buf_cstr(&k->text2), book_format(k, LOOK_LINK, TONE_PLAIN, false, false), book_cstr(&k->text, k->sheets[i].name), NULL));
    }
}

static void set_properties(book *k)
{
    const document *d = k->d;
    k->text.len = 0;
    buf_printf(&k->text, "%.*s %.*s", SLICE_ARG(d->title), SLICE_ARG(d->r->period_id));
    buf_char(&k->text, '\0');
    lxw_doc_properties p = {.created = (time_t)(d->r->as_of / MS_SECOND), .title = k->text.ptr};
    if (k->text.failed) k->failed = true;
    else book_note(k, workbook_set_properties(k->wb, &p));
}

static bool lacks_memory(const book *k) { return k->failed || k->text.failed || k->text2.failed || k->scratch.failed || k->names.failed; }

static void draw(book *k)
{
    const document *d = k->d;
    book_cover(k);
    for (size_t i = 0; i < d->n && !lacks_memory(k); i++) {
        const block *b = &d->blocks[i];
        if (b->sheet.len == 0 || (b->kind != BLOCK_TABLE && b->kind != BLOCK_CHART)) continue;
        sheet *s = book_sheet(k, b->sheet);                                                       /* in the order of the document */
        if (s == NULL || b->kind == BLOCK_CHART) continue;
        s->tables_all++;
        for (size_t part = 1; part * d->sheet_rows < b->table->nrows && !k->failed && k->error == LXW_NO_ERROR; part++) {   /* those on which it goes on stand beside it */
            slice name = sheet_part(b->sheet, part, &k->names);
            if (name.ptr == NULL) k->failed = true;
            else book_sheet(k, name);
        }
    }
    for (size_t i = 0; i < d->n && !lacks_memory(k) && k->error == LXW_NO_ERROR; i++) {
        const block *b = &d->blocks[i];
        if (b->sheet.len > 0 && b->kind == BLOCK_TABLE) book_table(k, b);
        if (b->sheet.len > 0 && b->kind == BLOCK_CHART) book_chart(k, b);
        arena_free(&k->scratch);
    }
    for (size_t i = 0; i < k->nsheets; i++)          /* once a sheet: the library loses what was set before */
        if (k->sheets[i].nbreaks > 0) book_note(k, worksheet_set_h_pagebreaks(k->sheets[i].ws, k->sheets[i].breaks));
    if (!lacks_memory(k)) cover_links(k);
    set_properties(k);
}

static sla_status temporary(const char *folder, char *path, size_t cap, err *e)
{
    int n = snprintf(path, cap, "%s/.slaudit-XXXXXX", folder != NULL && folder[0] != '\0' ? folder : ".");
    if (n < 0 || (size_t)n >= cap) return err_set(e, SLA_LIMIT, SRCPOS_NONE, "the name of the output folder is too long");
    int fd = mkstemp(path);
    if (fd < 0) return err_set(e, SLA_IO, (srcpos){folder, 0, 0}, "cannot make a temporary file");
    close(fd);
    return SLA_OK;
}

sla_status xlsx_print(const document *d, const char *folder, bool letter, buf *out, err *e)
{
    char path[4096];
    book k = {.d = d, .letter = letter};
    TRY(temporary(folder, path, sizeof path, e));
    k.wb = workbook_new(path);
    if (k.wb == NULL) {
        remove(path);
        return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the workbook");
    }
    draw(&k);
    lxw_error closed = workbook_close(k.wb);
    book_note(&k, closed);
    sla_status st = SLA_OK;
    if (lacks_memory(&k) || d->mem.failed || d->failed.code == SLA_NOMEM) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the workbook");
    else if (k.error != LXW_NO_ERROR) st = err_set(e, SLA_IO, SRCPOS_NONE, "the workbook cannot be written: %s", lxw_strerror(k.error));
    if (st == SLA_OK) st = file_read(path, (size_t)1 << 31, out, e);
    if (st == SLA_OK && k.nsplices > 0) st = xlsx_splice(out, k.splices, k.nsplices, d, e);
    remove(path);
    arena_free(&k.scratch);
    arena_free(&k.names);
    buf_free(&k.text);
    buf_free(&k.text2);
    return st;
}
