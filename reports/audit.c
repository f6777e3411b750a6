/* The audit report: what an auditor signs. Summary, scope, matrix and rules here; findings in audit_findings.c. */
#include "reports/audit.h"

typedef struct tally { int64_t clauses[CLAUSE_VERDICT_COUNT], rules[VERDICT_COUNT], not_applicable, applicable, assessed, failing[4], findings[4]; } tally;

/* A clause is not applicable where each of its rules is. */
static bool clause_applicable(const audit_result *r, const res_clause *c)
{
    for (size_t i = 0; i < c->nrules; i++)
        if (r->rules[c->first_rule + i].v != VERDICT_NOT_APPLICABLE) return true;
    return c->nrules == 0;
}

static tally count(const audit_result *r)
{
    tally t = {0};
    for (size_t i = 0; i < r->nclauses; i++) {
        t.clauses[r->clauses[i].v]++;
        t.applicable += clause_applicable(r, &r->clauses[i]);
        t.assessed += r->clauses[i].v != CLAUSE_NOT_ASSESSED;
    }
    for (size_t i = 0; i < r->nrules; i++) {
        t.rules[r->rules[i].v]++;
        if (r->rules[i].v == VERDICT_FAILS) t.failing[r->rules[i].sev]++, t.findings[r->rules[i].sev] += (int64_t)r->rules[i].nfindings;
    }
    return t;
}

static void verdict_figures(document *d, const tally *t)
{
    static const clause_verdict order[] = {CLAUSE_MAJOR, CLAUSE_MINOR, CLAUSE_OBSERVATION, CLAUSE_CONFORMING, CLAUSE_NOT_ASSESSED};
    block *b = doc_add(d, BLOCK_FIGURES);
    b->figures = DOC_NEW(d, figure, 5);
    for (size_t i = 0; i < 5 && b->figures != NULL; i++) {
        b->figures[b->nfigures++] = (figure){.label = word_clause_verdict(d, order[i]), .value = doc_int(d, t->clauses[order[i]]), .sub = doc_text(d, "summary.clauses"), .tone = clause_tone(order[i])};
    }
    block *c = doc_chart(d, CHART_SPLIT, 5, 1);
    if (c == NULL) return;
    static const clause_verdict bar[] = {CLAUSE_CONFORMING, CLAUSE_OBSERVATION, CLAUSE_MINOR, CLAUSE_MAJOR, CLAUSE_NOT_ASSESSED};
    c->sheet = doc_text(d, "sheet.summary");
    c->chart->title = doc_text(d, "summary.picture");
    c->chart->unit = SLICE_LIT("count");
    c->chart->tones = DOC_NEW(d, tone, 5);
    for (size_t i = 0; i < 5 && c->chart->tones != NULL; i++) {
        c->chart->cats[i] = word_clause_verdict(d, bar[i]);
        c->chart->tones[i] = clause_tone(bar[i]);
        c->chart->series[0].v[i] = (double)t->clauses[bar[i]];
        c->chart->series[0].has[i] = true;
    }
}

static void headline(document *d, const tally *t)
{
    static const char *const names[] = {"summary.of_all", "summary.of_applicable", "summary.of_assessed"};
    const int64_t all = (int64_t)d->r->nclauses, of[] = {all, t->applicable, t->assessed}, good = t->clauses[CLAUSE_CONFORMING];
    const int64_t nrules = (int64_t)d->r->nrules, rules_of[] = {nrules, nrules - t->rules[VERDICT_NOT_APPLICABLE],
                                                                t->rules[VERDICT_CONFORMS] + t->rules[VERDICT_FAILS]}, good_rules = t->rules[VERDICT_CONFORMS];
    block *b = doc_table(d, 7, 3);
    if (b == NULL) return;
    static const char *const heads[] = {"summary.denominator", "summary.clauses_good", "summary.clauses_of", "summary.share", "summary.rules_good", "summary.rules_of", "summary.share"};
    for (size_t c = 0; c < 7; c++) doc_col(b, c, doc_text(d, heads[c]), c ? ALIGN_RIGHT : ALIGN_LEFT, c ? 1 : 3, c ? 14 : 30);
    b->table->caption = doc_text(d, "summary.headline");
    b->table->note = doc_text(d, "summary.headline_note");
    b->sheet = doc_text(d, "sheet.summary");
    for (size_t i = 0; i < 3; i++) {
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(doc_text(d, names[i]));
        row[1] = cell_int(good), row[2] = cell_int(of[i]), row[3] = cell_share(of[i] > 0, of[i] > 0 ? (double)good / (double)of[i] : 0);
        row[4] = cell_int(good_rules), row[5] = cell_int(rules_of[i]), row[6] = cell_share(rules_of[i] > 0, rules_of[i] > 0 ? (double)good_rules / (double)rules_of[i] : 0);
        row[3].strong = row[6].strong = true;
        row[3].formula = SLICE_LIT("=IF(C{r}=0,0,B{r}/C{r})"), row[6].formula = SLICE_LIT("=IF(F{r}=0,0,E{r}/F{r})");
    }
}

static void by_severity(document *d, const tally *t)
{
    int64_t persisting[4] = {0};
    for (size_t i = 0; i < d->r->nfindings; i++) {
        const res_rule *x = &d->r->rules[d->r->findings[i].rule];
        if (x->v == VERDICT_FAILS) persisting[x->sev] += d->r->findings[i].persisting;
    }
    block *b = doc_table(d, 5, 4);
    if (b == NULL) return;
    static const char *const heads[] = {"summary.severity", "summary.rules_failing", "summary.findings", "summary.new", "summary.persisting"};
    for (size_t c = 0; c < 5; c++) doc_col(b, c, doc_text(d, heads[c]), c ? ALIGN_RIGHT : ALIGN_LEFT, c ? 1 : 1.6, 14);
    b->table->caption = doc_text(d, "summary.by_severity");
    int64_t failing = t->findings[0] + t->findings[1] + t->findings[2] + t->findings[3], rest = (int64_t)d->r->nfindings - failing;
    if (rest > 0) b->table->note = doc_fill(d, "summary.rest", (text_fill[]){{"n", doc_int(d, rest)}, {NULL, {0}}});
    b->table->sums = DOC_NEW(d, double, 5);
    b->sheet = doc_text(d, "sheet.summary");
    b->table->cols[0].total = TOTAL_LABEL;
    for (size_t c = 1; c < 5; c++) b->table->cols[c].total = TOTAL_SUM;
    for (size_t s = 0; s < 4; s++) {
        cell *row = tablet_cell(b->table, s, 0);
        const int64_t v[] = {t->failing[s], t->findings[s], t->findings[s] - persisting[s], persisting[s]};
        row[0] = cell_text(word_severity(d, (severity)s));
        for (size_t c = 0; c < 4; c++) {
            row[1 + c] = cell_int(v[c]);
            if (b->table->sums != NULL) b->table->sums[1 + c] += (double)v[c];
        }
    }
}

static slice list_clauses(document *d, clause_verdict v)
{
    slice s = {"", 0}, comma = doc_text(d, "list.comma");
    for (size_t i = 0; i < d->r->nclauses; i++) {
        const res_clause *c = &d->r->clauses[i];
        if (c->v == v) s = doc_join(d, "%.*s%.*s%.*s %.*s", SLICE_ARG(s), s.len > 0 ? (int)comma.len : 0, comma.ptr, SLICE_ARG(c->id), SLICE_ARG(doc_bi(d, c->title)));
    }
    return s;
}

/* The rules that could not be judged, with why, each on its line. */
static slice list_errors(document *d)
{
    slice s = {"", 0};
    for (size_t i = 0; i < d->r->nrules; i++) {
        const res_rule *x = &d->r->rules[i];
        if (x->v == VERDICT_ERROR) s = doc_join(d, "%.*s%s%.*s: %.*s", SLICE_ARG(s), s.len > 0 ? "\n" : "", SLICE_ARG(x->id), SLICE_ARG(doc_bi(d, x->reason)));
    }
    return s;
}

static void summary(document *d, const tally *t)
{
    const audit_result *r = d->r;
    int64_t old = findings_persisting(r), all = (int64_t)r->nfindings;
    doc_heading(d, 1, doc_text(d, "audit.summary"));
    doc_para(d, doc_fill(d, "summary.lead", (text_fill[]){{"pack", doc_bi(d, r->pack_title)}, {"clauses", doc_int(d, (int64_t)r->nclauses)}, {"rules", doc_int(d, (int64_t)r->nrules)},
        {"from", doc_day(d, r->from)}, {"to", doc_day(d, r->to - 1)}, {"assessed", doc_int(d, t->assessed)}, {"major", doc_int(d, t->clauses[CLAUSE_MAJOR])},
        {"minor", doc_int(d, t->clauses[CLAUSE_MINOR])}, {"observation", doc_int(d, t->clauses[CLAUSE_OBSERVATION])}, {"good", doc_int(d, t->clauses[CLAUSE_CONFORMING])}, {NULL, {0}}}));
    verdict_figures(d, t);
    headline(d, t);
    by_severity(d, t);
    doc_para(d, doc_fill(d, r->baseline ? "summary.change" : "summary.first", (text_fill[]){{"findings", doc_int(d, all)}, {"run", doc_int(d, r->baseline)}, {"new", doc_int(d, all - old)}, {"persisting", doc_int(d, old)},
        {"not_assessed", doc_int(d, t->clauses[CLAUSE_NOT_ASSESSED])}, {"rules_not_assessed", doc_int(d, t->rules[VERDICT_NOT_ASSESSED])}, {"rejected", doc_int(d, (int64_t)r->rejects_total)}, {NULL, {0}}}));
    slice major = list_clauses(d, CLAUSE_MAJOR), none = list_clauses(d, CLAUSE_NOT_ASSESSED);
    if (t->rules[VERDICT_ERROR] > 0) doc_callout(d, TONE_MAJOR, doc_fill(d, "summary.error_list", (text_fill[]){{"n", doc_int(d, t->rules[VERDICT_ERROR])}, {NULL, {0}}}), list_errors(d));
    if (major.len > 0) doc_callout(d, TONE_MAJOR, doc_text(d, "summary.major_list"), major);
    if (none.len > 0) doc_callout(d, TONE_NONE, doc_text(d, "summary.none_list"), none);
    doc_chapter(d);
}

/* The pack's own words in the hours of a calendar (mon, always, from) in the report's language. */
static slice hours_said(document *d, slice hours)
{
    slice s = {"", 0};
    for (size_t i = 0, n; i < hours.len; i += n) {
        for (n = 0; i + n < hours.len && hours.ptr[i + n] >= 'a' && hours.ptr[i + n] <= 'z'; n++) {}
        if (n > 0) s = doc_join(d, "%.*s%.*s", SLICE_ARG(s), SLICE_ARG(doc_word(d, "hours", (slice){hours.ptr + i, n})));
        else n = 1, s = doc_join(d, "%.*s%c", SLICE_ARG(s), hours.ptr[i]);
    }
    return s;
}

static void calendars(document *d)
{
    block *b = doc_table(d, 4, d->r->ncalendars);
    if (b == NULL) return;
    static const char *const heads[] = {"calendar.id", "calendar.title", "calendar.hours", "calendar.holidays"};
    for (size_t c = 0; c < 4; c++) doc_col(b, c, doc_text(d, heads[c]), ALIGN_LEFT, c < 1 ? 0 : c == 2 ? 3 : 2, 30);
    b->table->caption = doc_text(d, "calendar.caption");
    b->sheet = doc_text(d, "sheet.method");
    for (size_t i = 0; i < d->r->ncalendars; i++) {
        const res_calendar *c = &d->r->calendars[i];
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(c->id), row[1] = cell_text(doc_bi(d, c->title)), row[2] = cell_text(hours_said(d, c->hours)), row[3] = cell_text(c->holidays.len > 0 ? c->holidays : SLICE_LIT("–"));
    }
}

static void scope(document *d)
{
    const audit_result *r = d->r;
    doc_heading(d, 1, doc_text(d, "audit.scope"));
    doc_para(d, doc_fill(d, "scope.lead", (text_fill[]){{"from", doc_minute(d, r->from)}, {"to", doc_minute(d, r->to)}, {"as_of", doc_minute(d, r->as_of)}, {"zone", r->zone}, {NULL, {0}}}));
    doc_para(d, doc_text(d, "scope.basis"));
    doc_para(d, doc_text(d, "scope.unknown"));
    doc_heading(d, 2, doc_text(d, "scope.sources"));
    doc_sources(d, "sheet.sources");
    doc_heading(d, 2, doc_text(d, "scope.calendars"));
    calendars(d);
    doc_heading(d, 2, doc_text(d, "scope.policies"));
    doc_notes(d, "policy");
    doc_caveats(d, 2);
    doc_chapter(d);
}

static size_t clause_findings(const audit_result *r, const res_clause *c, int64_t *failing)
{
    size_t n = 0;
    *failing = 0;
    for (size_t i = 0; i < c->nrules; i++) {
        const res_rule *x = &r->rules[c->first_rule + i];
        n += x->nfindings;
        *failing += x->v == VERDICT_FAILS;
    }
    return n;
}

static void matrix(document *d)
{
    const audit_result *r = d->r;
    doc_heading(d, 1, doc_text(d, "audit.matrix"));
    doc_para(d, doc_text(d, "matrix.lead"));
    block *b = doc_table(d, 9, r->nclauses);
    if (b == NULL) return;
    static const char *const heads[] = {"matrix.clause", "matrix.title", "matrix.chapter", "matrix.basis", "matrix.verdict", "matrix.rules", "matrix.assessed", "matrix.failing", "matrix.findings"};
    for (size_t c = 0; c < 9; c++) doc_col(b, c, doc_text(d, heads[c]), c > 4 ? ALIGN_RIGHT : c == 3 ? ALIGN_CENTRE : ALIGN_LEFT, c == 1 ? 2.6 : c == 2 ? 2.2 : 0, c == 1 || c == 2 ? 30 : c == 4 ? 24 : 12);
    b->sheet = doc_text(d, "sheet.clauses");
    b->table->cols[2].off_paper = true;                           /* the clause's number says its chapter; on one page the matrix is read at a glance */
    b->table->sums = DOC_NEW(d, double, 9);
    b->table->cols[1].total = TOTAL_LABEL;
    for (size_t c = 5; c < 9; c++) b->table->cols[c].total = TOTAL_SUM;
    for (size_t i = 0; i < r->nclauses; i++) {
        const res_clause *q = &r->clauses[i];
        cell *row = tablet_cell(b->table, i, 0);
        int64_t failing;
        size_t n = clause_findings(r, q, &failing);
        const int64_t v[] = {q->rules, q->assessed, failing, (int64_t)n};
        row[0] = cell_text(q->id), row[1] = cell_text(doc_bi(d, q->title)), row[2] = cell_text(doc_bi(d, q->chapter_title));
        row[2].tone = TONE_MUTED;
        row[3] = cell_text(word_basis(d, q->by_heading)), row[4] = cell_clause_verdict(d, q->v);
        row[0].strong = row[4].strong = true;
        if (failing > 0) row[0].link = doc_join(d, "clause-%.*s", SLICE_ARG(q->id)), row[0].tone = TONE_ACCENT;
        if (q->nrules > 0) row[0].formula = doc_sheet_link(d, "sheet.rules", PLAIN_FIRST_ROW, q->first_rule, q->id);
        for (size_t c = 0; c < 4; c++) {
            row[5 + c] = cell_int(v[c]);
            if (b->table->sums != NULL) b->table->sums[5 + c] += (double)v[c];
        }
    }
    doc_chapter(d);
}

static void rule_row(document *d, const res_rule *x, cell *row)
{
    row[0] = cell_text(x->id), row[1] = cell_text(doc_bi(d, x->title)), row[2] = cell_text(word_basis(d, x->by_heading)), row[3] = cell_text(word_severity(d, x->sev));
    row[4] = cell_verdict(d, x->v);
    row[5] = cell_int(x->population), row[6] = cell_int(x->conforming), row[7] = cell_int(x->nonconforming), row[8] = cell_int(x->unknown), row[9] = cell_int(x->running);
    row[10] = x->has_value ? cell_value(x->unit, x->value) : cell_share(x->has_share, x->share);
    if (x->has_target && (x->has_share || x->has_value)) row[10].has_apart = true, row[10].apart = x->target;
    row[11] = cell_text(doc_target(d, x));
    row[0].strong = true;
    if (x->nfindings > 0) {
        row[0].link = doc_join(d, "rule-%.*s", SLICE_ARG(x->id)), row[0].tone = TONE_ACCENT;
        row[0].formula = doc_sheet_link(d, "sheet.register", REGISTER_FIRST_ROW, x->first_finding, x->id);
    }
}

static void rules(document *d)
{
    static const char *const heads[] = {"rule.id", "rule.title", "matrix.basis", "rule.severity", "rule.verdict", "rule.population", "rule.conforming", "rule.nonconforming", "rule.unknown",
                                        "rule.running", "rule.share", "rule.target"};
    doc_heading(d, 1, doc_text(d, "audit.rules"));
    doc_para(d, doc_text(d, "rules.lead"));
    block *b = doc_table(d, 12, d->r->nrules);
    if (b == NULL) return;
    for (size_t c = 0; c < 12; c++) doc_col(b, c, doc_text(d, heads[c]), c > 4 ? ALIGN_RIGHT : c == 2 ? ALIGN_CENTRE : ALIGN_LEFT, c == 1 ? 3 : 0, c == 1 ? 40 : c == 4 ? 19 : 12);
    b->sheet = doc_text(d, "sheet.rules");
    b->table->compact = true;
    b->table->freeze = 2;
    b->table->cols[10].bars = true;
    for (size_t i = 0; i < d->r->nrules; i++) rule_row(d, &d->r->rules[i], tablet_cell(b->table, i, 0));
    doc_chapter(d);
}

static void method(document *d)
{
    static const char *const said[] = {"method.flow", "method.counting", "method.unknown", "method.verdicts", "method.clauses", "method.fingerprint", "method.reproduce"};
    doc_heading(d, 1, doc_text(d, "audit.method"));
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) doc_para(d, doc_text(d, said[i]));
    doc_heading(d, 2, doc_text(d, "method.conditions"));
    block *b = doc_table(d, 3, d->r->nrules);
    if (b == NULL) return;
    doc_col(b, 0, doc_text(d, "rule.id"), ALIGN_LEFT, 0, 10);
    doc_col(b, 1, doc_text(d, "rule.kind"), ALIGN_LEFT, 0, 14);
    doc_col(b, 2, doc_text(d, "rule.condition"), ALIGN_LEFT, 1, 110);
    b->sheet = doc_text(d, "sheet.conditions");
    b->table->compact = true;
    for (size_t i = 0; i < d->r->nrules; i++) {
        const res_rule *x = &d->r->rules[i];
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(x->id), row[1] = cell_text(doc_word(d, "kind", x->kind));
        row[2] = cell_text(x->overridden.len > 0 ? doc_join(d, "%.*s\n%.*s %.*s", SLICE_ARG(x->condition), SLICE_ARG(doc_text(d, "rule.overridden")), SLICE_ARG(x->overridden)) : x->condition.len > 0 ? x->condition : SLICE_LIT("–"));
    }
}

/* ---- evidence ---- */
enum { LINES_SHOWN = 12 };
typedef struct cited { int64_t lines; size_t shown; uint32_t line[LINES_SHOWN]; } cited;

static void note_lines(const audit_result *r, const res_rule *x, cited *of)
{
    memset(of, 0, r->nsources * sizeof *of);
    for (size_t i = 0; i < x->nfindings; i++) {
        const res_finding *f = &r->findings[x->first_finding + i];
        for (size_t k = 0; k < f->nevidence; k++) {
            const source_info *src = source_by_id(r, f->evidence[k].source);
            if (src == NULL) continue;
            cited *c = &of[src - r->sources];
            c->lines++;
            if (c->shown < LINES_SHOWN) c->line[c->shown++] = f->evidence[k].line;
        }
    }
}

static slice lines_said(document *d, const cited *c)
{
    slice s = {"", 0};
    for (size_t k = 0; k < c->shown; k++) s = doc_join(d, "%.*s%s%u", SLICE_ARG(s), k ? ", " : "", (unsigned)c->line[k]);
    return c->lines > (int64_t)c->shown ? doc_join(d, "%.*s … (+%.*s)", SLICE_ARG(s), SLICE_ARG(doc_int(d, c->lines - (int64_t)c->shown))) : s;
}

static void cited_row(document *d, const res_rule *x, const source_info *src, const cited *c, cell *row)
{
    row[0] = cell_text(x->id), row[1] = cell_text(src->path);
    row[2] = cell_int(c->lines), row[3] = cell_text(lines_said(d, c));
    row[0].strong = true;
    row[0].link = doc_join(d, "rule-%.*s", SLICE_ARG(x->id));
}

/* Which lines of which file each rule's findings rest on. */
static void lines_by_rule(document *d)
{
    const audit_result *r = d->r;
    cited *one = DOC_NEW(d, cited, r->nsources);
    size_t n = 0, at = 0;
    for (size_t i = 0; one != NULL && i < r->nrules; i++) {
        if (r->rules[i].nfindings == 0) continue;
        note_lines(r, &r->rules[i], one);
        for (size_t k = 0; k < r->nsources; k++) n += one[k].lines > 0;
    }
    block *b = n == 0 ? NULL : doc_table(d, 4, n);
    if (b == NULL) return;
    static const char *const heads[] = {"rule.id", "source.path", "evidence.lines", "evidence.which"};
    for (size_t c = 0; c < 4; c++) doc_col(b, c, doc_text(d, heads[c]), c == 2 ? ALIGN_RIGHT : ALIGN_LEFT, c == 1 ? 1 : c == 3 ? 2.6 : 0, c == 3 ? 60 : 20);
    b->table->compact = true;
    b->table->caption = doc_text(d, "evidence.by_rule");
    for (size_t i = 0; i < r->nrules; i++) {
        if (r->rules[i].nfindings > 0) note_lines(r, &r->rules[i], one);
        for (size_t k = 0; r->rules[i].nfindings > 0 && k < r->nsources; k++)
            if (one[k].lines > 0) cited_row(d, &r->rules[i], &r->sources[k], &one[k], tablet_cell(b->table, at++, 0));
    }
}

/* What the findings rest on: each source with the number of findings and of lines that are cited. */
static void evidence_list(document *d)
{
    const audit_result *r = d->r;
    doc_heading(d, 1, doc_text(d, "audit.evidence"));
    doc_para(d, doc_text(d, "evidence.lead"));
    block *b = doc_table(d, 6, r->nsources);
    if (b == NULL) return;
    static const char *const heads[] = {"source.no", "source.path", "evidence.findings", "evidence.lines", "evidence.span", "source.hash"};
    for (size_t c = 0; c < 6; c++) doc_col(b, c, doc_text(d, heads[c]), c == 2 || c == 3 ? ALIGN_RIGHT : ALIGN_LEFT, c == 1 ? 2 : c == 5 ? 3 : 0, c == 5 ? 66 : 18);
    b->sheet = doc_text(d, "sheet.evidence");
    b->table->compact = true;
    struct span { int64_t findings, lines; uint32_t low, high; size_t last; } *spans = DOC_NEW(d, struct span, r->nsources);
    if (spans == NULL) return;
    for (size_t i = 0; i < r->nfindings; i++)
        for (size_t k = 0; k < r->findings[i].nevidence; k++) {
            const source_info *src = source_by_id(r, r->findings[i].evidence[k].source);
            if (src == NULL) continue;
            struct span *s = &spans[src - r->sources];
            uint32_t line = r->findings[i].evidence[k].line;
            if (s->lines++ == 0 || line < s->low) s->low = line;
            if (line > s->high) s->high = line;
            if (s->last != i + 1) s->findings++, s->last = i + 1;
        }
    for (size_t i = 0; i < r->nsources; i++) {
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_int(r->sources[i].id), row[1] = cell_text(r->sources[i].path), row[2] = cell_int(spans[i].findings), row[3] = cell_int(spans[i].lines);
        row[4] = cell_text(spans[i].lines > 0 ? doc_join(d, "%u–%u", (unsigned)spans[i].low, (unsigned)spans[i].high) : SLICE_LIT("–"));
        row[5] = cell_text(slice_of(r->sources[i].sha256));
    }
    d->sheet = (slice){"", 0};
    lines_by_rule(d);
}

static void sign_off(document *d)
{
    static const char *const names[] = {"sign.opinion", "sign.auditor", "sign.signature", "sign.date", "sign.reviewer", "sign.signature", "sign.date", "sign.client", "sign.signature", "sign.date"};
    doc_break(d);
    doc_heading(d, 1, doc_text(d, "audit.sign"));
    doc_para(d, doc_fill(d, "sign.lead", (text_fill[]){{"run", doc_int(d, d->r->run)}, {"digest", d->r->digest}, {"trail", d->r->trail_head}, {NULL, {0}}}));
    block *b = doc_add(d, BLOCK_FORM);
    b->pairs = DOC_NEW(d, pair, 10);
    for (size_t i = 0; i < 10 && b->pairs != NULL; i++) b->pairs[b->npairs++] = (pair){doc_text(d, names[i]), i == 0 ? SLICE_LIT("9") : (slice){"", 0}};
}

sla_status document_audit(document *d, err *e)
{
    tally t = count(d->r);
    doc_front(d, doc_text(d, "audit.title"), doc_bi(d, d->r->pack_title), doc_text(d, "contents.title"));
    summary(d, &t);
    scope(d);
    matrix(d);
    rules(d);
    audit_nonconformities(d);
    audit_observations(d);
    audit_not_assessed(d);
    audit_actions(d);
    audit_register(d);
    audit_rejects(d);
    method(d);
    evidence_list(d);
    doc_caveat_sheet(d);
    sign_off(d);
    return document_done(d, e);
}
