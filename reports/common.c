/* What more than one report says: the cover, the sources, verdicts as marks, places in files. */
#include "reports/audit.h"

tone verdict_tone(verdict v)
{
    static const tone tones[VERDICT_COUNT] = {[VERDICT_CONFORMS] = TONE_GOOD, [VERDICT_FAILS] = TONE_MAJOR, [VERDICT_NOT_APPLICABLE] = TONE_MUTED, [VERDICT_NOT_ASSESSED] = TONE_NONE,
                                              [VERDICT_ERROR] = TONE_MAJOR, [VERDICT_WAIVED] = TONE_OBSERVE};
    return tones[v];
}

mark verdict_mark(verdict v)
{
    static const mark marks[VERDICT_COUNT] = {[VERDICT_CONFORMS] = MARK_YES, [VERDICT_FAILS] = MARK_NO, [VERDICT_NOT_APPLICABLE] = MARK_DASH, [VERDICT_NOT_ASSESSED] = MARK_DASH,
                                              [VERDICT_ERROR] = MARK_WARN, [VERDICT_WAIVED] = MARK_RING};
    return marks[v];
}

tone clause_tone(clause_verdict v)
{
    static const tone tones[CLAUSE_VERDICT_COUNT] = {[CLAUSE_CONFORMING] = TONE_GOOD, [CLAUSE_MINOR] = TONE_MINOR, [CLAUSE_MAJOR] = TONE_MAJOR, [CLAUSE_OBSERVATION] = TONE_OBSERVE,
                                                     [CLAUSE_NOT_ASSESSED] = TONE_NONE};
    return tones[v];
}

mark clause_mark(clause_verdict v)
{
    static const mark marks[CLAUSE_VERDICT_COUNT] = {[CLAUSE_CONFORMING] = MARK_YES, [CLAUSE_MINOR] = MARK_WARN, [CLAUSE_MAJOR] = MARK_NO, [CLAUSE_OBSERVATION] = MARK_RING,
                                                     [CLAUSE_NOT_ASSESSED] = MARK_DASH};
    return marks[v];
}

cell cell_verdict(document *d, verdict v)
{
    return (cell){.kind = CELL_TEXT, .text = doc_word(d, "verdict", slice_of(verdict_word(v, "json"))), .tone = verdict_tone(v), .mark = verdict_mark(v)};
}

slice word_clause_verdict(document *d, clause_verdict v) { return doc_word(d, "clause_verdict", slice_of(clause_verdict_word(v, "json"))); }

cell cell_clause_verdict(document *d, clause_verdict v)
{
    return (cell){.kind = CELL_TEXT, .text = word_clause_verdict(d, v), .tone = clause_tone(v), .mark = clause_mark(v)};
}

slice word_severity(document *d, severity s) { return doc_word(d, "severity", slice_of(severity_word(s, "json"))); }
slice word_basis(document *d, bool by_heading) { return doc_text(d, by_heading ? "basis.heading" : "basis.text"); }

const source_info *source_by_id(const audit_result *r, int64_t id)
{
    if (id >= 1 && (uint64_t)id <= r->nsources && r->sources[id - 1].id == id) return &r->sources[id - 1];
    for (size_t i = 0; i < r->nsources; i++)
        if (r->sources[i].id == id) return &r->sources[i];
    return NULL;
}

slice doc_evidence(document *d, const res_finding *f, size_t most)
{
    slice s = {"", 0};
    for (size_t i = 0; i < f->nevidence && i < most; i++) {
        const source_info *src = source_by_id(d->r, f->evidence[i].source);
        slice path = src != NULL ? src->path : SLICE_LIT("?"), sheet = src != NULL ? src->part : (slice){"", 0};
        s = doc_join(d, "%.*s%s%.*s%s%.*s:%u", SLICE_ARG(s), i > 0 ? "\n" : "", SLICE_ARG(path), sheet.len > 0 ? "#" : "", (int)sheet.len, sheet.len > 0 ? sheet.ptr : "", (unsigned)f->evidence[i].line);
    }
    if (f->nevidence > most) s = doc_join(d, "%.*s (+%zu)", SLICE_ARG(s), f->nevidence - most);
    return s;
}

slice doc_target(document *d, const res_rule *x)
{
    if (!x->has_target) return SLICE_LIT("–");
    slice v = doc_value(d, x->has_value || slice_is(x->kind, "metric") ? x->unit : SLICE_LIT("share"), x->target);
    return doc_join(d, "%s %.*s", slice_is(x->target_op, "<=") ? "≤" : "≥", SLICE_ARG(v));
}

static void set_pair(block *b, size_t i, slice name, slice value)
{
    if (b->pairs != NULL) b->pairs[i] = (pair){name, value};
}

void doc_front(document *d, slice title, slice subtitle, slice contents_title)
{
    const audit_result *r = d->r;
    slice to = doc_minute(d, r->to), from = doc_minute(d, r->from), begins = {r->digest.ptr, r->digest.len < 12 ? r->digest.len : 12};
    d->title = doc_join(d, "%.*s", SLICE_ARG(title));
    d->head_left = doc_fill(d, "edge.head", (text_fill[]){{"period", r->period_id}, {"from", doc_day(d, r->from)}, {"to", doc_day(d, r->to - 1)}, {NULL, {0}}});
    d->foot_left = doc_fill(d, "edge.foot", (text_fill[]){{"run", doc_int(d, r->run)}, {"digest", begins}, {"tool", r->tool_name}, {"version", r->tool_version}, {NULL, {0}}});
    block *b = doc_add(d, BLOCK_COVER);
    b->text = title, b->more = subtitle, b->tag = r->period_id;
    b->style = contents_title.len > 0 ? PARA_BODY : PARA_SMALL;
    b->npairs = 7;
    b->pairs = DOC_NEW(d, pair, b->npairs);
    if (b->pairs == NULL) b->npairs = 0;
    set_pair(b, 0, doc_text(d, "cover.period"), doc_fill(d, "cover.period_value", (text_fill[]){{"from", from}, {"to", to}, {"zone", r->zone}, {NULL, {0}}}));
    set_pair(b, 1, doc_text(d, "cover.as_of"), doc_minute(d, r->as_of));
    set_pair(b, 2, doc_text(d, "cover.pack"), doc_join(d, "%.*s (%.*s, %.*s)", SLICE_ARG(doc_bi(d, r->pack_title)), SLICE_ARG(r->pack_id), SLICE_ARG(r->pack_version)));
    set_pair(b, 3, doc_text(d, "cover.pack_hash"), r->pack_sha256);
    set_pair(b, 4, doc_text(d, "cover.run"), doc_join(d, "%lld · %.*s %.*s", (long long)r->run, SLICE_ARG(r->tool_name), SLICE_ARG(r->tool_version)));
    set_pair(b, 5, doc_text(d, "cover.digest"), r->digest);
    set_pair(b, 6, doc_text(d, "cover.trail"), r->trail_head);
    if (contents_title.len > 0) doc_add(d, BLOCK_CONTENTS)->text = contents_title;

}

void doc_sources(document *d, const char *sheet_key)
{
    const audit_result *r = d->r;
    static const char *const heads[] = {"source.no", "source.path", "source.dataset", "source.profile", "source.rows", "source.accepted", "source.rejected", "source.values", "source.hash"};
    block *b = doc_table(d, 9, r->nsources);
    if (b == NULL) return;
    for (size_t c = 0; c < 9; c++) doc_col(b, c, doc_text(d, heads[c]), c >= 4 && c < 8 ? ALIGN_RIGHT : ALIGN_LEFT, c == 1 ? 2.2 : c == 8 ? 4 : 0, c == 8 ? 66 : c == 1 ? 36 : 12);
    b->sheet = doc_text(d, sheet_key);
    b->table->compact = true;
    b->table->caption = doc_text(d, "source.caption");
    b->table->sums = DOC_NEW(d, double, 9);
    b->table->cols[1].total = TOTAL_LABEL;
    for (size_t c = 4; c < 8; c++) b->table->cols[c].total = TOTAL_SUM;
    for (size_t i = 0; i < r->nsources; i++) {
        const source_info *s = &r->sources[i];
        cell *row = tablet_cell(b->table, i, 0);
        const double counts[4] = {(double)s->rows, (double)s->accepted, (double)s->rejected, (double)s->rejected_values};
        row[0] = cell_int(s->id);
        row[1] = cell_text(s->part.len > 0 ? doc_join(d, "%.*s#%.*s", SLICE_ARG(s->path), SLICE_ARG(s->part)) : s->path);
        row[2] = cell_text(doc_dataset(d, s->dataset));
        row[3] = cell_text(s->profile);
        for (size_t c = 0; c < 4; c++) row[4 + c] = cell_int((int64_t)counts[c]);
        for (size_t c = 0; c < 4 && b->table->sums != NULL; c++) b->table->sums[4 + c] += counts[c];
        row[8] = cell_text(slice_of(s->sha256));
        if (s->rejected > 0) row[6].tone = TONE_MAJOR;
    }
}

void doc_notes(document *d, const char *prefix)
{
    for (size_t i = 0; i < d->r->nnotes; i++) {
        const res_note *n = &d->r->notes[i];
        if (n->id.len >= strlen(prefix) && memcmp(n->id.ptr, prefix, strlen(prefix)) == 0) doc_item(d, doc_bi(d, n->text));
    }
}

int64_t findings_persisting(const audit_result *r)
{
    int64_t n = 0;
    for (size_t i = 0; i < r->nfindings; i++) n += r->findings[i].persisting;
    return n;
}
