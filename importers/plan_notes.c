/* What a column's values do not say themselves: in which zone its times are, in which unit its numbers, of which year its dates. The cells are given it before they are read. */
#define _GNU_SOURCE /* memmem, memrchr */
#include <string.h>
#include "engine/base/buf.h"
#include "importers/footers.h"
#include "importers/plan.h"
#include "importers/words.h"

static sla_status refuse_zone(const planner *pl, const input *in, int col, const char *why, err *e)
{
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){in->name, 1, 0}, "the header '%.*s' names a zone, %s", SLICE_ARG(pl->names[col]), why);
    err_hint(e, "name the zone as UTC, UTC+08:00 or Europe/Berlin there, or leave it out and write a profile that says it (zone: …)");
    return SLA_UNKNOWN_FORMAT;
}

static bool noted(const planner *pl, int col, bool is_zone)
{
    for (size_t k = 0; k < pl->nnotes; k++)
        if (pl->notes[k].col == col && (pl->notes[k].zone != NULL) == is_zone) return true;
    return false;
}

static sla_status note_zone(planner *pl, const input *in, size_t f, int col, err *e)
{
    const header_text *h = &pl->headers[col];
    const target *t = &pl->p.fields[f];
    if (h->unclear.len && !pl->zone) return refuse_zone(pl, in, col, "and it is not known which offset from UTC is meant", e);
    if (h->zone.len == 0 || noted(pl, col, true)) return SLA_OK;
    if (t->clock >= 0) return refuse_zone(pl, in, col, "and the time of day stands in another column, which this program cannot put together", e);
    zone *z = NULL;
    err why = {0};
    const char *name = arena_strndup(&pl->mem, h->zone.ptr, h->zone.len);
    sla_status st = name ? zone_open(name, &z, &why) : SLA_NOMEM;
    if (st == SLA_NOMEM) return st;
    if (st != SLA_OK) return refuse_zone(pl, in, col, "and there is none of that name", e);
    pl->notes[pl->nnotes++] = (column_note){.col = col, .field = f, .zone = z};
    buf_printf(&pl->said, "%.*s: the header %.*s says that its times are in %s\n", SLICE_ARG(pl->p.ds->fields[f].name), SLICE_ARG(pl->names[col]), zone_name(z));
    return SLA_OK;
}

/* What a table is called: "2025/tickets.csv" is "tickets", the sheet "2025/tickets.xlsx/July" is "tickets/July". */
static slice table_name(const input *in, arena *a)
{
    buf b = {0};
    slice file = slice_of(in->name), sheet = {0};
    const char *slash = in->table ? memrchr(file.ptr, '/', file.len) : NULL;
    if (slash) sheet = (slice){slash, (size_t)(file.ptr + file.len - slash)}, file.len = (size_t)(slash - file.ptr);
    if ((slash = memrchr(file.ptr, '/', file.len))) file = (slice){slash + 1, (size_t)(file.ptr + file.len - slash) - 1};
    const char *dot = memrchr(file.ptr, '.', file.len);
    buf_printf(&b, "%.*s%.*s-", (int)(dot && dot > file.ptr ? (size_t)(dot - file.ptr) : file.len), file.ptr, SLICE_ARG(sheet));
    slice name = b.failed ? (slice){0} : arena_slice(a, (slice){b.ptr, b.len});
    buf_free(&b);
    return name;
}

/* A column that counts the rows of its table: another table counts from 1 again, and its records are others. */
static sla_status note_row_number(planner *pl, const input *in, size_t f)
{
    const target *t = &pl->p.fields[f];
    bool counts = false;
    for (size_t h = 0; t->map && t->input >= 0 && h < t->map->row_number.n; h++) counts = counts || slice_eq(pl->headers[t->input].readings[0], t->map->row_number.folded[h]);
    if (!counts) return SLA_OK;
    slice name = table_name(in, &pl->mem);
    if (!name.ptr) return SLA_NOMEM;
    pl->notes[pl->nnotes++] = (column_note){.col = t->input, .field = f, .table = name};
    buf_printf(&pl->said, "%.*s: the column %.*s counts the rows of its table; the table's name stands before its numbers (%.*s1)\n", SLICE_ARG(pl->p.ds->fields[f].name), SLICE_ARG(pl->names[t->input]), SLICE_ARG(name));
    return SLA_OK;
}

/* What the name of the table adds to keys that count its rows. */
unsigned planner_key_marks(const planner *pl)
{
    unsigned marks = 0;
    for (size_t k = 0; k < pl->nnotes; k++)
        if (pl->notes[k].table.len) marks |= footers_marks(pl->notes[k].table);
    return marks;
}

sla_status plan_notes_find(planner *pl, const input *in, err *e)
{
    size_t own = pl->ncols - pl->ncycles;
    if (!(pl->notes = ARENA_NEW(&pl->mem, column_note, 4 * own + 2 * pl->p.ds->nfields))) return SLA_NOMEM;
    for (size_t f = 0; f < pl->p.ds->nfields; f++) {
        const target *t = &pl->p.fields[f];
        vtype type = pl->p.ds->fields[f].type;
        TRY(note_row_number(pl, in, f));
        if (t->input >= 0 && (size_t)t->input < own && t->map && t->map->behind.len) pl->notes[pl->nnotes++] = (column_note){.col = t->input, .field = f, .behind = t->map->behind};
        for (size_t k = 0; t->input >= 0 && k <= t->nmore; k++) {
            int col = k ? t->more[k - 1] : t->input;
            if ((size_t)col >= own) continue;
            if (type == VT_TIME && t->after < 0) TRY(note_zone(pl, in, f, col, e));
            else if (t->after < 0 && t->unit && (t->unit != t->map->unit || t->map->needs_unit) && !noted(pl, col, false)) pl->notes[pl->nnotes++] = (column_note){.col = col, .field = f, .unit = t->unit};
        }
        if (type == VT_TIME && t->clock >= 0 && (pl->headers[t->clock].zone.len || pl->headers[t->clock].unclear.len))
            return refuse_zone(pl, in, t->clock, "and the day stands in another column, which this program cannot put together", e);
    }
    return SLA_OK;
}

/* ---- years ---- */
void plan_notes_yearless(planner *pl, size_t f)
{
    const target *t = &pl->p.fields[f];
    const year_hint *y = &pl->years;
    for (size_t k = 0; k <= t->nmore; k++) {
        int col = k ? t->more[k - 1] : t->input;
        bool twice = false;
        for (size_t i = 0; i < pl->nnotes; i++) twice = twice || (pl->notes[i].yearless && pl->notes[i].col == col);
        if (!twice && (size_t)col < pl->ncols - pl->ncycles) pl->notes[pl->nnotes++] = (column_note){.col = col, .field = f, .yearless = true};
    }
    buf_printf(&pl->said, "%.*s: dates read as of the year that %s, for they have none\n", SLICE_ARG(pl->p.ds->fields[f].name),
               y->asked ? "was asked for" : y->from != y->to ? "brings them into the period or nearest to it" : "is the last one before the file's time of modification");
}

/* How far the day lies outside of what is known; after the last change it can not. -1: there is no such day. */
static int64_t strangeness(const year_hint *h, int32_t y, int32_t m, int32_t d)
{
    if (!civil_valid(y, m, d)) return -1;
    int64_t at = civil_days(y, m, d) * MS_DAY;
    if (h->from != h->to) return at < h->from - MS_DAY ? h->from - at : at >= h->to + MS_DAY ? at - h->to : 0;
    return at > h->latest + MS_DAY ? INT64_MAX : h->latest + MS_DAY - at;
}

static int32_t year_for(const year_hint *h, int32_t m, int32_t d)
{
    if (h->asked) return civil_valid(h->asked, m, d) ? h->asked : 0;
    int64_t least = INT64_MAX, days = (h->from != h->to ? h->from : h->latest) / MS_DAY;
    int32_t near = 1970 + (int32_t)(days * 400 / 146097), best = 0;
    for (int32_t y = near + 4; y >= near - 4; y--) {
        int64_t s = strangeness(h, y, m, d);
        if (s >= 0 && s < least) least = s, best = y;
    }
    return best;
}

/* The cell becomes what was written. Without memory: SLA_NOMEM, and the cell is as it was. */
static sla_status rewrite(slice *cell, buf *b, arena *scratch)
{
    slice s = b->failed ? (slice){0} : arena_slice(scratch, (slice){b->ptr, b->len});
    buf_free(b);
    if (!s.ptr) return SLA_NOMEM;
    *cell = s;
    return SLA_OK;
}

static sla_status with_year(const planner *pl, slice *cell, arena *scratch)
{
    int32_t m, d, y;
    slice clock;
    buf b = {0};
    char half[NARROW_MAX];
    if (!dates_without_year(words_narrow(slice_trim(*cell), half), &m, &d, &clock) || !(y = year_for(&pl->years, m, d))) return SLA_OK;
    buf_printf(&b, "%04d-%02d-%02d%s%.*s", (int)y, (int)m, (int)d, clock.len ? " " : "", SLICE_ARG(clock));
    return rewrite(cell, &b, scratch);
}

/* ---- numbers ---- */
void plan_notes_comma(planner *pl, size_t f, char comma)
{
    const target *t = &pl->p.fields[f];
    if ((size_t)t->input >= pl->ncols - pl->ncycles) return;
    pl->notes[pl->nnotes++] = (column_note){.col = t->input, .field = f, .comma = comma};
    buf_printf(&pl->said, "%.*s: commas in the column %.*s are read as %s, as its other numbers tell\n", SLICE_ARG(pl->p.ds->fields[f].name), SLICE_ARG(pl->names[t->input]),
               comma == '.' ? "decimal ones" : "marks between thousands");
}

/* "1,800" → "1800", or "1.800" */
static sla_status without_comma(const column_note *note, slice *cell, arena *scratch)
{
    if (words_comma_of(*cell) != COMMA_EITHER) return SLA_OK;
    slice copy = arena_slice(scratch, *cell);
    if (!copy.ptr) return SLA_NOMEM;
    char *text = (char *)(uintptr_t)copy.ptr, *comma = memchr(text, ',', copy.len); /* its own copy */
    if (note->comma == '.') *comma = '.';
    else memmove(text + 1, text, (size_t)(comma - text)), copy.ptr++, copy.len--;
    *cell = copy;
    return SLA_OK;
}

/* ---- zones and units ---- */
/* A time without a zone of its own as UTC. Days stay days. */
static sla_status to_utc(const planner *pl, const column_note *note, zone_cursor *cur, slice *cell, arena *scratch)
{
    const target *t = &pl->p.fields[note->field];
    time_text tt;
    buf b = {0};
    slice s = slice_trim(*cell);
    if (s.len == 0 || t->after >= 0 || !((t->numbers && dates_parse_number(s, t->numbers, &tt)) || dates_parse(s, t->order, &tt)) || tt.has_offset || !tt.has_time) return SLA_OK;
    time_print_local(&b, zone_cursor_to_utc(cur, tt.local_ms, NULL));
    buf_char(&b, 'Z');
    return rewrite(cell, &b, scratch);
}

/* "15" → "tickets-15" */
static sla_status with_table(const column_note *note, slice *cell, arena *scratch)
{
    slice s = slice_trim(*cell);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return SLA_OK;
    char *text = s.len ? arena_alloc(scratch, note->table.len + s.len, 1) : NULL;
    if (!text) return s.len ? SLA_NOMEM : SLA_OK;
    memcpy(text, note->table.ptr, note->table.len);
    memcpy(text + note->table.len, s.ptr, s.len);
    *cell = (slice){text, note->table.len + s.len};
    return SLA_OK;
}

/* "Incident: INC1" → "INC1" */
static sla_status without_front(const column_note *note, slice *cell)
{
    const char *at = memmem(cell->ptr, cell->len, note->behind.ptr, note->behind.len);
    if (at) *cell = (slice){at + note->behind.len, (size_t)(cell->ptr + cell->len - at) - note->behind.len};
    return SLA_OK;
}

/* "15" → "900000ms" */
static sla_status with_unit(const column_note *note, slice *cell, arena *scratch)
{
    int64_t ms, none;
    buf b = {0};
    if (!words_duration(*cell, note->unit, &ms) || words_duration(*cell, 0, &none)) return SLA_OK;
    buf_printf(&b, "%lldms", (long long)ms);
    return rewrite(cell, &b, scratch);
}

static sla_status apply(const planner *pl, const column_note *note, zone_cursor *cur, slice *cell, arena *scratch)
{
    if (note->yearless) return with_year(pl, cell, scratch);
    if (note->comma) return without_comma(note, cell, scratch);
    if (note->table.len) return with_table(note, cell, scratch);
    if (note->behind.len) return without_front(note, cell);
    return note->zone ? to_utc(pl, note, cur, cell, scratch) : with_unit(note, cell, scratch);
}

sla_status plan_notes_apply(const planner *pl, const cells *c, arena *scratch)
{
    for (int zoned = 0; zoned < 2; zoned++) /* a year and a comma come first: the rest is read with them */
        for (size_t k = 0; k < pl->nnotes; k++) {
            const column_note *note = &pl->notes[k];
            zone_cursor cur = {.z = note->zone};
            slice *at = c->at + (size_t)note->col * CELLS_ROWS;
            bool first = note->yearless || note->comma;
            for (size_t r = 0; first != (zoned == 1) && r < c->nrows; r++) TRY(apply(pl, note, &cur, &at[r], scratch));
        }
    return SLA_OK;
}

void plan_notes_close(planner *pl)
{
    for (size_t k = 0; k < pl->nnotes; k++) zone_close(pl->notes[k].zone);
    pl->nnotes = 0;
}
