/* A strict reader of JSON (RFC 8259) over a text in memory: no extensions, nesting bounded, the place of what is wrong. Numbers keep their text. */
#ifndef SLA_IMPORTERS_JSON_READ_H
#define SLA_IMPORTERS_JSON_READ_H
#include <stdbool.h>
#include "engine/base/arena.h"

enum { JSON_DEPTH_MAX = 100 };
/* p: where reading stands. wrong, why: the first error; p at end then means that the text was cut. scratch: where strings with escapes go; its failed tells that an error, or that something is
 * not there, was for want of memory. */
typedef struct json_reader { const char *p, *end, *wrong, *why; arena *scratch; } json_reader;

bool json_fail(json_reader *r, const char *why);                       /* false; the first one stays */
bool json_no_memory(json_reader *r);                                   /* the same where memory for what is read is wanting */
void json_blanks(json_reader *r);
/* Any value; *out its text: a string's content, a number, true or false as they stand, null as ptr NULL, an array or object as its source. depth: arrays
 * and objects that it stands in. */
bool json_value(json_reader *r, slice *out, int depth);
/* The string at p as its text. */
bool json_string(json_reader *r, slice *out);
/* Steps through the object or array at p: json_enter behind its bracket, then json_next before each member (its key in *key, for arrays NULL) until that
 * is false: at the end (wrong NULL; p behind the closing bracket) or at an error. The caller reads each value. */
typedef struct json_level { char close; bool first; } json_level;
bool json_enter(json_reader *r, json_level *l);
bool json_next(json_reader *r, json_level *l, slice *key);
/* The value at a dotted path within an object's source; ptr NULL: there is none. */
slice json_at(slice object, slice path, arena *scratch);
/* Whether text is one JSON value (or, of, lines: objects, each beginning on a line of its own); else the place and reason in r, whose scratch the caller frees. */
bool json_valid(json_reader *r, slice text, bool lines);
#endif
