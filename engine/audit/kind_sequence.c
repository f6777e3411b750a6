/* sequence: each case's activities, in order of time, match a pattern (trace.h). A case is a record, or a burst; its activities are rows joined by key, or times of the record itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "engine/audit/bursts.h"
#include "engine/audit/reasons.h"
#include "engine/audit/trace.h"
#include "engine/base/mem.h"

enum { LETTERS_MAX = 32, TRACE_SHOWN = 60, ROWS_SHOWN = 12 };
typedef struct activity { char c; int slot; vtype type; bitext title; } activity;   /* slot: the condition; a stamp's time */
typedef struct sequence {
    event_set cases, event;
    bool of_bursts, stamped; bursts b;
    bool within; int64_t limit; const calendar *cal;    /* only what happens in [case, case + limit] */
    activity letters[LETTERS_MAX]; size_t n;
    int letter_slot;                                    /* text: the letter of an event */
    slice pattern, steps;
} sequence;

/* ---- loading ---- */
static slice letter_expression(pack_loader *l, const sequence *x, const ynode *map)
{
    buf b = {0};
    for (size_t i = 0; i < x->n; i++) {
        slice when = map->items[i]->kind == YNODE_MAP ? yaml_text(map->items[i], "when", SLICE_LIT("false")) : map->items[i]->text;
        buf_printf(&b, "if((%.*s), \"%c\", ", SLICE_ARG(when), x->letters[i].c);
    }
    buf_text(&b, "\"\"");
    for (size_t i = 0; i < x->n; i++) buf_char(&b, ')');
    return text_kept(&b, &l->p->mem);
}

/* N: new = "new"  or  N: {when: new = "new", title: {zh: …}} */
static bool load_letters(pack_loader *l, rule *r, const ynode *map, sequence *x)
{
    const dataset *ds = x->stamped ? x->cases.sel.ds : x->event.sel.ds;
    size_t before = l->errors->n + l->errors->dropped;
    if (!map || map->kind != YNODE_MAP || !map->n || map->n > LETTERS_MAX) return errlist_add(l->errors, SLA_SYNTAX, map ? map->at : r->at, "a letter each is wanted, 1 to %d of them: {N: …, C: …}", LETTERS_MAX), false;
    for (size_t i = 0; i < map->n; i++) {
        const ynode *k = map->items[i], *when = k->kind == YNODE_MAP ? yaml_get(k, x->stamped ? "at" : "when") : k;
        activity *out = &x->letters[x->n++];
        expr_type type = {VT_TIME, NULL};
        if (k->key.len != 1 || !when) errlist_add(l->errors, SLA_SYNTAX, k->key_at, "an activity is one letter with its %s", x->stamped ? "time" : "condition");
        *out = (activity){.c = k->key.len ? k->key.ptr[0] : '?', .title = k->kind == YNODE_MAP ? load_bitext(k, "title") : (bitext){{0}, {0}}};
        if (!out->title.zh.len) out->title = (bitext){k->key, k->key};
        out->slot = when ? events_load_expr(l, r, ds, when, x->stamped ? VT_COUNT : VT_BOOL, &type) : SLOT_NONE;
        out->type = type.type;
        if (x->stamped && out->slot >= 0 && type.type != VT_TIME) errlist_add(l->errors, SLA_TYPE, when->at, "a stamp is a time, not a %s", vtype_name(type.type));
    }
    if (l->errors->n + l->errors->dropped != before) return false;
    if (!x->stamped) x->letter_slot = load_expr_text(l, load_program(l, l->p->programs, ds), letter_expression(l, x, map), map->at, VT_TEXT, NULL);
    return x->stamped || x->letter_slot >= 0;
}

/* /^NC…Z$/ */
static void load_pattern(pack_loader *l, const ynode *n, sequence *x)
{
    const ynode *p = yaml_get(n, "pattern");
    slice s = p ? p->text : (slice){0};
    trace_pattern *tried = NULL;
    err e = {0};
    if (s.len < 4 || s.ptr[0] != '/' || s.ptr[1] != '^' || s.ptr[s.len - 1] != '/' || s.ptr[s.len - 2] != '$') {
        errlist_add(l->errors, SLA_SYNTAX, p ? p->at : n->at, "a sequence needs a pattern over its letters from the first to the last: /^NC…Z$/");
        return;
    }
    x->pattern = (slice){s.ptr + 1, s.len - 2};
    x->steps = yaml_text(n, "steps", SLICE_LIT(""));
    if (trace_pattern_new(x->pattern, x->steps, &tried, &e) != SLA_OK) errlist_add(l->errors, SLA_SYNTAX, p->at, "%s", e.msg);
    trace_pattern_free(tried);
}

static void load(pack_loader *l, const ynode *n, rule *r)
{
    sequence *x = load_take(l, 1, sizeof *x);
    const ynode *cases = yaml_get(n, "case"), *burst = yaml_get(cases, "burst"), *stamps = yaml_get(n, "stamps");
    if (!x || !events_load(l, r, cases, (const char *const[]){"by", "burst", NULL}, &x->cases)) return;
    x->of_bursts = burst != NULL;
    x->stamped = stamps != NULL;
    x->within = yaml_get(n, "within") != NULL;
    if (burst) bursts_load(l, r, yaml_get(cases, "by"), &x->cases.keys, burst, &x->cases, &x->b);
    if (x->within) events_load_limit(l, n, "within", &x->limit, &x->cal);
    if (x->stamped == (yaml_get(n, "event") != NULL)) {
        errlist_add(l->errors, SLA_SYNTAX, n->at, "a sequence needs either 'event' with 'activities' or 'stamps'");
        return;
    }
    if (!x->stamped && !events_load(l, r, yaml_get(n, "event"), NULL, &x->event)) return;
    if (!x->stamped && (x->cases.keys.n != 1 || x->event.keys.n != 1)) errlist_add(l->errors, SLA_TYPE, n->at, "case and event are joined by one key each");
    if (!load_letters(l, r, x->stamped ? stamps : yaml_get(n, "activities"), x)) return;
    load_pattern(l, n, x);
    r->sel = x->cases.sel;
    r->condition = x->pattern;
    r->own = x;
    if (!yaml_get(n, "target")) r->target = (bound){.has = true, .num = 1, .den = 1, .value = 1, .text = SLICE_LIT("100%")};
}

static void prepare(const rule *r, pass *ps)
{
    const sequence *x = r->own;
    events_prepare(&x->cases, ps);
    if (x->of_bursts) bursts_prepare(&x->b, x->cases.sel.ds, ps);
    for (size_t i = 0; x->stamped && i < x->n; i++) pass_keep(ps, x->cases.sel.ds, x->letters[i].slot, VT_TIME);
    if (x->stamped) return;
    events_prepare(&x->event, ps);
    pass_keep(ps, x->event.sel.ds, x->letter_slot, VT_TEXT);
}

/* ---- the activities of a case ---- */
typedef struct step { int64_t at; uint32_t row; char c; } step;
/* rows of the event set by the code of their key: rows[first[code] … first[code + 1]) */
typedef struct judging {
    const sequence *x; const rule *r; pass *ps; rule_outcome *out; trace_pattern *p;
    uint32_t *first, *rows; size_t ncodes;
    step *steps; size_t n, cap; char *letters; bool *tied;
    dict *traces; trace_result *results; size_t cap_results;    /* by the code of a trace: most cases go the same few ways */
    uint32_t failed;                                            /* the first trace in byte order on which the pattern takes too many steps; DICT_NONE: there is none */
} judging;

static sla_status index_events(judging *j)
{
    const dataset *ds = j->x->event.sel.ds;
    const chosen *c = pass_chosen(j->ps, &j->x->event.sel);
    const kept *key = pass_kept(j->ps, ds, j->x->event.keys.by[0].slot);
    j->ncodes = dict_count(j->ps->w.dict);
    j->first = mem_zero(j->ncodes + 2, sizeof *j->first);
    j->rows = mem_resize(NULL, c->n + 1, sizeof *j->rows);
    if (!j->first || !j->rows) return SLA_NOMEM;
    CHOSEN_EACH(c, row) {
        uint32_t code = kept_code(key, row);
        if (code != DICT_NONE) j->first[code + 1]++;
    }
    for (size_t k = 1; k < j->ncodes + 2; k++) j->first[k] += j->first[k - 1];
    CHOSEN_EACH(c, row) { /* first[code] runs to where the next code begins … */
        uint32_t code = kept_code(key, row);
        if (code != DICT_NONE) j->rows[j->first[code]++] = (uint32_t)row;
    }
    memmove(j->first + 1, j->first, (j->ncodes + 1) * sizeof *j->first); /* … and is moved back */
    j->first[0] = 0;
    return SLA_OK;
}

static sla_status add_step(judging *j, int64_t at, uint32_t row, char c)
{
    if (mem_grow(&j->steps, &j->cap, j->n + 1, sizeof *j->steps)) return SLA_NOMEM;
    size_t k = j->n++;
    for (; k > 0 && j->steps[k - 1].at > at; k--) j->steps[k] = j->steps[k - 1]; /* nearly always in order already */
    j->steps[k] = (step){at, row, c};
    return SLA_OK;
}

/* SLA_OK with *known false: what happened, or when, cannot be said. */
static sla_status gather_rows(judging *j, uint64_t key, int64_t from, int64_t to, bool *known)
{
    const dataset *ds = j->x->event.sel.ds;
    const chosen *c = pass_chosen(j->ps, &j->x->event.sel);
    const kept *letter = pass_kept(j->ps, ds, j->x->letter_slot);
    for (uint32_t k = j->first[key]; k < j->first[key + 1]; k++) {
        uint32_t row = j->rows[k];
        int64_t at, end;
        if (!events_at(j->ps, ds, j->x->event.at, j->x->event.at_type, row, &at, &end) || at < from || at > to) continue;
        uint32_t code = kept_code(letter, row);
        slice s = pass_text(j->ps, code);
        if (!chosen_surely(c, row) || code == DICT_NONE) *known = false;
        else if (s.len) TRY(add_step(j, at, row, s.ptr[0]));
    }
    return SLA_OK;
}

static sla_status gather_stamps(judging *j, uint32_t row)
{
    const dataset *ds = j->x->cases.sel.ds;
    for (size_t i = 0; i < j->x->n; i++) {
        int64_t at, end;
        if (events_at(j->ps, ds, j->x->letters[i].slot, VT_TIME, row, &at, &end)) TRY(add_step(j, at, row, j->x->letters[i].c));
    }
    return SLA_OK;
}

static sla_status judge_trace(judging *j, trace_result *out, err *e)
{
    char name[2 * TRACE_MAX];
    size_t n = j->n < TRACE_MAX ? j->n : TRACE_MAX, k = 0;
    for (size_t i = 0; i < n; i++) {
        j->letters[i] = j->steps[i].c;
        j->tied[i] = i && j->steps[i].at == j->steps[i - 1].at;
        if (j->tied[i]) name[k++] = '=';
        name[k++] = j->letters[i];
    }
    size_t before = dict_count(j->traces);
    uint32_t code = dict_intern(j->traces, (slice){name, k});
    if (code == DICT_NONE || mem_grow(&j->results, &j->cap_results, (size_t)code + 1, sizeof *j->results)) return SLA_NOMEM;
    if (dict_count(j->traces) > before) {
        err why = {0};
        sla_status st = trace_judge(j->p, j->letters, j->tied, j->n, &j->results[code], &why);
        if (st != SLA_OK && st != SLA_LIMIT) return *e = why, st;
        if (st == SLA_LIMIT && (j->failed == DICT_NONE || slice_cmp(dict_text(j->traces, code), dict_text(j->traces, j->failed)) < 0)) j->failed = code;
    }
    *out = j->results[code];
    return SLA_OK;
}

/* ---- findings ---- */
static bitext title_of(const sequence *x, char c)
{
    for (size_t i = 0; i < x->n; i++)
        if (x->letters[i].c == c) return x->letters[i].title;
    return (bitext){SLICE_LIT("?"), SLICE_LIT("?")};
}

static bitext departure_text(judging *j, const trace_result *t)
{
    arena *a = &j->ps->mem;
    bitext at = title_of(j->x, t->at), other = title_of(j->x, t->other);
    unsigned pos = (unsigned)t->position;
    switch (t->kind) {
    case DEPART_SKIPPED: return (bitext){text_format(a, "第%u步：跳过“%.*s”", pos, SLICE_ARG(other.zh)), text_format(a, "step %u: “%.*s” was skipped", pos, SLICE_ARG(other.en))};
    case DEPART_REPEATED: return (bitext){text_format(a, "第%u步：重复“%.*s”", pos, SLICE_ARG(at.zh)), text_format(a, "step %u: “%.*s” was repeated", pos, SLICE_ARG(at.en))};
    case DEPART_UNENDED: return (bitext){text_format(a, "第%u步之后没有结束", pos - 1), text_format(a, "it never ended after step %u", pos - 1)};
    default: break;
    }
    if (!t->other) return (bitext){text_format(a, "第%u步：“%.*s”次序不符", pos, SLICE_ARG(at.zh)), text_format(a, "step %u: “%.*s” is out of order", pos, SLICE_ARG(at.en))};
    return (bitext){text_format(a, "第%u步：“%.*s”先于“%.*s”", pos, SLICE_ARG(at.zh), SLICE_ARG(other.zh)), text_format(a, "step %u: “%.*s” came before “%.*s”", pos, SLICE_ARG(at.en), SLICE_ARG(other.en))};
}

static bitext trace_text(judging *j)
{
    buf zh = {0}, en = {0};
    for (size_t i = 0; i < j->n && i < TRACE_SHOWN; i++) {
        bitext t = title_of(j->x, j->steps[i].c);
        if (i) buf_text(&zh, "→"), buf_text(&en, " → ");
        buf_slice(&zh, t.zh), buf_slice(&en, t.en);
    }
    if (j->n > TRACE_SHOWN) buf_text(&zh, "…"), buf_text(&en, " …");
    return (bitext){text_kept(&zh, &j->ps->mem), text_kept(&en, &j->ps->mem)};
}

static sla_status find(judging *j, const trace_result *t, member m, slice key, slice at, uint32_t row)
{
    bitext d = m == MEMBER_BAD ? departure_text(j, t) : (bitext){SLICE_LIT(""), SLICE_LIT("")}, trace = trace_text(j);
    res_observed seen[] = {{SLICE_LIT("key"), key}, {SLICE_LIT("departure"), d.zh}, {SLICE_LIT("departure_en"), d.en}, {SLICE_LIT("trace"), trace.zh}, {SLICE_LIT("trace_en"), trace.en}, {SLICE_LIT("at"), at}};
    uint32_t rows[ROWS_SHOWN];
    size_t n = 0;
    for (size_t i = 0; !j->x->stamped && i < j->n && n < ROWS_SHOWN; i++) rows[n++] = j->steps[i].row;
    if (!n) rows[n++] = row;
    const dataset *ds = j->x->cases.sel.ds;
    slice name = at.len ? text_format(&j->ps->mem, "%.*s at %.*s", SLICE_ARG(key), SLICE_ARG(at)) : key;
    if (name.ptr && !outcome_tells(j->ps, m, name)) return SLA_OK;
    return outcome_find(j->out, j->ps, &(extra_finding){.key = name, .m = m, .observed = seen, .n = 5 + (at.len > 0), .ds = ds, .rows_of = j->x->stamped || !j->n ? ds : j->x->event.sel.ds, .rows = rows, .nrows = n});
}

/* ---- judging ---- */
static slice record_name(const judging *j, uint64_t key) { return key == EVENT_NO_KEY ? SLICE_LIT("") : events_key_text(j->ps, key, j->x->cases.keys.n); }

/* burst: the name of the burst that the case follows; NULL: the case is a record.
 * A case without any activity is unknown where activities are imported rows: the export may begin later. */
static sla_status judge_case(judging *j, uint32_t row, uint64_t key, int64_t at, bool certain, const slice *burst, err *e)
{
    int64_t from = burst || j->x->within ? at : INT64_MIN, to = j->ps->as_of;
    bool known = certain;
    trace_result t = {.v = TRACE_UNKNOWN};
    if (j->x->within && events_until(j->x->cal, at, j->x->limit) < to) to = events_until(j->x->cal, at, j->x->limit);
    bool running = j->x->within && events_until(j->x->cal, at, j->x->limit) > j->ps->as_of;
    j->n = 0;
    if (j->x->stamped) TRY(gather_stamps(j, row));
    else if (key != EVENT_NO_KEY && key < j->ncodes) TRY(gather_rows(j, key, from, to, &known));
    else known = false;
    if (known && (j->n || burst || j->x->stamped)) TRY(judge_trace(j, &t, e));
    member m = t.v == TRACE_FITS ? MEMBER_GOOD : t.v == TRACE_DEPARTS ? MEMBER_BAD : MEMBER_UNKNOWN;
    if (running && (m == MEMBER_GOOD || (m == MEMBER_BAD && t.open))) m = MEMBER_RUNNING;
    outcome_count(j->out, m);
    if (m != MEMBER_BAD && !j->ps->asked.ptr) return SLA_OK;
    return find(j, &t, m, burst ? *burst : record_name(j, key), burst ? events_time_text(j->ps, at) : (slice){0}, row);
}

static bool in_period(const pass *ps, int64_t at) { return at >= ps->period.from && at < ps->period.to && at <= ps->as_of; }

typedef struct burst_case { judging *j; size_t entry; err *e; } burst_case;
static sla_status judge_burst(void *ctx, const event *e, size_t first, size_t open, size_t last)
{
    burst_case *b = ctx;
    judging *j = b->j;
    (void)first, (void)last;
    if (!in_period(j->ps, e[open].from)) return SLA_OK;
    uint64_t key = events_key(j->ps, j->x->cases.sel.ds, &j->x->cases.keys, e[open].row);
    slice name = bursts_key_text(j->ps, &j->x->b, b->entry, e[open].key);
    return judge_case(j, e[open].row, key, e[open].from, true, &name, b->e);
}

static sla_status judge_records(judging *j, err *e)
{
    const dataset *ds = j->x->cases.sel.ds;
    const chosen *c = pass_chosen(j->ps, &j->x->cases.sel);
    CHOSEN_EACH(c, chosen_row) {
        int64_t at, end;
        uint32_t row = (uint32_t)chosen_row;
        if (!events_at(j->ps, ds, j->x->cases.at, j->x->cases.at_type, row, &at, &end) || !in_period(j->ps, at)) continue;
        uint64_t key = events_key(j->ps, ds, &j->x->cases.keys, row);
        TRY(judge_case(j, row, key, at, chosen_surely(c, row), NULL, e));
    }
    return SLA_OK;
}

/* Steps that no case shows may be steps that the export does not hold: that is said beside what departs from the pattern. */
static bitext unseen_steps(const judging *j)
{
    bitext list = {SLICE_LIT(""), SLICE_LIT("")};
    arena *a = &j->ps->mem;
    for (size_t i = 0; i < j->x->steps.len; i++) {
        bool seen = false;
        for (uint32_t k = 0; k < dict_count(j->traces) && !seen; k++) seen = memchr(dict_text(j->traces, k).ptr, j->x->steps.ptr[i], dict_text(j->traces, k).len) != NULL;
        if (seen) continue;
        bitext t = title_of(j->x, j->x->steps.ptr[i]);
        list = (bitext){text_format(a, "%.*s%s%.*s", SLICE_ARG(list.zh), list.zh.len ? "、" : "", SLICE_ARG(t.zh)), text_format(a, "%.*s%s%.*s", SLICE_ARG(list.en), list.en.len ? ", " : "", SLICE_ARG(t.en))};
    }
    return list.zh.len ? reason_unseen(list, a) : list;
}

static sla_status judge(const rule *r, pass *ps, rule_outcome *out, err *e)
{
    const sequence *x = r->own;
    judging j = {.x = x, .r = r, .ps = ps, .out = out, .failed = DICT_NONE, .traces = dict_new(), .letters = mem_zero(TRACE_MAX, 1), .tied = mem_zero(TRACE_MAX, sizeof *j.tied)};
    sla_status st = j.traces && j.letters && j.tied ? trace_pattern_new(x->pattern, x->steps, &j.p, e) : SLA_NOMEM;
    if (st == SLA_OK && !x->stamped) st = index_events(&j);
    if (st == SLA_OK && !x->of_bursts) st = judge_records(&j, e);
    for (size_t i = 0; st == SLA_OK && x->of_bursts && i < x->b.nby; i++) st = bursts_each(ps, &x->cases, &x->b, i, judge_burst, &(burst_case){&j, i, e}, NULL, e);
    if (st == SLA_OK && j.failed != DICT_NONE) {
        out->reason = reason_failure(x->pattern, dict_text(j.traces, j.failed), r->at, &ps->mem);
        st = SLA_LIMIT;
    } else if (st == SLA_OK && out->all.bad && !x->stamped) out->reason = unseen_steps(&j);
    trace_pattern_free(j.p);
    dict_free(j.traces);
    mem_free(j.first);
    mem_free(j.rows);
    mem_free(j.steps);
    mem_free(j.letters);
    mem_free(j.tied);
    mem_free(j.results);
    return outcome_close(out, ps, r, st, e);
}

static const char *const keys[] = {"case", "event", "activities", "stamps", "pattern", "steps", "within", "calendar", NULL};
const rule_kind kind_sequence = {"sequence", keys, load, prepare, judge, kind_of_no_rows};
