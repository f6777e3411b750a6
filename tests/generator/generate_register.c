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

static void people_write(const world *w, const char *dir)
{
    sink st, ce, tr, ap;
    sink_open(&st, dir, "staff.csv", "id,name,team,role,level,hired_on,left_on");
    sink_open(&ce, dir, "certificate.csv", "staff_id,name,issued_on,expires_on");
    sink_open(&tr, dir, "training.csv", "staff_id,course,kind,completed_on,hours,score");
    sink_open(&ap, dir, "appraisal.csv", "staff_id,period,held_on,result");
    for (int i = 0; i < w->npeople; i++) {
        const person *p = &w->people[i];
        sink_text(&st, p->id, true); sink_text(&st, p->name, false); sink_text(&st, p->team, false); sink_text(&st, p->role, false); sink_text(&st, p->level, false);
        sink_date(&st, p->hired, false); sink_date(&st, p->left, false); sink_end(&st);
        for (size_t c = 0; c < 6; c++) ROW(&ce, p->id, categories[c], gen_text("2024-0%d-15", 1 + (i + (int)c) % 6), "2026-12-31");
        ROW(&tr, p->id, "信息安全意识年度培训", "security", gen_text("2025-07-%02d", 7 + i % 5), "4", gen_text("%d", 75 + i * 7 % 25));
        ROW(&tr, p->id, "服务支持规范宣贯", "specification", gen_text("2025-07-%02d", 14 + i % 4), "3", gen_text("%d", 80 + i * 3 % 20));
        ROW(&tr, p->id, "故障诊断实操", "skill", gen_text("2025-08-%02d", 4 + i % 5), "5", gen_text("%d", 70 + i * 11 % 30));
        ROW(&ap, p->id, "2025Q3", p->left ? "2025-08-12" : gen_text("2025-09-%02d", 15 + i % 8), i % 5 ? "良好" : "优秀");
    }
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
    sink_close(&s);
}
static void documents_write(const tickets *ts, const char *dir)
{
    sink s;
    sink_open(&s, dir, "document.csv", "id,kind,title,clause,version,status,effective_on,review_due_on,approved_by,file");
#define DOC(id, kind, title, clause, from, due) ROW(&s, id, kind, title, clause, "1.0", "生效", from, due, "总经办", gen_text("证据/%s.pdf", id))
    DOC("DOC-LAW", "law_register", "适用法律法规清册(网络安全法、数据安全法、个人信息保护法)", "1.2", "2025-01-10", "2026-01-10");
    DOC("DOC-STD", "standard_register", "适用标准清册(GB/T 36055-2018、ISO/IEC 20000)", "1.2", "2025-01-10", "2026-01-10");
    for (int i = 0; i < SERVICES; i++) DOC(gen_text("DOC-SLA-%02d", i + 1), "agreement", gen_text("%s服务级别协议", gen_services[i].name), "4.1", "2025-01-01", "2026-01-01");
    DOC("DOC-EMG", "plan_emergency", "信息系统突发事件应急预案", "7.1", "2025-03-01", "2026-03-01");
    for (int i = 0; i < SYSTEMS; i++)
        if (gen_systems[i].tier == 1) DOC(gen_text("DOC-DR-%02d", i + 1), "plan_recovery", gen_text("%s(%s)灾难恢复计划", gen_systems[i].name, gen_systems[i].id), "7.2", "2025-02-01", "2026-02-01");
    DOC("DOC-INC", "incentive", "服务人员激励办法", "5.4", "2025-01-01", "2026-01-01");
    DOC("DOC-SPEC", "specification", "2025年信息技术服务支持规范", "8.2", "2025-01-01", "2025-12-31");
    DOC("DOC-INT", "interpretation", "规范解释机构说明(信息技术服务管理委员会)", "8.1", "2025-01-01", "2025-12-31");
    DOC("DOC-REV-Q3", "review_report", "2025年第三季度服务评审报告", "1.4", "2025-09-18", "2026-09-18");
    for (int m = 7; m <= 9; m++) DOC(gen_text("DOC-RPT-%d", m), "service_report", gen_text("2025年%d月服务报告", m), "4.2", gen_text("2025-%02d-28", m), "2026-12-31");
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->type != INCIDENT || t->prio != 1 || !t->at[RESOLVED]) continue;
        int y, mo, d;
        gen_date(t->at[CREATED], &y, &mo, &d);
        DOC(gen_text("DOC-P1-%s", t->id), "incident_report", gen_text("重大事件报告 %s", t->id), "7.3", gen_text("%04d-%02d-%02d", y, mo, d), "2026-12-31");
    }
    sink_close(&s);
}
static void activities_write(const tickets *ts, const char *dir)
{
    sink s;
    int no = 0;
    sink_open(&s, dir, "activity.csv", "id,kind,held_on,system,ticket_id,result,document_id,rto_minutes,rpo_minutes");
#define ACT(kind, on, system, result, doc, rto, rpo) ROW(&s, gen_text("ACT-%04d", ++no), kind, on, system, NULL, result, doc, rto, rpo)
    ACT("review", "2025-09-18 14:00:00", NULL, "合格", "DOC-REV-Q3", NULL, NULL);
    ACT("drill", "2025-07-24 09:30:00", NULL, "合格", "DOC-EMG", NULL, NULL);
    ACT("audit", "2025-08-20 09:30:00", NULL, "合格", NULL, NULL, NULL);
    for (int m = 7; m <= 9; m++) ACT("service_report", gen_text("2025-%02d-28 16:00:00", m), NULL, "已发布", gen_text("DOC-RPT-%d", m), NULL, NULL);
    for (int i = 0; i < SYSTEMS; i++) {
        const config_item *c = &gen_systems[i];
        if (c->tier != 1) continue;
        for (int m = 7; m <= 9; m++) ACT("maintenance", gen_text("2025-%02d-%02d 22:00:00", m, 8 + i), c->id, "合格", NULL, NULL, NULL);
        ACT("restore_test", gen_text("2025-08-%02d 10:00:00", 4 + i), c->id, "合格", NULL, NULL, NULL);
        ACT("dr_drill", gen_text("2025-09-%02d 20:00:00", 2 + i), c->id, "合格", gen_text("DOC-DR-%02d", i + 1), gen_text("%d", c->rto * 3 / 4), gen_text("%d", c->rpo / 2));
    }
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->type != INCIDENT || t->prio != 1 || !t->at[RESOLVED]) continue;
        int64_t held = gen_advance(t->at[RESOLVED], (4 + (int64_t)(i % 25)) * HOUR, true);
        if (held > EXPORTED_AT) continue;
        sink_text(&s, gen_text("ACT-%04d", ++no), true); sink_text(&s, "postmortem", false); sink_time(&s, held, false); sink_text(&s, t->system, false);
        sink_text(&s, t->id, false); sink_text(&s, "已查明根因并制定措施", false); sink_text(&s, gen_text("DOC-P1-%s", t->id), false); sink_text(&s, NULL, false); sink_text(&s, NULL, false);
        sink_end(&s);
    }
    sink_close(&s);
}
static void actions_write(const world *w, const tickets *ts, const char *dir)
{
    sink s;
    int no = 0;
    sink_open(&s, dir, "action.csv", "id,finding,owner,opened_on,due_on,closed_on,status");
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (!((t->type == INCIDENT && t->prio == 1) || t->type == PROBLEM) || !t->at[RESOLVED]) continue;
        int64_t opened = t->at[RESOLVED], due = opened + 21 * DAY, closed = opened + (3 + (int64_t)(i % 15)) * DAY;
        bool done = closed <= EXPORTED_AT;
        sink_text(&s, gen_text("CA-%04d", ++no), true); sink_text(&s, t->id, false); sink_text(&s, w->people[2 + no % 40].id, false);
        sink_date(&s, opened, false); sink_date(&s, due, false); sink_date(&s, done ? closed : 0, false); sink_text(&s, done ? "closed" : "open", false);
        sink_end(&s);
    }
    sink_close(&s);
}
void registers_write(world *w, const tickets *ts, const char *dir, manifest *m)
{
    people_write(w, dir);
    catalogue_write(w, dir);
    outages_write(w, ts, dir, m);
    documents_write(ts, dir);
    activities_write(ts, dir);
    actions_write(w, ts, dir);
}
