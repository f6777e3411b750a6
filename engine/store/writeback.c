/* The disk works while the import goes on: what was written so far is handed to it now and then, so that the commit at the end does not have to wait for all of it. Nothing
 * depends on it. Linux has a call that starts writing without waiting (sync_file_range(2)), elsewhere nothing is done. */
#ifdef __linux__
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <unistd.h>
#include "engine/store/internal.h"

enum { AT_ONCE = 8 << 20 };

/* A descriptor of our own, as SQLite shows none. It stays open as long as the workspace: when any descriptor of a file is closed, POSIX drops all locks that the process
 * has on it (fcntl(2)), SQLite's too. */
void writeback_open(store *s)
{
    if (!s->path || s->writeback) return;
    int fd = open(s->path, O_RDONLY | O_CLOEXEC);
    s->writeback = fd < 0 ? 0 : fd;
}

void writeback_close(store *s)
{
    if (s->writeback) close(s->writeback);
    s->writeback = 0;
}

void writeback_add(store *s, size_t bytes)
{
    s->unwritten += bytes;
    if (!s->writeback || s->unwritten < AT_ONCE) return;
    s->unwritten = 0;
#ifdef __linux__
    sync_file_range(s->writeback, 0, 0, SYNC_FILE_RANGE_WRITE); /* a failure costs time only */
#endif
}
