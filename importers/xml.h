/* XML read through expat, with what hostile files try taken away: no entities of their own (a document type may only be named, and is not fetched), bounded nesting. */
#ifndef SLA_IMPORTERS_XML_H
#define SLA_IMPORTERS_XML_H
#include <expat.h>
#include <stdbool.h>
#include "engine/base/slice.h"
#include "importers/stream.h"

/* Names come without their prefix: the namespaces of strict and transitional files differ, the local names do not. */
typedef struct xml_events {
    void (*open)(void *ctx, const char *name, const char **attrs);
    void (*close)(void *ctx, const char *name);
    void (*text)(void *ctx, slice s);
} xml_events;

typedef struct xml_reader xml_reader;
sla_status xml_open(const xml_events *ev, void *ctx, const char *shown, xml_reader **out, err *e);
/* Parses the next piece of the stream. *end: it was the last one. */
sla_status xml_step(xml_reader *x, stream *s, bool *end, err *e);
/* Parses bytes that are at hand; end: they are the last ones. */
sla_status xml_feed(xml_reader *x, slice bytes, bool end, err *e);
uint64_t xml_unread(const xml_reader *x);                                    /* bytes given that no event is made of yet, as they are the beginning of something */
uint64_t xml_behind(const xml_reader *x);                                    /* from within an event: how many bytes of the document end with what it is made of */
/* From within an event: nothing more is parsed and xml_step returns this error (the first one). */
void xml_fail(xml_reader *x, sla_status code, const char *what);
uint32_t xml_line(const xml_reader *x);                                      /* from within an event: the line of the document, from 1 */
void xml_close(xml_reader *x);                                               /* NULL allowed */
/* All of a stream, which is closed. */
sla_status xml_run(stream *s, const xml_events *ev, void *ctx, const char *shown, err *e);

/* Value of an attribute by its name without prefix; NULL: none. prefixed: only one that has a prefix (r:id, not id). */
const char *xml_attr(const char **attrs, const char *name, bool prefixed);
#endif
