/* Any bytes as a line of syslog, CEF, key=value pairs, an audit record, a time, a record of JSON or XML: fields within the text or the scratch, never a crash. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "importers/logaudit.h"
#include "importers/logfields.h"
#include "importers/loglist.h"
#include "importers/logparts.h"
#include "importers/logsyslog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Touches every byte that is handed out, so that the sanitizer sees those that are not there. */
static void touch(const log_framed *f)
{
    unsigned sum = 0;
    if (f->n > LOG_PAIRS_MAX) abort();
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->pairs[i].value.len; k++) sum += (unsigned char)f->pairs[i].value.ptr[k];
    for (size_t i = 0; i < LOG_FIELDS; i++)
        for (size_t k = 0; k < f->ev.v[i].len; k++) sum += (unsigned char)f->ev.v[i].ptr[k];
    if (sum == UINT32_MAX) abort(); /* not by any text that fits in memory: keeps the sum alive */
}

/* Lines as records of a kind whose messages go on behind two bytes. */
static void cut_parts(slice text)
{
    slice name = SLICE_LIT("log");
    const log_kind k = {.message = {&name, 1}, .part = 2};
    log_parts_cutter *c = log_parts_cutter_new(&k, NULL);
    size_t end = text.len;
    while (end && text.ptr[end - 1] != '\n') end--;
    size_t cut = c ? log_parts_cut(c, text, end) : 0;
    if (cut > end || (cut && text.ptr[cut - 1] != '\n')) abort();
    log_parts_cutter_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static log_framed f;
    arena scratch = {0};
    slice text = {(const char *)data, size};
    audit_line l;
    log_time t;
    bool broken;
    json_reader j = {.p = text.ptr, .end = text.ptr + size, .scratch = &scratch};
    f.scratch = &scratch;
    log_framed_reset(&f);
    if (log_frame_syslog(text, &f, &broken)) touch(&f);
    log_framed_reset(&f);
    if (log_audit_read(text, "mdy", &l)) log_audit_fields(&l, &f);
    touch(&f);
    log_framed_reset(&f);
    log_split_kv(text, &f);
    log_split_cef(text, &f);
    slice all = log_pairs_text(&f, 50);
    if (all.len > 50) abort();
    touch(&f);
    log_framed_reset(&f);
    log_flatten_json(&j, &f);
    touch(&f);
    log_framed_reset(&f);
    log_flatten_xml(text, &f);
    touch(&f);
    if (log_time_any(text, &t) && !civil_valid(t.year ? t.year : 2000, t.month, t.day)) abort();
    if (log_time_parse(SLICE_LIT("%d/%b/%Y:%H:%M:%S %z"), text, &t) && !civil_valid(t.year, t.month, t.day)) abort();
    if (size >= 2) log_time_parse((slice){text.ptr, size / 2}, (slice){text.ptr + size / 2, size - size / 2}, &t);
    uint32_t lines;
    log_fields *lf = log_fields_new();
    if (lf && (log_fields_cut(lf, text, false, &lines) > size || lines > size)) abort();
    log_fields_free(lf);
    if (log_list_cut((slice){0}, text, size % 2, &lines) > size || lines > size) abort();
    if (log_list_cut((slice){text.ptr, size < 8 ? size : 8}, text, size % 2, &lines) > size || lines > size) abort();
    cut_parts(text);
    slice message = text;
    log_repeated(&message);
    arena_free(&scratch);
    return 0;
}
