/* Logs as they came, where they are at hand: held against the parse that came with them, or against what a look at them says. */
#include "importers/logaudit.h"
#include "importers/logsyslog.h"
#include "tests/importers/logplace.h"

#define REAL "../shared/real/logs/"
static bool there(const char *path)
{
    bool is = file_kind_of(path) == FILE_REGULAR;
    if (!is) print_message("%s is not there: skipped\n", path);
    return is;
}

static void openssh_truth(void **state)
{
    (void)state;
    if (!there(REAL "openssh-2k/OpenSSH_2k.log")) skip();
    place p;
    open_place(&p);
    take(&p, REAL "openssh-2k/OpenSSH_2k.log", 0);
    size_t lines = 0, repeats = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < p.t->nrows; i++) {
        if (!slice_is(cell(&p, "action", i), "login") || !slice_is(cell(&p, "outcome", i), "failure") || memcmp(cell(&p, "message", i).ptr, "Failed password", 15) != 0) continue;
        if (p.t->lines[i] == last) repeats++;
        else lines++;
        last = p.t->lines[i];
        assert_true(cell(&p, "src_ip", i).len > 0);
    }
    assert_int_equal(lines, 520);   /* two of them say that one was repeated … */
    assert_int_equal(repeats, 8);   /* … five times each */
    assert_int_equal(count_rows(&p, "action", "login", "outcome", "success"), 1);
    assert_int_equal(p.report.rejected, 0);
    assert_false(said(&p, "of no known form"));
    close_place(&p);
}

static void files_that_are_known_whole(void **state)
{
    (void)state;
    static const struct { const char *path; size_t rows, rejected; const char *source; bool known; } files[] = {
        {REAL "apache-error-2k/Apache_2k.log", 2000, 0, "web", true}, {REAL "access.log", 5000, 0, "web", true},
        {REAL "nagios.log", 5543, 0, "monitor", true}, {REAL "syslog/common-log-format.log", 17, 2, "web", true}, {REAL "journal.ndjson", 4, 0, NULL, false},
        {REAL "auditd/audit-rhel7.log", 46, 1, "audit", true}, {REAL "auditd/normal.log", 5, 0, "audit", true},
        {REAL "windows/psh_powershell_httplistener_2020-11-0204130683.json", 110, 0, "windows", true}, {REAL "windows/cmd_discover_iexplorer_version_registry_2020-10-2123281491.json", 68, 0, "windows", true},
        {REAL "windows/7595ba94-cf3b-4471-aa03-4f6baa9e5fad.json", 1, 0, "windows", true}, {REAL "windows/e3c6d245-7b8f-4e2a-c17f-a9d0e5b38f62.json", 1, 0, "windows", true},
    };
    if (!there(files[0].path)) skip();
    for (size_t i = 0; i < LEN(files); i++) {
        place p;
        open_place(&p);
        take(&p, files[i].path, 4096);
        if (p.t->nrows != files[i].rows || p.report.rejected != files[i].rejected) print_error("%s: %zu rows, %zu rejected\n%s", files[i].path, p.t->nrows, (size_t)p.report.rejected, buf_cstr(&p.said));
        assert_int_equal(p.t->nrows, files[i].rows);
        assert_int_equal(p.report.rejected, files[i].rejected);
        if (files[i].source) assert_int_equal(count_rows(&p, "source", files[i].source, NULL, NULL), files[i].rows);
        assert_int_equal(said(&p, "of no known form"), !files[i].known);
        close_place(&p);
    }
}

/* The value of "key": in a line of pretty-printed JSON. */
static bool json_line(slice line, const char *key, char *out, size_t cap)
{
    char head[80];
    int n = snprintf(head, sizeof head, "\"%s\": \"", key);
    slice s = slice_trim(line);
    if (s.len <= (size_t)n || memcmp(s.ptr, head, (size_t)n) != 0) return false;
    size_t w = 0;
    for (size_t i = (size_t)n; i < s.len && s.ptr[i] != '"' && w + 1 < cap; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len) i++;
        out[w++] = s.ptr[i];
    }
    out[w] = '\0';
    return true;
}

/* Each record's fields against its parse: those that hold what the line says (others name numbers, which is not done here). */
static void audit_golden(void **state)
{
    (void)state;
    static const char *const keys[] = {"exe", "acct", "cwd", "cmd", "op", "addr", "hostname", "terminal", "comm", "unit", "name", "path", "family", "port", "data", "a0", "a1", "auid", "result", "key"};
    if (!there(REAL "auditd/audit-rhel7.log.golden")) skip();
    buf golden = {0};
    err e = {0};
    arena scratch = {0};
    log_framed *f = calloc(1, sizeof *f);
    size_t compared = 0;
    bool have = false;
    assert_int_equal(file_read(REAL "auditd/audit-rhel7.log.golden", 1 << 20, &golden, &e), SLA_OK);
    buf_cstr(&golden); /* strstr looks as far as a NUL */
    for (slice rest = {golden.ptr, golden.len}; rest.len;) {
        const char *nl = memchr(rest.ptr, '\n', rest.len);
        slice line = {rest.ptr, nl ? (size_t)(nl - rest.ptr) : rest.len};
        rest = (slice){line.ptr + line.len + (nl != NULL), rest.len - line.len - (nl != NULL)};
        char raw[4096], type[64], full[4300], value[2048];
        static char upper[64];
        if (json_line(line, "record_type", type, sizeof type)) {
            size_t i = 0;
            for (; type[i]; i++) upper[i] = type[i] >= 'a' && type[i] <= 'z' ? (char)(type[i] - 32) : type[i];
            upper[i] = '\0';
        }
        if (json_line(line, "raw_msg", raw, sizeof raw)) {
            audit_line l;
            snprintf(full, sizeof full, "type=%s msg=%s", upper, raw);
            arena_free(&scratch);
            f->n = 0;
            f->scratch = &scratch;
            have = log_audit_read(arena_slice(&scratch, slice_of(full)), "mdy", &l);
            if (have) log_audit_fields(&l, f);
        }
        for (size_t i = 0; have && i < LEN(keys); i++) {
            if (!json_line(line, keys[i], value, sizeof value) || !*value || strchr(value, '\n') || strstr(slice_trim(line).ptr, "\\u") == slice_trim(line).ptr) continue;
            slice got = {0};
            for (size_t k = 0; k < f->n && !got.len; k++)
                if (slice_is(f->pairs[k].name, keys[i])) got = f->pairs[k].value;
            if (!got.len || memchr(got.ptr, '\t', got.len) || memchr(got.ptr, '\n', got.len) || memchr(got.ptr, 127, got.len) || strcmp(keys[i], "data") == 0) continue;
            if (!slice_is(got, value)) print_error("%s: %s is '%.*s', not '%s'\n", upper, keys[i], SLICE_ARG(got), value);
            assert_true(slice_is(got, value));
            compared++;
        }
    }
    assert_true(compared > 150);
    arena_free(&scratch);
    buf_free(&golden);
    free(f);
}

/* Lines of sshd, sudo, su of another project's own tests: each is known, none of them by chance a login that the line is not. */
static void wazuh_lines(void **state)
{
    (void)state;
    static const char *const files[] = {REAL "wazuh/sshd.ini", REAL "wazuh/sudo.ini", REAL "wazuh/pam.ini"};
    if (!there(files[0])) skip();
    log_patterns *lp = NULL;
    errlist errors = {0};
    assert_int_equal(log_patterns_load(&lp, &errors), SLA_OK);
    log_matcher *m = log_matcher_new(lp);
    log_framed *f = calloc(1, sizeof *f);
    size_t seen = 0, unknown = 0;
    for (size_t i = 0; i < LEN(files); i++) {
        buf b = {0};
        err e = {0};
        assert_int_equal(file_read(files[i], 1 << 20, &b, &e), SLA_OK);
        for (char *line = strtok((char *)(uintptr_t)buf_cstr(&b), "\n"); line; line = strtok(NULL, "\n")) {
            char *text = strstr(line, "pass = ");
            bool broken;
            slice source;
            if (strncmp(line, "log ", 4) != 0 || !text) continue;
            log_framed_reset(f);
            seen++;
            assert_true(log_frame_syslog(slice_of(text + 7), f, &broken));
            log_record r = {f->ev.v[LOG_MESSAGE], f->pairs, f->n};
            bool known = log_match(m, log_program_find(lp, f->ev.v[LOG_PROGRAM], &source), &r, &f->ev);
            if (!known) print_message("not known: %s\n", text + 7);
            unknown += !known;
        }
        buf_free(&b);
    }
    assert_true(seen > 25);
    assert_int_equal(unknown, 0);
    free(f);
    log_matcher_free(m);
    log_patterns_free(lp);
}

/* The parse that comes with the syslog lines: host, tag and content of each line that is one. */
static void syslog_truth(void **state)
{
    (void)state;
    static const struct { const char *log, *parse; const char *host, *tag, *message; size_t parsed; } sets[] = {
        {REAL "syslog/syslog-3164.out", REAL "syslog/syslog-3164.json", "\"hostname\":\"", "\"tag\":\"", "\"content\":\"", 29},
        {REAL "syslog/syslog-5424.out", REAL "syslog/syslog-5424.json", "\"hostname\":\"", "\"appname\":\"", "\"message\":\"", 6},
    };
    if (!there(sets[0].log)) skip();
    for (size_t i = 0; i < LEN(sets); i++) {
        place p;
        buf json = {0};
        err e = {0};
        size_t matched = 0, row = 0;
        open_place(&p);
        take(&p, sets[i].log, 0);
        assert_int_equal(file_read(sets[i].parse, 1 << 20, &json, &e), SLA_OK);
        for (const char *o = strstr(buf_cstr(&json), "\"priority\""); o && row < p.t->nrows; o = strstr(o + 1, "\"priority\"")) {
            const char *host = strstr(o, sets[i].host), *tag = strstr(o, sets[i].tag), *next = strstr(o + 1, "\"priority\"");
            if (!host || !tag) break;
            if (next && (tag > next || host > next)) continue; /* this one has none */
            host += strlen(sets[i].host);
            tag += strlen(sets[i].tag);
            for (; row < p.t->nrows; row++) { /* lines that the other parser does not know lie between */
                slice h = cell(&p, "host", row), g = cell(&p, "program", row);
                if (h.len && strncmp(host, h.ptr, h.len) == 0 && host[h.len] == '"' && strncmp(tag, g.ptr, g.len) == 0 && (tag[g.len] == '"' || tag[g.len] == '(')) break;
            }
            if (row < p.t->nrows) matched++, row++;
        }
        if (matched < sets[i].parsed) print_error("%s: %zu\n", sets[i].log, matched);
        assert_true(matched >= sets[i].parsed);
        buf_free(&json);
        close_place(&p);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(openssh_truth), cmocka_unit_test(files_that_are_known_whole), cmocka_unit_test(audit_golden), cmocka_unit_test(wazuh_lines), cmocka_unit_test(syslog_truth)};
    return _cmocka_run_group_tests("logs as they came", tests, LEN(tests), load_common, free_common);
}
