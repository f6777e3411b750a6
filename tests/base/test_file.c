/* file, walk */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"

#include "engine/base/file.h"
#include "engine/base/mem.h"

static void write_text(const char *path, const char *text)
{
    err e = {0};
    assert_int_equal(file_write(path, text, strlen(text), &e), SLA_OK);
}

static void assert_holds(const char *path, const char *want)
{
    buf b = {0};
    err e = {0};
    assert_int_equal(file_read(path, 1 << 20, &b, &e), SLA_OK);
    assert_slice_is((slice){b.ptr, b.len}, want);
    buf_free(&b);
}

static void reads_and_appends(void **state)
{
    (void)state;
    const char *path = test_path("read");
    buf b = {0};
    err e = {0};
    write_text(path, "0123456789");
    buf_text(&b, "x:");
    assert_int_equal(file_read(path, 10, &b, &e), SLA_OK);
    assert_string_equal(buf_cstr(&b), "x:0123456789");
    assert_int_equal(file_read(path, 9, &b, &e), SLA_LIMIT);
    assert_int_equal(b.len, 12); /* as before */
    assert_non_null(strstr(e.msg, "larger than 9 bytes"));
    write_text(path, "");
    e = (err){0};
    assert_int_equal(file_read(path, 0, &b, &e), SLA_OK);
    assert_int_equal(b.len, 12);
    unlink(path);
    assert_int_equal(file_read(path, 10, &b, &e), SLA_IO);
    assert_string_equal(e.msg, "cannot open: no such file or folder");
    e = (err){0};
    assert_int_equal(file_read("/", 10, &b, &e), SLA_IO);
    assert_string_equal(e.msg, "cannot read: it is a folder");
    e = (err){0};
    assert_int_equal(file_read("/dev/zero", 100000, &b, &e), SLA_LIMIT); /* a size of 0 says nothing about a device */
    buf_free(&b);
}

static void writes_whole_or_not(void **state)
{
    (void)state;
    const char *path = test_path("write"), *link = test_path("link");
    err e = {0};
    write_text(path, "old");
    write_text(path, "new");
    assert_holds(path, "new");
    assert_int_equal(symlink(path, link), 0);
    write_text(link, "through the link");
    struct stat st;
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_holds(path, "through the link");
    unlink(path);
    assert_int_equal(file_write(link, "x", 1, &e), SLA_IO); /* leads nowhere */
    unlink(link);
    e = (err){0};
    assert_int_equal(file_write("/", "x", 1, &e), SLA_IO);
    e = (err){0};
    assert_int_equal(file_write(test_path("none/below"), "x", 1, &e), SLA_IO);
    assert_string_equal(e.msg, "cannot write: no such file or folder");
    assert_int_equal(file_write("/dev/null", "x", 1, NULL), SLA_OK);
    assert_int_equal(file_kind_of("/dev/null"), FILE_OTHER); /* still a device */
}

static void says_that_the_disk_is_full(void **state)
{
    (void)state;
    if (file_kind_of("/dev/full") != FILE_OTHER) skip();
    err e = {0};
    assert_int_equal(file_write("/dev/full", "x", 1, &e), SLA_IO);
    assert_string_equal(e.msg, "cannot write: no space left on the disk");
    assert_string_equal(e.file, "/dev/full");
}

static void makes_folders(void **state)
{
    (void)state;
    char path[600];
    const char *base = test_path("dirs");
    err e = {0};
    snprintf(path, sizeof path, "%s/a//b/c/", base);
    assert_int_equal(file_make_dirs(path, &e), SLA_OK);
    assert_int_equal(file_make_dirs(path, &e), SLA_OK);
    assert_int_equal(file_kind_of(path), FILE_FOLDER);
    snprintf(path, sizeof path, "%s/file", base);
    write_text(path, "x");
    snprintf(path, sizeof path, "%s/file/below", base);
    assert_int_equal(file_make_dirs(path, &e), SLA_IO);
    assert_int_equal(file_make_dirs("", NULL), SLA_IO);
    assert_int_equal(file_kind_of(path), FILE_MISSING);
}

/* --- the walk --- */

typedef struct problems { size_t n; char text[2000]; } problems;
static void note(void *ctx, const err *e)
{
    problems *p = ctx;
    p->n++;
    size_t n = strlen(p->text);
    snprintf(p->text + n, sizeof p->text - n, "%s: %s\n", e->file + strlen(test_path("walk")) + 1, e->msg);
}

static void at(char out[600], const char *relative)
{
    snprintf(out, 600, "%s/%s", test_path("walk"), relative);
}

static void lay_tree(void)
{
    static const char *const folders[] = {"a", "a/deep/er", "b", ".hidden"};
    static const char *const files[] = {"a.csv", "a/x.csv", "a/deep/er/y.csv", "a-b.csv", "b/z.csv", ".dot", "b/copy~", "b/~$open.xlsx", ".hidden/no",
                                        "\xE5\xB7\xA5\xE5\x8D\x95.csv"};
    char path[600];
    for (size_t i = 0; i < LEN(folders); i++) {
        at(path, folders[i]);
        assert_int_equal(file_make_dirs(path, NULL), SLA_OK);
    }
    for (size_t i = 0; i < LEN(files); i++) {
        at(path, files[i]);
        write_text(path, "x");
    }
    at(path, "a/deep/up");
    assert_int_equal(symlink("..", path), 0);
    at(path, "b/broken");
    assert_int_equal(symlink("nowhere", path), 0);
    at(path, "linked");
    assert_int_equal(symlink("b", path), 0);
    at(path, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
}

static void walks_in_byte_order(void **state)
{
    (void)state;
    static const char *const want[] = {"a-b.csv", "a.csv", "a/deep/er/y.csv", "a/x.csv", "b/z.csv", "linked/z.csv", "\xE5\xB7\xA5\xE5\x8D\x95.csv"};
    lay_tree();
    for (int slash = 0; slash < 2; slash++) {
        arena a = {0};
        file_list l = {0};
        problems p = {0};
        err e = {0};
        char root[600];
        snprintf(root, sizeof root, "%s%s", test_path("walk"), slash ? "/" : "");
        assert_int_equal(file_walk(root, &a, &l, note, &p, &e), SLA_OK);
        assert_int_equal(l.n, LEN(want));
        for (size_t i = 0; i < l.n; i++) assert_string_equal(l.paths[i], want[i]);
        assert_int_equal(p.n, 4); /* b/broken is seen through the link, too */
        assert_non_null(strstr(p.text, "a/deep/up: left out: the link leads back to a folder above it"));
        assert_non_null(strstr(p.text, "b/broken: left out: no such file or folder"));
        assert_non_null(strstr(p.text, "pipe: left out: it is neither a file nor a folder"));
        assert_int_equal(file_walk(root, &a, &l, NULL, NULL, &e), SLA_OK);
        arena_free(&a);
    }
}

static void walk_refuses(void **state)
{
    (void)state;
    arena a = {0};
    file_list l = {0};
    err e = {0};
    assert_int_equal(file_walk(test_path("nowhere"), &a, &l, NULL, NULL, &e), SLA_IO);
    e = (err){0};
    assert_int_equal(file_walk("/dev/null", &a, &l, NULL, NULL, &e), SLA_IO);
    assert_string_equal(e.msg, "it is no folder");
    char empty[600];
    snprintf(empty, sizeof empty, "%s", test_path("empty"));
    assert_int_equal(file_make_dirs(empty, NULL), SLA_OK);
    assert_int_equal(file_walk(empty, &a, &l, NULL, NULL, NULL), SLA_OK);
    assert_int_equal(l.n, 0);
    arena_free(&a);
}

static void walk_without_memory(void **state)
{
    (void)state;
    bool worked = false;
    EACH_ALLOCATION_FAILS(n, worked)
    {
        arena a = {0};
        file_list l = {0};
        err e = {0};
        mem_fail_after(n);
        sla_status st = file_walk(test_path("walk"), &a, &l, NULL, NULL, &e);
        mem_fail_after(-1);
        assert_true(st == SLA_OK || st == SLA_NOMEM);
        worked = st == SLA_OK;
        assert_int_equal(l.n, worked ? 7 : 0);
        arena_free(&a);
    }
    assert_true(worked);
}

static void finds_own_data(void **state)
{
    (void)state;
    arena a = {0};
    const char *found = NULL;
    char home[600];
    err e = {0};
    snprintf(home, sizeof home, "%s", test_path("walk"));
    assert_int_equal(setenv("SLAUDIT_HOME", home, 1), 0);
    assert_int_equal(file_own_data("a/x.csv", &a, &found, &e), SLA_OK);
    assert_non_null(strstr(found, "walk/a/x.csv"));
    static const char *const wrong[] = {"rules/none", "/etc/passwd", "../x", "a/../../x", "", "a/.."};
    for (size_t i = 0; i < LEN(wrong); i++) {
        e = (err){0};
        assert_int_equal(file_own_data(wrong[i], &a, &found, &e), SLA_NAME);
        assert_true(e.hint[0]);
    }
    unsetenv("SLAUDIT_HOME");
    assert_int_equal(file_own_data("test_file", &a, &found, NULL), SLA_OK); /* beside the running program */
    arena_free(&a);
}

static int clean_up(void **state)
{
    (void)state;
    char command[1400];
    snprintf(command, sizeof command, "rm -rf '%s' '%s' '%s'", test_path("walk"), test_path("dirs"), test_path("empty"));
    return system(command) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_appends), cmocka_unit_test(writes_whole_or_not), cmocka_unit_test(says_that_the_disk_is_full),
        cmocka_unit_test(makes_folders), cmocka_unit_test(walks_in_byte_order), cmocka_unit_test(walk_refuses),
        cmocka_unit_test(walk_without_memory), cmocka_unit_test(finds_own_data),
    };
    return cmocka_run_group_tests_name("base/file", tests, NULL, clean_up);
}
