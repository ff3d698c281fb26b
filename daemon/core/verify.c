#include "verify.h"

#include <assert.h>

const char *verify_fault_text(enum verify_fault fault)
{
#define X(NAME, text) [NAME] = text,
    static const char *const texts[] = {VERIFY_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}

enum verify_fault verify_checkpoint(const struct verify_log *log, struct span note,
                                    struct checkpoint *ret_checkpoint)
{
    struct note parts;
    struct checkpoint checkpoint;

    if (note_parse(note, &parts) != NOTE_OK || !checkpoint_parse(parts.text, &checkpoint))
        return VERIFY_NOT_A_CHECKPOINT;
    if (!span_eq(checkpoint.origin, log->origin))
        return VERIFY_OTHER_LOG;
    switch (note_verify(&parts, log->key, 1, NULL)) {
    case NOTE_OK:
        *ret_checkpoint = checkpoint;
        return VERIFY_OK;
    case NOTE_UNSIGNED:
        return VERIFY_UNSIGNED;
    default:
        return VERIFY_BAD_SIGNATURE;
    }
}

enum verify_fault verify_receipt(const struct verify_log *log, struct span text,
                                 struct verify_receipt *ret_receipt)
{
    struct verify_receipt verified;
    struct receipt receipt;
    struct merkle_hash leaf_hash;

    if (!receipt_parse(text, &receipt))
        return VERIFY_NOT_A_RECEIPT;
    const enum verify_fault fault =
        verify_checkpoint(log, receipt.checkpoint, &verified.checkpoint);
    if (fault != VERIFY_OK)
        return fault;
    if (leaf_decode(span_of_bytes(receipt.leaf, LEAF_BYTES), &verified.leaf) != LEAF_OK)
        return VERIFY_BAD_LEAF;
    merkle_leaf_hash(&leaf_hash, span_of_bytes(receipt.leaf, LEAF_BYTES));
    if (!merkle_verify_inclusion(receipt.index, verified.checkpoint.size, &leaf_hash, receipt.proof,
                                 receipt.proof_count, &verified.checkpoint.root))
        return VERIFY_NOT_INCLUDED;
    verified.index = receipt.index;
    *ret_receipt = verified;
    return VERIFY_OK;
}

enum verify_fault verify_consistency(const struct checkpoint *old, const struct checkpoint *new,
                                     const struct merkle_hash *proof, size_t proof_count)
{
    if (old->size > new->size)
        return VERIFY_SHRUNK;
    if (old->size == new->size && !merkle_hash_eq(&old->root, &new->root))
        return VERIFY_FORKED;
    if (old->size == 0)
        return VERIFY_EMPTY;
    return merkle_verify_consistency(old->size, new->size, &old->root, &new->root, proof,
                                     proof_count)
               ? VERIFY_OK
               : VERIFY_INCONSISTENT;
}
