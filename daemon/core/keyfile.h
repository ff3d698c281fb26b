/*
 * keyfile - X25519 keys as PEM: what `griev keygen` writes and everyone else reads
 *
 * A public key is a SubjectPublicKeyInfo ("PUBLIC KEY"), a private one PKCS#8, either
 * in clear ("PRIVATE KEY") or under a passphrase ("ENCRYPTED PRIVATE KEY", PBES2 with
 * PBKDF2-HMAC-SHA256 and AES-256-CBC): RFC 7468, RFC 8410. OpenSSL's own tools read
 * and make all of them (openssl genpkey -algorithm X25519).
 *
 * Pure but for libcrypto's random salt under a passphrase. Aborts when memory is out;
 * OpenSSL's queue of errors is left as it was.
 */
#ifndef GRIEVD_KEYFILE_H
#define GRIEVD_KEYFILE_H

#include "suite.h"

/* X(NAME, text): what is wrong with a file. */
#define KEYFILE_FAULTS(X)                                 \
    X(KEYFILE_OK, "nothing is wrong")                     \
    X(KEYFILE_NO_KEY, "no PEM of such a key in it")       \
    X(KEYFILE_OTHER_KIND, "the key is not an X25519 one") \
    X(KEYFILE_PASSPHRASE, "the key is encrypted, and this does not open it")

#define X(name, text) name,
enum keyfile_fault { KEYFILE_FAULTS(X) };
#undef X

/* One clause for people; static storage. */
const char *keyfile_fault_text(enum keyfile_fault fault);

/* The first public key of a PEM text. */
enum keyfile_fault keyfile_read_public(struct span pem, uint8_t ret_key[static SUITE_KEY_BYTES]);

/* The first private key; passphrase NULL for none. The caller wipes it. */
enum keyfile_fault keyfile_read_private(struct span pem, const char *passphrase,
                                        uint8_t ret_key[static SUITE_KEY_BYTES]);

/* True if the first private key is under a passphrase: one has to be asked for. */
bool keyfile_is_encrypted(struct span pem);

/* PEM texts, NUL-terminated, to be freed with keyfile_free(), which wipes. */
char *keyfile_write_public(const uint8_t key[static SUITE_KEY_BYTES]);
char *keyfile_write_private(const uint8_t key[static SUITE_KEY_BYTES], const char *passphrase);
void keyfile_free(char *pem);

#endif
