/* The registers: people, certificates, training, appraisals, services, systems, outages, documents, activities, actions. */
#include "tests/generator/generate.h"
#include <string.h>

static const char *const categories[] = {"系统维护", "软件升级", "数据管理", "网络安全", "故障排除", "用户支持"};

static void row(sink *s, const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) sink_text(s, cells[i], i == 0);
    sink_end(s);
}
#define ROW(s, ...) row(s, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void trained(sink *s, const char *id, const char *course, const char *what, const char *on, int hours, int score)
{
    ROW(s, id, course, what, on, gen_text("%d", hours), gen_text("%d", score));
}
/* Two who joined in the quarter; the second had no onboarding. */
static void joiners_write(sink *st, sink *tr, sink *ap, manifest *m)
{
    static const char *const ids[] = {"xinyuan01", "xinyuan02"}, *const names[] = {"沈一诺", "沈知行"}, *const hired[] = {"2025-07-21", "2025-08-04"};
    for (int i = 0; i < 2; i++) {
        ROW(st, ids[i], names[i], gen_teams[0], "工程师", "junior", hired[i], NULL);
        if (i == 0) trained(tr, ids[i], "入职培训", "onboarding", "2025-07-28", 2, 90);
        else manifest_add(m, "5.2-c", "nonconforming", "staff", ids[i], "staff.csv", st->line, "入职30天内没有入职培训");
        trained(tr, ids[i], "信息安全意识年度培训", "security", "2025-08-08", 4, 85);
        trained(tr, ids[i], "服务支持规范宣贯", "specification", "2025-08-15", 3, 88);
        trained(tr, ids[i], "故障诊断实操", "skill", "2025-08-20", 4, 80);
        ROW(ap, ids[i], "2025Q3", "2025-09-19", "良好");
    }
}
/* What the staff registers lack when they lapse, one person each. */
enum { NO_LEVEL = 0, NO_SKILL = 11, NO_SECURITY = 12, NO_APPRAISAL = 13, NO_SPECIFICATION = 14 };
static void people_lapse(const world *w, manifest *m)
{
    manifest_add(m, "5.1-b", "nonconforming", "staff", w->people[NO_LEVEL].id, "staff.csv", NO_LEVEL + 2, "未登记级别");
    for (int i = NO_SKILL; i <= NO_SPECIFICATION; i++)
        if (i != NO_APPRAISAL) manifest_add(m, "5.2-a", "nonconforming", "staff", gen_text("%s 2025-07-01..2025-09-30", w->people[i].id), "training.csv", 0, "培训不足10小时");
    manifest_add(m, "5.2-b", "nonconforming", "staff", w->people[NO_SECURITY].id, "staff.csv", NO_SECURITY + 2, "12个月内没有安全培训");
    manifest_add(m, "5.3-a", "nonconforming", "staff", gen_text("%s 2025-07-01..2025-09-30", w->people[NO_APPRAISAL].id), "staff.csv", NO_APPRAISAL + 2, "没有考核");
    manifest_add(m, "8.2-b", "nonconforming", "staff", w->people[NO_SPECIFICATION].id, "staff.csv", NO_SPECIFICATION + 2, "没有规范培训");
}
static void people_write(const world *w, const char *dir, manifest *m)
{
    sink st, ce, tr, ap;
    sink_open(&st, dir, "staff.csv", "id,name,team,role,level,hired_on,left_on");
    sink_open(&ce, dir, "certificate.csv", "staff_id,name,issued_on,expires_on");
    sink_open(&tr, dir, "training.csv", "staff_id,course,kind,completed_on,hours,score");
    sink_open(&ap, dir, "appraisal.csv", "staff_id,period,held_on,result");
    for (int i = 0; i < w->npeople; i++) {
        const person *p = &w->people[i];
        sink_text(&st, p->id, true); sink_text(&st, p->name, false); sink_text(&st, p->team, false); sink_text(&st, p->role, false); sink_text(&st, w->lapsed && i == NO_LEVEL ? NULL : p->level, false);
        sink_date(&st, p->hired, false); sink_date(&st, p->left, false); sink_end(&st);
        for (size_t c = 0; c < 6; c++) ROW(&ce, p->id, categories[c], gen_text("2024-0%d-15", 1 + (i + (int)c) % 6), "2026-12-31");
        if (!w->lapsed || i != NO_SECURITY) ROW(&tr, p->id, "信息安全意识年度培训", "security", gen_text("2025-07-%02d", 7 + i % 5), "4", gen_text("%d", 75 + i * 7 % 25));
        if (!w->lapsed || i != NO_SPECIFICATION) ROW(&tr, p->id, "服务支持规范宣贯", "specification", gen_text("2025-07-%02d", 14 + i % 4), "3", gen_text("%d", 80 + i * 3 % 20));
        if (!w->lapsed || i != NO_SKILL) ROW(&tr, p->id, "故障诊断实操", "skill", gen_text("2025-08-%02d", 4 + i % 5), "5", gen_text("%d", 70 + i * 11 % 30));
        if (!w->lapsed || i != NO_APPRAISAL) ROW(&ap, p->id, "2025Q3", p->left ? "2025-08-12" : gen_text("2025-09-%02d", 15 + i % 8), i % 5 ? "良好" : "优秀");
    }
    if (!w->bench) joiners_write(&st, &tr, &ap, m);
    if (w->lapsed) people_lapse(w, m);
    sink_close(&st); sink_close(&ce); sink_close(&tr); sink_close(&ap);
}
static void catalogue_write(const world *w, const char *dir)
{
    sink s;
    sink_open(&s, dir, "service.csv", "id,name,tier,owner,sla_document,availability_target");
    for (int i = 0; i < SERVICES; i++)
        ROW(&s, gen_services[i].id, gen_services[i].name, gen_text("%d", gen_services[i].tier), w->manager, gen_text("DOC-SLA-%02d", i + 1), gen_services[i].target);
    sink_close(&s);
    sink_open(&s, dir, "system.csv", "id,name,service,tier,owner,backup_required,rto_minutes,rpo_minutes");
    for (int i = 0; i < SYSTEMS; i++) {
        const config_item *c = &gen_systems[i];
        ROW(&s, c->id, c->name, gen_services[c->service].id, gen_text("%d", c->tier), w->people[1].id, c->backup ? "true" : "false", gen_text("%d", c->rto), gen_text("%d", c->rpo));
    }
    sink_close(&s);
}
static void outage_row(sink *s, const char *system, int64_t from, int64_t to, bool planned, const char *cause, const char *ticket_id)
{
    sink_text(s, system, true); sink_time(s, from, false); sink_time(s, to, false);
    sink_text(s, planned ? "true" : "false", false); sink_text(s, cause, false); sink_text(s, ticket_id, false); sink_end(s);
}
/* A maintenance window whose cause nobody wrote down; an interruption that nobody noticed. */
static void outage_faults(sink *s, const tickets *ts, manifest *m)
{
    outage_row(s, "SYS-FILE-01", gen_day(2025, 8, 28) + 22 * HOUR, gen_day(2025, 8, 28) + 23 * HOUR, true, NULL, NULL);
    manifest_add(m, "1.3-b", "nonconforming", "outage", "SYS-FILE-01 2025-08-28 22:00:00", "outage.csv", s->line, "中断没有原因");
    int64_t at = gen_day(2025, 7, 10) + 5 * HOUR;
    while (!tickets_quiet(ts, "SYS-HR-01", at, at + 15 * MINUTE)) at += DAY;
    int y, mo, d;
    gen_date(at, &y, &mo, &d);
    outage_row(s, "SYS-HR-01", at, at + 3 * MINUTE, false, "system", NULL);
    manifest_add(m, "3.3-b", "nonconforming", "outage", gen_text("SYS-HR-01 %04d-%02d-%02d 05:00:00", y, mo, d), "outage.csv", s->line, "中断15分钟内没有事件工单");
}
/* Short interruptions that monitoring saw and raised an incident for; planned windows; one service that was away for longer than agreed. */
static void outages_write(const world *w, const tickets *ts, const char *dir, manifest *m)
{
    static const char *const causes[] = {"system", "network", "human", "other"};
    sink s;
    sink_open(&s, dir, "outage.csv", "system,began_at,ended_at,planned,cause,ticket_id");
    int n = 0, per[SYSTEMS] = {0};
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        bool fit = t->type == INCIDENT && t->prio <= 2 && !t->used && !strcmp(t->origin, "monitor") && t->at[RESOLVED] && t->at[CREATED] >= PERIOD_FROM && t->at[RESOLVED] < PERIOD_TO;
        if (!fit || per[t->sys] >= 2) continue;
        per[t->sys]++;
        outage_row(&s, t->system, t->at[CREATED] - 4 * MINUTE, t->at[CREATED] + (10 + n % 9) * MINUTE, false, causes[n % 4], t->id);
        n++;
    }
    for (int i = 0; i < SYSTEMS; i += 3) outage_row(&s, gen_systems[i].id, gen_day(2025, 8, 2 + i) + 22 * HOUR, gen_day(2025, 8, 3 + i) + 2 * HOUR, true, "other", NULL);
    for (size_t i = 0, k = 0; i < ts->n && k < 1 && !w->bench; i++) { /* 30 h of 2,208 h: 98.64 % where 99.5 % is agreed */
        const ticket *t = &ts->v[i];
        if (t->type != INCIDENT || t->used || strcmp(t->system, "SYS-CRM-01") || t->at[CREATED] < PERIOD_FROM || t->at[CREATED] > PERIOD_TO - 3 * DAY) continue;
        outage_row(&s, t->system, t->at[CREATED], t->at[CREATED] + 30 * HOUR, false, "system", t->id);
        manifest_add(m, "4.1-c", "nonconforming", "service", "SVC-CRM", "outage.csv", s.line, "客户关系中断30小时,可用性98.64%,低于协议的99.5%");
        k++;
    }
    if (!w->bench) outage_faults(&s, ts, m);
    if (w->lapsed) {
        outage_row(&s, "SYS-NET-02", gen_day(2025, 9, 20), gen_day(2025, 9, 20) + 6 * HOUR, false, "network", NULL);
        manifest_add(m, "3.3-a", "nonconforming", "service", "SVC-NET", "outage.csv", s.line, "网络接入中断6小时,可用性低于99.9%");
        manifest_add(m, "4.1-c", "nonconforming", "service", "SVC-NET", "outage.csv", s.line, "网络接入中断6小时,可用性低于99.9%");
        if (tickets_quiet(ts, "SYS-NET-02", gen_day(2025, 9, 20), gen_day(2025, 9, 20) + 15 * MINUTE)) manifest_add(m, "3.3-b", "nonconforming", "outage", "SYS-NET-02 2025-09-20 00:00:00", "outage.csv", s.line, "中断15分钟内没有事件工单");
    }
    sink_close(&s);
}
static void documents_lapse(manifest *m)
{
    static const char *const gone[][3] = {{"1.2-a", "GB/T 36055-2018", "标准清册逾期未复核"}, {"1.2-a", "ISO/IEC 20000", "标准清册逾期未复核"}, {"5.4-b", "激励制度", "没有现行的激励制度"},
        {"7.1-a", "应急预案", "应急预案逾期未复核"}, {"7.2-a", "SYS-FIN-01", "没有灾难恢复计划"}, {"8.1-a", "规范解释机构的文件", "解释机构没有明确"}, {"8.2-a", "规范", "规范七月中旬才生效"},
        {"8.3-a", "按期复核的规范", "规范逾期未复核"}, {"8.3-b", "DOC-STD 1.0", "两个版本同时有效"}, {"8.3-b", "DOC-STD 2.0", "两个版本同时有效"}, {"4.1-d", "SVC-FIN", "协议七月中旬才生效"}};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) manifest_add(m, gone[i][0], "nonconforming", "document", gone[i][1], "document.csv", 0, gone[i][2]);
}
static void activities_lapse(manifest *m)
{
    static const char *const gone[][3] = {{"1.4-g", "2025-07-01..2025-09-30", "本季度没有服务评审"}, {"3.1-a", "SYS-WMS-01 2025-08-01..2025-08-31", "八月没有预防性维护"}, {"4.2-b", "2025-08-01..2025-08-31", "八月没有服务报告"},
        {"4.4-a", "2025-04-01..2025-09-30", "半年内没有内部审计"}, {"6.3-c", "SYS-WEB-01 2025-07-01..2025-09-30", "没有恢复测试"}, {"7.1-b", "2025-04-01..2025-09-30", "半年内没有演练"}};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) manifest_add(m, gone[i][0], "nonconforming", "activity", gone[i][1], "activity.csv", 0, gone[i][2]);
}
static void documents_write(const world *w, const tickets *ts, const char *dir, manifest *m)
{
    sink s;
    sink_open(&s, dir, "document.csv", "id,kind,title,clause,version,status,effective_on,review_due_on,approved_by,file");
#define DOC(id, kind, title, clause, from, due) ROW(&s, id, kind, title, clause, "1.0", "生效", from, due, "总经办", gen_text("证据/%s.pdf", id))
    DOC("DOC-LAW", "law_register", "适用法律法规清册(网络安全法、数据安全法、个人信息保护法)", "1.2", "2025-01-10", "2026-01-10");
    bool lapsed = w->lapsed;
    DOC("DOC-STD", "standard_register", "适用标准清册(GB/T 36055-2018、ISO/IEC 20000)", "1.2", "2025-01-10", lapsed ? "2025-06-30" : "2026-01-10");
    for (int i = 0; i < SERVICES; i++) DOC(gen_text("DOC-SLA-%02d", i + 1), "agreement", gen_text("%s服务级别协议", gen_services[i].name), "4.1", lapsed && i == 2 ? "2025-07-15" : "2025-01-01", "2026-01-01");
    DOC("DOC-EMG", "plan_emergency", "信息系统突发事件应急预案", "7.1", "2025-03-01", lapsed ? "2025-06-30" : "2026-03-01");
    for (int i = 0; i < SYSTEMS; i++)
        if (gen_systems[i].tier == 1 && !(lapsed && i == 4)) DOC(gen_text("DOC-DR-%02d", i + 1), "plan_recovery", gen_text("%s(%s)灾难恢复计划", gen_systems[i].name, gen_systems[i].id), "7.2", "2025-02-01", "2026-02-01");
    if (!lapsed) {
        DOC("DOC-INC", "incentive", "服务人员激励办法", "5.4", "2025-01-01", "2026-01-01");
        DOC("DOC-INT", "interpretation", "规范解释机构说明(信息技术服务管理委员会)", "8.1", "2025-01-01", "2025-12-31");
    }
    DOC("DOC-SPEC", "specification", "2025年信息技术服务支持规范", "8.2", lapsed ? "2025-07-15" : "2025-01-01", lapsed ? "2025-09-15" : "2025-12-31");
    if (lapsed) {
        ROW(&s, "DOC-STD", "standard_register", "适用标准清册(GB/T 36055-2018、ISO/IEC 20000)", "1.2", "2.0", "生效", "2025-02-01", "2025-06-30", "总经办", NULL);
        documents_lapse(m);
    }
    DOC("DOC-REV-Q3", "review_report", "2025年第三季度服务评审报告", "1.4", "2025-09-18", "2026-09-18");
    for (int mo = 7; mo <= 9; mo++) DOC(gen_text("DOC-RPT-%d", mo), "service_report", gen_text("2025年%d月服务报告", mo), "4.2", gen_text("2025-%02d-28", mo), "2026-12-31");
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->type != INCIDENT || t->prio != 1 || !t->at[RESOLVED]) continue;
        int y, mo, d;
        gen_date(t->late_report ? t->at[RESOLVED] + 3 * DAY : t->at[CREATED], &y, &mo, &d);
        DOC(gen_text("DOC-P1-%s", t->id), "incident_report", gen_text("重大事件报告 %s", t->id), "7.3", gen_text("%04d-%02d-%02d", y, mo, d), "2026-12-31");
    }
    sink_close(&s);
}
static void activities_write(const world *w, const tickets *ts, const char *dir, manifest *m)
{
    bool lapsed = w->lapsed;
    sink s;
    int no = 0;
    sink_open(&s, dir, "activity.csv", "id,kind,held_on,system,ticket_id,result,document_id,rto_minutes,rpo_minutes");
#define ACT(kind, on, system, result, doc, rto, rpo) ROW(&s, gen_text("ACT-%04d", ++no), kind, on, system, NULL, result, doc, rto, rpo)
    if (!lapsed) {
        ACT("review", "2025-09-18 14:00:00", NULL, "合格", "DOC-REV-Q3", NULL, NULL);
        ACT("audit", "2025-08-20 09:30:00", NULL, "合格", NULL, NULL, NULL);
        ACT("drill", "2025-07-24 09:30:00", NULL, "合格", "DOC-EMG", NULL, NULL);
    }
    for (int mo = 7; mo <= 9; mo++)
        if (!lapsed || mo != 8) ACT("service_report", gen_text("2025-%02d-28 16:00:00", mo), NULL, "已发布", gen_text("DOC-RPT-%d", mo), NULL, NULL);
    for (int i = 0; i < SYSTEMS; i++) {
        const config_item *c = &gen_systems[i];
        if (c->tier != 1) continue;
        for (int mo = 7; mo <= 9; mo++)
            if (!lapsed || i != 7 || mo != 8) ACT("maintenance", gen_text("2025-%02d-%02d 22:00:00", mo, 8 + i), c->id, "合格", NULL, NULL, NULL);
        if (!lapsed || i != 9) ACT("restore_test", gen_text("2025-08-%02d 10:00:00", 4 + i), c->id, "合格", NULL, NULL, NULL);
        ACT("dr_drill", gen_text("2025-09-%02d 20:00:00", 2 + i), c->id, "合格", gen_text("DOC-DR-%02d", i + 1), gen_text("%d", lapsed && i == 2 ? c->rto + 1 : c->rto * 3 / 4), gen_text("%d", c->rpo / 2));
        if (lapsed && i == 2) manifest_add(m, "7.2-b", "nonconforming", "activity", gen_text("ACT-%04d", no), "activity.csv", s.line, "恢复演练超出RTO 1分钟");
    }
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->type != INCIDENT || t->prio != 1 || !t->at[RESOLVED]) continue;
        int64_t held = gen_advance(t->at[RESOLVED], (4 + (int64_t)(i % 25)) * HOUR, true);
        if (t->at[RESOLVED] >= PERIOD_FROM && t->at[RESOLVED] < PERIOD_TO && held > PERIOD_TO && !t->unreviewed) manifest_add(m, "7.4-a", "running", "ticket", t->id, "ticket.csv", 0, "期末尚未复盘,期限未到");
        if (held > EXPORTED_AT || t->unreviewed) continue;
        sink_text(&s, gen_text("ACT-%04d", ++no), true); sink_text(&s, "postmortem", false); sink_time(&s, held, false); sink_text(&s, t->system, false);
        sink_text(&s, t->id, false); sink_text(&s, "已查明根因并制定措施", false); sink_text(&s, gen_text("DOC-P1-%s", t->id), false); sink_text(&s, NULL, false); sink_text(&s, NULL, false);
        sink_end(&s);
        if (t->late_action) manifest_add(m, "7.4-b", "nonconforming", "activity", gen_text("ACT-%04d", no), "activity.csv", s.line, "复盘的措施逾期");
    }
    if (lapsed) activities_lapse(m);
    sink_close(&s);
}
static void actions_write(const world *w, const tickets *ts, const char *dir, manifest *m)
{
    sink s;
    int no = 0;
    sink_open(&s, dir, "action.csv", "id,finding,owner,opened_on,due_on,closed_on,status");
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (!((t->type == INCIDENT && t->prio == 1) || t->type == PROBLEM) || !t->at[RESOLVED]) continue;
        int64_t opened = t->at[RESOLVED], due = opened + 21 * DAY, closed = t->late_action ? due + 2 * DAY : opened + (3 + (int64_t)(i % 15)) * DAY;
        bool done = closed <= EXPORTED_AT;
        sink_text(&s, gen_text("CA-%04d", ++no), true); sink_text(&s, t->id, false); sink_text(&s, w->people[2 + no % 40].id, false);
        sink_date(&s, opened, false); sink_date(&s, due, false); sink_date(&s, done ? closed : 0, false); sink_text(&s, done ? "closed" : "open", false);
        sink_end(&s);
        if (t->late_action) manifest_add(m, "4.4-b", "nonconforming", "action", gen_text("CA-%04d", no), "action.csv", s.line, "纠正措施逾期两日关闭");
    }
    sink_close(&s);
}
void registers_write(world *w, const tickets *ts, const char *dir, manifest *m)
{
    people_write(w, dir, m);
    catalogue_write(w, dir);
    outages_write(w, ts, dir, m);
    documents_write(w, ts, dir, m);
    activities_write(w, ts, dir, m);
    actions_write(w, ts, dir, m);
}
