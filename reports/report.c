/* Which files, in which order: each report's document is built once and drawn by each renderer asked for. */
#include <stdio.h>
#include "engine/base/file.h"
#include "engine/base/progress.h"
#include "reports/html.h"
#include "reports/oscal.h"
#include "reports/xlsx.h"

typedef sla_status (*builder)(document *d, err *e);
static const struct report_kind { unsigned flag; const char *name; builder build; } kinds[] = {
    {REPORT_AUDIT, "audit", document_audit}, {REPORT_KPI, "kpi", document_kpi}, {REPORT_STAFF, "staff", document_staff}};

typedef struct job { const audit_result *r; const report_options *o; const texts *t; fontset fonts; bool has_fonts; buf *notes; buf bytes; } job;

static sla_status save(job *j, const char *name, const char *suffix, err *e)
{
    char path[4096];
    const char *out = j->o->out != NULL && j->o->out[0] != '\0' ? j->o->out : ".";
    int n = snprintf(path, sizeof path, "%s/%s-%.*s.%s", out, name, SLICE_ARG(j->r->period_id), suffix);
    if (n < 0 || (size_t)n >= sizeof path) return err_set(e, SLA_LIMIT, SRCPOS_NONE, "the name of the output folder is too long");
    if (j->bytes.failed) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for %s.%s", name, suffix);
    TRY(file_write(path, j->bytes.ptr, j->bytes.len, e));
    progress_add(j->bytes.len, 0);
    if (j->notes != NULL) buf_printf(j->notes, "%s\n", path);
    buf_free(&j->bytes);
    return SLA_OK;
}

static sla_status check_texts(const document *d, const fontset *fonts, err *e)
{
    for (size_t i = 0; fonts->chosen && i < d->t->n; i++) TRY(fontset_check(fonts, d->t->items[i].text, e));
    for (size_t i = 0; fonts->chosen && i < d->n; i++) {
        const block *b = &d->blocks[i];
        TRY(fontset_check(fonts, b->text, e));
        for (size_t k = 0; b->table != NULL && b->table->cells != NULL && k < b->table->nrows * b->table->ncols; k++)
            if (b->table->cells[k].kind == CELL_TEXT) TRY(fontset_check(fonts, b->table->cells[k].text, e));
    }
    return SLA_OK;
}

static void say_missing(document *d)
{
    slice list = {"", 0};
    for (size_t i = 0; i < d->nmissing; i++) list = doc_join(d, "%.*s%s%.*s", SLICE_ARG(list), i > 0 ? ", " : "", SLICE_ARG(d->missing[i]));
    doc_callout(d, TONE_MINOR, doc_text(d, "missing.title"), doc_fill(d, "missing.text", (text_fill[]){{"list", list}, {NULL, {0}}}));
}

static sla_status open_fonts(job *j, const document *d, err *e)
{
    if (!j->has_fonts) TRY(fontset_open(j->o->font, j->o->font_bold, &j->fonts, e));
    j->has_fonts = true;
    j->fonts.english = d->english;
    return check_texts(d, &j->fonts, e);
}

static sla_status write_pdf(job *j, document *d, err *e)
{
    pageset pages = {0};
    TRY(open_fonts(j, d, e));
    TRY(layout_document(d, &j->fonts, j->o->paper, &pages, e));
    if (d->nmissing > 0) {                       /* said on paper too: once more, with a note at the end */
        say_missing(d);
        pageset_clear(&pages);
        TRY(layout_document(d, &j->fonts, j->o->paper, &pages, e));
    }
    sla_status st = pdf_print(&pages, d, &j->bytes, e);
    pageset_clear(&pages);
    if (st == SLA_OK) st = save(j, d->name, "pdf", e);
    for (size_t i = 0; st == SLA_OK && j->notes != NULL && i < d->nmissing; i++) buf_printf(j->notes, "%s.pdf: no font has %.*s\n", d->name, SLICE_ARG(d->missing[i]));
    return st;
}

static sla_status write_kind(job *j, const struct report_kind *k, err *e)
{
    document d;
    TRY(document_open(&d, j->r, j->t, j->t->english, k->name, e));
    unsigned formats = j->o->formats ? j->o->formats : REPORT_ALL_FORMATS;
    d.one_person = j->o->one_person;
    if (j->o->sheet_rows > 0) d.sheet_rows = j->o->sheet_rows;
    sla_status st = k->build(&d, e);
    if (st == SLA_OK && formats & REPORT_PDF) st = write_pdf(j, &d, e);
    if (st == SLA_OK && formats & REPORT_XLSX) {
        st = xlsx_print(&d, j->o->out, j->o->paper == REPORT_LETTER, &j->bytes, e);
        if (st == SLA_OK) st = save(j, k->name, "xlsx", e);
    }
    document_clear(&d);
    return st;
}

/* One page of the reports that are about the service, not about people. */
static sla_status write_html(job *j, unsigned wanted, err *e)
{
    document made[2], *docs[2];
    size_t n = 0;
    sla_status st = SLA_OK;
    for (size_t i = 0; st == SLA_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!(wanted & kinds[i].flag) || kinds[i].flag == REPORT_STAFF) continue;
        st = document_open(&made[n], j->r, j->t, j->t->english, kinds[i].name, e);
        if (st != SLA_OK) break;
        docs[n] = &made[n];
        st = kinds[i].build(docs[n++], e);
        if (st == SLA_OK) st = open_fonts(j, docs[n - 1], e);
    }
    if (st == SLA_OK && n > 0) st = html_print(docs, n, &j->fonts, &j->bytes, e);
    if (st == SLA_OK && n > 0) st = save(j, "report", "html", e);
    for (size_t i = 0; i < n; i++) document_clear(docs[i]);
    return st;
}

static sla_status write_oscal(job *j, err *e)
{
    TRY(report_oscal(j->r, j->t->english, &j->bytes, e));
    return save(j, "oscal", "json", e);
}

static sla_status write_machine(job *j, err *e)
{
    TRY(report_json(j->r, j->t->english, &j->bytes, e));
    TRY(save(j, "results", "json", e));
    TRY(report_ndjson(j->r, j->t->english, &j->bytes, e));
    return save(j, "findings", "ndjson", e);
}

sla_status report_write(const audit_result *r, const report_options *o, buf *notes, err *e)
{
    texts t = {0};
    job j = {.r = r, .o = o, .t = &t, .notes = notes};
    unsigned wanted = o->kinds ? o->kinds : REPORT_ALL_KINDS, formats = o->formats ? o->formats : REPORT_ALL_FORMATS;
    if (o->out != NULL && o->out[0] != '\0') TRY(file_make_dirs(o->out, e));
    progress_begin("reports", 0);
    sla_status st = texts_load(o->lang ? o->lang : "zh", &t, e);
    if (st == SLA_OK && formats & REPORT_JSON) st = write_machine(&j, e);
    if (st == SLA_OK && formats & REPORT_OSCAL) st = write_oscal(&j, e);
    bool prints = (formats & (REPORT_PDF | REPORT_XLSX)) != 0;
    for (size_t i = 0; st == SLA_OK && prints && i < sizeof kinds / sizeof kinds[0]; i++)
        if (wanted & kinds[i].flag) st = write_kind(&j, &kinds[i], e);
    if (st == SLA_OK && formats & REPORT_HTML) st = write_html(&j, wanted, e);
    if (st == SLA_OK && notes != NULL && notes->failed) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "the reports are written, but there is no memory to say where");
    if (j.has_fonts) fontset_close(&j.fonts);
    buf_free(&j.bytes);
    texts_free(&t);
    progress_end();
    return st;
}
