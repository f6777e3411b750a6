/* log.csv and auth.log: the noise of 20 machines, and what tickets leave behind in the logs. */
#include "tests/generator/generate.h"
#include <stdlib.h>
#include <string.h>

typedef struct event {
    int64_t at;
    const char *source, *host, *program, *system, *action, *outcome, *user, *ip, *object, *protocol, *message;
    int code, bytes;
    uint32_t seq;
    const char *rule[2], *key, *what; /* planted: the rules it breaks */
} event;
typedef struct events { event *v; size_t n, cap; } events;

static event *add(events *e, event x)
{
    e->v = gen_grow(e->v, &e->cap, e->n + 1, sizeof *e->v);
    x.seq = (uint32_t)e->n;
    e->v[e->n] = x;
    return &e->v[e->n++];
}
static int by_time(const void *a, const void *b)
{
    const event *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->seq > y->seq) - (x->seq < y->seq);
}
static const char *host_of(const char *system)
{
    for (int i = 0; i < SYSTEMS; i++)
        if (!strcmp(gen_systems[i].id, system)) return gen_systems[i].host;
    return "ops01";
}
static void planted(manifest *m, const event *x, const char *file, long line)
{
    for (int i = 0; i < 2 && x->rule[i]; i++) manifest_add(m, x->rule[i], "nonconforming", "log", x->key, file, line, x->what);
}

/* Each night a backup of what needs one; one in eighty fails first and is repeated. Old lines show that logs are kept. */
static void backups(world *w, events *e)
{
    for (int64_t d = PERIOD_FROM - DAY; d < PERIOD_TO; d += DAY)
        for (int i = 0; i < SYSTEMS; i++) {
            const config_item *c = &gen_systems[i];
            if (!c->backup) continue;
            int64_t at = d + HOUR + i * 9 * MINUTE + (int64_t)rng_below(&w->r, 8 * MINUTE);
            event x = {.at = at, .source = "backup", .host = c->host, .program = "bkpd", .system = c->id, .action = "backup", .outcome = "success", .object = "全量备份", .bytes = 1000000 + (int)rng_below(&w->r, 900000000), .message = "备份任务完成"};
            if (rng_permille(&w->r, 12)) {
                event bad = x;
                bad.outcome = "failure", bad.message = "备份任务失败:介质忙", bad.bytes = 0;
                add(e, bad);
                x.at += 40 * MINUTE;
            }
            add(e, x);
        }
}
static void old_lines(events *e)
{
    static const char *const sources[] = {"backup", "monitor", "web", "dbaudit", "transfer", "syslog"};
    for (int i = 0; i < 6; i++)
        add(e, (event){.at = gen_day(2025, 3, 10 + i) + 9 * HOUR, .source = sources[i], .host = "log01", .program = "archive", .action = "other", .outcome = "unknown", .message = "归档起点"});
}
static void monitoring(world *w, events *e, int64_t step)
{
    for (int64_t at = PERIOD_FROM; at < PERIOD_TO; at += step)
        for (int i = 0; i < SYSTEMS; i++)
            if (gen_systems[i].tier == 1 || at % (6 * HOUR) < step)
                add(e, (event){.at = at + 20 * i + (int64_t)rng_below(&w->r, 15), .source = "monitor", .host = gen_systems[i].host, .program = "agent", .system = gen_systems[i].id, .action = "heartbeat", .outcome = "success", .message = "心跳正常"});
}
static void traffic(world *w, events *e, long n)
{
    static const char *const objects[] = {"/", "/login", "/api/v1/orders", "/api/v1/users", "/static/app.js", "/report/monthly", "/search", "/news/list"};
    for (long i = 0; i < n; i++) {
        int64_t at = PERIOD_FROM + (int64_t)((uint64_t)(PERIOD_TO - PERIOD_FROM) * (uint64_t)i / (uint64_t)n) + (int64_t)rng_below(&w->r, 90);
        int code = rng_permille(&w->r, 930) ? 200 : rng_permille(&w->r, 600) ? 304 : 404;
        if (w->bench && rng_permille(&w->r, 3)) code = 502;
        add(e, (event){.at = at, .source = "web", .host = "web01", .program = "nginx", .system = "SYS-WEB-01", .action = "http", .outcome = code < 400 ? "success" : "failure", .ip = "10.30.4.21",
            .object = objects[rng_below(&w->r, 8)], .protocol = rng_permille(&w->r, 700) ? "TLSv1.3" : "TLSv1.2", .code = code, .bytes = (int)rng_below(&w->r, 60000)});
    }
}
static void daily(world *w, events *e)
{
    for (int64_t d = PERIOD_FROM; d < PERIOD_TO; d += DAY) {
        for (int i = 0; i < 6; i++) {
            const person *p = &w->people[2 + rng_below(&w->r, 42)];
            add(e, (event){.at = d + (9 + i) * HOUR + (int64_t)rng_below(&w->r, HOUR), .source = "dbaudit", .host = "db01", .program = "audit", .system = "SYS-DB-01", .action = "query", .outcome = "success", .user = p->id, .ip = p->ip, .object = i % 2 ? "orders" : "tickets", .message = "记录查询"});
            event x = {.at = d + (1 + 4 * i) * HOUR + (int64_t)rng_below(&w->r, HOUR), .source = "transfer", .host = "wms-if01", .program = "sftp", .system = "SYS-WMS-02", .action = "transfer", .outcome = "success", .user = "svc_wms", .object = gen_text("stock_%d.csv", i), .protocol = "sftp", .bytes = 4096 + (int)rng_below(&w->r, 90000), .message = "文件传输完成"};
            if (rng_permille(&w->r, 15)) {
                event bad = x;
                bad.outcome = "failure", bad.message = "文件传输中断", bad.at -= 30 * MINUTE;
                add(e, bad);
            }
            add(e, x);
            add(e, (event){.at = d + i * 4 * HOUR, .source = "syslog", .host = "ops01", .program = "cron", .action = "other", .outcome = "unknown", .message = "(root) CMD (logrotate)"});
        }
    }
}
/* Changes restart services and write configuration inside their windows; exports follow their requests; alerts come shortly before monitoring's incidents. */
static void traces(world *w, events *e, const tickets *ts)
{
    static const char *const deeds[3][3] = {{"service", "systemd", "服务重启"}, {"package", "dpkg", "软件包安装"}, {"config", "cfgmgr", "配置写入"}};
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (!t->at[STARTED]) continue;
        if (t->type == CHANGE && strstr(t->title, "迁移") && !gen_systems[t->sys].backup && !t->unsaved)
            add(e, (event){.at = t->at[STARTED] - 3 * HOUR, .source = "backup", .host = host_of(t->system), .program = "bkpd", .system = t->system, .action = "backup", .outcome = "success", .object = "迁移前备份", .bytes = 52428800, .message = "备份任务完成"});
        if (t->used) continue;
        const person *p = w->people;
        while (p < w->people + PEOPLE - 1 && strcmp(p->id, t->assignee)) p++;
        for (int k = 0; k < 3 && t->type == CHANGE; k++)
            add(e, (event){.at = t->at[STARTED] + (5 + 11 * k) * MINUTE, .source = "syslog", .host = host_of(t->system), .program = deeds[k][1], .system = t->system, .action = deeds[k][0], .outcome = "success", .user = t->assignee, .object = t->category, .message = deeds[k][2]});
        if (t->type == REQUEST && t->approver)
            add(e, (event){.at = t->at[STARTED] + 20 * MINUTE, .source = "dbaudit", .host = host_of(t->system), .program = "audit", .system = t->system, .action = "export", .outcome = "success", .user = t->assignee, .ip = p->ip, .object = "customer_orders", .bytes = 250000, .message = "数据导出"});
        if (t->type == INCIDENT && !strcmp(t->channel ? t->channel : "", "monitor"))
            add(e, (event){.at = t->at[CREATED] - 3 * MINUTE, .source = "monitor", .host = host_of(t->system), .program = "alertd", .system = t->system, .action = "alert", .outcome = "failure", .object = "可用性", .code = 2, .message = "严重告警"});
    }
}
/* The nth quiet instant of a system: the given hour of some day, when no ticket of it is created from an hour before to five hours after and no window is open. */
static int64_t quiet(const tickets *ts, const char *system, int nth, int64_t hour)
{
    for (int64_t at = gen_day(2025, 7, 3) + hour; at < PERIOD_TO - 3 * DAY; at += DAY) {
        bool open = false;
        for (size_t i = 0; i < ts->n && !open; i++) {
            const ticket *t = &ts->v[i];
            open = t->planned_from && t->planned_from <= at && t->planned_to >= at && (!strcmp(t->system, system) || !*system);
        }
        if (!open && (!*system || tickets_quiet(ts, system, at - HOUR, at + 5 * HOUR)) && nth-- == 0) return at;
    }
    fprintf(stderr, "generate: no quiet time of %s\n", system);
    exit(1);
}
/* What the logs must not show, each some times. */
static void misdeeds(world *w, events *e, const tickets *ts)
{
    static const char *const acts[] = {"service", "package", "config"};
    for (int i = 0; i < 3; i++) {
        const config_item *c = &gen_systems[4 + i];
        add(e, (event){.at = quiet(ts, c->id, i, 10 * HOUR), .source = "syslog", .host = c->host, .program = "systemd", .system = c->id, .action = acts[i], .outcome = "success", .user = w->people[20 + i].id, .object = "核心服务", .message = "变更窗口之外的操作",
            .rule = {"3.1-b"}, .key = c->id, .what = "没有覆盖它的已批准变更"});
        add(e, (event){.at = quiet(ts, c->id, i, 15 * HOUR), .source = "dbaudit", .host = c->host, .program = "audit", .system = c->id, .action = "export", .outcome = "success", .user = w->people[10 + i].id, .ip = w->people[10 + i].ip, .object = "customer_contacts",
            .bytes = 910000, .message = "数据导出", .rule = {"3.2-g"}, .key = c->id, .what = "没有批准的数据导出申请"});
    }
    for (int i = 0; i < 2; i++) {
        const config_item *c = &gen_systems[2 + 2 * i];
        add(e, (event){.at = quiet(ts, c->id, 5 + i, 4 * HOUR), .source = "monitor", .host = c->host, .program = "alertd", .system = c->id, .action = "alert", .outcome = "failure", .object = "存储", .code = 2, .message = "严重告警", .rule = {"4.2-a"}, .key = c->id, .what = "严重告警后没有工单"});
        add(e, (event){.at = quiet(ts, "", 20 + i, 11 * HOUR), .source = "dbaudit", .host = "db01", .program = "audit", .system = "SYS-DB-01", .action = "query", .outcome = "success", .user = w->people[12].id, .message = "记录查询", .rule = {"6.4-a"}, .key = "db01", .what = "查询没有对象"});
        add(e, (event){.at = quiet(ts, "", 30 + i, 12 * HOUR), .source = "web", .host = "web01", .program = "nginx", .system = "SYS-WEB-01", .action = "http", .outcome = "success", .ip = "10.30.4.22", .object = "/legacy", .protocol = "TLSv1.0", .code = 200, .rule = {"6.2-b"}, .key = "web01", .what = "TLS 1.0"});
    }
    add(e, (event){.at = quiet(ts, "SYS-HR-01", 9, 6 * HOUR), .source = "transfer", .host = "hr-app01", .program = "sftp", .system = "SYS-HR-01", .action = "transfer", .outcome = "failure", .user = "svc_hr", .object = "roster.csv", .protocol = "sftp", .message = "文件传输中断",
        .rule = {"6.2-c"}, .key = "SYS-HR-01", .what = "传输失败后既未补传也无工单"});
    static const char *const clear[][2] = {{"telnet", "连接 sw-core1:23"}, {"ftp", "PASV 下载 backup.tar"}, {"http", "GET /login?user=a&password=x1 HTTP/1.1"}};
    for (int i = 0; i < 3; i++)
        add(e, (event){.at = quiet(ts, "", 40 + i, 13 * HOUR), .source = "syslog", .host = "ops01", .program = "conn", .action = "other", .outcome = "unknown", .ip = "10.20.1.30", .protocol = clear[i][0], .message = clear[i][1], .rule = {"6.2-a"}, .key = "ops01", .what = "明文协议"});
}
/* Two busy hours: of 120 requests one fails in the first, six in the second. */
static void busy_hours(events *e, manifest *m)
{
    for (int h = 0; h < 2; h++)
        for (int i = 0; i < 120; i++)
            add(e, (event){.at = gen_day(2025, 8, 13 + h) + 10 * HOUR + i * 29, .source = "web", .host = "web01", .program = "nginx", .system = "SYS-WEB-01", .action = "http", .outcome = i <= h * 5 ? "failure" : "success", .ip = "10.30.4.23", .object = "/api/v1/orders",
                .protocol = "TLSv1.3", .code = i <= h * 5 ? 502 : 200, .bytes = 900 + i});
    manifest_add(m, "3.3-c", "nonconforming", "log", "2025-08-14 10:00:00", "log.csv", 0, "该小时服务器错误率约5%");
}
/* Lapses: a tier-1 system without monitoring for a day and six hours, a log source silent for two days, one kept too short, a backup that failed and one that was not made. */
static void lapses(events *e, manifest *m)
{
    int64_t dark = gen_day(2025, 8, 19), silent = gen_day(2025, 9, 2);
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++) {
        const event *x = &e->v[i];
        bool monitor = !strcmp(x->source, "monitor") && x->system && !strcmp(x->system, "SYS-FIN-01") && x->at >= dark && x->at < dark + 30 * HOUR;
        bool transfer = !strcmp(x->source, "transfer") && x->at >= silent && x->at < silent + 2 * DAY;
        bool archive = !strcmp(x->source, "dbaudit") && x->at < PERIOD_FROM;
        bool backup = x->action && !strcmp(x->action, "backup") && !strcmp(x->system, "SYS-CRM-01") && x->at >= gen_day(2025, 7, 22) && x->at < gen_day(2025, 7, 23);
        bool failed = x->action && !strcmp(x->action, "backup") && !strcmp(x->system, "SYS-HR-01") && x->at >= gen_day(2025, 8, 26) && x->at < gen_day(2025, 8, 27);
        if (monitor || transfer || archive || backup || failed) continue;
        e->v[n++] = *x;
    }
    e->n = n;
    manifest_add(m, "4.2-d", "nonconforming", "system", "SYS-FIN-01", "log.csv", 0, "超过24小时没有监测事件");
    manifest_add(m, "4.4-d", "nonconforming", "log", "transfer", "log.csv", 0, "日志源静默两天");
    manifest_add(m, "6.3-d", "nonconforming", "log", "dbaudit", "log.csv", 0, "日志源保留不足180天");
    manifest_add(m, "6.3-a", "nonconforming", "system", "SYS-CRM-01 2025-07-22", "log.csv", 0, "当日没有成功备份");
    manifest_add(m, "6.3-a", "nonconforming", "system", "SYS-HR-01 2025-08-26", "log.csv", 0, "当日没有成功备份");
    add(e, (event){.at = gen_day(2025, 8, 26) + HOUR, .source = "backup", .host = "hr-app01", .program = "bkpd", .system = "SYS-HR-01", .action = "backup", .outcome = "failure", .object = "全量备份", .message = "备份任务失败:介质忙", .rule = {"6.3-b"}, .key = "SYS-HR-01", .what = "备份失败后24小时内没有成功备份"});
}
static void log_write(events *e, const char *dir, manifest *m)
{
    sink s;
    sink_open(&s, dir, "log.csv", "at,source,host,program,system,action,outcome,user,src_ip,object,protocol,status_code,bytes,message");
    qsort(e->v, e->n, sizeof *e->v, by_time);
    for (size_t i = 0; i < e->n; i++) {
        const event *x = &e->v[i];
        const char *cells[] = {x->source, x->host, x->program, x->system, x->action, x->outcome, x->user, x->ip, x->object, x->protocol};
        sink_time(&s, x->at, true);
        for (size_t k = 0; k < 10; k++) sink_text(&s, cells[k], false);
        x->code ? sink_num(&s, x->code, false) : sink_text(&s, NULL, false);
        x->bytes ? sink_num(&s, x->bytes, false) : sink_text(&s, NULL, false);
        sink_text(&s, x->message, false);
        sink_end(&s);
        planted(m, x, "log.csv", s.line);
    }
    sink_close(&s);
}

/* Logins by password or key from the person's own machine; now and then one mistyped password; guesses from outside, never five in ten minutes. */
static void sessions(world *w, events *e, long n)
{
    static const char *const guesses[] = {"admin", "test", "oracle", "guest", "ubuntu", "git", "ftpuser", "deploy"};
    static int64_t slipped[PEOPLE];
    int64_t guessed = 0, span = PERIOD_TO - PERIOD_FROM;
    for (long i = 0; i < n; i++) {
        int64_t at = PERIOD_FROM + (int64_t)((uint64_t)span * (uint64_t)i / (uint64_t)n) + (int64_t)rng_below(&w->r, 60);
        const person *p = &w->people[2 + rng_below(&w->r, 42)];
        const char *host = gen_systems[rng_below(&w->r, SYSTEMS)].host;
        if (!gen_office(at) && rng_permille(&w->r, 850)) at = gen_advance(at, 1 + (int64_t)rng_below(&w->r, WORKDAY), true);
        if (at >= PERIOD_TO) continue;
        if (rng_permille(&w->r, 40) && (at - slipped[p - w->people] > HOUR || slipped[p - w->people] - at > HOUR)) {
            add(e, (event){.at = at - 9, .host = host, .user = p->id, .ip = p->ip, .action = "Failed", .code = 1000 + (int)rng_below(&w->r, 60000)});
            slipped[p - w->people] = at;
        }
        add(e, (event){.at = at, .host = host, .user = p->id, .ip = p->ip, .action = rng_permille(&w->r, 700) ? "Accepted" : "Key", .code = 1000 + (int)rng_below(&w->r, 60000)});
        if (gen_office(at) && gen_office(at + 2 * MINUTE) && rng_permille(&w->r, 400)) add(e, (event){.at = at + 2 * MINUTE, .host = host, .user = p->id, .action = "sudo", .object = rng_permille(&w->r, 500) ? "/usr/bin/systemctl status nginx" : "/usr/bin/tail -n 200 /var/log/messages"});
        add(e, (event){.at = at + 20 * MINUTE, .host = host, .user = p->id, .ip = p->ip, .action = "closed", .code = 1000 + (int)rng_below(&w->r, 60000)});
        if (at > guessed + 2 * HOUR) {
            guessed = at;
            add(e, (event){.at = at + 31, .host = host, .user = guesses[rng_below(&w->r, 8)], .ip = gen_text("203.0.113.%u", 1 + rng_below(&w->r, 250)), .action = "Invalid", .code = 1000 + (int)rng_below(&w->r, 60000)});
        }
    }
}
static void attack(world *w, events *e, int64_t at, const char *ip, bool sample_fault)
{
    int n = 5 + (int)rng_below(&w->r, 4);
    for (int k = 0; k < n; k++) {
        event *x = add(e, (event){.at = at + k * 20, .host = "web01", .user = gen_text("root%d", k), .ip = ip, .action = "Invalid", .code = 40000 + k});
        if (k == 0 && sample_fault) x->rule[0] = "3.2-a", x->rule[1] = "3.2-b", x->key = ip, x->what = "10分钟内同一来源五次以上登录失败,且未建安全事件单";
    }
}
static void intruders(world *w, events *e)
{
    for (int i = 0; i < 3; i++) {
        add(e, (event){.at = gen_day(2025, 7, 9 + 20 * i) + 10 * HOUR + 30 * i, .host = "db01", .user = "root", .ip = "10.20.1.200", .action = "Accepted", .code = 50000 + i, .rule = {"3.2-d"}, .key = "root/10.20.1.200/db01", .what = "root 用户经网络直接登录"});
        const char *id = world_leaver(w, i);
        add(e, (event){.at = gen_day(2025, 8, 20 + 6 * i) + 11 * HOUR, .host = "oa-app01", .user = id, .ip = "10.20.1.201", .action = "Accepted", .code = 51000 + i, .rule = {"3.2-f", "5.4-c"}, .key = gen_text("%s/10.20.1.201/oa-app01", id), .what = "离职人员账户登录"});
        attack(w, e, gen_day(2025, 7, 16 + 4 * i) + 3 * HOUR, gen_text("198.51.100.%d", 7 + i), true);
        add(e, (event){.at = gen_day(2025, 8, 5 + 7 * i) + 2 * HOUR + 11 * MINUTE, .host = gen_systems[3 + i].host, .user = w->people[2].id, .action = "sudo", .object = "/usr/bin/vi /etc/passwd", .rule = {"3.2-e"}, .key = w->people[2].id, .what = "非工作时间的特权命令没有批准的工单"});
    }
    add(e, (event){.at = gen_day(2025, 7, 16) + 3 * HOUR + 12 * MINUTE, .host = "web01", .user = "svc_web", .ip = "198.51.100.7", .action = "Accepted", .code = 52000, .rule = {"3.2-c"}, .key = "198.51.100.7", .what = "爆破之后同一来源登录成功"});
}
static const char *stamp(int64_t t)
{
    static char b[16];
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int y, m, d, s = (int)(t % DAY);
    gen_date(t, &y, &m, &d);
    snprintf(b, sizeof b, "%s %2d %02d:%02d:%02d", months[m - 1], d, s / HOUR, s / MINUTE % 60, s % 60);
    return b;
}
static void auth_line(sink *s, const event *x)
{
    int pid = 900 + x->code % 30000;
    fprintf(s->f, "%s %s ", stamp(x->at), x->host);
    if (!strcmp(x->action, "sudo")) fprintf(s->f, "sudo:   %s : TTY=pts/0 ; PWD=/home/%s ; USER=root ; COMMAND=%s", x->user, x->user, x->object);
    else if (!strcmp(x->action, "closed")) fprintf(s->f, "sshd[%d]: Disconnected from user %s %s port %d", pid, x->user, x->ip, x->code);
    else if (!strcmp(x->action, "Invalid")) fprintf(s->f, "sshd[%d]: Failed password for invalid user %s from %s port %d ssh2", pid, x->user, x->ip, x->code);
    else if (!strcmp(x->action, "Key")) fprintf(s->f, "sshd[%d]: Accepted publickey for %s from %s port %d ssh2: ED25519 SHA256:q%x", pid, x->user, x->ip, x->code, (unsigned)x->code * 2654435761u);
    else fprintf(s->f, "sshd[%d]: %s password for %s from %s port %d ssh2", pid, x->action, x->user, x->ip, x->code);
    sink_end(s);
}
static void auth_write(events *e, const char *dir, manifest *m)
{
    sink s;
    sink_open(&s, dir, "auth.log", NULL);
    qsort(e->v, e->n, sizeof *e->v, by_time);
    for (size_t i = 0; i < e->n; i++) {
        auth_line(&s, &e->v[i]);
        planted(m, &e->v[i], "auth.log", s.line);
    }
    sink_close(&s);
}
void logs_write(world *w, const tickets *ts, const char *dir, long lines, manifest *m)
{
    events e = {0};
    backups(w, &e);
    old_lines(&e);
    monitoring(w, &e, lines > 100000 ? HOUR / 2 : 3 * HOUR);
    traffic(w, &e, lines / 4);
    daily(w, &e);
    traces(w, &e, ts);
    if (!w->bench) misdeeds(w, &e, ts), busy_hours(&e, m);
    if (w->lapsed) lapses(&e, m);
    log_write(&e, dir, m);
    e.n = 0;
    add(&e, (event){.at = gen_day(2025, 3, 12) + 8 * HOUR, .host = "ops01", .user = w->people[2].id, .ip = w->people[2].ip, .action = "Accepted", .code = 40022});
    sessions(w, &e, lines * 417 / 1000);
    if (!w->bench) intruders(w, &e);
    for (int64_t at = PERIOD_FROM + 3 * HOUR; w->bench && at < PERIOD_TO; at += 5 * HOUR) attack(w, &e, at, gen_text("198.51.100.%u", 1 + rng_below(&w->r, 250)), false);
    auth_write(&e, dir, m);
    free(e.v);
}
