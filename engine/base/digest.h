/* SHA-256 (FIPS 180-4), by OpenSSL's libcrypto, in pieces. */
#ifndef SLA_BASE_DIGEST_H
#define SLA_BASE_DIGEST_H
#include <stddef.h>
#include <stdint.h>
#include "engine/base/status.h"

enum { DIGEST_HEX = 65 };
typedef struct digest digest;
digest *digest_new(void);                            /* NULL: no memory */
sla_status digest_add(digest *d, const void *p, size_t n);
sla_status digest_hex(digest *d, char out[DIGEST_HEX]); /* ends it; the digest starts anew */
void digest_free(digest *d);
sla_status digest_once(const void *p, size_t n, char out[DIGEST_HEX]);
uint64_t hash64(const void *p, size_t n, uint64_t seed); /* fast, stable on every machine, not cryptographic: for tables */
#endif
