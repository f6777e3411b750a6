/* SHA-256 (FIPS 180-4), by OpenSSL's libcrypto, in pieces; names for things made of such sums. */
#ifndef SLA_BASE_DIGEST_H
#define SLA_BASE_DIGEST_H
#include <stddef.h>
#include <stdint.h>
#include "engine/base/slice.h"
#include "engine/base/status.h"

enum { DIGEST_HEX = 65 };
typedef struct digest digest;
digest *digest_new(void);                            /* NULL: no memory */
sla_status digest_add(digest *d, const void *p, size_t n);
sla_status digest_hex(digest *d, char out[DIGEST_HEX]); /* ends it; the digest starts anew */
void digest_free(digest *d);
sla_status digest_once(const void *p, size_t n, char out[DIGEST_HEX]);
enum { UUID_TEXT = 37 };
/* UUID of version 5 (RFC 9562, SHA-1 within a namespace of 16 bytes), as text in small letters: the same name, the same UUID. */
sla_status digest_uuid5(const unsigned char ns[16], slice name, char out[UUID_TEXT]);
/* HMAC-SHA-256 (RFC 2104) of text under key. */
sla_status digest_keyed(slice key, slice text, char out[DIGEST_HEX]);
uint64_t hash64(const void *p, size_t n, uint64_t seed); /* fast, stable on every machine, not cryptographic: for tables */
#endif
