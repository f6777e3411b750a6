#include "importers/zip.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "importers/encoding.h"

enum { MEMBERS_MAX = 100000 };
typedef struct zip_box { container base; container_source src; zip_t *z; uint64_t *index; } zip_box;
typedef struct zip_stream { stream base; zip_file_t *f; const char *shown, *name; uint64_t declared, packed, out; } zip_stream;

static sla_status damaged(const char *shown, const char *member, err *e)
{
    err_set(e, SLA_SYNTAX, (srcpos){shown, 0, 0}, "the zip archive is damaged or cut off%s%s; nothing of it was taken", member ? ", in " : "", member ? member : "");
    err_hint(e, "copy or export it again");
    return SLA_SYNTAX;
}

/* ---- members ---- */
static sla_status member_read(stream *s, char *to, size_t n, size_t *got, err *e)
{
    zip_stream *m = (zip_stream *)s;
    *got = 0;
    while (*got < n) {
        zip_int64_t k = zip_fread(m->f, to + *got, n - *got);
        if (k < 0) return damaged(m->shown, m->name, e);
        if (k == 0) break;
        *got += (size_t)k;
    }
    m->out += *got;
    if (m->out > m->declared || (*got < n && m->out < m->declared)) return damaged(m->shown, m->name, e);
    return stream_check_expansion(m->packed, m->out, m->shown, e);
}

static void member_close(stream *s)
{
    zip_stream *m = (zip_stream *)s;
    zip_fclose(m->f);
    mem_free(m);
}

/* It is known what this is: among the files of a folder it is no stranger that may be passed over. */
static sla_status refused(zip_t *z, const zip_stat_t *st, const char *shown, err *e)
{
    int code = zip_error_code_zip(zip_get_error(z));
    srcpos at = {shown, 0, 0};
    if (st->encryption_method != ZIP_EM_NONE || code == ZIP_ER_NOPASSWD || code == ZIP_ER_WRONGPASSWD) {
        err_set(e, SLA_LIMIT, at, "the archive is protected with a password");
        err_hint(e, "unpack it with the password and import what comes out");
        return SLA_LIMIT;
    }
    if (code == ZIP_ER_COMPNOTSUPP) {
        err_set(e, SLA_LIMIT, at, "the archive is packed by a method that is not read");
        err_hint(e, "unpack it and import what comes out, or pack it again as an ordinary zip");
        return SLA_LIMIT;
    }
    return code == ZIP_ER_MEMORY ? err_set(e, SLA_NOMEM, at, "no memory to unpack the file") : damaged(shown, st->name, e);
}

sla_status zip_member_open(zip_t *z, uint64_t index, const char *shown, stream **out, err *e)
{
    zip_stat_t st;
    if (zip_stat_index(z, index, 0, &st) != 0) return damaged(shown, NULL, e);
    zip_stream *m = mem_zero(1, sizeof *m);
    if (!m) return err_set(e, SLA_NOMEM, (srcpos){shown, 0, 0}, "no memory to unpack the file");
    *m = (zip_stream){{member_read, member_close}, zip_fopen_index(z, index, 0), shown, st.name, st.size, st.comp_size, 0};
    if (!m->f) {
        mem_free(m);
        return refused(z, &st, shown, e);
    }
    *out = &m->base;
    return SLA_OK;
}

static bool same_path(const char *a, const char *b)
{
    while (*a == '/') a++;
    while (*b == '/') b++;
    for (; *a && *b; a++, b++) {
        char x = *a == '\\' ? '/' : *a, y = *b == '\\' ? '/' : *b;
        if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
        if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
        if (x != y) return false;
    }
    return *a == *b;
}

int64_t zip_member_find(zip_t *z, const char *path)
{
    zip_int64_t n = zip_get_num_entries(z, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(z, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        if (name && same_path(name, path)) return i;
    }
    return -1;
}

/* ---- the archive ---- */
/* Names are UTF-8, or else what Windows wrote: GBK where it decodes as Chinese. */
static const char *name_of(zip_box *b, uint64_t i, err *e)
{
    const char *raw = zip_get_name(b->z, i, ZIP_FL_ENC_RAW);
    slice s = slice_of(raw ? raw : "");
    size_t bad;
    decoder *d = NULL;
    buf text = {0};
    uint64_t replaced = 0;
    if (utf8_valid(s.ptr, s.len, &bad)) return arena_strndup(&b->base.mem, s.ptr, s.len);
    sla_status st = decoder_open(encoding_detect(s, true, true).name, &d, e);
    if (st == SLA_OK) st = decoder_add(d, s, true, &text, &replaced);
    decoder_close(d);
    const char *name = st == SLA_OK ? arena_strndup(&b->base.mem, text.ptr, text.len) : NULL;
    buf_free(&text);
    return name;
}

/* Folders, and what Mac and Windows leave in archives beside the files. */
static bool left_out(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || name[n - 1] == '/' || strncmp(name, "__MACOSX/", 9) == 0) return true;
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    return base[0] == '.' || (base[0] == '~' && base[1] == '$') || strcmp(base, "Thumbs.db") == 0;
}

typedef struct entry { const char *name; uint64_t index; } entry;
static int by_name(const void *x, const void *y)
{
    const entry *a = x, *b = y;
    int c = strcmp(a->name, b->name);
    return c ? c : (a->index > b->index) - (a->index < b->index);
}

static sla_status list_entries(zip_box *b, entry *list, size_t *n, err *e)
{
    uint64_t total = 0;
    zip_int64_t count = zip_get_num_entries(b->z, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        zip_stat_t st;
        const char *name = name_of(b, (uint64_t)i, e);
        if (!name) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to unpack the file");
        if (left_out(name)) continue;
        if (zip_stat_index(b->z, (zip_uint64_t)i, 0, &st) != 0 || st.size > UINT64_MAX / 2 - total) return damaged(b->src.shown, NULL, e);
        total += st.size;
        list[(*n)++] = (entry){name, (uint64_t)i};
    }
    /* members may lie on the same bytes: all of them together are held to the limit */
    TRY(stream_check_expansion(b->src.size, total, b->src.shown, e));
    qsort(list, *n, sizeof *list, by_name);
    return SLA_OK;
}

static sla_status list_parts(zip_box *b, err *e)
{
    zip_int64_t count = zip_get_num_entries(b->z, 0);
    size_t n = 0;
    if (count > MEMBERS_MAX) return err_set(e, SLA_LIMIT, (srcpos){b->src.shown, 0, 0}, "more than %d files in the archive", MEMBERS_MAX);
    entry *list = ARENA_NEW(&b->base.mem, entry, (size_t)count + 1);
    if (!list) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to unpack the file");
    TRY(list_entries(b, list, &n, e));
    part *parts = ARENA_NEW(&b->base.mem, part, n + 1);
    b->index = ARENA_NEW(&b->base.mem, uint64_t, n + 1);
    if (!parts || !b->index) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to unpack the file");
    for (size_t i = 0; i < n; i++) {
        parts[i] = (part){.name = list[i].name};
        b->index[i] = list[i].index;
    }
    b->base.parts = parts;
    b->base.nparts = n;
    return SLA_OK;
}

static sla_status open_part(container *c, size_t i, stream **out, err *e)
{
    zip_box *b = (zip_box *)c;
    return zip_member_open(b->z, b->index[i], b->src.shown, out, e);
}

static void close_box(container *c)
{
    zip_box *b = (zip_box *)c;
    if (b->z) zip_discard(b->z);
    mem_free(b);
}

static sla_status archive_open(zip_t *z, const container_source *src, container **out, err *e)
{
    zip_box *b = mem_zero(1, sizeof *b);
    if (!b) return err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to unpack the file");
    b->base = (container){.kind = "zip archive", .open_part = open_part, .close = close_box};
    b->src = *src;
    b->z = z;
    sla_status st = list_parts(b, e);
    if (st == SLA_OK && b->base.nparts == 0) {
        st = err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){src->shown, 0, 0}, "the zip archive holds no files");
        err_hint(e, "pack the exports into it again");
    }
    if (st == SLA_OK) *out = &b->base;
    else {
        b->z = NULL;
        container_close(&b->base);
    }
    return st;
}

/* Office documents of other kinds than workbooks that can be read. */
static sla_status refuse_document(zip_t *z, const container_source *src, err *e)
{
    static const struct { const char *member, *what; } kinds[] = {{"xl/workbook.bin", "a binary Excel workbook (.xlsb)"}, {"word/document.xml", "a Word document"},
        {"ppt/presentation.xml", "a PowerPoint presentation"}, {"META-INF/manifest.xml", "an OpenDocument file (.ods or the like)"}, {"mimetype", "an OpenDocument file (.ods or the like)"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (zip_member_find(z, kinds[i].member) < 0) continue;
        err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){src->shown, 0, 0}, "%s is not read", kinds[i].what);
        err_hint(e, "save the table as .xlsx or .csv and import that");
        return SLA_UNKNOWN_FORMAT;
    }
    return SLA_OK;
}

sla_status zip_file_open(const container_source *src, container **out, err *e)
{
    int code = 0, fd = dup(src->fd);
    if (fd < 0) return err_errno(e, (srcpos){src->shown, 0, 0}, errno, "cannot read");
    zip_t *z = zip_fdopen(fd, 0, &code);
    if (!z) {
        close(fd);
        return code == ZIP_ER_MEMORY ? err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to unpack the file") : damaged(src->shown, NULL, e);
    }
    sla_status st = refuse_document(z, src, e);
    if (st == SLA_OK) st = (zip_member_find(z, "[Content_Types].xml") >= 0 ? xlsx_open : archive_open)(z, src, out, e);
    if (st != SLA_OK) zip_discard(z);
    return st;
}
