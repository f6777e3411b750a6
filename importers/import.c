/* Which file goes to which importer, and what became of each. */
#include "importers/import.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "engine/base/file.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/base/progress.h"
#include "importers/encoding.h"
#include "importers/feed.h"
#include "importers/logpattern.h"

static const importer_kind *const kinds[] = {&importer_csv, &importer_json, &importer_loglines, &importer_logaudit, &importer_logjson, &importer_logxml, &importer_logtable};
enum { NKINDS = sizeof kinds / sizeof kinds[0], HEAD_BYTES = 1 << 20 };

struct import_own { profile_set profiles; log_patterns *patterns; };
typedef struct session {
    store *s;
    const schema *model;
    const import_options *o;
    import_own *own;
    import_report *report;
    size_t too_deep; err first_too_deep;    /* of the file at hand: archives in it that are not opened */
} session;

static void tell(const session *se, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void tell(const session *se, const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    if (!se->o->say) return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    se->o->say(se->o->ctx, line);
}

/* The list keeps only so many; what does not go into it is told at once, so that no file is passed over in silence. */
static void add_problem(session *se, const err *e)
{
    if (se->report->problems.n >= ERRLIST_MAX) tell(se, "%s: error: %s", e->file, e->msg);
    errlist_push(&se->report->problems, e);
}

/* ---- one file ---- */
/* What the importer found out about the file, a line each. */
/* Of a table what was decided by evidence; columns, delimiters and counts stand in the notes of the source. */
static bool worth_telling(const importer_kind *kind, slice line)
{
    static const char *const decisions[] = {"profile ", "columns not used", "dates read as", "times are in", "read by a part", "are read as", "for want of", "holds durations", "holds numbers", "times of day", "further down", "changes read", "no history", "not all of", "relative date", "more than one", "count from P0", "counts the rows", "first that has a value", "beside the records", "another scale", "of another kind"};
    char text[400];
    if (kind != &importer_csv && kind != &importer_json) return true;
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(line));
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++)
        if (strstr(text, decisions[i])) return true;
    return false;
}

/* A list that is too long for a terminal ends at a comma. */
static bool shorten(slice *text)
{
    enum { LONGEST = 240 };
    if (text->len <= LONGEST) return false;
    size_t n = LONGEST;
    while (n && text->ptr[n] != ',') n--;
    if (n == 0) return false;
    text->len = n;
    return true;
}

static const char *plural(uint64_t n) { return n == 1 ? "" : "s"; }

static void tell_notes(const session *se, const char *shown, const importer_kind *kind, const importer *im)
{
    buf b = {0};
    if (kind->notes && se->o->say) kind->notes(im, &b);
    for (char *line = b.failed ? NULL : b.ptr, *end = line ? line + b.len : NULL; line && line < end;) {
        char *nl = memchr(line, '\n', (size_t)(end - line));
        slice text = {line, (size_t)((nl ? nl : end) - line)};
        bool cut = shorten(&text);
        if (worth_telling(kind, text)) tell(se, "%s: %.*s%s", shown, SLICE_ARG(text), cut ? ", … (all of them: slaudit sql \"select path, notes from source\")" : "");
        line = nl ? nl + 1 : end;
    }
    buf_free(&b);
}

/* A table is one of a log's, or of records whatever they are. */
static bool in_question(const importer_kind *kind, const input *in) { return !in->table || kind == &importer_logtable || kind == &importer_csv; }

/* why: what the first kind that said something has against the file. NULL: no kind takes it, or one had no memory to look at it (SLA_NOMEM). */
static const importer_kind *choose(const input *in, err *why)
{
    const importer_kind *best = NULL;
    int best_score = 0;
    for (size_t i = 0; i < NKINDS; i++) {
        err own = {0};
        int score = in_question(kinds[i], in) ? kinds[i]->probe(in, &own) : 0;
        if (own.code == SLA_NOMEM) return *why = own, NULL;
        if (why->code == SLA_OK) *why = own;
        if (score > best_score) best_score = score, best = kinds[i];
    }
    return best;
}

/* A run of zero bytes, which a machine that lost power leaves in its logs, counts once. */
static bool binary(slice head)
{
    size_t odd = 0;
    for (size_t i = 0; i < head.len && i < 8192; i++) {
        unsigned char c = (unsigned char)head.ptr[i];
        odd += (c == 0 && (i == 0 || head.ptr[i - 1])) || (c && c < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 27);
    }
    return odd > 3 && odd * 50 > (head.len < 8192 ? head.len : 8192);
}

/* "<?xml", "<!--", "<a>"; the priority of a line of syslog, <134>, is none. */
static bool begins_markup(slice s) { return s.len > 1 && s.ptr[0] == '<' && (s.ptr[1] < '0' || s.ptr[1] > '9'); }

/* "<134>text", "[main] text", "[12.5]: text": what stands in front of the lines of many logs. A section of a settings file has nothing behind it. */
static bool begins_log_line(slice s)
{
    slice line = slice_trim(slice_line(&s));
    const char *end = line.len && (line.ptr[0] == '<' || line.ptr[0] == '[') ? memchr(line.ptr, line.ptr[0] == '<' ? '>' : ']', line.len) : NULL;
    return end && !begins_markup(line) && end + 1 < line.ptr + line.len;
}

static sla_status not_known(const char *shown, slice head, err *e)
{
    slice text = slice_trim(head);
    bool bin = binary(head), xml = !bin && begins_markup(text), log = !bin && !xml && begins_log_line(text);
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){shown, log, 0}, bin ? "a binary file of a kind that is not known" : xml ? "XML, of which records of tickets and Windows events are read, and this is neither"
            : log ? "by its first line a log, but its lines are of no known kind and begin with no time that can be read" : "neither a table nor a log of a kind that is known");
    if (log) err_hint(e, "known are the logs of docs/logs.md, and any whose lines begin with a time such as 2025-07-01 09:00:00: have the program, or what collects its lines, write one in front; or describe the lines as a kind in importers/logs/");
    else err_hint(e, "known are CSV in its dialects, Excel workbooks, JSON and the logs of docs/logs.md, also in gzip and zip; any log is read whose lines begin with a time such as 2025-07-01 09:00:00; give --dataset for a table, or export it as CSV");
    return SLA_UNKNOWN_FORMAT;
}

/* What a file is that nothing takes says more, where it is known, than what a format had against it (e). */
static sla_status refuse(const input *in, sla_status st, err *e)
{
    err known = {0};
    if (profiles_refuse_file(in->profiles, in->head, (srcpos){in->name, 1, 0}, &known) == SLA_OK) return st;
    *e = known;
    return e->code;
}

static sla_status run_importer(session *se, feed_file *f, const encoding *enc, slice head, bool whole, bool *not_utf8, err *e)
{
    input in = {.name = f->shown, .head = head, .whole = whole, .mtime_ms = f->mtime_ms, .model = se->model, .profiles = &se->own->profiles, .patterns = se->own->patterns, .options = se->o, .table = f->table};
    importer *im = NULL;
    size_t start = 0;
    uint32_t line = 1;
    feed_outcome out;
    const importer_kind *kind = !f->table && binary(head) ? NULL : choose(&in, e);
    if (!kind && e->code == SLA_NOMEM) return SLA_NOMEM;
    if (!kind) return refuse(&in, e->code != SLA_OK ? e->code : not_known(f->shown, head, e), e);
    *e = (err){0}; /* what other kinds had against it */
    sla_status st = kind->open(&in, &im, &start, &line, e);
    if (st != SLA_OK) return st == SLA_UNKNOWN_FORMAT ? refuse(&in, st, e) : st;
    if (se->o->draft) {
        if (kind == &importer_csv || kind == &importer_json) se->report->taken++;
        kind->close(im);
        return SLA_OK;
    }
    buf notes = {0};
    if (strcmp(enc->name, "UTF-8") != 0) buf_printf(&notes, "encoding %s: %s\n", enc->name, enc->why);
    st = feed_run(se->s, f, enc->name, enc->bom, kind, im, start, line, se->o, (slice){notes.ptr, notes.len}, &out, e);
    if (st == SLA_CONFLICT && kind->again && kind->again(im)) {
        *e = (err){0};
        st = feed_run(se->s, f, enc->name, enc->bom, kind, im, start, line, se->o, (slice){notes.ptr, notes.len}, &out, e);
    }
    buf_free(&notes);
    *not_utf8 = out.not_utf8;
    if (st == SLA_OK && out.known) {
        se->report->known++;
        tell(se, "%s: in the workspace already", f->shown);
    } else if (st == SLA_OK) {
        const source_info *i = &out.info;
        se->report->taken++;
        se->report->rows += i->rows;
        se->report->rejected += i->rejected;
        se->report->rejected_values += i->rejected_values;
        tell(se, "%s: %.*s, %.*s → %.*s, %llu row%s%s", f->shown, SLICE_ARG(i->importer), SLICE_ARG(i->profile), SLICE_ARG(i->dataset), (unsigned long long)i->rows, plural(i->rows),
             i->rejected || i->rejected_values ? "" : ", all taken");
        if (strcmp(enc->name, "UTF-8") != 0) tell(se, "%s: encoding %s: %s%s", f->shown, enc->name, enc->why, se->o->encoding ? "" : "; --encoding NAME for another");
        if (out.replaced) tell(se, "%s: %llu characters could not be decoded and stand as U+FFFD", f->shown, (unsigned long long)out.replaced);
        if (out.remark) tell(se, "%s: %s", f->shown, out.remark);
        tell_notes(se, f->shown, kind, im);
        if (i->rejected || i->rejected_values) tell(se, "%s: %llu row%s and %llu value%s rejected", f->shown, (unsigned long long)i->rejected, plural(i->rejected), (unsigned long long)i->rejected_values, plural(i->rejected_values));
    }
    kind->close(im);
    return st;
}

/* ---- the head, in UTF-8 ---- */
typedef struct head { buf raw, text; slice s; bool whole; encoding enc; } head;

static void head_free(head *h)
{
    buf_free(&h->raw);
    buf_free(&h->text);
}

static sla_status decode_head(head *h, const feed_file *f, const char *wanted, bool not_utf8, err *e)
{
    uint64_t replaced = 0;
    decoder *dec = NULL;
    slice raw = {h->raw.ptr, h->raw.len};
    if (f->table) h->enc = (encoding){"UTF-8", 0, ""};
    else if (wanted && !not_utf8) h->enc = encoding_asked(wanted, raw);
    else h->enc = encoding_detect(raw, h->whole, not_utf8);
    h->s = (slice){raw.ptr + h->enc.bom, raw.len - h->enc.bom};
    if (strcmp(h->enc.name, "UTF-8") == 0) return SLA_OK;
    sla_status st = decoder_open(h->enc.name, &dec, e);
    if (st == SLA_OK) st = decoder_add(dec, h->s, h->whole, &h->text, &replaced);
    decoder_close(dec);
    h->s = (slice){h->text.ptr, h->text.len};
    return st == SLA_NOMEM ? err_set(e, st, (srcpos){f->shown, 0, 0}, "no memory to read the file") : st;
}

static sla_status empty_file(const feed_file *f, err *e)
{
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){f->shown, 0, 0}, "%s is empty", f->table ? "the table" : "the file");
    err_hint(e, "export it again, or leave it out");
    return SLA_UNKNOWN_FORMAT;
}

static sla_status import_text(session *se, feed_file *f, head *h, bool not_utf8, bool *retry, err *e)
{
    TRY(decode_head(h, f, se->o->encoding, not_utf8, e));
    if (h->s.len == 0) return empty_file(f, e);
    return run_importer(se, f, &h->enc, h->s, h->whole, retry, e);
}

/* ---- files that hold others ---- */
enum { NESTING_MAX = 3 };
static sla_status import_opened(session *se, feed_file *f, int level, err *e);

static bool fatal(sla_status st) { return st == SLA_NOMEM || st == SLA_DB; }

static sla_status part_of(const feed_file *f, container *box, size_t i, feed_file *out, err *e)
{
    const part *p = &box->parts[i];
    const char *shown = f->shown, *path = f->part;
    if (*p->name) {
        size_t n = strlen(f->shown), m = strlen(p->name), before = n - strlen(f->part);
        char *text = arena_alloc(&box->mem, n + m + 2, 1);
        if (!text) return err_set(e, SLA_NOMEM, (srcpos){f->shown, 0, 0}, "no memory to unpack the file");
        memcpy(text, f->shown, n);
        text[n] = '/';
        memcpy(text + n + 1, p->name, m);
        shown = text;
        path = text + (*f->part ? before : n + 1);
    }
    *out = (feed_file){.path = f->path, .shown = shown, .fd = -1, .size = f->size, .mtime_ms = f->mtime_ms, .top = f->top ? f->top : f, .part = path, .in = box, .index = i, .table = p->table};
    return SLA_OK;
}

static size_t problems_of(const session *se) { return se->report->problems.n + se->report->problems.dropped + se->too_deep; }

/* Each part is a source of its own; one that cannot be taken does not stop the others. */
static sla_status import_parts(session *se, feed_file *f, container *box, int level, err *e)
{
    size_t before = se->report->taken + se->report->known, problems = problems_of(se), skipped = 0;
    err first = {0};
    for (size_t k = 0; k < 2 * box->nparts; k++) { /* hidden ones last */
        size_t i = k % box->nparts;
        feed_file p;
        err pe = {0};
        if (box->parts[i].hidden != (k >= box->nparts)) continue;
        TRY(part_of(f, box, i, &p, e));
        if (box->parts[i].hidden && se->report->taken + se->report->known > before) {
            skipped++;
            tell(se, "%s: a hidden sheet beside one that is shown: not read; show it and import the workbook again if it belongs to the data", p.shown);
            continue;
        }
        sla_status st = import_opened(se, &p, level, &pe);
        feed_close(&p);
        if (st == SLA_OK) continue;
        if (fatal(st) || box->nparts == 1) {
            *e = pe;
            return st;
        }
        if (st != SLA_UNKNOWN_FORMAT) add_problem(se, &pe);
        else {
            skipped++;
            if (first.code == SLA_OK) first = pe;
            tell(se, "%s: not recognised: %s", p.shown, pe.msg);
        }
    }
    if (se->report->taken + se->report->known == before && problems_of(se) == problems) {
        *e = first;
        return first.code;
    }
    se->report->skipped += skipped;
    return SLA_OK;
}

static sla_status import_container(session *se, feed_file *f, slice head_bytes, int level, err *e)
{
    container *box = NULL;
    container_source src = {f->fd, f->size, f->shown, se->o->encoding};
    if (level == NESTING_MAX) {
        if (se->too_deep++ == 0) err_set(&se->first_too_deep, SLA_LIMIT, (srcpos){f->shown, 0, 0}, "archives within archives within archives");
        return SLA_OK; /* said once, by import_file */
    }
    sla_status st = SLA_OK;
    if (f->in) st = feed_rewind(f, e);
    if (st == SLA_OK && f->in) st = stream_spool(f->now, f->shown, &src.fd, &src.size, e);
    else if (st == SLA_OK) st = feed_hash(f, e);
    if (st == SLA_OK) st = container_open(&src, head_bytes, &box, e);
    if (st == SLA_OK) st = import_parts(se, f, box, level + 1, e);
    container_close(box);
    if (f->in && src.fd >= 0) close(src.fd);
    return st;
}

/* The importer; once more with another encoding where the text turns out not to be UTF-8. */
static sla_status import_opened(session *se, feed_file *f, int level, err *e)
{
    head h = {0};
    bool retry = false, again = false;
    sla_status st = feed_head(f, HEAD_BYTES, &h.raw, e);
    h.whole = h.raw.len < HEAD_BYTES;
    slice raw = {h.raw.ptr, h.raw.len};
    if (st == SLA_OK && !f->table && container_sniff(raw)) st = import_container(se, f, raw, level, e);
    else if (st == SLA_OK) st = import_text(se, f, &h, false, &retry, e);
    if (st != SLA_OK && retry && !se->o->encoding) {
        *e = (err){0};
        buf_reset(&h.text);
        st = import_text(se, f, &h, true, &again, e);
    }
    head_free(&h);
    return st;
}

/* An archive may hold thousands of those; it is one thing to do about one file. */
static void add_too_deep(session *se, const char *shown)
{
    err *e = &se->first_too_deep;
    size_t n = strlen(e->msg);
    if (se->too_deep > 1) snprintf(e->msg + n, sizeof e->msg - n, "; %zu of that kind in %s were not opened", se->too_deep, shown);
    err_hint(e, "unpack it and import what comes out");
    add_problem(se, e);
    se->too_deep = 0;
    se->first_too_deep = (err){0};
}

static sla_status import_file(session *se, const char *path, const char *shown, err *e)
{
    feed_file f;
    TRY(feed_open(path, shown, &f, e));
    sla_status st = import_opened(se, &f, 0, e);
    feed_close(&f);
    if (se->too_deep) add_too_deep(se, shown);
    return st;
}

/* ---- paths ---- */
static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* A file that was found in a folder and is nothing known is told, but is no problem by itself. */
static sla_status take_file(session *se, const char *path, const char *shown, bool named, err *e)
{
    err fe = {0};
    sla_status st = import_file(se, path, shown, &fe);
    if (st == SLA_OK) return SLA_OK;
    if (fatal(st)) {
        *e = fe;
        return st;
    }
    if (st == SLA_UNKNOWN_FORMAT && !named) {
        se->report->skipped++;
        tell(se, "%s: not recognised: %s", shown, fe.msg);
    } else add_problem(se, &fe);
    return SLA_OK;
}

static void walk_problem(void *ctx, const err *e)
{
    add_problem(ctx, e);
}

static sla_status take_folder(session *se, const char *root, err *e)
{
    arena a = {0};
    file_list files;
    size_t before = se->report->taken + se->report->known, problems = problems_of(se);
    sla_status st = file_walk(root, &a, &files, walk_problem, se, e);
    for (size_t i = 0; st == SLA_OK && i < files.n; i++) {
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/%s", root, files.paths[i]);
        if (n < 0 || (size_t)n >= sizeof path) errlist_add(&se->report->problems, SLA_LIMIT, (srcpos){files.paths[i], 0, 0}, "the path is too long");
        else st = take_file(se, path, files.paths[i], false, e);
    }
    if (st == SLA_OK && se->report->taken + se->report->known == before && problems_of(se) == problems) {
        errlist_add(&se->report->problems, SLA_UNKNOWN_FORMAT, (srcpos){last_part(root), 0, 0}, "the folder holds nothing that is known%s%s", files.n ? ", for example not " : "",
                    files.n ? files.paths[0] : "");
        errlist_hint(&se->report->problems, "it should hold exports (CSV) or logs");
    }
    arena_free(&a);
    return st;
}

static sla_status take_path(session *se, const char *path, err *e)
{
    switch (file_kind_of(path)) {
    case FILE_FOLDER: return take_folder(se, path, e);
    case FILE_MISSING:
        errlist_add(&se->report->problems, SLA_IO, (srcpos){path, 0, 0}, "there is no such file or folder");
        errlist_hint(&se->report->problems, "check the path");
        return SLA_OK;
    default: return take_file(se, path, last_part(path), true, e);
    }
}

/* ---- the whole ---- */
/* The profile asked for: a file of the user's, or one of the program's by its name. */
static sla_status named_profile(session *se, const profile **out, err *e)
{
    const char *name = se->o->profile;
    size_t n = strlen(name);
    if (n > 5 && strcmp(name + n - 5, ".yaml") == 0) return profiles_add(&se->own->profiles, name, out, &se->report->problems) == SLA_OK ? SLA_OK : err_set(e, SLA_SYNTAX, SRCPOS_NONE, "the import profile cannot be read");
    *out = profile_by_name(&se->own->profiles, slice_of(name));
    if (*out) return SLA_OK;
    err_set(e, SLA_USAGE, SRCPOS_NONE, "there is no import profile '%s'", name);
    err_hint(e, "name one of importers/profiles, or a file of your own that ends in .yaml");
    return SLA_USAGE;
}

static sla_status check_options(session *se, err *e)
{
    const import_options *o = se->o;
    const profile *named = NULL;
    if (o->dataset && !schema_dataset(se->model, slice_of(o->dataset))) return err_set(e, SLA_USAGE, SRCPOS_NONE, "there is no dataset '%s'", o->dataset);
    if (o->profile) TRY(named_profile(se, &named, e));
    for (size_t i = 0; named && i < named->errors.n; i++) errlist_push(&se->report->problems, &named->errors.items[i]);
    se->own->profiles.named = named;
    return named && named->errors.n ? err_set(e, SLA_SYNTAX, SRCPOS_NONE, "import profile '%s' does not fit the model", o->profile) : SLA_OK;
}

/* ---- what the program knows ---- */
import_own *import_own_new(void) { return mem_zero(1, sizeof(import_own)); }
sla_status import_own_profiles(import_own *o, const schema *m, errlist *errors) { return profiles_load(m, &o->profiles, errors); }
sla_status import_own_patterns(import_own *o, errlist *errors) { return log_patterns_load(&o->patterns, errors); }

void import_own_free(import_own *o)
{
    if (!o) return;
    log_patterns_free(o->patterns);
    profiles_clear(&o->profiles);
    mem_free(o);
}

static sla_status load_own(session *se, err *e)
{
    if ((se->own = se->o->own)) return SLA_OK;
    if (!(se->own = import_own_new())) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to import");
    sla_status st = import_own_profiles(se->own, se->model, &se->report->problems);
    if (st == SLA_OK) st = import_own_patterns(se->own, &se->report->problems);
    return st == SLA_OK ? st : err_set(e, st, SRCPOS_NONE, "the program's own import profiles or log patterns have errors");
}

sla_status import_paths(store *s, const schema *m, const import_options *o, const char *const *paths, size_t n, import_report *out, err *e)
{
    *out = (import_report){0};
    session se = {.s = s, .model = m, .o = o, .report = out};
    sla_status st = load_own(&se, e);
    if (st == SLA_OK) st = check_options(&se, e);
    progress_begin("import", 0);
    store_sources_begin(s);
    for (size_t i = 0; st == SLA_OK && i < n; i++) st = take_path(&se, paths[i], e);
    sla_status kept = store_sources_end(s, st == SLA_OK ? e : NULL);
    progress_end();
    if (st == SLA_OK) st = kept;
    if (!o->own) import_own_free(se.own);
    return st;
}

void import_report_clear(import_report *r)
{
    errlist_clear(&r->problems);
    *r = (import_report){0};
}
