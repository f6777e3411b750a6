/* One ticket: what it is about, who has it, when each step happens, its row and its history. */
#include "tests/generator/generate.h"
#include <string.h>

static const char *const kind_names[] = {"incident", "request", "change", "problem", "complaint"};
enum { TOPICS = 10 };
static const char *const topics[5][TOPICS] = {
    {"无法登录", "页面响应缓慢", "服务不可用", "数据显示异常", "连接频繁中断", "磁盘空间告警", "接口调用超时", "打印输出错误", "同步任务失败", "账户被锁定"},
    {"权限开通申请", "账户新增申请", "配置调整申请", "使用咨询", "数据查询申请", "软件安装申请", "容量扩充申请", "密码重置申请", "报表定制申请", "设备领用申请"},
    {"版本升级", "安全补丁安装", "参数优化", "数据迁移", "证书更换", "存储扩容", "中间件升级", "防火墙策略调整", "主机迁移", "高可用改造"},
    {"重复中断根因分析", "性能瓶颈分析", "容量不足分析", "接口不稳定分析", "告警频发分析", "数据不一致分析", "登录失败分析", "备份超时分析", "网络抖动分析", "内存泄漏分析"},
    {"处理进度过慢", "沟通态度问题", "未按约定回访", "反复发生未根治", "现场服务迟到", "答复内容不清", "未经同意关闭工单", "多次转派", "处理结果不满意", "服务窗口安排不当"}};
static const char *const causes[] = {"应用进程内存不足", "网络链路抖动", "配置参数错误", "数据库锁等待", "证书过期", "磁盘空间不足", "用户操作不当", "第三方接口故障"};
static const char *const actions[] = {"重启进程并调整内存参数", "切换备用链路并更换光模块", "更正配置并复核", "终止阻塞会话并优化语句", "更换证书", "清理日志并扩容", "指导用户操作", "联系供应商修复接口"};
static const char *topic(kind k, int sv, uint32_t n)
{
    static const char *made[5][SERVICES][TOPICS];
    if (!made[k][sv][n]) made[k][sv][n] = gen_text("%s%s", gen_services[sv].name, topics[k][n]);
    return made[k][sv][n];
}

bool ticket_information(const ticket *t) { return t->type == REQUEST && t->title && (strstr(t->title, "咨询") || strstr(t->title, "查询")); }
bool ticket_office(const ticket *t) { return t->type > REQUEST || t->prio > 2; }
int64_t ticket_limit(const ticket *t, stage s)
{
    static const int64_t desk[STAGES][5] = {
        [RESPONDED] = {0, 15 * MINUTE, 30 * MINUTE, 4 * HOUR, 8 * HOUR}, [CLASSIFIED] = {0, 30 * MINUTE, 30 * MINUTE, 4 * HOUR, 4 * HOUR},
        [ASSIGNED] = {0, 15 * MINUTE, 15 * MINUTE, 2 * HOUR, 2 * HOUR},  [RESOLVED] = {0, 4 * HOUR, 8 * HOUR, 3 * WORKDAY, 5 * WORKDAY}};
    if (t->type <= REQUEST) return desk[s][t->prio];
    if (t->type == COMPLAINT) return s == RESPONDED ? 4 * HOUR : s == RESOLVED ? 5 * WORKDAY : 0;
    return 0;
}
static int64_t skewed(rng *r, int64_t median, int64_t lo, int64_t hi)
{
    int64_t v = rng_skewed(r, median);
    return v < lo ? lo + v % MINUTE : v > hi ? hi - v % MINUTE : v;
}
/* Durations well inside every limit. */
static void pace(rng *r, ticket *t)
{
    int p = t->type <= REQUEST ? t->prio : 3;
    if (p == 1) {
        t->d[RESPONDED] = rng_between(r, 50, 9 * MINUTE), t->d[CLASSIFIED] = rng_between(r, 60, 7 * MINUTE), t->d[ASSIGNED] = rng_between(r, 20, 3 * MINUTE);
        t->d[STARTED] = rng_between(r, 20, 3 * MINUTE), t->d[RESOLVED] = skewed(r, 85 * MINUTE, 25 * MINUTE, 228 * MINUTE);
    } else if (p == 2) {
        t->d[RESPONDED] = rng_between(r, 80, 25 * MINUTE), t->d[CLASSIFIED] = rng_between(r, 100, 24 * MINUTE), t->d[ASSIGNED] = rng_between(r, 40, 13 * MINUTE);
        t->d[STARTED] = rng_between(r, 60, 15 * MINUTE), t->d[RESOLVED] = skewed(r, 170 * MINUTE, 70 * MINUTE, 455 * MINUTE);
    } else {
        t->d[RESPONDED] = skewed(r, 40 * MINUTE, 2 * MINUTE, 225 * MINUTE), t->d[CLASSIFIED] = skewed(r, 25 * MINUTE, 2 * MINUTE, 200 * MINUTE);
        t->d[ASSIGNED] = skewed(r, 15 * MINUTE, 2 * MINUTE, 110 * MINUTE), t->d[STARTED] = skewed(r, 30 * MINUTE, 2 * MINUTE, 110 * MINUTE);
        int64_t limit = t->type == PROBLEM ? 8 * WORKDAY : p == 3 && t->type <= REQUEST ? 3 * WORKDAY : 5 * WORKDAY;
        t->d[RESOLVED] = skewed(r, limit * 3 / 10, t->d[RESPONDED] + 20 * MINUTE, limit - HOUR);
    }
    t->d[VERIFIED] = p <= 2 ? rng_between(r, 4 * MINUTE, 40 * MINUTE) : skewed(r, 50 * MINUTE, 3 * MINUTE, 6 * HOUR);
    t->d[ACCEPTED] = skewed(r, 2 * HOUR, 5 * MINUTE, 11 * HOUR);
    t->d[CLOSED] = skewed(r, HOUR, 5 * MINUTE, 7 * HOUR);
    int64_t work = t->d[CLASSIFIED] + t->d[ASSIGNED] + t->d[STARTED]; /* the need is confirmed before work begins */
    if (t->d[RESPONDED] >= work) t->d[RESPONDED] = work - 20 - work % 40;
    if (ticket_information(t)) {
        if (p > 2 && t->d[RESOLVED] > 7 * HOUR + 20 * MINUTE) t->d[RESOLVED] = 7 * HOUR + 20 * MINUTE;
    } else if (t->type <= REQUEST && p > 2 && rng_permille(r, 170)) {
        t->pause_after = rng_between(r, 5 * MINUTE, 2 * HOUR), t->pause_len = skewed(r, 5 * HOUR, 30 * MINUTE, 15 * HOUR);
        t->pause_status = rng_permille(r, 650) ? "pending_customer" : "pending_supplier";
    } else if (t->type <= REQUEST && p == 2 && rng_permille(r, 100)) {
        t->pause_after = rng_between(r, 5 * MINUTE, 30 * MINUTE), t->pause_len = rng_between(r, 20 * MINUTE, 6 * HOUR), t->pause_status = "pending_supplier";
    }
}
static void plan_change(ticket *t)
{
    t->at[STARTED] = t->planned_from + t->d[STARTED] % (20 * MINUTE) + MINUTE;
    t->at[RESOLVED] = t->at[STARTED] + 50 * MINUTE + t->d[RESOLVED] % (90 * MINUTE);
    t->at[VERIFIED] = t->at[RESOLVED] + 10 * MINUTE + t->d[VERIFIED] % (20 * MINUTE);
}
static void cut(ticket *t)
{
    bool over = false;
    for (int s = CLASSIFIED; s < STAGES; s++) {
        over = over || t->at[s] > EXPORTED_AT || (t->open && s >= RESOLVED) || (t->cancelled && s >= ASSIGNED);
        if (over) t->at[s] = 0;
    }
    if (t->at[RESPONDED] > EXPORTED_AT) t->at[RESPONDED] = 0;
    if (!t->at[STARTED]) t->pause_from = t->pause_to = 0;
}
void ticket_plan(ticket *t)
{
    bool office = ticket_office(t);
    int64_t created = t->at[CREATED];
    t->at[RESPONDED] = gen_advance(created, t->d[RESPONDED], office);
    t->at[CLASSIFIED] = gen_advance(created, t->d[CLASSIFIED], office);
    t->at[ASSIGNED] = gen_advance(t->at[CLASSIFIED], t->d[ASSIGNED], office);
    t->at[STARTED] = gen_advance(t->at[ASSIGNED], t->d[STARTED], office);
    t->pause_from = t->pause_to = 0;
    if (t->type == CHANGE) {
        plan_change(t);
    } else {
        int64_t last = t->at[STARTED];
        if (t->pause_len) {
            t->pause_from = gen_advance(last, t->pause_after, office);
            last = t->pause_to = gen_advance(t->pause_from, t->pause_len, office);
        }
        int64_t used = t->pause_len ? t->pause_from : last;
        used = office ? gen_worktime(created, used) : used - created;
        if (t->d[RESOLVED] < used + 10 * MINUTE && !t->used) t->d[RESOLVED] = used + 10 * MINUTE;
        t->at[RESOLVED] = gen_advance(last, t->d[RESOLVED] - used, office);
        if (t->reopened) { /* d[RESOLVED] is then the time to the first resolution and d of the second follows */
            t->first_resolved = t->at[RESOLVED];
            t->reopened = gen_advance(t->first_resolved, 5 * HOUR, true);
            t->at[RESOLVED] = gen_advance(t->reopened, 90 * MINUTE, office);
        }
        t->at[VERIFIED] = gen_advance(t->at[RESOLVED], t->d[VERIFIED], office);
    }
    t->at[ACCEPTED] = gen_advance(t->at[VERIFIED], t->d[ACCEPTED], true);
    t->at[CLOSED] = gen_advance(t->at[ACCEPTED], t->d[CLOSED], true);
    cut(t);
    memcpy(t->hist, t->at, sizeof t->at);
}

static void rank_of(rng *r, ticket *t)
{
    static const int grid[5][3][2] = {{{1, 1}, {1, 1}, {1, 1}}, {{1, 1}, {1, 1}, {1, 1}}, {{1, 2}, {2, 1}, {1, 2}}, {{2, 2}, {1, 3}, {3, 1}}, {{3, 3}, {2, 3}, {3, 2}}};
    uint32_t x = rng_below(r, 1000);
    if (t->type == INCIDENT) t->prio = x < 28 ? 1 : x < 150 ? 2 : x < 640 ? 3 : 4;
    else if (t->type == REQUEST) t->prio = x < 40 ? 2 : x < 500 ? 3 : 4;
    else t->prio = x < 100 ? 2 : x < 700 ? 3 : 4;
    const int *g = grid[t->prio][rng_below(r, 3)];
    t->impact = g[0], t->urgency = g[1];
}

static void describe(world *w, ticket *t, uint32_t no)
{
    rng *r = &w->r;
    static const char *const channels[] = {"phone", "portal", "email", "chat", "onsite"};
    const config_item *c = &gen_systems[t->sys];
    const service *sv = &gen_services[c->service];
    uint32_t n = rng_below(r, TOPICS), k = rng_below(r, 8);
    bool watched = t->type == INCIDENT && rng_permille(r, t->prio <= 2 ? 450 : 120);
    t->service = sv->id, t->system = c->id, t->team = sv->team;
    t->title = topic(t->type, c->service, n);
    t->category = t->type == REQUEST ? (n == 4 || n == 8 ? "数据管理" : n == 5 ? "软件升级" : "用户支持") : t->type == COMPLAINT ? "用户支持" : sv->category;
    if (t->type == CHANGE) t->category = n < 2 || n == 6 ? "软件升级" : n == 3 ? "数据管理" : n == 7 ? "网络安全" : "系统维护";
    t->requester = world_customer(w, &t->org);
    t->origin = watched ? "monitor" : "user";
    t->channel = watched ? "monitor" : channels[rng_below(r, 100) * rng_below(r, 100) / 2000 % 5];
    t->handling = rng_permille(r, 780) ? "remote" : "onsite";
    t->description = w->bench ? t->title : gen_text("%s反映:%s,影响范围%u人,期望尽快处理", t->org, t->title, 1 + rng_below(r, 80));
    t->root_cause = t->type == INCIDENT && t->prio == 1 ? gen_text("%s(设备批次%u)", causes[k], no) : t->type == INCIDENT || t->type == PROBLEM ? causes[k] : NULL;
    t->resolution = t->type == CHANGE ? "成功:按方案实施并验证" : t->type == COMPLAINT ? "致歉并说明整改措施" : t->type == REQUEST ? "按流程办理完毕" : actions[k];
    if (t->type <= REQUEST ? rng_permille(r, 520) : t->type == COMPLAINT) t->satisfaction = rng_permille(r, 620) ? 5 : rng_permille(r, 850) ? 4 : 3;
}
/* A change is asked for by a colleague or a customer, approved by the change manager, carried out in an evening window. */
static void govern(world *w, ticket *t)
{
    int64_t window = gen_advance(t->at[CREATED], WORKDAY + (int64_t)rng_below(&w->r, 4) * WORKDAY, true) / DAY * DAY + 20 * HOUR;
    t->approver = w->people[1].id;
    t->approved = gen_advance(gen_advance(t->at[CREATED], t->d[CLASSIFIED], true), t->d[ASSIGNED] + t->d[STARTED] + HOUR, true);
    t->planned_from = window, t->planned_to = window + 4 * HOUR;
    t->rollback = "保留旧版本与快照,30分钟内可回退";
}
void ticket_make(world *w, ticket *t, kind type, int64_t created, uint32_t no)
{
    *t = (ticket){.at = {[CREATED] = created}, .type = type, .reopen_count = 0};
    t->id = gen_text("GD%06u", no);
    t->sys = (int)rng_below(&w->r, SYSTEMS);
    rank_of(&w->r, t);
    describe(w, t, no);
    pace(&w->r, t);
    person *who = world_handler(w, t->team, type <= REQUEST ? t->prio : 3, created);
    t->assignee = who->id;
    int verifier = 2 + (int)rng_below(&w->r, 7);
    if (w->people[verifier].id == t->assignee) verifier = 2 + (verifier - 1) % 7;
    t->verifier = w->people[verifier].id;
    t->accepter = t->requester;
    if (type == CHANGE) govern(w, t);
    if (type == COMPLAINT) {
        t->about = w->people[9 + rng_below(&w->r, 35)].id;
        if (!strcmp(t->about, t->assignee)) t->about = w->people[2].id == t->assignee ? w->people[3].id : w->people[2].id;
    }
    if (type == REQUEST && !w->bench && no % 19 == 0) {
        t->title = gen_text("数据导出申请-%s", gen_services[gen_systems[t->sys].service].name), t->category = "数据管理", t->approver = w->manager;
        t->pause_len = 0, t->d[RESOLVED] = t->d[RESOLVED] < 8 * HOUR ? 8 * HOUR : t->d[RESOLVED];
    } else if (type <= REQUEST && rng_permille(&w->r, 15)) {
        t->cancelled = 1;
    }
    ticket_plan(t);
    if (t->cancelled) t->cancelled = t->at[CLASSIFIED] ? gen_advance(t->at[CLASSIFIED], HOUR, true) : 0;
    if (type == REQUEST && t->approver) t->approved = t->at[ASSIGNED], t->planned_from = t->at[STARTED], t->planned_to = t->at[STARTED] ? t->at[STARTED] + 4 * HOUR : 0;
    t->due = type == PROBLEM ? created + 28 * DAY : gen_advance(created, type <= REQUEST ? ticket_limit(t, RESOLVED) : 5 * WORKDAY, ticket_office(t));
}
const char *ticket_status(const ticket *t)
{
    static const char *const names[STAGES] = {"new", "new", "classified", "assigned", "in_progress", "resolved", "verified", "accepted", "closed"};
    if (t->cancelled && t->cancelled <= EXPORTED_AT) return "cancelled";
    int s = CLOSED;
    while (s > CREATED && (s == RESPONDED || !t->hist[s])) s--;
    if (s == STARTED && t->pause_from && t->pause_from <= EXPORTED_AT && t->pause_to > EXPORTED_AT) return t->pause_status;
    return names[s];
}
void ticket_write(sink *s, const ticket *t)
{
    static const char *const prios[] = {NULL, "P1", "P2", "P3", "P4"};
    bool done = t->hist[RESOLVED] != 0;
    const char *head[] = {t->id, kind_names[t->type], t->title, t->description, t->category, t->service, t->system, prios[t->prio]};
    for (size_t i = 0; i < 8; i++) sink_text(s, head[i], i == 0);
    int grid[2] = {t->impact, t->urgency};
    for (int i = 0; i < 2; i++) grid[i] ? sink_num(s, grid[i], false) : sink_text(s, NULL, false);
    const char *who[] = {t->channel, t->origin, t->requester, t->org, t->at[ASSIGNED] || t->hist[ASSIGNED] ? t->assignee : NULL, t->team, t->handling, ticket_status(t)};
    for (size_t i = 0; i < 8; i++) sink_text(s, who[i], false);
    for (int i = CREATED; i <= VERIFIED; i++) sink_time(s, t->at[i], false);
    sink_text(s, t->hist[VERIFIED] ? t->verifier : NULL, false);
    sink_time(s, t->at[ACCEPTED], false);
    sink_text(s, t->hist[ACCEPTED] ? t->accepter : NULL, false);
    sink_time(s, t->at[CLOSED], false);
    sink_time(s, t->due, false);
    t->reopen_count >= 0 ? sink_num(s, t->reopen_count, false) : sink_text(s, NULL, false);
    t->satisfaction && t->at[CLOSED] ? sink_num(s, t->satisfaction, false) : sink_text(s, NULL, false);
    sink_text(s, done ? t->resolution : NULL, false);
    sink_text(s, done ? t->root_cause : NULL, false);
    sink_text(s, t->approver, false);
    sink_time(s, t->approved, false); sink_time(s, t->planned_from, false); sink_time(s, t->planned_to, false);
    sink_text(s, t->rollback, false); sink_text(s, t->about, false); sink_text(s, t->related, false);
    sink_end(s);
}

typedef struct change { int64_t at; const char *actor, *field, *was, *now; } change;
enum { CHANGES = 120 };
static size_t note(change *c, size_t n, int64_t at, const char *actor, const char *field, const char *was, const char *now)
{
    if (!at || at > EXPORTED_AT || n == CHANGES) return n;
    c[n] = (change){at, actor, field, was, now};
    return n + 1;
}
static size_t updates(const ticket *t, change *c, size_t n)
{
    int64_t end = t->hist[RESOLVED] ? t->hist[RESOLVED] : EXPORTED_AT, step = t->type == INCIDENT && t->prio == 1 ? 50 * MINUTE : 2 * WORKDAY;
    bool office = ticket_office(t);
    int64_t begin = t->hist[ASSIGNED] ? t->hist[ASSIGNED] : t->hist[CLASSIFIED] ? t->hist[CLASSIFIED] : t->hist[CREATED];
    if (t->silent || t->cancelled) return n;
    for (int64_t at = gen_advance(begin, step, office); at < end && n < CHANGES - 20; at = gen_advance(at, step, office)) n = note(c, n, at, t->assignee, "comment", NULL, "处理中,持续跟进");
    return n;
}
long ticket_write_history(sink *s, const ticket *t)
{
    static const char *const names[STAGES] = {"new", NULL, "classified", "assigned", "in_progress", "resolved", "verified", "accepted", "closed"};
    const char *const actors[STAGES] = {t->requester, NULL, t->verifier, t->verifier, t->assignee, t->assignee, t->verifier, t->accepter, "system"};
    change c[CHANGES];
    size_t n = 0;
    const char *was = NULL;
    for (int i = CREATED; i < STAGES; i++) {
        if (i == RESPONDED) continue;
        if (i == RESOLVED && t->first_resolved) {
            n = note(c, n, t->first_resolved, t->assignee, "status", was, "resolved");
            n = note(c, n, t->reopened, t->requester, "status", "resolved", "in_progress");
        }
        size_t before = n;
        n = note(c, n, t->hist[i], actors[i], "status", was, names[i]);
        if (n > before) was = names[i];
    }
    if (t->pause_from) {
        n = note(c, n, t->pause_from, t->assignee, "status", "in_progress", t->pause_status);
        n = note(c, n, t->pause_to, t->assignee, "status", t->pause_status, "in_progress");
    }
    n = note(c, n, t->hist[ASSIGNED], t->verifier, "assignee", NULL, t->assignee);
    if (t->sys % 2 && strcmp(t->team, gen_teams[0])) n = note(c, n, t->hist[ASSIGNED], t->verifier, "team", gen_teams[0], t->team);
    for (int k = 0; k < t->moves; k++) n = note(c, n, t->hist[ASSIGNED] + (k + 1) * MINUTE, t->verifier, "team", gen_teams[k % TEAMS], gen_teams[(k + 1) % TEAMS]);
    n = note(c, n, t->cancelled, t->requester, "status", was, "cancelled");
    if (t->type == INCIDENT && t->prio == 1 && t->hist[STARTED] && !t->unreported) n = note(c, n, t->hist[STARTED] + 5 * MINUTE, t->assignee, "escalation", NULL, "服务经理");
    n = note(c, n, t->escalated, t->assignee, "escalation", NULL, "服务经理");
    n = updates(t, c, n);
    for (size_t i = 1; i < n; i++) { /* stable, nearly sorted already */
        change x = c[i];
        size_t j = i;
        for (; j > 0 && c[j - 1].at > x.at; j--) c[j] = c[j - 1];
        c[j] = x;
    }
    for (size_t i = 0; i < n; i++) {
        sink_text(s, t->id, true); sink_time(s, c[i].at, false);
        sink_text(s, c[i].actor, false); sink_text(s, c[i].field, false); sink_text(s, c[i].was, false); sink_text(s, c[i].now, false);
        sink_end(s);
    }
    return (long)n;
}
