#include "commit.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <pthread.h>
#include <stdlib.h>

#define LABEL(text) \
    ((struct span){text, sizeof(text)}) /* with its NUL, so no label starts another */

enum { TRACK_BYTES = 16 };

/*
 * libcrypto's algorithms, looked up once in the life of the process: looking them
 * up for every call takes longer than hashing a label. Never changed afterwards.
 */
static EVP_MD *sha256;
static EVP_KDF *hkdf;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void need(bool ok)
{
    if (!ok)
        abort();
}

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    need(sha256 && hkdf);
}

static void fetch_once(void)
{
    need(pthread_once(&fetched, fetch) == 0);
}

static struct span span_of_bytes(const uint8_t *bytes, size_t len)
{
    return (struct span){(const char *)bytes, len};
}

/* SHA-256 over the pieces, one after the other. */
static void hash(uint8_t ret_digest[static COMMIT_BYTES], const struct span *pieces, size_t count)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    need(context && EVP_DigestInit_ex2(context, sha256, NULL));
    for (size_t i = 0; i < count; i++)
        need(EVP_DigestUpdate(context, pieces[i].data, pieces[i].len));
    need(EVP_DigestFinal_ex(context, ret_digest, NULL));
    EVP_MD_CTX_free(context);
}

/* HKDF-Expand (RFC 5869 section 2.3) with the nonce for a key; none of the RFC's Extract. */
static EVP_KDF_CTX *expander_new(const uint8_t nonce[static COMMIT_NONCE_BYTES])
{
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    EVP_KDF_CTX *expander = EVP_KDF_CTX_new(hkdf);
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char[]){"SHA256"}, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)nonce, COMMIT_NONCE_BYTES),
        OSSL_PARAM_construct_end(),
    };

    need(expander && EVP_KDF_CTX_set_params(expander, params));
    return expander;
}

static void make_part(uint8_t ret_salt[static COMMIT_BYTES], uint8_t ret_part[static COMMIT_BYTES],
                      EVP_KDF_CTX *expander, struct span label, struct span bytes)
{
    uint8_t digest[COMMIT_BYTES];
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)label.data, label.len),
        OSSL_PARAM_construct_end(),
    };

    need(EVP_KDF_derive(expander, ret_salt, COMMIT_BYTES, params) > 0);
    hash(digest, &bytes, 1);
    hash(ret_part,
         (struct span[]){label, span_of_bytes(ret_salt, COMMIT_BYTES),
                         span_of_bytes(digest, COMMIT_BYTES)},
         3);
}

void commit_nonce(uint8_t ret_nonce[static COMMIT_NONCE_BYTES],
                  const uint8_t key[static COMMIT_KEY_BYTES],
                  const uint8_t id[static COMMIT_ID_BYTES], struct span body)
{
    uint8_t message[COMMIT_ID_BYTES + COMMIT_BYTES];

    fetch_once();
    memcpy(message, id, COMMIT_ID_BYTES);
    hash(message + COMMIT_ID_BYTES, &body, 1);
    need(HMAC(sha256, key, COMMIT_KEY_BYTES, message, sizeof message, ret_nonce, NULL));
}

void commit_make(struct commit *ret_commit, const uint8_t nonce[static COMMIT_NONCE_BYTES],
                 struct span clear_fields, struct span body, struct span identity)
{
    struct commit *c = ret_commit;

    fetch_once();
    EVP_KDF_CTX *expander = expander_new(nonce);
    make_part(c->salt_m, c->part_m, expander, LABEL("grievd/M/v1"), clear_fields);
    make_part(c->salt_b, c->part_b, expander, LABEL("grievd/B/v1"), body);
    make_part(c->salt_i, c->part_i, expander, LABEL("grievd/I/v1"), identity);
    EVP_KDF_CTX_free(expander);

    hash(c->commit,
         (struct span[]){LABEL("grievd/commit/v1"), span_of_bytes(c->part_m, COMMIT_BYTES),
                         span_of_bytes(c->part_b, COMMIT_BYTES),
                         span_of_bytes(c->part_i, COMMIT_BYTES)},
         4);
}

/* Crockford's alphabet: no I, L, O (read as 1, 1, 0) and no U. */
static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/*
 * 16 bytes are 128 bits and 26 digits 130: the number is written big-endian with
 * two zero bits before it, so the first digit is 0 to 7.
 */
void commit_track(char ret_track[static COMMIT_TRACK_CHARS + 1],
                  const uint8_t nonce[static COMMIT_NONCE_BYTES])
{
    uint8_t digest[COMMIT_BYTES];
    unsigned bits = 0, bit_count = 2;
    char *digit = ret_track;

    fetch_once();
    hash(digest,
         (struct span[]){LABEL("grievd/track/v1"), span_of_bytes(nonce, COMMIT_NONCE_BYTES)}, 2);
    for (size_t i = 0; i < TRACK_BYTES; i++) {
        bits = bits << 8 | digest[i];
        for (bit_count += 8; bit_count >= 5; bit_count -= 5)
            *digit++ = base32[bits >> (bit_count - 5) & 31];
    }
    *digit = '\0';
    assert(digit == ret_track + COMMIT_TRACK_CHARS && bit_count == 0);
}

/* The value of one digit as typed, or -1. */
static int base32_value(char typed)
{
    const char upper = typed >= 'a' && typed <= 'z' ? (char)(typed - 'a' + 'A') : typed;

    if (upper == 'I' || upper == 'L')
        return 1;
    if (upper == 'O')
        return 0;
    const char *digit = upper == '\0' ? NULL : strchr(base32, upper);
    return digit ? (int)(digit - base32) : -1;
}

bool commit_track_hash(uint8_t ret_hash[static COMMIT_BYTES], struct span typed)
{
    uint8_t bytes[TRACK_BYTES];
    unsigned bits = 0, bit_count = 0;
    size_t digit_count = 0, byte_count = 0;

    for (size_t i = 0; i < typed.len; i++) {
        if (typed.data[i] != '\0' && strchr(" \t\r\n-", typed.data[i]))
            continue;
        const int value = base32_value(typed.data[i]);
        if (value < 0 || digit_count == COMMIT_TRACK_CHARS || (digit_count == 0 && value > 7))
            return false;
        bits = bits << 5 | (unsigned)value;
        bit_count += digit_count++ == 0 ? 3 : 5;
        if (bit_count >= 8) {
            bit_count -= 8;
            bytes[byte_count++] = (uint8_t)(bits >> bit_count);
        }
    }
    if (digit_count != COMMIT_TRACK_CHARS)
        return false;

    fetch_once();
    hash(ret_hash,
         (struct span[]){LABEL("grievd/track-hash/v1"), span_of_bytes(bytes, TRACK_BYTES)}, 2);
    return true;
}
