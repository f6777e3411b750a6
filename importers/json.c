/* NDJSON and JSON arrays of objects (RFC 8259): each object is a record, its keys are the dataset's fields. Numbers keep their text, so large ids lose nothing. */
#include <string.h>
#include "engine/base/mem.h"
#include "engine/base/utf8.h"
#include "importers/importer.h"

enum { DEPTH_MAX = 100 };
struct importer {
    arena mem;
    plan p;
    batch_pool *batches;
    const char *name;
    bool array;
};

/* ---- a strict reader ---- */
typedef struct reader { const char *p, *end; const char *wrong; const char *why; arena *scratch; bool nomem; } reader;

static bool fail(reader *r, const char *why)
{
    if (!r->wrong) r->wrong = r->p, r->why = why;
    return false;
}

static void blanks(reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r')) r->p++;
}

static bool hex4(reader *r, uint32_t *out)
{
    uint32_t v = 0;
    if (r->end - r->p < 4) return fail(r, "a \\u escape needs four hexadecimal digits");
    for (int i = 0; i < 4; i++) {
        char c = *r->p++;
        int d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
        if (d < 0) return fail(r, "a \\u escape needs four hexadecimal digits");
        v = v * 16 + (uint32_t)d;
    }
    *out = v;
    return true;
}

/* The character of an escape, behind its backslash, as UTF-8. A lone surrogate becomes U+FFFD. */
static bool escape(reader *r, char out[4], size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *k = r->p < r->end ? memchr(from, *r->p, sizeof from - 1) : NULL;
    if (k) {
        out[0] = to[k - from];
        *n = 1;
        r->p++;
        return true;
    }
    uint32_t cp, low;
    if (r->p == r->end || *r->p != 'u') return fail(r, "no such escape");
    r->p++;
    if (!hex4(r, &cp)) return false;
    if (cp >= 0xD800 && cp < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
        const char *back = r->p;
        r->p += 2;
        if (!hex4(r, &low)) return false;
        if (low >= 0xDC00 && low < 0xE000) cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        else r->p = back;
    }
    *n = utf8_encode(cp >= 0xD800 && cp < 0xE000 ? 0xFFFD : cp, out);
    return true;
}

static bool string(reader *r, slice *out)
{
    const char *from = ++r->p;
    bool plain = true;
    for (; r->p < r->end && *r->p != '"'; r->p++) {
        if ((unsigned char)*r->p < 0x20) return fail(r, "a control character in a string");
        if (*r->p == '\\') plain = false, r->p++;
    }
    if (r->p >= r->end) return r->p = r->end, fail(r, "a string that is never closed");
    const char *stop = r->p++;
    *out = (slice){from, (size_t)(stop - from)};
    if (plain) return true;
    char *text = arena_alloc(r->scratch, out->len + 1, 1);
    if (!text) return r->nomem = true, fail(r, "out of memory");
    const char *after = r->p;
    size_t n = 0, k;
    for (r->p = from; r->p < stop;) {
        if (*r->p != '\\') text[n++] = *r->p++;
        else {
            r->p++;
            if (!escape(r, text + n, &k)) return false;
            n += k;
        }
    }
    r->p = after;
    *out = (slice){text, n};
    return true;
}

static bool digits(reader *r)
{
    const char *from = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9') r->p++;
    return r->p > from;
}

static bool number(reader *r, slice *out)
{
    const char *from = r->p;
    if (*r->p == '-') r->p++;
    if (r->p < r->end && *r->p == '0') r->p++;
    else if (!digits(r)) return fail(r, "not a value");
    if (r->p < r->end && *r->p == '.') {
        r->p++;
        if (!digits(r)) return fail(r, "a digit is missing behind the point");
    }
    if (r->p < r->end && (*r->p | 32) == 'e') {
        r->p++;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-')) r->p++;
        if (!digits(r)) return fail(r, "a digit is missing in the exponent");
    }
    *out = (slice){from, (size_t)(r->p - from)};
    return true;
}

static bool word(reader *r, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, text, n) != 0) return fail(r, "not a value");
    r->p += n;
    return true;
}

/* Any value; *out its text: a string's content, a number, true or false as they stand, null as nothing, an array or object as its source. */
static bool value(reader *r, slice *out, int depth)
{
    blanks(r);
    if (r->p >= r->end) return fail(r, "a value is missing");
    const char *from = r->p;
    char c = *r->p, close = c == '{' ? '}' : ']';
    slice ignored;
    *out = (slice){NULL, 0};
    if (c == '"') return string(r, out);
    if (c == 'n') return word(r, "null");
    if (c == 't' || c == 'f') {
        if (!word(r, c == 't' ? "true" : "false")) return false;
        *out = (slice){from, (size_t)(r->p - from)};
        return true;
    }
    if (c != '{' && c != '[') return number(r, out);
    if (depth >= DEPTH_MAX) return fail(r, "nested too deeply");
    r->p++;
    blanks(r);
    for (bool first = true; r->p < r->end && *r->p != close; first = false) {
        if (!first) {
            if (*r->p != ',') return fail(r, "a comma is missing");
            r->p++;
            blanks(r);
        }
        if (close == '}') {
            if (r->p >= r->end || *r->p != '"' || !string(r, &ignored)) return fail(r, "a key is missing");
            blanks(r);
            if (r->p >= r->end || *r->p++ != ':') return fail(r, "a colon is missing");
        }
        if (!value(r, &ignored, depth + 1)) return false;
        blanks(r);
    }
    if (r->p >= r->end) return fail(r, "an array or object that is never closed");
    r->p++;
    *out = (slice){from, (size_t)(r->p - from)};
    return true;
}

typedef bool (*member_fn)(void *ctx, slice key, slice val);

/* One object: fn for each of its members. */
static bool object(reader *r, member_fn fn, void *ctx)
{
    slice key, val;
    if (r->p >= r->end || *r->p != '{') return fail(r, "an object {…} is wanted");
    r->p++;
    blanks(r);
    for (bool first = true; r->p < r->end && *r->p != '}'; first = false) {
        if (!first) {
            if (*r->p != ',') return fail(r, "a comma is missing");
            r->p++;
            blanks(r);
        }
        if (r->p >= r->end || *r->p != '"' || !string(r, &key)) return fail(r, "a key is missing");
        blanks(r);
        if (r->p >= r->end || *r->p++ != ':') return fail(r, "a colon is missing");
        if (!value(r, &val, 1)) return false;
        blanks(r);
        fn(ctx, key, val);
    }
    if (r->p >= r->end) return fail(r, "an object that is never closed");
    r->p++;
    return true;
}

/* Between objects: white space, and in an array its brackets and commas. */
static void between(reader *r)
{
    while (r->p < r->end && strchr(" \t\r\n,[]", *r->p) && *r->p) r->p++;
}

/* ---- what the file is ---- */
typedef struct key_list { slice names[FIELDS_MAX]; size_t n; } key_list;
static bool take_key(void *ctx, slice key, slice val)
{
    key_list *l = ctx;
    (void)val;
    if (l->n < FIELDS_MAX) l->names[l->n++] = key;
    return true;
}

/* The keys of the first objects of the head. */
static bool first_keys(const input *in, arena *scratch, key_list *out, reader *r)
{
    *r = (reader){.p = in->head.ptr, .end = in->head.ptr + in->head.len, .scratch = scratch};
    out->n = 0;
    between(r);
    return object(r, take_key, out) && out->n > 0;
}

static const dataset *find_dataset(const input *in, const key_list *keys)
{
    char base[64] = "";
    const char *slash = strrchr(in->name, '/'), *from = slash ? slash + 1 : in->name;
    if (in->options->dataset) return schema_dataset(in->model, slice_of(in->options->dataset));
    strncat(base, from, sizeof base - 1);
    base[strcspn(base, ".")] = '\0';
    const dataset *ds = schema_dataset(in->model, slice_of(base));
    return ds ? ds : schema_match_header(in->model, keys->names, keys->n);
}

static int json_probe(const input *in, err *why)
{
    arena scratch = {0};
    key_list keys;
    reader r;
    slice head = slice_trim(in->head);
    bool looks = head.len && (head.ptr[0] == '{' || head.ptr[0] == '[');
    if (!looks) return 0;
    bool ok = first_keys(in, &scratch, &keys, &r) && find_dataset(in, &keys);
    if (!ok && r.wrong && in->whole) {
        uint32_t line = 1;
        for (const char *p = in->head.ptr; p < r.wrong; p++) line += *p == '\n';
        err_set(why, SLA_SYNTAX, (srcpos){in->name, line, 0}, "this is no JSON: %s", r.why);
    } else if (!ok) {
        err_set(why, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "JSON, but its keys are those of no dataset");
        err_hint(why, "name the keys as in the documentation, or give --dataset");
    }
    arena_free(&scratch);
    return ok ? 80 : 0;
}

/* ---- the vtable ---- */
static void json_close(importer *im)
{
    if (!im) return;
    batch_pool_free(im->batches);
    arena_free(&im->mem);
    mem_free(im);
}

static sla_status set_up(importer *im, const input *in, err *e)
{
    key_list keys;
    reader r;
    arena scratch = {0};
    bool ok = first_keys(in, &scratch, &keys, &r);
    const dataset *ds = ok ? find_dataset(in, &keys) : NULL;
    arena_free(&scratch);
    if (!ds) return err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "JSON of no dataset");
    slice head = slice_trim(in->head);
    im->array = head.len && head.ptr[0] == '[';
    im->p = (plan){.ds = ds, .zone = in->options->zone, .fields = ARENA_NEW(&im->mem, target, ds->nfields)};
    im->batches = batch_pool_new(ds);
    im->name = arena_strndup(&im->mem, in->name, strlen(in->name));
    if (!im->p.fields || !im->batches || !im->name) return SLA_NOMEM;
    for (size_t f = 0; f < ds->nfields; f++) im->p.fields[f] = (target){.input = (int)f, .order = "ymd"};
    return SLA_OK;
}

static sla_status json_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    sla_status st = im ? set_up(im, in, e) : SLA_NOMEM;
    *start = 0;
    *line = 1;
    if (st != SLA_OK) {
        json_close(im);
        return err_set(e, st, (srcpos){in->name, 0, 0}, "cannot read the JSON");
    }
    *out = im;
    return SLA_OK;
}

/* Whole objects: the depth of braces outside strings says where they end. */
static size_t json_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    size_t end = at_end ? text.len : 0, depth = 0;
    bool quoted = false;
    (void)im;
    *open = SIZE_MAX;
    for (size_t i = 0; !at_end && i < text.len; i++) {
        char c = text.ptr[i];
        if (quoted) {
            if (c == '\\') i++;
            else quoted = c != '"';
        } else if (c == '"') quoted = true;
        else if (c == '{') depth++;
        else if (c == '}' && depth && --depth == 0) end = i + 1;
    }
    *nlines = 0;
    for (size_t i = 0; i < end; i++) *nlines += text.ptr[i] == '\n';
    return end;
}

typedef struct row_job { const importer *im; cells *c; } row_job;
static bool put_member(void *ctx, slice key, slice val)
{
    const row_job *j = ctx;
    int f = dataset_field(j->im->p.ds, key);
    if (f >= 0) j->c->at[(size_t)f * CELLS_ROWS + j->c->nrows] = val;
    return true;
}

static sla_status flush_slab(importer *im, block *b, coercer *co, cells *c, err *e)
{
    size_t taken;
    if (c->nrows == 0) return SLA_OK;
    if (b->n == 0 || b->batches[b->n - 1]->nrows + c->nrows > BATCH_ROWS_MAX) {
        if (b->n == BLOCK_BATCHES || !(b->batches[b->n] = batch_pool_get(im->batches))) return SLA_NOMEM;
        b->n++;
    }
    b->rows += c->nrows;
    sla_status st = coerce_cells(co, c, b->batches[b->n - 1], &b->rejects, &taken, e);
    cells_reset(c);
    return st;
}

static sla_status read_objects(importer *im, block *b, cells *c, err *e)
{
    coercer co = {.p = &im->p};
    reader r = {.p = b->records.ptr, .end = b->records.ptr + b->records.len, .scratch = &c->scratch};
    row_job job = {im, c};
    uint32_t line = b->line;
    const char *counted = r.p;
    for (between(&r); r.p < r.end; between(&r)) {
        for (; counted < r.p; counted++) line += *counted == '\n';
        for (size_t f = 0; f < c->ncols; f++) c->at[f * CELLS_ROWS + c->nrows] = (slice){0};
        c->lines[c->nrows] = line;
        c->starts[c->nrows] = NULL;
        if (!object(&r, put_member, &job)) {
            uint32_t col = 1;
            for (const char *p = counted; p < r.wrong; p++) {
                if (*p == '\n') line++, col = 1;
                else col++;
            }
            return r.nomem ? SLA_NOMEM : err_set(e, SLA_SYNTAX, (srcpos){im->name, line, col}, "this is no JSON: %s; nothing of the file was taken", r.why);
        }
        if (++c->nrows == CELLS_ROWS) TRY(flush_slab(im, b, &co, c, e));
    }
    return flush_slab(im, b, &co, c, e);
}

static sla_status json_parse(importer *im, block *b, err *e)
{
    cells c;
    sla_status st = cells_init(&c, im->p.ds->nfields);
    if (st == SLA_OK) st = read_objects(im, b, &c, e);
    cells_clear(&c);
    return st == SLA_OK ? st : err_set(e, st, (srcpos){im->name, 0, 0}, "no memory to read the JSON");
}

static void json_notes(const importer *im, buf *out) { buf_text(out, im->array ? "JSON, an array of objects\n" : "NDJSON, an object a record\n"); }
static const dataset *json_dataset(const importer *im) { return im->p.ds; }
static slice json_profile(const importer *im) { return (void)im, SLICE_LIT("canonical"); }
static batch_pool *json_batches(const importer *im) { return im->batches; }

const importer_kind importer_json = {"json", "NDJSON and arrays of objects", json_probe, json_open, json_cut, json_parse, NULL, NULL, NULL, json_notes, json_dataset, json_profile, json_batches,
                                     NULL, json_close};
