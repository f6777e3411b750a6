/* Texts that are made of templates: what was put together before is put together again when it is read, whatever fills the holes; what is damaged is refused or some text. */
#include "tests/support/check.h"
#include "tests/store/fill.h"
#include "engine/store/internal.h"

enum { TEXT = 200, ID = 0, NOTE = 3, MADE = 7 }; /* columns of 'thing': the last is the one that is made */

/* A batch and, by row, what its made column must read: NULL for nothing. */
typedef struct sample { batch *b; char **want; } sample;

static void sample_free(sample *s)
{
    for (size_t i = 0; i < s->b->nrows; i++) mem_free(s->want[i]);
    mem_free(s->want);
    batch_free(s->b);
}

/* own: whether one of its holes is for the row's own text */
static size_t random_parts(template_part *parts, char (*literals)[12], uint64_t *x)
{
    size_t n = 1 + rnd(x) % TEMPLATE_PARTS, own = rnd(x) % (2 * n);
    for (size_t i = 0; i < n; i++) {
        int len = snprintf(literals[i], sizeof literals[i], "%.*s%u", (int)(rnd(x) % 3), " [:", (unsigned)(rnd(x) % 50));
        parts[i] = (template_part){{literals[i], rnd(x) % 4 ? (size_t)len : 0}, (hole)(rnd(x) % HOLE_OWN), rnd(x) % 2 ? ID : NOTE};
        if (i == own) parts[i].hole = HOLE_OWN;
    }
    return n;
}

static slice text_in(const batch *b, size_t col, size_t row)
{
    const column *c = &b->cols[col];
    return bits_get(c->valid, row) ? dict_text(c->codes, ((const uint32_t *)c->data)[row]) : (slice){0};
}

static size_t add(char *to, size_t n, slice s) { return s.len ? memcpy(to + n, s.ptr, s.len), n + s.len : n; }

/* Fills a row with the template and returns what it then reads. */
static size_t made_row(batch *b, size_t row, int number, const template_part *parts, size_t nparts, uint64_t *x, char *want)
{
    uint32_t numbers[TEMPLATE_PARTS];
    size_t n = 0, nnumbers = 0;
    char own[30], digits[12];
    bool has_own = false;
    int own_len = (int)(rnd(x) % 3) * snprintf(own, sizeof own, "own %u", (unsigned)(rnd(x) % 9)) / 2;
    for (size_t i = 0; i < nparts; i++) {
        n = add(want, n, parts[i].literal);
        if (parts[i].hole == HOLE_FIELD) n = add(want, n, text_in(b, parts[i].field, row));
        if (parts[i].hole == HOLE_OWN) n = add(want, n, (slice){own, (size_t)own_len}), has_own = true;
        if (parts[i].hole != HOLE_NUMBER) continue;
        numbers[nnumbers] = rnd(x) % 3 ? (uint32_t)(rnd(x) % 70000) : (uint32_t)rnd(x);
        n = add(want, n, (slice){digits, (size_t)snprintf(digits, sizeof digits, "%u", numbers[nnumbers++])});
    }
    if (has_own) assert_int_equal(batch_set_text(b, row, MADE, (slice){own, (size_t)own_len}), SLA_OK);
    assert_int_equal(batch_made_reserve(b, MADE, 1), SLA_OK);
    batch_set_made(b, row, MADE, number, numbers);
    return n;
}

static void keep(sample *s, size_t row, slice text)
{
    s->want[row] = mem_zero(text.len + 1, 1);
    if (text.len) memcpy(s->want[row], text.ptr, text.len);
}

/* kinds: how many templates; whole: no row is plain or missing */
static void fill(sample *s, size_t nrows, size_t kinds, bool whole, uint64_t *x)
{
    template_part parts[TEMPLATES_MAX][TEMPLATE_PARTS];
    char literals[TEMPLATE_PARTS][12], want[400];
    size_t nparts[TEMPLATES_MAX];
    s->want = mem_zero(nrows, sizeof *s->want);
    for (size_t k = 0; k < kinds; k++) {
        nparts[k] = random_parts(parts[k], literals, x);
        assert_int_equal(batch_template_add(s->b, MADE, parts[k], nparts[k]), (int)k + 1);
        for (size_t i = 0; i < nparts[k]; i++) parts[k][i].literal = s->b->cols[MADE].made->list[k].parts[i].literal; /* literals were copied, and may be written over */
    }
    for (size_t row = 0; row < nrows; row++) {
        char text[40];
        batch_add_row(s->b, (uint32_t)row + 1);
        if (rnd(x) % 5) batch_set_text(s->b, row, ID, (slice){text, (size_t)snprintf(text, sizeof text, "id%u", (unsigned)(rnd(x) % 300))});
        if (rnd(x) % 2) batch_set_text(s->b, row, NOTE, (slice){text, (size_t)(rnd(x) % 2) * (size_t)snprintf(text, sizeof text, "%u.%u", (unsigned)(rnd(x) % 7), (unsigned)row)});
        size_t k = rnd(x) % (kinds + (whole ? 0 : 2));
        if (k < kinds) keep(s, row, (slice){want, made_row(s->b, row, (int)k + 1, parts[k], nparts[k], x, want)});
        else if (k == kinds) {
            slice plain = {text, (size_t)snprintf(text, sizeof text, "plain %u", (unsigned)(rnd(x) % 1000))};
            batch_set_text(s->b, row, MADE, plain), keep(s, row, plain);
        }
    }
}

/* ---- unpacking by itself ---- */
static sla_status read_of_chunk(void *ctx, slice name, buf *out)
{
    const chunk *c = ctx;
    for (size_t i = 0; i < c->ncols; i++)
        if (slice_eq(c->cols[i].field, name)) buf_bytes(out, c->cols[i].data.ptr, c->cols[i].data.len);
    return out->failed ? SLA_NOMEM : SLA_OK;
}

static slice blob_of(const chunk *c)
{
    for (size_t i = 0; i < c->ncols; i++)
        if (slice_is(c->cols[i].field, "never")) return (slice){c->cols[i].data.ptr, c->cols[i].data.len};
    return (slice){0};
}

static sla_status unpack(const chunk *c, slice blob, size_t n, size_t at, uint32_t **codes, uint64_t **valid, packed_texts *t, char **block)
{
    *codes = mem_zero(n + at + 1, sizeof **codes);
    *valid = mem_zero(BITS_WORDS(n + at) + 1, sizeof **valid);
    *block = NULL;
    return *codes && *valid ? templates_unpack(blob, n, *codes + at, *valid, at, &(column_source){read_of_chunk, (void *)(uintptr_t)c}, t, block) : SLA_NOMEM;
}

static void same(const sample *s, size_t row, bool there, slice got)
{
    assert_int_equal(there, s->want[row] != NULL);
    if (there && !slice_is(got, s->want[row])) fail_msg("row %zu is '%.*s', not '%s'", row, SLICE_ARG(got), s->want[row]);
}

static void comes_back(const sample *s, const chunk *c, size_t at)
{
    uint32_t *codes;
    uint64_t *valid;
    char *block;
    packed_texts t;
    size_t n = s->b->nrows, offset = 0;
    assert_int_equal(unpack(c, blob_of(c), n, at, &codes, &valid, &t, &block), SLA_OK);
    slice *texts = mem_zero(t.count, sizeof *texts);
    for (size_t i = 0; i < t.count; i++) texts[i] = packed_text(&t, i, &offset);
    for (size_t i = 0; i < n; i++) same(s, i, bits_get(valid, at + i), texts[codes[at + i]]);
    for (size_t i = 0; i < at; i++) assert_false(bits_get(valid, i));
    mem_free(texts);
    mem_free(codes);
    mem_free(valid);
    mem_free(block);
}

static const struct round_case { const char *name; size_t nrows, kinds; bool whole; } round_cases[] = {
    {"one row", 1, 1, true}, {"64 rows of one", 64, 1, true}, {"65 rows of two, and others", 65, 2, false}, {"1000 rows of nine", 1000, 9, false},
    {"as many templates as there can be", 3000, TEMPLATES_MAX, false}, {"a whole batch", 65536, 5, false},
};

static void round_trips(void **state)
{
    const struct round_case *k = *state;
    model m = model_make();
    uint64_t x = 3 + k->nrows;
    batch *b = batch_new(m.thing, k->nrows);
    for (int again = 0; again < 3; again++, batch_reset(b)) { /* a batch that is used again knows nothing of before */
        sample s = {b, NULL};
        chunk *c = NULL;
        fill(&s, k->nrows, k->kinds, k->whole, &x);
        if (k->kinds == TEMPLATES_MAX) assert_int_equal(batch_template_add(b, MADE, &(template_part){{0}, HOLE_NONE, 0}, 1), 0);
        assert_int_equal(chunk_pack(b, &c, NULL), SLA_OK);
        assert_true(templates_are(blob_of(c)));
        comes_back(&s, c, 0), comes_back(&s, c, 1), comes_back(&s, c, 63);
        chunk_free(c);
        for (size_t i = 0; i < k->nrows; i++) mem_free(s.want[i]);
        mem_free(s.want);
    }
    batch_free(b);
    arena_free(&m.a);
}

/* ---- through a workspace ---- */
static void loads(const sample *s, store *ws, const dataset *ds, const bool *wanted, err *e)
{
    dict *world = dict_new();
    table *t = NULL;
    assert_int_equal(load_table(ws, ds, wanted, world, true, &t, e), SLA_OK);
    assert_int_equal(t->nrows, s->b->nrows);
    for (size_t i = 0; i < t->nrows; i++) {
        bool there = table_has(t, MADE, i);
        same(s, i, there, there ? dict_text(world, table_codes(t, MADE)[i]) : (slice){0});
    }
    table_free(t);
    dict_free(world);
}

/* Only the made column is asked for, or all are. */
static void from_a_workspace(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 8;
    err e = {0};
    store *ws;
    bool one[FIELDS_MAX] = {false};
    one[MADE] = true;
    sample s = {batch_new(m.thing, 500), NULL};
    fill(&s, 500, 6, false, &x);
    assert_int_equal(store_open(NULL, STORE_CREATE, &ws, &e), SLA_OK);
    assert_int_equal(store_set_model(ws, m.s, &e), SLA_OK);
    assert_int_equal(import_batch(ws, s.b, "a.log", &e), SLA_OK);
    loads(&s, ws, m.thing, one, &e);
    loads(&s, ws, m.thing, all_wanted, &e);
    store_close(ws);
    sample_free(&s);
    arena_free(&m.a);
}

/* ---- damage ---- */
static void try_damaged(const chunk *c, slice blob, size_t n)
{
    uint32_t *codes;
    uint64_t *valid;
    char *block, *copy = mem_resize(NULL, blob.len ? blob.len : 1, 1);
    packed_texts t;
    size_t offset = 0, sum = 0;
    memcpy(copy, blob.ptr, blob.len);
    if (unpack(c, (slice){copy, blob.len}, n, 3, &codes, &valid, &t, &block) == SLA_OK) {
        for (size_t i = 0; i < t.count; i++) {
            slice s = packed_text(&t, i, &offset);
            for (size_t k = 0; k < s.len; k++) sum += (unsigned char)s.ptr[k];
        }
        for (size_t i = 0; i < n; i++) assert_true(codes[3 + i] < t.count);
    }
    assert_true(sum < SIZE_MAX);
    mem_free(codes);
    mem_free(valid);
    mem_free(block);
    mem_free(copy);
}

static void damage(void **state)
{
    (void)state;
    static const unsigned char masks[] = {0xff, 0x01, 0x80, 0x10};
    model m = model_make();
    uint64_t x = 21;
    for (int turn = 0; turn < 4; turn++) {
        sample s = {batch_new(m.thing, 40), NULL};
        chunk *c = NULL;
        fill(&s, 40, 4, false, &x);
        assert_int_equal(chunk_pack(s.b, &c, NULL), SLA_OK);
        slice blob = blob_of(c);
        char *copy = mem_resize(NULL, blob.len, 1);
        for (size_t i = 0; i < blob.len; i++)
            for (size_t k = 0; k < sizeof masks; k++) {
                memcpy(copy, blob.ptr, blob.len);
                copy[i] = (char)((unsigned char)copy[i] ^ masks[k]);
                try_damaged(c, (slice){copy, blob.len}, 40);
            }
        for (size_t cut = 0; cut < blob.len; cut++) try_damaged(c, (slice){blob.ptr, cut}, 40);
        try_damaged(c, blob, 39), try_damaged(c, blob, 41);
        mem_free(copy);
        chunk_free(c);
        sample_free(&s);
    }
    arena_free(&m.a);
}

/* ---- want of memory ---- */
static void no_memory(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 30;
    bool worked = false;
    sample s = {batch_new(m.thing, 60), NULL};
    chunk *c = NULL;
    fill(&s, 60, 5, false, &x);
    EACH_ALLOCATION_FAILS(n, worked) {
        mem_fail_after(n);
        sla_status st = chunk_pack(s.b, &c, NULL);
        mem_fail_after(-1);
        worked = st == SLA_OK;
        if (!worked) assert_int_equal(st, SLA_NOMEM);
    }
    assert_true(worked);
    worked = false;
    EACH_ALLOCATION_FAILS(n, worked) {
        uint32_t *codes;
        uint64_t *valid;
        char *block;
        packed_texts t;
        mem_fail_once(n);
        sla_status st = unpack(c, blob_of(c), 60, 0, &codes, &valid, &t, &block);
        worked = mem_fail_pending();
        mem_fail_after(-1);
        assert_int_equal(st, worked ? SLA_OK : SLA_NOMEM);
        mem_free(codes);
        mem_free(valid);
        mem_free(block);
    }
    assert_true(worked);
    chunk_free(c);
    sample_free(&s);
    arena_free(&m.a);
}

int main(void)
{
    struct CMUnitTest tests[LEN(round_cases) + 3];
    size_t n = 0;
    ROWS(tests, n, round_cases, round_trips);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(from_a_workspace);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(damage);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(no_memory);
    return _cmocka_run_group_tests("templates", tests, n, NULL, NULL);
}
