/*
 * seal - envelopes: what a stolen database does not tell
 *
 * Each text worth hiding lies in an envelope of its own, at one place: the register
 * (its origin), the complaint (its id) and the envelope's name:
 *
 *     body               the request without the complainant
 *     identity           the complainant
 *     event:UUID:field   a note, a finding, a letter
 *     file:n:UUID        an attachment, in chunks
 *
 * An envelope's content is encrypted under a key of its own (the DEK), and the DEK is
 * wrapped for whoever may read:
 *
 *     seal_content(&place, dek, content, ...)              one object: the content
 *     seal_wrap(recipient, &place, dek, ...)               one object per recipient
 *         ... stored, and read again ...
 *     seal_open_wrap(key, &place, wrap, dek)
 *     seal_open_content(&place, dek, sealed, ...)
 *
 * `identity` opens only with two of n custodians. Each has a random share of the case,
 * wrapped for him under the name "share:NUMBER"; the DEK is wrapped once for each pair,
 * under a key derived from both shares (seal_identity, seal_open_pair). To approve is
 * to wrap one's share for the other (seal_rewrap); whoever holds two opens.
 *
 * Every object begins with a version, its kind and its place, in the clear. These say
 * what to refuse and why, and are not trusted: keys and tags are computed from the place
 * the caller expects. docs/sealing.md has every byte; tests/seal/envelope.py is a
 * second implementation of it.
 *
 * A context for a recipient is set up once and wraps many times: a microsecond or two
 * instead of a hundred. How old it may grow and how often it may be used is the caller's
 * to count.
 *
 * Pure: randomness is drawn through a struct seal_random, in the order said, so that
 * whoever draws the same bytes seals the same bytes. One thread a recipient. Aborts only
 * when memory is out. Keys on the way are wiped; those handed over are the caller's.
 */
#ifndef GRIEVD_SEAL_H
#define GRIEVD_SEAL_H

#include "suite.h"

enum {
    SEAL_FORMAT_VERSION = 1,
    SEAL_ID_BYTES = 16,
    SEAL_KEY_BYTES = SUITE_KEY_BYTES, /* of a DEK, a share, a private or a public key */
    SEAL_KEY_ID_BYTES = 8,
    SEAL_ENC_BYTES = 32,
    SEAL_SALT_BYTES = 16,                                                     /* of one wrap */
    SEAL_SECRET_BYTES = SUITE_NONCE_BYTES + SEAL_KEY_BYTES + SUITE_TAG_BYTES, /* a wrapped one */

    SEAL_ORIGIN_BYTES_MAX = 255,
    SEAL_NAME_BYTES_MAX = 128,
    SEAL_CUSTODIANS_MIN = 2,
    SEAL_CUSTODIANS_MAX = 16,
    SEAL_CHUNK_BYTES = 64 * 1024,
    SEAL_CONTENT_BYTES_MAX = 256 * 1024 - 4, /* the largest class, less the length */

    /* an object's size, its place included */
    SEAL_HEADER_BYTES_MAX = 2 + 2 + SEAL_ORIGIN_BYTES_MAX + SEAL_ID_BYTES + 2 + SEAL_NAME_BYTES_MAX,
    SEAL_WRAP_BYTES_MAX = SEAL_HEADER_BYTES_MAX + SEAL_KEY_ID_BYTES + SEAL_ENC_BYTES +
                          SEAL_SALT_BYTES + SEAL_SECRET_BYTES,
    SEAL_SEALED_CONTENT_BYTES_MAX = SEAL_HEADER_BYTES_MAX + 1 + 256 * 1024 + SUITE_TAG_BYTES,
    SEAL_SEALED_CHUNK_BYTES_MAX = SEAL_HEADER_BYTES_MAX + 5 + SEAL_CHUNK_BYTES + SUITE_TAG_BYTES,
    SEAL_IDENTITY_OBJECTS_MAX =
        SEAL_CUSTODIANS_MAX + SEAL_CUSTODIANS_MAX * (SEAL_CUSTODIANS_MAX - 1) / 2,
};

/* X(NAME, text): why an object is refused. */
#define SEAL_FAULTS(X)                                                            \
    X(SEAL_OK, "nothing is wrong")                                                \
    X(SEAL_TRUNCATED, "the bytes end too early")                                  \
    X(SEAL_VERSION, "the format's version is unknown")                            \
    X(SEAL_KIND, "it is another kind of object")                                  \
    X(SEAL_MALFORMED, "the bytes are not in the format")                          \
    X(SEAL_ORIGIN, "it belongs to another register")                              \
    X(SEAL_CASE, "it belongs to another complaint")                               \
    X(SEAL_NAME, "it belongs to another envelope of the complaint")               \
    X(SEAL_CHUNK_ORDER, "another chunk is due here")                              \
    X(SEAL_KEY, "it was wrapped for another key")                                 \
    X(SEAL_CUSTODIANS, "it is for another pair of custodians")                    \
    X(SEAL_ALTERED, "it does not open: it was altered, or made with another key") \
    X(SEAL_WEAK_KEY, "the public key is no usable one")                           \
    X(SEAL_TOO_LARGE, "the content is larger than an envelope")

#define X(name, text) name,
enum seal_fault { SEAL_FAULTS(X) };
#undef X

/* One clause for people; static storage. */
const char *seal_fault_text(enum seal_fault fault);

/* Where an envelope lies; the spans are the caller's. */
struct seal_place {
    struct span origin; /* the register's, as in its log */
    uint8_t id[SEAL_ID_BYTES];
    struct span name;
};

/* True if origin and name have a length within the limits and only visible ASCII. */
bool seal_place_valid(const struct seal_place *place);

/* Fills bytes with randomness fit for keys, and does not return otherwise. */
struct seal_random {
    void (*draw)(void *state, uint8_t *bytes, size_t len);
    void *state;
};

/* --- what an object says of itself --------------------------------------------------- */

enum seal_kind { SEAL_CONTENT = 1, SEAL_CHUNK, SEAL_WRAP, SEAL_PAIR };

/* An object's parts, pointing into its bytes. Nothing of it is proven before it opens. */
struct seal_object {
    enum seal_kind kind;
    struct seal_place place;
    uint32_t counter;          /* chunk: from 0 */
    bool last;                 /* chunk */
    uint16_t first, second;    /* pair: the custodians' numbers, first < second */
    const uint8_t *key_id;     /* wrap: SEAL_KEY_ID_BYTES */
    const uint8_t *enc, *salt; /* wrap: SEAL_ENC_BYTES, SEAL_SALT_BYTES */
    const uint8_t *nonce;      /* wrap, pair: SUITE_NONCE_BYTES */
    struct span sealed;        /* ciphertext and tag */
};

/*
 * Take an object apart and check its form, all of it but the cryptography. Faults:
 * SEAL_TRUNCATED, SEAL_VERSION, SEAL_KIND, SEAL_MALFORMED.
 */
enum seal_fault seal_parse(struct span bytes, struct seal_object *ret_object);

/*
 * Objects one after the other, each behind its length in two bytes: how the wraps of an
 * envelope are stored and sent. Put returns the place behind what it wrote; take is false,
 * and the list untouched, at its end or where it breaks off (then something is left over).
 */
uint8_t *seal_list_put(uint8_t *at, struct span object);
bool seal_list_take(struct span *list, struct span *ret_object);
enum { SEAL_LIST_LENGTH_BYTES = 2 };

/* --- content ------------------------------------------------------------------------- */

/* How long the sealed content of so many bytes is: 0 if it is too large. */
size_t seal_content_bytes(const struct seal_place *place, size_t len);

/*
 * Seal the content under a DEK that seals nothing else: 32 fresh random bytes.
 * buffer has room for seal_content_bytes(). Any name but a file's. Only fault: SEAL_TOO_LARGE.
 */
enum seal_fault seal_content(const struct seal_place *place,
                             const uint8_t dek[static SEAL_KEY_BYTES], struct span content,
                             uint8_t *buffer, struct span *ret_sealed);

/*
 * Open what seal_content() made. buffer has room for sealed.len bytes; *ret_content lies
 * in it. On a fault the buffer holds nothing of the content.
 */
enum seal_fault seal_open_content(const struct seal_place *place,
                                  const uint8_t dek[static SEAL_KEY_BYTES], struct span sealed,
                                  uint8_t *buffer, struct span *ret_content);

/*
 * An attachment's chunks, all under one DEK, counted from 0. Each but the last holds
 * SEAL_CHUNK_BYTES; the last one at most so many, and nothing only if it is the first.
 * buffer has room for SEAL_SEALED_CHUNK_BYTES_MAX.
 */
void seal_chunk(const struct seal_place *place, const uint8_t dek[static SEAL_KEY_BYTES],
                uint32_t counter, bool last, struct span bytes, uint8_t *buffer,
                struct span *ret_sealed);

/* The attachment is whole when the chunk that says *ret_last has opened in its turn. */
enum seal_fault seal_open_chunk(const struct seal_place *place,
                                const uint8_t dek[static SEAL_KEY_BYTES], uint32_t counter,
                                struct span sealed, uint8_t *buffer, struct span *ret_bytes,
                                bool *ret_last);

/* --- wraps: a DEK or a share for one key --------------------------------------------- */

/* The first SEAL_KEY_ID_BYTES of SHA-256(public key). */
void seal_key_id(uint8_t ret_key_id[static SEAL_KEY_ID_BYTES],
                 const uint8_t public_key[static SEAL_KEY_BYTES]);

/* A public key made ready to wrap for, in one register. */
struct seal_recipient;

/* Draws 32 bytes. Only fault: SEAL_WEAK_KEY (a point of low order). The caller's to free. */
enum seal_fault seal_recipient_new(struct seal_recipient **ret_recipient, struct span origin,
                                   const uint8_t public_key[static SEAL_KEY_BYTES],
                                   const struct seal_random *random);
const uint8_t *seal_recipient_key_id(const struct seal_recipient *recipient);
void seal_recipient_free(struct seal_recipient *recipient); /* wiped; NULL is allowed */

/* How long a wrap at that place is. */
size_t seal_wrap_bytes(const struct seal_place *place);

/*
 * Wrap a secret for the recipient, at a place of the recipient's origin; draws 28 bytes
 * (salt, nonce). buffer has room for SEAL_WRAP_BYTES_MAX. The name `identity` is refused
 * as a caller's bug: no one key opens an identity.
 */
void seal_wrap(struct seal_recipient *recipient, const struct seal_place *place,
               const uint8_t secret[static SEAL_KEY_BYTES], const struct seal_random *random,
               uint8_t *buffer, struct span *ret_wrap);

/* Unwrap, at the cost of one multiplication on the curve. */
enum seal_fault seal_open_wrap(const struct suite_key *key, const struct seal_place *place,
                               struct span wrap, uint8_t ret_secret[static SEAL_KEY_BYTES]);

/*
 * Unwrap with the one key and wrap for the other, at the same place: rotating a key,
 * adding a reader, a custodian's approval. The content is not needed.
 */
enum seal_fault seal_rewrap(const struct suite_key *key, const struct seal_place *place,
                            struct span wrap, struct seal_recipient *recipient,
                            const struct seal_random *random, uint8_t *buffer,
                            struct span *ret_wrap);

/* --- identity: two of n custodians --------------------------------------------------- */

struct seal_custodian {
    uint16_t number; /* fixed for life, from 1 */
    struct seal_recipient *recipient;
};

/* The place of one custodian's share of an identity: the same, named "share:NUMBER". */
struct seal_share_place {
    struct seal_place place;
    char name[sizeof "share:65535"];
};
void seal_share_place(struct seal_share_place *ret_share, const struct seal_place *identity,
                      uint16_t number);

/* What opens an identity: one object per custodian, then one per pair, in their order. */
struct seal_identity {
    size_t count;
    struct span objects[SEAL_IDENTITY_OBJECTS_MAX]; /* pointing into the caller's buffer */
};

/* Room for the objects of so many custodians. */
size_t seal_identity_bytes(const struct seal_place *identity, size_t custodian_count);

/*
 * Deal the DEK of an identity to custodians, whose numbers rise. Draws 32 bytes for each
 * share, then 28 for each of their wraps, then 12 for each pair (1,2), (1,3), … (2,3), …
 */
void seal_identity(const struct seal_place *identity, const uint8_t dek[static SEAL_KEY_BYTES],
                   const struct seal_custodian *custodians, size_t custodian_count,
                   const struct seal_random *random, uint8_t *buffer,
                   struct seal_identity *ret_identity);

/* A share as a custodian holds it, his own or one delivered to him. */
struct seal_share {
    uint16_t number;
    uint8_t secret[SEAL_KEY_BYTES];
};

/* The DEK of an identity from two shares, in either order, and the pair's object. */
enum seal_fault seal_open_pair(const struct seal_place *identity, const struct seal_share *one,
                               const struct seal_share *other, struct span pair,
                               uint8_t ret_dek[static SEAL_KEY_BYTES]);

#endif
