#include "importers/logaudit.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "importers/dates.h"
#include "importers/logsink.h"

enum { OPEN_MAX = 32, WINDOW = 64, HOLD = 16, MESSAGE_MAX = 2000 };
static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool begins(slice s, const char *with) { size_t n = strlen(with); return s.len >= n && memcmp(s.ptr, with, n) == 0; }
static slice behind(slice s, size_t n) { return (slice){s.ptr + n, s.len - n}; }

/* ---- one record ---- */
static slice to_blank(slice s)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ' ') n++;
    return (slice){s.ptr, n};
}

/* What ausearch writes between events, and blank lines. */
static bool between(slice line)
{
    line = slice_trim(line);
    return line.len == 0 || slice_is(line, "----") || begins(line, "time->");
}

/* "1751332831.371:479" */
static bool epoch_of(slice id, int64_t *ms)
{
    int64_t s = 0, part = 0, scale = 100;
    size_t i = 0;
    for (; i < id.len && i < 11 && digit(id.ptr[i]); i++) s = s * 10 + (id.ptr[i] - '0');
    if (i == 0 || i == id.len || id.ptr[i] != '.') return false;
    for (i++; i < id.len && digit(id.ptr[i]); i++, scale /= 10) part += (id.ptr[i] - '0') * scale;
    *ms = s * 1000 + part;
    return i == id.len || id.ptr[i] == ':'; /* 01.07.2025 is none */
}

/* "07/01/2025 09:20:31.371" of "07/01/2025 09:20:31.371:479" */
static slice date_of(slice id)
{
    size_t n = id.len;
    while (n && digit(id.ptr[n - 1])) n--;
    return n && id.ptr[n - 1] == ':' ? (slice){id.ptr, n - 1} : (slice){0};
}

/* Names of the numbers by which the kernel prints types (linux/audit.h, audit-userspace lib/msg_typetab.h); others stay numbers. */
static slice type_name(slice number)
{
    static const struct { int number; const char *name; } types[] = {
        {1006, "LOGIN"}, {1100, "USER_AUTH"}, {1101, "USER_ACCT"}, {1102, "USER_MGMT"}, {1103, "CRED_ACQ"}, {1104, "CRED_DISP"}, {1105, "USER_START"}, {1106, "USER_END"}, {1107, "USER_AVC"},
        {1108, "USER_CHAUTHTOK"}, {1109, "USER_ERR"}, {1110, "CRED_REFR"}, {1111, "USYS_CONFIG"}, {1112, "USER_LOGIN"}, {1113, "USER_LOGOUT"}, {1114, "ADD_USER"}, {1115, "DEL_USER"},
        {1116, "ADD_GROUP"}, {1117, "DEL_GROUP"}, {1118, "DAC_CHECK"}, {1119, "CHGRP_ID"}, {1123, "USER_CMD"}, {1124, "USER_TTY"}, {1125, "CHUSER_ID"}, {1127, "SYSTEM_BOOT"},
        {1128, "SYSTEM_SHUTDOWN"}, {1129, "SYSTEM_RUNLEVEL"}, {1130, "SERVICE_START"}, {1131, "SERVICE_STOP"}, {1132, "GRP_MGMT"}, {1135, "ACCT_LOCK"}, {1136, "ACCT_UNLOCK"},
        {1138, "SOFTWARE_UPDATE"}, {1200, "DAEMON_START"}, {1201, "DAEMON_END"}, {1202, "DAEMON_ABORT"}, {1203, "DAEMON_CONFIG"}, {1300, "SYSCALL"}, {1302, "PATH"}, {1305, "CONFIG_CHANGE"},
        {1306, "SOCKADDR"}, {1307, "CWD"}, {1309, "EXECVE"}, {1319, "TTY"}, {1320, "EOE"}, {1325, "NETFILTER_CFG"}, {1326, "SECCOMP"}, {1327, "PROCTITLE"}, {1328, "FEATURE_CHANGE"},
        {1330, "KERN_MODULE"}, {1332, "TIME_INJOFFSET"}, {1333, "TIME_ADJNTPVAL"}, {1334, "BPF"}, {1400, "AVC"}, {1401, "SELINUX_ERR"}, {1403, "MAC_POLICY_LOAD"}, {1404, "MAC_STATUS"},
        {1405, "MAC_CONFIG_CHANGE"}, {1700, "ANOM_PROMISCUOUS"}, {1701, "ANOM_ABEND"}, {1702, "ANOM_LINK"}};
    int n = 0;
    for (size_t i = 0; i < number.len; i++)
        if (number.len != 4 || !digit(number.ptr[i])) return number;
        else n = n * 10 + (number.ptr[i] - '0');
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].number == n) return slice_of(types[i].name);
    return number;
}

bool log_audit_read(slice line, const char *order, audit_line *out)
{
    audit_line l = {0};
    if (begins(line, "node=")) {
        l.host = to_blank(behind(line, 5));
        line = behind(line, 5 + l.host.len);
        if (line.len) line = behind(line, 1);
    }
    if (!begins(line, "type=")) return false;
    l.type = to_blank(behind(line, 5));
    line = behind(line, 5 + l.type.len);
    bool kernel = begins(line, " audit(");
    if (!kernel && !begins(line, " msg=audit(")) return false;
    line = behind(line, kernel ? 7 : 11);
    l.type = type_name(l.type);
    const char *close = memchr(line.ptr, ')', line.len);
    if (!close) return false;
    l.id = (slice){line.ptr, (size_t)(close - line.ptr)};
    time_text date;
    l.interpreted = !epoch_of(l.id, &l.ms);
    if (l.interpreted && (!dates_parse(date_of(l.id), order, &date) || !date.has_time || date.has_offset)) return false;
    if (l.interpreted) l.ms = date.local_ms;
    line = behind(line, l.id.len + 1);
    if (line.len && line.ptr[0] == ' ') line = behind(line, 1);
    if (line.len && line.ptr[0] == ':') line = behind(line, 1);
    l.body = l.interpreted ? slice_trim(line) : line;
    *out = l;
    return true;
}

bool log_audit_told(slice message, audit_line *out)
{
    const char *from = message.ptr, *close = begins(message, "[") ? memchr(message.ptr, ']', message.len) : NULL;
    if (close) message = behind(message, (size_t)(close - message.ptr) + (close + 1 < message.ptr + message.len && close[1] == ' ' ? 2 : 1)); /* the kernel's own time */
    if (begins(message, "audit: ")) message = behind(message, 7);
    if (begins(message, "type=")) return log_audit_read(message, "mdy", out);
    slice type = message.ptr == from ? to_blank(message) : (slice){0};
    for (size_t i = 0; i < type.len; i++)
        if ((type.ptr[i] < 'A' || type.ptr[i] > 'Z') && type.ptr[i] != '_' && !digit(type.ptr[i])) return false;
    *out = (audit_line){.type = type, .body = behind(message, type.len)};
    return type.len > 1 && memchr(out->body.ptr, '=', out->body.len) != NULL;
}

static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

/* NULs, which part the arguments of proctitle, become blanks; other control characters stay, what is no UTF-8 is not decoded. */
static slice decode_hex(log_framed *f, slice s)
{
    if (s.len < 2 || s.len % 2) return s;
    for (size_t i = 0; i < s.len; i++)
        if (hex(s.ptr[i]) < 0) return s;
    char *out = arena_alloc(f->scratch, s.len / 2 + 1, 1);
    size_t n = 0, bad;
    if (!out) return s;
    for (size_t i = 0; i < s.len; i += 2) {
        char c = (char)(hex(s.ptr[i]) * 16 + hex(s.ptr[i + 1]));
        out[n++] = c ? c : ' ';
    }
    if (!utf8_valid(out, n, &bad)) return s;
    return slice_trim((slice){out, n});
}

/* Fields that auditd writes either in quotes or in hexadecimal (audit-userspace, lib/../auparse/typetab.h: escaped fields). */
static bool may_be_hex(slice type, slice name)
{
    static const char *const names[] = {"acct", "exe", "cmd", "cwd", "name", "comm", "data", "proctitle", "key", "path", "dir", "file", "watch", "vm", "grp", "new_group", "device", "root_dir", "unit", "sw"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_is(name, names[i])) return true;
    return slice_is(type, "EXECVE") && name.len >= 2 && name.ptr[0] == 'a' && digit(name.ptr[1]);
}

static void socket_address(slice s, log_framed *f)
{
    unsigned char b[128];
    char text[64], port[8];
    size_t n = 0;
    for (; n < sizeof b && 2 * n + 1 < s.len; n++) {
        int hi = hex(s.ptr[2 * n]), lo = hex(s.ptr[2 * n + 1]);
        if (hi < 0 || lo < 0) return;
        b[n] = (unsigned char)(hi * 16 + lo);
    }
    unsigned family = n >= 2 ? b[0] : 0u; /* in the byte order of the machine: little-endian on all that matter here */
    const char *name = family == 1 ? "unix" : family == 2 ? "ipv4" : family == 10 ? "ipv6" : family == 16 ? "netlink" : NULL;
    if (!name) return;
    log_pair_add(f, SLICE_LIT("family"), slice_of(name));
    if (family == 1) {
        size_t from = 2, end;
        while (from < n && b[from] == 0) from++;
        for (end = from; end < n && b[end]; end++) { }
        char *path = arena_strndup(f->scratch, (const char *)b + from, end - from);
        if (path && utf8_valid(path, end - from, &(size_t){0})) log_pair_add(f, SLICE_LIT("path"), (slice){path, end - from});
    } else if ((family == 2 && n >= 8 && inet_ntop(AF_INET, b + 4, text, sizeof text)) || (family == 10 && n >= 24 && inet_ntop(AF_INET6, b + 8, text, sizeof text))) {
        snprintf(port, sizeof port, "%d", b[2] * 256 + b[3]);
        log_pair_add(f, SLICE_LIT("addr"), arena_slice(f->scratch, slice_of(text)));
        log_pair_add(f, SLICE_LIT("port"), arena_slice(f->scratch, slice_of(port)));
    }
}

static void add_field(const audit_line *l, slice name, slice value, bool quoted, log_framed *f)
{
    static const slice unset = {"unset", 5};
    if (!quoted && !l->interpreted && may_be_hex(l->type, name)) value = decode_hex(f, value);
    if ((slice_is(name, "auid") || slice_is(name, "ses") || slice_is(name, "old-auid") || slice_is(name, "old-ses")) && slice_is(value, "4294967295")) value = unset;
    log_pair_add(f, name, value);
    if (slice_is(name, "saddr")) socket_address(value, f);
    bool address = slice_is(l->type, "SOCKADDR"); /* interpreted: saddr={ saddr_fam=inet laddr=10.0.0.9 lport=22 } */
    if (address && slice_is(name, "laddr")) log_pair_add(f, SLICE_LIT("addr"), value);
    if (address && slice_is(name, "lport")) log_pair_add(f, SLICE_LIT("port"), value);
    bool result = slice_is(name, "res") || slice_is(name, "success") || slice_is(name, "result");
    bool good = slice_is(value, "success") || slice_is(value, "yes") || slice_is(value, "1"), bad = slice_is(value, "failed") || slice_is(value, "fail") || slice_is(value, "no") || slice_is(value, "0");
    if (result && (good || bad)) log_pair_add(f, SLICE_LIT("result"), good ? SLICE_LIT("success") : SLICE_LIT("fail"));
}

/* Where an unquoted value ends: at a blank, and at the ' that ends msg='…', also where the \x1d behind it was lost; one that is interpreted goes on with words that are no name=value ("proctitle=cat /etc/shadow"). */
static const char *value_end(const char *p, const char *end, bool interpreted)
{
    for (;;) {
        while (p < end && *p != ' ' && *p != '\x1d' && *p != '\'') p++;
        const char *q = p;
        while (q < end && *q == ' ') q++;
        if (!interpreted || q == p || q == end || *q == '}' || *q == '\'') return p;
        for (const char *w = q; w < end && *w != ' '; w++)
            if (*w == '=') return p;
        p = q;
    }
}

/* name=value parted by blanks; a value in double quotes, or up to a blank; msg='…' holds more of them. */
static void add_fields(const audit_line *l, log_framed *f)
{
    const char *p = l->body.ptr, *end = p + l->body.len;
    while (p < end) {
        while (p < end && (*p == ' ' || *p == '\x1d' || *p == '\'' || *p == ',' || *p == '{' || *p == '}')) p++; /* \x1d parts what enriched logs add */
        const char *name = p;
        while (p < end && *p != '=' && *p != ' ') p++;
        if (p == end || *p != '=') continue;
        if (p == name) { /* no name before the '=' */
            p++;
            continue;
        }
        slice key = {name, (size_t)(p - name)};
        p++;
        if (p < end && *p == '\'') continue; /* what it holds are fields themselves */
        bool quoted = p < end && *p == '"';
        if (quoted) p++;
        const char *from = p;
        if (!quoted) p = value_end(p, end, l->interpreted);
        while (p < end && quoted && *p != '"') p++;
        add_field(l, key, (slice){from, (size_t)(p - from)}, quoted, f);
        if (quoted && p < end) p++;
    }
}

/* The arguments a0, a1 … together. */
static void command_line(log_framed *f, size_t from)
{
    size_t n = 1, at = 0;
    for (size_t i = from; i < f->n; i++) n += f->pairs[i].value.len + 1;
    char *out = arena_alloc(f->scratch, n, 1);
    for (size_t i = from; out && i < f->n; i++) {
        slice name = f->pairs[i].name, v = f->pairs[i].value;
        if (name.len < 2 || name.ptr[0] != 'a' || !digit(name.ptr[1])) continue;
        if (at) out[at++] = ' ';
        if (v.len) memcpy(out + at, v.ptr, v.len);
        at += v.len;
    }
    if (at) log_pair_add(f, SLICE_LIT("cmdline"), (slice){out, at});
}

void log_audit_fields(const audit_line *l, log_framed *f)
{
    size_t from = f->n;
    log_pair_add(f, SLICE_LIT("type"), l->type);
    add_fields(l, f);
    if (slice_is(l->type, "EXECVE")) command_line(f, from);
}

/* ---- the importer ---- */
struct importer { log_sink sink; const char *order; size_t interpreted; bool sure; };   /* interpreted: of the records of the head; order: of their dates */
typedef struct event { slice id; uint32_t line; arena mem; log_framed f; } event;
typedef struct joiner { log_writer w; const char *order; event *open; size_t first, n; } joiner;   /* a ring of OPEN_MAX events that may still grow */

static sla_status close_oldest(joiner *j)
{
    event *ev = &j->open[j->first];
    ev->f.scratch = &ev->mem;
    ev->f.ev.v[LOG_PROGRAM] = SLICE_LIT("auditd");
    ev->f.ev.v[LOG_MESSAGE] = log_pairs_text(&ev->f, MESSAGE_MAX);
    sla_status st = log_writer_put(&j->w, &ev->f, ev->line, 1, ev->id);
    arena_free(&ev->mem);
    j->first = (j->first + 1) % OPEN_MAX;
    j->n--;
    return st;
}

static sla_status join_line(joiner *j, slice text, uint32_t no)
{
    audit_line l;
    if (!log_audit_read(text, j->order, &l)) return log_writer_reject(&j->w, no, text, "no record of the audit log: type=… msg=audit(seconds:serial) is wanted");
    event *ev = NULL;
    for (size_t i = j->n; i-- > 0 && !ev;) {
        event *o = &j->open[(j->first + i) % OPEN_MAX];
        if (slice_eq(o->id, l.id) && slice_eq(o->f.ev.v[LOG_HOST], l.host)) ev = o;
    }
    if (!ev) {
        if (j->n == OPEN_MAX) TRY(close_oldest(j));
        ev = &j->open[(j->first + j->n++) % OPEN_MAX];
        log_framed_reset(&ev->f);
        ev->id = l.id;
        ev->line = no;
        ev->f.ev.v[LOG_HOST] = l.host;
        ev->f.source = SLICE_LIT("audit");
        int64_t day = l.ms / MS_DAY;
        civil_from_days(day, &ev->f.time.year, &ev->f.time.month, &ev->f.time.day);
        ev->f.time = (log_time){ev->f.time.year, ev->f.time.month, ev->f.time.day, l.ms - day * MS_DAY, !l.interpreted, 0};
        j->w.b->rows++;
    }
    ev->f.scratch = &ev->mem;
    log_audit_fields(&l, &ev->f);
    return SLA_OK;
}

static sla_status audit_parse(importer *im, block *b, err *e)
{
    joiner j = {.order = im->order, .open = mem_zero(OPEN_MAX, sizeof *j.open)};
    sla_status st = log_writer_begin(&j.w, &im->sink, b);
    if (!j.open) st = SLA_NOMEM;
    slice rest = b->records;
    for (uint32_t no = b->line; st == SLA_OK && rest.len; no++) {
        slice one = slice_without_cr(slice_line(&rest));
        if (!between(one)) st = join_line(&j, one, no);
    }
    while (st == SLA_OK && j.n) st = close_oldest(&j);
    for (size_t i = 0; j.open && i < OPEN_MAX; i++) {
        if (j.open[i].mem.failed) st = SLA_NOMEM; /* values or messages are not what they were to be */
        arena_free(&j.open[i].mem);
    }
    mem_free(j.open);
    b->rows += b->rejects.rows;
    return log_writer_end(&j.w, st, e);
}

/* A block ends where no event goes on: between two lines that no serial spans, some lines before the last, as what follows them may belong to them. */
static size_t audit_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    size_t starts[WINDOW + 1], n = 0, end = text.len;
    slice ids[WINDOW];
    *open = SIZE_MAX;
    *nlines = 0;
    while (!at_end && end && text.ptr[end - 1] != '\n') end--;
    for (size_t at = end; !at_end && at && n < WINDOW;) { /* the last lines, the last one first */
        size_t from = at - 1;
        audit_line l;
        while (from && text.ptr[from - 1] != '\n') from--;
        ids[n] = log_audit_read((slice){text.ptr + from, at - from}, im->order, &l) ? l.id : (slice){0};
        starts[n++] = from;
        at = from;
    }
    if (!at_end && n < HOLD) end = 0;
    for (size_t cut = HOLD; cut <= n; cut++) { /* lines 0 … cut-1 stay back */
        bool spans = false;
        for (size_t i = 0; i < cut && !spans; i++)
            for (size_t k = cut; k < n && !spans; k++) spans = ids[i].len && slice_eq(ids[i], ids[k]);
        if (!spans) {
            end = starts[cut - 1];
            break;
        }
    }
    for (const char *p = text.ptr, *stop = p + end; p < stop && (p = memchr(p, '\n', (size_t)(stop - p))); p++) ++*nlines;
    return end;
}

static int audit_probe(const input *in, err *why)
{
    size_t lines = 0, good = 0;
    slice rest = in->head;
    (void)why;
    while (in->patterns && rest.len && lines < 50) {
        audit_line l;
        slice one = slice_without_cr(slice_line(&rest));
        if (between(one)) continue;
        lines++;
        good += log_audit_read(one, "mdy", &l) || log_audit_read(one, "dmy", &l);
    }
    return lines && good * 10 >= lines * 5 ? 95 : 0;
}

static void audit_close(importer *im)
{
    if (im) log_sink_close(&im->sink);
    mem_free(im);
}

/* Dates that nothing tells are month first: so the locale writes them in which most servers run. */
static void look_at_dates(importer *im, slice head)
{
    date_evidence ev = {0};
    while (head.len) {
        audit_line l;
        slice one = slice_without_cr(slice_line(&head));
        if (!(log_audit_read(one, "mdy", &l) || log_audit_read(one, "dmy", &l)) || !l.interpreted) continue;
        dates_look(date_of(l.id), &ev);
        im->interpreted++;
    }
    im->order = dates_order(&ev, &im->sure);
    if (!im->sure) im->order = "mdy";
}

static sla_status audit_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    sla_status st = im ? log_sink_open(&im->sink, in, e) : err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log");
    if (st != SLA_OK) {
        audit_close(im);
        return st;
    }
    look_at_dates(im, in->head);
    *start = 0;
    *line = 1;
    *out = im;
    return SLA_OK;
}

static sla_status audit_take(importer *im, block *b, err *e) { return log_sink_take(&im->sink, b, e); }
static void audit_drop(importer *im, block *b) { (void)im, log_sink_drop(b); }

static void audit_notes(const importer *im, buf *out)
{
    buf_text(out, "audit log: records of one serial were joined to one event, hexadecimal values decoded\n");
    if (im->interpreted) buf_printf(out, "times as ausearch -i writes them, in %s; dates read as %s, %s\n", zone_name(im->sink.zone),
                                    dates_order_name(im->order), im->sure ? "as their numbers tell" : "which nothing contradicts");
    log_sink_notes(&im->sink, out);
}

static const dataset *audit_dataset(const importer *im) { return im->sink.ds; }
static slice audit_profile(const importer *im) { return (void)im, SLICE_LIT("auditd"); }
static batch_pool *audit_batches(const importer *im) { return im->sink.batches; }

const importer_kind importer_logaudit = {"audit", "the Linux audit log, records joined by their serial", audit_probe, audit_open, audit_cut, audit_parse, audit_take, NULL, audit_drop,
                                         audit_notes, audit_dataset, audit_profile, audit_batches, NULL, audit_close, NULL, NULL, NULL};
