/* Plain logs, line by line: syslog in its forms (logsyslog.h), and the kinds of lines that importers/logs/ describes. The kind that knows most of the first lines
 * reads the file; lines it does not know are tried with the others. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "engine/base/lines.h"
#include "engine/base/mem.h"
#include "importers/logrecords.h"
#include "importers/logsyslog.h"

enum { PROBE_LINES = 200, TRACK = 256, LOOK_BACK = 1 << 20 };

/* Where each block begins in the course of years. Written by cut, in order, before the block is handed on; read by the threads that parse. */
typedef struct track {
    pthread_mutex_t lock;
    struct { uint32_t line; log_years years; bool steady; } at[TRACK];   /* more than blocks can be under way; steady: all of the block's lines are of one year */
    size_t next;
    uint32_t line;                      /* of the next block */
    log_years years;
    log_regex_state *state;             /* of cut's thread, as is framed */
    log_framed *framed;
} track;
struct importer {
    log_sink sink;
    const log_kind *kind;               /* NULL: syslog */
    const log_kinds *kinds;
    track *track;
    bool again;
    int32_t base, asked;                /* the year of the first line; --year */
    int64_t from, to, latest;
    const char *why;                    /* what the year was taken from */
};

/* ---- years: the course of the file ---- */
/* state, framed: the thread's, borrowed; what is in framed may change. */
typedef struct course { const log_kind *kind; log_regex_state *state; log_framed *framed; log_years years; int32_t index; char day[6]; } course;

static bool yearless_day(const course *c, slice line, log_time *t)
{
    if (!c->kind) return log_time_bsd(line, t) > 0 && t->year == 0;
    log_framed_reset(c->framed);
    bool is = log_frame_line(c->kind, c->state, line, c->framed) && c->framed->time.year == 0;
    if (is) *t = c->framed->time;
    return is;
}

/* Of syslog: the line is of the same day as the one before it that was looked at, as nearly all are. */
static inline bool same_day(const course *c, slice line) { return !c->kind && line.len >= sizeof c->day && memcmp(line.ptr, c->day, sizeof c->day) == 0; }

/* The line's year, counted from the first line's. */
static int32_t course_step(course *c, slice line)
{
    log_time t;
    if (!c->kind && line.len && line.ptr[0] != '<' && !(line.ptr[0] >= 'A' && line.ptr[0] <= 'Z')) {
        size_t prefix = log_file_prefix(line);
        line = (slice){line.ptr + prefix, line.len - prefix};
    }
    if (!c->kind && line.len && line.ptr[0] == '<') {
        const char *close = memchr(line.ptr, '>', line.len < 6 ? line.len : 6);
        if (close) line = (slice){close + 1, line.len - (size_t)(close + 1 - line.ptr)};
    }
    if (line.len < sizeof c->day || same_day(c, line) || !yearless_day(c, line, &t)) return c->index;
    memcpy(c->day, line.ptr, sizeof c->day);
    return c->index = log_years_step(&c->years, t.month, t.day);
}

static bool has_course(const importer *im) { return !im->kind || im->kind->yearless; }

/* Steps through all lines; returns how many line ends they have. *steady: none began another year. */
static uint32_t course_of_text(course *c, slice text, bool *steady)
{
    uint32_t n = 0;
    int32_t first = c->index;
    slice line;
    *steady = true;
    for (line_scan lines = lines_of(text); line_next(&lines, &line); n++)
        if (!(same_day(c, line) && c->index == first) && course_step(c, slice_without_cr(line)) != first) *steady = false;
    return n - (n && text.ptr[text.len - 1] != '\n');
}

/* In syslog a line that begins with a blank or a tab goes on with the message before it. */
static bool goes_on(slice line) { return line.len == 0 || line.ptr[0] == ' ' || line.ptr[0] == '\t' || line.ptr[0] == '\r'; }

/* ---- probing ---- */
typedef struct guess { const log_kind *kind; size_t known, lines; bool first, late; } guess;   /* late: the file does not begin with a record */

/* Goes on only as long as at least that many can be known in the end. */
static guess known_lines(const log_kind *k, log_regex_state *s, log_framed *f, slice head, bool whole, size_t least)
{
    guess g = {.kind = k};
    while (head.len && g.lines < PROBE_LINES && g.known + (PROBE_LINES - g.lines) >= least) {
        bool broken, cut = !whole && !memchr(head.ptr, '\n', head.len) && g.lines;
        slice one = slice_without_cr(slice_line(&head));
        if (cut || slice_trim(one).len == 0 || (k ? log_line_skipped(k, s, one) : log_journal_mark(one) || (g.lines && goes_on(one)))) continue;
        log_framed_reset(f);
        bool is = !k ? log_frame_syslog(one, f, &broken) : k->begin.code ? log_line_begins(k, s, one) : log_frame_line(k, s, one, f);
        if (g.lines++ == 0) g.first = is;
        g.known += is;
    }
    return g;
}

static bool is_plain(const log_kind *k) { return k && slice_is(k->name, "plain"); }

/* Are so many lines known that the file is one of this kind? Lines that say when begin records, of which each may go on over many, such as those of where a program failed: a few among the first lines
 * are enough, where the first is one. A table's first line would be a header. In syslog those between are lines of programs' own logs, tried with the other kinds. */
static bool enough(guess g)
{
    enum { A_FEW = 3 };
    bool begins = g.first && (g.known >= A_FEW || g.known * 4 >= g.lines);
    if (is_plain(g.kind)) return begins;
    if (!g.kind && begins) return true;
    if (g.kind && g.kind->more) return g.first || g.known * 4 >= g.lines;
    return g.known * 10 >= g.lines * 5;
}

/* Lines that are records in JSON; the first is the end of one that was cut off. */
static guess json_lines(const log_patterns *p, log_framed *f, slice head)
{
    guess g = {0};
    while (head.len && g.lines < PROBE_LINES) {
        slice one = slice_trim(slice_line(&head));
        if (!one.len) continue;
        log_framed_reset(f);
        g.known += one.ptr[0] == '{' && log_frame_json(p, one, (slice){0}, f);
        g.lines++;
    }
    if (g.known * 2 < g.lines) g.known = 0;
    return g;
}

/* What a file is that begins in the middle: the kind of which the most records begin further down. */
static guess late_guess(const log_patterns *p, log_regex_state *s, log_framed *f, slice head, bool whole)
{
    enum { A_FEW = 3 };
    const log_kinds *ks = log_patterns_kinds(p);
    guess json = json_lines(p, f, head), best = {0};
    for (const log_kind *k = ks->lines; k < ks->lines + ks->nlines && !json.known; k++) {
        if (!(k->more || k->begin.code) || is_plain(k)) continue;
        guess g = known_lines(k, s, f, head, whole, best.known + 1);
        if (g.known > best.known && (g.known >= A_FEW || g.known * 10 >= g.lines)) best = g, best.late = true;
    }
    return json.known ? json : best;
}

/* The kind that knows the most lines, and enough of them; of those that know as many the first, and syslog last. One that says of itself only when something stands at each line's beginning (name
 * "plain") is asked if no other is. known 0: none. */
static guess best_guess(const log_patterns *p, log_regex_state *s, log_framed *f, slice head, bool whole)
{
    const log_kinds *ks = log_patterns_kinds(p);
    guess syslog = known_lines(NULL, s, f, head, whole, 0), best = {0}; /* first, as most logs are, and then little need be asked of the others */
    const log_kind *plain = NULL;
    if (!enough(syslog)) syslog.known = 0;
    for (const log_kind *k = ks->lines; k < ks->lines + ks->nlines; k++) {
        if (is_plain(k)) {
            plain = k;
            continue;
        }
        guess g = known_lines(k, s, f, head, whole, best.known >= syslog.known ? best.known + 1 : syslog.known);
        if (g.known > best.known && g.known >= syslog.known && enough(g)) best = g;
    }
    if (syslog.known > best.known) best = syslog;
    if (best.known) return best;
    guess g = plain ? known_lines(plain, s, f, head, whole, 0) : best;
    return enough(g) && g.known ? g : late_guess(p, s, f, head, whole);
}

static sla_status best_kind(const input *in, guess *best, err *e)
{
    arena scratch = {0};
    log_regex_state *s = log_regex_state_new();
    log_framed *f = mem_zero(1, sizeof *f);
    sla_status st = s && f ? SLA_OK : err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log");
    if (st == SLA_OK) {
        f->scratch = &scratch;
        *best = best_guess(in->patterns, s, f, in->head, in->whole);
    }
    mem_free(f);
    arena_free(&scratch);
    log_regex_state_free(s);
    return st;
}

static int lines_probe(const input *in, err *why)
{
    guess g = {0};
    if (!in->patterns || !in->head.len || in->head.ptr[0] == '{' || best_kind(in, &g, why) != SLA_OK || g.known == 0) return 0;
    return g.late ? 40 : is_plain(g.kind) ? 60 : 90; /* 40: less than what a table is sure to be */
}

/* ---- the vtable ---- */
static void track_free(track *tr)
{
    if (!tr) return;
    pthread_mutex_destroy(&tr->lock);
    log_regex_state_free(tr->state);
    mem_free(tr->framed);
    mem_free(tr);
}

static track *track_new(void)
{
    track *tr = mem_zero(1, sizeof *tr);
    if (!tr) return NULL;
    pthread_mutex_init(&tr->lock, NULL);
    tr->line = 1;
    tr->state = log_regex_state_new();
    tr->framed = mem_zero(1, sizeof *tr->framed);
    if (tr->state && tr->framed) return tr;
    track_free(tr);
    return NULL;
}

static void lines_close(importer *im)
{
    if (!im) return;
    log_sink_close(&im->sink);
    track_free(im->track);
    mem_free(im);
}

/* A date in the file's name, as rotation writes it (auth.log-20250706, 2025-07-06.log): its lines are not later. 0: none. */
static int64_t date_in_name(const char *name)
{
    for (const char *p = name; *p; p++) {
        int32_t v[3] = {0};
        const char *q = p;
        static const int size[] = {4, 2, 2};
        bool ok = p == name || p[-1] < '0' || p[-1] > '9';
        for (int i = 0; ok && i < 3; i++) {
            for (int k = 0; ok && k < size[i]; k++, q++) ok = *q >= '0' && *q <= '9' && (v[i] = v[i] * 10 + (*q - '0'), true);
            if (ok && i < 2 && strchr("-_.", *q) && *q) q++;
        }
        if (ok && (*q < '0' || *q > '9') && v[0] >= 1990 && civil_valid(v[0], v[1], v[2])) return (civil_days(v[0], v[1], v[2]) + 2) * MS_DAY;
    }
    return 0;
}

static void find_base(importer *im, const log_years *y)
{
    im->base = im->asked ? im->asked : log_years_base(y, im->from, im->to, im->latest);
}

static void look_at_years(importer *im, const input *in)
{
    course c = {.kind = im->kind, .state = im->track->state, .framed = im->track->framed};
    slice head = in->head;
    bool steady;
    while (!in->whole && head.len && head.ptr[head.len - 1] != '\n') head.len--;
    int64_t named = date_in_name(in->name);
    im->latest = in->mtime_ms + MS_DAY;
    im->why = im->asked ? "as asked for" : im->from != im->to ? "by the period" : named && named < im->latest ? "by the date in the file's name" : "by the file's time of modification";
    if (named && named < im->latest) im->latest = named;
    if (has_course(im)) course_of_text(&c, head, &steady);
    find_base(im, &c.years);
}

static sla_status lines_open(const input *in, importer **out, size_t *start, uint32_t *line_no, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    guess best = {0};
    sla_status st = im ? log_sink_open(&im->sink, in, e) : SLA_NOMEM;
    if (st == SLA_OK && !(im->track = track_new())) st = SLA_NOMEM;
    if (st == SLA_OK) st = best_kind(in, &best, e);
    if (st != SLA_OK) {
        lines_close(im);
        return err_set(e, st, (srcpos){in->name, 0, 0}, "cannot read the log");
    }
    im->kinds = log_patterns_kinds(in->patterns);
    im->kind = best.kind;
    im->from = in->options->from;
    im->to = in->options->to;
    im->asked = in->options->year;
    look_at_years(im, in);
    *start = 0;
    *line_no = 1;
    *out = im;
    return SLA_OK;
}

/* ---- blocks ---- */
static bool begins_record(const importer *im, slice line)
{
    static const char again[] = "last message repeated ";
    if (im->kind && im->kind->more) return log_line_begins(im->kind, im->track->state, slice_without_cr(line));
    if (!im->kind && goes_on(line)) return false;
    for (const char *p = line.ptr, *end = p + line.len; !im->kind && p && end - p > 22; p = memchr(p + 1, 'l', (size_t)(end - p) - 1))
        if (memcmp(p, again, sizeof again - 1) == 0) return false;
    return true;
}

/* The last line is kept back, so that a block begins with a record and not with what belongs to the one before. */
static size_t cut_point(const importer *im, slice text)
{
    size_t end = text.len, last;
    while (end && text.ptr[end - 1] != '\n') end--;
    last = end;
    while (end && last - end < LOOK_BACK) {
        size_t from = end - 1;
        while (from && text.ptr[from - 1] != '\n') from--;
        if (from && begins_record(im, (slice){text.ptr + from, end - 1 - from})) return from;
        end = from;
    }
    return end ? last : 0;
}

static size_t lines_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    track *tr = im->track;
    *open = SIZE_MAX;
    slice part = {text.ptr, at_end ? text.len : cut_point(im, text)};
    course c = {.kind = im->kind, .state = tr->state, .framed = tr->framed, .years = tr->years, .index = tr->years.index};
    bool steady = true;
    if (has_course(im)) *nlines = course_of_text(&c, part, &steady);
    else *nlines = (uint32_t)lines_count_byte(part.ptr, part.len, '\n');
    pthread_mutex_lock(&tr->lock);
    tr->at[tr->next].line = tr->line;
    tr->at[tr->next].years = tr->years;
    tr->at[tr->next].steady = steady;
    tr->next = (tr->next + 1) % TRACK;
    pthread_mutex_unlock(&tr->lock);
    tr->years = c.years;
    tr->line += *nlines;
    return part.len;
}

typedef struct reader {
    const importer *im;
    log_writer w;
    log_framed *f;
    course course; bool steady;         /* steady: no line changes course.index */
    slice before;                       /* the last line that was an event: for "last message repeated" */
} reader;

static bool frame_as(reader *r, const log_kind *k, slice text, bool *broken)
{
    log_framed_reset(r->f);
    return k ? log_frame_line(k, log_matcher_state(r->w.m), text, r->f) : log_frame_syslog(text, r->f, broken);
}

/* A line of syslog that names no program is that of a device, if its kind stands behind such headers. */
static bool frame_headed(reader *r, slice text, bool *broken)
{
    const log_kinds *ks = r->im->kinds;
    for (size_t i = 0; i < ks->nlines; i++)
        if (ks->lines[i].headed && log_line_begins(&ks->lines[i], log_matcher_state(r->w.m), text)) return frame_as(r, &ks->lines[i], text, broken) || frame_as(r, NULL, text, broken);
    return true;
}

/* Syslog as nearly all of it is. */
static bool frame_usual(reader *r, slice text)
{
    if (r->im->kind) return false;
    log_framed_reset(r->f);
    return log_frame_usual(text, r->f);
}

/* What takes the line: its file's kind, then syslog and the others; then the one that only wants a time at the beginning, unless the file's times are of another zone; last a record in JSON. */
static bool frame(reader *r, slice text, bool *broken)
{
    const log_kind *own = r->im->kind, *plain = NULL;
    const log_kinds *ks = r->im->kinds;
    if (frame_as(r, own, text, broken)) return own || r->f->ev.v[LOG_PROGRAM].len || frame_headed(r, text, broken);
    for (size_t i = 0; i <= ks->nlines; i++) {
        const log_kind *k = i < ks->nlines ? &ks->lines[i] : NULL;
        if (is_plain(k)) plain = k;
        else if (k != own && frame_as(r, k, text, broken)) return true;
    }
    if (plain && plain != own && !(own && own->utc) && frame_as(r, plain, text, broken)) return true;
    log_framed_reset(r->f);
    return text.ptr[0] == '{' && log_frame_json(r->im->sink.patterns, text, (slice){0}, r->f);
}

static sla_status put_framed(reader *r, int32_t index, uint32_t no, uint32_t times, slice text)
{
    if (!r->f->time.year) r->f->time.year = r->im->base + index;
    return log_writer_put(&r->w, r->f, no, times, text);
}

static sla_status put(reader *r, slice text, uint32_t no, uint32_t nlines)
{
    bool broken = false;
    int32_t index = r->steady ? r->course.index : course_step(&r->course, text);
    if (r->w.scratch.top) arena_free(&r->w.scratch);
    if (!frame_usual(r, text) && !frame(r, text, &broken)) return log_writer_reject(&r->w, no, text, "no kind of log that is known: no time can be read at its place");
    uint32_t again = log_last_repeated(r->f->ev.v[LOG_MESSAGE]);
    if (again && r->before.len) { /* the line before, at this line's time */
        log_time at = r->f->time;
        slice host = r->f->ev.v[LOG_HOST];
        if (frame(r, r->before, &broken) && (!host.len || slice_eq(r->f->ev.v[LOG_HOST], host))) {
            r->f->time = at;
            r->w.over_lines = !r->im->kind && memchr(r->before.ptr, '\n', r->before.len) != NULL;
            return put_framed(r, index, no, again, text);
        }
        frame(r, text, &broken);
    }
    r->w.counts->broken_priority += broken;
    r->before = text;
    r->w.over_lines = nlines > 1 && !r->im->kind; /* patterns of the other kinds know of their lines */
    uint32_t times = log_repeated(&r->f->ev.v[LOG_MESSAGE]);
    return put_framed(r, index, no, times, text);
}

/* The line begins a record of the file's kind, or of another of the same family: what started a server writes into its log in its own way. */
static bool begins_any(const reader *r, slice line)
{
    const log_kind *own = r->im->kind;
    const log_kinds *ks = r->im->kinds;
    log_regex_state *s = log_matcher_state(r->w.m);
    if (!own) return !goes_on(line);
    if (log_line_begins(own, s, line)) return true;
    if (!line.len || line.ptr[0] == ' ' || line.ptr[0] == '\t') return false;
    for (size_t i = 0; i < ks->nlines; i++)
        if (&ks->lines[i] != own && !is_plain(&ks->lines[i]) && slice_eq(ks->lines[i].source, own->source) && log_regex_match(&ks->lines[i].re, s, line)) return true;
    return false;
}

static bool blank(slice s) { return s.len == 0 || ((unsigned char)s.ptr[0] <= ' ' && slice_trim(s).len == 0); }

static bool skipped(reader *r, slice s)
{
    if (r->im->kind) return log_line_skipped(r->im->kind, log_matcher_state(r->w.m), s);
    if (s.ptr[0] != '-' || !log_journal_mark(s)) return false;
    r->w.counts->marks++;
    return true;
}

/* Lines that do not begin a record belong to the one before. */
static slice with_more(reader *r, slice one, line_scan *rest, uint32_t *lines)
{
    slice whole = one, next;
    for (line_scan after = *rest; line_next(&after, &next) && !begins_any(r, slice_without_cr(next)); *rest = after) {
        if (!blank(next) && !skipped(r, next)) whole.len = (size_t)(next.ptr + next.len - whole.ptr);
        ++*lines;
    }
    return whole;
}

/* Of syslog only the first byte of the next line is looked at, and a line that goes on with nothing, as the file's first may, is one by itself. */
static bool may_have_more(const reader *r, slice one, const line_scan *rest)
{
    const log_kind *own = r->im->kind;
    return own ? own->more : rest->at < rest->end && (unsigned char)*rest->at <= ' ' && !goes_on(one);
}

static sla_status read_block(reader *r, const block *b)
{
    uint32_t no = b->line, n;
    slice one;
    for (line_scan lines = lines_of(b->records); line_next(&lines, &one); no += n) {
        n = 1;
        if (blank(one) || skipped(r, one)) continue;
        if (may_have_more(r, one, &lines)) one = with_more(r, one, &lines, &n);
        while (one.len && (one.ptr[one.len - 1] == '\n' || one.ptr[one.len - 1] == '\r')) one.len--;
        r->w.b->rows++;
        TRY(put(r, one, no, n));
    }
    return SLA_OK;
}

static void find_course(reader *r, uint32_t line)
{
    track *tr = r->im->track;
    pthread_mutex_lock(&tr->lock);
    for (size_t i = 0; i < TRACK; i++)
        if (tr->at[i].line == line) {
            r->course.years = tr->at[i].years;
            r->steady = tr->at[i].steady;
        }
    pthread_mutex_unlock(&tr->lock);
    r->course.index = r->course.years.index;
}

static sla_status lines_parse(importer *im, block *b, err *e)
{
    reader r = {.im = im, .f = mem_zero(1, sizeof *r.f)};
    sla_status st = log_writer_begin(&r.w, &im->sink, b);
    if (!r.f) st = SLA_NOMEM;
    if (st == SLA_OK) {
        r.f->scratch = &r.w.scratch;
        r.f->around = b->records;
        r.course = (course){.kind = im->kind, .state = log_matcher_state(r.w.m), .framed = r.f};
        find_course(&r, b->line);
        st = read_block(&r, b);
    }
    mem_free(r.f);
    return log_writer_end(&r.w, st, e);
}

static sla_status lines_take(importer *im, block *b, err *e) { return log_sink_take(&im->sink, b, e); }
static void lines_drop(importer *im, block *b) { (void)im, log_sink_drop(b); }

/* Only at the end is it known how many years the lines span: when that says another first year, the file is read once more. */
static sla_status lines_finish(importer *im, sla_status (*put_batch)(void *ctx, const batch *b, err *e), void *ctx, err *e)
{
    (void)put_batch, (void)ctx;
    int32_t was = im->base;
    if (!im->track->years.begun) return SLA_OK;
    find_base(im, &im->track->years);
    im->again = im->base != was;
    return im->again ? err_set(e, SLA_CONFLICT, SRCPOS_NONE, "the lines begin in another year than their first ones let expect") : SLA_OK;
}

static bool lines_again(importer *im)
{
    bool again = im->again;
    im->again = false;
    if (!again) return false;
    log_sink_restart(&im->sink);
    im->track->years = (log_years){0};
    im->track->line = 1;
    return true;
}

static void note_day(buf *out, int32_t year, int32_t day)
{
    int32_t y, m, d;
    civil_from_days(civil_days(2000, 1, 1) + day, &y, &m, &d);
    buf_printf(out, "%04d-%02d-%02d", (int)year, (int)m, (int)d);
}

static void note_years(const importer *im, buf *out)
{
    const log_years *y = &im->track->years;
    if (!y->begun) return;
    buf_printf(out, "the lines have no year; %s they begin on ", im->why);
    note_day(out, im->base, y->first_day);
    buf_text(out, " and end on ");
    note_day(out, im->base + y->index, y->day);
    if (y->index) buf_printf(out, ", past %d New Year%s", (int)y->index, y->index > 1 ? "s" : "");
    if (y->strays) buf_text(out, "; some stand out of order around New Year");
    buf_char(out, '\n');
}

static slice lines_profile(const importer *im) { return im->kind ? im->kind->name : SLICE_LIT("syslog"); }

static void lines_notes(const importer *im, buf *out)
{
    buf_printf(out, "log lines: %.*s\n", SLICE_ARG(im->kind ? im->kind->title : SLICE_LIT("syslog (RFC 3164, RFC 5424)")));
    note_years(im, out);
    log_sink_notes(&im->sink, out);
}

static const dataset *lines_dataset(const importer *im) { return im->sink.ds; }
static batch_pool *lines_batches(const importer *im) { return im->sink.batches; }

static sla_status lines_caveats(const importer *im, store *s, int64_t source, err *e) { return log_sink_caveats(&im->sink, s, source, e); }

const importer_kind importer_loglines = {"log", "lines of syslog and of the logs that importers/logs describes", lines_probe, lines_open, lines_cut, lines_parse, lines_take, lines_finish, lines_drop,
                                         lines_notes, lines_dataset, lines_profile, lines_batches, NULL, lines_close, lines_caveats, lines_again, NULL};
