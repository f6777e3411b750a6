/* JSON files: objects line by line, an array of them, or an object that holds the list (what an API answers). Each object is a record, or it is the envelope of
 * one that lies in a member ({"uuid": …, "data": {…}}); objects within it are taken apart, so that "fields.status.name" is a column like any other; arrays within
 * it are cells with their texts and names, elements of XML ([{"__text__": "15"}]) with theirs. */
#include <stdio.h>
#include <string.h>
#include "engine/base/dict.h"
#include "engine/base/mem.h"
#include "importers/json_shape.h"
#include "importers/paging.h"
#include "importers/plan.h"

enum { COLUMNS_MAX = 1024, PATH_MAX_BYTES = 512, FLATTEN_MAX = 8 };

/* Lists of objects around the records that are not read: their names, and how many objects they hold. */
typedef struct left_lists { char names[160]; uint64_t objects; } left_lists;

struct importer {
    planner plan;
    json_shape at;
    char key[128];                      /* path of the list, for people */
    const char *name;
    arena mem;
    dict *columns;                      /* path of a column -> its number */
    uint64_t unseen, records;           /* values under keys that the head does not have; all records */
    paging front, page;                 /* what stands in front of the first list; that and what stands behind, which the file's last block adds */
    left_lists front_lists, lists;      /* likewise */
};

/* ---- a record, taken apart ---- */
typedef struct flat {
    json_reader *r;
    bool (*put)(void *ctx, slice path, slice value, bool list);   /* list: value is the source of an array. false: no memory */
    void *ctx;
    char path[PATH_MAX_BYTES];
} flat;

/* "[{"__text__": "15"}]", as XML is written in JSON: the only element's text, and none of an empty one. Other values stay as they are. */
static slice element_text(slice value, arena *scratch)
{
    json_reader r = {.p = value.ptr, .end = value.ptr + value.len, .scratch = scratch};
    json_level l;
    slice key, only, more;
    json_enter(&r, &l);
    if (!json_next(&r, &l, &key) || *r.p != '{' || !json_value(&r, &only, 1) || json_next(&r, &l, &more)) return value;
    slice text = json_at(only, SLICE_LIT("__text__"), scratch);
    if (!text.ptr) text = json_at(only, SLICE_LIT("#text"), scratch);
    return text.ptr || !memchr(only.ptr, '"', only.len) ? text : value;
}

static bool flatten(flat *f, size_t n, int depth);

/* The member of the object at r->p: where its value begins; NULL: there is none. */
static const char *member_at(json_reader r, slice name)
{
    json_level l;
    slice key, value;
    json_enter(&r, &l);
    while (json_next(&r, &l, &key)) {
        json_blanks(&r);
        const char *at = r.p;
        if (slice_eq(key, name)) return at < r.end ? at : NULL;
        if (!json_value(&r, &value, 1)) return NULL;
    }
    return NULL;
}

/* "customFields": [{"name": "State", "value": {"name": "Fixed"}}]: fields that bear their own name are columns as others are, "customFields.State.name". n: length of the list's path with its dot. */
static bool put_named(flat *f, size_t n, slice list, int depth)
{
    json_reader r = {.p = list.ptr, .end = list.ptr + list.len, .scratch = f->r->scratch}, *outer = f->r;
    json_level l;
    slice key, item, value;
    bool ok = true;
    json_enter(&r, &l);
    while (ok && json_next(&r, &l, &key)) {
        json_blanks(&r);
        const char *at = r.p < r.end && *r.p == '{' ? member_at(r, SLICE_LIT("value")) : NULL;
        if (!at || !json_value(&r, &item, depth)) break;
        slice name = json_at(item, SLICE_LIT("name"), f->r->scratch);
        if (name.len == 0 || *name.ptr == '{' || *name.ptr == '[' || n + name.len + 2 >= sizeof f->path) break;
        json_reader in = {.p = at, .end = item.ptr + item.len, .scratch = f->r->scratch};
        memcpy(f->path + n, name.ptr, name.len);
        f->path[n + name.len] = '.';
        if (*at == '{' && depth < FLATTEN_MAX) {
            f->r = &in;
            ok = flatten(f, n + name.len + 1, depth + 1);
            f->r = outer;
        } else if (json_value(&in, &value, depth)) ok = f->put(f->ctx, (slice){f->path, n + name.len}, value, *at == '[');
    }
    return ok && !outer->scratch->failed;
}

/* The object at r->p; n: length of the path so far. */
static bool flatten(flat *f, size_t n, int depth)
{
    json_reader *r = f->r;
    json_level l;
    slice key, value;
    json_enter(r, &l);
    while (json_next(r, &l, &key)) {
        slice path = key;
        json_blanks(r);
        bool inner = r->p < r->end && *r->p == '{' && depth < FLATTEN_MAX && n + key.len + 2 < sizeof f->path;
        if (n && n + key.len + 1 < sizeof f->path) {
            memcpy(f->path + n, key.ptr, key.len);
            path = (slice){f->path, n + key.len};
        }
        if (inner) {
            memmove(f->path + n, key.ptr, key.len);
            f->path[n + key.len] = '.';
            if (!flatten(f, n + key.len + 1, depth + 1)) return false;
        } else {
            bool list = r->p < r->end && *r->p == '[';
            if (!json_value(r, &value, depth + 1)) return false;
            slice text = list ? element_text(value, r->scratch) : value;
            if (!f->put(f->ctx, path, text, list && text.ptr == value.ptr)) return json_no_memory(r);
            if (list && depth < FLATTEN_MAX && n + key.len + 1 < sizeof f->path) {
                memmove(f->path + n, key.ptr, key.len);
                f->path[n + key.len] = '.';
                if (!put_named(f, n + key.len + 1, value, depth + 1)) return json_no_memory(r);
            }
        }
    }
    return r->wrong == NULL;
}

static bool record(flat *f)
{
    if (f->r->p == f->r->end || *f->r->p != '{') return json_fail(f->r, "an object {…} is wanted");
    return flatten(f, 0, 0);
}

/* ---- opening ---- */
/* What stands in the envelope beside the record is none of its columns. false: path is such. */
static bool within(slice member, slice *path)
{
    if (member.len == 0) return true;
    if (path->len <= member.len + 1 || path->ptr[member.len] != '.' || memcmp(path->ptr, member.ptr, member.len) != 0) return false;
    *path = (slice){path->ptr + member.len + 1, path->len - member.len - 1};
    return true;
}

typedef struct key_list { slice *names; size_t n; dict *seen; arena *mem; slice member; } key_list;
static bool take_key(void *ctx, slice path, slice value, bool list)
{
    key_list *l = ctx;
    (void)value, (void)list;
    if (!within(l->member, &path)) return true;
    if (dict_find(l->seen, path) != DICT_NONE || l->n == COLUMNS_MAX) return true;
    slice copy = arena_slice(l->mem, path);
    if ((path.len && !copy.ptr) || dict_intern(l->seen, path) == DICT_NONE) return false;
    l->names[l->n++] = copy; /* its number is its code */
    return true;
}

/* What stands between records: blanks, in a list a comma unless it is the first, before members of an object their key too. false: no record follows (r->wrong NULL), or that is wrong. */
static bool before_record(json_reader *r, const json_shape *at, bool first)
{
    const char *from = r->p;
    json_blanks(r);
    if (r->p == r->end) return false;
    if (at->map) {
        slice key;
        if (*r->p == '}' || !json_next(r, &(json_level){'}', first}, &key)) return false;
        json_blanks(r);
    } else if (at->list) {
        if (*r->p == ']') return false;
        if (!first) {
            if (*r->p != ',') return json_fail(r, "a comma is missing");
            r->p++;
            json_blanks(r);
        }
    } else if (!first) {
        if (at->wrappers) return false;
        if (!memchr(from, '\n', (size_t)(r->p - from))) return json_fail(r, "something stands behind the end");
    }
    return true;
}

/* The keys of all whole records of the head. */
static sla_status read_keys(importer *im, const input *in, const json_shape *at, key_list *keys)
{
    arena scratch = {0};
    json_reader r = {.p = in->head.ptr + at->start, .end = in->head.ptr + in->head.len, .scratch = &scratch};
    flat f = {.r = &r, .put = take_key, .ctx = keys};
    im->columns = dict_new();
    *keys = (key_list){.names = ARENA_NEW(&im->mem, slice, COLUMNS_MAX), .seen = im->columns, .mem = &im->mem, .member = at->member};
    if (!keys->names || !keys->seen) return SLA_NOMEM;
    for (bool first = true; before_record(&r, at, first) && record(&f); first = false) {
        arena_free(&scratch);
        r.scratch = &scratch;
    }
    arena_free(&scratch);
    return scratch.failed ? SLA_NOMEM : SLA_OK;
}

/* A list as people would write it: of texts and of objects their names, with commas between. What has neither stays as it is. */
static slice list_text(slice list, arena *scratch)
{
    static const slice names[] = {{"name", 4}, {"displayName", 11}, {"value", 5}};
    json_reader r = {.p = list.ptr, .end = list.ptr + list.len, .scratch = scratch};
    json_level l;
    slice key, item, out = {0};
    json_enter(&r, &l);
    while (json_next(&r, &l, &key) && json_value(&r, &item, 1)) {
        slice text = item;
        if (item.len && *item.ptr == '{') text = (slice){0};
        for (size_t k = 0; item.len && *item.ptr == '{' && !text.len && k < sizeof names / sizeof *names; k++) text = json_at(item, names[k], scratch);
        if (text.len == 0 || *text.ptr == '{') return list;
        char *joined = out.len ? arena_alloc(scratch, out.len + 2 + text.len, 1) : NULL;
        if (out.len && !joined) return list;
        if (joined) memcpy(joined, out.ptr, out.len), memcpy(joined + out.len, ", ", 2), memcpy(joined + out.len + 2, text.ptr, text.len);
        out = joined ? (slice){joined, out.len + 2 + text.len} : text;
    }
    return r.wrong || out.len == 0 ? list : out;
}

typedef struct row_job { importer *im; cells *c; bool *touched; uint64_t unseen; } row_job;
static bool put_cell(void *ctx, slice path, slice value, bool list)
{
    row_job *j = ctx;
    if (!within(j->im->at.member, &path)) return true;
    uint32_t col = dict_find(j->im->columns, path);
    if (col >= j->c->ncols) return j->unseen++, true;
    list = list || (value.len > 4 && memcmp(value.ptr, "[\"", 2) == 0 && memcmp(value.ptr + value.len - 2, "\"]", 2) == 0); /* within a text, as Frappe keeps them */
    j->c->at[(size_t)col * CELLS_ROWS + j->c->nrows] = list && !planner_lists(&j->im->plan, (int)col) ? list_text(value, &j->c->scratch) : value;
    j->touched[col] = true;
    return true;
}

static void clear_cells(cells *c, bool *touched)
{
    for (size_t k = 0; k < c->ncols; k++) {
        if (touched[k]) memset(&c->at[k * CELLS_ROWS], 0, CELLS_ROWS * sizeof *c->at);
        touched[k] = false;
    }
    cells_reset(c);
}

/* The values of the head, for what whole columns say. */
static sla_status look_at_rows(importer *im, const input *in)
{
    cells c;
    bool touched[COLUMNS_MAX] = {false};
    TRY(cells_init(&c, im->plan.ncols));
    json_reader r = {.p = in->head.ptr + im->at.start, .end = in->head.ptr + in->head.len, .scratch = &c.scratch};
    row_job job = {im, &c, touched, 0};
    flat f = {.r = &r, .put = put_cell, .ctx = &job};
    for (bool first = true; c.nrows < CELLS_ROWS && before_record(&r, &im->at, first) && record(&f); first = false) c.nrows++;
    if (c.nrows) planner_look(&im->plan, &c);
    sla_status st = c.scratch.failed ? SLA_NOMEM : SLA_OK;
    cells_clear(&c);
    return st;
}

static void json_close(importer *im)
{
    if (!im) return;
    planner_close(&im->plan);
    dict_free(im->columns);
    arena_free(&im->mem);
    mem_free(im);
}

/* Tries one shape. SLA_UNKNOWN_FORMAT: its keys are those of nothing known. */
static sla_status try_shape(importer *im, const input *in, const json_search *s, size_t *nkeys, err *e)
{
    key_list keys;
    dict_free(im->columns);
    im->columns = NULL;
    planner_close(&im->plan);
    im->plan = (planner){0};
    im->at = s->best;
    snprintf(im->key, sizeof im->key, "%.*s", (int)s->keylen, s->key ? s->key : "");
    TRY(read_keys(im, in, &s->best, &keys));
    *nkeys = keys.n;
    if (keys.n == 0) return err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "JSON without records: no object is found in it");
    return planner_open(&im->plan, in, keys.names, keys.n, e);
}

/* The places where records may be, and what came of trying each. envelope: the record that is taken out of a document's only object; "": another place is taken. */
typedef struct shapes { json_search at[SHAPES_MAX]; sla_status st[SHAPES_MAX]; plan_fit fit[SHAPES_MAX]; size_t n; slice envelope; } shapes;

/* Few columns, as id and name, fit a dataset by chance. What is known by no more than that, and is no product's, is not what the document is about if a list of objects stands beside it that nothing
 * knows: beside a single object any, beside a list a longer one. */
static bool outweighed(const shapes *s, plan_fit fit, size_t start, size_t length, bool single)
{
    enum { TELLING = 5 };
    bool is = false;
    for (size_t i = 0; i < s->n && !fit.product && fit.fields < TELLING; i++) {
        const json_search *other = &s->at[i];
        is = is || (other->best.list && s->st[i] == SLA_UNKNOWN_FORMAT && !s->fit[i].refused && json_beside(start, length, other) && (single || other->length > length));
    }
    return is;
}

/* A product's records before others; a list before a single object beside it; more fields; of lists the longer one, else what is outermost (a before b). */
static bool better(const shapes *s, size_t a, size_t b)
{
    const json_search *x = &s->at[a], *y = &s->at[b];
    plan_fit fa = s->fit[a], fb = s->fit[b];
    if (fa.product != fb.product) return fb.product;
    if (y->best.list && !x->best.list && json_beside(x->best.start, x->length, y)) return true;
    if (fa.fields != fb.fields) return fb.fields > fa.fields;
    return x->best.list && y->length > x->length;
}

/* Of the shapes that fit the one that fits best; s->n: none. */
static size_t best_shape(const shapes *s)
{
    size_t best = s->n;
    for (size_t i = 0; i < s->n; i++) {
        const json_search *at = &s->at[i];
        if (s->st[i] != SLA_OK || outweighed(s, s->fit[i], at->best.start, at->length, !at->best.list)) continue;
        if (best == s->n || better(s, best, i)) best = i;
    }
    return best;
}

/* What lies in a member of each record of a shape; first: the first of them. */
static sla_status try_member(importer *im, const input *in, shapes *all, const json_search *at, const char *first, arena *scratch, err *e)
{
    size_t nkeys;
    slice value;
    json_search s = *at;
    s.best.member = arena_slice(&im->mem, json_find_member(first, in->head.ptr + in->head.len, scratch, &value));
    if (scratch->failed || im->mem.failed) return SLA_NOMEM;
    if (!s.best.member.len) return SLA_UNKNOWN_FORMAT;
    TRY(try_shape(im, in, &s, &nkeys, e));
    plan_fit fit = planner_fit(&im->plan);
    if (s.alone ? outweighed(all, fit, (size_t)(value.ptr - in->head.ptr), value.len, true) : s.best.list && outweighed(all, fit, s.best.start, s.length, false)) return SLA_UNKNOWN_FORMAT;
    if (s.alone) all->envelope = value;
    return SLA_OK;
}

/* Records that are the members of an object, or lie in a member of these. */
static sla_status try_members(importer *im, const input *in, shapes *all, arena *scratch, err *e)
{
    json_search s;
    size_t nkeys = 0;
    err why = {0};
    bool is = json_find_map(in->head, scratch, &s);
    if (scratch->failed) return SLA_NOMEM;
    if (!is) return SLA_UNKNOWN_FORMAT;
    sla_status st = try_shape(im, in, &s, &nkeys, &why);
    if (st == SLA_OK && outweighed(all, planner_fit(&im->plan), s.best.start, s.length, true)) return SLA_UNKNOWN_FORMAT;
    json_reader r = {.p = in->head.ptr + s.best.start, .end = in->head.ptr + in->head.len, .scratch = scratch};
    if (st == SLA_UNKNOWN_FORMAT && before_record(&r, &s.best, true)) return try_member(im, in, all, &s, r.p, scratch, e);
    *e = why;
    return scratch->failed ? SLA_NOMEM : st;
}

/* Tries the shapes from no. first on. about: what is said when none fits, about the one with the most keys. *tried: the last one. A product's records as they stand, or several that fit, need no others.
 * Errors what is no SLA_UNKNOWN_FORMAT */
static sla_status try_shapes(importer *im, const input *in, shapes *s, size_t first, size_t *tried, err *about)
{
    size_t most = 0;
    for (size_t i = 0; i < first; i++) s->st[i] = SLA_UNKNOWN_FORMAT;
    for (size_t i = first; i < s->n; i++) {
        size_t nkeys = 0;
        err why = {0};
        s->st[i] = try_shape(im, in, &s->at[i], &nkeys, &why);
        s->fit[i] = planner_fit(&im->plan);
        *tried = i;
        if (s->st[i] != SLA_OK && s->st[i] != SLA_UNKNOWN_FORMAT) return *about = why, s->st[i];
        if (s->st[i] != SLA_OK && nkeys > most) most = nkeys, *about = why;
        if (i == 0 && s->st[0] == SLA_OK && (s->fit[0].product || !s->at[0].alone)) s->n = 1;
    }
    return SLA_OK;
}

/* The shape that fits best. */
static sla_status find_shape(importer *im, const input *in, shapes *s, arena *scratch, err *e)
{
    err about = {0}, why;
    bool drafted = in->options->draft != NULL;
    size_t tried = 0, nkeys;
    s->n = json_shapes(in->head, scratch, s->at);
    if (scratch->failed) return SLA_NOMEM;
    err_set(&about, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "JSON without records: no object is found in it");
    sla_status st = try_shapes(im, in, s, drafted && s->n > 1, &tried, &about); /* a draft is wanted of what is within, not of its wrapper */
    if (st != SLA_OK) return *e = about, st;
    size_t best = best_shape(s);
    if (best < s->n) return best == tried ? SLA_OK : try_shape(im, in, &s->at[best], &nkeys, e);
    st = SLA_UNKNOWN_FORMAT;
    for (size_t i = 0; i < s->n && st == SLA_UNKNOWN_FORMAT && !drafted; i++) {
        why = (err){0};
        st = try_member(im, in, s, &s->at[i], in->head.ptr + s->at[i].best.start, scratch, &why);
    }
    if (st == SLA_UNKNOWN_FORMAT && !drafted) {
        why = (err){0};
        st = try_members(im, in, s, scratch, &why);
    }
    if (st != SLA_OK) *e = st == SLA_UNKNOWN_FORMAT ? about : why;
    return st;
}

/* ---- what stands beside the records ---- */
static bool is_named(const left_lists *l, slice key)
{
    for (const char *at = l->names, *end; *at; at = *end ? end + 2 : end) {
        end = strstr(at, ", ");
        if (!end) end = at + strlen(at);
        if (slice_eq((slice){at, (size_t)(end - at)}, key)) return true;
    }
    return false;
}

/* A list whose first object is at p. */
static void leave_list(left_lists *l, const char *p, const char *end, slice key, arena *scratch)
{
    json_reader r = {.p = p, .end = end, .scratch = scratch};
    json_level level = {']', true};
    slice none, ignored;
    size_t n = strlen(l->names);
    if (!is_named(l, key) && n + key.len + 3 < sizeof l->names) snprintf(l->names + n, sizeof l->names - n, "%s%.*s", n ? ", " : "", SLICE_ARG(key));
    while (json_next(&r, &level, &none) && json_value(&r, &ignored, 1)) l->objects++;
}

static void leave_found(left_lists *l, const json_search *list, const char *end, arena *scratch) { leave_list(l, list->head + list->best.start, end, (slice){list->key, list->keylen}, scratch); }

/* The value of a member that stands behind the records. */
static void leave_value(left_lists *l, slice source, slice key, arena *scratch)
{
    json_reader r = {.p = source.ptr, .end = source.ptr + source.len, .scratch = scratch};
    json_lists in = {.head = source.ptr};
    if (*r.p == '{') json_find_lists(&r, &in);
    for (size_t i = 0; i < in.n; i++) leave_found(l, &in.items[i], r.end, scratch);
    if (*r.p++ != '[') return;
    json_blanks(&r);
    if (*r.p == '{') leave_list(l, r.p, r.end, key, scratch);
}

/* Those in front of the records; where they are a member of the only envelope, also those behind it: otherwise the file's end tells these. */
static void leave_front(importer *im, const input *in, const shapes *s, arena *scratch)
{
    size_t start = s->envelope.len ? (size_t)(s->envelope.ptr - in->head.ptr) : im->at.start;
    for (size_t i = 0; i < s->n; i++) {
        const json_search *list = &s->at[i];
        bool front = list->best.start < start, behind = s->envelope.len && json_beside(start, s->envelope.len, list);
        if (list->best.list && (front || behind)) leave_found(&im->front_lists, list, in->head.ptr + in->head.len, scratch);
    }
}

static sla_status set_up(importer *im, const input *in, err *e)
{
    arena scratch = {0};
    shapes s = {.n = 0};
    im->name = arena_strndup(&im->mem, in->name, strlen(in->name));
    sla_status st = im->name ? find_shape(im, in, &s, &scratch, e) : SLA_NOMEM;
    if (st == SLA_OK && im->at.list && im->at.wrappers) paging_around(&im->front, in->head, in->head.ptr + im->at.start, &scratch);
    if (st == SLA_OK && (im->at.wrappers || s.envelope.len)) leave_front(im, in, &s, &scratch);
    im->page = im->front;
    im->lists = im->front_lists;
    arena_free(&scratch);
    if (scratch.failed) st = SLA_NOMEM;
    TRY(st);
    TRY(look_at_rows(im, in));
    return planner_settle(&im->plan);
}

static sla_status json_open(const input *in, importer **out, size_t *start, uint32_t *line, err *e)
{
    importer *im = mem_zero(1, sizeof *im);
    sla_status st = im ? set_up(im, in, e) : SLA_NOMEM;
    if (st != SLA_OK) {
        json_close(im);
        return err_set(e, st, (srcpos){in->name, 0, 0}, "no memory to read the JSON"); /* unless it is said already */
    }
    *start = im->at.start;
    *line = 1;
    for (size_t i = 0; i < *start; i++) *line += in->head.ptr[i] == '\n';
    *out = im;
    return SLA_OK;
}

static srcpos place_of(const char *name, slice text, const char *at, uint32_t line)
{
    uint32_t col = 1;
    for (const char *p = text.ptr; p < at; p++) {
        if (*p == '\n') line++, col = 1;
        else col += ((unsigned char)*p & 0xC0) != 0x80;
    }
    return (srcpos){name, line, col};
}

/* "[main] text", "{x} text", "[12]: text" are lines of logs, and "[main]" is a section of settings, not JSON that is broken: a bracket that holds no text, object or list, and more behind its end. */
static bool begins_otherwise(slice text)
{
    slice rest = text, line = slice_trim(slice_line(&rest));
    const char *end = text.ptr + text.len, *close = memchr(line.ptr, line.ptr[0] == '[' ? ']' : '}', line.len);
    slice behind = close ? slice_trim((slice){close + 1, (size_t)(end - close) - 1}) : (slice){0};
    return behind.len && line.ptr[1] && !strchr("\"{[", line.ptr[1]) && !strchr(",]}", behind.ptr[0]);
}

/* A text that begins as JSON does and is whole in the head must be JSON, else nothing of it is looked at. */
static int json_probe(const input *in, err *why)
{
    arena scratch = {0};
    json_reader r = {.scratch = &scratch};
    slice head = slice_trim(in->head);
    if (in->table || head.len == 0 || (head.ptr[0] != '{' && head.ptr[0] != '[')) return 0;
    bool ok = json_valid(&r, in->head, true), cut = !in->whole && r.p == r.end;
    if (scratch.failed) err_set(why, SLA_NOMEM, (srcpos){in->name, 0, 0}, "no memory to read the JSON");
    else if (!ok && !cut && !begins_otherwise(head)) {
        err_set(why, SLA_SYNTAX, place_of(in->name, in->head, r.wrong, 1), "this is no JSON: %s; nothing of the file was taken", r.why);
        err_hint(why, "export it again");
    }
    arena_free(&scratch);
    return ok || cut ? 60 : 0;
}

/* ---- blocks ---- */
/* Whole objects: the depth of braces outside strings says where they end. What closes the list ends the last record; the rest is kept for the end. */
static size_t json_cut(const importer *im, slice text, bool at_end, uint32_t *nlines, size_t *open)
{
    size_t end = 0, depth = 0;
    *open = SIZE_MAX;
    *nlines = 0;
    for (size_t i = 0; i < text.len && !at_end; i++) {
        char c = text.ptr[i];
        if (c == '"') {
            for (i++; i < text.len && text.ptr[i] != '"'; i++) i += text.ptr[i] == '\\';
        } else if (c == '{') depth++;
        else if (c == '}') {
            if (depth == 0) break;
            if (--depth == 0) end = i + 1;
            if (end == i + 1 && im->at.wrappers && !im->at.list && !im->at.map) break;
        } else if (c == ']' && depth == 0) break;
    }
    if (at_end) end = text.len;
    for (const char *p = text.ptr; (p = memchr(p, '\n', end - (size_t)(p - text.ptr))) != NULL; p++) ++*nlines;
    return end;
}

/* What follows the last record: the end of the list and of the objects around it, with their other members. */
static bool read_tail(json_reader *r, importer *im)
{
    slice key, value;
    const json_shape *at = &im->at;
    json_level l = {']', false};
    if (at->list && json_next(r, &l, &key)) return json_fail(r, "the list does not end where its records do");
    for (int i = at->wrappers; i > 0 && !r->wrong; i--) {
        l = (json_level){'}', false};
        while (json_next(r, &l, &key)) {
            json_blanks(r);
            const char *from = r->p;
            if (!json_value(r, &value, i)) return false;
            paging_member(&im->page, key, value, r->scratch);
            leave_value(&im->lists, (slice){from, (size_t)(r->p - from)}, key, r->scratch);
        }
    }
    if (r->wrong) return false;
    json_blanks(r);
    return r->p == r->end || (at->list && at->wrappers && *r->p == '{') || json_fail(r, "something stands behind the end");
}

/* Answers of an API one after another, each with a list of its own: the next that holds the same list. false: there is none, or something is wrong. */
static bool next_page(json_reader *r, importer *im)
{
    slice ignored;
    for (json_blanks(r); !r->wrong && r->p < r->end; json_blanks(r)) {
        json_lists lists = {.head = r->p};
        json_reader look = {.p = r->p, .end = r->end, .scratch = r->scratch};
        bool whole = *r->p == '{' && json_find_lists(&look, &lists);
        for (size_t i = 0; whole && i < lists.n; i++) {
            const json_search *s = &lists.items[i];
            if (s->best.wrappers != im->at.wrappers || !slice_is((slice){s->key, s->keylen}, im->key)) continue;
            for (size_t k = 0; k < i; k++) leave_found(&im->lists, &lists.items[k], r->end, r->scratch);
            paging_around(&im->page, (slice){r->p, (size_t)(r->end - r->p)}, r->p + s->best.start, r->scratch);
            return r->p += s->best.start, true;
        }
        if (*r->p != '{' || !json_value(r, &ignored, 1)) return json_fail(r, "another answer {…} is wanted");
    }
    return false;
}

static sla_status flush_slab(importer *im, block *b, coercer *co, cells *c, bool *touched, err *e)
{
    sla_status st = planner_read(&im->plan, co, c, b, e);
    clear_cells(c, touched);
    return st;
}

typedef struct record_reader { importer *im; block *b; cells *c; bool touched[COLUMNS_MAX]; coercer co; flat f; uint32_t line; const char *counted; } record_reader;

static sla_status read_list(record_reader *rr, bool first, err *e)
{
    json_reader *r = rr->f.r;
    for (; before_record(r, &rr->im->at, first); first = false) {
        for (; rr->counted < r->p; rr->counted++) rr->line += *rr->counted == '\n';
        rr->c->lines[rr->c->nrows] = rr->line;
        rr->c->starts[rr->c->nrows] = NULL;
        if (!record(&rr->f)) break;
        if (++rr->c->nrows == CELLS_ROWS) TRY(flush_slab(rr->im, rr->b, &rr->co, rr->c, rr->touched, e));
    }
    return SLA_OK;
}

static sla_status read_records(importer *im, block *b, cells *c, err *e)
{
    json_reader r = {.p = b->records.ptr, .end = b->records.ptr + b->records.len, .scratch = &c->scratch};
    record_reader rr = {.im = im, .b = b, .c = c, .co = {.p = &im->plan.p}, .line = b->line, .counted = r.p};
    row_job job = {im, c, rr.touched, 0};
    rr.f = (flat){.r = &r, .put = put_cell, .ctx = &job};
    TRY(read_list(&rr, b->first, e));
    while (!r.wrong && b->at_end && read_tail(&r, im) && next_page(&r, im)) TRY(read_list(&rr, true, e));
    if (c->scratch.failed) return SLA_NOMEM;
    if (r.wrong) return err_set(e, SLA_SYNTAX, place_of(im->name, b->records, r.wrong, b->line), "this is no JSON: %s; nothing of the file was taken", r.why);
    b->ragged += job.unseen;
    return flush_slab(im, b, &rr.co, c, rr.touched, e);
}

static sla_status json_parse(importer *im, block *b, err *e)
{
    cells c;
    sla_status st = cells_init(&c, im->plan.ncols);
    if (st == SLA_OK) st = read_records(im, b, &c, e);
    cells_clear(&c);
    return st == SLA_OK ? st : err_set(e, st, (srcpos){im->name, 0, 0}, "no memory to read the JSON");
}

static sla_status json_take(importer *im, block *b, err *e)
{
    im->unseen += b->ragged;
    im->records += b->rows;
    return planner_take(&im->plan, b, e);
}

static sla_status json_finish(importer *im, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e) { return planner_finish(&im->plan, put, ctx, e); }

static bool json_again(importer *im)
{
    im->unseen = im->records = 0;
    im->page = im->front;
    im->lists = im->front_lists;
    return planner_again(&im->plan);
}

static void json_drop(importer *im, block *b)
{
    (void)im;
    planner_drop(b);
}

static void json_notes(const importer *im, buf *out)
{
    if (im->at.wrappers) buf_printf(out, "JSON, %s \"%s\" of an object\n", im->at.list ? "the list" : im->at.map ? "the members of" : "the member", im->key);
    else buf_text(out, im->at.list ? "JSON, an array of objects\n" : "NDJSON, an object a record\n");
    if (im->at.member.len) buf_printf(out, "a record is what lies in \"%.*s\" of each object\n", SLICE_ARG(im->at.member));
    planner_notes(&im->plan, out);
    paging_note(&im->page, im->records, out);
    if (im->lists.objects) buf_printf(out, "beside the records stand lists that are not read, with %llu object%s: %s\n", (unsigned long long)im->lists.objects, im->lists.objects == 1 ? "" : "s", im->lists.names);
    if (im->unseen) buf_printf(out, "%llu values under keys that the first records do not have were not read\n", (unsigned long long)im->unseen);
}

static sla_status json_caveats(const importer *im, store *s, int64_t source, err *e) { return planner_caveats(&im->plan, s, source, e); }
static int64_t json_announced(const importer *im) { return paging_announced(&im->page, im->records); }
static const dataset *json_dataset(const importer *im) { return planner_dataset(&im->plan); }
static slice json_profile(const importer *im) { return planner_profile(&im->plan); }
static batch_pool *json_batches(const importer *im) { return im->plan.batches; }
static bool json_keeps(const importer *im) { return planner_keeps(&im->plan); }

const importer_kind importer_json = {"json", "NDJSON, arrays of objects, and objects that hold the list", json_probe, json_open, json_cut, json_parse, json_take, json_finish, json_drop,
                                     json_notes, json_dataset, json_profile, json_batches, json_keeps, json_close, json_caveats, json_again, json_announced};
