#include "importers/xml.h"
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include "engine/base/mem.h"

enum { DEPTH_MAX = 200, PIECE = 1 << 16, TOKEN_MAX = 4 << 20 };
struct xml_reader {
    XML_Parser p;
    const xml_events *ev;
    void *ctx;
    const char *shown;
    int depth;
    uint64_t fed;               /* bytes */
    sla_status failed;
    const char *why;
};

static inline const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

void xml_fail(xml_reader *x, sla_status code, const char *what)
{
    if (x->failed != SLA_OK) return;
    x->failed = code;
    x->why = what;
    XML_StopParser(x->p, XML_FALSE);
}

static void on_open(void *user, const char *name, const char **attrs)
{
    xml_reader *x = user;
    if (++x->depth > DEPTH_MAX) xml_fail(x, SLA_LIMIT, "elements nested too deeply");
    else x->ev->open(x->ctx, local(name), attrs);
}

static void on_close(void *user, const char *name)
{
    xml_reader *x = user;
    x->depth--;
    x->ev->close(x->ctx, local(name));
}

static void on_text(void *user, const char *s, int n)
{
    xml_reader *x = user;
    x->ev->text(x->ctx, (slice){s, (size_t)n});
}

static void on_doctype(void *user, const char *name, const char *sysid, const char *pubid, int internal)
{
    (void)name, (void)sysid, (void)pubid;
    if (internal) xml_fail(user, SLA_LIMIT, "a document type with entities of its own, which no export has");
}

static void on_skipped(void *user, const char *name, int parameter)
{
    (void)name;
    if (!parameter) xml_fail(user, SLA_SYNTAX, "an entity that only its document type could explain, which is not fetched");
}

/* ---- encodings that expat does not know: those of one byte, and those of two such as GBK and Big5 ---- */
/* The character that n bytes are; -1: none, -2: the first half of one. */
static int character(iconv_t cd, const char *bytes, size_t n)
{
    char in[2] = {bytes[0], n > 1 ? bytes[1] : '\0'}, *from = in;
    unsigned char out[8];
    char *to = (char *)out;
    size_t room = sizeof out;
    iconv(cd, NULL, NULL, NULL, NULL);
    errno = 0;
    if (iconv(cd, &from, &n, &to, &room) == (size_t)-1) return errno == EINVAL ? -2 : -1;
    int c = out[0] | out[1] << 8 | out[2] << 16;
    return room == 4 && c < 0x10000 ? c : -1;
}

static int two_bytes(void *data, const char *s) { return character(data, s, 2); }
static void encoding_close(void *data) { iconv_close(data); }

static int on_encoding(void *data, const XML_Char *name, XML_Encoding *enc)
{
    iconv_t cd = iconv_open("UCS-4LE", slice_eq_nocase(slice_of(name), SLICE_LIT("GB2312")) ? "GBK" : name);
    (void)data;
    if (cd == (iconv_t)-1) return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++) enc->map[i] = character(cd, (const char[]){(char)i}, 1);
    enc->data = cd;
    enc->convert = two_bytes;
    enc->release = encoding_close;
    return XML_STATUS_OK;
}

sla_status xml_open(const xml_events *ev, void *ctx, const char *shown, xml_reader **out, err *e)
{
    xml_reader *x = mem_zero(1, sizeof *x);
    if (x) {
        *x = (xml_reader){.p = XML_ParserCreate(NULL), .ev = ev, .ctx = ctx, .shown = shown};
        if (!x->p) {
            mem_free(x);
            x = NULL;
        }
    }
    if (!x) return err_set(e, SLA_NOMEM, (srcpos){shown, 0, 0}, "no memory to read XML");
    XML_SetUserData(x->p, x);
    XML_SetElementHandler(x->p, on_open, on_close);
    XML_SetCharacterDataHandler(x->p, on_text);
    XML_SetStartDoctypeDeclHandler(x->p, on_doctype);
    XML_SetSkippedEntityHandler(x->p, on_skipped);
    XML_SetUnknownEncodingHandler(x->p, on_encoding, NULL);
    *out = x;
    return SLA_OK;
}

static sla_status explain(xml_reader *x, err *e)
{
    srcpos at = {x->shown, 0, 0};
    enum XML_Error code = XML_GetErrorCode(x->p);
    if (x->failed != SLA_OK) return err_set(e, x->failed, at, "%s; nothing of it was taken", x->why);
    if (code == XML_ERROR_NO_MEMORY) return err_set(e, SLA_NOMEM, at, "no memory to read XML");
    err_set(e, SLA_SYNTAX, at, "the XML within is damaged (line %lu: %s); nothing of it was taken", (unsigned long)XML_GetCurrentLineNumber(x->p), XML_ErrorString(code));
    err_hint(e, "copy or export it again");
    return SLA_SYNTAX;
}

/* A byte order mark knows better than the declaration: tools that write another encoding leave that as it was. */
static void mark_decides(xml_reader *x, const char *p, size_t n)
{
    if (n >= 2 && (memcmp(p, "\xFF\xFE", 2) == 0 || memcmp(p, "\xFE\xFF", 2) == 0)) XML_SetEncoding(x->p, "UTF-16");
    else if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) XML_SetEncoding(x->p, "UTF-8");
}

/* Expat keeps a tag or comment whole until its end comes. */
uint64_t xml_unread(const xml_reader *x)
{
    int64_t done = XML_GetCurrentByteIndex(x->p);
    return done < 0 ? 0 : x->fed - (uint64_t)done;
}

uint64_t xml_behind(const xml_reader *x) { return (uint64_t)(XML_GetCurrentByteIndex(x->p) + XML_GetCurrentByteCount(x->p)); }

static sla_status parsed(xml_reader *x, enum XML_Status st, err *e)
{
    if (st == XML_STATUS_OK && x->failed == SLA_OK && xml_unread(x) > TOKEN_MAX) x->failed = SLA_LIMIT, x->why = "a tag or comment of more than 4 MiB";
    return st == XML_STATUS_OK && x->failed == SLA_OK ? SLA_OK : explain(x, e);
}

sla_status xml_step(xml_reader *x, stream *s, bool *end, err *e)
{
    size_t got = 0;
    void *room = XML_GetBuffer(x->p, PIECE);
    if (!room) return err_set(e, SLA_NOMEM, (srcpos){x->shown, 0, 0}, "no memory to read XML");
    TRY(stream_read(s, room, PIECE, &got, e));
    *end = got < PIECE;
    if (x->fed == 0) mark_decides(x, room, got);
    x->fed += got;
    return parsed(x, XML_ParseBuffer(x->p, (int)got, *end), e);
}

sla_status xml_feed(xml_reader *x, slice bytes, bool end, err *e)
{
    if (x->fed == 0) mark_decides(x, bytes.ptr, bytes.len);
    do { /* expat goes over each piece twice: it should stay in the cache */
        size_t n = bytes.len < PIECE ? bytes.len : PIECE;
        x->fed += n;
        TRY(parsed(x, XML_Parse(x->p, bytes.ptr, (int)n, end && n == bytes.len), e));
        bytes = (slice){bytes.ptr + n, bytes.len - n};
    } while (bytes.len);
    return SLA_OK;
}

uint32_t xml_line(const xml_reader *x) { return (uint32_t)XML_GetCurrentLineNumber(x->p); }

void xml_close(xml_reader *x)
{
    if (!x) return;
    XML_ParserFree(x->p);
    mem_free(x);
}

sla_status xml_run(stream *s, const xml_events *ev, void *ctx, const char *shown, err *e)
{
    xml_reader *x = NULL;
    bool end = false;
    sla_status st = xml_open(ev, ctx, shown, &x, e);
    while (st == SLA_OK && !end) st = xml_step(x, s, &end, e);
    xml_close(x);
    stream_close(s);
    return st;
}

const char *xml_attr(const char **attrs, const char *name, bool prefixed)
{
    for (; *attrs; attrs += 2) {
        const char *bare = local(*attrs);
        if (strcmp(bare, name) == 0 && (!prefixed || bare != *attrs)) return attrs[1];
    }
    return NULL;
}
