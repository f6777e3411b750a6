#include "importers/html.h"
#include <stdlib.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"

enum { TAG_BYTES = 2048, ENTITY_BYTES = 12, DEPTH_MAX = 16, CELL_BYTES_MAX = 1 << 20, SPAN_COLS = 256 };
typedef enum mode { TEXT, TAG, QUOTED, COMMENT, RAW, ENTITY } mode;
/* A table that is open, its current row and cell; held[c]: rows that a cell above still reaches down into. */
typedef struct open_table { size_t number; uint32_t row, col, next; bool in_row, in_cell; uint16_t held[SPAN_COLS]; } open_table;

struct html_page {
    mode mode;
    char quote;                         /* of the attribute value under way */
    char tag[TAG_BYTES]; size_t ntag;   /* the tag under way, cut at its limit */
    char name[ENTITY_BYTES]; size_t nname;
    char raw[12];                       /* the element whose text is none: "script" … */
    size_t match;                       /* of the end of a comment or raw text: characters seen */
    open_table open[DEPTH_MAX]; size_t depth, beyond;   /* beyond: tables open that are one too many */
    size_t tables, rows[HTML_TABLES_MAX], cells[HTML_TABLES_MAX];
    sheet_writer w; size_t wanted;      /* w.out NULL: only counting */
    size_t cell_bytes; bool blank, line_end;   /* of the cell that is written: bytes so far, whether blanks wait, whether it ends a line */
    bool too_long;
};

html_page *html_page_new(buf *out, size_t wanted)
{
    html_page *p = mem_zero(1, sizeof *p);
    if (!p) return NULL;
    p->w.out = out;
    p->wanted = wanted;
    return p;
}

size_t html_page_tables(const html_page *p) { return p->tables; }
void html_page_size(const html_page *p, size_t table, size_t *rows, size_t *cells) { *rows = p->rows[table], *cells = p->cells[table]; }
void html_page_free(html_page *p) { mem_free(p); }

/* ---- characters by name ---- */
static const struct { const char *name; uint16_t cp; } entities[] = {
    {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"ndash", 0x2013}, {"mdash", 0x2014}, {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D},
    {"bull", 0x2022}, {"hellip", 0x2026}, {"euro", 0x20AC}, {"trade", 0x2122},
};
/* ISO 8859-1 from 160 on, in order. */
static const char *const latin[] = {
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
    "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave",
    "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute",
    "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
    "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
};

/* The character that "amp", "#65" or "#x41" names; 0: none. */
static uint32_t entity(const char *name)
{
    if (*name == '#') {
        bool hex = (name[1] | 32) == 'x';
        char *end;
        unsigned long v = strtoul(name + 1 + hex, &end, hex ? 16 : 10);
        return *end || end == name + 1 + hex || v > 0x10FFFF ? 0 : (uint32_t)v;
    }
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
        if (strcmp(name, entities[i].name) == 0) return entities[i].cp;
    for (size_t i = 0; i < sizeof latin / sizeof latin[0]; i++)
        if (strcmp(name, latin[i]) == 0) return 160 + (uint32_t)i;
    return 0;
}

/* ---- the text of cells ---- */
static open_table *innermost(html_page *p) { return p->depth && !p->beyond ? &p->open[p->depth - 1] : NULL; }

/* Runs of blanks are one, as a browser shows them; none at a cell's beginning. */
static void put_text(html_page *p, const char *s, size_t n)
{
    const open_table *t = innermost(p);
    if (!p->w.out || !t || t->number != p->wanted || !t->in_cell || p->too_long) return;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t') {
            p->blank = p->cell_bytes > 0;
            continue;
        }
        if (p->cell_bytes == 0 && !sheet_place(&p->w, t->row, t->col)) {
            p->too_long = true;
            return;
        }
        if (p->blank) buf_char(p->w.out, ' ');
        sheet_text(&p->w, (slice){s + i, 1});
        p->cell_bytes += 1 + p->blank;
        p->blank = p->line_end = false;
        p->too_long = p->cell_bytes > CELL_BYTES_MAX;
    }
}

static void put_line_end(html_page *p)
{
    if (p->cell_bytes == 0 || p->line_end) return;
    buf_char(p->w.out, '\n');
    p->cell_bytes++;
    p->blank = false;
    p->line_end = true;
}

/* ---- tags ---- */
/* The value of a number attribute, within 1..max; 1 where it is not there. */
static uint32_t number_of(const char *tag, const char *attr, unsigned long max)
{
    size_t n = strlen(attr);
    for (const char *p = tag; *p; p++) {
        if (!slice_eq_nocase((slice){p, strlen(p) < n ? strlen(p) : n}, slice_of(attr))) continue;
        p += n;
        while (*p == ' ' || *p == '=' || *p == '"' || *p == '\'') p++;
        unsigned long v = strtoul(p, NULL, 10);
        return v >= 1 && v <= max ? (uint32_t)v : 1;
    }
    return 1;
}

static void end_cell(html_page *p)
{
    open_table *t = innermost(p);
    if (t) t->in_cell = false;
    p->cell_bytes = 0;
    p->blank = false;
}

static void begin_row(html_page *p)
{
    open_table *t = innermost(p);
    if (!t) return;
    end_cell(p);
    if (t->in_row) t->row++;
    t->in_row = true;
    t->next = 0;
    p->rows[t->number]++;
}

static void pass_held(open_table *t)
{
    while (t->next < SPAN_COLS && t->held[t->next]) t->held[t->next++]--;
}

static void begin_cell(html_page *p, const char *tag)
{
    open_table *t = innermost(p);
    if (!t) return;
    if (!t->in_row) begin_row(p);
    end_cell(p);
    pass_held(t);
    t->in_cell = true;
    t->col = t->next;
    uint32_t cols = number_of(tag, "colspan", 1000), down = number_of(tag, "rowspan", 65535) - 1;
    for (uint32_t i = 0; i < cols && t->next < SHEET_COLS_MAX; i++, t->next++)
        if (t->next < SPAN_COLS) t->held[t->next] = (uint16_t)down;
    p->cells[t->number]++;
}

static void end_row(html_page *p)
{
    open_table *t = innermost(p);
    if (!t || !t->in_row) return;
    end_cell(p);
    while (t->next < SPAN_COLS) {
        if (t->held[t->next]) t->held[t->next]--;
        t->next++;
    }
    t->in_row = false;
    t->row++;
}

static void begin_table(html_page *p)
{
    if (p->beyond || p->depth == DEPTH_MAX || p->tables == HTML_TABLES_MAX) {
        p->beyond++;
        return;
    }
    open_table *t = &p->open[p->depth++];
    memset(t, 0, sizeof *t);
    t->number = p->tables++;
    p->cell_bytes = 0;
    p->blank = false;
}

/* What stands in a cell behind a table in it is left out: the cell's place in the text is past. */
static void end_table(html_page *p)
{
    end_row(p);
    if (p->beyond) p->beyond--;
    else if (p->depth) p->depth--;
    if (innermost(p)) innermost(p)->in_cell = false;
}

static void run_tag(html_page *p)
{
    static const char *const silent[] = {"script", "style", "title", "textarea", "xmp"}, *const breaks[] = {"br", "p", "div", "li"};
    char name[12];
    bool closing = p->tag[0] == '/';
    const char *from = p->tag + closing;
    size_t n = 0;
    p->tag[p->ntag < TAG_BYTES ? p->ntag : TAG_BYTES - 1] = '\0';
    while (n + 1 < sizeof name && from[n] && !strchr(" \t\r\n/>", from[n])) name[n] = from[n] >= 'A' && from[n] <= 'Z' ? (char)(from[n] + 32) : from[n], n++;
    name[n] = '\0';
    p->mode = TEXT;
    for (size_t i = 0; i < sizeof silent / sizeof silent[0] && !closing; i++)
        if (strcmp(name, silent[i]) == 0) memcpy(p->raw, name, sizeof name), p->mode = RAW, p->match = 0;
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++)
        if (strcmp(name, breaks[i]) == 0) put_line_end(p);
    if (strcmp(name, "table") == 0) (closing ? end_table : begin_table)(p);
    else if (strcmp(name, "tr") == 0) (closing ? end_row : begin_row)(p);
    else if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0) {
        if (closing) end_cell(p);
        else begin_cell(p, p->tag);
    }
}

/* ---- the tokenizer, a character at a time; false: the character is to be looked at again in the new mode ---- */
static bool letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

static bool in_tag(html_page *p, char c)
{
    if (p->ntag == 0 && !letter(c) && c != '/' && c != '!' && c != '?') { /* a < that begins nothing */
        put_text(p, "<", 1);
        p->mode = TEXT;
        return false;
    }
    if (c == '>') {
        run_tag(p);
        return true;
    }
    size_t last = p->ntag;
    while (last && last <= TAG_BYTES && (p->tag[last - 1] == ' ' || p->tag[last - 1] == '\n')) last--;
    if ((c == '"' || c == '\'') && last && p->tag[last - 1] == '=') p->mode = QUOTED, p->quote = c;
    if (p->ntag + 1 < TAG_BYTES) p->tag[p->ntag++] = c;
    if (p->ntag == 3 && memcmp(p->tag, "!--", 3) == 0) p->mode = COMMENT, p->match = 0;
    return true;
}

static void in_comment(html_page *p, char c)
{
    if (c == '-') p->match = p->match < 2 ? p->match + 1 : 2;
    else if (c == '>' && p->match == 2) p->mode = TEXT;
    else p->match = 0;
}

/* Until "</script" and its like; the rest of that tag is read as a tag. */
static void in_raw(html_page *p, char c)
{
    size_t n = strlen(p->raw);
    char want = p->match == 0 ? '<' : p->match == 1 ? '/' : p->raw[p->match - 2];
    if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) == want) p->match++;
    else p->match = c == '<';
    if (p->match < n + 2) return;
    p->mode = TAG;
    p->ntag = 1;
    p->tag[0] = '/';
}

static bool in_entity(html_page *p, char c)
{
    char utf8[4];
    if ((letter(c) || c == '#' || (c >= '0' && c <= '9')) && p->nname + 1 < ENTITY_BYTES) {
        p->name[p->nname++] = c;
        return true;
    }
    p->name[p->nname] = '\0';
    p->mode = TEXT;
    uint32_t cp = p->nname ? entity(p->name) : 0;
    if (cp == 160) put_text(p, " ", 1);
    else if (cp) put_text(p, utf8, utf8_encode(cp, utf8));
    else {
        put_text(p, "&", 1);
        put_text(p, p->name, p->nname);
    }
    return cp && c == ';';
}

static bool step(html_page *p, char c)
{
    switch (p->mode) {
    case TAG: return in_tag(p, c);
    case QUOTED:
        if (c == p->quote) p->mode = TAG;
        if (p->ntag + 1 < TAG_BYTES) p->tag[p->ntag++] = c;
        return true;
    case COMMENT: return in_comment(p, c), true;
    case RAW: return in_raw(p, c), true;
    case ENTITY: return in_entity(p, c);
    default:
        if (c == '<') p->mode = TAG, p->ntag = 0;
        else if (c == '&') p->mode = ENTITY, p->nname = 0;
        else put_text(p, &c, 1);
        return true;
    }
}

sla_status html_page_add(html_page *p, slice text, const char *shown, err *e)
{
    for (size_t i = 0; i < text.len && !p->too_long;) i += step(p, text.ptr[i]);
    return p->too_long ? err_set(e, SLA_LIMIT, (srcpos){shown, 0, 0}, "a cell of more than 1 MiB of text, or a table beyond the limits of a sheet") : SLA_OK;
}
