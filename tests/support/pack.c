#include "tests/support/pack.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>
#include "importers/container.h"
#include "importers/sheet.h"
#include "tests/support/check.h"

void pack_zip(const char *path, const packed *files, size_t n)
{
    int code;
    unlink(path);
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    assert_non_null(z);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *s = zip_source_buffer(z, files[i].text, strlen(files[i].text), 0);
        assert_non_null(s);
        assert_true(zip_file_add(z, files[i].name, s, ZIP_FL_OVERWRITE) >= 0);
    }
    assert_int_equal(zip_close(z), 0);
}

void pack_gzip(const char *path, const char *text, size_t n)
{
    gzFile g = gzopen(path, "wb");
    assert_non_null(g);
    assert_int_equal(gzwrite(g, text, (unsigned)n), (int)n);
    assert_int_equal(gzclose(g), Z_OK);
}

#define RELS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define REL(id, type, target) "<Relationship Id=\"" id "\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" type "\" Target=\"" target "\"/>"

void pack_workbook(const char *path, const char *rows, const char *strings, const char *styles, bool from_1904)
{
    buf book = {0}, sheet = {0}, sst = {0}, style = {0};
    buf_printf(&book, "<workbook xmlns:r=\"r\"><workbookPr date1904=\"%d\"/><sheets><sheet name=\"ticket\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>", from_1904);
    buf_printf(&sheet, "<worksheet><sheetData>%s</sheetData></worksheet>", rows);
    buf_printf(&sst, "<sst>%s</sst>", strings ? strings : "");
    buf_printf(&style, "<styleSheet>%s</styleSheet>", styles ? styles : "");
    const packed files[] = {{"[Content_Types].xml", "<Types/>"}, {"_rels/.rels", RELS REL("a", "officeDocument", "xl/workbook.xml") "</Relationships>"}, {"xl/workbook.xml", buf_cstr(&book)},
        {"xl/_rels/workbook.xml.rels", RELS REL("r1", "worksheet", "worksheets/sheet1.xml") REL("r2", "sharedStrings", "sharedStrings.xml") REL("r3", "styles", "/xl/styles.xml") "</Relationships>"},
        {"xl/worksheets/sheet1.xml", buf_cstr(&sheet)}, {"xl/sharedStrings.xml", buf_cstr(&sst)}, {"xl/styles.xml", buf_cstr(&style)}};
    pack_zip(path, files, sizeof files / sizeof files[0]);
    buf_free(&book), buf_free(&sheet), buf_free(&sst), buf_free(&style);
}

static void dump_part(container *box, size_t i, buf *out)
{
    stream *s = NULL;
    err e = {0};
    char piece[37]; /* odd on purpose: parts are cut anywhere */
    size_t got = 1;
    buf_printf(out, "[%s]\n", box->parts[i].name);
    sla_status st = container_part(box, i, &s, &e);
    while (st == SLA_OK && got) {
        st = stream_read(s, piece, sizeof piece, &got, &e);
        for (size_t k = 0; st == SLA_OK && k < got; k++) buf_char(out, box->parts[i].table && piece[k] == SHEET_CELL ? '|' : box->parts[i].table && piece[k] == SHEET_ROW ? '\n' : piece[k]);
    }
    if (st != SLA_OK) buf_printf(out, "!%s\n", e.msg);
    stream_close(s);
}

void pack_dump(const char *path, buf *out)
{
    struct stat st;
    char head[4096];
    err e = {0};
    container *box = NULL;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    ssize_t n = pread(fd, head, sizeof head, 0);
    container_source src = {fd, (uint64_t)st.st_size, "file", NULL};
    if (container_open(&src, (slice){head, (size_t)n}, &box, &e) != SLA_OK) buf_printf(out, "!%s\n", e.msg);
    else if (!box) buf_text(out, "no container\n");
    for (size_t i = 0; box && i < box->nparts; i++) dump_part(box, i, out);
    container_close(box);
    close(fd);
}
