#include "importers/plan.h"
#include <string.h>
#include "engine/base/mem.h"
#include "importers/words.h"

/* ---- what the table is ---- */
/* Part k of a path, from its end, up to its first dot: of "export.zip/ticket.csv" 0 is "ticket" and 1 "export". */
static slice path_name(const char *path, int k)
{
    slice s = slice_of(path);
    for (;; k--) {
        size_t from = s.len;
        while (from && s.ptr[from - 1] != '/') from--;
        slice part = {s.ptr + from, s.len - from};
        if (k == 0 || from == 0) {
            const char *dot = memchr(part.ptr, '.', part.len);
            return dot ? (slice){part.ptr, (size_t)(dot - part.ptr)} : part;
        }
        s.len = from - 1;
    }
}

static bool has_required(const dataset *ds, const slice *names, size_t n)
{
    for (size_t f = 0; f < ds->nfields; f++) {
        bool there = !ds->fields[f].required;
        for (size_t i = 0; i < n; i++) there = there || slice_eq(names[i], ds->fields[f].name);
        if (!there) return false;
    }
    return true;
}

/* The dataset of a table whose every column is a canonical field. Several may have such columns (id and name alone): the file's name, or the sheet's, tells which. */
static const dataset *canonical(const planner *pl, const input *in)
{
    for (int k = 0; k < 2; k++) {
        const dataset *ds = schema_dataset(in->model, path_name(in->name, k));
        if (ds && dataset_knows_header(ds, pl->names, pl->ncols)) return ds;
    }
    return schema_match_header(in->model, pl->names, pl->ncols);
}

/* In this order: what the user said; a table whose every column is a canonical field; a product's profile; a file named after a dataset that has what it
 * needs; a generic profile. *out NULL: none of these. */
static sla_status decide(planner *pl, const input *in, const dataset **out)
{
    const import_options *o = in->options;
    *out = canonical(pl, in);
    if (o->dataset) return *out = schema_dataset(in->model, slice_of(o->dataset)), SLA_OK;
    if (in->profiles->named) pl->pf = in->profiles->named;
    else if (*out) return SLA_OK;
    else TRY(profile_by_header(in->profiles, pl->names, pl->ncols, false, &pl->pf, &pl->said));
    if (pl->pf) return *out = pl->pf->ds, SLA_OK;
    for (int k = 0; k < 2; k++) {
        *out = schema_dataset(in->model, path_name(in->name, k));
        if (*out && has_required(*out, pl->names, pl->ncols)) return SLA_OK;
    }
    TRY(profile_by_header(in->profiles, pl->names, pl->ncols, true, &pl->pf, &pl->said));
    *out = pl->pf ? pl->pf->ds : NULL;
    return SLA_OK;
}

/* ---- where columns go ---- */
/* Is the header that one: as it stands (rank 0), or without the profile's suffix (rank: which). */
static bool is_header(const planner *pl, slice folded, slice want, size_t rank)
{
    slice bare;
    if (rank == 0 || !pl->pf) return rank == 0 && slice_eq(folded, want);
    return profile_suffix(pl->pf, folded, &bare) == rank && slice_eq(bare, want);
}

/* The unit that a column's header names beside the name by which it goes; with whole also if it goes by all of it ("resolution_hours"). 0: none. */
static int64_t unit_of(const planner *pl, const slice *folded, int col, bool whole)
{
    return whole || !slice_eq(folded[col], pl->headers[col].readings[0]) ? pl->headers[col].unit : 0;
}

/* A column of durations, in the unit that its header names, is nothing else. What ends a scale is no unit of time: 满意度(分). */
static bool takes_unit(const field_map *map, const field *f) { return map->after >= 0 || map->most > 0 || map->or_after >= 0 || f->type == VT_DURATION || (f->type == VT_NUMBER && map->unit); }

/* Columns fill in for each other if they are in one unit; those in none come first. */
static size_t keep_one_unit(const planner *pl, const slice *folded, int *found, size_t n, bool whole, int64_t *unit)
{
    size_t kept = 0;
    *unit = n ? unit_of(pl, folded, found[0], whole) : 0;
    for (size_t k = 0; k < n; k++)
        if (unit_of(pl, folded, found[k], whole) == 0) *unit = 0;
    for (size_t k = 0; k < n; k++)
        if (unit_of(pl, folded, found[k], whole) == *unit) found[kept++] = found[k];
    return kept;
}

/* Columns whose header is one of the list, in the order of the list, then of suffixes, then of the table. */
static sla_status columns_of(planner *pl, const slice *folded, const header_list *l, const field *f, target *t)
{
    int64_t unit;
    int *found = ARENA_NEW(&pl->mem, int, pl->ncols + 1);
    size_t n = 0, nranks = 1 + (pl->pf ? pl->pf->suffixes.n : 0);
    bool whole = t->map->or_after >= 0 && t->map->unit == 0; /* what may be a duration whose unit the profile leaves open */
    if (!found) return SLA_NOMEM;
    for (size_t h = 0; h < l->n * nranks; h++) {
        slice want = l->folded[h / nranks];
        for (size_t i = 0; want.len && i < pl->ncols; i++) {
            bool twice = unit_of(pl, folded, (int)i, false) && !takes_unit(t->map, f);
            for (size_t k = 0; k < n; k++) twice = twice || found[k] == (int)i;
            if (!twice && is_header(pl, folded[i], want, h % nranks)) found[n++] = (int)i;
        }
    }
    n = keep_one_unit(pl, folded, found, n, whole, &unit);
    if (unit && t->map->most == 0) t->unit = unit;
    t->input = n ? found[0] : -1;
    t->more = found + 1;
    t->nmore = n ? n - 1 : 0;
    return SLA_OK;
}

static void find_clock(const slice *folded, size_t n, const field_map *map, target *t)
{
    for (size_t h = 0; t->input >= 0 && h < map->clock.n && t->clock < 0; h++)
        for (size_t i = 0; i < n && t->clock < 0; i++)
            if ((int)i != t->input && slice_eq(folded[i], map->clock.folded[h])) t->clock = (int)i;
}

static sla_status find_reason(planner *pl, const slice *folded, const field_map *map, const field *f, target *t)
{
    target of = {.map = map->reason};
    if (!map->reason || t->input < 0) return SLA_OK;
    TRY(columns_of(pl, folded, &map->reason->from, f, &of));
    t->reason = of.input;
    if (t->reason >= 0) buf_printf(&pl->said, "%.*s: where it says no more than %.*s, the column %.*s tells the reason\n", SLICE_ARG(f->name), SLICE_ARG(map->reason_of.items[0]), SLICE_ARG(pl->names[t->reason]));
    return SLA_OK;
}

/* "日期" beside "报修时间", which may hold the times of that day: looked at, and used if it does. */
static sla_status find_days(planner *pl, const slice *folded, const field_map *map, const field *f, target *t)
{
    target of = {.map = map};
    bool may = false;
    for (size_t h = 0; t->input >= 0 && h < map->clock.n; h++) may = may || slice_eq(folded[t->input], map->clock.folded[h]);
    if (!may || t->clock >= 0 || t->nmore || map->or_after >= 0) return SLA_OK;
    TRY(columns_of(pl, folded, &map->fallback, f, &of));
    if (of.input < 0) return SLA_OK;
    t->more = of.more - 1;
    t->nmore = 1;
    t->spare = true;
    return SLA_OK;
}

/* Several columns that tell one time need not agree: which of them counts is said. */
static void say_first_of(planner *pl, const field *f, const target *t)
{
    bool others = false;
    for (size_t k = 0; k < t->nmore; k++) others = others || !words_same(pl->names[t->input], pl->names[t->more[k]]);
    if ((f->type != VT_TIME && f->type != VT_DATE) || t->input < 0 || !others || t->spare) return;
    buf_printf(&pl->said, "%.*s: the first that has a value of the columns %.*s", SLICE_ARG(f->name), SLICE_ARG(pl->names[t->input]));
    for (size_t k = 0; k < t->nmore; k++) buf_printf(&pl->said, ", %.*s", SLICE_ARG(pl->names[t->more[k]]));
    buf_char(&pl->said, '\n');
}

static sla_status place(planner *pl, const slice *folded, target *t, const field *f)
{
    for (size_t i = 0; !pl->pf && t->input < 0 && i < pl->ncols; i++)
        if (slice_eq_nocase(pl->names[i], f->name)) t->input = (int)i;
    for (size_t m = 0; pl->pf && m < pl->pf->nmaps; m++) {
        const field_map *map = &pl->pf->maps[m];
        if (!slice_eq(pl->pf->ds->fields[map->field].name, f->name)) continue;
        t->map = map;
        t->after = map->after;
        t->unit = map->needs_unit ? 0 : map->unit; /* the header may name it */
        TRY(columns_of(pl, folded, &map->from, f, t));
        if (map->prefix_of >= 0) buf_printf(&pl->said, "%.*s: for want of a value, by what %.*s begins with\n", SLICE_ARG(f->name), SLICE_ARG(pl->pf->ds->fields[map->prefix_of].name));
        find_clock(folded, pl->ncols, map, t);
        TRY(find_days(pl, folded, map, f, t));
        TRY(find_reason(pl, folded, map, f, t));
        if (t->input >= 0 || map->fallback.n + map->row_number.n == 0) return SLA_OK;
        TRY(columns_of(pl, folded, &map->fallback, f, t));
        if (t->input < 0) TRY(columns_of(pl, folded, &map->row_number, f, t));
        find_clock(folded, pl->ncols, map, t);
        if (t->input >= 0) buf_printf(&pl->said, "%.*s is taken from the column %.*s, for want of a better one\n", SLICE_ARG(f->name), SLICE_ARG(pl->names[t->input]));
        return SLA_OK;
    }
    return SLA_OK;
}

/* "紧急程度" is the urgency beside a priority; where it has to tell the priority, it is no second view of it. */
static void keep_apart(planner *pl, target *t)
{
    int apart = t->map ? t->map->apart : -1;
    if (t->input < 0 || apart < 0 || pl->p.fields[apart].input != t->input) return;
    buf_printf(&pl->said, "%.*s: the column %.*s stands for the %.*s and is not used for both\n", SLICE_ARG(pl->p.ds->fields[t->map->field].name), SLICE_ARG(pl->names[t->input]), SLICE_ARG(pl->p.ds->fields[apart].name));
    t->input = -1;
}

/* A column for each field that stands in cycles and has no column of its own. */
static sla_status place_cycles(planner *pl)
{
    if (!pl->pf) return SLA_OK;
    TRY(cycles_find(pl->pf, pl->names, pl->ncols, &pl->mem, &pl->cycles, &pl->ncycles));
    slice *names = pl->ncycles ? ARENA_NEW(&pl->mem, slice, pl->ncols + pl->ncycles) : pl->names;
    if (!names) return SLA_NOMEM;
    if (pl->ncycles) memcpy(names, pl->names, pl->ncols * sizeof *names);
    for (size_t k = 0; k < pl->ncycles; k++) {
        target *t = &pl->p.fields[pl->cycles[k].map->field];
        names[pl->ncols + k] = pl->cycles[k].map->cycle.items[0];
        if (t->input < 0) t->input = pl->cycles[k].column;
    }
    pl->names = names;
    pl->ncols += pl->ncycles;
    return SLA_OK;
}

/* Headers that are known by a part of what they say. */
static void say_readings(planner *pl, const slice *folded)
{
    size_t n = 0;
    for (size_t i = 0; i < pl->ncols; i++)
        if (!slice_eq(folded[i], pl->headers[i].readings[0])) buf_printf(&pl->said, "%s %.*s as %.*s", n++ ? "," : "headers read by a part of them:", SLICE_ARG(pl->names[i]), SLICE_ARG(folded[i]));
    if (n) buf_char(&pl->said, '\n');
}

static sla_status make_plan(planner *pl, const dataset *ds, const input *in)
{
    slice *folded = ARENA_NEW(&pl->mem, slice, pl->ncols);
    pl->seen = ARENA_NEW(&pl->mem, date_evidence, ds->nfields);
    pl->spans = ARENA_NEW(&pl->mem, span_evidence, ds->nfields);
    pl->counts = ARENA_NEW(&pl->mem, time_counts, ds->nfields);
    pl->p = (plan){.ds = ds, .pf = pl->pf, .zone = pl->zone ? pl->zone : in->options->zone, .fields = ARENA_NEW(&pl->mem, target, ds->nfields)};
    pl->spoken = spoken_new(ds);
    if (!folded || !pl->seen || !pl->spans || !pl->counts || !pl->p.fields || !pl->spoken) return SLA_NOMEM;
    TRY(headers_read(&pl->mem, pl->names, pl->ncols, &pl->headers));
    for (size_t i = 0; i < pl->ncols; i++) folded[i] = pl->headers[i].readings[0];
    if (pl->pf) profile_names(pl->pf, pl->headers, pl->ncols, folded);
    say_readings(pl, folded);
    for (size_t f = 0; f < ds->nfields; f++) {
        pl->p.fields[f] = (target){.input = -1, .clock = -1, .reason = -1, .after = -1, .order = "ymd", .counts = &pl->counts[f]};
        TRY(place(pl, folded, &pl->p.fields[f], &ds->fields[f]));
        if (pl->p.fields[f].map && ds->fields[f].en) pl->p.fields[f].spoken = pl->spoken;
    }
    for (size_t f = 0; f < ds->nfields; f++) keep_apart(pl, &pl->p.fields[f]);
    for (size_t f = 0; f < ds->nfields; f++) say_first_of(pl, &ds->fields[f], &pl->p.fields[f]);
    if (pl->fold) fold_place(pl->fold, pl->p.fields, folded, pl->ncols);
    return place_cycles(pl);
}

/* ---- refusals ---- */
static void list_names(const planner *pl, buf *b)
{
    for (size_t i = 0; i < pl->ncols && i < 8; i++) buf_printf(b, "%s%.*s", i ? ", " : "", SLICE_ARG(pl->names[i]));
    if (pl->ncols > 8) buf_text(b, ", …");
}

/* The field that a needed header is the source of; NULL: it only tells the product. */
static const field *field_of_need(const profile *p, const header_list *need)
{
    for (size_t m = 0; m < p->nmaps; m++)
        for (size_t i = 0; i < p->maps[m].from.n && need->n; i++)
            if (words_same(p->maps[m].from.items[i], need->items[0])) return &p->ds->fields[p->maps[m].field];
    return NULL;
}

static sla_status say_lacking(const planner *pl, const profile *near, arena *a, buf *b)
{
    header_text *headers;
    slice *folded = ARENA_NEW(a, slice, pl->ncols);
    if (!folded) return SLA_NOMEM;
    TRY(headers_read(a, pl->names, pl->ncols, &headers));
    profile_names(near, headers, pl->ncols, folded);
    for (size_t k = 0; k < near->nneeds; k++) {
        const header_list *need = &near->needs[k];
        if (profile_has_need(near, k, folded, pl->ncols) || need->n == 0) continue;
        const field *f = field_of_need(near, need);
        buf_printf(b, "%s%.*s", b->len ? "; " : "", SLICE_ARG(f ? f->name : need->items[0]));
        for (size_t i = 0; f && i < need->n && i < 3; i++) buf_printf(b, "%s%.*s", i ? ", " : " (", SLICE_ARG(need->items[i]));
        if (f) buf_text(b, need->n > 3 ? ", …)" : ")");
    }
    return SLA_OK;
}

static sla_status refuse_unknown(const planner *pl, const input *in, err *e)
{
    buf b = {0}, lacks = {0};
    const profile *near;
    arena a = {0};
    list_names(pl, &b);
    sla_status st = profile_nearest(in->profiles, pl->names, pl->ncols, &near);
    if (st == SLA_OK && near) st = say_lacking(pl, near, &a, &lacks);
    arena_free(&a);
    if (st != SLA_OK || b.failed || lacks.failed) st = SLA_NOMEM; /* told by the caller */
    else if (near) err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "a table (%s) that comes near to %.*s, but lacks %s", buf_cstr(&b), SLICE_ARG(near->title), buf_cstr(&lacks));
    else err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "a table, but its header (%s) is that of no dataset and no profile", buf_cstr(&b));
    if (st == SLA_OK) err_hint(e, "%s, or write a profile: slaudit import --profile-draft FILE", near ? "export it with these columns" : "name the columns as in the documentation, give --dataset");
    buf_free(&b);
    buf_free(&lacks);
    return st == SLA_OK ? SLA_UNKNOWN_FORMAT : st;
}

static sla_status refuse_known(const planner *pl, const input *in, err *e)
{
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "%.*s: %.*s", SLICE_ARG(pl->pf->title), SLICE_ARG(pl->pf->refuse));
    err_hint(e, "if it is something else after all, write a profile: slaudit import --profile-draft FILE");
    return SLA_UNKNOWN_FORMAT;
}

static sla_status check_required(const planner *pl, const input *in, err *e)
{
    const dataset *ds = pl->p.ds;
    for (size_t f = 0; f < ds->nfields; f++) {
        const target *t = &pl->p.fields[f];
        if (!ds->fields[f].required || t->input >= 0 || (t->map && t->map->constant.ptr)) continue;
        buf b = {0};
        for (size_t i = 0; t->map && i < t->map->from.n && i < 6; i++) buf_printf(&b, "%s%.*s", i ? ", " : "", SLICE_ARG(t->map->from.items[i]));
        bool nomem = b.failed;
        if (!nomem) err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "the table has no column '%.*s', which a %.*s needs%s%s%s", SLICE_ARG(ds->fields[f].name), SLICE_ARG(ds->name),
                b.len ? " (the profile looks for: " : "", buf_cstr(&b), b.len ? ")" : "");
        buf_free(&b);
        if (nomem) return SLA_NOMEM;
        err_hint(e, "add the column to the export, or write a profile that says which column it is (slaudit import --profile-draft FILE)");
        return SLA_UNKNOWN_FORMAT;
    }
    return SLA_OK;
}

static void say_columns(planner *pl)
{
    size_t left = 0, columns = pl->ncols - pl->ncycles;
    buf names = {0};
    for (size_t i = 0; i < columns; i++) {
        bool taken = false;
        for (size_t f = 0; f < pl->p.ds->nfields; f++) {
            const target *t = &pl->p.fields[f];
            taken = taken || t->input == (int)i || t->clock == (int)i || t->reason == (int)i;
            for (size_t k = 0; k < t->nmore; k++) taken = taken || t->more[k] == (int)i;
        }
        if (taken || (pl->changes && changes_use(pl->changes, (int)i))) continue;
        buf_printf(&names, "%s %.*s", left++ ? "," : "", pl->names[i].len ? (int)pl->names[i].len : 7, pl->names[i].len ? pl->names[i].ptr : "(blank)");
    }
    if (left) buf_printf(&pl->said, "%zu of %zu columns not used:%s\n", left, columns, buf_cstr(&names));
    pl->said.failed = pl->said.failed || names.failed;
    buf_free(&names);
}

/* ---- a draft instead of an import ---- */
static sla_status begin_draft(planner *pl, const input *in, err *e)
{
    size_t named = 0;
    const import_options *o = in->options;
    const dataset *ds = NULL;
    for (size_t i = 0; i < pl->ncols; i++) named += pl->names[i].len > 0;
    if (named < 2) return err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "no header of a table");
    if (o->dataset) ds = schema_dataset(in->model, slice_of(o->dataset));
    for (size_t i = 0; !ds && i < in->model->n; i++) /* what keeps a history: tickets */
        if (in->model->datasets[i].changes.dataset >= 0) ds = &in->model->datasets[i];
    if (!ds) return err_set(e, SLA_USAGE, (srcpos){in->name, 0, 0}, "for which dataset is the profile to be? give --dataset");
    pl->p.ds = ds;
    pl->draft_to = o->draft;
    pl->source = in->name;
    return draft_new(in->profiles, ds, pl->names, pl->ncols, &pl->draft);
}

sla_status planner_open(planner *pl, const input *in, const slice *names, size_t n, err *e)
{
    pl->names = ARENA_NEW(&pl->mem, slice, n);
    if (!pl->names) return SLA_NOMEM;
    for (size_t i = 0; i < n; i++) {
        slice name = slice_trim(names[i]);
        pl->names[i] = arena_slice(&pl->mem, name);
        if (name.len && !pl->names[i].ptr) return SLA_NOMEM;
    }
    pl->ncols = n;
    pl->years = (year_hint){in->options->year, in->options->from, in->options->to, in->mtime_ms};
    if (in->options->draft) return begin_draft(pl, in, e);
    const dataset *ds;
    TRY(decide(pl, in, &ds));
    if (!ds) return refuse_unknown(pl, in, e);
    if (pl->pf && pl->pf->refuse.len) return refuse_known(pl, in, e);
    const char *named = pl->pf && pl->pf->zone.len ? arena_strndup(&pl->mem, pl->pf->zone.ptr, pl->pf->zone.len) : NULL;
    if (pl->mem.failed) return SLA_NOMEM;
    if (named) TRY(zone_open(named, &pl->zone, e));
    if (pl->pf && pl->pf->fold) TRY(fold_new(pl->pf, &pl->mem, &pl->fold, &ds, e));
    TRY(make_plan(pl, ds, in));
    if (pl->pf && pl->pf->history.given) TRY(changes_new(pl->pf, pl->p.zone, pl->names, n, &pl->changes));
    TRY(reasons_new(pl->pf, &pl->reasons));
    if (!pl->pf || !pl->pf->history.alone) TRY(check_required(pl, in, e));
    TRY(plan_notes_find(pl, in, e));
    say_columns(pl);
    pl->batches = batch_pool_new(ds);
    return pl->batches && !pl->said.failed && !pl->mem.failed ? SLA_OK : SLA_NOMEM;
}

plan_fit planner_fit(const planner *pl)
{
    plan_fit fit = {.product = pl->pf && !pl->pf->generic, .refused = pl->pf && pl->pf->refuse.len};
    for (size_t f = 0; pl->p.fields && f < pl->p.ds->nfields; f++) fit.fields += pl->p.fields[f].input >= 0;
    return fit;
}

/* ---- blocks ---- */
bool planner_lists(const planner *pl, int no)
{
    bool list = pl->changes && changes_use(pl->changes, no);
    for (size_t k = 0; k < pl->ncycles; k++)
        for (size_t i = 0; i < pl->cycles[k].npairs; i++) list = list || pl->cycles[k].pairs[i].list == no;
    return list;
}

sla_status planner_read(planner *pl, coercer *co, const cells *c, block *b, err *e)
{
    change_list *list = b->extra;
    size_t taken, blank = 0;
    if (c->nrows == 0) return SLA_OK;
    b->rows += c->nrows;
    if (pl->changes) {
        sla_status st = changes_read(pl->changes, c, &list);
        b->extra = list;
        TRY(st);
        if (pl->pf->history.alone) return SLA_OK;
    }
    if (b->n == 0 || b->batches[b->n - 1]->nrows + c->nrows > BATCH_ROWS_MAX) {
        if (b->n == BLOCK_BATCHES) return SLA_LIMIT;
        if (!(b->batches[b->n] = batch_pool_get(pl->batches))) return SLA_NOMEM;
        b->n++;
    }
    arena scratch = {0};
    cycles_fill(pl->cycles, pl->ncycles, c, &scratch);
    sla_status st = plan_notes_apply(pl, c, &scratch);
    if (scratch.failed) st = SLA_NOMEM; /* what the cells were to be given is not there */
    if (st == SLA_OK) st = coerce_cells(co, c, b->batches[b->n - 1], &b->rejects, &taken, &blank, e);
    b->rows -= blank;
    arena_free(&scratch);
    return st;
}

void planner_drop(block *b)
{
    change_list_free(b->extra);
    b->extra = NULL;
}

sla_status planner_take(planner *pl, block *b, err *e)
{
    pl->rows += b->rows;
    if (pl->changes) changes_keep(pl->changes, b->extra), b->extra = NULL;
    for (size_t i = 0; pl->fold && i < b->n; i++) TRY(fold_add(pl->fold, b->batches[i], e));
    return pl->reasons ? reasons_take(pl->reasons, b, e) : SLA_OK;
}

/* The head left the order of day and month open, one was assumed, and then came more dates that can only be read in the other. */
static bool wrong_order(const planner *pl, size_t f) { return pl->p.fields[f].assumed && pl->counts[f].other_order > pl->counts[f].this_order; }

bool planner_again(planner *pl)
{
    if (!pl->again || pl->changes) return false;
    const char *order = NULL;
    for (size_t f = 0; f < pl->p.ds->nfields && !order; f++)
        if (wrong_order(pl, f)) order = dates_other_order(pl->p.fields[f].order);
    pl->again = false;
    pl->rows = 0;
    for (size_t f = 0; f < pl->p.ds->nfields; f++) {
        pl->counts[f] = (time_counts){0};
        if (!pl->p.fields[f].assumed) continue;
        pl->p.fields[f].assumed = false;
        pl->p.fields[f].order = order;
    }
    if (pl->fold) fold_restart(pl->fold);
    if (pl->reasons) reasons_restart(pl->reasons);
    buf_printf(&pl->said, "further down stand dates that can only be %s: the columns that left it open were read once more so\n", dates_order_name(order));
    return true;
}

sla_status planner_finish(planner *pl, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e)
{
    for (size_t f = 0; f < pl->p.ds->nfields; f++) pl->again = pl->again || (!pl->changes && wrong_order(pl, f));
    if (pl->again) return err_set(e, SLA_CONFLICT, SRCPOS_NONE, "the order of day and month is another than the first rows let expect");
    if (pl->changes) TRY(changes_finish(pl->changes, put, ctx, e));
    if (pl->reasons) return reasons_finish(pl->reasons, put, ctx, e);
    return pl->fold ? fold_finish(pl->fold, put, ctx, e) : SLA_OK;
}

bool planner_at_limit(const planner *pl)
{
    for (size_t i = 0; pl->pf && i < pl->pf->nlimits; i++)
        if (pl->rows == pl->pf->limits[i]) return true;
    return false;
}

static void say_relative(slice name, unsigned long long n, buf *out)
{
    buf_printf(out, "%.*s: %llu relative date%s (\"3 days ago\") not known, as nothing says from which day they count; export absolute dates: a file instead of what the screen shows; Jira: "
               "jira.lf.date.relativize off (advanced settings)\n", SLICE_ARG(name), n, n == 1 ? "" : "s");
}

void planner_notes(const planner *pl, buf *out)
{
    buf_bytes(out, pl->said.ptr, pl->said.len);
    out->failed = out->failed || pl->said.failed;
    for (size_t f = 0; f < pl->p.ds->nfields; f++) {
        const time_counts *k = &pl->counts[f];
        unsigned long long n = k->values;
        slice name = pl->p.ds->fields[f].name;
        if (k->several) buf_printf(out, "%.*s: %llu record%s more than one; the first is taken, the others stand among what was rejected\n", SLICE_ARG(name), (unsigned long long)k->several, k->several == 1 ? " names" : "s name");
        if (k->relative) say_relative(name, k->relative, out);
        if (n == 0) continue;
        if (k->days) buf_printf(out, "%.*s: %llu of %llu are days without a time\n", SLICE_ARG(name), (unsigned long long)k->days, n);
        if (k->unzoned) buf_printf(out, "%.*s: %llu of %llu name no zone and were read in %s\n", SLICE_ARG(name), (unsigned long long)k->unzoned, n, zone_name(pl->p.zone));
        if (k->repeated) buf_printf(out, "%.*s: %llu local times occur twice when the clock is put back; the first is taken\n", SLICE_ARG(name), (unsigned long long)k->repeated);
        if (k->skipped) buf_printf(out, "%.*s: %llu local times do not occur, the clock being put forward; they are moved on\n", SLICE_ARG(name), (unsigned long long)k->skipped);
        if (k->this_order) buf_printf(out, "%.*s: further down %llu can only be read as %s, as was assumed\n", SLICE_ARG(name), (unsigned long long)k->this_order, dates_order_name(pl->p.fields[f].order));
        if (k->other_order) buf_printf(out, "%.*s: %llu dates can only be read with day and month the other way round; they are rejected\n", SLICE_ARG(name), (unsigned long long)k->other_order);
    }
    if (planner_at_limit(pl)) buf_printf(out, "perhaps not all of the export: %llu rows are as many as the product exports at once\n", (unsigned long long)pl->rows);
    if (pl->spoken) spoken_notes(pl->spoken, out);
    if (pl->fold) fold_notes(pl->fold, out);
    if (pl->reasons) reasons_notes(pl->reasons, out);
    if (pl->changes) changes_notes(pl->changes, out);
}

const dataset *planner_dataset(const planner *pl)
{
    const dataset *ds = pl->fold ? pl->pf->ds : pl->p.ds;
    return pl->changes && pl->pf->history.alone ? ds - ds->idx + ds->changes.dataset : ds; /* datasets of a schema stand in one array */
}
slice planner_profile(const planner *pl) { return pl->pf ? pl->pf->name : SLICE_LIT("canonical"); }
bool planner_keeps(const planner *pl) { return pl->fold || pl->reasons; }

void planner_close(planner *pl)
{
    batch_pool_free(pl->batches);
    zone_close(pl->zone);
    plan_notes_close(pl);
    fold_free(pl->fold);
    changes_free(pl->changes);
    reasons_free(pl->reasons);
    draft_free(pl->draft);
    spoken_free(pl->spoken);
    buf_free(&pl->said);
    arena_free(&pl->mem);
    *pl = (planner){0};
}
