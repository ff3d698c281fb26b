#include "commit.h"

#include <assert.h>

#include "suite.h"

#define LABEL(text) \
    ((struct span){text, sizeof(text)}) /* with its NUL, so no label starts another */

#define LABEL_INIT(text)   \
    {                      \
        text, sizeof(text) \
    }

enum { TRACK_BYTES = 16 };

static_assert((int)COMMIT_BYTES == (int)SUITE_HASH_BYTES, "commitments are digests");
static_assert((int)COMMIT_NONCE_BYTES == (int)SUITE_HASH_BYTES, "a nonce is expanded as a key");

static const struct span part_labels[] = {
    [COMMIT_PART_M] = LABEL_INIT("grievd/M/v1"),
    [COMMIT_PART_B] = LABEL_INIT("grievd/B/v1"),
    [COMMIT_PART_I] = LABEL_INIT("grievd/I/v1"),
};

void commit_part(uint8_t ret_part[static COMMIT_BYTES], enum commit_part part,
                 const uint8_t salt[static COMMIT_BYTES], const uint8_t hash[static COMMIT_BYTES])
{
    assert((size_t)part < sizeof part_labels / sizeof part_labels[0]);
    suite_hash(ret_part,
               (struct span[]){part_labels[part], span_of_bytes(salt, COMMIT_BYTES),
                               span_of_bytes(hash, COMMIT_BYTES)},
               3);
}

static void make_part(uint8_t ret_salt[static COMMIT_BYTES], uint8_t ret_part[static COMMIT_BYTES],
                      const struct suite_expander *expander, enum commit_part part,
                      const uint8_t hash[static COMMIT_BYTES])
{
    suite_expander_run(expander, ret_salt, COMMIT_BYTES, &part_labels[part], 1);
    commit_part(ret_part, part, ret_salt, hash);
}

void commit_hash(uint8_t ret_hash[static COMMIT_BYTES], struct span bytes)
{
    suite_hash(ret_hash, &bytes, 1);
}

void commit_nonce(uint8_t ret_nonce[static COMMIT_NONCE_BYTES],
                  const uint8_t key[static COMMIT_KEY_BYTES],
                  const uint8_t id[static COMMIT_ID_BYTES],
                  const uint8_t request_hash[static COMMIT_BYTES])
{
    /* HKDF-Extract is HMAC-SHA256 with the salt for a key (RFC 5869 section 2.2). */
    suite_extract(ret_nonce, span_of_bytes(key, COMMIT_KEY_BYTES),
                  (struct span[]){span_of_bytes(id, COMMIT_ID_BYTES),
                                  span_of_bytes(request_hash, COMMIT_BYTES)},
                  2);
}

static void join(uint8_t ret_commit[static COMMIT_BYTES], const uint8_t *part_m,
                 const uint8_t *part_b, const uint8_t *part_i)
{
    suite_hash(ret_commit,
               (struct span[]){LABEL("grievd/commit/v1"), span_of_bytes(part_m, COMMIT_BYTES),
                               span_of_bytes(part_b, COMMIT_BYTES),
                               span_of_bytes(part_i, COMMIT_BYTES)},
               4);
}

void commit_make(struct commit *ret_commit, const uint8_t nonce[static COMMIT_NONCE_BYTES],
                 struct span clear_fields, const uint8_t body_hash[static COMMIT_BYTES],
                 const uint8_t identity_hash[static COMMIT_BYTES])
{
    struct commit *c = ret_commit;
    struct suite_expander *expander = suite_expander_new(nonce);
    uint8_t clear_hash[COMMIT_BYTES];

    commit_hash(clear_hash, clear_fields);
    make_part(c->salt_m, c->part_m, expander, COMMIT_PART_M, clear_hash);
    make_part(c->salt_b, c->part_b, expander, COMMIT_PART_B, body_hash);
    make_part(c->salt_i, c->part_i, expander, COMMIT_PART_I, identity_hash);
    suite_expander_free(expander);
    join(c->commit, c->part_m, c->part_b, c->part_i);
}

void commit_open(uint8_t ret_commit[static COMMIT_BYTES],
                 const uint8_t opening[static COMMIT_OPENING_BYTES], struct span clear_fields)
{
    uint8_t hash[COMMIT_BYTES], part_m[COMMIT_BYTES];

    commit_hash(hash, clear_fields);
    commit_part(part_m, COMMIT_PART_M, opening, hash);
    join(ret_commit, part_m, opening + COMMIT_BYTES, opening + 2 * COMMIT_BYTES);
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

    suite_hash(digest,
               (struct span[]){LABEL("grievd/track/v1"), span_of_bytes(nonce, COMMIT_NONCE_BYTES)},
               2);
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

    suite_hash(ret_hash,
               (struct span[]){LABEL("grievd/track-hash/v1"), span_of_bytes(bytes, TRACK_BYTES)},
               2);
    return true;
}
