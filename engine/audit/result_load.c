/* Reading a run back out of the workspace. */
#include "engine/audit/save.h"
#include "engine/base/mem.h"

enum { REJECTS_MAX = 500 };
typedef struct reader { store *s; db *d; audit_result *r; sqlite3_stmt *st; bool nomem; err *e; } reader;

/* ---- rows ---- */
static slice text(reader *v, int col)
{
    slice s = db_col_text(v->st, col);
    slice kept = arena_slice(&v->r->mem, s.ptr ? s : SLICE_LIT(""));
    if (!kept.ptr) v->nomem = true;
    return kept;
}

static bitext pair(reader *v, int col)
{
    bitext t = {text(v, col), text(v, col + 1)};
    if (!t.en.len) t.en = t.zh;
    if (!t.zh.len) t.zh = t.en;
    return t;
}

static double number(reader *v, int col, bool *has)
{
    *has = !db_col_null(v->st, col);
    return *has ? db_col_f64(v->st, col) : 0;
}

static sla_status begin(reader *v, const char *sql)
{
    db_finalize(v->st);
    v->st = NULL;
    TRY(db_prepare(v->d, sql, &v->st, v->e));
    db_bind_i64(v->st, 1, v->r->run);
    return SLA_OK;
}

/* The next row; false: no more, or *st failed. */
static bool next(reader *v, sla_status *st)
{
    bool row = false;
    if (v->nomem) *st = err_set(v->e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    if (*st == SLA_OK) *st = db_step(v->d, v->st, &row, v->e);
    return *st == SLA_OK && row;
}

/* Room for one more item in an array that lives in the arena; grown by doubling. */
static void *more(reader *v, void *items, size_t n, size_t size)
{
    if (n && (n & (n - 1)) != 0) return items; /* room was made for the next power of two */
    void *grown = arena_alloc(&v->r->mem, n ? 2 * n : 1, size);
    if (!grown) {
        v->nomem = true;
        return NULL;
    }
    if (n) memcpy(grown, items, n * size);
    return grown;
}
#define MORE(v, items, n) ((items) = more((v), (items), (n), sizeof *(items)))

static int word_of(slice s, int count, const char *(*word)(int))
{
    for (int i = 0; i < count; i++)
        if (slice_is(s, word(i))) return i;
    return 0;
}
static const char *verdict_at(int i) { return verdict_word((verdict)i, "json"); }
static const char *clause_verdict_at(int i) { return clause_verdict_word((clause_verdict)i, "json"); }
static const char *severity_at(int i) { return severity_word((severity)i, "json"); }

/* ---- the head ---- */
static sla_status read_head(reader *v)
{
    audit_result *r = v->r;
    sla_status st = begin(v, "SELECT period, from_ms, to_ms, as_of_ms, pack_id, pack_version, pack_sha256, tool_version, zone, json_extract(meta, '$.pack_title.zh'),"
                             " json_extract(meta, '$.pack_title.en') FROM run WHERE id = ?");
    if (st != SLA_OK) return st;
    if (!next(v, &st)) {
        if (st != SLA_OK) return st;
        err_set(v->e, SLA_NAME, (srcpos){v->d->name, 0, 0}, "there is no run %lld in the workspace", (long long)r->run);
        err_hint(v->e, "slaudit audit makes one");
        return SLA_NAME;
    }
    r->period_id = text(v, 0);
    r->from = db_col_i64(v->st, 1), r->to = db_col_i64(v->st, 2), r->as_of = db_col_i64(v->st, 3);
    r->pack_id = text(v, 4), r->pack_version = text(v, 5), r->pack_sha256 = text(v, 6);
    r->tool_name = SLICE_LIT("slaudit"), r->tool_version = text(v, 7);
    r->zone = text(v, 8);
    r->pack_title = pair(v, 9);
    TRY(begin(v, "SELECT hash, json_extract(detail, '$.digest') FROM trail WHERE kind = 'audit' AND json_extract(detail, '$.run') = ? ORDER BY seq DESC LIMIT 1"));
    if (next(v, &st)) r->trail_head = text(v, 0), r->digest = text(v, 1);
    return st;
}

static sla_status read_notes(reader *v, const char *sql, res_note **out, size_t *n)
{
    sla_status st = begin(v, sql);
    while (next(v, &st)) {
        if (!MORE(v, *out, *n)) continue;
        (*out)[(*n)++] = (res_note){text(v, 0), pair(v, 1)};
    }
    return st;
}

static sla_status read_meta(reader *v)
{
    audit_result *r = v->r;
    TRY(read_notes(v, "SELECT json_extract(value, '$.id'), json_extract(value, '$.text.zh'), json_extract(value, '$.text.en') FROM run, json_each(run.meta, '$.notes') WHERE run.id = ?",
                   &r->notes, &r->nnotes));
    TRY(read_notes(v, "SELECT json_extract(value, '$.id'), json_extract(value, '$.text.zh'), json_extract(value, '$.text.en') FROM run, json_each(run.meta, '$.bands') WHERE run.id = ?",
                   &r->bands, &r->nbands));
    sla_status st = begin(v, "SELECT json_extract(value, '$.grade'), json_extract(value, '$.from') FROM run, json_each(run.meta, '$.grades') WHERE run.id = ?");
    while (st == SLA_OK && next(v, &st))
        if (MORE(v, r->grades, r->ngrades)) r->grades[r->ngrades++] = (res_grade){text(v, 0), db_col_f64(v->st, 1)};
    if (st == SLA_OK)
        st = begin(v, "SELECT json_extract(value, '$.id'), json_extract(value, '$.title.zh'), json_extract(value, '$.title.en'), json_extract(value, '$.hours'),"
                      " json_extract(value, '$.holidays') FROM run, json_each(run.meta, '$.calendars') WHERE run.id = ?");
    while (st == SLA_OK && next(v, &st))
        if (MORE(v, r->calendars, r->ncalendars)) r->calendars[r->ncalendars++] = (res_calendar){text(v, 0), pair(v, 1), text(v, 3), text(v, 4)};
    return st;
}

static sla_status read_sources(reader *v)
{
    audit_result *r = v->r;
    source_info *all = NULL;
    size_t n = 0;
    sla_status st = begin(v, "SELECT source FROM run_source WHERE run = ? ORDER BY source");
    if (st == SLA_OK) st = store_sources(v->s, &r->mem, &all, &n, v->e);
    if (st == SLA_OK && !(r->sources = ARENA_NEW(&r->mem, source_info, n ? n : 1))) return err_set(v->e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    size_t i = 0;
    while (st == SLA_OK && next(v, &st)) {
        while (i < n && all[i].id < db_col_i64(v->st, 0)) i++;
        if (i < n && all[i].id == db_col_i64(v->st, 0)) r->sources[r->nsources++] = all[i];
    }
    int64_t last = r->nsources ? r->sources[r->nsources - 1].id : 0;
    if (st == SLA_OK) st = store_rejects(v->s, &r->mem, REJECTS_MAX, &r->rejects, &r->nrejects, v->e);
    while (r->nrejects && r->rejects[r->nrejects - 1].source > last) r->nrejects--; /* of sources imported after the run */
    if (st == SLA_OK) st = begin(v, "SELECT count(*) FROM reject WHERE source IN (SELECT source FROM run_source WHERE run = ?)");
    if (st == SLA_OK && next(v, &st)) r->rejects_total = (uint64_t)db_col_i64(v->st, 0);
    return st;
}

/* ---- clauses and rules ---- */
static sla_status read_clauses(reader *v)
{
    audit_result *r = v->r;
    sla_status st = begin(v, "SELECT clause, c.chapter, title_zh, title_en, basis, verdict, rules, assessed, json_extract(h.value, '$.text.zh'), json_extract(h.value, '$.text.en')"
                             " FROM clause_result c JOIN run ON run.id = c.run LEFT JOIN json_each(run.meta, '$.chapters') h ON json_extract(h.value, '$.id') = c.chapter"
                             " WHERE c.run = ? ORDER BY c.seq");
    while (st == SLA_OK && next(v, &st))
        if (MORE(v, r->clauses, r->nclauses))
            r->clauses[r->nclauses++] = (res_clause){.id = text(v, 0), .chapter = text(v, 1), .title = pair(v, 2), .chapter_title = pair(v, 8), .by_heading = slice_is(db_col_text(v->st, 4), "heading"),
                                                     .v = (clause_verdict)word_of(db_col_text(v->st, 5), CLAUSE_VERDICT_COUNT, clause_verdict_at), .rules = db_col_i64(v->st, 6),
                                                     .assessed = db_col_i64(v->st, 7)};
    return st;
}

static void read_rule(reader *v, res_rule *x)
{
    *x = (res_rule){.id = text(v, 0), .clause = text(v, 1), .kind = text(v, 2), .sev = (severity)word_of(db_col_text(v->st, 3), SEVERITY_COUNT, severity_at),
                    .by_heading = slice_is(db_col_text(v->st, 4), "heading"), .v = (verdict)word_of(db_col_text(v->st, 5), VERDICT_COUNT, verdict_at), .population = db_col_i64(v->st, 6),
                    .conforming = db_col_i64(v->st, 7), .nonconforming = db_col_i64(v->st, 8), .unknown = db_col_i64(v->st, 9), .running = db_col_i64(v->st, 10)};
    x->value = number(v, 11, &x->has_value);
    x->target = number(v, 12, &x->has_target);
    x->title = pair(v, 13);
    x->criterion = pair(v, 15);
    x->effect = pair(v, 17);
    x->recommend = pair(v, 19);
    x->reason = pair(v, 21);
    x->condition = text(v, 23);
    x->overridden = text(v, 24);
    int64_t judged = x->conforming + x->nonconforming;
    x->has_share = db_col_i64(v->st, 25) != 0 && judged > 0;
    if (x->has_share) x->share = (double)x->conforming / (double)judged;
    bool high;
    x->share_low = number(v, 26, &x->has_bounds);
    x->share_high = number(v, 27, &high);
    x->unit = text(v, 28);
    x->target_op = text(v, 29);
    x->finding = pair(v, 30);
}

static sla_status read_rules(reader *v)
{
    audit_result *r = v->r;
    sla_status st = begin(v, "SELECT rule, clause, kind, severity, basis, verdict, population, conforming, nonconforming, unknown, running, value, target,"
                             " json_extract(detail, '$.title.zh'), json_extract(detail, '$.title.en'), json_extract(detail, '$.criterion.zh'), json_extract(detail, '$.criterion.en'),"
                             " json_extract(detail, '$.effect.zh'), json_extract(detail, '$.effect.en'), json_extract(detail, '$.recommend.zh'), json_extract(detail, '$.recommend.en'),"
                             " json_extract(detail, '$.reason.zh'), json_extract(detail, '$.reason.en'), json_extract(detail, '$.condition'), json_extract(detail, '$.overridden'),"
                             " json_extract(detail, '$.share'), json_extract(detail, '$.low'), json_extract(detail, '$.high'), json_extract(detail, '$.unit'), json_extract(detail, '$.target_op'),"
                             " json_extract(detail, '$.finding.zh'), json_extract(detail, '$.finding.en') FROM rule_result WHERE run = ? ORDER BY seq");
    while (st == SLA_OK && next(v, &st))
        if (MORE(v, r->rules, r->nrules)) read_rule(v, &r->rules[r->nrules++]);
    size_t at = 0;
    for (size_t c = 0; c < r->nclauses; c++) { /* both are in the order of the specification */
        r->clauses[c].first_rule = at;
        while (at < r->nrules && slice_eq(r->rules[at].clause, r->clauses[c].id)) at++;
        r->clauses[c].nrules = at - r->clauses[c].first_rule;
    }
    if (st == SLA_OK) st = begin(v, "SELECT g.by, g.key, g.population, g.conforming, g.nonconforming, g.unknown, g.running, g.value, g.target, g.met, r.seq FROM rule_result r JOIN rule_group g"
                                    " ON g.run = r.run AND g.rule = r.rule WHERE r.run = ? ORDER BY r.seq, g.seq");
    while (st == SLA_OK && next(v, &st)) {
        size_t i = (size_t)db_col_i64(v->st, 10) - 1;
        if (i >= r->nrules || !MORE(v, r->rules[i].groups, r->rules[i].ngroups)) continue;
        res_group *g = &r->rules[i].groups[r->rules[i].ngroups++];
        *g = (res_group){.by = text(v, 0), .key = text(v, 1), .population = db_col_i64(v->st, 2), .conforming = db_col_i64(v->st, 3), .nonconforming = db_col_i64(v->st, 4),
                         .unknown = db_col_i64(v->st, 5), .running = db_col_i64(v->st, 6), .met = db_col_i64(v->st, 9) != 0};
        g->value = number(v, 7, &g->has_value);
        g->target = number(v, 8, &g->has_target);
    }
    return st;
}

/* ---- figures and people ---- */
static sla_status read_metrics(reader *v)
{
    audit_result *r = v->r;
    sla_status st = begin(v, "SELECT metric, title_zh, title_en, unit, value, target, n, json_extract(detail, '$.theme'), json_extract(detail, '$.formula.zh'), json_extract(detail, '$.formula.en'),"
                             " json_extract(detail, '$.exclusions.zh'), json_extract(detail, '$.exclusions.en'), json_extract(detail, '$.reason.zh'), json_extract(detail, '$.reason.en'),"
                             " json_extract(detail, '$.better'), json_extract(detail, '$.target_op'), json_extract(detail, '$.previous'), json_extract(detail, '$.previous_n')"
                             " FROM metric_result WHERE run = ? ORDER BY seq");
    while (st == SLA_OK && next(v, &st)) {
        if (!MORE(v, r->metrics, r->nmetrics)) continue;
        res_metric *x = &r->metrics[r->nmetrics++];
        *x = (res_metric){.id = text(v, 0), .title = pair(v, 1), .unit = text(v, 3), .n = db_col_i64(v->st, 6), .theme = text(v, 7), .formula = pair(v, 8), .exclusions = pair(v, 10),
                          .reason = pair(v, 12), .better = text(v, 14), .target_op = text(v, 15), .previous_n = db_col_i64(v->st, 17)};
        x->value = number(v, 4, &x->has_value);
        x->target = number(v, 5, &x->has_target);
        x->previous = number(v, 16, &x->has_previous);
    }
    if (st == SLA_OK) st = begin(v, "SELECT g.by, g.key, g.value, g.n, m.seq FROM metric_result m JOIN metric_group g ON g.run = m.run AND g.metric = m.metric WHERE m.run = ? ORDER BY m.seq, g.seq");
    while (st == SLA_OK && next(v, &st)) {
        size_t i = (size_t)db_col_i64(v->st, 4) - 1;
        if (i >= r->nmetrics || !MORE(v, r->metrics[i].groups, r->metrics[i].ngroups)) continue;
        res_metric_group *g = &r->metrics[i].groups[r->metrics[i].ngroups++];
        *g = (res_metric_group){.by = text(v, 0), .key = text(v, 1), .n = db_col_i64(v->st, 3)};
        g->value = number(v, 2, &g->has_value);
    }
    return st;
}

static void read_indicator(reader *v, res_indicator *x)
{
    bool high;
    *x = (res_indicator){.id = text(v, 0), .n = db_col_i64(v->st, 2), .title = pair(v, 7), .unit = text(v, 9), .better = text(v, 10), .weight = db_col_f64(v->st, 11)};
    x->value = number(v, 1, &x->has_value);
    x->low = number(v, 3, &x->has_interval);
    x->high = number(v, 4, &high);
    x->expected = number(v, 5, &x->has_expected);
    x->points = number(v, 6, &x->has_points);
    x->team_median = number(v, 12, &x->has_team);
    for (int q = 0; q < 3; q++) x->monthly[q] = number(v, 13 + q, &x->has_monthly[q]);
}

static sla_status read_staff(reader *v)
{
    audit_result *r = v->r;
    sla_status st = begin(v, "SELECT staff, name, team, score, grade, n, json_extract(detail, '$.role'), json_extract(detail, '$.level'), json_extract(detail, '$.reason.zh'),"
                             " json_extract(detail, '$.reason.en') FROM staff_result WHERE run = ? ORDER BY seq");
    while (st == SLA_OK && next(v, &st)) {
        if (!MORE(v, r->staff, r->nstaff)) continue;
        res_staff *p = &r->staff[r->nstaff++];
        *p = (res_staff){.id = text(v, 0), .name = text(v, 1), .team = text(v, 2), .grade = text(v, 4), .n = db_col_i64(v->st, 5), .role = text(v, 6), .level = text(v, 7), .reason = pair(v, 8)};
        p->score = number(v, 3, &p->rated);
    }
    if (st == SLA_OK) st = begin(v, "SELECT i.indicator, i.value, i.n, i.low, i.high, i.expected, i.points, json_extract(i.detail, '$.title.zh'), json_extract(i.detail, '$.title.en'),"
                                    " json_extract(i.detail, '$.unit'), json_extract(i.detail, '$.better'), json_extract(i.detail, '$.weight'), json_extract(i.detail, '$.team'),"
                                    " json_extract(i.detail, '$.m1'), json_extract(i.detail, '$.m2'), json_extract(i.detail, '$.m3'), s.seq"
                                    " FROM staff_result s JOIN staff_indicator i ON i.run = s.run AND i.staff = s.staff WHERE s.run = ? ORDER BY s.seq, i.seq");
    while (st == SLA_OK && next(v, &st)) {
        size_t i = (size_t)db_col_i64(v->st, 16) - 1;
        if (i >= r->nstaff || !MORE(v, r->staff[i].indicators, r->staff[i].nindicators)) continue;
        read_indicator(v, &r->staff[i].indicators[r->staff[i].nindicators++]);
    }
    return st;
}

/* ---- findings ---- */
static unsigned hex4(const char *p)
{
    unsigned x = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        x = x << 4 | (unsigned)(c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 0);
    }
    return x;
}

/* A text of our own JSON from p (at its opening quote) on; *p moves behind it. Our writer escapes only quotes, backslashes and control characters. */
static slice json_text(reader *v, const char **p, const char *end)
{
    static const char names[] = "btnfr", chars[] = "\b\t\n\f\r";
    const char *from = ++*p;
    while (*p < end && **p != '"') *p += **p == '\\' ? 2 : 1;
    if (*p > end) *p = end;
    char *out = arena_alloc(&v->r->mem, (size_t)(*p - from) + 1, 1);
    size_t n = 0;
    if (!out) return v->nomem = true, (slice){"", 0};
    for (const char *c = from; c < *p; c++) {
        const char *name;
        if (*c != '\\' || c + 1 >= *p) out[n++] = *c;
        else if (*++c == 'u' && c + 4 < *p) out[n++] = (char)hex4(c + 1), c += 4;
        else if ((name = strchr(names, *c)) && *c) out[n++] = chars[name - names];
        else out[n++] = *c;
    }
    if (*p < end) ++*p;
    return (slice){out, n};
}

static void read_observed(reader *v, slice json, res_finding *f)
{
    const char *p = json.ptr, *end = json.ptr + json.len;
    size_t most = 1;
    for (size_t i = 0; i < json.len; i++) most += json.ptr[i] == ':';
    if (!(f->observed = ARENA_NEW(&v->r->mem, res_observed, most))) {
        v->nomem = true;
        return;
    }
    while (p < end && *p != '"') p++;
    while (p < end && f->nobserved < most) {
        res_observed *o = &f->observed[f->nobserved++];
        o->name = json_text(v, &p, end);
        while (p < end && *p != '"') p++;
        if (p < end) o->value = json_text(v, &p, end);
        while (p < end && *p != '"') p++;
    }
}

static void read_finding(reader *v, size_t *rule)
{
    audit_result *r = v->r;
    slice id = db_col_text(v->st, 0), finger = db_col_text(v->st, 5);
    while (*rule < r->nrules && !slice_eq(r->rules[*rule].id, id)) ++*rule; /* findings stand in the order of the rules */
    if (*rule >= r->nrules) return;
    res_rule *x = &r->rules[*rule];
    if (!x->nfindings) x->first_finding = r->nfindings;
    x->nfindings++;
    res_finding *f = &r->findings[r->nfindings++];
    *f = (res_finding){.rule = *rule, .dataset = text(v, 1), .key = text(v, 2), .persisting = slice_is(db_col_text(v->st, 6), "persisting")};
    if (finger.len == 32) memcpy(f->fingerprint, finger.ptr, 32);
    read_observed(v, db_col_text(v->st, 7), f);
    f->message.zh = finding_message(x->finding.zh, f->observed, f->nobserved, &r->mem);
    f->message.en = finding_message(x->finding.en, f->observed, f->nobserved, &r->mem);
    size_t more_lines = (size_t)db_col_i64(v->st, 8);
    f->evidence = ARENA_NEW(&r->mem, res_evidence, more_lines + 1);
    if (!f->message.zh.ptr || !f->message.en.ptr || !f->evidence) v->nomem = true;
    else if (db_col_i64(v->st, 3)) f->evidence[f->nevidence++] = (res_evidence){db_col_i64(v->st, 3), (uint32_t)db_col_i64(v->st, 4)};
}

static sla_status read_findings(reader *v)
{
    audit_result *r = v->r;
    size_t n = 0, rule = 0;
    sla_status st = begin(v, "SELECT count(*) FROM finding WHERE run = ?");
    if (st == SLA_OK && next(v, &st)) n = (size_t)db_col_i64(v->st, 0);
    if (st == SLA_OK && !(r->findings = ARENA_NEW(&r->mem, res_finding, n ? n : 1))) st = err_set(v->e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    if (st == SLA_OK) st = begin(v, "SELECT rule, dataset, key, source, line, fingerprint, state, observed,"
                                    " (SELECT count(*) FROM finding_evidence x WHERE x.run = f.run AND x.finding = f.seq) FROM finding f WHERE run = ? ORDER BY seq");
    while (st == SLA_OK && next(v, &st))
        if (r->nfindings < n) read_finding(v, &rule);
    if (st == SLA_OK) st = begin(v, "SELECT finding, source, line FROM finding_evidence WHERE run = ? ORDER BY finding, seq");
    while (st == SLA_OK && next(v, &st)) {
        size_t i = (size_t)db_col_i64(v->st, 0) - 1;
        if (i >= r->nfindings) continue;
        res_finding *f = &r->findings[i];
        f->evidence[f->nevidence++] = (res_evidence){db_col_i64(v->st, 1), (uint32_t)db_col_i64(v->st, 2)};
    }
    return st;
}

/* ---- the whole ---- */
static sla_status latest(reader *v)
{
    sla_status st = begin(v, "SELECT max(id) FROM run WHERE ? = 0");
    if (st == SLA_OK && next(v, &st)) v->r->run = db_col_i64(v->st, 0);
    if (st != SLA_OK || v->r->run) return st;
    err_set(v->e, SLA_NAME, (srcpos){v->d->name, 0, 0}, "the workspace has no run yet");
    err_hint(v->e, "slaudit audit --period 2025Q3 makes one");
    return SLA_NAME;
}

sla_status result_load(store *s, int64_t run, audit_result **out, err *e)
{
    reader v = {.s = s, .d = store_db(s), .r = mem_zero(1, sizeof *v.r), .e = e};
    if (!v.r) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    v.r->run = run;
    sla_status st = run ? SLA_OK : latest(&v);
    if (st == SLA_OK) st = read_head(&v);
    if (st == SLA_OK) st = read_meta(&v);
    if (st == SLA_OK) st = read_sources(&v);
    if (st == SLA_OK) st = read_clauses(&v);
    if (st == SLA_OK) st = read_rules(&v);
    if (st == SLA_OK) st = read_metrics(&v);
    if (st == SLA_OK) st = read_staff(&v);
    if (st == SLA_OK) st = read_findings(&v);
    if (st == SLA_OK && v.nomem) st = err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    db_finalize(v.st);
    if (st != SLA_OK) result_free(v.r);
    else *out = v.r;
    return st;
}

void result_free(audit_result *r)
{
    if (!r) return;
    arena_free(&r->mem);
    mem_free(r);
}
