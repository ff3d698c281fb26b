#include "suite.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 64 }; /* of SHA-256 */

/* A key of HMAC (RFC 2104) as it stands before what is hashed, inside and outside. */
struct hmac_key {
    uint8_t inner[BLOCK_BYTES], outer[BLOCK_BYTES];
};

struct suite_hasher {
    EVP_MD_CTX *context; /* each run starts it anew */
};

struct suite_expander {
    struct hmac_key key;
};

struct suite_key {
    EVP_PKEY *pkey;
    uint8_t public_key[SUITE_KEY_BYTES];
};

/*
 * libcrypto's algorithms, looked up once in the life of the process: looking them
 * up for every call takes longer than using them. Never changed afterwards.
 */
static EVP_MD *sha256;
static EVP_CIPHER *aes_gcm;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void need(bool ok)
{
    if (!ok)
        abort();
}

/*
 * What a thread works with: making a context takes as long as using it. What is left in them
 * is overwritten by the next use, or by suite_forget().
 */
struct bench {
    EVP_MD_CTX *hash;
    EVP_CIPHER_CTX *aead; /* its cipher is set; its key is of the use before */
};
static pthread_key_t bench_key;

static void bench_free(void *arg)
{
    struct bench *bench = arg;

    EVP_MD_CTX_free(bench->hash);
    EVP_CIPHER_CTX_free(bench->aead);
    free(bench);
}

static void fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    need(sha256 && aes_gcm && pthread_key_create(&bench_key, bench_free) == 0);
}

static void fetch_once(void)
{
    need(pthread_once(&fetched, fetch) == 0);
}

/* The thread's own, which ends with it. */
static struct bench *bench_get(void)
{
    fetch_once();
    struct bench *bench = pthread_getspecific(bench_key);

    if (bench)
        return bench;
    bench = malloc(sizeof *bench);
    need(bench && pthread_setspecific(bench_key, bench) == 0);
    bench->hash = EVP_MD_CTX_new();
    bench->aead = EVP_CIPHER_CTX_new();
    need(bench->hash && EVP_DigestInit_ex2(bench->hash, sha256, NULL));
    need(bench->aead && EVP_CipherInit_ex2(bench->aead, aes_gcm, NULL, NULL, 1, NULL));
    return bench;
}

void suite_forget(void)
{
    static const uint8_t zeros[SUITE_KEY_BYTES];
    struct bench *bench = bench_get();

    need(EVP_DigestInit_ex2(bench->hash, NULL, NULL) &&
         EVP_CipherInit_ex2(bench->aead, NULL, zeros, zeros, 1, NULL));
}

/* One hash at a time in a thread: from begin to end nothing else is hashed. */
static EVP_MD_CTX *hash_begin(void)
{
    EVP_MD_CTX *context = bench_get()->hash;

    need(EVP_DigestInit_ex2(context, NULL, NULL)); /* the same algorithm once more */
    return context;
}

static void hash_add(EVP_MD_CTX *context, const struct span *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        need(EVP_DigestUpdate(context, pieces[i].data, pieces[i].len));
}

static void hash_end(EVP_MD_CTX *context, uint8_t ret_digest[static SUITE_HASH_BYTES])
{
    need(EVP_DigestFinal_ex(context, ret_digest, NULL));
}

struct suite_hasher *suite_hasher_new(void)
{
    struct suite_hasher *hasher = malloc(sizeof *hasher);

    fetch_once();
    need(hasher);
    hasher->context = EVP_MD_CTX_new();
    need(hasher->context && EVP_DigestInit_ex2(hasher->context, sha256, NULL));
    return hasher;
}

void suite_hasher_add(struct suite_hasher *hasher, struct span piece)
{
    need(EVP_DigestUpdate(hasher->context, piece.data, piece.len));
}

void suite_hasher_run(struct suite_hasher *hasher, uint8_t ret_digest[static SUITE_HASH_BYTES],
                      const struct span *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        need(EVP_DigestUpdate(hasher->context, pieces[i].data, pieces[i].len));
    need(EVP_DigestFinal_ex(hasher->context, ret_digest, NULL) &&
         EVP_DigestInit_ex2(hasher->context, NULL, NULL)); /* the same algorithm once more */
}

void suite_hasher_free(struct suite_hasher *hasher)
{
    if (!hasher)
        return;
    EVP_MD_CTX_free(hasher->context);
    free(hasher);
}

void suite_hash(uint8_t ret_digest[static SUITE_HASH_BYTES], const struct span *pieces,
                size_t count)
{
    EVP_MD_CTX *context = hash_begin();

    hash_add(context, pieces, count);
    hash_end(context, ret_digest);
}

/*
 * HMAC-SHA256 out of the hash: by EVP_MAC, setting a key costs as much as four HMACs, and
 * nearly every key here is used for one or two.
 */
static void hmac_key_init(struct hmac_key *ret_key, struct span key)
{
    uint8_t block[BLOCK_BYTES] = {0};

    if (key.len > sizeof block)
        suite_hash(block, &key, 1);
    else if (key.len > 0)
        memcpy(block, key.data, key.len);
    for (size_t i = 0; i < sizeof block; i++) {
        ret_key->inner[i] = block[i] ^ 0x36;
        ret_key->outer[i] = block[i] ^ 0x5c;
    }
    OPENSSL_cleanse(block, sizeof block);
}

static void hmac_begin(EVP_MD_CTX *context, const struct hmac_key *key)
{
    need(EVP_DigestUpdate(context, key->inner, sizeof key->inner));
}

static void hmac_end(EVP_MD_CTX *context, const struct hmac_key *key,
                     uint8_t ret_digest[static SUITE_HASH_BYTES])
{
    uint8_t digest[SUITE_HASH_BYTES];

    hash_end(context, digest);
    suite_hash(ret_digest,
               (struct span[]){span_of_bytes(key->outer, sizeof key->outer),
                               span_of_bytes(digest, sizeof digest)},
               2);
}

void suite_extract(uint8_t ret_prk[static SUITE_HASH_BYTES], struct span salt,
                   const struct span *pieces, size_t count)
{
    struct hmac_key key;

    hmac_key_init(&key, salt); /* none is as good as zeros: HMAC pads a key with these */
    EVP_MD_CTX *context = hash_begin();
    hmac_begin(context, &key);
    hash_add(context, pieces, count);
    hmac_end(context, &key, ret_prk);
    OPENSSL_cleanse(&key, sizeof key);
}

struct suite_expander *suite_expander_new(const uint8_t prk[static SUITE_HASH_BYTES])
{
    struct suite_expander *expander = malloc(sizeof *expander);

    need(expander);
    hmac_key_init(&expander->key, span_of_bytes(prk, SUITE_HASH_BYTES));
    return expander;
}

void suite_expander_free(struct suite_expander *expander)
{
    if (expander)
        OPENSSL_cleanse(expander, sizeof *expander);
    free(expander);
}

void suite_expander_run(const struct suite_expander *expander, uint8_t *ret_bytes, size_t len,
                        const struct span *pieces, size_t count)
{
    uint8_t block[SUITE_HASH_BYTES]; /* T(i) of the RFC, T(0) being empty */
    uint8_t index = 1;

    assert(len <= SUITE_EXPAND_BYTES_MAX);
    for (size_t done = 0; done < len; index++) {
        const size_t part = len - done < sizeof block ? len - done : sizeof block;
        const struct span before = span_of_bytes(block, done > 0 ? sizeof block : 0);
        const struct span last = span_of_bytes(&index, 1);
        EVP_MD_CTX *context = hash_begin();

        hmac_begin(context, &expander->key);
        hash_add(context, &before, 1);
        hash_add(context, pieces, count);
        hash_add(context, &last, 1);
        hmac_end(context, &expander->key, block);
        memcpy(ret_bytes + done, block, part);
        done += part;
    }
    OPENSSL_cleanse(block, sizeof block);
}

void suite_expand(uint8_t *ret_bytes, size_t len, const uint8_t prk[static SUITE_HASH_BYTES],
                  const struct span *pieces, size_t count)
{
    struct suite_expander expander;

    hmac_key_init(&expander.key, span_of_bytes(prk, SUITE_HASH_BYTES));
    suite_expander_run(&expander, ret_bytes, len, pieces, count);
    OPENSSL_cleanse(&expander, sizeof expander);
}

struct suite_key *suite_key_new(const uint8_t private_key[static SUITE_KEY_BYTES])
{
    struct suite_key *key = malloc(sizeof *key);
    size_t len = SUITE_KEY_BYTES;

    need(key);
    key->pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, private_key, len);
    need(key->pkey && EVP_PKEY_get_raw_public_key(key->pkey, key->public_key, &len) > 0 &&
         len == SUITE_KEY_BYTES);
    return key;
}

const uint8_t *suite_key_public(const struct suite_key *key)
{
    return key->public_key;
}

void suite_key_free(struct suite_key *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

bool suite_agree(uint8_t ret_secret[static SUITE_KEY_BYTES], const struct suite_key *key,
                 const uint8_t public_key[static SUITE_KEY_BYTES])
{
    static const uint8_t zeros[SUITE_KEY_BYTES];
    uint8_t secret[SUITE_KEY_BYTES];
    size_t len = sizeof secret;

    EVP_PKEY *peer =
        EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, public_key, SUITE_KEY_BYTES);
    EVP_PKEY_CTX *agreement = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    need(peer && agreement && EVP_PKEY_derive_init(agreement) > 0 &&
         EVP_PKEY_derive_set_peer(agreement, peer) > 0);

    /* OpenSSL refuses the all-zero secret itself; RFC 9180 section 7.1.4 makes it our duty too. */
    ERR_set_mark();
    const bool agreed = EVP_PKEY_derive(agreement, secret, &len) > 0 && len == sizeof secret &&
                        CRYPTO_memcmp(secret, zeros, sizeof secret) != 0;
    ERR_pop_to_mark();

    if (agreed)
        memcpy(ret_secret, secret, sizeof secret);
    OPENSSL_cleanse(secret, sizeof secret);
    EVP_PKEY_CTX_free(agreement);
    EVP_PKEY_free(peer);
    return agreed;
}

static int int_of(size_t len)
{
    assert(len <= INT_MAX);
    return (int)len;
}

static EVP_CIPHER_CTX *aead_begin(bool sealing, const uint8_t *key, const uint8_t *nonce,
                                  struct span aad)
{
    EVP_CIPHER_CTX *aead = bench_get()->aead;
    int len = 0;

    need(EVP_CipherInit_ex2(aead, NULL, key, nonce, sealing, NULL));
    if (aad.len > 0)
        need(EVP_CipherUpdate(aead, NULL, &len, (const uint8_t *)aad.data, int_of(aad.len)));
    return aead;
}

/* Nothing is passed for no bytes: a NULL there has another meaning for OpenSSL. */
static void aead_run(EVP_CIPHER_CTX *aead, uint8_t *ret_bytes, struct span bytes)
{
    int len = 0;

    if (bytes.len > 0)
        need(EVP_CipherUpdate(aead, ret_bytes, &len, (const uint8_t *)bytes.data,
                              int_of(bytes.len)) &&
             (size_t)len == bytes.len);
}

void suite_seal(uint8_t *ret_sealed, const uint8_t key[static SUITE_KEY_BYTES],
                const uint8_t nonce[static SUITE_NONCE_BYTES], struct span aad,
                struct span plaintext)
{
    EVP_CIPHER_CTX *aead = aead_begin(true, key, nonce, aad);
    uint8_t *tag = ret_sealed + plaintext.len;
    int len = 0;

    aead_run(aead, ret_sealed, plaintext);
    need(EVP_CipherFinal_ex(aead, tag, &len) && len == 0 &&
         EVP_CIPHER_CTX_ctrl(aead, EVP_CTRL_AEAD_GET_TAG, SUITE_TAG_BYTES, tag));
}

bool suite_open(uint8_t *ret_plaintext, const uint8_t key[static SUITE_KEY_BYTES],
                const uint8_t nonce[static SUITE_NONCE_BYTES], struct span aad, struct span sealed)
{
    if (sealed.len < SUITE_TAG_BYTES)
        return false;

    EVP_CIPHER_CTX *aead = aead_begin(false, key, nonce, aad);
    const struct span ciphertext = {sealed.data, sealed.len - SUITE_TAG_BYTES};
    uint8_t tag[SUITE_TAG_BYTES], none[SUITE_TAG_BYTES];
    int len = 0;

    memcpy(tag, sealed.data + ciphertext.len, sizeof tag);
    aead_run(aead, ret_plaintext, ciphertext);
    need(EVP_CIPHER_CTX_ctrl(aead, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag));
    ERR_set_mark();
    const bool genuine = EVP_CipherFinal_ex(aead, none, &len) > 0;
    ERR_pop_to_mark();
    if (!genuine && ciphertext.len > 0)
        OPENSSL_cleanse(ret_plaintext, ciphertext.len);
    return genuine;
}
