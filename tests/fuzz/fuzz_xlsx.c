/* Any bytes as the parts of a workbook: the sheet, then behind a byte 0 its strings, then its styles. They are packed as they stand, so that what changes is XML. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "tests/fuzz/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(buf *b, uint32_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) buf_char(b, (char)(v >> (8 * i) & 0xFF));
}

static void add_member(buf *file, buf *directory, const char *name, const void *p, size_t n)
{
    uint32_t crc = (uint32_t)crc32(0, p, (unsigned)n), len = (uint32_t)strlen(name), at = (uint32_t)file->len;
    put(file, 0x04034B50, 4), put(file, 20, 2), put(file, 0, 2), put(file, 0, 2), put(file, 0, 4), put(file, crc, 4), put(file, (uint32_t)n, 4), put(file, (uint32_t)n, 4), put(file, len, 2), put(file, 0, 2);
    buf_bytes(file, name, len);
    buf_bytes(file, p, n);
    put(directory, 0x02014B50, 4), put(directory, 20, 2), put(directory, 20, 2), put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 4), put(directory, crc, 4);
    put(directory, (uint32_t)n, 4), put(directory, (uint32_t)n, 4), put(directory, len, 2), put(directory, 0, 4), put(directory, 0, 2), put(directory, 0, 2), put(directory, 0, 4), put(directory, at, 4);
    buf_bytes(directory, name, len);
}

#define TEXT(s) s, sizeof s - 1
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    buf file = {0}, directory = {0};
    const uint8_t *piece[3] = {data, data + size, data + size};
    size_t len[3] = {size, 0, 0};
    for (int i = 0; i < 2; i++) {
        const uint8_t *zero = len[i] ? memchr(piece[i], 0, len[i]) : NULL;
        if (!zero) break;
        len[i + 1] = len[i] - (size_t)(zero + 1 - piece[i]);
        len[i] = (size_t)(zero - piece[i]);
        piece[i + 1] = zero + 1;
    }
    add_member(&file, &directory, "[Content_Types].xml", TEXT("<Types/>"));
    add_member(&file, &directory, "xl/workbook.xml", TEXT("<workbook><sheets><sheet name='s' r:id='r1' xmlns:r='r'/></sheets></workbook>"));
    add_member(&file, &directory, "xl/_rels/workbook.xml.rels", TEXT("<R><Relationship Id='r1' Type='/worksheet' Target='s.xml'/><Relationship Id='r2' Type='/sharedStrings' Target='t.xml'/><Relationship Id='r3' Type='/styles' Target='u.xml'/></R>"));
    add_member(&file, &directory, "xl/s.xml", piece[0], len[0]);
    if (len[1]) add_member(&file, &directory, "xl/t.xml", piece[1], len[1]);
    if (len[2]) add_member(&file, &directory, "xl/u.xml", piece[2], len[2]);
    uint32_t at = (uint32_t)file.len, n = len[2] ? 6 : len[1] ? 5 : 4;
    buf_bytes(&file, directory.ptr, directory.len);
    put(&file, 0x06054B50, 4), put(&file, 0, 4), put(&file, n, 2), put(&file, n, 2), put(&file, (uint32_t)directory.len, 4), put(&file, at, 4), put(&file, 0, 2);
    if (!file.failed && !directory.failed) fuzz_file_read((const uint8_t *)file.ptr, file.len);
    buf_free(&file);
    buf_free(&directory);
    return 0;
}
