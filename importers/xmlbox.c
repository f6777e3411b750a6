#include "importers/xmlbox.h"
#include <string.h>
#include "engine/base/jsonw.h"
#include "engine/base/mem.h"
#include "importers/paging.h"
#include "importers/xml.h"

enum { NODES_MAX = 2048, VALUES_LEAST = 3, RECORD_DEPTH_MAX = 30, STACK_MAX = 256, RECORD_BYTES_MAX = 16 << 20, SAID_MAX = 32, NONE = -1 };

/* An element by its path, however often it comes. last: the child found last, where looking goes on. in: the instance of its parent in which it came last. said: the text of the
 * one that came first; again: it was not the only one. */
typedef struct node { const char *name; int parent, first, next, last; uint64_t in; bool value, attrs, inner, list, repeated, came, again; uint8_t nsaid; char said[SAID_MAX]; } node;
typedef struct xml_box { container base; container_source src; node *nodes; size_t n, cap; int record; } xml_box;

/* ---- what a document begins with ---- */
static slice from_tag(slice s)
{
    const char *p = memchr(s.ptr, '<', s.len);
    return p ? (slice){p, s.len - (size_t)(p - s.ptr)} : (slice){s.ptr, 0};
}

static slice behind(slice s, char end)
{
    const char *p = memchr(s.ptr, end, s.len);
    return p ? (slice){p + 1, s.len - (size_t)(p + 1 - s.ptr)} : (slice){s.ptr, 0};
}

static bool tag_begins(slice s) { return s.len > 1 && s.ptr[0] == '<' && ((s.ptr[1] | 32) >= 'a' && (s.ptr[1] | 32) <= 'z'); }

static slice tag_name(slice tag)
{
    size_t n = 1;
    while (n < tag.len && !strchr(" \t\r\n/>", tag.ptr[n])) n++;
    slice name = {tag.ptr + 1, n - 1}, local = behind(name, ':');
    return local.len ? local : name;
}

static bool is_event(slice tag)
{
    slice name = tag_name(tag);
    return slice_is(name, "Event") || slice_is(name, "Events");
}

/* Audit logs of Oracle and MySQL have no root around their records, or one that is not closed while the database writes (logxml.c). */
static bool is_audit(slice tag)
{
    static const char record[] = "<AuditRecord>";
    slice name = tag_name(tag);
    bool found = slice_is(name, "msg") || slice_is(name, "AUDIT") || slice_is(name, "AUDIT_RECORD");
    for (const char *p = tag.ptr; !found && slice_is(name, "Audit") && (p = memchr(p, '<', (size_t)(tag.ptr + tag.len - p))); p++)
        found = (size_t)(tag.ptr + tag.len - p) >= sizeof record - 1 && memcmp(p, record, sizeof record - 1) == 0;
    return found;
}

bool xml_begins(slice s)
{
    bool declared = false;
    for (s = slice_trim(s); s.len > 2 && s.ptr[0] == '<' && (s.ptr[1] == '?' || s.ptr[1] == '!'); s = slice_trim(behind(s, '>'))) {
        slice rest = behind(s, '>'), tag = {s.ptr, s.len - rest.len};
        if (s.ptr[2] == 'D' && memchr(tag.ptr, '[', tag.len)) return true; /* to be refused with the reason */
        declared = declared || s.ptr[1] == '?' || s.ptr[2] == 'D';
    }
    if (!tag_begins(s)) return false;
    slice within = slice_trim(behind(s, '>')), second = from_tag(within);
    return !is_event(s) && !is_audit(s) && !(second.len > 1 && is_event(second)) && (declared || (within.len && *within.ptr == '<'));
}

/* ---- the elements by their paths ---- */
static int find_child(const xml_box *b, int parent, const char *name)
{
    const node *p = &b->nodes[parent];
    if (p->last == NONE) return NONE;
    if (strcmp(b->nodes[p->last].name, name) == 0) return p->last;
    int likely = b->nodes[p->last].next;
    if (likely != NONE && strcmp(b->nodes[likely].name, name) == 0) return likely;
    for (int i = p->first; i != NONE; i = b->nodes[i].next)
        if (strcmp(b->nodes[i].name, name) == 0) return i;
    return NONE;
}

static int add_node(xml_box *b, int parent, const char *name, xml_reader *x)
{
    const char *copy = b->n < NODES_MAX ? arena_strndup(&b->base.mem, name, strlen(name)) : NULL;
    if (b->n == NODES_MAX) return xml_fail(x, SLA_LIMIT, "elements of more than 2048 kinds"), NONE;
    if (!copy || mem_grow(&b->nodes, &b->cap, b->n + 1, sizeof *b->nodes)) return xml_fail(x, SLA_NOMEM, "no memory to read XML"), NONE;
    int no = (int)b->n++;
    b->nodes[no] = (node){.name = copy, .parent = parent, .first = NONE, .next = NONE, .last = NONE};
    if (parent == NONE) return no;
    int *to = &b->nodes[parent].first;
    while (*to != NONE) to = &b->nodes[*to].next;
    return *to = no;
}

/* The node of a child of parent that comes within its instance; a new one where adding is allowed. */
static int child(xml_box *b, int parent, const char *name, uint64_t instance, bool add, xml_reader *x)
{
    int no = find_child(b, parent, name);
    if (no == NONE && add) no = add_node(b, parent, name, x);
    if (no == NONE) return NONE;
    if (b->nodes[no].in == instance) b->nodes[no].repeated = true;
    b->nodes[no].in = instance;
    return b->nodes[parent].last = no;
}

static bool plain(const char *attribute) { return strncmp(attribute, "xmlns", 5) != 0 && strncmp(attribute, "xsi:", 4) != 0 && strncmp(attribute, "xml:", 4) != 0; }
static bool marks_list(const char **a) { return strcmp(a[0], "type") == 0 && strcmp(a[1], "array") == 0; }

/* ---- first reading: which elements there are, and which one is the record ---- */
typedef struct place { int node; uint64_t instance; } place;
typedef struct looking { xml_box *b; xml_reader *x; place at[STACK_MAX]; size_t depth; uint64_t instances; } looking;

/* What does not fit is not wanted: it is no number and no flag. */
static void say(node *n, slice s)
{
    for (size_t i = 0; i < s.len && !n->again && n->nsaid < SAID_MAX; i++) n->said[n->nsaid++] = s.ptr[i];
}

static void came(node *n)
{
    n->again = n->came;
    n->came = true;
}

static void look_open(void *ctx, const char *name, const char **attrs)
{
    looking *l = ctx;
    place up = l->at[l->depth];
    int no = child(l->b, up.node, name, up.instance, true, l->x);
    if (no == NONE) return;
    l->b->nodes[up.node].inner = true;
    came(&l->b->nodes[no]);
    l->at[++l->depth] = (place){no, ++l->instances};
    for (; *attrs; attrs += 2) {
        if (marks_list(attrs)) l->b->nodes[no].list = true;
        else if (plain(*attrs)) {
            int a = child(l->b, no, *attrs, l->instances, true, l->x);
            if (a == NONE) return;
            l->b->nodes[a].value = l->b->nodes[no].attrs = true;
            came(&l->b->nodes[a]);
            say(&l->b->nodes[a], slice_of(attrs[1]));
        }
    }
}

static void look_close(void *ctx, const char *name)
{
    looking *l = ctx;
    (void)name;
    if (l->depth) l->depth--; /* expat may close what failed to open */
}

static void look_text(void *ctx, slice s)
{
    looking *l = ctx;
    if (slice_trim(s).len) l->b->nodes[l->at[l->depth].node].value = true;
    say(&l->b->nodes[l->at[l->depth].node], s);
}

static size_t values_in(const xml_box *b, int no)
{
    size_t n = 0;
    for (int i = b->nodes[no].first; i != NONE; i = b->nodes[i].next) n += !b->nodes[i].inner && (b->nodes[i].value || b->nodes[i].attrs);
    return n;
}

static size_t depth_of(const xml_box *b, int no)
{
    size_t n = 0;
    while ((no = b->nodes[no].parent) != NONE) n++;
    return n;
}

static int choose_record(const xml_box *b)
{
    size_t most = 0, best_values = 0, best_depth = SIZE_MAX;
    int best = NONE;
    for (int i = 1; i < (int)b->n; i++) {
        size_t n = b->nodes[i].list ? 0 : values_in(b, i);
        if (n > most) most = n;
    }
    for (int i = 1; i < (int)b->n && most >= VALUES_LEAST; i++) {
        size_t n = values_in(b, i), d = depth_of(b, i);
        if (!b->nodes[i].list && n >= VALUES_LEAST && 2 * n >= most && (d < best_depth || (d == best_depth && n > best_values))) best = i, best_values = n, best_depth = d;
    }
    return best;
}

/* ---- first reading: the whole document ---- */
static sla_status look_over(xml_box *b, err *e)
{
    static const xml_events events = {look_open, look_close, look_text};
    container_bytes f = container_bytes_of(&b->src);
    looking *l = mem_zero(1, sizeof *l);
    bool end = false;
    sla_status st = l ? xml_open(&events, l, b->src.shown, &l->x, e) : SLA_NOMEM;
    if (st == SLA_OK) l->b = b, add_node(b, NONE, "", l->x); /* above the root, with which look_open begins */
    if (st == SLA_OK && b->n == 0) st = SLA_NOMEM;
    while (st == SLA_OK && !end) st = xml_step(l->x, &f.base, &end, e);
    if (l) xml_close(l->x);
    mem_free(l);
    if (st != SLA_OK) return err_set(e, st, (srcpos){b->src.shown, 0, 0}, "no memory to read XML"); /* unless it is said already */
    b->record = choose_record(b);
    if (b->record != NONE) return SLA_OK;
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){b->src.shown, 0, 0}, "XML without records: no element holds three values or more");
    err_hint(e, "export the tickets as CSV, JSON or XML");
    return SLA_UNKNOWN_FORMAT;
}

/* ---- second reading: a record as a tree, then as JSON ---- */
typedef struct element { int node; struct element *up, *first, **end, *next; slice text; size_t from; bool written; } element;   /* from: where its text begins in what is gathered */
typedef struct record_stream {
    stream base;
    xml_box *b;
    xml_reader *x;
    container_bytes file;
    pieces p;
    place at[STACK_MAX]; size_t depth;
    arena mem; element *now; buf text; size_t bytes, level;   /* of the record being read */
    uint32_t line, begins;              /* line reached in what is written; the record's */
    bool some, paged;                   /* paged: an object stands around the list */
} record_stream;

static void write_item(const xml_box *b, jsonw *w, element *el);

/* prefix: before the names of what stands beside a text; "" else. */
static void write_member(const xml_box *b, jsonw *w, element *el, slice prefix)
{
    char name[512];
    const node *n = &b->nodes[el->node];
    size_t len = strlen(n->name);
    if (prefix.len + len + 2 > sizeof name) return;
    if (prefix.len) memcpy(name, prefix.ptr, prefix.len), name[prefix.len] = '.';
    slice key = {name, prefix.len + (prefix.len > 0) + len};
    memcpy(name + key.len - len, n->name, len);
    jsonw_name(w, key);
    if (n->repeated) {
        jsonw_open(w, '[');
        for (element *same = el; same; same = same->next)
            if (same->node == el->node) write_item(b, w, same), same->written = true;
        jsonw_close(w, ']');
    } else if (el->text.len && el->first && !n->list) {
        jsonw_text(w, el->text);
        for (element *c = el->first; c; c = c->next)
            if (!c->written) write_member(b, w, c, key);
    } else write_item(b, w, el);
    el->written = true;
}

static void write_item(const xml_box *b, jsonw *w, element *el)
{
    bool list = b->nodes[el->node].list;
    if (!el->first && !list) {
        jsonw_text(w, el->text);
        return;
    }
    jsonw_open(w, list ? '[' : '{');
    if (el->text.len && !list) jsonw_kv_text(w, "text", el->text);
    for (element *c = el->first; c; c = c->next) {
        if (list) write_item(b, w, c);
        else if (!c->written) write_member(b, w, c, (slice){0});
    }
    jsonw_close(w, list ? ']' : '}');
}

static void write_record(record_stream *r, element *el)
{
    jsonw w;
    for (; r->line < r->begins; r->line++) buf_char(&r->p.out, '\n');
    if (r->some) buf_char(&r->p.out, ',');
    r->some = true;
    jsonw_begin(&w, &r->p.out, 0);
    el->text = (slice){0};
    if (el->first) write_item(r->b, &w, el);
    else buf_text(&r->p.out, "{}");
}

static element *add_element(record_stream *r, int no)
{
    element *el = arena_alloc(&r->mem, 1, sizeof *el);
    if (!el) return xml_fail(r->x, SLA_NOMEM, "no memory to read XML"), NULL;
    *el = (element){.node = no, .up = r->now, .from = r->text.len};
    el->end = &el->first;
    if (r->now) *r->now->end = el, r->now->end = &el->next;
    r->bytes += sizeof *el;
    return el;
}

static void add_attribute(record_stream *r, element *to, const char **a)
{
    element *el;
    int no = find_child(r->b, to->node, a[0]);
    if (no == NONE) return;
    r->now = to;
    if (!(el = add_element(r, no))) return;
    el->text = arena_slice(&r->mem, slice_of(a[1]));
    r->bytes += el->text.len;
}

static void record_open(void *ctx, const char *name, const char **attrs)
{
    record_stream *r = ctx;
    int no = find_child(r->b, r->at[r->depth].node, name);
    if (no == NONE) {
        xml_fail(r->x, SLA_SYNTAX, "the file changed while it was read");
        return;
    }
    r->b->nodes[r->at[r->depth].node].last = no;
    r->at[++r->depth].node = no;
    if (!r->now && no != r->b->record) return;
    if (!r->now) r->begins = xml_line(r->x), r->bytes = r->level = 0;
    if (++r->level > RECORD_DEPTH_MAX) xml_fail(r->x, SLA_LIMIT, "elements nested too deeply");
    element *el = add_element(r, no);
    for (; el && *attrs; attrs += 2)
        if (!marks_list(attrs) && plain(*attrs)) add_attribute(r, el, attrs);
    if (el) r->now = el;
    if (r->bytes > RECORD_BYTES_MAX) xml_fail(r->x, SLA_LIMIT, "a record of more than 16 MiB");
}

static void record_text(void *ctx, slice s)
{
    record_stream *r = ctx;
    if (!r->now) return;
    buf_slice(&r->text, s);
    r->bytes += s.len;
    if (r->text.failed) xml_fail(r->x, SLA_NOMEM, "no memory to read XML");
    if (r->bytes > RECORD_BYTES_MAX) xml_fail(r->x, SLA_LIMIT, "a record of more than 16 MiB");
}

static void record_close(void *ctx, const char *name)
{
    record_stream *r = ctx;
    element *el = r->now;
    (void)name;
    if (r->depth) r->depth--;
    if (!el) return;
    slice text = r->text.ptr ? slice_trim((slice){r->text.ptr + el->from, r->text.len - el->from}) : (slice){0};
    if (text.len && !(el->text = arena_slice(&r->mem, text)).ptr) xml_fail(r->x, SLA_NOMEM, "no memory to read XML");
    r->text.len = el->from;
    r->level--;
    if ((r->now = el->up)) return;
    write_record(r, el);
    if (r->mem.failed) xml_fail(r->x, SLA_NOMEM, "no memory to read XML"); /* for an attribute's text, which is then not there */
    arena_free(&r->mem);
}

/* ---- what stands around the records ---- */
static bool is_leaf(const node *n) { return !n->inner && !n->again && n->nsaid > 0 && n->nsaid < SAID_MAX && paging_knows(slice_of(n->name)); }

static size_t write_leaves(const xml_box *b, jsonw *w, int parent, bool enclosed)
{
    size_t count = 0;
    for (int i = b->nodes[parent].first; i != NONE; i = b->nodes[i].next) {
        const node *n = &b->nodes[i];
        /* Jira's <issue start="0" end="20" total="57"/> beside its <item>s is such an object too */
        if (!enclosed && !n->again && n->first != NONE && (paging_encloses(slice_of(n->name)) || strcmp(n->name, "issue") == 0)) count += write_leaves(b, w, i, true);
        else if (is_leaf(n)) jsonw_kv_text(w, n->name, slice_trim((slice){n->said, n->nsaid})), count++;
    }
    return count;
}

/* Opens the list of records, in an object with what is said of pages around it if anything is. */
static void open_list(record_stream *r)
{
    const node *record = &r->b->nodes[r->b->record];
    size_t count = 0;
    jsonw w;
    buf around = {0};
    jsonw_begin(&w, &around, 0);
    jsonw_open(&w, '{');
    for (int i = record->parent; i != NONE; i = r->b->nodes[i].parent) count += write_leaves(r->b, &w, i, false);
    if ((r->paged = count > 0)) buf_printf(&r->p.out, "%s,\"%s\":", buf_cstr(&around), record->name);
    r->p.out.failed = r->p.out.failed || around.failed;
    buf_char(&r->p.out, '[');
    buf_free(&around);
}

static sla_status more_records(void *ctx, err *e)
{
    record_stream *r = ctx;
    bool end = false;
    if (r->line == 0) r->line = 1, open_list(r);
    TRY(xml_step(r->x, &r->file.base, &end, e));
    if (end) buf_text(&r->p.out, r->paged ? "]}" : "]");
    r->p.end = end;
    return SLA_OK;
}

static sla_status records_read(stream *s, char *to, size_t n, size_t *got, err *e)
{
    record_stream *r = (record_stream *)s;
    return stream_pieces(&r->p, more_records, r, to, n, got, e);
}

static void records_close(stream *s)
{
    record_stream *r = (record_stream *)s;
    xml_close(r->x);
    arena_free(&r->mem);
    buf_free(&r->text);
    buf_free(&r->p.out);
    mem_free(r);
}

static sla_status open_part(container *c, size_t i, stream **out, err *e)
{
    static const xml_events events = {record_open, record_close, record_text};
    xml_box *b = (xml_box *)c;
    record_stream *r = mem_zero(1, sizeof *r);
    (void)i;
    if (!r) return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to read XML");
    r->base = (stream){records_read, records_close};
    r->b = b;
    r->file = container_bytes_of(&b->src);
    sla_status st = xml_open(&events, r, b->src.shown, &r->x, e);
    if (st == SLA_OK) *out = &r->base;
    else records_close(&r->base);
    return st;
}

static void close_box(container *c)
{
    xml_box *b = (xml_box *)c;
    mem_free(b->nodes);
    mem_free(b);
}

sla_status xml_box_open(const container_source *src, container **out, err *e)
{
    static const part whole = {"", false, false};
    xml_box *b = mem_zero(1, sizeof *b);
    if (!b) return err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to read XML");
    b->base = (container){.kind = "XML", .parts = &whole, .nparts = 1, .open_part = open_part, .close = close_box};
    b->src = *src;
    sla_status st = look_over(b, e);
    if (st == SLA_OK) *out = &b->base;
    else container_close(&b->base);
    return st;
}
