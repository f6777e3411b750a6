/* One audit from beginning to end. */
#include <string.h>
#include "engine/audit/audit.h"
#include "engine/audit/reasons.h"
#include "engine/audit/run.h"
#include "engine/audit/world.h"
#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "engine/base/progress.h"
#include "engine/base/version.h"
#include "engine/time/instant.h"

enum { REJECTS_SHOWN = 500 };

static sla_status add_note(audit_result *r, const char *id, bitext text)
{
    res_note *bigger = ARENA_NEW(&r->mem, res_note, r->nnotes + 1);
    if (!bigger) return SLA_NOMEM;
    if (r->nnotes) memcpy(bigger, r->notes, r->nnotes * sizeof *bigger);
    bigger[r->nnotes++] = (res_note){slice_of(id), text};
    r->notes = bigger;
    return SLA_OK;
}

/* ---- what the reports print of calendars and clocks ---- */
static void put_hours(buf *b, const ynode *hours)
{
    if (!hours) return;
    if (hours->kind == YNODE_SCALAR) buf_slice(b, hours->text);
    for (size_t i = 0; i < hours->n; i++) {
        if (i) buf_text(b, "; ");
        if (hours->items[i]->key.len) buf_slice(b, hours->items[i]->key), buf_char(b, ' ');
        put_hours(b, hours->items[i]);
    }
}

/* The hours, and those since a day: mon-fri 09:00-18:00; from 2025-06-01 mon-fri 10:00-16:00. */
static void put_all_hours(buf *b, const ynode *cal)
{
    const ynode *changes = yaml_get(cal, "changes");
    put_hours(b, yaml_get(cal, "hours"));
    for (size_t i = 0; changes && i < changes->n; i++) {
        buf_printf(b, "; from %.*s ", SLICE_ARG(yaml_text(changes->items[i], "from", SLICE_LIT(""))));
        put_hours(b, yaml_get(changes->items[i], "hours"));
    }
}

/* The list's name, and some of its hash, which tells one edition of it from another. */
static slice holidays_text(const pack *p, slice name, arena *a)
{
    const ynode *list = name.len ? yaml_get(p->holidays_node, name.ptr) : NULL;
    char hex[DIGEST_HEX] = "";
    buf b = {0};
    if (!list) return name;
    put_hours(&b, list);
    a->failed = a->failed || b.failed || digest_once(b.ptr, b.len, hex) != SLA_OK;
    buf_free(&b);
    return text_format(a, "%.*s (%.8s)", SLICE_ARG(name), hex);
}

static sla_status describe_calendars(const pack *p, audit_result *r)
{
    if (!(r->calendars = ARENA_NEW(&r->mem, res_calendar, p->cals.n + 1))) return SLA_NOMEM;
    for (size_t i = 0; i < p->cals.n; i++) {
        const cal_entry *c = &p->cals.items[i];
        const ynode *n = yaml_get(p->calendars_node, c->id);
        buf b = {0};
        put_all_hours(&b, n);
        r->calendars[r->ncalendars++] = (res_calendar){slice_of(c->id), {c->title_zh, c->title_en}, text_kept(&b, &r->mem), holidays_text(p, yaml_text(n, "holidays", SLICE_LIT("")), &r->mem)};
    }
    return SLA_OK;
}

/* For which values of a field other calendars were chosen. */
static bitext choices_text(const sla_clock *c, arena *a)
{
    buf list = {0};
    if (!c->nchoices) return (bitext){SLICE_LIT(""), SLICE_LIT("")};
    for (size_t i = 0; i < c->nchoices; i++) buf_text(&list, i ? ", " : ""), buf_slice(&list, c->choices[i].key);
    const field *by = &c->ds->fields[c->calendar_by];
    slice keys = text_kept(&list, a);
    return (bitext){text_format(a, "；%.*s为%.*s的另有日历", SLICE_ARG(by->title_zh), SLICE_ARG(keys)), text_format(a, "; calendars of their own where %.*s is %.*s", SLICE_ARG(by->title_en), SLICE_ARG(keys))};
}

static sla_status describe_clocks(const pack *p, audit_result *r)
{
    static const char *const zh[] = {"重开后继续计时，解决与重开之间不计", "重开后重新计时", "以首次解决为准"}, *const en[] = {"after reopening the clock resumes; the time between resolution and reopening is not counted", "after reopening the clock restarts", "the first resolution counts"};
    static const char *const change_zh[] = {"；优先级取评判时点的值", "；优先级取曾经达到的最高值", "；优先级变更前后按各自时限分段折算", "；优先级变更后重新计时", "；优先级变更后自创建起计时，不扣除之前的暂停"},
        *const change_en[] = {"; the priority is that at the instant of judgement", "; the priority is the highest one reached", "; each part of the time counts against the limit of its priority", "; after a change of priority the clock begins anew",
                              "; after a change of priority the time since creation counts, earlier pauses included"};
    for (size_t i = 0; i < p->nclocks; i++) {
        const sla_clock *c = &p->clocks[i];
        bitext choices = choices_text(c, &r->mem);
        bitext t = {text_format(&r->mem, "%.*s：%s至%s%s%s%s%.*s", SLICE_ARG(c->title.zh), c->ds->fields[c->start].title_zh.ptr, c->ds->fields[c->stop].title_zh.ptr,
                                c->history ? "，等待客户与供应商的时间不计，由状态历史得出；" : "，不扣除暂停", c->history ? zh[c->reopen] : "", c->by < 0 ? "" : change_zh[c->change], SLICE_ARG(choices.zh)),
                    text_format(&r->mem, "%.*s: from %s to %s%s%s%s%.*s", SLICE_ARG(c->title.en), c->ds->fields[c->start].title_en.ptr,
                                c->ds->fields[c->stop].title_en.ptr, c->history ? ", pauses taken from the status history are left out; " : ", no pauses", c->history ? en[c->reopen] : "", c->by < 0 ? "" : change_en[c->change], SLICE_ARG(choices.en))};
        if (add_note(r, "policy", t) != SLA_OK) return SLA_NOMEM;
    }
    return SLA_OK;
}

/* Years whose holidays the period's days need and the calendar does not know: its own, and the next one where the period reaches into the last week of a year. */
static sla_status warn_of_years(const pass *ps, const cal_entry *c, audit_result *r)
{
    int32_t last, year, m, d;
    civil_from_days(ps->period.last_day, &last, &m, &d);
    for (int64_t from = ps->period.first_day; cal_days_unknown(c->cal, from, ps->period.last_day, &year); from = civil_days(year + 1, 1, 1)) {
        const char *zh = year <= last ? "该年按普通周计算" : "该通知还可能调整上一年最后一周的工作日", *en = year <= last ? "plain weeks were assumed" : "their notice may still move days in the last week of the year before";
        TRY(add_note(r, "warning", (bitext){text_format(&r->mem, "日历“%.*s”没有 %d 年的法定节假日安排，%s", SLICE_ARG(c->title_zh), (int)year, zh),
                                            text_format(&r->mem, "calendar “%.*s” knows no holidays of %d; %s", SLICE_ARG(c->title_en), (int)year, en)}));
    }
    return SLA_OK;
}

static sla_status add_caveats(pass *ps, audit_result *r)
{
    if (ps->no_history)
        TRY(add_note(r, "caveat", (bitext){SLICE_LIT("没有导入状态历史：无法扣除暂停时间，含暂停的时限按全部工作时间计算"),
                                           SLICE_LIT("no status history was imported: pauses cannot be known, and clocks with pauses count all working time")}));
    if (ps->without_history)
        TRY(add_note(r, "caveat", (bitext){text_format(&r->mem, "%lld 个计时的工单没有任何状态变更记录：其暂停与重开无从得知，按全部工作时间计算", (long long)ps->without_history),
                                           text_format(&r->mem, "%lld clocks belong to tickets without any status change: their pauses and reopenings cannot be known, and all working time counts", (long long)ps->without_history)}));
    for (size_t i = 0; i < ps->p->cals.n; i++) TRY(warn_of_years(ps, &ps->p->cals.items[i], r));
    return SLA_OK;
}

static bool figures_over(const pack *p, const dataset *ds)
{
    for (size_t i = 0; i < p->nkpis; i++)
        if (p->kpis[i].sel.ds == ds) return true;
    return p->card.there && p->card.over == ds;
}

/* Records of several desks (exports of different products) make one figure: then that is said, and which. A desk is told by the import profile; logs, which have no key, are of many kinds anyway. */
static sla_status add_desks(pass *ps, audit_result *r)
{
    const schema *model = ps->p->model;
    for (size_t d = 0; d < model->n; d++) {
        const dataset *ds = &model->datasets[d];
        size_t n = 0;
        buf names_zh = {0}, names_en = {0};
        if (!ds->nkey || !figures_over(ps->p, ds)) continue;
        for (size_t i = 0; i < r->nsources; i++) {
            const source_info *s = &r->sources[i];
            bool again = !s->accepted || !slice_eq(s->dataset, ds->name);
            for (size_t k = 0; k < i && !again; k++) again = r->sources[k].accepted && slice_eq(r->sources[k].dataset, ds->name) && slice_eq(r->sources[k].profile, s->profile);
            if (again) continue;
            buf_printf(&names_zh, "%s%.*s（%.*s）", n ? "、" : "", SLICE_ARG(s->profile), SLICE_ARG(s->path));
            buf_printf(&names_en, "%s%.*s (%.*s)", n++ ? ", " : "", SLICE_ARG(s->profile), SLICE_ARG(s->path));
        }
        bool bad = names_zh.failed || names_en.failed;
        if (n > 1 && !bad)
            bad = add_note(r, "desks", (bitext){text_format(&r->mem, "%.*s来自 %zu 个系统的导出，各项数字把它们合在一起计算：%s", SLICE_ARG(ds->title_zh), n, buf_cstr(&names_zh)),
                                                text_format(&r->mem, "%.*s: figures take the exports of %zu systems together: %s", SLICE_ARG(ds->title_en), n, buf_cstr(&names_en))}) != SLA_OK;
        buf_free(&names_zh);
        buf_free(&names_en);
        if (bad) return SLA_NOMEM;
    }
    return SLA_OK;
}

static void add_word(audit_result *r, slice of, slice value, slice zh, slice en)
{
    if (!result_word(r, of, value)) r->words[r->nwords++] = (res_word){of, value, {zh, en}};
}

/* The model's words, for reports to name what results are grouped by. */
static sla_status describe_words(const schema *m, audit_result *r)
{
    size_t n = 0;
    for (size_t d = 0; d < m->n; d++) {
        n += 1 + 2 * m->datasets[d].nfields;
        for (size_t f = 0; f < m->datasets[d].nfields; f++) n += m->datasets[d].fields[f].en ? m->datasets[d].fields[f].en->n : 0;
    }
    if (!(r->words = ARENA_NEW(&r->mem, res_word, n + 1))) return SLA_NOMEM;
    for (size_t d = 0; d < m->n; d++) {
        const dataset *ds = &m->datasets[d];
        add_word(r, SLICE_LIT(""), ds->name, ds->title_zh, ds->title_en);
        for (size_t f = 0; f < ds->nfields; f++) {
            const field *x = &ds->fields[f];
            add_word(r, x->name, SLICE_LIT(""), x->title_zh, x->title_en);
            const bitext *shared = result_word(r, x->name, SLICE_LIT(""));
            if (!slice_eq(shared->zh, x->title_zh) || !slice_eq(shared->en, x->title_en)) {
                slice own = text_format(&r->mem, "%.*s.%.*s", SLICE_ARG(ds->name), SLICE_ARG(x->name));
                if (!own.ptr) return SLA_NOMEM;
                add_word(r, own, SLICE_LIT(""), x->title_zh, x->title_en);
            }
            for (size_t i = 0; x->en && i < x->en->n; i++) add_word(r, x->name, x->en->values[i], x->en->titles_zh[i], x->en->titles_en[i]);
        }
    }
    return SLA_OK;
}

/* What the import found. That there is no history at all was said above, where it changes what clocks mean. */
static sla_status add_found(pass *ps, audit_result *r, err *e)
{
    told_caveat *list;
    size_t n;
    TRY(audit_caveats(ps->s, ps->p, &r->mem, &list, &n, e));
    for (size_t i = 0; i < n; i++)
        if (!(ps->no_history && slice_is(list[i].c.kind, "history")) && add_note(r, "caveat", list[i].text) != SLA_OK) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    return SLA_OK;
}

static sla_status fill_head(pass *ps, audit_result *r, err *e)
{
    const pack *p = ps->p;
    r->tool_name = SLICE_LIT(SLAUDIT_NAME);
    r->tool_version = SLICE_LIT(SLAUDIT_VERSION);
    r->pack_id = p->id, r->pack_version = p->version, r->pack_title = p->title;
    r->pack_sha256 = arena_slice(&r->mem, slice_of(p->sha256));
    r->period_id = arena_slice(&r->mem, slice_of(ps->period.id));
    r->zone = arena_slice(&r->mem, slice_of(zone_name(ps->w.zone)));
    r->from = ps->period.from, r->to = ps->period.to, r->as_of = ps->as_of;
    TRY(store_sources(ps->s, &r->mem, &r->sources, &r->nsources, e));
    TRY(store_rejects(ps->s, &r->mem, REJECTS_SHOWN, &r->rejects, &r->nrejects, e));
    for (size_t i = 0; i < r->nsources; i++) r->rejects_total += r->sources[i].rejected + r->sources[i].rejected_values;
    if (describe_words(p->model, r) != SLA_OK || describe_calendars(p, r) != SLA_OK || describe_clocks(p, r) != SLA_OK || add_caveats(ps, r) != SLA_OK || add_desks(ps, r) != SLA_OK) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    return add_found(ps, r, e);
}

/* The datasets that rules and figures look into, whatever fields they read. */
static void wanted_datasets(const pack *p, bool out[DATASETS_MAX])
{
    memset(out, 0, DATASETS_MAX * sizeof *out);
    for (size_t i = 0; i < p->nrules; i++)
        for (size_t d = 0; d < DATASETS_MAX; d++) out[d] = out[d] || p->rules[i].needs.dataset[d];
    for (size_t i = 0; i < p->nkpis; i++)
        for (size_t d = 0; d < DATASETS_MAX; d++) out[d] = out[d] || p->kpis[i].needs.dataset[d];
    if (p->card.there) out[p->card.over->idx] = out[p->card.people->idx] = true;
}

static sla_status run_all(pass *ps, audit_result *r, bool keep, err *e)
{
    bool also[DATASETS_MAX];
    TRY(earlier_figure(ps, e));
    TRY(rules_prepare(ps));
    kpis_prepare(ps);
    scorecard_prepare(ps);
    if (ps->mem.failed) return SLA_NOMEM; /* before what was not asked for is missed */
    wanted_datasets(ps->p, also);
    TRY(world_make(ps, also, e));
    TRY(pass_run(ps, e));
    TRY(world_trim(ps, e));
    TRY(fill_head(ps, r, e));
    TRY(scorecard_figure(ps, r, e));
    TRY(kpis_figure(ps, r, e));
    TRY(rules_judge(ps, r, e));
    earlier_show(ps, r);
    if (r->mem.failed || ps->mem.failed || ps->p->mem.failed) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the results");
    world_drop(ps); /* before the results are written down, which takes memory again */
    return keep ? result_save(ps->s, r, e) : SLA_OK;
}

sla_status audit_run(store *s, pack *p, const audit_options *o, int64_t *run, err *e)
{
    pass *ps = mem_zero(1, sizeof *ps);
    audit_result *r = mem_zero(1, sizeof *r);
    sla_status st = SLA_NOMEM;
    if (ps && r) {
        ps->p = p;
        ps->s = s;
        ps->period = o->period;
        ps->as_of = o->as_of;
        ps->w = (world){.schema = p->model, .dict = p->texts, .zone = o->zone, .as_of = o->as_of, .from = o->period.from, .to = o->period.to};
        r->baseline = o->baseline;
        st = run_all(ps, r, !o->what_if, e);
        progress_end();
        *run = r->run;
        if (st == SLA_OK && o->told) st = o->told(o->ctx, r, e);
    }
    if (ps) world_clear(ps);
    mem_free(ps);
    result_free(r);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "the audit could not be done");
}
