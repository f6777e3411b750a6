#include "importers/stream.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "engine/base/mem.h"

sla_status stream_read(stream *s, char *to, size_t n, size_t *got, err *e) { return s->read(s, to, n, got, e); }

void stream_close(stream *s)
{
    if (s) s->close(s);
}

sla_status stream_pieces(pieces *p, sla_status (*more)(void *ctx, err *e), void *ctx, char *to, size_t n, size_t *got, err *e)
{
    *got = 0;
    for (;;) {
        size_t have = p->out.len - p->given, k = have < n - *got ? have : n - *got;
        if (k) memcpy(to + *got, p->out.ptr + p->given, k);
        *got += k;
        p->given += k;
        if (*got == n || (p->end && p->given == p->out.len)) return SLA_OK;
        buf_reset(&p->out);
        p->given = 0;
        TRY(more(ctx, e));
        if (p->out.failed) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to read the file");
    }
}

sla_status stream_check_expansion(uint64_t packed, uint64_t unpacked, const char *shown, err *e)
{
    if (unpacked <= EXPAND_FREE || unpacked / EXPAND_RATIO <= packed) return SLA_OK;
    err_set(e, SLA_LIMIT, (srcpos){shown, 0, 0}, "a decompression bomb: %llu bytes become more than %llu", (unsigned long long)packed, (unsigned long long)unpacked);
    err_hint(e, "if it is a real export, unpack it and import what comes out");
    return SLA_LIMIT;
}

static int nameless_file(void)
{
    char path[4096];
    const char *folder = getenv("TMPDIR");
    int n = snprintf(path, sizeof path, "%s/slaudit-XXXXXX", folder && *folder ? folder : "/tmp");
    if (n < 0 || (size_t)n >= sizeof path) return errno = ENAMETOOLONG, -1;
    int fd = mkstemp(path);
    if (fd >= 0) unlink(path);
    return fd;
}

static sla_status write_all(int fd, const char *p, size_t n, const char *shown, err *e)
{
    while (n) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return err_errno(e, (srcpos){shown, 0, 0}, errno, "cannot unpack into the folder for temporary files");
        p += k;
        n -= (size_t)k;
    }
    return SLA_OK;
}

sla_status stream_spool(stream *s, const char *shown, int *fd, uint64_t *size, err *e)
{
    enum { PIECE = 1 << 18 };
    char *piece = mem_resize(NULL, PIECE, 1);
    size_t got = PIECE;
    *size = 0;
    if (!piece) return err_set(e, SLA_NOMEM, (srcpos){shown, 0, 0}, "no memory to unpack the file");
    *fd = nameless_file();
    sla_status st = *fd >= 0 ? SLA_OK : err_errno(e, (srcpos){shown, 0, 0}, errno, "cannot unpack into the folder for temporary files");
    while (st == SLA_OK && got == PIECE) {
        st = stream_read(s, piece, PIECE, &got, e);
        if (st == SLA_OK) st = write_all(*fd, piece, got, shown, e);
        *size += got;
    }
    mem_free(piece);
    if (st != SLA_OK && *fd >= 0) close(*fd), *fd = -1;
    return st;
}
