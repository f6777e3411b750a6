/* Packed columns: what is packed comes back; what is damaged is refused or is some value, never a crash. */
#include "tests/support/check.h"
#include "tests/store/fill.h"
#include "engine/store/internal.h"

typedef struct unpacked { void *data; uint64_t *valid; packed_texts texts; char *block; } unpacked;

static sla_status unpack_any(vtype type, slice blob, size_t n, size_t at, unpacked *u)
{
    u->data = mem_zero(n + at + 1, 8);
    u->valid = mem_zero(BITS_WORDS(n + at), 8);
    switch (vtype_storage(type)) {
    case STORE_I64: return unpack_i64(blob, n, (int64_t *)u->data + at, u->valid, at);
    case STORE_F64: return unpack_f64(blob, n, (double *)u->data + at, u->valid, at);
    default: TRY(unpack_codes(blob, n, (uint32_t *)u->data + at, u->valid, at, &u->texts)); return u->texts.back ? texts_expand(&u->texts, &u->block) : SLA_OK;
    }
}

static void unpacked_free(unpacked *u)
{
    mem_free(u->data);
    mem_free(u->valid);
    mem_free(u->block);
}

static dict *dict_of(const packed_texts *t)
{
    dict *d = dict_new();
    size_t offset = 0;
    for (size_t i = 0; i < t->count; i++) assert_int_equal(dict_intern(d, packed_text(t, i, &offset)), i);
    return d;
}

static void same_column(const batch *b, size_t f, const packed_column *pc, size_t at)
{
    vtype type = b->ds->fields[f].type;
    unpacked u = {0};
    char want[96], got[96];
    assert_int_equal(unpack_any(type, (slice){pc->data.ptr, pc->data.len}, b->nrows, at, &u), SLA_OK);
    dict *d = vtype_storage(type) == STORE_CODE ? dict_of(&u.texts) : NULL;
    for (size_t i = 0; i < at; i++) assert_false(bits_get(u.valid, i));
    for (size_t i = 0; i < b->nrows; i++) {
        cell_text(want, type, b->cols[f].data, b->cols[f].valid, b->cols[f].codes, i);
        cell_text(got, type, u.data, u.valid, d, i + at);
        assert_string_equal(got, want);
    }
    for (size_t i = b->nrows + at; i < BITS_WORDS(b->nrows + at) * 64; i++) assert_false(bits_get(u.valid, i));
    dict_free(d);
    unpacked_free(&u);
}

static const struct round_case { const char *name; size_t nrows; unsigned style; size_t at; } round_cases[] = {
    {"one row", 1, 0, 0}, {"63 rows", 63, 1, 0}, {"64 rows", 64, 2, 0}, {"65 rows, behind 63", 65, 3, 63}, {"1000 rows, behind 1", 1000, 4, 1}, {"1000 rows, all there", 1000, 0, 17},
    {"70000 are too many for one batch, 65536 are not", 65536, 3, 5}, {"64 rows, behind 64", 64, 5, 64}, {"300 rows, wide numbers", 300, 7, 61},
};

static void comes_back(void **state)
{
    const struct round_case *c = *state;
    model m = model_make();
    uint64_t x = 11 + c->style;
    batch *b = batch_random(m.thing, c->nrows, 40, c->style, &x);
    chunk *ch = NULL;
    assert_int_equal(chunk_pack(b, &ch, NULL), SLA_OK);
    assert_int_equal(chunk_rows(ch), c->nrows);
    for (size_t i = 0; i < ch->ncols; i++) same_column(b, (size_t)dataset_field(m.thing, ch->cols[i].field), &ch->cols[i], c->at);
    for (size_t i = 0; i < ch->ncols; i++) assert_false(slice_is(ch->cols[i].field, "never"));
    uint32_t *lines = mem_zero(c->nrows, sizeof *lines);
    assert_int_equal(unpack_lines((slice){ch->lines.ptr, ch->lines.len}, c->nrows, lines), SLA_OK);
    assert_memory_equal(lines, b->lines, c->nrows * sizeof *lines);
    mem_free(lines);
    chunk_free(ch);
    batch_free(b);
    arena_free(&m.a);
}

/* an extreme value beside its opposite: the span needs all 64 bits */
static void extremes(void **state)
{
    (void)state;
    model m = model_make();
    batch *b = batch_new(m.thing, 4);
    const int64_t values[] = {INT64_MIN, INT64_MAX, 0, -1};
    const double reals[] = {-0.0, 1e308, 5e-324, 9007199254740993.0};
    chunk *c = NULL;
    size_t day = (size_t)dataset_field(m.thing, SLICE_LIT("day")), size = (size_t)dataset_field(m.thing, SLICE_LIT("size"));
    for (size_t i = 0; i < 4; i++) {
        batch_add_row(b, i % 2 ? UINT32_MAX : 1);
        batch_set_i64(b, i, day, values[i]);
        batch_set_f64(b, i, size, reals[i]);
    }
    assert_int_equal(chunk_pack(b, &c, NULL), SLA_OK);
    for (size_t i = 0; i < c->ncols; i++) same_column(b, (size_t)dataset_field(m.thing, c->cols[i].field), &c->cols[i], 0);
    uint32_t lines[4];
    assert_int_equal(unpack_lines((slice){c->lines.ptr, c->lines.len}, 4, lines), SLA_OK);
    assert_memory_equal(lines, b->lines, sizeof lines);
    chunk_free(c);
    batch_free(b);
    arena_free(&m.a);
}

/* ---- whole numbers as they are and as steps ---- */
static int64_t number_of_course(int course, size_t i, uint64_t *x)
{
    const int64_t noon = 1751342400000;
    switch (course) {
    case 0: return noon + (int64_t)i * 3000;                                    /* a log */
    case 1: return noon + (int64_t)i * 3000 + (int64_t)(rnd(x) % 3000);    /* one with milliseconds */
    case 2: return noon + (int64_t)(rnd(x) % 100000000) * 1000;            /* seconds in no order */
    case 3: return noon + (int64_t)(rnd(x) % 3);                           /* narrow */
    case 4: return noon - (int64_t)i * 500 + (i == 40 ? 1 : 0);                 /* backwards, one of them odd */
    case 5: return i % 50 ? noon + (int64_t)i * 1000 : noon - 1000 * (int64_t)(rnd(x) % 1000000); /* forwards with strays */
    case 6: return (int64_t)rnd(x);                                        /* anything */
    case 7: return i % 2 ? INT64_MAX - (int64_t)i : INT64_MIN + (int64_t)i;
    case 8: return i < 300 ? noon + (int64_t)i : (int64_t)rnd(x);          /* begins in order */
    default: return 7;
    }
}

static void numbers_come_back(void **state)
{
    (void)state;
    uint64_t x = 77;
    size_t len_of[10] = {0};
    for (int course = 0; course < 10; course++)
        for (size_t n = 0; n < 1200; n += n < 40 ? 1 : 371) {
            int64_t *in = mem_zero(n + 1, sizeof *in), *out = mem_zero(n + 1, sizeof *out);
            buf b = {0};
            for (size_t i = 0; i < n; i++) in[i] = number_of_course(course, i, &x);
            assert_int_equal(ints_pack(&b, in, n), SLA_OK);
            assert_int_equal(ints_unpack((const unsigned char *)b.ptr, b.len, n, out), b.len);
            assert_memory_equal(in, out, n * sizeof *in);
            for (size_t cut = 0; cut < b.len; cut += 1 + cut / 64) assert_int_equal(ints_unpack((const unsigned char *)b.ptr, cut, n, out), 0);
            len_of[course] = n ? b.len * 1000 / n : 0;
            buf_free(&b);
            mem_free(in);
            mem_free(out);
        }
    assert_true(len_of[0] < 100 && len_of[9] < 100);     /* bytes for a thousand numbers: steps that are all the same, and one number over and over, take no room */
    assert_true(len_of[1] < 2100 && len_of[2] < 4100 && len_of[3] < 1100 && len_of[4] < 2100);
}

/* Texts that are all new need no codes; missing values among them do not disturb that. */
static void each_text_once(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 9;
    const size_t note = (size_t)dataset_field(m.thing, SLICE_LIT("note"));
    for (int style = 0; style < 3; style++) {
        batch *b = batch_new(m.thing, 500);
        chunk *c = NULL;
        for (size_t i = 0; i < 500; i++) {
            char text[40];
            int n = snprintf(text, sizeof text, "text %zu%s", i, style == 2 && i % 7 == 0 ? "" : " of its own");
            batch_add_row(b, (uint32_t)i + 1);
            if (style == 0 || rnd(&x) % 3) batch_set_text(b, i, note, (slice){text, (size_t)n});
        }
        assert_int_equal(chunk_pack(b, &c, NULL), SLA_OK);
        assert_int_equal(c->ncols, 1);
        assert_int_equal((unsigned char)c->cols[0].data.ptr[c->cols[0].data.len - 1], 255);
        for (size_t at = 0; at < 130; at += 13) same_column(b, note, &c->cols[0], at);
        c->cols[0].data.len--; /* without its end it is damaged, as with one row more or less */
        unpacked u = {0};
        assert_int_equal(unpack_any(VT_TEXT, (slice){c->cols[0].data.ptr, c->cols[0].data.len}, 500, 0, &u), SLA_CONFLICT);
        unpacked_free(&u);
        chunk_free(c);
        batch_free(b);
    }
    arena_free(&m.a);
}

/* As many different texts as a width of codes can tell, and one more; an odd number of rows, too; with and without missing values. */
static void widths_of_codes(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 15, 16, 17, 255, 256, 257};
    model m = model_make();
    const size_t note = (size_t)dataset_field(m.thing, SLICE_LIT("note"));
    for (size_t k = 0; k < LEN(counts); k++)
        for (size_t n = 3 * counts[k]; n < 3 * counts[k] + 4; n++) {
            batch *b = batch_new(m.thing, n);
            chunk *c = NULL;
            for (size_t i = 0; i < n; i++) {
                char text[40];
                batch_add_row(b, (uint32_t)i + 1);
                if (n % 4 == 0 || i % 3 != 1) batch_set_text(b, i, note, (slice){text, (size_t)snprintf(text, sizeof text, "text %zu", i * 7 % counts[k])});
            }
            assert_int_equal(chunk_pack(b, &c, NULL), SLA_OK);
            for (size_t at = 0; at < 70; at += 23) same_column(b, note, &c->cols[0], at);
            chunk_free(c);
            batch_free(b);
        }
    arena_free(&m.a);
}

/* Each byte set to several values, each length cut short: the sanitizers watch. An exact copy on the heap lets them see a byte read too far. */
static void try_blob(vtype type, slice blob, size_t n)
{
    char *copy = mem_zero(blob.len ? blob.len : 1, 1);
    unpacked u = {0};
    memcpy(copy, blob.ptr, blob.len);
    if (unpack_any(type, (slice){copy, blob.len}, n, 3, &u) == SLA_OK && vtype_storage(type) == STORE_CODE) {
        size_t offset = 0, sum = 0;
        for (size_t i = 0; i < u.texts.count; i++) {
            slice s = packed_text(&u.texts, i, &offset);
            for (size_t k = 0; k < s.len; k++) sum += (unsigned char)s.ptr[k];
        }
        for (size_t i = 0; i < n; i++) assert_true(((uint32_t *)u.data)[i + 3] < u.texts.count);
        assert_true(sum < SIZE_MAX);
    }
    unpacked_free(&u);
    mem_free(copy);
}

static void damage(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 5;
    static const unsigned char masks[] = {0xff, 0x01, 0x80, 0x10};
    for (unsigned style = 0; style < 4; style++) {
        batch *b = batch_random(m.thing, 70, 9, style, &x);
        chunk *c = NULL;
        assert_int_equal(chunk_pack(b, &c, NULL), SLA_OK);
        for (size_t i = 0; i < c->ncols; i++) {
            buf *d = &c->cols[i].data;
            vtype type = m.thing->fields[dataset_field(m.thing, c->cols[i].field)].type;
            for (size_t at = 0; at < d->len; at++)
                for (size_t k = 0; k < LEN(masks); k++) {
                    d->ptr[at] = (char)(d->ptr[at] ^ masks[k]);
                    try_blob(type, (slice){d->ptr, d->len}, 70);
                    d->ptr[at] = (char)(d->ptr[at] ^ masks[k]);
                }
            for (size_t len = 0; len < d->len; len++) {
                unpacked u = {0};
                assert_int_equal(unpack_any(type, (slice){d->ptr, len}, 70, 0, &u), SLA_CONFLICT);
                unpacked_free(&u);
            }
            for (size_t n = 1; n < 200; n += 7) try_blob(type, (slice){d->ptr, d->len}, n); /* another number of rows than was packed */
        }
        for (size_t len = 0; len < c->lines.len; len++) {
            uint32_t lines[70];
            assert_int_equal(unpack_lines((slice){c->lines.ptr, len}, 70, lines), SLA_CONFLICT);
        }
        chunk_free(c);
        batch_free(b);
    }
    arena_free(&m.a);
}

static void without_memory(void **state)
{
    (void)state;
    model m = model_make();
    uint64_t x = 3;
    batch *b = batch_random(m.thing, 100, 9, 1, &x);
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked)
    {
        chunk *c = NULL;
        err e = {0};
        mem_fail_after(n);
        sla_status st = chunk_pack(b, &c, &e);
        mem_fail_after(-1);
        worked = st == SLA_OK;
        if (!worked) assert_int_equal(e.code, SLA_NOMEM);
        if (!worked) assert_null(c);
        chunk_free(c);
    }
    assert_true(worked);
    batch_free(b);
    arena_free(&m.a);
}

int main(void)
{
    struct CMUnitTest tests[LEN(round_cases) + 6];
    size_t n = 0;
    ROWS(tests, n, round_cases, comes_back);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(extremes);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(numbers_come_back);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(each_text_once);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(widths_of_codes);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(damage);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(without_memory);
    return cmocka_run_group_tests_name("store/chunk", tests, NULL, NULL);
}
