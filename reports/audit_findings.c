/* The audit report's findings: each rule that is not met with criteria, condition, evidence, effect, recommendation and room for an answer; what could not be
 * assessed; the register of all findings for the workbook; what import rejected. */
#include "reports/audit.h"

static tone severity_tone(severity s) { return s == SEVERITY_CRITICAL || s == SEVERITY_MAJOR ? TONE_MAJOR : s == SEVERITY_MINOR ? TONE_MINOR : TONE_OBSERVE; }

/* The groups that miss their targets, with both figures: of clocks by priority, the share of all together decides nothing. */
static slice groups_missed(document *d, const res_rule *x)
{
    enum { MOST = 6 };
    slice s = {"", 0}, comma = doc_text(d, "list.comma");
    int64_t n = 0;
    for (size_t i = 0; i < x->ngroups; i++) {
        const res_group *g = &x->groups[i];
        int64_t judged = g->conforming + g->nonconforming;
        if (g->met || !g->has_target || (!g->has_value && judged == 0) || n++ >= MOST) continue;
        cell v = g->has_value ? cell_value(x->unit, g->value) : cell_share(true, (double)g->conforming / (double)judged);
        v.has_apart = true, v.apart = g->target;
        s = doc_join(d, "%.*s%.*s%.*s", SLICE_ARG(s), s.len > 0 ? (int)comma.len : 0, comma.ptr,
                     SLICE_ARG(doc_fill(d, "finding.group", (text_fill[]){{"key", doc_term(d, g->by, g->key)}, {"value", doc_cell_text(d, &v, &d->mem)}, {"target", doc_group_target(d, x, g)}, {NULL, {0}}})));
    }
    return n > MOST ? doc_fill(d, "finding.groups_more", (text_fill[]){{"list", s}, {"n", doc_int(d, n - MOST)}, {NULL, {0}}}) : s;
}

static slice rest_said(document *d, const res_rule *x)
{
    slice unknown = {"", 0}, running = {"", 0};
    if (x->unknown > 0) unknown = doc_fill(d, "finding.rest_unknown", (text_fill[]){{"n", doc_int(d, x->unknown)}, {NULL, {0}}});
    if (x->running > 0) running = doc_fill(d, "finding.rest_running", (text_fill[]){{"n", doc_int(d, x->running)}, {NULL, {0}}});
    return doc_join(d, "%.*s%.*s", SLICE_ARG(unknown), SLICE_ARG(running));
}

static slice condition_said(document *d, const res_rule *x)
{
    slice missed = groups_missed(d, x);
    if (rule_of_groups(x) && missed.len > 0)
        return doc_fill(d, "finding.condition_groups", (text_fill[]){{"bad", doc_int(d, x->nonconforming)}, {"all", doc_int(d, x->conforming + x->nonconforming)}, {"list", missed}, {NULL, {0}}});
    if (x->has_value) {
        slice value = doc_value(d, x->unit, x->value);
        return doc_fill(d, "finding.condition_value", (text_fill[]){{"value", value}, {"target", doc_target(d, x)}, {"n", doc_int(d, x->population)}, {NULL, {0}}});
    }
    if (!x->has_target) return doc_fill(d, "finding.condition_any", (text_fill[]){{"n", doc_int(d, x->nonconforming)}, {NULL, {0}}});
    if (!x->has_share) return doc_fill(d, "finding.condition_count", (text_fill[]){{"n", doc_int(d, x->nonconforming)}, {"target", doc_target(d, x)}, {NULL, {0}}});
    cell share = {.kind = CELL_PERCENT, .num = x->share, .has_apart = x->has_target, .apart = x->target};
    slice bounds = {"", 0};
    const cell low = {.kind = CELL_PERCENT, .num = x->share_low, .has_apart = true, .apart = x->share_high}, high = {.kind = CELL_PERCENT, .num = x->share_high, .has_apart = true, .apart = x->share_low};
    if (x->has_bounds && x->unknown > 0) bounds = doc_fill(d, "finding.bounds", (text_fill[]){{"low", doc_cell_text(d, &low, &d->mem)}, {"high", doc_cell_text(d, &high, &d->mem)}, {"n", doc_int(d, x->unknown)}, {NULL, {0}}});
    slice s = doc_fill(d, slice_is(x->target_op, "<=") ? "finding.condition_upper" : "finding.condition_share", (text_fill[]){{"share", doc_cell_text(d, &share, &d->mem)}, {"target", doc_target(d, x)}, {"bad", doc_int(d, x->nonconforming)},
        {"all", doc_int(d, x->conforming + x->nonconforming)}, {NULL, {0}}});
    if (missed.len > 0) s = doc_join(d, "%.*s%.*s", SLICE_ARG(s), SLICE_ARG(doc_fill(d, "finding.each_group", (text_fill[]){{"list", missed}, {NULL, {0}}})));
    return doc_join(d, "%.*s%.*s%.*s", SLICE_ARG(s), SLICE_ARG(rest_said(d, x)), SLICE_ARG(bounds));
}

static void rule_card(document *d, const res_rule *x, bool severe)
{
    block *b = doc_add(d, BLOCK_CARD);
    b->text = doc_join(d, "%.*s  %.*s", SLICE_ARG(x->id), SLICE_ARG(doc_bi(d, x->title)));
    b->more = doc_fill(d, "finding.line", (text_fill[]){{"severity", word_severity(d, x->sev)}, {"basis", doc_text(d, x->by_heading ? "basis.heading_long" : "basis.text_long")},
                                                         {"kind", doc_word(d, "kind", x->kind)}, {NULL, {0}}});
    b->tag = doc_join(d, "%.*s", SLICE_ARG(word_severity(d, x->sev)));
    b->tone = severe ? severity_tone(x->sev) : TONE_OBSERVE;
    b->anchor = doc_join(d, "rule-%.*s", SLICE_ARG(x->id));
}

static void rule_pairs(document *d, const res_rule *x)
{
    const struct { const char *name; slice value; } rows[] = {{"finding.criterion", doc_bi(d, x->criterion)}, {"finding.condition", condition_said(d, x)}, {"finding.remark", doc_bi(d, x->reason)}, {"finding.effect", doc_bi(d, x->effect)},
                                                               {"finding.recommend", doc_bi(d, x->recommend)}, {"rule.overridden", x->overridden}};
    block *b = doc_add(d, BLOCK_PAIRS);
    b->pairs = DOC_NEW(d, pair, 6);
    for (size_t i = 0; i < 6 && b->pairs != NULL; i++)
        if (rows[i].value.len > 0) b->pairs[b->npairs++] = (pair){doc_text(d, rows[i].name), rows[i].value};
}

static void group_table(document *d, const res_rule *x)
{
    if (x->ngroups == 0) return;
    block *b = doc_table(d, 8, x->ngroups);
    if (b == NULL) return;
    static const char *const heads[] = {"group.by", "group.key", "rule.population", "rule.conforming", "rule.nonconforming", "rule.unknown", "rule.share", "rule.target"};
    for (size_t c = 0; c < 8; c++) doc_col(b, c, doc_text(d, heads[c]), c > 1 ? ALIGN_RIGHT : ALIGN_LEFT, c > 1 ? 1 : 1.4, 12);
    b->table->compact = true;
    b->table->caption = doc_text(d, "group.caption");
    for (size_t i = 0; i < x->ngroups; i++) {
        const res_group *g = &x->groups[i];
        int64_t judged = g->conforming + g->nonconforming;
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(doc_field(d, g->by)), row[1] = cell_text(slice_is(g->by, "key") ? doc_field(d, g->key) : doc_term(d, g->by, g->key)), row[2] = cell_int(g->population);
        row[3] = cell_int(g->conforming), row[4] = cell_int(g->nonconforming), row[5] = cell_int(g->unknown);
        row[6] = g->has_value ? cell_value(x->unit, g->value) : cell_share(judged > 0, judged > 0 ? (double)g->conforming / (double)judged : 0);
        row[6].has_apart = g->has_target, row[6].apart = g->target;
        if (!g->met) row[6].tone = TONE_MAJOR, row[6].mark = MARK_NO;
        row[7] = cell_text(doc_group_target(d, x, g));
    }
}

static void finding_table(document *d, const res_rule *x)
{
    size_t shown = x->nfindings < FINDINGS_SHOWN ? x->nfindings : FINDINGS_SHOWN;
    if (shown == 0) return;
    block *b = doc_table(d, 4, shown);
    if (b == NULL) return;
    doc_col(b, 0, doc_text(d, "finding.key"), ALIGN_LEFT, 1.1, 18);
    doc_col(b, 1, doc_text(d, "finding.message"), ALIGN_LEFT, 3.4, 60);
    doc_col(b, 2, doc_text(d, "finding.evidence"), ALIGN_LEFT, 1.5, 26);
    doc_col(b, 3, doc_text(d, "finding.state"), ALIGN_LEFT, 0, 10);
    b->table->compact = true;
    b->table->caption = doc_fill(d, "finding.shown", (text_fill[]){{"id", x->id}, {"shown", doc_int(d, (int64_t)shown)}, {"total", doc_int(d, (int64_t)x->nfindings)}, {NULL, {0}}});
    if (shown < x->nfindings) b->table->note = doc_fill(d, "finding.rest", (text_fill[]){{"rest", doc_int(d, (int64_t)(x->nfindings - shown))}, {"period", d->r->period_id}, {NULL, {0}}});
    for (size_t i = 0; i < shown; i++) {
        const res_finding *f = &d->r->findings[x->first_finding + i];
        cell *row = tablet_cell(b->table, i, 0);
        row[0] = cell_text(doc_key(d, f, &d->mem)), row[1] = cell_text(doc_bi(d, f->message)), row[2] = cell_text(doc_evidence(d, f, 3));
        slice state = doc_text(d, f->persisting ? "state.persisting" : "state.new"), answer = action_word(d, f);
        row[3] = cell_text(answer.len ? doc_join(d, "%.*s; %.*s", SLICE_ARG(state), SLICE_ARG(answer)) : state);
        row[3].tone = f->persisting || f->overdue_days ? TONE_MAJOR : TONE_PLAIN;
    }
}

static void response_form(document *d, const res_rule *x)
{
    static const char *const names[] = {"form.response", "form.owner", "form.due", "form.done"};
    block *b = doc_add(d, BLOCK_FORM);
    b->pairs = DOC_NEW(d, pair, 4);
    for (size_t i = 0; i < 4 && b->pairs != NULL; i++) b->pairs[b->npairs++] = (pair){doc_text(d, names[i]), i == 0 ? SLICE_LIT("3") : (slice){"", 0}};
    if (b->npairs > 0) b->pairs[0].name = doc_join(d, "%.*s  %.*s", SLICE_ARG(x->id), SLICE_ARG(b->pairs[0].name));      /* it may stand on the next page */
}

static bool wanted(const res_rule *x, bool observations) { return x->v == VERDICT_FAILS && (x->sev == SEVERITY_OBSERVATION) == observations; }

static size_t put_clauses(document *d, bool observations)
{
    const audit_result *r = d->r;
    size_t n = 0;
    for (size_t i = 0; i < r->nclauses; i++) {
        const res_clause *c = &r->clauses[i];
        bool first = true;
        for (size_t k = 0; k < c->nrules; k++) {
            const res_rule *x = &r->rules[c->first_rule + k];
            if (!wanted(x, observations)) continue;
            if (first) {
                block *h = doc_heading(d, 2, doc_join(d, "%.*s  %.*s", SLICE_ARG(c->id), SLICE_ARG(doc_bi(d, c->title))));
                h->tag = word_clause_verdict(d, c->v), h->tone = clause_tone(c->v);
                h->anchor = doc_join(d, "clause-%.*s", SLICE_ARG(c->id));
            }
            first = false;
            n++;
            rule_card(d, x, !observations);
            rule_pairs(d, x);
            group_table(d, x);
            finding_table(d, x);
            response_form(d, x);
        }
    }
    return n;
}

void audit_nonconformities(document *d)
{
    doc_heading(d, 1, doc_text(d, "audit.nonconformities"));
    doc_para(d, doc_fill(d, "nonconformities.lead", (text_fill[]){{"n", doc_int(d, FINDINGS_SHOWN)}, {"period", d->r->period_id}, {NULL, {0}}}));
    if (put_clauses(d, false) > 0) doc_chapter(d);
    else doc_para(d, doc_text(d, "nonconformities.none"));
}

void audit_observations(document *d)
{
    doc_heading(d, 1, doc_text(d, "audit.observations"));
    doc_para(d, doc_text(d, "observations.lead"));
    if (put_clauses(d, true) > 0) doc_chapter(d);
    else doc_para(d, doc_text(d, "observations.none"));
}

static bool undecided(const res_rule *x) { return x->v != VERDICT_CONFORMS && x->v != VERDICT_FAILS; }

void audit_not_assessed(document *d)
{
    const audit_result *r = d->r;
    size_t n = 0, row_no = 0;
    doc_heading(d, 1, doc_text(d, "audit.not_assessed"));
    doc_para(d, doc_text(d, "not_assessed.lead"));
    for (size_t i = 0; i < r->nrules; i++) n += undecided(&r->rules[i]);
    for (size_t i = 0; i < r->nclauses; i++) n += r->clauses[i].nrules == 0;
    if (n == 0) doc_para(d, doc_text(d, "not_assessed.none"));
    block *b = doc_table(d, 4, n);
    if (b == NULL) return;
    b->pdf = n > 0;
    static const char *const heads[] = {"not_assessed.what", "not_assessed.title", "rule.verdict", "not_assessed.reason"};
    for (size_t c = 0; c < 4; c++) doc_col(b, c, doc_text(d, heads[c]), ALIGN_LEFT, c == 1 ? 2 : c == 3 ? 3 : 0, c == 3 ? 70 : c == 1 ? 40 : 14);
    b->sheet = doc_text(d, "sheet.not_assessed");
    for (size_t i = 0; i < r->nclauses; i++) {
        const res_clause *c = &r->clauses[i];
        if (c->nrules == 0) {
            cell *row = tablet_cell(b->table, row_no++, 0);
            row[0] = cell_text(c->id), row[1] = cell_text(doc_bi(d, c->title)), row[2] = cell_clause_verdict(d, c->v), row[3] = cell_text(doc_text(d, "not_assessed.no_rules"));
        }
        for (size_t k = 0; k < c->nrules; k++) {
            const res_rule *x = &r->rules[c->first_rule + k];
            if (!undecided(x)) continue;
            cell *row = tablet_cell(b->table, row_no++, 0);
            row[0] = cell_text(x->id), row[1] = cell_text(doc_bi(d, x->title)), row[2] = cell_verdict(d, x->v), row[3] = cell_text(doc_bi(d, x->reason));
        }
    }
}

void audit_rejects(document *d)
{
    const audit_result *r = d->r;
    doc_heading(d, 1, doc_text(d, "audit.rejects"));
    if (r->rejects_total == 0) doc_para(d, doc_text(d, "rejects.none"));
    else doc_para(d, doc_fill(d, "rejects.lead", (text_fill[]){{"total", doc_int(d, (int64_t)r->rejects_total)}, {"shown", doc_int(d, (int64_t)r->nrejects)}, {NULL, {0}}}));
    block *b = doc_table(d, 5, r->nrejects);
    if (b == NULL) return;
    b->pdf = r->nrejects > 0;
    static const char *const heads[] = {"rejects.place", "rejects.what", "rejects.field", "rejects.value", "rejects.reason"};
    for (size_t c = 0; c < 5; c++) doc_col(b, c, doc_text(d, heads[c]), ALIGN_LEFT, c == 3 ? 2 : c == 4 ? 2.4 : 0, c >= 3 ? 40 : 20);
    b->sheet = doc_text(d, "sheet.rejects");
    b->table->compact = true;
    for (size_t i = 0; i < r->nrejects; i++) {
        const stored_reject *q = &r->rejects[i];
        const source_info *src = source_by_id(r, q->source);
        cell *row = tablet_cell(b->table, i, 0);
        slice path = src != NULL ? src->path : SLICE_LIT("?");
        row[0] = cell_text(q->col > 0 ? doc_join(d, "%.*s:%u:%u", SLICE_ARG(path), (unsigned)q->line, (unsigned)q->col) : doc_join(d, "%.*s:%u", SLICE_ARG(path), (unsigned)q->line));
        row[1] = cell_text(doc_text(d, q->row ? "rejects.row" : "rejects.one_value"));
        row[2] = cell_text(q->field), row[3] = cell_text(q->value), row[4] = cell_text(q->reason);
    }
    doc_chapter(d);
}
