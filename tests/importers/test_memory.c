/* Of all allocations that an import makes, one fails, each in its turn, and those after it succeed: the import ends for want of memory and leaves nothing, or it did without and everything is
 * as if none had failed. What takes a failed allocation for something that is not there reads the file as something else, which shows here. */
#include <unistd.h>
#include "tests/importers/logplace.h"
#include "tests/support/pack.h"

/* ---- the files ---- */
/* text NULL: that of the export of this name. */
typedef struct sweep_case { const char *name, *file, *text; } sweep_case;

static const struct export_case { const char *name, *file, *profile, *text, *tickets, *history; } exports[] = {
#include "tests/importers/exports.inc"
};

#define ESCAPED "{\"\\u0069d\": \"T\\u0031\", \"title\": \"a\\n\\\"b\\\"\", \"created_at\": \"2025-07-01 09:05\", \"status\": \"\\u6253\\u5F00\"}"
static const sweep_case cases[] = {
    /* tables */
    {"CSV: quotes, days without a year, a value that is none", "ticket.csv",
     "工单号,标题,优先级,创建时间,解决时间,状态,处理人\nA1,\"打印机 \"\"二号\"\"\",高,2025-07-01 09:05,2025-07-01 11:05,已完成,张三\nA2,b,低,7月2日 9点,,处理中,\nA3,c,低,soon,,处理中,李四\n"},
    {"CSV: numbers of rows, a zone and a unit in headers, a row of sums", "rows.csv", "序号,标题,状态,处理人,创建时间(UTC),处理时长(分钟)\n1,断网,已完成,张三,2025-07-01 09:05,15\n2,卡纸,已完成,张三,2025-07-02 09:05,30\n合计,,,,,45\n"},
    {"HTML: an encoding that the page names, entities", "page.html",
     "<html><head><meta charset=\"iso-8859-15\"></head><table><tr><th>Ticket ID<th>Subject<th>Created<th>Status<tr><td>1<td>caf\xE9 &amp; th\xE9 \xA4<td>2025-07-01 09:05<td>Open<tr><td>2<td>b<td>2025-07-02 09:05<td>Closed</table></html>"},
    {"XML: records with attributes and lists", "tickets.xml",
     "<?xml version='1.0'?>\n<tickets total='2'><ticket state='Open'><id>1</id><subject>a &lt;b&gt;</subject><created>2025-07-01 09:05</created><note by='x'>n</note></ticket>\n"
     "<ticket state='Closed'><id>2</id><subject>c</subject><created>2025-07-02 09:05</created><note by='y'>m</note><note by='z'>o</note></ticket></tickets>\n"},
    /* JSON by its shapes */
    {"JSON: escapes everywhere, a list of an answer that says how many there are", "list.json", "{\"m\\u0065ta\": {\"tot\\u0061l\": 9}, \"tick\\u0065ts\": [" ESCAPED "]}"},
    {"JSON: escapes everywhere, members of an object", "map.json", "{\"obj\\u0065cts\": {\"a\\u0062\": " ESCAPED ", \"c\": " ESCAPED "}, \"code\": 0}"},
    {"JSON: escapes everywhere, envelopes", "envelopes.json", "{\"uuid\": \"\\u0061\", \"dat\\u0061\": " ESCAPED "}\n{\"uuid\": \"b\", \"dat\\u0061\": " ESCAPED "}\n"},
    {"jira, REST with changelog", "a.json", NULL},
    /* logs */
    {"log lines: several programs, a message over lines, values in backslashes and in hexadecimal", "messages",
     "Jul  1 09:00:00 web1 sshd[7]: Failed password for root from 10.0.0.9 port 22 ssh2\nJul  1 09:00:01 web1 app: first\n  second\nJul  1 09:00:02 web1 sudo:      bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls\n"
     "Jul  1 09:00:03 web1 type=USER_LOGIN msg=audit(1751331603.123:6): pid=7 uid=0 msg='op=login acct=626F62 addr=10.0.0.9 res=failed'\nJul  1 09:00:04 web1 kernel: IN=eth0 OUT= SRC=10.0.0.9 DST=10.0.0.1 PROTO=TCP SPT=1 DPT=22\n"},
    {"log lines: key=value with quotes in quotes", "fw.log",
     "date=2025-07-01 time=09:00:00 devname=\"fw1\" type=\"event\" subtype=\"system\" level=\"alert\" user=\"a \\\"b\\\" c\" action=\"login\" status=\"failed\" srcip=10.0.0.9 msg=\"login \\\"failed\\\"\"\n"
     "date=2025-07-01 time=09:00:01 devname=\"fw1\" type=\"traffic\" subtype=\"forward\" srcip=10.0.0.9 dstip=10.0.0.1 dstport=22 action=\"deny\"\n"},
    {"log JSON: lines and bytes", "boot.json",
     "{\"__REALTIME_TIMESTAMP\":\"1751331600123000\",\"_HOSTNAME\":\"h\\u0031\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":\"7\",\"MESSAGE\":\"Failed password for root from 10.0.0.9 port 22 ssh2\"}\n"
     "{\"__REALTIME_TIMESTAMP\":\"1751331601123000\",\"_HOSTNAME\":\"h1\",\"SYSLOG_IDENTIFIER\":\"app\",\"MESSAGE\":[72,101,108,108,111,27,33]}\n"},
    {"log XML", "events.xml",
     "<Events>\n<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4625</EventID><TimeCreated SystemTime='2025-07-01T01:00:00.5Z'/><Channel>Security</Channel><Computer>dc1</Computer></System>"
     "<EventData><Data Name='TargetUserName'>bob</Data><Data Name='IpAddress'>10.0.0.9</Data></EventData></Event>\n</Events>\n"},
    {"audit log: values in hexadecimal", "audit.log",
     "type=EXECVE msg=audit(1751331600.123:5): argc=2 a0=\"cat\" a1=2F6574632F782079\ntype=SOCKADDR msg=audit(1751331600.123:5): saddr=02000016C0A80109\n"
     "type=USER_LOGIN msg=audit(1751331601.123:6): pid=7 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct=626F62 exe=\"/usr/sbin/sshd\" hostname=? addr=10.0.0.9 terminal=ssh res=failed'\n"},
};

static const char *text_of(const sweep_case *c)
{
    for (size_t i = 0; !c->text && i < LEN(exports); i++)
        if (strcmp(exports[i].name, c->name) == 0) return exports[i].text;
    assert_non_null(c->text);
    return c->text;
}

static const char *write_case(const sweep_case *c)
{
    const char *text = text_of(c);
    return write_file(c->file, text, strlen(text));
}

/* ---- what became of it ---- */
static void put_cell(buf *out, const table *t, const dict *d, size_t f, size_t row)
{
    if (!t->cols[f].data || !table_has(t, f, row)) buf_char(out, '-');
    else if (vtype_storage(t->ds->fields[f].type) == STORE_CODE) buf_slice(out, dict_text(d, table_codes(t, f)[row]));
    else if (vtype_storage(t->ds->fields[f].type) == STORE_F64) buf_printf(out, "%.17g", table_f64(t, f)[row]);
    else buf_i64(out, table_i64(t, f)[row]);
}

static void put_tables(buf *out, const place *p)
{
    bool all[FIELDS_MAX];
    err e = {0};
    memset(all, 1, sizeof all);
    for (size_t k = 0; k < p->m->n; k++) {
        const dataset *ds = &p->m->datasets[k];
        table *t = NULL;
        dict *d = dict_new();
        assert_int_equal(store_table_load(p->s, ds, all, d, &t, &e), SLA_OK);
        for (size_t row = 0; row < t->nrows; row++) {
            buf_printf(out, "%.*s %u", SLICE_ARG(ds->name), (unsigned)t->lines[row]);
            for (size_t f = 0; f < ds->nfields; f++) buf_char(out, '|'), put_cell(out, t, d, f, row);
            buf_char(out, '\n');
        }
        table_free(t);
        dict_free(d);
    }
}

static void put_sources(buf *out, place *p)
{
    source_info *list;
    stored_reject *rejects;
    caveat *caveats;
    size_t n, i;
    err e = {0};
    assert_int_equal(store_sources(p->s, &p->a, &list, &n, &e), SLA_OK);
    for (i = 0; i < n; i++)
        buf_printf(out, "%.*s, %.*s, %.*s: %llu rows, %llu accepted, %llu and %llu rejected, %lld announced\n%.*s", SLICE_ARG(list[i].importer), SLICE_ARG(list[i].profile), SLICE_ARG(list[i].dataset),
                   (unsigned long long)list[i].rows, (unsigned long long)list[i].accepted, (unsigned long long)list[i].rejected, (unsigned long long)list[i].rejected_values, (long long)list[i].announced,
                   SLICE_ARG(list[i].notes));
    assert_int_equal(store_rejects(p->s, &p->a, 1000, &rejects, &n, &e), SLA_OK);
    for (i = 0; i < n; i++) buf_printf(out, "%u:%u %.*s '%.*s' %.*s %d\n", (unsigned)rejects[i].line, (unsigned)rejects[i].col, SLICE_ARG(rejects[i].field), SLICE_ARG(rejects[i].value), SLICE_ARG(rejects[i].reason), rejects[i].row);
    assert_int_equal(store_caveats(p->s, &p->a, &caveats, &n, &e), SLA_OK);
    for (i = 0; i < n; i++) buf_printf(out, "%.*s %.*s %lld/%lld %.*s %.*s\n", SLICE_ARG(caveats[i].kind), SLICE_ARG(caveats[i].field), (long long)caveats[i].n, (long long)caveats[i].of, SLICE_ARG(caveats[i].zh), SLICE_ARG(caveats[i].en));
}

/* All that is in the workspace, and what was told, as text. The notes that are told besides stand with the sources. */
static void put_all(buf *out, place *p, const err *e)
{
    buf_reset(out);
    put_sources(out, p);
    put_tables(out, p);
    buf_printf(out, "%zu taken, %zu skipped %s\n", p->report.taken, p->report.skipped, e->msg);
    for (size_t i = 0; i < p->report.problems.n; i++) buf_printf(out, "%s\n", p->report.problems.items[i].msg);
    assert_false(out->failed);
}

static void assert_same(const buf *got, const buf *want, long n)
{
    size_t i = 0, from = 0;
    while (i < got->len && i < want->len && got->ptr[i] == want->ptr[i]) {
        if (got->ptr[i++] == '\n') from = i;
    }
    if (i == got->len && i == want->len) return;
    slice a = {got->ptr + from, got->len - from}, b = {want->ptr + from, want->len - from};
    a = slice_line(&a), b = slice_line(&b);
    fail_msg("without the allocation %ld there is\n%.*s\ninstead of\n%.*s", n, SLICE_ARG(a), SLICE_ARG(b));
}

static sla_status import_it(place *p, const char *path, err *e)
{
    import_options o = {.zone = p->z, .block = 1 << 16, .from = 1751299200000, .to = 1759248000000, .own = common.own};
    return import_paths(p->s, p->m, &o, &path, 1, &p->report, e);
}

static void assert_nothing(place *p)
{
    source_info *list;
    size_t n;
    assert_int_equal(p->report.taken, 0);
    assert_int_equal(p->report.problems.n, 0);
    assert_int_equal(store_sources(p->s, &p->a, &list, &n, &(err){0}), SLA_OK);
    assert_int_equal(n, 0);
}

static void sweep(const char *path)
{
    place p;
    buf want = {0}, got = {0};
    err e = {0};
    open_place(&p);
    import_it(&p, path, &e);
    assert_int_equal(p.report.taken, 1);
    put_all(&want, &p, &e);
    close_place(&p);
    open_place(&p);
    for (long n = 0; n >= 0; n++) {
        e = (err){0};
        import_report_clear(&p.report);
        mem_fail_once(n);
        import_it(&p, path, &e);
        if (mem_fail_pending()) n = -2; /* it makes no more allocations */
        mem_fail_after(-1);
        if (e.code == SLA_NOMEM) {
            assert_nothing(&p);
            continue;
        }
        put_all(&got, &p, &e);
        assert_same(&got, &want, n);
        close_place(&p);
        open_place(&p);
    }
    close_place(&p);
    buf_free(&want);
    buf_free(&got);
}

static void each_allocation_fails(void **state) { sweep(write_case(*state)); }

/* A sheet with strings, styles that make numbers days, and characters that are escaped. */
static void workbook(void **state)
{
    const char *path = test_path("ticket.xlsx");
    (void)state;
    pack_workbook(path,
                  "<row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v></c><c t=\"s\"><v>3</v></c></row>"
                  "<row r=\"2\"><c t=\"str\"><v>T1</v></c><c t=\"str\"><v>a_x000A_b</v></c><c s=\"1\"><v>45839.375</v></c><c t=\"inlineStr\"><is><t>P1</t></is></c></row>"
                  "<row r=\"9\"><c t=\"str\"><v>T2</v></c><c t=\"s\"><v>4</v></c><c s=\"1\"><v>45840.375</v></c><c t=\"str\"><v>P2</v></c></row>",
                  "<si><t>id</t></si><si><t>title</t></si><si><r><t>created</t></r><r><t>_at</t></r></si><si><t>priority</t></si><si><t>c</t></si>",
                  "<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd hh:mm\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs>", false);
    sweep(path);
}

int main(void)
{
    struct CMUnitTest tests[LEN(cases) + 1] = {cmocka_unit_test(workbook)};
    size_t n = 1;
    ROWS(tests, n, cases, each_allocation_fails);
    setenv("SLAUDIT_THREADS", "1", 1); /* then the n-th allocation is the same one each time, and nothing is left out */
    return _cmocka_run_group_tests("importers/memory", tests, n, load_common, free_common);
}
