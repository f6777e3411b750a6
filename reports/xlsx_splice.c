/* The sheet's XML: rows made in parts, each part deflated for itself; deflate streams may be joined where they were flushed (RFC 1951), checksums too. */
#include <math.h>
#include <stdio.h>
#include <zlib.h>
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/base/progress.h"
#include "engine/base/utf8.h"
#include "engine/time/instant.h"
#include "reports/xlsx_splice.h"
#include "reports/zip.h"

enum { PART_ROWS = 4096, COLS_MAX = 64, LEVEL = 2 };

typedef struct maker { const splice *job; const document *d; unsigned styles[COLS_MAX]; zip_part *parts; } maker;

static bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static bool looks_escaped(const char *p, size_t n) { return n >= 7 && p[1] == 'x' && is_hex(p[2]) && is_hex(p[3]) && is_hex(p[4]) && is_hex(p[5]) && p[6] == '_'; }

static void escape_odd(buf *out, const char *p, size_t left, size_t *taken)
{
    uint32_t cp;
    *taken = utf8_decode(p, left, &cp);
    if (cp == 0xFFFD && *taken == 1) buf_text(out, "\xEF\xBF\xBD");
    else if (cp == 0xFFFE || cp == 0xFFFF) return;
    else buf_bytes(out, p, *taken);
}

void xlsx_escape(buf *out, slice s)
{
    size_t run = 0, i = 0;
    bool sound = utf8_valid(s.ptr, s.len, NULL);
    while (i < s.len) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool plain = c >= 0x20 && c != '&' && c != '<' && c != '>' && c != '_' && (c < 0x80 || (sound && c != 0xEF));
        if (plain) {
            i++;
            continue;
        }
        buf_bytes(out, s.ptr + run, i - run);
        size_t taken = 1;
        if (c == '&') buf_text(out, "&amp;");
        else if (c == '<') buf_text(out, "&lt;");
        else if (c == '>') buf_text(out, "&gt;");
        else if (c == '_') buf_text(out, looks_escaped(s.ptr + i, s.len - i) ? "_x005F_" : "_");
        else if (c == '\t' || c == '\n') buf_char(out, (char)c);
        else if (c >= 0x80) escape_odd(out, s.ptr + i, s.len - i, &taken);
        i += taken;
        run = i;
    }
    buf_bytes(out, s.ptr + run, s.len - run);
}

static size_t put_name(char *at, size_t col, size_t row)
{
    size_t n = 0;
    if (col >= 26) at[n++] = (char)('A' + col / 26 - 1);
    at[n++] = (char)('A' + col % 26);
    char digits[24];
    size_t k = 0;
    do digits[k++] = (char)('0' + row % 10); while ((row /= 10) > 0);
    while (k > 0) at[n++] = digits[--k];
    return n;
}

static void put_cell(buf *b, const maker *m, const cell *c, size_t col, size_t row)
{
    char name[32];
    buf_text(b, "<c r=\"");
    buf_bytes(b, name, put_name(name, col, row));
    buf_text(b, "\" s=\"");
    buf_i64(b, m->styles[col]);
    if (c->kind == CELL_TEXT && c->formula.len > 1) {
        buf_text(b, "\" t=\"str\"><f>");
        xlsx_escape(b, (slice){c->formula.ptr + 1, c->formula.len - 1});
        buf_text(b, "</f><v>");
        xlsx_escape(b, c->text);
        buf_text(b, "</v></c>");
    } else if (c->kind == CELL_TEXT) {
        buf_text(b, "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        xlsx_escape(b, (slice){c->text.ptr, c->text.len < 32000 ? c->text.len : 32000});
        buf_text(b, "</t></is></c>");
    } else if (c->kind == CELL_EMPTY || c->kind == CELL_INTERVAL || !isfinite(c->num)) {
        buf_text(b, "\"/>");
    } else {
        double v = c->kind == CELL_DURATION ? c->num / (double)MS_DAY : c->kind == CELL_TIME ? (double)zone_to_local(m->d->z, (int64_t)c->num) / (double)MS_DAY + 25569 : c->num;
        buf_text(b, "\"><v>");
        if (v == floor(v) && fabs(v) < 1e15) buf_i64(b, (int64_t)v);
        else buf_printf(b, "%.16g", v);
        buf_text(b, "</v></c>");
    }
}

size_t xlsx_text_lines(slice s, double chars)
{
    size_t lines = 0;
    if ((double)s.len <= chars) return s.len > 0 && memchr(s.ptr, '\n', s.len) != NULL ? 2 : 1;
    while (s.len > 0) {
        const char *lf = memchr(s.ptr, '\n', s.len);
        size_t n = lf == NULL ? s.len : (size_t)(lf - s.ptr);
        lines += 1 + (size_t)((double)utf8_width(s.ptr, n) / (chars + 1));
        s = lf == NULL ? (slice){NULL, 0} : (slice){lf + 1, s.len - n - 1};
    }
    return lines;
}

size_t xlsx_row_lines(const tablet *t, const cell *cells)
{
    size_t most = 1;
    for (size_t c = 0; c < t->ncols; c++) {
        if (cells[c].kind != CELL_TEXT || cells[c].cut) continue;
        size_t n = xlsx_text_lines(cells[c].text, t->cols[c].chars > 0 ? t->cols[c].chars : 12);
        if (n > most) most = n;
    }
    return most < 25 ? most : 25;                     /* a row is at most 409 points high */
}

static sla_status make_part(void *ctx, size_t part, err *e)
{
    maker *m = ctx;
    const tablet *t = m->job->t;
    size_t from = m->job->from + part * PART_ROWS, upto = from + PART_ROWS < m->job->upto ? from + PART_ROWS : m->job->upto;
    buf xml = {0};
    arena texts_of_row = {0};
    cell cells[COLS_MAX];
    sla_status st = SLA_OK;
    for (size_t r = from; r < upto && st == SLA_OK; r++) {
        size_t row = m->job->row + 1 + (r - m->job->from);
        memset(cells, 0, t->ncols * sizeof *cells);
        t->row(t->ctx, r, &texts_of_row, cells);
        buf_text(&xml, "<row r=\"");
        buf_i64(&xml, (int64_t)row);
        size_t lines = xlsx_row_lines(t, cells);
        if (lines > 1) buf_text(&xml, "\" customHeight=\"1\" ht=\""), buf_i64(&xml, (int64_t)lines * XLSX_LINE_HEIGHT);
        buf_text(&xml, "\">");
        for (size_t c = 0; c < t->ncols; c++) put_cell(&xml, m, &cells[c], c, row);
        buf_text(&xml, "</row>");
        if (r % 256 == 255) arena_free(&texts_of_row);
        if (xml.failed || texts_of_row.failed) st = SLA_NOMEM;
    }
    progress_add(0, upto - from);
    arena_free(&texts_of_row);
    if (st == SLA_OK) st = zip_pack((slice){xml.ptr, xml.len}, LEVEL, false, &m->parts[part]);
    buf_free(&xml);
    return st == SLA_OK ? SLA_OK : err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the workbook");
}

/* Where the template row ends in the sheet's XML, and the style of each of its cells. */
static const char *read_template(maker *m, const char *xml)
{
    char want[48];
    snprintf(want, sizeof want, "<row r=\"%zu\"", m->job->row);
    const char *row = strstr(xml, want), *end = row == NULL ? NULL : strstr(row, "</row>");
    for (size_t c = 0; end != NULL && c < m->job->t->ncols; c++) {
        char cell_name[48], name[32];
        name[put_name(name, c, m->job->row)] = '\0';
        snprintf(cell_name, sizeof cell_name, "<c r=\"%s\" s=\"", name);
        const char *at = strstr(row, cell_name);
        m->styles[c] = 0;
        if (at == NULL || at > end) continue;
        for (at += strlen(cell_name); *at >= '0' && *at <= '9'; at++) m->styles[c] = m->styles[c] * 10 + (unsigned)(*at - '0');
    }
    return end == NULL ? NULL : end + 6;
}

/* <dimension ref="A1:P3"/> was written before the rows came: it ends with the last row now. */
static void put_start(buf *out, const char *xml, const char *end, size_t last_row)
{
    const char *d = strstr(xml, "<dimension ref=\""), *colon = d == NULL ? NULL : strchr(d, ':'), *quote = colon == NULL ? NULL : strchr(colon, '"');
    if (quote == NULL || quote > end) {
        buf_bytes(out, xml, (size_t)(end - xml));
        return;
    }
    const char *digit = colon;
    while (digit < quote && (*digit < '0' || *digit > '9')) digit++;
    size_t there = 0;
    for (const char *p = digit; p < quote; p++) there = there * 10 + (size_t)(*p - '0');
    buf_bytes(out, xml, (size_t)(digit - xml));
    buf_i64(out, (int64_t)(there > last_row ? there : last_row));
    buf_bytes(out, quote, (size_t)(end - quote));
}

static sla_status splice_sheet(const buf *xml, const splice *job, const document *d, zip_part **parts, size_t *nparts, err *e)
{
    size_t middle = (job->upto - job->from + PART_ROWS - 1) / PART_ROWS, n = middle + 2;
    maker m = {.job = job, .d = d};
    zip_part *all = mem_zero(n, sizeof *all);
    buf start = {0};
    sla_status st = SLA_NOMEM;
    const char *end = job->t->ncols > COLS_MAX ? NULL : read_template(&m, xml->ptr);
    if (all == NULL) goto done;
    *parts = all, *nparts = n;
    st = SLA_LIMIT;
    if (end == NULL) goto done;
    m.parts = all + 1;
    put_start(&start, xml->ptr, end, job->row + (job->upto - job->from));
    st = start.failed ? SLA_NOMEM : zip_pack((slice){start.ptr, start.len}, LEVEL, false, &all[0]);
    if (st == SLA_OK) st = pool_each(middle, make_part, &m, e);
    if (st == SLA_OK) st = zip_pack((slice){end, xml->len - (size_t)(end - xml->ptr)}, LEVEL, true, &all[n - 1]);
done:
    buf_free(&start);
    return st == SLA_OK ? SLA_OK : err_set(e, st, SRCPOS_NONE, st == SLA_NOMEM ? "no memory for the workbook" : "the workbook's sheet is not as it was written");
}

static const splice *job_for(const splice *jobs, size_t n, slice name)
{
    for (size_t i = 0; i < n; i++) {
        char path[64];
        snprintf(path, sizeof path, "xl/worksheets/sheet%zu.xml", jobs[i].sheet);
        if (slice_is(name, path)) return &jobs[i];
    }
    return NULL;
}

sla_status xlsx_splice(buf *xlsx, const splice *jobs, size_t n, const document *d, err *e)
{
    zip_reader in;
    zip_writer out = {0};
    zip_entry entry;
    sla_status st = zip_start((slice){xlsx->ptr, xlsx->len}, &in, e);
    while (st == SLA_OK && zip_next(&in, &entry)) {
        const splice *job = job_for(jobs, n, entry.name);
        if (job == NULL) {
            st = zip_put_raw(&out, &entry, e);
            continue;
        }
        buf xml = {0};
        zip_part *parts = NULL;
        size_t nparts = 0;
        st = zip_unpack(&entry, &xml, e);
        if (st == SLA_OK) st = splice_sheet(&xml, job, d, &parts, &nparts, e);
        if (st == SLA_OK) st = zip_put_parts(&out, &entry, parts, nparts, e);
        for (size_t i = 0; i < nparts; i++) buf_free(&parts[i].packed);
        mem_free(parts);
        buf_free(&xml);
    }
    if (st == SLA_OK) st = zip_finish(&out, e);
    if (st == SLA_OK) {
        buf_free(xlsx);
        *xlsx = out.bytes;
    } else buf_free(&out.bytes);
    buf_free(&out.directory);
    return st;
}
