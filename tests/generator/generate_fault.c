/* Faults, planted one by one into clean tickets, and the manifest that lists what each must come out as. */
#include "tests/generator/generate.h"
#include <stdlib.h>
#include <string.h>

void manifest_add(manifest *m, const char *rule, const char *verdict, const char *dataset, const char *key, const char *file, long line, const char *what)
{
    m->v = gen_grow(m->v, &m->cap, m->n + 1, sizeof *m->v);
    m->v[m->n++] = (fault){rule, verdict, dataset, key, file, what, line, NULL};
}
static int by_rule(const void *a, const void *b)
{
    const fault *x = a, *y = b;
    int c = strcmp(x->rule, y->rule);
    if (!c) c = strcmp(x->verdict, y->verdict);
    if (!c) c = strcmp(x->key, y->key);
    return c ? c : (x->line > y->line) - (x->line < y->line);
}
void manifest_write(const manifest *m, const char *path)
{
    sink s = {fopen(path, "wb"), 0};
    if (!s.f) { perror(path); exit(1); }
    fputs("rule,verdict,dataset,key,file,line,what\n", s.f);
    qsort(m->v, m->n, sizeof *m->v, by_rule);
    for (size_t i = 0; i < m->n; i++) {
        const fault *f = &m->v[i];
        const char *cells[] = {f->rule, f->verdict, f->dataset, f->key, f->file};
        for (size_t k = 0; k < 5; k++) sink_text(&s, cells[k], k == 0);
        sink_num(&s, f->line, false); sink_text(&s, f->what, false); sink_end(&s);
    }
    sink_close(&s);
}

typedef struct planter { world *w; tickets *ts; manifest *m; } planter;
static void list(planter *p, const ticket *t, const char *rule, const char *verdict, const char *what)
{
    manifest_add(p->m, rule, verdict, "ticket", t->id, "ticket.csv", 0, what);
    p->m->v[p->m->n - 1].t = t;
}
static void bad(planter *p, const ticket *t, const char *rule, const char *what) { list(p, t, rule, "nonconforming", what); }
static void unknown(planter *p, const ticket *t, const char *rule, const char *what) { list(p, t, rule, "unknown", what); }
/* A clean ticket of that type and priority (0: any), finished well inside the period, without pauses, that no log or register depends on. */
static ticket *victim(planter *p, kind k, int prio)
{
    size_t n = p->ts->n, from = rng_below(&p->w->r, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        ticket *t = &p->ts->v[(from + i) % n];
        if (t->used || t->type != k || (prio && t->prio != prio) || t->cancelled || t->pause_len || !t->at[CLOSED]) continue;
        if (t->at[CREATED] < PERIOD_FROM || t->at[CREATED] > gen_day(2025, 9, 8) || t->at[CLOSED] > PERIOD_TO - 4 * DAY) continue;
        if (!strcmp(t->channel, "monitor") || (k == REQUEST && t->approver) || strstr(t->title, "迁移") || (t->prio == 1 && prio != 1)) continue;
        t->used = true;
        return t;
    }
    fprintf(stderr, "generate: no clean ticket left to plant a fault into (type %d, priority %d)\n", (int)k, prio);
    exit(1);
}
static const char *colleague(const planter *p, const ticket *t, bool senior)
{
    for (int i = 0; i < p->w->npeople; i++) {
        const person *x = &p->w->people[i];
        if (!strcmp(x->team, t->team) && !x->left && (x->rank >= 2) == senior && strcmp(x->id, t->verifier)) return x->id;
    }
    return t->assignee;
}

static void plant_general(planter *p)
{
    static const char *const outside[] = {"其他", "行政后勤", "咨询培训"};
    for (int i = 0; i < 3; i++) {
        ticket *t = victim(p, INCIDENT, 3);
        t->category = outside[i], bad(p, t, "1.1-a", "类别不在服务范围"), bad(p, t, "5.1-a", "没有该类别的资质");
        t = victim(p, REQUEST, 4), t->service = gen_text("SVC-OLD%d", i + 1), bad(p, t, "1.1-b", "服务不在目录");
        t = victim(p, REQUEST, 3), t->channel = i < 2 ? NULL : "fax", bad(p, t, "1.4-b", "渠道缺失或未定义"), bad(p, t, i < 2 ? "6.1-a" : "1.3-a", "渠道缺失或未定义");
        t = victim(p, INCIDENT, 4), t->handling = NULL, bad(p, t, "1.4-c", "未标明现场或远程");
        t = victim(p, INCIDENT, 3), t->at[VERIFIED] = 0, bad(p, t, "1.4-d", "无验证时间");
        t = victim(p, INCIDENT, 3), t->at[ACCEPTED] = 0, bad(p, t, "1.4-e", "关闭前无客户确认");
        t = victim(p, INCIDENT, 3), t->origin = NULL, bad(p, t, "2.1-a", "来源缺失");
        t = victim(p, INCIDENT, 3), t->impact = t->urgency = 1, bad(p, t, "2.1-c", "影响与紧急为1、1却定为P3");
        t = victim(p, i ? INCIDENT : REQUEST, 3), bad(p, t, "2.1-d", i ? "事件无根本原因" : "无处理经过");
        if (i) t->root_cause = NULL; else t->resolution = NULL;
    }
    ticket *t = victim(p, INCIDENT, 3);
    t->category = NULL, unknown(p, t, "1.1-a", "类别缺失"), unknown(p, t, "5.1-a", "类别缺失"), bad(p, t, "6.1-a", "类别缺失"), bad(p, t, "2.1-d", "类别缺失");
    t = victim(p, INCIDENT, 4), t->impact = 0, unknown(p, t, "2.1-c", "影响缺失");
    t = victim(p, INCIDENT, 3), t->verifier = NULL, bad(p, t, "1.4-d", "未记录验证人");
    t = victim(p, INCIDENT, 3), t->at[VERIFIED] = t->at[CLOSED] + HOUR, bad(p, t, "1.4-d", "验证晚于关闭"), bad(p, t, "6.1-b", "验证晚于关闭");
    t = victim(p, INCIDENT, 3), t->at[ACCEPTED] = t->at[CLOSED] + HOUR, bad(p, t, "1.4-e", "确认晚于关闭"), bad(p, t, "6.1-b", "确认晚于关闭");
}
static void plant_people(planter *p)
{
    for (int i = 0; i < 3; i++) {
        ticket *t = victim(p, INCIDENT, 2);
        t->assignee = colleague(p, t, false), bad(p, t, "2.2-a", "P2由初中级人员处理");
        t = victim(p, REQUEST, 4), t->assignee = colleague(p, t, true), bad(p, t, "2.2-b", "P4由高级人员处理");
        do t = victim(p, INCIDENT, 3); while (t->at[RESOLVED] < gen_day(2025, 8, 18));
        t->assignee = i ? world_leaver(p->w, i) : "waibao01", bad(p, t, "2.2-f", i ? "处理人已离职" : "处理人不在名册");
        if (!i) bad(p, t, "5.1-a", "处理人不在名册,无资质");
        t = victim(p, INCIDENT, 3), t->accepter = t->assignee, bad(p, t, "2.3-b", "处理人自行验收");
        t = victim(p, CHANGE, 0);
        if (i == 0) t->requester = t->approver;
        else if (i == 1) t->requester = t->assignee;
        else t->approver = t->assignee;
        bad(p, t, "5.1-c", "申请、批准、实施未分离");
        t = victim(p, COMPLAINT, 0), t->about = t->assignee, bad(p, t, "4.3-c", "投诉由被投诉人处理");
    }
    ticket *t = victim(p, INCIDENT, 2);
    t->assignee = NULL;
    static const char *const rules[] = {"2.2-a", "2.2-f", "2.3-b", "5.1-a"};
    for (int i = 0; i < 4; i++) unknown(p, t, rules[i], "处理人缺失");
    t = victim(p, INCIDENT, 3), t->accepter = NULL, unknown(p, t, "2.3-b", "验收人缺失");
}
static void plant_delivery(planter *p)
{
    for (int i = 0; i < 3; i++) {
        ticket *t = victim(p, CHANGE, 0);
        t->at[ACCEPTED] = 0, bad(p, t, "2.3-a", "变更无验收"), bad(p, t, "1.4-e", "变更关闭前无确认"), unknown(p, t, "2.3-c", "变更无验收时间");
        t = victim(p, REQUEST, 4), t->d[ACCEPTED] = 5 * WORKDAY + 1, ticket_plan(t), bad(p, t, "2.3-c", "解决后超过5个工作日才验收");
        t = victim(p, CHANGE, 0), bad(p, t, "3.1-c", "变更未先批准或无回退方案");
        if (i == 0) t->approved = 0;
        else if (i == 1) t->approved = t->at[STARTED] + HOUR;
        else t->rollback = NULL;
        t = victim(p, CHANGE, 0), t->resolution = i ? "失败:安装包校验不通过" : "回退:业务验证未通过", bad(p, t, "3.1-d", "变更失败或回退");
    }
    for (int i = 0; i < 6; i++) {
        ticket *t = victim(p, i % 2 ? REQUEST : INCIDENT, 3);
        t->reopened = 1, t->reopen_count = 1 + (i == 5);
        if (t->d[RESOLVED] > 2 * WORKDAY) t->d[RESOLVED] = 2 * WORKDAY;
        ticket_plan(t), bad(p, t, "2.3-d", "解决后重开");
    }
    ticket *t = victim(p, REQUEST, 4);
    t->d[ACCEPTED] = 5 * WORKDAY - gen_worktime(t->at[RESOLVED], t->at[VERIFIED]), ticket_plan(t); /* exactly five working days: met */
}
/* The clock that ends with s comes to its limit and over seconds; what follows moves along. */
static ticket *delay(planter *p, kind k, int prio, stage s, int64_t over)
{
    ticket *t = victim(p, k, prio);
    t->d[s] = ticket_limit(t, s) + over;
    int64_t need = t->type == COMPLAINT || prio > 2 ? 12 * HOUR : 0;
    if (s != RESOLVED && t->d[RESOLVED] < need) t->d[RESOLVED] = need;
    ticket_plan(t);
    return t;
}
static void plant_clocks(planter *p)
{
    static const struct { const char *rule; stage s; int first; } clocks[] = {{"4.1-a", RESPONDED, 1}, {"4.1-b", RESOLVED, 1}, {"2.1-b", CLASSIFIED, 2}, {"2.2-c", ASSIGNED, 2}};
    for (int c = 0; c < 4; c++) {
        for (int prio = clocks[c].first; prio <= 4; prio++) {
            delay(p, INCIDENT, prio, clocks[c].s, 0); /* the limit itself is met */
            ticket *t = delay(p, INCIDENT, prio, clocks[c].s, 1);
            if (c == 1) t->escalated = t->at[RESOLVED] + 5 * MINUTE;
            bad(p, t, clocks[c].rule, "超过时限1秒");
        }
        ticket *t = victim(p, INCIDENT, 3);
        t->at[clocks[c].s] = 0, unknown(p, t, clocks[c].rule, "停止时间缺失");
        if (c == 1) unknown(p, t, "1.4-d", "解决时间缺失");
        if (c == 2) unknown(p, t, "2.2-c", "分类时间缺失");
    }
    for (int i = 0; i < 3; i++) {
        ticket *t = victim(p, INCIDENT, 1);
        t->d[STARTED] = 15 * MINUTE + 1 + i * MINUTE - t->d[CLASSIFIED] - t->d[ASSIGNED], ticket_plan(t), bad(p, t, "7.1-c", "P1超过15分钟才开始处置");
        bad(p, delay(p, COMPLAINT, 0, RESPONDED, 1 + i), "4.3-a", "投诉超过4个工作小时才答复");
        bad(p, delay(p, COMPLAINT, 0, RESOLVED, 1 + i), "4.3-b", "投诉超过5个工作日才办结");
        t = victim(p, COMPLAINT, 0), t->satisfaction = 0, bad(p, t, "4.3-d", "未记录投诉人满意度");
        t = victim(p, REQUEST, 4), t->open = true, ticket_plan(t), t->escalated = gen_advance(t->at[CREATED], 5 * WORKDAY + HOUR, true), bad(p, t, "4.1-b", "期末未解决且已超时");
    }
    ticket *t = victim(p, INCIDENT, 1);
    t->at[STARTED] = 0, unknown(p, t, "7.1-c", "开始时间缺失");
}
static ticket *staged(planter *p, int64_t created, const char *title)
{
    ticket *t = victim(p, INCIDENT, 3);
    t->at[CREATED] = created, t->title = title;
    t->d[RESPONDED] = t->d[CLASSIFIED] = t->d[ASSIGNED] = t->d[STARTED] = 10 * MINUTE;
    return t;
}
/* Nights, lunch, weekends and the Sunday that was worked. */
static void plant_calendar(planter *p)
{
    ticket *t = staged(p, gen_day(2025, 7, 11) + 17 * HOUR + 50 * MINUTE, "周五下班前报修");
    t->d[RESPONDED] = 30 * MINUTE, t->d[RESOLVED] = 3 * WORKDAY, ticket_plan(t); /* answered on Monday at 09:20 */
    for (int over = 0; over < 2; over++) {
        t = staged(p, gen_day(2025, 9, 26) + 17 * HOUR, gen_text("调休前报修%d", over + 1));
        t->d[RESOLVED] = 3 * WORKDAY + over, ticket_plan(t), t->escalated = over ? t->at[RESOLVED] + 5 * MINUTE : 0;
        if (over) bad(p, t, "4.1-b", "含9月28日(周日调休上班),超过3个工作日1秒");
        t = staged(p, gen_day(2025, 8, 5) + 9 * HOUR, gen_text("午休期间等待客户%d", over + 1));
        t->pause_after = 140 * MINUTE, t->pause_len = 20 * MINUTE, t->pause_status = "pending_customer"; /* 11:50 to 13:10 */
        t->d[RESOLVED] = 3 * WORKDAY + over, ticket_plan(t), t->escalated = over ? t->at[RESOLVED] + 5 * MINUTE : 0;
        if (over) bad(p, t, "4.1-b", "扣除跨午休的暂停后超过3个工作日1秒");
    }
}
static void plant_records(planter *p)
{
    ticket *t = victim(p, INCIDENT, 3);
    t->title = NULL, bad(p, t, "6.1-a", "标题缺失"), unknown(p, t, "6.1-c", "标题缺失");
    t = victim(p, REQUEST, 3), t->requester = NULL, bad(p, t, "6.1-a", "申请人缺失"), unknown(p, t, "6.1-c", "申请人缺失");
    t = victim(p, INCIDENT, 4), t->at[RESPONDED] = t->at[RESOLVED] + 1, bad(p, t, "6.1-b", "响应晚于解决1秒");
    if (gen_worktime(t->at[CREATED], t->at[RESPONDED]) > 8 * HOUR) bad(p, t, "4.1-a", "响应晚于解决且超时");
    t = victim(p, INCIDENT, 3), t->at[ACCEPTED] = t->at[VERIFIED] - 1, bad(p, t, "6.1-b", "验收早于验证1秒");
    t = victim(p, INCIDENT, 3), t->at[RESOLVED] = t->at[CREATED] - HOUR, bad(p, t, "6.1-b", "解决早于创建"), unknown(p, t, "4.1-b", "解决早于创建");
}
void faults_plant(world *w, tickets *ts, manifest *m)
{
    planter p = {w, ts, m};
    plant_clocks(&p); /* first: P1 are few */
    plant_people(&p);
    plant_delivery(&p);
    plant_calendar(&p);
    plant_general(&p);
    plant_records(&p);
}
void faults_running(const tickets *ts, manifest *m)
{
    static const struct { const char *rule; stage from, to; bool complaint, p1; } clocks[] = {{"4.1-a", CREATED, RESPONDED, false, false}, {"4.1-b", CREATED, RESOLVED, false, false},
        {"2.1-b", CREATED, CLASSIFIED, false, false}, {"2.2-c", CLASSIFIED, ASSIGNED, false, false}, {"4.3-a", CREATED, RESPONDED, true, false}, {"4.3-b", CREATED, RESOLVED, true, false}, {"7.1-c", CREATED, STARTED, false, true}};
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->used || t->at[CREATED] < PERIOD_FROM) continue;
        for (size_t c = 0; c < sizeof clocks / sizeof *clocks; c++) {
            if (clocks[c].complaint ? t->type != COMPLAINT : t->type > REQUEST) continue;
            if ((clocks[c].p1 && (t->type != INCIDENT || t->prio != 1)) || (t->cancelled && t->cancelled <= PERIOD_TO)) continue;
            int64_t a = t->at[clocks[c].from], b = t->at[clocks[c].to];
            if (!a || a > PERIOD_TO || (b && b <= PERIOD_TO)) continue;
            manifest_add(m, clocks[c].rule, "running", "ticket", t->id, "ticket.csv", 0, "期末时钟仍在运行");
            m->v[m->n - 1].t = t;
        }
        bool delivered = (t->type == REQUEST || t->type == CHANGE) && t->at[RESOLVED] && t->at[RESOLVED] < PERIOD_TO;
        if (!delivered || (t->at[ACCEPTED] && t->at[ACCEPTED] <= PERIOD_TO)) continue;
        manifest_add(m, "2.3-c", "running", "ticket", t->id, "ticket.csv", 0, "期末尚未验收");
        m->v[m->n - 1].t = t;
    }
}
