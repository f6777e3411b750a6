/* UTF-8 (RFC 3629). */
#ifndef SLA_BASE_UTF8_H
#define SLA_BASE_UTF8_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool utf8_valid(const char *p, size_t n, size_t *bad); /* bad (may be NULL): offset of the first wrong byte */
/* Decodes one character at p (n > 0 bytes there) into *cp; returns its length 1..4. Malformed: *cp = U+FFFD, returns 1. */
size_t utf8_decode(const char *p, size_t n, uint32_t *cp);
size_t utf8_encode(uint32_t cp, char out[4]);           /* 0: not a scalar value */
size_t utf8_count(const char *p, size_t n);             /* characters */
/* Columns in a fixed-width terminal: CJK and full-width forms 2, combining marks 0, else 1. */
size_t utf8_width(const char *p, size_t n);
#endif
