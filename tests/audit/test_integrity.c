/* integrity: random files changed in random ways after their import, judged by the pack and by plain C beside it that remembers their bytes. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/store/db.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

static uint32_t seed;
static int draw(int below)
{
    seed = seed * 1664525U + 1013904223U;
    return (int)((seed >> 8) % (unsigned)below);
}

static const char *const names[] = {"ticket", "history", "staff", "service", "system", "document", "training", "activity", "log", "outage"};
static const char *const heads[] = {"id,type,created_at", "ticket_id,at,field,new", "id,name,hired_on", "id,name", "id,name", "id,title", "staff_id,held_on,hours", "id,kind,held_on", "at,action,user", "system,began_at,ended_at"};
/* Before and behind a row's number. */
static const char *const rows[][2] = {{"T", ",incident,2025-07-01 09:00:00"}, {"T", ",2025-07-01 09:00:00,status,new"}, {"u", ",A,2020-01-01"}, {"S", ",A"}, {"Y", ",A"}, {"D", ",A"}, {"u", ",2025-07-01,2"},
                                      {"A", ",other,2025-07-01"}, {"2025-07-01 09:00:", ",login,u"}, {"S", ",2025-07-01 09:00:00,2025-07-01 10:00:00"}};
enum { FILES = sizeof names / sizeof *names };
typedef struct file { char path[512]; char *then; size_t len; } file;

static void import_one(audited *t, int i, file *f)
{
    buf b = {0};
    buf_printf(&b, "%s\n", heads[i]);
    for (int k = 10; k < 11 + draw(30); k++) buf_printf(&b, "%s%d%s\n", rows[i][0], k, rows[i][1]);
    audited_csv(t, names[i], buf_cstr(&b));
    snprintf(f->path, sizeof f->path, "%s/%s.csv", t->folder, names[i]);
    f->then = strdup(buf_cstr(&b));
    f->len = b.len;
    buf_free(&b);
}

static void put_back_times(const char *path, const struct stat *st)
{
    const struct timespec times[2] = {st->st_atim, st->st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* In place or as a new file, with the old time or a new one. */
static void change(const file *f)
{
    struct stat st;
    buf b = {0};
    assert_int_equal(stat(f->path, &st), 0);
    buf_bytes(&b, f->then, f->len);
    size_t at = (size_t)draw((int)f->len);
    switch (draw(9)) {
    case 0: unlink(f->path); break;
    case 1: unlink(f->path), assert_int_equal(mkdir(f->path, 0700), 0); break;
    case 2: b.ptr[at] ^= 1; goto write;
    case 3: b.len = at; goto write;
    case 4: buf_char(&b, '\n'); goto write;
    case 5: b.len = 0; goto write;
    case 6: unlink(f->path); goto write;                         /* the same bytes in a new file */
    case 7: put_back_times(f->path, &(struct stat){.st_mtim = {1, 0}}); break; /* only another time */
    default: break;                                              /* as it was */
    write: {
        FILE *out = fopen(f->path, "wb");
        assert_non_null(out);
        assert_int_equal(fwrite(b.ptr, 1, b.len, out), b.len);
        fclose(out);
        if (draw(2)) put_back_times(f->path, &st);
    }
    }
    buf_free(&b);
}

/* 1 good, 0 bad, 2 unknown */
static int judge(const file *f)
{
    buf b = {0};
    err e = {0};
    if (file_kind_of(f->path) != FILE_REGULAR) return 2;
    assert_int_equal(file_read(f->path, 1 << 20, &b, &e), SLA_OK);
    int good = b.len == f->len && (f->len == 0 || memcmp(b.ptr, f->then, f->len) == 0);
    buf_free(&b);
    return good;
}

static void random_changes(void **state)
{
    int64_t seen[3] = {0};
    (void)state;
    for (uint32_t world = 1; world <= 16; world++) {
        audited t;
        file files[FILES];
        int n = 1 + (seed = world * 101, draw(FILES));
        int64_t want[3] = {0};
        audited_begin(&t, "rules/itss-2025", NULL);
        for (int i = 0; i < n; i++) import_one(&t, i, &files[i]);
        for (int i = 0; i < n; i++) change(&files[i]);
        const bool broken = draw(3) == 0;
        if (broken) assert_int_equal(db_exec(store_db(t.store), draw(2) ? "UPDATE trail SET detail = detail || ' ' WHERE seq = 1" : "UPDATE trail SET kind = 'other' WHERE seq = (SELECT max(seq) FROM trail)", NULL), SLA_OK);
        for (int i = 0; i < n; i++) want[judge(&files[i])]++;
        want[!broken]++;
        audited_run(&t, "2025Q3", NULL);
        const res_rule *x = audited_rule(&t, "4.4-c");
        if (x->nonconforming != want[0] || x->conforming != want[1] || x->unknown != want[2])
            fail_msg("world %u: good %d (twin %d) bad %d (%d) unknown %d (%d)", world, (int)x->conforming, (int)want[1], (int)x->nonconforming, (int)want[0], (int)x->unknown, (int)want[2]);
        assert_int_equal(x->nfindings, want[0]);
        for (size_t k = 0; k < x->nfindings; k++) {
            slice key = t.r->findings[x->first_finding + k].key;
            int which = -1;
            for (int i = 0; i < n; i++)
                if (key.len == strlen(names[i]) + 4 && memcmp(key.ptr, names[i], key.len - 4) == 0) which = i;
            assert_true(which >= 0 ? judge(&files[which]) == 0 : broken && slice_is(key, "trail"));
        }
        for (int i = 0; i < 3; i++) seen[i] += want[i];
        for (int i = 0; i < n; i++) free(files[i].then);
        audited_end(&t);
    }
    for (int i = 0; i < 3; i++) assert_true(seen[i] > 10);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(random_changes)};
    return cmocka_run_group_tests_name("integrity", tests, NULL, NULL);
}
