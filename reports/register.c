/* The register: every finding a row of the audit's workbook, row by row, as there may be hundreds of thousands. It goes out with columns to be filled in, and comes back:
 * then each of its own cells must still say what it said, and the answers are taken. */
#include "reports/register.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/base/dict.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"
#include "reports/audit.h"
#include "reports/observed.h"

enum { REG_NO, REG_CLAUSE, REG_RULE, REG_SEVERITY, REG_STATE, REG_DATASET, REG_KEY, REG_MESSAGE, REG_OBSERVED, REG_SOURCE, REG_LINE, REG_PRINT, REG_RESPONSE, REG_OWNER, REG_DUE, REG_STATUS, REG_COLS };

static const char *const heads[REG_COLS] = {"register.no", "matrix.clause", "rule.id", "rule.severity", "finding.state", "source.dataset", "finding.key", "finding.message", "register.observed",
    "source.path", "register.line", "register.fingerprint", "form.response", "form.owner", "form.due", "register.status"};

typedef struct registrar { const document *d; const observed_names *observed; slice fresh, persisting, states[4]; slice severities[SEVERITY_COUNT]; slice *datasets, *clause_links, *source_links; } registrar;

static const char *const status_words[] = {"open", "progress", "done", "accepted"}, *const status_texts[] = {"action.open", "action.progress", "action.done", "action.accepted"};

static size_t status_number(slice word)
{
    size_t i = 0;
    while (i < 4 && !slice_is(word, status_words[i])) i++;
    return i < 4 ? i : 0;
}

static void put_answer(const registrar *g, const stored_action *a, cell *out)
{
    time_text due;
    if (a->response.len) out[REG_RESPONSE] = cell_text(a->response);
    if (a->owner.len) out[REG_OWNER] = cell_text(a->owner);
    if (time_parse(a->due, &due)) out[REG_DUE] = (cell){.kind = CELL_TIME, .num = (double)zone_day_start(g->d->z, due.local_ms / MS_DAY)};
    out[REG_STATUS] = cell_text(g->states[status_number(a->status)]);
}

static void register_row(const void *ctx, size_t i, arena *scratch, cell *out)
{
    const registrar *g = ctx;
    const audit_result *r = g->d->r;
    const res_finding *f = &r->findings[i];
    const res_rule *x = &r->rules[f->rule];
    const source_info *src = f->nevidence > 0 ? source_by_id(r, f->evidence[0].source) : NULL;
    out[REG_NO] = cell_int((int64_t)i + 1);
    out[REG_CLAUSE] = (cell){.kind = CELL_TEXT, .text = x->clause, .formula = g->clause_links[f->rule], .tone = TONE_ACCENT}, out[REG_RULE] = cell_text(x->id), out[REG_SEVERITY] = cell_text(g->severities[x->sev]);
    out[REG_STATE] = cell_text(f->persisting ? g->persisting : g->fresh), out[REG_DATASET] = cell_text(g->datasets[f->rule]);
    out[REG_KEY] = cell_text(doc_key(g->d, f, scratch)), out[REG_MESSAGE] = cell_text(doc_bi(g->d, f->message)), out[REG_OBSERVED] = cell_text(observed_said(g->observed, f, scratch));
    if (src != NULL) out[REG_SOURCE] = (cell){.kind = CELL_TEXT, .text = src->path, .formula = g->source_links[src - r->sources], .tone = TONE_ACCENT}, out[REG_LINE] = (cell){.kind = CELL_NUMBER, .num = (double)f->evidence[0].line}   /* plain: no thousands */;
    out[REG_PRINT] = cell_text(slice_of(f->fingerprint)), out[REG_PRINT].cut = true;
    out[REG_STATUS] = cell_text(g->states[0]);
    if (f->action) put_answer(g, f->action, out);
}

/* The texts and links that rows share, made once. */
static registrar *make_registrar(document *d)
{
    const audit_result *r = d->r;
    registrar *g = DOC_NEW(d, registrar, 1);
    slice *datasets = DOC_NEW(d, slice, r->nrules), *clauses = DOC_NEW(d, slice, r->nrules), *sources = DOC_NEW(d, slice, r->nsources);
    const observed_names *observed = observed_open(d);
    if (g == NULL || datasets == NULL || clauses == NULL || sources == NULL || observed == NULL) return NULL;
    *g = (registrar){.d = d, .observed = observed, .fresh = doc_text(d, "state.new"), .persisting = doc_text(d, "state.persisting"), .datasets = datasets, .clause_links = clauses,
                     .source_links = sources};
    for (size_t i = 0; i < 4; i++) g->states[i] = doc_text(d, status_texts[i]);
    for (size_t i = 0; i < r->nrules; i++)
        if (r->rules[i].nfindings > 0) datasets[i] = doc_dataset(d, r->findings[r->rules[i].first_finding].dataset);
    for (size_t c = 0; c < r->nclauses; c++)
        for (size_t i = 0; i < r->clauses[c].nrules; i++) clauses[r->clauses[c].first_rule + i] = doc_sheet_link(d, "sheet.clauses", PLAIN_FIRST_ROW, c, r->clauses[c].id);
    for (size_t i = 0; i < r->nsources; i++) sources[i] = doc_sheet_link(d, "sheet.sources", REGISTER_FIRST_ROW, i, r->sources[i].path);
    for (int s = 0; s < SEVERITY_COUNT; s++) g->severities[s] = word_severity(d, (severity)s);
    return g;
}

/* Overdue in red, done in grey, the severe ones marked. */
static void register_conditions(document *d, tablet *t)
{
    condition *c = DOC_NEW(d, condition, 4);
    slice done = doc_text(d, "action.done"), accepted = doc_text(d, "action.accepted");
    if (c == NULL) return;
    c[0] = (condition){doc_join(d, "=OR($P{r}=\"%.*s\",$P{r}=\"%.*s\")", SLICE_ARG(done), SLICE_ARG(accepted)), TONE_MUTED, REG_NO, REG_COLS - 1};
    c[1] = (condition){doc_join(d, "=AND($O{r}<>\"\",$O{r}<TODAY(),$P{r}<>\"%.*s\",$P{r}<>\"%.*s\")", SLICE_ARG(done), SLICE_ARG(accepted)), TONE_MAJOR, REG_DUE, REG_STATUS};
    c[2] = (condition){doc_join(d, "=$D{r}=\"%.*s\"", SLICE_ARG(word_severity(d, SEVERITY_CRITICAL))), TONE_MAJOR, REG_SEVERITY, REG_SEVERITY};
    c[3] = (condition){doc_join(d, "=$E{r}=\"%.*s\"", SLICE_ARG(doc_text(d, "state.persisting"))), TONE_MINOR, REG_STATE, REG_STATE};
    t->conditions = c, t->nconditions = 4;
}

void audit_register(document *d)
{
    static const double chars[REG_COLS] = {7, 7, 8, 9, 10, 10, 18, 50, 34, 20, 9, 14, 34, 12, 12, 11};
    registrar *g = make_registrar(d);
    block *b = g == NULL ? NULL : doc_table(d, REG_COLS, 0);
    slice *choices = DOC_NEW(d, slice, 4);
    if (b == NULL || choices == NULL) return;
    for (size_t c = 0; c < REG_COLS; c++) doc_col(b, c, doc_text(d, heads[c]), c == REG_NO || c == REG_LINE ? ALIGN_RIGHT : ALIGN_LEFT, 1, chars[c]);
    for (size_t i = 0; i < 4; i++) choices[i] = doc_text(d, status_texts[i]);
    b->table->cols[REG_STATUS].choices = choices, b->table->cols[REG_STATUS].nchoices = 4;
    b->table->cols[REG_DUE].is_date = true, b->table->cols[REG_PRINT].hidden = true;
    for (size_t c = REG_RESPONSE; c < REG_COLS; c++) b->table->cols[c].is_input = true;
    register_conditions(d, b->table);
    b->pdf = false;
    b->sheet = doc_text(d, "sheet.register");
    b->table->caption = doc_text(d, "register.caption");
    b->table->freeze = 3;
    b->table->nrows = d->r->nfindings, b->table->cells = NULL, b->table->row = register_row, b->table->ctx = g;
}

/* ---- answers in the report ---- */
slice action_word(document *d, const res_finding *f)
{
    if (!f->action) return (slice){"", 0};
    slice status = doc_text(d, status_texts[status_number(f->action->status)]);
    return f->overdue_days ? doc_fill(d, "action.overdue", (text_fill[]){{"status", status}, {"days", doc_int(d, f->overdue_days)}, {NULL, {0}}}) : status;
}

typedef struct answers { int64_t by[4], overdue, worst, all; } answers;
static answers answers_to(const audit_result *r, const res_rule *x)
{
    answers a = {0};
    for (size_t i = 0; i < x->nfindings; i++) {
        const res_finding *f = &r->findings[x->first_finding + i];
        a.by[f->action ? status_number(f->action->status) : 0]++;
        a.all += f->action != NULL;
        a.overdue += f->overdue_days > 0;
        if (f->overdue_days > a.worst) a.worst = f->overdue_days;
    }
    return a;
}

/* What became of the findings of each rule to which somebody answered. */
void audit_actions(document *d)
{
    const audit_result *r = d->r;
    size_t n = 0, at = 0;
    for (size_t i = 0; i < r->nrules; i++) n += answers_to(r, &r->rules[i]).all > 0;
    if (!n) return;
    doc_heading(d, 1, doc_text(d, "action.title"));
    doc_para(d, doc_fill(d, "action.lead", (text_fill[]){{"day", doc_day(d, r->as_of)}, {NULL, {0}}}));
    block *b = doc_table(d, 8, n);
    if (!b) return;
    static const char *const titles[] = {"rule.id", "not_assessed.title", "action.open", "action.progress", "action.done", "action.accepted", "action.late", "action.worst"};
    for (size_t c = 0; c < 8; c++) doc_col(b, c, doc_text(d, titles[c]), c < 2 ? ALIGN_LEFT : ALIGN_RIGHT, c == 1 ? 1 : 0, c == 1 ? 44 : 12);
    b->sheet = doc_text(d, "sheet.actions");
    for (size_t i = 0; i < r->nrules; i++) {
        answers a = answers_to(r, &r->rules[i]);
        if (!a.all) continue;
        cell *row = tablet_cell(b->table, at++, 0);
        row[0] = cell_text(r->rules[i].id), row[1] = cell_text(doc_bi(d, r->rules[i].title));
        for (size_t k = 0; k < 4; k++) row[2 + k] = cell_int(a.by[k]);
        row[6] = cell_int(a.overdue), row[7] = cell_int(a.worst);
        if (a.overdue) row[6].tone = row[7].tone = TONE_MAJOR;
    }
    doc_chapter(d);
}

/* ---- the register that comes back ---- */
struct register_back {
    texts t; document d; registrar *g;
    dict *prints; uint32_t *number_of; size_t cap;    /* finding by code of its fingerprint */
    bool *seen, any; bool in_sheet; const char *sheet;
    size_t rows, wrong[REG_RESPONSE];                 /* rows that say something, and in how many each of the register's own columns is not as it was written */
    arena row_mem;
};

sla_status register_open(const audit_result *r, const char *lang, register_back **out, err *e)
{
    register_back *b = mem_zero(1, sizeof *b);
    if (!b) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the register");
    sla_status st = texts_load(lang, &b->t, e);
    if (st == SLA_OK) st = document_open(&b->d, r, &b->t, b->t.english, "audit", e);
    if (st == SLA_OK) b->g = make_registrar(&b->d), st = document_done(&b->d, e);
    if (st == SLA_OK && !((b->prints = dict_new()) && (b->seen = mem_zero(r->nfindings + 1, sizeof *b->seen)))) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the register");
    for (size_t i = 0; st == SLA_OK && i < r->nfindings; i++) {
        uint32_t code = dict_intern(b->prints, slice_of(r->findings[i].fingerprint));
        if (code == DICT_NONE || mem_grow(&b->number_of, &b->cap, (size_t)code + 1, sizeof *b->number_of)) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the register");
        else b->number_of[code] = (uint32_t)i;
    }
    if (st != SLA_OK) register_close(b);
    else *out = b;
    return st;
}

void register_close(register_back *b)
{
    if (!b) return;
    document_clear(&b->d);
    texts_free(&b->t);
    dict_free(b->prints);
    mem_free(b->number_of);
    mem_free(b->seen);
    arena_free(&b->row_mem);
    mem_free(b);
}

/* A place as people find it: sheet 发现登记册 cell H12. */
static void refuse(errlist *errors, const char *file, const char *sheet, size_t col, uint32_t row, const char *what, slice is, slice want)
{
    char name[8] = {(char)('A' + col % 26), '\0'};
    if (want.ptr) errlist_add(errors, SLA_CONFLICT, (srcpos){file, 0, 0}, "sheet '%s', cell %s%u: %s: '%.*s' instead of '%.*s'", sheet, name, (unsigned)row, what, (int)(is.len < 80 ? is.len : 80), is.ptr ? is.ptr : "", (int)(want.len < 80 ? want.len : 80), want.ptr);
    else errlist_add(errors, SLA_CONFLICT, (srcpos){file, 0, 0}, "sheet '%s', cell %s%u: %s: '%.*s'", sheet, name, (unsigned)row, what, (int)(is.len < 80 ? is.len : 80), is.ptr ? is.ptr : "");
}

static slice cell_at(const slice *cells, size_t n, size_t col) { return col < n && cells[col].ptr ? cells[col] : (slice){"", 0}; }

/* What the register wrote, as the reader of workbooks gives it back: line ends are blanks there, and nothing is longer than a cell. */
static bool same_cell(const cell *c, slice is, arena *a, slice *want)
{
    enum { LONGEST = 32000 };
    *want = (slice){0};
    if (c->kind == CELL_INT || c->kind == CELL_NUMBER) {
        char *text = arena_alloc(a, 32, 1);
        if (!text) return false;
        *want = (slice){text, (size_t)snprintf(text, 32, "%.0f", c->num)};
        return slice_eq(*want, is);
    }
    *want = c->text.len < LONGEST ? c->text : (slice){c->text.ptr, LONGEST};
    if (want->len >= LONGEST - 4) return is.len >= LONGEST / 2 && memcmp(is.ptr, want->ptr, LONGEST / 2) == 0;
    bool same = want->len == is.len;
    for (size_t i = 0; same && i < is.len; i++) same = is.ptr[i] == want->ptr[i] || (unsigned char)want->ptr[i] < 0x20;
    return same;
}

static bool check_own(register_back *b, const char *file, uint32_t row, const slice *cells, size_t n, size_t number, errlist *errors)
{
    cell made[REG_COLS] = {{0}};
    bool good = true;
    arena_free(&b->row_mem);
    register_row(b->g, number, &b->row_mem, made);
    for (size_t c = 0; c < REG_RESPONSE; c++) {
        slice is = cell_at(cells, n, c), want;
        bool same = c == REG_PRINT || (made[c].formula.len && !is.len) /* programs that do not calculate save a link without its value */ || same_cell(&made[c], is, &b->row_mem, &want);
        if (b->row_mem.failed) return false; /* there is nothing to hold it against */
        if (same) continue;
        refuse(errors, file, b->sheet, c, row, "not what the report says", is, want);
        b->wrong[c]++;
        good = false;
    }
    return good;
}

static bool read_answer(register_back *b, const char *file, uint32_t row, const slice *cells, size_t n, stored_action *out, errlist *errors)
{
    slice due = slice_trim(cell_at(cells, n, REG_DUE)), status = slice_trim(cell_at(cells, n, REG_STATUS));
    size_t k = 0;
    time_text t;
    bool good = true;
    while (status.len && k < 4 && !slice_eq(status, b->g->states[k])) k++;
    if (k == 4) refuse(errors, file, b->sheet, REG_STATUS, row, "no state of the list", status, (slice){0}), good = false;
    if (due.len && (!time_parse(due, &t) || t.has_time)) refuse(errors, file, b->sheet, REG_DUE, row, "no date such as 2025-10-31", due, (slice){0}), good = false;
    *out = (stored_action){.owner = slice_trim(cell_at(cells, n, REG_OWNER)), .due = due, .status = slice_of(status_words[k < 4 ? k : 0]), .response = slice_trim(cell_at(cells, n, REG_RESPONSE))};
    return good;
}

/* The head stands where it was written; if it does not, somebody moved columns, and nothing below can be trusted. */
static void check_head(register_back *b, const char *file, uint32_t row, const slice *cells, size_t n, errlist *errors)
{
    for (size_t c = 0; c < REG_COLS; c++) {
        slice want = doc_text(&b->d, heads[c]), is = cell_at(cells, n, c);
        if (slice_eq(is, want)) continue;
        refuse(errors, file, b->sheet, c, row, "not the head of this column", is, want);
        b->in_sheet = false;
        return;
    }
}

register_word register_take(register_back *b, const char *file, const char *sheet, uint32_t row, const slice *cells, size_t n, stored_action *out, errlist *errors)
{
    slice title = doc_text(&b->d, "sheet.register"), name = slice_of(sheet);
    if (row == 1) {
        b->sheet = sheet;
        b->in_sheet = name.len >= title.len && memcmp(name.ptr, title.ptr, title.len) == 0;
        b->any = b->any || b->in_sheet;
    }
    if (!b->in_sheet || row < REGISTER_FIRST_ROW - 1) return REGISTER_NOTHING;
    b->sheet = sheet;
    if (row == REGISTER_FIRST_ROW - 1) return check_head(b, file, row, cells, n, errors), REGISTER_NOTHING;
    bool empty = true;
    for (size_t c = 0; c < n && empty; c++) empty = slice_trim(cells[c]).len == 0;
    if (empty) return REGISTER_NOTHING;
    slice print = cell_at(cells, n, REG_PRINT);
    uint32_t code = dict_find(b->prints, print);
    b->rows++;
    b->wrong[REG_PRINT] += code == DICT_NONE;
    if (code == DICT_NONE) return refuse(errors, file, sheet, REG_PRINT, row, "no finding of this run has this fingerprint", print, (slice){0}), REGISTER_WRONG;
    size_t number = b->number_of[code];
    if (b->seen[number]) return refuse(errors, file, sheet, REG_PRINT, row, "this finding stands in the register twice", print, (slice){0}), REGISTER_WRONG;
    b->seen[number] = true;
    bool own = check_own(b, file, row, cells, n, number, errors);
    if (b->row_mem.failed) return REGISTER_NOMEM;
    bool answer = read_answer(b, file, row, cells, n, out, errors); /* both say what is wrong */
    if (!own || !answer) return REGISTER_WRONG;
    const res_finding *f = &b->d.r->findings[number];
    out->fingerprint = slice_of(f->fingerprint);
    const stored_action none = {.owner = {"", 0}, .due = {"", 0}, .status = SLICE_LIT("open"), .response = {"", 0}}, *is = f->action ? f->action : &none;
    bool same = slice_eq(is->owner, out->owner) && slice_eq(is->due, out->due) && slice_eq(is->status, out->status) && slice_eq(is->response, out->response);
    return same ? REGISTER_SAME : REGISTER_ANSWER;
}

bool register_found(const register_back *b) { return b->any; }

bool register_of_others(const register_back *b)
{
    enum { LEAST = 3 };
    bool is = false;
    for (size_t c = 0; c < REG_RESPONSE; c++) is = is || (b->wrong[c] >= LEAST && b->wrong[c] * 2 > b->rows);
    return is;
}
