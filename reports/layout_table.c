/* Tables over pages: columns as wide as they need, heads repeated, rows whole; a row higher than a page goes on on the next one. */
#include <math.h>
#include <string.h>
#include "engine/base/mem.h"
#include "reports/layout.h"

enum { COLS_MAX = 24, MEASURED = 300, INTERVAL_LEAST = 50 };
typedef struct grid {
    const block *b;
    const tablet *t;
    size_t ncols;
    tcol cols[COLS_MAX];
    size_t from[COLS_MAX];           /* where in a row of the table a column is */
    bool packed;                     /* each column is where it is in the table */
    const block *below;              /* boxes to write in that stand with the last row; NULL: none */
    type text, strong, head;
    double pad, pad_y, widths[COLS_MAX], xs[COLS_MAX], tails[COLS_MAX];  /* tails: room for what stands behind the decimal point */
} grid;

typedef struct laid { line *lines[COLS_MAX]; size_t n[COLS_MAX]; double height; } laid;

/* What is drawn must live as long as the pages. */
static const cell *row_cells(pen *p, const grid *g, size_t row)
{
    const cell *all = g->t->row == NULL ? &g->t->cells[row * g->t->ncols] : NULL;
    if (all == NULL) {
        cell *made = ARENA_NEW(&p->ps->mem, cell, g->t->ncols);
        if (made == NULL) return NULL;
        g->t->row(g->t->ctx, row, &p->ps->mem, made);
        all = made;
    }
    if (g->packed) return all;
    cell *some = ARENA_NEW(&p->ps->mem, cell, g->ncols);
    for (size_t c = 0; some != NULL && c < g->ncols; c++) some[c] = all[g->from[c]];
    return some;
}

static void choose_columns(grid *g)
{
    for (size_t c = 0; c < g->t->ncols && g->ncols < COLS_MAX; c++)
        if (!g->t->cols[c].off_paper) g->from[g->ncols] = c, g->cols[g->ncols++] = g->t->cols[c];
    g->packed = g->ncols == g->t->ncols;
}

static bool is_figure(const cell *c) { return c->kind == CELL_INT || c->kind == CELL_NUMBER || c->kind == CELL_PERCENT || c->kind == CELL_DURATION; }

/* Of "1,204.5 h" the ".5 h", of "98%" the "%": figures in a column stand with their decimal points below each other. */
static slice tail_of(slice s)
{
    size_t i = 0;
    while (i < s.len && ((s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == ',' || s.ptr[i] == '-')) i++;
    return (slice){s.ptr + i, s.len - i};
}

static double tail_width(pen *p, const type *ty, slice s) { return fontset_width(p->ps->fonts, ty->bold, ty->size, tail_of(s)); }

static double mark_room(const grid *g, const cell *c) { return c->mark == MARK_NONE ? 0 : g->text.size + (c->kind == CELL_EMPTY ? 0 : 4); }

/* The widest word of a text, so that a column never has to break one. */
static double widest_word(pen *p, const type *ty, slice s)
{
    double most = 0;
    for (size_t i = 0; i < s.len;) {
        size_t from = i;
        bool wide = (unsigned char)s.ptr[i] >= 0xE2;
        if (wide) i += (unsigned char)s.ptr[i] >= 0xF0 ? 4 : 3;
        else while (i < s.len && s.ptr[i] != ' ' && (unsigned char)s.ptr[i] < 0xE2) i++;
        if (i > s.len) i = s.len;
        double w = fontset_width(p->ps->fonts, ty->bold, ty->size, (slice){s.ptr + from, i - from});
        most = fmax(most, w);
        while (i < s.len && s.ptr[i] == ' ') i++;
    }
    return most;
}

/* The width of a text that breaks only where it says so itself. */
static double widest_line(pen *p, const type *ty, slice s)
{
    double most = 0;
    for (size_t from = 0; from <= s.len;) {
        const char *end = memchr(s.ptr + from, '\n', s.len - from);
        size_t n = end != NULL ? (size_t)(end - s.ptr) - from : s.len - from;
        most = fmax(most, fontset_width(p->ps->fonts, ty->bold, ty->size, pen_clean(p, (slice){s.ptr + from, n})));
        from += n + 1;
    }
    return most;
}

static void total_cells(pen *p, const grid *g, cell *out)
{
    for (size_t c = 0; c < g->ncols; c++) {
        out[c] = g->cols[c].total == TOTAL_LABEL ? cell_text(doc_text(p->d, "table.total")) : g->cols[c].total == TOTAL_SUM ? (cell){.kind = CELL_INT, .num = g->t->sums[g->from[c]]} : (cell){.kind = CELL_EMPTY};
        out[c].strong = true;
    }
}

typedef struct measures { double natural[COLS_MAX], least[COLS_MAX], whole[COLS_MAX]; } measures;

static void measure_row(pen *p, grid *g, const cell *cells, measures *m)
{
    for (size_t c = 0; cells != NULL && c < g->ncols; c++) {
        slice raw = doc_cell_text(p->d, &cells[c], &p->scratch), s = pen_clean(p, raw);
        const type *ty = cells[c].strong ? &g->strong : &g->text;
        double more = mark_room(g, &cells[c]), w = raw.len > 0 ? widest_line(p, ty, raw) : 0, *natural = &m->natural[c];
        if (g->cols[c].align == ALIGN_RIGHT && is_figure(&cells[c])) {
            double tail = tail_width(p, ty, s);
            g->tails[c] = fmax(g->tails[c], tail), m->whole[c] = fmax(m->whole[c], w - tail);
            w = fmax(w, m->whole[c] + g->tails[c]);
        }
        *natural = fmax(*natural, w + more);
        if (cells[c].kind == CELL_INTERVAL) *natural = fmax(*natural, INTERVAL_LEAST);
        double word = cells[c].kind != CELL_TEXT ? *natural : fmin(g->cols[c].align == ALIGN_RIGHT ? w : widest_word(p, ty, s), 90);     /* at the right stand figures: ≥ 95% */
        if (cells[c].kind == CELL_TEXT) word = fmax(word, fmin(*natural, 5.2 * ty->size));      /* no column of single characters */
        m->least[c] = fmax(m->least[c], word + more);
    }
}

static void measure(pen *p, grid *g, measures *m)
{
    *m = (measures){{0}, {0}, {0}};
    for (size_t c = 0; c < g->ncols; c++) {
        slice title = pen_clean(p, g->cols[c].title);
        m->natural[c] = fontset_width(p->ps->fonts, true, g->head.size, title);
        m->least[c] = widest_word(p, &g->head, title);
        g->tails[c] = 0;
    }
    for (size_t r = 0; r < g->t->nrows && r < MEASURED; r++) measure_row(p, g, row_cells(p, g, r), m);
    if (g->t->sums == NULL) return;
    cell sums[COLS_MAX];
    total_cells(p, g, sums);
    measure_row(p, g, sums, m);
}

static double sum_of(const double *v, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += v[i];
    return sum;
}

/* Columns of weight 0 grow to what they need, the others share the rest by weight, of which a part is kept for them; none is less than its widest word. */
static void share_width(grid *g, double width, const double *natural, const double *least)
{
    double wants = 0, weights = 0, pool = 0, kept = 0;
    bool done[COLS_MAX] = {false};
    for (size_t c = 0; c < g->ncols; c++) {
        g->widths[c] = least[c] + 2 * g->pad;
        if (g->cols[c].weight > 0) weights += g->cols[c].weight;
        else wants += natural[c] - least[c], done[c] = true;
    }
    for (size_t c = 0; c < g->ncols; c++)
        if (!done[c]) kept += fmax(0, fmin(natural[c], width * 0.32 * g->cols[c].weight / weights) - least[c]);
    wants += kept;
    double room = fmax(0, width - sum_of(g->widths, g->ncols)), part = wants > room ? room / wants : 1;
    for (size_t c = 0; c < g->ncols; c++)
        if (done[c]) g->widths[c] += (natural[c] - least[c]) * part;
        else pool += g->widths[c];
    pool += fmax(0, width - sum_of(g->widths, g->ncols));
    for (bool again = true; again && weights > 0;) {
        again = false;
        for (size_t c = 0; c < g->ncols; c++) {
            if (done[c] || pool * g->cols[c].weight / weights >= g->widths[c]) continue;
            pool -= g->widths[c], weights -= g->cols[c].weight, done[c] = again = true;
        }
    }
    for (size_t c = 0; c < g->ncols; c++)
        if (!done[c]) g->widths[c] = pool * g->cols[c].weight / weights;
    double sum = sum_of(g->widths, g->ncols);
    for (size_t c = 0; c < g->ncols && (sum > width || sum > width * 0.8); c++) g->widths[c] *= width / sum;
}

/* Where even the widest words do not fit beside each other, the type gets smaller, rather than a figure broken. */
static void make_fit(pen *p, grid *g, measures *m)
{
    measure(p, g, m);
    for (int i = 0; i < 8 && g->text.size > 5.6 && sum_of(m->least, g->ncols) + 2 * g->pad * (double)g->ncols > p->width; i++) {
        g->text.size *= 0.95, g->strong.size *= 0.95, g->head.size *= 0.95;
        g->text.leading *= 0.96, g->strong.leading *= 0.96, g->head.leading *= 0.96;
        g->pad = fmax(2, g->pad * 0.88);
        measure(p, g, m);
    }
}

static void open_grid(pen *p, const block *b, grid *g)
{
    measures m;
    double x = p->x;
    const type *ty = b->table->compact ? &type_compact : &type_table;
    *g = (grid){.b = b, .t = b->table, .text = *ty, .strong = *ty, .head = *ty, .pad = b->table->ncols > 8 ? 3 : 4, .pad_y = b->table->compact ? 2.2 : 3};
    const block *next = b + 1 < p->d->blocks + p->d->n ? b + 1 : NULL;
    if (next != NULL && next->pdf && next->kind == BLOCK_FORM) g->below = next;
    choose_columns(g);
    g->strong.bold = g->head.bold = true;
    g->head.rgb = RGB_NAVY;
    g->head.size -= 0.3;
    make_fit(p, g, &m);
    share_width(g, p->width, m.natural, m.least);
    for (size_t c = 0; c < g->ncols; x += g->widths[c++]) g->xs[c] = x;
}

static type cell_type(const grid *g, const cell *c)
{
    type ty = c->strong ? g->strong : g->text;
    if (c->tone != TONE_PLAIN) ty.rgb = tone_ink(c->tone);
    return ty;
}

static void lay_row(pen *p, grid *g, const cell *cells, laid *out)
{
    *out = (laid){.height = g->text.leading};
    for (size_t c = 0; cells != NULL && c < g->ncols; c++) {
        type ty = cell_type(g, &cells[c]);
        slice s = doc_cell_text(p->d, &cells[c], &p->ps->mem);
        if (s.len == 0) continue;
        out->n[c] = pen_lines(p, &ty, s, g->widths[c] - 2 * g->pad - mark_room(g, &cells[c]) + 0.05, &out->lines[c]);
        out->height = fmax(out->height, (double)out->n[c] * ty.leading);
    }
    out->height += 2 * g->pad_y;
}

static void put_interval(pen *p, const grid *g, const cell *c, size_t col, double y, double h)
{
    double x = g->xs[col] + g->pad, w = g->widths[col] - 2 * g->pad, mid = y + h / 2, span = c->scale_high - c->scale_low;
    if (!(span > 0)) return;
    double at[4] = {c->low, c->high, c->num, c->ref};
    for (int i = 0; i < 4; i++) at[i] = x + w * fmin(1, fmax(0, (at[i] - c->scale_low) / span));
    page_line(p->ps, p->page, x, mid, x + w, mid, 0.5, RGB_HAIR);
    page_rect(p->ps, p->page, at[0], mid - 2.2, fmax(0.8, at[1] - at[0]), 4.4, 0xA9C6DF);
    if (c->has_ref) page_line(p->ps, p->page, at[3], mid - 5, at[3], mid + 5, 1, RGB_INK);
    page_disc(p->ps, p->page, at[2], mid, 2.3, c->tone == TONE_PLAIN ? RGB_NAVY : tone_ink(c->tone));
}

/* The lines from .. upto of each cell; marks and intervals stand beside the first. */
static void put_cells(pen *p, grid *g, const cell *cells, const laid *l, size_t from, size_t upto)
{
    for (size_t c = 0; c < g->ncols; c++) {
        type ty = cell_type(g, &cells[c]);
        double x = g->xs[c] + g->pad, w = g->widths[c] - 2 * g->pad, room = mark_room(g, &cells[c]), y = p->y + g->pad_y;
        align al = g->cols[c].align;
        if (al == ALIGN_RIGHT && g->tails[c] > 0 && is_figure(&cells[c]) && l->n[c] == 1) w -= fmax(0, fmin(g->tails[c] - tail_width(p, &ty, l->lines[c][0].text), w - room - l->lines[c][0].w));
        if (cells[c].mark != MARK_NONE && from == 0) {
            double mx = cells[c].kind == CELL_EMPTY && al == ALIGN_CENTRE ? x + (w - room) / 2 : al == ALIGN_RIGHT && l->n[c] > 0 ? x + w - l->lines[c][0].w - room : x;
            page_mark(p->ps, p->page, mx, y + (ty.leading + ty.size * 0.72) / 2 + ty.size * 0.04, ty.size * 0.92, cells[c].mark, tone_ink(cells[c].tone));
        }
        if (cells[c].kind == CELL_INTERVAL) put_interval(p, g, &cells[c], c, p->y, g->text.leading + 2 * g->pad_y);
        size_t end = l->n[c] < upto ? l->n[c] : upto;
        if (from < end) pen_put_lines(p, &ty, l->lines[c] + from, end - from, x + room, y, w - room, al);
        if (cells[c].link.len > 0) pen_link(p, cells[c].link, g->xs[c], p->y, g->widths[c], l->height);
    }
}

static double head_height(pen *p, const grid *g)
{
    double most = g->head.leading;
    for (size_t c = 0; c < g->ncols; c++) most = fmax(most, pen_height(p, &g->head, g->cols[c].title, g->widths[c] - 2 * g->pad + 0.05));
    return most + 2 * g->pad_y + 2;
}

static double table_width(const grid *g) { return g->xs[g->ncols - 1] + g->widths[g->ncols - 1] - g->xs[0]; }

static void put_head(pen *p, const grid *g)
{
    double h = head_height(p, g), w = table_width(g);
    page_rect(p->ps, p->page, p->x, p->y, w, h, RGB_PALE);
    for (size_t c = 0; c < g->ncols; c++) {
        line *l = NULL;
        double cw = g->widths[c] - 2 * g->pad;
        size_t n = pen_lines(p, &g->head, g->cols[c].title, cw + 0.05, &l);
        pen_put_lines(p, &g->head, l, n, g->xs[c] + g->pad, p->y + h - g->pad_y - 1 - (double)n * g->head.leading, cw, g->cols[c].align);
    }
    page_line(p->ps, p->page, p->x, p->y + h, p->x + w, p->y + h, 0.9, RGB_NAVY);
    p->y += h;
}

static void continue_on_next_page(pen *p, const grid *g)
{
    const type more = {7.6, 12, false, RGB_GREY};
    page_line(p->ps, p->page, p->x, p->y, p->x + table_width(g), p->y, 0.5, RGB_RULE);
    pen_new_page(p);
    if (g->t->caption.len > 0) {
        pen_flow(p, &more, doc_fill(p->d, "table.continued", (text_fill[]){{"caption", g->t->caption}, {NULL, {0}}}), p->x, p->width, false);
        p->y += 2;
    }
    put_head(p, g);
}

/* A row higher than a page: its lines go on on the next page, none lost. */
static void put_tall_row(pen *p, grid *g, const cell *cells, const laid *l)
{
    size_t most = 0, from = 0;
    for (size_t c = 0; c < g->ncols; c++) most = l->n[c] > most ? l->n[c] : most;
    while (from < most) {
        double room = p->bottom - p->y - 2 * g->pad_y;
        size_t fit = room < g->text.leading ? 0 : (size_t)(room / g->text.leading);
        if (fit == 0) {
            continue_on_next_page(p, g);
            continue;
        }
        size_t upto = from + fit < most ? from + fit : most;
        put_cells(p, g, cells, l, from, upto);
        p->y += (double)(upto - from) * g->text.leading + 2 * g->pad_y;
        from = upto;
        if (from < most) continue_on_next_page(p, g);
    }
}

static double note_height(pen *p, const tablet *t) { return t->note.len > 0 ? 4 + pen_height(p, &type_small, t->note, p->width) : 0; }

static void put_row(pen *p, grid *g, const cell *cells, size_t row, bool sum)
{
    laid l;
    lay_row(p, g, cells, &l);
    double w = table_width(g), page_room = p->bottom - p->top - head_height(p, g) - 16;
    if (l.height > page_room) {
        put_tall_row(p, g, cells, &l);
        return;
    }
    double below = g->below != NULL && !sum && row + 1 == g->t->nrows ? block_lead(p, (size_t)(g->below - p->d->blocks)) + 14 : 0;
    if (sum || (row + 1 == g->t->nrows && g->t->sums == NULL)) below += note_height(p, g->t);     /* a note does not stand alone on the next page */
    if (!pen_fits(p, l.height + (l.height + below < page_room ? below : 0))) continue_on_next_page(p, g);
    if (!sum && row % 2 == 1) page_rect(p->ps, p->page, p->x, p->y, w, l.height, RGB_ZEBRA);
    if (sum) page_line(p->ps, p->page, p->x, p->y, p->x + w, p->y, 0.9, RGB_NAVY);
    put_cells(p, g, cells, &l, 0, SIZE_MAX);
    p->y += l.height;
    if (!sum) page_line(p->ps, p->page, p->x, p->y, p->x + w, p->y, 0.35, RGB_HAIR);
}

static void put_total(pen *p, grid *g)
{
    cell cells[COLS_MAX];
    total_cells(p, g, cells);
    put_row(p, g, cells, 0, true);
}

static double caption_height(pen *p, const tablet *t) { return t->caption.len == 0 ? 0 : pen_height(p, &type_label, t->caption, p->width) + 4; }

double table_lead(pen *p, const block *b)
{
    grid g;
    laid l = {0};
    open_grid(p, b, &g);
    if (g.t->nrows > 0) lay_row(p, &g, row_cells(p, &g, 0), &l);
    double below = g.below != NULL && g.t->nrows == 1 ? block_lead(p, (size_t)(g.below - p->d->blocks)) + 14 : 0;
    if (g.t->nrows <= 1 && g.t->sums == NULL) below += note_height(p, g.t);
    return caption_height(p, g.t) + head_height(p, &g) + fmin(l.height, 200) + 4 + below;
}

/* The pages after the first that rows of these heights (without what is above and below their lines) take. */
static size_t pages_more(pen *p, grid *g, const double *heights, size_t n, double pad_y)
{
    double was = g->pad_y, head, more = g->t->caption.len > 0 ? 14 : 0;
    size_t ends = 0;
    g->pad_y = pad_y, head = head_height(p, g), g->pad_y = was;
    double y = p->y + head;
    for (size_t i = 0; i < n; i++) {
        double h = heights[i] + 2 * pad_y;
        if (y + h > p->bottom - 1) y = p->top + more + head, ends++;
        y += h;
    }
    return ends;
}

/* Rows are drawn together a little where that saves a page: a few do not stand alone on the last one. */
static void squeeze(pen *p, grid *g)
{
    enum { ROWS_MOST = 300, STEPS = 10 };
    double heights[ROWS_MOST + 1];
    size_t n = 0;
    if (g->t->nrows > ROWS_MOST) return;
    for (; n < g->t->nrows && !p->failed; n++) {
        laid l;
        const cell *cells = row_cells(p, g, n);
        if (cells == NULL) return;
        lay_row(p, g, cells, &l);
        heights[n] = l.height - 2 * g->pad_y;
    }
    if (g->t->sums != NULL) heights[n++] = g->text.leading;
    if (n > 0) heights[n - 1] += note_height(p, g->t);
    size_t usual = pages_more(p, g, heights, n, g->pad_y);
    for (int i = 1; i <= STEPS && usual > 0; i++) {
        double pad_y = g->pad_y * (1 - 0.5 * i / STEPS);
        if (pages_more(p, g, heights, n, pad_y) == usual) continue;
        g->pad_y = pad_y;
        return;
    }
}

void table_layout(pen *p, const block *b)
{
    grid g;
    if (p->y > p->top + 0.01) p->y += 4;
    open_grid(p, b, &g);
    pen_need(p, table_lead(p, b));
    if (g.t->caption.len > 0) pen_flow(p, &type_label, g.t->caption, p->x, p->width, false), p->y += 4;
    squeeze(p, &g);
    put_head(p, &g);
    for (size_t r = 0; r < g.t->nrows && !p->failed; r++) {
        const cell *cells = row_cells(p, &g, r);
        if (cells == NULL) p->failed = true;
        else put_row(p, &g, cells, r, false);
    }
    if (g.t->sums != NULL) put_total(p, &g);
    page_line(p->ps, p->page, p->x, p->y, p->x + table_width(&g), p->y, 0.9, RGB_NAVY);
    if (g.t->note.len > 0) p->y += 4, pen_flow(p, &type_small, g.t->note, p->x, p->width, true);
    p->y += 14;
}
