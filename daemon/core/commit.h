/*
 * commit - what a complaint is bound to, and the codes that follow from it
 *
 * Each acceptance is bound to three strings of bytes, each under its own salt,
 * so that one can be opened without the others:
 *
 *     M  the readable fields (commit_clear_fields)
 *     B  the request as sent, with the value of "complainant" replaced by null
 *     I  the bytes of that value; empty when there is none
 *
 *     salt_X = HKDF-Expand(nonce, label_X, 32)            (RFC 5869, SHA-256)
 *     part_X = SHA-256(label_X ‖ salt_X ‖ SHA-256(X))     label_X = "grievd/X/v1\0"
 *     commit = SHA-256("grievd/commit/v1\0" ‖ part_M ‖ part_B ‖ part_I)
 *
 * The nonce is the client's (Griev-Nonce) or derived from the daemon's key, and
 * is stored nowhere: who has the same request and nonce gets the same
 * commitment, and so a replay is recognised. The tracking code is derived from
 * it as well, and the register keeps only that code's hash.
 *
 *     track  = the first 16 bytes of SHA-256("grievd/track/v1\0" ‖ nonce), written
 *              big-endian in Crockford's base32: 26 digits, the first 0 to 7
 *     stored = SHA-256("grievd/track-hash/v1\0" ‖ those 16 bytes)
 *
 * Every label includes its NUL, so that none begins another.
 *
 * Pure: OpenSSL's digests, no I/O; any thread. The algorithms are looked up once
 * in the life of the process. Functions abort if libcrypto fails, which it does
 * for these only when memory is out.
 */
#ifndef GRIEVD_COMMIT_H
#define GRIEVD_COMMIT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

enum {
    COMMIT_BYTES = 32,
    COMMIT_NONCE_BYTES = 32,
    COMMIT_KEY_BYTES = 32,
    COMMIT_ID_BYTES = 16,
    COMMIT_OPENING_BYTES = 3 * COMMIT_BYTES, /* salt_M ‖ part_B ‖ part_I: M can be checked by it */
    COMMIT_TRACK_CHARS = 26,                 /* 16 bytes in Crockford's base32 */
};

struct commit {
    uint8_t commit[COMMIT_BYTES];
    uint8_t salt_m[COMMIT_BYTES], part_b[COMMIT_BYTES], part_i[COMMIT_BYTES]; /* the opening */
    uint8_t part_m[COMMIT_BYTES];
    uint8_t salt_b[COMMIT_BYTES], salt_i[COMMIT_BYTES];
};
static_assert(offsetof(struct commit, part_m) ==
                  offsetof(struct commit, salt_m) + COMMIT_OPENING_BYTES,
              "the opening is one piece");

/* SHA-256 of M, B, I or a request: each is hashed once, whatever it is bound to. */
void commit_hash(uint8_t ret_hash[static COMMIT_BYTES], struct span bytes);

/* HMAC-SHA256(key, id ‖ SHA-256(request)): the nonce of a request that brought none. */
void commit_nonce(uint8_t ret_nonce[static COMMIT_NONCE_BYTES],
                  const uint8_t key[static COMMIT_KEY_BYTES],
                  const uint8_t id[static COMMIT_ID_BYTES],
                  const uint8_t request_hash[static COMMIT_BYTES]);

/* From the bytes of M and the hashes of B and I. */
void commit_make(struct commit *ret_commit, const uint8_t nonce[static COMMIT_NONCE_BYTES],
                 struct span clear_fields, const uint8_t body_hash[static COMMIT_BYTES],
                 const uint8_t identity_hash[static COMMIT_BYTES]);

/* One part again, of the salt and the hash that it was opened with. */
enum commit_part { COMMIT_PART_M, COMMIT_PART_B, COMMIT_PART_I };
void commit_part(uint8_t ret_part[static COMMIT_BYTES], enum commit_part part,
                 const uint8_t salt[static COMMIT_BYTES], const uint8_t hash[static COMMIT_BYTES]);

/*
 * The commitment of these bytes of M under an opening (salt_M, part_B, part_I): whoever holds both
 * can hold it against a leaf, and learns nothing of B and I.
 */
void commit_open(uint8_t ret_commit[static COMMIT_BYTES],
                 const uint8_t opening[static COMMIT_OPENING_BYTES], struct span clear_fields);

/* The tracking code of a nonce, in capitals, and NUL. */
void commit_track(char ret_track[static COMMIT_TRACK_CHARS + 1],
                  const uint8_t nonce[static COMMIT_NONCE_BYTES]);

/*
 * The stored hash of a tracking code as a person typed it: case, blanks and
 * hyphens are ignored, and I, L, O read as 1, 1, 0 (Crockford). False if it is
 * not a tracking code.
 */
bool commit_track_hash(uint8_t ret_hash[static COMMIT_BYTES], struct span typed);

#endif
