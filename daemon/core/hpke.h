/*
 * hpke - to encrypt to a public key: RFC 9180, base mode, one suite
 *
 *     DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-256-GCM 0x0002
 *
 * A sender's context is set up from the recipient's public key and gives `enc`, 32
 * bytes; from these and the private key the recipient sets up the other half. Both
 * then derive the same secrets (hpke_export) and messages sealed by the one open at
 * the other, in the order they were sealed.
 *
 *     hpke_sender_new(&sender, enc, public_key, info, random_bytes);
 *     hpke_export(sender, kek, sizeof kek, exporter_context);
 *                                              ... enc travels ...
 *     hpke_receiver_new(&receiver, key, enc, info);
 *     hpke_export(receiver, kek, sizeof kek, exporter_context);   the same kek
 *
 * Base mode authenticates nobody: whoever knows the public key can be the sender.
 * `info` binds the context to its purpose; both sides must give the same.
 *
 * Setting up costs two multiplications on the curve, an export less than a microsecond.
 *
 * Pure: randomness is passed in. One thread a context. Aborts only when memory is
 * out. All secrets are wiped when a context or key is freed.
 */
#ifndef GRIEVD_HPKE_H
#define GRIEVD_HPKE_H

#include "suite.h"

enum {
    HPKE_KEY_BYTES = SUITE_KEY_BYTES, /* Nsk, Npk */
    HPKE_ENC_BYTES = 32,              /* Nenc */
    HPKE_SEED_BYTES = 32,             /* random bytes that a key pair is derived from */
    HPKE_TAG_BYTES = SUITE_TAG_BYTES, /* what a sealed message is longer than its plaintext */
};

struct hpke_context;

/*
 * DeriveKeyPair (section 7.1.3): the private key of a seed of random bytes, for a
 * recipient to keep; suite_key_new() makes it a key.
 */
void hpke_derive_key(uint8_t ret_private[static HPKE_KEY_BYTES],
                     const uint8_t seed[static HPKE_SEED_BYTES]);

/*
 * SetupBaseS (section 5.1.1): a context to one recipient, the caller's to free. The
 * seed is 32 fresh random bytes that nothing else was or will be derived from.
 * False, and nothing written, if the public key is a point of low order.
 */
bool hpke_sender_new(struct hpke_context **ret_context, uint8_t ret_enc[static HPKE_ENC_BYTES],
                     const uint8_t public_key[static HPKE_KEY_BYTES], struct span info,
                     const uint8_t seed[static HPKE_SEED_BYTES]);

/* SetupBaseR. False if enc is a point of low order; a wrong enc or info shows only later. */
bool hpke_receiver_new(struct hpke_context **ret_context, const struct suite_key *key,
                       const uint8_t enc[static HPKE_ENC_BYTES], struct span info);

void hpke_context_free(struct hpke_context *context); /* NULL is allowed */

/* Export (section 5.3): len bytes, at most SUITE_EXPAND_BYTES_MAX, the same on both sides. */
void hpke_export(struct hpke_context *context, uint8_t *ret_bytes, size_t len,
                 struct span exporter_context);

/*
 * Seal (section 5.2), only by a sender: the next message of the context, of
 * plaintext.len + HPKE_TAG_BYTES bytes.
 */
void hpke_seal(struct hpke_context *context, uint8_t *ret_sealed, struct span aad,
               struct span plaintext);

/*
 * Open, only by a receiver: the message that is next in order. False, with the place
 * in the order kept and the buffer of sealed.len - HPKE_TAG_BYTES wiped, if it is not that.
 */
bool hpke_open(struct hpke_context *context, uint8_t *ret_plaintext, struct span aad,
               struct span sealed);

#endif
