/* Dialects found, records cut and cells read: own small texts, and files of others with their truth. */
#include <unistd.h>
#include "engine/base/file.h"
#include "importers/csv.h"
#include "importers/sheet.h"
#include "tests/support/check.h"

/* All records of a text as "a|b¶c|d¶": what the importer sees. */
static void read_all(slice text, csv_dialect d, buf *out)
{
    cells c;
    uint32_t line = 1, nlines;
    uint64_t ragged = 0;
    size_t open;
    sla_status st;
    assert_int_equal(cells_init(&c, 16), SLA_OK);
    text.len = csv_cut(d, text, true, &nlines, &open);
    while (text.len) {
        cells_reset(&c);
        size_t used = csv_cells(d, text, &line, &c, &ragged, &st);
        assert_int_equal(st, SLA_OK);
        assert_true(used > 0);
        text = (slice){text.ptr + used, text.len - used};
        for (size_t r = 0; r < c.nrows; r++)
            for (size_t k = 0; k <= c.ncols && (k == c.ncols || c.at[k * CELLS_ROWS + r].ptr); k++) {
                if (k == c.ncols) break;
                buf_text(out, k ? "|" : r || out->len ? "\xC2\xB6" : "");
                buf_slice(out, c.at[k * CELLS_ROWS + r]);
            }
    }
    cells_clear(&c);
}

static const struct dialect_case { const char *name, *text, *dialect, *cells; } cases[] = {
    {"commas", "a,b\n1,2\n", ",\"", "a|b\xC2\xB6" "1|2"},
    {"semicolons around decimal commas", "a;b\n1,5;2,5\n3,5;4,5\n", ";\"", "a|b\xC2\xB6" "1,5|2,5\xC2\xB6" "3,5|4,5"},
    {"tabs", "a\tb\n1, 2\t3\n", "\t\"", "a|b\xC2\xB6" "1, 2|3"},
    {"bars", "a|b\n1|2\n", "|\"", "a|b\xC2\xB6" "1|2"},
    {"carets", "a^b\n1^2\n", "^\"", "a|b\xC2\xB6" "1|2"},
    {"Excel's sep line", "sep=;\na;b,c\n1;2\n", ";\"", "sep=|\xC2\xB6" "a|b,c\xC2\xB6" "1|2"},
    {"single quotes", "'a','b'\n'1,1','it''s'\n", ",'", "a|b\xC2\xB6" "1,1|it's"},
    {"apostrophes are no quotes", "a,b\n'tis,x\nit's,y\n", ",\"", "a|b\xC2\xB6'tis|x\xC2\xB6it's|y"},
    {"a value in apostrophes", "a,b\n'x',1\ny,2\nz,3\n", ",\"", "a|b\xC2\xB6'x'|1\xC2\xB6y|2\xC2\xB6z|3"},
    {"one value in single quotes that needs them", "a;b\nx;1\n'y, z';2\n", ";'", "a|b\xC2\xB6x|1\xC2\xB6y, z|2"},
    {"doubled quotes", "a,b\n\"say \"\"ha\"\"\",2\n", ",\"", "a|b\xC2\xB6say \"ha\"|2"},
    {"quotes escaped by a backslash", "\"a\",\"b\"\n\"say \\\"ha\\\" now\",\"2\"\n", ",\"\\", "a|b\xC2\xB6say \"ha\" now|2"},
    {"delimiters escaped by a backslash", "a,b\nx\\,y,1\nz,2\n", ",\"\\", "a|b\xC2\xB6x,y|1\xC2\xB6z|2"},
    {"a path that ends in a backslash", "\"a\",\"b\"\n\"C:\\dir\\\",\"x\"\n\"D:\\\",\"y\"\n", ",\"", "a|b\xC2\xB6" "C:\\dir\\|x\xC2\xB6" "D:\\|y"},
    {"backslashes that escape nothing", "\"a\",\"b\"\n\"say \\\"ha\\\" C:\\new\",\"2\"\n", ",\"\\", "a|b\xC2\xB6say \"ha\" C:\\new|2"},
    {"CRLF", "a,b\r\n1,2\r\n", ",\"", "a|b\xC2\xB6" "1|2"},
    {"CR alone, with line feeds in a cell", "a,b\r\"x\ny\",2\r", ",\"", "a|b\xC2\xB6x\ny|2"},
    {"CRLF with a line feed in the header", "\"a\nb\",c\r\n1,2\r\n", ",\"", "a\nb|c\xC2\xB6" "1|2"},
    {"text behind a closing quote", "a,b\n\"x\" y,2\n", ",\"", "a|b\xC2\xB6xy|2"},
    {"no last line end", "a,b\n1,\"2\"", ",\"", "a|b\xC2\xB6" "1|2"},
    {"empty cells", "a,b,c\n,,\n1,\"\",\n", ",\"", "a|b|c\xC2\xB6||\xC2\xB6" "1||"},
    {"a title above the table", "Tickets of July\n\na;b\n1;2\n3;4\n", ";\"", "Tickets of July\xC2\xB6" "a|b\xC2\xB6" "1|2\xC2\xB6" "3|4"},
    {"tabs within the quotes of one cell", "at,host,message\n1,a,\"User:\tbob\tfrom:\t10.0.0.9\"\n2,b\n3,c,\"User:\teve\tfrom:\t10.0.0.9\"\n4,d\n5,e,\"User:\tann\tfrom:\t10.0.0.9\"\n", ",\"",
     "at|host|message\xC2\xB6" "1|a|User:\tbob\tfrom:\t10.0.0.9\xC2\xB6" "2|b\xC2\xB6" "3|c|User:\teve\tfrom:\t10.0.0.9\xC2\xB6" "4|d\xC2\xB6" "5|e|User:\tann\tfrom:\t10.0.0.9"},
    {"text with commas between few bars", "a|b\nx, y, z|1\np, q|2\n", "|\"", "a|b\xC2\xB6x, y, z|1\xC2\xB6p, q|2"},
};

static void dialect_is_found(void **state)
{
    const struct dialect_case *t = *state;
    bool certain;
    buf out = {0};
    slice text = slice_of(t->text);
    csv_dialect d = csv_guess(text, &certain);
    char got[4] = {d.delimiter, d.quote, d.escape, '\0'};
    assert_true(certain);
    assert_string_equal(got, t->dialect);
    read_all(text, d, &out);
    assert_string_equal(buf_cstr(&out), t->cells);
    buf_free(&out);
}

/* Wherever a block ends, records are the same: csv_cut on growing prefixes never ends within one. */
static void cuts_are_record_ends(void **state)
{
    const struct dialect_case *t = *state;
    bool certain;
    slice text = slice_of(t->text);
    csv_dialect d = csv_guess(text, &certain);
    buf whole = {0}, parts = {0};
    read_all(text, d, &whole);
    for (size_t block = 1; block <= text.len; block++) {
        size_t from = 0, have = 0, open;
        uint32_t nlines;
        buf_reset(&parts);
        while (from < text.len) {
            have = have + block < text.len ? have + block : text.len;
            slice seen = {text.ptr + from, have - from};
            size_t n = csv_cut(d, seen, have == text.len, &nlines, &open);
            read_all((slice){seen.ptr, n}, d, &parts);
            from += n;
            if (have == text.len) break;
        }
        assert_string_equal(buf_cstr(&parts), buf_cstr(&whole));
    }
    buf_free(&whole);
    buf_free(&parts);
}

/* ---- files of others ---- */
#define SPECTRUM "../shared/real/odd/csv-spectrum/"
#define CLEVER "../shared/real/odd/clevercsv/example/"

static void put_json_text(buf *out, slice s)
{
    buf_char(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\') buf_char(out, '\\');
        if (s.ptr[i] == '\n') buf_text(out, "\\n");
        else if (s.ptr[i] == '\r') buf_text(out, "\\r");
        else buf_char(out, s.ptr[i]);
    }
    buf_char(out, '"');
}

/* A CSV text as the array of objects that csv-spectrum writes for it, without blanks. */
static void as_json(slice text, buf *out)
{
    bool certain;
    cells c;
    uint32_t line = 1, nlines;
    uint64_t ragged = 0;
    size_t open;
    sla_status st;
    csv_dialect d = csv_guess(text, &certain);
    assert_int_equal(cells_init(&c, 8), SLA_OK);
    text.len = csv_cut(d, text, true, &nlines, &open);
    assert_int_equal(csv_cells(d, text, &line, &c, &ragged, &st), text.len);
    buf_char(out, '[');
    for (size_t r = 1; r < c.nrows; r++) {
        buf_text(out, r > 1 ? ",{" : "{");
        for (size_t k = 0; k < c.ncols && c.at[k * CELLS_ROWS].ptr; k++) {
            buf_text(out, k ? "," : "");
            put_json_text(out, c.at[k * CELLS_ROWS]);
            buf_char(out, ':');
            put_json_text(out, c.at[k * CELLS_ROWS + r]);
        }
        buf_char(out, '}');
    }
    buf_char(out, ']');
    cells_clear(&c);
}

static void without_blanks(buf *b)
{
    size_t n = 0;
    bool quoted = false;
    for (size_t i = 0; i < b->len; i++) {
        char c = b->ptr[i];
        if (quoted && c == '\\') {
            b->ptr[n++] = c;
            c = b->ptr[++i];
        } else if (c == '"') quoted = !quoted;
        else if (!quoted && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) continue;
        b->ptr[n++] = c;
    }
    b->len = n;
}

static void spectrum_gives_its_truth(void **state)
{
    static const char *const names[] = {"comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8"};
    (void)state;
    if (access(SPECTRUM, R_OK) != 0) skip();
    for (size_t i = 0; i < LEN(names); i++) {
        buf text = {0}, truth = {0}, path = {0}, got = {0};
        err e = {0};
        buf_printf(&path, SPECTRUM "csvs/%s.csv", names[i]);
        assert_int_equal(file_read(buf_cstr(&path), 1 << 20, &text, &e), SLA_OK);
        buf_reset(&path);
        buf_printf(&path, SPECTRUM "json/%s.json", names[i]);
        assert_int_equal(file_read(buf_cstr(&path), 1 << 20, &truth, &e), SLA_OK);
        without_blanks(&truth);
        as_json((slice){text.ptr, text.len}, &got);
        assert_string_equal(buf_cstr(&got), buf_cstr(&truth));
        buf_free(&text), buf_free(&truth), buf_free(&path), buf_free(&got);
    }
}

static void clevercsv_dialects(void **state)
{
    static const struct { const char *file, *dialect; } truths[] = {{"airedale.csv", ",\""}, {"imdb.csv", ",\"\\"}, {"milk.csv", "\t\""}};
    (void)state;
    if (access(CLEVER, R_OK) != 0) skip();
    for (size_t i = 0; i < LEN(truths); i++) {
        buf text = {0}, path = {0};
        err e = {0};
        bool certain;
        buf_printf(&path, CLEVER "%s", truths[i].file);
        assert_int_equal(file_read(buf_cstr(&path), 1 << 24, &text, &e), SLA_OK);
        csv_dialect d = csv_guess((slice){text.ptr, text.len < 1 << 20 ? text.len : 1 << 20}, &certain);
        char got[4] = {d.delimiter, d.quote, d.escape, '\0'};
        assert_string_equal(got, truths[i].dialect);
        buf_free(&text), buf_free(&path);
    }
}

/* What a sheet shows of a number, which becomes a cell's text. */
static const struct shown { const char *name, *code; double value; const char *text; } shown[] = {
    {"a share", "0%", 0.9, "90%"}, {"a share with decimals", "0.00%;[Red]-0.00%", 0.07, "7%"}, {"a whole share", "#,##0%", 1, "100%"},
    {"a sign that is text", "0\"%\"", 0.9, "0.9"}, {"a sign of the second section", "0;-0%", 0.9, "0.9"}, {"a day", "yyyy-mm-dd", 45851, "2025-07-13"},
};
static void number_is_shown(void **state)
{
    const struct shown *c = *state;
    buf out = {0};
    sheet_writer w = {.out = &out};
    sheet_number(&w, c->value, sheet_code_form(slice_of(c->code)), false);
    assert_string_equal(buf_cstr(&out), c->text);
    buf_free(&out);
}

static void built_in_shares(void **state)
{
    (void)state;
    assert_int_equal(sheet_builtin_form(9), FORM_PERCENT);
    assert_int_equal(sheet_builtin_form(10), FORM_PERCENT);
    assert_int_equal(sheet_builtin_form(11), SERIAL_NONE);
}

int main(void)
{
    struct CMUnitTest tests[2 * LEN(cases) + LEN(shown) + 3] = {cmocka_unit_test(spectrum_gives_its_truth), cmocka_unit_test(clevercsv_dialects), cmocka_unit_test(built_in_shares)};
    size_t n = 3;
    ROWS(tests, n, shown, number_is_shown);
    ROWS(tests, n, cases, dialect_is_found);
    ROWS(tests, n, cases, cuts_are_record_ends);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
