/* What the data cannot prove: a few small exports, and what the doctor must say of each. */
#define _GNU_SOURCE /* memmem */
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/yaml.h"
#include "importers/doctor.h"
#include "importers/import.h"
#include "tests/support/check.h"

typedef struct place { arena a; schema *m; store *s; zone *z; } place;

static void open_place(place *p, const char *zone_name_)
{
    err e = {0};
    errlist errors = {0};
    ynode *root;
    buf b = {0};
    const char *path;
    *p = (place){.s = NULL};
    assert_int_equal(file_own_data("rules/itss-2025/model.yaml", &p->a, &path, &e), SLA_OK);
    assert_int_equal(file_read(path, 1 << 20, &b, &e), SLA_OK);
    assert_int_equal(yaml_parse((slice){b.ptr, b.len}, "model.yaml", &p->a, &root, &e), SLA_OK);
    assert_int_equal(schema_load(root, (slice){b.ptr, b.len}, &p->a, &p->m, &errors), SLA_OK);
    assert_int_equal(zone_open(zone_name_, &p->z, &e), SLA_OK);
    assert_int_equal(store_open(NULL, STORE_CREATE, &p->s, &e), SLA_OK);
    assert_int_equal(store_set_model(p->s, p->m, &e), SLA_OK);
    buf_free(&b);
}

static void close_place(place *p)
{
    store_close(p->s);
    zone_close(p->z);
    arena_free(&p->a);
}

static void take(place *p, const char *name, const char *text)
{
    err e = {0};
    import_report report;
    const char *path = test_path(name);
    import_options o = {.zone = p->z};
    assert_int_equal(file_write(path, text, strlen(text), &e), SLA_OK);
    assert_int_equal(import_paths(p->s, p->m, &o, &path, 1, &report, &e), SLA_OK);
    assert_int_equal(report.problems.n, 0);
    import_report_clear(&report);
}

/* Fields are named by their titles in both languages; a raw name is one that no sentence has by chance. */
static void assert_titles(const place *p, const caveat *c)
{
    const dataset *ds = schema_dataset(p->m, c->dataset);
    for (size_t f = 0; ds && f < ds->nfields; f++) {
        const slice name = ds->fields[f].name, texts[] = {c->zh, c->en};
        for (size_t k = 0; k < LEN(texts) && memchr(name.ptr, '_', name.len); k++)
            if (memmem(texts[k].ptr, texts[k].len, name.ptr, name.len)) fail_msg("%.*s is named so in: %.*s", SLICE_ARG(name), SLICE_ARG(texts[k]));
    }
}

/* Each caveat but those of absent fields as "source kind dataset field n/of". */
static void assert_caveats(place *p, const char *want)
{
    caveat *list;
    size_t n;
    err e = {0};
    buf b = {0};
    assert_int_equal(store_caveats(p->s, &p->a, &list, &n, &e), SLA_OK);
    for (size_t i = 0; i < n; i++) {
        const caveat *c = &list[i];
        assert_true(c->zh.len > 0 && c->en.len > 0);
        assert_titles(p, c);
        if (!slice_is(c->kind, "absent")) buf_printf(&b, "%d %.*s %.*s %.*s %lld/%lld\n", (int)c->source, SLICE_ARG(c->kind), SLICE_ARG(c->dataset), SLICE_ARG(c->field), (long long)c->n, (long long)c->of);
    }
    assert_string_equal(buf_cstr(&b), want);
    buf_free(&b);
}

/* Answers of APIs: n issues from a number on, with what stands around the list. */
#define ISSUE(i) "{\"id\": 10" i ", \"key\": \"OPS-" i "\", \"fields\": {\"created\": \"2025-07-01T09:00:00.000+0800\", \"issuetype\": {\"name\": \"Incident\"}, \"priority\": {\"name\": \"High\"}, \"status\": {\"name\": \"Done\"}}}"
#define TWO(i, k) "\"issues\": [" ISSUE(i) ", " ISSUE(k) "]"
#define JIRA "0 history ticket priority, status "
#define HISTORY "ticket_id,at,field,old,new\nT1,2025-07-01 09:00:00,status,,new\n"
static const struct doctor_case { const char *name, *zone, *file[3], *text[3], *want; } cases[] = {
    {"nothing to say", "Asia/Shanghai", {"ticket.csv", "history.csv"}, {"id,status,created_at\nT1,new,2025-07-01 09:00:00\n", HISTORY}, ""},
    {"no history", "Asia/Shanghai", {"ticket.csv"}, {"id,status,created_at\nT1,new,2025-07-01 09:00:00\n"}, "0 history ticket priority, status 1/1\n"},
    {"days without a time", "Asia/Shanghai", {"ticket.csv", "history.csv"}, {"id,status,created_at,closed_at\nT1,new,2025-07-01,2025-07-02 10:00:00\nT2,new,2025-07-01 10:00:00,\n", HISTORY}, "1 days ticket created_at 1/2\n"},
    {"values that are no terms", "Asia/Shanghai", {"ticket.csv", "history.csv"}, {"id,status,priority,created_at\nT1,量子态,P1,2025-07-01 09:00:00\nT2,量子态,很急,2025-07-01 09:00:00\nT3,new,,2025-07-01 09:00:00\n", HISTORY},
     "0 terms ticket priority 1/2\n0 terms ticket status 2/3\n"},
    {"a key that comes twice", "Asia/Shanghai", {"ticket.csv", "history.csv"}, {"id,status,created_at\nT1,new,2025-07-01 09:00:00\nT1,new,2025-07-01 09:00:00\n", HISTORY}, "0 doubles ticket id 1/2\n"},
    {"an update log behind a list of the same: fields that only the list has are given up", "Asia/Shanghai", {"a.csv", "b.csv"},
     {"Number,State,Opened,Short description,Caller\nINC1,Closed,2025-07-01T09:00:00+08:00,no mail,ann\nINC2,New,2025-07-01T09:00:00+08:00,no disk,ann\n",
      "number,incident_state,opened_at,sys_updated_at,sys_mod_count\nINC1,New,2025-07-01T09:00:00+08:00,2025-07-01T09:00:00+08:00,0\nINC1,Closed,2025-07-01T09:00:00+08:00,2025-07-02T09:00:00+08:00,1\n"},
     "0 doubles ticket id 1/3\n0 given up ticket title, requester 1/3\n"},
    {"the list behind the update log: it has all fields, and the history stays", "Asia/Shanghai", {"a.csv", "b.csv"},
     {"number,incident_state,opened_at,sys_updated_at,sys_mod_count\nINC1,New,2025-07-01T09:00:00+08:00,2025-07-01T09:00:00+08:00,0\nINC1,Closed,2025-07-01T09:00:00+08:00,2025-07-02T09:00:00+08:00,1\n",
      "Number,State,Opened,Short description,Caller\nINC1,Closed,2025-07-01T09:00:00+08:00,no mail,ann\n"},
     "0 doubles ticket id 1/2\n"},
    {"the same rows under two names of their table", "Asia/Shanghai", {"a.csv", "b.csv", "history.csv"},
     {"id,status,created_at\nJuly-1,new,2025-07-01 09:00:00\nJuly-2,new,2025-07-02 09:00:00\nJuly-3,new,2025-07-03 09:00:00\nJuly-4,new,2025-07-04 09:00:00\nJuly-5,new,2025-07-05 09:00:00\nJuly-6,new,2025-07-06 09:00:00\n", "id,status,created_at\ncopy-1,new,2025-07-01 09:00:00\ncopy-2,new,2025-07-02 09:00:00\ncopy-3,new,2025-07-03 09:00:00\ncopy-4,new,2025-07-04 09:00:00\ncopy-5,new,2025-07-05 09:00:00\n", HISTORY}, "0 orphans history ticket_id 1/1\n0 twins ticket id 5/5\n"},
    {"two tables that only number their rows alike", "Asia/Shanghai", {"a.csv", "b.csv", "history.csv"},
     {"id,status,created_at\nJuly-1,new,2025-07-01 09:00:00\nJuly-2,new,2025-07-02 09:00:00\nJuly-3,new,2025-07-03 09:00:00\nJuly-4,new,2025-07-04 09:00:00\nJuly-5,new,2025-07-05 09:00:00\nJuly-6,new,2025-07-06 09:00:00\n", "id,status,created_at\nJune-1,new,2025-07-01 09:01:00\nJune-2,new,2025-07-02 09:01:00\nJune-3,new,2025-07-03 09:01:00\nJune-4,new,2025-07-04 09:01:00\nJune-5,new,2025-07-05 09:01:00\nJune-6,new,2025-07-06 09:01:00\n", HISTORY}, "0 orphans history ticket_id 1/1\n"},
    {"logs that begin late and end early", "Asia/Shanghai", {"ticket.csv", "history.csv", "log.csv"},
     {"id,status,created_at\nT1,new,2025-07-01 09:00:00\nT2,new,2025-07-31 09:00:00\n", HISTORY, "at,source,action\n2025-07-11 09:00:00,auth,login\n2025-07-29 09:00:00,auth,login\n"},
     "0 begins late log at 10/0\n0 ends early log at 2/0\n"},
    {"changes of tickets that are not there", "Asia/Shanghai", {"ticket.csv", "history.csv"}, {"id,status,created_at\nT1,new,2025-07-01 09:00:00\n", HISTORY "9d38,2025-07-01 09:00:00,status,,new\n"}, "0 orphans history ticket_id 1/2\n"},
    {"times worked out from durations", "Asia/Shanghai", {"a.csv"}, {"Ticket ID,Created Date,Subject,Priority,Status,Resolution Time (hours)\n1,2025-07-01T09:00:00Z,x,High,Closed,3\n2,2025-07-01T09:00:00Z,x,High,Closed,\n"},
     "0 history ticket priority, status 2/2\n1 derived ticket resolved_at 1/1\n"},
    {"an assumed zone", "Asia/Shanghai", {"a.csv"}, {"Ticket ID,Created Date,Subject,Priority,Status,Closed Date\n1,15/07/2025 09:00,x,High,Closed,2025-07-16T09:00:00Z\n"},
     "0 history ticket priority, status 1/1\n1 zone ticket created_at 1/2\n"},
    {"an order of dates that nothing decides", "Asia/Shanghai", {"a.csv"}, {"Ticket ID,Created Date,Subject,Priority,Status\n1,5/6/2025 09:00 +08:00,x,High,Closed\n"},
     "0 history ticket priority, status 1/1\n1 order ticket created_at 1/1\n"},
    {"relative dates", "Asia/Shanghai", {"a.csv"}, {"Ticket ID,Created Date,Subject,Priority,Status,Closed Date\n1,2025-07-01T09:00:00Z,x,High,Closed,Yesterday 10:15 AM\n2,3 days ago,x,High,Closed,2 hours ago\n"},
     "0 history ticket priority, status 1/1\n1 relative ticket created_at 1/2\n1 relative ticket closed_at 2/2\n"},
    {"several technicians", "Asia/Shanghai", {"a.csv"}, {"ID;Titre;Statut;Attribué à - Technicien;Priorité;Date d'ouverture\n7;a;Nouveau;Luc<br>Anne;Haute;2025-08-22T11:49:00Z\n8;b;Nouveau;Luc;Haute;2025-08-22T11:49:00Z\n"},
     "0 history ticket priority, status 2/2\n1 several ticket assignee 1/2\n"},
    {"one page of many", "Asia/Shanghai", {"a.json"}, {"{\"startAt\": 0, \"total\": 5, " TWO("1", "2") "}"}, JIRA "2/2\n0 pages ticket  2/5\n"},
    {"all pages, each a file", "Asia/Shanghai", {"a.json", "b.json", "c.json"},
     {"{\"total\": 5, " TWO("1", "2") "}", "{" TWO("3", "4") ", \"total\": 5}", "{\"total\": 5, \"issues\": [" ISSUE("5") "]}"}, JIRA "5/5\n"},
    {"pages between which a record came in", "Asia/Shanghai", {"a.json", "b.json", "c.json"},
     {"{\"total\": 4, " TWO("1", "2") "}", "{\"total\": 5, " TWO("3", "4") "}", "{\"total\": 5, \"issues\": [" ISSUE("5") "]}"}, JIRA "5/5\n"},
    {"a whole export does not make up for a short one", "Asia/Shanghai", {"a.json", "b.json"}, {"{\"total\": 2, " TWO("1", "2") "}", "{\"total\": 3, " TWO("3", "4") "}"}, JIRA "4/4\n0 pages ticket  2/3\n"},
    {"all pages in one file", "Asia/Shanghai", {"a.json"}, {"{\"total\": 4, " TWO("1", "2") "}\n{\"total\": 4, " TWO("3", "4") "}\n"}, JIRA "4/4\n"},
    {"more follow, how many is not said", "Asia/Shanghai", {"a.json"}, {"{" TWO("1", "2") ", \"nextPageToken\": \"x\", \"isLast\": false}"}, JIRA "2/2\n0 pages ticket  2/0\n"},
    {"the last page says that it is", "Asia/Shanghai", {"a.json", "b.json"}, {"{" TWO("1", "2") ", \"nextPageToken\": \"x\", \"isLast\": false}", "{" TWO("3", "4") ", \"isLast\": true}"}, JIRA "4/4\n"},
    {"a flag knows better than the next page's address", "Asia/Shanghai", {"a.json"}, {"{" TWO("1", "2") ", \"next_page\": \"https://example.com/2\", \"end_of_stream\": true}"}, JIRA "2/2\n"},
    {"a number of other things", "Asia/Shanghai", {"a.json"}, {"{\"facets\": {\"total\": 900}, \"count\": 2, \"maxResults\": 100, " TWO("1", "2") "}"}, JIRA "2/2\n"},
    {"the first of nine pages by their numbers", "Asia/Shanghai", {"a.json"}, {"{\"current_page\": 1, \"last_page\": 9, \"per_page\": 2, " TWO("1", "2") "}"}, JIRA "2/2\n0 pages ticket  2/0\n"},
    {"all pages by their numbers", "Asia/Shanghai", {"a.json", "b.json"}, {"{\"page\": 1, \"total_pages\": 2, " TWO("1", "2") "}", "{\"pagination\": {\"page\": 2, \"total_pages\": 2}, " TWO("3", "4") "}"}, JIRA "4/4\n"},
    {"the last page, counted from 0, is short", "Asia/Shanghai", {"a.json"}, {"{\"page\": 8, \"totalPages\": 9, \"pageSize\": 2, \"issues\": [" ISSUE("5") "]}"}, JIRA "1/1\n"},
    {"a page of XML", "Asia/Shanghai", {"a.xml"},
     {"<issues total_count=\"812\" offset=\"0\" limit=\"25\" type=\"array\"><issue><id>1</id><tracker id=\"1\" name=\"Bug\"/><status id=\"1\" name=\"New\"/><priority id=\"4\" name=\"High\"/><subject>no mail</subject>"
      "<created_on>2025-07-01T09:00:00Z</created_on></issue></issues>"}, JIRA "1/1\n0 terms ticket type 1/1\n0 pages ticket  1/812\n"},
    {"within what is said of pages", "Asia/Shanghai", {"a.json"}, {"{\"meta\": {\"has_more\": true}, " TWO("1", "2") "}"}, JIRA "2/2\n0 pages ticket  2/0\n"},
    {"an answer of a search in logs", "Asia/Shanghai", {"a.json"},
     {"{\"_shards\": {\"total\": 9}, \"hits\": {\"total\": {\"value\": 70, \"relation\": \"eq\"}, \"hits\": [{\"_source\": {\"@timestamp\": \"2025-07-01T01:00:00Z\", \"host\": {\"name\": \"web1\"}, \"process\": {\"name\": \"sshd\"}, "
      "\"message\": \"Failed password for root from 10.0.0.9 port 22 ssh2\"}}]}}"}, "0 pages log  1/70\n"},
    {"local times that occur twice or never", "Europe/Berlin", {"ticket.csv", "history.csv"},
     {"id,status,created_at\nT1,new,2025-03-30 02:30:00\nT2,new,2025-10-26 02:30:00\n", HISTORY}, "1 repeated ticket created_at 1/2\n1 skipped ticket created_at 1/2\n"},
};

static void look(place *p)
{
    err e = {0};
    assert_int_equal(doctor_look(p->s, p->m, p->z, 0, 0, &e), SLA_OK);
}

static void each_case(void **state)
{
    const struct doctor_case *c = *state;
    place p;
    open_place(&p, c->zone);
    for (size_t i = 0; i < 3 && c->file[i]; i++) take(&p, c->file[i], c->text[i]);
    look(&p);
    assert_caveats(&p, c->want);
    look(&p); /* looking again changes nothing */
    assert_caveats(&p, c->want);
    close_place(&p);
}

/* Ten hours of a working day, AM and PM lost: 9 to 12 and 1 to 6. A time with its own half, of another half, or a day of mornings in UTC says nothing of the kind. */
static void lost_halves(void **state)
{
    static const struct { int from; const char *last, *want; } rows[] = {
        {9, "2025-07-20 03:05:00", "1 half day ticket created_at 61/61\n"}, {9, "2025-07-20 13:05:00", ""}, {9, "2025-07-20 00:05:00", ""}, {9, "2025-07-20T03:05:00", ""}, {1, "2025-07-20 03:05:00", ""},
    };
    (void)state;
    for (size_t k = 0; k < LEN(rows); k++) {
        buf b = {0};
        place p;
        open_place(&p, "Asia/Shanghai");
        buf_text(&b, "id,status,created_at\n");
        for (int i = 0; i < 60; i++) buf_printf(&b, "A%d,new,2025-07-%02d %02d:05:00\n", i + 1, 1 + i / 10, (rows[k].from + i % 10 - 1) % 12 + 1);
        buf_printf(&b, "A61,new,%s\n", rows[k].last);
        take(&p, "ticket.csv", buf_cstr(&b));
        take(&p, "history.csv", "ticket_id,at,field,old,new\nA1,2025-07-01 09:05:00,status,,new\n");
        look(&p);
        assert_caveats(&p, rows[k].want);
        buf_free(&b);
        close_place(&p);
    }
}

static void numbers(void **state)
{
    static const struct { int step, skip_from, skip_to; const char *want; } rows[] = {
        {1, 0, 0, ""}, {1, 10, 12, "0 numbers ticket id 3/100\n"}, {7, 0, 0, "0 numbers ticket id 594/694\n"},
    };
    (void)state;
    for (size_t k = 0; k < LEN(rows); k++) {
        buf b = {0};
        place p;
        open_place(&p, "Asia/Shanghai");
        buf_text(&b, "id,status,created_at\n");
        for (int i = 1; i <= 100; i++)
            if (i < rows[k].skip_from || i > rows[k].skip_to || rows[k].skip_to == 0) buf_printf(&b, "INC%05d,new,2025-07-01 09:00:00\n", i * rows[k].step);
        take(&p, "ticket.csv", buf_cstr(&b));
        buf_reset(&b);
        buf_printf(&b, "ticket_id,at,field,old,new\nINC%05d,2025-07-01 09:00:00,status,,new\n", rows[k].step);
        take(&p, "history.csv", buf_cstr(&b));
        look(&p);
        assert_caveats(&p, rows[k].want);
        buf_free(&b);
        close_place(&p);
    }
}

/* Tables of which so many only number their rows that they are not compared: that is said, as where there are as many as are compared nothing is. Numbers of other forms do not count. */
static void many_tables(void **state)
{
    static const struct { int tables; const char *want; } rows[] = {{50, ""}, {51, "0 many tables ticket id 51/50\n"}};
    (void)state;
    for (size_t k = 0; k < LEN(rows); k++) {
        buf b = {0};
        place p;
        open_place(&p, "Asia/Shanghai");
        buf_text(&b, "id,status,created_at\n");
        for (int i = 0; i < rows[k].tables; i++) buf_printf(&b, "t%c%c-1,new,2025-07-01 09:00:00\nINC%c%c1,new,2025-07-01 09:00:00\n", 'a' + i / 26, 'a' + i % 26, 'A' + i / 26, 'A' + i % 26);
        take(&p, "ticket.csv", buf_cstr(&b));
        take(&p, "history.csv", "ticket_id,at,field,old,new\ntaa-1,2025-07-01 09:05:00,status,,new\n");
        look(&p);
        assert_caveats(&p, rows[k].want);
        buf_free(&b);
        close_place(&p);
    }
}

/* Jira's lists end after 1000 issues without a word. */
static void as_many_as_are_exported_at_once(void **state)
{
    static const struct { int rows; const char *want; } cases_of[] = {
        {999, "0 history ticket priority, status 999/999\n1 zone ticket created_at 999/999\n"},
        {1000, "0 history ticket priority, status 1000/1000\n1 pages ticket  1000/0\n1 zone ticket created_at 1000/1000\n"},
    };
    (void)state;
    for (size_t k = 0; k < LEN(cases_of); k++) {
        buf b = {0};
        place p;
        open_place(&p, "Asia/Shanghai");
        buf_text(&b, "Summary,Issue key,Issue id,Issue Type,Status,Priority,Created\n");
        for (int i = 1; i <= cases_of[k].rows; i++) buf_printf(&b, "x,OPS-%d,%d,Incident,Done,High,01/Jul/25 9:%02d AM\n", i, 10000 + i, i % 60);
        take(&p, "list.csv", buf_cstr(&b));
        look(&p);
        assert_caveats(&p, cases_of[k].want);
        buf_free(&b);
        close_place(&p);
    }
}

static void both_languages_list_titles(void **state)
{
    static const struct { const char *kind, *zh, *en; } want[] = {
        {"days", "创建时间：2 个时间中有 1 个只有日期没有时刻，时限只能精确到天", "Created: 1 of 2 times are days without a time: clocks are only as exact as a day"},
        {"history", "没有工单的变更历史：等待时间、重新打开、评判时点的状态与优先级都无从证实", "no history of Ticket was delivered: waiting, reopening, and the state at the instant of judgement cannot be shown"},
        {"terms", "工单的状态有 1 种值不在规定的取值中（1 条记录）：“odd” ×1", "Ticket, Status: 1 value is no defined term (1 of the records): “odd” ×1"},
    };
    place p;
    caveat *list;
    size_t n, told = 0;
    buf zh = {0}, en = {0};
    (void)state;
    open_place(&p, "Asia/Shanghai");
    dataset_put_titles(schema_dataset(p.m, SLICE_LIT("ticket")), SLICE_LIT("created_at, no field,closed_at"), &zh, &en);
    assert_string_equal(buf_cstr(&zh), "创建时间、no field、关闭时间");
    assert_string_equal(buf_cstr(&en), "Created, no field, Closed");
    take(&p, "ticket.csv", "id,status,created_at\nT1,new,2025-07-01\nT2,odd,2025-07-01 10:00:00\n");
    look(&p);
    assert_int_equal(store_caveats(p.s, &p.a, &list, &n, NULL), SLA_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < LEN(want); k++) {
            if (!slice_is(list[i].kind, want[k].kind)) continue;
            told++;
            assert_true(slice_is(list[i].zh, want[k].zh));
            assert_true(slice_is(list[i].en, want[k].en));
        }
    assert_int_equal(told, LEN(want));
    buf_free(&zh);
    buf_free(&en);
    close_place(&p);
}

/* The time by which updates are folded is no field of the model; what is said of it in Chinese is Chinese all the same. */
static void updates_are_named_in_both_languages(void **state)
{
    place p;
    caveat *list;
    size_t n, times = 0;
    (void)state;
    open_place(&p, "Asia/Shanghai");
    take(&p, "updates.csv", "工单号,标题,状态,派单时间,处理人\nT1,卡纸,处理中,2025-07-01,张三\nT1,卡纸,已关闭,2025-07-02,张三\n");
    assert_int_equal(store_caveats(p.s, &p.a, &list, &n, NULL), SLA_OK);
    for (size_t i = 0; i < n; i++) {
        if (!slice_is(list[i].field, "update time")) continue;
        times++;
        assert_memory_equal(list[i].zh.ptr, "更新时间：", strlen("更新时间："));
        assert_memory_equal(list[i].en.ptr, "update time: ", strlen("update time: "));
    }
    assert_int_equal(times, 1);
    close_place(&p);
}

static void memory_runs_out(void **state)
{
    (void)state;
    place p;
    bool worked = false;
    open_place(&p, "Asia/Shanghai");
    take(&p, "ticket.csv", cases[3].text[0]);
    EACH_ALLOCATION_FAILS(n, worked) {
        err e = {0};
        mem_fail_after(n);
        worked = doctor_look(p.s, p.m, p.z, 0, 0, &e) == SLA_OK;
        mem_fail_after(-1);
        if (!worked) assert_int_equal(e.code, SLA_NOMEM);
    }
    assert_caveats(&p, "0 history ticket priority, status 3/3\n0 terms ticket priority 1/2\n0 terms ticket status 2/3\n");
    close_place(&p);
}

int main(void)
{
    struct CMUnitTest tests[LEN(cases) + 7];
    size_t n = 0;
    ROWS(tests, n, cases, each_case);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(numbers);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(lost_halves);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(as_many_as_are_exported_at_once);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(many_tables);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(both_languages_list_titles);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(updates_are_named_in_both_languages);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(memory_runs_out);
    return _cmocka_run_group_tests("doctor", tests, n, NULL, NULL);
}
