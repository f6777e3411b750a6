/* The organisation: its services, systems and people. */
#include "tests/generator/generate.h"
#include <string.h>

const char *const gen_teams[TEAMS] = {"服务台", "网络组", "系统组", "数据库组", "安全组", "应用组"};
/* id, name, team that runs it, category of its incidents, tier, agreed availability */
const service gen_services[SERVICES] = {
    {"SVC-MAIL", "电子邮件", "系统组", "故障排除", 1, "0.995"},    {"SVC-OA", "协同办公", "应用组", "故障排除", 1, "0.995"},
    {"SVC-FIN", "财务核算", "应用组", "数据管理", 1, "0.998"},     {"SVC-HR", "人力资源", "应用组", "故障排除", 2, "0.99"},
    {"SVC-CRM", "客户关系", "应用组", "故障排除", 2, "0.995"},     {"SVC-WMS", "仓储物流", "数据库组", "数据管理", 1, "0.998"},
    {"SVC-WEB", "门户网站", "系统组", "系统维护", 1, "0.999"},     {"SVC-MEET", "视频会议", "网络组", "网络安全", 2, "0.99"},
    {"SVC-DESK", "桌面支持", "服务台", "用户支持", 3, "0.98"},     {"SVC-NET", "网络接入", "网络组", "网络安全", 1, "0.999"},
    {"SVC-DB", "数据库平台", "数据库组", "数据管理", 1, "0.999"},  {"SVC-VM", "虚拟化平台", "系统组", "系统维护", 1, "0.999"},
    {"SVC-IAM", "统一身份认证", "安全组", "网络安全", 1, "0.999"}, {"SVC-FILE", "文件共享", "服务台", "用户支持", 3, "0.99"},
};
const config_item gen_systems[SYSTEMS] = {
    {"SYS-MAIL-01", "邮件服务器一", "mail01", 0, 1, true, 240, 60},     {"SYS-MAIL-02", "邮件网关", "mailgw01", 0, 2, false, 480, 240},
    {"SYS-OA-01", "协同办公应用", "oa-app01", 1, 1, true, 240, 60},     {"SYS-OA-02", "协同办公数据库", "oa-db01", 1, 1, true, 240, 30},
    {"SYS-FIN-01", "财务核算应用", "fin-app01", 2, 1, true, 120, 30},   {"SYS-HR-01", "人事系统", "hr-app01", 3, 2, true, 480, 240},
    {"SYS-CRM-01", "客户关系应用", "crm-app01", 4, 2, true, 480, 120},  {"SYS-WMS-01", "仓储管理应用", "wms-app01", 5, 1, true, 120, 30},
    {"SYS-WMS-02", "仓储接口", "wms-if01", 5, 2, false, 240, 120},      {"SYS-WEB-01", "门户前端", "web01", 6, 1, true, 120, 60},
    {"SYS-WEB-02", "门户负载均衡", "lb01", 6, 2, false, 120, 60},       {"SYS-MEET-01", "会议控制台", "meet01", 7, 2, false, 480, 480},
    {"SYS-DESK-01", "终端管理", "desk01", 8, 3, false, 960, 480},       {"SYS-NET-01", "核心交换机", "sw-core1", 9, 1, true, 60, 1440},
    {"SYS-NET-02", "出口防火墙", "fw-edge1", 9, 2, true, 60, 1440},     {"SYS-DB-01", "数据库集群", "db01", 10, 1, true, 120, 15},
    {"SYS-DB-02", "报表数据库", "db02", 10, 2, true, 480, 240},         {"SYS-VM-01", "虚拟化集群", "esx01", 11, 1, true, 240, 240},
    {"SYS-IAM-01", "身份认证服务", "iam01", 12, 1, true, 60, 15},       {"SYS-FILE-01", "文件服务器", "file01", 13, 3, true, 960, 480},
};
static const char *const family[][2] = {{"王", "wang"}, {"李", "li"}, {"张", "zhang"}, {"刘", "liu"}, {"陈", "chen"}, {"杨", "yang"}, {"赵", "zhao"}, {"黄", "huang"},
    {"周", "zhou"}, {"吴", "wu"}, {"徐", "xu"}, {"孙", "sun"}, {"胡", "hu"}, {"朱", "zhu"}, {"高", "gao"}, {"林", "lin"}, {"何", "he"}, {"郭", "guo"}, {"马", "ma"}, {"罗", "luo"},
    {"欧阳", "ouyang"}, {"谢", "xie"}, {"韩", "han"}, {"唐", "tang"}};
static const char *const given[][2] = {{"伟", "wei"}, {"芳", "fang"}, {"娜", "na"}, {"敏", "min"}, {"静", "jing"}, {"磊", "lei"}, {"军", "jun"}, {"洋", "yang"}, {"勇", "yong"},
    {"艳", "yan"}, {"杰", "jie"}, {"涛", "tao"}, {"明", "ming"}, {"超", "chao"}, {"秀兰", "xiulan"}, {"建国", "jianguo"}, {"志强", "zhiqiang"}, {"晓东", "xiaodong"},
    {"雨桐", "yutong"}, {"子轩", "zixuan"}, {"梓涵", "zihan"}, {"海燕", "haiyan"}, {"文博", "wenbo"}};
static const char *const orgs[] = {"财务部", "人力资源部", "市场部", "销售一部", "销售二部", "采购部", "仓储中心", "生产部", "法务部", "研发中心", "质量部", "总经办"};
enum { FAMILIES = sizeof family / sizeof *family, GIVEN = sizeof given / sizeof *given, ORGS = sizeof orgs / sizeof *orgs, MEMBERS = 7, LEAVERS = 3 };
static const char *const levels[] = {"junior", "middle", "senior", "expert"};

static person *hire(world *w, const char *team, const char *role, int rank)
{
    int i = w->npeople++;
    const char *const *f = family[i % FAMILIES], *const *g = given[(i * 7 + i / FAMILIES) % GIVEN];
    int64_t hired = gen_day(2012 + i % 12, 1 + i * 5 % 12, 1 + i * 11 % 28);
    w->people[i] = (person){gen_text("%s%s", f[1], g[1]), gen_text("%s%s", f[0], g[0]), team, role, levels[rank], gen_text("10.20.%d.%d", 1 + i / 8, 20 + i), rank, hired, 0, 0};
    return &w->people[i];
}
void world_init(world *w, uint64_t seed)
{
    static const int ranks[MEMBERS] = {3, 2, 2, 1, 1, 0, 0};
    static const char *const roles[] = {"工程师", "主管工程师", "高级工程师", "首席工程师"};
    *w = (world){.r = {seed * 0xD1342543DE82EF95u + 1}};
    w->manager = hire(w, "管理层", "服务经理", 3)->id;
    hire(w, "管理层", "变更经理", 3);
    for (int t = 0; t < TEAMS; t++)
        for (int m = 0; m < MEMBERS; m++) hire(w, gen_teams[t], roles[ranks[m]], ranks[m]);
    for (int i = 0; i < LEAVERS; i++) hire(w, gen_teams[1 + i], roles[1], 1)->left = gen_day(2025, 8, 13 + i);
}
const char *world_leaver(const world *w, int n) { return w->people[PEOPLE - LEAVERS + n % LEAVERS].id; }
person *world_handler(world *w, const char *team, int prio, int64_t at)
{
    person *best = NULL;
    for (int i = 0; i < w->npeople; i++) {
        person *p = &w->people[i];
        if (strcmp(p->team, team) || p->left || p->hired > at || (prio <= 2 ? p->rank < 2 : prio == 4 && p->rank >= 2)) continue;
        if (!best || p->load < best->load) best = p;
    }
    best->load++;
    return best;
}
const char *world_customer(world *w, const char **org)
{
    static const char *names[400];
    uint32_t i = rng_below(&w->r, 400);
    *org = orgs[i % ORGS];
    if (!names[i]) names[i] = gen_text("%s%s", family[(i * 5 + i / 24) % FAMILIES][0], given[(i * 3 + 1 + i / 23) % GIVEN][0]);
    return names[i];
}
