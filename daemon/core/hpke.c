#include "hpke.h"

#include <openssl/crypto.h>
#include <stdlib.h>

enum { MODE_BASE = 0 };

#define KEM_ID  "\x00\x20" /* DHKEM(X25519, HKDF-SHA256) */
#define KDF_ID  "\x00\x01" /* HKDF-SHA256 */
#define AEAD_ID "\x00\x02" /* AES-256-GCM */

static const struct span version = SPAN_INIT("HPKE-v1");
static const struct span kem_suite = SPAN_INIT("KEM" KEM_ID);
static const struct span hpke_suite = SPAN_INIT("HPKE" KEM_ID KDF_ID AEAD_ID);
static const struct span nothing = {0};

struct hpke_context {
    struct suite_expander *exporter; /* from exporter_secret */
    uint8_t key[SUITE_KEY_BYTES];
    uint8_t base_nonce[SUITE_NONCE_BYTES];
    uint64_t sequence; /* messages so far: 2^64 are out of reach, as are the RFC's 2^96 */
    bool sends;
};

/* LabeledExtract and LabeledExpand, RFC 9180 section 4. */
static void labeled_extract(uint8_t ret_prk[static SUITE_HASH_BYTES], struct span suite,
                            struct span salt, struct span label, struct span ikm)
{
    suite_extract(ret_prk, salt, (struct span[]){version, suite, label, ikm}, 4);
}

static void labeled_expander_run(struct suite_expander *expander, uint8_t *ret_bytes, size_t len,
                                 struct span suite, struct span label, struct span info)
{
    const uint8_t length[2] = {(uint8_t)(len >> 8), (uint8_t)len};
    const struct span pieces[] = {span_of_bytes(length, sizeof length), version, suite, label,
                                  info};

    suite_expander_run(expander, ret_bytes, len, pieces, 5);
}

static void labeled_expand(uint8_t *ret_bytes, size_t len,
                           const uint8_t prk[static SUITE_HASH_BYTES], struct span suite,
                           struct span label, struct span info)
{
    struct suite_expander *expander = suite_expander_new(prk);

    labeled_expander_run(expander, ret_bytes, len, suite, label, info);
    suite_expander_free(expander);
}

void hpke_derive_key(uint8_t ret_private[static HPKE_KEY_BYTES],
                     const uint8_t seed[static HPKE_SEED_BYTES])
{
    uint8_t prk[SUITE_HASH_BYTES];

    labeled_extract(prk, kem_suite, nothing, SPAN("dkp_prk"), span_of_bytes(seed, HPKE_SEED_BYTES));
    labeled_expand(ret_private, HPKE_KEY_BYTES, prk, kem_suite, SPAN("sk"), nothing);
    OPENSSL_cleanse(prk, sizeof prk);
}

/*
 * What Encap and Decap (section 4.1) share: the secret that `key` and `peer` agree
 * on, bound to enc and the recipient's public key.
 */
static bool kem_secret(uint8_t ret_secret[static SUITE_HASH_BYTES], const struct suite_key *key,
                       const uint8_t *peer, const uint8_t *enc, const uint8_t *recipient)
{
    uint8_t agreed[SUITE_KEY_BYTES], prk[SUITE_HASH_BYTES];
    uint8_t kem_context[HPKE_ENC_BYTES + HPKE_KEY_BYTES];

    if (!suite_agree(agreed, key, peer))
        return false;
    memcpy(kem_context, enc, HPKE_ENC_BYTES);
    memcpy(kem_context + HPKE_ENC_BYTES, recipient, HPKE_KEY_BYTES);
    labeled_extract(prk, kem_suite, nothing, SPAN("eae_prk"), span_of_bytes(agreed, sizeof agreed));
    labeled_expand(ret_secret, SUITE_HASH_BYTES, prk, kem_suite, SPAN("shared_secret"),
                   span_of_bytes(kem_context, sizeof kem_context));
    OPENSSL_cleanse(agreed, sizeof agreed);
    OPENSSL_cleanse(prk, sizeof prk);
    return true;
}

/* KeySchedule of base mode (section 5.1), where psk and psk_id are empty. Wipes the secret. */
static struct hpke_context *context_new(bool sends, uint8_t shared_secret[static SUITE_HASH_BYTES],
                                        struct span info)
{
    struct hpke_context *context = OPENSSL_zalloc(sizeof *context);
    uint8_t schedule[1 + 2 * SUITE_HASH_BYTES] = {MODE_BASE};
    uint8_t secret[SUITE_HASH_BYTES], exporter_secret[SUITE_HASH_BYTES];
    const struct span schedule_context = span_of_bytes(schedule, sizeof schedule);

    if (!context)
        abort();
    labeled_extract(schedule + 1, hpke_suite, nothing, SPAN("psk_id_hash"), nothing);
    labeled_extract(schedule + 1 + SUITE_HASH_BYTES, hpke_suite, nothing, SPAN("info_hash"), info);
    labeled_extract(secret, hpke_suite, span_of_bytes(shared_secret, SUITE_HASH_BYTES),
                    SPAN("secret"), nothing);
    OPENSSL_cleanse(shared_secret, SUITE_HASH_BYTES);

    struct suite_expander *expander = suite_expander_new(secret);
    OPENSSL_cleanse(secret, sizeof secret);
    labeled_expander_run(expander, context->key, sizeof context->key, hpke_suite, SPAN("key"),
                         schedule_context);
    labeled_expander_run(expander, context->base_nonce, sizeof context->base_nonce, hpke_suite,
                         SPAN("base_nonce"), schedule_context);
    labeled_expander_run(expander, exporter_secret, sizeof exporter_secret, hpke_suite, SPAN("exp"),
                         schedule_context);
    suite_expander_free(expander);

    context->exporter = suite_expander_new(exporter_secret);
    OPENSSL_cleanse(exporter_secret, sizeof exporter_secret);
    context->sends = sends;
    return context;
}

bool hpke_sender_new(struct hpke_context **ret_context, uint8_t ret_enc[static HPKE_ENC_BYTES],
                     const uint8_t public_key[static HPKE_KEY_BYTES], struct span info,
                     const uint8_t seed[static HPKE_SEED_BYTES])
{
    uint8_t private_key[HPKE_KEY_BYTES], secret[SUITE_HASH_BYTES];

    hpke_derive_key(private_key, seed);
    struct suite_key *ephemeral = suite_key_new(private_key);
    OPENSSL_cleanse(private_key, sizeof private_key);

    const uint8_t *enc = suite_key_public(ephemeral);
    const bool agreed = kem_secret(secret, ephemeral, public_key, enc, public_key);
    if (agreed) {
        memcpy(ret_enc, enc, HPKE_ENC_BYTES);
        *ret_context = context_new(true, secret, info);
    }
    suite_key_free(ephemeral);
    return agreed;
}

bool hpke_receiver_new(struct hpke_context **ret_context, const struct suite_key *key,
                       const uint8_t enc[static HPKE_ENC_BYTES], struct span info)
{
    uint8_t secret[SUITE_HASH_BYTES];

    if (!kem_secret(secret, key, enc, enc, suite_key_public(key)))
        return false;
    *ret_context = context_new(false, secret, info);
    return true;
}

void hpke_context_free(struct hpke_context *context)
{
    if (!context)
        return;
    suite_expander_free(context->exporter);
    OPENSSL_clear_free(context, sizeof *context);
}

void hpke_export(struct hpke_context *context, uint8_t *ret_bytes, size_t len,
                 struct span exporter_context)
{
    labeled_expander_run(context->exporter, ret_bytes, len, hpke_suite, SPAN("sec"),
                         exporter_context);
}

/* ComputeNonce (section 5.2): the base nonce xor the sequence number, big-endian. */
static void message_nonce(const struct hpke_context *context,
                          uint8_t ret_nonce[static SUITE_NONCE_BYTES])
{
    uint64_t sequence = context->sequence;

    memcpy(ret_nonce, context->base_nonce, SUITE_NONCE_BYTES);
    for (size_t i = SUITE_NONCE_BYTES; sequence > 0; sequence >>= 8)
        ret_nonce[--i] ^= (uint8_t)sequence;
}

void hpke_seal(struct hpke_context *context, uint8_t *ret_sealed, struct span aad,
               struct span plaintext)
{
    uint8_t nonce[SUITE_NONCE_BYTES];

    assert(context->sends);
    message_nonce(context, nonce);
    suite_seal(ret_sealed, context->key, nonce, aad, plaintext);
    context->sequence++;
}

bool hpke_open(struct hpke_context *context, uint8_t *ret_plaintext, struct span aad,
               struct span sealed)
{
    uint8_t nonce[SUITE_NONCE_BYTES];

    assert(!context->sends);
    message_nonce(context, nonce);
    if (!suite_open(ret_plaintext, context->key, nonce, aad, sealed))
        return false;
    context->sequence++;
    return true;
}
