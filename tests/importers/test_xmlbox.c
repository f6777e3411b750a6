/* XML documents as records of JSON, and what hostile ones try. */
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pack.h"

#define BOOK "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' xmlns:s='urn:schemas-microsoft-com:office:spreadsheet'>"
static const struct document_case { const char *name, *text, *want; } cases[] = {
    {"records on the lines they begin on", "<?xml version='1.0'?>\n<r>\n\n<t><id>1</id><a>x</a><b>y\nz</b></t><t><id>2</id><a/><b>w</b></t>\n\n</r>\n",
     "[]\n[\n\n\n{\"id\":\"1\",\"a\":\"x\",\"b\":\"y\\nz\"}\n,{\"id\":\"2\",\"a\":\"\",\"b\":\"w\"}]"},
    {"attributes are members", "<r><t id='1' s:href='/1'><a/><who id='9' name='Ann'/></t></r>", "[]\n[{\"id\":\"1\",\"s:href\":\"/1\",\"a\":\"\",\"who\":{\"id\":\"9\",\"name\":\"Ann\"}}]"},
    {"a text with attributes", "<r><t><id>1</id><s no='5'>Open &amp; <![CDATA[<hot>]]></s><b>2</b></t></r>", "[]\n[{\"id\":\"1\",\"s\":\"Open & <hot>\",\"s.no\":\"5\",\"b\":\"2\"}]"},
    {"an element that comes twice is a list everywhere", "<r><t><id>1</id><a>2</a><b>3</b><c>4</c><a>5</a></t><t><id>6</id><a>7</a><b>8</b></t></r>",
     "[]\n[{\"id\":\"1\",\"a\":[\"2\",\"5\"],\"b\":\"3\",\"c\":\"4\"},{\"id\":\"6\",\"a\":[\"7\"],\"b\":\"8\"}]"},
    {"a list that says so", "<r><t><id>1</id><b>2</b><c>3</c><l type='array'><i n='1'>x</i></l></t><t><id>4</id><b>5</b><c>6</c><l type='array'/></t></r>",
     "[]\n[{\"id\":\"1\",\"b\":\"2\",\"c\":\"3\",\"l\":[{\"text\":\"x\",\"n\":\"1\"}]},{\"id\":\"4\",\"b\":\"5\",\"c\":\"6\",\"l\":[]}]"},
    {"one record whose list is longer", "<r><t><id>1</id><a>2</a><b>3</b><c>4</c><n><w>5</w></n><n><w>6</w></n></t></r>", "[]\n[{\"id\":\"1\",\"a\":\"2\",\"b\":\"3\",\"c\":\"4\",\"n\":[{\"w\":\"5\"},{\"w\":\"6\"}]}]"},
    {"a wrapper with values of its own", "<r><ch><t>1</t><l>2</l><d>3</d><it><a>1</a><b>2</b><c>3</c><d>4</d><e>5</e><f>6</f><g>7</g></it></ch></r>",
     "[]\n[{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\",\"e\":\"5\",\"f\":\"6\",\"g\":\"7\"}]"},
    {"what is said of pages stands around the list", "<r total_count='812' offset='0' type='array'><t><id>1</id><a>2</a><b>3</b></t><meta at='x'><page>1</page><last-page> 9 </last-page></meta></r>",
     "[]\n{\"total_count\":\"812\",\"page\":\"1\",\"last-page\":\"9\",\"t\":[{\"id\":\"1\",\"a\":\"2\",\"b\":\"3\"}]}"},
    {"what Jira says of pages", "<r><ch><t>count</t><issue start='0' end='1' total='57'/><it><a>1</a><b>2</b><c>3</c><d>4</d></it></ch></r>",
     "[]\n{\"total\":\"57\",\"it\":[{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\"}]}"},
    {"numbers of other things", "<r><count>7</count><count>8</count><facet total='9'/><total>a text that is too long to be a number</total><t total='5'><id>1</id><a>2</a><b>3</b><c>4</c><d>5</d><e>6</e></t></r>",
     "[]\n[{\"total\":\"5\",\"id\":\"1\",\"a\":\"2\",\"b\":\"3\",\"c\":\"4\",\"d\":\"5\",\"e\":\"6\"}]"},
    {"prefixes and a root that is the record", "<n:t xmlns:n='u'><n:id>1</n:id><n:a>2</n:a><n:b>3</n:b></n:t>", "[]\n[{\"id\":\"1\",\"a\":\"2\",\"b\":\"3\"}]"},
    {"a document type that is only named", "<!DOCTYPE r SYSTEM 'http://h/r.dtd'>\n<r><t><id>1</id><a>&lt;</a><b>3</b></t></r>", "[]\n[\n{\"id\":\"1\",\"a\":\"<\",\"b\":\"3\"}]"},
    {"an entity of that", "<!DOCTYPE r SYSTEM 'http://h/r.dtd'><r><t><id>1</id><a>&x;</a><b>3</b></t></r>", "!an entity that only its document type could explain, which is not fetched; nothing of it was taken\n"},
    {"entities of entities", "<!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><r><t><id>&b;</id><a>2</a><b>3</b></t></r>", "!a document type with entities of its own, which no export has; nothing of it was taken\n"},
    {"a file from elsewhere", "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><r><t><id>&x;</id><a>2</a><b>3</b></t></r>", "!a document type with entities of its own, which no export has; nothing of it was taken\n"},
    {"cut off", "<r>\n<t><id>1</id><a>2</a><b>3</b></t>\n<t><id>2", "!the XML within is damaged (line 3: no element found); nothing of it was taken\n"},
    {"no records", "<svg><g><path d='M0'/></g></svg>", "!XML without records: no element holds three values or more\n"},
    {"Latin-1", "<?xml version='1.0' encoding='ISO-8859-1'?><r><t><id>1</id><a>\xE9</a><b>3</b></t></r>", "[]\n[{\"id\":\"1\",\"a\":\"\xC3\xA9\",\"b\":\"3\"}]"},
    {"a workbook", "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>" BOOK "<Worksheet s:Name='a'><Table><Row><Cell><Data s:Type='String'>id</Data></Cell><Cell><Data s:Type='String'>t</Data></Cell>"
     "</Row><Row s:Index='3'><Cell s:Index='2'><Data s:Type='DateTime'>2025-07-01T09:00:00.000</Data><Comment><s:Data>no</s:Data></Comment></Cell></Row></Table></Worksheet>"
     "<Worksheet s:Name='b'><Table><Row><Cell><Data s:Type='Number'>1</Data></Cell></Row></Table></Worksheet></Workbook>", "[a]\nid|t\n\n|2025-07-01T09:00:00.000[b]\n1"},
    {"a workbook whose cells go back", BOOK "<Worksheet s:Name='a'><Table><Row s:Index='5'><Cell><Data>x</Data></Cell></Row><Row s:Index='2'><Cell><Data>y</Data></Cell></Row></Table></Worksheet></Workbook>",
     "[a]\n!a cell beyond the limits of a sheet, or out of order; nothing of it was taken\n"},
    {"a workbook whose rows stand outside of sheets", BOOK "<Table><Row><Cell><Data>x</Data></Cell><Cell><Data>y</Data></Cell></Row></Table></Workbook>", "!an XML workbook without a sheet\n"},
    {"a workbook without a sheet", BOOK "<Styles/></Workbook>", "!an XML workbook without a sheet\n"},
    {"GBK", "<?xml version='1.0' encoding='gb2312'?><r><t><id>1</id><a>\xB4\xF2\xD3\xA1\xBB\xFA</a><b>\xE9\x46</b></t></r>", "[]\n[{\"id\":\"1\",\"a\":\"打印机\",\"b\":\"镕\"}]"},
    {"a byte order mark that knows better", "\xEF\xBB\xBF<?xml version='1.0' encoding='gb2312'?><r><t><id>1</id><a>打印机</a><b>3</b></t></r>", "[]\n[{\"id\":\"1\",\"a\":\"打印机\",\"b\":\"3\"}]"},
    {"Windows-1252", "<?xml version='1.0' encoding='windows-1252'?><r><t><id>1</id><a>\x80\xE9</a><b>3</b></t></r>", "[]\n[{\"id\":\"1\",\"a\":\"€é\",\"b\":\"3\"}]"},
    {"half a character", "<?xml version='1.0' encoding='gbk'?><r><t><id>1</id><a>\xB4</a><b>3</b></t></r>", "!the XML within is damaged (line 1: not well-formed (invalid token)); nothing of it was taken\n"},
    {"an encoding that nobody knows", "<?xml version='1.0' encoding='x-none'?><r><t><id>1</id><a>2</a><b>3</b></t></r>", "!the XML within is damaged (line 1: unknown encoding); nothing of it was taken\n"},
    {"Windows events are left to the log", "<Events><Event><System><EventID>1</EventID></System></Event></Events>", "no container\n"},
    {"a line that begins with a tag is none", "<info> the service started\n<warn> it stopped\n", "no container\n"},
};

static void dump(const char *text, size_t n, buf *out)
{
    const char *path = test_path("records.xml");
    err e = {0};
    assert_int_equal(file_write(path, text, n, &e), SLA_OK);
    pack_dump(path, out);
}

/* As a shell writes a document anew that says UTF-8 of itself. */
static void wide_that_says_it_is_not(void **state)
{
    (void)state;
    static const char text[] = "<?xml version='1.0' encoding='UTF-8'?><r><t><id>1</id><a>2</a><b>3</b></t></r>";
    char wide[2 * sizeof text] = "\xFF\xFE";
    buf out = {0};
    for (size_t i = 0; i + 1 < sizeof text; i++) wide[2 * i + 2] = text[i];
    dump(wide, sizeof wide, &out);
    assert_string_equal(buf_cstr(&out), "[]\n[{\"id\":\"1\",\"a\":\"2\",\"b\":\"3\"}]");
    buf_free(&out);
}

static void each_document(void **state)
{
    const struct document_case *c = *state;
    buf out = {0};
    dump(c->text, strlen(c->text), &out);
    assert_string_equal(buf_cstr(&out), c->want);
    buf_free(&out);
}

static void deep_many_and_long(void **state)
{
    static const struct { const char *once, *more; size_t n; const char *end, *want; } bombs[] = {
        {"<r><t><id>1</id><a>2</a><b>3</b>", "<x>", 100000, "", "nested too deeply"},
        {"<r><t><id>1</id><a>2</a><b>3</b><c>", "<x>", 40, "</x>", "nested too deeply"},
        {"<r><t><id>1</id><a>2</a><b>", "long text ", 2000000, "</b></t></r>", "a record of more than 16 MiB"},
        {"<r><t><id>1</id><a>2</a><b>3</b>", "<c/>", 400000, "</t></r>", "a record of more than 16 MiB"},
    };
    (void)state;
    for (size_t i = 0; i < LEN(bombs); i++) {
        buf text = {0}, out = {0};
        buf_text(&text, bombs[i].once);
        for (size_t k = 0; k < bombs[i].n; k++) buf_text(&text, bombs[i].more);
        for (size_t k = 0; i == 1 && k < bombs[i].n; k++) buf_text(&text, bombs[i].end);
        buf_text(&text, i == 1 ? "</c></t></r>" : bombs[i].end);
        dump(text.ptr, text.len, &out);
        assert_non_null(strstr(buf_cstr(&out), bombs[i].want));
        buf_free(&out);
        buf_free(&text);
    }
    buf text = {0}, out = {0};
    buf_text(&text, "<r>");
    for (int k = 0; k < 3000; k++) buf_printf(&text, "<e%d/>", k);
    buf_text(&text, "</r>");
    dump(text.ptr, text.len, &out);
    assert_non_null(strstr(buf_cstr(&out), "elements of more than 2048 kinds"));
    buf_free(&out);
    buf_free(&text);
}

static void memory_runs_out(void **state)
{
    const struct document_case *c = *state;
    bool worked = c->want[0] != '[';
    EACH_ALLOCATION_FAILS(n, worked) {
        buf out = {0};
        const char *path = test_path("records.xml");
        err e = {0};
        assert_int_equal(file_write(path, c->text, strlen(c->text), &e), SLA_OK);
        buf_reserve(&out, 4096);
        mem_fail_after(n);
        pack_dump(path, &out);
        mem_fail_after(-1);
        worked = strcmp(buf_cstr(&out), c->want) == 0;
        if (!worked) assert_true(strchr(buf_cstr(&out), '!') || strstr(buf_cstr(&out), "no container"));
        buf_free(&out);
    }
    assert_true(worked);
}

int main(void)
{
    struct CMUnitTest tests[2 * LEN(cases) + 2] = {cmocka_unit_test(deep_many_and_long), cmocka_unit_test(wide_that_says_it_is_not)};
    size_t n = 2;
    ROWS(tests, n, cases, each_document);
    ROWS(tests, n, cases, memory_runs_out);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
