/* Charts as SVG: the list of strokes that the PDF prints, written as elements. */
#include "engine/base/utf8.h"
#include "reports/html.h"

static void missing(void *ctx, uint32_t cp) { (void)ctx, (void)cp; }

static double advance(const fontset *fs, const op *o)
{
    double w = 0;
    for (size_t i = 0; i < o->text.len;) {
        uint32_t cp;
        i += utf8_decode(o->text.ptr + i, o->text.len - i, &cp);
        w += face_advance(fs->faces[o->face], cp);
    }
    return w * (double)o->size;
}

/* textLength keeps a figure where it was measured to end, whatever font the reader has. */
static void put_text(const fontset *fs, const op *o, buf *out)
{
    bool bold = o->face == FACE_BOLD || o->face == FACE_LATIN_BOLD;
    buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.3g\" fill=\"#%06X\"%s textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\">", (double)o->x, (double)o->y, (double)o->size,
               (unsigned)o->rgb, bold ? " font-weight=\"700\"" : "", advance(fs, o));
    html_escape(out, o->text);
    buf_text(out, "</text>");
}

static void put_op(const fontset *fs, const op *o, buf *out)
{
    double x = (double)o->x, y = (double)o->y, w = (double)o->w, h = (double)o->h, size = (double)o->size;
    unsigned rgb = (unsigned)o->rgb;
    switch (o->kind) {
    case OP_TEXT: if (o->text.len > 0) put_text(fs, o, out); break;
    case OP_RECT: buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.2f\" fill=\"#%06X\"/>", x, h < 0 ? y + h : y, w, h < 0 ? -h : h, rgb); break;
    case OP_FRAME: buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.2f\" fill=\"none\" stroke=\"#%06X\" stroke-width=\"%.2f\"/>", x, y, w, h, rgb, size); break;
    case OP_LINE:
        buf_printf(out, "<path d=\"M%.1f %.1fl%.2f %.2f\" stroke=\"#%06X\" stroke-width=\"%.2f\"", x, y, w, h, rgb, size);
        if (o->spacing > 0) buf_printf(out, " stroke-dasharray=\"%.2f\"", (double)o->spacing);
        buf_text(out, "/>");
        break;
    case OP_TRIANGLE: buf_printf(out, "<path d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fz\" fill=\"#%06X\"/>", x, y, w, h, (double)o->x3, (double)o->y3, rgb); break;
    case OP_DISC: buf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.2f\" fill=\"#%06X\"/>", x, y, w, rgb); break;
    case OP_RING: buf_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.2f\" fill=\"none\" stroke=\"#%06X\" stroke-width=\"%.2f\"/>", x, y, w, rgb, size); break;
    case OP_LINK: break;
    }
}

void html_chart(document *d, const chart *c, const fontset *fonts, buf *out)
{
    pageset ps = {.fonts = fonts, .missing = missing};
    double w = c->half ? 340 : 720, h = chart_height(c, w, 1);
    size_t no = page_new(&ps);
    chart_draw(&ps, no, d, c, 0, 0, w, h);
    buf_printf(out, "<figure%s><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", c->half ? " class=\"half\"" : "", w, h + 4);
    html_escape(out, c->title);
    buf_text(out, "\">");
    for (size_t i = 0; !ps.failed && i < ps.pages[no].n; i++) put_op(fonts, &ps.pages[no].ops[i], out);
    buf_text(out, "</svg></figure>\n");
    if (ps.failed) err_set(&d->failed, SLA_NOMEM, SRCPOS_NONE, "no memory for the charts");
    pageset_clear(&ps);
}
