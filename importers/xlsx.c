/* The workbook: which sheets it has, where its strings and styles are. */
#include "importers/xlsx.h"
#include <stdlib.h>
#include "engine/base/mem.h"

typedef struct relation { const char *id, *target; const char *type; } relation;
typedef struct relations { arena *mem; relation *items; size_t n, cap; bool nomem; } relations;

static sla_status no_memory(const xlsx *b, err *e) { return err_set(e, SLA_NOMEM, (srcpos){b->src.shown, 0, 0}, "no memory to read the workbook"); }

/* ---- relations between parts ---- */
static void rel_open(void *ctx, const char *name, const char **attrs)
{
    relations *r = ctx;
    const char *id = xml_attr(attrs, "Id", false), *type = xml_attr(attrs, "Type", false), *target = xml_attr(attrs, "Target", false);
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target) return;
    const char *slash = strrchr(type, '/');
    if (mem_grow(&r->items, &r->cap, r->n + 1, sizeof *r->items) != 0) {
        r->nomem = true;
        return;
    }
    if (slash) type = slash + 1;
    relation *rel = &r->items[r->n++];
    *rel = (relation){arena_strndup(r->mem, id, strlen(id)), arena_strndup(r->mem, target, strlen(target)), arena_strndup(r->mem, type, strlen(type))};
    r->nomem = r->nomem || !rel->id || !rel->target || !rel->type;
}

static void ignore_close(void *ctx, const char *name) { (void)ctx, (void)name; }
static void ignore_text(void *ctx, slice s) { (void)ctx, (void)s; }

/* Relations of the part at path ("" : of the package); none is no error. */
static sla_status read_relations(xlsx *b, const char *path, relations *out, err *e)
{
    static const xml_events ev = {rel_open, ignore_close, ignore_text};
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    buf name = {0};
    stream *s = NULL;
    buf_printf(&name, "%.*s_rels/%s.rels", (int)(base - path), path, base);
    const char *member = buf_cstr(&name);
    bool nomem = name.failed;
    int64_t at = nomem ? -1 : zip_member_find(b->z, member);
    buf_free(&name);
    if (nomem) return no_memory(b, e);
    if (at < 0) return SLA_OK;
    TRY(zip_member_open(b->z, (uint64_t)at, b->src.shown, &s, e));
    TRY(xml_run(s, &ev, out, b->src.shown, e));
    return out->nomem ? no_memory(b, e) : SLA_OK;
}

/* A target as the path of a member: from the folder of the part that names it, unless it begins with a slash. NULL: no memory. */
static const char *resolve(xlsx *b, const char *from, const char *target)
{
    const char *slash = strrchr(from, '/');
    size_t n = slash ? (size_t)(slash - from) : 0;
    if (*target == '/') n = 0, target++;
    for (; strncmp(target, "../", 3) == 0; target += 3)
        while (n && from[--n] != '/') {}
    if (strncmp(target, "./", 2) == 0) target += 2;
    char *path = arena_alloc(&b->base.mem, n + strlen(target) + 2, 1);
    if (!path) return NULL;
    memcpy(path, from, n);
    if (n) path[n++] = '/';
    memcpy(path + n, target, strlen(target));
    return path;
}

static const char *target_of_type(const relations *r, const char *type)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->items[i].type, type) == 0) return r->items[i].target;
    return NULL;
}

/* ---- the workbook part ---- */
typedef struct sheet_entry { const char *name, *rel; bool hidden; } sheet_entry;
typedef struct workbook { arena *mem; sheet_entry *items; size_t n, cap; bool from_1904, nomem; } workbook;

static void book_open(void *ctx, const char *name, const char **attrs)
{
    workbook *w = ctx;
    if (strcmp(name, "workbookPr") == 0) {
        const char *v = xml_attr(attrs, "date1904", false);
        w->from_1904 = v && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
    }
    const char *title = xml_attr(attrs, "name", false), *rel = xml_attr(attrs, "id", true), *state = xml_attr(attrs, "state", false);
    if (strcmp(name, "sheet") != 0 || !title || !rel) return;
    if (mem_grow(&w->items, &w->cap, w->n + 1, sizeof *w->items) != 0) {
        w->nomem = true;
        return;
    }
    sheet_entry *s = &w->items[w->n++];
    *s = (sheet_entry){arena_strndup(w->mem, title, strlen(title)), arena_strndup(w->mem, rel, strlen(rel)), state && strcmp(state, "visible") != 0};
    w->nomem = w->nomem || !s->name || !s->rel;
}

/* ---- styles: which numbers are dates ---- */
typedef struct custom_format { uint32_t id; serial_form form; } custom_format;
typedef struct styles { xlsx *b; custom_format *custom; size_t ncustom, cap, forms_cap; bool in_cells, nomem; } styles;

static serial_form form_of(const styles *s, uint32_t id)
{
    for (size_t i = s->ncustom; i-- > 0;)
        if (s->custom[i].id == id) return s->custom[i].form;
    return sheet_builtin_form(id);
}

static void style_open(void *ctx, const char *name, const char **attrs)
{
    styles *s = ctx;
    const char *id = xml_attr(attrs, "numFmtId", false), *code = xml_attr(attrs, "formatCode", false);
    if (strcmp(name, "cellXfs") == 0) s->in_cells = true;
    else if (strcmp(name, "numFmt") == 0 && id && code && s->ncustom < 65536) {
        if (mem_grow(&s->custom, &s->cap, s->ncustom + 1, sizeof *s->custom) != 0) s->nomem = true;
        else s->custom[s->ncustom++] = (custom_format){(uint32_t)strtoul(id, NULL, 10), sheet_code_form(slice_of(code))};
    } else if (strcmp(name, "xf") == 0 && s->in_cells && s->b->nforms < 65536 * 4) {
        if (mem_grow(&s->b->forms, &s->forms_cap, s->b->nforms + 1, 1) != 0) s->nomem = true;
        else s->b->forms[s->b->nforms++] = (uint8_t)(id ? form_of(s, (uint32_t)strtoul(id, NULL, 10)) : SERIAL_NONE);
    }
}

static void style_close(void *ctx, const char *name)
{
    if (strcmp(name, "cellXfs") == 0) ((styles *)ctx)->in_cells = false;
}

static sla_status read_styles(xlsx *b, int64_t member, err *e)
{
    static const xml_events ev = {style_open, style_close, ignore_text};
    styles s = {.b = b};
    stream *in = NULL;
    TRY(zip_member_open(b->z, (uint64_t)member, b->src.shown, &in, e));
    sla_status st = xml_run(in, &ev, &s, b->src.shown, e);
    mem_free(s.custom);
    return st == SLA_OK && s.nomem ? no_memory(b, e) : st;
}

/* ---- the whole ---- */
static sla_status no_workbook(const xlsx *b, err *e)
{
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){b->src.shown, 0, 0}, "an Office document in which no sheet is found");
    err_hint(e, "save the table as .xlsx or .csv again");
    return SLA_UNKNOWN_FORMAT;
}

/* The sheets that hold cells (not those that are charts), in the workbook's order, as parts. */
static sla_status list_sheets(xlsx *b, const char *path, const workbook *w, const relations *rels, err *e)
{
    part *parts = ARENA_NEW(&b->base.mem, part, w->n + 1);
    b->sheets = ARENA_NEW(&b->base.mem, uint64_t, w->n + 1);
    b->shown = ARENA_NEW(&b->base.mem, const char *, w->n + 1);
    b->merged = ARENA_NEW(&b->base.mem, uint32_t, w->n + 1);
    if (!parts || !b->sheets || !b->shown || !b->merged) return no_memory(b, e);
    b->base.parts = parts;
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < rels->n; k++) {
            const relation *r = &rels->items[k];
            if (strcmp(r->id, w->items[i].rel) != 0 || strcmp(r->type, "worksheet") != 0) continue;
            const char *member = resolve(b, path, r->target);
            size_t len = strlen(b->src.shown) + strlen(w->items[i].name) + 2;
            char *shown = arena_alloc(&b->base.mem, len, 1);
            int64_t at = member ? zip_member_find(b->z, member) : -1;
            if (!member || !shown) return no_memory(b, e);
            if (at < 0) break;
            snprintf(shown, len, "%s/%s", b->src.shown, w->items[i].name);
            b->shown[b->base.nparts] = shown;
            b->sheets[b->base.nparts] = (uint64_t)at;
            parts[b->base.nparts++] = (part){w->items[i].name, true, w->items[i].hidden};
            break;
        }
    return b->base.nparts ? SLA_OK : no_workbook(b, e);
}

static sla_status read_workbook(xlsx *b, const char *path, relations *rels, err *e)
{
    static const xml_events ev = {book_open, ignore_close, ignore_text};
    workbook w = {.mem = &b->base.mem};
    stream *s = NULL;
    int64_t at = zip_member_find(b->z, path);
    if (at < 0) return no_workbook(b, e);
    TRY(zip_member_open(b->z, (uint64_t)at, b->src.shown, &s, e));
    sla_status st = xml_run(s, &ev, &w, b->src.shown, e);
    if (st == SLA_OK && w.nomem) st = no_memory(b, e);
    b->from_1904 = w.from_1904;
    if (st == SLA_OK) st = read_relations(b, path, rels, e);
    if (st == SLA_OK) st = list_sheets(b, path, &w, rels, e);
    mem_free(w.items);
    if (st != SLA_OK) return st;
    const char *styles_target = target_of_type(rels, "styles"), *strings_target = target_of_type(rels, "sharedStrings");
    const char *strings = strings_target ? resolve(b, path, strings_target) : NULL, *styles_path = styles_target ? resolve(b, path, styles_target) : NULL;
    if (b->base.mem.failed) return no_memory(b, e);
    b->strings_member = strings ? zip_member_find(b->z, strings) : -1;
    at = styles_path ? zip_member_find(b->z, styles_path) : -1;
    return at < 0 ? SLA_OK : read_styles(b, at, e);
}

static sla_status set_up(xlsx *b, err *e)
{
    relations package = {.mem = &b->base.mem}, rels = {.mem = &b->base.mem};
    sla_status st = read_relations(b, "", &package, e);
    const char *target = target_of_type(&package, "officeDocument");
    const char *path = resolve(b, "", target ? target : "xl/workbook.xml");
    if (st == SLA_OK) st = path ? read_workbook(b, path, &rels, e) : no_memory(b, e);
    mem_free(package.items);
    mem_free(rels.items);
    return st;
}

static sla_status open_part(container *c, size_t i, stream **out, err *e)
{
    xlsx *b = (xlsx *)c;
    if (!b->strings_read) TRY(xlsx_read_strings(b, e));
    b->strings_read = true;
    return xlsx_sheet_open(b, i, out, e);
}

static const char *remark(container *c, size_t i)
{
    xlsx *b = (xlsx *)c;
    snprintf(b->remark, sizeof b->remark, "%u cell%s below the first rows %s merged over several rows: what stands there counts for the first of these only", b->merged[i], b->merged[i] == 1 ? "" : "s", b->merged[i] == 1 ? "is" : "are");
    return b->merged[i] ? b->remark : NULL;
}

static void close_box(container *c)
{
    xlsx *b = (xlsx *)c;
    if (b->z) zip_discard(b->z);
    shared_strings_free(&b->strings);
    mem_free(b->forms);
    mem_free(b);
}

sla_status xlsx_open(zip_t *z, const container_source *src, container **out, err *e)
{
    xlsx *b = mem_zero(1, sizeof *b);
    if (!b) return err_set(e, SLA_NOMEM, (srcpos){src->shown, 0, 0}, "no memory to read the workbook");
    b->base = (container){.kind = "Excel workbook", .open_part = open_part, .remark = remark, .close = close_box};
    b->src = *src;
    b->z = z;
    b->strings_member = -1;
    sla_status st = set_up(b, e);
    if (st == SLA_OK) *out = &b->base;
    else {
        b->z = NULL;
        container_close(&b->base);
    }
    return st;
}
