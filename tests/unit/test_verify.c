/* What verifying offline establishes, and that no change to a receipt or checkpoint passes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/verify.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define ORIGIN "register.example/log"

enum { LEAVES = 11 };

static struct note_signer *signer, *other_signer;
static struct verify_log log_of_ours;
static uint8_t leaves[LEAVES][LEAF_BYTES];
static struct merkle_hash hashes[LEAVES];

static void set_up(void)
{
    static const uint8_t seed[NOTE_KEY_BYTES] = {1}, other_seed[NOTE_KEY_BYTES] = {2};

    signer = note_signer_new(SPAN(ORIGIN), seed);
    other_signer = note_signer_new(SPAN(ORIGIN), other_seed);
    log_of_ours = (struct verify_log){SPAN(ORIGIN), note_signer_verifier(signer)};
    for (uint8_t i = 0; i < LEAVES; i++) {
        const struct leaf leaf = {LEAF_ACCEPTED, LEAF_CLASS_CX, 202611, LEAF_ABOUT_NONE, {i}};
        leaf_encode(&leaf, leaves[i]);
        merkle_leaf_hash(&hashes[i], span_of_bytes(leaves[i], LEAF_BYTES));
    }
}

static void tear_down(void)
{
    note_signer_free(signer);
    note_signer_free(other_signer);
}

TestSuite(verify, .init = set_up, .fini = tear_down);

static struct span checkpoint_of(size_t size, const struct note_signer *by, char *buffer)
{
    struct merkle_frontier frontier = {0};
    struct merkle_hash root;

    merkle_append(&frontier, hashes, size);
    merkle_root(&frontier, &root);
    return (struct span){buffer, checkpoint_sign(by, size, &root, buffer)};
}

/* The receipt of a leaf of the tree of LEAVES, under that checkpoint. */
static struct span receipt_of(size_t index, struct span checkpoint, char *buffer)
{
    struct arena *arena = arena_new(1024 * 1024);
    struct merkle_frontier frontier = {0};
    const struct merkle_hash *proof[MERKLE_PROOF_MAX];

    const struct merkle_batch *batch = merkle_batch_new(arena, &frontier, hashes, LEAVES);
    const size_t count = merkle_batch_proof(batch, index, proof);
    const size_t len = receipt_print(buffer, leaves[index], index, proof, count, checkpoint);
    arena_free(arena);
    return (struct span){buffer, len};
}

Test(verify, receipts_of_every_leaf)
{
    char note[CHECKPOINT_NOTE_MAX], text[4096];
    const struct span checkpoint = checkpoint_of(LEAVES, signer, note);

    for (size_t i = 0; i < LEAVES; i++) {
        struct verify_receipt verified;
        const enum verify_fault fault =
            verify_receipt(&log_of_ours, receipt_of(i, checkpoint, text), &verified);

        cr_assert_eq(fault, VERIFY_OK, "%s", verify_fault_text(fault));
        cr_expect_eq(verified.index, i);
        cr_expect_eq(verified.leaf.period, 202611);
        cr_expect_eq(verified.leaf.commit[0], i);
        cr_expect_eq(verified.checkpoint.size, LEAVES);
    }
}

Test(verify, no_changed_character_of_a_receipt_passes)
{
    char note[CHECKPOINT_NOTE_MAX], text[4096];
    const struct span receipt = receipt_of(4, checkpoint_of(LEAVES, signer, note), text);

    for (size_t i = 0; i < receipt.len; i++) {
        struct verify_receipt verified;

        text[i] ^= 1;
        cr_expect_neq(verify_receipt(&log_of_ours, receipt, &verified), VERIFY_OK, "character %zu",
                      i);
        text[i] ^= 1;
    }
}

Test(verify, names_what_is_wrong_with_a_receipt)
{
    char note[CHECKPOINT_NOTE_MAX], text[4096], changed[4096];
    const struct span receipt = receipt_of(4, checkpoint_of(LEAVES, signer, note), text);
    const struct verify_log other_origin = {SPAN("other.example/log"), log_of_ours.key};
    const struct verify_log other_key = {SPAN(ORIGIN), note_signer_verifier(other_signer)};
    struct verify_receipt verified = {.index = 99};

    cr_expect_eq(verify_receipt(&other_origin, receipt, &verified), VERIFY_OTHER_LOG);
    cr_expect_eq(verify_receipt(&other_key, receipt, &verified), VERIFY_UNSIGNED);
    cr_expect_eq(verify_receipt(&log_of_ours, span_skip(receipt, 1), &verified),
                 VERIFY_NOT_A_RECEIPT);
    cr_expect_eq(verify_receipt(&log_of_ours, (struct span){text, receipt.len - 1}, &verified),
                 VERIFY_NOT_A_CHECKPOINT);
    cr_expect_eq(verify_receipt(&log_of_ours,
                                receipt_of(5, checkpoint_of(LEAVES - 1, signer, note), changed),
                                &verified),
                 VERIFY_NOT_INCLUDED);
    leaves[4][1] = 77;
    cr_expect_eq(verify_receipt(&log_of_ours,
                                receipt_of(4, checkpoint_of(LEAVES, signer, note), changed),
                                &verified),
                 VERIFY_BAD_LEAF);
    cr_expect_eq(verified.index, 99, "the result was touched");
}

/* Fold the proof between two sizes from the leaf hashes. */
static size_t prove(size_t old_size, size_t new_size, struct merkle_hash *proof)
{
    struct merkle_plan plan;
    struct merkle_hash nodes[MERKLE_PLAN_NODES_MAX];

    merkle_plan_consistency(&plan, old_size, new_size);
    for (size_t i = 0; i < plan.count; i++)
        merkle_fold_level(&nodes[i], &hashes[plan.nodes[i].index << plan.nodes[i].level],
                          (size_t)1 << plan.nodes[i].level);
    merkle_fold(&plan, nodes, proof);
    return plan.proof_count;
}

Test(verify, consistency_of_any_two_checkpoints)
{
    char old_note[CHECKPOINT_NOTE_MAX], new_note[CHECKPOINT_NOTE_MAX];
    struct merkle_hash proof[MERKLE_CONSISTENCY_MAX];
    struct checkpoint old, new;

    for (size_t size = 1; size <= LEAVES; size++) {
        for (size_t old_size = 1; old_size <= size; old_size++) {
            cr_assert_eq(
                verify_checkpoint(&log_of_ours, checkpoint_of(old_size, signer, old_note), &old),
                VERIFY_OK);
            cr_assert_eq(
                verify_checkpoint(&log_of_ours, checkpoint_of(size, signer, new_note), &new),
                VERIFY_OK);
            const size_t count = prove(old_size, size, proof);
            cr_expect_eq(verify_consistency(&old, &new, proof, count), VERIFY_OK);
            if (old_size < size) {
                cr_expect_eq(verify_consistency(&new, &old, proof, count), VERIFY_SHRUNK);
                proof[0].bytes[0] ^= 1;
                cr_expect_eq(verify_consistency(&old, &new, proof, count), VERIFY_INCONSISTENT);
            }
        }
    }
}

Test(verify, two_roots_of_one_size_are_a_fork)
{
    const struct checkpoint a = {SPAN(ORIGIN), 5, {{1}}}, b = {SPAN(ORIGIN), 5, {{2}}};

    cr_expect_eq(verify_consistency(&a, &b, NULL, 0), VERIFY_FORKED);
    cr_expect_eq(verify_consistency(&a, &a, NULL, 0), VERIFY_OK);
}

Test(verify, nothing_is_consistent_with_an_empty_tree)
{
    struct checkpoint empty = {.origin = SPAN(ORIGIN)};
    const struct checkpoint one = {SPAN(ORIGIN), 1, {{1}}};

    merkle_empty_root(&empty.root);
    cr_expect_eq(verify_consistency(&empty, &one, NULL, 0), VERIFY_EMPTY);
    cr_expect_eq(verify_consistency(&empty, &empty, NULL, 0), VERIFY_EMPTY);
}

Test(verify, a_checkpoint_with_a_stranger_s_signature_stays_good)
{
    char note[CHECKPOINT_NOTE_MAX + 64];
    const struct span checkpoint = checkpoint_of(3, signer, note);
    struct checkpoint read;

    const int more = sprintf(note + checkpoint.len, "— witness.example AAAAAAAA\n");
    cr_expect_eq(
        verify_checkpoint(&log_of_ours, (struct span){note, checkpoint.len + (size_t)more}, &read),
        VERIFY_OK);
    note[0] ^= 1;
    cr_expect_eq(verify_checkpoint(&log_of_ours, checkpoint, &read), VERIFY_OTHER_LOG);
    note[0] ^= 1;
    note[strlen(ORIGIN) + 1] = '4';
    cr_expect_eq(verify_checkpoint(&log_of_ours, checkpoint, &read), VERIFY_BAD_SIGNATURE);
}
