/* The made-up organisation: figures come from a small generator with a fixed seed, so tests can name them. */
#include <math.h>
#include <stdio.h>
#include "engine/base/mem.h"
#include "tests/support/fake_result.h"

static const struct fake_clause { const char *id, *zh, *en; bool heading; } clauses[] = {
    {"1.1", "适用范围", "Scope", false}, {"1.2", "规范依据", "Basis", false}, {"1.3", "术语定义", "Terms", false},
    {"1.4", "服务流程规范", "Service process", false}, {"2.1", "服务请求流程", "Request flow", false},
    {"2.2", "服务分配与处理", "Assignment and handling", false}, {"2.3", "服务交付与验收", "Delivery and acceptance", false},
    {"2.4", "服务持续改进", "Continual improvement", true}, {"3.1", "系统支持与维护", "System support and maintenance", true},
    {"3.2", "数据安全与隐私保护", "Data security and privacy", true}, {"3.3", "网络服务与通信", "Network service and communication", true},
    {"3.4", "信息系统集成与迁移", "Integration and migration", true}, {"4.1", "服务等级协议", "Service level agreement", true},
    {"4.2", "服务监测与评估", "Monitoring and evaluation", true}, {"4.3", "服务投诉处理机制", "Complaints", true},
    {"4.4", "服务审计与合规性", "Audit and compliance", true}, {"5.1", "人员资质与职责", "Qualification and duties", true},
    {"5.2", "培训与能力提升", "Training", true}, {"5.3", "人员绩效考核", "Appraisal", true},
    {"5.4", "人员管理与激励", "Management and incentives", true}, {"6.1", "信息收集与处理", "Collection and processing", true},
    {"6.2", "通信与数据传输", "Transmission", true}, {"6.3", "信息存储与备份", "Storage and backup", true},
    {"6.4", "信息检索与查询", "Retrieval and query", true}, {"7.1", "应急预案与响应机制", "Plans", true},
    {"7.2", "灾难恢复计划", "Disaster recovery", true}, {"7.3", "事件管理与报告", "Incident management and reporting", true},
    {"7.4", "事后恢复与复盘", "Recovery and review", true}, {"8.1", "规范解释", "Interpretation", true},
    {"8.2", "规范实施", "Implementation", true}, {"8.3", "修订与废止", "Revision and repeal", true},
};
enum { NCLAUSES = sizeof clauses / sizeof clauses[0] };
static const char *const chapters[8][2] = {
    {"总则", "General"}, {"服务管理", "Service management"}, {"信息技术服务支持", "IT service support"}, {"服务保障与监督", "Assurance and supervision"},
    {"人员与培训", "Personnel and training"}, {"信息与通信", "Information and communication"},
    {"应急响应与灾难恢复", "Emergency response and disaster recovery"}, {"附则", "Supplementary"},
};

/* state: c conforms, f fails, n not assessed, a not applicable, w waived */
static const struct fake_rule { const char *id, *kind; severity sev; char state; double target; const char *zh, *en; } rules[] = {
    {"1.1-a", "record", SEVERITY_MINOR, 'c', 0.99, "工单类别在服务范围内", "Ticket category is in scope"},
    {"1.1-b", "record", SEVERITY_MINOR, 'c', 0.99, "工单服务在服务目录中", "Ticket service is in the catalogue"},
    {"1.2-a", "evidence", SEVERITY_MINOR, 'n', 1, "适用法律与标准清单", "Register of applicable laws and standards"},
    {"1.3-a", "record", SEVERITY_MINOR, 'f', 1, "类型、状态、优先级、渠道均为已定义术语", "Every type, status, priority and channel is a defined term"},
    {"1.3-b", "record", SEVERITY_MINOR, 'c', 1, "中断有起止时间与原因", "An interruption has beginning, end and cause"},
    {"1.4-a", "sequence", SEVERITY_MAJOR, 'f', 0.98, "已关闭工单遵循规定流程", "A closed ticket follows the process"},
    {"1.4-b", "record", SEVERITY_MINOR, 'c', 1, "受理渠道有记录且已知", "The channel is recorded and known"},
    {"1.4-c", "record", SEVERITY_MINOR, 'c', 0.95, "处理方式标明现场或远程", "Handling is marked on site or remote"},
    {"1.4-d", "record", SEVERITY_MAJOR, 'f', 0.95, "修复之后、关闭之前完成验证", "Verified after the fix and before closing"},
    {"1.4-e", "record", SEVERITY_MAJOR, 'c', 0.95, "关闭前取得客户确认", "Customer's confirmation comes before closing"},
    {"1.4-f", "metric", SEVERITY_MINOR, 'c', 0.30, "满意度评分覆盖率", "Share of closed tickets with a score"},
    {"2.1-a", "record", SEVERITY_MINOR, 'c', 0.99, "来源(用户或系统)已知", "Origin is known"},
    {"2.1-b", "clock", SEVERITY_MAJOR, 'f', 0.95, "按时完成首次评估", "First assessment in time"},
    {"2.1-c", "record", SEVERITY_MAJOR, 'f', 0.95, "优先级与影响×紧急矩阵一致", "Priority equals the impact × urgency matrix"},
    {"2.1-d", "record", SEVERITY_MINOR, 'c', 0.98, "关闭工单记录完整", "A closed ticket records its handling"},
    {"2.2-a", "record", SEVERITY_MAJOR, 'f', 0.95, "高优先级工单由高级人员处理", "High priority is handled by senior staff"},
    {"2.2-b", "record", SEVERITY_OBSERVATION, 'f', 0.30, "低优先级工单不过度占用高级人员", "P4 does not use senior staff more than needed"},
    {"2.2-c", "clock", SEVERITY_MINOR, 'c', 0.95, "按时分派", "Assigned in time"},
    {"2.2-d", "record", SEVERITY_MINOR, 'c', 0.95, "跨组转派不超过三次", "At most three reassignments between teams"},
    {"2.2-f", "record", SEVERITY_CRITICAL, 'f', 1, "处理人在册且在职", "The handler is on the staff list and employed"},
    {"2.3-a", "record", SEVERITY_MAJOR, 'c', 0.98, "交付均有验收", "Each delivery has an acceptance"},
    {"2.3-b", "record", SEVERITY_CRITICAL, 'f', 1, "验收人不是处理人", "The accepter is not the handler"},
    {"2.3-c", "clock", SEVERITY_MINOR, 'f', 0.90, "五个工作日内验收", "Accepted within five working days"},
    {"2.3-d", "metric", SEVERITY_MAJOR, 'c', 0.05, "重新打开率", "Reopened share"},
    {"2.4-a", "record", SEVERITY_MAJOR, 'a', 0.90, "问题有根因和措施并按期关闭", "A problem has a root cause and is closed in time"},
    {"2.4-b", "response", SEVERITY_MAJOR, 'n', 0.90, "重复事件须建立问题", "Repeated incidents are followed by a problem"},
    {"3.1-c", "record", SEVERITY_CRITICAL, 'f', 1, "变更先审批且有回退方案", "A change was approved first and has a rollback plan"},
    {"3.1-d", "metric", SEVERITY_MAJOR, 'c', 0.95, "变更成功率", "Change success rate"},
    {"3.2-a", "burst", SEVERITY_MAJOR, 'f', 0, "十分钟内五次登录失败", "Five failed logins within ten minutes"},
    {"3.2-b", "response", SEVERITY_CRITICAL, 'n', 1, "爆破后三十分钟内建立安全工单", "A burst is followed by a security ticket"},
    {"3.2-d", "record", SEVERITY_MAJOR, 'f', 1, "不得从网络直接以 root 登录", "No direct root login over the network"},
    {"3.2-f", "record", SEVERITY_CRITICAL, 'c', 1, "离职人员不得登录", "No login by someone who has left"},
    {"3.2-h", "record", SEVERITY_MAJOR, 'w', 1, "工单文本无个人信息或口令", "No personal data or secrets in ticket text"},
    {"3.3-a", "metric", SEVERITY_MAJOR, 'c', 0.995, "网络服务可用率", "Availability of network services"},
    {"3.3-b", "response", SEVERITY_MAJOR, 'f', 0.95, "非计划中断十五分钟内有事件单", "Each outage has an incident within 15 min"},
    {"3.4-b", "record", SEVERITY_MAJOR, 'a', 1, "迁移有计划、回退、测试与验收", "A migration has plan, rollback, test, acceptance"},
    {"4.1-a", "clock", SEVERITY_CRITICAL, 'f', 0.95, "首次响应及时", "First response in time"},
    {"4.1-b", "clock", SEVERITY_CRITICAL, 'f', 0.95, "解决及时", "Resolution in time"},
    {"4.1-c", "metric", SEVERITY_CRITICAL, 'f', 0.999, "服务可用率达标", "Availability at or above the agreed figure"},
    {"4.1-d", "record", SEVERITY_MAJOR, 'c', 1, "在用服务均有有效协议", "Each service has an agreement in force"},
    {"4.2-b", "periodic", SEVERITY_MINOR, 'c', 1, "每月服务报告", "A service report every month"},
    {"4.2-c", "metric", SEVERITY_MAJOR, 'c', 4.0, "平均满意度", "Mean satisfaction"},
    {"4.3-a", "clock", SEVERITY_MAJOR, 'c', 1, "四个工时内受理投诉", "Complaint acknowledged within 4 wh"},
    {"4.3-b", "clock", SEVERITY_MAJOR, 'f', 0.95, "五个工作日内解决投诉", "Complaint resolved within 5 wd"},
    {"4.3-c", "record", SEVERITY_CRITICAL, 'c', 1, "被投诉人不处理该投诉", "Not handled by the person complained of"},
    {"4.3-e", "metric", SEVERITY_OBSERVATION, 'f', 0.01, "投诉占比", "Complaint share"},
    {"4.4-c", "integrity", SEVERITY_CRITICAL, 'c', 1, "来源与审计轨迹完整", "Sources and trail are intact"},
    {"5.1-b", "record", SEVERITY_MINOR, 'c', 1, "在职人员有岗位、级别与团队", "Each person has role, level and team"},
    {"5.1-c", "record", SEVERITY_CRITICAL, 'f', 1, "申请、审批、实施三者分离", "Requester, approver and implementer differ"},
    {"5.2-a", "periodic", SEVERITY_MINOR, 'n', 1, "每人每季十小时培训", "Ten hours of training per person and quarter"},
    {"5.4-a", "record", SEVERITY_OBSERVATION, 'f', 0.90, "工作量均衡", "Load is balanced"},
    {"6.1-a", "record", SEVERITY_MINOR, 'f', 0.98, "必填字段完整", "Mandatory fields filled"},
    {"6.1-b", "record", SEVERITY_MAJOR, 'f', 0.995, "工单时间先后一致", "A ticket's times are in order"},
    {"6.1-c", "record", SEVERITY_MINOR, 'c', 0.99, "无重复工单", "No duplicates"},
    {"6.2-a", "record", SEVERITY_MAJOR, 'c', 1, "日志中无明文协议", "No cleartext protocol"},
    {"6.3-a", "periodic", SEVERITY_CRITICAL, 'f', 1, "每日备份成功", "A good backup every day"},
    {"6.3-b", "response", SEVERITY_MAJOR, 'c', 1, "备份失败后二十四小时内补做", "A failed backup is made good within 24 h"},
    {"7.1-c", "clock", SEVERITY_CRITICAL, 'f', 0.99, "P1 事件十五分钟内开始处理", "Work on a P1 begins within 15 min"},
    {"7.4-a", "response", SEVERITY_MAJOR, 'c', 1, "P1 五个工作日内复盘", "Each P1 is reviewed within 5 wd"},
    {"8.2-b", "record", SEVERITY_MINOR, 'n', 0.95, "人员接受规范培训", "Each person has had training on it"},
};
enum { NRULES = sizeof rules / sizeof rules[0] };

static const char *const months[] = {"2025-07", "2025-08", "2025-09"};
static const char *const priorities[] = {"P1", "P2", "P3", "P4"};
static const char *const services[] = {"邮件系统", "办公自动化", "ERP", "VPN 接入", "数据库", "网络", "桌面支持", "门户网站"};
static const char *const teams[] = {"一线服务台", "系统组", "网络组", "应用组"};
static const char *const families[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"};
static const char *const given[] = {"伟", "芳", "秀英", "敏", "静", "丽华", "强", "磊", "军", "洋"};

typedef struct maker { audit_result *r; uint32_t seed; } maker;

static uint32_t draw(maker *m, uint32_t below)
{
    m->seed = m->seed * 1664525U + 1013904223U;
    return (m->seed >> 8) % below;
}

static slice keep(maker *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#include <stdarg.h>
static slice keep(maker *m, const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    return (slice){arena_strndup(&m->r->mem, line, (size_t)n), (size_t)n};
}

static bitext both(const char *zh, const char *en) { return (bitext){slice_of(zh), slice_of(en)}; }

static void make_head(maker *m)
{
    audit_result *r = m->r;
    r->run = 12, r->baseline = 11;
    r->tool_name = slice_of("slaudit");
    r->tool_version = slice_of("0.1.0");
    r->pack_id = slice_of("itss-2025");
    r->pack_version = slice_of("2025.1");
    r->pack_sha256 = slice_of("5b1f0c3e9d7a4428b6c1e2f3a4958677c0d1e2f30415263748596a7b8c9dae0f");
    r->pack_title = both("2025年信息技术服务支持规范", "IT service support specification, 2025");
    r->period_id = slice_of("2025Q3");
    r->zone = slice_of("Asia/Shanghai");
    r->from = INT64_C(1751299200000);
    r->to = r->as_of = INT64_C(1759248000000);
    r->trail_head = slice_of("9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab");
    r->digest = slice_of("4f2a9c07d1e85b3366a0f7c4920be81d5a63c7f8091b2d3e4f5061728394a5b6");
}

static void make_sources(maker *m)
{
    static const struct { const char *path, *profile, *dataset; uint64_t rows, bad; } src[] = {
        {"ticket.csv", "canonical", "ticket", 3021, 9}, {"history.csv", "canonical", "history", 27418, 3}, {"logs/auth.log", "syslog", "log", 50122, 41},
        {"staff.csv", "canonical", "staff", 32, 0}, {"service.csv", "canonical", "service", 12, 0}, {"system.csv", "canonical", "system", 40, 0},
        {"outage.csv", "canonical", "outage", 27, 1}, {"activity.csv", "canonical", "activity", 118, 0},
    };
    audit_result *r = m->r;
    r->nsources = sizeof src / sizeof src[0];
    r->sources = ARENA_NEW(&r->mem, source_info, r->nsources);
    for (size_t i = 0; i < r->nsources; i++) {
        source_info *s = &r->sources[i];
        s->id = (int64_t)i + 1;
        s->path = slice_of(src[i].path);
        for (int k = 0; k < 64; k++) s->sha256[k] = "0123456789abcdef"[draw(m, 16)];
        s->bytes = src[i].rows * 187;
        s->importer = slice_of("csv");
        s->profile = slice_of(src[i].profile);
        s->dataset = slice_of(src[i].dataset);
        s->rows = src[i].rows;
        s->rejected = src[i].bad;
        s->accepted = s->rows - s->rejected;
        s->rejected_values = src[i].bad / 2;
    }
    r->nrejects = 24;
    r->rejects_total = 54;
    r->rejects = ARENA_NEW(&r->mem, stored_reject, r->nrejects);
    for (size_t i = 0; i < r->nrejects; i++)
        r->rejects[i] = (stored_reject){(int64_t)(i % 3) + 1, (uint32_t)(17 + i * 31), 5, slice_of(i % 2 ? "created_at" : "priority"),
                                        i % 2 ? slice_of("2025-13-01 09:00") : keep(m, "紧急%zu", i), slice_of(i % 2 ? "没有这个日期" : "不是已定义的取值"), i % 4 == 1};
}

static void make_clauses(maker *m)
{
    audit_result *r = m->r;
    r->nclauses = NCLAUSES;
    r->clauses = ARENA_NEW(&r->mem, res_clause, NCLAUSES);
    size_t rule = 0;
    for (size_t i = 0; i < NCLAUSES; i++) {
        res_clause *c = &r->clauses[i];
        const struct fake_clause *f = &clauses[i];
        c->id = slice_of(f->id);
        c->chapter = keep(m, "%c", f->id[0]);
        c->title = both(f->zh, f->en);
        c->chapter_title = both(chapters[f->id[0] - '1'][0], chapters[f->id[0] - '1'][1]);
        c->by_heading = f->heading;
        c->first_rule = rule;
        c->v = CLAUSE_NOT_ASSESSED;
        for (; rule < NRULES && strncmp(rules[rule].id, f->id, 3) == 0; rule++, c->nrules++) {
            char s = rules[rule].state;
            if (s != 'n') c->assessed++;
            if (s != 'n' && s != 'a' && c->v == CLAUSE_NOT_ASSESSED) c->v = CLAUSE_CONFORMING;
            if (s != 'f') continue;
            clause_verdict v = rules[rule].sev == SEVERITY_CRITICAL ? CLAUSE_MAJOR : rules[rule].sev == SEVERITY_OBSERVATION ? CLAUSE_OBSERVATION : CLAUSE_MINOR;
            if (c->v == CLAUSE_CONFORMING || v == CLAUSE_MAJOR || (v == CLAUSE_MINOR && c->v != CLAUSE_MAJOR)) c->v = v;
        }
        c->rules = (int64_t)c->nrules;
    }
}

static void rule_groups(maker *m, res_rule *x)
{
    x->ngroups = 4;
    x->groups = ARENA_NEW(&m->r->mem, res_group, 4);
    int64_t left_p = x->population, left_n = x->nonconforming;
    for (size_t g = 0; g < 4; g++) {
        int64_t p = g == 3 ? left_p : x->population * (int64_t)(g + 1) / 12, n = g == 3 ? left_n : x->nonconforming / 5;
        left_p -= p, left_n -= n;
        double share = (double)(p - n) / (double)p;
        x->groups[g] = (res_group){.by = slice_of("priority"), .key = slice_of(priorities[g]), .population = p, .nonconforming = n, .conforming = p - n,
                                   .has_target = true, .target = g ? 0.95 : 0.99, .met = share >= (g ? 0.95 : 0.99)};
    }
}

static void make_rule(maker *m, size_t i)
{
    const struct fake_rule *f = &rules[i];
    res_rule *x = &m->r->rules[i];
    bool metric = strcmp(f->kind, "metric") == 0;
    x->id = slice_of(f->id);
    x->clause = keep(m, "%.3s", f->id);
    x->kind = slice_of(f->kind);
    x->sev = f->sev;
    for (size_t c = 0; c < NCLAUSES; c++)
        if (strncmp(clauses[c].id, f->id, 3) == 0) x->by_heading = clauses[c].heading;
    x->v = f->state == 'c' ? VERDICT_CONFORMS : f->state == 'f' ? VERDICT_FAILS : f->state == 'n' ? VERDICT_NOT_ASSESSED : f->state == 'a' ? VERDICT_NOT_APPLICABLE : VERDICT_WAIVED;
    x->title = both(f->zh, f->en);
    x->criterion = (bitext){keep(m, "%s,要求达到 %g%%", f->zh, f->target * 100), keep(m, "%s; required: %g %%", f->en, f->target * 100)};
    x->effect = both("不符合时,服务级别承诺无法兑现,客户对处理结果缺乏可追溯的依据,并可能在后续审计中被认定为系统性缺陷。",
                     "Where this is not met, agreed service levels cannot be relied upon and customers have no traceable basis for the outcome; later audits may treat it as systematic.");
    x->recommend = both("逐条核对所列记录,补正或说明原因;在工单系统中把该项设为关闭前的必经校验,并由服务经理每周抽查。",
                        "Go through the records listed, correct or explain each; make the check mandatory before closing and have the service manager sample it weekly.");
    x->condition = keep(m, "where type in (incident, request); require %s_at <= created_at + limit[priority]", strcmp(f->kind, "clock") ? "closed" : "responded");
    x->has_target = true;
    x->target = f->target;
    x->target_op = slice_of(strcmp(f->id, "2.2-b") && strcmp(f->id, "2.3-d") && strcmp(f->id, "4.3-e") && strcmp(f->id, "3.2-a") ? ">=" : "<=");
    if (f->state == 'n') x->reason = both("未导入所需数据:training 0 行", "its data were not imported: 0 rows of training");
    if (f->state == 'a') x->reason = both("期间内没有此类记录", "there are no such records in the period");
    if (f->state == 'w') x->reason = both("豁免至 2025-12-31,责任人 张敏:脱敏工具上线前的过渡措施", "waived until 2025-12-31, owner Zhang Min: transition until masking is live");
    if (f->state == 'n' || f->state == 'a') return;
    x->population = 200 + draw(m, 2800);
    x->unknown = draw(m, 9);
    x->running = strcmp(f->kind, "clock") == 0 ? (int64_t)draw(m, 12) : 0;
    if (metric) {
        x->has_value = true;
        x->unit = slice_of(f->target > 1 ? "" : "%");
        x->value = f->state == 'c' ? (strcmp(x->target_op.ptr, "<=") ? fmin(f->target * 1.01, f->target > 1 ? 5 : 1) : f->target * 0.7) : (strcmp(x->target_op.ptr, "<=") ? f->target * 0.97 : f->target * 1.6);
        return;
    }
    x->has_share = x->has_bounds = true;
    if (f->state == 'f') x->reason = both("符合率低于目标值", "the share is below its target");
}

static void make_findings(maker *m, size_t total)
{
    audit_result *r = m->r;
    size_t failing = 0, at = 0, seen = 0;
    for (size_t i = 0; i < NRULES; i++) failing += r->rules[i].v == VERDICT_FAILS && !r->rules[i].has_value;
    r->findings = ARENA_NEW(&r->mem, res_finding, total ? total : 1);
    for (size_t i = 0; i < NRULES; i++) {
        res_rule *x = &r->rules[i];
        x->first_finding = at;
        if (x->v != VERDICT_FAILS || x->has_value) continue;
        seen++;
        size_t upto = total * seen / failing;
        bool burst = slice_is(x->kind, "burst");
        for (; at < upto; at++) {
            res_finding *f = &r->findings[at];
            size_t k = at - x->first_finding;
            f->rule = i;
            f->dataset = slice_of(burst ? "log" : "ticket");
            f->key = burst ? keep(m, "203.0.113.%zu %05zu", k % 200, k) : keep(m, "INC%07zu", 10001 + k * 7);
            const char *p = priorities[draw(m, 4)];
            unsigned late = 5 + draw(m, 400);
            f->message = (bitext){keep(m, "%.*s(%s)由%s%s处理,超出要求 %u 分钟", (int)f->key.len, f->key.ptr, p, families[k % 10], given[k / 10 % 10], late),
                                  keep(m, "%.*s (%s) exceeded what is required by %u min", (int)f->key.len, f->key.ptr, p, late)};
            f->nobserved = 3;
            f->observed = ARENA_NEW(&r->mem, res_observed, 3);
            f->observed[0] = (res_observed){slice_of("priority"), slice_of(p)};
            f->observed[1] = (res_observed){slice_of("service"), slice_of(services[k % 8])};
            f->observed[2] = (res_observed){slice_of("elapsed"), keep(m, "%u:%02u:00", late / 60, late % 60)};
            f->nevidence = 1 + k % 2;
            f->evidence = ARENA_NEW(&r->mem, res_evidence, 2);
            f->evidence[0] = (res_evidence){burst ? 3 : 1, (uint32_t)(2 + k * 3)};
            f->evidence[1] = (res_evidence){2, (uint32_t)(9 + k * 11)};
            snprintf(f->fingerprint, sizeof f->fingerprint, "%08x%08zx%08x%08x", 0x5eed0000U + (unsigned)i, at, 0x1234U, 0x9e3779b9U);
            f->persisting = k % 3 == 0;
        }
        x->nfindings = at - x->first_finding;
    }
    r->nfindings = at;
}

static void make_shares(maker *m)
{
    for (size_t i = 0; i < NRULES; i++) {
        res_rule *x = &m->r->rules[i];
        if (!x->has_share) continue;
        x->nonconforming = x->v == VERDICT_FAILS ? (int64_t)x->nfindings : rules[i].target < 1 ? (int64_t)draw(m, 2) : 0;
        if (x->v == VERDICT_FAILS && x->nfindings > 0) x->population = (int64_t)((double)x->nfindings / (1 - x->target * 0.93)) + x->unknown;
        x->conforming = x->population - x->nonconforming - x->unknown;
        x->share = (double)x->conforming / (double)(x->conforming + x->nonconforming);
        x->share_low = (double)x->conforming / (double)x->population;
        x->share_high = (double)(x->conforming + x->unknown) / (double)x->population;
        if (slice_is(x->kind, "clock")) rule_groups(m, x);
    }
}

static void metric_groups(maker *m, res_metric *x)
{
    static const struct { const char *by; const char *const *keys; size_t n; } by[] = {
        {"month", months, 3}, {"priority", priorities, 4}, {"service", services, 8}, {"team", teams, 4}};
    x->groups = ARENA_NEW(&m->r->mem, res_metric_group, 19);
    for (size_t b = 0; b < 4; b++)
        for (size_t k = 0; k < by[b].n; k++) {
            double f = 0.82 + 0.36 * draw(m, 1000) / 1000.0, v = x->value * f;
            if (slice_is(x->unit, "share")) v = x->value < 0.5 ? x->value * f : fmin(1, 1 - (1 - x->value) * f * 1.4);
            if (slice_is(x->unit, "count")) v = floor(x->value * f / (double)by[b].n);
            if (slice_is(x->unit, "number") && x->value <= 5) v = fmin(5, x->value * (0.95 + 0.1 * (f - 0.82)));
            x->groups[x->ngroups++] = (res_metric_group){slice_of(by[b].by), slice_of(by[b].keys[k]), true, v, x->n / (int64_t)by[b].n + (int64_t)draw(m, 20)};
        }
}

static void make_metrics(maker *m)
{
    static const struct { const char *id, *theme, *zh, *en, *unit, *better; double value, previous, target; int64_t n; } src[] = {
        {"tickets", "demand", "受理工单", "Tickets received", "count", "", 3012, 2874, 0, 3012}, {"resolved", "demand", "解决工单", "Tickets resolved", "count", "", 2947, 2801, 0, 2947},
        {"backlog", "demand", "期末未结", "Open at the end", "count", "lower", 143, 118, 0, 143}, {"response_met", "response", "响应及时率", "Response attainment", "share", "higher", 0.9631, 0.9712, 0.95, 2611},
        {"response_median", "response", "响应时间中位数", "Response, median", "ms", "lower", 740000, 702000, 0, 2611}, {"response_p90", "response", "响应时间 90 分位", "Response, 90th percentile", "ms", "lower", 5460000, 6020000, 0, 2611},
        {"resolution_met", "resolution", "解决及时率", "Resolution attainment", "share", "higher", 0.9427, 0.9318, 0.95, 2540}, {"resolution_median", "resolution", "解决时长中位数", "Resolution, median", "ms", "lower", 15180000, 16020000, 0, 2540},
        {"resolution_p90", "resolution", "解决时长 90 分位", "Resolution, 90th percentile", "ms", "lower", 79200000, 74100000, 0, 2540}, {"resolution_worst", "resolution", "最长解决时长", "Resolution, worst", "ms", "lower", 913200000, 702000000, 0, 2540},
        {"availability", "availability", "服务可用率", "Availability", "share", "higher", 0.99914, 0.99957, 0.999, 12}, {"outages", "availability", "非计划中断", "Unplanned outages", "count", "lower", 19, 14, 0, 19},
        {"satisfaction", "satisfaction", "平均满意度", "Mean satisfaction", "number", "higher", 4.31, 4.26, 4.0, 1244}, {"satisfaction_coverage", "satisfaction", "评分覆盖率", "Score coverage", "share", "higher", 0.4221, 0.3987, 0.30, 2947},
        {"complaints", "complaint", "投诉占比", "Complaint share", "share", "lower", 0.0129, 0.0087, 0.01, 3012}, {"change_success", "change", "变更成功率", "Change success", "share", "higher", 0.9712, 0.9633, 0.95, 208},
        {"reopened", "quality", "重新打开率", "Reopened share", "share", "lower", 0.0344, 0.0391, 0.05, 2947}, {"repeats", "quality", "重复事件占比", "Repeat incidents", "share", "lower", 0.0712, 0.0698, 0, 1611},
        {"failed_logins", "security", "登录失败爆破", "Failed-login bursts", "count", "lower", 31, 22, 0, 31}, {"mttr_p1", "resolution", "P1 平均恢复时间", "P1 mean time to restore", "ms", "lower", 0, 0, 0, 3},
    };
    audit_result *r = m->r;
    r->nmetrics = sizeof src / sizeof src[0];
    r->metrics = ARENA_NEW(&r->mem, res_metric, r->nmetrics);
    for (size_t i = 0; i < r->nmetrics; i++) {
        res_metric *x = &r->metrics[i];
        *x = (res_metric){.id = slice_of(src[i].id), .theme = slice_of(src[i].theme), .title = both(src[i].zh, src[i].en), .unit = slice_of(src[i].unit),
                          .better = slice_of(src[i].better), .has_value = src[i].value > 0, .value = src[i].value, .n = src[i].n, .has_previous = src[i].previous > 0,
                          .previous = src[i].previous, .previous_n = src[i].n - 40, .has_target = src[i].target > 0, .target = src[i].target};
        x->formula = both("达标工单数 ÷(达标 + 未达标);未知与仍在计时的不计入", "met ÷ (met + not met); unknown and running ones are left out");
        x->exclusions = both("已取消的工单", "cancelled tickets");
        x->target_op = slice_of(slice_is(x->better, "lower") ? "<=" : ">=");
        if (x->has_value) metric_groups(m, x);
        else x->reason = both("样本 3 个,少于最小样本量 10", "3 members, fewer than the least sample of 10");
    }
}

static void wilson(double p, double n, double *low, double *high)
{
    double z = 1.959964, c = p + z * z / (2 * n), h = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)), d = 1 + z * z / n;
    *low = fmax(0, (c - h) / d);
    *high = fmin(1, (c + h) / d);
}

static void make_person(maker *m, size_t i)
{
    static const struct { const char *id, *zh, *en, *unit, *better; double base, weight; } ind[] = {
        {"response", "响应及时率", "Response attainment", "share", "higher", 0.96, 20}, {"resolution", "解决及时率", "Resolution attainment", "share", "higher", 0.94, 30},
        {"reopened", "重新打开率", "Reopened share", "share", "lower", 0.035, 15}, {"satisfaction", "平均满意度", "Mean satisfaction", "number", "higher", 4.3, 15},
        {"records", "记录完整率", "Complete records", "share", "higher", 0.97, 10}, {"median", "解决时长中位数", "Median resolution", "ms", "lower", 15000000, 10},
    };
    audit_result *r = m->r;
    res_staff *s = &r->staff[i];
    *s = (res_staff){.id = keep(m, "E%03zu", i + 1), .name = keep(m, "%s%s", families[i % 10], given[(i * 3 + i / 10) % 10]), .team = slice_of(teams[i % 4]),
                     .role = slice_of("运维工程师"), .level = slice_of(i % 5 == 0 ? "expert" : i % 3 == 0 ? "senior" : i % 2 ? "middle" : "junior"),
                     .n = i % 11 == 10 ? 4 : 40 + (int64_t)draw(m, 140)};
    if (i == 7) s->name = slice_of("龘𠮷");
    s->rated = s->n >= 10;
    s->nindicators = sizeof ind / sizeof ind[0];
    s->indicators = ARENA_NEW(&r->mem, res_indicator, s->nindicators);
    double sum = 0, weights = 0;
    for (size_t k = 0; k < s->nindicators; k++) {
        res_indicator *x = &s->indicators[k];
        bool share = strcmp(ind[k].unit, "share") == 0;
        double spread = share ? 0.05 : 0.15, f = 1 + spread * ((double)draw(m, 1000) / 500.0 - 1);
        *x = (res_indicator){.id = slice_of(ind[k].id), .title = both(ind[k].zh, ind[k].en), .unit = slice_of(ind[k].unit), .better = slice_of(ind[k].better),
                             .has_value = s->rated || k < 2, .n = k == 3 ? s->n / 3 : s->n, .has_team = true, .team_median = ind[k].base, .weight = ind[k].weight,
                             .formula = both("达标的/可判定的", "met / decidable"), .has_scale = true, .zero = ind[k].base * (ind[k].better[0] == 'l' ? 2 : 0.5), .full = ind[k].base};
        x->value = share ? fmin(1, ind[k].base * f) : fmin(ind[k].base * f, ind[k].base < 5 ? 5 : 1e12);
        if (share) x->has_interval = true, wilson(x->value, (double)x->n, &x->low, &x->high);
        if (share) x->apart = ((x->low > x->team_median) - (x->high < x->team_median)) * (ind[k].better[0] == 'l' ? -1 : 1);
        if (k < 2) x->has_expected = true, x->expected = ind[k].base + 0.005;
        x->has_points = s->rated;
        x->points = floor(60 + 40 * (double)draw(m, 1000) / 1000.0);
        for (size_t q = 0; q < 3; q++) x->has_monthly[q] = x->has_value && !(i % 7 == 3 && q == 0), x->monthly[q] = share ? fmin(1, x->value * (0.99 + 0.01 * (double)q)) : x->value;
        if (x->has_points) sum += x->points * x->weight, weights += x->weight;
    }
    s->score = weights > 0 ? sum / weights : 0;
    s->grade = slice_of(!s->rated ? "not_rated" : s->score >= 90 ? "A" : s->score >= 80 ? "B" : s->score >= 70 ? "C" : "D");
    if (!s->rated) s->reason = both("本期解决工单 4 个,少于最小样本量 10", "4 tickets resolved, fewer than the least sample of 10");
}

static void make_staff(maker *m)
{
    static const struct { const char *id, *zh, *en; } notes[] = {
        {"method", "各指标按分段折算为 0–100 分,再按权重加权平均;没有分数的指标不计入权重。", "Each indicator becomes 0–100 points by bands, weighted by its weight; indicators without points drop out."},
        {"interval", "比率给出 95% Wilson 区间;区间相互重叠的人员之间不排名次。", "Shares carry a 95 % Wilson interval; people whose intervals overlap are not ranked."},
        {"least", "解决工单少于 10 个的人员不评级。", "People with fewer than 10 resolved tickets are not rated."},
        {"bands", "A ≥ 90,B ≥ 80,C ≥ 70,D 其余。", "A ≥ 90, B ≥ 80, C ≥ 70, D the rest."},
    };
    audit_result *r = m->r;
    r->nstaff = 30;
    r->staff = ARENA_NEW(&r->mem, res_staff, r->nstaff);
    for (size_t i = 0; i < r->nstaff; i++) make_person(m, i);
    r->nbands = 4;
    r->bands = ARENA_NEW(&r->mem, res_note, 4);
    for (size_t i = 0; i < 4; i++) r->bands[i] = (res_note){slice_of(notes[i].id), both(notes[i].zh, notes[i].en)};
    r->ngrades = 4;
    r->grades = ARENA_NEW(&r->mem, res_grade, 4);
    for (size_t i = 0; i < 4; i++) r->grades[i] = (res_grade){keep(m, "%c", (char)('A' + i)), i == 3 ? 0 : 90 - 10 * (double)i};
}

static void make_notes(maker *m)
{
    audit_result *r = m->r;
    r->ncalendars = 2;
    r->calendars = ARENA_NEW(&r->mem, res_calendar, 2);
    r->calendars[0] = (res_calendar){slice_of("always"), both("全天候", "Always"), slice_of("00:00–24:00, 7×24"), slice_of("")};
    r->calendars[1] = (res_calendar){slice_of("office"), both("工作时间", "Office hours"), slice_of("Mon–Fri 09:00–12:00, 13:00–18:00"), slice_of("2024–2026")};
    r->nnotes = 3;
    r->notes = ARENA_NEW(&r->mem, res_note, 3);
    r->notes[0] = (res_note){slice_of("policy.reopen"), both("重新打开的工单:时钟计到最后一次解决,解决与重开之间不计(resume)。", "Reopened tickets: the clock runs to the last resolution; the time between is not counted (resume).")};
    r->notes[1] = (res_note){slice_of("policy.priority"), both("优先级变化:按审计时点的优先级取限时(latest)。", "Change of priority: limits go by the priority at the instant of judgement (latest).")};
    r->notes[2] = (res_note){slice_of("caveat.history"), both("未导入历史记录的工单无法扣除挂起时间,其时长可能偏大。", "Where a ticket's history was not imported, pauses cannot be taken off and durations may be too long.")};
}

audit_result *fake_result(size_t nfindings)
{
    audit_result *r = mem_zero(1, sizeof *r);
    if (r == NULL) return NULL;
    maker m = {r, 20250701};
    make_head(&m);
    make_sources(&m);
    make_clauses(&m);
    r->nrules = NRULES;
    r->rules = ARENA_NEW(&r->mem, res_rule, NRULES);
    for (size_t i = 0; i < NRULES; i++) make_rule(&m, i);
    make_findings(&m, nfindings);
    make_shares(&m);
    make_metrics(&m);
    make_staff(&m);
    make_notes(&m);
    return r;
}

void fake_result_free(audit_result *r)
{
    if (r == NULL) return;
    arena_free(&r->mem);
    mem_free(r);
}
