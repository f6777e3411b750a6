/* slaudit explain: how one record was judged by one rule. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/audit/explain.h"
#include "engine/base/jsonw.h"
#include "engine/cli/steps.h"
#include "engine/time/instant.h"

typedef struct voice { const explanation *x; const zone *zn; bool en; } voice;
static const char *say_in(const voice *v, const char *zh, const char *en) { return v->en ? en : zh; }
static slice both_in(const voice *v, bitext t) { return v->en ? t.en : t.zh; }

static const char *member_word(const voice *v, const char *member)
{
    static const char *const words[][3] = {{"conforms", "符合", "conforms"}, {"nonconforming", "不符合", "does not conform"}, {"unknown", "无法判定（缺少所需的值）", "unknown: values it needs are missing"},
        {"running", "期限未到，不计入", "running: its time has not passed, so it is not counted"}, {"figure", "计入指标，不单独判定", "part of a figure, not judged by itself"}, {"error", "规则出错，未能评判", "the rule is in error, nothing was judged"}, {"not_assessed", "未评估（原因见整条规则）", "not assessed, for the reason given with the rule as a whole"},
        {"out", "不在本规则的范围内", "not in the rule's population"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(member, words[i][0]) == 0) return say_in(v, words[i][1], words[i][2]);
    return "";
}

static void put_time(buf *b, const zone *zn, int64_t at) { time_print_local(b, zone_to_local(zn, at)); }

static void put_duration(buf *b, int64_t ms)
{
    duration_print(b, ms);
}

static const char *slice_word(const voice *v, slice_kind k)
{
    static const char *const zh[] = {"计时", "非工作时间", "暂停", "解决与重开之间"}, *const en[] = {"counted", "off hours", "paused", "between resolution and reopening"};
    return v->en ? en[k] : zh[k];
}

static const char *state_word(const voice *v, slice state)
{
    static const char *const words[][3] = {{"met", "达标", "met"}, {"breached", "超时", "breached"}, {"running", "计时中", "running"}, {"unknown", "无法判定", "unknown"}, {"out", "不计", "not counted"}};
    if (v->x->withheld.zh.len) return say_in(v, "不作判断", "not judged");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_is(state, words[i][0])) return say_in(v, words[i][1], words[i][2]);
    return "";
}

/* What kinds observe, as people call it. */
static slice observed_word(const voice *v, slice name)
{
    static const char *const words[][3] = {{"key", "对象", "about"}, {"at", "时间", "at"}, {"from", "自", "from"}, {"to", "至", "to"}, {"until", "期限至", "until"}, {"by", "按／由", "by"},
        {"count", "次数", "count"}, {"departure", "偏离", "departure"}, {"trace", "经过", "trace"}, {"found", "找到", "found"}, {"looked_into", "查找范围", "looked into"}, {"trigger", "触发于", "trigger"},
        {"opened", "达到次数于", "reached at"}, {"left", "距时限", "left"}, {"gap", "间隔", "gap"}, {"gap_from", "间隔自", "gap from"}, {"gap_to", "间隔至", "gap to"}, {"label", "要求", "asked for"},
        {"required", "应有", "required"}, {"cell", "时段", "cell"}, {"days", "天数", "days"}, {"amount", "数量", "amount"}, {"downtime", "停机时长", "downtime"}, {"oldest", "最早", "oldest"},
        {"target", "目标", "target"}, {"value", "数值", "value"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_is(name, words[i][0])) return slice_of(say_in(v, words[i][1], words[i][2]));
    return name;
}

/* departure and departure_en are one observation in two languages: the other language's is passed over. */
static bool in_other_language(const voice *v, const why_finding *f, size_t k)
{
    slice name = f->observed[k].name;
    bool english = name.len > 3 && memcmp(name.ptr + name.len - 3, "_en", 3) == 0;
    if (english) return !v->en;
    for (size_t i = 0; v->en && i < f->nobserved; i++)
        if (f->observed[i].name.len == name.len + 3 && memcmp(f->observed[i].name.ptr, name.ptr, name.len) == 0 && memcmp(f->observed[i].name.ptr + name.len, "_en", 3) == 0) return true;
    return false;
}

/* ---- text ---- */
static void text_head(const voice *v, buf *b)
{
    const explanation *x = v->x;
    slice title = both_in(v, x->title), criterion = both_in(v, x->criterion);
    buf_printf(b, "%.*s  %.*s\n%s%.*s\n", SLICE_ARG(x->rule), SLICE_ARG(title), say_in(v, "准则：", "criterion: "), SLICE_ARG(criterion));
    const bool clock = slice_is(x->kind, "clock") || slice_is(x->kind, "pause"), sequence = slice_is(x->kind, "sequence");
    slice kind = both_in(v, x->dataset_title);
    if (x->condition.len) buf_printf(b, "%s%.*s\n", clock ? say_in(v, "时钟：", "clock: ") : sequence ? say_in(v, "流程：", "pattern: ") : say_in(v, "条件：", "condition: "), SLICE_ARG(x->condition));
    buf_printf(b, "%s%.*s%s%.*s", say_in(v, "记录：", "record: "), SLICE_ARG(kind), kind.len ? " " : "", SLICE_ARG(x->key));
    if (x->at.line) buf_printf(b, "  (%.*s:%u)", SLICE_ARG(x->at.source), (unsigned)x->at.line);
    buf_printf(b, "\n%s%s\n", say_in(v, "结论：", "verdict: "), member_word(v, v->x->member));
    slice withheld = both_in(v, x->withheld);
    if (withheld.len) buf_printf(b, "  %s%.*s%s\n", say_in(v, "此记录所在的导出没有任何“", "the export that it is of has no value of “"), SLICE_ARG(withheld), say_in(v, "”的值，其他导出有：因此不作判断", "” at all, and others have: so it is not judged"));
    buf_printf(b, "%s%s%s%lld%s%lld%s%lld%s%lld\n", say_in(v, "整条规则：", "the rule as a whole: "), verdict_word(x->result.v, v->en ? "en" : "zh"), say_in(v, "，总体", ", population "), (long long)x->result.population,
               say_in(v, "，符合", ", conforming "), (long long)x->result.conforming, say_in(v, "，不符合", ", nonconforming "), (long long)x->result.nonconforming, say_in(v, "，未知", ", unknown "), (long long)x->result.unknown);
    slice reason = both_in(v, x->result.reason);
    if (reason.len) buf_printf(b, "  %.*s\n", SLICE_ARG(reason));
}

static void text_record(const voice *v, buf *b)
{
    static const char *const truth_zh[] = {"假", "真", "未知"}, *const truth_en[] = {"false", "true", "unknown"};
    const explanation *x = v->x;
    if (x->nvalues) buf_printf(b, "\n%s\n", say_in(v, "读到的值", "values"));
    for (size_t i = 0; i < x->nvalues; i++) {
        slice value = x->values[i].value.len ? x->values[i].value : slice_of(say_in(v, "（缺失）", "(missing)"));
        slice title = both_in(v, x->values[i].title);
        buf_printf(b, "  %.*s (%.*s) = %.*s  (%.*s:%u)\n", SLICE_ARG(title), SLICE_ARG(x->values[i].name), SLICE_ARG(value), SLICE_ARG(x->values[i].at.source), (unsigned)x->values[i].at.line);
    }
    if (x->nconditions) buf_printf(b, "\n%s\n", say_in(v, "条件逐项", "conditions"));
    for (size_t i = 0; i < x->nconditions; i++) buf_printf(b, "  [%s] %s%.*s\n", (v->en ? truth_en : truth_zh)[x->conditions[i].truth], x->conditions[i].scope ? say_in(v, "适用范围：", "applies where ") : "", SLICE_ARG(x->conditions[i].text));
    if (x->nrows) buf_printf(b, "\n%s\n", say_in(v, "查到的其他记录", "other records that were looked up"));
    for (size_t i = 0; i < x->nrows; i++) buf_printf(b, "  %.*s %.*s  (%.*s:%u)\n", SLICE_ARG(x->rows[i].dataset), SLICE_ARG(x->rows[i].key), SLICE_ARG(x->rows[i].at.source), (unsigned)x->rows[i].at.line);
}

static void text_clocks(const voice *v, buf *b)
{
    for (size_t i = 0; i < v->x->nclocks; i++) {
        const why_clock *c = &v->x->clocks[i];
        slice title = both_in(v, c->title), hours = both_in(v, c->calendar_title);
        slice paused = c->paused.len ? c->paused : slice_of(say_in(v, "无从得知（没有该记录的状态变更，按全部工作时间计）", "not known (no status change of this record, so that all working time counts)"));
        int64_t sum = 0;
        buf_printf(b, "\n%s %.*s (%.*s)%s %.*s%s %.*s%s %.*s → %s\n", say_in(v, "时钟", "clock"), SLICE_ARG(title), SLICE_ARG(hours), say_in(v, "：时限", ": limit"), SLICE_ARG(c->limit),
                   say_in(v, "，用时", ", elapsed"), SLICE_ARG(c->elapsed), say_in(v, "，暂停", ", paused"), SLICE_ARG(paused), state_word(v, c->state));
        for (size_t k = 0; k < c->nslices; k++) {
            buf_text(b, "  ");
            put_time(b, v->zn, c->slices[k].from);
            buf_text(b, " – ");
            put_time(b, v->zn, c->slices[k].to);
            buf_printf(b, "  %s", slice_word(v, c->slices[k].kind));
            if (c->slices[k].counted) buf_text(b, " "), put_duration(b, c->slices[k].counted);
            buf_char(b, '\n');
            sum += c->slices[k].counted;
        }
        buf_printf(b, "  %s ", say_in(v, "合计", "sum"));
        put_duration(b, sum);
        buf_char(b, '\n');
    }
}

static void text_findings(const voice *v, buf *b)
{
    for (size_t i = 0; i < v->x->nfindings; i++) {
        const why_finding *f = &v->x->findings[i];
        buf_printf(b, "\n%.*s%s%s\n", SLICE_ARG(f->key), say_in(v, "：", ": "), member_word(v, f->member));
        for (size_t k = 0; k < f->nobserved; k++) {
            slice name = f->observed[k].name;
            if (in_other_language(v, f, k)) continue;
            if (v->en && name.len > 3 && memcmp(name.ptr + name.len - 3, "_en", 3) == 0) name.len -= 3;
            slice word = observed_word(v, name);
            buf_printf(b, "  %.*s%s%.*s\n", SLICE_ARG(word), say_in(v, "：", ": "), SLICE_ARG(f->observed[k].value));
        }
        for (size_t k = 0; k < f->nevidence; k++) buf_printf(b, "  %s %.*s:%u\n", say_in(v, "依据", "evidence"), SLICE_ARG(f->evidence[k].source), (unsigned)f->evidence[k].line);
    }
}

/* ---- JSON ---- */
static void json_place(jsonw *w, why_place p)
{
    jsonw_kv_text(w, "source", p.source);
    jsonw_kv_i64(w, "line", p.line);
}

static void json_clock(const voice *v, jsonw *w, const why_clock *c)
{
    static const char *const kinds[] = {"work", "off_hours", "paused", "reopen_gap"};
    jsonw_open(w, '{');
    jsonw_kv_text(w, "name", c->name), jsonw_kv_text(w, "calendar", c->calendar), jsonw_kv_text(w, "limit", c->limit), jsonw_kv_text(w, "state", c->state), jsonw_kv_text(w, "paused", c->paused), jsonw_kv_i64(w, "elapsed_ms", c->elapsed_ms);
    jsonw_key(w, "ledger");
    jsonw_open(w, '[');
    for (size_t k = 0; k < c->nslices; k++) {
        buf from = {0}, to = {0};
        put_time(&from, v->zn, c->slices[k].from), put_time(&to, v->zn, c->slices[k].to);
        jsonw_open(w, '{');
        jsonw_kv_text(w, "kind", slice_of(kinds[c->slices[k].kind])), jsonw_kv_text(w, "from", (slice){from.ptr, from.len}), jsonw_kv_text(w, "to", (slice){to.ptr, to.len}), jsonw_kv_i64(w, "counted_ms", c->slices[k].counted);
        jsonw_close(w, '}');
        buf_free(&from), buf_free(&to);
    }
    jsonw_close(w, ']');
    jsonw_close(w, '}');
}

static void json_record(jsonw *w, const explanation *x)
{
    static const char *const truth[] = {"false", "true", "unknown"};
    jsonw_key(w, "values"), jsonw_open(w, '[');
    for (size_t i = 0; i < x->nvalues; i++) jsonw_open(w, '{'), jsonw_kv_text(w, "name", x->values[i].name), jsonw_kv_text(w, "value", x->values[i].value), json_place(w, x->values[i].at), jsonw_close(w, '}');
    jsonw_close(w, ']'), jsonw_key(w, "conditions"), jsonw_open(w, '[');
    for (size_t i = 0; i < x->nconditions; i++) jsonw_open(w, '{'), jsonw_kv_text(w, "text", x->conditions[i].text), jsonw_kv_text(w, "truth", slice_of(truth[x->conditions[i].truth])), jsonw_close(w, '}');
    jsonw_close(w, ']'), jsonw_key(w, "looked_up"), jsonw_open(w, '[');
    for (size_t i = 0; i < x->nrows; i++) jsonw_open(w, '{'), jsonw_kv_text(w, "dataset", x->rows[i].dataset), jsonw_kv_text(w, "key", x->rows[i].key), json_place(w, x->rows[i].at), jsonw_close(w, '}');
    jsonw_close(w, ']');
}

static void json_findings(jsonw *w, const explanation *x)
{
    jsonw_key(w, "findings"), jsonw_open(w, '[');
    for (size_t i = 0; i < x->nfindings; i++) {
        const why_finding *f = &x->findings[i];
        jsonw_open(w, '{'), jsonw_kv_text(w, "key", f->key), jsonw_kv_text(w, "verdict", slice_of(f->member)), jsonw_key(w, "observed"), jsonw_open(w, '[');
        for (size_t k = 0; k < f->nobserved; k++) jsonw_open(w, '{'), jsonw_kv_text(w, "name", f->observed[k].name), jsonw_kv_text(w, "value", f->observed[k].value), jsonw_close(w, '}');
        jsonw_close(w, ']'), jsonw_key(w, "evidence"), jsonw_open(w, '[');
        for (size_t k = 0; k < f->nevidence; k++) jsonw_open(w, '{'), json_place(w, f->evidence[k]), jsonw_close(w, '}');
        jsonw_close(w, ']'), jsonw_close(w, '}');
    }
    jsonw_close(w, ']');
}

static void json_all(const voice *v, buf *b)
{
    const explanation *x = v->x;
    jsonw w;
    jsonw_begin(&w, b, 1);
    jsonw_open(&w, '{');
    jsonw_kv_text(&w, "rule", x->rule), jsonw_kv_text(&w, "kind", x->kind), jsonw_kv_text(&w, "title", both_in(v, x->title)), jsonw_kv_text(&w, "criterion", both_in(v, x->criterion));
    jsonw_kv_text(&w, "condition", x->condition), jsonw_kv_text(&w, "dataset", x->dataset), jsonw_kv_text(&w, "key", x->key), json_place(&w, x->at);
    jsonw_kv_text(&w, "verdict", slice_of(x->member)), jsonw_kv_text(&w, "withheld", both_in(v, x->withheld)), jsonw_kv_text(&w, "rule_verdict", slice_of(verdict_word(x->result.v, "json"))), jsonw_kv_text(&w, "rule_reason", both_in(v, x->result.reason));
    json_record(&w, x);
    jsonw_key(&w, "clocks"), jsonw_open(&w, '[');
    for (size_t i = 0; i < x->nclocks; i++) json_clock(v, &w, &x->clocks[i]);
    jsonw_close(&w, ']');
    json_findings(&w, x);
    jsonw_close(&w, '}');
    buf_char(b, '\n');
}

static sla_status print(const voice *v, bool json, err *e)
{
    buf b = {0};
    if (json) json_all(v, &b);
    else text_head(v, &b), text_record(v, &b), text_clocks(v, &b), text_findings(v, &b);
    sla_status st = b.failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to explain") : fwrite(b.ptr, 1, b.len, stdout) != b.len ? err_set(e, SLA_IO, SRCPOS_NONE, "cannot write") : SLA_OK;
    buf_free(&b);
    return st;
}

/* The period and the instant of the run that is explained. */
static sla_status options_of_run(session *s, const options *o, audit_options *out, err *e)
{
    audit_result *r = NULL;
    int64_t id = o->value[OPT_ID_RUN] ? strtoll(o->value[OPT_ID_RUN], NULL, 10) : 0;
    TRY(result_load(s->ws, id, &r, e));
    *out = (audit_options){.zone = s->zn, .as_of = r->as_of};
    sla_status st = period_parse(r->period_id, s->zn, &out->period, e);
    result_free(r);
    return st;
}

static int run(const options *o, err *e)
{
    session s = {0};
    audit_options ao;
    explanation *x = NULL;
    const char *lang = option(o, OPT_ID_LANG, "zh"), *format = option(o, OPT_ID_FORMAT, "text");
    sla_status st = session_open(&s, o, STORE_READ_ONLY, e);
    if (st == SLA_OK) st = options_of_run(&s, o, &ao, e);
    if (st == SLA_OK) st = session_load_pack(&s, o, o->value[OPT_ID_PROFILE], e);
    if (st == SLA_OK) st = audit_explain(s.ws, s.pk, &ao, slice_of(o->args[0]), slice_of(o->args[1]), &x, e);
    if (st == SLA_OK) st = print(&(voice){x, s.zn, strcmp(lang, "en") == 0}, strcmp(format, "json") == 0, e);
    explanation_free(x);
    session_close(&s);
    return st == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_explain = {
    "explain", "how one record was judged", "[-w FILE] [--run ID] [--lang zh|en] [--format json] RULE KEY",
    "Works out a rule anew for one record: the criterion, each value with its file and line,\n"
    "each condition, the records looked up, the clock as a ledger whose sum is the time\n"
    "elapsed, and the verdict. KEY is the key that the findings show, or what it begins with:\n"
    "a ticket, a system (all its days), src_ip=198.51.100.7.\n\n"
    "example: slaudit explain -w q3.db 4.1-b GD000123",
    OPT(WORKSPACE) | OPT(RUN) | OPT(PACK) | OPT(PROFILE) | OPT(LANG) | OPT(FORMAT),
    2, 2, run,
};
