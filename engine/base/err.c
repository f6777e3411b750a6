#include "engine/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/mem.h"

/* Cuts a text that vsnprintf has cut within a character, so that a message is never wrong UTF-8. */
static void mend_end(char *s, size_t cap)
{
    size_t n = strlen(s);
    if (n + 1 < cap) return;
    size_t start = n;
    while (start > 0 && n - start < 4 && ((unsigned char)s[start - 1] & 0xC0) == 0x80) start--;
    if (start == 0) return;
    unsigned char lead = (unsigned char)s[start - 1];
    size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (n - start < need) s[start - 1] = '\0';
}

/* A path too long for the error keeps its end: that is the part that tells files apart. */
static void copy_name(char *out, size_t cap, const char *name)
{
    size_t n = name ? strlen(name) : 0;
    if (n < cap) {
        memcpy(out, name ? name : "", n + 1);
        return;
    }
    const char *tail = name + n - (cap - 4);
    while (((unsigned char)*tail & 0xC0) == 0x80) tail++;
    snprintf(out, cap, "...%s", tail);
}

static void fill(err *e, sla_status code, srcpos at, const char *fmt, va_list ap) __attribute__((format(printf, 4, 0)));
static void fill(err *e, sla_status code, srcpos at, const char *fmt, va_list ap)
{
    e->code = code;
    e->line = at.line;
    e->col = at.col;
    e->hint[0] = '\0';
    copy_name(e->file, sizeof e->file, at.file);
    vsnprintf(e->msg, sizeof e->msg, fmt, ap);
    mend_end(e->msg, sizeof e->msg);
}

sla_status err_set(err *e, sla_status code, srcpos at, const char *fmt, ...)
{
    if (!e || e->code != SLA_OK) return code;
    va_list ap;
    va_start(ap, fmt);
    fill(e, code, at, fmt, ap);
    va_end(ap);
    return code;
}

static void fill_hint(err *e, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void fill_hint(err *e, const char *fmt, va_list ap)
{
    if (e->hint[0]) return;
    vsnprintf(e->hint, sizeof e->hint, fmt, ap);
    mend_end(e->hint, sizeof e->hint);
}

void err_hint(err *e, const char *fmt, ...)
{
    if (!e) return;
    va_list ap;
    va_start(ap, fmt);
    fill_hint(e, fmt, ap);
    va_end(ap);
}

/* strerror speaks the locale's language and differs between systems; a message of ours must not. */
static const struct { int errnum; const char *text; } reasons[] = {
    {ENOENT, "no such file or folder"},         {EACCES, "permission denied"},
    {EPERM, "not permitted"},                   {ENOSPC, "no space left on the disk"},
    {EDQUOT, "no space left in the disk quota"}, {EFBIG, "the file would be too large for the disk"},
    {EROFS, "the disk is read-only"},           {EISDIR, "it is a folder"},
    {ENOTDIR, "a part of the path is no folder"}, {EEXIST, "it exists already"},
    {ENOTEMPTY, "the folder is not empty"},     {ENAMETOOLONG, "the name is too long"},
    {ELOOP, "too many links one after another"}, {EMFILE, "too many open files"},
    {ENFILE, "too many open files on this machine"}, {EIO, "the disk reports an error"},
    {EBUSY, "it is in use"},                    {ETXTBSY, "it is in use"},
    {EPIPE, "the reader went away"},            {EXDEV, "it is on another disk"},
    {EINVAL, "not possible for this kind of file"}, {ENXIO, "no such device"},
    {ENODEV, "no such device"},                 {EAGAIN, "not possible at this moment"},
    {ENOTSUP, "not supported here"},            {ESTALE, "the file server lost it"},
    {ETIMEDOUT, "no answer in time"},           {EINTR, "interrupted"},
};

static const char *reason(int errnum)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].errnum == errnum) return reasons[i].text;
    return NULL;
}

sla_status err_errno(err *e, srcpos at, int errnum, const char *what)
{
    if (errnum == ENOMEM) return err_set(e, SLA_NOMEM, at, "%s: out of memory", what);
    const char *why = reason(errnum);
    if (why) return err_set(e, SLA_IO, at, "%s: %s", what, why);
    return err_set(e, SLA_IO, at, "%s: system error %d", what, errnum);
}

void err_format(const err *e, char *out, size_t cap)
{
    char where[sizeof e->file + 32] = "";
    if (cap == 0) return;
    if (e->file[0] && e->line && e->col) snprintf(where, sizeof where, "%s:%u:%u: ", e->file, e->line, e->col);
    else if (e->file[0] && e->line) snprintf(where, sizeof where, "%s:%u: ", e->file, e->line);
    else if (e->file[0]) snprintf(where, sizeof where, "%s: ", e->file);
    else if (e->line) snprintf(where, sizeof where, "line %u: ", e->line);
    const char *msg = e->msg[0] ? e->msg : status_name(e->code);
    int n = e->hint[0] ? snprintf(out, cap, "%serror: %s\n  hint: %s\n", where, msg, e->hint)
                       : snprintf(out, cap, "%serror: %s\n", where, msg);
    if (n >= 0 && (size_t)n >= cap) mend_end(out, cap);
}

static err *errlist_room(errlist *l)
{
    if (l->n < ERRLIST_MAX) {
        /* by doubling, without a field for the capacity: room is made when n is a power of two */
        if ((l->n & (l->n - 1)) != 0) return &l->items[l->n];
        err *more = mem_resize(l->items, l->n ? l->n * 2 : 1, sizeof *more);
        if (more) {
            l->items = more;
            return &l->items[l->n];
        }
    }
    l->dropped++;
    return NULL;
}

sla_status errlist_add(errlist *l, sla_status code, srcpos at, const char *fmt, ...)
{
    err *e = errlist_room(l);
    if (!e) return code;
    va_list ap;
    va_start(ap, fmt);
    fill(e, code, at, fmt, ap);
    va_end(ap);
    l->n++;
    return code;
}

void errlist_hint(errlist *l, const char *fmt, ...)
{
    if (l->n == 0 || l->dropped) return; /* when some were dropped, the last one added is not in the list */
    va_list ap;
    va_start(ap, fmt);
    fill_hint(&l->items[l->n - 1], fmt, ap);
    va_end(ap);
}

void errlist_push(errlist *l, const err *e)
{
    if (e->code == SLA_OK) return;
    err *room = errlist_room(l);
    if (!room) return;
    *room = *e;
    l->n++;
}

void errlist_clear(errlist *l)
{
    mem_free(l->items);
    *l = (errlist){0};
}
