#include "ledger_claims.h"

#include "core/receipt.h"

void ledger_claims_take(struct ledger_claim *claim)
{
    TAILQ_REMOVE(claim->waits_in, claim, link);
    claim->waits_in = NULL;
}

void ledger_claims_put(struct ledger_claims *claims, struct ledger_claim *claim)
{
    if (claim->waits_in)
        ledger_claims_take(claim);
    TAILQ_INSERT_TAIL(claims, claim, link);
    claim->waits_in = claims;
}

void ledger_claims_end(struct ledger_claim *claim, enum err err)
{
    ledger_claims_take(claim);
    claim->done(claim, err);
}

void ledger_claims_fail(struct ledger_claims *claims, enum err err)
{
    struct ledger_claim *claim;

    while ((claim = TAILQ_FIRST(claims)))
        ledger_claims_end(claim, err);
}

void ledger_claims_of_tile(struct ledger_claims *from, uint64_t tile, size_t count,
                           struct ledger_claims *to)
{
    struct ledger_claim *claim, *following;

    for (claim = TAILQ_FIRST(from); claim; claim = following) {
        following = TAILQ_NEXT(claim, link);
        if (claim->index / TILE_WIDTH == tile && claim->index % TILE_WIDTH < count)
            ledger_claims_put(to, claim);
    }
}

/* --- receipts --- */

static bool is_claimed(const struct ledger_claim *claim, const uint8_t *leaf)
{
    return memcmp(leaf + LEAF_BYTES - COMMIT_BYTES, claim->commit, COMMIT_BYTES) == 0;
}

static enum err receipt_make(struct ledger_claim *claim, struct span note,
                             const struct merkle_hash *const *proof, size_t count)
{
    char *text = arena_alloc(claim->arena, RECEIPT_BYTES(count, note.len));

    if (!text)
        return ERR_TOO_LARGE;
    claim->receipt =
        (struct span){text, receipt_print(text, claim->leaf, claim->index, proof, count, note)};
    return ERR_NONE;
}

enum err ledger_claims_prove_fresh(struct ledger_claim *claim, struct span note,
                                   const struct merkle_batch *batch, const uint8_t *leaves)
{
    const struct merkle_hash *proof[MERKLE_PROOF_MAX];

    if (!is_claimed(claim, leaves + (claim->index - batch->first) * LEAF_BYTES))
        return ERR_FORKED;
    const size_t count = merkle_batch_proof(batch, claim->index, proof);

    return receipt_make(claim, note, proof, count);
}

enum err ledger_claims_prove_old(struct ledger_claim *claim, struct span note,
                                 const struct tree *tree, const uint8_t *leaves,
                                 const struct tree_tiles *tiles)
{
    const uint8_t *leaf = leaves + claim->index % TILE_WIDTH * LEAF_BYTES;
    struct merkle_plan plan;
    struct merkle_hash proof[MERKLE_CONSISTENCY_MAX];
    const struct merkle_hash *pointers[MERKLE_CONSISTENCY_MAX];

    if (!is_claimed(claim, leaf))
        return ERR_FORKED;
    claim->leaf = (const uint8_t *)arena_copy(claim->arena, span_of_bytes(leaf, LEAF_BYTES)).data;
    if (!claim->leaf)
        return ERR_TOO_LARGE;
    merkle_plan_inclusion(&plan, claim->index, tree->frontier.size);
    tree_fold(tree, tiles, &plan, proof);
    for (size_t i = 0; i < plan.proof_count; i++)
        pointers[i] = &proof[i];
    return receipt_make(claim, note, pointers, plan.proof_count);
}
