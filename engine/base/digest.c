#include "engine/base/digest.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "engine/base/mem.h"

struct digest { EVP_MD_CTX *ctx; };

digest *digest_new(void)
{
    digest *d = mem_zero(1, sizeof *d);
    if (!d) return NULL;
    d->ctx = EVP_MD_CTX_new();
    if (!d->ctx || EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) {
        digest_free(d);
        return NULL;
    }
    return d;
}

sla_status digest_add(digest *d, const void *p, size_t n)
{
    if (n == 0) return SLA_OK;
    return EVP_DigestUpdate(d->ctx, p, n) == 1 ? SLA_OK : SLA_NOMEM;
}

static void to_hex(const unsigned char *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = '\0';
}

sla_status digest_hex(digest *d, char out[DIGEST_HEX])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_DigestFinal_ex(d->ctx, sum, &len) != 1 || len != (DIGEST_HEX - 1) / 2) return SLA_NOMEM;
    to_hex(sum, len, out);
    return EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) == 1 ? SLA_OK : SLA_NOMEM;
}

void digest_free(digest *d)
{
    if (!d) return;
    EVP_MD_CTX_free(d->ctx);
    mem_free(d);
}

sla_status digest_once(const void *p, size_t n, char out[DIGEST_HEX])
{
    digest *d = digest_new();
    if (!d) return SLA_NOMEM;
    sla_status st = digest_add(d, p, n);
    if (st == SLA_OK) st = digest_hex(d, out);
    digest_free(d);
    return st;
}

sla_status digest_uuid5(const unsigned char ns[16], slice name, char out[UUID_TEXT])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    char hex[2 * 16 + 1];
    unsigned len = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool done = ctx && EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 && EVP_DigestUpdate(ctx, ns, 16) == 1 &&
                (name.len == 0 || EVP_DigestUpdate(ctx, name.ptr, name.len) == 1) && EVP_DigestFinal_ex(ctx, sum, &len) == 1 && len >= 16;
    EVP_MD_CTX_free(ctx);
    if (!done) return SLA_NOMEM;
    sum[6] = (unsigned char)((sum[6] & 0x0F) | 0x50);           /* version 5 */
    sum[8] = (unsigned char)((sum[8] & 0x3F) | 0x80);           /* variant of the RFC */
    to_hex(sum, 16, hex);
    for (size_t from = 0, to = 0; from < 32; from++) {
        if (from == 8 || from == 12 || from == 16 || from == 20) out[to++] = '-';
        out[to++] = hex[from];
    }
    out[UUID_TEXT - 1] = '\0';
    return SLA_OK;
}

sla_status digest_keyed(slice key, slice text, char out[DIGEST_HEX])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (key.len > INT_MAX || !HMAC(EVP_sha256(), key.ptr ? key.ptr : "", (int)key.len, (const unsigned char *)(text.ptr ? text.ptr : ""), text.len, sum, &len)) return SLA_NOMEM;
    to_hex(sum, len, out);
    return SLA_OK;
}

/* hash64: multiply 64 x 64 -> 128 bits and fold the halves. Both factors are masked with the seed, so that no input makes a
 * factor zero whatever the seed is. Bytes are read as little-endian: the value is the same on every machine. */
__extension__ typedef unsigned __int128 wide;

static inline uint64_t read64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline uint64_t read32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* odd numbers without structure: fractional parts of the square roots of 2, 3 and 5 */
#define K1 UINT64_C(0x6A09E667F3BCC909)
#define K2 UINT64_C(0xBB67AE8584CAA73B)
#define K3 UINT64_C(0x3C6EF372FE94F82B)

uint64_t hash64(const void *bytes, size_t n, uint64_t seed)
{
    const unsigned char *p = bytes;
    uint64_t key = seed ^ K3, h = seed + K1, a = 0, b = 0;
    size_t left = n;
    for (; left > 16; left -= 16, p += 16) h = fold(read64(p) ^ key ^ K1, read64(p + 8) ^ h) + K2;
    if (left >= 8) {
        a = read64(p);
        b = read64(p + left - 8);
    } else if (left >= 4) {
        a = read32(p);
        b = read32(p + left - 4);
    } else if (left > 0) {
        a = (uint64_t)p[0] << 16 | (uint64_t)p[left / 2] << 8 | p[left - 1];
    }
    h = fold(a ^ key ^ K2, b ^ h);
    return fold(h ^ key, (uint64_t)n ^ K3 ^ h >> 32);
}
