#include "importers/logrecords.h"
#include <expat.h>
#include <string.h>
#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "importers/logaudit.h"
#include "importers/logsyslog.h"

enum { NEST_MAX = 8, PATH_BYTES = 512 };

/* ---- what the importers share ---- */
sla_status log_records_open(log_records *r, const log_kind *kind, const input *in, importer *im, importer **out, err *e)
{
    r->kinds = log_patterns_kinds(in->patterns);
    r->kind = kind;
    sla_status st = log_sink_open(&r->sink, in, e);
    if (st == SLA_OK) *out = im;
    return st;
}

void log_records_notes(const log_records *r, buf *out)
{
    buf_printf(out, "log records: %.*s\n", SLICE_ARG(r->kind->title));
    log_sink_notes(&r->sink, out);
    log_dates_notes(&r->dates, out);
}

bool log_records_again(log_records *r)
{
    bool again = log_dates_again(&r->dates);
    if (again) log_sink_restart(&r->sink);
    return again;
}

static bool better(const log_kind *k, const log_kind *best) { return !best || (k->generic != best->generic ? best->generic : k->has.n > best->has.n); }

const log_kind *log_record_kind(const log_kinds *ks, const log_kind *likely, const log_pair *pairs, size_t n)
{
    const log_kind *best = likely && log_kind_has(likely, pairs, n) ? likely : NULL;
    if (best && !best->generic) return best;
    for (size_t i = 0; i < ks->nrecords; i++)
        if (better(&ks->records[i], best) && log_kind_has(&ks->records[i], pairs, n)) best = &ks->records[i];
    return best;
}

/* The file's kind, unless that is generic and the record of one that is not. Names alone tell kinds: those of records with the same names need not be looked for again. */
static const log_kind *kind_of(const log_records *r, log_framed *f)
{
    if (!r->kind->generic) return log_record_kind(r->kinds, r->kind, f->pairs, f->n);
    uint64_t names = f->n;
    for (size_t i = 0; i < f->n; i++) names = hash64(f->pairs[i].name.ptr, f->pairs[i].name.len, names);
    log_same_names *same = &f->same[names % LOG_SAME_NAMES];
    if (!same->kind || same->names != names) *same = (log_same_names){names, log_record_kind(r->kinds, r->kind, f->pairs, f->n)};
    return same->kind;
}

/* The year of a line that has none, next to the time at which the record was made. */
static void take_year(log_time *line, const log_time *record)
{
    line->year = record->year;
    if (line->month == 12 && record->month == 1) line->year--;
    else if (line->month == 1 && record->month == 12) line->year++;
}

/* What the line or record inside says takes the place of the first n names, those of the record around it. */
static void drop_pairs(log_framed *f, size_t n)
{
    f->n -= n;
    memmove(f->pairs, f->pairs + n, f->n * sizeof *f->pairs);
}

/* A line of one of the kinds that importers/logs describes; the one that only wants a time at the beginning comes last, and only where the record has none. */
static bool line_of_kind(const log_kinds *ks, log_regex_state *s, slice text, bool timed, log_framed *f)
{
    size_t n = f->n;
    const log_kind *plain = NULL;
    for (size_t i = 0; i < ks->nlines; i++) {
        if (slice_is(ks->lines[i].name, "plain")) plain = &ks->lines[i];
        else if (log_frame_line(&ks->lines[i], s, text, f)) return drop_pairs(f, n), true;
        f->n = n;
    }
    return plain && !timed && log_frame_line(plain, s, text, f) && (drop_pairs(f, n), true);
}

bool log_frame_json(const log_patterns *p, slice text, slice outer, log_framed *f)
{
    size_t n = f->n;
    slice source;
    json_reader j = {.p = text.ptr, .end = text.ptr + text.len, .scratch = f->scratch};
    const log_kind *k = text.len && text.ptr[0] == '{' && log_flatten_json(&j, f) ? log_record_kind(log_patterns_kinds(p), NULL, f->pairs + n, f->n - n) : NULL;
    if (k) drop_pairs(f, n);
    else f->n = n;
    if (!k || !log_frame_record(k, f)) return false;
    if (outer.len && slice_eq(f->ev.v[LOG_PROGRAM], k->name) && log_program_find(p, k->name, &source) < 0) f->ev.v[LOG_PROGRAM] = outer;
    return true;
}

static bool syslog_line(slice text, log_framed *f)
{
    bool broken = false;
    const slice *v = f->ev.v;
    return log_frame_syslog(text, f, &broken) && v[LOG_PROGRAM].len && !(v[LOG_HOST].len && memchr(v[LOG_HOST].ptr, '=', v[LOG_HOST].len));
}

/* "sshd[7]: message", "web01 sshd[7]: message": what is left of a line of syslog where its time was taken off. */
static bool tagged(slice text, log_framed *f)
{
    const char *end = text.ptr + text.len, *open = text.len ? memchr(text.ptr, '[', text.len < 128 ? text.len : 128) : NULL, *p = open ? open + 1 : end;
    while (p < end && *p >= '0' && *p <= '9') p++;
    if (end - p < 3 || p == open + 1 || memcmp(p, "]: ", 3) != 0) return false;
    slice head = {text.ptr, (size_t)(open - text.ptr)};
    const char *blank = memchr(head.ptr, ' ', head.len), *name = blank ? blank + 1 : head.ptr;
    if (name == open || blank == head.ptr || memchr(name, ' ', (size_t)(open - name))) return false;
    if (blank && !f->ev.v[LOG_HOST].len) f->ev.v[LOG_HOST] = (slice){head.ptr, (size_t)(blank - head.ptr)};
    f->ev.v[LOG_PROGRAM] = (slice){name, (size_t)(open - name)};
    f->ev.v[LOG_MESSAGE] = (slice){p + 3, (size_t)(end - p) - 3};
    log_pair_add(f, SLICE_LIT("procid"), (slice){open + 1, (size_t)(p - open) - 1});
    return true;
}

/* A line as a collector took it from its file: its own time, host and program hold, and the message is what stands behind them. timed: the record around it has a time. false: there is no time. */
static bool line_inside(const log_records *r, log_regex_state *s, const log_kind *k, bool timed, log_framed *f)
{
    log_event outer = f->ev;
    log_time made = f->time;
    slice text = slice_trim(outer.v[LOG_MESSAGE]), source = f->source;
    size_t n = f->n;
    audit_line audit;
    if (timed && log_audit_read(text, "mdy", &audit)) {
        f->ev.v[LOG_PROGRAM] = SLICE_LIT("auditd");
        if (audit.host.len) f->ev.v[LOG_HOST] = audit.host;
        log_audit_fields(&audit, f);
        return true;
    }
    f->ev = (log_event){0};
    bool is = syslog_line(text, f);
    if (!is) {
        f->n = n;
        f->ev = (log_event){0};
        is = line_of_kind(r->kinds, s, text, timed, f) || log_frame_json(r->sink.patterns, text, outer.v[LOG_PROGRAM], f);
    }
    if (!is) {
        f->ev = outer;
        f->ev.v[LOG_MESSAGE] = text;
        f->time = made;
        f->source = source;
        if (timed && slice_eq(outer.v[LOG_PROGRAM], k->name)) tagged(text, f); /* the record names no program */
        return timed;
    }
    if (!f->ev.v[LOG_HOST].len) f->ev.v[LOG_HOST] = outer.v[LOG_HOST];
    if (timed && k->timed && !f->time.has_offset) f->time = made;
    if (!f->time.year && timed) take_year(&f->time, &made);
    return f->time.year != 0;
}

sla_status log_record_put(log_writer *w, const log_records *r, log_framed *f, uint32_t line, slice whole)
{
    const log_kind *k = kind_of(r, f);
    sla_status st;
    f->ev = (log_event){0};
    w->b->rows++;
    bool timed = k && log_frame_record(k, f);
    if (k && k->lines) timed = line_inside(r, log_matcher_state(w->m), k, timed, f);
    if (!k) st = log_writer_reject(w, line, whole, "no kind of log record that is known");
    else if (!timed) st = log_writer_reject(w, line, whole, "its time is missing or cannot be read");
    else st = log_writer_put(w, f, line, 1, whole);
    f->n = 0;
    arena_free(&w->scratch);
    return st;
}

/* ---- JSON ---- */
typedef struct flat { json_reader *j; log_framed *f; char path[PATH_BYTES]; } flat;

/* A message of bytes, as journald writes what is no UTF-8 or holds colours: [72,101,…]. */
static slice bytes_text(log_framed *f, slice v)
{
    char *out = arena_alloc(f->scratch, v.len + 1, 1);
    size_t n = 0;
    for (size_t i = 0; out && i < v.len; i++) {
        unsigned b = 0;
        if (v.ptr[i] < '0' || v.ptr[i] > '9') continue;
        for (; i < v.len && v.ptr[i] >= '0' && v.ptr[i] <= '9' && b < 256; i++) b = b * 10 + (unsigned)(v.ptr[i] - '0');
        out[n++] = b == '\n' || b == '\t' || (b >= 32 && b != 127) ? (char)b : '?';
    }
    bool whole = out && utf8_valid(out, n, NULL);
    for (size_t i = 0; out && !whole && i < n; i++)
        if ((unsigned char)out[i] >= 127) out[i] = '?';
    return out ? (slice){out, n} : v;
}

/* The path with key behind it; *n: its new length. */
static void extend(flat *x, slice key, size_t *n)
{
    static const char suffix[] = "_attributes";
    size_t cut = sizeof suffix - 1;
    if (slice_is(key, "#attributes") || slice_is(key, "#text")) return;
    if (*n && key.len > 1 && key.ptr[0] == '@' && !slice_is(key, "@timestamp")) key.ptr++, key.len--; /* an attribute, as xmltodict writes it */
    if (key.len > cut && memcmp(key.ptr + key.len - cut, suffix, cut) == 0) key.len -= cut;
    if (*n + key.len + 2 > sizeof x->path) return;
    if (*n) x->path[(*n)++] = '.';
    memcpy(x->path + *n, key.ptr, key.len);
    *n += key.len;
}

/* The values of a Windows event where its XML was made JSON element by element: [{"@Name": "IpAddress", "#text": "10.0.0.9"}]. */
static void add_named(flat *x, size_t n, slice list)
{
    json_reader j = {.p = list.ptr, .end = list.ptr + list.len, .scratch = x->f->scratch};
    json_level l;
    slice key, item;
    json_enter(&j, &l);
    while (json_next(&j, &l, &key) && json_value(&j, &item, 1)) {
        size_t len = n;
        slice name = json_at(item, SLICE_LIT("@Name"), j.scratch), value = json_at(item, SLICE_LIT("#text"), j.scratch);
        if (!name.len || !value.len) continue;
        extend(x, name, &len);
        slice path = arena_slice(j.scratch, (slice){x->path, len});
        if (path.ptr) log_pair_add(x->f, path, value);
    }
}

static bool flatten(flat *x, size_t n, int depth)
{
    json_level l;
    slice key, value;
    json_enter(x->j, &l);
    while (json_next(x->j, &l, &key)) {
        size_t len = n;
        extend(x, key, &len);
        json_blanks(x->j);
        if (x->j->p < x->j->end && *x->j->p == '{' && depth < NEST_MAX) {
            if (!flatten(x, len, depth + 1)) return false;
            continue;
        }
        bool list = x->j->p < x->j->end && *x->j->p == '['; /* a text may begin so too: "[UFW BLOCK] …" */
        if (!json_value(x->j, &value, depth + 1)) return false;
        if (list && slice_is(key, "MESSAGE")) value = bytes_text(x->f, value);
        slice name = arena_slice(x->f->scratch, (slice){x->path, len});
        if (!name.ptr) return json_no_memory(x->j);
        log_pair_add(x->f, name, value);
        if (list && slice_is(key, "Data")) add_named(x, len, value);
    }
    return x->j->wrong == NULL;
}

bool log_flatten_json(json_reader *j, log_framed *f)
{
    flat x = {.j = j, .f = f};
    json_blanks(j);
    if (j->p == j->end || *j->p != '{') return json_fail(j, "an object {…} is wanted");
    return flatten(&x, 0, 0);
}

/* ---- XML ---- */
typedef struct element { size_t path; size_t text; bool named; } element;   /* lengths where it begins */
typedef struct xml_flat { log_framed *f; char path[PATH_BYTES]; size_t n; buf text; element open[NEST_MAX * 2]; size_t depth, too_deep; bool nomem; } xml_flat;

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static size_t push_name(xml_flat *x, const char *name)
{
    size_t before = x->n, len = strlen(name);
    if (x->n + len + 2 > sizeof x->path) return before;
    if (x->n) x->path[x->n++] = '.';
    memcpy(x->path + x->n, name, len);
    x->n += len;
    return before;
}

static void add_text(xml_flat *x, slice value)
{
    slice name = arena_slice(x->f->scratch, (slice){x->path, x->n}), copy = arena_slice(x->f->scratch, value);
    if (!name.ptr || (value.len && !copy.ptr)) x->nomem = true;
    else log_pair_add(x->f, name, copy);
}

static void XMLCALL on_open(void *ctx, const char *name, const char **attrs)
{
    xml_flat *x = ctx;
    const char *called = NULL;
    if (x->depth == sizeof x->open / sizeof x->open[0]) {
        x->too_deep++;
        return;
    }
    for (const char **a = attrs; *a; a += 2)
        if (strcmp(*a, "Name") == 0 && strcmp(local(name), "Data") == 0) called = a[1];
    element *el = &x->open[x->depth++];
    *el = (element){push_name(x, called ? called : local(name)), x->text.len, called != NULL};
    for (const char **a = attrs; *a; a += 2) {
        if (strcmp(*a, "xmlns") == 0 || (called && strcmp(*a, "Name") == 0)) continue;
        size_t before = push_name(x, local(*a));
        add_text(x, slice_of(a[1]));
        x->n = before;
    }
}

static void XMLCALL on_text(void *ctx, const char *s, int len)
{
    xml_flat *x = ctx;
    if (!x->too_deep) buf_bytes(&x->text, s, (size_t)len);
}

static void XMLCALL on_close(void *ctx, const char *name)
{
    xml_flat *x = ctx;
    (void)name;
    if (x->too_deep) {
        x->too_deep--;
        return;
    }
    element *el = &x->open[--x->depth];
    slice text = slice_trim((slice){x->text.ptr ? x->text.ptr + el->text : NULL, x->text.len - el->text});
    if (text.len) add_text(x, text);
    x->text.len = el->text;
    x->n = el->path;
}

sla_status log_flatten_xml(slice s, log_framed *f)
{
    xml_flat *x = mem_zero(1, sizeof *x);
    XML_Parser p = XML_ParserCreate("UTF-8");
    sla_status st = !x || !p ? SLA_NOMEM : s.len < 64u << 20 ? SLA_OK : SLA_SYNTAX;
    if (st == SLA_OK) {
        x->f = f;
        XML_SetUserData(p, x);
        XML_SetElementHandler(p, on_open, on_close);
        XML_SetCharacterDataHandler(p, on_text);
        bool ok = XML_Parse(p, s.ptr, (int)s.len, 1) == XML_STATUS_OK;
        st = x->nomem || x->text.failed || (!ok && XML_GetErrorCode(p) == XML_ERROR_NO_MEMORY) ? SLA_NOMEM : ok ? SLA_OK : SLA_SYNTAX;
    }
    if (p) XML_ParserFree(p);
    if (x) buf_free(&x->text);
    mem_free(x);
    return st;
}
