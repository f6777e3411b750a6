/* Packed texts: what is packed comes back, sharing or not; what a stranger wrote is refused. */
#include "engine/base/mem.h"
#include "engine/store/internal.h"
#include "tests/support/check.h"

static uint64_t next(uint64_t *x) { return *x = *x * 6364136223846793005u + 1442695040888963407u, *x >> 33; }

/* Packs, reads back and compares; returns the bytes packed. */
static size_t round_trip(const dict *d, bool *sharing)
{
    buf b = {0};
    packed_texts t;
    char *block = NULL;
    size_t offset = 0;
    assert_int_equal(texts_pack(&b, d), SLA_OK);
    char *copy = mem_resize(NULL, b.len, 1);
    memcpy(copy, b.ptr, b.len);
    assert_int_equal(texts_unpack((const unsigned char *)copy, b.len, &t), b.len);
    assert_int_equal(texts_unpack((const unsigned char *)copy, b.len - 1, &t), 0);
    assert_int_equal(texts_unpack((const unsigned char *)copy, b.len, &t), b.len);
    *sharing = t.back != NULL;
    if (t.back) assert_int_equal(texts_expand(&t, &block), SLA_OK);
    assert_int_equal(t.count, dict_count(d));
    for (uint32_t i = 0; i < dict_count(d); i++) {
        slice want = dict_text(d, i), got = packed_text(&t, i, &offset);
        assert_int_equal(got.len, want.len);
        if (want.len) assert_memory_equal(got.ptr, want.ptr, want.len);
    }
    size_t n = b.len;
    mem_free(copy);
    mem_free(block);
    buf_free(&b);
    return n;
}

static dict *messages(size_t n, uint64_t seed)
{
    static const char *const kinds[][2] = {{"Failed password for invalid user ", " ssh2"}, {"Accepted publickey for ", " ssh2"}, {"Connection closed by authenticating user ", " [preauth]"}};
    static const char *const users[] = {"root", "li", "wangwei", "deploy"};
    dict *d = dict_new();
    char text[200];
    for (size_t i = 0; i < n; i++) {
        size_t kind = next(&seed) % 3;
        int len = snprintf(text, sizeof text, "%s%s from 10.1.2.%u port %u%s", kinds[kind][0], users[next(&seed) % 4], (unsigned)(next(&seed) % 256), (unsigned)(next(&seed) % 65536), kinds[kind][1]);
        dict_append(d, (slice){text, (size_t)len});
    }
    return d;
}

static void log_messages_shrink(void **state)
{
    (void)state;
    bool sharing;
    dict *d = messages(5000, 1);
    size_t packed = round_trip(d, &sharing);
    assert_true(sharing);
    assert_true(packed < dict_bytes(d) / 3); /* more, if only what they begin with were shared */
    dict_free(d);
}

static void short_and_random_texts_stay(void **state)
{
    (void)state;
    bool sharing;
    uint64_t x = 4;
    dict *d = dict_new();
    for (int i = 0; i < 3000; i++) {
        char id[12];
        dict_append(d, (slice){id, (size_t)snprintf(id, sizeof id, "GD%d", 100000 + i)});
    }
    round_trip(d, &sharing);
    assert_false(sharing);
    dict_reset(d);
    for (int i = 0; i < 1000; i++) {
        char text[120];
        for (size_t k = 0; k < sizeof text; k++) text[k] = (char)next(&x);
        dict_append(d, (slice){text, 1 + next(&x) % sizeof text});
    }
    round_trip(d, &sharing);
    assert_false(sharing);
    dict_free(d);
}

/* Texts of every length that go on from another or break off within it, longer than what can be shared, at every distance. */
static void random_relatives(void **state)
{
    (void)state;
    bool sharing, ever = false;
    char text[900];
    for (uint64_t seed = 1; seed < 60; seed++) {
        uint64_t x = seed;
        dict *d = dict_new();
        size_t n = 1 + next(&x) % 1500, alphabet = 1 + next(&x) % 3;
        for (size_t i = 0; i < n; i++) {
            size_t len = next(&x) % sizeof text, kept = i ? next(&x) % (len + 1) : 0;
            slice old = i ? dict_text(d, (uint32_t)(next(&x) % i)) : (slice){0};
            if (kept > old.len) kept = old.len;
            for (size_t k = 0; k < len; k++) text[k] = (char)(k < kept ? (uint64_t)old.ptr[k] : 'a' + next(&x) % alphabet);
            dict_append(d, (slice){text, len});
        }
        round_trip(d, &sharing);
        ever = ever || sharing;
        dict_free(d);
    }
    assert_true(ever);
}

static void none(void **state)
{
    (void)state;
    bool sharing;
    dict *d = dict_new();
    round_trip(d, &sharing);
    dict_append(d, SLICE_LIT(""));
    round_trip(d, &sharing);
    dict_free(d);
}

/* every byte of a sharing column changed in several ways: refused, or texts that can be read */
static void damage(void **state)
{
    (void)state;
    static const unsigned char masks[] = {0xff, 0x01, 0x80};
    dict *d = messages(80, 2);
    buf b = {0};
    assert_int_equal(texts_pack(&b, d), SLA_OK);
    for (size_t i = 0; i < b.len; i++)
        for (size_t k = 0; k < sizeof masks; k++) {
            char *copy = mem_resize(NULL, b.len, 1), *block = NULL;
            packed_texts t;
            size_t offset = 0, sum = 0;
            memcpy(copy, b.ptr, b.len);
            copy[i] = (char)((unsigned char)copy[i] ^ masks[k]);
            if (texts_unpack((const unsigned char *)copy, b.len, &t) && (!t.back || texts_expand(&t, &block) == SLA_OK))
                for (size_t n = 0; n < t.count; n++) {
                    slice s = packed_text(&t, n, &offset);
                    for (size_t c = 0; c < s.len; c++) sum += (unsigned char)s.ptr[c];
                }
            assert_true(sum < SIZE_MAX);
            mem_free(copy);
            mem_free(block);
        }
    buf_free(&b);
    dict_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(log_messages_shrink), cmocka_unit_test(short_and_random_texts_stay), cmocka_unit_test(random_relatives), cmocka_unit_test(none), cmocka_unit_test(damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
