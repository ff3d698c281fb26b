#include "keyfile.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#define ENCRYPTED_HEADER "-----BEGIN ENCRYPTED PRIVATE KEY-----"

static void need(bool ok)
{
    if (!ok)
        abort();
}

const char *keyfile_fault_text(enum keyfile_fault fault)
{
#define X(name, text) [name] = text,
    static const char *const texts[] = {KEYFILE_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}

/* OpenSSL asks here; without an answer it would ask on the terminal. */
static int give_passphrase(char *buffer, int size, int writing, void *passphrase)
{
    const char *text = passphrase;

    (void)writing;
    if (!text || strlen(text) > (size_t)size)
        return -1;
    memcpy(buffer, text, strlen(text));
    return (int)strlen(text);
}

static BIO *bio_of(struct span pem)
{
    assert(pem.len <= INT_MAX);
    BIO *bio = BIO_new_mem_buf(pem.len > 0 ? pem.data : "", (int)pem.len);

    need(bio);
    return bio;
}

/* Take the raw half out of a key that was read, and free it. */
static enum keyfile_fault take(EVP_PKEY *pkey,
                               int (*get)(const EVP_PKEY *, unsigned char *, size_t *),
                               uint8_t ret_key[static SUITE_KEY_BYTES])
{
    uint8_t key[SUITE_KEY_BYTES];
    size_t len = sizeof key;
    const bool good =
        EVP_PKEY_is_a(pkey, "X25519") && get(pkey, key, &len) == 1 && len == sizeof key;

    if (good)
        memcpy(ret_key, key, sizeof key);
    OPENSSL_cleanse(key, sizeof key);
    EVP_PKEY_free(pkey);
    return good ? KEYFILE_OK : KEYFILE_OTHER_KIND;
}

enum keyfile_fault keyfile_read_public(struct span pem, uint8_t ret_key[static SUITE_KEY_BYTES])
{
    BIO *bio = bio_of(pem);

    ERR_set_mark();
    EVP_PKEY *pkey = PEM_read_bio_PUBKEY(bio, NULL, give_passphrase, NULL);
    ERR_pop_to_mark();
    BIO_free(bio);
    return pkey ? take(pkey, EVP_PKEY_get_raw_public_key, ret_key) : KEYFILE_NO_KEY;
}

bool keyfile_is_encrypted(struct span pem)
{
    return pem.len > 0 &&
           memmem(pem.data, pem.len, ENCRYPTED_HEADER, strlen(ENCRYPTED_HEADER)) != NULL;
}

enum keyfile_fault keyfile_read_private(struct span pem, const char *passphrase,
                                        uint8_t ret_key[static SUITE_KEY_BYTES])
{
    BIO *bio = bio_of(pem);

    ERR_set_mark();
    EVP_PKEY *pkey =
        PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, (void *)(uintptr_t)passphrase);
    ERR_pop_to_mark();
    BIO_free(bio);
    if (pkey)
        return take(pkey, EVP_PKEY_get_raw_private_key, ret_key);
    return keyfile_is_encrypted(pem) ? KEYFILE_PASSPHRASE : KEYFILE_NO_KEY;
}

/* What was written, as a string of its own. */
static char *text_of(BIO *bio)
{
    char *bytes;
    const long len = BIO_get_mem_data(bio, &bytes);

    need(len >= 0);
    char *text = malloc((size_t)len + 1);
    need(text);
    memcpy(text, bytes, (size_t)len);
    text[len] = '\0';
    OPENSSL_cleanse(bytes, (size_t)len);
    BIO_free(bio);
    return text;
}

char *keyfile_write_public(const uint8_t key[static SUITE_KEY_BYTES])
{
    BIO *bio = BIO_new(BIO_s_mem());
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, key, SUITE_KEY_BYTES);

    need(bio && pkey && PEM_write_bio_PUBKEY(bio, pkey) == 1);
    EVP_PKEY_free(pkey);
    return text_of(bio);
}

char *keyfile_write_private(const uint8_t key[static SUITE_KEY_BYTES], const char *passphrase)
{
    BIO *bio = BIO_new(BIO_s_mem());
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key_ex(NULL, "X25519", NULL, key, SUITE_KEY_BYTES);
    const EVP_CIPHER *cipher = passphrase ? EVP_aes_256_cbc() : NULL;

    need(bio && pkey &&
         PEM_write_bio_PKCS8PrivateKey(bio, pkey, cipher, NULL, 0, give_passphrase,
                                       (void *)(uintptr_t)passphrase) == 1);
    EVP_PKEY_free(pkey);
    return text_of(bio);
}

void keyfile_free(char *pem)
{
    if (!pem)
        return;
    OPENSSL_cleanse(pem, strlen(pem));
    free(pem);
}
