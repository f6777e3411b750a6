/* Rows of a slab that are no records, or lack what a record needs: told once, as a whole, and taken out of the batch. */
#include "engine/base/buf.h"
#include "engine/base/mem.h"
#include "importers/coerce.h"
#include "importers/footers.h"
#include "importers/words.h"

static const char TOTALS[] = "a row of totals, no record";

/* The 64 bits from row i on, of which n count. */
static uint64_t window(const uint64_t *w, size_t i, size_t n)
{
    size_t shift = i & 63;
    uint64_t bits = w[i >> 6] >> shift;
    if (shift + n > 64) bits |= w[(i >> 6) + 1] << (64 - shift);
    return n < 64 ? bits & ((UINT64_C(1) << n) - 1) : bits;
}

/* Of n rows from row i on those with at most so many values of columns: counted in parallel, bit k of the counts of all rows being a word. */
static uint64_t rows_with_few(const coerce_job *j, size_t i, size_t n, size_t most)
{
    enum { PLACES = 7 }; /* FIELDS_MAX < 1 << PLACES */
    uint64_t count[PLACES] = {0}, less = 0, same = ~UINT64_C(0);
    for (size_t f = 0; f < j->b->ds->nfields; f++) {
        if (!j->b->cols[f].used || j->co->p->fields[f].input < 0) continue;
        uint64_t carry = window(j->b->cols[f].valid, i, n);
        for (size_t k = 0; carry && k < PLACES; k++) {
            uint64_t both = count[k] & carry;
            count[k] ^= carry;
            carry = both;
        }
    }
    for (size_t k = PLACES; k-- > 0;) {
        uint64_t bit = most >> k & 1 ? ~UINT64_C(0) : 0;
        less |= same & ~count[k] & bit;
        same &= ~(count[k] ^ bit);
    }
    return window(&(uint64_t){less | same}, 0, n);
}

/* What stands in the row, with bars between; empty if nothing does. false: no memory. */
static bool row_text(coerce_job *j, size_t row, slice *out)
{
    buf b = {0};
    for (size_t c = 0; c < j->c->ncols; c++) {
        slice s = slice_trim(j->c->at[c * CELLS_ROWS + row]);
        if (s.len) buf_printf(&b, "%s%.*s", b.len ? " | " : "", SLICE_ARG(s));
    }
    *out = arena_slice(&j->texts, (slice){b.ptr, b.len});
    bool ok = !b.failed && (b.len == 0 || out->ptr);
    buf_free(&b);
    return ok;
}

/* A last row of sums, as people put below their tables: its first cell says so. */
static bool is_totals(const coerce_job *j, size_t row)
{
    static const char *const words[] = {"合计", "总计", "小计", "汇总", "Total", "Totals", "Grand total", "Subtotal", "Sum", "Summe", "Gesamt", "Somme", "Total general", "Total geral"};
    size_t c = 0;
    while (c < j->c->ncols && coerce_missing(j->co->p->pf, coerce_trimmed(j->c->at[c * CELLS_ROWS + row]))) c++;
    for (size_t k = 0; c < j->c->ncols && k < sizeof words / sizeof words[0]; k++)
        if (words_same(j->c->at[c * CELLS_ROWS + row], slice_of(words[k]))) return true;
    return false;
}

static sla_status leave_out(coerce_job *j, size_t row)
{
    const footer_rule *rule = &j->co->p->footers;
    const dataset *ds = j->b->ds;
    int input = ds->nkey ? j->co->p->fields[ds->key[0]].input : -1;
    slice text, key = input >= 0 ? slice_trim(j->c->at[(size_t)input * CELLS_ROWS + row]) : (slice){0};
    if (key.len && (rule->most == 0 || !(footers_marks(key) & ~rule->marks))) return SLA_OK;
    if (!row_text(j, row, &text)) return SLA_NOMEM;
    if (text.len && (input < 0 || !key.len) && rows_with_few(j, j->row0 + row, 1, 1) == 0) return SLA_OK; /* a record without its key */
    bits_set(j->bad, row);
    j->nbad++;
    if (text.len) return coerce_reject(j, row, input, key, input >= 0 ? ds->fields[ds->key[0]].name : (slice){0}, text, is_totals(j, row) ? TOTALS : "a line above, between or below the records, and none of them", true);
    j->nblank++;
    return SLA_OK;
}

static sla_status leave_out_footers(coerce_job *j)
{
    for (size_t i = 0; j->co->p->footers.on && i < j->c->nrows; i += 64) {
        size_t n = j->c->nrows - i < 64 ? j->c->nrows - i : 64;
        for (uint64_t few = rows_with_few(j, j->row0 + i, n, j->co->p->footers.most); few; few &= few - 1) TRY(leave_out(j, i + (size_t)__builtin_ctzll(few)));
    }
    return SLA_OK;
}

/* Why a required value is not there: what was said against the cell, if there is one. */
static const char *reason_of(const coerce_job *j, size_t row, slice name)
{
    for (size_t i = j->first; i < j->rejects->n; i++)
        if (j->rows[i - j->first] == row && slice_eq(j->rejects->items[i].field, name)) return j->rejects->items[i].reason.ptr;
    return "a row needs this value, and it is missing or cannot be read";
}

static sla_status check_required(coerce_job *j, size_t fno)
{
    const target *t = &j->co->p->fields[fno];
    const uint64_t *valid = j->b->cols[fno].valid;
    slice name = j->b->ds->fields[fno].name;
    for (size_t i = 0; i < j->c->nrows; i++) {
        if (bits_get(valid, j->row0 + i) || bits_get(j->bad, i)) continue;
        bits_set(j->bad, i);
        j->nbad++;
        slice cell = t->input >= 0 ? j->c->at[(size_t)t->input * CELLS_ROWS + i] : (slice){0};
        TRY(coerce_reject(j, i, t->input, cell, name, cell, is_totals(j, i) ? TOTALS : reason_of(j, i, name), true));
    }
    return SLA_OK;
}

/* A row that is rejected is told once, as a whole: what else is wrong in it says nothing more. */
static void drop_values_of_bad_rows(coerce_job *j)
{
    reject_list *l = j->rejects;
    size_t to = j->first;
    for (size_t i = j->first; i < l->n; i++) {
        bool said = !l->items[i].row && bits_get(j->bad, j->rows[i - j->first]);
        l->values -= said;
        if (!said) l->items[to++] = l->items[i];
    }
    l->n = to;
}

sla_status coerce_find_bad(coerce_job *j)
{
    TRY(leave_out_footers(j));
    for (size_t f = 0; f < j->b->ds->nfields; f++)
        if (j->b->ds->fields[f].required) TRY(check_required(j, f));
    if (j->nbad) drop_values_of_bad_rows(j);
    return SLA_OK;
}

void coerce_drop_bad(coerce_job *j)
{
    batch *b = j->b;
    for (size_t f = 0; f < b->ds->nfields; f++) {
        column *col = &b->cols[f];
        if (!col->used) continue;
        bool wide = vtype_storage(b->ds->fields[f].type) != STORE_CODE;
        size_t to = j->row0;
        for (size_t i = 0; i < j->c->nrows; i++) {
            if (bits_get(j->bad, i)) continue;
            size_t from = j->row0 + i;
            if (wide) ((int64_t *)col->data)[to] = ((int64_t *)col->data)[from];
            else ((uint32_t *)col->data)[to] = ((uint32_t *)col->data)[from];
            if (bits_get(col->valid, from)) bits_set(col->valid, to);
            else bits_clear(col->valid, to);
            to++;
        }
        for (; to < j->row0 + j->c->nrows; to++) bits_clear(col->valid, to);
    }
    size_t to = j->row0;
    for (size_t i = 0; i < j->c->nrows; i++)
        if (!bits_get(j->bad, i)) b->lines[to++] = j->c->lines[i];
}
