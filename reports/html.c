/* Documents as one page: blocks become elements one by one. Sections open at headings of level 1; those that few look at begin folded. */
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "reports/html.h"

enum { CARDS_FROM = 7 };                /* tables with more columns become cards on a narrow screen; narrower ones scroll */

typedef struct html {
    document *d; const fontset *fonts;
    buf *out, css;                    /* css: names of columns, for narrow screens */
    arena scratch;
    size_t doc_no, section, table;    /* running numbers, for ids */
    bool skip, in_section, folded, in_clause, in_list;
} html;

void html_escape(buf *out, slice s)
{
    size_t from = 0, i = 0;
    while (i < s.len) {
        uint32_t cp;
        size_t n = utf8_decode(s.ptr + i, s.len - i, &cp);
        bool broken = cp == 0xFFFD && n == 1, control = (cp < 0x20 && cp != '\n' && cp != '\t') || cp == 0x7F;
        const char *with = cp == '&' ? "&amp;" : cp == '<' ? "&lt;" : cp == '>' ? "&gt;" : cp == '"' ? "&quot;" : broken ? "\xEF\xBF\xBD" : control ? "" : NULL;
        if (with != NULL) buf_bytes(out, s.ptr + from, i - from), buf_text(out, with), from = i + n;
        i += n;
    }
    buf_bytes(out, s.ptr + from, s.len - from);
}

static void put(html *h, const char *before, slice text, const char *after)
{
    buf_text(h->out, before);
    html_escape(h->out, text);
    buf_text(h->out, after);
}

static void put_id(html *h, slice anchor)
{
    if (anchor.len > 0) put(h, " id=\"", anchor, "\"");
}

static bool among(document *d, slice text, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(text, doc_text(d, keys[i]))) return true;
    return false;
}

static bool begins_folded(document *d, slice text)
{
    static const char *const keys[] = {"audit.scope", "audit.rules", "audit.rejects", "audit.method", "audit.evidence", "kpi.how"};
    return among(d, text, keys, sizeof keys / sizeof keys[0]);
}

static bool is_paper_only(document *d, slice text)              /* what is signed is signed on paper */
{
    static const char *const keys[] = {"audit.sign"};
    return among(d, text, keys, 1);
}

static bool is_register(document *d, const block *b) { return b->kind == BLOCK_TABLE && !b->pdf && slice_eq(b->sheet, doc_text(d, "sheet.register")); }

/* ---- sections ---- */
static void end_list(html *h)
{
    if (h->in_list) buf_text(h->out, "</ul>\n");
    h->in_list = false;
}

static void end_clause(html *h)
{
    end_list(h);
    if (h->in_clause) buf_text(h->out, "</details>\n");
    h->in_clause = false;
}

static void end_section(html *h)
{
    end_clause(h);
    if (h->in_section) buf_text(h->out, h->folded ? "</details></section>\n" : "</section>\n");
    h->in_section = h->folded = false;
}

static void begin_section(html *h, slice title, bool folded)
{
    end_section(h);
    h->in_section = true, h->folded = folded;
    buf_printf(h->out, "<section id=\"s%zu-%zu\">", h->doc_no, ++h->section);
    put(h, folded ? "<details><summary><h2>" : "<h2>", title, folded ? "</h2></summary>\n" : "</h2>\n");
}

static void put_label(html *h, const block *b)
{
    if (b->tag.len == 0) return;
    buf_printf(h->out, "<span class=\"label b%d\">", (int)b->tone);
    put(h, "", b->tag, "</span>");
}

static void put_heading(html *h, const block *b)
{
    end_list(h);
    if (b->level == 1) {
        h->skip = is_paper_only(h->d, b->text);
        if (h->skip) end_section(h);
        else begin_section(h, b->text, begins_folded(h->d, b->text));
        return;
    }
    bool clause = b->level == 2 && b->tag.len > 0;
    if (b->level == 2) end_clause(h);
    buf_text(h->out, clause ? "<details class=\"clause\" open" : b->level == 2 ? "<h3" : "<h4");
    put_id(h, b->anchor);
    buf_text(h->out, clause ? "><summary>" : ">");
    put_label(h, b);
    put(h, "", b->text, clause ? "</summary>\n" : b->level == 2 ? "</h3>\n" : "</h4>\n");
    h->in_clause = h->in_clause || clause;
}

/* ---- tables ---- */
static const char *sign_of(mark m)
{
    static const char *const signs[] = {[MARK_NONE] = "", [MARK_YES] = "✓ ", [MARK_NO] = "✗ ", [MARK_DASH] = "– ", [MARK_WARN] = "▲ ", [MARK_RING] = "○ ", [MARK_UP] = "▲ ", [MARK_DOWN] = "▼ ", [MARK_SAME] = "– "};
    return signs[m];
}

static void put_cell(html *h, const cell *c, align al)
{
    bool number = c->kind > CELL_TEXT && c->kind != CELL_INTERVAL;
    buf_text(h->out, "<td");
    if (al != ALIGN_LEFT || c->tone != TONE_PLAIN) {
        buf_printf(h->out, " class=\"%s", al == ALIGN_RIGHT ? "r" : al == ALIGN_CENTRE ? "c" : "");
        if (c->tone != TONE_PLAIN) buf_printf(h->out, "%st%d", al != ALIGN_LEFT ? " " : "", (int)c->tone);
        buf_char(h->out, '"');
    }
    if (number) buf_printf(h->out, " data-v=\"%.10g\"", c->num);
    buf_char(h->out, '>');
    if (c->link.len > 0) put(h, "<a href=\"#", c->link, "\">");
    if (c->strong) buf_text(h->out, "<b>");
    put(h, sign_of(c->mark), doc_cell_text(h->d, c, &h->scratch), c->strong ? "</b>" : "");
    buf_text(h->out, c->link.len > 0 ? "</a></td>" : "</td>");
}

/* On a narrow screen each row is a card, and each of its cells says what it is. */
static void name_column(html *h, size_t nth, slice title)
{
    buf_printf(&h->css, "#t%zu td:nth-child(%zu)::before{content:\"", h->table, nth);
    for (size_t i = 0; i < title.len; i++) {
        char c = title.ptr[i];
        if (c == '"' || c == '\\' || c == '<' || c == '\n') buf_printf(&h->css, "\\%x ", (unsigned)c);
        else buf_char(&h->css, c);
    }
    buf_text(&h->css, "\"}\n");
}

static void put_head(html *h, const tablet *t, const bool *shown, bool sortable)
{
    size_t n = 0;
    bool wide = t->ncols > CARDS_FROM;
    buf_printf(h->out, "<div class=\"scroll\"><table id=\"t%zu\" class=\"%s%s\">", ++h->table, sortable ? "sortable" : "", wide ? " wide" : "");
    if (t->caption.len > 0) put(h, "<caption>", t->caption, "</caption>");
    buf_text(h->out, "<thead><tr>");
    for (size_t c = 0; c < t->ncols; c++) {
        if (!shown[c]) continue;
        buf_printf(h->out, "<th scope=\"col\"%s>", t->cols[c].align == ALIGN_RIGHT ? " class=\"r\"" : "");
        put(h, "", t->cols[c].title, "</th>");
        if (wide) name_column(h, ++n, t->cols[c].title);
    }
    buf_text(h->out, "</tr></thead>\n<tbody>");
}

static void put_rows(html *h, const tablet *t, const bool *shown, size_t nrows, cell *made)
{
    for (size_t r = 0; r < nrows; r++) {
        const cell *row = t->cells != NULL ? tablet_cell(t, r, 0) : made;
        if (t->cells == NULL) {
            for (size_t c = 0; c < t->ncols; c++) made[c] = (cell){0};
            t->row(t->ctx, r, &h->scratch, made);
        }
        buf_text(h->out, "<tr>");
        for (size_t c = 0; c < t->ncols; c++)
            if (shown[c]) put_cell(h, &row[c], t->cols[c].align);
        buf_text(h->out, "</tr>\n");
        if (r % 256 == 255) arena_free(&h->scratch);
    }
}

static void put_total(html *h, const tablet *t)
{
    buf_text(h->out, "<tfoot><tr>");
    for (size_t c = 0; c < t->ncols; c++) {
        cell x = t->cols[c].total == TOTAL_SUM ? cell_value(SLICE_LIT("count"), t->sums[c]) : t->cols[c].total == TOTAL_LABEL ? cell_text(doc_text(h->d, "table.total")) : (cell){0};
        put_cell(h, &x, t->cols[c].align);
    }
    buf_text(h->out, "</tr></tfoot>");
}

static void put_table(html *h, const tablet *t, size_t most)
{
    size_t nrows = t->nrows < most ? t->nrows : most;
    bool *shown = arena_alloc(&h->d->mem, t->ncols, sizeof *shown);
    cell *made = arena_alloc(&h->d->mem, t->ncols, sizeof *made);
    if (shown == NULL || made == NULL) {
        h->out->failed = true;
        return;
    }
    for (size_t c = 0; c < t->ncols; c++) shown[c] = !t->cols[c].is_input && !t->cols[c].hidden;
    put_head(h, t, shown, t->nrows > 2);
    put_rows(h, t, shown, nrows, made);
    buf_text(h->out, "</tbody>");
    if (t->sums != NULL) put_total(h, t);
    buf_text(h->out, "</table></div>\n");
    if (t->note.len > 0) put(h, "<p class=\"note\">", t->note, "</p>\n");
    arena_free(&h->scratch);
}

static void put_register(html *h, const block *b)
{
    document *d = h->d;
    const tablet *t = b->table;
    h->skip = false;
    begin_section(h, t->caption, false);
    buf_printf(h->out, "<p class=\"find\"><input type=\"search\" data-table=\"t%zu\" placeholder=\"", h->table + 1);
    put(h, "", doc_text(d, "html.find"), "\" aria-label=\"");
    put(h, "", doc_text(d, "html.find"), "\"> <output></output></p>\n");
    if (t->nrows > HTML_ROWS)
        put(h, "<p class=\"note\">", doc_fill(d, "html.rest", (text_fill[]){{"shown", doc_int(d, HTML_ROWS)}, {"total", doc_int(d, (int64_t)t->nrows)}, {"period", d->r->period_id}, {NULL, {0}}}), "</p>\n");
    tablet bare = *t;
    bare.caption = (slice){"", 0};
    put_table(h, &bare, HTML_ROWS);
}

/* ---- the other blocks ---- */
static void put_pairs(html *h, const block *b)
{
    buf_text(h->out, "<dl>");
    for (size_t i = 0; i < b->npairs; i++) put(h, "<dt>", b->pairs[i].name, "</dt>"), put(h, "<dd>", b->pairs[i].value, "</dd>\n");
    buf_text(h->out, "</dl>\n");
}

static void put_figures(html *h, const block *b)
{
    buf_text(h->out, "<div class=\"figures\">");
    for (size_t i = 0; i < b->nfigures; i++) {
        const figure *f = &b->figures[i];
        buf_printf(h->out, "<div class=\"e%d\">", (int)f->tone);
        put(h, "<span>", f->label, "</span>");
        buf_printf(h->out, "<b class=\"t%d\">%s", (int)f->tone, sign_of(f->mark));
        put(h, "", f->value, "</b>");
        put(h, "<small>", f->sub, "</small></div>");
    }
    buf_text(h->out, "</div>\n");
}

static void put_card(html *h, const block *b)
{
    bool callout = b->kind == BLOCK_CALLOUT;
    buf_printf(h->out, "<div class=\"%s e%d\"", callout ? "callout" : "card", (int)b->tone);
    put_id(h, b->anchor);
    buf_char(h->out, '>');
    put_label(h, b);
    put(h, "<b>", b->text, "</b>");
    put(h, callout ? "<span>" : "<small>", b->more, callout ? "</span></div>\n" : "</small></div>\n");
}

static void put_item(html *h, const block *b)
{
    if (!h->in_list) buf_text(h->out, "<ul>");
    h->in_list = true;
    put(h, "<li>", b->text, "</li>\n");
}

static void put_block(html *h, const block *b)
{
    if (b->kind != BLOCK_ITEM) end_list(h);
    switch (b->kind) {
    case BLOCK_PARA: put(h, b->style == PARA_SMALL ? "<p class=\"small\">" : "<p>", b->text, "</p>\n"); break;
    case BLOCK_ITEM: put_item(h, b); break;
    case BLOCK_PAIRS: put_pairs(h, b); break;
    case BLOCK_FIGURES: put_figures(h, b); break;
    case BLOCK_TABLE: put_table(h, b->table, b->table->nrows); break;
    case BLOCK_CHART: html_chart(h->d, b->chart, h->fonts, h->out); break;
    case BLOCK_CALLOUT: case BLOCK_CARD: put_card(h, b); break;
    case BLOCK_HEADING: put_heading(h, b); break;
    case BLOCK_COVER: case BLOCK_CONTENTS: case BLOCK_FORM: case BLOCK_BREAK: case BLOCK_SPACE: break;
    }
}

/* ---- the page ---- */
static void put_cover(html *h, const block *b, bool first)
{
    if (!first) {
        buf_printf(h->out, "<section id=\"d%zu\"><h2>", h->doc_no);
        put(h, "", b->text, "</h2>\n");
        h->in_section = true;
        return;
    }
    buf_text(h->out, "<header><div><span class=\"tag\">");
    put(h, "", b->tag, "</span>");
    put(h, "<h1>", b->text, "</h1>");
    put(h, "<p>", b->more, "</p>");
    put(h, "<p>", h->d->head_left, "</p>");
    put(h, "<details><summary>", doc_text(h->d, "html.run"), "</summary>");
    put_pairs(h, b);
    buf_text(h->out, "</details></div></header>\n");
}

static void put_nav(html *h, document *const *docs, size_t ndocs)
{
    buf_text(h->out, "<nav>");
    for (size_t k = 0; k < ndocs; k++) {
        size_t n = 0;
        if (k > 0) buf_printf(h->out, "<a href=\"#d%zu\">", k), put(h, "", docs[k]->title, "</a>");
        for (size_t i = 0; i < docs[k]->n; i++) {
            const block *b = &docs[k]->blocks[i];
            bool section = b->pdf && b->kind == BLOCK_HEADING && b->level == 1 && !is_paper_only(docs[k], b->text), reg = is_register(docs[k], b);
            if (!section && !reg) continue;
            n++;
            if (k > 0) continue;
            buf_printf(h->out, "<a href=\"#s%zu-%zu\">", k, n);
            put(h, "", reg ? b->table->caption : b->text, "</a>");
        }
    }
    buf_text(h->out, "</nav>\n");
}

static void put_document(html *h, document *d, size_t no)
{
    h->d = d, h->doc_no = no, h->section = 0;
    for (size_t i = 0; i < d->n && d->failed.code == SLA_OK; i++) {
        const block *b = &d->blocks[i];
        if (b->kind == BLOCK_COVER && no > 0) put_cover(h, b, false);
        else if (is_register(d, b)) put_register(h, b);
        else if (b->pdf && (b->kind == BLOCK_HEADING || !h->skip)) put_block(h, b);
    }
    end_section(h);
    h->skip = false;
}

/* A file of the program's, as it is. */
static sla_status put_own(html *h, const char *name, buf *out, err *e)
{
    const char *path = NULL;
    TRY(file_own_data(name, &h->scratch, &path, e));
    return file_read(path, 1 << 20, out, e);
}

static sla_status put_head_part(html *h, document *d, err *e)
{
    buf_printf(h->out, "<!DOCTYPE html>\n<html lang=\"%.*s\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n", SLICE_ARG(doc_text(d, "language.tag")));
    buf_text(h->out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n");
    put(h, "<title>", d->title, " ");
    put(h, "", d->r->period_id, "</title>\n<style>\n");
    TRY(put_own(h, "reports/html/page.css", h->out, e));
    buf_printf(h->out, "@media (max-width:640px){\n%s}\n</style></head><body>\n", buf_cstr(&h->css));
    return SLA_OK;
}

sla_status html_print(document *const *docs, size_t ndocs, const fontset *fonts, buf *out, err *e)
{
    buf body = {0};
    html h = {.fonts = fonts, .out = &body};
    sla_status st = SLA_OK;
    for (size_t i = 0; i < ndocs; i++) put_document(&h, docs[i], i);
    h.out = out, h.d = docs[0], h.doc_no = 0;
    st = put_head_part(&h, docs[0], e);
    for (size_t i = 0; st == SLA_OK && i < docs[0]->n; i++)
        if (docs[0]->blocks[i].kind == BLOCK_COVER) put_cover(&h, &docs[0]->blocks[i], true);
    put_nav(&h, docs, ndocs);
    buf_text(out, "<main>\n");
    buf_bytes(out, body.ptr, body.len);
    put(&h, "</main>\n<footer>", docs[0]->foot_left, "</footer>\n<script>\n");
    if (st == SLA_OK) st = put_own(&h, "reports/html/page.js", out, e);
    buf_text(out, "</script></body></html>\n");
    bool failed = out->failed || body.failed || h.css.failed || h.scratch.failed;
    for (size_t i = 0; i < ndocs && st == SLA_OK; i++)
        st = document_done(docs[i], e);
    buf_free(&body);
    buf_free(&h.css);
    arena_free(&h.scratch);
    return st == SLA_OK && failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the page") : st;
}
