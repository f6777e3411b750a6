/* Pages to PDF by libharu. Its errors come to a callback that only records; they are looked at once a page. */
#include <hpdf.h>
#include <hpdf_objects.h>
#include "engine/base/mem.h"
#include "engine/time/instant.h"
#include "reports/page.h"

typedef struct printer {
    HPDF_Doc pdf;
    HPDF_Font fonts[FACE_COUNT];
    HPDF_Page *pages;
    HPDF_STATUS error, detail;
    buf text;                                    /* one string, NUL-terminated for libharu; that there was no memory for one of them stays (check) */
    uint32_t fill, stroke;
} printer;

static void record(HPDF_STATUS error, HPDF_STATUS detail, void *ctx)
{
    printer *p = ctx;
    if (p->error == 0) p->error = error, p->detail = detail;
}

static sla_status check(const printer *p, err *e)
{
    if (p->text.failed) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the PDF");
    if (p->error == 0) return SLA_OK;
    if (p->error == HPDF_FAILD_TO_ALLOC_MEM) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the PDF");
    return err_set(e, SLA_UNKNOWN_FORMAT, SRCPOS_NONE, "the PDF library refuses with %04lx (%lu)", (unsigned long)p->error, (unsigned long)p->detail);
}

/* libharu writes a map of glyphs where readers look for a map to Unicode, and they ignore it: searching and copying would hang on a guess. Codes are UTF-16, so
 * the right map is each code to itself; a range may not leave its first byte. */
static void put_unicode_map(HPDF_Font font, buf *b)
{
    HPDF_Dict map = HPDF_Dict_GetItem(font, "ToUnicode", HPDF_OCLASS_DICT);
    if (map == NULL || map->stream == NULL) return;
    b->len = 0;
    buf_text(b, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
                "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    for (unsigned i = 0; i < 256; i++) {
        if (i % 100 == 0) buf_printf(b, "%u beginbfrange\n", 256 - i < 100 ? 256 - i : 100);
        buf_printf(b, "<%02X00> <%02XFF> <%02X00>\n", i, i, i);
        if (i % 100 == 99 || i == 255) buf_text(b, "endbfrange\n");
    }
    buf_text(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    HPDF_MemStream_FreeData(map->stream);
    HPDF_Stream_WriteStr(map->stream, buf_cstr(b));
}

static sla_status load_fonts(printer *p, const fontset *fs, err *e)
{
    HPDF_UseUTFEncodings(p->pdf);
    HPDF_SetCurrentEncoder(p->pdf, "UTF-8");
    for (int i = 0; i < FACE_COUNT; i++) {
        if (fs->faces[i] == NULL) continue;
        const char *path = face_path(fs->faces[i]);
        const char *name = face_is_collection(fs->faces[i]) ? HPDF_LoadTTFontFromFile2(p->pdf, path, 0, HPDF_TRUE) : HPDF_LoadTTFontFromFile(p->pdf, path, HPDF_TRUE);
        if (name == NULL && p->error == HPDF_FONT_EXISTS && i == FACE_BOLD) {             /* one file for both weights */
            HPDF_ResetError(p->pdf), p->error = 0;
            p->fonts[i] = p->fonts[i - 1];
            continue;
        }
        if (name != NULL) p->fonts[i] = HPDF_GetFont(p->pdf, name, "UTF-8");
        if (p->fonts[i] != NULL) put_unicode_map(p->fonts[i], &p->text);
        if (p->error != 0) return err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){path, 0, 0}, "cannot be embedded: the PDF library refuses it with %04lx", (unsigned long)p->error);
    }
    return SLA_OK;
}

static float part(uint32_t rgb, int shift) { return (float)((rgb >> shift) & 255) / 255.0f; }

static void ink_fill(printer *p, HPDF_Page pg, uint32_t rgb)
{
    if (p->fill != rgb) HPDF_Page_SetRGBFill(pg, part(rgb, 16), part(rgb, 8), part(rgb, 0));
    p->fill = rgb;
}

static void ink_stroke(printer *p, HPDF_Page pg, uint32_t rgb, float width)
{
    if (p->stroke != rgb) HPDF_Page_SetRGBStroke(pg, part(rgb, 16), part(rgb, 8), part(rgb, 0));
    p->stroke = rgb;
    HPDF_Page_SetLineWidth(pg, width);
}

static void print_text(printer *p, HPDF_Page pg, const op *o, float h)
{
    p->text.len = 0;
    buf_slice(&p->text, o->text);
    HPDF_Page_BeginText(pg);
    HPDF_Page_SetFontAndSize(pg, p->fonts[o->face], o->size);
    HPDF_Page_SetCharSpace(pg, o->spacing);
    HPDF_Page_TextOut(pg, o->x, h - o->y, buf_cstr(&p->text));
    HPDF_Page_EndText(pg);
}

static void print_link(printer *p, HPDF_Page pg, const op *o, float h)
{
    HPDF_Rect box = {o->x, h - o->y - o->h, o->x + o->w, h - o->y};
    HPDF_Destination to = HPDF_Page_CreateDestination(p->pages[o->target]);
    HPDF_Destination_SetFitH(to, h - o->y3 + 8);   /* XYZ would force a zoom */
    HPDF_Annotation a = HPDF_Page_CreateLinkAnnot(pg, box, to);
    HPDF_LinkAnnot_SetBorderStyle(a, 0, 0, 0);
}

static void print_line(printer *p, HPDF_Page pg, const op *o, float h)
{
    const HPDF_UINT16 dash[] = {3};
    ink_stroke(p, pg, o->rgb, o->size);
    if (o->spacing > 0) HPDF_Page_SetDash(pg, dash, 1, 0);
    HPDF_Page_MoveTo(pg, o->x, h - o->y);
    HPDF_Page_LineTo(pg, o->x + o->w, h - o->y - o->h);
    HPDF_Page_Stroke(pg);
    if (o->spacing > 0) HPDF_Page_SetDash(pg, NULL, 0, 0);
}

static void print_op(printer *p, HPDF_Page pg, const op *o, float h)
{
    switch (o->kind) {
    case OP_TEXT: ink_fill(p, pg, o->rgb), print_text(p, pg, o, h); break;
    case OP_RECT: ink_fill(p, pg, o->rgb), HPDF_Page_Rectangle(pg, o->x, h - o->y - o->h, o->w, o->h), HPDF_Page_Fill(pg); break;
    case OP_FRAME: ink_stroke(p, pg, o->rgb, o->size), HPDF_Page_Rectangle(pg, o->x, h - o->y - o->h, o->w, o->h), HPDF_Page_Stroke(pg); break;
    case OP_LINE: print_line(p, pg, o, h); break;
    case OP_TRIANGLE:
        ink_fill(p, pg, o->rgb);
        HPDF_Page_MoveTo(pg, o->x, h - o->y), HPDF_Page_LineTo(pg, o->w, h - o->h), HPDF_Page_LineTo(pg, o->x3, h - o->y3);
        HPDF_Page_ClosePath(pg), HPDF_Page_Fill(pg);
        break;
    case OP_DISC: ink_fill(p, pg, o->rgb), HPDF_Page_Circle(pg, o->x, h - o->y, o->w), HPDF_Page_Fill(pg); break;
    case OP_RING: ink_stroke(p, pg, o->rgb, o->size), HPDF_Page_Circle(pg, o->x, h - o->y, o->w), HPDF_Page_Stroke(pg); break;
    case OP_LINK: print_link(p, pg, o, h); break;
    }
}

static void set_info(printer *p, const document *d)
{
    civil c = {0};
    int64_t local = zone_to_local(d->z, d->r->as_of), day = local / MS_DAY - (local % MS_DAY < 0);
    civil_from_days(day, &c.year, &c.month, &c.day);
    int64_t rest = local - day * MS_DAY, off = zone_offset_ms(d->z, d->r->as_of) / MS_MINUTE;
    HPDF_Date date = {.year = c.year, .month = c.month, .day = c.day, .hour = (int)(rest / MS_HOUR), .minutes = (int)(rest % MS_HOUR / MS_MINUTE), .seconds = (int)(rest % MS_MINUTE / MS_SECOND),
                      .ind = off < 0 ? '-' : '+', .off_hour = (int)((off < 0 ? -off : off) / 60), .off_minutes = (int)((off < 0 ? -off : off) % 60)};
    HPDF_SetInfoDateAttr(p->pdf, HPDF_INFO_CREATION_DATE, date);
    HPDF_SetInfoDateAttr(p->pdf, HPDF_INFO_MOD_DATE, date);
    p->text.len = 0;
    buf_printf(&p->text, "%.*s %.*s", SLICE_ARG(d->title), SLICE_ARG(d->r->period_id));
    HPDF_SetInfoAttr(p->pdf, HPDF_INFO_TITLE, buf_cstr(&p->text));
    p->text.len = 0;
    buf_printf(&p->text, "%.*s %.*s", SLICE_ARG(d->r->tool_name), SLICE_ARG(d->r->tool_version));
    HPDF_SetInfoAttr(p->pdf, HPDF_INFO_CREATOR, buf_cstr(&p->text));
}

static void set_outlines(printer *p, const pageset *ps)
{
    HPDF_Outline parents[4] = {NULL};
    HPDF_Encoder utf8 = HPDF_GetEncoder(p->pdf, "UTF-8");
    for (size_t i = 0; i < ps->noutlines && p->error == 0; i++) {
        const outline *o = &ps->outlines[i];
        p->text.len = 0;
        buf_slice(&p->text, o->text);
        HPDF_Outline h = HPDF_CreateOutline(p->pdf, parents[o->level - 1], buf_cstr(&p->text), utf8);
        HPDF_Destination to = HPDF_Page_CreateDestination(p->pages[o->page]);
        HPDF_Destination_SetFitH(to, (float)(ps->paper.h - o->y + 8));
        HPDF_Outline_SetDestination(h, to);
        HPDF_Outline_SetOpened(h, HPDF_FALSE);
        for (int l = o->level; l < 4; l++) parents[l] = h;
    }
    if (ps->noutlines > 0) HPDF_SetPageMode(p->pdf, HPDF_PAGE_MODE_USE_OUTLINE);
}

static sla_status print_pages(printer *p, const pageset *ps, err *e)
{
    float h = (float)ps->paper.h;
    for (size_t i = 0; i < ps->n; i++) {
        p->pages[i] = HPDF_AddPage(p->pdf);
        HPDF_Page_SetWidth(p->pages[i], (float)ps->paper.w);
        HPDF_Page_SetHeight(p->pages[i], h);
        TRY(check(p, e));
    }
    for (size_t i = 0; i < ps->n; i++) {
        p->fill = p->stroke = 0xFF000000;
        for (size_t k = 0; k < ps->pages[i].n && p->error == 0; k++) print_op(p, p->pages[i], &ps->pages[i].ops[k], h);
        TRY(check(p, e));
    }
    return SLA_OK;
}

static sla_status take_bytes(printer *p, buf *out, err *e)
{
    HPDF_SaveToStream(p->pdf);
    TRY(check(p, e));
    HPDF_ResetStream(p->pdf);
    size_t left = HPDF_GetStreamSize(p->pdf);
    while (left > 0) {
        HPDF_UINT32 n = left > 1 << 20 ? 1 << 20 : (HPDF_UINT32)left;
        char *room = buf_reserve(out, n);
        if (room == NULL) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the PDF");
        HPDF_ReadFromStream(p->pdf, (HPDF_BYTE *)room, &n);
        if (n == 0) break;
        out->len += n;
        left -= n;
    }
    return SLA_OK;
}

sla_status pdf_print(const pageset *ps, const document *d, buf *out, err *e)
{
    printer p = {0};
    sla_status st = SLA_NOMEM;
    p.pages = mem_zero(ps->n, sizeof(HPDF_Page));
    p.pdf = HPDF_New(record, &p);
    if (p.pages == NULL || p.pdf == NULL) err_set(e, st, SRCPOS_NONE, "no memory for the PDF");
    else {
        HPDF_SetCompressionMode(p.pdf, HPDF_COMP_ALL);
        st = load_fonts(&p, ps->fonts, e);
        if (st == SLA_OK) set_info(&p, d), st = print_pages(&p, ps, e);
        if (st == SLA_OK) set_outlines(&p, ps), st = check(&p, e);
        if (st == SLA_OK) st = take_bytes(&p, out, e);
    }
    if (p.pdf != NULL) HPDF_Free(p.pdf);
    mem_free(p.pages);
    buf_free(&p.text);
    return st;
}
