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
/* Finished well inside the period, without pauses, and no log or register depends on it. */
static bool clean(const ticket *t, kind k)
{
    if (t->used || t->type != k || t->cancelled || t->pause_len || !t->at[CLOSED]) return false;
    if (t->at[CREATED] < PERIOD_FROM || t->at[CREATED] > gen_day(2025, 9, 8) || t->at[CLOSED] > PERIOD_TO - 4 * DAY) return false;
    return (strcmp(t->channel, "monitor") || t->prio == 1) && !(k == REQUEST && t->approver) && !ticket_information(t);
}
/* A clean ticket of that type and priority (0: any). */
static ticket *victim(planter *p, kind k, int prio)
{
    size_t n = p->ts->n, from = rng_below(&p->w->r, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        ticket *t = &p->ts->v[(from + i) % n];
        if (!clean(t, k) || (prio && t->prio != prio) || strstr(t->title, "迁移") || (t->prio == 1 && prio != 1)) continue;
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
    t->category = NULL, unknown(p, t, "1.1-a", "类别缺失"), unknown(p, t, "2.4-c", "类别缺失"), unknown(p, t, "5.1-a", "类别缺失"), bad(p, t, "6.1-a", "类别缺失"), bad(p, t, "2.1-d", "类别缺失");
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
            if (c == 1 && prio < 4) t->escalated = t->at[RESOLVED] + 5 * MINUTE;
            if (c == 1 && prio == 4) bad(p, t, "4.1-e", "超时未升级");
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
        t = victim(p, REQUEST, 4), t->open = true, ticket_plan(t), t->escalated = gen_advance(t->at[CREATED], 5 * WORKDAY, true) + HOUR / 2, bad(p, t, "4.1-b", "期末未解决且已超时");
    }
    ticket *t = victim(p, INCIDENT, 1);
    t->at[STARTED] = 0, unknown(p, t, "7.1-c", "开始时间缺失");
}
static ticket *delay_information(planter *p)
{
    for (size_t i = 0; i < p->ts->n; i++) {
        ticket *t = &p->ts->v[i];
        if (t->used || !ticket_information(t) || t->prio != 4 || !t->at[CLOSED] || t->at[CREATED] < PERIOD_FROM || t->at[CLOSED] > PERIOD_TO - 4 * DAY || t->cancelled || t->approver) continue;
        t->used = true, t->d[RESOLVED] = WORKDAY + 1, ticket_plan(t);
        return t;
    }
    fputs("generate: no request for information to plant a fault into\n", stderr);
    exit(1);
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
    t = victim(p, INCIDENT, 3), t->at[RESOLVED] = t->at[CREATED] - HOUR, bad(p, t, "6.1-b", "解决早于创建"), unknown(p, t, "4.1-b", "解决早于创建"), unknown(p, t, "2.2-e", "解决早于创建");
}
static void plant_steps(planter *p)
{
    ticket *t = victim(p, INCIDENT, 3);
    t->hist[CLOSED] = 0, bad(p, t, "1.4-a", "状态历史没有关闭");
    t = victim(p, INCIDENT, 3), t->hist[CLASSIFIED] = 0, bad(p, t, "1.4-a", "状态历史跳过分类");
    t = victim(p, REQUEST, 3), t->hist[CLASSIFIED] = t->hist[ASSIGNED] + 1, bad(p, t, "1.4-a", "状态历史中先指派后分类");
    for (int i = 0; i < 2; i++) {
        t = victim(p, REQUEST, 4), t->moves = 4, bad(p, t, "2.2-d", "团队间转派四次");
        t = victim(p, REQUEST, 4), t->d[RESOLVED] = 4 * WORKDAY, ticket_plan(t), t->silent = true, bad(p, t, "2.2-e", "超过3个工作日没有更新");
    }
    t = victim(p, PROBLEM, 0), t->due = t->at[RESOLVED] + DAY, t->root_cause = NULL, bad(p, t, "2.4-a", "到期的问题无根本原因");
    t = victim(p, PROBLEM, 0), t->due = t->at[RESOLVED] - HOUR, bad(p, t, "2.4-a", "问题逾期1小时关闭");
    t = victim(p, PROBLEM, 0), t->due = t->at[RESOLVED] + DAY, t->resolution = NULL, bad(p, t, "2.4-a", "到期的问题无措施"), bad(p, t, "2.1-d", "问题无处理经过");
}
/* Numbers whose check digits are right; none is anybody's. */
static void plant_texts(planter *p)
{
    static const char *const texts[] = {"用户身份证号11010519491231002X,请核对", "退款卡号6222020200112233446已登记", "回电号码13800138000,工作日联系", "临时口令 password: Abc#2025x"};
    for (int i = 0; i < 4; i++) {
        ticket *t = victim(p, INCIDENT, 4);
        t->description = gen_text("%s。%s", t->description, texts[i]), bad(p, t, "3.2-h", "工单文本含敏感信息");
    }
}
static ticket *migration(planter *p, bool saved)
{
    for (size_t i = 0; i < p->ts->n; i++) {
        ticket *t = &p->ts->v[i];
        if (!clean(t, CHANGE) || !strstr(t->title, "迁移") || gen_systems[t->sys].backup != saved) continue;
        t->used = true;
        return t;
    }
    fprintf(stderr, "generate: no clean migration left to plant a fault into\n");
    exit(1);
}
static void plant_migrations(planter *p)
{
    ticket *t = migration(p, false);
    t->unsaved = true, bad(p, t, "3.4-a", "迁移前24小时内没有备份");
    t = migration(p, true), t->rollback = NULL, bad(p, t, "3.4-b", "迁移无回退方案"), bad(p, t, "3.1-c", "变更无回退方案");
    t = migration(p, true), t->resolution = "回退:数据校验不一致", bad(p, t, "3.4-c", "迁移回退"), bad(p, t, "3.1-d", "变更回退");
}
static void plant_emergencies(planter *p)
{
    ticket *t = victim(p, INCIDENT, 1), *u;
    t->unreported = true, bad(p, t, "7.3-a", "P1未上报");
    t = victim(p, INCIDENT, 1), t->late_report = true, bad(p, t, "7.3-b", "P1事件报告三日后才登记");
    t = victim(p, INCIDENT, 1), t->d[RESOLVED] = 200 * MINUTE, ticket_plan(t), t->silent = true, bad(p, t, "7.3-c", "P1超过60分钟没有更新");
    t = victim(p, INCIDENT, 1), t->unreviewed = true, bad(p, t, "7.4-a", "P1没有复盘");
    victim(p, INCIDENT, 1)->late_action = true; /* listed with the registers: 7.4-b, 4.4-b */
    t = victim(p, INCIDENT, 1), u = victim(p, INCIDENT, 1), u->root_cause = t->root_cause;
    bad(p, t->at[CREATED] > u->at[CREATED] ? t : u, "7.4-c", "90天内第二起根本原因相同的P1");
}
/* Six minutes before the limit the clock is stopped for the customer, and a day later run on by the handler. */
static void plant_pauses(planter *p)
{
    for (int i = 0; i < 2; i++) {
        ticket *t = victim(p, REQUEST, 4);
        int64_t limit = ticket_limit(t, RESOLVED);
        t->d[RESOLVED] = limit - MINUTE, t->pause_len = WORKDAY, t->pause_status = "pending_customer";
        t->pause_after = limit - 6 * MINUTE - gen_worktime(t->at[CREATED], t->at[STARTED]);
        ticket_plan(t);
        int y, mo, d;
        gen_date(t->pause_from, &y, &mo, &d);
        bad(p, t, "4.1-f", "距时限6分钟时暂停,次日由处理人恢复");
        p->m->v[p->m->n - 1].key = gen_text("%s at %04d-%02d-%02d %02d:%02d:%02d", t->id, y, mo, d, (int)(t->pause_from % DAY / HOUR), (int)(t->pause_from % HOUR / MINUTE), (int)(t->pause_from % MINUTE));
    }
}
/* Two requests within an hour become one and the same. */
static void plant_twins(planter *p)
{
    for (size_t i = 0, n = 0; i < p->ts->n && n < 2; i++)
        for (size_t k = i + 1; k < p->ts->n && p->ts->v[k].at[CREATED] - p->ts->v[i].at[CREATED] <= HOUR; k++) {
            ticket *t = &p->ts->v[i], *u = &p->ts->v[k];
            if (!clean(t, REQUEST) || !clean(u, REQUEST) || t->prio < 3 || u->prio < 3) continue;
            t->used = u->used = true, n++;
            u->requester = t->requester, u->org = t->org, u->service = t->service, u->title = t->title;
            u->accepter = u->requester;
            bad(p, u, "6.1-c", "1小时内同一申请人、服务与标题的重复工单");
            break;
        }
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
    plant_emergencies(&p);
    plant_steps(&p);
    plant_texts(&p);
    plant_migrations(&p);
    plant_twins(&p);
    plant_pauses(&p);
    bad(&p, delay_information(&p), "6.4-b", "信息查询超过1个工作日1秒");
}
void faults_running(const tickets *ts, manifest *m)
{
    static const struct { const char *rule; stage from, to; bool complaint, p1, information; } clocks[] = {{"4.1-a", CREATED, RESPONDED, false, false, false}, {"4.1-b", CREATED, RESOLVED, false, false, false},
        {"2.1-b", CREATED, CLASSIFIED, false, false, false}, {"2.2-c", CLASSIFIED, ASSIGNED, false, false, false}, {"4.3-a", CREATED, RESPONDED, true, false, false}, {"4.3-b", CREATED, RESOLVED, true, false, false},
        {"7.1-c", CREATED, STARTED, false, true, false}, {"6.4-b", CREATED, RESOLVED, false, false, true}};
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->used || t->at[CREATED] < PERIOD_FROM) continue;
        for (size_t c = 0; c < sizeof clocks / sizeof *clocks; c++) {
            if (clocks[c].complaint ? t->type != COMPLAINT : t->type > REQUEST) continue;
            if (clocks[c].information && !ticket_information(t)) continue;
            if ((clocks[c].p1 && (t->type != INCIDENT || t->prio != 1)) || (t->cancelled && t->cancelled <= PERIOD_TO)) continue;
            int64_t a = t->at[clocks[c].from], b = t->at[clocks[c].to];
            if (!a || a > PERIOD_TO || (b && b <= PERIOD_TO)) continue;
            manifest_add(m, clocks[c].rule, "running", "ticket", t->id, "ticket.csv", 0, "期末时钟仍在运行");
            m->v[m->n - 1].t = t;
        }
        if (t->type <= REQUEST && t->pause_from >= PERIOD_FROM && t->pause_from < PERIOD_TO && t->pause_to > PERIOD_TO && !strcmp(t->pause_status, "pending_customer")) {
            manifest_add(m, "4.1-f", "running", "ticket", t->id, "ticket.csv", 0, "期末仍在等待客户");
            m->v[m->n - 1].t = t;
        }
        bool delivered = (t->type == REQUEST || t->type == CHANGE) && t->at[RESOLVED] && t->at[RESOLVED] < PERIOD_TO;
        if (!delivered || (t->at[ACCEPTED] && t->at[ACCEPTED] <= PERIOD_TO)) continue;
        manifest_add(m, "2.3-c", "running", "ticket", t->id, "ticket.csv", 0, "期末尚未验收");
        m->v[m->n - 1].t = t;
    }
}
