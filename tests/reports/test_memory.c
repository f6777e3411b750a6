/* Of all allocations of ours that a report makes, one fails, each in its turn, and those after it succeed: it ends for want of memory, or it is the very same report. (Those inside libharu and
 * libxlsxwriter are theirs.) Where there are thousands, the first ones are taken, and then ever wider apart. */
#include <limits.h>
#include "tests/support/check.h"

#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "importers/workbook.h"
#include "reports/audit.h"
#include "reports/html.h"
#include "reports/oscal.h"
#include "reports/page.h"
#include "reports/register.h"
#include "reports/xlsx.h"
#include "tests/support/fake_result.h"

enum { FINDINGS = 5 };
static audit_result *result;
static texts said[2];
static fontset fonts;
static bool have_fonts;
typedef sla_status (*builder)(document *d, err *e);
static const builder builders[] = {document_audit, document_kpi, document_staff};

static void assert_same(const buf *got, const buf *want, long n)
{
    size_t i = 0;
    while (i < got->len && i < want->len && got->ptr[i] == want->ptr[i]) i++;
    if (i < got->len || i < want->len) fail_msg("without the allocation %ld, at %zu of %zu and %zu: '%.*s' instead of '%.*s'", n, i, got->len, want->len, got->len - i < 60 ? (int)(got->len - i) : 60, got->ptr + i, want->len - i < 60 ? (int)(want->len - i) : 60, want->ptr + i);
}

static bool done;       /* the last one made fewer allocations than were to succeed */
static void stop_failing(void)
{
    done = done || mem_fail_pending();
    mem_fail_after(-1);
}

/* make: what is swept; it appends to out. step: of the allocations beyond the first 25 every n/step-th; 0: all. */
typedef sla_status maker(const void *ctx, buf *out, err *e);
static void sweep(maker *make, const void *ctx, long step)
{
    buf want = {0}, got = {0};
    err e = {0};
    if (make(ctx, &want, &e) != SLA_OK) fail_msg("%s", e.msg);
    assert_true(want.len > 0 && !want.failed);
    done = false;
    for (long n = 0; !done; n += n < 25 || !step ? 1 : 1 + n / step) {
        e = (err){0};
        buf_free(&got);
        mem_fail_once(n);
        sla_status st = make(ctx, &got, &e);
        stop_failing();
        if (st == SLA_OK) assert_same(&got, &want, n);
        else if (st != SLA_NOMEM || e.code != SLA_NOMEM || !e.msg[0]) fail_msg("without the allocation %ld: %s %s", n, status_name(st), e.msg);
    }
    buf_free(&want);
    buf_free(&got);
}

/* ---- documents, as blocks on pages ---- */
typedef struct doc_case { const char *name; size_t kind, lang; } doc_case;
static const doc_case docs[] = {{"audit, Chinese", 0, 0}, {"audit, English", 0, 1}, {"KPI, Chinese", 1, 0}, {"KPI, English", 1, 1}, {"staff, Chinese", 2, 0}, {"staff, English", 2, 1}};

static sla_status build(const doc_case *c, document *d, err *e)
{
    TRY(document_open(d, result, &said[c->lang], c->lang == 1, "name", e));
    return builders[c->kind](d, e);
}

static void put_pages(buf *out, const pageset *ps)
{
    for (size_t i = 0; i < ps->n; i++)
        for (size_t k = 0; k < ps->pages[i].n; k++) {
            const op *o = &ps->pages[i].ops[k];
            buf_printf(out, "%d %g %g %g %g %zu %.*s\n", (int)o->kind, (double)o->x, (double)o->y, (double)o->w, (double)o->h, o->target, SLICE_ARG(o->text));
        }
    for (size_t i = 0; i < ps->noutlines; i++) buf_printf(out, "%zu %.*s\n", ps->outlines[i].page, SLICE_ARG(ps->outlines[i].text));
}

static sla_status make_pages(const void *c, buf *out, err *e)
{
    document d = {0};
    pageset ps = {0};
    sla_status st = build(c, &d, e);
    if (st == SLA_OK) st = layout_document(&d, &fonts, REPORT_A4, &ps, e);
    stop_failing();
    if (st == SLA_OK) put_pages(out, &ps);
    pageset_clear(&ps);
    document_clear(&d);
    return st;
}

static void pages(void **state)
{
    if (!have_fonts) skip();
    sweep(make_pages, *state, 7);
}

/* ---- files of a document that is there ---- */
typedef struct drawing { document d; pageset ps; } drawing;

static sla_status make_pdf(const void *ctx, buf *out, err *e)
{
    const drawing *g = ctx;
    return pdf_print(&g->ps, &g->d, out, e);
}

static sla_status make_xlsx(const void *ctx, buf *out, err *e)
{
    const drawing *g = ctx;
    const char *folder = getenv("TMPDIR");
    return xlsx_print(&g->d, folder ? folder : "/tmp", false, out, e);
}

static void files(void **state)
{
    drawing g = {.ps = {.n = 0}};
    err e = {0};
    if (!have_fonts) skip();
    assert_int_equal(build(*state, &g.d, &e), SLA_OK);
    g.d.sheet_rows = 40; /* a table goes on on a second sheet */
    assert_int_equal(layout_document(&g.d, &fonts, REPORT_A4, &g.ps, &e), SLA_OK);
    sweep(make_pdf, &g, 0);
    sweep(make_xlsx, &g, 7);
    pageset_clear(&g.ps);
    document_clear(&g.d);
}

/* ---- whole files of results ---- */
static sla_status make_json(const void *english, buf *out, err *e) { return report_json(result, english != NULL, out, e); }
static sla_status make_ndjson(const void *english, buf *out, err *e) { return report_ndjson(result, english != NULL, out, e); }
static sla_status make_oscal(const void *english, buf *out, err *e) { return report_oscal(result, english != NULL, out, e); }

static void machines(void **state)
{
    maker *const all[] = {make_json, make_ndjson, make_oscal};
    for (size_t i = 0; i < LEN(all); i++) sweep(all[i], NULL, 12), sweep(all[i], state, 12);
}

static sla_status make_html(const void *c, buf *out, err *e)
{
    document d = {0}, *list[] = {&d};
    sla_status st = build(c, &d, e);
    if (st == SLA_OK) st = html_print(list, 1, &fonts, out, e);
    document_clear(&d);
    return st;
}

static void web_page(void **state)
{
    if (!have_fonts) skip();
    sweep(make_html, *state, 9);
}

/* ---- what all of them need ---- */
static sla_status make_texts(const void *lang, buf *out, err *e)
{
    texts t = {0};
    sla_status st = texts_load(lang, &t, e);
    stop_failing();
    for (size_t i = 0; i < t.n; i++) buf_printf(out, "%.*s=%.*s\n", SLICE_ARG(t.items[i].key), SLICE_ARG(t.items[i].text));
    texts_free(&t);
    return st;
}

static sla_status make_fonts(const void *ctx, buf *out, err *e)
{
    fontset fs = {.faces = {NULL}};
    (void)ctx;
    sla_status st = fontset_open(NULL, NULL, &fs, e);
    stop_failing();
    for (size_t i = 0; i < FACE_COUNT; i++) buf_printf(out, "%s %g\n", fs.faces[i] ? face_path(fs.faces[i]) : "none", fs.faces[i] ? face_advance(fs.faces[i], 0x4E00) : 0);
    fontset_close(&fs);
    return st;
}

static void texts_and_fonts(void **state)
{
    (void)state;
    sweep(make_texts, "zh", 12);
    sweep(make_texts, "en", 12);
    if (have_fonts) sweep(make_fonts, NULL, 0);
}

/* ---- the register that comes back ---- */
typedef struct row { char *sheet; uint32_t no; slice *cells; size_t n; } row;
typedef struct rows { row *items; size_t n, cap; arena mem; } rows;

static sla_status keep_row(void *ctx, const char *sheet, uint32_t no, const slice *cells, size_t n, err *e)
{
    rows *k = ctx;
    (void)e;
    assert_int_equal(mem_grow(&k->items, &k->cap, k->n + 1, sizeof *k->items), 0);
    k->items[k->n] = (row){arena_strndup(&k->mem, sheet, strlen(sheet)), no, ARENA_NEW(&k->mem, slice, n + 1), n};
    for (size_t i = 0; i < n; i++) k->items[k->n].cells[i] = arena_slice(&k->mem, cells[i]);
    k->n++;
    return SLA_OK;
}

enum { ROWS_MOST = 64 };
static sla_status make_answers(const void *ctx, buf *out, err *e)
{
    static struct { register_word w; stored_action a; } took[ROWS_MOST];
    const rows *k = ctx;
    register_back *b = NULL;
    errlist errors = {0};
    assert_true(k->n <= ROWS_MOST);
    sla_status st = register_open(result, "zh", &b, e);
    for (size_t i = 0; st == SLA_OK && i < k->n; i++) {
        took[i].a = (stored_action){.owner = {"", 0}};
        took[i].w = register_take(b, "register.xlsx", k->items[i].sheet, k->items[i].no, k->items[i].cells, k->items[i].n, &took[i].a, &errors);
        if (took[i].w == REGISTER_NOMEM) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the register");
    }
    stop_failing();
    if (st == SLA_OK && errors.dropped) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "the list says that it does not hold all");
    for (size_t i = 0; st == SLA_OK && i < k->n; i++)
        buf_printf(out, "%d %.*s %.*s %.*s %.*s\n", (int)took[i].w, SLICE_ARG(took[i].a.owner), SLICE_ARG(took[i].a.due), SLICE_ARG(took[i].a.status), SLICE_ARG(took[i].a.response));
    for (size_t i = 0; st == SLA_OK && i < errors.n; i++) buf_printf(out, "%s\n", errors.items[i].msg);
    errlist_clear(&errors);
    register_close(b);
    return st;
}

static void answers(void **state)
{
    document d = {0};
    buf book = {0};
    err e = {0};
    rows k = {NULL, 0, 0, {0}};
    char path[512], sha256[65];
    (void)state;
    snprintf(path, sizeof path, "%s", test_path("register.xlsx"));
    assert_int_equal(build(&docs[0], &d, &e), SLA_OK);
    const char *folder = getenv("TMPDIR");
    assert_int_equal(xlsx_print(&d, folder ? folder : "/tmp", false, &book, &e), SLA_OK);
    assert_int_equal(file_write(path, book.ptr, book.len, &e), SLA_OK);
    if (workbook_rows(path, keep_row, &k, sha256, &e) != SLA_OK) fail_msg("%s", e.msg);
    size_t first = 0, n = 0;
    while (strcmp(k.items[first].sheet, "发现登记册") != 0) first++;
    while (first + n < k.n && strcmp(k.items[first + n].sheet, "发现登记册") == 0) n++;
    assert_true(n > FINDINGS);
    k.items[first + 2].cells[12] = SLICE_LIT("改了"), k.items[first + 2].cells[13] = SLICE_LIT("李经理"); /* answered */
    k.items[first + 3].cells[0] = SLICE_LIT("99"), k.items[first + 3].cells[15] = SLICE_LIT("none of them");  /* another number, and no state */
    k.items[first + 4].cells[11] = SLICE_LIT("0123");                                                          /* no finding's */
    rows part = {k.items + first, n, 0, {0}};
    sweep(make_answers, &part, 40);
    mem_free(k.items);
    arena_free(&k.mem);
    buf_free(&book);
    document_clear(&d);
}

int main(void)
{
    struct CMUnitTest tests[3 * LEN(docs) + 3] = {cmocka_unit_test(machines), cmocka_unit_test(texts_and_fonts), cmocka_unit_test(answers)};
    size_t n = 3;
    err e = {0};
    ROWS(tests, n, docs, pages);
    ROWS(tests, n, docs, files);
    ROWS(tests, n, docs, web_page);
    setenv("SLAUDIT_HOME", ".", 0);
    setenv("SLAUDIT_THREADS", "1", 1); /* then the n-th allocation is the same one each time */
    result = fake_result(FINDINGS);
    if (result == NULL || texts_load("zh", &said[0], &e) != SLA_OK || texts_load("en", &said[1], &e) != SLA_OK) return 1;
    have_fonts = fontset_open(NULL, NULL, &fonts, &e) == SLA_OK;
    int failed = _cmocka_run_group_tests("reports/memory", tests, n, NULL, NULL);
    fontset_close(&fonts);
    texts_free(&said[0]);
    texts_free(&said[1]);
    fake_result_free(result);
    return failed;
}
