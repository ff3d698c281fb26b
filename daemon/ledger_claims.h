/*
 * ledger_claims - who waits for a receipt, and how one is made
 *
 * A claim lies in the memory of whoever waits, in one list at a time. Its receipt is made from the
 * batch that its leaf was signed with, as all proofs of a batch are at hand then, or later from
 * the tree and the leaves of its tile. Nobody is handed a receipt of a leaf that is not
 * his: a database that was rolled back gives his index to another.
 *
 * No I/O; one thread.
 */
#ifndef GRIEVD_LEDGER_CLAIMS_H
#define GRIEVD_LEDGER_CLAIMS_H

#include <sys/queue.h>

#include "core/arena.h"
#include "core/err.h"
#include "tree.h"

struct ledger_claim {
    uint64_t index;
    const uint8_t *leaf;   /* LEAF_BYTES, in the arena; NULL: not known to the asker */
    const uint8_t *commit; /* COMMIT_BYTES: what the leaf there must bind */
    struct arena *arena;   /* for the receipt, and the leaf if it was not known */

    /*
     * Called once, on the loop, never from inside ledger_claim(); not while the signer is away:
     * who cannot wait says so with ledger_forget(). ERR_NONE: leaf and receipt are there.
     * ERR_FORKED: there will be none, or the leaf at that index is another's. ERR_TOO_LARGE: the
     * arena is full.
     */
    void (*done)(struct ledger_claim *claim, enum err err);
    struct span receipt;

    TAILQ_ENTRY(ledger_claim) link; /* the ledger's */
    struct ledger_claims *waits_in; /* NULL once it is done */
};
TAILQ_HEAD(ledger_claims, ledger_claim);

/* Into the list, out of the one it is in. */
void ledger_claims_put(struct ledger_claims *claims, struct ledger_claim *claim);
void ledger_claims_take(struct ledger_claim *claim);

/* It waits no longer, and is told so. */
void ledger_claims_end(struct ledger_claim *claim, enum err err);
void ledger_claims_fail(struct ledger_claims *claims, enum err err);

/* Those of a tile's first so many leaves, from one list to another. */
void ledger_claims_of_tile(struct ledger_claims *from, uint64_t tile, size_t count,
                           struct ledger_claims *to);

/*
 * Make the receipt, under a checkpoint of the tree as it is: out of the batch that it grew by
 * last, whose leaves these are; or with the leaves of the claim's tile and their hashes. What
 * `done` is to be told: ERR_FORKED if the leaf is not the claimed one.
 */
enum err ledger_claims_prove_fresh(struct ledger_claim *claim, struct span note,
                                   const struct merkle_batch *batch, const uint8_t *leaves);
enum err ledger_claims_prove_old(struct ledger_claim *claim, struct span note,
                                 const struct tree *tree, const uint8_t *leaves,
                                 const struct tree_tiles *tiles);

#endif
