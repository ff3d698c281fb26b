/*
 * merkle - the append-only tree that every leaf of the register goes into
 *
 * RFC 6962 section 2.1, RFC 9162 section 2.1, with SHA-256:
 *
 *     leaf hash = SHA-256(0x00 ‖ leaf)         node hash = SHA-256(0x01 ‖ left ‖ right)
 *
 * The root of size leaves splits them at the largest power of two below size.
 * Seen from the leaves that is: pair neighbours, level by level, and let one that
 * has no neighbour move up as it is.
 *
 *     level 3             o              a size of 7: the proof of leaf 4 is
 *                   ┌─────┴─────┐        5, then 6 (moved up), then (2,0)
 *     level 2     (2,0)         o
 *                ┌──┴──┐     ┌──┴──┐     complete nodes have a place (level,
 *     level 1  (1,0) (1,1) (1,2)   │     index) and never change again; "o" do,
 *              ┌┴┐   ┌┴┐   ┌┴┐     │     and are folded anew from complete ones
 *     level 0  0 1   2 3   4 5     6
 *
 * What each caller needs:
 *
 *     appending        merkle_frontier: the complete nodes that cover a tree, all that
 *                      one must keep to go on. 2 KiB at most, whatever the size.
 *     many proofs      merkle_batch: leaves just appended, with all of their proofs at
 *     at the edge      about two hashes a leaf.
 *     any proof        two pure halves with one fetch between. merkle_plan_… lists which
 *                      complete nodes; the caller fetches their hashes in that order
 *                      (core/tile says where they lie); merkle_fold makes the proof.
 *     verifying        merkle_verify_…, by the algorithms of RFC 9162: they share only
 *                      the hashing with the rest of this file.
 *
 * Sizes and indexes go up to MERKLE_SIZE_MAX, what a bigint of PostgreSQL holds; a larger
 * one is refused by verifying and a caller's bug elsewhere.
 *
 * Pure: any thread. Aborts if libcrypto fails, as core/suite does.
 */
#ifndef GRIEVD_MERKLE_H
#define GRIEVD_MERKLE_H

#include <stdint.h>

#include "arena.h"
#include "suite.h"

#define MERKLE_SIZE_MAX ((uint64_t)INT64_MAX)

enum {
    MERKLE_LEVELS = 63,    /* of complete nodes in a tree of MERKLE_SIZE_MAX */
    MERKLE_PROOF_MAX = 63, /* hashes of an inclusion proof; one of consistency: + 1 */
    MERKLE_CONSISTENCY_MAX = 64,
    MERKLE_PLAN_NODES_MAX = 2 * 64, /* nodes that such a proof is folded from */
    MERKLE_FRONTIER_BYTES_MAX = 8 + MERKLE_LEVELS * SUITE_HASH_BYTES,
};

struct merkle_hash {
    uint8_t bytes[SUITE_HASH_BYTES];
};

static inline bool merkle_hash_eq(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void merkle_leaf_hash(struct merkle_hash *ret_hash, struct span leaf);
void merkle_node_hash(struct merkle_hash *ret_hash, const struct merkle_hash *left,
                      const struct merkle_hash *right);
void merkle_empty_root(struct merkle_hash *ret_root); /* SHA-256 of nothing */

/* The hashes of `count` leaves of leaf_bytes each, lying one behind the other. */
void merkle_leaf_hashes(struct merkle_hash *ret_hashes, const uint8_t *leaves, size_t leaf_bytes,
                        size_t count);

/* The root over so many hashes of one level: 256 of a full tile give its node above. */
void merkle_fold_level(struct merkle_hash *ret_root, const struct merkle_hash *hashes,
                       size_t count);

/* --- appending ----------------------------------------------------------------------- */

/*
 * One node for each bit set in size, the largest first. Owns nothing; {0} is the empty
 * tree.
 */
struct merkle_frontier {
    uint64_t size;
    struct merkle_hash nodes[MERKLE_LEVELS];
};

/* How many nodes a frontier of that size has. */
size_t merkle_frontier_count(uint64_t size);

void merkle_append(struct merkle_frontier *frontier, const struct merkle_hash *leaf_hashes,
                   size_t count);
void merkle_root(const struct merkle_frontier *frontier, struct merkle_hash *ret_root);

/* u64 size, big-endian, then the nodes. Returns its length, at most the maximum above. */
size_t merkle_frontier_encode(const struct merkle_frontier *frontier,
                              uint8_t ret_bytes[static MERKLE_FRONTIER_BYTES_MAX]);

/* False unless the bytes are one frontier and nothing more. */
bool merkle_frontier_decode(struct merkle_frontier *ret_frontier, struct span bytes);

/* --- a batch at the right edge, with all of its proofs ------------------------------- */

/*
 * Leaves first .. size - 1 over the frontier of a tree of size first. Lives in an
 * arena; immutable.
 */
struct merkle_batch {
    uint64_t first, size;
    struct merkle_hash root; /* of the tree of that size */
    unsigned level_count;    /* up to the root's */
    struct merkle_level {
        uint64_t first;                  /* place of nodes[0], the node above leaf `first` */
        uint64_t count;                  /* of all nodes of the level, those before it included */
        const struct merkle_hash *nodes; /* places first .. count - 1 */
        const struct merkle_hash *left;  /* place first - 1 if a proof needs it, else NULL */
    } levels[MERKLE_LEVELS + 1];
};

/*
 * Append at least one leaf to the frontier, and keep what their proofs need. NULL, with the
 * frontier as it was, past the arena's cap. About 64 bytes a leaf, and 2 KiB.
 */
const struct merkle_batch *merkle_batch_new(struct arena *arena, struct merkle_frontier *frontier,
                                            const struct merkle_hash *leaf_hashes, size_t count);

/* The inclusion proof of a leaf of the batch, leaf to root, as pointers into it: how many. */
size_t merkle_batch_proof(const struct merkle_batch *batch, uint64_t index,
                          const struct merkle_hash *ret_proof[static MERKLE_PROOF_MAX]);

/* --- any proof: which nodes, fetch, fold ---------------------------------------------- */

/* A complete node: over the leaves index << level up to, not including, index + 1 << level. */
struct merkle_node {
    unsigned level;
    uint64_t index;
};

struct merkle_plan {
    size_t count; /* of nodes to fetch, in this order */
    struct merkle_node nodes[MERKLE_PLAN_NODES_MAX];
    size_t proof_count;                   /* of hashes in the proof */
    uint8_t runs[MERKLE_CONSISTENCY_MAX]; /* how many of the nodes fold into each */
};

/* index is below size. */
void merkle_plan_inclusion(struct merkle_plan *ret_plan, uint64_t index, uint64_t size);

/* 0 < old_size <= new_size. */
void merkle_plan_consistency(struct merkle_plan *ret_plan, uint64_t old_size, uint64_t new_size);

/* The nodes of a frontier of that size, which lets one take up appending again. */
void merkle_plan_frontier(struct merkle_plan *ret_plan, uint64_t size);

/*
 * The proof from the hashes of the plan's nodes: plan->proof_count hashes, at most
 * MERKLE_CONSISTENCY_MAX. The result may not overlap the hashes.
 */
void merkle_fold(const struct merkle_plan *plan, const struct merkle_hash *hashes,
                 struct merkle_hash *ret_proof);

/* --- verifying ------------------------------------------------------------------------ */

/* RFC 9162 section 2.1.3.2. False for an index that is not below size. */
bool merkle_verify_inclusion(uint64_t index, uint64_t size, const struct merkle_hash *leaf_hash,
                             const struct merkle_hash *proof, size_t proof_count,
                             const struct merkle_hash *root);

/*
 * RFC 9162 section 2.1.4.2. False for an old size of zero, of which the RFC says nothing,
 * or above the new one; equal sizes need equal roots and no proof.
 */
bool merkle_verify_consistency(uint64_t old_size, uint64_t new_size,
                               const struct merkle_hash *old_root,
                               const struct merkle_hash *new_root, const struct merkle_hash *proof,
                               size_t proof_count);

#endif
