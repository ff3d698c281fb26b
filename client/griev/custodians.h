/*
 * custodians - whose public keys an identity is sealed for, by this client's own settings
 *
 * Never from the server: who keeps the server could name keys of his own. A custodian's
 * own private key is read when it is needed, its passphrase asked for.
 */
#ifndef GRIEVD_CLIENT_CUSTODIANS_H
#define GRIEVD_CLIENT_CUSTODIANS_H

#include "core/limits.h"
#include "core/seal.h"
#include "griev.h"

struct custodian {
    uint16_t number;
    char name[LIMIT_CODE_BYTES + 1]; /* the principal's */
    uint8_t public_key[SEAL_KEY_BYTES];
    uint8_t key_id[SEAL_KEY_ID_BYTES];
};

struct custodians {
    size_t count; /* their numbers rising */
    struct custodian list[SEAL_CUSTODIANS_MAX];
};

/* Read [sealing] custodians: an exit code, trouble told. Without the setting count is 0. */
int custodians_read(const struct griev *griev, struct custodians *ret_custodians);

const struct custodian *custodian_of(const struct custodians *custodians, const char *name);

/* A private key file, its passphrase asked for; to be freed likewise; NULL, told. */
struct suite_key *custodian_key(const struct griev *griev, const char *path);

/* The private key of [sealing] key, to be freed with suite_key_free(); NULL, told. */
struct suite_key *custodian_own_key(const struct griev *griev);

/*
 * The request that the first operand names, if it waits for us: an exit code, trouble told.
 * *ret_item is borrowed from the answer, which the caller frees, whatever the code.
 */
int custodian_find_request(struct griev *griev, struct answer *ret_answer, const json_t **ret_item);

/* Tell that an envelope does not open, and why: EXIT_CONFLICT. */
int custodian_tell_fault(const struct griev *griev, enum seal_fault fault);

/* Fills with libcrypto's randomness. */
extern const struct seal_random custodians_random;

#endif
