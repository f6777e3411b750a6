/* Files in, records out: through the whole import into a workspace in memory. */
#include "engine/base/yaml.h"
#include "importers/dates.h"
#include "importers/import.h"
#include "importers/profile.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"
#include "engine/base/file.h"
#include "tests/support/pack.h"

typedef struct place { arena a; schema *m; store *s; zone *z; import_report report; } place;

static void open_place(place *p)
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
    assert_int_equal(zone_open("Asia/Shanghai", &p->z, &e), SLA_OK);
    assert_int_equal(store_open(NULL, STORE_CREATE, &p->s, &e), SLA_OK);
    assert_int_equal(store_set_model(p->s, p->m, &e), SLA_OK);
    buf_free(&b);
}

static void close_place(place *p)
{
    import_report_clear(&p->report);
    store_close(p->s);
    zone_close(p->z);
    arena_free(&p->a);
}

static sla_status take(place *p, const char *path, size_t block)
{
    err e = {0};
    import_options o = {.zone = p->z, .block = block, .from = 1751299200000, .to = 1759248000000};
    return import_paths(p->s, p->m, &o, &path, 1, &p->report, &e);
}

static const char *write_file(const char *name, const char *text, size_t n)
{
    err e = {0};
    const char *path = test_path(name);
    assert_int_equal(file_write(path, text, n, &e), SLA_OK);
    return path;
}

static table *load(place *p, const char *dataset_name, dict *d)
{
    bool all[FIELDS_MAX];
    err e = {0};
    table *t = NULL;
    memset(all, 1, sizeof all);
    assert_int_equal(store_table_load(p->s, schema_dataset(p->m, slice_of(dataset_name)), all, d, &t, &e), SLA_OK);
    return t;
}

static slice cell(const table *t, const dict *d, const char *name, size_t row)
{
    int f = dataset_field(t->ds, slice_of(name));
    return t->cols[f].data && table_has(t, (size_t)f, row) ? dict_text(d, table_codes(t, (size_t)f)[row]) : SLICE_LIT("(missing)");
}

/* ---- tables of one text, in every dialect ---- */
static const struct csv_case { const char *name, *text; size_t rows, rejected; const char *title; uint32_t line; } csv_cases[] = {
    {"plain", "id,title,created_at\nT1,hello,2025-07-01 09:00:00\n", 1, 0, "hello", 2},
    {"CRLF", "id,title,created_at\r\nT1,hello,2025-07-01 09:00:00\r\n", 1, 0, "hello", 2},
    {"CR", "id,title,created_at\rT1,hello,2025-07-01 09:00:00\r", 1, 0, "hello", 2},
    {"byte order mark", "\xEF\xBB\xBFid,title,created_at\nT1,hello,2025-07-01 09:00:00\n", 1, 0, "hello", 2},
    {"semicolons", "id;title;created_at\nT1;a,b;2025-07-01 09:00:00\n", 1, 0, "a,b", 2},
    {"tabs", "id\ttitle\tcreated_at\nT1\thello\t2025-07-01T09:00:00Z\n", 1, 0, "hello", 2},
    {"a quoted delimiter", "id,title,created_at\nT1,\"a,b\",2025-07-01 09:00:00\n", 1, 0, "a,b", 2},
    {"doubled quotes", "id,title,created_at\nT1,\"say \"\"ha\"\"\",2025-07-01 09:00:00\n", 1, 0, "say \"ha\"", 2},
    {"a line end in a cell", "id,title,created_at\nT1,\"a\nb\",2025-07-01 09:00:00\n", 1, 0, "a\nb", 2},
    {"a quote inside an unquoted cell", "id,title,created_at\nT1,5\" disk,2025-07-01 09:00:00\n", 1, 0, "5\" disk", 2},
    {"no last line end", "id,title,created_at\nT1,hello,2025-07-01 09:00:00", 1, 0, "hello", 2},
    {"blank lines", "id,title,created_at\n\n\nT1,hello,2025-07-01 09:00:00\n\n", 1, 0, "hello", 4},
    {"fewer cells", "id,title,created_at,team\nT1,hello,2025-07-01 09:00:00\n", 1, 0, "hello", 2},
    {"more cells", "id,title,created_at\nT1,hello,2025-07-01 09:00:00,x,y\n", 1, 0, "hello", 2},
    {"a blank header cell", "id,title,,created_at\nT1,hello,x,2025-07-01 09:00:00\n", 1, 0, "hello", 2},
    {"no key", "id,title,created_at\n,hello,2025-07-01 09:00:00\nT2,there,2025-07-01 09:00:00\n", 1, 1, "there", 3},
    {"no readable creation", "id,title,created_at\nT1,hello,2025-02-30 09:00:00\nT2,there,2025-07-01 09:00:00\n", 1, 1, "there", 3},
    {"the later row of a key holds", "id,title,created_at\nT1,old,2025-07-01 09:00:00\nT1,new,2025-07-01 09:00:00\n", 1, 0, "new", 3},
};

static void csv_dialects(void **state)
{
    const struct csv_case *c = *state;
    place p;
    for (size_t block = 3; block < 5000; block = block * 7) { /* blocks end anywhere */
        open_place(&p);
        dict *d = dict_new();
        const char *path = write_file("ticket.csv", c->text, strlen(c->text));
        assert_int_equal(take(&p, path, block), SLA_OK);
        assert_int_equal(p.report.problems.n, 0);
        table *t = load(&p, "ticket", d);
        assert_int_equal(t->nrows, c->rows);
        assert_int_equal(p.report.rejected, c->rejected);
        assert_slice_is(cell(t, d, "title", 0), c->title);
        assert_int_equal(t->lines[0], c->line);
        table_free(t);
        dict_free(d);
        close_place(&p);
    }
}

/* Columns that several datasets have: the file's name tells which it is; where it tells nothing, the dataset that has fewest others. */
static void names_tell_datasets(void **state)
{
    static const struct { const char *file, *text, *dataset; } cases[] = {
        {"staff.csv", "id,name\nu1,A\n", "staff"},
        {"system.csv", "id,name\nu1,A\n", "system"},
        {"list.csv", "id,name\nu1,A\n", "service"},
        {"system.csv", "id,name,team\nu1,A,B\n", "staff"},
    };
    char folder[512];
    (void)state;
    snprintf(folder, sizeof folder, "%s", test_path("names"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        place p;
        open_place(&p);
        assert_int_equal(take(&p, audited_file(folder, cases[i].file, cases[i].text), 0), SLA_OK);
        dict *d = dict_new();
        table *t = load(&p, cases[i].dataset, d);
        if (t->nrows != 1) fail_msg("%s with %s: no row of %s", cases[i].file, cases[i].text, cases[i].dataset);
        table_free(t);
        dict_free(d);
        close_place(&p);
    }
}

/* ---- JSON ---- */
static const struct json_case { const char *name, *text; size_t rows, problems; const char *title; uint32_t line; } json_cases[] = {
    {"NDJSON", "{\"id\":\"T1\",\"title\":\"hello\",\"created_at\":\"2025-07-01 09:00:00\",\"impact\":2}\n", 1, 0, "hello", 1},
    {"an array over lines", "[\n {\"id\": 12345678901234567890,\n  \"title\": \"a\\n\\u4e2d\\ud83d\\ude00\", \"created_at\": \"2025-07-01T01:00:00Z\"},\n {\"id\":\"T2\",\"created_at\":\"2025-07-01\"}\n]\n", 2, 0, "a\n中😀", 2},
    {"null is missing", "{\"id\":\"T1\",\"title\":null,\"created_at\":\"2025-07-01 09:00:00\"}", 1, 0, "(missing)", 1},
    {"arrays stay text", "{\"id\":\"T1\",\"title\":[1,{\"a\":2}],\"created_at\":\"2025-07-01 09:00:00\"}", 1, 0, "[1,{\"a\":2}]", 1},
    {"an object that holds the list", "{\"total\": 2, \"page\": {\"n\": 1},\n \"issues\": [\n{\"id\":\"T1\",\"title\":\"hello\",\"created_at\":\"2025-07-01\"},\n{\"id\":\"T2\",\"created_at\":\"2025-07-01\"}\n],\n \"next\": [{\"a\": 1}], \"end\": \"]\"}\n", 2, 0, "hello", 3},
    {"a list two objects deep", "{\"result\": {\"records\": [{\"id\":\"T1\",\"title\":\"hello\",\"created_at\":\"2025-07-01\"}]}, \"ok\": true}", 1, 0, "hello", 1},
    {"one object in a wrapper", "{\"ticket\":\n {\"id\":\"T1\",\"title\":\"hello\",\"created_at\":\"2025-07-01\"}}", 1, 0, "hello", 2},
    {"an empty list", "{\"issues\": []}", 0, 1, "", 0},
    {"a list that is not ended", "{\"issues\": [{\"id\":\"T1\",\"created_at\":\"2025-07-01\"}", 0, 1, "", 0},
    {"a wrapper that is not ended", "{\"issues\": [{\"id\":\"T1\",\"created_at\":\"2025-07-01\"}]", 0, 1, "", 0},
    {"more behind the end", "[{\"id\":\"T1\",\"created_at\":\"2025-07-01\"}] []", 0, 1, "", 0},
    {"no comma in the list", "[{\"id\":\"T1\",\"created_at\":\"2025-07-01\"} {\"id\":\"T2\",\"created_at\":\"2025-07-01\"}]", 0, 1, "", 0},
    {"two records on a line", "{\"id\":\"T1\",\"created_at\":\"2025-07-01\"}{\"id\":\"T2\",\"created_at\":\"2025-07-01\"}", 0, 1, "", 0},
    {"broken", "{\"id\":\"T1\",\"created_at\":\"2025-07-01 09:00:00\"}\n{\"id\":\"T2\",}\n", 0, 1, "", 0},
    {"never closed", "{\"id\":\"T1\",\"created_at\":\"2025-07-01 09:00:00\"}\n{\"id\":\"T2", 0, 1, "", 0},
};

static void json_files(void **state)
{
    const struct json_case *c = *state;
    for (size_t block = 5; block < 4000; block *= 5) {
        place p;
        open_place(&p);
        dict *d = dict_new();
        take(&p, write_file("ticket.ndjson", c->text, strlen(c->text)), block);
        assert_int_equal(p.report.problems.n, c->problems);
        table *t = load(&p, "ticket", d);
        assert_int_equal(t->nrows, c->rows);
        if (c->rows) assert_slice_is(cell(t, d, "title", 0), c->title);
        if (c->rows) assert_int_equal(t->lines[0], c->line);
        table_free(t);
        dict_free(d);
        close_place(&p);
    }
}

static void unclosed_quote_is_placed(void **state)
{
    (void)state;
    place p;
    open_place(&p);
    static const char text[] = "id,title,created_at\nT1,hello,2025-07-01 09:00:00\nT2,\"open,2025-07-01 09:00:00\n";
    take(&p, write_file("ticket.csv", text, sizeof text - 1), 0);
    assert_int_equal(p.report.problems.n, 1);
    assert_int_equal(p.report.problems.items[0].line, 3);
    assert_int_equal(p.report.problems.items[0].col, 4);
    dict *d = dict_new();
    table *t = load(&p, "ticket", d);
    assert_int_equal(t->nrows, 0); /* nothing of it was taken */
    table_free(t);
    dict_free(d);
    close_place(&p);
}

/* a list of words in a program's text, "id," among them, is no table of a dataset */
static void one_name_is_no_header(void **state)
{
    (void)state;
    place p;
    open_place(&p);
    static const char text[] = "from parts import (\n    id,\n    name,\n    tier,\n    version,\n    wheel,\n)\n";
    take(&p, write_file("parts.py", text, sizeof text - 1), 0);
    assert_int_equal(p.report.problems.n, 1);
    assert_int_equal(p.report.rows, 0);
    close_place(&p);
}

static void encodings(void **state)
{
    (void)state;
    static const char gb[] = "id,title,created_at\nT1,\xB9\xA4\xB5\xA5\xCF\xB5\xCD\xB3\xB9\xCA\xD5\xCF\xB4\xA6\xC0\xED,2025-07-01 09:00:00\n";
    static const char latin[] = "id,title,created_at\nT1,caf\xE9 closed,2025-07-01 09:00:00\n";
    const struct { const char *text; size_t n; const char *want; } cases[] = {{gb, sizeof gb - 1, "工单系统故障处理"}, {latin, sizeof latin - 1, "café closed"}};
    for (size_t i = 0; i < LEN(cases); i++) {
        place p;
        open_place(&p);
        dict *d = dict_new();
        assert_int_equal(take(&p, write_file("ticket.csv", cases[i].text, cases[i].n), 0), SLA_OK);
        table *t = load(&p, "ticket", d);
        assert_int_equal(t->nrows, 1);
        assert_slice_is(cell(t, d, "title", 0), cases[i].want);
        table_free(t);
        dict_free(d);
        close_place(&p);
    }
}

static void rejected_values_are_kept(void **state)
{
    (void)state;
    place p;
    open_place(&p);
    err e = {0};
    static const char text[] = "id,created_at,impact,resolved_at\nT1,2025-07-01 09:00:00,high,yesterday\nT2,2025-07-01 09:00:00,1,2025-07-02\n";
    assert_int_equal(take(&p, write_file("ticket.csv", text, sizeof text - 1), 0), SLA_OK);
    stored_reject *r;
    size_t n;
    assert_int_equal(store_rejects(p.s, &p.a, 10, &r, &n, &e), SLA_OK);
    assert_int_equal(n, 2);
    assert_int_equal(r[0].line, 2);
    assert_int_equal(r[0].col, 24);
    assert_slice_is(r[0].field, "impact");
    assert_slice_is(r[0].value, "high");
    assert_false(r[0].row);
    close_place(&p);
}

/* ---- dates ---- */
static const struct date_case { const char *name, *order; const char *want; } date_cases[] = {
    {"29/2/2016 01:16", "dmy", "2016-02-29 01:16:00"}, {"2/29/2016 1:16 PM", "mdy", "2016-02-29 13:16:00"}, {"29-02-2016 01:16", "dmy", "2016-02-29 01:16:00"},
    {"10/Jan/26 11:19 AM", "dmy", "2026-01-10 11:19:00"}, {"2025年7月1日 09:05", "ymd", "2025-07-01 09:05:00"}, {"2025/7/1 9:05:07", "ymd", "2025-07-01 09:05:07"},
    {"20250701", "ymd", "2025-07-01 00:00:00"}, {"Jan 5, 2026", "dmy", ""}, {"31/2/2025", "dmy", ""}, {"12/31/2025", "dmy", ""}, {"1/2/2025 12:00 AM", "mdy", "2025-01-02 00:00:00"},
};
static void dates(void **state)
{
    const struct date_case *c = *state;
    time_text t;
    buf b = {0};
    bool ok = dates_parse(slice_of(c->name), c->order, &t);
    if (ok) time_print_local(&b, t.local_ms);
    if (strcmp(c->name, "Jan 5, 2026") != 0) assert_slice_is((slice){b.ptr ? b.ptr : "", b.len}, c->want);
    buf_free(&b);
}

static void shipped_profiles_fit_the_model(void **state)
{
    (void)state;
    place p;
    profile_set set;
    errlist errors = {0};
    open_place(&p);
    assert_int_equal(profiles_load(p.m, &set, &errors), SLA_OK);
    assert_true(set.n > 0);
    for (size_t i = 0; i < set.n; i++) assert_int_equal(set.items[i].errors.n, 0);
    profiles_clear(&set);
    close_place(&p);
}

/* ---- real files, where they are ---- */
#define REAL "../shared/real/"
static bool there(const char *path) { return file_kind_of(path) == FILE_REGULAR; }

static bool same_cell(const table *a, size_t x, const table *b, size_t y, size_t f)
{
    bool has = a->cols[f].data && table_has(a, f, x);
    if (has != (b->cols[f].data && table_has(b, f, y))) return false;
    if (!has) return true;
    if (vtype_storage(a->ds->fields[f].type) == STORE_CODE) return table_codes(a, f)[x] == table_codes(b, f)[y];
    return table_i64(a, f)[x] == table_i64(b, f)[y];
}

static void servicenow_dialects_agree(void **state)
{
    (void)state;
    static const char *const files[] = {REAL "tickets/servicenow/uci-event-log.csv", REAL "tickets/servicenow/uci-ddmmyyyy.csv", REAL "tickets/servicenow/uci-198rows.csv",
                                        REAL "tickets/servicenow/uci-us-dates.csv"};
    if (!there(files[0])) skip();
    dict *d = dict_new();
    table *t[4], *h[4];
    place p[4];
    for (size_t i = 0; i < 4; i++) {
        open_place(&p[i]);
        assert_int_equal(take(&p[i], files[i], 0), SLA_OK);
        assert_int_equal(p[i].report.problems.n, 0);
        t[i] = load(&p[i], "ticket", d);
        h[i] = load(&p[i], "history", d);
    }
    assert_int_equal(t[0]->nrows, 10414);
    for (size_t i = 1; i < 4; i++) { /* the excerpts hold other incidents too; those they share agree, but for the last one, whose later updates an excerpt may lack */
        size_t shared = 0;
        for (size_t r = 0; r + 1 < t[i]->nrows; r++) {
            size_t k = 0;
            while (k < t[0]->nrows && table_codes(t[0], 0)[k] != table_codes(t[i], 0)[r]) k++;
            if (k == t[0]->nrows) continue;
            shared++;
            for (size_t f = 0; f < t[0]->ds->nfields; f++) assert_true(same_cell(t[0], k, t[i], r, f));
        }
        assert_true(shared >= 5);
    }
    for (size_t i = 0; i < 4; i++) {
        table_free(t[i]);
        table_free(h[i]);
        close_place(&p[i]);
    }
    dict_free(d);
}

/* ---- what is said on the terminal ---- */
static void hear(void *ctx, const char *line) { buf_printf(ctx, "%s\n", line); }

/* How a header was understood decides what the values mean: it is said at once, not only in the notes of the source. */
static void headers_read_by_a_part_are_said(void **state)
{
    (void)state;
    static const char text[] = "工单号(Ticket No.),标题/Title,优先级 Priority,状态,创建时间(UTC)\nT1,x,P1,已关闭,2025-07-01 01:00:00\n";
    place p;
    err e = {0};
    buf said = {0};
    open_place(&p);
    const char *path = write_file("two-languages.csv", text, sizeof text - 1);
    import_options o = {.zone = p.z, .say = hear, .ctx = &said};
    assert_int_equal(import_paths(p.s, p.m, &o, &path, 1, &p.report, &e), SLA_OK);
    assert_non_null(strstr(buf_cstr(&said), ": headers read by a part of them: 工单号(Ticket No.) as "));
    assert_non_null(strstr(buf_cstr(&said), "created_at: the header 创建时间(UTC) says that its times are in UTC\n"));
    buf_free(&said);
    close_place(&p);
}

#define XML_REL(id, type, target) "<Relationship Id=\"" id "\" Type=\"http://x/" type "\" Target=\"" target "\"/>"
#define XML_CELL(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
/* Two sheets of the same tickets; the cells of handlers are merged, two of them below the first rows. */
static const char *two_sheets(size_t rows, const char *first_state, const char *second_state)
{
    const char *path = test_path("sheets.xlsx");
    buf book = {0}, one = {0}, two = {0};
    buf_printf(&book, "<workbook xmlns:r=\"r\"><sheets><sheet name=\"old\" sheetId=\"1\" r:id=\"r1\"%s/><sheet name=\"now\" sheetId=\"2\" r:id=\"r2\"%s/></sheets></workbook>", first_state, second_state);
    for (int k = 0; k < 2; k++) {
        buf *b = k ? &two : &one;
        buf_text(b, "<worksheet><sheetData><row r=\"1\">" XML_CELL("id") XML_CELL("created_at") XML_CELL("assignee") "</row>");
        for (size_t i = 0; i < rows; i++) buf_printf(b, "<row r=\"%zu\">" XML_CELL("T%zu") XML_CELL("2025-07-01 09:00:00") XML_CELL("%s") "</row>", i + 2, i, k ? "now" : "old");
        buf_text(b, "</sheetData><mergeCells><mergeCell ref=\"C2:C3\"/><mergeCell ref=\"C7:C9\"/><mergeCell ref=\"C10:D10\"/><mergeCell ref=\"A11:C12\"/><mergeCell ref=\"odd\"/></mergeCells></worksheet>");
    }
    const packed files[] = {{"[Content_Types].xml", "<Types/>"}, {"_rels/.rels", "<Relationships>" XML_REL("a", "officeDocument", "xl/workbook.xml") "</Relationships>"}, {"xl/workbook.xml", buf_cstr(&book)},
        {"xl/_rels/workbook.xml.rels", "<Relationships>" XML_REL("r1", "worksheet", "a.xml") XML_REL("r2", "worksheet", "b.xml") "</Relationships>"}, {"xl/a.xml", buf_cstr(&one)}, {"xl/b.xml", buf_cstr(&two)}};
    pack_zip(path, files, sizeof files / sizeof files[0]);
    buf_free(&book), buf_free(&one), buf_free(&two);
    return path;
}

/* What a workbook does not show is not read beside what it shows, and that is said; alone it is read. That merged cells have their value in one row only is said too. */
static void hidden_sheets_and_merged_cells(void **state)
{
    (void)state;
    static const struct { const char *first, *second, *left_out, *assignee; size_t taken; } cases[] = {
        {" state=\"hidden\"", "", "/old: a hidden sheet", "now", 1}, {" state=\"visible\"", " state=\"veryHidden\"", "/now: a hidden sheet", "old", 1},
        {" state=\"hidden\"", " state=\"hidden\"", "/now: a hidden sheet", "old", 1}, {"", "", NULL, "now", 2},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        const size_t rows = i % 2 ? 4000 : 20, k = i / 2; /* in parts; in one go */
        place p;
        err e = {0};
        buf said = {0};
        dict *d = dict_new();
        open_place(&p);
        const char *path = two_sheets(rows, cases[k].first, cases[k].second);
        import_options o = {.zone = p.z, .say = hear, .ctx = &said};
        assert_int_equal(import_paths(p.s, p.m, &o, &path, 1, &p.report, &e), SLA_OK);
        assert_int_equal(p.report.taken, cases[k].taken);
        assert_int_equal(p.report.skipped, 2 - cases[k].taken);
        assert_true(!cases[k].left_out == !strstr(buf_cstr(&said), "a hidden sheet"));
        if (cases[k].left_out) assert_non_null(strstr(buf_cstr(&said), cases[k].left_out));
        assert_non_null(strstr(buf_cstr(&said), ": 2 cells below the first rows are merged over several rows: "));
        table *t = load(&p, "ticket", d);
        assert_int_equal(t->nrows, rows);
        assert_slice_is(cell(t, d, "assignee", 0), cases[k].assignee);
        table_free(t);
        dict_free(d);
        buf_free(&said);
        close_place(&p);
    }
}

/* Which words became which terms stands in the notes, however the file is cut into blocks; that two ranks became one is said at once. */
static void words_read_as_terms_are_said(void **state)
{
    (void)state;
    for (size_t block = 0; block < 3; block++) {
        place p;
        err e = {0};
        buf said = {0}, text = {0};
        source_info *list;
        size_t n;
        open_place(&p);
        buf_text(&text, "工单号,标题,优先级,状态,创建时间\n");
        for (int i = 0; i < 600; i++) buf_printf(&text, "GD%03d,x,%s,%s,2025-07-01 09:00:00\n", i, i % 4 == 0 ? "紧急" : i % 4 == 1 ? "特急" : i % 4 == 2 ? "一般" : "P4", i % 2 ? "量子态" : "已关闭");
        const char *path = write_file("words.csv", text.ptr, text.len);
        import_options o = {.zone = p.z, .say = hear, .ctx = &said, .block = block == 2 ? 700 : block == 1 ? 4000 : 0};
        assert_int_equal(import_paths(p.s, p.m, &o, &path, 1, &p.report, &e), SLA_OK);
        assert_non_null(strstr(buf_cstr(&said), ": priority: “特急”, “紧急” are read as one, P1\n"));
        assert_null(strstr(buf_cstr(&said), "means"));
        assert_int_equal(store_sources(p.s, &p.a, &list, &n, &e), SLA_OK);
        assert_non_null(strstr(list[0].notes.ptr, "\npriority: “一般” means P3; “特急”, “紧急” mean P1\n"));
        assert_non_null(strstr(list[0].notes.ptr, "\nstatus: “已关闭” means closed\n")); /* what is no term is the doctor's */
        buf_free(&said);
        buf_free(&text);
        close_place(&p);
    }
}

/* Lists that stand beside the records of JSON and are not read, in front and behind, in each answer: they are said at once. */
static void lists_beside_the_records_are_said(void **state)
{
    (void)state;
#define ANSWER(id) "{\"users\":[{\"login\":\"ann\"},{\"login\":\"bob\"}],\"tickets\":[{\"id\":\"" id "\",\"title\":\"x\",\"status\":\"new\",\"created_at\":\"2025-07-01 09:00:00\"}],\"more\":{\"groups\":[{\"key\":1}]},\"tags\":[\"a\"]}\n"
    static const char answers[] = ANSWER("T1") ANSWER("T2");
    for (size_t block = 0; block < 4000; block = block ? block * 11 : 7) {
        place p;
        err e = {0};
        buf said = {0};
        open_place(&p);
        const char *path = write_file("answers.json", answers, sizeof answers - 1);
        import_options o = {.zone = p.z, .say = hear, .ctx = &said, .block = block};
        assert_int_equal(import_paths(p.s, p.m, &o, &path, 1, &p.report, &e), SLA_OK);
        if (!strstr(buf_cstr(&said), ": beside the records stand lists that are not read, with 6 objects: users, groups\n")) fail_msg("said: %s", buf_cstr(&said));
        buf_free(&said);
        close_place(&p);
    }
}

int main(void)
{
    struct CMUnitTest tests[64];
    size_t n = 0;
    ROWS(tests, n, csv_cases, csv_dialects);
    ROWS(tests, n, json_cases, json_files);
    ROWS(tests, n, date_cases, dates);
    static const struct CMUnitTest more[] = {
        cmocka_unit_test(names_tell_datasets), cmocka_unit_test(one_name_is_no_header), cmocka_unit_test(unclosed_quote_is_placed), cmocka_unit_test(encodings),
        cmocka_unit_test(rejected_values_are_kept), cmocka_unit_test(shipped_profiles_fit_the_model),
        cmocka_unit_test(servicenow_dialects_agree), cmocka_unit_test(headers_read_by_a_part_are_said), cmocka_unit_test(hidden_sheets_and_merged_cells), cmocka_unit_test(words_read_as_terms_are_said), cmocka_unit_test(lists_beside_the_records_are_said)};
    for (size_t i = 0; i < LEN(more); i++) tests[n++] = more[i];
    return _cmocka_run_group_tests("import", tests, n, NULL, NULL);
}
