/*
 * receipt - the proof that a leaf is in the log, to be kept by who sent it (C2SP tlog-proof)
 *
 *     c2sp.org/tlog-proof@v1
 *     extra AQEAAgADFlb////////////…       the leaf's 48 bytes (core/leaf)
 *     index 4
 *     kG8…                                 the inclusion proof, leaf to root
 *     …
 *                                          an empty line
 *     register.example/log                 the checkpoint, a signed note (core/checkpoint)
 *     …
 *
 * It says no number, unit, name or code, so a receipt tells a finder nothing but a
 * month and a class. core/verify checks it; until then nothing of it is proven.
 *
 * Pure.
 */
#ifndef GRIEVD_RECEIPT_H
#define GRIEVD_RECEIPT_H

#include "leaf.h"
#include "limits.h"
#include "merkle.h"

/* Room for a receipt with so many hashes and such a checkpoint, NUL excluded. */
#define RECEIPT_BYTES(proof_count, checkpoint_len) \
    ((size_t)(23 + 6 + 64 + 1 + 6 + 20 + 1 + 1) + 45 * (proof_count) + (checkpoint_len))

struct receipt {
    uint8_t leaf[LEAF_BYTES]; /* as it was logged; not checked */
    uint64_t index;
    size_t proof_count;
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    struct span checkpoint; /* the note, to the end of the text */
};

/*
 * Write the receipt of a leaf, without NUL: its length, at most RECEIPT_BYTES. The
 * proof is given as merkle_batch_proof() does, by pointers.
 */
size_t receipt_print(char *text, const uint8_t leaf[static LEAF_BYTES], uint64_t index,
                     const struct merkle_hash *const *proof, size_t proof_count,
                     struct span checkpoint);

/*
 * False if it is not a tlog-proof with 48 bytes of extra, or is longer than
 * LIMIT_RECEIPT_BYTES. The checkpoint points into the text and is not looked at.
 */
bool receipt_parse(struct span text, struct receipt *ret_receipt);

#endif
