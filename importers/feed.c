#include "importers/feed.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/base/digest.h"
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/base/progress.h"
#include "engine/base/utf8.h"
#include "importers/encoding.h"

enum { BLOCK_BYTES = 2 << 20, RECORD_MAX = 64 << 20, AHEAD = 4 };

/* ---- files ---- */
static int64_t mtime_ms(const struct stat *st) { return (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000; }

sla_status feed_open(const char *path, const char *shown, feed_file *out, err *e)
{
    srcpos at = {shown, 0, 0};
    struct stat st;
    if (stat(path, &st) != 0) return err_errno(e, at, errno, "cannot open");
    if (!S_ISREG(st.st_mode)) return err_set(e, SLA_IO, at, "not a regular file (a pipe, a device or the like)");
    if (st.st_size == 0) {
        err_set(e, SLA_UNKNOWN_FORMAT, at, "the file is empty");
        err_hint(e, "export it again, or leave it out");
        return SLA_UNKNOWN_FORMAT;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return err_errno(e, at, errno, "cannot open");
    *out = (feed_file){.path = path, .shown = shown, .fd = fd, .size = (uint64_t)st.st_size, .mtime_ms = mtime_ms(&st), .part = ""};
    return SLA_OK;
}

void feed_close(feed_file *f)
{
    stream_close(f->now);
    f->now = NULL;
    if (!f->top && f->fd > 0) close(f->fd);
    f->fd = -1;
}

sla_status feed_rewind(feed_file *f, err *e)
{
    stream_close(f->now);
    f->now = NULL;
    if (f->in) return container_part(f->in, f->index, &f->now, e);
    return lseek(f->fd, 0, SEEK_SET) < 0 ? err_errno(e, (srcpos){f->shown, 0, 0}, errno, "cannot read") : SLA_OK;
}

/* Reads until n bytes are there or the file ends. */
static sla_status read_up_to(const feed_file *f, buf *out, size_t n, size_t *got, err *e)
{
    char *to = buf_reserve(out, n);
    if (!to) return err_set(e, SLA_NOMEM, (srcpos){f->shown, 0, 0}, "no memory to read the file");
    *got = 0;
    if (f->now) {
        TRY(stream_read(f->now, to, n, got, e));
        out->len += *got;
        return SLA_OK;
    }
    while (*got < n) {
        ssize_t k = read(f->fd, to + *got, n - *got);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return err_errno(e, (srcpos){f->shown, 0, 0}, errno, "cannot read");
        if (k == 0) break;
        *got += (size_t)k;
    }
    out->len += *got;
    return SLA_OK;
}

sla_status feed_head(feed_file *f, size_t max, buf *out, err *e)
{
    size_t got;
    TRY(feed_rewind(f, e));
    return read_up_to(f, out, max, &got, e);
}

static sla_status check_unchanged(const feed_file *f, uint64_t bytes, err *e)
{
    struct stat st;
    if (f->top) {
        f = f->top;
        bytes = f->size;
    }
    if (fstat(f->fd, &st) == 0 && bytes == f->size && (uint64_t)st.st_size == f->size && mtime_ms(&st) == f->mtime_ms) return SLA_OK;
    err_set(e, SLA_CONFLICT, (srcpos){f->shown, 0, 0}, "the file changed while it was read; nothing of it was taken");
    err_hint(e, "import it again when it is complete");
    return SLA_CONFLICT;
}

/* ---- batches used again ---- */
struct batch_pool { const dataset *ds; pthread_mutex_t lock; batch *idle[64]; size_t n; };

batch_pool *batch_pool_new(const dataset *ds)
{
    batch_pool *p = mem_zero(1, sizeof *p);
    if (!p) return NULL;
    p->ds = ds;
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

batch *batch_pool_get(batch_pool *p)
{
    pthread_mutex_lock(&p->lock);
    batch *b = p->n ? p->idle[--p->n] : NULL;
    pthread_mutex_unlock(&p->lock);
    return b ? b : batch_new(p->ds, BATCH_ROWS_MAX);
}

void batch_pool_put(batch_pool *p, batch *b)
{
    if (!b) return;
    batch_reset(b);
    pthread_mutex_lock(&p->lock);
    bool kept = p->n < sizeof p->idle / sizeof p->idle[0];
    if (kept) p->idle[p->n++] = b;
    pthread_mutex_unlock(&p->lock);
    if (!kept) batch_free(b);
}

void batch_pool_free(batch_pool *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->n; i++) batch_free(p->idle[i]);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

/* ---- the feed ---- */
typedef struct feed {
    store *s;
    feed_file *f;
    const importer_kind *kind;
    importer *im;
    batch_pool *batches;
    decoder *dec;               /* NULL: UTF-8 as it is */
    digest *sha;
    int64_t source;
    uint64_t rows, accepted, rejected, rejected_values, replaced, bytes, handed;
    const char *remark;         /* of the container; NULL: none */
    pthread_mutex_t lock;
    bool not_utf8;              /* under lock */
} feed;

static void free_block(feed *fd, block *b)
{
    if (!b) return;
    if (fd->kind->drop) fd->kind->drop(fd->im, b);
    for (size_t i = 0; i < b->n; i++) {
        batch_pool_put(fd->batches, b->batches[i]);
        chunk_free(b->chunks[i]);
    }
    reject_list_clear(&b->rejects);
    buf_free(&b->text);
    mem_free(b);
}

static sla_status check_utf8(feed *fd, const block *b, err *e)
{
    size_t bad;
    if (fd->dec || utf8_valid(b->records.ptr, b->records.len, &bad)) return SLA_OK;
    pthread_mutex_lock(&fd->lock);
    fd->not_utf8 = true;
    pthread_mutex_unlock(&fd->lock);
    return err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){fd->f->shown, b->line, 0}, "the text is not UTF-8");
}

static sla_status parse_block(feed *fd, block *b, err *e)
{
    TRY(check_utf8(fd, b, e));
    TRY(fd->kind->parse(fd->im, b, e));
    if (fd->kind->keeps_batches && fd->kind->keeps_batches(fd->im)) return SLA_OK;
    for (size_t i = 0; i < b->n; i++) {
        TRY(chunk_pack(b->batches[i], &b->chunks[i], e));
        batch_pool_put(fd->batches, b->batches[i]);
        b->batches[i] = NULL;
    }
    return SLA_OK;
}

static sla_status work(void *ctx, void *item, err *e)
{
    sla_status st = parse_block(ctx, item, e);
    if (st != SLA_OK) free_block(ctx, item);
    return st;
}

static sla_status store_block(feed *fd, block *b, err *e)
{
    if (fd->kind->take) TRY(fd->kind->take(fd->im, b, e));
    for (size_t i = 0; i < b->n; i++) {
        if (!b->chunks[i]) continue;
        fd->accepted += chunk_rows(b->chunks[i]);
        TRY(store_chunk_put(fd->s, fd->source, b->chunks[i], e));
    }
    for (size_t i = 0; i < b->rejects.n; i++) TRY(store_reject_put(fd->s, fd->source, &b->rejects.items[i], e));
    fd->rows += b->rows;
    fd->rejected += b->rejects.rows;
    fd->rejected_values += b->rejects.values;
    progress_add(0, b->rows);
    return SLA_OK;
}

static sla_status emit(void *ctx, void *item, err *e)
{
    sla_status st = store_block(ctx, item, e);
    free_block(ctx, item);
    return st;
}

static void drop(void *ctx, void *item) { free_block(ctx, item); }

/* Raw bytes of the file into text, as UTF-8, hashed as they stand. */
static sla_status read_text(feed *fd, size_t n, size_t *bom, buf *text, bool *at_end, err *e)
{
    size_t got, before = text->len;
    buf raw = {0}, *to = fd->dec ? &raw : text;
    sla_status st = read_up_to(fd->f, to, n, &got, e);
    const char *p = to->ptr ? to->ptr + (fd->dec ? 0 : before) : NULL;
    if (st == SLA_OK && got && !fd->f->top) st = digest_add(fd->sha, p, got);
    *at_end = got < n;
    fd->bytes += got;
    progress_add(got, 0);
    if (st == SLA_OK && fd->dec) st = decoder_add(fd->dec, (slice){raw.ptr ? raw.ptr + *bom : NULL, got > *bom ? got - *bom : 0}, *at_end, text, &fd->replaced);
    else if (st == SLA_OK && *bom && got >= *bom) {
        memmove(text->ptr + before, text->ptr + before + *bom, got - *bom);
        text->len -= *bom;
    }
    *bom = 0;
    buf_free(&raw);
    return st;
}

static sla_status unclosed(const feed *fd, slice text, size_t open, uint32_t line, bool at_end, err *e)
{
    size_t col = 1;
    for (size_t i = 0; i < open; i++) {
        if (text.ptr[i] == '\n') line++, col = 1;
        else col++;
    }
    err_set(e, SLA_SYNTAX, (srcpos){fd->f->shown, line, (uint32_t)col}, "a quote that is opened here is %s; nothing of the file was taken", at_end ? "never closed" : "not closed within 64 MiB");
    err_hint(e, "close the quote, or double it if it is part of the text");
    return SLA_SYNTAX;
}

/* Hands over the whole records of text; what is left stays in text. */
static sla_status hand_over(feed *fd, pool_stream *ps, buf *text, size_t skip, uint32_t *line, bool at_end, err *e)
{
    slice all = {text->ptr + skip, text->len - skip};
    uint32_t nlines = 0;
    size_t open = SIZE_MAX, whole = fd->kind->cut(fd->im, all, at_end, &nlines, &open);
    if (open != SIZE_MAX && (at_end || all.len - open > RECORD_MAX)) return unclosed(fd, all, open, *line, at_end, e);
    if (whole == 0 && !at_end && all.len > RECORD_MAX) {
        err_set(e, SLA_LIMIT, (srcpos){fd->f->shown, *line, 0}, "a record of more than 64 MiB; nothing of the file was taken");
        err_hint(e, "is it one record? a line end, a bracket or a quote may be missing");
        return SLA_LIMIT;
    }
    block *b = mem_zero(1, sizeof *b);
    buf rest = {0};
    buf_bytes(&rest, all.ptr + whole, all.len - whole);
    if (!b || rest.failed) {
        mem_free(b);
        buf_free(&rest);
        return err_set(e, SLA_NOMEM, (srcpos){fd->f->shown, 0, 0}, "no memory to read the file");
    }
    b->text = *text;
    b->records = (slice){all.ptr, whole};
    b->line = *line;
    b->first = fd->handed == 0;
    fd->handed += whole;
    b->at_end = at_end;
    *text = rest;
    *line += nlines;
    return pool_put(ps, b, e);
}

static sla_status feed_blocks(feed *fd, size_t bom, size_t skip, uint32_t line, size_t block_bytes, err *e)
{
    pool_stream *ps = NULL;
    pool_job job = {work, emit, drop, fd, AHEAD};
    buf text = {0};
    bool at_end = false;
    TRY(pool_stream_open(&job, &ps, e));
    sla_status st = SLA_OK;
    while (st == SLA_OK && !at_end) {
        st = read_text(fd, block_bytes, &bom, &text, &at_end, e);
        if (st != SLA_OK || (text.len <= skip && !at_end)) continue;
        st = hand_over(fd, ps, &text, skip < text.len ? skip : text.len, &line, at_end, e);
        skip = 0;
    }
    sla_status closed = pool_stream_close(ps, e);
    buf_free(&text);
    return st != SLA_OK ? st : closed;
}

static sla_status put_batch(void *ctx, const batch *b, err *e)
{
    feed *fd = ctx;
    chunk *c = NULL;
    TRY(chunk_pack(b, &c, e));
    sla_status st = store_chunk_put(fd->s, fd->source, c, e);
    chunk_free(c);
    return st;
}

static sla_status feed_all(feed *fd, size_t bom, size_t start, uint32_t line, const import_options *o, slice notes, feed_outcome *out, err *e)
{
    buf text = {0};
    TRY(feed_rewind(fd->f, e));
    TRY(feed_blocks(fd, bom, start, line, o->block ? o->block : BLOCK_BYTES, e));
    TRY(check_unchanged(fd->f, fd->bytes, e));
    if (fd->f->in && fd->f->in->remark) fd->remark = fd->f->in->remark(fd->f->in, fd->f->index);
    if (fd->kind->finish) TRY(fd->kind->finish(fd->im, put_batch, fd, e));
    source_info *info = &out->info;
    buf_slice(&text, notes);
    if (fd->kind->notes) fd->kind->notes(fd->im, &text);
    if (fd->remark) buf_printf(&text, "%s\n", fd->remark);
    if (fd->replaced) buf_printf(&text, "%llu characters could not be decoded\n", (unsigned long long)fd->replaced);
    info->rows = fd->rows;
    info->accepted = fd->rows - fd->rejected;
    info->rejected = fd->rejected;
    info->rejected_values = fd->rejected_values;
    if (fd->kind->announced) info->announced = fd->kind->announced(fd->im);
    info->notes = (slice){text.ptr, text.len};
    sla_status st = text.failed ? SLA_NOMEM : fd->f->top ? SLA_OK : digest_hex(fd->sha, info->sha256);
    if (st == SLA_OK && fd->kind->caveats) st = fd->kind->caveats(fd->im, fd->s, fd->source, e);
    if (st == SLA_OK) st = store_source_commit(fd->s, fd->source, info, e);
    buf_free(&text);
    info->notes = (slice){0};
    return st;
}

sla_status feed_hash(feed_file *f, err *e)
{
    digest *d = digest_new();
    buf b = {0};
    size_t got = 1;
    sla_status st = d ? feed_rewind(f, e) : err_set(e, SLA_NOMEM, (srcpos){f->shown, 0, 0}, "no memory to read the file");
    while (st == SLA_OK && got) {
        buf_reset(&b);
        st = read_up_to(f, &b, BLOCK_BYTES, &got, e);
        if (st == SLA_OK && got) st = digest_add(d, b.ptr, got);
    }
    if (st == SLA_OK) st = digest_hex(d, f->sha256);
    digest_free(d);
    buf_free(&b);
    return st;
}

/* A second reading only where the workspace holds a source of the same size: then these may be the same bytes. */
static sla_status hash_if_similar(store *s, feed_file *f, err *e)
{
    bool similar = false;
    sla_status st = store_source_as_long(s, f->size, &similar, e);
    return st == SLA_OK && similar ? feed_hash(f, e) : st;
}

sla_status feed_run(store *s, feed_file *f, const char *enc_name, size_t bom, const importer_kind *kind, importer *im, size_t start, uint32_t line,
                    const import_options *o, slice notes, feed_outcome *out, err *e)
{
    *out = (feed_outcome){.info = {.path = slice_of(f->shown), .location = slice_of(f->path), .part = slice_of(f->part), .bytes = f->size, .importer = slice_of(kind->name),
                                   .profile = kind->profile_of(im), .dataset = kind->dataset_of(im)->name}};
    feed fd = {.s = s, .f = f, .kind = kind, .im = im};
    if (!f->top) TRY(hash_if_similar(s, f, e));
    memcpy(out->info.sha256, f->top ? f->top->sha256 : f->sha256, sizeof out->info.sha256);
    TRY(store_source_begin(s, &out->info, &out->known, &fd.source, e));
    if (out->known) return SLA_OK;
    pthread_mutex_init(&fd.lock, NULL);
    fd.batches = kind->batches(im);
    fd.sha = digest_new();
    sla_status st = fd.sha ? SLA_OK : err_set(e, SLA_NOMEM, (srcpos){f->shown, 0, 0}, "no memory to read the file");
    if (st == SLA_OK && strcmp(enc_name, "UTF-8") != 0) st = decoder_open(enc_name, &fd.dec, e);
    file_stamp stamp;
    bool stamped = !f->top && file_stamp_of(f->path, &stamp); /* before the reading: what changes later shows */
    if (st == SLA_OK && stamped) st = store_note_file(s, fd.source, &stamp, e); /* while the source can still be given up */
    if (st == SLA_OK) st = feed_all(&fd, bom, start, line, o, notes, out, e);
    if (st == SLA_NOMEM) err_set(e, st, (srcpos){f->shown, 0, 0}, "no memory to read the file"); /* unless it is said already */
    if (st != SLA_OK) store_source_abort(s);
    out->not_utf8 = fd.not_utf8;
    out->replaced = fd.replaced;
    out->remark = fd.remark;
    decoder_close(fd.dec);
    digest_free(fd.sha);
    pthread_mutex_destroy(&fd.lock);
    return st;
}
