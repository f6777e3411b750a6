/* What more than one report says: the cover, the sources, verdicts as marks, places in files. */
#include <math.h>
#include <stdio.h>
#include "engine/time/instant.h"
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
        slice place = doc_place(d, f->evidence[i].source, f->evidence[i].line, &d->mem);
        s = doc_join(d, "%.*s%s%.*s", SLICE_ARG(s), i > 0 ? "\n" : "", SLICE_ARG(place));
    }
    if (f->nevidence > most) s = doc_join(d, "%.*s (+%zu)", SLICE_ARG(s), f->nevidence - most);
    return s;
}

slice doc_place(const document *d, int64_t source, uint32_t line, arena *a)
{
    const source_info *src = source_by_id(d->r, source);
    slice path = src != NULL ? src->path : SLICE_LIT("?");     /* of a sheet or a member of an archive, its name is part of the path */
    size_t len = path.len + 16;
    char *p = arena_alloc(a, len, 1);
    if (p == NULL) return (slice){"", 0};
    int n = snprintf(p, len, "%.*s:%u", SLICE_ARG(path), (unsigned)line);
    return (slice){p, (size_t)n};
}

/* The place of a record without a key, as results have it: SOURCE:LINE. */
static bool is_place(slice key, int64_t source, uint32_t line)
{
    char own[48];
    snprintf(own, sizeof own, "%lld:%u", (long long)source, (unsigned)line);
    return slice_is(key, own);
}

slice doc_record(const document *d, slice key, int64_t source, uint32_t line, arena *a) { return is_place(key, source, line) ? doc_place(d, source, line, a) : key; }

slice doc_key(const document *d, const res_finding *f, arena *a)
{
    static const char at[] = " at ";
    const size_t time_len = sizeof "2025-07-16 03:01:20" - 1, tail = sizeof at - 1 + time_len;
    time_text t;
    if (f->nevidence > 0 && is_place(f->key, f->evidence[0].source, f->evidence[0].line)) return doc_place(d, f->evidence[0].source, f->evidence[0].line, a);
    if (f->key.len <= tail || memcmp(f->key.ptr + f->key.len - tail, at, sizeof at - 1) != 0) return f->key;
    slice when = {f->key.ptr + f->key.len - time_len, time_len};
    if (!time_parse(when, &t)) return f->key;
    slice said = texts_filled(texts_get(d->t, "finding.key_at"), (text_fill[]){{"key", {f->key.ptr, f->key.len - tail}}, {"at", when}, {NULL, {0}}}, a);
    return said.ptr != NULL ? said : (slice){"", 0};
}

static slice target_said(document *d, const res_rule *x, double target)
{
    bool upper = slice_is(x->target_op, "<=");
    slice unit = x->has_value || slice_is(x->kind, "metric") ? x->unit : SLICE_LIT("share"), v = doc_value(d, unit, target);
    return slice_is(unit, "share") && target >= 1 && !upper ? v : doc_join(d, "%s %.*s", upper ? "≤" : "≥", SLICE_ARG(v));   /* at least 100 % is 100 % */
}

slice doc_group_target(document *d, const res_rule *x, const res_group *g) { return g->has_target ? target_said(d, x, g->target) : SLICE_LIT("–"); }
bool rule_of_groups(const res_rule *x) { return x->ngroups > 0 && x->groups[0].has_value && !x->has_value; }

slice doc_target(document *d, const res_rule *x)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < x->ngroups; i++)
        if (x->groups[i].has_target) low = fmin(low, x->groups[i].target), high = fmax(high, x->groups[i].target);
    slice first = x->has_target ? target_said(d, x, x->target) : low <= high ? target_said(d, x, low) : SLICE_LIT("–");
    if (low < high) {
        slice from = target_said(d, x, low);
        while (from.len > 0 && (from.ptr[from.len - 1] == '%' || from.ptr[from.len - 1] == ' ')) from.len--;   /* the sign stands behind the second one */
        first = doc_join(d, "%.*s–%.*s", SLICE_ARG(from), SLICE_ARG(doc_value(d, x->has_value || slice_is(x->kind, "metric") ? x->unit : SLICE_LIT("share"), high)));
    }
    return rule_of_groups(x) && low <= high ? doc_fill(d, "rule.each", (text_fill[]){{"target", first}, {NULL, {0}}}) : first;
}

static void set_pair(block *b, size_t i, slice name, slice value)
{
    if (b->pairs != NULL) b->pairs[i] = (pair){name, value};
}

void doc_front(document *d, slice title, slice subtitle, slice contents_title)
{
    const audit_result *r = d->r;
    slice to = doc_minute(d, r->to), from = doc_minute(d, r->from), as_of = doc_minute(d, r->as_of), begins = {r->digest.ptr, r->digest.len < 12 ? r->digest.len : 12};
    d->title = doc_join(d, "%.*s", SLICE_ARG(title));
    d->head_left = doc_fill(d, "edge.head", (text_fill[]){{"period", r->period_id}, {"from", doc_day(d, r->from)}, {"to", doc_day(d, r->to - 1)}, {NULL, {0}}});
    d->foot_left = doc_fill(d, "edge.foot", (text_fill[]){{"run", doc_int(d, r->run)}, {"digest", begins}, {"tool", r->tool_name}, {"version", r->tool_version}, {NULL, {0}}});
    block *b = doc_add(d, BLOCK_COVER);
    b->text = title, b->more = subtitle, b->tag = r->period_id;
    if (contents_title.len == 0)          /* a band has no room for the pairs, but a page that is passed on alone must say its days */
        b->more = doc_fill(d, "edge.band", (text_fill[]){{"pack", subtitle}, {"from", doc_day(d, r->from)}, {"to", doc_day(d, r->to - 1)}, {"as_of", as_of}, {NULL, {0}}});
    b->style = contents_title.len > 0 ? PARA_BODY : PARA_SMALL;
    b->npairs = 7;
    b->pairs = DOC_NEW(d, pair, b->npairs);
    if (b->pairs == NULL) b->npairs = 0;
    set_pair(b, 0, doc_text(d, "cover.period"), doc_fill(d, "cover.period_value", (text_fill[]){{"from", from}, {"to", to}, {"zone", r->zone}, {NULL, {0}}}));
    set_pair(b, 1, doc_text(d, "cover.as_of"), as_of);
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
        row[1] = cell_text(s->path);
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

static bool is_policy(const res_note *n) { return n->id.len >= 6 && memcmp(n->id.ptr, "policy", 6) == 0; }

static size_t caveats_of(const audit_result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->nnotes; i++) n += !is_policy(&r->notes[i]);
    return n;
}

void doc_caveats(document *d, int level)
{
    if (caveats_of(d->r) > 0) doc_heading(d, level, doc_text(d, "scope.caveats"));
    for (size_t i = 0; i < d->r->nnotes; i++)
        if (!is_policy(&d->r->notes[i])) doc_item(d, doc_bi(d, d->r->notes[i].text));
}

void doc_caveat_sheet(document *d)
{
    size_t n = caveats_of(d->r), at = 0;
    block *b = n == 0 ? NULL : doc_table(d, 1, n);
    if (b == NULL) return;
    doc_col(b, 0, doc_text(d, "scope.caveats"), ALIGN_LEFT, 1, 110);
    b->pdf = false;
    b->sheet = doc_text(d, "sheet.caveats");
    for (size_t i = 0; i < d->r->nnotes; i++)
        if (!is_policy(&d->r->notes[i])) *tablet_cell(b->table, at++, 0) = cell_text(doc_bi(d, d->r->notes[i].text));
}

int64_t findings_persisting(const audit_result *r)
{
    int64_t n = 0;
    for (size_t i = 0; i < r->nfindings; i++) n += r->findings[i].persisting;
    return n;
}
