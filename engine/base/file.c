#define _XOPEN_SOURCE 700 /* realpath */
#include "engine/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/mem.h"

enum { READ_STEP = 1 << 16, TEMP_TRIES = 100 };

static sla_status read_all(int fd, const char *path, size_t max_bytes, buf *out, err *e)
{
    srcpos at = {path, 0, 0};
    struct stat st;
    if (fstat(fd, &st) != 0) return err_errno(e, at, errno, "cannot read");
    if (S_ISDIR(st.st_mode)) return err_set(e, SLA_IO, at, "cannot read: it is a folder");
    size_t step = READ_STEP, taken = 0;
    if (S_ISREG(st.st_mode) && st.st_size > 0) {
        if ((uintmax_t)st.st_size > max_bytes) goto too_large;
        step = (size_t)st.st_size + 1; /* the size is only a hint: the file may grow or shrink while it is read */
    }
    for (;;) {
        char *room = buf_reserve(out, step);
        if (!room) return err_set(e, SLA_NOMEM, at, "cannot read: out of memory");
        ssize_t n = read(fd, room, step);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return err_errno(e, at, errno, "cannot read");
        if (n == 0) return SLA_OK;
        out->len += (size_t)n;
        taken += (size_t)n;
        if (taken > max_bytes) goto too_large;
        step = (size_t)n < step ? step - (size_t)n : READ_STEP;
    }
too_large:
    return err_set(e, SLA_LIMIT, at, "the file is larger than %zu bytes, which is the most for this kind of file", max_bytes);
}

sla_status file_read(const char *path, size_t max_bytes, buf *out, err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return err_errno(e, (srcpos){path, 0, 0}, errno, "cannot open");
    size_t before = out->len;
    sla_status st = read_all(fd, path, max_bytes, out, e);
    close(fd);
    if (st != SLA_OK) out->len = before;
    return st;
}

static sla_status digest_all(int fd, const char *path, digest *d, char *room, size_t cap, err *e)
{
    for (ssize_t n; (n = read(fd, room, cap)) != 0;) {
        if (n < 0 && errno != EINTR) return err_errno(e, (srcpos){path, 0, 0}, errno, "cannot read");
        if (n > 0 && digest_add(d, room, (size_t)n) != SLA_OK) return err_set(e, SLA_NOMEM, (srcpos){path, 0, 0}, "cannot hash");
    }
    return SLA_OK;
}

sla_status file_digest(const char *path, char out[DIGEST_HEX], err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return err_errno(e, (srcpos){path, 0, 0}, errno, "cannot open");
    enum { PIECE = 1 << 20 };
    char *room = mem_resize(NULL, PIECE, 1);
    digest *d = digest_new();
    sla_status st = room && d ? digest_all(fd, path, d, room, PIECE, e) : err_set(e, SLA_NOMEM, (srcpos){path, 0, 0}, "cannot hash: out of memory");
    if (st == SLA_OK) st = digest_hex(d, out);
    digest_free(d);
    mem_free(room);
    close(fd);
    return st;
}

static int64_t in_ns(struct timespec t) { return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec; }

bool file_stamp_of(const char *path, file_stamp *out)
{
    struct stat st;
    if (stat(path, &st) != 0) return false;
    *out = (file_stamp){(uint64_t)st.st_dev, (uint64_t)st.st_ino, (int64_t)st.st_size, in_ns(st.st_mtim), in_ns(st.st_ctim)};
    return true;
}

static int write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return -1;
        p += k;
        n -= (size_t)k;
    }
    return 0;
}

/* A new file beside path; its name goes to temp. Named by the process: two runs into one folder do not meet. */
static int temp_open(const char *path, buf *temp)
{
    for (int i = 0; i < TEMP_TRIES; i++) {
        buf_reset(temp);
        buf_printf(temp, "%s.%ld-%d.tmp", path, (long)getpid(), i);
        const char *name = buf_cstr(temp);
        if (temp->failed) {
            errno = ENOMEM;
            return -1;
        }
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

/* The rename is on the disk only when the folder is. Some file systems cannot sync a folder: then there is no more to do. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = NULL;
    if (slash) {
        size_t n = slash == path ? 1 : (size_t)(slash - path);
        folder = mem_zero(n + 1, 1);
        if (!folder) return;
        memcpy(folder, path, n);
    }
    int fd = open(folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    mem_free(folder);
}

static sla_status replace(const char *path, const void *p, size_t n, srcpos at, err *e)
{
    buf temp = {0};
    sla_status st = SLA_OK;
    int fd = temp_open(path, &temp);
    if (fd < 0) {
        st = err_errno(e, at, errno, "cannot write");
        goto done;
    }
    int failed = write_all(fd, p, n) != 0 || (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP) ? errno : 0;
    if (close(fd) != 0 && !failed) failed = errno;
    if (!failed && rename(buf_cstr(&temp), path) != 0) failed = errno;
    if (failed) {
        unlink(buf_cstr(&temp));
        st = err_errno(e, at, failed, "cannot write");
        goto done;
    }
    sync_folder(path);
done:
    buf_free(&temp);
    return st;
}

/* A device or a pipe (-o /dev/stdout) is written to, never replaced by a file. */
static sla_status write_through(const char *path, const void *p, size_t n, srcpos at, err *e)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return err_errno(e, at, errno, "cannot write");
    int failed = write_all(fd, p, n) != 0 ? errno : 0;
    if (close(fd) != 0 && !failed) failed = errno;
    return failed ? err_errno(e, at, failed, "cannot write") : SLA_OK;
}

sla_status file_write(const char *path, const void *p, size_t n, err *e)
{
    srcpos at = {path, 0, 0};
    switch (file_kind_of(path)) {
    case FILE_FOLDER: return err_set(e, SLA_IO, at, "cannot write: it is a folder");
    case FILE_OTHER: return write_through(path, p, n, at, e);
    case FILE_REGULAR:
    case FILE_MISSING: break;
    }
    struct stat st;
    if (lstat(path, &st) != 0 || !S_ISLNK(st.st_mode)) return replace(path, p, n, at, e);
    char *target = realpath(path, NULL); /* the link stays a link */
    if (!target) return err_errno(e, at, errno, "cannot write: the link leads nowhere");
    sla_status written = replace(target, p, n, at, e);
    free(target); /* realpath's own allocation */
    return written;
}

static sla_status make_dir(const char *path, err *e)
{
    if (mkdir(path, 0777) == 0) return SLA_OK;
    int failed = errno;
    if (file_kind_of(path) == FILE_FOLDER) return SLA_OK;
    return err_errno(e, (srcpos){path, 0, 0}, failed, "cannot make the folder");
}

sla_status file_make_dirs(const char *path, err *e)
{
    size_t n = strlen(path);
    if (n == 0) return err_set(e, SLA_IO, SRCPOS_NONE, "cannot make a folder without a name");
    char *part = mem_resize(NULL, n + 1, 1);
    if (!part) return err_set(e, SLA_NOMEM, (srcpos){path, 0, 0}, "out of memory");
    memcpy(part, path, n + 1);
    sla_status st = SLA_OK;
    for (size_t i = 1; i <= n && st == SLA_OK; i++) {
        if (part[i] != '/' && part[i] != '\0') continue;
        char was = part[i];
        part[i] = '\0';
        st = make_dir(part, e);
        part[i] = was;
    }
    mem_free(part);
    return st;
}

file_kind file_kind_of(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) return FILE_MISSING;
    if (S_ISREG(st.st_mode)) return FILE_REGULAR;
    return S_ISDIR(st.st_mode) ? FILE_FOLDER : FILE_OTHER;
}

/* "rules/x" under folder, if it is there; NULL with *st SLA_OK: it is not. */
static const char *exists_in(const char *folder, size_t n, const char *between, const char *relative, arena *a, sla_status *st)
{
    buf b = {0};
    const char *found = NULL;
    buf_bytes(&b, folder, n);
    buf_text(&b, between);
    buf_text(&b, relative);
    const char *path = buf_cstr(&b);
    *st = b.failed ? SLA_NOMEM : SLA_OK;
    if (!b.failed && file_kind_of(path) != FILE_MISSING) {
        found = arena_strndup(a, path, b.len);
        if (!found) *st = SLA_NOMEM;
    }
    buf_free(&b);
    return found;
}

/* A name that leads out of the program's data is not one of its own. */
static bool leads_out(const char *relative)
{
    if (relative[0] == '/' || relative[0] == '\0') return true;
    for (const char *p = relative; p; p = strchr(p, '/')) {
        if (*p == '/') p++;
        if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || p[2] == '\0')) return true;
    }
    return false;
}

sla_status file_own_data(const char *relative, arena *a, const char **out, err *e)
{
    sla_status st = SLA_OK;
    const char *found = NULL, *home = getenv("SLAUDIT_HOME");
    if (!leads_out(relative)) {
        if (home && home[0]) found = exists_in(home, strlen(home), "/", relative, a, &st);
        char exe[PATH_MAX];
        ssize_t n = readlink("/proc/self/exe", exe, sizeof exe);
        while (n > 0 && exe[n - 1] != '/') n--;
        if (!found && st == SLA_OK && n > 0) found = exists_in(exe, (size_t)n, "", relative, a, &st);
        if (!found && st == SLA_OK && n > 0) found = exists_in(exe, (size_t)n, "../share/slaudit/", relative, a, &st);
    }
    if (st != SLA_OK) return err_set(e, st, SRCPOS_NONE, "out of memory");
    if (!found) {
        err_set(e, SLA_NAME, SRCPOS_NONE, "the program has no data of its own by the name \"%s\"", relative);
        err_hint(e, "set SLAUDIT_HOME to the folder that holds rules/ and importers/, or give a path");
        return SLA_NAME;
    }
    *out = found;
    return SLA_OK;
}
