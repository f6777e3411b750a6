/* file_walk: a folder's files, in an order and with a selection that do not depend on the machine. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "engine/base/file.h"
#include "engine/base/mem.h"

/* A folder tree with more than this is not a drop of exports but a mistake, or links made to be walked for ever. */
enum { FILES_MAX = 1000000, FOLDERS_MAX = 100000 };

typedef struct ancestor { const struct ancestor *above; dev_t dev; ino_t ino; } ancestor;

typedef struct walk {
    arena *a;
    buf path;         /* root and the parts under way */
    size_t root_len;  /* bytes of path before the relative part */
    const char **paths;
    size_t n, cap, folders;
    void (*on_problem)(void *ctx, const err *e);
    void *ctx;
    err *e;
} walk;

static sla_status walk_folder(walk *w, const ancestor *above);

static void tell(walk *w, int errnum, const char *what)
{
    if (!w->on_problem) return;
    err e = {0};
    srcpos at = {buf_cstr(&w->path), 0, 0};
    if (errnum) err_errno(&e, at, errnum, what);
    else err_set(&e, SLA_IO, at, "%s", what);
    w->on_problem(w->ctx, &e);
}

/* Hidden files, editors' copies (x~) and the lock files of office programs (~$x). */
static bool left_out(const char *name)
{
    size_t n = strlen(name);
    return name[0] == '.' || name[n - 1] == '~' || (name[0] == '~' && name[1] == '$');
}

static sla_status add_file(walk *w)
{
    if (w->n == FILES_MAX) return err_set(w->e, SLA_LIMIT, SRCPOS_NONE, "more than %d files in the folder", FILES_MAX);
    const char *relative = arena_strndup(w->a, w->path.ptr + w->root_len, w->path.len - w->root_len);
    if (!relative || mem_grow(&w->paths, &w->cap, w->n + 1, sizeof *w->paths) != 0)
        return err_set(w->e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    w->paths[w->n++] = relative;
    return SLA_OK;
}

/* What is at w->path: a file is noted, a folder is walked, the rest is told. */
static sla_status visit(walk *w, const ancestor *above)
{
    struct stat st;
    const char *path = buf_cstr(&w->path);
    if (w->path.failed) return err_set(w->e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    if (stat(path, &st) != 0) {
        tell(w, errno, "left out");
        return SLA_OK;
    }
    if (S_ISREG(st.st_mode)) return add_file(w);
    if (!S_ISDIR(st.st_mode)) {
        tell(w, 0, "left out: it is neither a file nor a folder");
        return SLA_OK;
    }
    for (const ancestor *f = above; f; f = f->above) {
        if (f->dev != st.st_dev || f->ino != st.st_ino) continue;
        tell(w, 0, "left out: the link leads back to a folder above it");
        return SLA_OK;
    }
    return walk_folder(w, &(ancestor){above, st.st_dev, st.st_ino});
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names are read to the end and the folder closed before going down: the depth is not bounded by open files. */
static sla_status read_names(walk *w, DIR *dir, buf *names)
{
    for (;;) {
        errno = 0;
        const struct dirent *d = readdir(dir);
        if (!d) {
            if (errno) tell(w, errno, "not read to its end");
            return SLA_OK;
        }
        if (!left_out(d->d_name)) buf_bytes(names, d->d_name, strlen(d->d_name) + 1);
        if (names->failed) return err_set(w->e, SLA_NOMEM, SRCPOS_NONE, "out of memory");
    }
}

static sla_status walk_folder(walk *w, const ancestor *above)
{
    if (w->folders++ == FOLDERS_MAX) return err_set(w->e, SLA_LIMIT, SRCPOS_NONE, "more than %d folders in the folder", FOLDERS_MAX);
    DIR *dir = opendir(buf_cstr(&w->path));
    if (!dir) {
        if (!above->above) return err_errno(w->e, (srcpos){w->path.ptr, 0, 0}, errno, "cannot open the folder");
        tell(w, errno, "left out");
        return SLA_OK;
    }
    buf names = {0};
    sla_status st = read_names(w, dir, &names);
    closedir(dir);
    size_t len = w->path.len;
    if (len && w->path.ptr[len - 1] != '/') buf_char(&w->path, '/');
    if (!above->above) w->root_len = w->path.len;
    size_t prefix = w->path.len;
    for (size_t i = 0; i < names.len && st == SLA_OK; i += strlen(names.ptr + i) + 1) {
        w->path.len = prefix;
        buf_text(&w->path, names.ptr + i);
        st = visit(w, above);
    }
    w->path.len = len;
    buf_free(&names);
    return st;
}

sla_status file_walk(const char *root, arena *a, file_list *out, void (*on_problem)(void *ctx, const err *e), void *ctx, err *e)
{
    srcpos at = {root, 0, 0};
    struct stat st;
    if (stat(root, &st) != 0) return err_errno(e, at, errno, "cannot open the folder");
    if (!S_ISDIR(st.st_mode)) return err_set(e, SLA_IO, at, "it is no folder");
    walk w = {.a = a, .on_problem = on_problem, .ctx = ctx, .e = e};
    buf_text(&w.path, root);
    buf_cstr(&w.path);
    sla_status done = w.path.failed ? err_set(e, SLA_NOMEM, at, "out of memory")
                                    : walk_folder(&w, &(ancestor){NULL, st.st_dev, st.st_ino});
    if (done == SLA_OK) {
        const char **paths = ARENA_NEW(a, const char *, w.n);
        if (!paths) {
            done = err_set(e, SLA_NOMEM, at, "out of memory");
        } else {
            /* the whole relative paths are sorted: "a.csv" < "a/b.csv", which folder by folder would not give */
            if (w.n) {
                qsort(w.paths, w.n, sizeof *w.paths, by_bytes);
                memcpy(paths, w.paths, w.n * sizeof *paths);
            }
            *out = (file_list){paths, w.n};
        }
    }
    mem_free(w.paths);
    buf_free(&w.path);
    return done;
}
