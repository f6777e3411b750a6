/* Profiles: a small export of each product as it is written, and what must come of it; real ones where they are. */
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"
#include "engine/time/instant.h"
#include "importers/csv.h"
#include "importers/import.h"
#include "importers/profile.h"
#include "importers/words.h"
#include "tests/support/check.h"

typedef struct place { arena a; schema *m; store *s; zone *z; dict *d; import_report report; } place;

/* What all places share, as it takes a while to load. */
static struct { arena a; schema *m; import_own *own; } common;

static int load_common(void **state)
{
    err e = {0};
    errlist errors = {0};
    ynode *root;
    buf b = {0};
    const char *path;
    (void)state;
    assert_int_equal(file_own_data("rules/itss-2025/model.yaml", &common.a, &path, &e), SLA_OK);
    assert_int_equal(file_read(path, 1 << 20, &b, &e), SLA_OK);
    assert_int_equal(yaml_parse((slice){b.ptr, b.len}, "model.yaml", &common.a, &root, &e), SLA_OK);
    assert_int_equal(schema_load(root, (slice){b.ptr, b.len}, &common.a, &common.m, &errors), SLA_OK);
    buf_free(&b);
    assert_non_null(common.own = import_own_new());
    assert_int_equal(import_own_profiles(common.own, common.m, &errors), SLA_OK);
    assert_int_equal(import_own_patterns(common.own, &errors), SLA_OK);
    return 0;
}

static int free_common(void **state)
{
    (void)state;
    import_own_free(common.own);
    arena_free(&common.a);
    return 0;
}

static void open_place(place *p)
{
    err e = {0};
    *p = (place){.d = dict_new(), .m = common.m};
    assert_int_equal(zone_open("Asia/Shanghai", &p->z, &e), SLA_OK);
    assert_int_equal(store_open(NULL, STORE_CREATE, &p->s, &e), SLA_OK);
    assert_int_equal(store_set_model(p->s, p->m, &e), SLA_OK);
}

static void close_place(place *p)
{
    import_report_clear(&p->report);
    store_close(p->s);
    zone_close(p->z);
    dict_free(p->d);
    arena_free(&p->a);
}

static void take(place *p, const char *path, size_t block)
{
    err e = {0};
    import_options o = {.zone = p->z, .block = block, .own = common.own};
    assert_int_equal(import_paths(p->s, p->m, &o, &path, 1, &p->report, &e), SLA_OK);
}

static void take_text(place *p, const char *name, const char *text, size_t block)
{
    err e = {0};
    const char *path = test_path(name);
    assert_int_equal(file_write(path, text, strlen(text), &e), SLA_OK);
    take(p, path, block);
}

static table *load(place *p, const char *dataset_name)
{
    bool all[FIELDS_MAX];
    err e = {0};
    table *t = NULL;
    memset(all, 1, sizeof all);
    assert_int_equal(store_table_load(p->s, schema_dataset(p->m, slice_of(dataset_name)), all, p->d, &t, &e), SLA_OK);
    return t;
}

/* Row r as "field=value; …", in the order of the model; what is missing is left out. Times are local. */
static void print_row(const place *p, const table *t, size_t r, buf *b)
{
    for (size_t f = 0; f < t->ds->nfields; f++) {
        const field *fd = &t->ds->fields[f];
        if (!t->cols[f].data || !table_has(t, f, r)) continue;
        buf_printf(b, "%s%.*s=", b->len ? "; " : "", SLICE_ARG(fd->name));
        if (fd->type == VT_TEXT) buf_slice(b, dict_text(p->d, table_codes(t, f)[r]));
        else if (fd->type == VT_TIME) time_print_local(b, zone_to_local(p->z, table_i64(t, f)[r]));
        else if (fd->type == VT_DATE) date_print(b, table_i64(t, f)[r]);
        else if (fd->type == VT_NUMBER) buf_printf(b, "%g", ((const double *)t->cols[f].data)[r]);
        else buf_i64(b, table_i64(t, f)[r]);
    }
}

static void assert_rows(place *p, const char *dataset_name, const char *want)
{
    table *t = load(p, dataset_name);
    buf b = {0};
    for (size_t r = 0; r < t->nrows; r++) {
        buf row = {0};
        print_row(p, t, r, &row);
        buf_printf(&b, "%s\n", buf_cstr(&row));
        buf_free(&row);
    }
    assert_string_equal(buf_cstr(&b), want);
    buf_free(&b);
    table_free(t);
}

static const source_info *source(place *p)
{
    source_info *s;
    size_t n;
    err e = {0};
    assert_int_equal(store_sources(p->s, &p->a, &s, &n, &e), SLA_OK);
    assert_int_equal(n, 1);
    return s;
}

/* ---- a small export of each product ---- */
static const struct export_case { const char *name, *file, *profile, *text, *tickets, *history; } exports[] = {
#include "tests/importers/exports.inc"
};

static void each_export(void **state)
{
    const struct export_case *c = *state;
    for (size_t block = 0; block < 4000; block = block ? block * 11 : 7) { /* blocks end anywhere */
        place p;
        open_place(&p);
        take_text(&p, c->file, c->text, block);
        for (size_t i = 0; i < p.report.problems.n; i++) print_error("%s\n  %s\n", p.report.problems.items[i].msg, p.report.problems.items[i].hint);
        assert_int_equal(p.report.problems.n, 0);
        assert_slice_is(source(&p)->profile, c->profile);
        if (c->tickets) assert_rows(&p, "ticket", c->tickets);
        if (c->history) assert_rows(&p, "history", c->history);
        close_place(&p);
    }
}

/* The first rows leave open whether day or month comes first, a value far down decides: then the file is read once more, or what was assumed is confirmed. */
static const struct late { const char *name, *head, *row, *last, *end; bool month_first; bool open; } late_values[] = {
    {"records, month first", "Ticket ID,Created Date,Subject,Priority,Status\n", "%d,5/6/2025 09:00,no mail,High,Closed\n", "x,6/25/2025 09:00,no mail,High,Closed\n", "", true, false},
    {"records, day first", "Ticket ID,Created Date,Subject,Priority,Status\n", "%d,5/6/2025 09:00,no mail,High,Closed\n", "x,25/6/2025 09:00,no mail,High,Closed\n", "", false, false},
    {"records, neither", "Ticket ID,Created Date,Subject,Priority,Status\n", "%d,5/6/2025 09:00,no mail,High,Closed\n", "x,2025-06-25 09:00,no mail,High,Closed\n", "", false, true},
    {"an event log", "CaseID,Activity,Timestamp,Resource\n", "%d,Closed,5/6/2025 09:00,Ann\n", "x,Closed,6/25/2025 09:00,Ann\n", "", true, false},
    {"JSON, month first", "{\"tickets\": [", "{\"Ticket ID\": \"%d\", \"Created Date\": \"5/6/2025 09:00\", \"Subject\": \"no mail\", \"Priority\": \"High\", \"Status\": \"Closed\"},\n",
     "{\"Ticket ID\": \"x\", \"Created Date\": \"6/25/2025 09:00\", \"Subject\": \"no mail\", \"Priority\": \"High\", \"Status\": \"Closed\"}", "], \"total\": 40001}", true, false},
};
static void a_late_value_decides(void **state)
{
    const struct late *c = *state;
    buf text = {0};
    place p;
    caveat *list;
    size_t n;
    bool left_open = false;
    open_place(&p);
    buf_text(&text, c->head);
    for (int i = 0; i < 40000; i++) {
        char row[256];
        const char *number = strstr(c->row, "%d");
        snprintf(row, sizeof row, "%.*s%d%s", (int)(number - c->row), c->row, i, number + 2);
        buf_text(&text, row);
    }
    buf_text(&text, c->last);
    buf_text(&text, c->end);
    assert_true(text.len > 1 << 20); /* beyond the head */
    take_text(&p, "late", buf_cstr(&text), 0);
    assert_int_equal(p.report.problems.n, 0);
    assert_int_equal(p.report.rejected, 0);
    table *t = load(&p, "ticket");
    size_t f = (size_t)dataset_field(t->ds, SLICE_LIT("created_at"));
    assert_int_equal(t->nrows, 40001);
    assert_int_equal(table_i64(t, f)[0], (civil_days(2025, c->month_first ? 5 : 6, c->month_first ? 6 : 5) * 24 + 1) * 3600000); /* 09:00 +08:00 */
    assert_int_equal(store_caveats(p.s, &p.a, &list, &n, NULL), SLA_OK);
    for (size_t i = 0; i < n; i++) left_open = left_open || slice_is(list[i].kind, "order");
    assert_int_equal(left_open, c->open);
    if (*c->end) assert_int_equal(source(&p)->announced, 40001); /* what stands around the list counts once, however often it is read */
    table_free(t);
    buf_free(&text);
    close_place(&p);
}

/* Dates without a year are of the year asked for, the one next to the period, or the last before the file was changed. */
static const struct year_case { const char *name; int32_t year; int64_t from, to; const char *want; } year_cases[] = {
    {"asked for", 2023, 0, 0, "id=T1; title=卡纸; assignee=张三; status=resolved; created_at=2023-12-31 09:05:00; resolved_at=2024-01-01 00:05:00\nid=T2; title=断网; assignee=李四; status=resolved; created_at=2023-07-01 00:00:00; resolved_at=2023-07-02 17:05:00\n"},
    {"by the period", 0, 1735660800000, 1743436800000, /* 2025Q1 */ "id=T1; title=卡纸; assignee=张三; status=resolved; created_at=2024-12-31 09:05:00; resolved_at=2025-01-01 00:05:00\nid=T2; title=断网; assignee=李四; status=resolved; created_at=2025-07-01 00:00:00; resolved_at=2025-07-02 17:05:00\n"},
};
static void years(void **state)
{
    static const char text[] = "工单号,标题,状态,处理人,创建时间,解决时间(UTC)\nT1,卡纸,已解决,张三,12月31日 09:05,12月31日 下午4:05\nT2,断网,已解决,李四,7月1日,7月2日 09:05\n";
    const struct year_case *c = *state;
    place p;
    err e = {0};
    open_place(&p);
    const char *path = test_path("years.csv");
    const import_options o = {.zone = p.z, .year = c->year, .from = c->from, .to = c->to, .own = common.own};
    assert_int_equal(file_write(path, text, strlen(text), &e), SLA_OK);
    assert_int_equal(import_paths(p.s, p.m, &o, &path, 1, &p.report, &e), SLA_OK);
    assert_int_equal(p.report.rejected_values, 0);
    assert_rows(&p, "ticket", c->want);
    close_place(&p);
}

/* ---- tables of other datasets ---- */
static const struct other_case { const char *name, *profile, *dataset, *text, *rows; } others[] = {
    {"staff, English", "staff", "staff",
     "Employee ID,Full Name,Team,Job Title,Level,Hire Date,Termination Date\n"
     "E1,Ann,Desk,Analyst,Senior,03/15/2019,\n"
     "E2,Bob,Desk,Engineer,L1,01/02/2021,12/31/2024\n",
     "id=E1; name=Ann; team=Desk; role=Analyst; level=senior; hired_on=2019-03-15\n"
     "id=E2; name=Bob; team=Desk; role=Engineer; level=junior; hired_on=2021-01-02; left_on=2024-12-31\n"},
    {"staff, Chinese, and days that mean never", "chinese-staff", "staff",
     "工号,姓名,所属团队,岗位,技术等级,入职日期,离职日期\n"
     "E1,张三,网络组,工程师,高级,2019-03-01,9999-12-31\n"
     "E2,李四,桌面组,工程师,专家级,2021年5月6日,2025/6/30\n",
     "id=E1; name=张三; team=网络组; role=工程师; level=senior; hired_on=2019-03-01\n"
     "id=E2; name=李四; team=桌面组; role=工程师; level=expert; hired_on=2021-05-06; left_on=2025-06-30\n"},
    {"systems, Chinese", "systems", "system",
     "系统编号,系统名称,所属服务,系统等级,负责人,是否备份,RTO（小时）,RPO（分钟）\n"
     "S1,ERP,财务,核心,张三,是,4,30\n"
     "S2,OA,办公,三级,李四,否,1天,1.5小时\n",
     "id=S1; name=ERP; service=财务; tier=1; owner=张三; backup_required=1; rto_minutes=240; rpo_minutes=30\n"
     "id=S2; name=OA; service=办公; tier=3; owner=李四; backup_required=0; rto_minutes=1440; rpo_minutes=90\n"},
    {"systems, a limit without a unit", "systems", "system",
     "System ID,System Name,Tier,RTO,RPO\n"
     "S1,ERP,Tier 1,4,0\n"
     "S2,Mail,2,4h,30 min\n",
     "id=S1; name=ERP; tier=1; rpo_minutes=0\n"
     "id=S2; name=Mail; tier=2; rto_minutes=240; rpo_minutes=30\n"},
    {"services in our own form, percents", "canonical", "service",
     "id,name,tier,owner,sla_document,availability_target\n"
     "SV1,ERP,1,Ann,SLA-1,99.9%\n"
     "SV2,Mail,2,Bob,SLA-2,0.995\n"
     "SV3,Web,3,Bob,SLA-3,150%\n",
     "id=SV1; name=ERP; tier=1; owner=Ann; sla_document=SLA-1; availability_target=0.999\n"
     "id=SV2; name=Mail; tier=2; owner=Bob; sla_document=SLA-2; availability_target=0.995\n"
     "id=SV3; name=Web; tier=3; owner=Bob; sla_document=SLA-3\n"},
    {"services, percents", "services", "service",
     "Service ID,Service Name,Tier,Service Owner,SLA,Availability Target (%)\n"
     "SV1,ERP,1,Ann,SLA-1,99.9\n"
     "SV2,Mail,Silver,Bob,SLA-2,\"99,5 %\"\n"
     "SV3,Web,3,Bob,SLA-3,0.99\n"
     "SV4,Fax,3,Bob,SLA-3,999\n",
     "id=SV1; name=ERP; tier=1; owner=Ann; sla_document=SLA-1; availability_target=0.999\n"
     "id=SV2; name=Mail; tier=2; owner=Bob; sla_document=SLA-2; availability_target=0.995\n"
     "id=SV3; name=Web; tier=3; owner=Bob; sla_document=SLA-3; availability_target=0.99\n"
     "id=SV4; name=Fax; tier=3; owner=Bob; sla_document=SLA-3\n"},
    {"outages", "outages", "outage",
     "系统,中断开始时间,中断结束时间,是否计划,中断原因,关联工单\n"
     "ERP,2025-07-01 09:05,2025-07-01 09:45,否,线路故障,EV1\n"
     "OA,2025-07-02 22:00,2025-07-02 23:00,计划内,其他,\n",
     "system=ERP; began_at=2025-07-01 09:05:00; ended_at=2025-07-01 09:45:00; planned=0; cause=network; ticket_id=EV1\n"
     "system=OA; began_at=2025-07-02 22:00:00; ended_at=2025-07-02 23:00:00; planned=1; cause=other\n"},
    {"training, which is no list of staff", "training", "training",
     "工号,姓名,部门,岗位,课程名称,培训类型,完成日期,学时,成绩\n"
     "E1,张三,网络组,工程师,信息安全意识,安全,2025-03-01,4,92\n",
     "staff_id=E1; course=信息安全意识; kind=security; completed_on=2025-03-01; hours=4; score=92\n"},
    {"certificates", "certificates", "certificate",
     "工号,姓名,证书名称,发证日期,有效期至\n"
     "E1,张三,ITIL 4,2024-03-01,2027-03-01\n"
     "E2,李四,CISP,2023-03-02,长期\n",
     "staff_id=E1; name=ITIL 4; issued_on=2024-03-01; expires_on=2027-03-01\n"
     "staff_id=E2; name=CISP; issued_on=2023-03-02\n"},
    {"documents", "documents", "document",
     "文件编号,文件名称,文件类型,版本,状态,生效日期,下次评审日期,批准人,对应条款\n"
     "D1,应急预案,预案,V1.0,生效,2025-01-01,2026-01-01,张三,7.1\n",
     "id=D1; kind=预案; title=应急预案; clause=7.1; version=V1.0; status=生效; effective_on=2025-01-01; review_due_on=2026-01-01; approved_by=张三\n"},
    {"activities", "activities", "activity",
     "活动编号,活动类型,日期,系统,结果,记录文件,实际恢复时间\n"
     "A1,灾备演练,2025-06-01,S1,成功,D9,2小时30分\n",
     "id=A1; kind=dr_drill; held_on=2025-06-01 00:00:00; system=S1; document_id=D9; result=成功; rto_minutes=150\n"},
    {"corrective actions", "actions", "action",
     "Action ID,Finding,Owner,Date Raised,Due Date,Date Closed,Status\n"
     "CA-1,late,Ann,07/13/2025,07/20/2025,,Open\n",
     "id=CA-1; finding=late; owner=Ann; opened_on=2025-07-13; due_on=2025-07-20; status=Open\n"},
    {"appraisals", "appraisals", "appraisal",
     "工号,姓名,考核周期,考核日期,考核结果\n"
     "E1,张三,2025Q2,2025-07-05,优秀\n",
     "staff_id=E1; period=2025Q2; held_on=2025-07-05; result=优秀\n"},
    {"problems, which are no questions", "chinese-problem", "ticket",
     "问题编号,问题描述,提出时间,优先级,状态,问题经理,根本原因,解决方案,计划解决时间,实际解决时间,关联事件\n"
     "PRB-1,邮箱中断,2025-07-01 09:05,高,已解决,张三,磁盘,更换,2025-07-20 18:00,2025-07-18 10:00,EV1\n",
     "id=PRB-1; type=problem; description=邮箱中断; priority=P2; assignee=张三; status=resolved; created_at=2025-07-01 09:05:00; resolved_at=2025-07-18 10:00:00; due_at=2025-07-20 18:00:00; resolution=更换; root_cause=磁盘; related_id=EV1\n"},
    {"questions, which are no problems", "chinese", "ticket",
     "问题编号,问题描述,提出时间,优先级,状态,处理人,报修人部门\n"
     "Q1,怎么打印,2025-07-01 09:05,低,已闭环,张三,财务部\n",
     "id=Q1; description=怎么打印; priority=P4; requester_org=财务部; assignee=张三; status=closed; created_at=2025-07-01 09:05:00\n"},
    {"a ticket with an employee is no employee", "helpdesk", "ticket",
     "Ticket ID,Employee ID,Name,Position,Issue,Priority,Status,Start Date\n"
     "T1,E1,Ann,Clerk,mail,Critical,Open,2025-07-01 09:05\n",
     "id=T1; title=mail; priority=P1; requester=E1; status=new; created_at=2025-07-01 09:05:00\n"},
    {"a ticket with a service and its agreement is no service", "chinese", "ticket",
     "工单编号,服务名称,SLA,标题,创建时间,状态,渠道,处理人\n"
     "T1,邮件,金牌,断网,2025-07-01 09:05,已撤单,微信公众号,张三\n",
     "id=T1; title=断网; service=邮件; channel=chat; assignee=张三; status=cancelled; created_at=2025-07-01 09:05:00\n"},
};
static void each_other_table(void **state)
{
    const struct other_case *c = *state;
    place p;
    open_place(&p);
    take_text(&p, "table.csv", c->text, 0);
    for (size_t i = 0; i < p.report.problems.n; i++) print_error("%s\n  %s\n", p.report.problems.items[i].msg, p.report.problems.items[i].hint);
    assert_int_equal(p.report.problems.n, 0);
    assert_slice_is(source(&p)->profile, c->profile);
    assert_rows(&p, c->dataset, c->rows);
    close_place(&p);
}

/* ---- lines of a table that are no records ---- */
#define TICKETS_TWO "id=GD-1; title=卡纸; priority=P1; assignee=张三; status=resolved; created_at=2025-07-01 09:05:00; resolved_at=2025-07-01 11:05:00\n" \
    "id=GD-2; title=断网; priority=P3; assignee=李四; status=in_progress; created_at=2025-07-02 09:05:00\n"
#define HEAD_TWO "工单号,创建时间,标题,优先级,状态,处理人,解决时间\nGD-1,2025-07-01 09:05,卡纸,紧急,已解决,张三,2025-07-01 11:05\nGD-2,2025-07-02 09:05,断网,普通,处理中,李四,\n"
static const struct footer_case { const char *name, *text, *dataset, *rows, *reason; uint64_t rejected; } footers[] = {
    {"who made it, and when it was printed", HEAD_TWO "制表人：赵六,审核人：钱七\n打印时间,2025-07-31\n打印时间：2025-07-31 10:00\n", "ticket", TICKETS_TWO, "a line above, between or below the records, and none of them", 3},
    {"a day below the time of creation that nothing says what it is", HEAD_TWO ",2025-07-31\n", "ticket", TICKETS_TWO, "a line above, between or below the records, and none of them", 1},
    {"when a report was generated", "Ticket ID,Created,Subject,Priority,Status,Assignee\n11,07/13/2025 09:05 AM,a,High,Closed,Ann\n12,07/14/2025 09:05 AM,b,Low,Open,Bob\n\nReport generated on,07/31/2025\nTotal records: 2\n", "ticket",
     "id=11; title=a; priority=P2; assignee=Ann; status=closed; created_at=2025-07-13 09:05:00\nid=12; title=b; priority=P4; assignee=Bob; status=new; created_at=2025-07-14 09:05:00\n", "a line above, between or below the records, and none of them", 2},
    {"titles of sections", "编号,日期,内容,部门,处理人,状态\n一、网络类\n1,2025-07-01,断网,财务,张三,完成\n二、桌面类\n2,2025-07-02,卡纸,财务,张三,完成\n第1页 共1页,2025-07-31\n", "ticket",
     "id=1; description=断网; requester_org=财务; assignee=张三; status=resolved; created_at=2025-07-01 00:00:00\nid=2; description=卡纸; requester_org=财务; assignee=张三; status=resolved; created_at=2025-07-02 00:00:00\n",
     "a line above, between or below the records, and none of them", 3},
    {"sums", HEAD_TWO "合计,2025-07-31\n", "ticket", TICKETS_TWO, "a row of totals, no record", 1},
    {"people, too, whom none needs but a number", "工号,姓名,团队,岗位\nE1,张三,网络组,工程师\nE2,李四,桌面组,工程师\n制表人：赵六,2025-07-31\n", "staff", "id=E1; name=张三; team=网络组; role=工程师\nid=E2; name=李四; team=桌面组; role=工程师\n", "a line above, between or below the records, and none of them", 1},
    {"a ticket of which little is known is one", HEAD_TWO "GD-3,2025-07-03 09:05\nX4,2025-07-04 09:05\n", "ticket", TICKETS_TWO "id=GD-3; created_at=2025-07-03 09:05:00\nid=X4; created_at=2025-07-04 09:05:00\n", "", 0},
    {"one with an odd number but much besides is one", HEAD_TWO "补 单：3,2025-07-03 09:05,断网,普通,处理中,,\n", "ticket", TICKETS_TWO "id=补 单：3; title=断网; priority=P3; status=in_progress; created_at=2025-07-03 09:05:00\n", "", 0},
    {"one without its number is one, and lacks it", HEAD_TWO ",2025-07-03 09:05,断网,普通\n", "ticket", TICKETS_TWO, "a row needs this value, and it is missing or cannot be read", 1},
    {"one without its number is told once, whatever else is wrong in it", HEAD_TWO ",2025-07-03 09:05,断网,普通,处理中,王五,bald\n", "ticket", TICKETS_TWO, "a row needs this value, and it is missing or cannot be read", 1},
    {"one whose time cannot be read is told once, and why", HEAD_TWO "GD-3,bald,断网,普通,处理中,王五,bald\n", "ticket", TICKETS_TWO, "not a time, or no such date", 1},
    {"sums of columns", "标题,工单号,创建时间,优先级,状态,处理人,解决时间\n卡纸,GD-1,2025-07-01 09:05,紧急,已解决,张三,2025-07-01 11:05\n断网,GD-2,2025-07-02 09:05,普通,处理中,李四,\n合计,,2,2,2,2,1\n", "ticket", TICKETS_TWO, "a row of totals, no record", 1},
    {"rows of which only the delimiters are left are none", HEAD_TWO ",,,,,,\n , ,,,,,\n,,,,,,\n", "ticket", TICKETS_TWO, "", 0},
};
static void footers_are_no_records(void **state)
{
    const struct footer_case *c = *state;
    for (size_t block = 0; block < 4000; block = block ? block * 11 : 7) {
        place p;
        stored_reject *list;
        size_t n, rows = 0;
        err e = {0};
        open_place(&p);
        take_text(&p, "table.csv", c->text, block);
        assert_int_equal(p.report.problems.n, 0);
        assert_rows(&p, c->dataset, c->rows);
        assert_int_equal(p.report.rejected, c->rejected);
        assert_int_equal(store_rejects(p.s, &p.a, 100, &list, &n, &e), SLA_OK);
        for (size_t i = 0; i < n; i++) {
            if (list[i].row) assert_slice_is(list[i].reason, c->reason), rows++;
            for (size_t k = 0; k < n && !list[i].row; k++) assert_true(!list[k].row || list[k].line != list[i].line); /* told as a whole */
        }
        assert_int_equal(rows, c->rejected);
        close_place(&p);
    }
}

/* Records of one line: what is told of one as a whole does not hide what is wrong in another. */
static void rejects_of_one_line(void **state)
{
    place p;
    stored_reject *list;
    size_t n;
    err e = {0};
    (void)state;
    open_place(&p);
    take_text(&p, "ticket.json", "[{\"id\":\"T1\",\"created_at\":\"bald\",\"status\":\"new\",\"resolved_at\":\"bald\"},{\"id\":\"T2\",\"created_at\":\"2025-07-01 09:05\",\"status\":\"new\",\"resolved_at\":\"morgen\"}]", 0);
    assert_int_equal(p.report.problems.n, 0);
    assert_int_equal(store_rejects(p.s, &p.a, 100, &list, &n, &e), SLA_OK);
    assert_int_equal(n, 2);
    assert_true(p.report.rejected == 1 && p.report.rejected_values == 1);
    for (size_t i = 0; i < n; i++) assert_true(list[i].row ? slice_is(list[i].field, "created_at") && slice_is(list[i].value, "bald") : slice_is(list[i].value, "morgen"));
    close_place(&p);
}

/* ---- what is refused, and why ---- */
static const struct refusal { const char *name, *text, *says; } refusals[] = {
    {"no time of creation", "Number,Short description,Caller,Priority,State,Category,Updated by\nINC1,a,b,1 - Critical,New,c,system\n", "lacks created_at (Opened, "},
    {"a list of anything", "id,name,date\n1,a,2025-07-01\n", "lacks status"},
    {"users, not tickets", "row;login;firstname;mail;no;registered;status\n1;u;One;a@b;1;2025-07-01;active\n", "a list of users: persons without level or team"},
    {"anything with names that some profile knows", "row;nick;firstname;mail;no;registered;status\n1;u;One;a@b;1;2025-07-01;active\n", "is that of no dataset and no profile"},
    {"figures of tickets, not the tickets", "{\"ticket_metrics\":[{\"id\":9,\"ticket_id\":1,\"created_at\":\"2025-07-01T01:00:00Z\",\"group_stations\":1,\"assignee_stations\":1,\"reopens\":1,\"solved_at\":null,\"reply_time_in_minutes\":{\"calendar\":20}}]}\n", "include=metric_sets"},
    {"a product's own clocks", "Task,SLA definition,Type,Target,Stage,Business elapsed time,Start time,Stop time,Has breached\nINC1,P1 resolution,SLA,Resolution,Completed,3 Hours,2025-07-01 09:00:00,,false\n", "export the incidents"},
    {"attachments, not tickets", "[{\"id\":1,\"bug_id\":5,\"file_name\":\"a.png\",\"content_type\":\"image/png\",\"creator\":\"ann\",\"creation_time\":\"2025-07-01T09:00:00Z\",\"summary\":\"x\"}]\n", "files that hang on tickets"},
    {"hours booked", "row,issue_id,date,hours,comment,activity,overtime,user\n1,,2020-01-01,1.00,x,Design,,redmine\n", "hours booked on tickets"},
    {"a zone in a header that may be one of several", "Ticket ID,Title,Priority,Status,Created (CST)\n1,a,High,Closed,2025-07-01 09:00\n", "the header 'Created (CST)' names a zone"},
    {"an offset that is none", "Ticket ID,Title,Priority,Status,Created (UTC+8 or 9)\n1,a,High,Closed,2025-07-01 09:00\n", "not known which offset"},
    {"a zone of no place", "Ticket ID,Title,Priority,Status,Created (Europe/Atlantis)\n1,a,High,Closed,2025-07-01 09:00\n", "there is none of that name"},
    {"a zone of a day whose time stands elsewhere", "工单号,标题,状态,日期(UTC),时间\n1,a,已解决,2025-07-01,09:00\n", "cannot put together"},
    {"a zone of a time whose day stands elsewhere", "工单号,标题,状态,日期,时间(UTC)\n1,a,已解决,2025-07-01,09:00\n", "cannot put together"},
    {"Bugzilla without opendate", "bug_id,product,component,assigned_to,bug_status,resolution,short_desc,changeddate\n15,p,c,a,NEW,,s,2009-07-22 15:27:25\n", "lacks created_at (opendate, Opened)"},
    {"the changes of one Jira issue", "[{\"id\":\"1\",\"author\":{\"displayName\":\"Ann\"},\"created\":\"2025-07-01T02:05:00.000+0000\",\"items\":[{\"field\":\"status\"}]}]", "changes that do not say of which issue they are"},
    {"two columns that every table has, and a third", "id,created,x\n1,2025-07-01 09:00:00,a\n", "is that of no dataset and no profile"},
    {"an object with two columns that every table has, and a list of what is not known", "{\"page\":{\"id\":\"p1\",\"name\":\"Example\"},\"widgets\":[{\"shape\":\"round\",\"size\":2,\"colour\":\"red\",\"weight\":3}]}", "(shape, size, colour, weight) is that of no dataset"},
    {"the same where the object is most of it", "{\"page\":{\"id\":\"p1\",\"name\":\"a name that is longer than the list of what is not known\"},\"more\":{},\"widgets\":[{\"shape\":\"round\",\"size\":2}]}", "is that of no dataset"},
    {"a short list with two columns that every table has, and a longer one of what is not known", "{\"users\":[{\"id\":1,\"name\":\"a\"}],\"widgets\":[{\"shape\":\"round\",\"size\":2,\"colour\":\"red\",\"weight\":3}]}", "(shape, size, colour, weight) is that of no dataset"},
    {"two columns that every table has", "id,created,x,y\n1,2025-07-01 09:00:00,a,b\n", "is that of no dataset and no profile"},
};
static void refused(void **state)
{
    const struct refusal *c = *state;
    place p;
    open_place(&p);
    take_text(&p, "table.csv", c->text, 0);
    assert_int_equal(p.report.problems.n, 1);
    if (!strstr(p.report.problems.items[0].msg, c->says)) fail_msg("said: %s", p.report.problems.items[0].msg);
    close_place(&p);
}

/* Files that look like tables or logs and are none: what they are, and which export works. */
static const struct known_file { const char *name, *text, *says, *instead; } known_files[] = {
    {"Kubernetes' events as kubectl prints them", "NAMESPACE   LAST SEEN   TYPE     REASON      OBJECT       MESSAGE\ndefault     5m          Normal   Scheduled   pod/web-7d   Assigned default/web-7d to node1\n", "nothing says from when that counts", "kubectl get events -A -o json"},
    {"the same with commas, which might be a table's, and more columns", "LAST SEEN          TYPE      REASON    OBJECT     SUBOBJECT             SOURCE        MESSAGE     FIRST SEEN   COUNT   NAME\n5m (x3 over 10m)   Warning   BackOff   pod/db-0   spec.containers{db}   kubelet, n1   a, b        10m          3       db-0.17\n", "nothing says from when that counts", "kubectl get events -A -o json"},
    {"the same without a header", "4m58s   Normal    Pulling   pod/web-7d   Pulling image, \"nginx\"\n3d4h    Normal    Scaled    deploy/web   Scaled up, to 3\n", "nothing says from when that counts", "kubectl get events -A -o json"},
    {"PowerShell's table", "\r\n   ProviderName: Microsoft-Windows-Security-Auditing\r\n\r\nTimeCreated            Id LevelDisplayName Message\r\n-----------            -- ---------------- -------\r\n7/1/2025 9:00:05 AM  4625 Information      An account failed, to log on....\r\n\r\n", "Format-Table does: what is wider than its column is cut off", "Export-Csv -NoTypeInformation"},
    {"the same of one kind, commas in its values", "\nIndex Time          EntryType   Source     InstanceID Message\n----- ----          ---------   ------     ---------- -------\n    1 Jul 01 09:00  Information Service... 1073748860 The A, B service, entered the running state.\n    2 Jul 01 09:01  Information Service... 1073748860 The A, B service, entered the running state.\n", "Format-Table", "Format-List"},
    {"lines of syslog that say no time", "<134>started a thing\n<134>and another one\n", "by its first line a log", "whose lines begin with a time"},
    {"lines that begin with a word in brackets", "[main] started a thing\n[main] and another one\n", "by its first line a log", "write one in front"},
    {"lines that begin with a number in brackets", "[12] started a thing\n[13] and another one\n", "by its first line a log", "importers/logs/"},
    {"settings, whose first line has nothing behind the brackets", "[main]\nkey = a value\n", "neither a table nor a log", "docs/logs.md"},
    {"lines that begin with a word in braces", "{main} started a thing\n{main} and another one\n", "neither a table nor a log", "docs/logs.md"},
    {"JSON that is broken, as its beginning tells", "[ {\"id\": 1,} ]\n", "this is no JSON", "export it again"},
    {"Guacamole's own file", "09:12:05.223 [http-nio-8080-exec-3] INFO  o.a.g.r.auth.AuthenticationService - User \"alice\" successfully authenticated from 10.0.0.9.\n", "nothing says of which day they are", "docker logs -t"},
};
static void refused_by_its_beginning(void **state)
{
    const struct known_file *c = *state;
    place p;
    open_place(&p);
    take_text(&p, "known.txt", c->text, 0);
    assert_int_equal(p.report.problems.n, 1);
    if (!strstr(p.report.problems.items[0].msg, c->says)) fail_msg("said: %s", p.report.problems.items[0].msg);
    if (!strstr(p.report.problems.items[0].hint, c->instead)) fail_msg("hint: %s", p.report.problems.items[0].hint);
    close_place(&p);
}

/* A draft names what it knows, marks what it does not, and is a profile once the marks are seen to. */
static void draft_of_an_unknown_table(void **state)
{
    (void)state;
    static const char text[] = "编码,标题,加急情况,建档时刻,状态\nK1,打印机坏,特急,2025-07-01 09:00,已完成\nK2,网络,超级急,2025-07-02 09:00,搁置\n";
    place p;
    err e = {0};
    buf out = {0};
    open_place(&p);
    const char *file = test_path("table.csv"), *own = test_path("own.yaml");
    assert_int_equal(file_write(file, text, strlen(text), &e), SLA_OK);
    import_options o = {.zone = p.z, .draft = &out};
    assert_int_equal(import_paths(p.s, p.m, &o, &file, 1, &p.report, &e), SLA_OK);
    assert_int_equal(p.report.problems.n, 0);
    assert_rows(&p, "ticket", ""); /* nothing is imported */
    static const char *const lines[] = {"\n  title: {from: [\"标题\"]}", "\n  id: {from: [\"编码\"]}   # ??? by its values alone", "\n  created_at: {from: [\"建档时刻\"]}   # ??? by its values alone", "\n  # ??? not mapped: \"加急情况\"   \"特急\"", "(could be", "\n    # ??? \"搁置\": ×1\n", "needs: [\"编码\""};
    for (size_t i = 0; i < LEN(lines); i++)
        if (!strstr(buf_cstr(&out), lines[i])) fail_msg("no %s in\n%s", lines[i], buf_cstr(&out));
    buf_text(&out, "  priority: {from: [加急情况], values: {超级急: P1}}\n");
    assert_int_equal(file_write(own, out.ptr, out.len, &e), SLA_OK);
    o = (import_options){.zone = p.z, .profile = own};
    import_report_clear(&p.report);
    assert_int_equal(import_paths(p.s, p.m, &o, &file, 1, &p.report, &e), SLA_OK);
    assert_rows(&p, "ticket", "id=K1; title=打印机坏; priority=P1; status=resolved; created_at=2025-07-01 09:00:00\nid=K2; title=网络; priority=P1; status=搁置; created_at=2025-07-02 09:00:00\n");
    assert_slice_is(source(&p)->profile, "my-product");
    buf_free(&out);
    close_place(&p);
}

static void a_profile_of_ones_own_with_errors(void **state)
{
    (void)state;
    place p;
    err e = {0};
    open_place(&p);
    const char *own = test_path("own.yaml"), *file = test_path("table.csv"), *none = "/nowhere/own.yaml";
    static const char text[] = "profile: {name: x, dataset: ticket}\nneeds: [a]\nfields:\n  id: {from: [a]}\n  prioritty: {from: [b], values: {x: P9}}\n";
    assert_int_equal(file_write(own, text, strlen(text), &e), SLA_OK);
    assert_int_equal(file_write(file, "a,b\n1,2\n", 8, &e), SLA_OK);
    import_options o = {.zone = p.z, .profile = own};
    assert_int_equal(import_paths(p.s, p.m, &o, &file, 1, &p.report, &e), SLA_SYNTAX);
    assert_int_equal(p.report.problems.n, 1);
    assert_int_equal(p.report.problems.items[0].line, 5);
    assert_string_equal(p.report.problems.items[0].hint, "did you mean priority?");
    import_report_clear(&p.report);
    o.profile = none, e = (err){0};
    assert_int_not_equal(import_paths(p.s, p.m, &o, &file, 1, &p.report, &e), SLA_OK);
    close_place(&p);
}

static void every_profile_fits_the_model(void **state)
{
    (void)state;
    place p;
    profile_set set;
    errlist errors = {0};
    open_place(&p);
    assert_int_equal(profiles_load(p.m, &set, &errors), SLA_OK);
    assert_true(set.n > 20);
    for (size_t i = 0; i < set.n; i++) {
        for (size_t k = 0; k < set.items[i].errors.n; k++) print_error("%s:%u: %s\n", set.items[i].errors.items[k].file, (unsigned)set.items[i].errors.items[k].line, set.items[i].errors.items[k].msg);
        assert_int_equal(set.items[i].errors.n, 0);
        for (size_t k = 0; k < i; k++) assert_false(slice_eq(set.items[i].name, set.items[k].name));
    }
    profiles_clear(&set);
    close_place(&p);
}

/* Whatever allocation fails: a clear end, nothing half taken. */
static void memory_runs_out(void **state)
{
    (void)state;
    const char *const names[] = {"jira, REST with changelog", "servicenow, one row an update"};
    for (size_t k = 0; k < LEN(names); k++) {
        const struct export_case *c = exports;
        bool worked = false;
        err e = {0};
        while (strcmp(c->name, names[k]) != 0) c++;
        const char *path = test_path(c->file);
        assert_int_equal(file_write(path, c->text, strlen(c->text), &e), SLA_OK);
        for (long n = 0; !worked && n < 1000000; n += 1 + n / 40) { /* loading the profiles takes many thousand allocations */
            place p;
            open_place(&p);
            import_options o = {.zone = p.z};
            err fe = {0};
            mem_fail_after(n);
            sla_status st = import_paths(p.s, p.m, &o, &path, 1, &p.report, &fe);
            mem_fail_after(-1);
            worked = st == SLA_OK && p.report.taken == 1;
            if (!worked) assert_rows(&p, "ticket", "");
            close_place(&p);
        }
        assert_true(worked);
    }
}

/* ---- real files, where they are ---- */
#define REAL "../shared/real/tickets/"
static bool there(const char *path) { return file_kind_of(path) == FILE_REGULAR; }

static const struct real_case { const char *name, *profile, *dataset; size_t rows; } reals[] = {
    {"glpi/glpi-pt-br.csv", "glpi", "ticket", 74}, {"glpi/glpi-helpdesk-cp1252.csv", "glpi", "ticket", 4001}, {"jira/jira-95-columns.csv", "jira", "ticket", 130},
    {"jira/jira-67-columns.csv", "jira", "ticket", 2}, {"jira/jira-rest-flattened.csv", "jira-flat", "ticket", 10}, {"jira/cycle-times.csv", "helpdesk", "ticket", 4123},
    {"helpdesk/helpdesk_tickets.csv", "osticket", "ticket", 549}, {"BPI_Challenge_2013_incidents.csv", "event-log", "ticket", 7554}, {"BPI_Challenge_2013_closed_problems.csv", "event-log", "ticket", 1487},
    {"perceval/data/jira/jira_issues_page_1.json", "jira-rest", "ticket", 2}, {"perceval/data/jira/jira_issues_parse_expected.json", "jira-rest", "ticket", 2},
    {"perceval/data/redmine/redmine_issues.json", "redmine-rest", "ticket", 3}, {"perceval/data/redmine/redmine_issue_7311.json", "redmine-rest", "ticket", 1},
    {"perceval/data/redmine/redmine_issue_7311.json", "redmine-rest", "history", 24}, {"perceval/data/bugzilla/bugzilla_rest_bugs.json", "bugzilla", "ticket", 2},
    {"perceval/data/bugzilla/bugzilla_rest_bugs_history.json", "bugzilla-history", "history", 10},
};
static void each_real_file(void **state)
{
    const struct real_case *c = *state;
    char path[256];
    snprintf(path, sizeof path, REAL "%s", c->name);
    if (!there(path)) skip();
    place p;
    open_place(&p);
    take(&p, path, 0);
    assert_int_equal(p.report.problems.n, 0);
    assert_int_equal(p.report.rejected, 0);
    assert_slice_is(source(&p)->profile, c->profile);
    table *t = load(&p, c->dataset);
    assert_int_equal(t->nrows, c->rows);
    table_free(t);
    close_place(&p);
}

static size_t count_later(const table *t, const char *later, const char *earlier)
{
    size_t a = (size_t)dataset_field(t->ds, slice_of(later)), b = (size_t)dataset_field(t->ds, slice_of(earlier)), n = 0;
    for (size_t r = 0; r < t->nrows; r++) n += table_has(t, a, r) && table_has(t, b, r) && table_i64(t, a)[r] > table_i64(t, b)[r];
    return n;
}

/* Cycle times that end before they start. */
static void reversed_times_come_through(void **state)
{
    (void)state;
    if (!there(REAL "jira/cycle-times.csv")) skip();
    place p;
    open_place(&p);
    take(&p, REAL "jira/cycle-times.csv", 0);
    table *t = load(&p, "ticket");
    assert_int_equal(count_later(t, "created_at", "resolved_at"), 1662);
    table_free(t);
    close_place(&p);
}

/* The export says itself which tickets were solved too late: 74 of 74 agree with what was read. */
static void glpi_flags_agree(void **state)
{
    (void)state;
    if (!there(REAL "glpi/glpi-pt-br.csv")) skip();
    place p;
    open_place(&p);
    take(&p, REAL "glpi/glpi-pt-br.csv", 0);
    table *t = load(&p, "ticket");
    assert_int_equal(t->nrows, 74);
    size_t due = (size_t)dataset_field(t->ds, SLICE_LIT("due_at")), solved = (size_t)dataset_field(t->ds, SLICE_LIT("resolved_at")), agree = 0;
    buf b = {0};
    err e = {0};
    cells c;
    csv_dialect dialect;
    bool certain;
    uint32_t line = 1;
    uint64_t ragged = 0;
    sla_status st;
    assert_int_equal(file_read(REAL "glpi/glpi-pt-br.csv", 1 << 20, &b, &e), SLA_OK);
    dialect = csv_guess((slice){b.ptr, b.len}, &certain);
    assert_int_equal(cells_init(&c, 32), SLA_OK);
    csv_cells(dialect, (slice){b.ptr, b.len}, &line, &c, &ragged, &st);
    assert_int_equal(c.nrows, 75);
    for (size_t r = 1; r < c.nrows; r++) { /* by line: the column "Tempo para resolver excedido" is the 18th */
        size_t k = 0;
        while (k < t->nrows && t->lines[k] != c.lines[r]) k++;
        assert_true(k < t->nrows);
        agree += (table_i64(t, solved)[k] > table_i64(t, due)[k]) == slice_is(c.at[17 * CELLS_ROWS + r], "Sim");
    }
    assert_int_equal(agree, 74);
    cells_clear(&c);
    buf_free(&b);
    for (size_t r = 0; r < t->nrows; r++)
        for (const char *q = dict_text(p.d, table_codes(t, 0)[r]).ptr, *end = q + dict_text(p.d, table_codes(t, 0)[r]).len; q < end; q++) assert_true(*q >= '0' && *q <= '9');
    table_free(t);
    close_place(&p);
}

int main(void)
{
    struct CMUnitTest tests[LEN(exports) + LEN(year_cases) + LEN(others) + LEN(footers) + LEN(refusals) + LEN(known_files) + LEN(reals) + LEN(late_values) + 7];
    size_t n = 0;
    ROWS(tests, n, exports, each_export);
    ROWS(tests, n, year_cases, years);
    ROWS(tests, n, others, each_other_table);
    ROWS(tests, n, footers, footers_are_no_records);
    ROWS(tests, n, refusals, refused);
    ROWS(tests, n, known_files, refused_by_its_beginning);
    ROWS(tests, n, late_values, a_late_value_decides);
    ROWS(tests, n, reals, each_real_file);
    static const struct CMUnitTest more[] = {cmocka_unit_test(every_profile_fits_the_model), cmocka_unit_test(draft_of_an_unknown_table), cmocka_unit_test(memory_runs_out), cmocka_unit_test(a_profile_of_ones_own_with_errors), cmocka_unit_test(reversed_times_come_through), cmocka_unit_test(glpi_flags_agree), cmocka_unit_test(rejects_of_one_line)};
    for (size_t i = 0; i < LEN(more); i++) tests[n++] = more[i];
    return _cmocka_run_group_tests("profiles", tests, n, load_common, free_common);
}
