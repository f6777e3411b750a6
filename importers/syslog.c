/* Plain logs of syslog lines (RFC 3164, 4.1): "Mar 27 13:06:56 host program[pid]: message", also with a leading <PRI> and with ISO 8601 times. */
#include <stdio.h>
#include <string.h>
#include "engine/base/bits.h"
#include "engine/base/dict.h"
#include "engine/base/mem.h"
#include "engine/time/instant.h"
#include "importers/importer.h"
#include "importers/logpattern.h"

/* The fields of a log event that a line itself gives; found by name in the model's log dataset. */
enum { F_AT, F_SOURCE, F_HOST, F_PROGRAM, F_ACTION, F_MESSAGE, NFIXED };
static const char *const fixed_names[NFIXED] = {"at", "source", "host", "program", "action", "message"};

typedef struct counter { dict *names; uint64_t *counts; size_t cap; } counter;
struct importer {
    const dataset *ds;
    const log_patterns *patterns;
    const zone *zone;
    int fields[NFIXED];
    int64_t from, to, latest;           /* the period; else the latest instant a line may have */
    batch_pool *batches;
    counter unknown;                    /* lines no pattern knows, by program */
    uint64_t repeated;
    bool no_year;
};

/* ---- a line ---- */
typedef struct line { slice stamp, host, program, message; bool iso; } line;

static int month_of(const char *p)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int m = 0; m < 12; m++)
        if (memcmp(p, names + 3 * m, 3) == 0) return m + 1;
    return 0;
}

static bool digit(char c) { return c >= '0' && c <= '9'; }

static bool old_stamp(slice s) /* "Mar  7 13:06:56" */
{
    const char *p = s.ptr;
    return s.len >= 15 && month_of(p) && p[3] == ' ' && (p[4] == ' ' || digit(p[4])) && digit(p[5]) && p[6] == ' ' && digit(p[7]) && digit(p[8]) && p[9] == ':' && digit(p[10]) &&
           digit(p[11]) && p[12] == ':' && digit(p[13]) && digit(p[14]) && (s.len == 15 || p[15] == ' ');
}

static slice word(slice *rest)
{
    const char *space = memchr(rest->ptr, ' ', rest->len);
    slice w = {rest->ptr, space ? (size_t)(space - rest->ptr) : rest->len};
    size_t skip = w.len + (space != NULL);
    *rest = (slice){rest->ptr + skip, rest->len - skip};
    return w;
}

/* "sshd[123]:" -> sshd; a path is left out, as is what stands in brackets. */
static slice tag_name(slice tag)
{
    size_t n = 0;
    while (n < tag.len && tag.ptr[n] != '[' && tag.ptr[n] != ':' && tag.ptr[n] != '(') n++;
    slice s = {tag.ptr, n};
    for (size_t i = n; i-- > 0;)
        if (s.ptr[i] == '/') return (slice){s.ptr + i + 1, n - i - 1};
    return s;
}

static bool split_line(slice text, line *out)
{
    slice rest = text;
    if (rest.len && rest.ptr[0] == '<') {
        const char *close = memchr(rest.ptr, '>', rest.len < 6 ? rest.len : 6);
        if (close) rest = (slice){close + 1, rest.len - (size_t)(close + 1 - rest.ptr)};
    }
    if (old_stamp(rest)) {
        out->stamp = (slice){rest.ptr, 15};
        out->iso = false;
        rest = (slice){rest.ptr + 15 + (rest.len > 15), rest.len - 15 - (rest.len > 15)};
    } else {
        time_text t;
        if (rest.len < 19 || !digit(rest.ptr[0]) || rest.ptr[4] != '-') return false;
        out->stamp = word(&rest);
        out->iso = true;
        if (!time_parse(out->stamp, &t) || !t.has_time) return false;
    }
    out->host = word(&rest);
    const char *colon = memchr(rest.ptr, ':', rest.len), *space = memchr(rest.ptr, ' ', rest.len);
    if (!out->host.len) return false;
    if (!colon || (space && space < colon)) { /* a message without a tag */
        out->program = (slice){rest.ptr, 0};
        out->message = rest;
        return true;
    }
    slice tag = {rest.ptr, (size_t)(colon - rest.ptr)};
    out->program = tag_name(tag);
    out->message = (slice){colon + 1, rest.len - tag.len - 1};
    if (out->message.len && out->message.ptr[0] == ' ') out->message.ptr++, out->message.len--;
    return true;
}

/* "message repeated 5 times: [ Failed password …]": the message within and how often it came. */
static uint32_t repeated(slice *message)
{
    static const char head[] = "message repeated ";
    size_t n = sizeof head - 1, i = n;
    uint32_t times = 0;
    if (message->len < n + 12 || memcmp(message->ptr, head, n) != 0) return 1;
    while (i < message->len && digit(message->ptr[i]) && times < 100000) times = times * 10 + (uint32_t)(message->ptr[i++] - '0');
    const char *open = memchr(message->ptr + i, '[', message->len - i);
    if (!open || !times) return 1;
    slice in = {open + 1, message->len - (size_t)(open + 1 - message->ptr)};
    if (in.len && in.ptr[in.len - 1] == ']') in.len--;
    *message = slice_trim(in);
    return times;
}

/* ---- years ---- */
static int64_t distance(const importer *im, int64_t t)
{
    if (im->from == im->to) return t <= im->latest ? im->latest - t : INT64_MAX / 2 + (t - im->latest); /* the latest that is not in the future */
    return t < im->from ? im->from - t : t >= im->to ? t - im->to : 0;
}

/* The year in which this month and day lie nearest to the period, or else last before the file was written. */
static int32_t year_of(const importer *im, int month, int day)
{
    int32_t y0, m, d, best = 0;
    int64_t best_distance = INT64_MAX;
    civil_from_days((im->from == im->to ? im->latest : im->from) / MS_DAY, &y0, &m, &d);
    for (int32_t y = y0 + 1; y >= y0 - 4; y--) {
        if (!civil_valid(y, month, day)) continue;
        int64_t far = distance(im, civil_days(y, month, day) * MS_DAY);
        if (far < best_distance) best_distance = far, best = y;
    }
    return best;
}

typedef struct reader {
    importer *im;
    block *b;
    batch *out;
    log_matcher *m;
    zone_cursor cursor;
    char day_text[6]; int64_t day_ms; bool day_set;
    slice last_program; int program_id; slice source;
    counter unknown;
    uint64_t repeated;
} reader;

static bool stamp_ms(reader *r, const line *l, int64_t *ms)
{
    const char *p = l->stamp.ptr;
    int64_t local;
    if (l->iso) {
        time_text t;
        if (!time_parse(l->stamp, &t)) return false;
        *ms = t.has_offset ? t.local_ms - t.offset_min * MS_MINUTE : zone_cursor_to_utc(&r->cursor, t.local_ms, NULL);
        return true;
    }
    if (!r->day_set || memcmp(r->day_text, p, 6) != 0) {
        int day = (p[4] == ' ' ? 0 : p[4] - '0') * 10 + (p[5] - '0'), month = month_of(p);
        int32_t year = year_of(r->im, month, day);
        if (!year) return false;
        memcpy(r->day_text, p, 6);
        r->day_ms = civil_days(year, month, day) * MS_DAY;
        r->day_set = true;
    }
    int h = (p[7] - '0') * 10 + p[8] - '0', m = (p[10] - '0') * 10 + p[11] - '0', s = (p[13] - '0') * 10 + p[14] - '0';
    if (h > 23 || m > 59 || s > 60) return false;
    local = r->day_ms + ((int64_t)h * 3600 + m * 60 + (s == 60 ? 59 : s)) * 1000;
    *ms = zone_cursor_to_utc(&r->cursor, local, NULL);
    return true;
}

/* ---- events ---- */
static sla_status count(counter *c, slice name, uint64_t n)
{
    uint32_t code = dict_intern(c->names, name);
    size_t before = c->cap;
    if (code == DICT_NONE || mem_grow(&c->counts, &c->cap, code + 1u, sizeof *c->counts)) return SLA_NOMEM;
    if (c->cap > before) memset(c->counts + before, 0, (c->cap - before) * sizeof *c->counts);
    c->counts[code] += n;
    return SLA_OK;
}

static sla_status put_text(reader *r, size_t row, int f, slice s)
{
    return f < 0 || s.len == 0 ? SLA_OK : batch_set_text(r->out, row, (size_t)f, s);
}

static sla_status put_match(reader *r, size_t row, const log_match *m)
{
    int f = dataset_field(r->im->ds, m->name);
    if (f < 0) return SLA_OK;
    if (r->im->ds->fields[f].type == VT_TEXT) return put_text(r, row, f, m->value);
    if (r->im->ds->fields[f].type != VT_NUMBER) return SLA_OK;
    double v = 0;
    for (size_t i = 0; i < m->value.len; i++) {
        if (!digit(m->value.ptr[i])) return SLA_OK;
        v = v * 10 + (m->value.ptr[i] - '0');
    }
    batch_set_f64(r->out, row, (size_t)f, v);
    return SLA_OK;
}

static sla_status need_room(reader *r)
{
    if (r->out && r->out->nrows < BATCH_ROWS_MAX) return SLA_OK;
    if (r->b->n == BLOCK_BATCHES) return SLA_LIMIT;
    if (!(r->out = batch_pool_get(r->im->batches))) return SLA_NOMEM;
    r->b->batches[r->b->n++] = r->out;
    return SLA_OK;
}

static sla_status put_event(reader *r, const line *l, slice message, int64_t at, uint32_t no, const log_match *found, size_t n)
{
    const int *f = r->im->fields;
    TRY(need_room(r));
    size_t row = batch_add_row(r->out, no);
    batch_set_i64(r->out, row, (size_t)f[F_AT], at);
    TRY(put_text(r, row, f[F_SOURCE], r->source));
    TRY(put_text(r, row, f[F_HOST], l->host));
    TRY(put_text(r, row, f[F_PROGRAM], l->program));
    TRY(put_text(r, row, f[F_MESSAGE], message));
    if (n == 0) TRY(put_text(r, row, f[F_ACTION], SLICE_LIT("other")));
    for (size_t i = 0; i < n; i++) TRY(put_match(r, row, &found[i]));
    return SLA_OK;
}

static sla_status one_line(reader *r, slice text, uint32_t no)
{
    line l;
    int64_t at;
    log_match found[LOG_FIELDS_MAX];
    r->b->rows++;
    if (!split_line(text, &l) || !stamp_ms(r, &l, &at)) return reject_list_add(&r->b->rejects, no, 1, slice_of(fixed_names[F_AT]), text, "not a syslog line: no time, host and program", true);
    if (!slice_eq(l.program, r->last_program) || !r->last_program.ptr) {
        r->last_program = l.program;
        r->source = log_source_of(r->im->patterns, l.program, &r->program_id);
        if (!r->source.ptr) r->source = SLICE_LIT("syslog");
    }
    slice message = l.message;
    uint32_t times = repeated(&message);
    size_t n = log_match_message(r->m, r->program_id, message, found);
    if (n == 0) TRY(count(&r->unknown, l.program.len ? l.program : SLICE_LIT("(none)"), times));
    if (times > 1) r->repeated++;
    for (uint32_t i = 0; i < times; i++) TRY(put_event(r, &l, message, at, no, found, n));
    return SLA_OK;
}

/* ---- the vtable ---- */
static int syslog_probe(const input *in, err *why)
{
    (void)why;
    size_t lines = 0, good = 0;
    slice rest = in->head;
    while (rest.len && lines < 50) {
        const char *nl = memchr(rest.ptr, '\n', rest.len);
        if (!nl && !in->whole && lines) break;
        slice one = {rest.ptr, nl ? (size_t)(nl - rest.ptr) : rest.len};
        rest = (slice){one.ptr + one.len + (nl != NULL), rest.len - one.len - (nl != NULL)};
        line l;
        if (slice_trim(one).len == 0) continue;
        lines++;
        good += split_line(one, &l);
    }
    return lines && good * 10 >= lines * 8 ? 90 : 0;
}

static sla_status fill(importer *im, const input *in, err *e)
{
    im->ds = schema_dataset(in->model, SLICE_LIT("log"));
    if (!im->ds || dataset_field(im->ds, SLICE_LIT("at")) < 0) return err_set(e, SLA_NAME, (srcpos){in->name, 0, 0}, "the model has no dataset 'log' with a time 'at', into which log lines go");
    for (int i = 0; i < NFIXED; i++) im->fields[i] = dataset_field(im->ds, slice_of(fixed_names[i]));
    im->patterns = in->patterns;
    im->zone = in->options->zone;
    im->from = in->options->from;
    im->to = in->options->to;
    im->latest = in->mtime_ms + MS_DAY;
    slice first = in->head;
    im->no_year = first.len && !digit(first.ptr[0]);
    im->unknown.names = dict_new();
    im->batches = batch_pool_new(im->ds);
    return im->unknown.names && im->batches ? SLA_OK : SLA_NOMEM;
}

static void syslog_close(importer *im)
{
    if (!im) return;
    batch_pool_free(im->batches);
    dict_free(im->unknown.names);
    mem_free(im->unknown.counts);
    mem_free(im);
}

static sla_status syslog_open(const input *in, importer **out, size_t *start, uint32_t *line_no, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    sla_status st = im ? fill(im, in, e) : SLA_NOMEM;
    if (st != SLA_OK) {
        syslog_close(im);
        return err_set(e, st, (srcpos){in->name, 0, 0}, "cannot read the log");
    }
    *start = 0;
    *line_no = 1;
    *out = im;
    return SLA_OK;
}

static size_t syslog_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    (void)im;
    *open = SIZE_MAX;
    size_t end = text.len;
    while (!at_end && end && text.ptr[end - 1] != '\n') end--;
    *nlines = 0;
    for (const char *p = text.ptr, *stop = p + end; p < stop && (p = memchr(p, '\n', (size_t)(stop - p))); p++) ++*nlines;
    return end;
}

static sla_status read_block(reader *r)
{
    slice rest = r->b->records;
    uint32_t no = r->b->line;
    for (; rest.len; no++) {
        const char *nl = memchr(rest.ptr, '\n', rest.len);
        slice one = {rest.ptr, nl ? (size_t)(nl - rest.ptr) : rest.len};
        rest = (slice){one.ptr + one.len + (nl != NULL), rest.len - one.len - (nl != NULL)};
        if (one.len && one.ptr[one.len - 1] == '\r') one.len--;
        if (one.len) TRY(one_line(r, one, no));
    }
    return SLA_OK;
}

static void counter_free(counter *c)
{
    dict_free(c->names);
    mem_free(c->counts);
}

static sla_status syslog_parse(importer *im, block *b, err *e)
{
    reader r = {.im = im, .b = b, .m = log_matcher_new(im->patterns), .cursor = {.z = im->zone}, .unknown = {.names = dict_new()}};
    counter *extra = mem_zero(1, sizeof *extra);
    sla_status st = r.m && r.unknown.names && extra ? read_block(&r) : SLA_NOMEM;
    log_matcher_free(r.m);
    if (st != SLA_OK) {
        counter_free(&r.unknown);
        mem_free(extra);
        return err_set(e, st, SRCPOS_NONE, "no memory to read the log");
    }
    b->ragged = r.repeated;
    *extra = r.unknown;
    b->extra = extra;
    return SLA_OK;
}

static sla_status syslog_take(importer *im, block *b, err *e)
{
    const counter *c = b->extra;
    im->repeated += b->ragged;
    for (uint32_t i = 0; c && i < dict_count(c->names); i++)
        if (count(&im->unknown, dict_text(c->names, i), c->counts[i]) != SLA_OK) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to read the log");
    return SLA_OK;
}

static void syslog_drop(importer *im, block *b)
{
    (void)im;
    if (b->extra) counter_free(b->extra);
    mem_free(b->extra);
    b->extra = NULL;
}

static void syslog_notes(const importer *im, buf *out)
{
    buf_text(out, "syslog lines (RFC 3164)\n");
    if (im->no_year) buf_printf(out, "the lines have no year; it was taken %s\n", im->from != im->to ? "from the period" : "from the file's time of modification");
    if (im->repeated) buf_printf(out, "%llu lines say that a message was repeated; each repetition is an event\n", (unsigned long long)im->repeated);
    uint32_t n = dict_count(im->unknown.names);
    if (n) buf_text(out, "no pattern knows these, by program:");
    for (uint32_t i = 0; i < n; i++) {
        slice s = dict_text(im->unknown.names, i);
        buf_printf(out, " %.*s %llu%s", SLICE_ARG(s), (unsigned long long)im->unknown.counts[i], i + 1 < n ? "," : "\n");
    }
}

static const dataset *syslog_dataset(const importer *im) { return im->ds; }
static slice syslog_profile(const importer *im) { return (void)im, SLICE_LIT("syslog"); }
static batch_pool *syslog_batches(const importer *im) { return im->batches; }

const importer_kind importer_syslog = {"syslog", "lines of syslog (RFC 3164)", syslog_probe, syslog_open, syslog_cut, syslog_parse, syslog_take, NULL, syslog_drop,
                                       syslog_notes, syslog_dataset, syslog_profile, syslog_batches, NULL, syslog_close};
