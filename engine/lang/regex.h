/* PCRE2 with limits: patterns come from packs, texts from exports; a search that would not end is an error, not a hang. */
#ifndef SLA_LANG_REGEX_H
#define SLA_LANG_REGEX_H
#include <stdbool.h>
#include <stddef.h>
#include "engine/base/err.h"
#include "engine/base/slice.h"

enum { REGEX_BYTES_MAX = 4096 };
/* SLA_SYNTAX: bad is the offset of what is wrong in the pattern. SLA_LIMIT: its steps grow exponentially on texts made of its own characters. SLA_NOMEM: neither is known. */
sla_status regex_check(slice pattern, bool nocase, size_t *bad, char *msg, size_t msg_cap);
typedef struct regex regex;                                    /* immutable; may be shared between threads */
typedef struct regex_scratch regex_scratch;                    /* one a thread */
sla_status regex_new(slice pattern, bool nocase, regex **out, err *e);
void regex_free(regex *r);
sla_status regex_scratch_new(regex_scratch **out, err *e);
void regex_scratch_free(regex_scratch *s);
/* The first match, a part of text; ptr NULL: none. SLA_LIMIT: too many steps. Text that is not UTF-8 is searched around its wrong bytes. */
sla_status regex_find(const regex *r, regex_scratch *s, slice text, slice *match, err *e);
/* *found: whether there is a match. */
sla_status regex_search(const regex *r, regex_scratch *s, slice text, bool *found, err *e);
/* *begins: whether text is, or could be made by adding to its end, a match from its first byte on. For patterns that begin with ^. */
sla_status regex_begins(const regex *r, regex_scratch *s, slice text, bool *begins, err *e);
#endif
