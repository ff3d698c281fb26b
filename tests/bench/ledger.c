/*
 * ledger - what the log costs a submission, beside PostgreSQL and TLS: no test, no assertion
 *
 *     ledger [LEAVES_BEFORE [BATCH]]
 *
 * Prints, in nanoseconds: a leaf appended with its proof ready; a receipt printed; one
 * checkpoint signed and one verified; and, for an audit, a leaf counted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/audit.h"
#include "core/checkpoint.h"
#include "core/receipt.h"
#include "core/verify.h"

enum { ROUNDS = 2000, ARENA_BYTES = 8 * 1024 * 1024 };

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static void make_leaves(uint8_t *leaves, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct leaf leaf = {.type = LEAF_ACCEPTED,
                                  .reason = (uint16_t)(1 + i % 3),
                                  .period = 202610,
                                  .about = LEAF_ABOUT_NONE,
                                  .commit = {(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16)}};
        leaf_encode(&leaf, leaves + i * LEAF_BYTES);
    }
}

static void measure_batches(struct merkle_frontier frontier, const uint8_t *leaves, size_t batch,
                            const struct note_signer *signer)
{
    struct merkle_hash *hashes = must(malloc(batch * sizeof *hashes));
    char note[CHECKPOINT_NOTE_MAX];
    char *text = must(malloc(RECEIPT_BYTES(MERKLE_PROOF_MAX, CHECKPOINT_NOTE_MAX)));
    int64_t append_ns = 0, sign_ns = 0, print_ns = 0;
    size_t bytes = 0;

    for (int round = 0; round < ROUNDS; round++) {
        struct arena *arena = must(arena_new(ARENA_BYTES));
        const int64_t start_ns = now_ns();

        merkle_leaf_hashes(hashes, leaves, LEAF_BYTES, batch);
        const struct merkle_batch *proofs = merkle_batch_new(arena, &frontier, hashes, batch);
        const int64_t appended_ns = now_ns();
        const size_t note_len = checkpoint_sign(signer, proofs->size, &proofs->root, note);
        const int64_t signed_ns = now_ns();
        for (size_t i = 0; i < batch; i++) {
            const struct merkle_hash *proof[MERKLE_PROOF_MAX];
            const size_t count = merkle_batch_proof(proofs, proofs->first + i, proof);

            bytes += receipt_print(text, leaves + i * LEAF_BYTES, proofs->first + i, proof, count,
                                   (struct span){note, note_len});
        }
        print_ns += now_ns() - signed_ns;
        append_ns += appended_ns - start_ns;
        sign_ns += signed_ns - appended_ns;
        arena_free(arena);
    }
    const int64_t leaf_count = ROUNDS * (int64_t)batch;
    printf("appended_ns_per_leaf %" PRId64 "\nprinted_ns_per_receipt %" PRId64 "\n",
           append_ns / leaf_count, print_ns / leaf_count);
    printf("receipt_bytes %zu\nsigned_ns_per_batch %" PRId64 "\n", bytes / (size_t)leaf_count,
           sign_ns / ROUNDS);
    free(text);
    free(hashes);
}

static void measure_verifying(const struct note_signer *signer)
{
    const struct note_verifier *key = note_signer_verifier(signer);
    const struct verify_log log = {span_of(key->name), key};
    const struct merkle_hash root = {{1}};
    char note[CHECKPOINT_NOTE_MAX];
    struct checkpoint checkpoint;

    const struct span text = {note, checkpoint_sign(signer, 1, &root, note)};
    const int64_t start_ns = now_ns();
    for (int i = 0; i < ROUNDS; i++) {
        if (verify_checkpoint(&log, text, &checkpoint) != VERIFY_OK)
            abort();
    }
    printf("verified_ns_per_checkpoint %" PRId64 "\n", (now_ns() - start_ns) / ROUNDS);
}

int main(int argc, char **argv)
{
    static const uint8_t seed[NOTE_KEY_BYTES] = {1};
    const size_t before = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000003;
    const size_t batch = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;
    const size_t count = before > batch ? before : batch;
    uint8_t *leaves = must(malloc(count * LEAF_BYTES));
    struct merkle_hash *hashes = must(malloc(count * sizeof *hashes));
    struct note_signer *signer = note_signer_new(SPAN("register.example/log"), seed);
    struct audit *audit = must(audit_new());
    struct merkle_frontier frontier = {0};

    make_leaves(leaves, count);
    const int64_t start_ns = now_ns();
    if (!audit_leaves(audit, leaves, before))
        abort();
    if (before > 0)
        printf("audited_ns_per_leaf %" PRId64 "\n", (now_ns() - start_ns) / (int64_t)before);
    merkle_leaf_hashes(hashes, leaves, LEAF_BYTES, before);
    merkle_append(&frontier, hashes, before);
    measure_batches(frontier, leaves, batch, signer);
    measure_verifying(signer);
    audit_free(audit);
    note_signer_free(signer);
    free(hashes);
    free(leaves);
    return 0;
}
