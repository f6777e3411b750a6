/* The samples: a quarter of a made-up organisation, the same bytes everywhere. Clean by construction; then faults are planted one by one, each on a ticket of its own,
 * and told in a manifest. With --bench the same shapes at scale, with natural faults.
 * usage: generate --seed N --out DIR [--manifest FILE] [--bench] [--scale X] */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- numbers (splitmix64, Steele et al. 2014) ---- */
static uint64_t state;
static uint64_t next_u64(void)
{
    uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}
static int pick(int n) { return (int)(next_u64() % (uint64_t)n); }
static double unit(void) { return (double)(next_u64() >> 11) / 9007199254740992.0; }

/* ---- time: seconds of the wall clock since 2025-06-01 00:00; office hours by stepping through days ---- */
enum { DAY = 86400, Q_FROM = 30 * DAY, Q_TO = (30 + 92) * DAY };
static bool works(int day) /* 2025-06-01 is a Sunday, day 0 */
{
    if (day == 119) return true;                     /* Sunday 2025-09-28 */
    if (day >= 122 && day <= 129) return false;      /* 10-01 .. 10-08 */
    if (day == 132) return true;                     /* Saturday 10-11 */
    if (day == 1) return false;                      /* 2025-06-02, Dragon Boat */
    int w = day % 7;
    return w != 0 && w != 6;
}
static long office_within(long sec) /* working seconds of a working day before this second of it */
{
    long a = sec < 9 * 3600 ? 0 : sec < 12 * 3600 ? sec - 9 * 3600 : 3 * 3600;
    long b = sec < 13 * 3600 ? 0 : sec < 18 * 3600 ? sec - 13 * 3600 : 5 * 3600;
    return a + b;
}
static long office(long a, long b)
{
    long sum = 0;
    for (long d = a / DAY; d <= b / DAY; d++) {
        if (!works((int)d)) continue;
        long from = d == a / DAY ? a % DAY : 0, to = d == b / DAY ? b % DAY : DAY;
        sum += office_within(to) - office_within(from);
    }
    return sum;
}
/* The instant at which `want` working seconds have passed since a. */
static long office_add(long a, long want)
{
    long lo = a, hi = a + 40L * DAY;
    while (lo < hi) {
        long mid = lo + (hi - lo) / 2;
        if (office(a, mid) >= want) hi = mid;
        else lo = mid + 1;
    }
    return lo;
}

static const char *stamp(long t)
{
    static char ring[16][64];
    static int at;
    static const int days[] = {30, 31, 31, 30, 31, 30, 31};
    char *s = ring[at++ % 16];
    long d = t / DAY, m = 0;
    while (m < 6 && d >= days[m]) d -= days[m++];
    snprintf(s, 64, "2025-%02ld-%02ld %02ld:%02ld:%02ld", m + 6, d + 1, t % DAY / 3600, t % 3600 / 60, t % 60);
    return s;
}
/* ---- the organisation ---- */
static const char *const families[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "林", "郭", "何", "高", "罗"};
static const char *const given[] = {"伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "明", "霞", "平", "刚", "桂英"};
static const char *const teams[] = {"服务台", "网络组", "系统组", "数据库组", "安全组", "应用组"};
static const char *const categories[] = {"系统维护", "软件升级", "数据管理", "网络安全", "故障排除", "用户支持"};
static const char *const services[] = {"办公网络", "互联网专线", "VPN接入", "邮件服务", "OA协同", "财务系统", "人力资源系统", "客户关系管理", "数据仓库", "文件共享", "视频会议", "门户网站"};
static const char *const troubles[] = {"无法登录", "访问缓慢", "页面报错", "打印失败", "数据不一致", "连接中断", "权限不足", "附件无法下载", "同步失败", "账号锁定"};
static const char *const causes[] = {"配置错误", "磁盘空间不足", "证书过期", "网络链路抖动", "程序缺陷", "操作失误", "硬件老化", "缓存失效", "并发过高", "第三方接口异常"};
static const char *const channels[] = {"phone", "email", "portal", "onsite", "chat", "monitor"};
enum { NSTAFF = 40, NSERVICES = 12, NSYSTEMS = 30, NLEFT = 3 };
static char names[NSTAFF][16];
static int level_of(int s) { return s % 4; } /* junior, middle, senior, expert */
static const char *const levels[] = {"junior", "middle", "senior", "expert"};

/* Someone on the staff of that level's kind, never one who has left. */
static int someone(bool senior)
{
    int s;
    do s = pick(300) ? NLEFT + pick(NSTAFF - NLEFT - 1) : NSTAFF - 1; while ((level_of(s) >= 2) != senior); /* the last one is new and has few */
    return s;
}

/* ---- files ---- */
static char folder[2048];
static FILE *manifest;
static FILE *open_file(const char *name, const char *header)
{
    char path[2300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(1);
    }
    setvbuf(f, NULL, _IOFBF, 1 << 20);
    if (header) fprintf(f, "%s\n", header);
    return f;
}
static void close_file(FILE *f)
{
    if (f && (ferror(f) || fclose(f) != 0)) {
        perror("generate");
        exit(1);
    }
}

/* ---- tickets ---- */
typedef struct ticket {
    long no, created, responded, classified, assigned, started, resolved, verified, accepted, closed, approved, plan_from, plan_to; /* 0: missing */
    int type, cat, service, system, prio, impact, urgency, who, team;
    const char *channel, *origin, *handling, *status, *category, *service_id, *resolution, *root_cause, *rollback, *assignee, *accepter, *verifier, *requester, *approver, *about, *title;
    char texts[8][64];
    int reopen, satisfaction;     /* -1: missing */
    long pause_from, pause_to, reopened;
    const char *pause_kind;
} ticket;
static const char *const types[] = {"incident", "request", "change", "problem", "complaint"};
static const long resolve_limit[] = {4 * 3600, 8 * 3600, 3 * 8 * 3600, 5 * 8 * 3600};
static bool bench;
static long history_rows;

static long span_add(int prio, long a, long want) { return prio < 2 ? a + want : office_add(a, want); }

static long arrival(void)
{
    for (;;) {
        long t = Q_FROM + (long)(unit() * (Q_TO - Q_FROM));
        double busy = works((int)(t / DAY)) ? 1 : 0.2, hour = (double)(t % DAY) / 3600;
        busy *= hour > 8 && hour < 19 ? 1 : 0.15;
        if (unit() < busy) return t;
    }
}

static void times(ticket *t)
{
    double mood = exp(-1.6 + 0.55 * (unit() + unit() + unit() - 1.5) * 2); /* share of the limit used, mostly far below 1 */
    if (mood > 0.9) mood = 0.9;
    long lim = t->type == 4 ? 5 * 8 * 3600 : resolve_limit[t->prio];
    int clock = t->type == 4 ? 2 : t->prio;
    long first = t->prio < 2 ? 60 + pick(500) : 120 + pick(3000);
    t->responded = span_add(clock, t->created, first);
    t->classified = span_add(clock, t->responded, 30 + pick(t->prio < 2 ? 120 : 600));
    t->assigned = span_add(clock, t->classified, 30 + pick(t->prio < 2 ? 120 : 900));
    t->started = t->assigned + 5 + pick(60);
    t->resolved = span_add(clock, t->created, (long)((double)lim * mood));
    if (t->resolved < t->started + 300) t->resolved = t->started + 300 + pick(600);
    t->verified = t->resolved + 300 + pick(1800);
    t->accepted = t->verified + 600 + pick(2 * 3600);
    t->closed = t->accepted + 300 + pick(3600);
}

static void fresh(ticket *t, long no, long created)
{
    *t = (ticket){.no = no, .created = created, .reopen = 0, .satisfaction = -1};
    int r = pick(1000);
    t->type = r < 600 ? 0 : r < 880 ? 1 : r < 970 ? 2 : r < 995 ? 3 : 4;
    static const int prios[][2] = {{1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 3}, {3, 1}, {2, 3}, {3, 2}, {3, 3}};
    int p = pick(100), k = p < 3 ? 0 : p < 8 ? 1 : p < 12 ? 2 : p < 40 ? 3 : p < 50 ? 4 : p < 55 ? 5 : p < 70 ? 6 : p < 85 ? 7 : 8;
    t->impact = prios[k][0], t->urgency = prios[k][1];
    int sum = t->impact + t->urgency;
    t->prio = sum == 2 ? 0 : sum == 3 ? 1 : sum == 4 ? 2 : 3;
    t->cat = pick(6);
    t->system = pick(NSYSTEMS);
    t->service = t->system % NSERVICES;
    t->who = someone(t->prio < 2 || (t->prio == 2 && pick(3) == 0));
    t->team = t->who % 6;
    times(t);
    t->channel = channels[pick(6)];
    t->origin = strcmp(t->channel, "monitor") == 0 ? "monitor" : "user";
    t->handling = pick(4) ? "remote" : "onsite";
    t->status = "closed";
    t->category = categories[t->cat];
    snprintf(t->texts[0], 64, "SV%02d", t->service + 1), t->service_id = t->texts[0];
    snprintf(t->texts[1], 64, "S%03d", t->who + 1), t->assignee = t->texts[1];
    snprintf(t->texts[2], 64, "U%04ld", no % 4999), t->requester = t->texts[2], t->accepter = t->texts[2];
    snprintf(t->texts[3], 64, "S%03d", NLEFT + (t->who + 7 - NLEFT) % (NSTAFF - NLEFT) + 1), t->verifier = t->texts[3];
    snprintf(t->texts[4], 64, "%s%s(%ld)", services[t->service], troubles[pick(10)], no), t->title = t->texts[4];
    t->resolution = t->type == 2 ? "成功：按方案实施并验证" : "已定位并修复，恢复正常";
    t->root_cause = t->type == 0 || t->type == 3 ? causes[pick(10)] : "";
    t->rollback = t->approver = t->about = "";
    if (pick(10) < 6) t->satisfaction = 4 + (pick(10) < 6);
    if (t->type == 4) {
        t->satisfaction = 3 + pick(3);
        snprintf(t->texts[5], 64, "S%03d", NLEFT + (t->who + 3 - NLEFT) % (NSTAFF - NLEFT) + 1);
        t->about = t->texts[5];
    }
    if (t->type == 2) {
        t->rollback = "恢复变更前快照并回退配置";
        t->approver = "M001";
        t->plan_from = t->started - 600, t->plan_to = t->resolved + 3600, t->approved = t->classified < t->plan_from ? t->classified : t->created + 60;
        if (t->approved > t->plan_from) t->approved = t->plan_from;
    }
    if (t->type < 2 && pick(12) == 0 && t->resolved - t->started > 4000) { /* a pause within the work */
        t->pause_from = t->started + 600, t->pause_to = t->pause_from + 1200;
        t->pause_kind = pick(2) ? "pending_customer" : "pending_supplier";
    }
}

static void number(FILE *f, long v) { if (v >= 0) fprintf(f, "%ld", v); }
static void when(FILE *f, long t)
{
    fputc(',', f);
    if (t) fputs(stamp(t), f);
}

static void write_ticket(FILE *f, const ticket *t)
{
    fprintf(f, "T%07ld,%s,%s,%s发生%s,%s,%s,SYS%02d,P%d,", t->no, types[t->type], t->title, services[t->service], "异常现象，请协助处理", t->category, t->service_id, t->system + 1, t->prio + 1);
    number(f, t->impact), fputc(',', f), number(f, t->urgency);
    fprintf(f, ",%s,%s,%s,部门%02ld,%s,%s,%s,%s", t->channel, t->origin, t->requester, t->no % 17 + 1, t->assignee, teams[t->team], t->handling, t->status);
    when(f, t->created), when(f, t->responded), when(f, t->classified), when(f, t->assigned), when(f, t->started), when(f, t->resolved), when(f, t->verified);
    fprintf(f, ",%s", t->verified ? t->verifier : "");
    when(f, t->accepted);
    fprintf(f, ",%s", t->accepted ? t->accepter : "");
    when(f, t->closed);
    when(f, t->created + 10L * DAY);
    fputc(',', f), number(f, t->reopen), fputc(',', f), number(f, t->satisfaction);
    fprintf(f, ",%s,%s,%s", t->resolution, t->root_cause, t->approver);
    when(f, t->approved), when(f, t->plan_from), when(f, t->plan_to);
    fprintf(f, ",%s,%s,\n", t->rollback, t->about);
}

static void change(FILE *f, const ticket *t, long at, const char *name, const char *from, const char *to)
{
    fprintf(f, "T%07ld,%s,%s,%s,%s,%s\n", t->no, stamp(at), t->assignee, name, from, to);
    history_rows++;
}

static void write_history(FILE *f, const ticket *t)
{
    change(f, t, t->created, "status", "", "new");
    const char *now = "new";
    const struct { long at; const char *to; } steps[] = {{t->classified, "classified"}, {t->assigned, "assigned"}, {t->started, "in_progress"}, {t->pause_from, t->pause_kind}, {t->pause_to, "in_progress"},
        {t->reopened ? t->reopened - 1800 : 0, "resolved"}, {t->reopened, "in_progress"}, {t->resolved, "resolved"}, {t->verified, "verified"}, {t->accepted, "accepted"}, {t->closed, "closed"}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (!steps[i].at) continue;
        if (i == 1) change(f, t, steps[i].at, "assignee", "", t->assignee);
        change(f, t, steps[i].at, "status", now, steps[i].to);
        now = steps[i].to;
    }
}

/* ---- planting ---- */
static long line_no; /* of the ticket written next */
static void plant_as(const char *rule, const char *verdict, const char *dataset, const char *key, const char *file, long line, const char *what)
{
    if (manifest) fprintf(manifest, "%s,%s,%s,%s,%s,%ld,%s\n", rule, verdict, dataset, key, file, line, what);
}
static void plant(const char *rule, const ticket *t, const char *what)
{
    char key[24];
    snprintf(key, sizeof key, "T%07ld", t->no);
    plant_as(rule, "nonconforming", "ticket", key, "ticket.csv", line_no, what);
}

static void plant_other(const char *rule, const char *verdict, const ticket *t, const char *what)
{
    char key[24];
    snprintf(key, sizeof key, "T%07ld", t->no);
    plant_as(rule, verdict, "ticket", key, "ticket.csv", line_no, what);
}
static void plant_unknown(const char *rule, const ticket *t, const char *what) { plant_other(rule, "unknown", t, what); }

/* A ticket of a type and priority, fresh in all else. */
static void make(ticket *t, long no, int type, int prio)
{
    do fresh(t, no, Q_FROM + 10L * DAY + (long)(no * 7919 % (60L * DAY))); while (t->type != type || (prio >= 0 && t->prio != prio));
}

/* The n-th planted ticket; false: no more. */
static bool planted(ticket *t, long no, int n)
{
    int k = n / 3; /* three of each */
    t->no = no;
    switch (k) {
    case 0: make(t, no, 1, 2), t->category = "清洁服务", plant("1.1-a", t, "类别不在范围内"); break;
    case 1: make(t, no, 1, 2), t->service_id = "SV99", plant("1.1-b", t, "服务不在目录中"); break;
    case 2: make(t, no, 1, 2), t->channel = n % 3 ? "" : "pigeon", plant("1.4-b", t, "渠道缺失或未定义"); if (!t->channel[0]) plant("6.1-a", t, "必填字段缺失"); break;
    case 3: make(t, no, 0, 2), t->handling = "", plant("1.4-c", t, "未标明处理方式"); break;
    case 4: make(t, no, 0, 2), t->verified = 0, plant("1.4-d", t, "没有验证"); break;
    case 5: make(t, no, 1, 2), t->accepted = 0, plant("1.4-e", t, "没有客户确认"), plant_unknown("2.3-c", t, "验收时间缺失"); break;
    case 6: make(t, no, 0, 2), t->origin = "", plant("2.1-a", t, "来源缺失"); break;
    case 7: make(t, no, 0, 0), t->classified = t->created + 1801, t->assigned = t->classified + 60, t->started = t->created + 800, t->resolved = t->created + 2 * 3600, t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, plant("2.1-b", t, "评估用时30分01秒"); break;
    case 8: make(t, no, 0, 2), t->impact = 3, t->urgency = 3, plant("2.1-c", t, "矩阵结果为P4"); break;
    case 9: make(t, no, 0, 2), t->root_cause = "", plant("2.1-d", t, "没有根本原因"); break;
    case 10: make(t, no, 0, 1), t->who = someone(false), snprintf(t->texts[1], 64, "S%03d", t->who + 1), snprintf(t->texts[3], 64, "S%03d", t->who == 5 ? 7 : 6), plant("2.2-a", t, "由非高级人员处理"); break;
    case 11: make(t, no, 0, 0), t->assigned = t->classified + 901, t->resolved = t->created + 2 * 3600, t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, plant("2.2-c", t, "指派用时15分01秒"); break;
    case 12: make(t, no, 0, 2), t->assignee = n % 3 ? "S001" : "X999", plant("2.2-f", t, n % 3 ? "处理人已离职" : "处理人不在名册"); break;
    case 13: make(t, no, 2, 2), t->accepted = 0, plant("2.3-a", t, "变更没有验收"), plant("1.4-e", t, "没有客户确认"), plant_unknown("2.3-c", t, "验收时间缺失"); break;
    case 14: make(t, no, 0, 2), t->accepter = t->assignee, plant("2.3-b", t, "处理人自行验收"); break;
    case 15: make(t, no, 1, 2), t->accepted = office_add(t->resolved, 5 * 8 * 3600 + 60), t->closed = t->accepted + 600, plant("2.3-c", t, "验收超过5个工作日"); break;
    case 16: make(t, no, 0, 3), t->reopen = 1, t->resolved += 3600 * 5, t->reopened = t->started + 3000, t->pause_from = t->pause_to = 0, t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, plant("2.3-d", t, "重开过"); break;
    case 17: make(t, no, 2, 2); if (n % 3 == 0) t->approved = 0; else if (n % 3 == 1) t->approved = t->started + 60; else t->rollback = ""; plant("3.1-c", t, "未批准先实施或没有回退方案"); break;
    case 18: make(t, no, 2, 2), t->resolution = n % 2 ? "失败:实施中断" : "回退:验证不通过", plant("3.1-d", t, "变更未成功"); break;
    case 19: make(t, no, 0, 0), t->responded = t->created + 901, t->classified = t->created + 905, t->assigned = t->created + 910, t->started = t->created + 899, t->resolved = t->created + 2 * 3600, t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, plant("4.1-a", t, "响应用时15分01秒"); break;
    case 20: make(t, no, 0, 1), t->resolved = t->created + 8 * 3600 + 1, t->pause_from = 0, t->pause_to = 0, t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, plant("4.1-b", t, "解决用时8小时01秒"); break;
    case 21: make(t, no, 4, 2), t->responded = office_add(t->created, 4 * 3600 + 30), t->resolved = office_add(t->responded, 8 * 3600), t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, plant("4.3-a", t, "受理超过4个工作小时"); break;
    case 22: make(t, no, 4, 2), t->resolved = office_add(t->created, 5 * 8 * 3600 + 120), t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, plant("4.3-b", t, "办结超过5个工作日"); break;
    case 23: make(t, no, 4, 2), t->about = t->assignee, plant("4.3-c", t, "由被投诉人处理"); break;
    case 24: make(t, no, 4, 2), t->satisfaction = -1, plant("4.3-d", t, "没有投诉人的满意度"); break;
    case 25: make(t, no, 2, 2), t->approver = t->requester, plant("5.1-c", t, "申请人自行批准"); break;
    case 26: make(t, no, 1, 2), t->title = "", plant("6.1-a", t, "标题缺失"); break;
    case 27: make(t, no, 0, 2), t->verified = t->accepted + 60, plant("6.1-b", t, "验证晚于验收"); if (t->closed < t->verified) t->closed = t->verified + 60; break;
    case 28: make(t, no, 0, 0), t->started = t->created + 901, t->resolved = t->created + 2 * 3600, t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, plant("7.1-c", t, "启动处置15分01秒"); break;
    /* what must conform: exactly at the limit, over the lunch break, over the make-up Sunday */
    case 29: make(t, no, 0, 0), t->responded = t->created + 900, t->classified = t->created + 1000, t->assigned = t->created + 1100, t->started = t->created + 900, t->resolved = t->created + 4 * 3600, t->pause_from = 0, t->pause_to = 0, t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600; break;
    case 30: make(t, no, 0, 2), t->impact = -1, plant_unknown("2.1-c", t, "影响缺失"); break;
    case 31: make(t, no, 0, 2), t->created = 33L * DAY + 17 * 3600 + 50 * 60, times(t), t->responded = 36L * DAY + 9 * 3600 + 20 * 60, t->classified = t->responded + 60, t->assigned = t->responded + 120; /* Friday to Monday: 30 working minutes */
        t->started = t->assigned + 60, t->resolved = t->started + 3600, t->verified = t->resolved + 600, t->accepted = t->verified + 600, t->closed = t->accepted + 600, t->pause_from = t->pause_to = 0; break;
    case 32: make(t, no, 0, 1), t->created = Q_TO - 3600 - n, t->responded = t->created + 300, t->classified = t->created + 400, t->assigned = t->created + 500, t->started = t->created + 600, t->pause_from = t->pause_to = 0;
        t->resolved = t->verified = t->accepted = t->closed = 0, t->status = "in_progress", plant_other("4.1-b", "running", t, "期末仍在处理且未超时"); break;
    case 33: make(t, no, 0, 2), t->status = "cancelled", t->pause_from = t->pause_to = 0, t->resolved = t->verified = t->accepted = t->closed = 0; break;
    case 34: make(t, no, 0, 1), t->created = Q_TO - 9 * 3600 - n, t->responded = t->created + 300, t->classified = t->created + 400, t->assigned = t->created + 500, t->started = t->created + 600, t->pause_from = t->pause_to = 0;
        t->resolved = Q_TO + 600, t->verified = t->resolved + 60, t->accepted = t->verified + 60, t->closed = t->accepted + 60, plant("4.1-b", t, "期末之后才解决：评判时仍未解决且已超时"); break;
    default: return false;
    }
    return true;
}

/* Some tickets of the bench fall short by nature. */
static void spoil(ticket *t)
{
    int r = pick(400);
    if (r == 0) t->category = "其他";
    else if (r == 1) t->channel = "";
    else if (r == 2) t->verified = 0;
    else if (r == 3) t->accepter = t->assignee;
    else if (r == 4) t->resolved += 6L * DAY, t->verified += 6L * DAY, t->accepted += 6L * DAY, t->closed += 6L * DAY;
    else if (r == 5) t->responded += 2L * DAY;
    else if (r == 6) t->reopen = 1;
    else if (r == 7) t->assignee = "S001";
    else if (r == 8) t->status = "in_progress", t->resolved = t->verified = t->accepted = t->closed = 0;
    else if (r == 9) t->impact = 1;
}

static void write_tickets(long n)
{
    FILE *f = open_file("ticket.csv", "id,type,title,description,category,service,system,priority,impact,urgency,channel,origin,requester,requester_org,assignee,team,handling,status,created_at,responded_at,classified_at,assigned_at,started_at,resolved_at,verified_at,verifier,accepted_at,accepter,closed_at,due_at,reopen_count,satisfaction,resolution,root_cause,approver,approved_at,planned_start,planned_end,rollback_plan,complaint_about,related_id");
    FILE *h = open_file("history.csv", "ticket_id,at,actor,field,old,new");
    line_no = 2;
    int k = 0;
    for (long i = 0; i < n; i++, line_no++) {
        ticket t;
        bool fault = !bench && i % 20 == 7 && planted(&t, i + 1, k);
        if (fault) k++;
        else fresh(&t, i + 1, bench ? arrival() : arrival() % (Q_TO - 20L * DAY - Q_FROM) + Q_FROM);
        if (bench) spoil(&t);
        write_ticket(f, &t);
        write_history(h, &t);
    }
    close_file(f);
    close_file(h);
}

/* ---- the rest of the organisation ---- */
static void write_people(void)
{
    FILE *f = open_file("staff.csv", "id,name,team,role,level,hired_on,left_on"), *c = open_file("certificate.csv", "staff_id,name,issued_on,expires_on"),
         *t = open_file("training.csv", "staff_id,course,kind,completed_on,hours,score"), *a = open_file("appraisal.csv", "staff_id,period,held_on,result");
    for (int i = 0; i < NSTAFF; i++) {
        snprintf(names[i], sizeof names[i], "%s%s", families[i % 20], given[(i * 7 + i / 20) % 20]);
        fprintf(f, "S%03d,%s,%s,%s,%s,20%02d-0%d-15,%s\n", i + 1, names[i], teams[i % 6], i % 6 ? "工程师" : "服务台坐席", levels[level_of(i)], 12 + i % 12, 1 + i % 9, i < NLEFT ? "2025-06-20" : "");
        for (int k = 0; k < 6; k++) fprintf(c, "S%03d,%s,2024-03-01,2027-03-01\n", i + 1, categories[k]);
        fprintf(t, "S%03d,信息安全意识,security,2025-07-%02d,4,%d\nS%03d,业务技能提升,skill,2025-08-%02d,8,%d\nS%03d,服务规范宣贯,specification,2025-02-11,2,90\n", i + 1, 1 + i % 28, 70 + i % 30, i + 1, 1 + i % 28, 75 + i % 20, i + 1);
        fprintf(a, "S%03d,2025Q3,2025-09-%02d,合格\n", i + 1, 1 + i % 28);
    }
    close_file(f), close_file(c), close_file(t), close_file(a);
}

static void write_assets(void)
{
    FILE *s = open_file("service.csv", "id,name,tier,owner,sla_document,availability_target"), *y = open_file("system.csv", "id,name,service,tier,owner,backup_required,rto_minutes,rpo_minutes"),
         *o = open_file("outage.csv", "system,began_at,ended_at,planned,cause,ticket_id");
    for (int i = 0; i < NSERVICES; i++) fprintf(s, "SV%02d,%s,%d,S%03d,DOC-SLA-%02d,0.995\n", i + 1, services[i], 1 + i % 3, 4 + i, i + 1);
    for (int i = 0; i < NSYSTEMS; i++) fprintf(y, "SYS%02d,%s-%02d,SV%02d,%d,S%03d,%s,240,60\n", i + 1, services[i % NSERVICES], i + 1, i % NSERVICES + 1, 1 + i % 3, 4 + i, i % 2 ? "false" : "true");
    for (int i = 0; i < 12; i++) {
        long at = Q_FROM + (5 + i * 7L) * DAY + 10 * 3600;
        bool bad = i == 4; /* one service falls below its agreed availability */
        fprintf(o, "SYS%02d,%s,%s,%s,%s,\n", i + 1, stamp(at), stamp(at + (bad ? 14 * 3600 : 1800)), i % 4 == 3 ? "true" : "false", i % 2 ? "network" : "system");
        if (bad) plant_as("4.1-c", "nonconforming", "service", "SV05", "outage.csv", i + 2, "可用性低于协议值");
    }
    close_file(s), close_file(y), close_file(o);
}

static void write_register(void)
{
    FILE *d = open_file("document.csv", "id,kind,title,clause,version,status,effective_on,review_due_on,approved_by,file"),
         *a = open_file("activity.csv", "id,kind,held_on,system,ticket_id,document_id,result,rto_minutes,rpo_minutes"), *c = open_file("action.csv", "id,finding,owner,opened_on,due_on,closed_on,status");
    static const char *const kinds[][3] = {{"law_register", "适用法律与标准清单:GB/T 36055-2018、ISO/IEC 20000", "1.2"}, {"plan_emergency", "应急预案", "7.1"}, {"incentive", "激励制度", "5.4"},
                                           {"specification", "2025年信息技术服务支持规范", "8.2"}, {"interpretation", "规范解释机构说明", "8.1"}};
    for (int i = 0; i < 5; i++) fprintf(d, "DOC-%02d,%s,%s,%s,1.0,approved,2025-01-01,2025-12-31,M001,doc%02d.pdf\n", i + 1, kinds[i][0], kinds[i][1], kinds[i][2], i + 1);
    for (int i = 0; i < NSERVICES; i++) fprintf(d, "DOC-SLA-%02d,agreement,%s服务等级协议,4.1,1.0,approved,2025-01-01,2025-12-31,M001,sla%02d.pdf\n", i + 1, services[i], i + 1);
    for (int i = 0; i < 3; i++) fprintf(a, "ACT-R%d,service_report,2025-%02d-25,,,DOC-0%d,完成,,\n", i + 1, 7 + i, i + 1);
    for (int i = 0; i < 30; i++) fprintf(a, "ACT-M%02d,maintenance,2025-%02d-1%d,SYS%02d,,,完成,,\n", i + 1, 7 + i % 3, i % 10, i / 3 * 3 + 1);
    fprintf(a, "ACT-D1,drill,2025-08-20,,,DOC-02,完成,,\nACT-A1,audit,2025-09-10,,,DOC-04,完成,,\nACT-V1,review,2025-09-20,,,DOC-01,完成,,\n");
    fprintf(c, "ACN-1,ACT-A1,S005,2025-07-01,2025-08-01,2025-07-28,closed\n");
    close_file(d), close_file(a), close_file(c);
}

static const char *syslog_stamp(long t)
{
    static char s[64];
    static const char *const months[] = {"Jun", "Jul", "Aug", "Sep"};
    static const int days[] = {30, 31, 31, 30};
    long d = t / DAY, m = 0;
    while (m < 3 && d >= days[m]) d -= days[m++];
    snprintf(s, sizeof s, "%s %2ld %02ld:%02ld:%02ld", months[m], d + 1, t % DAY / 3600, t % 3600 / 60, t % 60);
    return s;
}

static void write_logs(long nauth, long nlog)
{
    FILE *f = open_file("auth.log", NULL), *l = open_file("log.csv", "at,source,host,program,system,action,outcome,user,src_ip,object,protocol,status_code,bytes,message");
    long step = (Q_TO - Q_FROM) / (nauth + 1);
    char key[40];
    if (step < 1) step = 1;
    for (long i = 0; i < nauth; i++) {
        long t = Q_FROM + (long)((double)i / (double)nauth * (Q_TO - Q_FROM - 10));
        int r = pick(100), who = NLEFT + pick(NSTAFF - NLEFT), h = pick(20);
        const char *fault = NULL;
        char user[16];
        snprintf(user, sizeof user, "S%03d", who + 1);
        if (!bench && i > 1000 && i % 4001 == 0) strcpy(user, "root"), fault = "3.2-d", r = 0;
        if (!bench && i > 1000 && i % 4003 == 0) strcpy(user, "S002"), fault = "3.2-f", r = 0;
        if (r < 45) fprintf(f, "%s host%02d sshd[%d]: Accepted publickey for %s from 10.%d.%d.%d port %d ssh2: RSA SHA256:x\n", syslog_stamp(t), h, 1000 + pick(9000), user, pick(4), pick(200), 1 + pick(250), 20000 + pick(40000));
        else if (r < 55) fprintf(f, "%s host%02d sshd[%d]: Failed password for %s from 10.%d.%d.%d port %d ssh2\n", syslog_stamp(t), h, 1000 + pick(9000), user, pick(4), pick(200), 1 + pick(250), 20000 + pick(40000));
        else if (r < 60) fprintf(f, "%s host%02d sudo:    %s : TTY=pts/0 ; PWD=/home/%s ; USER=root ; COMMAND=/usr/bin/systemctl status nginx\n", syslog_stamp(t), h, user, user);
        else if (r < 80) fprintf(f, "%s host%02d sshd[%d]: pam_unix(sshd:session): session opened for user %s by (uid=0)\n", syslog_stamp(t), h, 1000 + pick(9000), user);
        else fprintf(f, "%s host%02d sshd[%d]: Disconnected from 10.0.%d.%d port %d\n", syslog_stamp(t), h, 1000 + pick(9000), pick(200), 1 + pick(250), 20000 + pick(40000));
        if (fault) snprintf(key, sizeof key, "auth.log:%ld", i + 1), plant_as(fault, "nonconforming", "log", key, "auth.log", i + 1, fault[4] == 'd' ? "root 直接登录" : "离职人员登录");
    }
    long n = 0;
    for (long d = 30; d < 122; d++)
        for (int s = 0; s < NSYSTEMS; s += 2, n++) fprintf(l, "%s,backup,bk01,restic,SYS%02d,backup,success,backup,,,,,%d,每日备份完成\n", stamp(d * DAY + 2 * 3600 + s * 60), s + 1, 1000000 + pick(1000000));
    for (; n < nlog; n++) {
        long t = Q_FROM + (long)((double)n / (double)nlog * (Q_TO - Q_FROM - 10));
        if (n % 3) fprintf(l, "%s,web,web01,nginx,SYS%02d,http,success,,10.1.0.%d,/index,TLSv1.3,200,%d,GET /index\n", stamp(t), 1 + pick(NSYSTEMS), 1 + pick(250), pick(90000));
        else fprintf(l, "%s,monitor,mon01,zabbix,SYS%02d,heartbeat,success,,,,,,,心跳正常\n", stamp(t), 1 + pick(NSYSTEMS));
    }
    close_file(f), close_file(l);
}

int main(int argc, char **argv)
{
    const char *out = NULL, *man = NULL;
    double scale = 1;
    state = 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--bench") == 0) bench = true;
        else if (i + 1 < argc && strcmp(argv[i], "--seed") == 0) state = strtoull(argv[++i], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "--out") == 0) out = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--manifest") == 0) man = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--scale") == 0) scale = strtod(argv[++i], NULL);
        else return fprintf(stderr, "usage: generate --seed N --out DIR [--manifest FILE] [--bench] [--scale X]\n"), 2;
    }
    if (!out) return fprintf(stderr, "generate: --out is missing\n"), 2;
    snprintf(folder, sizeof folder, "%s", out);
    mkdir(folder, 0777);
    if (man && !(manifest = fopen(man, "w"))) return perror(man), 1;
    if (manifest) fprintf(manifest, "rule,verdict,dataset,key,file,line,what\n");
    double size = (bench ? 200000.0 : 3000.0) * scale;
    write_people(), write_assets(), write_register();
    write_tickets((long)size);
    write_logs((long)((bench ? 400000.0 : 30000.0) * scale), (long)((bench ? 40000.0 : 20000.0) * scale));
    close_file(manifest);
    return 0;
}
