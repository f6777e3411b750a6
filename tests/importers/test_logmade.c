/* Messages that are stored as what they are made of: each comes back as it was written, byte by byte, whatever stands in its places. */
#include "engine/store/internal.h"
#include "tests/importers/logplace.h"

static uint32_t seed = 7;
static uint32_t draw(uint32_t n) { return (seed = seed * 1664525u + 1013904223u) / 65536u % n; }
#define ANY(list) (list)[draw(LEN(list))]

/* What patterns find there is kept as it is, changed or dropped. */
static const char *const users[] = {"root", "root", "li", "wangwei", "-", "unknown", "", "王伟", "a b", "N/A", "x' OR 1", "a-user-with-a-name-of-more-than-thirty-two-bytes", "from", "CORP\\bob"};
static const char *const addresses[] = {"10.0.0.9", "10.0.0.9", "192.168.100.200", "::ffff:10.0.0.9", "2001:db8::7", "10.0.0.9:4022", "[10.0.0.9]", "-", "unknown", "UNKNOWN"};
static const char *const ports[] = {"22", "1", "0", "65535", "00022", "123456789", "12345678", "4294967296", "99999999999999999999", ""};
static const char *const ends[] = {"", "", " ", ": RSA SHA256:abc", " [preauth]", ": "};

static size_t message(char *to, size_t room)
{
    const char *u = ANY(users), *a = ANY(addresses), *p = ANY(ports), *e = ANY(ends);
    switch (draw(11)) {
    case 0: return (size_t)snprintf(to, room, "Failed password for invalid user %s from %s port %s ssh2%s", u, a, p, e);
    case 1: return (size_t)snprintf(to, room, "Failed password for %s from %s port %s ssh2%s", u, a, p, e);
    case 2: return (size_t)snprintf(to, room, "Accepted publickey for %s from %s port %s ssh2%s", u, a, p, e);
    case 3: return (size_t)snprintf(to, room, "Accepted publickey for %s from %s port %s ssh2: ED25519 SHA256:%u%s", u, a, p, draw(40), e);
    case 4: return (size_t)snprintf(to, room, "Accepted password for %s from %s port %s ssh2%s", u, a, p, e);
    case 5: return (size_t)snprintf(to, room, "Invalid user %s from %s port %s%s", u, a, p, e);
    case 6: return (size_t)snprintf(to, room, "Connection closed by authenticating user %s %s port %s [preauth]%s", u, a, p, e);
    case 7: return (size_t)snprintf(to, room, "Disconnected from invalid user %s %s port %s [preauth]", u, a, p);
    case 8: return (size_t)snprintf(to, room, "pam_unix(sshd:auth): authentication failure; logname= uid=%s euid=0 tty=ssh ruser=%s rhost=%s  user=%s", p, draw(3) ? "" : u, a, u);
    case 9: return (size_t)snprintf(to, room, "message repeated %u times: [ Failed password for %s from %s port %s ssh2]", 2 + draw(3), u, a, p);
    default: return (size_t)snprintf(to, room, "something of %s %s", u, p);
    }
}

/* A message over several lines, of which a pattern may know the first. */
static size_t go_on(char *to, size_t n, size_t room) { return draw(40) ? n : n + (size_t)snprintf(to + n, room - n, "\n  at %s", ANY(users)); }

static void add_want(dict *want, slice text)
{
    for (uint32_t times = log_repeated(&text); times > 0; times--) assert_int_not_equal(dict_append(want, text), DICT_NONE);
}

static size_t columns_with(store *s, char tag)
{
    sqlite3_stmt *st = NULL;
    err e = {0};
    bool row = false;
    assert_int_equal(db_prepare(&s->d, "SELECT count(*) FROM chunk_column WHERE field='message' AND hex(substr(data, 1, 1))=hex(?)", &st, &e), SLA_OK);
    db_bind_text(st, 1, (slice){&tag, 1});
    assert_int_equal(db_step(&s->d, st, &row, &e), SLA_OK);
    size_t n = (size_t)db_col_i64(st, 0);
    db_finalize(st);
    return n;
}

static void all_are(const char *name, const buf *text, const dict *want, size_t bytes)
{
    place p;
    open_place(&p);
    take(&p, write_file(name, text->ptr, text->len), bytes);
    assert_int_equal(p.t->nrows, dict_count(want));
    for (size_t i = 0; i < p.t->nrows; i++) {
        slice got = cell(&p, "message", i), w = dict_text(want, (uint32_t)i);
        if (!slice_eq(got, w)) fail_msg("row %zu is '%.*s', not '%.*s'", i, SLICE_ARG(got), SLICE_ARG(w));
    }
    assert_true(columns_with(p.s, 'M') > 0);
    close_place(&p);
}

static void of_sshd(void **state)
{
    (void)state;
    buf text = {0};
    dict *want = dict_new();
    char m[600];
    for (int i = 0; i < 12000; i++) {
        slice s = {m, go_on(m, message(m, sizeof m), sizeof m)};
        buf_printf(&text, "Jul  7 %02d:%02d:%02d h%u sshd[%u]: %.*s\n", i / 3600 % 24, i / 60 % 60, i % 60, draw(4), draw(9000), SLICE_ARG(s));
        add_want(want, s);
    }
    all_are("auth.log", &text, want, 0);
    all_are("auth.log", &text, want, 5000);
    buf_free(&text);
    dict_free(want);
}

/* What stands around the object: of more kinds than are told apart, and of none. */
static void of_web_servers(void **state)
{
    (void)state;
    static const char *const methods[] = {"GET", "GET", "POST", "HEAD", "OPTIONS", "PROPFIND"}, *const versions[] = {"HTTP/1.1", "HTTP/1.0", "HTTP/2.0"}, *const paths[] = {"/", "/a?b=c", "/王", "*", "/x y", "", "http://h/x"};
    buf text = {0};
    dict *want = dict_new();
    char m[200];
    for (int i = 0; i < 9000; i++) {
        slice s = {m, (size_t)(draw(30) ? snprintf(m, sizeof m, "%s %s%u %s", ANY(methods), ANY(paths), draw(900), ANY(versions)) : snprintf(m, sizeof m, "%s%u", draw(2) ? "\\x16\\x03" : "M", draw(900)))};
        if (draw(200) == 0) s.len = (size_t)snprintf(m, sizeof m, "M%c%c /y%u HTTP/1.1", 'A' + (char)draw(26), 'A' + (char)draw(26), draw(9));
        buf_printf(&text, "10.0.0.%u - %s [07/Jul/2025:%02d:%02d:%02d +0800] \"%.*s\" %u %u \"-\" \"curl\"\n", draw(9), draw(3) ? "-" : "bob", i / 3600 % 24, i / 60 % 60, i % 60, SLICE_ARG(s), 200 + draw(300), draw(9000));
        add_want(want, s);
    }
    all_are("access.log", &text, want, 0);
    all_are("access.log", &text, want, 3000);
    buf_free(&text);
    dict_free(want);
}

/* In records of JSON a message may have to be unescaped, and its texts then lie elsewhere. */
static void of_the_journal(void **state)
{
    (void)state;
    buf text = {0};
    dict *want = dict_new();
    char m[600];
    for (int i = 0; i < 4000; i++) {
        slice s = {m, message(m, sizeof m)};
        if (memchr(m, '\\', s.len)) continue;
        buf_printf(&text, "{\"__REALTIME_TIMESTAMP\":\"%lld\",\"_HOSTNAME\":\"h\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":\"%u\",\"MESSAGE\":\"", 1751850000000000LL + i * 1000000LL, draw(900));
        for (size_t k = 0; k < s.len; k++) draw(60) || (unsigned char)m[k] > 126 ? buf_char(&text, m[k]) : buf_printf(&text, "\\u%04x", (unsigned)m[k]);
        buf_text(&text, "\"}\n");
        assert_int_not_equal(dict_append(want, s), DICT_NONE);
    }
    all_are("journal.json", &text, want, 0);
    buf_free(&text);
    dict_free(want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_sshd), cmocka_unit_test(of_web_servers), cmocka_unit_test(of_the_journal)};
    return cmocka_run_group_tests(tests, load_common, free_common);
}
