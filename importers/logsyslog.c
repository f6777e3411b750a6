#include "importers/logsyslog.h"
#include <string.h>
#include "importers/logaudit.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }
static slice behind(slice s, size_t n) { return (slice){s.ptr + n, s.len - n}; }
static bool begins(slice s, const char *with) { size_t n = strlen(with); return s.len >= n && memcmp(s.ptr, with, n) == 0; }

static slice word(slice *rest)
{
    const char *space = rest->len ? memchr(rest->ptr, ' ', rest->len) : NULL;
    slice w = {rest->ptr, space ? (size_t)(space - rest->ptr) : rest->len};
    *rest = behind(*rest, w.len + (space != NULL));
    return w;
}

/* Digits, and that character. */
static bool all_digits(slice w, char last)
{
    size_t i = 0;
    while (i < w.len && digit(w.ptr[i])) i++;
    return i > 0 && i + 1 == w.len && w.ptr[i] == last;
}

static slice skip_blanks(slice s)
{
    while (s.len && s.ptr[0] == ' ') s = behind(s, 1);
    return s;
}

/* "<34>": taken off. false: begins like one and is none. */
static bool priority(slice *rest, bool *broken)
{
    uint32_t v = 0;
    size_t i = 1;
    if (!rest->len || rest->ptr[0] != '<') return true;
    while (i < rest->len && i < 6 && digit(rest->ptr[i])) v = v * 10 + (uint32_t)(rest->ptr[i++] - '0');
    if (i == 1 || i == rest->len || rest->ptr[i] != '>') return false;
    *broken = v > 191;
    *rest = behind(*rest, i + 1);
    return true;
}

/* "/usr/sbin/sshd(pam_unix)[123]:" -> sshd */
static slice tag_name(slice tag)
{
    size_t n = 0, from = 0;
    for (; n < tag.len && tag.ptr[n] != '[' && tag.ptr[n] != ':' && tag.ptr[n] != '('; n++)
        if (tag.ptr[n] == '/') from = n + 1;
    if (n > from && tag.ptr[n - 1] == ']') n--; /* "gdm-password]": what stood before it did not fit */
    return (slice){tag.ptr + from, n - from};
}

/* … and 123; nothing where no number stands there. */
static slice tag_number(slice tag)
{
    const char *open = tag.len ? memchr(tag.ptr, '[', tag.len) : NULL, *end = tag.ptr + tag.len, *p = open ? open + 1 : end;
    while (p < end && digit(*p)) p++;
    return p < end && *p == ']' ? (slice){open + 1, (size_t)(p - open) - 1} : (slice){0};
}

uint32_t log_last_repeated(slice m)
{
    static const char head[] = "last message repeated ";
    uint32_t times = 0;
    size_t i = sizeof head - 1;
    if (m.len < i + 7 || m.ptr[0] != 'l' || memcmp(m.ptr, head, i) != 0) return 0;
    while (i < m.len && digit(m.ptr[i]) && times < 100000) times = times * 10 + (uint32_t)(m.ptr[i++] - '0');
    return times;
}

/* ---- RFC 5424 ---- */
/* [id name="value" …][…]: values end at an unescaped quote (6.3.3). */
static bool structured_data(slice *rest, log_framed *f)
{
    const char *p = rest->ptr, *end = p + rest->len;
    if (p < end && *p == '-') {
        *rest = behind(*rest, 1);
        return true;
    }
    if (p == end || *p != '[') return false;
    while (p < end && *p == '[') {
        const char *from = p;
        bool quoted = false;
        for (; p < end && (quoted || *p != ']'); p++) {
            if (quoted && *p == '\\' && p + 1 < end) p++;
            else if (*p == '"') quoted = !quoted;
        }
        if (p == end) return false;
        log_split_kv((slice){from + 1, (size_t)(p - from) - 1}, f);
        p++;
    }
    *rest = behind(*rest, (size_t)(p - rest->ptr));
    return true;
}

static slice nil(slice s) { return s.len == 1 && s.ptr[0] == '-' ? (slice){0} : s; }

static void add_procid(slice id, log_framed *f)
{
    if (id.len) log_pair_add(f, SLICE_LIT("procid"), id);
}

/* HOST APP PROCID MSGID SD [MSG], behind the time. */
static bool frame_5424(slice rest, log_framed *f)
{
    slice *v = f->ev.v, all;
    v[LOG_HOST] = nil(word(&rest));
    v[LOG_PROGRAM] = nil(word(&rest));
    add_procid(nil(word(&rest)), f);
    slice id = nil(word(&rest));
    all = rest;
    if (id.len) log_pair_add(f, SLICE_LIT("msgid"), id);
    if (!structured_data(&rest, f)) return false;
    if (rest.len && rest.ptr[0] == ' ') rest = behind(rest, 1);
    if (begins(rest, "\xEF\xBB\xBF")) rest = behind(rest, 3);
    v[LOG_MESSAGE] = rest.len ? rest : nil(all);
    return true;
}

/* Without a version, host app procid msgid [sd…] is told by its fifth part. */
static bool looks_5424(slice rest)
{
    for (int i = 0; i < 4; i++) {
        slice w = word(&rest);
        if (w.len == 0 || w.ptr[w.len - 1] == ':') return false;
    }
    return rest.len && (rest.ptr[0] == '[' || slice_is(rest, "-") || begins(rest, "- "));
}

/* ---- RFC 3164 ---- */
static bool is_severity(slice w)
{
    static const char *const severities[] = {"emerg", "alert", "crit", "err", "error", "warning", "warn", "notice", "info", "debug"};
    const char *bar = w.len ? memchr(w.ptr, '|', w.len) : NULL; /* "err|error", as AIX writes it */
    if (bar) w.len = (size_t)(bar - w.ptr);
    for (size_t i = 0; i < sizeof severities / sizeof severities[0]; i++)
        if (slice_is(w, severities[i])) return true;
    return false;
}

/* "INFO", as programs' own logs write it. */
static bool is_level(slice w)
{
    char lower[8];
    if (w.len > sizeof lower) return false;
    for (size_t i = 0; i < w.len; i++) lower[i] = w.ptr[i] >= 'A' && w.ptr[i] <= 'Z' ? (char)(w.ptr[i] | 32) : w.ptr[i];
    w.ptr = lower;
    return is_severity(w) || slice_is(w, "fatal") || slice_is(w, "severe") || slice_is(w, "trace");
}

/* "<auth.info> ", or by numbers "<4.6> ", as FreeBSD's syslogd -v writes before the host. */
static slice skip_in_angles(slice rest)
{
    enum { LONGEST = 24 };
    const char *close = rest.len && rest.ptr[0] == '<' ? memchr(rest.ptr, '>', rest.len < LONGEST ? rest.len : LONGEST) : NULL;
    if (!close || close + 1 >= rest.ptr + rest.len || close[1] != ' ') return rest;
    slice in = {rest.ptr + 1, (size_t)(close - rest.ptr) - 1};
    const char *point = in.len ? memchr(in.ptr, '.', in.len) : NULL;
    if (!point || point == in.ptr) return rest;
    slice severity = behind(in, (size_t)(point - in.ptr) + 1);
    bool number = severity.len == 1 && digit(severity.ptr[0]);
    return number || is_severity(severity) ? behind(rest, in.len + 3) : rest;
}

/* BusyBox's syslogd writes facility.severity behind the host, "host authpriv.notice login[7]: …", AIX's "host auth|security:info sshd[7]: …". */
static slice skip_facility(slice rest)
{
    rest = skip_in_angles(rest);
    slice after = rest, w = word(&after);
    const char *point = w.len ? memchr(w.ptr, '.', w.len) : NULL;
    if (!point && w.len && after.len) point = memchr(w.ptr, ':', w.len);
    return point && is_severity(behind(w, (size_t)(point - w.ptr) + 1)) ? after : rest;
}

/* rsyslog's templates write it before the host too: "auth.info web01 sshd[7]: …". There only what is a facility's name is none of a host. */
static slice skip_facility_first(slice rest)
{
    static const char *const names[] = {"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"};
    slice after = rest, w = word(&after);
    const char *point = w.len ? memchr(w.ptr, '.', w.len) : NULL;
    if (!point || !is_severity(behind(w, (size_t)(point - w.ptr) + 1))) return rest;
    slice facility = {w.ptr, (size_t)(point - w.ptr)};
    bool is = facility.len == 6 && begins(facility, "local") && digit(facility.ptr[5]);
    for (size_t i = 0; !is && i < sizeof names / sizeof names[0]; i++) is = slice_is(facility, names[i]);
    return is ? after : rest;
}

/* Where the name of a coded message begins: at a '%' near the beginning, before which nothing stands but blanks, or what ends with a colon. NULL: there is none. */
static const char *code_mark(slice rest)
{
    const char *mark = rest.len ? memchr(rest.ptr, '%', rest.len < 64 ? rest.len : 64) : NULL, *before = mark;
    while (before && before > rest.ptr && before[-1] == ' ') before--;
    return mark && (before == rest.ptr || before[-1] == ':') ? mark : NULL;
}

/* "ASA" of "ASA-6-302013:": a name, a level of one digit between hyphens and a colon, no blank among them. len 0: it is none. */
static slice code_facility(const char *p, const char *end)
{
    slice facility = {p, 0};
    bool level = false;
    while (p < end && ((*p >= 'A' && *p <= 'Z') || *p == '_' || digit(*p))) p++;
    facility.len = (size_t)(p - facility.ptr);
    for (; p < end && *p != ':' && *p != ' '; p++) level = level || (*p == '-' && p + 2 < end && digit(p[1]) && p[2] == '-');
    return level && p < end && *p == ':' ? facility : (slice){0};
}

/* "%ASA-6-302013: …", "%SYS-5-CONFIG_I: …": Cisco's devices call their messages so, at times behind a colon, a number or a time of their own. The facility is the program. */
static bool coded(slice rest, slice *v)
{
    const char *mark = code_mark(rest), *end = rest.ptr + rest.len;
    slice facility = mark ? code_facility(mark + 1, end) : (slice){0};
    if (!facility.len) return false;
    v[LOG_PROGRAM] = facility;
    v[LOG_MESSAGE] = (slice){mark, (size_t)(end - mark)};
    return true;
}

/* Of each byte: may it stand in a program's name? */
static const bool tag_chars[256] = {
    ['-'] = true, ['_'] = true, ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
    ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true,
    ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true, ['Z'] = true,
    ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true, ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true,
    ['n'] = true, ['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true};
static bool tag_char(char c) { return tag_chars[(unsigned char)c]; }

/* May a name that devices give their messages, as coded takes it, stand near the beginning? */
static bool may_be_coded(slice s, const char *readable)
{
    enum { NEAR = 64 };
#ifdef __SSE2__
    const __m128i want = _mm_set1_epi8('%'), *v = (const __m128i *)(const void *)s.ptr;
    if (readable - s.ptr >= NEAR) { /* most often there is none in what is behind the text either */
        __m128i a = _mm_or_si128(_mm_cmpeq_epi8(_mm_loadu_si128(v), want), _mm_cmpeq_epi8(_mm_loadu_si128(v + 1), want));
        __m128i b = _mm_or_si128(_mm_cmpeq_epi8(_mm_loadu_si128(v + 2), want), _mm_cmpeq_epi8(_mm_loadu_si128(v + 3), want));
        if (_mm_movemask_epi8(_mm_or_si128(a, b)) == 0) return false;
    }
#endif
    s.len = s.len < NEAR ? s.len : NEAR;
    return slice_find(s, '%', readable) < s.len;
}

/* "host name[pid]: message" and "host name: message" with nothing special about them, as nearly all lines are. */
static bool plain_3164(slice rest, log_framed *f)
{
    const char *readable = slice_readable(rest, f->around);
    slice *v = f->ev.v, id = {0};
    size_t host = slice_find(rest, ' ', readable);
    if (rest.len < host + 2 || host == 0 || rest.ptr[host - 1] == ':' || rest.ptr[0] == '%' || rest.ptr[0] == '<') return false;
    const char *end = rest.ptr + rest.len, *tag = rest.ptr + host + 1, *p = tag;
    if (digit(*tag)) return false;
    while (p < end && tag_char(*p)) p++;
    slice name = {tag, (size_t)(p - tag)};
    if (p < end && *p == '[') {
        p++;
        id = (slice){p, slice_digits((slice){p, (size_t)(end - p)}, readable)};
        p += id.len;
        p += p < end && *p == ']';
    }
    if (!name.len || end - p < 2 || p[0] != ':' || p[1] != ' ' || (p + 2 < end && p[2] == '[') || may_be_coded((slice){tag, (size_t)(end - tag)}, readable)) return false;
    v[LOG_HOST] = (slice){rest.ptr, host};
    v[LOG_PROGRAM] = name;
    v[LOG_MESSAGE] = (slice){p + 2, (size_t)(end - p) - 2};
    add_procid(id, f);
    return true;
}

/* "name[pid] message" without a colon, as ProFTPD writes; what launchd puts behind in round brackets is not yet the message. */
static bool pid_without_colon(slice rest, slice *v)
{
    const char *p = rest.ptr, *end = p + rest.len;
    while (p < end && tag_char(*p)) p++;
    slice name = {rest.ptr, (size_t)(p - rest.ptr)};
    if (!name.len || p == end || *p != '[') return false;
    const char *pid = ++p;
    while (p < end && digit(*p)) p++;
    if (p == pid || end - p < 3 || p[0] != ']' || p[1] != ' ' || p[2] == '(') return false;
    v[LOG_PROGRAM] = name;
    v[LOG_MESSAGE] = (slice){p + 2, (size_t)(end - p) - 2};
    return true;
}

/* "[sshd] message" and "[sshd]: message", as metalog writes: no host. A severity there is no program. */
static bool bracketed_name(slice rest, slice *v)
{
    const char *p = rest.ptr + 1, *end = rest.ptr + rest.len;
    while (p < end && tag_char(*p) && !(*p >= 'A' && *p <= 'Z')) p++;
    slice name = {rest.ptr + 1, (size_t)(p - rest.ptr) - 1};
    if (!name.len || digit(*name.ptr) || is_severity(name) || p == end || *p != ']') return false;
    p += 1 + (p + 1 < end && p[1] == ':');
    if (p + 1 >= end || *p != ' ') return false;
    v[LOG_PROGRAM] = name;
    v[LOG_MESSAGE] = (slice){p + 1, (size_t)(end - p) - 1};
    return true;
}

/* "hub Message forwarded from web01: sshd[7]: …", as AIX's syslogd passes on what others sent: the host is the one that sent it. */
static slice behind_forwarder(slice rest)
{
    static const char mark[] = "Message forwarded from ";
    slice after = rest;
    word(&after);
    if (!begins(after, mark)) after = skip_facility(after);
    if (!begins(after, mark)) return rest;
    after = behind(after, sizeof mark - 1);
    const char *colon = memchr(after.ptr, ':', after.len), *space = after.len ? memchr(after.ptr, ' ', after.len) : NULL;
    return colon && space == colon + 1 ? after : rest;
}

/* "host: last message repeated 2 times": no tag, as no number stands in it. */
static bool repeated_behind_colon(slice host, slice rest, slice *v)
{
    if (host.ptr[host.len - 1] != ':' || !begins(rest, "last message repeated") || memchr(host.ptr, '[', host.len)) return false;
    v[LOG_HOST] = (slice){host.ptr, host.len - 1};
    v[LOG_MESSAGE] = rest;
    return true;
}

/* A blank within a tag: "com.apple.xpc.launchd[1] (job[2]): …" of launchd, and "program [pid]: …". */
static bool blank_in_tag(slice rest, const char *space, const char *colon)
{
    if (space > rest.ptr && space[-1] == ']' && space + 1 < colon && space[1] == '(' && colon[-1] == ')') return true;
    return space[1] == '[' && colon[-1] == ']' && !memchr(space + 1, ' ', (size_t)(colon - space) - 1);
}

/* Solaris: "[ID 800047 auth.notice] message". */
static slice behind_id(slice rest)
{
    const char *close = begins(rest, "[ID ") ? memchr(rest.ptr, ']', rest.len) : NULL;
    return close && close + 2 <= rest.ptr + rest.len ? behind(rest, (size_t)(close - rest.ptr) + 2) : rest; /* with the blank */
}

/* "name[pid]: message", or a message without a tag. */
static void tagged_message(slice rest, log_framed *f)
{
    slice *v = f->ev.v;
    const char *colon = rest.len ? memchr(rest.ptr, ':', rest.len) : NULL, *space = rest.len ? memchr(rest.ptr, ' ', rest.len) : NULL;
    bool blank = colon && space && space < colon;
    v[LOG_MESSAGE] = rest;
    if (!colon || (blank && !blank_in_tag(rest, space, colon))) return;
    slice tag = {rest.ptr, (size_t)((blank ? space : colon) - rest.ptr)};
    v[LOG_PROGRAM] = tag_name(tag);
    if (!blank) add_procid(tag_number(tag), f);
    rest = behind(rest, (size_t)(colon - rest.ptr) + 1);
    v[LOG_MESSAGE] = behind_id(rest.len && rest.ptr[0] == ' ' ? behind(rest, 1) : rest);
}

static void message_behind_host(slice rest, log_framed *f)
{
    if (coded(rest, f->ev.v)) return;
    rest = skip_facility(skip_blanks(rest));
    if (!pid_without_colon(rest, f->ev.v)) tagged_message(rest, f);
}

/* What stands behind the time. */
static bool frame_3164(slice rest, log_framed *f)
{
    slice *v = f->ev.v;
    rest = skip_facility_first(skip_in_angles(rest));
    if (rest.len && rest.ptr[0] == '[' && bracketed_name(rest, v)) return true;
    if (plain_3164(rest, f)) return true;
    if (rest.len && (rest.ptr[0] == '%' || rest.ptr[0] == ':') && coded(rest, v)) return true; /* without a host */
    slice from_host = behind_forwarder(rest), after = from_host, host = word(&after);
    if (from_host.ptr != rest.ptr) host.len--; /* its colon */
    if (!host.len || slice_is(host, ":") || (begins(after, ": ") && all_digits((slice){host.ptr, host.len + 1}, ' '))) return false; /* sudo's own file: "Jul  1 09:00:00 2025 : bob : …" */
    if (repeated_behind_colon(host, after, v)) return true;
    bool tag = host.ptr[host.len - 1] == ':'; /* in the place of a host */
    if (!tag) v[LOG_HOST] = host;
    message_behind_host(tag ? from_host : after, f);
    return true;
}

/* ---- CEF ---- */
static bool cef_time(log_framed *f)
{
    static const char *const names[] = {"rt", "end", "start", "deviceReceiptTime", "eventtime", "devTime"};
    static const char *const forms[] = {"%b %d %Y %H:%M:%S%?.%?f %?Z", "%b %d, %Y %H:%M:%S %?Z", "%b %d %Y %H:%M:%S.%f %?Z"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        slice s = log_pair_get(f->pairs, f->n, slice_of(names[i]));
        if (!s.len) continue;
        if (log_time_any(s, &f->time)) return true;
        for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++)
            if (log_time_parse(slice_of(forms[k]), s, &f->time)) return true;
    }
    slice day = log_pair_get(f->pairs, f->n, SLICE_LIT("date")), clock = log_pair_get(f->pairs, f->n, SLICE_LIT("time"));
    char both[64];
    if (!day.len || !clock.len || day.len + clock.len + 2 > sizeof both) return false;
    memcpy(both, day.ptr, day.len);
    both[day.len] = ' ';
    memcpy(both + day.len + 1, clock.ptr, clock.len);
    return log_time_any((slice){both, day.len + clock.len + 1}, &f->time);
}

/* A header without a year is of the year in which its day is the record's own, or one beside it: clocks and zones differ. */
static void year_by_cef(log_framed *f)
{
    enum { DAYS_APART = 2 };
    log_time header = f->time, own;
    if (header.year || !cef_time(f)) return;
    own = f->time;
    for (int32_t y = own.year - 1; y <= own.year + 1 && !header.year; y++) {
        int64_t days = civil_valid(y, header.month, header.day) ? civil_days(y, header.month, header.day) - civil_days(own.year, own.month, own.day) : DAYS_APART + 1;
        if (days >= -DAYS_APART && days <= DAYS_APART) header.year = y;
    }
    f->time = header;
}

static bool as_cef(slice text, log_framed *f)
{
    bool leef = text.len && text.ptr[0] == 'L';
    if (!(leef ? log_split_leef(text, f) : log_split_cef(text, f))) return false;
    f->ev.v[LOG_PROGRAM] = leef ? SLICE_LIT("LEEF") : SLICE_LIT("CEF");
    f->ev.v[LOG_MESSAGE] = text;
    return true;
}

static bool is_cef(slice text)
{
    char first = text.len ? text.ptr[0] : ' ';
    return (first == 'C' && begins(text, "CEF:")) || (first == 'L' && begins(text, "LEEF:"));
}

/* Behind a syslog header its name stands where a program's does, its colon before the message; or the message begins with it. false: no CEF, no LEEF. */
static bool cef_inside(slice line, log_framed *f)
{
    slice program = f->ev.v[LOG_PROGRAM], message = f->ev.v[LOG_MESSAGE];
    if (is_cef(message)) return as_cef(message, f);
    if (program.len < 3 || program.ptr[program.len - 1] != 'F' || (!slice_is(program, "CEF") && !slice_is(program, "LEEF")) || message.ptr < line.ptr + program.len + 1) return false;
    const char *from = message.ptr - program.len - 1;
    while (from > line.ptr && !is_cef((slice){from, (size_t)(line.ptr + line.len - from)})) from--;
    return as_cef((slice){from, (size_t)(line.ptr + line.len - from)}, f);
}

/* Records of the audit log, each an event of its own here: those that audispd sends, "[node=host ]type=USER_LOGIN msg=audit(1751331600.123:5): …", and those that the kernel or journald
 * passes on, "kernel: audit: type=1112 audit(…): …" and "audit[9]: USER_LOGIN pid=9 …": passed_on, for what they tell of programs, these write there too. */
static void audit_by_syslog(log_framed *f)
{
    audit_line l;
    slice *v = f->ev.v, m = v[LOG_MESSAGE];
    char first = m.len ? m.ptr[0] : ' ';
    bool sent = (first == 't' && begins(m, "type=")) || (first == 'n' && begins(m, "node="));
    bool told = ((first == '[' || first == 'a' || sent) && (slice_is(v[LOG_PROGRAM], "kernel") || slice_is(v[LOG_PROGRAM], "audit"))) || (first >= 'A' && first <= 'Z' && slice_is(v[LOG_PROGRAM], "audit"));
    if (told ? !log_audit_told(m, &l) : !sent || !log_audit_read(m, "mdy", &l)) return;
    if (l.host.len) v[LOG_HOST] = l.host;
    v[LOG_PROGRAM] = told ? SLICE_LIT("audit") : SLICE_LIT("auditd");
    if (told) log_pair_add(f, SLICE_LIT("passed_on"), SLICE_LIT("yes"));
    log_audit_fields(&l, f);
}

/* By its first bytes, or by its program, whether a message may be one of those that have names of their own. */
static inline bool may_have_names(const slice *v)
{
    slice program = v[LOG_PROGRAM], m = v[LOG_MESSAGE];
    uint32_t four = 0, type = 0, node = 0, cef = 0, leef = 0;
    if (program.len && (program.ptr[program.len - 1] == 'F' || slice_is(program, "audit") || slice_is(program, "kernel"))) return true;
    if (m.len < 4) return false;
    memcpy(&four, m.ptr, 4), memcpy(&type, "type", 4), memcpy(&node, "node", 4), memcpy(&cef, "CEF:", 4), memcpy(&leef, "LEEF", 4);
    return four == type || four == node || four == cef || four == leef;
}

/* What a message may hold that has names of its own. */
static void inside(slice line, log_framed *f)
{
    if (!may_have_names(f->ev.v)) return;
    if (cef_inside(line, f)) year_by_cef(f);
    else audit_by_syslog(f);
}

/* The rest of the header left out: "<5>1 2025-07-01T09:00:00Z vault CEF:0|…". */
static bool cef_behind_host(slice rest, log_framed *f)
{
    slice after = rest;
    word(&after);
    f->n = 0;
    return is_cef(after) && frame_3164(rest, f);
}

static bool iso_start(slice s) { return s.len >= 19 && digit(s.ptr[0]) && digit(s.ptr[1]) && digit(s.ptr[2]) && digit(s.ptr[3]) && s.ptr[4] == '-' && (s.ptr[10] == 'T' || s.ptr[10] == 't'); }

/* May the word behind an ISO time be a host? RFC 3164 (4.1.2) and RFC 5424 (6.2.4) have a name of letters, digits, points and hyphens there, or an address, as relays write it of those whose name they do not
 * know; names in use also have underlines, and a relay's chain has / and @. Many programs' own logs begin with an ISO time too, and then a level or a stream stands in that place: where no tag
 * behind it says that a program wrote to syslog, such a word is no host. */
static bool may_be_host(slice w, bool tagged)
{
    if (tagged && tag_char(w.ptr[0])) return true; /* as nearly all are */
    for (size_t i = 0; i < w.len; i++)
        if (!tag_char(w.ptr[i]) && (i == 0 ? w.ptr[i] != ':' : !memchr(".:/@%", w.ptr[i], 5))) return false;
    return tagged || !(slice_is(w, "stdout") || slice_is(w, "stderr") || is_level(w));
}

/* A zone's name behind a time with a year: "Dec 03 2017 16:31:28.861 IST host". */
static slice skip_zone(slice rest, const log_time *t)
{
    if (!t->year) return rest;
    slice after = rest, w = word(&after);
    bool upper = w.len >= 3 && w.len <= 4;
    for (size_t i = 0; upper && i < w.len; i++) upper = w.ptr[i] >= 'A' && w.ptr[i] <= 'Z';
    return upper ? after : rest;
}

/* The year behind the time, after which Huawei's and H3C's devices put it: "Jul  9 09:00:01 2025 host" and "Jul  9 09:00:01:123 2025 host". */
static slice year_behind(slice rest, log_time *t)
{
    int32_t ms = 0, year = 0;
    size_t i = 0;
    if (rest.len > 4 && rest.ptr[0] == ':' && digit(rest.ptr[1])) {
        for (i = 1; i < 4 && digit(rest.ptr[i]); i++) ms = ms * 10 + (rest.ptr[i] - '0');
        if (i < 4) return rest;
    }
    if (rest.len < i + 6 || rest.ptr[i] != ' ') return rest;
    for (size_t k = i + 1; k < i + 5; k++)
        if (!digit(rest.ptr[k])) return rest;
        else year = year * 10 + (rest.ptr[k] - '0');
    if (rest.ptr[i + 5] != ' ' || year < 1990 || year > 2199) return rest;
    t->year = year;
    t->ms += ms;
    return behind(rest, i + 5);
}

bool log_journal_mark(slice line)
{
    static const char *const marks[] = {"-- Boot ", "-- Reboot --", "-- No entries --", "-- Logs begin at ", "-- Journal begins at "};
    line = slice_without_cr(line);
    bool ends = line.len > 5 && line.ptr[0] == '-' && memcmp(line.ptr + line.len - 3, " --", 3) == 0;
    for (size_t i = 0; ends && i < sizeof marks / sizeof marks[0]; i++)
        if (begins(line, marks[i])) return true;
    return false;
}

size_t log_file_prefix(slice line)
{
    bool path = false;
    size_t i = 0;
    for (; i < line.len && i < 200 && line.ptr[i] != ':'; i++) {
        if ((unsigned char)line.ptr[i] <= ' ' || line.ptr[i] == '<') return 0;
        path = path || line.ptr[i] == '.' || line.ptr[i] == '/';
    }
    if (!path || i + 16 > line.len || line.ptr[i] != ':') return 0;
    char c = line.ptr[i + 1];
    return (c >= 'A' && c <= 'Z') || digit(c) || c == '<' ? i + 1 : 0;
}

/* "2025 Jul  1 09:00:00 host …": the year in front, as OSSEC writes it. 0: none. */
static int32_t year_in_front(slice *rest)
{
    int32_t year = 0;
    if (rest->len < 20 || rest->ptr[4] != ' ' || rest->ptr[5] < 'A' || rest->ptr[5] > 'Z') return 0;
    for (size_t i = 0; i < 4; i++) {
        if (!digit(rest->ptr[i])) return 0;
        year = year * 10 + (rest->ptr[i] - '0');
    }
    if (year < 1990 || year > 2199) return 0;
    *rest = behind(*rest, 5);
    return year;
}

/* "Jul  1 09:00:00 host name[pid]: message", as nearly all lines are, with nothing odd about its time and host. */
static bool usual(slice line, log_framed *f)
{
    if (!log_time_plain(line, &f->day, &f->time) || line.len < 18) return false;
    char host = line.ptr[16];
    return !digit(host) && host != ' ' && host != '[' && plain_3164(behind(line, 16), f);
}

bool log_frame_usual(slice line, log_framed *f) { return usual(line, f) && !may_have_names(f->ev.v); }

/* "82 <38>1 2025-07-01T09:00:00Z …": how long the message is, as syslog over TCP is framed (RFC 6587, 3.4.1). */
static slice behind_length(slice line)
{
    enum { LONGEST = 6 };
    size_t i = 0;
    while (i < line.len && i < LONGEST && digit(line.ptr[i])) i++;
    return i && i + 1 < line.len && line.ptr[i] == ' ' && line.ptr[i + 1] == '<' ? behind(line, i + 1) : line;
}

static bool frame_line(slice line, log_framed *f, bool *broken)
{
    line = behind_length(line);
    slice rest = line, numbered;
    size_t n;
    if (is_cef(line)) return as_cef(line, f) && cef_time(f);
    if (!priority(&rest, broken)) return false;
    bool prioritized = rest.ptr != line.ptr; /* only syslog begins so */
    if (rest.len > 2 && rest.ptr[0] == ':' && rest.ptr[1] == ' ') rest = behind(rest, 2); /* NX-OS: "<189>: 2025 Jul  1 …" */
    int32_t year = digit(rest.len ? rest.ptr[0] : ' ') ? year_in_front(&rest) : 0;
    numbered = rest;
    if (digit(rest.len ? rest.ptr[0] : ' ') && all_digits(word(&numbered), ':')) rest = skip_blanks(numbered); /* a device's own count before the time: "<189>45: *Jul  1 …" */
    if (rest.len && (rest.ptr[0] == '*' || rest.ptr[0] == '.')) rest = behind(rest, 1); /* its clock is not set, or not in step */
    if ((n = log_time_bsd(rest, &f->time)) > 0) {
        rest = f->time.year ? behind(rest, n) : year_behind(behind(rest, n), &f->time);
        if (rest.len && rest.ptr[0] != ' ' && rest.ptr[0] != ':') return false;
        rest = skip_zone(skip_blanks(behind(rest, rest.len > 0)), &f->time);
        if (year) f->time.year = year;
        if (!frame_3164(rest, f)) return false;
    } else {
        bool version = rest.len > 2 && digit(rest.ptr[0]) && (rest.ptr[1] == ' ' || (digit(rest.ptr[1]) && rest.ptr[2] == ' '));
        if (version) word(&rest);
        if (!iso_start(rest) || !log_time_any(word(&rest), &f->time)) return false;
        if (version || looks_5424(rest)) return (frame_5424(rest, f) || cef_behind_host(rest, f)) && (inside(line, f), true);
        const slice *v = f->ev.v;
        if (!frame_3164(rest, f) || (v[LOG_HOST].len && !prioritized && !may_be_host(v[LOG_HOST], v[LOG_PROGRAM].len))) return false;
    }
    return inside(line, f), true;
}

bool log_frame_syslog(slice line, log_framed *f, bool *broken)
{
    size_t n = f->n, prefix;
    if (usual(line, f)) return inside(line, f), true;
    if (frame_line(line, f, broken)) return true;
    if (!(prefix = log_file_prefix(line))) return false;
    f->n = n;
    f->ev = (log_event){0};
    f->time = (log_time){0};
    *broken = false;
    return frame_line(behind(line, prefix), f, broken);
}
