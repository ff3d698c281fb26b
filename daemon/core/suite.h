/*
 * suite - the primitives that commitments and sealing stand on, over OpenSSL's EVP
 *
 * X25519 (RFC 7748), SHA-256, HKDF-SHA256 (RFC 5869) and AES-256-GCM (SP 800-38D),
 * and nothing to choose: commit, hpke and seal know these and no others. What makes such
 * calls go wrong elsewhere is refused or aborts here: a point of low order gives
 * no shared secret, a tag that does not match leaves no plaintext behind.
 *
 * Inputs that are joined come as pieces, so that nobody copies them together.
 *
 * Pure: no I/O, no randomness; any thread, one thread an object. The algorithms
 * are looked up once in the life of the process. Functions abort if libcrypto
 * fails, which it does for these only when memory is out; OpenSSL's queue of
 * errors is left as it was.
 */
#ifndef GRIEVD_SUITE_H
#define GRIEVD_SUITE_H

#include <stdint.h>

#include "span.h"

enum {
    SUITE_HASH_BYTES = 32,
    SUITE_KEY_BYTES = 32, /* of AES, of X25519 (private and public), of a shared secret */
    SUITE_NONCE_BYTES = 12,
    SUITE_TAG_BYTES = 16,
    SUITE_EXPAND_BYTES_MAX = 255 * SUITE_HASH_BYTES,
};

static inline struct span span_of_bytes(const void *bytes, size_t len)
{
    return (struct span){bytes, len};
}

/*
 * Wipe what is left of the last keys in the thread's contexts, which serve all calls in
 * turn. For whoever has just handled secrets and does not know what comes next.
 */
void suite_forget(void);

void suite_hash(uint8_t ret_digest[static SUITE_HASH_BYTES], const struct span *pieces,
                size_t count);

/* The same many times over, or of what comes in pieces: half the cost of a call alone. */
struct suite_hasher;
struct suite_hasher *suite_hasher_new(void);
void suite_hasher_add(struct suite_hasher *hasher, struct span piece); /* the next run ends it */
void suite_hasher_run(struct suite_hasher *hasher, uint8_t ret_digest[static SUITE_HASH_BYTES],
                      const struct span *pieces, size_t count);
void suite_hasher_free(struct suite_hasher *hasher); /* NULL is allowed */

/* HKDF-Extract (RFC 5869 section 2.2). An empty salt stands for 32 zeros. */
void suite_extract(uint8_t ret_prk[static SUITE_HASH_BYTES], struct span salt,
                   const struct span *pieces, size_t count);

/* HKDF-Expand (section 2.3) of info's pieces; len is at most SUITE_EXPAND_BYTES_MAX. */
void suite_expand(uint8_t *ret_bytes, size_t len, const uint8_t prk[static SUITE_HASH_BYTES],
                  const struct span *pieces, size_t count);

/* A pseudorandom key made ready once, to expand from many times. */
struct suite_expander;
struct suite_expander *suite_expander_new(const uint8_t prk[static SUITE_HASH_BYTES]);
void suite_expander_run(const struct suite_expander *expander, uint8_t *ret_bytes, size_t len,
                        const struct span *pieces, size_t count);
void suite_expander_free(struct suite_expander *expander); /* wiped; NULL is allowed */

/* A private X25519 key with its public one; any 32 bytes are a private key. */
struct suite_key;
struct suite_key *suite_key_new(const uint8_t private_key[static SUITE_KEY_BYTES]);
const uint8_t *suite_key_public(const struct suite_key *key); /* SUITE_KEY_BYTES, the key's own */
void suite_key_free(struct suite_key *key);                   /* wiped; NULL is allowed */

/* X25519 of the two. False if the point is of low order: the secret would be all zeros. */
bool suite_agree(uint8_t ret_secret[static SUITE_KEY_BYTES], const struct suite_key *key,
                 const uint8_t public_key[static SUITE_KEY_BYTES]);

/*
 * AES-256-GCM. Sealing writes plaintext.len + SUITE_TAG_BYTES bytes, which may start
 * where the plaintext does; opening writes SUITE_TAG_BYTES fewer than it is given, or
 * wipes them and returns false if the tag does not match (or there is not even a tag).
 */
void suite_seal(uint8_t *ret_sealed, const uint8_t key[static SUITE_KEY_BYTES],
                const uint8_t nonce[static SUITE_NONCE_BYTES], struct span aad,
                struct span plaintext);
bool suite_open(uint8_t *ret_plaintext, const uint8_t key[static SUITE_KEY_BYTES],
                const uint8_t nonce[static SUITE_NONCE_BYTES], struct span aad, struct span sealed);

#endif
