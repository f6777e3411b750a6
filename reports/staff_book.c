/* The appraisal as sheets that calculate: weights and bands are cells, scores and grades formulas over them, each with the engine's value stored.
 * Score = sum of points × weight over the indicators that have points, divided by the sum of those weights. */
#include "engine/base/buf.h"
#include "reports/staff.h"

enum { FIRST_DATA_ROW = 3, SCORE_COLS = 6 };             /* 1-based row below caption and head; columns before the points */

static void weight_sheet(document *d)
{
    const res_staff *s = &d->r->staff[0];
    static const char *const heads[] = {"staff.indicator_id", "kpi.indicator", "staff.weight", "staff.unit", "staff.better", "staff.zero", "staff.full", "staff.overall", "kpi.formula"};
    block *b = doc_table(d, 9, s->nindicators);
    if (b == NULL) return;
    for (size_t c = 0; c < 9; c++) doc_col(b, c, doc_text(d, heads[c]), c == 2 || (c > 4 && c < 8) ? ALIGN_RIGHT : ALIGN_LEFT, 1, c == 1 ? 30 : c == 8 ? 70 : 16);
    b->table->cols[2].is_input = true;
    b->table->caption = doc_text(d, "staff.weights");
    b->table->note = doc_text(d, "staff.weights_note");
    b->sheet = doc_text(d, "sheet.weights");
    for (size_t i = 0; i < s->nindicators; i++) {
        const res_indicator *x = &s->indicators[i];
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(x->id), row[1] = cell_text(doc_bi(d, x->title)), row[2] = cell_value(SLICE_LIT("number"), x->weight);
        row[3] = cell_text(doc_word(d, "unitname", x->unit)), row[4] = cell_text(x->better.len > 0 ? doc_word(d, "better", x->better) : SLICE_LIT("–"));
        row[5] = staff_value(x, x->has_scale, x->zero), row[6] = staff_value(x, x->has_scale, x->full), row[7] = staff_value(x, x->has_overall, x->overall), row[8] = cell_text(doc_bi(d, x->formula));
    }
}

static void grade_sheet(document *d)
{
    block *b = doc_table(d, 2, d->r->ngrades);
    if (b == NULL) return;
    doc_col(b, 0, doc_text(d, "staff.grade"), ALIGN_LEFT, 1, 12);
    doc_col(b, 1, doc_text(d, "staff.from"), ALIGN_RIGHT, 1, 16);
    b->table->cols[1].is_input = true;
    b->table->caption = doc_text(d, "staff.grades");
    b->sheet = doc_text(d, "sheet.grades");
    for (size_t i = 0; i < d->r->ngrades; i++) {
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(d->r->grades[i].grade), row[1] = cell_value(SLICE_LIT("number"), d->r->grades[i].from);
    }
}

static const char *column_name(size_t col, char out[4])
{
    size_t at = 0;
    if (col >= 26) out[at++] = (char)('A' + (col / 26 - 1) % 26);
    out[at++] = (char)('A' + col % 26);
    out[at] = '\0';
    return out;
}

/* =IFERROR((N(G3)*'weights'!$C$3+…)/(ISNUMBER(G3)*'weights'!$C$3+…),"") */
static slice score_formula(document *d, size_t nindicators)
{
    buf b = {0};
    char name[4];
    slice sheet = doc_text(d, "sheet.weights");
    buf_text(&b, "=IFERROR((");
    for (int part = 0; part < 2; part++) {
        for (size_t i = 0; i < nindicators; i++)
            buf_printf(&b, "%s%s(%s{r})*'%.*s'!$C$%zu", i ? "+" : "", part ? "ISNUMBER" : "N", column_name(SCORE_COLS + i, name), SLICE_ARG(sheet), FIRST_DATA_ROW + i);
        buf_text(&b, part ? "),\"\")" : ")/(");
    }
    return doc_kept(d, &b);
}

/* =IF(E3="","",IF(E3>='grades'!$B$3,"A",IF(…,"D"))) */
static slice grade_formula(document *d)
{
    buf b = {0};
    slice sheet = doc_text(d, "sheet.grades");
    buf_text(&b, "=IF(E{r}=\"\",\"\",");
    for (size_t i = 0; i < d->r->ngrades; i++) {
        if (i + 1 < d->r->ngrades) buf_printf(&b, "IF(E{r}>='%.*s'!$B$%zu,", SLICE_ARG(sheet), FIRST_DATA_ROW + i);
        buf_printf(&b, "'%.*s'!$A$%zu%s", SLICE_ARG(sheet), FIRST_DATA_ROW + i, i + 1 < d->r->ngrades ? "," : "");
    }
    for (size_t i = 0; i < d->r->ngrades; i++) buf_char(&b, ')');
    return doc_kept(d, &b);
}

static void score_sheet(document *d)
{
    const audit_result *r = d->r;
    const res_staff *first = &r->staff[0];
    static const char *const heads[SCORE_COLS] = {"staff.id", "staff.name", "staff.team", "staff.n", "staff.score", "staff.grade"};
    size_t ncols = SCORE_COLS + first->nindicators;
    block *b = doc_table(d, ncols, r->nstaff);
    if (b == NULL) return;
    slice score = score_formula(d, first->nindicators), grade = r->ngrades > 0 ? grade_formula(d) : (slice){"", 0};
    for (size_t c = 0; c < ncols; c++) doc_col(b, c, c < SCORE_COLS ? doc_text(d, heads[c]) : doc_bi(d, first->indicators[c - SCORE_COLS].title), c < 3 || c == 5 ? ALIGN_LEFT : ALIGN_RIGHT, 1, 14);
    b->table->caption = doc_text(d, "staff.scores_caption");
    b->table->freeze = 2;
    b->sheet = doc_text(d, "sheet.scores");
    for (size_t i = 0; i < r->nstaff; i++) {
        const res_staff *s = &r->staff[i];
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(s->id), row[1] = cell_text(s->name), row[2] = cell_text(s->team), row[3] = cell_int(s->n);
        row[4] = s->rated ? (cell){.kind = CELL_NUMBER, .num = s->score, .places = 1, .formula = score, .strong = true} : cell_text(SLICE_LIT("–"));
        row[5] = cell_text(staff_grade(d, s));
        if (s->rated) row[5].formula = grade;
        else row[5].tone = TONE_MUTED;
        for (size_t k = 0; k < first->nindicators; k++)
            for (size_t m = 0; m < s->nindicators; m++)
                if (slice_eq(s->indicators[m].id, first->indicators[k].id) && s->indicators[m].has_points) row[SCORE_COLS + k] = (cell){.kind = CELL_NUMBER, .num = s->indicators[m].points, .places = 1};
    }
}

static void indicator_sheet(document *d)
{
    const audit_result *r = d->r;
    static const char *const heads[] = {"staff.id", "staff.name", "kpi.indicator", "staff.value", "kpi.n", "staff.low", "staff.high", "staff.expected", "staff.median", NULL, NULL, NULL, "staff.points"};
    size_t n = 0, at = 0;
    for (size_t i = 0; i < r->nstaff; i++) n += r->staff[i].nindicators;
    block *b = doc_table(d, 13, n);
    if (b == NULL) return;
    for (size_t c = 0; c < 13; c++) doc_col(b, c, heads[c] != NULL ? doc_text(d, heads[c]) : staff_month(d, (int)c - 9), c < 3 ? ALIGN_LEFT : ALIGN_RIGHT, 1, c == 2 ? 26 : 13);
    b->table->caption = doc_text(d, "staff.indicators_caption");
    b->table->freeze = 3;
    b->sheet = doc_text(d, "sheet.indicators");
    for (size_t i = 0; i < r->nstaff; i++)
        for (size_t k = 0; k < r->staff[i].nindicators; k++) {
            const res_indicator *x = &r->staff[i].indicators[k];
            cell *row = tablet_cell(b->table, at++, 0);
            row[0] = cell_text(r->staff[i].id), row[1] = cell_text(r->staff[i].name), row[2] = cell_text(doc_bi(d, x->title));
            row[3] = staff_value(x, x->has_value, x->value), row[4] = cell_int(x->n), row[5] = staff_value(x, x->has_interval, x->low), row[6] = staff_value(x, x->has_interval, x->high);
            row[7] = staff_value(x, x->has_expected, x->expected), row[8] = staff_value(x, x->has_team, x->team_median);
            for (size_t m = 0; m < 3; m++) row[9 + m] = staff_value(x, x->has_monthly[m], x->monthly[m]);
            row[12] = x->has_points ? (cell){.kind = CELL_NUMBER, .num = x->points, .places = 1} : cell_text(SLICE_LIT("–"));
        }
}

static void item_sheet(document *d)
{
    const audit_result *r = d->r;
    static const char *const heads[] = {"staff.id", "staff.name", "kpi.indicator", "finding.key", "source.path", "register.line"};
    size_t n = 0, at = 0;
    for (size_t i = 0; i < r->nstaff; i++)
        for (size_t k = 0; k < r->staff[i].nindicators; k++) n += r->staff[i].indicators[k].nitems;
    block *b = doc_table(d, 6, n);
    if (b == NULL) return;
    for (size_t c = 0; c < 6; c++) doc_col(b, c, doc_text(d, heads[c]), c == 5 ? ALIGN_RIGHT : ALIGN_LEFT, 1, c == 2 ? 26 : 16);
    b->table->caption = doc_fill(d, "staff.items_sheet", (text_fill[]){{"n", doc_int(d, ITEMS_SHOWN)}, {NULL, {0}}});
    b->table->freeze = 2;
    b->sheet = doc_text(d, "sheet.items");
    for (size_t i = 0; i < r->nstaff; i++)
        for (size_t k = 0; k < r->staff[i].nindicators; k++)
            for (size_t m = 0; m < r->staff[i].indicators[k].nitems; m++) {
                const res_item *x = &r->staff[i].indicators[k].items[m];
                const source_info *src = source_by_id(r, x->source);
                cell *row = tablet_cell(b->table, at++, 0);
                row[0] = cell_text(r->staff[i].id), row[1] = cell_text(r->staff[i].name), row[2] = cell_text(doc_bi(d, r->staff[i].indicators[k].title)), row[3] = cell_text(doc_record(d, x->key, x->source, x->line, &d->mem));
                row[4] = cell_text(src ? src->path : SLICE_LIT("?")), row[5] = (cell){.kind = CELL_NUMBER, .num = (double)x->line};
            }
}

static void method_sheet(document *d)
{
    slice *lines = DOC_NEW(d, slice, d->r->nbands + STAFF_METHOD_LINES);
    size_t n = lines != NULL ? staff_method(d, lines) : 0;
    block *b = doc_table(d, 1, n);
    if (b == NULL) return;
    doc_col(b, 0, doc_text(d, "staff.how"), ALIGN_LEFT, 1, 110);
    b->sheet = doc_text(d, "sheet.how");
    for (size_t i = 0; i < n; i++) *tablet_cell(b->table, i, 0) = cell_text(lines[i]);
}

void staff_sheets(document *d)
{
    if (d->r->nstaff == 0) return;
    d->pdf = false;
    score_sheet(d);
    weight_sheet(d);
    if (d->r->ngrades > 0) grade_sheet(d);
    indicator_sheet(d);
    item_sheet(d);
    method_sheet(d);
    d->pdf = true;
}
