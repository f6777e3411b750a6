#include "importers/logfields.h"
#include <pthread.h>
#include <string.h>
#include "engine/base/mem.h"

enum { NAMES_MAX = LOG_PAIRS_MAX / 2 };
/* From this line on the columns are these. */
typedef struct directive { uint32_t line; slice *names; size_t n; char delimiter; slice date, path; } directive;
/* Written by cut, in order, and read by the threads that parse. */
struct log_fields {
    pthread_mutex_t lock;
    arena mem;
    directive *items; size_t n, cap;
    uint32_t line;                      /* of the next block */
    bool nomem;
};

/* ---- directives ---- */
/* The value up to the next delimiter; quotes around it go. ptr NULL: there is none. */
static slice next_value(slice *rest, char delimiter)
{
    if (!rest->ptr) return (slice){0};
    const char *p = rest->ptr, *end = p + rest->len, *from = p;
    bool quoted = p < end && *p == '"' && delimiter != '\t';
    const char *close = quoted ? memchr(p + 1, '"', (size_t)(end - p) - 1) : NULL;
    while (close && close + 1 < end && close[1] != delimiter) close = memchr(close + 1, '"', (size_t)(end - close) - 1);
    const char *stop = memchr(close ? close : p, delimiter, (size_t)(end - (close ? close : p)));
    slice value = close ? (slice){from + 1, (size_t)(close - from) - 1} : (slice){from, (size_t)((stop ? stop : end) - from)};
    while (stop && delimiter == ' ' && stop + 1 < end && stop[1] == ' ') stop++;
    *rest = stop ? (slice){stop + 1, (size_t)(end - stop) - 1} : (slice){0};
    return value;
}

/* "#Fields: a b" or "#fields<tab>a<tab>b": what stands behind the name. */
static bool is_directive(slice line, const char *name, slice *text)
{
    size_t n = strlen(name);
    if (line.len <= n + 1 || line.ptr[0] != '#' || !slice_eq_nocase((slice){line.ptr + 1, n}, slice_of(name)) || !strchr(": \t", line.ptr[n + 1])) return false;
    *text = slice_trim((slice){line.ptr + n + 2, line.len - n - 2});
    return text->len > 0;
}

static bool read_names(arena *a, slice text, directive *d)
{
    d->delimiter = memchr(text.ptr, '\t', text.len) ? '\t' : memchr(text.ptr, ' ', text.len) ? ' ' : ',';
    if (!(d->names = ARENA_NEW(a, slice, NAMES_MAX))) return false;
    for (d->n = 0; text.ptr && d->n < NAMES_MAX; d->n++)
        if (!(d->names[d->n] = arena_slice(a, slice_trim(next_value(&text, d->delimiter)))).ptr) return false;
    return true;
}

/* What the line changes in d. false: nothing. */
static bool apply(arena *a, slice line, directive *d, bool *nomem)
{
    slice text;
    if (is_directive(line, "Fields", &text)) return (*nomem = !read_names(a, text, d)), true;
    bool date = is_directive(line, "Date", &text);
    if (!date && !is_directive(line, "path", &text)) return false;
    if (date) text = next_value(&(slice){text.ptr, text.len}, ' ');
    slice copy = arena_slice(a, text);
    *nomem = !copy.ptr;
    *(date ? &d->date : &d->path) = copy;
    return true;
}

/* CloudFront names by blanks what it parts by tabs. */
static char delimiter_of(const directive *d, slice line) { return d->delimiter == ' ' && line.len && memchr(line.ptr, '\t', line.len) ? '\t' : d->delimiter; }

static void pairs_of(const directive *d, slice line, log_framed *f)
{
    f->n = 0;
    log_pair_add(f, SLICE_LIT("#fields"), (slice){0});
    log_pair_add(f, SLICE_LIT("#date"), d->date);
    log_pair_add(f, SLICE_LIT("#path"), d->path);
    char delimiter = delimiter_of(d, line);
    for (size_t i = 0; i < d->n; i++) log_pair_add(f, d->names[i], next_value(&line, delimiter));
}

static size_t count_values(const directive *d, slice line)
{
    size_t n = 0;
    for (char delimiter = delimiter_of(d, line); line.ptr; n++) next_value(&line, delimiter);
    return n;
}

/* ---- probing ---- */
/* The kind of the records under the first directive that names columns. Lines may stand before it where a log was cut. */
sla_status log_fields_kind(const input *in, const log_kind **out, err *e)
{
    arena a = {0};
    directive d = {0};
    *out = NULL;
    if (!in->patterns || in->table) return SLA_OK;
    log_framed *f = mem_zero(1, sizeof *f);
    bool nomem = f == NULL;
    for (const char *p = in->head.ptr, *end = p + in->head.len; !nomem && p && p < end && d.n == 0; p = memchr(p, '\n', (size_t)(end - p)), p = p ? p + 1 : NULL)
        if (*p == '#') apply(&a, slice_without_cr(slice_line(&(slice){p, (size_t)(end - p)})), &d, &nomem);
    if (!nomem && d.n) {
        pairs_of(&d, (slice){0}, f);
        *out = log_record_kind(log_patterns_kinds(in->patterns), NULL, f->pairs, f->n);
    }
    mem_free(f);
    arena_free(&a);
    return nomem ? err_set(e, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the log") : SLA_OK;
}

/* ---- blocks ---- */
/* Under the lock: a directive from this line on. */
static void keep(log_fields *lf, slice line, uint32_t no)
{
    directive d = lf->n ? lf->items[lf->n - 1] : (directive){0};
    bool nomem = false;
    if (!apply(&lf->mem, line, &d, &nomem)) return;
    d.line = no;
    lf->nomem = lf->nomem || nomem || mem_grow(&lf->items, &lf->cap, lf->n + 1, sizeof *lf->items);
    if (!lf->nomem) lf->items[lf->n++] = d;
}

static directive in_force(log_fields *lf, uint32_t no, bool *nomem)
{
    pthread_mutex_lock(&lf->lock);
    size_t lo = 0, hi = lf->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (lf->items[mid].line <= no) lo = mid + 1;
        else hi = mid;
    }
    directive d = lo ? lf->items[lo - 1] : (directive){0};
    *nomem = lf->nomem;
    pthread_mutex_unlock(&lf->lock);
    return d;
}

size_t log_fields_cut(log_fields *lf, slice text, bool at_end, uint32_t *nlines)
{
    size_t end = text.len;
    *nlines = 0;
    while (!at_end && end && text.ptr[end - 1] != '\n') end--;
    pthread_mutex_lock(&lf->lock);
    for (slice rest = {text.ptr, end}; rest.len;) {
        slice line = slice_without_cr(slice_line(&rest));
        if (line.len && line.ptr[0] == '#') keep(lf, line, lf->line + *nlines);
        *nlines += rest.len || text.ptr[end - 1] == '\n';
    }
    lf->line += *nlines;
    pthread_mutex_unlock(&lf->lock);
    return end;
}

sla_status log_fields_read(log_fields *lf, const log_records *r, log_writer *w, log_framed *f, const block *b)
{
    uint32_t no = b->line;
    bool nomem;
    directive d = in_force(lf, no, &nomem);
    for (slice rest = b->records; rest.len && !nomem; no++) {
        slice line = slice_without_cr(slice_line(&rest));
        if (slice_trim(line).len == 0) continue;
        if (line.ptr[0] == '#') {
            d = in_force(lf, no, &nomem);
            continue;
        }
        f->scratch = &w->scratch;
        if (d.n && count_values(&d, line) <= d.n) {
            pairs_of(&d, line, f);
            TRY(log_record_put(w, r, f, no, line));
            continue;
        }
        w->b->rows++;
        TRY(log_writer_reject(w, no, line, d.n ? "more values than the line #Fields names" : "no line #Fields stands before it that says what its values are; import the whole log"));
    }
    return nomem ? SLA_NOMEM : SLA_OK;
}

log_fields *log_fields_new(void)
{
    log_fields *lf = mem_zero(1, sizeof *lf);
    if (!lf) return NULL;
    lf->line = 1;
    pthread_mutex_init(&lf->lock, NULL);
    return lf;
}

void log_fields_free(log_fields *lf)
{
    if (!lf) return;
    pthread_mutex_destroy(&lf->lock);
    mem_free(lf->items);
    arena_free(&lf->mem);
    mem_free(lf);
}
