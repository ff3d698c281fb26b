/*
 * verify - what a stranger can establish with a file, the log's name and its public key
 *
 * Nothing here trusts a server, a database or a clock. A log is known by its origin
 * and its verifier key, and both come from whoever verifies, never from what is verified.
 *
 *     verify_checkpoint    the log's key has signed: so many leaves, this root
 *     verify_receipt       that tree holds this leaf at this index
 *     verify_consistency   a later tree holds all leaves of the earlier one, as they were
 *
 * A signature of the log alone shows what its operator says. That it says the same to
 * everyone takes a witness elsewhere, or people who compare checkpoints.
 *
 * Pure. Shares with the makers of proofs nothing but the hashing (core/merkle).
 */
#ifndef GRIEVD_VERIFY_H
#define GRIEVD_VERIFY_H

#include "checkpoint.h"
#include "receipt.h"

/* X(NAME, text) */
#define VERIFY_FAULTS(X)                                                                     \
    X(VERIFY_OK, "verified")                                                                 \
    X(VERIFY_NOT_A_RECEIPT, "this is no receipt of a register's log")                        \
    X(VERIFY_NOT_A_CHECKPOINT, "this is no signed checkpoint")                               \
    X(VERIFY_OTHER_LOG, "the checkpoint is another log's")                                   \
    X(VERIFY_UNSIGNED, "the log's key has not signed the checkpoint")                        \
    X(VERIFY_BAD_SIGNATURE, "the checkpoint's signature does not verify: it was altered")    \
    X(VERIFY_BAD_LEAF, "the leaf is not one that a register writes")                         \
    X(VERIFY_NOT_INCLUDED, "the proof does not lead from the leaf to the checkpoint's root") \
    X(VERIFY_EMPTY, "the earlier tree is empty: there is nothing to be consistent with")     \
    X(VERIFY_SHRUNK, "the later checkpoint is of a smaller tree: the two were exchanged")    \
    X(VERIFY_FORKED, "the log's key has signed two different trees of one size")             \
    X(VERIFY_INCONSISTENT, "the later tree is not shown to hold the earlier one")

#define X(NAME, text) NAME,
enum verify_fault { VERIFY_FAULTS(X) };
#undef X

const char *verify_fault_text(enum verify_fault fault); /* static */

/* Which log; the spans and the key are the caller's. */
struct verify_log {
    struct span origin;
    const struct note_verifier *key;
};

/* A checkpoint from its note; its origin points into the note. */
enum verify_fault verify_checkpoint(const struct verify_log *log, struct span note,
                                    struct checkpoint *ret_checkpoint);

struct verify_receipt {
    struct leaf leaf;
    uint64_t index;
    struct checkpoint checkpoint;
};

enum verify_fault verify_receipt(const struct verify_log *log, struct span text,
                                 struct verify_receipt *ret_receipt);

/* Two checkpoints that verified, of one log, and the proof between them. */
enum verify_fault verify_consistency(const struct checkpoint *old, const struct checkpoint *new,
                                     const struct merkle_hash *proof, size_t proof_count);

#endif
